/* Numbers at once: two random matrices and their product.
 *
 *   x = np.random.normal(size=[10, 10])
 *   y = np.random.normal(size=[10, 10])
 *   z = np.dot(x, y)
 *   print(z)
 */
#include <stdio.h>
#include <sumi/sumi.h>

int main(void) {
  sumi_array_t *x = sumi_array_normal(SUMI_FLOAT64, SUMI_DIMS(10, 10), 0, 1, 1, 0);
  sumi_array_t *y = sumi_array_normal(SUMI_FLOAT64, SUMI_DIMS(10, 10), 0, 1, 2, 0);
  sumi_array_t *z = sumi_array_dot(x, y);
  sumi_array_print(stdout, z);
  const bool worked = z != NULL;
  sumi_array_unref(z);
  sumi_array_unref(y);
  sumi_array_unref(x);
  return worked ? 0 : 1;
}

/* write_tensor_array FOLDER: a loop that reads and writes a tensor array, and its gradient by x:
 * both printed, a line each, and the graph written to FOLDER/graph.pb. */
#include <sumi/constants.h>
#include <sumi/control_flow.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>
#include <sumi/session.h>
#include <sumi/summary_graph.h>
#include <sumi/tensor_array.h>

#include <stdio.h>

static sumi_tensor_t below_five(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_less(v[0], 5);
}

static void multiply_last_two(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  (void)data;
  sumi_tensor_array_t array = {v[1], v[2]};
  const sumi_tensor_t last = sumi_tensor_array_read(array, sumi_sub(v[0], 1));
  const sumi_tensor_t before = sumi_tensor_array_read(array, sumi_sub(v[0], 2));
  array = sumi_tensor_array_write(array, v[0], sumi_sin(sumi_add(sumi_mul(last, before), last)));
  next[0] = sumi_add(v[0], 1);
  next[1] = array.elements;
  next[2] = array.written;
}

static sumi_tensor_t recurrence(sumi_graph_t *g, sumi_tensor_t x) {
  sumi_tensor_array_t array = sumi_tensor_array(g, SUMI_FLOAT64, 5, SUMI_DIMS(2));
  array = sumi_tensor_array_write(array, 1, sumi_square(x));
  array = sumi_tensor_array_write(array, 0, x);
  sumi_tensor_t results[3];
  sumi_while_loop(below_five, multiply_last_two, NULL,
                  SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 2), array.elements, array.written),
                  results);
  return sumi_tensor_array_concat(((sumi_tensor_array_t){results[1], results[2]}));
}

static sumi_status_t print(sumi_session_t *s, sumi_tensor_t tensor) {
  sumi_array_t *value = NULL;
  SUMI_TRY(sumi_session_value(s, tensor, &value));
  for (int64_t i = 0; i < sumi_array_count(value); ++i) printf("%.17g ", sumi_array_get(value, i));
  puts("");
  sumi_array_unref(value);
  return SUMI_OK;
}

static sumi_status_t write(const char *folder, const sumi_graph_t *g) {
  char path[1024];
  sumi_buffer_t bytes = {0};
  snprintf(path, sizeof path, "%s/graph.pb", folder);
  sumi_status_t status = sumi_graph_export(g, &bytes, .max_constant_bytes = 0);
  FILE *file = status == SUMI_OK ? fopen(path, "wb") : NULL;
  if (status == SUMI_OK && (!file || fwrite(bytes.data, 1, bytes.size, file) != bytes.size))
    status = SUMI_UNAVAILABLE;
  if (file && fclose(file) != 0) status = SUMI_UNAVAILABLE;
  sumi_buffer_release(&bytes);
  return status;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_f64(g, SUMI_DIMS(2), ((double[]){0.7, -0.4}));
  const sumi_tensor_t y = sumi_identity(recurrence(g, x), .name = "y");
  sumi_tensor_t dx;
  sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(x), &dx);
  dx = sumi_identity(dx, .name = "dx");
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = print(s, y);
  if (status == SUMI_OK) status = print(s, dx);
  if (status == SUMI_OK) status = write(argv[1], g);
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  sumi_session_free(s);
  sumi_graph_free(g);
  return status != SUMI_OK;
}

/* numpy.dot and transpose. */
#include "array/array.h"

#include <cblas.h>
#include <limits.h>
#include <string.h>

static sumi_status_t check_dot(const sumi_array_t *a, const sumi_array_t *b) {
  if (!a || !b)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "dot: the %s operand is NULL", a ? "second" : "first");
  if (a->dtype != b->dtype || !sumi_dtype_is_floating(a->dtype))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "dot: operands of %s and %s; both float32 or both float64 are allowed",
                     sumi_dtype_name(a->dtype), sumi_dtype_name(b->dtype));
  if (a->dims.rank > 2 || b->dims.rank > 2)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "dot: shapes %s and %s; ranks 0 to 2 are allowed",
                     sumi_dims_text(a->dims).text, sumi_dims_text(b->dims).text);
  return SUMI_OK;
}

/* The operands as matrices: a vector on the left is a row, on the right a column. */
typedef struct {
  int64_t rows, inner, columns;
  sumi_dims_t out;
} product_t;

static sumi_status_t plan_product(const sumi_array_t *a, const sumi_array_t *b, product_t *p) {
  const sumi_dims_t *x = &a->dims, *y = &b->dims;
  *p = (product_t){.rows = x->rank == 2 ? x->size[0] : 1,
                   .inner = x->size[x->rank - 1],
                   .columns = y->rank == 2 ? y->size[1] : 1};
  if (p->inner != y->size[0])
    return sumi_fail(SUMI_INVALID_ARGUMENT, "dot: shapes %s and %s differ in the common size",
                     sumi_dims_text(*x).text, sumi_dims_text(*y).text);
  if (p->rows > INT_MAX || p->inner > INT_MAX || p->columns > INT_MAX)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "dot: shapes %s and %s; sizes up to %d are allowed",
                     sumi_dims_text(*x).text, sumi_dims_text(*y).text, INT_MAX);
  if (x->rank == 2) p->out.size[p->out.rank++] = p->rows;
  if (y->rank == 2) p->out.size[p->out.rank++] = p->columns;
  return SUMI_OK;
}

static void multiply(const sumi_array_t *a, const sumi_array_t *b, const product_t *p, void *out) {
  const int m = (int)p->rows, n = (int)p->columns, k = (int)p->inner;
  if (a->dtype == SUMI_FLOAT32)
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a->data, k, b->data, n, 0,
                out, n);
  else
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a->data, k, b->data, n, 0,
                out, n);
}

sumi_array_t *sumi_array_dot(const sumi_array_t *a, const sumi_array_t *b) {
  if (check_dot(a, b) != SUMI_OK) return NULL;
  if (a->dims.rank == 0 || b->dims.rank == 0) return sumi_array_mul(a, b);
  product_t product;
  if (plan_product(a, b, &product) != SUMI_OK) return NULL;
  sumi_array_t *out = sumi_array_new(a->dtype, product.out);
  if (out && out->count > 0 && product.inner > 0) multiply(a, b, &product, out->data);
  return out;
}

static sumi_dims_t reversed(sumi_dims_t dims) {
  sumi_dims_t result = dims;
  for (int axis = 0; axis < dims.rank; ++axis) result.size[axis] = dims.size[dims.rank - 1 - axis];
  return result;
}

/* Copies element `from` of a to element `at` of out. */
static sumi_status_t copy_element(const sumi_array_t *a, int64_t from, sumi_array_t *out,
                                  int64_t at) {
  if (a->dtype == SUMI_STRING) return sumi_array_set_text(out, at, sumi_array_get_text(a, from));
  const size_t size = sumi_dtype_size_bytes(a->dtype);
  memcpy((char *)out->data + (size_t)at * size, (const char *)a->data + (size_t)from * size, size);
  return SUMI_OK;
}

static sumi_status_t copy_transposed(const sumi_array_t *a, sumi_array_t *out) {
  const sumi_dims_t dims = out->dims;
  int64_t steps[SUMI_MAX_RANK], index[SUMI_MAX_RANK] = {0}, step = 1, from = 0;
  for (int axis = 0; axis < dims.rank; ++axis) steps[axis] = step, step *= dims.size[axis];
  for (int64_t at = 0; at < out->count; ++at) {
    SUMI_TRY(copy_element(a, from, out, at));
    for (int axis = dims.rank - 1; axis >= 0; --axis) {
      from += steps[axis];
      if (++index[axis] < dims.size[axis]) break;
      from -= steps[axis] * index[axis];
      index[axis] = 0;
    }
  }
  return SUMI_OK;
}

sumi_array_t *sumi_array_transpose(const sumi_array_t *a) {
  if (sumi__tensor_array_check("the array to transpose", a) != SUMI_OK) return NULL;
  sumi_array_t *out = sumi_array_new_uninitialized(a->dtype, reversed(a->dims));
  if (!out || copy_transposed(a, out) == SUMI_OK) return out;
  sumi_array_unref(out);
  return NULL;
}

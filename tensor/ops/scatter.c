/* Rows of variables by number. Source of names and semantics: TensorFlow core/ops/state_ops.cc. */
#include "kernels/combine_rows.h"
#include "ops/known.h"
#include "ops/state.h"

#include <sumi/ops.h>

#include <string.h>

static sumi_status_t scatter_shape(sumi_infer_t *infer) {
  const sumi_dims_t ref = infer->in[0], indices = infer->in[1], updates = infer->in[2];
  infer->out[0] = ref;
  if (ref.rank == 0) return sumi_refuse(infer, "the variable is a scalar, which has no rows");
  if (ref.rank == SUMI_UNKNOWN_RANK || indices.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  const int rank = indices.rank + ref.rank - 1;
  sumi_dims_t want = {.rank = 0}, merged;
  if (rank <= SUMI_MAX_RANK) {
    for (int i = 0; i < indices.rank; ++i) want.size[want.rank++] = indices.size[i];
    for (int i = 1; i < ref.rank; ++i) want.size[want.rank++] = ref.size[i];
  }
  if (rank > SUMI_MAX_RANK || !sumi_merge_dims(want, updates, &merged))
    return sumi_refuse(infer,
                       "updates has shape %s, expected %s: rows %s of a variable of shape %s",
                       sumi_dims_text(updates).text, sumi_dims_text(want).text,
                       sumi_dims_text(indices).text, sumi_dims_text(ref).text);
  return SUMI_OK;
}

static sumi_status_t sent_rows(const sumi_kernel_t *kernel, sumi__tensor_sent_rows_t *rows) {
  const sumi_array_view_t *ref = &kernel->in[0], *updates = &kernel->in[2];
  *rows = (sumi__tensor_sent_rows_t){.ids = &kernel->in[1],
                                     .dtype = updates->dtype,
                                     .from = updates->data,
                                     .inner = sumi__tensor_count_axes(ref->dims, 1, ref->rank),
                                     .places = ref->dims[0]};
  SUMI_TRY(sumi__tensor_want_variable(kernel, 0, &rows->to));
  return sumi__tensor_check_indices(kernel, rows->ids, 0, rows->places, "indices");
}

static sumi_status_t scatter(const sumi_kernel_t *kernel, sumi__tensor_combine_t how) {
  sumi__tensor_sent_rows_t rows;
  SUMI_TRY(sent_rows(kernel, &rows));
  sumi__tensor_combine_rows(kernel, how, &rows);
  return SUMI_OK;
}

static sumi_status_t scatter_add_kernel(const sumi_kernel_t *kernel) {
  return scatter(kernel, SUMI__COMBINE_ADD);
}

static sumi_status_t scatter_sub_kernel(const sumi_kernel_t *kernel) {
  return scatter(kernel, SUMI__COMBINE_SUB);
}

/* The updates may be rows of the variable itself, so memory may overlap. */
static sumi_status_t scatter_update_kernel(const sumi_kernel_t *kernel) {
  sumi__tensor_sent_rows_t rows;
  SUMI_TRY(sent_rows(kernel, &rows));
  const size_t bytes = (size_t)rows.inner * sumi_dtype_size_bytes(rows.dtype);
  const int64_t count = sumi_array_view_count(rows.ids);
  for (int64_t i = 0; bytes > 0 && i < count; ++i)
    memmove((char *)rows.to + (size_t)sumi__tensor_view_int(rows.ids, i) * bytes,
            (const char *)rows.from + (size_t)i * bytes, bytes);
  return SUMI_OK;
}

#define SCATTER(result)                                                                            \
  {                                                                                                \
    .input_count = 3, .in = {SUMI_S(3, 2), SUMI_S(3), SUMI_S(3, 2)},                               \
    .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(2, 0, 2), SUMI_VALUES(7, 6, 5, 4, 3, 2)},    \
    .dtype = {0, SUMI_INT32}, .out = SUMI_S(3, 2), .expect = SUMI_VALUES result, .from = "by hand" \
  }
#define SCATTER_REFUSED                                                                            \
  {.input_count = 3,                                                                               \
   .in = {SUMI_S(3, 2), SUMI_S(1), SUMI_S(1, 2)},                                                  \
   .at = {NULL, SUMI_VALUES(3), NULL},                                                             \
   .dtype = {0, SUMI_INT64},                                                                       \
   .want = SUMI_INVALID_ARGUMENT,                                                                  \
   .message = "element 0 of indices is 3, expected a value in [0, 3)"},                            \
  {                                                                                                \
    .input_count = 3, .in = {SUMI_S(3, 2), SUMI_S(1), SUMI_S(2)}, .at = {NULL, SUMI_VALUES(1)},    \
    .dtype = {0, SUMI_INT32}, .want = SUMI_INVALID_ARGUMENT,                                       \
    .message = "updates has shape (2,), expected (1, 2)"                                           \
  }

SUMI_OP(ScatterUpdate,
        "ref: ref T, indices: Tindices, updates: T | use_locking: bool = true "
        "-> output_ref: ref T ; Tindices: int32 int64",
        .doc = "Row indices[i] of a variable becomes updates[i], the last one where several are "
               "meant; the result is the variable afterwards.",
        .shape = scatter_shape, .kernel = scatter_update_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT, SUMI_SAMPLES(SCATTER((5, 4, 3, 4, 3, 2)), SCATTER_REFUSED));

SUMI_OP(ScatterAdd,
        "ref: ref T, indices: Tindices, updates: T | use_locking: bool = false "
        "-> output_ref: ref T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, Tindices: int32 int64",
        .doc = "updates[i] is added to row indices[i] of a variable; the result is the variable "
               "afterwards.",
        .shape = scatter_shape, .kernel = scatter_add_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT, SUMI_SAMPLES(SCATTER((6, 6, 3, 4, 15, 14)), SCATTER_REFUSED));

SUMI_OP(ScatterSub,
        "ref: ref T, indices: Tindices, updates: T | use_locking: bool = false "
        "-> output_ref: ref T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16, Tindices: int32 int64",
        .doc = "updates[i] is taken from row indices[i] of a variable; the result is the variable "
               "afterwards.",
        .shape = scatter_shape, .kernel = scatter_sub_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT,
        SUMI_SAMPLES({.input_count = 3,
                      .in = {SUMI_S(3), SUMI_S(3), SUMI_S(3)},
                      .at = {SUMI_VALUES(9, 8, 7), SUMI_VALUES(2, 0, 2), SUMI_VALUES(1, 2, 3)},
                      .dtype = {0, SUMI_INT32},
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(7, 8, 3),
                      .from = "by hand"},
                     SCATTER_REFUSED));

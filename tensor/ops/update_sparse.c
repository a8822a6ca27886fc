/* The shape function and the kernel of updates that touch rows only. */
#include "ops/known.h"
#include "ops/update.h"

static bool is_scalar(sumi_dims_t dims) {
  return dims.rank == 0 || dims.rank == SUMI_UNKNOWN_RANK;
}

sumi_status_t sumi__tensor_sparse_update_shape(sumi_infer_t *infer,
                                               const sumi__tensor_layout_t *layout) {
  sumi_dims_t all = infer->in[0];
  const sumi_dims_t gradient = infer->in[layout->gradient], rows = infer->in[layout->gradient + 1];
  for (int i = 1; i < infer->input_count; ++i) {
    const bool scalar = i >= layout->variables && i != layout->gradient &&
                        i != layout->gradient + 1;
    if (scalar && !is_scalar(infer->in[i]))
      return sumi_refuse(infer, "input %d must be a scalar, its shape is %s", i,
                         sumi_dims_text(infer->in[i]).text);
    if (i < layout->variables && !sumi_merge_dims(all, infer->in[i], &all))
      return sumi_refuse(infer, "input %d has shape %s, the variable %s", i,
                         sumi_dims_text(infer->in[i]).text, sumi_dims_text(infer->in[0]).text);
  }
  SUMI_TRY(sumi__tensor_want_rank(infer, layout->gradient + 1, "indices", 1));
  if (all.rank == 0) return sumi_refuse(infer, "the variable is a scalar, which has no rows");
  infer->out[0] = all;
  if (all.rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  sumi_dims_t want = all, merged;
  want.size[0] = rows.rank == SUMI_UNKNOWN_RANK ? SUMI_UNKNOWN_SIZE : rows.size[0];
  if (sumi_merge_dims(want, gradient, &merged)) return SUMI_OK;
  return sumi_refuse(infer, "grad has shape %s, expected %s: a row for each index",
                     sumi_dims_text(gradient).text, sumi_dims_text(want).text);
}

/* Row `row` of the variables, with row `i` of the gradient. */
static sumi__tensor_pass_t at_row(const sumi__tensor_pass_t *all, size_t row_bytes, int variables,
                                  int64_t row, int64_t i) {
  sumi__tensor_pass_t pass = *all;
  for (int k = 0; k < variables; ++k)
    pass.variable[k] = (char *)all->variable[k] + (size_t)row * row_bytes;
  pass.gradient = (const char *)all->gradient + (size_t)i * row_bytes;
  return pass;
}

sumi_status_t sumi__tensor_sparse_update_kernel(const sumi_kernel_t *kernel,
                                                const sumi__tensor_layout_t *layout) {
  const sumi_array_view_t *gradient = &kernel->in[layout->gradient];
  const sumi_array_view_t *indices = &kernel->in[layout->gradient + 1];
  const int64_t count = sumi_array_view_count(indices);
  sumi__tensor_pass_t all;
  SUMI_TRY(sumi__tensor_update_arguments(kernel, layout, 2, &all));
  all.count = sumi__tensor_count_axes(gradient->dims, 1, gradient->rank);
  SUMI_TRY(sumi__tensor_check_indices(kernel, indices, 0, kernel->in[0].dims[0], "indices"));
  const size_t row_bytes = (size_t)all.count * sumi_dtype_size_bytes(gradient->dtype);
  void (*const task)(void *, int64_t) = gradient->dtype == SUMI_FLOAT32 ? layout->task32
                                                                        : layout->task64;
  for (int64_t i = 0; i < count; ++i) {
    sumi__tensor_pass_t pass = at_row(&all, row_bytes, layout->variables,
                                      sumi__tensor_view_int(indices, i), i);
    sumi__tensor_update_parallel(kernel, pass.count, task, &pass);
  }
  return SUMI_OK;
}

/* The shape function and the kernel of all updates. */
#include "ops/update.h"

#include "ops/known.h"

sumi_status_t sumi__tensor_update_shape(sumi_infer_t *infer, const sumi__tensor_layout_t *layout) {
  sumi_dims_t all = infer->in[0];
  for (int i = 1; i < infer->input_count; ++i) {
    const bool array = i < layout->variables || i == layout->gradient;
    const sumi_dims_t in = infer->in[i];
    if (!array && in.rank != 0 && in.rank != SUMI_UNKNOWN_RANK)
      return sumi_refuse(infer, "input %d must be a scalar, its shape is %s", i,
                         sumi_dims_text(in).text);
    if (array && !sumi_merge_dims(all, in, &all))
      return sumi_refuse(infer, "input %d has shape %s, the variable %s", i,
                         sumi_dims_text(in).text, sumi_dims_text(infer->in[0]).text);
  }
  infer->out[0] = all;
  return SUMI_OK;
}

static double scalar_of(const sumi_array_view_t *view) {
  return view->dtype == SUMI_FLOAT32 ? *(const float *)view->data : *(const double *)view->data;
}

sumi_status_t sumi__tensor_update_arguments(const sumi_kernel_t *kernel,
                                            const sumi__tensor_layout_t *layout, int arrays,
                                            sumi__tensor_pass_t *update) {
  *update = (sumi__tensor_pass_t){.gradient = kernel->in[layout->gradient].data,
                                  .count = sumi_array_view_count(&kernel->in[layout->gradient]),
                                  .flag = layout->flag && sumi_attr_bool(kernel->op, layout->flag)};
  for (int i = 0; i < layout->variables; ++i)
    SUMI_TRY(sumi__tensor_want_variable(kernel, i, &update->variable[i]));
  for (int i = layout->variables, at = 0; i < kernel->input_count; ++i)
    if (i < layout->gradient || i >= layout->gradient + arrays)
      update->scalar[at++] = scalar_of(&kernel->in[i]);
  return SUMI_OK;
}

sumi_status_t sumi__tensor_update_kernel(const sumi_kernel_t *kernel,
                                         const sumi__tensor_layout_t *layout) {
  sumi__tensor_pass_t update;
  SUMI_TRY(sumi__tensor_update_arguments(kernel, layout, 1, &update));
  sumi__tensor_update_parallel(kernel, update.count,
                               kernel->in[layout->gradient].dtype == SUMI_FLOAT32 ? layout->task32
                                                                                  : layout->task64,
                               &update);
  return SUMI_OK;
}

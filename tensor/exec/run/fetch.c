/* Results go to where the caller wants them. */
#include "exec/run/fetch.h"

#include "exec/plan/unshaped.h"

#include <string.h>

sumi_array_view_t sumi__tensor_fetched(const sumi__tensor_plan_t *plan, int index) {
  const sumi__tensor_plan_fetch_t *fetch = &plan->fetches[index];
  const sumi_array_t *array = NULL;
  if (fetch->unshaped >= 0) array = plan->unshaped_values[fetch->unshaped].array;
  if (fetch->variable) array = fetch->variable->array;
  if (!array || (fetch->variable && fetch->count >= 0)) return fetch->view;
  return sumi_array_view(array);
}

static sumi_status_t fail_count(sumi_tensor_t tensor, const sumi_array_view_t *view) {
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "fetch of '%s:%d': it has shape %s, a scalar fetch takes one element; fetch an "
                   "array",
                   tensor.op->name, tensor.index,
                   sumi_dims_text(sumi_dims_make(view->rank, view->dims)).text);
}

static bool fits(const sumi_array_t *array, const sumi_array_view_t *view) {
  if (!array || sumi_array_dtype(array) != view->dtype || sumi_array_is_shared(array)) return false;
  return view->dtype != SUMI_STRING &&
         sumi_dims_equal(sumi_array_dims(array), sumi_dims_make(view->rank, view->dims));
}

static sumi_status_t deliver_array(const sumi_array_view_t *view, sumi_array_t **array) {
  if (fits(*array, view)) {
    memcpy(sumi_array_data(*array), view->data, sumi_array_size_bytes(*array));
    return SUMI_OK;
  }
  sumi_array_t *fresh = sumi_array_from_view(view);
  if (!fresh) return SUMI_RESOURCE_EXHAUSTED;
  sumi_array_unref(*array);
  *array = fresh;
  return SUMI_OK;
}

sumi_status_t sumi__tensor_check_fetch_counts(const sumi__tensor_plan_t *plan,
                                              const sumi_run_options_t *run) {
  for (int i = 0; i < run->fetches.count; ++i) {
    const sumi__tensor_plan_fetch_t *fetch = &plan->fetches[i];
    if (run->fetches.list[i].scalar && fetch->count != 1 && fetch->count >= 0)
      return fail_count(run->fetches.list[i].tensor, &fetch->view);
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_deliver(const sumi__tensor_plan_t *plan, const sumi_run_options_t *run) {
  for (int i = 0; i < run->fetches.count; ++i) {
    const sumi_fetch_t *fetch = &run->fetches.list[i];
    const sumi_array_view_t view = sumi__tensor_fetched(plan, i);
    if (fetch->array) {
      SUMI_TRY(deliver_array(&view, fetch->array));
      continue;
    }
    if (sumi_array_view_count(&view) != 1) return fail_count(fetch->tensor, &view);
    memcpy(fetch->scalar, view.data, sumi_dtype_size_bytes(view.dtype));
  }
  return SUMI_OK;
}

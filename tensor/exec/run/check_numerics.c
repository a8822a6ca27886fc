#include "exec/run/check_numerics.h"

#include "array/finite.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* What there is to say about an array of numbers. */
typedef struct range {
  int64_t count, nans, infinities;
  double least, most; /* of what is finite */
} range_t;

static range_t range_of(const sumi_array_view_t *view) {
  range_t range = {.count = sumi_array_view_count(view), .least = INFINITY, .most = -INFINITY};
  for (int64_t i = 0; i < range.count; ++i) {
    const double x = sumi_array_view_double(view, i);
    if (!isfinite(x)) {
      ++*(isnan(x) ? &range.nans : &range.infinities);
      continue;
    }
    range.least = fmin(range.least, x);
    range.most = fmax(range.most, x);
  }
  return range;
}

static bool is_readable(const sumi_array_view_t *view) {
  return view->data && view->rank >= 0 && view->dtype != SUMI_STRING;
}

static void describe(const sumi_array_view_t *view, sumi_buffer_t *text) {
  sumi_buffer_printf(text, "%s of shape %s", sumi_dtype_name(view->dtype),
                     sumi_dims_text(sumi_dims_make(view->rank, view->dims)).text);
  if (!is_readable(view)) return;
  const range_t range = range_of(view);
  if (range.nans + range.infinities < range.count)
    sumi_buffer_printf(text, ", %.6g to %.6g", range.least, range.most);
  if (range.nans) sumi_buffer_printf(text, ", %" PRId64 " NaN", range.nans);
  if (range.infinities) sumi_buffer_printf(text, ", %" PRId64 " infinite", range.infinities);
}

static void describe_inputs(const sumi_kernel_t *kernel, sumi_buffer_t *text) {
  for (int i = 0; i < kernel->input_count; ++i) {
    sumi_buffer_printf(text, "%s'%s' ",
                       i ? "; " : "; its inputs: ", sumi_op_name(sumi_op_input(kernel->op, i).op));
    describe(&kernel->in[i], text);
  }
}

/* `what` is "output 1" or a variable's name. */
static sumi_status_t check(const sumi__tensor_step_t *step, const char *what,
                           const sumi_array_view_t *view) {
  const int64_t first_bad = is_readable(view) ? sumi__tensor_first_not_finite(view) : -1;
  if (first_bad < 0) return SUMI_OK;
  sumi_buffer_t text = {0};
  sumi_buffer_printf(&text, "%s is the first not finite, at element %" PRId64 ": ", what,
                     first_bad);
  describe(view, &text);
  describe_inputs(&step->kernel, &text);
  const char *whole = sumi_buffer_text(&text);
  const sumi_status_t status = sumi__tensor_fail_at(step->kernel.op, SUMI_INVALID_ARGUMENT, "%s",
                                                    whole ? whole : what);
  sumi_buffer_release(&text);
  return status;
}

static bool only_reads(const sumi__tensor_step_t *step, const sumi__tensor_variable_t *variable) {
  for (int i = 0; i < step->read_count; ++i)
    if (step->reads[i] == variable) return true;
  return false;
}

static bool updates_variables(const sumi__tensor_step_t *step) {
  for (int i = 0; step->variables && i < step->kernel.input_count; ++i)
    if (step->variables[i] && !only_reads(step, step->variables[i])) return true;
  return false;
}

static sumi_status_t check_variables(const sumi__tensor_step_t *step) {
  for (int i = 0; step->variables && i < step->kernel.input_count; ++i) {
    const sumi__tensor_variable_t *variable = step->variables[i];
    if (!variable || !variable->array || only_reads(step, variable)) continue;
    char what[SUMI_ERROR_MESSAGE_MAX / 4];
    snprintf(what, sizeof what, "variable '%s'", variable->op->name);
    const sumi_array_view_t view = sumi_array_view(variable->array);
    SUMI_TRY(check(step, what, &view));
  }
  return SUMI_OK;
}

/* The outputs of a step that updates variables are those variables; what else a branch or a loop
 * gives out was checked inside. */
sumi_status_t sumi__tensor_check_step(const sumi__tensor_step_t *step) {
  const sumi_kernel_t *kernel = &step->kernel;
  SUMI_TRY(check_variables(step));
  const bool updates = updates_variables(step);
  for (int i = 0; !updates && i < kernel->output_count; ++i) {
    char what[32];
    snprintf(what, sizeof what, "output %d", i);
    const sumi_array_t *made = kernel->dynamic ? kernel->dynamic[i] : NULL;
    const sumi_array_view_t view = made ? sumi_array_view(made) : kernel->out[i];
    SUMI_TRY(check(step, what, &view));
  }
  return SUMI_OK;
}

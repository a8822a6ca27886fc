/* Ops that fail a run. Source of names and semantics: TensorFlow core/ops/array_ops.cc,
 * logging_ops.cc. */
#include "array/finite.h"
#include "ops/known.h"

#include <sumi/buffer.h>
#include <sumi/ops.h>
#include <sumi/session.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- CheckNumerics ---- */

static sumi_status_t check_shape(sumi_infer_t *infer) {
  infer->out[0] = infer->in[0];
  return SUMI_OK;
}

static sumi_status_t check_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0];
  const int64_t bad = sumi__tensor_first_not_finite(in);
  if (bad >= 0)
    return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT, "%s: element %lld of shape %s is %g",
                            sumi_attr_string(kernel->op, "message"), (long long)bad,
                            sumi_dims_text(sumi_dims_make(in->rank, in->dims)).text,
                            sumi_array_view_double(in, bad));
  const int64_t count = sumi_array_view_count(in);
  void *out = sumi_kernel_out(kernel, 0);
  if (count > 0 && out != in->data)
    memcpy(out, in->data, (size_t)count * sumi_dtype_size_bytes(in->dtype));
  return SUMI_OK;
}

/* The gradient is checked too, as in TensorFlow. */
static void check_grad(sumi_grad_t *grad) {
  grad->dx[0] = sumi_check_numerics(grad->dy[0], "the gradient of a checked tensor is not finite");
}

SUMI_OP(CheckNumerics, "tensor: T | message: string -> output: T ; T: float32 float64",
        .doc = "`tensor`; a run in which an element is NaN or infinite fails with `message`.",
        .shape = check_shape, .kernel = check_kernel, .grad = check_grad,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(1, -2)},
                      .attrs = "message = \"loss\"",
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(1, -2),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(1, NAN)},
                      .attrs = "message = \"loss\"",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "loss: element 1 of shape (2,) is nan"}));

/* ---- Assert ---- */

static sumi_status_t assert_shape(sumi_infer_t *infer) {
  return sumi__tensor_want_rank(infer, 0, "condition", 0);
}

static void describe(const sumi_array_view_t *view, int64_t most, sumi_buffer_t *text) {
  const int64_t count = sumi_array_view_count(view);
  sumi_buffer_puts(text, " [");
  for (int64_t i = 0; i < count && (most < 0 || i < most); ++i) {
    if (view->dtype == SUMI_STRING)
      sumi_buffer_printf(text, "%s%s", i ? " " : "", ((const char *const *)view->data)[i]);
    else
      sumi_buffer_printf(text, "%s%.9g", i ? " " : "", sumi_array_view_double(view, i));
  }
  sumi_buffer_puts(text, most >= 0 && count > most ? "...]" : "]");
}

static sumi_status_t assert_kernel(const sumi_kernel_t *kernel) {
  if (*(const bool *)kernel->in[0].data) return SUMI_OK;
  sumi_buffer_t text = {0};
  for (int i = 1; i < kernel->input_count; ++i)
    describe(&kernel->in[i], sumi_attr_int(kernel->op, "summarize"), &text);
  const char *whole = sumi_buffer_text(&text);
  const sumi_status_t status = sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                                                "the assertion does not hold; data:%s",
                                                whole ? whole : " (no memory to show it)");
  sumi_buffer_release(&text);
  return status;
}

SUMI_OP(Assert, "condition: bool, data: [T] | summarize: int = 3",
        .doc = "Fails the run, showing the first `summarize` elements of each of `data` (all for "
               "-1), when `condition` is false.",
        .shape = assert_shape, .kernel = assert_kernel, .no_grad = "an effect",
        .flags = SUMI_OP_SIDE_EFFECT);

/* ---- Print ---- */

static sumi_status_t print_shape(sumi_infer_t *infer) {
  infer->out[0] = infer->in[0];
  return SUMI_OK;
}

static sumi_status_t print_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0];
  const int64_t count = sumi_array_view_count(in);
  void *out = sumi_kernel_out(kernel, 0);
  if (count > 0 && out != in->data)
    memcpy(out, in->data, (size_t)count * sumi_dtype_size_bytes(in->dtype));
  FILE *stream = sumi_kernel_resource(kernel, SUMI_PRINT_STREAM);
  if (!stream) return SUMI_OK;
  sumi_buffer_t text = {0};
  sumi_buffer_puts(&text, sumi_attr_string(kernel->op, "message"));
  for (int i = 1; i < kernel->input_count; ++i)
    describe(&kernel->in[i], sumi_attr_int(kernel->op, "summarize"), &text);
  const char *line = sumi_buffer_text(&text);
  if (line) fprintf(stream, "%s\n", line);
  sumi_buffer_release(&text);
  return line ? SUMI_OK : sumi_fail_alloc("a line to print", 1);
}

static void print_grad(sumi_grad_t *grad) {
  grad->dx[0] = grad->dy[0];
}

SUMI_OP(Print, "input: T, data: [U] | message: string = \"\", summarize: int = 3 -> output: T",
        .doc = "`input`; each run also writes a line, `message` and the first `summarize` elements "
               "of each of `data` (all for -1), to the stream that the session was given.",
        .shape = print_shape, .kernel = print_kernel, .grad = print_grad,
        .flags = SUMI_OP_SIDE_EFFECT);

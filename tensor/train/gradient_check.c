/* Source of the procedure: TensorFlow 1.15 python/ops/gradient_checker.py. */
#include "graph/graph_internal.h"

#include <sumi/options.h>
#include <sumi/alloc.h>
#include <sumi/gradient_check.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>

#include <math.h>
#include <string.h>

typedef struct check {
  sumi_session_t *session;
  sumi_tensor_t x, y, dy, dx;
  sumi_array_t *x0, *y0;            /* the point and the value there */
  sumi_array_t *x_probe, *dy_probe; /* what is fed */
  sumi_array_t *fetched;
  double delta;
  sumi_feeds_t others;
  sumi_feed_t *feeds; /* others, then room for two */
  double *symbolic;   /* [y][x] */
} check_t;

static sumi_status_t fetch(check_t *c, sumi_tensor_t tensor, bool with_dy, sumi_array_t **value) {
  int count = c->others.count;
  if (c->x_probe) c->feeds[count++] = (sumi_feed_t){.tensor = c->x, .array = c->x_probe};
  if (with_dy) c->feeds[count++] = (sumi_feed_t){.tensor = c->dy, .array = c->dy_probe};
  return sumi_session_run(c->session, .feeds = {count, c->feeds},
                          .fetches = SUMI_FETCHES({.tensor = tensor, .array = value}));
}

static sumi_status_t check_shape(const char *what, const sumi_array_t *value, sumi_dims_t want) {
  const sumi_dims_t dims = sumi_array_dims(value);
  sumi_dims_t merged;
  if (sumi_merge_dims(want, dims, &merged)) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "gradient check: %s has shape %s, not %s", what,
                   sumi_dims_text(dims).text, sumi_dims_text(want).text);
}

static sumi_status_t build_gradient(check_t *c) {
  sumi_graph_t *graph = sumi_tensor_graph(c->y);
  c->dy = sumi_placeholder(graph, sumi_tensor_dtype(c->y), .shape = sumi_array_dims(c->y0));
  const sumi_tensors_t seeds = SUMI_TENSORS(c->dy);
  SUMI_TRY(sumi_gradients(SUMI_TENSORS(c->y), SUMI_TENSORS(c->x), &c->dx, .grad_ys = seeds));
  if (c->dx.op) return SUMI_OK;
  return sumi_fail(SUMI_FAILED_PRECONDITION, "gradient check: '%s' does not depend on '%s'",
                   sumi_op_name(c->y.op), sumi_op_name(c->x.op));
}

/* One row of the Jacobian for each element of y: the gradient with that element's seed set to 1. */
static sumi_status_t fill_symbolic(check_t *c) {
  const int64_t xs = sumi_array_count(c->x0), ys = sumi_array_count(c->y0);
  for (int64_t j = 0; j < ys; ++j) {
    SUMI_TRY(sumi_array_set(c->dy_probe, j, 1));
    SUMI_TRY(fetch(c, c->dx, true, &c->fetched));
    SUMI_TRY(sumi_array_set(c->dy_probe, j, 0));
    SUMI_TRY(check_shape("the gradient", c->fetched, sumi_array_dims(c->x0)));
    for (int64_t i = 0; i < xs; ++i) c->symbolic[j * xs + i] = sumi_array_get(c->fetched, i);
  }
  return SUMI_OK;
}

/* An error of NaN is the largest of all. */
static void note(sumi_gradient_report_t *report, int64_t i, int64_t j, double symbolic,
                 double numeric) {
  const double error = fabs(symbolic - numeric);
  if (isnan(report->max_error) || error <= report->max_error) return;
  *report = (sumi_gradient_report_t){error, i, j, symbolic, numeric};
}

/* One column for each element of x: the central difference along it. */
static sumi_status_t compare_numeric(check_t *c, sumi_gradient_report_t *report) {
  const int64_t xs = sumi_array_count(c->x0), ys = sumi_array_count(c->y0);
  sumi_array_t *high = NULL, *low = NULL;
  sumi_status_t status = SUMI_OK;
  for (int64_t i = 0; i < xs && status == SUMI_OK; ++i) {
    const double at = sumi_array_get(c->x0, i);
    status = sumi_array_set(c->x_probe, i, at + c->delta);
    const double above = sumi_array_get(c->x_probe, i); /* as rounded to the dtype */
    if (status == SUMI_OK) status = fetch(c, c->y, false, &high);
    if (status == SUMI_OK) status = sumi_array_set(c->x_probe, i, at - c->delta);
    const double below = sumi_array_get(c->x_probe, i);
    if (status == SUMI_OK) status = fetch(c, c->y, false, &low);
    if (status == SUMI_OK) status = sumi_array_set(c->x_probe, i, at);
    for (int64_t j = 0; j < ys && status == SUMI_OK; ++j) {
      const double rise = sumi_array_get(high, j) - sumi_array_get(low, j);
      note(report, i, j, c->symbolic[j * xs + i], rise / (above - below));
    }
  }
  sumi_array_unref(high);
  sumi_array_unref(low);
  return status;
}

static sumi_status_t prepare(check_t *c, const sumi_gradient_check_options_t *options) {
  c->others = options->feeds;
  if (c->others.count < 0 || (c->others.count > 0 && !c->others.list))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "gradient check: %d feeds without a list",
                     c->others.count);
  c->feeds = sumi_calloc((size_t)c->others.count + 2, sizeof *c->feeds);
  if (!c->feeds) return sumi_fail_alloc("a gradient check", 0);
  if (c->others.count) memcpy(c->feeds, c->others.list, (size_t)c->others.count * sizeof *c->feeds);
  if (options->x_value)
    c->x0 = sumi_array_copy(options->x_value);
  else
    SUMI_TRY(fetch(c, c->x, false, &c->x0));
  c->x_probe = c->x0 ? sumi_array_copy(c->x0) : NULL;
  if (!c->x_probe) return SUMI_RESOURCE_EXHAUSTED;
  SUMI_TRY(fetch(c, c->y, false, &c->y0));
  c->dy_probe = sumi_array_new(sumi_array_dtype(c->y0), sumi_array_dims(c->y0));
  const size_t cells = (size_t)(sumi_array_count(c->x0) * sumi_array_count(c->y0));
  c->symbolic = sumi_calloc(cells, sizeof *c->symbolic);
  return c->dy_probe && c->symbolic ? SUMI_OK
                                    : sumi_fail_alloc("a Jacobian", cells * sizeof(double));
}

static sumi_status_t run(check_t *c, sumi_dims_t x_dims, sumi_dims_t y_dims,
                         const sumi_gradient_check_options_t *options,
                         sumi_gradient_report_t *report) {
  SUMI_TRY(prepare(c, options));
  SUMI_TRY(check_shape("x", c->x0, x_dims));
  SUMI_TRY(check_shape("y", c->y0, y_dims));
  SUMI_TRY(build_gradient(c));
  SUMI_TRY(fill_symbolic(c));
  return compare_numeric(c, report);
}

sumi_status_t sumi_gradient_check_with(sumi_session_t *session, sumi_tensor_t x, sumi_dims_t x_dims,
                                       sumi_tensor_t y, sumi_dims_t y_dims,
                                       sumi_gradient_report_t *report,
                                       const sumi_gradient_check_options_t *given) {
  sumi_gradient_check_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!session || !report)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "gradient check: a NULL argument");
  *report = (sumi_gradient_report_t){0};
  if (!sumi_dtype_is_floating(sumi_tensor_dtype(x)) ||
      !sumi_dtype_is_floating(sumi_tensor_dtype(y)))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "gradient check: x is %s and y is %s; both must be floating",
                     sumi_dtype_name(sumi_tensor_dtype(x)), sumi_dtype_name(sumi_tensor_dtype(y)));
  check_t c = {
      .session = session, .x = x, .y = y, .delta = options.delta > 0 ? options.delta : 1e-3};
  const sumi_status_t status = run(&c, x_dims, y_dims, &options, report);
  sumi_array_unref(c.x0);
  sumi_array_unref(c.y0);
  sumi_array_unref(c.x_probe);
  sumi_array_unref(c.dy_probe);
  sumi_array_unref(c.fetched);
  sumi_free(c.symbolic);
  sumi_free(c.feeds);
  return status;
}

/* Are the gradients right? Numeric against symbolic Jacobian, as tf.test.compute_gradient_error. */
#ifndef SUMI_GRADIENT_CHECK_H
#define SUMI_GRADIENT_CHECK_H

#include <sumi/session.h>

SUMI_BEGIN_DECLS

typedef struct sumi_gradient_check_options {
  size_t struct_size SUMI_UNSET;          /* filled in by the macros; see <sumi/options.h> */
  const sumi_array_t *x_value SUMI_UNSET; /* the point; default: what the session computes for x */
  double delta SUMI_UNSET;                /* half width of the central difference, default 1e-3 */
  sumi_feeds_t feeds SUMI_UNSET;          /* what else the run needs */
} sumi_gradient_check_options_t;

/** The largest disagreement and where it is: d y[y_index] / d x[x_index], row-major. */
typedef struct sumi_gradient_report {
  double max_error; /* largest |symbolic - numeric|; NaN when any is */
  int64_t x_index, y_index;
  double symbolic, numeric;
} sumi_gradient_report_t;

/** Compares the whole Jacobian of y with respect to x, element by element, so that wrong signs and
 * permuted or transposed gradients are found. x and y are floating; their shapes must be those
 * given (SUMI_DIMS_UNKNOWN: not checked). Costs one run for each element of y and two for each of
 * x. Adds the gradient to the graph. errors  INVALID_ARGUMENT a tensor that is not floating, a
 * shape that differs; FAILED_PRECONDITION y does not depend on x; what the runs report. */
#define sumi_gradient_check(session, x, x_dims, y, ...)                                            \
  SUMI__GRADIENT_CHECK(session, x, x_dims, y, __VA_ARGS__, )
#define SUMI__GRADIENT_CHECK(session, x, x_dims, y, y_dims, report, ...)                           \
  sumi_gradient_check_with(session, x, x_dims, y, y_dims, report,                                  \
                           SUMI_OPTIONS(sumi_gradient_check_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_gradient_check_with(sumi_session_t *session, sumi_tensor_t x,
                                                sumi_dims_t x_dims, sumi_tensor_t y,
                                                sumi_dims_t y_dims, sumi_gradient_report_t *report,
                                                const sumi_gradient_check_options_t *options);

SUMI_END_DECLS
#endif

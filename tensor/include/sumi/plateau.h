/* A learning rate that falls when a metric no longer gets better.
 *
 *   sumi_plateau_t *plateau = sumi_plateau_new(g, 0.1, .factor = 0.5, .patience = 3);
 *   sumi_op_t *train = sumi_minimize(sumi_adam(.schedule = sumi_plateau_rate(plateau)), loss);
 *   …
 *   for (int epoch = 0; epoch < epochs; ++epoch) {
 *     …
 *     sumi_plateau_update(plateau, session, validation_loss);
 *   }
 *
 * The rule is that of PyTorch's ReduceLROnPlateau. What it remembers are variables of the session:
 * checkpoints hold it, and each session has its own. */
#ifndef SUMI_PLATEAU_H
#define SUMI_PLATEAU_H

#include <sumi/session.h>
#include <sumi/variables.h>

SUMI_BEGIN_DECLS

/** A rate, and the rule by which it falls. The graph's: it lives as long. */
typedef struct sumi_plateau sumi_plateau_t;

typedef struct sumi_plateau_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  double factor SUMI_UNSET;      /* the rate falls to this share; above 0, below 1; default 0.1 */
  int64_t patience SUMI_UNSET;   /* updates without progress that change nothing; default 10 */
  double threshold SUMI_UNSET;   /* progress is by more than this share; default 1e-4 */
  bool maximize SUMI_UNSET;      /* progress is upward, as of an accuracy */
  int64_t cooldown SUMI_UNSET;   /* updates after a fall that are not counted; default 0 */
  double min_rate SUMI_UNSET;    /* the rate falls no further; default 0 */
  const char *name SUMI_UNSET;   /* of the variables' scope, default "plateau" */
} sumi_plateau_options_t;

/** A rate that starts as `rate`, above 0. Refusals are the graph's; the result is then NULL. */
#define sumi_plateau_new(graph, ...) SUMI__PLATEAU_NEW(graph, __VA_ARGS__, )
#define SUMI__PLATEAU_NEW(graph, rate, ...)                                                        \
  sumi_plateau_new_with(graph, SUMI_HERE, rate, SUMI_OPTIONS(sumi_plateau_options_t, __VA_ARGS__))
SUMI_API sumi_plateau_t *sumi_plateau_new_with(sumi_graph_t *graph, sumi_site_t site, double rate,
                                               const sumi_plateau_options_t *options);

/** The rate, a float32 variable: an optimizer's .schedule. */
SUMI_API sumi_tensor_t sumi_plateau_rate(const sumi_plateau_t *plateau);

/** Tells the metric of an epoch; the session's variables must be initialised. A metric that is NaN
 * is no progress. errors  INVALID_ARGUMENT plateau is NULL; FAILED_PRECONDITION the variables are
 * not initialised */
SUMI_API sumi_status_t sumi_plateau_update(sumi_plateau_t *plateau, sumi_session_t *session,
                                           double metric);

SUMI_END_DECLS
#endif

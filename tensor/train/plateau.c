/* A rate that falls when a metric stands still. Source of the rule: PyTorch 2
 * torch/optim/lr_scheduler.py, ReduceLROnPlateau with a relative threshold. */
#include "graph/apply.h"

#include <sumi/array.h>
#include <sumi/options.h>
#include <sumi/plateau.h>

#include <math.h>

/* What is remembered, as elements of one variable. */
enum { BEST, BAD_COUNT, COOLING, MEMORY };

struct sumi_plateau {
  sumi_plateau_options_t options; /* with their defaults */
  sumi_tensor_t rate, memory;
};

static sumi_status_t fill(sumi_plateau_options_t *options, double rate) {
  options->factor = sumi_option_number(options->factor, 0.1);
  options->patience = sumi_option_int(options->patience, 10);
  options->threshold = sumi_option_number(options->threshold, 1e-4);
  if (!(rate > 0))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the rate is %g, expected above 0", rate);
  if (!(options->factor > 0 && options->factor < 1))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "factor is %g, expected above 0 and below 1",
                     options->factor);
  if (options->patience < 0 || options->cooldown < 0 || !(options->threshold >= 0))
    return sumi_fail(
        SUMI_INVALID_ARGUMENT, "patience %lld, cooldown %lld and threshold %g must be 0 or more",
        (long long)options->patience, (long long)options->cooldown, options->threshold);
  return SUMI_OK;
}

static sumi_array_t *first_memory(bool maximize) {
  sumi_array_t *memory = sumi_array_new(SUMI_FLOAT64, SUMI_DIMS(MEMORY));
  if (memory) sumi_array_set(memory, BEST, maximize ? -INFINITY : INFINITY);
  return memory;
}

static void make_variables(sumi_plateau_t *plateau, sumi_graph_t *graph, double rate,
                           const char *name) {
  sumi_array_t *memory = first_memory(plateau->options.maximize);
  if (!memory) sumi__tensor_graph_adopt_failure(graph, SUMI_RESOURCE_EXHAUSTED);
  sumi_variable_scope_begin(graph, name);
  plateau->rate = sumi_get_variable(graph, "rate", SUMI_SCALAR, .not_trainable = true,
                                    .dtype = SUMI_FLOAT32, .regularizer = SUMI_NO_REGULARIZER,
                                    .initializer = SUMI_INIT(CONSTANT, .a = rate));
  if (memory)
    plateau->memory = sumi_get_variable(graph, "memory", SUMI_DIMS(MEMORY), .not_trainable = true,
                                        .dtype = SUMI_FLOAT64, .regularizer = SUMI_NO_REGULARIZER,
                                        .initializer = SUMI_INIT(ARRAY, .array = memory));
  sumi_variable_scope_end(graph);
  sumi_array_unref(memory);
}

sumi_plateau_t *sumi_plateau_new_with(sumi_graph_t *graph, sumi_site_t site, double rate,
                                      const sumi_plateau_options_t *given) {
  sumi_plateau_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return NULL;
  if (!graph || graph->status != SUMI_OK) return NULL;
  const sumi_status_t status = fill(&options, rate);
  if (status != SUMI_OK) {
    sumi_graph_refuse(graph, status, site);
    return NULL;
  }
  sumi_plateau_t *plateau = sumi__tensor_graph_calloc(graph, 1, sizeof *plateau);
  if (!plateau) return NULL;
  plateau->options = options;
  plateau->options.name = NULL; /* the caller's */
  sumi__tensor_composite_begin(graph, site);
  make_variables(plateau, graph, rate, options.name ? options.name : "plateau");
  sumi__tensor_composite_end(graph);
  return graph->status == SUMI_OK ? plateau : NULL;
}

sumi_tensor_t sumi_plateau_rate(const sumi_plateau_t *plateau) {
  return plateau ? plateau->rate : (sumi_tensor_t){0};
}

static bool is_better(const sumi_plateau_options_t *options, double metric, double best) {
  if (options->maximize) return metric > best * (1 + options->threshold);
  return metric < best * (1 - options->threshold);
}

/* True: the rate is to fall. */
static bool remember(const sumi_plateau_options_t *options, sumi_array_t *memory, double metric) {
  const double best = sumi_array_get(memory, BEST), cooling = sumi_array_get(memory, COOLING);
  const bool better = is_better(options, metric, best);
  double bad = better || cooling > 0 ? 0 : sumi_array_get(memory, BAD_COUNT) + 1;
  const bool falls = bad > (double)options->patience;
  if (better) sumi_array_set(memory, BEST, metric);
  if (cooling > 0) sumi_array_set(memory, COOLING, cooling - 1);
  if (falls) sumi_array_set(memory, COOLING, (double)options->cooldown);
  sumi_array_set(memory, BAD_COUNT, falls ? 0 : bad);
  return falls;
}

static sumi_status_t lower(const sumi_plateau_t *plateau, sumi_session_t *session) {
  const sumi_array_t *now = sumi_session_variable(session, plateau->rate);
  const double rate = fmax(sumi_array_get(now, 0) * plateau->options.factor,
                           plateau->options.min_rate);
  sumi_array_t *lowered = sumi_array_full(SUMI_FLOAT32, SUMI_SCALAR, rate);
  const sumi_status_t status = lowered ? sumi_session_set_variable(session, plateau->rate, lowered)
                                       : SUMI_RESOURCE_EXHAUSTED;
  sumi_array_unref(lowered);
  return status;
}

sumi_status_t sumi_plateau_update(sumi_plateau_t *plateau, sumi_session_t *session, double metric) {
  if (!plateau) return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_plateau_update: plateau is NULL");
  const sumi_array_t *rate = sumi_session_variable(session, plateau->rate);
  const sumi_array_t *now = sumi_session_variable(session, plateau->memory);
  if (!rate || !now)
    return sumi_fail(SUMI_FAILED_PRECONDITION, "variable '%s' is not initialised",
                     sumi_variable_name(rate ? plateau->memory : plateau->rate));
  sumi_array_t *memory = sumi_array_copy(now);
  if (!memory) return SUMI_RESOURCE_EXHAUSTED;
  sumi_status_t status = SUMI_OK;
  if (remember(&plateau->options, memory, metric)) status = lower(plateau, session);
  if (status == SUMI_OK) status = sumi_session_set_variable(session, plateau->memory, memory);
  sumi_array_unref(memory);
  return status;
}

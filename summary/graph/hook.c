/* Runs a session with the summaries that are due. */
#include "summary_ops.h"

#include <sumi/alloc.h>
#include <sumi/options.h>
#include <sumi/summary_graph.h>

typedef struct leaf {
  sumi_op_t *op;
  const char *tag;
} leaf_t;

struct sumi_summary_hook {
  sumi_session_t *session;
  sumi__summary_graph_summary_sink_t sink;
  int leaf_count, due, target_capacity;
  leaf_t *leaves;
  sumi_op_t **targets; /* room for the run's own and all leaves */
  sumi_training_hook_t training;
};

/* The summaries below a tensor: itself, or those a MergeSummary merges. Counts them when `leaves`
 * is NULL. */
static int collect(sumi_tensor_t summary, leaf_t *leaves) {
  if (!summary.op) return 0;
  const char *tag = sumi__summary_graph_summary_tag(summary.op);
  if (tag) {
    if (leaves) *leaves = (leaf_t){summary.op, tag};
    return 1;
  }
  if (!sumi__summary_graph_merges(summary.op)) return 0;
  int count = 0;
  for (int i = 0; i < sumi_op_input_count(summary.op); ++i)
    count += collect(sumi_op_input(summary.op, i), leaves ? leaves + count : NULL);
  return count;
}

static int collect_all(sumi_tensors_t summaries, leaf_t *leaves) {
  int count = 0;
  for (int i = 0; i < summaries.count; ++i)
    count += collect(summaries.list[i], leaves ? leaves + count : NULL);
  return count;
}

static sumi_status_t fill(sumi_summary_hook_t *hook, sumi_tensors_t summaries) {
  hook->leaf_count = collect_all(summaries, NULL);
  hook->leaves = sumi_calloc((size_t)hook->leaf_count, sizeof *hook->leaves);
  if (!hook->leaves) return sumi_fail_alloc("a summary hook", 0);
  collect_all(summaries, hook->leaves);
  for (int i = 0; i < hook->leaf_count; ++i)
    if (sumi_op_graph(hook->leaves[i].op) != sumi_session_graph(hook->session))
      return sumi_fail(SUMI_INVALID_ARGUMENT, "summary '%s' is not of the session's graph",
                       hook->leaves[i].tag);
  return SUMI_OK;
}

sumi_summary_hook_t *sumi_summary_hook_new_with(sumi_session_t *session, sumi_writer_t *writer,
                                                const sumi_summary_hook_options_t *given) {
  sumi_summary_hook_options_t options;
  if (sumi_options_read(&options, sizeof options, given) != SUMI_OK) return NULL;
  sumi_graph_t *graph = session ? sumi_session_graph(session) : NULL;
  if (!graph) {
    sumi_fail(SUMI_INVALID_ARGUMENT, "a summary hook without a session");
    return NULL;
  }
  sumi_summary_hook_t *hook = sumi_calloc(1, sizeof *hook);
  if (!hook) {
    sumi_fail_alloc("a summary hook", sizeof *hook);
    return NULL;
  }
  hook->session = session;
  hook->sink.writer = writer;
  const bool named = !sumi_tensor_is_null(options.summaries);
  const sumi_tensors_t summaries = named ? (sumi_tensors_t){1, &options.summaries}
                                         : sumi_collection(graph, SUMI_SUMMARIES);
  sumi_status_t status = fill(hook, summaries);
  if (status == SUMI_OK && named && hook->leaf_count == 0)
    status = sumi_fail(SUMI_INVALID_ARGUMENT, "'%s' is not a summary",
                       sumi_op_name(options.summaries.op));
  if (status == SUMI_OK) return hook;
  sumi_summary_hook_free(hook);
  return NULL;
}

void sumi_summary_hook_free(sumi_summary_hook_t *hook) {
  if (!hook) return;
  sumi_free(hook->leaves);
  sumi_free(hook->targets);
  sumi_free(hook);
}

static sumi_status_t reserve(sumi_summary_hook_t *hook, int count) {
  if (count <= hook->target_capacity) return SUMI_OK;
  sumi_op_t **targets = sumi_realloc_array(hook->targets, (size_t)count, sizeof *targets);
  if (!targets) return sumi_fail_alloc("the targets of a run", (size_t)count * sizeof *targets);
  hook->targets = targets;
  hook->target_capacity = count;
  return SUMI_OK;
}

static sumi_status_t give_sink(const sumi_summary_hook_t *hook,
                               sumi__summary_graph_summary_sink_t *sink) {
  return sumi_session_set_resource(hook->session, SUMI__SUMMARY_SINK, sink);
}

static sumi_status_t sink_status(const sumi_summary_hook_t *hook) {
  if (hook->sink.status == SUMI_OK) return SUMI_OK;
  return sumi_fail(hook->sink.status, "%s", hook->sink.message);
}

/* Before a run at this step: finds the summaries that are due, and gives the session the sink for
 * this run only, since another hook's summaries go elsewhere. */
static sumi_status_t begin_run(sumi_summary_hook_t *hook, int64_t step, int own) {
  SUMI_TRY(reserve(hook, own + hook->leaf_count));
  hook->due = 0;
  hook->sink.step = step;
  hook->sink.status = SUMI_OK;
  for (int i = 0; i < hook->leaf_count; ++i)
    if (sumi_writer_due(hook->sink.writer, hook->leaves[i].tag, step))
      hook->targets[own + hook->due++] = hook->leaves[i].op;
  return give_sink(hook, &hook->sink);
}

static void end_run(sumi_summary_hook_t *hook) {
  give_sink(hook, NULL); /* the resource exists: needs no memory */
}

sumi_status_t sumi_summary_run_with(sumi_summary_hook_t *hook, int64_t step,
                                    const sumi_run_options_t *given) {
  sumi_run_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!hook) return sumi_fail(SUMI_INVALID_ARGUMENT, "the summary hook is NULL");
  const int own = options.targets.count;
  if (own < 0 || (own > 0 && !options.targets.list))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%d targets without a list", own);
  SUMI_TRY(begin_run(hook, step, own));
  for (int i = 0; i < own; ++i) hook->targets[i] = options.targets.list[i];
  options.targets = (sumi_ops_t){own + hook->due, hook->targets};
  const sumi_status_t status = sumi_session_run_with(hook->session, &options);
  end_run(hook);
  return status == SUMI_OK ? sink_status(hook) : status;
}

int sumi_summary_hook_due(const sumi_summary_hook_t *hook) {
  return hook ? hook->due : 0;
}

/* ---- As a hook of a training loop ---- */

static sumi_status_t training_begin(void *data, sumi_training_t *training) {
  const sumi_summary_hook_t *hook = data;
  if (hook && hook->session == training->session) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_summary_training_hook: the summary hook is %s",
                   hook ? "of another session" : "NULL");
}

static sumi_status_t training_before_step(void *data, sumi_training_t *training) {
  sumi_summary_hook_t *hook = data;
  if (training->is_last) sumi_writer_set_total_steps(hook->sink.writer, training->step + 1);
  SUMI_TRY(begin_run(hook, training->step, 0));
  for (int i = 0; i < hook->due; ++i)
    SUMI_TRY(sumi_training_add_target(training, hook->targets[i]));
  return SUMI_OK;
}

static sumi_status_t training_after_step(void *data, sumi_training_t *training) {
  (void)training;
  end_run(data);
  return sink_status(data);
}

static sumi_status_t training_flush(void *data, sumi_training_t *training) {
  (void)training;
  sumi_summary_hook_t *hook = data;
  return hook->sink.writer ? sumi_writer_flush(hook->sink.writer) : SUMI_OK;
}

static sumi_status_t training_end(void *data, sumi_training_t *training) {
  end_run(data);
  return training_flush(data, training);
}

const sumi_training_hook_t *sumi_summary_training_hook(sumi_summary_hook_t *hook) {
  static const sumi_training_hook_t none = {.begin = training_begin};
  if (!hook) return &none;
  hook->training = (sumi_training_hook_t){.data = hook,
                                          .begin = training_begin,
                                          .before_step = training_before_step,
                                          .after_step = training_after_step,
                                          .before_save = training_flush,
                                          .end = training_end};
  return &hook->training;
}

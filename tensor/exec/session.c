/* Sessions: their life, and a run from its arguments to its results. */
#include "exec/check.h"
#include "exec/compile/compile.h"
#include "exec/run/fetch.h"
#include "exec/run/parallel.h"
#include "exec/run/run.h"

#include <sumi/alloc.h>
#include <sumi/options.h>

#include <string.h>

/* Names of plan passes, for .disable_passes. */
static const struct {
  const char *name;
  unsigned pass;
} passes[] = {{"fold", SUMI__PASS_FOLD},   {"cse", SUMI__PASS_CSE},
              {"fuse", SUMI__PASS_FUSE},   {"arena", SUMI__PASS_ARENA},
              {"order", SUMI__PASS_ORDER}, {"simplify", SUMI__PASS_SIMPLIFY}};

enum { PASS_COUNT = sizeof passes / sizeof *passes };

static bool disable(sumi_session_t *session, const char *word, size_t length) {
  for (int i = 0; i < PASS_COUNT; ++i) {
    if (strlen(passes[i].name) != length || memcmp(passes[i].name, word, length) != 0) continue;
    session->passes &= ~passes[i].pass;
    return true;
  }
  return false;
}

/* An unknown word is reported by the first run. */
static void read_passes(sumi_session_t *session, const char *words) {
  for (int i = 0; i < PASS_COUNT; ++i) session->passes |= passes[i].pass;
  while (words && *words) {
    words += strspn(words, " ,");
    const size_t length = strcspn(words, " ,");
    if (length > 0 && !disable(session, words, length) && !session->unknown_pass)
      session->unknown_pass = sumi_strndup(words, length);
    words += length;
  }
}

sumi_session_t *sumi_session_new_with(sumi_graph_t *graph, const sumi_session_options_t *given) {
  sumi_session_options_t options;
  if (sumi_options_read(&options, sizeof options, given) != SUMI_OK) return NULL;
  sumi_session_t *session = sumi_calloc(1, sizeof *session);
  if (!session) {
    sumi_fail_alloc("a session", sizeof *session);
    return NULL;
  }
  session->graph = graph;
  session->threads = sumi__tensor_thread_count(options.threads);
  session->arena_generation = session->variable_generation = 1;
  read_passes(session, options.disable_passes);
  session->check_numerics = options.check_numerics;
  if (options.check_numerics) session->passes &= SUMI__PASS_ORDER;
  sumi__tensor_warm_blas(session->threads);
  if (options.print &&
      sumi_session_set_resource(session, SUMI_PRINT_STREAM, options.print) != SUMI_OK) {
    sumi_session_free(session);
    return NULL;
  }
  return session;
}

sumi_graph_t *sumi_session_graph(const sumi_session_t *session) {
  return session ? session->graph : NULL;
}

void sumi_session_free(sumi_session_t *session) {
  if (!session) return;
  for (int i = 0; i < session->plan_count; ++i) sumi__tensor_plan_free(session->plans[i]);
  sumi__tensor_variables_free(session);
  sumi__tensor_streams_free(session);
  for (sumi__tensor_resource_t *r = session->resources, *next; r; r = next) {
    next = r->next;
    sumi_free(r->name);
    sumi_free(r);
  }
  sumi_free(session->states);
  sumi_free_aligned(session->arena);
  sumi_free(session->unknown_pass);
  sumi_free(session);
}

sumi_status_t sumi_session_set_resource(sumi_session_t *session, const char *name, void *resource) {
  if (!session || !name)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_session_set_resource: %s is NULL",
                     session ? "name" : "session");
  for (sumi__tensor_resource_t *r = session->resources; r; r = r->next) {
    if (strcmp(r->name, name) != 0) continue;
    r->resource = resource;
    return SUMI_OK;
  }
  sumi__tensor_resource_t *entry = sumi_calloc(1, sizeof *entry);
  char *copy = sumi_strdup(name);
  if (!entry || !copy) {
    sumi_free(entry);
    sumi_free(copy);
    return sumi_fail_alloc("a session's resource", sizeof *entry);
  }
  *entry = (sumi__tensor_resource_t){copy, resource, session->resources};
  session->resources = entry;
  return SUMI_OK;
}

/* ---- Running ---- */

/* Room for one more plan: the one that has not run for longest goes. */
static void make_room(sumi_session_t *session) {
  if (session->plan_count < SUMI__MAX_PLANS) return;
  int oldest = 0;
  for (int i = 1; i < session->plan_count; ++i)
    if (session->plans[i]->last_used < session->plans[oldest]->last_used) oldest = i;
  if (session->plans[oldest] == session->last) session->last = NULL;
  sumi__tensor_plan_free(session->plans[oldest]);
  session->plans[oldest] = session->plans[--session->plan_count];
}

static sumi__tensor_plan_t *find_plan(const sumi_session_t *session,
                                      const sumi_run_options_t *run) {
  if (session->last && sumi__tensor_key_matches(&session->last->key, run)) return session->last;
  for (int i = 0; i < session->plan_count; ++i)
    if (sumi__tensor_key_matches(&session->plans[i]->key, run)) return session->plans[i];
  return NULL;
}

static sumi_status_t check_session(const sumi_session_t *session) {
  if (!session->graph) return sumi_fail(SUMI_INVALID_ARGUMENT, "the session's graph is NULL");
  if (sumi_graph_status(session->graph) != SUMI_OK)
    return sumi_fail(sumi_graph_status(session->graph), "%s", sumi_graph_message(session->graph));
  if (session->unknown_pass)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "disable_passes: there is no pass '%s'; there are fold, simplify, cse, fuse, "
                     "arena and order",
                     session->unknown_pass);
  return SUMI_OK;
}

static sumi_status_t make_plan(sumi_session_t *session, const sumi_run_options_t *run,
                               sumi__tensor_plan_t **plan) {
  SUMI_TRY(check_session(session));
  SUMI_TRY(sumi__tensor_check_run(session, run));
  SUMI_TRY(sumi__tensor_plan_make(session, run, plan));
  make_room(session);
  session->plans[session->plan_count++] = *plan;
  ++session->plans_made;
  return SUMI_OK;
}

sumi_status_t sumi_session_run_with(sumi_session_t *session, const sumi_run_options_t *given) {
  sumi_run_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!session) return sumi_fail(SUMI_INVALID_ARGUMENT, "session is NULL");
  SUMI_TRY(sumi__tensor_check_lists(&options));
  if (session->graph && sumi_graph_status(session->graph) != SUMI_OK) return check_session(session);
  sumi__tensor_plan_t *plan = find_plan(session, &options);
  if (!plan) SUMI_TRY(make_plan(session, &options, &plan));
  session->last = plan;
  plan->last_used = ++session->runs;
  SUMI_TRY(sumi__tensor_check_fetch_pointers(&options));
  SUMI_TRY(sumi__tensor_check_fetch_counts(plan, &options));
  SUMI_TRY(sumi__tensor_plan_run(plan, &options));
  return sumi__tensor_deliver(plan, &options);
}

sumi_status_t sumi_session_value(sumi_session_t *session, sumi_tensor_t tensor,
                                 sumi_array_t **value) {
  if (!value) return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_session_value: value is NULL");
  *value = NULL;
  const sumi_fetch_t fetch = {.tensor = tensor, .array = value};
  return sumi_session_run(session, .fetches = {1, &fetch});
}

void sumi_session_format_plan(const sumi_session_t *session, sumi_buffer_t *buffer) {
  if (session && session->last && buffer) sumi_buffer_puts(buffer, session->last->text);
}

sumi_session_stats_t sumi_session_stats(const sumi_session_t *session) {
  sumi_session_stats_t stats = {0};
  if (session && session->last) stats = session->last->stats;
  if (session) stats.plans = session->plans_made;
  return stats;
}

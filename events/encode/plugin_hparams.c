#include <sumi/plugin_data.h>

#include <math.h>

#include "proto/hparams_plugin_data.pb-c.h"
#include "proto_append.h"

typedef Sumi__Pb__SessionStartInfo__HparamsEntry entry_t;

static sumi_status_t fail_type(const char *name, sumi_hparam_type_t type) {
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "hyper-parameter \"%s\" has type %d; expected a string (%d), bool (%d) or "
                   "number (%d)",
                   name, (int)type, (int)SUMI_HPARAM_STRING, (int)SUMI_HPARAM_BOOL,
                   (int)SUMI_HPARAM_NUMBER);
}

static sumi_status_t fill_value(const sumi_hparam_t *from, Sumi__Pb__Value *value) {
  switch (from->type) {
  case SUMI_HPARAM_NUMBER:
    if (!isfinite(from->number))
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "hyper-parameter \"%s\" is %g; expected a finite number", from->name,
                       from->number);
    value->kind_case = SUMI__PB__VALUE__KIND_NUMBER_VALUE;
    value->number_value = from->number;
    return SUMI_OK;
  case SUMI_HPARAM_BOOL:
    value->kind_case = SUMI__PB__VALUE__KIND_BOOL_VALUE;
    value->bool_value = from->boolean;
    return SUMI_OK;
  case SUMI_HPARAM_STRING:
    value->kind_case = SUMI__PB__VALUE__KIND_STRING_VALUE;
    value->string_value = sumi__events_proto_text(from->string);
    return sumi_utf8_check("a hyper-parameter's text", value->string_value);
  }
  return fail_type(from->name, from->type);
}

/* Wraps the member of the oneof that `data_case` names. */
static sumi_status_t append_data(sumi_buffer_t *content,
                                 Sumi__Pb__HParamsPluginData__DataCase data_case, void *message) {
  Sumi__Pb__HParamsPluginData data = SUMI__PB__HPARAMS_PLUGIN_DATA__INIT;
  data.data_case = data_case;
  data.experiment = message;
  return sumi__events_proto_append(content, &data.base);
}

static sumi_status_t append_start(sumi_buffer_t *content, const sumi_hparam_t *hparams,
                                  size_t count, const sumi_hparams_session_t *session,
                                  sumi_arena_t *arena) {
  Sumi__Pb__SessionStartInfo start = SUMI__PB__SESSION_START_INFO__INIT;
  start.n_hparams = count;
  SUMI__PROTO_MESSAGES(arena, start.hparams, count,
                       sumi__pb__session_start_info__hparams_entry__init);
  Sumi__Pb__Value **values;
  SUMI__PROTO_MESSAGES(arena, values, count, sumi__pb__value__init);
  for (size_t i = 0; i < count; ++i) {
    SUMI_TRY(sumi_utf8_check("a hyper-parameter's name", hparams[i].name));
    SUMI_TRY(fill_value(&hparams[i], values[i]));
    start.hparams[i]->key = (char *)hparams[i].name;
    start.hparams[i]->value = values[i];
  }
  if (session) {
    start.group_name = sumi__events_proto_text(session->group_name);
    start.model_uri = sumi__events_proto_text(session->model_uri);
    start.monitor_url = sumi__events_proto_text(session->monitor_url);
    start.start_time_secs = session->start_time_s;
  }
  SUMI_TRY(sumi_utf8_check("a group's name", start.group_name));
  SUMI_TRY(sumi_utf8_check("a model's address", start.model_uri));
  SUMI_TRY(sumi_utf8_check("a monitor's address", start.monitor_url));
  return append_data(content, SUMI__PB__HPARAMS_PLUGIN_DATA__DATA_SESSION_START_INFO, &start);
}

sumi_status_t sumi_plugin_hparams_session_start(sumi_buffer_t *content,
                                                const sumi_hparam_t *hparams, size_t count,
                                                const sumi_hparams_session_t *session) {
  if (count > 0 && !hparams)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the hyper-parameters are NULL");
  sumi_arena_t *arena = sumi_arena_new();
  if (!arena) return sumi__events_proto_no_memory();
  const sumi_status_t status = append_start(content, hparams, count, session, arena);
  sumi_arena_free(arena);
  return status;
}

sumi_status_t sumi_plugin_hparams_session_end(sumi_buffer_t *content,
                                              sumi_hparams_status_t session_status,
                                              double end_time_s) {
  if (session_status < SUMI_HPARAMS_UNKNOWN || session_status > SUMI_HPARAMS_RUNNING)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "session status %d", (int)session_status);
  Sumi__Pb__SessionEndInfo end = SUMI__PB__SESSION_END_INFO__INIT;
  end.status = (Sumi__Pb__Status)session_status;
  end.end_time_secs = end_time_s;
  return append_data(content, SUMI__PB__HPARAMS_PLUGIN_DATA__DATA_SESSION_END_INFO, &end);
}

static sumi_status_t fill_choices(const sumi_hparam_info_t *from, sumi_arena_t *arena,
                                  Sumi__Pb__HParamInfo *info) {
  Sumi__Pb__ListValue *list = sumi_arena_calloc(arena, 1, sizeof *list);
  if (!list) return sumi__events_proto_no_memory();
  sumi__pb__list_value__init(list);
  list->n_values = from->choice_count;
  SUMI__PROTO_MESSAGES(arena, list->values, from->choice_count, sumi__pb__value__init);
  for (size_t i = 0; i < from->choice_count; ++i) {
    sumi_hparam_t choice = from->choices[i];
    choice.name = from->name;
    choice.type = from->type;
    SUMI_TRY(fill_value(&choice, list->values[i]));
  }
  info->domain_case = SUMI__PB__HPARAM_INFO__DOMAIN_DOMAIN_DISCRETE;
  info->domain_discrete = list;
  return SUMI_OK;
}

static sumi_status_t fill_interval(const sumi_hparam_info_t *from, sumi_arena_t *arena,
                                   Sumi__Pb__HParamInfo *info) {
  Sumi__Pb__Interval *interval = sumi_arena_calloc(arena, 1, sizeof *interval);
  if (!interval) return sumi__events_proto_no_memory();
  sumi__pb__interval__init(interval);
  interval->min_value = from->min_value;
  interval->max_value = from->max_value;
  info->domain_case = SUMI__PB__HPARAM_INFO__DOMAIN_DOMAIN_INTERVAL;
  info->domain_interval = interval;
  return SUMI_OK;
}

static sumi_status_t fill_hparam_info(const sumi_hparam_info_t *from, sumi_arena_t *arena,
                                      Sumi__Pb__HParamInfo *info) {
  SUMI_TRY(sumi_utf8_check("a hyper-parameter's name", from->name));
  if (from->type < SUMI_HPARAM_STRING || from->type > SUMI_HPARAM_NUMBER)
    return fail_type(from->name, from->type);
  info->name = (char *)from->name;
  info->type = (Sumi__Pb__HParamInfo__DataType)from->type;
  info->display_name = sumi__events_proto_text(from->display_name);
  info->description = sumi__events_proto_text(from->description);
  SUMI_TRY(sumi_utf8_check("a hyper-parameter's title", info->display_name));
  SUMI_TRY(sumi_utf8_check("a hyper-parameter's description", info->description));
  if (from->choice_count > 0 && from->choices) return fill_choices(from, arena, info);
  if (from->has_interval) return fill_interval(from, arena, info);
  return SUMI_OK;
}

static sumi_status_t fill_metric_info(const sumi_metric_info_t *from, Sumi__Pb__MetricName *name,
                                      Sumi__Pb__MetricInfo *info) {
  name->tag = sumi__events_proto_text(from->tag);
  name->group = sumi__events_proto_text(from->group);
  if (name->group[0] == '/')
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "metric \"%s\": group \"%s\" is not relative to its run", name->tag,
                     name->group);
  if (from->dataset < SUMI_METRIC_UNKNOWN || from->dataset > SUMI_METRIC_VALIDATION)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "metric \"%s\": dataset %d", name->tag,
                     (int)from->dataset);
  info->name = name;
  info->display_name = sumi__events_proto_text(from->display_name);
  info->description = sumi__events_proto_text(from->description);
  info->dataset_type = (Sumi__Pb__MetricInfo__DatasetType)from->dataset;
  SUMI_TRY(sumi_utf8_check("a metric's tag", name->tag));
  SUMI_TRY(sumi_utf8_check("a metric's group", name->group));
  SUMI_TRY(sumi_utf8_check("a metric's title", info->display_name));
  return sumi_utf8_check("a metric's description", info->description);
}

static sumi_status_t append_experiment(sumi_buffer_t *content,
                                       const sumi_hparams_experiment_t *from, sumi_arena_t *arena) {
  Sumi__Pb__Experiment experiment = SUMI__PB__EXPERIMENT__INIT;
  experiment.name = sumi__events_proto_text(from->name);
  experiment.description = sumi__events_proto_text(from->description);
  experiment.user = sumi__events_proto_text(from->user);
  experiment.time_created_secs = from->time_created_s;
  SUMI_TRY(sumi_utf8_check("an experiment's name", experiment.name));
  SUMI_TRY(sumi_utf8_check("an experiment's description", experiment.description));
  SUMI_TRY(sumi_utf8_check("an experiment's user", experiment.user));
  experiment.n_hparam_infos = from->hparam_count;
  SUMI__PROTO_MESSAGES(arena, experiment.hparam_infos, from->hparam_count,
                       sumi__pb__hparam_info__init);
  for (size_t i = 0; i < from->hparam_count; ++i)
    SUMI_TRY(fill_hparam_info(&from->hparams[i], arena, experiment.hparam_infos[i]));
  Sumi__Pb__MetricName **names;
  experiment.n_metric_infos = from->metric_count;
  SUMI__PROTO_MESSAGES(arena, names, from->metric_count, sumi__pb__metric_name__init);
  SUMI__PROTO_MESSAGES(arena, experiment.metric_infos, from->metric_count,
                       sumi__pb__metric_info__init);
  for (size_t i = 0; i < from->metric_count; ++i)
    SUMI_TRY(fill_metric_info(&from->metrics[i], names[i], experiment.metric_infos[i]));
  return append_data(content, SUMI__PB__HPARAMS_PLUGIN_DATA__DATA_EXPERIMENT, &experiment);
}

sumi_status_t sumi_plugin_hparams_experiment(sumi_buffer_t *content,
                                             const sumi_hparams_experiment_t *experiment) {
  if (!experiment) return sumi_fail(SUMI_INVALID_ARGUMENT, "the experiment is NULL");
  if ((experiment->hparam_count > 0 && !experiment->hparams) ||
      (experiment->metric_count > 0 && !experiment->metrics))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the experiment's hparams or metrics are NULL");
  sumi_arena_t *arena = sumi_arena_new();
  if (!arena) return sumi__events_proto_no_memory();
  const sumi_status_t status = append_experiment(content, experiment, arena);
  sumi_arena_free(arena);
  return status;
}

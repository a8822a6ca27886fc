#include "trials.h"

#include "names.h"
#include "series.h"

#include <math.h>
#include <string.h>

#include <sumi/alloc.h>
#include <sumi/wire.h>

/* Field numbers of HParamsPluginData, SessionStartInfo, its map's entries and
 * google.protobuf.Value (tensorboard/plugins/hparams/plugin_data.proto). */
enum { START_INFO = 3, START_HPARAMS = 1, ENTRY_KEY = 1, ENTRY_VALUE = 2 };
enum { VALUE_NUMBER = 2, VALUE_STRING = 3, VALUE_BOOL = 4 };

static sumi_bytes_view_t view_of(const sumi_wire_field_t *field) {
  return (sumi_bytes_view_t){field->bytes, (size_t)(field->end - field->bytes)};
}

/* The last field of that number with bytes; of size 0 when there is none. */
static sumi_bytes_view_t bytes_of(sumi_bytes_view_t message, uint64_t number) {
  const uint8_t *at = message.data, *end = at + message.size_bytes;
  sumi_bytes_view_t found = {0};
  for (sumi_wire_field_t field; at < end && sumi_wire_get_field(at, end, &field); at = field.end)
    if (field.number == number && field.type == SUMI_WIRE_BYTES) found = view_of(&field);
  return found;
}

/* As a text of the trial's; NULL without memory. */
static char *text_of(trial_t *trial, sumi_bytes_view_t bytes) {
  sumi_arena_t *arena = sumi_name_table_arena(&trial->hparams);
  char *text = arena ? sumi_arena_calloc(arena, bytes.size_bytes + 1, 1) : NULL;
  if (text && bytes.size_bytes) memcpy(text, bytes.data, bytes.size_bytes);
  return text;
}

static bool set_value(trial_t *trial, hparam_t *hparam, const sumi_wire_field_t *field) {
  if (field->number == VALUE_NUMBER && field->type == SUMI_WIRE_FIXED64) {
    const uint64_t bits = sumi_get_le64(field->bytes);
    hparam->type = SUMI_HPARAM_NUMBER;
    memcpy(&hparam->number, &bits, sizeof bits);
  } else if (field->number == VALUE_BOOL && field->type == SUMI_WIRE_VARINT) {
    hparam->type = SUMI_HPARAM_BOOL;
    hparam->boolean = field->value != 0;
  } else if (field->number == VALUE_STRING && field->type == SUMI_WIRE_BYTES) {
    hparam->type = SUMI_HPARAM_STRING;
    hparam->string = text_of(trial, view_of(field));
    return hparam->string;
  }
  return true;
}

static bool add_hparam(trial_t *trial, sumi_bytes_view_t entry) {
  const char *name = text_of(trial, bytes_of(entry, ENTRY_KEY));
  hparam_t *hparam = name ? sumi__command_named(&trial->hparams, name, sizeof *hparam) : NULL;
  const sumi_bytes_view_t value = bytes_of(entry, ENTRY_VALUE);
  const uint8_t *at = value.data, *end = at + value.size_bytes;
  bool enough = hparam;
  for (sumi_wire_field_t field; enough && at < end && sumi_wire_get_field(at, end, &field);
       at = field.end)
    enough = set_value(trial, hparam, &field);
  return enough;
}

static bool add_hparams(trial_t *trial, const sumi_event_value_t *value) {
  const sumi_bytes_view_t start = bytes_of(value->metadata.plugin_content, START_INFO);
  const uint8_t *at = start.data, *end = at + start.size_bytes;
  for (sumi_wire_field_t field; at < end && sumi_wire_get_field(at, end, &field); at = field.end)
    if (field.number == START_HPARAMS && field.type == SUMI_WIRE_BYTES &&
        !add_hparam(trial, view_of(&field)))
      return false;
  return true;
}

static bool add_number(trial_t *trial, int64_t step, const sumi_event_value_t *value,
                       double number) {
  metric_t *metric = sumi__command_named(&trial->metrics, value->tag, sizeof *metric);
  if (!metric) return false;
  const bool single = value->kind == SUMI_EVENT_SCALAR;
  const mark_t mark = {step, number};
  if (metric->count++ == 0) {
    metric->last = metric->min = metric->max = mark;
    metric->single = single;
  }
  metric->single &= single;
  if (step >= metric->last.step) metric->last = mark;
  if (isnan(metric->min.value) || number < metric->min.value) metric->min = mark;
  if (isnan(metric->max.value) || number > metric->max.value) metric->max = mark;
  return true;
}

static bool add_value(trial_t *trial, const arguments_t *arguments, const sumi_event_t *event,
                      const sumi_event_value_t *value) {
  double number;
  if (strcmp(value->tag, SUMI_TAG_HPARAMS_SESSION_START) == 0) return add_hparams(trial, value);
  return !sumi__command_wanted(arguments, event, value) ||
         !sumi__command_is_scalar(value, &number) || add_number(trial, event->step, value, number);
}

sumi_status_t sumi__command_trials_read(sumi_name_table_t *trials, source_t *source,
                                        const arguments_t *arguments) {
  sumi_status_t status;
  sumi_event_t event;
  const char *run;
  while ((status = sumi__command_next(source, &event, &run)) == SUMI_OK)
    for (size_t i = 0; i < event.value_count; ++i) {
      trial_t *trial = sumi__command_named(trials, run, sizeof *trial);
      if (!trial || !add_value(trial, arguments, &event, &event.values[i]))
        return SUMI_RESOURCE_EXHAUSTED;
    }
  return status == SUMI_OUT_OF_RANGE ? SUMI_OK : status;
}

void sumi__command_trials_release(sumi_name_table_t *trials) {
  size_t cursor = 0;
  for (trial_t *trial; (trial = sumi_name_table_next(trials, &cursor));) {
    sumi_name_table_release(&trial->hparams);
    sumi_name_table_release(&trial->metrics);
  }
  sumi_name_table_release(trials);
}

const sumi_name_table_t *sumi__command_hparams(const sumi_name_table_t *trials,
                                               const trial_t *trial) {
  const char *name = trial->name.text;
  for (size_t size = trial->name.size_bytes; trial->hparams.count == 0 && size-- > 0;) {
    if (name[size] != '/') continue;
    char *folder = sumi_strndup(name, size);
    const trial_t *above = folder ? sumi_name_table_find(trials, folder) : NULL;
    sumi_free(folder);
    if (above && above->hparams.count > 0) return &above->hparams;
  }
  return &trial->hparams;
}

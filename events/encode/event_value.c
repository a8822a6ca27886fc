#include <sumi/event.h>

#include <string.h>

static bool has_plugin(const sumi_event_value_t *value, const char *plugin_name) {
  return value->metadata.plugin_name && strcmp(value->metadata.plugin_name, plugin_name) == 0;
}

sumi_status_t sumi_event_value_number(const sumi_event_value_t *value, double *number) {
  if (value->kind == SUMI_EVENT_SCALAR) {
    *number = value->scalar;
    return SUMI_OK;
  }
  if (value->kind != SUMI_EVENT_NUMBERS || sumi_array_view_count(&value->numbers) != 1)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\" holds no single number", value->tag);
  *number = sumi_array_view_double(&value->numbers, 0);
  return SUMI_OK;
}

sumi_status_t sumi_event_value_histogram_rows(const sumi_event_value_t *value, int64_t *count) {
  const sumi_array_view_t *table = &value->numbers;
  const bool is_table = value->kind == SUMI_EVENT_NUMBERS && table->rank == 2 &&
                        table->dims[1] == 3 && sumi_dtype_is_floating(table->dtype);
  if (!is_table)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "tag \"%s\" holds no histogram", value->tag);
  *count = table->dims[0];
  return SUMI_OK;
}

void sumi_event_value_histogram_row(const sumi_event_value_t *value, int64_t index, double row[3]) {
  for (int64_t i = 0; i < 3; ++i) row[i] = sumi_array_view_double(&value->numbers, 3 * index + i);
}

int64_t sumi_event_value_image_count(const sumi_event_value_t *value) {
  if (!has_plugin(value, "images") || value->kind != SUMI_EVENT_STRINGS) return 0;
  if (value->strings.rank != 1 || value->strings.dims[0] < 2) return 0;
  return value->strings.dims[0] - 2;
}

const sumi_bytes_view_t *sumi_event_value_image(const sumi_event_value_t *value, int64_t index) {
  if (index < 0 || index >= sumi_event_value_image_count(value)) return NULL;
  return &value->strings.items[2 + index];
}

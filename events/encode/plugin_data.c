#include <sumi/plugin_data.h>

#include "proto/custom_scalars_layout.pb-c.h"
#include "proto/plugin_data.pb-c.h"
#include "proto_append.h"

sumi_status_t sumi_plugin_audio(sumi_buffer_t *content) {
  Sumi__Pb__AudioPluginData audio = SUMI__PB__AUDIO_PLUGIN_DATA__INIT;
  audio.encoding = SUMI__PB__AUDIO_PLUGIN_DATA__ENCODING__WAV;
  return sumi__events_proto_append(content, &audio.base);
}

sumi_status_t sumi_plugin_pr_curves(sumi_buffer_t *content, uint32_t thresholds) {
  if (thresholds < 2)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "a precision-recall curve with %u thresholds; at least 2", thresholds);
  Sumi__Pb__PrCurvePluginData curve = SUMI__PB__PR_CURVE_PLUGIN_DATA__INIT;
  curve.num_thresholds = thresholds;
  return sumi__events_proto_append(content, &curve.base);
}

sumi_status_t sumi_plugin_mesh(sumi_buffer_t *content, const char *name, sumi_mesh_part_t part,
                               uint32_t parts, const char *json_config, const int32_t shape[3]) {
  SUMI_TRY(sumi_utf8_check("a mesh's name", name));
  if (json_config) SUMI_TRY(sumi_utf8_check("a mesh's configuration", json_config));
  if (part < SUMI_MESH_VERTEX || part > SUMI_MESH_COLOR || !(parts & 1u << part))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "mesh \"%s\": part %d of the parts 0x%x", name,
                     (int)part, parts);
  Sumi__Pb__MeshPluginData mesh = SUMI__PB__MESH_PLUGIN_DATA__INIT;
  int32_t sizes[3] = {shape[0], shape[1], shape[2]};
  mesh.name = (char *)name;
  mesh.content_type = (Sumi__Pb__MeshPluginData__ContentType)part;
  mesh.json_config = sumi__events_proto_text(json_config);
  mesh.shape = sizes;
  mesh.n_shape = 3;
  mesh.components = parts;
  return sumi__events_proto_append(content, &mesh.base);
}

static sumi_status_t fill_margin(const sumi_custom_chart_t *from, sumi_arena_t *arena,
                                 Sumi__Pb__Chart *chart) {
  if (from->tag_count % 3 != 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "margin chart \"%s\" has %zu tags; they come in threes: value, lower, upper",
                     chart->title, from->tag_count);
  Sumi__Pb__MarginChartContent *margin = sumi_arena_calloc(arena, 1, sizeof *margin);
  if (!margin) return sumi__events_proto_no_memory();
  sumi__pb__margin_chart_content__init(margin);
  margin->n_series = from->tag_count / 3;
  SUMI__PROTO_MESSAGES(arena, margin->series, margin->n_series,
                       sumi__pb__margin_chart_content__series__init);
  for (size_t i = 0; i < margin->n_series; ++i) {
    margin->series[i]->value = (char *)from->tags[3 * i];
    margin->series[i]->lower = (char *)from->tags[3 * i + 1];
    margin->series[i]->upper = (char *)from->tags[3 * i + 2];
  }
  chart->content_case = SUMI__PB__CHART__CONTENT_MARGIN;
  chart->margin = margin;
  return SUMI_OK;
}

static sumi_status_t fill_chart(const sumi_custom_chart_t *from, sumi_arena_t *arena,
                                Sumi__Pb__Chart *chart) {
  chart->title = sumi__events_proto_text(from->title);
  SUMI_TRY(sumi_utf8_check("a chart's title", chart->title));
  if (from->tag_count > 0 && !from->tags)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "chart \"%s\": tags is NULL", chart->title);
  for (size_t i = 0; i < from->tag_count; ++i)
    SUMI_TRY(sumi_utf8_check("a chart's tag", from->tags[i]));
  if (from->margin) return fill_margin(from, arena, chart);
  Sumi__Pb__MultilineChartContent *lines = sumi_arena_calloc(arena, 1, sizeof *lines);
  if (!lines) return sumi__events_proto_no_memory();
  sumi__pb__multiline_chart_content__init(lines);
  lines->n_tag = from->tag_count;
  lines->tag = (char **)from->tags;
  chart->content_case = SUMI__PB__CHART__CONTENT_MULTILINE;
  chart->multiline = lines;
  return SUMI_OK;
}

static sumi_status_t fill_category(const sumi_custom_category_t *from, sumi_arena_t *arena,
                                   Sumi__Pb__Category *category) {
  category->title = sumi__events_proto_text(from->title);
  SUMI_TRY(sumi_utf8_check("a category's title", category->title));
  if (from->chart_count > 0 && !from->charts)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "category \"%s\": charts is NULL", category->title);
  category->closed = from->closed;
  category->n_chart = from->chart_count;
  SUMI__PROTO_MESSAGES(arena, category->chart, category->n_chart, sumi__pb__chart__init);
  for (size_t i = 0; i < from->chart_count; ++i)
    SUMI_TRY(fill_chart(&from->charts[i], arena, category->chart[i]));
  return SUMI_OK;
}

static sumi_status_t append_layout(sumi_buffer_t *bytes, const sumi_custom_category_t *categories,
                                   size_t count, sumi_arena_t *arena) {
  if (count > 0 && !categories) return sumi_fail(SUMI_INVALID_ARGUMENT, "the categories are NULL");
  Sumi__Pb__Layout layout = SUMI__PB__LAYOUT__INIT;
  layout.n_category = count;
  SUMI__PROTO_MESSAGES(arena, layout.category, count, sumi__pb__category__init);
  for (size_t i = 0; i < count; ++i)
    SUMI_TRY(fill_category(&categories[i], arena, layout.category[i]));
  return sumi__events_proto_append(bytes, &layout.base);
}

sumi_status_t sumi_plugin_custom_scalars_layout(sumi_buffer_t *layout,
                                                const sumi_custom_category_t *categories,
                                                size_t count) {
  sumi_arena_t *arena = sumi_arena_new();
  if (!arena) return sumi__events_proto_no_memory();
  const sumi_status_t status = append_layout(layout, categories, count, arena);
  sumi_arena_free(arena);
  return status;
}

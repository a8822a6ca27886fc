/* What the constructors of summary ops have in common, and those that merge. */
#include "summary_registry.h"

#include <sumi/constants.h>
#include <sumi/summary_graph.h>

#include <string.h>

enum { MAX_ATTRS = 24, MAX_INPUTS = 8 };

/* A node name made from a tag: what is not allowed becomes "_". */
static void name_of_tag(const char *tag, char *name, size_t size) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  size_t at = 0;
  for (; tag[at] && at + 1 < size; ++at) {
    const bool plain = strchr(letters, tag[at]) != NULL;
    name[at] = plain || (at > 0 && strchr("_.-/", tag[at])) ? tag[at] : at > 0 ? '_' : 's';
  }
  name[at] = '\0';
}

static sumi_status_t write_options(const sumi__summary_graph_option_t *table, const void *options,
                                   sumi_named_attr_t *attrs, int *count) {
  for (; options && table->attr; ++table) {
    sumi_attr_t *value = &attrs[*count].value;
    if (!sumi__summary_graph_write_option(table, options, value)) continue;
    if (value->kind == SUMI_ATTR_POINTER)
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "a summary of a graph takes no .%s, which are of one run: log these "
                       "by the writer's own call",
                       table->member);
    attrs[(*count)++].name = table->attr;
  }
  return SUMI_OK;
}

static sumi_tensor_t refuse(sumi_graph_t *graph, sumi_status_t status, sumi_site_t site) {
  sumi_graph_refuse(graph, status, site);
  return (sumi_tensor_t){0};
}

/* Texts of the constructor's own: the tag, then what TensorFlow's op wants empty. */
static bool fill_texts(sumi_graph_t *graph, sumi_site_t site, const char *tag, int count,
                       sumi_tensor_t *inputs) {
  for (int i = 0; i < count; ++i)
    if (!inputs[i].op && inputs[i].index == SUMI__SUMMARY_TEXT.index) {
      inputs[i] = sumi_constant_text_with(graph, site, i == 0 ? tag : "", NULL);
      if (sumi_tensor_is_null(inputs[i])) return false;
    }
  return true;
}

sumi_tensor_t sumi__summary_graph_node(sumi_site_t site, const sumi_op_def_t *def, const char *tag,
                                       int input_count, const sumi_tensor_t *given,
                                       const sumi__summary_graph_option_t *table,
                                       sumi_status_t read, const void *options) {
  sumi_graph_t *graph = sumi_tensor_graph(given[1]);
  if (!graph) return (sumi_tensor_t){0};
  sumi_named_attr_t attrs[MAX_ATTRS];
  int attr_count = 0;
  sumi_status_t status = read;
  if (status == SUMI_OK) status = sumi__summary_graph_register_summary_ops();
  if (status == SUMI_OK) status = write_options(table, options, attrs, &attr_count);
  if (status != SUMI_OK) return refuse(graph, status, site);
  char name[128];
  name_of_tag(tag && tag[0] ? tag : "summary", name, sizeof name);
  sumi_tensor_t inputs[MAX_INPUTS];
  memcpy(inputs, given, (size_t)input_count * sizeof *inputs);
  if (!fill_texts(graph, site, tag, input_count, inputs)) return (sumi_tensor_t){0};
  const sumi_tensor_t summary = sumi_node(&(sumi_node_spec_t){.site = site,
                                                              .graph = graph,
                                                              .type = def->name,
                                                              .name = name,
                                                              .inputs = {input_count, inputs},
                                                              .attr_count = attr_count,
                                                              .attrs = attrs});
  sumi_collection_add(graph, SUMI_SUMMARIES, summary);
  return summary;
}

sumi_tensor_t sumi_summary_merge_at(sumi_site_t site, sumi_tensors_t summaries) {
  if (sumi__summary_graph_register_summary_ops() != SUMI_OK) return (sumi_tensor_t){0};
  return sumi_node(&(sumi_node_spec_t){
      .site = site, .type = sumi__tensor_op_MergeSummary.name, .inputs = summaries});
}

sumi_tensor_t sumi_summary_merge_all_at(sumi_site_t site, sumi_graph_t *graph) {
  const sumi_tensors_t all = sumi_collection(graph, SUMI_SUMMARIES);
  return all.count ? sumi_summary_merge_at(site, all) : (sumi_tensor_t){0};
}

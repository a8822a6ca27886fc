/* What the constructors of summary ops have in common, and those that merge. */
#include "summary_registry.h"

#include <sumi/alloc.h>
#include <sumi/constants.h>
#include <sumi/control_flow.h>
#include <sumi/name_table.h>
#include <sumi/summary_graph.h>

#include <stdio.h>
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

/* Texts of the constructor's own: the tag, then what TensorFlow's op wants empty. Their nodes have
 * the names of the op's inputs, with which its schema begins. */
static bool fill_texts(sumi_graph_t *graph, sumi_site_t site, const sumi_op_def_t *def,
                       const char *tag, int count, sumi_tensor_t *inputs) {
  char first[16];
  snprintf(first, sizeof first, "%.*s", (int)strcspn(def->schema, ":"), def->schema);
  for (int i = 0; i < count; ++i)
    if (!inputs[i].op && inputs[i].index == SUMI__SUMMARY_TEXT.index) {
      inputs[i] = sumi_constant_text_with(
          graph, site, i == 0 ? tag : "",
          SUMI_OPTIONS(sumi_constant_options_t, .name = i == 0 ? first : NULL));
      if (sumi_tensor_is_null(inputs[i])) return false;
    }
  return true;
}

/* ---- Tags of a graph: each is used once ---- */

typedef struct used_tag {
  sumi_name_t name;
  int uses; /* how often it was asked for: where to start counting */
} used_tag_t;

static const char tags_key; /* its address finds the table */

static void release_tags(void *tags) {
  sumi_name_table_release(tags);
  sumi_free(tags);
}

static sumi_name_table_t *tags_of(sumi_graph_t *graph) {
  sumi_name_table_t *tags = sumi_graph_data(graph, &tags_key);
  if (tags) return tags;
  tags = sumi_calloc(1, sizeof *tags);
  if (!tags) return NULL;
  return sumi_graph_set_data(graph, &tags_key, tags, release_tags) == SUMI_OK ? tags : NULL;
}

static sumi_status_t use_tag(sumi_name_table_t *tags, const char *tag) {
  used_tag_t *used = sumi_name_table_make(tags, tag, sizeof *used);
  if (!used || !sumi_name_table_add(tags, used)) return sumi_fail_alloc("a summary's tag", 0);
  used->uses = 1;
  return SUMI_OK;
}

/* The tag behind the name scopes in force, with "_1", "_2", … when it is taken. */
static sumi_status_t scoped_tag(sumi_graph_t *graph, const char *tag, sumi_buffer_t *scoped) {
  sumi_name_table_t *tags = tags_of(graph);
  if (!tags) return sumi_fail_alloc("a graph's tags", 0);
  sumi_buffer_printf(scoped, "%s%s", sumi_name_scope(graph), tag);
  SUMI_TRY(sumi_buffer_status(scoped, "a summary's tag"));
  used_tag_t *taken = sumi_name_table_find(tags, sumi_buffer_text(scoped));
  const size_t size = scoped->size;
  while (taken && sumi_name_table_find(tags, sumi_buffer_text(scoped))) {
    scoped->size = size;
    sumi_buffer_printf(scoped, "_%d", taken->uses++);
    SUMI_TRY(sumi_buffer_status(scoped, "a summary's tag"));
  }
  return use_tag(tags, sumi_buffer_text(scoped));
}

/* Enters the summary's own name scope, as TensorFlow does, and gives its tag. */
static sumi_status_t begin_scope(sumi_graph_t *graph, const char *tag, sumi_buffer_t *scoped) {
  char name[128];
  name_of_tag(tag && tag[0] ? tag : "summary", name, sizeof name);
  SUMI_TRY(sumi_graph_status(graph));
  if (tag && tag[0]) SUMI_TRY(scoped_tag(graph, tag, scoped));
  sumi_name_scope_begin(graph, name);
  return SUMI_OK;
}

static sumi_tensor_t node_in_scope(sumi_graph_t *graph, sumi_site_t site, const sumi_op_def_t *def,
                                   const char *tag, int input_count, const sumi_tensor_t *given,
                                   int attr_count, const sumi_named_attr_t *attrs) {
  sumi_tensor_t inputs[MAX_INPUTS];
  memcpy(inputs, given, (size_t)input_count * sizeof *inputs);
  if (!fill_texts(graph, site, def, tag, input_count, inputs)) return (sumi_tensor_t){0};
  return sumi_node(&(sumi_node_spec_t){.site = site,
                                       .graph = graph,
                                       .type = def->name,
                                       .name = sumi_name_scope(graph),
                                       .inputs = {input_count, inputs},
                                       .attr_count = attr_count,
                                       .attrs = attrs});
}

sumi_tensor_t sumi__summary_graph_node(sumi_site_t site, const sumi_op_def_t *def, const char *tag,
                                       int input_count, const sumi_tensor_t *given,
                                       const sumi__summary_graph_option_t *table,
                                       sumi_status_t read, const void *options) {
  sumi_graph_t *graph = sumi_tensor_graph(given[1]);
  if (!graph) return (sumi_tensor_t){0};
  sumi_named_attr_t attrs[MAX_ATTRS];
  int attr_count = 0;
  sumi_buffer_t scoped = {0};
  sumi_status_t status = read;
  if (status == SUMI_OK) status = sumi__summary_graph_register_summary_ops();
  if (status == SUMI_OK) status = write_options(table, options, attrs, &attr_count);
  if (status == SUMI_OK) status = begin_scope(graph, tag, &scoped);
  if (status != SUMI_OK) {
    sumi_buffer_release(&scoped);
    return refuse(graph, status, site);
  }
  const char *full = scoped.size ? sumi_buffer_text(&scoped) : tag;
  const sumi_tensor_t summary = node_in_scope(graph, site, def, full, input_count, given,
                                              attr_count, attrs);
  sumi_name_scope_end(graph);
  sumi_buffer_release(&scoped);
  /* One in a branch or a loop is run by it, as its effect. */
  if (!sumi_op_function(summary.op)) sumi_collection_add(graph, SUMI_SUMMARIES, summary);
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

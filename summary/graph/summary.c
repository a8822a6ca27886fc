/* The constructors of summary ops. */
#include "summary_ops.h"

#include <sumi/options.h>
#include <sumi/constants.h>

#include <string.h>

enum { MAX_ATTRS = 8, MAX_INPUTS = 4 };

typedef struct call {
  sumi_site_t site;
  const char *type, *tag;
  int input_count, attr_count;
  sumi_tensor_t inputs[MAX_INPUTS];
  sumi_named_attr_t attrs[MAX_ATTRS];
} call_t;

static void add_int(call_t *call, const char *name, int64_t value) {
  if (value == 0) return; /* the schema's default */
  call->attrs[call->attr_count++] = (sumi_named_attr_t){name,
                                                        {.kind = SUMI_ATTR_INT, .integer = value}};
}

static void add_bool(call_t *call, const char *name, bool value) {
  call->attrs[call->attr_count++] = (sumi_named_attr_t){name,
                                                        {.kind = SUMI_ATTR_BOOL, .boolean = value}};
}

static void add_text(call_t *call, const char *name, const char *value) {
  if (!value) return;
  call->attrs[call->attr_count++] = (sumi_named_attr_t){
      name, {.kind = SUMI_ATTR_STRING, .string = value}};
}

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

static bool read_options(sumi_tensor_t input, sumi_site_t site, sumi_summary_options_t *options,
                         const sumi_summary_options_t *given) {
  const sumi_status_t status = sumi_options_read(options, sizeof *options, given);
  if (status != SUMI_OK) sumi_graph_refuse(sumi_tensor_graph(input), status, site);
  return status == SUMI_OK;
}

static sumi_tensor_t build(call_t *call) {
  const sumi_tensor_t nothing = {0};
  sumi_graph_t *graph = sumi_tensor_graph(call->inputs[1]);
  if (!graph) return nothing;
  const sumi_status_t registered = sumi__summary_graph_register_summary_ops();
  if (registered != SUMI_OK) {
    sumi_graph_refuse(graph, registered, call->site);
    return nothing;
  }
  char name[128];
  name_of_tag(call->tag && call->tag[0] ? call->tag : "summary", name, sizeof name);
  call->inputs[0] = sumi_constant_text_with(graph, call->site, call->tag, NULL);
  if (sumi_tensor_is_null(call->inputs[0])) return nothing;
  const sumi_tensor_t summary = sumi_node(
      &(sumi_node_spec_t){.site = call->site,
                          .graph = graph,
                          .type = call->type,
                          .name = name,
                          .inputs = {call->input_count, call->inputs},
                          .attr_count = call->attr_count,
                          .attrs = call->attrs});
  sumi_collection_add(graph, SUMI_SUMMARIES, summary);
  return summary;
}

sumi_tensor_t sumi_summary_scalar_at(sumi_site_t site, const char *tag, sumi_tensor_t value) {
  call_t call = {
      .site = site, .type = "ScalarSummary", .tag = tag, .input_count = 2, .inputs = {[1] = value}};
  return build(&call);
}

sumi_tensor_t sumi_summary_histogram_at(sumi_site_t site, const char *tag, sumi_tensor_t values,
                                        const sumi_summary_options_t *given) {
  sumi_summary_options_t options;
  if (!read_options(values, site, &options, given)) return (sumi_tensor_t){0};
  call_t call = {.site = site,
                 .type = "HistogramSummary",
                 .tag = tag,
                 .input_count = 2,
                 .inputs = {[1] = values}};
  add_int(&call, "_buckets", options.buckets);
  return build(&call);
}

sumi_tensor_t sumi_summary_image_at(sumi_site_t site, const char *tag, sumi_tensor_t images,
                                    const sumi_summary_options_t *given) {
  sumi_summary_options_t options;
  if (!read_options(images, site, &options, given)) return (sumi_tensor_t){0};
  call_t call = {
      .site = site, .type = "ImageSummary", .tag = tag, .input_count = 2, .inputs = {[1] = images}};
  add_int(&call, "max_images", options.max_outputs);
  add_int(&call, "_bad_color", options.bad_color);
  return build(&call);
}

sumi_tensor_t sumi_summary_text_at(sumi_site_t site, const char *tag, sumi_tensor_t text) {
  call_t call = {.site = site,
                 .type = "TensorSummaryV2",
                 .tag = tag,
                 .input_count = 3,
                 .inputs = {[1] = text}};
  sumi_graph_t *graph = sumi_tensor_graph(text);
  if (graph) call.inputs[2] = sumi_constant_text_with(graph, site, "", NULL);
  return build(&call);
}

/* The attribute holds the names as lines of one text. */
static sumi_status_t join_names(const sumi_summary_options_t *options, sumi_buffer_t *joined) {
  for (int i = 0; i < options->class_count; ++i) {
    const char *name = options->class_names ? options->class_names[i] : NULL;
    if (!name || strchr(name, '\n'))
      return sumi_fail(SUMI_INVALID_ARGUMENT, "class name %d is %s", i,
                       name ? "of several lines" : "NULL");
    if (i > 0) sumi_buffer_putc(joined, '\n');
    sumi_buffer_puts(joined, name);
  }
  sumi_buffer_text(joined);
  return sumi_buffer_status(joined, "class names");
}

static sumi_tensor_t build_gallery(call_t *call, const sumi_summary_options_t *options) {
  sumi_buffer_t names = {0};
  sumi_tensor_t summary = {0};
  const sumi_status_t status = join_names(options, &names);
  if (status == SUMI_OK) {
    add_int(call, "max_outputs", options->max_outputs);
    add_text(call, "class_names", options->class_count ? names.data : NULL);
    add_int(call, "columns", options->columns);
    add_bool(call, "worst_first", options->worst_first);
    add_bool(call, "only_wrong", options->only_wrong);
    add_text(call, "title", options->title);
    summary = build(call);
  } else if (sumi_tensor_graph(call->inputs[1])) {
    sumi_graph_refuse(sumi_tensor_graph(call->inputs[1]), status, call->site);
  }
  sumi_buffer_release(&names);
  return summary;
}

sumi_tensor_t sumi_summary_predictions_at(sumi_site_t site, const char *tag, sumi_tensor_t images,
                                          sumi_tensor_t probabilities, sumi_tensor_t truth,
                                          const sumi_summary_options_t *given) {
  sumi_summary_options_t options;
  if (!read_options(truth, site, &options, given)) return (sumi_tensor_t){0};
  call_t call = {.site = site,
                 .type = "SumiPredictions",
                 .tag = tag,
                 .input_count = 4,
                 .inputs = {[1] = images, [2] = probabilities, [3] = truth}};
  return build_gallery(&call, &options);
}

sumi_tensor_t sumi_summary_labeled_images_at(sumi_site_t site, const char *tag,
                                             sumi_tensor_t images, sumi_tensor_t labels,
                                             const sumi_summary_options_t *given) {
  sumi_summary_options_t options;
  if (!read_options(labels, site, &options, given)) return (sumi_tensor_t){0};
  call_t call = {.site = site,
                 .type = "SumiLabeledImages",
                 .tag = tag,
                 .input_count = 3,
                 .inputs = {[1] = images, [2] = labels}};
  return build_gallery(&call, &options);
}

sumi_tensor_t sumi_summary_merge_at(sumi_site_t site, sumi_tensors_t summaries) {
  if (sumi__summary_graph_register_summary_ops() != SUMI_OK) return (sumi_tensor_t){0};
  return sumi_node(&(sumi_node_spec_t){.site = site, .type = "MergeSummary", .inputs = summaries});
}

sumi_tensor_t sumi_summary_merge_all_at(sumi_site_t site, sumi_graph_t *graph) {
  const sumi_tensors_t all = sumi_collection(graph, SUMI_SUMMARIES);
  return all.count ? sumi_summary_merge_at(site, all) : (sumi_tensor_t){0};
}

#include "data/example.h"
#include "data/pipeline/stage.h"

#include <string.h>
#include <sumi/alloc.h>
#include <sumi/options.h>

/* What the function of the map is called with. */
typedef struct {
  sumi_features_t features;
  sumi_feature_t *list; /* the same, with names and arrays of its own */
  char *from;
} parser_t;

static void release(void *user) {
  parser_t *parser = user;
  if (!parser) return;
  for (int i = 0; i < parser->features.count; ++i) {
    sumi_free((char *)(uintptr_t)parser->list[i].name);
    sumi_array_unref(parser->list[i].standard);
  }
  sumi_free(parser->list);
  sumi_free(parser->from);
  sumi_free(parser);
}

static sumi_status_t parse(const sumi_pipeline_call_t *call, sumi_element_t *element) {
  const parser_t *parser = call->user;
  sumi_array_t *message = sumi_element_get(element, parser->from);
  if (!message)
    return sumi_fail(SUMI_NOT_FOUND, "the element has no array \"%s\" with an Example",
                     parser->from);
  if (sumi_array_dtype(message) != SUMI_UINT8)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "array \"%s\" with an Example is %s; uint8 is needed",
                     parser->from, sumi__tensor_array_text(message).text);
  sumi_array_ref(message);
  sumi_element_remove(element, parser->from);
  const sumi_status_t status = sumi__tensor_features_take(
      parser->features, sumi_array_data(message), sumi_array_size_bytes(message), element);
  sumi_array_unref(message);
  return status;
}

static sumi_status_t fill(parser_t *parser, sumi_features_t features, const char *from) {
  parser->from = sumi_strdup(from ? from : "record");
  parser->list = sumi_calloc((size_t)features.count + 1, sizeof *parser->list);
  if (!parser->from || !parser->list) return sumi_fail_alloc("features", sizeof *parser);
  for (int i = 0; i < features.count; ++i) {
    parser->list[i] = features.list[i];
    parser->list[i].name = sumi_strdup(features.list[i].name);
    parser->list[i].standard = sumi_array_ref(features.list[i].standard);
    parser->features = (sumi_features_t){i + 1, parser->list};
    if (!parser->list[i].name) return sumi_fail_alloc("features", strlen(features.list[i].name));
  }
  return SUMI_OK;
}

static sumi_status_t make(sumi_features_t features, const sumi_parse_options_t *options,
                          parser_t **parser) {
  SUMI_TRY(sumi__tensor_features_check(features));
  *parser = sumi_calloc(1, sizeof **parser);
  if (!*parser) return sumi_fail_alloc("features", sizeof **parser);
  return fill(*parser, features, options->from);
}

sumi_pipeline_t *sumi_pipeline_parse_examples_with(sumi_pipeline_t *pipeline,
                                                   sumi_features_t features,
                                                   const sumi_parse_options_t *given) {
  sumi_parse_options_t options;
  sumi__tensor_failure_t failure = {0};
  parser_t *parser = NULL;
  sumi_status_t status = sumi_options_read(&options, sizeof options, given);
  if (status == SUMI_OK) status = make(features, &options, &parser);
  sumi__tensor_failure_set(&failure, status);
  sumi_pipeline_t *base = sumi_pipeline_map(pipeline, parse, .user = parser, .release = release,
                                            .threads = options.threads);
  if (failure.status != SUMI_OK)
    sumi__tensor_stage_check(base, sumi__tensor_failure_tell(&failure));
  sumi__tensor_failure_release(&failure);
  return base;
}

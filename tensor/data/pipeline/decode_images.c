#include "data/image/image.h"
#include "data/pipeline/stage.h"

#include <inttypes.h>
#include <string.h>
#include <sumi/alloc.h>
#include <sumi/options.h>

/* What the function of the map is called with. */
typedef struct {
  char *from, *to;
  sumi_decode_options_t decode;
  int64_t height, width;
} decoder_t;

static void release(void *user) {
  decoder_t *decoder = user;
  if (!decoder) return;
  sumi_free(decoder->from);
  sumi_free(decoder->to);
  sumi_free(decoder);
}

static sumi_status_t decode_array(const decoder_t *decoder, const sumi_array_t *source,
                                  sumi_array_t **image) {
  *image = NULL;
  if (!source)
    return sumi_fail(SUMI_NOT_FOUND, "the element has no array \"%s\" with a picture",
                     decoder->from);
  if (sumi_array_dtype(source) == SUMI_UINT8)
    return sumi__tensor_image_decode(sumi_array_data(source), sumi_array_size_bytes(source),
                                     &decoder->decode, image);
  if (sumi_array_dtype(source) == SUMI_STRING && sumi_array_count(source) == 1)
    return sumi__tensor_image_read(sumi_array_get_text(source, 0), &decoder->decode, image);
  return sumi_fail(SUMI_INVALID_ARGUMENT,
                   "array \"%s\" with a picture is %s; a path (string ()) or bytes (uint8) are "
                   "needed",
                   decoder->from, sumi__tensor_array_text(source).text);
}

static sumi_status_t decode(const sumi_pipeline_call_t *call, sumi_element_t *element) {
  const decoder_t *decoder = call->user;
  const sumi_array_t *source = sumi_element_get(element, decoder->from);
  sumi_array_t *image;
  SUMI_TRY(decode_array(decoder, source, &image));
  if (sumi_array_dtype(source) == SUMI_UINT8) sumi_element_remove(element, decoder->from);
  if (decoder->height > 0) {
    sumi_array_t *resized = sumi_image_resize(image, decoder->height, decoder->width);
    sumi_array_unref(image);
    if (!resized) return SUMI_RESOURCE_EXHAUSTED;
    image = resized;
  }
  return sumi_element_set(element, decoder->to, image);
}

static sumi_status_t check(const sumi_decode_images_options_t *options) {
  if (options->height < 0 || options->width < 0 || options->height > INT32_MAX ||
      options->width > INT32_MAX || (options->height > 0) != (options->width > 0))
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "decode_images: height is %" PRId64 " and width %" PRId64
                     "; both or none are needed",
                     options->height, options->width);
  return SUMI_OK;
}

static sumi_status_t make(const sumi_decode_images_options_t *options, decoder_t **decoder) {
  SUMI_TRY(check(options));
  *decoder = sumi_calloc(1, sizeof **decoder);
  if (!*decoder) return sumi_fail_alloc("a decoder", sizeof **decoder);
  **decoder = (decoder_t){
      .from = sumi_strdup(options->from ? options->from : "path"),
      .to = sumi_strdup(options->to ? options->to : "image"),
      .decode = {.struct_size = sizeof(sumi_decode_options_t), .channels = options->channels},
      .height = options->height,
      .width = options->width};
  return (*decoder)->from && (*decoder)->to ? SUMI_OK : sumi_fail_alloc("a decoder", 1);
}

sumi_pipeline_t *sumi_pipeline_decode_images_with(sumi_pipeline_t *pipeline,
                                                  const sumi_decode_images_options_t *given) {
  sumi_decode_images_options_t options;
  sumi__tensor_failure_t failure = {0};
  decoder_t *decoder = NULL;
  sumi_status_t status = sumi_options_read(&options, sizeof options, given);
  if (status == SUMI_OK) status = make(&options, &decoder);
  sumi__tensor_failure_set(&failure, status);
  sumi_pipeline_t *base = sumi_pipeline_map(pipeline, decode, .user = decoder, .release = release,
                                            .threads = options.threads);
  if (failure.status != SUMI_OK)
    sumi__tensor_stage_check(base, sumi__tensor_failure_tell(&failure));
  sumi__tensor_failure_release(&failure);
  return base;
}

#include "picture.h"

#include <stdio.h>
#include <string.h>

#include <sumi/alloc.h>
#include <sumi/png.h>
#include <sumi/summary_pictures.h>

#include "copy.h"

/* tensorboard/plugins/image/summary_v2.py: [width, height, encoded image, …] as strings. */
sumi_status_t sumi__summary_write_encoded(sumi__summary_job_t *job, int width_px, int height_px,
                                          const sumi_bytes_view_t *images, size_t count) {
  char width[16], height[16];
  sumi_bytes_view_t *items = sumi_calloc(count + 2, sizeof *items);
  if (!items) return sumi_fail_alloc("images", (count + 2) * sizeof *items);
  items[0] = (sumi_bytes_view_t){width, (size_t)snprintf(width, sizeof width, "%d", width_px)};
  items[1] = (sumi_bytes_view_t){height, (size_t)snprintf(height, sizeof height, "%d", height_px)};
  memcpy(items + 2, images, count * sizeof *items);
  sumi_event_value_t value = {.kind = SUMI_EVENT_STRINGS,
                              .strings = {.items = items, .rank = 1, .dims = {(int64_t)count + 2}}};
  const sumi_status_t status = sumi__summary_job_write(job, &value, 1);
  sumi_free(items);
  return status;
}

static sumi_status_t encode_and_write(sumi__summary_job_t *job, const sumi_picture_t *picture) {
  sumi_buffer_t png = {0};
  sumi_status_t status = sumi_picture_encode_png(picture, &png);
  if (status == SUMI_OK) {
    SUMI__COUNT(job->writer->encoded);
    const sumi_bytes_view_t image = {png.data, png.size};
    status = sumi__summary_write_encoded(job, picture->width, picture->height, &image, 1);
  }
  sumi_buffer_release(&png);
  return status;
}

sumi_status_t sumi__summary_write_drawn(sumi__summary_job_t *job, sumi_picture_t *picture) {
  SUMI__COUNT(job->writer->drawn);
  const sumi_status_t status = encode_and_write(job, picture);
  sumi_picture_free(picture);
  return status;
}

static sumi_status_t check_picture(const sumi_picture_t *picture) {
  if (!picture) return sumi_fail(SUMI_INVALID_ARGUMENT, "picture is NULL");
  const int format = (int)picture->format;
  const size_t pixel_bytes = format == SUMI_PIXEL_CANVAS ? 4 : (size_t)format;
  const bool sized = picture->width >= 1 && picture->height >= 1 &&
                     picture->width <= SUMI_PICTURE_MAX_SIDE_PX &&
                     picture->height <= SUMI_PICTURE_MAX_SIDE_PX &&
                     (int64_t)picture->width * picture->height <= SUMI_PICTURE_MAX_PIXELS;
  if (!sized || !picture->pixels)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "the picture has %d x %d pixels at %s; expected 1 to %d", picture->width,
                     picture->height, picture->pixels ? "an address" : "NULL",
                     SUMI_PICTURE_MAX_SIDE_PX);
  if (format != SUMI_PIXEL_GREY && format != SUMI_PIXEL_RGB && format != SUMI_PIXEL_RGBA &&
      format != SUMI_PIXEL_CANVAS)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "the picture's format is %d, which is none", format);
  if (picture->stride_bytes >= pixel_bytes * (size_t)picture->width) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "the picture's rows of %d pixels are %zu bytes apart",
                   picture->width, picture->stride_bytes);
}

static sumi_status_t copy_picture(sumi__summary_job_t *job, const sumi_picture_t *picture) {
  SUMI_TRY(check_picture(picture));
  sumi_picture_t *copy = SUMI__PAYLOAD(job, sumi_picture_t);
  if (!copy) return sumi_fail_alloc("a picture", sizeof *copy);
  *copy = *picture;
  const void *pixels;
  const char *annotations;
  SUMI_TRY(sumi__summary_copy_bytes(job->memory, picture->pixels,
                                    picture->stride_bytes * (size_t)picture->height, &pixels));
  SUMI_TRY(sumi__summary_copy_text(job->memory, "annotations", picture->annotations, &annotations));
  copy->pixels = (uint8_t *)pixels;
  copy->annotations = (char *)annotations;
  return SUMI_OK;
}

static sumi_status_t run_picture(sumi__summary_job_t *job) {
  return encode_and_write(job, job->payload);
}

sumi_status_t sumi_writer_picture(sumi_writer_t *writer, const char *tag, int64_t step,
                                  const sumi_picture_t *picture) {
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_images, step, &job));
  if (!job) return SUMI_OK;
  return sumi__summary_job_end(job, copy_picture(job, picture), run_picture);
}

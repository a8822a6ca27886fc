/* Arrays as pictures, and images that are encoded already. */
#include <sumi/options.h>
#include <sumi/alloc.h>
#include <sumi/pixels.h>
#include <sumi/png.h>
#include <sumi/summary_pictures.h>

#include "copy.h"
#include "picture.h"

enum { DEFAULT_MAX_OUTPUTS = 3, MAX_ENCODED = 4096 };

typedef struct image {
  sumi_array_view_t pixels;
  int64_t count;
  sumi_image_options_t options;
} image_t;

/* The batch without the pictures past the first `most`. */
static sumi_array_view_t first_of_batch(const sumi_array_view_t *pixels, int64_t *count, int most) {
  sumi_array_view_t view = *pixels;
  if (*count > most) *count = most;
  if (view.rank == 4) view.dims[0] = *count;
  return view;
}

static sumi_status_t copy_image(sumi__summary_job_t *job, const sumi_array_view_t *pixels,
                                const sumi_image_options_t *options) {
  sumi_array_view_t moved;
  if (options->channels_first) {
    SUMI_TRY(sumi__summary_channels_last(job->memory, "pixels", pixels, &moved));
    pixels = &moved;
  }
  image_t *image = SUMI__PAYLOAD(job, image_t);
  if (!image) return sumi_fail_alloc("an image", sizeof *image);
  if (options->max_outputs < 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "max_outputs is %d; expected 1 or more, or 0 for %d",
                     options->max_outputs, (int)DEFAULT_MAX_OUTPUTS);
  SUMI_TRY(sumi_pixels_check("pixels", pixels, &image->count));
  if (image->count == 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "pixels is a batch of 0 pictures; expected 1 or more");
  image->options = *options;
  const sumi_array_view_t shown = first_of_batch(
      pixels, &image->count, options->max_outputs > 0 ? options->max_outputs : DEFAULT_MAX_OUTPUTS);
  if (!options->channels_first) return sumi__summary_copy_view(job->memory, &shown, &image->pixels);
  image->pixels = shown; /* the job's own already */
  return SUMI_OK;
}

static sumi_status_t encode(sumi__summary_job_t *job, const image_t *image, int64_t index,
                            sumi_buffer_t *png) {
  sumi_picture_t picture = {0};
  SUMI_TRY(sumi_pixels_picture(&image->pixels, index, &picture,
                               .bad_color = image->options.bad_color, .low = image->options.low,
                               .high = image->options.high));
  const sumi_status_t status = sumi_picture_encode_png(&picture, png);
  sumi_picture_free(&picture);
  if (status == SUMI_OK) SUMI__COUNT(job->writer->encoded);
  return status;
}

static sumi_status_t encode_all(sumi__summary_job_t *job, const image_t *image, sumi_buffer_t *pngs,
                                sumi_bytes_view_t *views) {
  for (int64_t i = 0; i < image->count; ++i) {
    SUMI_TRY(encode(job, image, i, &pngs[i]));
    views[i] = (sumi_bytes_view_t){pngs[i].data, pngs[i].size};
  }
  const int64_t *size = image->pixels.dims + (image->pixels.rank == 4);
  return sumi__summary_write_encoded(job, (int)size[1], (int)size[0], views, (size_t)image->count);
}

static sumi_status_t run_image(sumi__summary_job_t *job) {
  const image_t *image = job->payload;
  const size_t count = (size_t)image->count;
  sumi_buffer_t *pngs = sumi_arena_calloc(job->memory, count, sizeof *pngs);
  sumi_bytes_view_t *views = sumi_arena_calloc(job->memory, count, sizeof *views);
  if (!pngs || !views) return sumi_fail_alloc("images", count * sizeof *pngs);
  const sumi_status_t status = encode_all(job, image, pngs, views);
  for (size_t i = 0; i < count; ++i) sumi_buffer_release(&pngs[i]);
  return status;
}

sumi_status_t sumi_writer_image_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                     const sumi_array_view_t *pixels,
                                     const sumi_image_options_t *given) {
  sumi_image_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_images, step, &job));
  if (!job) return SUMI_OK;
  return sumi__summary_job_end(job, copy_image(job, pixels, &options), run_image);
}

typedef struct encoded {
  int width_px, height_px;
  size_t count;
  sumi_bytes_view_t *images;
} encoded_t;

static sumi_status_t copy_encoded(sumi__summary_job_t *job, int width_px, int height_px,
                                  const sumi_bytes_view_t *images, size_t count) {
  if (width_px < 1 || height_px < 1)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "images of %d x %d pixels; expected 1 or more a side",
                     width_px, height_px);
  if (!images || count == 0 || count > MAX_ENCODED)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%zu encoded images at %s; expected 1 to %d", count,
                     images ? "an address" : "NULL", (int)MAX_ENCODED);
  encoded_t *encoded = SUMI__PAYLOAD(job, encoded_t);
  if (!encoded) return sumi_fail_alloc("images", sizeof *encoded);
  *encoded = (encoded_t){width_px, height_px, count, NULL};
  encoded->images = sumi_arena_memdup(job->memory, images, count * sizeof *images);
  if (!encoded->images) return sumi_fail_alloc("images", count * sizeof *images);
  for (size_t i = 0; i < count; ++i) {
    if (!images[i].data || images[i].size_bytes == 0)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "encoded image %zu is empty", i);
    SUMI_TRY(sumi__summary_copy_bytes(job->memory, images[i].data, images[i].size_bytes,
                                      &encoded->images[i].data));
  }
  return SUMI_OK;
}

static sumi_status_t run_encoded(sumi__summary_job_t *job) {
  const encoded_t *encoded = job->payload;
  return sumi__summary_write_encoded(job, encoded->width_px, encoded->height_px, encoded->images,
                                     encoded->count);
}

sumi_status_t sumi_writer_encoded_images(sumi_writer_t *writer, const char *tag, int64_t step,
                                         int width_px, int height_px,
                                         const sumi_bytes_view_t *images, size_t count) {
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_images, step, &job));
  if (!job) return SUMI_OK;
  return sumi__summary_job_end(job, copy_encoded(job, width_px, height_px, images, count),
                               run_encoded);
}

/* Files for the Projector: vectors, labels and a sheet of pictures, and the list of all of them,
 * projector_config.pbtxt. Source: tensorboard/plugins/projector. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sumi/options.h>
#include <sumi/alloc.h>
#include <sumi/buffer.h>
#include <sumi/decimal.h>
#include <sumi/file.h>
#include <sumi/pixels.h>
#include <sumi/png.h>
#include <sumi/summary_run.h>
#include <sumi/utf8.h>

#include "../writer_private.h"
#include "projector_config.h"

enum { MAX_POINTS = 100000, MAX_NAME_BYTES = 256, MAX_COLUMNS = 1000, MAX_SPRITE_SIDE_PX = 8192 };

typedef struct embedding {
  const char *name;
  const sumi_array_view_t *points;
  const sumi_embedding_options_t *options;
  int number;
} embedding_t;

static sumi_status_t check_finite(const sumi_array_view_t *points) {
  const int64_t count = sumi_array_view_count(points);
  for (int64_t i = 0; i < count; ++i)
    if (!isfinite(sumi_array_view_double(points, i)))
      return sumi_fail(SUMI_INVALID_ARGUMENT, "points [%lld,%lld] is not finite",
                       (long long)(i / points->dims[1]), (long long)(i % points->dims[1]));
  return SUMI_OK;
}

static sumi_status_t check_points(const sumi_array_view_t *points) {
  SUMI_TRY(sumi_array_view_check("points", points));
  if (points->dtype == SUMI_STRING || points->rank != 2)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "points is %s of rank %d; expected numbers [n,d]",
                     sumi_dtype_name(points->dtype), points->rank);
  if (points->dims[0] < 1 || points->dims[0] > MAX_POINTS || points->dims[1] < 2)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "points is [%lld,%lld]; expected [n,d] with n 1 to %d and d 2 or more",
                     (long long)points->dims[0], (long long)points->dims[1], (int)MAX_POINTS);
  return check_finite(points);
}

static sumi_status_t check_name(const char *name) {
  SUMI_TRY(sumi_utf8_check("name", name));
  const size_t length = strlen(name);
  if (length < 1 || length > MAX_NAME_BYTES)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "name is %zu bytes long; expected 1 to %d", length,
                     (int)MAX_NAME_BYTES);
  return SUMI_OK;
}

static sumi_status_t check_options(const embedding_t *embedding) {
  const sumi_embedding_options_t *options = embedding->options;
  if (options->columns < 0 || options->columns > MAX_COLUMNS ||
      (options->columns > 1 && !options->column_names))
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%d columns of labels %s names; expected 0 to %d",
                     options->columns, options->column_names ? "with" : "without",
                     (int)MAX_COLUMNS);
  if (!options->pictures) return SUMI_OK;
  int64_t count;
  SUMI_TRY(sumi_pixels_check("pictures", options->pictures, &count));
  if (count == embedding->points->dims[0]) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "%lld pictures for %lld points", (long long)count,
                   (long long)embedding->points->dims[0]);
}

static void put_vectors(sumi_buffer_t *tsv, const sumi_array_view_t *points) {
  const int digits = points->dtype == SUMI_FLOAT32 ? 9 : 17;
  const int64_t count = sumi_array_view_count(points);
  for (int64_t i = 0; i < count; ++i) {
    char number[32];
    const int length = sumi_decimal(number, sizeof number, 'g', digits,
                                    sumi_array_view_double(points, i));
    sumi_buffer_append(tsv, number, (size_t)length);
    sumi_buffer_putc(tsv, (i + 1) % points->dims[1] ? '\t' : '\n');
  }
}

/* Tabs and line ends would end a cell. */
static sumi_status_t put_cell(sumi_buffer_t *tsv, const char *cell, char end) {
  SUMI_TRY(sumi_utf8_check("label", cell));
  for (; *cell; ++cell)
    sumi_buffer_putc(tsv, *cell == '\t' || *cell == '\n' || *cell == '\r' ? ' ' : *cell);
  sumi_buffer_putc(tsv, end);
  return SUMI_OK;
}

/* A single column has no head. */
static sumi_status_t put_labels(sumi_buffer_t *tsv, const sumi_embedding_options_t *options,
                                int64_t points) {
  const int64_t columns = options->columns > 1 ? options->columns : 1;
  for (int64_t i = 0; columns > 1 && i < columns; ++i)
    SUMI_TRY(put_cell(tsv, options->column_names[i], i + 1 < columns ? '\t' : '\n'));
  for (int64_t i = 0; i < points * columns; ++i)
    SUMI_TRY(put_cell(tsv, options->labels[i], (i + 1) % columns ? '\t' : '\n'));
  return SUMI_OK;
}

static void place(sumi_picture_t *sheet, const sumi_picture_t *picture, int64_t index, int side) {
  const int left = (int)(index % side) * picture->width,
            top = (int)(index / side) * picture->height;
  for (int y = 0; y < picture->height; ++y) {
    uint8_t *row = sheet->pixels + (size_t)(top + y) * sheet->stride_bytes + (size_t)left * 4;
    for (int x = 0; x < picture->width; ++x) {
      const uint32_t color = sumi_picture_pixel(picture, x, y);
      row[4 * x] = (uint8_t)(color >> 16);
      row[4 * x + 1] = (uint8_t)(color >> 8);
      row[4 * x + 2] = (uint8_t)color;
      row[4 * x + 3] = (uint8_t)(color >> 24);
    }
  }
}

static sumi_status_t fill_sheet(sumi_picture_t *sheet, const sumi_array_view_t *pictures,
                                int64_t count, int side) {
  memset(sheet->pixels, 0, (size_t)sheet->height * sheet->stride_bytes);
  for (int64_t i = 0; i < count; ++i) {
    sumi_picture_t picture = {0};
    SUMI_TRY(sumi_pixels_picture(pictures, i, &picture));
    place(sheet, &picture, i, side);
    sumi_picture_free(&picture);
  }
  return SUMI_OK;
}

/* The viewer takes the grid to be square: as many columns as rows. */
static sumi_status_t put_sprite(sumi_buffer_t *png, const sumi_array_view_t *pictures) {
  const int64_t count = pictures->rank == 4 ? pictures->dims[0] : 1;
  const int64_t *size = pictures->dims + (pictures->rank == 4);
  int side = 1;
  while ((int64_t)side * side < count) ++side;
  if (size[0] * side > MAX_SPRITE_SIDE_PX || size[1] * side > MAX_SPRITE_SIDE_PX)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "%lld pictures of %lld x %lld pixels do not fit the projector's sheet of %d "
                     "pixels a side",
                     (long long)count, (long long)size[1], (long long)size[0],
                     (int)MAX_SPRITE_SIDE_PX);
  sumi_picture_t sheet = {0};
  SUMI_TRY(sumi_picture_new(SUMI_PIXEL_RGBA, size[1] * side, size[0] * side, &sheet));
  sumi_status_t status = fill_sheet(&sheet, pictures, count, side);
  if (status == SUMI_OK) status = sumi_picture_encode_png(&sheet, png);
  sumi_picture_free(&sheet);
  return status;
}

/* A string of protobuf's text format. */
static sumi_status_t replace(const sumi_writer_t *writer, int number, const char *what,
                             const sumi_buffer_t *content) {
  char name[64];
  snprintf(name, sizeof name, "projector_%d_%s", number, what);
  return sumi_file_replace(writer->directory, name, content->data, content->size);
}

typedef sumi_status_t (*fill_t)(sumi_buffer_t *content, const embedding_t *embedding);

static sumi_status_t fill_vectors(sumi_buffer_t *content, const embedding_t *embedding) {
  put_vectors(content, embedding->points);
  return SUMI_OK;
}

static sumi_status_t fill_labels(sumi_buffer_t *content, const embedding_t *embedding) {
  return put_labels(content, embedding->options, embedding->points->dims[0]);
}

static sumi_status_t fill_sprite(sumi_buffer_t *content, const embedding_t *embedding) {
  return put_sprite(content, embedding->options->pictures);
}

static sumi_status_t write_file(const sumi_writer_t *writer, const embedding_t *embedding,
                                const char *what, fill_t fill) {
  sumi_buffer_t content = {0};
  sumi_status_t status = fill(&content, embedding);
  if (status == SUMI_OK) status = sumi_buffer_status(&content, what);
  if (status == SUMI_OK) status = replace(writer, embedding->number, what, &content);
  sumi_buffer_release(&content);
  return status;
}

static sumi_status_t write_files(const sumi_writer_t *writer, const embedding_t *embedding) {
  SUMI_TRY(write_file(writer, embedding, "vectors.tsv", fill_vectors));
  if (embedding->options->labels)
    SUMI_TRY(write_file(writer, embedding, "labels.tsv", fill_labels));
  if (embedding->options->pictures)
    SUMI_TRY(write_file(writer, embedding, "sprite.png", fill_sprite));
  return SUMI_OK;
}

static char *config_of(const embedding_t *embedding) {
  sumi_buffer_t text = {0};
  sumi_buffer_puts(&text, "embeddings {\n  tensor_name: ");
  sumi__summary_put_quoted(&text, embedding->name);
  sumi_buffer_printf(&text, "\n  tensor_shape: %lld\n  tensor_shape: %lld\n",
                     (long long)embedding->points->dims[0], (long long)embedding->points->dims[1]);
  sumi_buffer_printf(&text, "  tensor_path: \"projector_%d_vectors.tsv\"\n", embedding->number);
  if (embedding->options->labels)
    sumi_buffer_printf(&text, "  metadata_path: \"projector_%d_labels.tsv\"\n", embedding->number);
  const sumi_array_view_t *pictures = embedding->options->pictures;
  if (pictures) {
    const int64_t *size = pictures->dims + (pictures->rank == 4);
    sumi_buffer_printf(&text,
                       "  sprite {\n    image_path: \"projector_%d_sprite.png\"\n"
                       "    single_image_dim: %lld\n    single_image_dim: %lld\n  }\n",
                       embedding->number, (long long)size[1], (long long)size[0]);
  }
  sumi_buffer_puts(&text, "}\n");
  if (sumi_buffer_text(&text)) return text.data;
  sumi_buffer_release(&text);
  return NULL;
}

static void free_entries(void *state) {
  sumi__summary_projector_free(((sumi_writer_t *)state)->embeddings);
}

/* The list as earlier sessions left it, read when the first embedding is logged. */
static sumi_status_t load_entries(sumi_writer_t *writer) {
  if (writer->embeddings_loaded) return SUMI_OK;
  SUMI_TRY(sumi__summary_at_close(writer, NULL, free_entries, writer));
  SUMI_TRY(sumi__summary_projector_load(writer->directory, &writer->embeddings));
  writer->embeddings_loaded = true;
  return SUMI_OK;
}

static sumi_status_t write_embedding(sumi_writer_t *writer, embedding_t *embedding) {
  sumi__summary_projector_entry_t *entry;
  SUMI_TRY(load_entries(writer));
  SUMI_TRY(sumi__summary_projector_get(&writer->embeddings, embedding->name, &entry));
  embedding->number = entry->number;
  SUMI_TRY(write_files(writer, embedding));
  char *config = config_of(embedding);
  if (!config) return sumi_fail_alloc("projector_config.pbtxt", strlen(embedding->name));
  sumi_free(entry->text);
  entry->text = config;
  return sumi__summary_projector_write(writer->directory, writer->embeddings);
}

sumi_status_t sumi_writer_embedding_with(sumi_writer_t *writer, const char *name,
                                         const sumi_array_view_t *points,
                                         const sumi_embedding_options_t *given) {
  sumi_embedding_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  if (!writer) return SUMI_OK;
  SUMI_TRY(sumi__summary_check_usable(writer));
  embedding_t embedding = {name, points, &options, 0};
  sumi_status_t status = check_name(name);
  if (status != SUMI_OK) return sumi__summary_refuse(writer, status);
  status = check_points(points);
  if (status == SUMI_OK) status = check_options(&embedding);
  if (status != SUMI_OK)
    return sumi__summary_refuse(
        writer, sumi_fail(status, "embedding \"%s\": %s", name, sumi_error_message()));
  pthread_mutex_lock(&writer->embedding_lock);
  status = write_embedding(writer, &embedding);
  pthread_mutex_unlock(&writer->embedding_lock);
  if (status == SUMI_OK) SUMI__COUNT(writer->summaries);
  return sumi__summary_refuse(writer, status);
}

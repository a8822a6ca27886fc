/* Markdown, tables and tensors of texts. */
#include <string.h>

#include <sumi/buffer.h>
#include <sumi/summary_values.h>
#include <sumi/utf8.h>

#include "../writer_private.h"
#include "copy.h"

/* Copies the items into the job's memory; what sumi__summary_job_write takes is the payload. */
static sumi_status_t copy_items(sumi__summary_job_t *job, int rank, const int64_t *dims,
                                const char *const *texts, int64_t count) {
  sumi_event_strings_t *strings = SUMI__PAYLOAD(job, sumi_event_strings_t);
  sumi_bytes_view_t *items = sumi_arena_calloc(job->memory, (size_t)count, sizeof *items);
  if (!strings || !items) return sumi_fail_alloc("texts", (size_t)count * sizeof *items);
  for (int64_t i = 0; i < count; ++i) {
    const char *copy;
    if (!texts[i]) return sumi_fail(SUMI_INVALID_ARGUMENT, "text %lld is NULL", (long long)i);
    SUMI_TRY(sumi__summary_copy_text(job->memory, "text", texts[i], &copy));
    items[i] = (sumi_bytes_view_t){copy, strlen(copy)};
  }
  *strings = (sumi_event_strings_t){.items = items, .rank = rank};
  for (int axis = 0; axis < rank; ++axis) strings->dims[axis] = dims[axis];
  return SUMI_OK;
}

static sumi_status_t run_text(sumi__summary_job_t *job) {
  const sumi_event_strings_t *strings = job->payload;
  sumi_event_value_t value = {.kind = SUMI_EVENT_STRINGS, .strings = *strings};
  return sumi__summary_job_write(job, &value, 1);
}

sumi_status_t sumi_writer_text(sumi_writer_t *writer, const char *tag, int64_t step,
                               const char *markdown) {
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_text, step, &job));
  if (!job) return SUMI_OK;
  return sumi__summary_job_end(job, copy_items(job, 0, NULL, &markdown, 1), run_text);
}

static sumi_status_t copy_tensor(sumi__summary_job_t *job, const sumi_array_view_t *texts) {
  SUMI_TRY(sumi_array_view_check("texts", texts));
  if (texts->dtype != SUMI_STRING || texts->rank > 2)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "texts is %s of rank %d; expected string of rank 0 to 2",
                     sumi_dtype_name(texts->dtype), texts->rank);
  return copy_items(job, texts->rank, texts->dims, (const char *const *)texts->data,
                    sumi_array_view_count(texts));
}

sumi_status_t sumi_writer_text_tensor(sumi_writer_t *writer, const char *tag, int64_t step,
                                      const sumi_array_view_t *texts) {
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_text, step, &job));
  if (!job) return SUMI_OK;
  return sumi__summary_job_end(job, copy_tensor(job, texts), run_text);
}

/* A "|" would end the cell and a line end the row. */
static void put_cell(sumi_buffer_t *markdown, const char *cell) {
  sumi_buffer_puts(markdown, "| ");
  for (; *cell; ++cell) {
    if (*cell == '|')
      sumi_buffer_puts(markdown, "\\|");
    else
      sumi_buffer_putc(markdown, *cell == '\n' || *cell == '\r' ? ' ' : *cell);
  }
  sumi_buffer_putc(markdown, ' ');
}

static sumi_status_t put_table(sumi_buffer_t *markdown, const char *const *cells, int rows,
                               int columns) {
  enum { MAX_CELLS = 1 << 20 };
  if (!cells || rows < 1 || columns < 1 || rows > MAX_CELLS / columns)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "a table of %d rows and %d columns at %s; expected 1 to %d cells", rows,
                     columns, cells ? "an address" : "NULL", (int)MAX_CELLS);
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const char *cell = cells[row * columns + column];
      SUMI_TRY(sumi_utf8_check("cell", cell));
      put_cell(markdown, cell);
    }
    sumi_buffer_puts(markdown, "|\n");
    for (int column = 0; row == 0 && column < columns; ++column)
      sumi_buffer_puts(markdown, column + 1 < columns ? "|---" : "|---|\n");
  }
  sumi_buffer_text(markdown);
  return sumi_buffer_status(markdown, "a table");
}

static sumi_status_t copy_table(sumi__summary_job_t *job, const char *const *cells, int rows,
                                int columns) {
  sumi_buffer_t markdown = {0};
  sumi_status_t status = put_table(&markdown, cells, rows, columns);
  if (status == SUMI_OK) {
    const char *text = markdown.data;
    status = copy_items(job, 0, NULL, &text, 1);
  }
  sumi_buffer_release(&markdown);
  return status;
}

sumi_status_t sumi_writer_text_table(sumi_writer_t *writer, const char *tag, int64_t step,
                                     const char *const *cells, int rows, int columns) {
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_text, step, &job));
  if (!job) return SUMI_OK;
  return sumi__summary_job_end(job, copy_table(job, cells, rows, columns), run_text);
}

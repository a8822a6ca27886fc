#include "data/pipeline/stage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/alloc.h>

struct sumi_iterator {
  sumi_pipeline_t *pipeline;
  sumi__tensor_cursor_t *cursor; /* NULL where the pipeline has failed */
  sumi_element_t *element;       /* handed out */
  int64_t position;
  bool begun, ended;
  sumi__tensor_failure_t failure;
};

sumi_iterator_t *sumi_iterator_new(sumi_pipeline_t *pipeline) {
  sumi_iterator_t *iterator = sumi_calloc(1, sizeof *iterator);
  if (!iterator) {
    sumi_fail_alloc("an iterator", sizeof *iterator);
    return NULL;
  }
  iterator->pipeline = sumi_pipeline_ref(pipeline);
  sumi__tensor_failure_set(&iterator->failure, sumi_pipeline_status(pipeline));
  if (iterator->failure.status != SUMI_OK) return iterator;
  iterator->cursor = sumi__tensor_cursor_new(pipeline);
  if (iterator->cursor) return iterator;
  sumi_iterator_free(iterator);
  return NULL;
}

void sumi_iterator_free(sumi_iterator_t *iterator) {
  if (!iterator) return;
  sumi__tensor_element_free(iterator->element);
  sumi__tensor_cursor_free(iterator->cursor);
  sumi_pipeline_unref(iterator->pipeline);
  sumi__tensor_failure_release(&iterator->failure);
  sumi_free(iterator);
}

static sumi_status_t begin(sumi_iterator_t *iterator) {
  if (iterator->begun) return SUMI_OK;
  iterator->begun = true;
  return sumi__tensor_cursor_rewind(iterator->cursor, 0);
}

const sumi_element_t *sumi_iterator_next(sumi_iterator_t *iterator) {
  if (!iterator) return NULL;
  sumi__tensor_element_free(iterator->element);
  iterator->element = NULL;
  if (iterator->failure.status != SUMI_OK || iterator->ended) return NULL;
  sumi_status_t status = begin(iterator);
  if (status == SUMI_OK) status = sumi__tensor_cursor_next(iterator->cursor, &iterator->element);
  sumi__tensor_failure_set(&iterator->failure, status);
  iterator->ended = !iterator->element;
  iterator->position += !iterator->ended;
  return iterator->element;
}

sumi_status_t sumi_iterator_status(const sumi_iterator_t *iterator) {
  if (!iterator) return sumi_fail(SUMI_INVALID_ARGUMENT, "the iterator is NULL");
  return sumi__tensor_failure_tell(&iterator->failure);
}

int64_t sumi_iterator_position(const sumi_iterator_t *iterator) {
  return iterator ? iterator->position : 0;
}

int64_t sumi_iterator_wait_count(const sumi_iterator_t *iterator) {
  return iterator && iterator->cursor ? sumi__tensor_cursor_waits(iterator->cursor) : 0;
}

static sumi_status_t seek(sumi_iterator_t *iterator, int64_t position) {
  SUMI_TRY(sumi__tensor_cursor_rewind(iterator->cursor, 0));
  SUMI_TRY(sumi__tensor_cursor_skip(iterator->cursor, position, &iterator->position));
  if (iterator->position == position) return SUMI_OK;
  return sumi_fail(SUMI_OUT_OF_RANGE, "element %" PRId64 " of a pipeline with %" PRId64, position,
                   iterator->position);
}

sumi_status_t sumi_iterator_seek(sumi_iterator_t *iterator, int64_t position) {
  if (!iterator || position < 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_iterator_seek: %s is %s",
                     iterator ? "position" : "iterator", iterator ? "negative" : "NULL");
  SUMI_TRY(sumi_pipeline_status(iterator->pipeline));
  sumi__tensor_element_free(iterator->element);
  iterator->element = NULL;
  iterator->begun = true;
  iterator->ended = false;
  iterator->position = 0;
  const sumi_status_t status = seek(iterator, position);
  sumi__tensor_failure_set(&iterator->failure, status);
  return status;
}

/* ---- Places as text: "<position> of <what the pipeline does>" ---- */

static const char of[] = " of ";

void sumi_iterator_save(const sumi_iterator_t *iterator, sumi_buffer_t *buffer) {
  if (!iterator || !buffer) return;
  sumi_buffer_printf(buffer, "%" PRId64 "%s", iterator->position, of);
  sumi_pipeline_format(iterator->pipeline, buffer);
}

static sumi_status_t check_same(const sumi_iterator_t *iterator, const char *saved) {
  sumi_buffer_t here = {0};
  sumi_pipeline_format(iterator->pipeline, &here);
  const char *text = sumi_buffer_text(&here);
  sumi_status_t status = sumi_buffer_status(&here, "a pipeline as text");
  if (text && strcmp(text, saved) != 0)
    status = sumi_fail(SUMI_FAILED_PRECONDITION,
                       "a place in the data of \"%s\" is none of \"%s\": only the same pipeline "
                       "can go on there",
                       saved, text);
  sumi_buffer_release(&here);
  return status;
}

sumi_status_t sumi_iterator_restore(sumi_iterator_t *iterator, const char *text) {
  if (!iterator || !text)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sumi_iterator_restore: %s is NULL",
                     iterator ? "text" : "iterator");
  char *end = (char *)(uintptr_t)text;
  const size_t digits = strspn(text, "0123456789");
  const int64_t position = digits > 0 && digits < 19 ? strtoll(text, &end, 10) : -1;
  if (position < 0 || strncmp(end, of, sizeof of - 1) != 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "\"%.80s\" is no place of sumi_iterator_save", text);
  SUMI_TRY(check_same(iterator, end + sizeof of - 1));
  return sumi_iterator_seek(iterator, position);
}

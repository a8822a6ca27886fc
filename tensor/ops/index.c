/* NumPy's x[…] with the index as a text: sumi_index(x, "1:, ::-1, ..., None, 0"). */
#include "ops/strided.h"

#include <sumi/constants.h>
#include <sumi/ops.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
  const char *text, *at;
  sumi__tensor_index_t index;
} reader_t;

static void skip_space(reader_t *reader) {
  while (*reader->at == ' ') ++reader->at;
}

static bool accept(reader_t *reader, const char *word) {
  skip_space(reader);
  const size_t length = strlen(word);
  if (strncmp(reader->at, word, length) != 0) return false;
  reader->at += length;
  return true;
}

/* An int32 number where one may stand. */
static bool accept_number(reader_t *reader, int64_t *number) {
  skip_space(reader);
  const char *digits = reader->at + (*reader->at == '-');
  if (*digits < '0' || *digits > '9') return false;
  char *end;
  errno = 0;
  const long long value = strtoll(reader->at, &end, 10);
  if (errno || value < INT32_MIN || value > INT32_MAX) return false;
  *number = value;
  reader->at = end;
  return true;
}

/* begin:end:stride, each of which may be left out, or one number. */
static void read_range(reader_t *reader, int place) {
  sumi__tensor_index_t *index = &reader->index;
  int64_t(*value)[SUMI_MAX_RANK] = index->value;
  const int64_t bit = (int64_t)1 << place;
  const bool begins = accept_number(reader, &value[SUMI__BEGIN][place]);
  if (begins && !accept(reader, ":")) {
    index->shrink_axis_mask |= bit;
    value[SUMI__END][place] = value[SUMI__BEGIN][place] + 1;
    return;
  }
  if (!begins) {
    if (!accept(reader, ":")) return; /* the caller sees that nothing was read */
    index->begin_mask |= bit;
  }
  if (!accept_number(reader, &value[SUMI__END][place])) index->end_mask |= bit;
  if (accept(reader, ":")) accept_number(reader, &value[SUMI__STRIDE][place]);
}

static bool read_place(reader_t *reader) {
  const int place = reader->index.count;
  if (place == SUMI_MAX_RANK) return false;
  const int64_t bit = (int64_t)1 << place;
  reader->index.value[SUMI__STRIDE][place] = 1;
  skip_space(reader);
  const char *start = reader->at;
  if (accept(reader, "..."))
    reader->index.ellipsis_mask |= bit;
  else if (accept(reader, "None") || accept(reader, "newaxis"))
    reader->index.new_axis_mask |= bit;
  else
    read_range(reader, place);
  ++reader->index.count;
  return reader->at > start;
}

static bool read_text(reader_t *reader) {
  do {
    if (!read_place(reader)) return false;
  } while (accept(reader, ","));
  skip_space(reader);
  return *reader->at == '\0';
}

static sumi_tensor_t vector(const sumi_build_t *build, const sumi__tensor_index_t *index, int which,
                            const char *name) {
  return sumi_constant_dims(build->graph, sumi_dims_make(index->count, index->value[which]),
                            .name = name);
}

static sumi_tensor_t index_expand(const sumi_build_t *build) {
  reader_t reader = {.text = sumi_build_attr(build, "index")->string};
  reader.at = reader.text;
  if (!read_text(&reader))
    return sumi_build_refuse(
        build,
        "index \"%s\", at offset %d: expected up to %d of number, begin:end:stride, "
        "..., None, separated by commas",
        reader.text, (int)(reader.at - reader.text), SUMI_MAX_RANK);
  const sumi__tensor_index_t *index = &reader.index;
  return sumi_raw_strided_slice(
      build->in[0], vector(build, index, SUMI__BEGIN, "begin"),
      vector(build, index, SUMI__END, "end"), vector(build, index, SUMI__STRIDE, "strides"),
      .begin_mask = index->begin_mask, .end_mask = index->end_mask,
      .ellipsis_mask = index->ellipsis_mask, .new_axis_mask = index->new_axis_mask,
      .shrink_axis_mask = index->shrink_axis_mask);
}

SUMI_OP(index, "input: T | index: string -> output: T",
        .doc = "input[index] as NumPy writes it: sumi_index(x, \"0, 1:-1, ::2, ..., None\").",
        .expand = index_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6)},
                      .attrs = "index = \"1, ::-1\"",
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(6, 5, 4),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .attrs = "index = \"1;2\"",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "at offset 1"}));

/* What the plugin hparams keeps in its metadata (TensorBoard's plugins/hparams/plugin_data.proto),
 * as JSON. */
#include "board.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

#include <sumi/wire.h>

/* A message, or a text: borrowed bytes. */
typedef struct bytes {
  const uint8_t *at, *end;
} bytes_t;

static bool next_field(bytes_t *message, sumi_wire_field_t *field) {
  if (message->at == message->end || !sumi_wire_get_field(message->at, message->end, field))
    return false;
  message->at = field->end;
  return true;
}

/* The last field of that number with a length. */
static bytes_t field_bytes(bytes_t message, uint64_t number) {
  bytes_t found = {NULL, NULL};
  sumi_wire_field_t field;
  while (next_field(&message, &field))
    if (field.number == number && field.type == SUMI_WIRE_BYTES)
      found = (bytes_t){field.bytes, field.end};
  return found;
}

static void put_text(FILE *file, bytes_t text) {
  sumi__command_json_text(file, (const char *)text.at, (size_t)(text.end - text.at));
}

/* google.protobuf.Value: null, number, string, bool. */
static void put_value(FILE *file, bytes_t value) {
  sumi_wire_field_t field = {0};
  double number;
  uint64_t bits;
  if (!next_field(&value, &field)) {
    fputs("null", file);
  } else if (field.number == 2 && field.type == SUMI_WIRE_FIXED64) {
    bits = sumi_get_le64(field.bytes);
    memcpy(&number, &bits, sizeof number);
    sumi__command_json_number(file, number, false);
  } else if (field.number == 3 && field.type == SUMI_WIRE_BYTES) {
    put_text(file, (bytes_t){field.bytes, field.end});
  } else if (field.number == 4 && field.type == SUMI_WIRE_VARINT) {
    fputs(field.value ? "true" : "false", file);
  } else {
    fputs("null", file);
  }
}

/* [["learning_rate", 0.1], …] */
static void put_trial(FILE *file, bytes_t message) {
  sumi_wire_field_t field;
  const char *separator = "[";
  while (next_field(&message, &field)) {
    if (field.number != 1 || field.type != SUMI_WIRE_BYTES) continue;
    const bytes_t entry = {field.bytes, field.end};
    fprintf(file, "%s[", separator);
    put_text(file, field_bytes(entry, 1));
    fputc(',', file);
    put_value(file, field_bytes(entry, 2));
    fputc(']', file);
    separator = ",";
  }
  fputs(*separator == '[' ? "[]" : "]", file);
}

/* [{"tag": "accuracy", "group": "test"}, …] */
static void put_metrics(FILE *file, bytes_t message) {
  sumi_wire_field_t field;
  const char *separator = "[";
  while (next_field(&message, &field)) {
    if (field.number != 5 || field.type != SUMI_WIRE_BYTES) continue;
    const bytes_t metric = {field.bytes, field.end}, name = field_bytes(metric, 1);
    fprintf(file, "%s{\"group\":", separator);
    put_text(file, field_bytes(name, 1));
    fputs(",\"tag\":", file);
    put_text(file, field_bytes(name, 2));
    fputs(",\"title\":", file);
    put_text(file, field_bytes(metric, 3));
    fputc('}', file);
    separator = ",";
  }
  fputs(*separator == '[' ? "[]" : "]", file);
}

/* Replaces *text, which is free's. */
static bool note(char **text, bytes_t message, void (*put)(FILE *file, bytes_t message)) {
  char *written = NULL;
  size_t size;
  FILE *file = open_memstream(&written, &size);
  if (!file) return false;
  put(file, message);
  if (fclose(file) != 0) {
    free(written);
    return false;
  }
  free(*text);
  *text = written;
  return true;
}

bool sumi__command_board_note_hparams(board_t *board, board_run_t *run,
                                      const sumi_event_value_t *value) {
  enum { EXPERIMENT = 2, SESSION_START = 3, SESSION_END = 4 };
  const sumi_bytes_view_t *content = &value->metadata.plugin_content;
  if (content->size_bytes == 0) return true;
  bytes_t message = {content->data, (const uint8_t *)content->data + content->size_bytes};
  sumi_wire_field_t field;
  while (next_field(&message, &field)) {
    const bytes_t part = {field.bytes, field.end};
    if (field.type != SUMI_WIRE_BYTES) continue;
    if (field.number == EXPERIMENT && !note(&board->metrics, part, put_metrics)) return false;
    if (field.number == SESSION_START && !note(&run->hparams, part, put_trial)) return false;
    sumi_wire_field_t status;
    bytes_t end = part;
    if (field.number == SESSION_END)
      while (next_field(&end, &status))
        if (status.number == 1 && status.type == SUMI_WIRE_VARINT) run->ended = (int)status.value;
  }
  return true;
}

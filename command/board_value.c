#include "board.h"

#include "text.h"

#include <string.h>

const sumi_event_value_t *sumi__command_board_load(const board_value_t *place,
                                                   sumi_event_reader_t **reader) {
  sumi_event_t event;
  *reader = sumi_event_reader_open(place->is.place.file, NULL, .complete = true,
                                   .offset = place->is.place.offset);
  if (!*reader || sumi_event_reader_next(*reader, &event) != SUMI_OK) return NULL;
  if (event.offset == place->is.place.offset && event.step == place->step &&
      place->is.place.index < event.value_count)
    return &event.values[place->is.place.index];
  sumi_fail(SUMI_DATA_LOSS, "%s: the record at byte %llu is another one now", place->is.place.file,
            (unsigned long long)place->is.place.offset);
  return NULL;
}

/* Pictures stand behind their width and height; TensorFlow 2 gives each sound a label. */
static int64_t first_item(board_kind_t kind) {
  return kind == BOARD_IMAGES ? 2 : 0;
}

static int64_t item_step(board_kind_t kind, const sumi_event_strings_t *strings) {
  return kind == BOARD_AUDIO && strings->rank == 2 ? strings->dims[1] : 1;
}

int64_t sumi__command_board_item_count(board_kind_t kind, const sumi_event_value_t *value) {
  if (value->kind != SUMI_EVENT_STRINGS || (kind != BOARD_IMAGES && kind != BOARD_AUDIO)) return 0;
  const int64_t step = item_step(kind, &value->strings);
  const int64_t all = sumi__command_string_count(&value->strings) - first_item(kind);
  return step > 0 && all > 0 ? all / step : 0;
}

const sumi_bytes_view_t *sumi__command_board_item(board_kind_t kind,
                                                  const sumi_event_value_t *value, int64_t index) {
  if (index < 0 || index >= sumi__command_board_item_count(kind, value)) return NULL;
  return &value->strings.items[first_item(kind) + index * item_step(kind, &value->strings)];
}

const char *sumi__command_board_media_type(const sumi_bytes_view_t *bytes) {
  static const struct {
    const char *start, *type;
  } types[] = {{"\x89PNG\r\n", "image/png"},
               {"\xff\xd8\xff", "image/jpeg"},
               {"GIF8", "image/gif"},
               {"BM", "image/bmp"},
               {"RIFF", "audio/wav"}};
  for (size_t i = 0; i < sizeof types / sizeof *types; ++i) {
    const size_t size = strlen(types[i].start);
    if (bytes->size_bytes >= size && memcmp(bytes->data, types[i].start, size) == 0)
      return types[i].type;
  }
  return "application/octet-stream";
}

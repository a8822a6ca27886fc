/* run_dump <logdir>: every event as the readers give it, one line each; bytes in hexadecimal. */
#include <inttypes.h>
#include <stdio.h>

#include <sumi/logdir.h>

static void print_bytes(sumi_bytes_view_t bytes) {
  putchar('"');
  for (size_t i = 0; i < bytes.size_bytes; ++i) printf("%02x", ((const uint8_t *)bytes.data)[i]);
  putchar('"');
}

static void print_dims(int rank, const int64_t *dims) {
  printf(", \"dims\": [");
  for (int i = 0; i < rank; ++i) printf("%s%" PRId64, i ? ", " : "", dims[i]);
  printf("]");
}

static void print_strings(const sumi_event_strings_t *strings) {
  int64_t count = 1;
  for (int i = 0; i < strings->rank; ++i) count *= strings->dims[i];
  print_dims(strings->rank, strings->dims);
  printf(", \"items\": [");
  for (int64_t i = 0; i < count; ++i) {
    if (i) printf(", ");
    print_bytes(strings->items[i]);
  }
  printf("]");
}

static void print_numbers(const sumi_array_view_t *numbers) {
  const int64_t count = sumi_array_view_count(numbers);
  print_dims(numbers->rank, numbers->dims);
  printf(", \"dtype\": \"%s\", \"items\": [", sumi_dtype_name(numbers->dtype));
  for (int64_t i = 0; i < count; ++i)
    printf("%s\"%a\"", i ? ", " : "", sumi_array_view_double(numbers, i));
  printf("]");
}

static void print_value(const sumi_event_value_t *value) {
  printf("{\"tag\": \"%s\", \"plugin\": \"%s\", \"title\": \"%s\", \"kind\": %d, \"form\": %d, "
         "\"content\": ",
         value->tag, value->metadata.plugin_name, value->metadata.display_name, (int)value->kind,
         (int)value->form);
  print_bytes(value->metadata.plugin_content);
  if (value->kind == SUMI_EVENT_SCALAR) printf(", \"scalar\": \"%a\"", (double)value->scalar);
  if (value->kind == SUMI_EVENT_STRINGS) print_strings(&value->strings);
  if (value->kind == SUMI_EVENT_NUMBERS) print_numbers(&value->numbers);
  printf("}");
}

int main(int argc, char **argv) {
  sumi_status_t status;
  sumi_logdir_t *logdir = argc == 2 ? sumi_logdir_open(argv[1], &status) : NULL;
  if (!logdir) return 2;
  sumi_event_t event;
  size_t run;
  while ((status = sumi_logdir_next(logdir, &event, &run)) == SUMI_OK) {
    printf("{\"run\": \"%s\", \"wall\": \"%a\", \"step\": %" PRId64
           ", \"what\": %d, \"text\": \"%s\", \"session\": %d, \"bytes\": ",
           sumi_logdir_run(logdir, run)->name, event.wall_time_s, event.step, (int)event.kind,
           event.text, (int)event.session_status);
    print_bytes(event.bytes);
    printf(", \"values\": [");
    for (size_t i = 0; i < event.value_count; ++i) {
      if (i) printf(", ");
      print_value(&event.values[i]);
    }
    printf("]}\n");
  }
  sumi_logdir_free(logdir);
  if (status == SUMI_OUT_OF_RANGE) return 0;
  fprintf(stderr, "%s\n", sumi_error_message());
  return 1;
}

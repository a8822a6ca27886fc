/* write_sessions <directory> [<first> <last>]…: one resumed session of the run for each pair, ten
 * steps of pictures. */
#include <stdio.h>
#include <stdlib.h>

#include <sumi/event_writer.h>

static void check(sumi_status_t status) {
  if (status == SUMI_OK) return;
  fprintf(stderr, "%s: %s\n", sumi_status_name(status), sumi_error_message());
  exit(1);
}

static void write_session(const char *directory, int64_t first, int64_t last) {
  sumi_status_t status;
  sumi_event_writer_t *writer = sumi_event_writer_open(
      directory, &status, .existing = SUMI_RUN_RESUME, .resume_step = first);
  check(status);
  for (int64_t step = first; step <= last; ++step) {
    check(sumi_event_writer_scalar(writer, "loss", step, (float)step));
    if (step % 3 == 0) check(sumi_event_writer_scalar(writer, "rare", step, (float)step));
    const double rows[2][3] = {{0, 1, (double)step}, {1, 2, 1}};
    const sumi_event_value_t value = {.tag = "weights",
                                      .kind = SUMI_EVENT_NUMBERS,
                                      .numbers = {SUMI_FLOAT64, 2, {2, 3}, rows},
                                      .metadata = {.plugin_name = "histograms"}};
    if (step % 5 == 0) check(sumi_event_writer_values(writer, step, 0, &value, 1));
  }
  check(sumi_event_writer_close(writer));
}

int main(int argc, char **argv) {
  for (int i = 2; i + 1 < argc; i += 2) write_session(argv[1], atoll(argv[i]), atoll(argv[i + 1]));
  return argc < 4;
}

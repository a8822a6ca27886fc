/* A program with a loop of its own: links sumi::summary and nothing else. */
#include <stdio.h>
#include <sumi/summary.h>

int main(int argc, char **argv) {
  sumi_writer_t *log = sumi_writer_open(argc > 1 ? argv[1] : "run", .intervals = "*=2");
  for (int64_t step = 0; step < 10; ++step)
    sumi_writer_scalar(log, "loss", step, 1.0 / (double)(step + 1));
  if (sumi_writer_close(log) == SUMI_OK) return 0;
  fprintf(stderr, "%s\n", sumi_error_message());
  return 1;
}

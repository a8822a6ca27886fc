/* Logs the same scalars as simple values, or not:   write_simple <directory> <simple> <first>
 * <last> [resume step]. At each step `loss` is 1 / (step + 1), `odd` NaN, infinite or a third, and
 * `titled` has a title. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sumi/summary.h>

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  static const double odd[3] = {(double)NAN, (double)-INFINITY, 1.0 / 3};
  const bool simple = atoi(argv[2]) != 0;
  sumi_writer_t *log = argc > 5 ? sumi_writer_open(argv[1], .simple_values = simple,
                                                   .resume_step = atoll(argv[5]))
                                : sumi_writer_open(argv[1], .simple_values = simple);
  sumi_writer_describe(log, "titled", "A title", "and *more*");
  for (int64_t step = atoll(argv[3]); step <= atoll(argv[4]); ++step) {
    sumi_writer_scalar(log, "loss", step, 1.0 / (double)(step + 1));
    sumi_writer_scalar(log, "odd", step, odd[step % 3]);
    sumi_writer_scalar(log, "titled", step, (double)step);
  }
  if (sumi_writer_close(log) == SUMI_OK) return 0;
  fprintf(stderr, "%s\n", sumi_error_message());
  return 1;
}

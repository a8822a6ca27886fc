/* write_intervals FOLDER TOTAL STRIDE TAG…: offers each tag a scalar every so many steps; the rules
 * are those of the environment. */
#include <sumi/writer.h>

#include <stdio.h>
#include <stdlib.h>

#include <sumi/summary.h>

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  const long total = atol(argv[2]), stride = atol(argv[3]);
  sumi_writer_t *writer = sumi_writer_open(argv[1], .total_steps = total);
  for (long step = 0; step < total; step += stride)
    for (int tag = 4; tag < argc; ++tag) sumi_writer_scalar(writer, argv[tag], step, (double)step);
  if (sumi_writer_close(writer) == SUMI_OK) return 0;
  fprintf(stderr, "%s\n", sumi_error_message());
  return 1;
}

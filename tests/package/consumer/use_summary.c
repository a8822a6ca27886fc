#include "uses.h"

#include <sumi/summary.h>

int use_summary(const char *folder) {
  sumi_writer_t *log = sumi_writer_open(folder, .intervals = "*=2");
  for (int64_t step = 0; step < 10; ++step)
    sumi_writer_scalar(log, "loss", step, 1.0 / (double)(step + 1));
  return sumi_writer_close(log) != SUMI_OK;
}

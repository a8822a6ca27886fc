/* Linked into tests of kernels that are compiled for one level: ends them as skipped where the
 * processor has less. */
#include <sumi/kernel_level.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SKIPPED = 77 };

static bool is_last(const char *level) {
  int last = 0;
  while (sumi_kernel_level_at(last + 1)) ++last;
  return strcmp(sumi_kernel_level_at(last), level) == 0;
}

__attribute__((constructor)) static void check_level(void) {
  if (is_last(SUMI__LEVEL_NAME) || sumi_cpu_has(SUMI__LEVEL_NAME)) return;
  fprintf(stderr, "skipped: this processor is %s\n", sumi_cpu_features());
  exit(SKIPPED);
}

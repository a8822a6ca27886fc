#include "graph/level.h"

#include "kernel_levels.h" /* by CMake: SUMI__KERNEL_LEVELS(X), X(suffix) for each, best first */

#include <sumi/kernel_level.h>

#define DECLARE(suffix) extern const sumi__tensor_level_t sumi__tensor_level_table_##suffix;
SUMI__KERNEL_LEVELS(DECLARE)

#define ADDRESS(suffix) &sumi__tensor_level_table_##suffix,
static const sumi__tensor_level_t *const levels[] = {SUMI__KERNEL_LEVELS(ADDRESS)};
enum { LEVELS = sizeof levels / sizeof *levels };

/* The last is what the compiler was told to take for granted. */
const sumi__tensor_level_t *sumi__tensor_level(void) {
  int index = 0;
  while (index < LEVELS - 1 && !sumi_cpu_has(levels[index]->name)) ++index;
  return levels[index];
}

const char *sumi_kernel_level(void) {
  return sumi__tensor_level()->name;
}

const char *sumi_kernel_level_at(int index) {
  return index >= 0 && index < LEVELS ? levels[index]->name : NULL;
}

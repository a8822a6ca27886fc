#include "kernels/level_table.h"

const sumi__tensor_level_t sumi__tensor_level_table = {.name = SUMI__LEVEL_NAME,
                                                       .ops = sumi__tensor_builtin_ops};

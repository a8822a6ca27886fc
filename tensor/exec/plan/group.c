/* A group before it runs: how operands are read, blocks, registers. */
#include "exec/plan/group.h"

#include <sumi/alloc.h>

#include <string.h>

enum {
  BLOCK_BYTES = 8192, /* of the widest operand; a few such blocks fit the first-level cache */
  MANY_OPERANDS = 4,  /* … and with more than these, half as much */
  GRAIN = 64,         /* block boundaries are multiples, so vector loops have no tails inside */
  PARALLEL_ELEMENTS = 1 << 16 /* member elements below which threads cost more than they give */
};

sumi_block_fn_t sumi__tensor_find_block(const sumi_op_def_t *def, sumi_dtype_t in,
                                        sumi_dtype_t out) {
  for (const sumi_map_t *m = def->map; m && m->block; ++m)
    if (m->in == in && (m->out == 0 || m->out == out)) return m->block;
  return NULL;
}

/* Neighbouring axes become one where a step along the outer is a whole turn of the inner. */
void sumi__tensor_operand_walk(sumi__tensor_operand_t *operand, sumi_dims_t dims,
                               sumi_dims_t domain) {
  int64_t step = 1;
  int rank = 0; /* of the walk, innermost axis first until it is turned around */
  int64_t size[SUMI_MAX_RANK], stride[SUMI_MAX_RANK];
  for (int axis = domain.rank - 1; axis >= 0; --axis) {
    const int own = axis - (domain.rank - dims.rank);
    const int64_t own_size = own >= 0 ? dims.size[own] : 1;
    const int64_t own_stride = own_size == 1 ? 0 : step;
    step *= own_size;
    if (domain.size[axis] == 1) continue;
    if (rank > 0 && own_stride == stride[rank - 1] * (stride[rank - 1] ? size[rank - 1] : 1)) {
      size[rank - 1] *= domain.size[axis];
      continue;
    }
    size[rank] = domain.size[axis];
    stride[rank++] = own_stride;
  }
  operand->rank = rank;
  for (int i = 0; i < rank; ++i) {
    operand->size[i] = size[rank - 1 - i];
    operand->stride[i] = stride[rank - 1 - i];
  }
  if (rank == 0 || (rank == 1 && stride[0] == 1))
    operand->kind = SUMI__DENSE;
  else if (rank == 1)
    operand->kind = SUMI__SPLAT;
  else if (rank == 2 && stride[0] == 1 && stride[1] == 0)
    operand->kind = SUMI__PERIODIC;
  else
    operand->kind = SUMI__GATHER;
}

static int64_t greatest_common_divisor(int64_t a, int64_t b) {
  while (b) {
    const int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

static int64_t common_multiple(int64_t a, int64_t b) {
  return a / greatest_common_divisor(a, b) * b;
}

/* Periods go into whole blocks when a block can hold their common multiple; else their operands are
 * gathered. */
static void choose_block(sumi__tensor_group_t *group) {
  size_t widest = 1;
  for (int i = 0; i < group->operand_count; ++i)
    if (group->operands[i].element_bytes > widest) widest = group->operands[i].element_bytes;
  const sumi__tensor_reduction_t *reduction = &group->reduction;
  int64_t unit = reduction->reducer ? sumi__tensor_reduction_grain(reduction) : GRAIN;
  int64_t most = BLOCK_BYTES / (int64_t)widest;
  if (group->operand_count > MANY_OPERANDS) most /= 2;
  if (most < unit) most = unit;
  const bool cut = reduction->reducer && reduction->rows == 1; /* blocks begin anywhere */
  for (int i = 0; i < group->operand_count; ++i) {
    sumi__tensor_operand_t *operand = &group->operands[i];
    if (operand->kind != SUMI__PERIODIC) continue;
    const int64_t period = operand->size[1];
    const int64_t both = period > 0 && !cut ? common_multiple(unit, period) : INT64_MAX;
    if (both <= most)
      unit = both;
    else
      operand->kind = SUMI__GATHER;
  }
  group->block = most / unit * unit;
}

void sumi__tensor_splat(void *out, const void *element, size_t element_bytes, int64_t count) {
  if (element_bytes == 4) {
    uint32_t value, *to = out;
    memcpy(&value, element, 4);
    for (int64_t i = 0; i < count; ++i) to[i] = value;
  } else if (element_bytes == 8) {
    uint64_t value, *to = out;
    memcpy(&value, element, 8);
    for (int64_t i = 0; i < count; ++i) to[i] = value;
  } else {
    for (int64_t i = 0; i < count; ++i)
      memcpy((char *)out + (size_t)i * element_bytes, element, element_bytes);
  }
}

static int last_reader(const sumi__tensor_group_t *group, int operand) {
  int last = -1;
  if (group->reduction.reducer && group->reduction.input == operand) return group->member_count;
  for (int m = 0; m < group->member_count; ++m)
    for (int k = 0; k < group->members[m].input_count; ++k)
      if (group->members[m].inputs[k] == operand) last = m;
  return last;
}

typedef struct registers {
  int count;
  int *last;        /* the member that reads the register last */
  size_t *elements; /* bytes of what it holds */
} registers_t;

static int add_register(registers_t *registers, int last, size_t element_bytes) {
  registers->last[registers->count] = last;
  registers->elements[registers->count] = element_bytes;
  return registers->count++;
}

/* A register that member `m` may write: one that is not read after it, nor, unless the elements are
 * of one size, by it. */
static int free_register(registers_t *registers, int m, size_t element_bytes) {
  for (int i = 0; i < registers->count; ++i)
    if (registers->last[i] < m ||
        (registers->last[i] == m && registers->elements[i] == element_bytes)) {
      registers->elements[i] = element_bytes;
      return i;
    }
  return add_register(registers, m, element_bytes);
}

/* Filled operands keep their register for the whole pass; others are reused. */
static sumi_status_t assign_registers(sumi__tensor_group_t *group, sumi_arena_t *memory) {
  registers_t registers = {0};
  const size_t most = (size_t)group->operand_count;
  registers.last = sumi_arena_calloc(memory, most, sizeof *registers.last);
  registers.elements = sumi_arena_calloc(memory, most, sizeof *registers.elements);
  if (!registers.last || !registers.elements)
    return sumi_fail_alloc("a plan", most * sizeof *registers.elements);
  for (int i = 0; i < group->operand_count; ++i) {
    sumi__tensor_operand_t *operand = &group->operands[i];
    operand->reg = -1;
    const bool filled = operand->kind == SUMI__SPLAT || operand->kind == SUMI__PERIODIC;
    group->fills |= filled;
    if (filled || operand->kind == SUMI__GATHER)
      operand->reg = add_register(&registers, filled ? group->member_count : last_reader(group, i),
                                  operand->element_bytes);
  }
  for (int m = 0; m < group->member_count; ++m) {
    sumi__tensor_operand_t *operand = &group->operands[group->members[m].output];
    if (operand->kind != SUMI__REGISTER) continue;
    operand->reg = free_register(&registers, m, operand->element_bytes);
    const int last = last_reader(group, group->members[m].output);
    registers.last[operand->reg] = last > m ? last : m;
  }
  group->register_count = registers.count;
  return SUMI_OK;
}

static sumi_status_t spread_constants(sumi__tensor_group_t *group, sumi_arena_t *memory) {
  const int64_t length = group->count < group->block ? group->count : group->block;
  for (int i = 0; i < group->operand_count; ++i) {
    sumi__tensor_operand_t *operand = &group->operands[i];
    if (operand->kind != SUMI__CONSTANT) continue;
    char *block = sumi_arena_calloc(memory, (size_t)length + SUMI_ALIGNMENT,
                                    operand->element_bytes);
    if (!block) return sumi_fail_alloc("a plan", (size_t)length * operand->element_bytes);
    block += SUMI_ALIGNMENT - (uintptr_t)block % SUMI_ALIGNMENT;
    sumi__tensor_splat(block, operand->base, operand->element_bytes, length);
    operand->base = block;
  }
  return SUMI_OK;
}

static size_t align(size_t bytes) {
  return (bytes + SUMI_ALIGNMENT - 1) / SUMI_ALIGNMENT * SUMI_ALIGNMENT;
}

static void size_thread_memory(sumi__tensor_group_t *group) {
  size_t widest = 1;
  for (int i = 0; i < group->operand_count; ++i)
    if (group->operands[i].element_bytes > widest) widest = group->operands[i].element_bytes;
  const int64_t length = group->count < group->block ? group->count : group->block;
  group->register_bytes = align((size_t)length * widest);
  int most_inputs = 0;
  for (int m = 0; m < group->member_count; ++m)
    if (group->members[m].input_count > most_inputs) most_inputs = group->members[m].input_count;
  const size_t pointers = (size_t)(group->operand_count + most_inputs);
  group->thread_bytes = align(pointers * sizeof(void *)) +
                        (size_t)group->register_count * group->register_bytes;
}

sumi_status_t sumi__tensor_group_finish(sumi__tensor_group_t *group, sumi_arena_t *memory,
                                        int threads) {
  choose_block(group);
  SUMI_TRY(assign_registers(group, memory));
  size_thread_memory(group);
  const bool small = group->count <= group->block * SUMI__BLOCKS_PER_TASK ||
                     group->count * group->member_count < PARALLEL_ELEMENTS;
  group->threads = small ? 1 : threads;
  return spread_constants(group, memory);
}

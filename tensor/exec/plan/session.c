/* What plans of a session share: the arena and the nodes' states. */
#include "exec/plan/session.h"

#include <sumi/alloc.h>

#include <string.h>
#include <sys/mman.h>

/* Asks for huge pages for the whole ones inside the arena: its passes touch megabytes each, and
 * walking tables of 4 KiB pages costs some of their time, on virtual machines twice. Advice only.
 */
static void advise_huge_pages(void *arena, size_t size_bytes) {
#ifdef MADV_HUGEPAGE
  const uintptr_t huge = 2 << 20, start = ((uintptr_t)arena + huge - 1) & ~(huge - 1);
  const uintptr_t end = ((uintptr_t)arena + size_bytes) & ~(huge - 1);
  if (start < end) (void)madvise((void *)start, end - start, MADV_HUGEPAGE);
#else
  (void)arena, (void)size_bytes;
#endif
}

sumi_status_t sumi__tensor_session_reserve(sumi_session_t *session, size_t size_bytes) {
  if (size_bytes <= session->arena_bytes) return SUMI_OK;
  void *arena = sumi_malloc_aligned(size_bytes);
  if (!arena)
    return sumi_fail(SUMI_RESOURCE_EXHAUSTED, "out of memory: %zu bytes for intermediate values",
                     size_bytes);
  advise_huge_pages(arena, size_bytes);
  sumi_free_aligned(session->arena);
  session->arena = arena;
  session->arena_bytes = size_bytes;
  ++session->arena_generation;
  return SUMI_OK;
}

sumi__tensor_op_state_t *sumi__tensor_session_state(sumi_session_t *session, const sumi_op_t *op) {
  if (op->index < session->state_count) return &session->states[op->index];
  const int count = sumi_graph_op_count(session->graph);
  sumi__tensor_op_state_t *states = sumi_realloc_array(session->states, (size_t)count,
                                                       sizeof *states);
  if (!states) {
    sumi_fail_alloc("a session's states", (size_t)count * sizeof *states);
    return NULL;
  }
  memset(states + session->state_count, 0, (size_t)(count - session->state_count) * sizeof *states);
  session->states = states;
  session->state_count = count;
  return &states[op->index];
}

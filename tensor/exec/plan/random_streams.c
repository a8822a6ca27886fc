/* Random numbers of nodes. The seeds are TensorFlow's rule (python/framework/random_seed.py,
 * get_seed): a graph seed alone gives each op its own number, an op seed alone goes with the
 * default graph seed 87654321, and without either the operating system chooses. */
#include "exec/plan/session.h"

#include <sumi/alloc.h>
#include <sumi/clock.h>
#include <sumi/random.h>

#include <sys/random.h>

enum { DEFAULT_GRAPH_SEED = 87654321 };

#define LARGEST_SEED INT64_C(2147483647) /* 2^31 - 1 */

static int64_t seed_attr(const sumi_op_t *op, const char *name) {
  const sumi_attr_t *attr = sumi_op_attr(op, name);
  return attr && attr->kind == SUMI_ATTR_INT ? attr->integer : 0;
}

static uint64_t entropy(const void *address) {
  uint64_t number;
  if (getrandom(&number, sizeof number, 0) == (ssize_t)sizeof number) return number;
  return (uint64_t)sumi_clock_monotonic_ns() ^ (uint64_t)(uintptr_t)address;
}

static int64_t reduce(int64_t seed) {
  const int64_t rest = seed % LARGEST_SEED;
  return rest < 0 ? rest + LARGEST_SEED : rest; /* as Python's % */
}

static void choose_seeds(sumi__tensor_stream_t *stream) {
  const sumi_op_t *op = stream->op;
  const int64_t seed = seed_attr(op, "seed"), seed2 = seed_attr(op, "seed2");
  int64_t graph_seed, op_seed;
  if (seed != 0 && seed2 != 0) { /* both are given: an imported node */
    stream->seed = (uint64_t)seed;
    stream->seed2 = (uint64_t)seed2;
    return;
  }
  if (op->graph->has_seed) {
    graph_seed = op->graph->seed;
    op_seed = seed | seed2 ? seed | seed2 : op->index;
  } else if (seed | seed2) {
    graph_seed = DEFAULT_GRAPH_SEED;
    op_seed = seed | seed2;
  } else {
    stream->seed = entropy(stream);
    stream->seed2 = entropy(op);
    return;
  }
  stream->seed = (uint64_t)reduce(graph_seed);
  stream->seed2 = (uint64_t)reduce(op_seed);
  if (stream->seed == 0 && stream->seed2 == 0) stream->seed2 = (uint64_t)LARGEST_SEED;
}

sumi__tensor_stream_t *sumi__tensor_session_stream(sumi_session_t *session, const sumi_op_t *op) {
  sumi__tensor_op_state_t *state = sumi__tensor_session_state(session, op);
  if (!state || state->stream) return state ? state->stream : NULL;
  sumi__tensor_stream_t *stream = sumi_calloc(1, sizeof *stream);
  if (!stream) {
    sumi_fail_alloc("a random stream", sizeof *stream);
    return NULL;
  }
  stream->op = op;
  choose_seeds(stream);
  stream->next = session->streams;
  session->streams = state->stream = stream;
  return stream;
}

void sumi__tensor_streams_free(sumi_session_t *session) {
  for (sumi__tensor_stream_t *s = session->streams, *next; s; s = next) {
    next = s->next;
    sumi_free(s);
  }
  session->streams = NULL;
}

struct sumi_philox sumi_kernel_random(const sumi_kernel_t *kernel, int64_t count) {
  sumi__tensor_stream_t *stream = sumi__tensor_step_of(kernel)->stream;
  if (!stream) return sumi_philox_seeded(0, 0);
  const sumi_philox_t start = sumi_philox_seeded((int64_t)stream->seed, (int64_t)stream->seed2);
  const sumi_philox_t here = sumi_philox_skip(start, stream->used_blocks);
  stream->used_blocks += (uint64_t)(count > 0 ? count : 0);
  return here;
}

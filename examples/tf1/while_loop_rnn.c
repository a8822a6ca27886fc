/* A recurrent network written as a loop: the adding problem (Hochreiter and Schmidhuber 1997). Each
 * sequence has a row of numbers and a row of marks, two of which are set; the network is to say the
 * sum of the two marked numbers. Sequences differ in length, and the loop ends with the longest.
 *
 *   def body(t, state):
 *     return t + 1, cell(x[t], state)
 *   _, state = tf.while_loop(lambda t, state: t < longest, body, [0, zeros])
 */
#include "run.h"

enum { BATCH = 64, TIME = 16, UNITS = 24, INPUTS = 2 };

typedef struct problem {
  sumi_tensor_t inputs;  /* [time, batch, 2]: numbers and marks */
  sumi_tensor_t lengths; /* int32 [batch], 4 to TIME */
  sumi_tensor_t sums;    /* [batch] */
} problem_t;

static problem_t draw(sumi_graph_t *g) {
  sumi_tensor_t numbers = sumi_random_uniform(g, SUMI_SHAPE(BATCH, TIME));
  sumi_tensor_t lengths = sumi_random_uniform_int(g, SUMI_SHAPE(BATCH), 4, TIME + 1);
  /* One mark in the first half of each sequence, one in the second. */
  sumi_tensor_t half = sumi_floor_div(lengths, 2);
  sumi_tensor_t any = sumi_random_uniform_int(g, SUMI_SHAPE(2, BATCH), 0, TIME * TIME);
  sumi_tensor_t first = sumi_floor_mod(sumi_index(any, "0"), half);
  sumi_tensor_t second = sumi_add(half, sumi_floor_mod(sumi_index(any, "1"), half));
  sumi_tensor_t marks = sumi_add(sumi_one_hot(first, TIME), sumi_one_hot(second, TIME));
  return (problem_t){.inputs = sumi_transpose(sumi_stack(SUMI_TENSORS(numbers, marks), .axis = 2),
                                              .perm = SUMI_AXES(1, 0, 2)),
                     .lengths = lengths,
                     .sums = sumi_reduce_sum(sumi_mul(numbers, marks), .axes = SUMI_AXES(1))};
}

typedef struct cell {
  sumi_tensor_t kernel, bias, candidate, candidate_bias;
  problem_t problem;
  sumi_tensor_t longest;
} cell_t;

static sumi_tensor_t is_before_end(const sumi_tensor_t *carried, void *data) {
  const cell_t *cell = data;
  return sumi_less(carried[0], cell->longest);
}

static sumi_tensor_t affine(sumi_tensor_t x, sumi_tensor_t h, sumi_tensor_t w, sumi_tensor_t b) {
  return sumi_add(sumi_matmul(sumi_concat(SUMI_TENSORS(x, h), 1), w), b);
}

/* A gated unit (Cho et al. 2014); the state of a sequence that is over stays. */
static void step(const sumi_tensor_t *carried, sumi_tensor_t *next, void *data) {
  const cell_t *cell = data;
  sumi_tensor_t t = carried[0], h = carried[1], x = sumi_gather(cell->problem.inputs, t);
  sumi_tensor_t gates = sumi_sigmoid(affine(x, h, cell->kernel, cell->bias));
  sumi_tensor_t reset = sumi_index(gates, ":, :24"), update = sumi_index(gates, ":, 24:");
  sumi_tensor_t candidate = sumi_tanh(
      affine(x, sumi_mul(reset, h), cell->candidate, cell->candidate_bias));
  sumi_tensor_t moved = sumi_add(sumi_mul(update, h), sumi_mul(sumi_sub(1, update), candidate));
  sumi_tensor_t is_over = sumi_greater_equal(t, cell->problem.lengths);
  next[0] = sumi_add(t, 1);
  next[1] = sumi_select(sumi_expand_dims(is_over, 1), h, moved);
}

/* The mean squared error; *state is what the network knows at the end. */
static sumi_tensor_t error_of(problem_t problem, sumi_tensor_t *state) {
  sumi_graph_t *g = sumi_tensor_graph(problem.sums);
  sumi_variable_scope_begin(g, "adder", .reuse = SUMI_AUTO_REUSE);
  cell_t cell = {
      .kernel = sumi_get_variable(g, "gates/kernel", SUMI_DIMS(INPUTS + UNITS, 2 * UNITS)),
      .bias = sumi_get_variable(g, "gates/bias", SUMI_DIMS(2 * UNITS),
                                .initializer = SUMI_ONES_INITIALIZER),
      .candidate = sumi_get_variable(g, "candidate/kernel", SUMI_DIMS(INPUTS + UNITS, UNITS)),
      .candidate_bias = sumi_get_variable(g, "candidate/bias", SUMI_DIMS(UNITS),
                                          .initializer = SUMI_ZEROS_INITIALIZER),
      .problem = problem,
      .longest = sumi_reduce_max(problem.lengths)};
  sumi_tensor_t last[2];
  sumi_while_loop(
      is_before_end, step, &cell,
      SUMI_TENSORS(sumi_scalar(g, SUMI_INT32, 0), sumi_zeros(g, SUMI_SHAPE(BATCH, UNITS))), last);
  sumi_tensor_t said = sumi_squeeze(sumi_dense(last[1], 1), .axes = SUMI_AXES(1));
  sumi_variable_scope_end(g);
  *state = last[1];
  return sumi_reduce_mean(sumi_squared_difference(said, problem.sums));
}

int main(int argc, char **argv) {
  run_t run = run_begin(argc, argv, "runs/while_loop_rnn", 400);
  sumi_graph_t *g = run.graph;
  sumi_tensor_t state, of_test;
  sumi_tensor_t loss = error_of(draw(g), &state), test = error_of(draw(g), &of_test);
  sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = 0.01), loss, .clip_norm = 1);
  sumi_summary_histogram("state", state);
  /* Always saying 1, the mean, is off by 1/6 on average. */
  return run_end(&run, train, loss, "error", test);
}

/* Cells and what runs them: steps worked by hand, names and sharing of variables, refusals.
 * Whole networks are compared with TensorFlow in test_rnn_tensorflow.py. */
#include "graph_run.h"

#include <sumi/constants.h>
#include <sumi/ops.h>
#include <sumi/rnn.h>

static void assert_values(sumi_session_t *s, sumi_tensor_t tensor, const char *shape,
                          const double *expected) {
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = tensor, .array = &value})));
  assert_string_equal(sumi_dims_text(sumi_array_dims(value)).text, shape);
  for (int64_t i = 0; i < sumi_array_count(value); ++i)
    assert_near(sumi_array_get(value, i), expected[i], 1e-6);
  sumi_array_unref(value);
}

static double sigmoid(double x) {
  return 1 / (1 + exp(-x));
}

/* Kernels of ones: every gate sees x + h = 1.5. */
static void steps_follow_their_formulas(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(1, 1), SUMI_F32(1));
  const sumi_tensor_t half = sumi_constant_f32(g, SUMI_DIMS(1, 1), SUMI_F32(.5));
  const sumi_tensor_t two = sumi_constant_f32(g, SUMI_DIMS(1, 1), SUMI_F32(2));
  sumi_rnn_cell_t *basic = sumi_basic_rnn_cell_new(
      g, 1, .kernel_initializer = SUMI_ONES_INITIALIZER,
      .bias_initializer = SUMI_INIT(CONSTANT, .a = .25));
  sumi_rnn_cell_t *gru = sumi_gru_cell_new(g, 1, .kernel_initializer = SUMI_ONES_INITIALIZER);
  sumi_rnn_cell_t *lstm = sumi_lstm_cell_new(g, 1, .initializer = SUMI_ONES_INITIALIZER);
  sumi_tensor_t next[2];
  const sumi_tensor_t h = sumi_rnn_cell_step(basic, x, &half, next);
  assert_true(h.op == next[0].op);
  const sumi_tensor_t u = sumi_rnn_cell_step(gru, x, &half, next);
  sumi_tensor_t memory[2] = {two, half};
  const sumi_tensor_t o = sumi_rnn_cell_step(lstm, x, memory, memory); /* in place */
  assert_ok(sumi_graph_status(g));
  assert_true(o.op == memory[1].op);
  sumi_session_t *s = started(g);
  assert_values(s, h, "(1, 1)", (double[]){tanh(1.75)});
  const double gate = sigmoid(2.5), candidate = tanh(1 + gate * .5); /* biases of gates are 1 */
  assert_values(s, u, "(1, 1)", (double[]){gate * .5 + (1 - gate) * candidate});
  const double c = sigmoid(2.5) * 2 + sigmoid(1.5) * tanh(1.5); /* forget_bias is 1 */
  assert_values(s, memory[0], "(1, 1)", &c);
  assert_values(s, o, "(1, 1)", (double[]){sigmoid(1.5) * tanh(c)});
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void assert_variables(sumi_graph_t *g, int count, const char *const *names) {
  const sumi_tensors_t all = sumi_collection(g, SUMI_TRAINABLE_VARIABLES);
  assert_int_equal(all.count, count);
  for (int i = 0; i < count; ++i) assert_string_equal(sumi_variable_name(all.list[i]), names[i]);
}

static void cells_keep_their_variables_and_others_get_their_own(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 3));
  sumi_rnn_cell_t *a = sumi_basic_rnn_cell_new(g, 2), *b = sumi_basic_rnn_cell_new(g, 2);
  sumi_rnn_cell_t *again = sumi_basic_rnn_cell_new(g, 2, .name = "basic_rnn_cell",
                                                   .reuse = SUMI_REUSE);
  sumi_variable_scope_begin(g, "net");
  const sumi_tensor_t zeros = sumi_rnn_cell_zero_state(a, 2, SUMI_FLOAT32).list[0];
  sumi_tensor_t next;
  for (int i = 0; i < 2; ++i) {
    sumi_rnn_cell_step(a, x, &zeros, &next);
    sumi_rnn_cell_step(b, x, &zeros, &next);
  }
  sumi_rnn_cell_step(again, x, &zeros, &next);
  sumi_variable_scope_end(g);
  assert_int_equal(sumi_static_rnn(b, SUMI_TENSORS(x)).state.count, 1);
  assert_ok(sumi_graph_status(g));
  assert_variables(g, 4,
                   (const char *const[]){"net/basic_rnn_cell/kernel", "net/basic_rnn_cell/bias",
                                         "net/basic_rnn_cell_1/kernel",
                                         "net/basic_rnn_cell_1/bias"});
  sumi_graph_free(g);
}

/* h' = rate h + x w; sizes are told by the cell. */
static sumi_tensor_t leak(void *context, sumi_tensor_t input, const sumi_tensor_t *state,
                          sumi_tensor_t *next) {
  const double *rate = context;
  const sumi_tensor_t w = sumi_get_variable(sumi_tensor_graph(input), "w", SUMI_DIMS(2),
                                            .initializer = SUMI_INIT(CONSTANT, .a = 3));
  next[0] = sumi_add(sumi_mul(*rate, state[0]), sumi_mul(input, w));
  next[1] = sumi_add(state[1], 1);
  return sumi_neg(next[0]);
}

static void programs_have_cells_of_their_own(void **state) {
  (void)state;
  double rate = .5;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(1, 2), SUMI_F32(1, 2));
  sumi_rnn_cell_t *cell = sumi_rnn_cell_new(g, .name = "leaky", .output_size = 2, .state_count = 2,
                                            .state_sizes = SUMI_I64(2, 1), .step = leak,
                                            .context = &rate);
  assert_int_equal(sumi_rnn_cell_state_count(cell), 2);
  assert_int_equal(sumi_rnn_cell_state_size(cell, 1), 1);
  assert_int_equal(sumi_rnn_cell_state_size(cell, 2), 0);
  assert_int_equal(sumi_rnn_cell_output_size(cell), 2);
  const sumi_static_rnn_t rnn = sumi_static_rnn(
      cell, SUMI_TENSORS(x, x, x),
      .sequence_length = sumi_constant_i64(g, SUMI_DIMS(1), SUMI_I64(2)));
  assert_variables(g, 1, (const char *const[]){"rnn/leaky/w"});
  sumi_session_t *s = started(g);
  assert_values(s, rnn.outputs.list[1], "(1, 2)", (double[]){-4.5, -9});
  assert_values(s, rnn.outputs.list[2], "(1, 2)", (double[]){0, 0});
  assert_values(s, rnn.state.list[0], "(1, 2)", (double[]){4.5, 9});
  assert_values(s, rnn.state.list[1], "(1, 1)", (double[]){2});
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* Of 400 elements about half are 0, the others twice themselves; the memory is left alone. */
static void assert_halved(const sumi_array_t *dropped, const sumi_array_t *whole) {
  int zeros = 0;
  for (int64_t i = 0; i < sumi_array_count(dropped); ++i) {
    const double value = sumi_array_get(dropped, i);
    if (value == 0)
      ++zeros;
    else
      assert_near(value, 2 * sumi_array_get(whole, i), 1e-6);
  }
  assert_in_range(zeros, 140, 260);
}

static void dropout_leaves_the_memory_alone(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 3);
  sumi_tensor_t x = sumi_ones(g, SUMI_SHAPE(4, 2)), before[2], next[2], whole[2];
  sumi_rnn_cell_t *cell = sumi_lstm_cell_new(g, 100);
  const sumi_tensor_t keep = sumi_constant_f32(g, SUMI_SCALAR, SUMI_F32(.5));
  sumi_rnn_cell_t *wrapped = sumi_dropout_wrapper_new(
      cell, .input_keep_prob = SUMI_T(1), .state_keep_prob = SUMI_T(.5), .output_keep_prob = keep);
  const sumi_tensors_t zeros = sumi_rnn_cell_zero_state(wrapped, 4, SUMI_FLOAT32);
  assert_int_equal(zeros.count, 2);
  memcpy(before, zeros.list, sizeof before);
  const sumi_tensor_t plain = sumi_rnn_cell_step(cell, x, before, whole);
  const sumi_tensor_t output = sumi_rnn_cell_step(wrapped, x, before, next);
  sumi_session_t *s = started(g);
  sumi_array_t *a[5] = {NULL};
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = plain, .array = &a[0]},
                                                        {.tensor = output, .array = &a[1]},
                                                        {.tensor = next[1], .array = &a[2]},
                                                        {.tensor = whole[0], .array = &a[3]},
                                                        {.tensor = next[0], .array = &a[4]})));
  assert_halved(a[1], a[0]);
  assert_halved(a[2], a[0]);
  for (int64_t i = 0; i < 400; ++i)
    assert_near(sumi_array_get(a[4], i), sumi_array_get(a[3], i), 0);
  for (int i = 0; i < 5; ++i) sumi_array_unref(a[i]);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void what_cannot_run_is_refused(void **state) {
  (void)state;
  for (int i = 0; i < 13; ++i) {
    sumi_graph_t *g = sumi_graph_new(), *other = sumi_graph_new();
    const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2, 3));
    const sumi_tensor_t open = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2, -1));
    const sumi_tensor_t cube = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2, 3, 3));
    const sumi_tensor_t lengths = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(3));
    sumi_rnn_cell_t *cell = i == 0 ? sumi_gru_cell_new(g, 0) : sumi_gru_cell_new(g, 2);
    const char *text = "";
    if (i == 0) text = "gru_cell: output_size is 0";
    if (i == 1) sumi_static_rnn(cell, SUMI_TENSORS(open)), text = "gru_cell: input 'Placeholder_1'";
    if (i == 2) sumi_static_rnn(cell, SUMI_TENSORS(cube)), text = "(2: batch, size)";
    if (i == 3) sumi_static_rnn(cell, SUMI_LIST(0, &x)), text = "static_rnn: no inputs";
    if (i == 4)
      sumi_static_rnn(cell, SUMI_TENSORS(x, 1)), text = "static_rnn: input 1 is no tensor";
    if (i == 5)
      sumi_static_rnn(cell, SUMI_TENSORS(x), .initial_state = SUMI_TENSORS(x, x)),
          text = "the initial state has 2 tensors, that of the cell has 1";
    if (i == 6) sumi_static_rnn(cell, SUMI_TENSORS(x), .sequence_length = lengths), text = "(3, 1)";
    if (i == 7)
      sumi_multi_rnn_cell_new(g, SUMI_CELLS(cell, cell)), text = "cells 0 and 1 are the same";
    if (i == 8)
      sumi_multi_rnn_cell_new(g, SUMI_CELLS(cell, sumi_gru_cell_new(other, 2))),
          text = "cell 1 is of another graph";
    if (i == 9) sumi_multi_rnn_cell_new(g, SUMI_CELLS(cell, NULL)), text = "cell 1 is NULL";
    if (i == 10) sumi_lstm_cell_new(g, 2, .num_proj = -1), text = "lstm_cell: output_size is -1";
    if (i == 11) sumi_rnn_cell_new(g, .output_size = 1), text = "step NULL";
    if (i == 12) sumi_dynamic_rnn(cell, x), text = "of shape (2, 3); [batch, time, size] is wanted";
    assert_refusal(g, SUMI_INVALID_ARGUMENT, text);
    if (!strstr(sumi_graph_message(g), "test_rnn.c"))
      fail_msg("case %d: no line in \"%s\"", i, sumi_graph_message(g));
    assert_null(sumi_gru_cell_new(g, 2));
    assert_int_equal(sumi_static_rnn(cell, SUMI_TENSORS(x)).outputs.count, 0);
    sumi_graph_free(other);
    sumi_graph_free(g);
  }
  const sumi_tensor_t null = {0};
  assert_null(sumi_gru_cell_new(NULL, 2));
  assert_null(sumi_dropout_wrapper_new(NULL));
  assert_null(sumi_residual_wrapper_new(NULL));
  assert_int_equal(sumi_static_rnn(NULL, SUMI_TENSORS(null)).outputs.count, 0);
  assert_int_equal(sumi_static_bidirectional_rnn(NULL, NULL, SUMI_TENSORS(null)).outputs.count, 0);
  assert_int_equal(sumi_dynamic_rnn(NULL, null).state.count, 0);
  assert_int_equal(sumi_bidirectional_dynamic_rnn(NULL, NULL, null).state_bw.count, 0);
  assert_true(sumi_tensor_is_null(sumi_rnn_cell_step(NULL, null, NULL, NULL)));
  assert_int_equal(sumi_rnn_cell_zero_state(NULL, 2, SUMI_FLOAT32).count, 0);
  assert_int_equal(sumi_outputs(null).count, 0);
}

/* Everything once; the refusal without memory is the graph's. */
static sumi_status_t build_all(void) {
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 2));
  const sumi_tensor_t lengths = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(-1));
  sumi_rnn_cell_t *lstm = sumi_lstm_cell_new(g, 2, .use_peepholes = true, .num_proj = 2);
  sumi_rnn_cell_t *layers = sumi_multi_rnn_cell_new(
      g, SUMI_CELLS(sumi_dropout_wrapper_new(lstm, .output_keep_prob = SUMI_T(.5)),
                    sumi_residual_wrapper_new(sumi_basic_rnn_cell_new(g, 2))));
  const sumi_static_bidirectional_rnn_t rnn = sumi_static_bidirectional_rnn(
      layers, sumi_gru_cell_new(g, 2), SUMI_TENSORS(x, x), .sequence_length = lengths);
  const sumi_bidirectional_dynamic_rnn_t looped = sumi_bidirectional_dynamic_rnn(
      sumi_gru_cell_new(g, 2), sumi_gru_cell_new(g, 2), sumi_stack(SUMI_TENSORS(x, x), .axis = 1),
      .sequence_length = lengths, .scope = "looped");
  const sumi_status_t status = sumi_graph_status(g);
  if (status == SUMI_OK) assert_int_equal(looped.state_fw.count, 1);
  if (status == SUMI_OK) assert_int_equal(rnn.outputs.count, 2);
  sumi_graph_free(g);
  return status;
}

static void without_memory_the_graph_refuses(void **state) {
  (void)state;
  assert_ok(build_all()); /* what is made once per process */
  counting_allocator_install();
  assert_ok(build_all());
  const int64_t requests = counting_allocator_requests();
  for (int64_t n = 1; n <= requests; ++n) {
    counting_allocator_fail_at(n);
    assert_int_equal(build_all(), SUMI_RESOURCE_EXHAUSTED);
  }
  counting_allocator_fail_at(0);
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steps_follow_their_formulas),
      cmocka_unit_test(cells_keep_their_variables_and_others_get_their_own),
      cmocka_unit_test(programs_have_cells_of_their_own),
      cmocka_unit_test(dropout_leaves_the_memory_alone),
      cmocka_unit_test(what_cannot_run_is_refused),
      cmocka_unit_test(without_memory_the_graph_refuses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

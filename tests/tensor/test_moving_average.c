/* Averages of weights. Names and values are those of TensorFlow 2.21's
 * tf.compat.v1.train.ExponentialMovingAverage. */
#include "graph_run.h"

#include <sumi/checkpoint.h>
#include <sumi/constants.h>
#include <sumi/moving_average.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>

static sumi_tensor_t weights_of(sumi_graph_t *g) {
  return sumi_variable(sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 3})), .name = "w");
}

static void assert_pair(sumi_session_t *s, sumi_tensor_t variable, double first, double second) {
  const sumi_array_t *value = sumi_session_variable(s, variable);
  assert_non_null(value);
  assert_near(sumi_array_get(value, 0), first, 1e-6);
  assert_near(sumi_array_get(value, 1), second, 1e-6);
}

/* The update that stands for a training step, and the average behind it. */
static sumi_op_t *step_of(sumi_graph_t *g, sumi_tensor_t w, sumi_tensor_t count,
                          sumi_moving_average_t *averages) {
  sumi_tensor_t moved = sumi_assign_add(w, sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 2})));
  sumi_tensor_t counted = sumi_assign_add(count, 1);
  sumi_control_begin(g, SUMI_OPS(moved.op, counted.op));
  sumi_op_t *step = sumi_moving_average_apply(averages, SUMI_TENSORS(w));
  sumi_control_end(g);
  return step;
}

static void averages_follow_the_formula(void **state) {
  (void)state;
  const double expected[2][3][2] = {
      {{1.25, 3.5}, {1.6875, 4.375}, {2.265625, 5.53125}},
      {{1.8181818, 4.6363635}, {2.7045455, 6.409091}, {3.6013987, 8.202797}}};
  for (int i = 0; i < 2; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t w = weights_of(g);
    sumi_tensor_t count = sumi_variable(sumi_scalar(g, SUMI_FLOAT32, 0), .name = "n");
    sumi_moving_average_t *averages = sumi_moving_average_new(
        g, .75, .num_updates = i ? count : (sumi_tensor_t){0});
    assert_true(sumi_tensor_is_null(sumi_moving_average_of(averages, w)));
    sumi_op_t *step = step_of(g, w, count, averages);
    assert_string_equal(sumi_op_name(step), "ExponentialMovingAverage");
    sumi_tensor_t average = sumi_moving_average_of(averages, w);
    assert_string_equal(sumi_variable_name(average), "w/ExponentialMovingAverage");
    assert_int_equal(sumi_collection(g, SUMI_TRAINABLE_VARIABLES).count, 2);
    sumi_session_t *s = started(g);
    assert_pair(s, average, 1, 3);
    for (int k = 0; k < 3; ++k) {
      assert_ok(sumi_session_run(s, .targets = SUMI_OPS(step)));
      assert_pair(s, average, expected[i][k][0], expected[i][k][1]);
    }
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void variables_and_averages_change_places(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = weights_of(g);
  sumi_moving_average_t *averages = sumi_moving_average_new(g, .5);
  sumi_op_t *step = step_of(g, w, sumi_global_step(g), averages);
  sumi_op_t *swap = sumi_moving_average_swap(averages);
  sumi_session_t *s = started(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(step)));
  sumi_tensor_t average = sumi_moving_average_of(averages, w);
  assert_pair(s, w, 2, 5);
  assert_pair(s, average, 1.5, 4);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(swap)));
  assert_pair(s, w, 1.5, 4);
  assert_pair(s, average, 2, 5);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(swap)));
  assert_pair(s, w, 2, 5);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* A random first value is drawn once, for both. */
static void an_average_starts_where_its_variable_does(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(2));
  sumi_moving_average_t *averages = sumi_moving_average_new(g, .9, .name = "slow");
  assert_non_null(sumi_moving_average_apply(averages, sumi_collection(g, SUMI_GLOBAL_VARIABLES)));
  sumi_tensor_t average = sumi_moving_average_of(averages, w);
  assert_string_equal(sumi_variable_name(average), "w/slow");
  sumi_moving_average_apply(averages, SUMI_TENSORS(w));
  assert_ptr_equal(sumi_moving_average_of(averages, w).op, average.op);
  sumi_session_t *s = started(g);
  const sumi_array_t *value = sumi_session_variable(s, w);
  assert_pair(s, average, sumi_array_get(value, 0), sumi_array_get(value, 1));
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void checkpoints_hold_averages(void **state) {
  (void)state;
  char path[4096];
  snprintf(path, sizeof path, "%s/a.safetensors", temporary_directory());
  for (int round = 0; round < 2; ++round) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t w = weights_of(g);
    sumi_moving_average_t *averages = sumi_moving_average_new(g, .5);
    sumi_op_t *step = step_of(g, w, sumi_global_step(g), averages);
    sumi_session_t *s = started(g);
    if (round == 0) {
      assert_ok(sumi_session_run(s, .targets = SUMI_OPS(step)));
      assert_ok(sumi_save(s, path, 1));
    } else {
      assert_ok(sumi_restore(s, path));
      assert_pair(s, sumi_moving_average_of(averages, w), 1.5, 4);
    }
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void what_has_no_average_is_refused(void **state) {
  (void)state;
  const char *const texts[] = {"is -0.5; 0 to 1 is allowed", "is nan; 0 to 1 is allowed",
                               "it is no floating variable", "it is no floating variable"};
  for (int i = 0; i < 4; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t w = weights_of(g);
    sumi_moving_average_t *averages = sumi_moving_average_new(g, i == 0 ? -.5 : i == 1 ? NAN : .9);
    if (i == 2) sumi_moving_average_apply(averages, SUMI_TENSORS(sumi_square(w)));
    if (i == 3) sumi_moving_average_apply(averages, SUMI_TENSORS(w, sumi_global_step(g)));
    assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
    if (!strstr(sumi_graph_message(g), texts[i]) ||
        !strstr(sumi_graph_message(g), "test_moving_average.c"))
      fail_msg("case %d: %s", i, sumi_graph_message(g));
    assert_null(sumi_moving_average_swap(averages));
    sumi_graph_free(g);
  }
  assert_null(sumi_moving_average_new(NULL, .9));
  assert_null(sumi_moving_average_apply(NULL, ((sumi_tensors_t){0, NULL})));
  assert_null(sumi_moving_average_swap(NULL));
  assert_true(sumi_tensor_is_null(sumi_moving_average_of(NULL, (sumi_tensor_t){0})));
}

/* A variable made of its node alone: nothing says what the average starts from. */
static void a_variable_without_a_first_value_is_refused(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_named_attr_t attrs[] = {{"shape", {.kind = SUMI_ATTR_SHAPE, .dims = SUMI_DIMS(2)}},
                                     {"dtype", {.kind = SUMI_ATTR_TYPE, .type = SUMI_FLOAT32}}};
  sumi_tensor_t bare = sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                                     .graph = g,
                                                     .type = "VariableV2",
                                                     .name = "bare",
                                                     .attr_count = 2,
                                                     .attrs = attrs});
  assert_string_equal(sumi_graph_message(g), "");
  sumi_moving_average_t *averages = sumi_moving_average_new(g, .9);
  assert_null(sumi_moving_average_apply(averages, SUMI_TENSORS(bare)));
  assert_non_null(strstr(sumi_graph_message(g), "test_moving_average.c"));
  assert_non_null(strstr(sumi_graph_message(g),
                         "the moving average of 'bare': there is no node 'bare/Assign' with its "
                         "first value"));
  sumi_graph_free(g);
}

static sumi_status_t averaged(const void *data) {
  (void)data;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = weights_of(g);
  sumi_moving_average_t *averages = sumi_moving_average_new(g, .9,
                                                            .num_updates = sumi_global_step(g));
  sumi_op_t *step = sumi_moving_average_apply(averages, SUMI_TENSORS(w));
  sumi_op_t *swap = sumi_moving_average_swap(averages);
  const sumi_status_t status = sumi_graph_status(g);
  if (status == SUMI_OK) assert_true(step && swap);
  sumi_graph_free(g);
  return status;
}

static void lack_of_memory_is_a_refusal_wherever_it_strikes(void **state) {
  (void)state;
  assert_survives_lack_of_memory(averaged, NULL, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(averages_follow_the_formula),
      cmocka_unit_test(variables_and_averages_change_places),
      cmocka_unit_test(an_average_starts_where_its_variable_does),
      cmocka_unit_test(checkpoints_hold_averages),
      cmocka_unit_test(what_has_no_average_is_refused),
      cmocka_unit_test(a_variable_without_a_first_value_is_refused),
      cmocka_unit_test(lack_of_memory_is_a_refusal_wherever_it_strikes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

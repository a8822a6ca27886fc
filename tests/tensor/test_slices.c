/* Slices: gradients of look-ups as rows, from the op to the optimizer. What they mean is that of
 * the dense gradient, which the same expression gives without the mark. */
#include "graph_run.h"

#include <sumi/buffer.h>
#include <sumi/constants.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>
#include <sumi/train.h>

static sumi_tensor_t table_of(sumi_graph_t *g, int64_t rows) {
  return sumi_get_variable(g, "table", SUMI_DIMS(rows, 2), .initializer = SUMI_ONES_INITIALIZER);
}

static sumi_tensor_t ids_of(sumi_graph_t *g, int count, const int32_t *ids) {
  return sumi_constant_i32(g, SUMI_DIMS(count), ids);
}

static void assert_values(sumi_session_t *s, sumi_tensor_t tensor, int count,
                          const double *expected) {
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_value(s, tensor, &value));
  assert_int_equal(sumi_array_count(value), count);
  for (int i = 0; i < count; ++i) assert_near(sumi_array_get(value, i), expected[i], 1e-6);
  sumi_array_unref(value);
}

/* d/dtable of sum(3 * table[ids]): 3 for each time a row is looked up. */
static void a_look_up_has_slices_that_are_a_tensor_too(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t table = table_of(g, 4), gradient;
  sumi_tensor_t rows = sumi_embedding_lookup(table, ids_of(g, 3, (int32_t[]){2, 0, 2}));
  assert_ok(sumi_gradients(SUMI_TENSORS(sumi_reduce_sum(sumi_mul(rows, 3))), SUMI_TENSORS(table),
                           &gradient));
  sumi_indexed_slices_t slices;
  assert_true(sumi_slices_of(gradient, &slices));
  assert_string_equal(sumi_dims_text(sumi_tensor_dims(gradient)).text, "(4, 2)");
  assert_string_equal(sumi_dims_text(sumi_tensor_dims(slices.values)).text, "(3, 2)");
  sumi_tensor_t twice = sumi_mul(gradient, 2);
  assert_false(sumi_slices_of(twice, &slices));
  assert_false(sumi_slices_of(table, &slices));
  assert_false(sumi_slices_of((sumi_tensor_t){0}, &slices));
  sumi_session_t *s = started(g);
  assert_values(s, gradient, 8, (double[]){3, 3, 0, 0, 6, 6, 0, 0});
  assert_values(s, twice, 8, (double[]){6, 6, 0, 0, 12, 12, 0, 0});
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* Of two look-ups the lists stand one behind the other; with anything else the sum is dense. */
static void slices_are_added_as_lists(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t table = table_of(g, 3), other = sumi_get_variable(g, "other", SUMI_DIMS(3, 2));
  sumi_tensor_t first = sumi_reduce_sum(sumi_gather(table, ids_of(g, 2, (int32_t[]){1, 1})));
  sumi_tensor_t second = sumi_reduce_sum(sumi_gather(table, ids_of(g, 1, (int32_t[]){2})));
  sumi_tensor_t dense = sumi_reduce_sum(sumi_mul(table, 5)), gradients[2];
  sumi_tensor_t two = sumi_add(first, second);
  assert_ok(sumi_gradients(SUMI_TENSORS(two), SUMI_TENSORS(table, other), gradients));
  sumi_indexed_slices_t slices;
  assert_true(sumi_slices_of(gradients[0], &slices));
  assert_string_equal(sumi_dims_text(sumi_tensor_dims(slices.indices)).text, "(3,)");
  assert_true(sumi_tensor_is_null(gradients[1]));
  sumi_tensor_t mixed;
  assert_ok(sumi_gradients(SUMI_TENSORS(sumi_add(two, dense)), SUMI_TENSORS(table), &mixed));
  assert_false(sumi_slices_of(mixed, &slices));
  sumi_session_t *s = started(g);
  assert_values(s, gradients[0], 6, (double[]){0, 0, 2, 2, 1, 1});
  assert_values(s, mixed, 6, (double[]){5, 5, 7, 7, 6, 6});
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* Values 2 for rows 1, 1 and 0: TensorFlow's norm is that of the values, sqrt(6 * 4). */
static void clipping_scales_the_values(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t table = table_of(g, 3), gradient, clipped, held;
  sumi_tensor_t rows = sumi_embedding_lookup(table, ids_of(g, 3, (int32_t[]){1, 1, 0}));
  assert_ok(sumi_gradients(SUMI_TENSORS(sumi_reduce_sum(sumi_square(rows))), SUMI_TENSORS(table),
                           &gradient));
  sumi_tensor_t norm = sumi_clip_by_global_norm(SUMI_TENSORS(gradient), 1, &clipped);
  held = sumi_clip_by_norm(gradient, 1);
  sumi_indexed_slices_t slices;
  assert_true(sumi_slices_of(clipped, &slices) && sumi_slices_of(held, &slices));
  sumi_session_t *s = started(g);
  const double unit = 2 / sqrt(24);
  assert_values(s, norm, 1, (double[]){sqrt(24)});
  assert_values(s, clipped, 6, (double[]){unit, unit, 2 * unit, 2 * unit, 0, 0});
  assert_values(s, held, 6, (double[]){unit, unit, 2 * unit, 2 * unit, 0, 0});
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* A norm that is no number makes every gradient NaN, so that it is seen. */
static void an_infinite_norm_is_seen(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t list[] = {sumi_scalar(g, SUMI_FLOAT32, INFINITY), sumi_scalar(g, SUMI_FLOAT32, 1)};
  sumi_tensor_t clipped[3];
  sumi_clip_by_global_norm(SUMI_TENSORS(list[0], ((sumi_tensor_t){0}), list[1]), 1, clipped);
  assert_true(sumi_tensor_is_null(clipped[1]));
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_value(s, clipped[2], &value));
  assert_true(isnan(sumi_array_get(value, 0)));
  sumi_array_unref(value);
  sumi_session_free(s);
  assert_true(sumi_tensor_is_null(sumi_clip_by_global_norm(SUMI_TENSORS(list[1]), 0, clipped)));
  assert_non_null(strstr(sumi_graph_message(g), "clip_norm is 0, expected above 0"));
  sumi_graph_free(g);
}

/* What the plan of one training step of a table of `rows` rows holds besides the variables. */
static sumi_session_stats_t stats_of_step(sumi_optimizer_t optimizer, int64_t rows) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t table = table_of(g, rows), norm;
  sumi_tensor_t looked_up = sumi_embedding_lookup(table, ids_of(g, 3, (int32_t[]){1, 1, 0}));
  sumi_op_t *train = sumi_minimize(optimizer, sumi_reduce_sum(sumi_square(looked_up)),
                                   .clip_norm = 1, .gradient_norm = &norm);
  sumi_session_t *s = started(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train, norm.op)));
  const sumi_session_stats_t stats = sumi_session_stats(s);
  const sumi_array_t *value = sumi_session_variable(s, table);
  assert_true(sumi_array_get(value, 2) < 1);
  assert_true(sumi_array_get(value, 2 * rows - 1) == 1);
  sumi_session_free(s);
  sumi_graph_free(g);
  return stats;
}

static void a_step_costs_the_same_whatever_the_table(void **state) {
  (void)state;
  const sumi_optimizer_t optimizers[] = {
      sumi_gradient_descent(.learning_rate = .1),
      sumi_momentum(.learning_rate = .1, .momentum = .9),
      sumi_adagrad(.learning_rate = .1),
      sumi_rms_prop(.learning_rate = .1),
      sumi_centered_rms_prop(.learning_rate = .1),
      sumi_adadelta(.learning_rate = .1),
      sumi_ftrl(.learning_rate = .1),
      sumi_ftrl(.learning_rate = .1, .l2_shrinkage_regularization_strength = .1),
      sumi_adam(.lazy = true),
  };
  for (size_t i = 0; i < sizeof optimizers / sizeof *optimizers; ++i) {
    const sumi_session_stats_t few = stats_of_step(optimizers[i], 5);
    const sumi_session_stats_t many = stats_of_step(optimizers[i], 100000);
    assert_int_equal(few.steps, many.steps);
    assert_int_equal(few.unshared_bytes, many.unshared_bytes);
    assert_true(many.unshared_bytes < 2000);
  }
}

/* sum(table[0] + 3 table[1], twice): slopes 2 and 6; half of every weight decays before. */
static void weights_decay_in_all_rows(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t table = table_of(g, 3);
  sumi_tensor_t rows = sumi_embedding_lookup(table, ids_of(g, 4, (int32_t[]){0, 0, 1, 1}));
  sumi_tensor_t slopes = sumi_constant_f32(g, SUMI_DIMS(4, 1), ((float[]){1, 1, 3, 3}));
  sumi_op_t *train = sumi_minimize(sumi_gradient_descent(.learning_rate = .5, .weight_decay = 1),
                                   sumi_reduce_sum(sumi_mul(rows, slopes)));
  sumi_session_t *s = started(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train)));
  assert_values(s, table, 6, (double[]){-.5, -.5, -2.5, -2.5, .5, .5});
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* Optimizers without an update by slices see the dense gradient: the same as of a matrix product
 * with one-hot rows. */
static void other_optimizers_make_slices_dense(void **state) {
  (void)state;
  const sumi_optimizer_t optimizers[] = {
      sumi_nadam(.learning_rate = .1),   sumi_lion(.learning_rate = .1),
      sumi_muon(.learning_rate = .1),    sumi_lamb(.learning_rate = .1),
      sumi_amsgrad(.learning_rate = .1), sumi_adam(.learning_rate = .1, .use_nesterov = true)};
  for (size_t i = 0; i < 2 * sizeof optimizers / sizeof *optimizers; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t tables[2] = {
        table_of(g, 4),
        sumi_get_variable(g, "other", SUMI_DIMS(4, 2), .initializer = SUMI_ONES_INITIALIZER)};
    sumi_tensor_t ids = ids_of(g, 3, (int32_t[]){2, 0, 2});
    sumi_tensor_t rows[2] = {sumi_embedding_lookup(tables[0], ids),
                             sumi_matmul(sumi_one_hot(ids, 4), tables[1])};
    sumi_op_t *train[2];
    for (int k = 0; k < 2; ++k)
      train[k] = sumi_minimize(optimizers[i / 2], sumi_reduce_sum(sumi_square(rows[k])),
                               .variables = SUMI_TENSORS(tables[k]));
    sumi_session_t *s = started(g);
    for (int step = 0; step < 3; ++step)
      assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train[0], train[1])));
    const sumi_array_t *dense = sumi_session_variable(s, tables[1]);
    double expected[8];
    for (int k = 0; k < 8; ++k) expected[k] = sumi_array_get(dense, k);
    assert_values(s, tables[0], 8, expected);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void bad_updates_of_rows_are_refused(void **state) {
  (void)state;
  const char *const texts[] = {"grad has shape (2, 2), expected (3, 2): a row for each index",
                               "indices must have rank 1", "the variable is a scalar",
                               "input 2 must be a scalar", "input 1 has shape (2, 2)"};
  for (int i = 0; i < 5; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t table = i == 2 ? sumi_get_variable(g, "w", SUMI_SCALAR) : table_of(g, 3);
    sumi_tensor_t accum = i == 2   ? table
                          : i == 4 ? sumi_get_variable(g, "a", SUMI_DIMS(2, 2))
                                   : sumi_get_variable(g, "a", SUMI_DIMS(3, 2));
    sumi_tensor_t ids = ids_of(g, 3, (int32_t[]){0, 1, 2});
    sumi_tensor_t grad = sumi_ones(g, SUMI_SHAPE(i == 0 ? 2 : 3, 2));
    sumi_sparse_apply_adagrad(table, accum, i == 3 ? grad : sumi_scalar(g, SUMI_FLOAT32, 1), grad,
                              i == 1 ? sumi_reshape(ids, SUMI_SHAPE(1, 3)) : ids);
    if (!strstr(sumi_graph_message(g), texts[i]))
      fail_msg("case %d: \"%s\" lacks \"%s\"", i, sumi_graph_message(g), texts[i]);
    sumi_graph_free(g);
  }
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t table = table_of(g, 3);
  sumi_tensor_t update = sumi_sparse_apply_adagrad(
      table, sumi_get_variable(g, "a", SUMI_DIMS(3, 2)), 1, sumi_ones(g, SUMI_SHAPE(2, 2)),
      ids_of(g, 2, (int32_t[]){0, 3}));
  sumi_session_t *s = started(g);
  assert_fails(sumi_session_run(s, .targets = SUMI_OPS(update.op)), SUMI_INVALID_ARGUMENT,
               "element 1 of indices is 3, expected a value in [0, 3)");
  assert_values(s, table, 6, (double[]){1, 1, 1, 1, 1, 1});
  sumi_session_free(s);
  sumi_graph_free(g);
}

static sumi_status_t minimized(const void *data) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t table = table_of(g, 3), ids = ids_of(g, 2, (int32_t[]){1, 1});
  sumi_tensor_t loss = sumi_add(sumi_reduce_sum(sumi_embedding_lookup(table, ids)),
                                sumi_reduce_sum(sumi_square(sumi_embedding_lookup(table, ids))));
  sumi_op_t *train = sumi_minimize(*(const sumi_optimizer_t *)data, loss, .clip_norm = 1);
  const sumi_status_t status = sumi_graph_status(g);
  if (status == SUMI_OK) assert_true(train);
  sumi_graph_free(g);
  return status;
}

static void lack_of_memory_is_a_refusal_wherever_it_strikes(void **state) {
  (void)state;
  const sumi_optimizer_t optimizers[] = {sumi_adagrad(.learning_rate = 1), sumi_adam()};
  for (int i = 0; i < 2; ++i) assert_survives_lack_of_memory(minimized, &optimizers[i], 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_look_up_has_slices_that_are_a_tensor_too),
      cmocka_unit_test(slices_are_added_as_lists),
      cmocka_unit_test(clipping_scales_the_values),
      cmocka_unit_test(an_infinite_norm_is_seen),
      cmocka_unit_test(a_step_costs_the_same_whatever_the_table),
      cmocka_unit_test(weights_decay_in_all_rows),
      cmocka_unit_test(other_optimizers_make_slices_dense),
      cmocka_unit_test(bad_updates_of_rows_are_refused),
      cmocka_unit_test(lack_of_memory_is_a_refusal_wherever_it_strikes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

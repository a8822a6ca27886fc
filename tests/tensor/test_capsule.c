/* Numbers that are none: which node made them, and the step in a file that runs again with the same
 * bits. */
#include "sumi_test.h"

#include <stdlib.h>
#include <sumi/constants.h>
#include <sumi/layers.h>
#include <sumi/ops.h>
#include <sumi/safetensors.h>
#include <sumi/train.h>
#include <sumi/training.h>
#include <unistd.h>

/* ---- Sessions that look at every number ---- */

static void the_first_node_is_named_with_its_inputs(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1), .name = "x");
  const sumi_tensor_t root = sumi_sqrt(sumi_sub(x, 1), .name = "root");
  const sumi_tensor_t sum = sumi_reduce_sum(sumi_exp(root), .name = "sum");
  sumi_session_t *plain = sumi_session_new(g, .threads = 1);
  sumi_session_t *s = sumi_session_new(g, .threads = 1, .check_numerics = true);
  static const float good[] = {1, 5, 2}, bad[] = {1, 0, 5, -3, 2}, far[] = {1, 1e9F, 2};
  float expected, found;
#define SUM(values, count, out)                                                                    \
  .feeds = SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(count)}),                    \
  .fetches = SUMI_FETCHES({.tensor = sum, .scalar = out})
  assert_ok(sumi_session_run(plain, SUM(good, 3, &expected)));
  assert_ok(sumi_session_run(s, SUM(good, 3, &found)));
  assert_memory_equal(&found, &expected, sizeof found);
  assert_fails(sumi_session_run(s, SUM(bad, 5, &found)), SUMI_INVALID_ARGUMENT,
               "output 0 is the first not finite, at element 1: float32 of shape (5,), 0 to 2, 2 "
               "NaN; its inputs: 'Sub' float32 of shape (5,), -4 to 4");
  assert_non_null(strstr(sumi_error_message(), "node 'root' (Sqrt, "));
  assert_fails(sumi_session_run(s, SUM(far, 3, &found)), SUMI_INVALID_ARGUMENT, "(Exp, ");
  assert_non_null(strstr(sumi_error_message(), "1 infinite; its inputs: 'root' float32"));
  assert_ok(sumi_session_run(s, SUM(good, 3, &found)));
  assert_memory_equal(&found, &expected, sizeof found);
  assert_ok(sumi_session_run(plain, SUM(bad, 5, &found)));
  assert_true(isnan(found));
  sumi_session_free(plain);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* Updates, constants that a plan would fold, and shapes that only a run tells. */
static void no_way_around_the_check(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(1),
                                            .initializer = SUMI_ZEROS_INITIALIZER);
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT64, .shape = SUMI_DIMS(-1), .name = "x");
  sumi_op_t *update = sumi_minimize(sumi_gradient_descent(.learning_rate = 3e38),
                                    sumi_reduce_sum(w));
  const sumi_tensor_t constant = sumi_log(sumi_constant_f32(g, SUMI_DIMS(2), SUMI_F32(1, 0)),
                                          .name = "folded");
  const sumi_tensor_t where = sumi_where(sumi_greater(x, 0));
  const sumi_tensor_t late = sumi_log(sumi_sub(sumi_cast(where, SUMI_FLOAT64), 1), .name = "late");
  sumi_op_t *init = sumi_global_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g, .check_numerics = true);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(update)));
  assert_fails(sumi_session_run(s, .targets = SUMI_OPS(update)), SUMI_INVALID_ARGUMENT,
               "variable 'w' is the first not finite, at element 0: float32 of shape (1,), 1 "
               "infinite");
  assert_non_null(strstr(sumi_error_message(), "(ApplyGradientDescent"));
  sumi_array_t *value = NULL;
  assert_fails(sumi_session_value(s, constant, &value), SUMI_INVALID_ARGUMENT,
               "node 'folded' (Log");
  static const double values[] = {0, 1, 1};
  assert_fails(
      sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = values, .dims = SUMI_DIMS(3)}),
                       .fetches = SUMI_FETCHES({.tensor = late, .array = &value})),
      SUMI_INVALID_ARGUMENT, "node 'late' (Log");
  assert_null(value);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* ---- Capsules ---- */

typedef struct program {
  sumi_graph_t *graph;
  sumi_session_t *session;
  sumi_tensor_t x, loss, weight;
  sumi_op_t *train;
} program_t;

/* A loss that is NaN where a row of x is negative; with dropout, so that random streams count. */
static program_t start(bool check, bool seeded) {
  program_t p = {.graph = sumi_graph_new()};
  if (seeded) sumi_graph_set_seed(p.graph, 3);
  p.x = sumi_placeholder(p.graph, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 2), .name = "x");
  p.weight = sumi_get_variable(p.graph, "w", SUMI_DIMS(2, 1));
  const sumi_tensor_t y = sumi_matmul(sumi_sqrt(p.x, .name = "roots"), sumi_dropout(p.weight, .7));
  p.loss = sumi_reduce_mean(sumi_square(sumi_sub(y, 1)), .name = "loss");
  p.train = sumi_minimize(sumi_adam(.learning_rate = .05), p.loss,
                          .global_step = sumi_global_step(p.graph));
  assert_ok(sumi_graph_status(p.graph));
  p.session = sumi_session_new(p.graph, .threads = 1, .check_numerics = check);
  return p;
}

static void stop(program_t *p) {
  sumi_session_free(p->session);
  sumi_graph_free(p->graph);
}

static sumi_status_t feed(void *bad_step, int64_t step, sumi_feed_t *feeds) {
  static float rows[2][2];
  for (int i = 0; i < 4; ++i) rows[i / 2][i % 2] = (float)((step * 5 + i * 3) % 7);
  if (step == *(int64_t *)bad_step) rows[1][0] = -2;
  feeds[0].data = rows;
  feeds[0].dims = SUMI_DIMS(2, 2);
  return SUMI_OK;
}

static sumi_status_t run_until(program_t *p, int64_t bad_step, int64_t steps, const char *capsule) {
  return sumi_train(p->session, p->train, .steps = steps, .loss = p->loss,
                    .feeds = SUMI_FEEDS({.tensor = p->x}), .feed = feed, .feed_data = &bad_step,
                    .capsule = capsule);
}

/* All variables, one after the other; how many bytes they are. */
static size_t state_of(const program_t *p, char *bytes) {
  const sumi_tensors_t all = sumi_collection(p->graph, SUMI_GLOBAL_VARIABLES);
  size_t size = 0;
  for (int i = 0; i < all.count; ++i) {
    const sumi_array_t *value = sumi_session_variable(p->session, all.list[i]);
    memcpy(bytes + size, sumi_array_data(value), sumi_array_size_bytes(value));
    size += sumi_array_size_bytes(value);
  }
  return size;
}

static char *path_of(const char *name) {
  char *path = NULL;
  assert_true(asprintf(&path, "%s/%s", temporary_directory(), name) > 0);
  return path;
}

static void the_step_is_kept_and_the_node_named(void **state) {
  (void)state;
  char before[256], after[256], *path = path_of("nan.safetensors");
  for (int checked = 0; checked < 2; ++checked) {
    program_t p = start(checked, true), good = start(false, true);
    assert_fails(run_until(&p, 6, 100, path), checked ? SUMI_INVALID_ARGUMENT : SUMI_DATA_LOSS,
                 "node 'roots' (Sqrt, ");
    if (!checked) assert_non_null(strstr(sumi_error_message(), "step 6: the loss 'loss' is NaN"));
    assert_non_null(
        strstr(sumi_error_message(), "1 NaN; its inputs: 'x' float32 of shape (2, 2), -2 to "));
    assert_non_null(strstr(sumi_error_message(), "; the step is kept in "));
    assert_non_null(strstr(sumi_error_message(), path));
    /* The session is as it was before the step. */
    assert_ok(run_until(&good, -1, 6, NULL));
    const size_t size = state_of(&good, before);
    assert_int_equal(state_of(&p, after), size);
    assert_memory_equal(after, before, size);
    /* Which goes on from there, random numbers included. */
    int64_t none = -1;
    for (program_t *q = &p;; q = &good) {
      const sumi_status_t status = sumi_train(
          q->session, q->train, .steps = 9, .first_step = 6, .loss = q->loss,
          .feeds = SUMI_FEEDS({.tensor = q->x}), .feed = feed, .feed_data = &none);
      assert_ok(status);
      if (q == &good) break;
    }
    state_of(&good, before);
    state_of(&p, after);
    assert_memory_equal(after, before, size);
    stop(&good);
    stop(&p);
  }
  free(path);
}

/* By the law: the run that went wrong and the replay come to the same bits, NaN included. */
static void a_replay_has_the_same_bits(void **state) {
  (void)state;
  char wrong[256], replayed[256], *path = path_of("nan.safetensors");
  for (int64_t bad_step = 0; bad_step < 3; ++bad_step) {
    program_t p = start(false, true), q = start(false, true);
    int64_t step = -1;
    float loss = 0;
    assert_fails(run_until(&p, bad_step, 9, NULL), SUMI_DATA_LOSS, "is NaN");
    const size_t size = state_of(&p, wrong);
    stop(&p);
    p = start(false, true);
    assert_fails(run_until(&p, bad_step, 9, path), SUMI_DATA_LOSS, "is NaN");
    assert_ok(sumi_capsule_replay(q.session, path,
                                  .fetches = SUMI_FETCHES({.tensor = q.loss, .scalar = &loss}),
                                  .step = &step));
    assert_int_equal(step, bad_step);
    assert_true(isnan(loss));
    assert_int_equal(state_of(&q, replayed), size);
    assert_memory_equal(replayed, wrong, size);
    stop(&p);
    stop(&q);
  }
  free(path);
}

/* Without a graph's seed the operating system chooses: the capsule knows what. */
static void a_replay_has_the_random_numbers_of_a_graph_without_a_seed(void **state) {
  (void)state;
  char *path = path_of("step.safetensors");
  program_t p = start(false, false), q = start(false, false);
  static const float row[] = {1, 4};
  const sumi_feeds_t feeds = SUMI_FEEDS({.tensor = p.x, .data = row, .dims = SUMI_DIMS(1, 2)});
  float losses[4], again = 0;
  int64_t step;
  assert_ok(sumi_train_begin(p.session, NULL, &step));
  for (int i = 0; i < 4; ++i) {
    assert_ok(sumi_capsule_save(p.session, path, i, .targets = SUMI_OPS(p.train), .feeds = feeds));
    assert_ok(sumi_session_run(p.session, .targets = SUMI_OPS(p.train), .feeds = feeds,
                               .fetches = SUMI_FETCHES({.tensor = p.loss, .scalar = &losses[i]})));
    if (i == 0) continue; /* before the first run no stream has its seeds yet */
    assert_ok(sumi_capsule_replay(q.session, path,
                                  .fetches = SUMI_FETCHES({.tensor = q.loss, .scalar = &again})));
    assert_memory_equal(&again, &losses[i], sizeof again);
  }
  stop(&p);
  stop(&q);
  free(path);
}

static void a_gradient_is_found_before_it_does_harm(void **state) {
  (void)state;
  char *path = path_of("nan.safetensors");
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR);
  const sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_SCALAR,
                                            .initializer = SUMI_INIT(CONSTANT, .a = 0));
  const sumi_tensor_t loss = sumi_sqrt(sumi_mul(w, x)); /* finite at 0, its gradient is not */
  sumi_op_t *train = sumi_minimize(sumi_gradient_descent(.learning_rate = 1), loss);
  sumi_session_t *s = sumi_session_new(g);
  const float one = 1;
  assert_fails(sumi_train(s, train, .steps = 3, .loss = loss,
                          .feeds = SUMI_FEEDS({.tensor = x, .data = &one, .dims = SUMI_SCALAR}),
                          .capsule = path),
               SUMI_DATA_LOSS, "step 0: variable 'w' is not finite any more; node '");
  assert_non_null(strstr(sumi_error_message(), "is the first not finite"));
  assert_near(sumi_array_get(sumi_session_variable(s, w), 0), 0, 0);
  assert_fails(sumi_train(s, train, .steps = 3, .loss = loss, .allow_nan = true, .capsule = path),
               SUMI_INVALID_ARGUMENT, "which allow_nan allows");
  sumi_session_free(s);
  sumi_graph_free(g);
  free(path);
}

static void what_is_no_capsule_is_refused(void **state) {
  (void)state;
  char *path = path_of("step.safetensors");
  program_t p = start(false, true);
  int64_t step;
  assert_ok(sumi_train_begin(p.session, NULL, &step));
  static const float row[] = {1, 4};
  const sumi_feeds_t feeds = SUMI_FEEDS({.tensor = p.x, .data = row, .dims = SUMI_DIMS(1, 2)});
  assert_fails(sumi_capsule_save(p.session, path, 1, .feeds = SUMI_FEEDS({.tensor = p.x})),
               SUMI_INVALID_ARGUMENT, "feed 0 has no value");
  assert_fails(sumi_capsule_save(p.session, path, 1, .targets = {1, NULL}), SUMI_INVALID_ARGUMENT,
               "1 targets");
  assert_fails(sumi_capsule_replay(p.session, path), SUMI_NOT_FOUND, "step.safetensors");
  assert_ok(sumi_save(p.session, path, 1));
  assert_fails(sumi_capsule_replay(p.session, path), SUMI_INVALID_ARGUMENT, "is no capsule");
  assert_fails(sumi_capsule_replay(NULL, path), SUMI_INVALID_ARGUMENT, "session");
  assert_ok(sumi_capsule_save(p.session, path, 1, .targets = SUMI_OPS(p.train), .feeds = feeds));
  /* A graph that has other names. */
  sumi_graph_t *g = sumi_graph_new();
  sumi_no_op(g, .name = sumi_op_name(p.train));
  sumi_session_t *s = sumi_session_new(g);
  assert_fails(sumi_capsule_replay(s, path), SUMI_NOT_FOUND, "the graph has no fed node 'x'");
  sumi_session_free(s);
  sumi_graph_free(g);
  g = sumi_graph_new();
  s = sumi_session_new(g);
  assert_fails(sumi_capsule_replay(s, path), SUMI_NOT_FOUND, "the graph has no target 'Adam'");
  sumi_session_free(s);
  sumi_graph_free(g);
  /* Every cut, and damage anywhere in the head, is refused or does no harm. */
  char bytes[8192];
  FILE *file = fopen(path, "rb");
  const size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  assert_true(size > 500 && size < sizeof bytes);
  for (size_t at = 0; at < size; at += 3) {
    for (int cut = 0; cut < 2; ++cut) {
      file = fopen(path, "wb");
      bytes[at] ^= cut ? 0 : 0x15;
      fwrite(bytes, 1, cut ? at : size, file);
      bytes[at] ^= cut ? 0 : 0x15;
      fclose(file);
      const sumi_status_t status = sumi_capsule_replay(p.session, path);
      if (cut) assert_true(status != SUMI_OK);
    }
  }
  stop(&p);
  free(path);
}

static void it_lives_without_memory(void **state) {
  (void)state;
  char *path = path_of("nan.safetensors");
  counting_allocator_install();
  bool reached = true;
  int failures = 0;
  for (int nth = 1; reached; nth += 1 + nth / 40) {
    program_t p = start(false, true);
    const int64_t before = counting_allocator_requests();
    counting_allocator_fail_at(nth);
    const sumi_status_t status = run_until(&p, 1, 3, path);
    reached = counting_allocator_requests() - before >= nth;
    counting_allocator_fail_at(0);
    assert_true(status == SUMI_RESOURCE_EXHAUSTED || status == SUMI_DATA_LOSS);
    failures += status == SUMI_RESOURCE_EXHAUSTED;
    stop(&p);
    assert_int_equal(counting_allocator_live(), 0);
  }
  assert_true(failures > 20);
  counting_allocator_remove();
  free(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_node_is_named_with_its_inputs),
      cmocka_unit_test(no_way_around_the_check),
      cmocka_unit_test(the_step_is_kept_and_the_node_named),
      cmocka_unit_test(a_replay_has_the_same_bits),
      cmocka_unit_test(a_replay_has_the_random_numbers_of_a_graph_without_a_seed),
      cmocka_unit_test(a_gradient_is_found_before_it_does_harm),
      cmocka_unit_test(what_is_no_capsule_is_refused),
      cmocka_unit_test(it_lives_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Branches: values and gradients by hand, effects, refusals. */
#include "graph_run.h"

#include <sumi/constants.h>
#include <sumi/control_flow.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>
#include <sumi/variables.h>

typedef struct branches {
  sumi_tensor_t x, counter;
} branches_t;

static void then_square(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  const branches_t *b = data;
  (void)g;
  results[0] = sumi_mul(sumi_square(b->x), b->x);
  results[1] = SUMI_T(1);
}

static void else_count(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  const branches_t *b = data;
  results[0] = sumi_mul(b->x, 4);
  results[1] = sumi_assign_add(b->counter, sumi_scalar(g, SUMI_FLOAT32, 10));
}

static void only_the_branch_that_is_taken_runs(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t which = sumi_placeholder(g, SUMI_BOOL, .shape = SUMI_SCALAR);
  branches_t b = {
      sumi_scalar(g, SUMI_FLOAT32, 3),
      sumi_get_variable(g, "counter", SUMI_SCALAR, .initializer = SUMI_ZEROS_INITIALIZER)};
  sumi_tensor_t y[2];
  sumi_cond(which, then_square, else_count, &b, 2, y);
  sumi_tensor_t dx = gradient_of(y[0], b.x), ddx = gradient_of(dx, b.x);
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(sumi_global_variables_initializer(g))));
  const float want[2][4] = {{12, 10, 4, 0}, {27, 1, 27, 18}};
  for (int taken = 1; taken >= 0; --taken) {
    bool flag = taken;
    float got[4];
    assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = which, .data = &flag}),
                               .fetches = SUMI_FETCHES({.tensor = y[0], .scalar = &got[0]},
                                                       {.tensor = y[1], .scalar = &got[1]},
                                                       {.tensor = dx, .scalar = &got[2]},
                                                       {.tensor = ddx, .scalar = &got[3]})));
    for (int i = 0; i < 4; ++i) assert_near(got[i], want[taken][i], 0);
    assert_near(scalar_of(s, b.counter), taken ? 0 : 10, 0);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void ten_times(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  (void)g;
  results[0] = sumi_mul(*(sumi_tensor_t *)data, 10);
}

static void cubed(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  const sumi_tensor_t x = *(sumi_tensor_t *)data;
  (void)g;
  results[0] = sumi_mul(sumi_square(x), x);
}

static void negated(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  (void)g;
  results[0] = sumi_neg(*(sumi_tensor_t *)data);
}

/* Below 1 ten times, below 5 cubed, else negated: value, slope, its slope. */
static void the_first_case_that_is_true_counts(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_SCALAR), y;
  const sumi_case_t cases[] = {{sumi_less(x, 1), ten_times}, {sumi_less(x, 5), cubed}};
  sumi_case(2, cases, negated, &x, 1, &y);
  sumi_tensor_t dx = gradient_of(y, x), ddx = gradient_of(dx, x);
  sumi_session_t *s = sumi_session_new(g);
  const float want[3][4] = {{-2, -20, 10, 0}, {3, 27, 27, 18}, {7, -7, -1, 0}};
  for (int i = 0; i < 3; ++i) {
    float got[3];
    assert_ok(sumi_session_run(s, .feeds = SUMI_FEEDS({.tensor = x, .data = &want[i][0]}),
                               .fetches = SUMI_FETCHES({.tensor = y, .scalar = &got[0]},
                                                       {.tensor = dx, .scalar = &got[1]},
                                                       {.tensor = ddx, .scalar = &got[2]})));
    for (int k = 0; k < 3; ++k) assert_near(got[k], want[i][k + 1], 0);
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void cases_without_a_case_or_with_bad_options_are_refused(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1), y = x;
  assert_null(sumi_case(0, NULL, negated, &x, 1, &y));
  assert_string_equal(sumi_error_message(), "sumi_case: 0 cases; 1 or more are needed");
  assert_true(sumi_tensor_is_null(y));
  const sumi_case_t cases[] = {{sumi_less(x, 1), ten_times}};
  const sumi_cond_options_t none = {.name = "unread"}; /* its struct_size is 0 */
  y = x;
  assert_null(sumi_case_with(SUMI_HERE, 1, cases, negated, &x, 1, &y, &none));
  assert_true(sumi_tensor_is_null(y));
  assert_non_null(strstr(sumi_graph_message(g), "struct_size"));
  sumi_graph_free(g);
}

static void nothing(sumi_graph_t *g, sumi_tensor_t *results, void *data) {
  (void)g, (void)results, (void)data;
}

static void branches_have_the_same_results(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t y;
  assert_null(sumi_cond(sumi_scalar(g, SUMI_BOOL, 1), nothing, nothing, NULL, 1, &y));
  assert_non_null(strstr(sumi_graph_message(g), "result 0 of the true branch is the null tensor"));
  sumi_graph_free(g);
}

static sumi_tensor_t chosen(sumi_graph_t *g, sumi_tensor_t x) {
  (void)g;
  sumi_tensor_t y;
  sumi_cond(sumi_less(x, 5), cubed, negated, &x, 1, &y);
  return y;
}

static sumi_tensor_t of_cases(sumi_graph_t *g, sumi_tensor_t x) {
  (void)g;
  sumi_tensor_t y;
  const sumi_case_t cases[] = {{sumi_less(x, 1), ten_times}, {sumi_less(x, 5), cubed}};
  sumi_case(2, cases, negated, &x, 1, &y);
  return y;
}

static void lack_of_memory_is_survived_wherever_it_strikes(void **state) {
  (void)state;
  assert_gradient_survives_lack_of_memory(chosen);
  assert_gradient_survives_lack_of_memory(of_cases);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_the_branch_that_is_taken_runs),
      cmocka_unit_test(the_first_case_that_is_true_counts),
      cmocka_unit_test(cases_without_a_case_or_with_bad_options_are_refused),
      cmocka_unit_test(lack_of_memory_is_survived_wherever_it_strikes),
      cmocka_unit_test(branches_have_the_same_results),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

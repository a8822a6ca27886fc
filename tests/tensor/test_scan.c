/* Loops over elements: values, shapes and gradients of what they stand for. */
#include "graph_run.h"

#include <sumi/constants.h>
#include <sumi/control_flow.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>

/* a becomes a x + c; the stack has a^2. */
static void horner(const sumi_tensor_t *carried, const sumi_tensor_t *elements, sumi_tensor_t *next,
                   sumi_tensor_t *stacked, void *data) {
  (void)data;
  next[0] = sumi_add(sumi_mul(carried[0], elements[0]), elements[1]);
  stacked[0] = sumi_square(carried[0]);
}

/* The same in plain nodes: the sum of stack and last value. */
static sumi_tensor_t plain_horner(sumi_tensor_t a, sumi_tensor_t x, sumi_tensor_t c, bool reverse) {
  sumi_tensor_t sum = sumi_mul(a, 0);
  for (int k = 0; k < 3; ++k) {
    const int i = reverse ? 2 - k : k;
    sum = sumi_add(sum, sumi_mul(sumi_square(a), i + 1));
    a = sumi_add(sumi_mul(a, sumi_gather(x, i)), sumi_gather(c, i));
  }
  return sumi_add(sum, a);
}

static void a_scan_has_the_gradients_of_what_it_stands_for(void **state) {
  (void)state;
  for (int reverse = 0; reverse < 2; ++reverse) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t a = sumi_scalar(g, SUMI_FLOAT64, 0.5), last, squares;
    sumi_tensor_t x = sumi_constant_f64(g, SUMI_DIMS(3), ((double[]){1.5, -0.7, 0.9}));
    sumi_tensor_t c = sumi_constant_f64(g, SUMI_DIMS(3), ((double[]){0.2, 0.4, -1.1}));
    sumi_scan(horner, NULL, SUMI_TENSORS(x, c), SUMI_TENSORS(a), &last, .stack_count = 1,
              .stacks = &squares, .reverse = reverse);
    assert_string_equal(sumi_graph_message(g), "");
    assert_string_equal(sumi_dims_text(sumi_tensor_dims(squares)).text, "(3,)");
    sumi_tensor_t weights = sumi_constant_f64(g, SUMI_DIMS(3), ((double[]){1, 2, 3}));
    sumi_tensor_t y = sumi_add(sumi_reduce_sum(sumi_mul(squares, weights)), last);
    sumi_tensor_t plain = plain_horner(a, x, c, reverse);
    sumi_session_t *s = sumi_session_new(g);
    assert_near(scalar_of(s, y), scalar_of(s, plain), 1e-12);
    const sumi_tensor_t xs[] = {a, x, c};
    for (int i = 0; i < 3; ++i) {
      /* The squares keep the second derivative from being constant. */
      sumi_tensor_t d = sumi_reduce_sum(sumi_square(gradient_of(y, xs[i])));
      sumi_tensor_t want = sumi_reduce_sum(sumi_square(gradient_of(plain, xs[i])));
      assert_near(scalar_of(s, d), scalar_of(s, want), 1e-12);
      for (int k = 0; k < 3; ++k)
        assert_near(scalar_of(s, sumi_reduce_sum(sumi_square(gradient_of(d, xs[k])))),
                    scalar_of(s, sumi_reduce_sum(sumi_square(gradient_of(want, xs[k])))), 1e-9);
    }
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void squares(const sumi_tensor_t *carried, const sumi_tensor_t *elements,
                    sumi_tensor_t *next, sumi_tensor_t *stacked, void *data) {
  (void)carried, (void)next, (void)data;
  stacked[0] = sumi_square(elements[0]);
}

/* Shapes that a run tells: two rows, then none. */
static void a_map_over_any_number_of_rows(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 2)), y;
  sumi_scan(squares, NULL, SUMI_TENSORS(x), SUMI_LIST(0, NULL), NULL, .stack_count = 1,
            .stacks = &y);
  assert_string_equal(sumi_dims_text(sumi_tensor_dims(y)).text, "(?, 2)");
  sumi_tensor_t dx = gradient_of(y, x);
  sumi_session_t *s = sumi_session_new(g);
  const float rows[] = {1, 2, 3, 4};
  for (int count = 2; count >= 0; count -= 2) {
    sumi_array_t *got[2] = {NULL, NULL};
    assert_ok(sumi_session_run(
        s, .feeds = SUMI_FEEDS({.tensor = x, .data = rows, .dims = SUMI_DIMS(count, 2)}),
        .fetches = SUMI_FETCHES({.tensor = y, .array = &got[0]},
                                {.tensor = dx, .array = &got[1]})));
    for (int i = 0; i < 2; ++i) {
      assert_true(sumi_dims_equal(sumi_array_dims(got[i]), SUMI_DIMS(count, 2)));
      for (int k = 0; k < 2 * count; ++k)
        assert_near(sumi_array_get(got[i], k), i ? 2 * rows[k] : rows[k] * rows[k], 0);
      sumi_array_unref(got[i]);
    }
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void lists_of_different_lengths_are_refused(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 2}));
  sumi_tensor_t c = sumi_constant_f32(g, SUMI_DIMS(3), ((float[]){1, 2, 3}), .name = "c");
  sumi_tensor_t last, all;
  assert_null(sumi_scan(horner, NULL, SUMI_TENSORS(x, c), SUMI_TENSORS(0), &last, .stack_count = 1,
                        .stacks = &all));
  assert_non_null(strstr(sumi_graph_message(g),
                         "list 1, 'c', is float32 of shape (3,), list 0 has 2 elements"));
  sumi_graph_free(g);
}

static sumi_tensor_t scanned(sumi_graph_t *g, sumi_tensor_t x) {
  sumi_tensor_t list = sumi_constant_f32(g, SUMI_DIMS(3), ((float[]){1, 2, 3})), last, all;
  sumi_scan(horner, NULL, SUMI_TENSORS(list, list), SUMI_TENSORS(x), &last, .stack_count = 1,
            .stacks = &all);
  return sumi_add(last, sumi_reduce_sum(all));
}

static void lack_of_memory_is_survived_wherever_it_strikes(void **state) {
  (void)state;
  assert_gradient_survives_lack_of_memory(scanned);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_scan_has_the_gradients_of_what_it_stands_for),
      cmocka_unit_test(a_map_over_any_number_of_rows),
      cmocka_unit_test(lack_of_memory_is_survived_wherever_it_strikes),
      cmocka_unit_test(lists_of_different_lengths_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

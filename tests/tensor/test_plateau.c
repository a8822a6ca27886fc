/* Rates that fall when a metric stands still. Expected rates follow by hand from the rule that
 * PyTorch documents for ReduceLROnPlateau. */
#include "graph_run.h"

#include <sumi/checkpoint.h>
#include <sumi/ops.h>
#include <sumi/plateau.h>
#include <sumi/train.h>

static double rate_of(sumi_session_t *s, const sumi_plateau_t *plateau) {
  return sumi_array_get(sumi_session_variable(s, sumi_plateau_rate(plateau)), 0);
}

typedef struct told {
  double metric, rate; /* and the rate afterwards */
} told_t;

static void assert_rates(sumi_plateau_t *plateau, sumi_session_t *s, int count,
                         const told_t *told) {
  for (int i = 0; i < count; ++i) {
    assert_ok(sumi_plateau_update(plateau, s, told[i].metric));
    if (fabs(rate_of(s, plateau) - told[i].rate) > 1e-7)
      fail_msg("metric %d: the rate is %g, expected %g", i, rate_of(s, plateau), told[i].rate);
  }
}

static void the_rate_falls_after_patience(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_plateau_t *plateau = sumi_plateau_new(g, 1, .factor = .5, .patience = 1, .threshold = .1,
                                             .cooldown = 1, .min_rate = .2);
  sumi_session_t *s = started(g);
  const told_t told[] = {
      {10, 1},   {9.5, 1},            /* not below 9: one */
      {9.2, .5},                      /* two, more than the patience */
      {9.1, .5},                      /* cooling: not counted */
      {9.3, .5},                      /* one */
      {8, .5},                        /* progress */
      {8, .5},   {8, .25},  {8, .25}, /* cooling */
      {8, .25},  {NAN, .2},           /* no progress either, and no rate below the least */
  };
  assert_rates(plateau, s, sizeof told / sizeof *told, told);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void an_accuracy_rises(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_plateau_t *plateau = sumi_plateau_new(g, 1, .patience = SUMI_ZERO_INT, .maximize = true);
  sumi_session_t *s = started(g);
  assert_rates(plateau, s, 4, (told_t[]){{.5, 1}, {.6, 1}, {.60001, .1}, {.7, .1}});
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void the_rate_drives_an_optimizer(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_SCALAR, .initializer = SUMI_ZEROS_INITIALIZER);
  sumi_plateau_t *plateau = sumi_plateau_new(g, 1, .patience = SUMI_ZERO_INT, .factor = .25);
  sumi_op_t *train = sumi_minimize(sumi_gradient_descent(.schedule = sumi_plateau_rate(plateau)),
                                   w);
  assert_string_equal(sumi_variable_name(sumi_plateau_rate(plateau)), "plateau/rate");
  assert_int_equal(sumi_collection(g, SUMI_TRAINABLE_VARIABLES).count, 1);
  sumi_session_t *s = started(g);
  for (int i = 0; i < 2; ++i) {
    assert_ok(sumi_session_run(s, .targets = SUMI_OPS(train)));
    assert_near(sumi_array_get(sumi_session_variable(s, w), 0), i ? -1.25 : -1, 0);
    assert_ok(sumi_plateau_update(plateau, s, 3));
    assert_ok(sumi_plateau_update(plateau, s, 3));
  }
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* The count of updates without progress, too: the restored session's next one is one too many. */
static void checkpoints_hold_what_it_remembers(void **state) {
  (void)state;
  char path[4096];
  snprintf(path, sizeof path, "%s/a.safetensors", temporary_directory());
  for (int round = 0; round < 2; ++round) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_plateau_t *plateau = sumi_plateau_new(g, 1, .patience = 1);
    sumi_session_t *s = started(g);
    if (round == 0) {
      assert_rates(plateau, s, 2, (told_t[]){{3, 1}, {3, 1}});
      assert_ok(sumi_save(s, path, 1));
    } else {
      assert_ok(sumi_restore(s, path));
      assert_rates(plateau, s, 1, (told_t[]){{3, .1}});
    }
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void bad_rules_are_refused(void **state) {
  (void)state;
  const char *const texts[] = {"the rate is 0, expected above 0",
                               "factor is 1, expected above 0 and below 1",
                               "patience -1, cooldown 0 and threshold 0.0001",
                               "patience 10, cooldown -2", "threshold nan must be 0 or more"};
  for (int i = 0; i < 5; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_plateau_t *plateau = NULL;
    if (i == 0) plateau = sumi_plateau_new(g, 0);
    if (i == 1) plateau = sumi_plateau_new(g, 1, .factor = 1);
    if (i == 2) plateau = sumi_plateau_new(g, 1, .patience = -1);
    if (i == 3) plateau = sumi_plateau_new(g, 1, .cooldown = -2);
    if (i == 4) plateau = sumi_plateau_new(g, 1, .threshold = NAN);
    assert_null(plateau);
    assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
    if (!strstr(sumi_graph_message(g), texts[i]) ||
        !strstr(sumi_graph_message(g), "test_plateau.c"))
      fail_msg("case %d: %s", i, sumi_graph_message(g));
    sumi_graph_free(g);
  }
  assert_null(sumi_plateau_new(NULL, 1));
  assert_true(sumi_tensor_is_null(sumi_plateau_rate(NULL)));
  sumi_graph_t *g = sumi_graph_new();
  sumi_plateau_t *plateau = sumi_plateau_new(g, 1);
  sumi_session_t *s = sumi_session_new(g);
  assert_fails(sumi_plateau_update(NULL, s, 1), SUMI_INVALID_ARGUMENT, "plateau is NULL");
  assert_fails(sumi_plateau_update(plateau, s, 1), SUMI_FAILED_PRECONDITION,
               "'plateau/rate' is not initialised");
  sumi_session_free(s);
  sumi_graph_free(g);
}

static sumi_status_t made(const void *data) {
  (void)data;
  sumi_graph_t *g = sumi_graph_new();
  sumi_plateau_t *plateau = sumi_plateau_new(g, 1);
  const sumi_status_t status = sumi_graph_status(g);
  if (status == SUMI_OK) assert_true(plateau);
  sumi_graph_free(g);
  return status;
}

static void lack_of_memory_is_a_refusal_wherever_it_strikes(void **state) {
  (void)state;
  assert_survives_lack_of_memory(made, NULL, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_rate_falls_after_patience),
      cmocka_unit_test(an_accuracy_rises),
      cmocka_unit_test(the_rate_drives_an_optimizer),
      cmocka_unit_test(checkpoints_hold_what_it_remembers),
      cmocka_unit_test(bad_rules_are_refused),
      cmocka_unit_test(lack_of_memory_is_a_refusal_wherever_it_strikes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

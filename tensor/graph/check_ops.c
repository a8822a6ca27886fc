/* Source of names, conditions and texts: TensorFlow python/ops/check_ops.py. */
#include "graph/apply.h"

#include <sumi/check_ops.h>
#include <sumi/constants.h>
#include <sumi/options.h>

#include <float.h>
#include <stdio.h>

/* By sumi_assertion_t: the function's name, the condition as a text, the op that tests it. */
static const struct {
  const char *name, *condition, *op;
} assertions[] = {
    [SUMI_ASSERTION_EQUAL] = {"assert_equal", "x == y", "Equal"},
    [SUMI_ASSERTION_NONE_EQUAL] = {"assert_none_equal", "x != y", "NotEqual"},
    [SUMI_ASSERTION_LESS] = {"assert_less", "x < y", "Less"},
    [SUMI_ASSERTION_LESS_EQUAL] = {"assert_less_equal", "x <= y", "LessEqual"},
    [SUMI_ASSERTION_GREATER] = {"assert_greater", "x > y", "Greater"},
    [SUMI_ASSERTION_GREATER_EQUAL] = {"assert_greater_equal", "x >= y", "GreaterEqual"},
    [SUMI_ASSERTION_NEAR] = {"assert_near", NULL, "Less"},
    [SUMI_ASSERTION_POSITIVE] = {"assert_positive", "x > 0", "Greater"},
    [SUMI_ASSERTION_NEGATIVE] = {"assert_negative", "x < 0", "Less"},
    [SUMI_ASSERTION_NON_NEGATIVE] = {"assert_non_negative", "x >= 0", "GreaterEqual"},
    [SUMI_ASSERTION_NON_POSITIVE] = {"assert_non_positive", "x <= 0", "LessEqual"},
};

enum { ASSERTION_COUNT = sizeof assertions / sizeof *assertions, MOST_DATA = 6 };

/* What an assertion shows: texts and tensors in turns. */
typedef struct shown {
  sumi_graph_t *graph;
  sumi_tensor_t list[MOST_DATA];
  int count;
} shown_t;

static void show(shown_t *shown, sumi_tensor_t tensor) {
  shown->list[shown->count++] = tensor;
}

/* NULL: there was no memory for it. */
static void show_text(shown_t *shown, const char *text) {
  if (!text) sumi__tensor_graph_adopt_failure(shown->graph, sumi_fail_alloc("an assertion", 0));
  show(shown, sumi_constant_text(shown->graph, text ? text : ""));
}

static void show_named(shown_t *shown, const char *letter, sumi_tensor_t tensor) {
  show_text(shown, sumi_arena_printf(shown->graph->arena, "%s (%s:%d) = ", letter,
                                     sumi_op_name(tensor.op), tensor.index));
  show(shown, tensor);
}

static sumi_op_t *assert_node(const shown_t *shown, sumi_tensor_t condition, int64_t summarize) {
  const sumi_named_attr_t attr = {"summarize", {.kind = SUMI_ATTR_INT, .integer = summarize}};
  sumi_tensor_t inputs[MOST_DATA + 1] = {condition};
  for (int i = 0; i < shown->count; ++i) inputs[i + 1] = shown->list[i];
  return sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                       .graph = shown->graph,
                                       .type = "Assert",
                                       .inputs = SUMI_LIST(shown->count + 1, inputs),
                                       .attr_count = 1,
                                       .attrs = &attr})
      .op;
}

/* Whether all elements hold, of any rank. */
static sumi_tensor_t all_of(sumi_tensor_t test) {
  const sumi_tensor_t rank = sumi__tensor_apply("Rank", SUMI_TENSORS(test));
  return sumi__tensor_apply(
      "All", SUMI_TENSORS(test, sumi__tensor_apply("Range", SUMI_TENSORS(0, rank, 1))));
}

/* ---- Values ---- */

static sumi_tensor_t within(sumi_tensor_t x, sumi_tensor_t y, double rtol, double atol) {
  const sumi_tensor_t size = sumi__tensor_apply("Abs", SUMI_TENSORS(y));
  const sumi_tensor_t scaled = sumi__tensor_apply("Mul", SUMI_TENSORS(size, rtol));
  const sumi_tensor_t most = sumi__tensor_apply("Add", SUMI_TENSORS(scaled, atol));
  const sumi_tensor_t apart = sumi__tensor_apply("Sub", SUMI_TENSORS(x, y));
  return sumi__tensor_apply("Less",
                            SUMI_TENSORS(sumi__tensor_apply("Abs", SUMI_TENSORS(apart)), most));
}

static sumi_op_t *build(sumi_assertion_t assertion, sumi_tensor_t x, sumi_tensor_t y,
                        const sumi_assert_that_options_t *options) {
  shown_t shown = {.graph = sumi_tensor_graph(x)};
  sumi_arena_t *arena = shown.graph->arena;
  if (options->message) show_text(&shown, options->message);
  sumi_tensor_t test;
  if (assertion == SUMI_ASSERTION_NEAR) {
    const double epsilon = sumi_tensor_dtype(x) == SUMI_FLOAT64 ? DBL_EPSILON : FLT_EPSILON;
    const double rtol = sumi_option_number(options->rtol, 10 * epsilon);
    const double atol = sumi_option_number(options->atol, 10 * epsilon);
    test = within(x, y, rtol, atol);
    show_text(&shown,
              sumi_arena_printf(arena, "x and y not equal to tolerance rtol = %g, atol = %g", rtol,
                                atol));
  } else {
    test = sumi__tensor_apply(assertions[assertion].op, SUMI_TENSORS(x, y));
    show_text(&shown, sumi_arena_printf(arena, "Condition %s did not hold element-wise:",
                                        assertions[assertion].condition));
  }
  show_named(&shown, "x", x);
  if (assertion < SUMI_ASSERTION_POSITIVE) show_named(&shown, "y", y);
  return assert_node(&shown, all_of(test), options->summarize ? options->summarize : 3);
}

sumi_op_t *sumi_assert_that_with(sumi_site_t site, sumi_assertion_t assertion, sumi_tensor_t x,
                                 sumi_tensor_t y, const sumi_assert_that_options_t *given) {
  sumi_graph_t *graph = sumi_tensor_graph(x);
  sumi_assert_that_options_t options;
  if (!sumi__tensor_graph_options(graph, site, &options, sizeof options, given)) return NULL;
  if (!graph || graph->status != SUMI_OK) return NULL;
  if ((int)assertion < 0 || (int)assertion >= ASSERTION_COUNT) {
    sumi__tensor_graph_refuse_at(graph, site, "there is no assertion %d", (int)assertion);
    return NULL;
  }
  const char *name = options.name ? options.name : assertions[assertion].name;
  if (sumi__tensor_scope_enter(graph, site, name) != SUMI_OK) return NULL;
  if (sumi_tensor_is_number(y)) y = sumi_scalar(graph, sumi_tensor_dtype(x), y.number);
  sumi_op_t *op = build(assertion, x, y, &options);
  sumi__tensor_scope_leave(graph);
  return op;
}

/* ---- Ranks and types ---- */

/* For what is known to hold. */
static sumi_op_t *nothing_to_do(sumi_graph_t *graph, const char *name) {
  return sumi__tensor_group(graph, name, 0, NULL);
}

static sumi_op_t *refuse(sumi_site_t site, sumi_tensor_t x, const char *want, const char *found) {
  sumi__tensor_graph_refuse_at(sumi_tensor_graph(x), site, "tensor %s:%d must %s; received %s",
                               sumi_op_name(x.op), x.index, want, found);
  return NULL;
}

static sumi_op_t *build_rank(sumi_tensor_t x, int rank, bool at_least) {
  shown_t shown = {.graph = sumi_tensor_graph(x)};
  const sumi_tensor_t found = sumi__tensor_apply("Rank", SUMI_TENSORS(x));
  show_text(&shown, sumi_arena_printf(shown.graph->arena, "Tensor %s:%d must have rank%s",
                                      sumi_op_name(x.op), x.index, at_least ? " at least" : ""));
  show(&shown, sumi_scalar(shown.graph, SUMI_INT32, rank));
  show_text(&shown, "Received shape: ");
  show(&shown, sumi__tensor_apply("Shape", SUMI_TENSORS(x)));
  return assert_node(
      &shown, sumi__tensor_apply(at_least ? "GreaterEqual" : "Equal", SUMI_TENSORS(found, rank)),
      -1);
}

sumi_op_t *sumi_assert_rank_at(sumi_site_t site, sumi_tensor_t x, int rank, bool at_least) {
  sumi_graph_t *graph = sumi_tensor_graph(x);
  if (!graph || graph->status != SUMI_OK) return NULL;
  const sumi_dims_t dims = sumi_tensor_dims(x);
  const bool holds = at_least ? dims.rank >= rank : dims.rank == rank;
  if (dims.rank != SUMI_UNKNOWN_RANK && !holds) {
    char want[64], found[SUMI_ERROR_MESSAGE_MAX / 8];
    snprintf(want, sizeof want, "have rank %s%d", at_least ? "at least " : "", rank);
    snprintf(found, sizeof found, "rank %d, shape %s", dims.rank, sumi_dims_text(dims).text);
    return refuse(site, x, want, found);
  }
  const char *name = at_least ? "assert_rank_at_least" : "assert_rank";
  if (sumi__tensor_scope_enter(graph, site, name) != SUMI_OK) return NULL;
  sumi_op_t *op = holds ? nothing_to_do(graph, "static_checks_determined_all_ok")
                        : build_rank(x, rank, at_least);
  sumi__tensor_scope_leave(graph);
  return op;
}

static bool is_integer(sumi_dtype_t dtype) {
  return !sumi_dtype_is_floating(dtype) && dtype != SUMI_BOOL && dtype != SUMI_STRING;
}

sumi_op_t *sumi_assert_type_at(sumi_site_t site, sumi_tensor_t x, sumi_dtype_t dtype) {
  sumi_graph_t *graph = sumi_tensor_graph(x);
  if (!graph || graph->status != SUMI_OK) return NULL;
  const sumi_dtype_t found = sumi_tensor_dtype(x);
  if (dtype ? found != dtype : !is_integer(found)) {
    char want[64];
    snprintf(want, sizeof want, "be of type %s", dtype ? sumi_dtype_name(dtype) : "integer");
    return refuse(site, x, want, sumi_dtype_name(found));
  }
  if (sumi__tensor_scope_enter(graph, site, "assert_type") != SUMI_OK) return NULL;
  sumi_op_t *op = nothing_to_do(graph, "statically_determined_correct_type");
  sumi__tensor_scope_leave(graph);
  return op;
}

/* What a graph refuses while it is built, and that the message says what, where, and what was
 * expected. A graph keeps its first refusal; NULL and tensors of other graphs crash nothing. */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>
#include <sumi/session.h>

/* The graph has refused with that code and all of the texts. */
static void assert_refused(sumi_graph_t *g, sumi_status_t status, int count,
                           const char *const *texts) {
  if (sumi_graph_status(g) != status)
    fail_msg("%s \"%s\", expected %s", sumi_status_name(sumi_graph_status(g)),
             sumi_graph_message(g), sumi_status_name(status));
  for (int i = 0; i < count; ++i)
    if (!strstr(sumi_graph_message(g), texts[i]))
      fail_msg("\"%s\" does not contain \"%s\"", sumi_graph_message(g), texts[i]);
}
#define TEXTS(...)                                                                                 \
  (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), (const char *[]) {                \
    __VA_ARGS__                                                                                    \
  }

static sumi_tensor_t node_of(sumi_graph_t *g, const char *type, sumi_tensors_t inputs,
                             int attr_count, const sumi_named_attr_t *attrs) {
  return sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                       .graph = g,
                                       .type = type,
                                       .inputs = inputs,
                                       .attr_count = attr_count,
                                       .attrs = attrs});
}

static void a_refusal_names_the_op_and_where_both_operands_were_made(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  char a_line[64], b_line[64], op_line[64];
  snprintf(a_line, sizeof a_line, "test_refusals.c:%d", __LINE__ + 1);
  sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2, 3), .name = "left");
  snprintf(b_line, sizeof b_line, "test_refusals.c:%d", __LINE__ + 1);
  sumi_tensor_t b = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(4, 5), .name = "right");
  snprintf(op_line, sizeof op_line, "test_refusals.c:%d", __LINE__ + 1);
  sumi_tensor_t c = sumi_matmul(a, b, .name = "product");
  assert_true(sumi_tensor_is_null(c));
  assert_refused(g, SUMI_INVALID_ARGUMENT,
                 TEXTS("MatMul 'product'", op_line, "'left:0', float32 of shape (2, 3)", a_line,
                       "'right:0', float32 of shape (4, 5)", b_line));
  sumi_graph_free(g);
}

static void no_gradient(sumi_grad_t *grad, void *context) {
  (void)grad, (void)context;
}

static void the_first_refusal_is_kept_and_nothing_is_built_after_it(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2));
  sumi_tensor_t y = sumi_add(x, sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(3)));
  const int count = sumi_graph_op_count(g);
  char first[SUMI_ERROR_MESSAGE_MAX];
  snprintf(first, sizeof first, "%s", sumi_graph_message(g));
  assert_non_null(strstr(first, "(2,) and (3,) do not broadcast"));
  assert_true(sumi_tensor_is_null(sumi_square(y)));
  assert_true(sumi_tensor_is_null(sumi_square(x)));
  assert_true(sumi_tensor_is_null(sumi_scalar(g, SUMI_FLOAT32, 1, .name = "bad name")));
  assert_null(sumi_no_op(g));
  sumi_name_scope_end(g);
  assert_int_equal(sumi_graph_op_count(g), count);
  assert_string_equal(sumi_graph_message(g), first);
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *value = NULL;
  assert_fails(sumi_session_value(s, y, &value), SUMI_INVALID_ARGUMENT, first);
  assert_null(value);
  assert_fails(sumi_register_gradient(g, "g", no_gradient, NULL), SUMI_INVALID_ARGUMENT, first);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void numbers_take_the_dtype_of_their_neighbours(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  static const sumi_dtype_t dtypes[] = {SUMI_FLOAT32, SUMI_FLOAT64, SUMI_INT32, SUMI_INT64};
  for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; ++i) {
    sumi_tensor_t x = sumi_placeholder(g, dtypes[i]);
    assert_int_equal(sumi_tensor_dtype(sumi_mul(2, x)), dtypes[i]);
    assert_int_equal(sumi_tensor_dtype(sumi_mul(x, 2)), dtypes[i]);
  }
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
  static const double bad[] = {0.5, 3e9, -3e9, NAN, INFINITY};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    g = sumi_graph_new();
    sumi_tensor_t n = sumi_placeholder(g, SUMI_INT32);
    assert_true(sumi_tensor_is_null(sumi_mul(n, bad[i])));
    assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("is not a value of int32", "test_refusals.c"));
    sumi_graph_free(g);
  }
  g = sumi_graph_new();
  static const double bad_sizes[] = {0.5, -2, 3e9, NAN};
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32);
  sumi_reshape(x, SUMI_SHAPE(2, bad_sizes[0]));
  assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("0.5 is not a size (entry 1"));
  sumi_graph_free(g);
  for (int i = 1; i < 4; ++i) {
    g = sumi_graph_new();
    sumi_reshape(sumi_placeholder(g, SUMI_FLOAT32), SUMI_SHAPE(bad_sizes[i]));
    assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("is not a size (entry 0"));
    sumi_graph_free(g);
  }
}

static void null_tensors_and_those_of_another_graph_are_refused(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new(), *other = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32);
  sumi_tensor_t foreign = sumi_placeholder(other, SUMI_FLOAT32, .name = "foreign");
  assert_true(sumi_tensor_is_null(sumi_add(x, ((sumi_tensor_t){0}))));
  assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("Add", "input 1 is the null tensor"));
  sumi_graph_free(g);
  g = sumi_graph_new();
  x = sumi_placeholder(g, SUMI_FLOAT32);
  assert_true(sumi_tensor_is_null(sumi_add(x, foreign)));
  assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("'foreign', belongs to another graph"));
  sumi_graph_free(g);
  g = sumi_graph_new();
  x = sumi_placeholder(g, SUMI_FLOAT32, .name = "x");
  sumi_neg(((sumi_tensor_t){.op = x.op, .index = 3}));
  assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("output 3 of 'x', which has 1"));
  sumi_graph_free(g);
  assert_ok(sumi_graph_status(other));
  sumi_graph_free(other);
}

static void lists_without_elements_are_refused(void **state) {
  (void)state;
  const sumi_tensors_t bad[] = {{2, NULL}, {-1, NULL}, {1 << 20, NULL}};
  for (int i = 0; i < 3; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    assert_true(sumi_tensor_is_null(node_of(g, "AddN", bad[i], 0, NULL)));
    assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("inputs; 0 to 1024 are allowed"));
    sumi_graph_free(g);
    g = sumi_graph_new();
    sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32);
    assert_true(sumi_tensor_is_null(sumi_reshape(x, bad[i])));
    assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("test_refusals.c"));
    sumi_graph_free(g);
    assert_true(sumi_tensor_is_null(node_of(NULL, "AddN", bad[i], 0, NULL)));
    assert_true(sumi_tensor_is_null(sumi_shape_tensor(NULL, SUMI_HERE, bad[i])));
  }
  sumi_graph_t *g = sumi_graph_new();
  sumi_add_n(((sumi_tensors_t){0, NULL}));
  assert_ok(sumi_graph_status(g)); /* it belongs to no graph */
  node_of(g, "AddN", (sumi_tensors_t){0, NULL}, 0, NULL);
  assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("AddN", "inputs of 0 tensors; 1 to 1024"));
  sumi_graph_free(g);
}

static void unknown_op_types_are_refused(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  assert_true(sumi_tensor_is_null(node_of(g, "Frobnicate", (sumi_tensors_t){0, NULL}, 0, NULL)));
  assert_refused(g, SUMI_NOT_FOUND, TEXTS("no op type 'Frobnicate'", "test_refusals.c"));
  sumi_graph_free(g);
  g = sumi_graph_new();
  assert_true(sumi_tensor_is_null(node_of(g, NULL, (sumi_tensors_t){0, NULL}, 0, NULL)));
  assert_refused(g, SUMI_NOT_FOUND, TEXTS("without a type"));
  sumi_graph_free(g);
  assert_null(sumi_find_op_def("Frobnicate"));
  assert_null(sumi_find_op_def(NULL));
  assert_null(sumi_op_def_at(-1));
  assert_null(sumi_op_def_at(1 << 20));
}

static void attributes_are_held_to_the_schema(void **state) {
  (void)state;
  const sumi_attr_t yes = {.kind = SUMI_ATTR_BOOL, .boolean = true};
  const sumi_attr_t f32 = {.kind = SUMI_ATTR_TYPE, .type = SUMI_FLOAT32};
  const sumi_dims_t deep = {.rank = SUMI_MAX_RANK + 1}, below = {1, {-2}};
  const struct {
    const char *type, *text;
    sumi_named_attr_t attr;
  } cases[] = {
      {"MatMul", "there is no attribute 'transpose'", {"transpose", yes}},
      {"MatMul", "there is no attribute '(NULL)'", {NULL, yes}},
      {"MatMul", "attribute transpose_a is a bool, not a type", {"transpose_a", f32}},
      {"MatMul", "T may not be", {"T", {.kind = SUMI_ATTR_TYPE, .type = SUMI_STRING}}},
      {"MatMul",
       "dtype 999 is unknown",
       {"T", {.kind = SUMI_ATTR_TYPE, .type = (sumi_dtype_t)999}}},
      {"Placeholder", "attribute dtype (a type) is missing", {NULL, {.kind = SUMI_ATTR_NONE}}},
      {"Placeholder", "dtype 0 is unknown", {"dtype", {.kind = SUMI_ATTR_TYPE}}},
      {"Placeholder",
       "attribute shape has 9 entries",
       {"shape", {.kind = SUMI_ATTR_SHAPE, .dims = deep}}},
      {"Placeholder",
       "attribute shape has a size of -2",
       {"shape", {.kind = SUMI_ATTR_SHAPE, .dims = below}}},
      {"Const", "the array is NULL", {"value", {.kind = SUMI_ATTR_ARRAY}}},
      {"MaxPool",
       "attribute padding may not be 'FULL'",
       {"padding", {.kind = SUMI_ATTR_STRING, .string = "FULL"}}},
      {"MaxPool",
       "attribute padding may not be '(NULL)'",
       {"padding", {.kind = SUMI_ATTR_STRING, .string = NULL}}},
      {"PyFunc", "a list of 2 types", {"Tout", {.kind = SUMI_ATTR_TYPES, .types = {2, NULL}}}},
      {"PyFunc", "a list of -2 types", {"Tout", {.kind = SUMI_ATTR_TYPES, .types = {-2, NULL}}}},
      {"ConcatV2",
       "values of -1 tensors; 1 to 1024",
       {"N", {.kind = SUMI_ATTR_INT, .integer = -1}}},
      {"ConcatV2",
       "values of 4294967297 tensors",
       {"N", {.kind = SUMI_ATTR_INT, .integer = 4294967297}}},
  };
  assert_int_equal(SUMI_MAX_RANK, 8);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t made = node_of(g, cases[i].type, (sumi_tensors_t){0, NULL}, 1, &cases[i].attr);
    assert_true(sumi_tensor_is_null(made));
    assert_refused(g, SUMI_INVALID_ARGUMENT,
                   TEXTS(cases[i].type, cases[i].text, "test_refusals.c"));
    sumi_graph_free(g);
  }
}

static void dtypes_are_held_to_the_schema(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t f = sumi_placeholder(g, SUMI_FLOAT32), d = sumi_placeholder(g, SUMI_FLOAT64);
  sumi_mul(f, d);
  assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("Mul", "float64 where float32 is needed"));
  sumi_graph_free(g);
  g = sumi_graph_new();
  sumi_exp(sumi_placeholder(g, SUMI_STRING));
  assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("Exp is not defined for string"));
  sumi_graph_free(g);
  g = sumi_graph_new();
  f = sumi_placeholder(g, SUMI_FLOAT32);
  sumi_reshape(f, SUMI_SHAPE(f));
  assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("Reshape", "float32"));
  sumi_graph_free(g);
  g = sumi_graph_new();
  sumi_placeholder(g, (sumi_dtype_t)12345);
  assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("dtype 12345 is unknown"));
  sumi_graph_free(g);
  g = sumi_graph_new();
  f = sumi_placeholder(g, SUMI_FLOAT32);
  sumi_assign(f, f);
  assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS("Assign", "ref must be a variable"));
  sumi_graph_free(g);
}

static void a_number_of_inputs_that_does_not_fit_is_refused(void **state) {
  (void)state;
  for (int count = 0; count < 4; ++count) {
    if (count == 2) continue;
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2, 2));
    node_of(g, "MatMul", SUMI_LIST(count, ((sumi_tensor_t[]){x, x, x})), 0, NULL);
    char expected[64];
    snprintf(expected, sizeof expected, "%d inputs do not fit its schema", count);
    assert_refused(g, SUMI_INVALID_ARGUMENT, TEXTS(expected));
    sumi_graph_free(g);
  }
}

static void strict_graphs_refuse_broadcasts_that_change_the_rank(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2, 1), .name = "column");
  sumi_tensor_t b = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2), .name = "vector");
  assert_string_equal(sumi_dims_text(sumi_tensor_dims(sumi_add(a, b))).text, "(2, 2)");
  sumi_graph_set_strict_broadcast(g, true);
  sumi_tensor_t row = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(1, 2));
  assert_non_null(sumi_add(a, row).op);
  assert_non_null(sumi_add(a, 1).op);
  assert_non_null(sumi_add(a, sumi_placeholder(g, SUMI_FLOAT32)).op);
  assert_non_null(sumi_log_softmax(a).op); /* what it is made of is its own business */
  assert_ok(sumi_graph_status(g));
  assert_true(sumi_tensor_is_null(sumi_add(a, b)));
  assert_refused(
      g, SUMI_INVALID_ARGUMENT,
      TEXTS("strict broadcasting", "ranks 2 and 1", "'column:0'", "(2, 1)", "'vector:0'", "(2,)"));
  sumi_graph_free(g);
}

/* ---- Ops of the program's own ---- */

static sumi_status_t triple_kernel(const sumi_kernel_t *kernel) {
  const float *x = kernel->in[0].data;
  float *y = sumi_kernel_out(kernel, 0);
  const int64_t count = sumi_array_view_count(&kernel->in[0]);
  for (int64_t i = 0; i < count; ++i) y[i] = (float)sumi_attr_float(kernel->op, "factor") * x[i];
  return SUMI_OK;
}

static sumi_tensor_t expand_nothing(const sumi_build_t *build) {
  return sumi_build_refuse(build, "never %d", 42);
}

static const sumi_op_def_t triple = {.name = "TestTriple",
                                     .schema = "x: float32 | factor: float = 3 -> y: float32",
                                     .shape = sumi_shape_same_as_input,
                                     .kernel = triple_kernel};
static const sumi_op_def_t never = {
    .name = "TestNever", .schema = "x: T -> y: T", .expand = expand_nothing};

static void an_op_of_the_programs_own_is_used_like_any_other(void **state) {
  (void)state;
  assert_ok(sumi_register_op(&triple));
  assert_ptr_equal(sumi_find_op_def("TestTriple"), &triple);
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, -2}));
  sumi_tensor_t y = node_of(g, "TestTriple", SUMI_TENSORS(x), 0, NULL);
  assert_string_equal(sumi_op_name(y.op), "TestTriple");
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_value(s, y, &value));
  assert_near(sumi_array_get(value, 0), 3, 0);
  assert_near(sumi_array_get(value, 1), -6, 0);
  sumi_array_unref(value);
  sumi_session_free(s);
  sumi_graph_free(g);
  assert_fails(sumi_register_op(&triple), SUMI_ALREADY_EXISTS, "'TestTriple'");
  const sumi_op_def_t matmul = {.name = "MatMul",
                                .schema = "-> y: float32",
                                .shape = sumi_shape_scalar,
                                .kernel = triple_kernel};
  assert_fails(sumi_register_op(&matmul), SUMI_ALREADY_EXISTS, "'MatMul'");
}

static void a_composite_op_may_refuse(void **state) {
  (void)state;
  assert_ok(sumi_register_op(&never));
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(7), .name = "seven");
  assert_true(sumi_tensor_is_null(node_of(g, "TestNever", SUMI_TENSORS(x), 0, NULL)));
  assert_refused(g, SUMI_INVALID_ARGUMENT,
                 TEXTS("TestNever", "never 42", "'seven:0'", "(7,)", "test_refusals.c"));
  sumi_graph_free(g);
}

static void definitions_that_cannot_work_are_refused(void **state) {
  (void)state;
  const struct {
    sumi_op_def_t def;
    const char *text;
  } cases[] = {
      {{.schema = "-> y: float32", .shape = sumi_shape_scalar, .kernel = triple_kernel}, "a name"},
      {{.name = "TestBad", .shape = sumi_shape_scalar, .kernel = triple_kernel}, "a schema"},
      {{.name = "TestBad", .schema = "-> y: float32", .kernel = triple_kernel}, "shape function"},
      {{.name = "TestBad", .schema = "-> y: float32", .shape = sumi_shape_scalar}, "a kernel"},
      {{.name = "TestBad",
        .schema = "x: float33 -> y: float32; T float32",
        .shape = sumi_shape_scalar,
        .kernel = triple_kernel},
       "offset 26"}, /* T, which no input or output has: float33 is a type variable */
      {{.name = "TestBad",
        .schema = "x float32",
        .shape = sumi_shape_scalar,
        .kernel = triple_kernel},
       "offset 2"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i)
    assert_fails(sumi_register_op(&cases[i].def), SUMI_INVALID_ARGUMENT, cases[i].text);
  assert_fails(sumi_register_op(NULL), SUMI_INVALID_ARGUMENT, "a name and a schema");
  assert_null(sumi_find_op_def("TestBad"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_refusal_names_the_op_and_where_both_operands_were_made),
      cmocka_unit_test(the_first_refusal_is_kept_and_nothing_is_built_after_it),
      cmocka_unit_test(numbers_take_the_dtype_of_their_neighbours),
      cmocka_unit_test(null_tensors_and_those_of_another_graph_are_refused),
      cmocka_unit_test(lists_without_elements_are_refused),
      cmocka_unit_test(unknown_op_types_are_refused),
      cmocka_unit_test(attributes_are_held_to_the_schema),
      cmocka_unit_test(dtypes_are_held_to_the_schema),
      cmocka_unit_test(a_number_of_inputs_that_does_not_fit_is_refused),
      cmocka_unit_test(strict_graphs_refuse_broadcasts_that_change_the_rank),
      cmocka_unit_test(an_op_of_the_programs_own_is_used_like_any_other),
      cmocka_unit_test(a_composite_op_may_refuse),
      cmocka_unit_test(definitions_that_cannot_work_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

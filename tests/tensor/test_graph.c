/* Building graphs: names, scopes, what is in force while nodes are made, lists, what tensors say of
 * themselves. Expected names and texts were printed by TensorFlow (tf.compat.v1). */
#include "sumi_test.h"

#include <sumi/constants.h>
#include <sumi/control.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>
#include <sumi/session.h>

static const char *made(sumi_graph_t *g, const char *name) {
  return sumi_op_name(sumi_scalar(g, SUMI_FLOAT32, 1, .name = name).op);
}

static void assert_printed(sumi_tensor_t tensor, const char *expected) {
  sumi_buffer_t text = {0};
  sumi_tensor_format(tensor, &text);
  assert_string_equal(sumi_buffer_text(&text), expected);
  sumi_buffer_release(&text);
}

static void a_taken_name_is_counted_on(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  assert_string_equal(made(g, "a"), "a");
  assert_string_equal(made(g, "a"), "a_1");
  assert_string_equal(made(g, "A"), "A_2");
  assert_string_equal(made(g, "a_1"), "a_1_1");
  assert_string_equal(made(g, "a"), "a_3");
  assert_string_equal(made(g, NULL), "Const");
  assert_string_equal(made(g, NULL), "Const_1");
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
}

static void scopes_nest_and_are_unique_like_names(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_name_scope_begin(g, "s");
  assert_string_equal(made(g, "a"), "s/a");
  assert_string_equal(made(g, "a"), "s/a_1");
  sumi_name_scope_begin(g, "t");
  assert_string_equal(made(g, "a"), "s/t/a");
  sumi_name_scope_end(g);
  sumi_name_scope_begin(g, "_u");
  assert_string_equal(made(g, "a"), "s/_u/a");
  sumi_name_scope_end(g);
  assert_string_equal(made(g, "_z"), "s/_z");
  sumi_name_scope_end(g);
  sumi_name_scope_begin(g, "s");
  assert_string_equal(made(g, "a"), "s_1/a");
  sumi_name_scope_end(g);
  sumi_name_scope_begin(g, "S");
  assert_string_equal(made(g, "a"), "S_2/a");
  sumi_name_scope_end(g);
  sumi_name_scope_begin(g, "s/");
  assert_string_equal(made(g, "a"), "s/a_2");
  sumi_name_scope_end(g);
  sumi_name_scope_begin(g, "s/t");
  assert_string_equal(made(g, "a"), "s/t_1/a");
  sumi_name_scope_end(g);
  assert_string_equal(made(g, "a"), "a");
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
}

/* tf.name_scope("x/") and an op named "x/" mean x itself, wherever they stand; tf.name_scope("")
 * and tf.name_scope(None) the root. */
static void a_slash_at_the_end_names_a_thing_itself(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_name_scope_begin(g, "s");
  assert_string_equal(sumi_name_scope(g), "s/");
  sumi_name_scope_begin(g, "t");
  sumi_name_scope_begin(g, "");
  assert_string_equal(sumi_name_scope(g), "");
  assert_string_equal(made(g, "a"), "a");
  sumi_name_scope_begin(g, "s/");
  assert_string_equal(made(g, "a"), "s/a");
  sumi_name_scope_end(g);
  sumi_name_scope_end(g);
  assert_string_equal(made(g, "s/t/"), "s/t");
  assert_string_equal(made(g, "s/t/"), "s/t_1"); /* there is a node of that name now */
  assert_string_equal(made(g, "s/t/a"), "s/t/s/t/a");
  sumi_name_scope_begin(g, NULL);
  assert_string_equal(made(g, "S"), "S_1");
  assert_string_equal(made(g, "Q/"), "Q");
  assert_string_equal(made(g, "q"), "q");   /* TensorFlow counts no exact name as taken … */
  assert_string_equal(made(g, "Q"), "Q_1"); /* … in other than its own letters */
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
}

static void count_release(void *data) {
  ++*(int *)data;
}

static void a_graph_keeps_data_until_its_end(void **state) {
  (void)state;
  static const char first, second, third;
  int released[3] = {0};
  sumi_graph_t *g = sumi_graph_new();
  assert_null(sumi_graph_data(g, &first));
  assert_ok(sumi_graph_set_data(g, &first, &released[0], count_release));
  assert_ok(sumi_graph_set_data(g, &second, &released[1], NULL));
  assert_ptr_equal(sumi_graph_data(g, &first), &released[0]);
  assert_ptr_equal(sumi_graph_data(g, &second), &released[1]);
  assert_fails(sumi_graph_set_data(g, &first, &released[2], count_release), SUMI_ALREADY_EXISTS,
               "the key is in use");
  assert_int_equal(released[2], 1); /* what is not kept is released at once */
  assert_fails(sumi_graph_set_data(NULL, &first, &released[2], count_release),
               SUMI_INVALID_ARGUMENT, "NULL");
  made(g, "_");
  assert_fails(sumi_graph_set_data(g, &third, &released[2], NULL), SUMI_INVALID_ARGUMENT,
               "is not a name");
  assert_int_equal(released[0], 0);
  sumi_graph_free(g);
  assert_int_equal(released[0], 1);
  assert_int_equal(released[1], 0);
  assert_int_equal(released[2], 2);
}

static void names_that_tensorflow_allows_are_allowed(void **state) {
  (void)state;
  static const char *const good[] = {".a", "0", "a/b", "a>b", "a\\b", "a-b_c.d"};
  static const char *const bad[] = {"_a", "a b", "-x", "", "\xC3\xA9", "a:0", "a\n", "/", "^a"};
  sumi_graph_t *g = sumi_graph_new();
  for (size_t i = 0; i < sizeof good / sizeof *good; ++i)
    assert_string_equal(made(g, good[i]), good[i]);
  sumi_graph_free(g);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    g = sumi_graph_new();
    assert_true(sumi_tensor_is_null(sumi_scalar(g, SUMI_FLOAT32, 1, .name = bad[i])));
    assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
    assert_non_null(strstr(sumi_graph_message(g), "is not a name"));
    assert_non_null(strstr(sumi_graph_message(g), bad[i]));
    sumi_graph_free(g);
  }
  static const char *const bad_scopes[] = {"_a", "a b", "é"};
  for (size_t i = 0; i < sizeof bad_scopes / sizeof *bad_scopes; ++i) {
    g = sumi_graph_new();
    sumi_name_scope_begin(g, bad_scopes[i]);
    assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
    assert_non_null(strstr(sumi_graph_message(g), "is not a scope name"));
    sumi_graph_free(g);
  }
}

static void an_end_without_its_begin_is_refused(void **state) {
  (void)state;
  void (*const ends[])(sumi_graph_t *) = {sumi_name_scope_end, sumi_control_end,
                                          sumi_gradient_override_end};
  static const char *const names[] = {"sumi_name_scope_end", "sumi_control_end",
                                      "sumi_gradient_override_end"};
  for (int i = 0; i < 3; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    ends[i](g);
    assert_int_equal(sumi_graph_status(g), SUMI_FAILED_PRECONDITION);
    assert_non_null(strstr(sumi_graph_message(g), names[i]));
    ends[i](g); /* the first refusal stays */
    sumi_graph_free(g);
  }
}

static void a_composite_op_is_found_by_its_own_name_only(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(2, 3), .name = "x");
  sumi_tensor_t mean = sumi_reduce_mean(x, .axes = SUMI_AXES(0), .name = "average");
  assert_string_equal(sumi_op_name(mean.op), "average");
  assert_ptr_equal(sumi_graph_find_op(g, "average"), mean.op);
  assert_ptr_equal(sumi_graph_tensor(g, "average:0").op, mean.op);
  for (int i = 0; i < sumi_graph_op_count(g); ++i) {
    sumi_op_t *op = sumi_graph_op(g, i);
    assert_ptr_equal(sumi_graph_find_op(g, sumi_op_name(op)), op);
  }
  char inner[64];
  snprintf(inner, sizeof inner, "average/%s", sumi_op_type(mean.op));
  assert_null(sumi_graph_find_op(g, inner));
  sumi_graph_free(g);
}

static void tensors_are_found_by_name(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2, 2), ((float[]){1, 2, 3, 4}), .name = "x");
  sumi_tensor_t top = sumi_top_k(x, 1, .name = "top");
  assert_ptr_equal(sumi_graph_tensor(g, "x").op, x.op);
  assert_int_equal(sumi_graph_tensor(g, "top:1").index, 1);
  assert_ptr_equal(sumi_graph_tensor(g, "top:1").op, top.op);
  static const char *const absent[] = {"X",       "x:1",    "x:",  "x:-1", "x:0 ",
                                       "x:99999", "nobody", "x:a", ":0",   ""};
  for (size_t i = 0; i < sizeof absent / sizeof *absent; ++i)
    assert_true(sumi_tensor_is_null(sumi_graph_tensor(g, absent[i])));
  assert_true(sumi_tensor_is_null(sumi_graph_tensor(NULL, "x")));
  assert_true(sumi_tensor_is_null(sumi_graph_tensor(g, NULL)));
  assert_true(sumi_tensor_is_null(sumi_output(top, 2)));
  assert_true(sumi_tensor_is_null(sumi_output(top, -1)));
  assert_null(sumi_graph_find_op(g, NULL));
  char longest[800] = {0}, with_index[810];
  memset(longest, 'n', sizeof longest - 1);
  sumi_tensor_t far = sumi_scalar(g, SUMI_FLOAT32, 1, .name = longest);
  snprintf(with_index, sizeof with_index, "%s:0", longest);
  assert_ptr_equal(sumi_graph_tensor(g, with_index).op, far.op);
  assert_non_null(far.op);
  sumi_graph_free(g);
}

static void tensors_print_as_tensorflow_prints_them(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  assert_printed(sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 128), .name = "p"),
                 "Tensor(\"p:0\", shape=(?, 128), dtype=float32)");
  assert_printed(sumi_placeholder(g, SUMI_FLOAT32, .name = "p"),
                 "Tensor(\"p_1:0\", dtype=float32)");
  assert_printed(sumi_placeholder(g, SUMI_INT32, .shape = SUMI_SCALAR, .name = "p"),
                 "Tensor(\"p_2:0\", shape=(), dtype=int32)");
  assert_printed(sumi_placeholder(g, SUMI_FLOAT64, .shape = SUMI_DIMS(3), .name = "p"),
                 "Tensor(\"p_3:0\", shape=(3,), dtype=float64)");
  assert_printed(sumi_placeholder(g, SUMI_BOOL, .shape = SUMI_DIMS(2, 3), .name = "p"),
                 "Tensor(\"p_4:0\", shape=(2, 3), dtype=bool)");
  assert_printed(sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(0), .name = "z"),
                 "Tensor(\"z:0\", shape=(0,), dtype=float32)");
  assert_printed(sumi_constant_text(g, "hi", .name = "txt"),
                 "Tensor(\"txt:0\", shape=(), dtype=string)");
  assert_printed((sumi_tensor_t){0}, "Tensor(null)");
  assert_printed(SUMI_T(0.5), "0.5");
  sumi_tensor_print(NULL, SUMI_T(1));
  sumi_graph_free(g);
}

static void set_shape_adds_knowledge_and_takes_none_away(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .name = "x");
  sumi_set_shape(x, SUMI_DIMS_UNKNOWN);
  assert_int_equal(sumi_tensor_dims(x).rank, SUMI_UNKNOWN_RANK);
  sumi_set_shape(x, SUMI_DIMS(-1, 3));
  sumi_set_shape(x, SUMI_DIMS(-1, -1));
  sumi_set_shape(x, SUMI_DIMS(5, -1));
  assert_string_equal(sumi_dims_text(sumi_tensor_dims(x)).text, "(5, 3)");
  sumi_set_shape(SUMI_T(1), SUMI_DIMS(5));
  sumi_set_shape((sumi_tensor_t){0}, SUMI_DIMS(5));
  assert_ok(sumi_graph_status(g));
  sumi_set_shape(x, SUMI_DIMS(5));
  assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
  assert_non_null(strstr(sumi_graph_message(g), "(5, 3) contradicts (5,)"));
  assert_non_null(strstr(sumi_graph_message(g), "test_graph.c"));
  sumi_graph_free(g);
  const sumi_dims_t bad[] = {{.rank = SUMI_MAX_RANK + 1}, {.rank = -2}, {1, {-2}}};
  for (int i = 0; i < 3; ++i) {
    g = sumi_graph_new();
    sumi_set_shape(sumi_placeholder(g, SUMI_FLOAT32), bad[i]);
    assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
    sumi_graph_free(g);
  }
}

static void control_sets_nest_and_add_up(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_op_t *a = sumi_no_op(g), *b = sumi_no_op(g);
  sumi_control_begin(g, SUMI_OPS(a));
  sumi_op_t *one = sumi_no_op(g);
  sumi_control_begin(g, SUMI_OPS(b, a));
  sumi_op_t *both = sumi_no_op(g);
  sumi_control_begin(g, ((sumi_ops_t){0, NULL}));
  sumi_control_end(g);
  sumi_control_end(g);
  sumi_op_t *again = sumi_no_op(g);
  sumi_control_end(g);
  sumi_op_t *none = sumi_no_op(g);
  assert_int_equal(sumi_op_control_count(one), 1);
  assert_ptr_equal(sumi_op_control(one, 0), a);
  assert_int_equal(sumi_op_control_count(both), 2);
  assert_int_equal(sumi_op_control_count(again), 1);
  assert_int_equal(sumi_op_control_count(none), 0);
  assert_null(sumi_op_control(none, 0));
  assert_ok(sumi_graph_status(g));
  sumi_graph_free(g);
}

static void bad_control_inputs_are_refused(void **state) {
  (void)state;
  sumi_graph_t *other = sumi_graph_new();
  sumi_op_t *foreign = sumi_no_op(other);
  const struct {
    sumi_ops_t ops;
    const char *text;
  } cases[] = {{{1, (sumi_op_t *[]){NULL}}, "control input 0 is NULL"},
               {{1, &foreign}, "control input 0 is a node of another graph"},
               {{2, NULL}, "without a list"},
               {{-1, &foreign}, "-1 control inputs"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_control_begin(g, cases[i].ops);
    assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
    assert_non_null(strstr(sumi_graph_message(g), cases[i].text));
    sumi_control_end(g);
    sumi_graph_free(g);
  }
  sumi_graph_free(other);
}

static void collections_keep_their_order(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new(), *other = sumi_graph_new();
  sumi_tensor_t first = sumi_scalar(g, SUMI_FLOAT32, 0);
  for (int i = 0; i < 100; ++i)
    sumi_collection_add(g, i % 2 ? "odd" : "even", i ? sumi_scalar(g, SUMI_FLOAT32, i) : first);
  assert_int_equal(sumi_collection(g, "odd").count, 50);
  assert_int_equal(sumi_collection(g, "even").count, 50);
  assert_ptr_equal(sumi_collection(g, "even").list[0].op, first.op);
  assert_int_equal(sumi_op_index(sumi_collection(g, "odd").list[49].op), 99);
  assert_int_equal(sumi_collection(g, "ODD").count, 0);
  assert_int_equal(sumi_collection(NULL, "odd").count, 0);
  assert_int_equal(sumi_collection(g, NULL).count, 0);
  sumi_collection_add(NULL, "odd", first);
  sumi_collection_add(g, NULL, first);
  sumi_collection_add(g, "odd", SUMI_T(1));
  assert_int_equal(sumi_collection(g, "odd").count, 50);
  sumi_collection_add(g, "odd", sumi_scalar(other, SUMI_FLOAT32, 1));
  assert_int_equal(sumi_collection(g, "odd").count, 50);
  assert_int_equal(sumi_graph_status(g), SUMI_INVALID_ARGUMENT);
  assert_non_null(strstr(sumi_graph_message(g), "another graph"));
  sumi_graph_free(g);
  sumi_graph_free(other);
}

static void nodes_remember_their_device_and_line(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t plain = sumi_scalar(g, SUMI_FLOAT32, 1);
  sumi_graph_set_device(g, "/cpu:0");
  const int line = __LINE__ + 1;
  sumi_tensor_t there = sumi_scalar(g, SUMI_FLOAT32, 1);
  sumi_graph_set_device(g, NULL);
  sumi_tensor_t back = sumi_scalar(g, SUMI_FLOAT32, 1);
  assert_string_equal(sumi_op_device(plain.op), "");
  assert_string_equal(sumi_op_device(there.op), "/cpu:0");
  assert_string_equal(sumi_op_device(back.op), "");
  assert_int_equal(sumi_op_site(there.op).line, line);
  assert_non_null(strstr(sumi_op_site(there.op).file, "test_graph.c"));
  sumi_graph_free(g);
}

/* TensorFlow's get_seed: (graph's or 87654321, op's or the number of nodes so far). */
static void assert_seeds(sumi_tensor_t random, int64_t seed, int64_t seed2) {
  assert_int_equal(sumi_attr_int(random.op, "seed"), seed);
  assert_int_equal(sumi_attr_int(random.op, "seed2"), seed2);
}

static void seeds_are_resolved_as_tensorflow_does(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t shape = sumi_constant_i32(g, SUMI_DIMS(1), ((int32_t[]){4}));
  const sumi_named_attr_t type = {"dtype", {.kind = SUMI_ATTR_TYPE, .type = SUMI_FLOAT32}};
  const sumi_named_attr_t seeded[] = {type, {"seed", {.kind = SUMI_ATTR_INT, .integer = 5}}};
  const sumi_node_spec_t spec = {.graph = g,
                                 .type = "RandomUniform",
                                 .inputs = SUMI_TENSORS(shape),
                                 .attr_count = 1,
                                 .attrs = &type};
  sumi_node_spec_t with_seed = spec;
  with_seed.attr_count = 2;
  with_seed.attrs = seeded;
  assert_seeds(sumi_node(&spec), 0, 0);
  assert_seeds(sumi_node(&with_seed), 87654321, 5);
  sumi_graph_set_seed(g, 12);
  const int count = sumi_graph_op_count(g);
  assert_seeds(sumi_node(&spec), 12, count);
  assert_seeds(sumi_node(&with_seed), 12, 5);
  sumi_graph_free(g);
}

static void a_graph_grows_to_thousands_of_nodes(void **state) {
  (void)state;
  enum { NODES = 20000 };
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1);
  for (int i = 0; i < NODES; ++i) x = sumi_neg(x);
  assert_ok(sumi_graph_status(g));
  assert_int_equal(sumi_graph_op_count(g), NODES + 1);
  assert_string_equal(sumi_op_name(x.op), "Neg_19999");
  assert_ptr_equal(sumi_graph_find_op(g, "Neg_19999"), x.op);
  assert_int_equal(sumi_op_index(x.op), NODES);
  assert_null(sumi_graph_op(g, NODES + 1));
  assert_null(sumi_graph_op(g, -1));
  sumi_graph_free(g);
}

static void null_is_nothing_everywhere(void **state) {
  (void)state;
  sumi_graph_free(NULL);
  assert_fails(sumi_graph_status(NULL), SUMI_INVALID_ARGUMENT, "graph is NULL");
  assert_string_equal(sumi_graph_message(NULL), "graph is NULL");
  sumi_graph_set_seed(NULL, 1);
  sumi_graph_set_strict_broadcast(NULL, true);
  sumi_name_scope_begin(NULL, "a"), sumi_name_scope_end(NULL);
  sumi_control_begin(NULL, SUMI_OPS(NULL)), sumi_control_end(NULL);
  sumi_graph_set_device(NULL, "a");
  sumi_gradient_override_begin(NULL, "a", "b"), sumi_gradient_override_end(NULL);
  assert_int_equal(sumi_graph_op_count(NULL), 0);
  assert_null(sumi_graph_op(NULL, 0));
  assert_null(sumi_graph_find_op(NULL, "a"));
  assert_null(sumi_op_graph(NULL));
  assert_int_equal(sumi_op_index(NULL), -1);
  assert_string_equal(sumi_op_name(NULL), "");
  assert_string_equal(sumi_op_type(NULL), "");
  assert_string_equal(sumi_op_device(NULL), "");
  assert_int_equal(sumi_op_input_count(NULL) + sumi_op_control_count(NULL), 0);
  assert_int_equal(sumi_op_output_count(NULL) + sumi_op_attr_count(NULL), 0);
  assert_null(sumi_op_attr(NULL, "T"));
  assert_null(sumi_tensor_graph((sumi_tensor_t){0}));
  assert_int_equal(sumi_tensor_dtype((sumi_tensor_t){0}), SUMI_DTYPE_INVALID);
  assert_int_equal(sumi_tensor_dims((sumi_tensor_t){0}).rank, SUMI_UNKNOWN_RANK);
  assert_true(sumi_tensor_is_null(sumi_placeholder(NULL, SUMI_FLOAT32)));
  assert_true(sumi_tensor_is_null(sumi_scalar(NULL, SUMI_FLOAT32, 1)));
  assert_true(sumi_tensor_is_null(sumi_add(1, 2)));
  assert_true(strlen(sumi_error_message()) > 0);
  assert_true(sumi_tensor_is_null(sumi_node(NULL)));
  assert_null(sumi_group(NULL, SUMI_OPS(NULL)));
}

/* Everything that takes memory while a graph is built. */
static void build(sumi_graph_t *g) {
  sumi_graph_set_device(g, "/cpu:0");
  sumi_name_scope_begin(g, "outer");
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 3), .name = "x");
  sumi_tensor_t w = sumi_constant_f32(g, SUMI_DIMS(3, 2), ((float[]){1, 2, 3, 4, 5, 6}));
  sumi_tensor_t y = sumi_add(sumi_matmul(x, w), 0.5);
  sumi_name_scope_begin(g, "inner");
  sumi_control_begin(g, SUMI_OPS(y.op ? y.op : NULL));
  y = sumi_reduce_mean(sumi_reshape(y, SUMI_SHAPE(-1, 1)), .axes = SUMI_AXES(0));
  sumi_control_end(g);
  sumi_name_scope_end(g);
  for (int i = 0; i < 80; ++i) sumi_collection_add(g, "all", sumi_concat(SUMI_TENSORS(y, y), 0));
  sumi_name_scope_end(g);
}

static void lack_of_memory_is_a_refusal_wherever_it_strikes(void **state) {
  (void)state;
  sumi_graph_t *warm = sumi_graph_new(); /* op types are parsed once per process */
  build(warm);
  assert_ok(sumi_graph_status(warm));
  sumi_graph_free(warm);
  counting_allocator_install();
  int refusals = 0;
  for (int64_t nth = 1;; ++nth) {
    const int64_t before = counting_allocator_requests();
    counting_allocator_fail_at(nth);
    sumi_graph_t *g = sumi_graph_new();
    assert_non_null(g);
    build(g);
    const bool reached = counting_allocator_requests() - before >= nth;
    counting_allocator_fail_at(0);
    if (reached) {
      assert_int_equal(sumi_graph_status(g), SUMI_RESOURCE_EXHAUSTED);
      assert_true(strlen(sumi_graph_message(g)) > 0);
      ++refusals;
    } else {
      assert_ok(sumi_graph_status(g));
    }
    sumi_graph_free(g);
    assert_int_equal(counting_allocator_live(), 0);
    if (!reached) break;
  }
  assert_true(refusals > 20);
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_taken_name_is_counted_on),
      cmocka_unit_test(scopes_nest_and_are_unique_like_names),
      cmocka_unit_test(a_graph_keeps_data_until_its_end),
      cmocka_unit_test(a_slash_at_the_end_names_a_thing_itself),
      cmocka_unit_test(names_that_tensorflow_allows_are_allowed),
      cmocka_unit_test(an_end_without_its_begin_is_refused),
      cmocka_unit_test(a_composite_op_is_found_by_its_own_name_only),
      cmocka_unit_test(tensors_are_found_by_name),
      cmocka_unit_test(tensors_print_as_tensorflow_prints_them),
      cmocka_unit_test(set_shape_adds_knowledge_and_takes_none_away),
      cmocka_unit_test(control_sets_nest_and_add_up),
      cmocka_unit_test(bad_control_inputs_are_refused),
      cmocka_unit_test(collections_keep_their_order),
      cmocka_unit_test(nodes_remember_their_device_and_line),
      cmocka_unit_test(seeds_are_resolved_as_tensorflow_does),
      cmocka_unit_test(a_graph_grows_to_thousands_of_nodes),
      cmocka_unit_test(null_is_nothing_everywhere),
      cmocka_unit_test(lack_of_memory_is_a_refusal_wherever_it_strikes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

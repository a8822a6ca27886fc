/* Gradients as graphs: how they add up, what broadcasting does to them, where they end, and what is
 * refused. Expected values are derivatives worked by hand. */
#include "graph_run.h"

#include <sumi/constants.h>
#include <sumi/gradients.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>
#include <sumi/train.h>

#define GRAD(y, x, ...) sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(x), __VA_ARGS__)

/* The tensor's value is these numbers in this shape. */
static void assert_value(sumi_session_t *s, sumi_feeds_t feeds, sumi_tensor_t tensor,
                         sumi_dims_t dims, const double *expected) {
  sumi_array_t *value = NULL;
  assert_ok(sumi_session_run(s, .feeds = feeds,
                             .fetches = SUMI_FETCHES({.tensor = tensor, .array = &value})));
  assert_string_equal(sumi_dims_text(sumi_array_dims(value)).text, sumi_dims_text(dims).text);
  for (int64_t i = 0; i < sumi_array_count(value); ++i)
    if (isinf(expected[i]))
      assert_true(sumi_array_get(value, i) >= expected[i]);
    else
      assert_near(sumi_array_get(value, i), expected[i], 1e-6 * (1 + fabs(expected[i])));
  sumi_array_unref(value);
}
#define NO_FEEDS ((sumi_feeds_t){0, NULL})

static void contributions_of_a_fan_out_add_up(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f64(g, SUMI_DIMS(2), ((double[]){2, -3}));
  /* y = x^2 + 4x + x*x^2: y' = 2x + 4 + 3x^2 */
  sumi_tensor_t square = sumi_square(x);
  sumi_tensor_t y = sumi_add(sumi_add(square, sumi_mul(4, x)), sumi_mul(x, square));
  sumi_tensor_t dx;
  assert_ok(GRAD(y, x, &dx));
  sumi_session_t *s = sumi_session_new(g);
  assert_value(s, NO_FEEDS, dx, SUMI_DIMS(2), (double[]){2 * 2 + 4 + 12, -6 + 4 + 27});
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* d(product)/dx[i] is the product of the others, whatever x[i] itself is; and so along an axis. */
static void products_of_the_others_hold_zeros_and_infinities(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f64(g, SUMI_DIMS(2, 3), ((double[]){INFINITY, 2, 3, 0, 5, 0}));
  sumi_tensor_t dx, running_dx;
  assert_ok(GRAD(sumi_reduce_prod(x, .axes = SUMI_AXES(1)), x, &dx));
  assert_ok(GRAD(sumi_cumprod(x, 1), x, &running_dx));
  sumi_session_t *s = sumi_session_new(g);
  assert_value(s, NO_FEEDS, sumi_gather(dx, 0), SUMI_DIMS(3), (double[]){6, INFINITY, INFINITY});
  assert_value(s, NO_FEEDS, sumi_gather(dx, 1), SUMI_DIMS(3), (double[]){0, 0, 0});
  /* y = (0, 0, 0): dy0/dx0 = 1, dy1/dx0 = 5, dy2/dx0 = 0; dy1/dx1 = 0; dy2/dx2 = 0. */
  assert_value(s, NO_FEEDS, sumi_gather(running_dx, 1), SUMI_DIMS(3), (double[]){6, 0, 0});
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void gradients_of_steps_and_outside_a_domain(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f64(g, SUMI_DIMS(2), ((double[]){-2, 2}));
  sumi_tensor_t of_sign, of_acosh, of_floor;
  assert_ok(GRAD(sumi_sign(x), x, &of_sign));
  assert_ok(GRAD(sumi_acosh(x), x, &of_acosh));
  assert_ok(GRAD(sumi_floor(x), x, &of_floor));
  sumi_session_t *s = sumi_session_new(g);
  assert_value(s, NO_FEEDS, of_sign, SUMI_DIMS(2), (double[]){0, 0});
  assert_value(s, NO_FEEDS, sumi_is_nan(of_acosh), SUMI_DIMS(2), (double[]){1, 0});
  assert_value(s, NO_FEEDS, sumi_gather(of_acosh, 1), SUMI_SCALAR, (double[]){1 / sqrt(3)});
  assert_true(sumi_tensor_is_null(of_floor)); /* None in TensorFlow */
  sumi_array_t *value = NULL;
  assert_fails(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = of_floor, .array = &value})),
               SUMI_INVALID_ARGUMENT, "no path of differentiable ops leads from the x to a y");
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void thousands_of_uses_add_up(void **state) {
  (void)state;
  enum { USES = 3000 };
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT64, 1), y = sumi_mul(x, 0);
  for (int i = 1; i <= USES; ++i) y = sumi_add(y, sumi_mul(x, i));
  sumi_tensor_t dx;
  assert_ok(GRAD(y, x, &dx));
  sumi_session_t *s = sumi_session_new(g);
  assert_value(s, NO_FEEDS, dx, SUMI_SCALAR, (double[]){USES * (USES + 1) / 2.0});
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* z = a * b summed: dz/da is b summed over what a was stretched along, and the other way round. */
static void broadcasting_is_undone(void **state) {
  (void)state;
  static const double ones[12] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  const struct {
    sumi_dims_t a, b;
    double da, db; /* every element of the gradients when all elements are 1 */
  } cases[] = {
      {SUMI_DIMS(2, 3), SUMI_DIMS(3), 1, 2},       {SUMI_DIMS(3), SUMI_DIMS(2, 3), 2, 1},
      {SUMI_DIMS(2, 1), SUMI_DIMS(2), 2, 2},       {SUMI_DIMS(2, 1), SUMI_DIMS(1, 3), 3, 2},
      {SUMI_SCALAR, SUMI_DIMS(2, 3), 6, 1},        {SUMI_DIMS(1), SUMI_DIMS(4), 4, 1},
      {SUMI_DIMS(1, 1), SUMI_DIMS(4), 4, 1},       {SUMI_DIMS(2, 1, 2), SUMI_DIMS(3, 1), 3, 4},
      {SUMI_DIMS(3, 2, 2), SUMI_DIMS(2, 2), 1, 3}, {SUMI_DIMS(2, 2), SUMI_DIMS(2, 2), 1, 1},
      {SUMI_DIMS(0, 3), SUMI_DIMS(3), 1, 0},       {SUMI_SCALAR, SUMI_SCALAR, 1, 1},
  };
  for (int knowledge = 0; knowledge < 3; ++knowledge) { /* all, the rank only, nothing */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
      sumi_graph_t *g = sumi_graph_new();
      sumi_dims_t da = cases[i].a, db = cases[i].b;
      for (int axis = 0; knowledge == 1 && axis < SUMI_MAX_RANK; ++axis)
        da.size[axis] = db.size[axis] = -1;
      if (knowledge == 2) da = db = SUMI_DIMS_UNKNOWN;
      sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT64, .shape = da);
      sumi_tensor_t b = sumi_placeholder(g, SUMI_FLOAT64, .shape = db);
      sumi_tensor_t dx[2];
      assert_ok(sumi_gradients(SUMI_TENSORS(sumi_mul(a, b)), SUMI_TENSORS(a, b), dx));
      sumi_session_t *s = sumi_session_new(g);
      sumi_feeds_t feeds = SUMI_FEEDS({.tensor = a, .data = ones, .dims = cases[i].a},
                                      {.tensor = b, .data = ones, .dims = cases[i].b});
      double want_a[12], want_b[12];
      for (int k = 0; k < 12; ++k) want_a[k] = cases[i].da, want_b[k] = cases[i].db;
      assert_value(s, feeds, dx[0], cases[i].a, want_a);
      assert_value(s, feeds, dx[1], cases[i].b, want_b);
      sumi_session_free(s);
      sumi_graph_free(g);
    }
  }
}

/* One side known, the other not: an unknown size may be 1 at run time. */
static void an_unknown_size_may_be_one(void **state) {
  (void)state;
  static const double values[6] = {1, 2, 3, 4, 5, 6};
  for (int64_t rows = 1; rows <= 2; ++rows) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t a = sumi_placeholder(g, SUMI_FLOAT64, .shape = SUMI_DIMS(-1, 3));
    sumi_tensor_t b = sumi_placeholder(g, SUMI_FLOAT64, .shape = SUMI_DIMS(2, 1));
    sumi_tensor_t dx[2];
    assert_ok(sumi_gradients(SUMI_TENSORS(sumi_mul(a, b)), SUMI_TENSORS(a, b), dx));
    sumi_session_t *s = sumi_session_new(g);
    sumi_feeds_t feeds = SUMI_FEEDS({.tensor = a, .data = values, .dims = SUMI_DIMS(rows, 3)},
                                    {.tensor = b, .data = values, .dims = SUMI_DIMS(2, 1)});
    if (rows == 1) {
      assert_value(s, feeds, dx[0], SUMI_DIMS(1, 3), (double[]){3, 3, 3});
      assert_value(s, feeds, dx[1], SUMI_DIMS(2, 1), (double[]){6, 6});
    } else {
      assert_value(s, feeds, dx[0], SUMI_DIMS(2, 3), (double[]){1, 1, 1, 2, 2, 2});
      assert_value(s, feeds, dx[1], SUMI_DIMS(2, 1), (double[]){6, 15});
    }
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void intermediate_tensors_and_variables_have_gradients(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t w = sumi_get_variable(
      g, "w", SUMI_SCALAR, .initializer = SUMI_INIT(CONSTANT, .a = 3), .dtype = SUMI_FLOAT64);
  sumi_tensor_t storage = sumi_graph_tensor(g, "w");
  assert_string_equal(sumi_op_type(storage.op), "VariableV2");
  sumi_tensor_t h = sumi_square(w);                      /* 9 */
  sumi_tensor_t y = sumi_mul(h, sumi_identity(storage)); /* w^3 through two reads */
  sumi_tensor_t dx[3];
  assert_ok(sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(h, w, storage), dx));
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(sumi_global_variables_initializer(g))));
  assert_value(s, NO_FEEDS, dx[0], SUMI_SCALAR, (double[]){3});
  assert_value(s, NO_FEEDS, dx[1], SUMI_SCALAR, (double[]){27});
  assert_value(s, NO_FEEDS, dx[2], SUMI_SCALAR, (double[]){27});
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void several_ys_are_weighted_by_grad_ys(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_constant_f64(g, SUMI_DIMS(2), ((double[]){2, 5}));
  sumi_tensor_t y = sumi_square(x), z = sumi_mul(x, 10);
  sumi_tensor_t weights = sumi_constant_f64(g, SUMI_DIMS(2), ((double[]){1, -1}));
  sumi_tensor_t dx;
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_gradients(SUMI_TENSORS(y, z), SUMI_TENSORS(x), &dx));
  assert_value(s, NO_FEEDS, dx, SUMI_DIMS(2), (double[]){14, 20});
  assert_ok(sumi_gradients(SUMI_TENSORS(y, z), SUMI_TENSORS(x), &dx,
                           .grad_ys = SUMI_TENSORS(weights, 0.5)));
  assert_value(s, NO_FEEDS, dx, SUMI_DIMS(2), (double[]){4 + 5, -10 + 5});
  assert_ok(sumi_gradients(SUMI_TENSORS(y, z), SUMI_TENSORS(x), &dx,
                           .grad_ys = SUMI_TENSORS(weights, ((sumi_tensor_t){0}))));
  assert_value(s, NO_FEEDS, dx, SUMI_DIMS(2), (double[]){4 + 10, -10 + 10});
  assert_ok(sumi_gradients(SUMI_TENSORS(x), SUMI_TENSORS(x), &dx, .grad_ys = SUMI_TENSORS(7)));
  assert_value(s, NO_FEEDS, dx, SUMI_DIMS(2), (double[]){7, 7});
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void what_does_not_depend_on_x_has_none(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1), z = sumi_scalar(g, SUMI_FLOAT32, 2);
  sumi_tensor_t n = sumi_scalar(g, SUMI_INT32, 3);
  sumi_tensor_t dx[3];
  /* Neither a constant beside it, nor what passes through integers, comparisons or a stop. */
  sumi_tensor_t rounded = sumi_cast(sumi_cast(x, SUMI_INT32), SUMI_FLOAT32);
  sumi_tensor_t sign = sumi_cast(sumi_greater(x, 0), SUMI_FLOAT32);
  sumi_tensor_t y = sumi_add(sumi_add(sumi_stop_gradient(sumi_square(x)), rounded), sign);
  y = sumi_add(y, sumi_mul(z, sumi_cast(n, SUMI_FLOAT32)));
  assert_ok(sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(x, z, n), dx));
  assert_true(sumi_tensor_is_null(dx[0]));
  assert_non_null(dx[1].op);
  assert_true(sumi_tensor_is_null(dx[2]));
  sumi_session_t *s = sumi_session_new(g);
  float three = 0;
  assert_ok(sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = dx[1], .scalar = &three})));
  assert_near(three, 3, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void gradients_of_gradients_are_right(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT64, 2), y = sumi_mul(x, sumi_square(x)), d[4];
  d[0] = y;
  for (int order = 1; order < 4; ++order) assert_ok(GRAD(d[order - 1], x, &d[order]));
  sumi_session_t *s = sumi_session_new(g);
  assert_value(s, NO_FEEDS, d[1], SUMI_SCALAR, (double[]){12}); /* 3x^2 */
  assert_value(s, NO_FEEDS, d[2], SUMI_SCALAR, (double[]){12}); /* 6x */
  assert_value(s, NO_FEEDS, d[3], SUMI_SCALAR, (double[]){6});
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void the_nodes_of_a_gradient_stand_in_tensorflows_scopes(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 2);
  const int line = __LINE__ + 1;
  sumi_tensor_t y = sumi_exp(x, .name = "power");
  sumi_tensor_t dx;
  const int before = sumi_graph_op_count(g);
  assert_ok(GRAD(y, x, &dx));
  assert_true(strncmp(sumi_op_name(dx.op), "gradients/power_grad/", 21) == 0);
  for (int i = before; i < sumi_graph_op_count(g); ++i) {
    assert_true(strncmp(sumi_op_name(sumi_graph_op(g, i)), "gradients/", 10) == 0);
    assert_int_equal(sumi_op_site(sumi_graph_op(g, i)).line, line); /* the user's, not ours */
  }
  assert_ok(GRAD(y, x, &dx));
  assert_true(strncmp(sumi_op_name(dx.op), "gradients_1/power_grad/", 23) == 0);
  assert_string_equal(sumi_op_name(sumi_neg(x).op), "Neg");
  sumi_graph_free(g);
}

/* ---- Gradients of the program's own ---- */

typedef enum { HALF, WRONG_SHAPE, WRONG_DTYPE, FOREIGN, NUMBER, NOTHING } own_t;

static sumi_graph_t *elsewhere;

static void own_gradient(sumi_grad_t *grad, void *context) {
  const own_t kind = *(own_t *)context;
  sumi_graph_t *g = sumi_op_graph(grad->op);
  if (kind == HALF) grad->dx[0] = sumi_mul(grad->dy[0], 0.5);
  if (kind == WRONG_SHAPE) grad->dx[0] = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 1}));
  if (kind == WRONG_DTYPE) grad->dx[0] = sumi_cast(grad->dy[0], SUMI_FLOAT64);
  if (kind == FOREIGN)
    grad->dx[0] = sumi_constant_f32(elsewhere, SUMI_DIMS(3), ((float[]){1, 1, 1}));
  if (kind == NUMBER) grad->dx[0] = SUMI_T(4);
}

static sumi_status_t gradient_of_own(own_t kind, sumi_graph_t *g, sumi_tensor_t *dx) {
  static own_t context;
  context = kind;
  sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(3), ((float[]){1, 2, 3}), .name = "x");
  assert_ok(sumi_register_gradient(g, "Own", own_gradient, &context));
  sumi_gradient_override_begin(g, "Square", "Own");
  sumi_tensor_t y = sumi_square(x, .name = "squared");
  sumi_gradient_override_end(g);
  return GRAD(sumi_add(y, sumi_square(sumi_stop_gradient(x))), x, dx);
}

static void an_override_replaces_the_gradient_of_one_op_type(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t dx;
  assert_ok(gradient_of_own(HALF, g, &dx));
  sumi_session_t *s = sumi_session_new(g);
  assert_value(s, NO_FEEDS, dx, SUMI_DIMS(3), (double[]){.5, .5, .5});
  sumi_tensor_t z = sumi_square(sumi_graph_tensor(g, "x")); /* after the end: its own again */
  assert_ok(GRAD(z, sumi_graph_tensor(g, "x"), &dx));
  assert_value(s, NO_FEEDS, dx, SUMI_DIMS(3), (double[]){2, 4, 6});
  sumi_session_free(s);
  sumi_graph_free(g);
  g = sumi_graph_new();
  assert_ok(gradient_of_own(NUMBER, g, &dx));
  s = sumi_session_new(g);
  assert_value(s, NO_FEEDS, dx, SUMI_DIMS(3), (double[]){4, 4, 4});
  sumi_session_free(s);
  sumi_graph_free(g);
  g = sumi_graph_new();
  assert_ok(gradient_of_own(NOTHING, g, &dx));
  assert_true(sumi_tensor_is_null(dx));
  sumi_graph_free(g);
}

static void a_gradient_that_does_not_fit_is_refused(void **state) {
  (void)state;
  elsewhere = sumi_graph_new();
  const struct {
    own_t kind;
    const char *text;
  } cases[] = {
      {WRONG_SHAPE, "the gradient of 'squared' (Square) for input 0 has shape (2,) where (3,)"},
      {WRONG_DTYPE, "the gradient of 'squared' (Square) for input 0 is float64 where float32"},
      {FOREIGN, "the gradient of 'squared' (Square) for input 0 is of another graph"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t dx;
    assert_fails(gradient_of_own(cases[i].kind, g, &dx), SUMI_INVALID_ARGUMENT, cases[i].text);
    assert_true(sumi_tensor_is_null(dx));
    assert_refusal(g, SUMI_INVALID_ARGUMENT, cases[i].text);
    sumi_graph_free(g);
  }
  sumi_graph_free(elsewhere);
}

static void overrides_need_a_registered_gradient(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  assert_fails(sumi_register_gradient(NULL, "a", own_gradient, NULL), SUMI_INVALID_ARGUMENT,
               "NULL");
  assert_fails(sumi_register_gradient(g, NULL, own_gradient, NULL), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_register_gradient(g, "a", NULL, NULL), SUMI_INVALID_ARGUMENT, "NULL");
  assert_ok(sumi_register_gradient(g, "a", own_gradient, NULL));
  assert_fails(sumi_register_gradient(g, "a", own_gradient, NULL), SUMI_ALREADY_EXISTS, "'a'");
  assert_ok(sumi_graph_status(g));
  sumi_gradient_override_begin(g, "Square", "b");
  assert_refusal(g, SUMI_NOT_FOUND, "no gradient named 'b'");
  sumi_graph_free(g);
  g = sumi_graph_new();
  assert_ok(sumi_register_gradient(g, "a", own_gradient, NULL));
  sumi_gradient_override_begin(g, "Sqare", "a");
  assert_refusal(g, SUMI_NOT_FOUND, "no op type 'Sqare'");
  sumi_graph_free(g);
}

/* ---- Refusals ---- */

static sumi_status_t same_kernel(const sumi_kernel_t *kernel) {
  memcpy(sumi_kernel_out(kernel, 0), kernel->in[0].data,
         (size_t)sumi_array_view_count(&kernel->in[0]) * sizeof(float));
  return SUMI_OK;
}

static const sumi_op_def_t flat_op = {.name = "TestNoGradient",
                                      .schema = "x: float32 -> y: float32",
                                      .shape = sumi_shape_same_as_input,
                                      .kernel = same_kernel};

static void an_op_without_a_gradient_is_named(void **state) {
  (void)state;
  assert_ok(sumi_register_op(&flat_op));
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_scalar(g, SUMI_FLOAT32, 1), dx;
  char where[64];
  snprintf(where, sizeof where, "test_gradients.c:%d", __LINE__ + 1);
  const sumi_node_spec_t spec = {SUMI_HERE, g,   "TestNoGradient", "dead_end", SUMI_TENSORS(x),
                                 0,         NULL};
  sumi_tensor_t y = sumi_node(&spec), beside = sumi_square(x);
  assert_ok(GRAD(beside, x, &dx)); /* y is not on the way */
  assert_fails(GRAD(sumi_exp(y), x, &dx), SUMI_UNIMPLEMENTED, "'dead_end' (TestNoGradient");
  assert_refusal(g, SUMI_UNIMPLEMENTED, where);
  sumi_graph_free(g);
}

static void bad_arguments_are_refused(void **state) {
  (void)state;
  sumi_graph_t *other = sumi_graph_new();
  sumi_tensor_t foreign = sumi_scalar(other, SUMI_FLOAT32, 1);
  for (int i = 0; i < 9; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(2), ((float[]){1, 2})), y = sumi_square(x);
    sumi_tensor_t dx[2] = {{.op = x.op}, {.op = x.op}}, none = {0}, past = {.op = x.op, .index = 7};
    const char *text = "sumi_gradients: ";
    sumi_status_t status = SUMI_OK;
    if (i == 0) status = sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(x, none), dx);
    if (i == 1) status = GRAD(y, 5, dx), text = "xs[0] is not a tensor";
    if (i == 2) status = GRAD(y, foreign, dx), text = "xs[0] is of another graph";
    if (i == 3) status = GRAD(y, past, dx), text = "xs[0] is not a tensor";
    if (i == 4) status = sumi_gradients(SUMI_TENSORS(y), ((sumi_tensors_t){0, NULL}), dx);
    if (i == 5) status = GRAD(y, x, dx, .grad_ys = SUMI_TENSORS(x, x)), text = "2 grad_ys for 1 ys";
    if (i == 6)
      status = GRAD(y, x, dx, .grad_ys = SUMI_TENSORS(sumi_scalar(g, SUMI_FLOAT32, 1))),
      text = "grad_ys[0] is float32 () for a y, 'Square', of float32 (2,)";
    if (i == 7)
      status = GRAD(y, x, dx, .grad_ys = SUMI_TENSORS(foreign)),
      text = "grad_ys[0] is of another graph";
    if (i == 8) status = GRAD(y, x, dx, .grad_ys = ((sumi_tensors_t){1, NULL}));
    if (status != SUMI_INVALID_ARGUMENT || !strstr(sumi_error_message(), text))
      fail_msg("case %d: %s \"%s\"", i, sumi_status_name(status), sumi_error_message());
    assert_refusal(g, SUMI_INVALID_ARGUMENT, text);
    if (i != 4) assert_true(sumi_tensor_is_null(dx[0]));
    sumi_graph_free(g);
  }
  sumi_tensor_t dx, none = {0};
  assert_fails(GRAD(none, foreign, &dx), SUMI_INVALID_ARGUMENT, "ys[0] is not a tensor");
  assert_fails(sumi_gradients(((sumi_tensors_t){1, NULL}), SUMI_TENSORS(foreign), &dx),
               SUMI_INVALID_ARGUMENT, "ys has 1 tensors");
  assert_fails(GRAD(foreign, foreign, NULL), SUMI_INVALID_ARGUMENT, "dxs is NULL");
  assert_ok(sumi_graph_status(other));
  sumi_graph_free(other);
}

static void lack_of_memory_is_a_refusal_wherever_it_strikes(void **state) {
  (void)state;
  counting_allocator_install();
  for (int64_t nth = 0;; ++nth) { /* 0: warms up what lives as long as the process */
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32), y = x, dx;
    for (int i = 0; i < 40; ++i) y = sumi_add(sumi_mul(x, y), sumi_exp(y));
    const int64_t before = counting_allocator_requests();
    counting_allocator_fail_at(nth);
    const sumi_status_t status = GRAD(y, x, &dx);
    const bool reached = nth == 0 || counting_allocator_requests() - before >= nth;
    counting_allocator_fail_at(0);
    assert_int_equal(status, reached && nth ? SUMI_RESOURCE_EXHAUSTED : SUMI_OK);
    assert_int_equal(status, sumi_graph_status(g));
    assert_int_equal(sumi_tensor_is_null(dx), status != SUMI_OK);
    sumi_graph_free(g);
    assert_int_equal(counting_allocator_live(), 0);
    if (!reached) break;
  }
  counting_allocator_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(contributions_of_a_fan_out_add_up),
      cmocka_unit_test(products_of_the_others_hold_zeros_and_infinities),
      cmocka_unit_test(gradients_of_steps_and_outside_a_domain),
      cmocka_unit_test(thousands_of_uses_add_up),
      cmocka_unit_test(broadcasting_is_undone),
      cmocka_unit_test(an_unknown_size_may_be_one),
      cmocka_unit_test(intermediate_tensors_and_variables_have_gradients),
      cmocka_unit_test(several_ys_are_weighted_by_grad_ys),
      cmocka_unit_test(what_does_not_depend_on_x_has_none),
      cmocka_unit_test(gradients_of_gradients_are_right),
      cmocka_unit_test(the_nodes_of_a_gradient_stand_in_tensorflows_scopes),
      cmocka_unit_test(an_override_replaces_the_gradient_of_one_op_type),
      cmocka_unit_test(a_gradient_that_does_not_fit_is_refused),
      cmocka_unit_test(overrides_need_a_registered_gradient),
      cmocka_unit_test(an_op_without_a_gradient_is_named),
      cmocka_unit_test(bad_arguments_are_refused),
      cmocka_unit_test(lack_of_memory_is_a_refusal_wherever_it_strikes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

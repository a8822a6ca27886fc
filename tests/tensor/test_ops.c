/* What must hold for every op, whatever it computes: each sample that stands beside an op is run
 * here. Expected values are the samples' own, which come from elsewhere; gradients are held against
 * finite differences. */
#include "op_case.h"
#include "sumi_test.h"

#include <sumi/array.h>
#include <sumi/gradients.h>

#include <stdlib.h>

/* Failures of many ops are shown together. */
static int failures;

static void report(const op_case_t *c, const char *format, ...) SUMI_PRINTF(2, 3);

static void report(const op_case_t *c, const char *format, ...) {
  va_list args;
  va_start(args, format);
  print_error("%s: ", op_case_label(c));
  vprint_error(format, args);
  print_error("\n");
  va_end(args);
  ++failures;
}

static void for_each_sample(void (*check)(const sumi_op_def_t *def, const sumi_sample_t *sample)) {
  const char *only = getenv("SUMI_TEST_OP");
  failures = 0;
  for (int i = 0; sumi_op_def_at(i); ++i) {
    const sumi_op_def_t *def = sumi_op_def_at(i);
    if (only && strcmp(only, def->name) != 0) continue;
    for (int k = 0; k < def->sample_count; ++k) check(def, &def->samples[k]);
  }
  if (failures) fail_msg("%d failures", failures);
}

/* ---- Values ---- */

static bool is_near(double actual, double expected, double tolerance) {
  if (isnan(expected)) return isnan(actual);
  if (isinf(expected)) return actual == expected;
  return fabs(actual - expected) <= tolerance * fmax(1, fabs(expected));
}

static void compare(const op_case_t *c, const sumi_array_t *value) {
  const sumi_sample_t *s = c->sample;
  const double tolerance = s->tolerance > 0 ? s->tolerance : 1e-6;
  if (!sumi_dims_equal(sumi_array_dims(value), s->out)) {
    report(c, "shape %s, expected %s", sumi_dims_text(sumi_array_dims(value)).text,
           sumi_dims_text(s->out).text);
    return;
  }
  for (int64_t i = 0; i < sumi_array_count(value); ++i)
    if (!is_near(sumi_array_get(value, i), s->expect[i], tolerance))
      report(c, "element %d is %.9g, expected %.9g (%s)", (int)i, sumi_array_get(value, i),
             s->expect[i], s->from);
}

static void check_value(const sumi_op_def_t *def, const sumi_sample_t *sample, op_case_mode_t mode,
                        sumi_dtype_t dtype) {
  op_case_t c;
  sumi_array_t *value = NULL;
  op_case_open(&c, def, sample, mode, dtype);
  if (mode == OP_CASE_DYNAMIC && def->expand && !c.node.op) {
    op_case_close(&c); /* expressions may need ranks to be built from */
    return;
  }
  if (op_case_run(&c, c.node, &value) != SUMI_OK)
    report(&c, "%s", sumi_error_message());
  else if (sample->expect && value)
    compare(&c, value);
  sumi_array_unref(value);
  op_case_close(&c);
}

static void check_values(const sumi_op_def_t *def, const sumi_sample_t *sample) {
  if (sample->want) return;
  check_value(def, sample, OP_CASE_STATIC, 0);
  check_value(def, sample, OP_CASE_DYNAMIC, 0);
}

static void samples_have_the_values_their_sources_say(void **state) {
  (void)state;
  for_each_sample(check_values);
}

static void check_dtypes(const sumi_op_def_t *def, const sumi_sample_t *sample) {
  sumi_dtype_t dtypes[SUMI__MAX_TYPES + 1];
  if (sample->want) return;
  op_case_dtypes(def, sample, dtypes);
  for (int i = 0; dtypes[i]; ++i)
    if (op_case_fits(def, sample, dtypes[i])) check_value(def, sample, OP_CASE_STATIC, dtypes[i]);
}

static void values_are_the_same_in_every_dtype_that_holds_them(void **state) {
  (void)state;
  for_each_sample(check_dtypes);
}

/* ---- Refusals ---- */

static void check_refusal(const sumi_op_def_t *def, const sumi_sample_t *sample,
                          op_case_mode_t mode) {
  op_case_t c;
  sumi_array_t *value = NULL;
  op_case_open(&c, def, sample, mode, 0);
  const sumi_status_t status = op_case_run(&c, c.node, &value);
  if (status != sample->want)
    report(&c, "%s \"%s\", expected %s", sumi_status_name(status),
           status ? sumi_error_message() : "", sumi_status_name(sample->want));
  else if (mode == OP_CASE_STATIC && sample->message &&
           !strstr(sumi_error_message(), sample->message))
    report(&c, "\"%s\" does not contain \"%s\"", sumi_error_message(), sample->message);
  sumi_array_unref(value);
  op_case_close(&c);
}

static void check_refusals(const sumi_op_def_t *def, const sumi_sample_t *sample) {
  if (!sample->want) return;
  check_refusal(def, sample, OP_CASE_STATIC);
  check_refusal(def, sample, OP_CASE_DYNAMIC);
}

static void samples_that_are_wrong_are_refused_with_a_message(void **state) {
  (void)state;
  for_each_sample(check_refusals);
}

/* ---- Gradients ---- */

/* A number that depends on all floating-point outputs: their elements times random numbers. */
static sumi_tensor_t contract(op_case_t *c, const sumi_tensor_t *ys, int count) {
  sumi_tensor_t total = {0};
  for (int i = 0; i < count; ++i) {
    sumi_array_t *value;
    if (!ys[i].op || !sumi_dtype_is_floating(sumi_tensor_dtype(ys[i]))) continue;
    if (op_case_run(c, ys[i], &value) != SUMI_OK) {
      report(c, "%s", sumi_error_message());
      return (sumi_tensor_t){0};
    }
    const sumi_tensor_t product = sumi_node(&(sumi_node_spec_t){
        .type = "Mul", .inputs = SUMI_TENSORS(ys[i], op_case_random_like(c, value))});
    const sumi_tensor_t sum = sumi_node(
        &(sumi_node_spec_t){.type = "reduce_sum", .inputs = SUMI_TENSORS(product)});
    total = total.op
                ? sumi_node(&(sumi_node_spec_t){.type = "Add", .inputs = SUMI_TENSORS(total, sum)})
                : sum;
    sumi_array_unref(value);
  }
  return total;
}

static bool number(op_case_t *c, sumi_tensor_t scalar, double *result) {
  sumi_array_t *value;
  if (op_case_run(c, scalar, &value) != SUMI_OK) {
    report(c, "%s", sumi_error_message());
    return false;
  }
  *result = sumi_array_get(value, 0);
  sumi_array_unref(value);
  return true;
}

/* The element that is varied together with this one: the other of a symmetric matrix, or itself. */
static int64_t mirrored(const op_case_t *c, int input, int64_t element) {
  if (!c->sample->symmetric || input != 0) return element;
  const sumi_dims_t dims = sumi_array_dims(c->values[0]);
  const int64_t size = dims.size[dims.rank - 1];
  const int64_t row = element / size % size, column = element % size;
  return element + (column - row) * size + row - column;
}

/* d scalar / d element by a difference of order h^4. */
static bool difference(op_case_t *c, sumi_tensor_t scalar, int input, int64_t element,
                       double *slope) {
  const double x = sumi_array_get(c->values[input], element), h = 1e-3;
  const int64_t other = mirrored(c, input, element);
  static const double steps[] = {-2, -1, 1, 2}, weights[] = {1, -8, 8, -1};
  *slope = 0;
  for (int i = 0; i < 4; ++i) {
    double value;
    assert_ok(sumi_array_set(c->values[input], element, x + steps[i] * h));
    assert_ok(sumi_array_set(c->values[input], other, x + steps[i] * h));
    if (!number(c, scalar, &value)) return false;
    *slope += weights[i] * value / (12 * h);
  }
  assert_ok(sumi_array_set(c->values[input], element, x));
  assert_ok(sumi_array_set(c->values[input], other, x));
  return true;
}

static void compare_gradient(op_case_t *c, sumi_tensor_t scalar, int input, sumi_tensor_t gradient,
                             const char *order) {
  enum { MOST = 24 };
  sumi_array_t *value = NULL;
  if (gradient.op && op_case_run(c, gradient, &value) != SUMI_OK) {
    report(c, "%s gradient of input %d: %s", order, input, sumi_error_message());
    return;
  }
  if (value && !sumi_dims_equal(sumi_array_dims(value), sumi_array_dims(c->values[input])))
    report(c, "%s gradient of input %d has shape %s, the input %s", order, input,
           sumi_dims_text(sumi_array_dims(value)).text,
           sumi_dims_text(sumi_array_dims(c->values[input])).text);
  else
    for (int64_t i = 0; i < sumi_array_count(c->values[input]) && i < MOST; ++i) {
      const int64_t other = mirrored(c, input, i);
      double slope, given = value ? sumi_array_get(value, i) : 0;
      if (value && other != i) given += sumi_array_get(value, other);
      if (!difference(c, scalar, input, i, &slope)) break;
      if (!is_near(given, slope, 1e-6))
        report(c, "%s gradient of input %d, element %d: %.9g, by differences %.9g", order, input,
               (int)i, given, slope);
    }
  sumi_array_unref(value);
}

/* Inputs that a gradient may have, which must be fed to be varied. */
static int varied_inputs(const op_case_t *c, int *list) {
  int count = 0;
  for (int i = 0; i < c->input_count; ++i)
    if (c->fed[i] && !(c->sample->held >> i & 1u) &&
        sumi_tensor_dtype(c->inputs[i]) == SUMI_FLOAT64)
      list[count++] = i;
  return count;
}

static void check_orders(op_case_t *c) {
  sumi_tensor_t outputs[16], xs[OP_CASE_INPUTS], dxs[OP_CASE_INPUTS];
  int list[OP_CASE_INPUTS], output_count = 0;
  const int count = varied_inputs(c, list);
  const int checked = c->sample->checked_outputs ? c->sample->checked_outputs : 16;
  for (int i = 0; i < count; ++i) xs[i] = c->inputs[list[i]];
  for (; output_count < sumi_op_output_count(c->node.op) && output_count < checked; ++output_count)
    outputs[output_count] = sumi_output(c->node, output_count);
  static const char *const orders[] = {"first", "second"};
  for (int order = 0; order < 2; ++order) {
    const sumi_tensor_t scalar = contract(c, outputs, output_count);
    if (!scalar.op) return;
    if (sumi_gradients(SUMI_TENSORS(scalar), SUMI_LIST(count, xs), dxs) != SUMI_OK) {
      report(c, "%s gradient: %s", orders[order], sumi_graph_message(c->graph));
      return;
    }
    for (int i = 0; i < count; ++i) compare_gradient(c, scalar, list[i], dxs[i], orders[order]);
    memcpy(outputs, dxs, (size_t)count * sizeof *dxs);
    output_count = count;
  }
}

static const sumi_op_def_t *varied[1024]; /* whose gradients were compared with differences */
static int varied_count;

static bool is_stateful(const sumi_op_def_t *def) {
  return (def->flags & (SUMI_OP_STATEFUL | SUMI_OP_SIDE_EFFECT)) != 0;
}

static void check_gradient(const sumi_op_def_t *def, const sumi_sample_t *sample) {
  if (sample->want || sample->no_gradient_check || def->no_grad || is_stateful(def)) return;
  if (!op_case_fits(def, sample, SUMI_FLOAT64)) return;
  for (int mode = OP_CASE_STATIC; mode <= OP_CASE_DYNAMIC; ++mode) {
    op_case_t c;
    int list[OP_CASE_INPUTS];
    op_case_open(&c, def, sample, (op_case_mode_t)mode, SUMI_FLOAT64);
    if (c.node.op && varied_inputs(&c, list) > 0) {
      check_orders(&c);
      if (varied_count < 1024) varied[varied_count++] = def;
    }
    op_case_close(&c);
  }
}

static bool was_varied(const sumi_op_def_t *def) {
  for (int i = 0; i < varied_count; ++i)
    if (varied[i] == def) return true;
  return false;
}

static void gradients_agree_with_finite_differences_twice(void **state) {
  (void)state;
  for_each_sample(check_gradient);
  int missing = 0;
  for (int i = 0; sumi_op_def_at(i); ++i) {
    const sumi_op_def_t *def = sumi_op_def_at(i);
    if (!def->grad || is_stateful(def) || was_varied(def)) continue;
    print_error("no sample of %s varies its gradient\n", def->name);
    ++missing;
  }
  assert_int_equal(missing, 0);
}

/* ---- Elementwise ops: shapes, NaN ---- */

/* BiasAdd aligns its operands in its own way. */
static bool is_elementwise(const sumi_op_def_t *def) {
  return def->map && strcmp(def->name, "BiasAdd") != 0;
}

/* A sample of random values of other shapes, for the same attributes and dtypes. */
static sumi_sample_t reshaped(const sumi_sample_t *sample, const sumi_dims_t *dims) {
  sumi_sample_t other = *sample;
  for (int i = 0; i < other.input_count; ++i) other.in[i] = dims[i], other.at[i] = NULL;
  other.expect = NULL;
  return other;
}

static void check_shape(const sumi_op_def_t *def, const sumi_sample_t *sample,
                        const sumi_dims_t *dims, sumi_dims_t expected) {
  for (int mode = OP_CASE_STATIC; mode <= OP_CASE_DYNAMIC; ++mode) {
    const sumi_sample_t other = reshaped(sample, dims);
    op_case_t c;
    sumi_array_t *value = NULL;
    op_case_open(&c, def, &other, (op_case_mode_t)mode, 0);
    c.sample = sample;
    if (op_case_run(&c, c.node, &value) != SUMI_OK)
      report(&c, "%s", sumi_error_message());
    else if (!sumi_dims_equal(sumi_array_dims(value), expected))
      report(&c, "inputs %s give %s", sumi_dims_text(dims[0]).text,
             sumi_dims_text(sumi_array_dims(value)).text);
    sumi_array_unref(value);
    op_case_close(&c);
  }
}

static void check_shapes(const sumi_op_def_t *def, const sumi_sample_t *sample) {
  if (!is_elementwise(def) || sample->want) return;
  const sumi_dims_t odd[] = {SUMI_DIMS(), SUMI_DIMS(0), SUMI_DIMS(3, 0, 2), SUMI_DIMS(1, 1),
                             SUMI_DIMS(5000)};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; ++i) {
    const sumi_dims_t all[OP_CASE_INPUTS] = {odd[i], odd[i], odd[i], odd[i], odd[i], odd[i]};
    check_shape(def, sample, all, odd[i]);
  }
}

static void elementwise_ops_take_scalars_and_empty_arrays(void **state) {
  (void)state;
  for_each_sample(check_shapes);
}

/* The law of broadcasting: an element of the result is the op of the operands' elements. */
static void check_broadcast(const sumi_op_def_t *def, const sumi_sample_t *sample) {
  enum { A = 3, B = 4 };
  if (!is_elementwise(def) || sample->want || sample->input_count != 2 ||
      strcmp(def->name, "AddN") == 0)
    return;
  const sumi_dims_t dims[] = {SUMI_DIMS(A, 1), SUMI_DIMS(B)};
  const sumi_sample_t wide = reshaped(sample, dims);
  op_case_t c;
  sumi_array_t *value = NULL;
  op_case_open(&c, def, &wide, OP_CASE_DYNAMIC, 0);
  if (op_case_run(&c, c.node, &value) != SUMI_OK) {
    c.sample = sample;
    report(&c, "%s", sumi_error_message());
    op_case_close(&c);
    return;
  }
  for (int64_t i = 0; i < A * B; ++i) {
    const double x = sumi_array_get(c.values[0], i / B), y = sumi_array_get(c.values[1], i % B);
    sumi_sample_t one = reshaped(sample, (sumi_dims_t[]){SUMI_SCALAR, SUMI_SCALAR});
    one.at[0] = &x, one.at[1] = &y;
    op_case_t single;
    sumi_array_t *expected = NULL;
    op_case_open(&single, def, &one, OP_CASE_STATIC, 0);
    assert_ok(op_case_run(&single, single.node, &expected));
    single.sample = sample;
    const double want = sumi_array_get(expected, 0), is = sumi_array_get(value, i);
    if (!(want == is || (isnan(want) && isnan(is))))
      report(&single, "op of %g and %g is %.9g alone, %.9g broadcast", x, y, want, is);
    sumi_array_unref(expected);
    op_case_close(&single);
  }
  sumi_array_unref(value);
  op_case_close(&c);
}

static void broadcasting_is_the_same_as_one_element_at_a_time(void **state) {
  (void)state;
  for_each_sample(check_broadcast);
}

/* A float function of one float has NaN for NaN: a loss that went wrong stays visible. */
static void check_nan(const sumi_op_def_t *def, const sumi_sample_t *sample) {
  if (!def->map || sample->want || sample->input_count != 1 || sample->dtype[0]) return;
  sumi_sample_t one = reshaped(sample, (sumi_dims_t[]){SUMI_SCALAR});
  one.at[0] = SUMI_VALUES(NAN);
  op_case_t c;
  sumi_array_t *value = NULL;
  op_case_open(&c, def, &one, OP_CASE_STATIC, 0);
  assert_ok(op_case_run(&c, c.node, &value));
  c.sample = sample;
  if (sumi_dtype_is_floating(sumi_array_dtype(value)) && !isnan(sumi_array_get(value, 0)))
    report(&c, "NaN becomes %g", sumi_array_get(value, 0));
  sumi_array_unref(value);
  op_case_close(&c);
}

static void nan_stays_nan_in_functions_of_one_number(void **state) {
  (void)state;
  for_each_sample(check_nan);
}

/* ---- What stands beside an op ---- */

/* What a sample cannot show: values that are drawn, kept, fed or given by the program. These ops
 * have tests of their own. */
static bool has_no_sample_value(const sumi_op_def_t *def, const sumi__tensor_schema_t *schema) {
  if ((def->flags & (SUMI_OP_STATEFUL | SUMI_OP_SIDE_EFFECT)) != 0) return true;
  for (int i = 0; i < schema->attr_count; ++i)
    if (schema->attrs[i].kind == SUMI_ATTR_ARRAY || schema->attrs[i].kind == SUMI_ATTR_POINTER)
      return true;
  return sumi__tensor_schema_attr(schema, "seed") >= 0 || schema->input_count == 0;
}

/* One operand of any dtype and shape, as Identity and Shape take it. */
static bool takes_anything(const sumi__tensor_schema_t *schema) {
  for (int i = 0; i < schema->input_count; ++i)
    if (schema->inputs[i].type_attr < 0 || schema->inputs[i].ref) return false;
  for (int i = 0; i < schema->attr_count; ++i)
    if (schema->attrs[i].type_count > 0 && schema->attrs[i].inferred) return false;
  return schema->input_count < 2;
}

static void every_op_has_a_value_from_elsewhere_a_refusal_and_a_gradient(void **state) {
  (void)state;
  static sumi__tensor_schema_t schema;
  int missing = 0;
  for (int i = 0; sumi_op_def_at(i); ++i) {
    const sumi_op_def_t *def = sumi_op_def_at(i);
    size_t offset;
    const char *error;
    assert_true(sumi__tensor_schema_parse(&schema, def->schema, &offset, &error));
    bool value = has_no_sample_value(def, &schema), refusal = value || takes_anything(&schema);
    for (int k = 0; k < def->sample_count; ++k) {
      value |= def->samples[k].expect && def->samples[k].from;
      refusal |= def->samples[k].want != 0 && def->samples[k].message;
    }
    const bool gradient = def->grad || def->no_grad || def->expand;
    if (def->doc && value && refusal && gradient) continue;
    print_error("%s has no%s%s%s%s\n", def->name, def->doc ? "" : " doc", value ? "" : " value",
                refusal ? "" : " refusal", gradient ? "" : " gradient");
    ++missing;
  }
  assert_int_equal(missing, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(samples_have_the_values_their_sources_say),
      cmocka_unit_test(values_are_the_same_in_every_dtype_that_holds_them),
      cmocka_unit_test(samples_that_are_wrong_are_refused_with_a_message),
      cmocka_unit_test(gradients_agree_with_finite_differences_twice),
      cmocka_unit_test(elementwise_ops_take_scalars_and_empty_arrays),
      cmocka_unit_test(broadcasting_is_the_same_as_one_element_at_a_time),
      cmocka_unit_test(nan_stays_nan_in_functions_of_one_number),
      cmocka_unit_test(every_op_has_a_value_from_elsewhere_a_refusal_and_a_gradient),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

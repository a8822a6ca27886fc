#include "sumi_test.h"

#include "graph/schema.h"

#include <locale.h>

static sumi__tensor_schema_t schema;

static void parses(const char *text) {
  size_t offset = 0;
  const char *error = "";
  if (!sumi__tensor_schema_parse(&schema, text, &offset, &error))
    fail_msg("\"%s\": expected %s at offset %zu", text, error, offset);
}

/* The text is malformed at that offset. */
static void refused(const char *text, size_t at, const char *expected) {
  size_t offset = 0;
  const char *error = "";
  if (sumi__tensor_schema_parse(&schema, text, &offset, &error)) fail_msg("\"%s\" parsed", text);
  if (offset != at || !strstr(error, expected))
    fail_msg("\"%s\": '%s' at %zu, expected '%s' at %zu", text, error, offset, expected, at);
}

static const sumi__tensor_attr_def_t *attr(const char *name) {
  const int index = sumi__tensor_schema_attr(&schema, name);
  if (index < 0) fail_msg("no attribute %s", name);
  return &schema.attrs[index];
}

static void the_inputs_attributes_outputs_and_constraints_of_matmul_are_read(void **state) {
  (void)state;
  parses("a: T, b: T | transpose_a: bool = false, transpose_b: bool = true -> product: T ; "
         "T: float32 float64");
  assert_int_equal(schema.input_count, 2);
  assert_string_equal(schema.inputs[1].name, "b");
  assert_int_equal(schema.inputs[1].kind, SUMI__ARG_VARIABLE);
  assert_int_equal(schema.output_count, 1);
  assert_string_equal(schema.outputs[0].name, "product");
  assert_int_equal(schema.attr_count, 3);
  assert_int_equal(schema.outputs[0].type_attr, 2);
  assert_string_equal(schema.attrs[0].name, "transpose_a");
  assert_int_equal(schema.attrs[0].kind, SUMI_ATTR_BOOL);
  assert_true(schema.attrs[0].has_default && !schema.attrs[0].value.boolean);
  assert_true(schema.attrs[1].value.boolean);
  const sumi__tensor_attr_def_t *t = attr("T");
  assert_true(t->inferred && t->kind == SUMI_ATTR_TYPE && t->type_count == 2);
  assert_int_equal(t->types[1], SUMI_FLOAT64);
}

static void lists_bring_a_number_or_types_into_being(void **state) {
  (void)state;
  parses("values: N * T, axis: Tidx, more: [Tin] -> output: T");
  assert_int_equal(schema.inputs[0].kind, SUMI__ARG_REPEATED);
  assert_ptr_equal(&schema.attrs[schema.inputs[0].number_attr], attr("N"));
  assert_ptr_equal(&schema.attrs[schema.inputs[0].type_attr], attr("T"));
  assert_int_equal(attr("N")->kind, SUMI_ATTR_INT);
  assert_true(attr("N")->inferred);
  assert_int_equal(schema.inputs[2].kind, SUMI__ARG_ANY);
  assert_int_equal(attr("Tin")->kind, SUMI_ATTR_TYPES);
}

static void an_output_may_take_its_dtype_and_number_from_attributes(void **state) {
  (void)state;
  parses("value: T | num: int, out_type: type = int32, Tout: types "
         "-> a: num * T, b: out_type, c: [Tout], d: bool");
  assert_ptr_equal(&schema.attrs[schema.outputs[0].number_attr], attr("num"));
  assert_false(attr("num")->inferred || attr("num")->has_default);
  assert_ptr_equal(&schema.attrs[schema.outputs[1].type_attr], attr("out_type"));
  assert_int_equal(attr("out_type")->value.type, SUMI_INT32);
  assert_int_equal(schema.outputs[2].kind, SUMI__ARG_ANY);
  assert_int_equal(schema.outputs[3].kind, SUMI__ARG_DTYPE);
  assert_int_equal(schema.outputs[3].dtype, SUMI_BOOL);
}

static void a_reference_and_a_shape_are_marked(void **state) {
  (void)state;
  parses("var: ref T, dims: shape -> out: ref T");
  assert_true(schema.inputs[0].ref && schema.outputs[0].ref && !schema.inputs[1].ref);
  assert_int_equal(schema.inputs[1].kind, SUMI__ARG_SHAPE);
  assert_int_equal(schema.inputs[1].dtype, SUMI_INT32);
}

static void an_input_may_be_called_ref(void **state) {
  (void)state;
  parses("ref: ref T, x: ref -> y: ref");
  assert_true(schema.inputs[0].ref && !schema.inputs[1].ref);
  assert_string_equal(schema.attrs[schema.inputs[1].type_attr].name, "ref");
}

static void defaults_of_every_kind_are_values(void **state) {
  (void)state;
  parses(
      "| i: int = -3, f: float = 1e-3, s: string = NHWC, q: string = \"a, b\", e: {SAME, VALID}, "
      "d: {A, B} = B, t: type = float64, l: types = int32 bool, sh: shape = -1 3, u: shape = ?, "
      "z: shape = [], n: ints = 1 2 2 1, none: ints = , p: pointer = null");
  assert_int_equal(attr("i")->value.integer, -3);
  assert_near(attr("f")->value.real, 0.001, 0);
  assert_string_equal(attr("s")->value.string, "NHWC");
  assert_string_equal(attr("q")->value.string, "a, b");
  assert_string_equal(attr("e")->value.string, "SAME");
  assert_string_equal(attr("d")->value.string, "B");
  assert_int_equal(attr("d")->word_count, 2);
  assert_int_equal(attr("t")->value.type, SUMI_FLOAT64);
  assert_int_equal(attr("l")->value.types.count, 2);
  assert_int_equal(attr("l")->value.types.list[1], SUMI_BOOL);
  assert_int_equal(attr("sh")->value.dims.rank, 2);
  assert_int_equal(attr("sh")->value.dims.size[0], -1);
  assert_int_equal(attr("u")->value.dims.rank, SUMI_UNKNOWN_RANK);
  assert_true(attr("z")->value.dims.rank == 0 && sumi_dims_given(attr("z")->value.dims));
  assert_int_equal(attr("n")->value.dims.rank, 4);
  assert_int_equal(attr("n")->value.dims.size[2], 2);
  assert_false(sumi_dims_given(attr("none")->value.dims));
  assert_null(attr("p")->value.pointer);
}

static void empty_parts_may_be_left_out(void **state) {
  (void)state;
  parses("");
  assert_int_equal(schema.input_count + schema.output_count + schema.attr_count, 0);
  parses("x: float32");
  assert_int_equal(schema.input_count, 1);
  parses("| dtype: type -> output: dtype");
  assert_int_equal(schema.output_count, 1);
  assert_false(attr("dtype")->inferred);
}

static void numbers_have_a_decimal_point_in_every_locale(void **state) {
  (void)state;
  const char *found = setlocale(LC_NUMERIC, "de_DE.UTF-8");
  parses("| f: float = 0.25");
  setlocale(LC_NUMERIC, "C");
  assert_near(attr("f")->value.real, 0.25, 0);
  (void)found; /* without the locale the test still holds, in "C" */
}

static void malformed_texts_are_refused_where_they_go_wrong(void **state) {
  (void)state;
  refused("a", 1, ": and a type");
  refused("a:", 2, "a type");
  refused("a: T,", 5, "a name");
  refused("a: T b", 5, "the end");
  refused("a: T, a: T", 6, "a name that is not taken");
  refused("a: [T", 5, "]");
  refused("a: N *", 6, "a type after *");
  refused("a: T ->", 7, "an output");
  refused("a: T -> b: U", 11, "an attribute");
  refused("-> b: shape", 6, "an input");
  refused("a: T | k", 8, ": and a kind");
  refused("a: T | k: number", 10, "bool, int");
  refused("a: T | a: int", 7, "a name that is not taken");
  refused("| k: int, k: int", 10, "a name that is not taken");
  refused("| k: int = x", 11, "a value");
  refused("| k: int = 99999999999999999999", 11, "a value");
  refused("| k: bool = 1", 12, "a value");
  refused("| k: {A, B} = C", 14, "a value");
  refused("| k: {A, B", 10, ", or }");
  refused("| k: type = float", 12, "a value");
  refused("| k: ints = 1 x", 12, "a value");
  refused("| k: ints = 1 2 3 4 5 6 7 8 9", 12, "a value");
  refused("| k: shape = -2", 13, "a value");
  refused("a: T | T: int", 3, "of the kind");
  refused("a: T ; U: float32", 7, "a type variable");
  refused("a: T ; T", 8, ": and dtypes");
  refused("a: T ; T:", 9, "a dtype");
  refused("a: T ; T: float32 real", 18, "a dtype");
}

static void too_much_of_anything_is_refused(void **state) {
  (void)state;
  char text[8192] = "a0: T";
  for (int i = 1; i < 17; ++i) sprintf(text + strlen(text), ", a%d: T", i);
  refused(text, strstr(text, "a16") - text, "at most 16");
  strcpy(text, "| a0: int");
  for (int i = 1; i < 25; ++i) sprintf(text + strlen(text), ", a%d: int", i);
  refused(text, strstr(text, "a24") - text, "at most 24");
  memset(text, 'x', 4096);
  strcpy(text + 4096, ": T");
  refused(text, 0, "a shorter schema");
}

static void names_in_c_are_those_of_tensorflows_python_functions(void **state) {
  (void)state;
  static const char *const names[][2] = {
      {"MatMul", "mat_mul"},
      {"L2Loss", "l2_loss"},
      {"AddV2", "add_v2"},
      {"Conv2D", "conv2d"},
      {"LRN", "lrn"},
      {"Conv2DBackpropInput", "conv2d_backprop_input"},
      {"ReluGrad", "relu_grad"},
      {"reduce_sum", "reduce_sum"},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    char out[64];
    sumi__tensor_snake_case(names[i][0], out, sizeof out);
    assert_string_equal(out, names[i][1]);
  }
  char small[5];
  sumi__tensor_snake_case("MatMul", small, sizeof small);
  assert_true(strlen(small) < sizeof small);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_inputs_attributes_outputs_and_constraints_of_matmul_are_read),
      cmocka_unit_test(lists_bring_a_number_or_types_into_being),
      cmocka_unit_test(an_output_may_take_its_dtype_and_number_from_attributes),
      cmocka_unit_test(a_reference_and_a_shape_are_marked),
      cmocka_unit_test(an_input_may_be_called_ref),
      cmocka_unit_test(defaults_of_every_kind_are_values),
      cmocka_unit_test(empty_parts_may_be_left_out),
      cmocka_unit_test(numbers_have_a_decimal_point_in_every_locale),
      cmocka_unit_test(malformed_texts_are_refused_where_they_go_wrong),
      cmocka_unit_test(too_much_of_anything_is_refused),
      cmocka_unit_test(names_in_c_are_those_of_tensorflows_python_functions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

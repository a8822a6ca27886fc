#include "sumi_test.h"

#include "kernels/vmath.h"

#include <stdlib.h>

/* Every 997th float, so that signs, denormals, infinities and NaN are all among them. */
enum { STRIDE = 997, MOST = (int)(4294967296LL / STRIDE) + 16 };

typedef void (*vector_fn_t)(int64_t count, const float *x, float *y);

static float *arguments, *results;
static int64_t argument_count;

static float of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static int make_arguments(void **state) {
  (void)state;
  const float special[] = {
      0.0f,      -0.0f,     INFINITY,        -INFINITY,        NAN,   1.0f,   -1.0f,
      0x1p-149f, 0x1p-126f, 0x1.fffffep127f, -0x1.fffffep127f, 88.7f, -103.9f};
  arguments = malloc(MOST * sizeof *arguments);
  results = malloc(MOST * sizeof *results);
  if (!arguments || !results) return -1;
  for (uint64_t bits = 0; bits < 1ull << 32; bits += STRIDE)
    arguments[argument_count++] = of_bits((uint32_t)bits);
  for (size_t i = 0; i < sizeof special / sizeof *special; ++i)
    arguments[argument_count++] = special[i];
  return 0;
}

static int free_arguments(void **state) {
  (void)state;
  free(arguments);
  free(results);
  return 0;
}

/* Distance of `actual` from the exact value in units of the last place of its float. */
static double ulps(float actual, double exact) {
  if (isnan(exact)) return isnan(actual) ? 0 : INFINITY;
  const float nearest = (float)exact;
  if (isinf(nearest)) {
    if (actual == nearest) return 0;
    exact = copysign(0x1p128, exact); /* one step past the largest float */
  }
  if (isnan(actual) || isinf(actual)) {
    if (!isinf(actual) || signbit(actual) != (exact < 0)) return INFINITY;
    return (0x1p128 - fabs(exact)) / 0x1p104;
  }
  int exponent;
  frexp(exact, &exponent);
  const double unit = exact == 0 || exponent < -125 ? 0x1p-149 : ldexp(1, exponent - 24);
  return fabs((double)actual - exact) / unit;
}

static void within(const char *name, vector_fn_t vector, double (*exact)(double), double low,
                   double high) {
  vector(argument_count, arguments, results);
  double worst = 0;
  float at = 0;
  for (int64_t i = 0; i < argument_count; ++i) {
    const double x = arguments[i];
    if (isfinite(x) && (x < low || x > high)) continue;
    const double error = ulps(results[i], exact(x));
    if (!(error <= worst)) worst = error, at = arguments[i];
  }
  if (!(worst <= 4)) fail_msg("%s is %g ulp off at %a", name, worst, at);
}

static double sigmoid(double x) {
  return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}

static double softplus(double x) {
  return (x > 0 ? x : 0) + log1p(exp(-fabs(x)));
}

#define IS_WITHIN_4_ULP(name, vector, exact, low, high)                                            \
  static void name##_is_within_4_ulp_of_the_exact_value(void **state) {                            \
    (void)state;                                                                                   \
    within(#name, vector, exact, low, high);                                                       \
  }

IS_WITHIN_4_ULP(exp, sumi__tensor_vexp, exp, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(expm1, sumi__tensor_vexpm1, expm1, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(log, sumi__tensor_vlog, log, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(log1p, sumi__tensor_vlog1p, log1p, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(sin, sumi__tensor_vsin, sin, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(cos, sumi__tensor_vcos, cos, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(tan, sumi__tensor_vtan, tan, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(asin, sumi__tensor_vasin, asin, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(acos, sumi__tensor_vacos, acos, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(atan, sumi__tensor_vatan, atan, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(sinh, sumi__tensor_vsinh, sinh, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(cosh, sumi__tensor_vcosh, cosh, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(tanh, sumi__tensor_vtanh, tanh, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(asinh, sumi__tensor_vasinh, asinh, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(acosh, sumi__tensor_vacosh, acosh, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(atanh, sumi__tensor_vatanh, atanh, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(erf, sumi__tensor_verf, erf, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(erfc, sumi__tensor_verfc, erfc, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(sigmoid, sumi__tensor_vsigmoid, sigmoid, -INFINITY, INFINITY)
IS_WITHIN_4_ULP(softplus, sumi__tensor_vsoftplus, softplus, -INFINITY, INFINITY)

static void pow_is_within_4_ulp_of_the_exact_value(void **state) {
  (void)state;
  const float exponents[] = {0,     1,   -1,   2,        0.5f,      -0.5f, 3,
                             7.25f, -30, 1e4f, INFINITY, -INFINITY, NAN};
  for (size_t k = 0; k < sizeof exponents / sizeof *exponents; ++k) {
    float exponent[64];
    for (int i = 0; i < 64; ++i) exponent[i] = exponents[k];
    for (int64_t i = 0; i + 64 <= argument_count; i += 64 * 7) {
      sumi__tensor_vpow(64, arguments + i, exponent, results);
      for (int j = 0; j < 64; ++j) {
        const double error = ulps(results[j], pow(arguments[i + j], exponents[k]));
        if (!(error <= 4))
          fail_msg("pow(%a, %g) is %g ulp off", arguments[i + j], exponents[k], error);
      }
    }
  }
}

static void a_result_does_not_depend_on_the_elements_position(void **state) {
  (void)state;
  const float x[19] = {0.1f, -0.2f, 0.3f, 5,    -7,   0.5f, 1.5f, 2.5f,  0.1f, -0.2f,
                       0.3f, 5,     -7,   0.5f, 1.5f, 2.5f, 0.1f, -0.2f, 0.3f};
  const vector_fn_t functions[] = {sumi__tensor_vexp,      sumi__tensor_vlog,
                                   sumi__tensor_vtanh,     sumi__tensor_vsigmoid,
                                   sumi__tensor_vsoftplus, sumi__tensor_verf};
  for (size_t f = 0; f < sizeof functions / sizeof *functions; ++f) {
    float all[19], one;
    functions[f](19, x, all);
    for (int i = 0; i < 19; ++i) {
      functions[f](1, &x[i], &one);
      assert_memory_equal(&one, &all[i], sizeof one);
    }
  }
}

static void results_may_replace_the_arguments(void **state) {
  (void)state;
  float x[300], y[300];
  for (int i = 0; i < 300; ++i) x[i] = (float)i / 50 - 3;
  sumi__tensor_vsigmoid(300, x, y);
  sumi__tensor_vsigmoid(300, x, x);
  assert_memory_equal(x, y, sizeof x);
}

int main(void) {
#define TEST(name) cmocka_unit_test(name##_is_within_4_ulp_of_the_exact_value)
  const struct CMUnitTest tests[] = {
      TEST(exp),
      TEST(expm1),
      TEST(log),
      TEST(log1p),
      TEST(sin),
      TEST(cos),
      TEST(tan),
      TEST(asin),
      TEST(acos),
      TEST(atan),
      TEST(sinh),
      TEST(cosh),
      TEST(tanh),
      TEST(asinh),
      TEST(acosh),
      TEST(atanh),
      TEST(erf),
      TEST(erfc),
      TEST(sigmoid),
      TEST(softplus),
      TEST(pow),
      cmocka_unit_test(a_result_does_not_depend_on_the_elements_position),
      cmocka_unit_test(results_may_replace_the_arguments),
  };
  return cmocka_run_group_tests(tests, make_arguments, free_arguments);
}

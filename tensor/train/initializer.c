/* First values of variables. Sources: TensorFlow 1.15 python/ops/init_ops.py (VarianceScaling and
 * its kin); Glorot and Bengio 2010; He et al. 2015. */
#include "train/initializer.h"

#include <math.h>

/* fan_in and fan_out of a kernel: [in, out], or [window…, in, out] (TensorFlow's _compute_fans). */
static void fans(sumi_dims_t dims, double *in, double *out) {
  double window = 1;
  for (int axis = 0; axis + 2 < dims.rank; ++axis) window *= (double)dims.size[axis];
  const double last = dims.rank > 0 ? (double)dims.size[dims.rank - 1] : 1;
  const double before = dims.rank > 1 ? (double)dims.size[dims.rank - 2] : last;
  *in = fmax(1, window * before);
  *out = fmax(1, window * last);
}

static sumi_tensor_t constant(sumi_graph_t *graph, sumi_array_t *array) {
  if (!array) {
    sumi__tensor_graph_adopt_failure(graph, SUMI_RESOURCE_EXHAUSTED);
    return (sumi_tensor_t){0};
  }
  const sumi_named_attr_t attrs[] = {
      {"value", {.kind = SUMI_ATTR_ARRAY, .array = array}},
      {"dtype", {.kind = SUMI_ATTR_TYPE, .type = sumi_array_dtype(array)}}};
  const sumi_tensor_t tensor = sumi_node(&(sumi_node_spec_t){
      .site = SUMI_HERE, .graph = graph, .type = "Const", .attr_count = 2, .attrs = attrs});
  sumi_array_unref(array);
  return tensor;
}

static sumi_tensor_t shape_of(sumi_graph_t *graph, sumi_dims_t dims) {
  sumi_tensor_t sizes[SUMI_MAX_RANK];
  for (int i = 0; i < dims.rank; ++i) sizes[i] = sumi_tensor_of_number((double)dims.size[i]);
  return sumi_shape_tensor(graph, SUMI_HERE, SUMI_LIST(dims.rank, sizes));
}

/* scale * random + offset, of a raw random op. */
static sumi_tensor_t random(sumi_graph_t *graph, const char *type, sumi_dims_t dims,
                            sumi_dtype_t dtype, int64_t seed, double scale, double offset) {
  const sumi_tensor_t shape = shape_of(graph, dims);
  const sumi_named_attr_t attrs[] = {{"dtype", {.kind = SUMI_ATTR_TYPE, .type = dtype}},
                                     {"seed", {.kind = SUMI_ATTR_INT, .integer = seed}}};
  const sumi_tensor_t raw = sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                                          .graph = graph,
                                                          .type = type,
                                                          .inputs = SUMI_TENSORS(shape),
                                                          .attr_count = 2,
                                                          .attrs = attrs});
  const sumi_tensor_t scaled = sumi__tensor_apply("Mul", SUMI_TENSORS(raw, scale));
  return offset == 0 ? scaled : sumi__tensor_apply("Add", SUMI_TENSORS(scaled, offset));
}

static sumi_tensor_t uniform_within(sumi_graph_t *graph, sumi_dims_t dims, sumi_dtype_t dtype,
                                    int64_t seed, double limit) {
  return random(graph, "RandomUniform", dims, dtype, seed, 2 * limit, -limit);
}

/* A normal cut at two standard deviations has 0.8796 of the variance; TensorFlow makes up for it.
 */
static sumi_tensor_t truncated_of_variance(sumi_graph_t *graph, sumi_dims_t dims,
                                           sumi_dtype_t dtype, int64_t seed, double variance) {
  const double scale = sqrt(variance) / .87962566103423978;
  return random(graph, "TruncatedNormal", dims, dtype, seed, scale, 0);
}

static sumi_tensor_t copy_of(sumi_graph_t *graph, const sumi_initializer_t *init, sumi_dims_t dims,
                             sumi_dtype_t dtype) {
  const bool fits = init->array && sumi_array_dtype(init->array) == dtype &&
                    sumi_dims_equal(sumi_array_dims(init->array), dims);
  if (fits) return constant(graph, sumi_array_ref(init->array));
  sumi__tensor_graph_refuse(graph, SUMI_INVALID_ARGUMENT,
                            "an initial value of %s %s for a variable of %s %s",
                            init->array ? sumi_dtype_name(sumi_array_dtype(init->array)) : "(NULL)",
                            init->array ? sumi_dims_text(sumi_array_dims(init->array)).text : "",
                            sumi_dtype_name(dtype), sumi_dims_text(dims).text);
  return (sumi_tensor_t){0};
}

static sumi_tensor_t value_of(sumi_graph_t *graph, const sumi_initializer_t *init, sumi_dims_t dims,
                              sumi_dtype_t dtype) {
  double in, out;
  fans(dims, &in, &out);
  const int64_t seed = init->seed;
  const double a = init->a, b = init->b;
  switch (init->kind) {
  case SUMI_INIT_GLOROT_UNIFORM:
    return uniform_within(graph, dims, dtype, seed, sqrt(6 / (in + out)));
  case SUMI_INIT_GLOROT_NORMAL:
    return truncated_of_variance(graph, dims, dtype, seed, 2 / (in + out));
  case SUMI_INIT_HE_UNIFORM: return uniform_within(graph, dims, dtype, seed, sqrt(6 / in));
  case SUMI_INIT_HE_NORMAL: return truncated_of_variance(graph, dims, dtype, seed, 2 / in);
  case SUMI_INIT_CONSTANT: return constant(graph, sumi_array_full(dtype, dims, a));
  case SUMI_INIT_UNIFORM: return random(graph, "RandomUniform", dims, dtype, seed, b - a, a);
  case SUMI_INIT_NORMAL: return random(graph, "RandomStandardNormal", dims, dtype, seed, b, a);
  case SUMI_INIT_TRUNCATED_NORMAL: return random(graph, "TruncatedNormal", dims, dtype, seed, b, a);
  case SUMI_INIT_ARRAY: return copy_of(graph, init, dims, dtype);
  case SUMI_INIT_DEFAULT: break;
  }
  sumi__tensor_graph_refuse(graph, SUMI_INVALID_ARGUMENT, "there is no initializer %d",
                            (int)init->kind);
  return (sumi_tensor_t){0};
}

sumi_tensor_t sumi__tensor_initial_value(sumi_graph_t *graph, const sumi_initializer_t *initializer,
                                         sumi_dims_t dims, sumi_dtype_t dtype) {
  if (sumi__tensor_scope_enter(graph, graph->composite_site, "Initializer") != SUMI_OK)
    return (sumi_tensor_t){0};
  const sumi_tensor_t value = value_of(graph, initializer, dims, dtype);
  sumi__tensor_scope_leave(graph);
  return value;
}

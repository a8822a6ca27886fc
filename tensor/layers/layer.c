#include "layers/layer.h"

#include "train/variable.h"

#include <sumi/ops.h>

bool sumi__tensor_layer_begin(sumi_tensor_t x, sumi_site_t site, const char *name,
                              const char *fallback, sumi_reuse_t reuse) {
  sumi_graph_t *graph = sumi_tensor_graph(x);
  if (!graph || graph->status != SUMI_OK) return false;
  const char *own = name || !reuse ? name : fallback;
  if (!sumi_variable_scope_begin_with(
          graph, site, own,
          SUMI_OPTIONS(sumi_variable_scope_options_t, .default_name = fallback, .reuse = reuse)))
    return false;
  sumi__tensor_composite_begin(graph, site);
  return true;
}

void sumi__tensor_layer_end(sumi_tensor_t x) {
  sumi_graph_t *graph = sumi_tensor_graph(x);
  sumi__tensor_composite_end(graph);
  sumi_variable_scope_end(graph);
}

void sumi__tensor_layer_refuse(sumi_tensor_t x, sumi_status_t status, const char *format, ...) {
  sumi_graph_t *graph = sumi_tensor_graph(x);
  va_list args;
  va_start(args, format);
  sumi_vfail(status, format, args);
  va_end(args);
  sumi_graph_refuse(graph, status, graph->composite_site);
}

/* What is said of the ranks that layers want. */
static const char *rank_text(int rank) {
  static const char *const texts[] = {"2 or more", "1", "2: batch, size", "3: n, width, c",
                                      "4: n, h, w, c"};
  return texts[rank];
}

bool sumi__tensor_layer_size(sumi_tensor_t x, const char *layer, int rank, int64_t *size) {
  const sumi_dims_t dims = sumi_tensor_dims(x);
  const bool rank_fits = rank ? dims.rank == rank : dims.rank >= 2;
  *size = rank_fits ? dims.size[dims.rank - 1] : -1;
  if (!sumi_dtype_is_floating(sumi_tensor_dtype(x))) {
    sumi__tensor_layer_refuse(x, SUMI_INVALID_ARGUMENT, "%s: input '%s' is %s; it must be floating",
                              layer, sumi_op_name(x.op), sumi_dtype_name(sumi_tensor_dtype(x)));
    return false;
  }
  if (*size >= 0) return true;
  sumi__tensor_layer_refuse(
      x, SUMI_INVALID_ARGUMENT,
      "%s: input '%s' of shape %s; its rank (%s) and its last size must be known", layer,
      sumi_op_name(x.op), sumi_dims_text(dims).text, rank_text(rank));
  return false;
}

sumi_tensor_t sumi__tensor_size_of(sumi_tensor_t x, int axis) {
  const int64_t size = sumi_tensor_dims(x).size[axis];
  if (size >= 0) return sumi_tensor_of_number((double)size);
  return sumi_gather(sumi_shape(x), axis);
}

const char *sumi__tensor_layer_padding(const sumi_layer_options_t *options) {
  return options->padding ? options->padding : "VALID";
}

sumi_dims_t sumi__tensor_layer_square(int64_t size) {
  return size ? SUMI_DIMS(1, size, size, 1) : SUMI_DIMS(1, 1, 1, 1);
}

sumi_tensor_t sumi__tensor_layer_variable(sumi_tensor_t x, const char *name, sumi_dims_t dims,
                                          sumi_initializer_t initializer, bool trainable) {
  sumi_graph_t *graph = sumi_tensor_graph(x);
  return sumi_get_variable_with(graph, graph->composite_site, name, dims,
                                SUMI_OPTIONS(sumi_variable_options_t, .initializer = initializer,
                                             .dtype = sumi_tensor_dtype(x),
                                             .not_trainable = !trainable));
}

sumi_tensor_t sumi__tensor_layer_finish(sumi_tensor_t y, int64_t units,
                                        const sumi_layer_options_t *options) {
  if (y.op && !options->no_bias) {
    sumi_initializer_t initializer = options->bias_initializer;
    if (initializer.kind == SUMI_INIT_DEFAULT) initializer = SUMI_ZEROS_INITIALIZER;
    const sumi_tensor_t bias = sumi__tensor_layer_variable(y, "bias", SUMI_DIMS(units), initializer,
                                                           true);
    y = bias.op ? sumi__tensor_apply("BiasAdd", SUMI_TENSORS(y, bias)) : bias;
  }
  return y.op && options->activation ? options->activation(y) : y;
}

sumi_tensor_t sumi_activation_relu(sumi_tensor_t x) {
  return sumi__tensor_apply("Relu", SUMI_TENSORS(x));
}

sumi_tensor_t sumi_activation_sigmoid(sumi_tensor_t x) {
  return sumi__tensor_apply("Sigmoid", SUMI_TENSORS(x));
}

sumi_tensor_t sumi_activation_tanh(sumi_tensor_t x) {
  return sumi__tensor_apply("Tanh", SUMI_TENSORS(x));
}

sumi_tensor_t sumi_activation_softmax(sumi_tensor_t x) {
  return sumi__tensor_apply("Softmax", SUMI_TENSORS(x));
}

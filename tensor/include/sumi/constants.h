/* Constants of a graph from C values.
 *
 *   sumi_tensor_t a = sumi_constant_f32(g, SUMI_DIMS(2, 2), SUMI_F32(1, 2, 3, 4));
 *   sumi_tensor_t b = sumi_constant_take(g, sumi_array_eye(3, SUMI_FLOAT32), .name = "eye");
 *   sumi_tensor_t c = sumi_scalar(g, SUMI_FLOAT64, 0.5);
 *
 * All return the null tensor after a refusal, which the graph keeps: a NULL pointer, an unknown
 * dtype, an impossible shape, no memory. The elements are copied unless stated otherwise. */
#ifndef SUMI_CONSTANTS_H
#define SUMI_CONSTANTS_H

#include <sumi/graph.h>

SUMI_BEGIN_DECLS

typedef struct sumi_constant_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  const char *name SUMI_UNSET;   /* of the node, "Const" by default */
} sumi_constant_options_t;

/** A constant of an array: sumi_constant(g, array, .name = …). The graph takes a reference of its
 * own; the array must not be changed afterwards. */
#define sumi_constant(graph, ...) SUMI__CONSTANT(constant, graph, __VA_ARGS__, )

/** The same, taking over the caller's reference, also when it refuses: sumi_constant_take(g,
 * sumi_array_eye(…)). NULL is refused with the thread's last message, which says why an array could
 * not be made. */
#define sumi_constant_take(graph, ...) SUMI__CONSTANT(constant_take, graph, __VA_ARGS__, )

/** A constant of dense row-major elements: sumi_constant_f32(g, SUMI_DIMS(2, 2), values). */
#define sumi_constant_f32(graph, dims, ...)                                                        \
  SUMI__CONSTANT_OF(SUMI_FLOAT32, float, graph, dims, __VA_ARGS__, )
#define sumi_constant_f64(graph, dims, ...)                                                        \
  SUMI__CONSTANT_OF(SUMI_FLOAT64, double, graph, dims, __VA_ARGS__, )
#define sumi_constant_i32(graph, dims, ...)                                                        \
  SUMI__CONSTANT_OF(SUMI_INT32, int32_t, graph, dims, __VA_ARGS__, )
#define sumi_constant_i64(graph, dims, ...)                                                        \
  SUMI__CONSTANT_OF(SUMI_INT64, int64_t, graph, dims, __VA_ARGS__, )
#define sumi_constant_u8(graph, dims, ...)                                                         \
  SUMI__CONSTANT_OF(SUMI_UINT8, uint8_t, graph, dims, __VA_ARGS__, )
#define sumi_constant_bool(graph, dims, ...)                                                       \
  SUMI__CONSTANT_OF(SUMI_BOOL, bool, graph, dims, __VA_ARGS__, )

/** One number of any dtype but string, converted as sumi_array_set does. */
#define sumi_scalar(graph, dtype, ...) SUMI__SCALAR(graph, dtype, __VA_ARGS__, )

/** One text, UTF-8. */
#define sumi_constant_text(graph, ...) SUMI__CONSTANT(constant_text, graph, __VA_ARGS__, )

/** The int32 vector of a list of sizes or axes: sumi_constant_dims(g, SUMI_AXES(0, 2)). Unknown
 * sizes are -1. */
#define sumi_constant_dims(graph, ...) SUMI__CONSTANT(constant_dims, graph, __VA_ARGS__, )

#define SUMI__CONSTANT(function, graph, value, ...)                                                \
  sumi_##function##_with(graph, SUMI_HERE, value,                                                  \
                         SUMI_OPTIONS(sumi_constant_options_t, __VA_ARGS__))
#define SUMI__CONSTANT_OF(dtype, type, graph, dims, values, ...)                                   \
  sumi_constant_of_with(graph, SUMI_HERE, dtype, dims, SUMI__AS(type, values),                     \
                        SUMI_OPTIONS(sumi_constant_options_t, __VA_ARGS__))
#define SUMI__SCALAR(graph, dtype, value, ...)                                                     \
  sumi_scalar_with(graph, SUMI_HERE, dtype, value,                                                 \
                   SUMI_OPTIONS(sumi_constant_options_t, __VA_ARGS__))

SUMI_API sumi_tensor_t sumi_constant_with(sumi_graph_t *graph, sumi_site_t site,
                                          sumi_array_t *array,
                                          const sumi_constant_options_t *options);
SUMI_API sumi_tensor_t sumi_constant_take_with(sumi_graph_t *graph, sumi_site_t site,
                                               sumi_array_t *array,
                                               const sumi_constant_options_t *options);
SUMI_API sumi_tensor_t sumi_constant_of_with(sumi_graph_t *graph, sumi_site_t site,
                                             sumi_dtype_t dtype, sumi_dims_t dims,
                                             const void *values,
                                             const sumi_constant_options_t *options);
SUMI_API sumi_tensor_t sumi_scalar_with(sumi_graph_t *graph, sumi_site_t site, sumi_dtype_t dtype,
                                        double value, const sumi_constant_options_t *options);
SUMI_API sumi_tensor_t sumi_constant_text_with(sumi_graph_t *graph, sumi_site_t site,
                                               const char *text,
                                               const sumi_constant_options_t *options);
SUMI_API sumi_tensor_t sumi_constant_dims_with(sumi_graph_t *graph, sumi_site_t site,
                                               sumi_dims_t dims,
                                               const sumi_constant_options_t *options);

SUMI_END_DECLS

/* Lists of elements that live until the end of the full expression: SUMI_F32(1, 2, 3). SUMI__AS
 * holds `values` to its element type. */
#ifdef __cplusplus
extern "C++" {
template <class SumiElement>
inline const SumiElement *sumi__tensor_elements(std::initializer_list<SumiElement> list) {
  return list.begin();
}
}
#define SUMI__ELEMENTS(type, ...) (sumi__tensor_elements<type>({__VA_ARGS__}))
#define SUMI__AS(type, values)    (static_cast<const type *>(values))
#else
#define SUMI__ELEMENTS(type, ...) ((const type[]){__VA_ARGS__})
#define SUMI__AS(type, values)    (1 ? (values) : (const type *)NULL)
#endif
#define SUMI_F32(...) SUMI__ELEMENTS(float, __VA_ARGS__)
#define SUMI_F64(...) SUMI__ELEMENTS(double, __VA_ARGS__)
#define SUMI_I32(...) SUMI__ELEMENTS(int32_t, __VA_ARGS__)
#define SUMI_I64(...) SUMI__ELEMENTS(int64_t, __VA_ARGS__)

#endif

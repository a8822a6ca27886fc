/* Arrays of tensors that are written and read at any index, in loops and outside (tf.TensorArray).
 *
 *   sumi_tensor_array_t squares = sumi_tensor_array(g, SUMI_FLOAT32, 5, SUMI_SCALAR);
 *   squares = sumi_tensor_array_write(squares, 3, 9);
 *   sumi_tensor_t nine = sumi_tensor_array_read(squares, 3);
 *
 * An array is a value: what writes gives a new one, and the old one stays what it was. It is two
 * tensors, which a loop carries as any others:
 *
 *   static void body(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
 *     sumi_tensor_array_t array = {v[1], v[2]};
 *     array = sumi_tensor_array_write(array, v[0], sumi_square(sumi_cast(v[0], SUMI_FLOAT32)));
 *     next[0] = sumi_add(v[0], 1), next[1] = array.elements, next[2] = array.written;
 *   }
 *   sumi_while_loop(test, body, NULL, SUMI_TENSORS(zero, array.elements, array.written), results);
 *
 * All elements have one shape, which is known while the graph is built. Each is written once; a run
 * that writes one twice, reads one that is not written, or uses an index outside of the array fails
 * with INVALID_ARGUMENT. (TensorFlow gives zeros for an element that is not written.) Gradients
 * flow from what is read to what was written. A write costs a copy of the array: lists that a loop
 * fills in order are cheaper as the stacks of sumi_scan (<sumi/control_flow.h>). Refusals are the
 * graph's; the results are then null. */
#ifndef SUMI_TENSOR_ARRAY_H
#define SUMI_TENSOR_ARRAY_H

#include <sumi/graph.h>

SUMI_BEGIN_DECLS

/** The elements along axis 0, and a bool for each that says whether it is written. */
typedef struct sumi_written_elements {
  sumi_tensor_t elements, written;
} sumi_tensor_array_t;

/** An array of `size` elements, a number or an integer scalar, of which none is written. */
#define sumi_tensor_array(graph, dtype, size, element_dims)                                        \
  sumi_tensor_array_at(SUMI_HERE, graph, dtype, SUMI_T(size), element_dims)
SUMI_API sumi_tensor_array_t sumi_tensor_array_at(sumi_site_t site, sumi_graph_t *graph,
                                                  sumi_dtype_t dtype, sumi_tensor_t size,
                                                  sumi_dims_t element_dims);

/** An array whose elements are those of `value` along axis 0, all written. */
#define sumi_tensor_array_unstack(value) sumi_tensor_array_unstack_at(SUMI_HERE, value)
SUMI_API sumi_tensor_array_t sumi_tensor_array_unstack_at(sumi_site_t site, sumi_tensor_t value);

/** The array with element `index`, a number or an integer scalar, written. */
#define sumi_tensor_array_write(array, index, value)                                               \
  sumi_tensor_array_write_at(SUMI_HERE, array, SUMI_T(index), SUMI_T(value))
SUMI_API sumi_tensor_array_t sumi_tensor_array_write_at(sumi_site_t site, sumi_tensor_array_t array,
                                                        sumi_tensor_t index, sumi_tensor_t value);

/** The array with element indices[i] written as values[i]. */
#define sumi_tensor_array_scatter(array, indices, values)                                          \
  sumi_tensor_array_scatter_at(SUMI_HERE, array, indices, values)
SUMI_API sumi_tensor_array_t sumi_tensor_array_scatter_at(sumi_site_t site,
                                                          sumi_tensor_array_t array,
                                                          sumi_tensor_t indices,
                                                          sumi_tensor_t values);

/** Element `index`. */
#define sumi_tensor_array_read(array, index)                                                       \
  sumi_tensor_array_read_at(SUMI_HERE, array, SUMI_T(index))
SUMI_API sumi_tensor_t sumi_tensor_array_read_at(sumi_site_t site, sumi_tensor_array_t array,
                                                 sumi_tensor_t index);

/** The elements at `indices`, a vector of integers, stacked. */
#define sumi_tensor_array_gather(array, indices)                                                   \
  sumi_tensor_array_gather_at(SUMI_HERE, array, indices)
SUMI_API sumi_tensor_t sumi_tensor_array_gather_at(sumi_site_t site, sumi_tensor_array_t array,
                                                   sumi_tensor_t indices);

/** All elements stacked: of shape (size, …). */
#define sumi_tensor_array_stack(array) sumi_tensor_array_stack_at(SUMI_HERE, array)
SUMI_API sumi_tensor_t sumi_tensor_array_stack_at(sumi_site_t site, sumi_tensor_array_t array);

/** All elements joined along their first axis: of shape (size * n, …). Refused for scalars. */
#define sumi_tensor_array_concat(array) sumi_tensor_array_concat_at(SUMI_HERE, array)
SUMI_API sumi_tensor_t sumi_tensor_array_concat_at(sumi_site_t site, sumi_tensor_array_t array);

/** The number of elements, an int32 scalar. */
#define sumi_tensor_array_size(array) sumi_tensor_array_size_at(SUMI_HERE, array)
SUMI_API sumi_tensor_t sumi_tensor_array_size_at(sumi_site_t site, sumi_tensor_array_t array);

SUMI_END_DECLS
#endif

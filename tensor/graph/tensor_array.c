/* TensorArray as an expression of ops: a tensor of all elements, and which of them are written.
 * Source of names: TensorFlow 1.15 python/ops/tensor_array_ops.py. */
#include "graph/apply.h"
#include "graph/flow.h"

#include <sumi/constants.h>
#include <sumi/control.h>
#include <sumi/ops.h>
#include <sumi/tensor_array.h>

static const sumi_tensor_array_t nothing = {.elements = {0}};

static void refuse(sumi_graph_t *graph, sumi_site_t site, sumi_status_t status) {
  sumi_graph_refuse(graph, status, site);
}

/* The shape of an element, which is known; false after a refusal. */
static bool element_dims(sumi_graph_t *graph, sumi_site_t site, sumi_tensor_array_t array,
                         sumi_dims_t *element) {
  const sumi_dims_t dims = sumi_tensor_dims(array.elements);
  const sumi_dims_t written = sumi_tensor_dims(array.written);
  *element = (sumi_dims_t){.rank = dims.rank - 1};
  for (int i = 0; i + 1 < dims.rank; ++i) element->size[i] = dims.size[i + 1];
  if (dims.rank > 0 && sumi_dims_known(*element) && written.rank == 1 &&
      sumi_tensor_dtype(array.written) == SUMI_BOOL)
    return true;
  refuse(graph, site,
         sumi_fail(SUMI_INVALID_ARGUMENT,
                   "a tensor array of elements %s and of %s %s; (size, …) with known sizes behind "
                   "it, and bool (size,) are expected",
                   sumi_dims_text(dims).text, sumi_dtype_name(sumi_tensor_dtype(array.written)),
                   sumi_dims_text(written).text));
  return false;
}

/* Begins what an array does on behalf of the line; NULL when there is nothing to be done. */
static sumi_graph_t *begin(sumi_site_t site, sumi_tensor_array_t array, const char *name,
                           sumi_dims_t *element) {
  sumi_graph_t *graph = sumi_tensor_graph(array.elements);
  if (!graph || graph->status != SUMI_OK) return NULL;
  if (!element_dims(graph, site, array, element)) return NULL;
  return sumi__tensor_scope_enter(graph, site, name) == SUMI_OK ? graph : NULL;
}

static sumi_tensor_t size_of(sumi_tensor_array_t array) {
  return sumi_gather(sumi_shape(array.written), 0);
}

/* int32 indices of that rank, numbers made tensors; null after a refusal. */
static sumi_tensor_t read_indices(sumi_graph_t *graph, sumi_site_t site, sumi_tensor_t given,
                                  int rank) {
  const sumi_tensor_t indices = sumi__tensor_of_number(graph, site, given, SUMI_INT32);
  const sumi_dtype_t dtype = sumi_tensor_dtype(indices);
  const sumi_dims_t dims = sumi_tensor_dims(indices);
  if (dtype == SUMI_INT32 || dtype == SUMI_INT64) {
    const sumi_tensor_t numbers = sumi__tensor_cast(indices, SUMI_INT32);
    if (dims.rank == rank) return numbers;
    const sumi_tensor_t all = sumi_tensor_of_number(-1);
    if (dims.rank == SUMI_UNKNOWN_RANK) return sumi_reshape(numbers, SUMI_LIST(rank, &all));
  }
  refuse(
      graph, site,
      sumi_fail(SUMI_INVALID_ARGUMENT,
                "the index of a tensor array is %s of shape %s; %s of int32 or int64 is expected",
                sumi_dtype_name(dtype), sumi_dims_text(dims).text, rank ? "a vector" : "a scalar"));
  return (sumi_tensor_t){0};
}

/* The tensor, once all of `condition` has been found to hold. */
static sumi_tensor_t when(sumi_tensor_t condition, const char *text, sumi_tensor_t shown,
                          sumi_tensor_t tensor) {
  sumi_graph_t *graph = sumi_tensor_graph(tensor);
  const int rank = sumi_tensor_dims(condition).rank;
  if (rank != 0) condition = sumi_reduce_all(condition);
  const sumi_tensor_t message = sumi_constant_text(graph, text);
  sumi_op_t *looked = sumi_assert(condition, SUMI_TENSORS(message, shown));
  return looked ? sumi_with_dependencies(SUMI_OPS(looked), tensor) : (sumi_tensor_t){0};
}

static sumi_tensor_t in_range(sumi_tensor_array_t array, sumi_tensor_t indices) {
  const sumi_tensor_t inside = sumi_logical_and(sumi_greater_equal(indices, 0),
                                                sumi_less(indices, size_of(array)));
  return when(inside, "an index is outside of the tensor array", indices, indices);
}

/* ---- Arrays ---- */

sumi_tensor_array_t sumi_tensor_array_at(sumi_site_t site, sumi_graph_t *graph, sumi_dtype_t dtype,
                                         sumi_tensor_t size, sumi_dims_t element_dims) {
  if (!graph || graph->status != SUMI_OK) return nothing;
  if (!sumi_dims_known(element_dims) || element_dims.rank >= SUMI_MAX_RANK) {
    refuse(graph, site,
           sumi_fail(SUMI_INVALID_ARGUMENT,
                     "the elements of a tensor array have shape %s; known sizes and a rank below "
                     "%d are expected",
                     sumi_dims_text(element_dims).text, SUMI_MAX_RANK));
    return nothing;
  }
  if (sumi__tensor_scope_enter(graph, site, "TensorArray") != SUMI_OK) return nothing;
  const sumi_tensor_t count = read_indices(graph, site, size, 0);
  sumi_tensor_t shape[SUMI_MAX_RANK] = {count};
  for (int i = 0; i < element_dims.rank; ++i)
    shape[i + 1] = sumi_tensor_of_number((double)element_dims.size[i]);
  sumi_tensor_array_t array = nothing;
  if (count.op) {
    array.elements = sumi_zeros(graph, SUMI_LIST(element_dims.rank + 1, shape), .dtype = dtype);
    array.written = sumi_zeros(graph, SUMI_LIST(1, shape), .dtype = SUMI_BOOL);
  }
  sumi__tensor_scope_leave(graph);
  return array;
}

sumi_tensor_array_t sumi_tensor_array_unstack_at(sumi_site_t site, sumi_tensor_t value) {
  sumi_graph_t *graph = sumi_tensor_graph(value);
  if (!graph || graph->status != SUMI_OK) return nothing;
  if (sumi__tensor_scope_enter(graph, site, "TensorArrayUnstack") != SUMI_OK) return nothing;
  const sumi_tensor_t size = sumi_gather(sumi_shape(value), 0);
  const sumi_tensor_array_t array = {value,
                                     sumi_cast(sumi_ones(graph, SUMI_SHAPE(size)), SUMI_BOOL)};
  sumi__tensor_scope_leave(graph);
  return array;
}

/* ---- Writing ---- */

/* Whether the value has that shape, as far as is known; a refusal otherwise. */
static bool check_value(sumi_graph_t *graph, sumi_site_t site, sumi_tensor_array_t array,
                        sumi_tensor_t value, sumi_dims_t expected) {
  const sumi_dtype_t dtype = sumi_tensor_dtype(array.elements);
  sumi_dims_t both;
  if (sumi_tensor_dtype(value) == dtype &&
      sumi_merge_dims(sumi_tensor_dims(value), expected, &both))
    return true;
  refuse(graph, site,
         sumi_fail(SUMI_INVALID_ARGUMENT,
                   "what is written to a tensor array is %s of shape %s; its elements are %s of "
                   "shape %s",
                   sumi_dtype_name(sumi_tensor_dtype(value)),
                   sumi_dims_text(sumi_tensor_dims(value)).text, sumi_dtype_name(dtype),
                   sumi_dims_text(expected).text));
  return false;
}

/* The elements where `hot` holds are those of `rows`, which has as many or one. */
static sumi_tensor_array_t replaced(sumi_tensor_array_t array, sumi_tensor_t hot,
                                    sumi_tensor_t rows, sumi_dims_t element) {
  sumi_tensor_t column[SUMI_MAX_RANK] = {sumi_tensor_of_number(-1)};
  for (int i = 0; i < element.rank; ++i) column[i + 1] = sumi_tensor_of_number(1);
  const sumi_tensor_t chosen = sumi_reshape(hot, SUMI_LIST(element.rank + 1, column));
  return (sumi_tensor_array_t){.elements = sumi_select(chosen, rows, array.elements),
                               .written = sumi_logical_or(array.written, hot)};
}

static sumi_tensor_t row_of(sumi_tensor_t value, sumi_dims_t element) {
  sumi_tensor_t shape[SUMI_MAX_RANK] = {sumi_tensor_of_number(1)};
  for (int i = 0; i < element.rank; ++i)
    shape[i + 1] = sumi_tensor_of_number((double)element.size[i]);
  return sumi_reshape(value, SUMI_LIST(element.rank + 1, shape));
}

static sumi_tensor_array_t write(sumi_site_t site, sumi_tensor_array_t array, sumi_tensor_t given,
                                 sumi_tensor_t value, sumi_dims_t element) {
  sumi_graph_t *graph = sumi_tensor_graph(array.elements);
  sumi_tensor_t index = read_indices(graph, site, given, 0);
  value = sumi__tensor_of_number(graph, site, value, sumi_tensor_dtype(array.elements));
  if (!index.op || !check_value(graph, site, array, value, element)) return nothing;
  index = in_range(array, index);
  const sumi_tensor_t is_new = sumi_logical_not(sumi_gather(array.written, index));
  index = when(is_new, "an element of the tensor array is written twice", index, index);
  const sumi_tensor_t hot = sumi_equal(sumi_range(0, size_of(array), 1), index);
  return replaced(array, hot, row_of(value, element), element);
}

sumi_tensor_array_t sumi_tensor_array_write_at(sumi_site_t site, sumi_tensor_array_t array,
                                               sumi_tensor_t index, sumi_tensor_t value) {
  sumi_dims_t element;
  sumi_graph_t *graph = begin(site, array, "TensorArrayWrite", &element);
  if (!graph) return nothing;
  const sumi_tensor_array_t result = write(site, array, index, value, element);
  sumi__tensor_scope_leave(graph);
  return graph->status == SUMI_OK ? result : nothing;
}

static sumi_tensor_array_t scatter(sumi_site_t site, sumi_tensor_array_t array, sumi_tensor_t given,
                                   sumi_tensor_t values, sumi_dims_t element) {
  sumi_graph_t *graph = sumi_tensor_graph(array.elements);
  sumi_tensor_t indices = read_indices(graph, site, given, 1);
  sumi_dims_t rows = {.rank = element.rank + 1, .size = {SUMI_UNKNOWN_SIZE}};
  for (int i = 0; i < element.rank; ++i) rows.size[i + 1] = element.size[i];
  if (!indices.op || !check_value(graph, site, array, values, rows)) return nothing;
  indices = in_range(array, indices);
  const sumi_tensor_t size = size_of(array);
  const sumi_tensor_t times = sumi_unsorted_segment_sum(sumi_ones_like(indices), indices, size);
  const sumi_tensor_t once = sumi_less_equal(sumi_add(times, sumi_cast(array.written, SUMI_INT32)),
                                             1);
  const sumi_tensor_t fine = sumi_logical_or(sumi_equal(times, 0), once);
  indices = when(fine, "an element of the tensor array is written twice", indices, indices);
  const sumi_tensor_t all = sumi_unsorted_segment_sum(values, indices, size);
  return replaced(array, sumi_greater(times, 0), all, element);
}

sumi_tensor_array_t sumi_tensor_array_scatter_at(sumi_site_t site, sumi_tensor_array_t array,
                                                 sumi_tensor_t indices, sumi_tensor_t values) {
  sumi_dims_t element;
  sumi_graph_t *graph = begin(site, array, "TensorArrayScatter", &element);
  if (!graph) return nothing;
  const sumi_tensor_array_t result = scatter(site, array, indices, values, element);
  sumi__tensor_scope_leave(graph);
  return graph->status == SUMI_OK ? result : nothing;
}

/* ---- Reading ---- */

static const char not_written[] = "an element of the tensor array is read and not written";

static sumi_tensor_t read_at(sumi_site_t site, sumi_tensor_array_t array, sumi_tensor_t given,
                             int rank, const char *name) {
  sumi_dims_t element;
  sumi_graph_t *graph = begin(site, array, name, &element);
  sumi_tensor_t result = {0};
  if (!graph) return result;
  sumi_tensor_t indices = read_indices(graph, site, given, rank);
  if (indices.op) {
    indices = in_range(array, indices);
    indices = when(sumi_gather(array.written, indices), not_written, indices, indices);
    result = sumi_gather(array.elements, indices);
  }
  sumi__tensor_scope_leave(graph);
  return result;
}

sumi_tensor_t sumi_tensor_array_read_at(sumi_site_t site, sumi_tensor_array_t array,
                                        sumi_tensor_t index) {
  return read_at(site, array, index, 0, "TensorArrayRead");
}

sumi_tensor_t sumi_tensor_array_gather_at(sumi_site_t site, sumi_tensor_array_t array,
                                          sumi_tensor_t indices) {
  return read_at(site, array, indices, 1, "TensorArrayGather");
}

/* The elements, once all have been found to be written. */
static sumi_tensor_t all_written(sumi_tensor_array_t array) {
  const sumi_tensor_t missing = sumi_where(sumi_logical_not(array.written));
  return when(array.written, not_written, missing, array.elements);
}

sumi_tensor_t sumi_tensor_array_stack_at(sumi_site_t site, sumi_tensor_array_t array) {
  sumi_dims_t element;
  sumi_graph_t *graph = begin(site, array, "TensorArrayStack", &element);
  if (!graph) return (sumi_tensor_t){0};
  const sumi_tensor_t result = all_written(array);
  sumi__tensor_scope_leave(graph);
  return result;
}

sumi_tensor_t sumi_tensor_array_concat_at(sumi_site_t site, sumi_tensor_array_t array) {
  sumi_dims_t element;
  sumi_graph_t *graph = begin(site, array, "TensorArrayConcat", &element);
  sumi_tensor_t result = {0};
  if (!graph) return result;
  if (element.rank == 0) {
    refuse(graph, site,
           sumi_fail(SUMI_INVALID_ARGUMENT,
                     "a tensor array of scalars has nothing to be joined along"));
  } else {
    sumi_tensor_t shape[SUMI_MAX_RANK] = {sumi_mul(size_of(array), (double)element.size[0])};
    for (int i = 1; i < element.rank; ++i)
      shape[i] = sumi_tensor_of_number((double)element.size[i]);
    result = sumi_reshape(all_written(array), SUMI_LIST(element.rank, shape));
  }
  sumi__tensor_scope_leave(graph);
  return result;
}

sumi_tensor_t sumi_tensor_array_size_at(sumi_site_t site, sumi_tensor_array_t array) {
  sumi_dims_t element;
  sumi_graph_t *graph = begin(site, array, "TensorArraySize", &element);
  if (!graph) return (sumi_tensor_t){0};
  const sumi_tensor_t size = size_of(array);
  sumi__tensor_scope_leave(graph);
  return size;
}

/* What a tensor says of itself, and walking from node to node. */
#include "graph/graph_internal.h"

#include <sumi/alloc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const sumi__tensor_output_t *output_of(sumi_tensor_t tensor) {
  const bool exists = tensor.op && tensor.index >= 0 && tensor.index < tensor.op->output_count;
  return exists ? &tensor.op->outputs[tensor.index] : NULL;
}

sumi_tensor_t sumi_op_output(sumi_op_t *op, int index) {
  const sumi_tensor_t tensor = {.op = op, .index = index};
  return output_of(tensor) ? tensor : (sumi_tensor_t){0};
}

sumi_tensor_t sumi_output(sumi_tensor_t tensor, int index) {
  return sumi_op_output(tensor.op, index);
}

sumi_tensors_t sumi_outputs(sumi_tensor_t tensor) {
  const int count = sumi_op_output_count(tensor.op);
  sumi_tensor_t *list =
      count ? sumi__tensor_graph_calloc(tensor.op->graph, (size_t)count, sizeof *list) : NULL;
  for (int i = 0; list && i < count; ++i) list[i] = sumi_op_output(tensor.op, i);
  return (sumi_tensors_t){list ? count : 0, list};
}

sumi_graph_t *sumi_tensor_graph(sumi_tensor_t tensor) {
  return tensor.op ? tensor.op->graph : NULL;
}

sumi_dtype_t sumi_tensor_dtype(sumi_tensor_t tensor) {
  const sumi__tensor_output_t *output = output_of(tensor);
  return output ? output->dtype : SUMI_DTYPE_INVALID;
}

sumi_dims_t sumi_tensor_dims(sumi_tensor_t tensor) {
  const sumi__tensor_output_t *output = output_of(tensor);
  return output ? output->dims : SUMI_DIMS_UNKNOWN;
}

static bool is_shape(sumi_dims_t dims) {
  if (dims.rank < SUMI_UNKNOWN_RANK || dims.rank > SUMI_MAX_RANK) return false;
  for (int axis = 0; axis < dims.rank; ++axis)
    if (dims.size[axis] < -1) return false;
  return true;
}

void sumi_set_shape(sumi_tensor_t tensor, sumi_dims_t dims) {
  if (!output_of(tensor) || tensor.op->graph->status != SUMI_OK) return;
  sumi__tensor_output_t *output = &tensor.op->outputs[tensor.index];
  if (!is_shape(dims)) {
    sumi__tensor_graph_refuse(
        tensor.op->graph, SUMI_INVALID_ARGUMENT,
        "set_shape of '%s:%d': a shape of rank %d with sizes below -1, or too large",
        tensor.op->name, tensor.index, dims.rank);
    return;
  }
  if (sumi_merge_dims(output->dims, dims, &output->dims)) return;
  sumi__tensor_graph_refuse(tensor.op->graph, SUMI_INVALID_ARGUMENT,
                            "set_shape of '%s:%d' (%s:%d): its shape %s contradicts %s",
                            tensor.op->name, tensor.index,
                            tensor.op->site.file ? tensor.op->site.file : "?", tensor.op->site.line,
                            sumi_dims_text(output->dims).text, sumi_dims_text(dims).text);
}

void sumi_tensor_format(sumi_tensor_t tensor, sumi_buffer_t *buffer) {
  if (sumi_tensor_is_number(tensor)) {
    sumi_buffer_printf(buffer, "%g", tensor.number);
    return;
  }
  const sumi__tensor_output_t *output = output_of(tensor);
  if (!output) {
    sumi_buffer_puts(buffer, "Tensor(null)");
    return;
  }
  const char *name = tensor.op->name;
  sumi_buffer_printf(buffer, "Tensor(\"%s:%d\"", name, tensor.index);
  if (output->dims.rank != SUMI_UNKNOWN_RANK) {
    sumi_buffer_puts(buffer, ", shape=");
    sumi_dims_format(output->dims, buffer);
  }
  sumi_buffer_printf(buffer, ", dtype=%s)", sumi_dtype_name(output->dtype));
}

void sumi_tensor_print(FILE *file, sumi_tensor_t tensor) {
  if (!file) return;
  sumi_buffer_t text = {0};
  sumi_tensor_format(tensor, &text);
  sumi_buffer_putc(&text, '\n');
  if (!text.failed) fwrite(text.data, 1, text.size, file);
  sumi_buffer_release(&text);
}

sumi_tensor_t sumi_graph_tensor(const sumi_graph_t *graph, const char *name) {
  const sumi_tensor_t nothing = {0};
  if (!graph || !name) return nothing;
  const char *colon = strrchr(name, ':');
  if (!colon) return sumi_op_output(sumi_graph_find_op(graph, name), 0);
  char *end;
  const long index = strtol(colon + 1, &end, 10);
  if (end == colon + 1 || *end || index < 0 || index > SUMI__MAX_INPUTS) return nothing;
  char *base = sumi_strndup(name, (size_t)(colon - name));
  const sumi_tensor_t found = sumi_op_output(sumi_graph_find_op(graph, base), (int)index);
  sumi_free(base);
  return found;
}

sumi_op_t *sumi__tensor_variable_of(sumi_tensor_t tensor) {
  sumi_op_t *op = tensor.op;
  if (op && op->type->def->unchanged == SUMI_UNCHANGED_ALWAYS) op = op->inputs[0].op;
  return op && op->type->def->source == SUMI_SOURCE_VARIABLE ? op : NULL;
}

void sumi__tensor_format_op(const sumi_op_t *op, sumi_buffer_t *buffer) {
  sumi_buffer_printf(buffer, "'%s' (%s", op->name, op->type->def->name);
  if (op->site.file) sumi_buffer_printf(buffer, ", %s:%d", op->site.file, op->site.line);
  sumi_buffer_putc(buffer, ')');
}

sumi_graph_t *sumi_op_graph(const sumi_op_t *op) {
  return op ? op->graph : NULL;
}

int sumi_op_index(const sumi_op_t *op) {
  return op ? op->index : -1;
}

const char *sumi_op_name(const sumi_op_t *op) {
  return op ? op->name : "";
}

const char *sumi_op_type(const sumi_op_t *op) {
  return op ? op->type->def->name : "";
}

const char *sumi_op_device(const sumi_op_t *op) {
  return op && op->device ? op->device : "";
}

sumi_site_t sumi_op_site(const sumi_op_t *op) {
  return op ? op->site : (sumi_site_t){0};
}

int sumi_op_input_count(const sumi_op_t *op) {
  return op ? op->input_count : 0;
}

sumi_tensor_t sumi_op_input(const sumi_op_t *op, int index) {
  const bool exists = op && index >= 0 && index < op->input_count;
  return exists ? op->inputs[index] : (sumi_tensor_t){0};
}

int sumi_op_control_count(const sumi_op_t *op) {
  return op ? op->control_count : 0;
}

sumi_op_t *sumi_op_control(const sumi_op_t *op, int index) {
  return op && index >= 0 && index < op->control_count ? op->controls[index] : NULL;
}

int sumi_op_output_count(const sumi_op_t *op) {
  return op ? op->output_count : 0;
}

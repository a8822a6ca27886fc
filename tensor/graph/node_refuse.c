/* Why a node cannot be made, in the words of its op and inputs. */
#include "graph/node.h"

#include <stdarg.h>
#include <stdio.h>

static void describe_input(const sumi__tensor_builder_t *b, int index, sumi_buffer_t *text) {
  const sumi_tensor_t input = b->spec->inputs.list[index];
  const sumi__tensor_schema_t *schema = &b->type->schema;
  if (b->spec->inputs.count == schema->input_count)
    sumi_buffer_printf(text, "; %s is ", schema->inputs[index].name);
  else
    sumi_buffer_printf(text, "; input %d is ", index);
  if (sumi_tensor_is_number(input)) {
    sumi_buffer_printf(text, "the number %g", input.number);
  } else if (sumi_tensor_is_null(input)) {
    sumi_buffer_puts(text, "the null tensor");
  } else {
    sumi_buffer_printf(text, "'%s:%d', %s of shape %s, made at %s:%d", input.op->name, input.index,
                       sumi_dtype_name(sumi_tensor_dtype(input)),
                       sumi_dims_text(sumi_tensor_dims(input)).text,
                       input.op->site.file ? input.op->site.file : "?", input.op->site.line);
  }
}

sumi_status_t sumi__tensor_builder_refuse(const sumi__tensor_builder_t *b, const char *format,
                                          ...) {
  enum { SHOWN_INPUTS = 6 };
  char reason[SUMI_ERROR_MESSAGE_MAX];
  va_list args;
  va_start(args, format);
  vsnprintf(reason, sizeof reason, format, args);
  va_end(args);
  sumi_buffer_t text = {0};
  sumi_buffer_puts(&text, b->type->def->name);
  if (b->spec->name) sumi_buffer_printf(&text, " '%s'", b->spec->name);
  if (b->site.file) sumi_buffer_printf(&text, " (%s:%d)", b->site.file, b->site.line);
  sumi_buffer_printf(&text, ": %s", reason);
  for (int i = 0; b->spec->inputs.list && i < b->spec->inputs.count && i < SHOWN_INPUTS; ++i)
    describe_input(b, i, &text);
  const char *whole = sumi_buffer_text(&text);
  const sumi_status_t status = sumi__tensor_graph_refuse(b->graph, SUMI_INVALID_ARGUMENT, "%s",
                                                         whole ? whole : reason);
  sumi_buffer_release(&text);
  return status;
}

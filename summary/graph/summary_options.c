/* The options of a writer's call as attributes of a node, and back. */
#include "summary_ops.h"

#include <string.h>

/* The member as a number; enums and colours are stored as ints. */
static int64_t whole(const sumi__summary_graph_option_t *option, const char *member) {
  int small;
  int64_t large;
  if (option->size_bytes == sizeof large) return memcpy(&large, member, sizeof large), large;
  return memcpy(&small, member, sizeof small), small;
}

static void set_whole(const sumi__summary_graph_option_t *option, char *member, int64_t value) {
  const int small = (int)value;
  if (option->size_bytes == sizeof value)
    memcpy(member, &value, sizeof value);
  else
    memcpy(member, &small, sizeof small);
}

bool sumi__summary_graph_write_option(const sumi__summary_graph_option_t *option,
                                      const void *options, sumi_attr_t *attr) {
  const char *base = options, *member = base + option->offset;
  *attr = (sumi_attr_t){.kind = option->kind};
  switch (option->kind) {
  case SUMI_ATTR_BOOL: return attr->boolean = *(const bool *)member;
  case SUMI_ATTR_INT: return (attr->integer = whole(option, member)) != 0;
  case SUMI_ATTR_FLOAT: return (attr->real = *(const double *)member) != 0;
  case SUMI_ATTR_STRING: return (attr->string = *(const char *const *)member) != NULL;
  case SUMI_ATTR_STRINGS:
    attr->texts.list = *(const char *const *const *)member;
    attr->texts.count = *(const int *)(base + option->count_offset);
    return attr->texts.count != 0;
  default: return (attr->pointer = *(void *const *)member) != NULL;
  }
}

void sumi__summary_graph_read_options(const sumi_op_t *op,
                                      const sumi__summary_graph_option_t *table, void *options) {
  char *base = options;
  for (; table->attr; ++table) {
    char *member = base + table->offset;
    switch (table->kind) {
    case SUMI_ATTR_BOOL: *(bool *)member = sumi_attr_bool(op, table->attr); break;
    case SUMI_ATTR_INT: set_whole(table, member, sumi_attr_int(op, table->attr)); break;
    case SUMI_ATTR_FLOAT: *(double *)member = sumi_attr_float(op, table->attr); break;
    case SUMI_ATTR_STRING: {
      const char *text = sumi_attr_string(op, table->attr);
      *(const char **)member = text[0] ? text : NULL;
      break;
    }
    case SUMI_ATTR_STRINGS: {
      const sumi_texts_t texts = sumi_attr_strings(op, table->attr);
      *(const char *const **)member = texts.count ? texts.list : NULL;
      *(int *)(base + table->count_offset) = texts.count;
      break;
    }
    default: break;
    }
  }
}

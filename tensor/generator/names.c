/* What becomes of a schema's names and kinds in C. */
#include "generator/block.h"

#include <string.h>

/* Words that cannot be names in C or C++, and names the constructors use themselves. */
static const char *const reserved[] = {
    "and",      "auto",     "bool",    "break",     "case",    "catch",     "char",    "class",
    "const",    "continue", "default", "delete",    "do",      "double",    "else",    "enum",
    "explicit", "export",   "extern",  "false",     "float",   "for",       "friend",  "goto",
    "if",       "inline",   "int",     "long",      "mutable", "namespace", "new",     "not",
    "operator", "or",       "private", "protected", "public",  "register",  "return",  "short",
    "signed",   "sizeof",   "static",  "struct",    "switch",  "template",  "this",    "throw",
    "true",     "try",      "typedef", "typename",  "union",   "unsigned",  "using",   "virtual",
    "void",     "volatile", "while",   "xor",       "site",    "graph",     "options", "call",
};

void put_c_name(text_t *text, const char *name) {
  put(text, "%s", name);
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; ++i)
    if (strcmp(name, reserved[i]) == 0) put(text, "_");
}

static bool true_by_default(const sumi__attr_def_t *attr) {
  return attr->kind == SUMI_ATTR_BOOL && attr->has_default && attr->value.boolean;
}

void put_option_name(text_t *text, const sumi__attr_def_t *attr) {
  if (true_by_default(attr)) {
    put(text, "no_%s", attr->name);
  } else {
    put_c_name(text, attr->name);
  }
}

bool is_positional(const sumi__attr_def_t *attr) {
  return !attr->inferred && !attr->has_default;
}

bool is_named(const sumi__attr_def_t *attr) {
  return !attr->inferred && attr->has_default;
}

bool takes_graph(const block_t *block) {
  return block->schema.input_count == 0 || block->schema.inputs[0].kind == SUMI__ARG_SHAPE;
}

void put_wrapped(text_t *text, const char *prefix, const char *words) {
  size_t column = 0;
  while (*words) {
    size_t length = strcspn(words, " \n");
    if (length && column && column + 1 + length > 98) put(text, "\n"), column = 0;
    if (length) {
      put(text, "%s%.*s", column ? " " : prefix, (int)length, words);
      column += length + (column ? 1 : strlen(prefix));
    }
    words += length;
    if (*words) ++words;
  }
}

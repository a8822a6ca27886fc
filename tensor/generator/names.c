/* What becomes of a schema's names and kinds in C. */
#include "generator/block.h"

#include <ctype.h>
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
    "given",
};

/* A name of one letter could be a macro of the program's. */
void put_c_name(text_t *text, const char *name) {
  put(text, "%s", name);
  if (!name[1]) put(text, "_");
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; ++i)
    if (strcmp(name, reserved[i]) == 0) put(text, "_");
}

/* TensorFlow names attributes of type `T`, `Tidx`, `DstT`; such names are macros in many a program.
 * Here they are type, idx_type, dst_type; other capitals become small. */
void put_attr_name(text_t *text, const sumi__tensor_attr_def_t *attr) {
  char lower[64];
  size_t length = strlen(attr->name), start = 0;
  bool is_type = false;
  for (const char *c = attr->name; *c; ++c) is_type |= isupper((unsigned char)*c) != 0;
  is_type &= attr->kind == SUMI_ATTR_TYPE;
  if (is_type && attr->name[0] == 'T') start = 1;
  if (is_type && length > start && attr->name[length - 1] == 'T') --length;
  if (length >= sizeof lower) length = sizeof lower - 1;
  size_t used = 0;
  for (size_t i = start; i < length; ++i)
    lower[used++] = (char)tolower((unsigned char)attr->name[i]);
  lower[used] = '\0';
  if (is_type)
    put(text, "%s%stype", lower, used ? "_" : "");
  else
    put_c_name(text, lower);
}

static bool true_by_default(const sumi__tensor_attr_def_t *attr) {
  return attr->kind == SUMI_ATTR_BOOL && attr->has_default && attr->value.boolean;
}

void put_option_name(text_t *text, const sumi__tensor_attr_def_t *attr) {
  if (true_by_default(attr)) put(text, "no_");
  put_attr_name(text, attr);
}

bool is_positional(const sumi__tensor_attr_def_t *attr) {
  return !attr->inferred && !attr->has_default;
}

bool is_named(const sumi__tensor_attr_def_t *attr) {
  return !attr->inferred && attr->has_default;
}

bool takes_graph(const block_t *block) {
  return block->schema.input_count == 0 || block->schema.inputs[0].kind == SUMI__ARG_SHAPE;
}

void put_upper(text_t *text, const char *name) {
  for (; *name; ++name) put_char(text, (char)toupper((unsigned char)*name));
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

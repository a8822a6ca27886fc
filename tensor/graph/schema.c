#include "graph/schema.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* A type as written, before it is known which words are attributes. */
typedef struct written_type {
  size_t at;          /* offset of the word */
  const char *word;   /* T, float32, shape, Tin */
  size_t number_at;   /* offset of the N in N * T */
  const char *number; /* NULL without one */
  bool list;          /* [Tin] */
  bool ref;
} written_type_t;

typedef struct parser {
  sumi__tensor_schema_t *schema;
  const char *text;
  size_t at; /* the next character */
  written_type_t input_types[SUMI__MAX_ARGS], output_types[SUMI__MAX_ARGS];
  const char *error; /* NULL while all is well */
  size_t error_at;
} parser_t;

static bool fail_at(parser_t *p, size_t at, const char *expected) {
  if (!p->error) p->error = expected, p->error_at = at;
  return false;
}

/* ---- Characters and words ---- */

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_word_char(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

static char peek(parser_t *p) {
  while (is_space(p->text[p->at])) ++p->at;
  return p->text[p->at];
}

static bool accept(parser_t *p, char c) {
  if (peek(p) != c) return false;
  ++p->at;
  return true;
}

static bool is_arrow(const char *text) {
  return text[0] == '-' && text[1] == '>';
}

/* Bytes of the schema's pool, which is what makes a schema one block. */
static void *keep(sumi__tensor_schema_t *schema, const void *bytes, size_t size, size_t align) {
  size_t start = (schema->text_used + align - 1) / align * align;
  if (start > sizeof schema->text || size > sizeof schema->text - start) return NULL;
  if (size) memcpy(schema->text + start, bytes, size);
  schema->text_used = start + size;
  return schema->text + start;
}

static const char *keep_text(sumi__tensor_schema_t *schema, const char *text, size_t length) {
  size_t start = schema->text_used;
  if (start > sizeof schema->text || length >= sizeof schema->text - start) return NULL;
  memcpy(schema->text + start, text, length);
  schema->text[start + length] = 0;
  schema->text_used = start + length + 1;
  return schema->text + start;
}

/* The next word, kept; NULL and an error when there is none. */
static const char *word(parser_t *p, const char *expected) {
  if (!is_letter(peek(p))) return fail_at(p, p->at, expected), NULL;
  size_t start = p->at;
  while (is_word_char(p->text[p->at])) ++p->at;
  const char *kept = keep_text(p->schema, p->text + start, p->at - start);
  if (!kept) fail_at(p, start, "a shorter schema");
  return kept;
}

/* ---- Inputs and outputs ---- */

static bool parse_type(parser_t *p, written_type_t *type) {
  *type = (written_type_t){0};
  if (accept(p, '[')) {
    type->list = true;
    peek(p), type->at = p->at;
    if (!(type->word = word(p, "the name of a list of dtypes"))) return false;
    return accept(p, ']') || fail_at(p, p->at, "]");
  }
  peek(p), type->at = p->at;
  if (!(type->word = word(p, "a type"))) return false;
  if (strcmp(type->word, "ref") == 0 && is_letter(peek(p))) {
    type->ref = true, type->at = p->at;
    if (!(type->word = word(p, "a type"))) return false;
  }
  if (accept(p, '*')) {
    type->number = type->word, type->number_at = type->at;
    peek(p), type->at = p->at;
    if (!(type->word = word(p, "a type after *"))) return false;
  }
  return true;
}

static bool arg_exists(const sumi__tensor_arg_t *args, int count, const char *name) {
  for (int i = 0; i < count; ++i)
    if (strcmp(args[i].name, name) == 0) return true;
  return false;
}

static bool parse_args(parser_t *p, sumi__tensor_arg_t *args, written_type_t *types, int *count) {
  if (!is_letter(peek(p))) return true;
  do {
    size_t start = (peek(p), p->at);
    if (*count == SUMI__MAX_ARGS) return fail_at(p, start, "at most 16 inputs or outputs");
    const char *name = word(p, "a name");
    if (!name) return false;
    if (arg_exists(args, *count, name)) return fail_at(p, start, "a name that is not taken");
    if (!accept(p, ':')) return fail_at(p, p->at, ": and a type");
    if (!parse_type(p, &types[*count])) return false;
    args[*count] = (sumi__tensor_arg_t){.name = name, .type_attr = -1, .number_attr = -1};
    ++*count;
  } while (accept(p, ','));
  return true;
}

/* ---- Attributes ---- */

static const struct {
  const char *word;
  sumi_attr_kind_t kind;
} attr_kinds[] = {
    {"bool", SUMI_ATTR_BOOL},     {"int", SUMI_ATTR_INT},         {"float", SUMI_ATTR_FLOAT},
    {"string", SUMI_ATTR_STRING}, {"type", SUMI_ATTR_TYPE},       {"types", SUMI_ATTR_TYPES},
    {"shape", SUMI_ATTR_SHAPE},   {"ints", SUMI_ATTR_INTS},       {"pointer", SUMI_ATTR_POINTER},
    {"array", SUMI_ATTR_ARRAY},   {"strings", SUMI_ATTR_STRINGS},
};

static bool parse_enum(parser_t *p, sumi__tensor_attr_def_t *attr) {
  attr->kind = SUMI_ATTR_STRING;
  do {
    if (attr->word_count == SUMI__MAX_WORDS) return fail_at(p, p->at, "at most 8 words");
    const char *one = word(p, "a word");
    if (!one) return false;
    attr->words[attr->word_count++] = one;
  } while (accept(p, ','));
  if (!accept(p, '}')) return fail_at(p, p->at, ", or }");
  attr->has_default = true;
  attr->value = (sumi_attr_t){.kind = SUMI_ATTR_STRING, .string = attr->words[0]};
  return true;
}

static bool parse_kind(parser_t *p, sumi__tensor_attr_def_t *attr) {
  if (accept(p, '{')) return parse_enum(p, attr);
  size_t start = (peek(p), p->at);
  const char *kind = word(p, "a kind of attribute");
  if (!kind) return false;
  for (size_t i = 0; i < sizeof attr_kinds / sizeof *attr_kinds; ++i)
    if (strcmp(kind, attr_kinds[i].word) == 0) return attr->kind = attr_kinds[i].kind, true;
  return fail_at(
      p, start,
      "bool, int, float, string, strings, type, types, shape, ints, pointer, array or {words}");
}

static bool parse_default(parser_t *p, sumi__tensor_attr_def_t *attr) {
  peek(p);
  size_t start = p->at, end = start;
  bool quoted = false;
  for (char c; (c = p->text[p->at]) != 0; ++p->at) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == ',' || c == '|' || c == ';' || is_arrow(p->text + p->at))) break;
    if (!is_space(c)) end = p->at + 1;
  }
  if (!sumi__tensor_schema_value(p->schema, attr, p->text + start, end - start, &attr->value))
    return fail_at(p, start, "a value of the attribute's kind");
  return attr->has_default = true;
}

static bool parse_attrs(parser_t *p) {
  sumi__tensor_schema_t *schema = p->schema;
  if (!is_letter(peek(p))) return true;
  do {
    size_t start = (peek(p), p->at);
    if (schema->attr_count == SUMI__MAX_ATTRS) return fail_at(p, start, "at most 24 attributes");
    sumi__tensor_attr_def_t *attr = &schema->attrs[schema->attr_count];
    const char *name = word(p, "a name");
    if (!name) return false;
    if (sumi__tensor_schema_attr(schema, name) >= 0 ||
        arg_exists(schema->inputs, schema->input_count, name))
      return fail_at(p, start, "a name that is not taken");
    attr->name = name;
    if (!accept(p, ':')) return fail_at(p, p->at, ": and a kind");
    if (!parse_kind(p, attr)) return false;
    ++schema->attr_count;
    if (accept(p, '=') && !parse_default(p, attr)) return false;
  } while (accept(p, ','));
  return true;
}

/* ---- Which attribute a type is ---- */

/* The attribute `name` of that kind; an input may bring it into being. */
static int resolve_attr(parser_t *p, const char *name, sumi_attr_kind_t kind, bool input,
                        size_t at) {
  sumi__tensor_schema_t *schema = p->schema;
  int index = sumi__tensor_schema_attr(schema, name);
  if (index < 0) {
    if (!input) return fail_at(p, at, "a dtype, an input's type or an attribute"), -1;
    if (schema->attr_count == SUMI__MAX_ATTRS) return fail_at(p, at, "at most 24 attributes"), -1;
    index = schema->attr_count++;
    schema->attrs[index].name = name;
    schema->attrs[index].kind = kind;
  } else if (schema->attrs[index].kind != kind) {
    return fail_at(p, at, "an attribute of the kind a type needs"), -1;
  }
  if (input) schema->attrs[index].inferred = true;
  return index;
}

static bool resolve(parser_t *p, sumi__tensor_arg_t *arg, const written_type_t *type, bool input) {
  arg->ref = type->ref;
  if (type->list) {
    arg->kind = SUMI__ARG_ANY;
    arg->type_attr = resolve_attr(p, type->word, SUMI_ATTR_TYPES, input, type->at);
    return arg->type_attr >= 0;
  }
  if (type->number) {
    arg->number_attr = resolve_attr(p, type->number, SUMI_ATTR_INT, input, type->number_at);
    if (arg->number_attr < 0) return false;
  }
  arg->dtype = sumi_dtype_from_name(type->word);
  if (strcmp(type->word, "shape") == 0) {
    arg->kind = SUMI__ARG_SHAPE, arg->dtype = SUMI_INT32;
    return (input && !type->number) || fail_at(p, type->at, "an input, for `shape`");
  }
  arg->kind = type->number ? SUMI__ARG_REPEATED : arg->dtype ? SUMI__ARG_DTYPE : SUMI__ARG_VARIABLE;
  if (arg->dtype) return true;
  arg->type_attr = resolve_attr(p, type->word, SUMI_ATTR_TYPE, input, type->at);
  return arg->type_attr >= 0;
}

static bool resolve_all(parser_t *p) {
  sumi__tensor_schema_t *schema = p->schema;
  for (int i = 0; i < schema->input_count; ++i)
    if (!resolve(p, &schema->inputs[i], &p->input_types[i], true)) return false;
  for (int i = 0; i < schema->output_count; ++i)
    if (!resolve(p, &schema->outputs[i], &p->output_types[i], false)) return false;
  return true;
}

/* ---- Constraints ---- */

static bool parse_constraint(parser_t *p) {
  size_t start = (peek(p), p->at);
  const char *name = word(p, "a type variable");
  if (!name) return false;
  int index = sumi__tensor_schema_attr(p->schema, name);
  sumi__tensor_attr_def_t *attr = index < 0 ? NULL : &p->schema->attrs[index];
  if (!attr || (attr->kind != SUMI_ATTR_TYPE && attr->kind != SUMI_ATTR_TYPES))
    return fail_at(p, start, "a type variable of this schema");
  if (!accept(p, ':')) return fail_at(p, p->at, ": and dtypes");
  while (is_letter(peek(p))) {
    size_t at = p->at;
    const char *text = word(p, "a dtype");
    if (!text) return false;
    sumi_dtype_t dtype = sumi_dtype_from_name(text);
    if (!dtype) return fail_at(p, at, "a dtype");
    if (attr->type_count == SUMI__MAX_TYPES) return fail_at(p, at, "at most 12 dtypes");
    attr->types[attr->type_count++] = dtype;
  }
  return attr->type_count > 0 || fail_at(p, p->at, "a dtype");
}

static bool parse_constraints(parser_t *p) {
  do {
    if (!parse_constraint(p)) return false;
  } while (accept(p, ','));
  return true;
}

static bool parse_all(parser_t *p) {
  sumi__tensor_schema_t *schema = p->schema;
  if (!parse_args(p, schema->inputs, p->input_types, &schema->input_count)) return false;
  if (accept(p, '|') && !parse_attrs(p)) return false;
  peek(p);
  if (is_arrow(p->text + p->at)) {
    p->at += 2;
    if (!parse_args(p, schema->outputs, p->output_types, &schema->output_count)) return false;
    if (!schema->output_count) return fail_at(p, p->at, "an output after ->");
  }
  if (!resolve_all(p)) return false;
  if (accept(p, ';') && !parse_constraints(p)) return false;
  return peek(p) == 0 || fail_at(p, p->at, "| attributes, -> outputs, ; constraints or the end");
}

bool sumi__tensor_schema_parse(sumi__tensor_schema_t *schema, const char *text,
                               size_t *error_offset, const char **error) {
  memset(schema, 0, sizeof *schema);
  parser_t p = {.schema = schema, .text = text};
  if (parse_all(&p)) return true;
  *error_offset = p.error_at, *error = p.error;
  return false;
}

int sumi__tensor_schema_attr(const sumi__tensor_schema_t *schema, const char *name) {
  for (int i = 0; i < schema->attr_count; ++i)
    if (strcmp(schema->attrs[i].name, name) == 0) return i;
  return -1;
}

/* ---- Values ---- */

enum { NUMBER_LENGTH = 63 };

static bool int_value(const char *text, size_t length, int64_t *value) {
  char digits[NUMBER_LENGTH + 1], *end;
  if (!length || length > NUMBER_LENGTH || is_space(text[0])) return false;
  memcpy(digits, text, length), digits[length] = 0;
  errno = 0;
  long long number = strtoll(digits, &end, 10);
  *value = number;
  return errno == 0 && *end == 0;
}

/* A number with a decimal point whatever the program's locale. */
static bool real_value(const char *text, size_t length, double *value) {
  char digits[NUMBER_LENGTH + 1], *end;
  if (!length || length > NUMBER_LENGTH || is_space(text[0])) return false;
  memcpy(digits, text, length), digits[length] = 0;
  char *point = strchr(digits, '.');
  if (point) *point = *localeconv()->decimal_point;
  *value = strtod(digits, &end);
  return *end == 0;
}

/* The next run of characters without space; 0 when there is none. */
static size_t next_item(const char **text, const char *end) {
  while (*text < end && is_space(**text)) ++*text;
  const char *stop = *text;
  while (stop < end && !is_space(*stop)) ++stop;
  return (size_t)(stop - *text);
}

static bool is_text(const char *text, size_t length, const char *what) {
  return strlen(what) == length && memcmp(text, what, length) == 0;
}

/* Nothing is "not given", [] an explicit scalar. */
static bool dims_value(const char *text, size_t length, int64_t least, sumi_dims_t *dims) {
  const char *end = text + length;
  *dims = (sumi_dims_t){0};
  if (is_text(text, length, "[]")) return dims->size[0] = 1, true;
  for (size_t size; (size = next_item(&text, end)) > 0; text += size) {
    int64_t number;
    if (dims->rank == SUMI_MAX_RANK || !int_value(text, size, &number) || number < least)
      return false;
    dims->size[dims->rank++] = number;
  }
  return true;
}

static bool types_value(sumi__tensor_schema_t *schema, const char *text, size_t length,
                        sumi_types_t *types) {
  sumi_dtype_t list[SUMI__MAX_TYPES];
  const char *end = text + length;
  types->count = 0;
  for (size_t size; (size = next_item(&text, end)) > 0; text += size) {
    char name[16] = "";
    if (types->count == SUMI__MAX_TYPES || size >= sizeof name) return false;
    memcpy(name, text, size);
    if (!(list[types->count++] = sumi_dtype_from_name(name))) return false;
  }
  types->list = keep(schema, list, (size_t)types->count * sizeof *list, alignof(sumi_dtype_t));
  return types->list != NULL;
}

static bool string_value(sumi__tensor_schema_t *schema, const sumi__tensor_attr_def_t *attr,
                         const char *text, size_t length, const char **value) {
  if (length >= 2 && text[0] == '"' && text[length - 1] == '"') ++text, length -= 2;
  for (int i = 0; i < attr->word_count; ++i)
    if (is_text(text, length, attr->words[i])) return *value = attr->words[i], true;
  if (attr->word_count) return false;
  return (*value = keep_text(schema, text, length)) != NULL;
}

bool sumi__tensor_schema_value(sumi__tensor_schema_t *schema, const sumi__tensor_attr_def_t *attr,
                               const char *text, size_t length, sumi_attr_t *value) {
  *value = (sumi_attr_t){.kind = attr->kind};
  switch (attr->kind) {
  case SUMI_ATTR_BOOL:
    value->boolean = is_text(text, length, "true");
    return value->boolean || is_text(text, length, "false");
  case SUMI_ATTR_INT: return int_value(text, length, &value->integer);
  case SUMI_ATTR_FLOAT: return real_value(text, length, &value->real);
  case SUMI_ATTR_STRING: return string_value(schema, attr, text, length, &value->string);
  case SUMI_ATTR_TYPE: {
    char name[16] = "";
    if (length >= sizeof name) return false;
    memcpy(name, text, length);
    return (value->type = sumi_dtype_from_name(name)) != SUMI_DTYPE_INVALID;
  }
  case SUMI_ATTR_SHAPE:
    if (is_text(text, length, "?")) return value->dims.rank = SUMI_UNKNOWN_RANK, true;
    return dims_value(text, length, -1, &value->dims);
  case SUMI_ATTR_INTS: return dims_value(text, length, INT64_MIN, &value->dims);
  case SUMI_ATTR_TYPES: return types_value(schema, text, length, &value->types);
  case SUMI_ATTR_STRINGS: return length == 0; /* none is the only default there is a use for */
  case SUMI_ATTR_ARRAY:
  case SUMI_ATTR_POINTER: return is_text(text, length, "null");
  case SUMI_ATTR_NONE: break;
  }
  return false;
}

/* ---- C names ---- */

static bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

/* TensorFlow's rule (GenerateLowerCaseOpName in python/framework/python_op_gen.cc), so that the
 * names are those of its Python functions: an underscore where lower case turns upper, or before
 * the last capital of a run. */
void sumi__tensor_snake_case(const char *name, char *out, size_t size) {
  size_t used = 0;
  for (size_t i = 0; name[i] && used + 2 < size; ++i) {
    char c = name[i];
    if (is_upper(c) && i > 0 && (is_lower(name[i - 1]) || is_lower(name[i + 1]))) out[used++] = '_';
    out[used++] = is_upper(c) ? (char)(c - 'A' + 'a') : c;
  }
  if (size) out[used] = 0;
}

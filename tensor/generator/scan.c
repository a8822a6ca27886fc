/* Finds and reads SUMI_OP( and SUMI_SUMMARY_OP( blocks in C text. Only lines that start with the
 * word count, so a block in a comment or in a macro is not one. */
#include "generator/block.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct scanner {
  const char *file;
  const char *at;
  int line;
  bool failed;
} scanner_t;

static bool fail(scanner_t *s, int line, const char *what) {
  if (!s->failed) fprintf(stderr, "%s:%d: error: SUMI_OP: %s\n", s->file, line, what);
  s->failed = true;
  return false;
}

static void step(scanner_t *s) {
  if (*s->at == '\n') ++s->line;
  ++s->at;
}

/* Past white space and comments. */
static void skip_space(scanner_t *s) {
  for (;;) {
    if (isspace((unsigned char)*s->at)) {
      step(s);
    } else if (s->at[0] == '/' && s->at[1] == '/') {
      while (*s->at && *s->at != '\n') step(s);
    } else if (s->at[0] == '/' && s->at[1] == '*') {
      step(s), step(s);
      while (*s->at && !(s->at[0] == '*' && s->at[1] == '/')) step(s);
      if (*s->at) step(s), step(s);
    } else {
      return;
    }
  }
}

static char *identifier(scanner_t *s) {
  skip_space(s);
  const char *start = s->at;
  while (isalnum((unsigned char)*s->at) || *s->at == '_') step(s);
  return s->at > start ? copy_text(start, (size_t)(s->at - start)) : NULL;
}

static bool accept(scanner_t *s, char c) {
  skip_space(s);
  if (*s->at != c) return false;
  step(s);
  return true;
}

static char unescaped(char c) {
  return c == 'n' ? '\n' : c == 't' ? '\t' : c;
}

/* One or more string literals side by side; NULL when there is none or it does not end. */
static char *string_literal(scanner_t *s) {
  text_t text = {0};
  skip_space(s);
  if (*s->at != '"') return NULL;
  while (accept(s, '"')) {
    put(&text, "%s", "");
    while (*s->at != '"') {
      if (*s->at == 0 || *s->at == '\n') return NULL;
      bool escape = *s->at == '\\' && s->at[1];
      if (escape) step(s);
      put_char(&text, escape ? unescaped(*s->at) : *s->at);
      step(s);
    }
    step(s);
  }
  return text.data;
}

/* Past a string or character literal. */
static void skip_quoted(scanner_t *s, char quote) {
  step(s);
  while (*s->at && *s->at != quote && *s->at != '\n') {
    if (*s->at == '\\' && s->at[1]) step(s);
    step(s);
  }
  if (*s->at == quote) step(s);
}

/* Past a field's value: to the comma or parenthesis that ends it. */
static bool skip_value(scanner_t *s) {
  int depth = 0;
  for (;;) {
    skip_space(s);
    char c = *s->at;
    if (c == 0) return fail(s, s->line, "the block does not end with );");
    if (depth == 0 && (c == ',' || c == ')')) return true;
    if (c == '"' || c == '\'') {
      skip_quoted(s, c);
      continue;
    }
    if (c == '(' || c == '{' || c == '[') ++depth;
    if (c == ')' || c == '}' || c == ']') --depth;
    if (depth < 0) return fail(s, s->line, "unbalanced brackets");
    step(s);
  }
}

static bool text_field(scanner_t *s, const char *field, char **value) {
  int line = s->line;
  if (*value) return fail(s, line, "a field that is given twice");
  if ((*value = string_literal(s))) return true;
  fprintf(stderr, "%s:%d: error: SUMI_OP: .%s is a string literal\n", s->file, line, field);
  s->failed = true;
  return false;
}

/* .name = value */
static bool field(scanner_t *s, block_t *block) {
  if (!accept(s, '.')) return skip_value(s); /* SUMI_SAMPLES(…) */
  char *name = identifier(s);
  if (!name || !accept(s, '=')) return fail(s, s->line, "expected .field = value");
  bool good = true;
  if (strcmp(name, "api") == 0) good = text_field(s, name, &block->api);
  if (strcmp(name, "doc") == 0) good = text_field(s, name, &block->doc);
  if (strcmp(name, "no_grad") == 0) good = text_field(s, name, &block->no_grad);
  block->composite |= strcmp(name, "expand") == 0;
  block->elementwise |= strcmp(name, "map") == 0;
  block->has_grad |= strcmp(name, "grad") == 0;
  return good && skip_value(s);
}

static bool parse_schema(scanner_t *s, block_t *block) {
  size_t offset;
  const char *expected;
  if (sumi__tensor_schema_parse(&block->schema, block->schema_text, &offset, &expected))
    return true;
  fprintf(stderr, "%s:%d: error: schema of %s: expected %s at offset %zu, before '%.20s'\n",
          block->file, block->line, block->name, expected, offset, block->schema_text + offset);
  s->failed = true;
  return false;
}

static bool is_c_name(const char *name) {
  if (!isalpha((unsigned char)*name)) return false;
  for (; *name; ++name)
    if (!isalnum((unsigned char)*name) && *name != '_') return false;
  return true;
}

static bool ends(const char *text, const char *with) {
  const size_t length = strlen(text), end = strlen(with);
  return length >= end && strcmp(text + length - end, with) == 0;
}

static bool check_summary(scanner_t *s, const block_t *block) {
  const sumi__tensor_schema_t *schema = &block->schema;
  if (schema->input_count < 2 || !is_text_input(block, 0))
    return fail(s, block->line, "a summary's inputs are its tag, a string, and tensors");
  for (int i = 0; i < schema->attr_count; ++i) /* the count's member follows from the name */
    if (schema->attrs[i].kind == SUMI_ATTR_STRINGS && !ends(schema->attrs[i].name, "_names"))
      return fail(s, block->line, "texts of a summary are called …_names");
  return true;
}

static bool check(scanner_t *s, block_t *block) {
  if (!block->doc || !*block->doc) return fail(s, block->line, "the block has no .doc");
  if (strstr(block->doc, "*/")) return fail(s, block->line, ".doc contains */");
  if (!is_c_name(block->api)) return fail(s, block->line, ".api is no C name");
  if (block->is_summary && !check_summary(s, block)) return false;
  if (block->has_grad && block->no_grad) return fail(s, block->line, "both .grad and .no_grad");
  for (int i = 0; i < block->schema.attr_count; ++i)
    if (is_named(&block->schema.attrs[i]) && strcmp(block->schema.attrs[i].name, "name") == 0)
      return fail(s, block->line, "an attribute called `name`");
  return true;
}

static bool fields(scanner_t *s, block_t *block) {
  if (!(block->name = identifier(s))) return fail(s, block->line, "the op has no name");
  if (block->is_summary && (!accept(s, ',') || !(block->options = identifier(s))))
    return fail(s, s->line, "expected the type of the options, or none, after the name");
  if (!accept(s, ',') || !(block->schema_text = string_literal(s)))
    return fail(s, s->line, "expected the schema as a string literal after the name");
  while (accept(s, ','))
    if (!field(s, block)) return false;
  if (!accept(s, ')') || !accept(s, ';')) return fail(s, s->line, "expected , or );");
  if (!block->api) {
    size_t size = 2 * strlen(block->name) + 2;
    sumi__tensor_snake_case(block->name, block->api = allocate(size), size);
  }
  return parse_schema(s, block) && check(s, block);
}

static void add(blocks_t *blocks, block_t *block) {
  if (blocks->count == blocks->capacity) {
    blocks->capacity = blocks->capacity ? 2 * blocks->capacity : 64;
    block_t **grown = allocate((size_t)blocks->capacity * sizeof *grown);
    if (blocks->count) memcpy(grown, blocks->list, (size_t)blocks->count * sizeof *grown);
    blocks->list = grown;
  }
  blocks->list[blocks->count++] = block;
}

static const char word[] = "SUMI_OP(", summary_word[] = "SUMI_SUMMARY_OP(";

static bool starts(const char *text, const char *with) {
  return strncmp(text, with, strlen(with)) == 0;
}

static bool scan_block(blocks_t *blocks, scanner_t *s) {
  block_t *block = allocate(sizeof *block);
  block->file = s->file, block->line = s->line;
  block->is_summary = starts(s->at, summary_word);
  s->at += block->is_summary ? sizeof summary_word - 1 : sizeof word - 1;
  s->failed = false;
  add(blocks, block);
  return fields(s, block);
}

bool scan_file(blocks_t *blocks, const char *path) {
  char *content = read_file(path);
  if (!content) return false;
  scanner_t s = {.file = path, .at = content, .line = 1};
  bool line_start = true, good = true;
  while (*s.at) {
    if (line_start && (starts(s.at, word) || starts(s.at, summary_word))) {
      good &= scan_block(blocks, &s);
    } else {
      line_start = *s.at == '\n';
      step(&s);
    }
  }
  return good;
}

bool check_names(const blocks_t *blocks) {
  bool good = true;
  for (int i = 0; i < blocks->count; ++i)
    for (int j = 0; j < i; ++j) {
      const block_t *a = blocks->list[j], *b = blocks->list[i];
      bool name = strcmp(a->name, b->name) == 0;
      if (!name && strcmp(a->api, b->api) != 0) continue;
      fprintf(stderr, "%s:%d: error: %s%s is taken by the block at %s:%d\n", b->file, b->line,
              name ? "" : "sumi_", name ? b->name : b->api, a->file, a->line);
      good = false;
    }
  return good;
}

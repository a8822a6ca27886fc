/* The build's view of op blocks: what the generator reads from tensor/ops and summary/graph and
 * writes from it. */
#ifndef SUMI_GENERATOR_BLOCK_H
#define SUMI_GENERATOR_BLOCK_H

#include "graph/schema.h"
#include "generator/text.h"

typedef struct block {
  const char *file;
  int line; /* of SUMI_OP( */
  char *name, *schema_text;
  char *api; /* C name after "sumi_" */
  char *doc;
  char *no_grad; /* NULL: not given */
  bool composite, elementwise, has_grad;
  bool is_summary;
  char *options; /* of a summary: the type of the writer's options, or "none" */
  sumi__tensor_schema_t schema;
} block_t;

typedef struct blocks {
  int count, capacity;
  block_t **list;
} blocks_t;

/* Names that several files declare alike. */
typedef struct names {
  int count, capacity;
  char **list;
} names_t;

/* Appends the private functions and extern objects that a header declares; false (and a message)
 * when it cannot be read. */
bool scan_names(names_t *names, const char *path);

/* Appends the blocks of a source file. Problems are printed as file:line: text; false when there
 * was one. */
bool scan_file(blocks_t *blocks, const char *path);

/* Names and C names are unique; prints both places otherwise. */
bool check_names(const blocks_t *blocks);

/* Whether the constructor's first argument is the graph: no input that surely is a tensor. */
bool takes_graph(const block_t *block);

/* Attributes that are arguments of the constructor: positional without default, else named. */
bool is_positional(const sumi__tensor_attr_def_t *attr);
bool is_named(const sumi__tensor_attr_def_t *attr);

/* Appends the C name of an input, attribute or option (no keyword); options that are true by
 * default are asked for by their opposite, `no_…`, because zero means the default. */
void put_c_name(text_t *text, const char *name);
void put_attr_name(text_t *text, const sumi__tensor_attr_def_t *attr);
void put_option_name(text_t *text, const sumi__tensor_attr_def_t *attr);
/* The member of the writer's options that a summary's attribute keeps. */
void put_member_name(text_t *text, const sumi__tensor_attr_def_t *attr);
/* The member that says how many texts one holds: class_count of class_names. */
void put_count_name(text_t *text, const sumi__tensor_attr_def_t *attr);

void write_registry(const blocks_t *blocks, text_t *text);
void write_level_names(const blocks_t *blocks, const names_t *names, text_t *text);
void write_header(const blocks_t *blocks, text_t *text);
void write_constructors(const blocks_t *blocks, text_t *text);
void write_page(const blocks_t *blocks, text_t *text);

/* Of summary ops: the public header and the private one; the tables of options, the constructors
 * and the list of all. */
void write_summary_header(const blocks_t *blocks, text_t *text);
void write_summary_registry(const blocks_t *blocks, text_t *text);
void write_summary_tables(const blocks_t *blocks, text_t *text);
void write_summary_constructors(const blocks_t *blocks, text_t *text);
void write_summary_list(const blocks_t *blocks, text_t *text);

/* A summary's input that its constructor makes itself: the tag, and texts that TensorFlow wants
 * empty. */
bool is_text_input(const block_t *block, int index);
bool takes_options(const block_t *block);

void put_upper(text_t *text, const char *name);

/* Appends the words of `words`, broken before column 100, each new line starting with `prefix`. */
void put_wrapped(text_t *text, const char *prefix, const char *words);

/* The first parameters of a constructor's declaration: the graph, inputs, positional attributes. */
void put_parameters(const block_t *block, text_t *text);
void put_return_type(const block_t *block, text_t *text);

#endif

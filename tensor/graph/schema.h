/* The schema text of an op block, parsed. Used by the library at registration and by the build-time
 * generator, so it depends on nothing but the C library and <sumi/dtype.h>. The grammar stands in
 * <sumi/op_def.h>. */
#ifndef SUMI_GRAPH_SCHEMA_H
#define SUMI_GRAPH_SCHEMA_H

#include <sumi/dtype.h>
#include <sumi/graph.h>

enum {
  SUMI__MAX_ARGS = 16,
  SUMI__MAX_ATTRS = 24,
  SUMI__MAX_WORDS = 8,
  SUMI__MAX_TYPES = 12,
  SUMI__SCHEMA_TEXT = 2048
};

typedef enum sumi__tensor_arg_kind {
  SUMI__ARG_VARIABLE, /* T: attribute `type_attr` */
  SUMI__ARG_DTYPE,    /* float32: `dtype` */
  SUMI__ARG_REPEATED, /* N * T or N * float32: attributes `number_attr`, and `type_attr` or `dtype`
                       */
  SUMI__ARG_ANY,      /* [Tin]: attribute `type_attr` of kind types */
  SUMI__ARG_SHAPE     /* an int32 vector, a list of numbers and tensors in C */
} sumi__tensor_arg_kind_t;

typedef struct sumi__tensor_arg {
  const char *name;
  sumi__tensor_arg_kind_t kind;
  int type_attr, number_attr; /* index into attrs, -1 where there is none */
  sumi_dtype_t dtype;         /* where type_attr is -1 */
  bool ref;
} sumi__tensor_arg_t;

typedef struct sumi__tensor_attr_def {
  const char *name;
  sumi_attr_kind_t kind;
  bool inferred; /* T, N, Tin: follows from the inputs; not an argument in C */
  bool has_default;
  sumi_attr_t value; /* the default */
  int word_count;    /* an enum: kind is STRING and one of these */
  const char *words[SUMI__MAX_WORDS];
  int type_count; /* dtypes a type attribute may take; 0: any */
  sumi_dtype_t types[SUMI__MAX_TYPES];
} sumi__tensor_attr_def_t;

/* Attributes stand in the schema's order, inferred ones last in order of first appearance. All
 * texts and lists point into `text`, `list` below: a schema is one block without pointers to
 * elsewhere, and must not be moved. */
typedef struct sumi__tensor_schema {
  int input_count, output_count, attr_count;
  sumi__tensor_arg_t inputs[SUMI__MAX_ARGS], outputs[SUMI__MAX_ARGS];
  sumi__tensor_attr_def_t attrs[SUMI__MAX_ATTRS];
  size_t text_used;
  char text[SUMI__SCHEMA_TEXT];
} sumi__tensor_schema_t;

/* Parses `text` into *schema. On failure returns false and *error_offset, *error (a constant text)
 * say where and what was expected. */
bool sumi__tensor_schema_parse(sumi__tensor_schema_t *schema, const char *text,
                               size_t *error_offset, const char **error);

/* The index of the attribute, -1 when there is none. */
int sumi__tensor_schema_attr(const sumi__tensor_schema_t *schema, const char *name);

/* Parses a value text ("true", "-1", "0.5", "1 2 2 1", "float32", "VALID", "?" for an unknown
 * shape, "[]" for a scalar's, nothing for one that is not given) of an attribute's kind; lists and
 * texts are stored in the schema. False when it does not fit. */
bool sumi__tensor_schema_value(sumi__tensor_schema_t *schema, const sumi__tensor_attr_def_t *attr,
                               const char *text, size_t length, sumi_attr_t *value);

/* Writes the C name of an op ("MatMul" -> "mat_mul", "L2Loss" -> "l2_loss") as the constructors use
 * it. */
void sumi__tensor_snake_case(const char *name, char *out, size_t size);

#endif

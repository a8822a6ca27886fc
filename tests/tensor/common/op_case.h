/* One sample of an op block, built and ready to run: placeholders or constants for its inputs, the
 * node, a session. Everything fails the running test when something does not work. */
#ifndef SUMI_TEST_OP_CASE_H
#define SUMI_TEST_OP_CASE_H

#include "graph/schema.h"

#include <sumi/op_def.h>
#include <sumi/session.h>

typedef enum op_case_mode {
  OP_CASE_STATIC, /* integers and bools are constants; placeholders have their shapes */
  OP_CASE_DYNAMIC /* inputs are placeholders of unknown shape, except matrices of integers, whose
                     elements shape functions know only of constants */
} op_case_mode_t;

enum { OP_CASE_INPUTS = 6 };

typedef struct op_case {
  const sumi_op_def_t *def;
  const sumi_sample_t *sample;
  sumi__tensor_schema_t schema;
  sumi_graph_t *graph;
  sumi_session_t *session;
  int input_count;
  sumi_tensor_t inputs[OP_CASE_INPUTS];
  sumi_array_t *values[OP_CASE_INPUTS];
  bool fed[OP_CASE_INPUTS];
  sumi_tensor_t node; /* output 0; null after a refusal */
  uint64_t random;
} op_case_t;

/* `sweep` replaces float32 as the dtype of inputs whose sample does not name one (0: keep it). */
void op_case_open(op_case_t *c, const sumi_op_def_t *def, const sumi_sample_t *sample,
                  op_case_mode_t mode, sumi_dtype_t sweep);
void op_case_close(op_case_t *c);

/* Whether the sample's values exist in that dtype, and the op takes it. */
bool op_case_fits(const sumi_op_def_t *def, const sumi_sample_t *sample, sumi_dtype_t dtype);

/* Runs for a tensor, or for the op alone when it has no outputs; the caller unrefs *value. */
sumi_status_t op_case_run(op_case_t *c, sumi_tensor_t tensor, sumi_array_t **value);

/* A number in [low, high], the same sequence for each case. */
double op_case_random(op_case_t *c, double low, double high);

/* Random numbers of the shape of an array, as a constant. */
sumi_tensor_t op_case_random_like(op_case_t *c, const sumi_array_t *like);

/* "MatMul sample 2 (float64, dynamic)" for messages. */
const char *op_case_label(const op_case_t *c);

/* Every dtype an op may take for the inputs whose sample does not name one; ends with 0. */
void op_case_dtypes(const sumi_op_def_t *def, const sumi_sample_t *sample,
                    sumi_dtype_t dtypes[SUMI__MAX_TYPES + 1]);

#endif

/* Programs that build a model by its name and run it for an oracle. The folder has in0.npy, …; the
 * variables get random values. Written are variables.safetensors, the outputs out0.npy, … and, of
 * the sum of the squares of the floating outputs, the gradients dx0.npy, … of the floating inputs
 * and g0.npy, … of the trainable variables, in their order. Those that do not exist are left out.
 */
#ifndef SUMI_TEST_MODEL_RUN_H
#define SUMI_TEST_MODEL_RUN_H

#include <sumi/graph.h>

enum { MODEL_MOST = 32 };

typedef struct model_run {
  sumi_graph_t *graph;
  int input_count, output_count;
  sumi_tensor_t inputs[MODEL_MOST]; /* static shapes, but for the first axis */
  sumi_tensor_t outputs[MODEL_MOST];
} model_run_t;

typedef struct model_entry {
  const char *name;
  void (*build)(model_run_t *model);
} model_entry_t;

void model_output(model_run_t *model, sumi_tensor_t output);
void model_outputs(model_run_t *model, sumi_tensors_t outputs);

/* main of such a program: <program> <model> <folder> */
int model_main(int argc, char **argv, const model_entry_t *entries, int count);

#endif

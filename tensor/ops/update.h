/* What the updates of optimizers share: one pass over a variable, its slots and the gradient.
 * Names, inputs and formulas are those of TensorFlow's core/ops/training_ops.cc and
 * core/kernels/training_ops.cc, where it has the op. */
#ifndef SUMI_OPS_UPDATE_H
#define SUMI_OPS_UPDATE_H

#include "ops/state.h"

#include <sumi/op_def.h>

enum { SUMI__UPDATE_MAX_VARIABLES = 4, SUMI__UPDATE_MAX_SCALARS = 8 };

/* One update: the variable and its slots, the gradient, and the hyperparameters in the order of the
 * op's inputs. */
typedef struct sumi__tensor_pass {
  int64_t count;
  void *variable[SUMI__UPDATE_MAX_VARIABLES];
  const void *gradient;
  double scalar[SUMI__UPDATE_MAX_SCALARS];
  bool flag; /* use_nesterov, update_slots */
} sumi__tensor_pass_t;

/* Where an update op's inputs stand. */
typedef struct sumi__tensor_layout {
  int variables;    /* inputs [0, variables) are the variable and its slots */
  int gradient;     /* input index */
  const char *flag; /* name of a bool attribute, NULL for none */
  void (*task32)(void *, int64_t), (*task64)(void *, int64_t);
} sumi__tensor_layout_t;

sumi_status_t sumi__tensor_update_shape(sumi_infer_t *infer, const sumi__tensor_layout_t *layout);
sumi_status_t sumi__tensor_update_kernel(const sumi_kernel_t *kernel,
                                         const sumi__tensor_layout_t *layout);

/* Reads what the kernel is given; `arrays` inputs from the gradient on are no scalars. */
sumi_status_t sumi__tensor_update_arguments(const sumi_kernel_t *kernel,
                                            const sumi__tensor_layout_t *layout, int arrays,
                                            sumi__tensor_pass_t *update);

/* The shape function and the kernel of the op with that layout. */
#define SUMI__UPDATE_FUNCTIONS(name)                                                               \
  static sumi_status_t name##_shape(sumi_infer_t *infer) {                                         \
    return sumi__tensor_update_shape(infer, &name);                                                \
  }                                                                                                \
  static sumi_status_t name##_kernel(const sumi_kernel_t *kernel) {                                \
    return sumi__tensor_update_kernel(kernel, &name);                                              \
  }

/* The same for the op that updates rows: the input behind the gradient says which, the gradient has
 * a row for each of them, and the rows are updated one after the other. */
sumi_status_t sumi__tensor_sparse_update_shape(sumi_infer_t *infer,
                                               const sumi__tensor_layout_t *layout);
sumi_status_t sumi__tensor_sparse_update_kernel(const sumi_kernel_t *kernel,
                                                const sumi__tensor_layout_t *layout);

#define SUMI__SPARSE_UPDATE_FUNCTIONS(name)                                                        \
  static sumi_status_t name##_shape(sumi_infer_t *infer) {                                         \
    return sumi__tensor_sparse_update_shape(infer, &name);                                         \
  }                                                                                                \
  static sumi_status_t name##_kernel(const sumi_kernel_t *kernel) {                                \
    return sumi__tensor_sparse_update_kernel(kernel, &name);                                       \
  }

/* The elements one task changes. */
#define SUMI__UPDATE_RANGE(update, task)                                                           \
  const int64_t begin = (task)*SUMI__UPDATE_TASK;                                                  \
  const int64_t end = (update)->count - begin < SUMI__UPDATE_TASK ? (update)->count                \
                                                                  : begin + SUMI__UPDATE_TASK

/* The loops read a gradient element before they change what it may share memory with (the gradient
 * of a loss may be the variable itself), so nothing is `restrict`: the compiler tests for overlap
 * once and still vectorises. */

#endif

/* Gradients that are added up over several runs before variables are updated. */
#ifndef SUMI_TRAIN_ACCUMULATE_H
#define SUMI_TRAIN_ACCUMULATE_H

#include <sumi/train.h>

typedef struct sumi__tensor_accumulator sumi__tensor_accumulator_t;

/* What updates the variables by the means of the gradients; NULL after a refusal. */
typedef sumi_op_t *(*sumi__tensor_update_fn_t)(sumi_tensors_t means, void *data);

/* Adds the gradients up (null ones stay null) and runs `update` in every `runs`-th run alone, in
 * a branch of that name. NULL after a refusal. */
sumi_op_t *sumi__tensor_accumulate(sumi_site_t site, const char *name, int runs,
                                   sumi_tensors_t gradients, sumi_tensors_t variables,
                                   sumi__tensor_update_fn_t update, void *data);

#endif

/* Many elements as one; for the files of tensor/data/pipeline/ only. */
#ifndef SUMI_DATA_PIPELINE_STACK_H
#define SUMI_DATA_PIPELINE_STACK_H

#include "data/pipeline/element.h"

/* A new element whose arrays are those of `count` elements, at least one, along a new first axis.
 * Without `paddings` all have to be of one shape; with them, smaller ones are filled up.
 * `batch` is for messages. */
sumi_status_t sumi__tensor_stack(sumi_element_t *const *elements, int64_t count, int64_t batch,
                                 const sumi_paddings_t *paddings, sumi_element_t **stacked);

#endif

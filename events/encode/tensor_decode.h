/* TensorProto to values, by the rules of TensorBoard's make_ndarray. */
#ifndef SUMI__TENSOR_DECODE_H
#define SUMI__TENSOR_DECODE_H

#include <sumi/arena.h>
#include <sumi/event.h>

#include "proto/tensor.pb-c.h"

/* Sets kind and payload. A tensor of an element type nobody here reads (complex, half, variant, …)
 * is EMPTY.
 * errors  DATA_LOSS the elements do not fit the shape; RESOURCE_EXHAUSTED */
sumi_status_t sumi__events_tensor_decode(const Sumi__Pb__TensorProto *tensor, sumi_arena_t *arena,
                                         sumi_event_value_t *value);

#endif

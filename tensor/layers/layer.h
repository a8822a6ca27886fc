/* What layers share. */
#ifndef SUMI_LAYERS_LAYER_H
#define SUMI_LAYERS_LAYER_H

#include "graph/apply.h"

#include <sumi/layers.h>

/* Enters the layer's variable scope: that of its name, or a new one of the fallback's. False when
 * the graph has refused. */
bool sumi__tensor_layer_begin(sumi_tensor_t x, sumi_site_t site, const char *name,
                              const char *fallback, sumi_reuse_t reuse);
void sumi__tensor_layer_end(sumi_tensor_t x);

/* Refuses the graph, between begin and end, with the layer's line in front. */
void sumi__tensor_layer_refuse(sumi_tensor_t x, sumi_status_t status, const char *format, ...)
    SUMI_PRINTF(3, 4);

/* The static size of x's last axis; refuses the graph when it is unknown, x is not of that rank (0:
 * 2 or more), or not floating. */
bool sumi__tensor_layer_size(sumi_tensor_t x, const char *layer, int rank, int64_t *size);

/* The size of x's axis: a number where it is static, else taken from the run. */
sumi_tensor_t sumi__tensor_size_of(sumi_tensor_t x, int axis);

/* The options' padding, by default "VALID". */
const char *sumi__tensor_layer_padding(const sumi_layer_options_t *options);

/* Strides or dilations of both axes; 0 is 1. */
sumi_dims_t sumi__tensor_layer_square(int64_t size);

/* A variable of the layer. */
sumi_tensor_t sumi__tensor_layer_variable(sumi_tensor_t x, const char *name, sumi_dims_t dims,
                                          sumi_initializer_t initializer, bool trainable);

/* activation(y + bias), with the bias variable made when there is to be one. */
sumi_tensor_t sumi__tensor_layer_finish(sumi_tensor_t y, int64_t units,
                                        const sumi_layer_options_t *options);

#endif

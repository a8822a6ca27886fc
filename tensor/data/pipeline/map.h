/* What both ways to run a map share; for the files of tensor/data/pipeline/ only. */
#ifndef SUMI_DATA_PIPELINE_MAP_H
#define SUMI_DATA_PIPELINE_MAP_H

#include "data/pipeline/stage.h"

typedef struct {
  sumi_pipeline_t base;
  sumi_element_fn_t fn;
  sumi__tensor_function_t function;
  int64_t seed;
  int threads;
} sumi__tensor_map_t;

/* Calls the function for an element, which is freed where it fails. */
sumi_status_t sumi__tensor_map_apply(const sumi__tensor_map_t *map, int64_t round, int64_t index,
                                     sumi_element_t **element);

void sumi__tensor_map_describe(const sumi_pipeline_t *base, sumi_buffer_t *text);
void sumi__tensor_map_release(sumi_pipeline_t *base);

extern const sumi__tensor_stage_kind_t sumi__tensor_map_threads;

#endif

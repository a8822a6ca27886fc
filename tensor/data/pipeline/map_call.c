#include "data/pipeline/map.h"

#include <inttypes.h>

sumi_status_t sumi__tensor_map_apply(const sumi__tensor_map_t *map, int64_t round, int64_t index,
                                     sumi_element_t **element) {
  const sumi_pipeline_call_t call = sumi__tensor_call_at(&map->function, round, index);
  const sumi_status_t status = map->fn(&call, *element);
  if (status == SUMI_OK) return SUMI_OK;
  sumi__tensor_element_fail(*element, status);
  sumi__tensor_element_free(*element);
  *element = NULL;
  return status;
}

void sumi__tensor_map_describe(const sumi_pipeline_t *base, sumi_buffer_t *text) {
  sumi_buffer_printf(text, "seed %" PRId64, ((const sumi__tensor_map_t *)base)->seed);
}

void sumi__tensor_map_release(sumi_pipeline_t *base) {
  sumi__tensor_function_release(&((sumi__tensor_map_t *)base)->function);
}

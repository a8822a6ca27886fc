#include "exec/plan/known.h"

bool sumi__tensor_may_be_known(sumi_dtype_t dtype, sumi_dims_t dims) {
  const int64_t count = sumi_dims_count(dims);
  return (dtype == SUMI_INT32 || dtype == SUMI_INT64) && dims.rank >= 0 && dims.rank <= 1 &&
         count >= 0 && count <= SUMI_MAX_RANK;
}

sumi_known_t sumi__tensor_known_of(sumi_dtype_t dtype, sumi_dims_t dims, const void *data) {
  if (!data || !sumi__tensor_may_be_known(dtype, dims)) return (sumi_known_t){0};
  sumi_known_t known = {
      .valid = true, .scalar = dims.rank == 0, .count = (int)sumi_dims_count(dims)};
  for (int i = 0; i < known.count; ++i) {
    known.has[i] = true;
    known.value[i] = dtype == SUMI_INT32 ? ((const int32_t *)data)[i] : ((const int64_t *)data)[i];
  }
  return known;
}

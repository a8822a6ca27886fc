/* A feed's dtype, shape and elements, whichever way it is given. */
#include "exec/plan/session.h"

sumi_dtype_t sumi__tensor_feed_dtype(const sumi_feed_t *feed) {
  return feed->array ? sumi_array_dtype(feed->array) : sumi_tensor_dtype(feed->tensor);
}

sumi_dims_t sumi__tensor_feed_dims(const sumi_feed_t *feed) {
  if (feed->array) return sumi_array_dims(feed->array);
  return sumi_dims_given(feed->dims) ? feed->dims : sumi_tensor_dims(feed->tensor);
}

const void *sumi__tensor_feed_data(const sumi_feed_t *feed) {
  return feed->array ? sumi_array_data(feed->array) : feed->data;
}

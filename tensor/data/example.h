/* tf.train.Example (tensorflow/core/example/example.proto, feature.proto) by hand; for the files of
 * tensor/data/ only. */
#ifndef SUMI_DATA_EXAMPLE_H
#define SUMI_DATA_EXAMPLE_H

#include "data/pipeline/element.h"

#include <sumi/buffer.h>
#include <sumi/tfrecord.h>

/* Field numbers. */
enum {
  SUMI__EXAMPLE_FEATURES = 1,
  SUMI__FEATURES_FEATURE = 1,
  SUMI__ENTRY_KEY = 1,
  SUMI__ENTRY_VALUE = 2,
  SUMI__FEATURE_BYTES = 1,
  SUMI__FEATURE_FLOATS = 2,
  SUMI__FEATURE_INT64S = 3,
  SUMI__LIST_VALUE = 1
};

/* Appends an Example of the arrays. */
sumi_status_t sumi__tensor_example_append(sumi_buffer_t *buffer, sumi_components_t arrays);

/* sumi_example_parse in two: what is wrong with the features, and those of one message. */
sumi_status_t sumi__tensor_features_check(sumi_features_t features);
sumi_status_t sumi__tensor_features_take(sumi_features_t features, const void *bytes, size_t size,
                                         sumi_element_t *element);

#endif

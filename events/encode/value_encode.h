/* Checks values and writes their TensorProto and SummaryMetadata. */
#ifndef SUMI__VALUE_ENCODE_H
#define SUMI__VALUE_ENCODE_H

#include <sumi/event.h>

/* INVALID_ARGUMENT, naming the tag, unless the value's shape, dtype and data are allowed.
 * `plugin_name` is the one in force: the text plugin's strings must be UTF-8. */
sumi_status_t sumi__events_value_check(const sumi_event_value_t *value, const char *plugin_name);

/* Bytes of the value's TensorProto, SIZE_MAX when they exceed what an event can hold; the value was
 * checked. */
size_t sumi__events_tensor_size(const sumi_event_value_t *value);

/* Writes these bytes and returns their end. */
uint8_t *sumi__events_tensor_put(uint8_t *at, const sumi_event_value_t *value);

/* The eight bytes of a scalar's. */
uint8_t *sumi__events_scalar_tensor_put(uint8_t *at, float value);

/* The same for SummaryMetadata. */
sumi_status_t sumi__events_metadata_check(const char *tag, const sumi_event_metadata_t *metadata);
size_t sumi__events_metadata_size(const sumi_event_metadata_t *metadata);
uint8_t *sumi__events_metadata_put(uint8_t *at, const sumi_event_metadata_t *metadata);

#endif

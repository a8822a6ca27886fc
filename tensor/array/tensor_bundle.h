/* What the two directions of TensorFlow's checkpoint format share; for the files of tensor/array/
 * only. Field numbers are those of tensor_bundle.proto and tensor_shape.proto. */
#ifndef SUMI_ARRAY_TENSOR_BUNDLE_H
#define SUMI_ARRAY_TENSOR_BUNDLE_H

#include <sumi/arena.h>
#include <sumi/tensor_bundle.h>

enum {
  SUMI__BUNDLE_HEADER_SHARDS = 1,
  SUMI__BUNDLE_HEADER_ENDIANNESS,
  SUMI__BUNDLE_HEADER_VERSION
};
enum { SUMI__VERSION_PRODUCER = 1, SUMI__VERSION_MIN_CONSUMER };
enum {
  SUMI__BUNDLE_ENTRY_DTYPE = 1,
  SUMI__BUNDLE_ENTRY_SHAPE,
  SUMI__BUNDLE_ENTRY_SHARD,
  SUMI__BUNDLE_ENTRY_OFFSET,
  SUMI__BUNDLE_ENTRY_SIZE,
  SUMI__BUNDLE_ENTRY_CRC,
  SUMI__BUNDLE_ENTRY_SLICES
};
enum { SUMI__SHAPE_DIM = 2, SUMI__DIM_SIZE = 1 };
enum { SUMI__BUNDLE_VERSION = 1 }; /* that is written, and the newest that is read */

#define SUMI__BUNDLE_INDEX "%s.index"
#define SUMI__BUNDLE_DATA  "%s.data-%05d-of-%05d"

typedef struct sumi__tensor_bundle_entry {
  sumi_safetensor_t shown;
  uint64_t dtype, shard, slices;
  uint64_t offset;
  uint32_t crc; /* masked */
} sumi__tensor_bundle_entry_t;

struct sumi_tensor_bundle {
  sumi_arena_t *arena; /* of all below */
  const char *prefix, *index_path;
  uint64_t shards;
  bool has_header;
  int64_t count, capacity;
  sumi__tensor_bundle_entry_t *entries; /* by name */
};

#endif

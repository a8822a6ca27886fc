/* What the two directions of TensorFlow's checkpoint format share; for the files of tensor/array/
 * only. Field numbers are those of tensor_bundle.proto and tensor_shape.proto. */
#ifndef SUMI_ARRAY_TENSOR_BUNDLE_H
#define SUMI_ARRAY_TENSOR_BUNDLE_H

#include <sumi/arena.h>
#include <sumi/buffer.h>
#include <sumi/tensor_bundle.h>
#include <sumi/wire.h>

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
enum { SUMI__SLICE_EXTENT = 1, SUMI__EXTENT_START = 1, SUMI__EXTENT_LENGTH };
enum { SUMI__BUNDLE_BFLOAT16 = 14, SUMI__BUNDLE_FLOAT16 = 19 }; /* TensorFlow's numbers */
enum { SUMI__BUNDLE_VERSION = 1 }; /* that is written, and the newest that is read */

#define SUMI__BUNDLE_INDEX "%s.index"
#define SUMI__BUNDLE_DATA  "%s.data-%05d-of-%05d"

typedef struct sumi__tensor_bundle_entry {
  sumi_safetensor_t shown;
  const uint8_t *key, *value; /* as they stand in the index */
  size_t key_size, value_size;
  uint64_t dtype, shard, slices;
  uint64_t offset;
  uint32_t crc; /* masked */
} sumi__tensor_bundle_entry_t;

typedef struct sumi__tensor_bundle_list {
  int64_t count, capacity;
  sumi__tensor_bundle_entry_t *items; /* by key */
} sumi__tensor_bundle_list_t;

struct sumi_tensor_bundle {
  sumi_arena_t *arena; /* of all below but the lists */
  const char *prefix, *index_path;
  uint64_t shards;
  bool has_header;
  sumi__tensor_bundle_list_t arrays, parts; /* parts: slices of arrays that have no bytes */
};

/* Of the elements in the file; 0 for what is read as no array. */
size_t sumi__tensor_bundle_element_bytes(uint64_t dtype);

/* Where a data file is; NULL without memory. */
char *sumi__tensor_bundle_data_path(const sumi_tensor_bundle_t *bundle, uint64_t shard);

/* The entry of that key; NULL when there is none. */
const sumi__tensor_bundle_entry_t *
sumi__tensor_bundle_find_key(const sumi__tensor_bundle_list_t *list, const void *key, size_t size);

/* ---- Slices ---- */

enum { SUMI__SLICE_ALL = -1 }; /* the length of an extent that is all of its axis */

typedef struct sumi__tensor_bundle_slice {
  int rank;
  int64_t start[SUMI_MAX_RANK], length[SUMI_MAX_RANK];
  sumi_dims_t dims;
} sumi__tensor_bundle_slice_t;

/* Reads a TensorSliceProto of an array of shape `whole`; false when it is none of it. */
bool sumi__tensor_bundle_get_slice(const sumi_wire_field_t *message, sumi_dims_t whole,
                                   sumi__tensor_bundle_slice_t *slice);

/* Appends the key that the slice has in the index. */
void sumi__tensor_bundle_slice_key(sumi_buffer_t *key, const char *name,
                                   const sumi__tensor_bundle_slice_t *slice);

/* Copies the slice's elements to their places. */
void sumi__tensor_bundle_put_slice(sumi_array_t *whole, const sumi__tensor_bundle_slice_t *slice,
                                   const sumi_array_t *part);

#endif

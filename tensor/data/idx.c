/* IDX: two zero bytes, a type, a rank, big-endian sizes, elements (yann.lecun.com/exdb/mnist). */
#include "array/array.h"
#include "array/elements.h"
#include "array/source.h"
#include <sumi/data.h>

static const struct {
  unsigned char type;
  sumi_dtype_t dtype;
} types[] = {{0x08, SUMI_UINT8}, {0x09, SUMI_INT8},    {0x0B, SUMI_INT16},
             {0x0C, SUMI_INT32}, {0x0D, SUMI_FLOAT32}, {0x0E, SUMI_FLOAT64}};

static sumi_status_t read_kind(sumi__tensor_source_t *source, sumi_dtype_t *dtype, int *rank) {
  unsigned char bytes[4];
  SUMI_TRY(sumi__tensor_source_read(source, bytes, sizeof bytes, "the IDX header"));
  source->offset = 0;
  if (bytes[0] != 0 || bytes[1] != 0)
    return sumi__tensor_source_fail(source, SUMI_DATA_LOSS,
                                    "not an IDX file: it begins with %02x %02x, not 00 00",
                                    bytes[0], bytes[1]);
  *dtype = SUMI_DTYPE_INVALID;
  for (size_t i = 0; i < sizeof types / sizeof *types; ++i)
    if (types[i].type == bytes[2]) *dtype = types[i].dtype;
  source->offset = 2;
  if (*dtype == SUMI_DTYPE_INVALID)
    return sumi__tensor_source_fail(source, SUMI_DATA_LOSS, "not an IDX file: element type %02x",
                                    bytes[2]);
  source->offset = 3;
  *rank = bytes[3];
  if (*rank < 1 || *rank > SUMI_MAX_RANK)
    return sumi__tensor_source_fail(source, SUMI_UNIMPLEMENTED, "rank %d; 1 to %d are supported",
                                    *rank, SUMI_MAX_RANK);
  source->offset = 4;
  return SUMI_OK;
}

static sumi_status_t read_sizes(sumi__tensor_source_t *source, int rank, sumi_dims_t *dims) {
  *dims = (sumi_dims_t){.rank = rank};
  for (int axis = 0; axis < rank; ++axis) {
    unsigned char size[4];
    SUMI_TRY(sumi__tensor_source_read(source, size, sizeof size, "the IDX sizes"));
    for (int i = 0; i < 4; ++i) dims->size[axis] = dims->size[axis] << 8 | size[i];
  }
  return SUMI_OK;
}

static sumi_status_t read_source(sumi__tensor_source_t *source, sumi_array_t **array) {
  sumi_dtype_t dtype = SUMI_DTYPE_INVALID;
  sumi_dims_t dims = {0};
  int rank = 0;
  int64_t bytes;
  SUMI_TRY(read_kind(source, &dtype, &rank));
  SUMI_TRY(read_sizes(source, rank, &dims));
  const int64_t count = sumi_dims_count(dims);
  const bool overflow = __builtin_mul_overflow(count, (int64_t)sumi_dtype_size_bytes(dtype),
                                               &bytes);
  if (count < 0 || overflow)
    return sumi__tensor_source_fail(source, SUMI_DATA_LOSS, "shape %s has too many elements",
                                    sumi_dims_text(dims).text);
  SUMI_TRY(sumi__tensor_source_expect(source, bytes, "the elements"));
  SUMI_TRY(sumi__tensor_read_elements(source, dtype, dims, sumi__tensor_is_little_endian(), array));
  const sumi_status_t status = sumi__tensor_source_expect_end(source);
  if (status == SUMI_OK) return SUMI_OK;
  sumi_array_unref(*array);
  *array = NULL;
  return status;
}

sumi_status_t sumi_idx_read(const char *path, sumi_array_t **array) {
  if (!array) return sumi_fail(SUMI_INVALID_ARGUMENT, "the place for the array is NULL");
  *array = NULL;
  sumi__tensor_source_t source;
  sumi_status_t status = sumi__tensor_source_open(path, &source);
  if (status == SUMI_OK) status = read_source(&source, array);
  sumi__tensor_source_close(&source);
  return status;
}

/* Records of a TFRecord file, one after the other; for the files of tensor/data/ only. */
#ifndef SUMI_DATA_RECORD_READER_H
#define SUMI_DATA_RECORD_READER_H

#include "array/source.h"

#include <sumi/buffer.h>

typedef struct {
  sumi__tensor_source_t source;
  sumi_buffer_t bytes; /* of the contents; the next record begins at `at` */
  size_t at;
  int64_t number; /* of the next record */
  bool ended;
} sumi__tensor_record_reader_t;

/* Opens a file, plain, gzip or zlib. Close it whatever happens. */
sumi_status_t sumi__tensor_record_reader_open(const char *path,
                                              sumi__tensor_record_reader_t *reader);
void sumi__tensor_record_reader_close(sumi__tensor_record_reader_t *reader);

/* The next record, valid until the next call; NULL at the end, where it stays. */
sumi_status_t sumi__tensor_record_reader_next(sumi__tensor_record_reader_t *reader,
                                              const uint8_t **payload, size_t *size_bytes);

#endif

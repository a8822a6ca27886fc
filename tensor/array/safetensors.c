#include "array/safetensors.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *text; /* in the file */
  sumi_dtype_t dtype;
} dtypes[] = {{"F64", SUMI_FLOAT64}, {"I64", SUMI_INT64},  {"U64", SUMI_UINT64},
              {"F32", SUMI_FLOAT32}, {"I32", SUMI_INT32},  {"U32", SUMI_UINT32},
              {"I16", SUMI_INT16},   {"U16", SUMI_UINT16}, {"I8", SUMI_INT8},
              {"U8", SUMI_UINT8},    {"BOOL", SUMI_BOOL}};

enum { DTYPE_COUNT = sizeof dtypes / sizeof *dtypes };

const char *sumi__tensor_safetensors_dtype(sumi_dtype_t dtype) {
  for (int i = 0; i < DTYPE_COUNT; ++i)
    if (dtypes[i].dtype == dtype) return dtypes[i].text;
  return NULL;
}

sumi_dtype_t sumi__tensor_safetensors_dtype_of(const char *text) {
  for (int i = 0; i < DTYPE_COUNT; ++i)
    if (strcmp(dtypes[i].text, text) == 0) return dtypes[i].dtype;
  return SUMI_DTYPE_INVALID;
}

sumi_status_t sumi__tensor_safetensors_damaged(const sumi_safetensors_t *file, const char *format,
                                               ...) {
  char reason[SUMI_ERROR_MESSAGE_MAX];
  va_list args;
  va_start(args, format);
  vsnprintf(reason, sizeof reason, format, args);
  va_end(args);
  return sumi_fail(SUMI_DATA_LOSS, "%s: %s", file->path, reason);
}

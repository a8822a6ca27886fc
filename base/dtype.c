#include <sumi/dtype.h>

#include <string.h>

const char *sumi_dtype_name(sumi_dtype_t dtype) {
  switch (dtype) {
#define NAME(NAME_, number, text, type)                                                            \
  case SUMI_##NAME_: return text;
    SUMI_DTYPE_MAP(NAME)
#undef NAME
  case SUMI_DTYPE_INVALID: break;
  }
  return "invalid";
}

sumi_dtype_t sumi_dtype_from_name(const char *name) {
  if (!name) return SUMI_DTYPE_INVALID;
#define MATCH(NAME_, number, text, type)                                                           \
  if (strcmp(name, text) == 0) return SUMI_##NAME_;
  SUMI_DTYPE_MAP(MATCH)
#undef MATCH
  return SUMI_DTYPE_INVALID;
}

size_t sumi_dtype_size_bytes(sumi_dtype_t dtype) {
  switch (dtype) {
#define SIZE(NAME_, number, text, type)                                                            \
  case SUMI_##NAME_: return sizeof(type);
    SUMI_DTYPE_MAP(SIZE)
#undef SIZE
  case SUMI_DTYPE_INVALID: break;
  }
  return 0;
}

bool sumi_dtype_is_floating(sumi_dtype_t dtype) {
  return dtype == SUMI_FLOAT32 || dtype == SUMI_FLOAT64;
}

bool sumi_dtype_is_integer(sumi_dtype_t dtype) {
  return sumi_dtype_size_bytes(dtype) > 0 && !sumi_dtype_is_floating(dtype) &&
         dtype != SUMI_STRING && dtype != SUMI_BOOL;
}

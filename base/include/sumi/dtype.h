/* Element types, numbered as in TensorFlow's types.proto so that no second table is needed on the
 * wire. */
#ifndef SUMI_DTYPE_H
#define SUMI_DTYPE_H

#include <sumi/config.h>

SUMI_BEGIN_DECLS

/* X(NAME, number, TensorFlow's name, C type) */
#define SUMI_DTYPE_MAP(X)                                                                          \
  X(FLOAT32, 1, "float32", float)                                                                  \
  X(FLOAT64, 2, "float64", double)                                                                 \
  X(INT32, 3, "int32", int32_t)                                                                    \
  X(UINT8, 4, "uint8", uint8_t)                                                                    \
  X(INT16, 5, "int16", int16_t)                                                                    \
  X(INT8, 6, "int8", int8_t)                                                                       \
  X(STRING, 7, "string", const char *)                                                             \
  X(INT64, 9, "int64", int64_t)                                                                    \
  X(BOOL, 10, "bool", bool)                                                                        \
  X(UINT16, 17, "uint16", uint16_t)                                                                \
  X(UINT32, 22, "uint32", uint32_t)                                                                \
  X(UINT64, 23, "uint64", uint64_t)

/** The type of an element: SUMI_FLOAT32, SUMI_INT64, SUMI_STRING, … */
typedef enum sumi_dtype {
  SUMI_DTYPE_INVALID = 0,
#define SUMI_DTYPE_ENUM(NAME, number, text, type) SUMI_##NAME = number,
  SUMI_DTYPE_MAP(SUMI_DTYPE_ENUM)
#undef SUMI_DTYPE_ENUM
} sumi_dtype_t;

/** "float32", "int64", …; "invalid" for a number outside the map. Never NULL. */
SUMI_API const char *sumi_dtype_name(sumi_dtype_t dtype);

/** The type of that name, SUMI_DTYPE_INVALID when there is none or name is NULL. */
SUMI_API sumi_dtype_t sumi_dtype_from_name(const char *name);

/** Bytes of one element, 0 outside the map. A string element is one pointer to NUL-terminated
 * UTF-8. */
SUMI_API size_t sumi_dtype_size_bytes(sumi_dtype_t dtype);

/** float32 and float64; the integers, signed or not (bool is none of them). */
SUMI_API bool sumi_dtype_is_floating(sumi_dtype_t dtype);
SUMI_API bool sumi_dtype_is_integer(sumi_dtype_t dtype); /* signed or not; bool is none */

SUMI_END_DECLS
#endif

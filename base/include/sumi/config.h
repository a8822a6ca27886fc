/* Compiler and linkage words used by every Sumi header. */
#ifndef SUMI_CONFIG_H
#define SUMI_CONFIG_H

#include <stddef.h>
#include <stdint.h>
#ifndef __cplusplus
#include <stdbool.h>
#endif

#define SUMI_VERSION_MAJOR 0
#define SUMI_VERSION_MINOR 1
#define SUMI_VERSION_PATCH 0
#define SUMI_VERSION       "0.1.0"

#if defined(__GNUC__) || defined(__clang__)
#define SUMI_API               __attribute__((visibility("default")))
#define SUMI_MUST_USE          __attribute__((warn_unused_result))
#define SUMI_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define SUMI_API
#define SUMI_MUST_USE
#define SUMI_PRINTF(fmt, args)
#endif

/* SUMI_OPTIONS(type, .field = value, …) builds the value that carries named optional arguments;
 * SUMI_UNSET gives a field of such a struct its "not given" value (zero) in C++, where C does so by
 * itself. A field that is zero always means "the default". */
#ifdef __cplusplus
#define SUMI_BEGIN_DECLS        extern "C" {
#define SUMI_END_DECLS          }
#define SUMI_OPTIONS(type, ...) (type{__VA_ARGS__})
#define SUMI_UNSET              = {}
#else
#define SUMI_BEGIN_DECLS
#define SUMI_END_DECLS
#define SUMI_OPTIONS(type, ...) ((type){__VA_ARGS__})
#define SUMI_UNSET
#endif

#endif

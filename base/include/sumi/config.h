/* Compiler and linkage words used by every Sumi header. */
#ifndef SUMI_CONFIG_H
#define SUMI_CONFIG_H

#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C++" { /* programs may include the headers inside of extern "C" */
#include <type_traits>
}
#else
#include <stdbool.h>
#endif

/* The version of these headers, which the build takes its own from; <sumi/version.h> tells that of
 * the library. */
#define SUMI_VERSION_MAJOR 0
#define SUMI_VERSION_MINOR 1
#define SUMI_VERSION_PATCH 0
#define SUMI_VERSION       "0.1.0"
#define SUMI_VERSION_NUMBER                                                                        \
  (SUMI_VERSION_MAJOR * 1000000 + SUMI_VERSION_MINOR * 1000 + SUMI_VERSION_PATCH)

#if defined(__GNUC__) || defined(__clang__)
#define SUMI_API               __attribute__((visibility("default")))
#define SUMI_MUST_USE          __attribute__((warn_unused_result))
#define SUMI_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define SUMI_API
#define SUMI_MUST_USE
#define SUMI_PRINTF(fmt, args)
#endif

/* SUMI_CAST(type, value) is a conversion in an inline function that strict programs in C++ accept,
 * too. */
/* SUMI_OPTIONS(type, .field = value, …) is the address of a struct of named optional arguments that
 * lives until the end of the full expression (see <sumi/options.h>); SUMI_VALUE is a struct by
 * value, SUMI_ADDRESS the address of a copy. SUMI_UNSET gives a field its "not given" value (zero)
 * in C++, where C does so by itself. */
#ifdef __cplusplus
#define SUMI_BEGIN_DECLS extern "C" {
#define SUMI_END_DECLS   }
extern "C++" {
template <class SumiValue> inline const SumiValue *sumi__base_address(const SumiValue &value) {
  return &value;
}
}
#define SUMI_VALUE(type, ...)     (type{__VA_ARGS__})
#define SUMI_ADDRESS(type, value) (sumi__base_address<type>(value))
#define SUMI_OPTIONS(type, ...)   (sumi__base_address(type{.struct_size = sizeof(type), __VA_ARGS__}))
#define SUMI_UNSET                = {}
#define SUMI_CAST(type, value)    static_cast<type>(value)
/* Overloads `function(object…, step, value)` so that a floating-point number as the step, which is
 * a value in the wrong place, does not compile. */
#define SUMI_REFUSE_FLOATING_STEP(result, function, ...)                                           \
  extern "C++" {                                                                                   \
  template <class SumiStep,                                                                        \
            typename std::enable_if<std::is_floating_point<SumiStep>::value, int>::type = 0>       \
  result function(__VA_ARGS__) = delete;                                                           \
  }
#else
#define SUMI_BEGIN_DECLS
#define SUMI_END_DECLS
#define SUMI_VALUE(type, ...)     ((type){__VA_ARGS__})
#define SUMI_ADDRESS(type, value) ((const type[]){value})
#define SUMI_OPTIONS(type, ...)   (&(const type){.struct_size = sizeof(type), __VA_ARGS__})
#define SUMI_UNSET
#define SUMI_CAST(type, value) ((type)(value))
/* The step as it is; a floating-point number, which is a value in the wrong place, does not
 * compile. */
typedef struct sumi__a_step_is_an_integer {
  int unused;
} sumi__a_step_is_an_integer_t;
#define SUMI_STEP(step)                                                                            \
  _Generic((step), float                                                                           \
           : (sumi__a_step_is_an_integer_t){0}, double                                             \
           : (sumi__a_step_is_an_integer_t){0}, long double                                        \
           : (sumi__a_step_is_an_integer_t){0}, default                                            \
           : (step))
#endif

/** Zero, for an option whose default is another number: `.beta1 = SUMI_ZERO`. A plain 0 cannot be
 * told from an option that is left out; this is the other zero that floating-point numbers have. */
#define SUMI_ZERO (-0.0)

/** The same for whole numbers: `.axes = SUMI_ZERO_INT`. */
#define SUMI_ZERO_INT INT64_MIN

#endif

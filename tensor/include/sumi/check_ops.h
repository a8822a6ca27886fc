/* Assertions of a graph: what has to hold, looked at where it can be, at the latest in the run.
 *
 *   sumi_op_t *sane = sumi_assert_non_negative(x, .message = "brightness");
 *   x = sumi_with_dependencies(SUMI_OPS(sane), x);
 *
 * Names, conditions and messages are TensorFlow 1's (python/ops/check_ops.py). Each gives the node
 * that looks, which runs where it is a target or something depends on it (sumi_control_begin,
 * sumi_with_dependencies), and fails the run with INVALID_ARGUMENT. What is known while the graph
 * is built, ranks and types, is refused there; the node then does nothing. See also sumi_assert and
 * sumi_check_numerics in <sumi/ops.h>. */
#ifndef SUMI_CHECK_OPS_H
#define SUMI_CHECK_OPS_H

#include <sumi/graph.h>

SUMI_BEGIN_DECLS

typedef struct sumi_assert_that_options {
  size_t struct_size SUMI_UNSET;  /* filled in by the macros; see <sumi/options.h> */
  const char *message SUMI_UNSET; /* comes before the condition */
  int64_t summarize SUMI_UNSET;   /* elements of each tensor that are shown; default 3, -1: all */
  double rtol SUMI_UNSET, atol SUMI_UNSET; /* assert_near: default ten times the dtype's epsilon */
  const char *name SUMI_UNSET;             /* of the name scope, default the function's */
} sumi_assert_that_options_t;

/** What two tensors, or a tensor and a number, have to be to each other. */
typedef enum sumi_assertion {
  SUMI_ASSERTION_EQUAL,
  SUMI_ASSERTION_NONE_EQUAL,
  SUMI_ASSERTION_LESS,
  SUMI_ASSERTION_LESS_EQUAL,
  SUMI_ASSERTION_GREATER,
  SUMI_ASSERTION_GREATER_EQUAL,
  SUMI_ASSERTION_NEAR,
  SUMI_ASSERTION_POSITIVE, /* from here on y is 0 */
  SUMI_ASSERTION_NEGATIVE,
  SUMI_ASSERTION_NON_NEGATIVE,
  SUMI_ASSERTION_NON_POSITIVE
} sumi_assertion_t;

/** Element by element, broadcast: sumi_assert_less(x, y, .message = "sorted"). An empty tensor
 * satisfies all of them. */
#define sumi_assert_equal(...)         SUMI__ASSERT_TWO(EQUAL, __VA_ARGS__, )
#define sumi_assert_none_equal(...)    SUMI__ASSERT_TWO(NONE_EQUAL, __VA_ARGS__, )
#define sumi_assert_less(...)          SUMI__ASSERT_TWO(LESS, __VA_ARGS__, )
#define sumi_assert_less_equal(...)    SUMI__ASSERT_TWO(LESS_EQUAL, __VA_ARGS__, )
#define sumi_assert_greater(...)       SUMI__ASSERT_TWO(GREATER, __VA_ARGS__, )
#define sumi_assert_greater_equal(...) SUMI__ASSERT_TWO(GREATER_EQUAL, __VA_ARGS__, )
/** |x - y| < atol + rtol |y|. */
#define sumi_assert_near(...) SUMI__ASSERT_TWO(NEAR, __VA_ARGS__, )
#define SUMI__ASSERT_TWO(assertion, x, y, ...)                                                     \
  sumi_assert_that_with(SUMI_HERE, SUMI_ASSERTION_##assertion, x, SUMI_T(y),                       \
                        SUMI_OPTIONS(sumi_assert_that_options_t, __VA_ARGS__))
/** x > 0, x < 0, x >= 0, x <= 0. */
#define sumi_assert_positive(...)     SUMI__ASSERT_ONE(POSITIVE, __VA_ARGS__, )
#define sumi_assert_negative(...)     SUMI__ASSERT_ONE(NEGATIVE, __VA_ARGS__, )
#define sumi_assert_non_negative(...) SUMI__ASSERT_ONE(NON_NEGATIVE, __VA_ARGS__, )
#define sumi_assert_non_positive(...) SUMI__ASSERT_ONE(NON_POSITIVE, __VA_ARGS__, )
#define SUMI__ASSERT_ONE(assertion, x, ...)                                                        \
  sumi_assert_that_with(SUMI_HERE, SUMI_ASSERTION_##assertion, x, SUMI_T(0),                       \
                        SUMI_OPTIONS(sumi_assert_that_options_t, __VA_ARGS__))
SUMI_API sumi_op_t *sumi_assert_that_with(sumi_site_t site, sumi_assertion_t assertion,
                                          sumi_tensor_t x, sumi_tensor_t y,
                                          const sumi_assert_that_options_t *options);

/** The rank, or at least so many axes. */
#define sumi_assert_rank(x, rank)          sumi_assert_rank_at(SUMI_HERE, x, rank, false)
#define sumi_assert_rank_at_least(x, rank) sumi_assert_rank_at(SUMI_HERE, x, rank, true)
#define sumi_assert_scalar(x)              sumi_assert_rank_at(SUMI_HERE, x, 0, false)
SUMI_API sumi_op_t *sumi_assert_rank_at(sumi_site_t site, sumi_tensor_t x, int rank, bool at_least);

/** The dtype; or that of any integers (SUMI_DTYPE_INVALID). */
#define sumi_assert_type(x, dtype) sumi_assert_type_at(SUMI_HERE, x, dtype)
#define sumi_assert_integer(x)     sumi_assert_type_at(SUMI_HERE, x, SUMI_DTYPE_INVALID)
SUMI_API sumi_op_t *sumi_assert_type_at(sumi_site_t site, sumi_tensor_t x, sumi_dtype_t dtype);

SUMI_END_DECLS
#endif

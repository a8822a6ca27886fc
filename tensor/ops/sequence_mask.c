/* Sequences of different lengths in one tensor. Source: TensorFlow python/ops/array_ops.py. */
#include <sumi/op_def.h>
#include <sumi/ops.h>

static sumi_tensor_t sequence_mask_expand(const sumi_build_t *build) {
  const sumi_tensor_t lengths = build->in[0];
  const int64_t given = sumi_build_attr(build, "maxlen")->integer;
  if (given < 0)
    return sumi_build_refuse(build, "maxlen is %lld, at least 0 is expected", (long long)given);
  const sumi_dtype_t dtype = sumi_build_attr(build, "dtype")->type;
  const sumi_tensor_t longest = given > 0 ? sumi_tensor_of_number((double)given)
                                          : sumi_maximum(sumi_reduce_max(lengths), 0);
  const sumi_tensor_t zero = sumi_zeros_like(sumi_reduce_max(lengths));
  const sumi_tensor_t mask = sumi_less(sumi_range(zero, longest, 1), sumi_expand_dims(lengths, -1));
  return dtype == SUMI_BOOL ? mask : sumi_cast(mask, dtype);
}

SUMI_OP(sequence_mask,
        "lengths: T | maxlen: int = 0, dtype: type = bool -> mask: dtype ; T: int32 int64",
        .doc = "mask[i, …, j] says whether j < lengths[i, …]. Without `maxlen` there are as many "
               "places as the longest has.",
        .expand = sequence_mask_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(3)},
                      .at = {SUMI_VALUES(1, 3, 2)},
                      .dtype = {SUMI_INT32},
                      .attrs = "maxlen = 4, dtype = float32",
                      .out = SUMI_S(3, 4),
                      .expect = SUMI_VALUES(1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 0, 0),
                      .from = "TensorFlow's documentation"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(0, 2)},
                      .dtype = {SUMI_INT64},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(0, 0, 1, 1),
                      .from = "by hand"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .at = {SUMI_VALUES(0, 2)},
                      .dtype = {SUMI_INT32},
                      .attrs = "maxlen = -1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "maxlen is -1"}));

/* Sequences of a batch, each turned around up to its own length. Source of name and semantics:
 * TensorFlow core/ops/array_ops.cc. */
#include "kernels/rows.h"
#include "ops/known.h"

#include <sumi/ops.h>

#include <string.h>

/* Where the two axes are; they are refused when they are outside or the same. */
static sumi_status_t find_axes(const sumi_infer_t *infer, int rank, int *seq, int *batch) {
  SUMI_TRY(
      sumi__tensor_want_axis(infer, "seq_dim", sumi_attr_int(infer->op, "seq_dim"), rank, seq));
  SUMI_TRY(sumi__tensor_want_axis(infer, "batch_dim", sumi_attr_int(infer->op, "batch_dim"), rank,
                                  batch));
  if (*seq != *batch) return SUMI_OK;
  return sumi_refuse(infer, "seq_dim and batch_dim are both axis %d", *seq);
}

static sumi_status_t reverse_sequence_shape(sumi_infer_t *infer) {
  infer->out[0] = infer->in[0];
  SUMI_TRY(sumi__tensor_want_rank(infer, 1, "seq_lengths", 1));
  const int rank = infer->in[0].rank;
  if (rank == SUMI_UNKNOWN_RANK) return SUMI_OK;
  int seq, batch;
  SUMI_TRY(find_axes(infer, rank, &seq, &batch));
  sumi_dims_t rows = sumi__tensor_vector_dims(infer->in[0].size[batch]);
  if (!sumi_merge_dims(rows, infer->in[1], &rows))
    return sumi_refuse(infer,
                       "seq_lengths has shape %s, one length for each of axis %d of %s is "
                       "wanted",
                       sumi_dims_text(infer->in[1]).text, batch, sumi_dims_text(infer->in[0]).text);
  infer->out[0].size[batch] = rows.size[0];
  return SUMI_OK;
}

typedef struct reversal {
  const sumi_kernel_t *kernel;
  int rank, seq, batch;
  int64_t stride[SUMI_MAX_RANK]; /* in elements */
  int64_t run;                   /* elements that stand together behind both axes */
} reversal_t;

/* Copies the runs [first, first + count). */
static void reverse_runs(void *context, int64_t first, int64_t count) {
  const reversal_t *r = context;
  const sumi_array_view_t *in = &r->kernel->in[0], *lengths = &r->kernel->in[1];
  const size_t element = sumi_dtype_size_bytes(in->dtype), bytes = (size_t)r->run * element;
  char *out = sumi_kernel_out(r->kernel, 0);
  for (int64_t i = first; i < first + count; ++i) {
    const int64_t at = i * r->run;
    const int64_t time = at / r->stride[r->seq] % in->dims[r->seq];
    const int64_t row = at / r->stride[r->batch] % in->dims[r->batch];
    const int64_t length = sumi__tensor_view_int(lengths, row);
    const int64_t from = time < length ? at + (length - 1 - 2 * time) * r->stride[r->seq] : at;
    memcpy(out + (size_t)at * element, (const char *)in->data + (size_t)from * element, bytes);
  }
}

static sumi_status_t reverse_sequence_kernel(const sumi_kernel_t *kernel) {
  const sumi_array_view_t *in = &kernel->in[0];
  const int64_t seq = sumi_attr_int(kernel->op, "seq_dim"),
                batch = sumi_attr_int(kernel->op, "batch_dim");
  reversal_t r = {.kernel = kernel,
                  .seq = (int)(seq < 0 ? seq + in->rank : seq),
                  .batch = (int)(batch < 0 ? batch + in->rank : batch)};
  for (int64_t i = 0; i < kernel->in[1].dims[0]; ++i) {
    const int64_t length = sumi__tensor_view_int(&kernel->in[1], i);
    if (length < 0 || length > in->dims[r.seq])
      return sumi_kernel_fail(kernel, SUMI_INVALID_ARGUMENT,
                              "seq_lengths[%lld] is %lld, expected a value in [0, %lld]",
                              (long long)i, (long long)length, (long long)in->dims[r.seq]);
  }
  for (int axis = 0; axis < in->rank; ++axis)
    r.stride[axis] = sumi__tensor_count_axes(in->dims, axis + 1, in->rank);
  r.run = r.stride[r.seq > r.batch ? r.seq : r.batch];
  const int64_t total = sumi__tensor_count_axes(in->dims, 0, in->rank);
  if (total > 0) sumi__tensor_each_rows(kernel, total / r.run, r.run, reverse_runs, &r);
  return SUMI_OK;
}

static void reverse_sequence_grad(sumi_grad_t *grad) {
  grad->dx[0] = sumi_reverse_sequence(grad->dy[0], grad->x[1], sumi_attr_int(grad->op, "seq_dim"),
                                      .batch_dim = sumi_attr_int(grad->op, "batch_dim"));
}

SUMI_OP(ReverseSequence,
        "input: T, seq_lengths: Tlen | seq_dim: int, batch_dim: int = 0 -> output: T ; "
        "Tlen: int64 int32",
        .doc = "`input` with the first seq_lengths[b] elements along axis seq_dim turned around, "
               "where b counts along batch_dim; those behind stay.",
        .shape = reverse_sequence_shape, .kernel = reverse_sequence_kernel,
        .grad = reverse_sequence_grad,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(2, 3)},
                      .dtype = {0, SUMI_INT32},
                      .attrs = "seq_dim = 1",
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(2, 1, 3, 6, 5, 4),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(3, 2, 2), SUMI_S(2)},
                      .at = {SUMI_VALUES(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), SUMI_VALUES(3, 0)},
                      .dtype = {0, SUMI_INT64},
                      .attrs = "seq_dim = 0, batch_dim = -2",
                      .out = SUMI_S(3, 2, 2),
                      .expect = SUMI_VALUES(8, 9, 2, 3, 4, 5, 6, 7, 0, 1, 10, 11),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2)},
                      .at = {NULL, SUMI_VALUES(1, 4)},
                      .dtype = {0, SUMI_INT32},
                      .attrs = "seq_dim = 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "seq_lengths[1] is 4, expected a value in [0, 3]"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(3)},
                      .at = {NULL, SUMI_VALUES(1, 1, 1)},
                      .dtype = {0, SUMI_INT32},
                      .attrs = "seq_dim = 1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "one length for each of axis 0 of (2, 3)"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(2)},
                      .at = {NULL, SUMI_VALUES(1, 1)},
                      .dtype = {0, SUMI_INT32},
                      .attrs = "seq_dim = 1, batch_dim = -1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "both axis 1"}));

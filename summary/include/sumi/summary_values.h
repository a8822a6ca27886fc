/* Numbers and text for TensorBoard: scalars, histograms, text, PR curves. Rules common to all
 * calls: <sumi/writer.h>. */
#ifndef SUMI_SUMMARY_VALUES_H
#define SUMI_SUMMARY_VALUES_H

#include <sumi/array_view.h>
#include <sumi/writer.h>

SUMI_BEGIN_DECLS

/** A point of a curve. TensorBoard keeps scalars as 32-bit floats: `value` is rounded to one, a
 * larger magnitude becomes infinite. NaN and infinities are written; TensorBoard marks them. */
SUMI_API sumi_status_t sumi_writer_scalar(sumi_writer_t *writer, const char *tag, int64_t step,
                                          double value);
#ifdef __cplusplus
SUMI_REFUSE_FLOATING_STEP(sumi_status_t, sumi_writer_scalar, sumi_writer_t *, const char *,
                          SumiStep, double)
#else
#define sumi_writer_scalar(writer, tag, step, value)                                               \
  sumi_writer_scalar(writer, tag, SUMI_STEP(step), value)
#endif

typedef struct sumi_scalar {
  const char *tag;
  double value;
} sumi_scalar_t;

/** Several points of one step in one record; each is gated by its own tag's interval. On a refused
 * tag the others are still written and the last refusal is returned. */
SUMI_API sumi_status_t sumi_writer_scalars(sumi_writer_t *writer, int64_t step,
                                           const sumi_scalar_t *scalars, size_t count);

typedef struct sumi_histogram_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  int buckets SUMI_UNSET;        /* 1 to 10000; default 30 */
} sumi_histogram_options_t;

/** The distribution of an array of any rank and numeric dtype, for the Histograms and Distributions
 * dashboards: `buckets` equal-width buckets from the least to the greatest value
 * (tensorboard/plugins/histogram/summary_v2.py). NaN and infinities are left out of the buckets and
 * counted: whenever an array holds any, their number is logged as scalar "<tag>/nonfinite", and
 * again when it returns to 0. */
#define sumi_writer_histogram(writer, tag, ...) SUMI__WRITER_HISTOGRAM(writer, tag, __VA_ARGS__, )
#define SUMI__WRITER_HISTOGRAM(writer, tag, step, values, ...)                                     \
  sumi_writer_histogram_with(writer, tag, step, values,                                            \
                             SUMI_OPTIONS(sumi_histogram_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_histogram_with(sumi_writer_t *writer, const char *tag,
                                                  int64_t step, const sumi_array_view_t *values,
                                                  const sumi_histogram_options_t *options);

/** The same for `count` plain numbers. */
SUMI_API sumi_status_t sumi_writer_histogram_floats(sumi_writer_t *writer, const char *tag,
                                                    int64_t step, const float *values,
                                                    int64_t count);
SUMI_API sumi_status_t sumi_writer_histogram_doubles(sumi_writer_t *writer, const char *tag,
                                                     int64_t step, const double *values,
                                                     int64_t count);

/** Markdown (tables and fenced code are understood; images and raw HTML are not). */
SUMI_API sumi_status_t sumi_writer_text(sumi_writer_t *writer, const char *tag, int64_t step,
                                        const char *markdown);

/** A table: `rows` * `columns` cells of Markdown, row by row, the first row its head. The
 * characters that would end a cell or a row are escaped. */
SUMI_API sumi_status_t sumi_writer_text_table(sumi_writer_t *writer, const char *tag, int64_t step,
                                              const char *const *cells, int rows, int columns);

/** A tensor of texts of rank 0 to 2; TensorBoard shows rank 1 and 2 as a table without a head. */
SUMI_API sumi_status_t sumi_writer_text_tensor(sumi_writer_t *writer, const char *tag, int64_t step,
                                               const sumi_array_view_t *texts);

typedef struct sumi_pr_curve_options {
  size_t struct_size SUMI_UNSET;    /* filled in by the macros; see <sumi/options.h> */
  int thresholds SUMI_UNSET;        /* 2 to 100000; default 201 */
  const double *weights SUMI_UNSET; /* `count` finite numbers >= 0; NULL: all 1 */
} sumi_pr_curve_options_t;

/** A precision-recall curve of `count` examples: `labels` their truth, `scores` the predicted
 * probabilities, 0 to 1 (tensorboard/plugins/pr_curve/summary.py). */
#define sumi_writer_pr_curve(writer, tag, step, labels, ...)                                       \
  SUMI__WRITER_PR_CURVE(writer, tag, step, labels, __VA_ARGS__, )
#define SUMI__WRITER_PR_CURVE(writer, tag, step, labels, scores, count, ...)                       \
  sumi_writer_pr_curve_with(writer, tag, step, labels, scores, count,                              \
                            SUMI_OPTIONS(sumi_pr_curve_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_pr_curve_with(sumi_writer_t *writer, const char *tag,
                                                 int64_t step, const bool *labels,
                                                 const float *scores, int64_t count,
                                                 const sumi_pr_curve_options_t *options);

SUMI_END_DECLS
#endif

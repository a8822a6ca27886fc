/* TFRecord files, and the tf.train.Example messages that most of them hold: read and written
 * without TensorFlow.
 *
 *   sumi_pipeline_t *p = sumi_pipeline_from_records(SUMI_PATHS("a.tfrecord", "b.tfrecord"));
 *   p = sumi_pipeline_parse_examples(p, SUMI_FEATURES(
 *       {.name = "image", .dtype = SUMI_UINT8},
 *       {.name = "label", .dtype = SUMI_INT64},
 *       {.name = "boxes", .dtype = SUMI_FLOAT32, .variable = true}));
 *
 *   sumi_record_writer_t *w = sumi_record_writer_open("a.tfrecord");
 *   sumi_record_writer_example(w, SUMI_COMPONENTS({"image", bytes}, {"label", label}));
 *   sumi_status_t status = sumi_record_writer_close(w);
 */
#ifndef SUMI_TFRECORD_H
#define SUMI_TFRECORD_H

#include <sumi/pipeline.h>
#include <sumi/record.h>

SUMI_BEGIN_DECLS

/* ---- Reading ---- */

/** The records of files, one file after the other, as "record", uint8 [size]. Files may be plain,
 * gzip or zlib; which is seen by itself.
 * errors  NOT_FOUND and the like from the system; DATA_LOSS, with path, byte of the (inflated)
 *         contents and number of the record, for a wrong checksum or a file that ends early. Only
 *         behind a record whose bytes are damaged, but not its length, can be gone on. */
SUMI_API sumi_pipeline_t *sumi_pipeline_from_records(sumi_texts_t paths) SUMI_MUST_USE;

/** What to look for in an Example, and what becomes of it. */
typedef struct sumi_feature {
  const char *name SUMI_UNSET; /* also the array's */
  /* float32, int64 or string, as in the file; uint8: the bytes of one value, which may hold any. */
  sumi_dtype_t dtype SUMI_UNSET;
  sumi_dims_t shape SUMI_UNSET;      /* of the values; default: one of them, and all bytes */
  bool variable SUMI_UNSET;          /* any number of values, none included: [count] */
  sumi_array_t *standard SUMI_UNSET; /* instead of a feature that is missing, which is an error */
} sumi_feature_t;

typedef struct sumi_features {
  int count SUMI_UNSET;
  const sumi_feature_t *list SUMI_UNSET;
} sumi_features_t;

#define SUMI_FEATURES(...) SUMI__LIST(sumi_features_t, sumi_feature_t, __VA_ARGS__)

/** Puts the features of a serialized tf.train.Example into an element, as
 * tf.io.parse_single_example does: fixed-length, variable-length and default values.
 * errors  DATA_LOSS bytes that are no Example; NOT_FOUND, naming it, a feature that is missing;
 *         INVALID_ARGUMENT, with both, one of another kind or number of values */
SUMI_API sumi_status_t sumi_example_parse(const void *bytes, size_t size_bytes,
                                          sumi_features_t features, sumi_element_t *element);

typedef struct sumi_parse_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  int threads SUMI_UNSET;        /* default: the one that asks */
  const char *from SUMI_UNSET;   /* the array with the message, which leaves; default "record" */
} sumi_parse_options_t;

/** sumi_example_parse for each element; failures name file and record. The features, and arrays
 * among them, are copied and kept. */
#define sumi_pipeline_parse_examples(pipeline, ...)                                                \
  SUMI__PIPELINE_PARSE_EXAMPLES(pipeline, __VA_ARGS__, )
#define SUMI__PIPELINE_PARSE_EXAMPLES(pipeline, features, ...)                                     \
  sumi_pipeline_parse_examples_with(pipeline, features,                                            \
                                    SUMI_OPTIONS(sumi_parse_options_t, __VA_ARGS__))
SUMI_API sumi_pipeline_t *
sumi_pipeline_parse_examples_with(sumi_pipeline_t *pipeline, sumi_features_t features,
                                  const sumi_parse_options_t *options) SUMI_MUST_USE;

/* ---- Writing ---- */

/** How a file is packed. */
typedef enum sumi_compression { SUMI_UNCOMPRESSED, SUMI_GZIP, SUMI_ZLIB } sumi_compression_t;

/** Writes one TFRecord file; confined to a thread. The first failure stays, and what follows does
 * nothing. */
typedef struct sumi_record_writer sumi_record_writer_t;

typedef struct sumi_record_writer_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_compression_t compression SUMI_UNSET;
  int level SUMI_UNSET; /* of the compression, 1 to 9; default 6 */
} sumi_record_writer_options_t;

/** Creates or empties a file; NULL on failure. */
#define sumi_record_writer_open(...) SUMI__RECORD_WRITER_OPEN(__VA_ARGS__, )
#define SUMI__RECORD_WRITER_OPEN(path, ...)                                                        \
  sumi_record_writer_open_with(path, SUMI_OPTIONS(sumi_record_writer_options_t, __VA_ARGS__))
SUMI_API sumi_record_writer_t *
sumi_record_writer_open_with(const char *path,
                             const sumi_record_writer_options_t *options) SUMI_MUST_USE;

/** Appends a record of any bytes. */
SUMI_API sumi_status_t sumi_record_writer_record(sumi_record_writer_t *writer, const void *bytes,
                                                 size_t size_bytes);

/** Appends a tf.train.Example of the arrays: float32 and float64 as float_list, bool and integers
 * as int64_list, string as bytes_list, and uint8 as one value of bytes, whatever its shape. */
SUMI_API sumi_status_t sumi_record_writer_example(sumi_record_writer_t *writer,
                                                  sumi_components_t arrays);

/** The same of an element's arrays. */
SUMI_API sumi_status_t sumi_record_writer_element(sumi_record_writer_t *writer,
                                                  const sumi_element_t *element);

/** Ends and closes the file and frees the writer; returns its first failure, after which the file
 * is removed. A NULL writer is a failure. */
SUMI_API sumi_status_t sumi_record_writer_close(sumi_record_writer_t *writer);

SUMI_END_DECLS
#endif

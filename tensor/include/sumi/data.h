/* Pictures with labels from files, and batches of them.
 *
 *   sumi_dataset_t train = {0};
 *   sumi_dataset_load("/usr/share/datasets/fashion-mnist", SUMI_TRAIN, &train);
 *   sumi_batcher_t *batches = sumi_batcher_new(&train, 64, .seed = 1);
 *   sumi_batch_t batch;
 *   sumi_batcher_get(batches, step, &batch);       // the batch of this step, whatever came before
 *
 * Errors of reading: NOT_FOUND and the like from the system; DATA_LOSS, with path and byte (or
 * line), for contents that are damaged, truncated or claim more than the file can hold;
 * UNIMPLEMENTED for what a format allows and this reader does not. Every reader of files takes gzip
 * files too. */
#ifndef SUMI_DATA_H
#define SUMI_DATA_H

#include <sumi/array.h>

SUMI_BEGIN_DECLS

/* ---- Single files; *array is new (the caller unrefs it), NULL on failure ---- */

/** An IDX file (as MNIST's): uint8, int8, int16, int32, float32 or float64 elements of any rank up
 * to SUMI_MAX_RANK. */
SUMI_API sumi_status_t sumi_idx_read(const char *path, sumi_array_t **array);

typedef struct sumi_csv_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_dtype_t dtype SUMI_UNSET; /* default float64 */
  char separator SUMI_UNSET;     /* default ',' */
  int64_t skip_lines SUMI_UNSET; /* lines before the numbers, such as a line of titles */
} sumi_csv_options_t;

/** Numbers in lines of equally many fields: an array [lines, fields]. Empty lines are skipped;
 * numbers are written as in
 *  C whatever the locale. DATA_LOSS, with line and field, for anything else. */
#define sumi_csv_read(path, ...) SUMI__CSV_READ(path, __VA_ARGS__, )
#define SUMI__CSV_READ(path, array, ...)                                                           \
  sumi_csv_read_with(path, array, SUMI_OPTIONS(sumi_csv_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_csv_read_with(const char *path, sumi_array_t **array,
                                          const sumi_csv_options_t *options);

/* ---- Data sets ---- */

/** Owned by whoever loaded it, until sumi_dataset_release. */
typedef struct sumi_dataset {
  sumi_array_t *images SUMI_UNSET;      /* uint8 [n, height, width, channels] */
  sumi_array_t *labels SUMI_UNSET;      /* int32 [n], each in [0, number of classes) */
  sumi_array_t *class_names SUMI_UNSET; /* string [number of classes] */
} sumi_dataset_t;

/** Which half of a data set. */
typedef enum sumi_split { SUMI_TRAIN, SUMI_TEST } sumi_split_t;

/** Drops the arrays and leaves an empty data set. */
SUMI_API void sumi_dataset_release(sumi_dataset_t *dataset);

/** Loads one half of what a folder holds, or an npz file:
 *    IDX       train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-… (as MNIST; also .gz)
 *    CIFAR-10  data_batch_1.bin … data_batch_5.bin, test_batch.bin, batches.meta.txt
 *    npz       arrays x_train, y_train, x_test, y_test (as Keras): uint8 pictures of rank 3 or 4
 *  Classes are named by the folder's class_names.txt (a name a line) or batches.meta.txt,
 *  Fashion-MNIST's by the names of its authors when the folder is called so, and others by their
 *  numbers. NOT_FOUND, saying what was looked for, when there is none of it. `dataset` is released
 *  first and stays empty on failure. */
SUMI_API sumi_status_t sumi_dataset_load(const char *path, sumi_split_t split,
                                         sumi_dataset_t *dataset);

/** `count` drawn grey pictures [28, 28, 1] of ten kinds of glyphs, turned, moved, scaled and noisy:
 * for trying things
 *  where there are no files. The same seed gives the same pictures. */
SUMI_API sumi_status_t sumi_dataset_draw_glyphs(int64_t count, int64_t seed,
                                                sumi_dataset_t *dataset);

/* ---- Batches ---- */

typedef struct sumi_batcher sumi_batcher_t;

typedef struct sumi_batcher_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  int64_t seed SUMI_UNSET;       /* of the order; every epoch has its own */
  bool in_order SUMI_UNSET;      /* the data set's order instead */
  bool drop_last SUMI_UNSET;     /* no smaller batch at the end of an epoch */
} sumi_batcher_options_t;

/** Batches of a data set, which must stay as it is as long as the batcher; NULL on failure.
 * Confined to a thread. */
#define sumi_batcher_new(dataset, ...) SUMI__BATCHER_NEW(dataset, __VA_ARGS__, )
#define SUMI__BATCHER_NEW(dataset, batch_size, ...)                                                \
  sumi_batcher_new_with(dataset, batch_size, SUMI_OPTIONS(sumi_batcher_options_t, __VA_ARGS__))
SUMI_API sumi_batcher_t *sumi_batcher_new_with(const sumi_dataset_t *dataset, int64_t batch_size,
                                               const sumi_batcher_options_t *options) SUMI_MUST_USE;
/** NULL is allowed. */
SUMI_API void sumi_batcher_free(sumi_batcher_t *batcher);

/** Batches in an epoch, the smaller last one included unless it is dropped. */
SUMI_API int64_t sumi_batcher_per_epoch(const sumi_batcher_t *batcher);

/** Borrowed until the next batch is got. */
typedef struct sumi_batch {
  int64_t count SUMI_UNSET;
  int64_t epoch SUMI_UNSET;
  sumi_array_t *images
      SUMI_UNSET; /* float32 [count, height, width, channels], 0 to 1 (uint8 / 255) */
  sumi_array_t *labels SUMI_UNSET;   /* int32 [count] */
  const int64_t *indices SUMI_UNSET; /* where in the data set each comes from */
} sumi_batch_t;

/** The batch of a step, counted from 0 through all epochs: a run resumed at a step sees what an
 * uninterrupted one sees.
 *  Within an epoch every picture comes once (but for those of a dropped batch). */
SUMI_API sumi_status_t sumi_batcher_get(sumi_batcher_t *batcher, int64_t step, sumi_batch_t *batch);

SUMI_END_DECLS
#endif

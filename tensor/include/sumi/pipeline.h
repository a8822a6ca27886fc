/* Data pipelines in the manner of tf.data: where elements come from, what is done to them, and an
 * iterator that hands them out one after the other.
 *
 *   sumi_pipeline_t *p = sumi_pipeline_from_arrays(SUMI_COMPONENTS({"image", images},
 *                                                                  {"label", labels}));
 *   p = sumi_pipeline_shuffle(p, 10000, .seed = 1);
 *   p = sumi_pipeline_map(p, augment, .threads = 2);
 *   p = sumi_pipeline_repeat(p, SUMI_FOREVER);
 *   p = sumi_pipeline_batch(p, 64, .drop_remainder = true);
 *   p = sumi_pipeline_prefetch(p, 2);
 *   sumi_iterator_t *it = sumi_iterator_new(p);
 *   for (const sumi_element_t *batch; (batch = sumi_iterator_next(it));)
 *     sumi_session_run(s, .targets = SUMI_OPS(train), .feeds = SUMI_FEEDS(
 *         {.tensor = x, .array = sumi_element_get(batch, "image")},
 *         {.tensor = y, .array = sumi_element_get(batch, "label")}));
 *   if (sumi_iterator_status(it) != SUMI_OK) …
 *   sumi_iterator_free(it);
 *   sumi_pipeline_unref(p);
 *
 * A pipeline is a description that never changes; every iterator on it starts from the beginning.
 * Functions that make one take over the pipelines they are given (sumi_pipeline_ref keeps one for
 * other uses) and never return NULL: like cairo's objects a pipeline keeps its first failure, which
 * goes on to those made of it, and which sumi_iterator_status tells in the end.
 *
 * What an iterator hands out is a function of the pipeline alone: not of the number of threads, nor
 * of where the iterator began. Shuffles and the random streams of functions are seeded, and differ
 * from round to round (the times that sumi_pipeline_repeat goes through what it repeats). So a
 * place in the data is a number of elements: see sumi_iterator_save and sumi_iterator_seek.
 *
 * A pipeline may be used by several threads, an iterator by one at a time. */
#ifndef SUMI_PIPELINE_H
#define SUMI_PIPELINE_H

#include <sumi/array.h>
#include <sumi/data.h>
#include <sumi/graph.h>
#include <sumi/random.h>

SUMI_BEGIN_DECLS

/* ---- Elements ---- */

/** A few arrays with names. Their contents are shared with other elements, and are not written to.
 */
typedef struct sumi_element sumi_element_t;

/** The longest name of an array in an element, in bytes. */
#define SUMI_COMPONENT_NAME_MAX 63

/** How many arrays there are; the name of one, NULL out of range. */
SUMI_API int sumi_element_count(const sumi_element_t *element);
SUMI_API const char *sumi_element_name(const sumi_element_t *element, int index);

/** The array of that name, NULL when there is none. Borrowed: it lives as long as the element, and
 * longer with a reference of the caller's. */
SUMI_API sumi_array_t *sumi_element_get(const sumi_element_t *element, const char *name);

/** Gives an array, whose reference is taken over whatever happens, a name; an array of that name is
 * replaced. A NULL array is a failure of its own call, whose message is kept.
 * errors  INVALID_ARGUMENT a NULL, a name that is empty or too long; RESOURCE_EXHAUSTED */
SUMI_API sumi_status_t sumi_element_set(sumi_element_t *element, const char *name,
                                        sumi_array_t *array);

/** Drops an array; nothing happens when there is none of that name. */
SUMI_API void sumi_element_remove(sumi_element_t *element, const char *name);

/** An array and its name. */
typedef struct sumi_component {
  const char *name SUMI_UNSET;
  sumi_array_t *array SUMI_UNSET;
} sumi_component_t;

typedef struct sumi_components {
  int count SUMI_UNSET;
  const sumi_component_t *list SUMI_UNSET;
} sumi_components_t;

#define SUMI_COMPONENTS(...) SUMI__LIST(sumi_components_t, sumi_component_t, __VA_ARGS__)

/* ---- Pipelines ---- */

typedef struct sumi_pipeline sumi_pipeline_t;

/** Takes a reference, and drops one. NULL is allowed. */
SUMI_API sumi_pipeline_t *sumi_pipeline_ref(sumi_pipeline_t *pipeline);
SUMI_API void sumi_pipeline_unref(sumi_pipeline_t *pipeline);

/** The first failure of the pipeline or what it is made of; its message becomes the thread's. */
SUMI_API sumi_status_t sumi_pipeline_status(const sumi_pipeline_t *pipeline);

/** Appends what the pipeline does, in the order of the data: "arrays(60000) shuffle(10000, seed 1)
 * batch(64)". */
SUMI_API void sumi_pipeline_format(const sumi_pipeline_t *pipeline, sumi_buffer_t *buffer);

/* ---- Sources ---- */

/** The rows of arrays that are equally long (tf.data.Dataset.from_tensor_slices), without a copy;
 * the arrays are kept. */
SUMI_API sumi_pipeline_t *sumi_pipeline_from_arrays(sumi_components_t arrays) SUMI_MUST_USE;

/** The pictures of a data set (<sumi/data.h>) as "image", uint8 [height, width, channels], and
 * "label", int32 []; the data set may be released. */
SUMI_API sumi_pipeline_t *sumi_pipeline_from_dataset(const sumi_dataset_t *dataset) SUMI_MUST_USE;

/** A list of files. */
#define SUMI_PATHS(...) SUMI__LIST(sumi_texts_t, const char *, __VA_ARGS__)

/** The lines of text files, plain or gzip, one file after the other (tf.data.TextLineDataset), as
 * "line", string [], without what ends them (\n or \r\n).
 * errors  NOT_FOUND and the like from the system; DATA_LOSS, with path and line, for a NUL */
SUMI_API sumi_pipeline_t *sumi_pipeline_from_lines(sumi_texts_t paths) SUMI_MUST_USE;

/** Where a function is called. */
typedef struct sumi_pipeline_call {
  void *user;           /* of the function's options */
  int64_t index, round; /* of the element: how many came before it in this round */
  sumi_philox_t random; /* the element's own stream, for what is to be random in it */
} sumi_pipeline_call_t;

/** Makes the element of `call->index`, from nothing or, in a map, from what is in it already. It
 * should be a function of `call`. To fail, return sumi_fail(status, "…"); the failure is then the
 * iterator's. */
typedef sumi_status_t (*sumi_element_fn_t)(const sumi_pipeline_call_t *call,
                                           sumi_element_t *element);

typedef struct sumi_generate_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  void *user SUMI_UNSET;
  void (*release)(void *user) SUMI_UNSET; /* called once, with the pipeline's end */
  int64_t count SUMI_UNSET; /* of elements; default: until one is left without arrays */
  int64_t seed SUMI_UNSET;  /* of call->random */
} sumi_generate_options_t;

/** The elements that a function makes (tf.data.Dataset.from_generator), on the thread that asks
 * for them. */
#define sumi_pipeline_from_function(...) SUMI__PIPELINE_FROM_FUNCTION(__VA_ARGS__, )
#define SUMI__PIPELINE_FROM_FUNCTION(fn, ...)                                                      \
  sumi_pipeline_from_function_with(fn, SUMI_OPTIONS(sumi_generate_options_t, __VA_ARGS__))
SUMI_API sumi_pipeline_t *
sumi_pipeline_from_function_with(sumi_element_fn_t fn,
                                 const sumi_generate_options_t *options) SUMI_MUST_USE;

/* ---- Functions of elements ---- */

typedef struct sumi_map_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  void *user SUMI_UNSET;
  void (*release)(void *user) SUMI_UNSET; /* called once, with the pipeline's end */
  int threads SUMI_UNSET;                 /* that call the function; default: the one that asks */
  int64_t seed SUMI_UNSET;                /* of call->random */
} sumi_map_options_t;

/** Changes elements; their order stays. With .threads the function is called by several at once. */
#define sumi_pipeline_map(pipeline, ...) SUMI__PIPELINE_MAP(pipeline, __VA_ARGS__, )
#define SUMI__PIPELINE_MAP(pipeline, fn, ...)                                                      \
  sumi_pipeline_map_with(pipeline, fn, SUMI_OPTIONS(sumi_map_options_t, __VA_ARGS__))
SUMI_API sumi_pipeline_t *sumi_pipeline_map_with(sumi_pipeline_t *pipeline, sumi_element_fn_t fn,
                                                 const sumi_map_options_t *options) SUMI_MUST_USE;

/** Whether an element stays. */
typedef sumi_status_t (*sumi_filter_fn_t)(const sumi_pipeline_call_t *call,
                                          const sumi_element_t *element, bool *keep);

/** Leaves out elements; .threads is not for filters. */
#define sumi_pipeline_filter(pipeline, ...) SUMI__PIPELINE_FILTER(pipeline, __VA_ARGS__, )
#define SUMI__PIPELINE_FILTER(pipeline, fn, ...)                                                   \
  sumi_pipeline_filter_with(pipeline, fn, SUMI_OPTIONS(sumi_map_options_t, __VA_ARGS__))
SUMI_API sumi_pipeline_t *
sumi_pipeline_filter_with(sumi_pipeline_t *pipeline, sumi_filter_fn_t fn,
                          const sumi_map_options_t *options) SUMI_MUST_USE;

/** The pipeline that an element stands for, such as a file's records; a new one. */
typedef sumi_pipeline_t *(*sumi_interleave_fn_t)(const sumi_pipeline_call_t *call,
                                                 const sumi_element_t *element);

typedef struct sumi_interleave_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  void *user SUMI_UNSET;
  void (*release)(void *user) SUMI_UNSET; /* called once, with the pipeline's end */
  int64_t seed SUMI_UNSET;                /* of call->random */
  int64_t cycle_length SUMI_UNSET; /* so many of them are gone through by turns; default 1: one
                                      after the other, as flat_map */
  int64_t block_length SUMI_UNSET; /* elements of each before it is the next one's turn; default 1
                                    */
} sumi_interleave_options_t;

/** The elements of many pipelines by turns, in the order of tf.data's interleave. */
#define sumi_pipeline_interleave(pipeline, ...) SUMI__PIPELINE_INTERLEAVE(pipeline, __VA_ARGS__, )
#define SUMI__PIPELINE_INTERLEAVE(pipeline, fn, ...)                                               \
  sumi_pipeline_interleave_with(pipeline, fn, SUMI_OPTIONS(sumi_interleave_options_t, __VA_ARGS__))
SUMI_API sumi_pipeline_t *
sumi_pipeline_interleave_with(sumi_pipeline_t *pipeline, sumi_interleave_fn_t fn,
                              const sumi_interleave_options_t *options) SUMI_MUST_USE;

/** Leaves out the elements that fail (tf.data.experimental.ignore_errors); what a source cannot go
 * on behind ends the data. */
SUMI_API sumi_pipeline_t *sumi_pipeline_ignore_errors(sumi_pipeline_t *pipeline) SUMI_MUST_USE;

/* ---- Which elements, and how often ---- */

/** The first `count` elements; all but the first `count`; those whose number modulo `count` is
 * `index`. */
SUMI_API sumi_pipeline_t *sumi_pipeline_take(sumi_pipeline_t *pipeline,
                                             int64_t count) SUMI_MUST_USE;
SUMI_API sumi_pipeline_t *sumi_pipeline_skip(sumi_pipeline_t *pipeline,
                                             int64_t count) SUMI_MUST_USE;
SUMI_API sumi_pipeline_t *sumi_pipeline_shard(sumi_pipeline_t *pipeline, int64_t count,
                                              int64_t index) SUMI_MUST_USE;

/** A count of repetitions without an end. */
#define SUMI_FOREVER (-1)

/** The elements again and again, `count` rounds of them. */
SUMI_API sumi_pipeline_t *sumi_pipeline_repeat(sumi_pipeline_t *pipeline,
                                               int64_t count) SUMI_MUST_USE;

/** The elements of one, then those of the other. */
SUMI_API sumi_pipeline_t *sumi_pipeline_concatenate(sumi_pipeline_t *pipeline,
                                                    sumi_pipeline_t *other) SUMI_MUST_USE;

/** Elements with the arrays of both, as many as the shorter has; names that both have are refused.
 */
SUMI_API sumi_pipeline_t *sumi_pipeline_zip(sumi_pipeline_t *pipeline,
                                            sumi_pipeline_t *other) SUMI_MUST_USE;

typedef struct sumi_shuffle_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  int64_t seed SUMI_UNSET;
  bool same_each_round SUMI_UNSET; /* default: each round has an order of its own */
} sumi_shuffle_options_t;

/** Another order: each element is drawn from the next `buffer_size` that are left; with as many as
 * there are, every order is equally likely. Cheapest before what costs much: names of files are
 * smaller than pictures. */
#define sumi_pipeline_shuffle(pipeline, ...) SUMI__PIPELINE_SHUFFLE(pipeline, __VA_ARGS__, )
#define SUMI__PIPELINE_SHUFFLE(pipeline, buffer_size, ...)                                         \
  sumi_pipeline_shuffle_with(pipeline, buffer_size,                                                \
                             SUMI_OPTIONS(sumi_shuffle_options_t, __VA_ARGS__))
SUMI_API sumi_pipeline_t *
sumi_pipeline_shuffle_with(sumi_pipeline_t *pipeline, int64_t buffer_size,
                           const sumi_shuffle_options_t *options) SUMI_MUST_USE;

/* ---- Batches ---- */

typedef struct sumi_pipeline_batch_options {
  size_t struct_size SUMI_UNSET;  /* filled in by the macros; see <sumi/options.h> */
  bool drop_remainder SUMI_UNSET; /* no smaller batch at the end */
} sumi_pipeline_batch_options_t;

/** Stacks the arrays of so many elements along a new first axis. Names, dtypes and shapes have to
 * be the same in all of them. */
#define sumi_pipeline_batch(pipeline, ...) SUMI__PIPELINE_BATCH(pipeline, __VA_ARGS__, )
#define SUMI__PIPELINE_BATCH(pipeline, batch_size, ...)                                            \
  sumi_pipeline_batch_with(pipeline, batch_size,                                                   \
                           SUMI_OPTIONS(sumi_pipeline_batch_options_t, __VA_ARGS__))
SUMI_API sumi_pipeline_t *
sumi_pipeline_batch_with(sumi_pipeline_t *pipeline, int64_t batch_size,
                         const sumi_pipeline_batch_options_t *options) SUMI_MUST_USE;

/** What an array of a padded batch is filled up with, and to which shape. */
typedef struct sumi_padding {
  const char *name SUMI_UNSET;  /* the array's */
  sumi_dims_t shape SUMI_UNSET; /* of one element; -1, and default: the largest of the batch */
  double value SUMI_UNSET;      /* default 0; texts are filled up with empty ones */
} sumi_padding_t;

typedef struct sumi_paddings {
  int count SUMI_UNSET;
  const sumi_padding_t *list SUMI_UNSET;
} sumi_paddings_t;

#define SUMI_PADDINGS(...) SUMI__LIST(sumi_paddings_t, sumi_padding_t, __VA_ARGS__)

typedef struct sumi_padded_batch_options {
  size_t struct_size SUMI_UNSET;  /* filled in by the macros; see <sumi/options.h> */
  bool drop_remainder SUMI_UNSET; /* no smaller batch at the end */
  sumi_paddings_t paddings SUMI_UNSET;
} sumi_padded_batch_options_t;

/** The same for arrays that differ in the sizes of their axes: filled up at the ends. */
#define sumi_pipeline_padded_batch(pipeline, ...)                                                  \
  SUMI__PIPELINE_PADDED_BATCH(pipeline, __VA_ARGS__, )
#define SUMI__PIPELINE_PADDED_BATCH(pipeline, batch_size, ...)                                     \
  sumi_pipeline_padded_batch_with(pipeline, batch_size,                                            \
                                  SUMI_OPTIONS(sumi_padded_batch_options_t, __VA_ARGS__))
SUMI_API sumi_pipeline_t *
sumi_pipeline_padded_batch_with(sumi_pipeline_t *pipeline, int64_t batch_size,
                                const sumi_padded_batch_options_t *options) SUMI_MUST_USE;

/* ---- When ---- */

/** Keeps the elements of the first round that is gone through to its end in memory; later rounds
 * come from there. What is random below stays as it was in round 0. */
SUMI_API sumi_pipeline_t *sumi_pipeline_cache(sumi_pipeline_t *pipeline) SUMI_MUST_USE;

/** Has up to `count` elements ready, made on a thread of its own. */
SUMI_API sumi_pipeline_t *sumi_pipeline_prefetch(sumi_pipeline_t *pipeline,
                                                 int64_t count) SUMI_MUST_USE;

/* ---- Iterators ---- */

typedef struct sumi_iterator sumi_iterator_t;

/** An iterator at the beginning; it keeps the pipeline. NULL only without memory: a failure of the
 * pipeline's, or of opening its files, is told by sumi_iterator_status. */
SUMI_API sumi_iterator_t *sumi_iterator_new(sumi_pipeline_t *pipeline) SUMI_MUST_USE;

/** Stops and joins the iterator's threads, after the calls of the program's functions that they are
 * in. NULL is allowed. */
SUMI_API void sumi_iterator_free(sumi_iterator_t *iterator);

/** The next element, valid until the next call on this iterator; NULL at the end and after a
 * failure. */
SUMI_API const sumi_element_t *sumi_iterator_next(sumi_iterator_t *iterator);

/** SUMI_OK, also at the end of the data; else the iterator's first failure, whose message becomes
 * the thread's. It stays until sumi_iterator_seek. */
SUMI_API sumi_status_t sumi_iterator_status(const sumi_iterator_t *iterator);

/** How many elements were handed out. */
SUMI_API int64_t sumi_iterator_position(const sumi_iterator_t *iterator);

/** How often sumi_iterator_next found a prefetch empty and waited: that this stays as it is says
 * that the pipeline keeps up with the steps. 0 without a prefetch. May be asked from any thread. */
SUMI_API int64_t sumi_iterator_wait_count(const sumi_iterator_t *iterator);

/** Goes to where `position` elements have been handed out. What lies between is passed over as
 * cheaply as can be: functions of maps are not called, rounds are counted; filters, shuffles and
 * caches do their work.
 * errors  OUT_OF_RANGE fewer elements are there; and what the data say. */
SUMI_API sumi_status_t sumi_iterator_seek(sumi_iterator_t *iterator, int64_t position);

/** Appends the place of the iterator as a line of text, for sumi_save's metadata: the position and
 * what the pipeline does. */
SUMI_API void sumi_iterator_save(const sumi_iterator_t *iterator, sumi_buffer_t *buffer);

/** Goes to a place that was saved.
 * errors  INVALID_ARGUMENT no such text; FAILED_PRECONDITION, with both, another pipeline's; and
 *         those of sumi_iterator_seek. */
SUMI_API sumi_status_t sumi_iterator_restore(sumi_iterator_t *iterator, const char *text);

SUMI_END_DECLS
#endif

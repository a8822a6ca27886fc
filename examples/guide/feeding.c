/* Feeding data: as a constant, through a placeholder, by a function of the program, by a pipeline.
 *
 *   data = tf.constant(actual_data)
 *   sess.run(prediction, feed_dict={data: actual_data})
 *   data = tf.py_func(py_input_fn, [], tf.float32)
 *   dataset = dataset.cache().repeat(2).shuffle(100).map(parse, num_parallel_calls=2).batch(8)
 */
#include <stdio.h>
#include <sumi/sumi.h>

enum { EXAMPLES = 20, BATCH = 8, ROUNDS = 2 };

/* 0, 0.1, 0.2, … */
static sumi_array_t *actual_data(int64_t count) {
  sumi_array_t *data = sumi_array_new(SUMI_FLOAT32, SUMI_DIMS(count));
  for (int64_t i = 0; data && i < count; ++i) sumi_array_set(data, i, (double)i / 10);
  return data;
}

static sumi_tensor_t predict(sumi_tensor_t data) {
  return sumi_add(sumi_square(data), 1);
}

static sumi_status_t print_sum(const char *name, sumi_tensor_t prediction, sumi_feeds_t feeds) {
  float sum = 0;
  sumi_tensor_t total = sumi_reduce_sum(prediction);
  sumi_session_t *s = sumi_session_new(sumi_tensor_graph(prediction));
  const sumi_status_t status = sumi_session_run(
      s, .feeds = feeds, .fetches = SUMI_FETCHES({.tensor = total, .scalar = &sum}));
  if (status == SUMI_OK) printf("%s: %.2f\n", name, (double)sum);
  sumi_session_free(s);
  return status;
}

/* The data are part of the graph: fast to use, and in every file of it. */
static sumi_status_t as_a_constant(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_array_t *data = actual_data(EXAMPLES);
  const sumi_status_t status = print_sum("constant", predict(sumi_constant(g, data)),
                                         (sumi_feeds_t){0});
  sumi_array_unref(data);
  sumi_graph_free(g);
  return status;
}

static sumi_status_t through_a_placeholder(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_array_t *data = actual_data(EXAMPLES);
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1));
  sumi_status_t status = print_sum("placeholder", predict(x),
                                   SUMI_FEEDS({.tensor = x, .array = data}));
  /* Nothing fed: the run says which placeholder. */
  if (status == SUMI_OK && print_sum("nothing", predict(x), (sumi_feeds_t){0}) != SUMI_OK)
    printf("refused: %s\n", sumi_error_message());
  sumi_array_unref(data);
  sumi_graph_free(g);
  return status;
}

/* Called in each run. */
static sumi_status_t input_values(void *context, int in_count, const sumi_array_view_t *in,
                                  int out_count, sumi_array_t **out) {
  (void)context, (void)in_count, (void)in, (void)out_count;
  *out = actual_data(EXAMPLES);
  return *out ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

static sumi_status_t by_a_function(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t x = sumi_host_op(g, input_values, SUMI_LIST(0, NULL), SUMI_TYPES(SUMI_FLOAT32));
  const sumi_status_t status = print_sum("function", predict(x), (sumi_feeds_t){0});
  sumi_graph_free(g);
  return status;
}

static sumi_status_t parse(const sumi_pipeline_call_t *call, sumi_element_t *element) {
  (void)call;
  const double x = sumi_array_get(sumi_element_get(element, "x"), 0);
  return sumi_element_set(element, "x", sumi_array_scalar(SUMI_FLOAT32, x * x + 1));
}

static sumi_pipeline_t *batches(void) {
  sumi_array_t *data = actual_data(EXAMPLES);
  sumi_pipeline_t *p = sumi_pipeline_from_arrays(SUMI_COMPONENTS({"x", data}));
  sumi_array_unref(data);
  p = sumi_pipeline_repeat(sumi_pipeline_cache(p), ROUNDS);
  p = sumi_pipeline_shuffle(p, 100, .seed = 1);
  p = sumi_pipeline_map(p, parse, .threads = 2);
  return sumi_pipeline_prefetch(sumi_pipeline_batch(p, BATCH), 2);
}

static sumi_status_t by_a_pipeline(void) {
  sumi_pipeline_t *p = batches();
  sumi_iterator_t *it = sumi_iterator_new(p);
  sumi_pipeline_unref(p);
  double sum = 0;
  printf("batches of");
  for (const sumi_element_t *batch; (batch = sumi_iterator_next(it));) {
    const sumi_array_t *x = sumi_element_get(batch, "x");
    printf(" %d", (int)sumi_array_count(x));
    for (int64_t i = 0; i < sumi_array_count(x); ++i) sum += sumi_array_get(x, i);
  }
  printf("\npipeline: %.2f\n", sum);
  const sumi_status_t status = sumi_iterator_status(it);
  sumi_iterator_free(it);
  return status;
}

int main(void) {
  sumi_status_t status = as_a_constant();
  if (status == SUMI_OK) status = through_a_placeholder();
  if (status == SUMI_OK) status = by_a_function();
  if (status == SUMI_OK) status = by_a_pipeline();
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  return status != SUMI_OK;
}

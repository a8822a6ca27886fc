/* A convolutional classifier in about a page.       13_classifier [data folder [steps]]
 *
 * 'Many problems, such as optimizing large neural networks with millions of parameters, can be
 * efficiently implemented in just a few lines of code.' The data is a folder of MNIST's files, or
 * drawn glyphs. */
#include <stdio.h>
#include <stdlib.h>
#include <sumi/sumi.h>

enum { BATCH = 64 };

typedef struct classifier {
  sumi_tensor_t x, y, loss, accuracy;
  sumi_op_t *train;
} classifier_t;

static classifier_t build(sumi_graph_t *g, sumi_dims_t images, int64_t classes) {
  classifier_t c;
  c.x = sumi_placeholder(g, SUMI_FLOAT32,
                         .shape = SUMI_DIMS(-1, images.size[1], images.size[2], images.size[3]));
  c.y = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(-1));
  sumi_tensor_t h = sumi_conv2d_layer(c.x, 16, 5, .activation = sumi_activation_relu,
                                      .padding = "SAME");
  h = sumi_max_pool2d(h, 2);
  h = sumi_conv2d_layer(h, 32, 5, .activation = sumi_activation_relu, .padding = "SAME");
  h = sumi_max_pool2d(h, 2);
  h = sumi_dense(sumi_flatten(h), 128, .activation = sumi_activation_relu);
  sumi_tensor_t logits = sumi_dense(h, classes);
  c.loss = sumi_reduce_mean(sumi_sparse_softmax_cross_entropy_with_logits(logits, c.y));
  c.accuracy = sumi_reduce_mean(sumi_cast(sumi_in_top_k(logits, c.y, 1), SUMI_FLOAT32));
  c.train = sumi_minimize(sumi_adam(.learning_rate = 1e-3), c.loss);
  return c;
}

static sumi_status_t run(sumi_session_t *s, const classifier_t *c, sumi_batcher_t *batches,
                         int64_t step, bool train, float *loss, float *accuracy) {
  sumi_batch_t batch;
  SUMI_TRY(sumi_batcher_get(batches, step, &batch));
  return sumi_session_run(s,
                          .feeds = SUMI_FEEDS({.tensor = c->x, .array = batch.images},
                                              {.tensor = c->y, .array = batch.labels}),
                          .fetches = SUMI_FETCHES({.tensor = c->loss, .scalar = loss},
                                                  {.tensor = c->accuracy, .scalar = accuracy}),
                          .targets = (sumi_ops_t){train ? 1 : 0, &c->train});
}

int main(int argc, char **argv) {
  const int64_t steps = argc > 2 ? atoll(argv[2]) : 300;
  sumi_dataset_t train = {0}, test = {0};
  sumi_status_t status = argc > 1 ? sumi_dataset_load(argv[1], SUMI_TRAIN, &train)
                                  : sumi_dataset_draw_glyphs(6000, 1, &train);
  if (status == SUMI_OK)
    status = argc > 1 ? sumi_dataset_load(argv[1], SUMI_TEST, &test)
                      : sumi_dataset_draw_glyphs(1000, 2, &test);
  if (status != SUMI_OK) {
    fprintf(stderr, "%s\n", sumi_error_message());
    return 1;
  }
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 1);
  const classifier_t c = build(g, sumi_array_dims(train.images),
                               sumi_array_count(train.class_names));
  sumi_session_t *s = sumi_session_new(g);
  sumi_batcher_t *batches = sumi_batcher_new(&train, BATCH, .seed = 1);
  sumi_batcher_t *tests = sumi_batcher_new(&test, 100, .in_order = true);
  status = sumi_session_run(s, .targets = SUMI_OPS(sumi_global_variables_initializer(g)));
  float loss = 0, accuracy = 0;
  for (int64_t step = 0; step < steps && status == SUMI_OK; ++step) {
    status = run(s, &c, batches, step, true, &loss, &accuracy);
    if (step % 50 == 0)
      printf("step %lld: loss %.4f, accuracy %.3f\n", (long long)step, loss, accuracy);
  }
  double sum = 0;
  const int64_t test_batches = sumi_batcher_per_epoch(tests);
  for (int64_t i = 0; i < test_batches && status == SUMI_OK; ++i) {
    status = run(s, &c, tests, i, false, &loss, &accuracy);
    sum += accuracy;
  }
  if (status == SUMI_OK)
    printf("test accuracy %.4f\n", sum / (double)test_batches);
  else
    fprintf(stderr, "%s\n", sumi_error_message());
  sumi_batcher_free(tests);
  sumi_batcher_free(batches);
  sumi_session_free(s);
  sumi_graph_free(g);
  sumi_dataset_release(&test);
  sumi_dataset_release(&train);
  return status == SUMI_OK ? 0 : 1;
}

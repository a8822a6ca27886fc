/* Training that survives: stop it, kill it, pull the plug, and start it again.
 *                                                          14_save_restore [folder [steps]]
 *
 * Every 50 steps all variables, those of the optimizer included, and the state of the random
 * numbers go to <folder>/checkpoints. The next start goes on there and ends with the same weights,
 * to the bit, and with the same log, as if it had never been interrupted. */
#include <stdio.h>
#include <stdlib.h>
#include <sumi/sumi.h>

enum { PICTURES = 512, BATCH = 32, EVERY = 50 };

typedef struct model {
  sumi_tensor_t images, labels, loss;
  sumi_op_t *train;
} model_t;

static model_t build(sumi_graph_t *g) {
  model_t m;
  m.images = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 28, 28, 1));
  m.labels = sumi_placeholder(g, SUMI_INT32, .shape = SUMI_DIMS(-1));
  sumi_tensor_t h = sumi_dense(sumi_flatten(m.images), 32, .activation = sumi_activation_relu);
  sumi_tensor_t logits = sumi_dense(sumi_dropout(h, 0.8), 10);
  m.loss = sumi_reduce_mean(sumi_sparse_softmax_cross_entropy_with_logits(logits, m.labels));
  m.train = sumi_minimize(sumi_adam(.learning_rate = 1e-3), m.loss,
                          .global_step = sumi_global_step(g));
  sumi_summary_scalar("train/loss", m.loss);
  sumi_summary_histogram("activations", h);
  return m;
}

static sumi_status_t train(sumi_session_t *s, const model_t *m, sumi_saver_t *saver,
                           sumi_batcher_t *batches, const char *folder, int64_t steps) {
  int64_t step;
  SUMI_TRY(sumi_train_begin(s, saver, &step)); /* 0 the first time */
  printf("from step %lld\n", (long long)step);
  sumi_writer_t *log = sumi_writer_open(folder, .intervals = "*=10", .total_steps = steps,
                                        .resume_step = step, .existing = SUMI_RUN_RESUME);
  sumi_summary_hook_t *summaries = sumi_summary_hook_new(s, log);
  sumi_training_result_t result;
  const sumi_status_t status = sumi_train(
      s, m->train, .steps = steps, .loss = m->loss,
      .feeds = SUMI_FEEDS({.tensor = m->images}, {.tensor = m->labels}), .feed = sumi_batcher_feed,
      .feed_data = batches, .hooks = SUMI_TRAINING_HOOKS(*sumi_summary_training_hook(summaries)),
      .saver = saver, .save_every = EVERY, .handle_signals = true, .first_step = step,
      .result = &result);
  sumi_summary_hook_free(summaries);
  const sumi_status_t closed = sumi_writer_close(log);
  printf("step %lld: loss %.6f\n", (long long)result.steps_done, result.loss);
  return status == SUMI_OK ? closed : status;
}

int main(int argc, char **argv) {
  const char *folder = argc > 1 ? argv[1] : "runs/saved";
  const int64_t steps = argc > 2 ? atoll(argv[2]) : 500;
  char checkpoints[4096];
  snprintf(checkpoints, sizeof checkpoints, "%s/checkpoints", folder);
  sumi_dataset_t data = {0};
  sumi_status_t status = sumi_dataset_draw_glyphs(PICTURES, 1, &data);
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 1);
  const model_t m = build(g);
  sumi_session_t *s = sumi_session_new(g);
  sumi_saver_t *saver = sumi_saver_new(s, checkpoints, .max_to_keep = 3);
  sumi_batcher_t *batches = status == SUMI_OK ? sumi_batcher_new(&data, BATCH, .seed = 1) : NULL;
  status = saver && batches ? train(s, &m, saver, batches, folder, steps)
                            : SUMI_FAILED_PRECONDITION;
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  if (saver && sumi_saver_latest(saver)) printf("saved: %s\n", sumi_saver_latest(saver));
  sumi_batcher_free(batches);
  sumi_saver_free(saver);
  sumi_session_free(s);
  sumi_graph_free(g);
  sumi_dataset_release(&data);
  return status == SUMI_OK ? 0 : 1;
}

/* A training framework: the model, the data and the loop are three things. What tf.contrib.learn
 * calls an experiment (fit, evaluate, predict) are three calls on one session.
 *
 *   def model_fn(features, labels, mode, params): …
 *   estimator = tf.contrib.learn.Estimator(model_fn, params=params)
 *   estimator.fit(input_fn); estimator.evaluate(input_fn); estimator.predict(input_fn)
 */
#include <stdio.h>
#include <sumi/sumi.h>

enum { EXAMPLES = 60, BATCH = 20, STEPS = 400 };

/* ---- The data: points, and whether they are above a line ---- */

typedef struct points {
  float at[EXAMPLES][2], above[EXAMPLES];
  int batches; /* after which the data end; 0: they begin again */
} points_t;

static points_t points(int batches) {
  points_t p = {.batches = batches};
  for (int i = 0; i < EXAMPLES; ++i) {
    p.at[i][0] = (float)(i * 7 % 20) / 10 - 1;
    p.at[i][1] = (float)(i * 13 % 17) / 8 - 1;
    p.above[i] = p.at[i][1] > p.at[i][0] / 2 + 0.1f;
  }
  return p;
}

/* input_fn: the batch of a step. */
static sumi_status_t feed_points(void *data, int64_t step, sumi_feed_t *feeds) {
  points_t *p = data;
  if (p->batches && step >= p->batches) return sumi_fail(SUMI_OUT_OF_RANGE, "all points were seen");
  const int64_t first = step * BATCH % EXAMPLES;
  feeds[0].data = p->at[first];
  feeds[0].dims = SUMI_DIMS(BATCH, 2);
  feeds[1].data = &p->above[first];
  feeds[1].dims = SUMI_DIMS(BATCH);
  return SUMI_OK;
}

/* ---- The model: what is computed of a batch ---- */

typedef struct model {
  sumi_tensor_t x, labels, probability, loss, right;
  sumi_op_t *train;
} model_t;

static model_t logistic_regression(sumi_graph_t *g) {
  model_t m;
  m.x = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, 2));
  m.labels = sumi_placeholder(g, SUMI_FLOAT32, .shape = SUMI_DIMS(-1));
  const sumi_tensor_t logits = sumi_reshape(sumi_dense(m.x, 1), SUMI_SHAPE(-1));
  m.probability = sumi_sigmoid(logits);
  m.loss = sumi_reduce_mean(sumi_sigmoid_cross_entropy_with_logits(logits, m.labels));
  m.right = sumi_cast(sumi_equal(sumi_round(m.probability), m.labels), SUMI_FLOAT32);
  m.train = sumi_minimize(sumi_adam(.learning_rate = 0.1), m.loss,
                          .global_step = sumi_global_step(g));
  return m;
}

/* ---- The loop ---- */

static sumi_status_t experiment(sumi_session_t *s, const model_t *m) {
  points_t endless = points(0), once = points(EXAMPLES / BATCH);
  const sumi_feeds_t feeds = SUMI_FEEDS({.tensor = m->x}, {.tensor = m->labels});
  sumi_training_result_t result;
  SUMI_TRY(sumi_train(s, m->train, .steps = STEPS, .loss = m->loss, .feeds = feeds,
                      .feed = feed_points, .feed_data = &endless, .result = &result));
  printf("trained: %d steps\n", (int)result.steps_done);

  double means[2];
  SUMI_TRY(sumi_evaluate(s, SUMI_TENSORS(m->right, m->loss), means, .feeds = feeds,
                         .feed = feed_points, .feed_data = &once));
  printf("evaluated: accuracy %.4f, loss %.4f\n", means[0], means[1]);

  const float new_points[2][2] = {{0, 1}, {0, -1}};
  sumi_array_t *guess = NULL;
  SUMI_TRY(sumi_predict(
      s, SUMI_TENSORS(m->probability), &guess,
      .feeds = SUMI_FEEDS({.tensor = m->x, .data = new_points, .dims = SUMI_DIMS(2, 2)})));
  printf("predicted: %.3f %.3f\n", sumi_array_get(guess, 0), sumi_array_get(guess, 1));
  sumi_array_unref(guess);
  return SUMI_OK;
}

int main(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 1);
  const model_t model = logistic_regression(g);
  sumi_session_t *s = sumi_session_new(g);
  const sumi_status_t status = experiment(s, &model);
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  sumi_session_free(s);
  sumi_graph_free(g);
  return status != SUMI_OK;
}

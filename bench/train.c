/* Time of a training step:
 *   bench_train curve|mlp|cnn [--threads N] [--steps N] [--rounds N] [--lockstep]
 *
 * The models of peer_tensorflow.py and peer_torch.py, on the same numbers of examples. Batches are
 * made beforehand and fed in turn: what is measured is the step, not the loading of data. */
#include "measure.h"
#include "model.h"

#include <stdio.h>
#include <string.h>

enum { BATCHES = 8 }; /* made beforehand */

typedef struct feed_shape {
  sumi_dims_t images, labels;
  bool label_is_class;
} feed_shape_t;

typedef struct training {
  sumi_graph_t *graph;
  sumi_session_t *session;
  sumi_tensor_t images, labels, keep; /* keep: null where there is no dropout */
  sumi_tensor_t loss;
  sumi_op_t *train;
  sumi_array_t *image_batches[BATCHES], *label_batches[BATCHES];
  int64_t step;
} training_t;

typedef struct model_kind {
  const char *name;
  int64_t steps; /* of a round, when not asked otherwise */
  feed_shape_t (*build)(training_t *training);
} model_kind_t;

/* examples/03_curve_fit.c */
static feed_shape_t build_curve(training_t *t) {
  enum { BATCH = 100 };
  sumi_tensor_t x = sumi_placeholder(t->graph, SUMI_FLOAT32),
                y = sumi_placeholder(t->graph, SUMI_FLOAT32);
  sumi_tensor_t w = sumi_get_variable(t->graph, "w", SUMI_DIMS(3, 1));
  sumi_tensor_t f = sumi_stack(SUMI_TENSORS(sumi_square(x), x, sumi_ones_like(x)), .axis = 1);
  sumi_tensor_t yhat = sumi_squeeze(sumi_matmul(f, w), .axes = SUMI_AXES(1));
  t->loss = sumi_add(sumi_l2_loss(sumi_sub(yhat, y)), sumi_mul(0.1, sumi_l2_loss(w)));
  t->train = sumi_minimize(sumi_adam(.learning_rate = 0.1), t->loss);
  t->images = x;
  t->labels = y;
  return (feed_shape_t){SUMI_DIMS(BATCH), SUMI_DIMS(BATCH), false};
}

static feed_shape_t build_mlp(training_t *t) {
  enum { BATCH = 64, PIXELS = 784, CLASSES = 10 };
  t->images = sumi_placeholder(t->graph, SUMI_FLOAT32, .shape = SUMI_DIMS(-1, PIXELS));
  t->labels = sumi_placeholder(t->graph, SUMI_INT32, .shape = SUMI_DIMS(-1));
  sumi_tensor_t h = sumi_dense(t->images, 256, .activation = sumi_activation_relu);
  h = sumi_dense(h, 128, .activation = sumi_activation_relu);
  sumi_tensor_t logits = sumi_dense(h, CLASSES);
  t->loss = sumi_reduce_mean(sumi_sparse_softmax_cross_entropy_with_logits(logits, t->labels));
  t->train = sumi_minimize(sumi_adam(.learning_rate = 1e-3), t->loss);
  return (feed_shape_t){SUMI_DIMS(BATCH, PIXELS), SUMI_DIMS(BATCH), true};
}

/* The demo's network, as examples/fashion_mnist builds it. */
static feed_shape_t build_cnn(training_t *t) {
  enum { BATCH = 100, SIDE = 28, CLASSES = 10, RUN_STEPS = 3600 };
  model_t model = {0};
  model_build(&model, (const int64_t[]){SIDE, SIDE, 1}, CLASSES, RUN_STEPS, 1);
  t->graph = model.graph;
  t->images = model.images;
  t->labels = model.labels;
  t->keep = model.keep;
  t->loss = model.loss;
  t->train = model.train;
  return (feed_shape_t){SUMI_DIMS(BATCH, SIDE, SIDE, 1), SUMI_DIMS(BATCH), true};
}

static const model_kind_t kinds[] = {
    {"curve", 20000, build_curve}, {"mlp", 500, build_mlp}, {"cnn", 20, build_cnn}};

static const model_kind_t *find_kind(const char *name) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i)
    if (strcmp(kinds[i].name, name) == 0) return &kinds[i];
  fprintf(stderr, "no model \"%s\": curve, mlp, cnn\n", name);
  return NULL;
}

/* Seeded noise: pictures in [0, 1), classes in 0 to 9 or numbers in [0, 1). */
static bool make_batches(training_t *t, const feed_shape_t *shape) {
  const double end = shape->label_is_class ? 10 : 1;
  for (int i = 0; i < BATCHES; ++i) {
    t->image_batches[i] = sumi_array_uniform(SUMI_FLOAT32, shape->images, 0, 1, 1, i + 1);
    sumi_array_t *labels = sumi_array_uniform(SUMI_FLOAT32, shape->labels, 0, end, 2, i + 1);
    t->label_batches[i] = sumi_array_astype(labels,
                                            shape->label_is_class ? SUMI_INT32 : SUMI_FLOAT32);
    sumi_array_unref(labels);
    if (!t->image_batches[i] || !t->label_batches[i]) return false;
  }
  return true;
}

static bool train(void *context, int64_t steps) {
  training_t *t = context;
  for (int64_t i = 0; i < steps; ++i) {
    const int64_t batch = t->step++ % BATCHES;
    const float keep = 0.6F;
    float loss;
    const sumi_feed_t feeds[] = {
        {.tensor = t->images, .array = t->image_batches[batch]},
        {.tensor = t->labels, .array = t->label_batches[batch]},
        {.tensor = t->keep, .data = &keep, .dims = SUMI_SCALAR},
    };
    if (sumi_session_run(t->session, .feeds = {t->keep.op ? 3 : 2, feeds},
                         .targets = SUMI_OPS(t->train),
                         .fetches = SUMI_FETCHES({.tensor = t->loss, .scalar = &loss})) != SUMI_OK)
      return false;
  }
  return true;
}

static bool open_training(training_t *t, const model_kind_t *kind, int threads) {
  t->graph = sumi_graph_new();
  sumi_graph_t *unused = t->graph;
  const feed_shape_t shape = kind->build(t);
  if (t->graph != unused) sumi_graph_free(unused);
  t->session = sumi_session_new(t->graph, .threads = threads);
  return make_batches(t, &shape) &&
         sumi_session_run(t->session, .targets = SUMI_OPS(
                                          sumi_global_variables_initializer(t->graph))) == SUMI_OK;
}

static void close_training(training_t *t) {
  for (int i = 0; i < BATCHES; ++i) {
    sumi_array_unref(t->image_batches[i]);
    sumi_array_unref(t->label_batches[i]);
  }
  sumi_session_free(t->session);
  sumi_graph_free(t->graph);
}

int main(int argc, char **argv) {
  bench_options_t options = {.rounds = 5};
  if (!bench_parse(&options, argc, argv)) return 2;
  const model_kind_t *kind = find_kind(options.name);
  if (!kind) return 2;
  if (options.steps == 0) options.steps = kind->steps;
  training_t training = {0};
  bool ok = open_training(&training, kind, options.threads);
  if (!ok) fprintf(stderr, "%s\n", sumi_error_message());
  ok = ok && bench_time(train, &training, options.steps / 4 + 2) >= 0; /* plans, caches, clocks */
  char name[64];
  snprintf(name, sizeof name, "train/%s/threads=%d", kind->name, options.threads);
  ok = ok && bench_rounds(&options, name, "us", train, &training);
  close_training(&training);
  return ok ? 0 : 1;
}

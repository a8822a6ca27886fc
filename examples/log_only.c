/* Logging from a loop of one's own: no engine, no Python. Fits a line by gradient descent and shows
 * it in TensorBoard.
 *   log_only [directory]          then: tensorboard --logdir runs */
#include <stdio.h>

#include <sumi/summary.h>

enum { STEPS = 1000, N = 12, SIDE = 16 };

static float pictures[N][SIDE][SIDE];

/* Diagonals that rise or fall; the line's slope is the classifier. */
static void draw_pictures(sumi_prediction_t *predictions, double slope) {
  for (int i = 0; i < N; ++i) {
    const bool rising = i % 3 != 0;
    for (int y = 0; y < SIDE; ++y)
      for (int x = 0; x < SIDE; ++x)
        pictures[i][y][x] = (rising ? SIDE - 1 - x : x) == y ? 1.0f : 0.1f * (float)(i % 4);
    predictions[i] = (sumi_prediction_t){.image = {SUMI_FLOAT32, 2, {SIDE, SIDE}, pictures[i]},
                                         .label = slope > 0.5 ? "rising" : "falling",
                                         .truth = rising ? "rising" : "falling",
                                         .score = slope < 1 ? slope : 1,
                                         .has_score = true,
                                         .id = i};
  }
}

static float my_step(double *slope) {
  const double error = *slope - 0.75;
  *slope -= 0.01 * error;
  return (float)(error * error);
}

int main(int argc, char **argv) {
  const char *names[] = {"falling", "rising"};
  sumi_prediction_t predictions[N];
  double slope = 0;

  /* [loop] */
  sumi_writer_t *log = sumi_writer_open(argc > 1 ? argv[1] : "runs/log_only",
                                        .intervals = "*=100; loss=10; predictions=500,60s");
  for (int64_t step = 0; step < STEPS; ++step) {
    const float loss = my_step(&slope);
    sumi_writer_scalar(log, "loss", step, loss);
    if (sumi_writer_due(log, "predictions", step)) {
      draw_pictures(predictions, slope);
      sumi_writer_predictions(log, "predictions", step, predictions, N, .class_names = names,
                              .columns = 4);
    }
  }
  if (sumi_writer_close(log) != SUMI_OK) {
    fprintf(stderr, "%s\n", sumi_error_message());
    return 1;
  }
  /* [loop] */
  return 0;
}

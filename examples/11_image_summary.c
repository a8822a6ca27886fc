/* Pictures in TensorBoard.        11_image_summary [run folder]
 *
 *   image = tf.placeholder(tf.float32)
 *   tf.summary.image("image", image)
 */
#include <stdio.h>
#include <sumi/sumi.h>

enum { COUNT = 3, SIDE = 32 };

/* Colour ramps, brighter in each step. */
static void paint(float *pixels, int step) {
  for (int n = 0; n < COUNT; ++n)
    for (int y = 0; y < SIDE; ++y)
      for (int x = 0; x < SIDE; ++x) {
        float *pixel = pixels + ((n * SIDE + y) * SIDE + x) * 3;
        for (int c = 0; c < 3; ++c)
          pixel[c] = (float)(c == n ? x : y) * (float)(step + 1) / (3.0F * SIDE);
      }
}

int main(int argc, char **argv) {
  /* [summaries] */
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t image = sumi_placeholder(g, SUMI_FLOAT32);
  sumi_summary_image("image", image);

  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *log = sumi_writer_open(argc > 1 ? argv[1] : "runs/image");
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  static float pixels[COUNT * SIDE * SIDE * 3];
  for (int step = 0; step < 3; ++step) {
    paint(pixels, step);
    const sumi_status_t status = sumi_summary_run(
        hook, step,
        .feeds = SUMI_FEEDS(
            {.tensor = image, .data = pixels, .dims = SUMI_DIMS(COUNT, SIDE, SIDE, 3)}));
    if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  }
  /* [summaries] */
  sumi_summary_hook_free(hook);
  sumi_session_free(s);
  sumi_graph_free(g);
  if (sumi_writer_close(log) == SUMI_OK) return 0;
  fprintf(stderr, "%s\n", sumi_error_message());
  return 1;
}

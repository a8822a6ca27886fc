/* Each picture drawn with its label: what the article does with matplotlib inside py_func.
 *   12_labeled_images [run folder [data folder]]
 *
 *   def visualize_labeled_images(images, labels, max_outputs=3, name='image'):
 *     ...
 *     figs = tf.py_func(_visualize_images, [images, labels], tf.uint8)
 *     return tf.summary.image(name, figs)
 */
#include <stdio.h>
#include <sumi/sumi.h>

static sumi_tensor_t visualize_labeled_images(sumi_tensor_t images, sumi_tensor_t labels,
                                              const sumi_dataset_t *data) {
  return sumi_summary_labeled_images("image", images, labels, .max_outputs = 12, .columns = 6,
                                     .class_names = sumi_array_data(data->class_names),
                                     .class_count = (int)sumi_array_count(data->class_names));
}

int main(int argc, char **argv) {
  sumi_dataset_t data = {0};
  const sumi_status_t loaded = argc > 2 ? sumi_dataset_load(argv[2], SUMI_TEST, &data)
                                        : sumi_dataset_draw_glyphs(12, 1, &data);
  if (loaded != SUMI_OK) {
    fprintf(stderr, "%s\n", sumi_error_message());
    return 1;
  }
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t images = sumi_placeholder(g, SUMI_UINT8), labels = sumi_placeholder(g, SUMI_INT32);
  visualize_labeled_images(images, labels, &data);

  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *log = sumi_writer_open(argc > 1 ? argv[1] : "runs/labeled");
  sumi_summary_hook_t *hook = sumi_summary_hook_new(s, log);
  if (sumi_summary_run(hook, 0,
                       .feeds = SUMI_FEEDS({.tensor = images, .array = data.images},
                                           {.tensor = labels, .array = data.labels})) != SUMI_OK)
    fprintf(stderr, "%s\n", sumi_error_message());
  sumi_summary_hook_free(hook);
  sumi_session_free(s);
  sumi_graph_free(g);
  sumi_dataset_release(&data);
  if (sumi_writer_close(log) == SUMI_OK) return 0;
  fprintf(stderr, "%s\n", sumi_error_message());
  return 1;
}

/* A network that reads a text letter by letter, and then writes (Karpathy 2015).
 *
 *   cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.GRUCell(128) for _ in range(2)])
 *   outputs, state = tf.nn.static_rnn(cell, inputs)
 *   …
 *   sample = tf.multinomial(logits, 1)
 */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 32, TIME = 24, UNITS = 64, LAYERS = 2, SAMPLE = 240, FIRST = 32, LETTERS = 96 };

/* What it learns from without --data: letters, and a rhythm. */
static const char verse[] =
    "the cat sat on the mat and the rat sat on the hat. the bat sat on the flat and the gnat sat "
    "on "
    "that. one by one the sun went down on the town, and two by two the moon came soon to the "
    "dune. "
    "the hen in the den had ten good men; the fox in the box had six long socks. ";

/* The text as numbers from 0 to LETTERS - 1; what is not printable ASCII is a space. */
static sumi_array_t *read_text(const char *path) {
  static char text[1 << 20];
  size_t size = sizeof verse - 1;
  if (path) {
    FILE *file = fopen(path, "rb");
    size = file ? fread(text, 1, sizeof text, file) : 0;
    if (file) fclose(file);
  } else {
    memcpy(text, verse, size);
  }
  if (size < TIME + 2) {
    fprintf(stderr, "%s: no text of more than %d letters\n", path, TIME + 1);
    exit(1);
  }
  sumi_array_t *letters = sumi_array_new(SUMI_INT32, SUMI_DIMS((int64_t)size));
  int32_t *number = sumi_array_data(letters);
  for (size_t i = 0; i < size; ++i)
    number[i] = text[i] >= FIRST && text[i] <= '~' ? text[i] - FIRST : 0;
  return letters;
}

static sumi_rnn_cell_t *make_cell(sumi_graph_t *g) {
  sumi_rnn_cell_t *layers[LAYERS];
  for (int i = 0; i < LAYERS; ++i) layers[i] = sumi_gru_cell_new(g, UNITS);
  return sumi_multi_rnn_cell_new(g, (sumi_rnn_cells_t){LAYERS, layers});
}

static sumi_tensor_t logits_of(sumi_tensor_t output) {
  return sumi_dense(output, LETTERS, .name = "logits", .reuse = SUMI_AUTO_REUSE);
}

/* The mean surprise at each next letter of windows [batch, TIME + 1]. */
static sumi_tensor_t surprise(sumi_rnn_cell_t *cell, sumi_tensor_t windows) {
  sumi_tensor_t inputs = sumi_one_hot(sumi_index(windows, ":, :-1"), LETTERS);
  sumi_static_rnn_t rnn = sumi_static_rnn(cell, sumi_outputs(sumi_unstack(inputs, .axis = 1)));
  sumi_tensor_t outputs = sumi_stack(rnn.outputs, .axis = 1);
  return sumi_reduce_mean(sumi_sparse_softmax_cross_entropy_with_logits(
      logits_of(outputs), sumi_index(windows, ":, 1:")));
}

/* One letter more, drawn from the softmax of the logits by Gumbel's trick. */
static void write_letter(const sumi_tensor_t *carried, const sumi_tensor_t *elements,
                         sumi_tensor_t *next, sumi_tensor_t *stacked, void *data) {
  (void)elements;
  sumi_tensor_t output = sumi_rnn_cell_step(data, sumi_one_hot(carried[0], LETTERS), carried + 1,
                                            next + 1);
  sumi_tensor_t logits = logits_of(output);
  sumi_tensor_t uniform = sumi_random_uniform(sumi_tensor_graph(logits), SUMI_SHAPE(1, LETTERS),
                                              .minval = 1e-9);
  sumi_tensor_t gumbel = sumi_neg(sumi_log(sumi_neg(sumi_log(uniform))));
  next[0] = sumi_argmax(sumi_add(logits, gumbel), 1, .output_type = SUMI_INT32);
  stacked[0] = next[0];
}

/* SAMPLE letters, as numbers. */
static sumi_tensor_t write_text(sumi_graph_t *g, sumi_rnn_cell_t *cell) {
  sumi_tensor_t carried[1 + LAYERS], last[1 + LAYERS], letters;
  const sumi_tensors_t state = sumi_rnn_cell_zero_state(cell, 1, SUMI_FLOAT32);
  carried[0] = sumi_zeros(g, SUMI_SHAPE(1), .dtype = SUMI_INT32);
  memcpy(carried + 1, state.list, LAYERS * sizeof *carried);
  sumi_tensor_t times = sumi_range(sumi_scalar(g, SUMI_INT32, 0), SAMPLE, 1);
  sumi_scan(write_letter, cell, SUMI_TENSORS(times), SUMI_LIST(1 + LAYERS, carried), last,
            .stack_count = 1, .stacks = &letters);
  return sumi_reshape(letters, SUMI_SHAPE(-1));
}

/* Numbers as one text: what TensorFlow programs do in tf.py_func. */
static sumi_status_t spell(void *context, int input_count, const sumi_array_view_t *in,
                           int output_count, sumi_array_t **out) {
  (void)context, (void)input_count, (void)output_count;
  const int32_t *letters = in[0].data;
  char text[SAMPLE + 1] = "";
  for (int i = 0; i < SAMPLE; ++i) text[i] = (char)(letters[i] + FIRST);
  out[0] = sumi_array_text(text);
  return out[0] ? SUMI_OK : SUMI_RESOURCE_EXHAUSTED;
}

int main(int argc, char **argv) {
  run_t run = run_begin(argc, argv, "runs/char_rnn", 300);
  sumi_graph_t *g = run.graph;
  sumi_array_t *letters = read_text(run.data);
  const double count = (double)sumi_array_count(letters);
  sumi_tensor_t text = sumi_constant_take(g, letters);
  sumi_tensor_t starts = sumi_random_uniform_int(g, SUMI_SHAPE(BATCH, 1), 0, count - TIME);
  sumi_tensor_t offsets = sumi_range(sumi_scalar(g, SUMI_INT32, 0), TIME + 1, 1);
  sumi_tensor_t windows = sumi_gather(text, sumi_add(starts, offsets));
  sumi_rnn_cell_t *cell = make_cell(g);
  sumi_tensor_t loss = surprise(cell, windows);
  sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = 0.01), loss, .clip_norm = 5);
  sumi_tensor_t written = sumi_host_op(g, spell, SUMI_TENSORS(write_text(g, cell)),
                                       SUMI_TYPES(SUMI_STRING));
  sumi_summary_text("written", written);
  /* The surprise at the text's beginning, in bits. */
  sumi_tensor_t first = sumi_expand_dims(sumi_slice(text, SUMI_SHAPE(0), SUMI_SHAPE(TIME + 1)), 0);
  sumi_tensor_t bits = sumi_div(surprise(cell, first), 0.6931472);
  return run_end(&run, train, loss, "bits_per_letter", bits);
}

/* A recurrent classifier of sequences of different lengths: does a sequence rise in a straight
 * line, or is it made of random numbers?
 *   lstm_cell = tf.nn.rnn_cell.BasicLSTMCell(n_hidden)
 *   outputs, states = tf.nn.dynamic_rnn(lstm_cell, x, dtype=tf.float32, sequence_length=seqlen)
 * */
#include "run.h"

enum { BATCH = 128, TIME = 20, UNITS = 32 };

typedef struct sequences {
  sumi_tensor_t values;  /* [batch, time], 0 past the end */
  sumi_tensor_t lengths; /* int32 [batch], 3 to TIME */
  sumi_tensor_t is_line; /* int32 [batch], 0 or 1 */
} sequences_t;

static sequences_t draw(sumi_graph_t *g) {
  sumi_tensor_t times = sumi_range(sumi_scalar(g, SUMI_INT32, 0), TIME, 1);
  sumi_tensor_t lengths = sumi_random_uniform_int(g, SUMI_SHAPE(BATCH), 3, TIME + 1);
  sumi_tensor_t is_line = sumi_random_uniform_int(g, SUMI_SHAPE(BATCH), 0, 2);
  sumi_tensor_t start = sumi_random_uniform(g, SUMI_SHAPE(BATCH, 1), .maxval = 0.5);
  sumi_tensor_t slope = sumi_div(sumi_cast(times, SUMI_FLOAT32), 2 * TIME);
  sumi_tensor_t noise = sumi_random_uniform(g, SUMI_SHAPE(BATCH, TIME));
  sumi_tensor_t of_line = sumi_equal(sumi_expand_dims(is_line, 1), 1);
  sumi_tensor_t is_inside = sumi_less(times, sumi_expand_dims(lengths, 1));
  sumi_tensor_t values = sumi_select(of_line, sumi_add(start, slope), noise);
  return (sequences_t){sumi_select(is_inside, values, 0), lengths, is_line};
}

static sumi_tensor_t logits_of(sequences_t s, sumi_rnn_cell_t *cell) {
  sumi_graph_t *g = sumi_tensor_graph(s.values);
  sumi_variable_scope_begin(g, "classifier", .reuse = SUMI_AUTO_REUSE);
  sumi_dynamic_rnn_t rnn = sumi_dynamic_rnn(cell, sumi_expand_dims(s.values, 2),
                                            .sequence_length = s.lengths);
  sumi_tensor_t logits = sumi_dense(rnn.state.list[1], 2);
  sumi_variable_scope_end(g);
  return logits;
}

int main(int argc, char **argv) {
  static const char *const names[] = {"random", "line"};
  run_t run = run_begin(argc, argv, "runs/lstm_classifier", 300);
  sumi_graph_t *g = run.graph;
  sumi_rnn_cell_t *cell = sumi_basic_lstm_cell_new(g, UNITS);
  const sequences_t batch = draw(g), test = draw(g);
  sumi_tensor_t logits = logits_of(batch, cell), of_test = logits_of(test, cell);
  sumi_tensor_t loss = sumi_reduce_mean(
      sumi_sparse_softmax_cross_entropy_with_logits(logits, batch.is_line));
  sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = 0.01), loss, .clip_norm = 5);
  /* Each sequence as a picture, a column a point in time. */
  sumi_tensor_t heights = sumi_range(sumi_scalar(g, SUMI_FLOAT32, 1), -0.025, -0.05);
  sumi_tensor_t filled = sumi_less_equal(sumi_reshape(heights, SUMI_SHAPE(1, -1, 1)),
                                         sumi_expand_dims(batch.values, 1));
  sumi_tensor_t pictures = sumi_expand_dims(sumi_cast(filled, SUMI_FLOAT32), 3);
  sumi_summary_predictions("predictions", pictures, sumi_softmax(logits), batch.is_line,
                           .class_names = names, .worst_first = true, .max_count = 36,
                           .class_count = 2, .max_outputs = BATCH);
  return run_end(&run, train, loss, "accuracy", run_accuracy(of_test, test.is_line));
}

/* Trains a little and logs what a step did:    write_trace <folder>: the log, and trace.json */
#include <stdio.h>
#include <sumi/file.h>
#include <sumi/sumi.h>

/* Step 3 is traced. */
static sumi_status_t trace_step(void *trace, sumi_training_t *training) {
  if (training->step == 3) sumi_training_trace(training, trace);
  return SUMI_OK;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_random_normal(g, SUMI_SHAPE(64, 32));
  const sumi_tensor_t h = sumi_dense(x, 16, .activation = sumi_activation_relu);
  const sumi_tensor_t loss = sumi_reduce_mean(sumi_square(sumi_dense(h, 1)));
  sumi_op_t *train = sumi_minimize(sumi_adam(), loss);
  sumi_session_t *s = sumi_session_new(g);
  sumi_writer_t *log = sumi_writer_open(argv[1]);
  sumi_trace_t *trace = sumi_trace_new();
  sumi_status_t status = sumi_train(
      s, train, .steps = 5, .hooks = SUMI_TRAINING_HOOKS({trace, .before_step = trace_step}));
  if (status == SUMI_OK) status = sumi_writer_graph(log, g);
  if (status == SUMI_OK) status = sumi_writer_trace(log, "step 3", 3, trace);
  if (status == SUMI_OK && sumi_writer_trace(log, "none", 3, NULL) != SUMI_INVALID_ARGUMENT)
    return 3;
  sumi_buffer_t text = {0};
  if (status == SUMI_OK) status = sumi_trace_format_chrome(trace, &text);
  if (status == SUMI_OK) status = sumi_file_replace(argv[1], "trace.json", text.data, text.size);
  sumi_buffer_release(&text);
  sumi_trace_free(trace);
  if (sumi_writer_close(log) != SUMI_OK || status != SUMI_OK)
    fprintf(stderr, "%s\n", sumi_error_message());
  sumi_session_free(s);
  sumi_graph_free(g);
  return status == SUMI_OK ? 0 : 1;
}

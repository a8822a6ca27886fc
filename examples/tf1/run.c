#include "run.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { GLYPHS_TRAIN = 2000, GLYPHS_TEST = 300 };

run_t run_begin(int argc, char **argv, const char *logdir, int64_t steps) {
  static const struct option options[] = {{"logdir", required_argument, NULL, 'l'},
                                          {"steps", required_argument, NULL, 's'},
                                          {"data", required_argument, NULL, 'd'},
                                          {"graph", required_argument, NULL, 'g'},
                                          {0}};
  run_t run = {.logdir = logdir, .steps = steps};
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (option) {
    case 'l': run.logdir = optarg; break;
    case 's': run.steps = atoll(optarg); break;
    case 'd': run.data = optarg; break;
    case 'g': run.graph_file = optarg; break;
    default: exit(2);
    }
  }
  run.graph = sumi_graph_new();
  sumi_graph_set_seed(run.graph, 1);
  return run;
}

static sumi_status_t load(run_t *run) {
  if (run->data) {
    SUMI_TRY(sumi_dataset_load(run->data, SUMI_TRAIN, &run->train));
    return sumi_dataset_load(run->data, SUMI_TEST, &run->test);
  }
  SUMI_TRY(sumi_dataset_draw_glyphs(GLYPHS_TRAIN, 1, &run->train));
  return sumi_dataset_draw_glyphs(GLYPHS_TEST, 2, &run->test);
}

static sumi_tensor_t scaled(sumi_graph_t *g, sumi_array_t *images) {
  return sumi_div(sumi_cast(sumi_constant(g, images), SUMI_FLOAT32), 255);
}

pictures_t run_pictures(run_t *run, int64_t batch) {
  if (load(run) != SUMI_OK) {
    fprintf(stderr, "%s\n", sumi_error_message());
    exit(1);
  }
  sumi_graph_t *g = run->graph;
  const sumi_dims_t dims = sumi_array_dims(run->train.images);
  const double count = (double)dims.size[0];
  sumi_tensor_t rows = sumi_random_uniform_int(g, SUMI_SHAPE(batch), 0, count, .type = SUMI_INT32);
  return (pictures_t){
      .images = sumi_gather(scaled(g, run->train.images), rows),
      .labels = sumi_gather(sumi_constant(g, run->train.labels), rows),
      .test_images = scaled(g, run->test.images),
      .test_labels = sumi_constant(g, run->test.labels),
      .height = dims.size[1],
      .width = dims.size[2],
      .channels = dims.size[3],
      .classes = sumi_array_count(run->train.class_names),
      .class_names = sumi_array_data(run->train.class_names),
  };
}

sumi_tensor_t run_accuracy(sumi_tensor_t logits, sumi_tensor_t labels) {
  sumi_tensor_t best = sumi_argmax(logits, 1, .output_type = SUMI_INT32);
  return sumi_reduce_mean(sumi_cast(sumi_equal(best, labels), SUMI_FLOAT32));
}

static sumi_status_t write_graph(const run_t *run) {
  sumi_buffer_t bytes = {0};
  sumi_status_t status = sumi_graph_export(run->graph, &bytes);
  FILE *file = status == SUMI_OK ? fopen(run->graph_file, "wb") : NULL;
  if (status == SUMI_OK && (!file || fwrite(bytes.data, 1, bytes.size, file) != bytes.size))
    status = sumi_fail_errno(errno, "writing", run->graph_file);
  if (file && fclose(file) != 0 && status == SUMI_OK)
    status = sumi_fail_errno(errno, "closing", run->graph_file);
  sumi_buffer_release(&bytes);
  return status;
}

static sumi_status_t train_and_log(run_t *run, sumi_session_t *s, sumi_writer_t *log,
                                   sumi_op_t *train, sumi_tensor_t loss, const char *name,
                                   sumi_tensor_t figure) {
  SUMI_TRY(sumi_graph_status(run->graph));
  SUMI_TRY(sumi_writer_graph(log, run->graph));
  sumi_summary_hook_t *summaries = sumi_summary_hook_new(s, log);
  sumi_status_t status = sumi_train(
      s, train, .steps = run->steps, .loss = loss,
      .hooks = SUMI_TRAINING_HOOKS(*sumi_summary_training_hook(summaries)), .handle_signals = true);
  sumi_summary_hook_free(summaries);
  float value = 0;
  if (status == SUMI_OK)
    status = sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = figure, .scalar = &value}));
  if (status == SUMI_OK) {
    sumi_writer_scalar(log, name, run->steps, value);
    printf("%s: %.6g\n", name, value);
  }
  return status;
}

int run_end(run_t *run, sumi_op_t *train, sumi_tensor_t loss, const char *name,
            sumi_tensor_t figure) {
  loss = sumi_identity(loss, .name = "loss");
  figure = sumi_identity(figure, .name = "figure");
  train = sumi_group(run->graph, SUMI_OPS(train), .name = "training");
  sumi_summary_scalar("losses/train", loss);
  sumi_global_variables_initializer(run->graph); /* so that the file has it, too */
  sumi_session_t *s = sumi_session_new(run->graph);
  sumi_writer_t *log = sumi_writer_open(run->logdir, .intervals = "*=first,double,last;losses/*=1",
                                        .total_steps = run->steps);
  sumi_status_t status = run->graph_file ? write_graph(run) : SUMI_OK;
  if (status == SUMI_OK) status = train_and_log(run, s, log, train, loss, name, figure);
  const sumi_status_t closed = sumi_writer_close(log);
  if (status != SUMI_OK || closed != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  sumi_session_free(s);
  sumi_graph_free(run->graph);
  sumi_dataset_release(&run->train);
  sumi_dataset_release(&run->test);
  return status == SUMI_OK && closed == SUMI_OK ? 0 : 1;
}

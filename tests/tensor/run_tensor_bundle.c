/* TensorFlow's checkpoints for test_tensor_bundle.py: `copy FROM TO` reads every array of one and
 * writes them again; `list FROM` prints "NAME DTYPE SHAPE BYTES" of each; `npy FROM NAME TO` writes
 * one as npy; `train TO` trains a model with a saver in folder TO. Errors on stderr. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/gradients.h>
#include <sumi/layers.h>
#include <sumi/npy.h>
#include <sumi/ops.h>
#include <sumi/random.h>
#include <sumi/tensor_bundle.h>
#include <sumi/train.h>
#include <sumi/training.h>

static sumi_status_t copy(const sumi_tensor_bundle_t *file, const char *to) {
  const int64_t count = sumi_tensor_bundle_count(file);
  sumi_named_array_t *arrays = calloc((size_t)count + 1, sizeof *arrays);
  sumi_status_t status = SUMI_OK;
  for (int64_t i = count - 1; i >= 0 && status == SUMI_OK; --i) { /* it sorts them itself */
    arrays[count - 1 - i].name = sumi_tensor_bundle_at(file, i)->name;
    status = sumi_tensor_bundle_read(file, arrays[count - 1 - i].name,
                                     (sumi_array_t **)&arrays[count - 1 - i].array);
  }
  if (status == SUMI_OK) status = sumi_tensor_bundle_write(to, count, arrays);
  for (int64_t i = 0; i < count; ++i) sumi_array_unref((sumi_array_t *)arrays[i].array);
  free(arrays);
  return status;
}

static void list(const sumi_tensor_bundle_t *file) {
  for (int64_t i = 0; i < sumi_tensor_bundle_count(file); ++i) {
    const sumi_safetensor_t *array = sumi_tensor_bundle_at(file, i);
    printf("%s %s %s %lld\n", array->name, array->dtype, sumi_dims_text(array->dims).text,
           (long long)array->size_bytes);
  }
}

static sumi_status_t to_npy(const sumi_tensor_bundle_t *file, const char *name, const char *to) {
  sumi_array_t *array;
  SUMI_TRY(sumi_tensor_bundle_read(file, name, &array));
  const sumi_status_t status = sumi_npy_write(to, array);
  sumi_array_unref(array);
  return status;
}

static sumi_status_t train(const char *to) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 4);
  const sumi_tensor_t x = sumi_random_normal(g, SUMI_SHAPE(8, 4));
  const sumi_tensor_t h = sumi_dense(x, 3, .activation = sumi_activation_relu);
  const sumi_tensor_t loss = sumi_reduce_mean(sumi_square(sumi_dense(h, 1)));
  sumi_op_t *step = sumi_minimize(sumi_adam(), loss, .global_step = sumi_global_step(g));
  sumi_session_t *s = sumi_session_new(g);
  sumi_saver_t *saver = sumi_saver_new(s, to, .format = SUMI_CHECKPOINT_TENSORFLOW,
                                       .max_to_keep = 2);
  const sumi_status_t status = sumi_train(s, step, .steps = 30, .saver = saver, .save_every = 10);
  sumi_saver_free(saver);
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

int main(int argc, char **argv) {
  sumi_tensor_bundle_t *file = NULL;
  sumi_status_t status = SUMI_OK;
  if (argc < 3)
    status = sumi_fail(SUMI_INVALID_ARGUMENT, "arguments?");
  else if (strcmp(argv[1], "train") == 0)
    status = train(argv[2]);
  else
    status = sumi_tensor_bundle_open(argv[2], &file);
  if (status == SUMI_OK && file) {
    if (strcmp(argv[1], "copy") == 0) status = copy(file, argv[3]);
    if (strcmp(argv[1], "list") == 0) list(file);
    if (strcmp(argv[1], "npy") == 0) status = to_npy(file, argv[3], argv[4]);
    sumi_tensor_bundle_close(file);
  }
  if (status != SUMI_OK)
    fprintf(stderr, "%s: %s\n", sumi_status_name(status), sumi_error_message());
  return status != SUMI_OK;
}

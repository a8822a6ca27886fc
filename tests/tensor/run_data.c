/* Data for test_data_oracle.py, written as npy files: `idx FROM TO`, `csv FROM TO SEPARATOR SKIP`,
 * `dataset PATH train|test FOLDER`, `glyphs COUNT SEED FOLDER`, `batches PATH SIZE STEPS SEED
 * FOLDER` (images and labels of steps 0 … STEPS - 1, one after the other; SEED "in-order" keeps the
 * order). Errors on stderr. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/data.h>
#include <sumi/npy.h>

static void check(sumi_status_t status) {
  if (status == SUMI_OK) return;
  fprintf(stderr, "%s: %s\n", sumi_status_name(status), sumi_error_message());
  exit(1);
}

static void write_array(const char *folder, const char *name, const sumi_array_t *array) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.npy", folder, name);
  check(sumi_npy_write(path, array));
}

static void write_dataset(sumi_dataset_t *dataset, const char *folder) {
  write_array(folder, "images", dataset->images);
  write_array(folder, "labels", dataset->labels);
  write_array(folder, "names", dataset->class_names);
  sumi_dataset_release(dataset);
}

static void write_batches(char **argv) {
  sumi_dataset_t dataset = {0};
  check(sumi_dataset_load(argv[2], SUMI_TEST, &dataset));
  sumi_batcher_t *batcher = sumi_batcher_new(&dataset, atoll(argv[3]), .seed = atoll(argv[5]),
                                             .in_order = strcmp(argv[5], "in-order") == 0);
  if (!batcher) check(SUMI_INTERNAL);
  for (int64_t step = 0; step < atoll(argv[4]); ++step) {
    sumi_batch_t batch;
    check(sumi_batcher_get(batcher, step, &batch));
    char name[64];
    snprintf(name, sizeof name, "images%" PRId64, step);
    write_array(argv[6], name, batch.images);
    snprintf(name, sizeof name, "labels%" PRId64, step);
    write_array(argv[6], name, batch.labels);
  }
  sumi_batcher_free(batcher);
  sumi_dataset_release(&dataset);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  sumi_dataset_t dataset = {0};
  sumi_array_t *array = NULL;
  if (strcmp(what, "idx") == 0 && argc == 4) {
    check(sumi_idx_read(argv[2], &array));
    check(sumi_npy_write(argv[3], array));
  } else if (strcmp(what, "csv") == 0 && argc == 6) {
    check(sumi_csv_read(argv[2], &array, .separator = argv[4][0], .skip_lines = atoll(argv[5])));
    check(sumi_npy_write(argv[3], array));
  } else if (strcmp(what, "dataset") == 0 && argc == 5) {
    check(sumi_dataset_load(argv[2], strcmp(argv[3], "test") == 0 ? SUMI_TEST : SUMI_TRAIN,
                            &dataset));
    write_dataset(&dataset, argv[4]);
  } else if (strcmp(what, "glyphs") == 0 && argc == 5) {
    check(sumi_dataset_draw_glyphs(atoll(argv[2]), atoll(argv[3]), &dataset));
    write_dataset(&dataset, argv[4]);
  } else if (strcmp(what, "batches") == 0 && argc == 7) {
    write_batches(argv);
  } else {
    return 2;
  }
  sumi_array_unref(array);
  return 0;
}

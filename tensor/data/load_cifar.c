/* CIFAR-10, binary version: records of a label and 32x32 red, green and blue bytes, one plane after
 * the other (www.cs.toronto.edu/~kriz/cifar.html). */
#include "array/source.h"
#include "data/dataset.h"

#include <stdio.h>
#include <string.h>
#include <sumi/alloc.h>

enum { SIDE = 32, PIXELS = SIDE * SIDE, RECORD = 1 + 3 * PIXELS, TRAIN_FILES = 5 };

static void file_name(sumi_split_t split, int index, char name[32]) {
  if (split == SUMI_TEST)
    strcpy(name, "test_batch.bin");
  else
    sprintf(name, "data_batch_%d.bin", index + 1);
}

bool sumi__tensor_has_cifar(const char *folder) {
  bool found = false;
  for (int split = SUMI_TRAIN; split <= SUMI_TEST && !found; ++split) {
    char name[32];
    file_name((sumi_split_t)split, 0, name);
    char *path = sumi__tensor_join_path(folder, name);
    found = sumi__tensor_file_exists(path);
    sumi_free(path);
  }
  return found;
}

/* Appends the labels and pictures of one file. */
static sumi_status_t read_records(sumi__tensor_source_t *source, sumi_buffer_t *images,
                                  sumi_buffer_t *labels) {
  unsigned char record[RECORD];
  for (;;) {
    size_t got;
    SUMI_TRY(sumi__tensor_source_read_some(source, record, RECORD, &got));
    if (got == 0) return SUMI_OK;
    if (got < RECORD) {
      source->offset -= (int64_t)got;
      return sumi__tensor_source_fail(
          source, SUMI_DATA_LOSS, "truncated: a record needs %d bytes, %zu follow", RECORD, got);
    }
    unsigned char *pixels = sumi_buffer_reserve(images, 3 * PIXELS);
    if (!pixels) return sumi_fail_alloc("CIFAR pictures", images->size);
    for (int i = 0; i < PIXELS; ++i)
      for (int channel = 0; channel < 3; ++channel)
        pixels[3 * i + channel] = record[1 + channel * PIXELS + i];
    images->size += 3 * PIXELS;
    sumi_buffer_putc(labels, (char)record[0]);
    SUMI_TRY(sumi_buffer_status(labels, "CIFAR labels"));
  }
}

static sumi_status_t read_file(const char *folder, const char *name, sumi_buffer_t *images,
                               sumi_buffer_t *labels) {
  char *path = sumi__tensor_join_path(folder, name);
  if (!path) return sumi_fail_alloc("a path", 1);
  sumi__tensor_source_t source;
  sumi_status_t status = sumi__tensor_source_open(path, &source);
  if (status == SUMI_OK) status = read_records(&source, images, labels);
  sumi__tensor_source_close(&source);
  sumi_free(path);
  return status;
}

static sumi_status_t take(const char *folder, const sumi_buffer_t *images,
                          const sumi_buffer_t *labels, sumi_dataset_t *dataset) {
  const int64_t count = (int64_t)labels->size;
  sumi_array_t *pictures = sumi_array_from(SUMI_UINT8, SUMI_DIMS(count, SIDE, SIDE, 3),
                                           images->data);
  sumi_array_t *numbers = sumi_array_from(SUMI_UINT8, SUMI_DIMS(count), labels->data);
  if (pictures && numbers) return sumi__tensor_dataset_take(folder, pictures, numbers, dataset);
  sumi_array_unref(pictures);
  sumi_array_unref(numbers);
  return SUMI_RESOURCE_EXHAUSTED;
}

sumi_status_t sumi__tensor_load_cifar(const char *folder, sumi_split_t split,
                                      sumi_dataset_t *dataset) {
  sumi_buffer_t images = {0}, labels = {0};
  sumi_status_t status = SUMI_OK;
  const int files = split == SUMI_TRAIN ? TRAIN_FILES : 1;
  for (int i = 0; i < files && status == SUMI_OK; ++i) {
    char name[32];
    file_name(split, i, name);
    status = read_file(folder, name, &images, &labels);
  }
  if (status == SUMI_OK) status = take(folder, &images, &labels, dataset);
  sumi_buffer_release(&images);
  sumi_buffer_release(&labels);
  return status;
}

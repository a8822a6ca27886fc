/* Converts files for test_safetensors_python.py: `copy FROM TO` reads every array and every text of
 * a safetensors file and writes them again; `list FROM` prints "NAME DTYPE SHAPE BYTES" of each
 * array; `npy FROM NAME TO` writes one as npy. Errors on stderr. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/npy.h>
#include <sumi/safetensors.h>

static sumi_status_t copy(const sumi_safetensors_t *file, const char *to) {
  const int64_t count = sumi_safetensors_count(file), texts = sumi_safetensors_metadata_count(file);
  sumi_named_array_t *arrays = calloc((size_t)count + 1, sizeof *arrays);
  sumi_named_text_t *metadata = calloc((size_t)texts + 1, sizeof *metadata);
  sumi_status_t status = SUMI_OK;
  for (int64_t i = 0; i < texts; ++i) metadata[i] = *sumi_safetensors_metadata_at(file, i);
  for (int64_t i = 0; i < count && status == SUMI_OK; ++i) {
    arrays[i].name = sumi_safetensors_at(file, i)->name;
    status = sumi_safetensors_read(file, arrays[i].name, (sumi_array_t **)&arrays[i].array);
  }
  if (status == SUMI_OK)
    status = sumi_safetensors_write(to, count, arrays, .metadata_count = texts,
                                    .metadata = metadata);
  for (int64_t i = 0; i < count; ++i) sumi_array_unref((sumi_array_t *)arrays[i].array);
  free(arrays);
  free(metadata);
  return status;
}

static void list(const sumi_safetensors_t *file) {
  for (int64_t i = 0; i < sumi_safetensors_count(file); ++i) {
    const sumi_safetensor_t *array = sumi_safetensors_at(file, i);
    printf("%s %s %s %lld\n", array->name, array->dtype, sumi_dims_text(array->dims).text,
           (long long)array->size_bytes);
  }
}

static sumi_status_t to_npy(const sumi_safetensors_t *file, const char *name, const char *to) {
  sumi_array_t *array;
  SUMI_TRY(sumi_safetensors_read(file, name, &array));
  const sumi_status_t status = sumi_npy_write(to, array);
  sumi_array_unref(array);
  return status;
}

int main(int argc, char **argv) {
  sumi_safetensors_t *file;
  sumi_status_t status = argc < 3 ? sumi_fail(SUMI_INVALID_ARGUMENT, "arguments?")
                                  : sumi_safetensors_open(argv[2], &file);
  if (status == SUMI_OK) {
    if (strcmp(argv[1], "copy") == 0) status = copy(file, argv[3]);
    if (strcmp(argv[1], "list") == 0) list(file);
    if (strcmp(argv[1], "npy") == 0) status = to_npy(file, argv[3], argv[4]);
    sumi_safetensors_close(file);
  }
  if (status != SUMI_OK)
    fprintf(stderr, "%s: %s\n", sumi_status_name(status), sumi_error_message());
  return status != SUMI_OK;
}

/* TFRecord files for test_records_tensorflow.py: `write FILE plain|gzip|zlib` writes three
 * Examples, `read FILE…` prints the features of each on a line, `lines FILE…` lines of text between
 * brackets. Errors on stderr. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/tfrecord.h>

static int fail(void) {
  fprintf(stderr, "%s\n", sumi_error_message());
  return 1;
}

static sumi_array_t *texts(const char *a, const char *b) {
  return sumi_array_from(SUMI_STRING, SUMI_DIMS(2), (const char *[]){a, b});
}

static sumi_status_t write_example(sumi_record_writer_t *writer, int i) {
  const uint8_t bytes[4] = {0, (uint8_t)i, 255, 7};
  sumi_array_t *image = sumi_array_from(SUMI_UINT8, SUMI_DIMS(2, 2), bytes);
  sumi_array_t *label = sumi_array_scalar(SUMI_INT32, i - 1);
  sumi_array_t *weights = sumi_array_linspace(0, i, 3, SUMI_FLOAT64);
  sumi_array_t *names = texts("caf\xc3\xa9", "");
  sumi_array_t *ids = sumi_array_arange(i, SUMI_INT64);
  const sumi_status_t status = sumi_record_writer_example(
      writer, SUMI_COMPONENTS({"image", image}, {"label", label}, {"weights", weights},
                              {"names", names}, {"ids", ids}));
  sumi_array_unref(image), sumi_array_unref(label), sumi_array_unref(weights);
  sumi_array_unref(names), sumi_array_unref(ids);
  return status;
}

static int write_file(const char *path, const char *packing) {
  const sumi_compression_t compression = strcmp(packing, "gzip") == 0   ? SUMI_GZIP
                                         : strcmp(packing, "zlib") == 0 ? SUMI_ZLIB
                                                                        : SUMI_UNCOMPRESSED;
  sumi_record_writer_t *writer = sumi_record_writer_open(path, .compression = compression);
  if (!writer) return fail();
  for (int i = 0; i < 3; ++i) write_example(writer, i);
  return sumi_record_writer_close(writer) == SUMI_OK ? 0 : fail();
}

static void print_array(const char *name, const sumi_array_t *array) {
  printf("%s %s", name, sumi_dims_text(sumi_array_dims(array)).text);
  for (int64_t i = 0; i < sumi_array_count(array); ++i)
    if (sumi_array_dtype(array) == SUMI_STRING)
      printf(" %s", sumi_array_get_text(array, i));
    else
      printf(" %.9g", sumi_array_get(array, i));
  printf("; ");
}

static int print_all(sumi_pipeline_t *pipeline) {
  sumi_iterator_t *iterator = sumi_iterator_new(pipeline);
  sumi_pipeline_unref(pipeline);
  for (const sumi_element_t *e; (e = sumi_iterator_next(iterator)); puts(""))
    for (int i = 0; i < sumi_element_count(e); ++i)
      print_array(sumi_element_name(e, i), sumi_element_get(e, sumi_element_name(e, i)));
  const sumi_status_t status = sumi_iterator_status(iterator);
  sumi_iterator_free(iterator);
  return status == SUMI_OK ? 0 : fail();
}

static int read_files(sumi_texts_t paths) {
  sumi_array_t *standard = sumi_array_full(SUMI_INT64, SUMI_DIMS(2), -5);
  sumi_pipeline_t *p = sumi_pipeline_parse_examples(
      sumi_pipeline_from_records(paths),
      SUMI_FEATURES(
          {.name = "image", .dtype = SUMI_UINT8}, {.name = "label", .dtype = SUMI_INT64},
          {.name = "weights", .dtype = SUMI_FLOAT32, .shape = SUMI_DIMS(1, 3)},
          {.name = "names", .dtype = SUMI_STRING, .variable = true},
          {.name = "ids", .dtype = SUMI_INT64, .variable = true},
          {.name = "pair", .dtype = SUMI_INT64, .shape = SUMI_DIMS(2), .standard = standard}),
      .threads = 2);
  sumi_array_unref(standard);
  return print_all(p);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  const sumi_texts_t paths = {argc - 2, (const char *const *)(argv + 2)};
  if (strcmp(argv[1], "write") == 0) return write_file(argv[2], argv[3]);
  if (strcmp(argv[1], "read") == 0) return read_files(paths);
  return print_all(sumi_pipeline_from_lines(paths));
}

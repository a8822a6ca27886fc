/* Formats arrays for test_array_print.py. Requests on stdin: a line
 *   dtype style precision threshold edge_items line_width suppress floatmode sign rank sizes… bytes
 * and that many bytes of elements (strings: NUL-terminated). Answers on stdout: a line with the
 * length, the text. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/alloc.h>
#include <sumi/array.h>

static sumi_array_t *read_array(sumi_dtype_t dtype, sumi_dims_t dims, size_t bytes) {
  char *data = malloc(bytes + 1);
  if (!data || fread(data, 1, bytes, stdin) != bytes) exit(2);
  if (dtype != SUMI_STRING) {
    sumi_array_t *array = sumi_array_from(dtype, dims, data);
    free(data);
    return array;
  }
  sumi_array_t *array = sumi_array_new(dtype, dims);
  const char *text = data;
  for (int64_t i = 0; array && i < sumi_array_count(array); ++i) {
    if (sumi_array_set_text(array, i, text) != SUMI_OK) exit(3);
    text += strlen(text) + 1;
  }
  free(data);
  return array;
}

int main(void) {
  char name[16], sign;
  int style, suppress, mode;
  sumi_array_format_options_t options = {.struct_size = sizeof options};
  while (scanf("%15s %d %d %" SCNd64 " %" SCNd64 " %d %d %d '%c'", name, &style, &options.precision,
               &options.threshold, &options.edge_items, &options.line_width, &suppress, &mode,
               &sign) == 9) {
    options.style = (sumi_array_style_t)style;
    options.floatmode = (sumi_floatmode_t)mode;
    options.suppress = suppress != 0;
    options.sign = sign;
    sumi_dims_t dims = {0};
    size_t bytes;
    if (scanf("%d", &dims.rank) != 1) return 4;
    for (int axis = 0; axis < dims.rank; ++axis)
      if (scanf("%" SCNd64, &dims.size[axis]) != 1) return 4;
    if (scanf("%zu", &bytes) != 1 || getchar() != '\n') return 4;
    sumi_array_t *array = read_array(sumi_dtype_from_name(name), dims, bytes);
    sumi_buffer_t buffer = {0};
    if (!array || sumi_array_format_with(array, &buffer, &options) != SUMI_OK) {
      fprintf(stderr, "%s\n", sumi_error_message());
      return 5;
    }
    printf("%zu\n", buffer.size);
    if (buffer.size > 0) fwrite(buffer.data, 1, buffer.size, stdout);
    fflush(stdout);
    sumi_buffer_release(&buffer);
    sumi_array_unref(array);
  }
  return 0;
}

/* The picture rules from outside: run_pixels DTYPE COUNT HEIGHT WIDTH CHANNELS
 * RED,GREEN,BLUE,ALPHA LOW HIGH reads raw values from standard input and writes, for each
 * picture, its PNG's length in 8 little-endian bytes and the PNG. */
#include <stdio.h>
#include <stdlib.h>

#include <sumi/alloc.h>
#include <sumi/pixels.h>
#include <sumi/png.h>

static int fail(void) {
  fprintf(stderr, "%s\n", sumi_error_message());
  return 1;
}

static int write_pictures(const sumi_array_view_t *view, const sumi_pixels_options_t *options) {
  int64_t count;
  if (sumi_pixels_check("pictures", view, &count) != SUMI_OK) return fail();
  for (int64_t i = 0; i < count; ++i) {
    sumi_picture_t picture;
    sumi_buffer_t png = {0};
    if (sumi_pixels_picture_with(view, i, &picture, options) != SUMI_OK ||
        sumi_picture_encode_png(&picture, &png) != SUMI_OK)
      return fail();
    const uint64_t size = png.size;
    fwrite(&size, sizeof size, 1, stdout);
    fwrite(png.data, 1, png.size, stdout);
    sumi_buffer_release(&png);
    sumi_picture_free(&picture);
  }
  return fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv) {
  if (argc != 9) return 2;
  sumi_array_view_t view = {.dtype = sumi_dtype_from_name(argv[1]), .rank = 4};
  for (int axis = 0; axis < 4; ++axis) view.dims[axis] = atoll(argv[2 + axis]);
  unsigned red, green, blue, alpha;
  if (sscanf(argv[6], "%u,%u,%u,%u", &red, &green, &blue, &alpha) != 4) return 2;
  const sumi_pixels_options_t options = {.struct_size = sizeof options,
                                         .bad_color = alpha << 24 | red << 16 | green << 8 | blue,
                                         .low = atof(argv[7]),
                                         .high = atof(argv[8])};
  const size_t size = (size_t)sumi_array_view_count(&view) * sumi_dtype_size_bytes(view.dtype);
  void *values = sumi_malloc(size);
  if (!values || fread(values, 1, size, stdin) != size) return 2;
  view.data = values;
  const int code = write_pictures(&view, &options);
  sumi_free(values);
  return code;
}

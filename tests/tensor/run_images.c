/* What is done to pictures, for test_images_tensorflow.py: `OP IN.npy OUT.npy NUMBERS…`,
 * `decode FILE OUT.npy CHANNELS`, `folder FOLDER [LABELS]`, `pipeline FOLDER OUT.npy HEIGHT WIDTH`
 * (a batch of all). Errors on stderr. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/image.h>
#include <sumi/npy.h>

static int fail(void) {
  fprintf(stderr, "%s\n", sumi_error_message());
  return 1;
}

static sumi_array_t *apply(const char *op, const sumi_array_t *in, const double *n) {
#define IS(name) (strcmp(op, name) == 0)
#define INT(i)   ((int64_t)n[i])
  if (IS("flip_left_right")) return sumi_image_flip_left_right(in);
  if (IS("flip_up_down")) return sumi_image_flip_up_down(in);
  if (IS("crop")) return sumi_image_crop(in, INT(0), INT(1), INT(2), INT(3));
  if (IS("central_crop")) return sumi_image_central_crop(in, n[0]);
  if (IS("pad")) return sumi_image_pad(in, INT(0), INT(1), INT(2), INT(3));
  if (IS("crop_or_pad")) return sumi_image_crop_or_pad(in, INT(0), INT(1));
  if (IS("resize"))
    return sumi_image_resize(in, INT(0), INT(1), .method = (sumi_resize_method_t)n[2],
                             .align_corners = n[3] == 1, .from_corner = n[3] == 2);
  if (IS("convert")) return sumi_image_convert(in, (sumi_dtype_t)n[0]);
  if (IS("brightness")) return sumi_image_adjust_brightness(in, n[0]);
  if (IS("contrast")) return sumi_image_adjust_contrast(in, n[0]);
  if (IS("saturation")) return sumi_image_adjust_saturation(in, n[0]);
  if (IS("hue")) return sumi_image_adjust_hue(in, n[0]);
  if (IS("standardize")) return sumi_image_standardize(in);
  return NULL;
}

static int write_out(sumi_array_t *array, const char *path) {
  const bool written = array && sumi_npy_write(path, array) == SUMI_OK;
  sumi_array_unref(array);
  return written ? 0 : fail();
}

static int print_folder(const char *path, const char *labels) {
  sumi_folder_t folder = {0};
  if (sumi_folder_read(path, &folder, .labels = labels) != SUMI_OK) return fail();
  for (int64_t i = 0; i < sumi_array_count(folder.paths); ++i) {
    const int label = (int)sumi_array_get(folder.labels, i);
    printf("%s %d %s\n", sumi_array_get_text(folder.paths, i), label,
           sumi_array_get_text(folder.class_names, label));
  }
  sumi_folder_release(&folder);
  return 0;
}

static int run_pipeline(const char *path, const char *out, int64_t height, int64_t width) {
  sumi_folder_t folder = {0};
  if (sumi_folder_read(path, &folder) != SUMI_OK) return fail();
  sumi_pipeline_t *p = sumi_pipeline_from_folder(&folder);
  p = sumi_pipeline_decode_images(p, .channels = 3, .height = height, .width = width, .threads = 2);
  p = sumi_pipeline_batch(p, sumi_array_count(folder.paths));
  sumi_folder_release(&folder);
  sumi_iterator_t *it = sumi_iterator_new(p);
  sumi_pipeline_unref(p);
  const sumi_element_t *e = sumi_iterator_next(it);
  const int result = e && sumi_npy_write(out, sumi_element_get(e, "image")) == SUMI_OK ? 0 : 1;
  if (result) sumi_iterator_status(it), fail();
  sumi_iterator_free(it);
  return result;
}

int main(int argc, char **argv) {
  double n[8] = {0};
  if (argc < 3) return 2;
  for (int i = 4; i < argc && i < 12; ++i) n[i - 4] = atof(argv[i]);
  if (strcmp(argv[1], "folder") == 0) return print_folder(argv[2], argc > 3 ? argv[3] : NULL);
  if (strcmp(argv[1], "decode") == 0)
    return write_out(sumi_image_read(argv[2], .channels = (int)n[0]), argv[3]);
  if (strcmp(argv[1], "pipeline") == 0)
    return run_pipeline(argv[2], argv[3], (int64_t)n[0], (int64_t)n[1]);
  sumi_array_t *in;
  if (sumi_npy_read(argv[2], &in) != SUMI_OK) return fail();
  sumi_array_t *made = apply(argv[1], in, n);
  sumi_array_unref(in);
  return write_out(made, argv[3]);
}

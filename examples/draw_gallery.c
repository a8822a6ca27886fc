/* Draws a gallery of labelled pictures and writes it as PNG: no event file.
 *   draw_gallery [file] */
#include <stdio.h>
#include <sumi/gallery.h>
#include <sumi/png.h>

enum { COUNT = 12, SIDE = 16 };

static float pixels[COUNT][SIDE][SIDE];

/* Discs of growing size. */
static void paint(int index) {
  for (int y = 0; y < SIDE; ++y)
    for (int x = 0; x < SIDE; ++x) {
      const int dx = 2 * x - SIDE + 1, dy = 2 * y - SIDE + 1;
      pixels[index][y][x] = dx * dx + dy * dy <= 20 * (index + 1) ? 1.0F : 0.1F;
    }
}

static sumi_status_t draw(const char *path) {
  /* [gallery] */
  sumi_prediction_t predictions[COUNT] = {0};
  sumi_picture_t sheet = {0};
  sumi_buffer_t png = {0};
  for (int i = 0; i < COUNT; ++i) {
    paint(i);
    /* [view] */
    const sumi_array_view_t image = {SUMI_FLOAT32, 2, {SIDE, SIDE}, pixels[i]};
    /* [view] */
    predictions[i].image = image;
    predictions[i].label = i < 5 ? "small" : "large";
    predictions[i].truth = i < COUNT / 2 ? "small" : "large";
  }
  sumi_status_t status = sumi_gallery_draw(predictions, COUNT, &sheet, .title = "discs",
                                           .columns = 6);
  if (status == SUMI_OK) status = sumi_picture_encode_png(&sheet, &png);
  /* [gallery] */
  FILE *file = status == SUMI_OK ? fopen(path, "wb") : NULL;
  if (status == SUMI_OK && (!file || fwrite(png.data, 1, png.size, file) != png.size))
    status = sumi_fail(SUMI_UNAVAILABLE, "%s cannot be written", path);
  if (file && fclose(file) != 0 && status == SUMI_OK)
    status = sumi_fail(SUMI_UNAVAILABLE, "%s cannot be written", path);
  sumi_buffer_release(&png);
  sumi_picture_free(&sheet);
  return status;
}

int main(int argc, char **argv) {
  if (draw(argc > 1 ? argv[1] : "gallery.png") == SUMI_OK) return 0;
  fprintf(stderr, "%s\n", sumi_error_message());
  return 1;
}

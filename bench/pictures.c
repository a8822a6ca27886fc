/* Labelled pictures:
 *   bench_pictures draw   drawing beside a hand blit of the same picture
 *   bench_pictures png    encoding what was drawn beside libpng's defaults
 *   bench_pictures both   drawing and encoding, in rounds, for peer_pictures.py */
#include "hand_blit.h"
#include "measure.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/png.h>
#include <sumi/prediction.h>

/* With the frame and the lines of text this comes closest to 240 x 240. */
enum { SIDE = 28, FACTOR = 7, FONT_PX = 13 };

/* What changes from picture to picture. */
static const char *const labels[] = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                     "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
enum { LABELS = sizeof labels / sizeof *labels };

typedef struct pictures {
  int64_t next; /* picture */
  uint8_t grey[SIDE * SIDE];
  sumi_prediction_t prediction;
  sumi_picture_t drawn;
  sumi_buffer_t png, default_png;
  hand_blit_t *blit;
  uint32_t *blitted;
  uint8_t *rgb; /* the drawn picture for libpng */
} pictures_t;

static void describe_next(pictures_t *p) {
  const int64_t number = p->next++;
  p->prediction.label = labels[number % LABELS];
  p->prediction.score = (double)(number * 37 % 101) / 100;
}

static bool draw(void *context, int64_t count) {
  pictures_t *p = context;
  for (int64_t i = 0; i < count; ++i) {
    sumi_picture_free(&p->drawn);
    describe_next(p);
    if (sumi_prediction_draw(&p->prediction, &p->drawn, .picture_px = SIDE * FACTOR) != SUMI_OK)
      return false;
  }
  return true;
}

static bool blit(void *context, int64_t count) {
  pictures_t *p = context;
  for (int64_t i = 0; i < count; ++i) {
    char text[64];
    describe_next(p);
    snprintf(text, sizeof text, "%s %.0f %%", p->prediction.label, 100 * p->prediction.score);
    hand_blit_draw(p->blit, p->grey, SIDE, FACTOR, text, p->prediction.score, p->blitted,
                   p->drawn.width, p->drawn.height);
  }
  return true;
}

static bool encode(void *context, int64_t count) {
  pictures_t *p = context;
  for (int64_t i = 0; i < count; ++i) {
    p->png.size = 0;
    if (sumi_picture_encode_png(&p->drawn, &p->png, .without_annotations = true) != SUMI_OK)
      return false;
  }
  return true;
}

static bool draw_and_encode(void *context, int64_t count) {
  pictures_t *p = context;
  for (int64_t i = 0; i < count; ++i) {
    p->png.size = 0;
    if (!draw(p, 1) || sumi_picture_encode_png(&p->drawn, &p->png) != SUMI_OK) return false;
  }
  return true;
}

static void append(png_structp png, png_bytep bytes, png_size_t size) {
  sumi_buffer_append(png_get_io_ptr(png), bytes, size);
}

static void flush(png_structp png) {
  (void)png;
}

static bool encode_with_defaults(void *context, int64_t count) {
  pictures_t *p = context;
  const int width = p->drawn.width, height = p->drawn.height;
  for (int64_t i = 0; i < count; ++i) {
    p->default_png.size = 0;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, &p->default_png, append, flush);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int y = 0; y < height; ++y) png_write_row(png, p->rgb + 3 * y * width);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
  }
  return true;
}

/* A shape with soft edges on black, as Fashion-MNIST's are. */
static void make_picture(pictures_t *p) {
  uint32_t noise = 1;
  for (int y = 0; y < SIDE; ++y)
    for (int x = 0; x < SIDE; ++x) {
      const int from_middle = abs(x - SIDE / 2) + abs(y - SIDE / 2);
      noise = noise * 1664525U + 1013904223U;
      p->grey[y * SIDE + x] = (uint8_t)(from_middle > 12 ? 0 : 160 + (noise >> 26));
    }
  p->prediction = (sumi_prediction_t){
      .image = {.dtype = SUMI_UINT8, .rank = 3, .dims = {SIDE, SIDE, 1}, .data = p->grey},
      .has_score = true,
  };
}

static bool open_pictures(pictures_t *p) {
  make_picture(p);
  if (!draw(p, 1)) return false;
  const size_t pixels = (size_t)p->drawn.width * (size_t)p->drawn.height;
  p->blit = hand_blit_new(FONT_PX);
  p->blitted = malloc(pixels * sizeof *p->blitted);
  p->rgb = malloc(3 * pixels);
  if (!p->blit || !p->blitted || !p->rgb) return false;
  for (size_t i = 0; i < pixels; ++i) {
    const uint32_t color = sumi_picture_pixel(&p->drawn, (int)(i % (size_t)p->drawn.width),
                                              (int)(i / (size_t)p->drawn.width));
    for (int channel = 0; channel < 3; ++channel)
      p->rgb[3 * i + (size_t)channel] = (uint8_t)(color >> (16 - 8 * channel));
  }
  return true;
}

static void close_pictures(pictures_t *p) {
  sumi_picture_free(&p->drawn);
  sumi_buffer_release(&p->png);
  sumi_buffer_release(&p->default_png);
  hand_blit_free(p->blit);
  free(p->blitted);
  free(p->rgb);
}

int main(int argc, char **argv) {
  bench_options_t options = {.rounds = 5, .steps = 200};
  if (!bench_parse(&options, argc, argv)) return 2;
  pictures_t p = {0};
  bool ok = open_pictures(&p);
  if (!ok) fprintf(stderr, "%s\n", sumi_error_message());
  char name[64];
  snprintf(name, sizeof name, "picture/%s/%dx%d", options.name, p.drawn.width, p.drawn.height);
  if (ok && strcmp(options.name, "draw") == 0) {
    ok = bench_beside(&options, name, "hand blit", "us", draw, blit, &p);
  } else if (ok && strcmp(options.name, "png") == 0) {
    ok = bench_beside(&options, name, "libpng's defaults", "us", encode, encode_with_defaults, &p);
    bench_report("picture/png_size", "bytes", (double)p.png.size, "libpng's defaults",
                 (double)p.default_png.size);
  } else if (ok && strcmp(options.name, "both") == 0) {
    ok = draw_and_encode(&p, 10) &&
         bench_rounds(&options, "picture/draw_and_png", "us", draw_and_encode, &p);
  } else if (ok) {
    fprintf(stderr, "bench_pictures draw|png|both\n");
    ok = false;
  }
  close_pictures(&p);
  return ok ? 0 : 1;
}

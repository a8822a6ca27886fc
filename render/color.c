#include <sumi/color.h>

#include <math.h>

#include "theme.h"

/* Ordered so that neighbours differ in lightness as well as in hue. */
static const sumi_color_t palette[SUMI_PALETTE_SIZE] = {
    SUMI_RGB(0x00, 0x72, 0xb2), /* blue */
    SUMI_RGB(0xe6, 0x9f, 0x00), /* orange */
    SUMI_RGB(0x00, 0x9e, 0x73), /* bluish green */
    SUMI_RGB(0xd5, 0x5e, 0x00), /* vermillion */
    SUMI_RGB(0x56, 0xb4, 0xe9), /* sky blue */
    SUMI_RGB(0xcc, 0x79, 0xa7), /* reddish purple */
    SUMI_RGB(0xf0, 0xe4, 0x42), /* yellow */
};

sumi_color_t sumi_palette_color(int index) {
  const int wrapped = index % SUMI_PALETTE_SIZE;
  return palette[wrapped < 0 ? wrapped + SUMI_PALETTE_SIZE : wrapped];
}

static double linear(uint32_t byte) {
  const double c = (byte & 0xff) / 255.0;
  return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

double sumi_color_luminance(sumi_color_t color) {
  return 0.2126 * linear(color >> 16) + 0.7152 * linear(color >> 8) + 0.0722 * linear(color);
}

double sumi_color_contrast(sumi_color_t a, sumi_color_t b) {
  const double la = sumi_color_luminance(a), lb = sumi_color_luminance(b);
  return (fmax(la, lb) + 0.05) / (fmin(la, lb) + 0.05);
}

/* Of black and white, one always has a contrast of sqrt(1.05 / 0.05) = 4.58; of near-black and
 * white not always. */
sumi_color_t sumi_color_ink_on(sumi_color_t ground) {
  if (sumi_color_contrast(SUMI__INK, ground) >= SUMI__MIN_CONTRAST) return SUMI__INK;
  if (sumi_color_contrast(SUMI__PAPER, ground) >= SUMI__MIN_CONTRAST) return SUMI__PAPER;
  return SUMI_RGB(0, 0, 0);
}

sumi_color_t sumi_color_mix(sumi_color_t a, sumi_color_t b, double t) {
  sumi_color_t mixed = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    const double from = a >> shift & 0xff, to = b >> shift & 0xff;
    mixed |= (sumi_color_t)(from + (to - from) * t + 0.5) << shift;
  }
  return mixed;
}

sumi_color_t sumi_color_legible_on(sumi_color_t color, sumi_color_t ground) {
  const sumi_color_t ink = sumi_color_ink_on(ground);
  for (int step = 0; step < 16; ++step) {
    const sumi_color_t mixed = sumi_color_mix(color, ink, step / 16.0);
    if (sumi_color_contrast(mixed, ground) >= SUMI__MIN_CONTRAST) return mixed;
  }
  return ink;
}

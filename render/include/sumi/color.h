/* Colours that people with any colour vision tell apart, and text colours that stay legible. */
#ifndef SUMI_COLOR_H
#define SUMI_COLOR_H

#include <sumi/config.h>

SUMI_BEGIN_DECLS

/** 0xAARRGGBB, alpha not premultiplied. As an option, 0 means "the default". */
typedef uint32_t sumi_color_t;

#define SUMI_RGB(red, green, blue)                                                                 \
  (0xff000000u | (uint32_t)(red) << 16 | (uint32_t)(green) << 8 | (uint32_t)(blue))

/** Number of colours before sumi_palette_color repeats. */
#define SUMI_PALETTE_SIZE 7

/** Colour for the index-th class or series (any int): the palette of Okabe and Ito (2008) without
 * its black, "Color Universal Design", https://jfly.uni-koeln.de/color/. */
SUMI_API sumi_color_t sumi_palette_color(int index);

/* Blue and vermillion: the pair of that palette that stays apart under every colour-vision
 * deficiency and in grey. */
#define SUMI_COLOR_RIGHT   SUMI_RGB(0x00, 0x72, 0xb2)
#define SUMI_COLOR_WRONG   SUMI_RGB(0xd5, 0x5e, 0x00)
#define SUMI_COLOR_NEUTRAL SUMI_RGB(0x8a, 0x8f, 0x98)
/* Yellow of that palette: for what is true and was not predicted. */
#define SUMI_COLOR_MISSED SUMI_RGB(0xf0, 0xe4, 0x42)

/** How a number becomes a colour. */
typedef enum sumi_color_map {
  SUMI_MAP_DEFAULT = 0, /* viridis, or the map the function names */
  SUMI_MAP_VIRIDIS,     /* matplotlib's (CC0), perceptually even, for magnitudes */
  SUMI_MAP_DIVERGING,   /* blue through near-white (the middle) to vermillion, for signed values */
  SUMI_MAP_BLUES,       /* near-white to dark blue, for counts and shares */
  SUMI_MAP_GREY         /* black to white */
} sumi_color_map_t;

/** The map's colour at `share` in [0, 1] (clamped); mid-grey for NaN. */
SUMI_API sumi_color_t sumi_color_map_color(sumi_color_map_t map, double share);

/** Relative luminance in [0, 1] and contrast ratio in [1, 21] of opaque colours, by WCAG 2.1. */
SUMI_API double sumi_color_luminance(sumi_color_t color);
SUMI_API double sumi_color_contrast(sumi_color_t color, sumi_color_t other);

/** Near-black, white or black for text on an opaque ground; the contrast is at least 4.5. */
SUMI_API sumi_color_t sumi_color_ink_on(sumi_color_t ground);

/** The colour, darkened or lightened only as far as a contrast of 4.5 with the ground asks for. */
SUMI_API sumi_color_t sumi_color_legible_on(sumi_color_t color, sumi_color_t ground);

/** from + (to - from) * share per channel, share in [0, 1]. */
SUMI_API sumi_color_t sumi_color_mix(sumi_color_t from, sumi_color_t to, double share);

SUMI_END_DECLS
#endif

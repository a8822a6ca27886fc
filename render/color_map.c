#include <sumi/color.h>

#include <math.h>

#include "theme.h"

typedef struct {
  int count;
  const uint32_t *colors; /* 0xRRGGBB at equal distances */
} anchors_t;

/* Every 8th entry of matplotlib's viridis; straight lines between them differ from it by 2 of
 * 255 at most. */
static const uint32_t viridis[] = {
    0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453781, 0x424086, 0x3e4989, 0x3b528b,
    0x375b8d, 0x33638d, 0x2f6b8e, 0x2c728e, 0x297a8e, 0x26828e, 0x23898e, 0x21908c, 0x1f978b,
    0x1f9f88, 0x21a685, 0x27ad81, 0x31b57b, 0x3ebc74, 0x4dc26c, 0x5cc863, 0x6ece58, 0x82d34d,
    0x95d840, 0xaadc32, 0xc0df25, 0xd5e21a, 0xeae51a, 0xfde725};
/* From and to darkened colours of the right/wrong pair; lightness is symmetric about the middle. */
static const uint32_t diverging[] = {0x003f6b, 0x0072b2, 0x6fb1d8, 0xc5dfee, 0xf7f7f7,
                                     0xf8d9bf, 0xeea66e, 0xd55e00, 0x7d3400};
static const uint32_t blues[] = {0xf6f9fc, 0xd3e5f2, 0xa3cbe5, 0x62a8d4,
                                 0x2381bd, 0x005f9c, 0x003f6b};
static const uint32_t grey[] = {0x000000, 0xffffff};

#define ANCHORS(table) ((anchors_t){(int)(sizeof(table) / sizeof(table)[0]), table})

static anchors_t map_anchors(sumi_color_map_t map) {
  switch (map) {
  case SUMI_MAP_DIVERGING: return ANCHORS(diverging);
  case SUMI_MAP_BLUES: return ANCHORS(blues);
  case SUMI_MAP_GREY: return ANCHORS(grey);
  case SUMI_MAP_DEFAULT:
  case SUMI_MAP_VIRIDIS: break;
  }
  return ANCHORS(viridis);
}

sumi_color_t sumi_color_map_color(sumi_color_map_t map, double t) {
  if (isnan(t)) return SUMI__MISSING;
  const anchors_t anchors = map_anchors(map);
  const double at = fmin(fmax(t, 0), 1) * (anchors.count - 1);
  const int below = at >= anchors.count - 1 ? anchors.count - 2 : (int)at;
  return sumi_color_mix(0xff000000u | anchors.colors[below],
                        0xff000000u | anchors.colors[below + 1], at - below);
}

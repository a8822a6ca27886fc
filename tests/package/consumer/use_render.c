#include "uses.h"

#include <string.h>
#include <sumi/png.h>
#include <sumi/prediction.h>

int use_render(const char *folder) {
  (void)folder;
  static const uint8_t grey[4] = {0, 255, 255, 0};
  const sumi_prediction_t prediction = {
      .image = {.dtype = SUMI_UINT8, .rank = 2, .dims = {2, 2}, .data = grey}, .label = "chess"};
  sumi_picture_t picture = {0}, again = {0};
  sumi_buffer_t png = {0};
  int wrong = 1;
  if (sumi_prediction_draw(&prediction, &picture) == SUMI_OK &&
      sumi_picture_encode_png(&picture, &png) == SUMI_OK &&
      sumi_png_decode(png.data, png.size, &again) == SUMI_OK)
    wrong = memcmp(png.data, "\x89PNG\r\n\x1a\n", 8) != 0 || again.width != picture.width ||
            sumi_picture_pixel(&again, 3, 3) != sumi_picture_pixel(&picture, 3, 3);
  sumi_picture_free(&again);
  sumi_picture_free(&picture);
  sumi_buffer_release(&png);
  return wrong;
}

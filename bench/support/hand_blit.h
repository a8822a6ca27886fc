/* The least a labelled picture can cost: pixels copied in blocks, a frame, glyphs from an atlas. */
#ifndef SUMI_BENCH_HAND_BLIT_H
#define SUMI_BENCH_HAND_BLIT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct hand_blit hand_blit_t;

/* Draws the atlas: the printable ASCII characters of a sans-serif font. NULL without memory. */
hand_blit_t *hand_blit_new(double font_px);
void hand_blit_free(hand_blit_t *blit);

/* A grey picture of side x side enlarged by a whole factor, framed, the text and a bar of `score`
 * below it. `out` has room for width * height pixels 0xffRRGGBB. */
void hand_blit_draw(const hand_blit_t *blit, const uint8_t *grey, int side, int factor,
                    const char *text, double score, uint32_t *out, int width, int height);

#endif

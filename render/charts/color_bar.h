/* A map's colours with the values at their ends. */
#ifndef SUMI_RENDER_CHARTS_COLOR_BAR_H
#define SUMI_RENDER_CHARTS_COLOR_BAR_H

#include <sumi/canvas.h>

enum { SUMI__COLOR_BAR_HEIGHT_PX = 16 };

/* "low ▬▬▬▬ high" in the rectangle, from its left. */
void sumi__render_color_bar(sumi_canvas_t *canvas, sumi_rect_t rect, sumi_color_map_t map,
                            double low, double high);

/* Ends for a map when both are 0: the values' extremes, symmetric about zero for the diverging
 * map. Never empty. */
void sumi__render_color_range(sumi_color_map_t map, double *low, double *high, double smallest,
                              double largest);

/* Where a value lies between the ends, NaN for one that is not finite. */
double sumi__render_color_share(double value, double low, double high);

#endif

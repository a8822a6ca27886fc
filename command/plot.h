/* Curves as charts in files, and as text. */
#ifndef SUMI_COMMAND_PLOT_H
#define SUMI_COMMAND_PLOT_H

#include "curves.h"

/* Whether the name ends as a file of charts does: .png, .svg, .pdf. */
bool sumi__command_is_chart(const char *path);

/* Draws the curves to --output, a chart for each tag or one for all; `logged` are drawn faintly
 * behind them, NULL for none. An exit status. */
int sumi__command_draw_charts(const arguments_t *arguments, const series_t *series,
                              const curves_t *curves, const curves_t *logged);

/* The points of the curves as JSON. */
bool sumi__command_put_curves(const series_t *series, const curves_t *curves);

#endif

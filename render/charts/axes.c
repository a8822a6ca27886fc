#include "charts/axes.h"

#include <math.h>
#include <stdio.h>

#include "text.h"
#include "theme.h"

enum {
  TEXT_PX = 11,
  TICK_GAP_PX = 6, /* between plot and tick texts */
  LABEL_GAP_PX = 6,
  MAX_TICKS = 50,
  MIN_SIDE_PX = 20,
};

#define LARGEST 1e290

/* 1, 2 or 5 times a power of ten, at least `rough`. */
static double round_step(double rough) {
  const double power = pow(10, floor(log10(rough)));
  const double share = rough / power;
  return power * (share <= 1 + 1e-9 ? 1 : share <= 2 + 1e-9 ? 2 : share <= 5 + 1e-9 ? 5 : 10);
}

/* A range with room in it, whatever was asked for, and far enough from the largest double to
 * compute with. */
static void mend_range(double *low, double *high) {
  if (isnan(*low) || isnan(*high) || *low > *high) *low = 0, *high = 1;
  *low = fmin(fmax(*low, -LARGEST), LARGEST);
  *high = fmin(fmax(*high, -LARGEST), LARGEST);
  const double magnitude = fmax(fabs(*low), fabs(*high));
  if (*high - *low > magnitude * 1e-12 && *high - *low > 1 / LARGEST) return;
  const double half = magnitude < 2 / LARGEST ? 0.5 : magnitude * 0.5;
  *low -= half;
  *high += half;
}

/* log10 of 1, 2, 5, 10, 20 …, and of 0.5, 0.2, 0.1 below. */
static double fine_tick(int number) {
  static const double in_decade[3] = {0, 0.30102999566398120, 0.69897000433601880};
  const int decade = (int)floor(number / 3.0);
  return decade + in_decade[number - 3 * decade];
}

/* Ticks at 1, 2 and 5 times powers of ten, for logarithms that span less than two decades. */
static sumi__render_scale_t fine_scale(double low, double high, bool padded) {
  const int decade = (int)floor(low);
  int first = 3 * decade;
  while (fine_tick(first + 1) <= low + 1e-9) ++first;
  if (padded) low = fine_tick(first);
  if (fine_tick(first) < low - 1e-9) ++first;
  int last = first;
  while (fine_tick(last + 1) <= high + 1e-9) ++last;
  if (padded && fine_tick(last) < high - 1e-9) ++last;
  if (padded) high = fine_tick(last);
  return (sumi__render_scale_t){.low = low,
                                .high = high,
                                .step = 1,
                                .first_tick = first,
                                .tick_count = last - first + 1,
                                .log = true,
                                .fine = true};
}

/* Digits that tell the ticks apart. */
static int digits_for(double largest, double step) {
  return (int)fmin(fmax(ceil(log10(largest / step) - 1e-9) + 1, 4), 15);
}

sumi__render_scale_t sumi__render_scale(double low, double high, int ticks, bool padded, bool log) {
  mend_range(&low, &high);
  if (log && high - low < 2 && fabs(low) < 300) return fine_scale(low, high, padded);
  const double rough = (high - low) / (ticks > 1 ? ticks : 1);
  double step = round_step(rough);
  if (log && step < 1) step = 1;
  if (padded) {
    low = floor(low / step + 1e-9) * step;
    high = ceil(high / step - 1e-9) * step;
  }
  sumi__render_scale_t scale = {.low = low, .high = high, .step = step, .log = log};
  scale.first_tick = ceil(low / step - 1e-9) * step;
  const double count = floor((high - scale.first_tick) / step + 1e-9) + 1;
  scale.tick_count = count > MAX_TICKS ? MAX_TICKS : count < 0 ? 0 : (int)count;
  const double decimals = -floor(log10(step) + 1e-9);
  scale.decimals = decimals > 0 ? (int)fmin(decimals, 12) : 0;
  scale.digits = digits_for(fmax(fabs(low), fabs(high)), step);
  return scale;
}

double sumi__render_tick(const sumi__render_scale_t *scale, int tick) {
  if (scale->fine) return fine_tick((int)scale->first_tick + tick);
  return scale->first_tick + tick * scale->step;
}

/* Few digits are short with an exponent; many are read as they are, as times are. */
void sumi__render_tick_text(const sumi__render_scale_t *scale, int tick,
                            char text[SUMI__NUMBER_TEXT_MAX]) {
  double value = sumi__render_tick(scale, tick);
  if (fabs(value) < scale->step * 1e-6) value = 0;
  const double largest = fmax(fabs(scale->low), fabs(scale->high));
  const bool long_number = largest >= 1e6 || scale->step < 1e-5;
  if (scale->log)
    sumi__render_number_text(text, pow(10, value), 6);
  else if (long_number && (scale->digits <= 4 || largest >= 1e12 || scale->decimals >= 12))
    sumi__render_number_text(text, value, scale->digits);
  else
    sumi__render_fixed_text(text, value, scale->decimals);
}

static int widest_tick(sumi_canvas_t *canvas, const sumi__render_scale_t *scale) {
  int widest = 0;
  for (int i = 0; i < scale->tick_count; ++i) {
    char text[SUMI__NUMBER_TEXT_MAX];
    sumi__render_tick_text(scale, i, text);
    const int width = sumi__render_canvas_text_width(canvas, text, TEXT_PX, false);
    if (width > widest) widest = width;
  }
  return widest;
}

sumi__render_axes_t sumi__render_axes(sumi_canvas_t *canvas, sumi_rect_t room,
                                      sumi__render_scale_t x, sumi__render_scale_t y,
                                      const char *x_label, const char *y_label) {
  const int line = sumi_text_height_px(TEXT_PX);
  const int left = widest_tick(canvas, &y) + TICK_GAP_PX + (y_label ? line + LABEL_GAP_PX : 0);
  const int below = line + TICK_GAP_PX + (x_label ? line + LABEL_GAP_PX : 0);
  const int top = line / 2;
  sumi_rect_t plot = {room.x + left, room.y + top, room.width - left - line,
                      room.height - below - top};
  if (plot.width < MIN_SIDE_PX) plot.width = MIN_SIDE_PX;
  if (plot.height < MIN_SIDE_PX) plot.height = MIN_SIDE_PX;
  return (sumi__render_axes_t){plot, x, y};
}

double sumi__render_axes_x(const sumi__render_axes_t *axes, double value) {
  const double share = (value - axes->x.low) / (axes->x.high - axes->x.low);
  return axes->plot.x + share * axes->plot.width;
}

double sumi__render_axes_y(const sumi__render_axes_t *axes, double value) {
  const double share = (value - axes->y.low) / (axes->y.high - axes->y.low);
  return axes->plot.y + axes->plot.height - share * axes->plot.height;
}

static void draw_y_ticks(sumi_canvas_t *canvas, const sumi__render_axes_t *axes, int line) {
  const sumi_rect_t plot = axes->plot;
  for (int i = 0; i < axes->y.tick_count; ++i) {
    const int y = (int)lround(sumi__render_axes_y(axes, sumi__render_tick(&axes->y, i)));
    sumi_canvas_fill(canvas, (sumi_rect_t){plot.x, y, plot.width, 1}, SUMI__LINE_FAINT);
    char text[SUMI__NUMBER_TEXT_MAX];
    sumi__render_tick_text(&axes->y, i, text);
    const sumi_rect_t box = {0, y - line / 2, plot.x - TICK_GAP_PX, line};
    sumi_canvas_text(canvas, text, box, .size_px = TEXT_PX, .color = SUMI__INK_MUTED,
                     .align = SUMI_ALIGN_END);
  }
}

static void draw_x_ticks(sumi_canvas_t *canvas, const sumi__render_axes_t *axes, int line) {
  const sumi_rect_t plot = axes->plot;
  const int bottom = plot.y + plot.height;
  int free_from = INT32_MIN; /* a text that would touch the one before it is left out */
  for (int i = 0; i < axes->x.tick_count; ++i) {
    const int x = (int)lround(sumi__render_axes_x(axes, sumi__render_tick(&axes->x, i)));
    sumi_canvas_fill(canvas, (sumi_rect_t){x, bottom, 1, 4}, SUMI__LINE);
    char text[SUMI__NUMBER_TEXT_MAX];
    sumi__render_tick_text(&axes->x, i, text);
    const int width = sumi__render_canvas_text_width(canvas, text, TEXT_PX, false);
    const sumi_rect_t box = {x - width / 2, bottom + TICK_GAP_PX, width, line};
    if (box.x < free_from) continue;
    sumi_canvas_text(canvas, text, box, .size_px = TEXT_PX, .color = SUMI__INK_MUTED);
    free_from = box.x + width + 6;
  }
}

void sumi__render_axes_draw(sumi_canvas_t *canvas, const sumi__render_axes_t *axes,
                            const char *x_label, const char *y_label) {
  const sumi_rect_t plot = axes->plot;
  const int line = sumi_text_height_px(TEXT_PX), bottom = plot.y + plot.height;
  draw_y_ticks(canvas, axes, line);
  sumi_canvas_fill(canvas, (sumi_rect_t){plot.x, bottom, plot.width, 1}, SUMI__LINE);
  draw_x_ticks(canvas, axes, line);
  if (x_label)
    sumi_canvas_text(
        canvas, x_label,
        ((sumi_rect_t){plot.x, bottom + TICK_GAP_PX + line + LABEL_GAP_PX, plot.width, line}),
        .size_px = TEXT_PX, .color = SUMI__INK, .align = SUMI_ALIGN_MIDDLE);
  const int left = plot.x - TICK_GAP_PX - widest_tick(canvas, &axes->y) - LABEL_GAP_PX - line;
  if (y_label)
    sumi_canvas_text(canvas, y_label, ((sumi_rect_t){left, plot.y, line, plot.height}),
                     .size_px = TEXT_PX, .color = SUMI__INK, .align = SUMI_ALIGN_MIDDLE,
                     .upwards = true);
}

bool sumi__render_finite_range(const sumi_array_view_t *values, double *low, double *high) {
  *low = INFINITY;
  *high = -INFINITY;
  const int64_t count = sumi_array_view_count(values);
  for (int64_t i = 0; i < count; ++i) {
    const double value = sumi_array_view_double(values, i);
    if (!isfinite(value)) continue;
    if (value < *low) *low = value;
    if (value > *high) *high = value;
  }
  return *low <= *high;
}

sumi_status_t sumi__render_check_values(const char *what, const sumi_array_view_t *values,
                                        int rank) {
  SUMI_TRY(sumi_array_view_check(what, values));
  if (values->dtype == SUMI_STRING)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has dtype string; numbers are expected", what);
  if (rank >= 0 && values->rank != rank) {
    char shape[SUMI_SHAPE_TEXT_MAX];
    sumi_array_view_shape_text(values, shape);
    return sumi_fail(SUMI_INVALID_ARGUMENT, "%s has shape %s; rank %d is expected", what, shape,
                     rank);
  }
  return SUMI_OK;
}

sumi_status_t sumi__render_chart_size(int *width_px, int *height_px, int default_width,
                                      int default_height) {
  enum { MIN_WIDTH = 160, MIN_HEIGHT = 120, MAX_SIDE = 4096 };
  if (*width_px == 0) *width_px = default_width;
  if (*height_px == 0) *height_px = default_height;
  if (*width_px < MIN_WIDTH || *width_px > MAX_SIDE || *height_px < MIN_HEIGHT ||
      *height_px > MAX_SIDE)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "a chart of %d x %d pixels; %d x %d to %d x %d are allowed", *width_px,
                     *height_px, MIN_WIDTH, MIN_HEIGHT, MAX_SIDE, MAX_SIDE);
  return SUMI_OK;
}

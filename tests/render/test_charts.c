#include "sumi_test.h"

#include <sumi/charts.h>

#include "charts/axes.h"
#include "charts/histogram_bins.h"
#include "allocation_sweep.h"
#include "inspect.h"
#include "samples.h"
#include "text.h"

static sumi_rect_t everywhere(const sumi_picture_t *picture) {
  return (sumi_rect_t){0, 0, picture->width, picture->height};
}

static void assert_within_margin(const sumi_picture_t *picture) {
  const sumi_rect_t drawn = drawn_box(picture, 0xffffffffu);
  assert_true(drawn.width > 0);
  assert_true(lies_within(drawn, (sumi_rect_t){2, 2, picture->width - 4, picture->height - 4}));
}

/* By hand: steps of 1, 2 or 5 times a power of ten. */
static void ticks_are_round_numbers(void **state) {
  (void)state;
  const struct {
    double low, high;
    int wanted;
    const char *first, *last;
    int count;
  } cases[] = {{0, 1, 5, "0.0", "1.0", 6},         {0, 1999, 7, "0", "1500", 4},
               {-0.3, 0.3, 6, "-0.3", "0.3", 7},   {0, 2.6, 5, "0", "2", 3},
               {1e6, 5e6, 4, "1e+06", "5e+06", 5}, {3, 3, 2, "2", "4", 2}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    const sumi__render_scale_t scale = sumi__render_scale(cases[i].low, cases[i].high,
                                                          cases[i].wanted, false, false);
    char text[SUMI__NUMBER_TEXT_MAX];
    assert_int_equal(scale.tick_count, cases[i].count);
    sumi__render_tick_text(&scale, 0, text);
    assert_string_equal(text, cases[i].first);
    sumi__render_tick_text(&scale, scale.tick_count - 1, text);
    assert_string_equal(text, cases[i].last);
  }
}

/* Steps of the law, values by hand. */
static void ticks_of_small_steps_on_large_values_differ(void **state) {
  (void)state;
  const struct {
    double low, high;
    const char *first, *second;
  } cases[] = {{1000000, 1000500, "1000000", "1000100"},
               {1760000000, 1760003600, "1760000000", "1760001000"},
               {1e6, 1e6 + 1e-3, "1000000.0000", "1000000.0005"},
               {2e-7, 9e-7, "2e-07", "4e-07"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    const sumi__render_scale_t scale = sumi__render_scale(cases[i].low, cases[i].high, 5, false,
                                                          false);
    char text[SUMI__NUMBER_TEXT_MAX];
    sumi__render_tick_text(&scale, 0, text);
    assert_string_equal(text, cases[i].first);
    sumi__render_tick_text(&scale, 1, text);
    assert_string_equal(text, cases[i].second);
  }
}

static void a_decade_has_ticks_at_1_2_and_5(void **state) {
  (void)state;
  char text[SUMI__NUMBER_TEXT_MAX];
  sumi__render_scale_t scale = sumi__render_scale(log10(2), log10(7), 6, false, true);
  assert_int_equal(scale.tick_count, 2);
  sumi__render_tick_text(&scale, 0, text);
  assert_string_equal(text, "2");
  sumi__render_tick_text(&scale, 1, text);
  assert_string_equal(text, "5");
  assert_near(sumi__render_tick(&scale, 1), log10(5), 1e-12);
  scale = sumi__render_scale(log10(0.03), log10(0.7), 6, true, true);
  assert_near(scale.low, log10(0.02), 1e-12);
  assert_near(scale.high, 0, 1e-12);
  const char *const expected[] = {"0.02", "0.05", "0.1", "0.2", "0.5", "1"};
  assert_int_equal(scale.tick_count, 6);
  for (int i = 0; i < 6; ++i) {
    sumi__render_tick_text(&scale, i, text);
    assert_string_equal(text, expected[i]);
  }
}

/* Every second value is missing: discs of 5 pixels, not dots. */
static void single_points_are_seen(void **state) {
  (void)state;
  const double y[7] = {1, NAN, 2, NAN, 3, NAN, 1};
  const sumi_series_t series = {.y = {SUMI_FLOAT64, 1, {7}, y}, .color = SUMI_RGB(255, 0, 0)};
  sumi_picture_t picture;
  assert_ok(sumi_line_chart_draw(&series, 1, &picture));
  const int red = count_color(&picture, (sumi_rect_t){0, 0, 640, 400}, 0xffff0000u);
  assert_true(red >= 4 * 9 && red <= 4 * 25);
  sumi_picture_free(&picture);
}

/* Twenty long names would take all but 16 pixels; the curve has more than a quarter of the chart.
 */
static void a_long_legend_leaves_room_for_the_plot(void **state) {
  (void)state;
  const double y[2] = {0, 1};
  sumi_series_t series[20];
  for (int i = 0; i < 20; ++i)
    series[i] = (sumi_series_t){
        .name = "a model with a name that takes most of a line of the legend, and a little more",
        .y = {SUMI_FLOAT64, 1, {2}, y},
        .color = SUMI_RGB(255, 0, i)};
  sumi_picture_t picture;
  assert_ok(sumi_line_chart_draw(series, 20, &picture));
  int rows = 0;
  for (int v = 0; v < picture.height; ++v) /* right of the squares of the legend */
    rows += count_color(&picture, (sumi_rect_t){40, v, 600, 1}, 0xffff0013u) > 0;
  assert_true(rows > 100);
  sumi_picture_free(&picture);
}

static void any_range_gives_a_scale(void **state) {
  (void)state;
  const double ends[] = {-INFINITY, -1.7e308,  -1e-300, 0,        5e-324, 1e-9,
                         1,         1 + 1e-15, 1.7e308, INFINITY, NAN};
  for (size_t a = 0; a < sizeof ends / sizeof ends[0]; ++a)
    for (size_t b = 0; b < sizeof ends / sizeof ends[0]; ++b) {
      const sumi__render_scale_t scale = sumi__render_scale(ends[a], ends[b], 6, false, false);
      assert_true(scale.low < scale.high);
      assert_true(scale.step > 0 && scale.tick_count >= 0 && scale.tick_count <= 50);
    }
}

static void a_line_passes_through_its_points(void **state) {
  (void)state;
  const double y[3] = {0, 1, 0};
  const sumi_series_t series = {.y = {SUMI_FLOAT64, 1, {3}, y}, .color = SUMI_RGB(255, 0, 0)};
  sumi_picture_t picture;
  assert_ok(sumi_line_chart_draw(&series, 1, &picture, .width_px = 400, .height_px = 300));
  assert_within_margin(&picture);
  /* The topmost red pixel is halfway between the leftmost and the rightmost. */
  int top = -1, left = picture.width, right = 0, top_y = picture.height;
  for (int v = 0; v < picture.height; ++v)
    for (int u = 0; u < picture.width; ++u)
      if (sumi_picture_pixel(&picture, u, v) == 0xffff0000u) {
        if (v < top_y) top_y = v, top = u;
        if (u < left) left = u;
        if (u > right) right = u;
      }
  assert_true(right - left > 300);
  assert_near(top, (left + right) / 2.0, 3);
  sumi_picture_free(&picture);
}

static void a_million_points_and_gaps_are_drawn(void **state) {
  (void)state;
  enum { MANY = 1000000 };
  float *y = sumi_malloc(MANY * sizeof *y);
  assert_non_null(y);
  for (int i = 0; i < MANY; ++i) y[i] = i % 5 == 4 ? NAN : i % 2 ? 1e30f : -1e30f;
  const sumi_series_t series = {.y = {SUMI_FLOAT32, 1, {MANY}, y}};
  sumi_picture_t picture;
  assert_ok(sumi_line_chart_draw(&series, 1, &picture));
  assert_within_margin(&picture);
  assert_true(count_color(&picture, everywhere(&picture), sumi_palette_color(0)) > 10000);
  sumi_picture_free(&picture);
  sumi_free(y);
}

static void series_of_nothing_or_nan_are_drawn_empty(void **state) {
  (void)state;
  const float y[3] = {NAN, -INFINITY, NAN}, negative[2] = {-1, 0};
  const sumi_series_t cases[] = {{.name = "nan", .y = {SUMI_FLOAT32, 1, {3}, y}},
                                 {.name = "none", .y = {SUMI_FLOAT32, 1, {0}, NULL}},
                                 {.name = "negative", .y = {SUMI_FLOAT32, 1, {2}, negative}}};
  for (int i = 0; i < 3; ++i) {
    sumi_picture_t picture;
    assert_ok(sumi_line_chart_draw(&cases[i], 1, &picture, .log_y = true));
    assert_within_margin(&picture);
    sumi_picture_free(&picture);
  }
}

static void cells_of_a_confusion_matrix_are_blue_for_hits_and_warm_for_mistakes(void **state) {
  (void)state;
  const int64_t counts[9] = {10, 0, 0, 5, 5, 0, 0, 0, 0};
  const sumi_array_view_t view = {SUMI_INT64, 2, {3, 3}, counts};
  sumi_picture_t picture;
  assert_ok(sumi_confusion_draw(&view, &picture, .title = "T"));
  assert_within_margin(&picture);
  int x, y, width, height;
  assert_int_equal(
      sscanf(strstr(picture.annotations, "\"grid\":[") + 8, "%d,%d,%d,%d", &x, &y, &width, &height),
      4);
  const uint32_t hit = sumi_picture_pixel(&picture, x + 2, y + 2);
  const uint32_t half = sumi_picture_pixel(&picture, x + width / 3 + 2, y + height / 3 + 2);
  const uint32_t mistake = sumi_picture_pixel(&picture, x + 2, y + height / 3 + 2);
  const uint32_t empty = sumi_picture_pixel(&picture, x + width / 3 + 2, y + 2);
  assert_true((hit & 0xff) > (hit >> 16 & 0xff) + 60);
  assert_true(sumi_color_luminance(hit) < sumi_color_luminance(half));
  assert_true((mistake >> 16 & 0xff) > (mistake & 0xff) + 60);
  assert_true(sumi_color_luminance(empty) > 0.85);
  sumi_picture_free(&picture);
}

static void confusion_matrices_of_every_size_are_drawn(void **state) {
  (void)state;
  static double counts[100 * 100];
  for (int i = 0; i < 100 * 100; ++i) counts[i] = i * 12345.678;
  for (int n = 1; n <= 100; n += n < 13 ? 1 : 29) {
    const sumi_array_view_t view = {SUMI_FLOAT64, 2, {n, n}, counts};
    sumi_picture_t picture;
    assert_ok(sumi_confusion_draw(&view, &picture));
    assert_within_margin(&picture);
    sumi_picture_free(&picture);
  }
}

/* [1, 2, 1, 2]: the largest magnitude is darkest, zero is near white, signs are blue and warm. */
static void filters_are_colored_around_zero(void **state) {
  (void)state;
  const float weights[4] = {-1, 0.5f, 0, 1}; /* [height 1, width 2, in 1, out 2] */
  const sumi_array_view_t view = {SUMI_FLOAT32, 4, {1, 2, 1, 2}, weights};
  sumi_picture_t picture;
  assert_ok(sumi_filters_draw(&view, &picture, .columns = 2));
  int x, y, width, height;
  assert_int_equal(sscanf(strstr(picture.annotations, "\"first\":[") + 9, "%d,%d,%d,%d", &x, &y,
                          &width, &height),
                   4);
  assert_int_equal(sumi_picture_pixel(&picture, x + 1, y + 1),
                   sumi_color_map_color(SUMI_MAP_DIVERGING, 0));
  assert_int_equal(sumi_picture_pixel(&picture, x + width - 2, y + 1),
                   sumi_color_map_color(SUMI_MAP_DIVERGING, 0.5));
  assert_int_equal(sumi_picture_pixel(&picture, x + width + 6 + 1, y + 1),
                   sumi_color_map_color(SUMI_MAP_DIVERGING, 0.75));
  assert_int_equal(sumi_picture_pixel(&picture, x + 2 * width + 6 - 2, y + 1),
                   sumi_color_map_color(SUMI_MAP_DIVERGING, 1));
  assert_within_margin(&picture);
  sumi_picture_free(&picture);
}

static void filters_with_three_inputs_are_color_pictures(void **state) {
  (void)state;
  const float weights[6] = {0, 1, 0.5f, 1, 0, 0}; /* [1, 2, 3, 1]: two pixels of one filter */
  const sumi_array_view_t view = {SUMI_FLOAT32, 4, {1, 2, 3, 1}, weights};
  sumi_picture_t picture;
  assert_ok(sumi_filters_draw(&view, &picture, .each_scaled = true));
  int x, y, width, height;
  assert_int_equal(sscanf(strstr(picture.annotations, "\"first\":[") + 9, "%d,%d,%d,%d", &x, &y,
                          &width, &height),
                   4);
  assert_int_equal(sumi_picture_pixel(&picture, x + 1, y + 1), SUMI_RGB(0, 255, 128));
  assert_int_equal(sumi_picture_pixel(&picture, x + width - 2, y + 1), SUMI_RGB(255, 0, 0));
  sumi_picture_free(&picture);
}

static void a_heat_map_shows_each_value_in_its_color(void **state) {
  (void)state;
  const float values[6] = {0, 0.25f, 0.5f, 0.75f, 1, NAN};
  const sumi_array_view_t view = {SUMI_FLOAT32, 2, {2, 3}, values};
  sumi_picture_t picture;
  assert_ok(sumi_heat_map_draw(&view, &picture, .cell_px = 20, .map = SUMI_MAP_GREY));
  int x, y, width, height;
  assert_int_equal(
      sscanf(strstr(picture.annotations, "\"grid\":[") + 8, "%d,%d,%d,%d", &x, &y, &width, &height),
      4);
  assert_int_equal(width, 60);
  assert_int_equal(height, 40);
  for (int i = 0; i < 5; ++i)
    assert_near(sumi_picture_pixel(&picture, x + i % 3 * 20 + 10, y + i / 3 * 20 + 10) & 0xff,
                values[i] * 255, 0.51);
  assert_int_equal(sumi_picture_pixel(&picture, x + 50, y + 30),
                   sumi_color_map_color(SUMI_MAP_GREY, NAN));
  sumi_picture_free(&picture);
}

/* By hand, with numpy's rule that the last bin holds its right edge. */
static void a_histogram_counts_what_numpy_counts(void **state) {
  (void)state;
  const float values[9] = {0, 1, 1, 2.5f, 4, 4, 3.9999f, NAN, INFINITY};
  const sumi_array_view_t view = {SUMI_FLOAT32, 1, {9}, values};
  sumi__render_histogram_t histogram;
  assert_ok(sumi__render_histogram_bins(&view, 4, &histogram));
  const int64_t expected[4] = {1, 2, 1, 3};
  for (int i = 0; i < 4; ++i) assert_int_equal(histogram.counts[i], expected[i]);
  assert_int_equal(histogram.left_out, 2);
  sumi_free(histogram.counts);
}

static void histograms_of_anything_are_drawn(void **state) {
  (void)state;
  const double same[3] = {7, 7, 7}, extreme[2] = {-1.7e308, 1.7e308}, nan[1] = {NAN};
  const sumi_array_view_t cases[] = {{SUMI_FLOAT64, 1, {3}, same},
                                     {SUMI_FLOAT64, 1, {2}, extreme},
                                     {SUMI_FLOAT64, 1, {1}, nan},
                                     {SUMI_FLOAT64, 1, {0}, NULL},
                                     {SUMI_FLOAT64, 0, {0}, same}};
  for (int i = 0; i < 5; ++i) {
    sumi_picture_t picture;
    assert_ok(sumi_histogram_chart_draw(&cases[i], &picture));
    assert_within_margin(&picture);
    sumi_picture_free(&picture);
  }
}

static void wrong_charts_are_refused(void **state) {
  (void)state;
  static const float data[16];
  sumi_picture_t picture;
  sumi_array_view_t view = {SUMI_FLOAT32, 2, {2, 3}, data};
  assert_fails(sumi_confusion_draw(&view, &picture), SUMI_INVALID_ARGUMENT,
               "counts has shape [2, 3]");
  assert_fails(sumi_filters_draw(&view, &picture), SUMI_INVALID_ARGUMENT,
               "filters has shape [2, 3]; rank 4 is expected");
  const float negative[4] = {1, -2, 3, 4};
  const sumi_array_view_t counts = {SUMI_FLOAT32, 2, {2, 2}, negative};
  assert_fails(sumi_confusion_draw(&counts, &picture), SUMI_INVALID_ARGUMENT, "counts[0, 1] is -2");
  const char *const names[2] = {"a", "\xff"};
  const sumi_array_view_t two = {SUMI_FLOAT32, 2, {2, 2}, data};
  assert_fails(sumi_confusion_draw(&two, &picture, .class_names = names), SUMI_INVALID_ARGUMENT,
               "class_names[1]");
  view = (sumi_array_view_t){SUMI_FLOAT32, 4, {2, 0, 1, 1}, data};
  assert_fails(sumi_filters_draw(&view, &picture), SUMI_INVALID_ARGUMENT,
               "filters has shape [2, 0, 1, 1]");
  view = (sumi_array_view_t){SUMI_FLOAT32, 2, {1, 5000}, data};
  assert_fails(sumi_heat_map_draw(&view, &picture), SUMI_INVALID_ARGUMENT,
               "values has shape [1, 5000]");
  const sumi_series_t series = {.x = {SUMI_FLOAT32, 1, {2}, data},
                                .y = {SUMI_FLOAT32, 1, {3}, data}};
  assert_fails(sumi_line_chart_draw(&series, 1, &picture), SUMI_INVALID_ARGUMENT,
               "x of series 0 has 2 values, its y has 3");
  assert_fails(sumi_line_chart_draw(NULL, 1, &picture), SUMI_INVALID_ARGUMENT, "1 series are NULL");
  assert_fails(sumi_line_chart_draw(&series, 33, &picture), SUMI_INVALID_ARGUMENT, "33 series");
  assert_fails(sumi_line_chart_draw(NULL, 0, &picture, .width_px = 5), SUMI_INVALID_ARGUMENT,
               "5 x 400");
  assert_fails(sumi_line_chart_draw(NULL, 0, &picture, .y_label = "\xff"), SUMI_INVALID_ARGUMENT,
               "y_label");
  const char *texts[1] = {"text"};
  view = (sumi_array_view_t){SUMI_STRING, 1, {1}, texts};
  assert_fails(sumi_histogram_chart_draw(&view, &picture), SUMI_INVALID_ARGUMENT, "dtype string");
  assert_fails(sumi_histogram_chart_draw(NULL, &picture), SUMI_INVALID_ARGUMENT, "NULL");
  view = (sumi_array_view_t){SUMI_FLOAT32, 1, {4}, data};
  assert_fails(sumi_histogram_chart_draw(&view, &picture, .bins = 2000), SUMI_INVALID_ARGUMENT,
               "bins is 2000");
}

static const float data16[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7};
static const sumi_array_view_t square = {SUMI_FLOAT32, 2, {4, 4}, data16};
static const sumi_array_view_t filters = {SUMI_FLOAT32, 4, {2, 2, 2, 2}, data16};
static const sumi_series_t line = {.name = "n", .y = {SUMI_FLOAT32, 1, {16}, data16}};
static const char *const four_names[4] = {"a", "b", "c", "a long name"};

static sumi_status_t draw_lines(sumi_picture_t *picture) {
  return sumi_line_chart_draw(&line, 1, picture, .title = "t", .x_label = "x", .y_label = "y");
}

static sumi_status_t draw_pr(sumi_picture_t *picture) {
  return sumi_pr_chart_draw(&line, 1, picture, .title = "t");
}

static sumi_status_t draw_histogram(sumi_picture_t *picture) {
  return sumi_histogram_chart_draw(&square, picture, .title = "t", .x_label = "x");
}

static sumi_status_t draw_heat_map(sumi_picture_t *picture) {
  return sumi_heat_map_draw(&square, picture, .row_names = four_names, .column_names = four_names);
}

static sumi_status_t draw_confusion(sumi_picture_t *picture) {
  return sumi_confusion_draw(&square, picture, .title = "t", .class_names = four_names);
}

static sumi_status_t draw_filters(sumi_picture_t *picture) {
  return sumi_filters_draw(&filters, picture, .title = "t");
}

static void lack_of_memory_is_reported_at_every_point(void **state) {
  (void)state;
  assert_survives_lack_of_memory(draw_lines);
  assert_survives_lack_of_memory(draw_pr);
  assert_survives_lack_of_memory(draw_histogram);
  assert_survives_lack_of_memory(draw_heat_map);
  assert_survives_lack_of_memory(draw_confusion);
  assert_survives_lack_of_memory(draw_filters);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ticks_are_round_numbers),
      cmocka_unit_test(ticks_of_small_steps_on_large_values_differ),
      cmocka_unit_test(a_decade_has_ticks_at_1_2_and_5),
      cmocka_unit_test(single_points_are_seen),
      cmocka_unit_test(a_long_legend_leaves_room_for_the_plot),
      cmocka_unit_test(any_range_gives_a_scale),
      cmocka_unit_test(a_line_passes_through_its_points),
      cmocka_unit_test(a_million_points_and_gaps_are_drawn),
      cmocka_unit_test(series_of_nothing_or_nan_are_drawn_empty),
      cmocka_unit_test(cells_of_a_confusion_matrix_are_blue_for_hits_and_warm_for_mistakes),
      cmocka_unit_test(confusion_matrices_of_every_size_are_drawn),
      cmocka_unit_test(filters_are_colored_around_zero),
      cmocka_unit_test(filters_with_three_inputs_are_color_pictures),
      cmocka_unit_test(a_heat_map_shows_each_value_in_its_color),
      cmocka_unit_test(a_histogram_counts_what_numpy_counts),
      cmocka_unit_test(histograms_of_anything_are_drawn),
      cmocka_unit_test(wrong_charts_are_refused),
      cmocka_unit_test(lack_of_memory_is_reported_at_every_point),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

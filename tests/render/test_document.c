#include "sumi_test.h"

#include <string.h>

#include <sumi/alloc.h>
#include <sumi/charts.h>

#include "allocation_sweep.h"

static const sumi_color_t red = SUMI_RGB(255, 0, 0);

/* cairo's own notation of paths: absolute coordinates in pixels, y downwards, as the canvas has
 * them. */
static void lines_stay_lines(void **state) {
  (void)state;
  sumi_canvas_t *canvas;
  assert_ok(sumi_canvas_new_document(SUMI_DOCUMENT_SVG, 200, 100, 0, &canvas));
  const double points[] = {10, 20, 30, 40, NAN, NAN, 50, 60, 70, 80};
  sumi_canvas_lines(canvas, points, 5, (sumi_stroke_t){.color = red, .width_px = 2});
  const double corners[] = {1, 2, 101, 2, NAN, 5, 101, 52};
  sumi_canvas_polygon(canvas, corners, 4, SUMI_RGB(0, 0, 255));
  sumi_canvas_fill(canvas, (sumi_rect_t){190, 90, 100, 100}, red);
  sumi_buffer_t bytes = {0};
  assert_ok(sumi_canvas_finish_document(canvas, &bytes));
  const char *text = sumi_buffer_text(&bytes);
  assert_non_null(strstr(text, "viewBox=\"0 0 200 100\""));
  assert_non_null(strstr(text, "width=\"200px\""));
  assert_non_null(strstr(text, "M 10 20 L 30 40 M 50 60 L 70 80"));
  assert_non_null(strstr(text, "M 1 2 L 101 2 L 101 52 "));
  /* cairo 1.16 and 1.18 write rectangles in two ways. */
  assert_true(strstr(text, "M 190 90 L 200 90 L 200 100 L 190 100") ||
              strstr(text, "<rect x=\"190\" y=\"90\" width=\"10\" height=\"10\""));
  assert_null(strstr(text, "<image"));
  sumi_buffer_release(&bytes);
}

/* ISO 32000-1, 7.5: the header, the trailer's end, the page's size in points. */
static void a_pdf_is_one_page_of_the_right_size(void **state) {
  (void)state;
  sumi_canvas_t *canvas;
  assert_ok(sumi_canvas_new_document(SUMI_DOCUMENT_PDF, 640, 400, 0, &canvas));
  sumi_canvas_text(canvas, "a text", ((sumi_rect_t){20, 20, 200, 30}), .bold = true);
  sumi_canvas_text(canvas, "another", ((sumi_rect_t){20, 60, 30, 200}), .upwards = true);
  sumi_buffer_t bytes = {0};
  sumi_buffer_puts(&bytes, "before");
  assert_ok(sumi_canvas_finish_document(canvas, &bytes));
  const char *text = sumi_buffer_text(&bytes);
  assert_memory_equal(text, "before%PDF-", 11);
  assert_memory_equal(text + bytes.size - 6, "%%EOF\n", 6);
  sumi_buffer_release(&bytes);
}

static void a_band_is_an_area_between_gaps(void **state) {
  (void)state;
  const double x[5] = {0, 1, 2, 3, 4}, low[5] = {0, 1, 0, NAN, 0}, high[5] = {2, 3, 4, 4, 5};
  const sumi_band_t band = {.x = {SUMI_FLOAT64, 1, {5}, x},
                            .low = {SUMI_FLOAT64, 1, {5}, low},
                            .high = {SUMI_FLOAT64, 1, {5}, high},
                            .color = SUMI_RGB(1, 2, 3)};
  sumi_picture_t picture;
  assert_ok(sumi_line_chart_draw(NULL, 0, &picture, .bands = &band, .band_count = 1));
  int64_t painted = 0, left = picture.width, right = 0;
  for (int v = 0; v < picture.height; ++v)
    for (int u = 0; u < picture.width; ++u)
      if (sumi_picture_pixel(&picture, u, v) == 0xff010203u) {
        ++painted;
        left = u < left ? u : left;
        right = u > right ? u : right;
      }
  /* By hand: x goes from 0 to 4 and y from 0 to 5 or 6, the two trapezoids have 2 and 3 units, and
   * the point behind the gap none. */
  const double unit = (double)(right - left + 1) / 2;
  assert_true(unit > 100 && unit < 160);
  const double y_unit = (double)painted / (5 * unit);
  assert_true(y_unit > 45 && y_unit < 75);
  sumi_picture_free(&picture);
}

static void a_logarithmic_axis_of_steps_leaves_out_zero(void **state) {
  (void)state;
  const double x[4] = {0, 1, 10, 100}, y[4] = {50, 1, 3, 2};
  const sumi_series_t series = {
      .x = {SUMI_FLOAT64, 1, {4}, x}, .y = {SUMI_FLOAT64, 1, {4}, y}, .color = red};
  sumi_canvas_t *canvas;
  assert_ok(sumi_canvas_new_document(SUMI_DOCUMENT_SVG, 640, 400, 0, &canvas));
  assert_ok(
      sumi_line_chart_draw_on(canvas, ((sumi_rect_t){0, 0, 640, 400}), &series, 1, .log_x = true));
  sumi_buffer_t bytes = {0};
  assert_ok(sumi_canvas_finish_document(canvas, &bytes));
  const char *text = sumi_buffer_text(&bytes);
  const char *path = strstr(text, "stroke=\"rgb(100%, 0%, 0%)\""); /* cairo 1.18 */
  if (!path) path = strstr(text, "stroke:rgb(100%,0%,0%)");        /* cairo 1.16 */
  assert_non_null(path);
  double at[6];
  path = strstr(path, " d=\"M ");
  assert_int_equal(sscanf(path, " d=\"M %lf %lf L %lf %lf L %lf %lf", &at[0], &at[1], &at[2],
                          &at[3], &at[4], &at[5]),
                   6);
  assert_near(at[2] - at[0], at[4] - at[2], 0.01); /* decades are equally long */
  assert_near(at[1] - at[3], 2 * (at[5] - at[3]), 0.01);
  sumi_buffer_release(&bytes);
}

static void what_is_wrong_is_refused(void **state) {
  (void)state;
  sumi_canvas_t *canvas;
  sumi_picture_t picture;
  sumi_buffer_t bytes = {0};
  assert_fails(sumi_canvas_new_document((sumi_document_format_t)3, 5, 5, 0, &canvas),
               SUMI_INVALID_ARGUMENT, "format is 3");
  assert_fails(sumi_canvas_new_document(SUMI_DOCUMENT_PDF, 5, 20000, 0, &canvas),
               SUMI_INVALID_ARGUMENT, "5 x 20000 pixels; 1 to 19200");
  assert_null(canvas);
  assert_ok(sumi_canvas_new_document(SUMI_DOCUMENT_SVG, 5, 5, 0, &canvas));
  assert_fails(sumi_canvas_finish(canvas, &picture), SUMI_FAILED_PRECONDITION, "is a document");
  assert_ok(sumi_canvas_new(5, 5, 0, &canvas));
  assert_fails(sumi_canvas_finish_document(canvas, &bytes), SUMI_FAILED_PRECONDITION, "of pixels");
  assert_ok(sumi_canvas_new_document(SUMI_DOCUMENT_SVG, 500, 500, 0, &canvas));
  sumi_canvas_text(canvas, "\xff", ((sumi_rect_t){0, 0, 50, 50}), .bold = true);
  assert_fails(sumi_canvas_finish_document(canvas, &bytes), SUMI_INVALID_ARGUMENT, "UTF-8");
  assert_null(bytes.data);
  assert_ok(sumi_canvas_new(500, 500, 0, &canvas));
  const sumi_rect_t small = {0, 0, 100, 500}, fits = {0, 0, 500, 500};
  assert_fails(sumi_line_chart_draw_on(canvas, small, NULL, 0), SUMI_INVALID_ARGUMENT,
               "100 x 500 pixels");
  const double values[3] = {1, 2, 3};
  const sumi_array_view_t three = {SUMI_FLOAT64, 1, {3}, values};
  const sumi_array_view_t two = {SUMI_FLOAT64, 1, {2}, values};
  const sumi_band_t band = {.x = three, .low = three, .high = two};
  assert_fails(sumi_line_chart_draw_on(canvas, fits, NULL, 0, .bands = &band, .band_count = 1),
               SUMI_INVALID_ARGUMENT, "high of band 0 has 2 values, its x has 3");
  assert_fails(sumi_line_chart_draw_on(canvas, fits, NULL, 0, .band_count = 1),
               SUMI_INVALID_ARGUMENT, "1 bands are NULL");
  assert_fails(sumi_line_chart_draw_on(NULL, fits, NULL, 0), SUMI_INVALID_ARGUMENT,
               "canvas is NULL");
  sumi_canvas_free(canvas);
}

/* A document that has as much memory as it asks for, and none. */
static sumi_status_t draw_document(sumi_picture_t *picture) {
  *picture = (sumi_picture_t){0};
  const double values[3] = {1, 2, 3};
  const sumi_array_view_t three = {SUMI_FLOAT64, 1, {3}, values};
  const sumi_series_t series = {.name = "a name", .y = three};
  const sumi_band_t band = {.x = three, .low = three, .high = three};
  sumi_canvas_t *canvas;
  SUMI_TRY(sumi_canvas_new_document(SUMI_DOCUMENT_PDF, 300, 300, 0, &canvas));
  const sumi_status_t status = sumi_line_chart_draw_on(canvas, ((sumi_rect_t){0, 0, 300, 300}),
                                                       &series, 1, .title = "title", .bands = &band,
                                                       .band_count = 1);
  if (status != SUMI_OK) {
    sumi_canvas_free(canvas);
    return status;
  }
  sumi_buffer_t bytes = {0};
  const sumi_status_t finished = sumi_canvas_finish_document(canvas, &bytes);
  sumi_buffer_release(&bytes);
  return finished;
}

static void lack_of_memory_is_reported(void **state) {
  (void)state;
  assert_survives_lack_of_memory(draw_document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_stay_lines),
      cmocka_unit_test(a_pdf_is_one_page_of_the_right_size),
      cmocka_unit_test(a_band_is_an_area_between_gaps),
      cmocka_unit_test(a_logarithmic_axis_of_steps_leaves_out_zero),
      cmocka_unit_test(what_is_wrong_is_refused),
      cmocka_unit_test(lack_of_memory_is_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

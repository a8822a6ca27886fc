#include "sumi_test.h"

#include <sumi/canvas.h>

#include "inspect.h"
#include "layout.h"

static const uint32_t white = 0xffffffffu, red = 0xffff0000u;

static void a_filled_rectangle_is_cut_at_the_canvas_and_the_clip(void **state) {
  (void)state;
  sumi_canvas_t *canvas;
  sumi_picture_t picture;
  assert_ok(sumi_canvas_new(20, 10, 0, &canvas));
  sumi_canvas_fill(canvas, (sumi_rect_t){-5, -5, 8, 8}, red);
  sumi_canvas_clip(canvas, (sumi_rect_t){10, 0, 3, 2});
  sumi_canvas_fill(canvas, (sumi_rect_t){0, 0, INT32_MAX, INT32_MAX}, red);
  sumi_canvas_clip(canvas, (sumi_rect_t){0});
  sumi_canvas_fill(canvas, (sumi_rect_t){19, 9, 1, 1}, red);
  sumi_canvas_fill(canvas, (sumi_rect_t){INT32_MAX - 2, 3, INT32_MAX, 5}, red);
  sumi_canvas_fill(canvas, (sumi_rect_t){3, 3, -5, 5}, red);
  assert_ok(sumi_canvas_finish(canvas, &picture));
  assert_int_equal(picture.format, SUMI_PIXEL_CANVAS);
  assert_int_equal(count_color(&picture, (sumi_rect_t){0, 0, 3, 3}, red), 9);
  assert_int_equal(count_color(&picture, (sumi_rect_t){10, 0, 3, 2}, red), 6);
  assert_int_equal(count_color(&picture, (sumi_rect_t){0, 0, 20, 10}, red), 9 + 6 + 1);
  assert_int_equal(count_color(&picture, (sumi_rect_t){0, 0, 20, 10}, white), 200 - 16);
  sumi_picture_free(&picture);
}

/* ground + (color - ground) * alpha / 255 within rounding, for all alphas. */
static void a_translucent_fill_is_laid_over_the_ground(void **state) {
  (void)state;
  for (uint32_t alpha = 1; alpha < 255; ++alpha) {
    sumi_canvas_t *canvas;
    sumi_picture_t picture;
    assert_ok(sumi_canvas_new(1, 1, SUMI_RGB(200, 100, 0), &canvas));
    sumi_canvas_fill(canvas, (sumi_rect_t){0, 0, 1, 1}, alpha << 24 | 0x00ff37);
    assert_ok(sumi_canvas_finish(canvas, &picture));
    const uint32_t color = sumi_picture_pixel(&picture, 0, 0);
    assert_near(color >> 16 & 0xff, 200 - 200.0 * alpha / 255, 0.51);
    assert_near(color >> 8 & 0xff, 100 + 155.0 * alpha / 255, 0.51);
    assert_near(color & 0xff, 55.0 * alpha / 255, 0.51);
    assert_int_equal(color >> 24, 0xff);
    sumi_picture_free(&picture);
  }
}

static void a_frame_is_as_thick_as_asked_and_hollow(void **state) {
  (void)state;
  sumi_canvas_t *canvas;
  sumi_picture_t picture;
  assert_ok(sumi_canvas_new(30, 30, 0, &canvas));
  sumi_canvas_frame(canvas, (sumi_rect_t){5, 5, 20, 10}, 2, red);
  sumi_canvas_frame(canvas, (sumi_rect_t){1, 20, 3, 3}, 2, red);
  assert_ok(sumi_canvas_finish(canvas, &picture));
  assert_int_equal(count_color(&picture, (sumi_rect_t){5, 5, 20, 10}, red), 20 * 10 - 16 * 6);
  assert_int_equal(count_color(&picture, (sumi_rect_t){7, 7, 16, 6}, white), 16 * 6);
  assert_int_equal(count_color(&picture, (sumi_rect_t){1, 20, 3, 3}, red), 9);
  sumi_picture_free(&picture);
}

static void rectangles_may_lie_anywhere(void **state) {
  (void)state;
  const int ends[] = {INT32_MIN, INT32_MIN + 1, -5, 0, 7, INT32_MAX - 1, INT32_MAX};
  enum { ENDS = sizeof ends / sizeof *ends };
  sumi_canvas_t *canvas;
  sumi_picture_t picture;
  assert_ok(sumi_canvas_new(20, 20, 0, &canvas));
  for (int x = 0; x < ENDS; ++x)
    for (int width = 0; width < ENDS; ++width)
      for (int t = 0; t < ENDS; ++t) {
        const sumi_rect_t rect = {ends[x], ends[ENDS - 1 - x], ends[width], ends[width]};
        sumi_canvas_frame(canvas, rect, ends[t], SUMI_RGB(1, 2, 3));
        sumi_canvas_fill(canvas, rect, SUMI_RGB(1, 2, 3));
        sumi_canvas_clip(canvas, rect);
        sumi_canvas_text(canvas, "text", rect, .align = SUMI_ALIGN_END, .upwards = t % 2 == 0);
        sumi_canvas_clip(canvas, (sumi_rect_t){0});
      }
  assert_ok(sumi_canvas_finish(canvas, &picture));
  sumi_picture_free(&picture);
}

static void lines_and_discs_are_drawn_where_they_should_and_respect_the_clip(void **state) {
  (void)state;
  sumi_canvas_t *canvas;
  sumi_picture_t picture;
  assert_ok(sumi_canvas_new(60, 40, 0, &canvas));
  const double points[] = {0, 10.5, 20, 10.5, NAN, NAN, 40, 10.5, 1e300, 10.5};
  sumi_canvas_lines(canvas, points, 5, (sumi_stroke_t){.color = red, .width_px = 1});
  sumi_canvas_fill(canvas, (sumi_rect_t){0, 0, 5, 40}, 0xff0000ffu);
  sumi_canvas_disc(canvas, 30, 30, 5, red);
  sumi_canvas_disc(canvas, NAN, 30, 5, red);
  sumi_canvas_clip(canvas, (sumi_rect_t){50, 20, 10, 20});
  sumi_canvas_disc(canvas, 50, 30, 4, red);
  assert_ok(sumi_canvas_finish(canvas, &picture));
  assert_int_equal(sumi_picture_pixel(&picture, 2, 10), 0xff0000ffu);
  assert_int_equal(count_color(&picture, (sumi_rect_t){5, 10, 15, 1}, red), 15);
  assert_int_equal(count_color(&picture, (sumi_rect_t){22, 10, 16, 1}, white), 16);
  assert_int_equal(count_color(&picture, (sumi_rect_t){41, 10, 19, 1}, red), 19);
  assert_int_equal(sumi_picture_pixel(&picture, 30, 30), red);
  assert_int_equal(sumi_picture_pixel(&picture, 30, 36), white);
  assert_int_equal(sumi_picture_pixel(&picture, 48, 30), white);
  assert_int_equal(sumi_picture_pixel(&picture, 51, 30), red);
  sumi_picture_free(&picture);
}

static void impossible_sizes_are_refused(void **state) {
  (void)state;
  sumi_canvas_t *canvas;
  assert_fails(sumi_canvas_new(0, 5, 0, &canvas), SUMI_INVALID_ARGUMENT, "0 x 5");
  assert_null(canvas);
  assert_fails(sumi_canvas_new(40000, 5, 0, &canvas), SUMI_INVALID_ARGUMENT, "40000 x 5");
  assert_fails(sumi_canvas_new(30000, 30000, 0, &canvas), SUMI_INVALID_ARGUMENT, "30000 x 30000");
  assert_fails(sumi_canvas_new(INT64_MAX, INT64_MAX, 0, &canvas), SUMI_INVALID_ARGUMENT,
               "1 to 32767");
  sumi_picture_t picture;
  assert_fails(sumi_canvas_finish(NULL, &picture), SUMI_INVALID_ARGUMENT, "canvas is NULL");
}

static void lack_of_memory_is_reported(void **state) {
  (void)state;
  counting_allocator_install();
  for (int n = 1; n <= 2; ++n) {
    sumi_canvas_t *canvas;
    counting_allocator_fail_at(n);
    assert_fails(sumi_canvas_new(5, 5, 0, &canvas), SUMI_RESOURCE_EXHAUSTED, "out of memory");
    assert_int_equal(counting_allocator_live(), 0);
  }
  counting_allocator_remove();
}

static uint32_t seed = 12345;
static int any(int below) {
  seed = seed * 1664525u + 1013904223u;
  return (int)((seed >> 8) % (uint32_t)below);
}

static void labels_stay_inside_their_frame(void **state) {
  (void)state;
  for (int scene = 0; scene < 2000; ++scene) {
    const sumi_rect_t frame = {any(50), any(50), 20 + any(300), 20 + any(300)};
    sumi_rect_t taken[8];
    for (int i = 0; i < 8; ++i) {
      const sumi_rect_t anchor = {any(500) - 100, any(500) - 100, 1 + any(300), 1 + any(300)};
      taken[i] = sumi__render_place_label(10 + any(120), 8 + any(12), anchor, frame, taken, i);
      assert_true(lies_within(taken[i], frame));
      assert_true(taken[i].width > 0 && taken[i].height > 0);
    }
  }
}

/* 8 labels of at most 100 x 14 in a frame of 400 x 400: there is always room in some row. */
static void labels_do_not_overlap_while_there_is_room(void **state) {
  (void)state;
  const sumi_rect_t frame = {10, 10, 400, 400};
  for (int scene = 0; scene < 2000; ++scene) {
    sumi_rect_t taken[8];
    const int same = any(2);
    sumi_rect_t anchor = {any(400), any(400), 1 + any(150), 1 + any(150)};
    for (int i = 0; i < 8; ++i) {
      if (!same) anchor = (sumi_rect_t){any(400), any(400), 1 + any(150), 1 + any(150)};
      taken[i] = sumi__render_place_label(20 + any(80), 14, anchor, frame, taken, i);
      for (int k = 0; k < i; ++k)
        if (sumi__render_rect_area(sumi__render_rect_intersect(taken[i], taken[k])) != 0)
          fail_msg("scene %d: label %d lies on label %d", scene, i, k);
    }
  }
}

static void a_single_label_stands_on_its_box(void **state) {
  (void)state;
  const sumi_rect_t frame = {0, 0, 200, 200}, anchor = {50, 60, 80, 40};
  const sumi_rect_t label = sumi__render_place_label(40, 12, anchor, frame, NULL, 0);
  assert_int_equal(label.x, 50);
  assert_int_equal(label.y, 48);
}

/* At the top edge, too, where the place above is cut off. */
static void a_label_covers_its_box_only_when_there_is_no_room_beside_it(void **state) {
  (void)state;
  const sumi_rect_t frame = {10, 10, 200, 200};
  for (int scene = 0; scene < 2000; ++scene) {
    const int width = 20 + any(80), height = 14;
    const int x = 10 + any(199), y = 10 + any(199);
    const sumi_rect_t anchor = {x, y, 1 + any(210 - x), 1 + any(210 - y)};
    const sumi_rect_t label = sumi__render_place_label(width, height, anchor, frame, NULL, 0);
    const bool above = y - 10 >= height, below = 210 - y - anchor.height >= height;
    const bool beside = x - 10 >= width || 210 - x - anchor.width >= width;
    if (above || below || beside)
      assert_int_equal(sumi__render_rect_area(sumi__render_rect_intersect(label, anchor)), 0);
    assert_true(lies_within(label, frame));
  }
}

static void grids_are_about_square(void **state) {
  (void)state;
  assert_int_equal(sumi__render_square_columns(64, 10, 10), 8);
  assert_int_equal(sumi__render_square_columns(0, 10, 10), 1);
  assert_int_equal(sumi__render_square_columns(1, 10, 1000), 1);
  assert_int_equal(sumi__render_square_columns(8, 10, 20), 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_filled_rectangle_is_cut_at_the_canvas_and_the_clip),
      cmocka_unit_test(a_translucent_fill_is_laid_over_the_ground),
      cmocka_unit_test(a_frame_is_as_thick_as_asked_and_hollow),
      cmocka_unit_test(rectangles_may_lie_anywhere),
      cmocka_unit_test(lines_and_discs_are_drawn_where_they_should_and_respect_the_clip),
      cmocka_unit_test(impossible_sizes_are_refused),
      cmocka_unit_test(lack_of_memory_is_reported),
      cmocka_unit_test(labels_stay_inside_their_frame),
      cmocka_unit_test(labels_do_not_overlap_while_there_is_room),
      cmocka_unit_test(a_single_label_stands_on_its_box),
      cmocka_unit_test(a_label_covers_its_box_only_when_there_is_no_room_beside_it),
      cmocka_unit_test(grids_are_about_square),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

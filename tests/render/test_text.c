#include "sumi_test.h"

#include <limits.h>

#include <sumi/canvas.h>

#include "inspect.h"
#include "number_text.h"
#include "text.h"

static const uint32_t white = 0xffffffffu;

static sumi_rect_t draw_in(sumi_rect_t box, const char *text, const sumi_text_options_t *options) {
  sumi_canvas_t *canvas;
  sumi_picture_t picture;
  assert_ok(sumi_canvas_new(200, 120, 0, &canvas));
  sumi_canvas_text_with(canvas, text, box, options);
  assert_ok(sumi_canvas_finish(canvas, &picture));
  const sumi_rect_t drawn = drawn_box(&picture, white);
  sumi_picture_free(&picture);
  return drawn;
}

static void text_never_leaves_its_box(void **state) {
  (void)state;
  static const char *const texts[] = {
      "i",
      "Åÿgjq|",
      "a label that is far longer than any of the boxes it is drawn into",
      "短袖圆领衫和一些更多的文字",
      "ไม่มีปัญหา",
      "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘GO",
      "مرحبا بالعالم",
      "🙂🙃"};
  for (size_t t = 0; t < sizeof texts / sizeof texts[0]; ++t)
    for (int size = 6; size <= 40; size += 17)
      for (int align = 0; align < 3; ++align)
        for (int upwards = 0; upwards < 2; ++upwards) {
          const sumi_rect_t box = upwards ? (sumi_rect_t){50, 10, 30, 90}
                                          : (sumi_rect_t){50, 40, 90, 30};
          const sumi_rect_t drawn = draw_in(box, texts[t],
                                            SUMI_OPTIONS(sumi_text_options_t, .size_px = size,
                                                         .align = (sumi_align_t)align,
                                                         .upwards = upwards));
          if (drawn.width > 0 && !lies_within(drawn, box))
            fail_msg("text %zu of %d px: drawn at %d,%d %dx%d", t, size, drawn.x, drawn.y,
                     drawn.width, drawn.height);
          if (size < 20) assert_true(drawn.width > 0);
        }
}

static void a_long_text_is_shortened_and_a_short_one_is_not(void **state) {
  (void)state;
  sumi__render_run_t whole, cut;
  assert_ok(sumi__render_text_run("Ankle boot", 12, false, INT_MAX, SUMI_ELLIPSIS_END, &whole));
  const int width = whole.advance;
  assert_true(width > 50 && width < 90);
  assert_ok(sumi__render_text_run("Ankle boot", 12, false, width / 2, SUMI_ELLIPSIS_END, &cut));
  assert_true(cut.advance <= width / 2 && cut.advance > width / 4);
  assert_ok(sumi__render_text_run("Ankle boot", 12, false, width / 2, SUMI_ELLIPSIS_MIDDLE, &cut));
  assert_true(cut.advance <= width / 2 && cut.advance > width / 4);
}

/* What pango itself could not find a glyph for: none of these may be drawn as a box with a
 * number. */
static void scripts_the_default_font_lacks_come_from_others(void **state) {
  (void)state;
  static const char *const texts[] = {"短袖圆领衫", "漢字かなカナ", "한국어",
                                      "Ελληνικά",   "Кириллица",    "→ ± × …"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
    sumi__render_run_t run;
    assert_ok(sumi__render_text_run(texts[i], 12, false, INT_MAX, SUMI_ELLIPSIS_END, &run));
    if (run.unknown_glyphs != 0) fail_msg("%s: %d unknown glyphs", texts[i], run.unknown_glyphs);
    assert_true(run.width > 0);
  }
}

static void text_stands_where_it_is_aligned(void **state) {
  (void)state;
  const sumi_rect_t box = {20, 40, 160, 20};
  const sumi_rect_t start = draw_in(box, "HHH", NULL);
  const sumi_rect_t middle = draw_in(box, "HHH",
                                     SUMI_OPTIONS(sumi_text_options_t, .align = SUMI_ALIGN_MIDDLE));
  const sumi_rect_t end = draw_in(box, "HHH",
                                  SUMI_OPTIONS(sumi_text_options_t, .align = SUMI_ALIGN_END));
  assert_near(start.x, 20, 3);
  assert_near(middle.x + middle.width / 2.0, 100, 2);
  assert_near(end.x + end.width, 180, 3);
  assert_int_equal(start.y, end.y);
  assert_near(start.y + start.height / 2.0, 50, 2);
}

static void turned_text_is_the_straight_one_turned(void **state) {
  (void)state;
  sumi_canvas_t *canvas;
  sumi_picture_t flat, turned;
  assert_ok(sumi_canvas_new(60, 20, 0, &canvas));
  sumi_canvas_text(canvas, "Fgj4", ((sumi_rect_t){0, 0, 60, 20}), .size_px = 14);
  assert_ok(sumi_canvas_finish(canvas, &flat));
  assert_ok(sumi_canvas_new(20, 60, 0, &canvas));
  sumi_canvas_text(canvas, "Fgj4", ((sumi_rect_t){0, 0, 20, 60}), .size_px = 14, .upwards = true);
  assert_ok(sumi_canvas_finish(canvas, &turned));
  assert_true(drawn_box(&flat, white).width > 20);
  for (int y = 0; y < 20; ++y)
    for (int x = 0; x < 60; ++x)
      assert_int_equal(sumi_picture_pixel(&flat, x, y), sumi_picture_pixel(&turned, y, 59 - x));
  sumi_picture_free(&flat);
  sumi_picture_free(&turned);
}

static void control_characters_are_blanks(void **state) {
  (void)state;
  sumi__render_run_t plain, controls;
  assert_ok(sumi__render_text_run("a b c", 12, false, INT_MAX, SUMI_ELLIPSIS_END, &plain));
  const int advance = plain.advance;
  assert_ok(sumi__render_text_run("a\nb\tc", 12, false, INT_MAX, SUMI_ELLIPSIS_END, &controls));
  assert_int_equal(controls.advance, advance);
}

static void a_text_seen_before_gives_the_same_run(void **state) {
  (void)state;
  sumi__render_run_t first, second;
  assert_ok(sumi__render_text_run("seen", 12, true, INT_MAX, SUMI_ELLIPSIS_END, &first));
  assert_ok(sumi__render_text_run("seen", 12, true, INT_MAX, SUMI_ELLIPSIS_END, &second));
  assert_ptr_equal(first.coverage, second.coverage);
}

static void many_different_texts_do_not_grow_the_cache_without_end(void **state) {
  (void)state;
  sumi__render_text_forget();
  counting_allocator_install();
  int64_t most = 0;
  for (int i = 0; i < 10000; ++i) {
    char text[16];
    snprintf(text, sizeof text, "n%d", i);
    assert_true(sumi_text_width_px(text, 12, false) > 0);
    if (counting_allocator_live() > most) most = counting_allocator_live();
  }
  assert_true(most > 1000 && most < 2100);
  sumi__render_text_forget();
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

static void text_that_is_not_utf8_is_refused_and_kept_as_the_first_failure(void **state) {
  (void)state;
  assert_int_equal(sumi_text_width_px("ab\xff", 12, false), -1);
  assert_non_null(strstr(sumi_error_message(), "byte 0xff at offset 2"));
  sumi_canvas_t *canvas;
  sumi_picture_t picture;
  assert_ok(sumi_canvas_new(50, 50, 0, &canvas));
  sumi_canvas_text(canvas, "\xc3", ((sumi_rect_t){0, 0, 50, 50}));
  sumi_canvas_text(canvas, NULL, ((sumi_rect_t){0, 0, 50, 50}));
  assert_fails(sumi_canvas_finish(canvas, &picture), SUMI_INVALID_ARGUMENT,
               "byte 0xc3 at offset 0");
  assert_null(picture.pixels);
}

static void a_text_of_a_megabyte_is_drawn(void **state) {
  (void)state;
  char *text = sumi_malloc(1 << 20);
  assert_non_null(text);
  for (int i = 0; i < (1 << 20) - 1; i += 3) memcpy(text + i, "\xe7\x9f\xad", 3);
  text[(1 << 20) - 1] = '\0';
  const sumi_rect_t box = {10, 10, 100, 20};
  const sumi_rect_t drawn = draw_in(box, text, NULL);
  assert_true(drawn.width > 60 && lies_within(drawn, box));
  sumi_free(text);
}

/* 4096 times W at 96 px: 380,000 pixels, where cairo ends at 32767. */
static void a_text_that_is_wider_than_any_canvas_is_shortened(void **state) {
  (void)state;
  char wide[4097];
  memset(wide, 'W', 4096);
  wide[4096] = '\0';
  assert_int_equal(sumi_text_width_px(wide, 96, true) <= 32000, true);
  assert_true(sumi_text_width_px(wide, 96, true) > 31800);
  sumi_canvas_t *canvas;
  sumi_picture_t picture;
  assert_ok(sumi_canvas_new(200, 130, 0, &canvas));
  sumi_canvas_text(canvas, wide, ((sumi_rect_t){10, 10, 180, 110}), .size_px = 40);
  assert_ok(sumi_canvas_finish(canvas, &picture));
  assert_true(drawn_box(&picture, 0xffffffffu).width > 90);
  sumi_picture_free(&picture);
}

static void lack_of_memory_is_reported_at_every_point(void **state) {
  (void)state;
  sumi__render_text_forget();
  counting_allocator_install();
  bool passed = false;
  for (int n = 1; !passed && n < 50; ++n) {
    counting_allocator_fail_at(n);
    passed = sumi_text_width_px("some text", 12, false) > 0;
    if (!passed) assert_non_null(strstr(sumi_error_message(), "out of memory"));
    sumi__render_text_forget();
    assert_int_equal(counting_allocator_live(), 0);
  }
  assert_true(passed);
  counting_allocator_remove();
}

static void shares_are_honest_near_their_ends(void **state) {
  (void)state;
  const struct {
    double share;
    const char *text;
  } cases[] = {{0, "0%"},        {0.001, "<1%"},  {0.005, "1%"},    {0.025, "3%"},    {0.01, "1%"},
               {0.934, "93%"},   {0.9949, "99%"}, {0.9999, ">99%"}, {1, "100%"},      {1.5, "1.5"},
               {-0.25, "-0.25"}, {NAN, "nan"},    {-NAN, "nan"},    {INFINITY, "inf"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    char text[SUMI__NUMBER_TEXT_MAX];
    sumi__render_share_text(text, cases[i].share);
    assert_string_equal(text, cases[i].text);
  }
}

static void numbers_are_short_and_fit_their_buffer(void **state) {
  (void)state;
  char text[SUMI__NUMBER_TEXT_MAX];
  sumi__render_count_text(text, 9999);
  assert_string_equal(text, "9999");
  sumi__render_count_text(text, 1234567);
  assert_string_equal(text, "1 234 567");
  sumi__render_count_text(text, -12345);
  assert_string_equal(text, "-12 345");
  sumi__render_fixed_text(text, -0.0001, 2);
  assert_string_equal(text, "0.00");
  sumi__render_fixed_text(text, 1e300, 12);
  assert_string_equal(text, "1e+300");
  sumi__render_fixed_text(text, 123456789012345.0, 12);
  assert_string_equal(text, "123456789012345.000000000000");
  sumi__render_number_text(text, -0.0, 3);
  assert_string_equal(text, "0");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_never_leaves_its_box),
      cmocka_unit_test(a_long_text_is_shortened_and_a_short_one_is_not),
      cmocka_unit_test(scripts_the_default_font_lacks_come_from_others),
      cmocka_unit_test(text_stands_where_it_is_aligned),
      cmocka_unit_test(turned_text_is_the_straight_one_turned),
      cmocka_unit_test(control_characters_are_blanks),
      cmocka_unit_test(a_text_seen_before_gives_the_same_run),
      cmocka_unit_test(many_different_texts_do_not_grow_the_cache_without_end),
      cmocka_unit_test(text_that_is_not_utf8_is_refused_and_kept_as_the_first_failure),
      cmocka_unit_test(a_text_of_a_megabyte_is_drawn),
      cmocka_unit_test(a_text_that_is_wider_than_any_canvas_is_shortened),
      cmocka_unit_test(lack_of_memory_is_reported_at_every_point),
      cmocka_unit_test(shares_are_honest_near_their_ends),
      cmocka_unit_test(numbers_are_short_and_fit_their_buffer),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

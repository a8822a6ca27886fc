#include "sumi_test.h"

#include <sumi/color.h>

static const sumi_color_t black = SUMI_RGB(0, 0, 0), white = SUMI_RGB(255, 255, 255);

/* 21 from the standard's text; #767676 on white is WCAG's well-known last grey that passes AA
 * (4.54). */
static void contrast_is_that_of_wcag(void **state) {
  (void)state;
  assert_near(sumi_color_contrast(black, white), 21, 1e-12);
  assert_near(sumi_color_contrast(white, black), 21, 1e-12);
  assert_near(sumi_color_contrast(white, white), 1, 1e-12);
  assert_near(sumi_color_contrast(SUMI_RGB(0x76, 0x76, 0x76), white), 4.54, 0.005);
  assert_near(sumi_color_luminance(SUMI_RGB(255, 0, 0)), 0.2126, 1e-12);
  assert_near(sumi_color_luminance(SUMI_RGB(0, 0, 255)), 0.0722, 1e-12);
}

static void ink_is_legible_on_every_ground(void **state) {
  (void)state;
  for (int r = 0; r < 256; r += 5)
    for (int g = 0; g < 256; g += 5)
      for (int b = 0; b < 256; b += 5) {
        const sumi_color_t ground = SUMI_RGB(r, g, b);
        const double contrast = sumi_color_contrast(sumi_color_ink_on(ground), ground);
        if (!(contrast >= 4.5)) fail_msg("%.3f on %08x", contrast, ground);
      }
}

static void colors_become_legible_on_any_ground_and_change_only_when_needed(void **state) {
  (void)state;
  for (int i = 0; i < SUMI_PALETTE_SIZE; ++i)
    for (int level = 0; level < 256; ++level) {
      const sumi_color_t ground = SUMI_RGB(level, level, level), color = sumi_palette_color(i);
      const sumi_color_t legible = sumi_color_legible_on(color, ground);
      assert_true(sumi_color_contrast(legible, ground) >= 4.5);
      if (sumi_color_contrast(color, ground) >= 4.5) assert_int_equal(legible, color);
    }
}

/* Okabe and Ito, "Color Universal Design" (2008), without black. */
static void the_palette_is_that_of_okabe_and_ito(void **state) {
  (void)state;
  const sumi_color_t published[] = {
      SUMI_RGB(230, 159, 0), SUMI_RGB(86, 180, 233), SUMI_RGB(0, 158, 115),  SUMI_RGB(240, 228, 66),
      SUMI_RGB(0, 114, 178), SUMI_RGB(213, 94, 0),   SUMI_RGB(204, 121, 167)};
  for (int k = 0; k < SUMI_PALETTE_SIZE; ++k) {
    int found = 0;
    for (int i = 0; i < SUMI_PALETTE_SIZE; ++i) found += sumi_palette_color(i) == published[k];
    assert_int_equal(found, 1);
  }
}

static void the_palette_repeats_for_every_int(void **state) {
  (void)state;
  assert_int_equal(sumi_palette_color(SUMI_PALETTE_SIZE), sumi_palette_color(0));
  assert_int_equal(sumi_palette_color(-1), sumi_palette_color(SUMI_PALETTE_SIZE - 1));
  assert_true(sumi_palette_color(INT32_MIN) >> 24 == 0xff);
  assert_true(sumi_palette_color(INT32_MAX) >> 24 == 0xff);
}

/* Matplotlib's viridis at 0, 64, 128, 255 of 256. */
static void viridis_is_matplotlibs(void **state) {
  (void)state;
  const struct {
    double at;
    int red, green, blue;
  } known[] = {
      {0, 68, 1, 84}, {64 / 255.0, 59, 82, 139}, {128 / 255.0, 33, 145, 140}, {1, 253, 231, 37}};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i) {
    const sumi_color_t color = sumi_color_map_color(SUMI_MAP_VIRIDIS, known[i].at);
    assert_near(color >> 16 & 0xff, known[i].red, 2);
    assert_near(color >> 8 & 0xff, known[i].green, 2);
    assert_near(color & 0xff, known[i].blue, 2);
    assert_int_equal(sumi_color_map_color(SUMI_MAP_DEFAULT, known[i].at), color);
  }
}

static void maps_of_magnitudes_change_lightness_in_one_direction(void **state) {
  (void)state;
  const struct {
    sumi_color_map_t map;
    int direction;
  } maps[] = {{SUMI_MAP_VIRIDIS, 1}, {SUMI_MAP_GREY, 1}, {SUMI_MAP_BLUES, -1}};
  for (size_t m = 0; m < sizeof maps / sizeof maps[0]; ++m)
    for (int i = 1; i <= 100; ++i) {
      const double before = sumi_color_luminance(
          sumi_color_map_color(maps[m].map, (i - 1) / 100.0));
      const double after = sumi_color_luminance(sumi_color_map_color(maps[m].map, i / 100.0));
      assert_true((after - before) * maps[m].direction >= 0);
    }
}

static void the_diverging_map_is_lightest_in_its_middle(void **state) {
  (void)state;
  const double middle = sumi_color_luminance(sumi_color_map_color(SUMI_MAP_DIVERGING, 0.5));
  for (int i = 0; i < 50; ++i) {
    const double left = sumi_color_luminance(sumi_color_map_color(SUMI_MAP_DIVERGING, i / 100.0));
    const double right = sumi_color_luminance(
        sumi_color_map_color(SUMI_MAP_DIVERGING, 1 - i / 100.0));
    assert_true(left < middle && right < middle);
    assert_near(left, right, 0.13);
  }
}

static void values_outside_a_map_are_clamped_and_nan_is_grey(void **state) {
  (void)state;
  assert_int_equal(sumi_color_map_color(SUMI_MAP_GREY, -5), black);
  assert_int_equal(sumi_color_map_color(SUMI_MAP_GREY, INFINITY), white);
  const sumi_color_t missing = sumi_color_map_color(SUMI_MAP_VIRIDIS, NAN);
  assert_int_equal(missing, sumi_color_map_color(SUMI_MAP_DIVERGING, NAN));
  assert_near((missing >> 16 & 0xff), (missing & 0xff), 16);
}

/* Under deuteranopia and protanopia (Viénot, Brettel and Mollon 1999, linear RGB) the pair keeps
 * a distance: both in the blue-yellow direction and in lightness. */
static void right_and_wrong_stay_apart_without_red_green_vision(void **state) {
  (void)state;
  const double deutan[3][3] = {
      {0.29275, 0.70725, 0}, {0.29275, 0.70725, 0}, {-0.02234, 0.02234, 1}};
  const sumi_color_t pair[2] = {SUMI_COLOR_RIGHT, SUMI_COLOR_WRONG};
  double seen[2][3];
  for (int k = 0; k < 2; ++k)
    for (int row = 0; row < 3; ++row) {
      seen[k][row] = 0;
      for (int c = 0; c < 3; ++c)
        seen[k][row] += deutan[row][c] * pow((pair[k] >> (16 - 8 * c) & 0xff) / 255.0, 2.2);
    }
  double distance = 0;
  for (int row = 0; row < 3; ++row) distance += pow(seen[0][row] - seen[1][row], 2);
  assert_true(sqrt(distance) > 0.3);
}

static void a_mix_is_a_straight_line(void **state) {
  (void)state;
  assert_int_equal(sumi_color_mix(black, white, 0), black);
  assert_int_equal(sumi_color_mix(black, white, 1), white);
  assert_int_equal(sumi_color_mix(black, SUMI_RGB(200, 100, 0), 0.5), SUMI_RGB(100, 50, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(contrast_is_that_of_wcag),
      cmocka_unit_test(ink_is_legible_on_every_ground),
      cmocka_unit_test(colors_become_legible_on_any_ground_and_change_only_when_needed),
      cmocka_unit_test(the_palette_is_that_of_okabe_and_ito),
      cmocka_unit_test(the_palette_repeats_for_every_int),
      cmocka_unit_test(viridis_is_matplotlibs),
      cmocka_unit_test(maps_of_magnitudes_change_lightness_in_one_direction),
      cmocka_unit_test(the_diverging_map_is_lightest_in_its_middle),
      cmocka_unit_test(values_outside_a_map_are_clamped_and_nan_is_grey),
      cmocka_unit_test(right_and_wrong_stay_apart_without_red_green_vision),
      cmocka_unit_test(a_mix_is_a_straight_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

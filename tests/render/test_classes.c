/* Which class a gallery names, which pictures it shows and in which order: read back from what it
 * says of itself. */
#include "sumi_test.h"

#include <sumi/annotations.h>
#include <sumi/gallery.h>

#include "samples.h"

static const char *const names[] = {"cat", "dog", "bird"};
static uint8_t pixels[SAMPLE_SIDE * SAMPLE_SIDE];

static void assert_top(const float *probabilities, int count, int wanted, const int *expected,
                       int found) {
  int classes[8];
  assert_int_equal(sumi_top_classes(probabilities, count, classes, wanted), found);
  for (int i = 0; i < found; ++i) assert_int_equal(classes[i], expected[i]);
}

static void the_most_probable_come_first_and_nan_last(void **state) {
  (void)state;
  assert_top((float[]){.1f, .7f, .2f}, 3, 3, (int[]){1, 2, 0}, 3);
  assert_top((float[]){.1f, .7f, .2f}, 3, 1, (int[]){1}, 1);
  assert_top((float[]){.4f, .2f, .4f}, 3, 8, (int[]){0, 2, 1}, 3); /* equal ones by number */
  assert_top((float[]){NAN, .1f, .9f}, 3, 3, (int[]){2, 1, 0}, 3); /* NaN is never best */
  assert_top((float[]){NAN, -INFINITY, NAN, 0}, 4, 4, (int[]){3, 1, 0, 2}, 4);
  assert_top((float[]){NAN, NAN}, 2, 2, (int[]){0, 1}, 2);
  assert_top(NULL, 0, 2, NULL, 0);
}

static sumi_prediction_t prediction_of(const float *probabilities, const char *truth, int64_t id) {
  return (sumi_prediction_t){.image = grey_view(pixels, SAMPLE_SIDE, SAMPLE_SIDE),
                             .truth = truth,
                             .id = id,
                             .probabilities = probabilities,
                             .probability_count = 3};
}

static void a_prediction_without_a_label_takes_the_most_probable(void **state) {
  (void)state;
  const float second[] = {.1f, .7f, .2f}, third[] = {NAN, .1f, .9f}, none[] = {NAN, NAN, NAN};
  sumi_prediction_t predictions[] = {prediction_of(second, "dog", 1),
                                     prediction_of(third, "cat", 2), prediction_of(none, "cat", 3),
                                     prediction_of(second, "cat", 4)};
  predictions[3].label = "given";
  sumi_picture_t picture;
  assert_ok(sumi_gallery_draw(predictions, 4, &picture, .class_names = names, .columns = 3));
  sumi_annotations_t said;
  assert_ok(sumi_annotations_parse(picture.annotations, &said));
  assert_int_equal(said.columns, 3);
  assert_int_equal(said.cell_count, 4);
  assert_string_equal(said.cells[0].prediction.label, "dog");
  assert_near((float)said.cells[0].prediction.score, .7f, 0);
  assert_int_equal(said.cells[0].prediction.verdict, SUMI_VERDICT_RIGHT);
  assert_string_equal(said.cells[1].prediction.label, "bird");
  assert_near((float)said.cells[1].prediction.score, .9f, 0);
  assert_int_equal(said.cells[1].prediction.verdict, SUMI_VERDICT_WRONG);
  assert_null(said.cells[2].prediction.label);
  assert_true(said.cells[2].prediction.has_score && isnan(said.cells[2].prediction.score));
  assert_string_equal(said.cells[3].prediction.label, "given");
  assert_false(said.cells[3].prediction.has_score);
  sumi_annotations_free(&said);
  sumi_picture_free(&picture);
}

/* Five pictures: wrong with scores .9 and .6, right with .8, .3 and .5. */
static void assert_order(const sumi_gallery_options_t *options, const int64_t *ids, size_t count) {
  const double scores[] = {.8, .6, .3, .9, .5};
  sumi_prediction_t predictions[5];
  for (int i = 0; i < 5; ++i) {
    predictions[i] = prediction_of(NULL, "cat", i);
    predictions[i].probability_count = 0;
    predictions[i].label = i % 2 ? "dog" : "cat";
    predictions[i].score = scores[i];
    predictions[i].has_score = true;
  }
  sumi_picture_t picture;
  assert_ok(sumi_gallery_draw_with(predictions, 5, &picture, options));
  sumi_annotations_t said;
  assert_ok(sumi_annotations_parse(picture.annotations, &said));
  assert_int_equal(said.cell_count, count);
  for (size_t i = 0; i < count; ++i) assert_int_equal(said.cells[i].prediction.id, ids[i]);
  sumi_annotations_free(&said);
  sumi_picture_free(&picture);
}

#define OPTIONS(...) SUMI_OPTIONS(sumi_gallery_options_t, __VA_ARGS__)

static void the_order_is_what_was_asked_for(void **state) {
  (void)state;
  assert_order(NULL, (int64_t[]){0, 1, 2, 3, 4}, 5);
  /* Mistakes first, the surest leading; then the right ones, the least sure leading. */
  assert_order(OPTIONS(.worst_first = true), (int64_t[]){3, 1, 2, 4, 0}, 5);
  assert_order(OPTIONS(.order = SUMI_ORDER_WORST_FIRST), (int64_t[]){3, 1, 2, 4, 0}, 5);
  assert_order(OPTIONS(.order = SUMI_ORDER_BEST_FIRST), (int64_t[]){0, 4, 2, 1, 3}, 5);
  assert_order(OPTIONS(.worst_first = true, .max_count = 2), (int64_t[]){3, 1}, 2);
  assert_order(OPTIONS(.worst_first = true, .only_wrong = true), (int64_t[]){3, 1}, 2);
  assert_order(OPTIONS(.max_outputs = 3), (int64_t[]){0, 1, 2}, 3);
  assert_order(OPTIONS(.worst_first = true, .max_outputs = 3), (int64_t[]){1, 2, 0}, 3);
  const double keys[] = {1, 5, 3, 2, 4};
  assert_order(OPTIONS(.worst_first = true, .keys = keys), (int64_t[]){1, 4, 2, 3, 0}, 5);
}

static void what_contradicts_itself_is_refused(void **state) {
  (void)state;
  sumi_picture_t picture;
  assert_fails(
      sumi_gallery_draw(NULL, 0, &picture, .worst_first = true, .order = SUMI_ORDER_BEST_FIRST),
      SUMI_INVALID_ARGUMENT, "worst_first");
  assert_fails(sumi_gallery_check(NULL, 0, OPTIONS(.max_outputs = -1)), SUMI_INVALID_ARGUMENT,
               "max_outputs is -1");
  assert_fails(sumi_gallery_check(NULL, 3, NULL), SUMI_INVALID_ARGUMENT, "3 predictions are NULL");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_most_probable_come_first_and_nan_last),
      cmocka_unit_test(a_prediction_without_a_label_takes_the_most_probable),
      cmocka_unit_test(the_order_is_what_was_asked_for),
      cmocka_unit_test(what_contradicts_itself_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "sumi_test.h"

#include <pthread.h>

#include <sumi/charts.h>
#include <sumi/gallery.h>
#include <sumi/png.h>

#include "samples.h"

enum { THREADS = 6, ROUNDS = 3, COUNT = 8 };
static uint8_t pixels[COUNT][SAMPLE_SIDE * SAMPLE_SIDE];
static sumi_prediction_t predictions[COUNT];

/* A gallery with text in two scripts, and a chart with lines. */
static sumi_status_t draw_all(sumi_buffer_t *bytes) {
  static const float values[5] = {1, 3, 2, 5, 4};
  const sumi_series_t series = {.name = "loss", .y = {SUMI_FLOAT32, 1, {5}, values}};
  sumi_picture_t picture;
  SUMI_TRY(sumi_gallery_draw(predictions, COUNT, &picture, .title = "测试 test"));
  sumi_status_t status = sumi_picture_encode_png(&picture, bytes);
  sumi_picture_free(&picture);
  if (status != SUMI_OK) return status;
  SUMI_TRY(sumi_line_chart_draw(&series, 1, &picture, .title = "lines", .width_px = 200,
                                .height_px = 150));
  status = sumi_picture_encode_png(&picture, bytes);
  sumi_picture_free(&picture);
  return status;
}

static void *work(void *result) {
  sumi_buffer_t *bytes = result;
  for (int i = 0; i < ROUNDS; ++i) {
    sumi_buffer_clear(bytes);
    if (draw_all(bytes) != SUMI_OK) {
      sumi_buffer_release(bytes);
      break;
    }
  }
  return NULL;
}

static void many_threads_draw_the_same_bytes_at_once(void **state) {
  (void)state;
  for (int i = 0; i < COUNT; ++i) {
    sample_picture(i, (uint32_t)i, pixels[i]);
    predictions[i] = (sumi_prediction_t){.image = grey_view(pixels[i], SAMPLE_SIDE, SAMPLE_SIDE),
                                         .label = sample_names[i],
                                         .truth = i % 2 ? sample_names_zh[i] : sample_names[i],
                                         .score = 0.1 * i,
                                         .has_score = true};
  }
  pthread_t threads[THREADS];
  sumi_buffer_t results[THREADS] = {{0}}, alone = {0};
  for (int i = 0; i < THREADS; ++i)
    assert_int_equal(pthread_create(&threads[i], NULL, work, &results[i]), 0);
  for (int i = 0; i < THREADS; ++i) assert_int_equal(pthread_join(threads[i], NULL), 0);
  assert_ok(draw_all(&alone));
  for (int i = 0; i < THREADS; ++i) {
    assert_int_equal(results[i].size, alone.size);
    assert_memory_equal(results[i].data, alone.data, alone.size);
    sumi_buffer_release(&results[i]);
  }
  sumi_buffer_release(&alone);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(many_threads_draw_the_same_bytes_at_once)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

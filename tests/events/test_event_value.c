/* Values as numbers, histograms and pictures: what is one, and where it begins and ends. */
#include "event_test.h"

static const float table32[2][3] = {{-1, 0, 5}, {0, 2.5F, 7}};
static const double table64[2][3] = {{-1, 0, 5}, {0, 2.5, 7}};

static sumi_event_value_t numbers(sumi_dtype_t dtype, const void *data, int rank, int64_t first,
                                  int64_t second) {
  return (sumi_event_value_t){
      .tag = "t",
      .kind = SUMI_EVENT_NUMBERS,
      .numbers = {.dtype = dtype, .rank = rank, .dims = {first, second}, .data = data}};
}

static void one_number_is_a_number(void **state) {
  (void)state;
  double number = 0;
  const sumi_event_value_t scalar = {.tag = "t", .kind = SUMI_EVENT_SCALAR, .scalar = 1.5F};
  assert_ok(sumi_event_value_number(&scalar, &number));
  assert_near(number, 1.5, 0);
  const int64_t large = INT64_C(1) << 40;
  const sumi_event_value_t whole = numbers(SUMI_INT64, &large, 0, 0, 0);
  assert_ok(sumi_event_value_number(&whole, &number));
  assert_near(number, 1099511627776.0, 0);
  const sumi_event_value_t boxed = numbers(SUMI_FLOAT64, &table64[1][1], 2, 1, 1);
  assert_ok(sumi_event_value_number(&boxed, &number));
  assert_near(number, 2.5, 0);
  const sumi_event_value_t two = numbers(SUMI_FLOAT64, table64, 1, 2, 0);
  const sumi_event_value_t none = numbers(SUMI_FLOAT64, table64, 1, 0, 0);
  const sumi_event_value_t empty = {.tag = "t", .kind = SUMI_EVENT_EMPTY};
  const sumi_event_value_t *const others[] = {&two, &none, &empty};
  for (int i = 0; i < 3; ++i)
    assert_fails(sumi_event_value_number(others[i], &number), SUMI_INVALID_ARGUMENT,
                 "tag \"t\" holds no single number");
}

static void a_table_of_three_columns_is_a_histogram(void **state) {
  (void)state;
  const sumi_event_value_t good[] = {numbers(SUMI_FLOAT32, table32, 2, 2, 3),
                                     numbers(SUMI_FLOAT64, table64, 2, 2, 3)};
  for (int i = 0; i < 2; ++i) {
    int64_t count = -1;
    double row[4] = {0, 0, 0, 42};
    assert_ok(sumi_event_value_histogram_rows(&good[i], &count));
    assert_int_equal(count, 2);
    for (int64_t k = 0; k < 2; ++k) {
      sumi_event_value_histogram_row(&good[i], k, row);
      for (int column = 0; column < 3; ++column) assert_near(row[column], table64[k][column], 0);
      assert_near(row[3], 42, 0);
    }
  }
  const sumi_event_value_t whole = numbers(SUMI_INT32, table32, 2, 2, 3),
                           wide = numbers(SUMI_FLOAT32, table32, 2, 3, 2),
                           flat = numbers(SUMI_FLOAT32, table32, 1, 3, 3);
  const sumi_event_value_t scalar = {.tag = "t", .kind = SUMI_EVENT_SCALAR};
  const sumi_event_value_t *const others[] = {&whole, &wide, &flat, &scalar};
  for (int i = 0; i < 4; ++i) {
    int64_t count;
    assert_fails(sumi_event_value_histogram_rows(others[i], &count), SUMI_INVALID_ARGUMENT,
                 "tag \"t\" holds no histogram");
  }
}

static sumi_event_value_t pictures(const sumi_bytes_view_t *items, int64_t count) {
  return (sumi_event_value_t){.tag = "t",
                              .kind = SUMI_EVENT_STRINGS,
                              .strings = {.items = items, .rank = 1, .dims = {count}},
                              .metadata = {.plugin_name = "images"}};
}

static void pictures_stand_behind_their_sizes(void **state) {
  (void)state;
  const sumi_bytes_view_t items[] = {{"28", 2}, {"14", 2}, {"a", 1}, {"bc", 2}};
  for (int64_t count = 0; count <= 4; ++count) {
    const sumi_event_value_t value = pictures(items, count);
    const int64_t expected = count < 2 ? 0 : count - 2;
    assert_int_equal(sumi_event_value_image_count(&value), expected);
    assert_null(sumi_event_value_image(&value, -1));
    assert_null(sumi_event_value_image(&value, expected));
    for (int64_t i = 0; i < expected; ++i)
      assert_ptr_equal(sumi_event_value_image(&value, i), &items[2 + i]);
  }
  sumi_event_value_t value = pictures(items, 4);
  value.strings.rank = 2;
  assert_int_equal(sumi_event_value_image_count(&value), 0);
  value = pictures(items, 4);
  value.metadata.plugin_name = "text";
  assert_int_equal(sumi_event_value_image_count(&value), 0);
  value.metadata.plugin_name = NULL;
  assert_int_equal(sumi_event_value_image_count(&value), 0);
  value = pictures(items, 4);
  value.kind = SUMI_EVENT_EMPTY;
  assert_int_equal(sumi_event_value_image_count(&value), 0);
  assert_null(sumi_event_value_image(&value, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_number_is_a_number),
      cmocka_unit_test(a_table_of_three_columns_is_a_histogram),
      cmocka_unit_test(pictures_stand_behind_their_sizes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "sumi_test.h"
#include <sumi/arena.h>
#include <sumi/array_view.h>
#include <sumi/buffer.h>
#include <sumi/utf8.h>

static void products_that_overflow_give_no_memory(void **state) {
  (void)state;
  assert_null(sumi_calloc(SIZE_MAX / 2, 3));
  assert_null(sumi_realloc_array(NULL, SIZE_MAX / 2, 3));
  assert_null(sumi_malloc_aligned(SIZE_MAX - 8));
}

static void aligned_memory_is_aligned(void **state) {
  (void)state;
  for (size_t size = 0; size < 200; ++size) {
    char *memory = sumi_malloc_aligned(size);
    assert_non_null(memory);
    assert_int_equal((uintptr_t)memory % SUMI_ALIGNMENT, 0);
    memset(memory, 0xAB, size);
    sumi_free_aligned(memory);
  }
}

static void an_arena_gives_zeroed_separate_blocks(void **state) {
  (void)state;
  counting_allocator_install();
  sumi_arena_t *arena = sumi_arena_new();
  unsigned char *blocks[300];
  for (size_t i = 0; i < 300; ++i) {
    blocks[i] = sumi_arena_calloc(arena, 1, i * 7);
    for (size_t k = 0; k < i * 7; ++k) assert_int_equal(blocks[i][k], 0);
    memset(blocks[i], (int)i & 0xFF, i * 7);
  }
  unsigned char *large = sumi_arena_calloc(arena, 1, 1 << 20);
  assert_non_null(large);
  for (size_t i = 0; i < 300; ++i)
    for (size_t k = 0; k < i * 7; ++k) assert_int_equal(blocks[i][k], i & 0xFF);
  assert_string_equal(sumi_arena_printf(arena, "%d-%s", 5, "x"), "5-x");
  assert_null(sumi_arena_calloc(arena, SIZE_MAX / 2, 3));
  sumi_arena_free(arena);
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

static void a_buffer_remembers_that_memory_ran_out(void **state) {
  (void)state;
  counting_allocator_install();
  sumi_buffer_t buffer = {0};
  sumi_buffer_puts(&buffer, "kept");
  counting_allocator_fail_at(1);
  char large[4096] = {0};
  sumi_buffer_append(&buffer, large, sizeof large);
  sumi_buffer_puts(&buffer, "dropped");
  assert_int_equal(buffer.size, 4);
  assert_fails(sumi_buffer_status(&buffer, "the test"), SUMI_RESOURCE_EXHAUSTED, "the test");
  sumi_buffer_release(&buffer);
  assert_int_equal(counting_allocator_live(), 0);
  counting_allocator_remove();
}

static void a_buffer_formats_and_terminates(void **state) {
  (void)state;
  sumi_buffer_t buffer = {0};
  for (int i = 0; i < 100; ++i) sumi_buffer_printf(&buffer, "%02d", i);
  assert_int_equal(buffer.size, 200);
  assert_int_equal(strlen(sumi_buffer_text(&buffer)), 200);
  assert_memory_equal(buffer.data + 196, "9899", 4);
  sumi_buffer_release(&buffer);
}

/* Well-formed and ill-formed sequences of The Unicode Standard 15, table 3-7 and section 3.9. */
static void utf8_is_checked_by_table_3_7(void **state) {
  (void)state;
  static const char *good[] = {"",
                               "a",
                               "\xC2\x80",
                               "\xDF\xBF",
                               "\xE0\xA0\x80",
                               "\xED\x9F\xBF",
                               "\xEE\x80\x80",
                               "\xF0\x90\x80\x80",
                               "\xF4\x8F\xBF\xBF",
                               "墨水"};
  static const char *bad[] = {"\x80",
                              "\xC0\x80",
                              "\xC1\xBF",
                              "\xE0\x9F\xBF",
                              "\xED\xA0\x80",
                              "\xF0\x8F\xBF\xBF",
                              "\xF4\x90\x80\x80",
                              "\xF5\x80\x80\x80",
                              "\xE2\x82",
                              "\xF0\x9F\x98",
                              "\xFF"};
  for (size_t i = 0; i < sizeof good / sizeof *good; ++i)
    assert_int_equal(sumi_utf8_first_invalid(good[i], strlen(good[i])), strlen(good[i]));
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i)
    assert_int_equal(sumi_utf8_first_invalid(bad[i], strlen(bad[i])), 0);
  assert_fails(sumi_utf8_check("label", "ab\xFFz"), SUMI_INVALID_ARGUMENT,
               "label is not UTF-8: byte 0xff at offset 2 of 4");
  assert_fails(sumi_utf8_check("label", NULL), SUMI_INVALID_ARGUMENT, "label is NULL");
  const char *text = "a\xE5\xA2\xA8\xF0\x9F\x98\x80";
  assert_int_equal(sumi_utf8_next(&text), 'a');
  assert_int_equal(sumi_utf8_next(&text), 0x58A8);
  assert_int_equal(sumi_utf8_next(&text), 0x1F600);
}

static void views_with_impossible_shapes_are_refused(void **state) {
  (void)state;
  float one = 1;
  sumi_array_view_t view = {.dtype = SUMI_FLOAT32, .rank = 2, .dims = {1, 1}, .data = &one};
  assert_ok(sumi_array_view_check("values", &view));
  view.dims[0] = -1;
  assert_fails(sumi_array_view_check("values", &view), SUMI_INVALID_ARGUMENT, "values");
  view.dims[0] = INT64_MAX, view.dims[1] = 3;
  assert_fails(sumi_array_view_check("values", &view), SUMI_INVALID_ARGUMENT, "too many");
  view = (sumi_array_view_t){.dtype = (sumi_dtype_t)77};
  assert_fails(sumi_array_view_check("values", &view), SUMI_INVALID_ARGUMENT, "dtype 77");
  view = (sumi_array_view_t){.dtype = SUMI_INT8, .rank = 9};
  assert_fails(sumi_array_view_check("values", &view), SUMI_INVALID_ARGUMENT, "rank 9");
  view = (sumi_array_view_t){.dtype = SUMI_INT8, .rank = 1, .dims = {4}};
  assert_fails(sumi_array_view_check("values", &view), SUMI_INVALID_ARGUMENT, "NULL data");
  assert_fails(sumi_array_view_check("values", NULL), SUMI_INVALID_ARGUMENT, "values is NULL");
}

static void a_view_is_made_in_one_expression(void **state) {
  (void)state;
  const uint8_t pixels[2 * 3] = {1, 2, 3, 4, 5, 6};
  const sumi_array_view_t view = SUMI_VIEW(pixels, 2, 3);
  assert_int_equal(view.dtype, SUMI_UINT8);
  assert_int_equal(view.rank, 2);
  assert_int_equal(view.dims[0], 2);
  assert_int_equal(view.dims[1], 3);
  assert_near(sumi_array_view_double(&view, 4), 5, 0);
  double *number = &(double){2.5};
  assert_int_equal(SUMI_VIEW(number, 1).dtype, SUMI_FLOAT64);
  const int64_t many[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  const sumi_array_view_t deep = sumi_array_view_make(pixels, SUMI_UINT8, 9, many);
  assert_fails(sumi_array_view_check("it", &deep), SUMI_INVALID_ARGUMENT, "rank");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_view_is_made_in_one_expression),
      cmocka_unit_test(products_that_overflow_give_no_memory),
      cmocka_unit_test(aligned_memory_is_aligned),
      cmocka_unit_test(an_arena_gives_zeroed_separate_blocks),
      cmocka_unit_test(a_buffer_remembers_that_memory_ran_out),
      cmocka_unit_test(a_buffer_formats_and_terminates),
      cmocka_unit_test(utf8_is_checked_by_table_3_7),
      cmocka_unit_test(views_with_impossible_shapes_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

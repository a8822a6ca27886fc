/* Tensors of event files, put together by hand on the wire: how many elements there are, which are
 * repeated, and what cannot be decoded. Rules: TensorFlow's make_ndarray (python/framework/
 * tensor_util.py); wire: protobuf.dev/programming-guides/encoding. */
#include "event_test.h"

#include <sumi/buffer.h>

enum { VARINT = 0, BYTES = 2, FIXED32 = 5 };
enum { FLOAT = 1, INT32 = 3, STRING = 7, BOOL = 10, HALF = 19 }; /* types.proto */

static void put_key(sumi_buffer_t *to, unsigned field, unsigned type) {
  sumi_buffer_putc(to, (char)(field << 3 | type));
}

static void put_number(sumi_buffer_t *to, unsigned field, unsigned value) {
  put_key(to, field, VARINT);
  sumi_buffer_putc(to, (char)value); /* all below 128 */
}

static void put_bytes(sumi_buffer_t *to, unsigned field, const void *bytes, size_t size) {
  put_key(to, field, BYTES);
  sumi_buffer_putc(to, (char)size);
  sumi_buffer_append(to, bytes, size);
}

/* TensorProto: dtype = 1, tensor_shape = 2 { dim = 2 { size = 1 } }; `rank` -1: no shape at all. */
static sumi_buffer_t tensor_of(unsigned dtype, int rank, unsigned first, unsigned second) {
  sumi_buffer_t tensor = {0}, shape = {0};
  put_number(&tensor, 1, dtype);
  for (int axis = 0; axis < rank; ++axis) {
    sumi_buffer_t dim = {0};
    put_number(&dim, 1, axis ? second : first);
    put_bytes(&shape, 2, dim.data, dim.size);
    sumi_buffer_release(&dim);
  }
  if (rank >= 0) put_bytes(&tensor, 2, shape.data ? shape.data : "", shape.size);
  sumi_buffer_release(&shape);
  return tensor;
}

/* The value of an event { summary = 5 { value = 1 { tag = 1 "t", tensor = 8 } } }; takes the
 * tensor. */
static sumi_event_value_t decoded(sumi_buffer_t *tensor, sumi_arena_t *arena) {
  sumi_buffer_t value = {0}, summary = {0}, event = {0};
  put_bytes(&value, 1, "t", 1);
  put_bytes(&value, 8, tensor->data, tensor->size);
  put_bytes(&summary, 1, value.data, value.size);
  put_bytes(&event, 5, summary.data, summary.size);
  sumi_event_t out;
  assert_ok(sumi_event_decode(event.data, event.size, arena, &out));
  assert_int_equal(out.value_count, 1);
  sumi_buffer_release(&value), sumi_buffer_release(&summary), sumi_buffer_release(&event);
  sumi_buffer_release(tensor);
  return out.values[0];
}

static void put_float(sumi_buffer_t *tensor, float number) {
  uint32_t bits;
  memcpy(&bits, &number, sizeof bits);
  put_key(tensor, 5, FIXED32);
  for (int i = 0; i < 4; ++i) sumi_buffer_putc(tensor, (char)(bits >> 8 * i & 0xFF));
}

static void a_shape_that_is_not_there_is_a_scalars(void **state) {
  (void)state;
  for (int rank = -1; rank <= 0; ++rank) {
    sumi_arena_t *arena = sumi_arena_new();
    sumi_buffer_t tensor = tensor_of(FLOAT, rank, 0, 0);
    put_float(&tensor, 1.5F);
    const sumi_event_value_t value = decoded(&tensor, arena);
    assert_int_equal(value.kind, SUMI_EVENT_SCALAR);
    assert_near(value.scalar, 1.5, 0);
    sumi_arena_free(arena);
  }
}

static void one_element_fills_a_shape_and_two_do_not_fill_three(void **state) {
  (void)state;
  for (unsigned given = 0; given <= 4; ++given) {
    sumi_arena_t *arena = sumi_arena_new();
    sumi_buffer_t tensor = tensor_of(FLOAT, 1, 3, 0);
    for (unsigned i = 0; i < given; ++i) put_float(&tensor, (float)(10 + i));
    const sumi_event_value_t value = decoded(&tensor, arena);
    if (given == 1 || given == 3) {
      assert_int_equal(value.kind, SUMI_EVENT_NUMBERS);
      assert_int_equal(sumi_array_view_count(&value.numbers), 3);
      for (int64_t i = 0; i < 3; ++i)
        assert_near(sumi_array_view_double(&value.numbers, i), given == 1 ? 10 : 10 + (double)i, 0);
    } else {
      char reason[64];
      snprintf(reason, sizeof reason, "it holds %u elements", given);
      assert_int_equal(value.kind, SUMI_EVENT_UNDECODED);
      assert_string_equal(value.undecoded.reason, reason);
      assert_string_equal(value.undecoded.dtype_name, "float32");
      assert_int_equal(value.undecoded.rank, 1);
      assert_int_equal(value.undecoded.dims[0], 3);
    }
    sumi_arena_free(arena);
  }
}

static void one_text_fills_a_shape_and_two_do_not_fill_three(void **state) {
  (void)state;
  static const char *const texts[] = {"a", "bc", "", "d"};
  for (unsigned given = 0; given <= 4; ++given) {
    sumi_arena_t *arena = sumi_arena_new();
    sumi_buffer_t tensor = tensor_of(STRING, 1, 3, 0);
    for (unsigned i = 0; i < given; ++i) put_bytes(&tensor, 8, texts[i], strlen(texts[i]));
    const sumi_event_value_t value = decoded(&tensor, arena);
    const bool fits = given == 1 || given == 3;
    assert_int_equal(value.kind, fits ? SUMI_EVENT_STRINGS : SUMI_EVENT_UNDECODED);
    for (unsigned i = 0; fits && i < 3; ++i) {
      const char *text = texts[given == 1 ? 0 : i];
      assert_int_equal(value.strings.items[i].size_bytes, strlen(text));
      assert_memory_equal(value.strings.items[i].data, text, strlen(text));
    }
    sumi_arena_free(arena);
  }
}

/* tensor_content = 4, little-endian; every byte but 0 is a true bool. */
static void contents_have_the_size_of_their_shape(void **state) {
  (void)state;
  static const unsigned char bytes[] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 7};
  for (size_t size = 11; size <= 13; ++size) {
    sumi_arena_t *arena = sumi_arena_new();
    sumi_buffer_t tensor = tensor_of(INT32, 2, 3, 1);
    put_bytes(&tensor, 4, bytes, size);
    const sumi_event_value_t value = decoded(&tensor, arena);
    assert_int_equal(value.kind, size == 12 ? SUMI_EVENT_NUMBERS : SUMI_EVENT_UNDECODED);
    if (size == 12) {
      assert_int_equal(value.numbers.rank, 2);
      for (int64_t i = 0; i < 3; ++i)
        assert_near(sumi_array_view_double(&value.numbers, i), 1 << 8 * i, 0);
    } else {
      assert_non_null(strstr(value.undecoded.reason, size == 11 ? "11 bytes" : "13 bytes"));
    }
    sumi_arena_free(arena);
  }
  sumi_arena_t *arena = sumi_arena_new();
  sumi_buffer_t tensor = tensor_of(BOOL, 1, 13, 0);
  put_bytes(&tensor, 4, bytes, 13);
  const sumi_event_value_t value = decoded(&tensor, arena);
  for (int64_t i = 0; i < 13; ++i)
    assert_near(sumi_array_view_double(&value.numbers, i), bytes[i] != 0, 0);
  sumi_arena_free(arena);
}

static void what_has_no_form_here_is_named(void **state) {
  (void)state;
  sumi_arena_t *arena = sumi_arena_new();
  sumi_buffer_t half = tensor_of(HALF, 2, 4, 5);
  const sumi_event_value_t value = decoded(&half, arena);
  assert_int_equal(value.kind, SUMI_EVENT_UNDECODED);
  assert_string_equal(value.undecoded.dtype_name, "half");
  assert_int_equal(value.undecoded.rank, 2);
  assert_int_equal(value.undecoded.dims[0], 4);
  assert_int_equal(value.undecoded.dims[1], 5);
  sumi_buffer_t bare = tensor_of(HALF, -1, 0, 0);
  assert_int_equal(decoded(&bare, arena).undecoded.rank, 0);
  sumi_buffer_t unknown = {0}, shape = {0};
  put_number(&unknown, 1, FLOAT);
  put_number(&shape, 3, 1); /* unknown_rank */
  put_bytes(&unknown, 2, shape.data, shape.size);
  assert_int_equal(decoded(&unknown, arena).undecoded.rank, -1);
  sumi_buffer_release(&shape);
  sumi_buffer_t number = tensor_of(99, 1, 2, 0); /* of the future */
  assert_string_equal(decoded(&number, arena).undecoded.dtype_name, "");
  sumi_arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_shape_that_is_not_there_is_a_scalars),
      cmocka_unit_test(one_element_fills_a_shape_and_two_do_not_fill_three),
      cmocka_unit_test(one_text_fills_a_shape_and_two_do_not_fill_three),
      cmocka_unit_test(contents_have_the_size_of_their_shape),
      cmocka_unit_test(what_has_no_form_here_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

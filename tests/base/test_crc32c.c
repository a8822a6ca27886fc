#include "sumi_test.h"

#include <sumi/crc32c.h>

#include "crc32c_kernels.h"

/* The reflected polynomial, bit by bit: the definition of RFC 3720, appendix B.4. */
static uint32_t crc_by_definition(const uint8_t *bytes, size_t size) {
  uint32_t crc = 0xFFFFFFFF;
  for (size_t i = 0; i < size; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
  }
  return ~crc;
}

static void published_vectors_are_met(void **state) {
  (void)state;
  uint8_t zeros[32] = {0}, ones[32], up[32], down[32];
  memset(ones, 0xFF, sizeof ones);
  for (int i = 0; i < 32; ++i) up[i] = (uint8_t)i, down[i] = (uint8_t)(31 - i);
  /* RFC 3720, appendix B.4. */
  assert_int_equal(sumi_crc32c(zeros, 32), 0x8A9136AA);
  assert_int_equal(sumi_crc32c(ones, 32), 0x62A8AB43);
  assert_int_equal(sumi_crc32c(up, 32), 0x46DD794E);
  assert_int_equal(sumi_crc32c(down, 32), 0x113FDB5C);
  assert_int_equal(sumi_crc32c("123456789", 9), 0xE3069283);
  assert_int_equal(sumi_crc32c("", 0), 0);
}

/* Values that TensorBoard's own tests and files hold. */
static void masked_values_are_tensorboards(void **state) {
  (void)state;
  const uint8_t length[8] = {24}, zeros[8] = {0};
  assert_int_equal(sumi_crc32c_mask(sumi_crc32c(length, 8)), 0x224B7FA3);
  assert_int_equal(sumi_crc32c_mask(sumi_crc32c(zeros, 8)), 0x07980329);
  assert_int_equal(sumi_crc32c_mask(sumi_crc32c("\x1a\x11"
                                                "CRC test, one two",
                                                19)),
                   0x5794D08A);
  assert_int_equal(sumi_crc32c_mask(sumi_crc32c("123456789", 9)), 0xC78AB0E5);
  assert_int_equal(sumi_crc32c_mask(0), 0xA282EAD8);
  for (uint32_t crc = 1; crc; crc <<= 1)
    assert_int_equal(sumi_crc32c_unmask(sumi_crc32c_mask(crc)), crc);
}

static void every_kernel_follows_the_definition_at_every_size(void **state) {
  (void)state;
  uint8_t bytes[1100];
  uint32_t random = 1;
  for (size_t i = 0; i < sizeof bytes; ++i)
    bytes[i] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
  for (size_t size = 0; size <= 1080; size += size < 300 ? 1 : 13)
    for (size_t offset = 0; offset < 16; offset += 5)
      for (int kernel = 0; kernel < SUMI__CRC32C_KERNELS; ++kernel)
        if (sumi__base_crc32c_by_kernel(kernel, bytes + offset, size) !=
            crc_by_definition(bytes + offset, size))
          fail_msg("kernel %d is wrong for %zu bytes at offset %zu", kernel, size, offset);
}

static void a_text_may_come_in_pieces(void **state) {
  (void)state;
  char bytes[300];
  for (int i = 0; i < 300; ++i) bytes[i] = (char)(i * 7);
  const uint32_t whole = sumi_crc32c(bytes, 300);
  for (size_t cut = 0; cut <= 300; ++cut)
    assert_int_equal(sumi_crc32c_extend(sumi_crc32c(bytes, cut), bytes + cut, 300 - cut), whole);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(published_vectors_are_met),
      cmocka_unit_test(masked_values_are_tensorboards),
      cmocka_unit_test(every_kernel_follows_the_definition_at_every_size),
      cmocka_unit_test(a_text_may_come_in_pieces),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

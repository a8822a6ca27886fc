#include <sumi/cpu.h>
#include <sumi/crc32c.h>

#include <pthread.h>

#include "crc32c_kernels.h"
#include <sumi/little_endian.h>

typedef uint32_t kernel_t(uint32_t state, const uint8_t *bytes, size_t size_bytes);

/* Slicing-by-8 (Kounavis and Berry, 2005): table[k][b] is the CRC of byte b followed by k zero
 * bytes. */
static uint32_t table[8][256];
static kernel_t *short_kernel, *long_kernel;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill_table(void) {
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0x82F63B78u : crc >> 1;
    table[0][byte] = crc;
  }
  for (uint32_t byte = 0; byte < 256; ++byte)
    for (int k = 1; k < 8; ++k)
      table[k][byte] = table[k - 1][byte] >> 8 ^ table[0][table[k - 1][byte] & 0xFF];
}

static uint32_t update_by_table(uint32_t state, const uint8_t *bytes, size_t size_bytes) {
  for (; size_bytes >= 8; bytes += 8, size_bytes -= 8) {
    const uint32_t low = state ^ sumi_get_le32(bytes), high = sumi_get_le32(bytes + 4);
    state = table[7][low & 0xFF] ^ table[6][low >> 8 & 0xFF] ^ table[5][low >> 16 & 0xFF] ^
            table[4][low >> 24] ^ table[3][high & 0xFF] ^ table[2][high >> 8 & 0xFF] ^
            table[1][high >> 16 & 0xFF] ^ table[0][high >> 24];
  }
  for (; size_bytes > 0; ++bytes, --size_bytes)
    state = state >> 8 ^ table[0][(state ^ *bytes) & 0xFF];
  return state;
}

#if SUMI__CRC32C_X86
#include <immintrin.h>

__attribute__((target("sse4.2"))) static uint32_t
update_by_sse42(uint32_t state, const uint8_t *bytes, size_t size_bytes) {
  uint64_t wide = state;
  for (; size_bytes >= 8; bytes += 8, size_bytes -= 8)
    wide = _mm_crc32_u64(wide, sumi_get_le64(bytes));
  state = (uint32_t)wide;
  if (size_bytes & 4) {
    state = _mm_crc32_u32(state, sumi_get_le32(bytes));
    bytes += 4;
  }
  for (size_bytes &= 3; size_bytes > 0; ++bytes, --size_bytes) state = _mm_crc32_u8(state, *bytes);
  return state;
}

__attribute__((target("sse4.2,pclmul"))) static __m128i fold(__m128i accumulator, __m128i constants,
                                                             const uint8_t *bytes) {
  const __m128i low = _mm_clmulepi64_si128(accumulator, constants, 0x00);
  const __m128i high = _mm_clmulepi64_si128(accumulator, constants, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high),
                       _mm_loadu_si128((const __m128i *)(const void *)bytes));
}

/* Folding with carry-less products (Gopal and others, "Fast CRC Computation for Generic Polynomials
 * Using PCLMULQDQ", Intel, 2009): four accumulators move 64 bytes ahead per turn, are folded into
 * one, and its 16 bytes, congruent to the whole text, go through the crc32 instruction. The
 * constants are the powers of x, reduced and reflected, that move 64 and 16 bytes ahead, as that
 * paper derives them. */
__attribute__((target("sse4.2,pclmul"))) static uint32_t
update_by_pclmul(uint32_t state, const uint8_t *bytes, size_t size_bytes) {
  if (size_bytes < 64) return update_by_sse42(state, bytes, size_bytes);
  const __m128i ahead_64 = _mm_setr_epi32(0x740eef02, 0, (int)0x9e4addf8, 0);
  const __m128i ahead_16 = _mm_setr_epi32((int)0xf20c0dfe, 0, 0x493c7d27, 0);
  __m128i lanes[4];
  for (int i = 0; i < 4; ++i)
    lanes[i] = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i));
  lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)state));
  for (bytes += 64, size_bytes -= 64; size_bytes >= 64; bytes += 64, size_bytes -= 64)
    for (int i = 0; i < 4; ++i) lanes[i] = fold(lanes[i], ahead_64, bytes + 16 * i);
  __m128i one = lanes[0];
  for (int i = 1; i < 4; ++i) {
    uint8_t lane[16];
    _mm_storeu_si128((__m128i *)(void *)lane, lanes[i]);
    one = fold(one, ahead_16, lane);
  }
  for (; size_bytes >= 16; bytes += 16, size_bytes -= 16) one = fold(one, ahead_16, bytes);
  uint8_t rest[16];
  _mm_storeu_si128((__m128i *)(void *)rest, one);
  return update_by_sse42(update_by_sse42(0, rest, sizeof rest), bytes, size_bytes);
}
#endif

#if SUMI__CRC32C_ARM
#include <arm_acle.h>

static uint32_t update_by_arm(uint32_t state, const uint8_t *bytes, size_t size_bytes) {
  for (; size_bytes >= 8; bytes += 8, size_bytes -= 8)
    state = __crc32cd(state, sumi_get_le64(bytes));
  if (size_bytes & 4) {
    state = __crc32cw(state, sumi_get_le32(bytes));
    bytes += 4;
  }
  for (size_bytes &= 3; size_bytes > 0; ++bytes, --size_bytes) state = __crc32cb(state, *bytes);
  return state;
}
#endif

static void choose_kernels(void) {
  fill_table();
  short_kernel = long_kernel = update_by_table;
#if SUMI__CRC32C_X86
  if (sumi_cpu_has("x86-64-v2")) {
    short_kernel = long_kernel = update_by_sse42;
    if (__builtin_cpu_supports("pclmul")) long_kernel = update_by_pclmul;
  }
#elif SUMI__CRC32C_ARM
  short_kernel = long_kernel = update_by_arm;
#endif
}

uint32_t sumi_crc32c_extend(uint32_t crc, const void *bytes, size_t size_bytes) {
  pthread_once(&once, choose_kernels);
  kernel_t *kernel = size_bytes < 64 ? short_kernel : long_kernel;
  return ~kernel(~crc, bytes, size_bytes);
}

uint32_t sumi_crc32c(const void *bytes, size_t size_bytes) {
  return sumi_crc32c_extend(0, bytes, size_bytes);
}

uint32_t sumi__base_crc32c_by_kernel(int kernel, const void *bytes, size_t size_bytes) {
  pthread_once(&once, choose_kernels);
  kernel_t *kernels[SUMI__CRC32C_KERNELS] = {update_by_table, short_kernel, long_kernel};
  return ~kernels[kernel](~0u, bytes, size_bytes);
}

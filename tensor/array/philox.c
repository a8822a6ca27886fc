#include <sumi/random.h>

#include <Random123/philox.h>

sumi_philox_t sumi_philox_seeded(int64_t seed, int64_t seed2) {
  const uint64_t low = (uint64_t)seed, high = (uint64_t)seed2;
  return (sumi_philox_t){.key = {(uint32_t)low, (uint32_t)(low >> 32)},
                         .counter = {0, 0, (uint32_t)high, (uint32_t)(high >> 32)}};
}

sumi_philox_t sumi_philox_skip(sumi_philox_t stream, uint64_t blocks) {
  uint64_t carry = 0;
  for (int word = 0; word < 4; ++word, blocks >>= 32) {
    carry += (uint64_t)stream.counter[word] + (uint32_t)blocks;
    stream.counter[word] = (uint32_t)carry;
    carry >>= 32;
  }
  return stream;
}

void sumi_philox_block(sumi_philox_t stream, uint32_t block[4]) {
  const philox4x32_ctr_t counter = {
      {stream.counter[0], stream.counter[1], stream.counter[2], stream.counter[3]}};
  const philox4x32_key_t key = {{stream.key[0], stream.key[1]}};
  const philox4x32_ctr_t result = philox4x32(counter, key);
  for (int word = 0; word < 4; ++word) block[word] = result.v[word];
}

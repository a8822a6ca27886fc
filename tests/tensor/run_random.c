/* Random numbers for test_random_tensorflow.py: kind key0 key1 counter0 … counter3 first count [low
 * high], all but the kind in decimal; the numbers' bytes go to stdout. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/random.h>

#define FLOATING_KINDS(X)                                                                          \
  X(uniform_float32, float)                                                                        \
  X(uniform_float64, double)                                                                       \
  X(normal_float32, float)                                                                         \
  X(normal_float64, double)                                                                        \
  X(truncated_normal_float32, float)                                                               \
  X(truncated_normal_float64, double)

int main(int argc, char **argv) {
  if (argc < 10) return 2;
  sumi_philox_t stream;
  for (int i = 0; i < 2; ++i) stream.key[i] = (uint32_t)strtoul(argv[2 + i], NULL, 10);
  for (int i = 0; i < 4; ++i) stream.counter[i] = (uint32_t)strtoul(argv[4 + i], NULL, 10);
  const int64_t first = atoll(argv[8]), count = atoll(argv[9]);
  void *out = malloc((size_t)count * 8 + 1);
  size_t size = 0;
  if (!out) return 3;
#define RUN(kind, type)                                                                            \
  if (strcmp(argv[1], #kind) == 0)                                                                 \
    sumi_random_##kind(stream, first, count, out), size = sizeof(type);
  FLOATING_KINDS(RUN)
  if (argc == 12) {
    const int64_t low = atoll(argv[10]), high = atoll(argv[11]);
    if (strcmp(argv[1], "uniform_int32") == 0)
      sumi_random_uniform_int32(stream, (int32_t)low, (int32_t)high, first, count, out), size = 4;
    if (strcmp(argv[1], "uniform_int64") == 0)
      sumi_random_uniform_int64(stream, low, high, first, count, out), size = 8;
  }
  if (size == 0) return 4;
  fwrite(out, size, (size_t)count, stdout);
  free(out);
  return 0;
}

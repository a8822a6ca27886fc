/* Source of the levels: System V psABI for x86-64, section 3.1.1 "Processor Architecture". */
#include <sumi/cpu.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* This architecture's levels, lowest first; every processor has the first. */
#if defined(__x86_64__)
static const char *const levels[] = {"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"};
#elif defined(__aarch64__)
static const char *const levels[] = {"aarch64"};
#elif defined(__s390x__)
static const char *const levels[] = {"s390x"};
#else
static const char *const levels[] = {"baseline"};
#endif
enum { LEVELS = sizeof levels / sizeof *levels };

static int best, chosen; /* indices of levels */
static enum { FOLLOWED, UNKNOWN, NOT_THERE } wish;
static char wished[32]; /* SUMI_CPU, cut */
static pthread_once_t once = PTHREAD_ONCE_INIT;

#if defined(__x86_64__)
#include <cpuid.h>

/* What compilers do not all know by name. */
static bool has_bit(unsigned leaf, unsigned ecx_bit) {
  unsigned eax, ebx, ecx, edx;
  return __get_cpuid(leaf, &eax, &ebx, &ecx, &edx) && (ecx & ecx_bit);
}

enum { CMPXCHG16B = 1 << 13, MOVBE = 1 << 22, F16C = 1 << 29 }; /* leaf 1 */
enum { LAHF = 1 << 0, LZCNT = 1 << 5 };                         /* leaf 0x80000001 */

static bool has_v2(void) {
  return __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1") &&
         __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt") &&
         has_bit(1, CMPXCHG16B) && has_bit(0x80000001, LAHF);
}

/* The compiler's answers for AVX ask whether the operating system keeps the wide registers, too. */
static bool has_v3(void) {
  return has_v2() && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && has_bit(1, MOVBE) &&
         has_bit(1, F16C) && has_bit(0x80000001, LZCNT);
}

static bool has_v4(void) {
  return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}

static int find_best(void) {
  return has_v4() ? 3 : has_v3() ? 2 : has_v2() ? 1 : 0;
}
#else
static int find_best(void) {
  return 0;
}
#endif

static int index_of(const char *level) {
  for (int i = 0; i < LEVELS; ++i)
    if (strcmp(levels[i], level) == 0) return i;
  return -1;
}

static void choose(void) {
  chosen = best = find_best();
  const char *name = getenv("SUMI_CPU");
  if (!name || !*name) return;
  const int index = index_of(name);
  wish = index < 0 ? UNKNOWN : index > best ? NOT_THERE : FOLLOWED;
  if (wish == FOLLOWED) chosen = index;
  strncpy(wished, name, sizeof wished - 1);
}

const char *sumi_cpu_features(void) {
  pthread_once(&once, choose);
  return levels[chosen];
}

bool sumi_cpu_has(const char *level) {
  pthread_once(&once, choose);
  const int index = level ? index_of(level) : -1;
  return index >= 0 && index <= chosen;
}

sumi_status_t sumi_cpu_check(void) {
  pthread_once(&once, choose);
  if (wish == UNKNOWN)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "the environment variable SUMI_CPU is '%s'; it may be a level from %s to %s",
                     wished, levels[0], levels[LEVELS - 1]);
  if (wish == NOT_THERE)
    return sumi_fail(
        SUMI_FAILED_PRECONDITION,
        "the environment variable SUMI_CPU is '%s'; this processor has no more than %s", wished,
        levels[best]);
  return SUMI_OK;
}

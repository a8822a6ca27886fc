/* The kernels behind sumi_crc32c, one by one, so that tests can hold each against published values
 * on any machine. */
#ifndef SUMI__CRC32C_KERNELS_H
#define SUMI__CRC32C_KERNELS_H

#include <sumi/config.h>

SUMI_BEGIN_DECLS

#if defined(__x86_64__)
#define SUMI__CRC32C_X86 1
#else
#define SUMI__CRC32C_X86 0
#endif

#if defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#define SUMI__CRC32C_ARM 1
#else
#define SUMI__CRC32C_ARM 0
#endif

/* 0 is the portable one, 1 and 2 those chosen for short and long inputs. */
#define SUMI__CRC32C_KERNELS 3
uint32_t sumi__base_crc32c_by_kernel(int kernel, const void *bytes, size_t size_bytes);

SUMI_END_DECLS
#endif

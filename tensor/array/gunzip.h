/* Whole gzip files at once, with libdeflate where Sumi was built with it; for array/source.c only.
 */
#ifndef SUMI_ARRAY_GUNZIP_H
#define SUMI_ARRAY_GUNZIP_H

#include <stddef.h>
#include <stdint.h>

/* The contents of a gzip file of `packed` bytes, to be released with sumi_free_aligned; NULL when
 * it is not to be had this way: without libdeflate or memory, for several members, damaged and very
 * large files. The caller then reads with zlib, which tells what is wrong. The file's position does
 * not change. */
void *sumi__tensor_gunzip(int file, int64_t packed, size_t *size);

#endif

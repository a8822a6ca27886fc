/* Bytes as text (RFC 4648). */
#ifndef SUMI_COMMAND_BASE64_H
#define SUMI_COMMAND_BASE64_H

#include <stddef.h>
#include <stdio.h>

void sumi__command_base64(FILE *file, const void *bytes, size_t size_bytes);

#endif

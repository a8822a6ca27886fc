/* Texts in an array's text; for the files of tensor/array/ only. */
#ifndef SUMI_ARRAY_TEXT_REPR_H
#define SUMI_ARRAY_TEXT_REPR_H

#include <sumi/buffer.h>

/* A text as Python's repr writes it. */
void sumi__tensor_put_text_repr(sumi_buffer_t *buffer, const char *text);

/* Characters (not bytes) from `text` on. */
int64_t sumi__tensor_character_count(const char *text, size_t size_bytes);

#endif

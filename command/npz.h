/* Columns as an .npz file of NumPy's: a zip of stored .npy members. The engine has a writer of
 * arrays (<sumi/npy.h>); the command needs no engine. */
#ifndef SUMI_COMMAND_NPZ_H
#define SUMI_COMMAND_NPZ_H

#include <sumi/buffer.h>

typedef struct npz_column {
  const char *name;  /* borrowed; UTF-8 */
  sumi_buffer_t npy; /* begun by one of the functions below */
} npz_column_t;

/* Begins `count` numbers of 8 bytes, which are to follow: "<i8" or "<f8". */
void sumi__command_npy_numbers(sumi_buffer_t *npy, const char *dtype, size_t count);
void sumi__command_npy_whole(sumi_buffer_t *npy, int64_t value);
void sumi__command_npy_float(sumi_buffer_t *npy, double value);

/* Begins `count` texts of at most `width` characters, which are to follow. What is not UTF-8
 * becomes U+FFFD. */
void sumi__command_npy_texts(sumi_buffer_t *npy, size_t width, size_t count);
void sumi__command_npy_text(sumi_buffer_t *npy, const char *text, size_t width);

/* The characters of the longest text. */
size_t sumi__command_npy_width(const char *const *texts, size_t count);

/* Writes the file, whole or not at all. INVALID_ARGUMENT for more than zip without extensions
 * holds: 65535 columns and 4 GiB. */
sumi_status_t sumi__command_npz_write(const char *path, const npz_column_t *columns, size_t count);

#endif

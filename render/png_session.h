/* What encoding and decoding share: libpng with our allocator and our way of failing. */
#ifndef SUMI_RENDER_PNG_SESSION_H
#define SUMI_RENDER_PNG_SESSION_H

#include <png.h>

#include <sumi/status.h>

#define SUMI__PNG_KEYWORD "sumi"

enum { SUMI__PNG_MAX_TEXT_BYTES = 64 << 20 };

/* libpng reports failures by longjmp to the png_jmpbuf of the function that called it; by then
 * `status` and the thread's message are set. */
typedef struct {
  png_structp png;
  png_infop info;
  /* What a libpng error means: INTERNAL when writing, DATA_LOSS when reading. */
  sumi_status_t on_error;
  sumi_status_t status;
  bool out_of_memory; /* also when libpng only warned of it */
} sumi__render_png_session_t;

/* Makes png and info for writing or reading. The session must stay where it is until it is
 * closed. */
sumi_status_t sumi__render_png_open(sumi__render_png_session_t *session, bool writing);

/* Releases both and gives the session's status; lack of memory counts even when libpng went on. */
sumi_status_t sumi__render_png_close(sumi__render_png_session_t *session, bool writing);

#endif

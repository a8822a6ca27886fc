#include "png_session.h"

#include <sumi/alloc.h>

static void *session_malloc(png_structp png, png_alloc_size_t size_bytes) {
  sumi__render_png_session_t *session = png_get_mem_ptr(png);
  void *memory = sumi_malloc(size_bytes);
  if (!memory) session->out_of_memory = true;
  return memory;
}

static void session_free(png_structp png, void *memory) {
  (void)png;
  sumi_free(memory);
}

static void session_error(png_structp png, const char *message) {
  sumi__render_png_session_t *session = png_get_error_ptr(png);
  session->status = sumi_fail(session->on_error, "PNG: %s", message);
  png_longjmp(png, 1);
}

static void session_warning(png_structp png, const char *message) {
  (void)png, (void)message;
}

sumi_status_t sumi__render_png_open(sumi__render_png_session_t *session, bool writing) {
  *session = (sumi__render_png_session_t){.on_error = writing ? SUMI_INTERNAL : SUMI_DATA_LOSS};
  session->png = writing ? png_create_write_struct_2(PNG_LIBPNG_VER_STRING, session, session_error,
                                                     session_warning, session, session_malloc,
                                                     session_free)
                         : png_create_read_struct_2(PNG_LIBPNG_VER_STRING, session, session_error,
                                                    session_warning, session, session_malloc,
                                                    session_free);
  session->info = session->png ? png_create_info_struct(session->png) : NULL;
  if (session->info) return SUMI_OK;
  sumi__render_png_close(session, writing);
  return sumi_fail(SUMI_RESOURCE_EXHAUSTED, "out of memory for libpng");
}

sumi_status_t sumi__render_png_close(sumi__render_png_session_t *session, bool writing) {
  if (writing)
    png_destroy_write_struct(&session->png, &session->info);
  else
    png_destroy_read_struct(&session->png, &session->info, NULL);
  if (session->out_of_memory)
    session->status = sumi_fail(SUMI_RESOURCE_EXHAUSTED, "out of memory for libpng");
  return session->status;
}

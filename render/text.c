#include "text.h"

#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include <pango/pangocairo.h>

#include <sumi/alloc.h>
#include <sumi/utf8.h>

#define FONT_FAMILY "DejaVu Sans, sans-serif"

enum {
  SLOTS = 4096,              /* of the cache's hash table; a power of two */
  MAX_RUNS = SLOTS / 2,      /* the cache is emptied when it has more, */
  MAX_CACHE_BYTES = 4 << 20, /* or takes more than this */
  MAX_TEXT_BYTES = 4096,     /* longer texts are shaped up to here: no line shows more */
  MAX_RUN_PX = 32000,        /* and shortened to this: cairo's pictures end at 32767 */
};

/* What a run depends on, followed in memory by the text and its NUL, then the coverage. */
typedef struct entry {
  uint64_t hash;
  size_t text_length;
  double size_px;
  int max_width;
  bool bold;
  sumi_ellipsis_t ellipsis;
  sumi__render_run_t run;
  char text[];
} entry_t;

typedef struct {
  PangoFontMap *fonts;
  PangoContext *context;
  PangoLayout *layout;
  entry_t *slots[SLOTS];
  int run_count;
  size_t cache_bytes;
} engine_t;

static pthread_key_t engine_key;
static pthread_once_t engine_key_once = PTHREAD_ONCE_INIT;
static bool engine_key_made;
static _Thread_local engine_t *current;

static void empty_cache(engine_t *engine) {
  for (int i = 0; i < SLOTS; ++i) {
    sumi_free(engine->slots[i]);
    engine->slots[i] = NULL;
  }
  engine->run_count = 0;
  engine->cache_bytes = 0;
}

static void free_engine(void *memory) {
  engine_t *engine = memory;
  if (!engine) return;
  empty_cache(engine);
  g_object_unref(engine->layout);
  g_object_unref(engine->context);
  g_object_unref(engine->fonts);
  sumi_free(engine);
  current = NULL;
}

static void make_engine_key(void) {
  engine_key_made = pthread_key_create(&engine_key, free_engine) == 0;
}

void sumi__render_text_forget(void) {
  free_engine(current);
  if (engine_key_made) pthread_setspecific(engine_key, NULL);
}

/* Everything that a user's desktop settings could change is set here: same input, same pixels. */
static void configure_context(PangoContext *context) {
  cairo_font_options_t *options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON);
  pango_cairo_context_set_font_options(context, options);
  cairo_font_options_destroy(options);
  pango_cairo_context_set_resolution(context, 96);
  pango_context_set_language(context, pango_language_from_string("en"));
  pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
}

/* The calling thread's engine, NULL when there is no memory. */
static engine_t *this_engine(void) {
  if (current) return current;
  pthread_once(&engine_key_once, make_engine_key);
  engine_t *engine = engine_key_made ? sumi_calloc(1, sizeof *engine) : NULL;
  if (!engine) return NULL;
  engine->fonts = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
  if (!engine->fonts) engine->fonts = pango_cairo_font_map_new();
  engine->context = pango_font_map_create_context(engine->fonts);
  configure_context(engine->context);
  engine->layout = pango_layout_new(engine->context);
  pango_layout_set_single_paragraph_mode(engine->layout, TRUE);
  if (pthread_setspecific(engine_key, engine) != 0) {
    free_engine(engine);
    return NULL;
  }
  return current = engine;
}

static void set_font(PangoLayout *layout, double size_px, bool bold) {
  PangoFontDescription *font = pango_font_description_new();
  pango_font_description_set_family_static(font, FONT_FAMILY);
  pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_absolute_size(font, size_px * PANGO_SCALE);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
}

static void set_text(PangoLayout *layout, const char *text, size_t length) {
  char clean[MAX_TEXT_BYTES];
  for (size_t i = 0; i < length; ++i)
    clean[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i];
  pango_layout_set_text(layout, clean, (int)length);
}

static void set_width(PangoLayout *layout, int max_width, sumi_ellipsis_t ellipsis) {
  pango_layout_set_width(layout, max_width * PANGO_SCALE);
  pango_layout_set_ellipsize(layout, ellipsis == SUMI_ELLIPSIS_MIDDLE ? PANGO_ELLIPSIZE_MIDDLE
                                                                      : PANGO_ELLIPSIZE_END);
}

/* FNV-1a over the text, then the parameters mixed in. */
static uint64_t hash_of(const char *text, size_t length, double size_px, bool bold, int max_width,
                        sumi_ellipsis_t ellipsis) {
  const uint64_t prime = 0x100000001b3u;
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < length; ++i) hash = (hash ^ (unsigned char)text[i]) * prime;
  hash = (hash ^ (uint64_t)(size_px * 64)) * prime;
  hash = (hash ^ (uint64_t)(bold | (int)ellipsis << 1)) * prime;
  hash = (hash ^ (uint64_t)max_width) * prime;
  return hash ^ hash >> 29;
}

static bool is_entry(const entry_t *entry, const entry_t *wanted, const char *text) {
  return entry->hash == wanted->hash && entry->text_length == wanted->text_length &&
         entry->size_px == wanted->size_px && entry->max_width == wanted->max_width &&
         entry->bold == wanted->bold && entry->ellipsis == wanted->ellipsis &&
         memcmp(entry->text, text, wanted->text_length) == 0;
}

/* The slot that holds the wanted entry, or the empty one where it belongs. */
static entry_t **find_slot(engine_t *engine, const entry_t *wanted, const char *text) {
  size_t at = wanted->hash & (SLOTS - 1);
  while (engine->slots[at] && !is_entry(engine->slots[at], wanted, text))
    at = (at + 1) & (SLOTS - 1);
  return &engine->slots[at];
}

/* Draws the layout's ink into the coverage bytes of the entry. */
static sumi_status_t rasterise(PangoLayout *layout, const sumi__render_run_t *run, int logical_x,
                               uint8_t *coverage) {
  memset(coverage, 0, (size_t)run->stride * (size_t)run->height);
  cairo_surface_t *surface = cairo_image_surface_create_for_data(
      coverage, CAIRO_FORMAT_A8, run->width, run->height, run->stride);
  cairo_t *cr = cairo_create(surface);
  const double baseline = pango_layout_get_baseline(layout) / (double)PANGO_SCALE;
  cairo_translate(cr, -run->x - logical_x, -run->y - round(baseline));
  pango_cairo_show_layout(cr, layout);
  cairo_surface_flush(surface);
  const cairo_status_t status = cairo_status(cr);
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
  if (status == CAIRO_STATUS_SUCCESS) return SUMI_OK;
  return sumi_fail(SUMI_RESOURCE_EXHAUSTED, "cairo could not draw a text: %s",
                   cairo_status_to_string(status));
}

/* Shapes the layout's text into a new entry. */
static sumi_status_t new_entry(engine_t *engine, const entry_t *wanted, const char *text,
                               entry_t **made) {
  PangoLayout *layout = engine->layout;
  set_font(layout, wanted->size_px, wanted->bold);
  set_width(layout, wanted->max_width, wanted->ellipsis);
  set_text(layout, text, wanted->text_length);
  PangoRectangle ink, logical;
  pango_layout_get_pixel_extents(layout, &ink, &logical);
  const int baseline = (int)round(pango_layout_get_baseline(layout) / (double)PANGO_SCALE);
  /* One pixel more on each side, for what anti-aliasing adds. */
  const bool blank = ink.width <= 0 || ink.height <= 0;
  const int width = blank ? 0 : ink.width + 2, height = blank ? 0 : ink.height + 2;
  const int stride = cairo_format_stride_for_width(CAIRO_FORMAT_A8, width);
  const size_t text_bytes = (sizeof(entry_t) + wanted->text_length + 1 + 7) & ~(size_t)7;
  const size_t size = text_bytes + (size_t)stride * (size_t)height;
  entry_t *entry = sumi_malloc(size);
  if (!entry) return sumi_fail_alloc("a rasterised text", size);
  *entry = *wanted;
  memcpy(entry->text, text, wanted->text_length);
  entry->text[wanted->text_length] = '\0';
  uint8_t *coverage = (uint8_t *)entry + text_bytes;
  entry->run = (sumi__render_run_t){
      .advance = logical.width,
      .x = ink.x - 1 - logical.x,
      .y = ink.y - 1 - baseline,
      .width = width,
      .height = height,
      .stride = stride,
      .coverage = coverage,
      .unknown_glyphs = pango_layout_get_unknown_glyphs_count(layout)};
  const sumi_status_t status = blank ? SUMI_OK
                                     : rasterise(layout, &entry->run, logical.x, coverage);
  if (status != SUMI_OK) {
    sumi_free(entry);
    return status;
  }
  engine->cache_bytes += size;
  ++engine->run_count;
  *made = entry;
  return SUMI_OK;
}

size_t sumi__render_cut_length(const char *text, size_t most) {
  const char *end = memchr(text, '\0', most);
  if (end) return (size_t)(end - text);
  while (most > 0 && (text[most] & 0xC0) == 0x80) --most;
  return most;
}

sumi_status_t sumi__render_text_run(const char *text, double size_px, bool bold, int max_width,
                                    sumi_ellipsis_t ellipsis, sumi__render_run_t *run) {
  engine_t *engine = this_engine();
  if (!engine) return sumi_fail_alloc("the text engine of a thread", sizeof(engine_t));
  const size_t length = sumi__render_cut_length(text, MAX_TEXT_BYTES);
  if (max_width > MAX_RUN_PX) max_width = MAX_RUN_PX;
  const entry_t wanted = {.hash = hash_of(text, length, size_px, bold, max_width, ellipsis),
                          .text_length = length,
                          .size_px = size_px,
                          .max_width = max_width,
                          .bold = bold,
                          .ellipsis = ellipsis};
  entry_t **slot = find_slot(engine, &wanted, text);
  if (!*slot) {
    SUMI_TRY(sumi_utf8_check("a text to be drawn", text));
    if (engine->run_count >= MAX_RUNS || engine->cache_bytes > MAX_CACHE_BYTES) {
      empty_cache(engine);
      slot = find_slot(engine, &wanted, text);
    }
    SUMI_TRY(new_entry(engine, &wanted, text, slot));
  }
  *run = (*slot)->run;
  return SUMI_OK;
}

sumi_status_t sumi__render_text_show(cairo_t *cairo, const char *text, double size_px, bool bold,
                                     int max_width, sumi_ellipsis_t ellipsis) {
  engine_t *engine = this_engine();
  if (!engine) return sumi_fail_alloc("the text engine of a thread", sizeof(engine_t));
  SUMI_TRY(sumi_utf8_check("a text to be drawn", text));
  PangoLayout *layout = engine->layout;
  set_font(layout, size_px, bold);
  set_width(layout, max_width < MAX_RUN_PX ? max_width : MAX_RUN_PX, ellipsis);
  set_text(layout, text, sumi__render_cut_length(text, MAX_TEXT_BYTES));
  PangoRectangle logical;
  pango_layout_get_pixel_extents(layout, NULL, &logical);
  cairo_move_to(cairo, -logical.x, -pango_layout_get_baseline(layout) / (double)PANGO_SCALE);
  pango_cairo_show_layout(cairo, layout);
  return SUMI_OK;
}

/* DejaVu Sans: ascent 1901 and descent 483 of 2048 units per em. */
sumi__render_line_metrics_t sumi__render_line_metrics(double size_px) {
  return (sumi__render_line_metrics_t){(int)ceil(size_px * 1901 / 2048),
                                       (int)ceil(size_px * 483 / 2048)};
}

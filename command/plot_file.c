#include "plot.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sumi/alloc.h>
#include <sumi/charts.h>
#include <sumi/file.h>
#include <sumi/png.h>

enum { DEFAULT_WIDTH_PX = 640, DEFAULT_HEIGHT_PX = 400, MOST_CURVES = 32 };
#define FAINT 0x50000000u /* alpha */

/* The formats by the ends of names. */
static const struct {
  const char *ending;
  sumi_document_format_t document; /* 0: pixels */
} formats[] = {{".png", 0}, {".svg", SUMI_DOCUMENT_SVG}, {".pdf", SUMI_DOCUMENT_PDF}};

enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

/* FORMAT_COUNT: none. */
static int format_of(const char *path) {
  const size_t size = strlen(path);
  int format = 0;
  for (; format < FORMAT_COUNT; ++format) {
    const size_t ending = strlen(formats[format].ending);
    if (size > ending && strcmp(path + size - ending, formats[format].ending) == 0) break;
  }
  return format;
}

bool sumi__command_is_chart(const char *path) {
  return format_of(path) < FORMAT_COUNT;
}

/* What the charts have in common. */
typedef struct page {
  const arguments_t *arguments;
  const char **runs, **tags;
  size_t run_count;
  int width_px, height_px;
  bool one_run, one_tag; /* of all curves: names need not say them */
} page_t;

static sumi_array_view_t view_of(const double *numbers, size_t count) {
  return (sumi_array_view_t){SUMI_FLOAT64, 1, {(int64_t)count}, numbers};
}

/* What tells the curve from the others of its chart, a text to be released; NULL without memory. */
static char *name_of(const page_t *page, const curve_t *curve) {
  const char *tag = page->tags[curve->tag];
  sumi_buffer_t text = {0};
  if (page->arguments->together && (!page->one_tag || page->one_run)) sumi_buffer_puts(&text, tag);
  const bool says_run = !page->arguments->together || !page->one_run;
  if (says_run && text.size) sumi_buffer_puts(&text, ", ");
  if (says_run && curve->run == ALL_RUNS)
    sumi_buffer_printf(&text, "mean of %zu runs", page->run_count);
  else if (says_run)
    sumi_buffer_puts(&text, page->runs[curve->run]);
  return sumi_buffer_text(&text) ? text.data : NULL;
}

/* A run has one colour in all charts. */
static sumi_color_t color_of(const page_t *page, const curve_t *curve, size_t index) {
  return sumi_palette_color(page->arguments->together || curve->run == ALL_RUNS ? (int)index
                                                                                : curve->run);
}

static void subtitle_of(const page_t *page, bool faint, char *text, size_t size) {
  const arguments_t *a = page->arguments;
  int used = 0;
  *text = '\0';
  if (a->smoothing > 0)
    used = snprintf(text, size, "smoothed by %g%s", a->smoothing,
                    faint ? ", faint: as logged" : "");
  if (a->band)
    snprintf(text + used, size - (size_t)used, "%sband: %s", used ? "; " : "",
             strcmp(a->band, "std") == 0 ? "one standard deviation on either side"
                                         : "from the smallest to the largest");
}

/* One chart of `count` curves. */
static sumi_status_t draw_chart(const page_t *page, sumi_canvas_t *canvas, sumi_rect_t place,
                                const curve_t *curves, const curve_t *logged, size_t count) {
  sumi_series_t series[MOST_CURVES] = {0};
  sumi_band_t bands[MOST_CURVES] = {0};
  char *names[MOST_CURVES] = {0}, subtitle[128];
  const bool faint = logged && 2 * count <= MOST_CURVES;
  bool enough = true;
  int drawn = 0;
  for (size_t i = 0; faint && i < count; ++i)
    series[drawn++] = (sumi_series_t){.x = view_of(logged[i].steps, logged[i].count),
                                      .y = view_of(logged[i].values, logged[i].count),
                                      .color = (color_of(page, &curves[i], i) & 0xffffff) | FAINT};
  for (size_t i = 0; i < count; ++i) {
    const curve_t *curve = &curves[i];
    enough &= (names[i] = name_of(page, curve)) != NULL;
    const sumi_array_view_t steps = view_of(curve->steps, curve->count);
    series[drawn++] = (sumi_series_t){.name = names[i],
                                      .x = steps,
                                      .y = view_of(curve->values, curve->count),
                                      .color = color_of(page, curve, i)};
    if (curve->low)
      bands[i] = (sumi_band_t){.x = steps,
                               .low = view_of(curve->low, curve->count),
                               .high = view_of(curve->high, curve->count)};
  }
  subtitle_of(page, faint, subtitle, sizeof subtitle);
  const arguments_t *a = page->arguments;
  sumi_status_t status = enough ? SUMI_OK : sumi_fail_alloc("the names of curves", 0);
  if (status == SUMI_OK)
    status = sumi_line_chart_draw_on(
        canvas, place, series, drawn, .title = a->together ? NULL : page->tags[curves->tag],
        .subtitle = *subtitle ? subtitle : NULL, .x_label = "step",
        .log_y = a->log && strchr(a->log, 'y'), .bands = bands,
        .band_count = a->band ? (int)count : 0, .log_x = a->log && strchr(a->log, 'x'));
  for (size_t i = 0; i < count; ++i) sumi_free(names[i]);
  return status;
}

/* How many curves from the first on share a chart. */
static size_t chart_size(const page_t *page, const curves_t *curves, size_t first) {
  size_t end = first;
  while (end < curves->count &&
         (page->arguments->together || curves->list[end].tag == curves->list[first].tag))
    ++end;
  return end - first;
}

/* The number of charts; 0 when one would have too many curves, said. */
static int chart_count(const page_t *page, const curves_t *curves) {
  int count = 0;
  for (size_t i = 0, size; i < curves->count; i += size, ++count) {
    size = chart_size(page, curves, i);
    if (size <= MOST_CURVES) continue;
    sumi__command_fail("a chart would have %zu curves, at most %d are told apart; --run and --tag "
                       "choose, --band takes runs together",
                       size, MOST_CURVES);
    return 0;
  }
  return count;
}

static sumi_status_t draw_page(const page_t *page, sumi_canvas_t *canvas, int columns,
                               const curves_t *curves, const curves_t *logged) {
  int chart = 0;
  for (size_t i = 0, size; i < curves->count; i += size, ++chart) {
    size = chart_size(page, curves, i);
    const sumi_rect_t place = {chart % columns * page->width_px, chart / columns * page->height_px,
                               page->width_px, page->height_px};
    SUMI_TRY(
        draw_chart(page, canvas, place, curves->list + i, logged ? logged->list + i : NULL, size));
  }
  return SUMI_OK;
}

/* The canvas as the bytes of its file. */
static sumi_status_t finish(sumi_canvas_t *canvas, sumi_document_format_t document,
                            sumi_buffer_t *bytes) {
  if (document) return sumi_canvas_finish_document(canvas, bytes);
  sumi_picture_t picture;
  SUMI_TRY(sumi_canvas_finish(canvas, &picture));
  const sumi_status_t status = sumi_picture_encode_png(&picture, bytes);
  sumi_picture_free(&picture);
  return status;
}

static sumi_status_t write_page(const page_t *page, int charts, const curves_t *curves,
                                const curves_t *logged) {
  const sumi_document_format_t document = formats[format_of(page->arguments->output)].document;
  const int columns = (int)ceil(sqrt(charts)), rows = (charts + columns - 1) / columns;
  const int64_t width = (int64_t)columns * page->width_px, height = (int64_t)rows * page->height_px;
  sumi_canvas_t *canvas;
  SUMI_TRY(document ? sumi_canvas_new_document(document, width, height, 0, &canvas)
                    : sumi_canvas_new(width, height, 0, &canvas));
  sumi_status_t status = draw_page(page, canvas, columns, curves, logged);
  if (status != SUMI_OK) {
    sumi_canvas_free(canvas);
    return status;
  }
  sumi_buffer_t bytes = {0};
  status = finish(canvas, document, &bytes);
  const sumi_file_part_t part = {bytes.data, bytes.size};
  if (status == SUMI_OK) status = sumi_file_replace_path(page->arguments->output, 1, &part);
  sumi_buffer_release(&bytes);
  return status;
}

int sumi__command_draw_charts(const arguments_t *arguments, const series_t *series,
                              const curves_t *curves, const curves_t *logged) {
  page_t page = {.arguments = arguments,
                 .runs = sumi__command_series_names(&series->runs),
                 .tags = sumi__command_series_names(&series->tags),
                 .run_count = series->runs.count,
                 .width_px = arguments->width ? arguments->width : DEFAULT_WIDTH_PX,
                 .height_px = arguments->height ? arguments->height : DEFAULT_HEIGHT_PX,
                 .one_run = series->runs.count == 1,
                 .one_tag = series->tags.count == 1};
  int status = EXIT_FAILED;
  if (!page.runs || !page.tags) {
    sumi__command_fail("out of memory");
  } else if (curves->count == 0) {
    sumi__command_fail("there are no scalars to draw");
  } else {
    const int charts = chart_count(&page, curves);
    if (charts > 0 && write_page(&page, charts, curves, logged) == SUMI_OK)
      status = EXIT_FINE;
    else if (charts > 0)
      sumi__command_fail("%s", sumi_error_message());
  }
  sumi_free(page.runs);
  sumi_free(page.tags);
  return status;
}

static void put_point(const curve_t *curve, size_t i, const char *tag, const char *run) {
  fputs("{\"tag\":", stdout);
  sumi__command_json_text(stdout, tag, strlen(tag));
  if (run) {
    fputs(",\"run\":", stdout);
    sumi__command_json_text(stdout, run, strlen(run));
  }
  printf(",\"step\":%.0f,\"value\":", curve->steps[i]);
  sumi__command_json_number(stdout, curve->values[i], curve->single);
  if (curve->low) {
    fputs(",\"low\":", stdout);
    sumi__command_json_number(stdout, curve->low[i], false);
    fputs(",\"high\":", stdout);
    sumi__command_json_number(stdout, curve->high[i], false);
  }
  puts("}");
}

bool sumi__command_put_curves(const series_t *series, const curves_t *curves) {
  const char **runs = sumi__command_series_names(&series->runs);
  const char **tags = sumi__command_series_names(&series->tags);
  const bool enough = runs && tags;
  for (size_t c = 0; enough && c < curves->count; ++c) {
    const curve_t *curve = &curves->list[c];
    for (size_t i = 0; i < curve->count; ++i)
      put_point(curve, i, tags[curve->tag], curve->run == ALL_RUNS ? NULL : runs[curve->run]);
  }
  sumi_free(runs);
  sumi_free(tags);
  return enough;
}

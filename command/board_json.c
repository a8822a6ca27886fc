#include "board.h"

#include "base64.h"
#include "sample.h"
#include "text.h"

#include <math.h>
#include <string.h>

#include <sumi/alloc.h>

static const char *const kind_names[] = {
    [BOARD_SCALARS] = "scalars",       [BOARD_IMAGES] = "images", [BOARD_AUDIO] = "audio",
    [BOARD_HISTOGRAMS] = "histograms", [BOARD_TEXT] = "text",     [BOARD_OTHER] = "other"};

static void put_text(FILE *file, const char *name, const char *text) {
  fprintf(file, ",\"%s\":", name);
  sumi__command_json_text(file, text, strlen(text));
}

/* ---- Runs and tags ---- */

static void put_run(FILE *file, const board_run_t *run) {
  fputs("{\"name\":", file);
  sumi__command_json_text(file, run->name.text, run->name.size_bytes);
  fprintf(file, ",\"damagedPlaces\":%llu,\"damagedBytes\":%llu,\"began\":",
          (unsigned long long)run->damage.places, (unsigned long long)run->damage.skipped_bytes);
  sumi__command_json_number(file, run->began_s, false);
  if (run->hparams) fprintf(file, ",\"hparams\":%s,\"ended\":%d", run->hparams, run->ended);
  fputc('}', file);
}

static void put_tag(FILE *file, const board_tag_t *tag) {
  fprintf(file, "{\"number\":%d,\"kind\":\"%s\"", tag->number, kind_names[tag->kind]);
  put_text(file, "name", tag->name.text + 1);
  put_text(file, "plugin", tag->plugin);
  put_text(file, "title", tag->title);
  put_text(file, "description", tag->description);
  fputs(",\"runs\":[", file);
  for (const board_series_t *series = tag->first; series; series = series->next)
    fprintf(file, "%s%d", series == tag->first ? "" : ",", series->run);
  fputs("]}", file);
}

void sumi__command_board_put_index(FILE *file, const board_t *board) {
  fputs("{\"title\":", file);
  sumi__command_json_text(file, board->title, strlen(board->title));
  if (board->metrics) fprintf(file, ",\"metrics\":%s", board->metrics);
  fputs(",\"runs\":[", file);
  for (size_t i = 0; i < board->runs.count; ++i) {
    if (i) fputc(',', file);
    put_run(file, board->run_list[i]);
  }
  fputs("],\"tags\":[", file);
  for (size_t i = 0; i < board->tags.count; ++i) {
    if (i) fputc(',', file);
    put_tag(file, board->tag_list[i]);
  }
  fputs("]}", file);
}

/* ---- Which values are shown ---- */

enum { ALL_POINTS = 40000, MOST_POINTS = 1000, LEAST_POINTS = 100, MOST_HISTOGRAMS = 50 };

static void mark(void *user, size_t index) {
  ((bool *)user)[index] = true;
}

/* A bool for each value, for sumi_free; NULL without memory. A chart is some hundred pixels wide,
 * and more series share what a page can hold. */
static bool *choose(const board_t *board, board_kind_t kind, const board_series_t *series) {
  bool *shown = sumi_calloc(series->count + 1, sizeof *shown);
  if (!shown) return NULL;
  const sample_t sample = {mark, shown};
  size_t most = board->most ? board->most : kind == BOARD_HISTOGRAMS ? MOST_HISTOGRAMS : SIZE_MAX;
  if (kind != BOARD_SCALARS) {
    sumi__command_sample_spread(&sample, series->count, most);
    return shown;
  }
  most = ALL_POINTS / board->scalar_series;
  if (most > MOST_POINTS) most = MOST_POINTS;
  if (most < LEAST_POINTS) most = LEAST_POINTS;
  sumi__command_sample_spikes(&sample, &series->values[0].is.number, sizeof *series->values,
                              series->count, most);
  return shown;
}

/* ---- Series: columns, of which steps and times are differences from the last ---- */

static int64_t milliseconds(const board_value_t *value) {
  return fabs(value->time_s) < 1e12 ? llround(value->time_s * 1000) : 0;
}

static void put_steps(FILE *file, const board_series_t *series, const bool *shown) {
  const char *separator = "";
  int64_t last = 0;
  fputs("\"steps\":[", file);
  for (size_t i = 0; i < series->count; ++i) {
    if (!shown[i]) continue;
    const int64_t step = series->values[i].step;
    if (*separator)
      fprintf(file, ",%llu", (unsigned long long)((uint64_t)step - (uint64_t)last));
    else
      fprintf(file, "%lld", (long long)step);
    last = step;
    separator = ",";
  }
  fputs("],\"times\":[", file);
  last = 0;
  separator = "";
  for (size_t i = 0; i < series->count; ++i) {
    if (!shown[i]) continue;
    const int64_t now = milliseconds(&series->values[i]);
    fprintf(file, "%s%lld", separator, (long long)(now - last));
    last = now;
    separator = ",";
  }
  fputs("],", file);
}

static void put_scalars(FILE *file, const board_series_t *series, const bool *shown) {
  const char *separator = "";
  fputs("\"values\":[", file);
  for (size_t i = 0; i < series->count; ++i) {
    if (!shown[i]) continue;
    fputs(separator, file);
    sumi__command_json_number(file, series->values[i].is.number, series->single);
    separator = ",";
  }
  fputs("]", file);
}

/* The pictures or sounds of each shown step; none where the file cannot be read any more. */
static void put_media(FILE *file, board_kind_t kind, const board_series_t *series,
                      const bool *shown) {
  const char *separator = "";
  fputs("\"items\":[", file);
  for (size_t i = 0; i < series->count; ++i) {
    if (!shown[i]) continue;
    const board_value_t *place = &series->values[i];
    fputs(separator, file);
    separator = ",";
    sumi_event_reader_t *reader;
    const sumi_event_value_t *value = sumi__command_board_load(place, &reader);
    fputc('[', file);
    for (int64_t k = 0; value && k < sumi__command_board_item_count(kind, value); ++k) {
      const sumi_bytes_view_t *bytes = sumi__command_board_item(kind, value, k);
      fprintf(file, "%s\"data:%s;base64,", k ? "," : "", sumi__command_board_media_type(bytes));
      sumi__command_base64(file, bytes->data, bytes->size_bytes);
      fputc('"', file);
    }
    fputc(']', file);
    sumi_event_reader_free(reader);
  }
  fputc(']', file);
}

static void put_strings(FILE *file, const sumi_event_strings_t *strings) {
  fputs("{\"shape\":[", file);
  for (int axis = 0; axis < strings->rank; ++axis)
    fprintf(file, "%s%lld", axis ? "," : "", (long long)strings->dims[axis]);
  fputs("],\"texts\":[", file);
  for (int64_t i = 0; i < sumi__command_string_count(strings); ++i) {
    if (i) fputc(',', file);
    sumi__command_json_text(file, strings->items[i].data, strings->items[i].size_bytes);
  }
  fputs("]}", file);
}

static void put_texts(FILE *file, const board_series_t *series, const bool *shown) {
  const char *separator = "";
  fputs("\"texts\":[", file);
  for (size_t i = 0; i < series->count; ++i) {
    if (!shown[i]) continue;
    sumi_event_reader_t *reader;
    const sumi_event_value_t *value = sumi__command_board_load(&series->values[i], &reader);
    fputs(separator, file);
    separator = ",";
    if (value && value->kind == SUMI_EVENT_STRINGS)
      put_strings(file, &value->strings);
    else
      fputs("null", file);
    sumi_event_reader_free(reader);
  }
  fputc(']', file);
}

/* ---- Histograms: all steps over the same equal bins ---- */

enum { BINS = 60 };

typedef struct range {
  double low, high;
} range_t;

/* Spreads a bucket's count evenly over the bins that it covers. */
static void spread(const range_t *range, const double row[3], double bins[BINS]) {
  const double width = (range->high - range->low) / BINS;
  if (!(row[2] > 0) || !isfinite(row[0]) || !isfinite(row[1])) return;
  const double first = width > 0 ? (row[0] - range->low) / width : 0;
  const double last = width > 0 ? (row[1] - range->low) / width : 0;
  if (!(last > first)) {
    bins[(int)fmin(fmax(first, 0), BINS - 1)] += row[2];
    return;
  }
  for (int bin = (int)fmax(first, 0); bin < BINS && bin < last; ++bin) {
    const double part = fmin(bin + 1, last) - fmax(bin, first);
    if (part > 0) bins[bin] += row[2] * part / (last - first);
  }
}

typedef void (*bucket_visit_t)(void *user, const double row[3]);

static void visit_buckets(const board_value_t *place, bucket_visit_t visit, void *user) {
  sumi_event_reader_t *reader;
  const sumi_event_value_t *value = sumi__command_board_load(place, &reader);
  int64_t rows = 0;
  if (value && sumi_event_value_histogram_rows(value, &rows) != SUMI_OK) rows = 0;
  for (int64_t i = 0; i < rows; ++i) {
    double row[3];
    sumi_event_value_histogram_row(value, i, row);
    visit(user, row);
  }
  sumi_event_reader_free(reader);
}

static void widen(void *user, const double row[3]) {
  range_t *range = user;
  if (!(row[2] > 0) || !isfinite(row[0]) || !isfinite(row[1])) return;
  if (row[0] < range->low) range->low = row[0];
  if (row[1] > range->high) range->high = row[1];
}

typedef struct binning {
  range_t range;
  double bins[BINS];
} binning_t;

static void add_bucket(void *user, const double row[3]) {
  binning_t *binning = user;
  spread(&binning->range, row, binning->bins);
}

static void put_histograms(FILE *file, const board_series_t *series, const bool *shown) {
  binning_t binning = {{INFINITY, -INFINITY}, {0}};
  for (size_t i = 0; i < series->count; ++i)
    if (shown[i]) visit_buckets(&series->values[i], widen, &binning.range);
  if (!(binning.range.low <= binning.range.high)) binning.range = (range_t){0, 0};
  fputs("\"low\":", file);
  sumi__command_json_number(file, binning.range.low, false);
  fputs(",\"high\":", file);
  sumi__command_json_number(file, binning.range.high, false);
  fputs(",\"counts\":[", file);
  const char *separator = "";
  for (size_t i = 0; i < series->count; ++i) {
    if (!shown[i]) continue;
    memset(binning.bins, 0, sizeof binning.bins);
    visit_buckets(&series->values[i], add_bucket, &binning);
    fprintf(file, "%s[", separator);
    for (int bin = 0; bin < BINS; ++bin) {
      if (bin) fputc(',', file);
      sumi__command_json_number(file, (float)binning.bins[bin], true);
    }
    fputc(']', file);
    separator = ",";
  }
  fputc(']', file);
}

void sumi__command_board_put_tag(FILE *file, const board_t *board, const board_tag_t *tag) {
  fputs("{\"series\":[", file);
  for (const board_series_t *series = tag->first; series; series = series->next) {
    bool *shown = choose(board, tag->kind, series);
    if (series != tag->first) fputc(',', file);
    fprintf(file, "{\"run\":%d,\"count\":%zu,", series->run, series->count);
    const board_series_t nothing = {.run = series->run};
    const board_series_t *put = shown ? series : &nothing;
    put_steps(file, put, shown);
    switch (tag->kind) {
    case BOARD_SCALARS: put_scalars(file, put, shown); break;
    case BOARD_IMAGES:
    case BOARD_AUDIO: put_media(file, tag->kind, put, shown); break;
    case BOARD_TEXT: put_texts(file, put, shown); break;
    case BOARD_HISTOGRAMS: put_histograms(file, put, shown); break;
    case BOARD_OTHER: fputs("\"values\":[]", file); break;
    }
    fputc('}', file);
    sumi_free(shown);
  }
  fputs("]}", file);
}

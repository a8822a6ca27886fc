/* sumi plot: scalars as curves in the terminal, in dots of braille, or in files. */
#include "braille.h"
#include "plot.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <sumi/alloc.h>
#include <sumi/decimal.h>

enum {
  LABEL_WIDTH = 11, /* "-1.234e-05 " */
  LABEL_DIGITS = 4,
  LEAST_WIDTH = 20,
  MOST_WIDTH = 500
};

/* A terminal's colours that are told apart on light and on dark. */
static const char *const colors[] = {"\033[34m", "\033[33m", "\033[32m",
                                     "\033[35m", "\033[36m", "\033[31m"};

enum { COLOR_COUNT = sizeof colors / sizeof *colors };

typedef struct cell {
  unsigned char dots;
  int run; /* that drew here last */
} cell_t;

typedef struct canvas {
  int width, height; /* in characters */
  bool colored;
  cell_t *cells;
} canvas_t;

/* What a plot shows. */
typedef struct range {
  double first_step, last_step, low, high;
  bool is_empty;
} range_t;

static void put_dot(canvas_t *canvas, int column, int row, int run) {
  cell_t *cell = &canvas->cells[row / DOT_ROWS * canvas->width + column / DOT_COLUMNS];
  cell->dots |= sumi__command_dot(row, column);
  cell->run = run;
}

/* Bresenham 1965. */
static void put_line(canvas_t *canvas, int x, int y, int to_x, int to_y, int run) {
  const int dx = abs(to_x - x), dy = -abs(to_y - y);
  const int step_x = x < to_x ? 1 : -1, step_y = y < to_y ? 1 : -1;
  for (int error = dx + dy;;) {
    put_dot(canvas, x, y, run);
    if (x == to_x && y == to_y) return;
    const int twice = 2 * error;
    if (twice >= dy) error += dy, x += step_x;
    if (twice <= dx) error += dx, y += step_y;
  }
}

/* Where a value between two ends falls among `count` dots. */
static int place(double value, double first, double last, int count) {
  if (last == first) return (count - 1) / 2;
  return (int)lround((value - first) / (last - first) * (count - 1));
}

static range_t range_of(const point_t *points, size_t count) {
  range_t range = {.is_empty = true};
  for (size_t i = 0; i < count; ++i) {
    const double step = (double)points[i].step, value = points[i].value;
    if (!isfinite(value)) continue;
    if (range.is_empty) range = (range_t){step, step, value, value, false};
    range.first_step = fmin(range.first_step, step);
    range.last_step = fmax(range.last_step, step);
    range.low = fmin(range.low, value);
    range.high = fmax(range.high, value);
  }
  return range;
}

/* A curve: points of one tag, by step; those of other runs are passed over. What is not finite is a
 * gap. */
static void draw_run(canvas_t *canvas, const range_t *range, const point_t *points, size_t count,
                     int run) {
  int last_x = -1, last_y = -1;
  for (size_t i = 0; i < count; ++i) {
    if (points[i].run != run) continue;
    if (!isfinite(points[i].value)) {
      last_x = -1;
      continue;
    }
    const int x = place((double)points[i].step, range->first_step, range->last_step,
                        canvas->width * DOT_COLUMNS);
    const int y = place(points[i].value, range->high, range->low, canvas->height * DOT_ROWS);
    put_line(canvas, last_x < 0 ? x : last_x, last_x < 0 ? y : last_y, x, y, run);
    last_x = x;
    last_y = y;
  }
}

static void put_color(const canvas_t *canvas, int run) {
  if (canvas->colored) fputs(run < 0 ? "\033[0m" : colors[run % COLOR_COUNT], stdout);
}

static void put_row(const canvas_t *canvas, int row) {
  for (int column = 0; column < canvas->width; ++column) {
    const cell_t *cell = &canvas->cells[row * canvas->width + column];
    if (cell->dots) put_color(canvas, cell->run);
    sumi__command_put_dots(stdout, cell->dots);
  }
  put_color(canvas, -1);
  fputc('\n', stdout);
}

static void put_canvas(const canvas_t *canvas, const range_t *range) {
  char text[NUMBER_TEXT_SIZE];
  const double middle = range->low + (range->high - range->low) / 2;
  for (int row = 0; row < canvas->height; ++row) {
    const bool labelled = row == 0 || row == canvas->height - 1 || row == canvas->height / 2;
    const double value = row == 0 ? range->high : row == canvas->height - 1 ? range->low : middle;
    if (labelled) sumi_decimal(text, sizeof text, 'g', LABEL_DIGITS, value);
    printf("%*s ", LABEL_WIDTH - 1, labelled ? text : "");
    put_row(canvas, row);
  }
  char last[NUMBER_TEXT_SIZE];
  snprintf(last, sizeof last, "%.0f", range->last_step);
  printf("%*s%-*.0f%s\n", LABEL_WIDTH, "", canvas->width - (int)strlen(last), range->first_step,
         last);
}

static void put_legend(const canvas_t *canvas, const bool *drawn, const char **runs, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (!drawn[i]) continue;
    printf("%*s", LABEL_WIDTH, "");
    put_color(canvas, (int)i);
    fputs("\xE2\xA0\x89\xE2\xA0\x89 ", stdout); /* dots as in the curve */
    put_color(canvas, -1);
    sumi__command_plain(stdout, runs[i], strlen(runs[i]));
    fputc('\n', stdout);
  }
}

/* The points of one tag. */
static void plot_tag(canvas_t *canvas, const series_t *series, const point_t *points, size_t count,
                     const char *tag, const char **runs, bool *drawn) {
  const range_t range = range_of(points, count);
  sumi__command_plain(stdout, tag, strlen(tag));
  puts(range.is_empty ? ": no finite values" : "");
  if (range.is_empty) return;
  memset(canvas->cells, 0, (size_t)canvas->width * (size_t)canvas->height * sizeof(cell_t));
  memset(drawn, 0, series->runs.count);
  for (size_t i = 0; i < count; ++i) drawn[points[i].run] = true;
  for (size_t run = 0; run < series->runs.count; ++run)
    if (drawn[run]) draw_run(canvas, &range, points, count, (int)run);
  put_canvas(canvas, &range);
  put_legend(canvas, drawn, runs, series->runs.count);
}

/* As wide as the terminal, or as COLUMNS says. */
static int terminal_width(void) {
  struct winsize size;
  const char *columns = getenv("COLUMNS");
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return columns ? atoi(columns) : 80;
}

static int bounded(int value, int least, int most) {
  return value < least ? least : value > most ? most : value;
}

static bool plot_all(canvas_t *canvas, series_t *series) {
  const char **runs = sumi__command_series_names(&series->runs);
  const char **tags = sumi__command_series_names(&series->tags);
  bool *drawn = sumi_calloc(series->runs.count + 1, sizeof *drawn);
  canvas->cells = sumi_calloc((size_t)canvas->width * (size_t)canvas->height, sizeof(cell_t));
  const bool enough = runs && tags && drawn && canvas->cells;
  sumi__command_series_sort(series, BY_TAG);
  for (size_t i = 0, end; enough && i < series->count; i = end) {
    for (end = i; end < series->count && series->points[end].tag == series->points[i].tag;) ++end;
    if (i > 0) fputc('\n', stdout);
    plot_tag(canvas, series, series->points + i, end - i, tags[series->points[i].tag], runs, drawn);
  }
  sumi_free(canvas->cells);
  sumi_free(drawn);
  sumi_free(tags);
  sumi_free(runs);
  return enough;
}

static bool show(const arguments_t *arguments, series_t *series) {
  canvas_t canvas = {.width = bounded(terminal_width() - LABEL_WIDTH, LEAST_WIDTH, MOST_WIDTH),
                     .height = bounded((int)arguments->count, 2, 200),
                     .colored = isatty(STDOUT_FILENO) && !getenv("NO_COLOR")};
  return plot_all(&canvas, series);
}

static int draw(const arguments_t *arguments, series_t *series) {
  curves_t curves = {0}, logged = {0};
  const bool faint = arguments->smoothing > 0 && !arguments->band;
  int status = EXIT_FAILED;
  bool enough = !faint || sumi__command_curves(&logged, series, NULL);
  if (enough) sumi__command_smooth(series, arguments->smoothing);
  enough = enough && sumi__command_curves(&curves, series, arguments->band);
  if (!enough)
    sumi__command_fail("out of memory");
  else if (arguments->output)
    status = sumi__command_draw_charts(arguments, series, &curves, faint ? &logged : NULL);
  else if (arguments->json)
    status = sumi__command_put_curves(series, &curves) ? EXIT_FINE
                                                       : sumi__command_fail("out of memory");
  else
    status = show(arguments, series) ? EXIT_FINE : sumi__command_fail("out of memory");
  sumi__command_curves_release(&logged);
  sumi__command_curves_release(&curves);
  return status;
}

/* -1 to go on. */
static int check(const arguments_t *arguments) {
  const bool has_chart = arguments->output, is_drawn = has_chart || arguments->json;
  if (!(arguments->smoothing < 1))
    return sumi__command_misused("plot", "--smooth is %g; 0 to less than 1 is expected",
                                 arguments->smoothing);
  if (has_chart && !sumi__command_is_chart(arguments->output))
    return sumi__command_misused("plot", "'%s' ends in none of .png, .svg and .pdf",
                                 arguments->output);
  if (arguments->band && !is_drawn)
    return sumi__command_misused("plot", "--band needs --output or --json");
  if (!has_chart && (arguments->log || arguments->together || arguments->width))
    return sumi__command_misused("plot", "--log, --together and --size need --output");
  return -1;
}

static int plot(const arguments_t *arguments) {
  const int misused = check(arguments);
  if (misused >= 0) return misused;
  source_t *source = sumi__command_open(arguments);
  if (!source) return EXIT_FAILED;
  series_t series = {0};
  const sumi_status_t read = sumi__command_series_read(&series, source, arguments);
  int status = EXIT_FAILED;
  if (read == SUMI_OK)
    status = draw(arguments, &series);
  else if (read == SUMI_RESOURCE_EXHAUSTED)
    sumi__command_fail("out of memory");
  sumi__command_series_release(&series);
  sumi__command_close(source);
  return status;
}

const command_t sumi__command_plot = {
    .name = "plot",
    .summary = "Scalars as curves in the terminal, a plot for each tag, or as charts in a file",
    .options = "run tag steps lines output smooth band log together size json",
    .details =
        "A plot is N lines high, and as wide as the terminal or the variable COLUMNS. Runs have "
        "colours on\na terminal, unless NO_COLOR is set. With --output, charts go to a .png, .svg "
        "or .pdf file; with --json,\nthe points of the curves are printed.\n",
    .run = plot};

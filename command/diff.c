/* sumi diff: where the scalars of two runs, or of two folders of runs, part. */
#include "series.h"
#include "text.h"

#include <math.h>
#include <string.h>

#include <sumi/alloc.h>

typedef struct counts {
  size_t different, only[2]; /* on both sides, on one alone */
} counts_t;

/* The only run of a path is called as the path is: "." on both sides. */
static sumi_status_t read_side(series_t *series, const arguments_t *arguments, int side) {
  arguments_t one = *arguments;
  one.paths += side;
  one.path_count = 1;
  series->side = side;
  series->path = one.paths[0];
  source_t *source = sumi__command_open(&one);
  if (!source) return SUMI_UNAVAILABLE;
  const sumi_status_t status = sumi__command_series_read(series, source, &one);
  sumi__command_close(source);
  return status;
}

static bool are_apart(double a, double b, double tolerance) {
  if (isnan(a) || isnan(b)) return isnan(a) != isnan(b);
  return a != b && !(fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b)));
}

static void say(const char *run, const char *tag, const point_t *a, const point_t *b) {
  char left[NUMBER_TEXT_SIZE], right[NUMBER_TEXT_SIZE];
  sumi__command_plain(stdout, run, strlen(run));
  fputc('\t', stdout);
  sumi__command_plain(stdout, tag, strlen(tag));
  printf("\t%lld\t%s\t%s\n", (long long)(a ? a : b)->step,
         a ? sumi__command_number(a->value, a->single, left) : "-",
         b ? sumi__command_number(b->value, b->single, right) : "-");
}

/* The point of the other side at the same place, which stands behind it. */
static const point_t *partner(const series_t *series, size_t index) {
  const point_t *point = &series->points[index], *next = point + 1;
  const bool same = index + 1 < series->count && next->run == point->run &&
                    next->tag == point->tag && next->step == point->step;
  return same ? next : NULL;
}

/* Prints the first places that part, and counts all. */
static counts_t compare(const series_t *series, const arguments_t *arguments, const char **runs,
                        const char **tags) {
  counts_t counts = {0};
  int64_t printed = 0;
  for (size_t i = 0; i < series->count; ++i) {
    const point_t *point = &series->points[i], *other = partner(series, i);
    if (other) ++i;
    if (other && !are_apart(point->value, other->value, arguments->tolerance)) continue;
    ++*(other ? &counts.different : &counts.only[point->side]);
    if (printed++ >= arguments->count) continue;
    const point_t *first = point->side == 0 ? point : NULL;
    say(runs[point->run], tags[point->tag], first, first ? other : point);
  }
  return counts;
}

static int report(const counts_t *counts) {
  if (counts->different + counts->only[0] + counts->only[1] == 0) return EXIT_FINE;
  fflush(stdout);
  fprintf(stderr, "sumi: %zu values differ, %zu stand in the first alone, %zu in the second\n",
          counts->different, counts->only[0], counts->only[1]);
  return EXIT_FOUND;
}

static int diff(const arguments_t *arguments) {
  if (arguments->path_count != 2) {
    sumi__command_fail("diff: two paths are needed");
    return EXIT_MISUSED;
  }
  series_t series = {0};
  sumi_status_t status = read_side(&series, arguments, 0);
  if (status == SUMI_OK) status = read_side(&series, arguments, 1);
  const char **runs = sumi__command_series_names(&series.runs);
  const char **tags = sumi__command_series_names(&series.tags);
  counts_t counts = {0};
  if (!runs || !tags || status == SUMI_RESOURCE_EXHAUSTED) {
    status = SUMI_RESOURCE_EXHAUSTED;
    sumi__command_fail("out of memory");
  }
  if (status == SUMI_OK) {
    sumi__command_series_sort(&series, BY_RUN);
    counts = compare(&series, arguments, runs, tags);
  }
  sumi_free(runs);
  sumi_free(tags);
  sumi__command_series_release(&series);
  return status == SUMI_OK ? report(&counts) : EXIT_FAILED;
}

const command_t sumi__command_diff = {
    .name = "diff",
    .summary = "Where the scalars of two runs, or of two folders of runs, part",
    .options = "run tag steps lines tolerance",
    .details =
        "Prints the first N places: run, tag, step and both values, - where one is missing.\n",
    .run = diff};

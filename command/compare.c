/* sumi compare: a table of runs with their hyper-parameters and metrics. */
#include "names.h"
#include "text.h"
#include "trials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <sumi/alloc.h>

/* A hyper-parameter or a tag. */
typedef struct column {
  sumi_name_t name;
  bool is_metric;
  int width; /* in characters */
} column_t;

typedef struct row {
  const trial_t *trial;
  const sumi_name_table_t *hparams; /* its own, or those of the run above */
  double key;                       /* NaN: none */
  const char *text_key;             /* of a hyper-parameter that is a text */
} row_t;

typedef struct table {
  const arguments_t *arguments;
  sumi_name_table_t names[2]; /* columns: of hyper-parameters, and of metrics */
  column_t **columns;         /* both, each in the order of names */
  size_t column_count;
  row_t *rows;
  size_t row_count;
} table_t;

static const mark_t *mark_of(const table_t *table, const metric_t *metric) {
  const char *best = table->arguments->best;
  return !best ? &metric->last : strcmp(best, "min") == 0 ? &metric->min : &metric->max;
}

/* ---- Rows and columns ---- */

static bool add_names(sumi_name_table_t *names, const sumi_name_table_t *of) {
  size_t cursor = 0;
  for (sumi_name_t *thing; (thing = sumi_name_table_next(of, &cursor));)
    if (!sumi__command_named(names, thing->text, sizeof(column_t))) return false;
  return true;
}

static bool add_columns(table_t *table) {
  for (int kind = 0; kind < 2; ++kind) {
    column_t **sorted = (column_t **)sumi__command_sorted(&table->names[kind]);
    if (!sorted) return false;
    for (size_t i = 0; sorted[i]; ++i) {
      sorted[i]->is_metric = kind == 1;
      table->columns[table->column_count++] = sorted[i];
    }
    sumi_free(sorted);
  }
  return true;
}

static void set_key(const table_t *table, row_t *row) {
  row->key = NAN;
  if (!table->arguments->by) return;
  const metric_t *metric = sumi_name_table_find(&row->trial->metrics, table->arguments->by);
  const hparam_t *hparam = sumi_name_table_find(row->hparams, table->arguments->by);
  if (metric)
    row->key = mark_of(table, metric)->value;
  else if (hparam && hparam->type == SUMI_HPARAM_STRING)
    row->text_key = hparam->string;
  else if (hparam && hparam->type)
    row->key = hparam->type == SUMI_HPARAM_BOOL ? hparam->boolean : hparam->number;
}

/* Runs with scalars, in the order of their names. */
static bool add_rows(table_t *table, const sumi_name_table_t *trials) {
  trial_t **sorted = (trial_t **)sumi__command_sorted(trials);
  bool enough = sorted;
  for (size_t i = 0; enough && sorted[i]; ++i) {
    if (sorted[i]->metrics.count == 0) continue;
    row_t *row = &table->rows[table->row_count++];
    *row = (row_t){.trial = sorted[i], .hparams = sumi__command_hparams(trials, sorted[i])};
    set_key(table, row);
    enough = add_names(&table->names[0], row->hparams) &&
             add_names(&table->names[1], &row->trial->metrics);
  }
  sumi_free(sorted);
  return enough;
}

static bool fill(table_t *table, const sumi_name_table_t *trials) {
  table->rows = sumi_calloc(trials->count + 1, sizeof *table->rows);
  if (!table->rows || !add_rows(table, trials)) return false;
  table->columns = sumi_calloc(table->names[0].count + table->names[1].count + 1,
                               sizeof *table->columns);
  return table->columns && add_columns(table);
}

static bool has_key(const row_t *row) {
  return !isnan(row->key) || row->text_key;
}

/* Numbers, then texts, then what has no key; the smallest first. */
static int by_key(const void *left, const void *right) {
  const row_t *a = left, *b = right;
  if (isnan(a->key) != isnan(b->key)) return isnan(a->key) ? 1 : -1;
  if (!isnan(a->key) && a->key != b->key) return a->key < b->key ? -1 : 1;
  if (!a->text_key != !b->text_key) return a->text_key ? -1 : 1;
  const int texts = a->text_key ? strcmp(a->text_key, b->text_key) : 0;
  return texts ? texts : strcmp(a->trial->name.text, b->trial->name.text);
}

static void sort(table_t *table) {
  if (!table->arguments->by || table->row_count == 0) return;
  qsort(table->rows, table->row_count, sizeof *table->rows, by_key);
  size_t keyed = 0; /* what has no key stays at the end */
  while (keyed < table->row_count && has_key(&table->rows[keyed])) ++keyed;
  for (size_t i = 0; table->arguments->reverse && i < keyed / 2; ++i) {
    const row_t row = table->rows[i];
    table->rows[i] = table->rows[keyed - 1 - i];
    table->rows[keyed - 1 - i] = row;
  }
}

/* ---- Cells: "" for none; numbers are put into `text` ---- */

static const char *hparam_text(const hparam_t *hparam, char text[NUMBER_TEXT_SIZE]) {
  switch (hparam ? hparam->type : 0) {
  case SUMI_HPARAM_STRING: return hparam->string;
  case SUMI_HPARAM_BOOL: return hparam->boolean ? "true" : "false";
  case SUMI_HPARAM_NUMBER: return sumi__command_number(hparam->number, false, text);
  default: return "";
  }
}

static const char *cell_text(const table_t *table, const row_t *row, const column_t *column,
                             char text[NUMBER_TEXT_SIZE]) {
  const char *name = column->name.text;
  if (!column->is_metric) return hparam_text(sumi_name_table_find(row->hparams, name), text);
  const metric_t *metric = sumi_name_table_find(&row->trial->metrics, name);
  return metric ? sumi__command_number(mark_of(table, metric)->value, metric->single, text) : "";
}

/* ---- For people ---- */

static int wider(int width, const char *text) {
  const int characters = sumi__command_characters(text);
  return characters > width ? characters : width;
}

static void put_padded(const char *text, int before, int width) {
  const int room = width - sumi__command_characters(text);
  printf("%*s", before ? before + room : 0, "");
  sumi__command_plain(stdout, text, strlen(text));
  printf("%*s", before ? 0 : room, "");
}

static void put_text(const table_t *table) {
  char text[NUMBER_TEXT_SIZE];
  int width = wider(0, "run");
  for (size_t r = 0; r < table->row_count; ++r)
    width = wider(width, table->rows[r].trial->name.text);
  put_padded("run", 0, width);
  for (size_t c = 0; c < table->column_count; ++c) {
    column_t *column = table->columns[c];
    column->width = wider(0, column->name.text);
    for (size_t r = 0; r < table->row_count; ++r)
      column->width = wider(column->width, cell_text(table, &table->rows[r], column, text));
    put_padded(column->name.text, 2, column->width);
  }
  putchar('\n');
  for (size_t r = 0; r < table->row_count; ++r) {
    const row_t *row = &table->rows[r];
    put_padded(row->trial->name.text, 0, width);
    for (size_t c = 0; c < table->column_count; ++c)
      put_padded(cell_text(table, row, table->columns[c], text), 2, table->columns[c]->width);
    putchar('\n');
  }
}

/* ---- For programs ---- */

static void put_csv(const table_t *table) {
  char text[NUMBER_TEXT_SIZE];
  fputs("run", stdout);
  for (size_t c = 0; c < table->column_count; ++c) {
    putchar(',');
    sumi__command_csv_text(stdout, table->columns[c]->name.text);
  }
  putchar('\n');
  for (size_t r = 0; r < table->row_count; ++r) {
    sumi__command_csv_text(stdout, table->rows[r].trial->name.text);
    for (size_t c = 0; c < table->column_count; ++c) {
      putchar(',');
      sumi__command_csv_text(stdout, cell_text(table, &table->rows[r], table->columns[c], text));
    }
    putchar('\n');
  }
}

static void put_mark(const char *name, const mark_t *mark, bool single) {
  printf(",\"%s\":", name);
  sumi__command_json_number(stdout, mark->value, single);
  printf(",\"%s_step\":%lld", name, (long long)mark->step);
}

static void put_json_hparam(const hparam_t *hparam) {
  char text[NUMBER_TEXT_SIZE];
  if (hparam->type == SUMI_HPARAM_STRING)
    sumi__command_json_text(stdout, hparam->string, strlen(hparam->string));
  else if (hparam->type == SUMI_HPARAM_NUMBER)
    sumi__command_json_number(stdout, hparam->number, false);
  else
    fputs(hparam->type ? hparam_text(hparam, text) : "null", stdout);
}

static void put_json_metric(const metric_t *metric) {
  printf("{\"count\":%lld", (long long)metric->count);
  put_mark("last", &metric->last, metric->single);
  put_mark("min", &metric->min, metric->single);
  put_mark("max", &metric->max, metric->single);
  putchar('}');
}

/* The members of an object: of the metrics, or of the hyper-parameters. */
static void put_json_members(const table_t *table, const row_t *row, bool metrics) {
  const char *before = "";
  for (size_t c = 0; c < table->column_count; ++c) {
    const sumi_name_t *name = &table->columns[c]->name;
    const void *thing = sumi_name_table_find(metrics ? &row->trial->metrics : row->hparams,
                                             name->text);
    if (table->columns[c]->is_metric != metrics || !thing) continue;
    fputs(before, stdout);
    sumi__command_json_text(stdout, name->text, name->size_bytes);
    putchar(':');
    if (metrics)
      put_json_metric(thing);
    else
      put_json_hparam(thing);
    before = ",";
  }
}

static void put_json(const table_t *table) {
  for (size_t r = 0; r < table->row_count; ++r) {
    const row_t *row = &table->rows[r];
    fputs("{\"run\":", stdout);
    sumi__command_json_text(stdout, row->trial->name.text, row->trial->name.size_bytes);
    fputs(",\"hparams\":{", stdout);
    put_json_members(table, row, false);
    fputs("},\"metrics\":{", stdout);
    put_json_members(table, row, true);
    puts("}}");
  }
}

static int show(const arguments_t *arguments, const sumi_name_table_t *trials) {
  table_t table = {.arguments = arguments};
  const char *by = arguments->by;
  int status = EXIT_FINE;
  if (!fill(&table, trials)) {
    status = sumi__command_fail("out of memory");
  } else if (by && !sumi_name_table_find(&table.names[0], by) &&
             !sumi_name_table_find(&table.names[1], by)) {
    status = sumi__command_fail("no run has a tag or hyper-parameter \"%s\"", by);
  } else {
    sort(&table);
    (arguments->json ? put_json : arguments->csv ? put_csv : put_text)(&table);
  }
  sumi_free(table.rows);
  sumi_free(table.columns);
  for (int kind = 0; kind < 2; ++kind) sumi_name_table_release(&table.names[kind]);
  return status;
}

static int compare(const arguments_t *arguments) {
  if (arguments->json && arguments->csv)
    return sumi__command_misused("compare", "--json and --csv exclude each other");
  if (arguments->reverse && !arguments->by)
    return sumi__command_misused("compare", "--reverse needs --by");
  source_t *source = sumi__command_open(arguments);
  if (!source) return EXIT_FAILED;
  sumi_name_table_t trials = {0};
  const sumi_status_t read = sumi__command_trials_read(&trials, source, arguments);
  int status = EXIT_FAILED;
  if (read == SUMI_OK)
    status = show(arguments, &trials);
  else if (read == SUMI_RESOURCE_EXHAUSTED)
    sumi__command_fail("out of memory");
  sumi__command_trials_release(&trials);
  sumi__command_close(source);
  return status;
}

const command_t sumi__command_compare = {
    .name = "compare",
    .summary = "A table of runs: hyper-parameters, and the last or best values of scalars",
    .options = "run tag steps by best reverse json csv",
    .details =
        "A run without hyper-parameters has those of the run whose folder it is in. With --json, "
        "a run's\nlast, smallest and largest values are all there, with their steps.\n",
    .run = compare};

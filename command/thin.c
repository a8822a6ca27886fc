/* sumi thin: fewer values of each tag. */
#include "choice.h"
#include "series.h"

#include <math.h>

#include <sumi/alloc.h>

static void keep(choice_t *choice, const chosen_value_t *value) {
  choice->left_out[value->number] = false;
}

static void keep_every(choice_t *choice, const chosen_value_t *values, size_t count, size_t n) {
  for (size_t i = 0; i < count; ++i)
    if (i % n == 0 || i + 1 == count) keep(choice, &values[i]);
}

/* Evenly spread, with the first and the last; of one only the last. */
static void keep_spread(choice_t *choice, const chosen_value_t *values, size_t count, size_t n) {
  if (n == 1) keep(choice, &values[count - 1]);
  for (size_t i = 0; n > 1 && i < n; ++i) keep(choice, &values[i * (count - 1) / (n - 1)]);
}

/* The smallest and the largest of a part; what is not finite is a spike, too. */
static void keep_ends(choice_t *choice, const chosen_value_t *values, size_t count) {
  const chosen_value_t *least = NULL, *most = NULL;
  for (size_t i = 0; i < count; ++i) {
    if (isnan(values[i].value)) continue;
    if (!least || values[i].value < least->value) least = &values[i];
    if (!most || values[i].value >= most->value) most = &values[i];
  }
  keep(choice, least ? least : &values[0]);
  keep(choice, most ? most : &values[count / 2]);
}

/* The first and the last, and two of each of the parts between. */
static void keep_spikes(choice_t *choice, const chosen_value_t *values, size_t count, size_t n) {
  const size_t parts = (n - 2) / 2, inner = count - 2;
  keep(choice, &values[0]);
  keep(choice, &values[count - 1]);
  for (size_t i = 0; i < parts; ++i) {
    const size_t first = 1 + i * inner / parts, end = 1 + (i + 1) * inner / parts;
    if (end > first) keep_ends(choice, values + first, end - first);
  }
}

static void thin_tag(const arguments_t *arguments, choice_t *choice, const chosen_value_t *values,
                     size_t count) {
  const size_t most = (size_t)arguments->most;
  for (size_t i = 0; i < count; ++i) choice->left_out[values[i].number] = true;
  if (arguments->every > 0)
    keep_every(choice, values, count, (size_t)arguments->every);
  else if (count <= most)
    keep_every(choice, values, count, 1);
  else if (values[0].is_scalar && most >= 4)
    keep_spikes(choice, values, count, most);
  else
    keep_spread(choice, values, count, most);
}

static sumi_status_t edit(void *user, const char *run, const sumi_event_t *event,
                          sumi_value_edit_t *edits, bool *stays) {
  (void)run;
  (void)stays;
  sumi__command_choice_apply(user, event, edits);
  return SUMI_OK;
}

/* Tags that do not fit stay as they are. */
static void thin_all(const arguments_t *arguments, choice_t *choice, const char **tags) {
  sumi__command_choice_sort(choice);
  for (size_t i = 0, end; i < choice->count; i = end) {
    const chosen_value_t *first = &choice->values[i];
    for (end = i; end < choice->count; ++end)
      if (choice->values[end].run != first->run || choice->values[end].tag != first->tag) break;
    if (sumi__command_fits(&arguments->tags, tags[first->tag]))
      thin_tag(arguments, choice, first, end - i);
  }
}

static int thin(const arguments_t *arguments) {
  const int misused = sumi__command_rewrite_check("thin", arguments);
  if (misused >= 0) return misused;
  if ((arguments->every > 0) == (arguments->most > 0))
    return sumi__command_misused("thin", "either --every N or --most N is needed, above 0");
  source_t *source = sumi__command_open(arguments);
  if (!source) return EXIT_FAILED;
  choice_t choice = {0};
  const editor_t editor = {edit, &choice};
  sumi_status_t status = sumi__command_choice_read(&choice, source);
  const char **tags = sumi__command_series_names(&choice.tags);
  if (status == SUMI_OK && !tags) status = sumi_fail_alloc("tags", choice.tags.count);
  int result = EXIT_FAILED;
  if (status == SUMI_OK) {
    thin_all(arguments, &choice, tags);
    result = sumi__command_rewrite(arguments, source, &editor);
  } else if (status == SUMI_RESOURCE_EXHAUSTED) {
    sumi__command_fail("%s", sumi_error_message());
  }
  sumi_free(tags);
  sumi__command_choice_release(&choice);
  sumi__command_close(source);
  return result;
}

const command_t sumi__command_thin = {
    .name = "thin",
    .summary = "Fewer values of each tag, as event files below --output or --in-place",
    .options = "run tag every most output in-place json",
    .details = "With --most, spikes of scalars stay; of other values some are kept, evenly "
               "spread. Tags that do not\nfit the patterns stay whole.\n",
    .run = thin};

/* sumi thin: fewer values of each tag. */
#include "choice.h"
#include "sample.h"
#include "series.h"

#include <sumi/alloc.h>

/* The values of one tag in a run, of which some are kept. */
typedef struct tag_values {
  choice_t *choice;
  const chosen_value_t *values;
} tag_values_t;

static void keep(void *user, size_t index) {
  const tag_values_t *tag = user;
  tag->choice->left_out[tag->values[index].number] = false;
}

static void thin_tag(const arguments_t *arguments, choice_t *choice, const chosen_value_t *values,
                     size_t count) {
  const size_t most = (size_t)arguments->most, every = (size_t)arguments->every;
  tag_values_t tag = {choice, values};
  const sample_t sample = {keep, &tag};
  for (size_t i = 0; i < count; ++i) choice->left_out[values[i].number] = true;
  if (every > 0) {
    for (size_t i = 0; i < count; ++i)
      if (i % every == 0 || i + 1 == count) keep(&tag, i);
  } else if (values[0].is_scalar && most >= 4) {
    sumi__command_sample_spikes(&sample, &values[0].value, sizeof *values, count, most);
  } else {
    sumi__command_sample_spread(&sample, count, most);
  }
}

static sumi_status_t edit(void *user, const char *file, const sumi_event_t *event,
                          sumi_value_edit_t *edits, bool *stays) {
  (void)stays;
  sumi__command_choice_apply(user, file, event, edits);
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

/* sumi filter, sumi rename: event files with some of the values, or with other tags. */
#include "rewrite.h"
#include "text.h"

#include <regex.h>
#include <string.h>

#include <sumi/alloc.h>
#include <sumi/buffer.h>

/* ---- filter ---- */

static bool is_excepted(const arguments_t *arguments, const char *tag) {
  return arguments->except.count > 0 && sumi__command_fits(&arguments->except, tag);
}

static bool is_in_time(const arguments_t *arguments, const sumi_event_t *event) {
  return event->wall_time_s >= arguments->since_s && event->wall_time_s <= arguments->until_s;
}

/* Graphs and what ran on them belong to the graphs page. What heads a file or a session stays: it
 * says how the rest is read. */
static bool stays_whole(const arguments_t *arguments, const sumi_event_t *event) {
  const bool is_graph = event->kind == SUMI_EVENT_GRAPH_DEF ||
                        event->kind == SUMI_EVENT_META_GRAPH_DEF;
  if (!is_graph && event->kind != SUMI_EVENT_RUN_METADATA) return true;
  if (!sumi__command_fits(&arguments->kinds, "graphs") || !is_in_time(arguments, event))
    return false;
  return is_graph ? arguments->tags.count == 0
                  : event->step >= arguments->first_step && event->step <= arguments->last_step &&
                        sumi__command_fits(&arguments->tags, event->text) &&
                        !is_excepted(arguments, event->text);
}

static sumi_status_t choose(void *user, const char *file, const sumi_event_t *event,
                            sumi_value_edit_t *edits, bool *stays) {
  const arguments_t *arguments = user;
  (void)file;
  *stays = stays_whole(arguments, event);
  for (size_t i = 0; i < event->value_count; ++i) {
    const sumi_event_value_t *value = &event->values[i];
    edits[i].left_out = !sumi__command_wanted(arguments, event, value) ||
                        is_excepted(arguments, value->tag) || !is_in_time(arguments, event) ||
                        !sumi__command_fits(&arguments->kinds, sumi__command_plugin(value));
  }
  return SUMI_OK;
}

static int filter(const arguments_t *arguments) {
  const int misused = sumi__command_rewrite_check("filter", arguments);
  source_t *source = misused < 0 ? sumi__command_open(arguments) : NULL;
  if (!source) return misused < 0 ? EXIT_FAILED : misused;
  const editor_t editor = {choose, (void *)arguments};
  const int status = sumi__command_rewrite(arguments, source, &editor);
  sumi__command_close(source);
  return status;
}

const command_t sumi__command_filter = {
    .name = "filter",
    .summary = "Some of the values, as event files below --output or --in-place",
    .options = "run tag except kind steps since until output in-place json",
    .details = "What stays does so byte for byte; a tag whose first value goes keeps its "
               "metadata.\n",
    .run = filter};

/* ---- rename ---- */

/* "s/A/B/" or "s/A/B/g", with any character for the slash. */
typedef struct replacement {
  regex_t expression;
  char *text; /* & and \1 to \9 stand for what fitted */
  bool everywhere;
} replacement_t;

typedef struct renaming {
  const arguments_t *arguments;
  replacement_t replacements[MAX_PATTERNS];
  int count;
  sumi_arena_t *memory; /* of an event's tags */
} renaming_t;

/* The text between two slashes, or NULL; *end is behind the second. */
static char *part(const char *from, char slash, const char **end) {
  const char *at = from;
  while (*at && *at != slash) at += at[0] == '\\' && at[1] ? 2 : 1;
  if (!*at) return NULL;
  sumi_buffer_t text = {0};
  for (const char *c = from; c < at; ++c)
    if (c[0] != '\\' || c[1] != slash) sumi_buffer_putc(&text, *c);
  *end = at + 1;
  char *copy = sumi_strdup(sumi_buffer_text(&text));
  sumi_buffer_release(&text);
  return copy;
}

static bool read_replacement(const char *text, replacement_t *replacement) {
  if (text[0] != 's' || !text[1] || text[1] == '\\') return false;
  const char *at = text + 2;
  char *expression = part(at, text[1], &at);
  replacement->text = expression ? part(at, text[1], &at) : NULL;
  replacement->everywhere = replacement->text && strcmp(at, "g") == 0;
  const bool fine = replacement->text && (replacement->everywhere || !*at) &&
                    regcomp(&replacement->expression, expression, REG_EXTENDED) == 0;
  if (!fine) sumi_free(replacement->text);
  sumi_free(expression);
  return fine;
}

static void put_replacement(sumi_buffer_t *to, const char *text, const char *from,
                            const regmatch_t *fits) {
  for (; *text; ++text) {
    const bool is_group = text[0] == '\\' && text[1] >= '0' && text[1] <= '9';
    if (*text == '&' || is_group) {
      const regmatch_t *fit = &fits[is_group ? text[1] - '0' : 0];
      if (fit->rm_so >= 0)
        sumi_buffer_append(to, from + fit->rm_so, (size_t)(fit->rm_eo - fit->rm_so));
      text += is_group;
    } else {
      if (text[0] == '\\' && text[1]) ++text;
      sumi_buffer_putc(to, *text);
    }
  }
}

/* The tag with its replacement; false: nothing fits. As sed does it, nothing that is empty fits
 * right behind what has fitted. */
static bool replace(const replacement_t *replacement, const char *tag, sumi_buffer_t *to) {
  regmatch_t fits[10];
  bool any = false, is_behind = false, goes_on = true;
  while (goes_on && regexec(&replacement->expression, tag, 10, fits, any ? REG_NOTBOL : 0) == 0) {
    const bool is_empty = fits[0].rm_eo == fits[0].rm_so;
    if (!(is_empty && is_behind && fits[0].rm_so == 0)) {
      sumi_buffer_append(to, tag, (size_t)fits[0].rm_so);
      put_replacement(to, replacement->text, tag, fits);
      tag += fits[0].rm_eo;
      any = true;
    }
    is_behind = !is_empty;
    goes_on = replacement->everywhere && (!is_empty || *tag);
    if (is_empty && goes_on) sumi_buffer_putc(to, *tag++);
  }
  sumi_buffer_puts(to, tag);
  return any;
}

/* Leaves NULL where nothing fits. */
static sumi_status_t new_tag(const renaming_t *renaming, const char *old, const char **tag) {
  bool enough = true;
  for (int i = 0; i < renaming->count && enough; ++i) {
    sumi_buffer_t text = {0};
    if (replace(&renaming->replacements[i], *tag ? *tag : old, &text)) {
      *tag = sumi_arena_strdup(renaming->memory, sumi_buffer_text(&text));
      enough = *tag;
    }
    sumi_buffer_release(&text);
  }
  return enough ? SUMI_OK : sumi_fail_alloc("a tag", strlen(old));
}

static sumi_status_t rename_values(void *user, const char *file, const sumi_event_t *event,
                                   sumi_value_edit_t *edits, bool *stays) {
  renaming_t *renaming = user;
  (void)file;
  (void)stays;
  sumi_arena_free(renaming->memory);
  renaming->memory = sumi_arena_new();
  if (!renaming->memory) return sumi_fail_alloc("tags", 0);
  for (size_t i = 0; i < event->value_count; ++i)
    if (sumi__command_fits(&renaming->arguments->tags, event->values[i].tag))
      SUMI_TRY(new_tag(renaming, event->values[i].tag, &edits[i].tag));
  return SUMI_OK;
}

static int rename_tags(const arguments_t *arguments) {
  renaming_t renaming = {.arguments = arguments};
  int status = sumi__command_rewrite_check("rename", arguments);
  if (status < 0 && arguments->replacements.count == 0)
    status = sumi__command_misused("rename", "--replace s/A/B/ is needed");
  for (; status < 0 && renaming.count < arguments->replacements.count; ++renaming.count) {
    const char *text = arguments->replacements.list[renaming.count];
    if (read_replacement(text, &renaming.replacements[renaming.count])) continue;
    status = sumi__command_misused("rename", "'%s' is no replacement: s/A/B/ or s/A/B/g", text);
    break;
  }
  source_t *source = status < 0 ? sumi__command_open(arguments) : NULL;
  const editor_t editor = {rename_values, &renaming};
  if (status < 0) status = source ? sumi__command_rewrite(arguments, source, &editor) : EXIT_FAILED;
  sumi__command_close(source);
  for (int i = 0; i < renaming.count; ++i) {
    regfree(&renaming.replacements[i].expression);
    sumi_free(renaming.replacements[i].text);
  }
  sumi_arena_free(renaming.memory);
  return status;
}

const command_t sumi__command_rename = {
    .name = "rename",
    .summary = "Other tags, by substitution, as event files below --output or --in-place",
    .options = "run tag replace output in-place json",
    .details = "In B, & is what fitted and \\1 to \\9 are its groups; a g at the end replaces all "
               "that fits. Two tags\nthat would become one are refused.\n",
    .run = rename_tags};

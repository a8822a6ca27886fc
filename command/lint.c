/* sumi lint: what TensorBoard will not show of runs, and why. */
#include "lint_run.h"
#include "names.h"
#include "text.h"

#include <string.h>

#include <sumi/alloc.h>

static void put_text(const char *key, const char *text) {
  printf(",\"%s\":", key);
  sumi__command_json_text(stdout, text, strlen(text));
}

/* One finding about a file or a tag of a run. */
static void say(const arguments_t *arguments, const char *run, const char *what,
                const char *subject, finding_t finding, int64_t count) {
  const finding_text_t *text = &sumi__command_findings[finding];
  if (arguments->json) {
    fputs("{\"run\":", stdout);
    sumi__command_json_text(stdout, run, strlen(run));
    put_text(what, subject);
    put_text("finding", text->name);
    printf(",\"count\":%lld,\"note\":%s", (long long)count, text->is_note ? "true" : "false");
    put_text("meaning", text->meaning);
    puts("}");
    return;
  }
  sumi__command_plain(stdout, run, strlen(run));
  fputc('\t', stdout);
  sumi__command_plain(stdout, subject, strlen(subject));
  printf("\t%s\t%lld %s\n", text->name, (long long)count, text->meaning);
}

/* Whether one of them is more than a note. */
static bool say_all(const arguments_t *arguments, const char *run, const char *what,
                    const char *subject, const findings_t *findings) {
  bool found = false;
  for (int i = 0; i < FINDING_COUNT; ++i) {
    if (findings->counts[i] == 0) continue;
    say(arguments, run, what, subject, (finding_t)i, findings->counts[i]);
    found |= !sumi__command_findings[i].is_note;
  }
  return found;
}

/* How many values there are, and how many of them the two readers have before they sample. */
static void put_counts(const char *run, const lint_tag_t *tag) {
  fputs("{\"run\":", stdout);
  sumi__command_json_text(stdout, run, strlen(run));
  put_text("tag", tag->name.text);
  put_text("plugin", tag->plugin);
  printf(",\"written\":%lld,\"python_loader\":%lld,\"data_server\":%lld,\"most\":%lld}\n",
         (long long)tag->written, (long long)tag->python, (long long)tag->server,
         (long long)tag->most);
}

static int lint_run(const arguments_t *arguments, const shown_run_t *run) {
  lint_run_t lint;
  bool done = sumi__command_lint_read(&lint, arguments, run), found = false;
  lint_tag_t **tags = done ? (lint_tag_t **)sumi__command_sorted(&lint.tags) : NULL;
  if (done && !tags) sumi__command_fail("out of memory");
  done = done && tags;
  for (size_t i = 0; done && i < run->file_count; ++i)
    found |= say_all(arguments, run->name, "file", run->files[i], &lint.files[i].findings);
  for (size_t i = 0; done && tags[i]; ++i) {
    if (arguments->json) put_counts(run->name, tags[i]);
    found |= say_all(arguments, run->name, "tag", tags[i]->name.text, &tags[i]->findings);
  }
  sumi_free(tags);
  sumi__command_lint_release(&lint);
  return !done ? EXIT_FAILED : found ? EXIT_FOUND : EXIT_FINE;
}

static int lint(const arguments_t *arguments) {
  source_t *source = sumi__command_open(arguments);
  if (!source) return EXIT_FAILED;
  int worst = EXIT_FINE;
  for (size_t i = 0; worst != EXIT_FAILED && i < sumi__command_run_count(source); ++i) {
    const shown_run_t run = sumi__command_run(source, i);
    const int status = lint_run(arguments, &run);
    if (status != EXIT_FINE) worst = status;
  }
  sumi__command_close(source);
  return worst;
}

const command_t sumi__command_lint = {
    .name = "lint",
    .summary = "What TensorBoard will not show, and why",
    .options = "run tag steps json",
    .details =
        "Prints run, tag or file, finding, and how many values or bytes it is about. Both of "
        "TensorBoard's\nreaders are looked at, the data server and the Python loader. With "
        "--json, also how many values of\neach tag they have. Notes (sampled, not-finite, "
        "torn-end) do not count for the exit status.\n",
    .run = lint};

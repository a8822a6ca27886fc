/* sumi verify, sumi repair, sumi trim: damage said, cut out, steps left out. */
#include "command.h"
#include "text.h"

#include <string.h>

#include <sumi/event_reader.h>

typedef struct mending {
  const arguments_t *arguments;
  sumi_event_repair_options_t options;
  bool found, failed;
} mending_t;

static void say(const mending_t *mending, const char *path, const sumi_event_repair_t *report) {
  const bool changes = !mending->options.dry_run;
  const unsigned long long damaged = report->damaged_bytes, torn = report->torn_tail_bytes;
  if (mending->arguments->json) {
    fputs("{\"file\":", stdout);
    sumi__command_json_text(stdout, path, strlen(path));
    printf(",\"kept_events\":%llu,\"removed_events\":%llu,\"damaged_bytes\":%llu,"
           "\"torn_tail_bytes\":%llu,\"changed\":%s}\n",
           (unsigned long long)report->kept_events, (unsigned long long)report->removed_events,
           damaged, torn, changes ? "true" : "false");
    return;
  }
  printf("%s: %llu events", path, (unsigned long long)report->kept_events);
  if (report->removed_events)
    printf(", %llu %s", (unsigned long long)report->removed_events,
           changes ? "removed" : "to remove");
  if (damaged) printf(", %llu damaged bytes%s", damaged, changes ? " cut out" : "");
  if (torn) printf(", %llu bytes of a torn end%s", torn, changes ? " cut off" : "");
  puts(damaged || torn ? "" : ", sound");
}

static void mend_file(mending_t *mending, const char *path) {
  sumi_event_repair_t report;
  const sumi_status_t status = sumi_event_file_repair_with(path, &report, &mending->options);
  if (status != SUMI_OK) {
    sumi__command_fail("%s", sumi_error_message());
    mending->failed = true;
    return;
  }
  mending->found |= report.damaged_bytes || report.torn_tail_bytes;
  say(mending, path, &report);
}

static int mend(mending_t *mending) {
  for (int i = 0; i < mending->arguments->path_count; ++i)
    if (strcmp(mending->arguments->paths[i], "-") == 0) {
      sumi__command_fail("standard input is no file to look after: give its path");
      return EXIT_MISUSED;
    }
  source_t *source = sumi__command_open(mending->arguments);
  if (!source) return EXIT_FAILED;
  mending->options.struct_size = sizeof mending->options;
  for (size_t i = 0; i < sumi__command_run_count(source); ++i) {
    const shown_run_t run = sumi__command_run(source, i);
    for (size_t k = 0; k < run.file_count; ++k) mend_file(mending, run.files[k]);
  }
  sumi__command_close(source);
  return mending->failed ? EXIT_FAILED : mending->found ? EXIT_FOUND : EXIT_FINE;
}

static int verify(const arguments_t *arguments) {
  mending_t mending = {.arguments = arguments, .options = {.dry_run = true}};
  return mend(&mending);
}

static int repair(const arguments_t *arguments) {
  mending_t mending = {.arguments = arguments, .options = {.dry_run = !arguments->in_place}};
  const int status = mend(&mending);
  if (status == EXIT_FOUND && !arguments->in_place)
    fputs("sumi: nothing was changed; --in-place does it\n", stderr);
  return status == EXIT_FOUND && arguments->in_place ? EXIT_FINE : status;
}

static int trim(const arguments_t *arguments) {
  if (arguments->from_step < 0) {
    sumi__command_fail("trim: --from-step N is needed");
    return EXIT_MISUSED;
  }
  mending_t mending = {.arguments = arguments,
                       .options = {.trim = true,
                                   .first_step = arguments->from_step,
                                   .dry_run = !arguments->in_place}};
  const int status = mend(&mending);
  if (status != EXIT_FAILED && !arguments->in_place)
    fputs("sumi: nothing was changed; --in-place does it\n", stderr);
  return status == EXIT_FOUND ? EXIT_FINE : status;
}

const command_t sumi__command_verify = {
    .name = "verify",
    .summary = "Whether the files are sound: damage in the middle, torn ends",
    .options = "run json",
    .details = "",
    .run = verify};

const command_t sumi__command_repair = {
    .name = "repair",
    .summary = "Cuts damage out of the files, when asked with --in-place",
    .options = "run json in-place",
    .details =
        "Whole records are kept, whatever they hold. A file that a writer of Sumi's has open "
        "is left alone.\n",
    .run = repair};

const command_t sumi__command_trim = {
    .name = "trim",
    .summary = "Removes everything from a step on, when asked with --in-place",
    .options = "run json in-place from-step",
    .details = "As a run does that is resumed at that step.\n",
    .run = trim};

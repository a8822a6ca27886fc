/* sumi report: a log as one page that stands for itself. */
#include "board.h"
#include "page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* JSON as the text of a script element, which "</script" or "<!--" would end: a "<" stands in
 * strings only, and is another way of writing there. */
static bool put_element(FILE *page, const char *id, const char *json, size_t size) {
  fprintf(page, "<script type=\"application/json\" id=\"%s\">", id);
  for (size_t i = 0; i < size; ++i)
    if (json[i] == '<')
      fputs("\\u003c", page);
    else
      fputc(json[i], page);
  fputs("</script>\n", page);
  return !ferror(page);
}

/* The index (tag NULL) or a tag's values. */
static bool put_data(FILE *page, const board_t *board, const board_tag_t *tag) {
  char *json = NULL, id[32] = "index";
  size_t size;
  FILE *memory = open_memstream(&json, &size);
  if (!memory) return false;
  if (tag) snprintf(id, sizeof id, "tag-%d", tag->number);
  if (tag)
    sumi__command_board_put_tag(memory, board, tag);
  else
    sumi__command_board_put_index(memory, board);
  bool done = !ferror(memory);
  done = fclose(memory) == 0 && done;
  const bool put = done && put_element(page, id, json, size);
  free(json);
  return put;
}

static bool put_page(FILE *file, const board_t *board) {
  char nonce[PAGE_NONCE_SIZE];
  if (!sumi__command_page_nonce(nonce)) return false;
  const char *rest = sumi__command_page_put(file, sumi__command_page, nonce);
  bool done = put_data(file, board, NULL);
  for (size_t i = 0; done && i < board->tags.count; ++i)
    done = put_data(file, board, board->tag_list[i]);
  sumi__command_page_put(file, rest, nonce);
  return done;
}

static int write_page(const arguments_t *arguments, const board_t *board) {
  FILE *file = arguments->output ? fopen(arguments->output, "w") : stdout;
  if (!file) return sumi__command_fail("%s: %s", arguments->output, strerror(errno));
  bool done = put_page(file, board) && !ferror(file);
  if (file == stdout) return done ? EXIT_FINE : sumi__command_fail("the page was not written");
  done = fclose(file) == 0 && done;
  if (done) return EXIT_FINE;
  unlink(arguments->output);
  return sumi__command_fail("%s could not be written", arguments->output);
}

static int report(const arguments_t *arguments) {
  source_t *source = sumi__command_open(arguments);
  if (!source) return EXIT_FAILED;
  board_t board = {.most = (size_t)arguments->most, .title = arguments->paths[0]};
  sumi_status_t status = sumi__command_board_read(&board, source, arguments);
  if (status == SUMI_OUT_OF_RANGE && !sumi__command_board_note_runs(&board, source))
    status = sumi_fail_alloc("the runs", sizeof(board_run_t));
  int result = EXIT_FAILED;
  if (status == SUMI_OUT_OF_RANGE)
    result = write_page(arguments, &board);
  else if (status == SUMI_RESOURCE_EXHAUSTED)
    sumi__command_fail("%s", sumi_error_message());
  sumi__command_board_release(&board);
  sumi__command_close(source);
  return result;
}

const command_t sumi__command_report = {
    .name = "report",
    .summary = "One web page of a log, to look at without a network or to send",
    .options = "run tag steps most output",
    .details = "Scalars are drawn from their smallest and largest values of each part, histograms "
               "from 50 steps.\nOf pictures, sounds and texts there are all, unless --most says "
               "otherwise.\n",
    .run = report};

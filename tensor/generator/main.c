/* sumi_generator <folder> <ops.c>… <shared.h>…
 *                                          writes ops_registry.c, ops_constructors.c, level_names.h
 *                                          and include/sumi/ops.h below the folder (which exist)
 * sumi_generator --summaries <folder> <summary.c>…
 *                                          writes summary_registry.h, summary_tables.c,
 *                                          summary_constructors.c, summary_list.c and
 *                                          include/sumi/summary_ops.h
 * sumi_generator --page <file> <ops.c>…    writes the op reference
 * sumi_generator --check <file> <ops.c>…   fails unless the file is the op reference */
#include "generator/block.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static blocks_t blocks;
static names_t names;

static void put_level_names(const blocks_t *all, text_t *text) {
  write_level_names(all, &names, text);
}

static bool write_into(const char *folder, const char *name,
                       void (*write)(const blocks_t *, text_t *)) {
  text_t path = {0}, content = {0};
  put(&path, "%s/%s", folder, name);
  write(&blocks, &content);
  bool written = write_if_changed(path.data, &content);
  return written;
}

static bool check_page(const char *path) {
  text_t content = {0};
  write_page(&blocks, &content);
  char *current = read_file(path);
  bool same = current && strcmp(current, content.data) == 0;
  if (!same) fprintf(stderr, "%s is not current: build the target sumi_ops_page\n", path);
  return same;
}

static bool run(const char *mode, const char *path) {
  if (strcmp(mode, "--check") == 0) return check_page(path);
  if (strcmp(mode, "--page") == 0) {
    text_t content = {0};
    write_page(&blocks, &content);
    bool written = write_if_changed(path, &content);
    return written;
  }
  if (strcmp(mode, "--summaries") == 0)
    return write_into(path, "summary_registry.h", write_summary_registry) &&
           write_into(path, "summary_tables.c", write_summary_tables) &&
           write_into(path, "summary_constructors.c", write_summary_constructors) &&
           write_into(path, "summary_list.c", write_summary_list) &&
           write_into(path, "include/sumi/summary_ops.h", write_summary_header);
  return write_into(mode, "ops_registry.c", write_registry) &&
         write_into(mode, "ops_constructors.c", write_constructors) &&
         write_into(mode, "level_names.h", put_level_names) &&
         write_into(mode, "include/sumi/ops.h", write_header);
}

static bool scan(const char *path) {
  const size_t length = strlen(path);
  const bool header = length > 2 && strcmp(path + length - 2, ".h") == 0;
  return header ? scan_names(&names, path) : scan_file(&blocks, path);
}

int main(int argc, char **argv) {
  bool option = argc > 1 && argv[1][0] == '-';
  int first = option ? 3 : 2;
  if (argc < first) {
    fputs("usage: sumi_generator <folder> | --summaries <folder> | --page <file> | --check <file>  "
          "<ops.c>... <shared.h>...\n",
          stderr);
    return 2;
  }
  bool good = true;
  for (int i = first; i < argc; ++i) good &= scan(argv[i]);
  good = good && check_names(&blocks) && run(argv[1], argv[first - 1]);
  return good ? 0 : 1;
}

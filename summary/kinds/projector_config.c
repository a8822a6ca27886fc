#include "projector_config.h"

#include <sumi/alloc.h>
#include <sumi/file.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef sumi__summary_projector_entry_t entry_t;

static const char file_name[] = "projector_config.pbtxt";

enum { MAX_FILE_BYTES = 16 << 20 };

void sumi__summary_put_quoted(sumi_buffer_t *text, const char *value) {
  sumi_buffer_putc(text, '"');
  for (; *value; ++value) {
    const unsigned char byte = (unsigned char)*value;
    if (byte < 0x20 || byte == '"' || byte == '\\')
      sumi_buffer_printf(text, "\\%03o", byte);
    else
      sumi_buffer_putc(text, *value);
  }
  sumi_buffer_putc(text, '"');
}

void sumi__summary_projector_free(entry_t *entries) {
  for (entry_t *entry = entries, *next; entry; entry = next) {
    next = entry->next;
    sumi_free(entry->quoted_name);
    sumi_free(entry->text);
    sumi_free(entry);
  }
}

static char *copy_of(const char *text, size_t size) {
  char *copy = sumi_malloc(size + 1);
  if (!copy) return NULL;
  memcpy(copy, text, size);
  copy[size] = '\0';
  return copy;
}

/* Behind the string that begins with the quote at `at`. */
static const char *end_of_string(const char *at) {
  const char quote = *at++;
  for (; *at && *at != quote; ++at)
    if (*at == '\\' && at[1]) ++at;
  return *at ? at + 1 : at;
}

/* Behind the first message of the text and its line's end; the end of the text when no message is
 * whole. */
static const char *end_of_message(const char *at) {
  for (int depth = 0; *at;) {
    if (*at == '"' || *at == '\'') {
      at = end_of_string(at);
      continue;
    }
    depth += (*at == '{') - (*at == '}');
    if (*at++ == '}' && depth <= 0) return at + (*at == '\n');
  }
  return at;
}

static char *name_in(const char *text) {
  static const char key[] = "tensor_name: ";
  const char *at = strstr(text, key);
  if (!at || at[sizeof key - 1] != '"') return NULL;
  at += sizeof key - 1;
  return copy_of(at, (size_t)(end_of_string(at) - at));
}

static int number_in(const char *text) {
  static const char key[] = "tensor_path: \"projector_";
  const char *at = strstr(text, key);
  int number = -1;
  return at && sscanf(at + sizeof key - 1, "%8d_vectors.tsv", &number) == 1 ? number : -1;
}

static entry_t **end_of(entry_t **entries) {
  while (*entries) entries = &(*entries)->next;
  return entries;
}

static sumi_status_t parse(const char *text, entry_t **entries) {
  for (const char *at = text, *end; *at; at = end) {
    end = end_of_message(at);
    entry_t *entry = sumi_calloc(1, sizeof *entry);
    if (entry) entry->text = copy_of(at, (size_t)(end - at));
    if (!entry || !entry->text) {
      sumi_free(entry);
      return sumi_fail_alloc(file_name, (size_t)(end - at));
    }
    entry->quoted_name = name_in(entry->text);
    entry->number = number_in(entry->text);
    *end_of(entries) = entry;
  }
  return SUMI_OK;
}

static sumi_status_t read_file(FILE *file, const char *path, sumi_buffer_t *text) {
  char block[4096];
  for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0 && text->size <= MAX_FILE_BYTES;)
    sumi_buffer_append(text, block, n);
  if (ferror(file)) return sumi_fail_errno(EIO, "cannot read", path);
  if (text->size > MAX_FILE_BYTES)
    return sumi_fail(SUMI_RESOURCE_EXHAUSTED, "%s has more than %d bytes", path,
                     (int)MAX_FILE_BYTES);
  return sumi_buffer_status(text, file_name);
}

static sumi_status_t load(const char *path, entry_t **entries) {
  FILE *file = fopen(path, "rbe");
  if (!file) return errno == ENOENT ? SUMI_OK : sumi_fail_errno(errno, "cannot open", path);
  sumi_buffer_t text = {0};
  sumi_status_t status = read_file(file, path, &text);
  fclose(file);
  if (status == SUMI_OK) status = parse(sumi_buffer_text(&text), entries);
  sumi_buffer_release(&text);
  return status;
}

sumi_status_t sumi__summary_projector_load(const char *directory, entry_t **entries) {
  *entries = NULL;
  sumi_buffer_t path = {0};
  sumi_buffer_printf(&path, "%s/%s", directory, file_name);
  const sumi_status_t status = sumi_buffer_text(&path) ? load(path.data, entries)
                                                       : sumi_buffer_status(&path, "a path");
  sumi_buffer_release(&path);
  if (status == SUMI_OK) return SUMI_OK;
  sumi__summary_projector_free(*entries);
  *entries = NULL;
  return status;
}

static int free_number(const entry_t *entries) {
  int number = 0;
  for (; entries; entries = entries->next)
    if (entries->number >= number) number = entries->number + 1;
  return number;
}

static sumi_status_t add(entry_t **entries, const char *quoted_name, entry_t **entry) {
  *entry = sumi_calloc(1, sizeof **entry);
  if (*entry) (*entry)->quoted_name = sumi_strdup(quoted_name);
  if (!*entry || !(*entry)->quoted_name) {
    sumi_free(*entry);
    return sumi_fail_alloc("an embedding", sizeof **entry);
  }
  (*entry)->number = free_number(*entries);
  *end_of(entries) = *entry;
  return SUMI_OK;
}

/* An entry of that name whose files are not Sumi's gets files of its own. */
static sumi_status_t get(entry_t **entries, const char *quoted_name, entry_t **entry) {
  for (*entry = *entries; *entry; *entry = (*entry)->next)
    if ((*entry)->quoted_name && strcmp((*entry)->quoted_name, quoted_name) == 0) break;
  if (!*entry) return add(entries, quoted_name, entry);
  if ((*entry)->number < 0) (*entry)->number = free_number(*entries);
  return SUMI_OK;
}

sumi_status_t sumi__summary_projector_get(entry_t **entries, const char *name, entry_t **entry) {
  sumi_buffer_t quoted = {0};
  sumi__summary_put_quoted(&quoted, name);
  const sumi_status_t status = sumi_buffer_text(&quoted) ? get(entries, quoted.data, entry)
                                                         : sumi_buffer_status(&quoted, "a name");
  sumi_buffer_release(&quoted);
  return status;
}

sumi_status_t sumi__summary_projector_write(const char *directory, const entry_t *entries) {
  sumi_buffer_t text = {0};
  for (; entries; entries = entries->next)
    if (entries->text) sumi_buffer_puts(&text, entries->text);
  sumi_status_t status = sumi_buffer_status(&text, file_name);
  if (status == SUMI_OK) status = sumi_file_replace(directory, file_name, text.data, text.size);
  sumi_buffer_release(&text);
  return status;
}

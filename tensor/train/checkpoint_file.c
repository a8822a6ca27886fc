#include "train/checkpoint_file.h"

#include <sumi/alloc.h>

#include <string.h>
#include <unistd.h>

#define TEXT_PREFIX "sumi/metadata/"

/* "a.ckpt", "a.ckpt-100" */
static bool is_tensorflows(const char *path) {
  const char *dot = NULL;
  for (const char *at = path; (at = strstr(at, ".ckpt")); ++at) dot = at;
  if (!dot) return false;
  const char *rest = dot + strlen(".ckpt");
  return !*rest || (*rest == '-' && rest[1] && !rest[1 + strspn(rest + 1, "0123456789")]);
}

sumi_checkpoint_format_t sumi__tensor_checkpoint_format(sumi_checkpoint_format_t given,
                                                        const char *path) {
  if (given != SUMI_CHECKPOINT_DEFAULT) return given;
  return is_tensorflows(path) ? SUMI_CHECKPOINT_TENSORFLOW : SUMI_CHECKPOINT_SAFETENSORS;
}

/* ---- Writing ---- */

/* The texts as arrays behind the others. */
static sumi_status_t add_texts(sumi_arena_t *arena, sumi_named_array_t *arrays, int64_t count,
                               const sumi_named_text_t *texts) {
  for (int64_t i = 0; i < count; ++i) {
    if (!texts[i].name || !texts[i].text)
      return sumi_fail(SUMI_INVALID_ARGUMENT, "a checkpoint: a text or its name is NULL");
    arrays[i].name = sumi_arena_printf(arena, TEXT_PREFIX "%s", texts[i].name);
    arrays[i].array = sumi_array_from(SUMI_UINT8, SUMI_DIMS((int64_t)strlen(texts[i].text)),
                                      texts[i].text);
    if (!arrays[i].name || !arrays[i].array) return sumi_fail_alloc("a checkpoint's text", 0);
  }
  return SUMI_OK;
}

static sumi_status_t write_bundle(const char *path, int64_t count, const sumi_named_array_t *arrays,
                                  int64_t text_count, const sumi_named_text_t *texts) {
  sumi_arena_t *arena = sumi_arena_new();
  sumi_named_array_t *all =
      arena ? sumi_arena_calloc(arena, (size_t)(count + text_count) + 1, sizeof *all) : NULL;
  sumi_status_t status = all ? SUMI_OK : sumi_fail_alloc("a checkpoint", 0);
  if (all && count) memcpy(all, arrays, (size_t)count * sizeof *all);
  if (status == SUMI_OK) status = add_texts(arena, all + count, text_count, texts);
  if (status == SUMI_OK) status = sumi_tensor_bundle_write(path, count + text_count, all);
  for (int64_t i = count; all && i < count + text_count; ++i)
    sumi_array_unref((sumi_array_t *)(uintptr_t)all[i].array);
  sumi_arena_free(arena);
  return status;
}

sumi_status_t sumi__tensor_checkpoint_write(sumi_checkpoint_format_t format, const char *path,
                                            int64_t count, const sumi_named_array_t *arrays,
                                            int64_t metadata_count,
                                            const sumi_named_text_t *metadata) {
  if (format == SUMI_CHECKPOINT_TENSORFLOW)
    return write_bundle(path, count, arrays, metadata_count, metadata);
  return sumi_safetensors_write(path, count, arrays, .metadata_count = metadata_count,
                                .metadata = metadata);
}

/* ---- Reading ---- */

static sumi_status_t read_text(sumi__tensor_checkpoint_file_t *file, const char *name) {
  sumi_array_t *bytes;
  SUMI_TRY(sumi_tensor_bundle_read(file->bundle, name, &bytes));
  const size_t size = sumi_array_size_bytes(bytes);
  char *text = sumi_arena_calloc(file->arena, size + 1, 1);
  if (text && size) memcpy(text, sumi_array_data(bytes), size);
  sumi_array_unref(bytes);
  if (!text) return sumi_fail_alloc("a checkpoint's text", size);
  file->texts[file->text_count++] = (sumi_named_text_t){name + strlen(TEXT_PREFIX), text};
  return SUMI_OK;
}

static sumi_status_t read_texts(sumi__tensor_checkpoint_file_t *file) {
  const int64_t count = sumi_tensor_bundle_count(file->bundle);
  file->arena = sumi_arena_new();
  if (file->arena)
    file->texts = sumi_arena_calloc(file->arena, (size_t)count + 1, sizeof *file->texts);
  if (!file->texts) return sumi_fail_alloc("a checkpoint's texts", 0);
  for (int64_t i = 0; i < count; ++i) {
    const char *name = sumi_tensor_bundle_at(file->bundle, i)->name;
    if (strncmp(name, TEXT_PREFIX, strlen(TEXT_PREFIX)) == 0) SUMI_TRY(read_text(file, name));
  }
  return SUMI_OK;
}

sumi_status_t sumi__tensor_checkpoint_open(const char *path, sumi__tensor_checkpoint_file_t *file) {
  if (access(path, F_OK) == 0 || !sumi_tensor_bundle_exists(path))
    return sumi_safetensors_open(path, &file->safetensors);
  SUMI_TRY(sumi_tensor_bundle_open(path, &file->bundle));
  return read_texts(file);
}

void sumi__tensor_checkpoint_close(sumi__tensor_checkpoint_file_t *file) {
  sumi_safetensors_close(file->safetensors);
  sumi_tensor_bundle_close(file->bundle);
  sumi_arena_free(file->arena);
  *file = (sumi__tensor_checkpoint_file_t){0};
}

int64_t sumi__tensor_checkpoint_count(const sumi__tensor_checkpoint_file_t *file) {
  return file->bundle ? sumi_tensor_bundle_count(file->bundle)
                      : sumi_safetensors_count(file->safetensors);
}

const sumi_safetensor_t *sumi__tensor_checkpoint_find(const sumi__tensor_checkpoint_file_t *file,
                                                      const char *name) {
  return file->bundle ? sumi_tensor_bundle_find(file->bundle, name)
                      : sumi_safetensors_find(file->safetensors, name);
}

sumi_status_t sumi__tensor_checkpoint_read(const sumi__tensor_checkpoint_file_t *file,
                                           const char *name, sumi_array_t **array) {
  return file->bundle ? sumi_tensor_bundle_read(file->bundle, name, array)
                      : sumi_safetensors_read(file->safetensors, name, array);
}

int64_t sumi__tensor_checkpoint_text_count(const sumi__tensor_checkpoint_file_t *file) {
  return file->bundle ? file->text_count : sumi_safetensors_metadata_count(file->safetensors);
}

const sumi_named_text_t *sumi__tensor_checkpoint_text_at(const sumi__tensor_checkpoint_file_t *file,
                                                         int64_t index) {
  return file->bundle ? &file->texts[index]
                      : sumi_safetensors_metadata_at(file->safetensors, index);
}

const char *sumi__tensor_checkpoint_text(const sumi__tensor_checkpoint_file_t *file,
                                         const char *name) {
  for (int64_t i = 0; i < sumi__tensor_checkpoint_text_count(file); ++i) {
    const sumi_named_text_t *text = sumi__tensor_checkpoint_text_at(file, i);
    if (strcmp(text->name, name) == 0) return text->text;
  }
  return NULL;
}

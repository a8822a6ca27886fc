/* In place of safetensors_json.c where Sumi is built without jansson. */
#include "array/safetensors.h"

static sumi_status_t refuse(const char *path) {
  return sumi_fail(SUMI_UNIMPLEMENTED,
                   "%s: safetensors: this Sumi was built without jansson; install its development "
                   "package and build Sumi again",
                   path);
}

sumi_status_t sumi__tensor_safetensors_parse(sumi_safetensors_t *file, const char *text,
                                             size_t size_bytes, int64_t data) {
  (void)text, (void)size_bytes, (void)data;
  return refuse(file->path);
}

sumi_status_t sumi__tensor_safetensors_put_header(sumi_buffer_t *header, const char *path,
                                                  int64_t count,
                                                  const sumi_named_array_t *const *arrays,
                                                  const sumi_safetensors_options_t *options) {
  (void)header, (void)count, (void)arrays, (void)options;
  return refuse(path);
}

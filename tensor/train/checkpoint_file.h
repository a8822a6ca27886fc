/* A checkpoint's file, whichever format it has: arrays and texts, each with a name. A safetensors
 * file has both; TensorFlow's has arrays, so that a text is an array of its bytes there, called
 * "sumi/metadata/<name>". */
#ifndef SUMI_TRAIN_CHECKPOINT_FILE_H
#define SUMI_TRAIN_CHECKPOINT_FILE_H

#include <sumi/arena.h>
#include <sumi/checkpoint.h>
#include <sumi/tensor_bundle.h>

/* The format that is meant: DEFAULT is told by the path. */
sumi_checkpoint_format_t sumi__tensor_checkpoint_format(sumi_checkpoint_format_t given,
                                                        const char *path);

sumi_status_t sumi__tensor_checkpoint_write(sumi_checkpoint_format_t format, const char *path,
                                            int64_t count, const sumi_named_array_t *arrays,
                                            int64_t metadata_count,
                                            const sumi_named_text_t *metadata);

/* Open for reading; zero-initialise it, and close it whatever happens. */
typedef struct sumi__tensor_checkpoint_file {
  sumi_safetensors_t *safetensors; /* or */
  sumi_tensor_bundle_t *bundle;
  sumi_arena_t *arena; /* of a bundle's texts */
  int64_t text_count;
  sumi_named_text_t *texts;
} sumi__tensor_checkpoint_file_t;

/* A bundle where there is none of that path and "<path>.index". */
sumi_status_t sumi__tensor_checkpoint_open(const char *path, sumi__tensor_checkpoint_file_t *file);
void sumi__tensor_checkpoint_close(sumi__tensor_checkpoint_file_t *file);

int64_t sumi__tensor_checkpoint_count(const sumi__tensor_checkpoint_file_t *file);
const sumi_safetensor_t *sumi__tensor_checkpoint_find(const sumi__tensor_checkpoint_file_t *file,
                                                      const char *name);
sumi_status_t sumi__tensor_checkpoint_read(const sumi__tensor_checkpoint_file_t *file,
                                           const char *name, sumi_array_t **array);
int64_t sumi__tensor_checkpoint_text_count(const sumi__tensor_checkpoint_file_t *file);
const sumi_named_text_t *sumi__tensor_checkpoint_text_at(const sumi__tensor_checkpoint_file_t *file,
                                                         int64_t index);
const char *sumi__tensor_checkpoint_text(const sumi__tensor_checkpoint_file_t *file,
                                         const char *name);

#endif

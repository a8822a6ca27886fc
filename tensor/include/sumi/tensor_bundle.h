/* TensorFlow's checkpoint files: named arrays in "<prefix>.index" and
 * "<prefix>.data-00000-of-00001".
 *
 *   sumi_tensor_bundle_t *bundle;
 *   if (sumi_tensor_bundle_open("model.ckpt-1000", &bundle) == SUMI_OK)
 *     sumi_tensor_bundle_read(bundle, "dense/kernel", &kernel);
 *
 * What tf.train.Saver (write_version V2, the default) writes and tf.train.load_checkpoint reads;
 * sumi_save and sumi_restore use it for variables (<sumi/checkpoint.h>). Partitioned variables,
 * which stand there in slices, are read as one array; float16 and bfloat16 as float32. Source of
 * the format: TensorFlow core/util/tensor_bundle, core/protobuf/tensor_bundle.proto, and
 * core/lib/io/table, of LevelDB. Errors: DATA_LOSS, with file and byte, for what is damaged or cut,
 * checksums included; UNIMPLEMENTED, naming it, for what the format allows and this reader does
 * not: compressed blocks, another byte order, texts, and numbers that arrays have not, as complex
 * ones. */
#ifndef SUMI_TENSOR_BUNDLE_H
#define SUMI_TENSOR_BUNDLE_H

#include <sumi/safetensors.h>

SUMI_BEGIN_DECLS

/** Writes `count` arrays of numbers. Each of the two files appears whole, synced to the disk, or
 * not at all, the index last. */
SUMI_API sumi_status_t sumi_tensor_bundle_write(const char *prefix, int64_t count,
                                                const sumi_named_array_t *arrays);

/** Whether there is a file "<prefix>.index". */
SUMI_API bool sumi_tensor_bundle_exists(const char *prefix);

/** A bundle open for reading; confined to a thread. */
typedef struct sumi_tensor_bundle sumi_tensor_bundle_t;

/** Reads the index and checks that the data files hold all that it says; *bundle is NULL on
 * failure. */
SUMI_API sumi_status_t sumi_tensor_bundle_open(const char *prefix, sumi_tensor_bundle_t **bundle);
/** NULL is allowed. */
SUMI_API void sumi_tensor_bundle_close(sumi_tensor_bundle_t *bundle);

/** As those of safetensors files, by ascending names; dtypes are called as TensorFlow's:
 * "float32". */
SUMI_API int64_t sumi_tensor_bundle_count(const sumi_tensor_bundle_t *bundle);
SUMI_API const sumi_safetensor_t *sumi_tensor_bundle_at(const sumi_tensor_bundle_t *bundle,
                                                        int64_t index);
SUMI_API const sumi_safetensor_t *sumi_tensor_bundle_find(const sumi_tensor_bundle_t *bundle,
                                                          const char *name);

/** Reads one array by name and checks its checksum; *array is new (the caller unrefs it), NULL on
 * failure. NOT_FOUND names what was asked for. */
SUMI_API sumi_status_t sumi_tensor_bundle_read(const sumi_tensor_bundle_t *bundle, const char *name,
                                               sumi_array_t **array);

SUMI_END_DECLS
#endif

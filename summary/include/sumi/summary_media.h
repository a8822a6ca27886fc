/* Raw media: image tensors, sound, meshes. Rules common to all calls: <sumi/writer.h>. */
#ifndef SUMI_SUMMARY_MEDIA_H
#define SUMI_SUMMARY_MEDIA_H

#include <sumi/array_view.h>
#include <sumi/writer.h>

SUMI_BEGIN_DECLS

typedef enum sumi_image_scaling {
  /* TensorFlow 1's summary image: non-negative values are scaled so that the greatest becomes 255,
   * others so that 0 becomes 128 and the greatest magnitude 127
   * (tensorflow/core/kernels/summary_image_op.cc). Per picture. */
  SUMI_SCALE_RANGE = 0,
  /* TensorFlow 2's: 0 to 1 becomes 0 to 255, values outside are clipped. */
  SUMI_SCALE_UNIT,
} sumi_image_scaling_t;

typedef struct sumi_image_options {
  int max_outputs SUMI_UNSET;              /* pictures of the batch to show; default 3 */
  sumi_image_scaling_t scaling SUMI_UNSET; /* of floating-point pixels */
  const uint8_t *bad_color
      SUMI_UNSET; /* 4 bytes RGBA for pixels with NaN or infinity; default red */
  int end_ SUMI_UNSET;
} sumi_image_options_t;

/** Pictures as they are: uint8, float32 or float64 pixels [h,w], [h,w,c] or [n,h,w,c] with c 1
 * (grey), 3 (RGB) or 4 (RGB and alpha); 1 to 65536 pixels a side and at most 2^28 values. */
#define sumi_writer_image(writer, tag, step, ...)                                                  \
  SUMI__WRITER_IMAGE(writer, tag, step, __VA_ARGS__, .end_ = 0)
#define SUMI__WRITER_IMAGE(writer, tag, step, pixels, ...)                                         \
  sumi_writer_image_with(writer, tag, step, pixels, SUMI_OPTIONS(sumi_image_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_image_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                              const sumi_array_view_t *pixels,
                                              sumi_image_options_t options);

/** Images that are encoded already (PNG, JPEG, GIF or BMP bytes), all of the same size in pixels.
 */
typedef struct sumi_encoded_image {
  const void *bytes;
  size_t size_bytes;
} sumi_encoded_image_t;

SUMI_API sumi_status_t sumi_writer_encoded_images(sumi_writer_t *writer, const char *tag,
                                                  int64_t step, int width_px, int height_px,
                                                  const sumi_encoded_image_t *images, size_t count);

typedef struct sumi_audio_options {
  int max_outputs SUMI_UNSET; /* clips of the batch to keep; default 3 */
  int end_ SUMI_UNSET;
} sumi_audio_options_t;

/** Sound as 16-bit WAV: float32 or float64 samples, clipped to -1 to 1, or int16 samples; [frames],
 *  [frames,channels] or [clips,frames,channels] with 1 to 16 channels. NaN becomes silence. Keep
 * the number of clips of a tag the same at all steps. */
#define sumi_writer_audio(writer, tag, step, samples, ...)                                         \
  SUMI__WRITER_AUDIO(writer, tag, step, samples, __VA_ARGS__, .end_ = 0)
#define SUMI__WRITER_AUDIO(writer, tag, step, samples, sample_rate_hz, ...)                        \
  sumi_writer_audio_with(writer, tag, step, samples, sample_rate_hz,                               \
                         SUMI_OPTIONS(sumi_audio_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_audio_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                              const sumi_array_view_t *samples, int sample_rate_hz,
                                              sumi_audio_options_t options);

typedef struct sumi_mesh_options {
  const sumi_array_view_t *faces
      SUMI_UNSET; /* int32 [b,f,3]: vertex numbers of triangles; NULL: a point cloud */
  const sumi_array_view_t *colors SUMI_UNSET; /* uint8 [b,n,3]: RGB of every vertex */
  const char *config_json SUMI_UNSET; /* camera, lights and material for TensorBoard's viewer */
  int end_ SUMI_UNSET;
} sumi_mesh_options_t;

/** Meshes or point clouds: `vertices` float32 [b,n,3]. With faces at most 65536 vertices
 * (TensorBoard's viewer numbers them in 16 bits). What parts a tag has is fixed by its first call.
 */
#define sumi_writer_mesh(writer, tag, step, ...)                                                   \
  SUMI__WRITER_MESH(writer, tag, step, __VA_ARGS__, .end_ = 0)
#define SUMI__WRITER_MESH(writer, tag, step, vertices, ...)                                        \
  sumi_writer_mesh_with(writer, tag, step, vertices, SUMI_OPTIONS(sumi_mesh_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_mesh_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                             const sumi_array_view_t *vertices,
                                             sumi_mesh_options_t options);

SUMI_END_DECLS
#endif

/* Sound and meshes. Rules common to all calls: <sumi/writer.h>. */
#ifndef SUMI_SUMMARY_MEDIA_H
#define SUMI_SUMMARY_MEDIA_H

#include <sumi/array_view.h>
#include <sumi/writer.h>

SUMI_BEGIN_DECLS

typedef struct sumi_audio_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  int max_outputs SUMI_UNSET;    /* clips of the batch to keep; default 3 */
} sumi_audio_options_t;

/** Sound as 16-bit WAV: float32 or float64 samples, clipped to -1 to 1, or int16 samples; [frames],
 * [frames,channels] or [clips,frames,channels] with 1 to 16 channels. NaN becomes silence. Keep the
 * number of clips of a tag the same at all steps. */
#define sumi_writer_audio(writer, tag, step, samples, ...)                                         \
  SUMI__WRITER_AUDIO(writer, tag, step, samples, __VA_ARGS__, )
#define SUMI__WRITER_AUDIO(writer, tag, step, samples, sample_rate_hz, ...)                        \
  sumi_writer_audio_with(writer, tag, step, samples, sample_rate_hz,                               \
                         SUMI_OPTIONS(sumi_audio_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_audio_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                              const sumi_array_view_t *samples, int sample_rate_hz,
                                              const sumi_audio_options_t *options);

typedef struct sumi_mesh_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* int32 [b,f,3]: vertex numbers of triangles; NULL: a point cloud. */
  const sumi_array_view_t *faces SUMI_UNSET;
  const sumi_array_view_t *colors SUMI_UNSET; /* uint8 [b,n,3]: RGB of every vertex */
  const char *config_json SUMI_UNSET; /* camera, lights and material for TensorBoard's viewer */
} sumi_mesh_options_t;

/** Meshes or point clouds: `vertices` float32 [b,n,3]. With faces at most 65536 vertices
 * (TensorBoard's viewer numbers them in 16 bits). What parts a tag has is fixed by its first
 * call. */
#define sumi_writer_mesh(writer, tag, step, ...) SUMI__WRITER_MESH(writer, tag, step, __VA_ARGS__, )
#define SUMI__WRITER_MESH(writer, tag, step, vertices, ...)                                        \
  sumi_writer_mesh_with(writer, tag, step, vertices, SUMI_OPTIONS(sumi_mesh_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_writer_mesh_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                             const sumi_array_view_t *vertices,
                                             const sumi_mesh_options_t *options);

SUMI_END_DECLS
#endif

/* oneDNN convolution primitives, made once per geometry and kept for the process: making one takes
 * milliseconds. */
#ifndef SUMI_KERNELS_ONEDNN_CONV_H
#define SUMI_KERNELS_ONEDNN_CONV_H

#include "kernels/conv.h"
#include "kernels/onednn_api.h"

/* The images of a batch are cut into at most this many runs of equal length (the last may be
 * shorter). oneDNN works on each with one thread, so that the result does not depend on the number
 * of threads. */
enum { SUMI__ONEDNN_CHUNKS = 16 };

/* oneDNN's views of our arrays. Their addresses are set in every run, so a run needs a set of its
 * own. */
typedef struct sumi__tensor_onednn_memory {
  dnnl_memory_t plain_filter, filter; /* as we lay it out; as the primitives want it */
  struct {
    dnnl_memory_t images, output, scratchpad;
    dnnl_memory_t partial; /* the chunk's filter gradient */
    dnnl_stream_t stream;
  } chunk[SUMI__ONEDNN_CHUNKS];
} sumi__tensor_onednn_memory_t;

typedef struct sumi__tensor_onednn_conv {
  sumi__tensor_conv_t conv;
  sumi__tensor_conv_pass_t pass;
  bool usable; /* false: oneDNN has nothing better than im2col; what follows is not set */
  int chunks;
  int64_t chunk_images;        /* images of all chunks but the last */
  dnnl_primitive_t full, last; /* one chunk; the same primitive when the last is not shorter */
  dnnl_primitive_t reorder;    /* of the filter, or of its gradient; NULL when no layout differs */
  size_t filter_bytes, scratchpad_bytes; /* multiples of SUMI_ALIGNMENT */
  sumi__tensor_onednn_memory_t memory;
  _Atomic bool memory_taken;
} sumi__tensor_onednn_conv_t;

/* The entry of the process's table for this geometry, made when it is new; *spare, made afresh,
 * when the table is full. NULL when oneDNN does not work here. Give it back with release.
 * Thread-safe; takes a lock only for a new geometry. */
sumi__tensor_onednn_conv_t *sumi__tensor_onednn_conv_get(const sumi__tensor_conv_t *conv,
                                                         sumi__tensor_conv_pass_t pass,
                                                         sumi__tensor_onednn_conv_t *spare);
void sumi__tensor_onednn_conv_release(sumi__tensor_onednn_conv_t *entry,
                                      sumi__tensor_onednn_conv_t *spare);

/* A set of views for one run: the entry's own, or *spare, made afresh, while another run has that.
 */
sumi__tensor_onednn_memory_t *sumi__tensor_onednn_memory_take(sumi__tensor_onednn_conv_t *entry,
                                                              sumi__tensor_onednn_memory_t *spare);
void sumi__tensor_onednn_memory_give_back(sumi__tensor_onednn_conv_t *entry,
                                          sumi__tensor_onednn_memory_t *memory);

#endif

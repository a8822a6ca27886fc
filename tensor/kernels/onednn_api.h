/* What differs between oneDNN 2 and oneDNN 3: how layouts are owned, and how the description of a
 * convolution is made. Everything else is called as in either.
 * Source: oneDNN's "Transition from v2.x to v3.x". */
#ifndef SUMI_KERNELS_ONEDNN_API_H
#define SUMI_KERNELS_ONEDNN_API_H

#include <oneapi/dnnl/dnnl.h>

#include <sumi/config.h>

static inline bool sumi__tensor_onednn_ok(dnnl_status_t status) {
  return status == dnnl_success;
}

/* A layout that is owned: zero-initialise, release. One that is borrowed: `_ref`. */
typedef struct sumi__tensor_onednn_layout {
  dnnl_memory_desc_t desc;
} sumi__tensor_onednn_layout_t;

/* A convolution from layouts that stay the caller's. */
typedef struct sumi__tensor_onednn_geometry {
  dnnl_dims_t strides, holes, before, after;
} sumi__tensor_onednn_geometry_t;

typedef enum sumi__tensor_onednn_pass {
  SUMI__ONEDNN_FORWARD,
  SUMI__ONEDNN_IMAGES, /* the gradient of the images … */
  SUMI__ONEDNN_FILTER  /* … and of the filter; both want the forward pass as a hint */
} sumi__tensor_onednn_pass_t;

#if DNNL_VERSION_MAJOR >= 3

typedef const_dnnl_memory_desc_t sumi__tensor_onednn_layout_ref_t;

static inline sumi__tensor_onednn_layout_ref_t
sumi__tensor_onednn_ref(const sumi__tensor_onednn_layout_t *layout) {
  return layout->desc;
}

static inline void sumi__tensor_onednn_layout_release(sumi__tensor_onednn_layout_t *layout) {
  if (layout->desc) dnnl_memory_desc_destroy(layout->desc);
  layout->desc = NULL;
}

/* Of float32 elements. */
static inline bool sumi__tensor_onednn_layout_make(sumi__tensor_onednn_layout_t *layout,
                                                   const dnnl_dims_t dims, dnnl_format_tag_t tag) {
  return sumi__tensor_onednn_ok(
      dnnl_memory_desc_create_with_tag(&layout->desc, 4, dims, dnnl_f32, tag));
}

static inline bool sumi__tensor_onednn_layout_copy(sumi__tensor_onednn_layout_t *layout,
                                                   sumi__tensor_onednn_layout_ref_t from) {
  sumi__tensor_onednn_layout_release(layout);
  return sumi__tensor_onednn_ok(dnnl_memory_desc_clone(&layout->desc, from));
}

static inline dnnl_status_t sumi__tensor_onednn_convolution(
    dnnl_primitive_desc_t *made, dnnl_engine_t engine, sumi__tensor_onednn_pass_t pass,
    sumi__tensor_onednn_layout_ref_t images, sumi__tensor_onednn_layout_ref_t filter,
    sumi__tensor_onednn_layout_ref_t output, const sumi__tensor_onednn_geometry_t *g,
    dnnl_primitive_attr_t attr, const_dnnl_primitive_desc_t forward) {
  switch (pass) {
  case SUMI__ONEDNN_FORWARD:
    return dnnl_convolution_forward_primitive_desc_create(
        made, engine, dnnl_forward_training, dnnl_convolution_direct, images, filter, NULL, output,
        g->strides, g->holes, g->before, g->after, attr);
  case SUMI__ONEDNN_IMAGES:
    return dnnl_convolution_backward_data_primitive_desc_create(
        made, engine, dnnl_convolution_direct, images, filter, output, g->strides, g->holes,
        g->before, g->after, forward, attr);
  case SUMI__ONEDNN_FILTER: break;
  }
  return dnnl_convolution_backward_weights_primitive_desc_create(
      made, engine, dnnl_convolution_direct, images, filter, NULL, output, g->strides, g->holes,
      g->before, g->after, forward, attr);
}

#else

typedef const dnnl_memory_desc_t *sumi__tensor_onednn_layout_ref_t;

static inline sumi__tensor_onednn_layout_ref_t
sumi__tensor_onednn_ref(const sumi__tensor_onednn_layout_t *layout) {
  return &layout->desc;
}

static inline void sumi__tensor_onednn_layout_release(sumi__tensor_onednn_layout_t *layout) {
  (void)layout; /* a plain value */
}

static inline bool sumi__tensor_onednn_layout_make(sumi__tensor_onednn_layout_t *layout,
                                                   const dnnl_dims_t dims, dnnl_format_tag_t tag) {
  return sumi__tensor_onednn_ok(
      dnnl_memory_desc_init_by_tag(&layout->desc, 4, dims, dnnl_f32, tag));
}

static inline bool sumi__tensor_onednn_layout_copy(sumi__tensor_onednn_layout_t *layout,
                                                   sumi__tensor_onednn_layout_ref_t from) {
  layout->desc = *from;
  return true;
}

static inline dnnl_status_t sumi__tensor_onednn_convolution(
    dnnl_primitive_desc_t *made, dnnl_engine_t engine, sumi__tensor_onednn_pass_t pass,
    sumi__tensor_onednn_layout_ref_t images, sumi__tensor_onednn_layout_ref_t filter,
    sumi__tensor_onednn_layout_ref_t output, const sumi__tensor_onednn_geometry_t *g,
    dnnl_primitive_attr_t attr, const_dnnl_primitive_desc_t forward) {
  dnnl_convolution_desc_t desc;
  dnnl_status_t status = dnnl_invalid_arguments;
  switch (pass) {
  case SUMI__ONEDNN_FORWARD:
    status = dnnl_dilated_convolution_forward_desc_init(
        &desc, dnnl_forward_training, dnnl_convolution_direct, images, filter, NULL, output,
        g->strides, g->holes, g->before, g->after);
    break;
  case SUMI__ONEDNN_IMAGES:
    status = dnnl_dilated_convolution_backward_data_desc_init(&desc, dnnl_convolution_direct,
                                                              images, filter, output, g->strides,
                                                              g->holes, g->before, g->after);
    break;
  case SUMI__ONEDNN_FILTER:
    status = dnnl_dilated_convolution_backward_weights_desc_init(
        &desc, dnnl_convolution_direct, images, filter, NULL, output, g->strides, g->holes,
        g->before, g->after);
    break;
  }
  if (!sumi__tensor_onednn_ok(status)) return status;
  return dnnl_primitive_desc_create(made, &desc, attr, engine, forward);
}

#endif
#endif

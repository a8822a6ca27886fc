/* Convolution by oneDNN: chunks of images in parallel, each by one thread. */
#include "kernels/conv.h"

#ifdef SUMI_HAVE_ONEDNN
#include "exec/run/parallel.h"
#include "kernels/conv_tasks.h"
#include "kernels/onednn_conv.h"

/* Scratch: the filter in oneDNN's layout (or, for its gradient, one partial gradient for each
 * chunk), then a scratchpad for each chunk. */
typedef struct run {
  const sumi__tensor_onednn_conv_t *entry;
  const sumi__tensor_onednn_memory_t *memory;
  sumi__tensor_conv_arrays_t arrays;
  char *filter, *scratchpads;
  dnnl_status_t statuses[SUMI__ONEDNN_CHUNKS];
} run_t;

static size_t filter_scratch(const sumi__tensor_onednn_conv_t *entry) {
  if (entry->pass == SUMI__CONV_FILTER) return (size_t)entry->chunks * entry->filter_bytes;
  return entry->reorder ? entry->filter_bytes : 0;
}

bool sumi__tensor_conv_onednn_scratch(const sumi__tensor_conv_t *conv,
                                      sumi__tensor_conv_pass_t pass, size_t *bytes) {
  sumi__tensor_onednn_conv_t spare, *entry = sumi__tensor_onednn_conv_get(conv, pass, &spare);
  if (!entry) return false;
  const bool usable = entry->usable;
  if (usable) *bytes = filter_scratch(entry) + (size_t)entry->chunks * entry->scratchpad_bytes;
  sumi__tensor_onednn_conv_release(entry, &spare);
  return usable;
}

static dnnl_status_t set(dnnl_memory_t memory, void *data) {
  return dnnl_memory_set_data_handle(memory, data);
}

static dnnl_status_t first_failure(const dnnl_status_t *statuses, int count) {
  for (int i = 0; i < count; ++i)
    if (statuses[i] != dnnl_success) return statuses[i];
  return dnnl_success;
}

static dnnl_status_t reorder_filter(const run_t *run, dnnl_memory_t from, dnnl_memory_t to) {
  const dnnl_exec_arg_t args[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
  return dnnl_primitive_execute(run->entry->reorder, run->memory->chunk[0].stream, 2, args);
}

/* The filter in the layout the primitives read. */
static dnnl_status_t prepare_filter(const run_t *run) {
  const sumi__tensor_onednn_memory_t *memory = run->memory;
  if (!run->entry->reorder) return set(memory->filter, run->arrays.filter);
  const dnnl_status_t statuses[] = {set(memory->plain_filter, run->arrays.filter),
                                    set(memory->filter, run->filter)};
  const dnnl_status_t status = first_failure(statuses, 2);
  return status ? status : reorder_filter(run, memory->plain_filter, memory->filter);
}

static dnnl_status_t place_chunk(const run_t *run, int64_t chunk) {
  const sumi__tensor_onednn_conv_t *entry = run->entry;
  const sumi__tensor_conv_t *conv = &entry->conv;
  const int64_t image = chunk * entry->chunk_images;
  const int64_t output_size = sumi__tensor_conv_output_pixels(conv) * conv->out_channels;
  const dnnl_status_t statuses[] = {
      set(run->memory->chunk[chunk].images,
          (float *)run->arrays.images + image * sumi__tensor_conv_image_size(conv)),
      set(run->memory->chunk[chunk].output, (float *)run->arrays.output + image * output_size),
      set(run->memory->chunk[chunk].scratchpad,
          run->scratchpads + (size_t)chunk * entry->scratchpad_bytes),
      entry->pass == SUMI__CONV_FILTER ? set(run->memory->chunk[chunk].partial,
                                             run->filter + (size_t)chunk * entry->filter_bytes)
                                       : dnnl_success};
  return first_failure(statuses, 4);
}

static void run_chunk(void *context, int64_t chunk) {
  run_t *run = context;
  const sumi__tensor_onednn_conv_t *entry = run->entry;
  const sumi__tensor_onednn_memory_t *memory = run->memory;
  const bool forward = entry->pass == SUMI__CONV_OUTPUT,
             of_filter = entry->pass == SUMI__CONV_FILTER;
  const dnnl_exec_arg_t args[] = {
      {entry->pass == SUMI__CONV_IMAGES ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC,
       memory->chunk[chunk].images},
      {of_filter ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS,
       of_filter ? memory->chunk[chunk].partial : memory->filter},
      {forward ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST, memory->chunk[chunk].output},
      {DNNL_ARG_SCRATCHPAD, memory->chunk[chunk].scratchpad}};
  dnnl_status_t status = place_chunk(run, chunk);
  if (status == dnnl_success)
    status = dnnl_primitive_execute(chunk == entry->chunks - 1 ? entry->last : entry->full,
                                    memory->chunk[chunk].stream, 4, args);
  run->statuses[chunk] = status;
}

static dnnl_status_t finish_filter(const sumi_kernel_t *kernel, run_t *run) {
  const sumi__tensor_onednn_conv_t *entry = run->entry;
  const bool same_layout = !entry->reorder;
  sumi__tensor_conv_sum_partials(kernel, SUMI_FLOAT32,
                                 same_layout ? sumi__tensor_conv_filter_size(&entry->conv)
                                             : (int64_t)(entry->filter_bytes / sizeof(float)),
                                 entry->chunks, run->filter, entry->filter_bytes,
                                 same_layout ? run->arrays.filter : run->filter);
  if (same_layout) return dnnl_success;
  const dnnl_status_t status = set(run->memory->plain_filter, run->arrays.filter);
  return status ? status
                : reorder_filter(run, run->memory->chunk[0].partial, run->memory->plain_filter);
}

static dnnl_status_t run_chunks(const sumi_kernel_t *kernel, run_t *run) {
  const bool of_filter = run->entry->pass == SUMI__CONV_FILTER;
  dnnl_status_t status = of_filter ? dnnl_success : prepare_filter(run);
  if (status != dnnl_success) return status;
  sumi_kernel_parallel(kernel, run->entry->chunks, run_chunk, run);
  status = first_failure(run->statuses, run->entry->chunks);
  return status == dnnl_success && of_filter ? finish_filter(kernel, run) : status;
}

static dnnl_status_t run_entry(const sumi_kernel_t *kernel, sumi__tensor_onednn_conv_t *entry,
                               const sumi__tensor_conv_arrays_t *arrays) {
  sumi__tensor_onednn_memory_t spare, *memory = sumi__tensor_onednn_memory_take(entry, &spare);
  if (!memory) return dnnl_out_of_memory;
  run_t run = {.entry = entry, .memory = memory, .arrays = *arrays, .filter = kernel->scratch};
  run.scratchpads = run.filter + filter_scratch(entry);
  const dnnl_status_t status = run_chunks(kernel, &run);
  sumi__tensor_onednn_memory_give_back(entry, memory);
  return status;
}

sumi_status_t sumi__tensor_conv_onednn(const sumi_kernel_t *kernel, const sumi__tensor_conv_t *conv,
                                       sumi__tensor_conv_pass_t pass,
                                       const sumi__tensor_conv_arrays_t *arrays) {
  sumi__tensor_onednn_conv_t spare, *entry = sumi__tensor_onednn_conv_get(conv, pass, &spare);
  const int saved = sumi__tensor_threads_begin(); /* the primitives were made for one thread */
  const dnnl_status_t status = entry && entry->usable ? run_entry(kernel, entry, arrays)
                                                      : dnnl_runtime_error;
  sumi__tensor_threads_end(saved);
  if (entry) sumi__tensor_onednn_conv_release(entry, &spare);
  if (status == dnnl_success) return SUMI_OK;
  return sumi_kernel_fail(kernel,
                          status == dnnl_out_of_memory ? SUMI_RESOURCE_EXHAUSTED : SUMI_INTERNAL,
                          "oneDNN could not convolve (its status is %d)", (int)status);
}

#else

bool sumi__tensor_conv_onednn_scratch(const sumi__tensor_conv_t *conv,
                                      sumi__tensor_conv_pass_t pass, size_t *bytes) {
  (void)conv, (void)pass, (void)bytes;
  return false;
}

sumi_status_t sumi__tensor_conv_onednn(const sumi_kernel_t *kernel, const sumi__tensor_conv_t *conv,
                                       sumi__tensor_conv_pass_t pass,
                                       const sumi__tensor_conv_arrays_t *arrays) {
  (void)conv, (void)pass, (void)arrays;
  return sumi_kernel_fail(kernel, SUMI_UNIMPLEMENTED, "Sumi was built without oneDNN");
}
#endif

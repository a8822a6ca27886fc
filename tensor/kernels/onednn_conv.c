#ifdef SUMI_HAVE_ONEDNN
#include "kernels/onednn_conv.h"

#include "exec/run/parallel.h"

#include <sumi/alloc.h>

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { MAX_ENTRIES = 256, MAX_PARTIAL_BYTES = 16 << 20, MIN_CHUNKS_WITH_PARTIALS = 4 };

/* Entries are only added, and complete before `count` covers them: readers need no lock. */
static struct {
  pthread_mutex_t lock; /* guards everything that is written */
  dnnl_engine_t engine;
  _Atomic int count;
  sumi__tensor_onednn_conv_t entries[MAX_ENTRIES];
} table = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- How a batch is cut ---- */

static void choose_chunks(sumi__tensor_onednn_conv_t *entry) {
  const int64_t images = entry->conv.images;
  int64_t chunks = SUMI__ONEDNN_CHUNKS;
  if (entry->pass == SUMI__CONV_FILTER) {
    const int64_t fitting = MAX_PARTIAL_BYTES /
                            (sumi__tensor_conv_filter_size(&entry->conv) * (int64_t)sizeof(float));
    const int64_t least = MIN_CHUNKS_WITH_PARTIALS;
    chunks = fitting < least ? least : fitting < chunks ? fitting : chunks;
  }
  entry->chunk_images = (images + chunks - 1) / chunks;
  entry->chunks = (int)((images + entry->chunk_images - 1) / entry->chunk_images);
}

static int64_t last_chunk_images(const sumi__tensor_onednn_conv_t *entry) {
  return entry->conv.images - (entry->chunks - 1) * entry->chunk_images;
}

/* ---- Primitives ---- */

typedef sumi__tensor_onednn_layout_t layout_t;
typedef sumi__tensor_onednn_layout_ref_t layout_ref_t;

typedef struct layouts {
  layout_t images, filter, output;
} layouts_t;

static bool ok(dnnl_status_t status) {
  return sumi__tensor_onednn_ok(status);
}

static void release_layouts(layouts_t *layouts) {
  sumi__tensor_onednn_layout_release(&layouts->images);
  sumi__tensor_onednn_layout_release(&layouts->filter);
  sumi__tensor_onednn_layout_release(&layouts->output);
}

/* Our layouts, and no wish for the filter's: reordering a filter costs little, reordering pictures
 * much. To be released even when it fails. */
static bool describe(const sumi__tensor_conv_t *c, int64_t images, layouts_t *layouts) {
  const dnnl_dims_t in = {images, c->in_channels, c->rows.in, c->columns.in};
  const dnnl_dims_t out = {images, c->out_channels, c->rows.out, c->columns.out};
  const dnnl_dims_t filter = {c->out_channels, c->in_channels, c->rows.size, c->columns.size};
  *layouts = (layouts_t){0};
  return sumi__tensor_onednn_layout_make(&layouts->images, in, dnnl_nhwc) &&
         sumi__tensor_onednn_layout_make(&layouts->output, out, dnnl_nhwc) &&
         sumi__tensor_onednn_layout_make(&layouts->filter, filter, dnnl_format_tag_any);
}

static int64_t padding_after(const sumi__tensor_window_t *w) {
  return (w->out - 1) * w->stride + (w->size - 1) * w->dilation + 1 - w->in - w->before;
}

static sumi__tensor_onednn_pass_t pass_of(sumi__tensor_conv_pass_t pass) {
  switch (pass) {
  case SUMI__CONV_OUTPUT: return SUMI__ONEDNN_FORWARD;
  case SUMI__CONV_IMAGES: return SUMI__ONEDNN_IMAGES;
  case SUMI__CONV_FILTER: break;
  }
  return SUMI__ONEDNN_FILTER;
}

static dnnl_primitive_desc_t make_pass(const sumi__tensor_conv_t *c, sumi__tensor_conv_pass_t pass,
                                       const layouts_t *layouts, dnnl_primitive_desc_t forward) {
  const sumi__tensor_onednn_geometry_t geometry = {
      .strides = {c->rows.stride, c->columns.stride},
      .holes = {c->rows.dilation - 1, c->columns.dilation - 1},
      .before = {c->rows.before, c->columns.before},
      .after = {padding_after(&c->rows), padding_after(&c->columns)}};
  dnnl_primitive_attr_t attr = NULL;
  dnnl_primitive_desc_t made = NULL;
  if (ok(dnnl_primitive_attr_create(&attr)) &&
      ok(dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user)) &&
      !ok(sumi__tensor_onednn_convolution(
          &made, table.engine, pass_of(pass), sumi__tensor_onednn_ref(&layouts->images),
          sumi__tensor_onednn_ref(&layouts->filter), sumi__tensor_onednn_ref(&layouts->output),
          &geometry, attr, forward)))
    made = NULL;
  if (attr) dnnl_primitive_attr_destroy(attr);
  return made;
}

/* The gradients' primitives want that of the output as a hint. */
static dnnl_primitive_desc_t make_primitive_desc(const sumi__tensor_conv_t *conv,
                                                 sumi__tensor_conv_pass_t pass,
                                                 const layouts_t *layouts) {
  dnnl_primitive_desc_t forward = make_pass(conv, SUMI__CONV_OUTPUT, layouts, NULL);
  if (!forward || pass == SUMI__CONV_OUTPUT) return forward;
  dnnl_primitive_desc_t made = make_pass(conv, pass, layouts, forward);
  dnnl_primitive_desc_destroy(forward);
  return made;
}

/* Measured on Zen 1 (AVX2) and Zen 4 (AVX-512): the implementations named gemm and ref lose to
 * ours; so do the gradient of one-channel images, and with AVX2 that of filters of few input
 * channels. */
static bool is_faster(const sumi__tensor_onednn_conv_t *entry, const_dnnl_primitive_desc_t desc) {
  const char *implementation = "";
  if (!ok(dnnl_primitive_desc_query(desc, dnnl_query_impl_info_str, 0, &implementation)))
    return false;
  if (strstr(implementation, "gemm:") || strstr(implementation, "ref")) return false;
  if (entry->pass == SUMI__CONV_IMAGES) return entry->conv.in_channels > 1;
  return entry->pass == SUMI__CONV_OUTPUT || entry->conv.in_channels >= 8 ||
         strstr(implementation, "avx512");
}

static size_t rounded_size(layout_ref_t layout) {
  return (dnnl_memory_desc_get_size(layout) + SUMI_ALIGNMENT - 1) / SUMI_ALIGNMENT * SUMI_ALIGNMENT;
}

static layout_ref_t layout_of(const_dnnl_primitive_desc_t desc, dnnl_query_t what) {
  return dnnl_primitive_desc_query_md(desc, what, 0);
}

static dnnl_query_t filter_query(sumi__tensor_conv_pass_t pass) {
  return pass == SUMI__CONV_FILTER ? dnnl_query_diff_weights_md : dnnl_query_weights_md;
}

static bool plain_filter_layout(const sumi__tensor_conv_t *c, layout_t *plain) {
  const dnnl_dims_t dims = {c->out_channels, c->in_channels, c->rows.size, c->columns.size};
  *plain = (layout_t){0};
  return sumi__tensor_onednn_layout_make(plain, dims, dnnl_hwio);
}

static bool make_reorder_between(sumi__tensor_onednn_conv_t *entry, layout_ref_t plain,
                                 layout_ref_t chosen) {
  if (dnnl_memory_desc_equal(plain, chosen)) return true;
  const bool outwards = entry->pass == SUMI__CONV_FILTER;
  dnnl_primitive_desc_t desc = NULL;
  if (!ok(dnnl_reorder_primitive_desc_create(&desc, outwards ? chosen : plain, table.engine,
                                             outwards ? plain : chosen, table.engine, NULL)))
    return false;
  const bool made = ok(dnnl_primitive_create(&entry->reorder, desc));
  dnnl_primitive_desc_destroy(desc);
  return made;
}

/* Fills entry->reorder where the chosen filter layout is not ours. */
static bool make_reorder(sumi__tensor_onednn_conv_t *entry, layout_ref_t chosen) {
  layout_t plain;
  const bool made = plain_filter_layout(&entry->conv, &plain) &&
                    make_reorder_between(entry, sumi__tensor_onednn_ref(&plain), chosen);
  sumi__tensor_onednn_layout_release(&plain);
  return made;
}

static bool make_last_from(sumi__tensor_onednn_conv_t *entry, const layouts_t *layouts) {
  dnnl_primitive_desc_t desc = make_primitive_desc(&entry->conv, entry->pass, layouts);
  if (!desc) return false;
  const size_t scratchpad = rounded_size(layout_of(desc, dnnl_query_scratchpad_md));
  if (scratchpad > entry->scratchpad_bytes) entry->scratchpad_bytes = scratchpad;
  const bool made = is_faster(entry, desc) && ok(dnnl_primitive_create(&entry->last, desc));
  dnnl_primitive_desc_destroy(desc);
  return made;
}

/* The primitive of the last, shorter chunk, bound to the others' filter layout. */
static bool make_last(sumi__tensor_onednn_conv_t *entry, layout_ref_t filter) {
  entry->last = entry->full;
  if (last_chunk_images(entry) == entry->chunk_images) return true;
  layouts_t layouts;
  entry->last = NULL;
  const bool made = describe(&entry->conv, last_chunk_images(entry), &layouts) &&
                    sumi__tensor_onednn_layout_copy(&layouts.filter, filter) &&
                    make_last_from(entry, &layouts);
  release_layouts(&layouts);
  return made;
}

static bool make_primitives(sumi__tensor_onednn_conv_t *entry) {
  layouts_t layouts;
  dnnl_primitive_desc_t desc = NULL;
  if (describe(&entry->conv, entry->chunk_images, &layouts))
    desc = make_primitive_desc(&entry->conv, entry->pass, &layouts);
  release_layouts(&layouts);
  if (!desc) return false;
  const layout_ref_t filter = layout_of(desc, filter_query(entry->pass));
  entry->filter_bytes = rounded_size(filter);
  entry->scratchpad_bytes = rounded_size(layout_of(desc, dnnl_query_scratchpad_md));
  const bool made = is_faster(entry, desc) && ok(dnnl_primitive_create(&entry->full, desc)) &&
                    make_reorder(entry, filter) && make_last(entry, filter);
  dnnl_primitive_desc_destroy(desc);
  return made;
}

static void destroy_primitives(sumi__tensor_onednn_conv_t *entry) {
  if (entry->last && entry->last != entry->full) dnnl_primitive_destroy(entry->last);
  if (entry->full) dnnl_primitive_destroy(entry->full);
  if (entry->reorder) dnnl_primitive_destroy(entry->reorder);
  entry->full = entry->last = entry->reorder = NULL;
}

/* ---- Views of arrays ---- */

static bool make_view(dnnl_memory_t *memory, layout_ref_t layout) {
  return ok(dnnl_memory_create(memory, layout, table.engine, DNNL_MEMORY_NONE));
}

static bool make_chunk_views(const sumi__tensor_onednn_conv_t *entry,
                             sumi__tensor_onednn_memory_t *memory, int chunk,
                             const_dnnl_primitive_desc_t desc) {
  const bool is_last = chunk == entry->chunks - 1;
  layouts_t layouts;
  const bool made =
      describe(&entry->conv, is_last ? last_chunk_images(entry) : entry->chunk_images, &layouts) &&
      make_view(&memory->chunk[chunk].images, sumi__tensor_onednn_ref(&layouts.images)) &&
      make_view(&memory->chunk[chunk].output, sumi__tensor_onednn_ref(&layouts.output)) &&
      make_view(&memory->chunk[chunk].partial, layout_of(desc, filter_query(entry->pass))) &&
      make_view(&memory->chunk[chunk].scratchpad, layout_of(desc, dnnl_query_scratchpad_md));
  release_layouts(&layouts);
  return made;
}

static bool make_chunk_memory(const sumi__tensor_onednn_conv_t *entry,
                              sumi__tensor_onednn_memory_t *memory, int chunk) {
  const_dnnl_primitive_desc_t desc;
  const dnnl_primitive_t primitive = chunk == entry->chunks - 1 ? entry->last : entry->full;
  return ok(dnnl_primitive_get_primitive_desc(primitive, &desc)) &&
         make_chunk_views(entry, memory, chunk, desc) &&
         ok(dnnl_stream_create(&memory->chunk[chunk].stream, table.engine, dnnl_stream_in_order));
}

static void destroy_view(dnnl_memory_t memory) {
  if (memory) dnnl_memory_destroy(memory);
}

static void destroy_memory(sumi__tensor_onednn_memory_t *memory) {
  destroy_view(memory->plain_filter);
  destroy_view(memory->filter);
  for (int i = 0; i < SUMI__ONEDNN_CHUNKS; ++i) {
    destroy_view(memory->chunk[i].images);
    destroy_view(memory->chunk[i].output);
    destroy_view(memory->chunk[i].partial);
    destroy_view(memory->chunk[i].scratchpad);
    if (memory->chunk[i].stream) dnnl_stream_destroy(memory->chunk[i].stream);
  }
  *memory = (sumi__tensor_onednn_memory_t){0};
}

static bool make_memory(const sumi__tensor_onednn_conv_t *entry,
                        sumi__tensor_onednn_memory_t *memory) {
  *memory = (sumi__tensor_onednn_memory_t){0};
  const_dnnl_primitive_desc_t desc;
  layout_t plain;
  bool made = plain_filter_layout(&entry->conv, &plain) &&
              make_view(&memory->plain_filter, sumi__tensor_onednn_ref(&plain)) &&
              ok(dnnl_primitive_get_primitive_desc(entry->full, &desc)) &&
              make_view(&memory->filter, layout_of(desc, filter_query(entry->pass)));
  sumi__tensor_onednn_layout_release(&plain);
  for (int i = 0; made && i < entry->chunks; ++i) made = make_chunk_memory(entry, memory, i);
  if (!made) destroy_memory(memory);
  return made;
}

sumi__tensor_onednn_memory_t *sumi__tensor_onednn_memory_take(sumi__tensor_onednn_conv_t *entry,
                                                              sumi__tensor_onednn_memory_t *spare) {
  if (!atomic_exchange(&entry->memory_taken, true)) return &entry->memory;
  return make_memory(entry, spare) ? spare : NULL;
}

void sumi__tensor_onednn_memory_give_back(sumi__tensor_onednn_conv_t *entry,
                                          sumi__tensor_onednn_memory_t *memory) {
  if (memory == &entry->memory)
    atomic_store(&entry->memory_taken, false);
  else
    destroy_memory(memory);
}

/* ---- The table ---- */

/* An empty array has no primitives: oneDNN's answers to those are not worth relying on. */
static bool has_work(const sumi__tensor_conv_t *c) {
  return c->images > 0 && c->rows.out > 0 && c->columns.out > 0 &&
         sumi__tensor_conv_filter_size(c) > 0;
}

static void make_entry(sumi__tensor_onednn_conv_t *entry, const sumi__tensor_conv_t *conv,
                       sumi__tensor_conv_pass_t pass) {
  *entry = (sumi__tensor_onednn_conv_t){.conv = *conv, .pass = pass};
  if (!has_work(conv)) return;
  choose_chunks(entry);
  /* A primitive made while the OpenMP thread count is 1 works with one thread. */
  const int saved = sumi__tensor_threads_begin();
  entry->usable = make_primitives(entry) && make_memory(entry, &entry->memory);
  sumi__tensor_threads_end(saved);
  if (!entry->usable) destroy_primitives(entry);
}

static void destroy_entry(sumi__tensor_onednn_conv_t *entry) {
  if (!entry->usable) return;
  destroy_memory(&entry->memory);
  destroy_primitives(entry);
}

static sumi__tensor_onednn_conv_t *find(const sumi__tensor_conv_t *conv,
                                        sumi__tensor_conv_pass_t pass) {
  const int count = atomic_load_explicit(&table.count, memory_order_acquire);
  for (int i = 0; i < count; ++i) {
    sumi__tensor_onednn_conv_t *entry = &table.entries[i];
    if (entry->pass == pass && memcmp(&entry->conv, conv, sizeof *conv) == 0) return entry;
  }
  return NULL;
}

static bool start_engine(void) {
  return table.engine || ok(dnnl_engine_create(&table.engine, dnnl_cpu, 0));
}

static sumi__tensor_onednn_conv_t *add(const sumi__tensor_conv_t *conv,
                                       sumi__tensor_conv_pass_t pass,
                                       sumi__tensor_onednn_conv_t *spare) {
  sumi__tensor_onednn_conv_t *entry = find(conv, pass); /* another thread may have been faster */
  if (entry) return entry;
  if (!start_engine()) return NULL;
  const int count = atomic_load_explicit(&table.count, memory_order_relaxed);
  entry = count < MAX_ENTRIES ? &table.entries[count] : spare;
  make_entry(entry, conv, pass);
  if (entry != spare) atomic_store_explicit(&table.count, count + 1, memory_order_release);
  return entry;
}

sumi__tensor_onednn_conv_t *sumi__tensor_onednn_conv_get(const sumi__tensor_conv_t *conv,
                                                         sumi__tensor_conv_pass_t pass,
                                                         sumi__tensor_onednn_conv_t *spare) {
  sumi__tensor_onednn_conv_t *entry = find(conv, pass);
  if (entry) return entry;
  pthread_mutex_lock(&table.lock);
  entry = add(conv, pass, spare);
  pthread_mutex_unlock(&table.lock);
  return entry;
}

void sumi__tensor_onednn_conv_release(sumi__tensor_onednn_conv_t *entry,
                                      sumi__tensor_onednn_conv_t *spare) {
  if (entry == spare) destroy_entry(entry);
}

__attribute__((destructor)) static void destroy_table(void) {
  const int count = atomic_exchange(&table.count, 0);
  for (int i = 0; i < count; ++i) destroy_entry(&table.entries[i]);
  if (table.engine) dnnl_engine_destroy(table.engine);
  table.engine = NULL;
}

#else
typedef int sumi__tensor_without_onednn_conv_t; /* ISO C wants a declaration */
#endif

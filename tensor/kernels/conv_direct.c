/* Direct convolution: ROWS output pixels by a PANEL of output channels stay in registers while the
 * taps below them pass by, and the images are read where they lie. What is copied is small: the
 * filter, cut into panels, and a band of an image's rows where there is padding. The gradient of
 * the images is the same with the filter turned round; for that of the filter, ROWS elements of a
 * patch and a PANEL stay while the pixels pass by. */
#include "kernels/conv.h"

/* Where the registers do not hold the block or multiply and add apart, BLAS is faster. */
#if defined __GNUC__ && (defined __FMA__ || defined __aarch64__)
#include "kernels/conv_tasks.h"

#include <sumi/alloc.h>

#include <string.h>

enum {
  PANEL = 16,
  ROWS = 6,
  MIN_CHANNELS = 8,          /* below, panels would be mostly empty */
  MAX_FILTER_CHANNELS = 31,  /* above, the columns of the filter's gradient cost little */
  BAND_ELEMENTS = 16 * 1024, /* of an image's rows, to stay in the second-level cache */
  LINE = SUMI_ALIGNMENT / sizeof(float)
};

typedef float vector_t __attribute__((vector_size(32), aligned(4), may_alias));
typedef vector_t block_t[ROWS][2];

/* How the work is cut: a function of the geometry alone. A band is a run of output rows of one
 * image, with the input rows below them. */
typedef struct direct {
  sumi__tensor_conv_t conv; /* of IMAGES: from output to images */
  sumi__tensor_conv_pass_t pass;
  const float *source;
  const float *filter; /* panels of [depth, PANEL] … */
  float *target;  /* … of FILTER: the output's gradient, [pixels, out_channels], which is read */
  float *scratch; /* of the tasks */
  int64_t band_rows, bands, tasks;
  int64_t depth;         /* elements of a patch */
  int64_t *offsets;      /* of those from the first, in a band */
  int64_t row_elements;  /* between two rows of a band */
  int64_t band_elements; /* of a band with its padding; 0: the image serves */
} direct_t;

static int64_t whole_lines(int64_t elements) {
  return (elements + LINE - 1) / LINE * LINE;
}

static int64_t panels_of(int64_t channels) {
  return (channels + PANEL - 1) / PANEL;
}

/* Input positions under `outputs` neighbouring ones. */
static int64_t reach(const sumi__tensor_window_t *window, int64_t outputs) {
  return (outputs - 1) * window->stride + (window->size - 1) * window->dilation + 1;
}

static bool is_padded(const sumi__tensor_window_t *window) {
  return window->before > 0 || reach(window, window->out) > window->in;
}

static sumi__tensor_window_t turn_window(const sumi__tensor_window_t *window) {
  return (sumi__tensor_window_t){.in = window->out,
                                 .out = window->in,
                                 .size = window->size,
                                 .stride = 1,
                                 .dilation = window->dilation,
                                 .before = (window->size - 1) * window->dilation - window->before};
}

/* The convolution that takes the gradient of the output to that of the images. */
static sumi__tensor_conv_t turn(const sumi__tensor_conv_t *conv) {
  return (sumi__tensor_conv_t){conv->images, conv->out_channels, conv->in_channels,
                               turn_window(&conv->rows), turn_window(&conv->columns)};
}

static direct_t make_direct(const sumi__tensor_conv_t *conv, sumi__tensor_conv_pass_t pass) {
  direct_t d = {.conv = pass == SUMI__CONV_IMAGES ? turn(conv) : *conv, .pass = pass};
  const sumi__tensor_window_t *rows = &d.conv.rows, *columns = &d.conv.columns;
  const bool padded = is_padded(rows) || is_padded(columns);
  d.depth = rows->size * columns->size * d.conv.in_channels;
  d.row_elements = (padded ? reach(columns, columns->out) : columns->in) * d.conv.in_channels;
  const int64_t input_rows = sumi__tensor_most(1, BAND_ELEMENTS / d.row_elements);
  d.band_rows = sumi__tensor_most(
      1, sumi__tensor_least(rows->out, (input_rows - reach(rows, 1)) / rows->stride + 1));
  d.bands = (rows->out + d.band_rows - 1) / d.band_rows;
  d.tasks = sumi__tensor_conv_tasks(&d.conv, pass, SUMI_FLOAT32, d.conv.images * d.bands);
  d.band_elements = padded ? whole_lines(reach(rows, d.band_rows) * d.row_elements) : 0;
  return d;
}

/* The panels of a band's output gradient, where the array's own rows are not as wide. */
static int64_t gradient_elements(const direct_t *d) {
  const bool copied = d->pass == SUMI__CONV_FILTER && d->conv.out_channels % PANEL != 0;
  return copied ? d->band_rows * d->conv.columns.out * PANEL : 0;
}

static int64_t partial_elements(const direct_t *d) {
  return d->pass == SUMI__CONV_FILTER ? whole_lines(sumi__tensor_conv_filter_size(&d->conv)) : 0;
}

static int64_t task_elements(const direct_t *d) {
  return d->band_elements + gradient_elements(d) + partial_elements(d);
}

/* The panels of the filter. */
static int64_t filter_elements(const direct_t *d) {
  return d->pass == SUMI__CONV_FILTER ? 0 : panels_of(d->conv.out_channels) * d->depth * PANEL;
}

static size_t offsets_bytes(const direct_t *d) {
  return (size_t)whole_lines(d->depth) * sizeof *d->offsets;
}

static void find_offsets(const direct_t *d) {
  const int64_t channels = d->conv.in_channels, columns = d->conv.columns.size;
  for (int64_t i = 0; i < d->depth; ++i)
    d->offsets[i] = i / channels / columns * d->conv.rows.dilation * d->row_elements +
                    i / channels % columns * d->conv.columns.dilation * channels + i % channels;
}

typedef struct filter_panels {
  const direct_t *direct;
  const float *filter;
  float *panels;
} filter_panels_t;

/* Channels [first, first + count) of the filter, zeros behind them. */
static void cut_panel(void *context, int64_t index) {
  const filter_panels_t *f = context;
  const sumi__tensor_conv_t *conv = &f->direct->conv;
  const bool turned = f->direct->pass == SUMI__CONV_IMAGES;
  const int64_t in = conv->in_channels, out = conv->out_channels, first = index * PANEL;
  const int64_t count = sumi__tensor_least(PANEL, out - first);
  const int64_t taps = f->direct->depth / in;
  float *panel = f->panels + index * f->direct->depth * PANEL;
  for (int64_t tap = 0; tap < taps; ++tap)
    for (int64_t i = 0; i < in; ++i, panel += PANEL) {
      memset(panel, 0, PANEL * sizeof *panel);
      if (turned) {
        const float *column = f->filter + ((taps - 1 - tap) * out + first) * in + i;
        for (int64_t o = 0; o < count; ++o) panel[o] = column[o * in];
      } else {
        memcpy(panel, f->filter + (tap * in + i) * out + first, (size_t)count * sizeof *panel);
      }
    }
}

/* Rows of an image from `top` on, which may lie outside, with the padding around them. */
static void copy_band(const direct_t *d, const float *image, int64_t top, int64_t rows,
                      float *band) {
  const sumi__tensor_window_t *columns = &d->conv.columns;
  const int64_t channels = d->conv.in_channels;
  const int64_t width = d->row_elements,
                left = sumi__tensor_least(width, columns->before * channels);
  const int64_t inside = sumi__tensor_least(width - left, columns->in * channels);
  for (int64_t y = top; y < top + rows; ++y, band += width) {
    if (y < 0 || y >= d->conv.rows.in) {
      memset(band, 0, (size_t)width * sizeof *band);
      continue;
    }
    memset(band, 0, (size_t)left * sizeof *band);
    memcpy(band + left, image + y * columns->in * channels, (size_t)inside * sizeof *band);
    memset(band + left + inside, 0, (size_t)(width - left - inside) * sizeof *band);
  }
}

static inline void clear_block(int rows, block_t sum) {
  for (int r = 0; r < rows; ++r) sum[r][0] = sum[r][1] = (vector_t){0};
}

/* Inlined with a constant `rows`, so that the block stays in registers. */
static inline __attribute__((always_inline)) void
add_products(int rows, const float *const at[], int64_t offset, const float *right, block_t sum) {
  const vector_t low = *(const vector_t *)right, high = *(const vector_t *)(right + 8);
  for (int r = 0; r < rows; ++r) {
    sum[r][0] += low * at[r][offset];
    sum[r][1] += high * at[r][offset];
  }
}

/* `count` channels of `rows` pixels, the patches of which begin at `at`. */
static inline __attribute__((always_inline)) void convolve_pixels(int rows, const direct_t *d,
                                                                  const float *const at[],
                                                                  const float *panel, float *out,
                                                                  int64_t count) {
  block_t sum;
  clear_block(rows, sum);
  for (int64_t i = 0; i < d->depth; ++i, panel += PANEL)
    add_products(rows, at, d->offsets[i], panel, sum);
  for (int r = 0; r < rows; ++r, out += d->conv.out_channels) {
    if (count == PANEL)
      memcpy(out, sum[r], PANEL * sizeof *out);
    else
      memcpy(out, sum[r], (size_t)count * sizeof *out);
  }
}

/* A function of a constant number of rows, chosen once a block. */
#define FOR_ROWS(rows, function, ...)                                                              \
  switch (rows) {                                                                                  \
  case 6: function(6, __VA_ARGS__); break;                                                         \
  case 5: function(5, __VA_ARGS__); break;                                                         \
  case 4: function(4, __VA_ARGS__); break;                                                         \
  case 3: function(3, __VA_ARGS__); break;                                                         \
  case 2: function(2, __VA_ARGS__); break;                                                         \
  default: function(1, __VA_ARGS__); break;                                                        \
  }

static int64_t row_step(const direct_t *d) {
  return d->conv.rows.stride * d->row_elements;
}

static int64_t column_step(const direct_t *d) {
  return d->conv.columns.stride * d->conv.in_channels;
}

/* Where the patches of a band's pixels begin, from pixel to pixel. */
typedef struct walk {
  const float *row;
  int64_t column;
} walk_t;

static const float *next_patch(const direct_t *d, walk_t *walk) {
  const float *patch = walk->row + walk->column * column_step(d);
  if (++walk->column == d->conv.columns.out) {
    walk->column = 0;
    walk->row += row_step(d);
  }
  return patch;
}

static void convolve_band(const direct_t *d, const float *band, int64_t pixels, float *out) {
  for (int64_t p = 0; p < panels_of(d->conv.out_channels); ++p) {
    const int64_t count = sumi__tensor_least(PANEL, d->conv.out_channels - p * PANEL);
    walk_t walk = {band, 0};
    for (int64_t pixel = 0; pixel < pixels; pixel += ROWS) {
      const int rows = (int)sumi__tensor_least(ROWS, pixels - pixel);
      const float *at[ROWS];
      for (int r = 0; r < rows; ++r) at[r] = next_patch(d, &walk);
      FOR_ROWS(rows, convolve_pixels, d, at, d->filter + p * d->depth * PANEL,
               out + pixel * d->conv.out_channels + p * PANEL, count)
    }
  }
}

/* A panel of the gradient of a band's output. */
typedef struct gradient_panel {
  const float *first;
  int64_t stride; /* from pixel to pixel */
  int64_t rows;   /* of output */
} gradient_panel_t;

/* Adds to `count` channels of `rows` elements of a patch, which lie at `at` for the first pixel. */
static inline __attribute__((always_inline)) void
correlate_elements(int rows, const direct_t *d, const float *const at[],
                   const gradient_panel_t *gradient, float *sums, int64_t count) {
  block_t sum;
  clear_block(rows, sum);
  const float *right = gradient->first;
  for (int64_t y = 0; y < gradient->rows; ++y)
    for (int64_t x = 0; x < d->conv.columns.out; ++x, right += gradient->stride)
      add_products(rows, at, y * row_step(d) + x * column_step(d), right, sum);
  for (int r = 0; r < rows; ++r, sums += d->conv.out_channels) {
    float row[PANEL];
    memcpy(row, sum[r], sizeof row);
    for (int64_t i = 0; i < count; ++i) sums[i] += row[i];
  }
}

static void correlate_panel(const direct_t *d, const float *band, const gradient_panel_t *gradient,
                            float *sums, int64_t count) {
  for (int64_t i = 0; i < d->depth; i += ROWS, sums += ROWS * d->conv.out_channels) {
    const int rows = (int)sumi__tensor_least(ROWS, d->depth - i);
    const float *at[ROWS];
    for (int r = 0; r < rows; ++r) at[r] = band + d->offsets[i + r];
    FOR_ROWS(rows, correlate_elements, d, at, gradient, sums, count)
  }
}

/* `room` is for a panel of the gradient, where it has to be copied. */
static void correlate_band(const direct_t *d, const float *band, int64_t rows,
                           const float *gradient, float *room, float *sums) {
  const int64_t out = d->conv.out_channels, pixels = rows * d->conv.columns.out;
  const bool copied = gradient_elements(d) > 0;
  for (int64_t first = 0; first < out; first += PANEL) {
    const int64_t count = sumi__tensor_least(PANEL, out - first);
    gradient_panel_t panel = {gradient + first, out, rows};
    if (copied) {
      memset(room, 0, (size_t)(pixels * PANEL) * sizeof *room);
      for (int64_t p = 0; p < pixels; ++p)
        memcpy(room + p * PANEL, gradient + p * out + first, (size_t)count * sizeof *room);
      panel = (gradient_panel_t){room, PANEL, rows};
    }
    correlate_panel(d, band, &panel, sums + first, count);
  }
}

static void run_band(const direct_t *d, int64_t unit, float *scratch) {
  const int64_t image = unit / d->bands, first = unit % d->bands * d->band_rows;
  const int64_t rows = sumi__tensor_least(d->band_rows, d->conv.rows.out - first);
  const int64_t pixel = (image * d->conv.rows.out + first) * d->conv.columns.out;
  const int64_t top = first * d->conv.rows.stride - d->conv.rows.before;
  const float *whole = d->source + image * sumi__tensor_conv_image_size(&d->conv), *band = scratch;
  if (d->band_elements)
    copy_band(d, whole, top, reach(&d->conv.rows, rows), scratch);
  else
    band = whole + top * d->row_elements;
  float *out = d->target + pixel * d->conv.out_channels;
  if (d->pass == SUMI__CONV_FILTER) {
    float *room = scratch + d->band_elements;
    correlate_band(d, band, rows, out, room, room + gradient_elements(d));
  } else {
    convolve_band(d, band, rows * d->conv.columns.out, out);
  }
}

static void run_task(void *context, int64_t task) {
  const direct_t *d = context;
  float *scratch = d->scratch + task * task_elements(d);
  const int64_t units = d->conv.images * d->bands;
  memset(scratch + task_elements(d) - partial_elements(d), 0,
         (size_t)partial_elements(d) * sizeof *scratch);
  for (int64_t unit = units * task / d->tasks; unit < units * (task + 1) / d->tasks; ++unit)
    run_band(d, unit, scratch);
}

static bool applies(const sumi__tensor_conv_t *conv, sumi__tensor_conv_pass_t pass) {
  const bool of_images = pass == SUMI__CONV_IMAGES;
  if (conv->images == 0 || conv->rows.out <= 0 || conv->columns.out <= 0) return false;
  if (conv->rows.in == 0 || conv->columns.in == 0) return false;
  if (sumi__tensor_conv_filter_size(conv) == 0) return false;
  if (sumi__tensor_conv_is_pointwise(conv)) return false;
  if (pass == SUMI__CONV_FILTER && conv->in_channels > MAX_FILTER_CHANNELS) return false;
  if (of_images && (conv->rows.stride > 1 || conv->columns.stride > 1)) return false;
  return (of_images ? conv->in_channels : conv->out_channels) >= MIN_CHANNELS;
}

bool sumi__tensor_conv_direct_scratch(const sumi__tensor_conv_t *conv,
                                      sumi__tensor_conv_pass_t pass, size_t *bytes) {
  if (!applies(conv, pass)) return false;
  const direct_t d = make_direct(conv, pass);
  *bytes = offsets_bytes(&d) +
           (size_t)(filter_elements(&d) + d.tasks * task_elements(&d)) * sizeof(float);
  return true;
}

void sumi__tensor_conv_direct(const sumi_kernel_t *kernel, const sumi__tensor_conv_t *conv,
                              sumi__tensor_conv_pass_t pass,
                              const sumi__tensor_conv_arrays_t *arrays) {
  direct_t d = make_direct(conv, pass);
  d.offsets = kernel->scratch;
  find_offsets(&d);
  float *panels = (float *)(void *)((char *)kernel->scratch + offsets_bytes(&d));
  d.filter = panels;
  d.scratch = panels + filter_elements(&d);
  d.source = pass == SUMI__CONV_IMAGES ? arrays->output : arrays->images;
  d.target = pass == SUMI__CONV_IMAGES ? arrays->images : arrays->output;
  filter_panels_t filter = {&d, arrays->filter, panels};
  if (pass != SUMI__CONV_FILTER)
    sumi_kernel_parallel(kernel, panels_of(d.conv.out_channels), cut_panel, &filter);
  sumi_kernel_parallel(kernel, d.tasks, run_task, &d);
  if (pass == SUMI__CONV_FILTER)
    sumi__tensor_conv_sum_partials(kernel, SUMI_FLOAT32, sumi__tensor_conv_filter_size(conv),
                                   d.tasks, d.scratch + task_elements(&d) - partial_elements(&d),
                                   (size_t)task_elements(&d) * sizeof(float), arrays->filter);
}

#else

bool sumi__tensor_conv_direct_scratch(const sumi__tensor_conv_t *conv,
                                      sumi__tensor_conv_pass_t pass, size_t *bytes) {
  (void)conv, (void)pass, (void)bytes;
  return false;
}

void sumi__tensor_conv_direct(const sumi_kernel_t *kernel, const sumi__tensor_conv_t *conv,
                              sumi__tensor_conv_pass_t pass,
                              const sumi__tensor_conv_arrays_t *arrays) {
  (void)kernel, (void)conv, (void)pass, (void)arrays;
}
#endif

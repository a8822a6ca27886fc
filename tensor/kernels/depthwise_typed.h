/* Loops of depthwise convolutions for one element type: included by depthwise.c with T, the type,
 * and NAME(f), f's name for that type. The inner loops run over the channels of one pixel. */

/* out[c, j] += x[c] * filter[c, j] */
static void NAME(add_output)(int64_t channels, int64_t multiplier, const T *x, const T *filter,
                             T *out) {
  if (multiplier == 1) {
    SUMI__SIMD for (int64_t c = 0; c < channels; ++c) out[c] += x[c] * filter[c];
    return;
  }
  for (int64_t c = 0; c < channels; ++c, filter += multiplier, out += multiplier)
    SUMI__SIMD for (int64_t j = 0; j < multiplier; ++j) out[j] += x[c] * filter[j];
}

/* dx[c] += sum over j of dy[c, j] * filter[c, j] */
static void NAME(add_images)(int64_t channels, int64_t multiplier, const T *dy, const T *filter,
                             T *dx) {
  if (multiplier == 1) {
    SUMI__SIMD for (int64_t c = 0; c < channels; ++c) dx[c] += dy[c] * filter[c];
    return;
  }
  for (int64_t c = 0; c < channels; ++c, filter += multiplier, dy += multiplier)
    for (int64_t j = 0; j < multiplier; ++j) dx[c] += dy[j] * filter[j];
}

/* df[c, j] += x[c] * dy[c, j]: what add_output does, with the gradient for the filter. */
#define ADD_FILTER NAME(add_output)

static void NAME(output_row)(const depthwise_t *run, int64_t image, int64_t y, T *out) {
  const sumi__tensor_conv_t *conv = run->conv;
  const int64_t channels = conv->in_channels, multiplier = conv->out_channels;
  const int64_t depth = channels * multiplier;
  int64_t first_row, last_row, first, last;
  sumi__tensor_window_taps(&conv->rows, y, &first_row, &last_row);
  memset(out, 0, (size_t)(conv->columns.out * depth) * sizeof(T));
  for (int64_t x = 0; x < conv->columns.out; ++x, out += depth) {
    sumi__tensor_window_taps(&conv->columns, x, &first, &last);
    for (int64_t r = first_row; r < last_row; ++r)
      for (int64_t q = first; q < last; ++q) NAME(add_output)
    (channels, multiplier, (const T *)run->arrays->images + input_at(conv, image, y, x, r, q),
     (const T *)run->arrays->filter + (r * conv->columns.size + q) * depth, out);
  }
}

/* One row of the images' gradient: from the rows of the output that looked at it. */
static void NAME(images_row)(const depthwise_t *run, int64_t image, int64_t row, T *dx) {
  const sumi__tensor_conv_t *conv = run->conv;
  const int64_t channels = conv->in_channels, depth = channels * conv->out_channels;
  memset(dx, 0, (size_t)(conv->columns.in * channels) * sizeof(T));
  for (int64_t r = 0; r < conv->rows.size; ++r) {
    const int64_t y = output_row_of(&conv->rows, row, r);
    if (y < 0) continue;
    const T *dy = (const T *)run->arrays->output +
                  (image * conv->rows.out + y) * conv->columns.out * depth;
    for (int64_t x = 0; x < conv->columns.out; ++x, dy += depth) {
      int64_t first, last;
      sumi__tensor_window_taps(&conv->columns, x, &first, &last);
      for (int64_t q = first; q < last; ++q) NAME(add_images)
      (channels, conv->out_channels, dy,
       (const T *)run->arrays->filter + (r * conv->columns.size + q) * depth,
       dx + input_column(&conv->columns, x, q) * channels);
    }
  }
}

/* What one row of the output adds to the filter's gradient. */
static void NAME(filter_row)(const depthwise_t *run, int64_t image, int64_t y, T *df) {
  const sumi__tensor_conv_t *conv = run->conv;
  const int64_t channels = conv->in_channels, depth = channels * conv->out_channels;
  const T *dy = (const T *)run->arrays->output +
                (image * conv->rows.out + y) * conv->columns.out * depth;
  int64_t first_row, last_row, first, last;
  sumi__tensor_window_taps(&conv->rows, y, &first_row, &last_row);
  for (int64_t x = 0; x < conv->columns.out; ++x, dy += depth) {
    sumi__tensor_window_taps(&conv->columns, x, &first, &last);
    for (int64_t r = first_row; r < last_row; ++r)
      for (int64_t q = first; q < last; ++q)
        ADD_FILTER(channels, conv->out_channels,
                   (const T *)run->arrays->images + input_at(conv, image, y, x, r, q), dy,
                   df + (r * conv->columns.size + q) * depth);
  }
}

static void NAME(run_unit)(const depthwise_t *run, int64_t unit, void *partial) {
  const sumi__tensor_conv_t *conv = run->conv;
  const int64_t rows = rows_of(run), image = unit / rows, row = unit % rows;
  if (run->pass == SUMI__CONV_OUTPUT) NAME(output_row)
  (run, image, row,
   (T *)run->arrays->output + unit * conv->columns.out * conv->in_channels * conv->out_channels);
  else if (run->pass == SUMI__CONV_IMAGES) NAME(images_row)(
      run, image, row, (T *)run->arrays->images + unit * conv->columns.in * conv->in_channels);
  else NAME(filter_row)(run, image, row, partial);
}
#undef ADD_FILTER

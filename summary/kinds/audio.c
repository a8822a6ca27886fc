/* Sound, as 16-bit WAV. */
#include <math.h>
#include <string.h>

#include <sumi/options.h>
#include <sumi/buffer.h>
#include <sumi/plugin_data.h>
#include <sumi/summary_media.h>

#include "../writer_private.h"
#include "copy.h"

enum { DEFAULT_MAX_OUTPUTS = 3, MAX_CHANNELS = 16, WAV_HEADER_BYTES = 44 };

typedef struct audio {
  sumi_array_view_t samples; /* [clips, frames, channels] */
  int rate_hz;
} audio_t;

static sumi_status_t check(const sumi_array_view_t *samples, int rate_hz,
                           const sumi_audio_options_t *options) {
  SUMI_TRY(sumi_array_view_check("samples", samples));
  if (samples->dtype != SUMI_FLOAT32 && samples->dtype != SUMI_FLOAT64 &&
      samples->dtype != SUMI_INT16)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "samples is %s; expected float32, float64 or int16",
                     sumi_dtype_name(samples->dtype));
  if (samples->rank < 1 || samples->rank > 3)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "samples has rank %d; expected [frames], [frames,channels] or "
                     "[clips,frames,channels]",
                     samples->rank);
  if (rate_hz < 1 || rate_hz > 10000000)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "sample_rate_hz is %d; expected 1 to 10000000",
                     rate_hz);
  if (options->max_outputs < 0)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "max_outputs is %d; expected 1 or more, or 0 for %d",
                     options->max_outputs, (int)DEFAULT_MAX_OUTPUTS);
  return SUMI_OK;
}

static sumi_status_t as_clips(const sumi_array_view_t *samples, int most,
                              sumi_array_view_t *clips) {
  const int64_t *dims = samples->dims;
  *clips = *samples;
  clips->rank = 3;
  clips->dims[0] = samples->rank == 3 ? dims[0] : 1;
  clips->dims[1] = dims[samples->rank == 3];
  clips->dims[2] = samples->rank == 1 ? 1 : dims[samples->rank - 1];
  if (clips->dims[0] > most) clips->dims[0] = most;
  const int64_t bytes_max = (INT64_C(1) << 31) - 1 - WAV_HEADER_BYTES;
  if (clips->dims[0] < 1 || clips->dims[2] < 1 || clips->dims[2] > MAX_CHANNELS ||
      clips->dims[1] > bytes_max / 2 / clips->dims[2])
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "samples holds %lld clips of %lld frames of %lld channels; expected at least "
                     "1 clip, 1 to %d channels and less than 2 GiB",
                     (long long)clips->dims[0], (long long)clips->dims[1],
                     (long long)clips->dims[2], (int)MAX_CHANNELS);
  return SUMI_OK;
}

static sumi_status_t copy_audio(sumi__summary_job_t *job, const sumi_array_view_t *samples,
                                int rate_hz, const sumi_audio_options_t *options) {
  SUMI_TRY(check(samples, rate_hz, options));
  audio_t *audio = SUMI__PAYLOAD(job, audio_t);
  if (!audio) return sumi_fail_alloc("sound", sizeof *audio);
  sumi_array_view_t clips;
  SUMI_TRY(as_clips(samples, options->max_outputs > 0 ? options->max_outputs : DEFAULT_MAX_OUTPUTS,
                    &clips));
  audio->rate_hz = rate_hz;
  return sumi__summary_copy_view(job->memory, &clips, &audio->samples);
}

static void put_le(sumi_buffer_t *wav, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) sumi_buffer_putc(wav, (char)(value >> (8 * i) & 0xFF));
}

static void put_header(sumi_buffer_t *wav, const audio_t *audio) {
  const uint32_t rate = (uint32_t)audio->rate_hz, channels = (uint32_t)audio->samples.dims[2];
  const uint32_t size_bytes = (uint32_t)audio->samples.dims[1] * channels * 2;
  sumi_buffer_puts(wav, "RIFF");
  put_le(wav, size_bytes + WAV_HEADER_BYTES - 8, 4);
  sumi_buffer_puts(wav, "WAVEfmt ");
  put_le(wav, 16, 4);
  put_le(wav, 1, 2); /* PCM */
  put_le(wav, channels, 2);
  put_le(wav, rate, 4);
  put_le(wav, rate * channels * 2, 4);
  put_le(wav, channels * 2, 2);
  put_le(wav, 16, 2);
  sumi_buffer_puts(wav, "data");
  put_le(wav, size_bytes, 4);
}

/* tensorflow/core/lib/wav/wav_io.cc: rounded to the nearest of 2^15 steps, then clipped. */
static int16_t sample_of(double value) {
  if (isnan(value)) return 0;
  return (int16_t)fmin(fmax(round(value * 32768), -32768), 32767);
}

static sumi_status_t put_clip(sumi_buffer_t *wav, const audio_t *audio, int64_t clip) {
  const int64_t count = audio->samples.dims[1] * audio->samples.dims[2];
  put_header(wav, audio);
  unsigned char *bytes = sumi_buffer_reserve(wav, (size_t)count * 2);
  for (int64_t i = 0; bytes && i < count; ++i) {
    const double value = sumi_array_view_double(&audio->samples, clip * count + i);
    const uint16_t sample = (uint16_t)(audio->samples.dtype == SUMI_INT16 ? (int16_t)value
                                                                          : sample_of(value));
    bytes[2 * i] = (unsigned char)(sample & 0xFF);
    bytes[2 * i + 1] = (unsigned char)(sample >> 8);
  }
  if (bytes) wav->size += (size_t)count * 2;
  return sumi_buffer_status(wav, "a WAV file");
}

static sumi_status_t write_clips(sumi__summary_job_t *job, const audio_t *audio,
                                 sumi_buffer_t *wavs, sumi_bytes_view_t *items) {
  const int64_t count = audio->samples.dims[0];
  for (int64_t i = 0; i < count; ++i) {
    SUMI_TRY(put_clip(&wavs[i], audio, i));
    items[i] = (sumi_bytes_view_t){wavs[i].data, wavs[i].size};
  }
  sumi_buffer_t *content = &wavs[count];
  SUMI_TRY(sumi_plugin_audio(content));
  sumi_event_value_t value = {.kind = SUMI_EVENT_STRINGS,
                              .strings = {.items = items, .rank = 1, .dims = {count}},
                              .metadata = {.plugin_content = {content->data, content->size}}};
  return sumi__summary_job_write(job, &value, 1);
}

static sumi_status_t run_audio(sumi__summary_job_t *job) {
  const audio_t *audio = job->payload;
  const size_t count = (size_t)audio->samples.dims[0];
  /* One more buffer than clips: for the plugin's message. */
  sumi_buffer_t *wavs = sumi_arena_calloc(job->memory, count + 1, sizeof *wavs);
  sumi_bytes_view_t *items = sumi_arena_calloc(job->memory, count, sizeof *items);
  if (!wavs || !items) return sumi_fail_alloc("sound", (count + 1) * sizeof *wavs);
  const sumi_status_t status = write_clips(job, audio, wavs, items);
  for (size_t i = 0; i <= count; ++i) sumi_buffer_release(&wavs[i]);
  return status;
}

sumi_status_t sumi_writer_audio_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                     const sumi_array_view_t *samples, int sample_rate_hz,
                                     const sumi_audio_options_t *given) {
  sumi_audio_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_audio, step, &job));
  if (!job) return SUMI_OK;
  return sumi__summary_job_end(job, copy_audio(job, samples, sample_rate_hz, &options), run_audio);
}

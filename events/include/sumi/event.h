/* Events as plain C: what the writer takes and the readers give. No protobuf type appears here. */
#ifndef SUMI_EVENT_H
#define SUMI_EVENT_H

#include <sumi/arena.h>
#include <sumi/array_view.h>
#include <sumi/config.h>
#include <sumi/status.h>

SUMI_BEGIN_DECLS

/** Borrowed bytes; they may hold NULs. */
typedef struct sumi_bytes_view {
  const void *data SUMI_UNSET;
  size_t size_bytes SUMI_UNSET;
} sumi_bytes_view_t;

/** TensorBoard's DataClass (summary.proto). Leave it UNKNOWN for TensorBoard's own plugins: readers
 * derive it. */
typedef enum sumi_data_class {
  SUMI_DATA_CLASS_UNKNOWN = 0,
  SUMI_DATA_CLASS_SCALAR = 1,       /* rank-0 float32 */
  SUMI_DATA_CLASS_TENSOR = 2,       /* any small tensor */
  SUMI_DATA_CLASS_BLOB_SEQUENCE = 3 /* rank-1 string tensor */
} sumi_data_class_t;

/** SummaryMetadata: which dashboard a tag belongs to. All texts are UTF-8; NULL is the empty
 * text. */
typedef struct sumi_event_metadata {
  /* "scalars", "images", "histograms", "text", …; NULL: no metadata */
  const char *plugin_name SUMI_UNSET;
  /* The plugin's own message (plugin_data.h), often empty. */
  sumi_bytes_view_t plugin_content SUMI_UNSET;
  const char *display_name SUMI_UNSET;
  const char *description SUMI_UNSET; /* Markdown */
  sumi_data_class_t data_class SUMI_UNSET;
} sumi_event_metadata_t;

/** Which member of a sumi_event_value_t counts. */
typedef enum sumi_event_value_kind {
  SUMI_EVENT_SCALAR = 0,   /* .scalar: a rank-0 float32 tensor */
  SUMI_EVENT_STRINGS = 1,  /* .strings: a tensor of byte strings */
  SUMI_EVENT_NUMBERS = 2,  /* .numbers: a numeric tensor */
  SUMI_EVENT_EMPTY = 3,    /* the metadata is all there is, as in the hparams plugin */
  SUMI_EVENT_UNDECODED = 4 /* .undecoded: reading only; the record is sound, Sumi cannot read it */
} sumi_event_value_kind_t;

/** A tensor of byte strings, row-major; rank 0 is one string. */
typedef struct sumi_event_strings {
  const sumi_bytes_view_t *items SUMI_UNSET;
  int rank SUMI_UNSET;
  int64_t dims[SUMI_MAX_RANK] SUMI_UNSET;
} sumi_event_strings_t;

/** A tensor that was read and that Sumi has no form for. Its bytes are in the event's record. */
typedef struct sumi_event_undecoded {
  const char *dtype_name SUMI_UNSET; /* TensorFlow's: "half", "complex64", …; "" when not known */
  const int64_t *dims SUMI_UNSET;    /* `rank` sizes, -1 where one is not known */
  int rank SUMI_UNSET;               /* -1: not known */
  const char *reason SUMI_UNSET;     /* "its rank is above 8", … */
} sumi_event_undecoded_t;

/** How a value that was read stood in the file. Readers turn the old forms into the tensors
 * TensorBoard makes of them (data_compat.py), so that there is one form to handle. */
typedef enum sumi_event_form {
  SUMI_EVENT_FORM_TENSOR = 0,
  SUMI_EVENT_FORM_SIMPLE_VALUE = 1, /* read as SCALAR, plugin "scalars" */
  SUMI_EVENT_FORM_IMAGE = 2,        /* read as STRINGS [width, height, encoded], plugin "images" */
  SUMI_EVENT_FORM_AUDIO = 3,        /* read as STRINGS [encoded], plugin "audio" */
  SUMI_EVENT_FORM_HISTOGRAM = 4     /* read as NUMBERS float64 [k, 3], plugin "histograms" */
} sumi_event_form_t;

/** A tag of a writer's (event_writer.h). */
typedef struct sumi_event_tag sumi_event_tag_t;

/** One summary value.
 * Writing: `tag`, `kind` and the member of that kind are needed, and `metadata` at the tag's first
 * value (a scalar without metadata is plugin "scalars"); later metadata is not written again.
 * Nothing is kept after the call. TensorBoard decodes float32, float64, int32, int64, uint8 and
 * strings; other dtypes are refused.
 * Reading: everything belongs to the reader and is valid until its next call. */
typedef struct sumi_event_value {
  const char *tag SUMI_UNSET; /* UTF-8, not empty */
  sumi_event_value_kind_t kind SUMI_UNSET;
  float scalar SUMI_UNSET; /* NaN and infinities are legal */
  sumi_event_strings_t strings SUMI_UNSET;
  sumi_array_view_t numbers SUMI_UNSET;
  /* Reading: what is in force, from the tag's first value. */
  sumi_event_metadata_t metadata SUMI_UNSET;
  sumi_event_tag_t *handle SUMI_UNSET; /* writing only: the writer's own of that name, or NULL */
  bool claimed SUMI_UNSET;             /* writing only: the step was claimed with the handle */
  sumi_event_form_t form SUMI_UNSET;   /* reading only */
  sumi_event_undecoded_t undecoded SUMI_UNSET; /* reading only */
} sumi_event_value_t;

/** SessionLog.SessionStatus. */
typedef enum sumi_session_status {
  SUMI_SESSION_UNSPECIFIED = 0,
  SUMI_SESSION_START = 1,
  SUMI_SESSION_STOP = 2,
  SUMI_SESSION_CHECKPOINT = 3
} sumi_session_status_t;

/* The numbers are those of the fields of Event.what. */
typedef enum sumi_event_kind {
  SUMI_EVENT_NOTHING = 0,
  SUMI_EVENT_FILE_VERSION = 3,
  SUMI_EVENT_GRAPH_DEF = 4,
  SUMI_EVENT_SUMMARY = 5,
  SUMI_EVENT_LOG_MESSAGE = 6,
  SUMI_EVENT_SESSION_LOG = 7,
  SUMI_EVENT_RUN_METADATA = 8,
  SUMI_EVENT_META_GRAPH_DEF = 9
} sumi_event_kind_t;

/** One event that was read. Everything pointed to belongs to the reader and is valid until its next
 * call. */
typedef struct sumi_event {
  double wall_time_s; /* since the epoch; a damaged writer may have left NaN */
  int64_t step;
  sumi_event_kind_t kind;
  const char *text;        /* FILE_VERSION, the message of LOG_MESSAGE and SESSION_LOG, the tag of
                              RUN_METADATA; never NULL */
  sumi_bytes_view_t bytes; /* the message of GRAPH_DEF, RUN_METADATA and META_GRAPH_DEF */
  sumi_session_status_t session_status;
  const char *checkpoint_path;      /* of SESSION_LOG; never NULL */
  const char *source;               /* source_metadata.writer, "" when absent */
  const sumi_event_value_t *values; /* of SUMMARY */
  size_t value_count;
  uint64_t offset;          /* of the record in its file */
  sumi_bytes_view_t record; /* the record's payload: the serialized event */
} sumi_event_t;

/** A value as a number: a scalar, or a numeric tensor of one element (as TensorBoard's scalars
 * plugin reads it). INVALID_ARGUMENT otherwise. */
SUMI_API sumi_status_t sumi_event_value_number(const sumi_event_value_t *value, double *number);

/** A histogram's [k, 3] table (left edge, right edge, count) as float64 or float32;
 * INVALID_ARGUMENT for any other shape. Row i's members are rows[0..2] after
 * sumi_event_value_histogram_row. */
SUMI_API sumi_status_t sumi_event_value_histogram_rows(const sumi_event_value_t *value,
                                                       int64_t *count);
SUMI_API void sumi_event_value_histogram_row(const sumi_event_value_t *value, int64_t index,
                                             double row[3]);

/** How many encoded pictures an "images" value holds (the two texts width and height come first), 0
 * when it is none. */
SUMI_API int64_t sumi_event_value_image_count(const sumi_event_value_t *value);

/** The encoded bytes of picture `index`, NULL when there is no such picture. */
SUMI_API const sumi_bytes_view_t *sumi_event_value_image(const sumi_event_value_t *value,
                                                         int64_t index);

/** Decodes one serialized Event, as the readers do, without knowing earlier metadata. `event` is
 * valid as long as `memory`, an arena of the caller's.
 * errors  DATA_LOSS not an Event, or a text in it is not UTF-8; RESOURCE_EXHAUSTED no memory */
SUMI_API sumi_status_t sumi_event_decode(const void *bytes, size_t size_bytes, sumi_arena_t *memory,
                                         sumi_event_t *event);

SUMI_END_DECLS
#endif

/* The plugins' own messages: what goes into sumi_event_metadata_t.plugin_content. scalars, images,
 * histograms, text and custom_scalars need none: their content is empty. Every function appends to
 * `content` and leaves it unchanged on failure; texts are UTF-8 (INVALID_ARGUMENT otherwise), and a
 * NULL text is the empty one. */
#ifndef SUMI_PLUGIN_DATA_H
#define SUMI_PLUGIN_DATA_H

#include <sumi/buffer.h>
#include <sumi/event.h>

SUMI_BEGIN_DECLS

/** Tags with a fixed meaning. */
#define SUMI_TAG_HPARAMS_EXPERIMENT    "_hparams_/experiment"
#define SUMI_TAG_HPARAMS_SESSION_START "_hparams_/session_start_info"
#define SUMI_TAG_HPARAMS_SESSION_END   "_hparams_/session_end_info"
#define SUMI_TAG_CUSTOM_SCALARS        "custom_scalars__config__"

/** audio: WAV clips. */
SUMI_API sumi_status_t sumi_plugin_audio(sumi_buffer_t *content);

/** pr_curves: a float32 tensor [6, thresholds]; thresholds >= 2. */
SUMI_API sumi_status_t sumi_plugin_pr_curves(sumi_buffer_t *content, uint32_t thresholds);

/** The parts of a mesh, each a tensor under a tag of its own. */
typedef enum sumi_mesh_part {
  SUMI_MESH_VERTEX = 1, /* tag <name>_VERTEX, float32 [batch, n, 3] */
  SUMI_MESH_FACE = 2,   /* tag <name>_FACE, int32 [batch, n, 3] */
  SUMI_MESH_COLOR = 3   /* tag <name>_COLOR, uint8 [batch, n, 3] */
} sumi_mesh_part_t;

/** mesh: one part of the mesh `name`. `parts` holds a bit 1 << part for each part that is written,
 * the same in each; `json_config` may be NULL; `shape` is the tensor's. */
SUMI_API sumi_status_t sumi_plugin_mesh(sumi_buffer_t *content, const char *name,
                                        sumi_mesh_part_t part, uint32_t parts,
                                        const char *json_config, const int32_t shape[3]);

/** The kind of a hyper-parameter. */
typedef enum sumi_hparam_type {
  SUMI_HPARAM_STRING = 1,
  SUMI_HPARAM_BOOL = 2,
  SUMI_HPARAM_NUMBER = 3
} sumi_hparam_type_t;

/** One hyper-parameter; the member of its type counts. Numbers are finite: the plugin drops
 * others. */
typedef struct sumi_hparam {
  const char *name SUMI_UNSET;
  sumi_hparam_type_t type SUMI_UNSET;
  double number SUMI_UNSET;
  const char *string SUMI_UNSET;
  bool boolean SUMI_UNSET;
} sumi_hparam_t;

typedef struct sumi_hparams_session {
  /* Runs of one group are averaged; empty: the run is its own group. */
  const char *group_name SUMI_UNSET;
  const char *model_uri SUMI_UNSET;
  const char *monitor_url SUMI_UNSET;
  double start_time_s SUMI_UNSET;
} sumi_hparams_session_t;

/** hparams: one trial's values, for SUMI_TAG_HPARAMS_SESSION_START, at step 0 in the trial's
 * run. */
SUMI_API sumi_status_t sumi_plugin_hparams_session_start(sumi_buffer_t *content,
                                                         const sumi_hparam_t *hparams, size_t count,
                                                         const sumi_hparams_session_t *session);

/** How a trial ended. */
typedef enum sumi_hparams_status {
  SUMI_HPARAMS_UNKNOWN = 0,
  SUMI_HPARAMS_SUCCESS = 1,
  SUMI_HPARAMS_FAILURE = 2,
  SUMI_HPARAMS_RUNNING = 3
} sumi_hparams_status_t;

/** hparams: how the trial ended, for SUMI_TAG_HPARAMS_SESSION_END. */
SUMI_API sumi_status_t sumi_plugin_hparams_session_end(sumi_buffer_t *content,
                                                       sumi_hparams_status_t session_status,
                                                       double end_time_s);

/** A column of the hparams table. `choices` (optional) are the values of a STRING or BOOL column;
 * `has_interval` gives a NUMBER column its range. */
typedef struct sumi_hparam_info {
  const char *name SUMI_UNSET;
  sumi_hparam_type_t type SUMI_UNSET;
  const char *display_name SUMI_UNSET;
  const char *description SUMI_UNSET;
  const sumi_hparam_t *choices SUMI_UNSET; /* their names do not count */
  size_t choice_count SUMI_UNSET;
  bool has_interval SUMI_UNSET;
  double min_value SUMI_UNSET, max_value SUMI_UNSET;
} sumi_hparam_info_t;

/** What data a metric was measured on. */
typedef enum sumi_metric_dataset {
  SUMI_METRIC_UNKNOWN = 0,
  SUMI_METRIC_TRAINING = 1,
  SUMI_METRIC_VALIDATION = 2
} sumi_metric_dataset_t;

/** A metric column: the last point of scalar `tag` in the run <session run>/<group>. */
typedef struct sumi_metric_info {
  const char *tag SUMI_UNSET;
  const char *group SUMI_UNSET; /* relative, no leading '/'; empty: the session's own run */
  const char *display_name SUMI_UNSET;
  const char *description SUMI_UNSET;
  sumi_metric_dataset_t dataset SUMI_UNSET;
} sumi_metric_info_t;

typedef struct sumi_hparams_experiment {
  const char *name SUMI_UNSET, *description SUMI_UNSET, *user SUMI_UNSET;
  double time_created_s SUMI_UNSET;
  const sumi_hparam_info_t *hparams SUMI_UNSET;
  size_t hparam_count SUMI_UNSET;
  const sumi_metric_info_t *metrics SUMI_UNSET;
  size_t metric_count SUMI_UNSET;
} sumi_hparams_experiment_t;

/** hparams: the table's columns, for SUMI_TAG_HPARAMS_EXPERIMENT; once, in any one run. */
SUMI_API sumi_status_t sumi_plugin_hparams_experiment(sumi_buffer_t *content,
                                                      const sumi_hparams_experiment_t *experiment);

/** A chart of the custom scalars dashboard: `tags` are regular expressions matched at a tag's
 * start (end them with $); with `margin`, they are exact tags in threes: value, lower bound,
 * upper bound. */
typedef struct sumi_custom_chart {
  const char *title SUMI_UNSET;
  const char *const *tags SUMI_UNSET;
  size_t tag_count SUMI_UNSET;
  bool margin SUMI_UNSET;
} sumi_custom_chart_t;

typedef struct sumi_custom_category {
  const char *title SUMI_UNSET;
  const sumi_custom_chart_t *charts SUMI_UNSET;
  size_t chart_count SUMI_UNSET;
  bool closed SUMI_UNSET;
} sumi_custom_category_t;

/** custom_scalars: the layout, the *value* (a rank-0 string) of SUMI_TAG_CUSTOM_SCALARS. */
SUMI_API sumi_status_t sumi_plugin_custom_scalars_layout(sumi_buffer_t *layout,
                                                         const sumi_custom_category_t *categories,
                                                         size_t count);

SUMI_END_DECLS
#endif

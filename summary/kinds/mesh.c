/* A mesh is up to three series, linked by the mesh's name in their plugin data. */
#include <stdio.h>
#include <string.h>

#include <sumi/options.h>
#include <sumi/buffer.h>
#include <sumi/plugin_data.h>
#include <sumi/summary_media.h>

#include "../writer_private.h"
#include "copy.h"

static const struct part {
  sumi_mesh_part_t part;
  const char *what, *suffix;
  sumi_dtype_t dtype;
} part_table[] = {{SUMI_MESH_VERTEX, "vertices", "_VERTEX", SUMI_FLOAT32},
                  {SUMI_MESH_FACE, "faces", "_FACE", SUMI_INT32},
                  {SUMI_MESH_COLOR, "colors", "_COLOR", SUMI_UINT8}};

enum { PART_COUNT = sizeof part_table / sizeof *part_table };

typedef struct mesh {
  sumi_array_view_t parts[PART_COUNT]; /* those without data are missing */
  uint32_t mask;
  const char *config_json;
} mesh_t;

static sumi_status_t check_part(const struct part *part, const sumi_array_view_t *view) {
  SUMI_TRY(sumi_array_view_check(part->what, view));
  if (view->dtype == part->dtype && view->rank == 3 && view->dims[2] == 3 && view->dims[0] >= 1 &&
      view->dims[0] <= INT32_MAX && view->dims[1] <= INT32_MAX)
    return SUMI_OK;
  char shape[SUMI_SHAPE_TEXT_MAX];
  sumi_array_view_shape_text(view, shape);
  return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is %s %s; expected %s [b, n, 3] with b 1 or more",
                   part->what, sumi_dtype_name(view->dtype), shape, sumi_dtype_name(part->dtype));
}

static sumi_status_t check_faces(const sumi_array_view_t *faces, int64_t vertices) {
  const int32_t *index = faces->data;
  const int64_t count = sumi_array_view_count(faces);
  if (count > 0 && vertices > 65536)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "%lld vertices with faces; TensorBoard shows at most 65536",
                     (long long)vertices);
  for (int64_t i = 0; i < count; ++i)
    if (index[i] < 0 || index[i] >= vertices)
      return sumi_fail(SUMI_INVALID_ARGUMENT,
                       "faces names vertex %d at element %lld; expected 0 to %lld", (int)index[i],
                       (long long)i, (long long)vertices - 1);
  return SUMI_OK;
}

static sumi_status_t check_colors(const sumi_array_view_t *colors, int64_t vertices) {
  if (colors->dims[1] == vertices) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "colors has %lld entries for %lld vertices",
                   (long long)colors->dims[1], (long long)vertices);
}

static sumi_status_t check(const sumi_array_view_t *const given[PART_COUNT], uint32_t mask,
                           uint32_t first_mask) {
  for (int i = 0; i < PART_COUNT; ++i) {
    if (i > 0 && !given[i]) continue;
    SUMI_TRY(check_part(&part_table[i], given[i]));
    if (given[i]->dims[0] != given[0]->dims[0])
      return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is a batch of %lld, vertices one of %lld",
                       part_table[i].what, (long long)given[i]->dims[0],
                       (long long)given[0]->dims[0]);
  }
  if (given[1]) SUMI_TRY(check_faces(given[1], given[0]->dims[1]));
  if (given[2]) SUMI_TRY(check_colors(given[2], given[0]->dims[1]));
  if (!first_mask || first_mask == mask) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "the mesh was first logged %s faces and %s colors",
                   first_mask & 1u << SUMI_MESH_FACE ? "with" : "without",
                   first_mask & 1u << SUMI_MESH_COLOR ? "with" : "without");
}

static sumi_status_t copy_mesh(sumi__summary_job_t *job, const sumi_array_view_t *vertices,
                               const sumi_mesh_options_t *options) {
  const sumi_array_view_t *const given[PART_COUNT] = {vertices, options->faces, options->colors};
  uint32_t mask = 0;
  for (int i = 0; i < PART_COUNT; ++i)
    if (given[i]) mask |= 1u << part_table[i].part;
  SUMI_TRY(check(given, mask, job->tag->mesh_parts));
  mesh_t *mesh = SUMI__PAYLOAD(job, mesh_t);
  if (!mesh) return sumi_fail_alloc("a mesh", sizeof *mesh);
  for (int i = 0; i < PART_COUNT; ++i)
    if (given[i]) SUMI_TRY(sumi__summary_copy_view(job->memory, given[i], &mesh->parts[i]));
  mesh->mask = mask;
  SUMI_TRY(sumi__summary_copy_text(job->memory, "config_json", options->config_json,
                                   &mesh->config_json));
  job->tag->mesh_parts = mask;
  return SUMI_OK;
}

static sumi_status_t describe_part(sumi__summary_job_t *job, const mesh_t *mesh, int index,
                                   sumi_buffer_t *content, sumi_event_value_t *value) {
  const sumi_array_view_t *view = &mesh->parts[index];
  const int32_t shape[3] = {(int32_t)view->dims[0], (int32_t)view->dims[1], 3};
  SUMI_TRY(sumi_plugin_mesh(content, job->tag->name, part_table[index].part, mesh->mask,
                            mesh->config_json, shape));
  char *name = sumi_arena_printf(job->memory, "%s%s", job->tag->name, part_table[index].suffix);
  if (!name) return sumi_fail_alloc("a tag", strlen(job->tag->name));
  *value = (sumi_event_value_t){.tag = name,
                                .kind = SUMI_EVENT_NUMBERS,
                                .numbers = *view,
                                .metadata = {.plugin_name = sumi__summary_plugin_mesh,
                                             .plugin_content = {content->data, content->size},
                                             .description = job->tag->description}};
  return SUMI_OK;
}

static sumi_status_t run_mesh(sumi__summary_job_t *job) {
  const mesh_t *mesh = job->payload;
  sumi_buffer_t contents[PART_COUNT] = {0};
  sumi_event_value_t values[PART_COUNT];
  size_t count = 0;
  sumi_status_t status = SUMI_OK;
  for (int i = 0; i < PART_COUNT && status == SUMI_OK; ++i)
    if (mesh->mask & 1u << part_table[i].part)
      status = describe_part(job, mesh, i, &contents[i], &values[count++]);
  if (status == SUMI_OK) status = sumi__summary_job_write(job, values, count);
  for (int i = 0; i < PART_COUNT; ++i) sumi_buffer_release(&contents[i]);
  return status;
}

sumi_status_t sumi_writer_mesh_with(sumi_writer_t *writer, const char *tag, int64_t step,
                                    const sumi_array_view_t *vertices,
                                    const sumi_mesh_options_t *given) {
  sumi_mesh_options_t options;
  SUMI_TRY(sumi_options_read(&options, sizeof options, given));
  sumi__summary_job_t *job;
  SUMI_TRY(sumi__summary_job_begin(writer, tag, sumi__summary_plugin_mesh, step, &job));
  if (!job) return SUMI_OK;
  return sumi__summary_job_end(job, copy_mesh(job, vertices, &options), run_mesh);
}

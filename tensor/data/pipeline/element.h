/* Elements and failures as stages pass them on; for the files of tensor/data/ only. */
#ifndef SUMI_DATA_PIPELINE_ELEMENT_H
#define SUMI_DATA_PIPELINE_ELEMENT_H

#include <sumi/pipeline.h>

typedef struct {
  char name[SUMI_COMPONENT_NAME_MAX + 1];
  sumi_array_t *array;
} sumi__tensor_component_t;

enum { SUMI__ELEMENT_ROOM = 4 };

/* Most elements have few arrays, and get by with the room they bring. Those read from files know
 * where they come from. */
struct sumi_element {
  int count, capacity;
  sumi__tensor_component_t *components;
  sumi__tensor_component_t room[SUMI__ELEMENT_ROOM];
  sumi_array_t *origin; /* the path, as a text; or NULL */
  const char *unit;     /* what `number` counts in it, "record"; NULL: the file is all of it */
  int64_t number;
};

/* An element without arrays, and one with the same arrays as another; NULL without memory, after
 * recording so. */
sumi_element_t *sumi__tensor_element_new(void);
sumi_element_t *sumi__tensor_element_copy(const sumi_element_t *element);
void sumi__tensor_element_free(sumi_element_t *element);

/* Puts where the element comes from, if it is known, in front of the failure that was just
 * recorded, and returns its status. */
sumi_status_t sumi__tensor_element_fail(const sumi_element_t *element, sumi_status_t status);

/* Elements that are held; it grows with what there is to hold. Zero is none. */
typedef struct {
  sumi_element_t **list;
  int64_t count, capacity;
} sumi__tensor_elements_t;

/* Room for one more, which the caller puts at list[count++]; `what` asks for it. */
sumi_status_t sumi__tensor_elements_make_room(sumi__tensor_elements_t *elements, const char *what);

/* Frees the elements, and the list as well. */
void sumi__tensor_elements_clear(sumi__tensor_elements_t *elements);
void sumi__tensor_elements_release(sumi__tensor_elements_t *elements);

/* An array in messages: "float32 (2, 3)". */
typedef struct {
  char text[SUMI_DIMS_TEXT_MAX + 16];
} sumi__tensor_array_text_t;
sumi__tensor_array_text_t sumi__tensor_array_text(const sumi_array_t *array);

/* A failure that is told later, or on another thread. Zero is none. */
typedef struct {
  sumi_status_t status;
  char *message; /* NULL when there was no memory for it */
} sumi__tensor_failure_t;

/* Keeps what was just recorded with `status`; SUMI_OK forgets. */
void sumi__tensor_failure_set(sumi__tensor_failure_t *failure, sumi_status_t status);
void sumi__tensor_failure_release(sumi__tensor_failure_t *failure);

/* Records the failure again, for this thread, and returns its status; SUMI_OK for none. */
sumi_status_t sumi__tensor_failure_tell(const sumi__tensor_failure_t *failure);

#endif

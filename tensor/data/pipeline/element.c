#include "data/pipeline/element.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sumi/alloc.h>

sumi_element_t *sumi__tensor_element_new(void) {
  sumi_element_t *element = sumi_calloc(1, sizeof *element);
  if (!element) {
    sumi_fail_alloc("an element", sizeof *element);
    return NULL;
  }
  element->components = element->room;
  element->capacity = SUMI__ELEMENT_ROOM;
  return element;
}

void sumi__tensor_element_free(sumi_element_t *element) {
  if (!element) return;
  for (int i = 0; i < element->count; ++i) sumi_array_unref(element->components[i].array);
  if (element->components != element->room) sumi_free(element->components);
  sumi_array_unref(element->origin);
  sumi_free(element);
}

sumi_element_t *sumi__tensor_element_copy(const sumi_element_t *element) {
  sumi_element_t *copy = sumi__tensor_element_new();
  if (!copy) return NULL;
  copy->origin = sumi_array_ref(element->origin);
  copy->unit = element->unit;
  copy->number = element->number;
  for (int i = 0; i < element->count; ++i) {
    const sumi__tensor_component_t *component = &element->components[i];
    if (sumi_element_set(copy, component->name, sumi_array_ref(component->array)) == SUMI_OK)
      continue;
    sumi__tensor_element_free(copy);
    return NULL;
  }
  return copy;
}

int sumi_element_count(const sumi_element_t *element) {
  return element ? element->count : 0;
}

const char *sumi_element_name(const sumi_element_t *element, int index) {
  if (!element || index < 0 || index >= element->count) return NULL;
  return element->components[index].name;
}

static sumi__tensor_component_t *find(const sumi_element_t *element, const char *name) {
  if (!element || !name) return NULL;
  for (int i = 0; i < element->count; ++i)
    if (strcmp(element->components[i].name, name) == 0) return &element->components[i];
  return NULL;
}

sumi_array_t *sumi_element_get(const sumi_element_t *element, const char *name) {
  const sumi__tensor_component_t *component = find(element, name);
  return component ? component->array : NULL;
}

static sumi_status_t grow(sumi_element_t *element) {
  const int capacity = 2 * element->capacity;
  const bool own = element->components != element->room;
  sumi__tensor_component_t *larger = sumi_realloc_array(own ? element->components : NULL,
                                                        (size_t)capacity, sizeof *larger);
  if (!larger) return sumi_fail_alloc("an element", (size_t)capacity * sizeof *larger);
  if (!own) memcpy(larger, element->room, sizeof element->room);
  element->components = larger;
  element->capacity = capacity;
  return SUMI_OK;
}

static sumi_status_t check_set(const sumi_element_t *element, const char *name,
                               const sumi_array_t *array) {
  if (!element || !name)
    return sumi_fail(SUMI_INVALID_ARGUMENT, "an array of an element: %s is NULL",
                     element ? "name" : "element");
  const size_t length = strlen(name);
  if (length == 0 || length > SUMI_COMPONENT_NAME_MAX)
    return sumi_fail(
        SUMI_INVALID_ARGUMENT,
        "an array of an element: the name \"%.80s\" has %zu bytes; 1 to %d are allowed", name,
        length, SUMI_COMPONENT_NAME_MAX);
  if (array) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "array \"%s\" of an element is NULL: %s", name,
                   sumi_error_message());
}

static sumi_status_t set(sumi_element_t *element, const char *name, sumi_array_t *array) {
  SUMI_TRY(check_set(element, name, array));
  sumi__tensor_component_t *component = find(element, name);
  if (component) {
    sumi_array_unref(component->array);
    component->array = array;
    return SUMI_OK;
  }
  if (element->count == element->capacity) SUMI_TRY(grow(element));
  component = &element->components[element->count++];
  strcpy(component->name, name);
  component->array = array;
  return SUMI_OK;
}

sumi_status_t sumi_element_set(sumi_element_t *element, const char *name, sumi_array_t *array) {
  const sumi_status_t status = set(element, name, array);
  if (status != SUMI_OK) sumi_array_unref(array);
  return status;
}

void sumi_element_remove(sumi_element_t *element, const char *name) {
  sumi__tensor_component_t *component = find(element, name);
  if (!component) return;
  sumi_array_unref(component->array);
  const sumi__tensor_component_t *end = element->components + element->count--;
  memmove(component, component + 1, (size_t)(end - component - 1) * sizeof *component);
}

sumi_status_t sumi__tensor_element_fail(const sumi_element_t *element, sumi_status_t status) {
  if (!element->origin) return status;
  const char *path = sumi_array_get_text(element->origin, 0);
  if (!element->unit) return sumi_fail(status, "%s: %s", path, sumi_error_message());
  return sumi_fail(status, "%s: %s %" PRId64 ": %s", path, element->unit, element->number,
                   sumi_error_message());
}

sumi__tensor_array_text_t sumi__tensor_array_text(const sumi_array_t *array) {
  sumi__tensor_array_text_t shown;
  snprintf(shown.text, sizeof shown.text, "%s %s", sumi_dtype_name(sumi_array_dtype(array)),
           sumi_dims_text(sumi_array_dims(array)).text);
  return shown;
}

/* ---- Elements that are held ---- */

sumi_status_t sumi__tensor_elements_make_room(sumi__tensor_elements_t *elements, const char *what) {
  if (elements->count < elements->capacity) return SUMI_OK;
  const size_t capacity = elements->capacity ? 2 * (size_t)elements->capacity : 64;
  sumi_element_t **list = sumi_realloc_array(elements->list, capacity, sizeof *list);
  if (!list) return sumi_fail_alloc(what, capacity * sizeof *list);
  elements->list = list;
  elements->capacity = (int64_t)capacity;
  return SUMI_OK;
}

void sumi__tensor_elements_clear(sumi__tensor_elements_t *elements) {
  while (elements->count > 0) sumi__tensor_element_free(elements->list[--elements->count]);
}

void sumi__tensor_elements_release(sumi__tensor_elements_t *elements) {
  sumi__tensor_elements_clear(elements);
  sumi_free(elements->list);
  *elements = (sumi__tensor_elements_t){0};
}

/* ---- Failures ---- */

void sumi__tensor_failure_set(sumi__tensor_failure_t *failure, sumi_status_t status) {
  sumi__tensor_failure_release(failure);
  if (status == SUMI_OK) return;
  failure->status = status;
  failure->message = sumi_strdup(sumi_error_message());
}

void sumi__tensor_failure_release(sumi__tensor_failure_t *failure) {
  sumi_free(failure->message);
  *failure = (sumi__tensor_failure_t){0};
}

sumi_status_t sumi__tensor_failure_tell(const sumi__tensor_failure_t *failure) {
  if (failure->status == SUMI_OK) return SUMI_OK;
  return sumi_fail(failure->status, "%s",
                   failure->message ? failure->message : "out of memory, for a message too");
}

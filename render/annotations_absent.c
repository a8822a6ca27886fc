/* In place of annotations_read.c where Sumi is built without jansson. */
#include <sumi/annotations.h>

sumi_status_t sumi_annotations_parse(const char *json, sumi_annotations_t *annotations) {
  if (!annotations) return sumi_fail(SUMI_INVALID_ARGUMENT, "annotations is NULL");
  *annotations = (sumi_annotations_t){0};
  if (!json) return sumi_fail(SUMI_INVALID_ARGUMENT, "json is NULL");
  return sumi_fail(SUMI_UNIMPLEMENTED, "annotations: this Sumi was built without jansson; install "
                                       "its development package and build Sumi again");
}

void sumi_annotations_free(sumi_annotations_t *annotations) {
  if (annotations) *annotations = (sumi_annotations_t){0};
}

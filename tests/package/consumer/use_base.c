#include "uses.h"

#include <string.h>
#include <sumi/status.h>

int use_base(const char *folder) {
  (void)folder;
  return strcmp(sumi_status_name(SUMI_NOT_FOUND), "NOT_FOUND") != 0;
}

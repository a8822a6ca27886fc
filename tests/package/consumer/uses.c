#include "uses.h"

#include <stdio.h>
#include <sumi/status.h>

static int use(const char *module, int (*call)(const char *), const char *folder) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", folder, module);
  const int failed = call(path);
  if (failed) fprintf(stderr, "%s: %s\n", module, sumi_error_message());
  return failed;
}

#define X(module) +use(#module, use_##module, folder)

int main(int argc, char **argv) {
  const char *folder = argc > 1 ? argv[1] : "run";
  return 0 USES;
}

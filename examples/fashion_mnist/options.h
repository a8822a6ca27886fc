/* What the command line asks for. */
#ifndef DEMO_OPTIONS_H
#define DEMO_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct options {
  const char *logdir, *data; /* data NULL: drawn glyphs */
  const char *intervals;     /* rules that come after the demo's own, or NULL */
  int64_t steps;             /* 0: as many as `epochs` take */
  double epochs;
  int threads; /* 0: all */
  int64_t seed;
  int batch;
} options_t;

/* Fills *options from the command line. False, with a message on stderr, when it is not
 * understood. */
bool options_parse(options_t *options, int argc, char **argv);

#endif

#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char usage[] = "fashion_mnist [--steps N | --epochs N] [--logdir DIR] [--data DIR] "
                            "[--threads N] [--intervals RULES]\n"
                            "              [--seed N] [--batch N]\n"
                            "\n"
                            "Trains a small convolutional network on a folder of IDX files (drawn "
                            "glyphs without --data) and logs the run.\n"
                            "RULES are such as \"loss/*=10; predictions=double:50,last\"; they "
                            "come after the demo's own.\n";

static bool number(const char *name, const char *text, double low, double high, double *value) {
  char *end;
  *value = strtod(text, &end);
  if (end != text && *end == '\0' && *value >= low && *value <= high) return true;
  fprintf(stderr, "fashion_mnist: --%s %s: a number from %g to %g is needed\n", name, text, low,
          high);
  return false;
}

bool options_parse(options_t *options, int argc, char **argv) {
  static const struct option known[] = {
      {"steps", required_argument, NULL, 's'},   {"epochs", required_argument, NULL, 'e'},
      {"logdir", required_argument, NULL, 'l'},  {"data", required_argument, NULL, 'd'},
      {"threads", required_argument, NULL, 't'}, {"intervals", required_argument, NULL, 'i'},
      {"seed", required_argument, NULL, 'r'},    {"batch", required_argument, NULL, 'b'},
      {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
  };
  *options = (options_t){.logdir = "runs", .epochs = 4, .seed = 1, .batch = 100};
  int letter, index = 0;
  while ((letter = getopt_long(argc, argv, "h", known, &index)) != -1) {
    double value = 0;
    const char *name = known[index].name;
    switch (letter) {
    case 's':
      if (!number(name, optarg, 1, 1e9, &value)) return false;
      options->steps = (int64_t)value;
      break;
    case 'e':
      if (!number(name, optarg, 1e-3, 1e6, &options->epochs)) return false;
      break;
    case 't':
      if (!number(name, optarg, 1, 1024, &value)) return false;
      options->threads = (int)value;
      break;
    case 'r':
      if (!number(name, optarg, 1, 1e15, &value)) return false;
      options->seed = (int64_t)value;
      break;
    case 'b':
      if (!number(name, optarg, 1, 10000, &value)) return false;
      options->batch = (int)value;
      break;
    case 'l': options->logdir = optarg; break;
    case 'd': options->data = optarg; break;
    case 'i': options->intervals = optarg; break;
    default: fputs(usage, letter == 'h' ? stdout : stderr); return false;
    }
  }
  if (optind == argc) return true;
  fprintf(stderr, "fashion_mnist: unexpected argument %s\n%s", argv[optind], usage);
  return false;
}

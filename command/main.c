/* sumi: event files of TensorBoard, looked at, exported and mended, without Python. */
#include "command.h"

#include <string.h>

#include <sumi/version.h>

#define ADDRESS(name) &sumi__command_##name,
static const command_t *const commands[] = {SUMI__COMMANDS(ADDRESS) NULL};

const command_t *sumi__command_at(int index) {
  return commands[index];
}

const command_t *sumi__command_find(const char *name) {
  for (int i = 0; commands[i]; ++i)
    if (strcmp(commands[i]->name, name) == 0) return commands[i];
  return NULL;
}

static void print_usage(FILE *file) {
  fputs("usage: sumi COMMAND [OPTION…] [PATH…]\n\n", file);
  for (int i = 0; commands[i]; ++i)
    fprintf(file, "  %-11s  %s\n", commands[i]->name, commands[i]->summary);
  fputs("\nsumi help COMMAND says more, sumi --version the version.\n", file);
}

static int help(int argc, char **argv) {
  const command_t *command = argc > 2 ? sumi__command_find(argv[2]) : NULL;
  if (command)
    sumi__command_help(command);
  else
    print_usage(stdout);
  return argc > 2 && !command ? EXIT_MISUSED : EXIT_FINE;
}

/* What could not be written is a failure, too: a full disk, a closed pipe. */
static int ended(int status) {
  if (fflush(stdout) == 0 && !ferror(stdout)) return status;
  return sumi__command_fail("standard output could not be written");
}

int main(int argc, char **argv) {
  if (argc < 2) {
    print_usage(stderr);
    return EXIT_MISUSED;
  }
  if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
    return ended(help(argc, argv));
  if (strcmp(argv[1], "--version") == 0) {
    printf("sumi %s\n", sumi_version());
    return ended(EXIT_FINE);
  }
  const command_t *command = sumi__command_find(argv[1]);
  if (!command) {
    fprintf(stderr, "sumi: there is no command '%s' (see sumi help)\n", argv[1]);
    return EXIT_MISUSED;
  }
  arguments_t arguments;
  const int status = sumi__command_arguments(command, argc - 1, argv + 1, &arguments);
  return ended(status >= 0 ? status : command->run(&arguments));
}

/* sumi completions: what shells offer behind "sumi", from the tables of commands and options. */
#include "command.h"

#include <errno.h>
#include <string.h>

static bool is_one_of(const char *text, const char *a, const char *b) {
  return strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

/* What completes an option's value. */
typedef enum value_words { NO_WORDS, FILES, FOLDERS, WORDS } value_words_t;

static value_words_t words_of(const char *value) {
  if (strcmp(value, "FOLDER") == 0) return FOLDERS;
  if (is_one_of(value, "PATH", "FILE")) return FILES;
  return strchr(value, '|') ? WORDS : NO_WORDS;
}

/* "csv|jsonl" as "csv jsonl". */
static void put_words(const char *value) {
  for (; *value; ++value) putchar(*value == '|' ? ' ' : *value);
}

/* In quotes, where these characters mean something. An apostrophe would end zsh's. */
static void put_remark(const char *text, const char *escaped) {
  for (; *text; ++text) {
    if (strchr(escaped, *text)) putchar('\\');
    if (*text == '\'')
      fputs("’", stdout);
    else
      putchar(*text);
  }
}

static void put_commands(void) {
  for (int i = 0; sumi__command_at(i); ++i) printf("%s ", sumi__command_at(i)->name);
}

/* ---- bash ---- */

static void bash_value(const option_text_t *option) {
  fputs("      ", stdout);
  if (option->letter) printf("-%c | ", option->letter);
  printf("--%s) ", option->name);
  switch (words_of(option->value)) {
  case NO_WORDS: fputs("offer=", stdout); break;
  case FILES: fputs("offer=-f", stdout); break;
  case FOLDERS: fputs("offer=-d", stdout); break;
  case WORDS:
    fputs("offer=-W words=\"", stdout);
    put_words(option->value);
    putchar('"');
    break;
  }
  puts(" ;;");
}

static void bash_command(const command_t *command) {
  option_text_t option;
  printf("  %s)\n    options=\"", command->name);
  for (int i = 0; sumi__command_option(command, i, &option); ++i) printf("--%s ", option.name);
  puts("--help\"\n    case $previous in");
  for (int i = 0; sumi__command_option(command, i, &option); ++i)
    if (option.value) bash_value(&option);
  puts("    esac ;;");
}

static void bash(void) {
  fputs("# Completions of the command sumi for bash, by sumi completions bash.\n"
        "_sumi() {\n"
        "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
        "  local offer=-f words= options= commands=\"",
        stdout);
  put_commands();
  puts("help\"\n"
       "  case ${COMP_WORDS[1]} in\n"
       "  help) offer=-W words=$commands ;;");
  for (int i = 0; sumi__command_at(i); ++i) bash_command(sumi__command_at(i));
  puts("  esac\n"
       "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
       "    offer=-W words=\"$commands --version\"\n"
       "  elif [ \"${word:0:1}\" = - ]; then\n"
       "    offer=-W words=$options\n"
       "  fi\n"
       "  COMPREPLY=()\n"
       "  case $offer in\n"
       "  -W) mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\") ;;\n"
       "  -?) mapfile -t COMPREPLY < <(compgen \"$offer\" -- \"$word\") ;;\n"
       "  esac\n"
       "}\n"
       "complete -o filenames -F _sumi sumi");
}

/* ---- zsh ---- */

static void zsh_option(const option_text_t *option) {
  if (option->repeats)
    fputs(" '*'", stdout);
  else if (option->letter)
    printf(" '(-%c --%s)'", option->letter, option->name);
  else
    putchar(' ');
  if (option->letter)
    printf("{-%c,--%s}'[", option->letter, option->name);
  else
    printf("'--%s[", option->name);
  put_remark(option->help, "[]:");
  putchar(']');
  if (option->value) {
    printf(":%s:", strchr(option->value, '|') ? option->name : option->value);
    switch (words_of(option->value)) {
    case NO_WORDS: break;
    case FILES: fputs("_files", stdout); break;
    case FOLDERS: fputs("_files -/", stdout); break;
    case WORDS:
      putchar('(');
      put_words(option->value);
      putchar(')');
      break;
    }
  }
  putchar('\'');
}

static void zsh(void) {
  puts("#compdef sumi\n# Completions of the command sumi for zsh, by sumi completions zsh.\n"
       "local -a commands\ncommands=(");
  for (int i = 0; sumi__command_at(i); ++i) {
    printf("  '%s:", sumi__command_at(i)->name);
    put_remark(sumi__command_at(i)->summary, ":");
    puts("'");
  }
  puts("  'help:more about a command'\n)\n"
       "if (( CURRENT == 2 )) || [[ $words[2] = help ]]; then\n"
       "  _describe command commands\n  return\nfi\n"
       "local command=$words[2]\nshift words\n(( CURRENT-- ))\n"
       "case $command in");
  for (int i = 0; sumi__command_at(i); ++i) {
    option_text_t option;
    printf("  %s) _arguments", sumi__command_at(i)->name);
    for (int k = 0; sumi__command_option(sumi__command_at(i), k, &option); ++k) zsh_option(&option);
    puts(" '*:path:_files' ;;");
  }
  puts("esac");
}

/* ---- fish ---- */

static void fish_option(const command_t *command, const option_text_t *option) {
  printf("complete -c sumi -n \"__fish_seen_subcommand_from %s\"", command->name);
  if (option->letter) printf(" -s %c", option->letter);
  printf(" -l %s", option->name);
  const value_words_t words = option->value ? words_of(option->value) : NO_WORDS;
  if (option->value) fputs(words == FILES || words == FOLDERS ? " -r" : " -x", stdout);
  if (words == WORDS) {
    fputs(" -a \"", stdout);
    put_words(option->value);
    putchar('"');
  }
  fputs(" -d \"", stdout);
  put_remark(option->help, "\"$\\");
  puts("\"");
}

static void fish(void) {
  fputs("# Completions of the command sumi for fish, by sumi completions fish.\nset -l commands ",
        stdout);
  put_commands();
  puts("help\ncomplete -c sumi -n \"not __fish_seen_subcommand_from $commands\" -l version");
  for (int i = 0; sumi__command_at(i); ++i) {
    const command_t *command = sumi__command_at(i);
    option_text_t option;
    printf("complete -c sumi -n \"not __fish_seen_subcommand_from $commands\" -f -a %s -d \"",
           command->name);
    put_remark(command->summary, "\"$\\");
    puts("\"");
    for (int k = 0; sumi__command_option(command, k, &option); ++k) fish_option(command, &option);
  }
  puts("complete -c sumi -n \"__fish_seen_subcommand_from help\" -f -a \"$commands\"");
}

static const struct {
  const char *name;
  void (*put)(void);
} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

static int completions(const arguments_t *arguments) {
  if (arguments->output && !freopen(arguments->output, "w", stdout))
    return sumi__command_fail("%s: %s", arguments->output, strerror(errno));
  for (size_t i = 0; arguments->path_count == 1 && i < sizeof shells / sizeof *shells; ++i)
    if (strcmp(shells[i].name, arguments->paths[0]) == 0) {
      shells[i].put();
      return EXIT_FINE;
    }
  return sumi__command_misused("completions", "one of bash, zsh and fish is needed");
}

const command_t sumi__command_completions = {
    .name = "completions",
    .summary = "What a shell offers when the tab key is pressed, for its start file",
    .operands = "bash|zsh|fish",
    .options = "output",
    .details = "  source <(sumi completions bash)\n",
    .run = completions};

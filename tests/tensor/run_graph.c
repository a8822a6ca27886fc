/* Builds and runs graphs from a script on stdin, for tests that compare them with TensorFlow's. One
 * command a line, words separated by spaces; `shape` and `fetch` answer with a line each.
 *
 *   graph [SEED]                    forget everything; a new graph
 *   feed NAME DTYPE SHAPE FILE.npy  a placeholder of that static shape ("?", "scalar", "2,-1") and
 *                                   its value
 *   const NAME FILE.npy
 *   node NAME TYPE INPUTS ATTR…     INPUTS: a,b:1,… or -; ATTR: kind:name=value, lists with commas
 *   variable NAME FILE.npy          a variable with that value
 *   run NAME                        runs the node for its effect
 *   gradient NAME Y X DY            NAME = the gradient of sum(DY . Y) with respect to X
 *   shape NAME                      answers with the static shape
 *   fetch NAME FILE.npy             runs, stores the value; answers "ok" or the failure */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/constants.h>
#include <sumi/gradients.h>
#include <sumi/npy.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>
#include <sumi/session.h>

enum { MAX_NAMES = 64, MAX_WORDS = 32, MAX_INPUTS = 32 };

static sumi_graph_t *graph;
static sumi_session_t *session;
static int name_count, feed_count;
static struct {
  char name[64];
  sumi_tensor_t tensor;
} names[MAX_NAMES];
static sumi_feed_t feeds[MAX_NAMES];
static sumi_array_t *arrays[MAX_NAMES];
static int array_count;

static void forget(void) {
  sumi_session_free(session);
  sumi_graph_free(graph);
  for (int i = 0; i < array_count; ++i) sumi_array_unref(arrays[i]);
  name_count = feed_count = array_count = 0;
  session = NULL;
}

static void define(const char *name, sumi_tensor_t tensor) {
  snprintf(names[name_count].name, sizeof names->name, "%s", name);
  names[name_count++].tensor = tensor;
}

static sumi_tensor_t lookup(const char *text) {
  const size_t length = strcspn(text, ":");
  for (int i = name_count - 1; i >= 0; --i)
    if (strlen(names[i].name) == length && strncmp(names[i].name, text, length) == 0)
      return text[length] ? sumi_output(names[i].tensor, atoi(text + length + 1)) : names[i].tensor;
  return (sumi_tensor_t){0};
}

static sumi_dims_t parse_dims(char *text) {
  if (strcmp(text, "?") == 0) return SUMI_DIMS_UNKNOWN;
  int64_t sizes[SUMI_MAX_RANK];
  int rank = 0;
  if (strcmp(text, "scalar") != 0 && *text)
    for (char *word = strtok(text, ","); word && rank < SUMI_MAX_RANK; word = strtok(NULL, ","))
      sizes[rank++] = atoll(word);
  return sumi_dims_make(rank, sizes);
}

static void need(sumi_status_t status) {
  if (status == SUMI_OK) return;
  fprintf(stderr, "%s\n", sumi_error_message());
  exit(1);
}

static sumi_array_t *load(const char *path) {
  sumi_array_t *array;
  need(sumi_npy_read(path, &array));
  return arrays[array_count++] = array;
}

/* kind:name=value */
static sumi_named_attr_t parse_attr(char *text) {
  char *kind = text, *name = strchr(text, ':') + 1, *value = strchr(name, '=') + 1;
  name[-1] = value[-1] = '\0';
  sumi_attr_t attr = {0};
  if (strcmp(kind, "int") == 0)
    attr = (sumi_attr_t){.kind = SUMI_ATTR_INT, .integer = atoll(value)};
  else if (strcmp(kind, "bool") == 0)
    attr = (sumi_attr_t){.kind = SUMI_ATTR_BOOL, .boolean = *value == 't'};
  else if (strcmp(kind, "float") == 0)
    attr = (sumi_attr_t){.kind = SUMI_ATTR_FLOAT, .real = atof(value)};
  else if (strcmp(kind, "string") == 0)
    attr = (sumi_attr_t){.kind = SUMI_ATTR_STRING, .string = value};
  else if (strcmp(kind, "type") == 0)
    attr = (sumi_attr_t){.kind = SUMI_ATTR_TYPE, .type = sumi_dtype_from_name(value)};
  else
    attr = (sumi_attr_t){.kind = strcmp(kind, "ints") == 0 ? SUMI_ATTR_INTS : SUMI_ATTR_SHAPE,
                         .dims = parse_dims(value)};
  return (sumi_named_attr_t){name, attr};
}

static void make_node(int count, char **words) {
  sumi_tensor_t inputs[MAX_INPUTS];
  sumi_named_attr_t attrs[MAX_WORDS];
  int input_count = 0;
  if (strcmp(words[3], "-") != 0)
    for (char *word = strtok(words[3], ","); word; word = strtok(NULL, ","))
      inputs[input_count++] = lookup(word);
  for (int i = 4; i < count; ++i) attrs[i - 4] = parse_attr(words[i]);
  define(words[1], sumi_node(&(sumi_node_spec_t){.site = SUMI_HERE,
                                                 .graph = graph,
                                                 .type = words[2],
                                                 .inputs = SUMI_LIST(input_count, inputs),
                                                 .attr_count = count - 4,
                                                 .attrs = attrs}));
}

static void make_gradient(char **words) {
  sumi_tensor_t dx = {0};
  sumi_gradients(SUMI_TENSORS(lookup(words[2])), SUMI_TENSORS(lookup(words[3])), &dx,
                 .grad_ys = SUMI_TENSORS(lookup(words[4])));
  define(words[1], dx);
}

static void need_session(void) {
  if (!session) session = sumi_session_new(graph);
}

static void run(sumi_tensor_t target) {
  need_session();
  need(sumi_session_run(session, .feeds = SUMI_VALUE(sumi_feeds_t, feed_count, feeds),
                        .targets = SUMI_OPS(target.op)));
}

static void make_variable(const char *name, const char *path) {
  sumi_array_t *value = load(path);
  const sumi_tensor_t variable = sumi_variable_v2(graph, sumi_array_dims(value),
                                                  sumi_array_dtype(value));
  define(name, variable);
  run(sumi_assign(variable, sumi_constant(graph, value)));
}

static void show_shape(const char *name) {
  if (sumi_graph_status(graph) != SUMI_OK)
    printf("refused %s\n", sumi_graph_message(graph));
  else
    printf("%s\n", sumi_dims_text(sumi_tensor_dims(lookup(name))).text);
}

static void fetch(const char *name, const char *path) {
  sumi_array_t *value = NULL;
  need_session();
  sumi_status_t status = sumi_session_run(
      session, .feeds = SUMI_VALUE(sumi_feeds_t, feed_count, feeds),
      .fetches = SUMI_FETCHES({.tensor = lookup(name), .array = &value}));
  if (status == SUMI_OK) status = sumi_npy_write(path, value);
  if (status == SUMI_OK)
    printf("ok\n");
  else
    printf("failed %s %s\n", sumi_status_name(status), sumi_error_message());
  sumi_array_unref(value);
}

static void obey(int count, char **words) {
  if (strcmp(words[0], "graph") == 0) {
    forget();
    graph = sumi_graph_new();
    if (count > 1) sumi_graph_set_seed(graph, atoll(words[1]));
  } else if (strcmp(words[0], "feed") == 0) {
    const sumi_tensor_t placeholder = sumi_placeholder(graph, sumi_dtype_from_name(words[2]),
                                                       .shape = parse_dims(words[3]));
    define(words[1], placeholder);
    feeds[feed_count++] = (sumi_feed_t){.tensor = placeholder, .array = load(words[4])};
  } else if (strcmp(words[0], "const") == 0) {
    define(words[1], sumi_constant(graph, load(words[2])));
  } else if (strcmp(words[0], "node") == 0) {
    make_node(count, words);
  } else if (strcmp(words[0], "variable") == 0) {
    make_variable(words[1], words[2]);
  } else if (strcmp(words[0], "run") == 0) {
    run(lookup(words[1]));
  } else if (strcmp(words[0], "gradient") == 0) {
    make_gradient(words);
  } else if (strcmp(words[0], "shape") == 0) {
    show_shape(words[1]);
  } else if (strcmp(words[0], "fetch") == 0) {
    fetch(words[1], words[2]);
  } else {
    fprintf(stderr, "unknown command %s\n", words[0]);
    exit(1);
  }
}

int main(void) {
  char line[4096];
  while (fgets(line, sizeof line, stdin)) {
    char *words[MAX_WORDS], *rest = NULL;
    int count = 0;
    for (char *word = strtok_r(line, " \n", &rest); word && count < MAX_WORDS;
         word = strtok_r(NULL, " \n", &rest))
      words[count++] = word;
    if (count > 0) obey(count, words);
  }
  forget();
  return 0;
}

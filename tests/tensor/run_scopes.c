/* Builds a graph from a script on stdin, for tests that compare its names and its sharing with
 * TensorFlow's. One command a line; all but ends answer with a line, "refused" where the graph has
 * refused, after which the rest is not read.
 *
 *   name NAME                              enters a name scope ("-": the root); the prefix
 *   scope NAME REUSE INIT DTYPE L2 PLACE   enters a variable scope; its name and its name scope.
 *                                          REUSE: a sumi_reuse_t; INIT: a constant or "-"; L2: a
 *                                          scale, 0 none; PLACE: 1 without a name scope
 *   default NAME                           enters a variable scope by default name
 *   again I REUSE PLACE                    enters the I-th scope so far again; 0 is the root
 *   end                                    leaves what was entered last
 *   reuse                                  reuse_variables
 *   get NAME                               get_variable of shape (2,); its name
 *   new NAME                               a variable that is never shared; its name
 *   op NAME                                a node; its name
 *   template NAME, build I                 makes a template; builds with the I-th: a node and a
 *                                          variable "t" of shape (2,); their names
 *   adam                                   minimizes the sum of all trainable variables
 *   values                                 "NAME VALUE" of every variable, in order, then the
 *                                          regularization losses
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/constants.h>
#include <sumi/ops.h>
#include <sumi/session.h>
#include <sumi/train.h>

enum { MAX_OPEN = 64, MAX_MADE = 256 };

static sumi_graph_t *graph;
static bool open_is_name[MAX_OPEN]; /* or a variable scope */
static int open_count, scope_count, template_count;
static const sumi_variable_scope_t *scopes[MAX_MADE];
static sumi_template_t *templates[MAX_MADE];

static const char *given(const char *word) {
  return strcmp(word, "-") ? word : NULL;
}

static void enter_scope(const sumi_variable_scope_t *scope) {
  open_is_name[open_count++] = false;
  scopes[scope_count++] = scope;
  if (scope)
    printf("%s %s|%s\n", sumi_variable_scope_name(scope),
           sumi_variable_scope_original_name_scope(scope), sumi_name_scope(graph));
}

static void print_name(sumi_tensor_t tensor) {
  if (tensor.op) printf("%s\n", sumi_op_name(tensor.op));
}

static void print_variable(sumi_tensor_t variable) {
  if (variable.op) printf("%s\n", sumi_variable_name(variable));
}

static sumi_tensor_t pair(void) {
  return sumi_constant_f32(graph, SUMI_DIMS(2), SUMI_F32(3, 4));
}

static void build(sumi_template_t *made) {
  sumi_template_begin(made);
  const sumi_tensor_t variable = sumi_get_variable(graph, "t", SUMI_DIMS(2));
  const sumi_tensor_t node = sumi_square(pair());
  sumi_template_end(made);
  if (node.op) printf("%s %s\n", sumi_variable_name(variable), sumi_op_name(node.op));
}

static void adam(void) {
  const sumi_tensors_t all = sumi_collection(graph, SUMI_TRAINABLE_VARIABLES);
  sumi_tensor_t loss = sumi_scalar(graph, SUMI_FLOAT32, 0);
  for (int i = 0; i < all.count; ++i)
    loss = sumi_add(loss, sumi_cast(sumi_reduce_sum(all.list[i]), SUMI_FLOAT32));
  const sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = .1), loss);
  if (train) printf("%s\n", sumi_op_name(train));
}

static void print_value(sumi_session_t *session, sumi_tensor_t tensor, const char *name) {
  sumi_array_t *value = NULL;
  if (sumi_session_value(session, tensor, &value) != SUMI_OK) {
    fprintf(stderr, "%s\n", sumi_error_message());
    exit(1);
  }
  printf("%s %s %.9g\n", name, sumi_dtype_name(sumi_array_dtype(value)), sumi_array_get(value, 0));
  sumi_array_unref(value);
}

static void values(void) {
  sumi_op_t *init = sumi_global_variables_initializer(graph);
  sumi_session_t *session = sumi_session_new(graph);
  if (sumi_session_run(session, .targets = SUMI_OPS(init)) != SUMI_OK) {
    fprintf(stderr, "%s\n", sumi_error_message());
    exit(1);
  }
  const sumi_tensors_t all = sumi_collection(graph, SUMI_GLOBAL_VARIABLES);
  for (int i = 0; i < all.count; ++i)
    print_value(session, all.list[i], sumi_variable_name(all.list[i]));
  const sumi_tensors_t losses = sumi_collection(graph, SUMI_REGULARIZATION_LOSSES);
  for (int i = 0; i < losses.count; ++i) print_value(session, losses.list[i], "loss");
  sumi_session_free(session);
}

static void scope(const char *name, int reuse, const char *init, const char *dtype, double l2,
                  int place) {
  sumi_initializer_t initializer = {0};
  if (given(init)) initializer = SUMI_INIT(CONSTANT, .a = atof(init));
  sumi_regularizer_t regularizer = {0};
  if (l2 != 0) regularizer = SUMI_L2_REGULARIZER(l2);
  enter_scope(sumi_variable_scope_begin(
      graph, name, .reuse = (sumi_reuse_t)reuse, .initializer = initializer,
      .dtype = given(dtype) ? sumi_dtype_from_name(dtype) : SUMI_DTYPE_INVALID,
      .regularizer = regularizer, .no_name_scope = place));
}

static void leave(void) {
  if (open_is_name[--open_count])
    sumi_name_scope_end(graph);
  else
    sumi_variable_scope_end(graph);
}

static void run(char word[7][64]) {
  const char *command = word[0];
  if (!strcmp(command, "name")) {
    sumi_name_scope_begin(graph, given(word[1]));
    open_is_name[open_count++] = true;
    printf("%s\n", sumi_name_scope(graph));
  } else if (!strcmp(command, "scope")) {
    scope(word[1], atoi(word[2]), word[3], word[4], atof(word[5]), atoi(word[6]));
  } else if (!strcmp(command, "default")) {
    enter_scope(sumi_variable_scope_begin(graph, NULL, .default_name = word[1]));
  } else if (!strcmp(command, "again")) {
    enter_scope(sumi_variable_scope_reenter(scopes[atoi(word[1])],
                                            .reuse = (sumi_reuse_t)atoi(word[2]),
                                            .no_name_scope = atoi(word[3])));
  } else if (!strcmp(command, "end")) {
    leave();
  } else if (!strcmp(command, "reuse")) {
    sumi_reuse_variables(graph);
    puts("reuse");
  } else if (!strcmp(command, "get")) {
    print_variable(sumi_get_variable(graph, word[1], SUMI_DIMS(2)));
  } else if (!strcmp(command, "new")) {
    print_variable(sumi_variable(pair(), .name = word[1]));
  } else if (!strcmp(command, "op")) {
    print_name(sumi_square(pair(), .name = word[1]));
  } else if (!strcmp(command, "template")) {
    templates[template_count++] = sumi_template_new(graph, word[1]);
    puts("template");
  } else if (!strcmp(command, "build")) {
    build(templates[atoi(word[1])]);
  } else if (!strcmp(command, "adam")) {
    adam();
  } else if (!strcmp(command, "values")) {
    values();
  }
}

int main(void) {
  char line[512], word[7][64];
  graph = sumi_graph_new();
  scopes[scope_count++] = sumi_current_variable_scope(graph);
  while (fgets(line, sizeof line, stdin) && sumi_graph_status(graph) == SUMI_OK) {
    memset(word, 0, sizeof word);
    sscanf(line, "%63s %63s %63s %63s %63s %63s %63s", word[0], word[1], word[2], word[3], word[4],
           word[5], word[6]);
    run(word);
    if (sumi_graph_status(graph) != SUMI_OK) printf("refused\n");
  }
  if (sumi_graph_status(graph) != SUMI_OK) fprintf(stderr, "%s\n", sumi_graph_message(graph));
  sumi_graph_free(graph);
  return 0;
}

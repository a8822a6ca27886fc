/* write_control_flow FOLDER EXPRESSION: builds what the expression says
 * (test_control_flow_tensorflow .py has the language) of x, c and the three elements e, prints its
 * value, its gradients and those of a weighted sum of them, each with the name of its tensor, and
 * writes the graph to FOLDER/graph.pb. */
#include <sumi/constants.h>
#include <sumi/control_flow.h>
#include <sumi/file.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>
#include <sumi/session.h>
#include <sumi/summary_graph.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VARIABLES = 16, TOKEN = 32 };

typedef struct builder {
  sumi_graph_t *graph;
  const char *rest; /* of the expression */
  sumi_tensor_t x, c, list, element;
  int variable_count;
  sumi_tensor_t variables[MOST_VARIABLES]; /* what the loops around carry, the outermost first */
  double limit;
} builder_t;

static sumi_tensor_t expression(builder_t *b);

static void next_token(builder_t *b, char *token) {
  while (*b->rest == ' ') ++b->rest;
  const size_t length = strcspn(b->rest, " ");
  snprintf(token, TOKEN, "%.*s", (int)length, b->rest);
  b->rest += length;
}

static double next_number(builder_t *b) {
  char token[TOKEN];
  next_token(b, token);
  return atof(token);
}

static sumi_tensor_t body(builder_t *b, sumi_tensor_t variable) {
  b->variables[b->variable_count++] = variable;
  const sumi_tensor_t next = expression(b);
  --b->variable_count;
  return next;
}

static sumi_tensor_t counts(const sumi_tensor_t *v, void *data) {
  const builder_t *b = data;
  return sumi_less(v[0], b->limit);
}

static sumi_tensor_t counts_below(const sumi_tensor_t *v, void *data) {
  const builder_t *b = data;
  return sumi_logical_and(sumi_less(v[1], b->limit), sumi_less(v[0], 5));
}

static void step(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  next[0] = sumi_add(v[0], 1);
  next[1] = body(data, v[1]);
}

static sumi_tensor_t loop(builder_t *b, sumi_loop_test_t test) {
  const double limit = next_number(b);
  sumi_tensor_t results[2], first = expression(b);
  b->limit = limit;
  sumi_while_loop(test, step, b, SUMI_TENSORS(sumi_scalar(b->graph, SUMI_INT32, 0), first),
                  results);
  return results[1];
}

static void branch(sumi_graph_t *graph, sumi_tensor_t *results, void *data) {
  (void)graph;
  results[0] = expression(data);
}

static void element_step(const sumi_tensor_t *carried, const sumi_tensor_t *elements,
                         sumi_tensor_t *next, sumi_tensor_t *stacked, void *data) {
  builder_t *b = data;
  const sumi_tensor_t element = b->element;
  b->element = elements[0];
  next[0] = stacked[0] = body(b, carried[0]);
  b->element = element;
}

static sumi_tensor_t scan(builder_t *b, bool reverse) {
  sumi_tensor_t last, all, first = expression(b);
  sumi_scan(element_step, b, SUMI_TENSORS(b->list), SUMI_TENSORS(first), &last, .stack_count = 1,
            .stacks = &all, .reverse = reverse);
  return sumi_add(last, sumi_reduce_sum(sumi_mul(all, b->list)));
}

static sumi_tensor_t expression(builder_t *b) {
  char token[TOKEN];
  next_token(b, token);
  if (strcmp(token, "x") == 0) return b->x;
  if (strcmp(token, "c") == 0) return b->c;
  if (strcmp(token, "e") == 0) return b->element;
  if (token[0] == 'v') return b->variables[atoi(token + 1)];
  if (strcmp(token, "sin") == 0) return sumi_sin(expression(b));
  if (strcmp(token, "tanh") == 0) return sumi_tanh(expression(b));
  if (strcmp(token, "square") == 0) return sumi_square(expression(b));
  if (strcmp(token, "loop") == 0) return loop(b, counts);
  if (strcmp(token, "below") == 0) return loop(b, counts_below);
  if (strcmp(token, "scan") == 0) return scan(b, false);
  if (strcmp(token, "back") == 0) return scan(b, true);
  if (strcmp(token, "cond") == 0) {
    sumi_tensor_t result;
    sumi_tensor_t which = sumi_greater(expression(b), 0);
    sumi_cond(which, branch, branch, b, 1, &result);
    return result;
  }
  if (strcmp(token, "add") == 0 || strcmp(token, "mul") == 0) {
    const sumi_tensor_t left = expression(b), right = expression(b);
    return token[0] == 'a' ? sumi_add(left, right) : sumi_mul(left, right);
  }
  return sumi_scalar(b->graph, SUMI_FLOAT64, atof(token));
}

static sumi_status_t print(sumi_session_t *session, sumi_tensor_t tensor) {
  if (sumi_tensor_is_null(tensor)) {
    puts("none");
    return SUMI_OK;
  }
  sumi_array_t *array = NULL;
  SUMI_TRY(sumi_session_value(session, tensor, &array));
  printf("%s:%d", sumi_op_name(tensor.op), tensor.index);
  for (int64_t i = 0; i < sumi_array_count(array); ++i) printf(" %.17g", sumi_array_get(array, i));
  puts("");
  sumi_array_unref(array);
  return SUMI_OK;
}

/* An output of a node that TensorFlow numbers otherwise has a name of its own. */
static sumi_tensor_t named(sumi_tensor_t tensor) {
  return sumi_tensor_is_null(tensor) ? tensor : sumi_identity(tensor);
}

static sumi_status_t build_and_print(builder_t *b, const char *folder) {
  sumi_graph_t *g = b->graph;
  sumi_tensor_t y = named(expression(b)), d[3], dd[3] = {{0}};
  sumi_gradients(SUMI_TENSORS(y), SUMI_TENSORS(b->x, b->c, b->list), d);
  const sumi_tensor_t weights = sumi_constant_f64(g, SUMI_DIMS(3), ((double[]){1, 2, 3}));
  sumi_tensor_t sum = sumi_scalar(g, SUMI_FLOAT64, 0);
  for (int i = 0; i < 3; ++i)
    if (d[i].op)
      sum = sumi_add(sum, i < 2 ? sumi_mul(d[i], i + 1) : sumi_reduce_sum(sumi_mul(d[i], weights)));
  sumi_gradients(SUMI_TENSORS(sum), SUMI_TENSORS(b->x, b->c, b->list), dd);
  const sumi_tensor_t all[] = {y, d[0], d[1], d[2], dd[0], dd[1], dd[2]};
  sumi_session_t *session = sumi_session_new(g);
  sumi_status_t status = sumi_graph_status(g);
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_graph_message(g));
  for (int i = 0; status == SUMI_OK && i < 7; ++i) status = print(session, named(all[i]));
  sumi_session_free(session);
  sumi_buffer_t bytes = {0};
  char path[1024];
  snprintf(path, sizeof path, "%s/graph.pb", folder);
  if (status == SUMI_OK) status = sumi_graph_export(g, &bytes, .max_constant_bytes = 0);
  if (status == SUMI_OK) {
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes.data, 1, bytes.size, file) != bytes.size) status = SUMI_UNAVAILABLE;
    if (file && fclose(file) != 0) status = SUMI_UNAVAILABLE;
  }
  sumi_buffer_release(&bytes);
  return status;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  builder_t b = {.graph = sumi_graph_new(), .rest = argv[2]};
  b.x = sumi_scalar(b.graph, SUMI_FLOAT64, 0.7);
  b.c = sumi_scalar(b.graph, SUMI_FLOAT64, -0.4);
  b.list = sumi_constant_f64(b.graph, SUMI_DIMS(3), ((double[]){0.3, -0.8, 1.1}));
  b.element = b.x;
  const sumi_status_t status = build_and_print(&b, argv[1]);
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  sumi_graph_free(b.graph);
  return status == SUMI_OK ? 0 : 1;
}

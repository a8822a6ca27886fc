/* Order of execution: what depends on nothing runs in no particular order, unless a control
 * dependency says so.
 *
 *   a = tf.Variable(1)
 *   c = a + b
 *   with tf.control_dependencies([c]):
 *     assign = tf.assign(a, 5)
 */
#include <stdio.h>
#include <sumi/sumi.h>

/* `a = a + b` makes a new node and forgets the old one; the graph keeps both. */
static void rebinding(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_scalar(g, SUMI_INT32, 1);
  sumi_tensor_t b = sumi_scalar(g, SUMI_INT32, 2);
  a = sumi_add(a, b);
  for (int i = 0; i < sumi_graph_op_count(g); ++i)
    sumi_tensor_print(stdout, sumi_op_output(sumi_graph_op(g, i), 0));
  sumi_graph_free(g);
}

/* The two values of a run: what `assign` gave, and c. */
static sumi_status_t run(sumi_graph_t *g, sumi_tensor_t assign, sumi_tensor_t c,
                         int32_t values[2]) {
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = sumi_session_run(
      s, .targets = SUMI_OPS(sumi_global_variables_initializer(g)));
  if (status == SUMI_OK)
    status = sumi_session_run(s, .fetches = SUMI_FETCHES({.tensor = assign, .scalar = &values[0]},
                                                         {.tensor = c, .scalar = &values[1]}));
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  sumi_session_free(s);
  return status;
}

/* An assignment gives the new value. */
static sumi_status_t assignment(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t a = sumi_variable(sumi_scalar(g, SUMI_INT32, 1));
  sumi_tensor_t assign = sumi_assign(a, sumi_add(a, 2));
  int32_t values[2] = {0};
  const sumi_status_t status = run(g, assign, assign, values);
  if (status == SUMI_OK) printf("assign: %d\n", values[0]);
  sumi_graph_free(g);
  return status;
}

/* c reads `a` while another node assigns to it. In TensorFlow this is a race, 3 or 7; here, without
 * a word about order, c is of the value from before the run. A control dependency says which. */
static sumi_status_t dependencies(void) {
  enum { NO_ORDER, READ_FIRST, ASSIGN_FIRST, ORDERS };
  static const char *const names[ORDERS] = {"no order", "c first", "assign first"};
  sumi_status_t status = SUMI_OK;
  for (int order = 0; order < ORDERS && status == SUMI_OK; ++order) {
    sumi_graph_t *g = sumi_graph_new();
    sumi_tensor_t a = sumi_variable(sumi_scalar(g, SUMI_INT32, 1)), assign, c;
    if (order == ASSIGN_FIRST) {
      assign = sumi_assign(a, 5);
      sumi_control_begin(g, SUMI_OPS(assign.op));
      c = sumi_add(sumi_identity(assign), 2);
      sumi_control_end(g);
    } else {
      c = sumi_add(a, 2);
      if (order == READ_FIRST) sumi_control_begin(g, SUMI_OPS(c.op));
      assign = sumi_assign(a, 5);
      if (order == READ_FIRST) sumi_control_end(g);
    }
    int32_t values[2] = {0};
    status = run(g, assign, c, values);
    if (status == SUMI_OK) printf("%s: assign %d, c %d\n", names[order], values[0], values[1]);
    sumi_graph_free(g);
  }
  return status;
}

int main(void) {
  rebinding();
  return assignment() == SUMI_OK && dependencies() == SUMI_OK ? 0 : 1;
}

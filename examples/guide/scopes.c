/* Scopes: what names nodes, and what shares variables.
 *
 *   with tf.name_scope("scope"):      # names nodes
 *   with tf.variable_scope("scope"):  # names nodes and the variables of tf.get_variable
 */
#include <stdio.h>
#include <sumi/sumi.h>

static void print_name(sumi_tensor_t tensor) {
  const char *variable = sumi_variable_name(tensor);
  printf("%s\n", *variable ? variable : sumi_op_name(tensor.op));
}

/* Three kinds of things, each under the name that the scope around gives it. */
static void print_names(sumi_graph_t *g) {
  print_name(sumi_constant_i32(g, SUMI_SCALAR, SUMI_I32(1), .name = "a"));
  print_name(sumi_variable(sumi_scalar(g, SUMI_FLOAT32, 1), .name = "b"));
  print_name(sumi_get_variable(g, "c", SUMI_SCALAR));
}

static void names(void) {
  sumi_graph_t *g = sumi_graph_new();
  print_name(sumi_scalar(g, SUMI_INT32, 1));                /* Const */
  print_name(sumi_variable(sumi_scalar(g, SUMI_INT32, 1))); /* Variable */
  sumi_name_scope_begin(g, "names");
  print_names(g); /* names/a, names/b, and c: a name scope leaves tf.get_variable alone */
  sumi_name_scope_end(g);
  sumi_variable_scope_begin(g, "variables");
  print_names(g); /* variables/a, variables/b, variables/c */
  sumi_variable_scope_end(g);
  sumi_graph_free(g);
}

/* A second variable of the same name is a mistake, unless the scope says that it is the first. */
static void reuse(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_variable_scope_begin(g, "scope");
  sumi_tensor_t first = sumi_get_variable(g, "a", SUMI_SCALAR);
  sumi_variable_scope_end(g);
  sumi_variable_scope_begin(g, "scope", .reuse = SUMI_REUSE);
  sumi_tensor_t second = sumi_get_variable(g, "a", SUMI_SCALAR);
  sumi_variable_scope_end(g);
  printf("shared: %s\n", first.op == second.op ? "yes" : "no");
  sumi_variable_scope_begin(g, "scope");
  sumi_get_variable(g, "a", SUMI_SCALAR);
  sumi_variable_scope_end(g);
  printf("refused: %s\n", sumi_graph_message(g));
  sumi_graph_free(g);
}

static sumi_tensor_t features(sumi_tensor_t image) {
  return sumi_conv2d_layer(image, 32, 3);
}

/* The same convolution of two images: by reuse, by AUTO_REUSE, and as a template. */
static sumi_status_t siamese(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t one = sumi_random_normal(g, SUMI_SHAPE(1, 8, 8, 3));
  sumi_tensor_t two = sumi_random_normal(g, SUMI_SHAPE(1, 8, 8, 3));

  sumi_variable_scope_begin(g, "my_scope");
  features(one);
  sumi_variable_scope_end(g);
  sumi_variable_scope_begin(g, "my_scope", .reuse = SUMI_REUSE);
  features(two);
  sumi_variable_scope_end(g);

  for (int i = 0; i < 2; ++i) {
    sumi_variable_scope_begin(g, "auto", .reuse = SUMI_AUTO_REUSE);
    features(i ? two : one);
    sumi_variable_scope_end(g);
  }

  sumi_template_t *conv3x32 = sumi_template_new(g, "conv3x32");
  for (int i = 0; i < 2; ++i) {
    sumi_template_begin(conv3x32);
    features(i ? two : one);
    sumi_template_end(conv3x32);
  }

  const sumi_tensors_t variables = sumi_collection(g, SUMI_GLOBAL_VARIABLES);
  for (int i = 0; i < variables.count; ++i) print_name(variables.list[i]);
  const sumi_status_t status = sumi_graph_status(g);
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_graph_message(g));
  sumi_graph_free(g);
  return status;
}

int main(void) {
  names();
  reuse();
  return siamese() == SUMI_OK ? 0 : 1;
}

/* Fits w to samples of 5x^2 + 3 by gradient descent on a sum of squares with a little weight decay.
 *
 *   x = tf.placeholder(tf.float32)
 *   y = tf.placeholder(tf.float32)
 *   w = tf.get_variable("w", shape=[3, 1])
 *   f = tf.stack([tf.square(x), x, tf.ones_like(x)], 1)
 *   yhat = tf.squeeze(tf.matmul(f, w), 1)
 *   loss = tf.nn.l2_loss(yhat - y) + 0.1 * tf.nn.l2_loss(w)
 *   train_op = tf.train.AdamOptimizer(0.1).minimize(loss)
 *   ...
 *   for _ in range(1000):
 *     x_val, y_val = generate_data()
 *     _, loss_val = sess.run([train_op, loss], {x: x_val, y: y_val})
 *     print(loss_val)
 *   print(sess.run([w]))
 */
#include <stdio.h>
#include <sumi/sumi.h>

enum { STEPS = 1000, BATCH = 100 };

/* Fills xs with numbers in [-10, 10), different in each step, and ys with 5x^2 + 3. */
static void generate_data(int step, float xs[BATCH], float ys[BATCH]) {
  sumi_array_t *uniform = sumi_array_uniform(SUMI_FLOAT32, SUMI_DIMS(BATCH), -10, 10, 1,
                                             (int64_t)step + 1);
  for (int i = 0; i < BATCH; ++i) {
    xs[i] = (float)sumi_array_get(uniform, i);
    ys[i] = 5 * xs[i] * xs[i] + 3;
  }
  sumi_array_unref(uniform);
}

int main(void) {
  /* [graph] */
  sumi_graph_t *g = sumi_graph_new();
  sumi_graph_set_seed(g, 1);
  sumi_tensor_t x = sumi_placeholder(g, SUMI_FLOAT32), y = sumi_placeholder(g, SUMI_FLOAT32);
  sumi_tensor_t w = sumi_get_variable(g, "w", SUMI_DIMS(3, 1));
  sumi_tensor_t f = sumi_stack(SUMI_TENSORS(sumi_square(x), x, sumi_ones_like(x)), .axis = 1);
  sumi_tensor_t yhat = sumi_squeeze(sumi_matmul(f, w), .axes = SUMI_AXES(1));
  sumi_tensor_t loss = sumi_add(sumi_l2_loss(sumi_sub(yhat, y)), sumi_mul(0.1, sumi_l2_loss(w)));
  sumi_op_t *train = sumi_minimize(sumi_adam(.learning_rate = 0.1), loss);
  /* [graph] */

  /* [training] */
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = sumi_session_run(
      s, .targets = SUMI_OPS(sumi_global_variables_initializer(g)));
  for (int i = 0; i < STEPS && status == SUMI_OK; ++i) {
    float xs[BATCH], ys[BATCH], l = 0;
    generate_data(i, xs, ys);
    status = sumi_session_run(
        s,
        .feeds = SUMI_FEEDS({.tensor = x, .data = xs, .dims = SUMI_DIMS(BATCH)},
                            {.tensor = y, .data = ys, .dims = SUMI_DIMS(BATCH)}),
        .targets = SUMI_OPS(train), .fetches = SUMI_FETCHES({.tensor = loss, .scalar = &l}));
    if (status == SUMI_OK) printf("%g\n", l);
  }
  /* [training] */
  if (status == SUMI_OK)
    sumi_array_print(stdout, sumi_session_variable(s, w));
  else
    fprintf(stderr, "%s\n", sumi_error_message());
  sumi_session_free(s);
  sumi_graph_free(g);
  return status == SUMI_OK ? 0 : 1;
}

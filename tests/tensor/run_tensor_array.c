/* run_tensor_array: programs with tensor arrays, each as a line "name numbers…": what it computes,
 * and its gradient by x. test_tensor_array_tensorflow.py has the same programs. */
#include <sumi/constants.h>
#include <sumi/control_flow.h>
#include <sumi/gradients.h>
#include <sumi/ops.h>
#include <sumi/session.h>
#include <sumi/tensor_array.h>

#include <stdio.h>

static sumi_tensor_t below_five(const sumi_tensor_t *v, void *data) {
  (void)data;
  return sumi_less(v[0], 5);
}

/* x itself in `data`. */
static void square_backwards(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  const sumi_tensor_t *x = data;
  sumi_tensor_array_t array = {v[1], v[2]};
  array = sumi_tensor_array_write(array, sumi_sub(4, v[0]), sumi_square(sumi_gather(*x, v[0])));
  next[0] = sumi_add(v[0], 1);
  next[1] = array.elements;
  next[2] = array.written;
}

static sumi_tensor_t backwards(sumi_graph_t *g, sumi_tensor_t x) {
  const sumi_tensor_array_t array = sumi_tensor_array(g, SUMI_FLOAT32, 5, SUMI_DIMS(2));
  const sumi_tensor_t zero = sumi_scalar(g, SUMI_INT32, 0);
  sumi_tensor_t results[3];
  sumi_while_loop(below_five, square_backwards, &x,
                  SUMI_TENSORS(zero, array.elements, array.written), results);
  return sumi_tensor_array_stack(((sumi_tensor_array_t){results[1], results[2]}));
}

/* Each element of those before it, read in the loop that writes. */
static void multiply_last_two(const sumi_tensor_t *v, sumi_tensor_t *next, void *data) {
  (void)data;
  sumi_tensor_array_t array = {v[1], v[2]};
  const sumi_tensor_t last = sumi_tensor_array_read(array, sumi_sub(v[0], 1));
  const sumi_tensor_t before = sumi_tensor_array_read(array, sumi_sub(v[0], 2));
  array = sumi_tensor_array_write(array, v[0], sumi_sin(sumi_add(sumi_mul(last, before), last)));
  next[0] = sumi_add(v[0], 1);
  next[1] = array.elements;
  next[2] = array.written;
}

static sumi_tensor_t recurrence(sumi_graph_t *g, sumi_tensor_t x) {
  sumi_tensor_array_t array = sumi_tensor_array(g, SUMI_FLOAT32, 5, SUMI_DIMS(2));
  array = sumi_tensor_array_write(array, 0, sumi_gather(x, 3));
  array = sumi_tensor_array_write(array, 1, sumi_gather(x, 1));
  const sumi_tensor_t two = sumi_scalar(g, SUMI_INT32, 2);
  sumi_tensor_t results[3];
  sumi_while_loop(below_five, multiply_last_two, NULL,
                  SUMI_TENSORS(two, array.elements, array.written), results);
  return sumi_tensor_array_stack(((sumi_tensor_array_t){results[1], results[2]}));
}

static sumi_tensor_t gathered(sumi_graph_t *g, sumi_tensor_t x) {
  const sumi_tensor_array_t array = sumi_tensor_array_unstack(x);
  const sumi_tensor_t last = sumi_sub(sumi_tensor_array_size(array), 1);
  const sumi_tensor_t rows = sumi_tensor_array_gather(
      array, sumi_constant_i32(g, SUMI_DIMS(3), ((int32_t[]){3, 0, 2})));
  return sumi_mul(rows, sumi_tensor_array_read(array, last));
}

static sumi_tensor_t scattered(sumi_graph_t *g, sumi_tensor_t x) {
  sumi_tensor_array_t array = sumi_tensor_array(g, SUMI_FLOAT32, 5, SUMI_DIMS(2));
  array = sumi_tensor_array_scatter(
      array, sumi_constant_i32(g, SUMI_DIMS(3), ((int32_t[]){4, 0, 2})),
      sumi_gather(x, sumi_constant_i32(g, SUMI_DIMS(3), ((int32_t[]){0, 1, 2}))));
  array = sumi_tensor_array_write(array, 1, sumi_square(sumi_gather(x, 4)));
  array = sumi_tensor_array_write(array, 3, sumi_gather(x, 0));
  return sumi_square(sumi_tensor_array_concat(array));
}

static sumi_status_t print(sumi_session_t *s, sumi_tensor_t tensor) {
  sumi_array_t *value = NULL;
  SUMI_TRY(sumi_session_value(s, tensor, &value));
  for (int64_t i = 0; i < sumi_array_count(value); ++i) printf(" %.9g", sumi_array_get(value, i));
  sumi_array_unref(value);
  return SUMI_OK;
}

static sumi_status_t run(const char *name,
                         sumi_tensor_t (*program)(sumi_graph_t *, sumi_tensor_t)) {
  float values[10], weights[16];
  for (int i = 0; i < 10; ++i) values[i] = (float)(i * 7 % 11) / 5 - 1;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t x = sumi_constant_f32(g, SUMI_DIMS(5, 2), values);
  const sumi_tensor_t y = program(g, x);
  const int64_t count = sumi_dims_count(sumi_tensor_dims(y));
  for (int i = 0; i < 16; ++i) weights[i] = (float)(i + 1);
  const sumi_tensor_t w = sumi_constant_f32(g, SUMI_DIMS(count), weights);
  sumi_tensor_t dx;
  sumi_gradients(SUMI_TENSORS(sumi_reduce_sum(sumi_mul(sumi_reshape(y, SUMI_SHAPE(-1)), w))),
                 SUMI_TENSORS(x), &dx);
  sumi_session_t *s = sumi_session_new(g);
  printf("%s", name);
  sumi_status_t status = print(s, y);
  if (status == SUMI_OK) status = print(s, dx);
  printf("\n");
  sumi_session_free(s);
  sumi_graph_free(g);
  return status;
}

int main(void) {
  sumi_status_t status = run("backwards", backwards);
  if (status == SUMI_OK) status = run("recurrence", recurrence);
  if (status == SUMI_OK) status = run("gathered", gathered);
  if (status == SUMI_OK) status = run("scattered", scattered);
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  return status != SUMI_OK;
}

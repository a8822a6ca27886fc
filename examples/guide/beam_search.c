/* Beam search: the most probable sequences of a recurrent model.
 *
 *   def rnn_beam_search(update_fn, initial_state, sequence_length, beam_width,
 *                       begin_token_id, end_token_id, name="rnn"): …
 */
#include "batch_gather.h"

#include <stdio.h>

enum { LETTERS = 5, BEGIN = 0, END = 4, LENGTH = 6, BEAM = 3, BATCH = 2, UNITS = 4 };

typedef struct beams {
  sumi_tensor_t ids;         /* [batch, beam, steps so far] */
  sumi_tensor_t log_probs;   /* [batch, beam] */
  sumi_tensor_t state;       /* [batch, beam, units] */
  sumi_tensor_t last;        /* [batch, beam]: the letter each beam ends with */
  sumi_tensor_t is_finished; /* [batch, beam] */
} beams_t;

/* The model: the state becomes the next one; gives the logits [batch, beam, letters]. */
static sumi_tensor_t update(sumi_tensor_t *state, sumi_tensor_t last) {
  sumi_tensor_t inputs = sumi_concat(SUMI_TENSORS(*state, sumi_one_hot(last, LETTERS)), 2);
  *state = sumi_dense(inputs, UNITS, .activation = sumi_activation_tanh,
                      .kernel_initializer = SUMI_INIT(NORMAL, .b = 1, .seed = 5), .name = "cell");
  return sumi_dense(*state, LETTERS, .kernel_initializer = SUMI_INIT(NORMAL, .b = 1, .seed = 6),
                    .name = "logits");
}

/* Every beam goes on with each letter, a finished one with END alone and at no cost; the best of
 * all these stay. */
static beams_t step(beams_t b) {
  sumi_tensor_t log_p = sumi_log_softmax(update(&b.state, b.last));
  sumi_tensor_t end = sumi_scalar(sumi_tensor_graph(log_p), SUMI_INT32, END);
  sumi_tensor_t only_end = sumi_log(sumi_one_hot(end, LETTERS));
  sumi_tensor_t gains = sumi_select(sumi_expand_dims(b.is_finished, 2), only_end, log_p);
  sumi_tensor_t sums = sumi_add(sumi_expand_dims(b.log_probs, 2), gains);
  sumi_tensor_t best = sumi_top_k(sumi_reshape(sums, SUMI_SHAPE(BATCH, BEAM * LETTERS)), BEAM);
  sumi_tensor_t place = sumi_output(best, 1);
  sumi_tensor_t from = sumi_floor_div(place, LETTERS), letter = sumi_floor_mod(place, LETTERS);
  sumi_tensor_t ids = batch_gather(b.ids, from);
  return (beams_t){.ids = sumi_concat(SUMI_TENSORS(ids, sumi_expand_dims(letter, 2)), 2),
                   .log_probs = best,
                   .state = batch_gather(b.state, from),
                   .last = letter,
                   .is_finished = sumi_equal(letter, END)};
}

static beams_t beam_search(sumi_tensor_t initial_state) {
  sumi_graph_t *g = sumi_tensor_graph(initial_state);
  /* All beams begin alike; so that they do not stay alike, only the first of them counts. */
  sumi_tensor_t first = sumi_log(sumi_one_hot(sumi_scalar(g, SUMI_INT32, 0), BEAM));
  beams_t b = {.ids = sumi_zeros(g, SUMI_SHAPE(BATCH, BEAM, 0), .dtype = SUMI_INT32),
               .log_probs = sumi_tile(sumi_expand_dims(first, 0), SUMI_SHAPE(BATCH, 1)),
               .state = sumi_tile(sumi_expand_dims(initial_state, 1), SUMI_SHAPE(1, BEAM, 1)),
               .last = sumi_fill(g, SUMI_SHAPE(BATCH, BEAM), sumi_scalar(g, SUMI_INT32, BEGIN)),
               .is_finished = sumi_zeros(g, SUMI_SHAPE(BATCH, BEAM), .dtype = SUMI_BOOL)};
  for (int i = 0; i < LENGTH; ++i) {
    sumi_variable_scope_begin(g, "rnn", .reuse = SUMI_AUTO_REUSE);
    b = step(b);
    sumi_variable_scope_end(g);
  }
  return b;
}

int main(void) {
  sumi_graph_t *g = sumi_graph_new();
  sumi_tensor_t state = sumi_constant_f32(g, SUMI_DIMS(BATCH, UNITS),
                                          SUMI_F32(0, 0, 0, 0, 1, -1, 1, -1));
  const beams_t found = beam_search(state);
  const sumi_tensors_t weights = sumi_collection(g, SUMI_GLOBAL_VARIABLES);
  const sumi_tensor_t results[] = {weights.list[0], weights.list[2], found.ids, found.log_probs};
  sumi_session_t *s = sumi_session_new(g);
  sumi_status_t status = sumi_session_run(
      s, .targets = SUMI_OPS(sumi_global_variables_initializer(g)));
  for (size_t i = 0; i < sizeof results / sizeof *results && status == SUMI_OK; ++i) {
    sumi_array_t *value = NULL;
    status = sumi_session_value(s, results[i], &value);
    if (status == SUMI_OK) sumi_array_print(stdout, value);
    sumi_array_unref(value);
  }
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  sumi_session_free(s);
  sumi_graph_free(g);
  return status == SUMI_OK ? 0 : 1;
}

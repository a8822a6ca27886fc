/* Recurrent networks: cells, which make an output and the next state of an input and a state, and
 * what runs a cell over time. Names, variables and formulas are TensorFlow 1's tf.nn.rnn_cell and
 * tf.nn.static_rnn and dynamic_rnn, so that checkpoints correspond.
 *
 *   sumi_rnn_cell_t *cell = sumi_basic_lstm_cell_new(g, 64);
 *   sumi_tensors_t words = sumi_outputs(sumi_unstack(x, .axis = 1));        x [batch, time, size]
 *   sumi_static_rnn_t rnn = sumi_static_rnn(cell, words, .sequence_length = lengths);
 *   sumi_tensor_t logits = sumi_dense(rnn.state.list[1], 10);               rnn/basic_lstm_cell/…
 *
 * Inputs are [batch, size] with a static size, outputs and states [batch, size of the cell]. A
 * state is a list of tensors, nested ones flat: an LSTM's is c, h; that of several layers c, h, c,
 * h, … Cells are the graph's and live as long as it. Refusals are the graph's, too; results are
 * then null tensors, NULL cells and empty lists. */
#ifndef SUMI_RNN_H
#define SUMI_RNN_H

#include <sumi/layers.h>

SUMI_BEGIN_DECLS

typedef struct sumi_rnn_cell sumi_rnn_cell_t;

/* ---- Cells ---- */

typedef struct sumi_rnn_cell_options {
  size_t struct_size SUMI_UNSET;                    /* filled in by the macros */
  sumi_activation_t activation SUMI_UNSET;          /* default tanh */
  sumi_initializer_t kernel_initializer SUMI_UNSET; /* not given: the scope's, Glorot uniform */
  sumi_initializer_t bias_initializer SUMI_UNSET;   /* not given: zeros; of a GRU's gates ones */
  const char *name SUMI_UNSET;   /* of the variables' scope, made unique; default the cell's */
  sumi_reuse_t reuse SUMI_UNSET; /* share the variables of exactly that name */
} sumi_rnn_cell_options_t;

/** h' = activation([x, h] . kernel + bias); the output is h'. Variables: basic_rnn_cell/kernel,
 * bias. */
#define sumi_basic_rnn_cell_new(graph, ...) SUMI__RNN_CELL(basic_rnn_cell, graph, __VA_ARGS__, )
SUMI_API sumi_rnn_cell_t *sumi_basic_rnn_cell_new_with(sumi_graph_t *graph, sumi_site_t site,
                                                       int64_t units,
                                                       const sumi_rnn_cell_options_t *options);

/** Gated recurrent unit (Cho et al. 2014): r, u = sigmoid([x, h] . gates/kernel + gates/bias),
 * c = activation([x, r h] . candidate/kernel + candidate/bias), h' = u h + (1 - u) c; the output is
 * h'. Variables below gru_cell/. */
#define sumi_gru_cell_new(graph, ...) SUMI__RNN_CELL(gru_cell, graph, __VA_ARGS__, )
SUMI_API sumi_rnn_cell_t *sumi_gru_cell_new_with(sumi_graph_t *graph, sumi_site_t site,
                                                 int64_t units,
                                                 const sumi_rnn_cell_options_t *options);
#define SUMI__RNN_CELL(kind, graph, units, ...)                                                    \
  sumi_##kind##_new_with(graph, SUMI_HERE, units,                                                  \
                         SUMI_OPTIONS(sumi_rnn_cell_options_t, __VA_ARGS__))

typedef struct sumi_lstm_cell_options {
  size_t struct_size SUMI_UNSET;           /* filled in by the macros */
  sumi_activation_t activation SUMI_UNSET; /* default tanh */
  double forget_bias SUMI_UNSET;           /* added to f, default 1 */
  bool use_peepholes SUMI_UNSET;           /* the gates see c, too: w_f_diag, w_i_diag, w_o_diag */
  double cell_clip SUMI_UNSET;             /* > 0: c stays within ± this */
  int64_t num_proj SUMI_UNSET;             /* > 0: h is projected to this size */
  double proj_clip SUMI_UNSET;             /* > 0: and stays within ± this */
  sumi_initializer_t initializer SUMI_UNSET; /* of all but the bias, which starts from zeros */
  const char *name SUMI_UNSET;   /* of the variables' scope, made unique; default the cell's */
  sumi_reuse_t reuse SUMI_UNSET; /* share the variables of exactly that name */
} sumi_lstm_cell_options_t;

/** Long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 1999; Sak et al. 2014):
 * i, j, f, o = the four quarters of [x, h] . kernel + bias,
 * c' = sigmoid(f + forget_bias) c + sigmoid(i) activation(j), h' = sigmoid(o) activation(c'); the
 * output is h'. Variables: lstm_cell/kernel, bias, with peepholes lstm_cell/w_f_diag …, and
 * lstm_cell/projection/kernel. */
#define sumi_lstm_cell_new(graph, ...) SUMI__LSTM_CELL(lstm_cell, graph, __VA_ARGS__, )
SUMI_API sumi_rnn_cell_t *sumi_lstm_cell_new_with(sumi_graph_t *graph, sumi_site_t site,
                                                  int64_t units,
                                                  const sumi_lstm_cell_options_t *options);

/** The same under the names of tf.nn.rnn_cell.BasicLSTMCell: basic_lstm_cell/kernel, bias. */
#define sumi_basic_lstm_cell_new(graph, ...) SUMI__LSTM_CELL(basic_lstm_cell, graph, __VA_ARGS__, )
SUMI_API sumi_rnn_cell_t *sumi_basic_lstm_cell_new_with(sumi_graph_t *graph, sumi_site_t site,
                                                        int64_t units,
                                                        const sumi_lstm_cell_options_t *options);
#define SUMI__LSTM_CELL(kind, graph, units, ...)                                                   \
  sumi_##kind##_new_with(graph, SUMI_HERE, units,                                                  \
                         SUMI_OPTIONS(sumi_lstm_cell_options_t, __VA_ARGS__))

/* ---- Cells of cells ---- */

typedef struct sumi_rnn_cells {
  int count SUMI_UNSET;
  sumi_rnn_cell_t *const *list SUMI_UNSET;
} sumi_rnn_cells_t;

/** SUMI_CELLS(a, b): a list of cells that lives until the end of the full expression. */
#define SUMI_CELLS(...) SUMI__LIST(sumi_rnn_cells_t, sumi_rnn_cell_t *, __VA_ARGS__)

/** Layers of cells: the output of each is the input of the next. Variables: multi_rnn_cell/cell_0/…
 * Each cell stands there once. */
#define sumi_multi_rnn_cell_new(graph, ...)                                                        \
  sumi_multi_rnn_cell_new_at(SUMI_HERE, graph, __VA_ARGS__)
SUMI_API sumi_rnn_cell_t *sumi_multi_rnn_cell_new_at(sumi_site_t site, sumi_graph_t *graph,
                                                     sumi_rnn_cells_t cells);

typedef struct sumi_dropout_wrapper_options {
  size_t struct_size SUMI_UNSET;            /* filled in by the macros */
  sumi_tensor_t input_keep_prob SUMI_UNSET; /* SUMI_T(0.8), or a scalar tensor; default 1 */
  sumi_tensor_t state_keep_prob SUMI_UNSET; /* of all states but an LSTM's c */
  sumi_tensor_t output_keep_prob SUMI_UNSET;
} sumi_dropout_wrapper_options_t;

/** `cell` with dropout of its inputs, next states and outputs, drawn anew at every step; its
 * variables are the cell's. */
#define sumi_dropout_wrapper_new(...) SUMI__DROPOUT_WRAPPER(__VA_ARGS__, )
#define SUMI__DROPOUT_WRAPPER(cell, ...)                                                           \
  sumi_dropout_wrapper_new_with(cell, SUMI_HERE,                                                   \
                                SUMI_OPTIONS(sumi_dropout_wrapper_options_t, __VA_ARGS__))
SUMI_API sumi_rnn_cell_t *
sumi_dropout_wrapper_new_with(sumi_rnn_cell_t *cell, sumi_site_t site,
                              const sumi_dropout_wrapper_options_t *options);

/** `cell` with its input added to its output, of the same size; its variables are the cell's. */
#define sumi_residual_wrapper_new(...) sumi_residual_wrapper_new_at(SUMI_HERE, __VA_ARGS__)
SUMI_API sumi_rnn_cell_t *sumi_residual_wrapper_new_at(sumi_site_t site, sumi_rnn_cell_t *cell);

/* ---- Steps, and cells of the program's own ---- */

/** One step of a cell: makes next[i] of state[i], one for each of the cell's states, and returns
 * the output. */
typedef sumi_tensor_t (*sumi_rnn_step_t)(void *context, sumi_tensor_t input,
                                         const sumi_tensor_t *state, sumi_tensor_t *next);

typedef struct sumi_rnn_cell_def {
  size_t struct_size SUMI_UNSET; /* filled in by the macros */
  /* Of the variable scope in which the step runs, made unique where it runs first; NULL: none. */
  const char *name SUMI_UNSET;
  sumi_reuse_t reuse SUMI_UNSET; /* share the variables of exactly that name */
  int64_t output_size SUMI_UNSET;
  int state_count SUMI_UNSET;
  const int64_t *state_sizes SUMI_UNSET; /* [state_count] */
  const bool *is_memory
      SUMI_UNSET; /* [state_count], states that dropout leaves alone; NULL: none */
  sumi_rnn_step_t step SUMI_UNSET;
  void *context SUMI_UNSET; /* has to live as long as the cell is used */
} sumi_rnn_cell_def_t;

/** A cell of the program's: sumi_rnn_cell_new(g, .name = "leaky_cell", .output_size = 8, …). Its
 * step calls sumi_get_variable, whose variables are made at the first step and shared by the
 * others. */
#define sumi_rnn_cell_new(graph, ...)                                                              \
  sumi_rnn_cell_new_with(graph, SUMI_HERE, SUMI_OPTIONS(sumi_rnn_cell_def_t, __VA_ARGS__))
SUMI_API sumi_rnn_cell_t *sumi_rnn_cell_new_with(sumi_graph_t *graph, sumi_site_t site,
                                                 const sumi_rnn_cell_def_t *def);

/** How many tensors a state has, the size of each, and that of the output; 0 of NULL and of what is
 * not there. */
SUMI_API int sumi_rnn_cell_state_count(const sumi_rnn_cell_t *cell);
SUMI_API int64_t sumi_rnn_cell_state_size(const sumi_rnn_cell_t *cell, int index);
SUMI_API int64_t sumi_rnn_cell_output_size(const sumi_rnn_cell_t *cell);

/** A step: `state` and `next` have sumi_rnn_cell_state_count tensors and may be the same array. The
 * variables' scope is entered inside the scope in force at the first step, and again at others. */
#define sumi_rnn_cell_step(...) sumi_rnn_cell_step_at(SUMI_HERE, __VA_ARGS__)
SUMI_API sumi_tensor_t sumi_rnn_cell_step_at(sumi_site_t site, sumi_rnn_cell_t *cell,
                                             sumi_tensor_t input, const sumi_tensor_t *state,
                                             sumi_tensor_t *next);

/** Zeros [batch, size] as the first state; `batch` is a number or an int32 scalar. The list lives
 * as long as the graph. */
#define sumi_rnn_cell_zero_state(cell, batch, dtype)                                               \
  sumi_rnn_cell_zero_state_at(SUMI_HERE, cell, SUMI_T(batch), dtype)
SUMI_API sumi_tensors_t sumi_rnn_cell_zero_state_at(sumi_site_t site, sumi_rnn_cell_t *cell,
                                                    sumi_tensor_t batch, sumi_dtype_t dtype);

/* ---- Over time ---- */

typedef struct sumi_rnn_options {
  size_t struct_size SUMI_UNSET;           /* filled in by the macros */
  sumi_tensors_t initial_state SUMI_UNSET; /* default zeros */
  /* int32 or int64 [batch]: past its end outputs are zero and the state stays as it is. */
  sumi_tensor_t sequence_length SUMI_UNSET;
  const char *scope SUMI_UNSET; /* default "rnn" */
} sumi_rnn_options_t;

/** One output for each input, and the state after the last; the lists live as long as the graph. */
typedef struct sumi_static_rnn_result {
  sumi_tensors_t outputs, state;
} sumi_static_rnn_t;

/** `cell` over a list of inputs [batch, size], one for each point in time. */
#define sumi_static_rnn(cell, ...) SUMI__STATIC_RNN(cell, __VA_ARGS__, )
#define SUMI__STATIC_RNN(cell, inputs, ...)                                                        \
  sumi_static_rnn_with(cell, SUMI_HERE, inputs, SUMI_OPTIONS(sumi_rnn_options_t, __VA_ARGS__))
SUMI_API sumi_static_rnn_t sumi_static_rnn_with(sumi_rnn_cell_t *cell, sumi_site_t site,
                                                sumi_tensors_t inputs,
                                                const sumi_rnn_options_t *options);

typedef struct sumi_bidirectional_rnn_options {
  size_t struct_size SUMI_UNSET;              /* filled in by the macros */
  sumi_tensors_t initial_state_fw SUMI_UNSET; /* default zeros */
  sumi_tensors_t initial_state_bw SUMI_UNSET;
  sumi_tensor_t sequence_length SUMI_UNSET; /* each sequence is read backwards from its own end */
  const char *scope SUMI_UNSET;             /* default "bidirectional_rnn" */
} sumi_bidirectional_rnn_options_t;

/** Outputs [batch, forward and backward one after the other]; the lists live as long as the graph.
 */
typedef struct sumi_static_bidirectional_rnn_result {
  sumi_tensors_t outputs, state_fw, state_bw;
} sumi_static_bidirectional_rnn_t;

/** Two cells over a list of inputs, one of them from the end. Variables:
 * bidirectional_rnn/fw/…, bidirectional_rnn/bw/… */
#define sumi_static_bidirectional_rnn(cell_fw, cell_bw, ...)                                       \
  SUMI__STATIC_BIDIRECTIONAL_RNN(cell_fw, cell_bw, __VA_ARGS__, )
#define SUMI__STATIC_BIDIRECTIONAL_RNN(cell_fw, cell_bw, inputs, ...)                              \
  sumi_static_bidirectional_rnn_with(cell_fw, cell_bw, SUMI_HERE, inputs,                          \
                                     SUMI_OPTIONS(sumi_bidirectional_rnn_options_t, __VA_ARGS__))
SUMI_API sumi_static_bidirectional_rnn_t sumi_static_bidirectional_rnn_with(
    sumi_rnn_cell_t *cell_fw, sumi_rnn_cell_t *cell_bw, sumi_site_t site, sumi_tensors_t inputs,
    const sumi_bidirectional_rnn_options_t *options);

typedef struct sumi_dynamic_rnn_options {
  size_t struct_size SUMI_UNSET;           /* filled in by the macros */
  sumi_tensors_t initial_state SUMI_UNSET; /* default zeros */
  /* int32 or int64 [batch]: past its end outputs are zero and the state stays as it is. */
  sumi_tensor_t sequence_length SUMI_UNSET;
  bool time_major SUMI_UNSET;   /* inputs and outputs are [time, batch, size] */
  const char *scope SUMI_UNSET; /* default "rnn" */
} sumi_dynamic_rnn_options_t;

/** The outputs of all steps, laid out as the inputs, and the state after the last; the list lives
 * as long as the graph. */
typedef struct sumi_dynamic_rnn_result {
  sumi_tensor_t outputs;
  sumi_tensors_t state;
} sumi_dynamic_rnn_t;

/** `cell` in a loop over inputs [batch, time, size]; only a run has to tell how long they are. */
#define sumi_dynamic_rnn(cell, ...) SUMI__DYNAMIC_RNN(cell, __VA_ARGS__, )
#define SUMI__DYNAMIC_RNN(cell, inputs, ...)                                                       \
  sumi_dynamic_rnn_with(cell, SUMI_HERE, inputs,                                                   \
                        SUMI_OPTIONS(sumi_dynamic_rnn_options_t, __VA_ARGS__))
SUMI_API sumi_dynamic_rnn_t sumi_dynamic_rnn_with(sumi_rnn_cell_t *cell, sumi_site_t site,
                                                  sumi_tensor_t inputs,
                                                  const sumi_dynamic_rnn_options_t *options);

typedef struct sumi_bidirectional_dynamic_rnn_options {
  size_t struct_size SUMI_UNSET;              /* filled in by the macros */
  sumi_tensors_t initial_state_fw SUMI_UNSET; /* default zeros */
  sumi_tensors_t initial_state_bw SUMI_UNSET;
  sumi_tensor_t sequence_length SUMI_UNSET; /* each sequence is read backwards from its own end */
  bool time_major SUMI_UNSET;               /* inputs and outputs are [time, batch, size] */
  const char *scope SUMI_UNSET;             /* default "bidirectional_rnn" */
} sumi_bidirectional_dynamic_rnn_options_t;

/** The outputs of each cell in the order of the inputs: sumi_concat of both is what follows mostly.
 */
typedef struct sumi_bidirectional_dynamic_rnn_result {
  sumi_tensor_t outputs_fw, outputs_bw;
  sumi_tensors_t state_fw, state_bw;
} sumi_bidirectional_dynamic_rnn_t;

/** Two cells over inputs [batch, time, size], one of them from the end. */
#define sumi_bidirectional_dynamic_rnn(cell_fw, cell_bw, ...)                                      \
  SUMI__BIDIRECTIONAL_DYNAMIC_RNN(cell_fw, cell_bw, __VA_ARGS__, )
#define SUMI__BIDIRECTIONAL_DYNAMIC_RNN(cell_fw, cell_bw, inputs, ...)                             \
  sumi_bidirectional_dynamic_rnn_with(                                                             \
      cell_fw, cell_bw, SUMI_HERE, inputs,                                                         \
      SUMI_OPTIONS(sumi_bidirectional_dynamic_rnn_options_t, __VA_ARGS__))
SUMI_API sumi_bidirectional_dynamic_rnn_t sumi_bidirectional_dynamic_rnn_with(
    sumi_rnn_cell_t *cell_fw, sumi_rnn_cell_t *cell_bw, sumi_site_t site, sumi_tensor_t inputs,
    const sumi_bidirectional_dynamic_rnn_options_t *options);

SUMI_END_DECLS
#endif

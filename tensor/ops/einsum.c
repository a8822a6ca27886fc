/* Sums of products by Einstein's convention: "ij,jk->ik". Source: TensorFlow
 * python/ops/special_math_ops.py; here each pair of operands is one batch of matrix products. */
#include <sumi/constants.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>

#include <ctype.h>
#include <string.h>

enum { MAX_OPERANDS = 16 };

/* Axes are named by letters; those of an ellipsis by digits, '0' the last. */
typedef struct axes {
  int count;
  char name[SUMI_MAX_RANK];
} axes_t;

typedef struct operand {
  sumi_tensor_t tensor;
  axes_t axes;
} operand_t;

typedef struct equation {
  const sumi_build_t *build;
  const char *text;
  int count;
  operand_t operand[MAX_OPERANDS];
  axes_t result;
  int ellipsis; /* axes of the longest one */
} equation_t;

static int find(const axes_t *axes, char name) {
  for (int i = 0; i < axes->count; ++i)
    if (axes->name[i] == name) return i;
  return -1;
}

static bool add(axes_t *axes, char name) {
  if (axes->count == SUMI_MAX_RANK) return false;
  axes->name[axes->count++] = name;
  return true;
}

static bool add_ellipsis(axes_t *axes, int count) {
  while (count-- > 0)
    if (!add(axes, (char)('0' + count))) return false;
  return true;
}

/* ---- Reading ---- */

/* The letters up to the end of a term; `hidden` axes stand for its ellipsis. false with *at where
 * something else stands, or a letter for the second time. */
static bool read_term(const char **at, int hidden, axes_t *axes) {
  for (;; ++*at) {
    if (**at == ' ') continue;
    if (strncmp(*at, "...", 3) == 0) {
      if (find(axes, '0') >= 0 || !add_ellipsis(axes, hidden)) return false;
      *at += 2;
    } else if (isalpha((unsigned char)**at)) {
      if (find(axes, **at) >= 0 || !add(axes, **at)) return false;
    } else {
      return true;
    }
  }
}

static int letters_of(const char *at) {
  int count = 0;
  for (; *at && *at != ',' && *at != '-'; ++at) count += isalpha((unsigned char)*at) != 0;
  return count;
}

static bool has_ellipsis(const char *at) {
  const char *dots = strstr(at, "...");
  const size_t length = strcspn(at, ",-");
  return dots && (size_t)(dots - at) < length;
}

/* Without "->", as NumPy: the axes of ellipses, then the letters that stand once, sorted. */
static bool imply_result(equation_t *e) {
  if (!add_ellipsis(&e->result, e->ellipsis)) return false;
  for (int c = 'A'; c <= 'z'; ++c) {
    int times = 0;
    for (int i = 0; i < e->count; ++i) times += find(&e->operand[i].axes, (char)c) >= 0;
    if (times == 1 && !add(&e->result, (char)c)) return false;
  }
  return true;
}

static bool refuse_at(const equation_t *e, const char *at) {
  sumi_build_refuse(e->build,
                    "equation \"%s\", at offset %d: expected a term of different letters and at "
                    "most one \"...\" for each of the %d inputs, separated by commas, and \"->\" "
                    "with one for the result",
                    e->text, (int)(at - e->text), e->build->input_count);
  return false;
}

static bool read_operand(equation_t *e, int index, const char **at) {
  operand_t *operand = &e->operand[index];
  operand->tensor = e->build->in[index];
  const int rank = sumi_tensor_dims(operand->tensor).rank, letters = letters_of(*at);
  const bool open = has_ellipsis(*at);
  if (rank == SUMI_UNKNOWN_RANK && open) {
    sumi_build_refuse(e->build, "input %d has an ellipsis and no known rank", index);
    return false;
  }
  if (rank != SUMI_UNKNOWN_RANK && (open ? letters > rank : letters != rank)) {
    sumi_build_refuse(e->build, "equation \"%s\" gives input %d %d letters, its shape is %s",
                      e->text, index, letters,
                      sumi_dims_text(sumi_tensor_dims(operand->tensor)).text);
    return false;
  }
  const int hidden = open ? rank - letters : 0;
  if (hidden > e->ellipsis) e->ellipsis = hidden;
  return read_term(at, hidden, &operand->axes) || refuse_at(e, *at);
}

static bool is_named(const equation_t *e, char name) {
  for (int i = 0; i < e->count; ++i)
    if (find(&e->operand[i].axes, name) >= 0) return true;
  return false;
}

static bool read_equation(equation_t *e) {
  const char *at = e->text;
  for (int i = 0; i < e->count; ++i) {
    if (!read_operand(e, i, &at)) return false;
    if (i + 1 < e->count && *at++ != ',') return refuse_at(e, at - 1);
  }
  if (*at == '\0') return imply_result(e) || refuse_at(e, at);
  if (strncmp(at, "->", 2) != 0) return refuse_at(e, at);
  at += 2;
  if (!read_term(&at, e->ellipsis, &e->result) || *at) return refuse_at(e, at);
  for (int i = 0; i < e->result.count; ++i) {
    if (is_named(e, e->result.name[i])) continue;
    sumi_build_refuse(e->build, "equation \"%s\": no input has the axis %c of the result", e->text,
                      e->result.name[i]);
    return false;
  }
  return true;
}

/* ---- Building ---- */

static sumi_tensor_t permuted(const equation_t *e, sumi_tensor_t x, const axes_t *from,
                              const axes_t *to) {
  sumi_dims_t order = {.rank = to->count};
  bool same = true;
  for (int i = 0; i < to->count; ++i) {
    order.size[i] = find(from, to->name[i]);
    same &= order.size[i] == i;
  }
  return same ? x : sumi_raw_transpose(x, sumi_constant_dims(e->build->graph, order));
}

/* Whether the result or an operand from `first` on, other than `except`, has the axis. */
static bool is_needed(const equation_t *e, char name, int first, int except) {
  bool needed = find(&e->result, name) >= 0;
  for (int k = first; k < e->count; ++k)
    needed |= k != except && find(&e->operand[k].axes, name) >= 0;
  return needed;
}

/* Sums over the axes that only operand `index` has. */
static void sum_unneeded(equation_t *e, int index) {
  operand_t *operand = &e->operand[index];
  axes_t kept = {0};
  sumi_dims_t summed = {.rank = 0};
  for (int i = 0; i < operand->axes.count; ++i) {
    const char name = operand->axes.name[i];
    if (is_needed(e, name, 0, index))
      add(&kept, name);
    else
      summed.size[summed.rank++] = i;
  }
  if (summed.rank == 0) return;
  operand->tensor = sumi_reduce_sum(operand->tensor, .axes = summed);
  operand->axes = kept;
}

/* The sizes of the axes `names` of an operand as a vector, and their product. */
static sumi_tensor_t sizes_of(const equation_t *e, const operand_t *operand, const axes_t *names) {
  sumi_dims_t at = {.rank = names->count};
  for (int i = 0; i < names->count; ++i) at.size[i] = find(&operand->axes, names->name[i]);
  return sumi_gather(sumi_shape(operand->tensor), sumi_constant_dims(e->build->graph, at));
}

/* An operand with its axes in three groups: those that both have and the result keeps, its own, and
 * those that are summed; the last two are one axis each. */
static sumi_tensor_t as_matrices(const equation_t *e, const operand_t *operand, const axes_t *batch,
                                 const axes_t *own, const axes_t *summed, bool own_first) {
  axes_t order = *batch;
  const axes_t *groups[] = {own_first ? own : summed, own_first ? summed : own};
  for (int g = 0; g < 2; ++g)
    for (int i = 0; i < groups[g]->count; ++i) add(&order, groups[g]->name[i]);
  const sumi_tensor_t x = permuted(e, operand->tensor, &operand->axes, &order);
  const sumi_tensor_t rows = sumi_reduce_prod(sizes_of(e, operand, groups[0]));
  const sumi_tensor_t columns = sumi_reduce_prod(sizes_of(e, operand, groups[1]));
  const sumi_tensor_t shape = sumi_concat(
      SUMI_TENSORS(sizes_of(e, operand, batch), sumi_stack(SUMI_TENSORS(rows, columns))), 0);
  return sumi_reshape(x, SUMI_TENSORS(shape));
}

/* The product of two operands, summed over what is named nowhere else from operand `next` on. */
static bool multiply(const equation_t *e, operand_t *a, const operand_t *b, int next) {
  axes_t batch = {0}, own_a = {0}, own_b = {0}, summed = {0};
  for (int i = 0; i < a->axes.count; ++i) {
    const char name = a->axes.name[i];
    const bool shared = find(&b->axes, name) >= 0;
    add(!shared ? &own_a : is_needed(e, name, next, -1) ? &batch : &summed, name);
  }
  for (int i = 0; i < b->axes.count; ++i)
    if (find(&a->axes, b->axes.name[i]) < 0) add(&own_b, b->axes.name[i]);
  axes_t product = batch;
  bool fits = batch.count + 2 <= SUMI_MAX_RANK;
  for (int i = 0; i < own_a.count; ++i) fits &= add(&product, own_a.name[i]);
  for (int i = 0; i < own_b.count; ++i) fits &= add(&product, own_b.name[i]);
  if (!fits) {
    sumi_build_refuse(e->build, "equation \"%s\" has products of more than %d axes", e->text,
                      SUMI_MAX_RANK);
    return false;
  }
  const sumi_tensor_t matrices = sumi_batch_matmul(
      as_matrices(e, a, &batch, &own_a, &summed, true),
      as_matrices(e, b, &batch, &own_b, &summed, false));
  const sumi_tensor_t shape = sumi_concat(SUMI_TENSORS(sumi_index(sumi_shape(matrices), ":-2"),
                                                       sizes_of(e, a, &own_a),
                                                       sizes_of(e, b, &own_b)),
                                          0);
  a->tensor = sumi_reshape(matrices, SUMI_TENSORS(shape));
  a->axes = product;
  return true;
}

static sumi_tensor_t einsum_expand(const sumi_build_t *build) {
  equation_t e = {.build = build,
                  .text = sumi_build_attr(build, "equation")->string,
                  .count = build->input_count};
  const sumi_tensor_t none = {0};
  if (e.count < 1 || e.count > MAX_OPERANDS)
    return sumi_build_refuse(build, "there are %d inputs; 1 to %d are allowed", e.count,
                             MAX_OPERANDS);
  if (!read_equation(&e)) return none;
  for (int i = 0; i < e.count; ++i) sum_unneeded(&e, i);
  operand_t product = e.operand[0];
  for (int i = 1; i < e.count; ++i)
    if (!multiply(&e, &product, &e.operand[i], i + 1)) return none;
  return permuted(&e, product.tensor, &product.axes, &e.result);
}

SUMI_OP(einsum, "inputs: N * T | equation: string -> output: T ; T: float32 float64 int32 int64",
        .doc = "Sums of products by Einstein's convention: sumi_einsum(SUMI_TENSORS(a, b), "
               "\"ij,jk->ik\") is the matrix product. Axes that the result does not name are "
               "summed; \"...\" stands for any axes in front, which broadcast. A letter stands "
               "once in each term.",
        .expand = einsum_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 2), SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4), SUMI_VALUES(5, 6, 7, 8)},
                      .attrs = "equation = \"ij,jk->ki\"",
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(19, 43, 22, 50),
                      .from = "numpy.einsum"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6)},
                      .attrs = "equation = \"ij->j\"",
                      .out = SUMI_S(3),
                      .expect = SUMI_VALUES(5, 7, 9),
                      .from = "numpy.einsum"},
                     {.input_count = 3,
                      .in = {SUMI_S(2, 3), SUMI_S(3, 2, 2), SUMI_S(2)},
                      .attrs = "equation = \"ij,jkl,k->il\""},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3)},
                      .attrs = "equation = \"ij->j\"",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "at offset 2: expected a term of different letters and"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .attrs = "equation = \"ii->i\"",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "at offset 1: expected a term of different letters"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .attrs = "equation = \"ij->k\"",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "no input has the axis k of the result"}));

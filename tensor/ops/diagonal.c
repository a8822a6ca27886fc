/* Diagonals and bands of matrices, all as expressions: a mask that says where they are. Source of
 * names and semantics: TensorFlow core/ops/array_ops.cc (in its version 1: the main diagonal),
 * python/ops/linalg_ops.py. */
#include <sumi/constants.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>

/* ---- Masks ---- */

/* Numbers 0 to size - 1, as a column or as a row. */
static sumi_tensor_t numbers(sumi_tensor_t size, bool column) {
  const sumi_tensor_t all = sumi_range(0, size, 1);
  return column ? sumi_expand_dims(all, 1) : all;
}

/* Where the row is the column. */
static sumi_tensor_t main_diagonal(sumi_tensor_t rows, sumi_tensor_t columns) {
  return sumi_equal(numbers(rows, true), numbers(columns, false));
}

static bool has_matrices(const sumi_build_t *build, const char *name) {
  const sumi_dims_t dims = sumi_tensor_dims(build->in[0]);
  if (dims.rank == SUMI_UNKNOWN_RANK || dims.rank >= 2) return true;
  sumi_build_refuse(build, "%s must have at least two axes, its shape is %s", name,
                    sumi_dims_text(dims).text);
  return false;
}

static sumi_tensor_t size_of(sumi_tensor_t x, const char *axis) {
  return sumi_index(sumi_shape(x), axis);
}

static const sumi_tensor_t none = {0};

#define REFUSED_VECTOR(name)                                                                       \
  {                                                                                                \
    .input_count = 1, .in = {SUMI_S(3)}, .want = SUMI_INVALID_ARGUMENT,                            \
    .message = name " must have at least two axes, its shape is (3,)"                              \
  }
#define REFUSED_SCALAR(name)                                                                       \
  { .input_count = 1, .in = {SUMI_S0}, .want = SUMI_INVALID_ARGUMENT, .message = name }

/* ---- eye ---- */

static sumi_tensor_t eye_expand(const sumi_build_t *build) {
  const sumi_dtype_t dtype = sumi_build_attr(build, "dtype")->type;
  const int64_t rows = sumi_build_attr(build, "num_rows")->integer;
  const int64_t given = sumi_build_attr(build, "num_columns")->integer;
  const int64_t columns = given > 0 ? given : rows;
  if (rows < 0)
    return sumi_build_refuse(build, "num_rows is %lld, at least 0 is expected", (long long)rows);
  const sumi_tensor_t row_count = sumi_scalar(build->graph, SUMI_INT32, (double)rows);
  const sumi_tensor_t column_count = sumi_scalar(build->graph, SUMI_INT32, (double)columns);
  return sumi_cast(main_diagonal(row_count, column_count), dtype);
}

SUMI_OP(eye,
        "| num_rows: int, num_columns: int = 0, dtype: type = float32 -> output: dtype ; "
        "dtype: float32 float64 int32 int64 uint8 int8 int16 bool",
        .doc = "The matrix with ones on its diagonal and zeros elsewhere, as many columns as rows "
               "unless `num_columns` is given.",
        .expand = eye_expand,
        SUMI_SAMPLES({.attrs = "num_rows = 2, num_columns = 3",
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(1, 0, 0, 0, 1, 0),
                      .from = "numpy.eye"},
                     {.attrs = "num_rows = -1",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "num_rows is -1"}));

/* ---- matrix_diag, matrix_diag_part ---- */

static sumi_tensor_t matrix_diag_expand(const sumi_build_t *build) {
  const sumi_tensor_t diagonal = build->in[0];
  if (sumi_tensor_dims(diagonal).rank == 0)
    return sumi_build_refuse(build, "diagonal is a scalar, at least one axis is expected");
  const sumi_tensor_t size = size_of(diagonal, "-1"), rows = sumi_expand_dims(diagonal, -1);
  return sumi_select(main_diagonal(size, size), rows, sumi_zeros_like(rows));
}

SUMI_OP(matrix_diag,
        "diagonal: T -> output: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16 bool",
        .doc = "Matrices that have the rows of `diagonal` on their diagonals and zeros elsewhere.",
        .expand = matrix_diag_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4)},
                      .out = SUMI_S(2, 2, 2),
                      .expect = SUMI_VALUES(1, 0, 0, 2, 3, 0, 0, 4),
                      .from = "by hand"},
                     REFUSED_SCALAR("diagonal is a scalar")));

/* The places of the diagonal's elements in the rows of a matrix, one after the other. */
static sumi_tensor_t matrix_diag_part_expand(const sumi_build_t *build) {
  const sumi_tensor_t input = build->in[0];
  if (!has_matrices(build, "input")) return none;
  const sumi_tensor_t rows = size_of(input, "-2"), columns = size_of(input, "-1");
  const sumi_tensor_t count = sumi_reshape(sumi_mul(rows, columns), SUMI_SHAPE(1));
  const sumi_tensor_t flat = sumi_reshape(
      input,
      SUMI_TENSORS(sumi_concat(SUMI_TENSORS(sumi_index(sumi_shape(input), ":-2"), count), 0)));
  const sumi_tensor_t places = sumi_mul(sumi_range(0, sumi_minimum(rows, columns), 1),
                                        sumi_add(columns, 1));
  return sumi_gather(flat, places, .axis = -1);
}

SUMI_OP(matrix_diag_part, "input: T -> diagonal: T",
        .doc = "The diagonals of the matrices in the last two axes, as rows.",
        .expand = matrix_diag_part_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2, 3)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)},
                      .out = SUMI_S(2, 2),
                      .expect = SUMI_VALUES(1, 5, 7, 11),
                      .from = "by hand"},
                     REFUSED_VECTOR("input")));

/* ---- diag, diag_part: tensors of twice the rank ---- */

static sumi_tensor_t diag_expand(const sumi_build_t *build) {
  const sumi_tensor_t shape = sumi_shape(build->in[0]);
  const sumi_tensor_t matrix = sumi_matrix_diag(sumi_reshape(build->in[0], SUMI_SHAPE(-1)));
  return sumi_reshape(matrix, SUMI_TENSORS(sumi_concat(SUMI_TENSORS(shape, shape), 0)));
}

SUMI_OP(diag,
        "diagonal: T -> output: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16 bool",
        .doc = "output[i, …, i, …] = diagonal[i, …], zeros elsewhere; of a vector, the matrix that "
               "has it on its diagonal.",
        .expand = diag_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(3)},
                      .at = {SUMI_VALUES(1, 2, 3)},
                      .out = SUMI_S(3, 3),
                      .expect = SUMI_VALUES(1, 0, 0, 0, 2, 0, 0, 0, 3),
                      .from = "numpy.diag"},
                     {.input_count = 1,
                      .in = {SUMI_S(2)},
                      .dtype = {SUMI_STRING},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "diag is not defined for string"}));

static sumi_tensor_t diag_part_expand(const sumi_build_t *build) {
  const sumi_tensor_t input = build->in[0];
  const sumi_dims_t dims = sumi_tensor_dims(input);
  bool twice = dims.rank >= 2 && dims.rank % 2 == 0;
  for (int i = 0; twice && i < dims.rank / 2; ++i)
    twice = dims.size[i] == dims.size[i + dims.rank / 2] || dims.size[i] < 0 ||
            dims.size[i + dims.rank / 2] < 0;
  if (!twice)
    return sumi_build_refuse(build, "input has shape %s, twice the same sizes are expected",
                             sumi_dims_text(dims).text);
  const sumi_tensor_t half = sumi_slice(sumi_shape(input), SUMI_SHAPE(0),
                                        SUMI_SHAPE(dims.rank / 2));
  const sumi_tensor_t count = sumi_reduce_prod(half);
  const sumi_tensor_t matrix = sumi_reshape(input, SUMI_SHAPE(count, count));
  return sumi_reshape(sumi_matrix_diag_part(matrix), SUMI_TENSORS(half));
}

SUMI_OP(diag_part, "input: T -> diagonal: T",
        .doc = "diagonal[i, …] = input[i, …, i, …]; of a square matrix, its diagonal.",
        .expand = diag_part_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4)},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(1, 4),
                      .from = "numpy.diag"},
                     {.input_count = 1,
                      .in = {SUMI_S(2, 3)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input has shape (2, 3), twice the same sizes are expected"}));

/* ---- matrix_set_diag, matrix_band_part ---- */

static sumi_tensor_t matrix_set_diag_expand(const sumi_build_t *build) {
  const sumi_tensor_t input = build->in[0], diagonal = build->in[1];
  const sumi_dims_t matrix = sumi_tensor_dims(input), given = sumi_tensor_dims(diagonal);
  if (!has_matrices(build, "input")) return none;
  if (matrix.rank != SUMI_UNKNOWN_RANK && given.rank != SUMI_UNKNOWN_RANK) {
    const int64_t rows = matrix.size[matrix.rank - 2], columns = matrix.size[matrix.rank - 1];
    sumi_dims_t want = matrix, merged;
    want.size[--want.rank - 1] = rows < columns ? rows : columns;
    if (!sumi_merge_dims(want, given, &merged))
      return sumi_build_refuse(build, "diagonal has shape %s, input %s", sumi_dims_text(given).text,
                               sumi_dims_text(matrix).text);
  }
  const sumi_tensor_t rows = size_of(input, "-2"), columns = size_of(input, "-1");
  const sumi_tensor_t length = sumi_minimum(rows, columns);
  const sumi_tensor_t shape = sumi_concat(
      SUMI_TENSORS(sumi_index(sumi_shape(input), ":-2"), sumi_reshape(length, SUMI_SHAPE(1))), 0);
  const sumi_tensor_t lines = sumi_reshape(diagonal, SUMI_TENSORS(shape));
  const sumi_tensor_t at = sumi_minimum(sumi_range(0, columns, 1), sumi_sub(length, 1));
  const sumi_tensor_t spread = sumi_expand_dims(sumi_gather(lines, at, .axis = -1), -2);
  return sumi_select(main_diagonal(rows, columns), spread, input);
}

SUMI_OP(matrix_set_diag,
        "input: T, diagonal: T -> output: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16 bool",
        .doc = "`input` with the rows of `diagonal` on the diagonals of its matrices.",
        .expand = matrix_set_diag_expand,
        SUMI_SAMPLES({.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6), SUMI_VALUES(7, 8)},
                      .out = SUMI_S(2, 3),
                      .expect = SUMI_VALUES(7, 2, 3, 4, 8, 6),
                      .from = "by hand"},
                     {.input_count = 2,
                      .in = {SUMI_S(2, 3), SUMI_S(3)},
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "diagonal has shape (3,), input (2, 3)"}));

static sumi_tensor_t matrix_band_part_expand(const sumi_build_t *build) {
  const sumi_tensor_t input = build->in[0];
  const int64_t lower = sumi_build_attr(build, "num_lower")->integer;
  const int64_t upper = sumi_build_attr(build, "num_upper")->integer;
  if (!has_matrices(build, "input")) return none;
  const sumi_tensor_t below = sumi_sub(numbers(size_of(input, "-2"), true),
                                       numbers(size_of(input, "-1"), false));
  sumi_tensor_t band = {0};
  if (lower >= 0) band = sumi_less_equal(below, (double)lower);
  if (upper >= 0) {
    const sumi_tensor_t kept = sumi_greater_equal(below, (double)-upper);
    band = band.op ? sumi_logical_and(band, kept) : kept;
  }
  return band.op ? sumi_select(band, input, sumi_zeros_like(input)) : sumi_identity(input);
}

SUMI_OP(matrix_band_part,
        "input: T | num_lower: int, num_upper: int -> band: T ; "
        "T: float32 float64 int32 int64 uint8 int8 int16 bool",
        .doc = "The matrices with zeros outside of a band: `num_lower` diagonals below the main "
               "one are kept and `num_upper` above it, all for -1.",
        .expand = matrix_band_part_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(3, 3)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8, 9)},
                      .attrs = "num_lower = -1, num_upper = 0",
                      .out = SUMI_S(3, 3),
                      .expect = SUMI_VALUES(1, 0, 0, 4, 5, 0, 7, 8, 9),
                      .from = "numpy.tril"},
                     {.input_count = 1,
                      .in = {SUMI_S(3)},
                      .attrs = "num_lower = 0, num_upper = 0",
                      .want = SUMI_INVALID_ARGUMENT,
                      .message = "input must have at least two axes, its shape is (3,)"}));

/* ---- trace ---- */

static sumi_tensor_t trace_expand(const sumi_build_t *build) {
  if (!has_matrices(build, "x")) return none;
  return sumi_reduce_sum(sumi_matrix_diag_part(build->in[0]), .axes = SUMI_AXES(-1));
}

SUMI_OP(trace, "x: T -> output: T ; T: float32 float64 int32 int64",
        .doc = "The sums of the diagonals of the matrices in the last two axes.",
        .expand = trace_expand,
        SUMI_SAMPLES({.input_count = 1,
                      .in = {SUMI_S(2, 2, 2)},
                      .at = {SUMI_VALUES(1, 2, 3, 4, 5, 6, 7, 8)},
                      .out = SUMI_S(2),
                      .expect = SUMI_VALUES(5, 13),
                      .from = "numpy.trace"},
                     REFUSED_VECTOR("x")));

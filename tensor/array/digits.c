/* Free-format printing by Burger and Dybvig, "Printing Floating-Point Numbers Quickly and
 * Accurately" (1996), with the cutoffs of NumPy's variant (numpy/_core/src/multiarray/dragon4.c),
 * whose output it has to equal. */
#include "array/digits.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Little-endian base 2^32. The largest number is about 2^1128 * 10^17 or 2^53 * 10^324 * 10: below
 * 2^1300. */
enum { WORDS = 48 };
typedef struct {
  int size; /* words in use; the highest is not 0 */
  uint32_t word[WORDS];
} big_t;

static big_t big_from(uint64_t value) {
  big_t big = {.size = value >> 32 ? 2 : value ? 1 : 0};
  big.word[0] = (uint32_t)value, big.word[1] = (uint32_t)(value >> 32);
  return big;
}

static void big_multiply(big_t *big, uint32_t factor) {
  uint64_t carry = 0;
  for (int i = 0; i < big->size; ++i) {
    carry += (uint64_t)big->word[i] * factor;
    big->word[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry) big->word[big->size++] = (uint32_t)carry;
}

static void big_shift_left(big_t *big, int bits) {
  if (big->size == 0) return;
  const int words = bits / 32;
  memmove(big->word + words, big->word, (size_t)big->size * sizeof *big->word);
  memset(big->word, 0, (size_t)words * sizeof *big->word);
  big->size += words;
  big_multiply(big, UINT32_C(1) << bits % 32);
}

static void big_multiply_power_of_10(big_t *big, int power) {
  for (; power >= 9; power -= 9) big_multiply(big, 1000000000);
  for (; power > 0; --power) big_multiply(big, 10);
}

static int big_compare(const big_t *a, const big_t *b) {
  if (a->size != b->size) return a->size < b->size ? -1 : 1;
  for (int i = a->size - 1; i >= 0; --i)
    if (a->word[i] != b->word[i]) return a->word[i] < b->word[i] ? -1 : 1;
  return 0;
}

/* a -= b, where a >= b. */
static void big_subtract(big_t *a, const big_t *b) {
  int64_t borrow = 0;
  for (int i = 0; i < a->size; ++i) {
    borrow += (int64_t)a->word[i] - (i < b->size ? b->word[i] : 0);
    a->word[i] = (uint32_t)borrow;
    borrow >>= 32;
  }
  while (a->size > 0 && a->word[a->size - 1] == 0) --a->size;
}

static big_t big_sum(const big_t *a, const big_t *b) {
  const big_t *longer = a->size >= b->size ? a : b, *shorter = a->size >= b->size ? b : a;
  big_t sum = *longer;
  uint64_t carry = 0;
  for (int i = 0; i < sum.size; ++i) {
    carry += (uint64_t)sum.word[i] + (i < shorter->size ? shorter->word[i] : 0);
    sum.word[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry) sum.word[sum.size++] = 1;
  return sum;
}

/* Quotient of a / b, known to be at most 9, leaving the remainder in a. */
static int big_divide(big_t *a, const big_t *b) {
  int quotient = 0;
  while (big_compare(a, b) >= 0) big_subtract(a, b), ++quotient;
  return quotient;
}

/* The number is value / scale; the midpoints to its neighbours are (value - low) / scale and (value
 * + high) / scale. All are doubled, so that the margins are integers. */
typedef struct {
  big_t value, scale, low, high;
  bool even; /* the midpoints themselves read back as the number */
} state_t;

static void split(double value, bool single, uint64_t *mantissa, int *exponent, bool *uneven) {
  const int precision = single ? 24 : 53, lowest = single ? -149 : -1074;
  int power;
  const double fraction = frexp(value, &power);
  *exponent = power - precision < lowest ? lowest : power - precision;
  *mantissa = (uint64_t)ldexp(fraction, power - *exponent);
  /* Below a power of two the neighbour is half as far, except among the smallest numbers. */
  *uneven = fraction == 0.5 && *exponent > lowest;
}

static void start(state_t *state, double value, bool single) {
  uint64_t mantissa;
  int exponent;
  bool uneven;
  split(value, single, &mantissa, &exponent, &uneven);
  const int doubling = uneven ? 2 : 1, up = exponent > 0 ? exponent : 0;
  state->even = mantissa % 2 == 0;
  state->value = big_from(mantissa);
  state->scale = state->low = state->high = big_from(1);
  big_shift_left(&state->value, up + doubling);
  big_shift_left(&state->scale, (exponent < 0 ? -exponent : 0) + doubling);
  big_shift_left(&state->low, up);
  big_shift_left(&state->high, up + doubling - 1);
}

static void multiply_by_10(state_t *state) {
  big_multiply(&state->value, 10);
  big_multiply(&state->low, 10);
  big_multiply(&state->high, 10);
}

/* Scales so that value / scale is in [1, 10) and returns the power of ten of that first digit. */
static int scale_to_first_digit(state_t *state, double value) {
  int power = (int)ceil(log10(value)) - 1; /* may be off by one either way */
  if (power > 0) big_multiply_power_of_10(&state->scale, power);
  big_multiply_power_of_10(&state->value, power < 0 ? -power : 0);
  big_multiply_power_of_10(&state->low, power < 0 ? -power : 0);
  big_multiply_power_of_10(&state->high, power < 0 ? -power : 0);
  big_t tenfold = state->scale;
  big_multiply(&tenfold, 10);
  if (big_compare(&state->value, &tenfold) >= 0) state->scale = tenfold, ++power;
  if (big_compare(&state->value, &state->scale) < 0) multiply_by_10(state), --power;
  return power;
}

/* Where the digits end at the latest and may end at the earliest, as powers of ten of the last
 * digit. */
static int last_power(const sumi__tensor_digits_rule_t *rule, int count, int first, int otherwise) {
  if (count < 0) return otherwise;
  return rule->fraction ? -count : first - count + 1;
}

static void append_rounded_up(sumi__tensor_digits_t *digits, int digit) {
  while (digit == 9 && digits->count > 0) digit = digits->digit[--digits->count] - '0';
  if (digit == 9) {
    digit = 0;
    ++digits->exponent;
  }
  digits->digit[digits->count++] = (char)('0' + digit + 1);
}

/* The last digit: towards the midpoint that was passed, and by the rest where that does not decide.
 */
static void append_last(sumi__tensor_digits_t *digits, state_t *state, int digit, bool low,
                        bool high) {
  bool down = low;
  if (low == high) {
    big_shift_left(&state->value, 1);
    const int rest = big_compare(&state->value, &state->scale);
    down = rest < 0 || (rest == 0 && digit % 2 == 0);
  }
  if (down)
    digits->digit[digits->count++] = (char)('0' + digit);
  else
    append_rounded_up(digits, digit);
}

void sumi__tensor_digits(double value, sumi__tensor_digits_rule_t rule,
                         sumi__tensor_digits_t *digits) {
  *digits = (sumi__tensor_digits_t){.digit = "0", .count = 1};
  if (value == 0) return;
  value = fabs(value);
  state_t state;
  start(&state, value, rule.single);
  int power = scale_to_first_digit(&state, value);
  if (rule.fraction && rule.most >= 0 && power < -rule.most) {
    /* All of the number lies behind the last place: it is 0 or, from the place next to it, may
     * round to 1 there. */
    if (power < -rule.most - 1) {
      digits->exponent = -rule.most;
      return;
    }
    big_multiply(&state.scale, 10);
    ++power;
  }
  const int room = power - SUMI__DIGITS_MAX + 2;
  const int wanted = last_power(&rule, rule.most, power, room);
  const int latest = wanted > room ? wanted : room;
  const int earliest = last_power(&rule, rule.least, power, power);
  digits->exponent = power;
  digits->count = 0;
  for (;; --power) {
    const int digit = big_divide(&state.value, &state.scale);
    bool low = false, high = false, done = state.value.size == 0;
    if (rule.unique) {
      const big_t above = big_sum(&state.value, &state.high);
      low = big_compare(&state.value, &state.low) < (state.even ? 1 : 0);
      high = big_compare(&above, &state.scale) > (state.even ? -1 : 0);
      done = (low || high) && power <= earliest;
    }
    if (done || power == latest) {
      append_last(digits, &state, digit, low, high);
      return;
    }
    digits->digit[digits->count++] = (char)('0' + digit);
    multiply_by_10(&state);
  }
}

/* Eager operations for test_array_ops.py: `OPERATION [NUMBER] TO FROM…` on npy files. Refusals go
 * to stderr. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/npy.h>

typedef sumi_array_t *(*binary_t)(const sumi_array_t *a, const sumi_array_t *b);

static const struct {
  const char *name;
  binary_t run;
} binaries[] = {{"add", sumi_array_add}, {"sub", sumi_array_sub},         {"mul", sumi_array_mul},
                {"div", sumi_array_div}, {"maximum", sumi_array_maximum}, {"dot", sumi_array_dot}};

static sumi_array_t *apply(const char *name, const char *argument, sumi_array_t *a,
                           const sumi_array_t *b) {
  for (size_t i = 0; i < sizeof binaries / sizeof *binaries; ++i)
    if (strcmp(name, binaries[i].name) == 0) return binaries[i].run(a, b);
  const long number = strtol(argument, NULL, 10);
  if (strcmp(name, "square") == 0) return sumi_array_square(a);
  if (strcmp(name, "transpose") == 0) return sumi_array_transpose(a);
  if (strcmp(name, "sum") == 0) return sumi_array_sum(a, (unsigned)number);
  if (strcmp(name, "mean") == 0) return sumi_array_mean(a, (unsigned)number);
  if (strcmp(name, "argmax") == 0) return sumi_array_argmax(a, (int)number);
  if (strcmp(name, "astype") == 0) return sumi_array_astype(a, sumi_dtype_from_name(argument));
  if (strcmp(name, "arange") == 0) return sumi_array_arange(number, sumi_array_dtype(a));
  if (strcmp(name, "eye") == 0) return sumi_array_eye(number, sumi_array_dtype(a));
  if (strcmp(name, "linspace") == 0)
    return sumi_array_linspace(sumi_array_get(a, 0), sumi_array_get(a, 1), number,
                               sumi_array_dtype(a));
  exit(2);
}

static int run(char **argv, int inputs) {
  sumi_array_t *in[2] = {NULL, NULL}, *out = NULL;
  bool ok = true;
  for (int i = 0; i < inputs && ok; ++i) ok = sumi_npy_read(argv[4 + i], &in[i]) == SUMI_OK;
  if (ok) out = apply(argv[1], argv[2], in[0], in[1]);
  ok = out && sumi_npy_write(argv[3], out) == SUMI_OK;
  if (!ok) fprintf(stderr, "%s\n", sumi_error_message());
  for (int i = 0; i < 2; ++i) sumi_array_unref(in[i]);
  sumi_array_unref(out);
  return ok ? 0 : 1;
}

int main(int argc, char **argv) {
  if (argc < 5 || argc > 6) return 2;
  return run(argv, argc - 4);
}

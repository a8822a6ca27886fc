/* Runs a pipeline that the arguments describe, each a stage with its numbers: "range 10" "batch 3".
 * A second "range" begins another, which "zip" and "concatenate" join with the one before. Prints
 * each element on a line: shapes and numbers of its arrays. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/pipeline.h>

enum { DEPTH = 4 };

static sumi_pipeline_t *range(int64_t count, const char *name) {
  sumi_array_t *numbers = sumi_array_arange(count, SUMI_INT64);
  sumi_pipeline_t *made = sumi_pipeline_from_arrays(SUMI_COMPONENTS({name, numbers}));
  sumi_array_unref(numbers);
  return made;
}

/* x becomes x copies of x. */
static sumi_status_t widen(const sumi_pipeline_call_t *call, sumi_element_t *element) {
  (void)call;
  const double x = sumi_array_get(sumi_element_get(element, "x"), 0);
  return sumi_element_set(element, "x", sumi_array_full(SUMI_INT64, SUMI_DIMS((int64_t)x), x));
}

static sumi_status_t is_even(const sumi_pipeline_call_t *call, const sumi_element_t *element,
                             bool *keep) {
  (void)call;
  *keep = (int64_t)sumi_array_get(sumi_element_get(element, "x"), 0) % 2 == 0;
  return SUMI_OK;
}

/* The numbers below x. */
static sumi_pipeline_t *below(const sumi_pipeline_call_t *call, const sumi_element_t *element) {
  (void)call;
  return range((int64_t)sumi_array_get(sumi_element_get(element, "x"), 0), "x");
}

static sumi_pipeline_t *add_stage(sumi_pipeline_t *p, const char *stage) {
  char name[32];
  long long a = 0, b = 0;
  sscanf(stage, "%31s %lld %lld", name, &a, &b);
  if (strcmp(name, "batch") == 0) return sumi_pipeline_batch(p, a, .drop_remainder = b != 0);
  if (strcmp(name, "padded") == 0)
    return sumi_pipeline_padded_batch(p, a,
                                      .paddings = SUMI_PADDINGS({"x", SUMI_DIMS(b ? b : -1), 7}));
  if (strcmp(name, "take") == 0) return sumi_pipeline_take(p, a);
  if (strcmp(name, "skip") == 0) return sumi_pipeline_skip(p, a);
  if (strcmp(name, "shard") == 0) return sumi_pipeline_shard(p, a, b);
  if (strcmp(name, "repeat") == 0) return sumi_pipeline_repeat(p, a);
  if (strcmp(name, "widen") == 0) return sumi_pipeline_map(p, widen, .threads = (int)a);
  if (strcmp(name, "even") == 0) return sumi_pipeline_filter(p, is_even);
  if (strcmp(name, "cache") == 0) return sumi_pipeline_cache(p);
  if (strcmp(name, "prefetch") == 0) return sumi_pipeline_prefetch(p, a);
  if (strcmp(name, "interleave") == 0)
    return sumi_pipeline_interleave(p, below, .cycle_length = a, .block_length = b);
  fprintf(stderr, "no stage \"%s\"\n", stage);
  exit(2);
}

static sumi_pipeline_t *build(char **stages, sumi_pipeline_t **stack) {
  int depth = -1;
  for (; *stages; ++stages) {
    long long count;
    char name[8] = "x";
    if (sscanf(*stages, "range %lld %7s", &count, name) >= 1)
      stack[++depth] = range(count, name);
    else if (strcmp(*stages, "zip") == 0)
      --depth, stack[depth] = sumi_pipeline_zip(stack[depth], stack[depth + 1]);
    else if (strcmp(*stages, "concatenate") == 0)
      --depth, stack[depth] = sumi_pipeline_concatenate(stack[depth], stack[depth + 1]);
    else
      stack[depth] = add_stage(stack[depth], *stages);
  }
  return stack[0];
}

int main(int argc, char **argv) {
  (void)argc;
  sumi_pipeline_t *stack[DEPTH] = {NULL};
  sumi_pipeline_t *pipeline = build(argv + 1, stack);
  sumi_iterator_t *iterator = sumi_iterator_new(pipeline);
  sumi_pipeline_unref(pipeline);
  for (const sumi_element_t *element; (element = sumi_iterator_next(iterator));) {
    for (int c = 0; c < sumi_element_count(element); ++c) {
      const sumi_array_t *array = sumi_element_get(element, sumi_element_name(element, c));
      printf("%s%s", c ? " " : "", sumi_dims_text(sumi_array_dims(array)).text);
      for (int64_t i = 0; i < sumi_array_count(array); ++i)
        printf(" %.0f", sumi_array_get(array, i));
    }
    puts("");
  }
  const sumi_status_t status = sumi_iterator_status(iterator);
  if (status != SUMI_OK) fprintf(stderr, "%s\n", sumi_error_message());
  sumi_iterator_free(iterator);
  return status != SUMI_OK;
}

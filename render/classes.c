/* Which class a model means: one rule for labels and for the rows of the most probable ones. */
#include "classes.h"

#include <math.h>

/* Whether `a` comes before `b`; not for equal ones, whose order is kept. */
static bool is_before(float a, float b) {
  return a > b || (isnan(b) && !isnan(a));
}

int sumi_top_classes(const float *probabilities, int count, int *classes, int wanted) {
  int found = 0;
  for (int i = 0; probabilities && i < count; ++i) {
    int at = found;
    while (at > 0 && is_before(probabilities[i], probabilities[classes[at - 1]])) --at;
    if (at >= wanted) continue;
    if (found < wanted) ++found;
    for (int k = found - 1; k > at; --k) classes[k] = classes[k - 1];
    classes[at] = i;
  }
  return found;
}

void sumi__render_label(sumi_prediction_t *prediction, const char *const *class_names,
                        int class_count) {
  int best;
  if (!class_names || prediction->label ||
      sumi_top_classes(prediction->probabilities, prediction->probability_count, &best, 1) == 0)
    return;
  const float probability = prediction->probabilities[best];
  if (!isnan(probability) && best < class_count) prediction->label = class_names[best];
  if (prediction->has_score) return;
  prediction->has_score = true;
  prediction->score = probability;
}

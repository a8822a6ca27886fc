/* The label that probabilities give. */
#ifndef SUMI_RENDER_CLASSES_H
#define SUMI_RENDER_CLASSES_H

#include <sumi/prediction.h>

/* Gives a prediction without a label the name of its most probable class, and its probability as
 * score where it has none. Where all probabilities are NaN it gets that score and no label. */
void sumi__render_label(sumi_prediction_t *prediction, const char *const *class_names,
                        int class_count);

#endif

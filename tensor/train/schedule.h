/* What schedules share. */
#ifndef SUMI_TRAIN_SCHEDULE_H
#define SUMI_TRAIN_SCHEDULE_H

#include "graph/apply.h"

#include <sumi/train.h>

#define SUMI__STEPS_ABOVE_0 "the number of steps must be above 0"

/* Enters the scope of a schedule of this step; false after a refusal, which says `need` when the
 * arguments are not valid. sumi__tensor_scope_leave is its end. */
bool sumi__tensor_schedule_begin(sumi_tensor_t step, const char *name, bool valid,
                                 const char *need);

/* step / steps, a float32. */
sumi_tensor_t sumi__tensor_schedule_fraction(sumi_tensor_t step, double steps);

#endif

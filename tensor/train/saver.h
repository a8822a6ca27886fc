/* What a loop asks a saver. */
#ifndef SUMI_TRAIN_SAVER_H
#define SUMI_TRAIN_SAVER_H

#include <sumi/checkpoint.h>

/* Which score is the best, and the best so far with its step; NaN and -1 without one. */
sumi_best_t sumi__tensor_saver_direction(const sumi_saver_t *saver);
double sumi__tensor_saver_best_score(const sumi_saver_t *saver, int64_t *step);

/* The session that it saves. */
const sumi_session_t *sumi__tensor_saver_session(const sumi_saver_t *saver);

#endif

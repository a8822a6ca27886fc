/* What the files of the training loop share. */
#ifndef SUMI_TRAIN_TRAINING_H
#define SUMI_TRAIN_TRAINING_H

#include <sumi/training.h>

/* Whether these can be trained with. */
sumi_status_t sumi__tensor_check_training(const sumi_session_t *session, const sumi_op_t *train,
                                          const sumi_train_options_t *options);

bool sumi__tensor_any_variable_has_value(sumi_session_t *session);

/* Gives every variable that has no value its first one, and every local one. */
sumi_status_t sumi__tensor_initialize_missing(sumi_session_t *session);
sumi_status_t sumi__tensor_initialize_missing_local(sumi_session_t *session);

#endif

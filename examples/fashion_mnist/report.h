/* What goes into the log besides the graph's own summaries. */
#ifndef DEMO_REPORT_H
#define DEMO_REPORT_H

#include "evaluate.h"
#include "options.h"

/* The demo's own intervals; --intervals comes after them. */
extern const char report_intervals[];

/* The configuration as a card of text, the hyper-parameters, the graph. Once, at the start. */
void report_configuration(sumi_writer_t *log, const options_t *options, const model_t *model,
                          int64_t steps, const sumi_dataset_t *train, const sumi_dataset_t *test);

/* Whether anything that needs an evaluation is due. */
bool report_is_due(sumi_writer_t *log, int64_t step);

/* Curves of the test set, the gallery, the worst mistakes, the confusion matrix. */
void report_evaluation(sumi_writer_t *log, int64_t step, const evaluation_t *evaluation,
                       const sumi_dataset_t *test);

/* The first layer's filters. */
void report_filters(sumi_writer_t *log, int64_t step, sumi_session_t *session,
                    const model_t *model);

/* The table at the end. */
void report_results(const evaluation_t *evaluation, const sumi_dataset_t *test,
                    const sumi_training_result_t *result, const char *folder, const char *logdir);

#endif

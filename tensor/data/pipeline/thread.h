/* Threads of pipelines; for the files of tensor/data/pipeline/ only. */
#ifndef SUMI_DATA_PIPELINE_THREAD_H
#define SUMI_DATA_PIPELINE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Starts a thread that gets no signals: these stay with the program's own. False when the system
 * has none to give. */
bool sumi__tensor_thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument);

#endif

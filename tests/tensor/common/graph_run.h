/* What tests of graphs have in common: a session whose variables are initialised, values,
 * gradients, refusals, lack of memory. */
#ifndef SUMI_TEST_GRAPH_RUN_H
#define SUMI_TEST_GRAPH_RUN_H

#include "sumi_test.h"

#include <sumi/session.h>

/* A session whose global variables have their first values. */
sumi_session_t *started(sumi_graph_t *g);

/* The one element of the tensor. */
double scalar_of(sumi_session_t *s, sumi_tensor_t tensor);

sumi_tensor_t gradient_of(sumi_tensor_t y, sumi_tensor_t x);

/* The graph has refused, with this status and a message that contains `text`. */
void assert_refusal(sumi_graph_t *g, sumi_status_t status, const char *text);

/* Calls `attempt` with one request for memory failing, the first, the second, … (behind the 40th
 * every `stride`-th), until all of an attempt's are met. Whichever fails, the attempt gives
 * RESOURCE_EXHAUSTED, or OK where it can do without, and leaves no memory behind. */
void assert_survives_lack_of_memory(sumi_status_t (*attempt)(const void *data), const void *data,
                                    int stride);

/* The same for y = f(x) of a scalar x: its graph with the gradient, and a run of both. */
void assert_gradient_survives_lack_of_memory(sumi_tensor_t (*f)(sumi_graph_t *g, sumi_tensor_t x));

#endif

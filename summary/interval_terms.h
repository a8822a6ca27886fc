/* Limits and checks of interval terms, shared by the value, the parser and the rules. */
#ifndef SUMI_INTERVAL_TERMS_H
#define SUMI_INTERVAL_TERMS_H

#include <sumi/event_writer.h>
#include <sumi/interval.h>

#define SUMI__MIN_SECONDS 0.001
#define SUMI__MAX_SECONDS 1e9

/* Adds a term; false, and an invalid interval, when it is out of range or there is no room. */
bool sumi__summary_interval_append(sumi_interval_t *interval, sumi_interval_term_t term);

/* SUMI_OK, or INVALID_ARGUMENT with what an interval must be. */
sumi_status_t sumi__summary_interval_check(const sumi_interval_t *interval);

#endif

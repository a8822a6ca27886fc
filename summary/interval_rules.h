/* What layers of rules need beyond <sumi/interval.h>. */
#ifndef SUMI_INTERVAL_RULES_H
#define SUMI_INTERVAL_RULES_H

#include <sumi/interval.h>

extern const sumi_interval_t sumi__summary_interval_always;

/* The interval of the last rule that matches, NULL when none does. It stays valid until the rules
 * are freed, also when more are added. */
const sumi_interval_t *sumi__summary_interval_rules_find(const sumi_interval_rules_t *rules,
                                                         const char *tag);

#endif

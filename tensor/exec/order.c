/* The sequence of units. */
#include "exec/draft.h"

sumi_status_t sumi__order_units(sumi__draft_t *draft) {
  (void)draft;
  return SUMI_OK;
}

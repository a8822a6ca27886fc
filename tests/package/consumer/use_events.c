#include "uses.h"

#include <sumi/crc32c.h>
#include <sumi/event_writer.h>

/* The CRC is the check value that catalogues of CRCs give for CRC-32C. */
int use_events(const char *folder) {
  sumi_status_t status;
  sumi_event_writer_t *writer = sumi_event_writer_open(folder, &status);
  if (!writer) return 1;
  status = sumi_event_writer_scalar(writer, "loss", 3, 0.5F);
  const sumi_status_t closed = sumi_event_writer_close(writer);
  return status != SUMI_OK || closed != SUMI_OK || sumi_crc32c("123456789", 9) != 0xe3069283u;
}

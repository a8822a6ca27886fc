/* From pictures to a value of TensorBoard's Images; used by every kind that draws. */
#ifndef SUMI_KINDS_PICTURE_H
#define SUMI_KINDS_PICTURE_H

#include <sumi/picture.h>

#include "../writer_private.h"

/* In a worker: encodes a picture that was drawn as PNG, writes it under the job's tag and releases
 * it. */
sumi_status_t sumi__summary_write_drawn(sumi__summary_job_t *job, sumi_picture_t *picture);

/* In a worker: writes encoded images of one size. */
sumi_status_t sumi__summary_write_encoded(sumi__summary_job_t *job, int width_px, int height_px,
                                          const sumi_bytes_view_t *images, size_t count);

#endif

/* What ops on segments share. */
#ifndef SUMI_OPS_SEGMENT_H
#define SUMI_OPS_SEGMENT_H

#include <sumi/op_def.h>

/* `column`, whose axes are the first of `like`, with axes of size 1 for the others of `like`: what
 * belongs to rows, so that it broadcasts over their elements. */
sumi_tensor_t sumi__tensor_segment_column(sumi_tensor_t column, sumi_tensor_t like);

#endif

/* Everything: the engine, the pictures, the event files, and what ties them together. */
#ifndef SUMI_SUMI_H
#define SUMI_SUMI_H

#include <sumi/array.h>
#include <sumi/attention.h>
#include <sumi/capsule.h>
#include <sumi/check_ops.h>
#include <sumi/checkpoint.h>
#include <sumi/constants.h>
#include <sumi/control.h>
#include <sumi/control_flow.h>
#include <sumi/data.h>
#include <sumi/gradient_check.h>
#include <sumi/gradients.h>
#include <sumi/graph.h>
#include <sumi/host_op.h>
#include <sumi/image.h>
#include <sumi/layers.h>
#include <sumi/losses.h>
#include <sumi/metrics.h>
#include <sumi/moving_average.h>
#include <sumi/npy.h>
#include <sumi/op_def.h>
#include <sumi/ops.h>
#include <sumi/pipeline.h>
#include <sumi/plateau.h>
#include <sumi/random.h>
#include <sumi/rnn.h>
#include <sumi/safetensors.h>
#include <sumi/session.h>
#include <sumi/summary.h>
#include <sumi/summary_graph.h>
#include <sumi/tensor_array.h>
#include <sumi/tensor_bundle.h>
#include <sumi/tfrecord.h>
#include <sumi/trace.h>
#include <sumi/train.h>
#include <sumi/training.h>
#include <sumi/variables.h>

#endif

/* Everything a program needs that has its own loop and wants to see it in TensorBoard. */
#ifndef SUMI_SUMMARY_H
#define SUMI_SUMMARY_H

#include <sumi/interval.h>
#include <sumi/summary_media.h>
#include <sumi/summary_pictures.h>
#include <sumi/summary_run.h>
#include <sumi/summary_values.h>
#include <sumi/writer.h>

#endif

/* A table of scalars as arrays of NumPy's. */
#ifndef SUMI_COMMAND_EXPORT_NPZ_H
#define SUMI_COMMAND_EXPORT_NPZ_H

#include "series.h"

/* Writes --output: run, tag, step, wall_time and value, or with --wide run, step and an array for
 * each tag, NaN where it has no value. An exit status. */
int sumi__command_export_npz(const arguments_t *arguments, series_t *series);

#endif

/* Numbers as text with a decimal point, whatever the process's locale. */
#ifndef SUMI_RENDER_NUMBER_TEXT_H
#define SUMI_RENDER_NUMBER_TEXT_H

#include <sumi/buffer.h>
#include <sumi/config.h>

enum { SUMI__NUMBER_TEXT_MAX = 48 };

/* "%.*g" and "%.*f" (the latter falls back to the former beyond 1e15); "nan", "inf" and "-inf"
 * without a sign of NaN. */
void sumi__render_number_text(char text[SUMI__NUMBER_TEXT_MAX], double value, int digits);
void sumi__render_fixed_text(char text[SUMI__NUMBER_TEXT_MAX], double value, int decimals);

/* A share of 1 as a label shows it: "97%", ">99%" and "<1%" next to the ends, "1.37" for what is
 * no share, "nan". */
void sumi__render_share_text(char text[SUMI__NUMBER_TEXT_MAX], double share);

/* A whole number with thin grouping: "9999", "10 000". */
void sumi__render_count_text(char text[SUMI__NUMBER_TEXT_MAX], double count);

#endif

/* The look all drawings share: a few neutral colours on white. */
#ifndef SUMI_RENDER_THEME_H
#define SUMI_RENDER_THEME_H

#include <sumi/color.h>

#define SUMI__PAPER      SUMI_RGB(0xff, 0xff, 0xff)
#define SUMI__INK        SUMI_RGB(0x1c, 0x20, 0x26)
#define SUMI__INK_MUTED  SUMI_RGB(0x5a, 0x61, 0x6b) /* second-rank text: 6.3 to 1 on paper */
#define SUMI__LINE       SUMI_RGB(0xd5, 0xd9, 0xdf) /* axes, neutral frames */
#define SUMI__LINE_FAINT SUMI_RGB(0xec, 0xee, 0xf1) /* grids, empty bars */
#define SUMI__MISSING    SUMI_RGB(0x9a, 0xa0, 0xa8) /* values that are not finite */

/* WCAG 2.1, success criterion 1.4.3. */
#define SUMI__MIN_CONTRAST 4.5

#endif

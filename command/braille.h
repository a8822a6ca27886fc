/* Dots of braille, U+2800 to U+28FF: two columns and four rows of them in a character. */
#ifndef SUMI_COMMAND_BRAILLE_H
#define SUMI_COMMAND_BRAILLE_H

#include <stdio.h>

enum { DOT_COLUMNS = 2, DOT_ROWS = 4 };

/* The bit of a dot in its character. */
unsigned char sumi__command_dot(int row, int column);

/* A character of such bits; a blank for none. */
void sumi__command_put_dots(FILE *file, unsigned char dots);

#endif

#include "braille.h"

unsigned char sumi__command_dot(int row, int column) {
  static const unsigned char bits[DOT_ROWS][DOT_COLUMNS] = {
      {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
  return bits[row % DOT_ROWS][column % DOT_COLUMNS];
}

void sumi__command_put_dots(FILE *file, unsigned char dots) {
  if (dots)
    fprintf(file, "\xE2%c%c", 0xA0 | dots >> 6, 0x80 | (dots & 0x3F));
  else
    fputc(' ', file);
}

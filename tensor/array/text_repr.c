/* Python's repr of a text. */
#include "array/text_repr.h"

#include <string.h>
#include <sumi/utf8.h>

/* Ranges of str.isprintable() == False: categories Cc, Cf, Cs, Co, Zl, Zp, Zs but the space, and
 * noncharacters of The Unicode Standard 14. Code points not yet assigned are not listed: they are
 * shown as they are. */
static const struct {
  uint32_t first, last;
} unprintable[] = {
    {0x0, 0x1F},        {0x7F, 0xA0},       {0xAD, 0xAD},       {0x600, 0x605},
    {0x61C, 0x61C},     {0x6DD, 0x6DD},     {0x70F, 0x70F},     {0x890, 0x891},
    {0x8E2, 0x8E2},     {0x1680, 0x1680},   {0x180E, 0x180E},   {0x2000, 0x200F},
    {0x2028, 0x202F},   {0x205F, 0x206F},   {0x3000, 0x3000},   {0xD800, 0xF8FF},
    {0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},   {0xFFFE, 0xFFFF},
    {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x13438}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0001, 0xE0001}, {0xE0020, 0xE007F}, {0xF0000, 0x10FFFF},
};

static bool is_printable(uint32_t code) {
  for (size_t i = 0; i < sizeof unprintable / sizeof *unprintable; ++i)
    if (code >= unprintable[i].first && code <= unprintable[i].last) return false;
  return (code & 0xFFFE) != 0xFFFE;
}

static void put_escaped(sumi_buffer_t *buffer, uint32_t code) {
  switch (code) {
  case '\t': sumi_buffer_puts(buffer, "\\t"); return;
  case '\n': sumi_buffer_puts(buffer, "\\n"); return;
  case '\r': sumi_buffer_puts(buffer, "\\r"); return;
  default: break;
  }
  if (code < 0x100)
    sumi_buffer_printf(buffer, "\\x%02x", (unsigned)code);
  else if (code < 0x10000)
    sumi_buffer_printf(buffer, "\\u%04x", (unsigned)code);
  else
    sumi_buffer_printf(buffer, "\\U%08x", (unsigned)code);
}

void sumi__tensor_put_text_repr(sumi_buffer_t *buffer, const char *text) {
  const char quote = strchr(text, '\'') && !strchr(text, '"') ? '"' : '\'';
  sumi_buffer_putc(buffer, quote);
  const char *end = text + strlen(text);
  while (text < end) {
    const size_t left = (size_t)(end - text), valid = sumi_utf8_first_invalid(text, left);
    for (const char *stop = text + valid; text < stop;) {
      const char *character = text;
      const uint32_t code = sumi_utf8_next(&text);
      if (code == (unsigned char)quote || code == '\\') sumi_buffer_putc(buffer, '\\');
      if (is_printable(code))
        sumi_buffer_append(buffer, character, (size_t)(text - character));
      else
        put_escaped(buffer, code);
    }
    if (valid < left) put_escaped(buffer, (unsigned char)*text++); /* a byte that is not UTF-8 */
  }
  sumi_buffer_putc(buffer, quote);
}

int64_t sumi__tensor_character_count(const char *text, size_t size_bytes) {
  int64_t count = 0;
  for (size_t i = 0; i < size_bytes; ++i) count += ((unsigned char)text[i] & 0xC0) != 0x80;
  return count;
}

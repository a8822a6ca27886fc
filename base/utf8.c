#include <sumi/utf8.h>

#include <string.h>

/* Length of the well-formed sequence at s, 0 when there is none. */
static size_t sequence_length(const unsigned char *s, size_t length) {
  if (s[0] < 0x80) return 1;
  if (s[0] < 0xC2 || s[0] > 0xF4) return 0;
  const size_t n = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
  if (n > length) return 0;
  /* The second byte's range excludes overlong forms, surrogates and code points past U+10FFFF. */
  const unsigned char low = s[0] == 0xE0 ? 0xA0 : s[0] == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = s[0] == 0xED ? 0x9F : s[0] == 0xF4 ? 0x8F : 0xBF;
  if (s[1] < low || s[1] > high) return 0;
  for (size_t i = 2; i < n; ++i)
    if ((s[i] & 0xC0) != 0x80) return 0;
  return n;
}

size_t sumi_utf8_first_invalid(const char *text, size_t length) {
  const unsigned char *bytes = (const unsigned char *)text;
  size_t at = 0;
  while (at < length) {
    const size_t n = sequence_length(bytes + at, length - at);
    if (n == 0) return at;
    at += n;
  }
  return length;
}

sumi_status_t sumi_utf8_check(const char *what, const char *text) {
  if (!text) return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is NULL", what);
  const size_t length = strlen(text);
  const size_t bad = sumi_utf8_first_invalid(text, length);
  if (bad == length) return SUMI_OK;
  return sumi_fail(SUMI_INVALID_ARGUMENT, "%s is not UTF-8: byte 0x%02x at offset %zu of %zu", what,
                   (unsigned char)text[bad], bad, length);
}

uint32_t sumi_utf8_next(const char **text) {
  const unsigned char *s = (const unsigned char *)*text;
  const size_t n = s[0] < 0x80 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
  uint32_t code = n == 1 ? s[0] : s[0] & (0xFFu >> (n + 1));
  for (size_t i = 1; i < n; ++i) code = code << 6 | (s[i] & 0x3Fu);
  *text += n;
  return code;
}

#include "page.h"

#include <string.h>

const char *sumi__command_page_put(FILE *file, const char *page, const char *nonce) {
  const char *end = strstr(page, PAGE_DATA_MARK);
  const char *next = end ? end + strlen(PAGE_DATA_MARK) : page + strlen(page);
  if (!end) end = next;
  for (const char *mark; (mark = strstr(page, PAGE_NONCE_MARK)) && mark < end;) {
    fwrite(page, 1, (size_t)(mark - page), file);
    fputs(nonce, file);
    page = mark + strlen(PAGE_NONCE_MARK);
  }
  fwrite(page, 1, (size_t)(end - page), file);
  return next;
}

bool sumi__command_page_nonce(char nonce[PAGE_NONCE_SIZE]) {
  unsigned char bits[(PAGE_NONCE_SIZE - 1) / 2];
  FILE *random = fopen("/dev/urandom", "rb");
  const bool read = random && fread(bits, 1, sizeof bits, random) == sizeof bits;
  if (random) fclose(random);
  for (size_t i = 0; read && i < sizeof bits; ++i)
    snprintf(nonce + 2 * i, PAGE_NONCE_SIZE - 2 * i, "%02x", bits[i]);
  return read;
}

#include <sumi/options.h>

#include <string.h>

static bool all_zero(const unsigned char *bytes, size_t size_bytes) {
  for (size_t i = 0; i < size_bytes; ++i)
    if (bytes[i]) return false;
  return true;
}

sumi_status_t sumi_options_read(void *options, size_t size_bytes, const void *given) {
  enum { MOST_BYTES = 1 << 16 };
  size_t given_bytes;
  memset(options, 0, size_bytes);
  memcpy(options, &size_bytes, sizeof size_bytes);
  if (!given) return SUMI_OK;
  memcpy(&given_bytes, given, sizeof given_bytes);
  if (given_bytes < sizeof given_bytes || given_bytes > MOST_BYTES)
    return sumi_fail(SUMI_INVALID_ARGUMENT,
                     "struct_size of the options is %zu; set it to the size of their struct",
                     given_bytes);
  const size_t known = given_bytes < size_bytes ? given_bytes : size_bytes;
  if (!all_zero((const unsigned char *)given + known, given_bytes - known))
    return sumi_fail(
        SUMI_UNIMPLEMENTED,
        "an option is set that version " SUMI_VERSION
        " of Sumi does not know: the program was compiled for a newer one; install that "
        "or compile it again");
  memcpy(options, given, known);
  memcpy(options, &size_bytes, sizeof size_bytes);
  return SUMI_OK;
}

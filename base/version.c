#include <sumi/version.h>

const char *sumi_version(void) {
  return SUMI_VERSION;
}

int sumi_version_number(void) {
  return SUMI_VERSION_NUMBER;
}

sumi_status_t sumi_version_check(int header_version_number) {
  if (header_version_number <= SUMI_VERSION_NUMBER) return SUMI_OK;
  return sumi_fail(SUMI_FAILED_PRECONDITION,
                   "the program was compiled with the headers of Sumi %d.%d.%d and runs with the "
                   "library of " SUMI_VERSION
                   ": install that version of the library, or compile it with the headers that "
                   "belong to the library",
                   header_version_number / 1000000, header_version_number / 1000 % 1000,
                   header_version_number % 1000);
}

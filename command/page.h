/* The web page of a report: the files of command/page/ in one, as the build put it
 * together. */
#ifndef SUMI_COMMAND_PAGE_H
#define SUMI_COMMAND_PAGE_H

#include <stdbool.h>
#include <stdio.h>

/* Where the data goes, and where a page's own random word goes, without which its browser runs no
 * script. */
#define PAGE_DATA_MARK  "<!--data-->"
#define PAGE_NONCE_MARK "@nonce@"

/* NUL-terminated; written by cmake/SumiPage.cmake. */
extern const char *const sumi__command_page;

/* The page up to the mark, or to its end, on the stream with the word in place of its marks; gives
 * where it goes on. */
const char *sumi__command_page_put(FILE *file, const char *page, const char *nonce);

/* A word of 128 random bits; false when the system has none. */
enum { PAGE_NONCE_SIZE = 33 };
bool sumi__command_page_nonce(char nonce[PAGE_NONCE_SIZE]);

#endif

/* Numbers, texts and values as people and programs read them. */
#ifndef SUMI_COMMAND_TEXT_H
#define SUMI_COMMAND_TEXT_H

#include <sumi/event.h>

#include <stdio.h>

/* The fewest digits that name the number; single: as a float32. "nan", "inf", "-inf". */
enum { NUMBER_TEXT_SIZE = 32 };
const char *sumi__command_number(double value, bool single, char text[NUMBER_TEXT_SIZE]);

/* A text for a terminal: control characters become spaces. */
void sumi__command_plain(FILE *file, const char *text, size_t size_bytes);

/* How many characters a text has, which are columns of a terminal for most. */
int sumi__command_characters(const char *text);

/* A JSON string; what is not UTF-8 becomes U+FFFD. */
void sumi__command_json_text(FILE *file, const char *text, size_t size_bytes);

/* A JSON number, or a string where there is none. */
void sumi__command_json_number(FILE *file, double value, bool single);

/* A CSV field (RFC 4180). */
void sumi__command_csv_text(FILE *file, const char *text);

/* "2026-11-30 20:52:39", of local time; "-" for what is no time. */
enum { TIME_TEXT_SIZE = 32 };
const char *sumi__command_time(double seconds, char text[TIME_TEXT_SIZE]);

/* How many texts there are. */
int64_t sumi__command_string_count(const sumi_event_strings_t *strings);

/* The plugin a value belongs to, never NULL: "scalars" … */
const char *sumi__command_plugin(const sumi_event_value_t *value);

/* A value in a line: a number, a text, or what it consists of. */
void sumi__command_value(FILE *file, const sumi_event_value_t *value);

/* The same as JSON: a number, an array of texts, or an object. */
void sumi__command_json_value(FILE *file, const sumi_event_value_t *value);

#endif

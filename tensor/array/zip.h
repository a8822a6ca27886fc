/* Numbers of the ZIP format (APPNOTE.TXT 6.3.10, section 4); for npz_read.c and npz_write.c only.
 */
#ifndef SUMI_ARRAY_ZIP_H
#define SUMI_ARRAY_ZIP_H

enum {
  SUMI__ZIP_LOCAL = 0x04034B50, /* a member's header, before its data */
  SUMI__ZIP_ENTRY = 0x02014B50, /* its entry in the directory */
  SUMI__ZIP_END = 0x06054B50,   /* the end of the directory */
  SUMI__ZIP_LOCAL_SIZE = 30,
  SUMI__ZIP_ENTRY_SIZE = 46,
  SUMI__ZIP_END_SIZE = 22,
  SUMI__ZIP_COMMENT_MAX = 0xFFFF,
  SUMI__ZIP_STORED = 0,
  SUMI__ZIP_DEFLATED = 8,
  SUMI__ZIP_ENCRYPTED = 1, /* flags */
  SUMI__ZIP_UTF8 = 1 << 11,
  SUMI__ZIP_64_EXTRA = 1 /* extra field with 64-bit sizes */
};

#endif

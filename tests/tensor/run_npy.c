/* Converts files for test_npy.py: `copy FROM TO` reads an npy file and writes it again, `unzip FROM
 * FOLDER` writes each array of an npz file as npy, `zip stored|deflated TO FROM…` packs npy files
 * under their names. Errors on stderr. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sumi/npy.h>

static int report(sumi_status_t status) {
  if (status != SUMI_OK)
    fprintf(stderr, "%s: %s\n", sumi_status_name(status), sumi_error_message());
  return status != SUMI_OK;
}

static int copy(const char *from, const char *to) {
  sumi_array_t *array;
  int failed = report(sumi_npy_read(from, &array));
  if (!failed) failed = report(sumi_npy_write(to, array));
  sumi_array_unref(array);
  return failed;
}

static int unzip(const char *from, const char *folder) {
  sumi_npz_t *npz;
  int failed = report(sumi_npz_open(from, &npz));
  for (int64_t i = 0; i < sumi_npz_count(npz) && !failed; ++i) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.npy", folder, sumi_npz_name(npz, i));
    sumi_array_t *array;
    failed = report(sumi_npz_read(npz, sumi_npz_name(npz, i), &array));
    if (!failed) failed = report(sumi_npy_write(path, array));
    sumi_array_unref(array);
  }
  sumi_npz_close(npz);
  return failed;
}

enum { MOST = 16 };

static int zip(bool compress, const char *to, int count, char **paths) {
  sumi_npz_item_t items[MOST] = {{NULL, NULL}};
  sumi_array_t *arrays[MOST] = {NULL};
  int failed = count > MOST;
  for (int i = 0; i < count && !failed; ++i) {
    failed = report(sumi_npy_read(paths[i], &arrays[i]));
    char *name = strrchr(paths[i], '/') + 1;
    name[strlen(name) - 4] = '\0';
    items[i] = (sumi_npz_item_t){name, arrays[i]};
  }
  if (!failed) failed = report(sumi_npz_write(to, count, items, .compress = compress));
  for (int i = 0; i < MOST; ++i) sumi_array_unref(arrays[i]);
  return failed;
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "copy") == 0) return copy(argv[2], argv[3]);
  if (argc == 4 && strcmp(argv[1], "unzip") == 0) return unzip(argv[2], argv[3]);
  if (argc > 4 && strcmp(argv[1], "zip") == 0)
    return zip(strcmp(argv[2], "deflated") == 0, argv[3], argc - 4, argv + 4);
  return 2;
}

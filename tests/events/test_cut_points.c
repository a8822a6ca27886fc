/* A file cut anywhere, as a crash leaves it. */
#include "event_test.h"

static const float numbers[6] = {0, 1, 3, 1, 2, 4};

/* A file with every kind of record, and where each of its records ends. */
static bytes_t sample_file(const char *directory, size_t *ends, size_t *count) {
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, NULL, .flush_interval_ms = -1);
  const sumi_bytes_view_t text = {"# title\n\nText", 13}, graph = {"\x0a\x00", 2};
  const sumi_event_value_t values[2] = {text_value("config", &text),
                                        {.tag = "weights",
                                         .kind = SUMI_EVENT_NUMBERS,
                                         .numbers = {SUMI_FLOAT32, 2, {2, 3}, numbers},
                                         .metadata = {.plugin_name = "histograms"}}};
  assert_ok(sumi_event_writer_graph_def(writer, graph));
  assert_ok(sumi_event_writer_scalar(writer, "loss", 1, 1));
  assert_ok(sumi_event_writer_values(writer, 2, 0, values, 2));
  assert_ok(sumi_event_writer_scalar(writer, "loss", 3, 1));
  assert_ok(sumi_event_writer_close(writer));
  const char *path = event_file_in(directory, 0);
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL);
  sumi_event_t event;
  for (*count = 0; sumi_event_reader_next(reader, &event) == SUMI_OK; ++*count)
    ends[*count] = sumi_event_reader_offset(reader);
  sumi_event_reader_free(reader);
  const bytes_t file = read_file(path);
  assert_int_equal(*count, 6);
  assert_int_equal(ends[5], file.size);
  return file;
}

static size_t records_before(const size_t *ends, size_t count, size_t cut) {
  size_t whole = 0;
  while (whole < count && ends[whole] <= cut) ++whole;
  return whole;
}

static void a_reader_waits_at_every_cut_and_goes_on(void **state) {
  (void)state;
  size_t ends[8], count;
  const char *directory = temporary_directory(), *path = path_in(directory, "growing");
  const bytes_t file = sample_file(temporary_directory(), ends, &count);
  for (size_t cut = 0; cut <= file.size; ++cut) {
    sumi_event_t event;
    write_file(path, file.data, cut);
    sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL);
    const size_t whole = records_before(ends, count, cut);
    for (size_t i = 0; i < whole; ++i) assert_ok(sumi_event_reader_next(reader, &event));
    for (int i = 0; i < 2; ++i)
      assert_int_equal(sumi_event_reader_next(reader, &event), SUMI_OUT_OF_RANGE);
    assert_int_equal(sumi_event_reader_offset(reader), whole ? ends[whole - 1] : 0);
    append_file(path, file.data + cut, file.size - cut);
    for (size_t i = whole; i < count; ++i) assert_ok(sumi_event_reader_next(reader, &event));
    if (whole < count) assert_int_equal(event.step, 3);
    assert_int_equal(sumi_event_reader_next(reader, &event), SUMI_OUT_OF_RANGE);
    assert_int_equal(sumi_event_reader_damage(reader).places, 0);
    sumi_event_reader_free(reader);
  }
  free(file.data);
}

static void a_file_that_grows_byte_by_byte_is_read_whole(void **state) {
  (void)state;
  size_t ends[8], count, found = 0;
  const char *directory = temporary_directory(), *path = path_in(directory, "growing");
  const bytes_t file = sample_file(temporary_directory(), ends, &count);
  write_file(path, "", 0);
  sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL);
  sumi_event_t event;
  for (size_t i = 0; i < file.size; ++i) {
    append_file(path, file.data + i, 1);
    const sumi_status_t status = sumi_event_reader_next(reader, &event);
    if (status == SUMI_OK)
      assert_int_equal(ends[found++], i + 1);
    else
      assert_int_equal(status, SUMI_OUT_OF_RANGE);
  }
  assert_int_equal(found, count);
  sumi_event_reader_free(reader);
  free(file.data);
}

/* Opening the run again cuts the torn end off and logs on in a new file; everything that was whole
 * is there. */
static void a_run_cut_anywhere_is_repaired_and_continued(void **state) {
  (void)state;
  size_t ends[8], count;
  const char *source = temporary_directory(), *root = temporary_directory();
  const bytes_t file = sample_file(source, ends, &count);
  char name[1024];
  snprintf(name, sizeof name, "%s", strrchr(event_file_in(source, 0), '/') + 1);
  for (size_t cut = 0; cut <= file.size; ++cut) {
    char directory[1024];
    snprintf(directory, sizeof directory, "%.900s/cut-%zu", root, cut);
    assert_int_equal(mkdir(directory, 0777), 0);
    const char *path = path_in(directory, name);
    write_file(path, file.data, cut);
    sumi_status_t status;
    sumi_event_writer_t *writer = sumi_event_writer_open(directory, &status);
    assert_ok(status);
    const size_t whole = records_before(ends, count, cut);
    /* A file without one whole record might be anything and is left alone. */
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, whole ? ends[whole - 1] : cut);
    if (whole == count)
      assert_fails(sumi_event_writer_scalar(writer, "loss", 3, 1), SUMI_INVALID_ARGUMENT,
                   "earlier event files");
    assert_ok(sumi_event_writer_scalar(writer, "loss", 4, 1));
    assert_ok(sumi_event_writer_close(writer));
    int64_t steps[8];
    const size_t expected = 1 + (whole > 3) + (whole > 5);
    assert_int_equal(steps_of(directory, "loss", steps, 8), expected);
    assert_int_equal(steps[expected - 1], 4);
  }
  free(file.data);
}

static void bytes_lost_in_the_middle_cost_only_their_records(void **state) {
  (void)state;
  size_t ends[8], count;
  const char *path = path_in(temporary_directory(), "damaged");
  const bytes_t file = sample_file(temporary_directory(), ends, &count);
  for (size_t at = 0; at < file.size; ++at) {
    file.data[at] ^= 0x5A;
    write_file(path, file.data, file.size);
    file.data[at] ^= 0x5A;
    sumi_event_reader_t *reader = sumi_event_reader_open(path, NULL, .complete = true);
    const size_t hit = records_before(ends, count, at), begin = hit ? ends[hit - 1] : 0;
    sumi_event_t event;
    for (size_t i = 0; i < hit; ++i) assert_ok(sumi_event_reader_next(reader, &event));
    char offset[64];
    snprintf(offset, sizeof offset, "offset %zu", begin);
    assert_fails(sumi_event_reader_next(reader, &event), SUMI_DATA_LOSS, offset);
    for (size_t i = hit + 1; i < count; ++i) {
      assert_ok(sumi_event_reader_next(reader, &event));
      assert_int_equal(event.offset, ends[i - 1]);
    }
    assert_int_equal(sumi_event_reader_next(reader, &event), SUMI_OUT_OF_RANGE);
    assert_int_equal(sumi_event_reader_damage(reader).places, 1);
    assert_int_equal(sumi_event_reader_damage(reader).skipped_bytes, ends[hit] - begin);
    sumi_event_reader_free(reader);
  }
  free(file.data);
}

/* A repaired file is the old one without the damage, byte for byte. */
static void repair_removes_exactly_the_damage(void **state) {
  (void)state;
  size_t ends[8], count;
  const char *path = path_in(temporary_directory(), "damaged");
  const bytes_t file = sample_file(temporary_directory(), ends, &count);
  for (size_t record = 0; record < count; ++record) {
    const size_t begin = record ? ends[record - 1] : 0;
    file.data[begin + 13] ^= 1;
    write_file(path, file.data, file.size);
    file.data[begin + 13] ^= 1;
    sumi_event_repair_t report;
    assert_ok(sumi_event_file_repair(path, &report));
    assert_int_equal(report.kept_events, count - 1);
    assert_int_equal(report.damaged_bytes, record + 1 < count ? ends[record] - begin : 0);
    assert_int_equal(report.torn_tail_bytes, record + 1 < count ? 0 : ends[record] - begin);
    const bytes_t repaired = read_file(path);
    assert_int_equal(repaired.size, file.size - (ends[record] - begin));
    assert_memory_equal(repaired.data, file.data, begin);
    assert_memory_equal(repaired.data + begin, file.data + ends[record], file.size - ends[record]);
    free(repaired.data);
  }
  free(file.data);
}

static void zeros_behind_the_end_are_cut_off(void **state) {
  (void)state;
  size_t ends[8], count;
  const char *path = path_in(temporary_directory(), "padded");
  const bytes_t file = sample_file(temporary_directory(), ends, &count);
  write_file(path, file.data, file.size);
  assert_int_equal(truncate(path, (off_t)file.size + 5000), 0);
  sumi_event_repair_t report;
  assert_ok(sumi_event_file_repair(path, &report, .tail_only = true));
  assert_int_equal(report.torn_tail_bytes, 5000);
  const bytes_t repaired = read_file(path);
  assert_int_equal(repaired.size, file.size);
  free(repaired.data);
  free(file.data);
}

static void a_file_that_is_no_event_file_is_left_alone(void **state) {
  (void)state;
  const char *directory = temporary_directory(), *path = path_in(directory, "tfevents-notes.txt");
  const char notes[] =
      "My notes on tfevents: they are long enough to look like a record, and are none.";
  write_file(path, notes, sizeof notes);
  assert_ok(sumi_event_file_repair(path, NULL, .trim = true));
  sumi_status_t status;
  sumi_event_writer_t *writer = sumi_event_writer_open(directory, &status,
                                                       .existing = SUMI_RUN_RESUME);
  assert_ok(status);
  assert_ok(sumi_event_writer_close(writer));
  const bytes_t after = read_file(path);
  assert_int_equal(after.size, sizeof notes);
  assert_memory_equal(after.data, notes, sizeof notes);
  free(after.data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_reader_waits_at_every_cut_and_goes_on),
      cmocka_unit_test(a_file_that_grows_byte_by_byte_is_read_whole),
      cmocka_unit_test(a_run_cut_anywhere_is_repaired_and_continued),
      cmocka_unit_test(bytes_lost_in_the_middle_cost_only_their_records),
      cmocka_unit_test(repair_removes_exactly_the_damage),
      cmocka_unit_test(zeros_behind_the_end_are_cut_off),
      cmocka_unit_test(a_file_that_is_no_event_file_is_left_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

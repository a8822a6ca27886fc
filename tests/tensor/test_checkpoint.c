/* Saving and restoring: a run that goes on from a checkpoint gives the same bits as one that was
 * never interrupted; what does not fit changes nothing; which files a saver keeps. */
#include "sumi_test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sumi/checkpoint.h>
#include <sumi/constants.h>
#include <sumi/layers.h>
#include <sumi/ops.h>
#include <sumi/train.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- A program that trains, with everything that has state ---- */

typedef struct program {
  sumi_graph_t *graph;
  sumi_session_t *session;
  sumi_tensor_t loss, step, noise;
  sumi_op_t *train, *init;
} program_t;

/* seed 0: the operating system chooses. */
static program_t start(int64_t seed) {
  program_t p = {.graph = sumi_graph_new()};
  sumi_graph_t *g = p.graph;
  if (seed) sumi_graph_set_seed(g, seed);
  p.noise = sumi_random_normal(g, SUMI_SHAPE(8, 4));
  p.step = sumi_global_step(g);
  const sumi_tensor_t h = sumi_dropout(sumi_dense(p.noise, 16, .activation = sumi_activation_relu),
                                       .7);
  p.loss = sumi_reduce_mean(sumi_square(sumi_dense(h, 1)));
  p.train = sumi_minimize(sumi_adam(.learning_rate = .05), p.loss, .global_step = p.step);
  p.init = sumi_global_variables_initializer(g);
  assert_ok(sumi_graph_status(g));
  p.session = sumi_session_new(g, .threads = 1);
  return p;
}

static void stop(program_t *p) {
  sumi_session_free(p->session);
  sumi_graph_free(p->graph);
}

static void initialize(program_t *p) {
  assert_ok(sumi_session_run(p->session, .targets = SUMI_OPS(p->init)));
}

/* Runs steps and stores the losses. */
static void train(program_t *p, int steps, float *losses) {
  for (int i = 0; i < steps; ++i)
    assert_ok(sumi_session_run(p->session, .targets = SUMI_OPS(p->train),
                               .fetches = SUMI_FETCHES({.tensor = p->loss, .scalar = &losses[i]})));
}

static const sumi_checkpoint_format_t formats[] = {SUMI_CHECKPOINT_SAFETENSORS,
                                                   SUMI_CHECKPOINT_TENSORFLOW};

/* A path for the next dozens of calls. */
static const char *path_in(const char *directory, const char *name) {
  static char *paths[64];
  static int next;
  char **path = &paths[next++ % 64], *made = NULL;
  assert_true(asprintf(&made, "%s/%s", directory, name) > 0);
  free(*path);
  return *path = made;
}

static void a_restored_run_gives_the_same_bits(void **state) {
  (void)state;
  const char *path = path_in(temporary_directory(), "a.file");
  for (int i = 0; i < 4; ++i) {
    const int64_t seed = i / 2; /* without a graph seed, too */
    if (i % 2 == 0) unlink(path);
    float whole[30], rest[20];
    program_t p = start(seed);
    initialize(&p);
    train(&p, 10, whole);
    assert_ok(sumi_save(p.session, path, 10, .format = formats[i % 2 ? 0 : 1]));
    train(&p, 20, whole + 10);
    program_t q = start(seed);
    int64_t step = 0, restored = 0;
    assert_ok(sumi_restore(q.session, path, .step = &step, .restored = &restored));
    assert_int_equal(step, 10);
    assert_int_equal(restored, sumi_collection(q.graph, SUMI_GLOBAL_VARIABLES).count);
    assert_near(sumi_array_get(sumi_session_variable(q.session, q.step), 0), 10, 0);
    train(&q, 20, rest);
    assert_memory_equal(rest, whole + 10, sizeof rest);
    /* Into a session that has gone its own way. */
    assert_ok(sumi_restore(p.session, path));
    train(&p, 20, rest);
    assert_memory_equal(rest, whole + 10, sizeof rest);
    stop(&p);
    stop(&q);
  }
}

static void texts_of_the_program_go_with_the_values(void **state) {
  (void)state;
  const char *path = path_in(temporary_directory(), "a.safetensors");
  program_t p = start(1);
  initialize(&p);
  const sumi_named_text_t text = {"data", "fashion-mnist, first half"};
  assert_ok(sumi_save(p.session, path, 3, .metadata_count = 1, .metadata = &text));
  sumi_safetensors_t *file;
  assert_ok(sumi_safetensors_open(path, &file));
  assert_string_equal(sumi_safetensors_metadata(file, "data"), text.text);
  assert_string_equal(sumi_safetensors_metadata(file, "step"), "3");
  assert_null(sumi_safetensors_metadata(file, "none"));
  assert_non_null(sumi_safetensors_find(file, "dense/kernel/Adam_1"));
  assert_non_null(sumi_safetensors_find(file, "beta1_power"));
  assert_null(sumi_safetensors_find(file, "dense/kernel/read"));
  sumi_safetensors_close(file);
  stop(&p);
}

static void the_path_tells_the_format(void **state) {
  (void)state;
  static const struct {
    const char *name;
    bool tensorflows;
  } cases[] = {{"model.ckpt", true},     {"model.ckpt-100", true}, {"model.ckpt-", false},
               {"model.ckpt-1x", false}, {"model.ckpt.7", false},  {"a.ckpt.ckpt-2", true},
               {"model.ckptx", false}};
  program_t p = start(1);
  initialize(&p);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    const char *path = path_in(temporary_directory(), cases[i].name);
    int64_t step = -1;
    assert_ok(sumi_save(p.session, path, 12));
    assert_int_equal(sumi_tensor_bundle_exists(path), cases[i].tensorflows);
    assert_int_equal(access(path, F_OK) == 0, !cases[i].tensorflows);
    assert_ok(sumi_restore(p.session, path, .step = &step));
    assert_int_equal(step, 12);
  }
  stop(&p);
}

/* A file that does not say its step has that of its global step. */
static void the_global_step_is_the_step(void **state) {
  (void)state;
  const char *path = path_in(temporary_directory(), "model.ckpt");
  program_t p = start(1);
  initialize(&p);
  sumi_array_t *seven = sumi_array_full(SUMI_INT64, SUMI_SCALAR, 7);
  const sumi_named_array_t named = {"global_step", seven};
  int64_t step = -1;
  assert_ok(sumi_tensor_bundle_write(path, 1, &named));
  assert_ok(sumi_restore(p.session, path, .partial = true, .step = &step));
  assert_int_equal(step, 7);
  assert_ok(sumi_tensor_bundle_write(path, 0, NULL));
  assert_ok(sumi_restore(p.session, path, .partial = true, .step = &step));
  assert_int_equal(step, -1);
  sumi_array_unref(seven);
  stop(&p);
}

/* ---- What does not fit ---- */

static sumi_tensor_t constant_variable(sumi_graph_t *g, const char *name, sumi_dims_t dims,
                                       sumi_dtype_t dtype, double value) {
  return sumi_get_variable(g, name, dims, .dtype = dtype,
                           .initializer = SUMI_INIT(CONSTANT, .a = value));
}

static double first_of(sumi_session_t *session, sumi_tensor_t variable) {
  const sumi_array_t *array = sumi_session_variable(session, variable);
  return array ? sumi_array_get(array, 0) : NAN;
}

/* A file with a = 1 (2,), b = 2 (3, 4), old/c = 3 (2,). */
static void write_three(const char *path) {
  sumi_graph_t *g = sumi_graph_new();
  constant_variable(g, "a", SUMI_DIMS(2), SUMI_FLOAT32, 1);
  constant_variable(g, "b", SUMI_DIMS(3, 4), SUMI_FLOAT32, 2);
  sumi_variable_scope_begin(g, "old");
  constant_variable(g, "c", SUMI_DIMS(2), SUMI_FLOAT32, 3);
  sumi_variable_scope_end(g);
  sumi_op_t *init = sumi_global_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g);
  assert_fails(sumi_save(s, path, 0), SUMI_FAILED_PRECONDITION, "variable 'a' is not initialised");
  assert_int_equal(access(path, F_OK), -1);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
  assert_ok(sumi_save(s, path, 0));
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void nothing_changes(const char *path, const char *text_of_f32) {
  write_three(path);
  char fit[128], dtype[128];
  snprintf(fit, sizeof fit,
           "variable 'b' is float32 of shape (4, 3), and 'b' in the file is %s of shape (3, 4)",
           text_of_f32);
  snprintf(dtype, sizeof dtype,
           "variable 'b' is float64 of shape (3, 4), and 'b' in the file is %s", text_of_f32);
  const struct {
    const char *name;
    sumi_dims_t dims;
    sumi_dtype_t dtype;
    sumi_status_t status;
    const char *text;
  } cases[] = {
      {"b", SUMI_DIMS(4, 3), SUMI_FLOAT32, SUMI_INVALID_ARGUMENT, fit},
      {"b", SUMI_DIMS(3, 4), SUMI_FLOAT64, SUMI_INVALID_ARGUMENT, dtype},
      {"d", SUMI_DIMS(2), SUMI_FLOAT32, SUMI_NOT_FOUND,
       "variable 'd' is not in the file, which has "},
  };
  for (int i = 0; i < 3; ++i) {
    sumi_graph_t *g = sumi_graph_new();
    const sumi_tensor_t a = constant_variable(g, "a", SUMI_DIMS(2), SUMI_FLOAT32, 10);
    constant_variable(g, cases[i].name, cases[i].dims, cases[i].dtype, 20);
    sumi_op_t *init = sumi_global_variables_initializer(g);
    sumi_session_t *s = sumi_session_new(g);
    assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
    assert_fails(sumi_restore(s, path), cases[i].status, cases[i].text);
    assert_non_null(strstr(sumi_error_message(), path));
    assert_near(first_of(s, a), 10, 0);
    sumi_session_free(s);
    sumi_graph_free(g);
  }
}

static void what_does_not_fit_changes_nothing(void **state) {
  (void)state;
  nothing_changes(path_in(temporary_directory(), "three.safetensors"), "F32");
  nothing_changes(path_in(temporary_directory(), "three.ckpt"), "float32");
}

static void parts_are_restored(const char *path) {
  write_three(path);
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t a = constant_variable(g, "a", SUMI_DIMS(2), SUMI_FLOAT32, 10);
  sumi_variable_scope_begin(g, "new");
  const sumi_tensor_t c = constant_variable(g, "c", SUMI_DIMS(2), SUMI_FLOAT32, 30);
  const sumi_tensor_t d = constant_variable(g, "d", SUMI_DIMS(2), SUMI_FLOAT32, 40);
  sumi_variable_scope_end(g);
  const sumi_rename_t rename = {"new/", "old/"};
  sumi_op_t *init = sumi_global_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g);
  int64_t restored = -1;
  assert_ok(sumi_restore(s, path, .variables = SUMI_TENSORS(c), .rename_count = 1,
                         .renames = &rename, .restored = &restored));
  assert_int_equal(restored, 1);
  assert_near(first_of(s, c), 3, 0);
  assert_null(sumi_session_variable(s, a));
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
  assert_ok(sumi_restore(s, path, .partial = true, .restored = &restored));
  assert_int_equal(restored, 1);
  assert_near(first_of(s, a), 1, 0);
  assert_near(first_of(s, c), 30, 0);
  assert_ok(sumi_restore(s, path, .partial = true, .rename_count = 1, .renames = &rename,
                         .restored = &restored));
  assert_int_equal(restored, 2);
  assert_near(first_of(s, c), 3, 0);
  assert_near(first_of(s, d), 40, 0);
  assert_fails(sumi_restore(s, path, .rename_count = 1, .renames = &rename), SUMI_NOT_FOUND,
               ", not under 'old/d' either");
  assert_fails(sumi_restore(s, path, .variables = SUMI_TENSORS(sumi_square(a))),
               SUMI_INVALID_ARGUMENT, "tensor 0 of 1 ('Square') is no variable");
  assert_fails(sumi_restore(s, NULL), SUMI_INVALID_ARGUMENT, "path is NULL");
  assert_fails(sumi_restore(NULL, path), SUMI_INVALID_ARGUMENT, "NULL");
  assert_fails(sumi_restore(s, path, .rename_count = 1), SUMI_INVALID_ARGUMENT, "1 renames");
  assert_fails(sumi_save(s, path, -1), SUMI_INVALID_ARGUMENT, "step -1");
  assert_fails(sumi_restore(s, path_in(path, "none")), SUMI_NOT_FOUND, "none");
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void parts_and_other_names_are_restored_when_asked_for(void **state) {
  (void)state;
  parts_are_restored(path_in(temporary_directory(), "three.safetensors"));
  parts_are_restored(path_in(temporary_directory(), "three.ckpt"));
}

static void change_byte(const char *path, long at) {
  FILE *file = fopen(path, "r+b");
  assert_int_equal(fseek(file, at, SEEK_SET), 0);
  const int byte = fgetc(file);
  fseek(file, at, SEEK_SET);
  fputc(byte ^ 0x40, file);
  fclose(file);
}

static void damage_restores_nothing(void **state) {
  (void)state;
  const char *path = path_in(temporary_directory(), "three.ckpt");
  char real[2][4096];
  snprintf(real[0], sizeof real[0], "%s.index", path);
  snprintf(real[1], sizeof real[1], "%s.data-00000-of-00001", path);
  write_three(path);
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t a = constant_variable(g, "a", SUMI_DIMS(2), SUMI_FLOAT32, 10);
  constant_variable(g, "b", SUMI_DIMS(3, 4), SUMI_FLOAT32, 20);
  sumi_op_t *init = sumi_global_variables_initializer(g);
  sumi_session_t *s = sumi_session_new(g);
  assert_ok(sumi_session_run(s, .targets = SUMI_OPS(init)));
  for (int i = 0; i < 2; ++i) {
    struct stat info;
    assert_int_equal(stat(real[i], &info), 0);
    /* Of the data: a and b, which come first by name. */
    const long end = i ? (long)(14 * sizeof(float)) : (long)info.st_size;
    for (long at = 0; at < end; ++at) {
      change_byte(real[i], at);
      const sumi_status_t status = sumi_restore(s, path);
      if (status != SUMI_DATA_LOSS && status != SUMI_UNIMPLEMENTED)
        fail_msg("%s: byte %ld: %s", real[i], at, sumi_status_name(status));
      assert_non_null(strstr(sumi_error_message(), ": byte "));
      assert_near(first_of(s, a), 10, 0);
      change_byte(real[i], at);
    }
  }
  assert_ok(sumi_restore(s, path));
  assert_near(first_of(s, a), 1, 0);
  sumi_session_free(s);
  sumi_graph_free(g);
}

static void bundles_live_without_memory(void **state) {
  (void)state;
  const char *path = path_in(temporary_directory(), "m.ckpt");
  sumi_array_t *value = sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(3), 2);
  const sumi_named_array_t named[] = {{"b", value}, {"a", value}};
  counting_allocator_install();
  bool reached = true;
  int failures = 0;
  for (int nth = 1; reached; ++nth) {
    sumi_tensor_bundle_t *bundle = NULL;
    sumi_array_t *read = NULL;
    const int64_t before = counting_allocator_requests();
    counting_allocator_fail_at(nth);
    sumi_status_t status = sumi_tensor_bundle_write(path, 2, named);
    if (status == SUMI_OK) status = sumi_tensor_bundle_open(path, &bundle);
    if (status == SUMI_OK) status = sumi_tensor_bundle_read(bundle, "a", &read);
    reached = counting_allocator_requests() - before >= nth;
    counting_allocator_fail_at(0);
    if (status != SUMI_OK) assert_int_equal(status, SUMI_RESOURCE_EXHAUSTED);
    failures += status != SUMI_OK;
    sumi_array_unref(read);
    sumi_tensor_bundle_close(bundle);
    assert_int_equal(counting_allocator_live(), 0);
  }
  assert_true(failures > 8);
  counting_allocator_remove();
  assert_fails(
      sumi_tensor_bundle_write(path, 2, (sumi_named_array_t[]){{"a", value}, {"a", value}}),
      SUMI_INVALID_ARGUMENT, "two arrays are called \"a\"");
  assert_fails(sumi_tensor_bundle_write(path, 1, (sumi_named_array_t[]){{"", value}}),
               SUMI_INVALID_ARGUMENT, "array 0 has no name");
  assert_fails(sumi_tensor_bundle_write("", 0, NULL), SUMI_INVALID_ARGUMENT, "no prefix");
  assert_fails(sumi_tensor_bundle_open(path, NULL), SUMI_INVALID_ARGUMENT, "bundle is NULL");
  sumi_array_unref(value);
}

static void variables_take_arrays(void **state) {
  (void)state;
  sumi_graph_t *g = sumi_graph_new();
  const sumi_tensor_t v = sumi_get_variable(g, "v", SUMI_DIMS(2));
  const sumi_tensor_t twice = sumi_mul(v, 2);
  sumi_session_t *s = sumi_session_new(g);
  sumi_array_t *value = sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(2), 3), *got = NULL;
  assert_ok(sumi_session_set_variable(s, v, value));
  assert_ok(sumi_session_value(s, twice, &got));
  assert_near(sumi_array_get(got, 1), 6, 0);
  sumi_array_unref(got);
  assert_ok(sumi_array_set(value, 1, 5)); /* it was copied */
  assert_near(sumi_array_get(sumi_session_variable(s, v), 1), 3, 0);
  assert_ok(sumi_session_set_variable(s, v, value));
  assert_ok(sumi_session_value(s, twice, &got));
  assert_near(sumi_array_get(got, 1), 10, 0);
  sumi_array_unref(got);
  sumi_array_t *other = sumi_array_full(SUMI_FLOAT32, SUMI_DIMS(3), 3);
  assert_fails(sumi_session_set_variable(s, v, other), SUMI_INVALID_ARGUMENT,
               "variable 'v' is float32 of shape (2,) and cannot become float32 of shape (3,)");
  assert_fails(sumi_session_set_variable(s, twice, value), SUMI_INVALID_ARGUMENT, "no variable");
  assert_fails(sumi_session_set_variable(s, v, NULL), SUMI_INVALID_ARGUMENT, "value is NULL");
  assert_fails(sumi_session_set_variable(NULL, v, value), SUMI_INVALID_ARGUMENT, "session");
  sumi_array_unref(other);
  sumi_array_unref(value);
  sumi_session_free(s);
  sumi_graph_free(g);
}

/* ---- Savers ---- */

static bool has(const char *directory, const char *name) {
  return access(path_in(directory, name), F_OK) == 0;
}

static int file_count(const char *directory) {
  DIR *open = opendir(directory);
  int count = 0;
  for (struct dirent *entry; (entry = readdir(open));) count += entry->d_type == DT_REG;
  closedir(open);
  return count;
}

static void assert_index(const char *directory, const char *expected) {
  char text[1024] = "";
  FILE *file = fopen(path_in(directory, "checkpoint"), "r");
  assert_non_null(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  assert_string_equal(text, expected);
}

static void a_saver_keeps_the_newest_and_the_best(void **state) {
  (void)state;
  const char *directory = path_in(temporary_directory(), "run/checkpoints");
  static const double scores[] = {NAN, .5, .2, .9, NAN, .3};
  program_t p = start(1);
  initialize(&p);
  for (int best = 0; best < 2; ++best) {
    sumi_saver_t *saver = sumi_saver_new(p.session, directory, .max_to_keep = 2,
                                         .name = best ? "high" : "low", .best = (sumi_best_t)best);
    assert_non_null(saver);
    assert_null(sumi_saver_latest(saver));
    assert_null(sumi_saver_best(saver));
    for (int i = 0; i < 6; ++i) assert_ok(sumi_saver_save_scored(saver, 100 * i, scores[i]));
    assert_non_null(strstr(sumi_saver_latest(saver), best ? "high-500" : "low-500"));
    assert_non_null(strstr(sumi_saver_best(saver), best ? "high-300" : "low-200"));
    assert_int_equal(file_count(directory), best ? 7 : 4); /* with the index */
    sumi_saver_free(saver);
  }
  assert_true(has(directory, "low-200.safetensors") && has(directory, "low-400.safetensors"));
  assert_index(directory, "model_checkpoint_path: \"high-500.safetensors\"\n"
                          "all_model_checkpoint_paths: \"high-300.safetensors\"\n"
                          "all_model_checkpoint_paths: \"high-400.safetensors\"\n"
                          "all_model_checkpoint_paths: \"high-500.safetensors\"\n"
                          "# best: \"high-300.safetensors\"\n");
  /* What was best is known to the next program. */
  sumi_saver_t *saver = sumi_saver_new(p.session, directory, .max_to_keep = 1, .name = "high",
                                       .best = SUMI_BEST_HIGHEST);
  assert_ok(sumi_saver_save(saver, 600));
  assert_true(has(directory, "high-300.safetensors"));
  assert_false(has(directory, "high-500.safetensors"));
  assert_ok(sumi_saver_save_scored(saver, 700, 1));
  assert_false(has(directory, "high-300.safetensors"));
  assert_ok(sumi_saver_save_scored(saver, 700, 0)); /* again: the file is exchanged */
  assert_non_null(strstr(sumi_saver_best(saver), "high-700"));
  sumi_saver_free(saver);
  saver = sumi_saver_new(p.session, directory, .keep_all = true, .name = "all");
  for (int i = 0; i < 8; ++i) assert_ok(sumi_saver_save(saver, i));
  assert_true(has(directory, "all-0.safetensors"));
  sumi_saver_free(saver);
  stop(&p);
}

static void a_saver_restores_the_newest_that_is_whole(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  float whole[12], rest[8];
  program_t p = start(3), q = start(3);
  sumi_saver_t *saver = sumi_saver_new(p.session, directory);
  int64_t step = -7;
  assert_fails(sumi_saver_restore(saver, &step), SUMI_NOT_FOUND, "there is no checkpoint 'model'");
  assert_int_equal(step, -7);
  initialize(&p);
  train(&p, 4, whole);
  assert_ok(sumi_saver_save(saver, 4));
  train(&p, 8, whole + 4);
  assert_ok(sumi_saver_save(saver, 12));
  assert_int_equal(truncate(sumi_saver_latest(saver), 300), 0);
  sumi_saver_free(saver);
  saver = sumi_saver_new(q.session, directory);
  assert_ok(sumi_saver_restore(saver, &step));
  assert_int_equal(step, 4);
  train(&q, 8, rest);
  assert_memory_equal(rest, whole + 4, sizeof rest);
  assert_int_equal(truncate(path_in(directory, "model-4.safetensors"), 300), 0);
  assert_fails(sumi_saver_restore(saver, &step), SUMI_DATA_LOSS, "model-4.safetensors");
  sumi_saver_free(saver);
  stop(&p);
  stop(&q);
}

/* The number of a process that is not there any more. */
static long ended_process(void) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, NULL, 0);
  return child;
}

static void touch(const char *directory, const char *format, long process) {
  char name[256];
  snprintf(name, sizeof name, format, process);
  close(open(path_in(directory, name), O_CREAT | O_WRONLY, 0666));
}

static void a_saver_writes_tensorflows_files(void **state) {
  (void)state;
  const char *directory = path_in(temporary_directory(), "checkpoints");
  static const double scores[] = {.5, .2, .9, .8};
  float whole[8], rest[8];
  program_t p = start(3), q = start(3);
  initialize(&p);
  sumi_saver_t *saver = sumi_saver_new(p.session, directory, .max_to_keep = 1,
                                       .format = SUMI_CHECKPOINT_TENSORFLOW);
  for (int i = 0; i < 4; ++i) assert_ok(sumi_saver_save_scored(saver, 100 * i, scores[i]));
  assert_string_equal(sumi_saver_latest(saver), path_in(directory, "model-300"));
  assert_string_equal(sumi_saver_best(saver), path_in(directory, "model-100"));
  assert_int_equal(file_count(directory), 5);
  assert_index(directory, "model_checkpoint_path: \"model-300\"\n"
                          "all_model_checkpoint_paths: \"model-100\"\n"
                          "all_model_checkpoint_paths: \"model-300\"\n"
                          "# best: \"model-100\"\n");
  train(&p, 8, whole);
  sumi_saver_free(saver);
  touch(directory, ".model-7.index.%ld.3.new", ended_process());
  touch(directory, ".model-7.data-00000-of-00001.%ld.3.new", ended_process());
  touch(directory, "model-9.data-00000-of-00001%.0ld", 0); /* its index was not reached */
  saver = sumi_saver_new(q.session, directory, .format = SUMI_CHECKPOINT_TENSORFLOW);
  assert_int_equal(file_count(directory), 5);
  assert_string_equal(sumi_saver_best(saver), path_in(directory, "model-100"));
  int64_t step = -1;
  assert_ok(sumi_saver_restore(saver, &step));
  assert_int_equal(step, 300);
  train(&q, 8, rest);
  assert_memory_equal(rest, whole, sizeof rest);
  sumi_saver_free(saver);
  assert_null(sumi_saver_new(q.session, directory, .format = (sumi_checkpoint_format_t)7));
  stop(&p);
  stop(&q);
}

static void what_a_killed_program_left_is_removed(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  program_t p = start(1);
  touch(directory, ".model-7.safetensors.%ld.3.new", ended_process());
  touch(directory, ".model-8.safetensors.%ld.3.new", (long)getpid());
  touch(directory, ".other-7.safetensors.%ld.3.new", ended_process());
  touch(directory, ".checkpoint.%ld.12.new", ended_process());
  touch(directory, ".checkpoint.x%.0ld.12.new", 0);
  touch(directory, "model-x.safetensors%.0ld", 0);
  touch(directory, "model-7.safetensors.old%.0ld", 0);
  assert_int_equal(file_count(directory), 7);
  sumi_saver_t *saver = sumi_saver_new(p.session, directory);
  assert_non_null(saver);
  assert_int_equal(file_count(directory), 5);
  assert_null(sumi_saver_latest(saver));
  sumi_saver_free(saver);
  stop(&p);
}

static void a_saver_that_cannot_be_says_why(void **state) {
  (void)state;
  const char *directory = temporary_directory();
  program_t p = start(1);
  assert_null(sumi_saver_new(NULL, directory));
  assert_null(sumi_saver_new(p.session, NULL));
  assert_null(sumi_saver_new(p.session, directory, .max_to_keep = -1));
  assert_null(sumi_saver_new(p.session, directory, .name = "a/b"));
  assert_non_null(strstr(sumi_error_message(), "'a/b'"));
  touch(directory, "file%.0ld", 0);
  assert_null(sumi_saver_new(p.session, path_in(directory, "file/below")));
  assert_non_null(strstr(sumi_error_message(), "/file"));
  assert_fails(sumi_saver_save(NULL, 1), SUMI_INVALID_ARGUMENT, "saver is NULL");
  assert_fails(sumi_saver_restore(NULL, NULL), SUMI_INVALID_ARGUMENT, "saver is NULL");
  sumi_saver_t *saver = sumi_saver_new(p.session, path_in(directory, "gone"));
  assert_int_equal(rmdir(path_in(directory, "gone")), 0);
  initialize(&p);
  assert_fails(sumi_saver_save(saver, 1), SUMI_NOT_FOUND, "gone");
  assert_null(sumi_saver_latest(saver));
  sumi_saver_free(saver);
  sumi_saver_free(NULL);
  stop(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_restored_run_gives_the_same_bits),
      cmocka_unit_test(texts_of_the_program_go_with_the_values),
      cmocka_unit_test(the_path_tells_the_format),
      cmocka_unit_test(the_global_step_is_the_step),
      cmocka_unit_test(damage_restores_nothing),
      cmocka_unit_test(bundles_live_without_memory),
      cmocka_unit_test(a_saver_writes_tensorflows_files),
      cmocka_unit_test(what_does_not_fit_changes_nothing),
      cmocka_unit_test(parts_and_other_names_are_restored_when_asked_for),
      cmocka_unit_test(variables_take_arrays),
      cmocka_unit_test(a_saver_keeps_the_newest_and_the_best),
      cmocka_unit_test(a_saver_restores_the_newest_that_is_whole),
      cmocka_unit_test(what_a_killed_program_left_is_removed),
      cmocka_unit_test(a_saver_that_cannot_be_says_why),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

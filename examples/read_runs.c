/* Prints the scalars of every run below a folder, whoever wrote them.      read_runs [folder] */
#include <stdio.h>
#include <sumi/logdir.h>

static void print_scalars(const char *run, const sumi_event_t *event) {
  double number;
  for (size_t i = 0; i < event->value_count; ++i)
    if (sumi_event_value_number(&event->values[i], &number) == SUMI_OK)
      printf("%s %s %lld %g\n", run, event->values[i].tag, (long long)event->step, number);
}

int main(int argc, char **argv) {
  sumi_status_t status;
  /* [reading] */
  sumi_logdir_t *logdir = sumi_logdir_open(argc > 1 ? argv[1] : "runs", &status);
  while (logdir) {
    sumi_event_t event; /* what it points to is valid until the next call */
    size_t run;
    status = sumi_logdir_next(logdir, &event, &run);
    if (status == SUMI_OK)
      print_scalars(sumi_logdir_run(logdir, run)->name, &event);
    else if (status == SUMI_DATA_LOSS) /* damage: the reading goes on behind it */
      fprintf(stderr, "%s\n", sumi_error_message());
    else
      break; /* SUMI_OUT_OF_RANGE: the end, for now */
  }
  sumi_logdir_free(logdir);
  /* [reading] */
  if (status == SUMI_OUT_OF_RANGE) return 0;
  fprintf(stderr, "%s\n", sumi_error_message());
  return 1;
}

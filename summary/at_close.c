/* What kinds leave to be done at the end. */
#include <sumi/alloc.h>

#include "writer_private.h"

struct sumi__summary_ending {
  sumi__summary_ending_t *next;
  void (*finish)(sumi_writer_t *writer, void *state);
  void (*destroy)(void *state);
  void *state;
};

sumi_status_t sumi__summary_at_close(sumi_writer_t *writer,
                                     void (*finish)(sumi_writer_t *writer, void *state),
                                     void (*destroy)(void *state), void *state) {
  sumi__summary_ending_t *ending = sumi_malloc(sizeof *ending);
  if (!ending) return sumi_fail_alloc("what is left for the end", sizeof *ending);
  *ending = (sumi__summary_ending_t){.finish = finish, .destroy = destroy, .state = state};
  pthread_mutex_lock(&writer->endings_lock);
  ending->next = writer->endings;
  writer->endings = ending;
  pthread_mutex_unlock(&writer->endings_lock);
  return SUMI_OK;
}

void sumi__summary_finish(sumi_writer_t *writer) {
  pthread_mutex_lock(&writer->endings_lock);
  sumi__summary_ending_t *endings = writer->endings;
  pthread_mutex_unlock(&writer->endings_lock);
  for (sumi__summary_ending_t *ending = endings; ending; ending = ending->next)
    if (ending->finish) ending->finish(writer, ending->state);
}

void sumi__summary_endings_release(sumi_writer_t *writer) {
  for (sumi__summary_ending_t *ending = writer->endings, *next; ending; ending = next) {
    next = ending->next;
    if (ending->destroy) ending->destroy(ending->state);
    sumi_free(ending);
  }
}

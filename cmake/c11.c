/* What the library needs of a compiler beyond C99; cmake/SumiCompiler.cmake tries it. */
#include <stdatomic.h>
#include <stdint.h>

static _Thread_local int own;
static _Atomic(int64_t) shared;

#define KIND(x) _Generic((x), int : 1, default : 0)
_Static_assert(KIND(0) == 1, "_Generic");

int main(void) {
  atomic_fetch_add(&shared, 1);
  return own + (int)atomic_load(&shared) - 1;
}

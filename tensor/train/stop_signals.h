/* SIGINT and SIGTERM while loops run that want to end well. */
#ifndef SUMI_TRAIN_STOP_SIGNALS_H
#define SUMI_TRAIN_STOP_SIGNALS_H

/* Between begin and end the first signal is noted instead of having its effect. Loops of several
 * threads share it: the first puts the handlers in, the last puts back what was there. */
void sumi__tensor_stop_signals_begin(void);
void sumi__tensor_stop_signals_end(void);

/* The signal that came since the first begin, or 0. */
int sumi__tensor_stop_signal(void);

#endif

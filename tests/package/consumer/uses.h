/* One function for each module: 0 when the module does what it should. The program is any choice of
 * them: USES is X(events) X(render) …; each function may write into a folder of its own. */
#ifndef USES_H
#define USES_H

int use_base(const char *folder);
int use_events(const char *folder);
int use_render(const char *folder);
int use_tensor(const char *folder);
int use_summary(const char *folder);
int use_summary_graph(const char *folder);

#endif

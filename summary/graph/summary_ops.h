/* What the summary ops, their constructors and the hook that runs them share. */
#ifndef SUMI_SUMMARY_GRAPH_SUMMARY_OPS_H
#define SUMI_SUMMARY_GRAPH_SUMMARY_OPS_H

#include <sumi/op_def.h>
#include <sumi/summary.h>

/* A summary op: SUMI_SUMMARY_OP(Name, options, "schema", …) is an op block (<sumi/op_def.h>) whose
 * input of dtype string is the tag and whose options are those of the writer's call, a struct's
 * type or `none`. The schema's attributes are the members that the node keeps; the build scans the
 * block and writes the constructor sumi_<api>, its reference, and the table of these members. */
#define SUMI_SUMMARY_OP(Name, options, schema, ...)                                                \
  SUMI_OP(Name, schema, .no_grad = "a summary is no number", .flags = SUMI_OP_SIDE_EFFECT,         \
          __VA_ARGS__)

/* How an attribute keeps a member of an options struct. */
typedef struct sumi__summary_graph_option {
  const char *attr, *member; /* names; {0} ends a table */
  sumi_attr_kind_t kind;     /* POINTER: has to be NULL, a graph cannot keep it */
  size_t offset, size_bytes; /* of the member */
  size_t count_offset;       /* STRINGS: of the int that says how many they are */
} sumi__summary_graph_option_t;

/* All summary ops; NULL ends them. */
extern const sumi_op_def_t *const sumi__summary_graph_ops[];

/* Makes the summary ops known, once per process. Thread-safe. */
sumi_status_t sumi__summary_graph_register_summary_ops(void);

/* Stands for an input that is a text: the tag, or what TensorFlow's op wants empty. */
#define SUMI__SUMMARY_TEXT ((sumi_tensor_t){.index = -2})

/* What the constructors do. `read` is how reading the options ended; `options` is a struct that
 * `table` is of, or NULL. */
sumi_tensor_t sumi__summary_graph_node(sumi_site_t site, const sumi_op_def_t *def, const char *tag,
                                       int input_count, const sumi_tensor_t *inputs,
                                       const sumi__summary_graph_option_t *table,
                                       sumi_status_t read, const void *options);

/* The attribute that keeps a member; false where it is as the schema says. */
bool sumi__summary_graph_write_option(const sumi__summary_graph_option_t *option,
                                      const void *options, sumi_attr_t *attr);

/* The way back, for kernels: the members in `table` from the node's attributes. */
void sumi__summary_graph_read_options(const sumi_op_t *op,
                                      const sumi__summary_graph_option_t *table, void *options);

/* The tag of a summary node, from its constant first input; NULL for nodes that are not
 * summaries. */
const char *sumi__summary_graph_summary_tag(const sumi_op_t *op);

/* Whether a node merges summaries. */
bool sumi__summary_graph_merges(const sumi_op_t *op);

/* Where the summaries of the run under way go: the session's resource of this name. */
#define SUMI__SUMMARY_SINK "sumi/summary_sink"

/* A summary that cannot be logged must not keep the others, or the training step, from being done:
 * the first failure waits here until the run is over. */
typedef struct sumi__summary_graph_summary_sink {
  sumi_writer_t *writer;
  int64_t step;
  sumi_status_t status;
  char message[SUMI_ERROR_MESSAGE_MAX]; /* of `status` */
} sumi__summary_graph_summary_sink_t;

/* In a kernel: the sink and the tag; says why when there is none. */
sumi_status_t sumi__summary_graph_summary_begin(const sumi_kernel_t *kernel,
                                                sumi__summary_graph_summary_sink_t **sink,
                                                const char **tag);

/* In a kernel: gives the tag as the node's value and keeps a failure, with the thread's last
 * message, in the sink. */
sumi_status_t sumi__summary_graph_summary_end(const sumi_kernel_t *kernel,
                                              sumi__summary_graph_summary_sink_t *sink,
                                              const char *tag, sumi_status_t status);

#endif

/* What kernels may ask for, and how failures get their node in front. */
#include "exec/plan/session.h"

#include <stdio.h>
#include <string.h>

static sumi_status_t fail_with_text(const sumi_op_t *op, sumi_status_t status, const char *text) {
  const sumi_site_t site = sumi_op_site(op);
  if (site.file)
    return sumi_fail(status, "node '%s' (%s, %s:%d): %s", op->name, op->type->def->name, site.file,
                     site.line, text);
  return sumi_fail(status, "node '%s' (%s): %s", op->name, op->type->def->name, text);
}

sumi_status_t sumi__tensor_fail_at(const sumi_op_t *op, sumi_status_t status, const char *format,
                                   ...) {
  char text[SUMI_ERROR_MESSAGE_MAX];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return fail_with_text(op, status, text);
}

sumi_status_t sumi__tensor_name_failure(const sumi_op_t *op, sumi_status_t status) {
  char text[SUMI_ERROR_MESSAGE_MAX];
  snprintf(text, sizeof text, "%s", sumi_error_message());
  return fail_with_text(op, status, text);
}

sumi_status_t sumi_kernel_fail(const sumi_kernel_t *kernel, sumi_status_t status,
                               const char *format, ...) {
  char text[SUMI_ERROR_MESSAGE_MAX];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (kernel->session) kernel->session->failure_named = true;
  return fail_with_text(kernel->op, status, text);
}

void *sumi_kernel_resource(const sumi_kernel_t *kernel, const char *name) {
  if (!name || !kernel->session) return NULL;
  for (const sumi__tensor_resource_t *r = kernel->session->resources; r; r = r->next)
    if (strcmp(r->name, name) == 0) return r->resource;
  return NULL;
}

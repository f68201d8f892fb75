/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy for deprecated and unstable parts of the interface (-compat).
 *
 * Commands, arguments, enum values and events of the schema carry features;
 * "deprecated" and "unstable" are the ones that the policy is about. Input
 * that uses such a part is accepted, refused or fatal; output of it is sent or
 * left out. The visitors for QMP, the dispatcher and the event code ask here.
 *
 * compat_policy is set while the command line is parsed, before there are
 * other threads.
 */
#ifndef QAPI_COMPAT_POLICY_H
#define QAPI_COMPAT_POLICY_H

#include "qapi/error.h"
#include "qapi/qapi-types-compat.h"
#include "qapi/qapi-types-error.h"

/* The policy in force. */
extern CompatPolicy compat_policy;

/*
 * May a client use something with these @features (a mask of 1 << QAPI_...)?
 * If @policy forbids it, returns false with an error of @error_class that
 * names it by @kind ("command", "parameter", "value") and @name. If the
 * policy is "crash", does not return.
 */
bool compat_policy_input_ok(uint64_t features, const CompatPolicy *policy,
                            ErrorClass error_class, const char *kind,
                            const char *name, Error **errp);

/*
 * Like qobject_input_visitor_new() and qobject_output_visitor_new(), but the
 * visit obeys compat_policy: input that it forbids fails, and output that it
 * hides is left out.
 */
Visitor *qobject_input_visitor_new_qmp(QObject *obj);
Visitor *qobject_output_visitor_new_qmp(QObject **result);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A visitor that builds a flat structure out of QemuOpts.
 *
 * An option given several times is a list; "1-5" in a list of integers is the
 * five of them. Nested structures are read from the same flat options. It
 * knows no alternates, no floating point, null or "any", and no virtual walk
 * over lists.
 */
#ifndef OPTS_VISITOR_H
#define OPTS_VISITOR_H

#include "qapi/visitor.h"

/* The most elements that one range may stand for. */
#define OPTS_VISITOR_RANGE_MAX 65536

typedef struct OptsVisitor OptsVisitor;

/* @opts must stay until the visitor is freed. */
Visitor *opts_visitor_new(const QemuOpts *opts);

#endif

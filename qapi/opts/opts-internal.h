/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files that implement qemu/option.h share.
 */
#ifndef OPTS_INTERNAL_H
#define OPTS_INTERNAL_H

#include "qemu/option_int.h"

/* Whether @desc describes nothing, so that any key may be set. */
static inline bool opts_accept_any(const QemuOptDesc *desc)
{
    return !desc[0].name;
}

/* The description of @name, or NULL. */
const QemuOptDesc *opt_desc_find(const QemuOptDesc *desc, const char *name);

/* Sets @opt->value from its string as its description says. */
bool opt_parse(QemuOpt *opt, Error **errp);

/* Takes @opt out of its options and frees it. */
void opt_del(QemuOpt *opt);

/* Parses an unsigned number in any base; @name is for the error. */
bool parse_option_number(const char *name, const char *value, uint64_t *ret,
                         Error **errp);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of qemu/option.h, for those visitors and tools that walk it.
 */
#ifndef QEMU_OPTION_INT_H
#define QEMU_OPTION_INT_H

#include "qemu/option.h"
#include "qemu/error-report.h"

struct QemuOpt {
    char *name;
    char *str;
    const QemuOptDesc *desc; /* NULL: not described, or not yet */
    union {
        bool boolean;
        uint64_t uint;
    } value;                 /* @str as desc->type says */
    QemuOpts *opts;
    QTAILQ_ENTRY(QemuOpt) next;
};

struct QemuOpts {
    char *id;
    QemuOptsList *list;
    Location loc;
    QTAILQ_HEAD(, QemuOpt) head;
    QTAILQ_ENTRY(QemuOpts) next;
};

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FDChardev: the base of drivers on one or two plain descriptors (stdio, file,
 * pipe, serial).
 */
#ifndef CHAR_FD_H
#define CHAR_FD_H

#include "io/channel.h"
#include "chardev/char.h"
#include "qom/object.h"

struct FDChardev {
    Chardev parent;

    QIOChannel *ioc_in, *ioc_out; /* NULL: that direction is closed */
    int max_size;                 /* what the front end took at last */
    bool eof;                     /* seen; the front end is not done yet */
};
typedef struct FDChardev FDChardev;

#define TYPE_CHARDEV_FD "chardev-fd"

DECLARE_INSTANCE_CHECKER(FDChardev, FD_CHARDEV, TYPE_CHARDEV_FD)

/* Gives the descriptors to @chr (-1: none); they become non-blocking. */
void qemu_chr_open_fd(Chardev *chr, int fd_in, int fd_out);
/* Opens @src; a descriptor, or -1 with @errp set. */
int qmp_chardev_open_file_source(char *src, int flags, Error **errp);

#endif

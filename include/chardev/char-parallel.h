/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a parallel port asks of a chardev that is one: qemu_chr_fe_ioctl(). */
#ifndef CHAR_PARALLEL_H
#define CHAR_PARALLEL_H

#include "chardev/char.h"

#define CHR_IOCTL_PP_READ_DATA       3
#define CHR_IOCTL_PP_WRITE_DATA      4
#define CHR_IOCTL_PP_READ_CONTROL    5
#define CHR_IOCTL_PP_WRITE_CONTROL   6
#define CHR_IOCTL_PP_READ_STATUS     7
#define CHR_IOCTL_PP_EPP_READ_ADDR   8
#define CHR_IOCTL_PP_EPP_READ        9
#define CHR_IOCTL_PP_EPP_WRITE_ADDR 10
#define CHR_IOCTL_PP_EPP_WRITE      11
#define CHR_IOCTL_PP_DATA_DIR       12

struct ParallelIOArg {
    void *buffer;
    int count;
};

#endif

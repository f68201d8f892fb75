/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of interface that a drive may be attached to. A machine names its
 * default in MachineClass.block_default_type.
 */
#ifndef SYSTEM_BLOCKDEV_H
#define SYSTEM_BLOCKDEV_H

typedef enum {
    IF_DEFAULT = -1, /* the machine's default, when adding a drive */
    IF_NONE = 0,     /* so that a class that sets nothing has none */
    IF_IDE,
    IF_SCSI,
    IF_FLOPPY,
    IF_PFLASH,
    IF_MTD,
    IF_SD,
    IF_VIRTIO,
    IF_XEN,
    IF_COUNT
} BlockInterfaceType;

#endif

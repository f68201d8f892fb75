/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives, as -drive has them: a backend, and where a machine connects it. A
 * board asks for the drive of its flash chip or socket with drive_get(), and
 * gives the device blk_by_legacy_dinfo() of it. A drive with if=none is for a
 * -device, which names it. All under the BQL.
 */
#ifndef SYSTEM_BLOCKDEV_H
#define SYSTEM_BLOCKDEV_H

#include "block/block.h"
#include "qemu/option.h"
#include "qemu/queue.h"

/* MachineClass.block_default_type is what if= is by default. */
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

struct DriveInfo {
    BlockInterfaceType type;
    int bus;
    int unit;
    int auto_del;    /* goes with the device that uses it */
    bool is_default; /* nobody asked for it */
    int media_cd;
    QemuOpts *opts;
    QTAILQ_ENTRY(DriveInfo) next;
};

/* The drive of a backend (NULL: not from -drive), and back. */
DriveInfo *blk_legacy_dinfo(BlockBackend *blk);
DriveInfo *blk_set_legacy_dinfo(BlockBackend *blk, DriveInfo *dinfo);
BlockBackend *blk_by_legacy_dinfo(DriveInfo *dinfo);

/* For a device that is unplugged: its drive goes as well. */
void blockdev_mark_auto_del(BlockBackend *blk);
void blockdev_auto_del(BlockBackend *blk);

/* A board may have fewer units per bus than is usual. */
void override_max_devs(BlockInterfaceType type, int max_devs);

/* The drive at a place, or NULL; an index counts over all buses. */
DriveInfo *drive_get(BlockInterfaceType type, int bus, int unit);
DriveInfo *drive_get_by_index(BlockInterfaceType type, int index);
/* The highest bus that has a drive, or -1. */
int drive_get_max_bus(BlockInterfaceType type);
/* Ends the program if a drive is connected to nothing, and says which. */
void drive_check_orphaned(void);

/* Notes a drive for later, as -drive does; NULL when @optstr is wrong. */
QemuOpts *drive_add(BlockInterfaceType type, int index, const char *file,
                    const char *optstr);
/* Makes the drive that was noted. NULL with @errp set; @arg stays then. */
DriveInfo *drive_new(QemuOpts *arg, BlockInterfaceType block_default_type,
                     Error **errp);

/* Ours: -blockdev and blockdev-add. Takes nothing of @dict. */
bool blockdev_add_dict(const QDict *dict, bool keyval, Error **errp);
bool blockdev_del(const char *node_name, Error **errp);

/* Ours: forgets all drives and closes all nodes, at the program's end. */
void blockdev_close_all(void);

extern QemuOptsList qemu_drive_opts;

#endif

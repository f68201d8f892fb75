/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ways to migrate: to another host while the guest runs; over a reboot of this
 * host; to a new emulator on this host. To be the schema's type MigMode as
 * soon as that has migration commands.
 */
#ifndef MIGRATION_MIG_MODE_H
#define MIGRATION_MIG_MODE_H

typedef enum MigMode {
    MIG_MODE_NORMAL,
    MIG_MODE_CPR_REBOOT,
    MIG_MODE_CPR_TRANSFER,
    MIG_MODE__MAX,
} MigMode;

#endif

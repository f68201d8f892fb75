/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The framing of the migration stream: what its first bytes and the bytes that
 * begin its parts are.
 */
#ifndef MIGRATION_SAVEVM_H
#define MIGRATION_SAVEVM_H

#define QEMU_VM_FILE_MAGIC          0x5145564d /* "QEVM" */
#define QEMU_VM_FILE_VERSION_COMPAT 0x00000002
#define QEMU_VM_FILE_VERSION        0x00000003

#define QEMU_VM_EOF            0x00
#define QEMU_VM_SECTION_START  0x01 /* of what is sent in rounds */
#define QEMU_VM_SECTION_PART   0x02
#define QEMU_VM_SECTION_END    0x03
#define QEMU_VM_SECTION_FULL   0x04 /* an entry that is sent once */
#define QEMU_VM_SUBSECTION     0x05 /* see migration/vmstate/vmstate.c */
#define QEMU_VM_VMDESCRIPTION  0x06
#define QEMU_VM_CONFIGURATION  0x07
#define QEMU_VM_COMMAND        0x08
#define QEMU_VM_SECTION_FOOTER 0x7e

#endif

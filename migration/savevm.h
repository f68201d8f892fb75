/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stream as a whole: framing, and going through all that is migrated.
 *
 *   magic, version, configuration (machine, capabilities, UUID)
 *   the setup                    START of RAM and the like; FULL sections of
 *                                early_setup descriptions
 *   rounds                       PARTs, in the end ENDs
 *   all other state              FULL sections
 *   EOF, then a description of all of that as JSON
 *
 * A section is a byte with its kind, its number, on the first occasion its
 * name, instance and version, then what the entry writes, then a footer with
 * the number again. Commands may stand between sections.
 *
 * The source calls the savevm_*() functions with one SaveVM in the order in
 * which they are here; the destination calls loadvm() once. With the big lock
 * where nothing else is said.
 */
#ifndef MIGRATION_SAVEVM_H
#define MIGRATION_SAVEVM_H

#include "migration/qemu-file-types.h"
#include "qapi/qapi-builtin-types.h"

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

/* Commands: two bytes each for the number and the length, then the data. */
enum qemu_vm_cmd {
    MIG_CMD_INVALID = 0,
    MIG_CMD_OPEN_RETURN_PATH, /* answer, from now on */
    MIG_CMD_PING,             /* send PONG with the same number */
    MIG_CMD_POSTCOPY_ADVISE,
    MIG_CMD_POSTCOPY_LISTEN,
    MIG_CMD_POSTCOPY_RUN,
    MIG_CMD_POSTCOPY_RAM_DISCARD,
    MIG_CMD_PACKAGED,
    MIG_CMD_ENABLE_COLO,
    MIG_CMD_POSTCOPY_RESUME,
    MIG_CMD_RECV_BITMAP,
    MIG_CMD_SWITCHOVER_START, /* the guest is stopped, devices follow */
    MIG_CMD_MAX
};

/* ---- the configuration section (savevm-config.c) ------------------------- */

typedef struct JSONWriter JSONWriter;

/* What follows QEMU_VM_CONFIGURATION. 0 or a negative errno after a message. */
int savevm_put_configuration(QEMUFile *f, JSONWriter *desc);
int loadvm_get_configuration(QEMUFile *f);

/* ---- the source (savevm-save.c) ------------------------------------------ */

typedef struct SaveVM SaveVM;

/* @f stays the caller's. */
SaveVM *savevm_new(QEMUFile *f);
void savevm_free(SaveVM *s);
/* True, and a reason, if some device or a blocker forbids it. */
bool savevm_is_blocked(Error **errp);
/* All reasons; the caller frees the list. */
strList *savevm_blocked_reasons(void);

/* Asks all entries whether they can be saved; before anything is sent. */
bool savevm_prepare(Error **errp);
void savevm_put_header(SaveVM *s);
/* Commands; without the big lock. */
void savevm_put_command(QEMUFile *f, enum qemu_vm_cmd command, uint16_t len,
                        const void *data);
/* First parts. False with @errp, as what follows. */
bool savevm_setup(SaveVM *s, Error **errp);
/*
 * A round, without the big lock: parts until the limit of the rate is reached.
 * *@finished if no entry has more.
 */
bool savevm_iterate(SaveVM *s, bool *finished, Error **errp);
/*
 * Bytes that are left, as a guess or as they are: what must go before the guest
 * runs there, and what could follow. Without the big lock.
 */
void savevm_pending(bool exact, uint64_t *must_precopy, uint64_t *can_postcopy);
/*
 * All the rest in two steps; the guest is stopped. All but the mark of the end,
 * without which no guest is loaded; then the mark and what follows it. The
 * second returns true when the mark has left, even if what follows has not:
 * false with @errp says that the guest cannot run there.
 */
bool savevm_complete_to_end(SaveVM *s, Error **errp);
bool savevm_put_end(SaveVM *s, Error **errp);
/*
 * The two halves of the first step, where they are apart: what was sent in
 * rounds, and devices. The second goes to @f, which stays the caller's.
 */
bool savevm_complete_rounds(SaveVM *s, Error **errp);
bool savevm_complete_devices(SaveVM *s, QEMUFile *f, Error **errp);

/*
 * In postcopy, instead of that: the last parts of what cannot follow; the state
 * of devices, to a file of its own; with the big lock, the guest is stopped.
 */
bool savevm_complete_rounds_for_postcopy(SaveVM *s, Error **errp);
bool savevm_put_devices(SaveVM *s, QEMUFile *f, Error **errp);
/* Then, without it, as above: a round of what follows; all the rest. */
bool savevm_iterate_postcopy(SaveVM *s, bool *finished, Error **errp);
bool savevm_complete_postcopy(SaveVM *s, Error **errp);
/* It goes on with another connection. */
void savevm_set_file(SaveVM *s, QEMUFile *f);

/* The end, however it came: entries clean up. */
void savevm_cleanup(void);

/* ---- the destination (savevm-load.c) ------------------------------------- */

/*
 * What is done with a command; @data has @len bytes. False with @errp. NULL
 * where none but harmless ones are wanted.
 */
typedef struct LoadVM LoadVM;
typedef bool LoadVMCommand(LoadVM *l, enum qemu_vm_cmd command, uint16_t len,
                           const uint8_t *data, void *opaque, Error **errp);

/* For that function: the file that is being read. */
QEMUFile *loadvm_file(LoadVM *l);
/*
 * Reads sections from @f, until it ends, or is stopped; false with @errp. Not
 * within another such.
 */
bool loadvm_package(LoadVM *l, QEMUFile *f, Error **errp);
bool loadvm_in_package(LoadVM *l);
/* Nothing more is read; the machine is complete. */
void loadvm_stop(LoadVM *l);
/* The number of the section of this name, if it has begun. */
bool loadvm_find_section(LoadVM *l, const char *idstr, uint32_t *number);
/*
 * Reads a command, behind its kind: *@data gets *@len bytes, for the caller to
 * free. False with @errp if it is none, or its length is wrong.
 */
bool loadvm_get_command(QEMUFile *f, enum qemu_vm_cmd *command, uint16_t *len,
                        uint8_t **data, Error **errp);

/*
 * Loads a stream into the machine, which must not run, and be ready to be
 * thrown away if it fails. Device state that cannot be loaded is reported by
 * those that find out why; @errp names the section. The lock is released while
 * it waits for data and for RAM.
 */
bool loadvm(QEMUFile *f, LoadVMCommand *command, void *opaque, Error **errp);

/* How many entries the source must wait for, with switchover-ack. */
unsigned savevm_switchover_acks(void);
/*
 * A device is ready for its last part; called by each of those once. 0, -EINVAL
 * if nobody waits for one, or the failure of the channel.
 */
int qemu_loadvm_approve_switchover(void);

#endif

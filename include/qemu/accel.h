/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accelerators: what runs the guest's CPUs.
 *
 * Each is a QOM type called NAME-accel; the machine has one instance of it,
 * whose properties are those of "-accel NAME,...". A machine that has no CPUs
 * needs none.
 */
#ifndef QEMU_ACCEL_H
#define QEMU_ACCEL_H

#include "qom/object.h"
#include "exec/hwaddr.h"

struct AccelState {
    Object parent_obj;

    /* Why init_machine() failed, when there is more to say than a number. */
    Error *error;
};

typedef struct AccelClass {
    ObjectClass parent_class;

    const char *name; /* for people */
    /* Starts it for @ms; a negative errno when the host cannot */
    int (*init_machine)(MachineState *ms);
    /* Called when the machine is complete and privileges are about to drop */
    void (*setup_post)(MachineState *ms, AccelState *accel);
    /* Whether the range is backed by memory for devices of the accelerator */
    bool (*has_memory)(MachineState *ms, AddressSpace *as, hwaddr start_addr,
                       hwaddr size);
    bool (*cpu_common_realize)(CPUState *cpu, Error **errp);
    void (*cpu_common_unrealize)(CPUState *cpu);
    /* The single step modes that a debugger may use, a mask */
    int (*gdbstub_supported_sstep_flags)(void);

    bool *allowed; /* set while this accelerator is in use */
    /*
     * GlobalProperty pointers that count under this accelerator; those of the
     * machine's version and the user's win over them.
     */
    GPtrArray *compat_props;
} AccelClass;

#define TYPE_ACCEL "accel"

#define ACCEL_CLASS_SUFFIX  "-" TYPE_ACCEL
#define ACCEL_CLASS_NAME(a) (a ACCEL_CLASS_SUFFIX)

#define ACCEL_CLASS(klass) \
    OBJECT_CLASS_CHECK(AccelClass, (klass), TYPE_ACCEL)
#define ACCEL(obj) OBJECT_CHECK(AccelState, (obj), TYPE_ACCEL)
#define ACCEL_GET_CLASS(obj) OBJECT_GET_CLASS(AccelClass, (obj), TYPE_ACCEL)

/* The class of accelerator @opt_name ("tcg"), or NULL. */
AccelClass *accel_find(const char *opt_name);
/* The machine's, or NULL; and its name, or NULL. */
AccelState *current_accel(void);
const char *current_accel_name(void);

/*
 * Makes @accel the accelerator of @ms and starts it. On failure @ms has none
 * and the class's init_machine result is returned.
 */
int accel_init_machine(AccelState *accel, MachineState *ms);

/*
 * Puts the operations for CPUs of this accelerator in force, and makes the CPU
 * classes fit it. Before the machine has CPUs.
 */
void accel_init_interfaces(AccelClass *ac);
/* For a CPU's instance_init: what the accelerator changes. */
void accel_cpu_instance_init(CPUState *cpu);

/* Calls setup_post of the machine's accelerator, if there is one. */
void accel_setup_post(MachineState *ms);

/* Ours: the names of all accelerators, sorted; NULL-terminated, g_strfreev. */
char **accel_list_names(void);
/* Ours: the text of "-accel help". */
GString *accel_help(void);

/*
 * The hooks of the machine's accelerator for CPUs; the check of the flags is 0
 * without an accelerator.
 */
bool accel_cpu_common_realize(CPUState *cpu, Error **errp);
void accel_cpu_common_unrealize(CPUState *cpu);
int accel_supported_gdbstub_sstep_flags(void);

#endif

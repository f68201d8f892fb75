/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Targets: one binary holds the machines of several CPU architectures.
 *
 * A machine class says which targets it belongs to (machine_class_set_target();
 * one that says nothing, like "none", belongs to all). The process may be fixed
 * to one target, by the name it was started under, and then has only that
 * target's machines; else the target follows from the machine. The names are
 * those of QEMU's SysEmuTarget. All of this is Plateau's own.
 */
#ifndef HW_TARGET_H
#define HW_TARGET_H

/*
 * The target in a program name "*-system-ARCH" (a directory does not count),
 * or NULL for another name. The string is part of @argv0.
 */
const char *target_from_argv0(const char *argv0);

/*
 * Fixes the target of this process; fails with the list of known targets when
 * @name is none. At most once, before machines are looked up.
 */
bool target_select(const char *name, Error **errp);

/* The fixed target, or NULL. */
const char *target_selected(void);

/*
 * The target of this process: the fixed one, else the one of the machine if it
 * has only one, else that of the host.
 */
const char *target_name(void);

/* The target that the host's own CPUs would be. */
const char *target_host(void);

/* For class_init: adds @target to those of @mc. */
void machine_class_set_target(MachineClass *mc, const char *target);
bool machine_class_has_target(const MachineClass *mc, const char *target);
/* For class_init, when the type cannot be called NAME-machine: what -M takes */
void machine_class_set_name(MachineClass *mc, const char *name);

/* The classes of all machines of the fixed target, or of all targets. The
 * list is the caller's, its elements are MachineClass. */
GSList *machine_classes(void);
/*
 * The machine class that "-M @name" means, by name or alias, among those of
 * the fixed target. An error when there is none, or when several targets have
 * one of that name and none is fixed; the message lists them.
 */
MachineClass *machine_find_class(const char *name, Error **errp);
/* The machine to use without -M, or NULL. */
MachineClass *machine_find_default(void);
/* The text of "-M help". */
GString *machine_help(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The emulator as a whole: start, main loop, end, and the few facts about
 * this process that devices and monitors ask for.
 */
#ifndef SYSTEM_H
#define SYSTEM_H

#include "qemu/timer.h"
#include "qemu/notify.h"
#include "qemu/uuid.h"

/*
 * qemu_init() parses the command line and brings the machine up, or prints
 * what is wrong and exits with 1. qemu_main_loop() runs until the machine is
 * to end and returns the exit status; qemu_cleanup() takes it all down.
 */
void qemu_init(int argc, char **argv);
int qemu_main_loop(void);
void qemu_cleanup(int status);
/* The parts of qemu_init() that unit tests need too. */
void qemu_init_subsystems(void);

/* -name guest=; NULL when it was not given. */
extern const char *qemu_name;
const char *qemu_get_vm_name(void);
/* -uuid; zero when it was not given. */
extern QemuUUID qemu_uuid;
extern bool qemu_uuid_set;
/* False after -S: the machine waits for "cont". */
extern int autostart;
/* False after -nodefaults. */
bool defaults_enabled(void);

/* Run at exit, under the big lock, the latest added first. */
void qemu_add_exit_notifier(Notifier *notify);
void qemu_remove_exit_notifier(Notifier *notify);

/* Run when the board stands; at once if it does already. */
void qemu_add_machine_init_done_notifier(Notifier *notify);
void qemu_remove_machine_init_done_notifier(Notifier *notify);
void qemu_run_machine_init_done_notifiers(void);

/* The character device of -serial number @i, or NULL. */
Chardev *serial_hd(int i);

/* -overcommit mem-lock=. */
typedef enum { MLOCK_OFF = 0, MLOCK_ON, MLOCK_ON_FAULT } MlockState;
extern MlockState mlock_state;
bool should_mlock(MlockState state);
bool is_mlock_on_fault(MlockState state);
/* -overcommit cpu-pm=. */
extern bool enable_cpu_pm;

/* The clock of -rtc clock=. */
extern QEMUClockType rtc_clock;

/* The option groups that more than one folder refers to by name. */
extern QemuOptsList qemu_chardev_opts; /* backends/chardev/char-opts.c */
extern QemuOptsList qemu_device_opts;  /* system/opts-lists.c */
extern QemuOptsList qemu_global_opts;  /* hw/core/qdev-globals.c */

#endif

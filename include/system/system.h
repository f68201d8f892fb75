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

/*
 * What firmware boots from (hw/core/bootdevice.c). Devices with a bootindex of
 * 0 or more are listed by it, the smallest first; fw_cfg hands the list to
 * firmware as "bootorder" at each reset. All of it under the big lock.
 *
 * Adds the property @name to @obj: it is kept in *@bootindex, which becomes
 * -1 (none). @suffix, kept by the caller, is what follows @dev's own path in
 * the list ("/disk@0,0"). A value that another device has is an error.
 */
void device_add_bootindex_property(Object *obj, int32_t *bootindex,
                                   const char *name, const char *suffix,
                                   DeviceState *dev);
/* Lists @dev, or @suffix alone without one; -1 takes it from the list. */
void add_boot_device_path(int32_t bootindex, DeviceState *dev,
                          const char *suffix);
void del_boot_device_path(DeviceState *dev, const char *suffix);
/* An error when a device has that index. */
void check_boot_index(int32_t bootindex, Error **errp);
/* The device at @position of the list, from 0; NULL past its end. */
DeviceState *get_boot_device(uint32_t position);
/*
 * The paths, a line each, "HALT" last with -boot strict=on; *@size counts the
 * final NUL. NULL and 0 when there are none. The caller frees it.
 */
char *get_boot_devices_list(size_t *size);
/* Likewise of disks with a logical geometry: path, cylinders, heads, sectors. */
void add_boot_device_lchs(DeviceState *dev, const char *suffix,
                          uint32_t lcyls, uint32_t lheads, uint32_t lsecs);
void del_boot_device_lchs(DeviceState *dev, const char *suffix);
char *get_boot_devices_lchs_list(size_t *size);

/*
 * The letters of -boot and of the monitor's boot_set: a board that can be told
 * them while it runs registers a handler; without one it is an error.
 */
typedef void QEMUBootSetHandler(void *opaque, const char *boot_order,
                                Error **errp);
void qemu_register_boot_set(QEMUBootSetHandler *func, void *opaque);
void qemu_boot_set(const char *boot_order, Error **errp);
/* Letters a to p, none twice. */
void validate_bootdevices(const char *devices, Error **errp);

/* The option groups that more than one folder refers to by name. */
extern QemuOptsList qemu_chardev_opts; /* backends/chardev/char-opts.c */
extern QemuOptsList qemu_device_opts;  /* system/opts-lists.c */
extern QemuOptsList qemu_global_opts;  /* hw/core/qdev-globals.c */

#endif

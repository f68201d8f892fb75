/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option groups of the command line and of -readconfig files.
 */
#include "qemu/osdep.h"
#include "system/numa.h"
#include "qemu/config-file.h"
#include "qemu/option.h"
#include "chardev/char.h"
#include "system/blockdev.h"
#include "system/cmdline.h"
#include "system/system.h"
#include "monitor/monitor.h"

#define OPT(n, t, h)                                                           \
    {                                                                          \
        .name = n, .type = QEMU_OPT_##t, .help = h                             \
    }

#define OPTS_HEAD(list) .head = QTAILQ_HEAD_INITIALIZER(list.head)

QemuOptsList qemu_device_opts = {
    .name = "device",
    .implied_opt_name = "driver",
    OPTS_HEAD(qemu_device_opts),
    .desc = { { 0 } }, /* any: the device's properties */
};

QemuOptsList qemu_mon_opts = {
    .name = "mon",
    .implied_opt_name = "chardev",
    OPTS_HEAD(qemu_mon_opts),
    .desc = { OPT("mode", STRING, "readline or control"),
              OPT("chardev", STRING, "character device"),
              OPT("pretty", BOOL, "indent QMP output"),
              { 0 } },
};

static QemuOptsList accel_opts = {
    .name = "accel",
    .implied_opt_name = "accel",
    OPTS_HEAD(accel_opts),
    .desc = { { 0 } },
};

static QemuOptsList name_opts = {
    .name = "name",
    .implied_opt_name = "guest",
    .merge_lists = true,
    OPTS_HEAD(name_opts),
    .desc = { OPT("guest", STRING, "name of the guest"),
              OPT("process", STRING, "name of the process"),
              OPT("debug-threads", BOOL, "name the threads"),
              { 0 } },
};

static QemuOptsList memory_opts = {
    .name = "memory",
    .implied_opt_name = "size",
    .merge_lists = true,
    OPTS_HEAD(memory_opts),
    .desc = { OPT("size", SIZE, "RAM at start"),
              OPT("slots", NUMBER, "slots for hotplug"),
              OPT("maxmem", SIZE, "RAM with all hotplugged memory"),
              { 0 } },
};

static QemuOptsList smp_opts = {
    .name = "smp-opts",
    .implied_opt_name = "cpus",
    .merge_lists = true,
    OPTS_HEAD(smp_opts),
    .desc = { OPT("cpus", NUMBER, "CPUs at start"),
              OPT("drawers", NUMBER, "drawers"),
              OPT("books", NUMBER, "books per drawer"),
              OPT("sockets", NUMBER, "sockets"),
              OPT("dies", NUMBER, "dies per socket"),
              OPT("clusters", NUMBER, "clusters per die"),
              OPT("modules", NUMBER, "modules per cluster"),
              OPT("cores", NUMBER, "cores per module"),
              OPT("threads", NUMBER, "threads per core"),
              OPT("maxcpus", NUMBER, "CPUs with all hotplugged ones"),
              { 0 } },
};

static QemuOptsList boot_opts = {
    .name = "boot-opts",
    .implied_opt_name = "order",
    .merge_lists = true,
    OPTS_HEAD(boot_opts),
    .desc = { OPT("order", STRING, "letters of devices, in order"),
              OPT("once", STRING, "the same for the first start"),
              OPT("menu", BOOL, "let the user choose"),
              OPT("splash", STRING, "picture to show"),
              OPT("splash-time", NUMBER, "how long, in ms"),
              OPT("reboot-timeout", NUMBER, "try again after so many ms"),
              OPT("strict", BOOL, "start nothing else"),
              { 0 } },
};

static QemuOptsList overcommit_opts = {
    .name = "overcommit",
    OPTS_HEAD(overcommit_opts),
    .desc = { OPT("mem-lock", STRING, "on, off or on-fault"),
              OPT("cpu-pm", BOOL, "let the guest power its CPUs down"),
              { 0 } },
};

static QemuOptsList msg_opts = {
    .name = "msg",
    OPTS_HEAD(msg_opts),
    .desc = { OPT("timestamp", BOOL, "print the time before each message"),
              OPT("guest-name", BOOL, "print the guest's name"),
              { 0 } },
};

static QemuOptsList action_opts = {
    .name = "action",
    .merge_lists = true,
    OPTS_HEAD(action_opts),
    .desc = { OPT("reboot", STRING, "reset or shutdown"),
              OPT("shutdown", STRING, "poweroff or pause"),
              OPT("panic", STRING, "pause, shutdown, exit-failure or none"),
              OPT("watchdog", STRING, "what an expired watchdog does"),
              { 0 } },
};

static QemuOptsList rtc_opts = {
    .name = "rtc",
    .implied_opt_name = "base",
    .merge_lists = true,
    OPTS_HEAD(rtc_opts),
    .desc = { OPT("base", STRING, "utc, localtime or a date"),
              OPT("clock", STRING, "host, rt or vm"),
              OPT("driftfix", STRING, "none or slew"),
              { 0 } },
};

static QemuOptsList run_with_opts = {
    .name = "run-with",
    OPTS_HEAD(run_with_opts),
    .desc = { OPT("async-teardown", BOOL, "free the memory in the background"),
              OPT("chroot", STRING, "directory to change the root to"),
              OPT("user", STRING, "user, or uid:gid, to run as"),
              { 0 } },
};

static QemuOptsList sandbox_opts = {
    .name = "sandbox",
    .implied_opt_name = "enable",
    OPTS_HEAD(sandbox_opts),
    .desc = { OPT("enable", BOOL, "refuse system calls that are not needed"),
              OPT("obsolete", STRING, "allow or deny obsolete ones"),
              OPT("elevateprivileges", STRING, "allow, deny or children"),
              OPT("spawn", STRING, "allow or deny fork and exec"),
              OPT("resourcecontrol", STRING, "allow or deny scheduling ones"),
              { 0 } },
};

void cmdline_register_lists(void)
{
    static QemuOptsList *const lists[] = {
        &qemu_chardev_opts, &qemu_device_opts, &qemu_global_opts,
        &qemu_drive_opts,   &qemu_mon_opts,     &accel_opts,       &name_opts,
        &memory_opts,       &smp_opts,         &qemu_numa_opts,
               &overcommit_opts,
        &msg_opts,          &action_opts,      &run_with_opts,
        &sandbox_opts,      &rtc_opts,
        &boot_opts,
    };

    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        qemu_add_opts(lists[i]);
    }
}

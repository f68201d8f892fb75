/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of command-line options, and the handlers that are not about the
 * machine itself.
 */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "migration/migration-init.h"
#include "monitor/interface-version.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-run-state.h"
#include "qapi/util.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
#include "qemu/guest-random.h"
#include "qemu/help_option.h"
#include "qemu/log.h"
#include "qemu/uuid.h"
#include "system/cmdline.h"
#include "system/runstate-action.h"
#include "system/system.h"
#include "trace/control.h"
#include "ui/console.h"

/* Parses @arg into the group @name; NULL and an error with a suggestion. */
static QemuOpts *parse_group(const char *name, const char *arg, Error **errp)
{
    ERRP_GUARD();
    QemuOptsList *list = qemu_find_opts(name);
    QemuOpts *opts;

    if (is_help_option(arg)) {
        qemu_opts_print_help(list, true);
        exit(EXIT_SUCCESS);
    }
    opts = qemu_opts_parse(list, arg, list->implied_opt_name != NULL, errp);
    if (!opts) {
        suggest_opts(errp, list, arg);
    }
    return opts;
}

/* -name, -uuid, messages */

static void opt_name(CmdLine *cl, const char *arg, Error **errp)
{
    QemuOpts *opts = parse_group("name", arg, errp);

    if (!opts) {
        return;
    }
    if (qemu_opt_get(opts, "process")) {
        os_set_proc_name(qemu_opt_get(opts, "process"));
    }
    qemu_thread_naming(qemu_opt_get_bool(opts, "debug-threads", false));
    qemu_name = qemu_opt_get(opts, "guest");
    error_guest_name = qemu_name;
}

static void opt_uuid(CmdLine *cl, const char *arg, Error **errp)
{
    if (qemu_uuid_parse(arg, &qemu_uuid) < 0) {
        error_setg(errp, "failed to parse UUID string: wrong format");
        return;
    }
    qemu_uuid_set = true;
}

static void opt_msg(CmdLine *cl, const char *arg, Error **errp)
{
    QemuOpts *opts = parse_group("msg", arg, errp);

    if (opts) {
        message_with_timestamp = qemu_opt_get_bool(opts, "timestamp", false);
        error_with_guestname = qemu_opt_get_bool(opts, "guest-name", false);
    }
}

/* Starting, stopping, ending */

static void opt_rtc(CmdLine *cl, const char *arg, Error **errp)
{
    parse_group("rtc", arg, errp);
}

static void opt_stopped(CmdLine *cl, const char *arg, Error **errp)
{
    cl->stopped = true;
}

/* One of each kind: the stream, and the descriptors that come before. */
static void opt_incoming(CmdLine *cl, const char *arg, Error **errp)
{
    ERRP_GUARD();
    char **to = migration_incoming_is_cpr(arg, errp) ? &cl->incoming_cpr
                                                     : &cl->incoming;

    if (!*errp) {
        g_free(*to);
        *to = g_strdup(arg);
    }
}

static void opt_only_migratable(CmdLine *cl, const char *arg, Error **errp)
{
    only_migratable = 1;
}

static void opt_preconfig(CmdLine *cl, const char *arg, Error **errp)
{
    cl->preconfig = true;
}

static void opt_seed(CmdLine *cl, const char *arg, Error **errp)
{
    qemu_guest_random_seed_main(arg, errp);
}

static void opt_gdb(CmdLine *cl, const char *arg, Error **errp)
{
    g_free(cl->gdb);
    cl->gdb = g_strdup(arg);
    loc_save(&cl->gdb_loc);
}

static void opt_gdb_default(CmdLine *cl, const char *arg, Error **errp)
{
    opt_gdb(cl, "tcp::1234", errp);
}

static void opt_no_reboot(CmdLine *cl, const char *arg, Error **errp)
{
    reboot_action = REBOOT_ACTION_SHUTDOWN;
}

static void opt_no_shutdown(CmdLine *cl, const char *arg, Error **errp)
{
    shutdown_action = SHUTDOWN_ACTION_PAUSE;
}

/* One key of -action; false with an error when its value is unknown. */
static bool action_value(QemuOpts *opts, const char *key,
                         const QEnumLookup *lookup, int *value, Error **errp)
{
    const char *text = qemu_opt_get(opts, key);
    int v;

    if (!text) {
        return true;
    }
    v = qapi_enum_parse(lookup, text, -1, NULL);
    if (v < 0) {
        error_setg(errp, "Parameter '%s' does not accept value '%s'", key,
                   text);
        return false;
    }
    *value = v;
    return true;
}

static void opt_action(CmdLine *cl, const char *arg, Error **errp)
{
    QemuOpts *opts = parse_group("action", arg, errp);
    int reboot = reboot_action, shutdown = shutdown_action;
    int panic = panic_action, watchdog = -1;

    if (!opts ||
        !action_value(opts, "reboot", &RebootAction_lookup, &reboot, errp) ||
        !action_value(opts, "shutdown", &ShutdownAction_lookup, &shutdown,
                      errp) ||
        !action_value(opts, "panic", &PanicAction_lookup, &panic, errp) ||
        !action_value(opts, "watchdog", &WatchdogAction_lookup, &watchdog,
                      errp)) {
        return;
    }
    qmp_set_action(true, reboot, true, shutdown, true, panic, watchdog >= 0,
                   MAX(watchdog, 0), errp);
}

static void opt_watchdog_action(CmdLine *cl, const char *arg, Error **errp)
{
    int action = qapi_enum_parse(&WatchdogAction_lookup, arg, -1, errp);

    if (action >= 0) {
        qmp_watchdog_set_action(action, errp);
    }
}

/* Character devices and monitors */

static void opt_chardev(CmdLine *cl, const char *arg, Error **errp)
{
    QemuOpts *opts = qemu_opts_parse(&qemu_chardev_opts, arg, true, errp);

    if (opts && is_help_option(qemu_opt_get(opts, "backend") ?: "")) {
        /* Prints the backends and returns nothing. */
        qemu_chr_new_from_opts(opts, NULL, errp);
        exit(EXIT_SUCCESS);
    }
}

static void add_chardev_option(CmdLine *cl, int kind, const char *arg)
{
    ChardevOption *o = g_new0(ChardevOption, 1);

    o->kind = kind;
    o->arg = g_strdup(arg);
    loc_save(&o->loc);
    g_ptr_array_add(cl->chardevs, o);
}

static void opt_serial(CmdLine *cl, const char *arg, Error **errp)
{
    cl->have_serial = true;
    add_chardev_option(cl, DEV_SERIAL, arg);
}

static void opt_monitor(CmdLine *cl, const char *arg, Error **errp)
{
    cl->have_monitor = true;
    if (strcmp(arg, "none")) {
        add_chardev_option(cl, DEV_MONITOR, arg);
    }
}

static void opt_qmp(CmdLine *cl, const char *arg, Error **errp)
{
    cl->have_monitor = true;
    add_chardev_option(cl, DEV_QMP, arg);
}

static void opt_qmp_pretty(CmdLine *cl, const char *arg, Error **errp)
{
    cl->have_monitor = true;
    add_chardev_option(cl, DEV_QMP_PRETTY, arg);
}

static void opt_mon(CmdLine *cl, const char *arg, Error **errp)
{
    cl->have_monitor = true;
    parse_group("mon", arg, errp);
}

static void opt_echr(CmdLine *cl, const char *arg, Error **errp)
{
    uint64_t value;

    if (qemu_strtou64(arg, NULL, 0, &value) || value > 255) {
        error_setg(errp, "Bad argument to echr: the code of a character is "
                         "needed, as 0x14 for Ctrl-T");
        return;
    }
    term_escape_char = value;
}

/* What no machine here has is easily left out: scripts ask for that. */
static void opt_no_such_device(CmdLine *cl, const char *arg, Error **errp)
{
    if (strcmp(arg, "none")) {
        error_setg(errp, "'none' is all that the machines here have of these");
    }
}

/* Display */

static void opt_display(CmdLine *cl, const char *arg, Error **errp)
{
    if (is_help_option(arg)) {
        qemu_display_help();
        exit(EXIT_SUCCESS);
    }
    if (display_parse(arg, errp)) {
        g_free(cl->display);
        cl->display = g_strdup(arg);
    }
}

static void opt_vnc(CmdLine *cl, const char *arg, Error **errp)
{
    vnc_parse(arg, errp);
}

static void opt_nographic(CmdLine *cl, const char *arg, Error **errp)
{
    cl->nographic = true;
}

static void opt_nodefaults(CmdLine *cl, const char *arg, Error **errp)
{
    cl->nodefaults = true;
}

static void opt_no_user_config(CmdLine *cl, const char *arg, Error **errp)
{
    /* cmdline_parse() has looked for it before anything else. */
}

static void opt_readconfig(CmdLine *cl, const char *arg, Error **errp)
{
    cmdline_read_config(cl, arg, errp);
}

/* Logging and tracing */

static void opt_log(CmdLine *cl, const char *arg, Error **errp)
{
    if (is_help_option(arg)) {
        qemu_print_log_usage(stdout);
        exit(EXIT_SUCCESS);
    }
    if (!qemu_str_to_log_mask(arg)) {
        error_setg(errp, "'%s' is not a list of log items; -d help lists them",
                   arg);
        return;
    }
    g_free(cl->log_mask);
    cl->log_mask = g_strdup(arg);
}

static void opt_logfile(CmdLine *cl, const char *arg, Error **errp)
{
    g_free(cl->log_file);
    cl->log_file = g_strdup(arg);
}

static void opt_dfilter(CmdLine *cl, const char *arg, Error **errp)
{
    qemu_set_dfilter_ranges(arg, errp);
}

static void opt_trace(CmdLine *cl, const char *arg, Error **errp)
{
    if (is_help_option(arg)) {
        trace_list_events(stdout);
        exit(EXIT_SUCCESS);
    }
    trace_opt_parse(arg);
}

static void opt_qtest(CmdLine *cl, const char *arg, Error **errp)
{
    g_free(cl->qtest);
    cl->qtest = g_strdup(arg);
}

static void opt_qtest_log(CmdLine *cl, const char *arg, Error **errp)
{
    g_free(cl->qtest_log);
    cl->qtest_log = g_strdup(arg);
}

/* This process */

static void opt_pidfile(CmdLine *cl, const char *arg, Error **errp)
{
    g_free(cl->pidfile);
    cl->pidfile = g_strdup(arg);
}

static void opt_daemonize(CmdLine *cl, const char *arg, Error **errp)
{
    cl->daemonize = true;
}

static void opt_overcommit(CmdLine *cl, const char *arg, Error **errp)
{
    QemuOpts *opts = parse_group("overcommit", arg, errp);
    const char *lock;

    if (!opts) {
        return;
    }
    enable_cpu_pm = qemu_opt_get_bool(opts, "cpu-pm", enable_cpu_pm);
    lock = qemu_opt_get(opts, "mem-lock");
    if (!lock) {
        return;
    }
    if (!strcmp(lock, "on-fault")) {
        mlock_state = MLOCK_ON_FAULT;
    } else if (!strcmp(lock, "on") || !strcmp(lock, "off")) {
        mlock_state = !strcmp(lock, "on") ? MLOCK_ON : MLOCK_OFF;
    } else {
        error_setg(errp,
                   "parameter 'mem-lock' expects 'on', 'off' or "
                   "'on-fault', not '%s'",
                   lock);
    }
}

static void opt_sandbox(CmdLine *cl, const char *arg, Error **errp)
{
    parse_group("sandbox", arg, errp);
}

static void opt_run_with(CmdLine *cl, const char *arg, Error **errp)
{
    QemuOpts *opts = parse_group("run-with", arg, errp);
    const char *s;

    if (!opts) {
        return;
    }
    if (qemu_opt_get_bool(opts, "async-teardown", false)) {
        error_setg(errp, "async-teardown=on is not supported; leave it out");
        return;
    }
    s = qemu_opt_get(opts, "chroot");
    if (s) {
        g_free(cl->chroot_dir);
        cl->chroot_dir = g_strdup(s);
    }
    s = qemu_opt_get(opts, "user");
    if (s) {
        os_set_runas(s, errp);
    }
}

static void opt_help(CmdLine *cl, const char *arg, Error **errp)
{
    cmdline_print_help();
    exit(EXIT_SUCCESS);
}

static void opt_version(CmdLine *cl, const char *arg, Error **errp)
{
    printf("QEMU emulator version %s (Plateau " PLATEAU_VERSION ")\n"
           "Plateau is free software: GPL-2.0-or-later\n",
           INTERFACE_VERSION);
    exit(EXIT_SUCCESS);
}

#define GROUP(title)                                                           \
    {                                                                          \
        NULL, NULL, NULL, title, NULL                                          \
    }

const CmdOption cmdline_options[] = {
    GROUP("General options"),
    { "help", "h", opt_help, NULL, "print this and exit" },
    { "version", NULL, opt_version, NULL, "print the version and exit" },
    { "machine", "M", opt_machine, "[type=]NAME[,PROPERTY=VALUE...]",
      "the machine; 'help' lists them, NAME,help lists its properties" },
    { "accel", NULL, opt_accel, "[accel=]NAME[,PROPERTY=VALUE...]",
      "what runs the CPUs; give it several times for a list of choices" },
    { "enable-kvm", NULL, opt_enable_kvm, NULL, "short for -accel kvm" },
    { "cpu", NULL, opt_cpu, "MODEL[,PROPERTY=VALUE...]",
      "the CPU model; 'help' lists them" },
    { "smp", NULL, opt_smp,
      "[cpus=]N[,maxcpus=N][,sockets=N][,dies=N][,clusters=N][,cores=N]"
      "[,threads=N]",
      "the number of CPUs and how they sit in sockets" },
    { "numa", NULL, opt_numa,
      "node[,nodeid=N][,cpus=FIRST[-LAST]][,memdev=ID][,initiator=N] | "
      "dist,src=N,dst=N,val=N | cpu,node-id=N[,socket-id=N][,core-id=N]"
      "[,thread-id=N] | hmat-lb,... | hmat-cache,...",
      "the guest's NUMA nodes, their distances and CPUs" },
    { "m", NULL, opt_memory, "[size=]MEGS[,slots=N,maxmem=SIZE]",
      "RAM at start (MiB, or with a suffix), and what may be plugged" },
    { "mem-path", NULL, opt_mem_path, "PATH",
      "take RAM from this file, or from a new one in this directory" },
    { "mem-prealloc", NULL, opt_mem_prealloc, NULL,
      "take all RAM from the host at start" },
    { "name", NULL, opt_name, "NAME[,process=NAME][,debug-threads=on|off]",
      "the name of the guest, of the process, and of its threads" },
    { "uuid", NULL, opt_uuid, "UUID", "the machine's UUID" },
    { "rtc", NULL, opt_rtc,
      "[base=utc|localtime|DATE][,clock=host|rt|vm][,driftfix=none|slew]",
      "the date that the machine's clock has, and what it follows" },
    { "gdb", NULL, opt_gdb, "DEV", "wait for gdb on a character device" },
    { "s", NULL, opt_gdb_default, NULL, "short for -gdb tcp::1234" },
    { "S", NULL, opt_stopped, NULL,
      "do not start the machine: wait for 'cont' in a monitor" },
    { "preconfig", NULL, opt_preconfig, NULL,
      "do not make the machine: wait for 'x-exit-preconfig' in a monitor" },
    { "incoming", NULL, opt_incoming, "URI|defer",
      "wait for a guest to be migrated here: from tcp:HOST:PORT, unix:PATH,\n"
      "fd:NUMBER, exec:COMMAND or file:PATH[,offset=N]; 'defer': as a monitor\n"
      "says later" },
    { "only-migratable", NULL, opt_only_migratable, NULL,
      "refuse what would keep the guest from being migrated" },
    { "seed", NULL, opt_seed, "NUMBER",
      "random numbers for the guest that repeat: the device tree's rng-seed" },

    GROUP("What the machine starts"),
    { "kernel", NULL, opt_kernel, "FILE",
      "a kernel: ELF, Linux's Image (also packed), uImage" },
    { "initrd", NULL, opt_initrd, "FILE", "the kernel's initial ramdisk" },
    { "append", NULL, opt_append, "TEXT", "the kernel's command line" },
    { "dtb", NULL, opt_dtb, "FILE", "a device tree in place of the machine's" },
    { "bios", NULL, opt_bios, "FILE|default|none", "the firmware" },
    { "L", NULL, opt_data_dir, "DIR",
      "look for firmware here first; 'help' lists all folders" },
    { "fw_cfg", NULL, opt_fw_cfg, "[name=]NAME,file=FILE|string=TEXT|gen_id=ID",
      "a file for the firmware or the kernel in the guest" },
    { "boot", NULL, opt_boot,
      "[order=]DRIVES[,once=DRIVES][,menu=on|off][,splash=FILE]"
      "[,splash-time=MS][,reboot-timeout=MS][,strict=on|off]",
      "what the firmware of a PC looks for" },

    GROUP("Objects and devices"),
    { "object", NULL, opt_object, "TYPE,id=ID[,PROPERTY=VALUE...] or JSON",
      "make an object; 'help' lists the types, TYPE,help its properties" },
    { "device", NULL, opt_device, "DRIVER[,id=ID][,PROPERTY=VALUE...] or JSON",
      "add a device; 'help' lists them, DRIVER,help its properties" },
    { "global", NULL, opt_global, "DRIVER.PROPERTY=VALUE",
      "the default of a property of a type" },
    { "set", NULL, opt_set, "GROUP.ID.PROPERTY=VALUE",
      "a property of what has been named by an option -GROUP id=ID" },
    { "nodefaults", NULL, opt_nodefaults, NULL,
      "leave out the devices that nobody asked for" },

    GROUP("Block devices"),
    { "drive", NULL, opt_drive,
      "[file=FILE][,if=TYPE][,format=raw][,id=ID][,OPTION=VALUE...]",
      "an image for a device; 'help' lists the options" },
    { "blockdev", NULL, opt_blockdev,
      "[driver=]DRIVER,node-name=NAME[,OPTION=VALUE...] or JSON",
      "make a block node; 'help' lists the drivers" },
    { "pflash", NULL, opt_pflash, "FILE",
      "the image of the next parallel flash" },

    GROUP("Character devices and monitors"),
    { "chardev", NULL, opt_chardev, "BACKEND,id=ID[,OPTION=VALUE...]",
      "make a character device; 'help' lists the backends" },
    { "serial", NULL, opt_serial, "DEV", "connect a serial port" },
    { "parallel", NULL, opt_no_such_device, "none", "no parallel port" },
    { "echr", NULL, opt_echr, "CODE",
      "the character that -nographic takes for Ctrl-A" },
    { "monitor", NULL, opt_monitor, "DEV", "an HMP monitor, or 'none'" },
    { "qmp", NULL, opt_qmp, "DEV", "a QMP monitor" },
    { "qmp-pretty", NULL, opt_qmp_pretty, "DEV",
      "a QMP monitor that indents its output" },
    { "mon", NULL, opt_mon,
      "[chardev=]ID[,mode=readline|control][,pretty=on|off]",
      "a monitor on a character device" },

    GROUP("Display"),
    { "display", NULL, opt_display, "TYPE", "the display; 'help' lists them" },
    { "vnc", NULL, opt_vnc,
      "[HOST]:DISPLAY|unix:PATH|none[,id=ID][,password=on|off]"
      "[,password-secret=ID][,display=ID][,head=N]"
      "[,share=allow-exclusive|force-shared|ignore][,to=N]",
      "show screens to VNC clients: -vnc help" },
    { "vga", NULL, opt_no_such_device, "none", "no graphics card" },
    { "audio", NULL, opt_no_such_device, "none", "no sound" },
    { "nographic", NULL, opt_nographic, NULL,
      "serial port and monitor on the terminal (Ctrl-A h for help)" },

    GROUP("Network"),
    { "net", NULL, opt_no_such_device, "none", "no network card" },
    { "nic", NULL, opt_no_such_device, "none", "no network card" },

    GROUP("Start, stop and end"),
    { "no-reboot", NULL, opt_no_reboot, NULL, "end instead of rebooting" },
    { "no-shutdown", NULL, opt_no_shutdown, NULL,
      "stop before shutting down, do not end" },
    { "action", NULL, opt_action,
      "[reboot=reset|shutdown][,shutdown=poweroff|pause]"
      "[,panic=pause|shutdown|exit-failure|none]"
      "[,watchdog=reset|shutdown|poweroff|inject-nmi|pause|debug|none]",
      "what the guest's reboot, shutdown, panic and watchdog lead to" },
    { "watchdog-action", NULL, opt_watchdog_action,
      "reset|shutdown|poweroff|inject-nmi|pause|debug|none",
      "what a watchdog of the guest leads to; the same as -action watchdog=" },

    GROUP("This process"),
    { "daemonize", NULL, opt_daemonize, NULL, "go to the background when up" },
    { "pidfile", NULL, opt_pidfile, "FILE", "write the process id to FILE" },
    { "run-with", NULL, opt_run_with, "[chroot=DIR][,user=NAME|UID:GID]",
      "change root and user once everything is opened" },
    { "overcommit", NULL, opt_overcommit,
      "[mem-lock=on|off|on-fault][,cpu-pm=on|off]",
      "lock memory; give idle CPUs to the guest" },
    { "sandbox", NULL, opt_sandbox,
      "on|off[,obsolete=allow|deny][,elevateprivileges=allow|deny|children]"
      "[,spawn=allow|deny][,resourcecontrol=allow|deny]",
      "refuse system calls that are not needed" },

    GROUP("Messages, configuration"),
    { "d", NULL, opt_log, "ITEM[,...]",
      "log items; 'help' lists them, trace:GLOB enables trace events" },
    { "D", NULL, opt_logfile, "FILE", "where the log goes (%d: process id)" },
    { "dfilter", NULL, opt_dfilter, "RANGE[,...]",
      "log only what concerns these addresses" },
    { "trace", NULL, opt_trace, "[[enable=]GLOB][,events=FILE][,file=FILE]",
      "enable trace events; 'help' lists them" },
    { "qtest", NULL, opt_qtest, "DEV",
      "let a test play the CPUs, in the protocol of QEMU's qtest" },
    { "qtest-log", NULL, opt_qtest_log, "FILE",
      "where the log of -qtest goes, or 'none'; by default to stderr" },
    { "msg", NULL, opt_msg, "[timestamp=on|off][,guest-name=on|off]",
      "what error messages begin with" },
    { "readconfig", NULL, opt_readconfig, "FILE", "read options from FILE" },
    { "no-user-config", NULL, opt_no_user_config, NULL,
      "leave out the configuration file of this system" },
    { 0 },
};

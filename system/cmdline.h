/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line: what was asked for, and the table of options.
 *
 * Parsing (cmdline.c) walks argv once and calls one small handler per option
 * (options.c, options-chardev.c, ...), which notes in a CmdLine what is
 * wanted. Nothing is created before all of it is parsed; init.c then does
 * that in the order in which things need each other.
 */
#ifndef SYSTEM_CMDLINE_H
#define SYSTEM_CMDLINE_H

#include "qobject/qdict.h"
#include "qemu/error-report.h"
#include "qemu/option.h"

/* A character device made from the argument of -serial, -monitor or -qmp. */
typedef struct ChardevOption {
    enum { DEV_SERIAL, DEV_MONITOR, DEV_QMP, DEV_QMP_PRETTY } kind;
    char *arg;
    Location loc;
} ChardevOption;

/* One -object or JSON -device, with where it stands for error messages. */
typedef struct DictOption {
    QDict *dict;
    char *arg;
    Location loc;
} DictOption;

typedef struct CmdLine {
    QDict *machine;          /* -machine, -smp, -m ... as its properties */
    char *accel;             /* the accel= of -machine */
    char *cpu;               /* -cpu */
    char *ram_memdev;        /* the memory-backend= of -machine */
    char *mem_path;          /* -mem-path */
    bool mem_prealloc;       /* -mem-prealloc */
    GPtrArray *objects;      /* DictOption */
    GPtrArray *json_devices; /* DictOption */
    GPtrArray *chardevs;     /* ChardevOption, in order */
    char *log_file;
    char *log_mask;
    char *pidfile;
    char *chroot_dir;
    char *qtest;             /* -qtest and -qtest-log */
    char *qtest_log;
    char *gdb;               /* -gdb and -s */
    Location gdb_loc;
    char *display;           /* -display's type, NULL for the default */
    bool nographic;
    bool daemonize;
    bool nodefaults;
    bool stopped;            /* -S */
    char *incoming;          /* -incoming, the last one */
    char *incoming_cpr;      /* ... with a channel of that type */
    bool preconfig;
    bool have_serial;        /* any -serial, -monitor/-qmp/-mon: no defaults */
    bool have_monitor;
} CmdLine;

typedef struct CmdOption {
    const char *name;     /* without the dash; NULL ends a group's title */
    const char *alias;    /* a second spelling, or NULL */
    void (*handle)(CmdLine *cl, const char *arg, Error **errp);
    const char *synopsis; /* the argument, or NULL where it takes none */
    const char *help;     /* lines separated by \n */
} CmdOption;

/* The table, in the order of --help; a title has a synopsis only. */
extern const CmdOption cmdline_options[];
/* The option that is spelt @name, or NULL. */
const CmdOption *cmdline_find_option(const char *name);

/*
 * Parses @argv into @cl, reading configuration files where they are asked
 * for; prints what is wrong and exits with 1. -help and `help` as a value
 * print to stdout and exit with 0.
 */
void cmdline_parse(CmdLine *cl, int argc, char **argv);
/* Prints @err, its hint too, as one line, and exits with 1. Frees it. */
void QEMU_NORETURN cmdline_fail(Error *err);
void cmdline_free(CmdLine *cl);
void cmdline_print_help(void);

/* Registers the QemuOptsLists that the options and query-... use. */
void cmdline_register_lists(void);

/* Reads a file in the syntax of -readconfig into the lists and @cl. */
void cmdline_read_config(CmdLine *cl, const char *path, Error **errp);

/* More handlers than fit one file. */
void opt_object(CmdLine *cl, const char *arg, Error **errp);
void opt_device(CmdLine *cl, const char *arg, Error **errp);
void opt_global(CmdLine *cl, const char *arg, Error **errp);
void opt_set(CmdLine *cl, const char *arg, Error **errp);
void opt_machine(CmdLine *cl, const char *arg, Error **errp);
void opt_accel(CmdLine *cl, const char *arg, Error **errp);
void opt_enable_kvm(CmdLine *cl, const char *arg, Error **errp);
void opt_cpu(CmdLine *cl, const char *arg, Error **errp);
void opt_memory(CmdLine *cl, const char *arg, Error **errp);
void opt_mem_path(CmdLine *cl, const char *arg, Error **errp);
void opt_mem_prealloc(CmdLine *cl, const char *arg, Error **errp);
void opt_numa(CmdLine *cl, const char *arg, Error **errp);
void opt_smp(CmdLine *cl, const char *arg, Error **errp);
void opt_boot(CmdLine *cl, const char *arg, Error **errp);

/* options-boot.c: what the machine starts. */
void opt_kernel(CmdLine *cl, const char *arg, Error **errp);
void opt_initrd(CmdLine *cl, const char *arg, Error **errp);
void opt_append(CmdLine *cl, const char *arg, Error **errp);
void opt_dtb(CmdLine *cl, const char *arg, Error **errp);
void opt_bios(CmdLine *cl, const char *arg, Error **errp);
void opt_data_dir(CmdLine *cl, const char *arg, Error **errp);
void opt_fw_cfg(CmdLine *cl, const char *arg, Error **errp);
/* Of the machine's options, before its board is made: do they go together? */
void boot_check_options(void);
/* -fw_cfg, when there is a board. */
void boot_add_fw_cfg_items(void);
/* -machine dumpdtb=, when all is there: ends the process. */
void boot_dump_dtb(void);

/*
 * Adds ", did you mean 'x'?" to @err where a name in it is close to one that
 * would have been right. suggest.c.
 */
void suggest_option(Error **errp, const char *name);
void suggest_machine(Error **errp, const char *type);
void suggest_type(Error **errp, const char *type, const char *base);
void suggest_property(Error **errp, const char *type, const QDict *props);
void suggest_opts(Error **errp, const QemuOptsList *list, const char *arg);

/* os-posix.c */
void os_setup_early_signal_handling(void);
void os_setup_signal_handling(void);
void os_daemonize(void);
void os_setup_post(const CmdLine *cl);
bool os_set_runas(const char *user, Error **errp);
void os_apply_chroot_and_runas(const CmdLine *cl, Error **errp);
bool os_mlock(bool on_fault, Error **errp);

/* options-block.c */
void opt_blockdev(CmdLine *cl, const char *arg, Error **errp);
void opt_drive(CmdLine *cl, const char *arg, Error **errp);
void opt_pflash(CmdLine *cl, const char *arg, Error **errp);
/* Makes them; exits with a message when one cannot be made. */
void block_make_all(void);

/* rtc.c: applies -rtc, or its defaults where @opts has none. */
void rtc_configure(QemuOpts *opts, Error **errp);

/* seccomp.c */
void seccomp_setup(QemuOpts *opts, Error **errp);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that say what the machine starts: kernel, firmware, where they
 * are looked for, and what the firmware is told.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/nvram/fw_cfg.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/datadir.h"
#include "qemu/help_option.h"
#include "system/cmdline.h"
#include "system/device_tree.h"

/* Each is a property of the machine; the last one counts. */
void opt_kernel(CmdLine *cl, const char *arg, Error **errp)
{
    qdict_put_str(cl->machine, "kernel", arg);
}

void opt_initrd(CmdLine *cl, const char *arg, Error **errp)
{
    qdict_put_str(cl->machine, "initrd", arg);
}

void opt_append(CmdLine *cl, const char *arg, Error **errp)
{
    qdict_put_str(cl->machine, "append", arg);
}

void opt_dtb(CmdLine *cl, const char *arg, Error **errp)
{
    qdict_put_str(cl->machine, "dtb", arg);
}

void opt_bios(CmdLine *cl, const char *arg, Error **errp)
{
    qdict_put_str(cl->machine, "firmware", arg);
}

void opt_data_dir(CmdLine *cl, const char *arg, Error **errp)
{
    if (is_help_option(arg)) {
        qemu_add_default_firmwarepath();
        qemu_list_data_dirs();
        exit(EXIT_SUCCESS);
    }
    qemu_add_data_dir(g_strdup(arg));
}

/* ---- -fw_cfg ------------------------------------------------------------- */

static QemuOptsList fw_cfg_opts = {
    .name = "fw_cfg",
    .implied_opt_name = "name",
    .head = QTAILQ_HEAD_INITIALIZER(fw_cfg_opts.head),
    .desc = { { .name = "name",
                .type = QEMU_OPT_STRING,
                .help = "name of the file for the firmware" },
              { .name = "file",
                .type = QEMU_OPT_STRING,
                .help = "file with its content" },
              { .name = "string",
                .type = QEMU_OPT_STRING,
                .help = "its content" },
              { .name = "gen_id",
                .type = QEMU_OPT_STRING,
                .help = "id of the object that generates its content" },
              { 0 } },
};

static void register_fw_cfg_opts(void)
{
    qemu_add_opts(&fw_cfg_opts);
}

opts_init(register_fw_cfg_opts);

void opt_fw_cfg(CmdLine *cl, const char *arg, Error **errp)
{
    if (is_help_option(arg)) {
        qemu_opts_print_help(&fw_cfg_opts, true);
        exit(EXIT_SUCCESS);
    }
    if (!qemu_opts_parse(&fw_cfg_opts, arg, true, errp)) {
        suggest_opts(errp, &fw_cfg_opts, arg);
    }
}

static int add_fw_cfg_item(void *opaque, QemuOpts *opts, Error **errp)
{
    Error *err = NULL;

    if (!fw_cfg_add_user_item(fw_cfg_find(), qemu_opt_get(opts, "name"),
                              qemu_opt_get(opts, "file"),
                              qemu_opt_get(opts, "string"),
                              qemu_opt_get(opts, "gen_id"), &err)) {
        cmdline_fail(err);
    }
    return 0;
}

/* ---- in time ------------------------------------------------------------- */

void boot_check_options(void)
{
    MachineState *ms = current_machine;
    Error *err = NULL;

    if (ms->kernel_filename) {
        return;
    }
    if (ms->kernel_cmdline && *ms->kernel_cmdline) {
        error_setg(&err, "-append only allowed with -kernel option");
    } else if (ms->initrd_filename) {
        error_setg(&err, "-initrd only allowed with -kernel option");
    }
    if (err) {
        cmdline_fail(err);
    }
}

void boot_add_fw_cfg_items(void)
{
    qemu_opts_foreach(&fw_cfg_opts, add_fw_cfg_item, NULL, &error_abort);
}

void boot_dump_dtb(void)
{
    MachineState *ms = current_machine;
    Error *err = NULL;

    if (!ms->dumpdtb) {
        return;
    }
    if (!ms->fdt) {
        error_setg(&err, "This machine doesn't have an FDT");
        cmdline_fail(err);
    }
    if (!device_tree_dump(ms->fdt, ms->dumpdtb, &err)) {
        cmdline_fail(err);
    }
    exit(EXIT_SUCCESS);
}

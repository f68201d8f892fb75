/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -blockdev, -drive, -pflash: noted in order, made before the machine. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/help_option.h"
#include "qemu/keyval.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "system/blockdev.h"
#include "system/cmdline.h"

typedef struct BlockdevOption {
    QDict *dict;
    bool keyval;
    Location loc;
} BlockdevOption;

static GPtrArray *blockdevs;

static void free_blockdev(gpointer p)
{
    BlockdevOption *o = p;

    qobject_unref(o->dict);
    g_free(o);
}

void opt_blockdev(CmdLine *cl, const char *arg, Error **errp)
{
    g_autofree BlockdevOption *o = g_new0(BlockdevOption, 1);
    QObject *obj;
    bool help = false;

    o->keyval = *arg != '{';
    if (o->keyval) {
        o->dict = keyval_parse(arg, "driver", &help, errp);
        if (help || is_help_option(arg)) {
            printf("Drivers: file, host_device, null-aio, null-co, raw\n");
            exit(EXIT_SUCCESS);
        }
    } else {
        obj = qobject_from_json(arg, errp);
        o->dict = qobject_to(QDict, obj);
        if (obj && !o->dict) {
            qobject_unref(obj);
            error_setg(errp, "JSON object expected");
        }
    }
    if (!o->dict) {
        return;
    }
    loc_save(&o->loc);
    if (!blockdevs) {
        blockdevs = g_ptr_array_new_with_free_func(free_blockdev);
    }
    g_ptr_array_add(blockdevs, g_steal_pointer(&o));
}

void opt_drive(CmdLine *cl, const char *arg, Error **errp)
{
    ERRP_GUARD();

    if (is_help_option(arg)) {
        qemu_opts_print_help(&qemu_drive_opts, true);
        exit(EXIT_SUCCESS);
    }
    if (!qemu_opts_parse(&qemu_drive_opts, arg, false, errp)) {
        suggest_opts(errp, &qemu_drive_opts, arg);
    }
}

void opt_pflash(CmdLine *cl, const char *arg, Error **errp)
{
    drive_add(IF_PFLASH, -1, arg, "");
}

static int make_drive(void *opaque, QemuOpts *opts, Error **errp)
{
    BlockInterfaceType *type = opaque;
    Error *err = NULL;

    if (!drive_new(opts, *type, &err)) {
        cmdline_fail(err);
    }
    return 0;
}

void block_make_all(void)
{
    BlockInterfaceType type =
        MACHINE_GET_CLASS(current_machine)->block_default_type;
    Error *err = NULL;

    for (guint i = 0; blockdevs && i < blockdevs->len; i++) {
        BlockdevOption *o = g_ptr_array_index(blockdevs, i);

        loc_push_restore(&o->loc);
        if (!blockdev_add_dict(o->dict, o->keyval, &err)) {
            cmdline_fail(err);
        }
        loc_pop(&o->loc);
    }
    g_clear_pointer(&blockdevs, g_ptr_array_unref);
    qemu_opts_foreach(&qemu_drive_opts, make_drive, &type, &error_abort);
}

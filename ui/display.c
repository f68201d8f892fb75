/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kinds of displays, and -display: see include/ui/console.h. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-ui.h"
#include "qapi/qobject-input-visitor.h"
#include "qemu/cutils.h"
#include "qemu/module.h"
#include "ui/console.h"

#define TEXT_CHARDEV "vc:80Cx24C"

static DisplayOptions *options;
static QemuDisplay *displays[DISPLAY_TYPE__MAX];

DisplayOptions *display_options(void)
{
    options = options ?: g_new0(DisplayOptions, 1);
    return options;
}

/* A module may have it: ui-NAME. */
static QemuDisplay *find_display(DisplayType type)
{
    if (!displays[type] && type != DISPLAY_TYPE_NONE &&
        type != DISPLAY_TYPE_DEFAULT) {
        ui_module_load(DisplayType_str(type), NULL);
    }
    return displays[type];
}

void qemu_display_register(QemuDisplay *ui)
{
    displays[ui->type] = ui;
}

bool qemu_display_find_default(DisplayOptions *opts)
{
    for (int type = 0; type < DISPLAY_TYPE__MAX; type++) {
        if (find_display(type)) {
            opts->type = type;
            return true;
        }
    }
    return false;
}

void qemu_display_early_init(DisplayOptions *opts)
{
    QemuDisplay *ui = find_display(opts->type);

    if (ui && ui->early_init) {
        ui->early_init(opts);
    }
}

void qemu_display_init(DisplayState *ds, DisplayOptions *opts)
{
    QemuDisplay *ui = find_display(opts->type);

    if (ui) {
        ui->init(ds, opts);
    }
}

const char *qemu_display_get_vc(DisplayOptions *opts)
{
    QemuDisplay *ui = find_display(opts->type);

    return ui && ui->vc ? ui->vc : TEXT_CHARDEV;
}

void qemu_display_help(void)
{
    printf("Available display backend types:\nnone\n");
    for (int type = 0; type < DISPLAY_TYPE__MAX; type++) {
        if (find_display(type)) {
            printf("%s\n", DisplayType_str(type));
        }
    }
}

bool display_parse(const char *str, Error **errp)
{
    const char *vnc;
    DisplayOptions *opts = NULL;
    Visitor *v;

    if (strstart(str, "vnc", &vnc)) {
        if (*vnc == '=') {
            return vnc_parse(vnc + 1, errp);
        }
        if (!*vnc) {
            error_setg(errp, "VNC requires a display argument vnc=<display>");
            return false;
        }
    }
    v = qobject_input_visitor_new_str(str, "type", errp);
    if (!v) {
        return false;
    }
    visit_type_DisplayOptions(v, NULL, &opts, errp);
    visit_free(v);
    if (!opts) {
        return false;
    }
    qapi_free_DisplayOptions(options);
    options = opts;
    return true;
}

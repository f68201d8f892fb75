/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VNC, without a server: the option group, and the way to the module ui-vnc,
 * which has it (ui/vnc-module.c).
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-ui.h"
#include "qemu/config-file.h"
#include "qemu/help_option.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "ui/console.h"

static const VncModuleOps *module;

#define OPT(n, t, h)                                                           \
    {                                                                          \
        .name = n, .type = QEMU_OPT_##t, .help = h                             \
    }

static QemuOptsList vnc_opts = {
    .name = "vnc",
    .implied_opt_name = "vnc",
    .head = QTAILQ_HEAD_INITIALIZER(vnc_opts.head),
    .desc = { OPT("vnc", STRING, "HOST:DISPLAY, unix:PATH or none"),
              OPT("to", NUMBER, "try displays up to this one"),
              OPT("ipv4", BOOL, "use IPv4"),
              OPT("ipv6", BOOL, "use IPv6"),
              OPT("password", BOOL, "ask for the password of set_password"),
              OPT("password-secret", STRING, "ask for this secret's text"),
              OPT("share", STRING, "allow-exclusive, force-shared or ignore"),
              OPT("display", STRING, "show the screen of this device"),
              OPT("head", NUMBER, "which of its screens"),
              OPT("lossy", BOOL, "accepted: clients choose the quality"),
              OPT("non-adaptive", BOOL, "accepted"),
              OPT("key-delay-ms", NUMBER, "accepted"),
              OPT("power-control", BOOL, "accepted, off"),
              { 0 } },
};

static void register_vnc_opts(void)
{
    qemu_add_opts(&vnc_opts);
}
opts_init(register_vnc_opts);

void vnc_module_register(const VncModuleOps *ops)
{
    module = ops;
}

bool vnc_parse(const char *str, Error **errp)
{
    QemuOpts *opts;

    if (is_help_option(str)) {
        qemu_opts_print_help(&vnc_opts, true);
        exit(EXIT_SUCCESS);
    }
    opts = qemu_opts_parse(&vnc_opts, str, true, errp);
    if (!opts) {
        return false;
    }
    if (!qemu_opt_get(opts, "vnc")) {
        error_setg(errp, "vnc: a display is missing, as in -vnc :0");
        return false;
    }
    if (!qemu_opts_id(opts)) {
        g_autofree char *id = g_strdup("default");

        for (int i = 2; qemu_opts_find(&vnc_opts, id); i++) {
            g_free(id);
            id = g_strdup_printf("vnc%d", i);
        }
        qemu_opts_set_id(opts, g_steal_pointer(&id));
    }
    return true;
}

int vnc_init_func(void *opaque, QemuOpts *opts, Error **errp)
{
    if (!strcmp(qemu_opt_get(opts, "vnc"), "none")) {
        return 0;
    }
    if (!module) {
        int ret = ui_module_load("vnc", errp);

        if (!ret) {
            error_setg(errp, "VNC is in the module ui-vnc, which is not "
                             "installed");
        }
        if (ret <= 0) {
            return -1;
        }
    }
    return module->open(opts, errp) ? 0 : -1;
}

int vnc_display_password(const char *id, const char *password)
{
    return module ? module->set_password(id, password) : -EINVAL;
}

int vnc_display_pw_expire(const char *id, time_t expires)
{
    return module ? module->set_expiry(id, expires) : -EINVAL;
}

VncInfo2List *qmp_query_vnc_servers(Error **errp)
{
    return module ? module->query_servers() : NULL;
}

/* What older clients ask: only the first server, and one of its addresses. */
VncInfo *qmp_query_vnc(Error **errp)
{
    VncInfo *info = g_new0(VncInfo, 1);
    g_autoptr(VncInfo2List) servers = qmp_query_vnc_servers(NULL);
    VncInfo2 *first = servers ? servers->value : NULL;

    if (!first || !first->server) {
        return info;
    }
    info->enabled = true;
    info->host = g_strdup(first->server->value->host);
    info->service = g_strdup(first->server->value->service);
    info->has_family = true;
    info->family = first->server->value->family;
    info->auth = g_strdup(VncPrimaryAuth_str(first->auth));
    info->has_clients = true;
    info->clients = g_steal_pointer(&first->clients);
    return info;
}

void vnc_cleanup(void)
{
    if (module) {
        module->close_all();
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HMP: displays and input. screendump is in screendump.c. */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-ui.h"
#include "qapi/util.h"
#include "qemu/cutils.h"
#include "qobject/qdict.h"
#include "ui/console.h"

/*** VNC. ***/

static void print_address(Monitor *mon, const char *name,
                          const VncBasicInfo *info)
{
    monitor_printf(mon, "  %s: %s:%s (%s%s)\n", name, info->host, info->service,
                   NetworkAddressFamily_str(info->family),
                   info->websocket ? " (Websocket)" : "");
}

static void print_auth(Monitor *mon, const char *indent, VncPrimaryAuth auth,
                       const VncVencryptSubAuth *sub)
{
    monitor_printf(mon, "%sAuth: %s (Sub: %s)\n", indent,
                   VncPrimaryAuth_str(auth),
                   sub ? VncVencryptSubAuth_str(*sub) : "none");
}

static void print_server(Monitor *mon, const VncInfo2 *info)
{
    monitor_printf(mon, "%s:\n", info->id);
    for (VncServerInfo2List *s = info->server; s; s = s->next) {
        VncServerInfo2 *v = s->value;

        print_address(mon, "Server", qapi_VncServerInfo2_base(v));
        print_auth(mon, "    ", v->auth, v->has_vencrypt ? &v->vencrypt : NULL);
    }
    for (VncClientInfoList *c = info->clients; c; c = c->next) {
        print_address(mon, "Client", qapi_VncClientInfo_base(c->value));
        monitor_printf(mon, "    x509_dname: %s\n    sasl_username: %s\n",
                       c->value->x509_dname ?: "none",
                       c->value->sasl_username ?: "none");
    }
    if (!info->server) {
        print_auth(mon, "  ", info->auth,
                   info->has_vencrypt ? &info->vencrypt : NULL);
    }
    if (info->display) {
        monitor_printf(mon, "  Display: %s\n", info->display);
    }
}

void hmp_info_vnc(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    g_autoptr(VncInfo2List) list = qmp_query_vnc_servers(&err);

    if (hmp_handle_error(mon, err)) {
        return;
    }
    if (!list) {
        monitor_printf(mon, "None\n");
    }
    for (VncInfo2List *v = list; v; v = v->next) {
        print_server(mon, v->value);
    }
}

static int parse_protocol(const QDict *qdict, Error **errp)
{
    return qapi_enum_parse(&DisplayProtocol_lookup,
                           qdict_get_str(qdict, "protocol"), -1, errp);
}

void hmp_set_password(Monitor *mon, const QDict *qdict)
{
    const char *connected = qdict_get_try_str(qdict, "connected");
    Error *err = NULL;
    SetPasswordOptions opts = {
        .protocol = parse_protocol(qdict, &err),
        .password = (char *)qdict_get_str(qdict, "password"),
    };

    if (!err) {
        opts.has_connected = connected != NULL;
        opts.connected = qapi_enum_parse(&SetPasswordAction_lookup, connected,
                                         SET_PASSWORD_ACTION_KEEP, &err);
    }
    if (!err) {
        if (opts.protocol == DISPLAY_PROTOCOL_VNC) {
            opts.u.vnc.display = (char *)qdict_get_try_str(qdict, "display");
        }
        qmp_set_password(&opts, &err);
    }
    hmp_handle_error(mon, err);
}

void hmp_expire_password(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    ExpirePasswordOptions opts = {
        .protocol = parse_protocol(qdict, &err),
        .time = (char *)qdict_get_str(qdict, "time"),
    };

    if (!err) {
        if (opts.protocol == DISPLAY_PROTOCOL_VNC) {
            opts.u.vnc.display = (char *)qdict_get_try_str(qdict, "display");
        }
        qmp_expire_password(&opts, &err);
    }
    hmp_handle_error(mon, err);
}

static void password_typed(void *opaque, const char *password,
                           void *readline_opaque)
{
    qmp_change_vnc_password(password, NULL);
    monitor_read_command(opaque, 1);
}

void hmp_change_vnc(Monitor *mon, const char *device, const char *target,
                    const char *arg, const char *read_only, bool force,
                    Error **errp)
{
    if (read_only) {
        error_setg(errp, "Parameter 'read-only-mode' is invalid for VNC");
    } else if (strcmp(target, "passwd") && strcmp(target, "password")) {
        error_setg(errp, "Expected 'password' after 'vnc'");
    } else if (arg) {
        qmp_change_vnc_password(arg, errp);
    } else {
        monitor_read_password((MonitorHMP *)mon, password_typed, NULL);
    }
}

/* Only VNC can be changed; what `device` names is no removable medium. */
void hmp_change(Monitor *mon, const QDict *qdict)
{
    const char *device = qdict_get_str(qdict, "device");
    Error *err = NULL;

    if (!strcmp(device, "vnc")) {
        hmp_change_vnc(mon, device, qdict_get_str(qdict, "target"),
                       qdict_get_try_str(qdict, "arg"),
                       qdict_get_try_str(qdict, "read-only-mode"),
                       qdict_get_try_bool(qdict, "force", false), &err);
    } else {
        error_set(&err, ERROR_CLASS_DEVICE_NOT_FOUND, "Device '%s' not found",
                  device);
    }
    hmp_handle_error(mon, err);
}

/*** Input. ***/

void hmp_info_mice(Monitor *mon, const QDict *qdict)
{
    g_autoptr(MouseInfoList) mice = qmp_query_mice(NULL);

    if (!mice) {
        monitor_printf(mon, "No mouse devices connected\n");
    }
    for (MouseInfoList *m = mice; m; m = m->next) {
        monitor_printf(mon, "%c Mouse #%" PRId64 ": %s%s\n",
                       m->value->current ? '*' : ' ', m->value->index,
                       m->value->name, m->value->absolute ? " (absolute)" : "");
    }
}

void hmp_mouse_set(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qemu_mouse_set(qdict_get_int(qdict, "index"), &err);
    hmp_handle_error(mon, err);
}

void hmp_mouse_move(Monitor *mon, const QDict *qdict)
{
    const char *dz = qdict_get_try_str(qdict, "dz_str");
    int wheel = dz ? strtol(dz, NULL, 0) : 0;

    qemu_input_queue_rel(NULL, INPUT_AXIS_X,
                         strtol(qdict_get_str(qdict, "dx_str"), NULL, 0));
    qemu_input_queue_rel(NULL, INPUT_AXIS_Y,
                         strtol(qdict_get_str(qdict, "dy_str"), NULL, 0));
    if (wheel) {
        InputButton button =
            wheel > 0 ? INPUT_BUTTON_WHEEL_UP : INPUT_BUTTON_WHEEL_DOWN;

        qemu_input_queue_btn(NULL, button, true);
        qemu_input_event_sync();
        qemu_input_queue_btn(NULL, button, false);
    }
    qemu_input_event_sync();
}

void hmp_mouse_button(Monitor *mon, const QDict *qdict)
{
    static uint32_t map[INPUT_BUTTON__MAX] = {
        [INPUT_BUTTON_LEFT] = MOUSE_EVENT_LBUTTON,
        [INPUT_BUTTON_MIDDLE] = MOUSE_EVENT_MBUTTON,
        [INPUT_BUTTON_RIGHT] = MOUSE_EVENT_RBUTTON,
    };
    static uint32_t pressed;
    uint32_t state = qdict_get_int(qdict, "button_state");

    if (state != pressed) {
        qemu_input_update_buttons(NULL, map, pressed, state);
        qemu_input_event_sync();
        pressed = state;
    }
}

/* One key of sendkey: its name, or its number as 0x...; NULL: neither. */
static KeyValue *parse_key(const char *name, size_t len)
{
    g_autofree char *text = g_strndup(name, len);
    KeyValue *key = g_new0(KeyValue, 1);
    int number;

    if (strstart(text, "0x", NULL)) {
        if (!qemu_strtoi(text, NULL, 0, &number)) {
            key->type = KEY_VALUE_KIND_NUMBER;
            key->u.number.data = number;
            return key;
        }
    } else {
        number =
            strcmp(text, "<") ? index_from_key(text, len) : Q_KEY_CODE_LESS;
        if (number < Q_KEY_CODE__MAX) {
            key->type = KEY_VALUE_KIND_QCODE;
            key->u.qcode.data = number;
            return key;
        }
    }
    g_free(key);
    return NULL;
}

void hmp_sendkey(Monitor *mon, const QDict *qdict)
{
    g_autoptr(KeyValueList) keys = NULL;
    KeyValueList **tail = &keys;
    const char *text = qdict_get_str(qdict, "keys");
    Error *err = NULL;
    size_t len;

    for (;; text += len + 1) {
        KeyValue *key;

        len = strcspn(text, "-");
        key = parse_key(text, len);
        if (!key) {
            monitor_printf(mon, "invalid parameter: %.*s\n", (int)len, text);
            return;
        }
        QAPI_LIST_APPEND(tail, key);
        if (!text[len]) {
            break;
        }
    }
    qmp_send_key(keys, qdict_haskey(qdict, "hold-time"),
                 qdict_get_try_int(qdict, "hold-time", -1), &err);
    hmp_handle_error(mon, err);
}

void sendkey_completion(ReadLineState *rs, int nb_args, const char *str)
{
    const char *dash = strrchr(str, '-');

    if (nb_args != 2) {
        return;
    }
    str = dash ? dash + 1 : str;
    readline_set_completion_index(rs, strlen(str));
    for (int i = 0; i < Q_KEY_CODE__MAX; i++) {
        readline_add_completion_of(rs, str, QKeyCode_str(i));
    }
}

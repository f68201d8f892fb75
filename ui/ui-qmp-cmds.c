/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QMP: displays and input. screendump is in screendump.c. */
#include "qemu/osdep.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-ui.h"
#include "qapi/qapi-visit-ui.h"
#include "qemu/cutils.h"
#include "system/runstate.h"
#include "ui/console.h"

void qmp_set_password(SetPasswordOptions *opts, Error **errp)
{
    if (opts->protocol == DISPLAY_PROTOCOL_SPICE) {
        error_setg(errp, "spice is not in use");
        return;
    }
    if (opts->connected != SET_PASSWORD_ACTION_KEEP) {
        error_setg(errp, "parameter 'connected' must be 'keep' when "
                         "'protocol' is 'vnc'");
        return;
    }
    if (vnc_display_password(opts->u.vnc.display, opts->password)) {
        error_setg(errp, "Could not set password");
    }
}

void qmp_change_vnc_password(const char *password, Error **errp)
{
    if (vnc_display_password(NULL, password)) {
        error_setg(errp, "Could not set password");
    }
}

/* "now", "never", "+SECONDS" or "SECONDS". */
static bool parse_expiry(const char *text, time_t *when)
{
    bool relative = *text == '+';
    uint64_t number;

    if (!strcmp(text, "now") || !strcmp(text, "never")) {
        *when = !strcmp(text, "now") ? 0 : TIME_MAX;
        return true;
    }
    if (qemu_strtou64(text + relative, NULL, 10, &number) < 0) {
        return false;
    }
    *when = (relative ? time(NULL) : 0) + number;
    return true;
}

void qmp_expire_password(ExpirePasswordOptions *opts, Error **errp)
{
    time_t when;

    if (!parse_expiry(opts->time, &when)) {
        error_setg(errp, "Parameter 'time' doesn't take value '%s'",
                   opts->time);
    } else if (opts->protocol == DISPLAY_PROTOCOL_SPICE) {
        error_setg(errp, "spice is not in use");
    } else if (vnc_display_pw_expire(opts->u.vnc.display, when)) {
        error_setg(errp, "Could not set password expire time");
    }
}

DisplayOptions *qmp_query_display_options(Error **errp)
{
    return QAPI_CLONE(DisplayOptions, display_options());
}

/*** Input. ***/

#define DEFAULT_HOLD_MS 100

void qmp_send_key(KeyValueList *keys, bool has_hold_time, int64_t hold_time,
                  Error **errp)
{
    g_autoptr(GPtrArray) down = g_ptr_array_new();

    if (!has_hold_time || hold_time <= 0) {
        hold_time = DEFAULT_HOLD_MS;
    }
    for (KeyValueList *k = keys; k; k = k->next) {
        qemu_input_event_send_key(NULL, QAPI_CLONE(KeyValue, k->value), true);
        qemu_input_event_send_key_delay(MIN(hold_time, UINT32_MAX));
        g_ptr_array_add(down, k->value);
    }
    while (down->len) {
        KeyValue *key = g_ptr_array_steal_index(down, down->len - 1);

        qemu_input_event_send_key(NULL, QAPI_CLONE(KeyValue, key), false);
        qemu_input_event_send_key_delay(MIN(hold_time, UINT32_MAX));
    }
}

static void send_event(QemuConsole *con, InputEvent *evt)
{
    InputKeyEvent *key = evt->u.key.data; /* if it is one */

    if (evt->type == INPUT_EVENT_KIND_KEY &&
        key->key->type == KEY_VALUE_KIND_NUMBER) {
        qemu_input_event_send_key_qcode(
            con, qemu_input_key_value_to_qcode(key->key), key->down);
    } else {
        qemu_input_event_send(con, evt);
    }
}

void qmp_input_send_event(const char *device, bool has_head, int64_t head,
                          InputEventList *events, Error **errp)
{
    QemuConsole *con = NULL;
    InputEventList *e;

    if (device) {
        con = qemu_console_lookup_by_device_name(device, has_head ? head : 0,
                                                 errp);
        if (!con) {
            return;
        }
    }
    if (!runstate_is_running() && !runstate_check(RUN_STATE_SUSPENDED)) {
        error_setg(errp, "VM not running");
        return;
    }
    for (e = events; e; e = e->next) {
        if (!qemu_input_has_handler(con, 1 << e->value->type)) {
            error_setg(errp, "Input handler not found for event type %s",
                       InputEventKind_str(e->value->type));
            return;
        }
    }
    for (e = events; e; e = e->next) {
        send_event(con, e->value);
    }
    qemu_input_event_sync();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers and events of input: see include/ui/input.h. */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-ui.h"
#include "qemu/queue.h"
#include "qemu/timer.h"
#include "system/runstate.h"
#include "ui/console.h"

struct QemuInputHandlerState {
    DeviceState *dev;
    const QemuInputHandler *handler;
    int id;
    int events;       /* since its last sync */
    QemuConsole *con; /* NULL: of any */
    QTAILQ_ENTRY(QemuInputHandlerState) node;
};

/* What waits for the guest to have had time: a delay, an event, a sync. */
typedef struct QueuedInput {
    QemuConsole *src;
    InputEvent *evt;   /* NULL: a delay, or a sync */
    uint32_t delay_ms; /* 0: a sync */
    QTAILQ_ENTRY(QueuedInput) node;
} QueuedInput;

#define DEFAULT_DELAY_MS 10
/* More keys than that in the queue: new ones are lost. */
#define QUEUE_MAX 1024

static QTAILQ_HEAD(, QemuInputHandlerState) handlers =
    QTAILQ_HEAD_INITIALIZER(handlers);
static NotifierList mode_notifiers = NOTIFIER_LIST_INITIALIZER(mode_notifiers);
static QTAILQ_HEAD(, QueuedInput) queue = QTAILQ_HEAD_INITIALIZER(queue);
static QEMUTimer *queue_timer;
static int queue_length;

/*** Handlers. ***/

QemuInputHandlerState *
qemu_input_handler_register(DeviceState *dev, const QemuInputHandler *handler)
{
    static int id = 1;
    QemuInputHandlerState *s = g_new0(QemuInputHandlerState, 1);

    s->dev = dev;
    s->handler = handler;
    s->id = id++;
    QTAILQ_INSERT_TAIL(&handlers, s, node);
    qemu_input_check_mode_change();
    return s;
}

void qemu_input_handler_activate(QemuInputHandlerState *s)
{
    QTAILQ_REMOVE(&handlers, s, node);
    QTAILQ_INSERT_HEAD(&handlers, s, node);
    qemu_input_check_mode_change();
}

void qemu_input_handler_deactivate(QemuInputHandlerState *s)
{
    QTAILQ_REMOVE(&handlers, s, node);
    QTAILQ_INSERT_TAIL(&handlers, s, node);
    qemu_input_check_mode_change();
}

void qemu_input_handler_unregister(QemuInputHandlerState *s)
{
    QTAILQ_REMOVE(&handlers, s, node);
    g_free(s);
    qemu_input_check_mode_change();
}

void qemu_input_handler_bind(QemuInputHandlerState *s, const char *device_id,
                             int head, Error **errp)
{
    QemuConsole *con =
        qemu_console_lookup_by_device_name(device_id, head, errp);

    if (con) {
        s->con = con;
    }
}

/* The one that gets events of @mask of @con: bound ones come first. */
static QemuInputHandlerState *find_handler(uint32_t mask, QemuConsole *con)
{
    QemuInputHandlerState *s, *any = NULL;

    QTAILQ_FOREACH(s, &handlers, node) {
        if (!(s->handler->mask & mask)) {
            continue;
        }
        if (con && s->con == con) {
            return s;
        }
        if (!s->con && !any) {
            any = s;
        }
    }
    return any;
}

bool qemu_input_has_handler(QemuConsole *con, uint32_t mask)
{
    return find_handler(mask, con) != NULL;
}

/*** Events. ***/

void qemu_input_event_send_impl(QemuConsole *src, InputEvent *evt)
{
    QemuInputHandlerState *s = find_handler(1 << evt->type, src);

    if (s) {
        s->handler->event(s->dev, src, evt);
        s->events++;
    }
}

static bool guest_takes_input(void)
{
    return runstate_is_running() || runstate_check(RUN_STATE_SUSPENDED);
}

void qemu_input_event_send(QemuConsole *src, InputEvent *evt)
{
    if (guest_takes_input()) {
        qemu_input_event_send_impl(src, evt);
    }
}

void qemu_input_event_sync_impl(void)
{
    QemuInputHandlerState *s;

    QTAILQ_FOREACH(s, &handlers, node) {
        if (s->events && s->handler->sync) {
            s->handler->sync(s->dev);
        }
        s->events = 0;
    }
}

void qemu_input_event_sync(void)
{
    if (guest_takes_input()) {
        qemu_input_event_sync_impl();
    }
}

/*** The queue: keys that are to be held for a time. ***/

static void run_queue(void *opaque)
{
    QueuedInput *q;

    while ((q = QTAILQ_FIRST(&queue))) {
        uint32_t delay = q->delay_ms;

        if (q->evt) {
            qemu_input_event_send(q->src, q->evt);
        } else if (!delay) {
            qemu_input_event_sync();
        }
        QTAILQ_REMOVE(&queue, q, node);
        queue_length--;
        qapi_free_InputEvent(q->evt);
        g_free(q);
        if (delay) {
            break;
        }
    }
    /* What stands behind a delay waits for it. */
    q = QTAILQ_FIRST(&queue);
    if (q) {
        timer_mod(queue_timer, qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) +
                                   (q->delay_ms ?: DEFAULT_DELAY_MS));
    }
}

static void enqueue(QemuConsole *src, InputEvent *evt, uint32_t delay_ms)
{
    QueuedInput *q = g_new0(QueuedInput, 1);

    q->src = src;
    q->evt = evt;
    q->delay_ms = delay_ms;
    QTAILQ_INSERT_TAIL(&queue, q, node);
    queue_length++;
}

void qemu_input_event_send_key_delay(uint32_t delay_ms)
{
    if (!guest_takes_input() || !find_handler(INPUT_EVENT_MASK_KEY, NULL)) {
        return;
    }
    delay_ms = delay_ms ?: DEFAULT_DELAY_MS;
    if (!queue_timer) {
        queue_timer = timer_new_ms(QEMU_CLOCK_VIRTUAL, run_queue, NULL);
    }
    if (queue_length >= QUEUE_MAX) {
        return;
    }
    if (QTAILQ_EMPTY(&queue)) {
        timer_mod(queue_timer,
                  qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + delay_ms);
    }
    enqueue(NULL, NULL, delay_ms);
}

/*** Keys. ***/

void qemu_input_event_send_key(QemuConsole *src, KeyValue *key, bool down)
{
    InputEvent *evt = g_new0(InputEvent, 1);

    evt->type = INPUT_EVENT_KIND_KEY;
    evt->u.key.data = g_new0(InputKeyEvent, 1);
    evt->u.key.data->key = key;
    evt->u.key.data->down = down;
    if (QTAILQ_EMPTY(&queue)) {
        qemu_input_event_send(src, evt);
        qemu_input_event_sync();
        qapi_free_InputEvent(evt);
    } else if (queue_length < QUEUE_MAX) {
        enqueue(src, evt, 0);
        enqueue(src, NULL, 0);
    } else {
        qapi_free_InputEvent(evt);
    }
}

void qemu_input_event_send_key_number(QemuConsole *src, int num, bool down)
{
    KeyValue *key = g_new0(KeyValue, 1);
    QKeyCode code = qemu_input_key_number_to_qcode(num);

    if (code != Q_KEY_CODE_UNMAPPED) {
        key->type = KEY_VALUE_KIND_QCODE;
        key->u.qcode.data = code;
    } else {
        key->type = KEY_VALUE_KIND_NUMBER;
        key->u.number.data = num;
    }
    qemu_input_event_send_key(src, key, down);
}

void qemu_input_event_send_key_qcode(QemuConsole *src, QKeyCode q, bool down)
{
    KeyValue *key = g_new0(KeyValue, 1);

    key->type = KEY_VALUE_KIND_QCODE;
    key->u.qcode.data = q;
    qemu_input_event_send_key(src, key, down);
}

/*** Pointers. ***/

void qemu_input_queue_btn(QemuConsole *src, InputButton btn, bool down)
{
    InputBtnEvent data = { .button = btn, .down = down };
    InputEvent evt = { .type = INPUT_EVENT_KIND_BTN, .u.btn.data = &data };

    qemu_input_event_send(src, &evt);
}

void qemu_input_update_buttons(QemuConsole *src, uint32_t *button_map,
                               uint32_t button_old, uint32_t button_new)
{
    for (int btn = 0; btn < INPUT_BUTTON__MAX; btn++) {
        uint32_t mask = button_map[btn];

        if ((button_old & mask) != (button_new & mask)) {
            qemu_input_queue_btn(src, btn, button_new & mask);
        }
    }
}

bool qemu_input_is_absolute(QemuConsole *con)
{
    QemuInputHandlerState *s =
        find_handler(INPUT_EVENT_MASK_REL | INPUT_EVENT_MASK_ABS, con);

    return s && (s->handler->mask & INPUT_EVENT_MASK_ABS);
}

int qemu_input_scale_axis(int value, int min_in, int max_in, int min_out,
                          int max_out)
{
    int64_t range_in = (int64_t)max_in - min_in;
    int64_t range_out = (int64_t)max_out - min_out;

    if (range_in < 1) {
        return min_out + range_out / 2;
    }
    return ((int64_t)value - min_in) * range_out / range_in + min_out;
}

void qemu_input_queue_rel(QemuConsole *src, InputAxis axis, int value)
{
    InputMoveEvent move = { .axis = axis, .value = value };
    InputEvent evt = { .type = INPUT_EVENT_KIND_REL, .u.rel.data = &move };

    qemu_input_event_send(src, &evt);
}

void qemu_input_queue_abs(QemuConsole *src, InputAxis axis, int value,
                          int min_in, int max_in)
{
    InputMoveEvent move = {
        .axis = axis,
        .value = qemu_input_scale_axis(
            value, min_in, max_in, INPUT_EVENT_ABS_MIN, INPUT_EVENT_ABS_MAX),
    };
    InputEvent evt = { .type = INPUT_EVENT_KIND_ABS, .u.abs.data = &move };

    qemu_input_event_send(src, &evt);
}

static void send_touch(QemuConsole *src, InputMultiTouchEvent *touch)
{
    InputEvent evt = { .type = INPUT_EVENT_KIND_MTT, .u.mtt.data = touch };

    qemu_input_event_send(src, &evt);
}

void qemu_input_queue_mtt(QemuConsole *src, InputMultiTouchType type, int slot,
                          int tracking_id)
{
    InputMultiTouchEvent touch = { .type = type,
                                   .slot = slot,
                                   .tracking_id = tracking_id };

    send_touch(src, &touch);
}

void qemu_input_queue_mtt_abs(QemuConsole *src, InputAxis axis, int value,
                              int min_in, int max_in, int slot, int tracking_id)
{
    InputMultiTouchEvent touch = {
        .type = INPUT_MULTI_TOUCH_TYPE_DATA,
        .slot = slot,
        .tracking_id = tracking_id,
        .axis = axis,
        .value = qemu_input_scale_axis(
            value, min_in, max_in, INPUT_EVENT_ABS_MIN, INPUT_EVENT_ABS_MAX),
    };

    send_touch(src, &touch);
}

/*** Whether moves are absolute; which pointer has them. ***/

void qemu_input_check_mode_change(void)
{
    static bool was_absolute;
    bool is_absolute = qemu_input_is_absolute(NULL);

    if (is_absolute != was_absolute) {
        was_absolute = is_absolute;
        notifier_list_notify(&mode_notifiers, NULL);
    }
}

void qemu_add_mouse_mode_change_notifier(Notifier *notify)
{
    notifier_list_add(&mode_notifiers, notify);
}

void qemu_remove_mouse_mode_change_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

#define MASK_MOVES (INPUT_EVENT_MASK_REL | INPUT_EVENT_MASK_ABS)

MouseInfoList *qmp_query_mice(Error **errp)
{
    MouseInfoList *list = NULL, **tail = &list;
    bool current = true;
    QemuInputHandlerState *s;

    QTAILQ_FOREACH(s, &handlers, node) {
        MouseInfo *info;

        if (!(s->handler->mask & MASK_MOVES)) {
            continue;
        }
        info = g_new0(MouseInfo, 1);
        info->index = s->id;
        info->name = g_strdup(s->handler->name);
        info->absolute = s->handler->mask & INPUT_EVENT_MASK_ABS;
        info->current = current;
        current = false;
        QAPI_LIST_APPEND(tail, info);
    }
    return list;
}

bool qemu_mouse_set(int index, Error **errp)
{
    QemuInputHandlerState *s;

    QTAILQ_FOREACH(s, &handlers, node) {
        if (s->id == index) {
            break;
        }
    }
    if (!s) {
        error_setg(errp, "Mouse at index '%d' not found", index);
        return false;
    }
    if (!(s->handler->mask & MASK_MOVES)) {
        error_setg(errp, "Input device '%s' is not a mouse", s->handler->name);
        return false;
    }
    qemu_input_handler_activate(s);
    return true;
}

/*** The lights of a keyboard. ***/

struct QEMUPutLEDEntry {
    QEMUPutLEDEvent *func;
    void *opaque;
    QTAILQ_ENTRY(QEMUPutLEDEntry) next;
};

static QTAILQ_HEAD(, QEMUPutLEDEntry) led_handlers =
    QTAILQ_HEAD_INITIALIZER(led_handlers);

QEMUPutLEDEntry *qemu_add_led_event_handler(QEMUPutLEDEvent *func, void *opaque)
{
    QEMUPutLEDEntry *entry = g_new0(QEMUPutLEDEntry, 1);

    entry->func = func;
    entry->opaque = opaque;
    QTAILQ_INSERT_TAIL(&led_handlers, entry, next);
    return entry;
}

void qemu_remove_led_event_handler(QEMUPutLEDEntry *entry)
{
    if (entry) {
        QTAILQ_REMOVE(&led_handlers, entry, next);
        g_free(entry);
    }
}

void kbd_put_ledstate(int ledstate)
{
    QEMUPutLEDEntry *entry;

    QTAILQ_FOREACH(entry, &led_handlers, next) {
        entry->func(entry->opaque, ledstate);
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys, buttons and moves: from displays to the devices of the guest.
 *
 * A device registers a QemuInputHandler, which says by its mask what it wants.
 * A display calls qemu_input_event_send_key() and its siblings, and at the end
 * of what belongs together qemu_input_event_sync(). An event goes to the first
 * handler that wants its kind: of those bound to the console where it happened,
 * else of those bound to none. The first registered or last activated wins.
 * While the machine does not run nothing goes anywhere. All under the big lock.
 */
#ifndef INPUT_H
#define INPUT_H

#include "qapi/qapi-types-ui.h"
#include "qemu/notify.h"

#define INPUT_EVENT_MASK_KEY (1 << INPUT_EVENT_KIND_KEY)
#define INPUT_EVENT_MASK_BTN (1 << INPUT_EVENT_KIND_BTN)
#define INPUT_EVENT_MASK_REL (1 << INPUT_EVENT_KIND_REL)
#define INPUT_EVENT_MASK_ABS (1 << INPUT_EVENT_KIND_ABS)
#define INPUT_EVENT_MASK_MTT (1 << INPUT_EVENT_KIND_MTT)

/* Where a screen begins and ends in events of absolute places. */
#define INPUT_EVENT_ABS_MIN   0x0000
#define INPUT_EVENT_ABS_MAX   0x7FFF
#define INPUT_EVENT_SLOTS_MIN 0x0
#define INPUT_EVENT_SLOTS_MAX 0xa

typedef struct QemuInputHandler QemuInputHandler;
typedef struct QemuInputHandlerState QemuInputHandlerState;

typedef void (*QemuInputHandlerEvent)(DeviceState *dev, QemuConsole *src,
                                      InputEvent *evt);
typedef void (*QemuInputHandlerSync)(DeviceState *dev);

struct QemuInputHandler {
    const char *name;
    uint32_t mask; /* INPUT_EVENT_MASK_* */
    QemuInputHandlerEvent event;
    QemuInputHandlerSync sync; /* may be NULL */
};

/* From now on @handler (not copied) gets events, with @dev. */
QemuInputHandlerState *
qemu_input_handler_register(DeviceState *dev, const QemuInputHandler *handler);
/* Before all others; behind all others. */
void qemu_input_handler_activate(QemuInputHandlerState *s);
void qemu_input_handler_deactivate(QemuInputHandlerState *s);
/* Ends it and frees @s. */
void qemu_input_handler_unregister(QemuInputHandlerState *s);
/* Only events of this screen from now on; @errp: there is none such. */
void qemu_input_handler_bind(QemuInputHandlerState *s, const char *device_id,
                             int head, Error **errp);

/* Sends @evt (the caller's) of console @src (NULL: any); ends a group. */
void qemu_input_event_send(QemuConsole *src, InputEvent *evt);
void qemu_input_event_send_impl(QemuConsole *src, InputEvent *evt);
void qemu_input_event_sync(void);
void qemu_input_event_sync_impl(void);

/* A key; the first takes @key, the others make one. Each ends its group. */
void qemu_input_event_send_key(QemuConsole *src, KeyValue *key, bool down);
void qemu_input_event_send_key_number(QemuConsole *src, int num, bool down);
void qemu_input_event_send_key_qcode(QemuConsole *src, QKeyCode q, bool down);
/*
 * What comes next waits for so long (ms of the guest's clock, 0: the default),
 * if keys are to be sent to anybody.
 */
void qemu_input_event_send_key_delay(uint32_t delay_ms);

/*
 * Names of keys: a number is that of a PC's keyboard, set 1, 0x80 for those
 * after 0xe0; linux is KEY_* of Linux's input events. 0, Q_KEY_CODE_UNMAPPED:
 * there is none.
 */
int qemu_input_key_number_to_qcode(unsigned int nr);
int qemu_input_key_value_to_number(const KeyValue *value);
int qemu_input_key_value_to_qcode(const KeyValue *value);
/* Writes the bytes of set 1 to @codes (3 at most); returns how many. */
int qemu_input_key_value_to_scancode(const KeyValue *value, bool down,
                                     int *codes);
int qemu_input_linux_to_qcode(unsigned int lnx);

/* The same as tables, by the left one; entries of 0 are none. */
extern const guint16 qemu_input_map_linux_to_qcode[];
extern const guint qemu_input_map_linux_to_qcode_len;
extern const guint16 qemu_input_map_qcode_to_linux[];
extern const guint qemu_input_map_qcode_to_linux_len;
extern const guint16 qemu_input_map_qcode_to_qnum[];
extern const guint qemu_input_map_qcode_to_qnum_len;
extern const guint16 qemu_input_map_qnum_to_qcode[];
extern const guint qemu_input_map_qnum_to_qcode_len;

/* What a PS/2 keyboard sends, in its three sets; 0xe0xx are two bytes. */
extern const guint16 qemu_input_map_qcode_to_atset1[];
extern const guint qemu_input_map_qcode_to_atset1_len;
extern const guint16 qemu_input_map_qcode_to_atset2[];
extern const guint qemu_input_map_qcode_to_atset2_len;
extern const guint16 qemu_input_map_qcode_to_atset3[];
extern const guint qemu_input_map_qcode_to_atset3_len;

/* A button, and all that differ between @button_old and @button_new. */
void qemu_input_queue_btn(QemuConsole *src, InputButton btn, bool down);
void qemu_input_update_buttons(QemuConsole *src, uint32_t *button_map,
                               uint32_t button_old, uint32_t button_new);

/* Whether the handler that gets moves on @con wants places. */
bool qemu_input_is_absolute(QemuConsole *con);
/* @value of [@min_in, @max_in] in terms of [@min_out, @max_out]. */
int qemu_input_scale_axis(int value, int min_in, int max_in, int min_out,
                          int max_out);
/* A move by @value; a move to @value of [@min_in, @max_in]. */
void qemu_input_queue_rel(QemuConsole *src, InputAxis axis, int value);
void qemu_input_queue_abs(QemuConsole *src, InputAxis axis, int value,
                          int min_in, int max_in);

/* A touch: what happens to a finger; where it is. */
void qemu_input_queue_mtt(QemuConsole *src, InputMultiTouchType type, int slot,
                          int tracking_id);
void qemu_input_queue_mtt_abs(QemuConsole *src, InputAxis axis, int value,
                              int min_in, int max_in, int slot,
                              int tracking_id);

/* What "mouse_set" does: handler @index gets the moves. */
bool qemu_mouse_set(int index, Error **errp);
/* Whether anybody wants events of one of the kinds of @mask of @con. */
bool qemu_input_has_handler(QemuConsole *con, uint32_t mask);

/* Notified when qemu_input_is_absolute() may have changed. */
void qemu_input_check_mode_change(void);
void qemu_add_mouse_mode_change_notifier(Notifier *notify);
void qemu_remove_mouse_mode_change_notifier(Notifier *notify);

#endif

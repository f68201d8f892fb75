/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of ui/ know of consoles. */
#ifndef UI_CONSOLE_INTERNAL_H
#define UI_CONSOLE_INTERNAL_H

#include "ui/console.h"

struct QemuConsole {
    Object parent_obj;

    int index;
    uint32_t head;
    Object *device; /* a link; NULL for text, and without a device */
    DisplaySurface *surface;
    const GraphicHwOps *hw_ops;
    void *hw;
    QemuUIInfo ui_info;
    QEMUTimer *ui_timer;
    QEMUCursor *cursor;
    int cursor_x, cursor_y;
    bool cursor_on;
    int gl_blocked;
    QTAILQ_ENTRY(QemuConsole) next;
};

/* Numbers a console that was just made, and shows @surface on it. */
void console_add(QemuConsole *con, DisplaySurface *surface);

#endif

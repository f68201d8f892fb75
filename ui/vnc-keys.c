/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keysyms of X11, which VNC clients send, as keys and as characters. */
#include "qemu/osdep.h"
#include "vnc-internal.h"

/* What the keys of a US keyboard write, without and with Shift. */
static const struct {
    char plain, shifted;
    QKeyCode code;
} characters[] = {
    { '1', '!', Q_KEY_CODE_1 },
    { '2', '@', Q_KEY_CODE_2 },
    { '3', '#', Q_KEY_CODE_3 },
    { '4', '$', Q_KEY_CODE_4 },
    { '5', '%', Q_KEY_CODE_5 },
    { '6', '^', Q_KEY_CODE_6 },
    { '7', '&', Q_KEY_CODE_7 },
    { '8', '*', Q_KEY_CODE_8 },
    { '9', '(', Q_KEY_CODE_9 },
    { '0', ')', Q_KEY_CODE_0 },
    { '-', '_', Q_KEY_CODE_MINUS },
    { '=', '+', Q_KEY_CODE_EQUAL },
    { '[', '{', Q_KEY_CODE_BRACKET_LEFT },
    { ']', '}', Q_KEY_CODE_BRACKET_RIGHT },
    { ';', ':', Q_KEY_CODE_SEMICOLON },
    { '\'', '"', Q_KEY_CODE_APOSTROPHE },
    { '`', '~', Q_KEY_CODE_GRAVE_ACCENT },
    { '\\', '|', Q_KEY_CODE_BACKSLASH },
    { ',', '<', Q_KEY_CODE_COMMA },
    { '.', '>', Q_KEY_CODE_DOT },
    { '/', '?', Q_KEY_CODE_SLASH },
    { ' ', ' ', Q_KEY_CODE_SPC },
};

/* The keysym 0xff00 + `low', and what it is on a text console. */
static const struct {
    uint8_t low;
    QKeyCode code;
    int text, with_ctrl;
} functions[] = {
    { 0x08, Q_KEY_CODE_BACKSPACE, QEMU_KEY_BACKSPACE, QEMU_KEY_BACKSPACE },
    { 0x09, Q_KEY_CODE_TAB, '\t', '\t' },
    { 0x0a, Q_KEY_CODE_LF, '\n', '\n' },
    { 0x0d, Q_KEY_CODE_RET, '\n', '\n' },
    { 0x13, Q_KEY_CODE_PAUSE, 0, 0 },
    { 0x14, Q_KEY_CODE_SCROLL_LOCK, 0, 0 },
    { 0x15, Q_KEY_CODE_SYSRQ, 0, 0 },
    { 0x1b, Q_KEY_CODE_ESC, 0x1b, 0x1b },
    { 0x50, Q_KEY_CODE_HOME, QEMU_KEY_HOME, QEMU_KEY_CTRL_HOME },
    { 0x51, Q_KEY_CODE_LEFT, QEMU_KEY_LEFT, QEMU_KEY_CTRL_LEFT },
    { 0x52, Q_KEY_CODE_UP, QEMU_KEY_UP, QEMU_KEY_CTRL_UP },
    { 0x53, Q_KEY_CODE_RIGHT, QEMU_KEY_RIGHT, QEMU_KEY_CTRL_RIGHT },
    { 0x54, Q_KEY_CODE_DOWN, QEMU_KEY_DOWN, QEMU_KEY_CTRL_DOWN },
    { 0x55, Q_KEY_CODE_PGUP, QEMU_KEY_PAGEUP, QEMU_KEY_CTRL_PAGEUP },
    { 0x56, Q_KEY_CODE_PGDN, QEMU_KEY_PAGEDOWN, QEMU_KEY_CTRL_PAGEDOWN },
    { 0x57, Q_KEY_CODE_END, QEMU_KEY_END, QEMU_KEY_CTRL_END },
    { 0x61, Q_KEY_CODE_PRINT, 0, 0 },
    { 0x63, Q_KEY_CODE_INSERT, 0, 0 },
    { 0x65, Q_KEY_CODE_UNDO, 0, 0 },
    { 0x66, Q_KEY_CODE_AGAIN, 0, 0 },
    { 0x67, Q_KEY_CODE_MENU, 0, 0 },
    { 0x68, Q_KEY_CODE_FIND, 0, 0 },
    { 0x69, Q_KEY_CODE_STOP, 0, 0 },
    { 0x6a, Q_KEY_CODE_HELP, 0, 0 },
    { 0x6b, Q_KEY_CODE_PAUSE, 0, 0 },
    { 0x7f, Q_KEY_CODE_NUM_LOCK, 0, 0 },
    { 0x8d, Q_KEY_CODE_KP_ENTER, '\n', '\n' },
    { 0x95, Q_KEY_CODE_KP_7, QEMU_KEY_HOME, QEMU_KEY_HOME },
    { 0x96, Q_KEY_CODE_KP_4, QEMU_KEY_LEFT, QEMU_KEY_LEFT },
    { 0x97, Q_KEY_CODE_KP_8, QEMU_KEY_UP, QEMU_KEY_UP },
    { 0x98, Q_KEY_CODE_KP_6, QEMU_KEY_RIGHT, QEMU_KEY_RIGHT },
    { 0x99, Q_KEY_CODE_KP_2, QEMU_KEY_DOWN, QEMU_KEY_DOWN },
    { 0x9a, Q_KEY_CODE_KP_9, QEMU_KEY_PAGEUP, QEMU_KEY_PAGEUP },
    { 0x9b, Q_KEY_CODE_KP_3, QEMU_KEY_PAGEDOWN, QEMU_KEY_PAGEDOWN },
    { 0x9c, Q_KEY_CODE_KP_1, QEMU_KEY_END, QEMU_KEY_END },
    { 0x9d, Q_KEY_CODE_KP_5, 0, 0 },
    { 0x9e, Q_KEY_CODE_KP_0, 0, 0 },
    { 0x9f, Q_KEY_CODE_KP_DECIMAL, QEMU_KEY_DELETE, QEMU_KEY_DELETE },
    { 0xaa, Q_KEY_CODE_KP_MULTIPLY, '*', '*' },
    { 0xab, Q_KEY_CODE_KP_ADD, '+', '+' },
    { 0xac, Q_KEY_CODE_KP_COMMA, ',', ',' },
    { 0xad, Q_KEY_CODE_KP_SUBTRACT, '-', '-' },
    { 0xae, Q_KEY_CODE_KP_DECIMAL, '.', '.' },
    { 0xaf, Q_KEY_CODE_KP_DIVIDE, '/', '/' },
    { 0xb0, Q_KEY_CODE_KP_0, '0', '0' },
    { 0xb1, Q_KEY_CODE_KP_1, '1', '1' },
    { 0xb2, Q_KEY_CODE_KP_2, '2', '2' },
    { 0xb3, Q_KEY_CODE_KP_3, '3', '3' },
    { 0xb4, Q_KEY_CODE_KP_4, '4', '4' },
    { 0xb5, Q_KEY_CODE_KP_5, '5', '5' },
    { 0xb6, Q_KEY_CODE_KP_6, '6', '6' },
    { 0xb7, Q_KEY_CODE_KP_7, '7', '7' },
    { 0xb8, Q_KEY_CODE_KP_8, '8', '8' },
    { 0xb9, Q_KEY_CODE_KP_9, '9', '9' },
    { 0xbd, Q_KEY_CODE_KP_EQUALS, '=', '=' },
    { 0xe1, Q_KEY_CODE_SHIFT, 0, 0 },
    { 0xe2, Q_KEY_CODE_SHIFT_R, 0, 0 },
    { 0xe3, Q_KEY_CODE_CTRL, 0, 0 },
    { 0xe4, Q_KEY_CODE_CTRL_R, 0, 0 },
    { 0xe5, Q_KEY_CODE_CAPS_LOCK, 0, 0 },
    { 0xe7, Q_KEY_CODE_META_L, 0, 0 },
    { 0xe8, Q_KEY_CODE_META_R, 0, 0 },
    { 0xe9, Q_KEY_CODE_ALT, 0, 0 },
    { 0xea, Q_KEY_CODE_ALT_R, 0, 0 },
    { 0xeb, Q_KEY_CODE_META_L, 0, 0 },
    { 0xec, Q_KEY_CODE_META_R, 0, 0 },
    { 0xff, Q_KEY_CODE_DELETE, QEMU_KEY_DELETE, QEMU_KEY_DELETE },
};

/* In the order of the alphabet; F1 to F24. The codes are in no such order. */
static const QKeyCode letters[] = {
    Q_KEY_CODE_A, Q_KEY_CODE_B, Q_KEY_CODE_C, Q_KEY_CODE_D, Q_KEY_CODE_E,
    Q_KEY_CODE_F, Q_KEY_CODE_G, Q_KEY_CODE_H, Q_KEY_CODE_I, Q_KEY_CODE_J,
    Q_KEY_CODE_K, Q_KEY_CODE_L, Q_KEY_CODE_M, Q_KEY_CODE_N, Q_KEY_CODE_O,
    Q_KEY_CODE_P, Q_KEY_CODE_Q, Q_KEY_CODE_R, Q_KEY_CODE_S, Q_KEY_CODE_T,
    Q_KEY_CODE_U, Q_KEY_CODE_V, Q_KEY_CODE_W, Q_KEY_CODE_X, Q_KEY_CODE_Y,
    Q_KEY_CODE_Z,
};
static const QKeyCode function_keys[] = {
    Q_KEY_CODE_F1,  Q_KEY_CODE_F2,  Q_KEY_CODE_F3,  Q_KEY_CODE_F4,
    Q_KEY_CODE_F5,  Q_KEY_CODE_F6,  Q_KEY_CODE_F7,  Q_KEY_CODE_F8,
    Q_KEY_CODE_F9,  Q_KEY_CODE_F10, Q_KEY_CODE_F11, Q_KEY_CODE_F12,
    Q_KEY_CODE_F13, Q_KEY_CODE_F14, Q_KEY_CODE_F15, Q_KEY_CODE_F16,
    Q_KEY_CODE_F17, Q_KEY_CODE_F18, Q_KEY_CODE_F19, Q_KEY_CODE_F20,
    Q_KEY_CODE_F21, Q_KEY_CODE_F22, Q_KEY_CODE_F23, Q_KEY_CODE_F24,
};

#define FIRST_FUNCTION 0xffbe

QKeyCode vnc_keysym_to_qcode(uint32_t keysym)
{
    if (keysym < 0x80 && g_ascii_isalpha(keysym)) {
        return letters[g_ascii_tolower(keysym) - 'a'];
    }
    for (size_t i = 0; i < ARRAY_SIZE(characters); i++) {
        if (keysym == characters[i].plain || keysym == characters[i].shifted) {
            return characters[i].code;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
        if (keysym == (0xff00 | functions[i].low)) {
            return functions[i].code;
        }
    }
    if (keysym >= FIRST_FUNCTION &&
        keysym - FIRST_FUNCTION < ARRAY_SIZE(function_keys)) {
        return function_keys[keysym - FIRST_FUNCTION];
    }
    return keysym == 0xfe03   ? Q_KEY_CODE_ALT_R /* AltGr */
           : keysym == 0xfe20 ? Q_KEY_CODE_TAB   /* with Shift */
                              : Q_KEY_CODE_UNMAPPED;
}

int vnc_keysym_to_text(uint32_t keysym, bool ctrl)
{
    for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
        if (keysym == (0xff00 | functions[i].low)) {
            return ctrl ? functions[i].with_ctrl : functions[i].text;
        }
    }
    if (keysym >= 0x20 && keysym < 0x7f) {
        return ctrl && keysym >= 0x40 ? keysym & 0x1f : keysym;
    }
    if (keysym >= 0xa0 && keysym <= 0xff) {
        return keysym; /* Latin 1, as Unicode has it */
    }
    /* The rest of Unicode; what console.h has for special keys is private. */
    return keysym >= 0x01000100 && keysym < 0x0100d800 ? keysym & 0xffff : 0;
}

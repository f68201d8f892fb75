/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys by their names: QKeyCode, Linux's KEY_*, and the number on a PC's
 * keyboard (scan code set 1, with 0x80 for those after 0xe0).
 */
#include "qemu/osdep.h"
#include <linux/input-event-codes.h>
#include "ui/console.h"

#define KEYS(KEY)                                                              \
    KEY(ESC, ESC, 0x01)                                                        \
    KEY(1, 1, 0x02)                                                            \
    KEY(2, 2, 0x03)                                                            \
    KEY(3, 3, 0x04)                                                            \
    KEY(4, 4, 0x05)                                                            \
    KEY(5, 5, 0x06)                                                            \
    KEY(6, 6, 0x07)                                                            \
    KEY(7, 7, 0x08)                                                            \
    KEY(8, 8, 0x09)                                                            \
    KEY(9, 9, 0x0a)                                                            \
    KEY(0, 0, 0x0b)                                                            \
    KEY(MINUS, MINUS, 0x0c)                                                    \
    KEY(EQUAL, EQUAL, 0x0d)                                                    \
    KEY(BACKSPACE, BACKSPACE, 0x0e)                                            \
    KEY(TAB, TAB, 0x0f)                                                        \
    KEY(Q, Q, 0x10)                                                            \
    KEY(W, W, 0x11)                                                            \
    KEY(E, E, 0x12)                                                            \
    KEY(R, R, 0x13)                                                            \
    KEY(T, T, 0x14)                                                            \
    KEY(Y, Y, 0x15)                                                            \
    KEY(U, U, 0x16)                                                            \
    KEY(I, I, 0x17)                                                            \
    KEY(O, O, 0x18)                                                            \
    KEY(P, P, 0x19)                                                            \
    KEY(LEFTBRACE, BRACKET_LEFT, 0x1a)                                         \
    KEY(RIGHTBRACE, BRACKET_RIGHT, 0x1b)                                       \
    KEY(ENTER, RET, 0x1c)                                                      \
    KEY(LEFTCTRL, CTRL, 0x1d)                                                  \
    KEY(A, A, 0x1e)                                                            \
    KEY(S, S, 0x1f)                                                            \
    KEY(D, D, 0x20)                                                            \
    KEY(F, F, 0x21)                                                            \
    KEY(G, G, 0x22)                                                            \
    KEY(H, H, 0x23)                                                            \
    KEY(J, J, 0x24)                                                            \
    KEY(K, K, 0x25)                                                            \
    KEY(L, L, 0x26)                                                            \
    KEY(SEMICOLON, SEMICOLON, 0x27)                                            \
    KEY(APOSTROPHE, APOSTROPHE, 0x28)                                          \
    KEY(GRAVE, GRAVE_ACCENT, 0x29)                                             \
    KEY(LEFTSHIFT, SHIFT, 0x2a)                                                \
    KEY(BACKSLASH, BACKSLASH, 0x2b)                                            \
    KEY(Z, Z, 0x2c)                                                            \
    KEY(X, X, 0x2d)                                                            \
    KEY(C, C, 0x2e)                                                            \
    KEY(V, V, 0x2f)                                                            \
    KEY(B, B, 0x30)                                                            \
    KEY(N, N, 0x31)                                                            \
    KEY(M, M, 0x32)                                                            \
    KEY(COMMA, COMMA, 0x33)                                                    \
    KEY(DOT, DOT, 0x34)                                                        \
    KEY(SLASH, SLASH, 0x35)                                                    \
    KEY(RIGHTSHIFT, SHIFT_R, 0x36)                                             \
    KEY(KPASTERISK, KP_MULTIPLY, 0x37)                                         \
    KEY(LEFTALT, ALT, 0x38)                                                    \
    KEY(SPACE, SPC, 0x39)                                                      \
    KEY(CAPSLOCK, CAPS_LOCK, 0x3a)                                             \
    KEY(F1, F1, 0x3b)                                                          \
    KEY(F2, F2, 0x3c)                                                          \
    KEY(F3, F3, 0x3d)                                                          \
    KEY(F4, F4, 0x3e)                                                          \
    KEY(F5, F5, 0x3f)                                                          \
    KEY(F6, F6, 0x40)                                                          \
    KEY(F7, F7, 0x41)                                                          \
    KEY(F8, F8, 0x42)                                                          \
    KEY(F9, F9, 0x43)                                                          \
    KEY(F10, F10, 0x44)                                                        \
    KEY(NUMLOCK, NUM_LOCK, 0x45)                                               \
    KEY(SCROLLLOCK, SCROLL_LOCK, 0x46)                                         \
    KEY(KP7, KP_7, 0x47)                                                       \
    KEY(KP8, KP_8, 0x48)                                                       \
    KEY(KP9, KP_9, 0x49)                                                       \
    KEY(KPMINUS, KP_SUBTRACT, 0x4a)                                            \
    KEY(KP4, KP_4, 0x4b)                                                       \
    KEY(KP5, KP_5, 0x4c)                                                       \
    KEY(KP6, KP_6, 0x4d)                                                       \
    KEY(KPPLUS, KP_ADD, 0x4e)                                                  \
    KEY(KP1, KP_1, 0x4f)                                                       \
    KEY(KP2, KP_2, 0x50)                                                       \
    KEY(KP3, KP_3, 0x51)                                                       \
    KEY(KP0, KP_0, 0x52)                                                       \
    KEY(KPDOT, KP_DECIMAL, 0x53)                                               \
    KEY(102ND, LESS, 0x56)                                                     \
    KEY(F11, F11, 0x57)                                                        \
    KEY(F12, F12, 0x58)                                                        \
    KEY(RO, RO, 0x73)                                                          \
    KEY(HIRAGANA, HIRAGANA, 0x77)                                              \
    KEY(HENKAN, HENKAN, 0x79)                                                  \
    KEY(KATAKANAHIRAGANA, KATAKANAHIRAGANA, 0x70)                              \
    KEY(MUHENKAN, MUHENKAN, 0x7b)                                              \
    KEY(KPENTER, KP_ENTER, 0x9c)                                               \
    KEY(RIGHTCTRL, CTRL_R, 0x9d)                                               \
    KEY(KPSLASH, KP_DIVIDE, 0xb5)                                              \
    KEY(SYSRQ, SYSRQ, 0x54)                                                    \
    KEY(RIGHTALT, ALT_R, 0xb8)                                                 \
    KEY(LINEFEED, LF, 0x5b)                                                    \
    KEY(HOME, HOME, 0xc7)                                                      \
    KEY(UP, UP, 0xc8)                                                          \
    KEY(PAGEUP, PGUP, 0xc9)                                                    \
    KEY(LEFT, LEFT, 0xcb)                                                      \
    KEY(RIGHT, RIGHT, 0xcd)                                                    \
    KEY(END, END, 0xcf)                                                        \
    KEY(DOWN, DOWN, 0xd0)                                                      \
    KEY(PAGEDOWN, PGDN, 0xd1)                                                  \
    KEY(INSERT, INSERT, 0xd2)                                                  \
    KEY(DELETE, DELETE, 0xd3)                                                  \
    KEY(MUTE, AUDIOMUTE, 0xa0)                                                 \
    KEY(VOLUMEDOWN, VOLUMEDOWN, 0xae)                                          \
    KEY(VOLUMEUP, VOLUMEUP, 0xb0)                                              \
    KEY(POWER, POWER, 0xde)                                                    \
    KEY(KPEQUAL, KP_EQUALS, 0x59)                                              \
    KEY(PAUSE, PAUSE, 0xc6)                                                    \
    KEY(KPCOMMA, KP_COMMA, 0x7e)                                               \
    KEY(YEN, YEN, 0x7d)                                                        \
    KEY(LEFTMETA, META_L, 0xdb)                                                \
    KEY(RIGHTMETA, META_R, 0xdc)                                               \
    KEY(COMPOSE, COMPOSE, 0xdd)                                                \
    KEY(STOP, STOP, 0xe8)                                                      \
    KEY(AGAIN, AGAIN, 0x85)                                                    \
    KEY(PROPS, PROPS, 0x86)                                                    \
    KEY(UNDO, UNDO, 0x87)                                                      \
    KEY(FRONT, FRONT, 0x8c)                                                    \
    KEY(COPY, COPY, 0xf8)                                                      \
    KEY(OPEN, OPEN, 0x64)                                                      \
    KEY(PASTE, PASTE, 0x65)                                                    \
    KEY(FIND, FIND, 0xc1)                                                      \
    KEY(CUT, CUT, 0xbc)                                                        \
    KEY(HELP, HELP, 0xf5)                                                      \
    KEY(MENU, MENU, 0x9e)                                                      \
    KEY(CALC, CALCULATOR, 0xa1)                                                \
    KEY(SLEEP, SLEEP, 0xdf)                                                    \
    KEY(WAKEUP, WAKE, 0xe3)                                                    \
    KEY(MAIL, MAIL, 0xec)                                                      \
    KEY(COMPUTER, COMPUTER, 0xeb)                                              \
    KEY(BACK, AC_BACK, 0xea)                                                   \
    KEY(FORWARD, AC_FORWARD, 0xe9)                                             \
    KEY(NEXTSONG, AUDIONEXT, 0x99)                                             \
    KEY(PLAYPAUSE, AUDIOPLAY, 0xa2)                                            \
    KEY(PREVIOUSSONG, AUDIOPREV, 0x90)                                         \
    KEY(STOPCD, AUDIOSTOP, 0xa4)                                               \
    KEY(HOMEPAGE, AC_HOME, 0xb2)                                               \
    KEY(REFRESH, AC_REFRESH, 0xe7)                                             \
    KEY(BOOKMARKS, AC_BOOKMARKS, 0xe6)                                         \
    KEY(MEDIA, MEDIASELECT, 0xed)                                              \
    KEY(HANGEUL, LANG1, 0x72)                                                  \
    KEY(HANJA, LANG2, 0x71)                                                    \
    KEY(F13, F13, 0x5d)                                                        \
    KEY(F14, F14, 0x5e)                                                        \
    KEY(F15, F15, 0x5f)                                                        \
    KEY(F16, F16, 0x55)                                                        \
    KEY(F17, F17, 0x83)                                                        \
    KEY(F18, F18, 0xf7)                                                        \
    KEY(F19, F19, 0x84)                                                        \
    KEY(F20, F20, 0x5a)                                                        \
    KEY(F21, F21, 0x74)                                                        \
    KEY(F22, F22, 0xf9)                                                        \
    KEY(F23, F23, 0x6d)                                                        \
    KEY(F24, F24, 0x6f)

#define LINUX_TO_QCODE(l, q, n) [KEY_##l] = Q_KEY_CODE_##q,
#define QCODE_TO_LINUX(l, q, n) [Q_KEY_CODE_##q] = KEY_##l,
#define QCODE_TO_QNUM(l, q, n)  [Q_KEY_CODE_##q] = n,
#define QNUM_TO_QCODE(l, q, n)  [n] = Q_KEY_CODE_##q,

/* One key with two names: what only one direction has. */
#define SECOND_QCODES(KEY)                                                     \
    KEY(KPASTERISK, ASTERISK, 0x37)                                            \
    KEY(SYSRQ, PRINT, 0x54)
#define SECOND_KEYS(KEY) KEY(PRINT, PRINT, 0xb7)

#define TABLE(name, entry, more)                                               \
    const guint16 qemu_input_map_##name[] = { KEYS(entry) more(entry) };       \
    const guint qemu_input_map_##name##_len = ARRAY_SIZE(qemu_input_map_##name)

TABLE(linux_to_qcode, LINUX_TO_QCODE, SECOND_KEYS);
TABLE(qcode_to_linux, QCODE_TO_LINUX, SECOND_QCODES);
TABLE(qcode_to_qnum, QCODE_TO_QNUM, SECOND_QCODES);
TABLE(qnum_to_qcode, QNUM_TO_QCODE, SECOND_KEYS);

#define LOOKUP(name, i)                                                        \
    ((i) < qemu_input_map_##name##_len ? qemu_input_map_##name[i] : 0)

int qemu_input_key_number_to_qcode(unsigned int nr)
{
    return LOOKUP(qnum_to_qcode, nr);
}

int qemu_input_linux_to_qcode(unsigned int lnx)
{
    return LOOKUP(linux_to_qcode, lnx);
}

int qemu_input_key_value_to_qcode(const KeyValue *value)
{
    return value->type == KEY_VALUE_KIND_QCODE
               ? value->u.qcode.data
               : qemu_input_key_number_to_qcode(value->u.number.data);
}

int qemu_input_key_value_to_number(const KeyValue *value)
{
    return value->type == KEY_VALUE_KIND_NUMBER
               ? value->u.number.data
               : LOOKUP(qcode_to_qnum, value->u.qcode.data);
}

int qemu_input_key_value_to_scancode(const KeyValue *value, bool down,
                                     int *codes)
{
    int number = qemu_input_key_value_to_number(value);
    int up = down ? 0 : 0x80, count = 0;

    if (value->type == KEY_VALUE_KIND_QCODE &&
        value->u.qcode.data == Q_KEY_CODE_PAUSE) {
        codes[0] = 0xe1; /* Ctrl with Num Lock, from a key of its own */
        codes[1] = 0x1d | up;
        codes[2] = 0x45 | up;
        return 3;
    }
    if (number & 0x80) {
        codes[count++] = 0xe0;
    }
    codes[count++] = (number & 0x7f) | up;
    return count;
}

int index_from_key(const char *key, size_t key_length)
{
    for (int i = 0; i < Q_KEY_CODE__MAX; i++) {
        const char *name = QKeyCode_str(i);

        if (strlen(name) == key_length && !strncmp(name, key, key_length)) {
            return i;
        }
    }
    return Q_KEY_CODE__MAX;
}

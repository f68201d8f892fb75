/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the keys of a PS/2 keyboard send, in its three sets of codes: a byte, or
 * 0xe0 and another one (0xe1 for the key Pause). 0: nothing.
 */
#include "qemu/osdep.h"
#include "ui/input.h"

#define KEYS(KEY)                                                              \
    KEY(SHIFT, 0x2a, 0x12, 0x12)                                               \
    KEY(SHIFT_R, 0x36, 0x59, 0x59)                                             \
    KEY(ALT, 0x38, 0x11, 0x19)                                                 \
    KEY(ALT_R, 0xe038, 0xe011, 0x39)                                           \
    KEY(CTRL, 0x1d, 0x14, 0x11)                                                \
    KEY(CTRL_R, 0xe01d, 0xe014, 0x58)                                          \
    KEY(MENU, 0xe01e, 0x00, 0x91)                                              \
    KEY(ESC, 0x01, 0x76, 0x08)                                                 \
    KEY(1, 0x02, 0x16, 0x16)                                                   \
    KEY(2, 0x03, 0x1e, 0x1e)                                                   \
    KEY(3, 0x04, 0x26, 0x26)                                                   \
    KEY(4, 0x05, 0x25, 0x25)                                                   \
    KEY(5, 0x06, 0x2e, 0x2e)                                                   \
    KEY(6, 0x07, 0x36, 0x36)                                                   \
    KEY(7, 0x08, 0x3d, 0x3d)                                                   \
    KEY(8, 0x09, 0x3e, 0x3e)                                                   \
    KEY(9, 0x0a, 0x46, 0x46)                                                   \
    KEY(0, 0x0b, 0x45, 0x45)                                                   \
    KEY(MINUS, 0x0c, 0x4e, 0x4e)                                               \
    KEY(EQUAL, 0x0d, 0x55, 0x55)                                               \
    KEY(BACKSPACE, 0x0e, 0x66, 0x66)                                           \
    KEY(TAB, 0x0f, 0x0d, 0x0d)                                                 \
    KEY(Q, 0x10, 0x15, 0x15)                                                   \
    KEY(W, 0x11, 0x1d, 0x1d)                                                   \
    KEY(E, 0x12, 0x24, 0x24)                                                   \
    KEY(R, 0x13, 0x2d, 0x2d)                                                   \
    KEY(T, 0x14, 0x2c, 0x2c)                                                   \
    KEY(Y, 0x15, 0x35, 0x35)                                                   \
    KEY(U, 0x16, 0x3c, 0x3c)                                                   \
    KEY(I, 0x17, 0x43, 0x43)                                                   \
    KEY(O, 0x18, 0x44, 0x44)                                                   \
    KEY(P, 0x19, 0x4d, 0x4d)                                                   \
    KEY(BRACKET_LEFT, 0x1a, 0x54, 0x54)                                        \
    KEY(BRACKET_RIGHT, 0x1b, 0x5b, 0x5b)                                       \
    KEY(RET, 0x1c, 0x5a, 0x5a)                                                 \
    KEY(A, 0x1e, 0x1c, 0x1c)                                                   \
    KEY(S, 0x1f, 0x1b, 0x1b)                                                   \
    KEY(D, 0x20, 0x23, 0x23)                                                   \
    KEY(F, 0x21, 0x2b, 0x2b)                                                   \
    KEY(G, 0x22, 0x34, 0x34)                                                   \
    KEY(H, 0x23, 0x33, 0x33)                                                   \
    KEY(J, 0x24, 0x3b, 0x3b)                                                   \
    KEY(K, 0x25, 0x42, 0x42)                                                   \
    KEY(L, 0x26, 0x4b, 0x4b)                                                   \
    KEY(SEMICOLON, 0x27, 0x4c, 0x4c)                                           \
    KEY(APOSTROPHE, 0x28, 0x52, 0x52)                                          \
    KEY(GRAVE_ACCENT, 0x29, 0x0e, 0x0e)                                        \
    KEY(BACKSLASH, 0x2b, 0x5d, 0x5c)                                           \
    KEY(Z, 0x2c, 0x1a, 0x1a)                                                   \
    KEY(X, 0x2d, 0x22, 0x22)                                                   \
    KEY(C, 0x2e, 0x21, 0x21)                                                   \
    KEY(V, 0x2f, 0x2a, 0x2a)                                                   \
    KEY(B, 0x30, 0x32, 0x32)                                                   \
    KEY(N, 0x31, 0x31, 0x31)                                                   \
    KEY(M, 0x32, 0x3a, 0x3a)                                                   \
    KEY(COMMA, 0x33, 0x41, 0x41)                                               \
    KEY(DOT, 0x34, 0x49, 0x49)                                                 \
    KEY(SLASH, 0x35, 0x4a, 0x4a)                                               \
    KEY(ASTERISK, 0x37, 0x7c, 0x7e)                                            \
    KEY(SPC, 0x39, 0x29, 0x29)                                                 \
    KEY(CAPS_LOCK, 0x3a, 0x58, 0x14)                                           \
    KEY(F1, 0x3b, 0x05, 0x07)                                                  \
    KEY(F2, 0x3c, 0x06, 0x0f)                                                  \
    KEY(F3, 0x3d, 0x04, 0x17)                                                  \
    KEY(F4, 0x3e, 0x0c, 0x1f)                                                  \
    KEY(F5, 0x3f, 0x03, 0x27)                                                  \
    KEY(F6, 0x40, 0x0b, 0x2f)                                                  \
    KEY(F7, 0x41, 0x83, 0x37)                                                  \
    KEY(F8, 0x42, 0x0a, 0x3f)                                                  \
    KEY(F9, 0x43, 0x01, 0x47)                                                  \
    KEY(F10, 0x44, 0x09, 0x4f)                                                 \
    KEY(NUM_LOCK, 0x45, 0x77, 0x76)                                            \
    KEY(SCROLL_LOCK, 0x46, 0x7e, 0x5f)                                         \
    KEY(KP_DIVIDE, 0xe035, 0xe04a, 0x4a)                                       \
    KEY(KP_MULTIPLY, 0x37, 0x7c, 0x7e)                                         \
    KEY(KP_SUBTRACT, 0x4a, 0x7b, 0x4e)                                         \
    KEY(KP_ADD, 0x4e, 0x79, 0x7c)                                              \
    KEY(KP_ENTER, 0xe01c, 0xe05a, 0x79)                                        \
    KEY(KP_DECIMAL, 0x53, 0x71, 0x71)                                          \
    KEY(SYSRQ, 0x54, 0x7f, 0x57)                                               \
    KEY(KP_0, 0x52, 0x70, 0x70)                                                \
    KEY(KP_1, 0x4f, 0x69, 0x69)                                                \
    KEY(KP_2, 0x50, 0x72, 0x72)                                                \
    KEY(KP_3, 0x51, 0x7a, 0x7a)                                                \
    KEY(KP_4, 0x4b, 0x6b, 0x6b)                                                \
    KEY(KP_5, 0x4c, 0x73, 0x73)                                                \
    KEY(KP_6, 0x4d, 0x74, 0x74)                                                \
    KEY(KP_7, 0x47, 0x6c, 0x6c)                                                \
    KEY(KP_8, 0x48, 0x75, 0x75)                                                \
    KEY(KP_9, 0x49, 0x7d, 0x7d)                                                \
    KEY(LESS, 0x56, 0x61, 0x13)                                                \
    KEY(F11, 0x57, 0x78, 0x56)                                                 \
    KEY(F12, 0x58, 0x07, 0x5e)                                                 \
    KEY(PRINT, 0x54, 0x7f, 0x57)                                               \
    KEY(HOME, 0xe047, 0xe06c, 0x6e)                                            \
    KEY(PGUP, 0xe049, 0xe07d, 0x6f)                                            \
    KEY(PGDN, 0xe051, 0xe07a, 0x6d)                                            \
    KEY(END, 0xe04f, 0xe069, 0x65)                                             \
    KEY(LEFT, 0xe04b, 0xe06b, 0x61)                                            \
    KEY(UP, 0xe048, 0xe075, 0x63)                                              \
    KEY(DOWN, 0xe050, 0xe072, 0x60)                                            \
    KEY(RIGHT, 0xe04d, 0xe074, 0x6a)                                           \
    KEY(INSERT, 0xe052, 0xe070, 0x67)                                          \
    KEY(DELETE, 0xe053, 0xe071, 0x64)                                          \
    KEY(STOP, 0xe068, 0xe028, 0x0a)                                            \
    KEY(AGAIN, 0xe005, 0x00, 0x0b)                                             \
    KEY(PROPS, 0xe006, 0x00, 0x0c)                                             \
    KEY(UNDO, 0xe007, 0x00, 0x10)                                              \
    KEY(FRONT, 0xe00c, 0x00, 0x00)                                             \
    KEY(COPY, 0xe078, 0x00, 0x18)                                              \
    KEY(OPEN, 0x64, 0x00, 0x20)                                                \
    KEY(PASTE, 0x65, 0x00, 0x28)                                               \
    KEY(FIND, 0xe041, 0x00, 0x30)                                              \
    KEY(CUT, 0xe03c, 0x00, 0x38)                                               \
    KEY(LF, 0x5b, 0x00, 0x00)                                                  \
    KEY(HELP, 0xe075, 0x00, 0x09)                                              \
    KEY(META_L, 0xe05b, 0xe01f, 0x8b)                                          \
    KEY(META_R, 0xe05c, 0xe027, 0x8c)                                          \
    KEY(COMPOSE, 0xe05d, 0xe02f, 0x8d)                                         \
    KEY(PAUSE, 0xe046, 0xe077, 0x62)                                           \
    KEY(RO, 0x73, 0x51, 0x00)                                                  \
    KEY(HIRAGANA, 0x77, 0x62, 0x87)                                            \
    KEY(HENKAN, 0x79, 0x64, 0x86)                                              \
    KEY(YEN, 0x7d, 0x6a, 0x5d)                                                 \
    KEY(MUHENKAN, 0x7b, 0x67, 0x85)                                            \
    KEY(KATAKANAHIRAGANA, 0x70, 0x13, 0x87)                                    \
    KEY(KP_COMMA, 0x7e, 0x6d, 0x00)                                            \
    KEY(KP_EQUALS, 0x59, 0x0f, 0x00)                                           \
    KEY(POWER, 0xe05e, 0xe037, 0x00)                                           \
    KEY(SLEEP, 0xe05f, 0xe03f, 0x00)                                           \
    KEY(WAKE, 0xe063, 0xe05e, 0x00)                                            \
    KEY(AUDIONEXT, 0xe019, 0xe04d, 0x93)                                       \
    KEY(AUDIOPREV, 0xe010, 0xe015, 0x94)                                       \
    KEY(AUDIOSTOP, 0xe024, 0xe03b, 0x98)                                       \
    KEY(AUDIOPLAY, 0xe022, 0xe034, 0x00)                                       \
    KEY(AUDIOMUTE, 0xe020, 0xe023, 0x9c)                                       \
    KEY(VOLUMEUP, 0xe030, 0xe032, 0x95)                                        \
    KEY(VOLUMEDOWN, 0xe02e, 0xe021, 0x9d)                                      \
    KEY(MEDIASELECT, 0xe06d, 0xe050, 0x00)                                     \
    KEY(MAIL, 0xe06c, 0xe048, 0x00)                                            \
    KEY(CALCULATOR, 0xe021, 0xe02b, 0xa3)                                      \
    KEY(COMPUTER, 0xe06b, 0xe040, 0x00)                                        \
    KEY(AC_HOME, 0xe032, 0xe03a, 0x97)                                         \
    KEY(AC_BACK, 0xe06a, 0xe038, 0x00)                                         \
    KEY(AC_FORWARD, 0xe069, 0xe030, 0x00)                                      \
    KEY(AC_REFRESH, 0xe067, 0xe020, 0x00)                                      \
    KEY(AC_BOOKMARKS, 0xe066, 0xe018, 0x00)                                    \
    KEY(LANG1, 0x72, 0x00, 0x00)                                               \
    KEY(LANG2, 0x71, 0x00, 0x00)                                               \
    KEY(F13, 0x5d, 0x2f, 0x7f)                                                 \
    KEY(F14, 0x5e, 0x37, 0x80)                                                 \
    KEY(F15, 0x5f, 0x3f, 0x81)                                                 \
    KEY(F16, 0x55, 0x00, 0x82)                                                 \
    KEY(F17, 0xe003, 0x00, 0x83)                                               \
    KEY(F18, 0xe077, 0x00, 0x00)                                               \
    KEY(F19, 0xe004, 0x00, 0x00)                                               \
    KEY(F20, 0x5a, 0x00, 0x00)                                                 \
    KEY(F21, 0x74, 0x00, 0x00)                                                 \
    KEY(F22, 0xe079, 0x00, 0x00)                                               \
    KEY(F23, 0x6d, 0x00, 0x00)                                                 \
    KEY(F24, 0x6f, 0x00, 0x00)

#define SET1(key, one, two, three) [Q_KEY_CODE_##key] = one,
#define SET2(key, one, two, three) [Q_KEY_CODE_##key] = two,
#define SET3(key, one, two, three) [Q_KEY_CODE_##key] = three,

#define TABLE(name, set)                                                       \
    const guint16 qemu_input_map_qcode_to_##name[] = { KEYS(set) };            \
    const guint qemu_input_map_qcode_to_##name##_len =                         \
        ARRAY_SIZE(qemu_input_map_qcode_to_##name)

TABLE(atset1, SET1);
TABLE(atset2, SET2);
TABLE(atset3, SET3);

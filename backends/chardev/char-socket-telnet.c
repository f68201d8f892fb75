/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The telnet and tn3270 protocols, as far as a console needs them. */
#include "qemu/osdep.h"
#include "char-socket-internal.h"

#define IAC_WILL 251
#define IAC_DONT 254
#define IAC_DO   253

/* Telnet options */
#define OPT_BINARY   0
#define OPT_ECHO     1
#define OPT_SGA      3
#define OPT_TERMTYPE 24
#define OPT_EOR      25

/* Commands that a tn3270 terminal speaks itself. */
static bool tn3270_passes(uint8_t cmd)
{
    return cmd == IAC_EOR || cmd == IAC_SB || cmd == IAC_SE || cmd == IAC_IP ||
           cmd == IAC_NOP;
}

size_t socket_telnet_filter(SocketChardev *s, const uint8_t *buf, size_t size,
                            uint8_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < size; i++) {
        uint8_t ch = buf[i];

        switch (s->do_telnetopt) {
        case TELNET_DATA:
            if (ch == IAC) {
                s->do_telnetopt = TELNET_IAC;
            } else {
                out[n++] = ch;
            }
            break;
        case TELNET_IAC:
            s->do_telnetopt = TELNET_DATA;
            if (ch == IAC) {
                out[n++] = IAC;
            } else if (s->is_tn3270 && tn3270_passes(ch)) {
                out[n++] = IAC;
                out[n++] = ch;
            } else if (ch >= IAC_WILL && ch <= IAC_DONT) {
                s->do_telnetopt = TELNET_OPTION;
            } else if (ch == IAC_SB) {
                s->do_telnetopt = TELNET_SUB;
            } else if (ch == IAC_BREAK) {
                qemu_chr_be_event(CHARDEV(s), CHR_EVENT_BREAK);
            }
            break;
        case TELNET_OPTION:
            s->do_telnetopt = TELNET_DATA;
            break;
        case TELNET_SUB:
            if (ch == IAC) {
                s->do_telnetopt = TELNET_SUB_IAC;
            }
            break;
        default: /* TELNET_SUB_IAC */
            s->do_telnetopt = ch == IAC_SE ? TELNET_DATA : TELNET_SUB;
            break;
        }
    }
    return n;
}

TCPChardevTelnetInit *socket_telnet_greeting(SocketChardev *s)
{
    static const uint8_t telnet[] = {
        IAC, IAC_WILL, OPT_ECHO,   IAC, IAC_WILL, OPT_SGA,
        IAC, IAC_WILL, OPT_BINARY, IAC, IAC_DO,   OPT_BINARY,
    };
    static const uint8_t tn3270[] = {
        IAC,
        IAC_DO,
        OPT_EOR,
        IAC,
        IAC_WILL,
        OPT_EOR,
        IAC,
        IAC_DO,
        OPT_BINARY,
        IAC,
        IAC_WILL,
        OPT_BINARY,
        IAC,
        IAC_DO,
        OPT_TERMTYPE,
        IAC,
        IAC_SB,
        OPT_TERMTYPE,
        1 /* send it */,
        IAC,
        IAC_SE,
    };
    TCPChardevTelnetInit *init = g_new0(TCPChardevTelnetInit, 1);

    QEMU_BUILD_BUG_ON(sizeof(tn3270) > sizeof(init->buf));
    if (s->is_tn3270) {
        memcpy(init->buf, tn3270, sizeof(tn3270));
        init->buflen = sizeof(tn3270);
    } else {
        memcpy(init->buf, telnet, sizeof(telnet));
        init->buflen = sizeof(telnet);
    }
    return init;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8: see include/qemu/unicode.h. */
#include "qemu/osdep.h"
#include "qemu/unicode.h"

static bool valid_codepoint(int cp)
{
    if (cp < 0 || cp > 0x10ffff) {
        return false;
    }
    if (cp >= 0xd800 && cp <= 0xdfff) {
        return false; /* surrogate */
    }
    /* U+FDD0..U+FDEF and the last two of each plane are no characters. */
    return !(cp >= 0xfdd0 && cp <= 0xfdef) && (cp & 0xfffe) != 0xfffe;
}

int mod_utf8_codepoint(const char *s, size_t n, char **end)
{
    /* The least value that a sequence of this many bytes is meant for. */
    static const int least[] = {
        0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000
    };
    const uint8_t *p = (const uint8_t *)s;
    unsigned int lead, len, i;
    int cp;

    if (n == 0 || *p == 0) {
        *end = (char *)s;
        return -1;
    }
    lead = *p++;
    len = lead < 0x80 ? 1 : __builtin_clz((unsigned char)~lead | 1) - 24;
    if (len == 1 || len > 6 || lead >= 0xfe) {
        /* ASCII; else a continuation without a start, or no UTF-8 at all */
        *end = (char *)p;
        return lead < 0x80 ? (int)lead : -1;
    }
    cp = lead & (0x7f >> len);
    for (i = 1; i < len; i++, p++) {
        if (i >= n || (*p & 0xc0) != 0x80) {
            *end = (char *)p;
            return -1;
        }
        cp = cp << 6 | (*p & 0x3f);
    }
    *end = (char *)p;
    if (!valid_codepoint(cp) || (cp < least[len] && !(cp == 0 && len == 2))) {
        return -1;
    }
    return cp;
}

ssize_t mod_utf8_encode(char buf[], size_t bufsz, int codepoint)
{
    unsigned int len, lead;

    assert(bufsz >= 1);
    buf[0] = '\0';
    if (!valid_codepoint(codepoint)) {
        return -1;
    }
    if (codepoint > 0 && codepoint < 0x80) {
        len = 1;
        lead = 0;
    } else {
        len = codepoint < 0x800 ? 2 : codepoint < 0x10000 ? 3 : 4;
        lead = (0xff00 >> len) & 0xff;
    }
    if (len >= bufsz) {
        return -1;
    }
    buf[len] = '\0';
    for (unsigned int i = len - 1; i > 0; i--) {
        buf[i] = 0x80 | (codepoint & 0x3f);
        codepoint >>= 6;
    }
    buf[0] = lead | codepoint;
    return len;
}

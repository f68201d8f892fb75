/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings, time and small encodings: see include/qemu/cutils.h. */
#include "qemu/osdep.h"
#include "qemu/cutils.h"

void pstrcpy(char *buf, int buf_size, const char *str)
{
    if (buf_size > 0) {
        g_strlcpy(buf, str, buf_size);
    }
}

char *pstrcat(char *buf, int buf_size, const char *s)
{
    int used = strlen(buf);

    if (used < buf_size) {
        pstrcpy(buf + used, buf_size - used, s);
    }
    return buf;
}

void strpadcpy(char *buf, int buf_size, const char *str, char pad)
{
    int len = qemu_strnlen(str, buf_size);

    memcpy(buf, str, len);
    memset(buf + len, pad, buf_size - len);
}

int strstart(const char *str, const char *val, const char **ptr)
{
    size_t len = strlen(val);

    if (strncmp(str, val, len) != 0) {
        return 0;
    }
    if (ptr) {
        *ptr = str + len;
    }
    return 1;
}

int stristart(const char *str, const char *val, const char **ptr)
{
    size_t len = strlen(val);

    if (g_ascii_strncasecmp(str, val, len) != 0) {
        return 0;
    }
    if (ptr) {
        *ptr = str + len;
    }
    return 1;
}

int qemu_strnlen(const char *s, int max_len)
{
    return strnlen(s, max_len);
}

char *qemu_strsep(char **input, const char *delim)
{
    return strsep(input, delim);
}

const char *qemu_strchrnul(const char *s, int c)
{
    return strchrnul(s, c);
}

int qemu_pstrcmp0(const char **str1, const char **str2)
{
    return g_strcmp0(*str1, *str2);
}

time_t mktimegm(struct tm *tm)
{
    struct tm copy = *tm;

    return timegm(&copy);
}

int qemu_parse_fd(const char *param)
{
    long fd;

    if (qemu_strtol(param, NULL, 10, &fd) < 0 || fd < 0 || fd > INT_MAX) {
        return -1;
    }
    return fd;
}

int uleb128_encode_small(uint8_t *out, uint32_t n)
{
    assert(n < 1u << 14);
    if (n < 0x80) {
        out[0] = n;
        return 1;
    }
    out[0] = n % 0x80 | 0x80;
    out[1] = n / 0x80;
    return 2;
}

int uleb128_decode_small(const uint8_t *in, uint32_t *n)
{
    if (in[0] < 0x80) {
        *n = in[0];
        return 1;
    }
    if (in[1] >= 0x80) {
        return -1;
    }
    *n = in[0] % 0x80 + in[1] * 0x80u;
    return 2;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text that a JSON string token stands for. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/unicode.h"
#include "json-internal.h"

/* The value of the escape \uXXXX at @p; -1 if there is none. */
static int unicode_escape(const char *p)
{
    int value = 0, i;

    if (p[0] != '\\' || p[1] != 'u') {
        return -1;
    }
    for (i = 2; i < 6; i++) {
        int digit = g_ascii_xdigit_value(p[i]);

        if (digit < 0) {
            return -1;
        }
        value = value << 4 | digit;
    }
    return value;
}

/*
 * Decodes \uXXXX at *@p, or two of them that are a surrogate pair, to @out.
 * The number of bytes written; -1 when it is no character.
 */
static int decode_unicode(const char **p, char *out)
{
    const char *begin = *p;
    int code = unicode_escape(begin), low;
    char buf[8];
    ssize_t len;

    if (code < 0) {
        return -1;
    }
    *p += 6;
    if (code >= 0xd800 && code <= 0xdbff) {
        low = unicode_escape(*p);
        if (low >= 0xdc00 && low <= 0xdfff) {
            code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
            *p += 6;
        }
    }
    len = mod_utf8_encode(buf, sizeof(buf), code);
    if (len > 0) {
        memcpy(out, buf, len);
    }
    return len > 0 ? len : -1;
}

/* The character that \@ch stands for; 0 if none. */
static char simple_escape(char ch)
{
    switch (ch) {
    case '"':
    case '\'':
    case '\\':
    case '/':
        return ch;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return 0;
    }
}

/* Decodes the escape at *@p to *@out, moving both. */
static bool decode_escape(const char **p, char **out, Error **errp)
{
    const char *begin = *p;
    char ch = simple_escape(begin[1]);
    int len;

    if (ch) {
        *p += 2;
        *(*out)++ = ch;
        return true;
    }
    if (unicode_escape(begin) < 0) {
        error_setg(errp, "JSON parse error, invalid escape sequence in string");
        return false;
    }
    len = decode_unicode(p, *out);
    if (len < 0) {
        error_setg(errp,
                   "JSON parse error, %.*s is not a valid Unicode character",
                   (int)(*p - begin), begin);
        return false;
    }
    *out += len;
    return true;
}

char *json_decode_string(GString *token, bool interpolating, Error **errp)
{
    /* What is decoded is never longer than it was, so it stays in place. */
    const char *p = token->str + 1, *end = token->str + token->len - 1;
    char *out = token->str, *next;

    while (p < end) {
        if (*p == '\\') {
            if (!decode_escape(&p, &out, errp)) {
                return NULL;
            }
        } else if (*p == '%' && interpolating) {
            if (p[1] != '%') {
                error_setg(errp, "JSON parse error, "
                                 "can't interpolate into string");
                return NULL;
            }
            *out++ = '%';
            p += 2;
        } else if ((unsigned char)*p < 0x80) {
            *out++ = *p++;
        } else {
            if (mod_utf8_codepoint(p, MIN(end - p, 6), &next) < 0) {
                error_setg(errp, "JSON parse error, "
                                 "invalid UTF-8 sequence in string");
                return NULL;
            }
            while (p < next) {
                *out++ = *p++;
            }
        }
    }
    return g_strndup(token->str, out - token->str);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UTF-8 where U+0000 in the middle of a C string is written as the two bytes
 * C0 80 ("modified UTF-8").
 */
#ifndef QEMU_UNICODE_H
#define QEMU_UNICODE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The code point that the first @n bytes of @s start with, or -1; *end is
 * what follows it, or where to go on after an error. -1 with *end == s: there
 * is nothing (n is 0 or a NUL comes first). Overlong forms, surrogates,
 * noncharacters and what is beyond U+10FFFF are errors. @n may be SIZE_MAX for
 * a string with a NUL.
 */
int mod_utf8_codepoint(const char *s, size_t n, char **end);

/*
 * Encodes a code point (U+0000..U+10FFFF; surrogates and noncharacters are
 * refused) with a NUL behind: the number of bytes without it. -1 when it is
 * not valid or does not fit in @bufsz; @buf is then empty.
 */
ssize_t mod_utf8_encode(char buf[], size_t bufsz, int codepoint);

#endif

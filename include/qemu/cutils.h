/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings, numbers and buffers: what <string.h> and <stdlib.h> do not do, or
 * do unsafely.
 *
 *   util/cutils.c       copying, prefixes, tokens, time, paths
 *   util/cutils-num.c   text to numbers and sizes, and back
 *   util/bufferiszero.c, util/hexdump.c
 */
#ifndef QEMU_CUTILS_H
#define QEMU_CUTILS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <glib.h>

/* "k" for 3 .. "E" for 18, "m" for -3 ..; "Ki" for 10 .. "Ei" for 60. */
const char *si_prefix(unsigned int exp10);
const char *iec_binary_prefix(unsigned int exp2);

/* Copy or append what fits in @buf_size bytes, always with a NUL. */
void pstrcpy(char *buf, int buf_size, const char *str);
char *pstrcat(char *buf, int buf_size, const char *s);
/* Fills @buf up with @pad; no NUL is added. */
void strpadcpy(char *buf, int buf_size, const char *str, char pad);

/* Does @str start with @val? If so, *ptr (may be NULL) is what follows. */
int strstart(const char *str, const char *val, const char **ptr);
/* The same whatever the case of ASCII letters. */
int stristart(const char *str, const char *val, const char **ptr);
int qemu_strnlen(const char *s, int max_len);

/*
 * The token that *input starts with, cut off in place at the first character
 * of @delim; *input moves behind it, NULL after the last. NULL for NULL.
 */
char *qemu_strsep(char **input, const char *delim);
/* The first @c in @s, or the end of @s. */
const char *qemu_strchrnul(const char *s, int c);
/* strcmp() where NULL is less than any string and equal to NULL. */
int qemu_pstrcmp0(const char **str1, const char **str2);

#define STR_OR_NULL(str) ((str) ? (str) : "null")

static inline const char *yes_no(bool b)
{
    return b ? "yes" : "no";
}

/* timegm(): seconds since 1970 of a date in UTC. */
time_t mktimegm(struct tm *tm);
/* A file descriptor number, or -1. */
int qemu_parse_fd(const char *param);

/*
 * Numbers, as strtol() and its siblings read them, with errors returned:
 *   0        done
 *   -EINVAL  no number or a NULL string: *result is 0; or, when @endptr is
 *            NULL, something behind the number, which is in *result
 *   -ERANGE  too large or too small: *result is the nearest value
 * *endptr is what follows the number; the start when there is none. The
 * unsigned ones wrap a negative number around, as strtoul() does.
 */
int qemu_strtoi(const char *nptr, const char **endptr, int base, int *result);
int qemu_strtoui(const char *nptr, const char **endptr, int base,
                 unsigned int *result);
int qemu_strtol(const char *nptr, const char **endptr, int base, long *result);
int qemu_strtoul(const char *nptr, const char **endptr, int base,
                 unsigned long *result);
int qemu_strtoi64(const char *nptr, const char **endptr, int base,
                  int64_t *result);
int qemu_strtou64(const char *nptr, const char **endptr, int base,
                  uint64_t *result);
/* -ERANGE leaves HUGE_VAL or a tiny number in *result, as strtod(). */
int qemu_strtod(const char *nptr, const char **endptr, double *result);
/* -EINVAL and 0 for "inf", "nan" and numbers too large for a double. */
int qemu_strtod_finite(const char *nptr, const char **endptr, double *result);

/*
 * As qemu_strtou64(), but a minus sign is -ERANGE, and *value is 0 on every
 * -EINVAL. _full allows nothing behind the number.
 */
int parse_uint(const char *s, const char **endptr, int base, uint64_t *value);
int parse_uint_full(const char *s, int base, uint64_t *value);

/*
 * Sizes: a decimal number, perhaps with a fraction, and one of the suffixes
 * B K M G T P E in any case; or a hexadecimal one without suffix. A number
 * without suffix is in bytes, for _MiB in MiB. Factors are 1024, for _metric
 * 1000. -EINVAL, also for parts of a byte; -ERANGE for what is negative or
 * has more than 64 bits; *result is then 0.
 */
int qemu_strtosz(const char *nptr, const char **end, uint64_t *result);
int qemu_strtosz_MiB(const char *nptr, const char **end, uint64_t *result);
int qemu_strtosz_metric(const char *nptr, const char **end, uint64_t *result);

/* "1.5 GiB", "33.3 MHz": three digits. The caller frees them. */
char *size_to_str(uint64_t val);
char *freq_to_str(uint64_t freq_hz);

/*
 * The environment variable @name as a number of 0..@max; @initial when it is
 * not set or not valid (which is told on standard error).
 */
int parse_debug_env(const char *name, int max, int initial);

/*
 * Is every byte zero? True for a length of 0. Most buffers that are not are
 * found out by three bytes.
 */
bool buffer_is_zero_ool(const void *vbuf, size_t len);
/* @len >= 256. */
bool buffer_is_zero_ge256(const void *vbuf, size_t len);
/* For tests: take the next slower implementation; false after the last. */
bool test_buffer_is_zero_next_accel(void);

static inline bool buffer_is_zero_sample3(const char *buf, size_t len)
{
    /* One after the other, so that the first may save a cache miss. */
    return buf[0] == 0 && buf[len - 1] == 0 && buf[len / 2] == 0;
}

#ifdef __OPTIMIZE__
static inline bool buffer_is_zero(const void *buf, size_t len)
{
    if (__builtin_constant_p(len) && len >= 256) {
        return buffer_is_zero_sample3(buf, len) &&
               buffer_is_zero_ge256(buf, len);
    }
    return buffer_is_zero_ool(buf, len);
}
#else
#define buffer_is_zero buffer_is_zero_ool
#endif

/*
 * Numbers below 2^14 in one or two bytes, least significant 7 bits first.
 * The number of bytes; decode: -1 when it is not valid.
 */
int uleb128_encode_small(uint8_t *out, uint32_t n);
int uleb128_decode_small(const uint8_t *in, uint32_t *n);

/*
 * Appends @len bytes of @buf in hexadecimal to @str (NULL: a new one), with
 * a space after each @unit_len bytes and another after each @block_len (0:
 * none); returns the string.
 */
GString *qemu_hexdump_line(GString *str, const void *buf, size_t len,
                           size_t unit_len, size_t block_len);
/* Lines of 16 bytes: "PREFIX: OFFSET: bytes  characters". */
void qemu_hexdump(FILE *fp, const char *prefix, const void *bufptr,
                  size_t size);
/* Two digits a byte and a NUL; @buffer_size is at least that. */
void qemu_hexdump_to_buffer(char *restrict buffer, size_t buffer_size,
                            const uint8_t *restrict data, size_t data_size);

/* Remembers where the program lies, from /proc or @argv0. Once, in main(). */
void qemu_init_exec_dir(const char *argv0);
/*
 * @dir, an absolute path below the configured prefix, for where the program
 * really is: an installation can be moved, and runs from the build directory.
 * The caller frees it.
 */
char *get_relocated_path(const char *dir);

#endif

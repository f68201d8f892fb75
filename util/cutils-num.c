/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text to numbers and sizes, and back: see include/qemu/cutils.h.
 *
 * The C library parses; what it leaves to its caller, to tell "nothing there"
 * from 0 and to notice what is left over, is finish() for all of them.
 */
#include "qemu/osdep.h"
#include <math.h>
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"

/*
 * What parsing @nptr up to @ep with error number @err means for the caller:
 * 0 or a negative errno. -EINVAL when there was no number, or something is
 * left that nobody asked for.
 */
static int finish(const char *nptr, const char *ep, const char **endptr,
                  int err)
{
    if (endptr) {
        *endptr = ep;
    }
    if ((ep == nptr && !err) || (!endptr && *ep)) {
        return -EINVAL;
    }
    return -err;
}

/* The common answer to a NULL string. */
static int no_string(const char **endptr)
{
    if (endptr) {
        *endptr = NULL;
    }
    return -EINVAL;
}

static void check_base(int base)
{
    assert(base == 0 || (base >= 2 && base <= 36));
}

/* A signed number within @min..@max. */
static int parse_signed(const char *nptr, const char **endptr, int base,
                        int64_t min, int64_t max, int64_t *result)
{
    long long v;
    char *ep;
    int err;

    check_base(base);
    *result = 0;
    if (!nptr) {
        return no_string(endptr);
    }
    errno = 0;
    v = strtoll(nptr, &ep, base);
    err = errno;
    if (v < min || v > max) {
        v = v < min ? min : max;
        err = ERANGE;
    }
    *result = v;
    return finish(nptr, ep, endptr, err);
}

/*
 * An unsigned number up to @max. As in strtoul(), "-1" is @max: a minus sign
 * negates within the width of the type.
 */
static int parse_unsigned(const char *nptr, const char **endptr, int base,
                          uint64_t max, uint64_t *result)
{
    unsigned long long v;
    bool negative;
    char *ep;
    int err;

    check_base(base);
    *result = 0;
    if (!nptr) {
        return no_string(endptr);
    }
    errno = 0;
    v = strtoull(nptr, &ep, base);
    err = errno;
    negative = !err && memchr(nptr, '-', ep - nptr) != NULL;
    if (negative) {
        v = -v;
    }
    if (err == ERANGE || v > max) {
        v = max;
        err = ERANGE;
    } else if (negative) {
        v = -v & max;
    }
    *result = v;
    return finish(nptr, ep, endptr, err);
}

int qemu_strtoi(const char *nptr, const char **endptr, int base, int *result)
{
    int64_t v;
    int ret = parse_signed(nptr, endptr, base, INT_MIN, INT_MAX, &v);

    *result = v;
    return ret;
}

int qemu_strtoui(const char *nptr, const char **endptr, int base,
                 unsigned int *result)
{
    uint64_t v;
    int ret = parse_unsigned(nptr, endptr, base, UINT_MAX, &v);

    *result = v;
    return ret;
}

int qemu_strtol(const char *nptr, const char **endptr, int base, long *result)
{
    int64_t v;
    int ret = parse_signed(nptr, endptr, base, LONG_MIN, LONG_MAX, &v);

    *result = v;
    return ret;
}

int qemu_strtoul(const char *nptr, const char **endptr, int base,
                 unsigned long *result)
{
    uint64_t v;
    int ret = parse_unsigned(nptr, endptr, base, ULONG_MAX, &v);

    *result = v;
    return ret;
}

int qemu_strtoi64(const char *nptr, const char **endptr, int base,
                  int64_t *result)
{
    return parse_signed(nptr, endptr, base, INT64_MIN, INT64_MAX, result);
}

int qemu_strtou64(const char *nptr, const char **endptr, int base,
                  uint64_t *result)
{
    return parse_unsigned(nptr, endptr, base, UINT64_MAX, result);
}

int qemu_strtod(const char *nptr, const char **endptr, double *result)
{
    char *ep;

    *result = 0.0;
    if (!nptr) {
        return no_string(endptr);
    }
    errno = 0;
    *result = strtod(nptr, &ep);
    return finish(nptr, ep, endptr, errno);
}

int qemu_strtod_finite(const char *nptr, const char **endptr, double *result)
{
    int ret = qemu_strtod(nptr, endptr, result);

    /* Neither "inf" nor 1e999; a number that is too small is only rounded. */
    if (!isfinite(*result)) {
        *result = 0.0;
        if (endptr) {
            *endptr = nptr;
        }
        return -EINVAL;
    }
    return ret;
}

int parse_uint(const char *s, const char **endptr, int base, uint64_t *value)
{
    const char *ep = s;
    uint64_t v = 0;
    int ret;

    /* Without an end pointer what is left over comes before what is wrong. */
    ret = qemu_strtou64(s, &ep, base, &v);
    if (ret != -EINVAL && memchr(s, '-', ep - s)) {
        v = 0;
        ret = -ERANGE;
    }
    if (endptr) {
        *endptr = ep;
    } else if (ret != -EINVAL && *ep) {
        v = 0;
        ret = -EINVAL;
    }
    *value = v;
    return ret;
}

int parse_uint_full(const char *s, int base, uint64_t *value)
{
    return parse_uint(s, NULL, base, value);
}

/* --- Sizes -------------------------------------------------------------- */

/* The factor of suffix @c when a kilo is @unit; 0 when it is none. */
static uint64_t suffix_factor(char c, uint64_t unit)
{
    static const char suffixes[] = "BKMGTPE";
    const char *at = c ? strchr(suffixes, qemu_toupper(c)) : NULL;
    uint64_t factor = 1;

    if (!at) {
        return 0;
    }
    for (const char *p = suffixes; p < at; p++) {
        factor *= unit;
    }
    return factor;
}

/* A number as it was written, not yet scaled. */
typedef struct {
    uint64_t integer;
    /* 64 bits behind the binary point. */
    uint64_t fraction;
    bool has_fraction; /* that is not zero, however small */
    bool is_hex, is_negative, overflows;
    const char *end;
} SizeNumber;

/* The digits from @p, which must be a digit or ".digit"; false if not. */
static bool scan_decimal(const char *p, SizeNumber *n)
{
    const char *digits = p;
    bool any = qemu_isdigit(*p);

    for (; qemu_isdigit(*p); p++) {
        n->overflows |= umul64_overflow(n->integer, 10, &n->integer) ||
                        uadd64_overflow(n->integer, *p - '0', &n->integer);
    }
    if (*p == '.' && (any || qemu_isdigit(p[1]))) {
        digits = p++;
        for (; qemu_isdigit(*p); p++) {
            n->has_fraction |= *p != '0';
        }
        any = true;
    }
    n->end = p;
    if (n->has_fraction) {
        /* A copy, for strtod() would take "1.5e1" for an exponent. */
        g_autofree char *text = g_strndup(digits, p - digits);
        double value = strtod(text, NULL);

        if (value >= 1.0) {
            n->overflows |= uadd64_overflow(n->integer, 1, &n->integer);
        } else {
            n->fraction = (uint64_t)ldexp(value, 64);
        }
    }
    return any;
}

static bool scan_number(const char *p, SizeNumber *n)
{
    *n = (SizeNumber){ 0 };
    while (qemu_isspace(*p)) {
        p++;
    }
    if (*p == '+' || *p == '-') {
        n->is_negative = *p++ == '-';
    }
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X') && qemu_isxdigit(p[2])) {
        int err = qemu_strtou64(p + 2, &n->end, 16, &n->integer);

        n->is_hex = true;
        n->overflows = err == -ERANGE;
        return true;
    }
    return scan_decimal(p, n);
}

/* The number times @factor, rounded to the nearest; false when too large. */
static bool scale(const SizeNumber *n, uint64_t factor, uint64_t *result)
{
    uint64_t low, high;

    mulu64(&low, &high, n->fraction, factor);
    high += low >> 63;
    return !umul64_overflow(n->integer, factor, result) &&
           !uadd64_overflow(*result, high, result);
}

/*
 * Scans a size at @nptr: 0 or -ERANGE, with *end what follows it; -EINVAL
 * when there is none.
 */
static int scan_size(const char *nptr, const char **end, char default_suffix,
                     uint64_t unit, uint64_t *result)
{
    SizeNumber n;
    uint64_t factor;

    if (!scan_number(nptr, &n) || (n.is_hex && *n.end == '.')) {
        return -EINVAL;
    }
    *end = n.end;
    /* The suffix of what cannot be right anyway is left, as in QEMU. */
    if (n.is_negative || n.overflows) {
        return -ERANGE;
    }
    factor = suffix_factor(*n.end, unit);
    if (factor && n.is_hex) {
        return -EINVAL;
    }
    if (factor) {
        (*end)++;
    } else {
        factor = suffix_factor(default_suffix, unit);
    }
    /* There is no half byte. */
    if (factor == 1 && n.has_fraction) {
        return -EINVAL;
    }
    return scale(&n, factor, result) ? 0 : -ERANGE;
}

static int parse_size(const char *nptr, const char **end, char default_suffix,
                      uint64_t unit, uint64_t *result)
{
    const char *ep = nptr;
    uint64_t v = 0;
    int ret = nptr ? scan_size(nptr, &ep, default_suffix, unit, &v) : -EINVAL;

    if (ret == -EINVAL) {
        ep = nptr;
    } else if (!end && *ep) {
        ret = -EINVAL;
    }
    if (end) {
        *end = ep;
    }
    *result = ret == 0 ? v : 0;
    return ret;
}

int qemu_strtosz(const char *nptr, const char **end, uint64_t *result)
{
    return parse_size(nptr, end, 'B', 1024, result);
}

int qemu_strtosz_MiB(const char *nptr, const char **end, uint64_t *result)
{
    return parse_size(nptr, end, 'M', 1024, result);
}

int qemu_strtosz_metric(const char *nptr, const char **end, uint64_t *result)
{
    return parse_size(nptr, end, 'B', 1000, result);
}

/* --- Numbers to text ----------------------------------------------------- */

const char *iec_binary_prefix(unsigned int exp2)
{
    static const char *const prefixes[] = { "",   "Ki", "Mi", "Gi",
                                            "Ti", "Pi", "Ei" };

    assert(exp2 % 10 == 0 && exp2 / 10 < ARRAY_SIZE(prefixes));
    return prefixes[exp2 / 10];
}

const char *si_prefix(unsigned int exp10)
{
    static const char *const prefixes[] = { "a", "f", "p", "n", "u", "m", "",
                                            "K", "M", "G", "T", "P", "E" };

    /* Negative exponents arrive as large unsigned numbers. */
    exp10 += 18;
    assert(exp10 % 3 == 0 && exp10 / 3 < ARRAY_SIZE(prefixes));
    return prefixes[exp10 / 3];
}

char *size_to_str(uint64_t val)
{
    unsigned int exp2 = 0;
    double scaled = val;

    /* 1000 and not 1024, so that three digits are always enough. */
    while (scaled >= 1000 && exp2 < 60) {
        scaled /= 1024;
        exp2 += 10;
    }
    return g_strdup_printf("%0.3g %sB", scaled, iec_binary_prefix(exp2));
}

char *freq_to_str(uint64_t freq_hz)
{
    unsigned int exp10 = 0;
    double scaled = freq_hz;

    while (scaled >= 1000 && exp10 < 18) {
        scaled /= 1000;
        exp10 += 3;
    }
    return g_strdup_printf("%0.3g %sHz", scaled, si_prefix(exp10));
}

int parse_debug_env(const char *name, int max, int initial)
{
    const char *text = g_getenv(name);
    int value;

    if (!text) {
        return initial;
    }
    if (qemu_strtoi(text, NULL, 10, &value) < 0 || value < 0 || value > max) {
        warn_report("%s=%s is not a number of 0..%d and is ignored", name, text,
                    max);
        return initial;
    }
    return value;
}

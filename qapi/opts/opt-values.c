/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of option values: commas, numbers and sizes. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qemu/cutils.h"
#include "qemu/option.h"
#include "opts-internal.h"

const char *get_opt_value(const char *p, char **value)
{
    GString *text = g_string_new(NULL);

    for (; *p; p++) {
        if (*p == ',' && *++p != ',') {
            p--;
            break;
        }
        g_string_append_c(text, *p);
    }
    *value = g_string_free(text, false);
    return p;
}

bool parse_option_number(const char *name, const char *value, uint64_t *ret,
                         Error **errp)
{
    uint64_t number;

    switch (qemu_strtou64(value, NULL, 0, &number)) {
    case 0:
        *ret = number;
        return true;
    case -ERANGE:
        error_setg(errp, "Value '%s' is too large for parameter '%s'", value,
                   name);
        return false;
    default:
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, name, "a number");
        return false;
    }
}

bool parse_option_size(const char *name, const char *value, uint64_t *ret,
                       Error **errp)
{
    uint64_t size;

    switch (qemu_strtosz(value, NULL, &size)) {
    case 0:
        *ret = size;
        return true;
    case -ERANGE:
        error_setg(errp, "Value '%s' is out of range for parameter '%s'", value,
                   name);
        return false;
    default:
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, name,
                   "a non-negative number below 2^64");
        error_append_hint(errp, "Optional suffix k, M, G, T, P or E means"
                                " kilo-, mega-, giga-, tera-, peta-\n"
                                "and exabytes, respectively.\n");
        return false;
    }
}

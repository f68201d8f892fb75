/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Enum tables, names, and the spellings of yes and no.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/util.h"

const char *qapi_enum_lookup(const QEnumLookup *lookup, int val)
{
    assert(val >= 0 && val < lookup->size);
    return lookup->array[val];
}

int qapi_enum_parse(const QEnumLookup *lookup, const char *buf, int def,
                    Error **errp)
{
    if (!buf) {
        return def;
    }
    for (int i = 0; i < lookup->size; i++) {
        if (lookup->array[i] && g_str_equal(lookup->array[i], buf)) {
            return i;
        }
    }
    error_setg(errp, "invalid parameter value: %s", buf);
    return def;
}

bool qapi_bool_parse(const char *name, const char *value, bool *obj,
                     Error **errp)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {
        { "on", true },   { "yes", true }, { "true", true },   { "y", true },
        { "off", false }, { "no", false }, { "false", false }, { "n", false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_str_equal(value, words[i].word)) {
            *obj = words[i].value;
            return true;
        }
    }
    error_setg(errp, "Parameter '%s' expects 'on' or 'off'", name);
    return false;
}

/* The end of a prefix "__com.example_" at @name, or @name if there is none. */
static const char *skip_downstream_prefix(const char *name)
{
    const char *p = name + 2;

    if (!g_str_has_prefix(name, "__")) {
        return name;
    }
    while (g_ascii_isalnum(*p) || *p == '-' || *p == '.') {
        p++;
    }
    return *p == '_' ? p + 1 : NULL;
}

int parse_qapi_name(const char *name, bool complete)
{
    const char *p = skip_downstream_prefix(name);

    if (!p || !g_ascii_isalpha(*p)) {
        return -1;
    }
    while (g_ascii_isalnum(*p) || *p == '-' || *p == '_') {
        p++;
    }
    return complete && *p ? -1 : p - name;
}

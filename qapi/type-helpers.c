/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conversions between types of the schema and what C code works with.
 */
#include "qemu/osdep.h"
#include "qapi/type-helpers.h"

HumanReadableText *human_readable_text_from_str(GString *str)
{
    HumanReadableText *text = g_new0(HumanReadableText, 1);

    text->human_readable_text = g_strndup(str->str, str->len);
    return text;
}

char **strv_from_str_list(const strList *list)
{
    size_t count = QAPI_LIST_LENGTH(list);
    char **strv = count ? g_new0(char *, count + 1) : NULL;

    for (size_t i = 0; i < count; i++, list = list->next) {
        strv[i] = g_strdup(list->value);
    }
    return strv;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conversions between types of the schema and what C code works with.
 */
#include "qapi/qapi-types-common.h"

/* A copy of @str as a HumanReadableText, which the caller frees. */
HumanReadableText *human_readable_text_from_str(GString *str);

/*
 * The strings of @list, copied into a NULL-terminated array for g_strfreev().
 * NULL for an empty list.
 */
char **strv_from_str_list(const strList *list);

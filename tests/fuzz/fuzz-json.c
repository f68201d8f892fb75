/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a stream of JSON. However they are cut into pieces the verdicts
 * are the same; what is accepted is written, and reads back as the same text;
 * and after 0xFF a good value is understood.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qobject/json-parser.h"
#include "qobject/qjson.h"
#include "qobject/qobject.h"
#include "fuzz-input.h"

static void check(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "fuzz-json: %s\n", what);
        abort();
    }
}

static void note(void *opaque, QObject *json, Error *err)
{
    GString *log = opaque;

    check(!json != !err, "neither or both of value and error");
    if (json) {
        GString *text = qobject_to_json(json);
        QObject *back = qobject_from_json(text->str, &error_abort);
        GString *again = qobject_to_json(back);

        /*
         * Not the values: 1.0 is written as 1, which is an integer, and -0.0
         * as -0, which is plain 0 when read.
         */
        check(g_string_equal(text, again) || strstr(text->str, "-0"),
              "a value that reads back as another");
        g_string_append_printf(log, "+%s\n", text->str);
        qobject_unref(back);
        qobject_unref(json);
        g_string_free(text, true);
        g_string_free(again, true);
    } else {
        g_string_append_printf(log, "-%s\n", error_get_pretty(err));
        error_free(err);
    }
}

static GString *verdicts(const uint8_t *data, size_t size, size_t piece)
{
    GString *log = g_string_new(NULL);
    JSONMessageParser parser;
    size_t i, n;

    json_message_parser_init(&parser, note, log, NULL);
    for (i = 0; i < size; i += n) {
        n = MIN(piece, size - i);
        json_message_parser_feed(&parser, (const char *)data + i, n);
    }
    json_message_parser_feed(&parser, "\xff{\"fine\": 1}", 12);
    json_message_parser_destroy(&parser);
    return log;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GString *whole = verdicts(data, size, SIZE_MAX);
    GString *bytes = verdicts(data, size, 1);
    GString *pieces = verdicts(data, size, 5);

    check(g_string_equal(whole, bytes) && g_string_equal(whole, pieces),
          "pieces make a difference");
    check(g_str_has_suffix(whole->str, "\n+{\"fine\": 1}\n"),
          "no recovery after 0xFF");
    g_string_free(whole, true);
    g_string_free(bytes, true);
    g_string_free(pieces, true);
    return 0;
}

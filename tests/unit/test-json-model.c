/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The JSON parser and writer against random documents: what is written reads
 * back the same, pieces make no difference, a grammar written down a second
 * time agrees on what is valid, and after anything at all the stream recovers.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qobject/json-parser.h"
#include "qobject/json-writer.h"
#include "qobject/qbool.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qnull.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"

#define ROUNDS 2000

static const int64_t edges[] = {
    0, 1, -1, 255, 256, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN,
};

static char *random_text(void)
{
    static const char *const pieces[] = {
        "a", "key", "\"",       "\\",         "/",    "\n", "\x01", "%",
        "'", "é",   "\xC0\x80", "\U0001D11E", "\x7f", "{",  "}",    " ",
        "[", "€",   "\\u0041",  ":",          ",",    "\t",
    };
    GString *s = g_string_new(NULL);
    int n = g_test_rand_int_range(0, 8);

    while (n--) {
        g_string_append(s,
                        pieces[g_test_rand_int_range(0, ARRAY_SIZE(pieces))]);
    }
    return g_string_free(s, false);
}

static QObject *random_number(void)
{
    switch (g_test_rand_int_range(0, 4)) {
    case 0:
        return QOBJECT(
            qnum_from_int(edges[g_test_rand_int_range(0, ARRAY_SIZE(edges))]));
    case 1:
        return QOBJECT(qnum_from_uint((uint64_t)INT64_MAX +
                                      g_test_rand_int_range(1, 1000)));
    case 2:
        return QOBJECT(qnum_from_uint(UINT64_MAX));
    default:
        /* A whole double reads back as an integer, so be none. */
        return QOBJECT(
            qnum_from_double(g_test_rand_double_range(-1e3, 1e3) * 1e-7 + 0.5));
    }
}

static QObject *random_doc(int depth)
{
    int kind = g_test_rand_int_range(0, depth ? 6 : 4);
    int n = g_test_rand_int_range(0, 6);

    if (kind == 0) {
        return QOBJECT(qnull());
    }
    if (kind == 1) {
        return QOBJECT(qbool_from_bool(g_test_rand_bit()));
    }
    if (kind == 2) {
        return random_number();
    }
    if (kind == 3) {
        g_autofree char *text = random_text();

        return QOBJECT(qstring_from_str(text));
    }
    if (kind == 4) {
        QList *list = qlist_new();

        while (n--) {
            qlist_append_obj(list, random_doc(depth - 1));
        }
        return QOBJECT(list);
    } else {
        QDict *dict = qdict_new();

        while (n--) {
            g_autofree char *key = random_text();

            qdict_put_obj(dict, key, random_doc(depth - 1));
        }
        return QOBJECT(dict);
    }
}

/* What a parser said: one line for each verdict. */
static void note(void *opaque, QObject *json, Error *err)
{
    GString *log = opaque;

    g_assert(!json != !err);
    if (json) {
        GString *text = qobject_to_json(json);

        g_string_append_printf(log, "+%s\n", text->str);
        g_string_free(text, true);
        qobject_unref(json);
    } else {
        g_string_append_printf(log, "-%s\n", error_get_pretty(err));
        error_free(err);
    }
}

/* The verdicts on @text, fed in pieces of up to @piece bytes. */
static char *verdicts(const char *text, size_t len, int piece)
{
    GString *log = g_string_new(NULL);
    JSONMessageParser parser;
    size_t i = 0;

    json_message_parser_init(&parser, note, log, NULL);
    while (i < len) {
        size_t n = MIN(len - i, (size_t)g_test_rand_int_range(1, piece + 1));
        /* A copy of its own, so that ASan sees a read beyond the piece. */
        g_autofree char *copy = g_memdup2(text + i, n);

        json_message_parser_feed(&parser, copy, n);
        i += n;
    }
    json_message_parser_flush(&parser);
    json_message_parser_destroy(&parser);
    return g_string_free(log, false);
}

static size_t count_lines(const char *s)
{
    size_t n = 0;

    for (; *s; s++) {
        n += *s == '\n';
    }
    return n;
}

static void test_round_trip(void)
{
    int i;

    for (i = 0; i < ROUNDS; i++) {
        QObject *doc = random_doc(4), *back;
        bool pretty = g_test_rand_bit();
        GString *text = qobject_to_json_pretty(doc, pretty), *again;
        const char *p;

        for (p = text->str; *p; p++) {
            g_assert((*p >= ' ' && *p < 0x7f) || (pretty && *p == '\n'));
        }
        back = qobject_from_json(text->str, &error_abort);
        g_assert(qobject_is_equal(doc, back));
        /* Members keep their order. */
        again = qobject_to_json_pretty(back, pretty);
        g_assert_cmpstr(text->str, ==, again->str);
        g_string_free(text, true);
        g_string_free(again, true);
        qobject_unref(doc);
        qobject_unref(back);
    }
}

static void test_pieces(void)
{
    int i, j;

    for (i = 0; i < ROUNDS / 4; i++) {
        GString *stream = g_string_new(NULL);
        size_t n = g_test_rand_int_range(1, 5);
        g_autofree char *whole = NULL, *bytes = NULL, *pieces = NULL;

        for (j = 0; j < n; j++) {
            QObject *doc = random_doc(3);
            GString *text = qobject_to_json(doc);

            g_string_append_printf(stream, "%s\r\n", text->str);
            g_string_free(text, true);
            qobject_unref(doc);
        }
        whole = verdicts(stream->str, stream->len, INT_MAX - 1);
        bytes = verdicts(stream->str, stream->len, 1);
        pieces = verdicts(stream->str, stream->len, 7);
        g_assert_cmpstr(whole, ==, bytes);
        g_assert_cmpstr(whole, ==, pieces);
        g_assert_cmpuint(count_lines(whole), ==, n);
        g_assert(!strstr(whole, "\n-") && whole[0] == '+');
        g_string_free(stream, true);
    }
}

static void test_mutations(void)
{
    static const char good[] = "{ \"fine\": [ 1 ] }";
    int i, n;

    for (i = 0; i < ROUNDS; i++) {
        QObject *doc = random_doc(3);
        GString *text = qobject_to_json(doc);
        g_autofree char *whole = NULL, *bytes = NULL;

        for (n = g_test_rand_int_range(1, 4); n && text->len; n--) {
            size_t at = g_test_rand_int_range(0, text->len);

            switch (g_test_rand_int_range(0, 4)) {
            case 0:
                text->str[at] = g_test_rand_int_range(0, 256);
                break;
            case 1:
                g_string_erase(text, at, 1);
                break;
            case 2:
                g_string_insert_c(text, at, g_test_rand_int_range(0, 256));
                break;
            default:
                g_string_truncate(text, at);
            }
        }
        /* 0xFF is what a client resynchronizes with. */
        g_string_append_c(text, '\xff');
        g_string_append(text, good);
        whole = verdicts(text->str, text->len, INT_MAX - 1);
        bytes = verdicts(text->str, text->len, 1);
        g_assert_cmpstr(whole, ==, bytes);
        g_assert(g_str_has_suffix(whole, "\n+{\"fine\": [1]}\n"));
        g_string_free(text, true);
        qobject_unref(doc);
    }
}

/* The grammar once more: @p, a string of one-letter tokens, after a value. */
static const char *model_value(const char *p)
{
    const char *keys[16];
    int n = 0, i;

    switch (*p) {
    case 's':
    case 't':
    case '1':
        return p + 1;
    case '[':
        if (*++p == ']') {
            return p + 1;
        }
        for (;;) {
            p = model_value(p);
            if (!p || (*p != ',' && *p != ']')) {
                return NULL;
            }
            if (*p++ == ']') {
                return p;
            }
        }
    case '{':
        if (*++p == '}') {
            return p + 1;
        }
        for (;;) {
            const char *key = p;

            if ((*p != 's' && *p != 't') || p[1] != ':') {
                return NULL;
            }
            p = model_value(p + 2);
            if (!p || (*p != ',' && *p != '}')) {
                return NULL;
            }
            for (i = 0; i < n; i++) {
                if (*keys[i] == *key) {
                    return NULL;
                }
            }
            g_assert(n < 16);
            keys[n++] = key;
            if (*p++ == '}') {
                return p;
            }
        }
    default:
        return NULL;
    }
}

static void test_grammar(void)
{
    static const char alphabet[] = "st1[]{}:,[]{}:,::s";
    int i, j, valid = 0;

    for (i = 0; i < 60000; i++) {
        char tokens[10];
        int n = g_test_rand_int_range(1, 10);
        GString *text = g_string_new(NULL);
        const char *end;
        QObject *obj;
        Error *err = NULL;

        for (j = 0; j < n; j++) {
            tokens[j] =
                alphabet[g_test_rand_int_range(0, ARRAY_SIZE(alphabet) - 1)];
            g_string_append(text, tokens[j] == 's'   ? " 's'"
                                  : tokens[j] == 't' ? " \"t\""
                                                     : "");
            if (tokens[j] != 's' && tokens[j] != 't') {
                g_string_append_c(text, ' ');
                g_string_append_c(text, tokens[j]);
            }
        }
        tokens[n] = 0;
        end = model_value(tokens);
        obj = qobject_from_json(text->str, &err);
        if (!!obj != (end && !*end) || !obj == !err) {
            g_test_message("%s", text->str);
            g_test_fail();
        }
        valid += !!obj;
        error_free(err);
        qobject_unref(obj);
        g_string_free(text, true);
    }
    g_assert_cmpint(valid, >, 50);
}

/* A wrong token between balanced brackets: one error for the whole value. */
static void test_one_verdict(void)
{
    static const char *const wrong[] = {
        "{\"a\" 1, \"b\": [1, 2, {\"c\": 3}]}",
        "{\"a\": : 1, \"b\": [1, 2, {\"c\": 3}]}",
        "[1 2, [3], {\"a\": {}}]",
        "[1,, [3], {\"a\": {}}]",
        "[tru, [3], {\"a\": {}}]",
        "{\"a\": 1, \"a\": {\"b\": []}}",
        "{1: 2, \"a\": {\"b\": []}}",
        "[\"\\x\", [3], {\"a\": {}}]",
        "[\"\\ud800\", [3], {\"a\": {}}]",
        "[\"\xc3(\", [3], {\"a\": {}}]",
        "[1e999, {}]",
        "{[}]",
        "{,}",
        "]",
        "}",
        ":",
        ",",
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(wrong); i++) {
        g_autofree char *stream = g_strdup_printf("%s {\"ok\": 0} ", wrong[i]);
        g_autofree char *said = verdicts(stream, strlen(stream), 3);

        g_test_message("%s -> %s", wrong[i], said);
        g_assert_cmpuint(count_lines(said), ==, 2);
        g_assert(g_str_has_prefix(said, "-JSON parse error, "));
        g_assert(g_str_has_suffix(said, "\n+{\"ok\": 0}\n"));
    }
}

static void check_error(const char *text, const char *expected)
{
    Error *err = NULL;
    QObject *obj = qobject_from_json(text, &err);

    g_assert(!obj && err);
    g_assert_cmpstr(error_get_pretty(err), ==, expected);
    error_free(err);
}

static void test_error_texts(void)
{
    check_error("", "Expecting a JSON value");
    check_error(" \n", "Expecting a JSON value");
    check_error("1 2", "Expecting at most one JSON value");
    check_error("[1,", "JSON parse error, premature EOI");
    check_error("{", "JSON parse error, premature EOI");
    check_error("[,]", "JSON parse error, expecting value");
    check_error("[1,]", "JSON parse error, expecting value");
    check_error("[1 2]", "JSON parse error, expected separator in list");
    check_error("{'a':1 'b':2}",
                "JSON parse error, expected separator in dict");
    check_error("{'a' 1}", "JSON parse error, missing : in object pair");
    check_error("{1:1}", "JSON parse error, key is not a string in object");
    check_error("{'a':1,'a':1}", "JSON parse error, duplicate key");
    check_error("NaN", "JSON parse error, stray 'N'");
    check_error("nan", "JSON parse error, invalid keyword 'nan'");
    check_error("01", "JSON parse error, stray '01'");
    check_error("'abc", "JSON parse error, stray ''abc'");
    check_error("'\\ud800'",
                "JSON parse error, \\ud800 is not a valid Unicode character");
    check_error("'\\q'", "JSON parse error, invalid escape sequence in string");
    check_error("'\x80'", "JSON parse error, invalid UTF-8 sequence in string");
}

/* A value over a limit gets one error at once, and is skipped to its end. */
static void check_limit(JSONMessageParser *parser, GString *log,
                        const char *what)
{
    g_autofree char *expected =
        g_strdup_printf("-JSON %s limit exceeded\n", what);

    g_assert_cmpstr(log->str, ==, expected);
    g_string_truncate(log, 0);
    json_message_parser_feed(parser, "[1]", 3);
    g_assert_cmpstr(log->str, ==, "+[1]\n");
    g_string_truncate(log, 0);
}

static void feed_many(JSONMessageParser *parser, const char *text, size_t n)
{
    g_autoptr(GString) block = g_string_new(NULL);
    size_t i;

    for (i = 0; i < 4096; i++) {
        g_string_append(block, text);
    }
    for (; n >= 4096; n -= 4096) {
        json_message_parser_feed(parser, block->str, block->len);
    }
    json_message_parser_feed(parser, block->str, n * strlen(text));
}

static void test_limits(void)
{
    GString *log = g_string_new(NULL);
    JSONMessageParser parser;

    json_message_parser_init(&parser, note, log, NULL);

    feed_many(&parser, "[", 5000);
    feed_many(&parser, "]", 5000);
    check_limit(&parser, log, "nesting depth");

    feed_many(&parser, "[", 1024);
    feed_many(&parser, "]", 1024);
    g_assert_cmpuint(log->len, ==, 2 * 1024 + 2);
    g_string_truncate(log, 0);

    json_message_parser_feed(&parser, "[1", 2);
    feed_many(&parser, ",1", 1 << 21);
    json_message_parser_feed(&parser, "]", 1);
    check_limit(&parser, log, "token count");

    /* Outside of containers, what is skipped ends with the string. */
    json_message_parser_feed(&parser, "\"", 1);
    feed_many(&parser, "{}[abcdefghijklm", (64 << 20) / 16 + 1);
    json_message_parser_feed(&parser, "\"", 1);
    check_limit(&parser, log, "token size");

    json_message_parser_destroy(&parser);
    g_string_free(log, true);
}

static void test_writer(void)
{
    g_autoptr(JSONWriter) w = json_writer_new(true);

    json_writer_start_object(w, NULL);
    json_writer_int64(w, "i", INT64_MIN);
    json_writer_start_array(w, "a");
    json_writer_uint64(w, NULL, UINT64_MAX);
    json_writer_double(w, NULL, 1.0 / 0.0);
    json_writer_bool(w, NULL, true);
    json_writer_end_array(w);
    json_writer_start_object(w, "o");
    json_writer_end_object(w);
    json_writer_str(w, "s", "\xff");
    json_writer_end_object(w);
    g_assert_cmpstr(json_writer_get(w), ==,
                    "{\n"
                    "    \"i\": -9223372036854775808,\n"
                    "    \"a\": [\n"
                    "        18446744073709551615,\n"
                    "        null,\n"
                    "        true\n"
                    "    ],\n"
                    "    \"o\": {\n"
                    "    },\n"
                    "    \"s\": \"\\uFFFD\"\n"
                    "}");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/round-trip", test_round_trip);
    g_test_add_func("/json/pieces", test_pieces);
    g_test_add_func("/json/mutations", test_mutations);
    g_test_add_func("/json/grammar", test_grammar);
    g_test_add_func("/json/one-verdict", test_one_verdict);
    g_test_add_func("/json/error-texts", test_error_texts);
    g_test_add_func("/json/limits", test_limits);
    g_test_add_func("/json/writer", test_writer);
    return g_test_run();
}

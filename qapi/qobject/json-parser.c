/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON tokens into values, as the tokens come.
 *
 * @open is the stack of containers that we are in, @expect what may come next.
 * An error frees what there is of the value, and is kept until the brackets
 * balance: there the next value begins, and the error is emitted. Brackets and
 * braces are counted apart, for a value in which they are mixed up has to end
 * somewhere too; it does where either count falls below zero at the latest.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qobject/qbool.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qobject/qnull.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"
#include "qobject-internal.h"
#include "json-internal.h"
#include <math.h>

enum {
    EXPECT_VALUE,
    EXPECT_VALUE_OR_END, /* after [ */
    EXPECT_KEY,
    EXPECT_KEY_OR_END, /* after { */
    EXPECT_COLON,
    EXPECT_SEPARATOR, /* or the end */
};

/* A container that is not complete. @key waits for its value. */
typedef struct OpenContainer {
    QObject *obj;
    char *key;
} OpenContainer;

static OpenContainer *innermost(JSONMessageParser *parser)
{
    guint n = parser->open->len;

    return n ? &g_array_index(parser->open, OpenContainer, n - 1) : NULL;
}

static bool in_dict(JSONMessageParser *parser)
{
    OpenContainer *top = innermost(parser);

    return top && qobject_type(top->obj) == QTYPE_QDICT;
}

static void drop_value(JSONMessageParser *parser)
{
    guint i;

    for (i = 0; i < parser->open->len; i++) {
        OpenContainer *c = &g_array_index(parser->open, OpenContainer, i);

        qobject_unref(c->obj);
        g_free(c->key);
    }
    g_array_set_size(parser->open, 0);
    qobject_unref(parser->value);
    parser->value = NULL;
}

/* The value is wrong; takes @err, which must be the first for this value. */
static void fail(JSONMessageParser *parser, Error *err)
{
    assert(!parser->err);
    parser->err = err;
    drop_value(parser);
}

static void G_GNUC_PRINTF(2, 3)
    parse_error(JSONMessageParser *parser, const char *fmt, ...)
{
    g_autofree char *what = NULL;
    Error *err = NULL;
    va_list ap;

    va_start(ap, fmt);
    what = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    error_setg(&err, "JSON parse error, %s", what);
    fail(parser, err);
}

/* Prepares for the next value. What there was has been handed over. */
static void restart(JSONMessageParser *parser)
{
    parser->value = NULL;
    parser->err = NULL;
    parser->expect = EXPECT_VALUE;
    parser->brace_count = 0;
    parser->bracket_count = 0;
    parser->token_count = 0;
    parser->token_size = 0;
    parser->skipping = false;
}

/* The value has ended: reports it, or what was wrong with it, once. */
static void finish(JSONMessageParser *parser)
{
    QObject *value = parser->value;
    Error *err = parser->err;
    bool reported = parser->skipping;

    assert(!parser->open->len && !value + !err + !reported == 2);
    restart(parser);
    if (!reported) {
        parser->emit(parser->opaque, value, err);
    }
}

/*
 * The value is more than we take: reports it now, since its end may be far
 * off or never come, and passes over what is left of it.
 */
static void over_limit(JSONMessageParser *parser, const char *what)
{
    Error *err;

    if (!parser->err) {
        Error *limit_err = NULL;

        error_setg(&limit_err, "JSON %s limit exceeded", what);
        fail(parser, limit_err);
    }
    err = parser->err;
    parser->err = NULL;
    parser->skipping = true;
    parser->emit(parser->opaque, NULL, err);
}

/* Puts a complete value where it belongs; takes it over. */
static void add_value(JSONMessageParser *parser, QObject *value)
{
    OpenContainer *top = innermost(parser);

    if (!top) {
        parser->value = value;
        return;
    }
    if (qobject_type(top->obj) == QTYPE_QLIST) {
        qlist_append_obj(qobject_to(QList, top->obj), value);
    } else {
        QDict *qdict = qobject_to(QDict, top->obj);

        if (qdict_haskey(qdict, top->key)) {
            qobject_unref(value);
            parse_error(parser, "duplicate key");
            return;
        }
        qdict_put_obj(qdict, top->key, value);
        g_free(top->key);
        top->key = NULL;
    }
    parser->expect = EXPECT_SEPARATOR;
}

static void open_container(JSONMessageParser *parser, char bracket)
{
    OpenContainer c = {
        .obj = bracket == '{' ? QOBJECT(qdict_new()) : QOBJECT(qlist_new()),
    };

    g_array_append_val(parser->open, c);
    parser->expect = bracket == '{' ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
}

static void close_container(JSONMessageParser *parser)
{
    OpenContainer *top = innermost(parser);
    QObject *obj = top->obj;

    assert(!top->key);
    g_array_set_size(parser->open, parser->open->len - 1);
    add_value(parser, obj);
}

static void punctuation(JSONMessageParser *parser, char ch)
{
    bool dict = in_dict(parser);
    bool ends = ch == (dict ? '}' : ']') && parser->open->len;

    switch (parser->expect) {
    case EXPECT_VALUE_OR_END:
    case EXPECT_KEY_OR_END:
        if (ends) {
            close_container(parser);
            return;
        }
        break;
    case EXPECT_COLON:
        if (ch == ':') {
            parser->expect = EXPECT_VALUE;
        } else {
            parse_error(parser, "missing : in object pair");
        }
        return;
    case EXPECT_SEPARATOR:
        if (ends) {
            close_container(parser);
        } else if (ch == ',') {
            parser->expect = dict ? EXPECT_KEY : EXPECT_VALUE;
        } else {
            parse_error(parser, "expected separator in %s",
                        dict ? "dict" : "list");
        }
        return;
    }
    if (ch != '{' && ch != '[') {
        parse_error(parser, "expecting value");
    } else if (parser->expect == EXPECT_KEY ||
               parser->expect == EXPECT_KEY_OR_END) {
        parse_error(parser, "key is not a string in object");
    } else {
        open_container(parser, ch);
    }
}

static QObject *parse_string(JSONMessageParser *parser, GString *token)
{
    Error *err = NULL;
    char *str = json_decode_string(token, parser->ap != NULL, &err);

    if (!str) {
        fail(parser, err);
        return NULL;
    }
    return QOBJECT(qstring_take(str));
}

static QObject *parse_keyword(JSONMessageParser *parser, const char *word)
{
    if (g_str_equal(word, "true")) {
        return QOBJECT(qbool_from_bool(true));
    }
    if (g_str_equal(word, "false")) {
        return QOBJECT(qbool_from_bool(false));
    }
    if (g_str_equal(word, "null")) {
        return QOBJECT(qnull());
    }
    parse_error(parser, "invalid keyword '%.100s'", word);
    return NULL;
}

/* The integer @text if one of the 64-bit types holds it, else NULL. */
static QObject *parse_integer(const char *text)
{
    bool negative = *text == '-';
    uint64_t value = 0;
    const char *p;

    for (p = text + negative; *p; p++) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *p - '0', &value)) {
            return NULL;
        }
    }
    if (negative) {
        return value <= (uint64_t)INT64_MAX + 1 ? QOBJECT(qnum_from_int(-value))
                                                : NULL;
    }
    return value <= INT64_MAX ? QOBJECT(qnum_from_int(value))
                              : QOBJECT(qnum_from_uint(value));
}

static QObject *parse_number(JSONMessageParser *parser, const char *text)
{
    double value = g_ascii_strtod(text, NULL);

    if (!isfinite(value)) {
        parse_error(parser, "number '%.100s' is out of range", text);
        return NULL;
    }
    return QOBJECT(qnum_from_double(value));
}

static QObject *interpolate(JSONMessageParser *parser, const char *conv)
{
    va_list *ap = parser->ap;

    if (g_str_equal(conv, "%s")) {
        return QOBJECT(qstring_from_str(va_arg(*ap, const char *)));
    }
    if (g_str_equal(conv, "%p")) {
        QObject *obj = va_arg(*ap, QObject *);

        assert(obj);
        return obj;
    }
    if (g_str_equal(conv, "%i")) {
        return QOBJECT(qbool_from_bool(va_arg(*ap, int)));
    }
    if (g_str_equal(conv, "%d")) {
        return QOBJECT(qnum_from_int(va_arg(*ap, int)));
    }
    if (g_str_equal(conv, "%u")) {
        return QOBJECT(qnum_from_uint(va_arg(*ap, unsigned)));
    }
    if (g_str_equal(conv, "%f")) {
        return QOBJECT(qnum_from_double(va_arg(*ap, double)));
    }
    if (g_str_equal(conv, "%ld")) {
        return QOBJECT(qnum_from_int(va_arg(*ap, long)));
    }
    if (g_str_equal(conv, "%lu")) {
        return QOBJECT(qnum_from_uint(va_arg(*ap, unsigned long)));
    }
    if (g_str_equal(conv, "%lld") || g_str_equal(conv, "%" PRId64)) {
        return QOBJECT(qnum_from_int(va_arg(*ap, long long)));
    }
    if (g_str_equal(conv, "%llu") || g_str_equal(conv, "%" PRIu64)) {
        return QOBJECT(qnum_from_uint(va_arg(*ap, unsigned long long)));
    }
    parse_error(parser, "invalid interpolation '%s'", conv);
    return NULL;
}

/* The value of a token that is one by itself; NULL after an error. */
static QObject *scalar(JSONMessageParser *parser, JSONTokenType type)
{
    GString *token = parser->lexer.token;
    QObject *obj;

    switch (type) {
    case JSON_STRING:
        return parse_string(parser, token);
    case JSON_INTEGER:
        obj = parse_integer(token->str);
        return obj ?: parse_number(parser, token->str);
    case JSON_FLOAT:
        return parse_number(parser, token->str);
    case JSON_KEYWORD:
        return parse_keyword(parser, token->str);
    case JSON_INTERP:
        return interpolate(parser, token->str);
    default:
        g_assert_not_reached();
    }
}

static void add_key(JSONMessageParser *parser, QObject *obj)
{
    QString *key = qobject_to(QString, obj);

    if (key) {
        innermost(parser)->key = g_strdup(qstring_get_str(key));
        parser->expect = EXPECT_COLON;
    } else {
        parse_error(parser, "key is not a string in object");
    }
    qobject_unref(obj);
}

static void add_scalar(JSONMessageParser *parser, JSONTokenType type)
{
    QObject *obj;

    if (parser->expect == EXPECT_COLON) {
        parse_error(parser, "missing : in object pair");
        return;
    }
    if (parser->expect == EXPECT_SEPARATOR) {
        parse_error(parser, "expected separator in %s",
                    in_dict(parser) ? "dict" : "list");
        return;
    }
    obj = scalar(parser, type);
    if (!obj) {
        return;
    }
    if (parser->expect == EXPECT_KEY || parser->expect == EXPECT_KEY_OR_END) {
        add_key(parser, obj);
    } else {
        add_value(parser, obj);
    }
}

/* Counts a token; false if it is one too many. */
static bool within_limits(JSONMessageParser *parser)
{
    size_t len = parser->lexer.token->len;

    if (parser->token_size + len + 1 > JSON_MAX_TOKEN_SIZE) {
        over_limit(parser, "token size");
    } else if (parser->token_count + 1 > JSON_MAX_TOKEN_COUNT) {
        over_limit(parser, "token count");
    } else if (parser->brace_count + parser->bracket_count > JSON_MAX_NESTING) {
        over_limit(parser, "nesting depth");
    } else {
        parser->token_size += len;
        parser->token_count++;
        return true;
    }
    return false;
}

static void count_brackets(JSONMessageParser *parser, char ch)
{
    switch (ch) {
    case '{':
        parser->brace_count++;
        break;
    case '}':
        parser->brace_count--;
        break;
    case '[':
        parser->bracket_count++;
        break;
    case ']':
        parser->bracket_count--;
        break;
    }
}

/* Whether the brackets so far leave the value open. */
static bool is_open(JSONMessageParser *parser)
{
    return parser->brace_count >= 0 && parser->bracket_count >= 0 &&
           (parser->brace_count || parser->bracket_count);
}

void json_parser_token(JSONMessageParser *parser, JSONTokenType type)
{
    char ch = parser->lexer.token->str[0];

    if (type == JSON_PUNCTUATION) {
        count_brackets(parser, ch);
    }
    if (!parser->skipping && within_limits(parser) && !parser->err) {
        if (type == JSON_PUNCTUATION) {
            punctuation(parser, ch);
        } else {
            add_scalar(parser, type);
        }
    }
    if (!is_open(parser)) {
        finish(parser);
    }
}

void json_parser_stray(JSONMessageParser *parser)
{
    if (!parser->skipping) {
        error_free(parser->err);
        parser->err = NULL;
        parse_error(parser, "stray '%.200s'", parser->lexer.token->str);
    }
    finish(parser);
}

void json_parser_too_large(JSONMessageParser *parser)
{
    over_limit(parser, "token size");
}

void json_parser_end(JSONMessageParser *parser)
{
    if (parser->token_count || parser->skipping) {
        if (!parser->skipping && !parser->err) {
            parse_error(parser, "premature EOI");
        }
        finish(parser);
    }
}

void json_message_parser_init(JSONMessageParser *parser,
                              void (*emit)(void *opaque, QObject *json,
                                           Error *err),
                              void *opaque, va_list *ap)
{
    *parser = (JSONMessageParser){
        .emit = emit,
        .opaque = opaque,
        .ap = ap,
        .lexer.token = g_string_new(NULL),
        .open = g_array_new(false, false, sizeof(OpenContainer)),
    };
    restart(parser);
}

void json_message_parser_feed(JSONMessageParser *parser, const char *buffer,
                              size_t size)
{
    json_lexer_feed(parser, buffer, size);
}

void json_message_parser_flush(JSONMessageParser *parser)
{
    json_lexer_flush(parser);
    json_parser_end(parser);
}

void json_message_parser_destroy(JSONMessageParser *parser)
{
    drop_value(parser);
    error_free(parser->err);
    g_array_free(parser->open, true);
    g_string_free(parser->lexer.token, true);
}

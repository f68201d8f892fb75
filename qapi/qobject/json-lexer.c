/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON bytes into tokens. The state is where in a token we are, so that the
 * bytes may come in pieces that end anywhere.
 *
 * After bytes that are no token, everything is skipped up to a byte that is a
 * likely start of something new: punctuation, a control character, or one that
 * UTF-8 does not have (0xFE, 0xFF), which a peer sends to force this.
 */
#include "qemu/osdep.h"
#include "json-internal.h"

enum {
    LEX_START,
    LEX_RECOVERY,
    LEX_STRING,
    LEX_STRING_ESCAPE,
    LEX_SIGN,
    LEX_ZERO,
    LEX_DIGITS,
    LEX_POINT,
    LEX_FRACTION,
    LEX_EXP,
    LEX_EXP_SIGN,
    LEX_EXP_DIGITS,
    LEX_KEYWORD,
    LEX_INTERP,
    /* not states: what to do about a byte that does not go on the token */
    LEX_END,
    LEX_STRAY,
};

static bool is_punctuation(unsigned char ch)
{
    return ch == '{' || ch == '}' || ch == '[' || ch == ']' || ch == ':' ||
           ch == ',';
}

/* No byte of text: a control character, or one that is never in UTF-8. */
static bool is_impossible(unsigned char ch)
{
    return ch < 0x20 || ch >= 0xfe;
}

/* The state in which the first byte of a token, @ch, leaves us. */
static int first_state(unsigned char ch, bool interpolating)
{
    if (g_ascii_islower(ch)) {
        return LEX_KEYWORD;
    }
    if (g_ascii_isdigit(ch)) {
        return ch == '0' ? LEX_ZERO : LEX_DIGITS;
    }
    switch (ch) {
    case '"':
    case '\'':
        return LEX_STRING;
    case '-':
        return LEX_SIGN;
    case '%':
        return interpolating ? LEX_INTERP : LEX_STRAY;
    default:
        return LEX_STRAY;
    }
}

/* The same for a later byte of a token that is not a string. */
static int next_state(int state, unsigned char ch)
{
    bool digit = g_ascii_isdigit(ch);

    switch (state) {
    case LEX_SIGN:
        return ch == '0' ? LEX_ZERO : digit ? LEX_DIGITS : LEX_STRAY;
    case LEX_ZERO:
    case LEX_DIGITS:
        if (digit) {
            return state == LEX_ZERO ? LEX_STRAY : LEX_DIGITS;
        }
        return ch == '.'                ? LEX_POINT
               : ch == 'e' || ch == 'E' ? LEX_EXP
                                        : LEX_END;
    case LEX_POINT:
        return digit ? LEX_FRACTION : LEX_STRAY;
    case LEX_FRACTION:
        return digit                    ? LEX_FRACTION
               : ch == 'e' || ch == 'E' ? LEX_EXP
                                        : LEX_END;
    case LEX_EXP:
        return ch == '+' || ch == '-' ? LEX_EXP_SIGN
               : digit                ? LEX_EXP_DIGITS
                                      : LEX_STRAY;
    case LEX_EXP_SIGN:
        return digit ? LEX_EXP_DIGITS : LEX_STRAY;
    case LEX_EXP_DIGITS:
        return digit ? LEX_EXP_DIGITS : LEX_END;
    case LEX_KEYWORD:
        return g_ascii_islower(ch) ? LEX_KEYWORD : LEX_END;
    case LEX_INTERP:
        return g_ascii_isalnum(ch) ? LEX_INTERP : LEX_END;
    default:
        g_assert_not_reached();
    }
}

/* The token that ends in @state; a string has ended already. */
static JSONTokenType token_type(int state)
{
    switch (state) {
    case LEX_ZERO:
    case LEX_DIGITS:
        return JSON_INTEGER;
    case LEX_FRACTION:
    case LEX_EXP_DIGITS:
        return JSON_FLOAT;
    case LEX_KEYWORD:
        return JSON_KEYWORD;
    case LEX_INTERP:
        return JSON_INTERP;
    default:
        g_assert_not_reached();
    }
}

static void append(JSONMessageParser *parser, const char *buf, size_t size)
{
    GString *token = parser->lexer.token;

    if (parser->skipping) {
        /* The value is lost; only keep in mind which quote ends a string. */
        g_string_append_len(token, buf, token->len ? 0 : 1);
        return;
    }
    if (parser->token_size + token->len + size + 1 > JSON_MAX_TOKEN_SIZE) {
        json_parser_too_large(parser);
        g_string_append_len(token, buf, token->len ? 0 : 1);
        g_string_truncate(token, 1);
        return;
    }
    g_string_append_len(token, buf, size);
}

/* Forgets the token, and a very large one's memory. */
static void clear_token(JSONMessageParser *parser)
{
    GString **token = &parser->lexer.token;

    if ((*token)->allocated_len > 1 << 20) {
        g_string_free(*token, true);
        *token = g_string_new(NULL);
    } else {
        g_string_truncate(*token, 0);
    }
}

static void end_token(JSONMessageParser *parser, JSONTokenType type)
{
    parser->lexer.state = LEX_START;
    json_parser_token(parser, type);
    clear_token(parser);
}

/* The token so far, with @ch if there is one, cannot become anything. */
static void stray(JSONMessageParser *parser, const char *ch)
{
    if (ch) {
        append(parser, ch, 1);
    }
    parser->lexer.state = ch ? LEX_RECOVERY : LEX_START;
    json_parser_stray(parser);
    clear_token(parser);
}

/* Outside of tokens. */
static void start(JSONMessageParser *parser, const char *p)
{
    int state;

    if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r') {
        return;
    }
    if (is_punctuation(*p)) {
        g_string_assign(parser->lexer.token, "");
        g_string_append_c(parser->lexer.token, *p);
        end_token(parser, JSON_PUNCTUATION);
        return;
    }
    state = first_state(*p, parser->ap != NULL);
    if (state == LEX_STRAY) {
        stray(parser, p);
    } else {
        append(parser, p, 1);
        parser->lexer.state = state;
    }
}

/* Inside of a string, at @p; where the lexer goes on. */
static const char *string(JSONMessageParser *parser, const char *p,
                          const char *end)
{
    char quote = parser->lexer.token->str[0];
    const char *q = p;

    while (q < end && *q != quote && *q != '\\' && !is_impossible(*q)) {
        q++;
    }
    if (q > p) {
        append(parser, p, q - p);
    }
    if (q == end) {
        return end;
    }
    if (is_impossible(*q)) {
        stray(parser, q);
    } else {
        append(parser, q, 1);
        if (*q == '\\') {
            parser->lexer.state = LEX_STRING_ESCAPE;
        } else {
            end_token(parser, JSON_STRING);
        }
    }
    return q + 1;
}

void json_lexer_feed(JSONMessageParser *parser, const char *buf, size_t size)
{
    const char *p = buf, *end = buf + size;
    int next;

    while (p < end) {
        switch (parser->lexer.state) {
        case LEX_START:
            start(parser, p++);
            break;
        case LEX_RECOVERY:
            if (is_punctuation(*p) || (is_impossible(*p) && *p != '\t')) {
                parser->lexer.state = LEX_START;
            } else {
                p++;
            }
            break;
        case LEX_STRING:
            p = string(parser, p, end);
            break;
        case LEX_STRING_ESCAPE:
            if (is_impossible(*p)) {
                stray(parser, p);
            } else {
                append(parser, p, 1);
                parser->lexer.state = LEX_STRING;
            }
            p++;
            break;
        default:
            next = next_state(parser->lexer.state, *p);
            if (next == LEX_END) {
                end_token(parser, token_type(parser->lexer.state));
            } else if (next == LEX_STRAY) {
                stray(parser, p++);
            } else {
                append(parser, p++, 1);
                parser->lexer.state = next;
            }
        }
    }
}

void json_lexer_flush(JSONMessageParser *parser)
{
    int state = parser->lexer.state;

    switch (state) {
    case LEX_START:
        break;
    case LEX_RECOVERY:
        parser->lexer.state = LEX_START;
        break;
    case LEX_STRING:
    case LEX_STRING_ESCAPE:
        stray(parser, NULL);
        break;
    default:
        if (next_state(state, ' ') == LEX_END) {
            end_token(parser, token_type(state));
        } else {
            stray(parser, NULL);
        }
    }
}

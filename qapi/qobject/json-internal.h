/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two halves of the JSON parser: json-lexer.c makes tokens of bytes,
 * json-parser.c makes values of tokens, as they come.
 */
#ifndef JSON_INTERNAL_H
#define JSON_INTERNAL_H

#include "qobject/json-parser.h"

/* Limits for one value; see qobject/json-parser.h. */
#define JSON_MAX_TOKEN_SIZE  (64ULL << 20)
#define JSON_MAX_TOKEN_COUNT (2ULL << 20)
#define JSON_MAX_NESTING     1024

typedef enum JSONTokenType {
    JSON_PUNCTUATION, /* { } [ ] : , */
    JSON_STRING,      /* with its quotes and escapes */
    JSON_INTEGER,
    JSON_FLOAT,
    JSON_KEYWORD,     /* any run of small letters */
    JSON_INTERP,      /* a conversion such as %lld */
} JSONTokenType;

/*
 * Gets each token, in parser->lexer.token, and acts on it: takes it into the
 * value under construction, calls emit() when that is complete.
 */
void json_parser_token(JSONMessageParser *parser, JSONTokenType type);
/* Gets bytes that are no token. */
void json_parser_stray(JSONMessageParser *parser);
/* A token has grown beyond the limit. */
void json_parser_too_large(JSONMessageParser *parser);
/* The stream has ended. */
void json_parser_end(JSONMessageParser *parser);

/* Feeds bytes, and the end of the stream, to the lexer. */
void json_lexer_feed(JSONMessageParser *parser, const char *buf, size_t size);
void json_lexer_flush(JSONMessageParser *parser);

/*
 * The text of the string token @token (which it destroys) in modified UTF-8,
 * NULL and @errp when it is malformed. @interpolating: %% is a percent sign.
 */
char *json_decode_string(GString *token, bool interpolating, Error **errp);

#endif

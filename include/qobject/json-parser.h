/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSONMessageParser: JSON values out of a stream of bytes.
 *
 * Bytes go in as they arrive, in pieces of any size; for every value that is
 * complete, and for every error, @emit is called once. An object or array ends
 * with its last bracket, a string with its quote, anything else with the byte
 * after it (or with json_message_parser_flush()).
 *
 * After an error the stream goes on: a value that is wrong in its grammar is
 * skipped up to where its brackets balance; after bytes that are no JSON token
 * everything up to the next structural character or control character is
 * skipped, and so does a byte 0xFF bring the parser into a known state.
 *
 * Limits, since the bytes may come from anywhere: 64 MiB and 2^21 tokens for
 * one value, 1024 levels of nesting.
 */
#ifndef QAPI_QMP_JSON_PARSER_H
#define QAPI_QMP_JSON_PARSER_H

/* The token that is being read. Private. */
typedef struct JSONLexer {
    int state;
    GString *token;
} JSONLexer;

/* Private, but for whoever must embed it. */
typedef struct JSONMessageParser {
    void (*emit)(void *opaque, QObject *json, Error *err);
    void *opaque;
    va_list *ap;
    JSONLexer lexer;
    GArray *open;           /* the containers around this place */
    QObject *value;         /* the complete value, outside of containers */
    Error *err;             /* the first error in this value */
    int expect;             /* what grammar allows next */
    int brace_count;
    int bracket_count;
    bool skipping;          /* a limit was hit, and reported */
    uint64_t token_count;
    uint64_t token_size;
} JSONMessageParser;

/*
 * Prepares @parser. @emit gets either a value, which is then its own, or an
 * error, likewise. With @ap, conversions are replaced as qobject/qjson.h says.
 */
void json_message_parser_init(JSONMessageParser *parser,
                              void (*emit)(void *opaque, QObject *json,
                                           Error *err),
                              void *opaque, va_list *ap);

/* Parses @size more bytes; calls emit(). */
void json_message_parser_feed(JSONMessageParser *parser, const char *buffer,
                              size_t size);

/* The stream has ended here: what is incomplete is an error. */
void json_message_parser_flush(JSONMessageParser *parser);

/* Frees what @parser holds, and reports nothing more. */
void json_message_parser_destroy(JSONMessageParser *parser);

#endif

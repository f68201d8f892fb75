/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSONWriter: JSON text written piece by piece, with no QObject between.
 *
 * @name is the key inside an object and NULL elsewhere. What is started must
 * be ended; nesting is checked.
 */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H

/* A new writer; @pretty: indented, one member a line. */
JSONWriter *json_writer_new(bool pretty);

/* The text of the finished value; it is the writer's. */
const char *json_writer_get(JSONWriter *writer);
/* The same, given to the caller; frees the writer. */
GString *json_writer_get_and_free(JSONWriter *writer);
void json_writer_free(JSONWriter *writer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(JSONWriter, json_writer_free)

void json_writer_start_object(JSONWriter *writer, const char *name);
void json_writer_end_object(JSONWriter *writer);
void json_writer_start_array(JSONWriter *writer, const char *name);
void json_writer_end_array(JSONWriter *writer);
void json_writer_bool(JSONWriter *writer, const char *name, bool val);
void json_writer_null(JSONWriter *writer, const char *name);
void json_writer_int64(JSONWriter *writer, const char *name, int64_t val);
void json_writer_uint64(JSONWriter *writer, const char *name, uint64_t val);
/* JSON has no infinities and no NaN: they are written as null. */
void json_writer_double(JSONWriter *writer, const char *name, double val);
/* @str in modified UTF-8; comes out as ASCII. */
void json_writer_str(JSONWriter *writer, const char *name, const char *str);

#endif

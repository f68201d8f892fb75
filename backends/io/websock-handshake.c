/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a WebSocket connection begins: an HTTP request that asks to become one,
 * and the answer. A pure function from the request to the answer, and the
 * watches that move both.
 */
#include "qemu/osdep.h"
#include "io/channel-websock.h"
#include "qapi/error.h"

#define WEBSOCK_GUID    "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define WEBSOCK_KEY_LEN 24
#define REQUEST_MAX     4096

/* @name's value in the request, trimmed, or NULL; names ignore case. */
static char *find_header(char **lines, const char *name)
{
    size_t len = strlen(name);

    for (char **line = lines + 1; lines[0] && *line; line++) {
        if (!g_ascii_strncasecmp(*line, name, len) && (*line)[len] == ':') {
            return g_strstrip(g_strdup(*line + len + 1));
        }
    }
    return NULL;
}

/* Is @token one of the comma-separated ones in @list? */
static bool has_token(const char *list, const char *token)
{
    g_auto(GStrv) parts = g_strsplit(list, ",", 0);

    for (char **part = parts; *part; part++) {
        if (!g_ascii_strcasecmp(g_strstrip(*part), token)) {
            return true;
        }
    }
    return false;
}

static char *accept_key(const char *key)
{
    g_autofree char *text = g_strconcat(key, WEBSOCK_GUID, NULL);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
    uint8_t digest[20];
    gsize len = sizeof(digest);

    g_checksum_update(sum, (const guchar *)text, -1);
    g_checksum_get_digest(sum, digest, &len);
    return g_base64_encode(digest, len);
}

static char *answer(const char *status, const char *headers)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *date =
        g_date_time_format(now, "%a, %d %b %Y %H:%M:%S GMT");

    return g_strdup_printf("HTTP/1.1 %s\r\n"
                           "Server: QEMU VNC\r\n"
                           "Date: %s\r\n"
                           "%s\r\n",
                           status, date, headers);
}

static bool check_request_line(const char *line, bool *unknown_path,
                               Error **errp)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 3);

    if (g_strv_length(words) != 3) {
        error_setg(errp, "Malformed HTTP request '%s'", line);
    } else if (strcmp(words[0], "GET")) {
        error_setg(errp, "Unsupported HTTP method %s", words[0]);
    } else if (strcmp(words[1], "/")) {
        error_setg(errp, "Unexpected HTTP path %s", words[1]);
        *unknown_path = true;
    } else if (strcmp(words[2], "HTTP/1.1")) {
        error_setg(errp, "Unsupported HTTP version %s", words[2]);
    } else {
        return true;
    }
    return false;
}

static bool check_headers(char **lines, const char *key, const char *protocols,
                          Error **errp)
{
    g_autofree char *version = find_header(lines, "sec-websocket-version");
    g_autofree char *host = find_header(lines, "host");
    g_autofree char *connection = find_header(lines, "connection");
    g_autofree char *upgrade = find_header(lines, "upgrade");

    if (!version) {
        error_setg(errp, "Missing websocket version header data");
    } else if (!key) {
        error_setg(errp, "Missing websocket key header data");
    } else if (!host) {
        error_setg(errp, "Missing websocket host header data");
    } else if (!connection) {
        error_setg(errp, "Missing websocket connection header data");
    } else if (!upgrade) {
        error_setg(errp, "Missing websocket upgrade header data");
    } else if (protocols && !has_token(protocols, "binary")) {
        error_setg(errp, "No '%s' protocol is supported by client '%s'",
                   "binary", protocols);
    } else if (strcmp(version, "13")) {
        error_setg(errp, "Version '%s' is not supported by client '%s'", "13",
                   version);
    } else if (strlen(key) != WEBSOCK_KEY_LEN) {
        error_setg(errp, "Key length '%zu' was not as expected '%d'",
                   strlen(key), WEBSOCK_KEY_LEN);
    } else if (!has_token(connection, "Upgrade")) {
        error_setg(errp, "No connection upgrade requested '%s'", connection);
    } else if (g_ascii_strcasecmp(upgrade, "websocket")) {
        error_setg(errp, "Incorrect upgrade method '%s'", upgrade);
    } else {
        return true;
    }
    return false;
}

/* What to answer to @request; sets @errp if that is a refusal. */
static char *answer_request(const char *request, Error **errp)
{
    g_auto(GStrv) lines = g_strsplit(request, "\r\n", 0);
    g_autofree char *key = find_header(lines, "sec-websocket-key");
    g_autofree char *protocols = find_header(lines, "sec-websocket-protocol");
    g_autofree char *accept = NULL, *headers = NULL;
    bool unknown_path = false;

    if (!lines[0] || !check_request_line(lines[0], &unknown_path, errp) ||
        !check_headers(lines, key, protocols, errp)) {
        return unknown_path
                   ? answer("404 Not Found", "Connection: close\r\n")
                   : answer("400 Bad Request", "Connection: close\r\n"
                                               "Sec-WebSocket-Version: 13\r\n");
    }
    accept = accept_key(key);
    headers = g_strdup_printf(
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        "Sec-WebSocket-Accept: %s\r\n"
        "%s",
        accept, protocols ? "Sec-WebSocket-Protocol: binary\r\n" : "");
    return answer("101 Switching Protocols", headers);
}

/* ---- Moving them ---- */

static void handshake_end(QIOTask *task)
{
    qio_task_complete(task);
    qio_task_free(task);
}

static gboolean handshake_send(QIOChannel *master, GIOCondition condition,
                               gpointer opaque)
{
    QIOTask *task = opaque;
    QIOChannelWebsock *wioc = QIO_CHANNEL_WEBSOCK(qio_task_get_source(task));
    Error *err = NULL;
    ssize_t ret = qio_channel_write(master, (char *)wioc->encoutput->data,
                                    wioc->encoutput->len, &err);

    if (ret == QIO_CHANNEL_ERR_BLOCK) {
        return G_SOURCE_CONTINUE;
    }
    if (ret < 0) {
        qio_task_set_error(task, err);
        handshake_end(task);
        return G_SOURCE_REMOVE;
    }
    g_byte_array_remove_range(wioc->encoutput, 0, ret);
    if (wioc->encoutput->len) {
        return G_SOURCE_CONTINUE;
    }
    handshake_end(task);
    return G_SOURCE_REMOVE;
}

static void handshake_answer(QIOTask *task, char *text, Error *err)
{
    QIOChannelWebsock *wioc = QIO_CHANNEL_WEBSOCK(qio_task_get_source(task));

    qio_task_set_error(task, err);
    g_byte_array_append(wioc->encoutput, (uint8_t *)text, strlen(text));
    g_free(text);
    qio_channel_add_watch(wioc->master, G_IO_OUT, handshake_send, task, NULL);
}

static gboolean handshake_receive(QIOChannel *master, GIOCondition condition,
                                  gpointer opaque)
{
    QIOTask *task = opaque;
    QIOChannelWebsock *wioc = QIO_CHANNEL_WEBSOCK(qio_task_get_source(task));
    GByteArray *in = wioc->encinput;
    char buf[REQUEST_MAX], *end;
    g_autofree char *request = NULL;
    Error *err = NULL;
    ssize_t ret = qio_channel_read(master, buf, REQUEST_MAX - in->len, &err);

    if (ret == QIO_CHANNEL_ERR_BLOCK) {
        return G_SOURCE_CONTINUE;
    }
    if (ret <= 0) {
        if (ret == 0) {
            error_setg(&err,
                       "End of headers not found before connection closed");
        }
        qio_task_set_error(task, err);
        handshake_end(task);
        return G_SOURCE_REMOVE;
    }
    g_byte_array_append(in, (uint8_t *)buf, ret);
    end = g_strstr_len((char *)in->data, in->len, "\r\n\r\n");
    if (!end && in->len < REQUEST_MAX) {
        return G_SOURCE_CONTINUE;
    }
    if (!end) {
        error_setg(&err, "End of headers not found in first 4096 bytes");
        handshake_answer(
            task,
            answer("403 Request Entity Too Large", "Connection: close\r\n"),
            err);
        return G_SOURCE_REMOVE;
    }
    request = g_strndup((char *)in->data, end - (char *)in->data);
    /* What follows is frames already. */
    g_byte_array_remove_range(in, 0, end + 4 - (char *)in->data);
    end = answer_request(request, &err);
    handshake_answer(task, end, err);
    return G_SOURCE_REMOVE;
}

void qio_channel_websock_handshake(QIOChannelWebsock *ioc, QIOTaskFunc func,
                                   gpointer opaque, GDestroyNotify destroy)
{
    QIOTask *task = qio_task_new(OBJECT(ioc), func, opaque, destroy);

    qio_channel_add_watch(ioc->master, G_IO_IN, handshake_receive, task, NULL);
}

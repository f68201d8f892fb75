/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The qtest server: lines come in, answers go out, and both are logged with the
 * time since the connection was made.
 */
#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "hw/boards.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qom/object_interfaces.h"
#include "system/qtest-internal.h"

#define TYPE_QTEST "qtest"
OBJECT_DECLARE_SIMPLE_TYPE(QTest, QTEST)

struct QTest {
    Object parent_obj;

    Chardev *chr;
    char *log;
    CharBackend backend;
    bool linked; /* from the machine: it was made by -object */
};

/* A line may hold a command's data twice over, as hex digits. */
#define MAX_LINE  (2 * (size_t)QTEST_MAX_SIZE + 4096)
#define READ_SIZE 65536

static QTest *server; /* the one */
static FILE *log_file;
static bool connected;
static GTimer *since_connected;

static void (*send_handler)(void *opaque, const char *text);
static void *send_opaque;
static bool (*extra_command)(CharBackend *chr, gchar **words);

/*** Log. ***/

static double elapsed(void)
{
    return since_connected ? g_timer_elapsed(since_connected, NULL) : 0;
}

void qtest_log(const char *fmt, ...)
{
    va_list ap;

    if (log_file && connected) {
        fprintf(log_file, "[S +%.06f] ", elapsed());
        va_start(ap, fmt);
        vfprintf(log_file, fmt, ap);
        va_end(ap);
    }
}

static void log_received(char **words)
{
    if (log_file) {
        g_autofree char *line = g_strjoinv(" ", words);

        fprintf(log_file, "[R +%.06f] %s\n", elapsed(), line);
    }
}

static bool open_log(const char *name, Error **errp)
{
    if (!name) {
        log_file = stderr;
    } else if (strcmp(name, "none")) {
        log_file = fopen(name, "w");
        if (!log_file) {
            error_setg_file_open(errp, errno, name);
            return false;
        }
        setlinebuf(log_file);
    }
    return true;
}

static void close_log(void)
{
    if (log_file && log_file != stderr) {
        fclose(log_file);
    }
    log_file = NULL;
}

/*** Answers. ***/

static void send_to_chardev(void *opaque, const char *text)
{
    qemu_chr_fe_write_all(opaque, (const uint8_t *)text, strlen(text));
}

void qtest_server_set_send_handler(void (*send)(void *, const char *),
                                   void *opaque)
{
    send_handler = send;
    send_opaque = opaque;
}

void qtest_sendf(CharBackend *chr, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    if (send_handler) {
        send_handler(send_opaque, text);
    } else if (server) {
        send_to_chardev(&server->backend, text);
    }
    qtest_log("%s", text);
}

/*** Lines. ***/

/* What came and is not a whole line yet. */
typedef struct LineBuffer {
    GString *text;
    bool skipping; /* a line that was too long, to its end */
} LineBuffer;

static void take_line(CharBackend *chr, const char *line, size_t len)
{
    g_autofree char *text = g_strndup(line, len);
    g_auto(GStrv) words = NULL;

    if (len && text[len - 1] == '\r') {
        text[len - 1] = '\0';
    }
    words = g_strsplit(text, " ", 0);
    log_received(words);
    if (!words[0]) {
        qtest_sendf(chr, "FAIL Unknown command ''\n");
        return;
    }
    qtest_run_command(chr, words);
}

static void take_bytes(LineBuffer *b, CharBackend *chr, const char *buf,
                       size_t len)
{
    const char *end;

    while ((end = memchr(buf, '\n', len))) {
        size_t n = end - buf;

        if (b->skipping) {
            b->skipping = false;
            qtest_sendf(chr, "FAIL line is too long\n");
        } else if (b->text->len) {
            g_autoptr(GString) line = b->text;

            g_string_append_len(line, buf, n);
            b->text = g_string_new(NULL);
            take_line(chr, line->str, line->len);
        } else {
            take_line(chr, buf, n);
        }
        buf += n + 1;
        len -= n + 1;
    }
    if (!b->skipping) {
        g_string_append_len(b->text, buf, len);
        if (b->text->len > MAX_LINE) {
            b->skipping = true;
            g_string_free(b->text, true);
            b->text = g_string_new(NULL);
        }
    }
}

static LineBuffer input;

void qtest_server_inproc_recv(void *opaque, const char *buf)
{
    static LineBuffer inproc;

    if (!inproc.text) {
        inproc.text = g_string_new(NULL);
    }
    take_bytes(&inproc, NULL, buf, strlen(buf));
}

void qtest_set_command_cb(bool (*pc_cb)(CharBackend *chr, gchar **words))
{
    assert(!extra_command);
    extra_command = pc_cb;
}

bool qtest_run_extra_command(CharBackend *chr, char **words)
{
    return extra_command && extra_command(chr, words);
}

/*** The connection. ***/

static int qtest_can_read(void *opaque)
{
    return READ_SIZE;
}

static void qtest_read(void *opaque, const uint8_t *buf, int size)
{
    take_bytes(&input, opaque, (const char *)buf, size);
}

static void drop_input(void)
{
    g_string_truncate(input.text, 0);
    input.skipping = false;
}

static void qtest_event(void *opaque, QEMUChrEvent event)
{
    if (event == CHR_EVENT_OPENED) {
        qtest_forget_levels();
        drop_input();
        g_clear_pointer(&since_connected, g_timer_destroy);
        since_connected = g_timer_new();
        connected = true;
        if (log_file) {
            fprintf(log_file, "[I %.06f] OPENED\n", elapsed());
        }
    } else if (event == CHR_EVENT_CLOSED) {
        connected = false;
        if (log_file) {
            fprintf(log_file, "[I +%.06f] CLOSED\n", elapsed());
        }
        g_clear_pointer(&since_connected, g_timer_destroy);
    }
}

bool qtest_driver(void)
{
    return server && qemu_chr_fe_backend_connected(&server->backend);
}

static bool server_start(QTest *q, Error **errp)
{
    if (!open_log(q->log, errp)) {
        return false;
    }
    if (!qemu_chr_fe_init(&q->backend, q->chr, errp)) {
        close_log();
        return false;
    }
    server = q;
    input.text = g_string_new(NULL);
    qemu_chr_fe_set_handlers(&q->backend, qtest_can_read, qtest_read,
                             qtest_event, NULL, &q->backend, NULL, true);
    qemu_chr_fe_set_echo(&q->backend, true);
    return true;
}

static void server_stop(QTest *q)
{
    qemu_chr_fe_disconnect(&q->backend);
    qemu_chr_fe_deinit(&q->backend, false);
    connected = false;
    g_clear_pointer(&since_connected, g_timer_destroy);
    g_string_free(input.text, true);
    input = (LineBuffer){ 0 };
    close_log();
    server = NULL;
}

/* As qemu_chr_new(), with the error in @errp where there is one. */
static Chardev *open_chardev(const char *dev, Error **errp)
{
    const char *id;
    QemuOpts *opts;
    Chardev *chr;

    if (strstart(dev, "chardev:", &id)) {
        chr = qemu_chr_find(id);
        if (!chr) {
            error_setg(errp, "Cannot find character device '%s'", id);
        }
        return chr;
    }
    opts = qemu_chr_parse_compat("qtest", dev, false);
    if (!opts) {
        error_setg(errp, "Failed to initialize device for qtest: \"%s\"", dev);
        return NULL;
    }
    chr = qemu_chr_new_from_opts(opts, NULL, errp);
    qemu_opts_del(opts);
    return chr;
}

void qtest_server_init(const char *qtest_chrdev, const char *qtest_log,
                       Error **errp)
{
    ERRP_GUARD();
    Chardev *chr = open_chardev(qtest_chrdev, errp);
    Object *obj;

    if (!chr) {
        return;
    }
    obj = object_new(TYPE_QTEST);
    object_property_set_str(obj, "chardev", chr->label, &error_abort);
    if (qtest_log) {
        object_property_set_str(obj, "log", qtest_log, &error_abort);
    }
    object_property_add_child(qdev_get_machine(), "qtest", obj);
    user_creatable_complete(USER_CREATABLE(obj), errp);
    if (*errp) {
        object_unparent(obj);
    }
    object_unref(obj);
}

/*** The object. ***/

static void qtest_complete(UserCreatable *uc, Error **errp)
{
    QTest *q = QTEST(uc);

    if (server) {
        error_setg(errp, "Only one instance of qtest can be created");
        return;
    }
    if (!q->chr) {
        error_setg(errp, "No backend specified");
        return;
    }
    if (!server_start(q, errp)) {
        return;
    }
    if (OBJECT(q)->parent != qdev_get_machine()) {
        object_property_add_const_link(qdev_get_machine(), "qtest", OBJECT(q));
        q->linked = true;
    }
}

static void qtest_unparent(Object *obj)
{
    QTest *q = QTEST(obj);

    if (q == server) {
        server_stop(q);
    }
    if (q->linked) {
        object_property_del(qdev_get_machine(), "qtest");
        q->linked = false;
    }
}

static void qtest_finalize(Object *obj)
{
    QTest *q = QTEST(obj);

    object_unref(OBJECT(q->chr));
    g_free(q->log);
}

static bool may_set(QTest *q, const char *name, Error **errp)
{
    if (q == server) {
        error_setg(errp, "Property '%s' can not be set now", name);
        return false;
    }
    return true;
}

static void qtest_set_log(Object *obj, const char *value, Error **errp)
{
    QTest *q = QTEST(obj);

    if (may_set(q, "log", errp)) {
        g_free(q->log);
        q->log = g_strdup(value);
    }
}

static char *qtest_get_log(Object *obj, Error **errp)
{
    return g_strdup(QTEST(obj)->log);
}

static void qtest_set_chardev(Object *obj, const char *value, Error **errp)
{
    QTest *q = QTEST(obj);
    Chardev *chr;

    if (!may_set(q, "chardev", errp)) {
        return;
    }
    chr = qemu_chr_find(value);
    if (!chr) {
        error_setg(errp, "Cannot find character device '%s'", value);
        return;
    }
    object_ref(OBJECT(chr));
    object_unref(OBJECT(q->chr));
    q->chr = chr;
}

static char *qtest_get_chardev(Object *obj, Error **errp)
{
    QTest *q = QTEST(obj);

    return q->chr ? g_strdup(q->chr->label) : NULL;
}

static void qtest_class_init(ObjectClass *oc, void *data)
{
    oc->unparent = qtest_unparent;
    USER_CREATABLE_CLASS(oc)->complete = qtest_complete;
    object_class_property_add_str(oc, "chardev", qtest_get_chardev,
                                  qtest_set_chardev);
    object_class_property_set_description(
        oc, "chardev", "the character device on which the test is");
    object_class_property_add_str(oc, "log", qtest_get_log, qtest_set_log);
    object_class_property_set_description(
        oc, "log", "a file for what is said, 'none', or by default stderr");
}

static const TypeInfo qtest_types[] = {
    {
        .name = TYPE_QTEST,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(QTest),
        .instance_finalize = qtest_finalize,
        .class_init = qtest_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_USER_CREATABLE },
                {},
            },
    },
};

DEFINE_TYPES(qtest_types)

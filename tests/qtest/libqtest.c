/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include <poll.h>
#include <sys/un.h>
#include "qemu/cutils.h"
#include "qobject/qjson.h"
#include "libqtest.h"

#define TIMEOUT_MS 30000
#define MAX_IRQ    1024

struct QTestState {
    QmpClient *qmp;
    int fd;
    GString *received; /* not yet a line */
    bool high[MAX_IRQ];
};

/*** Start and end. ***/

static int listen_at(const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert_cmpuint(strlen(path), <, sizeof(addr.sun_path));
    strcpy(addr.sun_path, path);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
    g_assert_cmpint(listen(fd, 1), ==, 0);
    return fd;
}

static void wait_readable(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    if (RETRY_ON_EINTR(poll(&p, 1, TIMEOUT_MS)) <= 0) {
        g_error("nothing from the emulator for %d s", TIMEOUT_MS / 1000);
    }
}

QTestState *qtest_init_accel(const char *accel, const char *extra_args)
{
    g_autofree char *dir = g_dir_make_tmp("plateau-qtest-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "qtest", NULL);
    g_autofree char *args = NULL;
    QTestState *s = g_new0(QTestState, 1);
    int listener = listen_at(path);

    args = g_strdup_printf("%s%s -qtest unix:%s -qtest-log %s %s",
                           accel ? "-accel " : "", accel ?: "", path,
                           g_getenv("QTEST_LOG") ? "/dev/fd/2" : "none",
                           extra_args);
    s->qmp = qmp_client_ready(args);
    wait_readable(listener);
    s->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    g_assert_cmpint(s->fd, >=, 0);
    s->received = g_string_new(NULL);
    close(listener);
    unlink(path);
    rmdir(dir);
    return s;
}

QTestState *qtest_init(const char *extra_args)
{
    return qtest_init_accel("qtest", extra_args);
}

QTestState *qtest_initf(const char *fmt, ...)
{
    g_autofree char *args = NULL;
    va_list ap;

    va_start(ap, fmt);
    args = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    return qtest_init(args);
}

int qtest_wait(QTestState *s)
{
    int status = qmp_client_wait(s->qmp);

    close(s->fd);
    g_string_free(s->received, true);
    g_free(s);
    return status;
}

void qtest_quit(QTestState *s)
{
    qmp_client_quit(s->qmp);
    close(s->fd);
    g_string_free(s->received, true);
    g_free(s);
}

pid_t qtest_pid(QTestState *s)
{
    return qmp_client_pid(s->qmp);
}

/*** The protocol as it is. ***/

void qtest_send_bytes(QTestState *s, const void *buf, size_t len)
{
    while (len) {
        ssize_t n = RETRY_ON_EINTR(send(s->fd, buf, len, MSG_NOSIGNAL));

        g_assert_cmpint(n, >, 0);
        buf = (const char *)buf + n;
        len -= n;
    }
}

/* Whether @line tells of an interrupt; then it is noted. */
static bool note_irq(QTestState *s, const char *line)
{
    const char *rest;
    bool high = strstart(line, "IRQ raise ", &rest);
    int n;

    if (!high && !strstart(line, "IRQ lower ", &rest)) {
        return false;
    }
    n = atoi(rest);
    g_assert_cmpint(n, >=, 0);
    g_assert_cmpint(n, <, MAX_IRQ);
    s->high[n] = high;
    return true;
}

static char *next_line(QTestState *s)
{
    size_t seen = 0;
    char *end, *line;

    while (!(
        end = memchr(s->received->str + seen, '\n', s->received->len - seen))) {
        char buf[65536];
        ssize_t n;

        seen = s->received->len;
        wait_readable(s->fd);
        n = RETRY_ON_EINTR(recv(s->fd, buf, sizeof(buf), 0));
        if (n <= 0) {
            g_error("the emulator closed the qtest connection");
        }
        g_string_append_len(s->received, buf, n);
    }
    line = g_strndup(s->received->str, end - s->received->str);
    g_string_erase(s->received, 0, end + 1 - s->received->str);
    return line;
}

char *qtest_receive_line(QTestState *s)
{
    for (;;) {
        char *line = next_line(s);

        if (!note_irq(s, line)) {
            return line;
        }
        g_free(line);
    }
}

static char *command_v(QTestState *s, const char *fmt, va_list ap)
{
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_vprintf(line, fmt, ap);
    g_string_append_c(line, '\n');
    qtest_send_bytes(s, line->str, line->len);
    return qtest_receive_line(s);
}

char *qtest_command(QTestState *s, const char *fmt, ...)
{
    va_list ap;
    char *answer;

    va_start(ap, fmt);
    answer = command_v(s, fmt, ap);
    va_end(ap);
    return answer;
}

void qtest_assert_answer(QTestState *s, const char *line, const char *answer)
{
    g_autofree char *got = qtest_command(s, "%s", line);

    if (strcmp(got, answer)) {
        g_error("'%s' was answered '%s', not '%s'", line, got, answer);
    }
}

/* What comes after "OK "; any other answer ends the test. */
static char *G_GNUC_PRINTF(2, 3) ask(QTestState *s, const char *fmt, ...)
{
    g_autofree char *answer = NULL;
    va_list ap;

    va_start(ap, fmt);
    answer = command_v(s, fmt, ap);
    va_end(ap);
    if (strncmp(answer, "OK", 2)) {
        g_error("'%s' was answered '%s'", fmt, answer);
    }
    return g_strdup(answer[2] ? answer + 3 : "");
}

#define tell(...) g_free(ask(__VA_ARGS__))

static uint64_t G_GNUC_PRINTF(2, 3)
    ask_number(QTestState *s, const char *fmt, ...)
{
    g_autofree char *answer = NULL;
    uint64_t value;
    va_list ap;

    va_start(ap, fmt);
    answer = command_v(s, fmt, ap);
    va_end(ap);
    if (strncmp(answer, "OK ", 3) ||
        qemu_strtou64(answer + 3, NULL, 0, &value) < 0) {
        g_error("'%s' was answered '%s'", fmt, answer);
    }
    return value;
}

/*** Memory and ports. ***/

void qtest_outb(QTestState *s, uint16_t addr, uint8_t value)
{
    tell(s, "outb 0x%x 0x%x", addr, value);
}

void qtest_outw(QTestState *s, uint16_t addr, uint16_t value)
{
    tell(s, "outw 0x%x 0x%x", addr, value);
}

void qtest_outl(QTestState *s, uint16_t addr, uint32_t value)
{
    tell(s, "outl 0x%x 0x%x", addr, value);
}

uint8_t qtest_inb(QTestState *s, uint16_t addr)
{
    return ask_number(s, "inb 0x%x", addr);
}

uint16_t qtest_inw(QTestState *s, uint16_t addr)
{
    return ask_number(s, "inw 0x%x", addr);
}

uint32_t qtest_inl(QTestState *s, uint16_t addr)
{
    return ask_number(s, "inl 0x%x", addr);
}

void qtest_writeb(QTestState *s, uint64_t addr, uint8_t value)
{
    tell(s, "writeb 0x%" PRIx64 " 0x%x", addr, value);
}

void qtest_writew(QTestState *s, uint64_t addr, uint16_t value)
{
    tell(s, "writew 0x%" PRIx64 " 0x%x", addr, value);
}

void qtest_writel(QTestState *s, uint64_t addr, uint32_t value)
{
    tell(s, "writel 0x%" PRIx64 " 0x%x", addr, value);
}

void qtest_writeq(QTestState *s, uint64_t addr, uint64_t value)
{
    tell(s, "writeq 0x%" PRIx64 " 0x%" PRIx64, addr, value);
}

uint8_t qtest_readb(QTestState *s, uint64_t addr)
{
    return ask_number(s, "readb 0x%" PRIx64, addr);
}

uint16_t qtest_readw(QTestState *s, uint64_t addr)
{
    return ask_number(s, "readw 0x%" PRIx64, addr);
}

uint32_t qtest_readl(QTestState *s, uint64_t addr)
{
    return ask_number(s, "readl 0x%" PRIx64, addr);
}

uint64_t qtest_readq(QTestState *s, uint64_t addr)
{
    return ask_number(s, "readq 0x%" PRIx64, addr);
}

void qtest_memread(QTestState *s, uint64_t addr, void *data, size_t size)
{
    g_autofree char *hex = NULL;
    uint8_t *bytes = data;

    if (!size) {
        return;
    }
    hex = ask(s, "read 0x%" PRIx64 " 0x%zx", addr, size);
    g_assert_cmpuint(strlen(hex), ==, 2 + 2 * size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = g_ascii_xdigit_value(hex[2 + 2 * i]) << 4 |
                   g_ascii_xdigit_value(hex[3 + 2 * i]);
    }
}

void qtest_memwrite(QTestState *s, uint64_t addr, const void *data, size_t size)
{
    g_autoptr(GString) hex = g_string_new("0x");
    const uint8_t *bytes = data;

    if (!size) {
        return;
    }
    for (size_t i = 0; i < size; i++) {
        g_string_append_printf(hex, "%02x", bytes[i]);
    }
    tell(s, "write 0x%" PRIx64 " 0x%zx %s", addr, size, hex->str);
}

void qtest_bufread(QTestState *s, uint64_t addr, void *data, size_t size)
{
    g_autofree char *text = ask(s, "b64read 0x%" PRIx64 " 0x%zx", addr, size);
    g_autofree uint8_t *bytes = NULL;
    gsize len;

    bytes = g_base64_decode(text, &len);
    g_assert_cmpuint(len, ==, size);
    memcpy(data, bytes, size);
}

void qtest_bufwrite(QTestState *s, uint64_t addr, const void *data, size_t size)
{
    g_autofree char *text = g_base64_encode(data, size);

    tell(s, "b64write 0x%" PRIx64 " 0x%zx %s", addr, size, text);
}

void qtest_memset(QTestState *s, uint64_t addr, uint8_t patt, size_t size)
{
    tell(s, "memset 0x%" PRIx64 " 0x%zx 0x%02x", addr, size, patt);
}

bool qtest_big_endian(QTestState *s)
{
    g_autofree char *answer = ask(s, "endianness");

    return !strcmp(answer, "big");
}

/*** Time. ***/

int64_t qtest_clock_step_next(QTestState *s)
{
    return ask_number(s, "clock_step");
}

int64_t qtest_clock_step(QTestState *s, int64_t step)
{
    return ask_number(s, "clock_step %" PRId64, step);
}

int64_t qtest_clock_set(QTestState *s, int64_t val)
{
    return ask_number(s, "clock_set %" PRId64, val);
}

/*** Interrupts. ***/

void qtest_irq_intercept_in(QTestState *s, const char *qom_path)
{
    tell(s, "irq_intercept_in %s", qom_path);
}

void qtest_irq_intercept_out(QTestState *s, const char *qom_path)
{
    tell(s, "irq_intercept_out %s", qom_path);
}

void qtest_irq_intercept_out_named(QTestState *s, const char *qom_path,
                                   const char *name)
{
    tell(s, "irq_intercept_out %s %s", qom_path, name);
}

bool qtest_get_irq(QTestState *s, int num)
{
    /* What was said before this answer has been heard after it. */
    tell(s, "endianness");
    g_assert_cmpint(num, <, MAX_IRQ);
    return s->high[num];
}

void qtest_set_irq_in(QTestState *s, const char *qom_path, const char *name,
                      int num, int level)
{
    tell(s, "set_irq_in %s %s %d %d", qom_path, name ?: "unnamed-gpio-in", num,
         level);
}

/*** QMP and HMP. ***/

QmpClient *qtest_qmp_client(QTestState *s)
{
    return s->qmp;
}

static QDict *qmp_v(QTestState *s, const char *fmt, va_list ap)
{
    QObject *cmd = qobject_from_vjsonf_nofail(fmt, ap);

    return qmp_client_command(s->qmp, "%p", cmd);
}

QDict *qtest_qmp(QTestState *s, const char *fmt, ...)
{
    QDict *rsp;
    va_list ap;

    va_start(ap, fmt);
    rsp = qmp_v(s, fmt, ap);
    va_end(ap);
    return rsp;
}

void qtest_qmp_assert_success(QTestState *s, const char *fmt, ...)
{
    g_autoptr(QDict) rsp = NULL;
    va_list ap;

    va_start(ap, fmt);
    rsp = qmp_v(s, fmt, ap);
    va_end(ap);
    if (!qdict_haskey(rsp, "return")) {
        g_autoptr(GString) text = qobject_to_json(QOBJECT(rsp));

        g_error("'%s' answered %s", fmt, text->str);
    }
}

char *qtest_hmp(QTestState *s, const char *fmt, ...)
{
    g_autofree char *line = NULL;
    va_list ap;

    va_start(ap, fmt);
    line = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    return qmp_client_hmp(s->qmp, "%s", line);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Character devices: each kind, the mux, hot swapping, bad options. */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "chardev/char-fe.h"
#include "chardev/char-io.h"
#include "io/channel-socket.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-char.h"
#include "qemu/config-file.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "system/system.h"

/* ---- A front end that remembers all ---- */

typedef struct {
    CharBackend be;
    GString *in;
    int room; /* what it takes at a time */
    int opened, closed, breaks, mux_in, mux_out;
    int change_result, changes;
} Fe;

static int fe_can_read(void *opaque)
{
    return ((Fe *)opaque)->room;
}

static void fe_read(void *opaque, const uint8_t *buf, int size)
{
    Fe *fe = opaque;

    g_assert_cmpint(size, <=, fe->room);
    g_string_append_len(fe->in, (const char *)buf, size);
}

static void fe_event(void *opaque, QEMUChrEvent event)
{
    Fe *fe = opaque;

    fe->opened += event == CHR_EVENT_OPENED;
    fe->closed += event == CHR_EVENT_CLOSED;
    fe->breaks += event == CHR_EVENT_BREAK;
    fe->mux_in += event == CHR_EVENT_MUX_IN;
    fe->mux_out += event == CHR_EVENT_MUX_OUT;
}

static int fe_change(void *opaque)
{
    Fe *fe = opaque;

    fe->changes++;
    if (fe->change_result == 0) {
        qemu_chr_fe_set_handlers(&fe->be, fe_can_read, fe_read, fe_event,
                                 fe_change, fe, NULL, true);
    }
    return fe->change_result;
}

static Fe *fe_new(Chardev *chr)
{
    Fe *fe = g_new0(Fe, 1);

    fe->in = g_string_new(NULL);
    fe->room = 4096;
    g_assert_true(qemu_chr_fe_init(&fe->be, chr, &error_abort));
    qemu_chr_fe_set_handlers(&fe->be, fe_can_read, fe_read, fe_event, fe_change,
                             fe, NULL, true);
    return fe;
}

static void fe_free(Fe *fe, bool del)
{
    qemu_chr_fe_deinit(&fe->be, del);
    g_string_free(fe->in, TRUE);
    g_free(fe);
}

static void fe_write(Fe *fe, const char *text)
{
    int len = strlen(text);

    g_assert_cmpint(qemu_chr_fe_write(&fe->be, (const uint8_t *)text, len), ==,
                    len);
}

/* Runs the main loop until @cond, for ten seconds at most. */
#define wait_for(cond)                                                         \
    do {                                                                       \
        gint64 end_ = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;            \
        while (!(cond)) {                                                      \
            g_assert_cmpint(g_get_monotonic_time(), <, end_);                  \
            main_loop_wait(true);                                              \
            g_usleep(200);                                                     \
        }                                                                      \
    } while (0)

static void run_a_little(void)
{
    for (int i = 0; i < 20; i++) {
        main_loop_wait(true);
        g_usleep(500);
    }
}

static Chardev *chr_try(const char *params, Error **errp)
{
    QemuOpts *opts =
        qemu_opts_parse(qemu_find_opts("chardev"), params, true, errp);
    Chardev *chr;

    if (!opts) {
        return NULL;
    }
    chr = qemu_chr_new_from_opts(opts, NULL, errp);
    qemu_opts_del(opts);
    return chr;
}

static Chardev *chr_new(const char *params)
{
    Chardev *chr = chr_try(params, &error_abort);

    g_assert_nonnull(chr);
    return chr;
}

static void check_error(const char *params, const char *expected)
{
    Error *err = NULL;
    Chardev *chr = chr_try(params, &err);

    g_assert_null(chr);
    if (!err || strcmp(error_get_pretty(err), expected)) {
        g_test_message("%s: %s", params, err ? error_get_pretty(err) : "-");
        g_assert_cmpstr(err ? error_get_pretty(err) : NULL, ==, expected);
    }
    error_free(err);
}

static char *tmp_dir(void)
{
    char *dir = g_dir_make_tmp("test-chardev-XXXXXX", NULL);

    g_assert_nonnull(dir);
    return dir;
}

/* ---- Options ---- */

static void test_bad_options(void)
{
    static const char *const cases[][2] = {
        { "null", "chardev: no id specified" },
        { "id=x", "chardev: \"x\" missing backend" },
        { "frob,id=x", "'frob' is not a valid char driver name" },
        { "fd,id=x", "Invalid parameter 'driver'" },
        { "null,id=x,color=red", "Invalid parameter 'color'" },
        { "file,id=x", "chardev: file: no filename given" },
        { "file,id=x,path=/nonexistent/file",
          "Could not open '/nonexistent/file': No such file or directory" },
        { "pipe,id=x", "chardev: pipe: no device path given" },
        { "pipe,id=x,path=/nonexistent/p",
          "Could not open '/nonexistent/p': No such file or directory" },
        { "ringbuf,id=x,size=5",
          "size of ringbuf chardev must be power of two" },
        { "mux,id=x", "chardev: mux: no chardev given" },
        { "mux,id=x,chardev=nope", "mux: base chardev nope not found" },
        { "hub,id=x", "hub: 'chardevs' list is not defined" },
        { "hub,id=x,chardevs.0=nope",
          "hub: chardev can't be found by id 'nope'" },
        { "udp,id=x", "chardev: udp: remote port not specified" },
        { "socket,id=x", "chardev: socket: no 'path', 'host' or 'fd' given" },
        { "socket,id=x,host=h", "chardev: socket: no port given" },
        { "socket,id=x,path=/a,host=h,port=1",
          "None or one of 'path', 'fd' or 'host' option required." },
        { "socket,id=x,path=/a,delay=on,nodelay=on",
          "'delay' and 'nodelay' are mutually exclusive" },
        { "socket,id=x,path=/nonexistent/s",
          "Failed to connect to '/nonexistent/s': No such file or directory" },
        { "socket,id=x,path=/a,wait=off",
          "'wait' option is incompatible with socket in client connect mode" },
        { "socket,id=x,path=/a,server=on,reconnect-ms=5",
          "'reconnect' option is incompatible with socket in server listen "
          "mode" },
        { "socket,id=x,path=/a,reconnect=1,reconnect-ms=5",
          "'reconnect' and 'reconnect-ms' are mutually exclusive" },
        { "socket,id=x,path=/a,tls-authz=z",
          "'tls_authz' option requires 'tls_creds' option" },
        { "socket,id=x,host=h,port=1,tls-creds=z",
          "No TLS credentials with id 'z'" },
        { "socket,id=x,host=h,port=1,websocket=on",
          "Websocket client is not implemented" },
        { "null,id=x,logfile=/nonexistent/log",
          "Unable to open logfile /nonexistent/log: "
          "No such file or directory" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (i == 3) {
            /* Its text has more to it. */
            Error *err = NULL;

            g_assert_null(chr_try(cases[i][0], &err));
            error_free_or_abort(&err);
            continue;
        }
        check_error(cases[i][0], cases[i][1]);
    }
    g_assert_null(qemu_chr_find("x"));
}

/* The short forms of -serial, as options. */
static void test_compat(void)
{
    static const struct {
        const char *filename, *opts[8]; /* name, value... */
    } cases[] = {
        { "null", { "backend", "null" } },
        { "stdio", { "backend", "stdio" } },
        { "mon:stdio", { "backend", "stdio", "mux", "on", "signal", "off" } },
        { "mon:pty", { "backend", "pty", "mux", "on", "signal", NULL } },
        { "file:/a,b", { "backend", "file", "path", "/a,b" } },
        { "pipe:/p", { "backend", "pipe", "path", "/p" } },
        { "tcp:h:1", { "backend", "socket", "host", "h", "port", "1" } },
        { "tcp::1,server=on,wait=off",
          { "host", "", "port", "1", "server", "on", "wait", "off" } },
        { "tcp:[::1]:7", { "host", "::1", "port", "7" } },
        { "telnet:h:1,nodelay=on",
          { "telnet", "on", "host", "h", "nodelay", "on" } },
        { "tn3270:h:1", { "tn3270", "on" } },
        { "unix:/p,server=on",
          { "backend", "socket", "path", "/p", "server", "on" } },
        { "udp:h:1", { "backend", "udp", "host", "h", "port", "1" } },
        { "udp::1@:2", { "host", "", "port", "1", "localport", "2" } },
        { "vc", { "backend", "vc" } },
        { "vc:80Cx24C", { "cols", "80", "rows", "24" } },
        { "vc:640x480", { "width", "640", "height", "480" } },
        { "/dev/ttyS0", { "backend", "serial", "path", "/dev/ttyS0" } },
        { "/dev/parport0", { "backend", "parallel" } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        QemuOpts *opts = qemu_chr_parse_compat("c", cases[i].filename, true);

        g_assert_nonnull(opts);
        for (int j = 0; j < 8 && cases[i].opts[j]; j += 2) {
            g_assert_cmpstr(qemu_opt_get(opts, cases[i].opts[j]), ==,
                            cases[i].opts[j + 1]);
        }
        qemu_opts_del(opts);
    }
}

static void test_compat_bad(void)
{
    static const char *const bad[] = {
        "",        "frob",     "tcp:",
        "tcp:h",   "tcp:h:",   "tcp:h:1,frob=2",
        "udp:h",   "udp:h:1@", "udp:h:1@x",
        "vc:",     "vc:12",    "vc:1x2y",
        "vc:-1x2", "mon:",     "unix:/p,frob=on",
    };

    /* Errors go to standard error; a subprocess keeps them off ours. */
    if (g_test_subprocess()) {
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
            g_assert_null(qemu_chr_parse_compat("c", bad[i], true));
        }
        g_assert_null(qemu_chr_parse_compat("c", "mon:stdio", false));
        g_assert_null(qemu_chr_new("c", "mon:null", NULL));
        g_assert_null(qemu_opts_find(qemu_find_opts("chardev"), "c"));
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("*'frob' is not a valid char driver*");
    g_test_trap_assert_stderr("*mon: isn't supported in this context*");
}

/* ---- Plain kinds ---- */

static void test_null(void)
{
    Chardev *chr = chr_new("null,id=n");
    CharBackend other;
    Error *err = NULL;
    Fe *fe = fe_new(chr);

    g_assert_true(qemu_chr_find("n") == chr);
    g_assert_cmpstr(chr->filename, ==, "null");
    fe_write(fe, "gone");
    g_assert_cmpint(fe->opened, ==, 0);
    g_assert_false(qemu_chr_fe_init(&other, chr, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "chardev 'n' is already in use");
    error_free_or_abort(&err);
    qmp_chardev_remove("n", &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "Chardev 'n' is busy");
    error_free_or_abort(&err);
    fe_free(fe, true);
    g_assert_null(qemu_chr_find("n"));

    /* Nothing below: all is allowed, nothing happens. */
    fe = fe_new(NULL);
    g_assert_cmpint(qemu_chr_fe_write(&fe->be, (uint8_t *)"x", 1), ==, 0);
    g_assert_cmpint(qemu_chr_fe_ioctl(&fe->be, 1, NULL), ==, -ENOTSUP);
    g_assert_cmpint(qemu_chr_fe_get_msgfd(&fe->be), ==, -1);
    g_assert_cmpint(qemu_chr_fe_add_watch(&fe->be, G_IO_OUT, NULL, NULL), ==,
                    0);
    g_assert_cmpint(qemu_chr_fe_wait_connected(&fe->be, &err), ==, -1);
    error_free_or_abort(&err);
    fe_free(fe, true);
}

static void test_file_and_log(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *out = g_build_filename(dir, "out", NULL);
    g_autofree char *in = g_build_filename(dir, "in", NULL);
    g_autofree char *log = g_build_filename(dir, "log", NULL);
    g_autofree char *params = g_strdup_printf(
        "file,id=f,path=%s,input-path=%s,logfile=%s,logappend=on", out, in,
        log);
    char *text;
    Fe *fe;

    g_assert_true(g_file_set_contents(in, "input", -1, NULL));
    for (int i = 0; i < 2; i++) {
        fe = fe_new(chr_new(params));
        g_assert_cmpint(fe->opened, ==, 1);
        fe_write(fe, "abc");
        qemu_chr_fe_printf(&fe->be, "%d", 42);
        wait_for(fe->closed);
        g_assert_cmpstr(fe->in->str, ==, "input");
        fe_free(fe, true);
    }
    g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "abc42");
    g_free(text);
    g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "abc42abc42");
    g_free(text);
    g_unlink(in);
    g_unlink(out);
    g_unlink(log);
    g_rmdir(dir);
}

static void test_pipe(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *path = g_build_filename(dir, "p", NULL);
    g_autofree char *in = g_strconcat(path, ".in", NULL);
    g_autofree char *out = g_strconcat(path, ".out", NULL);
    g_autofree char *params = g_strdup_printf("pipe,id=p,path=%s", path);
    char buf[8] = "";
    int in_fd, out_fd;
    Fe *fe;

    g_assert_cmpint(mkfifo(in, 0600) | mkfifo(out, 0600), ==, 0);
    fe = fe_new(chr_new(params));
    in_fd = open(in, O_RDWR);
    out_fd = open(out, O_RDWR);
    fe_write(fe, "out");
    g_assert_cmpint(read(out_fd, buf, 8), ==, 3);
    g_assert_cmpstr(buf, ==, "out");
    g_assert_cmpint(write(in_fd, "in", 2), ==, 2);
    wait_for(fe->in->len == 2);
    close(in_fd);
    close(out_fd);
    fe_free(fe, true);
    g_unlink(in);
    g_unlink(out);
    g_rmdir(dir);
}

static void test_pty(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *link = g_build_filename(dir, "tty", NULL);
    g_autofree char *params = g_strdup_printf("pty,id=p,path=%s", link);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    char buf[8] = "";
    int fd;

    g_assert_true(g_str_has_prefix(chr->filename, "pty:/dev/"));
    run_a_little();
    g_assert_cmpint(fe->opened, ==, 0);
    fe_write(fe, "lost");

    for (int i = 1; i <= 2; i++) {
        fd = open(link, O_RDWR | O_NOCTTY);
        g_assert_cmpint(fd, >=, 0);
        wait_for(fe->opened == i);
        fe_write(fe, "hello");
        g_assert_cmpint(read(fd, buf, 8), ==, 5);
        g_assert_cmpstr(buf, ==, "hello");
        g_string_truncate(fe->in, 0);
        g_assert_cmpint(write(fd, "back", 4), ==, 4);
        wait_for(fe->in->len == 4);
        close(fd);
        run_a_little();
    }
    fe_free(fe, true);
    g_assert_false(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_rmdir(dir);
}

/* ---- ringbuf, against a string ---- */

static void test_ringbuf(void)
{
    Chardev *chr = chr_new("ringbuf,id=r,size=64");
    GString *model = g_string_new(NULL);

    for (int i = 0; i < 3000; i++) {
        if (g_test_rand_int_range(0, 2)) {
            char text[100];
            int len = g_test_rand_int_range(0, sizeof(text));

            for (int j = 0; j < len; j++) {
                text[j] = g_test_rand_int_range('a', 'z' + 1);
            }
            text[len] = 0;
            qmp_ringbuf_write("r", text, false, 0, &error_abort);
            g_string_append(model, text);
            if (model->len > 64) {
                g_string_erase(model, 0, model->len - 64);
            }
        } else {
            int len = g_test_rand_int_range(1, 80);
            g_autofree char *got =
                qmp_ringbuf_read("r", len, false, 0, &error_abort);
            g_autofree char *expected = g_strndup(model->str, len);

            g_assert_cmpstr(got, ==, expected);
            g_string_erase(model, 0, strlen(expected));
        }
    }
    g_string_free(model, TRUE);
    object_unparent(OBJECT(chr));
}

static void test_ringbuf_formats(void)
{
    Chardev *chr = chr_new("memory,id=r");
    Chardev *other = chr_new("null,id=n");
    static const char *const bad[] = { "=", "QUI", "QUJD!", "Q===", "QQ=Q" };
    Error *err = NULL;
    char *got;

    qmp_ringbuf_write("r", "AP9B", true, DATA_FORMAT_BASE64, &error_abort);
    got = qmp_ringbuf_read("r", 10, true, DATA_FORMAT_BASE64, &error_abort);
    g_assert_cmpstr(got, ==, "AP9B");
    g_free(got);
    qmp_ringbuf_write("r", "", true, DATA_FORMAT_BASE64, &error_abort);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        qmp_ringbuf_write("r", bad[i], true, DATA_FORMAT_BASE64, &err);
        error_free_or_abort(&err);
    }
    g_assert_null(qmp_ringbuf_read("r", 0, false, 0, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "size must be greater than zero");
    error_free_or_abort(&err);
    g_assert_null(qmp_ringbuf_read("n", 1, false, 0, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "n is not a ringbuf device");
    error_free_or_abort(&err);
    qmp_ringbuf_write("nope", "", false, 0, &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "Device 'nope' not found");
    error_free_or_abort(&err);
    object_unparent(OBJECT(chr));
    object_unparent(OBJECT(other));
}

/* ---- mux and hub ---- */

static void send_in(Chardev *base, const char *text)
{
    qemu_chr_be_write(base, (const uint8_t *)text, strlen(text));
}

static bool quit_asked;

static void note_quit(void)
{
    quit_asked = true;
}

static void test_mux(void)
{
    Chardev *chr = chr_new("ringbuf,id=m,mux=on,size=4096"), *base;
    Fe *fe[4];
    CharBackend fifth;
    Error *err = NULL;
    char *out;

    base = qemu_chr_find("m-base");
    for (int i = 0; i < 4; i++) {
        fe[i] = fe_new(chr);
        g_assert_cmpint(fe[i]->opened, ==, 1);
    }
    g_assert_false(qemu_chr_fe_init(&fifth, chr, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "too many uses of multiplexed chardev 'm' (maximum is 4)");
    error_free_or_abort(&err);

    /* The last one has the focus; C-a c goes round. */
    send_in(base, "d\1ca\1cb\1c\1\1c");
    g_assert_cmpstr(fe[3]->in->str, ==, "d");
    g_assert_cmpstr(fe[0]->in->str, ==, "a");
    g_assert_cmpstr(fe[1]->in->str, ==, "b");
    g_assert_cmpstr(fe[2]->in->str, ==, "\1c");
    g_assert_cmpint(fe[0]->mux_out, ==, 2);
    send_in(base, "\1b");
    g_assert_cmpint(fe[2]->breaks, ==, 1);
    g_assert_cmpint(fe[3]->breaks, ==, 0);
    qemu_chr_fe_take_focus(&fe[0]->be);
    send_in(base, "A");
    g_assert_cmpstr(fe[0]->in->str, ==, "aA");

    /* A front end without room: 32 bytes wait, commands are still seen. */
    fe[0]->room = 0;
    for (int i = 0; i < 40; i++) {
        send_in(base, "x");
    }
    g_assert_cmpint(qemu_chr_be_can_write(base), ==, 0);
    send_in(base, "\1c");
    send_in(base, "B");
    g_assert_cmpstr(fe[1]->in->str, ==, "bB");
    fe[0]->room = 4096;
    qemu_chr_fe_take_focus(&fe[0]->be);
    qemu_chr_fe_accept_input(&fe[0]->be);
    g_assert_cmpint(fe[0]->in->len, ==, 2 + 32);

    /* What all of them write goes below; help and quit too. */
    fe_write(fe[0], "zero");
    fe_write(fe[3], "three");
    send_in(base, "\1h");
    qemu_chr_set_quit_hook(note_quit);
    send_in(base, "\1x");
    qemu_chr_set_quit_hook(NULL);
    g_assert_true(quit_asked);
    out = qmp_ringbuf_read("m-base", 4096, false, 0, &error_abort);
    g_assert_true(g_str_has_prefix(out, "zerothree\n\rC-a h    print this help"
                                        "\n\rC-a x    exit emulator\n\r"));
    g_assert_nonnull(strstr(out, "C-a C-a  sends C-a\n\r"));
    g_assert_true(g_str_has_suffix(out, "QEMU: Terminated\n\r"));
    g_free(out);

    /* Timestamps at the beginning of lines */
    send_in(base, "\1t");
    fe_write(fe[1], "a\nb\nc");
    fe_write(fe[1], "d\n");
    out = qmp_ringbuf_read("m-base", 4096, false, 0, &error_abort);
    g_assert_true(g_str_has_prefix(out, "a\n[00:00:00.0"));
    g_assert_true(g_str_has_suffix(out, "] cd\n"));
    g_assert_cmpint(strlen(out), ==, strlen("a\nb\ncd\n") + 2 * 15);
    g_free(out);

    qmp_chardev_remove("m", &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "Chardev 'm' is busy");
    error_free_or_abort(&err);
    qmp_chardev_remove("m-base", &err);
    error_free_or_abort(&err);
    /* The one with the focus goes; nobody is fed then. */
    fe_free(fe[0], false);
    send_in(base, "lost");
    qemu_chr_be_event(base, CHR_EVENT_BREAK);
    fe_free(fe[1], false);
    fe_free(fe[2], false);
    fe_free(fe[3], false);
    send_in(base, "\1c\1c");
    qmp_chardev_remove("m", &error_abort);
    qmp_chardev_remove("m-base", &error_abort);
}

/* Any bytes at all */
static void test_mux_random(void)
{
    Chardev *chr = chr_new("null,id=m,mux=on"), *base;
    Fe *fe[3];

    base = qemu_chr_find("m-base");
    for (int i = 0; i < 3; i++) {
        fe[i] = fe_new(chr);
    }
    for (int i = 0; i < 20000; i++) {
        uint8_t buf[8];
        int len = g_test_rand_int_range(0, 8);

        for (int j = 0; j < len; j++) {
            buf[j] = g_test_rand_int_range(0, 3) ? g_test_rand_int() : 1;
        }
        fe[i % 3]->room = g_test_rand_int_range(0, 3);
        len = MIN(len, qemu_chr_be_can_write(base));
        qemu_chr_be_write(base, buf, len);
        if (i % 5 == 0) {
            qemu_chr_fe_accept_input(&fe[i % 3]->be);
        }
    }
    for (int i = 0; i < 3; i++) {
        fe_free(fe[i], false);
    }
    object_unparent(OBJECT(chr));
    object_unparent(OBJECT(base));
}

static void test_mux_suspend(void)
{
    Chardev *chr;
    Fe *fe;

    suspend_mux_open();
    chr = chr_new("ringbuf,id=m,mux=on");
    fe = fe_new(chr);
    g_assert_cmpint(fe->opened, ==, 0);
    resume_mux_open();
    g_assert_cmpint(fe->opened, ==, 1);
    fe_free(fe, false);
    qemu_chr_cleanup();
    g_assert_null(qemu_chr_find("m"));
    g_assert_null(qemu_chr_find("m-base"));
}

static void test_hub(void)
{
    Chardev *a = chr_new("ringbuf,id=a,size=64");
    Chardev *b = chr_new("ringbuf,id=b,size=64"), *hub;
    Fe *fe;
    char *out;

    hub = chr_new("hub,id=h,chardevs.0=a,chardevs.1=b");
    check_error("mux,id=x,chardev=a", "chardev 'a' is already in use");
    fe = fe_new(hub);
    send_in(a, "fromA");
    send_in(b, "fromB");
    g_assert_cmpstr(fe->in->str, ==, "fromAfromB");
    fe_write(fe, "toall");
    out = qmp_ringbuf_read("a", 64, false, 0, &error_abort);
    g_assert_cmpstr(out, ==, "toall");
    g_free(out);
    out = qmp_ringbuf_read("b", 64, false, 0, &error_abort);
    g_assert_cmpstr(out, ==, "toall");
    g_free(out);

    /* Closed is only when all are. */
    qemu_chr_be_event(a, CHR_EVENT_CLOSED);
    g_assert_cmpint(fe->closed, ==, 0);
    fe_write(fe, "x");
    qemu_chr_be_event(b, CHR_EVENT_CLOSED);
    g_assert_cmpint(fe->closed, ==, 1);
    qemu_chr_be_event(b, CHR_EVENT_OPENED);
    g_assert_cmpint(fe->opened, ==, 2);
    fe_free(fe, false);
    qemu_chr_cleanup();
}

/* ---- QMP ---- */

static void test_qmp(void)
{
    ChardevCommon common = {};
    ChardevPty pty = {};
    ChardevBackend null = { .type = CHARDEV_BACKEND_KIND_NULL,
                            .u.null.data = &common };
    ChardevBackend pty_be = { .type = CHARDEV_BACKEND_KIND_PTY,
                              .u.pty.data = &pty };
    ChardevBackendInfoList *kinds;
    ChardevInfoList *list, *l;
    ChardevReturn *ret;
    Error *err = NULL;
    bool found = false;
    Fe *fe;

    qapi_free_ChardevReturn(qmp_chardev_add("q", &null, &error_abort));
    g_assert_null(qmp_chardev_add("q", &null, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Chardev with id 'q' already exists");
    error_free_or_abort(&err);
    g_assert_null(qmp_chardev_add("a/b", &null, &err));
    error_free_or_abort(&err);
    ret = qmp_chardev_add("p", &pty_be, &error_abort);
    g_assert_true(g_str_has_prefix(ret->pty, "/dev/"));
    qapi_free_ChardevReturn(ret);

    fe = fe_new(qemu_chr_find("q"));
    list = qmp_query_chardev(&error_abort);
    for (l = list; l; l = l->next) {
        if (strcmp(l->value->label, "q") == 0) {
            found = true;
            g_assert_cmpstr(l->value->filename, ==, "null");
            g_assert_true(l->value->frontend_open);
        } else {
            g_assert_false(l->value->frontend_open);
        }
    }
    g_assert_true(found);
    qapi_free_ChardevInfoList(list);
    qmp_chardev_send_break("q", &error_abort);
    g_assert_cmpint(fe->breaks, ==, 1);
    fe_free(fe, false);

    qmp_chardev_remove("q", &error_abort);
    qmp_chardev_remove("p", &error_abort);
    qmp_chardev_remove("q", &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "Chardev 'q' not found");
    error_free_or_abort(&err);
    qmp_chardev_send_break("q", &err);
    error_free_or_abort(&err);

    kinds = qmp_query_chardev_backends(&error_abort);
    found = false;
    for (ChardevBackendInfoList *k = kinds; k; k = k->next) {
        found |= strcmp(k->value->name, "socket") == 0;
        g_assert_cmpstr(k->value->name, !=, "fd");
    }
    g_assert_true(found);
    qapi_free_ChardevBackendInfoList(kinds);
}

static void test_hotswap(void)
{
    ChardevRingbuf ring = { .has_size = true, .size = 64 };
    ChardevBackend backend = { .type = CHARDEV_BACKEND_KIND_RINGBUF,
                               .u.ringbuf.data = &ring };
    Chardev *chr = chr_new("null,id=s");
    Error *err = NULL;
    Fe *fe;
    char *out;

    g_assert_null(qmp_chardev_change("nope", &backend, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Chardev 'nope' does not exist");
    error_free_or_abort(&err);

    fe = fe_new(chr);
    fe->change_result = -1;
    g_assert_null(qmp_chardev_change("s", &backend, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Chardev 's' change failed");
    error_free_or_abort(&err);
    g_assert_true(fe->be.chr == chr && qemu_chr_find("s") == chr);
    fe_write(fe, "to null");

    ring.size = 5;
    g_assert_null(qmp_chardev_change("s", &backend, &err));
    error_free_or_abort(&err);
    g_assert_true(fe->be.chr == chr);
    ring.size = 64;

    fe->change_result = 0;
    qapi_free_ChardevReturn(qmp_chardev_change("s", &backend, &error_abort));
    g_assert_true(fe->be.chr == qemu_chr_find("s"));
    g_assert_cmpint(fe->changes, ==, 2);
    g_assert_cmpint(fe->opened, ==, 1);
    fe_write(fe, "to ring");
    out = qmp_ringbuf_read("s", 64, false, 0, &error_abort);
    g_assert_cmpstr(out, ==, "to ring");
    g_free(out);

    qemu_chr_fe_set_handlers(&fe->be, fe_can_read, fe_read, fe_event, NULL, fe,
                             NULL, true);
    g_assert_null(qmp_chardev_change("s", &backend, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Chardev user does not support chardev hotswap");
    error_free_or_abort(&err);
    fe_free(fe, true);
}

/* ---- socket ---- */

static QIOChannel *client_new(Chardev *chr)
{
    QIOChannelSocket *sioc = qio_channel_socket_new();
    /* "disconnected:unix:PATH,server=on" */
    const char *name = chr->filename + strlen("disconnected:");
    g_autofree char *uri = g_strndup(name, strcspn(name, ","));
    SocketAddress *addr = socket_parse(uri, &error_abort);

    qio_channel_socket_connect_sync(sioc, addr, &error_abort);
    qapi_free_SocketAddress(addr);
    return QIO_CHANNEL(sioc);
}

static void expect(QIOChannel *ioc, const char *text)
{
    char buf[64] = "";

    g_assert_cmpint(qio_channel_read_all(ioc, buf, strlen(text), &error_abort),
                    ==, 0);
    g_assert_cmpstr(buf, ==, text);
}

static void test_socket_server(gconstpointer tcp)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params = g_strdup_printf(
        tcp ? "socket,id=s,server=on,wait=off,host=127.0.0.1,port=0,nodelay=on"
            : "socket,id=s,server=on,wait=off,path=%s/sock",
        dir);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client, *second;

    for (int i = 1; i <= 2; i++) {
        g_assert_cmpint(fe->opened, ==, i - 1);
        fe_write(fe, "nobody is there");
        client = client_new(chr);
        wait_for(fe->opened == i);
        g_assert_true(
            g_str_has_prefix(chr->filename, tcp ? "tcp:127.0.0.1:" : "unix:"));
        g_assert_nonnull(strstr(chr->filename, ",server=on"));
        fe_write(fe, "hello");
        expect(client, "hello");
        g_string_truncate(fe->in, 0);
        qio_channel_write_all(client, "world", 5, &error_abort);
        /* What was sent before the end is not lost. */
        object_unref(OBJECT(client));
        wait_for(fe->closed == i);
        g_assert_cmpstr(fe->in->str, ==, "world");
    }

    /* A second client waits until the first has gone. */
    client = client_new(chr);
    wait_for(fe->opened == 3);
    {
        Chardev like = { .filename = NULL };
        g_autofree char *path =
            g_strdup_printf("disconnected:unix:%s/sock", dir);

        like.filename = path;
        if (!tcp) {
            second = client_new(&like);
            run_a_little();
            g_assert_cmpint(fe->opened, ==, 3);
            qemu_chr_fe_disconnect(&fe->be);
            g_assert_cmpint(fe->closed, ==, 3);
            wait_for(fe->opened == 4);
            fe_write(fe, "second");
            expect(second, "second");
            object_unref(OBJECT(second));
        }
    }
    object_unref(OBJECT(client));
    fe_free(fe, true);
    g_rmdir(dir);
}

static gpointer connect_later(gpointer opaque)
{
    SocketAddress *addr = opaque;
    QIOChannelSocket *sioc = qio_channel_socket_new();

    while (qio_channel_socket_connect_sync(sioc, addr, NULL) < 0) {
        g_usleep(1000);
    }
    qio_channel_write_all(QIO_CHANNEL(sioc), "hi", 2, &error_abort);
    expect(QIO_CHANNEL(sioc), "ho");
    object_unref(OBJECT(sioc));
    return NULL;
}

/* server=on alone waits for a client before it returns. */
static void test_socket_wait(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *path = g_build_filename(dir, "sock", NULL);
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,path=%s", path);
    SocketAddress addr = { .type = SOCKET_ADDRESS_TYPE_UNIX,
                           .u.q_unix.path = path };
    GThread *thread = g_thread_new("client", connect_later, &addr);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);

    g_assert_cmpint(fe->opened, ==, 1);
    wait_for(fe->in->len == 2);
    fe_write(fe, "ho");
    wait_for(fe->closed);
    g_thread_join(thread);
    fe_free(fe, true);
    g_rmdir(dir);
}

/* A client that finds nobody tries again, and again after the end. */
static void test_socket_reconnect(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *path = g_build_filename(dir, "sock", NULL);
    g_autofree char *params =
        g_strdup_printf("socket,id=s,path=%s,reconnect-ms=10", path);
    SocketAddress addr = { .type = SOCKET_ADDRESS_TYPE_UNIX,
                           .u.q_unix.path = path };
    QIOChannelSocket *lioc = qio_channel_socket_new(), *server;
    Chardev *chr;
    Fe *fe;

    if (!g_test_subprocess()) {
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        /* Once, though it failed many times */
        g_test_trap_assert_stderr("*Unable to connect character device s: "
                                  "Failed to connect to *");
        g_test_trap_assert_stderr_unmatched("*Unable*Unable*");
        object_unref(OBJECT(lioc));
        g_rmdir(dir);
        return;
    }
    chr = chr_new(params);
    fe = fe_new(chr);
    for (int i = 0; i < 10; i++) {
        run_a_little();
    }
    g_assert_cmpint(fe->opened, ==, 0);
    qio_channel_socket_listen_sync(lioc, &addr, 1, &error_abort);
    for (int i = 1; i <= 3; i++) {
        wait_for(fe->opened == i);
        server = qio_channel_socket_accept(lioc, &error_abort);
        fe_write(fe, "hello");
        expect(QIO_CHANNEL(server), "hello");
        object_unref(OBJECT(server));
        wait_for(fe->closed == i);
    }
    fe_free(fe, true);
    run_a_little();
    object_unref(OBJECT(lioc));
    g_rmdir(dir);
}

typedef struct {
    Fe *fe;
    GString *rest;
    guint tag;
} Writer;

static gboolean writer_go_on(void *do_not_use, GIOCondition cond, void *opaque)
{
    Writer *w = opaque;
    int ret;

    w->tag = 0;
    ret = qemu_chr_fe_write(&w->fe->be, (uint8_t *)w->rest->str, w->rest->len);
    if (ret > 0) {
        g_string_erase(w->rest, 0, ret);
    } else {
        g_assert_cmpint(errno, ==, EAGAIN);
    }
    if (w->rest->len) {
        w->tag = qemu_chr_fe_add_watch(&w->fe->be, G_IO_OUT | G_IO_HUP,
                                       writer_go_on, w);
        g_assert_cmpint(w->tag, !=, 0);
    }
    return G_SOURCE_REMOVE;
}

/* Two megabytes to a client that takes its time: nothing waits or is lost. */
static void test_socket_slow_reader(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,wait=off,path=%s/sock", dir);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client = client_new(chr);
    Writer w = { .fe = fe, .rest = g_string_new(NULL) };
    size_t got = 0, total = 2 * 1024 * 1024;
    char buf[50000];

    wait_for(fe->opened);
    for (size_t i = 0; i < total; i++) {
        g_string_append_c(w.rest, 'a' + i % 23);
    }
    writer_go_on(NULL, 0, &w);
    g_assert_cmpint(w.rest->len, >, 0);
    g_assert_cmpint(qemu_chr_fe_write(&fe->be, (uint8_t *)"x", 1), ==, -1);
    g_assert_cmpint(errno, ==, EAGAIN);
    run_a_little();

    qio_channel_set_blocking(client, false, &error_abort);
    while (got < total) {
        ssize_t n = qio_channel_read(client, buf, sizeof(buf), &error_abort);

        for (ssize_t i = 0; i < n; i++) {
            g_assert_cmpint(buf[i], ==, 'a' + (got + i) % 23);
        }
        got += MAX(n, 0);
        main_loop_wait(true);
    }
    g_assert_cmpint(w.rest->len, ==, 0);

    /* It goes away with data on the way: CLOSED, and no more trouble. */
    g_string_append_printf(w.rest, "%0*d", 500000, 1);
    while (qemu_chr_fe_write(&fe->be, (uint8_t *)w.rest->str, w.rest->len) >
           0) {
    }
    fe->room = 0;
    object_unref(OBJECT(client));
    wait_for(fe->closed);
    fe_write(fe, "lost");
    g_string_free(w.rest, TRUE);
    fe_free(fe, true);
    g_rmdir(dir);
}

static void test_socket_fds(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,wait=off,path=%s/sock", dir);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client = client_new(chr);
    struct iovec iov = { (char *)"x", 1 };
    char c;
    struct iovec riov = { &c, 1 };
    int send[2] = { 0, 1 }, got[8], *fds;
    size_t nfds;

    g_assert_true(qemu_chr_has_feature(chr, QEMU_CHAR_FEATURE_FD_PASS));
    wait_for(fe->opened);
    g_assert_cmpint(qemu_chr_fe_get_msgfd(&fe->be), ==, -1);
    qio_channel_writev_full_all(client, &iov, 1, send, 2, 0, &error_abort);
    wait_for(fe->in->len == 1);
    g_assert_cmpint(qemu_chr_fe_get_msgfds(&fe->be, got, 8), ==, 2);
    close(got[0]);
    close(got[1]);
    g_assert_cmpint(qemu_chr_fe_get_msgfd(&fe->be), ==, -1);

    /* Not fetched: replaced by the next, and closed at the end. */
    qio_channel_writev_full_all(client, &iov, 1, send, 2, 0, &error_abort);
    wait_for(fe->in->len == 2);
    qio_channel_writev_full_all(client, &iov, 1, send, 1, 0, &error_abort);
    wait_for(fe->in->len == 3);

    g_assert_cmpint(qemu_chr_fe_set_msgfds(&fe->be, send, 1), ==, 0);
    fe_write(fe, "y");
    g_assert_cmpint(
        qio_channel_readv_full_all(client, &riov, 1, &fds, &nfds, &error_abort),
        ==, 0);
    g_assert_cmpint(nfds, ==, 1);
    close(fds[0]);
    g_free(fds);
    object_unref(OBJECT(client));
    wait_for(fe->closed);
    g_assert_cmpint(qemu_chr_fe_set_msgfds(&fe->be, send, 1), ==, -1);
    fe_free(fe, true);
    g_rmdir(dir);
}

static void test_socket_add_client(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,wait=off,path=%s/sock", dir);
    Chardev *chr = chr_new(params), *null = chr_new("null,id=n");
    Fe *fe = fe_new(chr);
    int sv[2];

    g_assert_cmpint(qemu_socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    g_assert_cmpint(qemu_chr_add_client(null, sv[0]), ==, -1);
    g_assert_cmpint(qemu_chr_add_client(chr, sv[0]), ==, 0);
    g_assert_cmpint(fe->opened, ==, 1);
    g_assert_cmpint(write(sv[1], "abc", 3), ==, 3);
    wait_for(fe->in->len == 3);
    /* One at a time */
    g_assert_cmpint(qemu_chr_add_client(chr, sv[1]), ==, -1);
    close(sv[1]);
    wait_for(fe->closed);
    fe_free(fe, true);
    object_unparent(OBJECT(null));
    g_rmdir(dir);
}

/* The watches follow the front end into another context. */
static void test_socket_context(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,wait=off,path=%s/sock", dir);
    GMainContext *ctx = g_main_context_new();
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client = client_new(chr);

    g_assert_true(qemu_chr_has_feature(chr, QEMU_CHAR_FEATURE_GCONTEXT));
    qemu_chr_fe_set_handlers(&fe->be, fe_can_read, fe_read, fe_event, NULL, fe,
                             ctx, true);
    run_a_little();
    g_assert_cmpint(fe->opened, ==, 0);
    while (!fe->opened) {
        g_main_context_iteration(ctx, TRUE);
    }
    qio_channel_write_all(client, "abc", 3, &error_abort);
    run_a_little();
    g_assert_cmpint(fe->in->len, ==, 0);
    while (fe->in->len < 3) {
        g_main_context_iteration(ctx, TRUE);
    }
    object_unref(OBJECT(client));
    while (!fe->closed) {
        g_main_context_iteration(ctx, TRUE);
    }
    qemu_chr_fe_set_handlers(&fe->be, fe_can_read, fe_read, fe_event, NULL, fe,
                             NULL, true);
    client = client_new(chr);
    wait_for(fe->opened == 2);
    object_unref(OBJECT(client));
    fe_free(fe, true);
    g_main_context_unref(ctx);
    g_rmdir(dir);
}

/* A front end that is full at first gets all later, bit by bit. */
static void test_socket_flow(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,wait=off,path=%s/sock", dir);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client = client_new(chr);

    wait_for(fe->opened);
    fe->room = 0;
    qio_channel_write_all(client, "0123456789", 10, &error_abort);
    run_a_little();
    g_assert_cmpint(fe->in->len, ==, 0);
    fe->room = 3;
    qemu_chr_fe_accept_input(&fe->be);
    wait_for(fe->in->len == 10);
    g_assert_cmpstr(fe->in->str, ==, "0123456789");
    object_unref(OBJECT(client));
    fe_free(fe, true);
    g_rmdir(dir);
}

/* ---- telnet ---- */

static const uint8_t greeting[] = { 255, 251, 1, 255, 251, 3,
                                    255, 251, 0, 255, 253, 0 };

static void test_telnet(void)
{
    static const struct {
        const char *sent;
        int len;
        const char *got;
        int breaks;
    } cases[] = {
        { "abc", 3, "abc", 0 },
        { "a\377\377b", 4, "a\377b", 0 },
        { "a\377\373\001b", 5, "ab", 0 },
        { "\377\375\003\377\376\001x", 7, "x", 0 },
        { "a\377\363b", 4, "ab", 1 },
        { "a\377\361b", 4, "ab", 0 },
        { "a\377\372\030\001zz\377\377\377\360b", 12, "ab", 0 },
    };
    g_autofree char *dir = tmp_dir();
    g_autofree char *params = g_strdup_printf(
        "socket,id=s,server=on,wait=off,telnet=on,path=%s/sock", dir);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client = client_new(chr);
    char buf[sizeof(greeting)];
    Error *err = NULL;

    g_assert_cmpint(qemu_chr_wait_connected(chr, &err), ==, -1);
    error_free_or_abort(&err);
    wait_for(fe->opened);
    qio_channel_read_all(client, buf, sizeof(buf), &error_abort);
    g_assert_cmpint(memcmp(buf, greeting, sizeof(greeting)), ==, 0);

    /* At once, and byte by byte */
    for (int step = 0; step < 2; step++) {
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
            g_string_truncate(fe->in, 0);
            fe->breaks = 0;
            for (int j = 0; j < cases[i].len;) {
                int n = step ? 1 : cases[i].len;

                qio_channel_write_all(client, cases[i].sent + j, n,
                                      &error_abort);
                j += n;
                run_a_little();
            }
            g_assert_cmpstr(fe->in->str, ==, cases[i].got);
            g_assert_cmpint(fe->breaks, ==, cases[i].breaks);
        }
    }
    object_unref(OBJECT(client));
    fe_free(fe, true);
    g_rmdir(dir);
}

static void test_telnet_random(gconstpointer mode)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,wait=off,%s=on,path=%s/sock",
                        (const char *)mode, dir);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client = client_new(chr);

    wait_for(fe->opened);
    for (int i = 0; i < 300; i++) {
        char buf[200];
        int len = g_test_rand_int_range(1, sizeof(buf));

        for (int j = 0; j < len; j++) {
            buf[j] = g_test_rand_int_range(0, 2)
                         ? g_test_rand_int_range(236, 256)
                         : g_test_rand_int();
        }
        fe->room = g_test_rand_int_range(1, 300);
        qio_channel_write_all(client, buf, len, &error_abort);
        main_loop_wait(true);
    }
    object_unref(OBJECT(client));
    wait_for(fe->closed);
    fe_free(fe, true);
    g_rmdir(dir);
}

/* ---- stdio ---- */

static void test_stdio(void)
{
    if (g_test_subprocess()) {
        Chardev *chr = chr_new("stdio,id=s,signal=off");
        Fe *fe = fe_new(chr);

        check_error("stdio,id=t",
                    "cannot use stdio by multiple character devices");
        fe_write(fe, "first");
        fe_free(fe, true);
        fe = fe_new(chr_new("stdio,id=s"));
        fe_write(fe, "second");
        qemu_chr_fe_set_echo(&fe->be, true);
        fe_free(fe, true);
        qemu_chr_forbid_stdio();
        check_error("stdio,id=t", "cannot use stdio with -daemonize");
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stdout("*firstsecond*");
}

int main(int argc, char **argv)
{
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    qemu_add_opts(&qemu_chardev_opts);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/chardev/bad-options", test_bad_options);
    g_test_add_func("/chardev/compat", test_compat);
    g_test_add_func("/chardev/compat-bad", test_compat_bad);
    g_test_add_func("/chardev/null", test_null);
    g_test_add_func("/chardev/file", test_file_and_log);
    g_test_add_func("/chardev/pipe", test_pipe);
    g_test_add_func("/chardev/pty", test_pty);
    g_test_add_func("/chardev/ringbuf", test_ringbuf);
    g_test_add_func("/chardev/ringbuf-formats", test_ringbuf_formats);
    g_test_add_func("/chardev/mux", test_mux);
    g_test_add_func("/chardev/mux-random", test_mux_random);
    g_test_add_func("/chardev/mux-suspend", test_mux_suspend);
    g_test_add_func("/chardev/hub", test_hub);
    g_test_add_func("/chardev/qmp", test_qmp);
    g_test_add_func("/chardev/hotswap", test_hotswap);
    g_test_add_data_func("/chardev/socket/unix", NULL, test_socket_server);
    g_test_add_data_func("/chardev/socket/tcp", "tcp", test_socket_server);
    g_test_add_func("/chardev/socket/wait", test_socket_wait);
    g_test_add_func("/chardev/socket/reconnect", test_socket_reconnect);
    g_test_add_func("/chardev/socket/slow-reader", test_socket_slow_reader);
    g_test_add_func("/chardev/socket/fds", test_socket_fds);
    g_test_add_func("/chardev/socket/add-client", test_socket_add_client);
    g_test_add_func("/chardev/socket/context", test_socket_context);
    g_test_add_func("/chardev/socket/flow", test_socket_flow);
    g_test_add_func("/chardev/telnet", test_telnet);
    g_test_add_data_func("/chardev/telnet-random", "telnet",
                         test_telnet_random);
    g_test_add_data_func("/chardev/tn3270-random", "tn3270",
                         test_telnet_random);
    g_test_add_func("/chardev/stdio", test_stdio);
    return g_test_run();
}

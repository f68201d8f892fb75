/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Character devices: each kind, the mux, hot swapping, bad options. */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qapi/error.h"
#include "qapi/qapi-commands-char.h"
#include "qemu/config-file.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "system/system.h"
#include "chardev-helpers.h"

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
    g_test_add_func("/chardev/stdio", test_stdio);
    return g_test_run();
}

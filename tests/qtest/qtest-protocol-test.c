/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The qtest protocol: every command the right way, and all the wrong ways that
 * come to mind. What a test sends never ends the emulator.
 */
#include "qemu/osdep.h"
#include <sys/un.h>
#include "qobject/qstring.h"
#include "libqtest.h"

#define MACHINE "-M none -object playground-ram,id=ram,size=1M,parent=system "

static QTestState *start(void)
{
    return qtest_init(MACHINE);
}

/*** Values. ***/

static void test_values(void)
{
    QTestState *s = start();

    qtest_assert_answer(s, "writeq 0x100 0x1122334455667788", "OK");
    qtest_assert_answer(s, "readq 0x100", "OK 0x1122334455667788");
    qtest_assert_answer(s, "readl 0x100", "OK 0x0000000055667788");
    qtest_assert_answer(s, "readw 0x100", "OK 0x0000000000007788");
    qtest_assert_answer(s, "readb 0x100", "OK 0x0000000000000088");
    qtest_assert_answer(s, "readl 260", "OK 0x0000000011223344");
    qtest_assert_answer(s, "readl 0404", "OK 0x0000000011223344");
    qtest_assert_answer(s, "writel 0x100 0xaabbccdd", "OK");
    qtest_assert_answer(s, "writew 0x104 0x1234", "OK");
    qtest_assert_answer(s, "writeb 0x106 0x56", "OK");
    qtest_assert_answer(s, "readq 0x100", "OK 0x11561234aabbccdd");
    /* More than fits is cut, as a register would. */
    qtest_assert_answer(s, "writeb 0x100 0xfff", "OK");
    qtest_assert_answer(s, "readw 0x100", "OK 0x000000000000ccff");
    qtest_assert_answer(s, "endianness", "OK little");
    g_assert_false(qtest_big_endian(s));
    /* Nobody is there: zeros, and writes are lost. */
    qtest_assert_answer(s, "readl 0x100000", "OK 0x0000000000000000");
    qtest_assert_answer(s, "writel 0x100000 1", "OK");
    qtest_assert_answer(s, "readq 0xfffffffffffffff8", "OK 0x0000000000000000");
    qtest_quit(s);
}

static void test_bytes(void)
{
    QTestState *s = start();

    qtest_assert_answer(s, "write 0x10 4 0x01020304", "OK");
    qtest_assert_answer(s, "read 0x10 4", "OK 0x01020304");
    qtest_assert_answer(s, "readl 0x10", "OK 0x0000000004030201");
    /* Too few digits: zeros; too many are ignored; half a byte as well. */
    qtest_assert_answer(s, "write 0x10 4 0xff", "OK");
    qtest_assert_answer(s, "read 0x10 4", "OK 0xff000000");
    qtest_assert_answer(s, "write 0x10 2 0xAABBCCDD", "OK");
    qtest_assert_answer(s, "read 0x10 4", "OK 0xaabb0000");
    qtest_assert_answer(s, "write 0x10 2 0xabc", "OK");
    qtest_assert_answer(s, "read 0x10 2", "OK 0xab00");
    qtest_assert_answer(s, "memset 0x10 3 0x5a", "OK");
    qtest_assert_answer(s, "read 0x0f 5", "OK 0x005a5a5a00");
    qtest_assert_answer(s, "memset 0x10 0 0x11", "OK");
    qtest_assert_answer(s, "read 0x10 1", "OK 0x5a");
    qtest_assert_answer(s, "b64write 0x10 3 AQID", "OK");
    qtest_assert_answer(s, "b64read 0x10 3", "OK AQID");
    qtest_assert_answer(s, "b64read 0x10 0", "OK ");
    /* What was told is the limit, and so is what was sent. */
    qtest_assert_answer(s, "b64write 0x10 2 CQkJ", "OK");
    qtest_assert_answer(s, "read 0x10 3", "OK 0x090903");
    qtest_assert_answer(s, "b64write 0x10 200 BwcH", "OK");
    qtest_assert_answer(s, "read 0x10 4", "OK 0x07070700");
    qtest_quit(s);
}

static void test_sizes(void)
{
    static const size_t sizes[] = { 1,   2,    3,    7,     8,
                                    511, 4095, 4096, 65537, 1000003 };
    QTestState *s = start();

    for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
        size_t n = sizes[i];
        g_autofree uint8_t *in = g_malloc(n);
        g_autofree uint8_t *out = g_malloc0(n);

        for (size_t j = 0; j < n; j++) {
            in[j] = g_test_rand_int();
        }
        qtest_memwrite(s, 1, in, n);
        qtest_memread(s, 1, out, n);
        g_assert_cmpmem(in, n, out, n);
        memset(out, 0, n);
        qtest_bufread(s, 1, out, n);
        g_assert_cmpmem(in, n, out, n);
        qtest_memset(s, 0, 0, n + 2);
        qtest_bufwrite(s, 1, in, n);
        memset(out, 0, n);
        qtest_memread(s, 1, out, n);
        g_assert_cmpmem(in, n, out, n);
        g_assert_cmphex(qtest_readb(s, 0), ==, 0);
        g_assert_cmphex(qtest_readb(s, n + 1), ==, 0);
    }
    qtest_quit(s);
}

static void test_ports(void)
{
    QTestState *s = qtest_init("-M none -object playground-io,id=p,parent=io,"
                               "addr=0x60,size=8,behaviour=written");

    qtest_assert_answer(s, "outb 0x60 0x12", "OK");
    qtest_assert_answer(s, "inb 0x60", "OK 0x0012");
    qtest_assert_answer(s, "outw 0x60 0x1234", "OK");
    qtest_assert_answer(s, "inw 0x60", "OK 0x1234");
    qtest_assert_answer(s, "outl 0x60 0x12345678", "OK");
    qtest_assert_answer(s, "inl 0x60", "OK 0x12345678");
    g_assert_cmphex(qtest_inl(s, 0x60), ==, 0x12345678);
    qtest_outb(s, 0x61, 0x99);
    g_assert_cmphex(qtest_inb(s, 0x60), ==, 0x99);
    /* Nobody there. */
    qtest_assert_answer(s, "inb 0x70", "OK 0x00ff");
    qtest_assert_answer(s, "inw 0x70", "OK 0xffff");
    qtest_assert_answer(s, "inl 0x70", "OK 0xffffffff");
    qtest_assert_answer(s, "outl 0xffff 1", "OK");
    qtest_assert_answer(s, "inb 0x10000", "FAIL there is no port 0x10000");
    qtest_assert_answer(s, "outb 0xffffffffff 1",
                        "FAIL there is no port 0xffffffffff");
    qtest_quit(s);
}

/*** The clock. ***/

static void test_clock(void)
{
    QTestState *s = qtest_init("-M none");

    qtest_assert_answer(s, "clock_step 100", "OK 100");
    qtest_assert_answer(s, "clock_step 0x10", "OK 116");
    qtest_assert_answer(s, "clock_set 1000", "OK 1000");
    qtest_assert_answer(s, "clock_set 1000", "OK 1000");
    qtest_assert_answer(s, "clock_set 10", "FAIL 1000");
    qtest_assert_answer(s, "clock_step 0", "FAIL could not advance time");
    qtest_assert_answer(s, "clock_step -5", "FAIL could not advance time");
    qtest_assert_answer(s, "clock_step",
                        "FAIL cannot advance clock to the next deadline "
                        "because there is no pending deadline");
    qtest_assert_answer(s, "clock_step 9223372036854775807",
                        "FAIL the clock ends at 9223372036854775807");
    g_assert_cmpint(qtest_clock_step(s, 24), ==, 1024);
    g_assert_cmpint(qtest_clock_set(s, 2048), ==, 2048);
    qtest_quit(s);
}

/*** Lines. ***/

#define LINES "-M none -device qtest-lines,id=d "
#define PATH  "/machine/peripheral/d"

/* The device is in a module beside this test. */
static QTestState *start_lines(const char *args)
{
    const char *dir = g_getenv("TEST_MODULE_DIR");

    if (!dir || !*dir) {
        g_test_skip("built without modules");
        return NULL;
    }
    g_setenv("PLATEAU_MODULE_DIR", dir, true);
    return qtest_init(args);
}

static void test_lines_out(void)
{
    QTestState *s = start_lines(LINES);

    if (!s) {
        return;
    }
    qtest_irq_intercept_out(s, PATH);
    /* Once more is fine. */
    qtest_irq_intercept_out(s, PATH);
    g_assert_false(qtest_get_irq(s, 0));
    qtest_set_irq_in(s, PATH, NULL, 1, 1);
    g_assert_true(qtest_get_irq(s, 0));
    qtest_set_irq_in(s, PATH, NULL, 2, 1);
    qtest_set_irq_in(s, PATH, NULL, 1, 0);
    g_assert_true(qtest_get_irq(s, 0));
    qtest_set_irq_in(s, PATH, NULL, 2, 0);
    g_assert_false(qtest_get_irq(s, 0));
    qtest_quit(s);
}

static void test_lines_named(void)
{
    QTestState *s = start_lines(LINES);

    if (!s) {
        return;
    }
    qtest_irq_intercept_out_named(s, PATH, "echo");
    qtest_set_irq_in(s, PATH, NULL, 0, 1);
    g_assert_false(qtest_get_irq(s, 0));
    qtest_set_irq_in(s, PATH, "shout", 0, 1);
    g_assert_true(qtest_get_irq(s, 0));
    qtest_quit(s);
}

static void test_lines_in(void)
{
    QTestState *s = start_lines(LINES);

    if (!s) {
        return;
    }
    qtest_irq_intercept_in(s, PATH);
    qtest_set_irq_in(s, PATH, NULL, 2, 1);
    g_assert_true(qtest_get_irq(s, 2));
    g_assert_false(qtest_get_irq(s, 1));
    qtest_set_irq_in(s, PATH, NULL, 2, 0);
    g_assert_false(qtest_get_irq(s, 2));
    qtest_quit(s);
}

/* A timer of the virtual clock, and a line with a large number. */
static void test_lines_timer(void)
{
    QTestState *s =
        start_lines("-M none -device qtest-lines,id=d,after-ns=1000");

    if (!s) {
        return;
    }
    qtest_irq_intercept_out_named(s, PATH, "bell");
    g_assert_cmpint(qtest_clock_step(s, 999), ==, 999);
    g_assert_false(qtest_get_irq(s, 299));
    g_assert_cmpint(qtest_clock_step_next(s), ==, 1000);
    g_assert_true(qtest_get_irq(s, 299));
    qtest_assert_answer(s, "clock_step",
                        "FAIL cannot advance clock to the next deadline "
                        "because there is no pending deadline");
    qtest_quit(s);
}

static void test_lines_raw(void)
{
    QTestState *s = start_lines(LINES "-device qtest-lines,id=other");

    if (!s) {
        return;
    }
    qtest_assert_answer(s, "irq_intercept_out nobody", "FAIL Unknown device");
    qtest_assert_answer(s, "irq_intercept_in /machine", "FAIL Unknown device");
    qtest_assert_answer(s, "irq_intercept_out " PATH " foo",
                        "FAIL No intercepts installed");
    qtest_assert_answer(
        s, "irq_intercept_in " PATH " foo",
        "FAIL Interception of named in-GPIOs not yet supported");
    qtest_assert_answer(s, "irq_intercept_out " PATH, "OK");
    qtest_assert_answer(s, "irq_intercept_out /machine/peripheral/other",
                        "FAIL IRQ intercept already enabled");
    qtest_assert_answer(s, "set_irq_in nobody unnamed-gpio-in 0 1",
                        "FAIL Unknown device");
    qtest_assert_answer(s, "set_irq_in " PATH " unnamed-gpio-in 3 1",
                        "FAIL Unknown line");
    qtest_assert_answer(s, "set_irq_in " PATH " unnamed-gpio-in -1 1",
                        "FAIL Unknown line");
    qtest_assert_answer(s, "set_irq_in " PATH " foo 0 1", "FAIL Unknown line");
    qtest_assert_answer(s, "set_irq_in " PATH " unnamed-gpio-in x 1",
                        "FAIL 'x' is not a number of 32 bits");
    qtest_assert_answer(s, "set_irq_in " PATH " unnamed-gpio-in 0 0x1ffffffff",
                        "FAIL '0x1ffffffff' is not a number of 32 bits");
    /* The intercepted device goes; another one can be intercepted. */
    qtest_qmp_assert_success(
        s, "{'execute': 'device_del', 'arguments': {'id': 'd'}}");
    qtest_assert_answer(s, "irq_intercept_out /machine/peripheral/other", "OK");
    qtest_quit(s);
}

/*** Wrong. ***/

static const struct {
    const char *line;
    const char *answer;
} wrong[] = {
    { "", "FAIL Unknown command ''" },
    { " ", "FAIL Unknown command ''" },
    { "foo", "FAIL Unknown command 'foo'" },
    { "READB 0", "FAIL Unknown command 'READB'" },
    { "rtas a b c", "FAIL Unknown command 'rtas'" },
    { "readb", "FAIL readb takes ADDR" },
    { "readb 1 2", "FAIL readb takes ADDR" },
    { "readb  1", "FAIL readb takes ADDR" },
    { "readb ", "FAIL '' is not a number of 64 bits" },
    { "readb x", "FAIL 'x' is not a number of 64 bits" },
    { "readb 1x", "FAIL '1x' is not a number of 64 bits" },
    { "readb 0x10000000000000000",
      "FAIL '0x10000000000000000' is not a number of 64 bits" },
    { "writeb 1", "FAIL writeb takes ADDR VALUE" },
    { "writel 1 2 3", "FAIL writel takes ADDR VALUE" },
    { "writeq 1 y", "FAIL 'y' is not a number of 64 bits" },
    { "read 1", "FAIL read takes ADDR SIZE" },
    { "read 0 0", "FAIL nothing to read: the size is 0" },
    { "read 0 0x10000001",
      "FAIL size 0x10000001 is above the limit of 0x10000000" },
    { "read 0 0xffffffffffffffff",
      "FAIL size 0xffffffffffffffff is above the limit of 0x10000000" },
    { "read 0xffffffffffffffff 2",
      "FAIL 0xffffffffffffffff+0x2 is beyond 2^64" },
    { "write 0 1", "FAIL write takes ADDR SIZE DATA" },
    { "write 0 1 0x", "ERR invalid argument size" },
    { "write 0 1 1234", "FAIL the data is not 0x and hexadecimal digits" },
    { "write 0 1 0xgg", "FAIL the data is not 0x and hexadecimal digits" },
    { "write 0 0x7fffffffffffffff 0x12",
      "FAIL size 0x7fffffffffffffff is above the limit of 0x10000000" },
    { "memset 0 1", "FAIL memset takes ADDR SIZE VALUE" },
    { "memset 0 0xffffffffffff 0",
      "FAIL size 0xffffffffffff is above the limit of 0x10000000" },
    { "memset 0 1 z", "FAIL 'z' is not a number of 64 bits" },
    { "b64read 0", "FAIL b64read takes ADDR SIZE" },
    { "b64write 0 1 A", "ERR invalid argument size" },
    { "endianness x", "FAIL endianness takes nothing" },
    { "clock_step x", "FAIL 'x' is not a number of 64 bits" },
    { "clock_step 1 2", "FAIL clock_step takes [NS]" },
    { "clock_set", "FAIL clock_set takes NS" },
    { "clock_set 99999999999999999999",
      "FAIL '99999999999999999999' is not a number of 64 bits" },
    { "inb", "FAIL inb takes ADDR" },
    { "outb 1", "FAIL outb takes ADDR VALUE" },
    { "irq_intercept_in", "FAIL irq_intercept_in takes QOM-PATH" },
    { "irq_intercept_out", "FAIL irq_intercept_out takes QOM-PATH [NAME]" },
    { "set_irq_in a b c", "FAIL set_irq_in takes QOM-PATH NAME NUM LEVEL" },
    { "module_load x", "FAIL module_load takes PREFIX NAME" },
    { "module_load foo- bar", "FAIL" },
};

static void test_wrong(void)
{
    QTestState *s = start();

    for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
        qtest_assert_answer(s, wrong[i].line, wrong[i].answer);
    }
    qtest_assert_answer(s, "readb 0", "OK 0x0000000000000000");
    qtest_quit(s);
}

/* Pieces of lines, many lines at once, CR LF, NUL, and bytes at random. */
static void test_framing(void)
{
    static const char several[] = "writeb 1 7\nreadb 1\r\nreadb";
    QTestState *s = start();
    g_autofree char *line = NULL;

    qtest_send_bytes(s, several, strlen(several));
    line = qtest_receive_line(s);
    g_assert_cmpstr(line, ==, "OK");
    g_free(line);
    line = qtest_receive_line(s);
    g_assert_cmpstr(line, ==, "OK 0x0000000000000007");
    g_free(g_steal_pointer(&line));
    qtest_assert_answer(s, " 1", "OK 0x0000000000000007");
    for (const char *c = "readb 1"; *c; c++) {
        qtest_send_bytes(s, c, 1);
        g_usleep(100);
    }
    qtest_assert_answer(s, "", "OK 0x0000000000000007");
    qtest_send_bytes(s, "foo\0bar\n", 8);
    line = qtest_receive_line(s);
    g_assert_cmpstr(line, ==, "FAIL Unknown command 'foo'");
    qtest_quit(s);
}

static void test_random(void)
{
    static const char *const words[] = {
        "readb",
        "writel",
        "read",
        "write",
        "memset",
        "b64write",
        "inb",
        "outl",
        "clock_step",
        "irq_intercept_in",
        "set_irq_in",
        "0",
        "-1",
        "0x",
        "0x10",
        "AQID",
        "18446744073709551615",
        "/machine",
        "\xff",
        "x",
    };
    QTestState *s = start();

    for (int i = 0; i < 3000; i++) {
        g_autoptr(GString) line = g_string_new(NULL);
        g_autofree char *answer = NULL;

        for (int n = g_test_rand_int_range(0, 6); n > 0; n--) {
            g_string_append(line,
                            words[g_test_rand_int_range(0, ARRAY_SIZE(words))]);
            g_string_append_c(line, ' ');
        }
        answer = qtest_command(s, "%s", line->str);
        g_assert_true(g_str_has_prefix(answer, "OK") ||
                      g_str_has_prefix(answer, "FAIL") ||
                      g_str_has_prefix(answer, "ERR"));
    }
    qtest_quit(s);
}

/*** The object and the log. ***/

static void test_object(void)
{
    QTestState *s = qtest_init("-M none -chardev null,id=c0");
    QmpClient *c = qtest_qmp_client(s);

    qmp_client_error(c, "GenericError",
                     "Only one instance of qtest can be created",
                     "{'execute': 'object-add', 'arguments':"
                     " {'qom-type': 'qtest', 'id': 'q', 'chardev': 'c0'}}");
    qmp_client_error(c, "GenericError", "Cannot find character device 'nix'",
                     "{'execute': 'object-add', 'arguments':"
                     " {'qom-type': 'qtest', 'id': 'q', 'chardev': 'nix'}}");
    qmp_client_error(c, "GenericError", "Property 'log' can not be set now",
                     "{'execute': 'qom-set', 'arguments':"
                     " {'path': '/machine/qtest', 'property': 'log',"
                     "  'value': 'x'}}");
    qtest_quit(s);
}

static void test_object_life(void)
{
    g_autofree char *dir = g_dir_make_tmp("plateau-qtest-XXXXXX", NULL);
    g_autofree char *log = g_build_filename(dir, "log", NULL);
    g_autofree char *text = NULL;
    QmpClient *c = qmp_client_ready("-M none -chardev ringbuf,id=c0");

    for (int i = 0; i < 2; i++) {
        QObject *path;

        qobject_unref(qmp_client_return(
            c,
            "{'execute': 'object-add', 'arguments': {'qom-type': 'qtest',"
            " 'id': 'q', 'chardev': 'c0', 'log': %s}}",
            log));
        path =
            qmp_client_return(c, "{'execute': 'qom-get', 'arguments':"
                                 " {'path': '/machine', 'property': 'qtest'}}");
        g_assert_cmpstr(qstring_get_str(qobject_to(QString, path)), ==,
                        "/objects/q");
        qobject_unref(path);
        qobject_unref(qmp_client_return(
            c, "{'execute': 'object-del', 'arguments': {'id': 'q'}}"));
    }
    qmp_client_error(c, "GenericError", "No backend specified",
                     "{'execute': 'object-add', 'arguments':"
                     " {'qom-type': 'qtest', 'id': 'q'}}");
    qmp_client_error(c, "GenericError", "/nowhere/log",
                     "{'execute': 'object-add', 'arguments': {'qom-type':"
                     " 'qtest', 'id': 'q', 'chardev': 'c0',"
                     " 'log': '/nowhere/log'}}");
    qmp_client_quit(c);
    g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
    unlink(log);
    rmdir(dir);
}

static char *ask_at(const char *path, const char *line)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_autoptr(GString) answer = g_string_new(NULL);
    char c = 0;

    strcpy(addr.sun_path, path);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
    g_assert_cmpint(send(fd, line, strlen(line), MSG_NOSIGNAL), >, 0);
    while (strchr(line, '\n') && c != '\n') {
        g_assert_cmpint(RETRY_ON_EINTR(recv(fd, &c, 1, 0)), ==, 1);
        g_string_append_c(answer, c);
    }
    close(fd);
    return g_string_free(g_steal_pointer(&answer), false);
}

/* One client after the other; half a line is of no use to the next. */
static void test_reconnect(void)
{
    g_autofree char *dir = g_dir_make_tmp("plateau-qtest-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "s", NULL);
    g_autofree char *args = g_strdup_printf(
        MACHINE "-chardev socket,id=c,path=%s,server=on,wait=off "
                "-object qtest,id=q,chardev=c,log=none",
        path);
    QmpClient *c = qmp_client_ready(args);

    for (int i = 0; i < 10; i++) {
        g_autofree char *nothing = ask_at(path, "writeb 5");
        g_autofree char *answer = ask_at(path, "readb 0x5\n");

        g_assert_cmpstr(nothing, ==, "");
        g_assert_cmpstr(answer, ==, "OK 0x0000000000000000\n");
    }
    qmp_client_quit(c);
    unlink(path);
    rmdir(dir);
}

/* "[R +0.012345] readb 0" and the like: returns what follows the time. */
static char *log_line(const char *line, char kind)
{
    g_autoptr(GRegex) regex =
        g_regex_new("^\\[(.) \\+?[0-9]+\\.[0-9]{6}\\] (.*)$", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *found = NULL;

    g_assert_true(g_regex_match(regex, line, 0, &match));
    found = g_match_info_fetch(match, 1);
    g_assert_cmpint(found[0], ==, kind);
    return g_match_info_fetch(match, 2);
}

static void test_log(void)
{
    g_autofree char *dir = g_dir_make_tmp("plateau-qtest-XXXXXX", NULL);
    g_autofree char *log = g_build_filename(dir, "log", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    QTestState *s = qtest_initf(MACHINE "-qtest-log %s", log);
    static const struct {
        char kind;
        const char *text;
    } expected[] = {
        { 'I', "OPENED" },
        { 'R', "readb 0" },
        { 'S', "OK 0x0000000000000000" },
        { 'R', "b64write 0 5 AQID" },
        { 'S', "b64write: data length mismatch (told 5, found 3)" },
        { 'S', "OK" },
    };

    qtest_assert_answer(s, "readb 0", "OK 0x0000000000000000");
    qtest_assert_answer(s, "b64write 0 5 AQID", "OK");
    qtest_quit(s);
    g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", 0);
    for (int i = 0; i < ARRAY_SIZE(expected); i++) {
        g_autofree char *found = log_line(lines[i], expected[i].kind);

        g_assert_cmpstr(found, ==, expected[i].text);
    }
    unlink(log);
    rmdir(dir);
}

/* Without the accelerator memory can be accessed, but the clock runs. */
static void test_without_accel(void)
{
    QTestState *s = qtest_init_accel(NULL, MACHINE);

    qtest_assert_answer(s, "writeb 0 5", "OK");
    qtest_assert_answer(s, "readb 0", "OK 0x0000000000000005");
    qtest_assert_answer(s, "clock_step 1", "FAIL Unknown command 'clock_step'");
    qtest_assert_answer(s, "clock_set 1", "FAIL Unknown command 'clock_set'");
    qtest_quit(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/qtest/values", test_values);
    g_test_add_func("/qtest/bytes", test_bytes);
    g_test_add_func("/qtest/sizes", test_sizes);
    g_test_add_func("/qtest/ports", test_ports);
    g_test_add_func("/qtest/clock", test_clock);
    g_test_add_func("/qtest/without-accel", test_without_accel);
    g_test_add_func("/qtest/lines/out", test_lines_out);
    g_test_add_func("/qtest/lines/named", test_lines_named);
    g_test_add_func("/qtest/lines/timer", test_lines_timer);
    g_test_add_func("/qtest/lines/in", test_lines_in);
    g_test_add_func("/qtest/lines/raw", test_lines_raw);
    g_test_add_func("/qtest/wrong", test_wrong);
    g_test_add_func("/qtest/framing", test_framing);
    g_test_add_func("/qtest/random", test_random);
    g_test_add_func("/qtest/object/second", test_object);
    g_test_add_func("/qtest/object/life", test_object_life);
    g_test_add_func("/qtest/reconnect", test_reconnect);
    g_test_add_func("/qtest/log", test_log);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration files, options from random text and back, and how options are
 * printed.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/option.h"
#include "qobject/qdict.h"

static QemuOptsList drive_opts = {
    .name = "drive",
    .implied_opt_name = "file",
    .head = QTAILQ_HEAD_INITIALIZER(drive_opts.head),
    .desc = { { 0 } },
};

static QemuOptsList memory_opts = {
    .name = "memory",
    .merge_lists = true,
    .head = QTAILQ_HEAD_INITIALIZER(memory_opts.head),
    .desc = {
        { .name = "size", .type = QEMU_OPT_SIZE, .help = "how much" },
        { .name = "slots", .type = QEMU_OPT_NUMBER, .def_value_str = "7" },
        { .name = "share", .type = QEMU_OPT_BOOL },
        { .name = "path", .type = QEMU_OPT_STRING },
        { 0 },
    },
};

static QemuOptsList *lists[] = { &drive_opts, &memory_opts, NULL };

static void reset(void)
{
    qemu_opts_reset(&drive_opts);
    qemu_opts_reset(&memory_opts);
}

static int parse(const char *text, Error **errp)
{
    FILE *fp = fmemopen((void *)text, strlen(text), "r");
    int ret;

    g_assert(fp);
    ret = qemu_config_parse(fp, lists, "file.cfg", errp);
    fclose(fp);
    return ret;
}

static void test_good(void)
{
    QemuOpts *opts;
    int n;

    n = parse("# a comment\n"
              "\n"
              "[drive \"disk0\"]\n"
              "  file = \"/dev/null, or not\"\n"
              "\tif=\"none\"\r\n"
              "  empty = \"\"   # and so on\n"
              "[drive]\n"
              "[memory]\n"
              "  size = \"1G\"",
              &error_abort);
    g_assert_cmpint(n, ==, 3);

    opts = qemu_opts_find(&drive_opts, "disk0");
    g_assert_cmpstr(qemu_opt_get(opts, "file"), ==, "/dev/null, or not");
    g_assert_cmpstr(qemu_opt_get(opts, "if"), ==, "none");
    g_assert_cmpstr(qemu_opt_get(opts, "empty"), ==, "");
    g_assert(qemu_opts_find(&drive_opts, NULL));

    opts = qemu_opts_find(&memory_opts, NULL);
    g_assert_cmpuint(qemu_opt_get_size(opts, "size", 0), ==, 1 << 30);
    g_assert_cmpuint(qemu_opt_get_number(opts, "slots", 3), ==, 7);
    reset();
}

static void check_bad(const char *text, const char *expected)
{
    Error *err = NULL;

    g_assert_cmpint(parse(text, &err), <, 0);
    g_assert_cmpstr(error_get_pretty(err), ==, expected);
    error_free(err);
    reset();
}

static void test_bad(void)
{
    check_bad("\n key = \"value\"\n", "file.cfg:2: no group defined");
    check_bad("[drive]\nkey = value\n",
              "file.cfg:2: parse error, expected key = \"value\"");
    check_bad("[drive]\nkey = \"value\n",
              "file.cfg:2: parse error, expected key = \"value\"");
    check_bad("[drive]\n = \"value\"\n",
              "file.cfg:2: parse error, expected key = \"value\"");
    check_bad("[drive \"x\"\n", "file.cfg:1: parse error, expected [group] or "
                                "[group \"id\"]");
    check_bad("[]\n", "file.cfg:1: parse error, expected [group] or "
                      "[group \"id\"]");
    check_bad("[other]\nx = \"y\"\n",
              "file.cfg:1: There is no option group 'other'");
    check_bad("[drive \"a\"]\n[drive \"a\"]\n[drive]\n",
              "file.cfg:2: Duplicate ID 'a' for drive");
    check_bad("#\n[memory]\nsize = \"1X\"\n",
              "file.cfg:2: Parameter 'size' expects a non-negative number "
              "below 2^64");
    check_bad("[memory]\nspeed = \"1\"\n",
              "file.cfg:1: Invalid parameter 'speed'");
}

/* Any text of a few relevant characters is taken or refused, and that is it. */
static void test_any_text(void)
{
    static const char chars[] = "[]\"\"= \n\n#adrive\\";
    int i, j;

    for (i = 0; i < 20000; i++) {
        char text[40];
        Error *err = NULL;
        int n = g_test_rand_int_range(1, sizeof(text));

        strcpy(text, "[drive]\n");
        for (j = strlen(text); j < n; j++) {
            text[j] = chars[g_test_rand_int_range(0, sizeof(chars) - 1)];
        }
        text[MAX(n, 9)] = 0;
        g_assert((parse(text, &err) < 0) == !!err);
        error_free(err);
        reset();
    }
}

/* Random options, written with commas doubled, are read as they were. */
static void test_opts_round_trip(void)
{
    int i, j;

    for (i = 0; i < 3000; i++) {
        g_autoptr(QDict) dict = qdict_new();
        g_autoptr(QDict) back = NULL;
        g_autoptr(GString) text = g_string_new(NULL);
        int n = g_test_rand_int_range(0, 6);
        QemuOpts *opts;

        for (j = 0; j < n; j++) {
            static const char *const values[] = { "", ",", "a,b", "=", "on" };
            const char *value =
                values[g_test_rand_int_range(0, ARRAY_SIZE(values))];
            g_autofree char *key = g_strdup_printf("key%d", j);
            GString *escaped = g_string_new(value);

            qdict_put_str(dict, key, value);
            g_string_replace(escaped, ",", ",,", 0);
            g_string_append_printf(text, "%s%s=%s", j ? "," : "", key,
                                   escaped->str);
            g_string_free(escaped, true);
        }
        if (g_test_rand_bit()) {
            qdict_put_str(dict, "id", "name");
            g_string_prepend(text, text->len ? "id=name," : "id=name");
        }
        opts = qemu_opts_parse(&drive_opts, text->str, false, &error_abort);
        back = qemu_opts_to_qdict(opts, NULL);
        g_assert(qobject_is_equal(QOBJECT(dict), QOBJECT(back)));
        reset();

        opts = qemu_opts_from_qdict(&drive_opts, dict, &error_abort);
        qobject_unref(back);
        back = qemu_opts_to_qdict(opts, NULL);
        g_assert(qobject_is_equal(QOBJECT(dict), QOBJECT(back)));
        reset();
    }
}

static void test_print(void)
{
    if (g_test_subprocess()) {
        QemuOpts *opts = qemu_opts_parse(
            &memory_opts, "size=4k,share=off,path=a,,b", false, &error_abort);

        qemu_opts_print(opts, ";");
        printf("\n");
        qemu_opts_print_help(&memory_opts, true);
        exit(0);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stdout("*size=4096;slots=7;share=off;path=a,,b\n"
                              "memory options:\n"
                              "  path=<str>\n"
                              "  share=<bool (on/off)>\n"
                              "  size=<size>            - how much\n"
                              "  slots=<num>\n*");
}

static void test_lists(void)
{
    Error *err = NULL;
    QemuOptsList *list;

    qemu_add_opts(&memory_opts);
    g_assert(qemu_find_opts("memory") == &memory_opts);
    list = qemu_find_opts_err("nothing", &err);
    g_assert(!list);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "There is no option group 'nothing'");
    error_free(err);
    g_assert(qemu_find_opts_singleton("memory") ==
             qemu_find_opts_singleton("memory"));
    reset();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/config-file/good", test_good);
    g_test_add_func("/config-file/bad", test_bad);
    g_test_add_func("/config-file/any-text", test_any_text);
    g_test_add_func("/opts/round-trip", test_opts_round_trip);
    g_test_add_func("/opts/print", test_print);
    g_test_add_func("/opts/lists", test_lists);
    return g_test_run();
}

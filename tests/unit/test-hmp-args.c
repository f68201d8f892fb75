/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HMP's words, expressions and argument types, and its tables.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/option.h"
#include "qobject/qjson.h"
#include "qobject/qnum.h"
#include "monitor/monitor-internal.h"

static QemuOptsList test_opts = {
    .name = "test-opts",
    .implied_opt_name = "kind",
    .head = QTAILQ_HEAD_INITIALIZER(test_opts.head),
    .desc = { { /* anything */ } },
};

static int compare_keys(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * Parses @text as @args_type says. The result is the arguments as JSON, sorted
 * by name, or what was printed.
 */
static char *parse(const char *args_type, const char *text)
{
    HMPCommand cmd = { .name = "cmd", .args_type = args_type };
    MonitorHMP hmp = {};
    Monitor *old;
    QDict *args;
    char *result;

    monitor_data_init(&hmp.common, false, true, false);
    old = monitor_set_cur(NULL, &hmp.common);
    args = hmp_parse_args(&hmp.common, &cmd, text);
    monitor_set_cur(NULL, old);
    result = monitor_take_output(&hmp.common);
    if (args) {
        GPtrArray *keys = g_ptr_array_new();
        GString *out = g_string_new(NULL);

        g_free(result);
        for (const QDictEntry *e = qdict_first(args); e;
             e = qdict_next(args, e)) {
            g_ptr_array_add(keys, (void *)qdict_entry_key(e));
        }
        g_ptr_array_sort(keys, compare_keys);
        for (guint i = 0; i < keys->len; i++) {
            g_autoptr(GString) json =
                qobject_to_json(qdict_get(args, keys->pdata[i]));

            g_string_append_printf(out, "%s%s=%s", i ? " " : "",
                                   (char *)keys->pdata[i], json->str);
        }
        g_ptr_array_free(keys, true);
        qobject_unref(args);
        result = g_string_free(out, false);
    }
    monitor_data_destroy(&hmp.common);
    return result;
}

static const struct {
    const char *type, *text, *result;
} arg_cases[] = {
    { "", "", "" },
    { "", "  ", "" },
    { "", "x", "cmd: extraneous characters at the end of line\r\n" },
    { "a:s", "word", "a=\"word\"" },
    { "a:s", "", "cmd: string expected\r\n" },
    { "a:F", "", "cmd: filename expected\r\n" },
    { "a:B", "", "cmd: block device name expected\r\n" },
    { "a:s?", "", "" },
    { "a:s?,b:s?", "x", "a=\"x\"" },
    { "a:s,b:s", "x y", "a=\"x\" b=\"y\"" },
    { "a:s", "x y", "cmd: extraneous characters at the end of line\r\n" },
    { "a:s,b:s", "\"x \\\"y\\\"\" z", "a=\"x \\\"y\\\"\" b=\"z\"" },
    { "a:s", "\"\\n\\r\\\\\\'\"", "a=\"\\n\\r\\\\'\"" },
    { "a:s", "\"\"", "a=\"\"" },
    { "a:s", "\"x", "unterminated string\r\ncmd: string expected\r\n" },
    { "a:s", "\"\\q\"",
      "unsupported escape code: '\\q'\r\ncmd: string expected\r\n" },
    { "a:S", "  the rest  of it", "a=\"the rest  of it\"" },
    { "a:S?", "", "" },
    { "a:S", "", "cmd: string expected\r\n" },
    { "a:i", "1+2*3", "a=7" },
    { "a:i", "0x10", "a=16" },
    { "a:i", "0xffffffff", "a=4294967295" },
    { "a:i", "0x100000000",
      "'cmd' has failed: integer is for 32-bit values\r\n" },
    { "a:i", "-1", "'cmd' has failed: integer is for 32-bit values\r\n" },
    { "a:l", "-1", "a=-1" },
    { "a:l", "0xffffffffffffffff", "a=-1" },
    { "a:l", "0x1ffffffffffffffff", "number too large\r\n" },
    { "a:l", "", "unexpected end of expression\r\n" },
    { "a:l", "x", "invalid char 'x' in expression\r\n" },
    { "a:l", "$pc", "unknown register\r\n" },
    { "a:i?", "", "" },
    { "a:i?", "5", "a=5" },
    { "a:i.,b:s", "word", "b=\"word\"" },
    { "a:i.,b:s", ".5 word", "a=5 b=\"word\"" },
    { "a:M", "2", "a=2097152" },
    { "a:M", "-2", "enter a positive value\r\n" },
    { "a:o", "1", "a=1048576" },
    { "a:o", "1k", "a=1024" },
    { "a:o", "2G", "a=2147483648" },
    { "a:o", "huge", "invalid size\r\n" },
    { "a:o?", "", "" },
    { "a:T", "1.5", "a=1.5" },
    { "a:T", "500ms", "a=0.5" },
    { "a:T", "5xs", "Unknown unit suffix\r\n" },
    { "a:T", "x", "Number expected\r\n" },
    { "a:T", "inf", "Bad number\r\n" },
    { "a:b", "on", "a=true" },
    { "a:b", "off", "a=false" },
    { "a:b", "yes", "Expected 'on' or 'off'\r\n" },
    { "a:-a", "", "" },
    { "a:-a", "-a", "a=true" },
    { "a:-a", "-b", "cmd: unsupported option -b\r\n" },
    { "a:-a,b:-b,c:s", "-b -a x", "a=true b=true c=\"x\"" },
    { "a:-a,b:-b,c:s", "-b x", "b=true c=\"x\"" },
    { "a:-a,b:-b,c:s", "x", "c=\"x\"" },
    { "a:-a,b:-b,c:s", "-a -a", "a=true c=\"-a\"" },
    { "n:-ns,c:s", "-n val x", "c=\"x\" n=\"val\"" },
    { "n:-ns,m:-m,c:s", "-m -n val x", "c=\"x\" m=true n=\"val\"" },
    { "n:-ns", "-n", "cmd: value expected for -n\r\n" },
    { "n:-n", "-", "cmd: unsupported option - \r\n" },
    { "fmt:/,a:l", "/4xb 5", "a=5 count=4 format=120 size=1" },
    { "fmt:/,a:l", "/dg 5", "a=5 count=1 format=100 size=8" },
    { "fmt:/,a:l", "5", "a=5 count=1 format=100 size=8" },
    { "fmt:/,a:l", "/q 5", "invalid char in format: 'q'\r\n" },
    { "fmt:/,a:l", "/99999999999x 5",
      "a=5 count=2147483647 format=120 size=8" },
    { "test-opts:O", "", "" },
    { "test-opts:O", "x,y=z,id=w", "id=\"w\" kind=\"x\" y=\"z\"" },
    { "a:q", "", "cmd: unknown type 'q'\r\n" },
};

static void test_args(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(arg_cases); i++) {
        g_autofree char *result = parse(arg_cases[i].type, arg_cases[i].text);

        if (strcmp(result, arg_cases[i].result)) {
            g_test_message("'%s' with '%s': '%s' instead of '%s'",
                           arg_cases[i].type, arg_cases[i].text, result,
                           arg_cases[i].result);
            g_test_fail();
        }
    }
}

static const struct {
    const char *text, *result;
} expr_cases[] = {
    { "1 + 2 - 4", "a=-1" },
    { "2*3+4*5", "a=26" },
    /* The loosest operators are + and -, unlike in C. */
    { "1|2+4", "a=7" },
    { "6&3+1", "a=3" },
    { "7&4*1", "a=4" },
    { "-5", "a=-5" },
    { "- -5", "a=5" },
    { "~0", "a=-1" },
    { "~0xf&0xff", "a=240" },
    { "(1+2)*3", "a=9" },
    { "((1)", "')' expected\r\n" },
    { "'A'", "a=65" },
    { "'A", "missing terminating ' character\r\n" },
    { "'", "character constant expected\r\n" },
    { "1/0", "division by zero\r\n" },
    { "1%0", "division by zero\r\n" },
    { "0x8000000000000000/-1", "a=-9223372036854775808" },
    { "0x8000000000000000%-1", "a=0" },
    { "0x7fffffffffffffff+1", "a=-9223372036854775808" },
    { "010", "a=8" },
    { "1 2", "cmd: extraneous characters at the end of line\r\n" },
    { "1+", "unexpected end of expression\r\n" },
    { "7 % 4 ^ 1", "a=2" },
};

static void test_expressions(void)
{
    g_autofree char *deep = g_strnfill(100000, '(');
    g_autofree char *result = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(expr_cases); i++) {
        g_autofree char *value = parse("a:l", expr_cases[i].text);

        g_assert_cmpstr(value, ==, expr_cases[i].result);
    }
    result = parse("a:l", deep);
    g_assert_cmpstr(result, ==, "expression nested too deeply\r\n");
}

/* Against the compiler, for expressions that are fully parenthesized. */
static int64_t random_expr(GString *text, int depth)
{
    static const char ops[] = "+-&|^*";
    int64_t a, b;
    char op;

    if (!depth || !g_test_rand_int_range(0, 4)) {
        a = ((int64_t)g_test_rand_int() << 32) | (uint32_t)g_test_rand_int();
        a = g_test_rand_bit() ? a : a & 0xff;
        g_string_append_printf(text, a < 0 ? "0x%" PRIx64 : "%" PRId64, a);
        return a;
    }
    g_string_append_c(text, '(');
    a = random_expr(text, depth - 1);
    op = ops[g_test_rand_int_range(0, 6)];
    g_string_append_printf(text, " %c", op);
    b = random_expr(text, depth - 1);
    g_string_append_c(text, ')');
    switch (op) {
    case '+':
        return (uint64_t)a + b;
    case '-':
        return (uint64_t)a - b;
    case '&':
        return a & b;
    case '|':
        return a | b;
    case '^':
        return a ^ b;
    default:
        return (uint64_t)a * b;
    }
}

static void test_random_expressions(void)
{
    for (int i = 0; i < 2000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        int64_t value = random_expr(text, 5);
        const char *p = text->str;
        int64_t result;

        g_assert_true(hmp_get_expr(NULL, &p, &result));
        g_assert_cmpint(result, ==, value);
        g_assert_cmpstr(p, ==, "");
    }
}

/* Any text with any types: an answer or a message, nothing worse. */
static void test_garbage(void)
{
    static const char *const types[] = {
        "a:s,b:i?", "a:-a,b:-bs,c:S?", "fmt:/,v:l",
        "a:o,b:T?", "a:M,b:b",         "test-opts:O",
    };
    static const char letters[] = "ab-/\"\\ '()+*.,=$0129xGms\t";

    for (int i = 0; i < 20000; i++) {
        char text[40];
        int len = g_test_rand_int_range(0, sizeof(text));
        g_autofree char *result = NULL;

        for (int j = 0; j < len; j++) {
            text[j] = letters[g_test_rand_int_range(0, sizeof(letters) - 1)];
        }
        text[len] = 0;
        len = g_test_rand_int_range(0, G_N_ELEMENTS(types));
        if (len == G_N_ELEMENTS(types) - 1 && strstr(text, "help")) {
            continue;
        }
        result = parse(types[len], text);
        g_assert_nonnull(result);
    }
}

static void check_table(const HMPCommand *table)
{
    for (const HMPCommand *cmd = table; cmd->name; cmd++) {
        if (cmd != table) {
            g_assert_cmpstr(cmd[-1].name, <, cmd->name);
        }
        g_assert_nonnull(cmd->args_type);
        g_assert_nonnull(cmd->params);
        g_assert_nonnull(cmd->help);
        if (cmd->sub_table) {
            check_table(cmd->sub_table);
        }
    }
}

static void test_tables(void)
{
    check_table(hmp_cmds);
    g_assert_true(hmp_compare_cmd("c", "cont|c"));
    g_assert_true(hmp_compare_cmd("cont", "cont|c"));
    g_assert_true(hmp_compare_cmd("?", "help|?"));
    g_assert_false(hmp_compare_cmd("con", "cont|c"));
    g_assert_false(hmp_compare_cmd("", "cont|c"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    monitor_init_globals();
    qemu_add_opts(&test_opts);
    g_test_add_func("/hmp/args", test_args);
    g_test_add_func("/hmp/expressions", test_expressions);
    g_test_add_func("/hmp/random-expressions", test_random_expressions);
    g_test_add_func("/hmp/garbage", test_garbage);
    g_test_add_func("/hmp/tables", test_tables);
    return g_test_run();
}

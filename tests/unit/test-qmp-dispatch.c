/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands and events: generated code and dispatcher together, with the
 * schema test-schema.json.
 */
#include "qemu/osdep.h"
#include "qapi/compat-policy.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/type-helpers.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qlit.h"
#include "qobject/qstring.h"
#include "test-qapi-commands.h"
#include "test-qapi-emit-events.h"
#include "test-qapi-events.h"
#include "test-qapi-init-commands.h"
#include "test-qapi-introspect.h"
#include "test-qapi-visit.h"

static QmpCommandList commands;
static int calls;
static Monitor *monitor;
static QDict *last_event;

/* --- Handlers ------------------------------------------------------------ */

void qmp_nop(Error **errp)
{
    calls++;
}

Everything *qmp_echo(Everything *arg, Error **errp)
{
    calls++;
    return QAPI_CLONE(Everything, arg);
}

QObject *qmp_echo_any(QObject *value, Error **errp)
{
    calls++;
    return qobject_ref(value);
}

Rectangle *qmp_sum(bool has_numbers, intList *numbers, bool has_scale,
                   int64_t scale, const char *name, Error **errp)
{
    Rectangle *r = g_new0(Rectangle, 1);

    calls++;
    for (; numbers; numbers = numbers->next) {
        r->width += numbers->value;
    }
    r->width *= has_scale ? scale : 1;
    r->has_height = has_numbers;
    r->height = strlen(name);
    return r;
}

Rectangle *qmp_fail(int64_t class, Error **errp)
{
    calls++;
    error_set(errp, class, "failed with %d", (int)class);
    return NULL;
}

void qmp_silent(bool has_fail, bool fail, Error **errp)
{
    calls++;
    if (has_fail && fail) {
        error_setg(errp, "not silent");
    }
}

void qmp_quick(Error **errp)
{
    calls++;
}

void qmp_old_command(Error **errp)
{
    calls++;
}

void qmp_new_command(Error **errp)
{
    calls++;
}

void test_qapi_event_emit(test_QAPIEvent event, QDict *qdict)
{
    g_assert_cmpstr(qdict_get_str(qdict, "event"), ==,
                    test_QAPIEvent_str(event));
    g_assert_null(last_event);
    last_event = qobject_ref(qdict);
}

/* --- Helpers ------------------------------------------------------------- */

static QObject *parse(const char *json)
{
    return qobject_from_json(json, &error_abort);
}

static QDict *dispatch(const char *json, bool allow_oob)
{
    QObject *request = parse(json);
    QDict *response = qmp_dispatch(&commands, request, allow_oob, NULL);

    qobject_unref(request);
    return response;
}

/* The response to @request is @json. */
static void check(const char *request, const char *json)
{
    QDict *response = dispatch(request, true);
    QObject *want = parse(json);

    if (!qobject_is_equal(QOBJECT(response), want)) {
        GString *text = qobject_to_json(QOBJECT(response));

        g_test_message("%s: got %s, not %s", request, text->str, json);
        g_string_free(text, true);
        g_test_fail();
    }
    qobject_unref(response);
    qobject_unref(want);
}

static void check_error(const char *request, bool allow_oob,
                        const char *class_name, const char *desc)
{
    QDict *response = dispatch(request, allow_oob);
    QDict *error = qdict_get_qdict(response, "error");

    g_assert_nonnull(error);
    g_assert_cmpstr(qdict_get_str(error, "desc"), ==, desc);
    g_assert_cmpstr(qdict_get_str(error, "class"), ==, class_name);
    g_assert_cmpint(qdict_size(error), ==, 2);
    qobject_unref(response);
}

/* --- Requests ------------------------------------------------------------ */

static void test_requests(void)
{
    static const struct {
        const char *request;
        const char *desc;
    } cases[] = {
        { "1", "QMP input must be a JSON object" },
        { "[]", "QMP input must be a JSON object" },
        { "{}", "QMP input lacks member 'execute'" },
        { "{ 'id': 1 }", "QMP input lacks member 'execute'" },
        { "{ 'execute': 1 }", "QMP input member 'execute' must be a string" },
        { "{ 'execute': null }",
          "QMP input member 'execute' must be a string" },
        { "{ 'execute': 'nop', 'arguments': [] }",
          "QMP input member 'arguments' must be an object" },
        { "{ 'execute': 'nop', 'bogus': 1 }",
          "QMP input member 'bogus' is unexpected" },
        { "{ 'exec-oob': 'quick' }",
          "QMP input member 'exec-oob' is unexpected" },
        { "{ 'execute': 'nop', 'arguments': { 'a': 1 } }",
          "Parameter 'a' is unexpected" },
        { "{ 'execute': 'sum' }", "Parameter 'name' is missing" },
        { "{ 'execute': 'sum', 'arguments': { 'name': 1 } }",
          "Invalid parameter type for 'name', expected: string" },
        { "{ 'execute': 'echo', 'arguments': { 'default': 'square' } }",
          "Parameter 'default' does not accept value 'square'" },
    };

    calls = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        check_error(cases[i].request, false, "GenericError", cases[i].desc);
    }
    check_error("{ 'execute': 'nix' }", false, "CommandNotFound",
                "The command nix has not been found");
    check_error("{ 'execute': 'never' }", false, "CommandNotFound",
                "The command never has not been found");
    check_error("{ 'execute': '' }", false, "CommandNotFound",
                "The command  has not been found");
    g_assert_cmpint(calls, ==, 0);
}

static void test_id(void)
{
    check("{ 'execute': 'nop' }", "{ 'return': {} }");
    check("{ 'execute': 'nop', 'id': null }", "{ 'return': {}, 'id': null }");
    check("{ 'execute': 'nop', 'id': { 'a': [ 1 ] } }",
          "{ 'return': {}, 'id': { 'a': [ 1 ] } }");
    check("{ 'id': 'x' }",
          "{ 'error': { 'class': 'GenericError',"
          " 'desc': \"QMP input lacks member 'execute'\" }, 'id': 'x' }");
    check("{ 'id': 7, 'execute': 'nix' }",
          "{ 'error': { 'class': 'CommandNotFound',"
          " 'desc': 'The command nix has not been found' }, 'id': 7 }");
}

static void test_oob(void)
{
    QDict *dict = qobject_to(QDict, parse("{ 'exec-oob': 'quick' }"));

    g_assert_true(qmp_is_oob(dict));
    qdict_put_str(dict, "execute", "quick");
    g_assert_false(qmp_is_oob(dict));
    qobject_unref(dict);

    check("{ 'exec-oob': 'quick' }", "{ 'return': {} }");
    check("{ 'execute': 'quick' }", "{ 'return': {} }");
    check_error("{ 'exec-oob': 'nop' }", true, "GenericError",
                "The command nop does not support OOB");
    check_error("{ 'exec-oob': true }", true, "GenericError",
                "QMP input member 'exec-oob' must be a string");
}

static void test_oob_and_in_band(void)
{
    QDict *response =
        dispatch("{ 'exec-oob': 'quick', 'execute': 'quick' }", true);
    QDict *error = qdict_get_qdict(response, "error");
    const char *desc = qdict_get_str(error, "desc");

    g_assert_true(strstr(desc, "clashes with") != NULL);
    qobject_unref(response);
}

static void test_error_classes(void)
{
    static const char *const names[] = {
        "GenericError",   "CommandNotFound", "DeviceNotActive",
        "DeviceNotFound", "KVMMissingCap",
    };

    for (int i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *request = g_strdup_printf(
            "{ 'execute': 'fail', 'arguments': { 'class': %d } }", i);
        g_autofree char *desc = g_strdup_printf("failed with %d", i);

        check_error(request, false, names[i], desc);
    }
}

static void test_silent(void)
{
    g_assert_null(dispatch("{ 'execute': 'silent', 'id': 1 }", false));
    check_error("{ 'execute': 'silent', 'arguments': { 'fail': true } }", false,
                "GenericError", "not silent");
}

/* --- Values -------------------------------------------------------------- */

/* What "echo" gets, it returns. */
static void test_echo(void)
{
    static const char *const values[] = {
        "{}",
        "{ 'from-base': 255, 'i8': -128 }",
        "{ 'i64': -9223372036854775808, 'u64': 18446744073709551615,"
        " 'size': 18446744073709551615 }",
        "{ 'i64': 9223372036854775807, 'u64': 0 }",
        "{ 'number': 0.5, 'flag': false, 'str': '', 'null': null }",
        "{ 'str': '\\u00e9\\\\ \\u20ac' }",
        "{ 'any': { 'a': [ 1, null, 'x', {} ] } }",
        "{ 'numbers': [] }",
        "{ 'numbers': [ 18446744073709551615, 0 ], 'drawings': [] }",
        "{ 'drawing': { 'shape': 'circle', 'radius': 1.5 } }",
        "{ 'drawing': { 'shape': 'rectangle', 'width': -1,"
        " 'colour': 'red' } }",
        "{ 'drawing': { 'shape': 'nothing' } }",
        "{ 'drawings': [ { 'shape': 'rectangle', 'width': 1, 'height': 2 },"
        " { 'shape': 'nothing', 'colour': '' } ] }",
        "{ 'either': 'name' }",
        "{ 'either': null }",
        "{ 'either': { 'shape': 'circle', 'radius': -3.5 } }",
        "{ 'default': 'oval', 'old': 1, 'new': 2, 'always': 3 }",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *request = g_strdup_printf(
            "{ 'execute': 'echo', 'arguments': %s }", values[i]);
        g_autofree char *response =
            g_strdup_printf("{ 'return': %s }", values[i]);

        check(request, response);
    }
}

static void test_wrong_values(void)
{
    static const struct {
        const char *args;
        const char *word; /* in the error */
    } cases[] = {
        { "{ 'i8': 128 }", "i8" },
        { "{ 'i64': 9223372036854775808 }", "i64" },
        { "{ 'u64': -9223372036854775809 }", "u64" },
        { "{ 'u64': 18446744073709551616 }", "u64" },
        { "{ 'i64': 1.5 }", "i64" },
        { "{ 'flag': 1 }", "flag" },
        { "{ 'null': 0 }", "null" },
        { "{ 'numbers': 1 }", "numbers" },
        { "{ 'numbers': [ 1, 'x' ] }", "numbers[1]" },
        { "{ 'drawing': {} }", "shape" },
        { "{ 'drawing': { 'shape': 'circle' } }", "radius" },
        { "{ 'drawing': { 'shape': 'circle', 'radius': 1, 'width': 1 } }",
          "width" },
        { "{ 'drawing': { 'shape': 'sphere' } }", "sphere" },
        { "{ 'drawings': [ { 'shape': 'nothing' }, null ] }", "drawings[1]" },
        { "{ 'either': 1 }", "either" },
        { "{ 'either': { 'shape': 'circle' } }", "radius" },
        { "{ 'never': 1 }", "never" },
    };

    calls = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *request = g_strdup_printf(
            "{ 'execute': 'echo', 'arguments': %s }", cases[i].args);
        QDict *response = dispatch(request, false);
        QDict *error = qdict_get_qdict(response, "error");

        g_test_message("%s", request);
        g_assert_nonnull(error);
        g_assert_nonnull(strstr(qdict_get_str(error, "desc"), cases[i].word));
        qobject_unref(response);
    }
    g_assert_cmpint(calls, ==, 0);
}

static void test_single_arguments(void)
{
    check("{ 'execute': 'sum', 'arguments': { 'name': 'abc' } }",
          "{ 'return': { 'width': 0 } }");
    check("{ 'execute': 'sum', 'arguments': { 'name': '', 'numbers': [],"
          " 'scale': 5 } }",
          "{ 'return': { 'width': 0, 'height': 0 } }");
    check("{ 'execute': 'sum', 'arguments': { 'name': 'ab',"
          " 'numbers': [ 1, 2, -5 ], 'scale': 2 } }",
          "{ 'return': { 'width': -4, 'height': 2 } }");
    check("{ 'execute': 'echo-any', 'arguments': { 'value': null } }",
          "{ 'return': null }");
    check("{ 'execute': 'echo-any', 'arguments': { 'value': [ {} ] } }",
          "{ 'return': [ {} ] }");
}

/* --- Whether a command may run ------------------------------------------- */

static bool never_ready(void)
{
    return false;
}

static bool always_ready(void)
{
    return true;
}

static void test_availability(void)
{
    qmp_set_machine_ready_hook(never_ready);
    check_error("{ 'execute': 'nop' }", false, "GenericError",
                "The command 'nop' is permitted only after machine "
                "initialization has completed");
    check("{ 'execute': 'quick' }", "{ 'return': {} }");
    qmp_set_machine_ready_hook(always_ready);
    check("{ 'execute': 'nop' }", "{ 'return': {} }");
    qmp_set_machine_ready_hook(NULL);
}

static void test_disable(void)
{
    qmp_disable_command(&commands, "nop", NULL);
    g_assert_false(qmp_command_is_enabled(qmp_find_command(&commands, "nop")));
    check_error("{ 'execute': 'nop' }", false, "CommandNotFound",
                "Command nop has been disabled");
    qmp_disable_command(&commands, "nop", "for a while");
    check_error("{ 'execute': 'nop' }", false, "CommandNotFound",
                "Command nop has been disabled: for a while");
    qmp_enable_command(&commands, "nop");
    check("{ 'execute': 'nop' }", "{ 'return': {} }");
    qmp_disable_command(&commands, "nix", NULL);
}

static void note_command(const QmpCommand *cmd, void *opaque)
{
    GString *names = opaque;

    g_string_append_printf(names, "%s ", qmp_command_name(cmd));
}

static void test_list(void)
{
    g_autoptr(GString) names = g_string_new("");

    qmp_for_each_command(&commands, note_command, names);
    g_assert_cmpstr(names->str, ==,
                    "nop echo echo-any sum fail silent quick old-command "
                    "new-command ");
    g_assert_true(qmp_has_success_response(qmp_find_command(&commands, "nop")));
    g_assert_false(
        qmp_has_success_response(qmp_find_command(&commands, "silent")));
    g_assert_null(qmp_find_command(&commands, "NOP"));
}

static Monitor *set_monitor(Monitor *mon)
{
    Monitor *previous = monitor;

    monitor = mon;
    return previous;
}

static void check_monitor(QDict *args, QObject **ret, Error **errp)
{
    g_assert_true(monitor == (Monitor *)&calls);
    calls++;
}

static void test_current_monitor(void)
{
    QmpCommandList list = QTAILQ_HEAD_INITIALIZER(list);
    QObject *request = parse("{ 'execute': 'look' }");
    QmpCommand *cmd;

    qmp_register_command(&list, "look", check_monitor, 0, 0);
    qmp_set_current_monitor_hook(set_monitor);
    monitor = (Monitor *)&list;
    calls = 0;
    qobject_unref(qmp_dispatch(&list, request, false, (Monitor *)&calls));
    g_assert_cmpint(calls, ==, 1);
    g_assert_true(monitor == (Monitor *)&list);
    qmp_set_current_monitor_hook(NULL);
    qobject_unref(request);

    cmd = QTAILQ_FIRST(&list);
    QTAILQ_REMOVE(&list, cmd, node);
    g_free(cmd);
}

/* --- Policy -------------------------------------------------------------- */

static void set_policy(CompatPolicyInput deprecated, CompatPolicyInput unstable,
                       CompatPolicyOutput output)
{
    compat_policy = (CompatPolicy){
        .has_deprecated_input = true,
        .deprecated_input = deprecated,
        .has_unstable_input = true,
        .unstable_input = unstable,
        .has_deprecated_output = true,
        .deprecated_output = output,
        .has_unstable_output = true,
        .unstable_output = output,
    };
}

static void test_policy_input(void)
{
    check("{ 'execute': 'old-command' }", "{ 'return': {} }");
    set_policy(COMPAT_POLICY_INPUT_REJECT, COMPAT_POLICY_INPUT_ACCEPT,
               COMPAT_POLICY_OUTPUT_ACCEPT);
    check_error("{ 'execute': 'old-command' }", false, "CommandNotFound",
                "Deprecated command old-command disabled by policy");
    check("{ 'execute': 'new-command' }", "{ 'return': {} }");
    check_error("{ 'execute': 'echo', 'arguments': { 'old': 1 } }", false,
                "GenericError", "Deprecated parameter old disabled by policy");
    check_error("{ 'execute': 'echo', 'arguments': { 'default': 'oval' } }",
                false, "GenericError",
                "Deprecated value oval disabled by policy");
    check("{ 'execute': 'echo', 'arguments': { 'new': 1 } }",
          "{ 'return': { 'new': 1 } }");
    set_policy(COMPAT_POLICY_INPUT_ACCEPT, COMPAT_POLICY_INPUT_REJECT,
               COMPAT_POLICY_OUTPUT_ACCEPT);
    check_error("{ 'execute': 'new-command' }", false, "CommandNotFound",
                "Unstable command new-command disabled by policy");
    check("{ 'execute': 'echo', 'arguments': { 'old': 1 } }",
          "{ 'return': { 'old': 1 } }");
    memset(&compat_policy, 0, sizeof(compat_policy));
}

static void test_policy_output(void)
{
    set_policy(COMPAT_POLICY_INPUT_ACCEPT, COMPAT_POLICY_INPUT_ACCEPT,
               COMPAT_POLICY_OUTPUT_HIDE);
    check("{ 'execute': 'echo',"
          " 'arguments': { 'old': 1, 'new': 2, 'always': 3 } }",
          "{ 'return': { 'always': 3 } }");
    qapi_event_send_old_event();
    g_assert_null(last_event);
    memset(&compat_policy, 0, sizeof(compat_policy));
    qapi_event_send_old_event();
    g_assert_nonnull(last_event);
    qobject_unref(last_event);
    last_event = NULL;
}

/* --- Events -------------------------------------------------------------- */

/* The event just sent has this data (NULL: none) and a sound time. */
static void check_event(const char *name, const char *data)
{
    QDict *stamp = qdict_get_qdict(last_event, "timestamp");
    int64_t now = g_get_real_time();
    int64_t then = qdict_get_int(stamp, "seconds") * 1000000 +
                   qdict_get_int(stamp, "microseconds");
    QObject *want = data ? parse(data) : NULL;

    g_assert_cmpstr(qdict_get_str(last_event, "event"), ==, name);
    g_assert_cmpint(qdict_size(stamp), ==, 2);
    g_assert_cmpint(qdict_get_int(stamp, "microseconds"), <, 1000000);
    g_assert_cmpint(then, <=, now);
    g_assert_cmpint(then, >, now - 60 * 1000000LL);
    g_assert_true(qobject_is_equal(qdict_get(last_event, "data"), want));
    g_assert_cmpint(qdict_size(last_event), ==, data ? 3 : 2);
    qobject_unref(want);
    qobject_unref(last_event);
    last_event = NULL;
}

static void test_events(void)
{
    Drawing drawing = { .shape = SHAPE_RECTANGLE,
                        .u.rectangle = { .width = 3 } };

    qapi_event_send_plain();
    check_event("PLAIN", NULL);
    qapi_event_send_loaded(false, 0, NULL, SHAPE_NOTHING);
    check_event("LOADED", "{ 'shape': 'nothing' }");
    qapi_event_send_loaded(true, UINT64_MAX, "x", SHAPE_CIRCLE);
    check_event("LOADED", "{ 'count': 18446744073709551615, 'name': 'x',"
                          " 'shape': 'circle' }");
    qapi_event_send_boxed(&drawing);
    check_event("BOXED", "{ 'shape': 'rectangle', 'width': 3 }");
    g_assert_cmpint(TEST_QAPI_EVENT__MAX, ==, 4);
}

/* --- The rest ------------------------------------------------------------ */

static void test_enums(void)
{
    Error *err = NULL;

    g_assert_cmpint(SHAPE__MAX, ==, 4);
    g_assert_cmpstr(Shape_str(SHAPE_OVAL), ==, "oval");
    g_assert_cmpint(Shape_lookup.features[SHAPE_OVAL], ==,
                    1 << QAPI_DEPRECATED);
    g_assert_cmpint(Shape_lookup.features[SHAPE_CIRCLE], ==, 0);
    g_assert_cmpint(qapi_enum_parse(&Shape_lookup, "rectangle", -1, &err), ==,
                    SHAPE_RECTANGLE);
    g_assert_cmpint(qapi_enum_parse(&Shape_lookup, NULL, -7, &err), ==, -7);
    g_assert_null(err);
    g_assert_cmpint(qapi_enum_parse(&Shape_lookup, "Circle", -1, &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "invalid parameter value: Circle");
    error_free(err);
}

static void test_bool_parse(void)
{
    static const char *const yes[] = { "on", "yes", "true", "y" };
    static const char *const no[] = { "off", "no", "false", "n" };
    static const char *const bad[] = { "", "ON", "1", "on ", "t", "maybe" };
    bool b;

    for (size_t i = 0; i < G_N_ELEMENTS(yes); i++) {
        b = false;
        g_assert_true(qapi_bool_parse("x", yes[i], &b, &error_abort) && b);
        g_assert_true(qapi_bool_parse("x", no[i], &b, &error_abort) && !b);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        Error *err = NULL;

        g_assert_false(qapi_bool_parse("x", bad[i], &b, &err));
        g_assert_cmpstr(error_get_pretty(err), ==,
                        "Parameter 'x' expects 'on' or 'off'");
        error_free(err);
    }
}

static void test_names(void)
{
    g_assert_cmpint(parse_qapi_name("a", true), ==, 1);
    g_assert_cmpint(parse_qapi_name("a-b_9,c", false), ==, 5);
    g_assert_cmpint(parse_qapi_name("a-b_9,c", true), ==, -1);
    g_assert_cmpint(parse_qapi_name("__com.example_x", true), ==, 15);
    g_assert_cmpint(parse_qapi_name("__com.example_", false), ==, -1);
    g_assert_cmpint(parse_qapi_name("__com", false), ==, -1);
    g_assert_cmpint(parse_qapi_name("9a", false), ==, -1);
    g_assert_cmpint(parse_qapi_name("", false), ==, -1);
}

static void test_lists(void)
{
    strList *list = NULL, **tail;
    char **strv;

    g_assert_null(strv_from_str_list(NULL));
    QAPI_LIST_PREPEND(list, g_strdup("b"));
    QAPI_LIST_PREPEND(list, g_strdup("a"));
    tail = &list->next->next;
    QAPI_LIST_APPEND(tail, g_strdup("c"));
    QAPI_LIST_APPEND(tail, g_strdup("d"));
    g_assert_cmpint(QAPI_LIST_LENGTH(list), ==, 4);
    strv = strv_from_str_list(list);
    g_assert_cmpint(g_strv_length(strv), ==, 4);
    for (int i = 0; i < 4; i++) {
        char want[] = { 'a' + i, 0 };

        g_assert_cmpstr(strv[i], ==, want);
    }
    g_strfreev(strv);
    qapi_free_strList(list);
}

/* Every command and event is described, and every type that is named. */
static void test_introspection(void)
{
    QList *schema = qobject_to(QList, qobject_from_qlit(&test_qmp_schema_qlit));
    g_autoptr(GHashTable) names =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, NULL);
    const QListEntry *entry;

    QLIST_FOREACH_ENTRY(schema, entry) {
        QDict *info = qobject_to(QDict, qlist_entry_obj(entry));
        const char *name = qdict_get_str(info, "name");

        g_assert_true(g_hash_table_add(names, (char *)name));
    }
    g_assert_true(g_hash_table_contains(names, "echo"));
    g_assert_true(g_hash_table_contains(names, "BOXED"));
    g_assert_false(g_hash_table_contains(names, "never"));
    g_assert_false(g_hash_table_contains(names, "NEVER"));
    QLIST_FOREACH_ENTRY(schema, entry) {
        static const char *const refs[] = { "arg-type", "ret-type",
                                            "element-type" };
        QDict *info = qobject_to(QDict, qlist_entry_obj(entry));

        for (size_t i = 0; i < G_N_ELEMENTS(refs); i++) {
            const char *ref = qdict_get_try_str(info, refs[i]);

            g_assert_true(!ref || g_hash_table_contains(names, ref));
        }
    }
    qobject_unref(schema);
}

int main(int argc, char **argv)
{
    QmpCommand *cmd, *next;
    int ret;

    g_test_init(&argc, &argv, NULL);
    test_qmp_init_marshal(&commands);
    g_test_add_func("/qmp/requests", test_requests);
    g_test_add_func("/qmp/id", test_id);
    g_test_add_func("/qmp/oob", test_oob);
    g_test_add_func("/qmp/oob-and-in-band", test_oob_and_in_band);
    g_test_add_func("/qmp/error-classes", test_error_classes);
    g_test_add_func("/qmp/silent", test_silent);
    g_test_add_func("/qmp/echo", test_echo);
    g_test_add_func("/qmp/wrong-values", test_wrong_values);
    g_test_add_func("/qmp/single-arguments", test_single_arguments);
    g_test_add_func("/qmp/availability", test_availability);
    g_test_add_func("/qmp/disable", test_disable);
    g_test_add_func("/qmp/list", test_list);
    g_test_add_func("/qmp/current-monitor", test_current_monitor);
    g_test_add_func("/qmp/policy-input", test_policy_input);
    g_test_add_func("/qmp/policy-output", test_policy_output);
    g_test_add_func("/qmp/events", test_events);
    g_test_add_func("/qapi/enums", test_enums);
    g_test_add_func("/qapi/bool", test_bool_parse);
    g_test_add_func("/qapi/names", test_names);
    g_test_add_func("/qapi/lists", test_lists);
    g_test_add_func("/qapi/introspection", test_introspection);
    ret = g_test_run();

    QTAILQ_FOREACH_SAFE(cmd, &commands, node, next) {
        QTAILQ_REMOVE(&commands, cmd, node);
        g_free(cmd);
    }
    return ret;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machines: the topology against a table and a brute-force check, properties,
 * which class a name means on which target, and the macros of versions.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "qobject/qdict.h"
#include "qom/qom-qobject.h"

/*** Types: two targets have a "board"; versions come from the macros. ***/

static void board_a_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->desc = "board of a";
    mc->max_cpus = 16;
    machine_class_set_target(mc, "riscv64");
}

static void board_b_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    machine_class_set_name(mc, "board");
    mc->desc = "board of b";
    machine_class_set_target(mc, "aarch64");
    machine_class_set_target(mc, "arm");
}

static void big_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->max_cpus = 4096;
    mc->default_boot_order = "cad";
    mc->smp_props.dies_supported = true;
    mc->smp_props.clusters_supported = true;
    machine_class_allow_dynamic_sysbus_dev(mc, "dynamic-sysbus-device");
}

static GlobalProperty compat_9_2[] = { { "test-dev", "value", "92" } };

static void test_machine_10_0_options(MachineClass *mc)
{
    mc->max_cpus = 8;
}

static void test_machine_9_2_options(MachineClass *mc)
{
    test_machine_10_0_options(mc);
    compat_props_add(mc->compat_props, compat_9_2, ARRAY_SIZE(compat_9_2));
}

#define DEFINE_TEST_MACHINE(latest, major, minor)                              \
    static void MACHINE_VER_SYM(class_init, test, major,                       \
                                minor)(ObjectClass * oc, void *data)           \
    {                                                                          \
        MachineClass *mc = MACHINE_CLASS(oc);                                  \
                                                                               \
        test_machine_##major##_##minor##_options(mc);                          \
        mc->desc = "Test " MACHINE_VER_STR(major, minor);                      \
        mc->family = "test";                                                   \
        MACHINE_VER_DEPRECATION(major, minor);                                 \
        if (latest) {                                                          \
            mc->alias = "test";                                                \
        }                                                                      \
    }                                                                          \
    static const TypeInfo MACHINE_VER_SYM(info, test, major, minor) = {        \
        .name = MACHINE_VER_TYPE_NAME("test", major, minor),                   \
        .parent = TYPE_MACHINE,                                                \
        .class_init = MACHINE_VER_SYM(class_init, test, major, minor),         \
    };                                                                         \
    static void MACHINE_VER_SYM(register, test, major, minor)(void)            \
    {                                                                          \
        MACHINE_VER_DELETION(major, minor);                                    \
        type_register_static(&MACHINE_VER_SYM(info, test, major, minor));      \
    }                                                                          \
    type_init(MACHINE_VER_SYM(register, test, major, minor))

DEFINE_TEST_MACHINE(true, 10, 0)
DEFINE_TEST_MACHINE(false, 9, 2)

QEMU_BUILD_BUG_ON(MACHINE_VER_IS_DEPRECATED(10, 0));
QEMU_BUILD_BUG_ON(MACHINE_VER_IS_DEPRECATED(7, 1));
QEMU_BUILD_BUG_ON(!MACHINE_VER_IS_DEPRECATED(7, 0));
QEMU_BUILD_BUG_ON(!MACHINE_VER_IS_DEPRECATED(6, 2, 1));
QEMU_BUILD_BUG_ON(MACHINE_VER_SHOULD_DELETE(4, 1, _, tag));
QEMU_BUILD_BUG_ON(!MACHINE_VER_SHOULD_DELETE(4, 0, 1, _, tag));

static MachineState *new_machine(const char *type)
{
    return MACHINE(object_new(type));
}

/*** Topology. ***/

static bool set_smp(MachineState *ms, Error **errp, const char *first, ...)
{
    QDict *dict = qdict_new();
    bool ok;
    va_list ap;

    va_start(ap, first);
    for (const char *key = first; key; key = va_arg(ap, const char *)) {
        qdict_put_int(dict, key, va_arg(ap, int));
    }
    va_end(ap);
    ok = object_property_set_qobject(OBJECT(ms), "smp", QOBJECT(dict), errp);
    qobject_unref(dict);
    return ok;
}

static void test_smp_table(void)
{
    MachineState *ms = new_machine("big-machine");
    MachineState *plain = new_machine("board-machine");

    set_smp(ms, &error_abort, "cpus", 8, NULL);
    g_assert_cmpuint(ms->smp.cores, ==, 8);
    g_assert_cmpuint(ms->smp.max_cpus, ==, 8);
    set_smp(ms, &error_abort, "cpus", 4, "maxcpus", 24, "sockets", 2, "threads",
            2, NULL);
    g_assert_cmpuint(ms->smp.cores, ==, 6);
    g_assert_cmpuint(ms->smp.cpus, ==, 4);
    set_smp(ms, &error_abort, "maxcpus", 24, "cores", 3, "dies", 2, NULL);
    g_assert_cmpuint(ms->smp.sockets, ==, 4);
    g_assert_cmpuint(ms->smp.cpus, ==, 24);
    g_assert_cmpuint(machine_topo_get_cores_per_socket(ms), ==, 6);
    set_smp(ms, &error_abort, "sockets", 2, "clusters", 3, "cores", 4,
            "maxcpus", 48, NULL);
    g_assert_cmpuint(ms->smp.threads, ==, 2);
    g_assert_cmpuint(machine_topo_get_threads_per_socket(ms), ==, 24);
    g_assert_true(MACHINE_GET_CLASS(ms)->smp_props.has_clusters);

    set_smp(plain, &error_abort, "cpus", 16, NULL);
    object_unref(OBJECT(ms));
    object_unref(OBJECT(plain));
}

static void bad_smp(MachineState *ms, const char *message, const char *k1,
                    int v1, const char *k2, int v2, const char *k3, int v3)
{
    Error *err = NULL;

    g_assert_false(set_smp(ms, &err, k1, v1, k2, v2, k3, v3, NULL));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void test_smp_bad(void)
{
    MachineState *ms = new_machine("big-machine");
    MachineState *plain = new_machine("board-machine");

    bad_smp(ms,
            "Invalid CPU topology: CPU topology parameters must be "
            "greater than zero",
            "cpus", 0, NULL, 0, NULL, 0);
    bad_smp(ms,
            "Invalid CPU topology: CPU topology parameters must be "
            "greater than zero",
            "cpus", 4, "dies", 0, NULL, 0);
    bad_smp(plain, "dies > 1 not supported by this machine's CPU topology",
            "cpus", 4, "dies", 2, NULL, 0);
    bad_smp(ms, "books > 1 not supported by this machine's CPU topology",
            "drawers", 2, "books", 2, NULL, 0);
    bad_smp(ms,
            "Invalid CPU topology: product of the hierarchy must match "
            "maxcpus: sockets (2) * dies (1) * clusters (1) * cores (3) * "
            "threads (1) != maxcpus (7)",
            "cpus", 7, "sockets", 2, NULL, 0);
    bad_smp(plain,
            "Invalid CPU topology: product of the hierarchy must match "
            "maxcpus: sockets (9) * cores (0) * threads (1) != maxcpus "
            "(4)",
            "cpus", 4, "sockets", 9, NULL, 0);
    bad_smp(ms,
            "Invalid CPU topology: maxcpus must be equal to or greater "
            "than smp: sockets (1) * dies (1) * clusters (1) * cores (4) "
            "* threads (1) == maxcpus (4) < smp_cpus (8)",
            "cpus", 8, "maxcpus", 4, NULL, 0);
    bad_smp(plain,
            "Invalid SMP CPUs 17. The max CPUs supported by machine "
            "'board' is 16",
            "cpus", 17, NULL, 0, NULL, 0);
    bad_smp(ms,
            "Invalid SMP CPUs 4294967296. The max CPUs supported by "
            "machine 'big' is 4096",
            "sockets", INT_MAX, "cores", INT_MAX, "threads", INT_MAX);
    object_unref(OBJECT(ms));
    object_unref(OBJECT(plain));
}

/* Whatever is accepted multiplies up and keeps what was given. */
static void test_smp_random(void)
{
    static const char *const keys[] = { "cpus",   "maxcpus",  "sockets",
                                        "dies",   "clusters", "cores",
                                        "threads" };
    MachineState *ms = new_machine("big-machine");
    int accepted = 0;

    for (int round = 0; round < 4000; round++) {
        QDict *dict = qdict_new();
        int given[ARRAY_SIZE(keys)] = { 0 };
        const CpuTopology *t = &ms->smp;
        Error *err = NULL;

        for (int i = 0; i < ARRAY_SIZE(keys); i++) {
            if (g_test_rand_int_range(0, 3) == 0) {
                given[i] = 1 << g_test_rand_int_range(0, 4);
                qdict_put_int(dict, keys[i], given[i]);
            }
        }
        if (object_property_set_qobject(OBJECT(ms), "smp", QOBJECT(dict),
                                        &err)) {
            const unsigned got[] = { t->cpus,   t->max_cpus, t->sockets,
                                     t->dies,   t->clusters, t->cores,
                                     t->threads };

            accepted++;
            g_assert_cmpuint(t->max_cpus, ==,
                             t->sockets * t->dies * t->clusters * t->cores *
                                 t->threads);
            g_assert_cmpuint(t->cpus, <=, t->max_cpus);
            for (int i = 0; i < ARRAY_SIZE(keys); i++) {
                g_assert_true(!given[i] || given[i] == got[i]);
            }
        }
        error_free(err);
        qobject_unref(dict);
    }
    g_assert_cmpint(accepted, >, 1000);
    object_unref(OBJECT(ms));
}

/*** Other properties. ***/

static bool set_mem(MachineState *ms, Error **errp, const char *size,
                    const char *max, const char *slots)
{
    ERRP_GUARD();
    QDict *dict = qdict_new(), *mem = qdict_new();

    if (size) {
        qdict_put_str(mem, "size", size);
    }
    if (max) {
        qdict_put_str(mem, "max-size", max);
    }
    if (slots) {
        qdict_put_str(mem, "slots", slots);
    }
    qdict_put(dict, "memory", mem);
    object_set_properties_from_keyval(OBJECT(ms), dict, false, errp);
    qobject_unref(dict);
    return !*errp;
}

static void bad_mem(MachineState *ms, const char *message, const char *size,
                    const char *max, const char *slots)
{
    Error *err = NULL;

    g_assert_false(set_mem(ms, &err, size, max, slots));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
}

static void test_memory(void)
{
    MachineState *ms = new_machine("big-machine");

    g_assert_cmpuint(ms->ram_size, ==, 128 * MiB);
    set_mem(ms, &error_abort, "1G", "4G", "3");
    g_assert_cmpuint(ms->ram_size, ==, 1 * GiB);
    g_assert_cmpuint(ms->maxram_size, ==, 4 * GiB);
    g_assert_cmpuint(ms->ram_slots, ==, 3);
    set_mem(ms, &error_abort, "12345", NULL, NULL);
    g_assert_cmpuint(ms->ram_size, ==, 16384);
    g_assert_cmpuint(ms->maxram_size, ==, 16384);

    bad_mem(ms, "slots specified but no max-size", "1G", NULL, "2");
    bad_mem(ms,
            "invalid value of maxmem: maximum memory size (0x40000000) "
            "must be at least the initial memory size (0x80000000)",
            "2G", "1G", NULL);
    bad_mem(ms,
            "invalid value of maxmem: memory slots were specified but "
            "maximum memory size (0x40000000) is equal to the initial "
            "memory size (0x40000000)",
            "1G", "1G", "2");
    bad_mem(ms,
            "ram size 18446744073709551615 exceeds permitted maximum "
            "18446744073709551615",
            "18446744073709551615", NULL, NULL);
    object_unref(OBJECT(ms));
}

static void test_boot_and_strings(void)
{
    MachineState *ms = new_machine("big-machine");
    QDict *dict = qdict_new();
    Error *err = NULL;
    char *text;

    g_assert_cmpstr(ms->boot_config.order, ==, "cad");
    qdict_put_str(dict, "order", "nc");
    object_property_set_qobject(OBJECT(ms), "boot", QOBJECT(dict),
                                &error_abort);
    g_assert_cmpstr(ms->boot_config.order, ==, "nc");
    qdict_put_str(dict, "once", "dd");
    g_assert_false(
        object_property_set_qobject(OBJECT(ms), "boot", QOBJECT(dict), &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Boot device 'd' was given twice");
    error_free_or_abort(&err);
    qdict_put_str(dict, "once", "z");
    g_assert_false(
        object_property_set_qobject(OBJECT(ms), "boot", QOBJECT(dict), &err));
    error_free_or_abort(&err);
    qobject_unref(dict);

    object_property_set_str(OBJECT(ms), "kernel", "vmlinux", &error_abort);
    g_assert_cmpstr(ms->kernel_filename, ==, "vmlinux");
    text = object_property_get_str(OBJECT(ms), "append", &error_abort);
    g_assert_cmpstr(text, ==, "");
    g_free(text);
    object_property_set_bool(OBJECT(ms), "usb", false, &error_abort);
    g_assert_true(ms->usb_disabled);
    g_assert_true(machine_mem_merge(ms));
    object_property_set_bool(OBJECT(ms), "mem-merge", false, &error_abort);
    g_assert_false(machine_mem_merge(ms));
    object_property_set_bool(OBJECT(ms), "aux-ram-share", true, &error_abort);
    g_assert_true(ms->aux_ram_share);
    object_property_set_bool(OBJECT(ms), "aux-ram-share", false, &error_abort);
    object_unref(OBJECT(ms));
}

/*** Names and targets. ***/

static void test_argv0(void)
{
    g_assert_null(target_from_argv0("plateau"));
    g_assert_null(target_from_argv0("/opt/x-system-arm/plateau"));
    g_assert_null(target_from_argv0("qemu-system-"));
    g_assert_cmpstr(target_from_argv0("qemu-system-x86_64"), ==, "x86_64");
    g_assert_cmpstr(target_from_argv0("/usr/bin/plateau-system-riscv64"), ==,
                    "riscv64");
}

static void test_find(void)
{
    Error *err = NULL;
    GString *help = machine_help();

    g_assert_cmpstr(machine_find_class("none", &error_abort)->desc, ==,
                    "empty machine");
    g_assert_cmpstr(machine_find_class("test", &error_abort)->name, ==,
                    "test-10.0");
    g_assert_null(machine_find_class("nothing", &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "unsupported machine type: \"nothing\"");
    error_free_or_abort(&err);

    g_assert_null(machine_find_class("board", &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "riscv64"));
    g_assert_nonnull(strstr(error_get_pretty(err), "aarch64, arm"));
    error_free_or_abort(&err);

    g_assert_nonnull(strstr(help->str,
                            "test-9.2             Test 9.2\n"
                            "test                 Test 10.0 (alias of "
                            "test-10.0)\n"
                            "test-10.0            Test 10.0\n"));
    g_assert_nonnull(strstr(help->str, "none                 empty machine\n"));
    g_string_free(help, TRUE);
}

static void test_select(void)
{
    Error *err = NULL;

    g_assert_false(target_select("pdp11", &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "unknown target 'pdp11'");
    error_free_or_abort(&err);
    g_assert_null(target_selected());
    target_select("arm", &error_abort);
    g_assert_cmpstr(target_name(), ==, "arm");
    g_assert_cmpstr(machine_find_class("board", &error_abort)->desc, ==,
                    "board of b");
    g_assert_cmpstr(machine_find_class("none", &error_abort)->name, ==, "none");
}

static void test_create(void)
{
    MachineClass *mc = machine_find_class("test-9.2", &error_abort);
    MachineState *ms = machine_create(mc);

    g_assert_true(qdev_get_machine() == OBJECT(ms));
    g_assert_true(current_machine == ms);
    g_assert_true(g_ptr_array_index(mc->compat_props, 0) == &compat_9_2[0]);
    g_assert_nonnull(machine_get_container("peripheral"));
    g_assert_true(object_resolve_path("/machine/unattached/sysbus", NULL) ==
                  OBJECT(sysbus_get_default()));
    machine_run_board_init(ms, NULL, &error_abort);
    g_assert_true(phase_check(PHASE_MACHINE_INITIALIZED));
    qdev_machine_creation_done();
    g_assert_true(phase_check(PHASE_MACHINE_READY));
}

static const TypeInfo test_types[] = {
    {
        .name = MACHINE_TYPE_NAME("board"),
        .parent = TYPE_MACHINE,
        .class_init = board_a_init,
    },
    {
        .name = MACHINE_TYPE_NAME("arm-board"),
        .parent = TYPE_MACHINE,
        .class_init = board_b_init,
    },
    {
        .name = MACHINE_TYPE_NAME("big"),
        .parent = TYPE_MACHINE,
        .class_init = big_init,
    },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(test_types, ARRAY_SIZE(test_types));

    g_test_add_func("/machine/smp/table", test_smp_table);
    g_test_add_func("/machine/smp/bad", test_smp_bad);
    g_test_add_func("/machine/smp/random", test_smp_random);
    g_test_add_func("/machine/memory", test_memory);
    g_test_add_func("/machine/boot-and-strings", test_boot_and_strings);
    g_test_add_func("/machine/argv0", test_argv0);
    g_test_add_func("/machine/find", test_find);
    g_test_add_func("/machine/select", test_select);
    g_test_add_func("/machine/create", test_create);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is registered for migration: names, numbers, order; devices; reasons. */
/* clang-format off */
#include "qemu/osdep.h"
#include "hw/clock.h"
#include "hw/qdev-core.h"
#include "hw/qdev-clock.h"
#include "migration/misc.h"
#include "migration/register.h"
#include "migration/vmstate/blocker.h"
#include "migration/vmstate/registry.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "vmstate-helpers.h"

static const VMStateField no_fields[] = { VMSTATE_END_OF_LIST() };

static const VMStateDescription vmstate_a = {
    .name = "a", .version_id = 2, .minimum_version_id = 1,
    .fields = no_fields,
};
static const VMStateDescription vmstate_b = {
    .name = "b", .fields = no_fields, .priority = MIG_PRI_IOMMU,
};
static const VMStateDescription vmstate_c = {
    .name = "c", .fields = no_fields, .priority = MIG_PRI_GICV3,
};

/* The names and numbers of all entries, in order. */
static char *list(void)
{
    GString *s = g_string_new(NULL);
    SaveStateEntry *se;

    for (se = savevm_next_entry(NULL); se; se = savevm_next_entry(se)) {
        g_string_append_printf(s, "%s%s:%u", s->len ? " " : "", se->idstr,
                               se->instance_id);
    }
    return g_string_free(s, false);
}

static void assert_list(const char *expected)
{
    g_autofree char *got = list();

    g_assert_cmpstr(got, ==, expected);
}

static void test_numbers(void)
{
    int x, y, z;

    assert_list("");
    g_assert_cmpint(vmstate_register_any(NULL, &vmstate_a, &x), ==, 0);
    g_assert_cmpint(vmstate_register(NULL, 7, &vmstate_a, &y), ==, 0);
    g_assert_cmpint(vmstate_register_any(NULL, &vmstate_a, &z), ==, 0);
    assert_list("a:0 a:7 a:8");
    g_assert_cmpint(vmstate_register(NULL, 3, &vmstate_a, &x), ==, 0);
    assert_list("a:0 a:7 a:8 a:3");
    g_assert_true(savevm_find_entry("a", 3)->opaque == &x);
    g_assert_true(savevm_find_entry("a", 8)->opaque == &z);
    g_assert_null(savevm_find_entry("a", 4));
    g_assert_null(savevm_find_entry("d", 0));

    vmstate_unregister(NULL, &vmstate_a, &x);
    assert_list("a:7 a:8");
    vmstate_unregister(NULL, &vmstate_b, &y);
    assert_list("a:7 a:8");
    vmstate_unregister(NULL, &vmstate_a, &z);
    vmstate_unregister(NULL, &vmstate_a, &y);
    assert_list("");
    g_assert_cmpint(vmstate_register_any(NULL, &vmstate_a, &x), ==, 0);
    assert_list("a:0");
    vmstate_unregister(NULL, &vmstate_a, &x);
}

static void test_duplicate(void)
{
    Error *err = NULL;
    int x, y;

    g_assert_cmpint(vmstate_register(NULL, 1, &vmstate_a, &x), ==, 0);
    g_assert_cmpint(vmstate_register_with_alias_id(NULL, 1, &vmstate_a, &y,
                                                   -1, 0, &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "'a' is registered for migration already, with the "
                    "instance id 0x1");
    error_free(err);
    assert_list("a:1");
    vmstate_unregister(NULL, &vmstate_a, &x);
}

static void test_alias(void)
{
    int x, y;

    g_assert_cmpint(vmstate_register_with_alias_id(NULL, 1, &vmstate_a, &x,
                                                   5, 1, &error_abort),
                    ==, 0);
    g_assert_cmpint(vmstate_register(NULL, 2, &vmstate_a, &y), ==, 0);
    g_assert_true(savevm_find_entry("a", 5)->opaque == &x);
    g_assert_null(savevm_find_entry("a", -1));
    vmstate_unregister(NULL, &vmstate_a, &x);
    g_assert_null(savevm_find_entry("a", 5));
    vmstate_unregister(NULL, &vmstate_a, &y);
}

static void test_order(void)
{
    static const SaveVMHandlers ops;
    int x;

    vmstate_register_any(NULL, &vmstate_a, &x);
    g_assert_cmpint(register_savevm_live("ram", 0, 4, &ops, &x), ==, 0);
    vmstate_register_any(NULL, &vmstate_b, &x);
    vmstate_register_any(NULL, &vmstate_c, &x);
    vmstate_register_any(NULL, &vmstate_a, &x);
    vmstate_register_any(NULL, &vmstate_b, &x);
    assert_list("c:0 b:0 b:1 a:0 ram:0 a:1");
    g_assert_cmpint(savevm_find_entry("ram", 0)->version_id, ==, 4);
    g_assert_cmpint(register_savevm_live("ram", 0, 4, &ops, &x), ==, -1);
    unregister_savevm(NULL, "ram", &x);
    vmstate_unregister(NULL, &vmstate_b, &x);
    assert_list("c:0 a:0 a:1");
    vmstate_unregister(NULL, &vmstate_a, &x);
    vmstate_unregister(NULL, &vmstate_c, &x);
    assert_list("");
}

/* As many as there can be devices; it must not take quadratic time. */
static void test_many(void)
{
    const int n = 50000;
    g_autofree char *base = g_malloc(n);
    int64_t start = g_get_monotonic_time();
    int i;

    for (i = 0; i < n; i++) {
        g_assert_cmpint(vmstate_register_any(NULL, &vmstate_a, base + i), ==,
                        0);
    }
    for (i = 0; i < n; i++) {
        g_assert_true(savevm_find_entry("a", i)->opaque == base + i);
    }
    for (i = n - 1; i >= 0; i--) {
        vmstate_unregister(NULL, &vmstate_a, base + i);
    }
    assert_list("");
    g_test_message("%" PRId64 " ms", (g_get_monotonic_time() - start) / 1000);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
}

/*** Random registering against a list. ***/

typedef struct Entry {
    const VMStateDescription *vmsd;
    uint32_t id;
    char *opaque;
} Entry;

static void test_random(void)
{
    const VMStateDescription *const vmsds[] = { &vmstate_a, &vmstate_b,
                                                &vmstate_c };
    g_autoptr(GArray) model = g_array_new(false, false, sizeof(Entry));
    char base[4];
    int i, j;

    for (i = 0; i < 20000; i++) {
        Entry e = { vmsds[g_test_rand_int_range(0, 3)],
                    g_test_rand_int_range(0, 12),
                    base + g_test_rand_int_range(0, 4) };
        bool taken = false, any = g_test_rand_bit();
        uint32_t max = 0;

        if (g_test_rand_int_range(0, 4) == 0) {
            vmstate_unregister(NULL, e.vmsd, e.opaque);
            for (j = model->len - 1; j >= 0; j--) {
                Entry *old = &g_array_index(model, Entry, j);

                if (old->vmsd == e.vmsd && old->opaque == e.opaque) {
                    g_array_remove_index(model, j);
                }
            }
            continue;
        }
        for (j = 0; j < model->len; j++) {
            Entry *old = &g_array_index(model, Entry, j);

            if (old->vmsd == e.vmsd) {
                taken |= old->id == e.id;
                max = MAX(max, old->id + 1);
            }
        }
        g_assert_true(!!savevm_find_entry(e.vmsd->name, e.id) == taken);
        if (any) {
            e.id = max;
            g_assert_cmpint(vmstate_register_any(NULL, e.vmsd, e.opaque), ==,
                            0);
        } else {
            Error *err = NULL;
            int ret = vmstate_register_with_alias_id(NULL, e.id, e.vmsd,
                                                     e.opaque, -1, 0, &err);

            g_assert_cmpint(ret, ==, taken ? -1 : 0);
            error_free(err);
            if (taken) {
                continue;
            }
        }
        g_array_append_val(model, e);
        g_assert_true(savevm_find_entry(e.vmsd->name, e.id)->opaque ==
                      e.opaque);
    }
    for (j = 0; j < model->len; j++) {
        Entry *old = &g_array_index(model, Entry, j);

        vmstate_unregister(NULL, old->vmsd, old->opaque);
    }
    assert_list("");
}

/*** Devices. ***/

#define TYPE_SHELF "test-shelf"
OBJECT_DECLARE_SIMPLE_TYPE(ShelfState, SHELF)

struct ShelfState {
    DeviceState parent_obj;
    Clock *clk;
    uint32_t books;
};

static const VMStateDescription vmstate_shelf = {
    .name = "shelf",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(books, ShelfState),
        VMSTATE_CLOCK(clk, ShelfState),
        VMSTATE_END_OF_LIST(),
    },
};

static void shelf_init(Object *obj)
{
    SHELF(obj)->clk = qdev_init_clock_in(DEVICE(obj), "clk", NULL, NULL, 0);
}

static void shelf_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->vmsd = &vmstate_shelf;
}

static const VMStateDescription vmstate_fixed = {
    .name = "fixed",
    .unmigratable = true,
    .fields = no_fields,
};

static void fixed_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->vmsd = &vmstate_fixed;
}

/* It has a bus path, and so a name of its own in the stream. */
#define TYPE_RACK "test-rack"

static char *rack_get_id(VMStateIf *obj)
{
    return g_strdup("room/rack");
}

static void rack_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->vmsd = &vmstate_shelf;
    VMSTATE_IF_CLASS(klass)->get_id = rack_get_id;
}

static const TypeInfo types[] = {
    {
        .name = TYPE_SHELF,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(ShelfState),
        .instance_init = shelf_init,
        .class_init = shelf_class_init,
    },
    {
        .name = "test-fixed",
        .parent = TYPE_DEVICE,
        .class_init = fixed_class_init,
    },
    {
        .name = TYPE_RACK,
        .parent = TYPE_SHELF,
        .class_init = rack_class_init,
    },
};
DEFINE_TYPES(types)

static void unplug(DeviceState *dev)
{
    qdev_unrealize(dev);
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
}

static void test_device(void)
{
    DeviceState *one = qdev_new(TYPE_SHELF), *two = qdev_new(TYPE_SHELF);

    qdev_realize(one, NULL, &error_abort);
    assert_list("shelf:0");
    qdev_realize(two, NULL, &error_abort);
    assert_list("shelf:0 shelf:1");
    g_assert_true(savevm_find_entry("shelf", 1)->opaque == two);
    unplug(one);
    assert_list("shelf:1");
    unplug(two);
    assert_list("");
}

static void test_device_id(void)
{
    DeviceState *one = qdev_new(TYPE_RACK), *two = qdev_new(TYPE_RACK);
    Error *err = NULL;

    qdev_realize(one, NULL, &error_abort);
    assert_list("room/rack/shelf:0");
    /* Programs that had no path in the name called it so. */
    g_assert_true(savevm_find_entry("shelf", 0)->opaque == one);
    /* A second one at the same place. */
    g_assert_false(qdev_realize(two, NULL, &err));
    error_free_or_abort(&err);
    g_assert_false(two->realized);
    assert_list("room/rack/shelf:0");
    object_unref(OBJECT(two));
    unplug(one);
    assert_list("");
}

static void test_clock(void)
{
    ShelfState *from = SHELF(qdev_new(TYPE_SHELF));
    ShelfState *to = SHELF(qdev_new(TYPE_SHELF));
    g_autoptr(GByteArray) bytes = NULL;
    int i;

    for (i = 0; i < 2; i++) {
        g_clear_pointer(&bytes, g_byte_array_unref);
        from->books = 12 + i;
        clock_set_hz(from->clk, 1000 + i);
        clock_set_mul_div(from->clk, 1 + i, 1);
        clock_set_mul_div(to->clk, 3, 4);
        save_to_bytes(&vmstate_shelf, from, 1, NULL, &bytes, &error_abort);
        g_byte_array_append(bytes, (const uint8_t *)"", 1);
        g_assert_cmpuint(bytes->len, ==,
                         i ? 13 + 2 + strlen("clock/muldiv") + 12 : 13);
        g_assert_cmpint(load_from_bytes(&vmstate_shelf, to, 1, bytes->data,
                                        bytes->len), ==, 0);
        g_assert_cmpint(to->books, ==, 12 + i);
        g_assert_cmpuint(clock_get(to->clk), ==, clock_get(from->clk));
        g_assert_cmpuint(to->clk->multiplier, ==, 1 + i);
        g_assert_cmpuint(to->clk->divider, ==, 1);
    }
    /* The last number is the divider. */
    bytes->data[bytes->len - 2] = 0;
    g_assert_cmpint(load_from_bytes(&vmstate_shelf, to, 1, bytes->data,
                                    bytes->len), ==, -EINVAL);
    object_unref(OBJECT(from));
    object_unref(OBJECT(to));
}

static void test_only_migratable(void)
{
    DeviceState *dev = qdev_new("test-fixed");
    Error *err = NULL, *reason = NULL;

    only_migratable = 1;
    g_assert_false(qdev_realize(dev, NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Device test-fixed is not migratable, but "
                    "--only-migratable was specified");
    error_free(err);
    err = NULL;

    error_setg(&reason, "glued to the wall");
    g_assert_cmpint(migrate_add_blocker(&reason, &err), ==, -EACCES);
    g_assert_null(reason);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "disallowing migration blocker (--only-migratable) for: "
                    "glued to the wall");
    error_free(err);
    only_migratable = 0;

    qdev_realize(dev, NULL, &error_abort);
    unplug(dev);
}

/*** Reasons. ***/

static bool busy(void)
{
    return true;
}

static void test_blockers(void)
{
    Error *one = NULL, *two = NULL, *err = NULL;

    error_setg(&one, "one");
    error_setg(&two, "two");
    g_assert_cmpint(migrate_add_blocker(&one, &error_abort), ==, 0);
    g_assert_cmpint(migrate_add_blocker_modes(&two, &error_abort,
                                              MIG_MODE_CPR_REBOOT, -1), ==,
                    0);
    g_assert_cmpint(g_slist_length(migration_blocker_list(MIG_MODE_NORMAL)),
                    ==, 1);
    g_assert_true(migration_blocker_list(MIG_MODE_CPR_REBOOT)->data == two);
    migrate_del_blocker(&one);
    g_assert_null(one);
    migrate_del_blocker(&one);
    g_assert_null(migration_blocker_list(MIG_MODE_NORMAL));
    migrate_del_blocker(&two);
    g_assert_null(migration_blocker_list(MIG_MODE_CPR_REBOOT));

    g_assert_false(migration_is_running());
    migration_busy_hook = busy;
    g_assert_true(migration_is_running());
    error_setg(&one, "one");
    g_assert_cmpint(migrate_add_blocker_internal(&one, &err), ==, -EBUSY);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "disallowing migration blocker (migration/snapshot in "
                    "progress) for: one");
    error_free(err);
    migration_busy_hook = NULL;
}

static int hear(NotifierWithReturn *n, MigrationEvent *e, Error **errp)
{
    if (e->type == MIG_EVENT_PRECOPY_SETUP) {
        error_setg(errp, "not now");
        return -EBUSY;
    }
    return 0;
}

static int hear_rounds(NotifierWithReturn *n, void *data, Error **errp)
{
    PrecopyNotifyData *d = data;

    g_assert_cmpint(d->reason, ==, PRECOPY_NOTIFY_COMPLETE);
    return 0;
}

static void test_notifiers(void)
{
    NotifierWithReturn n = { 0 }, r = { .notify = hear_rounds };
    Error *err = NULL;

    migration_remove_notifier(&n);
    migration_add_notifier(&n, hear);
    g_assert_cmpint(migration_call_notifiers(MIG_MODE_CPR_REBOOT,
                                             MIG_EVENT_PRECOPY_SETUP,
                                             &error_abort), ==, 0);
    g_assert_cmpint(migration_call_notifiers(MIG_MODE_NORMAL,
                                             MIG_EVENT_PRECOPY_SETUP, &err),
                    ==, -EBUSY);
    error_free_or_abort(&err);
    g_assert_cmpint(migration_call_notifiers(MIG_MODE_NORMAL,
                                             MIG_EVENT_PRECOPY_DONE,
                                             &error_abort), ==, 0);
    migration_remove_notifier(&n);
    migration_remove_notifier(&n);
    g_assert_cmpint(migration_call_notifiers(MIG_MODE_NORMAL,
                                             MIG_EVENT_PRECOPY_SETUP,
                                             &error_abort), ==, 0);
    precopy_add_notifier(&r);
    precopy_notify(PRECOPY_NOTIFY_COMPLETE, &error_abort);
    precopy_remove_notifier(&r);
}

int main(int argc, char **argv)
{
    g_setenv("QTEST_SILENT_ERRORS", "1", true);
    module_call_init(MODULE_INIT_QOM);
    qdev_create_fake_machine();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vmstate/registry/numbers", test_numbers);
    g_test_add_func("/vmstate/registry/duplicate", test_duplicate);
    g_test_add_func("/vmstate/registry/alias", test_alias);
    g_test_add_func("/vmstate/registry/order", test_order);
    g_test_add_func("/vmstate/registry/many", test_many);
    g_test_add_func("/vmstate/registry/random", test_random);
    g_test_add_func("/vmstate/registry/device", test_device);
    g_test_add_func("/vmstate/registry/device-id", test_device_id);
    g_test_add_func("/vmstate/registry/clock", test_clock);
    g_test_add_func("/vmstate/registry/only-migratable",
                    test_only_migratable);
    g_test_add_func("/vmstate/registry/blockers", test_blockers);
    g_test_add_func("/vmstate/registry/notifiers", test_notifiers);
    return g_test_run();
}

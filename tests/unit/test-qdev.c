/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of devices and buses: the order of realize, what a failure undoes,
 * what a hotplug handler may refuse, reset of what is plugged in late.
 */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/rcu.h"

#define TYPE_TRAY    "test-tray"    /* a bus */
#define TYPE_CARRIER "test-carrier" /* a device with buses, and their handler */
#define TYPE_PART    "test-part"    /* a device on such a bus */

OBJECT_DECLARE_SIMPLE_TYPE(Carrier, CARRIER)
OBJECT_DECLARE_SIMPLE_TYPE(Part, PART)

struct Carrier {
    DeviceState parent_obj;

    BusState tray[2];
    Part *parts[3]; /* NULL-terminated unless full */
    bool refuse_pre_plug, refuse_plug;
};

struct Part {
    DeviceState parent_obj;

    char *name;
    bool fail;
    bool keep_bus_down;
};

static GString *trail;
static int alive;

static void note(const char *what, const char *who)
{
    g_string_append_printf(trail, "%s%s:%s", trail->len ? " " : "", what,
                           who ?: "?");
}

static void expect(const char *text)
{
    g_assert_cmpstr(trail->str, ==, text);
    g_string_truncate(trail, 0);
}

/*** Parts. ***/

static void part_realize(DeviceState *dev, Error **errp)
{
    Part *part = PART(dev);

    if (part->fail) {
        error_setg(errp, "%s is broken", part->name);
        return;
    }
    note("realize", part->name);
}

static void part_unrealize(DeviceState *dev)
{
    note("unrealize", PART(dev)->name);
}

static void part_enter(Object *obj, ResetType type)
{
    note("enter", PART(obj)->name);
}

static void part_exit(Object *obj, ResetType type)
{
    note("exit", PART(obj)->name);
}

static void part_init(Object *obj)
{
    alive++;
}

static void part_finalize(Object *obj)
{
    alive--;
}

static const Property part_properties[] = {
    DEFINE_PROP_STRING("name", Part, name),
    DEFINE_PROP_BOOL("fail", Part, fail, false),
};

static void part_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    dc->realize = part_realize;
    dc->unrealize = part_unrealize;
    dc->bus_type = TYPE_TRAY;
    rc->phases.enter = part_enter;
    rc->phases.exit = part_exit;
    device_class_set_props(dc, part_properties);
}

static Part *new_part(const char *name, bool fail)
{
    DeviceState *dev = qdev_new(TYPE_PART);

    qdev_prop_set_string(dev, "name", name);
    qdev_prop_set_bit(dev, "fail", fail);
    return PART(dev);
}

/*** The carrier realizes the parts that it was given, on its first bus. ***/

static void carrier_unrealize(DeviceState *dev)
{
    note("unrealize", "carrier");
}

static void carrier_realize(DeviceState *dev, Error **errp)
{
    Carrier *c = CARRIER(dev);

    for (int i = 0; i < ARRAY_SIZE(c->parts) && c->parts[i]; i++) {
        if (!qdev_realize(DEVICE(c->parts[i]), &c->tray[0], errp)) {
            while (i--) {
                qdev_unrealize(DEVICE(c->parts[i]));
            }
            return;
        }
    }
    note("realize", "carrier");
}

static void carrier_pre_plug(HotplugHandler *hh, DeviceState *dev, Error **errp)
{
    g_assert_false(dev->realized);
    if (CARRIER(hh)->refuse_pre_plug) {
        error_setg(errp, "not before plugging");
        return;
    }
    note("pre_plug", PART(dev)->name);
}

static void carrier_plug(HotplugHandler *hh, DeviceState *dev, Error **errp)
{
    if (CARRIER(hh)->refuse_plug) {
        error_setg(errp, "not after plugging");
        return;
    }
    note("plug", PART(dev)->name);
}

static void carrier_unplug(HotplugHandler *hh, DeviceState *dev, Error **errp)
{
    note("unplug", PART(dev)->name);
    qdev_unrealize(dev);
}

static void carrier_init(Object *obj)
{
    Carrier *c = CARRIER(obj);

    alive++;
    for (int i = 0; i < 2; i++) {
        qbus_init(&c->tray[i], sizeof(c->tray[i]), TYPE_TRAY, DEVICE(obj),
                  NULL);
        qbus_set_hotplug_handler(&c->tray[i], obj);
    }
}

static void carrier_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    dc->realize = carrier_realize;
    dc->unrealize = carrier_unrealize;
    hc->pre_plug = carrier_pre_plug;
    hc->plug = carrier_plug;
    hc->unplug = carrier_unplug;
}

/*** The bus. ***/

static bool tray_check_address(BusState *bus, DeviceState *dev, Error **errp)
{
    if (strcmp(PART(dev)->name, "badly-placed") == 0) {
        error_setg(errp, "there is no such place");
        return false;
    }
    return true;
}

static void tray_realize(BusState *bus, Error **errp)
{
    note("realize", "tray");
}

static void tray_unrealize(BusState *bus)
{
    note("unrealize", "tray");
}

static void tray_class_init(ObjectClass *oc, void *data)
{
    BusClass *bc = BUS_CLASS(oc);

    bc->check_address = tray_check_address;
    bc->realize = tray_realize;
    bc->unrealize = tray_unrealize;
}

/* Sends @obj off and waits until it is really gone. */
static void drop(void *obj)
{
    object_unparent(OBJECT(obj));
    object_unref(OBJECT(obj));
    drain_call_rcu();
}

static Carrier *new_carrier(void)
{
    return CARRIER(qdev_new(TYPE_CARRIER));
}

/*** Tests. ***/

static void test_order(void)
{
    Carrier *c = new_carrier();
    g_autofree char *path = NULL;

    c->parts[0] = new_part("a", false);
    c->parts[1] = new_part("b", false);
    g_assert_true(qdev_realize(DEVICE(c), NULL, &error_abort));
    expect("pre_plug:a realize:a plug:a pre_plug:b realize:b plug:b "
           "realize:carrier realize:tray realize:tray");
    g_assert_true(qdev_is_realized(DEVICE(c)));
    path = object_get_canonical_path(OBJECT(c));
    g_assert_true(g_str_has_prefix(path, "/machine/unattached/device["));
    g_assert_cmpstr(DEVICE(c)->canonical_path, ==, path);

    /* Again is nothing, and back again goes from the leaves up. */
    object_property_set_bool(OBJECT(c), "realized", true, &error_abort);
    expect("");
    qdev_unrealize(DEVICE(c));
    expect("unrealize:tray unrealize:b unrealize:a unrealize:tray "
           "unrealize:carrier");
    object_unref(OBJECT(c->parts[0]));
    object_unref(OBJECT(c->parts[1]));
    DEVICE(c)->pending_deleted_event = false;
    drop(c);
    expect("");
    g_assert_cmpint(alive, ==, 0);
}

static void test_third_child_fails(void)
{
    Carrier *c = new_carrier();
    Error *err = NULL;

    for (int i = 0; i < 3; i++) {
        char name[] = { "abc"[i], 0 };

        c->parts[i] = new_part(name, i == 2);
    }
    g_assert_false(qdev_realize(DEVICE(c), NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "c is broken");
    error_free(err);
    expect("pre_plug:a realize:a plug:a pre_plug:b realize:b plug:b "
           "pre_plug:c unrealize:b unrealize:a");
    g_assert_false(qdev_is_realized(DEVICE(c)));
    g_assert_null(OBJECT(c)->parent);
    /* It was taken off its bus, and out of the tree that nobody asked for */
    g_assert_null(DEVICE(c->parts[2])->parent_bus);
    g_assert_null(OBJECT(c->parts[2])->parent);
    g_assert_false(c->tray[0].realized);

    for (int i = 0; i < 3; i++) {
        drop(c->parts[i]);
    }
    drop(c);
    expect("");
    g_assert_cmpint(alive, ==, 0);
}

static void try_part(Carrier *c, const char *name, const char *message,
                     const char *trace)
{
    Part *part = new_part(name, false);
    int children = c->tray[0].num_children;
    Error *err = NULL;

    g_assert_false(qdev_realize(DEVICE(part), &c->tray[0], &err));
    g_assert_cmpstr(error_get_pretty(err), ==, message);
    error_free(err);
    expect(trace);
    g_assert_false(DEVICE(part)->realized);
    g_assert_null(DEVICE(part)->parent_bus);
    g_assert_cmpint(c->tray[0].num_children, ==, children);
    drop(part);
}

static void test_veto(void)
{
    Carrier *c = new_carrier();

    qdev_realize(DEVICE(c), NULL, &error_abort);
    g_string_truncate(trail, 0);

    try_part(c, "badly-placed", "there is no such place", "");
    c->refuse_pre_plug = true;
    try_part(c, "p", "not before plugging", "");
    c->refuse_pre_plug = false;
    c->refuse_plug = true;
    try_part(c, "p", "not after plugging", "pre_plug:p realize:p unrealize:p");

    qdev_unrealize(DEVICE(c));
    g_string_truncate(trail, 0);
    drop(c);
    g_assert_cmpint(alive, ==, 0);
}

static void test_move(void)
{
    Carrier *c = new_carrier();
    Part *part = new_part("m", false);

    qdev_realize(DEVICE(c), NULL, &error_abort);
    qdev_realize(DEVICE(part), &c->tray[0], &error_abort);
    g_string_truncate(trail, 0);

    /* Its new bus is in reset, and so is it from now on. */
    resettable_assert_reset(OBJECT(&c->tray[1]), RESET_TYPE_COLD);
    qdev_set_parent_bus(DEVICE(part), &c->tray[1], &error_abort);
    expect("enter:m");
    g_assert_true(device_is_in_reset(DEVICE(part)));
    g_assert_cmpint(c->tray[0].num_children, ==, 0);
    g_assert_cmpint(c->tray[1].num_children, ==, 1);
    resettable_release_reset(OBJECT(&c->tray[1]), RESET_TYPE_COLD);
    expect("exit:m");

    device_cold_reset(DEVICE(c));
    expect("enter:m exit:m");

    /* A whole subtree goes with its top. */
    object_unref(OBJECT(part));
    drop(c);
    expect("unrealize:m unrealize:tray unrealize:tray unrealize:carrier");
    g_assert_cmpint(alive, ==, 0);
}

static int count_devices(DeviceState *dev, void *opaque)
{
    ++*(int *)opaque;
    return 0;
}

static int skip_buses(BusState *bus, void *opaque)
{
    return 1;
}

static void test_names(void)
{
    Carrier *c = new_carrier();
    Part *part = new_part("x", false);
    Object *obj;
    int count = 0;

    g_assert_cmpstr(object_get_typename(OBJECT(&c->tray[0])), ==, TYPE_TRAY);
    g_assert_true(g_str_has_prefix(c->tray[0].name, "test-tray."));
    g_assert_true(qdev_get_child_bus(DEVICE(c), c->tray[1].name) ==
                  &c->tray[1]);
    g_assert_null(qdev_get_child_bus(DEVICE(c), "nothing"));

    DEVICE(part)->id = g_strdup("theid");
    qdev_realize(DEVICE(c), NULL, &error_abort);
    qdev_realize(DEVICE(part), &c->tray[0], &error_abort);
    g_assert_true(qdev_find_recursive(&c->tray[0], "theid") == DEVICE(part));
    g_assert_null(qdev_find_recursive(&c->tray[1], "theid"));
    obj =
        object_property_get_link(OBJECT(&c->tray[0]), "child[0]", &error_abort);
    g_assert_true(obj == OBJECT(part));
    obj = object_property_get_link(OBJECT(part), "parent_bus", &error_abort);
    g_assert_true(obj == OBJECT(&c->tray[0]));

    g_assert_cmpint(
        qdev_walk_children(DEVICE(c), count_devices, NULL, NULL, NULL, &count),
        ==, 0);
    g_assert_cmpint(count, ==, 2);
    qdev_walk_children(DEVICE(c), NULL, skip_buses, count_devices, NULL,
                       &count);
    g_assert_cmpint(count, ==, 3);

    object_unref(OBJECT(part));
    g_string_truncate(trail, 0);
    drop(c);
    g_string_truncate(trail, 0);
    g_assert_cmpint(alive, ==, 0);
}

static int heard;

static void hear_realize(DeviceListener *l, DeviceState *dev)
{
    heard++;
}

static void hear_unrealize(DeviceListener *l, DeviceState *dev)
{
    heard--;
}

static void test_listener(void)
{
    DeviceListener listener = { .realize = hear_realize,
                                .unrealize = hear_unrealize };
    Carrier *c = new_carrier();

    device_listener_register(&listener);
    qdev_realize(DEVICE(c), NULL, &error_abort);
    g_assert_cmpint(heard, ==, 1);
    qdev_unrealize(DEVICE(c));
    g_assert_cmpint(heard, ==, 0);
    device_listener_unregister(&listener);
    drop(c);
    g_string_truncate(trail, 0);
}

static void test_unplug_blockers(void)
{
    Carrier *c = new_carrier();
    Error *one = NULL, *two = NULL, *err = NULL;

    error_setg(&one, "first");
    error_setg(&two, "second");
    g_assert_false(qdev_unplug_blocked(DEVICE(c), &err));
    qdev_add_unplug_blocker(DEVICE(c), one);
    qdev_add_unplug_blocker(DEVICE(c), two);
    g_assert_true(qdev_unplug_blocked(DEVICE(c), &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "second");
    error_free_or_abort(&err);
    qdev_del_unplug_blocker(DEVICE(c), two);
    qdev_unplug(DEVICE(c), &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "first");
    error_free_or_abort(&err);
    qdev_del_unplug_blocker(DEVICE(c), one);
    g_assert_false(qdev_hotunplug_allowed(DEVICE(c), &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Device 'test-carrier' can not be hotplugged on this "
                    "machine");
    error_free(err);
    error_free(one);
    error_free(two);
    drop(c);
}

/* The phase only goes forward, so this comes last. */
static void test_hotplug(void)
{
    Carrier *c = new_carrier();
    Part *part;

    qdev_realize(DEVICE(c), NULL, &error_abort);
    g_string_truncate(trail, 0);
    for (int phase = PHASE_MACHINE_CREATED; phase <= PHASE_MACHINE_READY;
         phase++) {
        phase_advance(phase);
    }

    part = new_part("h", false);
    g_assert_true(
        object_property_get_bool(OBJECT(part), "hotplugged", &error_abort));
    g_assert_true(
        qdev_hotplug_allowed(DEVICE(part), &c->tray[0], &error_abort));
    qdev_realize(DEVICE(part), &c->tray[0], &error_abort);
    expect("pre_plug:h realize:h enter:h exit:h plug:h");
    g_assert_cmpint(alive, ==, 2);
    object_unref(OBJECT(part));
    qdev_unplug(DEVICE(part), &error_abort);
    drain_call_rcu();
    expect("unplug:h unrealize:h");
    g_assert_cmpint(alive, ==, 1);
    g_assert_true(qdev_machine_modified());

    /* A bus that is held in reset holds what is plugged into it. */
    resettable_assert_reset(OBJECT(&c->tray[0]), RESET_TYPE_COLD);
    part = new_part("r", false);
    qdev_realize(DEVICE(part), &c->tray[0], &error_abort);
    expect("pre_plug:r realize:r enter:r plug:r");
    g_assert_true(device_is_in_reset(DEVICE(part)));
    resettable_release_reset(OBJECT(&c->tray[0]), RESET_TYPE_COLD);
    expect("exit:r");
    object_unref(OBJECT(part));

    drop(c);
    g_assert_cmpint(alive, ==, 0);
}

static const TypeInfo test_types[] = {
    {
        .name = TYPE_TRAY,
        .parent = TYPE_BUS,
        .instance_size = sizeof(BusState),
        .class_init = tray_class_init,
    },
    {
        .name = TYPE_CARRIER,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(Carrier),
        .instance_init = carrier_init,
        .instance_finalize = part_finalize,
        .class_init = carrier_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_HOTPLUG_HANDLER }, {} },
    },
    {
        .name = TYPE_PART,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(Part),
        .instance_init = part_init,
        .instance_finalize = part_finalize,
        .class_init = part_class_init,
    },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(test_types, ARRAY_SIZE(test_types));
    qdev_create_fake_machine();
    trail = g_string_new(NULL);

    g_test_add_func("/qdev/order", test_order);
    g_test_add_func("/qdev/third-child-fails", test_third_child_fails);
    g_test_add_func("/qdev/veto", test_veto);
    g_test_add_func("/qdev/move", test_move);
    g_test_add_func("/qdev/names", test_names);
    g_test_add_func("/qdev/listener", test_listener);
    g_test_add_func("/qdev/unplug-blockers", test_unplug_blockers);
    g_test_add_func("/qdev/hotplug", test_hotplug);
    return g_test_run();
}

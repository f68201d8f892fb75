/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user does: device_add with its search for a bus, device_del with
 * requests that the guest answers late, help, and the trees as text.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qobject/qdict.h"
#include "../../hw/core/qdev-internal.h"
#include "../../hw/core/qdev-list.h"

#define TYPE_PORT  "test-port"  /* a bus for one device, hotpluggable */
#define TYPE_ROOT  "test-root"  /* a sysbus device with two ports */
#define TYPE_CARD  "test-card"  /* goes to a port; has properties and lines */
#define TYPE_STIFF "test-stiff" /* as a card, but not hotpluggable */
#define TYPE_HUB   "test-hub"   /* goes to a port; has two ports */

OBJECT_DECLARE_SIMPLE_TYPE(Card, CARD)
OBJECT_DECLARE_SIMPLE_TYPE(Root, ROOT)

struct Card {
    DeviceState parent_obj;

    qemu_irq out;
    uint32_t number;
    char *text;
    bool fail;
};

struct Root {
    SysBusDevice parent_obj;

    bool ask_guest;
};

static DeviceState *root;
static GString *deleted;

static void note_deleted(const char *id, const char *path)
{
    g_string_append_printf(deleted, "%s %s;", id ?: "-", path);
}

static void root_plug(HotplugHandler *hh, DeviceState *dev, Error **errp)
{
}

static void root_unplug(HotplugHandler *hh, DeviceState *dev, Error **errp)
{
    qdev_unrealize(dev);
}

static void root_request(HotplugHandler *hh, DeviceState *dev, Error **errp)
{
    if (ROOT(hh)->ask_guest) {
        dev->pending_deleted_event = true;
        return;
    }
    hotplug_handler_unplug(hh, dev, errp);
    object_unparent(OBJECT(dev));
}

static void add_port(Object *obj, const char *name)
{
    BusState *port = qbus_new(TYPE_PORT, DEVICE(obj), name);

    qbus_set_hotplug_handler(port, root ? OBJECT(root) : obj);
}

static void root_init(Object *obj)
{
    add_port(obj, "port.0");
    add_port(obj, "port.1");
}

static void root_class_init(ObjectClass *oc, void *data)
{
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    hc->plug = root_plug;
    hc->unplug = root_unplug;
    hc->unplug_request = root_request;
}

static void port_class_init(ObjectClass *oc, void *data)
{
    BUS_CLASS(oc)->max_dev = 1;
}

static void card_realize(DeviceState *dev, Error **errp)
{
    if (CARD(dev)->fail) {
        error_setg(errp, "the card is broken");
    }
}

static void card_line(void *opaque, int n, int level)
{
}

static void card_init(Object *obj)
{
    qdev_init_gpio_in(DEVICE(obj), card_line, 3);
    qdev_init_gpio_out_named(DEVICE(obj), &CARD(obj)->out, "intx", 1);
    clock_set_hz(qdev_init_clock_out(DEVICE(obj), "clk"), 1000000);
}

static const Property card_properties[] = {
    DEFINE_PROP_UINT32("number", Card, number, 7),
    DEFINE_PROP_STRING("text", Card, text),
    DEFINE_PROP_BOOL("fail", Card, fail, false),
};

static void card_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->bus_type = TYPE_PORT;
    dc->desc = "a card";
    dc->realize = card_realize;
    set_bit(DEVICE_CATEGORY_NETWORK, dc->categories);
    device_class_set_props(dc, card_properties);
}

static void stiff_class_init(ObjectClass *oc, void *data)
{
    DEVICE_CLASS(oc)->hotpluggable = false;
}

static void hub_init(Object *obj)
{
    add_port(obj, "left");
    add_port(obj, "right");
}

static void hub_class_init(ObjectClass *oc, void *data)
{
    DEVICE_CLASS(oc)->bus_type = TYPE_PORT;
}

/* NULL-terminated keys and values, all strings, as on a command line. */
static DeviceState *add(Error **errp, const char *first, ...)
{
    QDict *opts = qdict_new();
    DeviceState *dev;
    va_list ap;

    va_start(ap, first);
    for (const char *key = first; key; key = va_arg(ap, const char *)) {
        qdict_put_str(opts, key, va_arg(ap, const char *));
    }
    va_end(ap);
    dev = qdev_device_add_from_qdict(opts, false, errp);
    qobject_unref(opts);
    if (dev) {
        object_unref(OBJECT(dev)); /* the tree keeps it */
    }
    drain_call_rcu();
    return dev;
}

#define BAD(message, ...)                                                      \
    do {                                                                       \
        Error *err_ = NULL;                                                    \
                                                                               \
        g_assert_null(add(&err_, __VA_ARGS__, NULL));                          \
        g_assert_cmpstr(error_get_pretty(err_), ==, message);                  \
        error_free(err_);                                                      \
    } while (0)

static void del(const char *id)
{
    qdev_device_del(id, &error_abort);
    drain_call_rcu();
}

static void test_bad(void)
{
    BAD("Parameter 'driver' is missing", "id", "x");
    BAD("'nonsense' is not a valid device model name", "driver", "nonsense");
    BAD("'container' is not a valid device model name", "driver", "container");
    BAD("Parameter 'driver' expects a non-abstract device type", "driver",
        "device");
    BAD("Parameter 'driver' expects a pluggable device type", "driver",
        "or-irq");
    BAD("Parameter 'driver' expects a pluggable device type", "driver",
        TYPE_ROOT);
    BAD("Parameter 'id' expects an identifier", "driver", TYPE_CARD, "id",
        "a/b");
    BAD("Bus 'nowhere' not found", "driver", TYPE_CARD, "bus", "nowhere");
    BAD("Device 'nobody' not found", "driver", TYPE_CARD, "bus",
        "main-system-bus/nobody");
    BAD("Device 'test-root' has multiple child buses", "driver", TYPE_CARD,
        "bus", "/test-root");
    BAD("Bus 'nothing' not found", "driver", TYPE_CARD, "bus",
        "/test-root/nothing");
    BAD("Device 'test-card' can't go on System bus", "driver", TYPE_CARD, "bus",
        "main-system-bus");
    BAD("Property 'test-card.nothing' not found", "driver", TYPE_CARD,
        "nothing", "1");
    BAD("the card is broken", "driver", TYPE_CARD, "fail", "on");
    /* None of these has left anything behind. */
    g_assert_cmpstr(deleted->str, ==, "");
    g_assert_nonnull(
        add(&error_abort, "driver", TYPE_CARD, "id", "free", NULL));
    BAD("Duplicate device ID 'free'", "driver", TYPE_CARD, "id", "free");
    del("free");
    g_assert_cmpstr(deleted->str, ==, "free /machine/peripheral/free;");
    g_string_truncate(deleted, 0);
}

static void test_where(void)
{
    DeviceState *a, *b, *hub;

    a = add(&error_abort, "driver", TYPE_CARD, "id", "a", NULL);
    g_assert_cmpstr(a->parent_bus->name, ==, "port.1");
    BAD("Bus 'port.1' is full", "driver", TYPE_CARD, "bus", "port.1");
    BAD("Device 'a' has no child bus", "driver", TYPE_CARD, "bus", "port.1/a");
    hub = add(&error_abort, "driver", TYPE_HUB, "id", "hub", NULL);
    g_assert_cmpstr(hub->parent_bus->name, ==, "port.0");
    BAD("Device 'hub' has multiple child buses", "driver", TYPE_CARD, "bus",
        "/test-root/port.0/hub");

    b = add(&error_abort, "driver", TYPE_CARD, "bus",
            "/test-root/port.0/hub/left", NULL);
    g_assert_cmpstr(b->parent_bus->name, ==, "left");
    g_assert_null(b->id);
    b = add(&error_abort, "driver", TYPE_CARD, "id", "b", NULL);
    g_assert_cmpstr(b->parent_bus->name, ==, "right");
    BAD("No 'test-port' bus found for device 'test-card'", "driver", TYPE_CARD);

    del("hub");
    g_assert_nonnull(strstr(deleted->str, "hub /machine/peripheral/hub;"));
    /* What hangs on it goes with it. */
    g_assert_nonnull(strstr(deleted->str, "b /machine/peripheral/b;"));
    g_assert_null(object_resolve_path("/machine/peripheral/b", NULL));
    del("a");
    g_string_truncate(deleted, 0);
}

static void test_del(void)
{
    DeviceState *dev = add(&error_abort, "driver", TYPE_CARD, "id", "c", NULL);
    Error *err = NULL;

    qdev_device_del("nobody", &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "Device 'nobody' not found");
    g_assert_cmpint(error_get_class(err), ==, ERROR_CLASS_DEVICE_NOT_FOUND);
    error_free_or_abort(&err);
    qdev_device_del("/machine/peripheral", &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "/machine/peripheral is not a device");
    error_free_or_abort(&err);

    ROOT(root)->ask_guest = true;
    qdev_device_del("c", &error_abort);
    qdev_device_del("/machine/peripheral/c", &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Device /machine/peripheral/c is already in the process "
                    "of unplug");
    error_free_or_abort(&err);
    g_assert_true(dev->realized);

    /* The guest answers. */
    hotplug_handler_unplug(HOTPLUG_HANDLER(root), dev, &error_abort);
    object_unparent(OBJECT(dev));
    drain_call_rcu();
    g_assert_cmpstr(deleted->str, ==, "c /machine/peripheral/c;");
    g_string_truncate(deleted, 0);
    ROOT(root)->ask_guest = false;
}

static void test_qtree(void)
{
    GString *text;

    add(&error_abort, "driver", TYPE_CARD, "id", "t", "text", "hi", NULL);
    text = qdev_print_tree(true);
    g_assert_cmpstr(text->str, ==,
                    "bus: main-system-bus\n"
                    "  type System\n"
                    "  dev: test-root, id \"\"\n"
                    "    bus: port.1\n"
                    "      type test-port\n"
                    "      dev: test-card, id \"t\"\n"
                    "        gpio-out \"intx\" 1\n"
                    "        gpio-in \"\" 3\n"
                    "        clock-out \"clk\" freq_hz=1 MHz\n"
                    "        number = 7 (0x7)\n"
                    "        text = \"hi\"\n"
                    "        fail = false\n"
                    "    bus: port.0\n"
                    "      type test-port\n");
    g_string_free(text, TRUE);
    text = qdev_print_tree(false);
    g_assert_null(strstr(text->str, "number"));
    g_assert_nonnull(strstr(text->str, "      dev: test-card, id \"t\"\n"));
    g_string_free(text, TRUE);
    del("t");
    g_string_truncate(deleted, 0);
}

static void test_help(void)
{
    GString *text = qdev_help_devices();
    Error *err = NULL;
    GSList *names;

    g_assert_nonnull(strstr(text->str,
                            "\nNetwork devices:\nname \"test-card\", bus "
                            "test-port, desc \"a card\"\n"));
    g_assert_null(strstr(text->str, "or-irq"));
    g_string_free(text, TRUE);
    text = qdev_print_models();
    g_assert_nonnull(strstr(text->str, "name \"or-irq\", no-user\n"));
    g_string_free(text, TRUE);

    text = qdev_help_device(TYPE_CARD, &error_abort);
    g_assert_true(g_str_has_prefix(text->str, "test-card options:\n"));
    g_assert_nonnull(strstr(text->str, "  number=<uint32>"));
    g_assert_nonnull(strstr(text->str, "(default: 7)"));
    g_assert_null(strstr(text->str, "hotplugged"));
    g_string_free(text, TRUE);
    g_assert_null(qdev_help_device("nobody", &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Device 'nobody' not found");
    error_free_or_abort(&err);
    g_assert_null(qdev_help_device("container", &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Parameter 'typename' expects a non-abstract device type");
    error_free_or_abort(&err);

    names = qdev_complete_models("test-");
    g_assert_cmpint(g_slist_length(names), ==, 3);
    g_assert_cmpstr(names->data, ==, TYPE_CARD);
    g_slist_free_full(names, g_free);
}

/* The machine becomes ready, and stays so: last. */
static void test_hotplug(void)
{
    add(&error_abort, "driver", TYPE_STIFF, "id", "cold", NULL);
    qdev_machine_creation_done();

    BAD("Device 'test-stiff' does not support hotplugging", "driver",
        TYPE_STIFF);
    qbus_set_hotplug_handler(qdev_get_child_bus(root, "port.0"), NULL);
    BAD("Bus 'port.0' does not support hotplugging", "driver", TYPE_CARD, "bus",
        "port.0");
    qdev_hot_removed = false;
    g_assert_false(qdev_machine_modified());
    {
        Error *err = NULL;

        qdev_device_del("cold", &err);
        g_assert_cmpstr(error_get_pretty(err), ==,
                        "Device 'test-stiff' does not support hotplugging");
        error_free(err);
    }
    object_unparent(object_resolve_path("/machine/peripheral/cold", NULL));
    drain_call_rcu();
    add(&error_abort, "driver", TYPE_CARD, "id", "hot", "bus", "port.1", NULL);
    g_assert_true(qdev_machine_modified());
    del("hot");
}

static const TypeInfo test_types[] = {
    {
        .name = TYPE_PORT,
        .parent = TYPE_BUS,
        .instance_size = sizeof(BusState),
        .class_init = port_class_init,
    },
    {
        .name = TYPE_ROOT,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(Root),
        .instance_init = root_init,
        .class_init = root_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_HOTPLUG_HANDLER }, {} },
    },
    {
        .name = TYPE_CARD,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(Card),
        .instance_init = card_init,
        .class_init = card_class_init,
    },
    {
        .name = TYPE_STIFF,
        .parent = TYPE_CARD,
        .class_init = stiff_class_init,
    },
    {
        .name = TYPE_HUB,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(DeviceState),
        .instance_init = hub_init,
        .class_init = hub_class_init,
    },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(test_types, ARRAY_SIZE(test_types));
    machine_run_board_init(
        machine_create(machine_find_class("none", &error_abort)), NULL,
        &error_abort);
    root = qdev_new(TYPE_ROOT);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(root), &error_abort);
    deleted = g_string_new(NULL);
    qdev_deleted_hook = note_deleted;

    g_test_add_func("/device-add/bad", test_bad);
    g_test_add_func("/device-add/where", test_where);
    g_test_add_func("/device-add/del", test_del);
    g_test_add_func("/device-add/qtree", test_qtree);
    g_test_add_func("/device-add/help", test_help);
    g_test_add_func("/device-add/hotplug", test_hotplug);
    return g_test_run();
}

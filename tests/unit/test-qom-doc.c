/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The example of docs/devel/qom.rst, which includes the parts between the
 * markers, and a test that it does what the text says.
 */

/* [type] */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qom/object.h"
#include "qom/object_interfaces.h"

#define TYPE_LAMP "lamp"
OBJECT_DECLARE_TYPE(Lamp, LampClass, LAMP)

struct LampClass {
    ObjectClass parent_class;

    /* What lamps differ in: how much power one takes at @level percent. */
    unsigned (*watts)(Lamp *lamp, unsigned level);
};

struct Lamp {
    Object parent_obj;

    uint8_t level; /* percent */
    Object *sensor;
};

OBJECT_DEFINE_TYPE_WITH_INTERFACES(Lamp, lamp, LAMP, OBJECT,
                                   { TYPE_USER_CREATABLE }, { NULL })
/* [properties] */
static char *lamp_get_color(Object *obj, Error **errp)
{
    return g_strdup("white");
}

static void lamp_complete(UserCreatable *uc, Error **errp)
{
    Lamp *lamp = LAMP(uc);

    if (lamp->level > 100) {
        error_setg(errp, "level is %u percent, but at most 100 are possible",
                   lamp->level);
    }
}

static unsigned lamp_watts(Lamp *lamp, unsigned level)
{
    return 60 * level / 100;
}

static void lamp_class_init(ObjectClass *oc, void *data)
{
    LampClass *lc = LAMP_CLASS(oc);

    lc->watts = lamp_watts;
    USER_CREATABLE_CLASS(oc)->complete = lamp_complete;

    object_class_property_add_str(oc, "color", lamp_get_color, NULL);
    object_class_property_set_description(oc, "color", "Color of the light");
    object_class_property_add_link(
        oc, "sensor", TYPE_OBJECT, offsetof(Lamp, sensor),
        object_property_allow_set_link, OBJ_PROP_LINK_STRONG);
}

static void lamp_init(Object *obj)
{
    Lamp *lamp = LAMP(obj);

    lamp->level = 50;
    object_property_add_uint8_ptr(obj, "level", &lamp->level,
                                  OBJ_PROP_FLAG_READWRITE);
}

static void lamp_finalize(Object *obj)
{
    /* The strong link let go of the sensor already. */
}
/* [subtype] */
static unsigned led_watts(Lamp *lamp, unsigned level)
{
    return 7 * level / 100;
}

static void led_class_init(ObjectClass *oc, void *data)
{
    LAMP_CLASS(oc)->watts = led_watts;
}

static const TypeInfo led_types[] = {
    {
        .name = "led",
        .parent = TYPE_LAMP,
        .class_init = led_class_init,
    },
};

DEFINE_TYPES(led_types)
/* [use] */
static unsigned power_of(Lamp *lamp)
{
    return LAMP_GET_CLASS(lamp)->watts(lamp, lamp->level);
}

static void use_lamps(void)
{
    Object *objects = object_get_objects_root();
    Object *bulb, *led;

    /* Has a parent, which holds the only reference. */
    bulb = object_new_with_props(TYPE_LAMP, objects, "bulb", &error_abort,
                                 "level", "100", NULL);
    g_assert_cmpuint(power_of(LAMP(bulb)), ==, 60);

    /* Has none, so that the reference is ours until a child<> has one. */
    led = object_new("led");
    object_property_add_child(objects, "led", led);
    object_unref(led);
    object_property_set_uint(led, "level", 100, &error_abort);
    object_property_set_str(led, "sensor", "/objects/bulb", &error_abort);
    g_assert_cmpuint(power_of(LAMP(led)), ==, 7);

    /* The link keeps the bulb until the LED is gone as well. */
    object_unparent(bulb);
    g_assert(object_resolve_path("/objects/led/sensor", NULL) == bulb);
    object_unparent(led);
}
/* [end] */

static void test_errors(void)
{
    Error *err = NULL;

    g_assert(!user_creatable_add_from_str("led,id=x,level=101", &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "level is 101 percent, but at most 100 are possible");
    error_free(err);
    g_assert(user_creatable_add_from_str("led,id=x,level=1", &error_abort));
    g_assert(user_creatable_del("x", &error_abort));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    g_test_add_func("/qom/doc/use", use_lamps);
    g_test_add_func("/qom/doc/errors", test_errors);
    return g_test_run();
}

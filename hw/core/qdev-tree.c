/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of buses and devices as text: "info qtree". */
#include "qemu/osdep.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-properties.h"
#include "monitor/qdev.h"
#include "qapi/error.h"

typedef struct Printer {
    GString *text;
    Monitor *mon;
    void (*put)(Monitor *mon, const char *text);
    bool details;
} Printer;

static void G_GNUC_PRINTF(3, 4)
    print_line(Printer *p, int indent, const char *fmt, ...)
{
    va_list ap;

    g_string_append_printf(p->text, "%*s", indent, "");
    va_start(ap, fmt);
    g_string_append_vprintf(p->text, fmt, ap);
    va_end(ap);
    g_string_append_c(p->text, '\n');
}

static void flush(Printer *p)
{
    if (p->put && p->text->len) {
        p->put(p->mon, p->text->str);
        g_string_truncate(p->text, 0);
    }
}

/* The value of a property for people, or NULL when it cannot be read. */
static char *property_text(DeviceState *dev, const char *name)
{
    g_autofree char *legacy = g_strdup_printf("legacy-%s", name);

    if (object_property_find(OBJECT(dev), legacy)) {
        return object_property_get_str(OBJECT(dev), legacy, NULL);
    }
    return object_property_print(OBJECT(dev), name, true, NULL);
}

static void print_properties(Printer *p, DeviceState *dev, int indent)
{
    ObjectClass *device = object_class_by_name(TYPE_DEVICE);

    for (ObjectClass *oc = object_get_class(OBJECT(dev)); oc != device;
         oc = object_class_get_parent(oc)) {
        DeviceClass *dc = DEVICE_CLASS(oc);

        for (int i = 0; i < dc->props_count_; i++) {
            g_autofree char *value = property_text(dev, dc->props_[i].name);

            if (value) {
                print_line(p, indent, "%s = %s", dc->props_[i].name,
                           *value ? value : "<null>");
            }
        }
    }
}

static void print_details(Printer *p, DeviceState *dev, int indent)
{
    NamedGPIOList *gpio;
    NamedClockList *clock;
    BusClass *bc;

    QLIST_FOREACH(gpio, &dev->gpios, node) {
        if (gpio->num_in) {
            print_line(p, indent, "gpio-in \"%s\" %d", gpio->name ?: "",
                       gpio->num_in);
        }
        if (gpio->num_out) {
            print_line(p, indent, "gpio-out \"%s\" %d", gpio->name ?: "",
                       gpio->num_out);
        }
    }
    QLIST_FOREACH(clock, &dev->clocks, node) {
        g_autofree char *freq = clock_display_freq(clock->clock);

        print_line(p, indent, "clock-%s%s \"%s\" freq_hz=%s",
                   clock->output ? "out" : "in", clock->alias ? " (alias)" : "",
                   clock->name, freq);
    }
    print_properties(p, dev, indent);

    bc = BUS_GET_CLASS(dev->parent_bus);
    if (bc->describe_dev) {
        bc->describe_dev(p->text, dev, indent);
    }
    if (bc->print_dev && p->put) {
        flush(p);
        bc->print_dev(p->mon, dev, indent);
    }
}

static void print_bus(Printer *p, BusState *bus, int indent)
{
    BusChild *kid;

    print_line(p, indent, "bus: %s", bus->name);
    indent += 2;
    print_line(p, indent, "type %s", object_get_typename(OBJECT(bus)));
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        DeviceState *dev = kid->child;
        BusState *child;

        print_line(p, indent, "dev: %s, id \"%s\"",
                   object_get_typename(OBJECT(dev)), dev->id ?: "");
        if (p->details) {
            print_details(p, dev, indent + 2);
        }
        QLIST_FOREACH(child, &dev->child_bus, sibling) {
            print_bus(p, child, indent + 2);
        }
    }
}

void qdev_put_tree(Monitor *mon, bool details,
                   void (*put)(Monitor *mon, const char *text))
{
    g_autoptr(GString) text = g_string_new(NULL);
    Printer p = { .text = text, .mon = mon, .put = put, .details = details };

    print_bus(&p, sysbus_get_default(), 0);
    flush(&p);
}

GString *qdev_print_tree(bool details)
{
    Printer p = { .text = g_string_new(NULL), .details = details };

    print_bus(&p, sysbus_get_default(), 0);
    return p.text;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The GPIO lines of a device.
 *
 * An input is a line object below the device; an output is a link property
 * whose target pointer is the qemu_irq in the device's state. A group of lines
 * of one name can have both.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qdev-internal.h"

static NamedGPIOList *gpio_group(DeviceState *dev, const char *name)
{
    NamedGPIOList *group;

    QLIST_FOREACH(group, &dev->gpios, node) {
        if (g_strcmp0(name, group->name) == 0) {
            return group;
        }
    }

    group = g_new0(NamedGPIOList, 1);
    group->name = g_strdup(name);
    QLIST_INSERT_HEAD(&dev->gpios, group, node);
    return group;
}

static char *input_name(const char *group, int n)
{
    return g_strdup_printf("%s[%d]", group ?: "unnamed-gpio-in", n);
}

static char *output_name(const char *group, int n)
{
    return g_strdup_printf("%s[%d]", group ?: "unnamed-gpio-out", n);
}

void qdev_init_gpio_in_named_with_opaque(DeviceState *dev,
                                         qemu_irq_handler handler, void *opaque,
                                         const char *name, int n)
{
    NamedGPIOList *group = gpio_group(dev, name);
    int first = group->num_in;

    /* One name for both directions would be one property name, too. */
    assert(group->num_out == 0 || !name);

    group->in = qemu_extend_irqs(group->in, first, handler, opaque, n);
    group->num_in += n;
    for (int i = first; i < group->num_in; i++) {
        g_autofree char *prop = input_name(name, i);

        object_property_add_child(OBJECT(dev), prop, OBJECT(group->in[i]));
    }
}

void qdev_init_gpio_in(DeviceState *dev, qemu_irq_handler handler, int n)
{
    qdev_init_gpio_in_named(dev, handler, NULL, n);
}

void qdev_init_gpio_out_named(DeviceState *dev, qemu_irq *pins,
                              const char *name, int n)
{
    NamedGPIOList *group = gpio_group(dev, name);

    assert(group->num_in == 0 || !name);

    memset(pins, 0, sizeof(*pins) * n);
    for (int i = 0; i < n; i++) {
        g_autofree char *prop = output_name(name, group->num_out + i);

        object_property_add_link(
            OBJECT(dev), prop, TYPE_IRQ, (Object **)&pins[i],
            object_property_allow_set_link, OBJ_PROP_LINK_STRONG);
    }
    group->num_out += n;
}

void qdev_init_gpio_out(DeviceState *dev, qemu_irq *pins, int n)
{
    qdev_init_gpio_out_named(dev, pins, NULL, n);
}

qemu_irq qdev_get_gpio_in_named(DeviceState *dev, const char *name, int n)
{
    NamedGPIOList *group = gpio_group(dev, name);

    assert(n >= 0 && n < group->num_in);
    return group->in[n];
}

qemu_irq qdev_get_gpio_in(DeviceState *dev, int n)
{
    return qdev_get_gpio_in_named(dev, NULL, n);
}

void qdev_connect_gpio_out_named(DeviceState *dev, const char *name, int n,
                                 qemu_irq input_pin)
{
    g_autofree char *prop = output_name(name, n);

    if (input_pin && !OBJECT(input_pin)->parent) {
        /* A link needs a path to point to, and bare lines have none. */
        object_property_add_child(machine_get_container("unattached"),
                                  "non-qdev-gpio[*]", OBJECT(input_pin));
    }
    object_property_set_link(OBJECT(dev), prop, OBJECT(input_pin),
                             &error_abort);
}

void qdev_connect_gpio_out(DeviceState *dev, int n, qemu_irq pin)
{
    qdev_connect_gpio_out_named(dev, NULL, n, pin);
}

qemu_irq qdev_get_gpio_out_connector(DeviceState *dev, const char *name, int n)
{
    g_autofree char *prop = output_name(name, n);

    return (qemu_irq)object_property_get_link(OBJECT(dev), prop, NULL);
}

qemu_irq qdev_intercept_gpio_out(DeviceState *dev, qemu_irq icpt,
                                 const char *name, int n)
{
    qemu_irq former = qdev_get_gpio_out_connector(dev, name, n);

    qdev_connect_gpio_out_named(dev, name, n, icpt);
    return former;
}

void qdev_pass_gpios(DeviceState *dev, DeviceState *container, const char *name)
{
    NamedGPIOList *group = gpio_group(dev, name);

    for (int i = 0; i < group->num_in; i++) {
        g_autofree char *prop = input_name(name, i);

        object_property_add_alias(OBJECT(container), prop, OBJECT(dev), prop);
    }
    for (int i = 0; i < group->num_out; i++) {
        g_autofree char *prop = output_name(name, i);

        object_property_add_alias(OBJECT(container), prop, OBJECT(dev), prop);
    }

    /* The container answers for these lines from now on. */
    QLIST_REMOVE(group, node);
    QLIST_INSERT_HEAD(&container->gpios, group, node);
}

void qdev_finalize_gpios(DeviceState *dev)
{
    NamedGPIOList *group, *next;

    QLIST_FOREACH_SAFE(group, &dev->gpios, node, next) {
        QLIST_REMOVE(group, node);
        qemu_free_irqs(group->in, group->num_in);
        g_free(group->name);
        g_free(group);
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A property value for every object of a class: what -global and a machine
 * type's compatibility lists are made of.
 *
 * Applied by object_apply_global_props() and object_apply_compat_props()
 * (qom/object.h) to objects that ask for it, as devices do.
 */
#ifndef QEMU_QOM_GLOBAL_PROPERTY_H
#define QEMU_QOM_GLOBAL_PROPERTY_H

/*
 * @driver: the class; objects of its subclasses count as well
 * @value: parsed as on the command line
 * @used: set once it was applied to an object
 * @optional: left out without an error where a class has no such property
 *
 * Lives as long as the program.
 */
typedef struct GlobalProperty {
    const char *driver;
    const char *property;
    const char *value;
    bool used;
    bool optional;
} GlobalProperty;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties that are fields: how a Property becomes a QOM property. The
 * kinds of fields are in qdev-prop-kinds.c and qdev-prop-array.c.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/visitor.h"

void *object_field_prop_ptr(Object *obj, const Property *prop)
{
    return (char *)obj + prop->offset;
}

void qdev_prop_set_after_realize(DeviceState *dev, const char *name,
                                 Error **errp)
{
    const char *type = object_get_typename(OBJECT(dev));

    if (dev->id) {
        error_setg(errp,
                   "Attempt to set property '%s' on device '%s' (type '%s') "
                   "after it was realized",
                   name, dev->id, type);
    } else {
        error_setg(errp,
                   "Attempt to set property '%s' on anonymous device "
                   "(type '%s') after it was realized",
                   name, type);
    }
}

void qdev_prop_allow_set_link_before_realize(const Object *obj,
                                             const char *name, Object *val,
                                             Error **errp)
{
    DeviceState *dev = DEVICE(obj);

    if (dev->realized) {
        g_autofree char *human = qdev_get_human_name(dev);

        error_setg(errp,
                   "Attempt to set link property '%s' on device '%s' "
                   "(type '%s') after it was realized",
                   name, human, object_get_typename(obj));
    }
}

static void field_get(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    const Property *prop = opaque;

    prop->info->get(obj, v, name, opaque, errp);
}

static void field_set(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    const Property *prop = opaque;
    DeviceState *dev = (DeviceState *)object_dynamic_cast(obj, TYPE_DEVICE);

    if (dev && dev->realized && !prop->info->realized_set_allowed) {
        qdev_prop_set_after_realize(dev, name, errp);
        return;
    }
    prop->info->set(obj, v, name, opaque, errp);
}

static void field_release(Object *obj, const char *name, void *opaque)
{
    const Property *prop = opaque;

    prop->info->release(obj, name, opaque);
}

static ObjectPropertyAccessor *getter_of(const PropertyInfo *info)
{
    return info->get ? field_get : NULL;
}

static ObjectPropertyAccessor *setter_of(const PropertyInfo *info)
{
    return info->set ? field_set : NULL;
}

static ObjectPropertyRelease *release_of(const PropertyInfo *info)
{
    return info->release ? field_release : NULL;
}

static void printed_get(Object *obj, Visitor *v, const char *name, void *opaque,
                        Error **errp)
{
    const Property *prop = opaque;
    char text[1024] = "";
    char *ptr = text;

    prop->info->print(obj, prop, text, sizeof(text));
    visit_type_str(v, name, &ptr, errp);
}

static void class_add_property(ObjectClass *oc, const Property *prop)
{
    const PropertyInfo *info = prop->info;
    ObjectProperty *op;

    if (info->create) {
        op = info->create(oc, prop->name, prop);
    } else {
        op = object_class_property_add(oc, prop->name, info->type,
                                       getter_of(info), setter_of(info),
                                       release_of(info), (void *)prop);
    }
    if (prop->set_default) {
        info->set_default_value(op, prop);
    }
    if (info->description) {
        object_class_property_set_description(oc, prop->name,
                                              info->description);
    }
    if (info->print) {
        g_autofree char *name = g_strdup_printf("legacy-%s", prop->name);

        object_class_property_add(oc, name, "str", printed_get, NULL, NULL,
                                  (void *)prop);
    }
}

void device_class_set_props_n(DeviceClass *dc, const Property *props, size_t n)
{
    assert(n > 0 && n <= UINT16_MAX);
    dc->props_ = props;
    dc->props_count_ = n;
    for (size_t i = 0; i < n; i++) {
        assert(props[i].name);
        class_add_property(OBJECT_CLASS(dc), &props[i]);
    }
}

void qdev_property_add_static(DeviceState *dev, const Property *prop)
{
    const PropertyInfo *info = prop->info;
    Object *obj = OBJECT(dev);
    ObjectProperty *op;

    assert(!info->create);
    op = object_property_add(obj, prop->name, info->type, getter_of(info),
                             setter_of(info), release_of(info), (void *)prop);
    if (info->description) {
        object_property_set_description(obj, prop->name, info->description);
    }
    if (prop->set_default) {
        info->set_default_value(op, prop);
        if (op->init) {
            op->init(obj, op);
        }
    }
}

void qdev_alias_all_properties(DeviceState *target, Object *source)
{
    ObjectClass *device = object_class_by_name(TYPE_DEVICE);

    for (ObjectClass *oc = object_get_class(OBJECT(target)); oc != device;
         oc = object_class_get_parent(oc)) {
        DeviceClass *dc = DEVICE_CLASS(oc);

        for (int i = 0; i < dc->props_count_; i++) {
            const char *name = dc->props_[i].name;

            if (!object_property_find(source, name)) {
                object_property_add_alias(source, name, OBJECT(target), name);
            }
        }
    }
}

void error_set_from_qdev_prop_error(Error **errp, int ret, Object *obj,
                                    const char *name, const char *value)
{
    const char *type = object_get_typename(obj);

    switch (ret) {
    case 0:
        break;
    case -EEXIST:
        error_setg(errp, "Property '%s.%s' can't take value '%s', it's in use",
                   type, name, value);
        break;
    case -ENOENT:
        error_setg(errp, "Property '%s.%s' can't find value '%s'", type, name,
                   value);
        break;
    default:
        error_setg(errp, "Property '%s.%s' doesn't take value '%s'", type, name,
                   value);
        break;
    }
}

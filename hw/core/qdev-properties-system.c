/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of properties that are names of host backends, addresses in a
 * notation of their own, or enumerations of the schema.
 */
#include "qemu/osdep.h"
#include "chardev/char.h"
#include "chardev/char-fe.h"
#include "hw/qdev-properties-system.h"
#include "hw/target.h"
#include "qapi/error.h"
#include "qapi/qapi-types-common.h"
#include "qapi/qapi-types-machine.h"
#include "qapi/qmp/qerror.h"
#include "qapi/visitor-impl.h"
#include "qemu/units.h"
#include "qemu/uuid.h"
#include "qdev-prop-internal.h"

/*** Character devices. ***/

static void chr_get(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    CharBackend *be = object_field_prop_ptr(obj, opaque);
    Chardev *chr = qemu_chr_fe_get_driver(be);
    char *value = chr && chr->label ? chr->label : (char *)"";

    visit_type_str(v, name, &value, errp);
}

static void chr_set(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    CharBackend *be = object_field_prop_ptr(obj, opaque);
    const char *type = object_get_typename(obj);
    g_autofree char *value = NULL;
    Chardev *chr;

    if (!visit_type_str(v, name, &value, errp)) {
        return;
    }
    if (!*value) {
        qemu_chr_fe_deinit(be, false);
        return;
    }
    chr = qemu_chr_find(value);
    if (!chr) {
        error_setg(errp, "Property '%s.%s' can't find value '%s'", type, name,
                   value);
        return;
    }
    /* A back end that was set before, by a default, makes room. */
    qemu_chr_fe_deinit(be, false);
    if (!qemu_chr_fe_init(be, chr, errp)) {
        error_prepend(errp, "Property '%s.%s' can't take value '%s': ", type,
                      name, value);
    }
}

static void chr_release(Object *obj, const char *name, void *opaque)
{
    qemu_chr_fe_deinit(object_field_prop_ptr(obj, opaque), false);
}

const PropertyInfo qdev_prop_chr = {
    .type = "str",
    .description = "ID of a chardev to use as a backend",
    .get = chr_get,
    .set = chr_set,
    .release = chr_release,
};

void qdev_prop_set_chr(DeviceState *dev, const char *name, Chardev *value)
{
    assert(!value || value->label);
    object_property_set_str(OBJECT(dev), name, value ? value->label : "",
                            &error_abort);
}

/*** Ethernet addresses. ***/

static void macaddr_get(Object *obj, Visitor *v, const char *name, void *opaque,
                        Error **errp)
{
    const uint8_t *mac = object_field_prop_ptr(obj, opaque);
    char text[18];
    char *value = text;

    snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
             mac[1], mac[2], mac[3], mac[4], mac[5]);
    visit_type_str(v, name, &value, errp);
}

/* Six pairs of digits, all joined by colons or all by dashes, as each likes */
static bool parse_macaddr(const char *text, uint8_t mac[6])
{
    for (int i = 0; i < 6; i++, text += 3) {
        if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1])) {
            return false;
        }
        mac[i] =
            g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]);
        if (i < 5 ? text[2] != ':' && text[2] != '-' : text[2] != '\0') {
            return false;
        }
    }
    return true;
}

static void macaddr_set(Object *obj, Visitor *v, const char *name, void *opaque,
                        Error **errp)
{
    g_autofree char *value = NULL;
    uint8_t mac[6];

    if (!visit_type_str(v, name, &value, errp)) {
        return;
    }
    if (!parse_macaddr(value, mac)) {
        error_set_from_qdev_prop_error(errp, -EINVAL, obj, name, value);
        return;
    }
    memcpy(object_field_prop_ptr(obj, opaque), mac, sizeof(mac));
}

const PropertyInfo qdev_prop_macaddr = {
    .type = "str",
    .description = "Ethernet 6-byte MAC Address, example: 52:54:00:12:34:56",
    .get = macaddr_get,
    .set = macaddr_set,
};

/*** UUIDs. ***/

static void uuid_get(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    char text[UUID_STR_LEN];
    char *value = text;

    qemu_uuid_unparse(object_field_prop_ptr(obj, opaque), text);
    visit_type_str(v, name, &value, errp);
}

static void uuid_set(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    QemuUUID *field = object_field_prop_ptr(obj, opaque);
    g_autofree char *value = NULL;

    if (!visit_type_str(v, name, &value, errp)) {
        return;
    }
    if (strcmp(value, "auto") == 0) {
        qemu_uuid_generate(field);
    } else if (qemu_uuid_parse(value, field) < 0) {
        error_set_from_qdev_prop_error(errp, -EINVAL, obj, name, value);
    }
}

static void uuid_set_default(ObjectProperty *op, const Property *prop)
{
    object_property_set_default_str(op, "auto");
}

const PropertyInfo qdev_prop_uuid = {
    .type = "str",
    .description = "UUID (aka GUID) or \"auto\" for random value (default)",
    .get = uuid_get,
    .set = uuid_set,
    .set_default_value = uuid_set_default,
};

/*** Block sizes. ***/

static void blocksize_set(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    uint32_t *field = object_field_prop_ptr(obj, opaque);
    const uint64_t min = 512, max = 2 * MiB;
    uint64_t value;

    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (value && (value < min || value > max || (value & (value - 1)))) {
        error_setg(errp,
                   "parameter %s must be a power of 2 between %" PRIu64
                   " and %" PRIu64,
                   name, min, max);
        return;
    }
    *field = value;
}

const PropertyInfo qdev_prop_blocksize = {
    .type = "size",
    .description = "A power of two between 512 B and 2 MiB",
    .get = qdev_propinfo_get_size32,
    .set = blocksize_set,
    .set_default_value = qdev_propinfo_set_default_value_uint,
};

/*** PCI addresses on a bus: a slot (5 bits) and a function (3 bits). ***/

/* "SLOT" or "SLOT.FUNCTION" in hexadecimal; -1 when it is neither. */
static int parse_devfn(const char *text)
{
    unsigned slot, fn = 0;
    int used = 0;

    if (sscanf(text, "%x.%x%n", &slot, &fn, &used) != 2 || !used) {
        fn = 0;
        used = 0;
        if (sscanf(text, "%x%n", &slot, &used) != 1) {
            return -1;
        }
    }
    return text[used] || slot > 31 || fn > 7 ? -1 : (int)(slot << 3 | fn);
}

static void devfn_set_string(Object *obj, Visitor *v, const char *name,
                             int32_t *field, Error **errp)
{
    g_autofree char *text = NULL;
    int devfn;

    if (!visit_type_str(v, name, &text, errp)) {
        return;
    }
    devfn = parse_devfn(text);
    if (devfn < 0) {
        error_set_from_qdev_prop_error(errp, -EINVAL, obj, name, text);
        return;
    }
    *field = devfn;
}

static void devfn_set_number(Visitor *v, const char *name, int32_t *field,
                             Error **errp)
{
    int32_t value;

    if (!visit_type_int32(v, name, &value, errp)) {
        return;
    }
    if (value < -1 || value > 255) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, name ?: "null",
                   "a value between -1 and 255");
        return;
    }
    *field = value;
}

static void devfn_set(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    int32_t *field = object_field_prop_ptr(obj, opaque);
    GenericAlternate *alt;

    if (!v->start_alternate) {
        /* From a string, as of -global, there is nothing to tell apart. */
        devfn_set_string(obj, v, name, field, errp);
        return;
    }
    if (!visit_start_alternate(v, name, &alt, sizeof(*alt), errp)) {
        return;
    }
    switch (alt->type) {
    case QTYPE_QSTRING:
        devfn_set_string(obj, v, name, field, errp);
        break;
    case QTYPE_QNUM:
        devfn_set_number(v, name, field, errp);
        break;
    default:
        error_setg(errp, "Invalid parameter type for '%s', expected int or str",
                   name ?: "null");
        break;
    }
    visit_end_alternate(v, (void **)&alt);
    g_free(alt);
}

static void devfn_get(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    visit_type_int32(v, name, object_field_prop_ptr(obj, opaque), errp);
}

static int devfn_print(Object *obj, const Property *prop, char *dest,
                       size_t len)
{
    int32_t devfn = *(int32_t *)object_field_prop_ptr(obj, prop);

    return devfn < 0 ? snprintf(dest, len, "<unset>")
                     : snprintf(dest, len, "%02x.%x", devfn >> 3, devfn & 7);
}

const PropertyInfo qdev_prop_pci_devfn = {
    .type = "str",
    .description = "Slot and optional function number, example: 06.0 or 06",
    .print = devfn_print,
    .get = devfn_get,
    .set = devfn_set,
    .set_default_value = qdev_propinfo_set_default_value_int,
};

/*** Enumerations. ***/

static void losttickpolicy_set(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    const Property *prop = opaque;
    int *field = object_field_prop_ptr(obj, prop);
    int value;

    if (!visit_type_enum(v, name, &value, prop->info->enum_table, errp)) {
        return;
    }
    if (value == LOST_TICK_POLICY_SLEW && strcmp(target_name(), "x86_64") &&
        strcmp(target_name(), "i386")) {
        error_setg(errp,
                   "the 'slew' policy is only available for x86 machines");
        return;
    }
    *field = value;
}

const PropertyInfo qdev_prop_losttickpolicy = {
    .type = "LostTickPolicy",
    .enum_table = &LostTickPolicy_lookup,
    .get = qdev_propinfo_get_enum,
    .set = losttickpolicy_set,
    .set_default_value = qdev_propinfo_set_default_value_enum,
};

const PropertyInfo qdev_prop_endian_mode = {
    .type = "EndianMode",
    .description = "Endian mode, big/little/unspecified",
    .enum_table = &EndianMode_lookup,
    .get = qdev_propinfo_get_enum,
    .set = qdev_propinfo_set_enum,
    .set_default_value = qdev_propinfo_set_default_value_enum,
};

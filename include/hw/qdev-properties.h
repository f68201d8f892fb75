/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties of devices that are fields of their state.
 *
 * A device class has a const array of Property: each names a field and a
 * PropertyInfo, which knows how to read, write and default a field of that
 * kind. DEFINE_PROP_*() checks at compile time that the field has the kind's
 * type; device_class_set_props() makes the array's members class properties.
 * They can be set until the device is realized (unless the kind allows more).
 *
 * Global properties, from -global and from a machine's version, replace the
 * defaults of each new device.
 */
#ifndef QEMU_QDEV_PROPERTIES_H
#define QEMU_QDEV_PROPERTIES_H

#include "hw/qdev-core.h"

struct Property {
    const char *name;
    const PropertyInfo *info;
    ptrdiff_t offset;      /* of the field in the device's state */
    const char *link_type; /* the type that a link points to */
    uint64_t bitmask;      /* the bits that a checked mask allows */
    union {
        int64_t i;
        uint64_t u;
    } defval;
    const PropertyInfo *arrayinfo; /* the kind of an array's elements */
    int arrayoffset;               /* of the pointer to them */
    int arrayfieldsize;            /* of one of them */
    uint8_t bitnr;                 /* the bit of a field of flags */
    /* defval counts; else the field stays as instance_init left it */
    bool set_default;
};

struct PropertyInfo {
    const char *type; /* as QOM shows it */
    const char *description;
    const QEnumLookup *enum_table; /* for enumerations */
    bool realized_set_allowed;     /* may be set on a realized device */
    /* Writes the value for "info qtree" to @dest; NULL: from the getter */
    int (*print)(Object *obj, const Property *prop, char *dest, size_t len);
    /* Required when a Property of the kind has set_default */
    void (*set_default_value)(ObjectProperty *op, const Property *prop);
    /* Makes the class property; NULL: with get, set and release */
    ObjectProperty *(*create)(ObjectClass *oc, const char *name,
                              const Property *prop);
    ObjectPropertyAccessor *get;
    ObjectPropertyAccessor *set;
    ObjectPropertyRelease *release;
};

extern const PropertyInfo qdev_prop_bit;
extern const PropertyInfo qdev_prop_bit64;
extern const PropertyInfo qdev_prop_bool;
extern const PropertyInfo qdev_prop_uint8;
extern const PropertyInfo qdev_prop_uint16;
extern const PropertyInfo qdev_prop_uint32;
extern const PropertyInfo qdev_prop_usize;
extern const PropertyInfo qdev_prop_int32;
extern const PropertyInfo qdev_prop_uint64;
extern const PropertyInfo qdev_prop_uint64_checkmask;
extern const PropertyInfo qdev_prop_int64;
extern const PropertyInfo qdev_prop_size;
extern const PropertyInfo qdev_prop_string;
extern const PropertyInfo qdev_prop_on_off_auto;
extern const PropertyInfo qdev_prop_size32;
extern const PropertyInfo qdev_prop_array;
extern const PropertyInfo qdev_prop_link;

/* A property of kind @_prop in @_field of @_state, which has type @_type. */
#define DEFINE_PROP(_name, _state, _field, _prop, _type, ...)             \
    {                                                                     \
        .name = (_name),                                                  \
        .info = &(_prop),                                                 \
        .offset = offsetof(_state, _field) +                              \
                  type_check(_type, typeof_field(_state, _field)),        \
        __VA_ARGS__                                                       \
    }

/* The same with a default, or without one. */
#define DEFINE_PROP_SIGNED(_name, _state, _field, _defval, _prop, _type)  \
    DEFINE_PROP(_name, _state, _field, _prop, _type,                      \
                .set_default = true, .defval.i = (_type)_defval)
#define DEFINE_PROP_SIGNED_NODEFAULT(_name, _state, _field, _prop, _type) \
    DEFINE_PROP(_name, _state, _field, _prop, _type)
#define DEFINE_PROP_UNSIGNED(_name, _state, _field, _defval, _prop, _type) \
    DEFINE_PROP(_name, _state, _field, _prop, _type,                      \
                .set_default = true, .defval.u = (_type)_defval)
#define DEFINE_PROP_UNSIGNED_NODEFAULT(_name, _state, _field, _prop, _type) \
    DEFINE_PROP(_name, _state, _field, _prop, _type)

/* One bit of a field of 32 or 64 flags. */
#define DEFINE_PROP_BIT(_name, _state, _field, _bit, _defval)             \
    DEFINE_PROP(_name, _state, _field, qdev_prop_bit, uint32_t,           \
                .bitnr = (_bit), .set_default = true,                     \
                .defval.u = (bool)_defval)
#define DEFINE_PROP_BIT64(_name, _state, _field, _bit, _defval)           \
    DEFINE_PROP(_name, _state, _field, qdev_prop_bit64, uint64_t,         \
                .bitnr = (_bit), .set_default = true,                     \
                .defval.u = (bool)_defval)

#define DEFINE_PROP_BOOL(_name, _state, _field, _defval)                  \
    DEFINE_PROP(_name, _state, _field, qdev_prop_bool, bool,              \
                .set_default = true, .defval.u = (bool)_defval)

/* A mask of which only the bits in @_bitmask may be set. */
#define DEFINE_PROP_UINT64_CHECKMASK(_name, _state, _field, _bitmask)     \
    DEFINE_PROP(_name, _state, _field, qdev_prop_uint64_checkmask,        \
                uint64_t, .bitmask = (_bitmask), .set_default = false)

/*
 * A list of any length: its length goes to @_field (a uint32_t), its elements
 * to memory that @_arrayfield (an @_arraytype *) then points to and that the
 * device frees. Elements are moved with memcpy().
 */
#define DEFINE_PROP_ARRAY(_name, _state, _field, _arrayfield, _arrayprop, \
                          _arraytype)                                     \
    DEFINE_PROP(_name, _state, _field, qdev_prop_array, uint32_t,         \
                .set_default = true, .defval.u = 0,                       \
                .arrayinfo = &(_arrayprop),                               \
                .arrayfieldsize = sizeof(_arraytype),                     \
                .arrayoffset = offsetof(_state, _arrayfield))

/* A strong link to an object of QOM type @_type; set before realize only. */
#define DEFINE_PROP_LINK(_name, _state, _field, _type, _ptr_type)         \
    DEFINE_PROP(_name, _state, _field, qdev_prop_link, _ptr_type,         \
                .link_type = _type)

#define DEFINE_PROP_UINT8(_n, _s, _f, _d) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_uint8, uint8_t)
#define DEFINE_PROP_UINT16(_n, _s, _f, _d) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_uint16, uint16_t)
#define DEFINE_PROP_UINT32(_n, _s, _f, _d) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_uint32, uint32_t)
#define DEFINE_PROP_INT32(_n, _s, _f, _d) \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_int32, int32_t)
#define DEFINE_PROP_UINT64(_n, _s, _f, _d) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_uint64, uint64_t)
#define DEFINE_PROP_INT64(_n, _s, _f, _d) \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_int64, int64_t)
/* Bytes, which a user may write as "4G" */
#define DEFINE_PROP_SIZE(_n, _s, _f, _d) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_size, uint64_t)
#define DEFINE_PROP_SIZE32(_n, _s, _f, _d) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_size32, uint32_t)
/* Allocated, and freed with the device */
#define DEFINE_PROP_STRING(_n, _s, _f) \
    DEFINE_PROP(_n, _s, _f, qdev_prop_string, char *)
#define DEFINE_PROP_ON_OFF_AUTO(_n, _s, _f, _d) \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_on_off_auto, OnOffAuto)

/*
 * For boards: set a property of a device of their own before they realize it.
 * A wrong name or value is a bug. An array takes over @values.
 */
bool qdev_prop_set_drive_err(DeviceState *dev, const char *name,
                             BlockBackend *value, Error **errp);
void qdev_prop_set_bit(DeviceState *dev, const char *name, bool value);
void qdev_prop_set_uint8(DeviceState *dev, const char *name, uint8_t value);
void qdev_prop_set_uint16(DeviceState *dev, const char *name, uint16_t value);
void qdev_prop_set_uint32(DeviceState *dev, const char *name, uint32_t value);
void qdev_prop_set_int32(DeviceState *dev, const char *name, int32_t value);
void qdev_prop_set_uint64(DeviceState *dev, const char *name, uint64_t value);
void qdev_prop_set_string(DeviceState *dev, const char *name,
                          const char *value);
void qdev_prop_set_chr(DeviceState *dev, const char *name, Chardev *value);
void qdev_prop_set_netdev(DeviceState *dev, const char *name,
                          NetClientState *value);
void qdev_prop_set_drive(DeviceState *dev, const char *name,
                         BlockBackend *value);
void qdev_prop_set_macaddr(DeviceState *dev, const char *name,
                           const uint8_t *value);
void qdev_prop_set_enum(DeviceState *dev, const char *name, int value);
void qdev_prop_set_array(DeviceState *dev, const char *name, QList *values);

/* Where the field of @prop is in @obj: for the accessors of a PropertyInfo. */
void *object_field_prop_ptr(Object *obj, const Property *prop);

/*
 * Adds a global property, which must live on. Later ones win over earlier
 * ones, whichever class they name.
 */
void qdev_prop_register_global(GlobalProperty *prop);
/* The one that counts for property @name of @obj, or NULL. */
const GlobalProperty *qdev_find_global_prop(Object *obj, const char *name);
/*
 * Warns of globals that can have had no effect: the class does not exist or is
 * no device, or cannot be hotplugged later and was not used. Returns 1 if
 * there are any.
 */
int qdev_prop_check_globals(void);
/* Applies the globals to a new device. For qdev itself. */
void qdev_prop_set_globals(DeviceState *dev);
/*
 * Ours: what "-global" takes: "DRIVER.PROPERTY=VALUE", or a QemuOpts-like
 * "driver=DRIVER,property=PROPERTY,value=VALUE". Registers it.
 */
bool qdev_parse_global(const char *arg, Error **errp);

/* Turns @ret (-EEXIST, -EINVAL, -ENOENT, 0) of a parser into a message. */
void error_set_from_qdev_prop_error(Error **errp, int ret, Object *obj,
                                    const char *name, const char *value);

/* Adds @prop, which must live on, to one device rather than to its class. */
void qdev_property_add_static(DeviceState *dev, const Property *prop);

/* Gives @source aliases of all properties of @target that it does not have. */
void qdev_alias_all_properties(DeviceState *target, Object *source);

/* For setters: says that @dev is realized and @name cannot be set any more. */
void qdev_prop_set_after_realize(DeviceState *dev, const char *name,
                                 Error **errp);

/* A check function for links: refuses to set one of a realized device. */
void qdev_prop_allow_set_link_before_realize(const Object *obj,
                                             const char *name, Object *val,
                                             Error **errp);

#endif

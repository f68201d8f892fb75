/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices: their life from new to realized and back, and what every device
 * has. Buses are in bus.c, lines in gpio.c, plugging rules in qdev-hotplug.c.
 */
#include "qemu/osdep.h"
#include "exec/ram_addr.h"
#include "hw/boards.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-properties.h"
#include "hw/vmstate-if.h"
#include "memory/inspect.h"
#include "memory/region.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "system/reset.h"
#include "qdev-internal.h"

void (*qdev_deleted_hook)(const char *id, const char *path);

/*** New devices. ***/

DeviceState *qdev_try_new(const char *name)
{
    ObjectClass *oc = module_object_class_by_name(name);

    return oc ? DEVICE(object_new_with_class(oc)) : NULL;
}

DeviceState *qdev_new(const char *name)
{
    DeviceState *dev = qdev_try_new(name);

    if (!dev) {
        error_report("unknown type '%s'", name);
        abort();
    }
    return dev;
}

/*** Where a device hangs. ***/

BusState *qdev_get_parent_bus(const DeviceState *dev)
{
    return dev->parent_bus;
}

bool qdev_set_parent_bus(DeviceState *dev, BusState *bus, Error **errp)
{
    BusState *old = dev->parent_bus;
    BusClass *bc = BUS_GET_CLASS(bus);

    if (bc->check_address && !bc->check_address(bus, dev, errp)) {
        return false;
    }

    if (old) {
        /* Neither may vanish between leaving and arriving. */
        object_ref(OBJECT(dev));
        bus_remove_child(old, dev);
    }
    dev->parent_bus = BUS(object_ref(bus));
    bus_add_child(bus, dev);
    if (dev->realized) {
        resettable_change_parent(OBJECT(dev), OBJECT(bus), OBJECT(old));
    }
    if (old) {
        object_unref(OBJECT(old));
        object_unref(OBJECT(dev));
    }
    return true;
}

static void leave_bus(DeviceState *dev)
{
    BusState *bus = dev->parent_bus;

    if (bus) {
        dev->parent_bus = NULL;
        bus_remove_child(bus, dev);
        object_unref(OBJECT(bus));
    }
}

/*** Realize and unrealize. ***/

/*
 * How far realization got, so that a failure undoes exactly that.
 */
typedef struct RealizeUndo {
    bool adopted;  /* it has been put into /machine/unattached */
    bool realized; /* its class's realize has succeeded */
    bool told;     /* the listeners know */
    bool migrated; /* its state is registered */
} RealizeUndo;

static void adopt(DeviceState *dev)
{
    static unsigned next;
    g_autofree char *name = g_strdup_printf("device[%u]", next++);

    object_property_add_child(machine_get_container("unattached"), name,
                              OBJECT(dev));
}

static bool call_realize(DeviceState *dev, Error **errp)
{
    DeviceClass *dc = DEVICE_GET_CLASS(dev);
    Error *err = NULL;

    if (dc->realize) {
        dc->realize(dev, &err);
    }
    error_propagate(errp, err);
    return !err;
}

static bool realize_buses(DeviceState *dev, Error **errp)
{
    BusState *bus;

    QLIST_FOREACH(bus, &dev->child_bus, sibling) {
        if (!qbus_realize(bus, errp)) {
            return false;
        }
    }
    return true;
}

static void unrealize_buses(DeviceState *dev)
{
    BusState *bus;

    QLIST_FOREACH(bus, &dev->child_bus, sibling) {
        qbus_unrealize(bus);
    }
}

static bool register_state(DeviceState *dev, Error **errp)
{
    const VMStateDescription *vmsd = qdev_get_vmsd(dev);

    return !vmsd ||
           vmstate_register_with_alias_id(
               VMSTATE_IF(dev), VMSTATE_INSTANCE_ID_ANY, vmsd, dev,
               dev->instance_id_alias, dev->alias_required_for_version,
               errp) == 0;
}

static void unregister_state(DeviceState *dev)
{
    const VMStateDescription *vmsd = qdev_get_vmsd(dev);

    if (vmsd) {
        vmstate_unregister(VMSTATE_IF(dev), vmsd, dev);
    }
}

/* The steps of coming to life, in order; false at the first that fails. */
static bool realize_steps(DeviceState *dev, RealizeUndo *undo, Error **errp)
{
    HotplugHandler *handler;
    NamedClockList *ncl;
    Error *err = NULL;

    if (!OBJECT(dev)->parent) {
        adopt(dev);
        undo->adopted = true;
    }

    handler = qdev_get_hotplug_handler(dev);
    if (handler) {
        hotplug_handler_pre_plug(handler, dev, &err);
        if (err) {
            error_propagate(errp, err);
            return false;
        }
    }

    if (!call_realize(dev, errp)) {
        return false;
    }
    undo->realized = true;
    device_listeners_realize(dev);
    undo->told = true;

    /* Kept for the time after the device has left the tree. */
    g_free(dev->canonical_path);
    dev->canonical_path = object_get_canonical_path(OBJECT(dev));
    QLIST_FOREACH(ncl, &dev->clocks, node) {
        if (!ncl->alias) {
            clock_setup_canonical_path(ncl->clock);
        }
    }

    if (!register_state(dev, errp)) {
        return false;
    }
    undo->migrated = true;

    /* A device may be realized again, after resets that it did not see. */
    resettable_state_clear(&dev->reset);
    if (!realize_buses(dev, errp)) {
        return false;
    }
    if (dev->hotplugged) {
        /*
         * Nobody else will reset it. If its bus is in reset, it stays so: the
         * bus's resets are added while this one is still in force.
         */
        resettable_assert_reset(OBJECT(dev), RESET_TYPE_COLD);
        resettable_change_parent(OBJECT(dev), OBJECT(dev->parent_bus), NULL);
        resettable_release_reset(OBJECT(dev), RESET_TYPE_COLD);
    }
    dev->pending_deleted_event = false;

    if (handler) {
        hotplug_handler_plug(handler, dev, &err);
        if (err) {
            error_propagate(errp, err);
            return false;
        }
    }
    return true;
}

static void realize_undo(DeviceState *dev, const RealizeUndo *undo)
{
    DeviceClass *dc = DEVICE_GET_CLASS(dev);

    if (undo->realized) {
        unrealize_buses(dev);
        if (undo->migrated) {
            unregister_state(dev);
        }
        if (undo->told) {
            device_listeners_unrealize(dev);
        }
        g_clear_pointer(&dev->canonical_path, g_free);
        if (dc->unrealize) {
            dc->unrealize(dev);
        }
    }
    if (undo->adopted) {
        object_unparent(OBJECT(dev));
    }
}

static void device_realize(DeviceState *dev, Error **errp)
{
    RealizeUndo undo = { 0 };

    if (dev->hotplugged && !DEVICE_GET_CLASS(dev)->hotpluggable) {
        error_setg(errp, "Device '%s' does not support hotplugging",
                   object_get_typename(OBJECT(dev)));
        return;
    }
    if (!vmstate_check_only_migratable(qdev_get_vmsd(dev))) {
        error_setg(errp,
                   "Device %s is not migratable, but --only-migratable was "
                   "specified",
                   object_get_typename(OBJECT(dev)));
        return;
    }
    if (realize_steps(dev, &undo, errp)) {
        /* Whoever sees it set also sees what realize has done. */
        qatomic_store_release(&dev->realized, true);
    } else {
        realize_undo(dev, &undo);
    }
}

static void device_unrealize(DeviceState *dev)
{
    DeviceClass *dc = DEVICE_GET_CLASS(dev);

    /* Before anything is taken apart, for those without the big lock. */
    qatomic_set(&dev->realized, false);
    smp_wmb();

    unrealize_buses(dev);
    unregister_state(dev);
    if (dc->unrealize) {
        dc->unrealize(dev);
    }
    dev->pending_deleted_event = true;
    device_listeners_unrealize(dev);
}

static bool device_get_realized(Object *obj, Error **errp)
{
    return DEVICE(obj)->realized;
}

static void device_set_realized(Object *obj, bool value, Error **errp)
{
    DeviceState *dev = DEVICE(obj);

    if (value && !dev->realized) {
        device_realize(dev, errp);
    } else if (!value && dev->realized) {
        device_unrealize(dev);
    }
}

bool qdev_realize(DeviceState *dev, BusState *bus, Error **errp)
{
    assert(!dev->realized && !dev->parent_bus);

    if (bus) {
        if (!qdev_set_parent_bus(dev, bus, errp)) {
            return false;
        }
    } else {
        assert(!DEVICE_GET_CLASS(dev)->bus_type);
    }

    object_ref(OBJECT(dev));
    if (!object_property_set_bool(OBJECT(dev), "realized", true, errp)) {
        leave_bus(dev);
        object_unref(OBJECT(dev));
        return false;
    }
    object_unref(OBJECT(dev));
    return true;
}

bool qdev_realize_and_unref(DeviceState *dev, BusState *bus, Error **errp)
{
    bool ok = qdev_realize(dev, bus, errp);

    object_unref(OBJECT(dev));
    return ok;
}

void qdev_unrealize(DeviceState *dev)
{
    object_property_set_bool(OBJECT(dev), "realized", false, &error_abort);
}

static int check_realized(Object *obj, void *opaque)
{
    DeviceState *dev = (DeviceState *)object_dynamic_cast(obj, TYPE_DEVICE);

    if (dev) {
        DeviceClass *dc = DEVICE_GET_CLASS(dev);

        assert(dev->realized);
        assert(dev->parent_bus || !dc->bus_type);
    }
    return 0;
}

void qdev_assert_realized_properly(void)
{
    object_child_foreach_recursive(object_get_root(), check_realized, NULL);
}

void qdev_machine_creation_done(void)
{
    phase_advance(PHASE_MACHINE_READY);
    qdev_assert_realized_properly();
    /* With it, all that hangs on the bus tree is reset with the system. */
    qemu_register_resettable(OBJECT(sysbus_get_default()));
}

/*** Names and paths. ***/

char *qdev_get_human_name(DeviceState *dev)
{
    return dev->id ? g_strdup(dev->id) : object_get_canonical_path(OBJECT(dev));
}

const char *qdev_fw_name(DeviceState *dev)
{
    return DEVICE_GET_CLASS(dev)->fw_name ?: object_get_typename(OBJECT(dev));
}

char *qdev_get_dev_path(DeviceState *dev)
{
    BusClass *bc;

    if (!dev || !dev->parent_bus) {
        return NULL;
    }
    bc = BUS_GET_CLASS(dev->parent_bus);
    return bc->get_dev_path ? bc->get_dev_path(dev) : NULL;
}

const VMStateDescription *qdev_get_vmsd(DeviceState *dev)
{
    return DEVICE_GET_CLASS(dev)->vmsd;
}

void qdev_set_legacy_instance_id(DeviceState *dev, int alias_id,
                                 int required_for_version)
{
    assert(!dev->realized);
    dev->instance_id_alias = alias_id;
    dev->alias_required_for_version = required_for_version;
}

Object *qdev_get_machine(void)
{
    static Object *machine;

    if (!machine) {
        machine = object_resolve_path_component(object_get_root(), "machine");
    }
    return machine;
}

void qdev_create_fake_machine(void)
{
    Object *machine =
        object_property_add_new_container(object_get_root(), "machine");

    object_property_add_new_container(machine, "unattached");
}

Object *machine_get_container(const char *name)
{
    Object *container = object_resolve_path_component(qdev_get_machine(), name);

    assert(object_dynamic_cast(container, TYPE_CONTAINER));
    return container;
}

/*** Reset. ***/

void device_cold_reset(DeviceState *dev)
{
    resettable_reset(OBJECT(dev), RESET_TYPE_COLD);
}

bool device_is_in_reset(DeviceState *dev)
{
    return resettable_is_in_reset(OBJECT(dev));
}

static ResettableState *device_get_reset_state(Object *obj)
{
    return &DEVICE(obj)->reset;
}

static void device_reset_children(Object *obj, ResettableChildCallback cb,
                                  void *opaque, ResetType type)
{
    BusState *bus;

    QLIST_FOREACH(bus, &DEVICE(obj)->child_bus, sibling) {
        cb(OBJECT(bus), opaque, type);
    }
}

static void device_legacy_reset(Object *obj, ResetType type)
{
    DEVICE_GET_CLASS(obj)->legacy_reset(DEVICE(obj));
}

void device_class_set_legacy_reset(DeviceClass *dc, DeviceReset dev_reset)
{
    ResettableClass *rc = RESETTABLE_CLASS(dc);

    /* Such a function knows nothing of a parent's phases. */
    rc->phases = (ResettablePhases){ .hold = device_legacy_reset };
    dc->legacy_reset = dev_reset;
}

/*** The type. ***/

void device_class_set_parent_realize(DeviceClass *dc, DeviceRealize dev_realize,
                                     DeviceRealize *parent_realize)
{
    *parent_realize = dc->realize;
    dc->realize = dev_realize;
}

void device_class_set_parent_unrealize(DeviceClass *dc,
                                       DeviceUnrealize dev_unrealize,
                                       DeviceUnrealize *parent_unrealize)
{
    *parent_unrealize = dc->unrealize;
    dc->unrealize = dev_unrealize;
}

static bool device_get_hotpluggable(Object *obj, Error **errp)
{
    DeviceState *dev = DEVICE(obj);

    return DEVICE_GET_CLASS(dev)->hotpluggable &&
           (!dev->parent_bus || qbus_is_hotpluggable(dev->parent_bus));
}

static bool device_get_hotplugged(Object *obj, Error **errp)
{
    return DEVICE(obj)->hotplugged;
}

static char *device_vmstate_id(VMStateIf *obj)
{
    return qdev_get_dev_path(DEVICE(obj));
}

static void device_init(Object *obj)
{
    DeviceState *dev = DEVICE(obj);

    dev->hotplugged = phase_check(PHASE_MACHINE_READY);
    dev->instance_id_alias = -1;
    QLIST_INIT(&dev->gpios);
    QLIST_INIT(&dev->clocks);
    QLIST_INIT(&dev->child_bus);
}

static void device_post_init(Object *obj)
{
    /* What the user says wins over what the machine's version says. */
    object_apply_compat_props(obj);
    qdev_prop_set_globals(DEVICE(obj));
}

static void device_unparent(Object *obj)
{
    DeviceState *dev = DEVICE(obj);
    BusState *bus;

    if (dev->realized) {
        qdev_unrealize(dev);
    }
    while ((bus = QLIST_FIRST(&dev->child_bus))) {
        object_unparent(OBJECT(bus));
    }
    leave_bus(dev);
}

static void device_finalize(Object *obj)
{
    DeviceState *dev = DEVICE(obj);

    qdev_finalize_gpios(dev);
    qdev_finalize_clocklist(dev);
    /* Only now is it gone, with all that others held of it. */
    if (dev->pending_deleted_event && qdev_deleted_hook) {
        qdev_deleted_hook(dev->id, dev->canonical_path);
    }
    g_free(dev->canonical_path);
    g_free(dev->id);
    g_slist_free(dev->unplug_blockers);
}

static void device_class_base_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    /* Every class has properties of its own; the parent's are inherited. */
    dc->props_ = NULL;
    dc->props_count_ = 0;
}

static void device_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    klass->unparent = device_unparent;
    dc->hotpluggable = true;
    dc->user_creatable = true;
    VMSTATE_IF_CLASS(klass)->get_id = device_vmstate_id;
    rc->get_state = device_get_reset_state;
    rc->child_foreach = device_reset_children;

    object_class_property_add_bool(klass, "realized", device_get_realized,
                                   device_set_realized);
    object_class_property_add_bool(klass, "hotpluggable",
                                   device_get_hotpluggable, NULL);
    object_class_property_add_bool(klass, "hotplugged", device_get_hotplugged,
                                   NULL);
    object_class_property_add_link(klass, "parent_bus", TYPE_BUS,
                                   offsetof(DeviceState, parent_bus), NULL, 0);
}

static const TypeInfo device_types[] = {
    {
        .name = TYPE_DEVICE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(DeviceState),
        .instance_init = device_init,
        .instance_post_init = device_post_init,
        .instance_finalize = device_finalize,
        .class_base_init = device_class_base_init,
        .class_init = device_class_init,
        .abstract = true,
        .class_size = sizeof(DeviceClass),
        .interfaces = (InterfaceInfo[]){ { TYPE_VMSTATE_IF },
                                         { TYPE_RESETTABLE_INTERFACE },
                                         {} },
    },
};

DEFINE_TYPES(device_types)

/* The memory core knows owners of regions, not devices. */
static MemReentrancyGuard *device_guard(Object *owner)
{
    Object *dev = object_dynamic_cast(owner, TYPE_DEVICE);

    return dev ? &DEVICE(dev)->mem_reentrancy_guard : NULL;
}

static const char *device_id(Object *owner)
{
    return DEVICE(owner)->id;
}

static void register_memory_hooks(void)
{
    memory_region_set_guard_hook(device_guard);
    memory_set_device_id_hook(device_id);
    qemu_ram_set_dev_path_hook(qdev_get_dev_path);
}

type_init(register_memory_hooks)

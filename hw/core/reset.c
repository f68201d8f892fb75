/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What takes part in a system reset. Plain functions are wrapped in objects of
 * their own, so that they and the resettable objects stand in one list.
 */
#include "qemu/osdep.h"
#include "system/reset.h"
#include "hw/core/resetcontainer.h"
#include "qemu/module.h"

#define TYPE_LEGACY_RESET "legacy-reset"
OBJECT_DECLARE_SIMPLE_TYPE(LegacyReset, LEGACY_RESET)

struct LegacyReset {
    Object parent_obj;

    ResettableState reset_state;
    QEMUResetHandler *func;
    void *opaque;
    bool not_for_snapshot;
};

/* The functions registered, to find them again; newest first. */
static GSList *legacy_resets;

static ResettableContainer *reset_root(void)
{
    static ResettableContainer *root;

    if (!root) {
        root = RESETTABLE_CONTAINER(object_new(TYPE_RESETTABLE_CONTAINER));
    }
    return root;
}

static ResettableState *legacy_reset_get_state(Object *obj)
{
    return &LEGACY_RESET(obj)->reset_state;
}

static void legacy_reset_hold(Object *obj, ResetType type)
{
    LegacyReset *lr = LEGACY_RESET(obj);

    if (!(lr->not_for_snapshot && type == RESET_TYPE_SNAPSHOT_LOAD)) {
        lr->func(lr->opaque);
    }
}

static void legacy_reset_class_init(ObjectClass *klass, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    rc->get_state = legacy_reset_get_state;
    rc->phases.hold = legacy_reset_hold;
}

static void register_function(QEMUResetHandler *func, void *opaque,
                              bool not_for_snapshot)
{
    LegacyReset *lr = LEGACY_RESET(object_new(TYPE_LEGACY_RESET));

    lr->func = func;
    lr->opaque = opaque;
    lr->not_for_snapshot = not_for_snapshot;
    legacy_resets = g_slist_prepend(legacy_resets, lr);
    qemu_register_resettable(OBJECT(lr));
}

void qemu_register_reset(QEMUResetHandler *func, void *opaque)
{
    register_function(func, opaque, false);
}

void qemu_register_reset_nosnapshotload(QEMUResetHandler *func, void *opaque)
{
    register_function(func, opaque, true);
}

void qemu_unregister_reset(QEMUResetHandler *func, void *opaque)
{
    for (GSList *l = legacy_resets; l; l = l->next) {
        LegacyReset *lr = l->data;

        if (lr->func == func && lr->opaque == opaque) {
            legacy_resets = g_slist_delete_link(legacy_resets, l);
            qemu_unregister_resettable(OBJECT(lr));
            object_unref(OBJECT(lr));
            return;
        }
    }
}

void qemu_register_resettable(Object *obj)
{
    resettable_container_add(reset_root(), obj);
}

void qemu_unregister_resettable(Object *obj)
{
    resettable_container_remove(reset_root(), obj);
}

void qemu_devices_reset(ResetType type)
{
    resettable_reset(OBJECT(reset_root()), type);
}

static const TypeInfo reset_types[] = {
    {
        .name = TYPE_LEGACY_RESET,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(LegacyReset),
        .class_init = legacy_reset_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_RESETTABLE_INTERFACE }, {} },
    },
};

DEFINE_TYPES(reset_types)

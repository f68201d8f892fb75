/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine "none": no CPU, no devices, and RAM at address 0 if -m asks for
 * it. A client that only wants to ask what this program can do starts it; and
 * it is where regions and address spaces can be tried without a board.
 *
 * Devices that need no bus can be plugged into it at run time, so that one
 * that comes in a module can be tried without a board. (QEMU's has no place
 * for them.)
 *
 * Also beyond QEMU's, the RAM can be seen a second time, at a high address, by
 * all or in one address space only; and be split as that of a PC.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/hotplug.h"
#include "memory/ram-visibility.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"

#define TYPE_NONE_MACHINE MACHINE_TYPE_NAME("none")
OBJECT_DECLARE_SIMPLE_TYPE(NoneMachineState, NONE_MACHINE)

struct NoneMachineState {
    MachineState parent_obj;

    uint64_t ram_alias_offset; /* 0: no alias */
    char *ram_alias_space;     /* the one that sees it; NULL: all do */
    bool x86_legacy_ram;

    MemoryRegion ram_alias;
    /* What only the named address space has. */
    AddressSpace alias_as;
    MemoryRegion alias_root;
    MemoryRegion system_alias;
};

/*** Mapping the RAM. ***/

/* An address space that shows the system's memory and has room for more. */
static MemoryRegion *make_space(NoneMachineState *s)
{
    memory_region_init(&s->alias_root, OBJECT(s), s->ram_alias_space,
                       UINT64_MAX);
    memory_region_init_alias(&s->system_alias, OBJECT(s), "system-alias",
                             get_system_memory(), 0, UINT64_MAX);
    memory_region_add_subregion_overlap(&s->alias_root, 0, &s->system_alias,
                                        -1);
    address_space_init(&s->alias_as, &s->alias_root, s->ram_alias_space);
    return &s->alias_root;
}

static bool map_alias(NoneMachineState *s, MemoryRegion *ram, Error **errp)
{
    uint64_t offset = s->ram_alias_offset;
    uint64_t size = memory_region_size(ram);
    MemoryRegion *root;

    if (size > offset) {
        error_setg(errp,
                   "'ram-alias-offset=0x%" PRIx64 "' and RAM of 0x%" PRIx64
                   " bytes ('-m') are incompatible: RAM reaches beyond the "
                   "offset",
                   offset, size);
        return false;
    }
    if (size > UINT64_MAX - offset) {
        error_setg(errp,
                   "'ram-alias-offset=0x%" PRIx64 "' and RAM of 0x%" PRIx64
                   " bytes ('-m') are incompatible: the alias would end "
                   "beyond 2^64",
                   offset, size);
        return false;
    }
    root = s->ram_alias_space ? make_space(s) : get_system_memory();
    memory_region_init_alias(&s->ram_alias, OBJECT(s), "ram-alias", ram, 0,
                             size);
    memory_region_add_subregion(root, offset, &s->ram_alias);
    return true;
}

static bool check_options(NoneMachineState *s, Error **errp)
{
    const char *option = s->x86_legacy_ram     ? "x86-legacy-ram=on"
                         : s->ram_alias_offset ? "ram-alias-offset"
                                               : NULL;

    if (option && !MACHINE(s)->ram) {
        error_setg(errp, "'%s' needs RAM: give some by '-m'", option);
        return false;
    }
    if (s->ram_alias_space && !s->ram_alias_offset) {
        error_setg(errp, "'ram-alias-space' needs 'ram-alias-offset': there "
                         "is no alias to see");
        return false;
    }
    return true;
}

static bool map_ram(NoneMachineState *s, Error **errp)
{
    MemoryRegion *ram = MACHINE(s)->ram;

    if (!check_options(s, errp)) {
        return false;
    }
    if (ram && s->x86_legacy_ram) {
        RamVisibilityControl *ctl = ram_visibility_new_x86(ram, errp);

        if (!ctl) {
            error_prepend(errp, "'x86-legacy-ram=on' and '-m' are "
                                "incompatible: ");
            return false;
        }
        object_property_add_child(OBJECT(s), "ram-visibility", OBJECT(ctl));
        object_unref(OBJECT(ctl));
        memory_region_add_subregion(get_system_memory(), 0,
                                    ram_visibility_get_memory(ctl));
    } else if (ram) {
        memory_region_add_subregion(get_system_memory(), 0, ram);
    }
    return !ram || !s->ram_alias_offset || map_alias(s, ram, errp);
}

static void machine_none_init(MachineState *ms)
{
    Error *err = NULL;

    if (!map_ram(NONE_MACHINE(ms), &err)) {
        error_report_err(err);
        exit(EXIT_FAILURE);
    }
    if (ms->kernel_filename) {
        error_report("The -kernel parameter is not supported "
                     "(use the generic 'loader' device instead).");
        exit(EXIT_FAILURE);
    }
}

/*** Properties. ***/

static void get_alias_offset(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    visit_type_size(v, name, &NONE_MACHINE(obj)->ram_alias_offset, errp);
}

static void set_alias_offset(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    uint64_t value;

    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (!value || !QEMU_IS_ALIGNED(value, qemu_real_host_page_size())) {
        error_setg(errp,
                   "'%s' must be a multiple of the page size, 0x%zx, and not "
                   "0",
                   name, (size_t)qemu_real_host_page_size());
        return;
    }
    NONE_MACHINE(obj)->ram_alias_offset = value;
}

static char *get_alias_space(Object *obj, Error **errp)
{
    return g_strdup(NONE_MACHINE(obj)->ram_alias_space);
}

static void set_alias_space(Object *obj, const char *value, Error **errp)
{
    NoneMachineState *s = NONE_MACHINE(obj);

    g_free(s->ram_alias_space);
    s->ram_alias_space = *value ? g_strdup(value) : NULL;
}

static bool get_x86_legacy_ram(Object *obj, Error **errp)
{
    return NONE_MACHINE(obj)->x86_legacy_ram;
}

static void set_x86_legacy_ram(Object *obj, bool value, Error **errp)
{
    NONE_MACHINE(obj)->x86_legacy_ram = value;
}

static void machine_none_add_properties(ObjectClass *oc)
{
    object_class_property_add(oc, "ram-alias-offset", "size", get_alias_offset,
                              set_alias_offset, NULL, NULL);
    object_class_property_set_description(
        oc, "ram-alias-offset", "Where all RAM can be seen a second time");
    object_class_property_add_str(oc, "ram-alias-space", get_alias_space,
                                  set_alias_space);
    object_class_property_set_description(
        oc, "ram-alias-space",
        "Name of an address space that alone sees the alias");
    object_class_property_add_bool(oc, "x86-legacy-ram", get_x86_legacy_ram,
                                   set_x86_legacy_ram);
    object_class_property_set_description(
        oc, "x86-legacy-ram",
        "Split RAM below 1 MiB as a PC's, to hide parts of it");
}

/*** The type. ***/

static HotplugHandler *machine_none_hotplug_handler(MachineState *ms,
                                                    DeviceState *dev)
{
    return DEVICE_GET_CLASS(dev)->bus_type ? NULL : HOTPLUG_HANDLER(ms);
}

static void machine_none_finalize(Object *obj)
{
    g_free(NONE_MACHINE(obj)->ram_alias_space);
}

static void machine_none_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->desc = "empty machine";
    mc->init = machine_none_init;
    mc->max_cpus = 1;
    mc->default_ram_size = 0;
    mc->default_ram_id = "ram";
    mc->no_serial = 1;
    mc->no_parallel = 1;
    mc->no_floppy = 1;
    mc->no_cdrom = 1;
    mc->get_hotplug_handler = machine_none_hotplug_handler;
    HOTPLUG_HANDLER_CLASS(oc)->unplug = qdev_simple_device_unplug_cb;
    machine_none_add_properties(oc);
}

static const TypeInfo machine_none_types[] = {
    {
        .name = TYPE_NONE_MACHINE,
        .parent = TYPE_MACHINE,
        .class_init = machine_none_class_init,
        .instance_size = sizeof(NoneMachineState),
        .instance_finalize = machine_none_finalize,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_HOTPLUG_HANDLER },
                {},
            },
    },
};

DEFINE_TYPES(machine_none_types)

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that describe themselves, and tables as files of fw_cfg. */
#include "qemu/osdep.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/acpi/utils.h"
#include "hw/loader.h"
#include "qemu/module.h"
#include "qemu/units.h"

void qbus_build_aml(BusState *bus, Aml *scope)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        call_dev_aml_func(kid->child, scope);
    }
}

/*
 * The most that a file may grow to is part of what migrates: the same as in
 * QEMU.
 */
static uint64_t max_size(const char *name)
{
    static const struct {
        const char *name;
        uint64_t size;
    } files[] = {
        { ACPI_BUILD_TABLE_FILE, 2 * MiB },
        { ACPI_BUILD_LOADER_FILE, 64 * KiB },
        { ACPI_BUILD_RSDP_FILE, 4 * KiB },
    };

    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        if (!strcmp(files[i].name, name)) {
            return files[i].size;
        }
    }
    g_assert_not_reached();
}

MemoryRegion *acpi_add_rom_blob(FWCfgCallback update, void *opaque,
                                GArray *blob, const char *name)
{
    uint64_t max = max_size(name);

    assert(acpi_data_len(blob) <= max);
    return rom_add_blob(name, blob->data, blob->len, max, -1, name, update,
                        opaque, NULL, true);
}

static const TypeInfo acpi_interface_types[] = {
    {
        .name = TYPE_ACPI_DEV_AML_IF,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(AcpiDevAmlIfClass),
    },
};

DEFINE_TYPES(acpi_interface_types)

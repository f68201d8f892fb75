/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two flash chips of the board "virt". */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "system/blockdev.h"
#include "virt-internal.h"

/*
 * They are made with the machine, so that "-machine pflash0=" is the drive of
 * the first. Each has the size of half the window, in chips of 16 bits in
 * pairs.
 */
static PFlashCFI01 *create_flash(RISCVVirtState *s, const char *name,
                                 const char *alias)
{
    DeviceState *dev = qdev_new(TYPE_PFLASH_CFI01);

    qdev_prop_set_uint64(dev, "sector-length", VIRT_FLASH_SECTOR_SIZE);
    qdev_prop_set_uint8(dev, "width", 4);
    qdev_prop_set_uint8(dev, "device-width", 2);
    qdev_prop_set_bit(dev, "big-endian", false);
    qdev_prop_set_uint16(dev, "id0", 0x89);
    qdev_prop_set_uint16(dev, "id1", 0x18);
    qdev_prop_set_uint16(dev, "id2", 0x00);
    qdev_prop_set_uint16(dev, "id3", 0x00);
    qdev_prop_set_string(dev, "name", name);
    object_property_add_child(OBJECT(s), name, OBJECT(dev));
    object_property_add_alias(OBJECT(s), alias, OBJECT(dev), "drive");
    object_property_set_description(OBJECT(s), alias,
                                    "Node name or ID of a block device to use "
                                    "as a backend");
    /* The machine has the only reference now. */
    object_unref(OBJECT(dev));
    return PFLASH_CFI01(dev);
}

void virt_flash_create(RISCVVirtState *s)
{
    s->flash[0] = create_flash(s, "virt.flash0", "pflash0");
    s->flash[1] = create_flash(s, "virt.flash1", "pflash1");
}

void virt_flash_map(RISCVVirtState *s)
{
    uint64_t size = s->memmap[VIRT_FLASH].size / 2;

    for (int i = 0; i < 2; i++) {
        DeviceState *dev = DEVICE(s->flash[i]);

        pflash_cfi01_legacy_drive(s->flash[i], drive_get(IF_PFLASH, 0, i));
        qdev_prop_set_uint32(dev, "num-blocks", size / VIRT_FLASH_SECTOR_SIZE);
        sysbus_realize(SYS_BUS_DEVICE(dev), &error_fatal);
        memory_region_add_subregion(
            get_system_memory(), s->memmap[VIRT_FLASH].base + i * size,
            sysbus_mmio_get_region(SYS_BUS_DEVICE(dev), 0));
    }
}

bool virt_flash_has_drive(const RISCVVirtState *s)
{
    return pflash_cfi01_get_blk(s->flash[0]) != NULL;
}

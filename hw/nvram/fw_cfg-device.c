/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware configuration device as a guest sees it (QEMU,
 * docs/specs/fw_cfg.rst): a selector, a data register that reads the selected
 * item on and on, and a register that starts a transfer by DMA.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "fw_cfg-internal.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "system/system.h"

#define FW_CFG_FILE_SLOTS_DFLT 0x20

__attribute__((weak)) const char *fw_cfg_arch_key_name(uint16_t key)
{
    return NULL;
}

/*** Selector and data. ***/

/* A key beyond the tables selects nothing, which reads as zeros. */
static void select_item(FWCfgState *s, uint16_t key)
{
    FWCfgEntry *e;

    s->cur_offset = 0;
    if ((key & FW_CFG_ENTRY_MASK) >= fw_cfg_max_entry(s)) {
        s->cur_entry = FW_CFG_INVALID;
        return;
    }
    s->cur_entry = key;
    e = fw_cfg_entry(s, key);
    if (e->select_cb) {
        e->select_cb(e->callback_opaque);
    }
}

/* The selected item, if it has bytes left. */
static FWCfgEntry *current_entry(FWCfgState *s)
{
    FWCfgEntry *e =
        s->cur_entry == FW_CFG_INVALID ? NULL : fw_cfg_entry(s, s->cur_entry);

    return e && e->data && s->cur_offset < e->len ? e : NULL;
}

/* The next @size bytes, the first one most significant; zeros at the end. */
static uint64_t data_read(void *opaque, hwaddr addr, unsigned size)
{
    FWCfgState *s = opaque;
    FWCfgEntry *e = current_entry(s);
    uint64_t value = 0;

    for (; size > 0; size--) {
        bool more = e && s->cur_offset < e->len;

        value = value << 8 | (more ? e->data[s->cur_offset] : 0);
        s->cur_offset += more;
    }
    return value;
}

/* Items were writable here once; guests of today use DMA. */
static void data_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
}

static uint64_t ctl_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void ctl_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    select_item(opaque, value);
}

static bool ctl_valid(void *opaque, hwaddr addr, unsigned size, bool is_write,
                      MemTxAttrs attrs)
{
    return is_write && size == 2;
}

/* Ports have both in one place: two bytes written select, one is data. */
static void port_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    if (size == 2) {
        select_item(opaque, value);
    }
}

static bool port_valid(void *opaque, hwaddr addr, unsigned size, bool is_write,
                       MemTxAttrs attrs)
{
    return size == 1 || (is_write && size == 2);
}

/*** DMA. ***/

/* One direction of a transfer within the item; false if it fails. */
static bool transfer_item(FWCfgState *s, FWCfgEntry *e, uint32_t control,
                          uint64_t addr, uint32_t len, bool whole)
{
    uint8_t *p = e->data + s->cur_offset;

    if (control & FW_CFG_DMA_CTL_READ) {
        return !dma_memory_write(s->dma_as, addr, p, len,
                                 MEMTXATTRS_UNSPECIFIED);
    }
    if (control & FW_CFG_DMA_CTL_WRITE) {
        if (!e->allow_write || !whole ||
            dma_memory_read(s->dma_as, addr, p, len, MEMTXATTRS_UNSPECIFIED)) {
            return false;
        }
        if (e->write_cb) {
            e->write_cb(e->callback_opaque, s->cur_offset, len);
        }
    }
    return true;
}

/*
 * In pieces: a guest that asks for gigabytes where there is no memory hears of
 * it at the first, and not after a billion failed accesses.
 */
static bool clear_memory(FWCfgState *s, uint64_t addr, uint32_t len)
{
    while (len) {
        uint32_t n = MIN(len, 64 * KiB);

        if (dma_memory_set(s->dma_as, addr, 0, n, MEMTXATTRS_UNSPECIFIED)) {
            return false;
        }
        addr += n;
        len -= n;
    }
    return true;
}

static bool transfer(FWCfgState *s, uint32_t control, uint64_t addr,
                     uint32_t len)
{
    FWCfgEntry *e = current_entry(s);
    uint32_t n = e ? MIN(len, e->len - s->cur_offset) : 0;

    if (n) {
        bool ok = transfer_item(s, e, control, addr, n, n == len);

        s->cur_offset += n;
        if (!ok) {
            return false;
        }
    }
    /* Beyond its end it reads as zeros, and cannot be written. */
    if (n == len) {
        return true;
    }
    if (control & FW_CFG_DMA_CTL_READ) {
        return clear_memory(s, addr + n, len - n);
    }
    return !(control & FW_CFG_DMA_CTL_WRITE);
}

static void dma_start(FWCfgState *s)
{
    dma_addr_t at = s->dma_addr;
    FWCfgDmaAccess request;
    uint32_t control;
    bool ok = true;

    /* For guests that write only the lower half. */
    s->dma_addr = 0;
    if (dma_memory_read(s->dma_as, at, &request, sizeof(request),
                        MEMTXATTRS_UNSPECIFIED)) {
        stl_be_dma(s->dma_as, at + offsetof(FWCfgDmaAccess, control),
                   FW_CFG_DMA_CTL_ERROR, MEMTXATTRS_UNSPECIFIED);
        return;
    }
    control = be32_to_cpu(request.control);
    if (control & FW_CFG_DMA_CTL_SELECT) {
        select_item(s, control >> 16);
    }
    if (control & FW_CFG_DMA_CTL_READ) {
        control &= ~FW_CFG_DMA_CTL_WRITE;
    }
    if (control &
        (FW_CFG_DMA_CTL_READ | FW_CFG_DMA_CTL_WRITE | FW_CFG_DMA_CTL_SKIP)) {
        ok = transfer(s, control, be64_to_cpu(request.address),
                      be32_to_cpu(request.length));
    }
    stl_be_dma(s->dma_as, at + offsetof(FWCfgDmaAccess, control),
               ok ? 0 : FW_CFG_DMA_CTL_ERROR, MEMTXATTRS_UNSPECIFIED);
}

static uint64_t dma_read(void *opaque, hwaddr addr, unsigned size)
{
    return extract64(FW_CFG_DMA_SIGNATURE, (8 - addr - size) * 8, size * 8);
}

static void dma_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    FWCfgState *s = opaque;

    if (size == 8) {
        s->dma_addr = value;
    } else if (addr == 0) {
        s->dma_addr = value << 32;
        return;
    } else {
        s->dma_addr |= value;
    }
    dma_start(s);
}

static bool dma_valid(void *opaque, hwaddr addr, unsigned size, bool is_write,
                      MemTxAttrs attrs)
{
    return !is_write || (size == 4 && (addr == 0 || addr == 4)) ||
           (size == 8 && addr == 0);
}

static const MemoryRegionOps ctl_ops = {
    .read = ctl_read,
    .write = ctl_write,
    .endianness = DEVICE_BIG_ENDIAN,
    .valid.accepts = ctl_valid,
};

static const MemoryRegionOps data_ops = {
    .read = data_read,
    .write = data_write,
    .endianness = DEVICE_BIG_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 1 },
};

static const MemoryRegionOps port_ops = {
    .read = data_read,
    .write = port_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.accepts = port_valid,
};

static const MemoryRegionOps dma_ops = {
    .read = dma_read,
    .write = dma_write,
    .endianness = DEVICE_BIG_ENDIAN,
    .valid.accepts = dma_valid,
    .valid.max_access_size = 8,
    .impl.max_access_size = 8,
};

/*** State. ***/

bool fw_cfg_dma_enabled(void *opaque)
{
    FWCfgState *s = opaque;

    return s->dma_enabled;
}

static const VMStateDescription vmstate_dma = {
    .name = "fw_cfg/dma",
    .needed = fw_cfg_dma_enabled,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64(dma_addr, FWCfgState),
            VMSTATE_END_OF_LIST(),
        },
};

static bool acpi_sizes_needed(void *opaque)
{
    FWCfgState *s = opaque;
    uint64_t odd = s->table_mr_size | s->linker_mr_size | s->rsdp_mr_size;

    /* Whole pages are what the RAM blocks tell anyway. */
    return s->acpi_mr_restore && odd % qemu_real_host_page_size();
}

static int acpi_post_load(void *opaque, int version_id)
{
    FWCfgState *s = opaque;
    const struct {
        const char *name;
        uint64_t size;
    } tables[] = {
        { "etc/acpi/tables", s->table_mr_size },
        { "etc/table-loader", s->linker_mr_size },
        { "etc/acpi/rsdp", s->rsdp_mr_size },
    };
    int count = s->files ? be32_to_cpu(s->files->count) : 0;

    for (int i = 0; i < count * 3; i++) {
        FWCfgEntry *e = &s->entries[0][FW_CFG_FILE_FIRST + i / 3];
        ram_addr_t offset;
        MemoryRegion *mr;
        Error *err = NULL;

        if (strcmp(s->files->f[i / 3].name, tables[i % 3].name)) {
            continue;
        }
        mr = memory_region_from_host(e->data, &offset);
        if (mr) {
            memory_region_ram_resize(mr, tables[i % 3].size, &err);
        }
        if (err) {
            error_report_err(err);
            return -EINVAL;
        }
    }
    return 0;
}

static const VMStateDescription vmstate_acpi = {
    .name = "fw_cfg/acpi_mr",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = acpi_sizes_needed,
    .post_load = acpi_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64(table_mr_size, FWCfgState),
            VMSTATE_UINT64(linker_mr_size, FWCfgState),
            VMSTATE_UINT64(rsdp_mr_size, FWCfgState),
            VMSTATE_END_OF_LIST(),
        },
};

/* The item that is selected need not be there when it comes to another host. */
static int fw_cfg_post_load(void *opaque, int version_id)
{
    FWCfgState *s = opaque;

    if ((s->cur_entry & FW_CFG_ENTRY_MASK) >= fw_cfg_max_entry(s)) {
        s->cur_entry = FW_CFG_INVALID;
    }
    return 0;
}

static const VMStateDescription vmstate_fw_cfg = {
    .name = "fw_cfg",
    .version_id = 2,
    .minimum_version_id = 2,
    .post_load = fw_cfg_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT16(cur_entry, FWCfgState),
            VMSTATE_UINT32(cur_offset, FWCfgState),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){
            &vmstate_dma,
            &vmstate_acpi,
            NULL,
        },
};

/*** Life. ***/

/* Devices may have come, gone or been given another bootindex. */
static void update_boot_lists(FWCfgState *s)
{
    const MachineState *ms =
        (MachineState *)object_dynamic_cast(qdev_get_machine(), TYPE_MACHINE);
    char *list;
    size_t len;

    if (!ms) {
        return;
    }
    list = get_boot_devices_list(&len);
    g_free(fw_cfg_modify_file(s, "bootorder", list, len));
    if (!MACHINE_GET_CLASS(ms)->legacy_fw_cfg_order) {
        list = get_boot_devices_lchs_list(&len);
        g_free(fw_cfg_modify_file(s, "bios-geometry", list, len));
    }
}

static void fw_cfg_reset(DeviceState *dev)
{
    select_item(FW_CFG(dev), FW_CFG_SIGNATURE);
    update_boot_lists(FW_CFG(dev));
}

/* A file of one number, if the user gave a right one. */
static bool add_boot_number(FWCfgState *s, const char *what, const char *file,
                            bool given, int64_t value, int64_t least,
                            unsigned size, Error **errp)
{
    uint8_t buf[8];

    if (given && (value < least || value > 0xffff)) {
        error_setg(errp,
                   "%s is invalid, it should be a value between %" PRIi64
                   " and 65535",
                   what, least);
        return false;
    }
    stn_le_p(buf, size, value);
    fw_cfg_add_file_copy(s, file, buf, size);
    return true;
}

static bool add_boot_items(FWCfgState *s, Error **errp)
{
    MachineState *ms =
        (MachineState *)object_dynamic_cast(qdev_get_machine(), TYPE_MACHINE);
    const BootConfiguration none = { 0 };
    const BootConfiguration *boot = ms ? &ms->boot_config : &none;

    fw_cfg_add_i16(s, FW_CFG_NOGRAPHIC, ms ? !ms->enable_graphics : 1);
    fw_cfg_add_i16(s, FW_CFG_BOOT_MENU, boot->has_menu && boot->menu);
    if (boot->has_splash_time &&
        !add_boot_number(s, "splash-time", "etc/boot-menu-wait", true,
                         boot->splash_time, 0, 2, errp)) {
        return false;
    }
    return add_boot_number(
        s, "reboot timeout", "etc/boot-fail-wait", boot->has_reboot_timeout,
        boot->has_reboot_timeout ? boot->reboot_timeout : -1, -1, 4, errp);
}

static bool common_realize(FWCfgState *s, Error **errp)
{
    if (!fw_cfg_find()) {
        error_setg(errp, "at most one %s device is permitted", TYPE_FW_CFG);
        return false;
    }
    if (!fw_cfg_alloc_entries(s, errp)) {
        return false;
    }
    if (s->dma_enabled) {
        memory_region_init_io(&s->dma_iomem, OBJECT(s), &dma_ops, s,
                              "fwcfg.dma", sizeof(dma_addr_t));
    }
    fw_cfg_add_bytes(s, FW_CFG_SIGNATURE, (char *)"QEMU", FW_CFG_SIG_SIZE);
    fw_cfg_add_bytes(s, FW_CFG_UUID, &qemu_uuid, 16);
    fw_cfg_add_i32(s, FW_CFG_ID,
                   FW_CFG_VERSION | (s->dma_enabled ? FW_CFG_VERSION_DMA : 0));
    return add_boot_items(s, errp);
}

static void mem_realize(DeviceState *dev, Error **errp)
{
    FWCfgMemState *m = FW_CFG_MEM(dev);
    FWCfgState *s = FW_CFG(dev);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);
    const MemoryRegionOps *ops = &data_ops;

    if (m->data_width != UINT32_MAX &&
        (m->data_width > 8 || !is_power_of_2(m->data_width))) {
        error_setg(errp, "data_width is 1, 2, 4 or 8, not %" PRIu32,
                   m->data_width);
        return;
    }
    if (!common_realize(s, errp)) {
        return;
    }
    if (m->data_width > 1 && m->data_width != UINT32_MAX) {
        m->wide_data_ops = data_ops;
        m->wide_data_ops.valid.max_access_size = m->data_width;
        m->wide_data_ops.impl.max_access_size = m->data_width;
        ops = &m->wide_data_ops;
    }
    memory_region_init_io(&m->ctl_iomem, OBJECT(s), &ctl_ops, s, "fwcfg.ctl",
                          FW_CFG_CTL_SIZE);
    sysbus_init_mmio(sbd, &m->ctl_iomem);
    memory_region_init_io(&m->data_iomem, OBJECT(s), ops, s, "fwcfg.data",
                          ops->valid.max_access_size);
    sysbus_init_mmio(sbd, &m->data_iomem);
    if (s->dma_enabled) {
        sysbus_init_mmio(sbd, &s->dma_iomem);
    }
}

static void io_realize(DeviceState *dev, Error **errp)
{
    FWCfgIoState *io = FW_CFG_IO(dev);
    FWCfgState *s = FW_CFG(dev);

    if (!common_realize(s, errp)) {
        return;
    }
    /* 16-bit writes straddle the region's end if it had one byte. */
    memory_region_init_io(&io->comb_iomem, OBJECT(s), &port_ops, s, "fwcfg",
                          FW_CFG_CTL_SIZE);
}

FWCfgState *fw_cfg_find(void)
{
    /* NULL if it is ambiguous. */
    return (FWCfgState *)object_resolve_path_type("", TYPE_FW_CFG, NULL);
}

static FWCfgState *create(DeviceState *dev, bool dma, AddressSpace *dma_as)
{
    FWCfgState *s = FW_CFG(dev);

    if (!dma) {
        qdev_prop_set_bit(dev, "dma_enabled", false);
    }
    object_property_add_child(qdev_get_machine(), TYPE_FW_CFG, OBJECT(dev));
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    if (s->dma_enabled) {
        s->dma_as = dma_as;
    }
    return s;
}

FWCfgState *fw_cfg_init_io_dma(uint32_t iobase, uint32_t dma_iobase,
                               AddressSpace *dma_as)
{
    FWCfgState *s =
        create(qdev_new(TYPE_FW_CFG_IO), dma_iobase && dma_as, dma_as);

    memory_region_add_subregion(get_system_io(), iobase,
                                &FW_CFG_IO(s)->comb_iomem);
    if (s->dma_enabled) {
        memory_region_add_subregion(get_system_io(), dma_iobase, &s->dma_iomem);
    }
    return s;
}

FWCfgState *fw_cfg_init_mem_wide(hwaddr ctl_addr, hwaddr data_addr,
                                 uint32_t data_width, hwaddr dma_addr,
                                 AddressSpace *dma_as)
{
    DeviceState *dev = qdev_new(TYPE_FW_CFG_MEM);
    FWCfgState *s;

    qdev_prop_set_uint32(dev, "data_width", data_width);
    s = create(dev, dma_addr && dma_as, dma_as);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, ctl_addr);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 1, data_addr);
    if (s->dma_enabled) {
        sysbus_mmio_map(SYS_BUS_DEVICE(dev), 2, dma_addr);
    }
    return s;
}

FWCfgState *fw_cfg_init_mem(hwaddr ctl_addr, hwaddr data_addr)
{
    return fw_cfg_init_mem_wide(ctl_addr, data_addr,
                                data_ops.valid.max_access_size, 0, NULL);
}

static void fw_cfg_finalize(Object *obj)
{
    fw_cfg_free_entries(FW_CFG(obj));
}

static const Property fw_cfg_properties[] = {
    DEFINE_PROP_BOOL("acpi-mr-restore", FWCfgState, acpi_mr_restore, true),
};

static const Property io_properties[] = {
    DEFINE_PROP_BOOL("dma_enabled", FWCfgIoState, parent_obj.dma_enabled, true),
    DEFINE_PROP_UINT16("x-file-slots", FWCfgIoState, parent_obj.file_slots,
                       FW_CFG_FILE_SLOTS_DFLT),
};

static const Property mem_properties[] = {
    DEFINE_PROP_UINT32("data_width", FWCfgMemState, data_width, -1),
    DEFINE_PROP_BOOL("dma_enabled", FWCfgMemState, parent_obj.dma_enabled,
                     true),
    DEFINE_PROP_UINT16("x-file-slots", FWCfgMemState, parent_obj.file_slots,
                       FW_CFG_FILE_SLOTS_DFLT),
};

static void fw_cfg_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    device_class_set_legacy_reset(dc, fw_cfg_reset);
    dc->vmsd = &vmstate_fw_cfg;
    device_class_set_props(dc, fw_cfg_properties);
}

static void io_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = io_realize;
    device_class_set_props(dc, io_properties);
}

static void mem_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = mem_realize;
    device_class_set_props(dc, mem_properties);
}

static const TypeInfo fw_cfg_types[] = {
    {
        .name = TYPE_FW_CFG,
        .parent = TYPE_SYS_BUS_DEVICE,
        .abstract = true,
        .instance_size = sizeof(FWCfgState),
        .instance_finalize = fw_cfg_finalize,
        .class_init = fw_cfg_class_init,
    },
    {
        .name = TYPE_FW_CFG_IO,
        .parent = TYPE_FW_CFG,
        .instance_size = sizeof(FWCfgIoState),
        .class_init = io_class_init,
    },
    {
        .name = TYPE_FW_CFG_MEM,
        .parent = TYPE_FW_CFG,
        .instance_size = sizeof(FWCfgMemState),
        .class_init = mem_class_init,
    },
};

DEFINE_TYPES(fw_cfg_types)

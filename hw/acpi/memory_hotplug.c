/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of DIMM slots; memory_hotplug-aml.c has what reads them. */
#include "qemu/osdep.h"
#include "hw/acpi/memory_hotplug.h"
#include "hw/boards.h"
#include "hw/hotplug.h"
#include "hw/mem/pc-dimm.h"
#include "ospm.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "trace/trace-hw_acpi.h"

enum {
    REG_SELECT_ADDR_LOW = 0x00,
    REG_OST_EVENT_ADDR_HIGH = 0x04,
    REG_OST_STATUS_SIZE_LOW = 0x08,
    REG_SIZE_HIGH = 0x0c,
    REG_PROXIMITY = 0x10,
    REG_FLAGS = 0x14,
};

enum {
    FLAG_ENABLED = 1 << 0,
    FLAG_INSERTING = 1 << 1,
    FLAG_REMOVING = 1 << 2,
    FLAG_EJECT = 1 << 3,
};

/* ---- what the guest said ------------------------------------------------- */

static ACPIOSTInfo *slot_status(const MemHotplugState *s, uint32_t slot)
{
    const MemStatus *m = &s->devs[slot];

    return acpi_ospm_info(ACPI_SLOT_TYPE_DIMM, slot, m->dimm, m->ost_event,
                          m->ost_status);
}

void acpi_memory_ospm_status(MemHotplugState *mem_st, ACPIOSTInfoList ***list)
{
    for (uint32_t i = 0; i < mem_st->dev_count; i++) {
        QAPI_LIST_APPEND(*list, slot_status(mem_st, i));
    }
}

/* ---- registers ----------------------------------------------------------- */

/* The slot that the guest has selected; NULL if there is none. */
static MemStatus *selected(MemHotplugState *s)
{
    if (s->selector >= s->dev_count) {
        trace_mhp_acpi_invalid_slot_selected(s->selector);
        return NULL;
    }
    return &s->devs[s->selector];
}

static uint64_t dimm_number(const MemStatus *m, const char *property)
{
    return m->dimm ? object_property_get_uint(OBJECT(m->dimm), property, NULL)
                   : 0;
}

static uint32_t flags(const MemHotplugState *s, const MemStatus *m)
{
    uint32_t value = (m->is_enabled ? FLAG_ENABLED : 0) |
                     (m->is_inserting ? FLAG_INSERTING : 0) |
                     (m->is_removing ? FLAG_REMOVING : 0);

    trace_mhp_acpi_read_flags(s->selector, value);
    return value;
}

static uint64_t slots_read(void *opaque, hwaddr addr, unsigned size)
{
    MemHotplugState *s = opaque;
    const MemStatus *m = selected(s);

    if (!m) {
        return 0;
    }
    switch (addr) {
    case REG_SELECT_ADDR_LOW:
        return (uint32_t)dimm_number(m, PC_DIMM_ADDR_PROP);
    case REG_OST_EVENT_ADDR_HIGH:
        return dimm_number(m, PC_DIMM_ADDR_PROP) >> 32;
    case REG_OST_STATUS_SIZE_LOW:
        return (uint32_t)dimm_number(m, PC_DIMM_SIZE_PROP);
    case REG_SIZE_HIGH:
        return dimm_number(m, PC_DIMM_SIZE_PROP) >> 32;
    case REG_PROXIMITY:
        return dimm_number(m, PC_DIMM_NODE_PROP);
    case REG_FLAGS:
        return flags(s, m);
    }
    return UINT32_MAX;
}

static void eject(MemHotplugState *s, MemStatus *m)
{
    DeviceState *dev = m->dimm;
    Error *err = NULL;

    if (!m->is_enabled) {
        trace_mhp_acpi_ejecting_invalid_slot(s->selector);
        qemu_log_mask(LOG_GUEST_ERROR,
                      "acpi-mem-hotplug: slot %" PRIu32 " has nothing to "
                      "eject\n",
                      s->selector);
        return;
    }
    if (!acpi_ospm_may_eject(dev)) {
        return;
    }
    hotplug_handler_unplug(qdev_get_hotplug_handler(dev), dev, &err);
    if (err) {
        trace_mhp_acpi_pc_dimm_delete_failed(s->selector);
        error_report_err(err);
        acpi_ospm_unplug_failed(dev);
        return;
    }
    object_unparent(OBJECT(dev));
    trace_mhp_acpi_pc_dimm_deleted(s->selector);
}

/* One thing at a time, the first that is asked for. */
static void write_flags(MemHotplugState *s, MemStatus *m, uint32_t value)
{
    if (value & FLAG_INSERTING) {
        m->is_inserting = false;
        trace_mhp_acpi_clear_insert_evt(s->selector);
    } else if (value & FLAG_REMOVING) {
        m->is_removing = false;
        trace_mhp_acpi_clear_remove_evt(s->selector);
    } else if (value & FLAG_EJECT) {
        eject(s, m);
    }
}

static void write_ost_status(MemHotplugState *s, MemStatus *m, uint32_t value)
{
    m->ost_status = value;
    trace_mhp_acpi_write_ost_status(s->selector, value);
    acpi_ospm_report(slot_status(s, s->selector));
}

static void slots_write(void *opaque, hwaddr addr, uint64_t data, unsigned size)
{
    MemHotplugState *s = opaque;
    MemStatus *m;

    if (addr == REG_SELECT_ADDR_LOW) {
        s->selector = data;
        trace_mhp_acpi_write_slot(s->selector);
        return;
    }
    m = selected(s);
    if (!m) {
        return;
    }
    switch (addr) {
    case REG_OST_EVENT_ADDR_HIGH:
        m->ost_event = data;
        trace_mhp_acpi_write_ost_ev(s->selector, data);
        break;
    case REG_OST_STATUS_SIZE_LOW:
        write_ost_status(s, m, data);
        break;
    case REG_FLAGS:
        write_flags(s, m, data);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "acpi-mem-hotplug: write to 0x%" HWADDR_PRIx
                      ", where nothing can be written\n",
                      addr);
    }
}

static const MemoryRegionOps slots_ops = {
    .read = slots_read,
    .write = slots_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4 },
};

/* ---- its life ------------------------------------------------------------ */

void acpi_memory_hotplug_init(MemoryRegion *as, Object *owner,
                              MemHotplugState *state, hwaddr io_base)
{
    state->dev_count = MACHINE(qdev_get_machine())->ram_slots;
    if (!state->dev_count) {
        return;
    }
    state->devs = g_new0(MemStatus, state->dev_count);
    memory_region_init_io(&state->io, owner, &slots_ops, state,
                          "acpi-mem-hotplug", MEMORY_HOTPLUG_IO_LEN);
    memory_region_add_subregion(as, io_base, &state->io);
}

/* What is there, the guest will see when it starts. */
void acpi_memory_hotplug_reset(MemHotplugState *state)
{
    state->selector = 0;
    for (uint32_t i = 0; i < state->dev_count; i++) {
        state->devs[i].is_inserting = false;
        state->devs[i].ost_event = 0;
        state->devs[i].ost_status = 0;
    }
}

void acpi_memory_hotplug_finalize(MemHotplugState *state)
{
    g_free(state->devs);
    state->devs = NULL;
}

/* ---- plugging ------------------------------------------------------------ */

static MemStatus *slot_of(MemHotplugState *s, DeviceState *dev, Error **errp)
{
    int slot = PC_DIMM(dev)->slot;

    if (slot < 0 || slot >= s->dev_count) {
        error_setg(errp,
                   "'%s' is in slot %d, and the machine has %" PRIu32
                   " slots (-m ...,slots=)",
                   dev->canonical_path, slot, s->dev_count);
        return NULL;
    }
    return &s->devs[slot];
}

void acpi_memory_plug_cb(HotplugHandler *hotplug_dev, MemHotplugState *mem_st,
                         DeviceState *dev, Error **errp)
{
    MemStatus *m;

    if (!DEVICE_GET_CLASS(dev)->hotpluggable) {
        return;
    }
    m = slot_of(mem_st, dev, errp);
    if (!m) {
        return;
    }
    m->dimm = dev;
    m->is_enabled = true;
    if (dev->hotplugged) {
        m->is_inserting = true;
        acpi_send_event(DEVICE(hotplug_dev), ACPI_MEMORY_HOTPLUG_STATUS);
    }
}

void acpi_memory_unplug_request_cb(HotplugHandler *hotplug_dev,
                                   MemHotplugState *mem_st, DeviceState *dev,
                                   Error **errp)
{
    MemStatus *m = slot_of(mem_st, dev, errp);

    if (m) {
        m->is_removing = true;
        acpi_send_event(DEVICE(hotplug_dev), ACPI_MEMORY_HOTPLUG_STATUS);
    }
}

void acpi_memory_unplug_cb(MemHotplugState *mem_st, DeviceState *dev,
                           Error **errp)
{
    MemStatus *m = slot_of(mem_st, dev, errp);

    if (m) {
        m->is_enabled = false;
        m->is_inserting = false;
        m->is_removing = false;
        m->dimm = NULL;
    }
}

/* ---- migration ----------------------------------------------------------- */

static const VMStateDescription vmstate_slot = {
    .name = "memory hotplug device state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_BOOL(is_enabled, MemStatus),
            VMSTATE_BOOL(is_inserting, MemStatus),
            VMSTATE_UINT32(ost_event, MemStatus),
            VMSTATE_UINT32(ost_status, MemStatus),
            VMSTATE_END_OF_LIST(),
        },
};

/* A stream may say that a slot is enabled, where there is no DIMM. */
static int memory_hotplug_post_load(void *opaque, int version_id)
{
    MemHotplugState *s = opaque;

    for (uint32_t i = 0; i < s->dev_count; i++) {
        s->devs[i].is_enabled &= s->devs[i].dimm != NULL;
    }
    return 0;
}

const VMStateDescription vmstate_memory_hotplug = {
    .name = "memory hotplug state",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = memory_hotplug_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(selector, MemHotplugState),
            VMSTATE_STRUCT_VARRAY_POINTER_UINT32(
                devs, MemHotplugState, dev_count, vmstate_slot, MemStatus),
            VMSTATE_END_OF_LIST(),
        },
};

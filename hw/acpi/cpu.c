/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of CPU slots; cpu-aml.c has what reads them. */
#include "qemu/osdep.h"
#include "hw/acpi/cpu.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "ospm.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "trace/trace-hw_acpi.h"

enum {
    REG_SELECT_DATA2 = 0,
    REG_FLAGS = 4,
    REG_COMMAND = 5,
    REG_DATA = 8,
};

enum {
    FLAG_ENABLED = 1 << 0,
    FLAG_INSERTING = 1 << 1,
    FLAG_REMOVING = 1 << 2,
    FLAG_EJECT = 1 << 3,
    FLAG_FW_REMOVE = 1 << 4,
};

enum {
    CMD_NEXT_WITH_EVENT = 0,
    CMD_OST_EVENT = 1,
    CMD_OST_STATUS = 2,
    CMD_CPU_ID = 3,
};

/* _OST (ACPI 6.5, 6.3.5): what it is about, and what became of it. */
enum {
    OST_EJECT_REQUEST = 0x003,
    OST_EJECTION = 0x103,
    OST_SUCCESS = 0x00,
    OST_EJECTING = 0x84,
};

/* ---- what the guest said ------------------------------------------------- */

static ACPIOSTInfo *slot_status(const CPUHotplugState *s, uint32_t slot)
{
    const AcpiCpuStatus *c = &s->devs[slot];

    return acpi_ospm_info(ACPI_SLOT_TYPE_CPU, slot, (DeviceState *)c->cpu,
                          c->ost_event, c->ost_status);
}

void acpi_cpu_ospm_status(CPUHotplugState *cpu_st, ACPIOSTInfoList ***list)
{
    for (uint32_t i = 0; i < cpu_st->dev_count; i++) {
        QAPI_LIST_APPEND(*list, slot_status(cpu_st, i));
    }
}

static bool refuses_to_eject(const AcpiCpuStatus *c)
{
    return c->cpu && !c->is_ejected &&
           (c->ost_event == OST_EJECT_REQUEST ||
            c->ost_event == OST_EJECTION) &&
           c->ost_status != OST_SUCCESS && c->ost_status != OST_EJECTING;
}

static void write_ost_status(CPUHotplugState *s, AcpiCpuStatus *c,
                             uint32_t value)
{
    c->ost_status = value;
    trace_cpuhp_acpi_write_ost_status(s->selector, value);
    acpi_ospm_report(slot_status(s, s->selector));
    if (refuses_to_eject(c)) {
        acpi_ospm_unplug_failed(DEVICE(c->cpu));
    }
}

/* ---- ejecting ------------------------------------------------------------ */

static void take_away(AcpiCpuStatus *c)
{
    DeviceState *dev = DEVICE(c->cpu);
    Error *err = NULL;

    hotplug_handler_unplug(qdev_get_hotplug_handler(dev), dev, &err);
    if (err) {
        error_report_err(err);
        c->is_ejected = false;
        acpi_ospm_unplug_failed(dev);
        return;
    }
    object_unparent(OBJECT(dev));
}

static void eject_bh(void *opaque)
{
    CPUHotplugState *s = opaque;

    for (uint32_t i = 0; i < s->dev_count; i++) {
        if (s->devs[i].is_ejected && s->devs[i].cpu) {
            take_away(&s->devs[i]);
        }
    }
}

/*
 * Not at once: we are in the thread of a CPU, and would have to wait for the
 * end of that of the other, which may be this one, or wait for us likewise.
 */
static void eject(CPUHotplugState *s, AcpiCpuStatus *c)
{
    if (!c->cpu || c->cpu == first_cpu) {
        trace_cpuhp_acpi_ejecting_invalid_cpu(s->selector);
        qemu_log_mask(LOG_GUEST_ERROR,
                      "acpi-cpu-hotplug: slot %" PRIu32 " has %s to eject\n",
                      s->selector, c->cpu ? "the boot CPU, not" : "nothing");
        return;
    }
    if (!acpi_ospm_may_eject(DEVICE(c->cpu))) {
        return;
    }
    trace_cpuhp_acpi_ejecting_cpu(s->selector);
    c->fw_remove = false;
    c->is_ejected = true;
    qemu_bh_schedule(s->eject_bh);
}

static void let_firmware_eject(CPUHotplugState *s, AcpiCpuStatus *c)
{
    if (!c->cpu || c->cpu == first_cpu) {
        trace_cpuhp_acpi_fw_remove_invalid_cpu(s->selector);
        return;
    }
    trace_cpuhp_acpi_fw_remove_cpu(s->selector);
    c->fw_remove = !c->fw_remove;
}

/* ---- registers ----------------------------------------------------------- */

/* The slot that the guest has selected; NULL if there is none. */
static AcpiCpuStatus *selected(CPUHotplugState *s)
{
    if (s->selector >= s->dev_count) {
        trace_cpuhp_acpi_invalid_idx_selected(s->selector);
        return NULL;
    }
    return &s->devs[s->selector];
}

static uint32_t flags(const CPUHotplugState *s, const AcpiCpuStatus *c)
{
    uint32_t value = (c->cpu && !c->is_ejected ? FLAG_ENABLED : 0) |
                     (c->is_inserting ? FLAG_INSERTING : 0) |
                     (c->is_removing ? FLAG_REMOVING : 0) |
                     (c->fw_remove ? FLAG_FW_REMOVE : 0);

    trace_cpuhp_acpi_read_flags(s->selector, value);
    return value;
}

static uint32_t read_data(const CPUHotplugState *s, const AcpiCpuStatus *c)
{
    uint32_t value = s->command == CMD_NEXT_WITH_EVENT ? s->selector
                     : s->command == CMD_CPU_ID        ? (uint32_t)c->arch_id
                                                       : 0;

    trace_cpuhp_acpi_read_cmd_data(s->selector, value);
    return value;
}

static uint32_t read_data2(const CPUHotplugState *s, const AcpiCpuStatus *c)
{
    uint32_t value = s->command == CMD_CPU_ID ? c->arch_id >> 32 : 0;

    trace_cpuhp_acpi_read_cmd_data2(s->selector, value);
    return value;
}

static uint64_t slots_read(void *opaque, hwaddr addr, unsigned size)
{
    CPUHotplugState *s = opaque;
    const AcpiCpuStatus *c = selected(s);

    if (!c) {
        return 0;
    }
    switch (addr) {
    case REG_SELECT_DATA2:
        return read_data2(s, c);
    case REG_FLAGS:
        return flags(s, c);
    case REG_DATA:
        return read_data(s, c);
    }
    return 0;
}

/* One thing at a time, the first that is asked for. */
static void write_flags(CPUHotplugState *s, AcpiCpuStatus *c, uint32_t value)
{
    if (value & FLAG_INSERTING) {
        c->is_inserting = false;
        trace_cpuhp_acpi_clear_inserting_evt(s->selector);
    } else if (value & FLAG_REMOVING) {
        c->is_removing = false;
        trace_cpuhp_acpi_clear_remove_evt(s->selector);
    } else if (value & FLAG_EJECT) {
        eject(s, c);
    } else if (value & FLAG_FW_REMOVE) {
        let_firmware_eject(s, c);
    }
}

/* From the selected slot on, and around. */
static void select_next_with_event(CPUHotplugState *s)
{
    for (uint32_t i = 0; i < s->dev_count; i++) {
        uint32_t slot = (s->selector + i) % s->dev_count;
        const AcpiCpuStatus *c = &s->devs[slot];

        if (c->is_inserting || c->is_removing || c->fw_remove) {
            s->selector = slot;
            trace_cpuhp_acpi_cpu_has_events(slot, c->is_inserting,
                                            c->is_removing);
            return;
        }
    }
}

static void write_command(CPUHotplugState *s, uint32_t value)
{
    trace_cpuhp_acpi_write_cmd(s->selector, value);
    if (value > CMD_CPU_ID) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "acpi-cpu-hotplug: command %" PRIu32 "; there are 0 to "
                      "%d\n",
                      value, CMD_CPU_ID);
        return;
    }
    s->command = value;
    if (value == CMD_NEXT_WITH_EVENT) {
        select_next_with_event(s);
    }
}

static void write_data(CPUHotplugState *s, AcpiCpuStatus *c, uint32_t value)
{
    if (s->command == CMD_OST_EVENT) {
        c->ost_event = value;
        trace_cpuhp_acpi_write_ost_ev(s->selector, value);
    } else if (s->command == CMD_OST_STATUS) {
        write_ost_status(s, c, value);
    }
}

static void slots_write(void *opaque, hwaddr addr, uint64_t data, unsigned size)
{
    CPUHotplugState *s = opaque;
    AcpiCpuStatus *c;

    if (addr == REG_SELECT_DATA2) {
        s->selector = data;
        trace_cpuhp_acpi_write_idx(s->selector);
        return;
    }
    c = selected(s);
    if (!c) {
        return;
    }
    switch (addr) {
    case REG_FLAGS:
        write_flags(s, c, data);
        break;
    case REG_COMMAND:
        write_command(s, data);
        break;
    case REG_DATA:
        write_data(s, c, data);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "acpi-cpu-hotplug: write to 0x%" HWADDR_PRIx
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

void cpu_hotplug_hw_init(MemoryRegion *as, Object *owner,
                         CPUHotplugState *state, hwaddr base_addr)
{
    MachineState *ms = MACHINE(qdev_get_machine());
    const CPUArchIdList *slots =
        MACHINE_GET_CLASS(ms)->possible_cpu_arch_ids(ms);

    state->dev_count = slots->len;
    state->devs = g_new0(AcpiCpuStatus, slots->len);
    for (int i = 0; i < slots->len; i++) {
        state->devs[i].cpu = slots->cpus[i].cpu;
        state->devs[i].arch_id = slots->cpus[i].arch_id;
    }
    state->eject_bh = qemu_bh_new(eject_bh, state);
    memory_region_init_io(&state->ctrl_reg, owner, &slots_ops, state,
                          "acpi-cpu-hotplug", ACPI_CPU_HOTPLUG_REG_LEN);
    memory_region_add_subregion(as, base_addr, &state->ctrl_reg);
}

/*
 * What is there, the guest will see when it starts. The selector stays, by the
 * registers' rules; and so does what the user asked for.
 */
void acpi_cpu_hotplug_reset(CPUHotplugState *state)
{
    for (uint32_t i = 0; i < state->dev_count; i++) {
        state->devs[i].is_inserting = false;
        state->devs[i].fw_remove = false;
        state->devs[i].ost_event = 0;
        state->devs[i].ost_status = 0;
    }
}

void acpi_cpu_hotplug_finalize(CPUHotplugState *state)
{
    if (state->eject_bh) {
        qemu_bh_delete(state->eject_bh);
        state->eject_bh = NULL;
    }
    g_free(state->devs);
    state->devs = NULL;
    state->dev_count = 0;
}

/* ---- plugging ------------------------------------------------------------ */

static AcpiCpuStatus *slot_of(CPUHotplugState *s, DeviceState *dev,
                              Error **errp)
{
    CPUState *cs = CPU(dev);
    uint64_t id = cs->cc->get_arch_id(cs);

    for (uint32_t i = 0; i < s->dev_count; i++) {
        if (s->devs[i].arch_id == id) {
            return &s->devs[i];
        }
    }
    error_setg(errp,
               "'%s' has the id 0x%" PRIx64 ", for which the machine has "
               "no slot (-smp ...,maxcpus=)",
               dev->canonical_path, id);
    return NULL;
}

void acpi_cpu_plug_cb(HotplugHandler *hotplug_dev, CPUHotplugState *cpu_st,
                      DeviceState *dev, Error **errp)
{
    AcpiCpuStatus *c = slot_of(cpu_st, dev, errp);

    if (!c) {
        return;
    }
    c->cpu = CPU(dev);
    if (dev->hotplugged) {
        c->is_inserting = true;
        acpi_send_event(DEVICE(hotplug_dev), ACPI_CPU_HOTPLUG_STATUS);
    }
}

void acpi_cpu_unplug_request_cb(HotplugHandler *hotplug_dev,
                                CPUHotplugState *cpu_st, DeviceState *dev,
                                Error **errp)
{
    AcpiCpuStatus *c = slot_of(cpu_st, dev, errp);

    if (c) {
        c->is_removing = true;
        acpi_send_event(DEVICE(hotplug_dev), ACPI_CPU_HOTPLUG_STATUS);
    }
}

void acpi_cpu_unplug_cb(CPUHotplugState *cpu_st, DeviceState *dev, Error **errp)
{
    AcpiCpuStatus *c = slot_of(cpu_st, dev, errp);

    if (c) {
        c->cpu = NULL;
        c->is_inserting = false;
        c->is_removing = false;
        c->fw_remove = false;
        c->is_ejected = false;
    }
}

/* ---- migration ----------------------------------------------------------- */

static bool ejected_needed(void *opaque)
{
    const AcpiCpuStatus *c = opaque;

    return c->is_ejected;
}

static const VMStateDescription vmstate_ejected = {
    .name = "CPU hotplug device state/ejected",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = ejected_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_BOOL(is_ejected, AcpiCpuStatus),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_slot = {
    .name = "CPU hotplug device state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_BOOL(is_inserting, AcpiCpuStatus),
            VMSTATE_BOOL(is_removing, AcpiCpuStatus),
            VMSTATE_UINT32(ost_event, AcpiCpuStatus),
            VMSTATE_UINT32(ost_status, AcpiCpuStatus),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){ &vmstate_ejected, NULL },
};

/* A stream may tell of slots where here is no CPU, or the boot CPU. */
static int cpu_hotplug_post_load(void *opaque, int version_id)
{
    CPUHotplugState *s = opaque;

    for (uint32_t i = 0; i < s->dev_count; i++) {
        AcpiCpuStatus *c = &s->devs[i];

        c->is_inserting &= c->cpu != NULL;
        c->is_removing &= c->cpu != NULL;
        c->is_ejected &= c->cpu && c->cpu != first_cpu;
    }
    if (s->eject_bh) {
        qemu_bh_schedule(s->eject_bh);
    }
    return 0;
}

const VMStateDescription vmstate_cpu_hotplug = {
    .name = "CPU hotplug state",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = cpu_hotplug_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(selector, CPUHotplugState),
            VMSTATE_UINT8(command, CPUHotplugState),
            VMSTATE_STRUCT_VARRAY_POINTER_UINT32(
                devs, CPUHotplugState, dev_count, vmstate_slot, AcpiCpuStatus),
            VMSTATE_END_OF_LIST(),
        },
};

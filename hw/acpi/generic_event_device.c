/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Generic Event Device: events of the platform, power off, reset. */
#include "qemu/osdep.h"
#include "hw/acpi/generic_event_device.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "hw/hotplug.h"
#include "hw/irq.h"
#include "hw/mem/nvdimm.h"
#include "hw/mem/pc-dimm.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "system/runstate.h"

#define NOTIFY_POWER_BUTTON 0x80

/* What there are methods for. */
#define KNOWN_EVENTS                                                           \
    (ACPI_GED_MEM_HOTPLUG_EVT | ACPI_GED_PWR_DOWN_EVT |                        \
     ACPI_GED_CPU_HOTPLUG_EVT)

/* ---- AML ----------------------------------------------------------------- */

static Aml *handler(uint32_t event)
{
    if (event == ACPI_GED_MEM_HOTPLUG_EVT) {
        return aml_call0(MEMORY_DEVICES_CONTAINER "." MEMORY_SLOT_SCAN_METHOD);
    }
    if (event == ACPI_GED_CPU_HOTPLUG_EVT) {
        return aml_call0(AML_GED_EVT_CPU_SCAN_METHOD);
    }
    return aml_notify(aml_name(ACPI_POWER_BUTTON_DEVICE),
                      aml_int(NOTIFY_POWER_BUTTON));
}

/* _EVT: reads, and so clears, the events; for each its handler. */
static Aml *event_method(uint32_t events)
{
    Aml *method = aml_method("_EVT", 1, AML_SERIALIZED);

    aml_append(method, aml_store(aml_name(AML_GED_EVT_SEL), aml_local(0)));
    for (int bit = 0; bit < 32; bit++) {
        uint32_t event = events & (1u << bit);
        Aml *block;

        if (!event) {
            continue;
        }
        block = aml_if(aml_equal(aml_and(aml_local(0), aml_int(event), NULL),
                                 aml_int(event)));
        aml_append(block, handler(event));
        aml_append(method, block);
    }
    return method;
}

void build_ged_aml(Aml *table, const char *name, HotplugHandler *hotplug_dev,
                   uint32_t ged_irq, AmlRegionSpace rs, hwaddr ged_base)
{
    Aml *dev = aml_device("%s", name);
    Aml *crs = aml_resource_template();
    Aml *field;

    aml_append(crs, aml_interrupt(AML_CONSUMER, AML_EDGE, AML_ACTIVE_HIGH,
                                  AML_EXCLUSIVE, &ged_irq, 1));
    aml_append(dev, aml_name_decl("_HID", aml_string("ACPI0013")));
    aml_append(dev, aml_name_decl("_UID", aml_string(GED_DEVICE)));
    aml_append(dev, aml_name_decl("_CRS", crs));
    aml_append(dev,
               aml_operation_region(AML_GED_EVT_REG, rs,
                                    aml_int(ged_base + ACPI_GED_EVT_SEL_OFFSET),
                                    ACPI_GED_EVT_SEL_LEN));
    field = aml_field(AML_GED_EVT_REG, AML_DWORD_ACC, AML_NOLOCK,
                      AML_WRITE_AS_ZEROS);
    aml_append(field,
               aml_named_field(AML_GED_EVT_SEL, ACPI_GED_EVT_SEL_LEN * 8));
    aml_append(dev, field);
    aml_append(dev, event_method(ACPI_GED(hotplug_dev)->ged_event_bitmap));
    aml_append(table, dev);
}

void acpi_dsdt_add_power_button(Aml *scope)
{
    Aml *dev = aml_device(ACPI_POWER_BUTTON_DEVICE);

    aml_append(dev, aml_name_decl("_HID", aml_string("PNP0C0C")));
    aml_append(dev, aml_name_decl("_UID", aml_int(0)));
    aml_append(scope, dev);
}

/* ---- registers ----------------------------------------------------------- */

static uint64_t events_read(void *opaque, hwaddr addr, unsigned size)
{
    GEDState *s = opaque;
    uint32_t events = s->sel;

    s->sel = 0;
    return events;
}

static void events_write(void *opaque, hwaddr addr, uint64_t data,
                         unsigned size)
{
    qemu_log_mask(LOG_GUEST_ERROR, "acpi-ged: events are read only\n");
}

static const MemoryRegionOps events_ops = {
    .read = events_read,
    .write = events_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static uint64_t regs_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void sleep_control(uint8_t value)
{
    int type = value >> ACPI_GED_SLP_TYP_POS & ACPI_GED_SLP_TYP_MASK;

    if (!(value & ACPI_GED_SLP_EN)) {
        return;
    }
    if (type == ACPI_GED_SLP_TYP_S5) {
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
        return;
    }
    qemu_log_mask(LOG_GUEST_ERROR,
                  "acpi-ged: sleep type %d; there is %d, to power off\n", type,
                  ACPI_GED_SLP_TYP_S5);
}

static void regs_write(void *opaque, hwaddr addr, uint64_t data, unsigned size)
{
    switch (addr) {
    case ACPI_GED_REG_SLEEP_CTL:
        sleep_control(data);
        break;
    case ACPI_GED_REG_RESET:
        if (data == ACPI_GED_RESET_VALUE) {
            qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        }
        break;
    default: /* the status: it has bits to clear that are never set */
        break;
    }
}

static const MemoryRegionOps regs_ops = {
    .read = regs_read,
    .write = regs_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 1 },
};

/* ---- events -------------------------------------------------------------- */

static void ged_send_event(AcpiDeviceIf *adev, AcpiEventStatusBits ev)
{
    AcpiGedState *s = ACPI_GED(adev);
    uint32_t event = ev & ACPI_MEMORY_HOTPLUG_STATUS ? ACPI_GED_MEM_HOTPLUG_EVT
                     : ev & ACPI_CPU_HOTPLUG_STATUS  ? ACPI_GED_CPU_HOTPLUG_EVT
                     : ev & ACPI_POWER_DOWN_STATUS   ? ACPI_GED_PWR_DOWN_EVT
                                                     : 0;

    if (!event) {
        warn_report("acpi-ged: there is no event for 0x%x", ev);
        return;
    }
    s->ged_state.sel |= event;
    qemu_irq_pulse(s->irq);
}

static void ged_ospm_status(AcpiDeviceIf *adev, ACPIOSTInfoList ***list)
{
    acpi_memory_ospm_status(&ACPI_GED(adev)->memhp_state, list);
    acpi_cpu_ospm_status(&ACPI_GED(adev)->cpuhp_state, list);
}

/* ---- plugging ------------------------------------------------------------ */

static bool has_cpu_slots(const AcpiGedState *s)
{
    return s->ged_event_bitmap & ACPI_GED_CPU_HOTPLUG_EVT;
}

static bool is_cpu(HotplugHandler *handler, DeviceState *dev)
{
    return has_cpu_slots(ACPI_GED(handler)) &&
           object_dynamic_cast(OBJECT(dev), TYPE_CPU);
}

/* A DIMM that ACPI can describe. */
static bool is_dimm(DeviceState *dev, Error **errp)
{
    if (object_dynamic_cast(OBJECT(dev), TYPE_PC_DIMM) &&
        !object_dynamic_cast(OBJECT(dev), TYPE_NVDIMM)) {
        return true;
    }
    error_setg(errp, "acpi-ged: '%s' is nothing that the guest can be told of",
               object_get_typename(OBJECT(dev)));
    return false;
}

static void ged_plug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    if (is_cpu(handler, dev)) {
        acpi_cpu_plug_cb(handler, &ACPI_GED(handler)->cpuhp_state, dev, errp);
    } else if (is_dimm(dev, errp)) {
        acpi_memory_plug_cb(handler, &ACPI_GED(handler)->memhp_state, dev,
                            errp);
    }
}

static void ged_unplug_request(HotplugHandler *handler, DeviceState *dev,
                               Error **errp)
{
    if (is_cpu(handler, dev)) {
        acpi_cpu_unplug_request_cb(handler, &ACPI_GED(handler)->cpuhp_state,
                                   dev, errp);
    } else if (is_dimm(dev, errp)) {
        acpi_memory_unplug_request_cb(handler, &ACPI_GED(handler)->memhp_state,
                                      dev, errp);
    }
}

static void ged_unplug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    if (is_cpu(handler, dev)) {
        acpi_cpu_unplug_cb(&ACPI_GED(handler)->cpuhp_state, dev, errp);
    } else if (is_dimm(dev, errp)) {
        acpi_memory_unplug_cb(&ACPI_GED(handler)->memhp_state, dev, errp);
    }
}

/* ---- the device ---------------------------------------------------------- */

static void ged_init(Object *obj)
{
    AcpiGedState *s = ACPI_GED(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);

    s->memhp_state.is_enabled = true;
    memory_region_init_io(&s->ged_state.evt, obj, &events_ops, &s->ged_state,
                          TYPE_ACPI_GED, ACPI_GED_EVT_SEL_LEN);
    memory_region_init(&s->container_memhp, obj, "memhp container",
                       MEMORY_HOTPLUG_IO_LEN);
    memory_region_init_io(&s->ged_state.regs, obj, &regs_ops, &s->ged_state,
                          TYPE_ACPI_GED "-regs", ACPI_GED_REG_COUNT);
    sysbus_init_mmio(sbd, &s->ged_state.evt);
    sysbus_init_irq(sbd, &s->irq);
    sysbus_init_mmio(sbd, &s->container_memhp);
    sysbus_init_mmio(sbd, &s->ged_state.regs);
}

static void ged_finalize(Object *obj)
{
    acpi_memory_hotplug_finalize(&ACPI_GED(obj)->memhp_state);
    acpi_cpu_hotplug_finalize(&ACPI_GED(obj)->cpuhp_state);
}

static bool add_cpu_slots(AcpiGedState *s, Error **errp)
{
    if (!MACHINE_GET_CLASS(qdev_get_machine())->possible_cpu_arch_ids) {
        error_setg(errp,
                   "ged-event=0x%" PRIx32 ": machine '%s' has no slots for "
                   "CPUs (0x%x)",
                   s->ged_event_bitmap, object_get_typename(qdev_get_machine()),
                   ACPI_GED_CPU_HOTPLUG_EVT);
        return false;
    }
    memory_region_init(&s->container_cpuhp, OBJECT(s), "cpuhp container",
                       ACPI_CPU_HOTPLUG_REG_LEN);
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->container_cpuhp);
    cpu_hotplug_hw_init(&s->container_cpuhp, OBJECT(s), &s->cpuhp_state, 0);
    return true;
}

static void ged_realize(DeviceState *dev, Error **errp)
{
    AcpiGedState *s = ACPI_GED(dev);

    if (s->ged_event_bitmap & ~KNOWN_EVENTS) {
        error_setg(errp,
                   "ged-event=0x%" PRIx32 ": there are the events 0x%x "
                   "(memory hotplug), 0x%x (power down) and 0x%x (CPU hotplug)",
                   s->ged_event_bitmap, ACPI_GED_MEM_HOTPLUG_EVT,
                   ACPI_GED_PWR_DOWN_EVT, ACPI_GED_CPU_HOTPLUG_EVT);
        return;
    }
    if (has_cpu_slots(s) && !add_cpu_slots(s, errp)) {
        return;
    }
    acpi_memory_hotplug_init(&s->container_memhp, OBJECT(dev), &s->memhp_state,
                             0);
}

static void ged_reset(DeviceState *dev)
{
    AcpiGedState *s = ACPI_GED(dev);

    s->ged_state.sel = 0;
    acpi_memory_hotplug_reset(&s->memhp_state);
    acpi_cpu_hotplug_reset(&s->cpuhp_state);
}

static const Property ged_properties[] = {
    DEFINE_PROP_UINT32("ged-event", AcpiGedState, ged_event_bitmap, 0),
};

static const VMStateDescription vmstate_ged_memhp = {
    .name = "acpi-ged/memhp",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_MEMORY_HOTPLUG(memhp_state, AcpiGedState),
            VMSTATE_END_OF_LIST(),
        },
};

static bool cpuhp_needed(void *opaque)
{
    return has_cpu_slots(opaque);
}

static const VMStateDescription vmstate_ged_cpuhp = {
    .name = "acpi-ged/cpuhp",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = cpuhp_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_CPU_HOTPLUG(cpuhp_state, AcpiGedState),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_ged_state = {
    .name = "acpi-ged-state",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(sel, GEDState),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_ged = {
    .name = "acpi-ged",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_STRUCT(ged_state, AcpiGedState, 1, vmstate_ged_state,
                           GEDState),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){ &vmstate_ged_memhp,
                                             &vmstate_ged_cpuhp, NULL },
};

static void ged_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);
    AcpiDeviceIfClass *adevc = ACPI_DEVICE_IF_CLASS(klass);

    dc->desc = "ACPI Generic Event Device";
    dc->vmsd = &vmstate_ged;
    dc->realize = ged_realize;
    device_class_set_legacy_reset(dc, ged_reset);
    device_class_set_props(dc, ged_properties);
    hc->plug = ged_plug;
    hc->unplug_request = ged_unplug_request;
    hc->unplug = ged_unplug;
    adevc->ospm_status = ged_ospm_status;
    adevc->send_event = ged_send_event;
}

static const TypeInfo ged_types[] = {
    {
        .name = TYPE_ACPI_GED,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(AcpiGedState),
        .instance_init = ged_init,
        .instance_finalize = ged_finalize,
        .class_init = ged_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_HOTPLUG_HANDLER },
                                         { TYPE_ACPI_DEVICE_IF },
                                         {} },
    },
};

DEFINE_TYPES(ged_types)

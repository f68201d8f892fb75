/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 16550A UART on the ISA bus. */
#include "qemu/osdep.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/char/serial-isa.h"
#include "hw/char/serial.h"
#include "hw/qdev-properties-system.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "system/system.h"

OBJECT_DECLARE_SIMPLE_TYPE(ISASerialState, ISA_SERIAL)

struct ISASerialState {
    ISADevice parent_obj;

    uint32_t index;
    uint32_t iobase;
    uint32_t isairq;
    SerialState state;
};

/* COM1 to COM4 */
static const uint16_t com_port[MAX_ISA_SERIAL_PORTS] = { 0x3f8, 0x2f8, 0x3e8,
                                                         0x2e8 };
static const uint8_t com_irq[MAX_ISA_SERIAL_PORTS] = { 4, 3, 4, 3 };

static void isa_serial_realize(DeviceState *dev, Error **errp)
{
    static int next_index;
    ISASerialState *isa = ISA_SERIAL(dev);
    SerialState *s = &isa->state;

    if (isa->index == -1) {
        isa->index = next_index;
    }
    if (isa->index >= MAX_ISA_SERIAL_PORTS) {
        error_setg(errp, "Max. supported number of ISA serial ports is %d.",
                   MAX_ISA_SERIAL_PORTS);
        return;
    }
    if (isa->iobase == -1) {
        isa->iobase = com_port[isa->index];
    }
    if (isa->isairq == -1) {
        isa->isairq = com_irq[isa->index];
    }
    if (isa->isairq >= ISA_NUM_IRQS) {
        error_setg(errp, "Maximum value for \"irq\" is: %u", ISA_NUM_IRQS - 1);
        return;
    }
    next_index = isa->index + 1;

    s->irq = isa_get_irq(ISA_DEVICE(dev), isa->isairq);
    if (!qdev_realize(DEVICE(s), NULL, errp)) {
        return;
    }
    qdev_set_legacy_instance_id(dev, isa->iobase, 3);
    memory_region_init_io(&s->io, OBJECT(isa), &serial_io_ops, s, "serial", 8);
    isa_register_ioport(ISA_DEVICE(dev), &s->io, isa->iobase);
}

static void isa_serial_init(Object *obj)
{
    ISASerialState *isa = ISA_SERIAL(obj);

    object_initialize_child(obj, "serial", &isa->state, TYPE_SERIAL);
    qdev_alias_all_properties(DEVICE(&isa->state), obj);
}

void serial_hds_isa_init(ISABus *bus, int from, int to)
{
    assert(from >= 0 && to <= MAX_ISA_SERIAL_PORTS);
    for (int i = from; i < to; i++) {
        ISADevice *isa;

        if (!serial_hd(i)) {
            continue;
        }
        isa = isa_new(TYPE_ISA_SERIAL);
        qdev_prop_set_uint32(DEVICE(isa), "index", i);
        qdev_prop_set_chr(DEVICE(isa), "chardev", serial_hd(i));
        isa_realize_and_unref(isa, bus, &error_fatal);
    }
}

void isa_serial_set_iobase(ISADevice *serial, hwaddr iobase)
{
    ISASerialState *isa = ISA_SERIAL(serial);

    serial->ioport_id = iobase;
    isa->iobase = iobase;
    memory_region_set_address(&isa->state.io, iobase);
}

void isa_serial_set_enabled(ISADevice *serial, bool enabled)
{
    memory_region_set_enabled(&ISA_SERIAL(serial)->state.io, enabled);
}

static void isa_serial_build_aml(AcpiDevAmlIf *adev, Aml *scope)
{
    const ISASerialState *isa = ISA_SERIAL(adev);
    Aml *dev = aml_device("COM%u", isa->index + 1);
    Aml *crs = aml_resource_template();

    aml_append(crs, aml_io(AML_DECODE16, isa->iobase, isa->iobase, 0, 8));
    aml_append(crs, aml_irq_no_flags(isa->isairq));
    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0501")));
    aml_append(dev, aml_name_decl("_UID", aml_int(isa->index + 1)));
    aml_append(dev, aml_name_decl("_STA", aml_int(0xf)));
    aml_append(dev, aml_name_decl("_CRS", crs));
    aml_append(scope, dev);
}

static const VMStateDescription vmstate_isa_serial = {
    .name = "serial",
    .version_id = 3,
    .minimum_version_id = 2,
    .fields =
        (const VMStateField[]){
            VMSTATE_STRUCT(state, ISASerialState, 0, vmstate_serial,
                           SerialState),
            VMSTATE_END_OF_LIST(),
        },
};

static const Property isa_serial_properties[] = {
    DEFINE_PROP_UINT32("index", ISASerialState, index, -1),
    DEFINE_PROP_UINT32("iobase", ISASerialState, iobase, -1),
    DEFINE_PROP_UINT32("irq", ISASerialState, isairq, -1),
};

static void isa_serial_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    ACPI_DEV_AML_IF_CLASS(klass)->build_dev_aml = isa_serial_build_aml;
    dc->realize = isa_serial_realize;
    dc->vmsd = &vmstate_isa_serial;
    device_class_set_props(dc, isa_serial_properties);
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
}

static const TypeInfo isa_serial_types[] = {
    {
        .name = TYPE_ISA_SERIAL,
        .parent = TYPE_ISA_DEVICE,
        .instance_size = sizeof(ISASerialState),
        .instance_init = isa_serial_init,
        .class_init = isa_serial_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_ACPI_DEV_AML_IF }, {} },
    },
};

DEFINE_TYPES(isa_serial_types)

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Synchronous serial interface (SPI): a bus on which a word goes out and
 * another one comes in at the same time.
 *
 * A controller makes an SSIBus with ssi_create_bus() and calls ssi_transfer().
 * A peripheral is a subclass of TYPE_SSI_PERIPHERAL with a transfer() function,
 * which is called while its chip select line, the named input SSI_GPIO_CS, is
 * active. All under the BQL.
 */
#ifndef QEMU_SSI_H
#define QEMU_SSI_H

#include "hw/qdev-core.h"
#include "qom/object.h"

#define TYPE_SSI_PERIPHERAL "ssi-peripheral"
OBJECT_DECLARE_TYPE(SSIPeripheral, SSIPeripheralClass, SSI_PERIPHERAL)

#define SSI_GPIO_CS "ssi-gpio-cs"

enum SSICSMode {
    SSI_CS_NONE = 0, /* always selected */
    SSI_CS_LOW,
    SSI_CS_HIGH,
};
typedef enum SSICSMode SSICSMode;

struct SSIPeripheralClass {
    DeviceClass parent_class;

    void (*realize)(SSIPeripheral *dev, Error **errp);
    /* What comes for @val, while selected. */
    uint32_t (*transfer)(SSIPeripheral *dev, uint32_t val);
    /* Hears every change of the line; may be NULL. */
    int (*set_cs)(SSIPeripheral *dev, bool select);
    SSICSMode cs_polarity;
    /*
     * In place of the three before: called for every word, and does chip
     * select by itself.
     */
    uint32_t (*transfer_raw)(SSIPeripheral *dev, uint32_t val);
};

struct SSIPeripheral {
    DeviceState parent_obj;

    SSIPeripheralClass *spc;
    bool cs;          /* the line */
    uint8_t cs_index; /* property "cs": which of the controller's lines */
};

extern const VMStateDescription vmstate_ssi_peripheral;

#define VMSTATE_SSI_PERIPHERAL(_field, _state)                            \
    {                                                                     \
        .name = (stringify(_field)), .size = sizeof(SSIPeripheral),       \
        .vmsd = &vmstate_ssi_peripheral, .flags = VMS_STRUCT,             \
        .offset = vmstate_offset_value(_state, _field, SSIPeripheral),    \
    }

/* Makes and realizes one; it must work. The bus owns it. */
DeviceState *ssi_create_peripheral(SSIBus *bus, const char *name);
/* The same with one that exists, whose reference it takes. */
bool ssi_realize_and_unref(DeviceState *dev, SSIBus *bus, Error **errp);

/* For the controller, which owns the bus. */
SSIBus *ssi_create_bus(DeviceState *parent, const char *name);
/* Sends a word to all; what comes from those that are selected, combined. */
uint32_t ssi_transfer(SSIBus *bus, uint32_t val);
/* The peripheral on line @cs_index, or NULL. */
DeviceState *ssi_get_cs(SSIBus *bus, uint8_t cs_index);

#endif

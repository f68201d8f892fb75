/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ISA bus: devices with I/O ports and one of 16 interrupt lines.
 *
 * A board makes the bus with the address spaces that devices see of it
 * (isa_bus_new()) and gives it the inputs of its interrupt controllers
 * (isa_bus_register_input_irqs()). A device asks the bus that it is on for its
 * line and puts its ports there when it is realized (isa_get_irq(),
 * isa_register_ioport()). A machine has one such bus at most.
 *
 * All functions need the BQL.
 */
#ifndef HW_ISA_H
#define HW_ISA_H

#include "exec/ioport.h"
#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "qom/object.h"

#define ISA_NUM_IRQS 16

#define TYPE_ISA_DEVICE "isa-device"
OBJECT_DECLARE_SIMPLE_TYPE(ISADevice, ISA_DEVICE)

#define TYPE_ISA_BUS "ISA"
OBJECT_DECLARE_SIMPLE_TYPE(ISABus, ISA_BUS)

/* ---- a controller of DMA channels ---------------------------------------- */

#define TYPE_ISADMA "isa-dma"

typedef struct IsaDmaClass IsaDmaClass;
DECLARE_CLASS_CHECKERS(IsaDmaClass, ISADMA, TYPE_ISADMA)
#define ISADMA(obj) INTERFACE_CHECK(IsaDma, (obj), TYPE_ISADMA)

typedef enum {
    ISADMA_TRANSFER_VERIFY,
    ISADMA_TRANSFER_READ,
    ISADMA_TRANSFER_WRITE,
    ISADMA_TRANSFER_ILLEGAL,
} IsaDmaTransferMode;

/* Moves what it can of channel @nchan, from @pos of @size; the new position. */
typedef int (*IsaDmaTransferHandler)(void *opaque, int nchan, int pos,
                                     int size);

/* The interface that a controller implements; @nchan is 0 to 3 of its own. */
struct IsaDmaClass {
    InterfaceClass parent;

    bool (*has_autoinitialization)(IsaDma *obj, int nchan);
    int (*read_memory)(IsaDma *obj, int nchan, void *buf, int pos, int len);
    int (*write_memory)(IsaDma *obj, int nchan, void *buf, int pos, int len);
    void (*hold_DREQ)(IsaDma *obj, int nchan);
    void (*release_DREQ)(IsaDma *obj, int nchan);
    void (*schedule)(IsaDma *obj);
    void (*register_channel)(IsaDma *obj, int nchan,
                             IsaDmaTransferHandler transfer_handler,
                             void *opaque);
};

/* ---- the bus ------------------------------------------------------------- */

struct ISABus {
    BusState parent_obj;

    MemoryRegion *address_space;
    MemoryRegion *address_space_io;
    qemu_irq *irqs_in; /* the board's */
    IsaDma *dma[2];    /* for channels 0 to 3 and 4 to 7; NULL: none */
};

struct ISADevice {
    DeviceState parent_obj;

    int ioport_id; /* its lowest port, its name on the bus; 0: none yet */
};

/*
 * Makes the machine's ISA bus below @dev, or below a bridge of its own if that
 * is NULL. Devices have memory in @address_space and ports in
 * @address_space_io. NULL and @errp if there is a bus already.
 */
ISABus *isa_bus_new(DeviceState *dev, MemoryRegion *address_space,
                    MemoryRegion *address_space_io, Error **errp);
/* What the bus's 16 lines lead to; the array stays the caller's. */
void isa_bus_register_input_irqs(ISABus *bus, qemu_irq *irqs_in);
/* The controllers of channels 0 to 3 and of channels 4 to 7. */
void isa_bus_dma(ISABus *bus, IsaDma *dma8, IsaDma *dma16);
/* The controller of channel @nchan (0 to 7), or NULL. */
IsaDma *isa_bus_get_dma(ISABus *bus, int nchan);
/* Line @irqnum, below ISA_NUM_IRQS. */
qemu_irq isa_bus_get_irq(ISABus *bus, unsigned irqnum);

/* ---- making devices ------------------------------------------------------ */

/* A device of type @name that is on no bus yet; a mistake of ours if it is no
 * ISA device. isa_try_new() gives NULL if there is no such type. */
ISADevice *isa_new(const char *name);
ISADevice *isa_try_new(const char *name);
/* Puts it on @bus, realizes it and gives the reference to the bus. */
bool isa_realize_and_unref(ISADevice *dev, ISABus *bus, Error **errp);
/* Both at once; an error ends the program. */
ISADevice *isa_create_simple(ISABus *bus, const char *name);

/* ---- for devices --------------------------------------------------------- */

/* The line @isairq of the bus that @dev is on; of the only bus if it is NULL.
 * It must be below ISA_NUM_IRQS: a device checks what its user wants. */
qemu_irq isa_get_irq(ISADevice *dev, unsigned isairq);
/* Connects the device's output @gpioirq to line @isairq. */
void isa_connect_gpio_out(ISADevice *isadev, int gpioirq, unsigned isairq);
MemoryRegion *isa_address_space(ISADevice *dev);
/* The ports; all of the machine's if @dev is NULL. */
MemoryRegion *isa_address_space_io(ISADevice *dev);
/* The bus that @dev is on. */
ISABus *isa_bus_from_device(ISADevice *dev);

/* Maps @io at port @start; the lowest port names the device. */
void isa_register_ioport(ISADevice *dev, MemoryRegion *io, uint16_t start);
/*
 * Maps the ports that @portio describes (exec/ioport.h) from @start on.
 * @piolist is the device's. Returns 0, or -ENODEV if there is no bus.
 */
int isa_register_portio_list(ISADevice *dev, PortioList *piolist,
                             uint16_t start, const MemoryRegionPortio *portio,
                             void *opaque, const char *name);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I2C bus. A controller makes an I2CBus, starts a transfer to an address,
 * sends or receives bytes, and ends it. A slave is a subclass of
 * TYPE_I2C_SLAVE, with an address (a property) and functions that hear of all
 * that. Everything is answered at once; only a slave that implements
 * send_async() may take its time, and calls i2c_ack(). A device that wants to
 * be the master of a bus with others waits for its turn with i2c_bus_master().
 * All under the BQL.
 */
#ifndef QEMU_I2C_H
#define QEMU_I2C_H

#include "hw/qdev-core.h"
#include "qemu/queue.h"
#include "qom/object.h"

enum i2c_event {
    I2C_START_RECV,
    I2C_START_SEND,
    I2C_START_SEND_ASYNC,
    I2C_FINISH,
    I2C_NACK, /* the master did not acknowledge a byte */
};

typedef struct I2CNodeList I2CNodeList;

#define TYPE_I2C_SLAVE "i2c-slave"
OBJECT_DECLARE_TYPE(I2CSlave, I2CSlaveClass, I2C_SLAVE)

struct I2CSlaveClass {
    DeviceClass parent_class;

    /* A byte from the master; not 0: it is not acknowledged. */
    int (*send)(I2CSlave *s, uint8_t data);
    /* The same, acknowledged later with i2c_ack(). */
    void (*send_async)(I2CSlave *s, uint8_t data);
    /* A byte for the master. */
    uint8_t (*recv)(I2CSlave *s);
    /* A change of the transfer. Not 0 at a start: not acknowledged. */
    int (*event)(I2CSlave *s, enum i2c_event event);
    /*
     * Whether @address is one of this slave's (any is, in a broadcast); then
     * it is added to @current_devs.
     */
    bool (*match_and_add)(I2CSlave *candidate, uint8_t address, bool broadcast,
                          I2CNodeList *current_devs);
};

struct I2CSlave {
    DeviceState qdev;

    uint8_t address;
};

#define TYPE_I2C_BUS "i2c-bus"
OBJECT_DECLARE_SIMPLE_TYPE(I2CBus, I2C_BUS)

typedef struct I2CNode I2CNode;

struct I2CNode {
    I2CSlave *elt;
    QLIST_ENTRY(I2CNode) next;
};

typedef struct I2CPendingMaster I2CPendingMaster;

struct I2CPendingMaster {
    QEMUBH *bh;
    QSIMPLEQ_ENTRY(I2CPendingMaster) entry;
};

typedef QLIST_HEAD(I2CNodeList, I2CNode) I2CNodeList;
typedef QSIMPLEQ_HEAD(I2CPendingMasters, I2CPendingMaster) I2CPendingMasters;

struct I2CBus {
    BusState qbus;

    I2CNodeList current_devs; /* in the transfer */
    I2CPendingMasters pending_masters;
    uint8_t saved_address;    /* of the transfer, for the stream */
    bool broadcast;
    QEMUBH *bh;               /* of the slave that is the master now */
};

I2CBus *i2c_init_bus(DeviceState *parent, const char *name);
/* There is a transfer, or a master. */
int i2c_bus_busy(I2CBus *bus);

/*
 * Start a transfer; a second start without an end keeps the slaves. Not 0:
 * nobody acknowledged. Address 0 is a broadcast.
 */
int i2c_start_transfer(I2CBus *bus, uint8_t address, bool is_recv);
int i2c_start_recv(I2CBus *bus, uint8_t address);
int i2c_start_send(I2CBus *bus, uint8_t address);
int i2c_start_send_async(I2CBus *bus, uint8_t address);
void i2c_end_transfer(I2CBus *bus);

/* Bytes, in a transfer. Sending: 0, or -1 when it was not acknowledged. */
int i2c_send(I2CBus *bus, uint8_t data);
int i2c_send_async(I2CBus *bus, uint8_t data);
uint8_t i2c_recv(I2CBus *bus);
void i2c_nack(I2CBus *bus);
/* By the slave: goes on with the bottom half of the master. */
void i2c_ack(I2CBus *bus);

/* Waits for the bus: @bh runs when it is free. Then gives it back. */
void i2c_bus_master(I2CBus *bus, QEMUBH *bh);
void i2c_bus_release(I2CBus *bus);
/* Lets the next one who waits have it, if it is free. */
void i2c_schedule_pending_master(I2CBus *bus);

/* Adds the slaves of that address to @current_devs; whether there are any. */
bool i2c_scan_bus(I2CBus *bus, uint8_t address, bool broadcast,
                  I2CNodeList *current_devs);

/* A slave with that address; the caller realizes it. */
I2CSlave *i2c_slave_new(const char *name, uint8_t addr);
/* Makes and realizes one; it must work. The bus owns it. */
I2CSlave *i2c_slave_create_simple(I2CBus *bus, const char *name, uint8_t addr);
bool i2c_slave_realize_and_unref(I2CSlave *dev, I2CBus *bus, Error **errp);
void i2c_slave_set_address(I2CSlave *dev, uint8_t address);

extern const VMStateDescription vmstate_i2c_slave;

#define VMSTATE_I2C_SLAVE(_field, _state)                                 \
    {                                                                     \
        .name = (stringify(_field)), .size = sizeof(I2CSlave),            \
        .vmsd = &vmstate_i2c_slave, .flags = VMS_STRUCT,                  \
        .offset = vmstate_offset_value(_state, _field, I2CSlave),         \
    }

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* I2C and SPI: who hears what, chip select, masters that wait; Fifo32. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/i2c/i2c.h"
#include "hw/irq.h"
#include "hw/ssi/ssi.h"
#include "qapi/error.h"
#include "qemu/fifo32.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "vmstate-helpers.h"

/*** A slave that notes what it hears, and says what it heard last. ***/

#define TYPE_PARROT "test-parrot"
OBJECT_DECLARE_SIMPLE_TYPE(Parrot, PARROT)

struct Parrot {
    I2CSlave i2c;
    uint8_t heard;
    int events[5];
    bool refuses;
};

static int parrot_send(I2CSlave *s, uint8_t data)
{
    PARROT(s)->heard = data;
    return data == 0xff;
}

static uint8_t parrot_recv(I2CSlave *s)
{
    return PARROT(s)->heard;
}

static int parrot_event(I2CSlave *s, enum i2c_event event)
{
    PARROT(s)->events[event]++;
    return PARROT(s)->refuses &&
           (event == I2C_START_RECV || event == I2C_START_SEND);
}

static void parrot_class_init(ObjectClass *oc, void *data)
{
    I2CSlaveClass *sc = I2C_SLAVE_CLASS(oc);

    sc->send = parrot_send;
    sc->recv = parrot_recv;
    sc->event = parrot_event;
}

static void test_i2c(void)
{
    DeviceState *parent = qdev_new("split-irq");
    I2CBus *bus = i2c_init_bus(parent, "i2c");
    Parrot *a = PARROT(i2c_slave_create_simple(bus, TYPE_PARROT, 0x10));
    Parrot *b = PARROT(i2c_slave_create_simple(bus, TYPE_PARROT, 0x20));

    g_assert_cmpint(i2c_start_send(bus, 0x30), !=, 0);
    g_assert_false(i2c_bus_busy(bus));
    g_assert_cmphex(i2c_recv(bus), ==, 0xff);

    g_assert_cmpint(i2c_start_send(bus, 0x10), ==, 0);
    g_assert_true(i2c_bus_busy(bus));
    g_assert_cmpint(i2c_send(bus, 7), ==, 0);
    g_assert_cmpint(i2c_send(bus, 0xff), ==, -1);
    g_assert_cmpint(i2c_send(bus, 9), ==, 0);
    g_assert_cmpint(i2c_start_recv(bus, 0x10), ==, 0); /* again */
    g_assert_cmphex(i2c_recv(bus), ==, 9);
    i2c_nack(bus);
    i2c_end_transfer(bus);
    g_assert_false(i2c_bus_busy(bus));
    g_assert_cmpint(a->events[I2C_START_SEND], ==, 1);
    g_assert_cmpint(a->events[I2C_START_RECV], ==, 1);
    g_assert_cmpint(a->events[I2C_NACK], ==, 1);
    g_assert_cmpint(a->events[I2C_FINISH], ==, 1);
    g_assert_cmpint(b->events[I2C_START_SEND], ==, 0);

    /* To all. */
    g_assert_cmpint(i2c_start_send(bus, 0), ==, 0);
    g_assert_cmpint(i2c_send(bus, 3), ==, 0);
    g_assert_cmphex(i2c_recv(bus), ==, 0xff);
    i2c_end_transfer(bus);
    g_assert_cmpint(a->heard, ==, 3);
    g_assert_cmpint(b->heard, ==, 3);

    /* One that does not want to. */
    b->refuses = true;
    g_assert_cmpint(i2c_start_send(bus, 0x20), !=, 0);
    g_assert_false(i2c_bus_busy(bus));

    i2c_slave_set_address(I2C_SLAVE(a), 0x55);
    g_assert_cmpint(i2c_start_send(bus, 0x55), ==, 0);
    i2c_end_transfer(bus);
}

static void master(void *opaque)
{
    (*(int *)opaque)++;
}

static void test_i2c_masters(void)
{
    DeviceState *parent = qdev_new("split-irq");
    I2CBus *bus = i2c_init_bus(parent, "i2c");
    int turns[2] = { 0 };
    QEMUBH *bh[2] = { qemu_bh_new(master, &turns[0]),
                      qemu_bh_new(master, &turns[1]) };

    i2c_bus_master(bus, bh[0]);
    i2c_bus_master(bus, bh[1]);
    i2c_schedule_pending_master(bus);
    main_loop_wait(true);
    g_assert_cmpint(turns[0], ==, 1);
    g_assert_cmpint(turns[1], ==, 0);
    i2c_ack(bus);
    main_loop_wait(true);
    g_assert_cmpint(turns[0], ==, 2);
    i2c_bus_release(bus);
    main_loop_wait(true);
    g_assert_cmpint(turns[1], ==, 1);
    i2c_bus_release(bus);
    g_assert_false(i2c_bus_busy(bus));
    qemu_bh_delete(bh[0]);
    qemu_bh_delete(bh[1]);
}

/*** A peripheral that answers the complement, selected by a low line. ***/

#define TYPE_NOT "test-not"

static uint32_t not_transfer(SSIPeripheral *p, uint32_t val)
{
    return ~val;
}

static void not_realize(SSIPeripheral *p, Error **errp)
{
}

static void not_class_init(ObjectClass *oc, void *data)
{
    SSIPeripheralClass *c = SSI_PERIPHERAL_CLASS(oc);

    c->transfer = not_transfer;
    c->realize = not_realize;
    c->cs_polarity = SSI_CS_LOW;
}

static void test_ssi(void)
{
    DeviceState *parent = qdev_new("split-irq");
    SSIBus *bus = ssi_create_bus(parent, "spi");
    DeviceState *dev = ssi_create_peripheral(bus, TYPE_NOT);
    DeviceState *second = qdev_new(TYPE_NOT);
    qemu_irq cs = qdev_get_gpio_in_named(dev, SSI_GPIO_CS, 0);
    GByteArray *bytes;
    Error *err = NULL;

    g_assert_true(ssi_get_cs(bus, 0) == dev);
    g_assert_null(ssi_get_cs(bus, 1));
    g_assert_cmphex(ssi_transfer(bus, 5), ==, ~5u);
    qemu_irq_raise(cs);
    g_assert_cmphex(ssi_transfer(bus, 5), ==, 0);
    g_assert_cmpint(save_to_bytes(&vmstate_ssi_peripheral, dev, 1, NULL, &bytes,
                                  &error_abort),
                    ==, 0);
    g_byte_array_append(bytes, (const uint8_t[]){ 0 }, 1); /* what follows */
    qemu_irq_lower(cs);
    g_assert_cmphex(ssi_transfer(bus, 5), ==, ~5u);
    g_assert_cmpint(load_from_bytes(&vmstate_ssi_peripheral, dev, 1,
                                    bytes->data, bytes->len),
                    ==, 0);
    g_assert_cmphex(ssi_transfer(bus, 5), ==, 0);
    g_byte_array_unref(bytes);

    g_assert_false(ssi_realize_and_unref(second, bus, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "CS index '0x0' in use by a test-not device");
    error_free(err);
}

/*** Words. ***/

static void test_fifo32(void)
{
    Fifo32 f;

    fifo32_create(&f, 3);
    g_assert_true(fifo32_is_empty(&f));
    fifo32_push_all(&f, (const uint32_t[]){ 0x12345678, 2 }, 2);
    fifo32_push(&f, 3);
    g_assert_true(fifo32_is_full(&f));
    g_assert_cmpuint(fifo32_num_used(&f), ==, 3);
    g_assert_cmphex(fifo32_pop(&f), ==, 0x12345678);
    fifo32_push(&f, 4);
    for (int i = 2; i < 5; i++) {
        g_assert_cmphex(fifo32_pop(&f), ==, i);
    }
    g_assert_cmpuint(fifo32_num_free(&f), ==, 3);
    fifo32_push(&f, 1);
    fifo32_reset(&f);
    g_assert_true(fifo32_is_empty(&f));
    fifo32_destroy(&f);
}

static const TypeInfo types[] = {
    {
        .name = TYPE_PARROT,
        .parent = TYPE_I2C_SLAVE,
        .instance_size = sizeof(Parrot),
        .class_init = parrot_class_init,
    },
    {
        .name = TYPE_NOT,
        .parent = TYPE_SSI_PERIPHERAL,
        .instance_size = sizeof(SSIPeripheral),
        .class_init = not_class_init,
    },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(types, ARRAY_SIZE(types));
    qemu_init_main_loop(&error_abort);
    bql_lock();
    qdev_create_fake_machine();
    g_test_add_func("/i2c/transfers", test_i2c);
    g_test_add_func("/i2c/masters", test_i2c_masters);
    g_test_add_func("/ssi", test_ssi);
    g_test_add_func("/fifo32", test_fifo32);
    return g_test_run();
}

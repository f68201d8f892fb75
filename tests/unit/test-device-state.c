/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that are saved, brought into another state and loaded: UART, clock,
 * flash, countdown timer. What a guest reads then is what it read before, bytes
 * and all; and streams that are cut short or changed are refused or harmless.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/block/flash.h"
#include "hw/boards.h"
#include "hw/char/serial-mm.h"
#include "hw/ptimer.h"
#include "hw/qdev-properties.h"
#include "hw/rtc/goldfish_rtc.h"
#include "memory/listener.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "system/qtest.h"
#include "system/reset.h"
#include "vmstate-helpers.h"

#define UART  0x10000000
#define RTC   0x20000000
#define FLASH 0x30000000

static GByteArray *save(const VMStateDescription *vmsd, void *obj)
{
    GByteArray *bytes = NULL;

    g_assert_cmpint(
        save_to_bytes(vmsd, obj, vmsd->version_id, NULL, &bytes, &error_abort),
        ==, 0);
    g_byte_array_append(bytes, (const uint8_t[]){ 0 }, 1); /* what follows */
    return bytes;
}

static void load(const VMStateDescription *vmsd, void *obj, GByteArray *bytes)
{
    g_assert_cmpint(
        load_from_bytes(vmsd, obj, vmsd->version_id, bytes->data, bytes->len),
        ==, 0);
}

static const VMStateDescription *vmsd_of(DeviceState *dev)
{
    return DEVICE_GET_CLASS(dev)->vmsd;
}

static uint32_t rd(hwaddr addr, unsigned size)
{
    uint8_t buf[4] = { 0 };

    address_space_read(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED, buf,
                       size);
    return ldl_le_p(buf);
}

static void wr(hwaddr addr, uint32_t value, unsigned size)
{
    uint8_t buf[4];

    stl_le_p(buf, value);
    address_space_write(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                        buf, size);
}

/*
 * Saves @dev, changes it with @disturb, loads and saves it again: the same
 * bytes. Then with every byte changed, and with all lengths: no crash.
 */
static void round_trip(DeviceState *dev, void (*disturb)(void))
{
    const VMStateDescription *vmsd = vmsd_of(dev);
    GByteArray *before = save(vmsd, dev), *after;

    disturb();
    load(vmsd, dev, before);
    after = save(vmsd, dev);
    g_assert_cmpmem(before->data, before->len, after->data, after->len);
    g_byte_array_unref(after);

    for (guint i = 0; i < before->len; i++) {
        g_assert_cmpint(
            load_from_bytes(vmsd, dev, vmsd->version_id, before->data, i), !=,
            0);
        if (before->len < 1000 || i % 97 == 0) {
            before->data[i] ^= 0x81;
            load_from_bytes(vmsd, dev, vmsd->version_id, before->data,
                            before->len);
            before->data[i] ^= 0x81;
            disturb();
        }
    }
    load(vmsd, dev, before);
    g_byte_array_unref(before);
}

/*** The UART. ***/

static SerialMM *uart;

static void uart_disturb(void)
{
    wr(UART + 2, 0x06, 1);
    wr(UART + 3, 0x83, 1);
    wr(UART, 7, 1);
    wr(UART + 3, 0x03, 1);
    wr(UART + 4, 0x00, 1);
    wr(UART + 7, 0x99, 1);
}

static void test_uart(void)
{
    /* The loop gives it something to receive. */
    wr(UART + 2, 0xc1, 1);
    wr(UART + 1, 0x07, 1);
    wr(UART + 4, 0x13, 1);
    wr(UART + 7, 0x5a, 1);
    for (int i = 0; i < 5; i++) {
        wr(UART, 'a' + i, 1);
    }
    round_trip(DEVICE(uart), uart_disturb);
    g_assert_cmphex(rd(UART + 7, 1), ==, 0x5a);
    g_assert_cmphex(rd(UART + 4, 1), ==, 0x13);
    g_assert_cmphex(rd(UART + 1, 1), ==, 0x07);
    g_assert_cmphex(rd(UART + 5, 1), ==, 0x61);
    for (int i = 0; i < 5; i++) {
        g_assert_cmphex(rd(UART, 1), ==, 'a' + i);
    }
    g_assert_cmphex(rd(UART + 5, 1), ==, 0x60);
}

/* Nothing goes on: the short form, as an idle UART has it. */
static void test_uart_idle(void)
{
    GByteArray *bytes;

    device_cold_reset(DEVICE(uart));
    qemu_devices_reset(RESET_TYPE_COLD);
    bytes = save(vmsd_of(DEVICE(uart)), uart);
    /* divider, nine registers; the end */
    g_assert_cmpuint(bytes->len, ==, 12);
    g_byte_array_unref(bytes);
}

/* A transmitter that is idle and is not. */
static void test_uart_insane(void)
{
    const VMStateDescription *vmsd = vmsd_of(DEVICE(uart));
    GByteArray *bytes = save(vmsd, uart);

    bytes->data[2 + 5] &= ~0x40;
    g_assert_cmpint(load_from_bytes(vmsd, uart, 3, bytes->data, bytes->len), !=,
                    0);
    bytes->data[2 + 5] |= 0x40;
    load(vmsd, uart, bytes);
    g_byte_array_unref(bytes);
}

/*** The clock. ***/

static DeviceState *rtc;

static void rtc_disturb(void)
{
    wr(RTC + 0x14, 1, 4);
    wr(RTC + 0x10, 0, 4);
    wr(RTC + 0x1c, 1, 4);
    wr(RTC, 0, 4);
    wr(RTC + 4, 0, 4);
}

static void test_rtc(void)
{
    wr(RTC + 4, 0x12345678, 4);
    wr(RTC + 0x10, 1, 4);
    wr(RTC + 0xc, 0x22222222, 4);
    wr(RTC + 0x8, 0x11111111, 4);
    rd(RTC, 4);
    g_assert_cmphex(rd(RTC + 4, 4), ==, 0x12345678);
    {
        GoldfishRTCState *s = GOLDFISH_RTC(rtc);
        const VMStateDescription *vmsd = vmsd_of(rtc);
        GByteArray *bytes = save(vmsd, rtc);
        uint64_t offset = s->tick_offset;

        rtc_disturb();
        load(vmsd, rtc, bytes);
        g_assert_cmphex(s->tick_offset, ==, offset);
        g_byte_array_unref(bytes);
    }
    g_assert_cmphex(rd(RTC + 4, 4), ==, 0x12345678);
    g_assert_cmphex(rd(RTC + 0x8, 4), ==, 0x11111111);
    g_assert_cmphex(rd(RTC + 0xc, 4), ==, 0x22222222);
    g_assert_cmphex(rd(RTC + 0x10, 4), ==, 1);
    g_assert_cmphex(rd(RTC + 0x18, 4), ==, 1);
    rd(RTC, 4);
    g_assert_cmphex(rd(RTC + 4, 4), ==, 0x12345678);
}

/*** Flash. ***/

static DeviceState *flash;

static void flash_disturb(void)
{
    wr(FLASH, 0x00ff00ff, 4);
    wr(FLASH, 0x00ff00ff, 4);
    wr(FLASH, 0x00ff00ff, 4);
    wr(FLASH, 0x00500050, 4);
}

/* In the middle of a buffer. */
static void test_flash(void)
{
    wr(FLASH + 0x1000, 0x00e800e8, 4);
    wr(FLASH + 0x1000, 0x00030003, 4);
    wr(FLASH + 0x1000, 0x11111111, 4);
    wr(FLASH + 0x1004, 0x22222222, 4);
    round_trip(flash, flash_disturb);
    g_assert_cmphex(rd(FLASH, 4), ==, 0x00800080);
    wr(FLASH + 0x1008, 0x33333333, 4);
    wr(FLASH + 0x100c, 0x44444444, 4);
    wr(FLASH + 0x1000, 0x00d000d0, 4);
    wr(FLASH + 0x1000, 0x00ff00ff, 4);
    for (int i = 0; i < 4; i++) {
        g_assert_cmphex(rd(FLASH + 0x1000 + 4 * i, 4), ==,
                        0x11111111u * (i + 1));
    }
}

/*** A countdown timer, as a member of a device. ***/

typedef struct Holder {
    ptimer_state *timer;
} Holder;

static const VMStateDescription vmstate_holder = {
    .name = "holder",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_PTIMER(timer, Holder),
            VMSTATE_END_OF_LIST(),
        },
};

static int rings;

static void ring(void *opaque)
{
    rings++;
}

static void test_ptimer(void)
{
    Holder h = { ptimer_init(ring, NULL, PTIMER_POLICY_NO_COUNTER_ROUND_DOWN) };
    Holder other = { ptimer_init(ring, NULL,
                                 PTIMER_POLICY_NO_COUNTER_ROUND_DOWN) };
    GByteArray *bytes;

    ptimer_transaction_begin(h.timer);
    ptimer_set_freq(h.timer, 1);
    ptimer_set_limit(h.timer, 1000, 1);
    ptimer_run(h.timer, 0);
    ptimer_transaction_commit(h.timer);
    g_assert_cmpuint(ptimer_get_count(h.timer), ==, 1000);

    bytes = save(&vmstate_holder, &h);
    load(&vmstate_holder, &other, bytes);
    g_assert_cmpuint(ptimer_get_count(other.timer), ==, 1000);
    g_assert_cmpuint(ptimer_get_limit(other.timer), ==, 1000);
    g_assert_cmpint(rings, ==, 0);

    for (guint i = 0; i < bytes->len; i++) {
        bytes->data[i] ^= 0xff;
        load_from_bytes(&vmstate_holder, &other, 1, bytes->data, bytes->len);
        ptimer_get_count(other.timer);
        bytes->data[i] ^= 0xff;
    }
    g_byte_array_unref(bytes);
    ptimer_free(h.timer);
    ptimer_free(other.timer);
}

static void make_devices(void)
{
    uart = serial_mm_init(get_system_memory(), UART, 0, NULL, 115200, NULL,
                          DEVICE_LITTLE_ENDIAN);
    rtc = sysbus_create_simple(TYPE_GOLDFISH_RTC, RTC, NULL);
    flash = qdev_new(TYPE_PFLASH_CFI01);
    qdev_prop_set_string(flash, "name", "flash");
    qdev_prop_set_uint32(flash, "num-blocks", 4);
    qdev_prop_set_uint64(flash, "sector-length", 0x4000);
    qdev_prop_set_uint8(flash, "width", 4);
    qdev_prop_set_uint8(flash, "device-width", 2);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(flash), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(flash), 0, FLASH);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    qtest_allowed = true; /* the virtual clock stands */
    qdev_create_fake_machine();
    memory_map_init();
    make_devices();
    qemu_devices_reset(RESET_TYPE_COLD);

    g_test_add_func("/device-state/uart", test_uart);
    g_test_add_func("/device-state/uart/idle", test_uart_idle);
    g_test_add_func("/device-state/uart/insane", test_uart_insane);
    g_test_add_func("/device-state/rtc", test_rtc);
    g_test_add_func("/device-state/flash", test_flash);
    g_test_add_func("/device-state/ptimer", test_ptimer);
    return g_test_run();
}

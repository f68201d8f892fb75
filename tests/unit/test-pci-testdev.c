/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pci-testdev from streams: what it was goes on, and one that is cut short or
 * changed leaves a device that can be reset and loaded again.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/pci/pci_device.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "system/system.h"
#include "vmstate-helpers.h"

#define BAR UINT64_C(0x40000000)

static PCIDevice *d;

static void map(void)
{
    pci_default_write_config(d, PCI_BASE_ADDRESS_0, BAR, 4);
    pci_default_write_config(d, PCI_COMMAND, PCI_COMMAND_MEMORY, 2);
}

static void start_test(uint8_t number)
{
    address_space_stb(&address_space_memory, BAR, number,
                      MEMTXATTRS_UNSPECIFIED, NULL);
}

static uint8_t header(int at)
{
    return address_space_ldub(&address_space_memory, BAR + at,
                              MEMTXATTRS_UNSPECIFIED, NULL);
}

static void test_streams(void)
{
    const VMStateDescription *vmsd = DEVICE_GET_CLASS(d)->vmsd;
    GByteArray *bytes;

    map();
    start_test(2);
    g_assert_cmpint(save_to_bytes(vmsd, d, 1, NULL, &bytes, &error_abort), ==,
                    0);
    g_byte_array_append(bytes, (const uint8_t[]){ 0 }, 1); /* what follows */
    /* Its own two words, and what follows. */
    for (guint i = bytes->len - 9; i < bytes->len; i++) {
        g_assert_cmpint(load_from_bytes(vmsd, d, 1, bytes->data, i), !=, 0);
        if (i % 2) {
            device_cold_reset(DEVICE(d));
        }
        bytes->data[i] ^= 0x81;
        load_from_bytes(vmsd, d, 1, bytes->data, bytes->len);
        bytes->data[i] ^= 0x81;
    }
    device_cold_reset(DEVICE(d));
    map();
    start_test(0);
    g_assert_cmpint(header(0), ==, 0);
    g_assert_cmpint(load_from_bytes(vmsd, d, 1, bytes->data, bytes->len), ==,
                    0);
    g_assert_cmpint(header(0), ==, 2);
    g_assert_cmphex(header(8), ==, 0xfa);
    g_byte_array_unref(bytes);
}

int main(int argc, char **argv)
{
    const char *args[] = { "test",
                           "-M",
                           "virt",
                           "-accel",
                           "soft",
                           "-bios",
                           "none",
                           "-S",
                           "-display",
                           "none",
                           "-nodefaults",
                           "-device",
                           "pci-testdev,id=d" };

    g_test_init(&argc, &argv, NULL);
    qemu_init(ARRAY_SIZE(args), (char **)args);
    d = PCI_DEVICE(object_resolve_path("/machine/peripheral/d", NULL));
    g_test_add_func("/pci-testdev/streams", test_streams);
    return g_test_run();
}

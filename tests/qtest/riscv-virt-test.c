/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The board `virt' as a guest finds it: what is at its addresses, and how its
 * devices' lines go to the interrupt controllers, in each configuration.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "device-helpers.h"
#include "qobject/qdict.h"

#define MROM   0x1000
#define RTC    0x101000
#define CLINT  0x2000000
#define SSWI   0x2f00000
#define PLIC   0xc000000
#define APLIC  0xc000000
#define UART   0x10000000
#define FW_CFG 0x10100000
#define FLASH  0x20000000
#define RAM    0x80000000

#define UART_IRQ 10
#define RTC_IRQ  11

static QTestState *start(const char *machine, const char *args)
{
    return qtest_initf("-machine virt%s -bios none %s", machine, args);
}

/* ---- the memory map ------------------------------------------------------ */

static void test_map(void)
{
    QTestState *s = start("", "-m 64M");

    /* auipc t0, 0; where to go: the first byte of RAM. */
    g_assert_cmphex(qtest_readl(s, MROM), ==, 0x00000297);
    g_assert_cmphex(qtest_readq(s, MROM + 0x18), ==, RAM);
    qtest_writel(s, MROM, 0);
    g_assert_cmphex(qtest_readl(s, MROM), ==, 0x00000297);
    /* Where the device tree is. */
    g_assert_cmphex(qtest_readl(s, qtest_readq(s, MROM + 0x20)), ==,
                    cpu_to_le32(0xedfe0dd0));
    /* RAM ends; nothing is behind it. */
    qtest_writel(s, RAM + 64 * MiB - 4, 0x12345678);
    g_assert_cmphex(qtest_readl(s, RAM + 64 * MiB - 4), ==, 0x12345678);
    qtest_writel(s, RAM + 64 * MiB, 0x12345678);
    g_assert_cmphex(qtest_readl(s, RAM + 64 * MiB), ==, 0);
    /* Flash without a drive is zero. */
    g_assert_cmphex(qtest_readl(s, FLASH), ==, 0);
    g_assert_cmphex(qtest_readl(s, FLASH + 64 * MiB - 4), ==, 0);
    g_assert_cmphex(qtest_readl(s, FLASH + 64 * MiB), ==, 0);
    /* No ACLINT: no software interrupts for S mode. */
    qtest_writel(s, SSWI, 1);
    qtest_writel(s, CLINT, 1);
    g_assert_cmphex(qtest_readl(s, CLINT), ==, 1);
    qtest_quit(s);
}

/* A reset brings back what was loaded, with another random seed. */
static void test_reset(void)
{
    QTestState *s = start("", "-m 64M -device loader,addr=0x80000000,"
                              "data=0x11223344,data-len=4");
    uint64_t fdt = qtest_readq(s, MROM + 0x20);
    uint32_t size = bswap32(qtest_readl(s, fdt + 4)); /* totalsize */
    uint8_t first[8192], again[8192];
    g_autoptr(QDict) e = NULL;
    int differ = 0;

    g_assert_cmpint(size, <=, sizeof(first));
    qtest_memread(s, fdt, first, size);
    qtest_memset(s, RAM, 0xff, 4096);
    qtest_memset(s, fdt, 0xff, size);
    qtest_qmp_assert_success(s, "{'execute': 'system_reset'}");
    e = qmp_client_event(qtest_qmp_client(s), "RESET");
    g_assert_cmphex(qtest_readl(s, RAM), ==, 0x11223344);
    g_assert_cmphex(qtest_readl(s, RAM + 4), ==, 0xffffffff);
    qtest_memread(s, fdt, again, size);
    for (uint32_t i = 0; i < size; i++) {
        differ += first[i] != again[i];
    }
    g_assert_cmpint(differ, >, 0);
    g_assert_cmpint(differ, <=, 32);
    qtest_quit(s);
}

/* ---- firmware configuration ---------------------------------------------- */

static void fw_cfg_read(QTestState *s, uint16_t key, void *buf, size_t size)
{
    uint8_t *bytes = buf;

    qtest_writew(s, FW_CFG + 8, bswap16(key));
    for (size_t i = 0; i < size; i++) {
        bytes[i] = qtest_readb(s, FW_CFG);
    }
}

static uint32_t fw_cfg_file(QTestState *s, const char *name, uint16_t *key)
{
    uint32_t count;
    struct {
        uint32_t size;
        uint16_t key, reserved;
        char name[56];
    } file;

    fw_cfg_read(s, 0x19, &count, sizeof(count));
    for (uint32_t i = 0; i < be32_to_cpu(count); i++) {
        for (size_t j = 0; j < sizeof(file); j++) {
            ((uint8_t *)&file)[j] = qtest_readb(s, FW_CFG);
        }
        if (!strcmp(file.name, name)) {
            *key = be16_to_cpu(file.key);
            return be32_to_cpu(file.size);
        }
    }
    g_assert_not_reached();
}

static void test_fw_cfg(void)
{
    QTestState *s =
        start("", "-smp 3 -fw_cfg name=opt/org.example,string=hello");
    char text[8] = "";
    uint16_t cpus, key;

    fw_cfg_read(s, 0, text, 4);
    g_assert_cmpstr(text, ==, "QEMU");
    fw_cfg_read(s, 5, &cpus, sizeof(cpus));
    g_assert_cmpint(le16_to_cpu(cpus), ==, 3);
    g_assert_cmpint(fw_cfg_file(s, "opt/org.example", &key), ==, 5);
    fw_cfg_read(s, key, text, 5);
    g_assert_cmpstr(text, ==, "hello");
    qtest_quit(s);
}

/* Gigabytes to where nothing is: an error, and soon. */
static void test_fw_cfg_far(void)
{
    QTestState *s = start("", "");
    struct {
        uint32_t control, length;
        uint64_t address;
    } request = {
        .control = cpu_to_be32(2), /* read */
        .length = cpu_to_be32(UINT32_MAX),
        .address = cpu_to_be64(0x10000000000),
    };

    qtest_memwrite(s, RAM, &request, sizeof(request));
    qtest_writeq(s, FW_CFG + 16, bswap64(RAM));
    g_assert_cmphex(bswap32(qtest_readl(s, RAM)), ==, 1);
    qtest_quit(s);
}

/* A file of text, which ends with a NUL that counts. */
static void check_text_file(QTestState *s, const char *name,
                            const char *expected)
{
    char text[256] = "";
    uint16_t key;
    uint32_t size = fw_cfg_file(s, name, &key);

    g_assert_cmpint(size, ==, expected ? strlen(expected) + 1 : 0);
    if (expected) {
        fw_cfg_read(s, key, text, size);
        g_assert_cmpstr(text, ==, expected);
    }
}

#define MMIO_DISK "/virtio-mmio@0000000010008000/disk@0,0"
#define PCI_DISK  "/pci@ffffffffffffffff/pci-bridge@2/scsi@0/disk@0,0"

/* The lists change with the next reset. Paths as QEMU's. */
static void test_boot_order(void)
{
    QTestState *s =
        start("", "-blockdev null-co,node-name=n0,size=1048576 "
                  "-blockdev null-co,node-name=n1,size=1048576 "
                  "-device virtio-blk-device,id=d0,drive=n0,bootindex=3,"
                  "lcyls=4,lheads=5,lsecs=6 "
                  "-device pcie-root-port,id=rp,addr=2 "
                  "-device virtio-blk-pci,id=d1,drive=n1,bootindex=1,bus=rp");
    QDict *r;

    check_text_file(s, "bootorder", PCI_DISK "\n" MMIO_DISK);
    check_text_file(s, "bios-geometry", MMIO_DISK " 4 5 6");
    r = qtest_qmp(s, "{ 'execute': 'qom-set', 'arguments': {"
                     " 'path': '/machine/peripheral/d1',"
                     " 'property': 'bootindex', 'value': 3 } }");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(r, "error"), "desc"), ==,
                    "The bootindex 3 has already been used");
    qobject_unref(r);
    qtest_qmp_assert_success(s, "{ 'execute': 'qom-set', 'arguments': {"
                                " 'path': '/machine/peripheral/d1',"
                                " 'property': 'bootindex', 'value': 7 } }");
    qtest_qmp_assert_success(s, "{ 'execute': 'system_reset' }");
    check_text_file(s, "bootorder", MMIO_DISK "\n" PCI_DISK);
    qtest_quit(s);

    s = start("", "-boot strict=on");
    check_text_file(s, "bootorder", NULL);
    qtest_quit(s);
}

/* ---- interrupts ---------------------------------------------------------- */

/* Which sources are high, by the PLIC or the APLIC's rectified inputs. */
static uint32_t sources(QTestState *s, bool aplic)
{
    return qtest_readl(s, aplic ? APLIC + 0x1d00 : PLIC + 0x1000);
}

static void wire(const char *machine, bool aplic)
{
    QTestState *s = start(machine, "-smp 2 -serial null");

    if (aplic) {
        /* sourcecfg: high level. */
        qtest_writel(s, APLIC + 4 * UART_IRQ, 6);
        qtest_writel(s, APLIC + 4 * RTC_IRQ, 6);
    }
    g_assert_cmphex(sources(s, aplic), ==, 0);
    /* The transmitter is empty. */
    qtest_writeb(s, UART + 1, 2);
    g_assert_cmphex(sources(s, aplic), ==, 1 << UART_IRQ);
    qtest_writeb(s, UART + 1, 0);
    /* An alarm that is past. */
    qtest_writel(s, RTC + 0x10, 1);
    qtest_writel(s, RTC + 0x0c, 0);
    qtest_writel(s, RTC + 0x08, 1);
    g_assert_cmphex(sources(s, aplic) & 1 << RTC_IRQ, ==, 1 << RTC_IRQ);
    qtest_quit(s);
}

static void test_plic(void)
{
    wire("", false);
    wire(",aclint=on", false);
}

static void test_aplic(void)
{
    wire(",aia=aplic", true);
    wire(",aia=aplic,aclint=on", true);
    wire(",aia=aplic-imsic", true);
    wire(",aia=aplic-imsic,aclint=on,aia-guests=7", true);
}

#define TWO_SOCKETS                                                            \
    "-smp 4 -m 256M -object memory-backend-ram,id=m0,size=128M "               \
    "-object memory-backend-ram,id=m1,size=128M "                              \
    "-numa node,memdev=m0 -numa node,memdev=m1"

/* Each socket has its own; devices of the board are at the first. */
static void test_sockets(void)
{
    QTestState *s = start(",aclint=on", TWO_SOCKETS " -serial null");

    qtest_writeb(s, UART + 1, 2);
    g_assert_cmphex(qtest_readl(s, PLIC + 0x1000), ==, 1 << UART_IRQ);
    g_assert_cmphex(qtest_readl(s, PLIC + 0x600000 + 0x1000), ==, 0);
    qtest_writel(s, PLIC + 0x600000 + 4, 7);
    g_assert_cmphex(qtest_readl(s, PLIC + 0x600000 + 4), ==, 7);
    g_assert_cmphex(qtest_readl(s, PLIC + 4), ==, 0);
    /* Two harts each: the third word is nobody's. */
    for (int socket = 0; socket < 2; socket++) {
        uint64_t clint = CLINT + socket * 0x10000;

        qtest_writel(s, clint + 4, 1);
        g_assert_cmphex(qtest_readl(s, clint + 4), ==, 1);
        qtest_writel(s, clint + 8, 1);
        g_assert_cmphex(qtest_readl(s, clint + 8), ==, 0);
    }
    /* RAM of both nodes is one piece. */
    qtest_writeq(s, RAM + 128 * MiB - 4, 0x1122334455667788);
    g_assert_cmphex(qtest_readq(s, RAM + 128 * MiB - 4), ==,
                    0x1122334455667788);
    qtest_quit(s);
}

/* ---- anything ------------------------------------------------------------ */

static void fuzz(const char *machine, const char *args)
{
    static const struct {
        uint64_t base, size;
    } ranges[] = {
        { 0, 0x11000 },
        { RTC, 0x1000 },
        { CLINT, 0x20000 },
        { SSWI, 0x8000 },
        { 0x4000000, 0x1000 },
        { PLIC, 0x4000 },
        { PLIC + 0x200000, 0x8000 },
        { PLIC + 0x600000, 0x4000 },
        { 0xd000000, 0x8000 },
        { UART, 0x100 },
        { FW_CFG, 0x20 },
        { FLASH, 0x2000 },
        { FLASH + 0x2000000, 0x2000 },
        { 0x24000000, 0x4000 },
        { 0x25000000, 0x4000 },
        { 0x28000000, 0x10000 },
        { 0x29000000, 0x10000 },
        { RAM + 0xfff0, 0x20 },
    };
    QTestState *s = start(machine, args);
    g_autoptr(GRand) rand = device_rand(machine);

    for (int round = 0; round < 4; round++) {
        for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
            device_fuzz(s, rand, ranges[i].base, ranges[i].size, 40, -1);
        }
        qtest_clock_step(s, g_rand_int_range(rand, 0, 100000000));
    }
    qtest_qmp_assert_success(s, "{'execute': 'query-status'}");
    qtest_quit(s);
}

static void test_fuzz(void)
{
    fuzz("", "-smp 3 -serial null");
    fuzz(",aia=aplic,aclint=on", "-smp 3 -serial null");
    fuzz(",aia=aplic-imsic,aia-guests=3", "-smp 3 -serial null");
    fuzz(",aia=aplic-imsic,aclint=on", TWO_SOCKETS " -serial null");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virt/map", test_map);
    g_test_add_func("/virt/reset", test_reset);
    g_test_add_func("/virt/fw-cfg", test_fw_cfg);
    g_test_add_func("/virt/fw-cfg-far", test_fw_cfg_far);
    g_test_add_func("/virt/boot-order", test_boot_order);
    g_test_add_func("/virt/plic", test_plic);
    g_test_add_func("/virt/aplic", test_aplic);
    g_test_add_func("/virt/sockets", test_sockets);
    g_test_add_func("/virt/fuzz", test_fuzz);
    return g_test_run();
}

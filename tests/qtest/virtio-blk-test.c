/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-blk on virtio-mmio, through a driver of a few lines: one split queue,
 * one chain at a time. Every kind of request with every status, what a hostile
 * driver does, errors that stop the machine, disks that are read-only or grow.
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "device-helpers.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "standard-headers/linux/virtio_blk.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "standard-headers/linux/virtio_ring.h"

#define MMIO   0x10001000ull
#define RAM    0x80000000ull
#define DESC   (RAM + 0x100000)
#define AVAIL  (RAM + 0x101000)
#define USED   (RAM + 0x102000)
#define HEADER (RAM + 0x103000)
#define STATUS (RAM + 0x103800)
#define DATA   (RAM + 0x110000)

#define NUM  16
#define SIZE 0x100000
#define BAD  0xee /* what the status byte is before */

static QTestState *s;
static char *image;
static uint16_t avail, used;
static unsigned chain_len;

static uint32_t reg(uint32_t offset)
{
    return qtest_readl(s, MMIO + offset);
}

static void set_reg(uint32_t offset, uint32_t value)
{
    qtest_writel(s, MMIO + offset, value);
}

static uint64_t offered(void)
{
    uint64_t features;

    set_reg(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
    features = reg(VIRTIO_MMIO_DEVICE_FEATURES);
    set_reg(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
    return features | (uint64_t)reg(VIRTIO_MMIO_DEVICE_FEATURES) << 32;
}

static void set_address(uint32_t offset, uint64_t addr)
{
    set_reg(offset, addr);
    set_reg(offset + 4, addr >> 32);
}

/* From a reset to DRIVER_OK, with all features but those of the ring. */
static void start_driver(void)
{
    uint64_t features = (offered() & 0xffffff) | 1ull << VIRTIO_F_VERSION_1;

    qtest_memset(s, DESC, 0, 0x3000);
    avail = used = 0;
    set_reg(VIRTIO_MMIO_STATUS, 0);
    set_reg(VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE);
    set_reg(VIRTIO_MMIO_STATUS,
            VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
    set_reg(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
    set_reg(VIRTIO_MMIO_DRIVER_FEATURES, features);
    set_reg(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
    set_reg(VIRTIO_MMIO_DRIVER_FEATURES, features >> 32);
    set_reg(VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE |
                                    VIRTIO_CONFIG_S_DRIVER |
                                    VIRTIO_CONFIG_S_FEATURES_OK);
    g_assert_true(reg(VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_FEATURES_OK);
    set_reg(VIRTIO_MMIO_QUEUE_SEL, 0);
    set_reg(VIRTIO_MMIO_QUEUE_NUM, NUM);
    set_address(VIRTIO_MMIO_QUEUE_DESC_LOW, DESC);
    set_address(VIRTIO_MMIO_QUEUE_AVAIL_LOW, AVAIL);
    set_address(VIRTIO_MMIO_QUEUE_USED_LOW, USED);
    set_reg(VIRTIO_MMIO_QUEUE_READY, 1);
    set_reg(VIRTIO_MMIO_STATUS,
            VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
                VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_DRIVER_OK);
}

static void start(const char *options, const char *node)
{
    g_autofree char *data = g_strnfill(SIZE, 'x');
    g_autofree char *blockdev = NULL;
    g_auto(GStrv) parts = NULL;
    int fd = g_file_open_tmp("virtio-blk-XXXXXX", &image, NULL);

    close(fd);
    g_assert_true(g_file_set_contents(image, data, SIZE, NULL));
    parts = g_strsplit(node, "%s", 2);
    blockdev = g_strjoinv(image, parts);
    s = qtest_initf("-machine virt -bios none -m 64M "
                    "-global virtio-mmio.force-legacy=false %s "
                    "-device virtio-blk-device,bus=virtio-mmio-bus.0,id=blk,"
                    "drive=d%s",
                    blockdev, options);
    g_assert_cmphex(reg(VIRTIO_MMIO_DEVICE_ID), ==, VIRTIO_ID_BLOCK);
    start_driver();
}

#define FILE_NODE "-blockdev file,node-name=d,filename=%s,discard=unmap"

static void stop(void)
{
    qtest_quit(s);
    g_unlink(image);
    g_clear_pointer(&image, g_free);
}

/*** Requests. ***/

static void begin(void)
{
    chain_len = 0;
}

static void add(uint64_t addr, uint32_t len, bool device_writes)
{
    uint64_t desc = DESC + 16 * chain_len;

    if (chain_len) {
        qtest_writew(s, desc - 4, qtest_readw(s, desc - 4) | VRING_DESC_F_NEXT);
        qtest_writew(s, desc - 2, chain_len);
    }
    qtest_writeq(s, desc, addr);
    qtest_writel(s, desc + 8, len);
    qtest_writew(s, desc + 12, device_writes ? VRING_DESC_F_WRITE : 0);
    qtest_writew(s, desc + 14, 0);
    chain_len++;
}

static void kick(void)
{
    qtest_writew(s, AVAIL + 4 + 2 * (avail % NUM), 0);
    qtest_writew(s, AVAIL + 2, ++avail);
    set_reg(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
}

static bool finished(void)
{
    return qtest_readw(s, USED + 2) != used;
}

/* Waits for it; what the device says that it wrote. */
static uint32_t finish(void)
{
    for (int i = 0; !finished(); i++) {
        g_assert_cmpint(i, <, 20000);
        g_usleep(500);
    }
    return qtest_readl(s, USED + 4 + 8 * (used++ % NUM) + 4);
}

static void header(uint32_t type, uint64_t sector)
{
    qtest_writel(s, HEADER, type);
    qtest_writel(s, HEADER + 4, 0);
    qtest_writeq(s, HEADER + 8, sector);
    qtest_writeb(s, STATUS, BAD);
}

static void queue_request(uint32_t type, uint64_t sector, uint32_t len)
{
    header(type, sector);
    begin();
    add(HEADER, 16, false);
    if (len) {
        /* In two parts that are no whole sectors. */
        uint32_t first = MIN(len, 100);

        add(DATA, first, !(type & VIRTIO_BLK_T_OUT));
        if (len > first) {
            add(DATA + first, len - first, !(type & VIRTIO_BLK_T_OUT));
        }
    }
    add(STATUS, 1, true);
    kick();
}

/* One from beginning to end: its status. */
static uint8_t request(uint32_t type, uint64_t sector, uint32_t len)
{
    uint32_t written;

    queue_request(type, sector, len);
    written = finish();
    g_assert_cmpuint(written, ==, type & VIRTIO_BLK_T_OUT ? 1 : len + 1);
    return qtest_readb(s, STATUS);
}

static uint8_t erase(uint32_t type, uint64_t sector, uint32_t sectors,
                     uint32_t flags)
{
    qtest_writeq(s, DATA, sector);
    qtest_writel(s, DATA + 8, sectors);
    qtest_writel(s, DATA + 12, flags);
    return request(type, 0, 16);
}

/*** Tests. ***/

static uint64_t config(size_t offset, size_t size)
{
    uint64_t addr = MMIO + VIRTIO_MMIO_CONFIG + offset;

    return size == 1   ? qtest_readb(s, addr)
           : size == 2 ? qtest_readw(s, addr)
           : size == 4 ? qtest_readl(s, addr)
                       : qtest_readl(s, addr) |
                             (uint64_t)qtest_readl(s, addr + 4) << 32;
}

#define CONFIG(field)                                                          \
    config(offsetof(struct virtio_blk_config, field),                          \
           sizeof(((struct virtio_blk_config *)0)->field))

static void test_config(void)
{
    start(",queue-size=64,logical_block_size=4096,physical_block_size=8192,"
          "min_io_size=8192,opt_io_size=65536,discard_granularity=16384,"
          "max-discard-sectors=1000",
          FILE_NODE);
    g_assert_cmphex(
        offered() & 0xffffff, ==,
        1 << VIRTIO_BLK_F_SEG_MAX | 1 << VIRTIO_BLK_F_GEOMETRY |
            1 << VIRTIO_BLK_F_BLK_SIZE | 1 << VIRTIO_BLK_F_FLUSH |
            1 << VIRTIO_BLK_F_TOPOLOGY | 1 << VIRTIO_BLK_F_CONFIG_WCE |
            1 << VIRTIO_BLK_F_DISCARD | 1 << VIRTIO_BLK_F_WRITE_ZEROES);
    g_assert_cmpuint(CONFIG(capacity), ==, SIZE / 512);
    g_assert_cmpuint(CONFIG(size_max), ==, 0);
    g_assert_cmpuint(CONFIG(seg_max), ==, 62);
    g_assert_cmpuint(CONFIG(geometry.cylinders), ==, 2);
    g_assert_cmpuint(CONFIG(geometry.heads), ==, 16);
    g_assert_cmpuint(CONFIG(geometry.sectors), ==, 56);
    g_assert_cmpuint(CONFIG(blk_size), ==, 4096);
    g_assert_cmpuint(CONFIG(physical_block_exp), ==, 1);
    g_assert_cmpuint(CONFIG(min_io_size), ==, 2);
    g_assert_cmpuint(CONFIG(opt_io_size), ==, 16);
    g_assert_cmpuint(CONFIG(wce), ==, 1);
    g_assert_cmpuint(CONFIG(num_queues), ==, 1);
    g_assert_cmpuint(CONFIG(max_discard_sectors), ==, 1000);
    g_assert_cmpuint(CONFIG(max_discard_seg), ==, 1);
    g_assert_cmpuint(CONFIG(discard_sector_alignment), ==, 32);
    g_assert_cmpuint(CONFIG(max_write_zeroes_sectors), ==, INT_MAX >> 9);
    g_assert_cmpuint(CONFIG(write_zeroes_may_unmap), ==, 1);
    /* Only whole blocks. */
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 8, 4096), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 4, 4096), ==, VIRTIO_BLK_S_IOERR);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 8, 512), ==, VIRTIO_BLK_S_IOERR);
    stop();
}

static void set_wce(uint8_t value)
{
    qtest_writeb(
        s, MMIO + VIRTIO_MMIO_CONFIG + offsetof(struct virtio_blk_config, wce),
        value);
}

/* The driver's choice of the write cache, and what else an option changes. */
static void test_choices(void)
{
    start(",queue-size=64,seg-max-adjust=off", FILE_NODE);
    g_assert_cmpuint(CONFIG(seg_max), ==, 126);
    set_wce(0);
    g_assert_cmpuint(CONFIG(wce), ==, 0);
    g_assert_cmphex(request(VIRTIO_BLK_T_OUT, 0, 512), ==, VIRTIO_BLK_S_OK);
    start_driver();
    g_assert_cmpuint(CONFIG(wce), ==, 1);
    stop();

    start(",config-wce=off", FILE_NODE);
    g_assert_cmphex(
        offered() & (1 << VIRTIO_BLK_F_FLUSH | 1 << VIRTIO_BLK_F_CONFIG_WCE),
        ==, 1 << VIRTIO_BLK_F_FLUSH);
    set_wce(0);
    g_assert_cmpuint(CONFIG(wce), ==, 1);
    stop();
}

static void test_requests(void)
{
    char id[20];

    start(",serial=0123456789abcdefghijklmn", FILE_NODE);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 7, 1024), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(qtest_readb(s, DATA + 1023), ==, 'x');
    qtest_memset(s, DATA, 'y', 1024);
    g_assert_cmphex(request(VIRTIO_BLK_T_OUT, 3, 1024), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(request(VIRTIO_BLK_T_FLUSH, 0, 0), ==, VIRTIO_BLK_S_OK);
    /* A sector on each side. */
    qtest_memset(s, DATA, 0, 2048);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 2, 2048), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(qtest_readb(s, DATA + 511), ==, 'x');
    g_assert_cmphex(qtest_readb(s, DATA + 512), ==, 'y');
    g_assert_cmphex(qtest_readb(s, DATA + 1535), ==, 'y');
    g_assert_cmphex(qtest_readb(s, DATA + 1536), ==, 'x');
    /* The name, of which there is room for so much. */
    g_assert_cmphex(request(VIRTIO_BLK_T_GET_ID, 0, 20), ==, VIRTIO_BLK_S_OK);
    qtest_memread(s, DATA, id, sizeof(id));
    g_assert_cmpmem(id, 20, "0123456789abcdefghij", 20);
    g_assert_cmphex(request(VIRTIO_BLK_T_GET_ID, 0, 4), ==, VIRTIO_BLK_S_OK);
    /* Beyond the end, and over the edge. */
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, SIZE / 512, 512), ==,
                    VIRTIO_BLK_S_IOERR);
    g_assert_cmphex(request(VIRTIO_BLK_T_OUT, SIZE / 512 - 1, 1024), ==,
                    VIRTIO_BLK_S_IOERR);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, UINT64_MAX, 512), ==,
                    VIRTIO_BLK_S_IOERR);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 1ull << 55, 512), ==,
                    VIRTIO_BLK_S_IOERR);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 0, 511), ==, VIRTIO_BLK_S_IOERR);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, SIZE / 512, 0), ==,
                    VIRTIO_BLK_S_OK);
    /* What there is not. */
    g_assert_cmphex(request(0x55, 0, 0), ==, VIRTIO_BLK_S_UNSUPP);
    g_assert_cmphex(request(VIRTIO_BLK_T_SECURE_ERASE, 0, 16), ==,
                    VIRTIO_BLK_S_UNSUPP);
    g_assert_cmphex(request(VIRTIO_BLK_T_ZONE_REPORT, 0, 64), ==,
                    VIRTIO_BLK_S_UNSUPP);
    stop();
}

static void test_erase(void)
{
    uint32_t discard = VIRTIO_BLK_T_DISCARD;
    uint32_t zeroes = VIRTIO_BLK_T_WRITE_ZEROES;

    start(",max-write-zeroes-sectors=100", FILE_NODE);
    g_assert_cmphex(erase(zeroes, 10, 2, 0), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(erase(zeroes, 12, 2, VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP),
                    ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(erase(discard, 14, 2, 0), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 9, 4096), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(qtest_readb(s, DATA + 511), ==, 'x');
    for (int i = 512; i < 3584; i += 256) {
        g_assert_cmphex(qtest_readb(s, DATA + i), ==, 0);
    }
    g_assert_cmphex(qtest_readb(s, DATA + 3584), ==, 'x');

    g_assert_cmphex(erase(discard, 0, 1, 1), ==, VIRTIO_BLK_S_UNSUPP);
    g_assert_cmphex(erase(zeroes, 0, 1, 2), ==, VIRTIO_BLK_S_UNSUPP);
    g_assert_cmphex(erase(zeroes, 0, 101, 0), ==, VIRTIO_BLK_S_IOERR);
    g_assert_cmphex(erase(discard, SIZE / 512 - 1, 2, 0), ==,
                    VIRTIO_BLK_S_IOERR);
    g_assert_cmphex(erase(discard, UINT64_MAX, UINT32_MAX, 0), ==,
                    VIRTIO_BLK_S_IOERR);
    /* Two segments. */
    g_assert_cmphex(request(discard, 0, 32), ==, VIRTIO_BLK_S_UNSUPP);
    stop();
}

/* The device is broken, until the driver begins again. */
static void expect_broken(void)
{
    g_assert_true(reg(VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET);
    start_driver();
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 0, 512), ==, VIRTIO_BLK_S_OK);
}

static void test_hostile(void)
{
    start("", FILE_NODE);
    /* No status. */
    header(VIRTIO_BLK_T_OUT, 0);
    begin();
    add(HEADER, 16, false);
    kick();
    expect_broken();
    /* No header. */
    header(VIRTIO_BLK_T_OUT, 0);
    begin();
    add(STATUS, 1, true);
    kick();
    expect_broken();
    /* Half a header; half a range. */
    header(VIRTIO_BLK_T_OUT, 0);
    begin();
    add(HEADER, 15, false);
    add(STATUS, 1, true);
    kick();
    expect_broken();
    queue_request(VIRTIO_BLK_T_DISCARD, 0, 15);
    expect_broken();
    /* A header in pieces is good, with data right behind it. */
    header(VIRTIO_BLK_T_OUT, 5);
    qtest_memset(s, HEADER + 16, 'z', 512);
    begin();
    add(HEADER, 3, false);
    add(HEADER + 3, 13 + 512, false);
    add(STATUS, 1, true);
    kick();
    g_assert_cmpuint(finish(), ==, 1);
    g_assert_cmphex(qtest_readb(s, STATUS), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 5, 512), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(qtest_readb(s, DATA + 511), ==, 'z');
    /* Data and status in one, and the status elsewhere than a byte's place. */
    header(VIRTIO_BLK_T_IN, 0);
    begin();
    add(HEADER, 16, false);
    add(DATA, 513, true);
    kick();
    g_assert_cmpuint(finish(), ==, 513);
    g_assert_cmphex(qtest_readb(s, DATA + 512), ==, VIRTIO_BLK_S_OK);
    /* A reset while requests are under way. */
    for (int i = 0; i < 20; i++) {
        queue_request(VIRTIO_BLK_T_OUT, 0, 65536);
        start_driver();
    }
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 0, 512), ==, VIRTIO_BLK_S_OK);
    stop();
}

static void test_garbage(void)
{
    start("", FILE_NODE);
    for (int i = 0; i < 300; i++) {
        header(g_test_rand_int_range(0, 32),
               g_test_rand_int_range(0, SIZE / 512 + 2));
        begin();
        for (int n = g_test_rand_int_range(1, 6); n; n--) {
            add(g_test_rand_int_range(0, 8) ? HEADER : 0x1000,
                g_test_rand_int_range(0, 40),
                chain_len > 1 || g_test_rand_int_range(0, 4) == 0);
        }
        if (g_test_rand_int_range(0, 4)) {
            add(STATUS, 1, true);
        }
        kick();
        if (reg(VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET) {
            start_driver();
        } else if (i % 8 == 7) {
            start_driver();
        }
        used = avail;
    }
    start_driver();
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 0, 512), ==, VIRTIO_BLK_S_OK);
    stop();
}

static void test_read_only(void)
{
    start("", "-blockdev file,node-name=d,filename=%s,read-only=on");
    g_assert_true(offered() & 1 << VIRTIO_BLK_F_RO);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 0, 512), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(request(VIRTIO_BLK_T_OUT, 0, 512), ==, VIRTIO_BLK_S_IOERR);
    g_assert_cmphex(erase(VIRTIO_BLK_T_WRITE_ZEROES, 0, 1, 0), ==,
                    VIRTIO_BLK_S_IOERR);
    g_assert_cmphex(request(VIRTIO_BLK_T_FLUSH, 0, 0), ==, VIRTIO_BLK_S_OK);
    stop();
}

/* One request that waits for "cont", once or through a reset. */
static void test_stop(gconstpointer options)
{
    g_autoptr(QDict) event = NULL;
    QmpClient *c;

    start(options,
          "-object iothread,id=io -blockdev file,node-name=f,filename=%s "
          "-blockdev blkdebug,node-name=d,image=f,"
          "inject-error.0.event=none,inject-error.0.iotype=write,"
          "inject-error.0.once=on,inject-error.0.sector=8,"
          "inject-error.1.event=none,inject-error.1.iotype=write,"
          "inject-error.1.sector=16,"
          "inject-error.2.event=read_aio,inject-error.2.sector=9");
    c = qtest_qmp_client(s);
    qtest_qmp_assert_success(s, "{'execute': 'cont'}");
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 9, 512), ==, VIRTIO_BLK_S_IOERR);
    event = qmp_client_event(c, "BLOCK_IO_ERROR");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(event, "data"), "action"), ==,
                    "report");

    qtest_memset(s, DATA, 'w', 512);
    queue_request(VIRTIO_BLK_T_OUT, 8, 512);
    qobject_unref(qmp_client_event(c, "STOP"));
    g_assert_false(finished());
    qtest_qmp_assert_success(s, "{'execute': 'cont'}");
    finish();
    g_assert_cmphex(qtest_readb(s, STATUS), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 8, 512), ==, VIRTIO_BLK_S_OK);
    g_assert_cmphex(qtest_readb(s, DATA), ==, 'w');

    /* It fails again each time; a reset forgets it. */
    queue_request(VIRTIO_BLK_T_OUT, 16, 512);
    qobject_unref(qmp_client_event(c, "STOP"));
    qtest_qmp_assert_success(s, "{'execute': 'cont'}");
    qobject_unref(qmp_client_event(c, "STOP"));
    start_driver();
    qtest_qmp_assert_success(s, "{'execute': 'cont'}");
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 0, 512), ==, VIRTIO_BLK_S_OK);
    stop();
}

static void test_resize(void)
{
    uint32_t generation;

    start("", FILE_NODE);
    generation = reg(VIRTIO_MMIO_CONFIG_GENERATION);
    set_reg(VIRTIO_MMIO_INTERRUPT_ACK, 3);
    qtest_qmp_assert_success(s, "{'execute': 'block_resize', 'arguments':"
                                " {'node-name': 'd', 'size': 2097152}}");
    g_assert_cmpuint(CONFIG(capacity), ==, 4096);
    g_assert_cmpuint(reg(VIRTIO_MMIO_CONFIG_GENERATION), !=, generation);
    g_assert_true(reg(VIRTIO_MMIO_INTERRUPT_STATUS) & 2);
    g_assert_cmphex(request(VIRTIO_BLK_T_IN, 4095, 512), ==, VIRTIO_BLK_S_OK);
    stop();
}

static void test_iothread(void)
{
    start(",iothread=io",
          "-object iothread,id=io -blockdev file,node-name=d,filename=%s");
    qtest_qmp_assert_success(s, "{'execute': 'cont'}");
    qtest_memset(s, DATA, 'i', 512);
    for (int i = 0; i < 40; i++) {
        g_assert_cmphex(request(VIRTIO_BLK_T_OUT, i, 512), ==, VIRTIO_BLK_S_OK);
        g_assert_cmphex(request(VIRTIO_BLK_T_IN, i, 512), ==, VIRTIO_BLK_S_OK);
        if (i % 10 == 9) {
            start_driver();
            qtest_qmp_assert_success(s, "{'execute': 'stop'}");
            qtest_qmp_assert_success(s, "{'execute': 'cont'}");
        }
    }
    stop();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-blk/config", test_config);
    g_test_add_func("/virtio-blk/choices", test_choices);
    g_test_add_func("/virtio-blk/requests", test_requests);
    g_test_add_func("/virtio-blk/erase", test_erase);
    g_test_add_func("/virtio-blk/hostile", test_hostile);
    g_test_add_func("/virtio-blk/garbage", test_garbage);
    g_test_add_func("/virtio-blk/read-only", test_read_only);
    g_test_add_data_func("/virtio-blk/stop", ",werror=stop,rerror=report",
                         test_stop);
    g_test_add_data_func("/virtio-blk/stop-iothread",
                         ",werror=stop,rerror=report,iothread=io", test_stop);
    g_test_add_func("/virtio-blk/resize", test_resize);
    g_test_add_func("/virtio-blk/iothread", test_iothread);
    return g_test_run();
}

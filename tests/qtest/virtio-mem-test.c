/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-mem and virtio-pmem from outside: the configuration, every request
 * and response by both ring formats and transports, what breaks them, memory
 * that comes and goes, and what the monitor says and refuses.
 */
#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "qobject/qdict.h"
#include "standard-headers/linux/virtio_mem.h"
#include "standard-headers/linux/virtio_pmem.h"
#include "virtio-helpers.h"

#define MODERN  "-global virtio-mmio.force-legacy=off "
#define BACKEND "-object memory-backend-ram,id=mem0,size=1G,reserve=off "
#define MEM     BACKEND "-device virtio-mem,id=vm0,memdev=mem0,block-size=2M"
#define WINDOW  0xc0000000ull
#define BLOCK   (2 * MiB)

#define F_INACCESSIBLE BIT_ULL(VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE)

static QTestState *start(const char *args)
{
    return qtest_initf("-machine virt -bios none -m 64M,maxmem=4G %s", args);
}

/* ---- a driver ------------------------------------------------------------ */

typedef struct {
    QTestState *s;
    QVirtioMMIO *dev;
    QVirtQueue *vq;
    uint64_t req, resp;
} Driver;

static void driver_start(Driver *d, QTestState *s, uint16_t id,
                         uint64_t features)
{
    d->s = s;
    d->dev = qvirtio_mmio_find(s, id);
    qvirtio_start(d->dev, features);
    d->vq = qvirtio_queue_new(d->dev, 0, 8);
    qvirtio_driver_ok(d->dev);
    d->req = qvirtio_alloc(d->dev, 4096);
    d->resp = qvirtio_alloc(d->dev, 4096);
}

static void driver_end(Driver *d)
{
    g_free(d->vq);
    g_free(d->dev);
}

static void submit(Driver *d, unsigned req_len, unsigned resp_len)
{
    QVirtBuf bufs[] = { { d->req, req_len, false },
                        { d->resp, resp_len, true } };

    qvirtio_add(d->vq, bufs, 2);
    qvirtio_kick(d->vq);
}

static unsigned request(Driver *d, unsigned type, uint64_t gpa, unsigned nb)
{
    uint32_t len;

    qtest_writew(d->s, d->req, type);
    qtest_writeq(d->s, d->req + 8, gpa);
    qtest_writew(d->s, d->req + 16, nb);
    submit(d, sizeof(struct virtio_mem_req), sizeof(struct virtio_mem_resp));
    qvirtio_wait_used(d->vq, 2, &len);
    g_assert_cmpuint(len, ==, sizeof(struct virtio_mem_resp));
    return qtest_readw(d->s, d->resp);
}

#define ask(d, type, block, nb)                                                \
    request(d, VIRTIO_MEM_REQ_##type, WINDOW + (block)*BLOCK, nb)

static uint64_t config64(Driver *d, unsigned offset)
{
    uint64_t low = qvirtio_read(d->dev, VIRTIO_MMIO_CONFIG + offset);

    return low | (uint64_t)qvirtio_read(d->dev, VIRTIO_MMIO_CONFIG + offset + 4)
                     << 32;
}

#define config(d, field) config64(d, offsetof(struct virtio_mem_config, field))

static void want(QTestState *s, uint64_t size)
{
    qtest_qmp_assert_success(
        s,
        "{'execute': 'qom-set', 'arguments': {'path': "
        "'/machine/peripheral/vm0', 'property': 'requested-size', 'value': "
        "%" PRIu64 "}}",
        size);
}

/* Takes @answer over. */
static void check_error(QDict *answer, const char *why)
{
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(answer, "error"), "desc"), ==,
                    why);
    qobject_unref(answer);
}

/* ---- virtio-mem ---------------------------------------------------------- */

static void check_requests(const char *args, uint64_t features)
{
    QTestState *s = start(args);
    Driver d;

    driver_start(&d, s, VIRTIO_ID_MEM, features | F_INACCESSIBLE);
    g_assert_cmphex(config(&d, block_size), ==, BLOCK);
    g_assert_cmphex(config(&d, addr), ==, WINDOW);
    g_assert_cmphex(config(&d, region_size), ==, GiB);
    g_assert_cmphex(config(&d, usable_region_size), ==, 0);
    g_assert_cmpuint(ask(&d, PLUG, 0, 1), ==, VIRTIO_MEM_RESP_ERROR);
    want(s, 32 * MiB);
    g_assert_cmphex(config(&d, requested_size), ==, 32 * MiB);
    g_assert_cmphex(config(&d, usable_region_size), ==, 288 * MiB);
    g_assert_cmpuint(ask(&d, PLUG, 0, 17), ==, VIRTIO_MEM_RESP_NACK);
    g_assert_cmpuint(ask(&d, PLUG, 8, 16), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmphex(config(&d, plugged_size), ==, 32 * MiB);
    g_assert_cmpuint(ask(&d, PLUG, 9, 1), ==, VIRTIO_MEM_RESP_NACK);
    g_assert_cmpuint(ask(&d, STATE, 8, 16), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(qtest_readw(s, d.resp + 8), ==, VIRTIO_MEM_STATE_PLUGGED);
    g_assert_cmpuint(ask(&d, STATE, 7, 2), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(qtest_readw(s, d.resp + 8), ==, VIRTIO_MEM_STATE_MIXED);
    g_assert_cmpuint(ask(&d, STATE, 0, 8), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmpuint(qtest_readw(s, d.resp + 8), ==,
                     VIRTIO_MEM_STATE_UNPLUGGED);
    g_assert_cmpuint(ask(&d, STATE, 144, 1), ==, VIRTIO_MEM_RESP_ERROR);
    g_assert_cmpuint(ask(&d, UNPLUG, 7, 2), ==, VIRTIO_MEM_RESP_ERROR);
    g_assert_cmpuint(request(&d, VIRTIO_MEM_REQ_UNPLUG, WINDOW + 1, 1), ==,
                     VIRTIO_MEM_RESP_ERROR);
    g_assert_cmpuint(request(&d, VIRTIO_MEM_REQ_STATE, 0, 1), ==,
                     VIRTIO_MEM_RESP_ERROR);

    /* What is unplugged is gone. */
    qtest_writeq(s, WINDOW + 10 * BLOCK, 0x1122334455667788);
    qtest_writeq(s, WINDOW + 11 * BLOCK, 0x99);
    g_assert_cmpuint(ask(&d, UNPLUG, 10, 1), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmphex(qtest_readq(s, WINDOW + 10 * BLOCK), ==, 0);
    g_assert_cmphex(qtest_readq(s, WINDOW + 11 * BLOCK), ==, 0x99);
    g_assert_cmpuint(ask(&d, UNPLUG_ALL, 0, 0), ==, VIRTIO_MEM_RESP_ACK);
    g_assert_cmphex(qtest_readq(s, WINDOW + 11 * BLOCK), ==, 0);
    g_assert_cmphex(config(&d, plugged_size), ==, 0);
    driver_end(&d);
    qtest_quit(s);
}

static void test_requests(void)
{
    check_requests(MODERN MEM, QV_V1);
    check_requests(MODERN MEM ",packed=on", QV_V1 | QV_PACKED);
    check_requests(MODERN MEM ",dynamic-memslots=on", QV_V1);
    check_requests(MEM, 0);
}

static void test_broken(void)
{
    static const struct {
        unsigned type, req, resp;
    } wrong[] = {
        { 4, 24, 10 }, { 2, 23, 10 }, { 2, 24, 9 }, { 65535, 24, 10 }
    };

    for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
        QTestState *s = start(MODERN MEM);
        Driver d;

        driver_start(&d, s, VIRTIO_ID_MEM, QV_V1 | F_INACCESSIBLE);
        qtest_writew(s, d.req, wrong[i].type);
        submit(&d, wrong[i].req, wrong[i].resp);
        qvirtio_wait_status(d.dev, VIRTIO_CONFIG_S_NEEDS_RESET);
        driver_end(&d);
        driver_start(&d, s, VIRTIO_ID_MEM, QV_V1 | F_INACCESSIBLE);
        g_assert_cmpuint(ask(&d, UNPLUG_ALL, 0, 0), ==, VIRTIO_MEM_RESP_ACK);
        driver_end(&d);
        qtest_quit(s);
    }
}

/* A reset of the machine takes all away; one of the device does not. */
static void test_reset(void)
{
    QTestState *s = start(MODERN MEM);
    Driver d;

    driver_start(&d, s, VIRTIO_ID_MEM, QV_V1 | F_INACCESSIBLE);
    want(s, 64 * MiB);
    g_assert_cmpuint(ask(&d, PLUG, 0, 32), ==, VIRTIO_MEM_RESP_ACK);
    driver_end(&d);
    driver_start(&d, s, VIRTIO_ID_MEM, QV_V1 | F_INACCESSIBLE);
    g_assert_cmphex(config(&d, plugged_size), ==, 64 * MiB);
    qtest_qmp_assert_success(s, "{'execute': 'system_reset'}");
    while (config(&d, plugged_size)) {
        qtest_clock_step(s, 1000);
    }
    driver_end(&d);
    qtest_quit(s);
}

static void test_refused(void)
{
    QTestState *s = start(MODERN MEM);

#define SET                                                                    \
    "{'execute': 'qom-set', 'arguments': {'path': "                            \
    "'/machine/peripheral/vm0', 'property': 'requested-size', 'value': "
    check_error(qtest_qmp(s, SET "1048576}}"),
                "'requested-size' has to be multiples of 'block-size' "
                "(0x200000)");
    check_error(qtest_qmp(s, SET "2147483648}}"),
                "'requested-size' cannot exceed the memory backend "
                "size(0x40000000)");
    qtest_qmp_assert_success(
        s, "{'execute': 'object-add', 'arguments': {'qom-type': "
           "'memory-backend-ram', 'id': 'm1', 'size': 4294967296, "
           "'reserve': false}}");
    check_error(qtest_qmp(s, "{'execute': 'device_add', 'arguments': "
                             "{'driver': 'pc-dimm', 'memdev': 'm1'}}"),
                "'pc-dimm' cannot be plugged while the machine runs: the "
                "guest learns of it from the device tree");
    qtest_quit(s);
}

/* ---- virtio-pmem --------------------------------------------------------- */

static void check_flush(const char *args, uint64_t features)
{
    QTestState *s = start(args);
    uint32_t len;
    Driver d;

    driver_start(&d, s, VIRTIO_ID_PMEM, features);
    g_assert_cmphex(config64(&d, 0), ==, WINDOW);
    g_assert_cmphex(config64(&d, 8), ==, GiB);
    qtest_writeq(s, WINDOW + 4096, 0x1234);
    g_assert_cmphex(qtest_readq(s, WINDOW + 4096), ==, 0x1234);
    for (int i = 0; i < 20; i++) {
        qtest_writel(s, d.resp, 0x55);
        submit(&d, 4, 4);
        qvirtio_wait_used(d.vq, 2, &len);
        g_assert_cmpuint(len, ==, 4);
        g_assert_cmpuint(qtest_readl(s, d.resp), ==, 0);
    }
    qtest_writel(s, d.req, 7);
    submit(&d, 4, 4);
    if (features & QV_V1) {
        qvirtio_wait_status(d.dev, VIRTIO_CONFIG_S_NEEDS_RESET);
    }
    driver_end(&d);
    qtest_quit(s);
}

static void test_pmem(void)
{
    check_flush(MODERN BACKEND "-device virtio-pmem,memdev=mem0", QV_V1);
    check_flush(MODERN BACKEND "-device virtio-pmem,memdev=mem0,packed=on",
                QV_V1 | QV_PACKED);
    check_flush(BACKEND "-device virtio-pmem,memdev=mem0", 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-mem/requests", test_requests);
    g_test_add_func("/virtio-mem/broken", test_broken);
    g_test_add_func("/virtio-mem/reset", test_reset);
    g_test_add_func("/virtio-mem/refused", test_refused);
    g_test_add_func("/virtio-pmem/flush", test_pmem);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hostile drivers: every virtio device on every transport is given rings of
 * both formats that cannot be; it asks to be reset (legacy ones are broken),
 * and after a reset it serves a good request. Rings that are nowhere, an index
 * that goes backwards, tables of 2^16 entries, random accesses to PCI.
 */
#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "device-helpers.h"
#include "libqmp.h"
#include "pci-helpers.h"
#include "qobject/qdict.h"
#include "standard-headers/linux/virtio_mem.h"
#include "virtio-helpers.h"

/* ---- what is attacked ---------------------------------------------------- */

typedef struct Device {
    const char *name;
    uint16_t id;
    const char *mmio, *pci; /* -device */
    const char *args;
    int queue;
    unsigned out, in; /* a good request, of zeros: bytes to read, to write */
    bool only_modern;
} Device;

static const Device devices[] = {
    { "rng", VIRTIO_ID_RNG, "virtio-rng-device", "virtio-rng-pci", "", 0, 0,
      16 },
    { "blk", VIRTIO_ID_BLOCK, "virtio-blk-device,drive=b0",
      "virtio-blk-pci,drive=b0",
      "-blockdev driver=null-co,node-name=b0,size=1048576,read-zeroes=on", 0,
      16, 513 },
    { "serial", VIRTIO_ID_CONSOLE, "virtio-serial-device", "virtio-serial-pci",
      "-chardev null,id=c0 -device virtserialport,chardev=c0", 3, 8, 0 },
    { "balloon", VIRTIO_ID_BALLOON, "virtio-balloon-device",
      "virtio-balloon-pci", "", 0, 4, 0 },
    { "mem", VIRTIO_ID_MEM, "virtio-mem,memdev=m0", "virtio-mem-pci,memdev=m0",
      "-object memory-backend-ram,id=m0,size=128M,reserve=off", 0,
      sizeof(struct virtio_mem_req), sizeof(struct virtio_mem_resp), true },
    { "pmem", VIRTIO_ID_PMEM, "virtio-pmem,memdev=m0",
      "virtio-pmem-pci,memdev=m0",
      "-object memory-backend-ram,id=m0,size=128M,reserve=off", 0, 4, 4, true },
};

typedef enum {
    MMIO_LEGACY,
    MMIO_MODERN,
    PCI_MODERN,
    PCI_TRANSITIONAL, /* by its modern interface */
    PCI_LEGACY,       /* the same by its ports */
    TRANSPORTS,
} Transport;

static const char *const transport_names[] = {
    "mmio-legacy",      "mmio-modern", "pci-modern",
    "pci-transitional", "pci-legacy",
};

typedef struct Case {
    const Device *d;
    Transport transport;
} Case;

static bool is_legacy(Transport t)
{
    return t == MMIO_LEGACY || t == PCI_LEGACY;
}

static QTestState *start(const Case *c)
{
    const char *packed = is_legacy(c->transport) ? "" : ",packed=on";
    g_autofree char *arg = NULL;

    switch (c->transport) {
    case MMIO_LEGACY:
    case MMIO_MODERN:
        arg = g_strdup_printf("-global virtio-mmio.force-legacy=%s -device %s",
                              c->transport == MMIO_LEGACY ? "on" : "off",
                              c->d->mmio);
        break;
    default:
        arg = g_strdup_printf("-device %s%s,addr=2", c->d->pci,
                              c->d->only_modern ? ""
                              : c->transport == PCI_MODERN
                                  ? ",disable-legacy=on"
                                  : ",disable-legacy=off");
    }
    /* What hangs on its bus comes after it. */
    if (strstr(c->d->args, "-device")) {
        return qtest_initf("-machine virt -bios none -m 64M %s,id=d0%s %s", arg,
                           packed, c->d->args);
    }
    return qtest_initf("-machine virt -bios none -m 64M,maxmem=4G %s "
                       "%s,id=d0%s",
                       c->d->args, arg, packed);
}

static QVirtioMMIO *find(QTestState *s, const Case *c)
{
    return c->transport <= MMIO_MODERN
               ? qvirtio_mmio_find(s, c->d->id)
               : qvirtio_pci_find(s, c->d->id, is_legacy(c->transport));
}

/* Up to the rings: with what the device itself offers. */
static void negotiate(QVirtioMMIO *dev, bool packed)
{
    uint64_t features = qvirtio_offered(dev) & 0xffffff;

    features |= QV_INDIRECT;
    if (!dev->legacy) {
        features |= QV_V1 | (packed ? QV_PACKED : 0);
    }
    qvirtio_start(dev, features);
}

/* Requests that are as they should be. */
static void good_requests(QVirtioMMIO *dev, const Device *d, QVirtQueue *vq,
                          int count)
{
    uint64_t at = qvirtio_alloc(dev, 4096);
    QVirtBuf bufs[] = { { at, d->out, false }, { at + 1024, d->in, true } };
    unsigned first = d->out ? 0 : 1, n = 2 - first - !d->in;

    for (int i = 0; i < count; i++) {
        uint32_t len;
        unsigned id = qvirtio_add(vq, &bufs[first], n);

        qvirtio_kick(vq);
        g_assert_cmpuint(qvirtio_wait_used(vq, n, &len), ==, id);
        g_assert_cmpuint(len, <=, d->in);
    }
}

static void works(QVirtioMMIO *dev, const Device *d, bool packed)
{
    g_autofree QVirtQueue *vq = NULL;

    negotiate(dev, packed);
    vq = qvirtio_queue_new(dev, d->queue, 8);
    qvirtio_driver_ok(dev);
    good_requests(dev, d, vq, 3);
    qvirtio_reset(dev);
}

static bool is_broken(const QVirtioMMIO *dev)
{
    g_autoptr(QDict) answer =
        qtest_qmp(dev->s,
                  "{'execute': 'x-query-virtio-status', 'arguments':"
                  " {'path': %s}}",
                  dev->pci ? "/machine/peripheral/d0/virtio-backend"
                           : "/machine/peripheral/d0");

    return qdict_get_bool(qdict_get_qdict(answer, "return"), "broken");
}

/* A legacy driver is not told. */
static void wait_broken(QVirtioMMIO *dev)
{
    if (!dev->legacy) {
        qvirtio_wait_status(dev, VIRTIO_CONFIG_S_NEEDS_RESET);
        g_assert_true(qvirtio_read(dev, VIRTIO_MMIO_INTERRUPT_STATUS) &
                      VIRTIO_MMIO_INT_CONFIG);
    }
    for (int i = 0; i < 1000 && !is_broken(dev); i++) {
        g_usleep(1000);
    }
    g_assert_true(is_broken(dev));
}

/* ---- rings that cannot be ------------------------------------------------ */

#define INSIDE 0x82100000ull
#define LOOP   0x82110000ull /* tables: of 64, each with a next */
#define NESTED 0x82120000ull
#define LONG   0x82200000ull /* 2^16, each with a next */
#define SIZE64 (64 * 16)
#define NUM    -1 /* instead of a number: that of the descriptors */
#define NUM_1  -2 /* and one more */

#define NEXT  VRING_DESC_F_NEXT
#define WRITE VRING_DESC_F_WRITE
#define TABLE VRING_DESC_F_INDIRECT

/* A descriptor, which all are like; the second can differ in its flags. */
typedef struct Hostile {
    const char *what;
    uint64_t addr;
    uint32_t len;
    uint16_t flags;
    int second, next;
    int idx, head;
    enum { ANY, SPLIT, ROOM } only; /* ROOM: if it makes no room, see below */
} Hostile;

static const Hostile hostile[] = {
    { "a loop", INSIDE, 8, NEXT, NEXT, 0, 1, 0 },
    { "a loop of two", INSIDE, 8, NEXT | WRITE, NEXT | WRITE, 1, 1, 0 },
    { "no length", INSIDE, 0, WRITE, 0, 0, 1, 0, ROOM },
    { "second without length", INSIDE, 0, NEXT, WRITE, 1, 1, 0, ROOM },
    { "wrong order", INSIDE, 8, NEXT | WRITE, 0, 1, 1, 0 },
    { "out of RAM", 0x83fffff0, 0x100000, WRITE, 0, 0, 1, 0 },
    { "no RAM", 0x84000000, 0x10000, WRITE, 0, 0, 1, 0 },
    { "no RAM to read", 0xfffffffffff00000, 0x10000, NEXT, NEXT, 1, 1, 0 },
    { "around the end", 0xffffffffffffff00, 0xfffffff0, WRITE, 0, 0, 1, 0 },
    { "an empty table", LOOP, 0, TABLE, 0, 0, 1, 0 },
    { "an odd table", LOOP, 24, TABLE, 0, 0, 1, 0 },
    { "a table in a table", NESTED, 32, TABLE, 0, 0, 1, 0 },
    { "a table of 2^16", LONG, 16 << 16, TABLE, 0, 0, 1, 0 },
    { "a huge table", 0x80000000, 0xfffffff0, TABLE, 0, 0, 1, 0 },
    { "a table nowhere", 0xf00000000000, SIZE64, TABLE, 0, 0, 1, 0, ROOM },
    { "a table of ports", 0x10000000, SIZE64, TABLE, 0, 0, 1, 0, ROOM },
    { "a table out of RAM", 0x83fffff0, SIZE64, TABLE, 0, 0, 1, 0, ROOM },
    { "a table that loops", LOOP, SIZE64, TABLE, 0, 0, 1, 0, SPLIT },
    { "next outside", INSIDE, 8, NEXT, 0, NUM, 1, 0, SPLIT },
    { "next far outside", INSIDE, 8, NEXT, 0, 0xffff, 1, 0, SPLIT },
    { "head outside", INSIDE, 8, WRITE, 0, 0, 1, NUM, SPLIT },
    { "head far outside", INSIDE, 8, WRITE, 0, 0, 1, 0xffff, SPLIT },
    { "index backwards", INSIDE, 8, WRITE, 0, 0, 0xfff0, 0, SPLIT },
    { "index too far", INSIDE, 8, WRITE, 0, 0, NUM_1, 0, SPLIT },
};

static unsigned number(int n, unsigned num)
{
    return n == NUM ? num : n == NUM_1 ? num + 1 : n;
}

static void put_desc(uint8_t *p, uint64_t addr, uint32_t len, uint16_t third,
                     uint16_t fourth)
{
    stq_le_p(p, addr);
    stl_le_p(p + 8, len);
    stw_le_p(p + 12, third);
    stw_le_p(p + 14, fourth);
}

static void write_tables(QTestState *s)
{
    g_autofree uint8_t *bytes = g_malloc0(16 << 16);

    for (unsigned i = 0; i < 64; i++) {
        put_desc(bytes + i * 16, INSIDE, 8, NEXT, (i + 1) % 64);
    }
    qtest_memwrite(s, LOOP, bytes, SIZE64);
    for (unsigned i = 0; i < 65536; i++) {
        put_desc(bytes + i * 16, INSIDE, 8, i < 65535 ? NEXT : 0, i + 1);
    }
    qtest_memwrite(s, LONG, bytes, 16 << 16);
}

/* The flags are not where they are in the other format. */
static void write_nested(QTestState *s, bool packed)
{
    for (int i = 0; i < 2; i++) {
        qvirtio_desc(s, NESTED + i * 16, NESTED, 32, packed ? 0 : TABLE,
                     packed ? TABLE : 0);
    }
}

static void write_hostile(QVirtioMMIO *dev, const QVirtQueue *vq,
                          const Hostile *h)
{
    g_autofree uint8_t *bytes = g_malloc0(16 * vq->num);
    uint16_t avail = 1u << VRING_PACKED_DESC_F_AVAIL;

    write_nested(dev->s, vq->packed);
    for (unsigned i = 0; i < vq->num; i++) {
        uint16_t flags = i == 1 ? h->second : h->flags;
        uint16_t next = number(h->next, vq->num);

        put_desc(bytes + i * 16, h->addr, h->len, vq->packed ? i : flags,
                 vq->packed ? flags | avail : next);
    }
    qtest_memwrite(dev->s, vq->desc, bytes, vq->num * 16);
    if (!vq->packed) {
        for (unsigned i = 0; i < vq->num; i++) {
            stw_le_p(bytes + i * 2, number(h->head, vq->num));
        }
        qtest_memwrite(dev->s, vq->avail + 4, bytes, vq->num * 2);
        qtest_writew(dev->s, vq->avail + 2, number(h->idx, vq->num));
    }
}

static void attack(QVirtioMMIO *dev, const Device *d, const Hostile *h,
                   bool packed)
{
    g_autofree QVirtQueue *vq = NULL;

    g_test_message("%s, %s", packed ? "packed" : "split", h->what);
    negotiate(dev, packed);
    vq = qvirtio_queue_new(dev, d->queue, 8);
    qvirtio_driver_ok(dev);
    write_hostile(dev, vq, h);
    qvirtio_kick(vq);
    wait_broken(dev);
    /* Nothing more from it, until a reset. */
    qvirtio_kick(vq);
    qvirtio_reset(dev);
    g_assert_false(is_broken(dev));
}

static void check_rings(QTestState *s, QVirtioMMIO *dev, const Case *c)
{
    write_tables(s);
    for (int packed = 0; packed < (dev->legacy ? 1 : 2); packed++) {
        works(dev, c->d, packed);
        for (unsigned i = 0; i < ARRAY_SIZE(hostile); i++) {
            /* The rng does nothing when there is no room for numbers. */
            if ((packed && hostile[i].only == SPLIT) ||
                (c->d->id == VIRTIO_ID_RNG && hostile[i].only == ROOM)) {
                continue;
            }
            attack(dev, c->d, &hostile[i], packed);
            if (i % 4 == 3) {
                works(dev, c->d, packed);
            }
        }
        works(dev, c->d, packed);
    }
}

/* ---- indexes that go backwards ------------------------------------------- */

/* After good requests: by one, by all, by more than there were. */
static void check_backwards(QTestState *s, QVirtioMMIO *dev, const Case *c)
{
    static const int steps[] = { 1, 5, 100 };

    for (unsigned i = 0; i < ARRAY_SIZE(steps); i++) {
        g_autofree QVirtQueue *vq = NULL;

        negotiate(dev, false);
        vq = qvirtio_queue_new(dev, c->d->queue, 8);
        qvirtio_driver_ok(dev);
        good_requests(dev, c->d, vq, 5);
        qtest_writew(s, vq->avail + 2, vq->avail_idx - steps[i]);
        qvirtio_kick(vq);
        wait_broken(dev);
        qvirtio_reset(dev);
        works(dev, c->d, false);
    }
}

/*
 * A packed ring has no index: a descriptor of the last round is none that is
 * available, with any flags, and nothing happens until there is one.
 */
static void check_old_descriptors(QTestState *s, QVirtioMMIO *dev,
                                  const Case *c)
{
    g_autofree QVirtQueue *vq = NULL;
    unsigned used;

    negotiate(dev, true);
    vq = qvirtio_queue_new(dev, c->d->queue, 8);
    qvirtio_driver_ok(dev);
    good_requests(dev, c->d, vq, 12);
    used = vq->next_used;
    for (int flags = 0; flags < 8; flags++) {
        uint16_t old = vq->wrap ? 1u << VRING_PACKED_DESC_F_USED
                                : 1u << VRING_PACKED_DESC_F_AVAIL;

        qvirtio_desc(s, vq->desc + vq->next * 16, INSIDE, 0, 0, flags | old);
        qvirtio_kick(vq);
    }
    g_assert_false(is_broken(dev));
    g_assert_cmpuint(vq->next_used, ==, used);
    good_requests(dev, c->d, vq, 12);
}

/* ---- rings that are not there -------------------------------------------- */

static void place_rings(QVirtioMMIO *dev, uint64_t at, unsigned num)
{
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_NUM, num);
    if (dev->legacy) {
        qvirtio_write(dev, VIRTIO_MMIO_QUEUE_ALIGN, 4096);
        qvirtio_write(dev, VIRTIO_MMIO_QUEUE_PFN, at >> 12);
        return;
    }
    for (int reg = VIRTIO_MMIO_QUEUE_DESC_LOW;
         reg <= VIRTIO_MMIO_QUEUE_USED_LOW; reg += 0x10) {
        qvirtio_write(dev, reg, at);
        qvirtio_write(dev, reg + 4, at >> 32);
    }
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_READY, 1);
}

static void check_elsewhere(QTestState *s, QVirtioMMIO *dev, const Case *c)
{
    static const uint64_t where[] = {
        0,
        0x1000,
        0x10000000,
        0x30000000,
        0x40000000,
        0x83ffff00,
        0x83fffff0,
        0x84000000,
        0xfffffffffffff000,
        0xffffffffffffffff,
    };

    for (unsigned i = 0; i < 4 * ARRAY_SIZE(where); i++) {
        negotiate(dev, i % 2);
        qvirtio_write(dev, VIRTIO_MMIO_QUEUE_SEL, c->d->queue);
        place_rings(dev, where[i / 4], i & 2 ? 1024 : 8);
        qvirtio_driver_ok(dev);
        qvirtio_write(dev, VIRTIO_MMIO_QUEUE_NOTIFY, c->d->queue);
        qtest_clock_step(s, 1000);
    }
    qvirtio_reset(dev);
    works(dev, c->d, false);
}

/* ---- random accesses ----------------------------------------------------- */

/* Registers whose values set up something, at times. */
static void random_setup(QVirtioMMIO *dev, GRand *rand)
{
    for (int i = 0; i < 1000; i++) {
        int reg = 4 * g_rand_int_range(rand, 0, 0x31);
        uint32_t value = g_rand_int_range(rand, 0, 4);

        if (reg >= VIRTIO_MMIO_QUEUE_DESC_LOW && reg % 16 == 0 &&
            reg < VIRTIO_MMIO_SHM_SEL) {
            value = QV_RAM + 0x1000 * value;
        } else if (reg == VIRTIO_MMIO_QUEUE_PFN) {
            value += QV_RAM / 4096;
        } else if (reg == VIRTIO_MMIO_STATUS) {
            value = g_rand_int_range(rand, 0, 16);
        }
        qvirtio_write(dev, reg, value);
    }
}

/* And the configuration space: the window to the registers is in it. */
static void random_config(QTestState *s, QVirtioMMIO *dev, GRand *rand)
{
    QPci d = { s, 0, dev->devfn };

    for (int i = 0; i < 1000; i++) {
        int reg = g_rand_int_range(rand, 0x40, 0x100);

        switch (g_rand_int_range(rand, 0, 4)) {
        case 0:
            qpci_writeb(d, reg, g_rand_int(rand));
            break;
        case 1:
            qpci_writew(d, reg & ~1, g_rand_int_range(rand, 0, 0x40));
            break;
        case 2:
            qpci_writel(d, reg & ~3, g_rand_int_range(rand, 0, 0x4000));
            break;
        case 3:
            qpci_readl(d, reg & ~3);
            break;
        }
    }
}

/* After it, all is where it was. */
static void check_random(QTestState *s, QVirtioMMIO *dev, const Case *c)
{
    GRand *rand = device_rand(transport_names[c->transport]);

    negotiate(dev, false);
    g_free(qvirtio_queue_new(dev, c->d->queue, 8));
    qvirtio_driver_ok(dev);
    device_fuzz(s, rand, dev->base, dev->pci && !dev->legacy ? 0x4000 : 0x40,
                1000, -1);
    random_setup(dev, rand);
    if (dev->pci) {
        random_config(s, dev, rand);
        qtest_qmp_assert_success(s, "{'execute': 'system_reset'}");
        qobject_unref(qmp_client_event(qtest_qmp_client(s), "RESET"));
        g_free(find(s, c));
    }
    works(dev, c->d, false);
    g_rand_free(rand);
}

/* ---- all of them --------------------------------------------------------- */

static void test_case(gconstpointer data)
{
    const Case *c = data;
    QTestState *s = start(c);
    g_autofree QVirtioMMIO *dev = find(s, c);

    check_rings(s, dev, c);
    check_backwards(s, dev, c);
    if (!dev->legacy) {
        check_old_descriptors(s, dev, c);
    }
    check_elsewhere(s, dev, c);
    check_random(s, dev, c);
    qtest_quit(s);
}

int main(int argc, char **argv)
{
    static Case cases[ARRAY_SIZE(devices) * TRANSPORTS];
    Case *c = cases;

    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < ARRAY_SIZE(devices); i++) {
        const Device *d = &devices[i];

        for (Transport t = 0; t < TRANSPORTS; t++, c++) {
            g_autofree char *path = g_strdup_printf(
                "/virtio/hostile/%s/%s", d->name, transport_names[t]);

            *c = (Case){ d, t };
            if (d->only_modern && (is_legacy(t) || t == PCI_TRANSITIONAL)) {
                continue;
            }
            g_test_add_data_func(path, c, test_case);
        }
    }
    return g_test_run();
}

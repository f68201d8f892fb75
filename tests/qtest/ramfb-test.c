/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -device ramfb as firmware drives it: the file etc/ramfb of fw_cfg is written
 * by DMA, pixels by the CPU; what a screendump shows is compared.
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "libqtest.h"
#include "qobject/qdict.h"

#define FW_CFG     0x10100000
#define FW_CFG_SEL (FW_CFG + 8)
#define FW_CFG_DMA (FW_CFG + 16)
#define RAM        0x80000000ull
#define RAM_SIZE   (64 * MiB)
/* Where the test keeps things. */
#define DMA_DESC (RAM + 0x1000)
#define DMA_DATA (RAM + 0x2000)
#define SCREEN   (RAM + 0x100000)

#define DMA_ERROR  1
#define DMA_READ   2
#define DMA_SKIP   4
#define DMA_SELECT 8
#define DMA_WRITE  16

#define FOURCC(a, b, c, d)                                                     \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 |                \
     (uint32_t)(d) << 24)
#define XR24 FOURCC('X', 'R', '2', '4')
#define RG24 FOURCC('R', 'G', '2', '4')
#define XB24 FOURCC('X', 'B', '2', '4')

static char *dir;

/* screendump with these arguments, as JSON. */
static QDict *screendump(QTestState *s, const char *arguments)
{
    g_autofree char *text = g_strdup_printf(
        "{'execute': 'screendump', 'arguments': %s}", arguments);
    QDict *rsp;

    qmp_client_send(qtest_qmp_client(s), text);
    while (
        qdict_haskey(rsp = qmp_client_receive(qtest_qmp_client(s)), "event")) {
        qobject_unref(rsp);
    }
    return rsp;
}

/*** fw_cfg. ***/

/* Does one DMA operation; the rest of its control word. */
static uint32_t dma(QTestState *s, uint32_t control, uint32_t len)
{
    struct QEMU_PACKED {
        uint32_t control, len;
        uint64_t address;
    } desc = { cpu_to_be32(control), cpu_to_be32(len), cpu_to_be64(DMA_DATA) };

    qtest_memwrite(s, DMA_DESC, &desc, sizeof(desc));
    qtest_writeq(s, FW_CFG_DMA, bswap64(DMA_DESC));
    qtest_memread(s, DMA_DESC, &desc, sizeof(desc));
    return be32_to_cpu(desc.control);
}

/* The key of a file, found as a guest does; 0: there is none. */
static uint16_t find_file(QTestState *s, const char *name, uint32_t *size)
{
    struct QEMU_PACKED {
        uint32_t size;
        uint16_t key, reserved;
        char name[56];
    } file;
    uint32_t count;

    g_assert_cmphex(dma(s, 0x19u << 16 | DMA_SELECT | DMA_READ, 4), ==, 0);
    qtest_memread(s, DMA_DATA, &count, 4);
    for (uint32_t i = 0; i < be32_to_cpu(count); i++) {
        g_assert_cmphex(dma(s, DMA_READ, sizeof(file)), ==, 0);
        qtest_memread(s, DMA_DATA, &file, sizeof(file));
        if (!strcmp(file.name, name)) {
            *size = be32_to_cpu(file.size);
            return be16_to_cpu(file.key);
        }
    }
    return 0;
}

static void configure_full(QTestState *s, uint64_t addr, uint32_t fourcc,
                           uint32_t flags, uint32_t width, uint32_t height,
                           uint32_t stride)
{
    struct QEMU_PACKED {
        uint64_t addr;
        uint32_t fourcc, flags, width, height, stride;
    } cfg = { cpu_to_be64(addr),  cpu_to_be32(fourcc), cpu_to_be32(flags),
              cpu_to_be32(width), cpu_to_be32(height), cpu_to_be32(stride) };
    uint32_t size = 0;
    uint16_t key = find_file(s, "etc/ramfb", &size);

    g_assert_cmpuint(key, !=, 0);
    g_assert_cmpuint(size, ==, sizeof(cfg));
    qtest_memwrite(s, DMA_DATA, &cfg, sizeof(cfg));
    g_assert_cmphex(
        dma(s, (uint32_t)key << 16 | DMA_SELECT | DMA_WRITE, sizeof(cfg)), ==,
        0);
}

static void configure(QTestState *s, uint64_t addr, uint32_t fourcc,
                      uint32_t width, uint32_t height, uint32_t stride)
{
    configure_full(s, addr, fourcc, 0, width, height, stride);
}

/*** Pictures. ***/

typedef struct Picture {
    int width, height;
    uint8_t *rgb;
    gchar *file;
} Picture;

static Picture dump(QTestState *s, const char *more)
{
    g_autofree char *path = g_build_filename(dir, "screen.ppm", NULL);
    g_autofree char *arguments =
        g_strdup_printf("{'filename': '%s'%s}", path, more);
    QDict *rsp = screendump(s, arguments);
    Picture p = { 0 };
    gsize len;
    int start = 0;

    g_assert_true(qdict_haskey(rsp, "return"));
    qobject_unref(rsp);
    g_assert_true(g_file_get_contents(path, &p.file, &len, NULL));
    g_assert_cmpint(
        sscanf(p.file, "P6 %d %d 255%n", &p.width, &p.height, &start), ==, 2);
    start++;
    g_assert_cmpuint(len, ==, start + p.width * p.height * 3);
    p.rgb = (uint8_t *)p.file + start;
    g_unlink(path);
    return p;
}

static uint32_t pixel(const Picture *p, int x, int y)
{
    const uint8_t *at = p->rgb + (y * p->width + x) * 3;

    return at[0] << 16 | at[1] << 8 | at[2];
}

static void assert_size(QTestState *s, int width, int height)
{
    Picture p = dump(s, "");

    g_assert_cmpint(p.width, ==, width);
    g_assert_cmpint(p.height, ==, height);
    g_free(p.file);
}

static QTestState *start(const char *more)
{
    return qtest_initf("-machine virt -bios none -m 64M -nodefaults "
                       "-device ramfb,id=fb %s",
                       more);
}

/*** Tests. ***/

static void test_picture(void)
{
    QTestState *s = start("");
    enum { W = 320, H = 200 };
    g_autofree uint32_t *pixels = g_new(uint32_t, W * H);
    Picture p;

    assert_size(s, 640, 480); /* the placeholder */
    for (int i = 0; i < W * H; i++) {
        pixels[i] = cpu_to_le32(i * 2654435761u);
    }
    qtest_bufwrite(s, SCREEN, pixels, W * H * 4);
    configure(s, SCREEN, XR24, W, H, 0);
    p = dump(s, "");
    g_assert_cmpint(p.width, ==, W);
    g_assert_cmpint(p.height, ==, H);
    for (int i = 0; i < W * H; i++) {
        g_assert_cmphex(pixel(&p, i % W, i / W), ==,
                        le32_to_cpu(pixels[i]) & 0xffffff);
    }
    g_free(p.file);
    /* Drawn later: by device, and in HMP's way. */
    qtest_writel(s, SCREEN + 4 * (7 * W + 5), cpu_to_le32(0x123456));
    p = dump(s, ", 'device': 'fb', 'head': 0");
    g_assert_cmphex(pixel(&p, 5, 7), ==, 0x123456);
    g_free(p.file);
    qtest_quit(s);
}

static void test_formats(void)
{
    static const struct {
        uint32_t fourcc;
        int bytes;
        uint32_t value, shown;
    } formats[] = {
        { XR24, 4, 0xff112233, 0x112233 },
        { FOURCC('A', 'R', '2', '4'), 4, 0xff112233, 0x112233 },
        { XB24, 4, 0x00112233, 0x332211 },
        { FOURCC('A', 'B', '2', '4'), 4, 0xff112233, 0x332211 },
        { RG24, 3, 0x112233, 0x112233 },
    };
    QTestState *s = start("");

    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        int bytes = formats[i].bytes, stride = 64 * bytes + 64;
        uint32_t value = cpu_to_le32(formats[i].value);
        Picture p;

        configure(s, SCREEN, formats[i].fourcc, 64, 32, stride);
        qtest_memset(s, SCREEN, 0, stride * 32);
        qtest_memwrite(s, SCREEN + 31 * stride + 63 * bytes, &value, bytes);
        p = dump(s, "");
        g_assert_cmpint(p.width, ==, 64);
        g_assert_cmpint(p.height, ==, 32);
        g_assert_cmphex(pixel(&p, 63, 31), ==, formats[i].shown);
        g_assert_cmphex(pixel(&p, 62, 31), ==, 0);
        g_free(p.file);
    }
    qtest_quit(s);
}

/* What cannot be is refused: what was before stays. */
static void test_wrong(void)
{
    static const struct {
        uint64_t addr;
        uint32_t fourcc, width, height, stride;
    } wrong[] = {
        { SCREEN, XR24, 0, 0, 0 },
        { SCREEN, XR24, 15, 100, 0 },
        { SCREEN, XR24, 100, 15, 0 },
        { SCREEN, XR24, 16001, 100, 0 },
        { SCREEN, XR24, 100, 12001, 0 },
        { SCREEN, XR24, UINT32_MAX, UINT32_MAX, UINT32_MAX },
        { SCREEN, XR24, 100, 100, 399 },
        { SCREEN, XR24, 100, 100, 402 },
        { SCREEN, XR24, 100, 100, 1 },
        { SCREEN, XR24, 100, 100, UINT32_MAX },
        { SCREEN, XR24, 100, 12000, 0x80000000 },
        { SCREEN, XR24, 16000, 12000, 0 }, /* more than the RAM */
        { SCREEN, 0, 100, 100, 0 },
        { SCREEN, 0xffffffff, 100, 100, 0 },
        { 0, XR24, 100, 100, 0 },
        { 0x10000000, XR24, 100, 100, 0 }, /* a UART */
        { 0x20000000, XR24, 100, 100, 0 }, /* flash */
        { RAM - 4, XR24, 100, 100, 0 },
        { RAM + RAM_SIZE - 4, XR24, 100, 100, 0 },
        { RAM + RAM_SIZE - 100 * 400 + 1, XR24, 100, 100, 0 },
        { UINT64_MAX, XR24, 100, 100, 0 },
        { UINT64_MAX - 39999, XR24, 100, 100, 0 },
        { UINT64_MAX - 3, XR24, 100, 100, 0 },
    };
    QTestState *s = start("-d guest_errors -D /dev/null");

    configure(s, SCREEN, XR24, 20, 30, 0);
    assert_size(s, 20, 30);
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        configure(s, wrong[i].addr, wrong[i].fourcc, wrong[i].width,
                  wrong[i].height, wrong[i].stride);
        assert_size(s, 20, 30);
    }
    /* The last byte of RAM can be the last of the screen. */
    configure(s, RAM + RAM_SIZE - 100 * 400, XR24, 100, 100, 0);
    assert_size(s, 100, 100);
    qtest_quit(s);
}

/* Half a file, and random ones. */
static void test_random(void)
{
    QTestState *s = start("");
    uint32_t size, seed = g_getenv("TEST_SEED")
                              ? strtoul(g_getenv("TEST_SEED"), NULL, 0)
                              : g_random_int();
    GRand *rand = g_rand_new_with_seed(seed);
    uint16_t key = find_file(s, "etc/ramfb", &size);

    g_test_message("TEST_SEED=%u", seed);
    for (int i = 0; i < 300; i++) {
        uint32_t len = g_rand_int_range(rand, 0, 40);

        for (int j = 0; j < 7; j++) {
            uint32_t word = g_rand_boolean(rand)
                                ? g_rand_int(rand)
                                : g_rand_int_range(rand, 0, 2000);

            qtest_writel(s, DMA_DATA + j * 4, bswap32(word));
        }
        if (g_rand_boolean(rand)) {
            qtest_writel(s, DMA_DATA, 0);
            qtest_writel(s, DMA_DATA + 4,
                         bswap32(RAM + g_rand_int_range(rand, 0, RAM_SIZE)));
            qtest_writel(s, DMA_DATA + 8, bswap32(XR24));
        }
        dma(s, (uint32_t)key << 16 | DMA_SELECT | DMA_WRITE, len);
        if (i % 10 == 0) {
            Picture p = dump(s, "");

            g_free(p.file);
        }
    }
    g_rand_free(rand);
    configure(s, SCREEN, XR24, 20, 30, 0);
    assert_size(s, 20, 30);
    qtest_quit(s);
}

static void test_reset(void)
{
    QTestState *s = start("");

    configure(s, SCREEN, XR24, 100, 50, 0);
    assert_size(s, 100, 50);
    qtest_qmp_assert_success(s, "{'execute': 'system_reset'}");
    qtest_clock_step(s, 1);
    assert_size(s, 100, 50); /* the placeholder, of the same size */
    configure(s, SCREEN, XR24, 60, 50, 0);
    assert_size(s, 60, 50);
    qtest_quit(s);
}

static void assert_error(QTestState *s, const char *arguments,
                         const char *wanted)
{
    QDict *rsp = screendump(s, arguments);

    g_assert_true(qdict_haskey(rsp, "error"));
    g_assert_nonnull(
        strstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), wanted));
    qobject_unref(rsp);
}

static void test_errors(void)
{
    QTestState *s = start("");

    assert_error(s, "{'filename': '/no/such/dir/x'}",
                 "failed to open file '/no/such/dir/x': "
                 "No such file or directory");
    assert_error(s, "{'filename': '/dev/null', 'head': 1}",
                 "'head' must be specified together with 'device'");
    assert_error(s, "{'filename': '/dev/null', 'device': 'nope'}",
                 "Device 'nope' not found");
    assert_error(s, "{'filename': '/dev/null', 'device': 'fb', 'head': 1}",
                 "Device fb (head 1) is not bound to a QemuConsole");
    assert_error(s, "{'filename': '/dev/null', 'format': 'gif'}",
                 "does not accept value 'gif'");
    assert_error(s, "{'filename': '/dev/full'}", "No space left on device");
    qtest_quit(s);
    s = qtest_init("-machine none -nodefaults");
    assert_error(s, "{'filename': '/dev/null'}",
                 "There is no console to take a screendump from");
    qtest_quit(s);
}

static void test_hmp(void)
{
    QTestState *s = start("");
    g_autofree char *path = g_build_filename(dir, "screen.png", NULL);
    g_autofree char *out = NULL, *bad = NULL, *png = NULL;
    gsize len;

    out = qtest_hmp(s, "screendump %s -f png fb", path);
    g_assert_cmpstr(out, ==, "");
    g_assert_true(g_file_get_contents(path, &png, &len, NULL));
    g_assert_true(len > 50 && !memcmp(png, "\211PNG\r\n\032\n", 8));
    g_unlink(path);
    bad = qtest_hmp(s, "screendump %s nope", path);
    g_assert_nonnull(strstr(bad, "Device 'nope' not found"));
    qtest_quit(s);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    dir = g_dir_make_tmp("ramfb-XXXXXX", NULL);
    g_test_add_func("/ramfb/picture", test_picture);
    g_test_add_func("/ramfb/formats", test_formats);
    g_test_add_func("/ramfb/wrong", test_wrong);
    g_test_add_func("/ramfb/random", test_random);
    g_test_add_func("/ramfb/reset", test_reset);
    g_test_add_func("/ramfb/errors", test_errors);
    g_test_add_func("/ramfb/hmp", test_hmp);
    status = g_test_run();
    g_rmdir(dir);
    g_free(dir);
    return status;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CFI flash as on the virt board: two chips of 16 bits side by side, with an
 * image file behind them. The driver's view: commands and answers.
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qemu/bswap.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "device-helpers.h"

#define BASE   0x10000000
#define SECTOR 0x10000
#define SIZE   (4 * SECTOR)

#define SHAPE                                                                  \
    "+name=flash+num-blocks=4+sector-length=0x10000+width=4"                   \
    "+device-width=2+id0=0x89+id1=0x18"
#define FLASH "cfi.pflash01@10000000" SHAPE

typedef struct Image {
    char *dir;
    char *path;
} Image;

static void image_make(Image *i)
{
    g_autofree uint8_t *data = g_malloc(SIZE);

    for (size_t n = 0; n < SIZE; n++) {
        data[n] = n ^ n >> 8;
    }
    i->dir = g_dir_make_tmp("pflash-XXXXXX", NULL);
    i->path = g_build_filename(i->dir, "image", NULL);
    g_assert_true(g_file_set_contents(i->path, (char *)data, SIZE, NULL));
}

static void image_remove(Image *i)
{
    unlink(i->path);
    g_rmdir(i->dir);
    g_free(i->path);
    g_free(i->dir);
}

static uint32_t image_word(Image *i, size_t at)
{
    uint32_t word;
    int fd = open(i->path, O_RDONLY | O_CLOEXEC);

    g_assert_cmpint(pread(fd, &word, 4, at), ==, 4);
    close(fd);
    return le32_to_cpu(word);
}

static uint32_t rd(QTestState *s, uint64_t at)
{
    return qtest_readl(s, BASE + at);
}

/* Both chips get the command. */
static void cmd(QTestState *s, uint64_t at, uint8_t c)
{
    qtest_writel(s, BASE + at, c << 16 | c);
}

static void program(QTestState *s, uint64_t at, uint32_t value)
{
    cmd(s, at, 0x40);
    qtest_writel(s, BASE + at, value);
    g_assert_cmphex(rd(s, at), ==, 0x00800080);
    cmd(s, at, 0xff);
}

static void test_query(void)
{
    static const char id[] = "QRY\1\0\x31";
    QTestState *s = device_start(FLASH, "");

    if (!s) {
        return;
    }
    g_assert_cmphex(rd(s, 0), ==, 0);
    cmd(s, 0, 0x98);
    for (int i = 0; i < 6; i++) {
        g_assert_cmphex(rd(s, (0x10 + i) * 4), ==, id[i] << 16 | id[i]);
    }
    /* Each chip has half of every sector: 4 of 32 KiB. */
    g_assert_cmphex(rd(s, 0x27 * 4), ==, 17 << 16 | 17);
    g_assert_cmphex(rd(s, 0x2c * 4), ==, 0x00010001);
    g_assert_cmphex(rd(s, 0x2d * 4), ==, 0x00030003);
    g_assert_cmphex(rd(s, 0x2f * 4), ==, 0x00800080);
    g_assert_cmphex(rd(s, 0x31 * 4), ==, 'P' << 16 | 'P');
    g_assert_cmphex(rd(s, 0x52 * 4), ==, 0);
    cmd(s, 0, 0xff);
    g_assert_cmphex(rd(s, 0x10 * 4), ==, 0);

    cmd(s, 0, 0x90);
    g_assert_cmphex(rd(s, 0), ==, 0x00890089);
    g_assert_cmphex(rd(s, 4), ==, 0x00180018);
    g_assert_cmphex(rd(s, 8), ==, 0);
    cmd(s, 0, 0x70);
    g_assert_cmphex(rd(s, 0), ==, 0x00800080);
    g_assert_cmphex(qtest_readw(s, BASE), ==, 0x80);
    g_assert_cmphex(qtest_readb(s, BASE), ==, 0x80);
    cmd(s, 0, 0x50);
    cmd(s, 0, 0x70);
    g_assert_cmphex(rd(s, 0), ==, 0);
    cmd(s, 0, 0xff);
    qtest_quit(s);
}

/* What is written is in the file, and is there the next time. */
static void test_program(void)
{
    Image image;
    QTestState *s;
    g_autofree char *args = NULL;

    image_make(&image);
    args =
        g_strdup_printf("-drive if=none,id=d,format=raw,file=%s", image.path);
    s = device_start(FLASH "+drive=d", args);
    if (s) {
        g_assert_cmphex(rd(s, 0x1234), ==, image_word(&image, 0x1234));
        program(s, 0x1234, 0x11223344);
        g_assert_cmphex(rd(s, 0x1234), ==, 0x11223344);
        g_assert_cmphex(image_word(&image, 0x1234), ==, 0x11223344);

        cmd(s, SECTOR + 0x100, 0x20);
        cmd(s, SECTOR + 0x100, 0xd0);
        g_assert_cmphex(rd(s, 0), ==, 0x00800080);
        cmd(s, 0, 0xff);
        for (int i = 0; i < SECTOR; i += 0x1ffc) {
            g_assert_cmphex(rd(s, SECTOR + i), ==, UINT32_MAX);
            g_assert_cmphex(image_word(&image, SECTOR + i), ==, UINT32_MAX);
        }
        g_assert_cmphex(rd(s, SECTOR - 4), ==, image_word(&image, SECTOR - 4));
        g_assert_cmphex(rd(s, SECTOR - 4), !=, UINT32_MAX);
        g_assert_cmphex(rd(s, 2 * SECTOR), ==, image_word(&image, 2 * SECTOR));
        qtest_quit(s);

        s = device_start(FLASH "+drive=d", args);
        g_assert_cmphex(rd(s, 0x1234), ==, 0x11223344);
        g_assert_cmphex(rd(s, SECTOR), ==, UINT32_MAX);
        qtest_quit(s);
    }
    image_remove(&image);
}

static void test_buffer(void)
{
    QTestState *s = device_start(FLASH, "");

    if (!s) {
        return;
    }
    /* 8 words into the buffer, and the confirmation. */
    cmd(s, 0x2000, 0xe8);
    g_assert_cmphex(rd(s, 0x2000), ==, 0x00800080);
    cmd(s, 0x2000, 7);
    for (int i = 0; i < 8; i++) {
        qtest_writel(s, BASE + 0x2000 + 4 * i, 0x01010101 * i);
    }
    cmd(s, 0x2000, 0xd0);
    g_assert_cmphex(rd(s, 0x2000), ==, 0x00800080);
    cmd(s, 0x2000, 0xff);
    for (int i = 0; i < 8; i++) {
        g_assert_cmphex(rd(s, 0x2000 + 4 * i), ==, 0x01010101 * i);
    }
    g_assert_cmphex(rd(s, 0x2020), ==, 0);

    /* Without the confirmation nothing is written. */
    cmd(s, 0x2000, 0xe8);
    cmd(s, 0x2000, 1);
    qtest_writel(s, BASE + 0x2000, 0x12345678);
    qtest_writel(s, BASE + 0x2004, 0x12345678);
    cmd(s, 0x2000, 0xff);
    g_assert_cmphex(rd(s, 0x2004), ==, 0x01010101);

    /* A word in another block than the first: an error, and nothing either. */
    cmd(s, 0x4000, 0xe8);
    cmd(s, 0x4000, 1);
    qtest_writel(s, BASE + 0x4000, 1);
    qtest_writel(s, BASE + 0x9000, 2);
    g_assert_cmphex(rd(s, 0), ==, 0x00900090);
    cmd(s, 0x4000, 0xd0);
    g_assert_cmphex(rd(s, 0x4000), ==, 0);
    g_assert_cmphex(rd(s, 0x9000), ==, 0);
    cmd(s, 0, 0x50);
    qtest_quit(s);
}

static void test_wrong(void)
{
    QTestState *s = device_start(FLASH, "");

    if (!s) {
        return;
    }
    cmd(s, 0, 0x33); /* no such command */
    g_assert_cmphex(rd(s, 0), ==, 0);
    cmd(s, 0, 0x60); /* lock: no second half */
    cmd(s, 0, 0x77);
    g_assert_cmphex(rd(s, 0), ==, 0);
    cmd(s, 0, 0x60);
    cmd(s, 0, 0xd0);
    g_assert_cmphex(rd(s, 0), ==, 0x00800080);
    cmd(s, 0, 0xff);
    cmd(s, 0, 0xf0);
    cmd(s, 0, 0x00);
    g_assert_cmphex(rd(s, 0), ==, 0);
    qtest_quit(s);
}

static void test_read_only(void)
{
    Image image;
    QTestState *s;
    g_autofree char *args = NULL;
    uint32_t before;

    image_make(&image);
    before = image_word(&image, 0);
    args = g_strdup_printf("-blockdev driver=file,filename=%s,node-name=n,"
                           "read-only=on",
                           image.path);
    s = device_start(FLASH "+drive=n", args);
    if (s) {
        cmd(s, 0, 0x40);
        qtest_writel(s, BASE, 0x12345678);
        g_assert_cmphex(rd(s, 0), ==, 0x00900090);
        cmd(s, 0, 0x50);
        cmd(s, 0, 0x20);
        cmd(s, 0, 0xd0);
        g_assert_cmphex(rd(s, 0), ==, 0x00a000a0);
        cmd(s, 0, 0xff);
        g_assert_cmphex(rd(s, 0), ==, before);
        g_assert_cmphex(image_word(&image, 0), ==, before);
        qtest_quit(s);
    }
    image_remove(&image);
}

static void test_random(gconstpointer data)
{
    g_autoptr(GRand) rand = device_rand("pflash");
    g_autofree char *devices =
        g_strdup_printf("cfi.pflash01@10000000+name=f+num-blocks=2"
                        "+sector-length=0x1000%s",
                        (const char *)data);
    QTestState *s = device_start(devices, "");

    if (s) {
        static const uint8_t commands[] = { 0x10, 0x20, 0x40, 0x50, 0x60, 0x70,
                                            0x90, 0x98, 0xe8, 0xff, 0xd0 };

        for (int i = 0; i < (g_test_quick() ? 40 : 5000); i++) {
            cmd(s, g_rand_int_range(rand, 0, 0x2000),
                commands[g_rand_int_range(rand, 0, ARRAY_SIZE(commands))]);
            device_fuzz(s, rand, BASE, 0x2000, g_rand_int_range(rand, 1, 20),
                        -1);
        }
        qtest_quit(s);
    }
}

/*** The backend, as monitors see it. ***/

static void test_monitor(void)
{
    Image image;
    QTestState *s;
    g_autofree char *args = NULL;

    image_make(&image);
    args = g_strdup_printf("-drive if=none,id=d,format=raw,file=%s,"
                           "node-name=n",
                           image.path);
    s = device_start(FLASH "+drive=d", args);
    if (s) {
        QmpClient *c = qtest_qmp_client(s);
        g_autofree char *hmp = qtest_hmp(s, "info block");
        g_autofree char *want = g_strdup_printf(
            "d (n): %s (raw)\r\n    Attached to:      /machine/dev0\r\n"
            "    Cache mode:       writeback\r\n",
            image.path);
        QObject *list = qmp_client_return(c, "{'execute': 'query-block'}");
        QDict *info = qobject_to(QDict, qlist_peek(qobject_to(QList, list)));
        QDict *in = qdict_get_qdict(info, "inserted");

        g_assert_cmpstr(hmp, ==, want);
        g_assert_cmpstr(qdict_get_str(info, "device"), ==, "d");
        g_assert_cmpstr(qdict_get_str(info, "qdev"), ==, DEV);
        g_assert_cmpstr(qdict_get_str(in, "node-name"), ==, "n");
        g_assert_cmpstr(qdict_get_str(in, "drv"), ==, "raw");
        g_assert_cmpint(
            qdict_get_int(qdict_get_qdict(in, "image"), "virtual-size"), ==,
            SIZE);
        qobject_unref(list);
        qtest_quit(s);
    }
    image_remove(&image);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pflash/query", test_query);
    g_test_add_func("/pflash/program", test_program);
    g_test_add_func("/pflash/buffer", test_buffer);
    g_test_add_func("/pflash/wrong", test_wrong);
    g_test_add_func("/pflash/read-only", test_read_only);
    g_test_add_data_func("/pflash/random/4x2", "+width=4+device-width=2",
                         test_random);
    g_test_add_data_func("/pflash/random/1", "+width=1+device-width=1",
                         test_random);
    g_test_add_data_func("/pflash/random/x8",
                         "+width=4+device-width=1+max-device-width=2"
                         "+big-endian=on",
                         test_random);
    g_test_add_data_func("/pflash/random/old", "+width=2", test_random);
    g_test_add_func("/pflash/monitor", test_monitor);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block nodes and backends: who may use an image at the same time, in one
 * process and in two; names; parts of images.
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "device-helpers.h"

#define SIZE 0x10000

#define FLASH(name)                                                            \
    "cfi.pflash01@10000000+name=f+num-blocks=4+sector-length=0x4000"           \
    "+width=4+device-width=2+drive=" name

static char *make_image(size_t size)
{
    g_autofree char *data = g_strnfill(size, 'x');
    char *path;
    int fd = g_file_open_tmp("block-XXXXXX", &path, NULL);

    close(fd);
    g_assert_true(g_file_set_contents(path, data, size, NULL));
    return path;
}

static void remove_image(char *path)
{
    unlink(path);
    g_free(path);
}

/* A command that fails with an error that has @text in it. */
static void expect_error(QmpClient *c, const char *text, const char *fmt, ...)
{
    g_autoptr(QDict) rsp = NULL;
    va_list ap;
    QObject *cmd;

    va_start(ap, fmt);
    cmd = qobject_from_vjsonf_nofail(fmt, ap);
    va_end(ap);
    rsp = qmp_client_command(c, "%p", cmd);
    g_assert_true(qdict_haskey(rsp, "error"));
    g_assert_nonnull(
        strstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), text));
}

static void test_in_use(void)
{
    char *path = make_image(SIZE);
    g_autofree char *args =
        g_strdup_printf("-blockdev file,node-name=a,filename=%s "
                        "-blockdev raw,node-name=b,file=a",
                        path);
    QTestState *s = device_start(FLASH("b"), args);

    if (s) {
        QmpClient *c = qtest_qmp_client(s);

        expect_error(c, "Node b is in use",
                     "{'execute': 'blockdev-del',"
                     " 'arguments': {'node-name': 'b'}}");
        expect_error(c, "Node a is in use",
                     "{'execute': 'blockdev-del',"
                     " 'arguments': {'node-name': 'a'}}");
        expect_error(c, "Duplicate nodes",
                     "{'execute': 'blockdev-add', 'arguments':"
                     " {'driver': 'null-co', 'node-name': 'a'}}");
        g_assert_cmphex(qtest_readb(s, 0x10000000), ==, 'x');
        qtest_quit(s);
    }
    remove_image(path);
}

/* A name stands for one thing. */
static void test_names(void)
{
    QTestState *s = device_start("", "-drive if=none,id=d");
    QmpClient *c;

    if (!s) {
        return;
    }
    c = qtest_qmp_client(s);
    expect_error(c, "conflicting with a device id",
                 "{'execute': 'blockdev-add', 'arguments':"
                 " {'driver': 'null-co', 'node-name': 'd'}}");
    for (int i = 0; i < 3; i++) {
        qtest_qmp_assert_success(s, "{'execute': 'blockdev-add', 'arguments':"
                                    " {'driver': 'raw', 'node-name': 'n',"
                                    "  'file': {'driver': 'null-co'}}}");
        qtest_qmp_assert_success(s, "{'execute': 'blockdev-del',"
                                    " 'arguments': {'node-name': 'n'}}");
    }
    {
        QObject *left =
            qmp_client_return(c, "{'execute': 'query-named-block-nodes'}");
        g_autofree char *hmp = qtest_hmp(s, "info block");

        g_assert_true(qlist_empty(qobject_to(QList, left)));
        qobject_unref(left);
        g_assert_cmpstr(hmp, ==,
                        "d: [not inserted]\r\n"
                        "    Removable device: not locked, tray closed\r\n");
    }
    qtest_quit(s);
}

/* A drive that names no device gets one. */
static void test_if_virtio(void)
{
    char *path = make_image(SIZE);
    QTestState *s = qtest_initf("-M virt -bios none -m 64M "
                                "-drive if=virtio,id=d,format=raw,file=%s",
                                path);
    g_autofree char *block = qtest_hmp(s, "info block");
    g_autofree char *qtree = qtest_hmp(s, "info qtree");

    g_assert_nonnull(strstr(block, "Attached to:"));
    g_assert_nonnull(strstr(qtree, "dev: virtio-blk-pci"));
    g_assert_nonnull(strstr(qtree, "drive = \"d\""));
    qtest_quit(s);
    remove_image(path);
}

/* The device sees the part, and the rest stays as it is. */
static void test_part(void)
{
    char *path = make_image(3 * SIZE);
    g_autofree char *args =
        g_strdup_printf("-blockdev raw,node-name=n,offset=65536,size=65536,"
                        "file.driver=file,file.filename=%s",
                        path);
    QTestState *s = device_start(FLASH("n"), args);

    if (s) {
        g_autofree char *data = NULL;
        gsize length;

        qtest_writel(s, 0x10000000, 0x200020);
        qtest_quit(s);
        g_assert_true(g_file_get_contents(path, &data, &length, NULL));
        g_assert_cmpuint(length, ==, 3 * SIZE);
        g_assert_cmphex((uint8_t)data[SIZE - 1], ==, 'x');
        g_assert_cmphex((uint8_t)data[SIZE], ==, 0xff);
        g_assert_cmphex((uint8_t)data[SIZE + 0x3fff], ==, 0xff);
        g_assert_cmphex((uint8_t)data[SIZE + 0x4000], ==, 'x');
    }
    remove_image(path);
}

/* How a second emulator ends that wants the same image. */
static char *second(const char *path, const char *options)
{
    g_autofree char *drive =
        g_strdup_printf("file,node-name=n,filename=%s%s", path, options);
    const char *argv[] = { g_getenv("PLATEAU_BINARY"),
                           "-machine",
                           "sysbus-test,devices=" FLASH("n"),
                           "-display",
                           "none",
                           "-monitor",
                           "none",
                           "-accel",
                           "qtest",
                           "-blockdev",
                           drive,
                           "-S",
                           "-qmp",
                           "stdio",
                           NULL };
    char *err = NULL;

    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
                               G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                               &err, NULL, NULL));
    return err;
}

static void test_locks(void)
{
    char *path = make_image(SIZE);
    g_autofree char *args =
        g_strdup_printf("-blockdev file,node-name=n,filename=%s", path);
    QTestState *s = device_start(FLASH("n"), args);

    if (s) {
        int fd = open(path, O_RDWR | O_CLOEXEC);

        /* What QEMU would look at: the flash writes, and shares all. */
        g_assert_cmpint(qemu_lock_fd_test(fd, 101, 1, true), !=, 0);
        g_assert_cmpint(qemu_lock_fd_test(fd, 103, 1, true), ==, 0);
        g_assert_cmpint(qemu_lock_fd_test(fd, 201, 1, true), ==, 0);
        close(fd);
        qtest_quit(s);
    }
    remove_image(path);
}

/* Somebody else does not share writing. */
static void test_locked_out(void)
{
    char *path = make_image(SIZE);
    int fd = open(path, O_RDWR | O_CLOEXEC);

    g_assert_cmpint(qemu_lock_fd(fd, 201, 1, false), ==, 0);
    if (g_getenv("TEST_MODULE_DIR") && *g_getenv("TEST_MODULE_DIR")) {
        g_autofree char *err = second(path, "");

        g_assert_nonnull(strstr(err, "Failed to get \"write\" lock"));
        g_assert_nonnull(strstr(err, "Is another process using the image"));
    }
    close(fd);
    remove_image(path);
}

static void test_wrong_size(void)
{
    char *path = make_image(SIZE / 2);

    g_setenv("PLATEAU_MODULE_DIR", g_getenv("TEST_MODULE_DIR") ?: "", true);
    if (*g_getenv("PLATEAU_MODULE_DIR")) {
        g_autofree char *err = second(path, "");

        g_assert_nonnull(strstr(err, "requires 65536 bytes"));
        g_assert_nonnull(strstr(err, "provides 32768 bytes"));
    }
    remove_image(path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/block/in-use", test_in_use);
    g_test_add_func("/block/names", test_names);
    g_test_add_func("/block/if-virtio", test_if_virtio);
    g_test_add_func("/block/part", test_part);
    g_test_add_func("/block/locks", test_locks);
    g_test_add_func("/block/wrong-size", test_wrong_size);
    g_test_add_func("/block/locked-out", test_locked_out);
    return g_test_run();
}

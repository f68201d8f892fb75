/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-blk with a request that waits for the machine to go on: saved, tried
 * again, loaded into the device after a reset, and tried once more.
 */
#include "qemu/osdep.h"
#include "virtio-fixture.h"
#include "block/aio-wait.h"
#include "hw/virtio/virtio-blk.h"
#include "monitor/monitor.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "system/blockdev.h"
#include "system/runstate.h"
#include "vmstate-helpers.h"

#define HEADER (VF_RAM_BASE + 0x100000)
#define DATA   (VF_RAM_BASE + 0x101000)
#define STATUS (VF_RAM_BASE + 0x102000)

static VirtIOBlock *blk;
static Drv drv;

static void make_node(void)
{
    QDict *dict = qobject_to(
        QDict, qobject_from_json(
                   "{'driver': 'blkdebug', 'node-name': 'n', 'inject-error': ["
                   " {'event': 'none', 'iotype': 'write', 'once': true}],"
                   " 'image': {'driver': 'null-co', 'size': 65536}}",
                   &error_abort));

    blockdev_add_dict(dict, false, &error_abort);
    qobject_unref(dict);
}

static void make_device(void)
{
    DeviceState *dev = qdev_new(TYPE_VIRTIO_BLK);

    vf_create_transport(false);
    object_property_set_str(OBJECT(dev), "drive", "n", &error_abort);
    object_property_set_str(OBJECT(dev), "werror", "stop", &error_abort);
    object_property_set_uint(OBJECT(dev), "num-queues", 2, &error_abort);
    vf_realize(dev);
    blk = VIRTIO_BLK(dev);
}

static uint8_t *ram(uint64_t addr)
{
    return vf_ram + (addr - VF_RAM_BASE);
}

static void send_write(void)
{
    DrvChain chain = { .nbufs = 3,
                       .buf = { { HEADER, 16, false },
                                { DATA, 512, false },
                                { STATUS, 1, true } } };

    memset(ram(HEADER), 0, 16);
    stl_le_p(ram(HEADER), VIRTIO_BLK_T_OUT);
    *ram(STATUS) = 0xee;
    g_assert_cmpint(drv_add(&drv, &chain, false), >=, 0);
    vf_write(VIRTIO_MMIO_QUEUE_NOTIFY, 1);
}

static void wait_for_status(void)
{
    AIO_WAIT_WHILE_UNLOCKED(NULL, *(volatile uint8_t *)ram(STATUS) == 0xee);
    g_assert_cmphex(*ram(STATUS), ==, VIRTIO_BLK_S_OK);
}

static void start_driver(void)
{
    drv_init(&drv, vf_ram, VF_RAM_BASE, false, false, 64);
    vf_negotiate(1ull << VIRTIO_F_VERSION_1 | 1ull << VIRTIO_BLK_F_MQ);
    vf_start_queue(&drv, 1);
}

static void test_saved_request(void)
{
    g_autoptr(GByteArray) before = NULL;
    g_autoptr(GByteArray) after = NULL;
    g_autofree uint8_t *memory = g_malloc(VF_RAM_SIZE);
    const VMStateDescription *vmsd;

    make_node();
    make_device();
    vmsd = DEVICE_GET_CLASS(blk)->vmsd;
    start_driver();
    send_write();
    AIO_WAIT_WHILE_UNLOCKED(NULL, !qatomic_read(&blk->rq));
    g_assert_cmphex(*ram(STATUS), ==, 0xee);
    g_assert_cmpint(save_to_bytes(vmsd, blk, 2, NULL, &before, &error_abort),
                    ==, 0);
    g_byte_array_append(before, (const uint8_t[]){ 0 }, 1);
    memcpy(memory, vf_ram, VF_RAM_SIZE);

    vm_state_notify(true, RUN_STATE_RUNNING);
    wait_for_status();
    g_assert_null(blk->rq);

    /* As it was; then loaded on the other side. */
    vf_write(VIRTIO_MMIO_STATUS, 0);
    memcpy(vf_ram, memory, VF_RAM_SIZE);
    g_assert_cmpint(load_from_bytes(vmsd, blk, 2, before->data, before->len),
                    ==, 0);
    g_assert_nonnull(blk->rq);
    g_assert_null(blk->rq->next);
    g_assert_cmpint(virtio_get_queue_index(blk->rq->vq), ==, 1);
    g_assert_cmpint(save_to_bytes(vmsd, blk, 2, NULL, &after, &error_abort), ==,
                    0);
    g_byte_array_append(after, (const uint8_t[]){ 0 }, 1);
    g_assert_cmpmem(before->data, before->len, after->data, after->len);
    vm_state_notify(true, RUN_STATE_RUNNING);
    wait_for_status();
    g_assert_null(blk->rq);

    /* A queue that there is not. */
    vf_write(VIRTIO_MMIO_STATUS, 0);
    for (guint i = 0; i + 5 < before->len; i++) {
        if (before->data[i] == 1 && ldl_be_p(before->data + i + 1) == 1) {
            g_autofree uint8_t *bad = g_memdup2(before->data, before->len);

            bad[i + 1] = 0xff;
            g_test_message("at %u", i);
            load_from_bytes(vmsd, blk, 2, bad, before->len);
            vf_write(VIRTIO_MMIO_STATUS, 0);
        }
    }
    object_unparent(OBJECT(vf_mmio));
    blockdev_close_all();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    vf_init();
    monitor_init_globals();
    g_test_add_func("/virtio-blk/saved-request", test_saved_request);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-mem: the requests of the guest (virtio 1.2, 5.15.6).
 *
 * A request names a range of blocks. What is wrong with the range itself is an
 * ERROR, more than the user wants plugged a NACK, and what cannot be done now
 * BUSY: the driver tries again. A request that is no request breaks the device.
 */
#include "qemu/osdep.h"
#include "exec/ramblock.h"
#include "migration/misc.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "trace/trace-hw_virtio.h"
#include "virtio-mem-internal.h"

/*
 * While RAM is being migrated, unplugged blocks must stay out of the stream,
 * and postcopy can bear no discard besides its own; a block plugged now would
 * differ between source and destination.
 */
static bool is_busy(void)
{
    return migration_in_incoming_postcopy() || migration_is_running();
}

static bool discard(VirtIOMEM *vmem, uint64_t offset, uint64_t size)
{
    return ram_block_discard_range(virtio_mem_ram_block(vmem), offset, size) ==
           0;
}

/* ---- changing blocks ----------------------------------------------------- */

static int unplug_blocks(VirtIOMEM *vmem, uint64_t offset, uint64_t size)
{
    if (!discard(vmem, offset, size)) {
        return -EBUSY;
    }
    virtio_mem_notify_unplug(vmem, offset, size);
    blocks_set(vmem->bitmap, offset / vmem->block_size, size / vmem->block_size,
               false);
    virtio_mem_deactivate_memslots(vmem, offset, size);
    return 0;
}

bool virtio_mem_prealloc(VirtIOMEM *vmem, uint64_t offset, uint64_t size,
                         Error **errp)
{
    char *area = memory_region_get_ram_ptr(&vmem->memdev->mr);
    int fd = memory_region_get_fd(&vmem->memdev->mr);

    return qemu_prealloc_mem(fd, area + offset, size, 1, NULL, false, errp);
}

static int plug_blocks(VirtIOMEM *vmem, uint64_t offset, uint64_t size)
{
    Error *err = NULL;
    int ret = -EBUSY;

    /*
     * The slots come first: a listener that hears of a new one registers and is
     * told what is plugged, which these blocks are not yet. The guest may try
     * for ever.
     */
    if (vmem->prealloc && !virtio_mem_prealloc(vmem, offset, size, &err)) {
        warn_report_err_once(err);
    } else if (!virtio_mem_activate_memslots(vmem, offset, size, &err)) {
        warn_report_err_once(err);
    } else {
        ret = virtio_mem_notify_plug(vmem, offset, size);
        if (ret) {
            virtio_mem_deactivate_memslots(vmem, offset, size);
        }
    }
    if (ret) {
        /* Preallocation or a listener may have put memory there. */
        discard(vmem, offset, size);
        return -EBUSY;
    }
    blocks_set(vmem->bitmap, offset / vmem->block_size, size / vmem->block_size,
               true);
    return 0;
}

static void set_size(VirtIOMEM *vmem, uint64_t size)
{
    vmem->size = size;
    notifier_list_notify(&vmem->size_change_notifiers, &vmem->size);
}

static bool valid_range(const VirtIOMEM *vmem, uint64_t gpa, uint64_t size)
{
    const uint64_t usable = vmem->usable_region_size;

    return size && QEMU_IS_ALIGNED(gpa, vmem->block_size) &&
           gpa >= vmem->addr && gpa - vmem->addr < usable &&
           size <= usable - (gpa - vmem->addr);
}

uint16_t virtio_mem_change(VirtIOMEM *vmem, uint64_t gpa, uint16_t nb_blocks,
                           bool plug)
{
    const uint64_t size = nb_blocks * vmem->block_size;
    const uint64_t offset = gpa - vmem->addr;

    if (!valid_range(vmem, gpa, size)) {
        return VIRTIO_MEM_RESP_ERROR;
    }
    if (plug && vmem->size + size > vmem->requested_size) {
        return VIRTIO_MEM_RESP_NACK;
    }
    if (!virtio_mem_all(vmem, offset, size, !plug)) {
        return VIRTIO_MEM_RESP_ERROR;
    }
    if (is_busy() || (plug ? plug_blocks(vmem, offset, size)
                           : unplug_blocks(vmem, offset, size))) {
        return VIRTIO_MEM_RESP_BUSY;
    }
    set_size(vmem, plug ? vmem->size + size : vmem->size - size);
    return VIRTIO_MEM_RESP_ACK;
}

int virtio_mem_unplug_all(VirtIOMEM *vmem)
{
    if (vmem->size) {
        if (is_busy() || !discard(vmem, 0, virtio_mem_region_size(vmem))) {
            return -EBUSY;
        }
        virtio_mem_notify_unplug_all(vmem);
        bitmap_zero(vmem->bitmap, vmem->bitmap_size);
        set_size(vmem, 0);
        virtio_mem_deactivate_memslots(vmem, 0, virtio_mem_region_size(vmem));
    }
    trace_virtio_mem_unplugged_all();
    virtio_mem_resize_usable_region(vmem, vmem->requested_size, true);
    return 0;
}

uint16_t virtio_mem_state(const VirtIOMEM *vmem, uint64_t gpa,
                          uint16_t nb_blocks, uint16_t *state)
{
    const uint64_t size = nb_blocks * vmem->block_size;
    const uint64_t offset = gpa - vmem->addr;

    if (!valid_range(vmem, gpa, size)) {
        return VIRTIO_MEM_RESP_ERROR;
    }
    if (virtio_mem_all(vmem, offset, size, true)) {
        *state = VIRTIO_MEM_STATE_PLUGGED;
    } else if (virtio_mem_all(vmem, offset, size, false)) {
        *state = VIRTIO_MEM_STATE_UNPLUGGED;
    } else {
        *state = VIRTIO_MEM_STATE_MIXED;
    }
    return VIRTIO_MEM_RESP_ACK;
}

/* ---- the queue ----------------------------------------------------------- */

static void answer_state(VirtIOMEM *vmem, uint64_t gpa, uint16_t nb_blocks,
                         struct virtio_mem_resp *resp)
{
    uint16_t state = 0, type;

    trace_virtio_mem_state_request(gpa, nb_blocks);
    type = virtio_mem_state(vmem, gpa, nb_blocks, &state);
    resp->type = cpu_to_le16(type);
    if (type == VIRTIO_MEM_RESP_ACK) {
        resp->u.state.state = cpu_to_le16(state);
        trace_virtio_mem_state_response(state);
    }
}

/* False for a request of an unknown type. */
static bool answer(VirtIOMEM *vmem, const struct virtio_mem_req *req,
                   struct virtio_mem_resp *resp)
{
    /* All types that have a range have it at the same place. */
    const uint64_t gpa = le64_to_cpu(req->u.plug.addr);
    const uint16_t nb_blocks = le16_to_cpu(req->u.plug.nb_blocks);
    uint16_t type;

    switch (le16_to_cpu(req->type)) {
    case VIRTIO_MEM_REQ_PLUG:
        trace_virtio_mem_plug_request(gpa, nb_blocks);
        type = virtio_mem_change(vmem, gpa, nb_blocks, true);
        break;
    case VIRTIO_MEM_REQ_UNPLUG:
        trace_virtio_mem_unplug_request(gpa, nb_blocks);
        type = virtio_mem_change(vmem, gpa, nb_blocks, false);
        break;
    case VIRTIO_MEM_REQ_UNPLUG_ALL:
        trace_virtio_mem_unplug_all_request();
        type = virtio_mem_unplug_all(vmem) ? VIRTIO_MEM_RESP_BUSY
                                           : VIRTIO_MEM_RESP_ACK;
        break;
    case VIRTIO_MEM_REQ_STATE:
        answer_state(vmem, gpa, nb_blocks, resp);
        return true;
    default:
        return false;
    }
    resp->type = cpu_to_le16(type);
    return true;
}

/* False if the request broke the device. */
static bool handle_element(VirtIOMEM *vmem, VirtQueueElement *elem)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(vmem);
    struct virtio_mem_resp resp = {};
    struct virtio_mem_req req;

    if (iov_to_buf(elem->out_sg, elem->out_num, 0, &req, sizeof(req)) <
        sizeof(req)) {
        virtio_error(vdev,
                     "virtio-mem protocol violation: invalid request size: %d",
                     (int)sizeof(req));
        return false;
    }
    if (iov_size(elem->in_sg, elem->in_num) < sizeof(resp)) {
        virtio_error(vdev,
                     "virtio-mem protocol violation: not enough space for "
                     "response: %zu",
                     iov_size(elem->in_sg, elem->in_num));
        return false;
    }
    if (!answer(vmem, &req, &resp)) {
        virtio_error(vdev,
                     "virtio-mem protocol violation: unknown request type: %d",
                     le16_to_cpu(req.type));
        return false;
    }
    trace_virtio_mem_send_response(le16_to_cpu(resp.type));
    iov_from_buf(elem->in_sg, elem->in_num, 0, &resp, sizeof(resp));
    virtqueue_push(vmem->vq, elem, sizeof(resp));
    virtio_notify(vdev, vmem->vq);
    return true;
}

void virtio_mem_handle_request(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOMEM *vmem = VIRTIO_MEM(vdev);
    VirtQueueElement *elem;

    while ((elem = virtqueue_pop(vq, sizeof(*elem)))) {
        bool ok = handle_element(vmem, elem);

        if (!ok) {
            virtqueue_detach_element(vq, elem, 0);
        }
        g_free(elem);
        if (!ok) {
            return;
        }
    }
}

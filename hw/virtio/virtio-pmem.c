/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-pmem: a file as memory that persists (virtio 1.2, 5.19).
 *
 * The guest asks for a flush, which a thread of the pool does with fsync(). A
 * file that cannot be written back says so in the response. Flushes that are
 * under way are waited for when the guest stops, so there are none to save.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "block/thread-pool.h"
#include "hw/mem/memory-device.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-access.h"
#include "hw/virtio/virtio-pmem.h"
#include "memory/ram.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_pmem.h"
#include "system/hostmem.h"
#include "system/runstate.h"
#include "trace/trace-hw_virtio.h"

#define QUEUE_SIZE 128

/* ---- flushes ------------------------------------------------------------- */

typedef struct Flush {
    VirtQueueElement elem; /* first: virtqueue_pop() makes it */
    VirtIOPMEM *pmem;
    int fd; /* -1: there is no file, and nothing to do */
} Flush;

/* In a thread of the pool. */
static int flush_file(void *opaque)
{
    const Flush *flush = opaque;
    int ret = flush->fd < 0 ? 0 : fsync(flush->fd);

    trace_virtio_pmem_flush_done(ret);
    return ret;
}

static void flush_done(void *opaque, int ret)
{
    Flush *flush = opaque;
    VirtIOPMEM *pmem = flush->pmem;
    VirtIODevice *vdev = VIRTIO_DEVICE(pmem);
    struct virtio_pmem_resp resp;
    size_t len;

    virtio_stl_p(vdev, &resp.ret, ret ? 1 : 0);
    len = iov_from_buf(flush->elem.in_sg, flush->elem.in_num, 0, &resp,
                       sizeof(resp));
    virtqueue_push(pmem->rq_vq, &flush->elem, len);
    virtio_notify(vdev, pmem->rq_vq);
    trace_virtio_pmem_response();
    g_free(flush);
    pmem->inflight--;
}

static void wait_for_flushes(VirtIOPMEM *pmem)
{
    while (pmem->inflight) {
        aio_poll(qemu_get_aio_context(), true);
    }
}

/* Whether the element is a flush that the guest can be answered. */
static bool valid_request(VirtIODevice *vdev, const VirtQueueElement *elem)
{
    struct virtio_pmem_req req;

    if (iov_to_buf(elem->out_sg, elem->out_num, 0, &req, sizeof(req)) <
            sizeof(req) ||
        iov_size(elem->in_sg, elem->in_num) < sizeof(struct virtio_pmem_resp)) {
        virtio_error(vdev, "virtio-pmem request not proper");
        return false;
    }
    if (virtio_ldl_p(vdev, &req.type) != VIRTIO_PMEM_REQ_TYPE_FLUSH) {
        virtio_error(vdev, "virtio-pmem: unknown request type: %u",
                     virtio_ldl_p(vdev, &req.type));
        return false;
    }
    return true;
}

static void handle_request(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOPMEM *pmem = VIRTIO_PMEM(vdev);
    Flush *flush;

    while ((flush = virtqueue_pop(vq, sizeof(*flush)))) {
        trace_virtio_pmem_flush_request();
        if (!valid_request(vdev, &flush->elem)) {
            virtqueue_detach_element(vq, &flush->elem, 0);
            g_free(flush);
            return;
        }
        flush->pmem = pmem;
        flush->fd = memory_region_get_fd(&pmem->memdev->mr);
        pmem->inflight++;
        thread_pool_submit_aio(flush_file, flush, flush_done, flush);
    }
}

static void vm_state_changed(void *opaque, bool running, RunState state)
{
    if (!running) {
        wait_for_flushes(opaque);
    }
}

/* ---- the device ---------------------------------------------------------- */

static void get_config(VirtIODevice *vdev, uint8_t *data)
{
    VirtIOPMEM *pmem = VIRTIO_PMEM(vdev);
    struct virtio_pmem_config *config = (void *)data;

    virtio_stq_p(vdev, &config->start, pmem->start);
    virtio_stq_p(vdev, &config->size, memory_region_size(&pmem->memdev->mr));
}

static uint64_t get_features(VirtIODevice *vdev, uint64_t features,
                             Error **errp)
{
    return features;
}

/* The rings are about to be forgotten. */
static void virtio_pmem_reset(VirtIODevice *vdev)
{
    wait_for_flushes(VIRTIO_PMEM(vdev));
}

static void virtio_pmem_realize(DeviceState *dev, Error **errp)
{
    VirtIOPMEM *pmem = VIRTIO_PMEM(dev);
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);

    if (!pmem->memdev) {
        error_setg(errp, "virtio-pmem memdev not set");
        return;
    }
    if (host_memory_backend_is_mapped(pmem->memdev)) {
        error_setg(errp, "can't use already busy memdev: %s",
                   object_get_canonical_path_component(OBJECT(pmem->memdev)));
        return;
    }
    host_memory_backend_set_mapped(pmem->memdev, true);
    vmstate_register_ram(&pmem->memdev->mr, dev);
    virtio_init(vdev, VIRTIO_ID_PMEM, sizeof(struct virtio_pmem_config));
    pmem->rq_vq = virtio_add_queue(vdev, QUEUE_SIZE, handle_request);
    pmem->vmstate = qemu_add_vm_change_state_handler(vm_state_changed, pmem);
}

static void virtio_pmem_unrealize(DeviceState *dev)
{
    VirtIOPMEM *pmem = VIRTIO_PMEM(dev);

    wait_for_flushes(pmem);
    qemu_del_vm_change_state_handler(pmem->vmstate);
    vmstate_unregister_ram(&pmem->memdev->mr, dev);
    host_memory_backend_set_mapped(pmem->memdev, false);
    virtio_delete_queue(pmem->rq_vq);
    virtio_cleanup(VIRTIO_DEVICE(dev));
}

static void fill_device_info(const VirtIOPMEM *pmem, VirtioPMEMDeviceInfo *vi)
{
    vi->memaddr = pmem->start;
    vi->size = memory_region_size(&pmem->memdev->mr);
    vi->memdev = object_get_canonical_path(OBJECT(pmem->memdev));
}

static MemoryRegion *get_memory_region(VirtIOPMEM *pmem, Error **errp)
{
    if (!pmem->memdev) {
        error_setg(errp, "'%s' property must be set", VIRTIO_PMEM_MEMDEV_PROP);
        return NULL;
    }
    return &pmem->memdev->mr;
}

static const Property virtio_pmem_properties[] = {
    DEFINE_PROP_UINT64(VIRTIO_PMEM_ADDR_PROP, VirtIOPMEM, start, 0),
    DEFINE_PROP_LINK(VIRTIO_PMEM_MEMDEV_PROP, VirtIOPMEM, memdev,
                     TYPE_MEMORY_BACKEND, HostMemoryBackend *),
};

static const VMStateDescription vmstate_virtio_pmem = {
    .name = "virtio-pmem",
    .minimum_version_id = 1,
    .version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_VIRTIO_DEVICE,
            VMSTATE_END_OF_LIST(),
        },
};

/* ---- the memory device, where there is no virtio-pmem-pci around --------- */

static uint64_t md_get_addr(const MemoryDeviceState *md)
{
    return VIRTIO_PMEM(md)->start;
}

static void md_set_addr(MemoryDeviceState *md, uint64_t addr, Error **errp)
{
    VIRTIO_PMEM(md)->start = addr;
}

static MemoryRegion *md_get_region(MemoryDeviceState *md, Error **errp)
{
    return get_memory_region(VIRTIO_PMEM(md), errp);
}

static void md_fill_device_info(const MemoryDeviceState *md,
                                MemoryDeviceInfo *info)
{
    VirtioPMEMDeviceInfo *vi = g_new0(VirtioPMEMDeviceInfo, 1);

    vi->id = g_strdup(DEVICE(md)->id);
    fill_device_info(VIRTIO_PMEM(md), vi);
    info->type = MEMORY_DEVICE_INFO_KIND_VIRTIO_PMEM;
    info->u.virtio_pmem.data = vi;
}

static void virtio_pmem_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(oc);
    VirtIOPMEMClass *vpc = VIRTIO_PMEM_CLASS(oc);
    MemoryDeviceClass *mdc = MEMORY_DEVICE_CLASS(oc);

    device_class_set_props(dc, virtio_pmem_properties);
    dc->vmsd = &vmstate_virtio_pmem;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    vdc->realize = virtio_pmem_realize;
    vdc->unrealize = virtio_pmem_unrealize;
    vdc->reset = virtio_pmem_reset;
    vdc->get_config = get_config;
    vdc->get_features = get_features;
    vpc->fill_device_info = fill_device_info;
    vpc->get_memory_region = get_memory_region;
    mdc->get_addr = md_get_addr;
    mdc->set_addr = md_set_addr;
    mdc->get_plugged_size = memory_device_get_region_size;
    mdc->get_memory_region = md_get_region;
    mdc->fill_device_info = md_fill_device_info;
}

static const TypeInfo virtio_pmem_types[] = {
    {
        .name = TYPE_VIRTIO_PMEM,
        .parent = TYPE_VIRTIO_DEVICE,
        .class_size = sizeof(VirtIOPMEMClass),
        .class_init = virtio_pmem_class_init,
        .instance_size = sizeof(VirtIOPMEM),
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_MEMORY_DEVICE },
                { TYPE_MEMORY_DEVICE_ANYWHERE },
                {},
            },
    },
};

DEFINE_TYPES(virtio_pmem_types)

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The block device of virtio (1.2, section 5.2): features, configuration, life
 * and state. Its requests are in virtio-blk-request.c.
 */
#include "qemu/osdep.h"
#include "virtio-blk-internal.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-access.h"
#include "migration/qemu-file-types.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "system/blockdev.h"
#include "system/runstate.h"
#include "system/system.h"

/* ---- configuration and features ------------------------------------------ */

static const VirtIOFeature feature_sizes[] = {
    { .flags = 1ULL << VIRTIO_BLK_F_DISCARD,
      .end = endof(struct virtio_blk_config, discard_sector_alignment) },
    { .flags = 1ULL << VIRTIO_BLK_F_WRITE_ZEROES,
      .end = endof(struct virtio_blk_config, write_zeroes_may_unmap) },
    {},
};

static const VirtIOConfigSizeParams config_size_params = {
    .min_size = offsetof(struct virtio_blk_config, max_discard_sectors),
    .max_size = sizeof(struct virtio_blk_config),
    .feature_sizes = feature_sizes,
};

static void put_limits(VirtIOBlock *s, struct virtio_blk_config *c)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    BlockConf *conf = &s->conf.conf;

    if (virtio_has_feature(s->host_features, VIRTIO_BLK_F_DISCARD)) {
        uint32_t granularity = conf->discard_granularity == -1 ||
                                       !s->conf.report_discard_granularity
                                   ? conf->logical_block_size
                                   : conf->discard_granularity;

        virtio_stl_p(vdev, &c->max_discard_sectors,
                     s->conf.max_discard_sectors);
        virtio_stl_p(vdev, &c->discard_sector_alignment,
                     granularity >> BDRV_SECTOR_BITS);
        virtio_stl_p(vdev, &c->max_discard_seg, 1);
    }
    if (virtio_has_feature(s->host_features, VIRTIO_BLK_F_WRITE_ZEROES)) {
        virtio_stl_p(vdev, &c->max_write_zeroes_sectors,
                     s->conf.max_write_zeroes_sectors);
        virtio_stl_p(vdev, &c->max_write_zeroes_seg, 1);
        c->write_zeroes_may_unmap = 1;
    }
}

static void get_config(VirtIODevice *vdev, uint8_t *config)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);
    BlockConf *conf = &s->conf.conf;
    uint32_t size = conf->logical_block_size;
    struct virtio_blk_config c = {};
    int64_t length = blk_getlength(s->blk);
    uint64_t sectors;

    blk_get_geometry(s->blk, &sectors);
    virtio_stq_p(vdev, &c.capacity, sectors);
    virtio_stl_p(vdev, &c.seg_max,
                 s->conf.seg_max_adjust ? s->conf.queue_size - 2 : 128 - 2);
    virtio_stw_p(vdev, &c.geometry.cylinders, conf->cyls);
    c.geometry.heads = conf->heads;
    c.geometry.sectors = conf->secs;
    /* A track is whole blocks, unless the geometry fits the length as it is. */
    if (length > 0 && length / conf->heads / conf->secs % size) {
        c.geometry.sectors &= ~s->sector_mask;
    }
    virtio_stl_p(vdev, &c.blk_size, size);
    c.physical_block_exp = get_physical_block_exp(conf);
    virtio_stw_p(vdev, &c.min_io_size, conf->min_io_size / size);
    virtio_stl_p(vdev, &c.opt_io_size, conf->opt_io_size / size);
    c.wce = blk_enable_write_cache(s->blk);
    virtio_stw_p(vdev, &c.num_queues, s->conf.num_queues);
    put_limits(s, &c);
    memcpy(config, &c, s->config_size);
}

/* All that a driver can change is the write cache, if it was offered that. */
static void set_config(VirtIODevice *vdev, const uint8_t *config)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);
    uint8_t wce = config[offsetof(struct virtio_blk_config, wce)];

    if (virtio_vdev_has_feature(vdev, VIRTIO_BLK_F_CONFIG_WCE)) {
        blk_set_enable_write_cache(s->blk, wce != 0);
    }
}

static uint64_t get_features(VirtIODevice *vdev, uint64_t features,
                             Error **errp)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    features |= s->host_features;
    virtio_add_feature(&features, VIRTIO_BLK_F_SEG_MAX);
    virtio_add_feature(&features, VIRTIO_BLK_F_GEOMETRY);
    virtio_add_feature(&features, VIRTIO_BLK_F_TOPOLOGY);
    virtio_add_feature(&features, VIRTIO_BLK_F_BLK_SIZE);
    if (!virtio_has_feature(features, VIRTIO_F_VERSION_1)) {
        virtio_clear_feature(&features, VIRTIO_F_ANY_LAYOUT);
        virtio_add_feature(&features, VIRTIO_BLK_F_SCSI);
    }
    if (blk_enable_write_cache(s->blk) ||
        (s->conf.x_enable_wce_if_config_wce &&
         virtio_has_feature(features, VIRTIO_BLK_F_CONFIG_WCE))) {
        virtio_add_feature(&features, VIRTIO_BLK_F_WCE);
    }
    if (!blk_is_writable(s->blk)) {
        virtio_add_feature(&features, VIRTIO_BLK_F_RO);
    }
    if (s->conf.num_queues > 1) {
        virtio_add_feature(&features, VIRTIO_BLK_F_MQ);
    }
    return features;
}

/*
 * A driver that knows nothing of flushing gets writes that are through when
 * they are complete; one that can choose has chosen in the configuration.
 */
static void set_status(VirtIODevice *vdev, uint8_t status)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    if ((status & VIRTIO_CONFIG_S_DRIVER_OK) &&
        !virtio_vdev_has_feature(vdev, VIRTIO_BLK_F_CONFIG_WCE)) {
        blk_set_enable_write_cache(
            s->blk, virtio_vdev_has_feature(vdev, VIRTIO_BLK_F_WCE));
    }
}

static void resized(void *opaque)
{
    virtio_notify_config(VIRTIO_DEVICE(opaque));
}

static const BlockDevOps dev_ops = {
    .resize_cb = resized,
    .drained_begin = virtio_blk_drained_begin,
    .drained_end = virtio_blk_drained_end,
};

/* ---- running ------------------------------------------------------------- */

static void handle_output(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    if (s->conf.iothread && !s->ioeventfd_disabled && !s->ioeventfd_started) {
        /* Drivers may kick before DRIVER_OK, which would start it. */
        virtio_device_start_ioeventfd(vdev);
        if (!s->ioeventfd_disabled) {
            return;
        }
    }
    virtio_blk_handle_vq(s, vq);
}

static void retry_here(void *opaque)
{
    VirtIOBlockReq *rq = opaque;
    VirtIOBlock *s = rq->dev;

    virtio_blk_retry(rq);
    blk_dec_in_flight(s->blk);
}

/* The machine goes on: so do the requests that stopped it. */
static void vm_state_changed(void *opaque, bool running, RunState state)
{
    VirtIOBlock *s = opaque;
    g_autofree VirtIOBlockReq **lists =
        g_new0(VirtIOBlockReq *, s->conf.num_queues);
    VirtIOBlockReq *rq;

    if (!running) {
        return;
    }
    WITH_QEMU_LOCK_GUARD(&s->rq_lock) {
        rq = s->rq;
        s->rq = NULL;
    }
    /* The last that failed is the first here; they go in their old order. */
    while (rq) {
        VirtIOBlockReq *next = rq->next;
        unsigned queue = virtio_get_queue_index(rq->vq);

        rq->next = lists[queue];
        lists[queue] = rq;
        rq = next;
    }
    for (unsigned i = 0; i < s->conf.num_queues; i++) {
        if (lists[i]) {
            AioContext *ctx = s->ioeventfd_started ? s->vq_aio_context[i]
                                                   : qemu_get_aio_context();

            blk_inc_in_flight(s->blk); /* the device stays until then */
            aio_bh_schedule_oneshot(ctx, retry_here, lists[i]);
        }
    }
}

static void reset(VirtIODevice *vdev)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    blk_drain(s->blk);
    virtio_blk_purge(s);
    blk_set_enable_write_cache(s->blk, s->original_wce);
}

/* ---- state --------------------------------------------------------------- */

/* The requests that wait for the machine to go on. */
static void save(VirtIODevice *vdev, QEMUFile *f)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    QEMU_LOCK_GUARD(&s->rq_lock);
    for (VirtIOBlockReq *req = s->rq; req; req = req->next) {
        qemu_put_sbyte(f, 1);
        if (s->conf.num_queues > 1) {
            qemu_put_be32(f, virtio_get_queue_index(req->vq));
        }
        qemu_put_virtqueue_element(vdev, f, &req->elem);
    }
    qemu_put_sbyte(f, 0);
}

static int load(VirtIODevice *vdev, QEMUFile *f, int version_id)
{
    VirtIOBlock *s = VIRTIO_BLK(vdev);

    while (qemu_get_sbyte(f)) {
        uint32_t queue = 0;
        VirtIOBlockReq *req;

        if (s->conf.num_queues > 1) {
            queue = qemu_get_be32(f);
            if (queue >= s->conf.num_queues) {
                error_report("Invalid virtqueue index in request list: %#x",
                             queue);
                return -EINVAL;
            }
        }
        req = qemu_get_virtqueue_element(vdev, f, sizeof(*req));
        if (!req) {
            return -EINVAL;
        }
        virtio_blk_init_request(s, virtio_get_queue(vdev, queue), req);
        WITH_QEMU_LOCK_GUARD(&s->rq_lock) {
            req->next = s->rq;
            s->rq = req;
        }
    }
    return 0;
}

static const VMStateDescription vmstate_virtio_blk = {
    .name = "virtio-blk",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields =
        (const VMStateField[]){ VMSTATE_VIRTIO_DEVICE, VMSTATE_END_OF_LIST() },
};

/* ---- life ---------------------------------------------------------------- */

static bool check_queues(VirtIOBlkConf *conf, Error **errp)
{
    if (conf->num_queues == VIRTIO_BLK_AUTO_NUM_QUEUES) {
        conf->num_queues = 1;
    }
    if (!conf->num_queues) {
        error_setg(errp, "num-queues property must be larger than 0");
        return false;
    }
    if (conf->num_queues > VIRTIO_QUEUE_MAX) {
        error_setg(errp, "num-queues property must be at most %d",
                   VIRTIO_QUEUE_MAX);
        return false;
    }
    if (conf->queue_size <= 2) {
        error_setg(errp,
                   "invalid queue-size property (%" PRIu16 "), must be > 2",
                   conf->queue_size);
        return false;
    }
    if (!is_power_of_2(conf->queue_size) ||
        conf->queue_size > VIRTQUEUE_MAX_SIZE) {
        error_setg(errp,
                   "invalid queue-size property (%" PRIu16 "), must be a "
                   "power of 2 (max %d)",
                   conf->queue_size, VIRTQUEUE_MAX_SIZE);
        return false;
    }
    return true;
}

static bool check_sectors(VirtIOBlock *s, unsigned feature, const char *name,
                          uint32_t sectors, Error **errp)
{
    if (virtio_has_feature(s->host_features, feature) &&
        (!sectors || sectors > BDRV_REQUEST_MAX_SECTORS)) {
        error_setg(errp,
                   "invalid %s property (%" PRIu32 "), must be between 1 "
                   "and %d",
                   name, sectors, (int)BDRV_REQUEST_MAX_SECTORS);
        return false;
    }
    return true;
}

static bool check_backend(VirtIOBlock *s, Error **errp)
{
    VirtIOBlkConf *conf = &s->conf;

    if (!conf->conf.blk) {
        error_setg(errp, "drive property not set");
        return false;
    }
    if (!blk_is_inserted(conf->conf.blk)) {
        error_setg(errp, "Device needs media, but drive is empty");
        return false;
    }
    if (!check_queues(conf, errp) ||
        !blkconf_apply_backend_options(&conf->conf,
                                       !blk_supports_write_perm(conf->conf.blk),
                                       true, errp)) {
        return false;
    }
    s->original_wce = blk_enable_write_cache(conf->conf.blk);
    return blkconf_geometry(&conf->conf, NULL, 65535, 255, 255, errp) &&
           blkconf_blocksizes(&conf->conf, errp) &&
           check_sectors(s, VIRTIO_BLK_F_DISCARD, "max-discard-sectors",
                         conf->max_discard_sectors, errp) &&
           check_sectors(s, VIRTIO_BLK_F_WRITE_ZEROES,
                         "max-write-zeroes-sectors",
                         conf->max_write_zeroes_sectors, errp);
}

static void blk_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOBlock *s = VIRTIO_BLK(dev);

    if (!check_backend(s, errp) || !virtio_blk_place_queues(s, errp)) {
        return;
    }
    s->config_size =
        virtio_get_config_size(&config_size_params, s->host_features);
    virtio_init(vdev, VIRTIO_ID_BLOCK, s->config_size);
    s->blk = s->conf.conf.blk;
    s->sector_mask = s->conf.conf.logical_block_size / BDRV_SECTOR_SIZE - 1;
    qemu_mutex_init(&s->rq_lock);
    for (unsigned i = 0; i < s->conf.num_queues; i++) {
        virtio_add_queue(vdev, s->conf.queue_size, handle_output);
    }
    s->change = qdev_add_vm_change_state_handler(dev, vm_state_changed, s);
    blk_set_dev_ops(s->blk, &dev_ops, s);
    blk_iostatus_enable(s->blk);
    add_boot_device_lchs(dev, "/disk@0,0", s->conf.conf.lcyls,
                         s->conf.conf.lheads, s->conf.conf.lsecs);
}

static void blk_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOBlock *s = VIRTIO_BLK(dev);

    blk_drain(s->blk);
    del_boot_device_lchs(dev, "/disk@0,0");
    virtio_blk_purge(s);
    blk_set_dev_ops(s->blk, NULL, NULL);
    for (unsigned i = 0; i < s->conf.num_queues; i++) {
        virtio_del_queue(vdev, i);
    }
    virtio_blk_forget_queues(s);
    qemu_mutex_destroy(&s->rq_lock);
    qemu_del_vm_change_state_handler(s->change);
    blockdev_mark_auto_del(s->blk);
    virtio_cleanup(vdev);
}

static const Property blk_properties[] = {
    DEFINE_BLOCK_PROPERTIES(VirtIOBlock, conf.conf),
    DEFINE_BLOCK_ERROR_PROPERTIES(VirtIOBlock, conf.conf),
    DEFINE_BLOCK_CHS_PROPERTIES(VirtIOBlock, conf.conf),
    DEFINE_PROP_STRING("serial", VirtIOBlock, conf.serial),
    DEFINE_PROP_BIT64("config-wce", VirtIOBlock, host_features,
                      VIRTIO_BLK_F_CONFIG_WCE, true),
    DEFINE_PROP_BIT("request-merging", VirtIOBlock, conf.request_merging, 0,
                    true),
    DEFINE_PROP_UINT16("num-queues", VirtIOBlock, conf.num_queues,
                       VIRTIO_BLK_AUTO_NUM_QUEUES),
    DEFINE_PROP_UINT16("queue-size", VirtIOBlock, conf.queue_size, 256),
    DEFINE_PROP_BOOL("seg-max-adjust", VirtIOBlock, conf.seg_max_adjust, true),
    DEFINE_PROP_LINK("iothread", VirtIOBlock, conf.iothread, TYPE_IOTHREAD,
                     IOThread *),
    DEFINE_PROP_BIT64("discard", VirtIOBlock, host_features,
                      VIRTIO_BLK_F_DISCARD, true),
    DEFINE_PROP_BOOL("report-discard-granularity", VirtIOBlock,
                     conf.report_discard_granularity, true),
    DEFINE_PROP_BIT64("write-zeroes", VirtIOBlock, host_features,
                      VIRTIO_BLK_F_WRITE_ZEROES, true),
    DEFINE_PROP_UINT32("max-discard-sectors", VirtIOBlock,
                       conf.max_discard_sectors, BDRV_REQUEST_MAX_SECTORS),
    DEFINE_PROP_UINT32("max-write-zeroes-sectors", VirtIOBlock,
                       conf.max_write_zeroes_sectors, BDRV_REQUEST_MAX_SECTORS),
    DEFINE_PROP_BOOL("x-enable-wce-if-config-wce", VirtIOBlock,
                     conf.x_enable_wce_if_config_wce, true),
};

static void blk_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(oc);

    device_class_set_props(dc, blk_properties);
    dc->vmsd = &vmstate_virtio_blk;
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
    vdc->realize = blk_realize;
    vdc->unrealize = blk_unrealize;
    vdc->get_config = get_config;
    vdc->set_config = set_config;
    vdc->get_features = get_features;
    vdc->set_status = set_status;
    vdc->reset = reset;
    vdc->save = save;
    vdc->load = load;
    vdc->start_ioeventfd = virtio_blk_start_ioeventfd;
    vdc->stop_ioeventfd = virtio_blk_stop_ioeventfd;
}

static void blk_instance_init(Object *obj)
{
    device_add_bootindex_property(obj, &VIRTIO_BLK(obj)->conf.conf.bootindex,
                                  "bootindex", "/disk@0,0", DEVICE(obj));
}

static const TypeInfo virtio_blk_info = {
    .name = TYPE_VIRTIO_BLK,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIOBlock),
    .instance_init = blk_instance_init,
    .class_size = sizeof(VirtIOBlkClass),
    .class_init = blk_class_init,
};

static void register_types(void)
{
    type_register_static(&virtio_blk_info);
}

type_init(register_types)

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Backends: nodes as devices have them. */
#include "qemu/osdep.h"
#include "backend-internal.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/id.h"
#include "qemu/main-loop.h"
#include "qemu/memalign.h"
#include "qom/object.h"
#include "system/blockdev.h"

static QTAILQ_HEAD(, BlockBackend) backends = QTAILQ_HEAD_INITIALIZER(backends);

/*** Making and finding them. ***/

BlockBackend *blk_new(AioContext *ctx, uint64_t perm, uint64_t shared_perm)
{
    BlockBackend *blk = g_new0(BlockBackend, 1);

    blk->refcnt = 1;
    blk->perm = perm;
    blk->shared = shared_perm;
    blk->write_cache = true;
    blk->on_read_error = BLOCKDEV_ON_ERROR_REPORT;
    blk->on_write_error = BLOCKDEV_ON_ERROR_ENOSPC;
    block_acct_init(&blk->stats);
    notifier_list_init(&blk->remove_bs_notifiers);
    notifier_list_init(&blk->insert_bs_notifiers);
    blk->ctx = ctx ?: qemu_get_aio_context();
    qemu_mutex_init(&blk->queue_lock);
    QSIMPLEQ_INIT(&blk->queued);
    QTAILQ_INSERT_TAIL(&backends, blk, next);
    return blk;
}

BlockBackend *blk_new_with_bs(BlockDriverState *bs, uint64_t perm,
                              uint64_t shared_perm, Error **errp)
{
    BlockBackend *blk = blk_new(NULL, perm, shared_perm);

    if (blk_insert_bs(blk, bs, errp) < 0) {
        blk_unref(blk);
        return NULL;
    }
    return blk;
}

int blk_get_refcnt(BlockBackend *blk)
{
    return blk ? blk->refcnt : 0;
}

void blk_ref(BlockBackend *blk)
{
    blk->refcnt++;
}

static void free_dinfo(DriveInfo *dinfo)
{
    if (dinfo) {
        qemu_opts_del(dinfo->opts);
        g_free(dinfo);
    }
}

void blk_unref(BlockBackend *blk)
{
    if (!blk || --blk->refcnt) {
        return;
    }
    blk_remove_bs(blk);
    QTAILQ_REMOVE(&backends, blk, next);
    free_dinfo(blk->legacy_dinfo);
    block_acct_cleanup(&blk->stats);
    qemu_mutex_destroy(&blk->queue_lock);
    g_free(blk->name);
    g_free(blk);
}

BlockBackend *blk_by_name(const char *name)
{
    BlockBackend *blk = NULL;

    while ((blk = blk_next(blk))) {
        if (!strcmp(blk->name, name)) {
            return blk;
        }
    }
    return NULL;
}

BlockBackend *blk_all_next(BlockBackend *blk)
{
    return blk ? QTAILQ_NEXT(blk, next) : QTAILQ_FIRST(&backends);
}

BlockBackend *blk_next(BlockBackend *blk)
{
    do {
        blk = blk_all_next(blk);
    } while (blk && !blk->name);
    return blk;
}

bool monitor_add_blk(BlockBackend *blk, const char *name, Error **errp)
{
    if (!id_wellformed(name)) {
        error_setg(errp, "Invalid device name");
        return false;
    }
    if (blk_by_name(name)) {
        error_setg(errp, "Device with id '%s' already exists", name);
        return false;
    }
    if (bdrv_find_node(name)) {
        error_setg(errp,
                   "Device name '%s' conflicts with an existing node name",
                   name);
        return false;
    }
    blk->name = g_strdup(name);
    return true;
}

void monitor_remove_blk(BlockBackend *blk)
{
    g_free(blk->name);
    blk->name = NULL;
}

const char *blk_name(const BlockBackend *blk)
{
    return blk->name ?: "";
}

DriveInfo *blk_legacy_dinfo(BlockBackend *blk)
{
    return blk->legacy_dinfo;
}

DriveInfo *blk_set_legacy_dinfo(BlockBackend *blk, DriveInfo *dinfo)
{
    return blk->legacy_dinfo = dinfo;
}

BlockBackend *blk_by_legacy_dinfo(DriveInfo *dinfo)
{
    BlockBackend *blk = NULL;

    while ((blk = blk_next(blk))) {
        if (blk->legacy_dinfo == dinfo) {
            return blk;
        }
    }
    g_assert_not_reached();
}

/*** The node. ***/

BlockDriverState *blk_bs(BlockBackend *blk)
{
    return blk->root.bs;
}

/* What users of the node call us: our name, or else the device's. */
static void name_root(BlockBackend *blk)
{
    g_autofree char *name =
        blk->name ? g_strdup(blk->name) : blk_get_attached_dev_id(blk);

    g_free(blk->root.who);
    blk->root.who = name && *name ? g_strdup_printf("block device '%s'", name)
                                  : g_strdup("an unnamed block device");
}

int blk_insert_bs(BlockBackend *blk, BlockDriverState *bs, Error **errp)
{
    assert(!blk->root.bs);
    name_root(blk);
    blk->root.role = "root";
    if (!node_user_attach(&blk->root, bs, blk->perm, blk->shared, errp)) {
        g_clear_pointer(&blk->root.who, g_free);
        return -EPERM;
    }
    notifier_list_notify(&blk->insert_bs_notifiers, blk);
    return 0;
}

void blk_remove_bs(BlockBackend *blk)
{
    if (blk->root.bs) {
        notifier_list_notify(&blk->remove_bs_notifiers, blk);
        if (qatomic_read(&blk->in_flight)) {
            blk->refcnt++; /* it may be its last */
            blk_drain(blk);
            blk->refcnt--;
        }
        bdrv_flush(blk->root.bs);
        node_user_detach(&blk->root);
        g_clear_pointer(&blk->root.who, g_free);
    }
}

int blk_set_perm(BlockBackend *blk, uint64_t perm, uint64_t shared_perm,
                 Error **errp)
{
    if (blk->root.bs &&
        !node_user_set_perm(&blk->root, perm, shared_perm, errp)) {
        return -EPERM;
    }
    blk->perm = perm;
    blk->shared = shared_perm;
    return 0;
}

void blk_get_perm(BlockBackend *blk, uint64_t *perm, uint64_t *shared_perm)
{
    *perm = blk->perm;
    *shared_perm = blk->shared;
}

bool blk_supports_write_perm(BlockBackend *blk)
{
    return !blk->root.bs || !bdrv_is_read_only(blk->root.bs);
}

bool blk_is_writable(BlockBackend *blk)
{
    return blk->perm & BLK_PERM_WRITE;
}

int blk_get_flags(BlockBackend *blk)
{
    BlockDriverState *bs = blk->root.bs;

    return !bs ? 0
               : (bs->read_only ? 0 : BDRV_O_RDWR) |
                     (bs->auto_read_only ? BDRV_O_AUTO_RDONLY : 0) |
                     (bs->direct ? BDRV_O_NOCACHE : 0) |
                     (bs->no_flush ? BDRV_O_NO_FLUSH : 0) |
                     (bs->unmap ? BDRV_O_UNMAP : 0);
}

/*** The device. ***/

int blk_attach_dev(BlockBackend *blk, DeviceState *dev)
{
    if (blk->dev) {
        return -EBUSY;
    }
    blk_ref(blk);
    blk->dev = dev;
    if (blk->root.bs) {
        name_root(blk);
    }
    blk_iostatus_reset(blk);
    return 0;
}

void blk_detach_dev(BlockBackend *blk, DeviceState *dev)
{
    assert(blk->dev == dev);
    blk->dev = NULL;
    blk->dev_ops = NULL;
    blk->dev_opaque = NULL;
    blk_set_perm(blk, 0, BLK_PERM_ALL, &error_abort);
    if (blk->root.bs) {
        name_root(blk);
    }
    blk_unref(blk);
}

DeviceState *blk_get_attached_dev(BlockBackend *blk)
{
    return blk->dev;
}

char *blk_get_attached_dev_id(BlockBackend *blk)
{
    return !blk->dev      ? g_strdup("")
           : blk->dev->id ? g_strdup(blk->dev->id)
                          : object_get_canonical_path(OBJECT(blk->dev));
}

BlockBackend *blk_by_dev(void *dev)
{
    BlockBackend *blk = NULL;

    assert(dev);
    while ((blk = blk_all_next(blk))) {
        if (blk->dev == dev) {
            return blk;
        }
    }
    return NULL;
}

void blk_set_dev_ops(BlockBackend *blk, const BlockDevOps *ops, void *opaque)
{
    blk->dev_ops = ops;
    blk->dev_opaque = opaque;
}

bool blk_is_inserted(BlockBackend *blk)
{
    return blk->root.bs != NULL;
}

static bool tray_is_open(BlockBackend *blk)
{
    return blk->dev_ops && blk->dev_ops->is_tray_open &&
           blk->dev_ops->is_tray_open(blk->dev_opaque);
}

bool blk_is_available(BlockBackend *blk)
{
    return blk_is_inserted(blk) && !tray_is_open(blk);
}

/* Media of files have neither a lock nor a tray. */
void blk_lock_medium(BlockBackend *blk, bool locked)
{
}

void blk_eject(BlockBackend *blk, bool eject_flag)
{
}

bool blk_is_sg(BlockBackend *blk)
{
    return false;
}

bool blk_enable_write_cache(BlockBackend *blk)
{
    return blk->write_cache;
}

void blk_set_enable_write_cache(BlockBackend *blk, bool wce)
{
    blk->write_cache = wce;
}

void blk_set_allow_write_beyond_eof(BlockBackend *blk, bool allow)
{
    blk->grows = allow;
}

/*** Errors. ***/

void blk_set_on_error(BlockBackend *blk, BlockdevOnError on_read_error,
                      BlockdevOnError on_write_error)
{
    blk->on_read_error = on_read_error;
    blk->on_write_error = on_write_error;
}

BlockdevOnError blk_get_on_error(BlockBackend *blk, bool is_read)
{
    return is_read ? blk->on_read_error : blk->on_write_error;
}

BlockErrorAction blk_get_error_action(BlockBackend *blk, bool is_read,
                                      int error)
{
    switch (blk_get_on_error(blk, is_read)) {
    case BLOCKDEV_ON_ERROR_ENOSPC:
    case BLOCKDEV_ON_ERROR_AUTO:
        return error == ENOSPC ? BLOCK_ERROR_ACTION_STOP
                               : BLOCK_ERROR_ACTION_REPORT;
    case BLOCKDEV_ON_ERROR_STOP:
        return BLOCK_ERROR_ACTION_STOP;
    case BLOCKDEV_ON_ERROR_IGNORE:
        return BLOCK_ERROR_ACTION_IGNORE;
    default:
        return BLOCK_ERROR_ACTION_REPORT;
    }
}

void blk_iostatus_enable(BlockBackend *blk)
{
    blk->iostatus_enabled = true;
    blk->iostatus = BLOCK_DEVICE_IO_STATUS_OK;
}

/* Where no error stops the machine, there is nobody to ask for it. */
bool blk_iostatus_is_enabled(const BlockBackend *blk)
{
    return blk->iostatus_enabled &&
           (blk->on_write_error == BLOCKDEV_ON_ERROR_ENOSPC ||
            blk->on_write_error == BLOCKDEV_ON_ERROR_STOP ||
            blk->on_read_error == BLOCKDEV_ON_ERROR_STOP);
}

BlockDeviceIoStatus blk_iostatus(const BlockBackend *blk)
{
    return blk->iostatus;
}

void blk_iostatus_reset(BlockBackend *blk)
{
    blk->iostatus = BLOCK_DEVICE_IO_STATUS_OK;
}

/* The first error stays. */
void blk_iostatus_set_err(BlockBackend *blk, int error)
{
    if (blk_iostatus_is_enabled(blk) &&
        blk->iostatus == BLOCK_DEVICE_IO_STATUS_OK) {
        blk->iostatus = error == ENOSPC ? BLOCK_DEVICE_IO_STATUS_NOSPACE
                                        : BLOCK_DEVICE_IO_STATUS_FAILED;
    }
}

BlockAcctStats *blk_get_stats(BlockBackend *blk)
{
    return &blk->stats;
}

AioContext *blk_get_aio_context(BlockBackend *blk)
{
    return blk->ctx;
}

int blk_set_aio_context(BlockBackend *blk, AioContext *new_context,
                        Error **errp)
{
    blk->ctx = new_context;
    return 0;
}

void blk_set_allow_aio_context_change(BlockBackend *blk, bool allow)
{
}

void blk_set_disable_request_queuing(BlockBackend *blk, bool disable)
{
    qatomic_set(&blk->no_queuing, disable);
}

void blk_add_remove_bs_notifier(BlockBackend *blk, Notifier *notify)
{
    notifier_list_add(&blk->remove_bs_notifiers, notify);
}

void blk_add_insert_bs_notifier(BlockBackend *blk, Notifier *notify)
{
    notifier_list_add(&blk->insert_bs_notifiers, notify);
}

/* Memory is mapped anew for each request here. */
bool blk_register_buf(BlockBackend *blk, void *host, size_t size, Error **errp)
{
    return true;
}

void blk_unregister_buf(BlockBackend *blk, void *host, size_t size)
{
}

/*** Sizes. ***/

int64_t blk_getlength(BlockBackend *blk)
{
    return blk->root.bs ? bdrv_getlength(blk->root.bs) : -ENOMEDIUM;
}

int64_t blk_nb_sectors(BlockBackend *blk)
{
    return blk->root.bs ? bdrv_nb_sectors(blk->root.bs) : -ENOMEDIUM;
}

void blk_get_geometry(BlockBackend *blk, uint64_t *nb_sectors_ptr)
{
    *nb_sectors_ptr = MAX(blk_nb_sectors(blk), 0);
}

uint32_t blk_get_request_alignment(BlockBackend *blk)
{
    return blk->root.bs ? blk->root.bs->align : BDRV_SECTOR_SIZE;
}

uint64_t blk_get_max_hw_transfer(BlockBackend *blk)
{
    return blk_get_max_transfer(blk);
}

int blk_get_max_hw_iov(BlockBackend *blk)
{
    return blk_get_max_iov(blk);
}

uint32_t blk_get_max_transfer(BlockBackend *blk)
{
    return QEMU_ALIGN_DOWN(INT_MAX, BDRV_SECTOR_SIZE);
}

int blk_get_max_iov(BlockBackend *blk)
{
    return IOV_MAX;
}

int blk_probe_blocksizes(BlockBackend *blk, BlockSizes *bsz)
{
    return blk->root.bs ? bdrv_probe_blocksizes(blk->root.bs, bsz) : -ENOMEDIUM;
}

int blk_probe_geometry(BlockBackend *blk, HDGeometry *geo)
{
    return -ENOTSUP;
}

void *blk_blockalign(BlockBackend *blk, size_t size)
{
    return qemu_memalign(qemu_real_host_page_size(), size);
}

void *blk_try_blockalign(BlockBackend *blk, size_t size)
{
    return qemu_try_memalign(qemu_real_host_page_size(), size);
}

/*** Requests. ***/

/* Makes room for a write at the end, where the device wants that. */
static int grow(BlockBackend *blk, int64_t offset, int64_t bytes)
{
    int64_t length = bdrv_getlength(blk->root.bs);

    return !blk->grows || length < 0 || offset < 0 || bytes < 0 ||
                   bytes > BDRV_MAX_LENGTH - offset || offset + bytes <= length
               ? 0
               : bdrv_truncate(blk->root.bs, offset + bytes, NULL);
}

int blk_check_request(BlockBackend *blk, BlockReq *req)
{
    if (!blk->root.bs) {
        return -ENOMEDIUM;
    }
    if (req->kind == REQ_READ || req->kind == REQ_FLUSH) {
        return 0;
    }
    if (!(blk->perm & BLK_PERM_WRITE)) {
        return -EPERM;
    }
    if (req->kind == REQ_DISCARD) {
        return 0;
    }
    if (!blk->write_cache) {
        req->flags |= BDRV_REQ_FUA;
    }
    return grow(blk, req->offset, req->bytes);
}

/* Carries it out while the caller waits. */
static int run(BlockBackend *blk, BlockReq req)
{
    int ret = blk_check_request(blk, &req);

    return ret ?: node_run(blk->root.bs, &req);
}

static int run_vector(BlockBackend *blk, ReqKind kind, int64_t offset,
                      int64_t bytes, QEMUIOVector *qiov, size_t qiov_offset,
                      BdrvRequestFlags flags)
{
    QEMUIOVector part;
    BlockReq req = {
        .kind = kind, .offset = offset, .bytes = bytes, .flags = flags
    };
    int ret;

    assert(qiov_offset <= qiov->size && bytes <= qiov->size - qiov_offset);
    qemu_iovec_init(&part, qiov->niov);
    if (bytes > 0) {
        qemu_iovec_concat(&part, qiov, qiov_offset, bytes);
    }
    req.iov = part.iov;
    req.niov = part.niov;
    ret = run(blk, req);
    qemu_iovec_destroy(&part);
    return ret;
}

static int run_buffer(BlockBackend *blk, ReqKind kind, int64_t offset,
                      int64_t bytes, void *buf, BdrvRequestFlags flags)
{
    struct iovec iov = { .iov_base = buf, .iov_len = MAX(bytes, 0) };

    return run(blk, (BlockReq){ .kind = kind,
                                .offset = offset,
                                .bytes = bytes,
                                .iov = &iov,
                                .niov = 1,
                                .flags = flags });
}

int blk_pread(BlockBackend *blk, int64_t offset, int64_t bytes, void *buf,
              BdrvRequestFlags flags)
{
    return run_buffer(blk, REQ_READ, offset, bytes, buf, flags);
}

int blk_pwrite(BlockBackend *blk, int64_t offset, int64_t bytes,
               const void *buf, BdrvRequestFlags flags)
{
    return run_buffer(blk, REQ_WRITE, offset, bytes, (void *)buf, flags);
}

int blk_preadv(BlockBackend *blk, int64_t offset, int64_t bytes,
               QEMUIOVector *qiov, BdrvRequestFlags flags)
{
    return run_vector(blk, REQ_READ, offset, bytes, qiov, 0, flags);
}

int blk_preadv_part(BlockBackend *blk, int64_t offset, int64_t bytes,
                    QEMUIOVector *qiov, size_t qiov_offset,
                    BdrvRequestFlags flags)
{
    return run_vector(blk, REQ_READ, offset, bytes, qiov, qiov_offset, flags);
}

int blk_pwritev(BlockBackend *blk, int64_t offset, int64_t bytes,
                QEMUIOVector *qiov, BdrvRequestFlags flags)
{
    return run_vector(blk, REQ_WRITE, offset, bytes, qiov, 0, flags);
}

int blk_pwritev_part(BlockBackend *blk, int64_t offset, int64_t bytes,
                     QEMUIOVector *qiov, size_t qiov_offset,
                     BdrvRequestFlags flags)
{
    return run_vector(blk, REQ_WRITE, offset, bytes, qiov, qiov_offset, flags);
}

int blk_pwrite_zeroes(BlockBackend *blk, int64_t offset, int64_t bytes,
                      BdrvRequestFlags flags)
{
    return run(blk, (BlockReq){ .kind = REQ_ZERO,
                                .offset = offset,
                                .bytes = bytes,
                                .flags = flags });
}

int blk_pdiscard(BlockBackend *blk, int64_t offset, int64_t bytes,
                 BdrvRequestFlags flags)
{
    return run(blk, (BlockReq){ .kind = REQ_DISCARD,
                                .offset = offset,
                                .bytes = bytes,
                                .flags = flags });
}

int blk_flush(BlockBackend *blk)
{
    return run(blk, (BlockReq){ .kind = REQ_FLUSH });
}

int blk_make_zero(BlockBackend *blk, BdrvRequestFlags flags)
{
    int64_t length = blk_getlength(blk);

    return length < 0 ? length : blk_pwrite_zeroes(blk, 0, length, flags);
}

int blk_truncate(BlockBackend *blk, int64_t offset, bool exact,
                 PreallocMode prealloc, BdrvRequestFlags flags, Error **errp)
{
    if (!blk->root.bs) {
        error_setg(errp, "No medium inserted");
        return -ENOMEDIUM;
    }
    if (prealloc != PREALLOC_MODE_OFF) {
        error_setg(errp, "Unsupported preallocation mode '%s'",
                   PreallocMode_str(prealloc));
        return -ENOTSUP;
    }
    return bdrv_truncate(blk->root.bs, offset, errp);
}

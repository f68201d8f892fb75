/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Backends: a device's end of a block node.
 *
 * A device has a property of the kind DEFINE_PROP_DRIVE, which holds a
 * BlockBackend or NULL. It says with blk_set_perm() what it wants to do, asks
 * for the length, and reads and writes. A backend can be without a node (a
 * drive without a medium): requests then fail with -ENOMEDIUM.
 *
 * Requests without a callback are carried out by system calls while the caller
 * waits. Those with one (blk_aio_*) are carried out by io_uring or a pool of
 * threads, as the node's "aio" says, and call back in the AioContext of the
 * thread that made them: an iothread, or the main loop.
 *
 * While a backend is drained (blk_drain(), bdrv_drained_begin()), its device is
 * told to be quiet, what is under way ends, and new requests wait.
 */
#ifndef BLOCK_BACKEND_H
#define BLOCK_BACKEND_H

#include "block/accounting.h"
#include "block/block.h"
#include "qemu/iov.h"
#include "qemu/notify.h"

/* What a device wants to hear from its backend; all may be NULL. */
typedef struct BlockDevOps {
    void (*change_media_cb)(void *opaque, bool load, Error **errp);
    void (*eject_request_cb)(void *opaque, bool force);
    bool (*is_medium_locked)(void *opaque);
    void (*drained_begin)(void *opaque);
    void (*drained_end)(void *opaque);
    bool (*drained_poll)(void *opaque);
    bool (*is_tray_open)(void *opaque);
    void (*resize_cb)(void *opaque);
} BlockDevOps;

/*** Backends, nodes and devices. Under the BQL. ***/

/* A new one, without a node, of which the caller has a reference. */
BlockBackend *blk_new(AioContext *ctx, uint64_t perm, uint64_t shared_perm);
BlockBackend *blk_new_with_bs(BlockDriverState *bs, uint64_t perm,
                              uint64_t shared_perm, Error **errp);
int blk_get_refcnt(BlockBackend *blk);
void blk_ref(BlockBackend *blk);
/* Lets go of the node with the last reference; NULL is allowed. */
void blk_unref(BlockBackend *blk);

/* The backend of that name; the one after @blk, or the first after NULL. */
BlockBackend *blk_by_name(const char *name);
BlockBackend *blk_next(BlockBackend *blk);     /* those with a name */
BlockBackend *blk_all_next(BlockBackend *blk); /* all */
/* Gives it a name, by which the monitor then knows it; or takes that. */
bool monitor_add_blk(BlockBackend *blk, const char *name, Error **errp);
void monitor_remove_blk(BlockBackend *blk);

/* The node, or NULL; a name, perhaps "". */
BlockDriverState *blk_bs(BlockBackend *blk);
const char *blk_name(const BlockBackend *blk);
/* Put a node in, or take it out. 0, or a negative errno with @errp set. */
int blk_insert_bs(BlockBackend *blk, BlockDriverState *bs, Error **errp);
void blk_remove_bs(BlockBackend *blk);

/*
 * What the device does (@perm) and lets others do (@shared_perm). 0, or a
 * negative errno with @errp set, which leaves it as it was.
 */
int blk_set_perm(BlockBackend *blk, uint64_t perm, uint64_t shared_perm,
                 Error **errp);
void blk_get_perm(BlockBackend *blk, uint64_t *perm, uint64_t *shared_perm);
/* Whether BLK_PERM_WRITE makes sense; whether it is taken and granted. */
bool blk_supports_write_perm(BlockBackend *blk);
bool blk_is_writable(BlockBackend *blk);

/* Who uses it. -EBUSY when someone does already. */
int blk_attach_dev(BlockBackend *blk, DeviceState *dev);
void blk_detach_dev(BlockBackend *blk, DeviceState *dev);
DeviceState *blk_get_attached_dev(BlockBackend *blk);
/* The id, or else the path, of that device; the caller frees it. */
char *blk_get_attached_dev_id(BlockBackend *blk);
BlockBackend *blk_by_dev(void *dev);
void blk_set_dev_ops(BlockBackend *blk, const BlockDevOps *ops, void *opaque);

bool blk_is_inserted(BlockBackend *blk);
bool blk_is_available(BlockBackend *blk);
void blk_lock_medium(BlockBackend *blk, bool locked);
void blk_eject(BlockBackend *blk, bool eject_flag);
bool blk_is_sg(BlockBackend *blk); /* never here */

/* A write is complete before it is on stable storage. */
bool blk_enable_write_cache(BlockBackend *blk);
void blk_set_enable_write_cache(BlockBackend *blk, bool wce);
int blk_get_flags(BlockBackend *blk); /* BDRV_O_* */

/* What to do about errors, and what a device did. */
void blk_set_on_error(BlockBackend *blk, BlockdevOnError on_read_error,
                      BlockdevOnError on_write_error);
BlockdevOnError blk_get_on_error(BlockBackend *blk, bool is_read);
BlockErrorAction blk_get_error_action(BlockBackend *blk, bool is_read,
                                      int error);
void blk_error_action(BlockBackend *blk, BlockErrorAction action, bool is_read,
                      int error);
void blk_iostatus_enable(BlockBackend *blk);
bool blk_iostatus_is_enabled(const BlockBackend *blk);
BlockDeviceIoStatus blk_iostatus(const BlockBackend *blk);
void blk_iostatus_reset(BlockBackend *blk);
void blk_iostatus_set_err(BlockBackend *blk, int error);

BlockAcctStats *blk_get_stats(BlockBackend *blk);
AioContext *blk_get_aio_context(BlockBackend *blk);
/* Where most of its requests come from; they may come from other contexts. */
int blk_set_aio_context(BlockBackend *blk, AioContext *new_context,
                        Error **errp);
void blk_set_allow_aio_context_change(BlockBackend *blk, bool allow);

/*
 * Waits until no request is under way, in this backend or in all. In the main
 * loop's context, under the BQL. Callbacks run meanwhile.
 */
void blk_drain(BlockBackend *blk);
void blk_drain_all(void);
bool blk_in_drain(BlockBackend *blk);
/* Requests go on while it is drained: for a device that ends them itself. */
void blk_set_disable_request_queuing(BlockBackend *blk, bool disable);
/* A device counts what is not a request as one, while it works on it. Any
 * thread. */
void blk_inc_in_flight(BlockBackend *blk);
void blk_dec_in_flight(BlockBackend *blk);

/* Called with the backend before the node goes, and when there is one. */
void blk_add_remove_bs_notifier(BlockBackend *blk, Notifier *notify);
void blk_add_insert_bs_notifier(BlockBackend *blk, Notifier *notify);
/* Memory that many requests will use: a hint. */
bool blk_register_buf(BlockBackend *blk, void *host, size_t size, Error **errp);
void blk_unregister_buf(BlockBackend *blk, void *host, size_t size);

/* Tells the device, if it wants to know, that the medium has a new size. */
void blk_notify_resize(BlockDriverState *bs);

/* Writes may make the image longer. */
void blk_set_allow_write_beyond_eof(BlockBackend *blk, bool allow);

/*** Requests. Any thread; the backend must live. ***/

/* In bytes, in sectors, or a negative errno; the second gives 0 then. */
int64_t blk_getlength(BlockBackend *blk);
void blk_get_geometry(BlockBackend *blk, uint64_t *nb_sectors_ptr);
int64_t blk_nb_sectors(BlockBackend *blk);
uint32_t blk_get_request_alignment(BlockBackend *blk);
/* The longest request, in bytes and in elements; hw: the host device's. */
uint32_t blk_get_max_transfer(BlockBackend *blk);
uint64_t blk_get_max_hw_transfer(BlockBackend *blk);
int blk_get_max_iov(BlockBackend *blk);
int blk_get_max_hw_iov(BlockBackend *blk);
int blk_probe_blocksizes(BlockBackend *blk, BlockSizes *bsz);
int blk_probe_geometry(BlockBackend *blk, HDGeometry *geo);

/* Memory as requests like it best; qemu_vfree() frees it. */
void *blk_blockalign(BlockBackend *blk, size_t size);
void *blk_try_blockalign(BlockBackend *blk, size_t size);

/*
 * Each 0, or a negative errno: -ENOMEDIUM without a node, -EIO beyond the end,
 * -EPERM where the permission was not taken.
 */
int blk_pread(BlockBackend *blk, int64_t offset, int64_t bytes, void *buf,
              BdrvRequestFlags flags);
int blk_pwrite(BlockBackend *blk, int64_t offset, int64_t bytes,
               const void *buf, BdrvRequestFlags flags);
int blk_preadv(BlockBackend *blk, int64_t offset, int64_t bytes,
               QEMUIOVector *qiov, BdrvRequestFlags flags);
int blk_pwritev(BlockBackend *blk, int64_t offset, int64_t bytes,
                QEMUIOVector *qiov, BdrvRequestFlags flags);
/* A part of @qiov, from @qiov_offset on. */
int blk_preadv_part(BlockBackend *blk, int64_t offset, int64_t bytes,
                    QEMUIOVector *qiov, size_t qiov_offset,
                    BdrvRequestFlags flags);
int blk_pwritev_part(BlockBackend *blk, int64_t offset, int64_t bytes,
                     QEMUIOVector *qiov, size_t qiov_offset,
                     BdrvRequestFlags flags);
int blk_pwrite_zeroes(BlockBackend *blk, int64_t offset, int64_t bytes,
                      BdrvRequestFlags flags);
int blk_pdiscard(BlockBackend *blk, int64_t offset, int64_t bytes,
                 BdrvRequestFlags flags);
int blk_flush(BlockBackend *blk);
int blk_make_zero(BlockBackend *blk, BdrvRequestFlags flags);
int blk_truncate(BlockBackend *blk, int64_t offset, bool exact,
                 PreallocMode prealloc, BdrvRequestFlags flags, Error **errp);

/*
 * The same, with the result for @cb, which never comes before the call has
 * returned. @qiov lives until then. In a thread that has an AioContext.
 */
BlockAIOCB *blk_aio_preadv(BlockBackend *blk, int64_t offset,
                           QEMUIOVector *qiov, BdrvRequestFlags flags,
                           BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_pwritev(BlockBackend *blk, int64_t offset,
                            QEMUIOVector *qiov, BdrvRequestFlags flags,
                            BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_pwrite_zeroes(BlockBackend *blk, int64_t offset,
                                  int64_t bytes, BdrvRequestFlags flags,
                                  BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_pdiscard(BlockBackend *blk, int64_t offset, int64_t bytes,
                             BlockCompletionFunc *cb, void *opaque);
BlockAIOCB *blk_aio_flush(BlockBackend *blk, BlockCompletionFunc *cb,
                          void *opaque);
/* Never possible here: the callback gets -ENOTSUP. */
BlockAIOCB *blk_aio_ioctl(BlockBackend *blk, unsigned long int req, void *buf,
                          BlockCompletionFunc *cb, void *opaque);
/* Only calls back, with @ret. */
BlockAIOCB *blk_abort_aio_request(BlockBackend *blk, BlockCompletionFunc *cb,
                                  void *opaque, int ret);
void *blk_aio_get(const AIOCBInfo *aiocb_info, BlockBackend *blk,
                  BlockCompletionFunc *cb, void *opaque);
/* Waits for it: its callback has run then. Under the BQL. */
void blk_aio_cancel(BlockAIOCB *acb);
void blk_aio_cancel_async(BlockAIOCB *acb);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nodes: see block/block-common.h. Under the BQL, but for the four that do
 * input and output, which any thread may call while the node lives.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include "block/block-common.h"

/*
 * Opens a node as @options say. The caller has a reference. NULL with @errp
 * set otherwise.
 */
BlockDriverState *bdrv_open_options(const BlockdevOptions *options,
                                    Error **errp);

void bdrv_ref(BlockDriverState *bs);
/* Closes the node with its last reference; NULL is allowed. */
void bdrv_unref(BlockDriverState *bs);

/* The node called @name, or NULL. No reference is taken. */
BlockDriverState *bdrv_find_node(const char *name);
/* All nodes: the one after @bs, or the first after NULL. */
BlockDriverState *bdrv_next_node(BlockDriverState *bs);

/* The node that it is a part of, or NULL. */
BlockDriverState *bdrv_node_below(BlockDriverState *bs);
/* The end of the write that went furthest since it was opened. */
uint64_t bdrv_highest_write(BlockDriverState *bs);

const char *bdrv_get_node_name(const BlockDriverState *bs);
const char *bdrv_get_format_name(BlockDriverState *bs);
/* The file that is opened for it, or an empty string. */
const char *bdrv_get_filename(BlockDriverState *bs);
bool bdrv_is_read_only(BlockDriverState *bs);
/* It can be written to, and someone may. */
bool bdrv_is_writable(BlockDriverState *bs);

/*
 * A node that is inactive holds no locks on its image, and is not written to:
 * another process has it. Activating it takes the locks, of the nodes below,
 * too, or fails with all as it was. Inactivating it flushes it, and takes with
 * it what no other active node is above.
 */
bool bdrv_is_inactive(const BlockDriverState *bs);
bool bdrv_activate(BlockDriverState *bs, Error **errp);
bool bdrv_inactivate(BlockDriverState *bs, Error **errp);
/* All nodes: all of them or, if one cannot be, none. */
bool bdrv_activate_all(Error **errp);
/* 0, or a negative errno; then those are active again that were. */
int bdrv_inactivate_all(void);
/* Whether nodes that are opened now are inactive at first; NULL: no. */
extern bool (*bdrv_starts_inactive_hook)(void);

/* In bytes and in sectors, or a negative errno. */
int64_t bdrv_getlength(BlockDriverState *bs);
int64_t bdrv_nb_sectors(BlockDriverState *bs);
/* The space that it takes on the host, or a negative errno. */
int64_t bdrv_get_allocated_file_size(BlockDriverState *bs);

/*
 * Read or write @bytes at @offset, all of them, inside the node's length. 0,
 * or a negative errno.
 */
int bdrv_pread(BlockDriverState *bs, int64_t offset, int64_t bytes, void *buf,
               BdrvRequestFlags flags);
int bdrv_pwrite(BlockDriverState *bs, int64_t offset, int64_t bytes,
                const void *buf, BdrvRequestFlags flags);
/* Zeroes; with BDRV_REQ_MAY_UNMAP they may become a hole. */
int bdrv_pwrite_zeroes(BlockDriverState *bs, int64_t offset, int64_t bytes,
                       BdrvRequestFlags flags);
/* The contents there do not matter any more. */
int bdrv_pdiscard(BlockDriverState *bs, int64_t offset, int64_t bytes);
/* To stable storage. */
int bdrv_flush(BlockDriverState *bs);
int bdrv_truncate(BlockDriverState *bs, int64_t offset, Error **errp);

/*
 * What the monitor says about it: file, format, sizes and caching, as
 * query-named-block-nodes has it. @blk is the backend it is seen through, or
 * NULL. The caller frees it.
 */
BlockDeviceInfo *bdrv_block_device_info(BlockBackend *blk,
                                        BlockDriverState *bs);

/*
 * Between the two, no request of a backend above @bs, or of any, is under way,
 * and those that are made wait. Under the BQL. bdrv_drain_all() is both.
 */
void bdrv_drained_begin(BlockDriverState *bs);
void bdrv_drained_end(BlockDriverState *bs);
void bdrv_drain_all_begin(void);
void bdrv_drain_all_end(void);
void bdrv_drain_all(void);

/* The sizes of the host device's blocks; -ENOTSUP for files. */
int bdrv_probe_blocksizes(BlockDriverState *bs, BlockSizes *bsz);

/* Flushes and closes what is left, at the end of the program. */
void bdrv_close_all(void);
int bdrv_flush_all(void);

#endif

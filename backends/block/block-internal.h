/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of backends/block share: nodes, their drivers, their users. */
#ifndef BLOCK_INTERNAL_H
#define BLOCK_INTERNAL_H

#include "block/block.h"
#include "system/block-backend.h"

/* Someone who uses a node: a backend, or a node above. */
typedef struct NodeUser {
    BlockDriverState *bs; /* the node; a reference */
    char *who;            /* for messages: "block device 'x'", "node 'y'" */
    const char *role;     /* "root" or "file" */
    BlockDriverState *parent; /* the node above, or NULL */
    uint64_t perm;
    uint64_t shared;
    QTAILQ_ENTRY(NodeUser) next;
} NodeUser;

typedef enum ReqKind {
    REQ_READ,
    REQ_WRITE,
    REQ_ZERO,
    REQ_DISCARD,
    REQ_FLUSH,
} ReqKind;

/*
 * A request on its way down. Filters change @offset and @flags; when it has
 * reached a leaf, @flags are what really has to be done: BDRV_REQ_FUA to flush
 * what was written, BDRV_REQ_MAY_UNMAP to leave a hole.
 */
typedef struct BlockReq {
    ReqKind kind;
    BdrvRequestFlags flags;
    int64_t offset;
    int64_t bytes; /* as many as @iov has, for reads and writes */
    struct iovec *iov;
    int niov;
} BlockReq;

/*
 * A driver is a filter, which changes requests and hands them to its child, or
 * a leaf, which carries them out. Requests come in any thread, with offsets
 * inside the node's length; functions return 0 or a negative errno.
 *
 * map() may be NULL, then requests pass as they are. set_perm() may be NULL; it
 * hears what all the users together do, and allow, before that becomes true,
 * and may refuse.
 */
typedef struct NodeDriver {
    bool (*open)(BlockDriverState *bs, const BlockdevOptions *opts,
                 Error **errp);
    void (*close)(BlockDriverState *bs);
    /* Asks the host; node_length() has the answer meanwhile. */
    int64_t (*length)(BlockDriverState *bs);
    int64_t (*allocated)(BlockDriverState *bs);
    bool is_filter;
    int (*map)(BlockDriverState *bs, BlockReq *req);
    int (*run)(BlockDriverState *bs, const BlockReq *req);
    int (*truncate)(BlockDriverState *bs, int64_t length);
    bool (*set_perm)(BlockDriverState *bs, uint64_t perm, uint64_t shared,
                     Error **errp);
} NodeDriver;

/* What is being written now to a file that must be read to be written. */
typedef struct NodeRange {
    int64_t begin, end;
    bool alone; /* nobody else writes there */
    QLIST_ENTRY(NodeRange) next;
} NodeRange;

/* Whether a request can be carried out at once, without waiting for a disk. */
typedef enum FileSpeed {
    FILE_SLOW,
    FILE_CACHED, /* reads of what the page cache has */
    FILE_MEMORY, /* everything: it is nowhere else */
} FileSpeed;

struct BlockDriverState {
    char *node_name;
    char *filename;
    BlockdevDriver kind;
    const NodeDriver *drv;
    int refcnt;
    bool inactive; /* another process has it; written under the BQL, atomic */
    bool monitor_owned; /* blockdev-del may remove it */
    bool read_only;
    bool auto_read_only;
    bool force_share;
    bool direct;
    bool no_flush;
    bool unmap;
    BlockdevDetectZeroesOptions detect_zeroes;

    QTAILQ_HEAD(, NodeUser) users;

    int64_t length; /* of a leaf, in bytes; atomic */
    uint64_t highest_write; /* atomic; who writes at the same time may lose */

    /* file, host_device */
    int fd;
    BlockdevAioOptions aio;
    FileSpeed speed;     /* atomic */
    uint32_t align;      /* of offsets, sizes and memory; 1 without O_DIRECT */
    bool locking;
    bool punch;          /* holes can be made, as far as known */
    bool zero_range;     /* and zeroes */
    int flush_error;     /* what a flush has lost for good; atomic */
    uint64_t locked;     /* bits of lock_bits() that this process holds */
    QemuMutex range_lock;
    QemuCond range_gone;
    QLIST_HEAD(, NodeRange) ranges;

    /* Filters */
    NodeUser child;      /* of the node below */
    struct Blkdebug *blkdebug;

    /* raw */
    int64_t offset;
    int64_t size;        /* also null-*'s; -1: up to the end */

    QTAILQ_ENTRY(BlockDriverState) next;
};

extern const NodeDriver node_driver_blkdebug;
extern const NodeDriver node_driver_file;
extern const NodeDriver node_driver_null;
extern const NodeDriver node_driver_raw;

/* Connects @user, whose who and role are set, to @bs; takes a reference. */
bool node_user_attach(NodeUser *user, BlockDriverState *bs, uint64_t perm,
                      uint64_t shared, Error **errp);
void node_user_detach(NodeUser *user);
/* False with @errp set when others, or the node, do not allow it. */
bool node_user_set_perm(NodeUser *user, uint64_t perm, uint64_t shared,
                        Error **errp);

/* The driver hears again what all users do and allow: nothing if inactive. */
bool node_refresh_perm(BlockDriverState *bs, Error **errp);
/* active.c: whether a node with these options waits for bdrv_activate(). */
bool node_starts_inactive(const BlockdevOptions *options);

/* Filters: opens the node below, as "file" of @bs, or closes it. */
bool node_open_child(BlockDriverState *bs, const BlockdevRef *ref,
                     Error **errp);
void node_close_child(BlockDriverState *bs);

/* The length in bytes as last heard; and as the host has it now. */
int64_t node_length(BlockDriverState *bs);
int64_t node_refresh_length(BlockDriverState *bs);

/*
 * Takes @req down to a leaf. True: *@leaf carries it out. False: *@ret is its
 * result. Any thread.
 */
bool node_prepare(BlockDriverState *bs, BlockReq *req,
                  BlockDriverState **leaf, int *ret);
/* Carries @req out, waiting for it. Any thread. */
int node_run(BlockDriverState *bs, BlockReq *req);

/*
 * Notes a write of whole units around @bytes at @offset. False when another is
 * in the way; with @wait only when that has gone.
 */
bool node_range_enter(BlockDriverState *bs, NodeRange *range, int64_t offset,
                      int64_t bytes, bool alone, bool wait);
void node_range_leave(BlockDriverState *bs, NodeRange *range);

/* file-io.c: a file's requests. */
int file_run(BlockDriverState *bs, const BlockReq *req);
/* Carries @req out if that takes no time: then *@ret is the result. */
bool file_run_now(BlockDriverState *bs, const BlockReq *req, int *ret);
/* A block device's block sizes; 0 or a negative errno. */
int file_probe(BlockDriverState *bs, BlockSizes *bsz);
/* Whether O_DIRECT takes it as it is. */
bool file_is_aligned(const BlockDriverState *bs, const BlockReq *req);
bool file_uses_uring(const BlockDriverState *bs, const BlockReq *req);

/*
 * io_uring.c: hands @req, which file_uses_uring(), to the kernel; @cb comes in
 * the calling thread's context with the bytes transferred, or a negative
 * errno. False when there is no ring to be had.
 */
bool uring_submit(int fd, const BlockReq *req, BlockCompletionFunc *cb,
                  void *opaque);
/* False with @errp set if this host, or this program, has no io_uring. */
bool uring_available(Error **errp);

/* A node by definition or by name; a reference. NULL with @errp set. */
BlockDriverState *node_from_ref(const BlockdevRef *ref, Error **errp);

/*
 * Opens what @dict describes; with @keyval all values in it are strings. A
 * reference, or NULL with @errp set.
 */
BlockDriverState *blockdev_open_dict(const QDict *dict, bool keyval,
                                     Error **errp);

#endif

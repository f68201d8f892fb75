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
    uint64_t perm;
    uint64_t shared;
    QTAILQ_ENTRY(NodeUser) next;
} NodeUser;

/*
 * A driver's functions are called with offsets inside the node's length and
 * return 0 or a negative errno. set_perm() may be NULL; it hears what all the
 * users together do, and allow, before that becomes true, and may refuse.
 */
typedef struct NodeDriver {
    bool (*open)(BlockDriverState *bs, const BlockdevOptions *opts,
                 Error **errp);
    void (*close)(BlockDriverState *bs);
    int64_t (*length)(BlockDriverState *bs);
    int64_t (*allocated)(BlockDriverState *bs);
    int (*pread)(BlockDriverState *bs, int64_t offset, int64_t bytes,
                 void *buf);
    int (*pwrite)(BlockDriverState *bs, int64_t offset, int64_t bytes,
                  const void *buf);
    /* -ENOTSUP: by writing, or not at all. @unmap: leave a hole */
    int (*zero)(BlockDriverState *bs, int64_t offset, int64_t bytes,
                bool unmap);
    int (*discard)(BlockDriverState *bs, int64_t offset, int64_t bytes);
    int (*flush)(BlockDriverState *bs);
    int (*truncate)(BlockDriverState *bs, int64_t length);
    bool (*set_perm)(BlockDriverState *bs, uint64_t perm, uint64_t shared,
                     Error **errp);
} NodeDriver;

struct BlockDriverState {
    char *node_name;
    char *filename;
    BlockdevDriver kind;
    const NodeDriver *drv;
    int refcnt;
    bool monitor_owned; /* blockdev-del may remove it */
    bool read_only;
    bool auto_read_only;
    bool force_share;
    bool direct;
    bool no_flush;
    bool unmap;
    BlockdevDetectZeroesOptions detect_zeroes;

    QTAILQ_HEAD(, NodeUser) users;

    /* file, host_device */
    int fd;
    bool locking;
    bool punch;          /* punching holes works, as far as known */
    uint64_t locked;     /* bits of lock_bits() that this process holds */

    /* raw */
    NodeUser child;      /* of the node below */
    int64_t offset;
    int64_t size;        /* also null-*'s; -1: up to the end */

    QTAILQ_ENTRY(BlockDriverState) next;
};

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

/* A node by definition or by name; a reference. NULL with @errp set. */
BlockDriverState *node_from_ref(const BlockdevRef *ref, Error **errp);

/*
 * Opens what @dict describes; with @keyval all values in it are strings. A
 * reference, or NULL with @errp set.
 */
BlockDriverState *blockdev_open_dict(const QDict *dict, bool keyval,
                                     Error **errp);

#endif

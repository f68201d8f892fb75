/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way back: what the destination tells the source, as messages.
 *
 * A message is two bytes each for its kind and the length of its data, then the
 * data. RECV_BITMAP is followed by the bitmap (received.h), which is longer
 * than a message may be.
 *
 *   SHUT, PONG, RESUME_ACK   a number
 *   REQ_PAGES                an offset and a length, in the block of before
 *   REQ_PAGES_ID             the same, then the block's name, counted
 *   RECV_BITMAP              the block's name, counted
 *   SWITCHOVER_ACK           nothing
 */
#ifndef MIGRATION_RETURN_PATH_H
#define MIGRATION_RETURN_PATH_H

#include "migration/qemu-file-types.h"

enum mig_rp_message_type {
    MIG_RP_MSG_INVALID = 0,
    MIG_RP_MSG_SHUT,         /* 0 if all went well; the last */
    MIG_RP_MSG_PONG,         /* the number of a PING */
    MIG_RP_MSG_REQ_PAGES_ID, /* the guest waits for pages */
    MIG_RP_MSG_REQ_PAGES,
    MIG_RP_MSG_RECV_BITMAP,    /* what of a block has come */
    MIG_RP_MSG_RESUME_ACK,     /* MIG_RESUME_ACK_VALUE: it may go on */
    MIG_RP_MSG_SWITCHOVER_ACK, /* the guest may be stopped */
    MIG_RP_MSG_MAX
};

#define MIG_RESUME_ACK_VALUE 1

typedef struct ReturnMessage {
    enum mig_rp_message_type kind;
    uint32_t value;  /* of those with a number */
    uint64_t start;  /* of requests: bytes in the block */
    uint32_t length; /* and how many */
    char block[256]; /* of those with a name; else empty */
} ReturnMessage;

/*
 * Reads one. False with @errp when it does not come, or is none: an unknown
 * kind, another length than the kind has, a name that is cut.
 */
bool return_path_get(QEMUFile *f, ReturnMessage *m, Error **errp);

/* Sends one. 0 or the failure of @f. */
int return_path_put(QEMUFile *f, const ReturnMessage *m);

#endif

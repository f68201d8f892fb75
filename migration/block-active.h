/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks go with the guest: only where it runs are they active, which locks
 * their images. The source gives them up when the guest has stopped and
 * everything but devices was sent, and takes them again if it fails; the
 * destination takes them when the guest starts there.
 *
 * With the big lock.
 */
#ifndef MIGRATION_BLOCK_ACTIVE_H
#define MIGRATION_BLOCK_ACTIVE_H

/*
 * All disks are ours. False with @errp, which names the node, and none of them
 * is that was not: another process still has it.
 */
bool migration_block_activate(Error **errp);
/* No disk is, after they were flushed. False with @errp. */
bool migration_block_inactivate(Error **errp);

#endif

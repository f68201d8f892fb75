/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM of confidential guests (TDX, SEV-SNP): one RAMBlock with two sides. What
 * the guest shares lies in the block's ordinary mapping; what it keeps private
 * lies in a guest_memfd, which no process can map. Each page is on one side at
 * a time; the guest converts it. The host frees the other side then.
 *
 * The accelerator makes the descriptor and tells the kernel which page is on
 * which side; here the block keeps both, and a bitmap of the same.
 */
#ifndef MEMORY_GUEST_MEMFD_H
#define MEMORY_GUEST_MEMFD_H

#include "exec/guest-ram.h"

/*
 * Makes a guest_memfd of @size bytes, @flags as KVM_CREATE_GUEST_MEMFD; -1 with
 * @errp. Registered by accel/kvm when the virtual machine exists; NULL takes it
 * back.
 */
typedef int GuestMemfdCreate(uint64_t size, uint64_t flags, Error **errp);
void ram_block_set_guest_memfd_create(GuestMemfdCreate *create);

/*
 * [@start, @start + @size) of @rb becomes private or shared: notes it, and
 * gives back the memory of the side that is left. The kernel has been told. 0,
 * or -EINVAL if the range is not whole pages of the block, or -errno. Listeners
 * of the region's RamDiscardManager, for which the shared part is what is
 * populated, hear before; if one refuses to share nothing is converted. Big lock.
 */
int ram_block_convert_range(RAMBlock *rb, uint64_t start, uint64_t size,
                            bool to_private);

/* Whether the whole range is private, or all of it shared. Any thread. */
bool ram_block_range_is_private(RAMBlock *rb, uint64_t start, uint64_t size);
bool ram_block_range_is_shared(RAMBlock *rb, uint64_t start, uint64_t size);

#endif

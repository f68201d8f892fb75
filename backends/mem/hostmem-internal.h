/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of backends/mem/ share. */
#ifndef BACKENDS_HOSTMEM_INTERNAL_H
#define BACKENDS_HOSTMEM_INTERNAL_H

#include "system/hostmem.h"

/* hostmem-props.c: the properties of the base class. */
void host_memory_backend_add_properties(ObjectClass *oc);
/* The numbers of the bits set in @bitmap; the caller frees the list. */
uint16List *host_memory_bits_to_list(const unsigned long *bitmap,
                                     unsigned long nbits);
/* A list of numbers: a list, or text such as "0-3,8". */
bool host_memory_visit_numbers(Visitor *v, const char *name, uint16List **list,
                               Error **errp);

/* hostmem-numa.c: binds the memory to host-nodes by policy. */
bool host_memory_check_policy(const HostMemoryBackend *backend, Error **errp);
bool host_memory_bind(const HostMemoryBackend *backend, void *ptr, uint64_t sz,
                      Error **errp);

/* hostmem-extra.c: thp, prefault, pin, decommit. */
bool host_memory_check_clashes(const HostMemoryBackend *backend, Error **errp);
/* Claims, for all RAM, that pages stay, or that they can be given back. */
bool host_memory_claim_discard(HostMemoryBackend *backend, Error **errp);
void host_memory_release_discard(HostMemoryBackend *backend);
bool host_memory_apply_thp(const HostMemoryBackend *backend, void *ptr,
                           uint64_t sz, Error **errp);
void host_memory_prefault(const HostMemoryBackend *backend, void *ptr,
                          uint64_t sz);
bool host_memory_pin(const HostMemoryBackend *backend, void *ptr, uint64_t sz,
                     Error **errp);

/* Sets "'A' and 'B' are incompatible: WHY"; false. */
bool host_memory_clash(Error **errp, const char *a, const char *b,
                       const char *why);
/* The last component of the object's path, for messages. */
const char *host_memory_id(const HostMemoryBackend *backend);

/* The RAM flags for share, reserve and guest-memfd. */
uint32_t host_memory_ram_flags(const HostMemoryBackend *backend);
/*
 * Makes the region of shared memory in @fd, which is closed on failure; the
 * emulator after this one may have it by @name.
 */
bool host_memory_init_from_kept_fd(HostMemoryBackend *backend, const char *name,
                                   int fd, Error **errp);
/* False with an error if the size is 0. */
bool host_memory_check_size(const HostMemoryBackend *backend, Error **errp);
/* False with an error if @size, the backend's, is not of whole pages. */
bool host_memory_check_pages(const HostMemoryBackend *backend, uint64_t size,
                             size_t pagesize, Error **errp);

#endif

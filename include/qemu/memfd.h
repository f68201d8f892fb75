/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memfd: a file without a name, in memory, which can be handed to another
 * process. Seals forbid what that process could do to it.
 */
#ifndef QEMU_MEMFD_H
#define QEMU_MEMFD_H

#include <fcntl.h>
#include <sys/mman.h>

#ifndef F_LINUX_SPECIFIC_BASE
#define F_LINUX_SPECIFIC_BASE 1024
#endif
#ifndef F_ADD_SEALS
#define F_ADD_SEALS (F_LINUX_SPECIFIC_BASE + 9)
#define F_GET_SEALS (F_LINUX_SPECIFIC_BASE + 10)
#define F_SEAL_SEAL     0x0001
#define F_SEAL_SHRINK   0x0002
#define F_SEAL_GROW     0x0004
#define F_SEAL_WRITE    0x0008
#endif
#ifndef MFD_CLOEXEC
#define MFD_CLOEXEC 0x0001U
#endif
#ifndef MFD_ALLOW_SEALING
#define MFD_ALLOW_SEALING 0x0002U
#endif
#ifndef MFD_HUGETLB
#define MFD_HUGETLB 0x0004U
#endif
#ifndef MFD_HUGE_SHIFT
#define MFD_HUGE_SHIFT 26
#endif

/*
 * A memfd of @size bytes with @seals (0: it cannot be sealed). With @hugetlb
 * its pages are of @hugetlbsize bytes, a power of two, or 0 for the host's
 * default. @name shows in /proc. -1 with @errp.
 */
int qemu_memfd_create(const char *name, size_t size, bool hugetlb,
                      uint64_t hugetlbsize, unsigned int seals, Error **errp);
/* A shared mapping of one, else of an unlinked file in $TMPDIR; or NULL. */
void *qemu_memfd_alloc(const char *name, size_t size, unsigned int seals,
                       int *fd, Error **errp);
void qemu_memfd_free(void *ptr, size_t size, int fd);
/* Whether the host can do qemu_memfd_alloc(); memfds with MFD_* @flags. */
bool qemu_memfd_alloc_check(void);
bool qemu_memfd_check(unsigned int flags);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every source file includes first: the system's headers, the build's
 * configuration, and the host helpers that are used nearly everywhere.
 *
 * Headers do not include it; each .c file does, before anything else.
 * Implemented in util/osdep.c and util/oslib-posix.c.
 */
#ifndef QEMU_OSDEP_H
#define QEMU_OSDEP_H

#include "config-host.h"
#include "qemu/compiler.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "qemu/typedefs.h"

#ifndef O_BINARY
#define O_BINARY 0
#endif

/* The smaller and the larger of two; usable in constant expressions. */
#define MIN_CONST(a, b) ((a) < (b) ? (a) : (b))
#define MAX_CONST(a, b) ((a) > (b) ? (a) : (b))

#undef MIN
#define MIN(a, b)                                                        \
    ({                                                                   \
        __typeof__(1 ? (a) : (b)) min_a_ = (a), min_b_ = (b);            \
        min_a_ < min_b_ ? min_a_ : min_b_;                               \
    })
#undef MAX
#define MAX(a, b)                                                        \
    ({                                                                   \
        __typeof__(1 ? (a) : (b)) max_a_ = (a), max_b_ = (b);            \
        max_a_ > max_b_ ? max_a_ : max_b_;                               \
    })
/* The smaller of two that are not zero; zero when both are. */
#define MIN_NON_ZERO(a, b)                                               \
    ({                                                                   \
        __typeof__(1 ? (a) : (b)) nz_a_ = (a), nz_b_ = (b);              \
        nz_a_ == 0 ? nz_b_ : (nz_b_ == 0 || nz_b_ > nz_a_) ? nz_a_       \
                                                           : nz_b_;      \
    })

#define QEMU_ALIGN_DOWN(n, m)      ((n) / (m) * (m))
#define QEMU_ALIGN_UP(n, m)        QEMU_ALIGN_DOWN((n) + (m)-1, (m))
#define QEMU_IS_ALIGNED(n, m)      (((n) % (m)) == 0)
#define QEMU_ALIGN_PTR_DOWN(p, n)                                        \
    ((__typeof__(p))QEMU_ALIGN_DOWN((uintptr_t)(p), (n)))
#define QEMU_ALIGN_PTR_UP(p, n)                                          \
    ((__typeof__(p))QEMU_ALIGN_UP((uintptr_t)(p), (n)))
#define QEMU_PTR_IS_ALIGNED(p, n)  QEMU_IS_ALIGNED((uintptr_t)(p), n)
/* @d is a power of two. */
#ifndef ROUND_DOWN
#define ROUND_DOWN(n, d)           ((n) & -(0 ? (n) : (d)))
#endif
#ifndef ROUND_UP
#define ROUND_UP(n, d)             ROUND_DOWN((n) + (d)-1, (d))
#endif
#ifndef DIV_ROUND_UP
#define DIV_ROUND_UP(n, d)         (((n) + (d)-1) / (d))
#endif

#ifndef ARRAY_SIZE
/* The number of elements of a true array; a pointer does not compile. */
#define ARRAY_SIZE(x)                                                    \
    ((sizeof(x) / sizeof((x)[0])) +                                      \
     QEMU_BUILD_BUG_ON_ZERO(                                             \
         __builtin_types_compatible_p(__typeof__(x), __typeof__(&(x)[0]))))
#endif

/* Repeats @expr while it fails with EINTR; its value. */
#define RETRY_ON_EINTR(expr)                                             \
    (__extension__({                                                     \
        __typeof__(expr) eintr_ret_;                                     \
        do {                                                             \
            eintr_ret_ = (expr);                                         \
        } while (eintr_ret_ == -1 && errno == EINTR);                    \
        eintr_ret_;                                                      \
    }))

#define QEMU_VMALLOC_ALIGN (512 * 4096)

/*
 * Aligned host memory. @alignment is a power of two and a multiple of
 * sizeof(void *). qemu_memalign() aborts when there is none,
 * qemu_try_memalign() returns NULL. Freed with qemu_vfree(), NULL allowed.
 */
void *qemu_try_memalign(size_t alignment, size_t size)
    __attribute__((malloc));
void *qemu_memalign(size_t alignment, size_t size)
    __attribute__((malloc, returns_nonnull));
void qemu_vfree(void *ptr);
static inline void qemu_vfree_cleanup_(void *p)
{
    qemu_vfree(*(void **)p);
}
#define QEMU_AUTO_VFREE __attribute__((cleanup(qemu_vfree_cleanup_)))

/*
 * Opens a file with O_CLOEXEC. A name "/dev/fdset/N" is a file descriptor
 * set of the monitor. The _old form returns -1 with errno, the others set
 * @errp and name the file. qemu_create() fails if the file exists.
 */
int qemu_open_old(const char *name, int flags, ...);
int qemu_open(const char *name, int flags, Error **errp);
int qemu_create(const char *name, int flags, mode_t mode, Error **errp);
int qemu_close(int fd);
int qemu_unlink(const char *name);
int qemu_dup_flags(int fd, int flags);
int qemu_dup(int fd);

/* File locks (open file description locks where the host has them). */
int qemu_lock_fd(int fd, int64_t start, int64_t len, bool exclusive);
int qemu_unlock_fd(int fd, int64_t start, int64_t len);
int qemu_lock_fd_test(int fd, int64_t start, int64_t len, bool exclusive);
bool qemu_has_ofd_lock(void);

/* Writes all of @buf; the bytes written, fewer only on an error. */
ssize_t qemu_write_full(int fd, const void *buf, size_t count)
    QEMU_WARN_UNUSED_RESULT;
void qemu_set_cloexec(int fd);
int qemu_socket(int domain, int type, int protocol);
int qemu_accept(int s, struct sockaddr *addr, socklen_t *addrlen);
int qemu_pipe(int pipefd[2]);
void qemu_set_block(int fd);
bool qemu_set_blocking(int fd, bool block, Error **errp);
void qemu_socket_set_nonblock(int fd);
void qemu_socket_set_block(int fd);
int qemu_fdatasync(int fd);
bool qemu_write_pidfile(const char *path, Error **errp);
int qemu_get_thread_id(void);
/* Makes core dumps leave out, fork not copy, KSM merge ... a range. */
int qemu_madvise(void *addr, size_t len, int advice);
int qemu_mprotect_rw(void *addr, size_t size);
int qemu_mprotect_none(void *addr, size_t size);
int qemu_msync(void *addr, size_t length, int fd);

#define QEMU_MADV_WILLNEED    MADV_WILLNEED
#define QEMU_MADV_DONTNEED    MADV_DONTNEED
#define QEMU_MADV_DONTFORK    MADV_DONTFORK
#define QEMU_MADV_MERGEABLE   MADV_MERGEABLE
#define QEMU_MADV_UNMERGEABLE MADV_UNMERGEABLE
#define QEMU_MADV_DODUMP      MADV_DODUMP
#define QEMU_MADV_DONTDUMP    MADV_DONTDUMP
#define QEMU_MADV_HUGEPAGE    MADV_HUGEPAGE
#define QEMU_MADV_NOHUGEPAGE  MADV_NOHUGEPAGE
#define QEMU_MADV_REMOVE      MADV_REMOVE
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#define QEMU_MADV_POPULATE_WRITE MADV_POPULATE_WRITE

/* The host's page size and its mask, and the size of its caches' lines. */
size_t qemu_real_host_page_size(void);
intptr_t qemu_real_host_page_mask(void);
extern int qemu_icache_linesize, qemu_dcache_linesize;
size_t qemu_get_host_physmem(void);

/* Where data files, modules and configuration are: see util/cutils.c. */
char *get_relocated_path(const char *dir);
void qemu_init_exec_dir(const char *argv0);
const char *qemu_get_exec_dir(void);
char *qemu_get_local_state_dir(void);

/* The name that others see of this process in "ps". */
void os_set_proc_name(const char *s);

/* Only what fits in a char may go to the functions of <ctype.h>. */
#define qemu_isalnum(c)  isalnum((unsigned char)(c))
#define qemu_isalpha(c)  isalpha((unsigned char)(c))
#define qemu_iscntrl(c)  iscntrl((unsigned char)(c))
#define qemu_isdigit(c)  isdigit((unsigned char)(c))
#define qemu_isgraph(c)  isgraph((unsigned char)(c))
#define qemu_islower(c)  islower((unsigned char)(c))
#define qemu_isprint(c)  isprint((unsigned char)(c))
#define qemu_ispunct(c)  ispunct((unsigned char)(c))
#define qemu_isspace(c)  isspace((unsigned char)(c))
#define qemu_isupper(c)  isupper((unsigned char)(c))
#define qemu_isxdigit(c) isxdigit((unsigned char)(c))
#define qemu_tolower(c)  tolower((unsigned char)(c))
#define qemu_toupper(c)  toupper((unsigned char)(c))
#define qemu_isascii(c)  isascii((unsigned char)(c))
#define qemu_toascii(c)  toascii((unsigned char)(c))

/* QEMU's name of the version, which device sources print. */
#define QEMU_VERSION PLATEAU_VERSION

#endif

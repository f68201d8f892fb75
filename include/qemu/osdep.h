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

#include "glib-compat.h"

#include "qemu/typedefs.h"
#include "qemu/ctype.h"
#include "qemu/memalign.h"

#ifndef O_BINARY
#define O_BINARY 0
#endif
#ifndef O_LARGEFILE
#define O_LARGEFILE 0
#endif
#ifndef OFF_MAX
#define OFF_MAX INT64_MAX
#endif
#ifndef ENOTSUP
#define ENOTSUP EOPNOTSUPP
#endif

/* Signedness, width and largest value of an integer type. */
#define TYPE_SIGNED(t)  ((t)-1 < (t)0)
#define TYPE_WIDTH(t)   (sizeof(t) * CHAR_BIT)
#define TYPE_MAXIMUM(t)                                                  \
    ((t)(TYPE_SIGNED(t) ? ~((t)1 << (TYPE_WIDTH(t) - 1)) : (t)-1))
#define TIME_MAX        TYPE_MAXIMUM(time_t)

#define HOST_LONG_BITS  (__SIZEOF_LONG__ * 8)
#define qemu_timersub   timersub
#define HAVE_CHARDEV_SERIAL   1
#define HAVE_CHARDEV_PARALLEL 1

/* The smaller and the larger of two; usable in constant expressions. */
#define MIN_CONST(a, b) ((a) < (b) ? (a) : (b))
#define MAX_CONST(a, b) ((a) > (b) ? (a) : (b))

/* The names differ at each use, so that one can be an argument of another. */
#undef MIN
#define MIN_(a, b, a_, b_)                                               \
    ({                                                                   \
        __typeof__(1 ? (a) : (b)) a_ = (a), b_ = (b);                    \
        a_ < b_ ? a_ : b_;                                               \
    })
#define MIN(a, b)                                                        \
    MIN_((a), (b), MAKE_IDENTIFIER(min_a_), MAKE_IDENTIFIER(min_b_))
#undef MAX
#define MAX_(a, b, a_, b_)                                               \
    ({                                                                   \
        __typeof__(1 ? (a) : (b)) a_ = (a), b_ = (b);                    \
        a_ > b_ ? a_ : b_;                                               \
    })
#define MAX(a, b)                                                        \
    MAX_((a), (b), MAKE_IDENTIFIER(max_a_), MAKE_IDENTIFIER(max_b_))
/* The smaller of two that are not zero; zero when both are. */
#define MIN_NON_ZERO_(a, b, a_, b_)                                      \
    ({                                                                   \
        __typeof__(1 ? (a) : (b)) a_ = (a), b_ = (b);                    \
        a_ == 0 ? b_ : (b_ == 0 || b_ > a_) ? a_ : b_;                   \
    })
#define MIN_NON_ZERO(a, b)                                               \
    MIN_NON_ZERO_((a), (b), MAKE_IDENTIFIER(nz_a_), MAKE_IDENTIFIER(nz_b_))

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
bool qemu_has_direct_io(void);

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
/* FMT_pid prints a pid_t. */
#define FMT_pid "%d"
/* The name of a process, to be freed; NULL when it is gone. */
char *qemu_get_pid_name(pid_t pid);
int qemu_kill_thread(int tid, int sig);
/* msync() of the pages that hold the range; fdatasync() of @fd for a file. */
int qemu_msync(void *addr, size_t length, int fd);

/* The host's page size and its mask, and its memory in bytes (0: unknown). */
static inline uintptr_t qemu_real_host_page_size(void)
{
    return getpagesize();
}
static inline intptr_t qemu_real_host_page_mask(void)
{
    return -(intptr_t)qemu_real_host_page_size();
}
size_t qemu_get_host_physmem(void);

/*
 * Anonymous memory of the guest, aligned for huge pages; NULL with errno. The
 * alignment goes to *align (may be NULL). Freed with qemu_anon_ram_free().
 */
void *qemu_anon_ram_alloc(size_t size, uint64_t *align, bool shared,
                          bool noreserve);
void qemu_anon_ram_free(void *ptr, size_t size);
/* An unlinked POSIX shared memory object of @size bytes; -1 with @errp. */
int qemu_shm_alloc(size_t size, Error **errp);

/*
 * Makes sure that every page of [@area, @area + @sz) has memory of its own,
 * writable: maps it, or allocates its blocks of file @fd (-1: anonymous). The
 * content stays. At most @max_threads threads share the work; with @tc they are
 * that context's (its CPU affinity, and so the NUMA node). With @async (and
 * @tc) it may go on after the return, until qemu_finish_async_prealloc_mem().
 * False with @errp when memory runs out: the process lives on.
 */
typedef struct ThreadContext ThreadContext;
bool qemu_prealloc_mem(int fd, char *area, size_t sz, int max_threads,
                       ThreadContext *tc, bool async, Error **errp);
/* Waits for all that was begun with async; the first error of them. */
bool qemu_finish_async_prealloc_mem(Error **errp);

/* The auxiliary vector's entry, or 0. */
unsigned long qemu_getauxval(unsigned long type);
/* A terminal's echo. */
void qemu_set_tty_echo(int fd, bool echo);
/* A file descriptor that reads signals of @mask; -1 with errno. */
struct qemu_signalfd_siginfo;
int qemu_signalfd(const sigset_t *mask);
/* Forks into the background, as daemon(); 0, or -1 with errno. */
int qemu_daemon(int nochdir, int noclose);
/* Closes all but standard streams and @skip, which is sorted ascending. */
void qemu_close_all_open_fd(const int *skip, unsigned int nskip);

/* Makes getopt() start over. */
static inline void qemu_reset_optind(void)
{
    optind = 0;
}

/*
 * For the monitor: takes a duplicate with access mode @flags of a descriptor
 * in a set of its own; -1 with errno. And: @fd, if it came from there, is no
 * longer used.
 */
void qemu_set_fdset_hooks(int (*dup_add)(int64_t fdset_id, int flags,
                                         Error **errp),
                          void (*dup_remove)(int fd));

/* The directory for run-time state of the system, "/var"; to be freed. */
char *qemu_get_local_state_dir(void);
/* Where the program lies; NULL before qemu_init_exec_dir(). */
const char *qemu_get_exec_dir(void);

/* The name that others see of this process in "ps". */
void os_set_proc_name(const char *s);

/* QEMU's name of the version, which device sources print. */
#define QEMU_VERSION PLATEAU_VERSION

#endif

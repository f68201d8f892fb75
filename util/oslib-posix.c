/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory, processes and terminals of the host: see include/qemu/osdep.h. */
#include "qemu/osdep.h"
#include <sys/auxv.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <termios.h>
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/cacheinfo.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/madvise.h"
#include "qemu/memalign.h"
#include "qemu/mmap-alloc.h"
#include "qemu/mprotect.h"

/* --- Memory --------------------------------------------------------------- */

void *qemu_try_memalign(size_t alignment, size_t size)
{
    void *ptr;

    assert(is_power_of_2(alignment));
    /* Of size 0 as well the result is one that can be told from NULL. */
    if (posix_memalign(&ptr, MAX(alignment, sizeof(void *)), MAX(size, 1u))) {
        return NULL;
    }
    return ptr;
}

void *qemu_memalign(size_t alignment, size_t size)
{
    void *ptr = qemu_try_memalign(alignment, size);

    if (!ptr) {
        error_report("Failed to allocate %zu bytes of memory at an alignment "
                     "of %zu",
                     size, alignment);
        abort();
    }
    return ptr;
}

void qemu_vfree(void *ptr)
{
    free(ptr);
}

int qemu_madvise(void *addr, size_t len, int advice)
{
    if (advice == QEMU_MADV_INVALID) {
        errno = EINVAL;
        return -1;
    }
    return madvise(addr, len, advice);
}

static int protect(void *addr, size_t size, int prot)
{
    assert(QEMU_PTR_IS_ALIGNED(addr, qemu_real_host_page_size()) &&
           QEMU_IS_ALIGNED(size, qemu_real_host_page_size()));
    if (mprotect(addr, size, prot) < 0) {
        error_report("Could not change the protection of %zu bytes at %p: %s",
                     size, addr, strerror(errno));
        return -1;
    }
    return 0;
}

int qemu_mprotect_rw(void *addr, size_t size)
{
    return protect(addr, size, PROT_READ | PROT_WRITE);
}

int qemu_mprotect_rwx(void *addr, size_t size)
{
    return protect(addr, size, PROT_READ | PROT_WRITE | PROT_EXEC);
}

int qemu_mprotect_none(void *addr, size_t size)
{
    return protect(addr, size, PROT_NONE);
}

int qemu_msync(void *addr, size_t length, int fd)
{
    uintptr_t mask = qemu_real_host_page_mask();
    uintptr_t start = (uintptr_t)addr & mask;
    uintptr_t end = ((uintptr_t)addr + length + ~mask) & mask;

    return msync((void *)start, end - start, MS_SYNC);
}

void *qemu_anon_ram_alloc(size_t size, uint64_t *align, bool shared,
                          bool noreserve)
{
    void *ptr = qemu_ram_mmap(-1, size, QEMU_VMALLOC_ALIGN,
                              (shared ? QEMU_MAP_SHARED : 0) |
                                  (noreserve ? QEMU_MAP_NORESERVE : 0),
                              0);

    if (ptr == MAP_FAILED) {
        return NULL;
    }
    if (align) {
        *align = QEMU_VMALLOC_ALIGN;
    }
    return ptr;
}

void qemu_anon_ram_free(void *ptr, size_t size)
{
    qemu_ram_munmap(-1, ptr, size);
}

int qemu_shm_alloc(size_t size, Error **errp)
{
    static unsigned int counter;
    g_autofree char *name = g_strdup_printf("/plateau-%d-%u", (int)getpid(),
                                            qatomic_fetch_inc(&counter));
    int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0) {
        error_setg_errno(errp, errno, "Could not create POSIX shared memory");
        return -1;
    }
    shm_unlink(name);
    if (ftruncate(fd, size) < 0) {
        error_setg_errno(errp, errno,
                         "Could not make POSIX shared memory "
                         "%zu bytes large",
                         size);
        close(fd);
        return -1;
    }
    return fd;
}

size_t qemu_get_host_physmem(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);

    return pages > 0 ? (size_t)pages * qemu_real_host_page_size() : 0;
}

/* --- The processor's caches ------------------------------------------------ */

/* What nearly all hosts have; set_cacheinfo() knows better where it can. */
int qemu_icache_linesize = 64, qemu_icache_linesize_log = 6;
int qemu_dcache_linesize = 64, qemu_dcache_linesize_log = 6;

static void __attribute__((constructor)) set_cacheinfo(void)
{
    long icache = sysconf(_SC_LEVEL1_ICACHE_LINESIZE);
    long dcache = sysconf(_SC_LEVEL1_DCACHE_LINESIZE);

    if (icache > 0 && is_power_of_2(icache)) {
        qemu_icache_linesize = icache;
        qemu_icache_linesize_log = ctz32(icache);
    }
    if (dcache > 0 && is_power_of_2(dcache)) {
        qemu_dcache_linesize = dcache;
        qemu_dcache_linesize_log = ctz32(dcache);
    }
}

unsigned long qemu_getauxval(unsigned long type)
{
    return getauxval(type);
}

/* --- Processes and threads ------------------------------------------------- */

int qemu_get_thread_id(void)
{
    return syscall(SYS_gettid);
}

int qemu_kill_thread(int tid, int sig)
{
    return syscall(SYS_tgkill, getpid(), tid, sig);
}

char *qemu_get_pid_name(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/comm", (int)pid);
    char *name = NULL;

    if (!g_file_get_contents(path, &name, NULL, NULL)) {
        return NULL;
    }
    return g_strchomp(name);
}

int qemu_daemon(int nochdir, int noclose)
{
    return daemon(nochdir, noclose);
}

int qemu_signalfd(const sigset_t *mask)
{
    return signalfd(-1, mask, SFD_CLOEXEC);
}

void qemu_close_all_open_fd(const int *skip, unsigned int nskip)
{
    unsigned int first = STDERR_FILENO + 1;

    /* The gaps between those to keep. */
    for (unsigned int i = 0; i < nskip; i++) {
        if (skip[i] >= (int)first) {
            if (skip[i] > (int)first) {
                close_range(first, skip[i] - 1, 0);
            }
            first = skip[i] + 1;
        }
    }
    close_range(first, ~0u, 0);
}

char *qemu_get_local_state_dir(void)
{
    return g_strdup("/var");
}

void qemu_set_tty_echo(int fd, bool echo)
{
    struct termios tty;

    if (tcgetattr(fd, &tty) == 0) {
        if (echo) {
            tty.c_lflag |= ECHO | ECHONL | ICANON | IEXTEN;
        } else {
            tty.c_lflag &= ~(ECHO | ECHONL | ICANON | IEXTEN);
        }
        tcsetattr(fd, TCSANOW, &tty);
    }
}

/* --- The pid file ---------------------------------------------------------- */

/*
 * Opens and locks @path, which stays open and locked while the process lives.
 * -1 with @errp.
 */
static int lock_pidfile(const char *path, Error **errp)
{
    for (;;) {
        struct stat opened, named;
        int fd = qemu_create(path, O_WRONLY, S_IRUSR | S_IWUSR, errp);

        if (fd < 0) {
            error_prepend(errp, "cannot create PID file: ");
            return -1;
        }
        if (fstat(fd, &opened) < 0) {
            error_setg_errno(errp, errno, "Cannot stat file '%s'", path);
            close(fd);
            return -1;
        }
        if (lockf(fd, F_TLOCK, 0) < 0) {
            error_setg_errno(errp, errno, "Cannot lock pid file '%s'", path);
            close(fd);
            return -1;
        }
        /* Its owner may have removed it between opening and locking. */
        if (stat(path, &named) == 0 && named.st_ino == opened.st_ino &&
            named.st_dev == opened.st_dev) {
            return fd;
        }
        close(fd);
    }
}

bool qemu_write_pidfile(const char *path, Error **errp)
{
    ERRP_GUARD();
    char text[32];
    int len, fd = lock_pidfile(path, errp);

    if (fd < 0) {
        return false;
    }
    len = snprintf(text, sizeof(text), FMT_pid "\n", (int)getpid());
    if (ftruncate(fd, 0) < 0) {
        error_setg_errno(errp, errno, "Failed to truncate pid file '%s'", path);
    } else if (qemu_write_full(fd, text, len) != len) {
        error_setg_errno(errp, errno, "Failed to write pid file '%s'", path);
    } else {
        return true;
    }
    unlink(path);
    close(fd);
    return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals in the main loop.
 *
 * Those that may come to any thread and whose handlers want to do more than a
 * signal handler can are blocked everywhere and read from a signalfd.
 */
#include "qemu/osdep.h"
#include <sys/signalfd.h>
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "main-loop-internal.h"

/* Calls what sigaction() has set, as the kernel would have. */
static void deliver(const struct signalfd_siginfo *info)
{
    struct sigaction action;

    if (sigaction(info->ssi_signo, NULL, &action) < 0) {
        return;
    }
    if (action.sa_flags & SA_SIGINFO) {
        siginfo_t si = {
            .si_signo = info->ssi_signo,
            .si_errno = info->ssi_errno,
            .si_code = info->ssi_code,
        };

        if (info->ssi_signo == SIGBUS) {
            si.si_addr = (void *)(uintptr_t)info->ssi_addr;
            si.si_addr_lsb = info->ssi_addr_lsb;
        } else {
            si.si_pid = info->ssi_pid;
            si.si_uid = info->ssi_uid;
        }
        action.sa_sigaction(info->ssi_signo, &si, NULL);
    } else if (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN) {
        action.sa_handler(info->ssi_signo);
    }
}

static void signalfd_ready(void *opaque)
{
    int fd = (intptr_t)opaque;
    struct signalfd_siginfo info;

    while (RETRY_ON_EINTR(read(fd, &info, sizeof(info))) == sizeof(info)) {
        deliver(&info);
    }
}

int main_loop_init_signals(Error **errp)
{
    sigset_t set;
    int fd;

    /* For threads of virtual CPUs only, which unblock it. */
    sigemptyset(&set);
    sigaddset(&set, SIG_IPI);
    sigaddset(&set, SIGIO);
    sigaddset(&set, SIGALRM);
    sigaddset(&set, SIGBUS);
    pthread_sigmask(SIG_BLOCK, &set, NULL);

    sigdelset(&set, SIG_IPI);
    fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0) {
        int err = errno;

        error_setg_errno(errp, err, "failed to create signalfd");
        return -err;
    }
    qemu_set_fd_handler(fd, signalfd_ready, NULL, (void *)(intptr_t)fd);
    return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This process as the host sees it: signals, the background, its user and
 * root folder, locked memory.
 */
#include "qemu/osdep.h"
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "system/cmdline.h"
#include "system/runstate.h"
#include "system/system.h"

static int daemon_pipe = -1;

static void on_termination(int signal, siginfo_t *info, void *opaque)
{
    int saved = errno;

    qemu_system_killed(info->si_signo, info->si_pid);
    errno = saved;
}

void os_setup_early_signal_handling(void)
{
    struct sigaction act = { .sa_handler = SIG_IGN };

    sigfillset(&act.sa_mask);
    sigaction(SIGPIPE, &act, NULL);
    /* A file that may not grow is an error of whoever writes it. */
    sigaction(SIGXFSZ, &act, NULL);
}

void os_setup_signal_handling(void)
{
    struct sigaction act = { .sa_sigaction = on_termination,
                             .sa_flags = SA_SIGINFO };

    sigfillset(&act.sa_mask);
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGHUP, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
}

/*
 * The parent waits until the child says, by a byte through the pipe, that it
 * is up; so that whoever started us knows that the monitor can be reached,
 * and a failure is the exit status of the command that they ran.
 */
void os_daemonize(void)
{
    int fds[2];
    pid_t pid;

    if (pipe(fds) < 0) {
        error_report("cannot go to the background: pipe: %s", strerror(errno));
        exit(EXIT_FAILURE);
    }
    pid = fork();
    if (pid < 0) {
        error_report("cannot go to the background: fork: %s", strerror(errno));
        exit(EXIT_FAILURE);
    }
    if (pid > 0) {
        uint8_t status;
        ssize_t len;

        close(fds[1]);
        len = RETRY_ON_EINTR(read(fds[0], &status, 1));
        /* Without a byte the child has died, with a message of its own. */
        _exit(len == 1 && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    close(fds[0]);
    daemon_pipe = fds[1];
    qemu_set_cloexec(daemon_pipe);
    setsid();

    pid = fork();
    if (pid != 0) {
        _exit(pid < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
    }
    umask(027);
    signal(SIGTSTP, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    signal(SIGTTIN, SIG_IGN);
}

void os_setup_post(const CmdLine *cl)
{
    uint8_t status = 0;
    int null;

    if (!cl->daemonize) {
        return;
    }
    if (chdir("/") < 0) {
        error_report("cannot change to /: %s", strerror(errno));
        exit(EXIT_FAILURE);
    }
    null = RETRY_ON_EINTR(open("/dev/null", O_RDWR));
    if (null < 0) {
        error_report("cannot open /dev/null: %s", strerror(errno));
        exit(EXIT_FAILURE);
    }
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    if (!cl->log_mask || cl->log_file) {
        dup2(null, STDERR_FILENO); /* else the log goes where it went */
    }
    close(null);
    if (RETRY_ON_EINTR(write(daemon_pipe, &status, 1)) != 1) {
        exit(EXIT_FAILURE);
    }
    close(daemon_pipe);
    daemon_pipe = -1;
}

void os_set_proc_name(const char *s)
{
    char name[16] = { 0 }; /* what the kernel keeps */

    pstrcpy(name, sizeof(name), s);
    if (prctl(PR_SET_NAME, name) < 0) {
        error_report("cannot set the name of the process to '%s': %s", s,
                     strerror(errno));
        exit(EXIT_FAILURE);
    }
}

/* Who to become. */
static struct {
    bool set;
    char *user; /* NULL for plain numbers */
    uid_t uid;
    gid_t gid;
} run_as;

static bool parse_uid_gid(const char *text)
{
    unsigned long uid, gid;
    const char *rest;

    if (qemu_strtoul(text, &rest, 0, &uid) < 0 || *rest != ':' ||
        qemu_strtoul(rest + 1, NULL, 0, &gid) < 0 || (uid_t)uid != uid ||
        (gid_t)gid != gid || (uid_t)uid == (uid_t)-1 ||
        (gid_t)gid == (gid_t)-1) {
        return false;
    }
    run_as.uid = uid;
    run_as.gid = gid;
    return true;
}

bool os_set_runas(const char *user, Error **errp)
{
    struct passwd *pw = getpwnam(user);

    if (pw) {
        g_free(run_as.user);
        run_as.user = g_strdup(user);
        run_as.uid = pw->pw_uid;
        run_as.gid = pw->pw_gid;
    } else if (!parse_uid_gid(user)) {
        error_setg(errp, "User '%s' does not exist and is not <uid>:<gid>",
                   user);
        return false;
    }
    run_as.set = true;
    return true;
}

void os_apply_chroot_and_runas(const CmdLine *cl, Error **errp)
{
    if (cl->chroot_dir && (chroot(cl->chroot_dir) < 0 || chdir("/") < 0)) {
        error_setg_errno(errp, errno, "cannot change the root to '%s'",
                         cl->chroot_dir);
        return;
    }
    if (!run_as.set) {
        return;
    }
    if (setgid(run_as.gid) < 0) {
        error_setg_errno(errp, errno, "cannot become group %u",
                         (unsigned)run_as.gid);
        return;
    }
    if (run_as.user ? initgroups(run_as.user, run_as.gid) < 0
                    : setgroups(1, &run_as.gid) < 0) {
        error_setg_errno(errp, errno, "cannot take the groups of user %u",
                         (unsigned)run_as.uid);
        return;
    }
    if (setuid(run_as.uid) < 0) {
        error_setg_errno(errp, errno, "cannot become user %u",
                         (unsigned)run_as.uid);
        return;
    }
    if (run_as.uid != 0 && setuid(0) == 0) {
        error_setg(errp, "could still become root again after -run-with user");
    }
}

bool os_mlock(bool on_fault, Error **errp)
{
    int flags = MCL_CURRENT | MCL_FUTURE;

#ifdef MCL_ONFAULT
    if (on_fault) {
        flags |= MCL_ONFAULT;
    }
#endif
    if (mlockall(flags) < 0) {
        error_setg_errno(errp, errno, "locking memory failed");
        error_append_hint(errp, "Raise the limit (ulimit -l) or run "
                                "privileged.\n");
        return false;
    }
    return true;
}

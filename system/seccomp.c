/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -sandbox on: system calls that an emulator has no use for end the process.
 *
 * A deny list: what is always refused, and four groups that the user decides
 * about. obsolete is refused unless allowed; the others only when denied.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "system/cmdline.h"

#ifdef CONFIG_SECCOMP
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>

enum {
    SET_DEFAULT = 1 << 0,
    SET_OBSOLETE = 1 << 1,
    SET_PRIVILEGED = 1 << 2,
    SET_SPAWN = 1 << 3,
    SET_RESOURCE = 1 << 4,
};

/* Calls are looked up by name: not every host architecture has all. */
static const struct {
    int set;
    const char *calls; /* separated by spaces */
} denied[] = {
    { SET_DEFAULT,
      "reboot swapon swapoff syslog mount umount umount2 pivot_root kexec_load "
      "kexec_file_load init_module finit_module delete_module afs_syscall "
      "break ftime getpmsg gtty lock mpx prof profil putpmsg security stty "
      "tuxcall ulimit vserver create_module get_kernel_syms query_module "
      "acct settimeofday clock_settime clock_adjtime adjtimex quotactl "
      "sethostname setdomainname open_by_handle_at bpf "
      "add_key request_key keyctl lookup_dcookie nfsservctl" },
    { SET_OBSOLETE,
      "readdir _sysctl bdflush uselib ustat sysfs sgetmask ssetmask "
      "oldfstat oldlstat oldstat oldolduname olduname idle" },
    { SET_PRIVILEGED,
      "setuid setgid setpgid setsid setreuid setregid setresuid setresgid "
      "setfsuid setfsgid setgroups setns unshare capset" },
    { SET_SPAWN, "fork vfork execve execveat" },
    { SET_RESOURCE,
      "setpriority sched_setparam sched_setscheduler sched_setaffinity "
      "sched_setattr setrlimit ioprio_set" },
};

static bool deny_call(scmp_filter_ctx ctx, const char *name, Error **errp)
{
    int nr = seccomp_syscall_resolve_name(name);
    int ret;

    if (nr == __NR_SCMP_ERROR) {
        return true;
    }
    ret = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, nr, 0);
    if (ret < 0 && ret != -EDOM) {
        error_setg_errno(errp, -ret, "cannot refuse the system call '%s'",
                         name);
        return false;
    }
    return true;
}

/* A clone() without CLONE_THREAD is a fork; threads must go on working. */
static bool deny_clone_process(scmp_filter_ctx ctx, Error **errp)
{
    int ret = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), 1,
                               SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));

    if (ret < 0) {
        error_setg_errno(errp, -ret, "cannot refuse new processes");
        return false;
    }
    /* clone3's flags are out of a filter's reach: libc falls back to clone. */
    ret = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
                           seccomp_syscall_resolve_name("clone3"), 0);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "cannot refuse clone3");
        return false;
    }
    return true;
}

static void install_filter(int sets, Error **errp)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    int ret;

    if (!ctx) {
        error_setg(errp, "cannot make a system call filter");
        return;
    }
    /* All threads, those that run already too. */
    ret = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "cannot filter all threads");
        goto out;
    }
    for (size_t i = 0; i < ARRAY_SIZE(denied); i++) {
        g_auto(GStrv) calls = NULL;

        if (!(denied[i].set & sets)) {
            continue;
        }
        calls = g_strsplit(denied[i].calls, " ", -1);
        for (int c = 0; calls[c]; c++) {
            if (!deny_call(ctx, calls[c], errp)) {
                goto out;
            }
        }
    }
    if ((sets & SET_SPAWN) && !deny_clone_process(ctx, errp)) {
        goto out;
    }
    ret = seccomp_load(ctx);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "cannot install the system call filter");
    }
out:
    seccomp_release(ctx);
}

/* True when @key is "deny"; its other value is @allow. */
static bool wants_deny(QemuOpts *opts, const char *key, const char *other,
                       bool *deny, Error **errp)
{
    const char *value = qemu_opt_get(opts, key);

    if (!value || !strcmp(value, "allow")) {
        *deny = false;
        if (!value && !strcmp(key, "obsolete")) {
            *deny = true;
        }
        return true;
    }
    if (!strcmp(value, "deny") || (other && !strcmp(value, other))) {
        *deny = true;
        return true;
    }
    error_setg(errp,
               "invalid argument '%s' for %s: it takes 'allow'%s%s%s or "
               "'deny'",
               value, key, other ? ", '" : "", other ? other : "",
               other ? "'" : "");
    return false;
}

void seccomp_setup(QemuOpts *opts, Error **errp)
{
    int sets = SET_DEFAULT;
    const char *privileges;
    bool obsolete, elevate, spawn, resource;

    if (!qemu_opt_get_bool(opts, "enable", false)) {
        return;
    }
    if (!wants_deny(opts, "obsolete", NULL, &obsolete, errp) ||
        !wants_deny(opts, "elevateprivileges", "children", &elevate, errp) ||
        !wants_deny(opts, "spawn", NULL, &spawn, errp) ||
        !wants_deny(opts, "resourcecontrol", NULL, &resource, errp)) {
        return;
    }
    privileges = qemu_opt_get(opts, "elevateprivileges");
    if (elevate && !strcmp(privileges, "children")) {
        /* Children may not gain any; this process keeps what it has. */
        elevate = false;
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
            error_setg_errno(errp, errno, "cannot set no_new_privs");
            return;
        }
    }
    sets |= obsolete ? SET_OBSOLETE : 0;
    sets |= elevate ? SET_PRIVILEGED : 0;
    sets |= spawn ? SET_SPAWN : 0;
    sets |= resource ? SET_RESOURCE : 0;
    install_filter(sets, errp);
}

#else

void seccomp_setup(QemuOpts *opts, Error **errp)
{
    if (qemu_opt_get_bool(opts, "enable", false)) {
        error_setg(errp, "-sandbox needs a build with libseccomp; this one "
                         "has none");
    }
}

#endif

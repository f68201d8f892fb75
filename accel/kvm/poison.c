/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of guest RAM that the host has lost to hardware errors. The guest was
 * told of them; when it is reset they get memory that works.
 */
#include "qemu/osdep.h"
#include <sys/prctl.h>
#include "exec/guest-ram.h"
#include "kvm-internal.h"
#include "qemu/main-loop.h"
#include "qemu/queue.h"
#include "system/reset.h"

typedef struct PoisonedPage {
    ram_addr_t ram_addr;
    QLIST_ENTRY(PoisonedPage) next;
} PoisonedPage;

static QLIST_HEAD(, PoisonedPage) poisoned = QLIST_HEAD_INITIALIZER(poisoned);

void kvm_hwpoison_page_add(ram_addr_t ram_addr)
{
    PoisonedPage *page;

    QLIST_FOREACH(page, &poisoned, next) {
        if (page->ram_addr == ram_addr) {
            return;
        }
    }
    page = g_new(PoisonedPage, 1);
    page->ram_addr = ram_addr;
    QLIST_INSERT_HEAD(&poisoned, page, next);
}

bool kvm_hwpoisoned_mem(void)
{
    return !QLIST_EMPTY(&poisoned);
}

static void replace_all(void *opaque)
{
    PoisonedPage *page;

    while ((page = QLIST_FIRST(&poisoned))) {
        QLIST_REMOVE(page, next);
        qemu_ram_remap(page->ram_addr);
        g_free(page);
    }
}

/* ---- SIGBUS -------------------------------------------------------------- */

static struct sigaction before;

/* As if we were not there: the instruction is repeated, and throws again. */
static void default_action(void)
{
    struct sigaction action = { .sa_handler = SIG_DFL };

    sigaction(SIGBUS, &action, NULL);
    raise(SIGBUS);
}

/*
 * In a CPU's thread: of what the guest did. In the main thread, from its event
 * loop: the kernel has found a page that is broken.
 */
static void on_sigbus(int signal, siginfo_t *info, void *context)
{
    int ret = 1;

    if (info->si_code != BUS_MCEERR_AO && info->si_code != BUS_MCEERR_AR) {
        default_action();
        return;
    }
    if (current_cpu && current_cpu->kvm_fd >= 0) {
        ret = kvm_on_sigbus_vcpu(current_cpu, info->si_code, info->si_addr);
    } else if (bql_locked() && !current_cpu) {
        ret = kvm_on_sigbus(info->si_code, info->si_addr);
    }
    if (ret) {
        default_action();
    }
}

void kvm_poison_init(KVMState *s)
{
    struct sigaction action = {
        .sa_sigaction = on_sigbus,
        .sa_flags = SA_SIGINFO,
    };

    qemu_register_reset(replace_all, s);
    sigaction(SIGBUS, &action, &before);
    /* Told of a page as soon as it is found, not when it is touched. */
    prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0);
}

void kvm_poison_fini(KVMState *s)
{
    qemu_unregister_reset(replace_all, s);
    sigaction(SIGBUS, &before, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of guest RAM that the host has lost to hardware errors. The guest was
 * told of them; when it is reset they get memory that works.
 */
#include "qemu/osdep.h"
#include "exec/guest-ram.h"
#include "kvm-internal.h"
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

void kvm_poison_init(KVMState *s)
{
    qemu_register_reset(replace_all, s);
}

void kvm_poison_fini(KVMState *s)
{
    qemu_unregister_reset(replace_all, s);
}

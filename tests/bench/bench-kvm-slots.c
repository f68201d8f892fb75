/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A slot of KVM made and deleted, through regions, flat view, listener and
 * ioctls, and beside it the two ioctls alone, while 1 to 30,000 slots exist. One
 * pair of each in turn: the same page at the same address with the same number,
 * among the same other slots. Medians of batches, in nanoseconds a pair.
 *
 *     bench-kvm-slots [BATCHES]
 */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include "accel/kvm/kvm-internal.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qemu/timer.h"

#define PAGE  0x1000ull
#define MOST  30000
#define BASE  (4ull << 30)
#define PAIRS 64 /* in a batch */

static MemoryRegion ram, slots[MOST + 1];
static unsigned batches = 200;

static const TypeInfo machine_type = {
    .name = MACHINE_TYPE_NAME("bench"),
    .parent = TYPE_MACHINE,
};

int kvm_arch_init(MachineState *ms, KVMState *s)
{
    return 0;
}

static bool start(void)
{
    MachineState *machine;
    AccelState *accel;

    qemu_init_main_loop(&error_abort);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    type_register_static(&machine_type);
    memory_map_init();
    machine =
        machine_create(MACHINE_CLASS(object_class_by_name(machine_type.name)));
    accel = ACCEL(object_new(TYPE_KVM_ACCEL));
    return accel_init_machine(accel, machine) == 0;
}

static void make_regions(void)
{
    size_t size = (MOST + 2) * PAGE;
    void *ptr = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    memory_region_init_ram_ptr(&ram, NULL, "ram", size, ptr);
    memory_region_transaction_begin();
    for (unsigned i = 0; i <= MOST; i++) {
        memory_region_init_alias(&slots[i], NULL, "slot", &ram, i * PAGE, PAGE);
        memory_region_set_unmergeable(&slots[i], true);
        memory_region_set_enabled(&slots[i], false);
        memory_region_add_subregion(get_system_memory(), BASE + i * PAGE,
                                    &slots[i]);
    }
    memory_region_transaction_commit();
}

static void enable(unsigned first, unsigned end)
{
    memory_region_transaction_begin();
    for (unsigned i = first; i < end; i++) {
        memory_region_set_enabled(&slots[i], true);
    }
    memory_region_transaction_commit();
}

static void stack_pair(void)
{
    memory_region_set_enabled(&slots[MOST], true);
    memory_region_set_enabled(&slots[MOST], false);
}

/* What the next slot through the stack is, without its size. */
static struct kvm_userspace_memory_region next_slot(void)
{
    unsigned free_slots = kvm_get_free_memslots();

    memory_region_set_enabled(&slots[MOST], true);
    g_assert_cmpuint(kvm_get_free_memslots(), ==, free_slots - 1);
    memory_region_set_enabled(&slots[MOST], false);
    return (struct kvm_userspace_memory_region){
        .slot = kvm_get_max_memslots() - free_slots,
        .guest_phys_addr = BASE + MOST * PAGE,
        .userspace_addr =
            (uintptr_t)memory_region_get_ram_ptr(&ram) + MOST * PAGE,
    };
}

static void set_raw(struct kvm_userspace_memory_region *r, uint64_t size)
{
    int ret;

    r->memory_size = size;
    ret = kvm_raw_ioctl(kvm_state->vmfd, KVM_SET_USER_MEMORY_REGION, r);
    g_assert_cmpint(ret, ==, 0);
}

/* A batch: which of the two is first changes, too. */
static void sample(struct kvm_userspace_memory_region *r, int64_t *raw,
                   int64_t *stack)
{
    *raw = *stack = 0;
    for (unsigned i = 0; i < 2 * PAIRS; i++) {
        bool is_raw = (i ^ i >> 1) & 1;
        int64_t begin = get_clock();

        if (is_raw) {
            set_raw(r, PAGE);
            set_raw(r, 0);
        } else {
            stack_pair();
        }
        *(is_raw ? raw : stack) += get_clock() - begin;
    }
    *raw /= PAIRS;
    *stack /= PAIRS;
    drain_call_rcu();
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t median(int64_t *times)
{
    qsort(times, batches, sizeof(*times), compare);
    return times[batches / 2];
}

int main(int argc, char **argv)
{
    static const unsigned counts[] = { 1, 1000, 10000, MOST };
    g_autofree int64_t *raw = NULL, *stack = NULL;
    unsigned have = 0;

    if (argc > 1) {
        batches = MAX(1, atoi(argv[1]));
    }
    if (access("/dev/kvm", R_OK | W_OK) < 0 || !start()) {
        printf("no KVM here: %s\n", strerror(errno));
        return 0;
    }
    raw = g_new(int64_t, batches);
    stack = g_new(int64_t, batches);
    make_regions();
    printf("a KVM slot made and deleted, medians in ns\n"
           "   slots      raw    stack     more   ratio\n");
    for (unsigned i = 0; i < ARRAY_SIZE(counts); i++) {
        unsigned n = MIN(counts[i], kvm_get_max_memslots() - 2);
        struct kvm_userspace_memory_region r;
        int64_t x, y;

        enable(have, n);
        have = n;
        r = next_slot();
        for (unsigned b = 0; b < batches; b++) {
            sample(&r, &raw[b], &stack[b]);
        }
        x = median(raw);
        y = median(stack);
        printf("%8u %8" PRId64 " %8" PRId64 " %8" PRId64 " %7.3f\n", n, x, y,
               y - x, (double)y / x);
        fflush(stdout);
    }
    return 0;
}

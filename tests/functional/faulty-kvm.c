/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The emulator, on a KVM whose calls can fail (kvm_faults.py). By the
 * environment:
 *
 *   FAULTY_KVM_LOG=FILE         each call: its number, ioctl, argument, result
 *   FAULTY_KVM_FAIL=N:ERRNO     call N, from 1 on, fails with that errno
 *   FAULTY_KVM_FAIL=N:ERRNO:IOCTL the same among the calls of that ioctl
 *   FAULTY_KVM_ARM=FILE         counting begins when that file is there, and
 *                               goes without KVM_RUN, whose number is chance
 *   FAULTY_KVM_SLOTS=N          there are N memory slots
 *   FAULTY_KVM_SMM=1            there is System Management Mode, which no CPU
 *                               enters, with an address space
 *   FAULTY_KVM_POISON=ADDR      there are machine checks, which are printed; when
 *                               the machine stops first, the host has lost the
 *                               page at ADDR
 *   FAULTY_KVM_POISON=ADDR:N    the same, but N CPUs, which are all, touch it at
 *                               once instead of running for the first time
 *
 * At the end, and whenever the machine stops, the slots that the kernel has been
 * told of are compared with the memory that there is: status 3 at the end says
 * that one was wrong, 4 that one was missing.
 */
#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include "accel/kvm/kvm-internal.h"
#include "exec/address-spaces.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/thread.h"
#include "system/runstate.h"
#include "system/system.h"

#define WRONG_SLOT   3
#define MISSING_SLOT 4
#define MCG_CAP_ALL  0x1000120 /* 32 banks, with recovery */
#define SPACES       2
#define MAX_SLOTS    0x10000

static struct {
    uint64_t start, size, ram;
} slots[SPACES][MAX_SLOTS];

static QemuMutex lock;
static unsigned calls, fail_at, limit = MAX_SLOTS;
static unsigned candidates; /* of which number fail_at fails */
static long fail_type;      /* 0: any */
static int fail_with, log_fd = -1;
static bool smm;
static const char *poison, *arm_file;
static unsigned touchers;
static pthread_barrier_t touch;
static bool armed;

/* ---- the calls ----------------------------------------------------------- */

static bool is_region(unsigned long type)
{
    return type == KVM_SET_USER_MEMORY_REGION ||
           type == KVM_SET_USER_MEMORY_REGION2;
}

static int do_region(int fd, unsigned long type, void *arg)
{
    const struct kvm_userspace_memory_region *r = arg;
    unsigned as = r->slot >> 16, id = r->slot & 0xffff;
    int ret = 0;

    if (as >= SPACES || id >= limit) {
        return -EINVAL;
    }
    if (as == 0) {
        ret = ioctl(fd, type, arg) < 0 ? -errno : 0;
    }
    if (ret == 0) {
        slots[as][id].start = r->guest_phys_addr;
        slots[as][id].size = r->memory_size;
        slots[as][id].ram = r->userspace_addr;
    }
    return ret;
}

/* Nobody writes in the other address space. */
static bool pretend_log(unsigned long type, void *arg, int *ret)
{
    if (type == KVM_GET_DIRTY_LOG) {
        const struct kvm_dirty_log *log = arg;
        uint64_t pages = slots[1][log->slot & 0xffff].size >> 12;

        if (log->slot >> 16 == 1) {
            memset(log->dirty_bitmap, 0, ROUND_UP(pages, 64) / 8);
            *ret = 0;
            return true;
        }
    } else if (type == KVM_CLEAR_DIRTY_LOG) {
        *ret = 0;
        return ((struct kvm_clear_dirty_log *)arg)->slot >> 16 == 1;
    }
    return false;
}

static bool pretend_mce(unsigned long type, void *arg, int *ret)
{
    const struct kvm_x86_mce *mce = arg;

    *ret = 0;
    switch (type) {
    case KVM_X86_GET_MCE_CAP_SUPPORTED:
        *(uint64_t *)arg = MCG_CAP_ALL;
        return true;
    case KVM_X86_SETUP_MCE:
        return true;
    case KVM_X86_SET_MCE:
        fprintf(stderr, "MCE bank %u status 0x%llx at 0x%llx\n", mce->bank,
                mce->status, mce->addr);
        return true;
    }
    return false;
}

/* True: it is about what the host does not have. */
static bool pretend(int fd, unsigned long type, void *arg, int *ret)
{
    uintptr_t cap = type == KVM_CHECK_EXTENSION ? (uintptr_t)arg : 0;
    struct kvm_vcpu_events events;

    if (cap == KVM_CAP_NR_MEMSLOTS && limit < MAX_SLOTS) {
        *ret = limit;
    } else if (cap == KVM_CAP_X86_SMM && smm) {
        *ret = 1;
    } else if (cap == KVM_CAP_MULTI_ADDRESS_SPACE && smm) {
        *ret = SPACES;
    } else if (type == KVM_SET_VCPU_EVENTS && smm) {
        events = *(struct kvm_vcpu_events *)arg;
        if (!(events.flags & KVM_VCPUEVENT_VALID_SMM)) {
            *ret = -EINVAL;
            return true;
        }
        events.flags &= ~KVM_VCPUEVENT_VALID_SMM;
        *ret = ioctl(fd, type, &events) < 0 ? -errno : 0;
    } else if (poison && pretend_mce(type, arg, ret)) {
        return true;
    } else {
        return smm && pretend_log(type, arg, ret);
    }
    return true;
}

static void note(unsigned n, unsigned long type, void *arg, int ret)
{
    char line[80];
    int len =
        snprintf(line, sizeof(line), "%u 0x%lx %" PRIuPTR " %d\n", n, type,
                 type == KVM_CHECK_EXTENSION ? (uintptr_t)arg : 0, ret);

    if (log_fd >= 0 && write(log_fd, line, len) != len) {
        close(log_fd);
        log_fd = -1;
    }
}

static bool must_fail(unsigned long type)
{
    if (fail_type && (unsigned long)fail_type != type) {
        return false;
    }
    return ++candidates == fail_at;
}

static bool is_counted(unsigned long type)
{
    if (!arm_file) {
        return true;
    }
    armed = armed || access(arm_file, F_OK) == 0;
    return armed && type != KVM_RUN;
}

static void *host_of(uint64_t addr)
{
    void *host = NULL;

    qemu_mutex_lock(&lock);
    for (unsigned i = 0; i < MAX_SLOTS && !host; i++) {
        if (addr - slots[0][i].start < slots[0][i].size) {
            host =
                (void *)(uintptr_t)(slots[0][i].ram + addr - slots[0][i].start);
        }
    }
    qemu_mutex_unlock(&lock);
    return host;
}

/* As the signal's handler does in a CPU's thread. */
static bool touch_page(unsigned long type)
{
    static __thread bool done;

    if (!touchers || type != KVM_RUN || done) {
        return false;
    }
    done = true;
    pthread_barrier_wait(&touch);
    if (kvm_on_sigbus_vcpu(current_cpu, BUS_MCEERR_AR,
                           host_of(strtoull(poison, NULL, 0)))) {
        fprintf(stderr, "nobody takes the signal\n");
    }
    return true;
}

/* Only what must be seen is done here; the rest is the kernel's. */
static bool hook(int fd, unsigned long type, void *arg, int *ret)
{
    bool handled = true, counts;

    if (touch_page(type)) {
        *ret = -EINTR;
        return true;
    }
    qemu_mutex_lock(&lock);
    counts = is_counted(type);
    calls += counts;
    if (counts && must_fail(type)) {
        *ret = -fail_with;
    } else if (is_region(type)) {
        *ret = do_region(fd, type, arg);
    } else {
        handled = pretend(fd, type, arg, ret);
    }
    if (counts) {
        note(calls, type, arg, handled ? *ret : 0);
    }
    qemu_mutex_unlock(&lock);
    return handled;
}

/* ---- at the end ---------------------------------------------------------- */

static bool slot_is_right(unsigned as, unsigned id)
{
    hwaddr start = slots[as][id].start, size = slots[as][id].size;
    MemoryRegionSection s =
        memory_region_find(get_system_memory(), start, size);
    bool right;

    if (!s.mr) {
        return false;
    }
    right =
        memory_region_is_ram(s.mr) && s.offset_within_address_space == start &&
        int128_get64(s.size) == size &&
        (uintptr_t)memory_region_get_ram_ptr(s.mr) + s.offset_within_region ==
            slots[as][id].ram;
    memory_region_unref(s.mr);
    return right;
}

static bool slots_are_right(void)
{
    bool right = true;

    for (unsigned i = 0; i < SPACES * MAX_SLOTS; i++) {
        unsigned as = i / MAX_SLOTS, id = i % MAX_SLOTS;

        if (slots[as][id].size && !slot_is_right(as, id)) {
            fprintf(stderr,
                    "slot %u of space %u is wrong: 0x%" PRIx64 "+0x%" PRIx64
                    "\n",
                    id, as, slots[as][id].start, slots[as][id].size);
            right = false;
        }
    }
    return right;
}

static bool is_in_slot(unsigned as, uint64_t addr)
{
    for (unsigned i = 0; i < MAX_SLOTS; i++) {
        if (addr - slots[as][i].start < slots[as][i].size) {
            return true;
        }
    }
    return false;
}

/* Slots are right, so the first byte tells. */
static bool is_missing(Int128 start, Int128 len, const MemoryRegion *mr,
                       hwaddr offset, void *opaque)
{
    if (memory_region_is_ram((MemoryRegion *)mr) &&
        (!is_in_slot(0, int128_get64(start)) ||
         (smm && !is_in_slot(1, int128_get64(start))))) {
        fprintf(stderr, "'%s' has no slot\n", memory_region_name(mr));
        *(bool *)opaque = true;
    }
    return false;
}

static bool slots_are_missing(void)
{
    bool missing = false;

    rcu_read_lock();
    flatview_for_each_range(address_space_to_flatview(&address_space_memory),
                            is_missing, &missing);
    rcu_read_unlock();
    return missing;
}

static int verdict;

static void look_at_slots(void)
{
    if (!verdict) {
        verdict = !slots_are_right()    ? WRONG_SLOT
                  : slots_are_missing() ? MISSING_SLOT
                                        : 0;
    }
}

static void on_stop(void *opaque, bool running, RunState state)
{
    if (!running) {
        look_at_slots();
    }
}

/* ---- a page that breaks -------------------------------------------------- */

static void break_page(void *opaque, bool running, RunState state)
{
    static bool done;
    MemoryRegionSection s;

    if (running || done || state != RUN_STATE_PAUSED) {
        return;
    }
    done = true;
    s = memory_region_find(get_system_memory(), strtoull(poison, NULL, 0), 1);
    if (kvm_on_sigbus(BUS_MCEERR_AR,
                      s.mr ? (char *)memory_region_get_ram_ptr(s.mr) +
                                 s.offset_within_region
                           : NULL)) {
        fprintf(stderr, "nobody takes the signal\n");
    }
    if (s.mr) {
        memory_region_unref(s.mr);
    }
}

static void read_environment(void)
{
    const char *fail = getenv("FAULTY_KVM_FAIL");
    const char *max = getenv("FAULTY_KVM_SLOTS"), *file;

    if (fail &&
        sscanf(fail, "%u:%d:%li", &fail_at, &fail_with, &fail_type) < 2) {
        fprintf(stderr, "FAULTY_KVM_FAIL is not N:ERRNO[:IOCTL]\n");
        exit(2);
    }
    if (max) {
        limit = atoi(max);
    }
    smm = getenv("FAULTY_KVM_SMM");
    poison = getenv("FAULTY_KVM_POISON");
    if (poison && strchr(poison, ':')) {
        touchers = atoi(strchr(poison, ':') + 1);
        pthread_barrier_init(&touch, NULL, touchers);
    }
    arm_file = getenv("FAULTY_KVM_ARM");
    file = getenv("FAULTY_KVM_LOG");
    if (file) {
        log_fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    }
}

int main(int argc, char **argv)
{
    int status;

    read_environment();
    qemu_mutex_init(&lock);
    kvm_ioctl_hook = hook;
    qemu_init(argc, argv);
    if (poison && !touchers) {
        qemu_add_vm_change_state_handler(break_page, NULL);
    }
    qemu_add_vm_change_state_handler(on_stop, NULL);
    status = qemu_main_loop();
    look_at_slots();
    if (verdict) {
        return verdict;
    }
    qemu_cleanup(status);
    return status;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The emulator, on a KVM whose calls can fail (kvm_faults.py). By the
 * environment:
 *
 *   FAULTY_KVM_LOG=FILE         each call: its number, ioctl, argument, result
 *   FAULTY_KVM_FAIL=N:ERRNO     call N, from 1 on, fails with that errno
 *   FAULTY_KVM_SLOTS=N          there are N memory slots
 *
 * At the end the slots that the kernel has been told of are compared with the
 * memory that there is: status 3 says that one is wrong, 4 that one is missing.
 */
#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include "accel/kvm/kvm-internal.h"
#include "exec/address-spaces.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/thread.h"
#include "system/system.h"

#define WRONG_SLOT   3
#define MISSING_SLOT 4
#define MAX_SLOTS    0x10000

static struct {
    uint64_t start, size, ram;
} slots[MAX_SLOTS]; /* of address space 0 */

static QemuMutex lock;
static unsigned calls, fail_at, limit = MAX_SLOTS;
static int fail_with, log_fd = -1;

/* ---- the calls ----------------------------------------------------------- */

static bool is_region(unsigned long type)
{
    return type == KVM_SET_USER_MEMORY_REGION ||
           type == KVM_SET_USER_MEMORY_REGION2;
}

static int do_region(int fd, unsigned long type, void *arg)
{
    const struct kvm_userspace_memory_region *r = arg;
    int ret;

    if ((r->slot & 0xffff) >= limit) {
        return -EINVAL;
    }
    ret = ioctl(fd, type, arg) < 0 ? -errno : 0;
    if (ret == 0 && r->slot < MAX_SLOTS) {
        slots[r->slot].start = r->guest_phys_addr;
        slots[r->slot].size = r->memory_size;
        slots[r->slot].ram = r->userspace_addr;
    }
    return ret;
}

static int do_call(int fd, unsigned long type, void *arg)
{
    int ret;

    if (is_region(type)) {
        return do_region(fd, type, arg);
    }
    ret = ioctl(fd, type, arg) < 0 ? -errno : 0;
    return ret;
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

/* Only what must be seen is done here; the rest is the kernel's. */
static bool hook(int fd, unsigned long type, void *arg, int *ret)
{
    bool handled = true;

    qemu_mutex_lock(&lock);
    calls++;
    if (calls == fail_at) {
        *ret = -fail_with;
    } else if (is_region(type)) {
        *ret = do_call(fd, type, arg);
    } else if (type == KVM_CHECK_EXTENSION && limit < MAX_SLOTS &&
               (uintptr_t)arg == KVM_CAP_NR_MEMSLOTS) {
        *ret = limit;
    } else {
        handled = false;
    }
    note(calls, type, arg, handled ? *ret : 0);
    qemu_mutex_unlock(&lock);
    return handled;
}

/* ---- at the end ---------------------------------------------------------- */

static bool slot_is_right(unsigned id)
{
    MemoryRegionSection s = memory_region_find(get_system_memory(),
                                               slots[id].start, slots[id].size);
    bool right;

    if (!s.mr) {
        return false;
    }
    right =
        memory_region_is_ram(s.mr) &&
        s.offset_within_address_space == slots[id].start &&
        int128_get64(s.size) == slots[id].size &&
        (uintptr_t)memory_region_get_ram_ptr(s.mr) + s.offset_within_region ==
            slots[id].ram;
    memory_region_unref(s.mr);
    return right;
}

static bool slots_are_right(void)
{
    bool right = true;

    for (unsigned i = 0; i < MAX_SLOTS; i++) {
        if (slots[i].size && !slot_is_right(i)) {
            fprintf(stderr, "slot %u is wrong: 0x%" PRIx64 "+0x%" PRIx64 "\n",
                    i, slots[i].start, slots[i].size);
            right = false;
        }
    }
    return right;
}

static bool is_in_slot(uint64_t addr)
{
    for (unsigned i = 0; i < MAX_SLOTS; i++) {
        if (addr - slots[i].start < slots[i].size) {
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
        !is_in_slot(int128_get64(start))) {
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

static void read_environment(void)
{
    const char *fail = getenv("FAULTY_KVM_FAIL");
    const char *max = getenv("FAULTY_KVM_SLOTS"), *file;

    if (fail && sscanf(fail, "%u:%d", &fail_at, &fail_with) != 2) {
        fprintf(stderr, "FAULTY_KVM_FAIL is not N:ERRNO\n");
        exit(2);
    }
    if (max) {
        limit = atoi(max);
    }
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
    status = qemu_main_loop();
    if (!slots_are_right()) {
        return WRONG_SLOT;
    }
    if (slots_are_missing()) {
        return MISSING_SLOT;
    }
    qemu_cleanup(status);
    return status;
}

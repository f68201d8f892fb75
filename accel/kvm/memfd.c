/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory with two sides: what a confidential guest shares with the host, and
 * what it keeps in a guest_memfd. The kernel knows by an attribute of each page
 * of the guest's addresses on which side it is; the RAM block knows the same by
 * its own offsets (memory/guest-memfd.h).
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ramblock.h"
#include "exec/target_page.h"
#include "kvm-internal.h"
#include "memory/guest-memfd.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "slots.h"

void kvm_memfd_init(KVMState *s)
{
    s->has_user_memory2 = kvm_vm_check_extension(s, KVM_CAP_USER_MEMORY2);
    s->supported_memory_attributes =
        kvm_vm_check_extension(s, KVM_CAP_MEMORY_ATTRIBUTES);
    s->has_guest_memfd =
        s->has_user_memory2 && kvm_vm_check_extension(s, KVM_CAP_GUEST_MEMFD) &&
        (s->supported_memory_attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE);
}

int kvm_create_guest_memfd(uint64_t size, uint64_t flags, Error **errp)
{
    struct kvm_create_guest_memfd create = { .size = size, .flags = flags };
    int fd;

    if (!kvm_state || !kvm_state->has_guest_memfd) {
        error_setg(errp, "KVM does not support guest_memfd");
        return -1;
    }
    fd = kvm_vm_ioctl(kvm_state, KVM_CREATE_GUEST_MEMFD, &create);
    if (fd < 0) {
        error_setg_errno(errp, -fd, "Error creating KVM guest_memfd");
        return -1;
    }
    return fd;
}

static int set_attributes(hwaddr start, uint64_t size, uint64_t attributes)
{
    struct kvm_memory_attributes what = {
        .address = start,
        .size = size,
        .attributes = attributes,
    };
    int ret;

    assert((attributes & kvm_state->supported_memory_attributes) == attributes);
    ret = kvm_vm_ioctl(kvm_state, KVM_SET_MEMORY_ATTRIBUTES, &what);
    if (ret < 0) {
        error_report("failed to set memory (0x%" HWADDR_PRIx "+0x%" PRIx64 ") "
                     "with attr 0x%" PRIx64 " error '%s'",
                     start, size, attributes, strerror(-ret));
    }
    return ret;
}

int kvm_set_memory_attributes_private(hwaddr start, uint64_t size)
{
    return set_attributes(start, size, KVM_MEMORY_ATTRIBUTE_PRIVATE);
}

int kvm_set_memory_attributes_shared(hwaddr start, uint64_t size)
{
    return set_attributes(start, size, 0);
}

/* The kernel hears of [@start, @start + @len) what the block has at @offset. */
static int restore_attributes(RAMBlock *rb, uint64_t offset, hwaddr start,
                              uint64_t len)
{
    uint64_t step = MAX(qemu_real_host_page_size(), TARGET_PAGE_SIZE);
    uint64_t done = 0;

    while (done < len) {
        uint64_t at = offset + done, size = len - done;
        bool private = ram_block_range_is_private(rb, at, step);
        int ret;

        /* Mostly all of it is on one side. */
        if (private ? !ram_block_range_is_private(rb, at, size)
                    : !ram_block_range_is_shared(rb, at, size)) {
            for (size = step;
                 done + size < len &&
                 ram_block_range_is_private(rb, at + size, step) == private;) {
                size += step;
            }
        }
        ret = set_attributes(start + done, size,
                             private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0);
        if (ret < 0) {
            return ret;
        }
        done += size;
    }
    return 0;
}

/*
 * Attributes belong to the guest's addresses, not to the slot: when a slot comes,
 * they are to say what the block does.
 */
int kvm_slot_set_attributes(const KVMSlot *slot)
{
    return kvm_state->has_guest_memfd
               ? restore_attributes(slot->mr->ram_block,
                                    slot->guest_memfd_offset, slot->start,
                                    slot->size)
               : 0;
}

/* @section shows all of the range, which is not empty. */
static int convert_section(const MemoryRegionSection *section, hwaddr start,
                           hwaddr size, bool to_private)
{
    MemoryRegion *mr = section->mr;
    int ret;

    if (!memory_region_has_guest_memfd(mr)) {
        /* Device memory is always shared, and may be called so. */
        if (!to_private && !memory_region_is_ram(mr)) {
            return 0;
        }
        error_report("Convert non guest_memfd backed memory region "
                     "(0x%" HWADDR_PRIx " ,+ 0x%" HWADDR_PRIx ") to %s",
                     start, size, to_private ? "private" : "shared");
        return -EINVAL;
    }
    ret = to_private ? kvm_set_memory_attributes_private(start, size)
                     : kvm_set_memory_attributes_shared(start, size);
    if (ret < 0) {
        return ret;
    }
    ret = ram_block_convert_range(mr->ram_block, section->offset_within_region,
                                  size, to_private);
    if (ret < 0 && !to_private) {
        /* Who maps what is shared has no room for it: all stays as it was. */
        restore_attributes(mr->ram_block, section->offset_within_region, start,
                           size);
    }
    return ret;
}

int kvm_convert_memory(hwaddr start, hwaddr size, bool to_private)
{
    uint64_t page = qemu_real_host_page_size();
    MemoryRegionSection section;
    int ret;

    if (!size || !QEMU_IS_ALIGNED(start, page) ||
        !QEMU_IS_ALIGNED(size, page)) {
        return -EINVAL;
    }
    BQL_LOCK_GUARD();
    section = memory_region_find(get_system_memory(), start, size);
    if (!section.mr) {
        /* What is not there may be called shared. */
        return to_private ? -EINVAL : 0;
    }
    if (section.offset_within_address_space != start ||
        int128_get64(section.size) < size) {
        error_report("a guest converts memory of several kinds at once "
                     "(0x%" HWADDR_PRIx " ,+ 0x%" HWADDR_PRIx ")",
                     start, size);
        ret = -EINVAL;
    } else {
        ret = convert_section(&section, start, size, to_private);
    }
    memory_region_unref(section.mr);
    return ret;
}

int kvm_handle_memory_fault(CPUState *cpu, const KVMMemoryFault *fault)
{
    if (fault->flags & ~KVM_MEMORY_EXIT_FLAG_PRIVATE) {
        error_report("KVM_EXIT_MEMORY_FAULT: Unknown flag 0x%" PRIx64,
                     (uint64_t)fault->flags);
        return -EINVAL;
    }
    return kvm_convert_memory(fault->gpa, fault->size,
                              fault->flags & KVM_MEMORY_EXIT_FLAG_PRIVATE);
}

void kvm_mark_guest_state_protected(void)
{
    kvm_state->guest_state_protected = true;
}

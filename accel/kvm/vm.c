/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtual machine: opened, asked what it can do, set up, and closed. Each
 * step says what went wrong; closing takes back what was done so far.
 */
#include "qemu/osdep.h"
#include <sys/stat.h>
#include "exec/address-spaces.h"
#include "exec/guest-ram.h"
#include "hw/mem/memory-device.h"
#include "hw/target.h"
#include "kvm-internal.h"
#include "memory/access-internal.h"
#include "memory/guest-memfd.h"
#include "memory/inspect.h"
#include "memory/ram-discard.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "slots.h"
#include "system/accel-blocker.h"

static const KVMCapabilityInfo required[] = {
    KVM_CAP_INFO(USER_MEMORY),
    KVM_CAP_INFO(DESTROY_MEMORY_REGION_WORKS),
    KVM_CAP_INFO(JOIN_MEMORY_REGIONS_WORKS),
    KVM_CAP_INFO(INTERNAL_ERROR_DATA),
    KVM_CAP_INFO(IOEVENTFD),
    KVM_CAP_INFO(IOEVENTFD_ANY_LENGTH),
    KVM_CAP_INFO(IMMEDIATE_EXIT),
    KVM_CAP_LAST_INFO,
};

/* ---- opening ------------------------------------------------------------- */

static void explain_device(Error **errp, const char *path, int err)
{
    switch (err) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
        error_append_hint(
            errp,
            "Is hardware virtualization switched on in the firmware, "
            "and the module kvm_intel\nor kvm_amd loaded? In a "
            "container or a virtual machine %s may not be there.\n",
            path);
        break;
    case EACCES:
    case EPERM:
        error_append_hint(
            errp,
            "Your user needs read and write access to %s; on many "
            "systems that is what\nmembers of the group 'kvm' have.\n",
            path);
        break;
    case EBUSY:
        error_append_hint(
            errp, "Another hypervisor uses the host's virtualization.\n");
        break;
    }
}

static int open_device(KVMState *s, Error **errp)
{
    ERRP_GUARD();
    const char *path = s->device ?: "/dev/kvm";
    int version;

    s->fd = qemu_open_old(path, O_RDWR);
    if (s->fd < 0) {
        int err = errno;

        error_setg(errp, "Could not access KVM kernel module: %s",
                   strerror(err));
        explain_device(errp, path, err);
        return -err;
    }
    version = kvm_ioctl(s, KVM_GET_API_VERSION, 0);
    if (version == -ENOTTY) {
        error_setg(errp, "'%s' is not KVM's device", path);
        return version;
    }
    if (version < 0) {
        error_setg(errp, "cannot ask '%s' for its version: %s", path,
                   strerror(-version));
        return version;
    }
    if (version != KVM_API_VERSION) {
        error_setg(errp, "kvm version %s: it is %d, and we know %d",
                   version < KVM_API_VERSION ? "too old" : "not supported",
                   version, KVM_API_VERSION);
        return -EINVAL;
    }
    return 0;
}

/* Guests of other architectures are for other accelerators. */
static int check_architecture(MachineState *ms, Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);

    if (!machine_class_has_target(mc, target_host())) {
        error_setg(errp,
                   "KVM runs guests of this host's architecture, which is "
                   "%s; machine '%s' is of another",
                   target_host(), mc->name);
        return -ENODEV;
    }
    return 0;
}

static int create_vm(MachineState *ms, KVMState *s, Error **errp)
{
    ERRP_GUARD();
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    int type =
        mc->kvm_type ? mc->kvm_type(ms, NULL) : kvm_arch_get_default_type(ms);
    int ret;

    if (type < 0) {
        error_setg(errp,
                   "the host's KVM has no virtual machines of the kind that "
                   "machine '%s' needs",
                   mc->name);
        return -EINVAL;
    }
    do {
        ret = kvm_ioctl(s, KVM_CREATE_VM, (uintptr_t)type);
    } while (ret == -EINTR);
    if (ret < 0) {
        error_setg(errp, "ioctl(KVM_CREATE_VM) failed: %s", strerror(-ret));
        explain_device(errp, "/dev/kvm", -ret);
        return ret;
    }
    s->vmfd = ret;
    return 0;
}

/* ---- what it can do ------------------------------------------------------ */

static int check_required(KVMState *s, const KVMCapabilityInfo *cap,
                          Error **errp)
{
    ERRP_GUARD();
    for (; cap->name; cap++) {
        if (!kvm_vm_check_extension(s, cap->value)) {
            error_setg(errp, "kvm does not support %s", cap->name);
            error_append_hint(
                errp, "A kernel of version 5.10 or later has all that is "
                      "needed.\n");
            return -EINVAL;
        }
    }
    return 0;
}

static int check_cpus(MachineState *ms, KVMState *s, Error **errp)
{
    int some = kvm_check_extension(s, KVM_CAP_NR_VCPUS) ?: 4;
    int most = kvm_check_extension(s, KVM_CAP_MAX_VCPUS) ?: some;
    unsigned max_cpus = MAX(ms->smp.max_cpus, ms->smp.cpus);

    if (ms->smp.cpus > some && ms->smp.cpus <= most) {
        warn_report("Number of SMP cpus requested (%u) exceeds the recommended "
                    "cpus supported by KVM (%d)",
                    ms->smp.cpus, some);
    }
    if (max_cpus > most) {
        error_setg(errp,
                   "Number of %s cpus requested (%u) exceeds the maximum "
                   "cpus supported by KVM (%d)",
                   ms->smp.cpus > most ? "SMP" : "hotpluggable",
                   ms->smp.cpus > most ? ms->smp.cpus : max_cpus, most);
        return -EINVAL;
    }
    return 0;
}

static int init_dirty_logs(KVMState *s, Error **errp)
{
    uint64_t caps;

    if (!kvm_dirty_ring_init(s, errp)) {
        return -EINVAL;
    }
    if (s->kvm_dirty_ring_size) {
        return 0;
    }
    caps = kvm_vm_check_extension(s, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2) &
           (KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE | KVM_DIRTY_LOG_INITIALLY_SET);
    if (caps) {
        int ret =
            kvm_vm_enable_cap(s, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 0, caps);

        if (ret < 0) {
            warn_report("Trying to enable capability %" PRIu64 " of "
                        "KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 but failed. "
                        "Falling back to the legacy mode.",
                        caps);
            caps = 0;
        }
    }
    s->manual_dirty_log_protect = caps;
    return 0;
}

static void ask_capabilities(KVMState *s)
{
    s->nr_slots_max = kvm_vm_check_extension(s, KVM_CAP_NR_MEMSLOTS) ?: 32;
    s->nr_as = kvm_vm_check_extension(s, KVM_CAP_MULTI_ADDRESS_SPACE) ?: 1;
    s->as = g_new0(struct KVMAs, s->nr_as);
    s->sync_mmu = kvm_vm_check_extension(s, KVM_CAP_SYNC_MMU) > 0;
    s->coalesced_mmio = kvm_check_extension(s, KVM_CAP_COALESCED_MMIO);
    s->coalesced_pio =
        s->coalesced_mmio && kvm_check_extension(s, KVM_CAP_COALESCED_PIO);
    s->vcpu_events = kvm_check_extension(s, KVM_CAP_VCPU_EVENTS);
    s->max_nested_state_len = kvm_check_extension(s, KVM_CAP_NESTED_STATE);
    s->irq_set_ioctl = kvm_check_extension(s, KVM_CAP_IRQ_INJECT_STATUS)
                           ? KVM_IRQ_LINE_STATUS
                           : KVM_IRQ_LINE;
    kvm_readonly_mem_allowed =
        kvm_vm_check_extension(s, KVM_CAP_READONLY_MEM) > 0;
    kvm_resamplefds_allowed =
        kvm_vm_check_extension(s, KVM_CAP_IRQFD_RESAMPLE) > 0;
    kvm_memfd_init(s);
    kvm_stats_init(s);
}

/* ---- setting it up ------------------------------------------------------- */

static int init_arch(MachineState *ms, KVMState *s)
{
    int ret = kvm_arch_init(ms, s);

    if (ret < 0) {
        return ret;
    }
    if (s->kernel_irqchip_split == ON_OFF_AUTO_AUTO) {
        MachineClass *mc = MACHINE_GET_CLASS(ms);

        s->kernel_irqchip_split =
            mc->default_kernel_irqchip_split ? ON_OFF_AUTO_ON : ON_OFF_AUTO_OFF;
    }
    return s->kernel_irqchip_allowed ? kvm_irqchip_create(s) : 0;
}

/* Whether all of the range is in slots. */
static bool has_memory(AddressSpace *as, hwaddr start, hwaddr size)
{
    hwaddr last = start + (size - 1);

    for (int i = 0; kvm_state && i < kvm_state->nr_as; i++) {
        KVMMemoryListener *kml = kvm_state->as[i].ml;
        hwaddr page = qemu_real_host_page_size();
        hwaddr at = ROUND_UP(start, page);
        KVMSlotIter it;
        KVMSlot *slot;

        if (!kml || kvm_state->as[i].as != as) {
            continue;
        }
        slot = kvm_slots_first(kml->slots, &it, start, last);
        for (; slot && slot->start <= at; slot = kvm_slots_next(&it)) {
            at = kvm_slot_last(slot) + 1;
            if (at > last || last - at < page - 1 || at == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Under the big lock, with which slots come and go. */
static void list_slots(AddressSpace *as, GArray *list)
{
    for (int i = 0; i < kvm_state->nr_as; i++) {
        KVMMemoryListener *kml = kvm_state->as[i].ml;
        KVMSlotIter it;
        KVMSlot *slot;

        if (!kml || kvm_state->as[i].as != as) {
            continue;
        }
        slot = kvm_slots_first(kml->slots, &it, 0, UINT64_MAX);
        for (; slot; slot = kvm_slots_next(&it)) {
            MemoryAccelSlot held = {
                .start = slot->start,
                .last = kvm_slot_last(slot),
                .number = slot->id,
                .readonly = slot->flags & KVM_MEM_READONLY,
            };

            g_array_append_val(list, held);
        }
    }
}

static MemslotUser slot_user = {
    .complaint = "hypervisor has not enough free memory slots left",
    .get_max = kvm_get_max_memslots,
    .get_free = kvm_get_free_memslots,
};

static void connect_memory(KVMState *s)
{
    s->memory_connected = true;
    memslot_user_add(&slot_user);
    kvm_memory_listener_register(s, &s->memory_listener, &address_space_memory,
                                 0, "kvm-memory");
    kvm_ioevent_register_ports(s);
    memory_set_flush_coalesced_hook(kvm_flush_coalesced_mmio_buffer);
    memory_set_accel_hook("KVM", has_memory, list_slots);
    ram_block_set_guest_memfd_create(kvm_create_guest_memfd);
    if (!s->sync_mmu) {
        ram_block_discard_disable(true); /* the guest would keep old pages */
    }
}

static int init_machine(MachineState *ms, KVMState *s, Error **errp)
{
    int ret = check_architecture(ms, errp);

    if (ret == 0) {
        ret = open_device(s, errp);
    }
    if (ret == 0) {
        ret = check_cpus(ms, s, errp);
    }
    if (ret == 0) {
        ret = create_vm(ms, s, errp);
    }
    if (ret == 0) {
        ret = check_required(s, required, errp);
    }
    if (ret == 0) {
        ret = check_required(s, kvm_arch_required_capabilities, errp);
    }
    if (ret == 0) {
        ask_capabilities(s);
        ret = init_dirty_logs(s, errp);
    }
    return ret == 0 ? init_arch(ms, s) : ret;
}

int kvm_init_machine(MachineState *ms)
{
    KVMState *s = KVM_STATE(ms->accelerator);
    int ret;

    accel_blocker_init();
    kvm_state = s;
    ret = init_machine(ms, s, &s->parent_obj.error);
    if (ret < 0) {
        kvm_fini(s);
        return ret;
    }
    connect_memory(s);
    kvm_poison_init(s);
    kvm_dirty_ring_start(s);
    return 0;
}

/* ---- closing it ---------------------------------------------------------- */

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

void kvm_fini(KVMState *s)
{
    if (kvm_state != s) {
        return;
    }
    kvm_dirty_ring_stop(s);
    if (s->memory_connected) {
        s->memory_connected = false;
        kvm_poison_fini(s);
        memslot_user_remove(&slot_user);
        memory_set_accel_hook(NULL, NULL, NULL);
        memory_set_flush_coalesced_hook(NULL);
        ram_block_set_guest_memfd_create(NULL);
        kvm_ioevent_unregister_ports(s);
        for (int i = s->nr_as; i-- > 0;) {
            if (s->as[i].ml) {
                kvm_memory_listener_unregister(s, s->as[i].ml);
            }
        }
        if (!s->sync_mmu) {
            ram_block_discard_disable(false);
        }
    }
    kvm_close_parked(s);
    kvm_irq_routing_fini(s);
    g_clear_pointer(&s->as, g_free);
    s->nr_as = 0;
    close_fd(&s->vmfd);
    close_fd(&s->fd);
    kvm_kernel_irqchip = false;
    kvm_split_irqchip = false;
    kvm_async_interrupts_allowed = false;
    kvm_halt_in_kernel_allowed = false;
    kvm_resamplefds_allowed = false;
    kvm_msi_via_irqfd_allowed = false;
    kvm_gsi_routing_allowed = false;
    kvm_gsi_direct_mapping = false;
    kvm_readonly_mem_allowed = false;
    kvm_msi_use_devid = false;
    kvm_state = NULL;
}

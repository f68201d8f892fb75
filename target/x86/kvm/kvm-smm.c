/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System Management Mode: a CPU that is in it sees the kernel's second address
 * space, which is the system's memory, and over it what the board calls SMRAM
 * (/machine/smram), if it has some.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "kvm-internal.h"
#include "qapi/error.h"
#include "system/system.h"

#define SMM_SPACE 1

static struct {
    bool enabled;
    MemoryRegion root, memory;
    AddressSpace as;
    KVMMemoryListener listener;
    Notifier machine_done;
} smm;

bool kvm_has_smm(void)
{
    return kvm_vm_check_extension(kvm_state, KVM_CAP_X86_SMM) &&
           kvm_state->nr_as > SMM_SPACE;
}

bool kvm_x86_smm_is_enabled(void)
{
    return smm.enabled;
}

/* Boards make their SMRAM with their devices. */
static void add_space(Notifier *notifier, void *data)
{
    Object *smram = object_resolve_path("/machine/smram", NULL);

    memory_region_init(&smm.root, OBJECT(kvm_state), "mem-container-smm",
                       UINT64_MAX);
    memory_region_init_alias(&smm.memory, OBJECT(kvm_state), "mem-smm",
                             get_system_memory(), 0, UINT64_MAX);
    memory_region_add_subregion_overlap(&smm.root, 0, &smm.memory, 0);
    memory_region_set_enabled(&smm.memory, true);
    if (smram && object_dynamic_cast(smram, TYPE_MEMORY_REGION)) {
        memory_region_add_subregion_overlap(&smm.root, 0, MEMORY_REGION(smram),
                                            10);
        memory_region_set_enabled(MEMORY_REGION(smram), true);
    }
    address_space_init(&smm.as, &smm.root, "KVM-SMRAM");
    kvm_memory_listener_register(kvm_state, &smm.listener, &smm.as, SMM_SPACE,
                                 "kvm-smram");
}

bool kvm_x86_enable_smm(Error **errp)
{
    if (!kvm_has_smm()) {
        error_setg(errp, "System Management Mode not supported by this "
                         "hypervisor.");
        return false;
    }
    smm.enabled = true;
    smm.machine_done.notify = add_space;
    qemu_add_machine_init_done_notifier(&smm.machine_done);
    return true;
}

int kvm_x86_send_smi(CPUState *cs)
{
    return kvm_vcpu_ioctl(cs, KVM_SMI, NULL);
}

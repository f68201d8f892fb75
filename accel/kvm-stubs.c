/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What interrupt controllers call under KVM, for programs without it. */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "system/kvm.h"

int kvm_irqchip_update_msi_route(KVMState *s, int virq, MSIMessage msg,
                                 PCIDevice *dev)
{
    return -ENOSYS;
}

void kvm_irqchip_commit_routes(KVMState *s)
{
}

void kvm_resample_fd_notify(int gsi)
{
}

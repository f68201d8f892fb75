/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the machine has of KVM, for those who only ask. Set while it starts.
 */
#include "qemu/osdep.h"
#include "system/kvm.h"

KVMState *kvm_state;
bool kvm_allowed;
bool kvm_kernel_irqchip;
bool kvm_split_irqchip;
bool kvm_async_interrupts_allowed;
bool kvm_halt_in_kernel_allowed;
bool kvm_resamplefds_allowed;
bool kvm_msi_via_irqfd_allowed;
bool kvm_gsi_routing_allowed;
bool kvm_gsi_direct_mapping;
bool kvm_readonly_mem_allowed;
bool kvm_msi_use_devid;

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a PC is in the kernel, where there is no KVM for x86. */
#include "qemu/osdep.h"
#include "hw/intc/i8259.h"
#include "hw/irq.h"
#include "hw/isa/isa.h"
#include "hw/kvm/clock.h"

__attribute__((weak)) qemu_irq *kvm_i8259_init(ISABus *bus)
{
    return NULL;
}

__attribute__((weak)) void kvmclock_create(bool create_always)
{
}

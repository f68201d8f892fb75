/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I/O APIC: 24 inputs become messages to the CPUs' local APICs. A PC has
 * one at IO_APIC_DEFAULT_ADDRESS for interrupts 0 to 23, and microvm may have
 * a second one for 24 to 47.
 */
#ifndef HW_INTC_IOAPIC_H
#define HW_INTC_IOAPIC_H

#define IOAPIC_NUM_PINS             24
#define IO_APIC_DEFAULT_ADDRESS     0xfec00000
#define IO_APIC_SECONDARY_ADDRESS   (IO_APIC_DEFAULT_ADDRESS + 0x10000)
#define IO_APIC_SECONDARY_IRQBASE   24

#define TYPE_KVM_IOAPIC "kvm-ioapic"
#define TYPE_IOAPIC     "ioapic"

/* A CPU has ended the level-triggered interrupt @vector. With the BQL. */
void ioapic_eoi_broadcast(int vector);

#endif

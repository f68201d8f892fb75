/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC of a CPU, where KVM has none (Intel SDM volume 3, chapter 11):
 * what the CPU, a PIC and the board want of it. A CPU makes its own as
 * X86CPU::apic_state; that is NULL where KVM has it, which all functions take.
 *
 * All need the BQL.
 */
#ifndef APIC_H
#define APIC_H

#include "hw/qdev-core.h"

/* IDs up to this one will be used; at most 254 here. */
void apic_set_max_apic_id(uint32_t max_apic_id);

/* ---- interrupts ---------------------------------------------------------- */

/* Whether it passes on a PIC's interrupts: LINT0 is not masked, or it's off. */
int apic_accept_pic_intr(DeviceState *s);
/* The PIC's output, at LINT0. */
void apic_deliver_pic_intr(DeviceState *s, int level);
/* The board's NMI, at LINT1. */
void apic_deliver_nmi(DeviceState *d);
/* Takes the vector that the CPU is to handle now, -1: none. */
int apic_get_interrupt(DeviceState *s);
/* The highest vector that was requested, -1: none. */
int apic_get_highest_priority_irr(DeviceState *dev);
/* Looks again whether there is something for the CPU. */
void apic_poll_irq(DeviceState *d);

/* ---- what the CPU changes ------------------------------------------------ */

/* IA32_APIC_BASE; -1 if @val cannot be (x2APIC mode is not there). */
int cpu_set_apic_base(DeviceState *s, uint64_t val);
uint64_t cpu_get_apic_base(DeviceState *s);
bool cpu_is_apic_enabled(DeviceState *s);
/* CR8, the task priority's upper four bits. */
void cpu_set_apic_tpr(DeviceState *s, uint8_t val);
uint8_t cpu_get_apic_tpr(DeviceState *s);
bool is_x2apic_mode(DeviceState *d);
/* The APIC's part of an INIT, and of a SIPI: the CPU starts if it waits. */
void apic_init_reset(DeviceState *s);
void apic_sipi(DeviceState *s);
void apic_designate_bsp(DeviceState *d, bool bsp);

/* The APIC of the CPU that this thread runs; NULL. */
DeviceState *cpu_get_current_apic(void);

#endif

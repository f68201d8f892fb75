/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of accel/kvm have in common.
 *
 *   ioctl.c   every call into the kernel      vm.c      the machine's life
 *   slots.c   the map of memory slots         memory.c  keeps it in step
 *   dirty.c   dirty pages by bitmaps          ring.c    ... by rings
 *   vcpu.c    a CPU's life                    run.c     its thread, its exits
 *   irq.c     interrupts, irqfds              route.c   routes
 *   ioevent.c eventfds, coalesced writes      memfd.c   private memory
 *   debug.c   breakpoints                     poison.c  lost memory
 *   stats.c   statistics
 */
#ifndef ACCEL_KVM_INTERNAL_H
#define ACCEL_KVM_INTERNAL_H

#include "system/kvm_int.h"

/* ---- ioctl.c ------------------------------------------------------------- */

/*
 * For tests: sees each ioctl before the kernel does. True: it was handled, and
 * *@ret is the result (a negative errno). Any thread.
 */
typedef bool KVMIoctlHook(int fd, unsigned long type, void *arg, int *ret);
extern KVMIoctlHook *kvm_ioctl_hook;

/* An ioctl without the lock against changes of memory: result or -errno. */
int kvm_raw_ioctl(int fd, unsigned long type, void *arg);

/* ---- memory.c ------------------------------------------------------------ */

/* Frees what a listener that is not registered any more has. */
void kvm_memory_listener_free(KVMMemoryListener *kml);
/* The listener of @as_id, or NULL. */
KVMMemoryListener *kvm_listener_by_id(KVMState *s, int as_id);

/* ---- dirty.c: with slots_lock -------------------------------------------- */

struct KVMSlot;

/* Fetches a slot's log into the RAM block's bitmaps; 0 or -errno. */
int kvm_slot_fetch_dirty(KVMState *s, int as_id, struct KVMSlot *slot);
/* All pages of a slot count as dirty. */
void kvm_slot_mark_all(struct KVMSlot *slot);
/* Forgets what the kernel has noted of a slot that was just made. */
void kvm_slot_forget_dirty(KVMState *s, int as_id, struct KVMSlot *slot);
/* The listener's callbacks for the method that @s uses. */
void kvm_dirty_init_listener(KVMState *s, MemoryListener *listener);

/* ---- ring.c -------------------------------------------------------------- */

/* Whether rings of @size entries can be had: sets them up, with an error. */
bool kvm_dirty_ring_init(KVMState *s, Error **errp);
/*
 * Empties @cpu's ring, or all of them (NULL): pages are marked as dirty when the
 * kernel watches them again. With slots_lock.
 */
uint64_t kvm_dirty_ring_reap(KVMState *s, CPUState *cpu);
/* The reaper's thread. */
void kvm_dirty_ring_start(KVMState *s);
void kvm_dirty_ring_stop(KVMState *s);
/* Maps a CPU's ring. */
int kvm_dirty_ring_map(KVMState *s, CPUState *cpu, Error **errp);
void kvm_dirty_ring_unmap(KVMState *s, CPUState *cpu);

/* ---- ioevent.c ----------------------------------------------------------- */

/* Adds eventfds and coalesced writes to a listener; io: to the ports' one. */
void kvm_ioevent_init_listener(KVMState *s, MemoryListener *listener);
void kvm_ioevent_register_ports(KVMState *s);
void kvm_ioevent_unregister_ports(KVMState *s);

/* ---- vm.c ---------------------------------------------------------------- */

int kvm_init_machine(MachineState *ms);
/* Closes what kvm_init_machine() has opened, in whatever state. */
void kvm_fini(KVMState *s);

/* ---- irq.c, route.c ------------------------------------------------------ */

/* Makes the interrupt controller that the properties ask for. */
int kvm_irqchip_create(KVMState *s);
void kvm_irq_routing_fini(KVMState *s);

/* ---- vcpu.c -------------------------------------------------------------- */

/* For @cpu's thread: makes or unparks it, maps it; 0 or -errno. */
int kvm_init_vcpu(CPUState *cpu, Error **errp);
/* At the end of its thread: unmaps it, and parks what the kernel has. */
void kvm_destroy_vcpu(CPUState *cpu);
void kvm_close_parked(KVMState *s);

/* ---- run.c --------------------------------------------------------------- */

/* Runs until there is a reason to stop: EXCP_* or an error. Takes the BQL. */
int kvm_cpu_exec(CPUState *cpu);
/* In @cpu's thread, without the BQL: tells the guest of memory that is lost. */
void kvm_see_to_sigbus(CPUState *cpu);

/* ---- memfd.c ------------------------------------------------------------- */

void kvm_memfd_init(KVMState *s);
/* Tells the kernel which pages of a slot that has two sides are private. */
int kvm_slot_set_attributes(const struct KVMSlot *slot);
/* An exit for the wrong side of memory: 0 if it was converted. */
int kvm_handle_memory_fault(CPUState *cpu, const KVMMemoryFault *fault);

/* ---- stats.c ------------------------------------------------------------- */

/* Whether the kernel has statistics; registers us for query-stats. */
void kvm_stats_init(KVMState *s);
/* The file of a CPU's statistics, which is -1 if the kernel gives none. */
void kvm_stats_open_vcpu(KVMState *s, CPUState *cpu);
void kvm_stats_close_vcpu(CPUState *cpu);

/* ---- poison.c ------------------------------------------------------------ */

void kvm_poison_init(KVMState *s);
void kvm_poison_fini(KVMState *s);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM: the kernel's virtual machine as an accelerator (accel/kvm).
 *
 * kvm_enabled() and the like are for device and board sources; where the build
 * has no KVM they are constants. KVMState is the virtual machine (kvm_int.h);
 * each ioctl goes through kvm_ioctl() and its sisters, which take a lock against
 * changes of mapped memory. Interrupts reach the kernel by GSI numbers: routes
 * lead from a GSI to a message or a pin, irqfds from a file descriptor to a GSI.
 *
 * kvm_arch_*() is what the target of the host's architecture implements
 * (target/x86/kvm); where there is none, accel/kvm/arch-stub.c says so when the
 * accelerator starts. Functions need the BQL unless said otherwise; results are
 * 0 or more, or a negative errno.
 */
#ifndef QEMU_KVM_H
#define QEMU_KVM_H

#include "exec/memattrs.h"
#include "exec/vaddr.h"
#include "hw/core/cpu.h"
#include "hw/irq.h"
#include "qemu/accel.h"
#include "qemu/event_notifier.h"
#include "qemu/notify.h"
#include "qom/object.h"

/*
 * For some architectures the kernel has no KVM, nor this header. CONFIG_KVM
 * itself says that a target's own devices may be in the kernel: only that
 * target's sources have it.
 */
#if __has_include(<asm/kvm.h>)
#define CONFIG_KVM_IS_POSSIBLE
#endif

#ifdef CONFIG_KVM_IS_POSSIBLE

extern bool kvm_allowed;
extern bool kvm_kernel_irqchip;
extern bool kvm_split_irqchip;
extern bool kvm_async_interrupts_allowed;
extern bool kvm_halt_in_kernel_allowed;
extern bool kvm_resamplefds_allowed;
extern bool kvm_msi_via_irqfd_allowed;
extern bool kvm_gsi_routing_allowed;
extern bool kvm_gsi_direct_mapping;
extern bool kvm_readonly_mem_allowed;
extern bool kvm_msi_use_devid;

/* KVM runs the guest. */
#define kvm_enabled()                  (kvm_allowed)
/* The kernel has an interrupt controller: at least the CPUs' own part. */
#define kvm_irqchip_in_kernel()        (kvm_kernel_irqchip)
/* ... and no more than that: PIC and IOAPIC are ours. */
#define kvm_irqchip_is_split()         (kvm_split_irqchip)
/* Interrupts may be raised while CPUs run, without kicking them. */
#define kvm_async_interrupts_enabled() (kvm_async_interrupts_allowed)
/* A halted CPU waits in the kernel. */
#define kvm_halt_in_kernel()           (kvm_halt_in_kernel_allowed)
#define kvm_irqfds_enabled()           kvm_irqchip_in_kernel()
/* The kernel tells by an eventfd that a level interrupt was acknowledged. */
#define kvm_resamplefds_enabled()      (kvm_resamplefds_allowed)
/* An eventfd can send an MSI. */
#define kvm_msi_via_irqfd_enabled()    (kvm_msi_via_irqfd_allowed)
/* GSIs go where routes say. */
#define kvm_gsi_routing_enabled()      (kvm_gsi_routing_allowed)
/* A GSI is a pin of the same number (not on x86). */
#define kvm_gsi_direct_mapping()       (kvm_gsi_direct_mapping)
/* RAM can be given to the guest for reading only. */
#define kvm_readonly_mem_enabled()     (kvm_readonly_mem_allowed)
/* MSIs carry the device's number. */
#define kvm_msi_devid_required()       (kvm_msi_use_devid)

#else

#define kvm_enabled()                  (0)
#define kvm_irqchip_in_kernel()        (false)
#define kvm_irqchip_is_split()         (false)
#define kvm_async_interrupts_enabled() (false)
#define kvm_halt_in_kernel()           (false)
#define kvm_irqfds_enabled()           (false)
#define kvm_resamplefds_enabled()      (false)
#define kvm_msi_via_irqfd_enabled()    (false)
#define kvm_gsi_routing_enabled()      (false)
#define kvm_gsi_direct_mapping()       (false)
#define kvm_readonly_mem_enabled()     (false)
#define kvm_msi_devid_required()       (false)

#endif

struct kvm_run;
struct kvm_irq_routing_entry;
struct kvm_guest_debug;
struct kvm_debug_exit_arch;

/* A capability and its name, for lists of what is needed. */
typedef struct KVMCapabilityInfo {
    const char *name;
    int value;
} KVMCapabilityInfo;

#define KVM_CAP_INFO(CAP) { "KVM_CAP_" stringify(CAP), KVM_CAP_##CAP }
#define KVM_CAP_LAST_INFO { NULL, 0 }

struct KVMState;
typedef struct KVMState KVMState;

#define TYPE_KVM_ACCEL ACCEL_CLASS_NAME("kvm")
DECLARE_INSTANCE_CHECKER(KVMState, KVM_STATE, TYPE_KVM_ACCEL)

/* The virtual machine, or NULL. */
extern KVMState *kvm_state;

/* Routes that are changed together: see kvm_irqchip_begin_route_changes(). */
typedef struct KVMRouteChange {
    KVMState *s;
    int changes;
} KVMRouteChange;

/* ---- memory -------------------------------------------------------------- */

/*
 * How many memory slots each address space of the guest can have, and the least
 * number that is free in one. UINT_MAX without KVM.
 */
unsigned int kvm_get_max_memslots(void);
unsigned int kvm_get_free_memslots(void);
/* Whether the guest sees what the host does to a mapping (mmap, fallocate). */
bool kvm_has_sync_mmu(void);
/*
 * The guest address where @ram_addr, a host pointer, is mapped: 1, or 0 if it
 * is in no slot.
 */
int kvm_physical_memory_addr_from_host(KVMState *s, void *ram_addr,
                                       hwaddr *phys_addr);
/* Runs all writes that the kernel has queued (coalesced MMIO and PIO). */
void kvm_flush_coalesced_mmio_buffer(void);

/* Whether dirty pages are logged in rings, and the entries in each CPU's. */
bool kvm_dirty_ring_enabled(void);
uint32_t kvm_dirty_ring_size(void);

/* A page of the guest is lost to a hardware error (SIGBUS). */
bool kvm_hwpoisoned_mem(void);
/*
 * SIGBUS with @code about host address @addr, in a CPU's thread or another: 0
 * if the guest was told, 1 if it cannot be.
 */
int kvm_on_sigbus_vcpu(CPUState *cpu, int code, void *addr);
int kvm_on_sigbus(int code, void *addr);

/* ---- confidential guests ------------------------------------------------- */

/* From now on registers cannot be read or written. */
void kvm_mark_guest_state_protected(void);
/* A descriptor of @size bytes that only the guest can see; -1 with @errp. */
int kvm_create_guest_memfd(uint64_t size, uint64_t flags, Error **errp);
/* Tells the kernel on which side a range of the guest's addresses is. */
int kvm_set_memory_attributes_private(hwaddr start, uint64_t size);
int kvm_set_memory_attributes_shared(hwaddr start, uint64_t size);
/*
 * The guest converts a range: the kernel and the RAM block hear of it. 0, or
 * negative if the range has no RAM with two sides. Without the BQL.
 */
int kvm_convert_memory(hwaddr start, hwaddr size, bool to_private);

/* ---- what the host can do ------------------------------------------------ */

/* KVM_CHECK_EXTENSION of /dev/kvm, or of the machine: 0 if it has not. */
int kvm_check_extension(KVMState *s, unsigned int extension);
int kvm_vm_check_extension(KVMState *s, unsigned int extension);
int kvm_has_vcpu_events(void);
int kvm_max_nested_state_length(void);
int kvm_has_gsi_routing(void);
bool kvm_arm_supports_user_irq(void);

/* ---- ioctls: a result, or -errno; any thread ----------------------------- */

int kvm_ioctl(KVMState *s, unsigned long type, ...);
int kvm_vm_ioctl(KVMState *s, unsigned long type, ...);
int kvm_vcpu_ioctl(CPUState *cpu, unsigned long type, ...);
int kvm_device_ioctl(int fd, unsigned long type, ...);

#define kvm_enable_cap_args_(ioctl, obj, capability, cap_flags, ...)           \
    ({                                                                         \
        struct kvm_enable_cap cap_ = { .cap = (capability),                    \
                                       .flags = (cap_flags) };                 \
        uint64_t args_[] = { __VA_ARGS__ };                                    \
                                                                               \
        memcpy(cap_.args, args_, MIN(sizeof(args_), sizeof(cap_.args)));       \
        ioctl(obj, KVM_ENABLE_CAP, &cap_);                                     \
    })
/* Enables a capability of the machine or a CPU; arguments are uint64_t. */
#define kvm_vm_enable_cap(s, capability, cap_flags, ...)                       \
    kvm_enable_cap_args_(kvm_vm_ioctl, s, capability, cap_flags, ##__VA_ARGS__)
#define kvm_vcpu_enable_cap(cpu, capability, cap_flags, ...)                   \
    kvm_enable_cap_args_(kvm_vcpu_ioctl, cpu, capability, cap_flags,           \
                         ##__VA_ARGS__)

/* Whether the machine or a device has an attribute: 1 or 0. */
int kvm_vm_check_attr(KVMState *s, uint32_t group, uint64_t attr);
int kvm_device_check_attr(int fd, uint32_t group, uint64_t attr);
/* Reads or writes it; @val is as large as the attribute. */
int kvm_device_access(int fd, int group, uint64_t attr, void *val, bool write,
                      Error **errp);
/* A device in the kernel: its fd. With @test it only asks: 0 if it has it. */
int kvm_create_device(KVMState *s, uint64_t type, bool test);
bool kvm_device_supported(int vmfd, uint64_t type);

/* ---- CPUs ---------------------------------------------------------------- */

/* The kernel's part of a CPU is made; parked, for one that comes later. */
int kvm_create_vcpu(CPUState *cpu);
void kvm_park_vcpu(CPUState *cpu);
/* The fd of the one with this number; -ENOENT. */
int kvm_unpark_vcpu(KVMState *s, unsigned long vcpu_id);
int kvm_create_and_park_vcpu(CPUState *cpu);
bool kvm_vcpu_id_is_valid(int vcpu_id);

/* Fetches the registers to @cpu if they are in the kernel. */
void kvm_cpu_synchronize_state(CPUState *cpu);
/* In a CPU's thread: the signal that kicks it out of the kernel. */
void kvm_init_cpu_signals(CPUState *cpu);
/* The kernel's size of a signal mask, where it is not 8. */
void kvm_set_sigmask_len(KVMState *s, unsigned int sigmask_len);

/* One register by its KVM_REG_* number. */
int kvm_set_one_reg(CPUState *cs, uint64_t id, void *source);
int kvm_get_one_reg(CPUState *cs, uint64_t id, void *target);

/* ---- debugging ----------------------------------------------------------- */

/* A breakpoint that is an instruction in the guest's memory. */
struct kvm_sw_breakpoint {
    vaddr pc;
    vaddr saved_insn;
    int use_count;
    QTAILQ_ENTRY(kvm_sw_breakpoint) entry;
};

struct kvm_sw_breakpoint *kvm_find_sw_breakpoint(CPUState *cpu, vaddr pc);
int kvm_sw_breakpoints_active(CPUState *cpu);
/* Tells the kernel of stepping and breakpoints; and of a trap to reinject. */
int kvm_update_guest_debug(CPUState *cpu, unsigned long reinject_trap);

/* ---- interrupts ---------------------------------------------------------- */

bool kvm_kernel_irqchip_allowed(void);
bool kvm_kernel_irqchip_required(void);
/* The user asked for kernel-irqchip=split. */
bool kvm_kernel_irqchip_split(void);

/* Sets the level of a GSI. */
int kvm_set_irq(KVMState *s, int irq, int level);
/* Sends a message, with a route of its own where that is needed. */
int kvm_irqchip_send_msi(KVMState *s, MSIMessage msg);

/*
 * Routes. What was added or updated is in force after a commit; add_msi_route
 * counts in @c, whose commit does nothing without changes. A virq is a GSI that
 * was free. @dev may be NULL; else vector @vector of it is the message.
 */
static inline KVMRouteChange kvm_irqchip_begin_route_changes(KVMState *s)
{
    return (KVMRouteChange){ .s = s, .changes = 0 };
}
int kvm_irqchip_add_msi_route(KVMRouteChange *c, int vector, PCIDevice *dev);
int kvm_irqchip_update_msi_route(KVMState *s, int virq, MSIMessage msg,
                                 PCIDevice *dev);
void kvm_irqchip_commit_routes(KVMState *s);
static inline void kvm_irqchip_commit_route_changes(KVMRouteChange *c)
{
    if (c->changes) {
        kvm_irqchip_commit_routes(c->s);
        c->changes = 0;
    }
}
/* A free GSI, not counted as used until a route has it; -ENOSPC. */
int kvm_irqchip_get_virq(KVMState *s);
void kvm_irqchip_release_virq(KVMState *s, int virq);
void kvm_irqchip_add_irq_route(KVMState *s, int gsi, int irqchip, int pin);
void kvm_add_routing_entry(KVMState *s, struct kvm_irq_routing_entry *entry);
/* Once the machine exists; calls kvm_arch_init_irq_routing(). */
void kvm_init_irq_routing(KVMState *s);

/* Notifiers that hear when routes may have changed. */
void kvm_irqchip_add_change_notifier(Notifier *n);
void kvm_irqchip_remove_change_notifier(Notifier *n);
void kvm_irqchip_change_notify(void);

/* @n raises a GSI; @rn, if not NULL, is told when a level was acknowledged. */
int kvm_irqchip_add_irqfd_notifier_gsi(KVMState *s, EventNotifier *n,
                                       EventNotifier *rn, int virq);
int kvm_irqchip_remove_irqfd_notifier_gsi(KVMState *s, EventNotifier *n,
                                          int virq);
/* ... the GSI of an interrupt line; -ENXIO if it has none. */
int kvm_irqchip_add_irqfd_notifier(KVMState *s, EventNotifier *n,
                                   EventNotifier *rn, qemu_irq irq);
int kvm_irqchip_remove_irqfd_notifier(KVMState *s, EventNotifier *n,
                                      qemu_irq irq);
void kvm_irqchip_set_qemuirq_gsi(KVMState *s, qemu_irq irq, int gsi);
/* An interrupt controller of ours saw an EOI: tells who waits for it. */
void kvm_resample_fd_notify(int gsi);

/* ---- the architecture's part --------------------------------------------- */

/* What the host must have; ends with KVM_CAP_LAST_INFO. */
extern const KVMCapabilityInfo kvm_arch_required_capabilities[];

/* Adds properties to the accelerator. */
void kvm_arch_accel_class_init(ObjectClass *oc);
/* The type for KVM_CREATE_VM where the machine does not say. */
int kvm_arch_get_default_type(MachineState *ms);
/* The machine was made, has no CPUs and no memory. */
int kvm_arch_init(MachineState *ms, KVMState *s);
/* CPUs: made and mapped; about to be closed; its number in the kernel. */
int kvm_arch_init_vcpu(CPUState *cpu);
int kvm_arch_destroy_vcpu(CPUState *cpu);
unsigned long kvm_arch_vcpu_id(CPUState *cpu);
static inline void kvm_arch_reset_parked_vcpu(unsigned long vcpu_id,
                                              int kvm_fd)
{
}

/* Which registers to write: those that the guest changes as it runs, */
#define KVM_PUT_RUNTIME_STATE 1
/* and those that a reset changes, */
#define KVM_PUT_RESET_STATE   2
/* and all others. */
#define KVM_PUT_FULL_STATE    3

int kvm_arch_get_registers(CPUState *cpu, Error **errp);
int kvm_arch_put_registers(CPUState *cpu, int level, Error **errp);

/*
 * Around each KVM_RUN, without the BQL. The result are the attributes of the
 * accesses that the CPU makes.
 */
void kvm_arch_pre_run(CPUState *cpu, struct kvm_run *run);
MemTxAttrs kvm_arch_post_run(CPUState *cpu, struct kvm_run *run);
/* Exits that only it knows; without the BQL. 0: run on, else leave the loop. */
int kvm_arch_handle_exit(CPUState *cpu, struct kvm_run *run);
/* Before running, with the BQL: nonzero if the CPU is not to run now. */
int kvm_arch_process_async_events(CPUState *cpu);
/* Whether the machine is to stop when the kernel cannot emulate. */
bool kvm_arch_stop_on_emulation_error(CPUState *cpu);
void kvm_arch_on_sigbus_vcpu(CPUState *cpu, int code, void *addr);

/* Makes what kernel-irqchip asks for: 1 if it did all, 0: KVM_CREATE_IRQCHIP */
int kvm_arch_irqchip_create(KVMState *s);
void kvm_arch_init_irq_routing(KVMState *s);
/* An IOMMU translates the message of @route; 0 or negative. */
int kvm_arch_fixup_msi_route(struct kvm_irq_routing_entry *route,
                             uint64_t address, uint32_t data, PCIDevice *dev);
int kvm_arch_add_msi_route_post(struct kvm_irq_routing_entry *route,
                                int vector, PCIDevice *dev);
int kvm_arch_release_virq_post(int virq);
int kvm_arch_msi_data_to_gsi(uint32_t data);

int kvm_arch_insert_sw_breakpoint(CPUState *cpu, struct kvm_sw_breakpoint *bp);
int kvm_arch_remove_sw_breakpoint(CPUState *cpu, struct kvm_sw_breakpoint *bp);
int kvm_arch_insert_hw_breakpoint(vaddr addr, vaddr len, int type);
int kvm_arch_remove_hw_breakpoint(vaddr addr, vaddr len, int type);
void kvm_arch_remove_all_hw_breakpoints(void);
void kvm_arch_update_guest_debug(CPUState *cpu, struct kvm_guest_debug *dbg);

#endif

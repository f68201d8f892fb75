/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs: the QOM device that every target's CPU derives from.
 *
 * CPUClass says what a family or model can do, through hooks; CPUState is what
 * all CPUs have in common, and is followed at once by the target's own state
 * (CPUArchState, cpu_env()). A CPU that is realized is in the list of all CPUs
 * (CPU_FOREACH), has a number (cpu_index), and, when the machine has an
 * accelerator, a host thread that runs it (system/cpus.c, accel/).
 *
 * Who may touch what: the state of a CPU belongs to its thread. Others stop it
 * (vm_stop(), cpu_pause()), send it work (run_on_cpu(), async_run_on_cpu()) or
 * an interrupt (cpu_interrupt()). Unless said otherwise functions need the BQL.
 *
 * Implemented in hw/core/cpu-*.c and system/cpus.c.
 */
#ifndef QEMU_CPU_H
#define QEMU_CPU_H

#include "accel/soft-state.h"
#include "disas/dis-asm.h"
#include "exec/breakpoint.h"
#include "exec/cpu-interrupt.h"
#include "exec/hwaddr.h"
#include "exec/memattrs.h"
#include "exec/mmu-access-type.h"
#include "exec/vaddr.h"
#include "hw/qdev-core.h"
#include "hw/target.h"
#include "qapi/qapi-types-machine.h"
#include "qapi/qapi-types-run-state.h"
#include "qemu/bitmap.h"
#include "qemu/lockcnt.h"
#include "qemu/queue.h"
#include "qemu/rcu_queue.h"
#include "qemu/thread.h"
#include "qom/object.h"
#include <setjmp.h>

/* Takes @size bytes of a dump; negative when it cannot. */
typedef int (*WriteCoreDumpFunction)(const void *buf, size_t size,
                                     void *opaque);

#define TYPE_CPU "cpu"

/* Not checked: for use where it matters, and where it is known. */
#define CPU(obj) ((CPUState *)(obj))

typedef struct CPUClass CPUClass;
DECLARE_CLASS_CHECKERS(CPUClass, CPU, TYPE_CPU)

/* For a target's cpu-qom.h: typedefs and casts of its CPU (ArchCPU) and class */
#define OBJECT_DECLARE_CPU_TYPE(CpuInstanceType, CpuClassType,                 \
                                CPU_MODULE_OBJ_NAME)                           \
    typedef struct ArchCPU CpuInstanceType;                                    \
    OBJECT_DECLARE_TYPE(ArchCPU, CpuClassType, CPU_MODULE_OBJ_NAME);

struct AccelCPUClass;
struct CPUAddressSpace;
struct SoftCPUOps;
struct SysemuCPUOps;
struct qemu_work_item;

/* A family or model of CPUs. Hooks may be NULL where that is said. */
struct CPUClass {
    DeviceClass parent_class;

    /* The class that the model name after -cpu means, or NULL. */
    ObjectClass *(*class_by_name)(const char *cpu_model);
    /*
     * Takes "prop=value,..." after it: makes global properties of the type
     * @typename. The default accepts all properties.
     */
    void (*parse_features)(const char *typename, char *str, Error **errp);

    int (*mmu_index)(CPUState *cpu, bool ifetch);
    /* NULL: by the page tables and the CPU's address space. */
    int (*memory_rw_debug)(CPUState *cpu, vaddr addr, uint8_t *buf, size_t len,
                           bool is_write);
    /* Prints the registers; @flags are CPU_DUMP_*. May be NULL. */
    void (*dump_state)(CPUState *cpu, FILE *f, int flags);
    /* Adds the target's part to query-cpus-fast. May be NULL. */
    void (*query_cpu_fast)(CPUState *cpu, CpuInfoFast *value);
    /* Adds the target's part to a model of query-cpu-definitions, or NULL. */
    void (*describe_model)(CPUClass *cc, CpuDefinitionInfo *info);
    /* The number that the guest knows it by; default: cpu_index. */
    int64_t (*get_arch_id)(CPUState *cpu);
    void (*set_pc)(CPUState *cpu, vaddr value);
    vaddr (*get_pc)(CPUState *cpu);
    /* Register @reg of gdb's numbering: its size in bytes, 0 if none. */
    int (*gdb_read_register)(CPUState *cpu, GByteArray *buf, int reg);
    int (*gdb_write_register)(CPUState *cpu, uint8_t *buf, int reg);
    vaddr (*gdb_adjust_breakpoint)(CPUState *cpu, vaddr addr);

    /* The description of the core registers, and the architecture's name. */
    const char *gdb_core_xml_file;
    const gchar *(*gdb_arch_name)(CPUState *cpu);

    void (*disas_set_info)(CPUState *cpu, disassemble_info *info);

    /* Set: the model is deprecated, and what to use. */
    const char *deprecation_note;
    struct AccelCPUClass *accel_cpu;

    const struct SysemuCPUOps *sysemu_ops;
    /* Never set: QEMU's translator. Ours is soft_ops. */
    const TCGCPUOps *tcg_ops;
    const struct SoftCPUOps *soft_ops; /* accel/soft.h */

    void (*init_accel_cpu)(struct AccelCPUClass *accel_cpu, CPUClass *cc);

    /*
     * Ours, for query-cpu-model-expansion of this family: NULL where there is
     * none. And whether the model is the same in every version.
     */
    CpuModelExpansionInfo *(*expand_model)(CpuModelExpansionType type,
                                           CpuModelInfo *model, Error **errp);
    bool static_model;

    int reset_dump_flags;  /* CPU_DUMP_* of "-d cpu_reset" */
    int gdb_num_core_regs; /* 0: as many as the XML has */
    bool gdb_stop_before_watchpoint;
};

/* No target has more mmu indexes. */
#define NB_MMU_MODES 16

/* A page that a target's tlb_fill hands to the engine (exec/cputlb.h). */
struct CPUTLBEntryFull {
    /* The engine's own. */
    hwaddr xlat_section;
    /* In the address space that the attributes choose. */
    hwaddr phys_addr;
    MemTxAttrs attrs;
    uint8_t prot; /* PAGE_READ, ... */
    uint8_t lg_page_size;
    uint8_t tlb_fill_flags;
    uint8_t slow_flags[MMU_ACCESS_COUNT];
};

/*
 * Negative: the CPU is to leave its loop as soon as it can. The high half is
 * -1 then, and set by cpu_exit() and cpu_interrupt(), cleared by the CPU.
 */
typedef union IcountDecr {
    uint32_t u32;
    struct {
#if HOST_BIG_ENDIAN
        uint16_t high;
        uint16_t low;
#else
        uint16_t low;
        uint16_t high;
#endif
    } u16;
} IcountDecr;

/* What the engine reaches with small negative offsets from the state. */
typedef struct CPUNegativeOffsetState {
    bool can_do_io;
    IcountDecr icount_decr;
    SoftHot soft;
} CPUNegativeOffsetState;

struct KVMState;
struct kvm_run;
struct kvm_dirty_gfn;

/* An argument of work that is sent to a CPU. */
typedef union {
    int host_int;
    unsigned long host_ulong;
    void *host_ptr;
    vaddr target_ptr;
} run_on_cpu_data;

#define RUN_ON_CPU_HOST_PTR(p)    ((run_on_cpu_data){ .host_ptr = (p) })
#define RUN_ON_CPU_HOST_INT(i)    ((run_on_cpu_data){ .host_int = (i) })
#define RUN_ON_CPU_HOST_ULONG(ul) ((run_on_cpu_data){ .host_ulong = (ul) })
#define RUN_ON_CPU_TARGET_PTR(v)  ((run_on_cpu_data){ .target_ptr = (v) })
#define RUN_ON_CPU_NULL           RUN_ON_CPU_HOST_PTR(NULL)

typedef void (*run_on_cpu_func)(CPUState *cpu, run_on_cpu_data data);

#define CPU_UNSET_NUMA_NODE_ID -1

/* What all CPUs have. */
struct CPUState {
    DeviceState parent_obj;
    CPUClass *cc; /* its class, from instance_init on */

    int nr_threads; /* of its core */

    /* The host's thread; live while created is set. */
    struct QemuThread *thread;
    int thread_id;
    /* Between cpu_exec_start() and _end(); an exclusive section waits for it */
    bool running, has_waiter;
    struct QemuCond *halt_cond; /* signalled by kicks, with the BQL */
    /* Ours: what the thread sleeps on; set by kicks, from any thread. */
    QemuEvent wake;
    bool thread_kicked;
    bool created;
    bool stop;    /* asked to stop */
    bool stopped; /* and has done so */

    bool start_powered_off; /* halted after a reset, until somebody wakes it */

    bool unplug;
    bool crash_occurred;
    bool exit_request;
    int exclusive_context_count;
    uint32_t cflags_next_tb;
    uint32_t interrupt_request; /* CPU_INTERRUPT_*; written with the BQL */
    int singlestep_enabled;     /* SSTEP_* */
    int64_t icount_budget;
    int64_t icount_extra;
    uint64_t random_seed;
    sigjmp_buf jmp_env; /* where cpu_loop_exit() goes */

    QemuMutex work_mutex;
    QSIMPLEQ_HEAD(, qemu_work_item) work_list;

    struct CPUAddressSpace *cpu_ases;
    int num_ases;
    AddressSpace *as;     /* the first of them */
    MemoryRegion *memory; /* its root: the property "memory" */

    GArray *gdb_regs;
    int gdb_num_regs;
    int gdb_num_g_regs;
    QTAILQ_ENTRY(CPUState) node;

    QTAILQ_HEAD(, CPUBreakpoint) breakpoints;
    QTAILQ_HEAD(, CPUWatchpoint) watchpoints;
    CPUWatchpoint *watchpoint_hit;

    void *opaque;
    uintptr_t mem_io_pc;

    int kvm_fd;
    struct KVMState *kvm_state;
    struct kvm_run *kvm_run;
    struct kvm_dirty_gfn *kvm_dirty_gfns;
    uint32_t kvm_fetch_index;
    uint64_t dirty_pages;
    int kvm_vcpu_stats_fd;
    Error *start_error; /* see cpu_has_started() */
    bool vcpu_dirty;
    QemuLockCnt in_ioctl_lock;

    int cpu_index;
    int cluster_index;
    uint32_t tcg_cflags;
    uint32_t halted;
    int32_t exception_index; /* what is being raised, or -1 */

    AccelCPUState *accel; /* the accelerator's own */

    bool throttle_thread_scheduled;
    int64_t throttle_us_per_full;
    /* Accesses to nothing do not reach the target: MachineClass */
    bool ignore_memory_transaction_failures;

    GArray *iommu_notifiers;

    /* Last, so that it is near to the target's state. */
    char neg_align[-sizeof(CPUNegativeOffsetState) % 16] QEMU_ALIGNED(16);
    CPUNegativeOffsetState neg;
};

QEMU_BUILD_BUG_ON(offsetof(CPUState, neg) !=
                  sizeof(CPUState) - sizeof(CPUNegativeOffsetState));

/* The target's state. */
static inline CPUArchState *cpu_env(CPUState *cpu)
{
    return (CPUArchState *)(cpu + 1);
}

/* ---- finding CPUs -------------------------------------------------------- */

/*
 * All CPUs by cpu_index. Read with the BQL or inside of an RCU section; the
 * writers hold the list's lock as well (exec/cpu-common.h).
 */
typedef QTAILQ_HEAD(CPUTailQ, CPUState) CPUTailQ;
extern CPUTailQ cpus_queue;

#define first_cpu        QTAILQ_FIRST_RCU(&cpus_queue)
#define CPU_NEXT(cpu)    QTAILQ_NEXT_RCU(cpu, node)
#define CPU_FOREACH(cpu) QTAILQ_FOREACH_RCU(cpu, &cpus_queue, node)
#define CPU_FOREACH_SAFE(cpu, next_cpu)                                        \
    QTAILQ_FOREACH_SAFE_RCU(cpu, &cpus_queue, node, next_cpu)

/* The CPU whose thread this is, or for which qtest acts; else NULL. */
extern __thread CPUState *current_cpu;

/* One thread for each CPU: always so. */
extern bool mttcg_enabled;
#define qemu_tcg_mttcg_enabled() (mttcg_enabled)

/* The CPU with this cpu_index, or NULL. */
CPUState *qemu_get_cpu(int index);
/* By the number that the guest knows: the CPU or NULL; whether there is one */
CPUState *cpu_by_arch_id(int64_t id);
bool cpu_exists(int64_t id);

/* Puts @cpu into the list, with a cpu_index if it has none; and takes it out. */
void cpu_list_add(CPUState *cpu);
void cpu_list_remove(CPUState *cpu);

/* ---- models -------------------------------------------------------------- */

/* The class of model @cpu_model of the family @typename; NULL if none. */
ObjectClass *cpu_class_by_name(const char *typename, const char *cpu_model);
/* The model's name in a type's name; to be freed. NULL if it is no CPU type. */
char *cpu_model_from_type(const char *typename);
/*
 * The type that "MODEL,prop=value,..." names; the properties become globals.
 * On a mistake it prints a message and ends the program.
 */
const char *parse_cpu_option(const char *cpu_option);
/*
 * Ours: the classes of all models of the machine's family, or of all families
 * when there is no machine, by type name; and the class of a model or NULL.
 */
GSList *cpu_models(void);
ObjectClass *cpu_model_class(const char *model);
/* Makes and realizes a CPU. On an error: a message, and NULL. */
CPUState *cpu_create(const char *typename);

/* ---- state --------------------------------------------------------------- */

/* As by its reset line: device_cold_reset() of it. */
void cpu_reset(CPUState *cpu);

static inline void cpu_set_pc(CPUState *cpu, vaddr addr)
{
    cpu->cc->set_pc(cpu, addr);
}

enum CPUDumpFlags {
    CPU_DUMP_CODE = 0x00010000,
    CPU_DUMP_FPU = 0x00020000,
    CPU_DUMP_CCOP = 0x00040000,
    CPU_DUMP_VPU = 0x00080000,
};

/* Prints the registers to @f, or where qemu_printf() goes if it is NULL. */
void cpu_dump_state(CPUState *cpu, FILE *f, int flags);

bool cpu_paging_enabled(const CPUState *cpu);
bool cpu_get_memory_mapping(CPUState *cpu, MemoryMappingList *list,
                            Error **errp);
/* Notes of an ELF core of the guest; 0, or -1 where the target has none. */
int cpu_write_elf64_note(WriteCoreDumpFunction f, CPUState *cpu, int cpuid,
                         void *opaque);
int cpu_write_elf64_qemunote(WriteCoreDumpFunction f, CPUState *cpu,
                             void *opaque);
int cpu_write_elf32_note(WriteCoreDumpFunction f, CPUState *cpu, int cpuid,
                         void *opaque);
int cpu_write_elf32_qemunote(WriteCoreDumpFunction f, CPUState *cpu,
                             void *opaque);
/* What the guest told of its crash, or NULL; the caller's. */
GuestPanicInformation *cpu_get_crash_info(CPUState *cpu);
bool cpu_virtio_is_big_endian(CPUState *cpu);

/* ---- memory -------------------------------------------------------------- */

/*
 * The physical page of the virtual address @addr, or -1, as a debugger sees
 * it: no permissions, no faults. Also the attributes of an access to it.
 */
hwaddr cpu_get_phys_page_attrs_debug(CPUState *cpu, vaddr addr,
                                     MemTxAttrs *attrs);
hwaddr cpu_get_phys_page_debug(CPUState *cpu, vaddr addr);
/* Which of the CPU's address spaces an access with @attrs goes to. */
int cpu_asidx_from_attrs(CPUState *cpu, MemTxAttrs attrs);
/* That address space. */
AddressSpace *cpu_get_address_space(CPUState *cpu, int asidx);

/* ---- its thread ---------------------------------------------------------- */

bool qemu_cpu_is_self(CPUState *cpu);
/* Makes its thread look up: wakes it if idle, else ends its stay in the guest.
 * Any thread. */
void qemu_cpu_kick(CPUState *cpu);
/* Stopped, or the machine is not running. */
bool cpu_is_stopped(CPUState *cpu);
/* Whether a halted CPU has a reason to go on. */
bool cpu_has_work(CPUState *cpu);

/*
 * Calls @func(@cpu, @data) on its thread, under the BQL: waiting for it (the
 * BQL is released meanwhile); later. do_run_on_cpu() takes the lock to release
 * as an argument. The latter may be called from any thread, without the BQL.
 */
void do_run_on_cpu(CPUState *cpu, run_on_cpu_func func, run_on_cpu_data data,
                   QemuMutex *mutex);
void run_on_cpu(CPUState *cpu, run_on_cpu_func func, run_on_cpu_data data);
void async_run_on_cpu(CPUState *cpu, run_on_cpu_func func,
                      run_on_cpu_data data);
/* Later, without the BQL, while no other CPU runs guest code. Any thread. */
void async_safe_run_on_cpu(CPUState *cpu, run_on_cpu_func func,
                           run_on_cpu_data data);
/* On its own thread: does all that was sent; and at its end, drops it. */
void process_queued_cpu_work(CPUState *cpu);
void free_queued_cpu_work(CPUState *cpu);

/* Whether it is in an exclusive section. */
static inline bool cpu_in_exclusive_context(const CPUState *cpu)
{
    return cpu->exclusive_context_count;
}

/*
 * Around the guest code that a CPU's thread runs; without the BQL. An
 * exclusive section waits until all have left, and keeps others out.
 */
void cpu_exec_start(CPUState *cpu);
void cpu_exec_end(CPUState *cpu);
/*
 * An exclusive section: no CPU but the current runs guest code. They nest on
 * one thread. Outside of cpu_exec_start() and _end(), without the BQL.
 */
void start_exclusive(void);
void end_exclusive(void);

/*
 * Raises (from any thread, with the BQL) and clears bits CPU_INTERRUPT_* of
 * interrupt_request; raising kicks the CPU.
 */
void cpu_interrupt(CPUState *cpu, int mask);
void cpu_reset_interrupt(CPUState *cpu, int mask);
/* Has the CPU leave its loop. Any thread. */
void cpu_exit(CPUState *cpu);
/* Stops it, without waiting unless it is the caller; has it run again. */
void cpu_pause(CPUState *cpu);
void cpu_resume(CPUState *cpu);
/* Ends its thread, and waits for that. */
void cpu_remove_sync(CPUState *cpu);
/* Starts its thread, and waits until it is there. At realize. */
void qemu_init_vcpu(CPUState *cpu);
/*
 * After that: whether it could start. If not, its thread waits to be ended, and
 * @errp says why; only a CPU that is plugged gets that far.
 */
bool cpu_has_started(CPUState *cpu, Error **errp);
/* Says what is wrong, dumps the registers and aborts. */
G_NORETURN void cpu_abort(CPUState *cpu, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* ---- debugging ----------------------------------------------------------- */

#define SSTEP_ENABLE  0x1 /* stop after each instruction */
#define SSTEP_NOIRQ   0x2 /* and take no interrupts */
#define SSTEP_NOTIMER 0x4 /* nor let timers run */

/* Sets SSTEP_* flags; 0 ends stepping. */
void cpu_single_step(CPUState *cpu, int enabled);

#define BP_MEM_READ             0x01
#define BP_MEM_WRITE            0x02
#define BP_MEM_ACCESS           (BP_MEM_READ | BP_MEM_WRITE)
#define BP_STOP_BEFORE_ACCESS   0x04
#define BP_GDB                  0x10 /* set by the debugger */
#define BP_CPU                  0x20 /* set by the guest */
#define BP_ANY                  (BP_GDB | BP_CPU)
#define BP_HIT_SHIFT            6
#define BP_WATCHPOINT_HIT_READ  (BP_MEM_READ << BP_HIT_SHIFT)
#define BP_WATCHPOINT_HIT_WRITE (BP_MEM_WRITE << BP_HIT_SHIFT)
#define BP_WATCHPOINT_HIT       (BP_MEM_ACCESS << BP_HIT_SHIFT)

/*
 * Breakpoints at @pc. Inserting returns 0 and the entry (@breakpoint may be
 * NULL); removing by address and flags, -ENOENT if there is none; @mask is of
 * BP_ANY. The debugger's are found first.
 */
int cpu_breakpoint_insert(CPUState *cpu, vaddr pc, int flags,
                          CPUBreakpoint **breakpoint);
int cpu_breakpoint_remove(CPUState *cpu, vaddr pc, int flags);
void cpu_breakpoint_remove_by_ref(CPUState *cpu, CPUBreakpoint *breakpoint);
void cpu_breakpoint_remove_all(CPUState *cpu, int mask);

static inline bool cpu_breakpoint_test(CPUState *cpu, vaddr pc, int mask)
{
    CPUBreakpoint *bp;

    QTAILQ_FOREACH(bp, &cpu->breakpoints, entry) {
        if (bp->pc == pc && (bp->flags & mask)) {
            return true;
        }
    }
    return false;
}

/* Watchpoints likewise; -EINVAL for an empty range or one that wraps. */
int cpu_watchpoint_insert(CPUState *cpu, vaddr addr, vaddr len, int flags,
                          CPUWatchpoint **watchpoint);
int cpu_watchpoint_remove(CPUState *cpu, vaddr addr, vaddr len, int flags);
void cpu_watchpoint_remove_by_ref(CPUState *cpu, CPUWatchpoint *watchpoint);
void cpu_watchpoint_remove_all(CPUState *cpu, int mask);

/* ---- for a target's class, in this order --------------------------------- */

/* class_init's and instance_init's part; TYPE_CPU's own call them. */
void cpu_class_init_props(DeviceClass *dc);
void cpu_exec_class_post_init(CPUClass *cc);
void cpu_exec_initfn(CPUState *cpu);
/*
 * At the beginning of realize: enters the CPU into the list and sets up the
 * accelerator's part. Then the target's own, qemu_init_vcpu(), cpu_reset(),
 * and the parent's realize. unrealize undoes it.
 */
bool cpu_exec_realizefn(CPUState *cpu, Error **errp);
void cpu_exec_unrealizefn(CPUState *cpu);
void cpu_exec_reset_hold(CPUState *cpu);
/* The common state and the class's vmsd; realize and unrealize do it. */
void cpu_vmstate_register(CPUState *cpu);
void cpu_vmstate_unregister(CPUState *cpu);

extern const VMStateDescription vmstate_cpu_common;

/* For the vmsd of a target that includes the common state in its own. */
#define VMSTATE_CPU()                                                          \
    {                                                                          \
        .name = "parent_obj", .size = sizeof(CPUState),                        \
        .vmsd = &vmstate_cpu_common, .flags = VMS_STRUCT, .offset = 0,         \
    }

#define UNASSIGNED_CPU_INDEX     -1
#define UNASSIGNED_CLUSTER_INDEX -1

#endif

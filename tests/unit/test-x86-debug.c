/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A debugger's breakpoints under KVM on x86: what the kernel is told of them,
 * and whom its exits are for. There is no kernel: KVM's state is an object.
 */
#include "qemu/osdep.h"
#include "gdbstub/enums.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "target/x86/kvm/kvm-internal.h"

static CPUState *cpu;

static struct kvm_guest_debug told(void)
{
    struct kvm_guest_debug dbg = { 0 };

    kvm_arch_update_guest_debug(cpu, &dbg);
    return dbg;
}

static void test_registers(void)
{
    struct kvm_guest_debug dbg = told();

    g_assert_cmphex(dbg.control, ==, 0);
    g_assert_cmpint(kvm_arch_insert_hw_breakpoint(0x1234, 5, GDB_BREAKPOINT_HW),
                    ==, 0);
    g_assert_cmpint(
        kvm_arch_insert_hw_breakpoint(0x2000, 8, GDB_WATCHPOINT_WRITE), ==, 0);
    g_assert_cmpint(
        kvm_arch_insert_hw_breakpoint(0x3002, 2, GDB_WATCHPOINT_ACCESS), ==, 0);
    g_assert_cmpint(
        kvm_arch_insert_hw_breakpoint(0x3004, 4, GDB_WATCHPOINT_ACCESS), ==, 0);
    dbg = told();
    g_assert_cmphex(dbg.control, ==,
                    KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP);
    g_assert_cmphex(dbg.arch.debugreg[0], ==, 0x1234);
    g_assert_cmphex(dbg.arch.debugreg[3], ==, 0x3004);
    /* G0 to G3; execute; write 8; access 2; access 4 (SDM 3, 18.2.4) */
    g_assert_cmphex(dbg.arch.debugreg[7], ==, 0xf7900000 | 0x700 | 0xaa);

    g_assert_cmpint(kvm_arch_insert_hw_breakpoint(1, 1, GDB_BREAKPOINT_HW), ==,
                    -ENOBUFS);
    g_assert_cmpint(kvm_arch_remove_hw_breakpoint(0x1234, 1, GDB_BREAKPOINT_HW),
                    ==, 0);
    g_assert_cmpint(kvm_arch_remove_hw_breakpoint(0x1234, 1, GDB_BREAKPOINT_HW),
                    ==, -ENOENT);
    g_assert_cmpint(
        kvm_arch_insert_hw_breakpoint(0x2000, 8, GDB_WATCHPOINT_WRITE), ==,
        -EEXIST);
    g_assert_cmpint(kvm_arch_insert_hw_breakpoint(0, 3, GDB_WATCHPOINT_WRITE),
                    ==, -EINVAL);
    g_assert_cmpint(kvm_arch_insert_hw_breakpoint(2, 4, GDB_WATCHPOINT_WRITE),
                    ==, -EINVAL);
    g_assert_cmpint(kvm_arch_insert_hw_breakpoint(0, 4, GDB_WATCHPOINT_READ),
                    ==, -ENOSYS);
    kvm_arch_remove_all_hw_breakpoints();
    g_assert_cmphex(told().control, ==, 0);
}

static int exit_of(uint32_t exception, uint64_t dr6, uint64_t pc)
{
    struct kvm_debug_exit_arch arch = {
        .exception = exception,
        .dr6 = dr6,
        .pc = pc,
    };

    cpu->watchpoint_hit = NULL;
    cpu_env(cpu)->exception_injected = 0;
    return kvm_x86_handle_debug(cpu, &arch);
}

static void test_exits(void)
{
    struct kvm_sw_breakpoint bp = { .pc = 0x500 };

    cpu->vcpu_dirty = true; /* registers are here */
    kvm_arch_insert_hw_breakpoint(0x1000, 1, GDB_BREAKPOINT_HW);
    kvm_arch_insert_hw_breakpoint(0x2000, 4, GDB_WATCHPOINT_WRITE);
    kvm_arch_insert_hw_breakpoint(0x3000, 4, GDB_WATCHPOINT_ACCESS);
    QTAILQ_INSERT_HEAD(&kvm_state->kvm_sw_breakpoints, &bp, entry);
    g_assert_cmphex(told().control, ==,
                    KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP |
                        KVM_GUESTDBG_USE_SW_BP);

    g_assert_cmpint(exit_of(EXCP01_DB, 1, 0x1000), ==, EXCP_DEBUG);
    g_assert_null(cpu->watchpoint_hit);
    g_assert_cmpint(exit_of(EXCP01_DB, 2, 0x10), ==, EXCP_DEBUG);
    g_assert_cmphex(cpu->watchpoint_hit->vaddr, ==, 0x2000);
    g_assert_cmpint(cpu->watchpoint_hit->flags, ==, BP_MEM_WRITE);
    g_assert_cmpint(exit_of(EXCP01_DB, 4, 0x10), ==, EXCP_DEBUG);
    g_assert_cmpint(cpu->watchpoint_hit->flags, ==, BP_MEM_ACCESS);
    g_assert_cmpint(exit_of(EXCP03_INT3, 0, 0x500), ==, EXCP_DEBUG);
    cpu->singlestep_enabled = SSTEP_ENABLE;
    g_assert_cmpint(exit_of(EXCP01_DB, DR6_BS, 0x10), ==, EXCP_DEBUG);
    cpu->singlestep_enabled = 0;

    /* The guest's own go on to it. */
    g_assert_cmpint(exit_of(EXCP03_INT3, 0, 0x501), ==, 0);
    g_assert_cmpint(cpu_env(cpu)->exception_injected, ==, 1);
    g_assert_cmpint(cpu_env(cpu)->exception_nr, ==, EXCP03_INT3);
    g_assert_cmpint(exit_of(EXCP01_DB, DR6_BS, 0x10), ==, 0);
    g_assert_cmpint(exit_of(EXCP01_DB, 8, 0x10), ==, 0);
    g_assert_cmphex(cpu_env(cpu)->dr[6], ==, 8);

    QTAILQ_REMOVE(&kvm_state->kvm_sw_breakpoints, &bp, entry);
    kvm_arch_remove_all_hw_breakpoints();
    cpu->watchpoint_hit = NULL;
}

/* Before the machine has stopped, another CPU hits another one. */
static void test_two_cpus(void)
{
    CPUState *first = cpu, *second = CPU(object_new(X86_CPU_TYPE_NAME("base")));

    kvm_arch_insert_hw_breakpoint(0x2000, 4, GDB_WATCHPOINT_WRITE);
    kvm_arch_insert_hw_breakpoint(0x3000, 4, GDB_WATCHPOINT_ACCESS);
    g_assert_cmpint(exit_of(EXCP01_DB, 1, 0x10), ==, EXCP_DEBUG);
    cpu = second;
    g_assert_cmpint(exit_of(EXCP01_DB, 2, 0x10), ==, EXCP_DEBUG);
    cpu = first;
    g_assert_cmphex(first->watchpoint_hit->vaddr, ==, 0x2000);
    g_assert_cmpint(first->watchpoint_hit->flags, ==, BP_MEM_WRITE);
    g_assert_cmphex(second->watchpoint_hit->vaddr, ==, 0x3000);

    kvm_arch_remove_all_hw_breakpoints();
    first->watchpoint_hit = second->watchpoint_hit = NULL;
    object_unref(OBJECT(second));
}

int main(int argc, char **argv)
{
    Object *accel;
    int ret;

    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    accel = object_new(TYPE_KVM_ACCEL);
    kvm_state = KVM_STATE(accel);
    cpu = CPU(object_new(X86_CPU_TYPE_NAME("base")));
    g_test_add_func("/x86/debug/registers", test_registers);
    g_test_add_func("/x86/debug/exits", test_exits);
    g_test_add_func("/x86/debug/two-cpus", test_two_cpus);
    ret = g_test_run();
    object_unref(OBJECT(cpu));
    kvm_state = NULL;
    object_unref(accel);
    return ret;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU objects without an accelerator: the list, models, reset, saved state,
 * memory as a debugger sees it, breakpoints.
 */
#include "qemu/osdep.h"
#include "cpu-fixture.h"
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "exec/memory.h"
#include "exec/target_page.h"
#include "hw/qdev-properties.h"
#include "io/channel-buffer.h"
#include "migration/qemu-file.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "system/cpus.h"

static void test_list(void)
{
    ToyCPU *cpu[4], *extra;
    CPUState *cs;
    unsigned generation;
    int n = 0;

    g_assert_null(first_cpu);
    g_assert_null(qemu_get_cpu(0));
    generation = cpu_list_generation_id_get();
    for (int i = 0; i < 4; i++) {
        cpu[i] = toy_new();
        g_assert_cmpint(CPU(cpu[i])->cpu_index, ==, i);
        g_assert_true(CPU(cpu[i])->cc == CPU_GET_CLASS(cpu[i]));
    }
    g_assert_cmpuint(cpu_list_generation_id_get(), !=, generation);
    CPU_FOREACH(cs)
    {
        g_assert_true(cs == CPU(cpu[n++]));
    }
    g_assert_cmpint(n, ==, 4);
    g_assert_true(qemu_get_cpu(2) == CPU(cpu[2]));
    g_assert_true(cpu_by_arch_id(3) == CPU(cpu[3]));
    g_assert_true(cpu_exists(3));
    g_assert_false(cpu_exists(4));

    toy_free(cpu[1]);
    g_assert_null(qemu_get_cpu(1));
    extra = toy_new();
    g_assert_cmpint(CPU(extra)->cpu_index, ==, 4);
    toy_free(extra);
    for (int i = 0; i < 4; i++) {
        if (i != 1) {
            toy_free(cpu[i]);
        }
    }
    g_assert_null(first_cpu);
}

static void test_models(void)
{
    g_autofree char *model = cpu_model_from_type(TOY_CPU_MODEL);
    ObjectClass *oc = object_class_by_name(TOY_CPU_MODEL);
    g_autofree char *features = g_strdup("feature=on,,feature=off");
    g_autoptr(GSList) models = cpu_models();
    Error *err = NULL;
    char bad[] = "feature";

    g_assert_cmpstr(model, ==, "basic");
    g_assert_null(cpu_model_from_type("device"));
    g_assert_null(cpu_model_from_type("no-such-type"));
    g_assert_true(cpu_class_by_name(TYPE_TOY_CPU, "basic") == oc);
    g_assert_null(cpu_class_by_name(TYPE_TOY_CPU, "nope"));
    g_assert_true(cpu_model_class("basic") == oc);
    g_assert_null(cpu_model_class("nope"));
    g_assert_nonnull(g_slist_find(models, oc));

    CPU_CLASS(oc)->parse_features(TOY_CPU_MODEL, bad, &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Expected key=value format, found feature.");
    error_free(err);
    /* The last one wins. */
    CPU_CLASS(oc)->parse_features(TOY_CPU_MODEL, features, &error_abort);
    CPU_CLASS(oc)->parse_features(TOY_CPU_MODEL, NULL, &error_abort);
    if (g_test_undefined()) {
        ToyCPU *cpu = toy_new();

        g_assert_false(cpu->feature);
        toy_free(cpu);
    }
}

static void test_reset(void)
{
    ToyCPU *cpu = toy_new();
    CPUState *cs = CPU(cpu);

    g_assert_cmpint(cpu->resets, ==, 1);
    cpu_interrupt(cs, CPU_INTERRUPT_HARD | CPU_INTERRUPT_HALT);
    cpu_reset_interrupt(cs, CPU_INTERRUPT_HALT);
    g_assert_cmphex(cs->interrupt_request, ==, CPU_INTERRUPT_HARD);
    g_assert_true(cpu_has_work(cs));
    cs->halted = 1;
    cs->exception_index = 7;
    cs->crash_occurred = true;
    cpu_set_pc(cs, 4);
    cpu_reset(cs);
    g_assert_cmpint(cpu->resets, ==, 2);
    g_assert_cmphex(cs->cc->get_pc(cs), ==, 0x100);
    g_assert_cmphex(cs->interrupt_request, ==, 0);
    g_assert_cmpint(cs->halted, ==, 0);
    g_assert_cmpint(cs->exception_index, ==, -1);
    g_assert_false(cs->crash_occurred);
    g_assert_false(cpu_has_work(cs));

    object_property_set_bool(OBJECT(cpu), "start-powered-off", true,
                             &error_abort);
    cpu_reset(cs);
    g_assert_cmpint(cs->halted, ==, 1);
    toy_free(cpu);
}

static GByteArray *save(CPUState *cs)
{
    QIOChannelBuffer *buf = qio_channel_buffer_new(64);
    QEMUFile *f = qemu_file_new_output(QIO_CHANNEL(buf));
    GByteArray *bytes = g_byte_array_new();

    g_assert_cmpint(vmstate_save_state(f, &vmstate_cpu_common, cs, NULL), ==,
                    0);
    qemu_fflush(f);
    g_byte_array_append(bytes, buf->data, buf->usage);
    qemu_fclose(f);
    object_unref(OBJECT(buf));
    return bytes;
}

static void load(CPUState *cs, const GByteArray *bytes)
{
    QIOChannelBuffer *buf = qio_channel_buffer_new(bytes->len + 1);
    QEMUFile *f;

    memcpy(buf->data, bytes->data, bytes->len);
    buf->usage = bytes->len;
    f = qemu_file_new_input(QIO_CHANNEL(buf));
    g_assert_cmpint(vmstate_load_state(f, &vmstate_cpu_common, cs, 1), ==, 0);
    qemu_fclose(f);
    object_unref(OBJECT(buf));
}

static void test_vmstate(void)
{
    ToyCPU *cpu = toy_new();
    CPUState *cs = CPU(cpu);
    g_autoptr(GByteArray) plain = save(cs);
    g_autoptr(GByteArray) full = NULL;

    g_assert_cmpint(plain->len, ==, 8);
    cs->halted = 1;
    cs->interrupt_request = CPU_INTERRUPT_HARD | 1;
    cs->exception_index = 5;
    cs->crash_occurred = true;
    full = save(cs);
    g_assert_cmpint(full->len, >, 8 + 50);

    load(cs, plain);
    g_assert_cmpint(cs->halted, ==, 0);
    g_assert_cmpint(cs->exception_index, ==, -1);
    load(cs, full);
    g_assert_cmpint(cs->halted, ==, 1);
    g_assert_cmphex(cs->interrupt_request, ==, CPU_INTERRUPT_HARD);
    g_assert_cmpint(cs->exception_index, ==, 5);
    g_assert_true(cs->crash_occurred);
    toy_free(cpu);
}

static void test_memory(void)
{
    MemoryRegion *ram = g_new0(MemoryRegion, 1);
    MemoryRegion *rom = g_new0(MemoryRegion, 1);
    ToyCPU *cpu = toy_new();
    CPUState *cs = CPU(cpu);
    MemTxAttrs attrs;
    uint8_t buf[2 * TARGET_PAGE_SIZE];
    char text[8] = "";

    memory_region_init_ram(ram, NULL, "ram", 64 * KiB, &error_abort);
    memory_region_init_rom(rom, NULL, "rom", TARGET_PAGE_SIZE, &error_abort);
    memory_region_add_subregion(get_system_memory(), 0, ram);
    memory_region_add_subregion_overlap(get_system_memory(), 0x5000, rom, 1);

    g_assert_true(cs->as == cpu_get_address_space(cs, 0));
    g_assert_cmpstr(cs->as->name, ==, "cpu-memory-0");
    g_assert_cmpint(cpu_asidx_from_attrs(cs, MEMTXATTRS_UNSPECIFIED), ==, 0);
    g_assert_cmphex(cpu_get_phys_page_debug(cs, 0x2345), ==, 0x3000);
    g_assert_cmphex(cpu_get_phys_page_attrs_debug(cs, 0x2345, &attrs), ==,
                    0x3000);
    g_assert_true(attrs.unspecified);
    g_assert_cmphex(cpu_get_phys_page_debug(cs, TOY_UNMAPPED_PAGE * 4096), ==,
                    -1);

    /* Across pages, and into ROM. */
    g_assert_cmpint(cpu_memory_rw_debug(cs, 0x3ffd, (void *)"plateau", 8, true),
                    ==, 0);
    cpu_physical_memory_read(0x4ffd, text, 3);
    cpu_physical_memory_read(0x5000, text + 3, 5);
    g_assert_cmpstr(text, ==, "plateau");
    memset(text, 0, sizeof(text));
    g_assert_cmpint(cpu_memory_rw_debug(cs, 0x3ffd, text, 8, false), ==, 0);
    g_assert_cmpstr(text, ==, "plateau");

    /* Not mapped, and mapped to nothing. */
    g_assert_cmpint(cpu_memory_rw_debug(cs, 14 * 4096, buf, sizeof(buf), false),
                    ==, -1);
    g_assert_cmpint(cpu_memory_rw_debug(cs, 0x100000, buf, 1, false), ==, -1);

    g_assert_false(cpu_paging_enabled(cs));
    toy_free(cpu);
    memory_region_del_subregion(get_system_memory(), ram);
    memory_region_del_subregion(get_system_memory(), rom);
    object_unparent(OBJECT(ram));
    object_unparent(OBJECT(rom));
}

static void test_breakpoints(void)
{
    ToyCPU *cpu = toy_new();
    CPUState *cs = CPU(cpu);
    CPUBreakpoint *bp;
    CPUWatchpoint *wp;

    g_assert_cmpint(cpu_breakpoint_insert(cs, 0x100, BP_CPU, NULL), ==, 0);
    g_assert_cmpint(cpu_breakpoint_insert(cs, 0x200, BP_GDB, &bp), ==, 0);
    /* The debugger's come first. */
    g_assert_true(QTAILQ_FIRST(&cs->breakpoints) == bp);
    g_assert_true(cpu_breakpoint_test(cs, 0x200, BP_ANY));
    g_assert_false(cpu_breakpoint_test(cs, 0x200, BP_CPU));
    g_assert_cmpint(cpu_breakpoint_remove(cs, 0x200, BP_CPU), ==, -ENOENT);
    g_assert_cmpint(cpu_breakpoint_remove(cs, 0x200, BP_GDB), ==, 0);
    g_assert_false(cpu_breakpoint_test(cs, 0x200, BP_ANY));
    cpu_breakpoint_remove_all(cs, BP_GDB);
    g_assert_true(cpu_breakpoint_test(cs, 0x100, BP_CPU));

    g_assert_cmpint(
        cpu_watchpoint_insert(cs, 0x1000, 8, BP_GDB | BP_MEM_WRITE, &wp), ==,
        0);
    g_assert_cmpint(
        cpu_watchpoint_insert(cs, -4, 4, BP_CPU | BP_MEM_READ, NULL), ==, 0);
    wp->flags |= BP_WATCHPOINT_HIT_WRITE;
    cs->watchpoint_hit = wp;
    g_assert_cmpint(cpu_watchpoint_remove(cs, 0x1000, 4, BP_GDB | BP_MEM_WRITE),
                    ==, -ENOENT);
    g_assert_cmpint(cpu_watchpoint_remove(cs, 0x1000, 8, BP_GDB | BP_MEM_WRITE),
                    ==, 0);
    g_assert_null(cs->watchpoint_hit);
    cpu_watchpoint_remove_all(cs, BP_CPU);
    g_assert_true(QTAILQ_EMPTY(&cs->watchpoints));
    /* What is left goes with the CPU. */
    cpu_watchpoint_insert(cs, 0x1000, 8, BP_GDB | BP_MEM_WRITE, NULL);
    toy_free(cpu);
}

static void test_bad_watchpoints(void)
{
    if (g_test_subprocess()) {
        ToyCPU *cpu = toy_new();

        g_assert_cmpint(cpu_watchpoint_insert(CPU(cpu), 8, 0, BP_GDB, NULL), ==,
                        -EINVAL);
        g_assert_cmpint(cpu_watchpoint_insert(CPU(cpu), -4, 8, BP_GDB, NULL),
                        ==, -EINVAL);
        toy_free(cpu);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("*tried to set invalid watchpoint at 8, len=0*");
}

static void count(CPUState *cs, run_on_cpu_data data)
{
    ++*(int *)data.host_ptr;
}

/* Without threads everything happens at once. */
static void test_no_accel(void)
{
    ToyCPU *cpu = toy_new();
    int calls = 0;

    run_on_cpu(CPU(cpu), count, RUN_ON_CPU_HOST_PTR(&calls));
    g_assert_cmpint(calls, ==, 1);
    pause_all_vcpus();
    g_assert_true(CPU(cpu)->stopped);
    resume_all_vcpus();
    g_assert_false(CPU(cpu)->stopped);
    g_assert_true(cpus_are_resettable());
    g_assert_false(qemu_in_vcpu_thread());
    /* What is queued is dropped with the CPU. */
    async_run_on_cpu(CPU(cpu), count, RUN_ON_CPU_HOST_PTR(&calls));
    toy_free(cpu);
    g_assert_cmpint(calls, ==, 1);
}

int main(int argc, char **argv)
{
    toy_init(&argc, &argv);
    g_test_add_func("/cpu/list", test_list);
    g_test_add_func("/cpu/reset", test_reset);
    g_test_add_func("/cpu/vmstate", test_vmstate);
    g_test_add_func("/cpu/memory", test_memory);
    g_test_add_func("/cpu/breakpoints", test_breakpoints);
    g_test_add_func("/cpu/bad-watchpoints", test_bad_watchpoints);
    g_test_add_func("/cpu/no-accel", test_no_accel);
    g_test_add_func("/cpu/models", test_models);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86 CPUs without anything that runs them: models and features, what CPUID
 * answers, topology, page tables, XSAVE's image, the state in a stream.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "target/x86/cpu-features.h"
#include "vmstate-helpers.h"

static X86CPU *make(const char *model)
{
    g_autofree char *type = g_strdup_printf(X86_CPU_TYPE_NAME("%s"), model);
    X86CPU *cpu = X86_CPU(object_new(type));

    cpu->env.topo_info = (X86CPUTopoInfo){ 1, 1, 1, 1 };
    cpu->apic_id = 0;
    cpu->phys_bits = 40;
    return cpu;
}

static void finish(X86CPU *cpu)
{
    x86_cpu_expand_features(cpu, &error_abort);
    g_assert_true(x86_cpu_filter_features(cpu, &error_abort));
}

typedef struct Answer {
    uint32_t eax, ebx, ecx, edx;
} Answer;

static Answer cpuid(X86CPU *cpu, uint32_t leaf, uint32_t index)
{
    Answer a;

    cpu_x86_cpuid(&cpu->env, leaf, index, &a.eax, &a.ebx, &a.ecx, &a.edx);
    return a;
}

/* ---- features ------------------------------------------------------------ */

static void test_names(void)
{
    int count = 0;

    for (int w = 0; w < FEATURE_WORDS; w++) {
        for (int bit = 0; bit < 64; bit++) {
            count += x86_feature_name(w, bit) != NULL;
        }
    }
    g_assert_cmpint(count, >, 250);
    g_assert_cmpstr(x86_feature_name(FEAT_1_ECX, 13), ==, "cx16");
    g_assert_cmpstr(x86_feature_name(FEAT_8000_0001_EDX, 27), ==, "rdtscp");
    g_assert_cmpstr(x86_feature_name(FEAT_KVM, 24), ==, "kvmclock-stable-bit");
    g_assert_null(x86_feature_name(FEAT_1_ECX, 11));
}

static void test_models(void)
{
    for (size_t i = 0; i < x86_cpu_models_len; i++) {
        const X86CPUModel *m = &x86_cpu_models[i];
        X86CPU *cpu = make(m->name);
        Answer a;
        char text[49] = "";

        finish(cpu);
        a = cpuid(cpu, 0, 0);
        g_assert_cmpint(a.eax, >=, m->level);
        x86_cpu_vendor_words2str(text, a.ebx, a.edx, a.ecx);
        g_assert_cmpstr(text, ==, m->vendor);
        g_assert_cmpint(object_property_get_int(OBJECT(cpu), "family", NULL),
                        ==, m->family);
        g_assert_cmpint(object_property_get_int(OBJECT(cpu), "model", NULL), ==,
                        m->model);
        a = cpuid(cpu, 1, 0);
        g_assert_cmphex(a.edx, ==, m->words[FEAT_1_EDX]);
        g_assert_cmphex(a.ecx & ~CPUID_EXT_HYPERVISOR, ==,
                        m->words[FEAT_1_ECX] & ~CPUID_EXT_HYPERVISOR);
        a = cpuid(cpu, 0x80000000, 0);
        g_assert_cmphex(a.eax, >=, m->xlevel);
        for (int n = 0; n < 3; n++) {
            a = cpuid(cpu, 0x80000002 + n, 0);
            memcpy(text + 16 * n, &a, 16);
        }
        if (m->model_id) {
            g_assert_cmpstr(text, ==, m->model_id);
        }
        object_unref(OBJECT(cpu));
    }
}

static void test_properties(void)
{
    X86CPU *cpu = make("qemu64");
    Object *obj = OBJECT(cpu);
    Error *err = NULL;

    g_assert_true(object_property_get_bool(obj, "cx16", &error_abort));
    object_property_set_bool(obj, "cx16", false, &error_abort);
    object_property_set_bool(obj, "sse4-2", true, &error_abort);
    object_property_set_uint(obj, "level", 5, &error_abort);
    object_property_set_uint(obj, "family", 0x19, &error_abort);
    object_property_set_uint(obj, "model", 0x7f, &error_abort);
    object_property_set_str(obj, "vendor", "GenuineIntel", &error_abort);
    finish(cpu);
    g_assert_cmpint(cpuid(cpu, 0, 0).eax, ==, 5);
    g_assert_cmphex(cpuid(cpu, 1, 0).eax, ==, 0x00a70ff1);
    g_assert_cmphex(cpuid(cpu, 1, 0).ecx & (CPUID_EXT_CX16 | BIT(20)), ==,
                    BIT(20));
    /* Beyond the end stands the last leaf. */
    g_assert_cmphex(cpuid(cpu, 7, 0).ecx, ==, cpuid(cpu, 5, 0).ecx);

    g_assert_false(object_property_set_str(obj, "vendor", "me", &err));
    error_free_or_abort(&err);
    g_assert_false(object_property_set_uint(obj, "stepping", 16, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "parameter 'stepping' can be at most 15");
    error_free(err);
    object_unref(obj);
}

static void test_parse(void)
{
    char text[] = "+avx,pae=off,-avx2,sse3,tsc_freq=1G,avx2=on";
    X86CPU *cpu;
    Error *err = NULL;

    x86_cpu_parse_featurestr(X86_CPU_TYPE_NAME("kvm64"), text, &error_abort);
    cpu = make("kvm64");
    g_assert_true(object_property_get_bool(OBJECT(cpu), "avx", NULL));
    g_assert_false(object_property_get_bool(OBJECT(cpu), "pae", NULL));
    g_assert_false(object_property_get_bool(OBJECT(cpu), "avx2", NULL));
    g_assert_cmpint(cpu->env.tsc_khz, ==, 1000000);
    object_unref(OBJECT(cpu));
    x86_cpu_parse_featurestr(X86_CPU_TYPE_NAME("kvm64"),
                             (char[]){ "tsc-freq=x" }, &err);
    error_free_or_abort(&err);
}

/* ---- topology ------------------------------------------------------------ */

static void test_topology(void)
{
    X86CPUTopoInfo t = { 2, 1, 3, 2 };
    X86CPU *cpu = make("Skylake-Server");
    Answer a;

    for (unsigned i = 0; i < 48; i++) {
        X86CPUTopoIDs ids, back;
        apic_id_t id = x86_apicid_from_cpu_idx(&t, i);

        x86_topo_ids_from_idx(&t, i, &ids);
        x86_topo_ids_from_apicid(id, &t, &back);
        g_assert_cmpmem(&ids, sizeof(ids), &back, sizeof(back));
    }
    /* Three cores take two bits. */
    g_assert_cmphex(x86_apicid_from_cpu_idx(&t, 5), ==, 0x5);
    g_assert_cmphex(x86_apicid_from_cpu_idx(&t, 6), ==, 0x8);
    g_assert_cmphex(x86_apicid_from_cpu_idx(&t, 12), ==, 0x10);

    cpu->env.topo_info = t;
    cpu->apic_id = 0x15;
    finish(cpu);
    a = cpuid(cpu, 1, 0);
    g_assert_cmphex(a.ebx, ==, 0x150c0800);
    g_assert_true(a.edx & CPUID_HT);
    a = cpuid(cpu, 0xb, 0);
    g_assert_cmphex(a.eax, ==, 1);
    g_assert_cmphex(a.ebx, ==, 2);
    g_assert_cmphex(a.ecx, ==, 0x100);
    g_assert_cmphex(a.edx, ==, 0x15);
    a = cpuid(cpu, 0xb, 1);
    g_assert_cmphex(a.eax, ==, 4);
    g_assert_cmphex(a.ebx, ==, 12);
    g_assert_cmphex(cpuid(cpu, 0xb, 2).ecx, ==, 2);
    g_assert_cmphex(cpuid(cpu, 0x1f, 2).ecx, ==, 0x502);
    g_assert_cmphex(cpuid(cpu, 0x1f, 2).eax, ==, 4);
    object_unref(OBJECT(cpu));
}

/* ---- page tables --------------------------------------------------------- */

static hwaddr walk(X86CPU *cpu, vaddr addr)
{
    MemTxAttrs attrs;

    return x86_cpu_get_phys_page_attrs_debug(CPU(cpu), addr, &attrs);
}

static void put(hwaddr addr, uint64_t entry)
{
    address_space_stq_le(&address_space_memory, addr, entry,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

static void test_walk(void)
{
    static MemoryRegion ram;
    X86CPU *cpu = make("qemu64");
    CPUX86State *env = &cpu->env;

    memory_region_init_ram(&ram, NULL, "ram", 0x10000, &error_abort);
    memory_region_add_subregion(get_system_memory(), 0, &ram);
    CPU(cpu)->as = &address_space_memory;
    g_assert_cmphex(walk(cpu, 0x12345678), ==, 0x12345000);

    env->cr[0] = CR0_PE_MASK | CR0_PG_MASK;
    env->cr[4] = CR4_PAE_MASK;
    env->efer = MSR_EFER_LMA;
    env->cr[3] = 0x1000;
    put(0x1000, 0x2003); /* the first 512 GiB */
    put(0x1ff8, 0x2003); /* and the last */
    put(0x2000, 0x3003);
    put(0x2008, 0x40000083); /* 1 GiB */
    put(0x3000, 0x4003);
    put(0x3008, 0x7fe00083); /* 2 MiB */
    put(0x4008, 0x8000000000abc003ULL);
    g_assert_cmphex(walk(cpu, 0x1234), ==, 0xabc000);
    g_assert_cmphex(walk(cpu, 0x234567), ==, 0x7fe34000);
    g_assert_cmphex(walk(cpu, 0x52345678), ==, 0x52345000);
    g_assert_cmphex(walk(cpu, 0xffffff8000001000ULL), ==, 0xabc000);
    g_assert_cmphex(walk(cpu, 0x2000), ==, -1);
    g_assert_cmphex(walk(cpu, 0x0000800000000000ULL), ==, -1);

    env->efer = 0; /* PAE alone: four entries of a page directory */
    env->cr[3] = 0x5020;
    put(0x5020, 0x3001);
    g_assert_cmphex(walk(cpu, 0x234567), ==, 0x7fe34000);
    g_assert_cmphex(walk(cpu, 0x40000000), ==, -1);

    env->cr[4] = 0; /* 32 bits */
    env->cr[3] = 0x6000;
    put(0x6000, 0x0000700300000000ULL);
    put(0x7000, 0x12345003);
    g_assert_cmphex(walk(cpu, 0x400abc), ==, 0x12345000);
    memory_region_del_subregion(get_system_memory(), &ram);
    object_unref(OBJECT(cpu));
}

/* ---- state --------------------------------------------------------------- */

static void randomize(void *p, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)p)[i] = g_test_rand_int();
    }
}

/* What KVM is asked for and a stream must have: all values of it can be. */
#define KEPT(_field)                                                           \
    {                                                                          \
#_field, offsetof(CPUX86State, _field),                                \
            sizeof_field(CPUX86State, _field)                                  \
    }
static const struct {
    const char *name;
    size_t offset, size;
} kept[] = {
    KEPT(regs),
    KEPT(xmm_regs),
    KEPT(opmask_regs),
    KEPT(bnd_regs),
    KEPT(bndcs_regs),
    KEPT(dr),
    KEPT(fpuc),
    KEPT(fpop),
    KEPT(fpip),
    KEPT(fpdp),
    KEPT(mxcsr),
    KEPT(efer),
    KEPT(xcr0),
    KEPT(xss),
    KEPT(pkru),
    KEPT(pkrs),
    KEPT(pat),
    KEPT(star),
    KEPT(lstar),
    KEPT(cstar),
    KEPT(fmask),
    KEPT(kernelgsbase),
    KEPT(sysenter_cs),
    KEPT(sysenter_esp),
    KEPT(sysenter_eip),
    KEPT(vm_hsave),
    KEPT(smbase),
    KEPT(umwait),
    KEPT(spec_ctrl),
    KEPT(tsx_ctrl),
    KEPT(virt_ssbd),
    KEPT(msr_hwcr),
    KEPT(msr_bndcfgs),
    KEPT(msr_smi_count),
    KEPT(msr_ia32_feature_control),
    KEPT(tsc),
    KEPT(tsc_aux),
    KEPT(tsc_adjust),
    KEPT(tsc_deadline),
    KEPT(mtrr_deftype),
    KEPT(mtrr_fixed),
    KEPT(mtrr_var),
    KEPT(mcg_status),
    KEPT(mcg_ctl),
    KEPT(mcg_ext_ctl),
    KEPT(mce_banks),
    KEPT(system_time_msr),
    KEPT(wall_clock_msr),
    KEPT(steal_time_msr),
    KEPT(async_pf_en_msr),
    KEPT(async_pf_int_msr),
    KEPT(pv_eoi_en_msr),
    KEPT(poll_control_msr),
    KEPT(msr_fixed_ctr_ctrl),
    KEPT(msr_global_ctrl),
    KEPT(msr_global_status),
    KEPT(msr_fixed_counters),
    KEPT(msr_gp_counters),
    KEPT(msr_gp_evtsel),
    KEPT(mp_state),
    KEPT(sipi_vector),
    KEPT(interrupt_injected),
    KEPT(nmi_pending),
    KEPT(nmi_injected),
};

static void *kept_field(X86CPU *cpu, int i)
{
    return (char *)&cpu->env + kept[i].offset;
}

static void fill(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;

    for (int i = 0; i < ARRAY_SIZE(kept); i++) {
        randomize(kept_field(cpu, i), kept[i].size);
    }
    randomize(env->fpregs, sizeof(env->fpregs));
    randomize(env->segs, sizeof(env->segs));
    env->eip = 0x1234567890;
    env->eflags = 0x246;
    env->fpstt = 5;
    env->fpus = 0x0041;
    env->fptags[3] = 1;
    env->tsc_khz = 2000000;
    env->mxcsr = 0x5fa1;
    env->xstate_bv = XSTATE_FP_MASK | XSTATE_SSE_MASK | XSTATE_OPMASK_MASK;
    env->msr_ia32_misc_enable = 0x40001;
}

static void test_xsave(void)
{
    X86CPU *a = make("Skylake-Server"), *b = make("Skylake-Server");
    g_autofree uint8_t *image = g_malloc(4096);

    finish(a);
    finish(b);
    fill(a);
    x86_cpu_xsave_all_areas(a, image, 4096);
    x86_cpu_xrstor_all_areas(b, image, 4096);
    g_assert_cmpmem(a->env.xmm_regs, sizeof(a->env.xmm_regs), b->env.xmm_regs,
                    sizeof(b->env.xmm_regs));
    g_assert_cmphex(x86_fpu_status(&b->env), ==, 0x2841);
    g_assert_cmpint(b->env.fptags[3], ==, 1);
    for (int i = 0; i < 8; i++) {
        g_assert_cmphex(a->env.fpregs[i].low, ==, b->env.fpregs[i].low);
        g_assert_cmphex(a->env.fpregs[i].high, ==, b->env.fpregs[i].high);
    }
    g_assert_cmphex(b->env.xstate_bv, ==, a->env.xstate_bv);
    object_unref(OBJECT(a));
    object_unref(OBJECT(b));
}

static void test_vmstate(void)
{
    X86CPU *a = make("Skylake-Server"), *b = make("Skylake-Server");
    const VMStateDescription *d = &vmstate_x86_cpu;
    GByteArray *bytes, *again;

    fill(a);
    x86_update_hflags(&a->env);
    save_to_bytes(d, a, d->version_id, NULL, &bytes, &error_abort);
    g_byte_array_append(bytes, (const uint8_t *)"", 1);
    g_assert_cmpint(
        load_from_bytes(d, b, d->version_id, bytes->data, bytes->len), ==, 0);
    save_to_bytes(d, b, d->version_id, NULL, &again, &error_abort);
    g_assert_cmpmem(bytes->data, bytes->len - 1, again->data, again->len);
    for (int i = 0; i < ARRAY_SIZE(kept); i++) {
        if (memcmp(kept_field(a, i), kept_field(b, i), kept[i].size)) {
            g_error("%s is not in the stream", kept[i].name);
        }
    }
    g_assert_cmphex(b->env.eip, ==, a->env.eip);
    g_assert_cmpint(b->env.fpstt, ==, 5);
    g_assert_cmphex(b->env.tsc_khz, ==, 2000000);
    /* Who asks for a frequency does not get another one. */
    object_property_set_int(OBJECT(b), "tsc-frequency", 2000001000,
                            &error_abort);
    g_assert_cmpint(
        load_from_bytes(d, b, d->version_id, bytes->data, bytes->len), ==,
        -EINVAL);
    g_byte_array_unref(bytes);
    g_byte_array_unref(again);
    object_unref(OBJECT(a));
    object_unref(OBJECT(b));
}

static void test_gdb(void)
{
    X86CPU *cpu = make("qemu64");
    GByteArray *before = g_byte_array_new(), *after = g_byte_array_new();
    uint8_t zero[16] = { 0 };
    int size, offset = 0;

    fill(cpu);
    for (int reg = 0; (size = x86_cpu_gdb_read_register(CPU(cpu), before, reg));
         reg++) {
        g_assert_cmpint(
            x86_cpu_gdb_write_register(CPU(cpu), before->data + offset, reg),
            ==, size);
        offset += size;
    }
    g_assert_cmpint(before->len, ==, offset);
    for (int reg = 0; x86_cpu_gdb_read_register(CPU(cpu), after, reg); reg++) {
    }
    g_assert_cmpmem(before->data, before->len, after->data, after->len);
    g_assert_cmpint(x86_cpu_gdb_write_register(CPU(cpu), zero, 66), ==, 0);
    g_byte_array_unref(before);
    g_byte_array_unref(after);
    object_unref(OBJECT(cpu));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    memory_map_init();
    machine_run_board_init(
        machine_create(machine_find_class("none", &error_abort)), NULL,
        &error_abort);
    g_test_add_func("/x86/names", test_names);
    g_test_add_func("/x86/models", test_models);
    g_test_add_func("/x86/properties", test_properties);
    g_test_add_func("/x86/parse", test_parse);
    g_test_add_func("/x86/topology", test_topology);
    g_test_add_func("/x86/walk", test_walk);
    g_test_add_func("/x86/xsave", test_xsave);
    g_test_add_func("/x86/vmstate", test_vmstate);
    g_test_add_func("/x86/gdb", test_gdb);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Models and their extensions: ISA strings, what follows from what, what is
 * refused and with which words.
 */
#include "qemu/osdep.h"

#include "riscv-fixture.h"

static const struct {
    const char *model, *features, *isa;
} strings[] = {
    { "rv64i", "g=on,sv39=on", "rv64imafd_zicsr_zifencei" },
    { "rv64i", "sv39=on,c=on", "rv64ic" },
    { "rv64i", "sv39=on,short-isa-string=on,g=on,c=on", "rv64imafdc" },
    { "rv64", "priv_spec=v1.10.0",
      "rv64imafdc_zicntr_zicsr_zifencei_zihintntl_zihintpause_zihpm" },
    { "rv64", NULL,
      "rv64imafdc_zic64b_zicbom_zicbop_zicboz_ziccamoa_ziccif_zicclsm_ziccrse"
      "_zicntr_zicsr_zifencei_zihintntl_zihintpause_zihpm_zmmul_za64rs_zaamo"
      "_zalrsc_zawrs_zfa_zca_zcd_zba_zbb_zbc_zbs_ssccptr_sscounterenw_sstc"
      "_sstvala_sstvecd_ssu64xl_svadu_svvptc" },
    { "rv64",
      "smstateen=on,svade=on,svadu=off,svinval=on,zba=off,zicboz=off,"
      "cbom_blocksize=32,zacas=on,svvptc=off",
      "rv64imafdc_zicbom_zicbop_ziccamoa_ziccif_zicclsm_ziccrse"
      "_zicntr_zicsr_zifencei_zihintntl_zihintpause_zihpm_zmmul_za64rs_zaamo"
      "_zacas_zalrsc_zawrs_zfa_zca_zcd_zbb_zbc_zbs_smstateen_ssccptr"
      "_sscounterenw_ssstateen_sstc_sstvala_sstvecd_ssu64xl_svade_svinval" },
    { "rva22s64", NULL,
      "rv64imafdcb_zic64b_zicbom_zicbop_zicboz_ziccamoa_ziccif_zicclsm"
      "_ziccrse_zicntr_zicsr_zifencei_zihintpause_zihpm_zmmul_za64rs_zaamo"
      "_zalrsc_zfhmin_zca_zcd_zba_zbb_zbs_zkt_ssccptr_sscounterenw_sstvala"
      "_sstvecd_ssu64xl_svade_svinval_svpbmt" },
    { "sifive-u54", NULL, "rv64imafdc_zicntr_zicsr_zifencei_zihpm" },
};

static void test_strings(void)
{
    for (int i = 0; i < ARRAY_SIZE(strings); i++) {
        RISCVCPU *cpu = test_hart_new(strings[i].model, strings[i].features);
        g_autofree char *isa = riscv_isa_string(cpu);

        g_assert_cmpstr(isa, ==, strings[i].isa);
        object_unref(cpu);
    }
}

static const struct {
    const char *model, *property, *value, *message;
} refused[] = {
    { "rv64", "h", "on", "extension 'h' (Hypervisor) is not implemented" },
    { "rv64", "v", "on",
      "extension 'v' (Vector operations) is not implemented" },
    { "rv64", "zvbb", "on", "extension 'zvbb' is not implemented" },
    { "rv64", "zba", "maybe", "Parameter 'zba' expects 'on' or 'off'" },
    { "rv64", "rva23s64", "on",
      "profile rva23s64 is not implemented: it has the extension "
      "'sscofpmf', which is not" },
    { "rv64", "priv_spec", "v2", "Unsupported privilege spec version 'v2'" },
    { "rv64", "vext_spec", "v2", "Unsupported vector spec version 'v2'" },
    { "rv64", "vlen", "3", "Vector extension VLEN must be power of 2" },
    { "rv64", "cbom_blocksize", "48",
      "'cbom_blocksize' must be a power of 2 up to 4096, not 48" },
    { "rv64", "cboz_blocksize", "8192",
      "'cboz_blocksize' must be a power of 2 up to 4096, not 8192" },
    { "rv64", "pmu-num", "30", "Number of counters exceeds maximum available" },
    { "rv64", "marchid", "0x8000000000000000",
      "Unable to set marchid with MSB (64) bit set and the remaining bits "
      "zero" },
    { "rv64i", "mvendorid", "7",
      "Unable to change rv64i-riscv-cpu mvendorid (0x0)" },
    { "sifive-u54", "zba", "on",
      "'sifive-u54' CPU does not allow enabling extensions" },
    { "sifive-u54", "v", "on",
      "'sifive-u54' CPU does not allow enabling extensions" },
    { "sifive-u54", "pmp", "off",
      "CPU 'sifive-u54' does not allow changing the value of 'pmp'" },
    { "sifive-u54", "rva22u64", "on",
      "Profile rva22u64 is not available for vendor CPUs" },
};

static void test_refused(void)
{
    for (int i = 0; i < ARRAY_SIZE(refused); i++) {
        g_autofree char *type =
            g_strdup_printf(RISCV_CPU_TYPE_NAME("%s"), refused[i].model);
        Object *obj = object_new(type);
        Error *err = NULL;

        g_assert_false(object_property_parse(obj, refused[i].property,
                                             refused[i].value, &err));
        g_assert_cmpstr(error_get_pretty(err), ==, refused[i].message);
        error_free(err);
        object_unref(obj);
    }
}

static const struct {
    const char *features, *message;
} contradictions[] = {
    { "i=off", "Either I or E extension must be set" },
    { "u=off", "Setting S extension without U extension is illegal" },
    { "zicsr=off", "F extension requires Zicsr" },
    { "f=off", "Zfa extension requires F extension" },
    { "f=off,zfa=off", "D extension requires F extension" },
    { "a=off", "Zawrs extension requires A extension" },
    { "a=off,zawrs=off,zacas=on", "Zacas extension requires A extension" },
    { "zaamo=off,zabha=on", "Zabha extension requires Zaamo extension" },
    { "d=off,zcd=on", "Zcd extension requires D extension" },
    { "zca=off,zcd=off,c=off,zcb=on",
      "Zcf/Zcd/Zcb/Zcmp/Zcmt extensions require Zca extension" },
    { "pmp=off,smepmp=on",
      "Invalid configuration: Smepmp requires PMP support" },
    { "zicsr=off,f=off,d=off,zfa=off,zcd=off,zicntr=on",
      "zicntr requires zicsr" },
    { "pmu-mask=7", "\"pmu-mask\" contains invalid bits (0-2) set" },
    { "sv64=on", "satp_mode sv64 is higher than hw max capability sv57" },
    { "sv57=on,sv39=off", "cannot disable sv39 satp mode if sv57 is enabled" },
};

static void test_contradictions(void)
{
    for (int i = 0; i < ARRAY_SIZE(contradictions); i++) {
        RISCVCPU *cpu = RISCV_CPU(object_new(TYPE_RISCV_CPU_BASE64));
        g_auto(GStrv) list = g_strsplit(contradictions[i].features, ",", -1);
        Error *err = NULL;

        for (char **p = list; *p; p++) {
            g_auto(GStrv) pair = g_strsplit(*p, "=", 2);

            object_property_parse(OBJECT(cpu), pair[0], pair[1], &error_abort);
        }
        riscv_cpu_finalize_features(cpu, &err);
        g_assert_nonnull(err);
        g_assert_cmpstr(error_get_pretty(err), ==, contradictions[i].message);
        error_free(err);
        object_unref(cpu);
    }
}

static void check_satp(const char *features, uint16_t map)
{
    RISCVCPU *cpu = test_hart_new("rv64", features);

    g_assert_cmphex(cpu->cfg.satp_mode.map, ==, map);
    object_unref(cpu);
}

static void test_satp(void)
{
    check_satp(NULL, 0x701);
    check_satp("sv48=on", 0x301);
    check_satp("sv57=off", 0x301);
    check_satp("sv48=off", 0x101);
    check_satp("sv39=off", 0x001);
    check_satp("sv39=on", 0x101);
}

/* What follows and what the user has turned off. */
static void test_implied(void)
{
    RISCVCPU *cpu =
        test_hart_new("rv64i", "sv39=on,priv_spec=v1.12.0,b=on,zfh=on");

    g_assert_true(cpu->cfg.ext_zba && cpu->cfg.ext_zbb && cpu->cfg.ext_zbs);
    g_assert_true(cpu->cfg.ext_zfhmin && cpu->cfg.ext_zicsr);
    g_assert_true(riscv_has_ext(&cpu->env, RVF));
    object_unref(cpu);

    cpu = test_hart_new("rv64i", "sv39=on,g=on,zifencei=on,zca=on,zcd=on,"
                                 "priv_spec=v1.13.0");
    g_assert_true(riscv_has_ext(&cpu->env, RVC));
    g_assert_true(cpu->cfg.ext_zaamo && cpu->cfg.ext_zmmul);
    object_unref(cpu);

    cpu = test_hart_new("rva22s64", NULL);
    g_assert_true(object_property_get_bool(OBJECT(cpu), "rva22s64", NULL));
    g_assert_true(object_property_get_bool(OBJECT(cpu), "rva22u64", NULL));
    g_assert_false(object_property_get_bool(OBJECT(cpu), "rva23u64", NULL));
    object_unref(cpu);
    cpu = test_hart_new("max", NULL);
    g_assert_true(object_property_get_bool(OBJECT(cpu), "rva22u64", NULL));
    object_unref(cpu);
}

/* Any properties at all make a CPU or an error. */
static void test_random(void)
{
    static const char *const models[] = { "rv64", "rv64i", "max", "rva22u64",
                                          "sifive-u54" };

    for (int round = 0; round < 300; round++) {
        g_autofree char *type = g_strdup_printf(
            RISCV_CPU_TYPE_NAME("%s"), models[g_test_rand_int_range(0, 5)]);
        RISCVCPU *cpu = RISCV_CPU(object_new(type));
        Error *err = NULL;

        /* Warnings are not what is tested. */
        cpu->cfg.satp_mode.map = cpu->cfg.satp_mode.supported;
        for (int i = 0; i < 6; i++) {
            int n = g_test_rand_int_range(0, 60);

            object_property_set_bool(OBJECT(cpu), riscv_cpu_extensions[n].name,
                                     g_test_rand_bit(), NULL);
        }
        riscv_cpu_finalize_features(cpu, &err);
        if (!err) {
            g_autofree char *isa = riscv_isa_string(cpu);

            g_assert_true(g_str_has_prefix(isa, "rv64i"));
        }
        error_free(err);
        object_unref(cpu);
    }
}

int main(int argc, char **argv)
{
    test_riscv_init(&argc, &argv);
    g_test_add_func("/riscv/features/strings", test_strings);
    g_test_add_func("/riscv/features/refused", test_refused);
    g_test_add_func("/riscv/features/contradictions", test_contradictions);
    g_test_add_func("/riscv/features/satp", test_satp);
    g_test_add_func("/riscv/features/implied", test_implied);
    g_test_add_func("/riscv/features/random", test_random);
    return g_test_run();
}

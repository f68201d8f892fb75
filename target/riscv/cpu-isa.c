/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a CPU tells of its instruction set: the ISA string, and the properties
 * of its device tree node (Linux: Documentation/devicetree/bindings/riscv/
 * extensions.yaml).
 */
#include "qemu/osdep.h"

#include "cpu.h"
#include "qemu/ctype.h"
#include "system/device_tree.h"

/* The order of single letters in the string (unprivileged manual, ch. 36). */
static const char single_letters[] = "IEMAFDQCBPVH";

#define ISA(_name, _version, _field)                                           \
    {                                                                          \
#_name, PRIV_VERSION_##_version, CPU_CFG_OFFSET(_field)                \
    }

/* The rest, in the order of the string; some need no switch of their own. */
/* clang-format off */
const RISCVIsaExtData isa_edata_arr[] = {
    ISA(zic64b, 1_12_0, ext_zic64b), ISA(zicbom, 1_12_0, ext_zicbom),
    ISA(zicbop, 1_12_0, ext_zicbop), ISA(zicboz, 1_12_0, ext_zicboz),
    ISA(ziccamoa, 1_11_0, has_priv_1_11), ISA(ziccif, 1_11_0, has_priv_1_11),
    ISA(zicclsm, 1_11_0, has_priv_1_11), ISA(ziccrse, 1_11_0, ext_ziccrse),
    ISA(zicond, 1_12_0, ext_zicond), ISA(zicntr, 1_12_0, ext_zicntr),
    ISA(zicsr, 1_10_0, ext_zicsr), ISA(zifencei, 1_10_0, ext_zifencei),
    ISA(zihintntl, 1_10_0, ext_zihintntl),
    ISA(zihintpause, 1_10_0, ext_zihintpause), ISA(zihpm, 1_12_0, ext_zihpm),
    ISA(zimop, 1_13_0, ext_zimop), ISA(zmmul, 1_12_0, ext_zmmul),
    ISA(za64rs, 1_12_0, has_priv_1_12), ISA(zaamo, 1_12_0, ext_zaamo),
    ISA(zabha, 1_13_0, ext_zabha), ISA(zacas, 1_12_0, ext_zacas),
    ISA(zalrsc, 1_12_0, ext_zalrsc), ISA(zawrs, 1_12_0, ext_zawrs),
    ISA(zfa, 1_12_0, ext_zfa), ISA(zfh, 1_11_0, ext_zfh),
    ISA(zfhmin, 1_11_0, ext_zfhmin), ISA(zca, 1_12_0, ext_zca),
    ISA(zcb, 1_12_0, ext_zcb), ISA(zcd, 1_12_0, ext_zcd),
    ISA(zcmop, 1_13_0, ext_zcmop), ISA(zba, 1_12_0, ext_zba),
    ISA(zbb, 1_12_0, ext_zbb), ISA(zbc, 1_12_0, ext_zbc),
    ISA(zbkb, 1_12_0, ext_zbkb), ISA(zbkc, 1_12_0, ext_zbkc),
    ISA(zbkx, 1_12_0, ext_zbkx), ISA(zbs, 1_12_0, ext_zbs),
    ISA(zkr, 1_12_0, ext_zkr), ISA(zkt, 1_12_0, ext_zkt),
    ISA(smaia, 1_12_0, ext_smaia), ISA(smepmp, 1_12_0, ext_smepmp),
    ISA(smstateen, 1_12_0, ext_smstateen), ISA(ssaia, 1_12_0, ext_ssaia),
    ISA(ssccptr, 1_11_0, has_priv_1_11),
    ISA(sscounterenw, 1_12_0, has_priv_1_12),
    ISA(ssstateen, 1_12_0, ext_ssstateen), ISA(sstc, 1_12_0, ext_sstc),
    ISA(sstvala, 1_12_0, has_priv_1_12), ISA(sstvecd, 1_12_0, has_priv_1_12),
    ISA(ssu64xl, 1_12_0, has_priv_1_12), ISA(svade, 1_11_0, ext_svade),
    ISA(svadu, 1_12_0, ext_svadu), ISA(svinval, 1_12_0, ext_svinval),
    ISA(svnapot, 1_12_0, ext_svnapot), ISA(svpbmt, 1_12_0, ext_svpbmt),
    ISA(svvptc, 1_13_0, ext_svvptc),
    { }
};
/* clang-format on */

char *riscv_isa_string(RISCVCPU *cpu)
{
    RISCVCPUClass *mcc = RISCV_CPU_GET_CLASS(cpu);
    GString *isa = g_string_new(NULL);

    g_string_printf(isa, "rv%d", riscv_cpu_max_xlen(mcc));
    for (const char *p = single_letters; *p; p++) {
        if (riscv_has_ext(&cpu->env, RV(*p))) {
            g_string_append_c(isa, qemu_tolower(*p));
        }
    }
    for (const RISCVIsaExtData *ext = isa_edata_arr;
         ext->name && !cpu->cfg.short_isa_string; ext++) {
        if (isa_ext_is_enabled(cpu, ext->ext_enable_offset)) {
            g_string_append_printf(isa, "_%s", ext->name);
        }
    }
    return g_string_free(isa, FALSE);
}

void riscv_isa_write_fdt(RISCVCPU *cpu, void *fdt, char *nodename)
{
    RISCVCPUClass *mcc = RISCV_CPU_GET_CLASS(cpu);
    g_autofree char *isa = riscv_isa_string(cpu);
    g_autofree char *base = g_strdup_printf("rv%di", riscv_cpu_max_xlen(mcc));
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

    for (const char *p = single_letters; *p; p++) {
        if (riscv_has_ext(&cpu->env, RV(*p))) {
            g_ptr_array_add(list, g_strdup_printf("%c", qemu_tolower(*p)));
        }
    }
    for (const RISCVIsaExtData *ext = isa_edata_arr; ext->name; ext++) {
        if (isa_ext_is_enabled(cpu, ext->ext_enable_offset)) {
            g_ptr_array_add(list, g_strdup(ext->name));
        }
    }
    qemu_fdt_setprop_string(fdt, nodename, "riscv,isa", isa);
    qemu_fdt_setprop_string(fdt, nodename, "riscv,isa-base", base);
    qemu_fdt_setprop_string_array(fdt, nodename, "riscv,isa-extensions",
                                  (char **)list->pdata, list->len);
}

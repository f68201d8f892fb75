/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The properties of a CPU that is being made: extensions, profiles, modes of
 * translation, sizes, identity. Extensions and modes remember that the user
 * has chosen.
 */
#include "qemu/osdep.h"

#include "cpu.h"
#include "cpu-features.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"

static bool is_generic(Object *obj)
{
    return object_dynamic_cast(obj, TYPE_RISCV_DYNAMIC_CPU) != NULL;
}

/* "'NAME' CPU does not allow ...": what a real chip has not cannot be added. */
static bool may_enable(RISCVCPU *cpu, Error **errp)
{
    g_autofree char *name = NULL;

    if (!riscv_cpu_is_vendor(OBJECT(cpu))) {
        return true;
    }
    name = riscv_cpu_get_name(cpu);
    error_setg(errp, "'%s' CPU does not allow enabling extensions", name);
    return false;
}

/* Another value for what a real chip has fixed. */
static bool may_change(RISCVCPU *cpu, const char *property, Error **errp)
{
    g_autofree char *name = NULL;

    if (!riscv_cpu_is_vendor(OBJECT(cpu))) {
        return true;
    }
    name = riscv_cpu_get_name(cpu);
    error_setg(errp, "CPU '%s' does not allow changing the value of '%s'", name,
               property);
    return false;
}

/* ---- extensions ---------------------------------------------------------- */

static void get_letter(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    const RISCVLetter *letter = opaque;
    bool on = riscv_has_ext(&RISCV_CPU(obj)->env, letter->bit);

    visit_type_bool(v, name, &on, errp);
}

static void set_letter(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    const RISCVLetter *letter = opaque;
    RISCVCPU *cpu = RISCV_CPU(obj);
    bool on;

    if (!visit_type_bool(v, name, &on, errp)) {
        return;
    }
    if (on && !riscv_has_ext(&cpu->env, letter->bit) &&
        !may_enable(cpu, errp)) {
        return;
    }
    if (on && letter->missing) {
        error_setg(errp, "extension '%s' (%s) is not implemented", name,
                   letter->description);
        return;
    }
    cpu->user_misa |= letter->bit;
    riscv_cpu_switch_letter(cpu, letter->bit, on);
}

static void get_ext(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    const RISCVCPUMultiExtConfig *ext = opaque;
    bool on = isa_ext_is_enabled(RISCV_CPU(obj), ext->offset);

    visit_type_bool(v, name, &on, errp);
}

static void set_ext(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    const RISCVCPUMultiExtConfig *ext = opaque;
    RISCVCPU *cpu = RISCV_CPU(obj);
    bool on;

    if (!visit_type_bool(v, name, &on, errp)) {
        return;
    }
    if (on && !isa_ext_is_enabled(cpu, ext->offset) && !may_enable(cpu, errp)) {
        return;
    }
    if (on && ext->missing) {
        error_setg(errp, "extension '%s' is not implemented", name);
        return;
    }
    riscv_cpu_user_ext(cpu, ext->offset, on);
}

/* Capitals, as these were spelt before QEMU 8.1. */
static const char *const old_names[] = {
    "Zifencei", "Zicsr", "Zihintntl", "Zihintpause", "Zawrs", "Zfa",
    "Zfh",      "Zfhmin", "Zve32f",   "Zve64f",      "Zve64d",
};

static void set_old_name(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    const RISCVCPUMultiExtConfig *ext = opaque;

    warn_report("CPU property '%s' is deprecated. Please use '%s' instead",
                name, ext->name);
    set_ext(obj, v, name, opaque, errp);
}

static void add_old_name(Object *obj, const RISCVCPUMultiExtConfig *ext)
{
    for (int i = 0; i < ARRAY_SIZE(old_names); i++) {
        if (!g_ascii_strcasecmp(old_names[i], ext->name)) {
            object_property_add(obj, old_names[i], "bool", get_ext,
                                set_old_name, NULL, (void *)ext);
        }
    }
}

/* ---- profiles ------------------------------------------------------------ */

static void get_profile(Object *obj, Visitor *v, const char *name, void *opaque,
                        Error **errp)
{
    bool on = riscv_cpu_has_profile(RISCV_CPU(obj), opaque);

    visit_type_bool(v, name, &on, errp);
}

static void set_profile(Object *obj, Visitor *v, const char *name, void *opaque,
                        Error **errp)
{
    const RISCVCPUProfile *profile = opaque;
    RISCVCPU *cpu = RISCV_CPU(obj);
    const char *missing;
    bool on;

    if (riscv_cpu_is_vendor(obj)) {
        error_setg(errp, "Profile %s is not available for vendor CPUs",
                   profile->name);
        return;
    }
    if (!visit_type_bool(v, name, &on, errp)) {
        return;
    }
    missing = on ? riscv_profile_missing(profile) : NULL;
    if (missing) {
        error_setg(errp,
                   "profile %s is not implemented: it has the extension "
                   "'%s', which is not",
                   profile->name, missing);
        return;
    }
    riscv_cpu_switch_profile(cpu, profile, on);
}

/* ---- modes of translation ------------------------------------------------ */

const bool valid_vm_1_10_32[16] = {
    [VM_1_10_MBARE] = true,
    [VM_1_10_SV32] = true,
};

const bool valid_vm_1_10_64[16] = {
    [VM_1_10_MBARE] = true,
    [VM_1_10_SV39] = true,
    [VM_1_10_SV48] = true,
    [VM_1_10_SV57] = true,
};

static const struct {
    const char *name;
    uint8_t mode;
} satp_modes[] = {
    { "none", VM_1_10_MBARE }, { "sv39", VM_1_10_SV39 },
    { "sv48", VM_1_10_SV48 },  { "sv57", VM_1_10_SV57 },
    { "sv64", VM_1_10_SV64 },
};

uint8_t satp_mode_max_from_map(uint32_t map)
{
    return map ? 31 - clz32(map) : VM_1_10_MBARE;
}

const char *satp_mode_str(uint8_t satp_mode, bool is_32_bit)
{
    for (int i = 0; i < ARRAY_SIZE(satp_modes) && !is_32_bit; i++) {
        if (satp_modes[i].mode == satp_mode) {
            return satp_modes[i].name;
        }
    }
    return satp_mode == VM_1_10_SV32 ? "sv32" : "none";
}

void riscv_cpu_set_satp_supported(RISCVCPU *cpu, int largest)
{
    for (int mode = 0; mode <= largest; mode++) {
        if (valid_vm_1_10_64[mode]) {
            cpu->cfg.satp_mode.supported |= 1 << mode;
        }
    }
}

static int mode_of(const char *name)
{
    for (int i = 0; i < ARRAY_SIZE(satp_modes); i++) {
        if (!strcmp(satp_modes[i].name, name)) {
            return satp_modes[i].mode;
        }
    }
    g_assert_not_reached();
}

static void get_satp(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    const RISCVSATPMap *satp = opaque;
    bool on = satp->map & (1 << mode_of(name));

    visit_type_bool(v, name, &on, errp);
}

static void set_satp(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    RISCVSATPMap *satp = opaque;
    bool on;

    if (visit_type_bool(v, name, &on, errp)) {
        satp->map = deposit32(satp->map, mode_of(name), 1, on);
        satp->init |= 1 << mode_of(name);
    }
}

void riscv_add_satp_mode_properties(Object *obj)
{
    RISCVCPU *cpu = RISCV_CPU(obj);

    for (int i = 1; i < ARRAY_SIZE(satp_modes); i++) {
        object_property_add(obj, satp_modes[i].name, "bool", get_satp, set_satp,
                            NULL, &cpu->cfg.satp_mode);
    }
}

/* The next smaller mode that the model has. */
static int smaller_mode(const RISCVSATPMap *satp, int mode)
{
    return satp_mode_max_from_map(satp->supported & ((1 << mode) - 1));
}

/* What the user has not said: all of the model's, below what was turned off. */
static void default_satp(RISCVCPU *cpu)
{
    RISCVSATPMap *satp = &cpu->cfg.satp_mode;
    uint16_t off = satp->init & satp->supported;

    if (off) {
        satp->map = 1 << smaller_mode(satp, ctz32(off));
    } else if (object_dynamic_cast(OBJECT(cpu), TYPE_RISCV_BARE_CPU)) {
        warn_report("No satp mode set. Defaulting to 'bare'");
        satp->map = 1 << VM_1_10_MBARE;
    } else {
        satp->map = satp->supported;
    }
}

bool riscv_cpu_finalize_satp(RISCVCPU *cpu, Error **errp)
{
    RISCVSATPMap *satp = &cpu->cfg.satp_mode;
    int largest = satp_mode_max_from_map(satp->supported), mode;

    if (!satp->map) {
        default_satp(cpu);
    }
    mode = satp_mode_max_from_map(satp->map);
    if (mode > largest) {
        error_setg(errp, "satp_mode %s is higher than hw max capability %s",
                   satp_mode_str(mode, false), satp_mode_str(largest, false));
        return false;
    }
    /* A larger mode needs all smaller ones (12.1.11). */
    for (int i = mode - 1; i >= 0; i--) {
        if (!(satp->supported & (1 << i))) {
            continue;
        }
        if (!(satp->map & (1 << i)) && (satp->init & (1 << i))) {
            error_setg(errp, "cannot disable %s satp mode if %s is enabled",
                       satp_mode_str(i, false), satp_mode_str(mode, false));
            return false;
        }
        satp->map |= 1 << i;
    }
    return true;
}

/* ---- versions ------------------------------------------------------------ */

static const char *const priv_versions[] = {
    [PRIV_VERSION_1_10_0] = PRIV_VER_1_10_0_STR,
    [PRIV_VERSION_1_11_0] = PRIV_VER_1_11_0_STR,
    [PRIV_VERSION_1_12_0] = PRIV_VER_1_12_0_STR,
    [PRIV_VERSION_1_13_0] = PRIV_VER_1_13_0_STR,
};

const char *priv_spec_to_str(int priv_version)
{
    return priv_version >= 0 && priv_version < ARRAY_SIZE(priv_versions)
               ? priv_versions[priv_version]
               : NULL;
}

static void get_priv_spec(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    char *value = (char *)priv_spec_to_str(RISCV_CPU(obj)->env.priv_ver);

    visit_type_str(v, name, &value, errp);
}

static void set_priv_spec(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    RISCVCPU *cpu = RISCV_CPU(obj);
    g_autofree char *value = NULL;
    int version = 0;

    if (!visit_type_str(v, name, &value, errp)) {
        return;
    }
    while (version < ARRAY_SIZE(priv_versions) &&
           strcmp(priv_versions[version], value)) {
        version++;
    }
    if (version == ARRAY_SIZE(priv_versions)) {
        error_setg(errp, "Unsupported privilege spec version '%s'", value);
    } else if (version == cpu->env.priv_ver || may_change(cpu, name, errp)) {
        cpu->env.priv_ver = version;
    }
}

static const PropertyInfo prop_priv_spec = {
    .type = "str",
    .description = "priv_spec",
    .get = get_priv_spec,
    .set = set_priv_spec,
};

static void get_vext_spec(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    char *value = (char *)VEXT_VER_1_00_0_STR;

    visit_type_str(v, name, &value, errp);
}

static void set_vext_spec(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    g_autofree char *value = NULL;

    if (visit_type_str(v, name, &value, errp) &&
        strcmp(value, VEXT_VER_1_00_0_STR)) {
        error_setg(errp, "Unsupported vector spec version '%s'", value);
    }
}

static const PropertyInfo prop_vext_spec = {
    .type = "str",
    .description = "vext_spec",
    .get = get_vext_spec,
    .set = set_vext_spec,
};

/* ---- numbers ------------------------------------------------------------- */

/* A 16-bit field of cfg, in bits (vlen is kept in bytes) or bytes. */
static uint16_t *size_field(RISCVCPU *cpu, const char *name)
{
    if (!strcmp(name, "vlen")) {
        return &cpu->cfg.vlenb;
    } else if (!strcmp(name, "elen")) {
        return &cpu->cfg.elen;
    } else if (!strcmp(name, "cbom_blocksize")) {
        return &cpu->cfg.cbom_blocksize;
    } else if (!strcmp(name, "cbop_blocksize")) {
        return &cpu->cfg.cbop_blocksize;
    }
    return &cpu->cfg.cboz_blocksize;
}

static void get_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    uint16_t value = *size_field(RISCV_CPU(obj), name);

    if (!strcmp(name, "vlen")) {
        value <<= 3;
    }
    visit_type_uint16(v, name, &value, errp);
}

static void set_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    RISCVCPU *cpu = RISCV_CPU(obj);
    bool vlen = !strcmp(name, "vlen"), elen = !strcmp(name, "elen");
    uint16_t *field = size_field(cpu, name);
    uint16_t value;

    if (!visit_type_uint16(v, name, &value, errp)) {
        return;
    }
    if ((vlen || elen) && !is_power_of_2(value)) {
        error_setg(errp, "Vector extension %s must be power of 2",
                   vlen ? "VLEN" : "ELEN");
        return;
    }
    if (!vlen && !elen && (!is_power_of_2(value) || value > 4096)) {
        /* It is part of a page, and has a mask. */
        error_setg(errp, "'%s' must be a power of 2 up to 4096, not %u", name,
                   value);
        return;
    }
    value = vlen ? value >> 3 : value;
    if (value == *field || may_change(cpu, name, errp)) {
        *field = value;
    }
}

static const PropertyInfo prop_size = {
    .type = "uint16",
    .get = get_size,
    .set = set_size,
};

static void get_id(Object *obj, Visitor *v, const char *name, void *opaque,
                   Error **errp)
{
    RISCVCPUConfig *cfg = &RISCV_CPU(obj)->cfg;
    uint64_t value = !strcmp(name, "marchid") ? cfg->marchid : cfg->mimpid;

    if (!strcmp(name, "mvendorid")) {
        visit_type_uint32(v, name, &cfg->mvendorid, errp);
    } else {
        visit_type_uint64(v, name, &value, errp);
    }
}

static void set_mvendorid(Object *obj, RISCVCPUConfig *cfg, Visitor *v,
                          const char *name, Error **errp)
{
    uint32_t value;

    if (!visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    if (!is_generic(obj) && value != cfg->mvendorid) {
        error_setg(errp, "Unable to change %s mvendorid (0x%x)",
                   object_get_typename(obj), cfg->mvendorid);
        return;
    }
    cfg->mvendorid = value;
}

static void set_id(Object *obj, Visitor *v, const char *name, void *opaque,
                   Error **errp)
{
    RISCVCPUConfig *cfg = &RISCV_CPU(obj)->cfg;
    bool march = !strcmp(name, "marchid");
    uint64_t *field = march ? &cfg->marchid : &cfg->mimpid;
    uint64_t value;

    if (!strcmp(name, "mvendorid")) {
        set_mvendorid(obj, cfg, v, name, errp);
        return;
    }
    if (!visit_type_uint64(v, name, &value, errp)) {
        return;
    }
    if (!is_generic(obj) && value != *field) {
        error_setg(errp, "Unable to change %s %s (0x%" PRIu64 ")",
                   object_get_typename(obj), name, *field);
    } else if (march && value == BIT_ULL(63)) {
        error_setg(errp,
                   "Unable to set marchid with MSB (%u) bit set "
                   "and the remaining bits zero",
                   64);
    } else {
        *field = value;
    }
}

static const PropertyInfo prop_id = {
    .type = "uint64",
    .get = get_id,
    .set = set_id,
};

static void get_pmu(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    uint32_t mask = RISCV_CPU(obj)->cfg.pmu_mask;
    uint8_t num = ctpop32(mask);

    if (!strcmp(name, "pmu-num")) {
        visit_type_uint8(v, name, &num, errp);
    } else {
        visit_type_uint32(v, name, &mask, errp);
    }
}

static void set_pmu_num(RISCVCPU *cpu, Visitor *v, const char *name,
                        Error **errp)
{
    uint8_t num;

    if (!visit_type_uint8(v, name, &num, errp)) {
        return;
    }
    if (num > RV_MAX_MHPMCOUNTERS - 3) {
        error_setg(errp, "Number of counters exceeds maximum available");
        return;
    }
    warn_report("\"pmu-num\" property is deprecated; use \"pmu-mask\"");
    cpu->cfg.pmu_mask = num ? MAKE_64BIT_MASK(3, num) : 0;
}

static void set_pmu(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    RISCVCPU *cpu = RISCV_CPU(obj);
    uint32_t mask;

    if (!strcmp(name, "pmu-num")) {
        set_pmu_num(cpu, v, name, errp);
        return;
    }
    if (!visit_type_uint32(v, name, &mask, errp)) {
        return;
    }
    if (mask != cpu->cfg.pmu_mask && !may_change(cpu, name, errp)) {
        return;
    }
    if (ctpop32(mask) > RV_MAX_MHPMCOUNTERS - 3) {
        error_setg(errp, "Number of counters exceeds maximum available");
        return;
    }
    cpu->cfg.pmu_mask = mask;
}

static const PropertyInfo prop_pmu = {
    .type = "uint32",
    .description = "Bits 3 to 31: hpmcounters that exist",
    .get = get_pmu,
    .set = set_pmu,
};

/* mmu and pmp: what a chip has or has not. */
static void get_unit(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    RISCVCPUConfig *cfg = &RISCV_CPU(obj)->cfg;
    bool value = name[1] == 'm' && name[2] == 'u' ? cfg->mmu : cfg->pmp;

    visit_type_bool(v, name, &value, errp);
}

static void set_unit(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    RISCVCPU *cpu = RISCV_CPU(obj);
    bool *field = strcmp(name, "mmu") ? &cpu->cfg.pmp : &cpu->cfg.mmu;
    bool value;

    if (visit_type_bool(v, name, &value, errp) &&
        (value == *field || may_change(cpu, name, errp))) {
        *field = value;
    }
}

static const PropertyInfo prop_unit = {
    .type = "bool",
    .get = get_unit,
    .set = set_unit,
};

static const Property riscv_cpu_properties[] = {
    DEFINE_PROP_BOOL("debug", RISCVCPU, cfg.debug, true),
    { .name = "pmu-mask", .info = &prop_pmu },
    { .name = "pmu-num", .info = &prop_pmu },
    { .name = "mmu", .info = &prop_unit },
    { .name = "pmp", .info = &prop_unit },
    { .name = "priv_spec", .info = &prop_priv_spec },
    { .name = "vext_spec", .info = &prop_vext_spec },
    { .name = "vlen", .info = &prop_size },
    { .name = "elen", .info = &prop_size },
    { .name = "cbom_blocksize", .info = &prop_size },
    { .name = "cbop_blocksize", .info = &prop_size },
    { .name = "cboz_blocksize", .info = &prop_size },
    { .name = "mvendorid", .info = &prop_id },
    { .name = "mimpid", .info = &prop_id },
    { .name = "marchid", .info = &prop_id },
    DEFINE_PROP_UINT64("resetvec", RISCVCPU, env.resetvec, DEFAULT_RSTVEC),
    DEFINE_PROP_BOOL("short-isa-string", RISCVCPU, cfg.short_isa_string, false),
    DEFINE_PROP_BOOL("rvv_ta_all_1s", RISCVCPU, cfg.rvv_ta_all_1s, false),
    DEFINE_PROP_BOOL("rvv_ma_all_1s", RISCVCPU, cfg.rvv_ma_all_1s, false),
    DEFINE_PROP_BOOL("rvv_vl_half_avl", RISCVCPU, cfg.rvv_vl_half_avl, false),
    DEFINE_PROP_BOOL("x-misa-w", RISCVCPU, cfg.misa_w, false),
};

/* ---- all of them --------------------------------------------------------- */

void riscv_cpu_class_properties(DeviceClass *dc)
{
    device_class_set_props(dc, riscv_cpu_properties);
}

void riscv_cpu_add_feature_properties(RISCVCPU *cpu)
{
    Object *obj = OBJECT(cpu);
    bool defaults = is_generic(obj);
    const RISCVCPUMultiExtConfig *ext;

    cpu->user_exts = g_hash_table_new(NULL, NULL);
    riscv_add_satp_mode_properties(obj);
    for (const RISCVLetter *letter = riscv_letters; letter->name; letter++) {
        object_property_add(obj, letter->name, "bool", get_letter, set_letter,
                            NULL, (void *)letter);
        object_property_set_description(obj, letter->name, letter->description);
        if (defaults) {
            riscv_cpu_switch_letter(cpu, letter->bit, letter->on);
        }
    }
    for (ext = riscv_cpu_extensions; ext->name; ext++) {
        object_property_add(obj, ext->name, "bool", get_ext, set_ext, NULL,
                            (void *)ext);
        add_old_name(obj, ext);
        if (defaults) {
            isa_ext_update_enabled(cpu, ext->offset, ext->enabled);
        }
    }
    for (int i = 0; riscv_profiles[i]; i++) {
        object_property_add(obj, riscv_profiles[i]->name, "bool", get_profile,
                            set_profile, NULL, (void *)riscv_profiles[i]);
    }
}

void riscv_cpu_free_features(RISCVCPU *cpu)
{
    g_clear_pointer(&cpu->user_exts, g_hash_table_unref);
}

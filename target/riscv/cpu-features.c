/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which extensions a CPU has: the properties that switch them, what follows
 * from what, what contradicts what, profiles.
 *
 * While a CPU is being made, properties set flags in cfg and bits in misa_ext
 * and note that the user did it. At realize, riscv_cpu_finalize_features()
 * turns on what the set ones imply (but nothing that the user has turned off),
 * and reports what does not fit.
 */
#include "qemu/osdep.h"

#include "cpu-features.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

/* ---- the extensions ------------------------------------------------------ */

#define EXT(_name, _default)                                                   \
    {                                                                          \
#_name, CPU_CFG_OFFSET(ext_##_name), _default                          \
    }
#define MISSING_AS(_name, _field)                                              \
    {                                                                          \
        _name, CPU_CFG_OFFSET(_field), .missing = true                         \
    }
#define MISSING(_name) MISSING_AS(#_name, ext_##_name)

/* Those we have, with their state in rv64; then those we do not have. */
/* clang-format off */
const RISCVCPUMultiExtConfig riscv_cpu_extensions[] = {
    EXT(smaia, false), EXT(smepmp, false), EXT(smstateen, false),
    EXT(ssaia, false), EXT(sstc, true), EXT(svade, false), EXT(svadu, true),
    EXT(svinval, false), EXT(svnapot, false), EXT(svpbmt, false),
    EXT(svvptc, true), EXT(zaamo, false), EXT(zabha, false), EXT(zacas, false),
    EXT(zalrsc, false), EXT(zawrs, true), EXT(zba, true), EXT(zbb, true),
    EXT(zbc, true), EXT(zbkb, false), EXT(zbkc, false), EXT(zbkx, false),
    EXT(zbs, true), EXT(zca, false), EXT(zcb, false), EXT(zcd, false),
    EXT(zcmop, false), EXT(zfa, true), EXT(zfh, false), EXT(zfhmin, false),
    EXT(zicbom, true), EXT(zicbop, true), EXT(zicboz, true), EXT(zicntr, true),
    EXT(zicond, false), EXT(zicsr, true), EXT(zifencei, true),
    EXT(zihintntl, true), EXT(zihintpause, true), EXT(zihpm, true),
    EXT(zimop, false), EXT(zkr, false), EXT(zkt, false), EXT(zmmul, false),

    MISSING(smcdeleg), MISSING(smcntrpmf), MISSING(smcsrind), MISSING(smctr),
    MISSING(smdbltrp), MISSING(smmpm), MISSING(smnpm), MISSING(smrnmi),
    MISSING(ssccfg), MISSING(sscofpmf), MISSING(sscsrind), MISSING(ssctr),
    MISSING(ssdbltrp), MISSING(ssnpm), MISSING(sspm), MISSING(supm),
    MISSING(zama16b), MISSING(zce), MISSING(zcf), MISSING(zcmp), MISSING(zcmt),
    MISSING(zdinx), MISSING(zfbfmin), MISSING(zfinx), MISSING(zhinx),
    MISSING(zhinxmin), MISSING(zicfilp), MISSING(zicfiss), MISSING(zk),
    MISSING(zkn), MISSING(zknd), MISSING(zkne), MISSING(zknh), MISSING(zks),
    MISSING(zksed), MISSING(zksh), MISSING(ztso), MISSING(zvbb), MISSING(zvbc),
    MISSING(zve32f), MISSING(zve32x), MISSING(zve64d), MISSING(zve64f),
    MISSING(zve64x), MISSING(zvfbfmin), MISSING(zvfbfwma), MISSING(zvfh),
    MISSING(zvfhmin), MISSING(zvkb), MISSING(zvkg), MISSING(zvkn),
    MISSING(zvknc), MISSING(zvkned), MISSING(zvkng), MISSING(zvknha),
    MISSING(zvknhb), MISSING(zvks), MISSING(zvksc), MISSING(zvksed),
    MISSING(zvksg), MISSING(zvksh), MISSING(zvkt), MISSING(xtheadba),
    MISSING(xtheadbb), MISSING(xtheadbs), MISSING(xtheadcmo),
    MISSING(xtheadcondmov), MISSING(xtheadfmemidx), MISSING(xtheadfmv),
    MISSING(xtheadmac), MISSING(xtheadmemidx), MISSING(xtheadmempair),
    MISSING(xtheadsync), MISSING_AS("xventanacondops", ext_XVentanaCondOps),
    MISSING_AS("x-svukte", ext_svukte),
    { }
};
/* clang-format on */

/* These have no property: they say what the others amount to. */
const RISCVCPUMultiExtConfig riscv_cpu_named_features[] = {
    { "zic64b", CPU_CFG_OFFSET(ext_zic64b), true },
    { "ssstateen", CPU_CFG_OFFSET(ext_ssstateen), true },
    { "sha", CPU_CFG_OFFSET(ext_sha), true, .missing = true },
    { "ziccrse", CPU_CFG_OFFSET(ext_ziccrse), true },
    {}
};

const RISCVLetter riscv_letters[] = {
    { RVA, "a", "Atomic instructions", true },
    { RVC, "c", "Compressed instructions", true },
    { RVD, "d", "Double-precision float point", true },
    { RVF, "f", "Single-precision float point", true },
    { RVI, "i", "Base integer instruction set", true },
    { RVE, "e", "Base integer instruction set (embedded)", .missing = true },
    { RVM, "m", "Integer multiplication and division", true },
    { RVS, "s", "Supervisor-level instructions", true },
    { RVU, "u", "User-level instructions", true },
    { RVH, "h", "Hypervisor", .missing = true },
    { RVV, "v", "Vector operations", .missing = true },
    { RVG, "g", "General purpose (IMAFD_Zicsr_Zifencei)", false },
    { RVB, "b", "Bit manipulation (Zba_Zbb_Zbs)", false },
    {}
};

const uint32_t misa_bits[] = { RVI, RVE, RVM, RVA, RVF, RVD, RVV,
                               RVC, RVS, RVU, RVH, RVG, RVB, 0 };

static const RISCVLetter *find_letter(uint32_t bit)
{
    const RISCVLetter *letter = riscv_letters;

    while (letter->name && letter->bit != bit) {
        letter++;
    }
    return letter;
}

const char *riscv_get_misa_ext_name(uint32_t bit)
{
    return find_letter(bit)->name;
}

const char *riscv_get_misa_ext_description(uint32_t bit)
{
    return find_letter(bit)->description;
}

bool isa_ext_is_enabled(RISCVCPU *cpu, uint32_t ext_offset)
{
    return *(bool *)((char *)&cpu->cfg + ext_offset);
}

void isa_ext_update_enabled(RISCVCPU *cpu, uint32_t ext_offset, bool en)
{
    *(bool *)((char *)&cpu->cfg + ext_offset) = en;
}

void riscv_cpu_set_misa_ext(CPURISCVState *env, uint32_t ext)
{
    env->misa_ext = env->misa_ext_mask = ext;
}

void riscv_cpu_switch_letter(RISCVCPU *cpu, uint32_t bit, bool on)
{
    uint32_t ext = cpu->env.misa_ext;

    riscv_cpu_set_misa_ext(&cpu->env, on ? ext | bit : ext & ~bit);
}

/* The version of the privileged architecture that introduced it. */
static int min_version(uint32_t offset)
{
    for (const RISCVIsaExtData *ext = isa_edata_arr; ext->name; ext++) {
        if (ext->ext_enable_offset == offset) {
            return ext->min_version;
        }
    }
    return PRIV_VERSION_1_10_0;
}

static const char *ext_name(uint32_t offset)
{
    const RISCVCPUMultiExtConfig *ext;

    for (ext = riscv_cpu_extensions; ext->name; ext++) {
        if (ext->offset == offset) {
            return ext->name;
        }
    }
    for (ext = riscv_cpu_named_features; ext->name; ext++) {
        if (ext->offset == offset) {
            return ext->name;
        }
    }
    return "?";
}

static bool is_user_ext(RISCVCPU *cpu, uint32_t offset)
{
    return cpu->user_exts &&
           g_hash_table_contains(cpu->user_exts, GUINT_TO_POINTER(offset));
}

void riscv_cpu_user_ext(RISCVCPU *cpu, uint32_t offset, bool on)
{
    g_hash_table_add(cpu->user_exts, GUINT_TO_POINTER(offset));
    if (on && cpu->env.priv_ver < min_version(offset)) {
        cpu->env.priv_ver = min_version(offset);
    }
    isa_ext_update_enabled(cpu, offset, on);
}

/* An extension in the rules below: a place in cfg, or a letter. */
#define X(_name)   CPU_CFG_OFFSET(ext_##_name)
#define L(_letter) (LETTER + (_letter) - 'A')
#define LETTER     0x1000

QEMU_BUILD_BUG_ON(sizeof(RISCVCPUConfig) >= LETTER);

static uint32_t letter_bit(int ref)
{
    return 1u << (ref - LETTER);
}

static bool has(RISCVCPU *cpu, int ref)
{
    return ref >= LETTER ? riscv_has_ext(&cpu->env, letter_bit(ref))
                         : isa_ext_is_enabled(cpu, ref);
}

static bool user_set(RISCVCPU *cpu, int ref)
{
    return ref >= LETTER ? cpu->user_misa & letter_bit(ref)
                         : is_user_ext(cpu, ref);
}

/* ---- what follows from what ---------------------------------------------- */

typedef struct {
    int ext;
    int also; /* a second letter that is needed for it to follow, or 0 */
    int implied;
} Implication;

static const Implication implications[] = {
    { L('G'), 0, L('I') },      { L('G'), 0, L('M') },
    { L('G'), 0, L('A') },      { L('G'), 0, L('F') },
    { L('G'), 0, L('D') },      { L('G'), 0, X(zicsr) },
    { L('G'), 0, X(zifencei) }, { L('B'), 0, X(zba) },
    { L('B'), 0, X(zbb) },      { L('B'), 0, X(zbs) },
    { L('A'), 0, X(zalrsc) },   { L('A'), 0, X(zaamo) },
    { L('D'), 0, L('F') },      { L('F'), 0, X(zicsr) },
    { L('M'), 0, X(zmmul) },    { L('C'), 0, X(zca) },
    { L('C'), L('D'), X(zcd) }, { X(zcb), 0, X(zca) },
    { X(zcd), 0, L('D') },      { X(zcd), 0, X(zca) },
    { X(zfa), 0, L('F') },      { X(zfh), 0, X(zfhmin) },
    { X(zfhmin), 0, L('F') },   { X(zicntr), 0, X(zicsr) },
    { X(zihpm), 0, X(zicsr) },
};

/* Whether it has turned the implied extension on. */
static bool imply(RISCVCPU *cpu, const Implication *rule)
{
    CPURISCVState *env = &cpu->env;

    if (!has(cpu, rule->ext) || (rule->also && !has(cpu, rule->also)) ||
        has(cpu, rule->implied) || user_set(cpu, rule->implied)) {
        return false;
    }
    if (rule->implied >= LETTER) {
        riscv_cpu_switch_letter(cpu, letter_bit(rule->implied), true);
        return true;
    }
    /* The collections that a user names ask for all; see drop_newer(). */
    if (rule->ext != L('G') && rule->ext != L('B') &&
        env->priv_ver < min_version(rule->implied)) {
        return false;
    }
    isa_ext_update_enabled(cpu, rule->implied, true);
    return true;
}

static void apply_implications(RISCVCPU *cpu)
{
    bool changed;

    do {
        changed = false;
        for (int i = 0; i < ARRAY_SIZE(implications); i++) {
            changed |= imply(cpu, &implications[i]);
        }
    } while (changed);
}

/* Zca, with Zcd if there is D, amounts to C. */
static void update_c(RISCVCPU *cpu)
{
    if (has(cpu, L('C')) || !cpu->cfg.ext_zca ||
        (has(cpu, L('F')) && !cpu->cfg.ext_zcd)) {
        return;
    }
    if (user_set(cpu, L('C'))) {
        warn_report("RVC mandated by Zca/Zcf/Zcd extensions");
    } else {
        riscv_cpu_switch_letter(cpu, RVC, true);
    }
}

/* The user has turned off what a letter that stands for several needs. */
static void warn_mandated(RISCVCPU *cpu, int letter, const int *mandated,
                          const char *message)
{
    for (; has(cpu, letter) && *mandated >= 0; mandated++) {
        if (!has(cpu, *mandated)) {
            warn_report(message,
                        *mandated >= LETTER
                            ? riscv_get_misa_ext_name(letter_bit(*mandated))
                            : ext_name(*mandated));
        }
    }
}

static void check_collections(RISCVCPU *cpu)
{
    static const int g[] = { L('I'), L('M'),   L('A'),      L('F'),
                             L('D'), X(zicsr), X(zifencei), -1 };
    static const int b[] = { X(zba), X(zbb), X(zbs), -1 };

    if (user_set(cpu, L('G'))) {
        warn_mandated(cpu, L('G'), g, "RVG mandates disabled extension %s");
    }
    warn_mandated(cpu, L('B'), b, "RVB mandates disabled extension %s");
}

static void update_named_features(RISCVCPU *cpu)
{
    RISCVCPUConfig *cfg = &cpu->cfg;
    int version = cpu->env.priv_ver;

    cfg->has_priv_1_11 = version >= PRIV_VERSION_1_11_0;
    cfg->has_priv_1_12 = version >= PRIV_VERSION_1_12_0;
    cfg->has_priv_1_13 = version >= PRIV_VERSION_1_13_0;
    cfg->ext_zic64b = cfg->cbom_blocksize == 64 && cfg->cbop_blocksize == 64 &&
                      cfg->cboz_blocksize == 64;
    cfg->ext_ssstateen = cfg->ext_smstateen;
    cfg->ext_ziccrse = cfg->has_priv_1_11;
}

/* ---- what contradicts what ----------------------------------------------- */

typedef struct {
    int ext;
    int needed;
    const char *message;
} Requirement;

static const Requirement requirements[] = {
    { L('S'), L('U'), "Setting S extension without U extension is illegal" },
    { L('F'), X(zicsr), "F extension requires Zicsr" },
    { X(zacas), L('A'), "Zacas extension requires A extension" },
    { X(zabha), X(zaamo), "Zabha extension requires Zaamo extension" },
    { X(zawrs), L('A'), "Zawrs extension requires A extension" },
    { X(zfa), L('F'), "Zfa extension requires F extension" },
    { X(zfh), L('F'), "Zfh/Zfhmin extensions require F extension" },
    { X(zfhmin), L('F'), "Zfh/Zfhmin extensions require F extension" },
    { L('D'), L('F'), "D extension requires F extension" },
    { X(zcmop), X(zca), "Zcmop extensions require Zca" },
    { X(zcd), L('D'), "Zcd extension requires D extension" },
    { X(zcd), X(zca),
      "Zcf/Zcd/Zcb/Zcmp/Zcmt extensions require Zca extension" },
    { X(zcb), X(zca),
      "Zcf/Zcd/Zcb/Zcmp/Zcmt extensions require Zca extension" },
};

static bool check_requirements(RISCVCPU *cpu, Error **errp)
{
    if (has(cpu, L('I')) && has(cpu, L('E'))) {
        error_setg(errp, "I and E extensions are incompatible");
        return false;
    }
    if (!has(cpu, L('I')) && !has(cpu, L('E'))) {
        error_setg(errp, "Either I or E extension must be set");
        return false;
    }
    for (int i = 0; i < ARRAY_SIZE(requirements); i++) {
        const Requirement *rule = &requirements[i];

        if (has(cpu, rule->ext) && !has(cpu, rule->needed)) {
            error_setg(errp, "%s", rule->message);
            return false;
        }
    }
    if (cpu->cfg.ext_smepmp && !cpu->cfg.pmp) {
        error_setg(errp, "Invalid configuration: Smepmp requires PMP support");
        return false;
    }
    return true;
}

/* Counters are on by default; without Zicsr they are not, or it is an error. */
static bool check_counters(RISCVCPU *cpu, Error **errp)
{
    RISCVCPUConfig *cfg = &cpu->cfg;

    if (!cfg->ext_zicsr && cfg->ext_zicntr && user_set(cpu, X(zicntr))) {
        error_setg(errp, "zicntr requires zicsr");
        return false;
    }
    if (!cfg->ext_zicsr && cfg->ext_zihpm && user_set(cpu, X(zihpm))) {
        error_setg(errp, "zihpm requires zicsr");
        return false;
    }
    cfg->ext_zicntr = cfg->ext_zicntr && cfg->ext_zicsr;
    cfg->ext_zihpm = cfg->ext_zihpm && cfg->ext_zicsr;
    if (!cfg->ext_zihpm) {
        cfg->pmu_mask = 0;
    }
    if (cfg->pmu_mask & (COUNTEREN_CY | COUNTEREN_TM | COUNTEREN_IR)) {
        error_setg(errp, "\"pmu-mask\" contains invalid bits (0-2) set");
        return false;
    }
    cpu->pmu_avail_ctrs = cfg->pmu_mask;
    return true;
}

/* What is newer than the privileged architecture that was chosen. */
static void drop_newer(RISCVCPU *cpu)
{
    for (const RISCVIsaExtData *ext = isa_edata_arr; ext->name; ext++) {
        uint32_t offset = ext->ext_enable_offset;

        if (!isa_ext_is_enabled(cpu, offset) ||
            cpu->env.priv_ver >= ext->min_version || offset == X(zicntr) ||
            offset == X(zihpm)) {
            continue;
        }
        isa_ext_update_enabled(cpu, offset, false);
        if (offset != X(zic64b) && offset != X(ssstateen) &&
            offset != X(ziccrse)) {
            warn_report("disabling %s extension for hart 0x" TARGET_FMT_lx
                        " because privilege spec version does not match",
                        ext->name, cpu->env.mhartid);
        }
    }
}

/* ---- profiles ------------------------------------------------------------ */

static const RISCVCPUProfile rva22u64 = {
    .name = "rva22u64",
    .misa_ext = RVI | RVM | RVA | RVF | RVD | RVC | RVB | RVU,
    .priv_spec = RISCV_PROFILE_ATTR_UNUSED,
    .satp_mode = RISCV_PROFILE_ATTR_UNUSED,
    .ext_offsets = { X(zicsr), X(zihintpause), X(zba), X(zbb), X(zbs),
                     X(zfhmin), X(zkt), X(zicntr), X(zihpm), X(zicbom),
                     X(zicbop), X(zicboz), X(zic64b),
                     RISCV_PROFILE_EXT_LIST_END },
};

static const RISCVCPUProfile rva22s64 = {
    .u_parent = &rva22u64,
    .name = "rva22s64",
    .misa_ext = RVS,
    .priv_spec = PRIV_VERSION_1_12_0,
    .satp_mode = VM_1_10_SV39,
    .ext_offsets = { X(zifencei), X(svpbmt), X(svinval), X(svade),
                     RISCV_PROFILE_EXT_LIST_END },
};

/* Their vectors, pointer masking and overflow interrupts we do not have. */
static const RISCVCPUProfile rva23u64 = {
    .u_parent = &rva22u64,
    .name = "rva23u64",
    .misa_ext = RVV,
    .priv_spec = RISCV_PROFILE_ATTR_UNUSED,
    .satp_mode = RISCV_PROFILE_ATTR_UNUSED,
    .ext_offsets = { X(zvfhmin), X(zvbb), X(zvkt), X(zihintntl), X(zicond),
                     X(zimop), X(zcmop), X(zcb), X(zfa), X(zawrs), X(supm),
                     RISCV_PROFILE_EXT_LIST_END },
};

static const RISCVCPUProfile rva23s64 = {
    .u_parent = &rva23u64,
    .s_parent = &rva22s64,
    .name = "rva23s64",
    .misa_ext = RVS,
    .priv_spec = PRIV_VERSION_1_13_0,
    .satp_mode = VM_1_10_SV39,
    .ext_offsets = { X(svnapot), X(sstc), X(sscofpmf), X(ssnpm), X(sha),
                     RISCV_PROFILE_EXT_LIST_END },
};

const RISCVCPUProfile *const riscv_profiles[] = { &rva22u64, &rva22s64,
                                                  &rva23u64, &rva23s64, NULL };

static int profile_index(const RISCVCPUProfile *profile)
{
    int i = 0;

    while (riscv_profiles[i] != profile) {
        i++;
    }
    return i;
}

const char *riscv_profile_missing(const RISCVCPUProfile *profile)
{
    const char *name = NULL;

    if (!profile) {
        return NULL;
    }
    for (int i = 0; riscv_letters[i].name && !name; i++) {
        if (riscv_letters[i].missing &&
            (profile->misa_ext & riscv_letters[i].bit)) {
            name = riscv_letters[i].name;
        }
    }
    for (const int32_t *p = profile->ext_offsets; *p >= 0 && !name; p++) {
        const RISCVCPUMultiExtConfig *ext = riscv_cpu_extensions;

        for (; ext->name && !name; ext++) {
            name = ext->offset == *p && ext->missing ? ext->name : NULL;
        }
    }
    return name ?: riscv_profile_missing(profile->u_parent)
                ?: riscv_profile_missing(profile->s_parent);
}

bool riscv_cpu_has_profile(RISCVCPU *cpu, const RISCVCPUProfile *profile)
{
    return cpu->profiles & BIT(profile_index(profile));
}

void riscv_cpu_switch_profile(RISCVCPU *cpu, const RISCVCPUProfile *profile,
                              bool on)
{
    if (!profile) {
        return;
    }
    riscv_cpu_switch_profile(cpu, profile->u_parent, on);
    riscv_cpu_switch_profile(cpu, profile->s_parent, on);
    cpu->user_profiles |= BIT(profile_index(profile));
    cpu->profiles = deposit32(cpu->profiles, profile_index(profile), 1, on);
    if (on && profile->priv_spec != RISCV_PROFILE_ATTR_UNUSED) {
        cpu->env.priv_ver = profile->priv_spec;
    }
    if (profile->satp_mode != RISCV_PROFILE_ATTR_UNUSED) {
        cpu->cfg.mmu = true;
        cpu->cfg.satp_mode.map =
            deposit32(cpu->cfg.satp_mode.map, profile->satp_mode, 1, on);
        cpu->cfg.satp_mode.init |= 1 << profile->satp_mode;
    }
    /* Without a profile the base is still RV64I. */
    cpu->user_misa |= profile->misa_ext;
    riscv_cpu_switch_letter(
        cpu, on ? profile->misa_ext : profile->misa_ext & ~RVI, on);
    for (const int32_t *p = profile->ext_offsets; *p >= 0; p++) {
        riscv_cpu_user_ext(cpu, *p, on);
        if (on && *p == X(zic64b)) {
            cpu->cfg.cbom_blocksize = 64;
            cpu->cfg.cbop_blocksize = 64;
            cpu->cfg.cboz_blocksize = 64;
        }
    }
}

void riscv_cpu_enable_profile(RISCVCPU *cpu, const char *name)
{
    for (int i = 0; riscv_profiles[i]; i++) {
        if (!strcmp(riscv_profiles[i]->name, name)) {
            riscv_cpu_switch_profile(cpu, riscv_profiles[i], true);
        }
    }
}

/* Whether the CPU is what the profile says; @warn: say why not. */
static bool check_profile(RISCVCPU *cpu, const RISCVCPUProfile *profile,
                          bool warn)
{
    const char *message = "Profile %s mandates disabled extension %s";
    int satp = satp_mode_max_from_map(cpu->cfg.satp_mode.supported);
    bool ok = true;

    if (profile->satp_mode > satp) {
        ok = false;
        if (warn) {
            warn_report("Profile %s requires satp mode %s, "
                        "but satp mode %s was set",
                        profile->name, satp_mode_str(profile->satp_mode, false),
                        satp_mode_str(satp, false));
        }
    }
    if (profile->priv_spec > (int)cpu->env.priv_ver) {
        ok = false;
        if (warn) {
            warn_report("Profile %s requires priv spec %s, "
                        "but priv ver %s was set",
                        profile->name, priv_spec_to_str(profile->priv_spec),
                        priv_spec_to_str(cpu->env.priv_ver));
        }
    }
    for (int i = 0; misa_bits[i]; i++) {
        if ((profile->misa_ext & misa_bits[i] & ~cpu->env.misa_ext)) {
            ok = false;
            if (warn) {
                warn_report(message, profile->name,
                            riscv_get_misa_ext_name(misa_bits[i]));
            }
        }
    }
    for (const int32_t *p = profile->ext_offsets; *p >= 0; p++) {
        if (!isa_ext_is_enabled(cpu, *p)) {
            ok = false;
            if (warn) {
                warn_report(message, profile->name, ext_name(*p));
            }
        }
    }
    return ok;
}

static void check_profiles(RISCVCPU *cpu)
{
    for (int i = 0; riscv_profiles[i]; i++) {
        const RISCVCPUProfile *profile = riscv_profiles[i];
        uint32_t wanted = BIT(i) & cpu->profiles & cpu->user_profiles;
        bool ok = check_profile(cpu, profile, wanted);

        /* Parents stand before it in the list. */
        if (profile->u_parent) {
            ok = ok && (cpu->profiles & BIT(profile_index(profile->u_parent)));
        }
        if (profile->s_parent) {
            ok = ok && (cpu->profiles & BIT(profile_index(profile->s_parent)));
        }
        cpu->profiles = deposit32(cpu->profiles, i, 1, ok);
    }
}

/* ---- realize ------------------------------------------------------------- */

void riscv_cpu_finalize_features(RISCVCPU *cpu, Error **errp)
{
    if (!riscv_cpu_finalize_satp(cpu, errp)) {
        return;
    }
    apply_implications(cpu);
    update_c(cpu);
    update_named_features(cpu);
    check_profiles(cpu);
    check_collections(cpu);
    if (!check_requirements(cpu, errp) || !check_counters(cpu, errp)) {
        return;
    }
    drop_newer(cpu);
}

void riscv_cpu_enable_all(RISCVCPU *cpu)
{
    const RISCVCPUMultiExtConfig *ext;

    for (ext = riscv_cpu_extensions; ext->name; ext++) {
        isa_ext_update_enabled(cpu, ext->offset, !ext->missing);
    }
    /* svade is the other choice beside svadu, and aia is the board's. */
    cpu->cfg.ext_svade = false;
    cpu->cfg.ext_smaia = cpu->cfg.ext_ssaia = false;
    riscv_cpu_switch_letter(cpu, RVG | RVB, true);
}

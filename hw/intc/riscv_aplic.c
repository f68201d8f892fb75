/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One interrupt domain of a RISC-V APLIC (AIA 1.0, chapter 4): its registers
 * and the device. What they are about is in riscv_aplic_sources.c.
 */
#include "qemu/osdep.h"
#include "hw/intc/intc.h"
#include "hw/pci/msi.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "riscv_aplic-internal.h"
#include "target/riscv/cpu.h"

#define MAX_SOURCES 1024
#define MAX_HARTS   BIT(14)

/* Offsets of registers; [n] are 4 bytes apart. */
#define DOMAINCFG    0x0000
#define SOURCECFG    0x0000 /* [1..1023] */
#define MMSIADDRCFG  0x1bc0
#define MMSIADDRCFGH 0x1bc4
#define SMSIADDRCFG  0x1bc8
#define SMSIADDRCFGH 0x1bcc
#define SETIP        0x1c00 /* [0..31] */
#define SETIPNUM     0x1cdc
#define IN_CLRIP     0x1d00 /* [0..31] */
#define CLRIPNUM     0x1ddc
#define SETIE        0x1e00 /* [0..31] */
#define SETIENUM     0x1edc
#define CLRIE        0x1f00 /* [0..31] */
#define CLRIENUM     0x1fdc
#define SETIPNUM_LE  0x2000
#define SETIPNUM_BE  0x2004
#define GENMSI       0x3000
#define TARGET       0x3000 /* [1..1023] */
#define IDC          0x4000 /* an IDC for each hart */
#define IDC_SIZE     32

/* In an IDC. */
#define IDELIVERY  0x00
#define IFORCE     0x04
#define ITHRESHOLD 0x08
#define TOPI       0x18
#define CLAIMI     0x1c

/*** Registers. ***/

/* A word of pending or enable bits, or of inputs (@bit 0). */
static uint32_t read_bits(const RISCVAPLICState *s, uint32_t word, uint32_t bit)
{
    uint32_t bits = 0;

    for (uint32_t i = MAX(1, word * 32); i < (word + 1) * 32; i++) {
        if (i < s->num_irqs && (bit ? s->state[i] & bit : aplic_input(s, i))) {
            bits |= BIT(i % 32);
        }
    }
    return bits;
}

static void write_bits(RISCVAPLICState *s, uint32_t word, uint32_t bits,
                       void (*write)(RISCVAPLICState *s, uint32_t i, bool on),
                       bool on)
{
    for (; bits; bits &= bits - 1) {
        write(s, word * 32 + ctz32(bits), on);
    }
}

/*
 * Where MSIs go is the root's knowledge. Only there it can be written, until
 * it is locked; other machine-level domains show a locked copy.
 */
static uint32_t read_msiaddrcfg(const RISCVAPLICState *s, hwaddr addr)
{
    const RISCVAPLICState *root = aplic_root(s);

    if (!s->msimode || !s->mmode) {
        return 0;
    }
    switch (addr) {
    case MMSIADDRCFG:
        return root->mmsicfgaddr;
    case MMSIADDRCFGH:
        return root->mmsicfgaddrH | (s == root ? 0 : MSIADDRCFGH_L);
    case SMSIADDRCFG:
        return s->num_children ? root->smsicfgaddr : 0;
    default:
        return s->num_children ? root->smsicfgaddrH : 0;
    }
}

static void write_msiaddrcfg(RISCVAPLICState *s, hwaddr addr, uint32_t value)
{
    if (!s->msimode || !s->mmode || s->parent ||
        s->mmsicfgaddrH & MSIADDRCFGH_L) {
        return;
    }
    if (addr == MMSIADDRCFG) {
        s->mmsicfgaddr = value;
    } else if (addr == MMSIADDRCFGH) {
        s->mmsicfgaddrH = value & MMSIADDRCFGH_MASK;
    } else if (s->num_children && addr == SMSIADDRCFG) {
        s->smsicfgaddr = value;
    } else if (s->num_children) {
        s->smsicfgaddrH = value & SMSIADDRCFGH_MASK;
    }
}

static uint32_t read_idc(RISCVAPLICState *s, uint32_t hart, hwaddr addr)
{
    switch (addr) {
    case IDELIVERY:
        return s->idelivery[hart];
    case IFORCE:
        return s->iforce[hart];
    case ITHRESHOLD:
        return s->ithreshold[hart];
    case TOPI:
        return aplic_topi(s, hart);
    case CLAIMI:
        return aplic_claimi(s, hart);
    default:
        return 0;
    }
}

static void write_idc(RISCVAPLICState *s, uint32_t hart, hwaddr addr,
                      uint32_t value)
{
    switch (addr) {
    case IDELIVERY:
        s->idelivery[hart] = value & 1;
        break;
    case IFORCE:
        s->iforce[hart] = value & 1;
        break;
    case ITHRESHOLD:
        s->ithreshold[hart] = value & s->iprio_mask;
        break;
    default:
        return;
    }
    aplic_update_hart(s, hart);
}

/* Whether @addr is register [0..31] at @base; its number, then. */
static bool is_word(hwaddr addr, hwaddr base, uint32_t *word)
{
    *word = (addr - base) / 4;
    return addr >= base && *word < MAX_SOURCES / 32;
}

/* The same for a register per source at @base. */
static bool is_source(const RISCVAPLICState *s, hwaddr addr, hwaddr base,
                      uint32_t *i)
{
    *i = (addr - base) / 4;
    return addr > base && addr < base + MAX_SOURCES * 4 && *i < s->num_irqs;
}

static bool is_idc(const RISCVAPLICState *s, hwaddr addr, uint32_t *hart)
{
    *hart = (addr - IDC) / IDC_SIZE;
    return addr >= IDC && !s->msimode && *hart < s->num_harts;
}

static uint64_t aplic_read(void *opaque, hwaddr addr, unsigned size)
{
    RISCVAPLICState *s = opaque;
    uint32_t n;

    if (addr == DOMAINCFG) {
        return DOMAINCFG_FIXED | s->domaincfg | (s->msimode ? DOMAINCFG_DM : 0);
    } else if (is_source(s, addr, SOURCECFG, &n)) {
        return s->sourcecfg[n];
    } else if (addr >= MMSIADDRCFG && addr <= SMSIADDRCFGH) {
        return read_msiaddrcfg(s, addr);
    } else if (is_word(addr, SETIP, &n)) {
        return read_bits(s, n, STATE_PENDING);
    } else if (is_word(addr, IN_CLRIP, &n)) {
        return read_bits(s, n, 0);
    } else if (is_word(addr, SETIE, &n)) {
        return read_bits(s, n, STATE_ENABLED);
    } else if (addr == GENMSI) {
        return s->genmsi;
    } else if (is_source(s, addr, TARGET, &n)) {
        return aplic_read_target(s, n);
    } else if (is_idc(s, addr, &n)) {
        return read_idc(s, n, addr % IDC_SIZE);
    }
    return 0;
}

static void write_by_number(RISCVAPLICState *s, hwaddr addr, uint32_t i)
{
    switch (addr) {
    case SETIPNUM:
    case SETIPNUM_LE:
        aplic_write_pending(s, i, true);
        break;
    case CLRIPNUM:
        aplic_write_pending(s, i, false);
        break;
    case SETIENUM:
        aplic_write_enable(s, i, true);
        break;
    case CLRIENUM:
        aplic_write_enable(s, i, false);
        break;
    default:
        qemu_log_mask(
            LOG_GUEST_ERROR,
            "riscv_aplic_write: Invalid register write 0x%" HWADDR_PRIx "\n",
            addr);
        break;
    }
}

static void aplic_write(void *opaque, hwaddr addr, uint64_t value,
                        unsigned size)
{
    RISCVAPLICState *s = opaque;
    uint32_t n;

    if (addr == DOMAINCFG) {
        s->domaincfg = value & DOMAINCFG_IE;
        aplic_update_all(s);
    } else if (is_source(s, addr, SOURCECFG, &n)) {
        aplic_write_sourcecfg(s, n, value);
    } else if (addr >= MMSIADDRCFG && addr <= SMSIADDRCFGH) {
        write_msiaddrcfg(s, addr, value);
    } else if (is_word(addr, SETIP, &n)) {
        write_bits(s, n, value, aplic_write_pending, true);
    } else if (is_word(addr, IN_CLRIP, &n)) {
        write_bits(s, n, value, aplic_write_pending, false);
    } else if (is_word(addr, SETIE, &n)) {
        write_bits(s, n, value, aplic_write_enable, true);
    } else if (is_word(addr, CLRIE, &n)) {
        write_bits(s, n, value, aplic_write_enable, false);
    } else if (addr == GENMSI) {
        aplic_write_genmsi(s, value);
    } else if (is_source(s, addr, TARGET, &n)) {
        aplic_write_target(s, n, value);
    } else if (is_idc(s, addr, &n)) {
        write_idc(s, n, addr % IDC_SIZE, value);
    } else {
        write_by_number(s, addr, value);
    }
}

static const MemoryRegionOps aplic_ops = {
    .read = aplic_read,
    .write = aplic_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

/*** What the monitor shows. ***/

static bool aplic_get_statistics(InterruptStatsProvider *obj,
                                 uint64_t **irq_counts, unsigned int *nb_irqs)
{
    RISCVAPLICState *s = RISCV_APLIC(obj);

    *irq_counts = s->deliveries;
    *nb_irqs = s->num_irqs;
    return s->deliveries != NULL;
}

static void aplic_print_info(InterruptStatsProvider *obj, GString *buf)
{
    static const char *const modes[] = { "inactive", "detached", "?",
                                         "?",        "edge1",    "edge0",
                                         "level1",   "level0" };
    RISCVAPLICState *s = RISCV_APLIC(obj);

    g_string_append_printf(buf, "APLIC: %s level, %s, %u sources%s\n",
                           s->mmode ? "machine" : "supervisor",
                           s->msimode ? "MSI" : "direct", s->num_irqs - 1,
                           s->domaincfg & DOMAINCFG_IE ? ", IE" : "");
    for (uint32_t i = 1; i < s->num_irqs; i++) {
        if (s->sourcecfg[i] & SOURCECFG_D) {
            g_string_append_printf(buf, "  source %u: child %u\n", i,
                                   s->sourcecfg[i] & SOURCECFG_CHILD);
        } else if (s->sourcecfg[i]) {
            g_string_append_printf(
                buf, "  source %u: %s target 0x%08x%s%s\n", i,
                modes[s->sourcecfg[i]], s->target[i],
                s->state[i] & STATE_PENDING ? " pending" : "",
                s->state[i] & STATE_ENABLED ? " enabled" : "");
        }
    }
    for (uint32_t hart = 0; hart < s->num_harts && !s->msimode; hart++) {
        g_string_append_printf(buf,
                               "  hart %u: idelivery %u iforce %u"
                               " ithreshold %u topi 0x%08x\n",
                               s->hartid_base + hart, s->idelivery[hart],
                               s->iforce[hart], s->ithreshold[hart],
                               aplic_topi(s, hart));
    }
}

/*** The device. ***/

/* The wires are as they are: those who drive them tell of changes. */
static void aplic_reset_enter(Object *obj, ResetType type)
{
    RISCVAPLICState *s = RISCV_APLIC(obj);

    s->domaincfg = 0;
    s->mmsicfgaddr = 0;
    s->mmsicfgaddrH = 0;
    s->smsicfgaddr = 0;
    s->smsicfgaddrH = 0;
    s->genmsi = 0;
    for (uint32_t i = 0; i < s->num_irqs; i++) {
        s->sourcecfg[i] = 0;
        s->state[i] &= STATE_WIRE;
        s->target[i] = s->msimode ? 0 : 1;
    }
    for (uint32_t hart = 0; hart < s->num_harts; hart++) {
        s->idelivery[hart] = 0;
        s->iforce[hart] = 0;
        s->ithreshold[hart] = 0;
    }
}

static void aplic_reset_hold(Object *obj, ResetType type)
{
    aplic_update_all(RISCV_APLIC(obj));
}

static bool check_properties(RISCVAPLICState *s, Error **errp)
{
    uint64_t needed =
        IDC + (s->msimode ? 0 : (uint64_t)s->num_harts) * IDC_SIZE;

    if (s->num_irqs < 2 || s->num_irqs > MAX_SOURCES) {
        error_setg(errp, "aplic: num-irqs is %u, must be 2 to %u", s->num_irqs,
                   MAX_SOURCES);
        return false;
    }
    if (s->num_harts >= MAX_HARTS) {
        error_setg(errp, "aplic: num-harts is %u, must be less than %lu",
                   s->num_harts, MAX_HARTS);
        return false;
    }
    if (!s->iprio_mask || s->iprio_mask > 0xff ||
        !is_power_of_2(s->iprio_mask + 1)) {
        error_setg(errp, "aplic: iprio-mask is 0x%x, must be 1 to 8 ones",
                   s->iprio_mask);
        return false;
    }
    if (s->aperture_size < needed) {
        error_setg(
            errp, "aplic: aperture-size is 0x%x, its registers take 0x%" PRIx64,
            s->aperture_size, needed);
        return false;
    }
    return true;
}

static bool claim_harts(RISCVAPLICState *s, Error **errp)
{
    for (uint32_t i = 0; i < s->num_harts; i++) {
        CPUState *cpu = cpu_by_arch_id(s->hartid_base + i);

        if (!cpu) {
            error_setg(errp, "aplic: there is no hart %u", s->hartid_base + i);
            return false;
        }
        if (riscv_cpu_claim_interrupts(RISCV_CPU(cpu),
                                       s->mmode ? MIP_MEIP : MIP_SEIP) < 0) {
            error_setg(errp, "%s already claimed", s->mmode ? "MEIP" : "SEIP");
            return false;
        }
    }
    return true;
}

/* Not in unrealize: the outputs are properties until the object goes. */
static void aplic_finalize(Object *obj)
{
    RISCVAPLICState *s = RISCV_APLIC(obj);

    g_free(s->external_irqs);
    g_free(s->sourcecfg);
    g_free(s->state);
    g_free(s->target);
    g_free(s->idelivery);
    g_free(s->iforce);
    g_free(s->ithreshold);
    g_free(s->deliveries);
}

static void aplic_realize(DeviceState *dev, Error **errp)
{
    RISCVAPLICState *s = RISCV_APLIC(dev);

    if (!check_properties(s, errp) || (!s->msimode && !claim_harts(s, errp))) {
        return;
    }
    s->bitfield_words = DIV_ROUND_UP(s->num_irqs, 32);
    s->sourcecfg = g_new0(uint32_t, s->num_irqs);
    s->state = g_new0(uint32_t, s->num_irqs);
    s->target = g_new0(uint32_t, s->num_irqs);
    s->idelivery = g_new0(uint32_t, s->num_harts);
    s->iforce = g_new0(uint32_t, s->num_harts);
    s->ithreshold = g_new0(uint32_t, s->num_harts);
    s->deliveries = g_new0(uint64_t, s->num_irqs);
    if (!s->msimode) {
        s->external_irqs = g_new0(qemu_irq, s->num_harts);
        qdev_init_gpio_out(dev, s->external_irqs, s->num_harts);
    }
    if (!s->parent) {
        qdev_init_gpio_in(dev, aplic_set_wire, s->num_irqs);
    }
    memory_region_init_io(&s->mmio, OBJECT(dev), &aplic_ops, s,
                          TYPE_RISCV_APLIC, s->aperture_size);
    sysbus_init_mmio(SYS_BUS_DEVICE(dev), &s->mmio);
    msi_nonbroken = true;
}

/* What no guest can have made, a stream may have: nothing may index with it. */
static int aplic_post_load(void *opaque, int version_id)
{
    RISCVAPLICState *s = opaque;

    for (uint32_t i = 0; i < s->num_irqs; i++) {
        uint32_t cfg = s->sourcecfg[i];

        if (cfg & SOURCECFG_D ? (cfg & SOURCECFG_CHILD) >= s->num_children
                              : cfg > LEVEL0) {
            return -EINVAL;
        }
    }
    return 0;
}

#define VMSTATE_ARRAY_OF(field, length)                                        \
    VMSTATE_VARRAY_UINT32(field, RISCVAPLICState, length, 0,                   \
                          vmstate_info_uint32, uint32_t)

static const VMStateDescription vmstate_aplic = {
    .name = "riscv_aplic",
    .version_id = 2,
    .minimum_version_id = 2,
    .post_load = aplic_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(domaincfg, RISCVAPLICState),
            VMSTATE_UINT32(mmsicfgaddr, RISCVAPLICState),
            VMSTATE_UINT32(mmsicfgaddrH, RISCVAPLICState),
            VMSTATE_UINT32(smsicfgaddr, RISCVAPLICState),
            VMSTATE_UINT32(smsicfgaddrH, RISCVAPLICState),
            VMSTATE_UINT32(genmsi, RISCVAPLICState),
            VMSTATE_UINT32(kvm_msicfgaddr, RISCVAPLICState),
            VMSTATE_UINT32(kvm_msicfgaddrH, RISCVAPLICState),
            VMSTATE_ARRAY_OF(sourcecfg, num_irqs),
            VMSTATE_ARRAY_OF(state, num_irqs),
            VMSTATE_ARRAY_OF(target, num_irqs),
            VMSTATE_ARRAY_OF(idelivery, num_harts),
            VMSTATE_ARRAY_OF(iforce, num_harts),
            VMSTATE_ARRAY_OF(ithreshold, num_harts),
            VMSTATE_END_OF_LIST(),
        },
};

static const Property aplic_properties[] = {
    DEFINE_PROP_UINT32("aperture-size", RISCVAPLICState, aperture_size, 0),
    DEFINE_PROP_UINT32("hartid-base", RISCVAPLICState, hartid_base, 0),
    DEFINE_PROP_UINT32("num-harts", RISCVAPLICState, num_harts, 0),
    DEFINE_PROP_UINT32("iprio-mask", RISCVAPLICState, iprio_mask, 0),
    DEFINE_PROP_UINT32("num-irqs", RISCVAPLICState, num_irqs, 0),
    DEFINE_PROP_BOOL("msimode", RISCVAPLICState, msimode, 0),
    DEFINE_PROP_BOOL("mmode", RISCVAPLICState, mmode, 0),
};

static void aplic_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);
    InterruptStatsProviderClass *ic = INTERRUPT_STATS_PROVIDER_CLASS(oc);

    dc->desc = "RISC-V advanced platform-level interrupt controller";
    dc->realize = aplic_realize;
    dc->vmsd = &vmstate_aplic;
    device_class_set_props(dc, aplic_properties);
    rc->phases.enter = aplic_reset_enter;
    rc->phases.hold = aplic_reset_hold;
    ic->get_statistics = aplic_get_statistics;
    ic->print_info = aplic_print_info;
}

static const TypeInfo aplic_types[] = {
    {
        .name = TYPE_RISCV_APLIC,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RISCVAPLICState),
        .instance_finalize = aplic_finalize,
        .class_init = aplic_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_INTERRUPT_STATS_PROVIDER },
                {},
            },
    },
};

DEFINE_TYPES(aplic_types)

/*** For boards. ***/

void riscv_aplic_add_child(DeviceState *parent, DeviceState *child)
{
    RISCVAPLICState *p = RISCV_APLIC(parent);
    RISCVAPLICState *c = RISCV_APLIC(child);

    assert(p->num_irqs == c->num_irqs);
    assert(p->num_children < QEMU_APLIC_MAX_CHILDREN);
    c->parent = p;
    p->children[p->num_children++] = c;
}

bool riscv_is_kvm_aia_aplic_imsic(bool msimode)
{
    return false;
}

bool riscv_use_emulated_aplic(bool msimode)
{
    return true;
}

void riscv_aplic_set_kvm_msicfgaddr(RISCVAPLICState *aplic, hwaddr addr)
{
    aplic->kvm_msicfgaddr = extract64(addr, 12, 32);
    aplic->kvm_msicfgaddrH = extract64(addr, 44, 20);
}

DeviceState *riscv_aplic_create(hwaddr addr, hwaddr size, uint32_t hartid_base,
                                uint32_t num_harts, uint32_t num_sources,
                                uint32_t iprio_bits, bool msimode, bool mmode,
                                DeviceState *parent)
{
    DeviceState *dev = qdev_new(TYPE_RISCV_APLIC);

    assert(iprio_bits >= 1 && iprio_bits <= 8);
    qdev_prop_set_uint32(dev, "aperture-size", size);
    qdev_prop_set_uint32(dev, "hartid-base", hartid_base);
    qdev_prop_set_uint32(dev, "num-harts", num_harts);
    qdev_prop_set_uint32(dev, "iprio-mask", (1u << iprio_bits) - 1);
    qdev_prop_set_uint32(dev, "num-irqs", num_sources + 1);
    qdev_prop_set_bit(dev, "msimode", msimode);
    qdev_prop_set_bit(dev, "mmode", mmode);
    if (parent) {
        riscv_aplic_add_child(parent, dev);
    }
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, addr);

    for (uint32_t i = 0; i < num_harts && !msimode; i++) {
        CPUState *cpu = cpu_by_arch_id(hartid_base + i);

        qdev_connect_gpio_out(
            dev, i,
            qdev_get_gpio_in(DEVICE(cpu), mmode ? IRQ_M_EXT : IRQ_S_EXT));
    }
    return dev;
}

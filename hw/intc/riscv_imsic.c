/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RISC-V Incoming MSI Controller: AIA 1.0, chapter 3.
 *
 * MSIs arrive with the BQL; a hart takes it for CSR accesses that change a
 * file, so that the line to the hart follows the file. Reads take no lock.
 */
#include "qemu/osdep.h"
#include "hw/intc/intc.h"
#include "hw/intc/riscv_imsic.h"
#include "hw/irq.h"
#include "hw/pci/msi.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/bitops.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "target/riscv/cpu.h"

#define SETEIPNUM_LE 0x000
#define SETEIPNUM_BE 0x004

/* Of RISCVIMSICState.eistate. */
#define EISTATE_PENDING BIT(0)
#define EISTATE_ENABLED BIT(1)

/*** A file. ***/

/* The most urgent identity that is delivered, the lowest; 0: there is none. */
static uint32_t top_identity(const RISCVIMSICState *s, uint32_t page)
{
    const uint64_t *eip = s->eip + page * s->file_words;
    const uint64_t *eie = s->eie + page * s->file_words;
    uint32_t threshold = qatomic_read(&s->eithreshold[page]);

    for (uint32_t w = 0; w < s->file_words; w++) {
        uint64_t ready = qatomic_read(&eip[w]) & qatomic_read(&eie[w]);

        if (ready) {
            uint32_t identity = w * 64 + ctz64(ready);

            return threshold && identity >= threshold ? 0 : identity;
        }
    }
    return 0;
}

static void update(RISCVIMSICState *s, uint32_t page)
{
    qemu_set_irq(s->external_irqs[page],
                 s->eidelivery[page] && top_identity(s, page));
}

static void msi_arrived(RISCVIMSICState *s, uint32_t page, uint32_t identity)
{
    uint64_t *word = &s->eip[page * s->file_words + identity / 64];

    if (!identity || identity >= s->num_irqs) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "riscv_imsic: hart %u, file %u: no identity %u\n",
                      s->hartid, page, identity);
        return;
    }
    if (page == 0) {
        s->arrivals[identity]++;
    }
    qatomic_set(word, *word | BIT_ULL(identity % 64));
    update(s, page);
}

/*** Registers in memory. ***/

static uint64_t imsic_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void imsic_write(void *opaque, hwaddr addr, uint64_t value,
                        unsigned size)
{
    RISCVIMSICState *s = opaque;

    /* Harts are little-endian: nobody needs seteipnum_be. */
    if (addr % IMSIC_MMIO_PAGE_SZ == SETEIPNUM_LE) {
        msi_arrived(s, addr / IMSIC_MMIO_PAGE_SZ, value);
    }
}

static const MemoryRegionOps imsic_ops = {
    .read = imsic_read,
    .write = imsic_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

/*** Registers behind CSRs. ***/

/* A register of 32 bits of which @writable can be written. */
static void rmw_small(uint32_t *reg, uint32_t writable, target_ulong *val,
                      target_ulong new_val, target_ulong mask)
{
    mask &= writable;
    if (val) {
        *val = qatomic_read(reg);
    }
    if (mask) {
        qatomic_set(reg, (*reg & ~mask) | (new_val & mask));
    }
}

/* eip or eie, in pieces of @xlen bits. There are none of odd numbers in 64. */
static int rmw_array(RISCVIMSICState *s, uint64_t *array, uint32_t n,
                     uint32_t xlen, target_ulong *val, target_ulong new_val,
                     target_ulong mask)
{
    unsigned shift = n % 2 * 32;
    uint64_t bits, old;

    if (xlen == 64 && n % 2) {
        return -EINVAL;
    }
    if (n / 2 >= s->file_words) {
        return -EINVAL;
    }
    bits = MAKE_64BIT_MASK(shift, xlen);
    if (n / 2 == 0) {
        bits &= ~1ull; /* there is no identity 0 */
    }
    array += n / 2;
    old = qatomic_read(array);
    if (val) {
        *val = (old & bits) >> shift;
    }
    bits &= (uint64_t)mask << shift;
    if (bits) {
        qatomic_set(array, (old & ~bits) | ((uint64_t)new_val << shift & bits));
    }
    return 0;
}

/* Any write claims what the register shows. */
static void rmw_topei(RISCVIMSICState *s, uint32_t page, target_ulong *val,
                      target_ulong mask)
{
    uint32_t identity = top_identity(s, page);
    uint64_t *word = &s->eip[page * s->file_words + identity / 64];

    if (val) {
        *val = identity << IMSIC_TOPEI_IID_SHIFT | identity;
    }
    if (mask && identity) {
        qatomic_set(word, *word & ~BIT_ULL(identity % 64));
    }
}

static int rmw_register(RISCVIMSICState *s, uint32_t page, uint32_t isel,
                        uint32_t xlen, target_ulong *val, target_ulong new_val,
                        target_ulong mask)
{
    uint64_t *eip = s->eip + page * s->file_words;
    uint64_t *eie = s->eie + page * s->file_words;

    switch (isel) {
    case ISELECT_IMSIC_EIDELIVERY:
        rmw_small(&s->eidelivery[page], 1, val, new_val, mask);
        return 0;
    case ISELECT_IMSIC_EITHRESHOLD:
        rmw_small(&s->eithreshold[page], IMSIC_TOPEI_IID_MASK, val, new_val,
                  mask);
        return 0;
    case ISELECT_IMSIC_TOPEI:
        rmw_topei(s, page, val, mask);
        return 0;
    case ISELECT_IMSIC_EIP0 ... ISELECT_IMSIC_EIP63:
        return rmw_array(s, eip, isel - ISELECT_IMSIC_EIP0, xlen, val, new_val,
                         mask);
    case ISELECT_IMSIC_EIE0 ... ISELECT_IMSIC_EIE63:
        return rmw_array(s, eie, isel - ISELECT_IMSIC_EIE0, xlen, val, new_val,
                         mask);
    case ISELECT_IMSIC_EIDELIVERY + 1:
    case ISELECT_IMSIC_EITHRESHOLD + 1 ... ISELECT_IMSIC_EIP0 - 1:
        /* Reserved: zeros (AIA 1.0, 3.7). */
        if (val) {
            *val = 0;
        }
        return 0;
    default:
        return -EINVAL;
    }
}

/* Which file a CSR access is for; false if there is none. */
static bool find_page(const RISCVIMSICState *s, target_ulong reg,
                      uint32_t *page)
{
    *page = AIA_IREG_VIRT(reg) ? AIA_IREG_VGEIN(reg) : 0;
    if (AIA_IREG_PRIV(reg) != (s->mmode ? PRV_M : PRV_S)) {
        return false;
    }
    return AIA_IREG_VIRT(reg) ? *page && *page < s->num_pages : true;
}

/* For riscv_cpu_set_aia_ireg_rmw_fn(); @mask 0 reads. */
static int imsic_rmw(void *arg, target_ulong reg, target_ulong *val,
                     target_ulong new_val, target_ulong mask)
{
    RISCVIMSICState *s = arg;
    uint32_t page, isel = AIA_IREG_ISEL(reg), xlen = AIA_IREG_XLEN(reg);
    int ret = -EINVAL;

    if (!find_page(s, reg, &page)) {
        return ret;
    }
    if (!mask) {
        return rmw_register(s, page, isel, xlen, val, 0, 0);
    }
    BQL_LOCK_GUARD();
    ret = rmw_register(s, page, isel, xlen, val, new_val, mask);
    if (ret == 0) {
        update(s, page);
    }
    return ret;
}

/*** What the monitor shows. ***/

static bool imsic_get_statistics(InterruptStatsProvider *obj,
                                 uint64_t **irq_counts, unsigned int *nb_irqs)
{
    RISCVIMSICState *s = RISCV_IMSIC(obj);

    *irq_counts = s->arrivals;
    *nb_irqs = s->num_irqs;
    return s->arrivals != NULL;
}

static void imsic_print_info(InterruptStatsProvider *obj, GString *buf)
{
    RISCVIMSICState *s = RISCV_IMSIC(obj);

    g_string_append_printf(buf, "IMSIC: hart %u %c, %u identities\n", s->hartid,
                           s->mmode ? 'M' : 'S', s->num_irqs - 1);
    for (uint32_t page = 0; page < s->num_pages; page++) {
        g_string_append_printf(buf, "  file %u: eidelivery %u eithreshold %u\n",
                               page, s->eidelivery[page], s->eithreshold[page]);
        for (uint32_t i = 1; i < s->num_irqs; i++) {
            uint32_t w = page * s->file_words + i / 64;
            bool pending = extract64(s->eip[w], i % 64, 1);
            bool enabled = extract64(s->eie[w], i % 64, 1);

            if (pending || enabled) {
                g_string_append_printf(buf, "    identity %u:%s%s\n", i,
                                       pending ? " pending" : "",
                                       enabled ? " enabled" : "");
            }
        }
    }
}

/*** The device. ***/

static void imsic_reset_enter(Object *obj, ResetType type)
{
    RISCVIMSICState *s = RISCV_IMSIC(obj);

    for (uint32_t page = 0; page < s->num_pages; page++) {
        qatomic_set(&s->eidelivery[page], 0);
        qatomic_set(&s->eithreshold[page], 0);
    }
    for (uint32_t w = 0; w < s->num_pages * s->file_words; w++) {
        qatomic_set(&s->eip[w], 0);
        qatomic_set(&s->eie[w], 0);
    }
}

static void imsic_reset_hold(Object *obj, ResetType type)
{
    RISCVIMSICState *s = RISCV_IMSIC(obj);

    for (uint32_t page = 0; page < s->num_pages; page++) {
        update(s, page);
    }
}

static bool check_properties(RISCVIMSICState *s, Error **errp)
{
    uint32_t max_pages = s->mmode ? 1 : IRQ_LOCAL_GUEST_MAX + 1;

    if (s->num_pages < 1 || s->num_pages > max_pages) {
        error_setg(errp, "imsic: num-pages is %u, must be 1 to %u",
                   s->num_pages, max_pages);
        return false;
    }
    if (!s->num_irqs || s->num_irqs % 64 ||
        s->num_irqs > IMSIC_TOPEI_IID_MASK + 1) {
        error_setg(errp,
                   "imsic: num-irqs is %u, must be a multiple of 64, at"
                   " most %u",
                   s->num_irqs, IMSIC_TOPEI_IID_MASK + 1);
        return false;
    }
    return true;
}

static void imsic_unrealize(DeviceState *dev)
{
    RISCVIMSICState *s = RISCV_IMSIC(dev);
    CPUState *cpu = cpu_by_arch_id(s->hartid);

    if (cpu) {
        riscv_cpu_set_aia_ireg_rmw_fn(cpu_env(cpu), s->mmode ? PRV_M : PRV_S,
                                      NULL, NULL);
    }
}

/* Not in unrealize: the outputs are properties until the object goes. */
static void imsic_finalize(Object *obj)
{
    RISCVIMSICState *s = RISCV_IMSIC(obj);

    g_free(s->external_irqs);
    g_free(s->eidelivery);
    g_free(s->eithreshold);
    g_free(s->eistate);
    g_free(s->eip);
    g_free(s->eie);
    g_free(s->arrivals);
}

/* A hart that has an IMSIC has AIA, whatever its properties said. */
static void attach(RISCVIMSICState *s, CPUState *cpu)
{
    RISCVCPU *hart = RISCV_CPU(cpu);

    if (s->mmode) {
        hart->cfg.ext_smaia = true;
    } else {
        hart->cfg.ext_ssaia = true;
        riscv_cpu_set_geilen(&hart->env, s->num_pages - 1);
    }
    riscv_cpu_set_aia_ireg_rmw_fn(&hart->env, s->mmode ? PRV_M : PRV_S,
                                  imsic_rmw, s);
}

static void imsic_realize(DeviceState *dev, Error **errp)
{
    RISCVIMSICState *s = RISCV_IMSIC(dev);
    CPUState *cpu = cpu_by_arch_id(s->hartid);

    if (!check_properties(s, errp)) {
        return;
    }
    if (!cpu) {
        error_setg(errp, "imsic: there is no hart %u", s->hartid);
        return;
    }
    if (riscv_cpu_claim_interrupts(RISCV_CPU(cpu),
                                   s->mmode ? MIP_MEIP : MIP_SEIP) < 0) {
        error_setg(errp, "%s already claimed", s->mmode ? "MEIP" : "SEIP");
        return;
    }
    s->file_words = s->num_irqs / 64;
    s->num_eistate = s->num_pages * s->num_irqs;
    s->external_irqs = g_new0(qemu_irq, s->num_pages);
    s->eidelivery = g_new0(uint32_t, s->num_pages);
    s->eithreshold = g_new0(uint32_t, s->num_pages);
    s->eistate = g_new0(uint32_t, s->num_eistate);
    s->eip = g_new0(uint64_t, s->num_pages * s->file_words);
    s->eie = g_new0(uint64_t, s->num_pages * s->file_words);
    s->arrivals = g_new0(uint64_t, s->num_irqs);
    qdev_init_gpio_out(dev, s->external_irqs, s->num_pages);
    memory_region_init_io(&s->mmio, OBJECT(dev), &imsic_ops, s,
                          TYPE_RISCV_IMSIC, IMSIC_MMIO_SIZE(s->num_pages));
    sysbus_init_mmio(SYS_BUS_DEVICE(dev), &s->mmio);
    attach(s, cpu);
    msi_nonbroken = true;
}

static int imsic_pre_save(void *opaque)
{
    RISCVIMSICState *s = opaque;

    for (uint32_t i = 0; i < s->num_eistate; i++) {
        s->eistate[i] = extract64(s->eip[i / 64], i % 64, 1) * EISTATE_PENDING |
                        extract64(s->eie[i / 64], i % 64, 1) * EISTATE_ENABLED;
    }
    return 0;
}

static int imsic_post_load(void *opaque, int version_id)
{
    RISCVIMSICState *s = opaque;

    for (uint32_t i = 0; i < s->num_eistate; i++) {
        bool real = i % s->num_irqs;

        s->eip[i / 64] = deposit64(s->eip[i / 64], i % 64, 1,
                                   real && s->eistate[i] & EISTATE_PENDING);
        s->eie[i / 64] = deposit64(s->eie[i / 64], i % 64, 1,
                                   real && s->eistate[i] & EISTATE_ENABLED);
    }
    return 0;
}

static const VMStateDescription vmstate_imsic = {
    .name = "riscv_imsic",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = imsic_pre_save,
    .post_load = imsic_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_VARRAY_UINT32(eidelivery, RISCVIMSICState, num_pages, 0,
                                  vmstate_info_uint32, uint32_t),
            VMSTATE_VARRAY_UINT32(eithreshold, RISCVIMSICState, num_pages, 0,
                                  vmstate_info_uint32, uint32_t),
            VMSTATE_VARRAY_UINT32(eistate, RISCVIMSICState, num_eistate, 0,
                                  vmstate_info_uint32, uint32_t),
            VMSTATE_END_OF_LIST(),
        },
};

static const Property imsic_properties[] = {
    DEFINE_PROP_BOOL("mmode", RISCVIMSICState, mmode, 0),
    DEFINE_PROP_UINT32("hartid", RISCVIMSICState, hartid, 0),
    DEFINE_PROP_UINT32("num-pages", RISCVIMSICState, num_pages, 0),
    DEFINE_PROP_UINT32("num-irqs", RISCVIMSICState, num_irqs, 0),
};

static void imsic_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);
    InterruptStatsProviderClass *ic = INTERRUPT_STATS_PROVIDER_CLASS(oc);

    dc->desc = "RISC-V incoming MSI controller";
    dc->realize = imsic_realize;
    dc->unrealize = imsic_unrealize;
    dc->vmsd = &vmstate_imsic;
    device_class_set_props(dc, imsic_properties);
    rc->phases.enter = imsic_reset_enter;
    rc->phases.hold = imsic_reset_hold;
    ic->get_statistics = imsic_get_statistics;
    ic->print_info = imsic_print_info;
}

static const TypeInfo imsic_types[] = {
    {
        .name = TYPE_RISCV_IMSIC,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RISCVIMSICState),
        .instance_finalize = imsic_finalize,
        .class_init = imsic_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_INTERRUPT_STATS_PROVIDER },
                {},
            },
    },
};

DEFINE_TYPES(imsic_types)

DeviceState *riscv_imsic_create(hwaddr addr, uint32_t hartid, bool mmode,
                                uint32_t num_pages, uint32_t num_ids)
{
    DeviceState *dev = qdev_new(TYPE_RISCV_IMSIC);
    DeviceState *cpu;

    assert(addr % IMSIC_MMIO_PAGE_SZ == 0);
    qdev_prop_set_bit(dev, "mmode", mmode);
    qdev_prop_set_uint32(dev, "hartid", hartid);
    qdev_prop_set_uint32(dev, "num-pages", num_pages);
    qdev_prop_set_uint32(dev, "num-irqs", num_ids + 1);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, addr);

    cpu = DEVICE(cpu_by_arch_id(hartid));
    qdev_connect_gpio_out(dev, 0,
                          qdev_get_gpio_in(cpu, mmode ? IRQ_M_EXT : IRQ_S_EXT));
    for (uint32_t i = 1; i < num_pages; i++) {
        qdev_connect_gpio_out(dev, i,
                              qdev_get_gpio_in(cpu, IRQ_LOCAL_MAX + i - 1));
    }
    return dev;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RISC-V platform-level interrupt controller with SiFive's registers.
 *
 * Where the PLIC specification and QEMU differ, guests are served as by QEMU:
 * a rising line makes its source pending, also while it is claimed; a line
 * that is still high at completion does not; a claim respects the threshold;
 * and completion works without the enable bit.
 */
#include "qemu/osdep.h"
#include "hw/intc/intc.h"
#include "hw/intc/sifive_plic.h"
#include "hw/irq.h"
#include "hw/pci/msi.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "target/riscv/cpu.h"

/* By PLICMode. */
static const char mode_letters[] = "USM";

/*** Arbitration. ***/

/* The source that context @ctx would claim, 0 if there is none. */
static uint32_t best_source(const SiFivePLICState *s, uint32_t ctx)
{
    const uint32_t *enable = s->enable + (size_t)ctx * s->bitfield_words;
    uint32_t best = 0, best_priority = s->target_priority[ctx];

    for (uint32_t w = 0; w < s->bitfield_words; w++) {
        uint32_t ready = s->pending[w] & ~s->claimed[w] & enable[w];

        /* From low to high: of equal priorities the lowest number wins. */
        for (; ready; ready &= ready - 1) {
            uint32_t source = w * 32 + ctz32(ready);

            if (s->source_priority[source] > best_priority) {
                best = source;
                best_priority = s->source_priority[source];
            }
        }
    }
    return best;
}

static void update_context(SiFivePLICState *s, uint32_t ctx)
{
    const PLICAddr *a = &s->addr_config[ctx];
    uint32_t hart = a->hartid - s->hartid_base;
    bool level;

    if (a->mode == PLICMode_U) {
        return;
    }
    level = best_source(s, ctx) != 0;
    qemu_set_irq(a->mode == PLICMode_M ? s->m_external_irqs[hart]
                                       : s->s_external_irqs[hart],
                 level);
}

static void update_all(SiFivePLICState *s)
{
    for (uint32_t ctx = 0; ctx < s->num_addrs; ctx++) {
        update_context(s, ctx);
    }
}

/* Only a context that has the source enabled can see it come or go. */
static void update_source(SiFivePLICState *s, uint32_t source)
{
    const uint32_t *enable = s->enable + source / 32;

    for (uint32_t ctx = 0; ctx < s->num_addrs; ctx++) {
        if (enable[(size_t)ctx * s->bitfield_words] & BIT(source % 32)) {
            update_context(s, ctx);
        }
    }
}

static void set_source(uint32_t *words, uint32_t source, bool on)
{
    words[source / 32] = deposit32(words[source / 32], source % 32, 1, on);
}

static void source_changed(void *opaque, int source, int level)
{
    SiFivePLICState *s = opaque;

    if (level > 0) {
        set_source(s->pending, source, true);
        update_source(s, source);
    }
}

static uint32_t claim(SiFivePLICState *s, uint32_t ctx)
{
    uint32_t source = best_source(s, ctx);

    if (source) {
        s->claims[source]++;
        set_source(s->pending, source, false);
        set_source(s->claimed, source, true);
        update_source(s, source);
    }
    return source;
}

static void complete(SiFivePLICState *s, uint64_t source)
{
    if (source < s->num_sources) {
        set_source(s->claimed, source, false);
        update_source(s, source);
    }
}

/* True if a register may be set to a priority, made legal in *@value. */
static bool legal_priority(const SiFivePLICState *s, uint64_t *value)
{
    if (is_power_of_2((uint64_t)s->num_priorities + 1)) {
        *value &= s->num_priorities;
    }
    return *value <= s->num_priorities;
}

/*** Registers. ***/

typedef enum PLICRegister {
    PLIC_NONE,
    PLIC_PRIORITY,
    PLIC_PENDING,
    PLIC_ENABLE,
    PLIC_THRESHOLD,
    PLIC_CLAIM,
} PLICRegister;

/*
 * Which register lies at @addr: *@n is its source or word, *@ctx its context.
 */
static PLICRegister find_register(const SiFivePLICState *s, hwaddr addr,
                                  uint32_t *n, uint32_t *ctx)
{
    hwaddr from;

    from = addr - s->priority_base;
    if (addr >= s->priority_base && from / 4 < s->num_sources) {
        *n = from / 4;
        return PLIC_PRIORITY;
    }
    from = addr - s->pending_base;
    if (addr >= s->pending_base && from / 4 < s->bitfield_words) {
        *n = from / 4;
        return PLIC_PENDING;
    }
    from = addr - s->enable_base;
    if (addr >= s->enable_base && from / s->enable_stride < s->num_addrs) {
        *ctx = from / s->enable_stride;
        *n = from % s->enable_stride / 4;
        return *n < s->bitfield_words ? PLIC_ENABLE : PLIC_NONE;
    }
    from = addr - s->context_base;
    if (addr >= s->context_base && from / s->context_stride < s->num_addrs) {
        *ctx = from / s->context_stride;
        from %= s->context_stride;
        return from == 0 ? PLIC_THRESHOLD : from == 4 ? PLIC_CLAIM : PLIC_NONE;
    }
    return PLIC_NONE;
}

static uint64_t plic_read(void *opaque, hwaddr addr, unsigned size)
{
    SiFivePLICState *s = opaque;
    uint32_t n, ctx;

    switch (find_register(s, addr, &n, &ctx)) {
    case PLIC_PRIORITY:
        return s->source_priority[n];
    case PLIC_PENDING:
        return s->pending[n];
    case PLIC_ENABLE:
        return s->enable[(size_t)ctx * s->bitfield_words + n];
    case PLIC_THRESHOLD:
        return s->target_priority[ctx];
    case PLIC_CLAIM:
        return claim(s, ctx);
    default:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "sifive_plic_read: Invalid register read 0x%" HWADDR_PRIx
                      "\n",
                      addr);
        return 0;
    }
}

static void plic_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    SiFivePLICState *s = opaque;
    uint32_t n, ctx;

    switch (find_register(s, addr, &n, &ctx)) {
    case PLIC_PRIORITY:
        if (n == 0) {
            /* There is no source 0. */
            break;
        }
        if (legal_priority(s, &value)) {
            s->source_priority[n] = value;
            update_source(s, n);
        }
        return;
    case PLIC_PENDING:
        break;
    case PLIC_ENABLE:
        s->enable[(size_t)ctx * s->bitfield_words + n] = value;
        update_context(s, ctx);
        return;
    case PLIC_THRESHOLD:
        if (legal_priority(s, &value)) {
            s->target_priority[ctx] = value;
            update_context(s, ctx);
        }
        return;
    case PLIC_CLAIM:
        complete(s, value);
        return;
    default:
        break;
    }
    qemu_log_mask(
        LOG_GUEST_ERROR,
        "sifive_plic_write: Invalid register write 0x%" HWADDR_PRIx "\n", addr);
}

static const MemoryRegionOps plic_ops = {
    .read = plic_read,
    .write = plic_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

/*** What the monitor shows. ***/

static bool plic_get_statistics(InterruptStatsProvider *obj,
                                uint64_t **irq_counts, unsigned int *nb_irqs)
{
    SiFivePLICState *s = SIFIVE_PLIC(obj);

    *irq_counts = s->claims;
    *nb_irqs = s->num_sources;
    return s->claims != NULL;
}

static void plic_print_info(InterruptStatsProvider *obj, GString *buf)
{
    SiFivePLICState *s = SIFIVE_PLIC(obj);

    g_string_append_printf(buf, "PLIC: %u sources, %u contexts\n",
                           s->num_sources, s->num_addrs);
    for (uint32_t i = 1; i < s->num_sources; i++) {
        bool pending = extract32(s->pending[i / 32], i % 32, 1);
        bool claimed = extract32(s->claimed[i / 32], i % 32, 1);

        if (pending || claimed || s->source_priority[i]) {
            g_string_append_printf(
                buf, "  source %u: priority %u%s%s\n", i, s->source_priority[i],
                pending ? " pending" : "", claimed ? " claimed" : "");
        }
    }
    for (uint32_t ctx = 0; ctx < s->num_addrs; ctx++) {
        g_string_append_printf(buf,
                               "  context %u: hart %u %c threshold %u"
                               " enable",
                               ctx, s->addr_config[ctx].hartid,
                               mode_letters[s->addr_config[ctx].mode],
                               s->target_priority[ctx]);
        for (uint32_t w = 0; w < s->bitfield_words; w++) {
            g_string_append_printf(
                buf, " %08x", s->enable[(size_t)ctx * s->bitfield_words + w]);
        }
        g_string_append_c(buf, '\n');
    }
}

/*** The device. ***/

static void plic_reset_enter(Object *obj, ResetType type)
{
    SiFivePLICState *s = SIFIVE_PLIC(obj);

    memset(s->source_priority, 0, sizeof(uint32_t) * s->num_sources);
    memset(s->target_priority, 0, sizeof(uint32_t) * s->num_addrs);
    memset(s->pending, 0, sizeof(uint32_t) * s->bitfield_words);
    memset(s->claimed, 0, sizeof(uint32_t) * s->bitfield_words);
    memset(s->enable, 0, sizeof(uint32_t) * s->num_enables);
}

static void plic_reset_hold(Object *obj, ResetType type)
{
    update_all(SIFIVE_PLIC(obj));
}

/*
 * Reads "MODES,MODES,...": addr_config (new), num_addrs and num_harts. A hart
 * without a mode is none: it does not count.
 */
static bool parse_hart_config(SiFivePLICState *s, Error **errp)
{
    g_auto(GStrv) harts = g_strsplit(s->hart_config, ",", 0);
    g_autoptr(GArray) contexts = g_array_new(false, false, sizeof(PLICAddr));

    s->num_harts = 0;
    for (char **hart = harts; *hart; hart++) {
        for (const char *c = *hart; *c; c++) {
            const char *mode = strchr(mode_letters, *c);
            PLICAddr a = { .addrid = contexts->len,
                           .hartid = s->hartid_base + s->num_harts };

            if (!mode) {
                error_setg(errp, "plic: invalid mode '%c' in config: %s", *c,
                           s->hart_config);
                return false;
            }
            if (memchr(*hart, *c, c - *hart)) {
                error_setg(errp, "plic: duplicate mode '%c' in config: %s", *c,
                           s->hart_config);
                return false;
            }
            a.mode = mode - mode_letters;
            g_array_append_val(contexts, a);
        }
        s->num_harts += **hart != '\0';
    }
    s->num_addrs = contexts->len;
    s->addr_config =
        (PLICAddr *)(void *)g_array_free(g_steal_pointer(&contexts), false);
    return true;
}

/*
 * A supervisor that could write SEIP could clear an interrupt that the PLIC
 * holds up, and lose it: so the bit is the PLIC's.
 */
static bool claim_seip(SiFivePLICState *s, Error **errp)
{
    for (uint32_t i = 0; i < s->num_harts; i++) {
        CPUState *cpu = cpu_by_arch_id(s->hartid_base + i);

        if (!cpu) {
            error_setg(errp, "plic: there is no hart %u", s->hartid_base + i);
            return false;
        }
        if (riscv_cpu_claim_interrupts(RISCV_CPU(cpu), MIP_SEIP) < 0) {
            error_setg(errp, "SEIP already claimed");
            return false;
        }
    }
    return true;
}

static bool check_properties(SiFivePLICState *s, Error **errp)
{
    if (!s->hart_config) {
        error_setg(errp, "plic: hart-config is missing, for example \"MS,MS\"");
        return false;
    }
    if (!s->num_sources) {
        error_setg(errp, "plic: invalid number of interrupt sources");
        return false;
    }
    if (!is_power_of_2(s->enable_stride) || !is_power_of_2(s->context_stride)) {
        error_setg(errp,
                   "plic: enable-stride 0x%x and context-stride 0x%x"
                   " must be powers of two",
                   s->enable_stride, s->context_stride);
        return false;
    }
    return true;
}

/* Not in unrealize: the outputs are properties until the object goes. */
static void plic_finalize(Object *obj)
{
    SiFivePLICState *s = SIFIVE_PLIC(obj);

    g_free(s->addr_config);
    g_free(s->source_priority);
    g_free(s->target_priority);
    g_free(s->pending);
    g_free(s->claimed);
    g_free(s->enable);
    g_free(s->claims);
    g_free(s->m_external_irqs);
    g_free(s->s_external_irqs);
}

static void plic_realize(DeviceState *dev, Error **errp)
{
    SiFivePLICState *s = SIFIVE_PLIC(dev);

    if (!check_properties(s, errp) || !parse_hart_config(s, errp)) {
        return;
    }
    if (!claim_seip(s, errp)) {
        return;
    }
    s->bitfield_words = DIV_ROUND_UP(s->num_sources, 32);
    s->num_enables = s->bitfield_words * s->num_addrs;
    s->source_priority = g_new0(uint32_t, s->bitfield_words * 32);
    s->target_priority = g_new0(uint32_t, s->num_addrs);
    s->pending = g_new0(uint32_t, s->bitfield_words);
    s->claimed = g_new0(uint32_t, s->bitfield_words);
    s->enable = g_new0(uint32_t, s->num_enables);
    s->claims = g_new0(uint64_t, s->num_sources);
    s->s_external_irqs = g_new0(qemu_irq, s->num_harts);
    s->m_external_irqs = g_new0(qemu_irq, s->num_harts);
    qdev_init_gpio_in(dev, source_changed, s->num_sources);
    qdev_init_gpio_out(dev, s->s_external_irqs, s->num_harts);
    qdev_init_gpio_out(dev, s->m_external_irqs, s->num_harts);
    memory_region_init_io(&s->mmio, OBJECT(dev), &plic_ops, s, TYPE_SIFIVE_PLIC,
                          s->aperture_size);
    sysbus_init_mmio(SYS_BUS_DEVICE(dev), &s->mmio);
    msi_nonbroken = true;
}

static const VMStateDescription vmstate_plic = {
    .name = "riscv_sifive_plic",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_VARRAY_UINT32(source_priority, SiFivePLICState, num_sources,
                                  0, vmstate_info_uint32, uint32_t),
            VMSTATE_VARRAY_UINT32(target_priority, SiFivePLICState, num_addrs,
                                  0, vmstate_info_uint32, uint32_t),
            VMSTATE_VARRAY_UINT32(pending, SiFivePLICState, bitfield_words, 0,
                                  vmstate_info_uint32, uint32_t),
            VMSTATE_VARRAY_UINT32(claimed, SiFivePLICState, bitfield_words, 0,
                                  vmstate_info_uint32, uint32_t),
            VMSTATE_VARRAY_UINT32(enable, SiFivePLICState, num_enables, 0,
                                  vmstate_info_uint32, uint32_t),
            VMSTATE_END_OF_LIST(),
        },
};

static const Property plic_properties[] = {
    DEFINE_PROP_STRING("hart-config", SiFivePLICState, hart_config),
    DEFINE_PROP_UINT32("hartid-base", SiFivePLICState, hartid_base, 0),
    DEFINE_PROP_UINT32("num-sources", SiFivePLICState, num_sources, 1),
    DEFINE_PROP_UINT32("num-priorities", SiFivePLICState, num_priorities, 0),
    DEFINE_PROP_UINT32("priority-base", SiFivePLICState, priority_base, 0),
    DEFINE_PROP_UINT32("pending-base", SiFivePLICState, pending_base, 0),
    DEFINE_PROP_UINT32("enable-base", SiFivePLICState, enable_base, 0),
    DEFINE_PROP_UINT32("enable-stride", SiFivePLICState, enable_stride, 0),
    DEFINE_PROP_UINT32("context-base", SiFivePLICState, context_base, 0),
    DEFINE_PROP_UINT32("context-stride", SiFivePLICState, context_stride, 0),
    DEFINE_PROP_UINT32("aperture-size", SiFivePLICState, aperture_size, 0),
};

static void plic_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);
    InterruptStatsProviderClass *ic = INTERRUPT_STATS_PROVIDER_CLASS(oc);

    dc->desc = "RISC-V platform-level interrupt controller";
    dc->realize = plic_realize;
    dc->vmsd = &vmstate_plic;
    device_class_set_props(dc, plic_properties);
    rc->phases.enter = plic_reset_enter;
    rc->phases.hold = plic_reset_hold;
    ic->get_statistics = plic_get_statistics;
    ic->print_info = plic_print_info;
}

static const TypeInfo plic_types[] = {
    {
        .name = TYPE_SIFIVE_PLIC,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(SiFivePLICState),
        .instance_finalize = plic_finalize,
        .class_init = plic_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_INTERRUPT_STATS_PROVIDER },
                {},
            },
    },
};

DEFINE_TYPES(plic_types)

DeviceState *sifive_plic_create(hwaddr addr, char *hart_config,
                                uint32_t num_harts, uint32_t hartid_base,
                                uint32_t num_sources, uint32_t num_priorities,
                                uint32_t priority_base, uint32_t pending_base,
                                uint32_t enable_base, uint32_t enable_stride,
                                uint32_t context_base, uint32_t context_stride,
                                uint32_t aperture_size)
{
    DeviceState *dev = qdev_new(TYPE_SIFIVE_PLIC);
    SiFivePLICState *s = SIFIVE_PLIC(dev);

    qdev_prop_set_string(dev, "hart-config", hart_config);
    qdev_prop_set_uint32(dev, "hartid-base", hartid_base);
    qdev_prop_set_uint32(dev, "num-sources", num_sources);
    qdev_prop_set_uint32(dev, "num-priorities", num_priorities);
    qdev_prop_set_uint32(dev, "priority-base", priority_base);
    qdev_prop_set_uint32(dev, "pending-base", pending_base);
    qdev_prop_set_uint32(dev, "enable-base", enable_base);
    qdev_prop_set_uint32(dev, "enable-stride", enable_stride);
    qdev_prop_set_uint32(dev, "context-base", context_base);
    qdev_prop_set_uint32(dev, "context-stride", context_stride);
    qdev_prop_set_uint32(dev, "aperture-size", aperture_size);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, addr);

    assert(s->num_harts == num_harts);
    for (uint32_t i = 0; i < s->num_addrs; i++) {
        const PLICAddr *a = &s->addr_config[i];
        DeviceState *cpu = DEVICE(cpu_by_arch_id(a->hartid));
        uint32_t hart = a->hartid - hartid_base;

        if (a->mode == PLICMode_M) {
            qdev_connect_gpio_out(dev, num_harts + hart,
                                  qdev_get_gpio_in(cpu, IRQ_M_EXT));
        } else if (a->mode == PLICMode_S) {
            qdev_connect_gpio_out(dev, hart, qdev_get_gpio_in(cpu, IRQ_S_EXT));
        }
    }
    return dev;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What I/O APICs have in common, whoever emulates them. */
#include "qemu/osdep.h"
#include "hw/intc/intc.h"
#include "hw/intc/ioapic_internal.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/module.h"

void ioapic_stat_update_irq(IOAPICCommonState *s, int irq, int level)
{
    if (level && !s->irq_level[irq]) {
        s->irq_count[irq]++;
    }
    s->irq_level[irq] = level;
}

void ioapic_reset_common(DeviceState *dev)
{
    IOAPICCommonState *s = IOAPIC_COMMON(dev);

    s->id = 0;
    s->ioregsel = 0;
    s->irr = 0;
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        s->ioredtbl[i] = IOAPIC_LVT_MASKED;
    }
}

static void ioapic_common_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    IOAPICCommonState *s = IOAPIC_COMMON(dev);

    IOAPIC_COMMON_GET_CLASS(s)->realize(dev, errp);
    if (!*errp) {
        sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->io_memory);
    }
}

static void ioapic_common_unrealize(DeviceState *dev)
{
    IOAPICCommonClass *c = IOAPIC_COMMON_GET_CLASS(dev);

    if (c->unrealize) {
        c->unrealize(dev);
    }
}

/* ---- what it tells ------------------------------------------------------- */

static bool ioapic_get_statistics(InterruptStatsProvider *obj,
                                  uint64_t **irq_counts, unsigned int *nb_irqs)
{
    *irq_counts = IOAPIC_COMMON(obj)->irq_count;
    *nb_irqs = IOAPIC_NUM_PINS;
    return true;
}

static void print_entry(GString *buf, int pin, uint64_t entry)
{
    static const char *const modes[] = { "fixed", "lowest", "SMI", "...",
                                         "NMI",   "INIT",   "...", "extINT" };
    bool logical = entry & IOAPIC_LVT_DEST_MODE;

    g_string_append_printf(
        buf,
        "  pin %-2u 0x%016" PRIx64 " dest=%" PRIx64 " vec=%-3" PRIu64
        " %s %-5s %-6s %-6s %s\n",
        pin, entry, (entry >> IOAPIC_LVT_DEST_SHIFT) & (logical ? 0xff : 0xf),
        entry & IOAPIC_VECTOR_MASK,
        entry & IOAPIC_LVT_POLARITY ? "active-lo" : "active-hi",
        entry & IOAPIC_LVT_TRIGGER_MODE ? "level" : "edge",
        entry & IOAPIC_LVT_MASKED ? "masked" : "",
        modes[extract64(entry, IOAPIC_LVT_DELIV_MODE_SHIFT, 3)],
        logical ? "logical" : "physical");
}

static void print_pins(GString *buf, const char *what, uint32_t pins)
{
    g_string_append_printf(buf, "%-10s ", what);
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        if (pins & BIT(i)) {
            g_string_append_printf(buf, "%-2u ", i);
        }
    }
    g_string_append(buf, pins ? "\n" : "(none)\n");
}

static void ioapic_print_info(InterruptStatsProvider *obj, GString *buf)
{
    IOAPICCommonState *s = IOAPIC_COMMON(obj);
    IOAPICCommonClass *c = IOAPIC_COMMON_GET_CLASS(s);
    uint32_t remote = 0;

    if (c->pre_save) {
        c->pre_save(s);
    }
    g_string_append_printf(buf, "ioapic0: ver=0x%x id=0x%02x sel=0x%02x",
                           s->version, s->id, s->ioregsel);
    if (s->ioregsel) {
        g_string_append_printf(buf, " (redir[%u])",
                               (s->ioregsel - IOAPIC_REG_REDTBL_BASE) >> 1);
    }
    g_string_append_c(buf, '\n');
    for (int i = 0; i < IOAPIC_NUM_PINS; i++) {
        uint64_t entry = s->ioredtbl[i];

        print_entry(buf, i, entry);
        if ((entry & IOAPIC_LVT_TRIGGER_MODE) &&
            (entry & IOAPIC_LVT_REMOTE_IRR)) {
            remote |= BIT(i);
        }
    }
    print_pins(buf, "  IRR", s->irr);
    print_pins(buf, "  Remote IRR", remote);
}

/* ---- migration ----------------------------------------------------------- */

static int ioapic_pre_save(void *opaque)
{
    IOAPICCommonClass *c = IOAPIC_COMMON_GET_CLASS(opaque);

    if (c->pre_save) {
        c->pre_save(opaque);
    }
    return 0;
}

static int ioapic_post_load(void *opaque, int version_id)
{
    IOAPICCommonClass *c = IOAPIC_COMMON_GET_CLASS(opaque);

    if (c->post_load) {
        c->post_load(opaque);
    }
    return 0;
}

static const VMStateDescription vmstate_ioapic = {
    .name = "ioapic",
    .version_id = 3,
    .minimum_version_id = 1,
    .pre_save = ioapic_pre_save,
    .post_load = ioapic_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT8(id, IOAPICCommonState),
            VMSTATE_UINT8(ioregsel, IOAPICCommonState),
            VMSTATE_UNUSED_V(2, 8),
            VMSTATE_UINT32_V(irr, IOAPICCommonState, 2),
            VMSTATE_UINT64_ARRAY(ioredtbl, IOAPICCommonState, IOAPIC_NUM_PINS),
            VMSTATE_END_OF_LIST(),
        },
};

static void ioapic_common_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    InterruptStatsProviderClass *ic = INTERRUPT_STATS_PROVIDER_CLASS(klass);

    dc->realize = ioapic_common_realize;
    dc->unrealize = ioapic_common_unrealize;
    dc->vmsd = &vmstate_ioapic;
    ic->print_info = ioapic_print_info;
    ic->get_statistics = ioapic_get_statistics;
}

static const TypeInfo ioapic_common_types[] = {
    {
        .name = TYPE_IOAPIC_COMMON,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(IOAPICCommonState),
        .class_size = sizeof(IOAPICCommonClass),
        .class_init = ioapic_common_class_init,
        .abstract = true,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_INTERRUPT_STATS_PROVIDER },
                {},
            },
    },
};

DEFINE_TYPES(ioapic_common_types)

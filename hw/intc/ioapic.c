/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I/O APIC (Intel 82093AA, and version 0x20 with an EOI register). What it
 * sends are writes to the memory of the local APICs, as MSIs are.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/i386/apic-msidef.h"
#include "hw/intc/i8259.h"
#include "hw/intc/ioapic_internal.h"
#include "hw/irq.h"
#include "hw/isa/isa.h"
#include "hw/pci/msi.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/bitops.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "system/kvm.h"

#define VERSION_PLAIN 0x11
#define VERSION_EOI   0x20
#define APIC_BASE     0xfee00000

/*
 * A guest that ends an interrupt over and over and does not remove its cause
 * gets time to do so: a fast host would leave it none.
 */
#define STORM_COUNT 10000
#define STORM_PAUSE (NANOSECONDS_PER_SECOND / 100)

static IOAPICCommonState *all[MAX_IOAPICS];

static bool is_second(const IOAPICCommonState *s)
{
    return s->busdev.mmio[0].addr == IO_APIC_SECONDARY_ADDRESS;
}

/* ---- messages ------------------------------------------------------------ */

static MSIMessage message_of(uint64_t entry)
{
    uint32_t mode = extract64(entry, IOAPIC_LVT_DELIV_MODE_SHIFT, 3);

    return (MSIMessage){
        .address = APIC_BASE |
                   extract64(entry, IOAPIC_LVT_DEST_IDX_SHIFT, 16)
                       << MSI_ADDR_DEST_IDX_SHIFT |
                   extract64(entry, IOAPIC_LVT_DEST_MODE_SHIFT, 1)
                       << MSI_ADDR_DEST_MODE_SHIFT,
        .data = (entry & IOAPIC_VECTOR_MASK) |
                mode << MSI_DATA_DELIVERY_MODE_SHIFT |
                extract64(entry, IOAPIC_LVT_TRIGGER_MODE_SHIFT, 1)
                    << MSI_DATA_TRIGGER_SHIFT,
    };
}

static void send_message(IOAPICCommonState *s, int pin)
{
    uint64_t entry = s->ioredtbl[pin];
    MSIMessage msg = message_of(entry);

    if (extract64(entry, IOAPIC_LVT_DELIV_MODE_SHIFT, 3) == IOAPIC_DM_EXTINT &&
        isa_pic) {
        msg.data =
            (msg.data & ~(uint32_t)IOAPIC_VECTOR_MASK) | pic_read_irq(isa_pic);
    }
    address_space_stl_le(&address_space_memory, msg.address, msg.data,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

/*
 * With the local APICs in the kernel, this one's inputs have routes there: by
 * them it knows the ends of which interrupts it has to tell us, and an eventfd
 * can raise an input. A masked one keeps the route that it had, for an
 * interrupt that is not at its end yet.
 */
static int gsi_of(const IOAPICCommonState *s, int pin)
{
    return pin + (is_second(s) ? IO_APIC_SECONDARY_IRQBASE : 0);
}

static bool update_route(IOAPICCommonState *s, int pin)
{
    uint64_t entry = s->ioredtbl[pin];

    return !(entry & IOAPIC_LVT_MASKED) &&
           kvm_irqchip_update_msi_route(kvm_state, gsi_of(s, pin),
                                        message_of(entry), NULL) == 0;
}

static void entry_changed(IOAPICCommonState *s, int pin)
{
    if (kvm_irqchip_is_split() && update_route(s, pin)) {
        kvm_irqchip_commit_routes(kvm_state);
    }
}

static void ioapic_post_load(IOAPICCommonState *s)
{
    if (!kvm_irqchip_is_split()) {
        return;
    }
    for (int pin = 0; pin < IOAPIC_NUM_PINS; pin++) {
        update_route(s, pin);
    }
    kvm_irqchip_commit_routes(kvm_state);
}

/* All inputs that ask and may. */
static void service(IOAPICCommonState *s)
{
    for (int pin = 0; pin < IOAPIC_NUM_PINS; pin++) {
        uint64_t *entry = &s->ioredtbl[pin];

        if (!(s->irr & BIT(pin)) || (*entry & IOAPIC_LVT_MASKED)) {
            continue;
        }
        if (!(*entry & IOAPIC_LVT_TRIGGER_MODE)) {
            s->irr &= ~BIT(pin);
        } else if (*entry & IOAPIC_LVT_REMOTE_IRR) {
            continue; /* a CPU is at it */
        } else {
            *entry |= IOAPIC_LVT_REMOTE_IRR;
        }
        send_message(s, pin);
    }
}

static void service_later(void *opaque)
{
    service(opaque);
}

static void ioapic_set_irq(void *opaque, int pin, int level)
{
    IOAPICCommonState *s = opaque;
    uint64_t entry;

    ioapic_stat_update_irq(s, pin, level);
    /* ISA's interrupt 0 is at input 2 of a PC's first one. (QEMU's second one
     * does that, too, and so has no interrupt 24.) */
    if (pin == 0 && !is_second(s)) {
        pin = 2;
    }
    entry = s->ioredtbl[pin];
    if (entry & IOAPIC_LVT_TRIGGER_MODE) {
        if (!level) {
            s->irr &= ~BIT(pin);
            return;
        }
        s->irr |= BIT(pin);
        service(s);
    } else if (level && !(entry & IOAPIC_LVT_MASKED)) {
        s->irr |= BIT(pin);
        service(s);
    }
}

/* ---- the end of an interrupt --------------------------------------------- */

static void end_of_interrupt(IOAPICCommonState *s, int pin)
{
    uint64_t *entry = &s->ioredtbl[pin];

    *entry &= ~(uint64_t)IOAPIC_LVT_REMOTE_IRR;
    if ((*entry & IOAPIC_LVT_MASKED) || !(s->irr & BIT(pin))) {
        s->irq_eoi[pin] = 0;
        return;
    }
    if (++s->irq_eoi[pin] < STORM_COUNT) {
        service(s);
        return;
    }
    s->irq_eoi[pin] = 0;
    timer_mod_anticipate(s->delayed_ioapic_service_timer,
                         qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + STORM_PAUSE);
}

static void eoi_of_vector(IOAPICCommonState *s, int vector)
{
    for (int pin = 0; pin < IOAPIC_NUM_PINS; pin++) {
        uint64_t entry = s->ioredtbl[pin];

        if ((entry & IOAPIC_VECTOR_MASK) != vector ||
            !(entry & IOAPIC_LVT_TRIGGER_MODE)) {
            continue;
        }
        /* What an eventfd has raised, we have not seen. */
        if (kvm_irqchip_is_split()) {
            kvm_resample_fd_notify(gsi_of(s, pin));
        }
        if (entry & IOAPIC_LVT_REMOTE_IRR) {
            end_of_interrupt(s, pin);
        }
    }
}

void ioapic_eoi_broadcast(int vector)
{
    for (int i = 0; i < MAX_IOAPICS; i++) {
        if (all[i]) {
            eoi_of_vector(all[i], vector);
        }
    }
}

/* ---- registers ----------------------------------------------------------- */

static uint32_t read_window(IOAPICCommonState *s)
{
    unsigned index;

    switch (s->ioregsel) {
    case IOAPIC_REG_ID:
    case IOAPIC_REG_ARB:
        return s->id << IOAPIC_ID_SHIFT;
    case IOAPIC_REG_VER:
        return s->version | (IOAPIC_NUM_PINS - 1) << IOAPIC_VER_ENTRIES_SHIFT;
    }
    index = (s->ioregsel - IOAPIC_REG_REDTBL_BASE) >> 1;
    if (s->ioregsel < IOAPIC_REG_REDTBL_BASE || index >= IOAPIC_NUM_PINS) {
        qemu_log_mask(LOG_GUEST_ERROR, "ioapic: no register 0x%x to read\n",
                      s->ioregsel);
        return 0;
    }
    return s->ioredtbl[index] >> (s->ioregsel & 1 ? 32 : 0);
}

static void write_entry(IOAPICCommonState *s, unsigned index, uint32_t val)
{
    uint64_t *entry = &s->ioredtbl[index];
    uint64_t kept = *entry & IOAPIC_RO_BITS;

    *entry = deposit64(*entry, s->ioregsel & 1 ? 32 : 0, 32, val);
    *entry = (*entry & IOAPIC_RW_BITS) | kept;
    /* An edge has nobody to wait for. */
    if (!(*entry & IOAPIC_LVT_TRIGGER_MODE)) {
        *entry &= ~(uint64_t)IOAPIC_LVT_REMOTE_IRR;
    }
    entry_changed(s, index);
    service(s);
}

static void write_window(IOAPICCommonState *s, uint32_t val)
{
    unsigned index = (s->ioregsel - IOAPIC_REG_REDTBL_BASE) >> 1;

    if (s->ioregsel == IOAPIC_REG_ID) {
        s->id = val >> IOAPIC_ID_SHIFT & IOAPIC_ID_MASK;
    } else if (s->ioregsel >= IOAPIC_REG_REDTBL_BASE &&
               index < IOAPIC_NUM_PINS) {
        write_entry(s, index, val);
    } else {
        qemu_log_mask(LOG_GUEST_ERROR, "ioapic: no register 0x%x to write\n",
                      s->ioregsel);
    }
}

static uint64_t ioapic_read(void *opaque, hwaddr addr, unsigned size)
{
    IOAPICCommonState *s = opaque;

    switch (addr & 0xff) {
    case IOAPIC_IOREGSEL:
        return s->ioregsel;
    case IOAPIC_IOWIN:
        return size == 4 ? read_window(s) : 0;
    }
    return 0;
}

static void ioapic_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    IOAPICCommonState *s = opaque;

    switch (addr & 0xff) {
    case IOAPIC_IOREGSEL:
        s->ioregsel = val;
        break;
    case IOAPIC_IOWIN:
        if (size == 4) {
            write_window(s, val);
        }
        break;
    case IOAPIC_EOI:
        if (size == 4 && s->version >= VERSION_EOI) {
            ioapic_eoi_broadcast(val & IOAPIC_VECTOR_MASK);
        }
        break;
    }
}

static const MemoryRegionOps ioapic_ops = {
    .read = ioapic_read,
    .write = ioapic_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

/* ---- life ---------------------------------------------------------------- */

static void ioapic_realize(DeviceState *dev, Error **errp)
{
    IOAPICCommonState *s = IOAPIC_COMMON(dev);
    int number = 0;

    if (s->version != VERSION_PLAIN && s->version != VERSION_EOI) {
        error_setg(errp, "IOAPIC only supports version 0x11 or 0x20 "
                         "(default: 0x20).");
        return;
    }
    while (number < MAX_IOAPICS && all[number]) {
        number++;
    }
    if (number == MAX_IOAPICS) {
        error_setg(errp, "Only %d ioapics allowed", MAX_IOAPICS);
        return;
    }
    all[number] = s;
    memory_region_init_io(&s->io_memory, OBJECT(s), &ioapic_ops, s, "ioapic",
                          0x1000);
    s->delayed_ioapic_service_timer =
        timer_new_ns(QEMU_CLOCK_VIRTUAL, service_later, s);
    qdev_init_gpio_in(dev, ioapic_set_irq, IOAPIC_NUM_PINS);
}

static void ioapic_unrealize(DeviceState *dev)
{
    IOAPICCommonState *s = IOAPIC_COMMON(dev);

    g_clear_pointer(&s->delayed_ioapic_service_timer, timer_free);
    for (int i = 0; i < MAX_IOAPICS; i++) {
        if (all[i] == s) {
            all[i] = NULL;
        }
    }
}

static void ioapic_reset_hold(Object *obj, ResetType type)
{
    timer_del(IOAPIC_COMMON(obj)->delayed_ioapic_service_timer);
    ioapic_reset_common(DEVICE(obj));
}

static const Property ioapic_properties[] = {
    DEFINE_PROP_UINT8("version", IOAPICCommonState, version, VERSION_EOI),
};

static void ioapic_class_init(ObjectClass *klass, void *data)
{
    IOAPICCommonClass *c = IOAPIC_COMMON_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    c->realize = ioapic_realize;
    c->unrealize = ioapic_unrealize;
    c->post_load = ioapic_post_load;
    RESETTABLE_CLASS(klass)->phases.hold = ioapic_reset_hold;
    device_class_set_props(dc, ioapic_properties);
    /* A board connects its lines. */
    dc->user_creatable = false;
}

static const TypeInfo ioapic_types[] = {
    {
        .name = TYPE_IOAPIC,
        .parent = TYPE_IOAPIC_COMMON,
        .instance_size = sizeof(IOAPICCommonState),
        .class_init = ioapic_class_init,
    },
};

DEFINE_TYPES(ioapic_types)

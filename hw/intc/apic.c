/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC of a CPU (Intel SDM volume 3, chapter 11), in xAPIC mode, with
 * the bus between them: messages from I/O APICs and devices are writes to the
 * megabyte at 0xfee00000, whose first page is, to a CPU, its own APIC.
 *
 * All of it runs with the BQL. CPU_INTERRUPT_HARD says to the CPU that there is
 * something for it, which it then takes with apic_get_interrupt().
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "hw/core/cpu.h"
#include "hw/i386/apic-msidef.h"
#include "hw/i386/apic.h"
#include "hw/i386/apic_internal.h"
#include "hw/intc/i8259.h"
#include "hw/intc/ioapic.h"
#include "hw/irq.h"
#include "hw/isa/isa.h"
#include "qemu/bitops.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/timer.h"

#define TYPE_APIC "apic"
DECLARE_INSTANCE_CHECKER(APICCommonState, APIC, TYPE_APIC)

#define MSI_SPACE_SIZE  0x100000
#define MSI_SPACE_PRIO  0x1000
#define BROADCAST       0xff
#define FIRST_VECTOR    16
#define TIMER_CONF_MASK 0xb

enum { TO_DEST, TO_SELF, TO_ALL, TO_OTHERS };

/* All of them, and the one whose io_memory is in the system's memory. */
static GPtrArray *apics;
static APICCommonState *mapped;

static void set_irq(APICCommonState *s, int vector, int trigger);

/* ---- priorities ---------------------------------------------------------- */

/* The highest bit of 256; -1: none. */
static int highest(const uint32_t *tab)
{
    for (int i = 7; i >= 0; i--) {
        if (tab[i]) {
            return i * 32 + 31 - clz32(tab[i]);
        }
    }
    return -1;
}

int apic_get_ppr(APICCommonState *s)
{
    int isr = MAX(highest(s->isr), 0);

    return s->tpr >> APIC_PR_CLASS_SHIFT >= isr >> APIC_PR_CLASS_SHIFT
               ? s->tpr
               : isr & ~APIC_PR_SUB_CLASS;
}

/* What may be given to the CPU now; -1: nothing. */
static int pending(APICCommonState *s)
{
    int irr = highest(s->irr);

    if (!(s->spurious_vec & APIC_SV_ENABLE) || irr < 0 ||
        irr >> APIC_PR_CLASS_SHIFT <= apic_get_ppr(s) >> APIC_PR_CLASS_SHIFT) {
        return -1;
    }
    return irr;
}

int apic_get_highest_priority_irr(DeviceState *dev)
{
    return dev ? highest(APIC_COMMON(dev)->irr) : -1;
}

int apic_accept_pic_intr(DeviceState *dev)
{
    APICCommonState *s = (APICCommonState *)dev;

    return s && isa_pic &&
           (!(s->apicbase & MSR_IA32_APICBASE_ENABLE) ||
            !(s->lvt[APIC_LVT_LINT0] & APIC_LVT_MASKED));
}

static bool pic_has_one(APICCommonState *s)
{
    int mode = extract32(s->lvt[APIC_LVT_LINT0], APIC_LVT_DELIV_MOD_SHIFT, 3);

    return apic_accept_pic_intr(DEVICE(s)) && pic_get_output(isa_pic) &&
           (mode == APIC_DM_EXTINT ||
            !(s->apicbase & MSR_IA32_APICBASE_ENABLE));
}

static void update(APICCommonState *s)
{
    CPUState *cpu = CPU(s->cpu);

    if (pending(s) >= 0 || pic_has_one(s)) {
        cpu_interrupt(cpu, CPU_INTERRUPT_HARD);
    } else {
        cpu_reset_interrupt(cpu, CPU_INTERRUPT_HARD);
    }
}

void apic_poll_irq(DeviceState *dev)
{
    update(APIC_COMMON(dev));
}

/* ---- errors and the local vector table ----------------------------------- */

static void deliver_local(APICCommonState *s, int n)
{
    uint32_t lvt = s->lvt[n];
    int trigger = APIC_TRIGGER_EDGE;

    if (lvt & APIC_LVT_MASKED) {
        return;
    }
    switch (extract32(lvt, APIC_LVT_DELIV_MOD_SHIFT, 3)) {
    case APIC_DM_SMI:
        cpu_interrupt(CPU(s->cpu), CPU_INTERRUPT_SMI);
        break;
    case APIC_DM_NMI:
        cpu_interrupt(CPU(s->cpu), CPU_INTERRUPT_NMI);
        break;
    case APIC_DM_EXTINT:
        cpu_interrupt(CPU(s->cpu), CPU_INTERRUPT_HARD);
        break;
    case APIC_DM_FIXED:
        if (n == APIC_LVT_LINT0 && (lvt & APIC_LVT_LEVEL_TRIGGER)) {
            trigger = APIC_TRIGGER_LEVEL;
        }
        set_irq(s, lvt & APIC_VECTOR_MASK, trigger);
        break;
    }
}

/* A bit that is set already does not interrupt again. */
static void note_error(APICCommonState *s, uint32_t bit)
{
    if (!(s->esr & bit)) {
        s->esr |= bit;
        deliver_local(s, APIC_LVT_ERROR);
    }
}

static void set_irq(APICCommonState *s, int vector, int trigger)
{
    if (vector < FIRST_VECTOR) {
        note_error(s, APIC_ESR_RECV_ILLEGAL_VECT);
        return;
    }
    apic_set_bit(s->irr, vector);
    if (trigger == APIC_TRIGGER_LEVEL) {
        apic_set_bit(s->tmr, vector);
    } else {
        apic_reset_bit(s->tmr, vector);
    }
    update(s);
}

void apic_deliver_pic_intr(DeviceState *dev, int level)
{
    APICCommonState *s = APIC_COMMON(dev);
    uint32_t lvt = s->lvt[APIC_LVT_LINT0];

    if (level && (s->apicbase & MSR_IA32_APICBASE_ENABLE)) {
        deliver_local(s, APIC_LVT_LINT0);
    } else if (!level && (lvt & APIC_LVT_LEVEL_TRIGGER) &&
               !extract32(lvt, APIC_LVT_DELIV_MOD_SHIFT, 3)) {
        apic_reset_bit(s->irr, lvt & APIC_VECTOR_MASK);
    }
    update(s);
}

static void apic_external_nmi(APICCommonState *s)
{
    deliver_local(s, APIC_LVT_LINT1);
}

/* ---- to the CPU and back ------------------------------------------------- */

int apic_get_interrupt(DeviceState *dev)
{
    APICCommonState *s = (APICCommonState *)dev;
    int vector = s ? pending(s) : -1;

    if (vector < 0) {
        return -1;
    }
    apic_reset_bit(s->irr, vector);
    apic_set_bit(s->isr, vector);
    update(s);
    return vector;
}

static void end_of_interrupt(APICCommonState *s)
{
    int vector = highest(s->isr);

    if (vector < 0) {
        return;
    }
    apic_reset_bit(s->isr, vector);
    if (apic_get_bit(s->tmr, vector) &&
        !(s->spurious_vec & APIC_SV_DIRECTED_IO)) {
        ioapic_eoi_broadcast(vector);
    }
    update(s);
}

static void apic_set_tpr(APICCommonState *s, uint8_t val)
{
    uint8_t tpr = val << APIC_PR_CLASS_SHIFT;

    /* What CR8 does not have of it stays. */
    if (s->tpr >> APIC_PR_CLASS_SHIFT != (val & 0xf)) {
        s->tpr = tpr;
        update(s);
    }
}

static uint8_t apic_get_tpr(APICCommonState *s)
{
    return s->tpr >> APIC_PR_CLASS_SHIFT;
}

static int apic_set_base(APICCommonState *s, uint64_t val)
{
    if (val & (MSR_IA32_APICBASE_RESERVED | MSR_IA32_APICBASE_EXTD)) {
        return -1;
    }
    s->apicbase = val;
    if (!(val & MSR_IA32_APICBASE_ENABLE)) {
        s->spurious_vec &= ~APIC_SV_ENABLE;
    }
    update(s);
    return 0;
}

void apic_sipi(DeviceState *dev)
{
    APICCommonState *s = APIC_COMMON(dev);
    CPUState *cpu = CPU(s->cpu);
    SegmentCache *cs = &s->cpu->env.segs[R_CS];

    cpu_reset_interrupt(cpu, CPU_INTERRUPT_SIPI);
    if (!s->wait_for_sipi) {
        return;
    }
    s->wait_for_sipi = 0;
    cs->selector = s->sipi_vector << 8;
    cs->base = s->sipi_vector << 12;
    s->cpu->env.eip = 0;
    cpu->halted = 0;
}

/* ---- the bus ------------------------------------------------------------- */

static bool is_meant(const APICCommonState *s, uint8_t dest, int dest_mode)
{
    if (!(s->apicbase & MSR_IA32_APICBASE_ENABLE)) {
        return false;
    }
    if (dest == BROADCAST) {
        return true;
    }
    if (dest_mode == APIC_DESTMODE_PHYSICAL) {
        return dest == s->id;
    }
    if (s->dest_mode == APIC_DESTMODE_LOGICAL_FLAT) {
        return dest & s->log_dest;
    }
    return dest >> APIC_LOGDEST_XAPIC_SHIFT ==
               s->log_dest >> APIC_LOGDEST_XAPIC_SHIFT &&
           (dest & s->log_dest & APIC_LOGDEST_XAPIC_ID);
}

static void deliver_to(APICCommonState *s, int mode, int vector, int trigger)
{
    CPUState *cpu = CPU(s->cpu);

    switch (mode) {
    case APIC_DM_FIXED:
    case APIC_DM_LOWPRI:
    case APIC_DM_EXTINT:
        set_irq(s, vector, trigger);
        break;
    case APIC_DM_SMI:
        cpu_interrupt(cpu, CPU_INTERRUPT_SMI);
        break;
    case APIC_DM_NMI:
        cpu_interrupt(cpu, CPU_INTERRUPT_NMI);
        break;
    case APIC_DM_INIT:
        cpu_interrupt(cpu, CPU_INTERRUPT_INIT);
        break;
    case APIC_DM_SIPI:
        s->sipi_vector = vector;
        cpu_interrupt(cpu, CPU_INTERRUPT_SIPI);
        break;
    }
}

/* To those that are meant; @sender and @shorthand for what a CPU sends. */
static void deliver(APICCommonState *sender, int shorthand, uint8_t dest,
                    int dest_mode, int mode, int vector, int trigger)
{
    APICCommonState *lowest = NULL;

    for (guint i = 0; apics && i < apics->len; i++) {
        APICCommonState *s = g_ptr_array_index(apics, i);

        if ((shorthand == TO_DEST && !is_meant(s, dest, dest_mode)) ||
            (shorthand == TO_SELF && s != sender) ||
            (shorthand == TO_OTHERS && s == sender)) {
            continue;
        }
        if (mode != APIC_DM_LOWPRI) {
            deliver_to(s, mode, vector, trigger);
        } else if ((s->spurious_vec & APIC_SV_ENABLE) &&
                   (!lowest || apic_get_ppr(s) < apic_get_ppr(lowest))) {
            lowest = s;
        }
    }
    if (lowest) {
        deliver_to(lowest, mode, vector, trigger);
    }
}

static void apic_send_msi(MSIMessage *msi)
{
    deliver(NULL, TO_DEST, extract64(msi->address, MSI_ADDR_DEST_ID_SHIFT, 8),
            extract64(msi->address, MSI_ADDR_DEST_MODE_SHIFT, 1),
            extract32(msi->data, MSI_DATA_DELIVERY_MODE_SHIFT, 3),
            msi->data & MSI_DATA_VECTOR_MASK,
            extract32(msi->data, MSI_DATA_TRIGGER_SHIFT, 1));
}

static void send_command(APICCommonState *s)
{
    uint32_t icr = s->icr[0];
    int mode = extract32(icr, APIC_ICR_DELIV_MOD_SHIFT, 3);
    int vector = icr & APIC_VECTOR_MASK;
    int shorthand = extract32(icr, APIC_ICR_DEST_SHORT_SHIFT, 2);

    /* The end of an INIT: it only makes arbitration start again. */
    if (mode == APIC_DM_INIT && (icr & APIC_ICR_TRIGGER_MOD) &&
        !(icr & APIC_ICR_LEVEL)) {
        for (guint i = 0; i < apics->len; i++) {
            APICCommonState *other = g_ptr_array_index(apics, i);

            other->arb_id = other->id;
        }
        return;
    }
    if ((mode == APIC_DM_FIXED || mode == APIC_DM_LOWPRI) &&
        vector < FIRST_VECTOR) {
        note_error(s, APIC_ESR_SEND_ILLEGAL_VECT);
        return;
    }
    /* It can interrupt itself, and no more than that. */
    if ((shorthand == TO_SELF || shorthand == TO_ALL) &&
        mode != APIC_DM_FIXED && mode != APIC_DM_LOWPRI &&
        !(shorthand == TO_ALL && mode == APIC_DM_NMI)) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "apic: delivery mode %d is not for itself\n", mode);
        return;
    }
    /* Those that CPUs send are edges. */
    deliver(s, shorthand, s->icr[1] >> APIC_ICR_DEST_SHIFT,
            extract32(icr, APIC_ICR_DEST_MOD_SHIFT, 1), mode, vector,
            APIC_TRIGGER_EDGE);
}

/* ---- the timer ----------------------------------------------------------- */

static void update_timer(APICCommonState *s, int64_t now)
{
    if (apic_next_timer(s, now)) {
        timer_mod(s->timer, s->next_time);
    } else {
        timer_del(s->timer);
    }
}

static void timer_fires(void *opaque)
{
    APICCommonState *s = opaque;

    deliver_local(s, APIC_LVT_TIMER);
    /* Periods that went by without us are one interrupt, like those that the
     * CPU had no time to take: from now on, not one by one. */
    update_timer(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
}

/* ---- registers ----------------------------------------------------------- */

static uint32_t read_register(APICCommonState *s, int n)
{
    switch (n) {
    case 0x02:
        return (uint32_t)s->id << 24;
    case 0x03:
        return s->version | (APIC_LVT_NB - 1) << 16;
    case 0x08:
        return s->tpr;
    case 0x09:
    case 0x0b:
        return 0;
    case 0x0a:
        return apic_get_ppr(s);
    case 0x0d:
        return (uint32_t)s->log_dest << 24;
    case 0x0e:
        return (uint32_t)s->dest_mode << 28 | 0xfffffff;
    case 0x0f:
        return s->spurious_vec;
    case 0x10 ... 0x17:
        return s->isr[n & 7];
    case 0x18 ... 0x1f:
        return s->tmr[n & 7];
    case 0x20 ... 0x27:
        return s->irr[n & 7];
    case 0x28:
        return s->esr;
    case 0x30:
    case 0x31:
        return s->icr[n & 1];
    case 0x32 ... 0x37:
        return s->lvt[n - 0x32];
    case 0x38:
        return s->initial_count;
    case 0x39:
        return apic_get_current_count(s);
    case 0x3e:
        return s->divide_conf;
    default:
        note_error(s, APIC_ESR_ILLEGAL_ADDRESS);
        qemu_log_mask(LOG_GUEST_ERROR, "apic: no register 0x%x to read\n",
                      n << 4);
        return 0;
    }
}

static void write_spurious(APICCommonState *s, uint32_t val)
{
    s->spurious_vec = val & 0x1ff;
    if (!(val & APIC_SV_ENABLE)) {
        for (int i = 0; i < APIC_LVT_NB; i++) {
            s->lvt[i] |= APIC_LVT_MASKED;
        }
        update_timer(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    }
    update(s);
}

/* What of each entry can be written. */
static const uint32_t lvt_mask[APIC_LVT_NB] = {
    [APIC_LVT_TIMER] = 0x300ff,   [APIC_LVT_THERMAL] = 0x107ff,
    [APIC_LVT_PERFORM] = 0x107ff, [APIC_LVT_LINT0] = 0x1a7ff,
    [APIC_LVT_LINT1] = 0x1a7ff,   [APIC_LVT_ERROR] = 0x100ff,
};

static void write_lvt(APICCommonState *s, int n, uint32_t val)
{
    s->lvt[n] = val & lvt_mask[n];
    /* Off, it lets nothing pass but what the PIC has, as after a reset. */
    if (!(s->spurious_vec & APIC_SV_ENABLE) && n != APIC_LVT_LINT0) {
        s->lvt[n] |= APIC_LVT_MASKED;
    }
    if (n == APIC_LVT_TIMER) {
        update_timer(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    }
    update(s);
}

static void write_register(APICCommonState *s, int n, uint32_t val)
{
    switch (n) {
    case 0x02:
        s->id = val >> 24;
        break;
    case 0x08:
        s->tpr = val;
        update(s);
        break;
    case 0x0b:
        end_of_interrupt(s);
        break;
    case 0x0d:
        s->log_dest = val >> 24;
        break;
    case 0x0e:
        s->dest_mode = val >> 28;
        break;
    case 0x0f:
        write_spurious(s, val);
        break;
    case 0x28:
        s->esr = 0;
        break;
    case 0x30:
        s->icr[0] = val & ~(uint32_t)APIC_ICR_DELIV_STS;
        send_command(s);
        break;
    case 0x31:
        s->icr[1] = val & 0xff000000;
        break;
    case 0x32 ... 0x37:
        write_lvt(s, n - 0x32, val);
        break;
    case 0x38:
        s->initial_count = val;
        s->initial_count_load_time = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
        update_timer(s, s->initial_count_load_time);
        break;
    case 0x3e:
        s->divide_conf = val & TIMER_CONF_MASK;
        s->count_shift = (((val & 3) | (val >> 1 & 4)) + 1) & 7;
        update_timer(s, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
        break;
    case 0x03:
    case 0x09:
    case 0x0a:
    case 0x10 ... 0x27:
    case 0x39:
        break; /* read-only */
    default:
        note_error(s, APIC_ESR_ILLEGAL_ADDRESS);
        qemu_log_mask(LOG_GUEST_ERROR, "apic: no register 0x%x to write\n",
                      n << 4);
    }
}

DeviceState *cpu_get_current_apic(void)
{
    X86CPU *cpu =
        (X86CPU *)object_dynamic_cast((Object *)current_cpu, TYPE_X86_CPU);

    return cpu ? cpu->apic_state : NULL;
}

static uint64_t apic_mem_read(void *opaque, hwaddr addr, unsigned size)
{
    DeviceState *dev = cpu_get_current_apic();

    if (addr >> 12 || !dev || size != 4) {
        return 0;
    }
    return read_register(APIC_COMMON(dev), addr >> 4);
}

/* What is no register is a message, of a device or of a CPU. */
static void apic_mem_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    MSIMessage msi = { .address = addr, .data = val };
    DeviceState *dev = cpu_get_current_apic();

    if (size != 4) {
        return;
    }
    if (addr >> 12 || !(addr >> 4) || !dev) {
        apic_send_msi(&msi);
    } else {
        write_register(APIC_COMMON(dev), addr >> 4, val);
    }
}

static const MemoryRegionOps apic_ops = {
    .read = apic_mem_read,
    .write = apic_mem_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
    .valid.min_access_size = 1,
    .valid.max_access_size = 4,
    .impl.min_access_size = 1,
    .impl.max_access_size = 4,
};

/* ---- life ---------------------------------------------------------------- */

void apic_set_max_apic_id(uint32_t max_apic_id)
{
    /* Nothing here is as large as that: a list has those that are there. */
}

/* One of them answers for all. */
static void map_one(APICCommonState *s)
{
    mapped = s;
    if (s) {
        memory_region_add_subregion_overlap(get_system_memory(),
                                            APIC_DEFAULT_ADDRESS, &s->io_memory,
                                            MSI_SPACE_PRIO);
    }
}

static void apic_realize(DeviceState *dev, Error **errp)
{
    APICCommonState *s = APIC(dev);

    memory_region_init_io(&s->io_memory, OBJECT(s), &apic_ops, s, "apic-msi",
                          MSI_SPACE_SIZE);
    /* The end of an interrupt makes an I/O APIC write here. */
    s->io_memory.disable_reentrancy_guard = true;
    s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, timer_fires, s);
    if (!apics) {
        apics = g_ptr_array_new();
    }
    g_ptr_array_add(apics, s);
    if (!mapped) {
        map_one(s);
    }
    msi_nonbroken = true;
}

static void apic_unrealize(DeviceState *dev)
{
    APICCommonState *s = APIC(dev);

    g_clear_pointer(&s->timer, timer_free);
    g_ptr_array_remove(apics, s);
    if (mapped == s) {
        memory_region_del_subregion(get_system_memory(), &s->io_memory);
        map_one(apics->len ? g_ptr_array_index(apics, 0) : NULL);
    }
    if (!apics->len) {
        g_clear_pointer(&apics, g_ptr_array_unref);
    }
}

static void apic_post_load(APICCommonState *s)
{
    if (s->timer_expiry >= 0) {
        timer_mod(s->timer, s->timer_expiry);
    } else {
        timer_del(s->timer);
    }
}

static void apic_class_init(ObjectClass *klass, void *data)
{
    APICCommonClass *c = APIC_COMMON_CLASS(klass);

    c->realize = apic_realize;
    c->unrealize = apic_unrealize;
    c->set_base = apic_set_base;
    c->set_tpr = apic_set_tpr;
    c->get_tpr = apic_get_tpr;
    c->external_nmi = apic_external_nmi;
    c->post_load = apic_post_load;
    c->send_msi = apic_send_msi;
}

static const TypeInfo apic_types[] = {
    {
        .name = TYPE_APIC,
        .parent = TYPE_APIC_COMMON,
        .instance_size = sizeof(APICCommonState),
        .class_init = apic_class_init,
    },
};

DEFINE_TYPES(apic_types)

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The educational device: a factorial, DMA to a buffer of its own, and
 * interrupts, to write drivers for (QEMU's docs/specs/edu.rst).
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci_device.h"
#include "migration/vmstate.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qemu/units.h"

#define TYPE_PCI_EDU_DEVICE "edu"
OBJECT_DECLARE_SIMPLE_TYPE(EduState, PCI_EDU_DEVICE)

#define BAR_SIZE  (1 * MiB)
#define BUF_START 0x40000
#define BUF_SIZE  4096
#define DMA_MS    100

/* Registers; below 0x80 words only, above quad words too. */
#define REG_ID         0x00
#define REG_LIVENESS   0x04
#define REG_FACTORIAL  0x08
#define REG_STATUS     0x20
#define REG_IRQ_STATUS 0x24
#define REG_IRQ_RAISE  0x60
#define REG_IRQ_ACK    0x64
#define REG_DMA_SRC    0x80
#define REG_DMA_DST    0x88
#define REG_DMA_CNT    0x90
#define REG_DMA_CMD    0x98

#define ID               0x010000ed
#define STATUS_COMPUTING 0x01
#define STATUS_IRQ       0x80
#define IRQ_FACTORIAL    0x00000001
#define IRQ_DMA          0x00000100
#define CMD_RUN          0x1
#define CMD_TO_RAM       0x2
#define CMD_IRQ          0x4

struct EduState {
    PCIDevice parent_obj;

    MemoryRegion mmio;
    QEMUBH *compute;
    QEMUTimer dma_timer;
    uint64_t dma_mask; /* which addresses it can reach: a property */

    uint32_t liveness;
    uint32_t factorial;
    uint32_t status;
    uint32_t irq_status;
    uint64_t dma_src;
    uint64_t dma_dst;
    uint64_t dma_cnt;
    uint64_t dma_cmd;
    uint8_t buf[BUF_SIZE];
};

/* ---- interrupts ---------------------------------------------------------- */

static void raise_irq(EduState *s, uint32_t val)
{
    PCIDevice *d = PCI_DEVICE(s);

    s->irq_status |= val;
    if (!s->irq_status) {
        return;
    }
    if (msi_enabled(d)) {
        msi_notify(d, 0);
    } else {
        pci_set_irq(d, 1);
    }
}

static void lower_irq(EduState *s, uint32_t val)
{
    s->irq_status &= ~val;
    if (!s->irq_status && !msi_enabled(PCI_DEVICE(s))) {
        pci_set_irq(PCI_DEVICE(s), 0);
    }
}

/* ---- the factorial ------------------------------------------------------- */

static uint32_t factorial(uint32_t n)
{
    uint32_t result = 1;

    /* From 34 on it is a multiple of 2 to the 32nd. */
    if (n >= 34) {
        return 0;
    }
    while (n > 1) {
        result *= n--;
    }
    return result;
}

/* Not at once, so that there is something to wait for. */
static void compute(void *opaque)
{
    EduState *s = opaque;

    s->factorial = factorial(s->factorial);
    s->status &= ~STATUS_COMPUTING;
    if (s->status & STATUS_IRQ) {
        raise_irq(s, IRQ_FACTORIAL);
    }
}

/* ---- DMA ----------------------------------------------------------------- */

static dma_addr_t clamp_addr(EduState *s, uint64_t addr)
{
    if (addr & ~s->dma_mask) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "EDU: clamping DMA 0x%016" PRIx64 " to 0x%016" PRIx64
                      "\n",
                      addr, addr & s->dma_mask);
    }
    return addr & s->dma_mask;
}

/* The place in the buffer; NULL if it is not all there. */
static uint8_t *buffer_at(EduState *s, uint64_t addr, uint64_t count)
{
    if (addr < BUF_START || addr - BUF_START > BUF_SIZE ||
        count > BUF_SIZE - (addr - BUF_START)) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "EDU: DMA range 0x%016" PRIx64 "-0x%016" PRIx64
                      " out of bounds (0x%08x-0x%08x)\n",
                      addr, addr + count - 1, BUF_START,
                      BUF_START + BUF_SIZE - 1);
        return NULL;
    }
    return s->buf + (addr - BUF_START);
}

static void dma_done(void *opaque)
{
    EduState *s = opaque;
    bool to_ram = s->dma_cmd & CMD_TO_RAM;
    uint8_t *p = buffer_at(s, to_ram ? s->dma_src : s->dma_dst, s->dma_cnt);

    if (p && to_ram) {
        pci_dma_write(PCI_DEVICE(s), clamp_addr(s, s->dma_dst), p, s->dma_cnt);
    } else if (p) {
        pci_dma_read(PCI_DEVICE(s), clamp_addr(s, s->dma_src), p, s->dma_cnt);
    }
    s->dma_cmd &= ~CMD_RUN;
    if (s->dma_cmd & CMD_IRQ) {
        raise_irq(s, IRQ_DMA);
    }
}

/* While it runs the registers are what they were. */
static void write_dma(EduState *s, hwaddr addr, uint64_t val)
{
    if (s->dma_cmd & CMD_RUN) {
        return;
    }
    switch (addr) {
    case REG_DMA_SRC:
        s->dma_src = val;
        break;
    case REG_DMA_DST:
        s->dma_dst = val;
        break;
    case REG_DMA_CNT:
        s->dma_cnt = val;
        break;
    case REG_DMA_CMD:
        if (val & CMD_RUN) {
            s->dma_cmd = val;
            timer_mod(&s->dma_timer,
                      qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + DMA_MS);
        }
        break;
    }
}

/* ---- registers ----------------------------------------------------------- */

static uint64_t edu_read(void *opaque, hwaddr addr, unsigned size)
{
    EduState *s = opaque;

    if (addr < REG_DMA_SRC && size != 4) {
        return ~0ull;
    }
    switch (addr) {
    case REG_ID:
        return ID;
    case REG_LIVENESS:
        return s->liveness;
    case REG_FACTORIAL:
        return s->factorial;
    case REG_STATUS:
        return s->status;
    case REG_IRQ_STATUS:
        return s->irq_status;
    case REG_DMA_SRC:
        return s->dma_src;
    case REG_DMA_DST:
        return s->dma_dst;
    case REG_DMA_CNT:
        return s->dma_cnt;
    case REG_DMA_CMD:
        return s->dma_cmd;
    }
    return ~0ull;
}

static void edu_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    EduState *s = opaque;

    if (addr < REG_DMA_SRC && size != 4) {
        return;
    }
    switch (addr) {
    case REG_LIVENESS:
        s->liveness = ~val;
        break;
    case REG_FACTORIAL:
        if (!(s->status & STATUS_COMPUTING)) {
            s->factorial = val;
            s->status |= STATUS_COMPUTING;
            qemu_bh_schedule(s->compute);
        }
        break;
    case REG_STATUS:
        s->status = (s->status & ~STATUS_IRQ) | (val & STATUS_IRQ);
        break;
    case REG_IRQ_RAISE:
        raise_irq(s, val);
        break;
    case REG_IRQ_ACK:
        lower_irq(s, val);
        break;
    default:
        write_dma(s, addr, val);
    }
}

static const MemoryRegionOps edu_ops = {
    .read = edu_read,
    .write = edu_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 8 },
};

/* ---- the type ------------------------------------------------------------ */

static void edu_realize(PCIDevice *d, Error **errp)
{
    EduState *s = PCI_EDU_DEVICE(d);

    pci_config_set_interrupt_pin(d->config, 1);
    if (msi_init(d, 0, 1, true, false, errp)) {
        return;
    }
    s->compute = qemu_bh_new(compute, s);
    timer_init_ms(&s->dma_timer, QEMU_CLOCK_VIRTUAL, dma_done, s);
    memory_region_init_io(&s->mmio, OBJECT(s), &edu_ops, s, "edu-mmio",
                          BAR_SIZE);
    pci_register_bar(d, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->mmio);
}

static void edu_exit(PCIDevice *d)
{
    EduState *s = PCI_EDU_DEVICE(d);

    qemu_bh_delete(s->compute);
    timer_del(&s->dma_timer);
    msi_uninit(d);
}

static void edu_reset_hold(Object *obj, ResetType type)
{
    EduState *s = PCI_EDU_DEVICE(obj);

    qemu_bh_cancel(s->compute);
    timer_del(&s->dma_timer);
    s->liveness = s->factorial = s->status = s->irq_status = 0;
    s->dma_src = s->dma_dst = s->dma_cnt = s->dma_cmd = 0;
    memset(s->buf, 0, sizeof(s->buf));
}

static int edu_post_load(void *opaque, int version_id)
{
    EduState *s = opaque;

    if (s->status & STATUS_COMPUTING) {
        qemu_bh_schedule(s->compute);
    }
    return 0;
}

static const VMStateDescription vmstate_edu = {
    .name = "edu",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = edu_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_PCI_DEVICE(parent_obj, EduState),
            VMSTATE_UINT32(liveness, EduState),
            VMSTATE_UINT32(factorial, EduState),
            VMSTATE_UINT32(status, EduState),
            VMSTATE_UINT32(irq_status, EduState),
            VMSTATE_UINT64(dma_src, EduState),
            VMSTATE_UINT64(dma_dst, EduState),
            VMSTATE_UINT64(dma_cnt, EduState),
            VMSTATE_UINT64(dma_cmd, EduState),
            VMSTATE_UINT8_ARRAY(buf, EduState, BUF_SIZE),
            VMSTATE_TIMER(dma_timer, EduState),
            VMSTATE_END_OF_LIST(),
        },
};

static void edu_instance_init(Object *obj)
{
    EduState *s = PCI_EDU_DEVICE(obj);

    s->dma_mask = (1ull << 28) - 1;
    object_property_add_uint64_ptr(obj, "dma_mask", &s->dma_mask,
                                   OBJ_PROP_FLAG_READWRITE);
}

static void edu_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = edu_realize;
    k->exit = edu_exit;
    k->vendor_id = PCI_VENDOR_ID_QEMU;
    k->device_id = 0x11e8;
    k->revision = 0x10;
    k->class_id = PCI_CLASS_OTHERS;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    dc->vmsd = &vmstate_edu;
    RESETTABLE_CLASS(klass)->phases.hold = edu_reset_hold;
}

static const TypeInfo edu_types[] = {
    {
        .name = TYPE_PCI_EDU_DEVICE,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(EduState),
        .instance_init = edu_instance_init,
        .class_init = edu_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { INTERFACE_CONVENTIONAL_PCI_DEVICE },
                {},
            },
    },
};

DEFINE_TYPES(edu_types)

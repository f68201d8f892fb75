/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory map of the board "virt".
 *
 * Addresses below RAM are QEMU's for ever, since images are built for them.
 * They are fixed requests to the layout resolver, which checks that none is
 * in another's way; above RAM it places the memory devices' window and, behind
 * that, the 64-bit window of PCI.
 */
#include "qemu/osdep.h"
#include "hw/intc/riscv_aclint.h"
#include "hw/intc/riscv_aplic.h"
#include "hw/riscv/numa.h"
#include "memory/layout.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "virt-internal.h"

#define HIGH_PCIE_MMIO_SIZE (16 * GiB)
/* As many as Linux's vhost and KVM have places for. */
#define RAM_SLOTS_MAX 256

const MemMapEntry virt_memmap[] = {
    [VIRT_DEBUG] = { 0x0, 0x100 },
    [VIRT_MROM] = { 0x1000, 0xf000 },
    [VIRT_TEST] = { 0x100000, 0x1000 },
    [VIRT_RTC] = { 0x101000, 0x1000 },
    [VIRT_CLINT] = { 0x2000000, 0x10000 },
    [VIRT_ACLINT_SSWI] = { 0x2f00000, 0x4000 },
    [VIRT_PCIE_PIO] = { 0x3000000, 0x10000 },
    [VIRT_IOMMU_SYS] = { 0x3010000, 0x1000 },
    [VIRT_PLATFORM_BUS] = { 0x4000000, 0x2000000 },
    [VIRT_PLIC] = { 0xc000000, VIRT_PLIC_SIZE(VIRT_CPUS_MAX * 2) },
    [VIRT_APLIC_M] = { 0xc000000, APLIC_SIZE(VIRT_CPUS_MAX) },
    [VIRT_APLIC_S] = { 0xd000000, APLIC_SIZE(VIRT_CPUS_MAX) },
    [VIRT_UART0] = { 0x10000000, 0x100 },
    [VIRT_VIRTIO] = { 0x10001000, 0x1000 },
    [VIRT_FW_CFG] = { 0x10100000, 0x18 },
    [VIRT_FLASH] = { 0x20000000, 0x4000000 },
    [VIRT_IMSIC_M] = { 0x24000000, VIRT_IMSIC_MAX_SIZE },
    [VIRT_IMSIC_S] = { 0x28000000, VIRT_IMSIC_MAX_SIZE },
    [VIRT_PCIE_ECAM] = { 0x30000000, 0x10000000 },
    [VIRT_PCIE_MMIO] = { 0x40000000, 0x40000000 },
    [VIRT_DRAM] = { 0x80000000, 0x0 },
};

/* What is there with which interrupt controllers, and how often. */
enum {
    WITH_PLIC = 1 << VIRT_AIA_TYPE_NONE,
    WITH_APLIC = 1 << VIRT_AIA_TYPE_APLIC | 1 << VIRT_AIA_TYPE_APLIC_IMSIC,
    WITH_IMSIC = 1 << VIRT_AIA_TYPE_APLIC_IMSIC,
    WITH_ANY = WITH_PLIC | WITH_APLIC,

    PER_SOCKET = -1,
};

static const struct {
    int place;
    const char *name;
    unsigned with;
    int count;
} fixed[] = {
    { VIRT_DEBUG, "debug module", WITH_ANY, 1 },
    { VIRT_MROM, "mrom", WITH_ANY, 1 },
    { VIRT_TEST, "test finisher", WITH_ANY, 1 },
    { VIRT_RTC, "rtc", WITH_ANY, 1 },
    { VIRT_CLINT, "clint", WITH_ANY, PER_SOCKET },
    { VIRT_ACLINT_SSWI, "sswi", WITH_ANY, PER_SOCKET },
    { VIRT_PCIE_PIO, "pci ports", WITH_ANY, 1 },
    { VIRT_IOMMU_SYS, "iommu", WITH_ANY, 1 },
    { VIRT_PLATFORM_BUS, "platform bus", WITH_ANY, 1 },
    { VIRT_PLIC, "plic", WITH_PLIC, PER_SOCKET },
    { VIRT_APLIC_M, "aplic m", WITH_APLIC, PER_SOCKET },
    { VIRT_APLIC_S, "aplic s", WITH_APLIC, PER_SOCKET },
    { VIRT_UART0, "uart0", WITH_ANY, 1 },
    { VIRT_VIRTIO, "virtio-mmio", WITH_ANY, VIRTIO_COUNT },
    { VIRT_FW_CFG, "fw_cfg", WITH_ANY, 1 },
    { VIRT_FLASH, "flash", WITH_ANY, 1 },
    { VIRT_IMSIC_M, "imsic m", WITH_IMSIC, 1 },
    { VIRT_IMSIC_S, "imsic s", WITH_IMSIC, 1 },
    { VIRT_PCIE_ECAM, "pci configuration", WITH_ANY, 1 },
    { VIRT_PCIE_MMIO, "pci mmio", WITH_ANY, 1 },
};

/* The requests behind those, which depend on the amount of RAM. */
enum { RAM, HIGH_PCIE, DEVICE_MEMORY, VARIABLE };

static size_t request_fixed(const RISCVVirtState *s, LayoutRequest *out)
{
    int sockets = riscv_socket_count(MACHINE(s));
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_SIZE(fixed); i++) {
        const MemMapEntry *e = &virt_memmap[fixed[i].place];
        int count = fixed[i].count == PER_SOCKET ? sockets : fixed[i].count;

        if (fixed[i].with & 1 << s->aia_type) {
            out[n++] = (LayoutRequest){
                .name = fixed[i].name,
                .place = LAYOUT_FIXED,
                .addr = e->base,
                .size = e->size * count,
            };
        }
    }
    return n;
}

static bool check_device_memory(const RISCVVirtState *s, Error **errp)
{
    const MachineState *ms = MACHINE(s);

    if (ms->ram_slots > RAM_SLOTS_MAX) {
        error_setg(errp,
                   "unsupported number of memory slots: %" PRIu64
                   "; there are at most %d",
                   ms->ram_slots, RAM_SLOTS_MAX);
        return false;
    }
    if (!QEMU_IS_ALIGNED(ms->maxram_size, LAYOUT_PAGE)) {
        error_setg(errp,
                   "maximum memory size must be aligned to multiple of 0x%x",
                   LAYOUT_PAGE);
        return false;
    }
    if (!QEMU_IS_ALIGNED(s->device_memory_size, LAYOUT_PAGE)) {
        error_setg(errp, "device-memory-size must be a multiple of 0x%x",
                   LAYOUT_PAGE);
        return false;
    }
    return true;
}

static void place_variable(RISCVVirtState *s, const MemoryLayout *layout,
                           size_t first)
{
    const LayoutRange *r = memory_layout_find(layout, first + HIGH_PCIE);

    s->high_pcie_mmio = (MemMapEntry){ r->start, HIGH_PCIE_MMIO_SIZE };
    s->high_mmio.base = r->start + HIGH_PCIE_MMIO_SIZE;
    if (s->device_memory.size) {
        r = memory_layout_find(layout, first + DEVICE_MEMORY);
        s->device_memory.base = r->start;
        s->high_mmio.base = MAX(s->high_mmio.base, r->last + 1);
    }
    s->high_mmio.base = ROUND_UP(s->high_mmio.base, VIRT_DEVICE_MEMORY_ALIGN);
    s->high_mmio.size =
        (1ULL << TARGET_PHYS_ADDR_SPACE_BITS) - s->high_mmio.base;
}

bool virt_layout(RISCVVirtState *s, Error **errp)
{
    MachineState *ms = MACHINE(s);
    LayoutRequest requests[ARRAY_SIZE(fixed) + VARIABLE];
    size_t n = request_fixed(s, requests);
    g_autoptr(MemoryLayout) layout = NULL;
    LayoutInput in = {
        .requests = requests,
        .ram_base = virt_memmap[VIRT_DRAM].base,
        .address_bits = TARGET_PHYS_ADDR_SPACE_BITS,
    };

    if (!check_device_memory(s, errp)) {
        return false;
    }
    s->device_memory = (MemMapEntry){ 0, virt_memdev_window_size(s) };
    requests[n + RAM] = (LayoutRequest){
        .name = "RAM",
        .place = LAYOUT_RAM,
        .size = ms->ram_size,
        .align = LAYOUT_PAGE,
    };
    requests[n + HIGH_PCIE] = (LayoutRequest){
        .name = "pci 64-bit mmio",
        .place = LAYOUT_MMIO64,
        .size = HIGH_PCIE_MMIO_SIZE,
        .align = HIGH_PCIE_MMIO_SIZE,
    };
    requests[n + DEVICE_MEMORY] = (LayoutRequest){
        .name = "device memory",
        .place = LAYOUT_RAM,
        .size = s->device_memory.size,
        .align = VIRT_DEVICE_MEMORY_ALIGN,
    };
    in.nr_requests = n + (s->device_memory.size ? VARIABLE : DEVICE_MEMORY);
    layout = memory_layout_resolve(&in, errp);
    if (!layout) {
        error_prepend(errp, "RAM of %" PRIu64 " MiB does not fit: ",
                      ms->maxram_size / MiB);
        return false;
    }
    s->memmap = virt_memmap;
    place_variable(s, layout, n);
    return true;
}

hwaddr virt_socket_addr(const RISCVVirtState *s, int place, int socket)
{
    const MemMapEntry *e = &s->memmap[place];

    if (place == VIRT_IMSIC_M || place == VIRT_IMSIC_S) {
        return e->base + socket * VIRT_IMSIC_GROUP_MAX_SIZE;
    }
    return e->base + socket * e->size;
}

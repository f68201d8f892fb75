/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X (PCI Local Bus Specification 3.0, 6.8.2): a table of messages in memory
 * of the device, with a mask bit for each, and bits of those that are pending.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/range.h"

/* The byte of the flags with the bits that the guest writes. */
#define CONTROL_OFFSET (PCI_MSIX_FLAGS + 1)
#define ENABLE_MASK    (PCI_MSIX_FLAGS_ENABLE >> 8)
#define MASKALL_MASK   (PCI_MSIX_FLAGS_MASKALL >> 8)

/* ---- table and pending bits ---------------------------------------------- */

static uint8_t *entry(PCIDevice *d, unsigned vector)
{
    return d->msix_table + vector * PCI_MSIX_ENTRY_SIZE;
}

static unsigned pba_bytes(unsigned nentries)
{
    /* The guest may read quad words. */
    return QEMU_ALIGN_UP(nentries, 64) / 8;
}

static bool is_pending(PCIDevice *d, unsigned vector)
{
    return d->msix_pba[vector / 8] & (1 << (vector % 8));
}

void msix_set_pending(PCIDevice *d, unsigned vector)
{
    d->msix_pba[vector / 8] |= 1 << (vector % 8);
}

void msix_clr_pending(PCIDevice *d, int vector)
{
    d->msix_pba[vector / 8] &= ~(1 << (vector % 8));
}

static bool entry_is_masked(PCIDevice *d, unsigned vector, bool all_masked)
{
    return all_masked || (entry(d, vector)[PCI_MSIX_ENTRY_VECTOR_CTRL] &
                          PCI_MSIX_ENTRY_CTRL_MASKBIT);
}

bool msix_is_masked(PCIDevice *d, unsigned vector)
{
    return entry_is_masked(d, vector, d->msix_function_masked);
}

MSIMessage msix_get_message(PCIDevice *d, unsigned int vector)
{
    return d->msix_prepare_message(d, vector);
}

static MSIMessage prepare_message(PCIDevice *d, unsigned int vector)
{
    return (MSIMessage){
        .address = pci_get_quad(entry(d, vector) + PCI_MSIX_ENTRY_LOWER_ADDR),
        .data = pci_get_long(entry(d, vector) + PCI_MSIX_ENTRY_DATA),
    };
}

void msix_set_message(PCIDevice *d, int vector, MSIMessage msg)
{
    pci_set_quad(entry(d, vector) + PCI_MSIX_ENTRY_LOWER_ADDR, msg.address);
    pci_set_long(entry(d, vector) + PCI_MSIX_ENTRY_DATA, msg.data);
    entry(d, vector)[PCI_MSIX_ENTRY_VECTOR_CTRL] &=
        ~PCI_MSIX_ENTRY_CTRL_MASKBIT;
}

/* ---- masking ------------------------------------------------------------- */

static void tell_user(PCIDevice *d, unsigned vector, bool masked)
{
    int ret;

    if (!d->msix_vector_use_notifier) {
        return;
    }
    if (masked) {
        d->msix_vector_release_notifier(d, vector);
        return;
    }
    ret = d->msix_vector_use_notifier(d, vector, msix_get_message(d, vector));
    if (ret < 0) {
        /* The message is sent by us then, if anybody notifies us. */
        qemu_log_mask(LOG_UNIMP, "%s: vector %u cannot be delivered: %s\n",
                      d->name, vector, strerror(-ret));
    }
}

static void mask_changed(PCIDevice *d, unsigned vector, bool was_masked)
{
    bool masked = msix_is_masked(d, vector);

    if (masked == was_masked) {
        return;
    }
    tell_user(d, vector, masked);
    if (!masked && is_pending(d, vector)) {
        msix_clr_pending(d, vector);
        msix_notify(d, vector);
    }
}

void msix_set_mask(PCIDevice *d, int vector, bool mask)
{
    bool was_masked = msix_is_masked(d, vector);
    uint8_t *control = entry(d, vector) + PCI_MSIX_ENTRY_VECTOR_CTRL;

    if (mask) {
        *control |= PCI_MSIX_ENTRY_CTRL_MASKBIT;
    } else {
        *control &= ~PCI_MSIX_ENTRY_CTRL_MASKBIT;
    }
    mask_changed(d, vector, was_masked);
}

static void update_function_masked(PCIDevice *d)
{
    uint8_t control = d->config[d->msix_cap + CONTROL_OFFSET];

    d->msix_function_masked =
        !(control & ENABLE_MASK) || (control & MASKALL_MASK);
}

void msix_write_config(PCIDevice *d, uint32_t addr, uint32_t val, int len)
{
    bool were_masked = d->msix_function_masked;

    if (!msix_present(d) ||
        !range_covers_byte(addr, len, d->msix_cap + CONTROL_OFFSET)) {
        return;
    }
    update_function_masked(d);
    if (msix_enabled(d)) {
        /* A function uses one kind of interrupts. */
        pci_device_deassert_intx(d);
    }
    if (d->msix_function_masked == were_masked) {
        return;
    }
    for (unsigned vector = 0; vector < d->msix_entries_nr; vector++) {
        mask_changed(d, vector, entry_is_masked(d, vector, were_masked));
    }
}

/* ---- the regions --------------------------------------------------------- */

static uint64_t table_read(void *opaque, hwaddr addr, unsigned size)
{
    PCIDevice *d = opaque;

    return pci_get_long(d->msix_table + addr);
}

static void table_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    PCIDevice *d = opaque;
    unsigned vector = addr / PCI_MSIX_ENTRY_SIZE;
    bool was_masked = msix_is_masked(d, vector);

    pci_set_long(d->msix_table + addr, val);
    mask_changed(d, vector, was_masked);
}

static uint64_t pba_read(void *opaque, hwaddr addr, unsigned size)
{
    PCIDevice *d = opaque;

    if (d->msix_vector_poll_notifier) {
        unsigned start = addr * 8;

        d->msix_vector_poll_notifier(d, start,
                                     MIN(start + size * 8, d->msix_entries_nr));
    }
    return pci_get_long(d->msix_pba + addr);
}

static void pba_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
}

static const MemoryRegionOps table_ops = {
    .read = table_read,
    .write = table_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

static const MemoryRegionOps pba_ops = {
    .read = pba_read,
    .write = pba_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

/* ---- the capability ------------------------------------------------------ */

static void mask_all(PCIDevice *d)
{
    for (unsigned vector = 0; vector < d->msix_entries_nr; vector++) {
        entry(d, vector)[PCI_MSIX_ENTRY_VECTOR_CTRL] |=
            PCI_MSIX_ENTRY_CTRL_MASKBIT;
    }
}

/* Whether the guest can be told of these places. */
static bool places_are_right(MemoryRegion *table_bar, unsigned table_nr,
                             uint64_t table_offset, uint64_t table_size,
                             MemoryRegion *pba_bar, unsigned pba_nr,
                             uint64_t pba_offset, uint64_t pba_size)
{
    bool overlap =
        table_nr == pba_nr &&
        ranges_overlap(table_offset, table_size, pba_offset, pba_size);

    return !overlap &&
           table_offset + table_size <= memory_region_size(table_bar) &&
           pba_offset + pba_size <= memory_region_size(pba_bar) &&
           !((table_offset | pba_offset) & PCI_MSIX_FLAGS_BIRMASK);
}

int msix_init(PCIDevice *d, uint32_t nentries, MemoryRegion *table_bar,
              uint8_t table_bar_nr, unsigned table_offset,
              MemoryRegion *pba_bar, uint8_t pba_bar_nr, unsigned pba_offset,
              uint8_t cap_pos, Error **errp)
{
    unsigned table_size = nentries * PCI_MSIX_ENTRY_SIZE;
    unsigned pba_size = pba_bytes(nentries);
    int cap;

    if (!msi_nonbroken) {
        error_setg(errp, "MSI-X is not supported by interrupt controller");
        return -ENOTSUP;
    }
    if (nentries < 1 || nentries > PCI_MSIX_FLAGS_QSIZE + 1) {
        error_setg(errp, "The number of MSI-X vectors is invalid");
        return -EINVAL;
    }
    if (!places_are_right(table_bar, table_bar_nr, table_offset, table_size,
                          pba_bar, pba_bar_nr, pba_offset, pba_size)) {
        error_setg(errp, "table & pba overlap, or they don't fit in BARs,"
                         " or don't align");
        return -EINVAL;
    }
    cap =
        pci_add_capability(d, PCI_CAP_ID_MSIX, cap_pos, MSIX_CAP_LENGTH, errp);
    if (cap < 0) {
        return cap;
    }

    d->msix_cap = cap;
    d->cap_present |= QEMU_PCI_CAP_MSIX;
    pci_set_word(d->config + cap + PCI_MSIX_FLAGS, nentries - 1);
    pci_set_long(d->config + cap + PCI_MSIX_TABLE, table_offset | table_bar_nr);
    pci_set_long(d->config + cap + PCI_MSIX_PBA, pba_offset | pba_bar_nr);
    d->wmask[cap + CONTROL_OFFSET] |= ENABLE_MASK | MASKALL_MASK;

    d->msix_entries_nr = nentries;
    d->msix_function_masked = true;
    d->msix_table = g_malloc0(table_size);
    d->msix_pba = g_malloc0(pba_size);
    d->msix_entry_used = g_new0(unsigned, nentries);
    d->msix_prepare_message = prepare_message;
    mask_all(d);

    memory_region_init_io(&d->msix_table_mmio, OBJECT(d), &table_ops, d,
                          "msix-table", table_size);
    memory_region_add_subregion(table_bar, table_offset, &d->msix_table_mmio);
    memory_region_init_io(&d->msix_pba_mmio, OBJECT(d), &pba_ops, d, "msix-pba",
                          pba_size);
    memory_region_add_subregion(pba_bar, pba_offset, &d->msix_pba_mmio);
    return 0;
}

int msix_init_exclusive_bar(PCIDevice *d, uint32_t nentries, uint8_t bar_nr,
                            Error **errp)
{
    g_autofree char *name = NULL;
    uint32_t pba_offset, size;
    int ret;

    /* What it always was, up to 128 vectors. */
    pba_offset = MAX(nentries * PCI_MSIX_ENTRY_SIZE, 0x800);
    size = pow2ceil(MAX(pba_offset + pba_bytes(nentries), 0x1000));
    name = g_strdup_printf("%s-msix", d->name);
    memory_region_init(&d->msix_exclusive_bar, OBJECT(d), name, size);
    ret = msix_init(d, nentries, &d->msix_exclusive_bar, bar_nr, 0,
                    &d->msix_exclusive_bar, bar_nr, pba_offset, 0, errp);
    if (ret) {
        object_unparent(OBJECT(&d->msix_exclusive_bar));
        return ret;
    }
    pci_register_bar(d, bar_nr, PCI_BASE_ADDRESS_SPACE_MEMORY,
                     &d->msix_exclusive_bar);
    return 0;
}

void msix_uninit(PCIDevice *d, MemoryRegion *table_bar, MemoryRegion *pba_bar)
{
    if (!msix_present(d)) {
        return;
    }
    pci_del_capability(d, PCI_CAP_ID_MSIX, MSIX_CAP_LENGTH);
    d->msix_cap = 0;
    msix_unuse_all_vectors(d);
    d->msix_entries_nr = 0;
    memory_region_del_subregion(pba_bar, &d->msix_pba_mmio);
    memory_region_del_subregion(table_bar, &d->msix_table_mmio);
    object_unparent(OBJECT(&d->msix_pba_mmio));
    object_unparent(OBJECT(&d->msix_table_mmio));
    g_clear_pointer(&d->msix_pba, g_free);
    g_clear_pointer(&d->msix_table, g_free);
    g_clear_pointer(&d->msix_entry_used, g_free);
    d->cap_present &= ~QEMU_PCI_CAP_MSIX;
    d->msix_prepare_message = NULL;
}

void msix_uninit_exclusive_bar(PCIDevice *d)
{
    if (msix_present(d)) {
        msix_uninit(d, &d->msix_exclusive_bar, &d->msix_exclusive_bar);
        object_unparent(OBJECT(&d->msix_exclusive_bar));
    }
}

int msix_present(PCIDevice *d)
{
    return d->cap_present & QEMU_PCI_CAP_MSIX;
}

int msix_enabled(PCIDevice *d)
{
    return msix_present(d) &&
           (d->config[d->msix_cap + CONTROL_OFFSET] & ENABLE_MASK);
}

unsigned int msix_nr_vectors_allocated(const PCIDevice *d)
{
    return d->msix_entries_nr;
}

void msix_reset(PCIDevice *d)
{
    if (!msix_present(d)) {
        return;
    }
    memset(d->msix_pba, 0, pba_bytes(d->msix_entries_nr));
    d->config[d->msix_cap + CONTROL_OFFSET] &=
        ~d->wmask[d->msix_cap + CONTROL_OFFSET];
    memset(d->msix_table, 0, d->msix_entries_nr * PCI_MSIX_ENTRY_SIZE);
    mask_all(d);
    update_function_masked(d);
}

/* ---- interrupts ---------------------------------------------------------- */

void msix_vector_use(PCIDevice *d, unsigned vector)
{
    assert(vector < d->msix_entries_nr);
    d->msix_entry_used[vector]++;
}

void msix_vector_unuse(PCIDevice *d, unsigned vector)
{
    assert(vector < d->msix_entries_nr);
    if (d->msix_entry_used[vector] && !--d->msix_entry_used[vector]) {
        msix_clr_pending(d, vector);
    }
}

void msix_unuse_all_vectors(PCIDevice *d)
{
    for (unsigned vector = 0; vector < d->msix_entries_nr; vector++) {
        d->msix_entry_used[vector] = 0;
        msix_clr_pending(d, vector);
    }
}

void msix_notify(PCIDevice *d, unsigned vector)
{
    assert(vector < d->msix_entries_nr);
    if (!d->msix_entry_used[vector]) {
        return;
    }
    if (msix_is_masked(d, vector)) {
        msix_set_pending(d, vector);
        return;
    }
    msi_send_message(d, msix_get_message(d, vector));
}

/* ---- who delivers vectors by other ways ---------------------------------- */

int msix_set_vector_notifiers(PCIDevice *d, MSIVectorUseNotifier use_notifier,
                              MSIVectorReleaseNotifier release_notifier,
                              MSIVectorPollNotifier poll_notifier)
{
    unsigned vector;
    int ret = 0;

    assert(use_notifier && release_notifier);
    d->msix_vector_use_notifier = use_notifier;
    d->msix_vector_release_notifier = release_notifier;
    d->msix_vector_poll_notifier = poll_notifier;
    for (vector = 0; vector < d->msix_entries_nr; vector++) {
        if (!msix_is_masked(d, vector)) {
            ret = use_notifier(d, vector, msix_get_message(d, vector));
            if (ret < 0) {
                break;
            }
        }
    }
    if (ret < 0) {
        while (vector--) {
            if (!msix_is_masked(d, vector)) {
                release_notifier(d, vector);
            }
        }
        d->msix_vector_use_notifier = NULL;
        d->msix_vector_release_notifier = NULL;
        d->msix_vector_poll_notifier = NULL;
        return ret;
    }
    if (poll_notifier) {
        poll_notifier(d, 0, d->msix_entries_nr);
    }
    return 0;
}

void msix_unset_vector_notifiers(PCIDevice *d)
{
    assert(d->msix_vector_use_notifier && d->msix_vector_release_notifier);
    for (unsigned vector = 0; vector < d->msix_entries_nr; vector++) {
        if (!msix_is_masked(d, vector)) {
            d->msix_vector_release_notifier(d, vector);
        }
    }
    d->msix_vector_use_notifier = NULL;
    d->msix_vector_release_notifier = NULL;
    d->msix_vector_poll_notifier = NULL;
}

/* ---- migration ----------------------------------------------------------- */

void msix_save(PCIDevice *d, QEMUFile *f)
{
    unsigned n = d->msix_entries_nr;

    if (msix_present(d)) {
        qemu_put_buffer(f, d->msix_table, n * PCI_MSIX_ENTRY_SIZE);
        qemu_put_buffer(f, d->msix_pba, DIV_ROUND_UP(n, 8));
    }
}

void msix_load(PCIDevice *d, QEMUFile *f)
{
    unsigned n = d->msix_entries_nr;

    if (!msix_present(d)) {
        return;
    }
    memset(d->msix_pba, 0, pba_bytes(n));
    qemu_get_buffer(f, d->msix_table, n * PCI_MSIX_ENTRY_SIZE);
    qemu_get_buffer(f, d->msix_pba, DIV_ROUND_UP(n, 8));
    update_function_masked(d);
    for (unsigned vector = 0; vector < n; vector++) {
        mask_changed(d, vector, true);
    }
}

static int put_msix(QEMUFile *f, void *pv, size_t size,
                    const VMStateField *field, JSONWriter *vmdesc)
{
    msix_save(pv, f);
    return 0;
}

static int get_msix(QEMUFile *f, void *pv, size_t size,
                    const VMStateField *field)
{
    msix_load(pv, f);
    return 0;
}

static const VMStateInfo vmstate_info_msix = {
    .name = "msix state",
    .get = get_msix,
    .put = put_msix,
};

const VMStateDescription vmstate_msix = {
    .name = "msix",
    .fields =
        (const VMStateField[]){
            {
                .name = "msix",
                .info = &vmstate_info_msix,
                .flags = VMS_SINGLE,
            },
            VMSTATE_END_OF_LIST(),
        },
};

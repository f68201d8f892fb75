/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI (PCI Local Bus Specification 3.0, 6.8.1): up to 32 vectors that share an
 * address, and data but for its lowest bits.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "pci-internal.h"
#include "qapi/error.h"

#define MAX_VECTORS 32

bool msi_nonbroken;

/* ---- the registers ------------------------------------------------------- */

/* The capability has four layouts, by two bits of its flags. */
static unsigned cap_size(uint16_t flags)
{
    bool is_64bit = flags & PCI_MSI_FLAGS_64BIT;

    return flags & PCI_MSI_FLAGS_MASKBIT ? (is_64bit ? 0x18 : 0x14)
                                         : (is_64bit ? 0x0e : 0x0a);
}

static uint16_t get_flags(const PCIDevice *d)
{
    return pci_get_word(d->config + d->msi_cap + PCI_MSI_FLAGS);
}

static bool is_64bit(const PCIDevice *d)
{
    return get_flags(d) & PCI_MSI_FLAGS_64BIT;
}

static bool has_mask(const PCIDevice *d)
{
    return get_flags(d) & PCI_MSI_FLAGS_MASKBIT;
}

/* Where a register is in @space, which is config or one of its masks. */
static uint8_t *data_reg(const PCIDevice *d, uint8_t *space)
{
    return space + d->msi_cap +
           (is_64bit(d) ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32);
}

static uint8_t *mask_reg(const PCIDevice *d, uint8_t *space)
{
    return space + d->msi_cap +
           (is_64bit(d) ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32);
}

static uint8_t *pending_reg(const PCIDevice *d, uint8_t *space)
{
    return mask_reg(d, space) + 4;
}

/* How many vectors there are, as a power of two. */
static unsigned log2_capable(const PCIDevice *d)
{
    return (get_flags(d) & PCI_MSI_FLAGS_QMASK) >> ctz32(PCI_MSI_FLAGS_QMASK);
}

static unsigned log2_enabled(const PCIDevice *d)
{
    return (get_flags(d) & PCI_MSI_FLAGS_QSIZE) >> ctz32(PCI_MSI_FLAGS_QSIZE);
}

/* A bit for each of @n vectors. */
static uint32_t all_vectors(unsigned n)
{
    return 0xffffffffu >> (32 - n);
}

bool msi_enabled(const PCIDevice *d)
{
    return msi_present(d) && (get_flags(d) & PCI_MSI_FLAGS_ENABLE);
}

void msi_set_enabled(PCIDevice *d)
{
    pci_word_test_and_set_mask(d->config + d->msi_cap + PCI_MSI_FLAGS,
                               PCI_MSI_FLAGS_ENABLE);
}

unsigned int msi_nr_vectors_allocated(const PCIDevice *d)
{
    return 1u << log2_enabled(d);
}

/* ---- the capability ------------------------------------------------------ */

/* As long as the model does not say otherwise. */
static MSIMessage prepare_message(PCIDevice *d, unsigned int vector)
{
    unsigned n = msi_nr_vectors_allocated(d);
    const uint8_t *address = d->config + d->msi_cap + PCI_MSI_ADDRESS_LO;
    MSIMessage msg;

    assert(vector < n);
    msg.address = is_64bit(d) ? pci_get_quad(address) : pci_get_long(address);
    msg.data = pci_get_word(data_reg(d, d->config));
    if (n > 1) {
        msg.data = (msg.data & ~(n - 1)) | vector;
    }
    return msg;
}

int msi_init(PCIDevice *d, uint8_t offset, unsigned int nr_vectors,
             bool msi64bit, bool msi_per_vector_mask, Error **errp)
{
    uint16_t flags;
    int cap;

    if (!msi_nonbroken) {
        error_setg(errp, "MSI is not supported by interrupt controller");
        return -ENOTSUP;
    }
    assert(is_power_of_2(nr_vectors) && nr_vectors <= 32);
    flags = ctz32(nr_vectors) << ctz32(PCI_MSI_FLAGS_QMASK);
    flags |= msi64bit ? PCI_MSI_FLAGS_64BIT : 0;
    flags |= msi_per_vector_mask ? PCI_MSI_FLAGS_MASKBIT : 0;
    cap = pci_add_capability(d, PCI_CAP_ID_MSI, offset, cap_size(flags), errp);
    if (cap < 0) {
        return cap;
    }

    d->msi_cap = cap;
    d->cap_present |= QEMU_PCI_CAP_MSI;
    pci_set_word(d->config + cap + PCI_MSI_FLAGS, flags);
    pci_set_word(d->wmask + cap + PCI_MSI_FLAGS,
                 PCI_MSI_FLAGS_QSIZE | PCI_MSI_FLAGS_ENABLE);
    pci_set_long(d->wmask + cap + PCI_MSI_ADDRESS_LO, 0xfffffffc);
    if (msi64bit) {
        pci_set_long(d->wmask + cap + PCI_MSI_ADDRESS_HI, 0xffffffff);
    }
    pci_set_word(data_reg(d, d->wmask), 0xffff);
    if (msi_per_vector_mask) {
        pci_set_long(mask_reg(d, d->wmask), all_vectors(nr_vectors));
    }
    d->msi_prepare_message = prepare_message;
    return 0;
}

void msi_uninit(PCIDevice *d)
{
    if (!msi_present(d)) {
        return;
    }
    pci_del_capability(d, PCI_CAP_ID_MSI, cap_size(get_flags(d)));
    d->cap_present &= ~QEMU_PCI_CAP_MSI;
    d->msi_prepare_message = NULL;
}

void msi_reset(PCIDevice *d)
{
    if (!msi_present(d)) {
        return;
    }
    pci_word_test_and_clear_mask(d->config + d->msi_cap + PCI_MSI_FLAGS,
                                 PCI_MSI_FLAGS_QSIZE | PCI_MSI_FLAGS_ENABLE);
    pci_set_long(d->config + d->msi_cap + PCI_MSI_ADDRESS_LO, 0);
    if (is_64bit(d)) {
        pci_set_long(d->config + d->msi_cap + PCI_MSI_ADDRESS_HI, 0);
    }
    pci_set_word(data_reg(d, d->config), 0);
    if (has_mask(d)) {
        pci_set_long(mask_reg(d, d->config), 0);
        pci_set_long(pending_reg(d, d->config), 0);
    }
}

/* ---- messages ------------------------------------------------------------ */

MSIMessage msi_get_message(PCIDevice *d, unsigned int vector)
{
    return d->msi_prepare_message(d, vector);
}

void msi_set_message(PCIDevice *d, MSIMessage msg)
{
    uint8_t *address = d->config + d->msi_cap + PCI_MSI_ADDRESS_LO;

    if (is_64bit(d)) {
        pci_set_quad(address, msg.address);
    } else {
        pci_set_long(address, msg.address);
    }
    pci_set_word(data_reg(d, d->config), msg.data);
}

bool msi_is_masked(const PCIDevice *d, unsigned int vector)
{
    assert(vector < MAX_VECTORS);
    return has_mask(d) &&
           (pci_get_long(mask_reg(d, d->config)) & (1u << vector));
}

/* Those that wait and may go. */
static void send_pending(PCIDevice *d)
{
    unsigned n = msi_nr_vectors_allocated(d);

    for (unsigned vector = 0; vector < n; vector++) {
        if (!msi_is_masked(d, vector) &&
            pci_long_test_and_clear_mask(pending_reg(d, d->config),
                                         1u << vector)) {
            msi_notify(d, vector);
        }
    }
}

void msi_set_mask(PCIDevice *d, int vector, bool mask, Error **errp)
{
    uint32_t bit;

    if (vector < 0 || vector >= MAX_VECTORS) {
        error_setg(errp, "msi: vector not allocated. invalid vector %d",
                   vector);
        return;
    }
    if (!has_mask(d)) {
        error_setg(errp, "msi: mask bits are not supported");
        return;
    }
    bit = 1u << vector;
    if (mask) {
        pci_long_test_and_set_mask(mask_reg(d, d->config), bit);
        return;
    }
    pci_long_test_and_clear_mask(mask_reg(d, d->config), bit);
    if (vector < msi_nr_vectors_allocated(d) &&
        pci_long_test_and_clear_mask(pending_reg(d, d->config), bit)) {
        msi_notify(d, vector);
    }
}

void msi_notify(PCIDevice *d, unsigned int vector)
{
    assert(vector < msi_nr_vectors_allocated(d));
    if (msi_is_masked(d, vector)) {
        pci_long_test_and_set_mask(pending_reg(d, d->config), 1u << vector);
        return;
    }
    msi_send_message(d, msi_get_message(d, vector));
}

void msi_send_message(PCIDevice *d, MSIMessage msg)
{
    d->msi_trigger(d, msg);
}

/* ---- what the guest writes ----------------------------------------------- */

void msi_write_config(PCIDevice *d, uint32_t addr, uint32_t val, int len)
{
    uint8_t *flags = d->config + d->msi_cap + PCI_MSI_FLAGS;

    if (!msi_present(d) ||
        !ranges_overlap(addr, len, d->msi_cap, cap_size(get_flags(d))) ||
        !msi_enabled(d)) {
        return;
    }
    /* A function uses one kind of interrupts: 6.8.3.3. */
    pci_device_deassert_intx(d);
    if (log2_enabled(d) > log2_capable(d)) {
        pci_set_word_by_mask(flags, PCI_MSI_FLAGS_QSIZE, log2_capable(d));
    }
    if (has_mask(d)) {
        /* What is not enabled is not pending. */
        pci_long_test_and_clear_mask(pending_reg(d, d->config),
                                     ~all_vectors(msi_nr_vectors_allocated(d)));
        send_pending(d);
    }
}

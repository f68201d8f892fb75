/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X: up to 2048 message signalled interrupts, each with an address and data
 * of its own in a table that is in a region of the device, as are the bits of
 * those that are pending (PCI Local Bus Specification 3.0, 6.8.2).
 *
 * A device calls msix_init() or msix_init_exclusive_bar() in realize, the
 * matching uninit in exit, and msix_vector_use() for the vectors it uses; to
 * interrupt, msix_notify() if msix_enabled(). Its vmstate has a VMSTATE_MSIX().
 */
#ifndef QEMU_MSIX_H
#define QEMU_MSIX_H

#include "hw/pci/msi.h"
#include "hw/pci/pci.h"

#define MSIX_CAP_LENGTH 12

/*
 * Adds the capability at @cap_pos (0: anywhere) with @nentries vectors. Table
 * and pending bits are put into the given regions, of which the numbers of the
 * base address registers are given, too; both within their regions, apart, and
 * at multiples of 8. -ENOTSUP with @errp if the machine takes no messages,
 * -EINVAL if something is out of bounds.
 */
int msix_init(PCIDevice *dev, uint32_t nentries, MemoryRegion *table_bar,
              uint8_t table_bar_nr, unsigned table_offset,
              MemoryRegion *pba_bar, uint8_t pba_bar_nr, unsigned pba_offset,
              uint8_t cap_pos, Error **errp);
/* The same with a register @bar_nr for them alone, of at least 4 KiB. */
int msix_init_exclusive_bar(PCIDevice *dev, uint32_t nentries, uint8_t bar_nr,
                            Error **errp);
void msix_uninit(PCIDevice *dev, MemoryRegion *table_bar,
                 MemoryRegion *pba_bar);
void msix_uninit_exclusive_bar(PCIDevice *dev);

/* Whether there is one, and whether the guest has enabled it. */
int msix_present(PCIDevice *dev);
int msix_enabled(PCIDevice *dev);
/* How many vectors there are; 0 without MSI-X. */
unsigned int msix_nr_vectors_allocated(const PCIDevice *dev);

/*
 * Counted: only vectors in use are sent or become pending. The last forgets all
 * uses.
 */
void msix_vector_use(PCIDevice *dev, unsigned vector);
void msix_vector_unuse(PCIDevice *dev, unsigned vector);
void msix_unuse_all_vectors(PCIDevice *dev);

/* Sends @vector, or marks it as pending while it is masked. */
void msix_notify(PCIDevice *dev, unsigned vector);
bool msix_is_masked(PCIDevice *dev, unsigned vector);
void msix_set_pending(PCIDevice *dev, unsigned vector);
void msix_clr_pending(PCIDevice *dev, int vector);
void msix_set_mask(PCIDevice *dev, int vector, bool mask);
MSIMessage msix_get_message(PCIDevice *dev, unsigned int vector);
void msix_set_message(PCIDevice *dev, int vector, MSIMessage msg);

/*
 * For who delivers vectors by other ways: @use_notifier hears each vector that
 * is unmasked, with its message (a failure, negative, is passed on by this
 * function when it is so already), @release_notifier each that is masked again;
 * @poll_notifier (may be NULL) is to set pending bits before the guest reads
 * them.
 */
int msix_set_vector_notifiers(PCIDevice *dev,
                              MSIVectorUseNotifier use_notifier,
                              MSIVectorReleaseNotifier release_notifier,
                              MSIVectorPollNotifier poll_notifier);
void msix_unset_vector_notifiers(PCIDevice *dev);

/* The core's: after a write to the configuration space, and on reset. */
void msix_write_config(PCIDevice *dev, uint32_t address, uint32_t val, int len);
void msix_reset(PCIDevice *dev);

void msix_save(PCIDevice *dev, QEMUFile *f);
void msix_load(PCIDevice *dev, QEMUFile *f);

extern const VMStateDescription vmstate_msix;

#define VMSTATE_MSIX_TEST(_field, _state, _test) {                   \
    .name         = (stringify(_field)),                             \
    .size         = sizeof(PCIDevice),                               \
    .vmsd         = &vmstate_msix,                                   \
    .flags        = VMS_STRUCT,                                      \
    .offset       = vmstate_offset_value(_state, _field, PCIDevice), \
    .field_exists = (_test)                                          \
}

#define VMSTATE_MSIX(_f, _s) VMSTATE_MSIX_TEST(_f, _s, NULL)

#endif

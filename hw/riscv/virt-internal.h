/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the board "virt" have in common. */
#ifndef HW_RISCV_VIRT_INTERNAL_H
#define HW_RISCV_VIRT_INTERNAL_H

#include "hw/riscv/virt.h"

#define VIRT_FLASH_SECTOR_SIZE (256 * 1024)

/* ---- virt-layout.c ------------------------------------------------------- */

extern const MemMapEntry virt_memmap[];

/*
 * Lays out the machine: sets s->memmap, and what depends on its options. Fails
 * if something does not fit.
 */
bool virt_layout(RISCVVirtState *s, Error **errp);

/* The first address of what socket @socket has of @place. */
hwaddr virt_socket_addr(const RISCVVirtState *s, int place, int socket);

/* ---- virt-irq.c ---------------------------------------------------------- */

/* Who gets the interrupts of a device: these spread over the sockets. */
typedef enum VirtIrqUser {
    VIRT_IRQ_BOARD,
    VIRT_IRQ_VIRTIO,
    VIRT_IRQ_PCI,
} VirtIrqUser;

/* Which socket's interrupt controller @user is connected to. */
int virt_irq_socket(const RISCVVirtState *s, VirtIrqUser user);
qemu_irq virt_irq(const RISCVVirtState *s, VirtIrqUser user, int source);

/* Makes the timers and interrupt controllers of a socket that has its harts. */
void virt_create_socket_irqs(RISCVVirtState *s, int socket);

/* ---- virt-flash.c -------------------------------------------------------- */

/* In two steps: with the machine, and when its options are known. */
void virt_flash_create(RISCVVirtState *s);
void virt_flash_map(RISCVVirtState *s);
/* Whether the user has given the first one its content. */
bool virt_flash_has_drive(const RISCVVirtState *s);

/* ---- virt-memdev.c ------------------------------------------------------- */

#define VIRT_DEVICE_MEMORY_ALIGN (1ULL << 30)

/* Whether the device is a memory device that the machine plugs. */
bool virt_is_memory_device(const DeviceState *dev);
/* The methods of the machine's hotplug handler for one. */
void virt_memdev_pre_plug(RISCVVirtState *s, DeviceState *dev, Error **errp);
void virt_memdev_plug(RISCVVirtState *s, DeviceState *dev, Error **errp);
void virt_memdev_unplug_request(RISCVVirtState *s, DeviceState *dev,
                                Error **errp);
void virt_memdev_unplug(RISCVVirtState *s, DeviceState *dev, Error **errp);
/* Adds the nodes of DIMMs. */
void virt_memdev_add_to_fdt(RISCVVirtState *s);
/* How large the window is; 0: there is none. Settles maxram_size. */
uint64_t virt_memdev_window_size(RISCVVirtState *s);
void virt_memdev_class_init(ObjectClass *oc);

/* ---- virt-pci.c ---------------------------------------------------------- */

void virt_create_pci(RISCVVirtState *s);

/* ---- virt-fdt.c ---------------------------------------------------------- */

/* Makes MACHINE(s)->fdt with what is known before there are devices. */
void virt_fdt_create(RISCVVirtState *s);
/* Adds the devices, when all are there. */
void virt_fdt_finish(RISCVVirtState *s);

/* Whether the eight virtio-mmio transports are there. */
bool virt_have_virtio_mmio(void);

#endif

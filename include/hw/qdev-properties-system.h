/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kinds of properties that need more than the device core: host backends
 * (character devices, drives, network), addresses, and enumerations of the
 * interface schema. See hw/qdev-properties.h. The kinds whose backends do not
 * exist yet are added with them.
 */
#ifndef HW_QDEV_PROPERTIES_SYSTEM_H
#define HW_QDEV_PROPERTIES_SYSTEM_H

#include "chardev/char-fe.h"
#include "hw/qdev-properties.h"
#include "qemu/uuid.h"

extern const PropertyInfo qdev_prop_chr;
extern const PropertyInfo qdev_prop_drive;
extern const PropertyInfo qdev_prop_drive_iothread;
extern const PropertyInfo qdev_prop_blockdev_on_error;
extern const PropertyInfo qdev_prop_macaddr;
extern const PropertyInfo qdev_prop_losttickpolicy;
extern const PropertyInfo qdev_prop_blocksize;
extern const PropertyInfo qdev_prop_pci_devfn;
extern const PropertyInfo qdev_prop_pcie_link_speed;
extern const PropertyInfo qdev_prop_pcie_link_width;
extern const PropertyInfo qdev_prop_uuid;
extern const PropertyInfo qdev_prop_endian_mode;

/* A character device by name; the field is the device's end of it. */
#define DEFINE_PROP_CHR(_n, _s, _f) \
    DEFINE_PROP(_n, _s, _f, qdev_prop_chr, CharBackend)
/*
 * A block backend, or else a block node, by name; the field is a BlockBackend *,
 * NULL without one, of which the device has a reference. The second kind is for
 * devices whose requests come from a thread of their own.
 */
#define DEFINE_PROP_DRIVE(_n, _s, _f) \
    DEFINE_PROP(_n, _s, _f, qdev_prop_drive, BlockBackend *)
#define DEFINE_PROP_DRIVE_IOTHREAD(_n, _s, _f) \
    DEFINE_PROP(_n, _s, _f, qdev_prop_drive_iothread, BlockBackend *)
#define DEFINE_PROP_BLOCKDEV_ON_ERROR(_n, _s, _f, _d)                     \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_blockdev_on_error,       \
                       BlockdevOnError)
/* "52:54:00:12:34:56" */
#define DEFINE_PROP_MACADDR(_n, _s, _f) \
    DEFINE_PROP(_n, _s, _f, qdev_prop_macaddr, MACAddr)
#define DEFINE_PROP_LOSTTICKPOLICY(_n, _s, _f, _d)                        \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_losttickpolicy,          \
                       LostTickPolicy)
/* A power of two from 512 to 2 MiB, or 0 for the default */
#define DEFINE_PROP_BLOCKSIZE(_n, _s, _f) \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, 0, qdev_prop_blocksize, uint32_t)
/* "SLOT.FUNCTION" in hexadecimal, or the number 8 * slot + function; -1: any */
#define DEFINE_PROP_PCI_DEVFN(_n, _s, _f, _d) \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_pci_devfn, int32_t)
/* Speed and width of a link: a PCIELinkSpeed, a PCIELinkWidth as default */
#define DEFINE_PROP_PCIE_LINK_SPEED(_n, _s, _f, _d)                   \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_pcie_link_speed,     \
                       PCIExpLinkSpeed)
#define DEFINE_PROP_PCIE_LINK_WIDTH(_n, _s, _f, _d)                   \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_pcie_link_width,     \
                       PCIExpLinkWidth)
/* A UUID or "auto", which is a random one and the default of the first form */
#define DEFINE_PROP_UUID(_name, _state, _field)                           \
    DEFINE_PROP(_name, _state, _field, qdev_prop_uuid, QemuUUID,          \
                .set_default = true)
#define DEFINE_PROP_UUID_NODEFAULT(_name, _state, _field) \
    DEFINE_PROP(_name, _state, _field, qdev_prop_uuid, QemuUUID)
#define DEFINE_PROP_ENDIAN(_name, _state, _field, _default)               \
    DEFINE_PROP_UNSIGNED(_name, _state, _field, _default,                 \
                         qdev_prop_endian_mode, EndianMode)
#define DEFINE_PROP_ENDIAN_NODEFAULT(_name, _state, _field) \
    DEFINE_PROP_ENDIAN(_name, _state, _field, ENDIAN_MODE_UNSPECIFIED)

#endif

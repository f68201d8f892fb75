/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of virtio structures: little-endian for modern devices, the guest's
 * byte order for legacy ones. Read them with hw/virtio/virtio-access.h.
 */
#ifndef _LINUX_VIRTIO_TYPES_H
#define _LINUX_VIRTIO_TYPES_H

#include "standard-headers/linux/types.h"

typedef uint16_t  __virtio16;
typedef uint32_t  __virtio32;
typedef uint64_t  __virtio64;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers in the byte order of a virtio device: little-endian for modern
 * drivers, the guest's for legacy ones. By address in the device's memory, by
 * pointer, through a MemoryRegionCache, and as values to be swapped.
 *
 * One binary holds all targets, so the order is the device's, not the
 * compiler's: virtio_is_big_endian(), once a driver has been seen.
 */
#ifndef QEMU_VIRTIO_ACCESS_H
#define QEMU_VIRTIO_ACCESS_H

#include "exec/hwaddr.h"
#include "hw/virtio/virtio.h"
#include "hw/virtio/virtio-bus.h"

static inline bool virtio_access_is_big_endian(VirtIODevice *vdev)
{
    return !virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1) &&
           vdev->device_endian == VIRTIO_DEVICE_ENDIAN_BIG;
}

/* Loads from and stores to guest memory. */
#define VIRTIO_PHYS_LOAD(name, type, insn)                               \
    static inline type virtio_##name##_phys(VirtIODevice *vdev, hwaddr pa) \
    {                                                                    \
        return virtio_access_is_big_endian(vdev)                         \
                   ? insn##_be_phys(vdev->dma_as, pa)                    \
                   : insn##_le_phys(vdev->dma_as, pa);                   \
    }                                                                    \
    static inline type virtio_##name##_phys_cached(                      \
        VirtIODevice *vdev, MemoryRegionCache *cache, hwaddr pa)         \
    {                                                                    \
        return virtio_access_is_big_endian(vdev)                         \
                   ? insn##_be_phys_cached(cache, pa)                    \
                   : insn##_le_phys_cached(cache, pa);                   \
    }
VIRTIO_PHYS_LOAD(lduw, uint16_t, lduw)
VIRTIO_PHYS_LOAD(ldl, uint32_t, ldl)
VIRTIO_PHYS_LOAD(ldq, uint64_t, ldq)
#undef VIRTIO_PHYS_LOAD

#define VIRTIO_PHYS_STORE(name, type)                                    \
    static inline void virtio_##name##_phys(VirtIODevice *vdev,          \
                                            hwaddr pa, type value)       \
    {                                                                    \
        if (virtio_access_is_big_endian(vdev)) {                         \
            name##_be_phys(vdev->dma_as, pa, value);                     \
        } else {                                                         \
            name##_le_phys(vdev->dma_as, pa, value);                     \
        }                                                                \
    }                                                                    \
    static inline void virtio_##name##_phys_cached(                      \
        VirtIODevice *vdev, MemoryRegionCache *cache, hwaddr pa,         \
        type value)                                                      \
    {                                                                    \
        if (virtio_access_is_big_endian(vdev)) {                         \
            name##_be_phys_cached(cache, pa, value);                     \
        } else {                                                         \
            name##_le_phys_cached(cache, pa, value);                     \
        }                                                                \
    }
VIRTIO_PHYS_STORE(stw, uint16_t)
VIRTIO_PHYS_STORE(stl, uint32_t)
#undef VIRTIO_PHYS_STORE

/* Loads and stores by pointer, aligned or not. */
#define VIRTIO_POINTER(size, load, type, ret)                            \
    static inline void virtio_st##size##_p(VirtIODevice *vdev, void *ptr, \
                                           type v)                       \
    {                                                                    \
        if (virtio_access_is_big_endian(vdev)) {                         \
            st##size##_be_p(ptr, v);                                     \
        } else {                                                         \
            st##size##_le_p(ptr, v);                                     \
        }                                                                \
    }                                                                    \
    static inline ret virtio_##load##_p(VirtIODevice *vdev,              \
                                        const void *ptr)                 \
    {                                                                    \
        return virtio_access_is_big_endian(vdev) ? load##_be_p(ptr)      \
                                                 : load##_le_p(ptr);     \
    }
VIRTIO_POINTER(w, lduw, uint16_t, int)
VIRTIO_POINTER(l, ldl, uint32_t, int)
VIRTIO_POINTER(q, ldq, uint64_t, uint64_t)
#undef VIRTIO_POINTER

/* Between the host's order and the device's; in place. */
#define VIRTIO_SWAP(bits)                                                \
    static inline uint##bits##_t virtio_tswap##bits(VirtIODevice *vdev,  \
                                                    uint##bits##_t s)    \
    {                                                                    \
        return virtio_access_is_big_endian(vdev) == HOST_BIG_ENDIAN      \
                   ? s                                                   \
                   : bswap##bits(s);                                     \
    }                                                                    \
    static inline void virtio_tswap##bits##s(VirtIODevice *vdev,         \
                                             uint##bits##_t *s)          \
    {                                                                    \
        *s = virtio_tswap##bits(vdev, *s);                               \
    }
VIRTIO_SWAP(16)
VIRTIO_SWAP(32)
VIRTIO_SWAP(64)
#undef VIRTIO_SWAP

#endif

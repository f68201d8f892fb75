/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory devices: what gives the guest memory that the machine did not have at
 * its start (pc-dimm, nvdimm, virtio-pmem, virtio-mem).
 *
 * A machine sets aside a window of guest physical addresses for them,
 * machine_memory_devices_init() of hw/boards.h. A device implements the
 * interface below; the machine's hotplug handler calls
 * memory_device_pre_plug(), which finds an address and may refuse, then
 * memory_device_plug(), which maps the device's region, and in the end
 * memory_device_unplug(). Memory slots of the accelerator and of vhost are
 * counted on the way: a device that can split its region in several asks for
 * as many as it may have.
 *
 * Everything here needs the big lock.
 */
#ifndef MEMORY_DEVICE_H
#define MEMORY_DEVICE_H

#include "exec/hwaddr.h"
#include "hw/qdev-core.h"
#include "qapi/qapi-types-machine.h"
#include "qemu/notify.h"
#include "qom/object.h"

#define TYPE_MEMORY_DEVICE "memory-device"

typedef struct MemoryDeviceClass MemoryDeviceClass;
DECLARE_CLASS_CHECKERS(MemoryDeviceClass, MEMORY_DEVICE, TYPE_MEMORY_DEVICE)
#define MEMORY_DEVICE(obj) \
    INTERFACE_CHECK(MemoryDeviceState, (obj), TYPE_MEMORY_DEVICE)

typedef struct MemoryDeviceState MemoryDeviceState;

/*
 * A device has one region: RAM, or a container whose subregions are RAM or
 * aliases of it, which may come and go as long as there are no more of them
 * than get_memslots() says. A device without a region (an "empty" one) can be
 * plugged; it has no address and takes no room.
 */
struct MemoryDeviceClass {
    /* private */
    InterfaceClass parent_class;

    /* The address; 0: none was asked for, and none assigned yet. */
    uint64_t (*get_addr)(const MemoryDeviceState *md);
    /* Tells the device its address, before it is realized. */
    void (*set_addr)(MemoryDeviceState *md, uint64_t addr, Error **errp);
    /* How many bytes the guest can use now. */
    uint64_t (*get_plugged_size)(const MemoryDeviceState *md, Error **errp);
    /* The region; NULL without an error: the device is empty. */
    MemoryRegion *(*get_memory_region)(MemoryDeviceState *md, Error **errp);
    /*
     * Optional. Called once, before get_memslots(): the device says how many
     * memory slots it takes, at most @limit.
     */
    void (*decide_memslots)(MemoryDeviceState *md, unsigned int limit);
    /* Optional; without it, one. */
    unsigned int (*get_memslots)(MemoryDeviceState *md);
    /* Optional: an alignment beyond that of the region, a power of two. */
    uint64_t (*get_min_alignment)(const MemoryDeviceState *md);
    /* For query-memory-devices. */
    void (*fill_device_info)(const MemoryDeviceState *md,
                             MemoryDeviceInfo *info);

    /* Ours, optional: sets @errp while the device cannot be unplugged. */
    void (*unplug_request_check)(MemoryDeviceState *md, Error **errp);
};

/*
 * With 509 memory slots in all, half of them for memory devices leave enough
 * for boot memory and PCI. With fewer, nobody gets more than one.
 */
#define MEMORY_DEVICES_SOFT_MEMSLOT_LIMIT 256
#define MEMORY_DEVICES_SAFE_MAX_MEMSLOTS  509

/* All realized memory devices by address; the caller frees the list. */
MemoryDeviceInfoList *qmp_memory_device_list(void);
/* How many bytes they give to the guest, together. */
uint64_t get_plugged_memory_size(void);

/* Slots that memory devices were promised and do not use yet. */
unsigned int memory_devices_get_reserved_memslots(void);
/* Whether some device decided on several slots (then limits must not drop). */
bool memory_devices_memslot_auto_decision_active(void);

/*
 * Finds an address for @md, or checks the one it has, and tells it. Fails
 * without a window, for a region of an odd size, without room, memory or slots.
 */
void memory_device_pre_plug(MemoryDeviceState *md, MachineState *ms,
                            Error **errp);
/* Maps the region where pre_plug said. Cannot fail. */
void memory_device_plug(MemoryDeviceState *md, MachineState *ms);
void memory_device_unplug(MemoryDeviceState *md, MachineState *ms);

/* Size of the region in bytes; 0 for an empty device. */
uint64_t memory_device_get_region_size(const MemoryDeviceState *md,
                                       Error **errp);

/* ---- ours ---------------------------------------------------------------- */

/*
 * Whether @dev is a memory device and no part of another one: what a machine's
 * hotplug handler has to plug.
 */
bool memory_device_is_whole(const DeviceState *dev);

/*
 * memory_device_plug() that may fail: an accelerator or a vhost device cannot
 * take the memory. Then nothing has changed.
 */
bool memory_device_try_plug(MemoryDeviceState *md, MachineState *ms,
                            Error **errp);

/*
 * For that handler, and devices on a bus (virtio-mem on PCI or on virtio-mmio):
 * the functions above, and the handler of the bus, if it has one. plug undoes
 * what it did on failure.
 */
void memory_device_bus_pre_plug(DeviceState *dev, MachineState *ms,
                                Error **errp);
void memory_device_bus_plug(DeviceState *dev, MachineState *ms, Error **errp);
void memory_device_bus_unplug_request(DeviceState *dev, MachineState *ms,
                                      Error **errp);
void memory_device_bus_unplug(DeviceState *dev, MachineState *ms, Error **errp);

/*
 * A second window, behind that of the memory devices and of 64-bit MMIO, for
 * devices whose memory is reached through a driver and not counted as RAM
 * (virtio-pmem): it is used where the first has no room, or is not there. Not
 * limited by maxmem.
 */
void machine_memory_devices_set_fallback(MachineState *ms, hwaddr base,
                                         uint64_t size);

/* For a board: the device is of a kind that may go into the second window. */
#define TYPE_MEMORY_DEVICE_ANYWHERE "memory-device-anywhere"

/*
 * Keeps @size bytes at the bottom of the window for DIMMs, rounded up to 128
 * MiB; other devices go above, unless they ask for an address.
 */
#define MEMORY_DEVICE_DIMM_ALIGN (128 * 1024 * 1024ULL)
void machine_memory_devices_reserve_dimms(MachineState *ms, uint64_t size);

/*
 * A device that an incoming migration has put where the guest knows it. The
 * notifiers get a MemoryDeviceMove, under the big lock, before the guest runs.
 */
typedef struct MemoryDeviceMove {
    MemoryDeviceState *md;
    uint64_t old_addr, new_addr;
} MemoryDeviceMove;

void memory_devices_add_move_notifier(Notifier *notifier);

/* Who has a limited number of memory slots: an accelerator, vhost. */
typedef struct MemslotUser {
    const char *complaint; /* the error when there are not enough */
    unsigned int (*get_max)(void);
    unsigned int (*get_free)(void);
    QLIST_ENTRY(MemslotUser) next;
} MemslotUser;

void memslot_user_add(MemslotUser *user);
void memslot_user_remove(MemslotUser *user);

#endif

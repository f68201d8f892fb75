/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI: buses, and what a device model and a host bridge call.
 *
 * A host bridge makes a root bus with pci_register_root_bus() and shows its
 * configuration space to the CPU (hw/pci/pci_host.h, pcie_host.h). A device
 * (hw/pci/pci_device.h) sits on a bus at its number devfn = 8 * slot + function
 * and has a configuration space of bytes. What the guest may change there is
 * said by masks; the core itself looks after the command register, base address
 * registers, which move memory regions given to pci_register_bar(), and
 * interrupts. Those are four lines INTA to INTD, which a bus maps to the inputs
 * of an interrupt controller (pci_set_irq()), or messages (hw/pci/msi.h,
 * msix.h).
 *
 * Everything here needs the big lock, but for the accessors of bytes. Numbers
 * in configuration space are little-endian.
 */
#ifndef QEMU_PCI_H
#define QEMU_PCI_H

#include "exec/ioport.h"
#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "migration/qemu-file-types.h"
#include "qemu/bswap.h"
#include "qemu/host-utils.h"
#include "qemu/range.h"
#include "system/dma.h"

/* That there is PCI at all; hw/pci defines it. */
extern bool pci_available;

/* ---- addresses of functions ---------------------------------------------- */

#define PCI_DEVFN(slot, func)     ((((slot) & 0x1f) << 3) | ((func) & 0x07))
#define PCI_BUS_NUM(x)            (((x) >> 8) & 0xff)
#define PCI_SLOT(devfn)           (((devfn) >> 3) & 0x1f)
#define PCI_FUNC(devfn)           ((devfn) & 0x07)
#define PCI_BUILD_BDF(bus, devfn) (((bus) << 8) | (devfn))
#define PCI_BDF_TO_DEVFN(x)       ((x) & 0xff)
#define PCI_BUS_MAX               256
#define PCI_DEVFN_MAX             256
#define PCI_SLOT_MAX              32
#define PCI_FUNC_MAX              8

#define PCI_SBDF(seg, bus, dev, func) \
    ((((uint32_t)(seg)) << 16) | (PCI_BUILD_BDF(bus, PCI_DEVFN(dev, func))))

#include "hw/pci/pci_ids.h"

/* Numbers that only emulated devices have. */

/* IBM (0x1014) */
#define PCI_DEVICE_ID_IBM_440GX           0x027f
#define PCI_DEVICE_ID_IBM_OPENPIC2        0xffff

/* Hitachi (0x1054) */
#define PCI_VENDOR_ID_HITACHI             0x1054
#define PCI_DEVICE_ID_HITACHI_SH7751R     0x350e

/* Apple (0x106b) */
#define PCI_DEVICE_ID_APPLE_343S1201      0x0010
#define PCI_DEVICE_ID_APPLE_UNI_N_I_PCI   0x001e
#define PCI_DEVICE_ID_APPLE_UNI_N_PCI     0x001f
#define PCI_DEVICE_ID_APPLE_UNI_N_KEYL    0x0022
#define PCI_DEVICE_ID_APPLE_IPID_USB      0x003f

/* Realtek (0x10ec) */
#define PCI_DEVICE_ID_REALTEK_8029        0x8029

/* Xilinx (0x10ee) */
#define PCI_DEVICE_ID_XILINX_XC2VP30      0x0300

/* Marvell (0x11ab) */
#define PCI_DEVICE_ID_MARVELL_GT6412X     0x4620

/* QEMU/Bochs VGA (0x1234) */
#define PCI_VENDOR_ID_QEMU                0x1234
#define PCI_DEVICE_ID_QEMU_VGA            0x1111
#define PCI_DEVICE_ID_QEMU_IPMI           0x1112

/* VMWare (0x15ad) */
#define PCI_VENDOR_ID_VMWARE              0x15ad
#define PCI_DEVICE_ID_VMWARE_SVGA2        0x0405
#define PCI_DEVICE_ID_VMWARE_SVGA         0x0710
#define PCI_DEVICE_ID_VMWARE_NET          0x0720
#define PCI_DEVICE_ID_VMWARE_SCSI         0x0730
#define PCI_DEVICE_ID_VMWARE_PVSCSI       0x07C0
#define PCI_DEVICE_ID_VMWARE_IDE          0x1729
#define PCI_DEVICE_ID_VMWARE_VMXNET3      0x07B0

/* Intel (0x8086) */
#define PCI_DEVICE_ID_INTEL_82551IT       0x1209
#define PCI_DEVICE_ID_INTEL_82557         0x1229
#define PCI_DEVICE_ID_INTEL_82801IR       0x2922

#define PCI_VENDOR_ID_REDHAT_QUMRANET     0x1af4
#define PCI_SUBVENDOR_ID_REDHAT_QUMRANET  0x1af4
#define PCI_SUBDEVICE_ID_QEMU             0x1100

#define PCI_DEVICE_ID_VIRTIO_NET          0x1000
#define PCI_DEVICE_ID_VIRTIO_BLOCK        0x1001
#define PCI_DEVICE_ID_VIRTIO_BALLOON      0x1002
#define PCI_DEVICE_ID_VIRTIO_CONSOLE      0x1003
#define PCI_DEVICE_ID_VIRTIO_SCSI         0x1004
#define PCI_DEVICE_ID_VIRTIO_RNG          0x1005
#define PCI_DEVICE_ID_VIRTIO_9P           0x1009
#define PCI_DEVICE_ID_VIRTIO_VSOCK        0x1012

#define PCI_DEVICE_ID_VIRTIO_10_BASE      0x1040

#define PCI_VENDOR_ID_REDHAT              0x1b36
#define PCI_DEVICE_ID_REDHAT_BRIDGE       0x0001
#define PCI_DEVICE_ID_REDHAT_SERIAL       0x0002
#define PCI_DEVICE_ID_REDHAT_SERIAL2      0x0003
#define PCI_DEVICE_ID_REDHAT_SERIAL4      0x0004
#define PCI_DEVICE_ID_REDHAT_TEST         0x0005
#define PCI_DEVICE_ID_REDHAT_ROCKER       0x0006
#define PCI_DEVICE_ID_REDHAT_SDHCI        0x0007
#define PCI_DEVICE_ID_REDHAT_PCIE_HOST    0x0008
#define PCI_DEVICE_ID_REDHAT_PXB          0x0009
#define PCI_DEVICE_ID_REDHAT_BRIDGE_SEAT  0x000a
#define PCI_DEVICE_ID_REDHAT_PXB_PCIE     0x000b
#define PCI_DEVICE_ID_REDHAT_PCIE_RP      0x000c
#define PCI_DEVICE_ID_REDHAT_XHCI         0x000d
#define PCI_DEVICE_ID_REDHAT_PCIE_BRIDGE  0x000e
#define PCI_DEVICE_ID_REDHAT_MDPY         0x000f
#define PCI_DEVICE_ID_REDHAT_NVME         0x0010
#define PCI_DEVICE_ID_REDHAT_PVPANIC      0x0011
#define PCI_DEVICE_ID_REDHAT_ACPI_ERST    0x0012
#define PCI_DEVICE_ID_REDHAT_UFS          0x0013
#define PCI_DEVICE_ID_REDHAT_RISCV_IOMMU  0x0014
#define PCI_DEVICE_ID_REDHAT_QXL          0x0100


/* ---- types --------------------------------------------------------------- */

#define FMT_PCIBUS PRIx64
typedef uint64_t pcibus_t; /* an address on a bus */

struct PCIHostDeviceAddress {
    unsigned int domain;
    unsigned int bus;
    unsigned int slot;
    unsigned int function;
};

/* Methods of a device for its configuration space; @len is 1, 2 or 4. */
typedef void PCIConfigWriteFunc(PCIDevice *pci_dev, uint32_t address,
                                uint32_t data, int len);
typedef uint32_t PCIConfigReadFunc(PCIDevice *pci_dev, uint32_t address,
                                   int len);
typedef void PCIMapIORegionFunc(PCIDevice *pci_dev, int region_num,
                                pcibus_t addr, pcibus_t size, int type);
typedef void PCIUnregisterFunc(PCIDevice *pci_dev);

/* How a device's messages are sent, and found out, when it is not by memory. */
typedef void MSITriggerFunc(PCIDevice *dev, MSIMessage msg);
typedef MSIMessage MSIPrepareMessageFunc(PCIDevice *dev, unsigned vector);
typedef MSIMessage MSIxPrepareMessageFunc(PCIDevice *dev, unsigned vector);

/* One base address register with its region. */
typedef struct PCIIORegion {
    pcibus_t addr; /* where it is now, or: */
#define PCI_BAR_UNMAPPED (~(pcibus_t)0)
    pcibus_t size; /* a power of two; 0: there is none */
    uint8_t type;  /* the register's low bits */
    MemoryRegion *memory;
    MemoryRegion *address_space; /* the bus's memory or ports */
} PCIIORegion;

#define PCI_ROM_SLOT    6
#define PCI_NUM_REGIONS 7

/* The places that a VGA has whatever its base address registers say. */
enum {
    QEMU_PCI_VGA_MEM,
    QEMU_PCI_VGA_IO_LO,
    QEMU_PCI_VGA_IO_HI,
    QEMU_PCI_VGA_NUM_REGIONS,
};

#define QEMU_PCI_VGA_MEM_BASE   0xa0000
#define QEMU_PCI_VGA_MEM_SIZE   0x20000
#define QEMU_PCI_VGA_IO_LO_BASE 0x3b0
#define QEMU_PCI_VGA_IO_LO_SIZE 0xc
#define QEMU_PCI_VGA_IO_HI_BASE 0x3c0
#define QEMU_PCI_VGA_IO_HI_SIZE 0x20

#include "hw/pci/pci_regs.h"

#define PCI_HEADER_TYPE_MULTI_FUNCTION 0x80
/* Bytes of the header, of a configuration space, and of a PCI Express one. */
#define PCI_CONFIG_HEADER_SIZE 0x40
#define PCI_CONFIG_SPACE_SIZE  0x100
#define PCIE_CONFIG_SPACE_SIZE 0x1000

#define PCI_NUM_PINS 4 /* A to D */

/* Bits of PCIDevice.cap_present: what there is, and what properties set. */
#define QEMU_PCI_CAP_MULTIFUNCTION_BITNR 3
#define QEMU_PCI_CAP_SERR_BITNR          4
#define QEMU_PCI_SHPC_BITNR              5
#define QEMU_PCI_SLOTID_BITNR            6
#define QEMU_PCIE_SLTCAP_PCP_BITNR       7
#define QEMU_PCIE_LNKSTA_DLLLA_BITNR     8
#define QEMU_PCIE_EXTCAP_INIT_BITNR      9
#define QEMU_PCIE_CXL_BITNR              10
#define QEMU_PCIE_ERR_UNC_MASK_BITNR     11
#define QEMU_PCIE_ARI_NEXTFN_1_BITNR     12
#define QEMU_PCIE_EXT_TAG_BITNR          13
#define QEMU_PCI_CAP_PM_BITNR            14
enum {
    QEMU_PCI_CAP_MSI = 0x1,
    QEMU_PCI_CAP_MSIX = 0x2,
    QEMU_PCI_CAP_EXPRESS = 0x4,
    /* A function of a device that has more than one */
    QEMU_PCI_CAP_MULTIFUNCTION = 1 << QEMU_PCI_CAP_MULTIFUNCTION_BITNR,
    QEMU_PCI_CAP_SERR = 1 << QEMU_PCI_CAP_SERR_BITNR, /* has no effect */
    QEMU_PCI_CAP_SHPC = 1 << QEMU_PCI_SHPC_BITNR,
    QEMU_PCI_CAP_SLOTID = 1 << QEMU_PCI_SLOTID_BITNR,
    QEMU_PCIE_SLTCAP_PCP = 1 << QEMU_PCIE_SLTCAP_PCP_BITNR,
    /* An endpoint's link is always active */
    QEMU_PCIE_LNKSTA_DLLLA = 1 << QEMU_PCIE_LNKSTA_DLLLA_BITNR,
    /* Extended capabilities begin with a null one */
    QEMU_PCIE_EXTCAP_INIT = 1 << QEMU_PCIE_EXTCAP_INIT_BITNR,
    QEMU_PCIE_CAP_CXL = 1 << QEMU_PCIE_CXL_BITNR,
    QEMU_PCIE_ERR_UNC_MASK = 1 << QEMU_PCIE_ERR_UNC_MASK_BITNR,
    /* The next function after 0 is said to be 1 */
    QEMU_PCIE_ARI_NEXTFN_1 = 1 << QEMU_PCIE_ARI_NEXTFN_1_BITNR,
    /* Tags have eight bits */
    QEMU_PCIE_EXT_TAG = 1 << QEMU_PCIE_EXT_TAG_BITNR,
    QEMU_PCI_CAP_PM = 1 << QEMU_PCI_CAP_PM_BITNR,
};

/* Where a device's line ends: an input of the interrupt controller. */
typedef struct PCIINTxRoute {
    enum {
        PCI_INTX_ENABLED,
        PCI_INTX_INVERTED,
        PCI_INTX_DISABLED,
    } mode;
    int irq;
} PCIINTxRoute;

typedef void (*PCIINTxRoutingNotifier)(PCIDevice *dev);
/* What users of vectors hear: see msix_set_vector_notifiers(). */
typedef int (*MSIVectorUseNotifier)(PCIDevice *dev, unsigned int vector,
                                    MSIMessage msg);
typedef void (*MSIVectorReleaseNotifier)(PCIDevice *dev, unsigned int vector);
typedef void (*MSIVectorPollNotifier)(PCIDevice *dev,
                                      unsigned int vector_start,
                                      unsigned int vector_end);

#define TYPE_PCI_BUS "PCI"
OBJECT_DECLARE_TYPE(PCIBus, PCIBusClass, PCI_BUS)
#define TYPE_PCIE_BUS "PCIE"

/* ---- devices: base address registers ------------------------------------- */

/*
 * In realize: register @region_num (0 to 5, or PCI_ROM_SLOT) shows @memory,
 * which stays the device's and whose size is a power of two. @attr is the low
 * bits of the register (PCI_BASE_ADDRESS_...); a 64-bit one takes two numbers.
 */
void pci_register_bar(PCIDevice *pci_dev, int region_num, uint8_t attr,
                      MemoryRegion *memory);
/*
 * In realize: the three regions of a VGA, at their places while the command
 * register has memory and ports enabled. They stay the device's, which calls
 * the second one in exit.
 */
void pci_register_vga(PCIDevice *pci_dev, MemoryRegion *mem,
                      MemoryRegion *io_lo, MemoryRegion *io_hi);
void pci_unregister_vga(PCIDevice *pci_dev);
/* Where it is mapped on the bus, or PCI_BAR_UNMAPPED. */
pcibus_t pci_get_bar_addr(PCIDevice *pci_dev, int region_num);
/* The place of register @reg in the configuration space. */
int pci_bar(PCIDevice *d, int reg);
/* Where the registers say that a region of @size and @type would be. */
pcibus_t pci_bar_address(PCIDevice *d, int reg, uint8_t type, pcibus_t size);

/* ---- devices: configuration space ---------------------------------------- */

/*
 * In realize: adds a capability of @size bytes at @offset, or where there is
 * room when that is 0. It begins as zeros that the guest cannot write. Returns
 * the place; -EINVAL with @errp if it overlaps another one. No room at all is
 * -ENOSPC with @errp.
 */
int pci_add_capability(PCIDevice *pdev, uint8_t cap_id, uint8_t offset,
                       uint8_t size, Error **errp);
void pci_del_capability(PCIDevice *pci_dev, uint8_t cap_id, uint8_t cap_size);
/* Where capability @cap_id is; 0: there is none. */
uint8_t pci_find_capability(PCIDevice *pci_dev, uint8_t cap_id);

/*
 * What config_read and config_write of a device call for the accesses that
 * they do not treat themselves. @address + @len is within the space.
 */
uint32_t pci_default_read_config(PCIDevice *d, uint32_t address, int len);
void pci_default_write_config(PCIDevice *d, uint32_t address, uint32_t val,
                              int len);

/* For devices without a vmstate: VMSTATE_PCI_DEVICE() alone. */
void pci_device_save(PCIDevice *s, QEMUFile *f);
int pci_device_load(PCIDevice *s, QEMUFile *f);

/* The memory and the ports of the bus that @dev is on. */
MemoryRegion *pci_address_space(PCIDevice *dev);
MemoryRegion *pci_address_space_io(PCIDevice *dev);

/*
 * In realize: adds the power management capability (at @offset, or anywhere
 * with 0). In a state other than D0 no region is mapped. Returns as
 * pci_add_capability().
 */
int pci_pm_init(PCIDevice *pci_dev, uint8_t offset, Error **errp);

/*
 * A device that is not enabled, or has no power, answers nothing and masters
 * no bus. The second one is for hotplug controllers.
 */
void pci_set_enabled(PCIDevice *pci_dev, bool state);
void pci_set_power(PCIDevice *pci_dev, bool state);

/* Resets @dev as its bus would. */
void pci_device_reset(PCIDevice *dev);

/* ---- devices: interrupts ------------------------------------------------- */

/* Sets the device's line, which PCI_INTERRUPT_PIN chooses. */
void pci_set_irq(PCIDevice *pci_dev, int level);
/* The same as a line; free with qemu_free_irq(). */
qemu_irq pci_allocate_irq(PCIDevice *pci_dev);
/* Whether the guest has disabled the line by the command register. */
int pci_irq_disabled(PCIDevice *d);
/* Lets go of all four lines. */
void pci_device_deassert_intx(PCIDevice *dev);

static inline void pci_irq_assert(PCIDevice *pci_dev)
{
    pci_set_irq(pci_dev, 1);
}

static inline void pci_irq_deassert(PCIDevice *pci_dev)
{
    pci_set_irq(pci_dev, 0);
}

/*
 * Where line @pin (0 to 3) of @dev ends, as the host bridge says; what hears
 * of changes, which the bridge announces with the second function; and
 * whether two routes differ.
 */
PCIINTxRoute pci_device_route_intx_to_irq(PCIDevice *dev, int pin);
void pci_bus_fire_intx_routing_notifier(PCIBus *bus);
void pci_device_set_intx_routing_notifier(PCIDevice *dev,
                                          PCIINTxRoutingNotifier notifier);
bool pci_intx_route_changed(PCIINTxRoute *old, PCIINTxRoute *new);

/* The message of @vector, of MSI-X or else MSI, whichever is enabled. */
MSIMessage pci_get_msi_message(PCIDevice *dev, int vector);

/* ---- making devices ------------------------------------------------------ */

/*
 * A device of type @name that is to be at @devfn (-1: anywhere), to be realized
 * on a bus with the third, which takes the reference; or both at once, where
 * failure is fatal.
 */
PCIDevice *pci_new(int devfn, const char *name);
PCIDevice *pci_new_multifunction(int devfn, const char *name);
bool pci_realize_and_unref(PCIDevice *dev, PCIBus *bus, Error **errp);
PCIDevice *pci_create_simple(PCIBus *bus, int devfn, const char *name);
PCIDevice *pci_create_simple_multifunction(PCIBus *bus, int devfn,
                                           const char *name);

/* ---- buses, for host bridges --------------------------------------------- */

/* Sets input @irq_num of the interrupt controller. */
typedef void (*pci_set_irq_fn)(void *opaque, int irq_num, int level);
/* Line @irq_num of the device, as a line of the bus above or an input. */
typedef int (*pci_map_irq_fn)(PCIDevice *pci_dev, int irq_num);
typedef PCIINTxRoute (*pci_route_irq_fn)(void *opaque, int pin);

/*
 * Makes a root bus of @typename (TYPE_PCI_BUS, TYPE_PCIE_BUS) below @parent,
 * with regions @mem and @io that stay the caller's; devices are placed from
 * @devfn_min on. pci_register_root_bus() also says where its interrupts go:
 * @map_irq to one of @nirq inputs, which @set_irq sets. pci_root_bus_init()
 * makes it in memory of the caller. The last undoes it.
 */
void pci_root_bus_init(PCIBus *bus, size_t bus_size, DeviceState *parent,
                       const char *name, MemoryRegion *mem, MemoryRegion *io,
                       uint8_t devfn_min, const char *typename);
PCIBus *pci_root_bus_new(DeviceState *parent, const char *name,
                         MemoryRegion *mem, MemoryRegion *io,
                         uint8_t devfn_min, const char *typename);
PCIBus *pci_register_root_bus(DeviceState *parent, const char *name,
                              pci_set_irq_fn set_irq, pci_map_irq_fn map_irq,
                              void *irq_opaque, MemoryRegion *mem,
                              MemoryRegion *io, uint8_t devfn_min, int nirq,
                              const char *typename);
void pci_root_bus_cleanup(PCIBus *bus);
void pci_unregister_root_bus(PCIBus *bus);

/* The parts of the above. */
void pci_bus_irqs(PCIBus *bus, pci_set_irq_fn set_irq, void *irq_opaque,
                  int nirq);
void pci_bus_map_irqs(PCIBus *bus, pci_map_irq_fn map_irq);
void pci_bus_irqs_cleanup(PCIBus *bus);
void pci_bus_set_route_irq_fn(PCIBus *bus, pci_route_irq_fn route_intx_to_irq);
/* Whether any device raises input @irq_num. */
int pci_bus_get_irq_level(PCIBus *bus, int irq_num);

/* Slots (by bit) that take no device. */
uint32_t pci_bus_get_slot_reserved_mask(PCIBus *bus);
void pci_bus_set_slot_reserved_mask(PCIBus *bus, uint32_t mask);
void pci_bus_clear_slot_reserved_mask(PCIBus *bus, uint32_t mask);

/* 0 is INTA: the line of a board's slot whose lines are rotated by its number */
static inline int pci_swizzle(int slot, int pin)
{
    return (slot + pin) % PCI_NUM_PINS;
}
int pci_swizzle_map_irq_fn(PCIDevice *pci_dev, int pin);

/* ---- finding buses and devices ------------------------------------------- */

typedef void (*pci_bus_dev_fn)(PCIBus *b, PCIDevice *d, void *opaque);
typedef void (*pci_bus_fn)(PCIBus *b, void *opaque);
typedef void *(*pci_bus_ret_fn)(PCIBus *b, void *opaque);

static inline PCIBus *pci_get_bus(const PCIDevice *dev)
{
    return PCI_BUS(qdev_get_parent_bus(DEVICE(dev)));
}

bool pci_bus_is_express(const PCIBus *bus);
/* Its number, which the guest gives to buses that are not roots. */
int pci_bus_num(PCIBus *s);
/* The smallest and the largest number of @bus and the buses below it. */
void pci_bus_range(PCIBus *bus, int *min_bus, int *max_bus);
static inline int pci_dev_bus_num(const PCIDevice *dev)
{
    return pci_bus_num(pci_get_bus(dev));
}

/* The NUMA node; NUMA_NODE_UNASSIGNED. */
int pci_bus_numa_node(PCIBus *bus);

/*
 * Calls @fn for each device on the bus @bus_num at or below @bus, or on @bus
 * itself, by rising or falling devfn.
 */
void pci_for_each_device(PCIBus *bus, int bus_num, pci_bus_dev_fn fn,
                         void *opaque);
void pci_for_each_device_reverse(PCIBus *bus, int bus_num, pci_bus_dev_fn fn,
                                 void *opaque);
void pci_for_each_device_under_bus(PCIBus *bus, pci_bus_dev_fn fn,
                                   void *opaque);
void pci_for_each_device_under_bus_reverse(PCIBus *bus, pci_bus_dev_fn fn,
                                           void *opaque);
/*
 * For @bus and all below it: @begin, which is given what it returned for the
 * bus above (for the first one @parent_state), then the buses below, then @end.
 * Either may be NULL.
 */
void pci_for_each_bus_depth_first(PCIBus *bus, pci_bus_ret_fn begin,
                                  pci_bus_fn end, void *parent_state);

/* The same in no particular order. */
static inline void pci_for_each_bus(PCIBus *bus, pci_bus_fn fn, void *opaque)
{
    pci_for_each_bus_depth_first(bus, NULL, fn, opaque);
}

/* Function 0 of the slot of @pci_dev, or NULL. */
PCIDevice *pci_get_function_0(PCIDevice *pci_dev);
PCIBus *pci_device_root_bus(const PCIDevice *d);
/* The root bus's name in paths, such as "0000:00". */
const char *pci_root_bus_path(PCIDevice *dev);
/* Whether devices on this root bus are not behind the machine's IOMMU. */
bool pci_bus_bypass_iommu(PCIBus *bus);
/* The device there, below @bus; NULL: none. */
PCIDevice *pci_find_device(PCIBus *bus, int bus_num, uint8_t devfn);
/*
 * The device with the user's @id; -ENODEV if there is none on any bus, -EINVAL
 * if it is no PCI device.
 */
int pci_qdev_find_device(const char *id, PCIDevice **pdev);
/* The range of all mapped 64-bit regions below @bus, empty if none is. */
void pci_bus_get_w64_range(PCIBus *bus, Range *range);

/* ---- IOMMUs -------------------------------------------------------------- */

/* How an IOMMU takes part. @opaque is what pci_setup_iommu() was given. */
typedef struct PCIIOMMUOps {
    /* What function @devfn on @bus sees; must be there */
    AddressSpace *(*get_address_space)(PCIBus *bus, void *opaque, int devfn);
} PCIIOMMUOps;

/*
 * Gives the devices at and below @bus to an IOMMU, those that are there
 * already included. @ops stays the caller's.
 */
void pci_setup_iommu(PCIBus *bus, const PCIIOMMUOps *ops, void *opaque);
/* What @dev sees when it is bus master: the IOMMU's or the system's memory. */
AddressSpace *pci_device_iommu_address_space(PCIDevice *dev);

/* ---- bytes of the configuration space ------------------------------------ */

/* They need not be aligned. */
static inline void pci_set_byte(uint8_t *config, uint8_t val)
{
    *config = val;
}

static inline uint8_t pci_get_byte(const uint8_t *config)
{
    return *config;
}

static inline void pci_set_word(uint8_t *config, uint16_t val)
{
    stw_le_p(config, val);
}

static inline uint16_t pci_get_word(const uint8_t *config)
{
    return lduw_le_p(config);
}

static inline void pci_set_long(uint8_t *config, uint32_t val)
{
    stl_le_p(config, val);
}

static inline uint32_t pci_get_long(const uint8_t *config)
{
    return ldl_le_p(config);
}

static inline void pci_set_quad(uint8_t *config, uint64_t val)
{
    stq_le_p(config, val);
}

static inline uint64_t pci_get_quad(const uint8_t *config)
{
    return ldq_le_p(config);
}

static inline void pci_config_set_vendor_id(uint8_t *pci_config, uint16_t val)
{
    pci_set_word(&pci_config[PCI_VENDOR_ID], val);
}

static inline void pci_config_set_device_id(uint8_t *pci_config, uint16_t val)
{
    pci_set_word(&pci_config[PCI_DEVICE_ID], val);
}

static inline void pci_config_set_revision(uint8_t *pci_config, uint8_t val)
{
    pci_set_byte(&pci_config[PCI_REVISION_ID], val);
}

static inline void pci_config_set_class(uint8_t *pci_config, uint16_t val)
{
    pci_set_word(&pci_config[PCI_CLASS_DEVICE], val);
}

static inline void pci_config_set_prog_interface(uint8_t *pci_config,
                                                 uint8_t val)
{
    pci_set_byte(&pci_config[PCI_CLASS_PROG], val);
}

static inline void pci_config_set_interrupt_pin(uint8_t *pci_config,
                                                uint8_t val)
{
    pci_set_byte(&pci_config[PCI_INTERRUPT_PIN], val);
}

/*
 * For byte, word, long and quad:
 *   pci_X_test_and_clear_mask()  clears the bits of @mask, and returns those
 *   pci_X_test_and_set_mask()    that were set before; not atomic
 *   pci_set_X_by_mask()          sets the field that @mask (not 0) is to @reg
 */
#define PCI_DEFINE_MASK_FUNCTIONS(_name, _type)                             \
    static inline _type pci_##_name##_test_and_clear_mask(uint8_t *config,  \
                                                          _type mask)       \
    {                                                                       \
        _type val = pci_get_##_name(config);                                \
        pci_set_##_name(config, val & ~mask);                               \
        return val & mask;                                                  \
    }                                                                       \
    static inline _type pci_##_name##_test_and_set_mask(uint8_t *config,    \
                                                        _type mask)         \
    {                                                                       \
        _type val = pci_get_##_name(config);                                \
        pci_set_##_name(config, val | mask);                                \
        return val & mask;                                                  \
    }                                                                       \
    static inline void pci_set_##_name##_by_mask(uint8_t *config,           \
                                                 _type mask, _type reg)     \
    {                                                                       \
        _type val = pci_get_##_name(config);                                \
        assert(mask);                                                       \
        pci_set_##_name(config, (val & ~mask)                               \
                                | (((_type)(reg << ctz64(mask))) & mask));  \
    }

PCI_DEFINE_MASK_FUNCTIONS(byte, uint8_t)
PCI_DEFINE_MASK_FUNCTIONS(word, uint16_t)
PCI_DEFINE_MASK_FUNCTIONS(long, uint32_t)
PCI_DEFINE_MASK_FUNCTIONS(quad, uint64_t)

#undef PCI_DEFINE_MASK_FUNCTIONS

#endif

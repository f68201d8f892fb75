/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host bridges: accesses to configuration spaces, and the list of bridges. */
#include "qemu/osdep.h"
#include "hw/pci/pci_host.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "pci-internal.h"
#include "qemu/module.h"

/* ---- the bridges of the machine ------------------------------------------ */

static QLIST_HEAD(, PCIHostState) hosts = QLIST_HEAD_INITIALIZER(hosts);

PCIHostState *pci_host_of_bus(PCIBus *root)
{
    return PCI_HOST_BRIDGE(BUS(root)->parent);
}

bool pci_for_each_root_bus(bool (*fn)(PCIBus *bus, void *opaque), void *opaque)
{
    PCIHostState *host;

    QLIST_FOREACH(host, &hosts, next) {
        if (host->bus && fn(host->bus, opaque)) {
            return true;
        }
    }
    return false;
}

/* ---- one access ---------------------------------------------------------- */

/* How much of the space an access can reach: @limit or less. */
static uint32_t reachable(PCIDevice *d, uint32_t limit)
{
    return pci_bus_allows_extended_config_space(pci_get_bus(d))
               ? limit
               : MIN(limit, PCI_CONFIG_SPACE_SIZE);
}

uint32_t pci_host_config_read_common(PCIDevice *d, uint32_t addr,
                                     uint32_t limit, uint32_t len)
{
    assert(len <= 4);
    limit = reachable(d, limit);
    if (addr >= limit || !pci_config_answers(d)) {
        return ~0u;
    }
    return d->config_read(d, addr, MIN(len, limit - addr));
}

void pci_host_config_write_common(PCIDevice *d, uint32_t addr, uint32_t limit,
                                  uint32_t val, uint32_t len)
{
    assert(len <= 4);
    limit = reachable(d, limit);
    if (addr < limit && pci_config_answers(d)) {
        d->config_write(d, addr, val, MIN(len, limit - addr));
    }
}

static PCIDevice *find_device(PCIBus *root, uint32_t addr)
{
    return pci_find_device(root, PCI_BUS_NUM(addr >> 8),
                           PCI_BDF_TO_DEVFN(addr >> 8));
}

void pci_data_write(PCIBus *s, uint32_t addr, uint32_t val, unsigned len)
{
    PCIDevice *d = find_device(s, addr);

    if (d) {
        pci_host_config_write_common(d, addr & 0xff, PCI_CONFIG_SPACE_SIZE, val,
                                     len);
    }
}

uint32_t pci_data_read(PCIBus *s, uint32_t addr, unsigned len)
{
    PCIDevice *d = find_device(s, addr);

    return d ? pci_host_config_read_common(d, addr & 0xff,
                                           PCI_CONFIG_SPACE_SIZE, len)
             : ~0u;
}

/* ---- the pair of registers ----------------------------------------------- */

#define CONFIG_ENABLE 0x80000000

/* Only a whole word at its place is the address register. */
static void conf_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    PCIHostState *s = opaque;

    if (addr == 0 && size == 4) {
        s->config_reg = val;
    }
}

static uint64_t conf_read(void *opaque, hwaddr addr, unsigned size)
{
    PCIHostState *s = opaque;

    return s->config_reg;
}

static void data_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    PCIHostState *s = opaque;

    if (s->config_reg & CONFIG_ENABLE) {
        pci_data_write(s->bus, s->config_reg | (addr & 3), val, size);
    }
}

static uint64_t data_read(void *opaque, hwaddr addr, unsigned size)
{
    PCIHostState *s = opaque;

    if (!(s->config_reg & CONFIG_ENABLE)) {
        return 0xffffffff;
    }
    return pci_data_read(s->bus, s->config_reg | (addr & 3), size);
}

const MemoryRegionOps pci_host_conf_le_ops = {
    .read = conf_read,
    .write = conf_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

const MemoryRegionOps pci_host_conf_be_ops = {
    .read = conf_read,
    .write = conf_write,
    .endianness = DEVICE_BIG_ENDIAN,
};

const MemoryRegionOps pci_host_data_le_ops = {
    .read = data_read,
    .write = data_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* ---- the type ------------------------------------------------------------ */

static bool config_reg_needed(void *opaque)
{
    PCIHostState *s = opaque;

    return s->mig_enabled;
}

static const VMStateDescription vmstate_pcihost = {
    .name = "PCIHost",
    .needed = config_reg_needed,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(config_reg, PCIHostState),
            VMSTATE_END_OF_LIST(),
        },
};

static const Property host_props[] = {
    DEFINE_PROP_BOOL("x-config-reg-migration-enabled", PCIHostState,
                     mig_enabled, true),
    DEFINE_PROP_BOOL(PCI_HOST_BYPASS_IOMMU, PCIHostState, bypass_iommu, false),
};

static void host_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    device_class_set_props(dc, host_props);
    dc->vmsd = &vmstate_pcihost;
}

static void host_finalize(Object *obj)
{
    QLIST_REMOVE(PCI_HOST_BRIDGE(obj), next);
}

static void host_init(Object *obj)
{
    QLIST_INSERT_HEAD(&hosts, PCI_HOST_BRIDGE(obj), next);
}

static const TypeInfo pci_host_types[] = {
    {
        .name = TYPE_PCI_HOST_BRIDGE,
        .parent = TYPE_SYS_BUS_DEVICE,
        .abstract = true,
        .instance_size = sizeof(PCIHostState),
        .instance_init = host_init,
        .instance_finalize = host_finalize,
        .class_size = sizeof(PCIHostBridgeClass),
        .class_init = host_class_init,
    },
};

DEFINE_TYPES(pci_host_types)

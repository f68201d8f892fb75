/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The board "virt": its type, its options and its devices. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/char/serial-mm.h"
#include "hw/loader.h"
#include "hw/mem/memory-device.h"
#include "hw/misc/sifive_test.h"
#include "hw/machine-options.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/platform-bus.h"
#include "hw/qdev-properties.h"
#include "hw/riscv/boot.h"
#include "hw/riscv/numa.h"
#include "hw/rtc/goldfish_rtc.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "system/device_tree.h"
#include "system/system.h"
#include "virt-internal.h"

/* QEMU's UART has a clock of 399193 * 16 Hz; the device tree has another. */
#define UART_BAUDBASE 399193

/* VIRT_IRQCHIP_MAX_GUESTS, for people. */
#define VIRT_GUESTS_MAX "7"

bool virt_is_acpi_enabled(RISCVVirtState *s)
{
    return false;
}

bool virt_is_iommu_sys_enabled(RISCVVirtState *s)
{
    return false;
}

void virt_acpi_setup(RISCVVirtState *s)
{
}

/* ---- sockets ------------------------------------------------------------- */

static bool check_sockets(MachineState *ms, Error **errp)
{
    int sockets = riscv_socket_count(ms);

    if (sockets > VIRT_SOCKETS_MAX) {
        error_setg(errp, "number of sockets/nodes should be less than %d",
                   VIRT_SOCKETS_MAX + 1);
        return false;
    }
    for (int i = 0; i < sockets; i++) {
        if (riscv_socket_first_hartid(ms, i) < 0) {
            error_setg(errp,
                       "can't find hartid base for socket%d: NUMA node "
                       "%d has no CPU",
                       i, i);
            return false;
        }
        if (!riscv_socket_check_hartids(ms, i)) {
            error_setg(errp, "discontinuous hartids in socket%d", i);
            error_append_hint(errp, "The CPUs of a NUMA node must have "
                                    "consecutive numbers on this machine\n");
            return false;
        }
    }
    return true;
}

static void create_sockets(RISCVVirtState *s)
{
    MachineState *ms = MACHINE(s);

    for (int i = 0; i < riscv_socket_count(ms); i++) {
        g_autofree char *name = g_strdup_printf("soc%d", i);
        Object *soc = OBJECT(&s->soc[i]);

        object_initialize_child(OBJECT(s), name, &s->soc[i],
                                TYPE_RISCV_HART_ARRAY);
        object_property_set_str(soc, "cpu-type", ms->cpu_type, &error_abort);
        object_property_set_int(soc, "hartid-base",
                                riscv_socket_first_hartid(ms, i), &error_abort);
        object_property_set_int(soc, "num-harts",
                                riscv_socket_hart_count(ms, i), &error_abort);
        sysbus_realize(SYS_BUS_DEVICE(soc), &error_fatal);
        virt_create_socket_irqs(s, i);
    }
}

/* ---- memory -------------------------------------------------------------- */

static void create_memory(RISCVVirtState *s)
{
    MachineState *ms = MACHINE(s);
    MemoryRegion *system = get_system_memory();
    MemoryRegion *mrom = g_new(MemoryRegion, 1);

    memory_region_add_subregion(system, s->memmap[VIRT_DRAM].base, ms->ram);
    if (s->device_memory.size) {
        machine_memory_devices_init(ms, s->device_memory.base,
                                    s->device_memory.size);
        machine_memory_devices_reserve_dimms(ms, s->dimm_reserve);
    }
    machine_memory_devices_set_fallback(ms, s->high_mmio.base,
                                        s->high_mmio.size);
    memory_region_init_rom(mrom, NULL, "riscv_virt_board.mrom",
                           s->memmap[VIRT_MROM].size, &error_fatal);
    memory_region_add_subregion(system, s->memmap[VIRT_MROM].base, mrom);
}

static void create_fw_cfg(RISCVVirtState *s)
{
    hwaddr base = s->memmap[VIRT_FW_CFG].base;

    s->fw_cfg = fw_cfg_init_mem_wide(base + 8, base, 8, base + 16,
                                     &address_space_memory);
    fw_cfg_add_i16(s->fw_cfg, FW_CFG_NB_CPUS, MACHINE(s)->smp.cpus);
    rom_set_fw(s->fw_cfg);
}

/* ---- devices ------------------------------------------------------------- */

bool virt_have_virtio_mmio(void)
{
    return object_class_by_name("virtio-mmio") != NULL;
}

static void create_virtio(RISCVVirtState *s)
{
    const MemMapEntry *e = &s->memmap[VIRT_VIRTIO];

    for (int i = 0; virt_have_virtio_mmio() && i < VIRTIO_COUNT; i++) {
        sysbus_create_simple("virtio-mmio", e->base + i * e->size,
                             virt_irq(s, VIRT_IRQ_VIRTIO, VIRTIO_IRQ + i));
    }
}

static void create_platform_bus(RISCVVirtState *s)
{
    const MemMapEntry *e = &s->memmap[VIRT_PLATFORM_BUS];
    DeviceState *dev = qdev_new(TYPE_PLATFORM_BUS_DEVICE);

    dev->id = g_strdup(TYPE_PLATFORM_BUS_DEVICE);
    qdev_prop_set_uint32(dev, "num_irqs", VIRT_PLATFORM_BUS_NUM_IRQS);
    qdev_prop_set_uint32(dev, "mmio_size", e->size);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    s->platform_bus_dev = dev;
    for (int i = 0; i < VIRT_PLATFORM_BUS_NUM_IRQS; i++) {
        sysbus_connect_irq(
            SYS_BUS_DEVICE(dev), i,
            virt_irq(s, VIRT_IRQ_BOARD, VIRT_PLATFORM_BUS_IRQ + i));
    }
    memory_region_add_subregion(get_system_memory(), e->base,
                                sysbus_mmio_get_region(SYS_BUS_DEVICE(dev), 0));
}

static void create_devices(RISCVVirtState *s)
{
    sifive_test_create(s->memmap[VIRT_TEST].base);
    create_virtio(s);
    virt_create_pci(s);
    create_platform_bus(s);
    serial_mm_init(get_system_memory(), s->memmap[VIRT_UART0].base, 0,
                   virt_irq(s, VIRT_IRQ_BOARD, UART0_IRQ), UART_BAUDBASE,
                   serial_hd(0), DEVICE_LITTLE_ENDIAN);
    sysbus_create_simple(TYPE_GOLDFISH_RTC, s->memmap[VIRT_RTC].base,
                         virt_irq(s, VIRT_IRQ_BOARD, RTC_IRQ));
    virt_flash_map(s);
}

/* ---- the machine --------------------------------------------------------- */

/*
 * Where the harts go first: the firmware, if there is one, which then starts
 * the flash or the kernel. A flash without firmware is the firmware.
 */
static void start_software(RISCVVirtState *s)
{
    MachineState *ms = MACHINE(s);
    hwaddr ram = s->memmap[VIRT_DRAM].base, start = ram, fdt;
    target_ulong firmware_end, kernel_entry = 0;
    RISCVBootInfo info;

    firmware_end = riscv_find_and_load_firmware(
        ms, riscv_default_firmware_name(&s->soc[0]), &start, NULL);
    if (virt_flash_has_drive(s)) {
        if (ms->firmware && !strcmp(ms->firmware, "none")) {
            start = s->memmap[VIRT_FLASH].base;
        } else {
            riscv_setup_firmware_boot(ms);
            kernel_entry = s->memmap[VIRT_FLASH].base;
        }
    }
    riscv_boot_info_init(&info, &s->soc[0]);
    if (ms->kernel_filename && !kernel_entry) {
        riscv_load_kernel(ms, &info,
                          riscv_calc_kernel_start_addr(&info, firmware_end),
                          true, NULL);
        kernel_entry = info.image_low_addr;
    }
    fdt = riscv_compute_fdt_addr(ram, s->memmap[VIRT_DRAM].size, ms, &info);
    riscv_load_fdt(fdt, ms->fdt);
    s->fdt_addr = fdt;
    riscv_setup_rom_reset_vec(ms, &s->soc[0], start, s->memmap[VIRT_MROM].base,
                              s->memmap[VIRT_MROM].size, kernel_entry, fdt);
}

static void virt_machine_done(Notifier *notifier, void *data)
{
    RISCVVirtState *s = container_of(notifier, RISCVVirtState, machine_done);

    if (!MACHINE(s)->dtb) {
        virt_fdt_finish(s);
    }
    start_software(s);
}

static bool check_options(RISCVVirtState *s, Error **errp)
{
    if (s->iommu_sys == ON_OFF_AUTO_ON) {
        error_setg(errp, "iommu-sys=on: this machine has no IOMMU; leave it "
                         "off");
        return false;
    }
    if (s->acpi == ON_OFF_AUTO_ON) {
        warn_report("acpi=on: this machine has no ACPI tables; the guest has "
                    "its device tree");
    }
    return check_sockets(MACHINE(s), errp) && virt_layout(s, errp);
}

static void create_fdt(RISCVVirtState *s)
{
    MachineState *ms = MACHINE(s);
    Error *err = NULL;

    if (!ms->dtb) {
        virt_fdt_create(s);
        return;
    }
    ms->fdt = load_device_tree_or_error(ms->dtb, &s->fdt_size, &err);
    if (err) {
        error_report_err(err);
        exit(EXIT_FAILURE);
    }
}

static void virt_machine_init(MachineState *machine)
{
    RISCVVirtState *s = RISCV_VIRT_MACHINE(machine);
    Error *err = NULL;

    if (!check_options(s, &err)) {
        error_report_err(err);
        exit(EXIT_FAILURE);
    }
    create_sockets(s);
    create_memory(s);
    create_fw_cfg(s);
    create_devices(s);
    create_fdt(s);
    s->machine_done.notify = virt_machine_done;
    qemu_add_machine_init_done_notifier(&s->machine_done);
}

/* ---- options ------------------------------------------------------------- */

static const char *const aia_names[] = {
    [VIRT_AIA_TYPE_NONE] = "none",
    [VIRT_AIA_TYPE_APLIC] = "aplic",
    [VIRT_AIA_TYPE_APLIC_IMSIC] = "aplic-imsic",
};

static char *virt_get_aia(Object *obj, Error **errp)
{
    return g_strdup(aia_names[RISCV_VIRT_MACHINE(obj)->aia_type]);
}

static void virt_set_aia(Object *obj, const char *val, Error **errp)
{
    for (int i = 0; i < ARRAY_SIZE(aia_names); i++) {
        if (!strcmp(val, aia_names[i])) {
            RISCV_VIRT_MACHINE(obj)->aia_type = i;
            return;
        }
    }
    error_setg(errp, "Invalid AIA interrupt controller type");
    error_append_hint(errp, "Valid values are none, aplic, and "
                            "aplic-imsic.\n");
}

static char *virt_get_aia_guests(Object *obj, Error **errp)
{
    return g_strdup_printf("%d", RISCV_VIRT_MACHINE(obj)->aia_guests);
}

static void virt_set_aia_guests(Object *obj, const char *val, Error **errp)
{
    int guests;

    if (qemu_strtoi(val, NULL, 10, &guests) < 0 || guests < 0 ||
        guests > VIRT_IRQCHIP_MAX_GUESTS) {
        error_setg(errp, "Invalid number of AIA IMSIC guests");
        error_append_hint(errp, "Valid values be between 0 and %d.\n",
                          VIRT_IRQCHIP_MAX_GUESTS);
        return;
    }
    RISCV_VIRT_MACHINE(obj)->aia_guests = guests;
}

static bool virt_get_aclint(Object *obj, Error **errp)
{
    return RISCV_VIRT_MACHINE(obj)->have_aclint;
}

static void virt_set_aclint(Object *obj, bool value, Error **errp)
{
    RISCV_VIRT_MACHINE(obj)->have_aclint = value;
}

static void virt_add_properties(ObjectClass *oc)
{
    object_class_property_add_bool(oc, "aclint", virt_get_aclint,
                                   virt_set_aclint);
    object_class_property_set_description(
        oc, "aclint",
        "(TCG only) Set on/off to enable/disable emulating ACLINT devices");
    object_class_property_add_str(oc, "aia", virt_get_aia, virt_set_aia);
    object_class_property_set_description(
        oc, "aia",
        "Set type of AIA interrupt controller. Valid values are none, aplic, "
        "and aplic-imsic.");
    object_class_property_add_str(oc, "aia-guests", virt_get_aia_guests,
                                  virt_set_aia_guests);
    object_class_property_set_description(
        oc, "aia-guests",
        "Set number of guest MMIO pages for AIA IMSIC. Valid value should be "
        "between 0 and " VIRT_GUESTS_MAX ".");
    machine_add_on_off_auto(oc, "acpi", offsetof(RISCVVirtState, acpi),
                            "Enable ACPI");
    machine_add_on_off_auto(oc, "iommu-sys",
                            offsetof(RISCVVirtState, iommu_sys),
                            "Enable IOMMU platform device");
    virt_memdev_class_init(oc);
}

/* ---- the type ------------------------------------------------------------ */

static HotplugHandler *virt_get_hotplug_handler(MachineState *machine,
                                                DeviceState *dev)
{
    MachineClass *mc = MACHINE_GET_CLASS(machine);

    return device_is_dynamic_sysbus(mc, dev) || virt_is_memory_device(dev)
               ? HOTPLUG_HANDLER(machine)
               : NULL;
}

static void virt_device_pre_plug(HotplugHandler *handler, DeviceState *dev,
                                 Error **errp)
{
    if (virt_is_memory_device(dev)) {
        virt_memdev_pre_plug(RISCV_VIRT_MACHINE(handler), dev, errp);
    }
}

static void virt_device_unplug_request(HotplugHandler *handler,
                                       DeviceState *dev, Error **errp)
{
    if (virt_is_memory_device(dev)) {
        virt_memdev_unplug_request(RISCV_VIRT_MACHINE(handler), dev, errp);
    } else {
        error_setg(errp,
                   "device unplug request for unsupported device type: %s",
                   object_get_typename(OBJECT(dev)));
    }
}

static void virt_device_unplug(HotplugHandler *handler, DeviceState *dev,
                               Error **errp)
{
    if (virt_is_memory_device(dev)) {
        virt_memdev_unplug(RISCV_VIRT_MACHINE(handler), dev, errp);
    }
}

static void virt_device_plug(HotplugHandler *handler, DeviceState *dev,
                             Error **errp)
{
    RISCVVirtState *s = RISCV_VIRT_MACHINE(handler);

    if (s->platform_bus_dev &&
        device_is_dynamic_sysbus(MACHINE_GET_CLASS(s), dev)) {
        platform_bus_link_device(PLATFORM_BUS_DEVICE(s->platform_bus_dev),
                                 SYS_BUS_DEVICE(dev));
    }
    if (virt_is_memory_device(dev)) {
        virt_memdev_plug(s, dev, errp);
    }
}

static void virt_machine_instance_init(Object *obj)
{
    RISCVVirtState *s = RISCV_VIRT_MACHINE(obj);

    virt_flash_create(s);
    s->acpi = ON_OFF_AUTO_AUTO;
    s->iommu_sys = ON_OFF_AUTO_AUTO;
}

static void virt_machine_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    machine_class_set_target(mc, "riscv64");
    mc->desc = "RISC-V VirtIO board";
    mc->init = virt_machine_init;
    mc->max_cpus = VIRT_CPUS_MAX;
    mc->default_cpu_type = TYPE_RISCV_CPU_BASE;
    mc->block_default_type = IF_VIRTIO;
    mc->no_cdrom = 1;
    mc->pci_allow_0_address = true;
    mc->possible_cpu_arch_ids = riscv_numa_possible_cpu_arch_ids;
    mc->cpu_index_to_instance_props = riscv_numa_cpu_index_to_props;
    mc->get_default_cpu_node_id = riscv_numa_get_default_cpu_node_id;
    mc->numa_mem_supported = true;
    mc->cpu_cluster_has_numa_boundary = true;
    mc->default_ram_id = "riscv_virt_board.ram";
    mc->default_nic = "virtio-net-pci";
    mc->get_hotplug_handler = virt_get_hotplug_handler;
    hc->pre_plug = virt_device_pre_plug;
    hc->plug = virt_device_plug;
    hc->unplug_request = virt_device_unplug_request;
    hc->unplug = virt_device_unplug;
    machine_class_allow_dynamic_sysbus_dev(mc, "ramfb");
    /* Beyond QEMU's: whatever says that a board may place it. */
    machine_class_allow_dynamic_sysbus_dev(mc, TYPE_DYNAMIC_SYS_BUS_DEVICE);
    virt_add_properties(oc);
}

static const TypeInfo virt_machine_types[] = {
    {
        .name = TYPE_RISCV_VIRT_MACHINE,
        .parent = TYPE_MACHINE,
        .class_init = virt_machine_class_init,
        .instance_init = virt_machine_instance_init,
        .instance_size = sizeof(RISCVVirtState),
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_HOTPLUG_HANDLER },
                {},
            },
    },
};

DEFINE_TYPES(virt_machine_types)

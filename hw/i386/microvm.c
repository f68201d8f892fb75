/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The board "microvm": its type, its options and its devices. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "acpi-microvm.h"
#include "hw/acpi/generic_event_device.h"
#include "hw/char/serial-isa.h"
#include "hw/intc/i8259.h"
#include "hw/irq.h"
#include "hw/kvm/clock.h"
#include "hw/loader.h"
#include "hw/machine-options.h"
#include "hw/mem/memory-device.h"
#include "hw/mem/pc-dimm.h"
#include "hw/qdev-properties.h"
#include "hw/rtc/mc146818rtc.h"
#include "hw/rtc/mc146818rtc_regs.h"
#include "hw/sysbus.h"
#include "hw/target.h"
#include "hw/timer/i8254.h"
#include "microvm-internal.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "system/kvm.h"
#include "system/qtest.h"
#include "system/reset.h"
#include "system/runstate.h"
#include "system/system.h"
#include "target/x86/cpu.h"
#include "target/x86/kvm/kvm_i386.h"

#define FIRMWARE      "qboot.rom"
#define FIRMWARE_ACPI "bios-microvm.bin"
#define LOW_RAM_MAX   (3 * GiB)
#define FW_CFG_PORT   0x510
#define WINDOW_ALIGN  (1 * GiB)

/* ---- memory -------------------------------------------------------------- */

/* Behind all RAM, for memory devices. */
static void create_window(MicrovmMachineState *mms)
{
    MachineState *ms = MACHINE(mms);
    X86MachineState *x86ms = X86_MACHINE(mms);
    uint64_t size = ms->maxram_size - ms->ram_size;
    uint64_t base = ROUND_UP(
        x86ms->above_4g_mem_start + x86ms->above_4g_mem_size, WINDOW_ALIGN);
    uint64_t end =
        mms->gpex.mmio64.base ?: 1ULL << X86_CPU(first_cpu)->phys_bits;

    if (!size) {
        return;
    }
    /* Each slot may lose as much by alignment. */
    size = ROUND_UP(size, WINDOW_ALIGN) + ms->ram_slots * WINDOW_ALIGN;
    if (base + size < base || base + size > end) {
        error_report("memory devices up to 0x%" PRIx64 " (maxmem) are beyond "
                     "the %u bits of the CPU's physical addresses%s: use less, "
                     "or -cpu ...,phys-bits=",
                     base + size, X86_CPU(first_cpu)->phys_bits,
                     mms->gpex.mmio64.size ? ", whose last quarter is PCI's"
                                           : "");
        exit(EXIT_FAILURE);
    }
    machine_memory_devices_init(ms, base, size);
}

static void create_memory(MicrovmMachineState *mms)
{
    MachineState *ms = MACHINE(mms);
    X86MachineState *x86ms = X86_MACHINE(mms);
    MemoryRegion *low = g_new(MemoryRegion, 1), *high;

    x86ms->below_4g_mem_size = MIN(ms->ram_size, LOW_RAM_MAX);
    x86ms->above_4g_mem_size = ms->ram_size - x86ms->below_4g_mem_size;
    memory_region_init_alias(low, NULL, "ram-below-4g", ms->ram, 0,
                             x86ms->below_4g_mem_size);
    memory_region_add_subregion(get_system_memory(), 0, low);
    if (x86ms->above_4g_mem_size) {
        high = g_new(MemoryRegion, 1);
        memory_region_init_alias(high, NULL, "ram-above-4g", ms->ram,
                                 x86ms->below_4g_mem_size,
                                 x86ms->above_4g_mem_size);
        memory_region_add_subregion(get_system_memory(),
                                    x86ms->above_4g_mem_start, high);
    }
    create_window(mms);
}

static void create_fw_cfg(MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    MachineState *ms = MACHINE(mms);

    x86ms->fw_cfg =
        fw_cfg_init_io_dma(FW_CFG_PORT, FW_CFG_PORT + 4, &address_space_memory);
    fw_cfg_add_i16(x86ms->fw_cfg, FW_CFG_NB_CPUS, ms->smp.cpus);
    fw_cfg_add_i16(x86ms->fw_cfg, FW_CFG_MAX_CPUS, ms->smp.max_cpus);
    fw_cfg_add_i64(x86ms->fw_cfg, FW_CFG_RAM_SIZE, ms->ram_size);
    fw_cfg_add_i32(x86ms->fw_cfg, 0x8002, 1); /* interrupt 0 is at pin 2 */
    rom_set_fw(x86ms->fw_cfg);
}

/* For firmware: entries of 20 bytes. */
static void add_e820(X86MachineState *x86ms)
{
    g_autoptr(GArray) map = x86_memory_map(x86ms);
    uint8_t *bytes = g_malloc0(map->len * 20);

    for (guint i = 0; i < map->len; i++) {
        X86MemoryRange *r = &g_array_index(map, X86MemoryRange, i);

        stq_le_p(bytes + 20 * i, r->start);
        stq_le_p(bytes + 20 * i + 8, r->size);
        stl_le_p(bytes + 20 * i + 16, r->type);
    }
    fw_cfg_add_file(x86ms->fw_cfg, "etc/e820", bytes, map->len * 20);
}

/* ---- devices ------------------------------------------------------------- */

static bool rtc_wanted(MicrovmMachineState *mms)
{
    return mms->rtc == ON_OFF_AUTO_ON ||
           (mms->rtc == ON_OFF_AUTO_AUTO && !kvm_enabled());
}

/* Where firmware looks for the sizes of memory. */
static void fill_cmos(MicrovmMachineState *mms, MC146818RtcState *rtc)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    uint64_t above_1m = MIN(
        (x86ms->below_4g_mem_size - MIN(x86ms->below_4g_mem_size, MiB)) / KiB,
        65535);
    uint64_t above_16m =
        x86ms->below_4g_mem_size > 16 * MiB
            ? (x86ms->below_4g_mem_size - 16 * MiB) / (64 * KiB)
            : 0;
    uint64_t above_4g = x86ms->above_4g_mem_size / (64 * KiB);
    int base = MIN(x86ms->below_4g_mem_size / KiB, 640);

    above_16m = MIN(above_16m, 65535);
    mc146818rtc_set_cmos_data(rtc, 0x15, base);
    mc146818rtc_set_cmos_data(rtc, 0x16, base >> 8);
    mc146818rtc_set_cmos_data(rtc, 0x17, above_1m);
    mc146818rtc_set_cmos_data(rtc, 0x18, above_1m >> 8);
    mc146818rtc_set_cmos_data(rtc, 0x30, above_1m);
    mc146818rtc_set_cmos_data(rtc, 0x31, above_1m >> 8);
    mc146818rtc_set_cmos_data(rtc, 0x34, above_16m);
    mc146818rtc_set_cmos_data(rtc, 0x35, above_16m >> 8);
    mc146818rtc_set_cmos_data(rtc, 0x5b, above_4g);
    mc146818rtc_set_cmos_data(rtc, 0x5c, above_4g >> 8);
    mc146818rtc_set_cmos_data(rtc, 0x5d, above_4g >> 16);
    x86ms->rtc = ISA_DEVICE(rtc);
}

static void create_pics(MicrovmMachineState *mms, ISABus *bus, GSIState *gsi)
{
    qemu_irq *in;

    if (kvm_pic_in_kernel()) {
        in = kvm_i8259_init(bus); /* there whether wanted or not */
    } else if (X86_MACHINE(mms)->pic != ON_OFF_AUTO_OFF) {
        in = i8259_init(bus, x86_allocate_cpu_irq());
    } else {
        return;
    }
    for (int i = 0; i < ISA_NUM_IRQS; i++) {
        gsi->i8259_irq[i] = in[i];
    }
    g_free(in);
}

/* They tell nobody here of the end of an interrupt. */
static bool kernel_has_apics(void)
{
    return kvm_irqchip_in_kernel() && !kvm_irqchip_is_split();
}

/* A guest learns of the second one by ACPI only. */
static bool ioapic2_wanted(const MicrovmMachineState *mms)
{
    return mms->ioapic2 == ON_OFF_AUTO_ON ||
           (mms->ioapic2 == ON_OFF_AUTO_AUTO && !kernel_has_apics() &&
            x86_machine_is_acpi_enabled(X86_MACHINE(mms)));
}

/* Without ACPI the slots are at inputs that a PIC has, too. */
static void choose_irqs(MicrovmMachineState *mms)
{
    mms->virtio_irq_base = 5;
    mms->virtio_num_transports = 8;
    if (ioapic2_wanted(mms)) {
        mms->pcie_irq_base = 16;
        mms->virtio_irq_base = IO_APIC_SECONDARY_IRQBASE;
        mms->virtio_num_transports = IOAPIC_NUM_PINS;
    } else if (x86_machine_is_acpi_enabled(X86_MACHINE(mms)) ||
               mms->pcie == ON_OFF_AUTO_ON) {
        mms->pcie_irq_base = 12;
        mms->virtio_irq_base = 16;
    }
}

static void create_ged(MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    DeviceState *dev = qdev_new(TYPE_ACPI_GED);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);
    uint32_t events = ACPI_GED_PWR_DOWN_EVT;

    if (MACHINE(mms)->ram_slots) {
        events |= ACPI_GED_MEM_HOTPLUG_EVT;
    }
    if (x86_has_cpu_slots(x86ms)) {
        events |= ACPI_GED_CPU_HOTPLUG_EVT;
    }
    qdev_prop_set_uint32(dev, "ged-event", events);
    sysbus_realize_and_unref(sbd, &error_fatal);
    sysbus_mmio_map(sbd, 0, GED_MMIO_BASE);
    if (MACHINE(mms)->ram_slots) {
        sysbus_mmio_map(sbd, 1, GED_MMIO_BASE_MEMHP);
    }
    sysbus_mmio_map(sbd, 2, GED_MMIO_BASE_REGS);
    if (x86_has_cpu_slots(x86ms)) {
        sysbus_mmio_map(sbd, 3, GED_MMIO_BASE_CPUHP);
    }
    sysbus_connect_irq(sbd, 0, x86ms->gsi[GED_MMIO_IRQ]);
    x86ms->acpi_dev = HOTPLUG_HANDLER(dev);
}

static void create_devices(MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    GSIState *gsi = g_new0(GSIState, 1);
    int ioapics = ioapic2_wanted(mms) ? 2 : 1;
    ISABus *bus =
        isa_bus_new(NULL, get_system_memory(), get_system_io(), &error_fatal);

    x86ms->gsi =
        qemu_allocate_irqs(gsi_handler, gsi, IOAPIC_NUM_PINS * ioapics);
    isa_bus_register_input_irqs(bus, x86ms->gsi);
    ioapic_init_gsi(gsi, OBJECT(mms));
    if (ioapics > 1) {
        x86ms->ioapic2 = ioapic_init_secondary(gsi);
    }
    kvmclock_create(true);

    choose_irqs(mms);
    for (int i = 0; i < mms->virtio_num_transports; i++) {
        sysbus_create_simple("virtio-mmio", VIRTIO_MMIO_BASE + i * 512,
                             x86ms->gsi[mms->virtio_irq_base + i]);
    }
    if (x86_machine_is_acpi_enabled(x86ms)) {
        create_ged(mms);
    }
    microvm_create_pci(mms);
    create_pics(mms, bus, gsi);
    if (x86ms->pit != ON_OFF_AUTO_OFF) {
        i8254_pit_init(bus, 0x40, 0, NULL);
    }
    if (rtc_wanted(mms)) {
        fill_cmos(mms, mc146818_rtc_init(bus, 2000, NULL));
    }
    if (mms->isa_serial) {
        serial_hds_isa_init(bus, 0, 1);
    }
}

/* ---- the kernel ---------------------------------------------------------- */

/* "virtio_mmio.device=512@ADDRESS:IRQ" for each slot that has a device. */
static char *kernel_cmdline(MicrovmMachineState *mms)
{
    BusState *bus = sysbus_get_default();
    GString *text = g_string_new(MACHINE(mms)->kernel_cmdline);
    BusChild *kid;

    if (!mms->auto_kernel_cmdline ||
        x86_machine_is_acpi_enabled(X86_MACHINE(mms))) {
        return g_string_free(text, false);
    }
    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        DeviceState *dev = kid->child;
        BusState *slot = QLIST_FIRST(&dev->child_bus);
        hwaddr addr;

        if (!object_dynamic_cast(OBJECT(dev), "virtio-mmio") || !slot ||
            QTAILQ_EMPTY(&slot->children)) {
            continue;
        }
        addr = SYS_BUS_DEVICE(dev)->mmio[0].addr;
        g_string_append_printf(
            text, " virtio_mmio.device=512@0x%" HWADDR_PRIx ":%" PRIu64, addr,
            mms->virtio_irq_base + (addr - VIRTIO_MMIO_BASE) / 512);
    }
    return g_string_free(text, false);
}

static void machine_done(Notifier *notifier, void *data)
{
    MicrovmMachineState *mms =
        container_of(notifier, MicrovmMachineState, machine_done);
    X86MachineState *x86ms = X86_MACHINE(mms);
    MachineState *ms = MACHINE(mms);
    g_autofree char *cmdline = kernel_cmdline(mms);
    Error *err = NULL;

    add_e820(x86ms);
    if (!acpi_setup_microvm(mms, &err)) {
        error_report_err(err);
        exit(EXIT_FAILURE);
    }
    if (!ms->kernel_filename) {
        return;
    }
    if (ms->firmware) {
        warn_report("-bios and -kernel: the firmware starts, and is not told "
                    "of the kernel");
        return;
    }
    if (!x86_load_kernel(x86ms, cmdline, &err)) {
        error_report_err(err);
        exit(EXIT_FAILURE);
    }
}

/* The user wants the guest to power off. */
static void powerdown(Notifier *notifier, void *data)
{
    MicrovmMachineState *mms =
        container_of(notifier, MicrovmMachineState, powerdown_req);

    acpi_send_event(DEVICE(X86_MACHINE(mms)->acpi_dev), ACPI_POWER_DOWN_STATUS);
}

static void microvm_reset(MachineState *ms, ResetType type)
{
    qemu_devices_reset(type);
    x86_boot_cpu_registers(X86_MACHINE(ms));
}

/* ---- the machine --------------------------------------------------------- */

static bool check_options(MicrovmMachineState *mms, Error **errp)
{
    ERRP_GUARD();
    bool acpi = x86_machine_is_acpi_enabled(X86_MACHINE(mms));

    if (kvm_enabled() && x86_machine_is_smm_enabled(X86_MACHINE(mms)) &&
        !kvm_x86_enable_smm(errp)) {
        error_prepend(errp, "smm=on: ");
        return false;
    }
    if (machine_usb(MACHINE(mms))) {
        error_setg(errp, "usb=on: this board has no USB; use virtio devices");
        return false;
    }
    if (mms->ioapic2 == ON_OFF_AUTO_ON && kernel_has_apics()) {
        error_setg(errp, "ioapic2=on: the kernel's APICs do not tell a second "
                         "I/O APIC of the end of an interrupt");
        return false;
    }
    if (acpi && MACHINE(mms)->ram_slots > ACPI_MAX_RAM_SLOTS) {
        error_setg(errp,
                   "%" PRIu64 " memory slots (-m ...,slots=); ACPI tables are "
                   "made for up to %d",
                   MACHINE(mms)->ram_slots, ACPI_MAX_RAM_SLOTS);
        return false;
    }
    return true;
}

static void microvm_init(MachineState *ms)
{
    MicrovmMachineState *mms = MICROVM_MACHINE(ms);
    X86MachineState *x86ms = X86_MACHINE(ms);
    bool acpi;
    Error *err = NULL;

    x86ms->acpi_useless =
        x86_boots_kernel(x86ms) && !x86_kernel_has_acpi(ms->kernel_filename);
    acpi = x86_machine_is_acpi_enabled(x86ms);
    if (!check_options(mms, &err)) {
        error_report_err(err);
        exit(EXIT_FAILURE);
    }
    x86_cpus_init(x86ms, 0);
    microvm_pci_layout(mms);
    create_memory(mms);
    create_fw_cfg(mms);
    create_devices(mms);
    if ((ms->firmware || !ms->kernel_filename) &&
        !x86_load_firmware(x86ms, acpi ? FIRMWARE_ACPI : FIRMWARE,
                           get_system_memory()) &&
        kvm_enabled()) {
        warn_report("no kernel (-kernel) and no firmware (-bios, or '%s' "
                    "installed): there is nothing to run",
                    acpi ? FIRMWARE_ACPI : FIRMWARE);
    }
    mms->machine_done.notify = machine_done;
    qemu_add_machine_init_done_notifier(&mms->machine_done);
    if (acpi) {
        mms->powerdown_req.notify = powerdown;
        qemu_register_powerdown_notifier(&mms->powerdown_req);
    }
}

/* ---- plugging ------------------------------------------------------------ */

/* DIMMs are also the GED's: it tells the guest. */
static bool is_dimm(const DeviceState *dev)
{
    return object_dynamic_cast(OBJECT(dev), TYPE_PC_DIMM);
}

static bool is_cpu(const DeviceState *dev)
{
    return object_dynamic_cast(OBJECT(dev), TYPE_X86_CPU);
}

static HotplugHandler *get_hotplug_handler(MachineState *ms, DeviceState *dev)
{
    return memory_device_is_whole(dev) ||
                   object_dynamic_cast(OBJECT(dev), TYPE_X86_CPU)
               ? HOTPLUG_HANDLER(ms)
               : NULL;
}

static void pre_plug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    if (is_cpu(dev)) {
        x86_cpu_pre_plug(handler, dev, errp);
        return;
    }
    if (!is_dimm(dev)) {
        memory_device_bus_pre_plug(dev, MACHINE(handler), errp);
        return;
    }
    if (!X86_MACHINE(handler)->acpi_dev) {
        error_setg(errp,
                   "'%s' needs ACPI, by which the guest learns of it "
                   "(-M microvm,acpi=on); without it, use virtio-mem",
                   object_get_typename(OBJECT(dev)));
        return;
    }
    if (object_dynamic_cast(OBJECT(dev), "nvdimm")) {
        error_setg(errp, "this machine cannot tell the guest of an 'nvdimm'; "
                         "use virtio-pmem or pc-dimm");
        return;
    }
    pc_dimm_pre_plug(PC_DIMM(dev), MACHINE(handler), errp);
}

static void plug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    Error *err = NULL;

    if (is_cpu(dev)) {
        x86_cpu_plug(handler, dev, errp);
        return;
    }
    if (!is_dimm(dev)) {
        memory_device_bus_plug(dev, MACHINE(handler), errp);
        return;
    }
    if (!pc_dimm_try_plug(PC_DIMM(dev), MACHINE(handler), errp)) {
        return;
    }
    hotplug_handler_plug(X86_MACHINE(handler)->acpi_dev, dev, &err);
    if (err) {
        pc_dimm_unplug(PC_DIMM(dev), MACHINE(handler));
        error_propagate(errp, err);
    }
}

static void unplug_request(HotplugHandler *handler, DeviceState *dev,
                           Error **errp)
{
    if (is_cpu(dev)) {
        x86_cpu_unplug_request_cb(handler, dev, errp);
        return;
    }
    if (is_dimm(dev)) {
        hotplug_handler_unplug_request(X86_MACHINE(handler)->acpi_dev, dev,
                                       errp);
    } else {
        memory_device_bus_unplug_request(dev, MACHINE(handler), errp);
    }
}

static void unplug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    Error *err = NULL;

    if (is_cpu(dev)) {
        x86_cpu_unplug_cb(handler, dev, errp);
        return;
    }
    if (!is_dimm(dev)) {
        memory_device_bus_unplug(dev, MACHINE(handler), errp);
        return;
    }
    hotplug_handler_unplug(X86_MACHINE(handler)->acpi_dev, dev, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    pc_dimm_unplug(PC_DIMM(dev), MACHINE(handler));
    qdev_unrealize(dev);
}

/* ---- options ------------------------------------------------------------- */

#define BOOL_OPTION(_field)                                                    \
    static bool get_##_field(Object *obj, Error **errp)                        \
    {                                                                          \
        return MICROVM_MACHINE(obj)->_field;                                   \
    }                                                                          \
    static void set_##_field(Object *obj, bool value, Error **errp)            \
    {                                                                          \
        MICROVM_MACHINE(obj)->_field = value;                                  \
    }

BOOL_OPTION(isa_serial)
/* Kernels are loaded without firmware that would run ROMs. */
static void set_no_option_roms(Object *obj, bool value, Error **errp)
{
    if (value) {
        error_setg(errp, MICROVM_MACHINE_OPTION_ROMS
                   "=on: this machine has no option ROMs: a kernel is started "
                   "without firmware");
    }
}

static bool get_option_roms(Object *obj, Error **errp)
{
    return MICROVM_MACHINE(obj)->option_roms;
}

BOOL_OPTION(auto_kernel_cmdline)

static void add_options(ObjectClass *oc)
{
    machine_add_on_off_auto(oc, MICROVM_MACHINE_RTC,
                            offsetof(MicrovmMachineState, rtc),
                            "Enable MC146818 RTC");
    machine_add_on_off_auto(oc, MICROVM_MACHINE_PCIE,
                            offsetof(MicrovmMachineState, pcie), "Enable PCIe");
    machine_add_on_off_auto(oc, MICROVM_MACHINE_IOAPIC2,
                            offsetof(MicrovmMachineState, ioapic2),
                            "Enable second IO-APIC");
    object_class_property_add_bool(oc, MICROVM_MACHINE_ISA_SERIAL,
                                   get_isa_serial, set_isa_serial);
    object_class_property_set_description(
        oc, MICROVM_MACHINE_ISA_SERIAL,
        "Set off to disable the instantiation an ISA serial port");
    object_class_property_add_bool(oc, MICROVM_MACHINE_OPTION_ROMS,
                                   get_option_roms, set_no_option_roms);
    object_class_property_set_description(
        oc, MICROVM_MACHINE_OPTION_ROMS,
        "Set off to disable loading option ROMs");
    object_class_property_add_bool(oc, MICROVM_MACHINE_AUTO_KERNEL_CMDLINE,
                                   get_auto_kernel_cmdline,
                                   set_auto_kernel_cmdline);
    object_class_property_set_description(
        oc, MICROVM_MACHINE_AUTO_KERNEL_CMDLINE,
        "Set off to disable adding virtio-mmio devices to the kernel cmdline");
}

static void microvm_instance_init(Object *obj)
{
    MicrovmMachineState *mms = MICROVM_MACHINE(obj);

    mms->rtc = ON_OFF_AUTO_AUTO;
    mms->pcie = ON_OFF_AUTO_AUTO;
    mms->ioapic2 = ON_OFF_AUTO_AUTO;
    mms->isa_serial = true;
    mms->auto_kernel_cmdline = true;
}

static void microvm_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    machine_class_set_target(mc, "x86_64");
    mc->init = microvm_init;
    mc->reset = microvm_reset;
    mc->family = "microvm_i386";
    mc->desc = "microvm (i386)";
    mc->units_per_default_bus = 1;
    mc->no_floppy = 1;
    mc->no_cdrom = 1;
    mc->max_cpus = 288;
    mc->has_hotpluggable_cpus = true;
    mc->default_cpu_type = X86_CPU_TYPE_NAME("qemu64");
    mc->default_ram_id = "microvm.ram";
    mc->block_default_type = IF_VIRTIO;
    mc->get_hotplug_handler = get_hotplug_handler;
    hc->pre_plug = pre_plug;
    hc->plug = plug;
    hc->unplug_request = unplug_request;
    hc->unplug = unplug;
    add_options(oc);
}

static const TypeInfo microvm_types[] = {
    {
        .name = TYPE_MICROVM_MACHINE,
        .parent = TYPE_X86_MACHINE,
        .instance_size = sizeof(MicrovmMachineState),
        .instance_init = microvm_instance_init,
        .class_size = sizeof(MicrovmMachineClass),
        .class_init = microvm_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_HOTPLUG_HANDLER },
                {},
            },
    },
};

DEFINE_TYPES(microvm_types)

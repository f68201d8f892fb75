/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-mem: the device, its properties and its life.
 *
 * The user sets requested-size; the guest plugs and unplugs blocks
 * (virtio-mem-request.c) until size is the same. It may only use blocks in the
 * usable region, which is larger than requested-size, since the guest adds
 * memory in larger pieces, and shrinks when nothing is plugged.
 */
#include "qemu/osdep.h"
#include "exec/ramblock.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "hw/target.h"
#include "memory/ram.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "standard-headers/linux/virtio_ids.h"
#include "system/numa.h"
#include "system/reset.h"
#include "system/runstate.h"
#include "system/system.h"
#include "trace/trace-hw_virtio.h"
#include "virtio-mem-internal.h"

#define THP_PATH   "/sys/kernel/mm/transparent_hugepage"
#define QUEUE_SIZE 128

/* ---- sizes --------------------------------------------------------------- */

/* Without the kernel's word, by the host's architecture. */
static uint32_t guess_thp_size(void)
{
#if defined(__x86_64__) || defined(__arm__) || defined(__powerpc64__)
    return 2 * MiB;
#elif defined(__aarch64__)
    switch (qemu_real_host_page_size()) {
    case 4 * KiB:
        return 2 * MiB;
    case 16 * KiB:
        return 32 * MiB;
    case 64 * KiB:
        return 512 * MiB;
    }
#endif
    return VIRTIO_MEM_MIN_BLOCK_SIZE;
}

static uint32_t probe_thp_size(void)
{
    g_autofree char *content = NULL;
    const char *end;
    uint64_t size;

    if (!g_file_test(THP_PATH, G_FILE_TEST_IS_DIR)) {
        return VIRTIO_MEM_MIN_BLOCK_SIZE;
    }
    if (g_file_get_contents(THP_PATH "/hpage_pmd_size", &content, NULL, NULL) &&
        !qemu_strtou64(content, &end, 0, &size) && (!*end || *end == '\n')) {
        if (is_power_of_2(size) && size <= UINT32_MAX) {
            return size;
        }
        warn_report("Read unsupported THP size: %" PRIx64, size);
    }
    size = guess_thp_size();
    warn_report("Could not detect THP size, falling back to %" PRIu64 " MiB.",
                size / MiB);
    return size;
}

static uint32_t thp_size(void)
{
    static uint32_t size;

    size = size ?: probe_thp_size();
    return size;
}

uint64_t virtio_mem_default_block_size(RAMBlock *rb)
{
    const uint64_t page = qemu_ram_pagesize(rb);

    /* Huge pages of a file are never cut, even if they are smaller. */
    return MAX(page, page == qemu_real_host_page_size()
                         ? thp_size()
                         : VIRTIO_MEM_MIN_BLOCK_SIZE);
}

/*
 * Linux adds memory in sections and needs a whole one in the usable region to
 * use a part of it. So there is room for two of the largest that it has: 512
 * MiB on Arm, 128 MiB elsewhere.
 */
static uint64_t usable_extent(void)
{
    const char *target = target_name();

    return g_str_equal(target, "aarch64") || g_str_equal(target, "arm")
               ? 2 * 512 * MiB
               : 2 * 128 * MiB;
}

void virtio_mem_resize_usable_region(VirtIOMEM *vmem, uint64_t requested_size,
                                     bool can_shrink)
{
    const uint64_t region = virtio_mem_region_size(vmem);
    uint64_t size = 0;

    if (requested_size) {
        size = requested_size < region
                   ? MIN(region, requested_size + usable_extent())
                   : region;
        size = QEMU_ALIGN_UP(size, vmem->block_size);
    }
    if (size < vmem->usable_region_size && !can_shrink) {
        return;
    }
    trace_virtio_mem_resized_usable_region(vmem->usable_region_size, size);
    vmem->usable_region_size = size;
}

/*
 * Reading memory that is not there costs nothing only if the host answers with
 * its zero page: private anonymous memory of small pages.
 */
static bool has_shared_zeropage(RAMBlock *rb)
{
    return !qemu_ram_is_shared(rb) && qemu_ram_get_fd(rb) < 0 &&
           qemu_ram_pagesize(rb) == qemu_real_host_page_size();
}

/* Only on x86 there have been drivers that read unplugged memory. */
static bool has_legacy_guests(void)
{
    const char *target = target_name();

    return g_str_equal(target, "x86_64") || g_str_equal(target, "i386");
}

/* ---- virtio -------------------------------------------------------------- */

static void get_config(VirtIODevice *vdev, uint8_t *data)
{
    const VirtIOMEM *vmem = VIRTIO_MEM(vdev);
    struct virtio_mem_config *config = (void *)data;

    *config = (struct virtio_mem_config){
        .block_size = cpu_to_le64(vmem->block_size),
        .node_id = cpu_to_le16(vmem->node),
        .addr = cpu_to_le64(vmem->addr),
        .region_size = cpu_to_le64(virtio_mem_region_size(vmem)),
        .usable_region_size = cpu_to_le64(vmem->usable_region_size),
        .plugged_size = cpu_to_le64(vmem->size),
        .requested_size = cpu_to_le64(vmem->requested_size),
    };
}

static uint64_t get_features(VirtIODevice *vdev, uint64_t features,
                             Error **errp)
{
    const VirtIOMEM *vmem = VIRTIO_MEM(vdev);
    MachineState *ms = MACHINE(qdev_get_machine());

    if (ms->numa_state) {
        virtio_add_feature(&features, VIRTIO_MEM_F_ACPI_PXM);
    }
    assert(vmem->unplugged_inaccessible != ON_OFF_AUTO_AUTO);
    if (vmem->unplugged_inaccessible == ON_OFF_AUTO_ON) {
        virtio_add_feature(&features, VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE);
    }
    if (qemu_wakeup_suspend_enabled()) {
        virtio_add_feature(&features, VIRTIO_MEM_F_PERSISTENT_SUSPEND);
    }
    return features;
}

static int validate_features(VirtIODevice *vdev)
{
    const unsigned int bit = VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE;

    return virtio_host_has_feature(vdev, bit) &&
                   !virtio_vdev_has_feature(vdev, bit)
               ? -EFAULT
               : 0;
}

/* ---- realize ------------------------------------------------------------- */

static bool check_memdev(const VirtIOMEM *vmem, Error **errp)
{
    HostMemoryBackend *memdev = vmem->memdev;
    const char *id;

    if (!memdev) {
        error_setg(errp, "'%s' property is not set", VIRTIO_MEM_MEMDEV_PROP);
        return false;
    }
    id = object_get_canonical_path_component(OBJECT(memdev));
    if (host_memory_backend_is_mapped(memdev)) {
        error_setg(errp, "'%s' property specifies a busy memdev: %s",
                   VIRTIO_MEM_MEMDEV_PROP, id);
        return false;
    }
    if (!memory_region_is_ram(&memdev->mr) ||
        memory_region_is_rom(&memdev->mr) || !memdev->mr.ram_block ||
        memory_region_has_ram_discard_manager(&memdev->mr)) {
        error_setg(errp, "'%s' property specifies an unsupported memdev",
                   VIRTIO_MEM_MEMDEV_PROP);
        return false;
    }
    if (memdev->prealloc) {
        error_setg(errp,
                   "'%s' property specifies a memdev with preallocation"
                   " enabled: %s. Instead, specify 'prealloc=on' for the"
                   " virtio-mem device. ",
                   VIRTIO_MEM_MEMDEV_PROP, id);
        return false;
    }
    return true;
}

static bool check_node(const VirtIOMEM *vmem, Error **errp)
{
    MachineState *ms = MACHINE(qdev_get_machine());
    int nodes = ms->numa_state ? ms->numa_state->num_nodes : 0;

    if (nodes ? vmem->node >= nodes : vmem->node) {
        error_setg(errp,
                   "'%s' property has value '%" PRIu32 "', which exceeds"
                   "the number of numa nodes: %d",
                   VIRTIO_MEM_NODE_PROP, vmem->node, nodes ?: 1);
        return false;
    }
    return true;
}

static bool decide_inaccessible(VirtIOMEM *vmem, Error **errp)
{
    bool zeropage = has_shared_zeropage(virtio_mem_ram_block(vmem));

    if (vmem->unplugged_inaccessible == ON_OFF_AUTO_AUTO) {
        vmem->unplugged_inaccessible =
            has_legacy_guests() && zeropage ? ON_OFF_AUTO_OFF : ON_OFF_AUTO_ON;
    } else if (vmem->unplugged_inaccessible == ON_OFF_AUTO_OFF && !zeropage) {
        warn_report("'%s' property set to 'off' with a memdev that does not"
                    " support the shared zeropage.",
                    VIRTIO_MEM_UNPLUGGED_INACCESSIBLE_PROP);
    }
    if (vmem->dynamic_memslots &&
        vmem->unplugged_inaccessible != ON_OFF_AUTO_ON) {
        error_setg(errp, "'%s' property set to 'on' requires '%s' to be 'on'",
                   VIRTIO_MEM_DYNAMIC_MEMSLOTS_PROP,
                   VIRTIO_MEM_UNPLUGGED_INACCESSIBLE_PROP);
        return false;
    }
    return true;
}

static bool check_multiple(const VirtIOMEM *vmem, uint64_t value,
                           const char *what, Error **errp)
{
    if (!QEMU_IS_ALIGNED(value, vmem->block_size)) {
        error_setg(errp, "'%s%s' (0x%" PRIx64 ")", what,
                   VIRTIO_MEM_BLOCK_SIZE_PROP, vmem->block_size);
        return false;
    }
    return true;
}

static bool decide_block_size(VirtIOMEM *vmem, Error **errp)
{
    RAMBlock *rb = virtio_mem_ram_block(vmem);
    const uint64_t page = qemu_ram_pagesize(rb);
    const uint64_t usual = virtio_mem_default_block_size(rb);

    if (!vmem->block_size) {
        vmem->block_size = usual;
    }
    if (vmem->block_size < page) {
        error_setg(errp,
                   "'%s' property has to be at least the page size (0x%" PRIx64
                   ")",
                   VIRTIO_MEM_BLOCK_SIZE_PROP, page);
        return false;
    }
    if (vmem->block_size < usual) {
        warn_report("'%s' property is smaller than the default block size"
                    " (%" PRIx64 " MiB)",
                    VIRTIO_MEM_BLOCK_SIZE_PROP, usual / MiB);
    }
    return check_multiple(vmem, vmem->requested_size,
                          VIRTIO_MEM_REQUESTED_SIZE_PROP
                          "' property has to be multiples of '",
                          errp) &&
           check_multiple(vmem, vmem->addr,
                          VIRTIO_MEM_ADDR_PROP
                          "' property has to be multiples of '",
                          errp) &&
           check_multiple(vmem, virtio_mem_region_size(vmem),
                          VIRTIO_MEM_MEMDEV_PROP
                          "' property memdev size has to be multiples of'",
                          errp);
}

/* Nothing is there at first, unless it comes by migration. */
static bool begin_empty(VirtIOMEM *vmem, Error **errp)
{
    RAMBlock *rb = virtio_mem_ram_block(vmem);
    int ret;

    if (ram_block_coordinated_discard_require(true)) {
        error_setg(errp, "Discarding RAM is disabled");
        return false;
    }
    if (runstate_check(RUN_STATE_INMIGRATE)) {
        return true;
    }
    ret = ram_block_discard_range(rb, 0, qemu_ram_get_used_length(rb));
    if (ret) {
        error_setg_errno(errp, -ret, "Unexpected error discarding RAM");
        ram_block_coordinated_discard_require(false);
        return false;
    }
    return true;
}

static void listen_to_resets(VirtIOMEM *vmem)
{
    Object *obj = object_new(TYPE_VIRTIO_MEM_SYSTEM_RESET);

    vmem->system_reset = VIRTIO_MEM_SYSTEM_RESET(obj);
    vmem->system_reset->vmem = vmem;
    qemu_register_resettable(obj);
}

static void virtio_mem_realize(DeviceState *dev, Error **errp)
{
    VirtIOMEM *vmem = VIRTIO_MEM(dev);
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);

    if (!check_memdev(vmem, errp) || !check_node(vmem, errp)) {
        return;
    }
    if (should_mlock(mlock_state)) {
        error_setg(errp, "Incompatible with mlock");
        return;
    }
    if (!decide_inaccessible(vmem, errp) || !decide_block_size(vmem, errp) ||
        !begin_empty(vmem, errp)) {
        return;
    }
    virtio_mem_resize_usable_region(vmem, vmem->requested_size, true);
    vmem->bitmap_size = virtio_mem_region_size(vmem) / vmem->block_size;
    vmem->bitmap = bitmap_new(vmem->bitmap_size);

    virtio_init(vdev, VIRTIO_ID_MEM, sizeof(struct virtio_mem_config));
    vmem->vq = virtio_add_queue(vdev, QUEUE_SIZE, virtio_mem_handle_request);
    virtio_mem_prepare_memslots(vmem);
    host_memory_backend_set_mapped(vmem->memdev, true);
    vmstate_register_ram(&vmem->memdev->mr, dev);
    if (vmem->early_migration) {
        vmstate_register_any(VMSTATE_IF(vmem), &vmstate_virtio_mem_device_early,
                             vmem);
    }
    listen_to_resets(vmem);
    /* Before the region is mapped, so that whoever sees it sees this. */
    memory_region_set_ram_discard_manager(&vmem->memdev->mr,
                                          RAM_DISCARD_MANAGER(vmem));
}

static void virtio_mem_unrealize(DeviceState *dev)
{
    VirtIOMEM *vmem = VIRTIO_MEM(dev);
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);

    bitmap_zero(vmem->bitmap, vmem->bitmap_size);
    virtio_mem_deactivate_memslots(vmem, 0, virtio_mem_region_size(vmem));
    memory_region_set_ram_discard_manager(&vmem->memdev->mr, NULL);
    qemu_unregister_resettable(OBJECT(vmem->system_reset));
    object_unref(OBJECT(vmem->system_reset));
    if (vmem->early_migration) {
        vmstate_unregister(VMSTATE_IF(vmem), &vmstate_virtio_mem_device_early,
                           vmem);
    }
    vmstate_unregister_ram(&vmem->memdev->mr, dev);
    host_memory_backend_set_mapped(vmem->memdev, false);
    virtio_del_queue(vdev, 0);
    virtio_cleanup(vdev);
    g_free(vmem->bitmap);
    vmem->bitmap = NULL;
    ram_block_coordinated_discard_require(false);
}

/* ---- properties ---------------------------------------------------------- */

static void get_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    uint64_t value = VIRTIO_MEM(obj)->size;

    visit_type_size(v, name, &value, errp);
}

static void get_requested_size(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    uint64_t value = VIRTIO_MEM(obj)->requested_size;

    visit_type_size(v, name, &value, errp);
}

static void set_requested_size(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    VirtIOMEM *vmem = VIRTIO_MEM(obj);
    uint64_t value;

    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    /* realize checks it when the block size and the backend are known. */
    if (!DEVICE(obj)->realized) {
        vmem->requested_size = value;
        return;
    }
    if (!QEMU_IS_ALIGNED(value, vmem->block_size)) {
        error_setg(errp, "'%s' has to be multiples of '%s' (0x%" PRIx64 ")",
                   name, VIRTIO_MEM_BLOCK_SIZE_PROP, vmem->block_size);
        return;
    }
    if (value > virtio_mem_region_size(vmem)) {
        error_setg(errp,
                   "'%s' cannot exceed the memory backend size(0x%" PRIx64 ")",
                   name, virtio_mem_region_size(vmem));
        return;
    }
    if (value != vmem->requested_size) {
        virtio_mem_resize_usable_region(vmem, value, false);
        vmem->requested_size = value;
    }
    /* Also without a change: the guest tries again. */
    virtio_notify_config(VIRTIO_DEVICE(vmem));
}

static void get_block_size(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    const VirtIOMEM *vmem = VIRTIO_MEM(obj);
    uint64_t value = vmem->block_size;

    if (!value) {
        value = vmem->memdev && memory_region_is_ram(&vmem->memdev->mr)
                    ? virtio_mem_default_block_size(virtio_mem_ram_block(vmem))
                    : thp_size();
    }
    visit_type_size(v, name, &value, errp);
}

static void set_block_size(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    uint64_t value;

    if (DEVICE(obj)->realized) {
        error_setg(errp, "'%s' cannot be changed", name);
        return;
    }
    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (value < VIRTIO_MEM_MIN_BLOCK_SIZE) {
        error_setg(errp, "'%s' property has to be at least 0x%" PRIx32, name,
                   VIRTIO_MEM_MIN_BLOCK_SIZE);
        return;
    }
    if (!is_power_of_2(value)) {
        error_setg(errp, "'%s' property has to be a power of two", name);
        return;
    }
    VIRTIO_MEM(obj)->block_size = value;
}

static const Property virtio_mem_properties[] = {
    DEFINE_PROP_UINT64(VIRTIO_MEM_ADDR_PROP, VirtIOMEM, addr, 0),
    DEFINE_PROP_UINT32(VIRTIO_MEM_NODE_PROP, VirtIOMEM, node, 0),
    DEFINE_PROP_BOOL(VIRTIO_MEM_PREALLOC_PROP, VirtIOMEM, prealloc, false),
    DEFINE_PROP_LINK(VIRTIO_MEM_MEMDEV_PROP, VirtIOMEM, memdev,
                     TYPE_MEMORY_BACKEND, HostMemoryBackend *),
    DEFINE_PROP_ON_OFF_AUTO(VIRTIO_MEM_UNPLUGGED_INACCESSIBLE_PROP, VirtIOMEM,
                            unplugged_inaccessible, ON_OFF_AUTO_ON),
    DEFINE_PROP_BOOL(VIRTIO_MEM_EARLY_MIGRATION_PROP, VirtIOMEM,
                     early_migration, true),
    DEFINE_PROP_BOOL(VIRTIO_MEM_DYNAMIC_MEMSLOTS_PROP, VirtIOMEM,
                     dynamic_memslots, false),
};

/* ---- the class ----------------------------------------------------------- */

static void fill_device_info(const VirtIOMEM *vmem, VirtioMEMDeviceInfo *vi)
{
    vi->memaddr = vmem->addr;
    vi->node = vmem->node;
    vi->requested_size = vmem->requested_size;
    vi->size = vmem->size;
    vi->max_size = virtio_mem_region_size(vmem);
    vi->block_size = vmem->block_size;
    vi->memdev = object_get_canonical_path(OBJECT(vmem->memdev));
}

static MemoryRegion *get_memory_region(VirtIOMEM *vmem, Error **errp)
{
    if (!vmem->memdev) {
        error_setg(errp, "'%s' property must be set", VIRTIO_MEM_MEMDEV_PROP);
        return NULL;
    }
    if (!vmem->dynamic_memslots) {
        return &vmem->memdev->mr;
    }
    if (!vmem->mr) {
        virtio_mem_prepare_mr(vmem);
    }
    return vmem->mr;
}

static void add_size_change_notifier(VirtIOMEM *vmem, Notifier *notifier)
{
    notifier_list_add(&vmem->size_change_notifiers, notifier);
}

static void remove_size_change_notifier(VirtIOMEM *vmem, Notifier *notifier)
{
    notifier_remove(notifier);
}

static void unplug_request_check(VirtIOMEM *vmem, Error **errp)
{
    const char *why = NULL;

    if (vmem->unplugged_inaccessible == ON_OFF_AUTO_OFF) {
        /* The guest may read the region for as long as it likes. */
        why = "'" VIRTIO_MEM_UNPLUGGED_INACCESSIBLE_PROP "' != 'on'";
    } else if (vmem->size) {
        why = "some of its memory is still plugged";
    } else if (vmem->requested_size) {
        why = "'" VIRTIO_MEM_REQUESTED_SIZE_PROP "' != '0'";
    }
    if (why) {
        error_setg(errp, "virtio-mem device cannot get unplugged while %s",
                   why);
    }
}

static void virtio_mem_instance_init(Object *obj)
{
    VirtIOMEM *vmem = VIRTIO_MEM(obj);

    notifier_list_init(&vmem->size_change_notifiers);
    QLIST_INIT(&vmem->rdl_list);
    object_property_add(obj, VIRTIO_MEM_SIZE_PROP, "size", get_size, NULL, NULL,
                        NULL);
    object_property_add(obj, VIRTIO_MEM_REQUESTED_SIZE_PROP, "size",
                        get_requested_size, set_requested_size, NULL, NULL);
    object_property_add(obj, VIRTIO_MEM_BLOCK_SIZE_PROP, "size", get_block_size,
                        set_block_size, NULL, NULL);
}

static void virtio_mem_finalize(Object *obj)
{
    virtio_mem_free_memslots(VIRTIO_MEM(obj));
    g_free(VIRTIO_MEM(obj)->path);
}

static void virtio_mem_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(oc);
    VirtIOMEMClass *vmc = VIRTIO_MEM_CLASS(oc);

    device_class_set_props(dc, virtio_mem_properties);
    dc->vmsd = &vmstate_virtio_mem;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    vdc->realize = virtio_mem_realize;
    vdc->unrealize = virtio_mem_unrealize;
    vdc->get_config = get_config;
    vdc->get_features = get_features;
    vdc->validate_features = validate_features;
    vdc->vmsd = &vmstate_virtio_mem_device;
    vmc->fill_device_info = fill_device_info;
    vmc->get_memory_region = get_memory_region;
    vmc->decide_memslots = virtio_mem_decide_memslots;
    vmc->get_memslots = virtio_mem_get_memslots;
    vmc->add_size_change_notifier = add_size_change_notifier;
    vmc->remove_size_change_notifier = remove_size_change_notifier;
    vmc->unplug_request_check = unplug_request_check;
    virtio_mem_discard_class_init(RAM_DISCARD_MANAGER_CLASS(oc));
    virtio_mem_memory_device_class_init(MEMORY_DEVICE_CLASS(oc));
}

/* ---- resets of the system ------------------------------------------------ */

static ResettableState *get_reset_state(Object *obj)
{
    return &VIRTIO_MEM_SYSTEM_RESET(obj)->reset_state;
}

/*
 * All memory is unplugged, unless that cannot be just now: then the driver
 * finds it plugged. A guest that wakes up keeps its memory.
 */
static void system_reset_hold(Object *obj, ResetType type)
{
    if (type != RESET_TYPE_WAKEUP) {
        virtio_mem_unplug_all(VIRTIO_MEM_SYSTEM_RESET(obj)->vmem);
    }
}

static void system_reset_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    rc->get_state = get_reset_state;
    rc->phases.hold = system_reset_hold;
}

static const TypeInfo virtio_mem_types[] = {
    {
        .name = TYPE_VIRTIO_MEM,
        .parent = TYPE_VIRTIO_DEVICE,
        .instance_size = sizeof(VirtIOMEM),
        .instance_init = virtio_mem_instance_init,
        .instance_finalize = virtio_mem_finalize,
        .class_init = virtio_mem_class_init,
        .class_size = sizeof(VirtIOMEMClass),
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_RAM_DISCARD_MANAGER },
                { TYPE_MEMORY_DEVICE },
                {},
            },
    },
    {
        .name = TYPE_VIRTIO_MEM_SYSTEM_RESET,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(VirtioMemSystemReset),
        .class_init = system_reset_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_RESETTABLE_INTERFACE },
                {},
            },
    },
};

DEFINE_TYPES(virtio_mem_types)

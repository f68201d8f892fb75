/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nvdimm: a DIMM that keeps its contents, with an area for labels at its end */
#include "qemu/osdep.h"
#include "hw/mem/memory-device.h"
#include "hw/mem/nvdimm.h"
#include "hw/qdev-properties.h"
#include "memory/ram.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "system/hostmem.h"

static void nvdimm_get_label_size(Object *obj, Visitor *v, const char *name,
                                  void *opaque, Error **errp)
{
    uint64_t value = NVDIMM(obj)->label_size;

    visit_type_size(v, name, &value, errp);
}

static void nvdimm_set_label_size(Object *obj, Visitor *v, const char *name,
                                  void *opaque, Error **errp)
{
    NVDIMMDevice *nvdimm = NVDIMM(obj);
    uint64_t value;

    if (nvdimm->nvdimm_mr) {
        error_setg(errp, "cannot change property value");
        return;
    }
    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (value < MIN_NAMESPACE_LABEL_SIZE) {
        error_setg(errp,
                   "Property '%s.%s' (0x%" PRIx64 ") is required at least "
                   "0x%lx",
                   object_get_typename(obj), name, value,
                   MIN_NAMESPACE_LABEL_SIZE);
        return;
    }
    nvdimm->label_size = value;
}

static void nvdimm_get_uuid(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    g_autofree char *value = g_new0(char, UUID_STR_LEN);

    qemu_uuid_unparse(&NVDIMM(obj)->uuid, value);
    visit_type_str(v, name, &value, errp);
}

static void nvdimm_set_uuid(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    g_autofree char *value = NULL;

    if (!visit_type_str(v, name, &value, errp)) {
        return;
    }
    if (qemu_uuid_parse(value, &NVDIMM(obj)->uuid)) {
        error_setg(errp, "Property '%s.%s' has invalid value",
                   object_get_typename(obj), name);
    }
}

/* ---- the memory without the labels --------------------------------------- */

static bool nvdimm_split(NVDIMMDevice *nvdimm, Error **errp)
{
    PCDIMMDevice *dimm = PC_DIMM(nvdimm);
    const char *name;
    MemoryRegion *mr;
    uint64_t size, align, pmem;

    if (!dimm->hostmem) {
        error_setg(errp, "'" PC_DIMM_MEMDEV_PROP "' property must be set");
        return false;
    }
    name = object_get_canonical_path_component(OBJECT(dimm->hostmem));
    mr = host_memory_backend_get_memory(dimm->hostmem);
    align = memory_region_get_alignment(mr);
    size = memory_region_size(mr);
    pmem = size > nvdimm->label_size
               ? QEMU_ALIGN_DOWN(size - nvdimm->label_size, align)
               : 0;
    if (!pmem) {
        error_setg(errp,
                   "the size of memdev %s (0x%" PRIx64 ") is too small to "
                   "contain nvdimm label (0x%" PRIx64
                   ") and aligned PMEM (0x%" PRIx64 ")",
                   name, size, nvdimm->label_size, align);
        return false;
    }
    nvdimm->readonly = memory_region_is_rom(mr);
    if (nvdimm->readonly && !nvdimm->unarmed) {
        error_setg(errp,
                   "'unarmed' property must be 'on' since memdev %s is "
                   "read-only",
                   name);
        return false;
    }
    nvdimm->label_data =
        (char *)memory_region_get_ram_ptr(mr) + (size - nvdimm->label_size);
    nvdimm->nvdimm_mr = g_new(MemoryRegion, 1);
    memory_region_init_alias(nvdimm->nvdimm_mr, OBJECT(dimm), "nvdimm-memory",
                             mr, 0, pmem);
    memory_region_set_nonvolatile(nvdimm->nvdimm_mr, true);
    nvdimm->nvdimm_mr->align = align;
    return true;
}

static MemoryRegion *nvdimm_get_region(MemoryDeviceState *md, Error **errp)
{
    NVDIMMDevice *nvdimm = NVDIMM(md);

    if (!nvdimm->nvdimm_mr && !nvdimm_split(nvdimm, errp)) {
        return NULL;
    }
    return nvdimm->nvdimm_mr;
}

static void nvdimm_realize(PCDIMMDevice *dimm, Error **errp)
{
    NVDIMMDevice *nvdimm = NVDIMM(dimm);
    NVDIMMClass *nc = NVDIMM_GET_CLASS(nvdimm);

    if ((nvdimm->nvdimm_mr || nvdimm_split(nvdimm, errp)) && nc->realize) {
        nc->realize(nvdimm, errp);
    }
}

static void nvdimm_unrealize(PCDIMMDevice *dimm)
{
    NVDIMMClass *nc = NVDIMM_GET_CLASS(dimm);

    if (nc->unrealize) {
        nc->unrealize(NVDIMM(dimm));
    }
}

/* The region is a child of the device, which the finalizer has let go. */
static void nvdimm_finalize(Object *obj)
{
    g_free(NVDIMM(obj)->nvdimm_mr);
}

/* ---- labels -------------------------------------------------------------- */

static void check_label_access(const NVDIMMDevice *nvdimm, uint64_t size,
                               uint64_t offset)
{
    assert(offset <= nvdimm->label_size && size <= nvdimm->label_size - offset);
}

static void nvdimm_read_labels(NVDIMMDevice *nvdimm, void *buf, uint64_t size,
                               uint64_t offset)
{
    check_label_access(nvdimm, size, offset);
    memcpy(buf, (char *)nvdimm->label_data + offset, size);
}

static void nvdimm_write_labels(NVDIMMDevice *nvdimm, const void *buf,
                                uint64_t size, uint64_t offset)
{
    MemoryRegion *mr = host_memory_backend_get_memory(PC_DIMM(nvdimm)->hostmem);

    check_label_access(nvdimm, size, offset);
    if (nvdimm->readonly) {
        return;
    }
    memcpy((char *)nvdimm->label_data + offset, buf, size);
    memory_region_set_dirty(
        mr, memory_region_size(mr) - nvdimm->label_size + offset, size);
}

static const Property nvdimm_properties[] = {
    DEFINE_PROP_BOOL(NVDIMM_UNARMED_PROP, NVDIMMDevice, unarmed, false),
};

static void nvdimm_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    PCDIMMDeviceClass *pdc = PC_DIMM_CLASS(oc);
    MemoryDeviceClass *mdc = MEMORY_DEVICE_CLASS(oc);
    NVDIMMClass *nc = NVDIMM_CLASS(oc);

    dc->desc = "NVDIMM memory module";
    device_class_set_props(dc, nvdimm_properties);
    object_class_property_add(oc, NVDIMM_LABEL_SIZE_PROP, "int",
                              nvdimm_get_label_size, nvdimm_set_label_size,
                              NULL, NULL);
    object_class_property_add(oc, NVDIMM_UUID_PROP, "QemuUUID", nvdimm_get_uuid,
                              nvdimm_set_uuid, NULL, NULL);
    pdc->realize = nvdimm_realize;
    pdc->unrealize = nvdimm_unrealize;
    mdc->get_memory_region = nvdimm_get_region;
    nc->read_label_data = nvdimm_read_labels;
    nc->write_label_data = nvdimm_write_labels;
}

static const TypeInfo nvdimm_types[] = {
    {
        .name = TYPE_NVDIMM,
        .parent = TYPE_PC_DIMM,
        .class_size = sizeof(NVDIMMClass),
        .class_init = nvdimm_class_init,
        .instance_size = sizeof(NVDIMMDevice),
        .instance_finalize = nvdimm_finalize,
    },
};

DEFINE_TYPES(nvdimm_types)

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DIMM that keeps its contents: its backend is a file.
 *
 * The end of the backend may be kept apart for labels (label-size), which the
 * guest reaches by firmware calls and not as memory. What a board with ACPI
 * tells the guest about NVDIMMs belongs to the ACPI code and is not here.
 */
#ifndef QEMU_NVDIMM_H
#define QEMU_NVDIMM_H

#include "hw/mem/pc-dimm.h"
#include "qemu/uuid.h"
#include "qom/object.h"

/* For about 1000 labels (the namespace specification's minimum). */
#define MIN_NAMESPACE_LABEL_SIZE (128UL << 10)

#define TYPE_NVDIMM "nvdimm"
OBJECT_DECLARE_TYPE(NVDIMMDevice, NVDIMMClass, NVDIMM)

#define NVDIMM_LABEL_SIZE_PROP "label-size"
#define NVDIMM_UUID_PROP       "uuid"
#define NVDIMM_UNARMED_PROP    "unarmed"

struct NVDIMMDevice {
    /* private */
    PCDIMMDevice parent_obj;

    /* public */
    uint64_t label_size;
    void *label_data;        /* label_size bytes, the backend's last */
    MemoryRegion *nvdimm_mr; /* the backend without the labels */
    bool unarmed;            /* the host may lose what the guest has written */
    bool readonly;           /* the backend is; implies unarmed */
    QemuUUID uuid;
};

struct NVDIMMClass {
    /* private */
    PCDIMMDeviceClass parent_class;

    /* public: @size bytes of the labels at @offset, which are within them */
    void (*read_label_data)(NVDIMMDevice *nvdimm, void *buf, uint64_t size,
                            uint64_t offset);
    void (*write_label_data)(NVDIMMDevice *nvdimm, const void *buf,
                             uint64_t size, uint64_t offset);
    void (*realize)(NVDIMMDevice *nvdimm, Error **errp);
    void (*unrealize)(NVDIMMDevice *nvdimm);
};

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcoreinfo: the guest says by fw_cfg where it has its VMCOREINFO note, which
 * goes into dumps, so that crash finds its way.
 */
#ifndef VMCOREINFO_H
#define VMCOREINFO_H

#include "hw/qdev-core.h"
#include "qom/object.h"
#include "standard-headers/linux/qemu_fw_cfg.h"

#define TYPE_VMCOREINFO "vmcoreinfo"
typedef struct VMCoreInfoState VMCoreInfoState;
DECLARE_INSTANCE_CHECKER(VMCoreInfoState, VMCOREINFO, TYPE_VMCOREINFO)

typedef struct fw_cfg_vmcoreinfo FWCfgVMCoreInfo;

struct VMCoreInfoState {
    DeviceState parent_obj;

    bool has_vmcoreinfo;        /* the guest has written it */
    FWCfgVMCoreInfo vmcoreinfo; /* little-endian */
};

/* The device, or NULL if there is none, or more than one. */
static inline VMCoreInfoState *vmcoreinfo_find(void)
{
    Object *o = object_resolve_path_type("", TYPE_VMCOREINFO, NULL);

    return o ? VMCOREINFO(o) : NULL;
}

#endif

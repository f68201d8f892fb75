/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests that hide from their host: -object tdx-guest and sev-snp-guest. Of what
 * they need only memory with a private side is there (memfd.c), so both are
 * refused, with what is missing: on the host, or here.
 */
#include "qemu/osdep.h"
#include "kvm-internal.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"

#define TYPE_TDX_GUEST     "tdx-guest"
#define TYPE_SEV_SNP_GUEST "sev-snp-guest"

/* Kinds of machines (KVM_CAP_VM_TYPES); older headers lack them. */
enum { TYPE_OF_SNP = 4, TYPE_OF_TDX = 5 };

typedef struct ConfidentialGuest {
    Object parent_obj;

    uint32_t cbitpos, reduced_phys_bits;
    uint64_t policy;
} ConfidentialGuest;

/* A mask, or -errno. Objects come before the accelerator does. */
static int host_types(void)
{
    int fd = qemu_open_old("/dev/kvm", O_RDWR), ret;

    if (fd < 0) {
        return -errno;
    }
    ret = kvm_raw_ioctl(fd, KVM_CHECK_EXTENSION,
                        (void *)(uintptr_t)KVM_CAP_VM_TYPES);
    close(fd);
    return ret;
}

static void refuse(Error **errp, const char *what, int type, const char *needs)
{
    ERRP_GUARD();
    int types = host_types();

    if (types < 0) {
        error_setg(errp, "%s guests need KVM, and /dev/kvm: %s", what,
                   strerror(-types));
    } else if (!(types & 1 << type)) {
        error_setg(errp, "this host's KVM has no %s guests", what);
        error_append_hint(errp, "They need %s.\n", needs);
    } else {
        error_setg(errp,
                   "%s guests cannot be launched yet: their first memory is "
                   "measured and their registers are encrypted",
                   what);
    }
}

static void complete_tdx(UserCreatable *uc, Error **errp)
{
    refuse(errp, "TDX", TYPE_OF_TDX,
           "an Intel CPU with TDX switched on in the firmware, Linux 6.16 or "
           "later, and its\nmodule kvm_intel with tdx=1");
}

static void complete_snp(UserCreatable *uc, Error **errp)
{
    refuse(errp, "SEV-SNP", TYPE_OF_SNP,
           "an AMD EPYC CPU of the third generation or later with SEV-SNP "
           "switched on in\nthe firmware, Linux 6.11 or later, and its module "
           "kvm_amd with sev_snp=1");
}

static void guest_init(Object *obj)
{
    ConfidentialGuest *g = (ConfidentialGuest *)obj;

    g->policy = 0x30000;
    object_property_add_uint32_ptr(obj, "cbitpos", &g->cbitpos,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint32_ptr(obj, "reduced-phys-bits",
                                   &g->reduced_phys_bits,
                                   OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint64_ptr(obj, "policy", &g->policy,
                                   OBJ_PROP_FLAG_READWRITE);
}

static void tdx_class_init(ObjectClass *oc, void *data)
{
    USER_CREATABLE_CLASS(oc)->complete = complete_tdx;
}

static void snp_class_init(ObjectClass *oc, void *data)
{
    USER_CREATABLE_CLASS(oc)->complete = complete_snp;
}

static const TypeInfo confidential_types[] = {
    {
        .name = TYPE_TDX_GUEST,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(ConfidentialGuest),
        .class_init = tdx_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_USER_CREATABLE }, {} },
    },
    {
        .name = TYPE_SEV_SNP_GUEST,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(ConfidentialGuest),
        .instance_init = guest_init,
        .class_init = snp_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_USER_CREATABLE }, {} },
    },
};

DEFINE_TYPES(confidential_types)

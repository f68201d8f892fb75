/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket of RISC-V harts. */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/riscv/riscv_hart.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "system/reset.h"

static const Property riscv_harts_props[] = {
    DEFINE_PROP_UINT32("num-harts", RISCVHartArrayState, num_harts, 1),
    DEFINE_PROP_UINT32("hartid-base", RISCVHartArrayState, hartid_base, 0),
    DEFINE_PROP_STRING("cpu-type", RISCVHartArrayState, cpu_type),
    DEFINE_PROP_UINT64("resetvec", RISCVHartArrayState, resetvec,
                       DEFAULT_RSTVEC),
    DEFINE_PROP_ARRAY("rnmi-interrupt-vector", RISCVHartArrayState,
                      num_rnmi_irqvec, rnmi_irqvec, qdev_prop_uint64, uint64_t),
    DEFINE_PROP_ARRAY("rnmi-exception-vector", RISCVHartArrayState,
                      num_rnmi_excpvec, rnmi_excpvec, qdev_prop_uint64,
                      uint64_t),
};

/* A hart's own property, if this socket has a value for it. */
static bool set_vector(Object *hart, const char *name, const uint64_t *values,
                       uint32_t count, int idx, Error **errp)
{
    return idx >= count ||
           object_property_set_uint(hart, name, values[idx], errp);
}

/* A CPU is on no bus, so nobody but its board resets it. */
static void riscv_hart_reset(void *opaque)
{
    cpu_reset(CPU(opaque));
}

static bool riscv_hart_realize(RISCVHartArrayState *s, int idx, Error **errp)
{
    Object *hart = OBJECT(&s->harts[idx]);

    if (!object_initialize_child_with_props(OBJECT(s), "harts[*]", hart,
                                            sizeof(RISCVCPU), s->cpu_type, errp,
                                            NULL)) {
        return false;
    }
    if (!object_property_set_uint(hart, "resetvec", s->resetvec, errp) ||
        !set_vector(hart, "rnmi-interrupt-vector", s->rnmi_irqvec,
                    s->num_rnmi_irqvec, idx, errp) ||
        !set_vector(hart, "rnmi-exception-vector", s->rnmi_excpvec,
                    s->num_rnmi_excpvec, idx, errp)) {
        return false;
    }
    s->harts[idx].env.mhartid = s->hartid_base + idx;
    qemu_register_reset(riscv_hart_reset, hart);
    return qdev_realize(DEVICE(hart), NULL, errp);
}

static void riscv_harts_realize(DeviceState *dev, Error **errp)
{
    RISCVHartArrayState *s = RISCV_HART_ARRAY(dev);
    ObjectClass *oc;

    oc = s->cpu_type ? object_class_by_name(s->cpu_type) : NULL;
    if (!oc || !object_class_dynamic_cast(oc, TYPE_RISCV_CPU) ||
        object_class_is_abstract(oc)) {
        error_setg(errp, "'%s' is not a RISC-V CPU type", s->cpu_type ?: "");
        return;
    }
    s->harts = g_new0(RISCVCPU, s->num_harts);
    for (int n = 0; n < s->num_harts; n++) {
        if (!riscv_hart_realize(s, n, errp)) {
            return;
        }
    }
}

static void riscv_harts_finalize(Object *obj)
{
    g_free(RISCV_HART_ARRAY(obj)->harts);
}

static void riscv_harts_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    device_class_set_props(dc, riscv_harts_props);
    dc->realize = riscv_harts_realize;
    dc->user_creatable = false; /* a part of a board */
}

static const TypeInfo riscv_harts_info[] = {
    {
        .name = TYPE_RISCV_HART_ARRAY,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RISCVHartArrayState),
        .instance_finalize = riscv_harts_finalize,
        .class_init = riscv_harts_class_init,
    },
};

DEFINE_TYPES(riscv_harts_info)

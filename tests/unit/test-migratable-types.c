/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every device type says what it is migrated with: it has a description (which
 * may say that it cannot be migrated), or is listed here with a reason why it
 * has nothing that a guest could change. Both lists are exact.
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "hw/core/sysemu-cpu-ops.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "qemu/module.h"

static const struct {
    const char *type, *why;
} stateless[] = {
    { "isa-debug-exit", "its settings are properties" },
    { "isa-debugcon", "its settings are properties" },
    { "isabus-bridge", "its settings are properties" },
    { "loader", "its settings are properties" },
    { "nvdimm", "what is in its memory is RAM" },
    { "pc-dimm", "what is in its memory is RAM" },
    { "platform-bus-device", "its settings are properties" },
    { "riscv.aclint.swi", "its lines are bits of the harts" },
    { "riscv.hart_array", "what is in it are devices" },
    { "riscv.sifive.test", "its settings are properties" },
    { "serial", "saved by the device around it" },
    { "split-irq", "its settings are properties" },
    { "unimplemented-device", "its settings are properties" },
    { "virtconsole", "saved by virtio-serial" },
    { "virtio-balloon-pci", "saved by the virtio device behind it" },
    { "virtio-balloon-pci-non-transitional",
      "saved by the virtio device behind it" },
    { "virtio-balloon-pci-transitional",
      "saved by the virtio device behind it" },
    { "virtio-blk-pci", "saved by the virtio device behind it" },
    { "virtio-blk-pci-non-transitional",
      "saved by the virtio device behind it" },
    { "virtio-blk-pci-transitional", "saved by the virtio device behind it" },
    { "virtio-mem-pci", "saved by the virtio device behind it" },
    { "virtio-mmio", "saved by the virtio device behind it" },
    { "virtio-pmem-pci", "saved by the virtio device behind it" },
    { "virtio-rng-pci", "saved by the virtio device behind it" },
    { "virtio-rng-pci-non-transitional",
      "saved by the virtio device behind it" },
    { "virtio-rng-pci-transitional", "saved by the virtio device behind it" },
    { "virtio-serial-pci", "saved by the virtio device behind it" },
    { "virtio-serial-pci-non-transitional",
      "saved by the virtio device behind it" },
    { "virtio-serial-pci-transitional",
      "saved by the virtio device behind it" },
    { "virtserialport", "saved by virtio-serial" },
};

static const char *why_stateless(const char *type)
{
    for (size_t i = 0; i < ARRAY_SIZE(stateless); i++) {
        if (!strcmp(stateless[i].type, type)) {
            return stateless[i].why;
        }
    }
    return NULL;
}

static const VMStateDescription *description_of(ObjectClass *oc)
{
    if (object_class_dynamic_cast(oc, TYPE_CPU)) {
        const SysemuCPUOps *ops = CPU_CLASS(oc)->sysemu_ops;

        if (ops && ops->legacy_vmsd) {
            return ops->legacy_vmsd;
        }
    }
    return DEVICE_CLASS(oc)->vmsd;
}

static void test_all(void)
{
    GSList *types = object_class_get_list_sorted(TYPE_DEVICE, false);
    unsigned listed = 0;

    for (GSList *at = types; at; at = at->next) {
        const char *type = object_class_get_name(at->data);
        const VMStateDescription *vmsd = description_of(at->data);
        const char *why = why_stateless(type);

        listed += why != NULL;
        if (!vmsd && !why) {
            g_test_message("%s has no description", type);
            g_test_fail();
        } else if (vmsd && why) {
            g_test_message("%s has a description, and need not be listed",
                           type);
            g_test_fail();
        }
    }
    g_assert_cmpuint(listed, ==, ARRAY_SIZE(stateless));
    g_slist_free(types);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    g_test_add_func("/migratable-types/all", test_all);
    return g_test_run();
}

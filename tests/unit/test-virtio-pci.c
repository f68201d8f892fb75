/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio over PCI with a device that does not offer what its transport would:
 * as with a backend that cannot do it, of which the tree has none.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/virtio/virtio-pci.h"
#include "hw/virtio/virtio.h"
#include "qapi/error.h"
#include "qemu/rcu.h"
#include "system/system.h"

static uint64_t missing;

static uint64_t get_features(VirtIODevice *vdev, uint64_t features,
                             Error **errp)
{
    return features & ~missing;
}

/* With @props, NULL at the end; NULL if it cannot be, with @errp. */
static DeviceState *make(Error **errp, const char *const *props)
{
    BusState *bus = BUS(object_resolve_path_type("", TYPE_PCIE_BUS, NULL));
    DeviceState *dev = qdev_new("virtio-rng-pci");

    for (; props[0]; props += 2) {
        object_property_parse(OBJECT(dev), props[0], props[1], &error_abort);
    }
    if (qdev_realize(dev, bus, errp)) {
        return dev;
    }
    /* Nobody else has it. */
    drain_call_rcu();
    g_assert_cmpuint(OBJECT(dev)->ref, ==, 1);
    object_unref(OBJECT(dev));
    return NULL;
}

static void drop(DeviceState *dev)
{
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
}

static void check_modern(bool expected, const char *const *props)
{
    DeviceState *dev = make(&error_abort, props);

    g_assert_true(virtio_pci_modern(VIRTIO_PCI(dev)) == expected);
    g_assert_true((PCI_DEVICE(dev)->io_regions[4].size != 0) == expected);
    drop(dev);
}

#define PROPS(...) ((const char *const[]){ __VA_ARGS__ NULL, NULL })

static void test_no_version_1(void)
{
    Error *err = NULL;

    missing = 0;
    check_modern(true, PROPS());
    missing = BIT_ULL(VIRTIO_F_VERSION_1);
    check_modern(false, PROPS());
    check_modern(true, PROPS("x-ignore-backend-features", "on", ));
    g_assert_null(make(&err, PROPS("disable-legacy", "on", )));
    g_assert_nonnull(
        strstr(error_get_pretty(err), "Device doesn't support modern mode"));
    error_free(err);
}

/* Refused when all has been made. */
static void test_no_iommu(void)
{
    const char *const *props =
        PROPS("disable-legacy", "on", "iommu_platform", "on", );

    missing = BIT_ULL(VIRTIO_F_IOMMU_PLATFORM);
    for (int i = 0; i < 3; i++) {
        Error *err = NULL;

        g_assert_null(make(&err, props));
        g_assert_cmpstr(error_get_pretty(err), ==,
                        "iommu_platform=true is not supported by the device");
        error_free(err);
    }
    missing = 0;
    check_modern(true, props);
}

int main(int argc, char **argv)
{
    static const char *const args[] = {
        "test",     "-M",   "virt",  "-accel", "qtest", "-nodefaults",
        "-display", "none", "-bios", "none",   "-S",
    };
    int ret;

    g_test_init(&argc, &argv, NULL);
    qemu_init(ARRAY_SIZE(args), (char **)args);
    VIRTIO_DEVICE_CLASS(object_class_by_name("virtio-rng-device"))
        ->get_features = get_features;
    g_test_add_func("/virtio-pci/no-version-1", test_no_version_1);
    g_test_add_func("/virtio-pci/no-iommu", test_no_iommu);
    ret = g_test_run();
    qemu_cleanup(0);
    return ret;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What devices did differently in older versions of the machine interface, as
 * far as we have the devices. "Optional": a device need not have the property.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/qdev-core.h"

/* Most versions have nothing that concerns us. */
#define HW_COMPAT_NONE(version)                                                \
    GlobalProperty hw_compat_##version[] = { { 0 } };                          \
    const size_t hw_compat_##version##_len = 0

#define HW_COMPAT(version, ...)                                                \
    GlobalProperty hw_compat_##version[] = { __VA_ARGS__ };                    \
    const size_t hw_compat_##version##_len = G_N_ELEMENTS(hw_compat_##version)

#define WAS(driver_, property_, value_)                                        \
    {                                                                          \
        .driver = driver_, .property = property_, .value = value_,             \
        .optional = true                                                       \
    }

HW_COMPAT_NONE(9_2);
HW_COMPAT(9_1, WAS("pci-device", "x-pcie-ext-tag", "false"));
HW_COMPAT_NONE(9_0);
HW_COMPAT_NONE(8_2);
HW_COMPAT(8_1, WAS("ramfb", "x-migrate", "off"));
HW_COMPAT(8_0, WAS("pci-device", "x-pcie-ari-nextfn-1", "on"));
HW_COMPAT(7_2, WAS("pci-device", "x-pcie-err-unc-mask", "off"));
HW_COMPAT_NONE(7_1);
HW_COMPAT_NONE(7_0);
HW_COMPAT_NONE(6_2);
HW_COMPAT_NONE(6_1);
HW_COMPAT(6_0, WAS("gpex-pcihost", "allow-unmapped-accesses", "false"));
HW_COMPAT_NONE(5_2);
HW_COMPAT_NONE(5_1);
HW_COMPAT(5_0, WAS("pci-host-bridge", "x-config-reg-migration-enabled", "off"));
HW_COMPAT(4_2, WAS("fw_cfg", "acpi-mr-restore", "false"));
HW_COMPAT_NONE(4_1);
HW_COMPAT_NONE(4_0);
HW_COMPAT(3_1,
          WAS("memory-backend-file", "x-use-canonical-path-for-ramblock-id",
              "true"),
          WAS("memory-backend-memfd", "x-use-canonical-path-for-ramblock-id",
              "true"));
HW_COMPAT_NONE(3_0);
HW_COMPAT_NONE(2_12);
HW_COMPAT_NONE(2_11);
HW_COMPAT_NONE(2_10);
HW_COMPAT_NONE(2_9);
HW_COMPAT(2_8, WAS("fw_cfg_mem", "x-file-slots", "0x10"),
          WAS("fw_cfg_io", "x-file-slots", "0x10"),
          WAS("pflash_cfi01", "old-multiple-chip-handling", "on"),
          WAS("pci-device", "x-pcie-extcap-init", "off"));
HW_COMPAT_NONE(2_7);
HW_COMPAT_NONE(2_6);
HW_COMPAT_NONE(2_5);
HW_COMPAT_NONE(2_4);

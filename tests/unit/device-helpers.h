/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device's state to bytes and back, for tests. */
#ifndef TESTS_DEVICE_HELPERS_H
#define TESTS_DEVICE_HELPERS_H

#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "vmstate-helpers.h"

/* The device's state is written, forgotten by a reset, and read again. */
static inline void save_and_load(DeviceState *dev)
{
    const VMStateDescription *vmsd = qdev_get_vmsd(dev);
    GByteArray *bytes, *again;

    save_to_bytes(vmsd, dev, vmsd->version_id, NULL, &bytes, &error_abort);
    g_byte_array_append(bytes, (const uint8_t *)"", 1); /* what follows */
    device_cold_reset(dev);
    g_assert_cmpint(
        load_from_bytes(vmsd, dev, vmsd->version_id, bytes->data, bytes->len),
        ==, 0);
    save_to_bytes(vmsd, dev, vmsd->version_id, NULL, &again, &error_abort);
    g_assert_cmpmem(bytes->data, bytes->len - 1, again->data, again->len);
    g_byte_array_unref(bytes);
    g_byte_array_unref(again);
}

#endif

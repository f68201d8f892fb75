/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entropy device (virtio 1.2, section 5.4): no features, no configuration,
 * one queue of buffers to fill.
 */
#ifndef _LINUX_VIRTIO_RNG_H
#define _LINUX_VIRTIO_RNG_H

#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_config.h"

#endif

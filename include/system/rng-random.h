/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers from a character device of the host (system/rng.h). */
#ifndef QEMU_RNG_RANDOM_H
#define QEMU_RNG_RANDOM_H

#include "qom/object.h"

#define TYPE_RNG_RANDOM "rng-random"
OBJECT_DECLARE_SIMPLE_TYPE(RngRandom, RNG_RANDOM)

#endif

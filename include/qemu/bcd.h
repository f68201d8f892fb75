/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two decimal digits in a byte, as clock chips have them. */
#ifndef QEMU_BCD_H
#define QEMU_BCD_H

#include <stdint.h>

/* @val is 0..99. */
static inline uint8_t to_bcd(uint8_t val)
{
    return val % 10 + 16 * (val / 10);
}

static inline uint8_t from_bcd(uint8_t val)
{
    return val % 16 + 10 * (val / 16);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC-32C: see include/qemu/crc32c.h. */
#include "qemu/osdep.h"
#include "qemu/crc32c.h"

/* What four bits of input do to the sum; a small table needs no start-up. */
static const uint32_t nibble[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
    0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
    0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static uint32_t update(uint32_t crc, const uint8_t *data, size_t length)
{
    for (; length > 0; length--) {
        crc ^= *data++;
        crc = crc >> 4 ^ nibble[crc & 15];
        crc = crc >> 4 ^ nibble[crc & 15];
    }
    return crc;
}

uint32_t crc32c(uint32_t crc, const uint8_t *data, unsigned int length)
{
    return ~update(crc, data, length);
}

uint32_t iov_crc32c(uint32_t crc, const struct iovec *iov, size_t iov_cnt)
{
    for (size_t i = 0; i < iov_cnt; i++) {
        crc = update(crc, iov[i].iov_base, iov[i].iov_len);
    }
    return ~crc;
}

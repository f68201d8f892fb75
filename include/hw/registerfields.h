/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names for registers and their fields, and how to get at fields by name.
 *
 *   REG32(CTRL, 0x8)         A_CTRL, the byte address; R_CTRL, the index
 *   FIELD(CTRL, EN, 4, 2)    R_CTRL_EN_SHIFT, _LENGTH and _MASK
 *   FIELD_EX32(v, CTRL, EN)  that field of v; SEX: sign-extended
 *   v = FIELD_DP32(v, CTRL, EN, 3)     v with that field changed; SDP: signed
 *
 * A constant that does not fit into the field is warned of by the compiler.
 */
#ifndef REGISTERFIELDS_H
#define REGISTERFIELDS_H

#include "qemu/bitops.h"

/* ---- names --------------------------------------------------------------- */

#define REG_NAMES_(reg, addr, bytes)          \
    enum { A_ ## reg = (addr) };              \
    enum { R_ ## reg = (addr) / (bytes) };

#define REG8(reg, addr)  REG_NAMES_(reg, addr, 1)
#define REG16(reg, addr) REG_NAMES_(reg, addr, 2)
#define REG32(reg, addr) REG_NAMES_(reg, addr, 4)
#define REG64(reg, addr) REG_NAMES_(reg, addr, 8)

/* The mask has an enum of its own, which alone may have 64 bits. */
#define FIELD_NAMES_(name, shift, length)                        \
    enum { name ## _SHIFT = (shift) };                           \
    enum { name ## _LENGTH = (length) };                         \
    enum { name ## _MASK = MAKE_64BIT_MASK(shift, length) };

#define FIELD(reg, field, shift, length) \
    FIELD_NAMES_(R_ ## reg ## _ ## field, shift, length)
/* One that several registers have, called by its name alone. */
#define SHARED_FIELD(name, shift, length) FIELD_NAMES_(name, shift, length)

/* ---- reading ------------------------------------------------------------- */

#define FIELD_GET_(fn, storage, name) \
    fn((storage), name ## _SHIFT, name ## _LENGTH)

#define FIELD_EX8(storage, reg, field) \
    FIELD_GET_(extract8, storage, R_ ## reg ## _ ## field)
#define FIELD_EX16(storage, reg, field) \
    FIELD_GET_(extract16, storage, R_ ## reg ## _ ## field)
#define FIELD_EX32(storage, reg, field) \
    FIELD_GET_(extract32, storage, R_ ## reg ## _ ## field)
#define FIELD_EX64(storage, reg, field) \
    FIELD_GET_(extract64, storage, R_ ## reg ## _ ## field)

#define FIELD_SEX8(storage, reg, field) \
    FIELD_GET_(sextract8, storage, R_ ## reg ## _ ## field)
#define FIELD_SEX16(storage, reg, field) \
    FIELD_GET_(sextract16, storage, R_ ## reg ## _ ## field)
#define FIELD_SEX32(storage, reg, field) \
    FIELD_GET_(sextract32, storage, R_ ## reg ## _ ## field)
#define FIELD_SEX64(storage, reg, field) \
    FIELD_GET_(sextract64, storage, R_ ## reg ## _ ## field)

/* Of an array of registers that is indexed by R_*. */
#define ARRAY_FIELD_EX32(regs, reg, field) \
    FIELD_EX32((regs)[R_ ## reg], reg, field)
#define ARRAY_FIELD_EX64(regs, reg, field) \
    FIELD_EX64((regs)[R_ ## reg], reg, field)

#define SHARED_FIELD_EX8(storage, field)  FIELD_GET_(extract8, storage, field)
#define SHARED_FIELD_EX16(storage, field) FIELD_GET_(extract16, storage, field)
#define SHARED_FIELD_EX32(storage, field) FIELD_GET_(extract32, storage, field)
#define SHARED_FIELD_EX64(storage, field) FIELD_GET_(extract64, storage, field)
#define SHARED_ARRAY_FIELD_EX32(regs, offset, field) \
    SHARED_FIELD_EX32((regs)[(offset)], field)
#define SHARED_ARRAY_FIELD_EX64(regs, offset, field) \
    SHARED_FIELD_EX64((regs)[(offset)], field)

/* ---- changing ------------------------------------------------------------ */

/* A bit-field of the same width makes the compiler check constants. */
#define FIELD_PUT_(type, fn, vtype, storage, name, val) ({               \
        struct { vtype v:name ## _LENGTH; } fit_ = { .v = (val) };       \
        (type)fn((storage), name ## _SHIFT, name ## _LENGTH, fit_.v); })

#define FIELD_DP8(storage, reg, field, val)                              \
    FIELD_PUT_(uint8_t, deposit32, unsigned int, storage,                \
               R_ ## reg ## _ ## field, val)
#define FIELD_DP16(storage, reg, field, val)                             \
    FIELD_PUT_(uint16_t, deposit32, unsigned int, storage,               \
               R_ ## reg ## _ ## field, val)
#define FIELD_DP32(storage, reg, field, val)                             \
    FIELD_PUT_(uint32_t, deposit32, unsigned int, storage,               \
               R_ ## reg ## _ ## field, val)
#define FIELD_DP64(storage, reg, field, val)                             \
    FIELD_PUT_(uint64_t, deposit64, uint64_t, storage,                   \
               R_ ## reg ## _ ## field, val)

#define FIELD_SDP8(storage, reg, field, val)                             \
    FIELD_PUT_(uint8_t, deposit32, signed int, storage,                  \
               R_ ## reg ## _ ## field, val)
#define FIELD_SDP16(storage, reg, field, val)                            \
    FIELD_PUT_(uint16_t, deposit32, signed int, storage,                 \
               R_ ## reg ## _ ## field, val)
#define FIELD_SDP32(storage, reg, field, val)                            \
    FIELD_PUT_(uint32_t, deposit32, signed int, storage,                 \
               R_ ## reg ## _ ## field, val)
#define FIELD_SDP64(storage, reg, field, val)                            \
    FIELD_PUT_(uint64_t, deposit64, int64_t, storage,                    \
               R_ ## reg ## _ ## field, val)

#define ARRAY_FIELD_DP32(regs, reg, field, val) \
    (regs)[R_ ## reg] = FIELD_DP32((regs)[R_ ## reg], reg, field, val);
#define ARRAY_FIELD_DP64(regs, reg, field, val) \
    (regs)[R_ ## reg] = FIELD_DP64((regs)[R_ ## reg], reg, field, val);

#define SHARED_FIELD_DP8(storage, field, val) \
    FIELD_PUT_(uint8_t, deposit32, unsigned int, storage, field, val)
#define SHARED_FIELD_DP16(storage, field, val) \
    FIELD_PUT_(uint16_t, deposit32, unsigned int, storage, field, val)
#define SHARED_FIELD_DP32(storage, field, val) \
    FIELD_PUT_(uint32_t, deposit32, unsigned int, storage, field, val)
#define SHARED_FIELD_DP64(storage, field, val) \
    FIELD_PUT_(uint64_t, deposit64, uint64_t, storage, field, val)
#define SHARED_ARRAY_FIELD_DP32(regs, offset, field, val) \
    (regs)[(offset)] = SHARED_FIELD_DP32((regs)[(offset)], field, val);
#define SHARED_ARRAY_FIELD_DP64(regs, offset, field, val) \
    (regs)[(offset)] = SHARED_FIELD_DP64((regs)[(offset)], field, val);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MemOp: how one load or store is done, as an OR of fields: size, sign
 * extension, byte order, required alignment, required atomicity.
 *
 * MO_TE and MO_TExx exist for code that is compiled for one target only.
 */
#ifndef MEMOP_H
#define MEMOP_H

#include "qemu/host-utils.h"

typedef enum MemOp {
    /* log2 of the size in bytes. */
    MO_8     = 0,
    MO_16    = 1,
    MO_32    = 2,
    MO_64    = 3,
    MO_128   = 4,
    MO_256   = 5,
    MO_512   = 6,
    MO_1024  = 7,
    MO_SIZE  = 0x07,

    /* What is loaded is signed. */
    MO_SIGN  = 0x08,
    MO_SSIZE = MO_SIZE | MO_SIGN,

    /* In the order that is not the host's. */
    MO_BSWAP = 0x10,
    MO_LE    = HOST_BIG_ENDIAN ? MO_BSWAP : 0,
    MO_BE    = HOST_BIG_ENDIAN ? 0 : MO_BSWAP,
#ifdef COMPILING_PER_TARGET
    MO_TE    = TARGET_BIG_ENDIAN ? MO_BE : MO_LE,
#endif

    /*
     * The address must be a multiple of: anything, 2^n for MO_ALIGN_(2^n), the
     * access's size for MO_ALIGN. Otherwise the guest takes an exception.
     */
    MO_ASHIFT = 5,
    MO_AMASK  = 0x7 << MO_ASHIFT,
    MO_UNALN    = 0,
    MO_ALIGN_2  = 1 << MO_ASHIFT,
    MO_ALIGN_4  = 2 << MO_ASHIFT,
    MO_ALIGN_8  = 3 << MO_ASHIFT,
    MO_ALIGN_16 = 4 << MO_ASHIFT,
    MO_ALIGN_32 = 5 << MO_ASHIFT,
    MO_ALIGN_64 = 6 << MO_ASHIFT,
    MO_ALIGN    = MO_AMASK,

    /*
     * What others may never see half done:
     *   IFALIGN        all of it, if it is aligned (the default)
     *   IFALIGN_PAIR   each half, if that is aligned
     *   WITHIN16       all of it, unless it crosses a multiple of 16
     *   WITHIN16_PAIR  as WITHIN16; where that fails, each half as WITHIN16
     *   SUBALIGN       parts as large as the address is aligned
     *   NONE           single bytes
     */
    MO_ATOM_SHIFT         = 8,
    MO_ATOM_IFALIGN       = 0 << MO_ATOM_SHIFT,
    MO_ATOM_IFALIGN_PAIR  = 1 << MO_ATOM_SHIFT,
    MO_ATOM_WITHIN16      = 2 << MO_ATOM_SHIFT,
    MO_ATOM_WITHIN16_PAIR = 3 << MO_ATOM_SHIFT,
    MO_ATOM_SUBALIGN      = 4 << MO_ATOM_SHIFT,
    MO_ATOM_NONE          = 5 << MO_ATOM_SHIFT,
    MO_ATOM_MASK          = 7 << MO_ATOM_SHIFT,

    /* Unsigned and signed, of 1, 2, 4, 8 and 16 bytes; with an order. */
    MO_UB = MO_8,
    MO_UW = MO_16,
    MO_UL = MO_32,
    MO_UQ = MO_64,
    MO_UO = MO_128,
    MO_SB = MO_UB | MO_SIGN,
    MO_SW = MO_UW | MO_SIGN,
    MO_SL = MO_UL | MO_SIGN,
    MO_SQ = MO_UQ | MO_SIGN,
    MO_SO = MO_UO | MO_SIGN,

#define MEMOP_WITH_ORDER_(order)                                         \
    order##UW = order | MO_UW,                                           \
    order##UL = order | MO_UL,                                           \
    order##UQ = order | MO_UQ,                                           \
    order##SW = order | MO_SW,                                           \
    order##SL = order | MO_SL,                                           \
    order##SQ = order | MO_SQ

    MEMOP_WITH_ORDER_(MO_LE),
    MEMOP_WITH_ORDER_(MO_BE),
#ifdef COMPILING_PER_TARGET
    MEMOP_WITH_ORDER_(MO_TE),
    MO_TEUO = MO_TE | MO_UO,
#endif
#undef MEMOP_WITH_ORDER_
} MemOp;

/* The size in bytes; and back, for a power of two. */
static inline unsigned memop_size(MemOp op)
{
    return 1u << (op & MO_SIZE);
}

static inline MemOp size_memop(unsigned size)
{
    return (MemOp)ctz32(size);
}

/* log2 of the alignment that @memop requires. */
static inline unsigned memop_alignment_bits(MemOp memop)
{
    unsigned align = (memop & MO_AMASK) >> MO_ASHIFT;

    return align == MO_ALIGN >> MO_ASHIFT ? memop & MO_SIZE : align;
}

/* log2 of the size of which @memop requires that it is atomic. */
static inline unsigned memop_atomicity_bits(MemOp memop)
{
    unsigned size = memop & MO_SIZE;
    unsigned atom = memop & MO_ATOM_MASK;

    if (atom == MO_ATOM_NONE) {
        return MO_8;
    }
    if (size &&
        (atom == MO_ATOM_IFALIGN_PAIR || atom == MO_ATOM_WITHIN16_PAIR)) {
        return size - 1;
    }
    return size;
}

#endif

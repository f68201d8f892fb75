/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pixels of so many bits from components of eight: rgb_to_pixel16() has red in
 * the highest bits, rgb_to_pixel16bgr() in the lowest.
 */
#ifndef UI_PIXEL_OPS_H
#define UI_PIXEL_OPS_H

/* @high, @mid and @low cut to @h, @m and @l bits, side by side. */
#define PIXEL_PACK(high, h, mid, m, low, l)                              \
    ((high) >> (8 - (h)) << ((m) + (l)) | (mid) >> (8 - (m)) << (l) |    \
     (low) >> (8 - (l)))

#define PIXEL_OP(name, high, h, mid, m, low, l)                          \
    static inline unsigned int rgb_to_pixel##name(                       \
        unsigned int r, unsigned int g, unsigned int b)                  \
    {                                                                    \
        return PIXEL_PACK(high, h, mid, m, low, l);                      \
    }

PIXEL_OP(8, r, 3, g, 3, b, 2)
PIXEL_OP(15, r, 5, g, 5, b, 5)
PIXEL_OP(15bgr, b, 5, g, 5, r, 5)
PIXEL_OP(16, r, 5, g, 6, b, 5)
PIXEL_OP(16bgr, b, 5, g, 6, r, 5)
PIXEL_OP(24, r, 8, g, 8, b, 8)
PIXEL_OP(24bgr, b, 8, g, 8, r, 8)
PIXEL_OP(32, r, 8, g, 8, b, 8)
PIXEL_OP(32bgr, b, 8, g, 8, r, 8)

#undef PIXEL_OP
#undef PIXEL_PACK

#endif

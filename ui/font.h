/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The font of text consoles: cells of FONT_WIDTH times FONT_HEIGHT pixels, the
 * printable characters of ASCII, and a box for all others.
 */
#ifndef UI_FONT_H
#define UI_FONT_H

#define FONT_WIDTH  8
#define FONT_HEIGHT 16

/*
 * Row @row of the glyph of @ch, the leftmost pixel in the highest bit. Any
 * Unicode character will do.
 */
uint8_t font_row(uint32_t ch, int row);

#endif

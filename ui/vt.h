/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A terminal without a screen: a subset of a VT100 with the colours of its
 * successors. Bytes go in; a grid of cells, the place of the cursor, and what
 * is to be answered come out. It knows nothing of pixels, devices or locks.
 */
#ifndef UI_VT_H
#define UI_VT_H

/* How many rows can be looked at that have left the screen. */
#define VT_HISTORY 512
/* The longest answer that is kept until somebody fetches it. */
#define VT_ANSWER_MAX 256
#define VT_PARAMS 8

/* Numbers of colours are those of ECMA-48: 0 black, 1 red ... 7 white. */
typedef struct VTCell {
    uint32_t ch : 21; /* Unicode */
    uint32_t fg : 3;
    uint32_t bg : 3;
    uint32_t bold : 1;
    uint32_t underline : 1;
    uint32_t inverse : 1;
    uint32_t invisible : 1;
} VTCell;

typedef struct VTCursor {
    int x, y;
    VTCell attr; /* what cells get; ch is a blank */
} VTCursor;

typedef struct VT {
    int cols, rows;
    VTCell *screen;  /* rows * cols */
    VTCell *history; /* a ring of VT_HISTORY rows; NULL as long as empty */
    int history_rows, history_next;
    bool *dirty; /* for each row: changed since it was last drawn */
    bool scrolled; /* all rows have changed */

    VTCursor cursor, saved;
    bool wrap_pending;   /* the last column is full: the next one wraps */
    bool wrap, show_cursor, newline, application_keys, insert, origin;
    int top, bottom;     /* the scroll region: rows [top, bottom) */

    int state;           /* of the parser */
    int params[VT_PARAMS], nparams;
    char intermediate;
    uint32_t utf8;
    int utf8_left;

    char answer[VT_ANSWER_MAX];
    size_t answer_len;
} VT;

/* An empty terminal of at least 1x1 cells; freeing what it has. */
void vt_init(VT *vt, int cols, int rows);
void vt_free(VT *vt);
/* What a host or guest sends. */
void vt_write(VT *vt, const uint8_t *buf, size_t len);
/*
 * Row @y as it is seen with the view turned back by @back rows (no more than
 * history_rows).
 */
const VTCell *vt_row(const VT *vt, int y, int back);

#endif

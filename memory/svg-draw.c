/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Draws the picture of an address space as SVG.
 *
 * The axis is compressed: it is divided wherever something begins or ends, and
 * each part is as wide as the logarithm of its size and the names in it ask
 * for, so that 4 KiB and 64 GiB are both to be seen.
 */
#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "memory/inspect.h"
#include "memory/svg-internal.h"

#define MARGIN     24
#define HEAD       58 /* above the tree */
#define ROW        34
#define BAR        26
#define PLATEAU    52
#define SLOT       22 /* of the accelerator, below the plateau */
#define SLOT_APART 5
#define GAP        26 /* between the tree and the plateau */
#define TICKS      96 /* below the plateau */
#define LEGEND     26
#define AXIS_MIN   680 /* a smaller one is stretched */
#define CHAR       6.4 /* a character's width, about */
#define TICK_APART 15

typedef struct Axis {
    hwaddr *at; /* where parts begin, sorted; at[0] is 0 */
    double *x;  /* of each, and of the end: nr + 1 */
    size_t nr;
} Axis;

static const struct {
    const char *class, *label, *fill, *line;
} kinds[SVG_KIND__MAX] = {
    [SVG_RAM] = { "ram", "RAM", "#bcd9f2", "#1f6aa5" },
    [SVG_ROM] = { "rom", "ROM", "#fbdc9f", "#a86800" },
    [SVG_DEVICE_RAM] = { "dev", "device memory", "#e6c9e8", "#8d4a94" },
    [SVG_IO] = { "io", "I/O", "#bfe5d1", "#1d7d55" },
    [SVG_IOMMU] = { "iommu", "IOMMU", "#f6c9b5", "#b3471d" },
    [SVG_CONTAINER] = { "box", "container", "#eceff1", "#6c7680" },
};

/* ---- the axis ------------------------------------------------------------ */

static int compare_addr(const void *a, const void *b)
{
    hwaddr x = *(const hwaddr *)a, y = *(const hwaddr *)b;

    return x < y ? -1 : x > y;
}

static void add_cut(GArray *cuts, hwaddr start, hwaddr last)
{
    hwaddr end = last + 1;

    g_array_append_val(cuts, start);
    if (end) {
        g_array_append_val(cuts, end);
    }
}

/* The number of the part that begins at @addr. */
static size_t part_at(const Axis *axis, hwaddr addr)
{
    size_t low = 0, high = axis->nr;

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (axis->at[mid] <= addr) {
            low = mid;
        } else {
            high = mid;
        }
    }
    return low;
}

static double left_of(const Axis *axis, hwaddr start)
{
    return axis->x[part_at(axis, start)];
}

static double right_of(const Axis *axis, hwaddr last)
{
    return axis->x[part_at(axis, last) + 1];
}

static const SvgPiece *piece_at(const SvgPicture *p, hwaddr addr)
{
    size_t low = 0, high = p->pieces->len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (svg_piece(p, mid)->last < addr) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    if (low == p->pieces->len || svg_piece(p, low)->start > addr) {
        return NULL;
    }
    return svg_piece(p, low);
}

/* How wide each part would like to be, whatever it is called. */
static void weigh_parts(const SvgPicture *p, const Axis *axis, double *width)
{
    bool crowded = axis->nr > 300;

    for (size_t i = 0; i < axis->nr; i++) {
        hwaddr next = i + 1 < axis->nr ? axis->at[i + 1] : 0;
        hwaddr pages = ((next - 1 - axis->at[i]) >> 12) + 1;

        width[i] = piece_at(p, axis->at[i]) ? 16 + 3 * (63 - clz64(pages)) : 30;
        if (crowded) {
            width[i] /= 4;
        }
    }
}

/* Makes [@start, @last] at least @need wide. */
static void widen(const Axis *axis, double *width, hwaddr start, hwaddr last,
                  double need)
{
    size_t from = part_at(axis, start), to = part_at(axis, last);
    double have = 0;

    for (size_t i = from; i <= to; i++) {
        have += width[i];
    }
    for (size_t i = from; have < need && i <= to; i++) {
        width[i] *= need / have;
    }
}

static const char *name_of(const MemoryRegion *mr)
{
    return memory_region_name(mr) ?: "(anonymous)";
}

static char *label_of(const SvgBox *box)
{
    if (box->shown != box->mr) {
        return g_strdup_printf("%s \xe2\x86\x92 %s", name_of(box->mr),
                               name_of(box->shown));
    }
    return g_strdup(name_of(box->mr));
}

static char *in_unit(hwaddr size, unsigned unit)
{
    static const char *const names[] = { "B",   "KiB", "MiB", "GiB",
                                         "TiB", "PiB", "EiB" };

    return g_strdup_printf("%" PRIu64 " %s", size >> (unit * 10), names[unit]);
}

/*
 * A size in words, exact and short: "64 KiB", "1 GiB - 4 KiB". What has neither
 * form is rounded.
 */
static char *size_of(hwaddr start, hwaddr last)
{
    hwaddr size = last - start + 1, round, rest;
    bool nearly_all = size + (size >> 4) < size; /* of 2^64 */
    unsigned unit, below;
    g_autofree char *whole = NULL, *part = NULL;

    if (size == 0) {
        return g_strdup("16 EiB");
    }
    unit = MIN(ctz64(size) / 10, 6);
    if (size >> (unit * 10) < 4096) {
        return in_unit(size, unit);
    }
    if (nearly_all) {
        whole = g_strdup("16 EiB");
        round = 0;
    } else {
        unit = (63 - clz64(size + (size >> 4))) / 10;
        round = ROUND_DOWN(size + ((1ull << (unit * 10)) - 1) / 2,
                           1ull << (unit * 10));
        whole = in_unit(round, unit);
    }
    rest = nearly_all || round > size ? round - size : size - round;
    below = rest ? MIN(ctz64(rest) / 10, 6) : 0;
    if (rest >> (below * 10) >= 1024) {
        if (unit && size >> (unit * 10) < 16) {
            unit--; /* with three digits, at least */
            g_free(whole);
            whole = in_unit(size + (1ull << (unit * 10)) / 2, unit);
        }
        return g_strdup_printf("~%s", whole);
    }
    part = in_unit(rest, below);
    return g_strdup_printf("%s %s %s", whole,
                           nearly_all || round > size ? "\xe2\x88\x92" : "+",
                           part);
}

static double text_width(const char *text)
{
    return g_utf8_strlen(text, -1) * CHAR + 12;
}

static char *slot_label(const MemoryAccelSlot *slot)
{
    return g_strdup_printf("slot %d%s", slot->number,
                           slot->readonly ? ", read only" : "");
}

static void fit_labels(const SvgPicture *p, const Axis *axis, double *width)
{
    if (p->boxes->len > 200 || axis->nr > 300) {
        return;
    }
    for (unsigned i = 0; i < p->pieces->len; i++) {
        const SvgPiece *piece = svg_piece(p, i);
        g_autofree char *size = size_of(piece->start, piece->last);

        widen(axis, width, piece->start, piece->last,
              MAX(text_width(size), MIN(text_width(name_of(piece->mr)), 190)));
    }
    for (unsigned i = 0; i < p->slots->len; i++) {
        const MemoryAccelSlot *slot = svg_slot(p, i);
        g_autofree char *label = slot_label(slot);

        widen(axis, width, slot->start, slot->last, text_width(label));
    }
    /* Children before parents, which are wide then. */
    for (unsigned i = p->boxes->len; i-- > 0;) {
        const SvgBox *box = svg_box(p, i);
        g_autofree char *label = label_of(box);

        widen(axis, width, box->start, box->last, MIN(text_width(label), 230));
    }
}

/* Places the parts; a small picture is stretched to the page. */
static void fill_page(Axis *axis, const double *width)
{
    double sum = 0;

    for (size_t i = 0; i < axis->nr; i++) {
        sum += width[i];
    }
    axis->x = g_new(double, axis->nr + 1);
    axis->x[0] = MARGIN;
    for (size_t i = 0; i < axis->nr; i++) {
        axis->x[i + 1] = axis->x[i] + width[i] * MAX(1, AXIS_MIN / sum);
    }
}

static Axis make_axis(const SvgPicture *p)
{
    g_autoptr(GArray) cuts = g_array_new(false, false, sizeof(hwaddr));
    g_autofree double *width = NULL;
    Axis axis = { 0 };
    hwaddr zero = 0;

    g_array_append_val(cuts, zero);
    for (unsigned i = 0; i < p->boxes->len; i++) {
        add_cut(cuts, svg_box(p, i)->start, svg_box(p, i)->last);
    }
    for (unsigned i = 0; i < p->pieces->len; i++) {
        add_cut(cuts, svg_piece(p, i)->start, svg_piece(p, i)->last);
    }
    for (unsigned i = 0; i < p->slots->len; i++) {
        add_cut(cuts, svg_slot(p, i)->start, svg_slot(p, i)->last);
    }
    g_array_sort(cuts, compare_addr);
    axis.at = g_new(hwaddr, cuts->len);
    for (unsigned i = 0; i < cuts->len; i++) {
        hwaddr at = g_array_index(cuts, hwaddr, i);

        if (axis.nr == 0 || axis.at[axis.nr - 1] != at) {
            axis.at[axis.nr++] = at;
        }
    }
    width = g_new(double, axis.nr);
    weigh_parts(p, &axis, width);
    fit_labels(p, &axis, width);
    fill_page(&axis, width);
    return axis;
}

/* ---- drawing ------------------------------------------------------------- */

typedef struct Canvas {
    GString *out;
    const SvgPicture *p;
    Axis axis;
    double width, height;
    double plateau; /* its upper edge */
    double slots;   /* the lower edge of that, or of slots below it */
} Canvas;

static void put(Canvas *c, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

static void put(Canvas *c, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_string_append_vprintf(c->out, fmt, ap);
    va_end(ap);
}

/* Numbers have a dot in every locale. */
static const char *num(double value, char *buf)
{
    return g_ascii_formatd(buf, G_ASCII_DTOSTR_BUF_SIZE, "%.1f", value);
}

#define NUM(value) num(value, (char[G_ASCII_DTOSTR_BUF_SIZE]){ 0 })

static void put_text(Canvas *c, const char *class, double x, double y,
                     const char *text, double room)
{
    glong chars = g_utf8_strlen(text, -1);
    glong fit = (room - 8) / CHAR;
    g_autofree char *part = NULL, *escaped = NULL;

    if (chars > fit) {
        if (fit < 3) {
            return;
        }
        part = g_utf8_substring(text, 0, fit - 1);
        text = part;
    }
    escaped = g_markup_escape_text(text, -1);
    put(c, "<text class=\"%s\" x=\"%s\" y=\"%s\">%s%s</text>\n", class, NUM(x),
        NUM(y), escaped, part ? "\xe2\x80\xa6" : "");
}

static void put_rect(Canvas *c, const char *class, double x, double y,
                     double width, double height, double radius)
{
    put(c,
        "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" "
        "rx=\"%s\"/>\n",
        class, NUM(x), NUM(y), NUM(MAX(width, 1)), NUM(height), NUM(radius));
}

static void put_style(Canvas *c)
{
    put(c, "<defs>\n");
    for (int i = 0; i < SVG_KIND__MAX; i++) {
        put(c,
            "<pattern id=\"h-%s\" width=\"7\" height=\"7\" "
            "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
            "<rect width=\"7\" height=\"7\" fill=\"#fff\"/>"
            "<rect width=\"1.6\" height=\"7\" fill=\"%s\" "
            "fill-opacity=\"0.35\"/></pattern>\n",
            kinds[i].class, kinds[i].line);
    }
    put(c, "</defs>\n<style>\n"
           "text { font: 11px 'DejaVu Sans', Verdana, sans-serif; "
           "fill: #1c2329; }\n"
           ".title { font-size: 16px; font-weight: bold; }\n"
           ".note { fill: #5a646d; }\n"
           ".mid { text-anchor: middle; }\n"
           ".size { text-anchor: middle; font-size: 10px; fill: #4a545d; }\n"
           ".tick { font: 10px 'DejaVu Sans Mono', monospace; "
           "fill: #4a545d; }\n"
           ".page { fill: #fcfcfb; stroke: #d8dcdf; }\n"
           ".guide { stroke: #c3c9ce; stroke-width: 1; }\n"
           ".nothing { fill: none; stroke: #aab2b9; "
           "stroke-dasharray: 2 3; }\n"
           ".off { fill: none; stroke: #8b949c; stroke-dasharray: 1.5 2.5; }\n"
           ".offname { text-anchor: middle; fill: #7a848d; }\n"
           ".alias { stroke-dasharray: 5 3; }\n");
    if (c->p->slots->len) {
        put(c, ".slot { fill: #3d4852; stroke: none; }\n"
               ".ro { fill: #7b6a45; stroke: none; }\n"
               ".slotname { text-anchor: middle; fill: #fff; }\n");
    }
    for (int i = 0; i < SVG_KIND__MAX; i++) {
        put(c,
            ".%s { fill: %s; stroke: %s; }\n"
            ".f-%s { fill: %s; stroke: none; }\n"
            ".b-%s { fill: %s; fill-opacity: 0.4; }\n"
            ".n-%s { fill: none; stroke: %s; stroke-width: 1.2; }\n"
            ".h-%s { fill: url(#h-%s); stroke: none; }\n",
            kinds[i].class, kinds[i].fill, kinds[i].line, kinds[i].class,
            kinds[i].fill, kinds[i].class, kinds[i].fill, kinds[i].class,
            kinds[i].line, kinds[i].class, kinds[i].class);
    }
    put(c, "</style>\n");
}

static double row_top(const SvgBox *box)
{
    return HEAD + box->row * (double)ROW;
}

/* From where a box is seen down to the plateau. */
static void put_bands(Canvas *c)
{
    for (unsigned i = 0; i < c->p->sources->len; i++) {
        const SvgSource *source = svg_source(c->p, i);
        const SvgBox *box = svg_box(c->p, source->box);
        double x = left_of(&c->axis, source->start);
        g_autofree char *class =
            g_strdup_printf("b-%s", kinds[box->kind].class);

        put_rect(c, class, x, row_top(box) + BAR,
                 right_of(&c->axis, source->last) - x,
                 c->plateau - row_top(box) - BAR, 0);
    }
}

static void put_box_title(Canvas *c, const SvgBox *box)
{
    g_autofree char *size = size_of(box->start, box->last);
    g_autofree char *text = NULL, *escaped = NULL;
    GString *s = g_string_new(NULL);

    g_string_append_printf(
        s, "%s (prio %d, %s)\n0x%" PRIx64 "-0x%" PRIx64 " (%s)",
        name_of(box->mr), box->mr->priority, memory_region_type_str(box->mr),
        box->start, box->last, size);
    if (box->disabled) {
        g_string_append(s, "\ndisabled");
    }
    if (box->mr->alias) {
        g_string_append_printf(s, "\nalias of %s from 0x%" PRIx64 " on",
                               name_of(box->mr->alias), box->mr->alias_offset);
    }
    text = g_string_free(s, false);
    escaped = g_markup_escape_text(text, -1);
    put(c, "<title>%s</title>\n", escaped);
}

/* Where a box's label goes: to its widest part that is seen, if it fits. */
static void label_place(const Canvas *c, unsigned i, double need, double *x,
                        double *width)
{
    double best = need;

    for (unsigned k = 0; k < c->p->sources->len; k++) {
        const SvgSource *s = svg_source(c->p, k);

        if (s->box == (int)i) {
            double from = left_of(&c->axis, s->start);
            double wide = right_of(&c->axis, s->last) - from;

            if (wide >= best) {
                best = wide;
                *x = from;
                *width = wide;
            }
        }
    }
}

/* Where the box is seen, its colour; elsewhere, hatched. */
static void put_box(Canvas *c, unsigned i)
{
    const SvgBox *box = svg_box(c->p, i);
    double x = left_of(&c->axis, box->start), y = row_top(box);
    double width = right_of(&c->axis, box->last) - x;
    const char *kind = kinds[box->kind].class;
    g_autofree char *label = label_of(box);
    g_autofree char *class = NULL;

    put(c, "<g>");
    put_box_title(c, box);
    if (box->disabled) {
        put_rect(c, "off", x + 0.5, y, width - 1, BAR, 2);
    } else if (box->kind == SVG_CONTAINER) {
        class = g_strdup_printf("box%s", box->mr->alias ? " alias" : "");
        put_rect(c, class, x + 0.5, y, width - 1, BAR, 5);
    } else {
        g_autofree char *hatch = g_strdup_printf("h-%s", kind);
        g_autofree char *fill = g_strdup_printf("f-%s", kind);

        put_rect(c, hatch, x + 0.5, y, width - 1, BAR, 2);
        for (unsigned k = 0; k < c->p->sources->len; k++) {
            const SvgSource *s = svg_source(c->p, k);
            double from;

            if (s->box == (int)i) {
                from = left_of(&c->axis, s->start);
                put_rect(c, fill, MAX(from, x + 0.5), y,
                         right_of(&c->axis, s->last) - from - 0.5, BAR, 0);
            }
        }
        class = g_strdup_printf("n-%s%s", kind, box->mr->alias ? " alias" : "");
        put_rect(c, class, x + 0.5, y, width - 1, BAR, 2);
    }
    label_place(c, i, text_width(label), &x, &width);
    put_text(c, box->disabled ? "offname" : "mid", x + width / 2,
             y + BAR / 2 + 4, label, width);
    put(c, "</g>\n");
}

static void put_piece(Canvas *c, const SvgPiece *piece)
{
    double x = left_of(&c->axis, piece->start);
    double width = right_of(&c->axis, piece->last) - x;
    g_autofree char *size = size_of(piece->start, piece->last);
    g_autofree char *name = g_markup_escape_text(name_of(piece->mr), -1);

    put(c, "<g><title>%s (%s)\n0x%" PRIx64 "-0x%" PRIx64 " (%s)", name,
        memory_region_type_str(piece->mr), piece->start, piece->last, size);
    if (piece->offset) {
        put(c, "\nfrom 0x%" PRIx64 " of it on", piece->offset);
    }
    put(c, "</title>\n");
    put_rect(c, kinds[piece->kind].class, x + 0.5, c->plateau, width - 1,
             PLATEAU, 0);
    put_text(c, "mid", x + width / 2, c->plateau + PLATEAU / 2 - 3,
             name_of(piece->mr), width);
    put_text(c, "size", x + width / 2, c->plateau + PLATEAU / 2 + 13, size,
             width);
    put(c, "</g>\n");
}

/* What of the plateau the accelerator has; where it has none, it exits. */
static void put_slot(Canvas *c, const MemoryAccelSlot *slot)
{
    double x = left_of(&c->axis, slot->start);
    double width = right_of(&c->axis, slot->last) - x;
    double y = c->plateau + PLATEAU + SLOT_APART;
    g_autofree char *size = size_of(slot->start, slot->last);
    g_autofree char *label = slot_label(slot);

    put(c, "<g><title>%s of %s\n0x%" PRIx64 "-0x%" PRIx64 " (%s)</title>\n",
        label, c->p->accel, slot->start, slot->last, size);
    put_rect(c, slot->readonly ? "ro" : "slot", x + 1.5, y, width - 3, SLOT, 4);
    put_text(c, "slotname", x + width / 2, y + SLOT / 2 + 4, label, width);
    put(c, "</g>\n");
}

/* Where nothing is: one outline for all parts in a row. */
static void put_holes(Canvas *c)
{
    const Axis *axis = &c->axis;

    for (size_t i = 0; i < axis->nr; i++) {
        size_t first = i;

        if (piece_at(c->p, axis->at[i])) {
            continue;
        }
        while (i + 1 < axis->nr && !piece_at(c->p, axis->at[i + 1])) {
            i++;
        }
        put_rect(c, "nothing", axis->x[first] + 3, c->plateau + PLATEAU - 7,
                 axis->x[i + 1] - axis->x[first] - 6, 7, 0);
    }
}

/* Whether a piece begins or ends just before the part @i. */
static bool is_edge(const Canvas *c, size_t i)
{
    hwaddr at = c->axis.at[i];
    const SvgPiece *piece = piece_at(c->p, at);

    return (piece && piece->start == at) ||
           (at > 0 && !piece && piece_at(c->p, at - 1));
}

/* Marks in @tick which addresses to write: those of edges first. */
static void choose_ticks(const Canvas *c, bool *tick)
{
    const Axis *axis = &c->axis;

    for (int pass = 0; pass < 2; pass++) {
        double before = -TICK_APART;

        for (size_t i = 0; i < axis->nr; i++) {
            size_t k = i + 1;

            if (tick[i]) {
                before = axis->x[i];
                continue;
            }
            if (is_edge(c, i) != (pass == 0) ||
                axis->x[i] - before < TICK_APART) {
                continue;
            }
            while (k < axis->nr && !tick[k] &&
                   axis->x[k] - axis->x[i] < TICK_APART) {
                k++;
            }
            if (k < axis->nr && tick[k] &&
                axis->x[k] - axis->x[i] < TICK_APART) {
                continue;
            }
            tick[i] = true;
            before = axis->x[i];
        }
    }
}

static void put_ticks(Canvas *c)
{
    g_autofree bool *tick = g_new0(bool, c->axis.nr);
    double y = c->slots;

    choose_ticks(c, tick);
    for (size_t i = 0; i < c->axis.nr; i++) {
        double x = c->axis.x[i];

        if (!tick[i]) {
            continue;
        }
        put(c,
            "<line class=\"guide\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n",
            NUM(x), NUM(y), NUM(x), NUM(y + 6));
        put(c,
            "<text class=\"tick\" transform=\"translate(%s %s) rotate(50)\">"
            "0x%" PRIx64 "</text>\n",
            NUM(x - 1), NUM(y + 16), c->axis.at[i]);
    }
}

static void put_legend(Canvas *c)
{
    double x = MARGIN, y = c->height - LEGEND - 4;

    for (int i = 0; i < SVG_KIND__MAX; i++) {
        put_rect(c, kinds[i].class, x, y, 14, 12, 2);
        put(c, "<text class=\"note\" x=\"%s\" y=\"%s\">%s</text>\n",
            NUM(x + 19), NUM(y + 10), kinds[i].label);
        x += 19 + text_width(kinds[i].label) + 6;
    }
    put_rect(c, "h-io", x, y, 14, 12, 2);
    put_rect(c, "n-io", x, y, 14, 12, 2);
    put(c, "<text class=\"note\" x=\"%s\" y=\"%s\">hidden</text>\n",
        NUM(x + 19), NUM(y + 10));
    x += 19 + text_width("hidden") + 6;
    put_rect(c, "n-io alias", x, y, 14, 12, 2);
    put(c, "<text class=\"note\" x=\"%s\" y=\"%s\">alias</text>\n", NUM(x + 19),
        NUM(y + 10));
    if (c->p->show_disabled) {
        x += 19 + text_width("alias") + 6;
        put_rect(c, "off", x, y, 14, 12, 2);
        put(c, "<text class=\"note\" x=\"%s\" y=\"%s\">disabled</text>\n",
            NUM(x + 19), NUM(y + 10));
    }
    if (c->p->slots->len) {
        x += 19 + text_width(c->p->show_disabled ? "disabled" : "alias") + 6;
        put_rect(c, "slot", x, y, 14, 12, 2);
        put(c, "<text class=\"note\" x=\"%s\" y=\"%s\">%s's</text>\n",
            NUM(x + 19), NUM(y + 10), c->p->accel);
    }
}

static void put_head(Canvas *c)
{
    g_autofree char *title = g_markup_escape_text(c->p->title, -1);
    bool slots = c->p->slots->len;

    put(c, "<text class=\"title\" x=\"%d\" y=\"32\">%s</text>\n", MARGIN,
        title);
    put(c,
        "<text class=\"note\" x=\"%d\" y=\"49\">the tree above, what accesses "
        "see below%s%s; not to scale%s</text>\n",
        MARGIN, slots ? ", and under it the slots of " : "",
        slots ? c->p->accel : "",
        c->p->truncated ? "; too large to be drawn as a whole" : "");
}

void svg_draw(GString *out, const SvgPicture *p)
{
    Canvas c = { .out = out, .p = p, .axis = make_axis(p) };

    c.plateau = HEAD + p->rows * (double)ROW - (ROW - BAR) + GAP;
    c.width = MAX(c.axis.x[c.axis.nr] + MARGIN + 60, 640);
    c.slots = c.plateau + PLATEAU + (p->slots->len ? SLOT_APART + SLOT + 2 : 0);
    c.height = c.slots + TICKS + LEGEND;
    put(&c,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" "
        "viewBox=\"0 0 %s %s\">\n",
        NUM(c.width), NUM(c.height), NUM(c.width), NUM(c.height));
    put_style(&c);
    put_rect(&c, "page", 0.5, 0.5, c.width - 1, c.height - 1, 8);
    put_head(&c);
    put_bands(&c);
    for (unsigned i = 0; i < p->boxes->len; i++) {
        put_box(&c, i);
    }
    put_holes(&c);
    for (unsigned i = 0; i < p->pieces->len; i++) {
        put_piece(&c, svg_piece(p, i));
    }
    for (unsigned i = 0; i < p->slots->len; i++) {
        put_slot(&c, svg_slot(p, i));
    }
    put_ticks(&c);
    put_legend(&c);
    put(&c, "</svg>\n");
    g_free(c.axis.at);
    g_free(c.axis.x);
}

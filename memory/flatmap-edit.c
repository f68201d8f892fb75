/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flat maps: editing.
 *
 * A splice goes from the leaves up. At each level the entries from one place
 * to another are replaced by new ones: ranges in the leaves, above them the
 * nodes that came out of the level below. Mostly the result fits into the one
 * node that it concerns, which is copied, or changed in place if this edit has
 * made it. Otherwise the entries are dealt out to new nodes, together with
 * those of a neighbour if that is better.
 */
#include "qemu/osdep.h"
#include "memory/flatnode.h"

/* What takes the place of some entries of a level. */
typedef struct NewEntries {
    const FlatRange *range; /* of a leaf */
    FlatNode **child;       /* of an inner node */
    size_t nr;
} NewEntries;

/* Nodes that came out of a level. */
typedef struct NodeList {
    FlatNode **node;
    size_t nr, size;
    FlatNode *few[8];
} NodeList;

/* At each level the nodes and indexes where what is replaced begins, ends. */
typedef struct Span {
    FlatNode *left[FLATMAP_MAX_HEIGHT], *right[FLATMAP_MAX_HEIGHT];
    unsigned from[FLATMAP_MAX_HEIGHT]; /* the first to go */
    unsigned to[FLATMAP_MAX_HEIGHT];   /* the first to stay */
} Span;

static void list_init(NodeList *list)
{
    list->node = list->few;
    list->nr = 0;
    list->size = ARRAY_SIZE(list->few);
}

static void list_reserve(NodeList *list, size_t nr)
{
    if (nr > list->size) {
        assert(list->node == list->few && !list->nr);
        list->node = g_new(FlatNode *, nr);
        list->size = nr;
    }
}

static void list_clear(NodeList *list)
{
    if (list->node != list->few) {
        g_free(list->node);
    }
    list_init(list);
}

static unsigned level_max(unsigned level)
{
    return level ? FLAT_INNER_MAX : FLAT_LEAF_MAX;
}

static unsigned level_min(unsigned level)
{
    return level ? FLAT_INNER_MIN : FLAT_LEAF_MIN;
}

/* ---- nodes --------------------------------------------------------------- */

static FlatNode *node_new(FlatMapEdit *e, unsigned level)
{
    FlatNode *node = flatnode_alloc();

    node->edit = e->id;
    node->nr = 0;
    node->level = level;
    if (level) {
        node->key[FLAT_INNER_MAX] = UINT64_MAX;
    }
    return node;
}

/* The current map does without @node; not of its entries. */
static void node_drop(FlatMapEdit *e, FlatNode *node)
{
    if (node->edit == e->id) {
        flatnode_free(node);
    } else {
        flatgarbage_add_node(&e->garbage, node);
    }
}

static void range_drop(FlatMapEdit *e, const FlatRange *range)
{
    flatgarbage_add_region(&e->garbage, range->mr);
    e->map.nr--;
}

static void subtree_drop(FlatMapEdit *e, FlatNode *node)
{
    for (unsigned i = 0; i < node->nr; i++) {
        if (node->level) {
            subtree_drop(e, node->inner.child[i]);
        } else {
            range_drop(e, &node->leaf.range[i]);
        }
    }
    node_drop(e, node);
}

/* Moves entries within a level, also within a node; does not count them. */
static void entries_move(FlatNode *dst, unsigned at, const FlatNode *src,
                         unsigned from, unsigned nr)
{
    memmove(&dst->key[at], &src->key[from], nr * sizeof(hwaddr));
    if (dst->level) {
        memmove(&dst->inner.child[at], &src->inner.child[from],
                nr * sizeof(FlatNode *));
    } else {
        memmove(&dst->leaf.range[at], &src->leaf.range[from],
                nr * sizeof(FlatRange));
    }
}

static void entries_fill(FlatNode *dst, unsigned at, const NewEntries *with,
                         size_t from, unsigned nr)
{
    if (dst->level) {
        for (unsigned i = 0; i < nr; i++) {
            dst->key[at + i] = with->child[from + i]->key[0];
            dst->inner.child[at + i] = with->child[from + i];
        }
    } else {
        for (unsigned i = 0; i < nr; i++) {
            dst->key[at + i] = with->range[from + i].start;
            dst->leaf.range[at + i] = with->range[from + i];
        }
    }
}

/* Sets the number of entries, of which there were at most @before. */
static void node_set_nr(FlatNode *node, unsigned nr, unsigned before)
{
    node->nr = nr;
    for (unsigned i = nr; i < before; i++) {
        node->key[i] = UINT64_MAX;
    }
    flatnode_set_scale(node);
}

/* Replaces the entries [@from, @to) of @old, which becomes the result. */
static FlatNode *node_replace(FlatMapEdit *e, FlatNode *old, unsigned from,
                              unsigned to, const NewEntries *with)
{
    unsigned before = old->nr, after = before - to;
    unsigned at = from + with->nr;
    FlatNode *node = old;

    if (old->edit != e->id) {
        node = node_new(e, old->level);
        entries_move(node, 0, old, 0, from);
        before = level_max(old->level);
    }
    if (node != old || at != to) {
        entries_move(node, at, old, to, after);
    }
    entries_fill(node, from, with, 0, with->nr);
    node_set_nr(node, at + after, before);
    if (node != old) {
        node_drop(e, old);
    }
    return node;
}

/* ---- dealing out --------------------------------------------------------- */

/* Entries that follow each other: of a node, or new ones. */
typedef struct Piece {
    const FlatNode *node; /* NULL: the new entries */
    size_t from, nr;
} Piece;

/* The next @nr entries of the pieces, which are used up, as a new node. */
static FlatNode *node_from_pieces(FlatMapEdit *e, unsigned level, Piece **piece,
                                  const NewEntries *with, unsigned nr)
{
    FlatNode *node = node_new(e, level);
    unsigned at = 0;

    while (at < nr) {
        Piece *p = *piece;
        unsigned n = MIN(p->nr, nr - at);

        if (!n) {
            ++*piece;
            continue;
        }
        if (p->node) {
            entries_move(node, at, p->node, p->from, n);
        } else {
            entries_fill(node, at, with, p->from, n);
        }
        at += n;
        p->from += n;
        p->nr -= n;
    }
    node_set_nr(node, nr, level_max(level));
    return node;
}

/*
 * Makes @nodes nodes of the @nr entries of all pieces. If new entries are the
 * last, all nodes but the last are filled, since more is likely to come there;
 * otherwise all get the same share.
 */
static void deal_out(FlatMapEdit *e, unsigned level, Piece *piece,
                     const NewEntries *with, size_t nr, size_t nodes,
                     bool append, NodeList *out)
{
    list_reserve(out, nodes);
    while (nodes) {
        unsigned share =
            append ? MIN(nr, level_max(level)) : DIV_ROUND_UP(nr, nodes);

        out->node[out->nr++] = node_from_pieces(e, level, &piece, with, share);
        nr -= share;
        nodes--;
    }
}

/* For @nr entries; one more should not at once be too many. */
static size_t nodes_for(unsigned level, size_t nr, bool shared)
{
    unsigned max = level_max(level);

    return shared && nr <= max && nr > max - max / 8 ? 2
                                                     : DIV_ROUND_UP(nr, max);
}

/* ---- the splice ---------------------------------------------------------- */

static unsigned rank(const FlatNode *node, hwaddr addr)
{
    return node->level ? flat_inner_rank(node, addr)
                       : flat_leaf_rank(node, addr);
}

static void span_find(Span *span, const FlatMap *map, hwaddr start, hwaddr last)
{
    FlatNode *left = map->root, *right = map->root;
    unsigned level = map->height - 1;

    for (; level; level--) {
        unsigned from = MAX(rank(left, start), 1) - 1;
        unsigned to = MAX(rank(right, last), 1);

        span->left[level] = left;
        span->right[level] = right;
        span->from[level] = from;
        span->to[level] = to;
        left = left->inner.child[from];
        right = right->inner.child[to - 1];
    }
    span->left[0] = left;
    span->right[0] = right;
    span->from[0] = start ? rank(left, start - 1) : 0;
    span->to[0] = rank(right, last);
}

/* Entry @i of @node goes, with all below it. */
static void entry_drop(FlatMapEdit *e, FlatNode *node, unsigned i)
{
    if (node->level) {
        subtree_drop(e, node->inner.child[i]);
    } else {
        range_drop(e, &node->leaf.range[i]);
    }
}

/*
 * Drops what is in the span at @level. Above the leaves the children at both
 * ends stay: a part of what is in them may.
 */
static void level_drop(FlatMapEdit *e, const Span *span, unsigned level)
{
    FlatNode *left = span->left[level], *right = span->right[level];
    unsigned from = span->from[level] + (level > 0);
    unsigned to = span->to[level] - (level > 0);

    if (left == right) {
        for (unsigned i = from; i < to; i++) {
            entry_drop(e, left, i);
        }
        return;
    }
    for (unsigned i = from; i < left->nr; i++) {
        entry_drop(e, left, i);
    }
    for (unsigned i = 0; i < to; i++) {
        entry_drop(e, right, i);
    }
}

static void span_drop(FlatMapEdit *e, const Span *span)
{
    for (unsigned level = 0;; level++) {
        level_drop(e, span, level);
        if (span->left[level] == span->right[level]) {
            /* And so further up: nothing lies between. */
            break;
        }
    }
}

/*
 * Whether a neighbour should share the @nr entries that are to be in one level:
 * too few for a node, or a few too many.
 */
static bool wants_neighbour(unsigned level, size_t nr)
{
    unsigned max = level_max(level);

    return nr && (nr < level_min(level) || (nr > max && nr < 2 * max));
}

static bool takes(unsigned level, const FlatNode *neighbour, size_t nr)
{
    return nr <= level_max(level) || nr + neighbour->nr < 2 * level_max(level);
}

/*
 * Replaces what the span has at @level, which is not one node's affair or does
 * not fit there. May include neighbours: then the span of the level above,
 * which is NULL at the root, becomes larger.
 */
static void level_deal(FlatMapEdit *e, Span *span, unsigned level,
                       const NewEntries *with, NodeList *out)
{
    FlatNode *left = span->left[level], *right = span->right[level];
    size_t after = right->nr - span->to[level];
    size_t nr = span->from[level] + with->nr + after;
    FlatNode *before_left = NULL, *after_right = NULL;

    if (level + 1 < e->map.height && wants_neighbour(level, nr)) {
        FlatNode *up = span->right[level + 1];
        unsigned i = span->to[level + 1];

        if (i < up->nr && takes(level, up->inner.child[i], nr)) {
            after_right = up->inner.child[i];
            span->to[level + 1]++;
            nr += after_right->nr;
        } else {
            up = span->left[level + 1];
            i = span->from[level + 1];
            if (i && takes(level, up->inner.child[i - 1], nr)) {
                before_left = up->inner.child[i - 1];
                span->from[level + 1]--;
                nr += before_left->nr;
            }
        }
    }
    deal_out(e, level,
             (Piece[]){
                 { before_left, 0, before_left ? before_left->nr : 0 },
                 { left, 0, span->from[level] },
                 { NULL, 0, with->nr },
                 { right, span->to[level], after },
                 { after_right, 0, after_right ? after_right->nr : 0 },
             },
             with, nr, nodes_for(level, nr, before_left || after_right),
             !after && !after_right && !before_left, out);
    node_drop(e, left);
    if (right != left) {
        node_drop(e, right);
    }
    if (before_left) {
        node_drop(e, before_left);
    }
    if (after_right) {
        node_drop(e, after_right);
    }
}

/* Whether the result stays in one node, and how many entries it has. */
static bool fits(const Span *span, unsigned level, bool root, size_t nr_with)
{
    FlatNode *node = span->left[level];
    size_t nr = node->nr - (span->to[level] - span->from[level]) + nr_with;

    return node == span->right[level] && nr && nr <= level_max(level) &&
           (root || nr >= node->nr || nr >= level_min(level));
}

/* Builds levels on the nodes of @list until one is left, the root. */
static void set_top(FlatMapEdit *e, NodeList *list)
{
    while (list->nr > 1) {
        NewEntries with = { .child = list->node, .nr = list->nr };
        NodeList above;

        list_init(&above);
        deal_out(e, e->map.height, (Piece[]){ { NULL, 0, list->nr } }, &with,
                 list->nr, nodes_for(e->map.height, list->nr, false), true,
                 &above);
        e->map.height++;
        list_clear(list);
        if (above.node == above.few) {
            memcpy(list->few, above.few, sizeof(above.few));
        } else {
            list->node = above.node;
            list->size = above.size;
        }
        list->nr = above.nr;
    }
    if (!list->nr) {
        e->map.root = NULL;
        e->map.height = 0;
        return;
    }
    e->map.root = list->node[0];
    while (e->map.height > 1 && e->map.root->nr == 1) {
        FlatNode *root = e->map.root;

        e->map.root = root->inner.child[0];
        e->map.height--;
        node_drop(e, root);
    }
}

static void map_splice(FlatMapEdit *e, hwaddr start, hwaddr last,
                       NewEntries with)
{
    NodeList list[2], *out = &list[0], *in = &list[1];
    unsigned height = e->map.height;
    Span span;

    list_init(in);
    list_init(out);
    span_find(&span, &e->map, start, last);
    span_drop(e, &span);
    for (unsigned level = 0; level < height; level++) {
        FlatNode *left = span.left[level];

        if (fits(&span, level, level == height - 1, with.nr)) {
            hwaddr key = left->key[0];

            out->node[0] =
                node_replace(e, left, span.from[level], span.to[level], &with);
            out->nr = 1;
            if (level + 1 < height && out->node[0] == left &&
                left->key[0] == key) {
                /* Nothing that is above sees a difference. */
                list_clear(in);
                return;
            }
        } else {
            level_deal(e, &span, level, &with, out);
        }
        list_clear(in);
        QEMU_BUILD_BUG_ON(ARRAY_SIZE(list) != 2);
        out = &list[level & 1 ? 0 : 1];
        in = &list[level & 1 ? 1 : 0];
        with = (NewEntries){ .child = in->node, .nr = in->nr };
    }
    set_top(e, in);
    list_clear(in);
}

void flatmap_edit_splice(FlatMapEdit *e, hwaddr start, hwaddr last,
                         const FlatRange *with, size_t n)
{
    NewEntries entries = { .range = with, .nr = n };

    for (size_t i = 0; i < n; i++) {
        memory_region_ref(with[i].mr);
    }
    if (e->map.root) {
        map_splice(e, start, last, entries);
    } else if (n) {
        NodeList list;

        list_init(&list);
        e->map.height = 1;
        deal_out(e, 0, (Piece[]){ { NULL, 0, n } }, &entries, n,
                 nodes_for(0, n, false), true, &list);
        set_top(e, &list);
        list_clear(&list);
    }
    e->map.nr += n;
}

/* ---- the edit as a whole ------------------------------------------------- */

void flatmap_edit_begin(FlatMapEdit *e, const FlatMap *base)
{
    static uint64_t last_id;

    e->map = *base;
    e->id = ++last_id;
    e->garbage = NULL;
}

FlatMap flatmap_edit_end(FlatMapEdit *e, FlatGarbage **garbage)
{
    *garbage = e->garbage;
    e->garbage = NULL;
    return e->map;
}

static void free_new(FlatMapEdit *e, FlatNode *node)
{
    if (node->edit != e->id) {
        return;
    }
    for (unsigned i = 0; i < node->nr; i++) {
        if (node->level) {
            free_new(e, node->inner.child[i]);
        } else {
            memory_region_unref(node->leaf.range[i].mr);
        }
    }
    flatnode_free(node);
}

/*
 * Which references the edit took is not recorded. But what old leaves had that
 * were replaced, and what was added, is now in new leaves or in the garbage.
 * So these get an unref each, once what the old leaves had got a ref.
 */
void flatmap_edit_abort(FlatMapEdit *e)
{
    FlatGarbage *g = e->garbage;

    for (FlatNode *node = g ? g->nodes : NULL, *next; node; node = next) {
        next = node->next;
        node->edit = 0;
        for (unsigned i = 0; !node->level && i < node->nr; i++) {
            memory_region_ref(node->leaf.range[i].mr);
        }
    }
    if (e->map.root) {
        free_new(e, e->map.root);
    }
    for (size_t i = 0; g && i < g->nr; i++) {
        memory_region_unref(g->regions[i]);
    }
    flatgarbage_free_shell(g);
    *e = (FlatMapEdit){};
}

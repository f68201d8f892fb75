/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A B+tree of children ordered by start, then key. Each entry of an inner node
 * tells of the nodes below it the least start, the greatest end and the
 * greatest key, so that a search for what covers an address, or ranks above
 * something, passes by whatever cannot hold it.
 *
 * Few children, as most containers have, are one small node. A full node that
 * grows at either end is not halved, so that children added in order of their
 * addresses, up or down, fill their nodes. Nodes join when there is room for
 * both with some to spare.
 */
#include "qemu/osdep.h"
#include "memory/subregion-tree.h"

#define FANOUT     32
#define JOIN_BELOW 24

typedef struct SubregionTree Node;

typedef SubregionEntry Entry;

struct SubregionTree {
    uint16_t nr;
    uint16_t room;  /* FANOUT, but for a leaf that is the root */
    uint8_t height; /* 0: a leaf */
    Entry e[];
};

static Node *node_new(unsigned height, unsigned room)
{
    Node *n = g_malloc(sizeof(*n) + room * sizeof(Entry));

    n->nr = 0;
    n->room = room;
    n->height = height;
    return n;
}

static Node *node_resize(Node *n, unsigned room)
{
    n = g_realloc(n, sizeof(*n) + room * sizeof(Entry));
    n->room = room;
    return n;
}

/* What an inner node says of @n, which is not empty. */
static Entry summary(Node *n)
{
    Entry s = { n->e[0].start, n->e[0].last, n->e[0].key, { .child = n } };

    for (unsigned i = 1; i < n->nr; i++) {
        s.last = MAX(s.last, n->e[i].last);
        s.key = MAX(s.key, n->e[i].key);
    }
    return s;
}

/* The key of the first child below entry @i of @n. */
static uint64_t first_key(const Node *n, unsigned i)
{
    while (n->height) {
        n = n->e[i].child;
        i = 0;
    }
    return n->e[i].key;
}

/*
 * How many entries of @n begin at or before @start. Ends first, since many add
 * in order. Then without a branch on what is found, which nobody could predict,
 * and in the last steps without a load that waits for another one.
 */
static unsigned count_starts(const Node *n, hwaddr start)
{
    const Entry *e = n->e;
    unsigned left = n->nr, count = 0;

    if (left && e[left - 1].start <= start) {
        return left;
    }
    while (left > 16) {
        unsigned half = left / 2;

        e += e[half - 1].start <= start ? half : 0;
        left -= half;
    }
    for (unsigned i = 0; i < left; i++) {
        count += e[i].start <= start;
    }
    return (e - n->e) + count;
}

/* The same for (@start, @key). */
static unsigned count_to(const Node *n, hwaddr start, uint64_t key)
{
    unsigned hi = count_starts(n, start), lo;

    if (!hi || n->e[hi - 1].start < start || first_key(n, hi - 1) <= key) {
        return hi;
    }
    lo = start ? count_starts(n, start - 1) : 0;
    while (lo < hi) {
        unsigned mid = (lo + hi) / 2;

        if (first_key(n, mid) <= key) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static void open_gap(Node *n, unsigned i)
{
    memmove(&n->e[i + 1], &n->e[i], (n->nr - i) * sizeof(Entry));
    n->nr++;
}

static void close_gap(Node *n, unsigned i)
{
    n->nr--;
    memmove(&n->e[i], &n->e[i + 1], (n->nr - i) * sizeof(Entry));
}

static void move_tail(Node *from, unsigned i, Node *to)
{
    memcpy(&to->e[to->nr], &from->e[i], (from->nr - i) * sizeof(Entry));
    to->nr += from->nr - i;
    from->nr = i;
}

/* Puts @e at @i of @n; returns the new node to its right, if it was split. */
static Node *node_insert(Node *n, unsigned i, Entry e)
{
    Node *right;

    if (n->nr < FANOUT) {
        open_gap(n, i);
        n->e[i] = e;
        return NULL;
    }
    right = node_new(n->height, FANOUT);
    if (i == n->nr) {
        right->e[right->nr++] = e;
    } else if (i == 0) {
        move_tail(n, 0, right);
        n->e[n->nr++] = e;
    } else {
        Node *half = i <= FANOUT / 2 ? n : right;

        move_tail(n, FANOUT / 2, right);
        i -= half == n ? 0 : FANOUT / 2;
        open_gap(half, i);
        half->e[i] = e;
    }
    return right;
}

static Node *insert(Node *n, const Entry *e)
{
    unsigned i = count_to(n, e->start, e->key);
    Entry *in;
    Node *split;

    if (!n->height) {
        return node_insert(n, i, *e);
    }
    i -= i > 0;
    in = &n->e[i];
    split = insert(in->child, e);
    if (split) {
        *in = summary(in->child);
        return node_insert(n, i + 1, summary(split));
    }
    in->start = MIN(in->start, e->start);
    in->last = MAX(in->last, e->last);
    in->key = MAX(in->key, e->key);
    return NULL;
}

void subregion_tree_insert(MemoryRegion *c, MemoryRegion *mr)
{
    const SubregionNode *node = &mr->node;
    Entry e = { node->start, node->last, node->key, { .mr = mr } };
    Node *split, *root = c->tree;

    if (!root) {
        root = node_new(0, 1);
    } else if (root->nr == root->room && root->room < FANOUT) {
        root = node_resize(root, 2 * root->room);
    }
    split = insert(root, &e);
    if (split) {
        Node *top = node_new(root->height + 1, FANOUT);

        top->e[top->nr++] = summary(root);
        top->e[top->nr++] = summary(split);
        root = top;
    }
    c->tree = root;
}

/* Takes out entry @i of @n, of which the node is empty or has moved. */
static void drop_child(Node *n, unsigned i)
{
    g_free(n->e[i].child);
    close_gap(n, i);
}

/* Entry @i of @n has lost something: joins its node with a neighbour. */
static void join(Node *n, unsigned i)
{
    Node *child = n->e[i].child;

    if (!child->nr) {
        drop_child(n, i);
        return;
    }
    if (i + 1 == n->nr ||
        (i && n->e[i - 1].child->nr < n->e[i + 1].child->nr)) {
        if (i == 0) {
            return;
        }
        i--;
    }
    if (n->e[i].child->nr + n->e[i + 1].child->nr < JOIN_BELOW) {
        move_tail(n->e[i + 1].child, 0, n->e[i].child);
        drop_child(n, i + 1);
        n->e[i] = summary(n->e[i].child);
    }
}

static void remove_entry(Node *n, const Entry *e)
{
    unsigned i = count_to(n, e->start, e->key);
    Entry *in;

    assert(i);
    in = &n->e[--i];
    if (!n->height) {
        assert(in->mr == e->mr);
        close_gap(n, i);
        return;
    }
    remove_entry(in->child, e);
    if (in->child->nr) {
        in->start = in->child->e[0].start;
        if (in->last == e->last || in->key == e->key) {
            *in = summary(in->child);
        }
    }
    if (in->child->nr < JOIN_BELOW / 2) {
        join(n, i);
    }
}

void subregion_tree_remove(MemoryRegion *c, MemoryRegion *mr)
{
    const SubregionNode *node = &mr->node;
    Entry e = { node->start, node->last, node->key, { .mr = mr } };
    Node *root = c->tree;

    remove_entry(root, &e);
    while (root->height && root->nr == 1) {
        Node *only = root->e[0].child;

        g_free(root);
        root = only;
    }
    /* An empty leaf stays: what was switched off is often switched on. */
    if (!root->height && root->room > 4 && root->nr <= root->room / 4) {
        root = node_resize(root, root->room / 2);
    }
    c->tree = root;
}

void subregion_tree_update(MemoryRegion *c, MemoryRegion *mr, hwaddr start,
                           hwaddr last)
{
    subregion_tree_remove(c, mr);
    mr->node.start = start;
    mr->node.last = last;
    subregion_tree_insert(c, mr);
}

void subregion_tree_free(MemoryRegion *c)
{
    assert(!c->tree || !c->tree->nr);
    g_free(c->tree);
    c->tree = NULL;
}

/* ---- looking ---- */

bool subregion_tree_first(const MemoryRegion *c, hwaddr *start)
{
    if (!c->tree || !c->tree->nr) {
        return false;
    }
    *start = c->tree->e[0].start;
    return true;
}

bool subregion_tree_hull(const MemoryRegion *c, hwaddr *start, hwaddr *last)
{
    Node *root = c->tree;
    Entry all;

    if (!root || !root->nr) {
        return false;
    }
    all = summary(root);
    *start = all.start;
    *last = all.last;
    return true;
}

MemoryRegion *subregion_tree_only(const MemoryRegion *c)
{
    const Node *root = c->tree;

    return root && root->nr == 1 && !root->height ? root->e[0].mr : NULL;
}

bool subregion_any(const MemoryRegion *c)
{
    return c->tree && c->tree->nr;
}

/* The entries of @n before @i begin before what is looked for. */
static void pass_by(const Node *n, unsigned i, SubregionRun *run)
{
    while (i-- > 0) {
        run->reach = MAX(run->reach, n->e[i].last);
        run->reached = true;
    }
}

/* Enough levels for any number of children that fits memory. */
enum { HEIGHT_MAX = 24 };

void subregion_run(const MemoryRegion *c, hwaddr x, SubregionRun *run)
{
    const Node *path[HEIGHT_MAX], *n = c->tree;
    unsigned at[HEIGHT_MAX], depth = 0, i;

    *run = (SubregionRun){ 0 };
    if (!n) {
        return;
    }
    for (; n->height; n = n->e[i].child) {
        i = x ? count_starts(n, x - 1) : 0;
        i -= i > 0;
        pass_by(n, i, run);
        path[depth] = n;
        at[depth++] = i;
    }
    i = x ? count_starts(n, x - 1) : 0;
    pass_by(n, i, run);
    if (i == n->nr) {
        /* All of this leaf lies before: on to the next. */
        while (depth && at[depth - 1] + 1 == path[depth - 1]->nr) {
            depth--;
        }
        if (depth) {
            n = path[depth - 1]->e[++at[depth - 1]].child;
            for (i = 0; n->height; n = n->e[0].child) {
                path[depth] = n;
                at[depth++] = 0;
            }
        }
    }
    for (unsigned d = 0; d < depth; d++) {
        if (at[d] + 1 < path[d]->nr) {
            run->more = true;
            run->more_start = path[d]->e[at[d] + 1].start;
        }
    }
    run->at = &n->e[i];
    run->end = &n->e[n->nr];
}

typedef struct TopSearch {
    hwaddr x;
    uint64_t below;
    uint64_t key; /* of the best so far, if there is one */
    MemoryRegion *best;
} TopSearch;

static void top_in_leaf(const Node *n, TopSearch *s)
{
    for (unsigned i = count_starts(n, s->x); i-- > 0;) {
        const Entry *e = &n->e[i];

        if (e->last >= s->x && e->key < s->below &&
            (!s->best || e->key > s->key)) {
            s->best = e->mr;
            s->key = e->key;
        }
    }
}

/*
 * Descends into the nodes that can hold something better, the most promising
 * one first, which most often is the only one.
 */
static void top_in_node(const Node *n, TopSearch *s)
{
    unsigned nr = count_starts(n, s->x);
    uint32_t tried = 0;

    if (!n->height) {
        top_in_leaf(n, s);
        return;
    }
    for (;;) {
        int next = -1;

        for (unsigned i = nr; i-- > 0;) {
            const Entry *e = &n->e[i];

            if (e->last >= s->x && !(tried & 1u << i) &&
                (!s->best || e->key > s->key) &&
                (next < 0 || e->key > n->e[next].key)) {
                next = i;
            }
        }
        if (next < 0) {
            return;
        }
        tried |= 1u << next;
        top_in_node(n->e[next].child, s);
    }
}

MemoryRegion *subregion_find_top(const MemoryRegion *c, hwaddr x,
                                 uint64_t below)
{
    TopSearch s = { .x = x, .below = below };

    if (c->tree) {
        top_in_node(c->tree, &s);
    }
    return s.best;
}

static bool next_start(const Node *n, hwaddr x, hwaddr last, uint64_t above,
                       hwaddr *start)
{
    unsigned i = count_starts(n, x);

    /* The last one that begins at @x or before may hold what begins later. */
    if (n->height) {
        i -= i > 0;
    }
    for (; i < n->nr && n->e[i].start <= last; i++) {
        if (n->e[i].key <= above) {
            continue;
        }
        if (!n->height) {
            *start = n->e[i].start;
            return true;
        }
        if (next_start(n->e[i].child, x, last, above, start)) {
            return true;
        }
    }
    return false;
}

bool subregion_next_start(const MemoryRegion *c, hwaddr x, hwaddr last,
                          uint64_t above, hwaddr *start)
{
    return c->tree && next_start(c->tree, x, last, above, start);
}

/* ---- checking ---- */

typedef struct Check {
    size_t nr;
    const MemoryRegion *prev;
} Check;

static void check_leaf(const Node *n, Check *check)
{
    for (unsigned i = 0; i < n->nr; i++) {
        const Entry *e = &n->e[i];
        const SubregionNode *node = &e->mr->node;
        const SubregionNode *prev = check->prev ? &check->prev->node : NULL;

        assert(e->start == node->start && e->last == node->last &&
               e->key == node->key && e->start <= e->last);
        assert(!prev || prev->start < node->start ||
               (prev->start == node->start && prev->key < node->key));
        check->prev = e->mr;
        check->nr++;
    }
}

static void check_node(const Node *n, Check *check)
{
    assert(n->nr <= n->room && n->room <= FANOUT);
    if (!n->height) {
        check_leaf(n, check);
        return;
    }
    for (unsigned i = 0; i < n->nr; i++) {
        Node *child = n->e[i].child;
        Entry s;

        assert(child->height + 1 == n->height && child->nr);
        s = summary(child);
        assert(s.start == n->e[i].start && s.last == n->e[i].last &&
               s.key == n->e[i].key);
        check_node(child, check);
    }
}

size_t subregion_tree_check(const MemoryRegion *c)
{
    Check check = { 0 };

    if (c->tree) {
        check_node(c->tree, &check);
    }
    return check.nr;
}

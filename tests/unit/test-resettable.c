/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three-phase reset on random trees, against a model that counts for every
 * node the resets in force at it and above.
 */
#include "qemu/osdep.h"
#include "hw/core/resetcontainer.h"
#include "hw/resettable.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "system/reset.h"

#define TYPE_NODE "test-node"
OBJECT_DECLARE_SIMPLE_TYPE(Node, NODE)

enum { N = 24 };

struct Node {
    Object parent_obj;

    ResettableState reset;
    GPtrArray *children;
    int index;
    int parent;                 /* -1: none */
    unsigned own;               /* asserted at this node itself */
    unsigned enter, hold, exit; /* how often each phase has run */
};

static Node *nodes[N];
/* The phases of the operation at hand: 0 enter, 1 hold, 2 exit. */
static int last_phase;
static GArray *order;
static ResetType last_type;

static void log_phase(Node *node, int phase, ResetType type)
{
    /* All nodes are through a phase before the next one begins. */
    g_assert_cmpint(phase, >=, last_phase);
    if (phase != last_phase) {
        g_array_set_size(order, 0);
    }
    last_phase = phase;
    last_type = type;
    g_array_append_val(order, node->index);
    /* Children are through before their parents. */
    for (guint i = 0; i + 1 < order->len; i++) {
        int earlier = g_array_index(order, int, i);

        for (int up = nodes[node->index]->parent; up >= 0;
             up = nodes[up]->parent) {
            g_assert_cmpint(up, !=, earlier);
        }
    }
}

static void node_enter(Object *obj, ResetType type)
{
    Node *node = NODE(obj);

    log_phase(node, 0, type);
    node->enter++;
    g_assert_cmpuint(node->enter, ==, node->exit + 1);
}

static void node_hold(Object *obj, ResetType type)
{
    Node *node = NODE(obj);

    log_phase(node, 1, type);
    node->hold++;
    g_assert_cmpuint(node->hold, ==, node->enter);
}

static void node_exit(Object *obj, ResetType type)
{
    Node *node = NODE(obj);

    log_phase(node, 2, type);
    node->exit++;
    g_assert_cmpuint(node->exit, ==, node->hold);
    g_assert_true(resettable_is_in_reset(obj));
}

static ResettableState *node_state(Object *obj)
{
    return &NODE(obj)->reset;
}

static void node_foreach(Object *obj, ResettableChildCallback cb, void *opaque,
                         ResetType type)
{
    GPtrArray *children = NODE(obj)->children;

    for (guint i = 0; i < children->len; i++) {
        cb(children->pdata[i], opaque, type);
    }
}

static void node_init(Object *obj)
{
    NODE(obj)->children = g_ptr_array_new();
}

static void node_finalize(Object *obj)
{
    g_ptr_array_unref(NODE(obj)->children);
}

static void node_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    rc->get_state = node_state;
    rc->child_foreach = node_foreach;
    rc->phases.enter = node_enter;
    rc->phases.hold = node_hold;
    rc->phases.exit = node_exit;
}

static unsigned model_count(int n)
{
    unsigned count = 0;

    for (; n >= 0; n = nodes[n]->parent) {
        count += nodes[n]->own;
    }
    return count;
}

static bool is_below(int n, int top)
{
    for (; n >= 0; n = nodes[n]->parent) {
        if (n == top) {
            return true;
        }
    }
    return false;
}

static void check_all(void)
{
    for (int i = 0; i < N; i++) {
        unsigned count = model_count(i);

        g_assert_cmpuint(nodes[i]->reset.count, ==, count);
        g_assert_cmpint(resettable_is_in_reset(OBJECT(nodes[i])), ==,
                        count > 0);
        g_assert_cmpuint(nodes[i]->enter, ==, nodes[i]->hold);
        g_assert_cmpuint(nodes[i]->enter - nodes[i]->exit, ==, count > 0);
    }
}

static void begin(void)
{
    last_phase = 0;
    g_array_set_size(order, 0);
}

static void reparent(int n, int to)
{
    Node *node = nodes[n];
    Object *oldp = node->parent >= 0 ? OBJECT(nodes[node->parent]) : NULL;
    Object *newp = to >= 0 ? OBJECT(nodes[to]) : NULL;

    if (oldp) {
        g_ptr_array_remove(NODE(oldp)->children, node);
    }
    if (newp) {
        g_ptr_array_add(NODE(newp)->children, node);
    }
    node->parent = to;
    begin();
    resettable_change_parent(OBJECT(node), newp, oldp);
}

static void test_random_trees(void)
{
    order = g_array_new(false, false, sizeof(int));
    for (int i = 0; i < N; i++) {
        nodes[i] = NODE(object_new(TYPE_NODE));
        nodes[i]->index = i;
        nodes[i]->parent = -1;
    }
    for (int i = 1; i < N; i++) {
        reparent(i, g_test_rand_int_range(-1, i));
    }

    for (int round = 0; round < 3000; round++) {
        int n = g_test_rand_int_range(0, N);
        int to = g_test_rand_int_range(-1, N);

        switch (g_test_rand_int_range(0, 4)) {
        case 0:
            if (nodes[n]->own < 3) {
                begin();
                nodes[n]->own++;
                resettable_assert_reset(OBJECT(nodes[n]), RESET_TYPE_COLD);
            }
            break;
        case 1:
            if (nodes[n]->own) {
                begin();
                nodes[n]->own--;
                resettable_release_reset(OBJECT(nodes[n]), RESET_TYPE_COLD);
            }
            break;
        case 2:
            if (to < 0 || !is_below(to, n)) {
                reparent(n, to);
            }
            break;
        default:
            begin();
            last_type = RESET_TYPE_COLD;
            if (model_count(n) == 0) {
                unsigned before = nodes[n]->exit;

                resettable_reset(OBJECT(nodes[n]), RESET_TYPE_WAKEUP);
                g_assert_cmpuint(nodes[n]->exit, ==, before + 1);
                g_assert_cmpint(last_type, ==, RESET_TYPE_WAKEUP);
            }
            break;
        }
        check_all();
    }
    for (int i = 0; i < N; i++) {
        object_unref(OBJECT(nodes[i]));
    }
    g_array_unref(order);
}

/* Functions and objects of the system reset, in the order of registration. */

static GString *trail;

static void mark(void *opaque)
{
    g_string_append(trail, opaque);
}

static void marker_enter(Object *obj, ResetType type)
{
    g_string_append(trail, "E");
}

static void marker_hold(Object *obj, ResetType type)
{
    g_string_append(trail, "H");
}

static void marker_exit(Object *obj, ResetType type)
{
    g_string_append(trail, "X");
}

#define TYPE_MARKER "test-marker"

static void marker_class_init(ObjectClass *oc, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(oc);
    ResettablePhases parent;

    resettable_class_set_parent_phases(rc, marker_enter, marker_hold, NULL,
                                       &parent);
    g_assert_true(parent.enter == node_enter);
    g_assert_true(parent.exit == node_exit);
    g_assert_true(rc->phases.exit == node_exit);
    rc->phases.exit = marker_exit;
}

static void test_system_reset(void)
{
    Object *obj = object_new(TYPE_MARKER);

    trail = g_string_new(NULL);
    qemu_register_reset(mark, (void *)"a");
    qemu_register_resettable(obj);
    qemu_register_reset_nosnapshotload(mark, (void *)"b");
    qemu_register_reset(mark, (void *)"c");

    qemu_devices_reset(RESET_TYPE_COLD);
    g_assert_cmpstr(trail->str, ==, "EaHbcX");
    g_string_truncate(trail, 0);
    qemu_devices_reset(RESET_TYPE_SNAPSHOT_LOAD);
    g_assert_cmpstr(trail->str, ==, "EaHcX");

    qemu_unregister_reset(mark, (void *)"a");
    qemu_unregister_reset(mark, (void *)"nobody");
    g_string_truncate(trail, 0);
    qemu_devices_reset(RESET_TYPE_COLD);
    g_assert_cmpstr(trail->str, ==, "EHbcX");

    qemu_unregister_resettable(obj);
    qemu_unregister_reset(mark, (void *)"b");
    qemu_unregister_reset(mark, (void *)"c");
    g_string_truncate(trail, 0);
    qemu_devices_reset(RESET_TYPE_COLD);
    g_assert_cmpstr(trail->str, ==, "");
    g_string_free(trail, TRUE);
    object_unref(obj);
}

static const TypeInfo test_types[] = {
    {
        .name = TYPE_NODE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Node),
        .instance_init = node_init,
        .instance_finalize = node_finalize,
        .class_init = node_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_RESETTABLE_INTERFACE }, {} },
    },
    {
        .name = TYPE_MARKER,
        .parent = TYPE_NODE,
        .class_init = marker_class_init,
    },
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(test_types, ARRAY_SIZE(test_types));

    g_test_add_func("/resettable/random-trees", test_random_trees);
    g_test_add_func("/resettable/system", test_system_reset);
    return g_test_run();
}

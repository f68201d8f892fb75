/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random types, properties and trees against plain arrays that say what must
 * be true of them.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qom/object.h"

/* ---- types ---- */

#define N_TYPES  60
#define N_IFACES 8

typedef struct ModelType {
    char name[16];
    int parent; /* -1: TYPE_OBJECT */
    bool abstract;
    unsigned ifaces; /* declared by this type itself */
    int class_inits, base_inits, inits, finalizes;
} ModelType;

typedef struct ModelIface {
    char name[16];
    int parent; /* -1: TYPE_INTERFACE */
} ModelIface;

static ModelType types[N_TYPES];
static ModelIface ifaces[N_IFACES];

/* What runs for one object, in order, to be compared. */
static GArray *calls;

static int type_index(const char *name)
{
    return atoi(name + strlen("type-"));
}

static int model_get(Object *obj, int i)
{
    return i;
}

static void get_number(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    g_assert_not_reached();
}

static void model_class_init(ObjectClass *klass, void *data)
{
    ModelType *t = data;
    g_autofree char *prop = g_strdup_printf("class-%s", t->name);

    g_assert_cmpstr(object_class_get_name(klass), ==, t->name);
    t->class_inits++;
    object_class_property_add(klass, prop, "int", get_number, NULL, NULL, NULL);
}

static void model_base_init(ObjectClass *klass, void *data)
{
    ModelType *t = data;

    /* Of an ancestor, with the data of the class that is being made. */
    g_assert_cmpint(t->class_inits, ==, 0);
    g_assert_cmpstr(object_class_get_name(klass), ==, t->name);
    t->base_inits++;
}

/* instance_init gets no data, so that there is one for each type. */
#define TYPE_FN(i)                                                             \
    static void init_##i(Object *obj)                                          \
    {                                                                          \
        init_type(obj, i);                                                     \
    }                                                                          \
    static void finalize_##i(Object *obj)                                      \
    {                                                                          \
        finalize_type(obj, i);                                                 \
    }

static void init_type(Object *obj, int i)
{
    int n = types[i].inits++;
    g_autofree char *prop = g_strdup_printf("own-%s", types[i].name);

    g_assert_cmpint(model_get(obj, n), ==, n);
    g_array_append_val(calls, i);
    object_property_add(obj, prop, "int", get_number, NULL, NULL, NULL);
}

static void finalize_type(Object *obj, int i)
{
    int call = -1 - i;

    types[i].finalizes++;
    g_array_append_val(calls, call);
}

/* The functions are shared by types i, i + 10, i + 20...: name decides. */
static void init_any(Object *obj);
static void finalize_any(Object *obj);

TYPE_FN(0)
TYPE_FN(1)
TYPE_FN(2)
TYPE_FN(3)

static void (*const init_fns[4])(Object *) = { init_0, init_1, init_2, init_3 };
static void (*const finalize_fns[4])(Object *) = { finalize_0, finalize_1,
                                                   finalize_2, finalize_3 };

static void init_any(Object *obj)
{
    int i = type_index(object_get_typename(obj));

    types[i].inits++;
}

static void finalize_any(Object *obj)
{
    int i = type_index(object_get_typename(obj));

    types[i].finalizes++;
}

static bool type_descends(int t, int ancestor)
{
    for (; t >= 0; t = types[t].parent) {
        if (t == ancestor) {
            return true;
        }
    }
    return false;
}

static bool iface_descends(int i, int ancestor)
{
    for (; i >= 0; i = ifaces[i].parent) {
        if (i == ancestor) {
            return true;
        }
    }
    return false;
}

/*
 * The interface classes that a type has: those of its parent, then its own
 * ones unless what is there already covers them.
 */
static int type_ifaces(int t, int list[N_IFACES])
{
    int n =
        t >= 0 && types[t].parent >= 0 ? type_ifaces(types[t].parent, list) : 0;

    for (int i = 0; i < N_IFACES; i++) {
        bool covered = false;

        for (int k = 0; k < n; k++) {
            covered |= iface_descends(list[k], i);
        }
        if ((types[t].ifaces >> i & 1) && !covered) {
            list[n++] = i;
        }
    }
    return n;
}

static void register_ifaces(void)
{
    for (int i = 0; i < N_IFACES; i++) {
        TypeInfo info = { 0 };

        sprintf(ifaces[i].name, "iface-%d", i);
        ifaces[i].parent = i ? g_random_int_range(-1, i) : -1;
        info.name = ifaces[i].name;
        info.parent = ifaces[i].parent < 0 ? TYPE_INTERFACE
                                           : ifaces[ifaces[i].parent].name;
        info.class_size = sizeof(InterfaceClass);
        type_register_static(&info);
    }
}

static void register_model_types(void)
{
    for (int t = 0; t < N_TYPES; t++) {
        InterfaceInfo list[N_IFACES + 1] = { { NULL } };
        TypeInfo info = { 0 };
        int n = 0;

        sprintf(types[t].name, "type-%d", t);
        /* The first four make a chain with exact call order. */
        types[t].parent = t < 4 ? t - 1 : g_random_int_range(-1, t);
        types[t].abstract = t >= 4 && g_random_int_range(0, 4) == 0;
        types[t].ifaces = t < 4 ? 0 : g_random_int() & g_random_int();
        for (int i = 0; i < N_IFACES; i++) {
            if (types[t].ifaces >> i & 1) {
                list[n++].type = ifaces[i].name;
            }
        }
        info.name = types[t].name;
        info.parent =
            types[t].parent < 0 ? TYPE_OBJECT : types[types[t].parent].name;
        info.instance_size = sizeof(Object) + (t < 4 ? 8 * t : 0);
        if (t >= 4) {
            info.instance_size = 0; /* the parent's */
        }
        info.abstract = types[t].abstract;
        info.class_init = model_class_init;
        info.class_base_init = model_base_init;
        info.class_data = &types[t];
        info.interfaces = list;
        if (t < 4) {
            info.instance_init = init_fns[t];
            info.instance_finalize = finalize_fns[t];
        } else if (types[t].parent < 0) {
            info.instance_init = init_any;
            info.instance_finalize = finalize_any;
        }
        type_register_static(&info);
    }
}

static void check_casts(ObjectClass *klass, int t)
{
    int list[N_IFACES], n = type_ifaces(t, list);

    for (int a = 0; a < N_TYPES; a++) {
        g_assert(object_class_dynamic_cast(klass, types[a].name) ==
                 (type_descends(t, a) ? klass : NULL));
    }
    for (int i = 0; i < N_IFACES; i++) {
        ObjectClass *got = object_class_dynamic_cast(klass, ifaces[i].name);
        int found = 0;

        for (int k = 0; k < n; k++) {
            found += iface_descends(list[k], i);
        }
        g_assert((got != NULL) == (found == 1));
        if (got) {
            g_assert(got != klass);
            g_assert(object_class_dynamic_cast(got, ifaces[i].name) == got);
            g_assert(INTERFACE_CLASS(got) == (InterfaceClass *)got);
        }
    }
    g_assert(!object_class_dynamic_cast(klass, "no-such-type"));
    g_assert(object_class_dynamic_cast(klass, TYPE_OBJECT) == klass);
}

static void check_class_properties(ObjectClass *klass, int t)
{
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    int n = 0, depth = 0;

    for (int a = 0; a < N_TYPES; a++) {
        g_autofree char *name = g_strdup_printf("class-%s", types[a].name);

        depth += type_descends(t, a);
        g_assert(!!object_class_property_find(klass, name) ==
                 type_descends(t, a));
    }
    object_class_property_iter_init(&iter, klass);
    while ((prop = object_property_iter_next(&iter))) {
        n += g_str_has_prefix(prop->name, "class-");
    }
    g_assert_cmpint(n, ==, depth);
}

static void test_types(void)
{
    for (int round = 0; round < N_TYPES; round++) {
        int t = g_random_int_range(0, N_TYPES);
        ObjectClass *klass = object_class_by_name(types[t].name);
        ObjectClass *parent;
        Object *obj;

        g_assert(klass && klass == object_class_by_name(types[t].name));
        g_assert_cmpint(types[t].class_inits, ==, 1);
        g_assert(object_class_is_abstract(klass) == types[t].abstract);
        parent = object_class_get_parent(klass);
        g_assert_cmpstr(object_class_get_name(parent), ==,
                        types[t].parent < 0 ? TYPE_OBJECT
                                            : types[types[t].parent].name);
        check_casts(klass, t);
        check_class_properties(klass, t);
        if (!types[t].abstract) {
            obj = object_new(types[t].name);
            g_assert_cmpstr(object_get_typename(obj), ==, types[t].name);
            g_assert(object_get_class(obj) == klass);
            object_unref(obj);
        }
    }
    for (int t = 0; t < N_TYPES; t++) {
        int depth = 0;

        for (int p = types[t].parent; p >= 0; p = types[p].parent) {
            depth++;
        }
        object_class_by_name(types[t].name);
        g_assert_cmpint(types[t].base_inits, ==, depth);
        g_assert_cmpint(types[t].inits, ==, types[t].finalizes);
    }
}

static void test_lists(void)
{
    for (int round = 0; round < 40; round++) {
        bool abstract = g_random_boolean();
        bool by_iface = g_random_boolean();
        int wanted = g_random_int_range(0, by_iface ? N_IFACES : N_TYPES);
        const char *name = by_iface ? ifaces[wanted].name : types[wanted].name;
        GSList *list = object_class_get_list_sorted(name, abstract);
        const char *last = "";
        int n = 0;

        for (GSList *e = list; e; e = e->next) {
            const char *this = object_class_get_name(e->data);

            g_assert(strcasecmp(last, this) < 0);
            g_assert(abstract || !object_class_is_abstract(e->data));
            last = this;
            n += g_str_has_prefix(this, "type-");
        }
        for (int t = 0; t < N_TYPES; t++) {
            if ((abstract || !types[t].abstract) &&
                object_class_dynamic_cast(object_class_by_name(types[t].name),
                                          name)) {
                n--;
            }
        }
        g_assert_cmpint(n, ==, 0);
        g_slist_free(list);
    }
    g_assert(!object_class_get_list("no-such-type", true));
}

static void test_order(void)
{
    const int expected[] = { 0, 1, 2, 3, -4, -3, -2, -1 };

    g_array_set_size(calls, 0);
    object_unref(object_new(types[3].name));
    g_assert_cmpmem(calls->data, calls->len * sizeof(int), expected,
                    sizeof(expected));
}

/* ---- the tree ---- */

#define TYPE_NODE "model-node"
OBJECT_DECLARE_SIMPLE_TYPE(ModelNode, NODE)

struct ModelNode {
    Object parent_obj;
    int index;
};

OBJECT_DEFINE_SIMPLE_TYPE(ModelNode, node, NODE, OBJECT)

#define N_NODES 300

/* What we believe of the object of that index. */
typedef struct Belief {
    Object *obj;
    int parent; /* -1: the root; -2: none */
    char name[16];
    int refs; /* ours */
    bool alive;
} Belief;

static Belief nodes[N_NODES];
static Object *tree_root;
static int finalized;

static void node_class_init(ObjectClass *oc, void *data)
{
}

static void node_init(Object *obj)
{
    NODE(obj)->index = -1;
}

static void node_finalize(Object *obj)
{
    int i = NODE(obj)->index;

    g_assert(i >= 0 && !nodes[i].alive);
    finalized++;
}

static Object *object_of(int i)
{
    return i == -1 ? tree_root : nodes[i].obj;
}

static char *path_of(int i)
{
    g_autofree char *above = NULL;

    if (i == -1) {
        return g_strdup("/model");
    }
    if (i == -2) {
        return NULL;
    }
    above = path_of(nodes[i].parent);
    return above ? g_strdup_printf("%s/%s", above, nodes[i].name) : NULL;
}

static bool name_is_taken(int parent, const char *name)
{
    for (int i = 0; i < N_NODES; i++) {
        if (nodes[i].alive && nodes[i].parent == parent &&
            !strcmp(nodes[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* Whoever neither we nor a parent hold dies, and its children lose one. */
static int believe_death(int i)
{
    int deaths = 1;

    if (nodes[i].refs || nodes[i].parent != -2) {
        return 0;
    }
    nodes[i].alive = false;
    for (int k = 0; k < N_NODES; k++) {
        if (nodes[k].alive && nodes[k].parent == i) {
            nodes[k].parent = -2;
            deaths += believe_death(k);
        }
    }
    return deaths;
}

static void step_add(int i)
{
    int parent = g_random_int_range(-1, N_NODES);
    bool numbered = g_random_int_range(0, 3) == 0;
    Error *err = NULL;
    char name[16];
    bool taken;

    if (nodes[i].alive || (parent >= 0 && !nodes[parent].alive)) {
        return;
    }
    nodes[i] = (Belief){
        .obj = object_new(TYPE_NODE), .parent = -2, .refs = 1, .alive = true
    };
    NODE(nodes[i].obj)->index = i;
    if (numbered) {
        int n = 0;

        do {
            sprintf(name, "node[%d]", n++);
        } while (name_is_taken(parent, name));
        object_property_add_child(object_of(parent), "node[*]", nodes[i].obj);
        taken = false;
    } else {
        if (g_random_boolean()) {
            sprintf(name, "node[%d]", g_random_int_range(0, 20));
        } else {
            sprintf(name, "n%d", g_random_int_range(0, 30));
        }
        taken = name_is_taken(parent, name);
        g_assert(!!object_property_try_add_child(object_of(parent), name,
                                                 nodes[i].obj, &err) == !taken);
        g_assert(!!err == taken);
        error_free(err);
    }
    if (!taken) {
        nodes[i].parent = parent;
        strcpy(nodes[i].name, name);
    }
}

static void step_drop(int i)
{
    int before = finalized, deaths;

    if (!nodes[i].alive) {
        return;
    }
    switch (g_random_int_range(0, 3)) {
    case 0:
        nodes[i].parent = -2;
        deaths = believe_death(i);
        object_unparent(nodes[i].obj);
        break;
    case 1:
        nodes[i].refs++;
        object_ref(nodes[i].obj);
        return;
    default:
        if (!nodes[i].refs) {
            return;
        }
        nodes[i].refs--;
        deaths = believe_death(i);
        object_unref(nodes[i].obj);
        break;
    }
    g_assert_cmpint(finalized - before, ==, deaths);
}

static void check_node(int i)
{
    g_autofree char *path = NULL;
    g_autofree char *real = NULL;

    if (!nodes[i].alive) {
        return;
    }
    path = path_of(i);
    real = object_get_canonical_path(nodes[i].obj);
    g_assert_cmpstr(path, ==, real);
    g_assert_cmpuint(nodes[i].obj->ref, ==,
                     nodes[i].refs + (nodes[i].parent != -2));
    if (nodes[i].parent == -2) {
        g_assert(!object_get_canonical_path_component(nodes[i].obj));
        return;
    }
    g_assert_cmpstr(object_get_canonical_path_component(nodes[i].obj), ==,
                    nodes[i].name);
    g_assert(object_resolve_path_component(object_of(nodes[i].parent),
                                           nodes[i].name) == nodes[i].obj);
    if (path) {
        g_assert(object_resolve_path(path, NULL) == nodes[i].obj);
        g_assert(object_resolve_path_at(tree_root, path + strlen("/model/")) ==
                 nodes[i].obj);
    }
}

/* Two names, looked up as a partial path, against all paths. */
static void check_partial(void)
{
    int i = g_random_int_range(0, N_NODES), found = 0;
    g_autofree char *tail = NULL;
    Object *match = NULL, *got;
    bool ambiguous = false;

    if (!nodes[i].alive || nodes[i].parent < 0) {
        return;
    }
    tail = g_strdup_printf("%s/%s", nodes[nodes[i].parent].name, nodes[i].name);
    if (nodes[nodes[i].parent].parent == -2) {
        return; /* the name is an old one */
    }
    for (int k = 0; k < N_NODES; k++) {
        g_autofree char *path = nodes[k].alive ? path_of(k) : NULL;
        g_autofree char *end = g_strdup_printf("/%s", tail);

        if (path && g_str_has_suffix(path, end)) {
            found++;
            match = nodes[k].obj;
        }
    }
    got = object_resolve_path(tail, &ambiguous);
    g_assert(got == (found == 1 ? match : NULL));
    g_assert(ambiguous == (found > 1));
}

static int count_child(Object *child, void *opaque)
{
    ++*(int *)opaque;
    return 0;
}

static void test_tree(void)
{
    int n = 0, expected = 0;

    tree_root = object_property_add_new_container(object_get_root(), "model");
    for (int step = 0; step < 20000; step++) {
        int i = g_random_int_range(0, N_NODES);

        if (g_random_boolean()) {
            step_add(i);
        } else {
            step_drop(i);
        }
        check_node(g_random_int_range(0, N_NODES));
        if (step % 50 == 0) {
            check_partial();
        }
    }
    for (int i = 0; i < N_NODES; i++) {
        g_autofree char *path = nodes[i].alive ? path_of(i) : NULL;

        check_node(i);
        expected += !!path;
    }
    object_child_foreach_recursive(tree_root, count_child, &n);
    g_assert_cmpint(n, ==, expected);

    for (int i = 0; i < N_NODES; i++) {
        while (nodes[i].alive && nodes[i].refs) {
            nodes[i].refs--;
            believe_death(i);
            object_unref(nodes[i].obj);
        }
    }
    for (int i = 0; i < N_NODES; i++) {
        nodes[i].alive = false;
    }
    object_unparent(tree_root);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    calls = g_array_new(false, false, sizeof(int));
    g_random_set_seed(g_test_rand_int());
    register_ifaces();
    register_model_types();
    g_test_add_func("/qom/model/types", test_types);
    g_test_add_func("/qom/model/lists", test_lists);
    g_test_add_func("/qom/model/order", test_order);
    g_test_add_func("/qom/model/tree", test_tree);
    return g_test_run();
}

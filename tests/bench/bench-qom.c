/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What objects cost: properties, references, making one, and children under
 * one parent at sizes that show whether the cost depends on the number.
 *
 * One line per measurement: a name and nanoseconds per operation.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qom/object.h"

#define TYPE_BENCH "bench-object"
OBJECT_DECLARE_SIMPLE_TYPE(BenchObject, BENCH)

struct BenchObject {
    Object parent_obj;
    bool flag;
    uint64_t number;
};

OBJECT_DEFINE_SIMPLE_TYPE(BenchObject, bench, BENCH, OBJECT)

static bool bench_get_flag(Object *obj, Error **errp)
{
    return BENCH(obj)->flag;
}

static void bench_set_flag(Object *obj, bool value, Error **errp)
{
    BENCH(obj)->flag = value;
}

static void bench_class_init(ObjectClass *oc, void *data)
{
    object_class_property_add_bool(oc, "flag", bench_get_flag, bench_set_flag);
}

static void bench_init(Object *obj)
{
    object_property_add_uint64_ptr(obj, "number", &BENCH(obj)->number,
                                   OBJ_PROP_FLAG_READWRITE);
}

static void bench_finalize(Object *obj)
{
}

static int64_t now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void report(const char *name, int64_t start, int n)
{
    printf("%-32s %10.1f ns\n", name, (double)(now_ns() - start) / n);
}

static void bench_values(void)
{
    const int n = 1000000;
    Object *obj = object_new(TYPE_BENCH);
    int64_t start;

    start = now_ns();
    for (int i = 0; i < n; i++) {
        object_property_set_bool(obj, "flag", i & 1, &error_abort);
    }
    report("set bool", start, n);
    start = now_ns();
    for (int i = 0; i < n; i++) {
        object_property_get_bool(obj, "flag", &error_abort);
    }
    report("get bool", start, n);
    start = now_ns();
    for (int i = 0; i < n; i++) {
        object_property_set_uint(obj, "number", i, &error_abort);
    }
    report("set uint64", start, n);
    start = now_ns();
    for (int i = 0; i < n; i++) {
        object_property_get_uint(obj, "number", &error_abort);
    }
    report("get uint64", start, n);
    start = now_ns();
    for (int i = 0; i < n; i++) {
        object_unref(object_ref(obj));
    }
    report("ref and unref", start, n);
    object_unref(obj);

    start = now_ns();
    for (int i = 0; i < n; i++) {
        object_unref(object_new(TYPE_BENCH));
    }
    report("new and free", start, n);
    start = now_ns();
    for (int i = 0; i < n; i++) {
        object_unref(object_new(TYPE_CONTAINER));
    }
    report("new and free, no properties", start, n);
}

static int count_child(Object *child, void *opaque)
{
    ++*(int *)opaque;
    return 0;
}

static void bench_children(int n)
{
    Object *parent = object_new(TYPE_CONTAINER);
    Object **child = g_new(Object *, n);
    g_autofree char *label = NULL;
    char name[32];
    int64_t start;
    int count = 0;

    for (int i = 0; i < n; i++) {
        child[i] = object_new(TYPE_CONTAINER);
    }
#define REPORT(what)                                                           \
    (g_free(label), label = g_strdup_printf("%s, %d children", what, n),       \
     report(label, start, n))
    start = now_ns();
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof(name), "child%d", i);
        object_property_add_child(parent, name, child[i]);
    }
    REPORT("add");
    start = now_ns();
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof(name), "child%d", i);
        object_resolve_path_component(parent, name);
    }
    REPORT("find");
    start = now_ns();
    object_child_foreach(parent, count_child, &count);
    REPORT("list");
    assert(count == n);
    start = now_ns();
    for (int i = 0; i < n; i++) {
        object_unparent(child[i]);
    }
    REPORT("remove, oldest first");
    start = now_ns();
    for (int i = 0; i < n; i++) {
        object_property_add_child(parent, "child[*]", child[i]);
    }
    REPORT("add numbered");
    start = now_ns();
    for (int i = n; i-- > 0;) {
        object_unparent(child[i]);
    }
    REPORT("remove, newest first");
    for (int i = 0; i < n; i++) {
        object_unref(child[i]);
    }
    g_free(child);
    object_unref(parent);
}

int main(void)
{
    module_call_init(MODULE_INIT_QOM);
    bench_values();
    bench_children(100);
    bench_children(10000);
    bench_children(100000);
    return 0;
}

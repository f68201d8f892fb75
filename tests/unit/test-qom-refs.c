/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * References taken and dropped, and classes made, by several threads at once.
 * Meant for ThreadSanitizer, too.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/module.h"
#include "qom/object.h"

#define N_OBJECTS 64
#define N_THREADS 4
#define N_STEPS   50000

#define TYPE_SHARED "test-shared"
OBJECT_DECLARE_SIMPLE_TYPE(Shared, SHARED)

struct Shared {
    Object parent_obj;
    uint64_t payload;
};

OBJECT_DEFINE_SIMPLE_TYPE(Shared, shared, SHARED, OBJECT)

static int finalized;

static void shared_class_init(ObjectClass *oc, void *data)
{
}

static void shared_init(Object *obj)
{
    SHARED(obj)->payload = 42;
}

static void shared_finalize(Object *obj)
{
    g_assert_cmpuint(SHARED(obj)->payload, ==, 42);
    qatomic_inc(&finalized);
}

/* Each thread begins with a reference to each object and drops it at last. */
static gpointer juggle(gpointer opaque)
{
    Object **objects = opaque;
    GRand *rand = g_rand_new_with_seed(GPOINTER_TO_UINT(g_thread_self()));
    int held[N_OBJECTS] = { 0 };

    for (int step = 0; step < N_STEPS; step++) {
        int i = g_rand_int_range(rand, 0, N_OBJECTS);

        if (g_rand_boolean(rand)) {
            g_assert(object_ref(objects[i]) == objects[i]);
            held[i]++;
        } else if (held[i]) {
            object_unref(objects[i]);
            held[i]--;
        }
        g_assert(object_dynamic_cast(objects[i], TYPE_SHARED));
    }
    for (int i = 0; i < N_OBJECTS; i++) {
        for (held[i]++; held[i]; held[i]--) {
            object_unref(objects[i]);
        }
    }
    g_rand_free(rand);
    return NULL;
}

static void test_threads(void)
{
    Object *objects[N_OBJECTS];
    GThread *threads[N_THREADS];

    finalized = 0;
    for (int i = 0; i < N_OBJECTS; i++) {
        objects[i] = object_new(TYPE_SHARED);
        for (int t = 1; t < N_THREADS; t++) {
            object_ref(objects[i]);
        }
    }
    for (int t = 0; t < N_THREADS; t++) {
        threads[t] = g_thread_new("juggler", juggle, objects);
    }
    for (int t = 0; t < N_THREADS; t++) {
        g_thread_join(threads[t]);
    }
    g_assert_cmpint(finalized, ==, N_OBJECTS);
}

/* Types of which no thread has made the class or an object yet. */
#define N_FRESH 40

static int class_inits[N_FRESH], instances;

static void fresh_class_init(ObjectClass *oc, void *data)
{
    ++*(int *)data;
}

static void fresh_init(Object *obj)
{
    qatomic_inc(&instances);
}

static gpointer make_objects(gpointer opaque)
{
    for (int i = N_FRESH - 1; i >= 0; i -= 3) {
        g_autofree char *name = g_strdup_printf("fresh-%d", i);
        Object *obj = object_new(name);

        g_assert(object_dynamic_cast(obj, "fresh-0"));
        g_assert(object_dynamic_cast(obj, TYPE_CONTAINER));
        g_assert_cmpstr(object_get_typename(obj), ==, name);
        object_unref(obj);
    }
    return NULL;
}

static void test_first_use(void)
{
    GThread *threads[N_THREADS];

    for (int i = 0; i < N_FRESH; i++) {
        g_autofree char *name = g_strdup_printf("fresh-%d", i);
        g_autofree char *parent = g_strdup_printf("fresh-%d", i - 1);
        TypeInfo info = {
            .name = name,
            .parent = i ? parent : TYPE_CONTAINER,
            .class_init = fresh_class_init,
            .class_data = &class_inits[i],
            .instance_init = i ? NULL : fresh_init,
        };

        type_register_static(&info);
    }
    for (int t = 0; t < N_THREADS; t++) {
        threads[t] = g_thread_new("maker", make_objects, NULL);
    }
    for (int t = 0; t < N_THREADS; t++) {
        g_thread_join(threads[t]);
    }
    for (int i = 0; i < N_FRESH; i++) {
        g_assert_cmpint(class_inits[i], ==, 1);
    }
    g_assert_cmpint(instances, ==, N_THREADS * ((N_FRESH + 2) / 3));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    g_test_add_func("/qom/refs/threads", test_threads);
    g_test_add_func("/qom/refs/first-use", test_first_use);
    return g_test_run();
}

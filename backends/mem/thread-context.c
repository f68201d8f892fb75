/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * thread-context: a thread that creates threads for others.
 */
#include "qemu/osdep.h"
#include "hostmem-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qemu/bitmap.h"
#include "qemu/cutils.h"
#include "qemu/module.h"
#include "qemu/prealloc.h"
#include "qemu/thread-context.h"
#include "qom/object_interfaces.h"

/* A thread that somebody waits for. */
typedef struct ThreadContextJob {
    QemuThread *thread;
    const char *name;
    void *(*start_routine)(void *);
    void *arg;
    int mode;
} ThreadContextJob;

static void *thread_context_run(void *opaque)
{
    ThreadContext *tc = opaque;

    qemu_mutex_lock(&tc->lock);
    tc->thread_id = qemu_get_thread_id();
    qemu_cond_broadcast(&tc->changed);
    while (!tc->stop) {
        ThreadContextJob *job = tc->job;

        if (job) {
            qemu_thread_create(job->thread, job->name, job->start_routine,
                               job->arg, job->mode);
            tc->job = NULL;
            qemu_cond_broadcast(&tc->changed);
        }
        qemu_cond_wait(&tc->changed, &tc->lock);
    }
    qemu_mutex_unlock(&tc->lock);
    return NULL;
}

void thread_context_create_thread(ThreadContext *tc, QemuThread *thread,
                                  const char *name,
                                  void *(*start_routine)(void *), void *arg,
                                  int mode)
{
    ThreadContextJob job = {
        .thread = thread,
        .name = name,
        .start_routine = start_routine,
        .arg = arg,
        .mode = mode,
    };

    qemu_mutex_lock(&tc->lock);
    while (tc->job) {
        qemu_cond_wait(&tc->changed, &tc->lock); /* another asker's */
    }
    tc->job = &job;
    qemu_cond_broadcast(&tc->changed);
    while (tc->job == &job) {
        qemu_cond_wait(&tc->changed, &tc->lock);
    }
    qemu_mutex_unlock(&tc->lock);
}

/*** On which CPUs it runs. ***/

/* A bitmap with the numbers in @list set; *@nbits is how long it is. */
static unsigned long *list_to_bitmap(const uint16List *list, int *nbits)
{
    unsigned long *bitmap;

    *nbits = 0;
    for (const uint16List *l = list; l; l = l->next) {
        *nbits = MAX(*nbits, l->value + 1);
    }
    bitmap = bitmap_new(*nbits);
    for (const uint16List *l = list; l; l = l->next) {
        set_bit(l->value, bitmap);
    }
    return bitmap;
}

/* Takes over @bitmap: at once, or for when the thread starts. */
static void use_affinity(ThreadContext *tc, unsigned long *bitmap, int nbits,
                         Error **errp)
{
    int ret;

    if (tc->thread_id < 0) {
        tc->init_cpu_bitmap = bitmap;
        tc->init_cpu_nbits = nbits;
        return;
    }
    ret = qemu_thread_set_affinity(&tc->thread, bitmap, nbits);
    if (ret) {
        error_setg(errp, "Setting CPU affinity failed: %s", strerror(-ret));
    }
    g_free(bitmap);
}

static bool check_no_affinity(ThreadContext *tc, Error **errp)
{
    if (tc->init_cpu_bitmap) {
        error_setg(errp, "Mixing CPU and node affinity not supported");
        return false;
    }
    return true;
}

static void set_cpu_affinity(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    ThreadContext *tc = THREAD_CONTEXT(obj);
    uint16List *cpus = NULL;
    unsigned long *bitmap;
    int nbits;

    if (!check_no_affinity(tc, errp) ||
        !host_memory_visit_numbers(v, name, &cpus, errp)) {
        return;
    }
    if (!cpus) {
        error_setg(errp, "CPU list is empty");
        return;
    }
    bitmap = list_to_bitmap(cpus, &nbits);
    qapi_free_uint16List(cpus);
    use_affinity(tc, bitmap, nbits, errp);
}

static void get_cpu_affinity(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    ThreadContext *tc = THREAD_CONTEXT(obj);
    g_autofree unsigned long *bitmap = NULL;
    uint16List *cpus = NULL;
    unsigned long nbits;
    int ret;

    if (tc->thread_id < 0) {
        error_setg(errp, "Object not initialized yet");
        return;
    }
    ret = qemu_thread_get_affinity(&tc->thread, &bitmap, &nbits);
    if (ret) {
        error_setg(errp, "Getting CPU affinity failed: %s", strerror(-ret));
        return;
    }
    cpus = host_memory_bits_to_list(bitmap, nbits);
    visit_type_uint16List(v, name, &cpus, errp);
    qapi_free_uint16List(cpus);
}

/*
 * Sets the CPUs of @node in @bitmap of @nbits bits, from a list such as
 * "0-3,8". A node that this host has not has none.
 */
static void add_node_cpus(unsigned node, unsigned long *bitmap, int nbits)
{
    g_autofree char *path =
        g_strdup_printf("/sys/devices/system/node/node%u/cpulist", node);
    g_autofree char *text = NULL;
    const char *p;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return;
    }
    for (p = text; qemu_isdigit(*p);) {
        unsigned long first, last;
        const char *end;

        if (qemu_strtoul(p, &end, 10, &first) < 0) {
            return;
        }
        last = first;
        if (*end == '-' && qemu_strtoul(end + 1, &end, 10, &last) < 0) {
            return;
        }
        for (; first <= last && first < nbits; first++) {
            set_bit(first, bitmap);
        }
        p = *end == ',' ? end + 1 : "";
    }
}

static void set_node_affinity(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    ThreadContext *tc = THREAD_CONTEXT(obj);
    const int nbits = sysconf(_SC_NPROCESSORS_CONF);
    unsigned long *bitmap;
    uint16List *nodes = NULL;

    if (!check_no_affinity(tc, errp) ||
        !host_memory_visit_numbers(v, name, &nodes, errp)) {
        return;
    }
    if (!nodes) {
        error_setg(errp, "Node list is empty");
        return;
    }
    bitmap = bitmap_new(nbits);
    for (uint16List *l = nodes; l; l = l->next) {
        add_node_cpus(l->value, bitmap, nbits);
    }
    qapi_free_uint16List(nodes);
    if (bitmap_empty(bitmap, nbits)) {
        error_setg(errp, "The nodes select no CPUs");
        g_free(bitmap);
        return;
    }
    use_affinity(tc, bitmap, nbits, errp);
}

static void get_thread_id(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    int64_t id = THREAD_CONTEXT(obj)->thread_id;

    visit_type_int(v, name, &id, errp);
}

/*** The object. ***/

static void thread_context_complete(UserCreatable *uc, Error **errp)
{
    ThreadContext *tc = THREAD_CONTEXT(uc);
    const char *id = object_get_canonical_path_component(OBJECT(uc));
    g_autofree char *name = g_strdup_printf("TC %s", id);
    unsigned long *bitmap = g_steal_pointer(&tc->init_cpu_bitmap);

    qemu_thread_create(&tc->thread, name, thread_context_run, tc,
                       QEMU_THREAD_JOINABLE);
    qemu_mutex_lock(&tc->lock);
    while (tc->thread_id < 0) {
        qemu_cond_wait(&tc->changed, &tc->lock);
    }
    qemu_mutex_unlock(&tc->lock);
    if (bitmap) {
        use_affinity(tc, bitmap, tc->init_cpu_nbits, errp);
    }
}

static void thread_context_instance_init(Object *obj)
{
    ThreadContext *tc = THREAD_CONTEXT(obj);

    tc->thread_id = -1;
    qemu_mutex_init(&tc->lock);
    qemu_cond_init(&tc->changed);
}

static void thread_context_instance_finalize(Object *obj)
{
    ThreadContext *tc = THREAD_CONTEXT(obj);

    if (tc->thread_id >= 0) {
        qemu_mutex_lock(&tc->lock);
        tc->stop = true;
        qemu_cond_broadcast(&tc->changed);
        qemu_mutex_unlock(&tc->lock);
        qemu_thread_join(&tc->thread);
    }
    g_free(tc->init_cpu_bitmap);
    qemu_cond_destroy(&tc->changed);
    qemu_mutex_destroy(&tc->lock);
}

static void thread_context_class_init(ObjectClass *oc, void *data)
{
    USER_CREATABLE_CLASS(oc)->complete = thread_context_complete;
    qemu_prealloc_set_thread_create(thread_context_create_thread);
    object_class_property_add(oc, "thread-id", "int", get_thread_id, NULL, NULL,
                              NULL);
    object_class_property_set_description(oc, "thread-id",
                                          "The host's id of the thread");
    object_class_property_add(oc, "cpu-affinity", "int", get_cpu_affinity,
                              set_cpu_affinity, NULL, NULL);
    object_class_property_set_description(
        oc, "cpu-affinity", "The host CPUs that its threads run on");
    object_class_property_add(oc, "node-affinity", "int", NULL,
                              set_node_affinity, NULL, NULL);
    object_class_property_set_description(oc, "node-affinity",
                                          "The same as a list of host nodes");
}

static const TypeInfo thread_context_types[] = {
    {
        .name = TYPE_THREAD_CONTEXT,
        .parent = TYPE_OBJECT,
        .class_init = thread_context_class_init,
        .instance_size = sizeof(ThreadContext),
        .instance_init = thread_context_instance_init,
        .instance_finalize = thread_context_instance_finalize,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_USER_CREATABLE },
                {},
            },
    },
};

DEFINE_TYPES(thread_context_types)

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types: registration, and how a type gets its class.
 *
 * Registration only copies the TypeInfo, so that a program can have thousands
 * of types and start fast. The first time that somebody asks for a type by
 * name it is linked to its ancestors; the first time that somebody needs its
 * class, that is made. Both are for ever.
 *
 * A worker thread that opens a channel makes an object like everyone else, so
 * that looking up a type and making a class are safe in any thread: the first
 * use takes a lock, later ones do not.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qemu/module.h"
#include "qom/internal.h"

TypeImpl *type_object, *type_interface;

/*
 * All types, by name and in the order of registration. Nothing is ever taken
 * out, so that readers need no lock.
 */
#define N_BUCKETS 1024
static TypeImpl *buckets[N_BUCKETS];
static TypeImpl *first_type, **next_type = &first_type;

/* Held while types are registered, linked, or given their class. */
static GRecMutex type_lock;

static void G_NORETURN G_GNUC_PRINTF(1, 2) type_bug(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    abort();
}

/* Names stand on command lines between '=' and ','. */
static bool type_name_is_valid(const char *name)
{
    return g_ascii_isalnum(name[0]) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz"
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789-_.+") == strlen(name);
}

/*
 * A copy of @info in one piece of memory: the type, the interface list, then
 * all strings.
 */
static TypeImpl *type_new(const TypeInfo *info)
{
    size_t n_ifaces = 0, size = strlen(info->name) + 1;
    TypeImpl *type;
    char *text;

    if (info->parent) {
        size += strlen(info->parent) + 1;
    }
    while (info->interfaces && info->interfaces[n_ifaces].type) {
        size += strlen(info->interfaces[n_ifaces++].type) + 1;
    }
    type = g_malloc0(sizeof(*type) + (n_ifaces + 1) * sizeof(InterfaceInfo) +
                     size);
    type->info = *info;
    type->info.interfaces = (InterfaceInfo *)(type + 1);
    text = (char *)(type->info.interfaces + n_ifaces + 1);

    type->info.name = text;
    text = g_stpcpy(text, info->name) + 1;
    if (info->parent) {
        type->info.parent = text;
        text = g_stpcpy(text, info->parent) + 1;
    }
    for (size_t i = 0; i < n_ifaces; i++) {
        type->info.interfaces[i].type = text;
        text = g_stpcpy(text, info->interfaces[i].type) + 1;
    }
    return type;
}

static TypeImpl *lookup(const char *name)
{
    TypeImpl *type;

    type = qatomic_load_acquire(&buckets[property_hash(name) % N_BUCKETS]);
    while (type && strcmp(type->info.name, name)) {
        type = type->bucket_next;
    }
    return type;
}

/* With the lock. */
static TypeImpl *type_register(const TypeInfo *info)
{
    TypeImpl *type, **bucket;

    if (!type_name_is_valid(info->name)) {
        type_bug("Registering '%s' with illegal type name", info->name);
    }
    if (lookup(info->name)) {
        type_bug("Registering '%s' which already exists", info->name);
    }

    type = type_new(info);
    bucket = &buckets[property_hash(info->name) % N_BUCKETS];
    type->bucket_next = *bucket;
    qatomic_store_release(bucket, type);
    qatomic_store_release(next_type, type);
    next_type = &type->next;
    return type;
}

static char *object_get_type(Object *obj, Error **errp)
{
    return g_strdup(object_get_typename(obj));
}

static void object_class_init(ObjectClass *klass, void *data)
{
    object_class_property_add_str(klass, "type", object_get_type, NULL);
}

static void type_link(TypeImpl *type);

/* With the lock. */
static void register_roots(void)
{
    static const TypeInfo object_info = {
        .name = TYPE_OBJECT,
        .instance_size = sizeof(Object),
        .class_size = sizeof(ObjectClass),
        .class_init = object_class_init,
        .abstract = true,
    };
    static const TypeInfo interface_info = {
        .name = TYPE_INTERFACE,
        .class_size = sizeof(InterfaceClass),
        .abstract = true,
    };

    type_object = type_register(&object_info);
    type_interface = type_register(&interface_info);
    type_link(type_object);
    type_link(type_interface);
}

static void ensure_roots(void)
{
    if (!qatomic_load_acquire(&first_type)) {
        g_rec_mutex_lock(&type_lock);
        if (!first_type) {
            register_roots();
        }
        g_rec_mutex_unlock(&type_lock);
    }
}

Type type_register_static(const TypeInfo *info)
{
    TypeImpl *type;

    assert(info->parent);
    ensure_roots();
    g_rec_mutex_lock(&type_lock);
    type = type_register(info);
    g_rec_mutex_unlock(&type_lock);
    return type;
}

void type_register_static_array(const TypeInfo *infos, int nr_infos)
{
    for (int i = 0; i < nr_infos; i++) {
        type_register_static(&infos[i]);
    }
}

TypeImpl *type_find(const char *name)
{
    TypeImpl *type;

    ensure_roots();
    type = name ? lookup(name) : NULL;
    if (type && !qatomic_load_acquire(&type->linked)) {
        g_rec_mutex_lock(&type_lock);
        if (!type->linked) {
            type_link(type);
        }
        g_rec_mutex_unlock(&type_lock);
    }
    return type;
}

/*
 * The type, from a module if need be. False with @errp set when its module
 * cannot be loaded; true with @type NULL when nobody has it.
 */
static bool find_or_load(const char *name, TypeImpl **type, Error **errp)
{
    *type = type_find(name);
#ifdef CONFIG_MODULES
    if (!*type && name) {
        int rv = module_load_qom(name, errp);

        if (rv < 0) {
            error_prepend(errp,
                          "could not load a module for type '%s': ", name);
            return false;
        }
        if (rv > 0) {
            *type = type_find(name);
        }
    }
#endif
    return true;
}

TypeImpl *type_find_or_load(const char *name, Error **errp)
{
    TypeImpl *type;

    if (!find_or_load(name, &type, errp)) {
        return NULL;
    }
    if (!type) {
        error_setg(errp, "unknown type '%s'", name);
    }
    return type;
}

bool type_is_a(const TypeImpl *type, const TypeImpl *ancestor)
{
    return type->depth >= ancestor->depth &&
           type->ancestors[ancestor->depth] == ancestor;
}

static TypeImpl *type_find_parent(TypeImpl *type)
{
    TypeImpl *parent = type_find_or_load(type->info.parent, NULL);

    if (!parent) {
        type_bug("Type '%s' is missing its parent '%s'", type->info.name,
                 type->info.parent);
    }
    return parent;
}

static void type_link_interfaces(TypeImpl *type)
{
    InterfaceInfo *info = type->info.interfaces;
    size_t n = 0;

    while (info[n].type) {
        n++;
    }
    type->interfaces = g_new0(TypeImpl *, n + 1);
    for (size_t i = 0; i < n; i++) {
        type->interfaces[i] = type_find(info[i].type);
        if (!type->interfaces[i]) {
            type_bug("missing interface '%s' for object '%s'", info[i].type,
                     type->info.name);
        }
    }
}

/* Finds the ancestors and inherits their sizes. With the lock. */
static void type_link(TypeImpl *type)
{
    TypeImpl *parent = NULL;

    if (type->info.parent) {
        parent = type_find_parent(type);
        type->parent = parent;
        type->depth = parent->depth + 1;
        type->info.instance_size =
            type->info.instance_size ?: parent->info.instance_size;
        type->info.instance_align =
            type->info.instance_align ?: parent->info.instance_align;
        type->info.class_size =
            type->info.class_size ?: parent->info.class_size;
        assert(type->info.instance_size >= parent->info.instance_size);
        assert(type->info.class_size >= parent->info.class_size);
    }
    type->ancestors = g_new(TypeImpl *, type->depth + 1);
    if (parent) {
        memcpy(type->ancestors, parent->ancestors,
               type->depth * sizeof(TypeImpl *));
    }
    type->ancestors[type->depth] = type;

    /* An interface has no instances, nor has a type without a size. */
    if (!type->info.instance_size) {
        type->info.abstract = true;
    }
    if (type != type_interface && parent && type_is_a(type, type_interface)) {
        assert(!type->info.instance_size);
        assert(!type->info.instance_init && !type->info.instance_post_init &&
               !type->info.instance_finalize);
        assert(!type->info.interfaces[0].type);
    }
    type_link_interfaces(type);
    qatomic_store_release(&type->linked, true);
}

/*
 * A class of @type's own for an interface: a nameless subtype of @parent, the
 * class of which it begins as a copy of.
 */
static void add_interface_class(TypeImpl *type, TypeImpl *interface,
                                TypeImpl *parent)
{
    g_autofree char *name =
        g_strdup_printf("%s::%s", type->info.name, interface->info.name);
    TypeInfo info = {
        .name = name,
        .parent = parent->info.name,
        .abstract = true,
    };
    TypeImpl *impl = type_new(&info);
    InterfaceClass *klass;

    /* The parent may be nameless too, so that it is not found by its name. */
    impl->parent = parent;
    impl->depth = parent->depth + 1;
    impl->info.class_size = parent->info.class_size;
    impl->ancestors = g_new(TypeImpl *, impl->depth + 1);
    memcpy(impl->ancestors, parent->ancestors,
           impl->depth * sizeof(TypeImpl *));
    impl->ancestors[impl->depth] = impl;
    impl->interfaces = g_new0(TypeImpl *, 1);
    impl->linked = true;

    klass = (InterfaceClass *)type_class(impl);
    klass->interface_type = interface;
    type->class->interfaces = g_slist_append(type->class->interfaces, klass);
}

static bool class_has_interface(ObjectClass *klass, TypeImpl *interface)
{
    for (GSList *e = klass->interfaces; e; e = e->next) {
        if (type_is_a(((ObjectClass *)e->data)->type, interface)) {
            return true;
        }
    }
    return false;
}

/* The parent's interfaces as the parent has set them, then the new ones. */
static void class_add_interfaces(TypeImpl *type)
{
    if (type->parent) {
        for (GSList *e = type->parent->class->interfaces; e; e = e->next) {
            InterfaceClass *iface = e->data;

            add_interface_class(type, iface->interface_type,
                                iface->parent_class.type);
        }
    }
    for (TypeImpl **i = type->interfaces; *i; i++) {
        if (!class_has_interface(type->class, *i)) {
            add_interface_class(type, *i, *i);
        }
    }
}

/* With the lock. */
static void make_class(TypeImpl *type)
{
    ObjectClass *parent = NULL, *klass = g_malloc0(type->info.class_size);

    if (type->parent) {
        parent = type_class(type->parent);
        memcpy(klass, parent, type->parent->info.class_size);
        /* What was true of a cast of the parent says nothing about ours. */
        memset(klass->object_cast_cache, 0, sizeof(klass->object_cast_cache));
        memset(klass->class_cast_cache, 0, sizeof(klass->class_cast_cache));
    }
    klass->type = type;
    klass->interfaces = NULL;
    klass->properties = property_table_new(parent ? parent->properties : NULL);
    type->class = klass;
    class_add_interfaces(type);

    for (TypeImpl *t = type->parent; t; t = t->parent) {
        if (t->info.class_base_init) {
            t->info.class_base_init(klass, type->info.class_data);
        }
    }
    if (type->info.class_init) {
        type->info.class_init(klass, type->info.class_data);
    }
    qatomic_store_release(&type->class_ready, true);
}

/* What class_init calls may come back here for the class that is being made. */
ObjectClass *type_class(TypeImpl *type)
{
    if (!qatomic_load_acquire(&type->class_ready)) {
        g_rec_mutex_lock(&type_lock);
        if (!type->class) {
            make_class(type);
        }
        g_rec_mutex_unlock(&type_lock);
    }
    return type->class;
}

ObjectClass *object_class_by_name(const char *typename)
{
    TypeImpl *type = type_find(typename);

    return type ? type_class(type) : NULL;
}

ObjectClass *module_object_class_find(const char *typename, Error **errp)
{
    TypeImpl *type;

    return find_or_load(typename, &type, errp) && type ? type_class(type)
                                                       : NULL;
}

ObjectClass *module_object_class_by_name(const char *typename)
{
    Error *err = NULL;
    ObjectClass *klass = module_object_class_find(typename, &err);

    if (err) {
        error_report_err(err);
    }
    return klass;
}

/* Whether a class would have the interface, without making the class. */
static bool type_implements(TypeImpl *type, TypeImpl *wanted)
{
    if (type_is_a(type, wanted)) {
        return true;
    }
    for (; type; type = type->parent) {
        for (TypeImpl **i = type->interfaces; *i; i++) {
            if (type_is_a(*i, wanted)) {
                return true;
            }
        }
    }
    return false;
}

void object_class_foreach(void (*fn)(ObjectClass *klass, void *opaque),
                          const char *implements_type, bool include_abstract,
                          void *opaque)
{
    TypeImpl *wanted = NULL;

    ensure_roots();
    if (implements_type) {
        wanted = type_find(implements_type);
        if (!wanted) {
            return;
        }
    }
    /* Linking a type may load a module with more of them. */
    for (TypeImpl *type = first_type; type;
         type = qatomic_load_acquire(&type->next)) {
        ObjectClass *klass;

        type_find(type->info.name);
        if ((type->info.abstract && !include_abstract) ||
            (wanted && !type_implements(type, wanted))) {
            continue;
        }
        klass = type_class(type);
        if (!wanted || object_class_dynamic_cast(klass, implements_type)) {
            fn(klass, opaque);
        }
    }
}

static void prepend_class(ObjectClass *klass, void *opaque)
{
    GSList **list = opaque;

    *list = g_slist_prepend(*list, klass);
}

GSList *object_class_get_list(const char *implements_type,
                              bool include_abstract)
{
    GSList *list = NULL;

    object_class_foreach(prepend_class, implements_type, include_abstract,
                         &list);
    return list;
}

static gint compare_class_names(gconstpointer a, gconstpointer b)
{
    return strcasecmp(object_class_get_name((ObjectClass *)a),
                      object_class_get_name((ObjectClass *)b));
}

GSList *object_class_get_list_sorted(const char *implements_type,
                                     bool include_abstract)
{
    return g_slist_sort(
        object_class_get_list(implements_type, include_abstract),
        compare_class_names);
}

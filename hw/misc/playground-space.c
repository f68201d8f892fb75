/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who looks at a playground: address spaces of the user's, and listeners that
 * write down what they hear and can be told to refuse it.
 */
#include "qemu/osdep.h"
#include "playground.h"
#include "exec/address-spaces.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"

/*** playground-space ***/

static void space_complete(UserCreatable *uc, Error **errp)
{
    PlaygroundSpace *s = PLAYGROUND_SPACE(uc);
    const char *id = object_get_canonical_path_component(OBJECT(s));

    if (!playground_mr(&s->root)) {
        error_setg(errp, "Property 'root' of '%s' is needed", id);
        return;
    }
    s->as = g_new0(AddressSpace, 1);
    address_space_init(s->as, playground_mr(&s->root), id);
}

static bool space_can_be_deleted(UserCreatable *uc)
{
    return !PLAYGROUND_SPACE(uc)->users;
}

static void space_unparent(Object *obj)
{
    PlaygroundSpace *s = PLAYGROUND_SPACE(obj);

    if (s->as) {
        address_space_remove_listeners(s->as);
        address_space_destroy_free(s->as);
        s->as = NULL;
    }
}

static void space_finalize(Object *obj)
{
    playground_put(&PLAYGROUND_SPACE(obj)->root);
}

static char *space_get_root(Object *obj, Error **errp)
{
    return playground_name(&PLAYGROUND_SPACE(obj)->root);
}

static void space_set_root(Object *obj, const char *value, Error **errp)
{
    PlaygroundSpace *s = PLAYGROUND_SPACE(obj);
    RegionRef ref;

    if (s->as) {
        error_setg(errp, "Property 'root' can not be set now: make another "
                         "space, or change what is in the root");
        return;
    }
    if (playground_get(&ref, value, "root", errp)) {
        playground_put(&s->root);
        s->root = ref;
    }
}

static void space_class_init(ObjectClass *oc, void *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(oc);

    oc->unparent = space_unparent;
    ucc->complete = space_complete;
    ucc->can_be_deleted = space_can_be_deleted;
    object_class_property_add_str(oc, "root", space_get_root, space_set_root);
    object_class_property_set_description(
        oc, "root", "the region that it shows: an id, 'system' or 'io'");
}

/*** playground-listener ***/

OBJECT_DECLARE_SIMPLE_TYPE(PlaygroundListener, PLAYGROUND_LISTENER)

/* Of the events, the last ones are kept. */
#define MAX_EVENTS 4096

struct PlaygroundListener {
    Object parent_obj;

    MemoryListener listener;
    char *space;          /* as given; NULL: "system" */
    PlaygroundSpace *obj; /* that one, in use, or NULL */
    bool registered;
    bool refuse;
    bool nops;
    uint32_t priority;
    char *id;
    GQueue events; /* of char * */
    GTree *view;   /* start -> Shown: the sum of what it heard */
};

typedef struct Shown {
    uint64_t start;
    char *text;
} Shown;

static PlaygroundListener *from(MemoryListener *listener)
{
    return container_of(listener, PlaygroundListener, listener);
}

static void G_GNUC_PRINTF(2, 3)
    note(MemoryListener *listener, const char *fmt, ...)
{
    PlaygroundListener *l = from(listener);
    va_list ap;

    if (l->events.length == MAX_EVENTS) {
        g_free(g_queue_pop_head(&l->events));
    }
    va_start(ap, fmt);
    g_queue_push_tail(&l->events, g_strdup_vprintf(fmt, ap));
    va_end(ap);
}

static char *section_text(const MemoryRegionSection *s)
{
    uint64_t start = s->offset_within_address_space;
    uint64_t last = start + int128_get64(int128_sub(s->size, int128_one()));

    return g_strdup_printf(
        "%016" PRIx64 "-%016" PRIx64 " %s @%016" PRIx64 "%s%s%s", start, last,
        memory_region_name(s->mr) ?: "", s->offset_within_region,
        s->readonly ? " readonly" : "", s->nonvolatile ? " nonvolatile" : "",
        s->unmergeable ? " unmergeable" : "");
}

static void note_section(MemoryListener *listener, const char *what,
                         const MemoryRegionSection *s)
{
    g_autofree char *text = section_text(s);

    note(listener, "%s %s", what, text);
}

static void hear_begin(MemoryListener *listener)
{
    note(listener, "begin");
}

static void hear_commit(MemoryListener *listener)
{
    note(listener, "commit");
}

static void hear_add(MemoryListener *listener, MemoryRegionSection *s)
{
    Shown *shown = g_new(Shown, 1);

    note_section(listener, "add", s);
    shown->start = s->offset_within_address_space;
    shown->text = section_text(s);
    g_tree_replace(from(listener)->view, &shown->start, shown);
}

static void hear_del(MemoryListener *listener, MemoryRegionSection *s)
{
    uint64_t start = s->offset_within_address_space;

    note_section(listener, "del", s);
    g_tree_remove(from(listener)->view, &start);
}

static void hear_nop(MemoryListener *listener, MemoryRegionSection *s)
{
    note_section(listener, "nop", s);
}

static bool hear_prepare(MemoryListener *listener,
                         const MemoryRegionSection *add, size_t nr_add,
                         const MemoryRegionSection *del, size_t nr_del,
                         Error **errp)
{
    PlaygroundListener *l = from(listener);

    note(listener, "prepare %zu %zu", nr_add, nr_del);
    if (l->refuse) {
        g_autofree char *text = section_text(add);

        error_setg(errp, "Listener '%s' refuses %s", l->id, text);
        return false;
    }
    return true;
}

static void hear_cancel(MemoryListener *listener)
{
    note(listener, "cancel");
}

static bool find_space(PlaygroundListener *l, AddressSpace **as, Error **errp)
{
    const char *name = l->space ?: "system";
    Object *obj =
        object_resolve_path_component(object_get_objects_root(), name);

    obj = object_dynamic_cast(obj, TYPE_PLAYGROUND_SPACE);
    if (obj && PLAYGROUND_SPACE(obj)->as) {
        l->obj = PLAYGROUND_SPACE(obj);
        *as = l->obj->as;
    } else if (!strcmp(name, "system")) {
        *as = &address_space_memory;
    } else if (!strcmp(name, "io")) {
        *as = &address_space_io;
    } else {
        error_setg(errp,
                   "Property 'space': there is no space '%s'; give the id of a "
                   "playground-space that exists, 'system' or 'io'",
                   name);
        return false;
    }
    return true;
}

static void listener_complete(UserCreatable *uc, Error **errp)
{
    PlaygroundListener *l = PLAYGROUND_LISTENER(uc);
    AddressSpace *as;

    l->id = g_strdup(object_get_canonical_path_component(OBJECT(l)));
    if (!find_space(l, &as, errp)) {
        return;
    }
    if (l->obj) {
        l->obj->users++;
        object_ref(OBJECT(l->obj));
    }
    l->listener = (MemoryListener){
        .begin = hear_begin,
        .commit = hear_commit,
        .region_add = hear_add,
        .region_del = hear_del,
        .region_nop = l->nops ? hear_nop : NULL,
        .prepare = hear_prepare,
        .cancel = hear_cancel,
        .priority = l->priority,
        .name = l->id,
    };
    memory_listener_register(&l->listener, as);
    l->registered = true;
}

static void listener_unparent(Object *obj)
{
    PlaygroundListener *l = PLAYGROUND_LISTENER(obj);

    if (l->registered) {
        /* At the end of the program the space may have gone before. */
        if (l->listener.address_space) {
            memory_listener_unregister(&l->listener);
        }
        l->registered = false;
    }
    if (l->obj) {
        l->obj->users--;
        object_unref(OBJECT(l->obj));
        l->obj = NULL;
    }
}

static int compare_start(gconstpointer a, gconstpointer b, gpointer unused)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void shown_free(gpointer opaque)
{
    Shown *shown = opaque;

    g_free(shown->text);
    g_free(shown);
}

static void listener_init(Object *obj)
{
    PlaygroundListener *l = PLAYGROUND_LISTENER(obj);

    g_queue_init(&l->events);
    l->view = g_tree_new_full(compare_start, NULL, NULL, shown_free);
}

static void listener_finalize(Object *obj)
{
    PlaygroundListener *l = PLAYGROUND_LISTENER(obj);

    g_queue_clear_full(&l->events, g_free);
    g_tree_unref(l->view);
    g_free(l->space);
    g_free(l->id);
}

static void get_events(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    strList *list = NULL, **tail = &list;

    for (GList *e = PLAYGROUND_LISTENER(obj)->events.head; e; e = e->next) {
        QAPI_LIST_APPEND(tail, g_strdup(e->data));
    }
    visit_type_strList(v, name, &list, errp);
    qapi_free_strList(list);
}

/* To begin with a new list, one sets it to an empty one. */
static void set_events(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    strList *list = NULL;

    if (!visit_type_strList(v, name, &list, errp)) {
        return;
    }
    if (list) {
        error_setg(errp, "Property '%s' can only be set to an empty list",
                   name);
        qapi_free_strList(list);
        return;
    }
    g_queue_clear_full(&PLAYGROUND_LISTENER(obj)->events, g_free);
}

static gboolean append_shown(gpointer key, gpointer value, gpointer opaque)
{
    strList ***tail = opaque;

    QAPI_LIST_APPEND(*tail, g_strdup(((Shown *)value)->text));
    return false;
}

static void get_view(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    strList *list = NULL, **tail = &list;

    g_tree_foreach(PLAYGROUND_LISTENER(obj)->view, append_shown, &tail);
    visit_type_strList(v, name, &list, errp);
    qapi_free_strList(list);
}

static bool may_set(PlaygroundListener *l, const char *name, Error **errp)
{
    if (l->registered) {
        error_setg(errp, "Property '%s' can not be set now: it is listening",
                   name);
        return false;
    }
    return true;
}

static char *get_space(Object *obj, Error **errp)
{
    return g_strdup(PLAYGROUND_LISTENER(obj)->space ?: "system");
}

static void set_space(Object *obj, const char *value, Error **errp)
{
    PlaygroundListener *l = PLAYGROUND_LISTENER(obj);

    if (may_set(l, "space", errp)) {
        g_free(l->space);
        l->space = g_strdup(value);
    }
}

static void get_priority(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    visit_type_uint32(v, name, &PLAYGROUND_LISTENER(obj)->priority, errp);
}

static void set_priority(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    PlaygroundListener *l = PLAYGROUND_LISTENER(obj);

    if (may_set(l, name, errp)) {
        visit_type_uint32(v, name, &l->priority, errp);
    }
}

static bool get_nops(Object *obj, Error **errp)
{
    return PLAYGROUND_LISTENER(obj)->nops;
}

static void set_nops(Object *obj, bool value, Error **errp)
{
    PlaygroundListener *l = PLAYGROUND_LISTENER(obj);

    if (may_set(l, "nops", errp)) {
        l->nops = value;
    }
}

static bool get_refuse(Object *obj, Error **errp)
{
    return PLAYGROUND_LISTENER(obj)->refuse;
}

static void set_refuse(Object *obj, bool value, Error **errp)
{
    PLAYGROUND_LISTENER(obj)->refuse = value;
}

static void listener_class_init(ObjectClass *oc, void *data)
{
    oc->unparent = listener_unparent;
    USER_CREATABLE_CLASS(oc)->complete = listener_complete;
    object_class_property_add_str(oc, "space", get_space, set_space);
    object_class_property_set_description(
        oc, "space", "the id of a playground-space, 'system' or 'io'");
    object_class_property_add(oc, "priority", "uint32", get_priority,
                              set_priority, NULL, NULL);
    object_class_property_set_description(
        oc, "priority",
        "lower ones hear of what comes first, and of what goes "
        "last");
    object_class_property_add_bool(oc, "nops", get_nops, set_nops);
    object_class_property_set_description(
        oc, "nops", "whether it wants to hear of what stays");
    object_class_property_add_bool(oc, "refuse", get_refuse, set_refuse);
    object_class_property_set_description(
        oc, "refuse", "whether it refuses all that would be added");
    object_class_property_add(oc, "events", "strList", get_events, set_events,
                              NULL, NULL);
    object_class_property_set_description(oc, "events", "what it has heard");
    object_class_property_add(oc, "view", "strList", get_view, NULL, NULL,
                              NULL);
    object_class_property_set_description(oc, "view",
                                          "what that comes to, by address");
}

#define INTERFACES                                                             \
    (InterfaceInfo[])                                                          \
    {                                                                          \
        { TYPE_USER_CREATABLE },                                               \
        {                                                                      \
        }                                                                      \
    }

static const TypeInfo playground_space_types[] = {
    {
        .name = TYPE_PLAYGROUND_SPACE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(PlaygroundSpace),
        .instance_finalize = space_finalize,
        .class_init = space_class_init,
        .interfaces = INTERFACES,
    },
    {
        .name = TYPE_PLAYGROUND_LISTENER,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(PlaygroundListener),
        .instance_init = listener_init,
        .instance_finalize = listener_finalize,
        .class_init = listener_class_init,
        .interfaces = INTERFACES,
    },
};

DEFINE_TYPES(playground_space_types)

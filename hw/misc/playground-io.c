/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * playground-io: registers that tell what was done to them. A student sees which
 * region an access reached, at which offset, and in which sizes the core handed
 * it on.
 */
#include "qemu/osdep.h"
#include "playground.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qemu/bitops.h"
#include "qemu/host-utils.h"
#include "qemu/module.h"

#define TYPE_PLAYGROUND_IO "playground-io"
OBJECT_DECLARE_SIMPLE_TYPE(PlaygroundIo, PLAYGROUND_IO)

/* Of the accesses, the last ones are kept. */
#define MAX_ACCESSES 256

typedef enum Behaviour {
    READ_FILL,    /* the byte "fill", everywhere */
    READ_OFFSET,  /* the offset of the access */
    READ_COUNTER, /* how many reads there were before */
    READ_WRITTEN, /* what was last written, whatever the offset */
    READ_MAX,
} Behaviour;

static const char *const behaviours[] = { "fill", "offset", "counter",
                                          "written", NULL };

struct PlaygroundIo {
    PlaygroundRegion parent_obj;

    MemoryRegionOps ops; /* every instance has sizes of its own */
    Behaviour behaviour;
    uint8_t fill;
    uint64_t reads, writes, written;
    GQueue accesses; /* of char * */
};

/*** What the guest does. ***/

static void note(PlaygroundIo *io, const char *what, hwaddr addr, unsigned size,
                 uint64_t value)
{
    if (io->accesses.length == MAX_ACCESSES) {
        g_free(g_queue_pop_head(&io->accesses));
    }
    g_queue_push_tail(&io->accesses,
                      g_strdup_printf("%s 0x%" PRIx64 " %u 0x%" PRIx64, what,
                                      addr, size, value));
}

static uint64_t io_read(void *opaque, hwaddr addr, unsigned size)
{
    PlaygroundIo *io = opaque;
    uint64_t value = 0;

    switch (io->behaviour) {
    case READ_FILL:
        value = io->fill * 0x0101010101010101ULL;
        break;
    case READ_OFFSET:
        value = addr;
        break;
    case READ_COUNTER:
        value = io->reads;
        break;
    case READ_WRITTEN:
        value = io->written;
        break;
    case READ_MAX:
        break;
    }
    value &= MAKE_64BIT_MASK(0, size * 8);
    io->reads++;
    note(io, "read", addr, size, value);
    return value;
}

static void io_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    PlaygroundIo *io = opaque;

    io->written = value;
    io->writes++;
    note(io, "write", addr, size, value);
}

/*** What the user sees and sets. ***/

static void get_accesses(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    PlaygroundIo *io = PLAYGROUND_IO(obj);
    strList *list = NULL, **tail = &list;

    for (GList *l = io->accesses.head; l; l = l->next) {
        QAPI_LIST_APPEND(tail, g_strdup(l->data));
    }
    visit_type_strList(v, name, &list, errp);
    qapi_free_strList(list);
}

/* To begin with a new list, one sets it to an empty one. */
static void set_accesses(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    PlaygroundIo *io = PLAYGROUND_IO(obj);
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
    g_queue_clear_full(&io->accesses, g_free);
}

static void get_fill(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    visit_type_uint8(v, name, &PLAYGROUND_IO(obj)->fill, errp);
}

static void set_fill(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    visit_type_uint8(v, name, &PLAYGROUND_IO(obj)->fill, errp);
}

static int get_behaviour(Object *obj, Error **errp)
{
    return PLAYGROUND_IO(obj)->behaviour;
}

static void set_behaviour(Object *obj, int value, Error **errp)
{
    PLAYGROUND_IO(obj)->behaviour = value;
}

/* An access size of the ops: @opaque is the offset of the field. */
static unsigned *size_field(Object *obj, void *opaque)
{
    return (unsigned *)((char *)&PLAYGROUND_IO(obj)->ops + (uintptr_t)opaque);
}

static void get_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    uint32_t value = *size_field(obj, opaque);

    visit_type_uint32(v, name, &value, errp);
}

static void set_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    uint32_t value;

    if (!visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    if (PLAYGROUND_REGION(obj)->mr) {
        error_setg(errp,
                   "Property '%s' can not be set now: the region is there",
                   name);
        return;
    }
    if (value > 8 || !is_power_of_2(value)) {
        error_setg(errp, "Property '%s' is 1, 2, 4 or 8, not %u", name, value);
        return;
    }
    *size_field(obj, opaque) = value;
}

/*** Life. ***/

static bool check_sizes(PlaygroundIo *io, const char *what, unsigned min,
                        unsigned max, Error **errp)
{
    if (min > max) {
        error_setg(errp, "'%s': %s-min, %u, is more than %s-max, %u",
                   PLAYGROUND_REGION(io)->id, what, min, what, max);
        return false;
    }
    return true;
}

static bool io_make(PlaygroundRegion *r, Error **errp)
{
    PlaygroundIo *io = PLAYGROUND_IO(r);

    if (!check_sizes(io, "valid", io->ops.valid.min_access_size,
                     io->ops.valid.max_access_size, errp) ||
        !check_sizes(io, "impl", io->ops.impl.min_access_size,
                     io->ops.impl.max_access_size, errp)) {
        return false;
    }
    memory_region_init_io(r->mr, OBJECT(r), &io->ops, io, r->id, r->cfg.size);
    return true;
}

static void io_init(Object *obj)
{
    PlaygroundIo *io = PLAYGROUND_IO(obj);

    g_queue_init(&io->accesses);
    io->ops = (MemoryRegionOps){
        .read = io_read,
        .write = io_write,
        .endianness = DEVICE_LITTLE_ENDIAN,
        .valid = { .min_access_size = 1,
                   .max_access_size = 8,
                   .unaligned = true },
        .impl = { .min_access_size = 1, .max_access_size = 8 },
    };
    object_property_add_uint64_ptr(obj, "reads", &io->reads,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "writes", &io->writes,
                                   OBJ_PROP_FLAG_READ);
}

static void io_finalize(Object *obj)
{
    g_queue_clear_full(&PLAYGROUND_IO(obj)->accesses, g_free);
}

static const QEnumLookup behaviour_lookup = {
    .array = behaviours,
    .size = READ_MAX,
};

static const struct {
    const char *name;
    uintptr_t field;
    const char *help;
} sizes[] = {
    { "valid-min", offsetof(MemoryRegionOps, valid.min_access_size),
      "the smallest access that it answers" },
    { "valid-max", offsetof(MemoryRegionOps, valid.max_access_size),
      "the largest access that it answers" },
    { "impl-min", offsetof(MemoryRegionOps, impl.min_access_size),
      "smaller ones become accesses of this size" },
    { "impl-max", offsetof(MemoryRegionOps, impl.max_access_size),
      "larger ones come in pieces of this size" },
};

static void io_class_init(ObjectClass *oc, void *data)
{
    PLAYGROUND_REGION_CLASS(oc)->make = io_make;
    object_class_property_add_enum(oc, "behaviour", "PlaygroundIoBehaviour",
                                   &behaviour_lookup, get_behaviour,
                                   set_behaviour);
    object_class_property_set_description(
        oc, "behaviour",
        "what reads give: 'fill', 'offset', 'counter' or 'written'");
    object_class_property_add(oc, "fill", "uint8", get_fill, set_fill, NULL,
                              NULL);
    object_class_property_set_description(oc, "fill",
                                          "the byte that reads give");
    object_class_property_add(oc, "accesses", "strList", get_accesses,
                              set_accesses, NULL, NULL);
    object_class_property_set_description(
        oc, "accesses", "what was read and written: 'read OFFSET SIZE VALUE'");
    for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
        object_class_property_add(oc, sizes[i].name, "uint32", get_size,
                                  set_size, NULL, (void *)sizes[i].field);
        object_class_property_set_description(oc, sizes[i].name, sizes[i].help);
    }
}

static const TypeInfo playground_io_types[] = {
    {
        .name = TYPE_PLAYGROUND_IO,
        .parent = TYPE_PLAYGROUND_REGION,
        .instance_size = sizeof(PlaygroundIo),
        .instance_init = io_init,
        .instance_finalize = io_finalize,
        .class_init = io_class_init,
    },
};

DEFINE_TYPES(playground_io_types)

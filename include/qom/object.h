/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The object model: types, classes, objects, properties, the tree.
 *
 * A type is registered by name with a TypeInfo and has one parent. The first
 * use of a type makes its class: a copy of the parent's, which class_init then
 * changes; classes live as long as the process. An object is an instance of a
 * type: a struct whose first member is its parent type's struct. It counts
 * references, has properties (its own and its class's) that are read and
 * written through visitors, and most often stands in a tree: every child<>
 * property of an object owns another one, from the root "/" down, so that
 * each has a path. A link<> property points across the tree.
 *
 * Locking: object_ref(), object_unref(), object_new(), casts and looking up a
 * class may be called from any thread; constructors and finalizers run on the
 * thread that makes an object or drops its last reference. Everything else here
 * needs the big lock, or the object all to oneself.
 *
 * The code is in qom/; docs/devel/qom.rst tells the story with an example.
 */
#ifndef QEMU_OBJECT_H
#define QEMU_OBJECT_H

#include "qapi/qapi-builtin-types.h"
#include "qemu/module.h"

struct TypeImpl;
typedef struct TypeImpl *Type;

typedef struct TypeInfo TypeInfo;
typedef struct InterfaceClass InterfaceClass;
typedef struct InterfaceInfo InterfaceInfo;
typedef struct ObjectProperty ObjectProperty;

/* A hash of properties that remembers their order (qom/property-table.h). */
struct PropertyTable;

/* The root of all types. */
#define TYPE_OBJECT "object"
/* An object whose only purpose is to have children. */
#define TYPE_CONTAINER "container"
/* The root of all interfaces, itself not an "object". */
#define TYPE_INTERFACE "interface"

/*
 * Reads property @name of @obj into the output visitor @v, or writes it from
 * the input visitor @v. @opaque is what the property was added with.
 */
typedef void(ObjectPropertyAccessor)(Object *obj, Visitor *v, const char *name,
                                     void *opaque, Error **errp);

/*
 * The object that path component @part leads to from @obj, or NULL.
 * No reference is taken.
 */
typedef Object *(ObjectPropertyResolve)(Object *obj, void *opaque,
                                        const char *part);

/* Frees what belongs to a property that goes away, e.g. @opaque. */
typedef void(ObjectPropertyRelease)(Object *obj, const char *name,
                                    void *opaque);

/* Gives a class property its first value in the new @obj. */
typedef void(ObjectPropertyInit)(Object *obj, ObjectProperty *prop);

struct ObjectProperty {
    char *name;
    char *type;
    char *description;
    ObjectPropertyAccessor *get;     /* NULL: cannot be read */
    ObjectPropertyAccessor *set;     /* NULL: cannot be written */
    ObjectPropertyResolve *resolve;  /* NULL: not a path component */
    ObjectPropertyRelease *release;
    ObjectPropertyInit *init;
    void *opaque;
    QObject *defval;

    /* private: */
    struct PropertyTable *table;
    ObjectProperty *bucket_next;
    ObjectProperty *next, *prev;
    uint32_t hash;
    uint8_t kind;
    bool dying;
};

/*
 * Called when @obj leaves the tree: lets go of what others hold of it. Its
 * path is still valid.
 */
typedef void(ObjectUnparent)(Object *obj);

/* Frees the memory of an object whose last reference is gone. */
typedef void(ObjectFree)(void *obj);

#define OBJECT_CLASS_CAST_CACHE 4

/* The base of all classes; the first member of each. */
struct ObjectClass {
    /* private: */
    Type type;
    GSList *interfaces;

    /*
     * Names that a cast of this class, or of an object of it, is known to
     * succeed for. They are compared by address.
     */
    const char *object_cast_cache[OBJECT_CLASS_CAST_CACHE];
    const char *class_cast_cache[OBJECT_CLASS_CAST_CACHE];

    /* public: overridden by class_init, with the parent's called first. */
    ObjectUnparent *unparent;

    /* private: */
    struct PropertyTable *properties;
};

/* The base of all objects; the first member of each. */
struct Object {
    /* private: */
    ObjectClass *class;
    ObjectFree *free;
    struct PropertyTable *properties; /* NULL until the first is added */
    uint32_t ref;
    Object *parent;
    ObjectProperty *parent_prop; /* our child<> property in @parent */
};

/*
 * What a type is. The strings and the interface list are copied when it is
 * registered.
 *
 * @name: letters, digits and "-_.+", beginning with a letter (a few old types
 *   begin with a digit)
 * @parent: name of the parent type; registered by the time of the first use
 * @instance_size: size of the object's struct, 0 for the parent's. A type
 *   whose size is 0 all the way up is abstract.
 * @instance_align: alignment where malloc()'s is not enough; 0 for the
 *   parent's
 * @instance_init: initializes the members that are this type's own; runs after
 *   the parent's. Memory was zeroed and default values are set.
 * @instance_post_init: runs after all instance_init, this type's before its
 *   parent's
 * @instance_finalize: frees what instance_init and others put into this type's
 *   members; runs before the parent's. Properties are gone by then.
 * @abstract: no object can be made of it, only of its subtypes
 * @class_size: size of the class struct, 0 for the parent's
 * @class_init: changes the copy of the parent's class: sets methods, adds class
 *   properties
 * @class_base_init: runs for this type and each subtype before their
 *   class_init: undoes what should not be inherited by copying
 * @class_data: handed to class_init and class_base_init
 * @interfaces: types of interfaces, up to an element without a name
 */
struct TypeInfo {
    const char *name;
    const char *parent;

    size_t instance_size;
    size_t instance_align;
    void (*instance_init)(Object *obj);
    void (*instance_post_init)(Object *obj);
    void (*instance_finalize)(Object *obj);

    bool abstract;
    size_t class_size;

    void (*class_init)(ObjectClass *klass, void *data);
    void (*class_base_init)(ObjectClass *klass, void *data);
    void *class_data;

    InterfaceInfo *interfaces;
};

/* One interface that a type implements. */
struct InterfaceInfo {
    const char *type;
};

/*
 * The base of the classes of interfaces. A type that implements an interface
 * gets a class of its own for it, found by casting its class.
 */
struct InterfaceClass {
    ObjectClass parent_class;
    /* private: */
    Type interface_type;
};

/*
 * Registers a type; the process ends if there is one of that name. @info may
 * go away afterwards.
 */
Type type_register_static(const TypeInfo *info);

/* The same for @nr_infos types. */
void type_register_static_array(const TypeInfo *infos, int nr_infos);

/* Registers the TypeInfos of an array when MODULE_INIT_QOM functions run. */
#define DEFINE_TYPES(type_array)                                              \
    static void do_qemu_init_##type_array(void)                               \
    {                                                                         \
        type_register_static_array(type_array, ARRAY_SIZE(type_array));       \
    }                                                                         \
    type_init(do_qemu_init_##type_array)

/*
 * Casts. OBJECT() and OBJECT_CLASS() always succeed. The _CHECK ones end the
 * process when @obj or @class is not of type @name, in builds with
 * CONFIG_QOM_CAST_DEBUG; in others a cast of an object costs nothing. One does
 * not use them as such, but through what the declaring macros below define.
 */
#define OBJECT(obj) ((Object *)(obj))
#define OBJECT_CLASS(class) ((ObjectClass *)(class))

#define OBJECT_CHECK(type, obj, name)                                         \
    ((type *)object_dynamic_cast_assert(OBJECT(obj), (name), __FILE__,        \
                                        __LINE__, __func__))
#define OBJECT_CLASS_CHECK(class_type, class, name)                           \
    ((class_type *)object_class_dynamic_cast_assert(                          \
        OBJECT_CLASS(class), (name), __FILE__, __LINE__, __func__))
#define OBJECT_GET_CLASS(class, obj, name)                                    \
    OBJECT_CLASS_CHECK(class, object_get_class(OBJECT(obj)), name)
#define INTERFACE_CLASS(klass)                                                \
    OBJECT_CLASS_CHECK(InterfaceClass, klass, TYPE_INTERFACE)
#define INTERFACE_CHECK(interface, obj, name)                                 \
    ((interface *)object_dynamic_cast_assert(OBJECT((obj)), (name), __FILE__, \
                                             __LINE__, __func__))

/*
 * Declaring a type. @OBJ_NAME is its name in capitals (SIFIVE_TEST);
 * OBJECT_DECLARE_* expect TYPE_@OBJ_NAME to be the type's name string.
 * They define:
 *   OBJ_NAME(obj)            casts an object to InstanceType *
 *   OBJ_NAME_GET_CLASS(obj)  the object's class as ClassType *
 *   OBJ_NAME_CLASS(klass)    casts a class to ClassType *
 */
#define DECLARE_INSTANCE_CHECKER(InstanceType, OBJ_NAME, TYPENAME)            \
    static inline G_GNUC_UNUSED InstanceType *OBJ_NAME(const void *obj)       \
    {                                                                         \
        return OBJECT_CHECK(InstanceType, obj, TYPENAME);                     \
    }

#define DECLARE_CLASS_CHECKERS(ClassType, OBJ_NAME, TYPENAME)                 \
    static inline G_GNUC_UNUSED ClassType *OBJ_NAME##_GET_CLASS(              \
        const void *obj)                                                      \
    {                                                                         \
        return OBJECT_GET_CLASS(ClassType, obj, TYPENAME);                    \
    }                                                                         \
    static inline G_GNUC_UNUSED ClassType *OBJ_NAME##_CLASS(                  \
        const void *klass)                                                    \
    {                                                                         \
        return OBJECT_CLASS_CHECK(ClassType, klass, TYPENAME);                \
    }

#define DECLARE_OBJ_CHECKERS(InstanceType, ClassType, OBJ_NAME, TYPENAME)     \
    DECLARE_INSTANCE_CHECKER(InstanceType, OBJ_NAME, TYPENAME)                \
    DECLARE_CLASS_CHECKERS(ClassType, OBJ_NAME, TYPENAME)

/* The three casts, the typedefs of both structs, and g_autoptr support. */
#define OBJECT_DECLARE_TYPE(InstanceType, ClassType, MODULE_OBJ_NAME)         \
    typedef struct InstanceType InstanceType;                                 \
    typedef struct ClassType ClassType;                                       \
    G_DEFINE_AUTOPTR_CLEANUP_FUNC(InstanceType, object_unref)                 \
    DECLARE_OBJ_CHECKERS(InstanceType, ClassType, MODULE_OBJ_NAME,            \
                         TYPE_##MODULE_OBJ_NAME)

/* The same for a type without a class struct of its own. */
#define OBJECT_DECLARE_SIMPLE_TYPE(InstanceType, MODULE_OBJ_NAME)             \
    typedef struct InstanceType InstanceType;                                 \
    G_DEFINE_AUTOPTR_CLEANUP_FUNC(InstanceType, object_unref)                 \
    DECLARE_INSTANCE_CHECKER(InstanceType, MODULE_OBJ_NAME,                   \
                             TYPE_##MODULE_OBJ_NAME)

/*
 * Defining a type: declares name_class_init(), name_init() and
 * name_finalize(), which the source then has to define, even if empty, and
 * registers the TypeInfo. Names as in OBJECT_DECLARE_TYPE; a list of
 * interfaces ends with { NULL }.
 */
#define DO_OBJECT_DEFINE_TYPE_EXTENDED(                                       \
    ModuleObjName, module_obj_name, MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,  \
    ABSTRACT, CLASS_SIZE, ...)                                                \
    static void module_obj_name##_finalize(Object *obj);                      \
    static void module_obj_name##_class_init(ObjectClass *oc, void *data);    \
    static void module_obj_name##_init(Object *obj);                          \
                                                                              \
    static const TypeInfo module_obj_name##_info = {                          \
        .parent = TYPE_##PARENT_MODULE_OBJ_NAME,                              \
        .name = TYPE_##MODULE_OBJ_NAME,                                       \
        .instance_size = sizeof(ModuleObjName),                               \
        .instance_align = __alignof__(ModuleObjName),                         \
        .instance_init = module_obj_name##_init,                              \
        .instance_finalize = module_obj_name##_finalize,                      \
        .class_size = CLASS_SIZE,                                             \
        .class_init = module_obj_name##_class_init,                           \
        .abstract = ABSTRACT,                                                 \
        .interfaces = (InterfaceInfo[]) { __VA_ARGS__ },                      \
    };                                                                        \
                                                                              \
    static void module_obj_name##_register_types(void)                        \
    {                                                                         \
        type_register_static(&module_obj_name##_info);                        \
    }                                                                         \
    type_init(module_obj_name##_register_types);

/* A type with a class struct; ABSTRACT is true or false. */
#define OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,           \
                                    MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,  \
                                    ABSTRACT, ...)                            \
    DO_OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,            \
                                   MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,   \
                                   ABSTRACT, sizeof(ModuleObjName##Class),    \
                                   __VA_ARGS__)

/* A type with a class struct, of which objects can be made. */
#define OBJECT_DEFINE_TYPE(ModuleObjName, module_obj_name, MODULE_OBJ_NAME,   \
                           PARENT_MODULE_OBJ_NAME)                            \
    OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,               \
                                MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,      \
                                false, { NULL })

#define OBJECT_DEFINE_TYPE_WITH_INTERFACES(ModuleObjName, module_obj_name,    \
                                           MODULE_OBJ_NAME,                   \
                                           PARENT_MODULE_OBJ_NAME, ...)       \
    OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,               \
                                MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,      \
                                false, __VA_ARGS__)

#define OBJECT_DEFINE_ABSTRACT_TYPE(ModuleObjName, module_obj_name,           \
                                    MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME)  \
    OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,               \
                                MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,      \
                                true, { NULL })

/* The counterparts of OBJECT_DECLARE_SIMPLE_TYPE. */
#define OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(                            \
    ModuleObjName, module_obj_name, MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,  \
    ...)                                                                      \
    DO_OBJECT_DEFINE_TYPE_EXTENDED(ModuleObjName, module_obj_name,            \
                                   MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME,   \
                                   false, 0, __VA_ARGS__)

#define OBJECT_DEFINE_SIMPLE_TYPE(ModuleObjName, module_obj_name,             \
                                  MODULE_OBJ_NAME, PARENT_MODULE_OBJ_NAME)    \
    OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(                                \
        ModuleObjName, module_obj_name, MODULE_OBJ_NAME,                      \
        PARENT_MODULE_OBJ_NAME, { NULL })

/* ---- Making objects ---- */

/*
 * A new object with one reference, the caller's. The type must exist, not be
 * abstract: for a name that a user gave, look the class up first. object_new()
 * loads the module that a type is in, and ends the process if there is none.
 */
Object *object_new(const char *typename);
Object *object_new_with_class(ObjectClass *klass);

/*
 * A new object whose properties are set from pairs of strings, ended by NULL,
 * as object_property_parse() would; then, if @id is not NULL, added to @parent
 * as child @id; then completed if it is user-creatable. With an @id the caller
 * borrows the parent's reference; without one, the object belongs to the
 * caller. NULL and @errp set on any failure, with nothing left behind.
 */
Object *object_new_with_props(const char *typename, Object *parent,
                              const char *id, Error **errp,
                              ...) G_GNUC_NULL_TERMINATED;
Object *object_new_with_propv(const char *typename, Object *parent,
                              const char *id, Error **errp, va_list vargs);

/* Makes an object in @size bytes of the caller's memory, not freed with it. */
void object_initialize(void *obj, size_t size, const char *typename);

/*
 * object_initialize() of a member of @parentobj's struct, and adds it to
 * @parentobj as child @propname, which then holds its only reference.
 * Properties and completion as in object_new_with_props().
 */
bool object_initialize_child_with_props(Object *parentobj,
                                        const char *propname, void *childobj,
                                        size_t size, const char *type,
                                        Error **errp,
                                        ...) G_GNUC_NULL_TERMINATED;
bool object_initialize_child_with_propsv(Object *parentobj,
                                         const char *propname, void *childobj,
                                         size_t size, const char *type,
                                         Error **errp, va_list vargs);
/* The same without properties; @child points to the member. Cannot fail. */
#define object_initialize_child(parent, propname, child, type)                \
    object_initialize_child_internal((parent), (propname), (child),           \
                                     sizeof(*(child)), (type))
void object_initialize_child_internal(Object *parent, const char *propname,
                                      void *child, size_t size,
                                      const char *type);

/*
 * Sets properties from pairs of strings, ended by NULL. The first that fails
 * ends it; those before it stay set. True on success.
 */
bool object_set_props(Object *obj, Error **errp, ...) G_GNUC_NULL_TERMINATED;
bool object_set_propv(Object *obj, Error **errp, va_list vargs);

/*
 * Sets a property for each key of @qdict. With @from_json the values have
 * their JSON types, otherwise leaves are strings that are parsed.
 */
void object_set_properties_from_keyval(Object *obj, const QDict *qdict,
                                       bool from_json, Error **errp);

/* One more reference; returns @obj. NULL is allowed. Any thread. */
Object *object_ref(void *obj);
/*
 * One reference less. The last one deletes the properties (newest first),
 * runs instance_finalize from the type up, and frees the memory. NULL is
 * allowed. Any thread, if the object's finalizer may run there.
 */
void object_unref(void *obj);

/*
 * Takes @obj out of the tree: runs the class's unparent method, drops the
 * parent's reference. Nothing happens if it has no parent.
 */
void object_unparent(Object *obj);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Object, object_unref)

/* ---- Global and compat properties ---- */

/*
 * Applies those GlobalProperty of @props (qdev-core.h) whose driver is a type
 * of @obj, and marks them used. One that is not optional and cannot be set is
 * an error in @errp; if it came from compat properties or errp is NULL, a
 * warning.
 */
bool object_apply_global_props(Object *obj, const GPtrArray *props,
                               Error **errp);
/* The properties of the machine type and of the accelerator; set once. */
void object_set_machine_compat_props(GPtrArray *compat_props);
void object_set_accelerator_compat_props(GPtrArray *compat_props);
/* Adds the property that an old command line switch stands for. */
void object_register_sugar_prop(const char *driver, const char *prop,
                                const char *value, bool optional);
/* Applies the accelerator's, the machine's and the sugar properties. */
void object_apply_compat_props(Object *obj);

/* ---- Types and classes at run time ---- */

/* @obj if it is of type @typename or implements that interface, else NULL. */
Object *object_dynamic_cast(Object *obj, const char *typename);
/* What OBJECT_CHECK() calls. */
Object *object_dynamic_cast_assert(Object *obj, const char *typename,
                                   const char *file, int line,
                                   const char *func);
ObjectClass *object_get_class(Object *obj);
const char *object_get_typename(const Object *obj);

/*
 * @klass if it is a @typename. If @typename is an interface, the class with
 * which @klass implements it; NULL if it does not, or in more than one way.
 */
ObjectClass *object_class_dynamic_cast(ObjectClass *klass,
                                       const char *typename);
/* What OBJECT_CLASS_CHECK() calls. */
ObjectClass *object_class_dynamic_cast_assert(ObjectClass *klass,
                                              const char *typename,
                                              const char *file, int line,
                                              const char *func);
/* NULL for a root type. */
ObjectClass *object_class_get_parent(ObjectClass *klass);
const char *object_class_get_name(ObjectClass *klass);
bool object_class_is_abstract(ObjectClass *klass);

/* The class of a type, made if need be; NULL if there is no such type. */
ObjectClass *object_class_by_name(const char *typename);
/*
 * The same; also loads the module that the type is in. When there is one that
 * cannot be loaded, the second sets @errp, and the first reports the error.
 */
ObjectClass *module_object_class_by_name(const char *typename);
ObjectClass *module_object_class_find(const char *typename, Error **errp);

/*
 * Calls @fn for all classes that are or implement @implements_type (NULL: for
 * all), in the order of registration, and makes those classes.
 */
void object_class_foreach(void (*fn)(ObjectClass *klass, void *opaque),
                          const char *implements_type, bool include_abstract,
                          void *opaque);
/*
 * The same as a list, the second sorted by name regardless of case. Free the
 * list with g_slist_free().
 */
GSList *object_class_get_list(const char *implements_type,
                              bool include_abstract);
GSList *object_class_get_list_sorted(const char *implements_type,
                                     bool include_abstract);

/*
 * Prints the settable class properties of @type to stdout or the monitor, as
 * for "-object TYPE,help". False if there is no such type.
 */
bool type_print_class_properties(const char *type);

/* ---- Adding properties ---- */

/*
 * Adds a property to @obj.
 * @name: without '/'. Words are joined with '-'. If it ends in "[*]", the
 *   lowest free number takes the star's place.
 * @type: a QAPI type's name, or child<TYPE> or link<TYPE>
 * @get, @set: NULL if it cannot be read or written
 * @release: called with @opaque when the property goes; may be NULL
 *
 * Returns: the property; or NULL with @errp set if there is one of that name.
 */
ObjectProperty *object_property_try_add(Object *obj, const char *name,
                                        const char *type,
                                        ObjectPropertyAccessor *get,
                                        ObjectPropertyAccessor *set,
                                        ObjectPropertyRelease *release,
                                        void *opaque, Error **errp);
/* The same; a name that is taken ends the process. */
ObjectProperty *object_property_add(Object *obj, const char *name,
                                    const char *type,
                                    ObjectPropertyAccessor *get,
                                    ObjectPropertyAccessor *set,
                                    ObjectPropertyRelease *release,
                                    void *opaque);
/* Deletes a property of the object's own, which must exist. */
void object_property_del(Object *obj, const char *name);

/* Adds a property to all objects of a class; from class_init. */
ObjectProperty *object_class_property_add(ObjectClass *klass, const char *name,
                                          const char *type,
                                          ObjectPropertyAccessor *get,
                                          ObjectPropertyAccessor *set,
                                          ObjectPropertyRelease *release,
                                          void *opaque);

/*
 * The value that a class property has in a new object, set through its setter
 * before instance_init. At most once for a property.
 */
void object_property_set_default_bool(ObjectProperty *prop, bool value);
void object_property_set_default_str(ObjectProperty *prop, const char *value);
void object_property_set_default_list(ObjectProperty *prop); /* empty */
void object_property_set_default_int(ObjectProperty *prop, int64_t value);
void object_property_set_default_uint(ObjectProperty *prop, uint64_t value);

/* What help shows. The property must exist. */
void object_property_set_description(Object *obj, const char *name,
                                     const char *description);
void object_class_property_set_description(ObjectClass *klass, const char *name,
                                           const char *description);

/* Of type "string". @get's result belongs to the caller, who g_free()s it. */
ObjectProperty *object_property_add_str(
    Object *obj, const char *name, char *(*get)(Object *, Error **),
    void (*set)(Object *, const char *, Error **));
ObjectProperty *object_class_property_add_str(
    ObjectClass *klass, const char *name, char *(*get)(Object *, Error **),
    void (*set)(Object *, const char *, Error **));

/* Of type "bool". */
ObjectProperty *object_property_add_bool(Object *obj, const char *name,
                                         bool (*get)(Object *, Error **),
                                         void (*set)(Object *, bool, Error **));
ObjectProperty *object_class_property_add_bool(
    ObjectClass *klass, const char *name, bool (*get)(Object *, Error **),
    void (*set)(Object *, bool, Error **));

/* Of type @typename, with the values' names in @lookup. */
ObjectProperty *object_property_add_enum(Object *obj, const char *name,
                                         const char *typename,
                                         const QEnumLookup *lookup,
                                         int (*get)(Object *, Error **),
                                         void (*set)(Object *, int, Error **));
ObjectProperty *object_class_property_add_enum(
    ObjectClass *klass, const char *name, const char *typename,
    const QEnumLookup *lookup, int (*get)(Object *, Error **),
    void (*set)(Object *, int, Error **));

/* Of type "struct tm", read-only. */
ObjectProperty *object_property_add_tm(Object *obj, const char *name,
                                       void (*get)(Object *, struct tm *,
                                                   Error **));
ObjectProperty *object_class_property_add_tm(ObjectClass *klass,
                                             const char *name,
                                             void (*get)(Object *, struct tm *,
                                                         Error **));

/* What can be done with a property that is a variable in memory. */
typedef enum {
    OBJ_PROP_FLAG_READ = 1 << 0,
    OBJ_PROP_FLAG_WRITE = 1 << 1,
    OBJ_PROP_FLAG_READWRITE = (OBJ_PROP_FLAG_READ | OBJ_PROP_FLAG_WRITE),
} ObjectPropertyFlags;

/* Of types "uint8" to "uint64": the variable at @v, which outlives it. */
ObjectProperty *object_property_add_uint8_ptr(Object *obj, const char *name,
                                              const uint8_t *v,
                                              ObjectPropertyFlags flags);
ObjectProperty *object_class_property_add_uint8_ptr(ObjectClass *klass,
                                                    const char *name,
                                                    const uint8_t *v,
                                                    ObjectPropertyFlags flags);
ObjectProperty *object_property_add_uint16_ptr(Object *obj, const char *name,
                                               const uint16_t *v,
                                               ObjectPropertyFlags flags);
ObjectProperty *object_class_property_add_uint16_ptr(ObjectClass *klass,
                                                     const char *name,
                                                     const uint16_t *v,
                                                     ObjectPropertyFlags flags);
ObjectProperty *object_property_add_uint32_ptr(Object *obj, const char *name,
                                               const uint32_t *v,
                                               ObjectPropertyFlags flags);
ObjectProperty *object_class_property_add_uint32_ptr(ObjectClass *klass,
                                                     const char *name,
                                                     const uint32_t *v,
                                                     ObjectPropertyFlags flags);
ObjectProperty *object_property_add_uint64_ptr(Object *obj, const char *name,
                                               const uint64_t *v,
                                               ObjectPropertyFlags flags);
ObjectProperty *object_class_property_add_uint64_ptr(ObjectClass *klass,
                                                     const char *name,
                                                     const uint64_t *v,
                                                     ObjectPropertyFlags flags);

/*
 * Adds @child, which has no parent yet, to the tree under @obj. The property
 * takes a reference of its own. @name may end in "[*]".
 */
ObjectProperty *object_property_try_add_child(Object *obj, const char *name,
                                              Object *child, Error **errp);
/* The same; a name that is taken ends the process. */
ObjectProperty *object_property_add_child(Object *obj, const char *name,
                                          Object *child);
/* A new container as child @name, owned by @obj alone. */
Object *object_property_add_new_container(Object *obj, const char *name);

typedef enum {
    /* The link owns a reference to what it points at. */
    OBJ_PROP_LINK_STRONG = 0x1,

    /* private: the property's data is the pointer itself, or an offset. */
    OBJ_PROP_LINK_DIRECT = 0x2,
    OBJ_PROP_LINK_CLASS = 0x4,
} ObjectPropertyLinkFlags;

/* A link's check that allows every object. */
void object_property_allow_set_link(const Object *obj, const char *name,
                                    Object *child, Error **errp);

/*
 * Adds a pointer to another object of type @type, at *@targetp. As a string
 * it is the path of that object, "" for none. @check can refuse a new value;
 * NULL makes the link read-only. With OBJ_PROP_LINK_STRONG the reference that
 * *@targetp holds now is the property's; it is dropped when the link changes
 * or goes. A weak link dangles when its object goes first: whoever owns both
 * sees to it.
 */
ObjectProperty *object_property_add_link(
    Object *obj, const char *name, const char *type, Object **targetp,
    void (*check)(const Object *obj, const char *name, Object *val,
                  Error **errp),
    ObjectPropertyLinkFlags flags);
/* The same with the pointer at @offset in each object. */
ObjectProperty *object_class_property_add_link(
    ObjectClass *oc, const char *name, const char *type, ptrdiff_t offset,
    void (*check)(const Object *obj, const char *name, Object *val,
                  Error **errp),
    ObjectPropertyLinkFlags flags);

/*
 * Adds another name for property @target_name of @target_obj, which must
 * outlive this one (a child or @obj itself does).
 */
ObjectProperty *object_property_add_alias(Object *obj, const char *name,
                                          Object *target_obj,
                                          const char *target_name);
/* Adds a link that always points at @target, which must outlive it. */
ObjectProperty *object_property_add_const_link(Object *obj, const char *name,
                                               Object *target);

/* ---- Finding properties ---- */

/* A property by name, or NULL; the _err forms say so in @errp. */
ObjectProperty *object_property_find(Object *obj, const char *name);
ObjectProperty *object_property_find_err(Object *obj, const char *name,
                                         Error **errp);
ObjectProperty *object_class_property_find(ObjectClass *klass,
                                           const char *name);
ObjectProperty *object_class_property_find_err(ObjectClass *klass,
                                               const char *name, Error **errp);

/*
 * Goes through properties: an object's own in the order they were added, then
 * those of its class, then of the class's parents. None may be added or
 * deleted meanwhile.
 */
typedef struct ObjectPropertyIterator {
    /* private: */
    ObjectClass *nextclass;
    ObjectProperty *next;
} ObjectPropertyIterator;

void object_property_iter_init(ObjectPropertyIterator *iter, Object *obj);
void object_class_property_iter_init(ObjectPropertyIterator *iter,
                                     ObjectClass *klass);
/* The next property; NULL after the last. */
ObjectProperty *object_property_iter_next(ObjectPropertyIterator *iter);

/* ---- Reading and writing properties ---- */

/* Through a visitor. True on success. */
bool object_property_get(Object *obj, const char *name, Visitor *v,
                         Error **errp);
bool object_property_set(Object *obj, const char *name, Visitor *v,
                         Error **errp);

/* From a string as on the command line. True on success. */
bool object_property_parse(Object *obj, const char *name, const char *string,
                           Error **errp);
/*
 * As a string that the caller g_free()s, NULL on an error; @human adds hints
 * such as a size in MiB.
 */
char *object_property_print(Object *obj, const char *name, bool human,
                            Error **errp);
const char *object_property_get_type(Object *obj, const char *name,
                                     Error **errp);

/*
 * By C type. Setters return true on success. Getters return, when the property
 * cannot be read or has another type: NULL, false, -1 and 0 (uint).
 * The caller g_free()s a string.
 */
bool object_property_set_str(Object *obj, const char *name, const char *value,
                             Error **errp);
char *object_property_get_str(Object *obj, const char *name, Error **errp);
bool object_property_set_bool(Object *obj, const char *name, bool value,
                              Error **errp);
bool object_property_get_bool(Object *obj, const char *name, Error **errp);
bool object_property_set_int(Object *obj, const char *name, int64_t value,
                             Error **errp);
int64_t object_property_get_int(Object *obj, const char *name, Error **errp);
bool object_property_set_uint(Object *obj, const char *name, uint64_t value,
                              Error **errp);
uint64_t object_property_get_uint(Object *obj, const char *name, Error **errp);
/* The property must have been added as enum @typename; -1 on an error. */
int object_property_get_enum(Object *obj, const char *name,
                             const char *typename, Error **errp);
/* Writes @value's path (none: ""); reads a path and resolves it. */
bool object_property_set_link(Object *obj, const char *name, Object *value,
                              Error **errp);
Object *object_property_get_link(Object *obj, const char *name, Error **errp);

/*
 * A line of help about a property: "name=<type> - description (default: x)".
 * The caller g_free()s it.
 */
char *object_property_help(const char *name, const char *type, QObject *defval,
                           const char *description);

/* ---- The tree ---- */

/* The root, "/"; made at the first call. No reference is taken. */
Object *object_get_root(void);
/* Container "/@name", which exists. */
Object *object_get_container(const char *name);
/* Where the user's objects are: "/objects". */
Object *object_get_objects_root(void);
/* The parent of objects that no user should see; not in the tree. */
Object *object_get_internal_root(void);

/*
 * The last part of @obj's path, owned by its property; NULL if it has no
 * parent.
 */
const char *object_get_canonical_path_component(const Object *obj);
/* The path from the root; NULL if there is none. The caller g_free()s it. */
char *object_get_canonical_path(const Object *obj);

/*
 * The object at a path, or NULL. No reference is taken. An absolute path
 * begins with '/' and follows children and links. A partial path matches the
 * end of a child's path anywhere in the tree; if more than one object does,
 * the result is NULL and *@ambiguous (may be NULL) is true.
 */
Object *object_resolve_path(const char *path, bool *ambiguous);
/* The same, but only objects of type @typename count. */
Object *object_resolve_path_type(const char *path, const char *typename,
                                 bool *ambiguous);
/* The one object of a type; NULL with @errp set if there are none or more. */
Object *object_resolve_type_unambiguous(const char *typename, Error **errp);
/* A path that does not begin with '/' is looked up from @parent. */
Object *object_resolve_path_at(Object *parent, const char *path);
/* One step: the child or the link target that @part names. */
Object *object_resolve_path_component(Object *parent, const char *part);

/*
 * Calls @fn for each child, in the order of their adding, until it returns
 * other than 0; the last value. @fn may not add or delete children of @obj.
 * The recursive form goes on with a child's children right after the child.
 */
int object_child_foreach(Object *obj, int (*fn)(Object *child, void *opaque),
                         void *opaque);
int object_child_foreach_recursive(Object *obj,
                                   int (*fn)(Object *child, void *opaque),
                                   void *opaque);

#endif

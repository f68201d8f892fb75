/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects that a user makes by the name of their type, and deletes by their
 * id. The command line's side of it is in user-creatable-cmdline.c.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qapi/qobject-input-visitor.h"
#include "qemu/config-file.h"
#include "qemu/id.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qom/internal.h"
#include "qom/object_interfaces.h"

bool user_creatable_complete(UserCreatable *uc, Error **errp)
{
    UserCreatableClass *ucc = USER_CREATABLE_GET_CLASS(uc);
    Error *err = NULL;

    if (ucc->complete) {
        ucc->complete(uc, &err);
        error_propagate(errp, err);
    }
    return !err;
}

bool user_creatable_can_be_deleted(UserCreatable *uc)
{
    UserCreatableClass *ucc = USER_CREATABLE_GET_CLASS(uc);

    return !ucc->can_be_deleted || ucc->can_be_deleted(uc);
}

/* Sets a property for each key. @v then says which parts nobody read. */
static bool set_properties(Object *obj, const QDict *qdict, Visitor *v,
                           Error **errp)
{
    bool ok = visit_start_struct(v, NULL, NULL, 0, errp);
    const QDictEntry *e;

    if (!ok) {
        return false;
    }
    for (e = qdict_first(qdict); ok && e; e = qdict_next(qdict, e)) {
        ok = object_property_set(obj, qdict_entry_key(e), v, errp);
    }
    ok = ok && visit_check_struct(v, errp);
    visit_end_struct(v, NULL);
    return ok;
}

void object_set_properties_from_keyval(Object *obj, const QDict *qdict,
                                       bool from_json, Error **errp)
{
    QObject *input = QOBJECT(qdict);
    Visitor *v = from_json ? qobject_input_visitor_new(input)
                           : qobject_input_visitor_new_keyval(input);

    set_properties(obj, qdict, v, errp);
    visit_free(v);
}

char *take_string_arg(QDict *args, const char *key, Error **errp)
{
    char *value = g_strdup(qdict_get_try_str(args, key));

    if (value) {
        qdict_del(args, key);
    } else if (qdict_haskey(args, key)) {
        error_setg(errp, "Invalid parameter type for '%s', expected: string",
                   key);
    } else {
        error_setg(errp, QERR_MISSING_PARAMETER, key);
    }
    return value;
}

/* The class of a type that a user may make; NULL with @errp set if not. */
static ObjectClass *find_class(const char *type, Error **errp)
{
    ERRP_GUARD();
    ObjectClass *klass = module_object_class_find(type, errp);

    if (*errp) {
        return NULL;
    }
    if (!klass) {
        error_setg(errp, "invalid object type: %s", type);
    } else if (!object_class_dynamic_cast(klass, TYPE_USER_CREATABLE)) {
        error_setg(errp, "object type '%s' isn't supported by object-add",
                   type);
    } else if (object_class_is_abstract(klass)) {
        error_setg(errp, "object type '%s' is abstract", type);
    } else {
        return klass;
    }
    return NULL;
}

Object *user_creatable_add_type(const char *type, const char *id,
                                const QDict *qdict, Visitor *v, Error **errp)
{
    ERRP_GUARD();
    ObjectClass *klass;
    Object *obj;

    if (id && !id_wellformed(id)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "id", "an identifier");
        error_append_hint(errp, "Identifiers consist of letters, digits, "
                                "'-', '.', '_', starting with a letter.\n");
        return NULL;
    }
    klass = find_class(type, errp);
    if (!klass) {
        return NULL;
    }
    obj = object_new_with_class(klass);
    if (!set_properties(obj, qdict, v, errp)) {
        goto fail;
    }
    if (id && !object_property_try_add_child(object_get_objects_root(), id, obj,
                                             errp)) {
        goto fail;
    }
    if (!user_creatable_complete(USER_CREATABLE(obj), errp)) {
        object_unparent(obj);
        goto fail;
    }
    return obj;

fail:
    object_unref(obj);
    return NULL;
}

/*
 * The properties of @options are a dictionary with JSON's types, or, from a
 * command line, a list with one dictionary of strings.
 */
void user_creatable_add_qapi(ObjectOptions *options, Error **errp)
{
    g_autoptr(QDict) none = qdict_new();
    QList *list = qobject_to(QList, options->props);
    QObject *entry = list ? qlist_peek(list) : options->props;
    QDict *props = entry ? qobject_to(QDict, entry) : none;
    Visitor *v;

    if (!props) {
        error_setg(errp,
                   "Invalid parameter type for 'props', expected: object");
        return;
    }
    v = list ? qobject_input_visitor_new_keyval(QOBJECT(props))
             : qobject_input_visitor_new(QOBJECT(props));
    object_unref(user_creatable_add_type(options->qom_type, options->id, props,
                                         v, errp));
    visit_free(v);
}

bool user_creatable_del(const char *id, Error **errp)
{
    Object *obj = object_resolve_path_component(object_get_objects_root(), id);
    QemuOptsList *opts_list;

    /* "type" and suchlike are no children. */
    if (!obj || !object_dynamic_cast(obj, TYPE_USER_CREATABLE)) {
        error_setg(errp, "object '%s' not found", id);
        return false;
    }
    if (!user_creatable_can_be_deleted(USER_CREATABLE(obj))) {
        error_setg(errp, "object '%s' is in use, can not be deleted", id);
        return false;
    }
    /* The command line may know it, and would refuse the id from now on. */
    opts_list = qemu_find_opts_err("object", NULL);
    if (opts_list) {
        qemu_opts_del(qemu_opts_find(opts_list, id));
    }
    object_unparent(obj);
    return true;
}

void user_creatable_cleanup(void)
{
    object_unparent(object_get_objects_root());
}

static void user_creatable_register_types(void)
{
    static const TypeInfo user_creatable_info = {
        .name = TYPE_USER_CREATABLE,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(UserCreatableClass),
    };

    type_register_static(&user_creatable_info);
}

type_init(user_creatable_register_types)

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Creating, replacing, listing and deleting chardevs; the QMP commands. */
#include "qemu/osdep.h"
#include "chardev-internal.h"
#include "chardev/char-io.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-char.h"
#include "qapi/qmp/qerror.h"
#include "qapi/util.h"
#include "qemu/id.h"
#include "qemu/option.h"

const ChardevClass *char_get_class(const char *driver, Error **errp)
{
    ERRP_GUARD();
    g_autofree char *typename = g_strdup_printf("chardev-%s", driver);
    ObjectClass *oc = module_object_class_find(typename, errp);

    if (*errp) {
        return NULL;
    }
    if (!oc || !object_class_dynamic_cast(oc, TYPE_CHARDEV)) {
        error_setg(errp, "'%s' is not a valid char driver name", driver);
        return NULL;
    }
    if (object_class_is_abstract(oc)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "driver",
                   "a non-abstract device type");
        return NULL;
    }
    if (CHARDEV_CLASS(oc)->internal) {
        error_setg(errp, "'%s' is not a valid char driver name", driver);
        return NULL;
    }
    return CHARDEV_CLASS(oc);
}

char **chardev_kinds(void)
{
    GSList *list = object_class_get_list_sorted(TYPE_CHARDEV, false);
    GPtrArray *kinds = g_ptr_array_new();

    for (GSList *l = list; l; l = l->next) {
        const char *name = object_class_get_name(l->data);

        if (!CHARDEV_CLASS(l->data)->internal &&
            g_str_has_prefix(name, "chardev-")) {
            g_ptr_array_add(kinds, g_strdup(name + strlen("chardev-")));
        }
    }
    g_slist_free(list);
    g_ptr_array_add(kinds, NULL);
    return (char **)g_ptr_array_free(kinds, FALSE);
}

static bool chardev_adopt(Chardev *chr, Error **errp)
{
    bool ok = object_property_try_add_child(get_chardevs_root(), chr->label,
                                            OBJECT(chr), errp);

    /* The tree holds it now, or nobody does. */
    object_unref(OBJECT(chr));
    return ok;
}

Chardev *qemu_chardev_new(const char *id, const char *typename,
                          ChardevBackend *backend, GMainContext *context,
                          Error **errp)
{
    g_autofree char *made_up = id ? NULL : id_generate(ID_CHR);
    Chardev *chr =
        chardev_new(id ? id : made_up, typename, backend, context, errp);

    if (!chr || !chardev_adopt(chr, errp)) {
        return NULL;
    }
    return chr;
}

static int query_one(Object *obj, void *opaque)
{
    Chardev *chr = CHARDEV(obj);
    ChardevInfoList ***tail = opaque;
    ChardevInfo *info = g_new0(ChardevInfo, 1);

    info->label = g_strdup(chr->label);
    info->filename = g_strdup(chr->filename);
    info->frontend_open = chr->be && chr->be->fe_is_open;
    QAPI_LIST_APPEND(*tail, info);
    return 0;
}

ChardevInfoList *qmp_query_chardev(Error **errp)
{
    ChardevInfoList *list = NULL, **tail = &list;

    object_child_foreach(get_chardevs_root(), query_one, &tail);
    return list;
}

ChardevBackendInfoList *qmp_query_chardev_backends(Error **errp)
{
    ChardevBackendInfoList *list = NULL, **tail = &list;
    g_auto(GStrv) kinds = chardev_kinds();

    for (char **kind = kinds; *kind; kind++) {
        ChardevBackendInfo *info = g_new0(ChardevBackendInfo, 1);

        info->name = g_strdup(*kind);
        QAPI_LIST_APPEND(tail, info);
    }
    return list;
}

static ChardevReturn *chardev_return(Chardev *chr)
{
    ChardevReturn *ret = g_new0(ChardevReturn, 1);

    if (CHARDEV_IS_PTY(chr)) {
        ret->pty = g_strdup(chr->filename + strlen("pty:"));
    }
    return ret;
}

ChardevReturn *qmp_chardev_add(const char *id, ChardevBackend *backend,
                               Error **errp)
{
    const ChardevClass *cc;
    Chardev *chr = NULL;

    if (!*id || strchr(id, '/')) {
        error_setg(errp,
                   "Invalid id '%s' for a chardev: it must not be empty "
                   "or contain '/'",
                   id);
        return NULL;
    }
    if (qemu_chr_find(id)) {
        error_setg(errp, "Chardev with id '%s' already exists", id);
        return NULL;
    }
    cc = char_get_class(ChardevBackendKind_str(backend->type), errp);
    if (cc) {
        chr = chardev_new(id, object_class_get_name(OBJECT_CLASS(cc)), backend,
                          NULL, errp);
    }
    if (!chr || !chardev_adopt(chr, errp)) {
        error_prepend(errp, "Failed to add chardev '%s': ", id);
        return NULL;
    }
    return chardev_return(chr);
}

/* May @chr be replaced while @be uses it? */
static bool chardev_can_change(Chardev *chr, Error **errp)
{
    if (CHARDEV_IS_MUX(chr) || CHARDEV_IS_HUB(chr)) {
        error_setg(errp, "For mux or hub device hotswap is not supported yet");
        return false;
    }
    if (qemu_chr_replay(chr)) {
        error_setg(errp, "Chardev '%s' cannot be changed in record/replay mode",
                   chr->label);
        return false;
    }
    if (chr->be && !chr->be->chr_be_change) {
        error_setg(errp, "Chardev user does not support chardev hotswap");
        return false;
    }
    return true;
}

/*
 * Puts @chr_new in the place of @chr under its front end. False with @errp
 * set, and everything as before, if the front end refuses.
 */
static bool chardev_swap(Chardev *chr, Chardev *chr_new, Error **errp)
{
    CharBackend *be = chr->be;
    bool closed_sent = false;

    if (chr->be_open && !chr_new->be_open) {
        qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
        closed_sent = true;
    }
    chr->be = NULL;
    qemu_chr_fe_init(be, chr_new, &error_abort);
    if (be->chr_be_change(be->opaque) >= 0) {
        return true;
    }

    error_setg(errp, "Chardev '%s' change failed", chr_new->label);
    chr_new->be = NULL;
    qemu_chr_fe_init(be, chr, &error_abort);
    if (closed_sent) {
        qemu_chr_be_event(chr, CHR_EVENT_OPENED);
    }
    return false;
}

ChardevReturn *qmp_chardev_change(const char *id, ChardevBackend *backend,
                                  Error **errp)
{
    Chardev *chr = qemu_chr_find(id), *chr_new;
    const ChardevClass *cc;

    if (!chr) {
        error_setg(errp, "Chardev '%s' does not exist", id);
        return NULL;
    }
    if (!chardev_can_change(chr, errp)) {
        return NULL;
    }
    if (!chr->be) {
        /* Nobody will notice. */
        object_unparent(OBJECT(chr));
        return qmp_chardev_add(id, backend, errp);
    }
    cc = char_get_class(ChardevBackendKind_str(backend->type), errp);
    if (!cc) {
        return NULL;
    }
    chr_new = chardev_new(id, object_class_get_name(OBJECT_CLASS(cc)), backend,
                          chr->gcontext, errp);
    if (!chr_new) {
        return NULL;
    }
    if (!chardev_swap(chr, chr_new, errp)) {
        object_unref(OBJECT(chr_new));
        return NULL;
    }
    object_unparent(OBJECT(chr));
    if (!chardev_adopt(chr_new, errp)) {
        return NULL;
    }
    return chardev_return(chr_new);
}

void qemu_chr_change(QemuOpts *opts, Error **errp)
{
    const char *id = qemu_opts_id(opts);
    ChardevBackend *backend;

    if (!id) {
        error_setg(errp, "chardev: no id specified");
        return;
    }
    backend = qemu_chr_parse_opts(opts, errp);
    if (backend) {
        /* The options say only "null" for kinds that need none. */
        const char *name = qemu_opt_get(opts, "backend");
        int kind = qapi_enum_parse(&ChardevBackendKind_lookup, name, -1, NULL);

        if (kind >= 0) {
            backend->type = kind;
        }
        qapi_free_ChardevReturn(qmp_chardev_change(id, backend, errp));
        qapi_free_ChardevBackend(backend);
    }
}

void qmp_chardev_remove(const char *id, Error **errp)
{
    Chardev *chr = qemu_chr_find(id);

    if (!chr) {
        error_setg(errp, "Chardev '%s' not found", id);
        return;
    }
    if (qemu_chr_is_busy(chr)) {
        error_setg(errp, "Chardev '%s' is busy", id);
        return;
    }
    if (qemu_chr_replay(chr)) {
        error_setg(
            errp, "Chardev '%s' cannot be unplugged in record/replay mode", id);
        return;
    }
    object_unparent(OBJECT(chr));
}

void qmp_chardev_send_break(const char *id, Error **errp)
{
    Chardev *chr = qemu_chr_find(id);

    if (!chr) {
        error_setg(errp, "Chardev '%s' not found", id);
        return;
    }
    qemu_chr_be_event(chr, CHR_EVENT_BREAK);
}

/* What uses others goes first, or it would be left with nothing. */
static int cleanup_users(Object *obj, void *opaque)
{
    GPtrArray *users = opaque;

    if (CHARDEV_IS_MUX(obj) || CHARDEV_IS_HUB(obj)) {
        g_ptr_array_add(users, obj);
    }
    return 0;
}

static int cleanup_first(Object *obj, void *opaque)
{
    *(Object **)opaque = obj;
    return 1;
}

void qemu_chr_cleanup(void)
{
    Object *root = get_chardevs_root();
    GPtrArray *users = g_ptr_array_new();
    Object *obj;

    object_child_foreach(root, cleanup_users, users);
    for (guint i = 0; i < users->len; i++) {
        object_unparent(g_ptr_array_index(users, i));
    }
    g_ptr_array_free(users, TRUE);
    for (;;) {
        obj = NULL;
        object_child_foreach(root, cleanup_first, &obj);
        if (!obj) {
            break;
        }
        object_unparent(obj);
    }
}

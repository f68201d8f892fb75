/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of values that are lists and trees.
 *
 * A byte 1 comes before each element and a 0 at the end; before a tree's,
 * their number. Elements are moved in the version of the field, and those that
 * are loaded are new memory.
 */
#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "migration/trace.h"
#include "qemu/error-report.h"
#include "qemu/queue.h"
#include "internal.h"

static bool version_fits(const VMStateDescription *vmsd, int version_id)
{
    if (version_id > vmsd->version_id) {
        error_report("%s too new", vmsd->name);
        return false;
    }
    if (version_id < vmsd->minimum_version_id) {
        error_report("%s too old", vmsd->name);
        return false;
    }
    return true;
}

/*
 * The next element in *@elem, which is NULL at the end of the list (or of the
 * stream, which the caller's caller notices).
 */
static int load_next(QEMUFile *f, const VMStateField *field, void **elem)
{
    int ret;

    *elem = NULL;
    if (!qemu_get_byte(f)) {
        return 0;
    }
    *elem = g_malloc0(field->size);
    ret = vmstate_load_new(f, field->vmsd, *elem, field->version_id);
    if (ret) {
        error_report("%s: failed to load %s (%d)", field->name,
                     field->vmsd->name, ret);
        g_clear_pointer(elem, g_free);
    }
    return ret;
}

static int save_next(QEMUFile *f, const VMStateField *field, void *elem,
                     JSONWriter *vmdesc)
{
    int ret;

    qemu_put_byte(f, 1);
    ret = vmstate_save_state(f, field->vmsd, elem, vmdesc);
    if (ret) {
        error_report("%s: failed to save %s (%d)", field->name,
                     field->vmsd->name, ret);
    }
    return ret;
}

/*** QTAILQ ***/

static int get_qtailq(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field)
{
    void *elem;
    int ret;

    trace_get_qtailq(field->vmsd->name, field->version_id);
    if (!version_fits(field->vmsd, field->version_id)) {
        return -EINVAL;
    }
    while (!(ret = load_next(f, field, &elem)) && elem) {
        QTAILQ_RAW_INSERT_TAIL(pv, elem, field->start);
    }
    return ret;
}

static int put_qtailq(QEMUFile *f, void *pv, size_t size,
                      const VMStateField *field, JSONWriter *vmdesc)
{
    void *elem;

    trace_put_qtailq(field->vmsd->name, field->vmsd->version_id);
    QTAILQ_RAW_FOREACH(elem, pv, field->start)
    {
        int ret = save_next(f, field, elem, vmdesc);

        if (ret) {
            return ret;
        }
    }
    qemu_put_byte(f, 0);
    return 0;
}

const VMStateInfo vmstate_info_qtailq = {
    .name = "qtailq",
    .get = get_qtailq,
    .put = put_qtailq,
};

/*** QLIST ***/

static int get_qlist(QEMUFile *f, void *pv, size_t size,
                     const VMStateField *field)
{
    void *elem, *last = NULL;
    int ret;

    trace_get_qlist(field->name, field->vmsd->name, field->vmsd->version_id);
    if (!version_fits(field->vmsd, field->version_id)) {
        return -EINVAL;
    }
    while (!(ret = load_next(f, field, &elem)) && elem) {
        if (last) {
            void *after = *QLIST_RAW_NEXT(last, field->start);

            QLIST_RAW_INSERT_AFTER(pv, last, elem, field->start);
            *QLIST_RAW_NEXT(elem, field->start) = after;
            if (after) {
                *QLIST_RAW_PREVIOUS(after, field->start) =
                    QLIST_RAW_NEXT(elem, field->start);
            }
        } else {
            QLIST_RAW_INSERT_HEAD(pv, elem, field->start);
        }
        last = elem;
    }
    return ret;
}

static int put_qlist(QEMUFile *f, void *pv, size_t size,
                     const VMStateField *field, JSONWriter *vmdesc)
{
    void *elem;

    trace_put_qlist(field->name, field->vmsd->name, field->vmsd->version_id);
    QLIST_RAW_FOREACH(elem, pv, field->start)
    {
        int ret = save_next(f, field, elem, vmdesc);

        if (ret) {
            return ret;
        }
    }
    qemu_put_byte(f, 0);
    return 0;
}

const VMStateInfo vmstate_info_qlist = {
    .name = "qlist",
    .get = get_qlist,
    .put = put_qlist,
};

/*** GTree ***/

/* NULL: the key is the number in the pointer. */
static const VMStateDescription *key_description(const VMStateField *field)
{
    return field->start ? &field->vmsd[1] : NULL;
}

static const char *key_label(const VMStateField *field)
{
    return field->start ? field->vmsd[1].name : "direct";
}

static int load_key(QEMUFile *f, const VMStateField *field, void **key)
{
    const VMStateDescription *vmsd = key_description(field);
    int ret;

    if (!vmsd) {
        *key = (void *)(uintptr_t)qemu_get_be64(f);
        return 0;
    }
    *key = g_malloc0(field->start);
    ret = vmstate_load_new(f, vmsd, *key, field->version_id);
    if (ret) {
        error_report("%s : failed to load %s (%d)", field->name, vmsd->name,
                     ret);
        g_clear_pointer(key, g_free);
    }
    return ret;
}

/* One node; nothing is left of it when it fails. */
static int load_node(QEMUFile *f, const VMStateField *field, GTree *tree)
{
    const VMStateDescription *key_vmsd = key_description(field);
    void *key, *value;
    int ret = load_key(f, field, &key);

    if (ret) {
        return ret;
    }
    value = g_malloc0(field->size);
    ret = vmstate_load_new(f, field->vmsd, value, field->version_id);
    if (ret) {
        error_report("%s : failed to load %s (%d)", field->name,
                     field->vmsd->name, ret);
        if (key_vmsd) {
            vmstate_discard(key_vmsd, key);
            g_free(key);
        }
        g_free(value);
        return ret;
    }
    g_tree_insert(tree, key, value);
    return 0;
}

static int get_gtree(QEMUFile *f, void *pv, size_t size,
                     const VMStateField *field)
{
    const VMStateDescription *key_vmsd = key_description(field);
    GTree *tree = *(GTree **)pv;
    uint32_t nodes, count = 0;

    if ((key_vmsd && !version_fits(key_vmsd, field->version_id)) ||
        !version_fits(field->vmsd, field->version_id)) {
        return -EINVAL;
    }
    nodes = qemu_get_be32(f);
    trace_get_gtree(field->name, key_label(field), field->vmsd->name, nodes);
    while (qemu_get_byte(f)) {
        int ret = count < nodes ? load_node(f, field, tree) : -EINVAL;

        if (ret) {
            return ret;
        }
        count++;
    }
    if (count != nodes) {
        error_report("%s inconsistent stream when loading the gtree",
                     field->name);
        return -EINVAL;
    }
    return 0;
}

typedef struct SaveTree {
    QEMUFile *f;
    const VMStateField *field;
    JSONWriter *vmdesc;
    int ret;
} SaveTree;

static gboolean save_node(gpointer key, gpointer value, gpointer opaque)
{
    SaveTree *s = opaque;
    const VMStateDescription *key_vmsd = key_description(s->field);

    qemu_put_byte(s->f, 1);
    if (key_vmsd) {
        s->ret = vmstate_save_state(s->f, key_vmsd, key, s->vmdesc);
    } else {
        qemu_put_be64(s->f, (uintptr_t)key);
    }
    if (!s->ret) {
        s->ret = vmstate_save_state(s->f, s->field->vmsd, value, s->vmdesc);
    }
    return s->ret != 0;
}

static int put_gtree(QEMUFile *f, void *pv, size_t size,
                     const VMStateField *field, JSONWriter *vmdesc)
{
    SaveTree s = { .f = f, .field = field, .vmdesc = vmdesc };
    GTree *tree = *(GTree **)pv;

    trace_put_gtree(field->name, key_label(field), field->vmsd->name,
                    g_tree_nnodes(tree));
    qemu_put_be32(f, g_tree_nnodes(tree));
    g_tree_foreach(tree, save_node, &s);
    qemu_put_byte(f, 0);
    if (s.ret) {
        error_report("%s : failed to save gtree (%d)", field->name, s.ret);
    }
    return s.ret;
}

const VMStateInfo vmstate_info_gtree = {
    .name = "gtree",
    .get = get_gtree,
    .put = put_gtree,
};

/*** Throwing away; heads that nobody initialized are zero. ***/

static void discard_list(const VMStateField *field, void **head)
{
    void *elem = *head;

    while (elem) {
        void *next = *field_at_offset(elem, field->start, void *);

        vmstate_discard(field->vmsd, elem);
        g_free(elem);
        elem = next;
    }
    *head = NULL;
}

void vmstate_discard_container(const VMStateField *field, void *pv)
{
    if (field->info == &vmstate_info_qtailq ||
        field->info == &vmstate_info_qlist) {
        /* The first pointer is that of the head, and of a link, in both. */
        discard_list(field, pv);
    } else if (field->info == &vmstate_info_gtree) {
        g_clear_pointer((GTree **)pv, g_tree_unref);
    }
}

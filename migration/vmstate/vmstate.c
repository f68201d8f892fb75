/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walk along a description: saving and loading.
 *
 * A field is a run of elements (one, mostly). An element is a struct with a
 * description, which is walked in turn, or is moved by its kind. Counts and
 * sizes may come from the stream, so nothing is trusted that cannot be: a
 * count that memory cannot hold, a pointer that has no memory, fail.
 *
 * Subsections follow the fields, each with a byte 5, its name and its version
 * in front. A byte 5 of what comes next is told from one by the name, which
 * begins with that of the description.
 */
#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "migration/savevm.h"
#include "migration/trace.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qobject/json-writer.h"
#include "internal.h"

/* More than one field can have; it keeps a bad stream from all memory. */
#define MAX_FIELD_BYTES INT32_MAX

/*** Fields and their elements. ***/

static bool field_exists(const VMStateDescription *vmsd,
                         const VMStateField *field, void *opaque,
                         int version_id)
{
    bool exists;

    if (!field->field_exists) {
        return field->version_id <= version_id;
    }
    exists = field->field_exists(opaque, version_id);
    trace_vmstate_field_exists(vmsd->name, field->name, field->version_id,
                               version_id, exists);
    return exists;
}

static int64_t element_count(const VMStateField *field, char *opaque)
{
    const void *num = opaque + field->num_offset;
    int64_t count = 1;

    if (field->flags & VMS_ARRAY) {
        count = field->num;
    } else if (field->flags & VMS_VARRAY_INT32) {
        count = *(const int32_t *)num;
    } else if (field->flags & VMS_VARRAY_UINT32) {
        count = *(const uint32_t *)num;
    } else if (field->flags & VMS_VARRAY_UINT16) {
        count = *(const uint16_t *)num;
    } else if (field->flags & VMS_VARRAY_UINT8) {
        count = *(const uint8_t *)num;
    }
    if (field->flags & VMS_MULTIPLY_ELEMENTS) {
        count *= field->num;
    }
    /* A negative number is how some say that there is no array. */
    return MAX(count, 0);
}

static int64_t element_size(const VMStateField *field, char *opaque)
{
    int64_t size = field->size;

    if (field->flags & VMS_VBUFFER) {
        size = *(const int32_t *)(opaque + field->size_offset);
        if (field->flags & VMS_MULTIPLY) {
            size *= field->size;
        }
    }
    return size;
}

/* The memory of a field with VMS_ALLOC is new, and zero. */
static bool allocate(const VMStateField *field, void **where,
                     const VMStateElements *e)
{
    size_t bytes = e->count * e->size;

    if (!bytes) {
        return true;
    }
    if (bytes > MAX_FIELD_BYTES) {
        return false;
    }
    *where = g_try_malloc0(bytes);
    return *where != NULL;
}

/* Finds the elements, after allocating them if @alloc. False: they cannot be. */
static bool find_elements(VMStateElements *e, const VMStateField *field,
                          void *opaque, bool alloc)
{
    void *member = (char *)opaque + field->offset;
    int64_t count = element_count(field, opaque);
    int64_t size = element_size(field, opaque);

    if (count > INT32_MAX || size < 0 || size > INT32_MAX) {
        return false;
    }
    *e = (VMStateElements){ .first = member, .count = count, .size = size };
    if (field->flags & VMS_POINTER) {
        if (alloc && (field->flags & VMS_ALLOC) &&
            !allocate(field, member, e)) {
            return false;
        }
        e->first = *(void **)member;
        return e->first || !count || !size;
    }
    return true;
}

static void *element_at(const VMStateElements *e, const VMStateField *field,
                        size_t i)
{
    void *elem = (char *)e->first + e->size * i;

    return field->flags & VMS_ARRAY_OF_POINTER ? *(void **)elem : elem;
}

/* A pointer in an array that points nowhere; a marker stands for it. */
static bool is_null_element(const VMStateElements *e, const void *elem)
{
    return !elem && e->size;
}

/*** Loading. ***/

static int load_element(QEMUFile *f, const VMStateField *field,
                        const VMStateElements *e, void *elem)
{
    if (is_null_element(e, elem)) {
        return vmstate_info_nullptr.get(f, NULL, 1, field);
    }
    if (field->flags & VMS_STRUCT) {
        return vmstate_load_state(f, field->vmsd, elem,
                                  field->vmsd->version_id);
    }
    if (field->flags & VMS_VSTRUCT) {
        return vmstate_load_state(f, field->vmsd, elem,
                                  field->struct_version_id);
    }
    return field->info->get(f, elem, e->size, field);
}

static int load_field(QEMUFile *f, const VMStateField *field, void *opaque)
{
    VMStateElements e;
    size_t i;

    if (!find_elements(&e, field, opaque, true)) {
        error_report("Size or number of elements out of range, or no memory "
                     "for them");
        return -EINVAL;
    }
    for (i = 0; i < e.count; i++) {
        int ret = load_element(f, field, &e, element_at(&e, field, i));

        if (ret >= 0) {
            ret = qemu_file_get_error(f);
        }
        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

static int load_fields(QEMUFile *f, const VMStateDescription *vmsd,
                       void *opaque, int version_id)
{
    const VMStateField *field;
    int ret;

    for (field = vmsd->fields; field->name; field++) {
        bool exists = field_exists(vmsd, field, opaque, version_id);

        trace_vmstate_load_state_field(vmsd->name, field->name, exists);
        if (exists) {
            ret = load_field(f, field, opaque);
            if (ret < 0) {
                error_report("Failed to load %s:%s", vmsd->name, field->name);
                trace_vmstate_load_field_error(field->name, ret);
                return ret;
            }
        } else if (field->flags & VMS_MUST_EXIST) {
            error_report("Input validation failed: %s/%s", vmsd->name,
                         field->name);
            return -1;
        }
    }
    assert(field->flags == VMS_END);
    return 0;
}

/* Whether the bytes that are next but @offset are @text. */
static bool peek_text(QEMUFile *f, int offset, const char *text)
{
    while (*text && qemu_peek_byte(f, offset) == (uint8_t)*text) {
        offset++;
        text++;
    }
    return !*text;
}

/*
 * The name of the subsection that is next in the stream, which stays there,
 * and its length. 0: what is next is none of @vmsd's. That is found without
 * looking further than to the first byte that differs: what only begins as a
 * subsection does may be the last that the stream has, or has for now.
 */
static size_t peek_subsection(QEMUFile *f, const VMStateDescription *vmsd,
                              char name[256])
{
    size_t prefix = strlen(vmsd->name);
    uint8_t *buf;
    size_t len;

    if (qemu_peek_byte(f, 0) != QEMU_VM_SUBSECTION) {
        return 0;
    }
    len = qemu_peek_byte(f, 1);
    if (len < prefix + 1) {
        trace_vmstate_subsection_load_bad(vmsd->name, "(short)", "");
        return 0;
    }
    if (!peek_text(f, 2, vmsd->name)) {
        trace_vmstate_subsection_load_bad(vmsd->name, "(prefix)", "");
        return 0;
    }
    if (qemu_peek_buffer(f, &buf, len, 2) != len) {
        trace_vmstate_subsection_load_bad(vmsd->name, "(peek fail)", "");
        return 0;
    }
    memcpy(name, buf, len);
    name[len] = 0;
    return len;
}

static const VMStateDescription *find_subsection(const VMStateDescription *vmsd,
                                                 const char *name)
{
    const VMStateDescription *const *sub = vmsd->subsections;

    for (; sub && *sub; sub++) {
        if (!strcmp((*sub)->name, name)) {
            return *sub;
        }
    }
    return NULL;
}

static int load_subsections(QEMUFile *f, const VMStateDescription *vmsd,
                            void *opaque)
{
    g_autoptr(GHashTable) seen = NULL;
    char name[256];
    size_t len;

    trace_vmstate_subsection_load(vmsd->name);
    while ((len = peek_subsection(f, vmsd, name))) {
        const VMStateDescription *sub = find_subsection(vmsd, name);
        int ret;

        if (!sub) {
            trace_vmstate_subsection_load_bad(vmsd->name, name, "(lookup)");
            return -ENOENT;
        }
        if (!seen) {
            seen = g_hash_table_new(NULL, NULL);
        }
        if (!g_hash_table_add(seen, (gpointer)sub)) {
            /* Loaded again it would lose what it has allocated. */
            error_report("Subsection %s comes twice", name);
            return -EINVAL;
        }
        qemu_file_skip(f, 2 + len);
        ret = vmstate_load_state(f, sub, opaque, (int)qemu_get_be32(f));
        if (ret) {
            trace_vmstate_subsection_load_bad(vmsd->name, name, "(child)");
            return ret;
        }
    }
    trace_vmstate_subsection_load_good(vmsd->name);
    return 0;
}

static int check_version(const VMStateDescription *vmsd, int version_id)
{
    if (version_id > vmsd->version_id) {
        error_report("%s: incoming version_id %d is too new "
                     "for local version_id %d",
                     vmsd->name, version_id, vmsd->version_id);
        trace_vmstate_load_state_end(vmsd->name, "too new", -EINVAL);
        return -EINVAL;
    }
    if (version_id < vmsd->minimum_version_id) {
        error_report("%s: incoming version_id %d is too old "
                     "for local minimum version_id  %d",
                     vmsd->name, version_id, vmsd->minimum_version_id);
        trace_vmstate_load_state_end(vmsd->name, "too old", -EINVAL);
        return -EINVAL;
    }
    return 0;
}

int vmstate_load_body(QEMUFile *f, const VMStateDescription *vmsd, void *opaque,
                      int version_id)
{
    int ret;

    trace_vmstate_load_state(vmsd->name, version_id);
    ret = check_version(vmsd, version_id);
    if (!ret && vmsd->pre_load) {
        ret = vmsd->pre_load(opaque);
    }
    if (!ret) {
        ret = load_fields(f, vmsd, opaque, version_id);
    }
    if (!ret) {
        ret = load_subsections(f, vmsd, opaque);
    }
    if (ret < 0) {
        qemu_file_set_error(f, ret);
    }
    return ret;
}

int vmstate_load_finish(QEMUFile *f, const VMStateDescription *vmsd,
                        void *opaque, int version_id)
{
    int ret = vmsd->post_load ? vmsd->post_load(opaque, version_id) : 0;

    if (ret < 0) {
        qemu_file_set_error(f, ret);
    }
    trace_vmstate_load_state_end(vmsd->name, "end", ret);
    return ret;
}

int vmstate_load_state(QEMUFile *f, const VMStateDescription *vmsd,
                       void *opaque, int version_id)
{
    int ret = vmstate_load_body(f, vmsd, opaque, version_id);

    return ret ?: vmstate_load_finish(f, vmsd, opaque, version_id);
}

int vmstate_load_new(QEMUFile *f, const VMStateDescription *vmsd, void *elem,
                     int version_id)
{
    int ret = vmstate_load_state(f, vmsd, elem, version_id);

    if (ret) {
        vmstate_discard(vmsd, elem);
    }
    return ret;
}

/*** Throwing away. ***/

/*
 * Elements of arrays whose length is a member are not looked at: the length
 * may be what was wrong.
 */
static void discard_field(const VMStateField *field, void *opaque)
{
    const int variable = VMS_VARRAY_INT32 | VMS_VARRAY_UINT32 |
                         VMS_VARRAY_UINT16 | VMS_VARRAY_UINT8;
    char *member = (char *)opaque + field->offset;
    int i, count = field->flags & VMS_ARRAY ? field->num : 1;

    if (field->flags & VMS_POINTER) {
        if (field->flags & VMS_ALLOC) {
            g_clear_pointer((void **)member, g_free);
        }
    } else if (field->flags & (variable | VMS_ARRAY_OF_POINTER)) {
        return;
    } else if (field->flags & (VMS_STRUCT | VMS_VSTRUCT)) {
        for (i = 0; i < count; i++) {
            vmstate_discard(field->vmsd, member + i * field->size);
        }
    } else if (field->info) {
        vmstate_discard_container(field, member);
    }
}

void vmstate_discard(const VMStateDescription *vmsd, void *opaque)
{
    const VMStateDescription *const *sub;
    const VMStateField *field;

    for (field = vmsd->fields; field->name; field++) {
        discard_field(field, opaque);
    }
    for (sub = vmsd->subsections; sub && *sub; sub++) {
        vmstate_discard(*sub, opaque);
    }
}

/*** Saving. ***/

bool vmstate_section_needed(const VMStateDescription *vmsd, void *opaque)
{
    return !vmsd->needed || vmsd->needed(opaque);
}

static int save_element(QEMUFile *f, const VMStateField *field,
                        const VMStateElements *e, void *elem,
                        JSONWriter *vmdesc, Error **errp)
{
    int ret;

    if (is_null_element(e, elem)) {
        ret = vmstate_info_nullptr.put(f, NULL, 1, field, vmdesc);
    } else if (field->flags & VMS_STRUCT) {
        return vmstate_save_state_with_err(f, field->vmsd, elem, vmdesc, errp);
    } else if (field->flags & VMS_VSTRUCT) {
        return vmstate_save_state_v(f, field->vmsd, elem, vmdesc,
                                    field->struct_version_id, errp);
    } else {
        ret = field->info->put(f, elem, e->size, field, vmdesc);
    }
    if (ret) {
        error_setg(errp, "put failed");
    }
    return ret;
}

/* How many elements from @i on are NULL, or are not, as it is. */
static size_t run_length(const VMStateElements *e, const VMStateField *field,
                         size_t i)
{
    bool is_null = is_null_element(e, element_at(e, field, i));
    size_t j;

    if (!(field->flags & VMS_ARRAY_OF_POINTER)) {
        return e->count - i;
    }
    for (j = i + 1; j < e->count; j++) {
        if (is_null_element(e, element_at(e, field, j)) != is_null) {
            break;
        }
    }
    return j - i;
}

/*
 * @vmdesc is told of each element or, where they all look the same, of the
 * first of each run of NULLs and of other elements.
 */
static int save_elements(QEMUFile *f, const VMStateDescription *vmsd,
                         const VMStateField *field, const VMStateElements *e,
                         JSONWriter *vmdesc, Error **errp)
{
    bool compress = vmdesc && vmdesc_can_compress(field);
    size_t i, run = 0, run_end = 0;

    for (i = 0; i < e->count; i++) {
        void *elem = element_at(e, field, i);
        bool is_null = is_null_element(e, elem);
        JSONWriter *writer = vmdesc;
        uint64_t start = 0;
        int ret;

        if (vmdesc) {
            start = qemu_file_transferred(f);
            if (i < run_end && (compress || is_null)) {
                writer = NULL;
            } else if (i >= run_end) {
                run = run_length(e, field, i);
                run_end = i + run;
            }
        }
        vmdesc_field_start(writer, vmsd, field, is_null, i, e->count, run);
        ret = save_element(f, field, e, elem, writer, errp);
        if (ret) {
            return ret;
        }
        if (writer) {
            vmdesc_field_end(writer, field, is_null,
                             qemu_file_transferred(f) - start);
        }
    }
    return 0;
}

static int save_field(QEMUFile *f, const VMStateDescription *vmsd,
                      const VMStateField *field, void *opaque,
                      JSONWriter *vmdesc, Error **errp)
{
    VMStateElements e;

    if (!find_elements(&e, field, opaque, false)) {
        error_setg(errp, "size or number of elements out of range, or no "
                         "memory for them");
        return -EINVAL;
    }
    trace_vmstate_save_state_loop(vmsd->name, field->name, e.count);
    return save_elements(f, vmsd, field, &e, vmdesc, errp);
}

static int save_fields(QEMUFile *f, const VMStateDescription *vmsd,
                       void *opaque, JSONWriter *vmdesc, int version_id,
                       Error **errp)
{
    const VMStateField *field;
    Error *err = NULL;
    int ret;

    for (field = vmsd->fields; field->name; field++) {
        if (field_exists(vmsd, field, opaque, version_id)) {
            ret = save_field(f, vmsd, field, opaque, vmdesc, &err);
            if (ret) {
                error_propagate_prepend(
                    errp, err, "Save of field %s/%s failed: ", vmsd->name,
                    field->name);
                return ret;
            }
        } else if (field->flags & VMS_MUST_EXIST) {
            error_report("Output state validation failed: %s/%s", vmsd->name,
                         field->name);
            error_setg(errp, "Output state validation failed: %s/%s",
                       vmsd->name, field->name);
            return -EINVAL;
        }
    }
    assert(field->flags == VMS_END);
    return 0;
}

static int save_subsection(QEMUFile *f, const VMStateDescription *sub,
                           void *opaque, JSONWriter *vmdesc, Error **errp)
{
    size_t len = strlen(sub->name);
    int ret;

    assert(len < 256);
    if (vmdesc) {
        json_writer_start_object(vmdesc, NULL);
    }
    qemu_put_byte(f, QEMU_VM_SUBSECTION);
    qemu_put_byte(f, len);
    qemu_put_buffer(f, (const uint8_t *)sub->name, len);
    qemu_put_be32(f, sub->version_id);
    ret = vmstate_save_state_with_err(f, sub, opaque, vmdesc, errp);
    if (!ret && vmdesc) {
        json_writer_end_object(vmdesc);
    }
    return ret;
}

static int save_subsections(QEMUFile *f, const VMStateDescription *vmsd,
                            void *opaque, JSONWriter *vmdesc, Error **errp)
{
    const VMStateDescription *const *sub = vmsd->subsections;
    bool any = false;

    trace_vmstate_subsection_save_top(vmsd->name);
    for (; sub && *sub; sub++) {
        int ret;

        if (!vmstate_section_needed(*sub, opaque)) {
            continue;
        }
        trace_vmstate_subsection_save_loop(vmsd->name, (*sub)->name);
        if (vmdesc && !any) {
            json_writer_start_array(vmdesc, "subsections");
        }
        any = true;
        ret = save_subsection(f, *sub, opaque, vmdesc, errp);
        if (ret) {
            return ret;
        }
    }
    if (vmdesc && any) {
        json_writer_end_array(vmdesc);
    }
    return 0;
}

int vmstate_save_state_v(QEMUFile *f, const VMStateDescription *vmsd,
                         void *opaque, JSONWriter *vmdesc, int version_id,
                         Error **errp)
{
    int ret = 0;

    trace_vmstate_save_state_top(vmsd->name);
    if (vmsd->pre_save) {
        ret = vmsd->pre_save(opaque);
        trace_vmstate_save_state_pre_save_res(vmsd->name, ret);
        if (ret) {
            error_setg(errp, "pre-save failed: %s", vmsd->name);
            return ret;
        }
    }
    if (vmdesc) {
        json_writer_str(vmdesc, "vmsd_name", vmsd->name);
        json_writer_int64(vmdesc, "version", version_id);
        json_writer_start_array(vmdesc, "fields");
    }
    ret = save_fields(f, vmsd, opaque, vmdesc, version_id, errp);
    if (!ret) {
        if (vmdesc) {
            json_writer_end_array(vmdesc);
        }
        ret = save_subsections(f, vmsd, opaque, vmdesc, errp);
    }
    if (vmsd->post_save) {
        int post = vmsd->post_save(opaque);

        if (!ret && post) {
            error_setg(errp, "post-save failed: %s", vmsd->name);
            ret = post;
        }
    }
    return ret;
}

int vmstate_save_state_with_err(QEMUFile *f, const VMStateDescription *vmsd,
                                void *opaque, JSONWriter *vmdesc, Error **errp)
{
    return vmstate_save_state_v(f, vmsd, opaque, vmdesc, vmsd->version_id,
                                errp);
}

int vmstate_save_state(QEMUFile *f, const VMStateDescription *vmsd,
                       void *opaque, JSONWriter *vmdesc)
{
    return vmstate_save_state_with_err(f, vmsd, opaque, vmdesc, NULL);
}

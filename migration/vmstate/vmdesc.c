/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The description of what a stream contains, as JSON: it follows the stream,
 * so that a program that does not know the devices can take it apart.
 */
#include "qemu/osdep.h"
#include "qobject/json-writer.h"
#include "internal.h"

bool vmdesc_can_compress(const VMStateField *field)
{
    const VMStateField *inner;

    if (field->field_exists) {
        return false;
    }
    if (!(field->flags & VMS_STRUCT)) {
        return true;
    }
    for (inner = field->vmsd->fields; inner->name; inner++) {
        if (!vmdesc_can_compress(inner)) {
            return false;
        }
    }
    return !field->vmsd->subsections;
}

/* Fields of one name are told apart by a number: "unused[2]". */
static char *field_label(const VMStateDescription *vmsd,
                         const VMStateField *field)
{
    const VMStateField *other;
    int before = 0, all = 0;

    for (other = vmsd->fields; other->name; other++) {
        if (!strcmp(other->name, field->name)) {
            before += other < field;
            all++;
        }
    }
    return all > 1 ? g_strdup_printf("%s[%d]", field->name, before)
                   : g_strdup(field->name);
}

static const char *type_label(const VMStateField *field, bool is_null)
{
    if (is_null) {
        return vmstate_info_nullptr.name;
    }
    if (field->flags & VMS_STRUCT) {
        return "struct";
    }
    if (field->flags & VMS_VSTRUCT) {
        return "vstruct";
    }
    return field->info->name ?: "unknown";
}

void vmdesc_field_start(JSONWriter *writer, const VMStateDescription *vmsd,
                        const VMStateField *field, bool is_null, size_t index,
                        size_t count, size_t run)
{
    g_autofree char *label = NULL;

    if (!writer) {
        return;
    }
    label = field_label(vmsd, field);
    json_writer_start_object(writer, NULL);
    json_writer_str(writer, "name", label);
    if (is_null || vmdesc_can_compress(field)) {
        if (run > 1) {
            json_writer_int64(writer, "array_len", run);
        }
    } else if (count > 1) {
        json_writer_int64(writer, "index", index);
    }
    json_writer_str(writer, "type", type_label(field, is_null));
    if (!is_null && (field->flags & VMS_STRUCT)) {
        json_writer_start_object(writer, "struct");
    }
}

void vmdesc_field_end(JSONWriter *writer, const VMStateField *field,
                      bool is_null, uint64_t size)
{
    if (!writer) {
        return;
    }
    if (!is_null && (field->flags & VMS_STRUCT)) {
        json_writer_end_object(writer);
    }
    json_writer_int64(writer, "size", size);
    json_writer_end_object(writer);
}

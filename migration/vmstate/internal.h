/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the description library. */
#ifndef VMSTATE_INTERNAL_H
#define VMSTATE_INTERNAL_H

#include "migration/vmstate.h"

/* Where the elements of a field are. */
typedef struct VMStateElements {
    void *first;
    size_t count;
    size_t size; /* of one; bits, for a bitmap */
} VMStateElements;

/* vmstate_load_state() in two steps: all but post_load(), and that. */
int vmstate_load_body(QEMUFile *f, const VMStateDescription *vmsd,
                      void *opaque, int version_id);
int vmstate_load_finish(QEMUFile *f, const VMStateDescription *vmsd,
                        void *opaque, int version_id);

/*
 * Frees what loading has put into @opaque, a struct that nobody else knows:
 * memory of VMS_ALLOC, the elements of lists, trees.
 */
void vmstate_discard(const VMStateDescription *vmsd, void *opaque);

/* vmstate_load_state() for new memory; when it fails nothing is left in it. */
int vmstate_load_new(QEMUFile *f, const VMStateDescription *vmsd, void *elem,
                     int version_id);

/* Frees what the field's list or tree at @pv holds, if it is one. */
void vmstate_discard_container(const VMStateField *field, void *pv);

/*
 * The description of the stream: the object for an element, or for a run of
 * @run equal ones from @index on of an array of @count, is opened and closed
 * around what is written for it. @writer may be NULL.
 */
void vmdesc_field_start(JSONWriter *writer, const VMStateDescription *vmsd,
                        const VMStateField *field, bool is_null, size_t index,
                        size_t count, size_t run);
void vmdesc_field_end(JSONWriter *writer, const VMStateField *field,
                      bool is_null, uint64_t size);
/* Whether all elements look the same, so that one stands for all. */
bool vmdesc_can_compress(const VMStateField *field);

#endif

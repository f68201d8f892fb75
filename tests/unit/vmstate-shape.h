/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random descriptions of random structures.
 *
 * A Shape is a struct that is made up at run time: its members, and with them
 * its description. Objects of it begin with a Header. What may not be there
 * when it is loaded hangs on the header's flags, or on the version.
 */
#ifndef TESTS_VMSTATE_SHAPE_H
#define TESTS_VMSTATE_SHAPE_H

#include "migration/vmstate.h"

#define MAX_COUNT 5
#define BITS      150

typedef enum Kind {
    NUMBER, /* one or several */
    BUFFER,
    UNUSED,
    STRUCT,    /* one or several */
    ALLOCATED, /* a count, and numbers that loading allocates */
    ALLOCATED_BYTES,
    TAILQ,
    LIST,
    TREE,
    DIRECT_TREE,
    ELEMENT_KINDS, /* not in elements of lists: nobody would free them */
    STRUCT_POINTER = ELEMENT_KINDS,
    POINTERS, /* to structs; some are NULL */
    COUNTED,  /* a count that is checked, and numbers */
    BITMAP,
    KINDS
} Kind;

typedef struct Shape Shape;

typedef struct Member {
    Kind kind;
    size_t offset, count_offset;
    int number; /* index in numbers[] */
    int count;
    Shape *shape, *key;
    VMStateField field;
} Member;

/* What every struct begins with. */
typedef struct Header {
    uint8_t flags; /* they decide what may be absent */
    void *link[2]; /* of a list */
    Shape *shape;  /* once it is initialized */
} Header;

struct Shape {
    VMStateDescription vmsd;
    VMStateDescription pair[2]; /* in a tree: the value's, the key's */
    Shape *base;                /* of a subsection: whose struct it is in */
    Shape *sub;                 /* a subsection, or NULL */
    const VMStateDescription *subs[2];
    bool in_element;
    size_t size;
    int nmembers;
    Member *members;
    VMStateField *fields;
};

/* A count is in front of it in the stream. */
bool has_count(Kind kind);

/* The kinds of numbers, by Member.number. */
typedef struct NumberKind {
    const VMStateInfo *info;
    size_t size;
} NumberKind;

extern const NumberKind numbers[];
#define NUMBER_UINT64 7
#define NUMBER_BOOL   8
#define NUMBERS       9

/* Of the test's seed: not below @low, but below @high. */
static inline int rnd(int low, int high)
{
    return g_test_rand_int_range(low, high);
}

/* Calls of pre_save that post_save has not followed. */
extern int shapes_saving;

/* @depth: of structs in structs. A @base is given for its subsections. */
Shape *new_shape(int depth, bool in_element, Shape *base);
/* All that there are. */
void free_shapes(void);

#define AT(obj, off, type) (*(type *)((char *)(obj) + (off)))

/* All that must be there before it is loaded is; otherwise empty. */
void *new_object(const Shape *shape);
void free_object(gpointer obj);
/* The object that is element @i of a member that has such. */
void *struct_at(const Member *m, void *obj, int i);

#endif

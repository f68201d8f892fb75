/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptions of a device's state, for migration and snapshots.
 *
 * A VMStateDescription lists the members of a struct that make up the guest
 * visible state, one VMStateField each, written with a macro VMSTATE_*(). The
 * library walks the list to save the struct to a stream and to load it again,
 * so that no device has code for it. Numbers are big-endian in the stream, and
 * nothing in it says what follows: both ends must have the same list.
 *
 * Change comes in two ways. A field with a version is there when the stream's
 * version is that or newer. A subsection, a list of its own below the main
 * one, is there when needed() said so at the source, and is the better way: a
 * machine that does not need it can still go back to an older program.
 *
 * DeviceClass.vmsd is all that a device sets: it is registered when the device
 * is realized. vmstate_register() is for what is no device. The types come
 * first, then the macros in groups, then the functions.
 * docs/devel/vmstate.rst has an example.
 */
#ifndef QEMU_VMSTATE_H
#define QEMU_VMSTATE_H

#include "hw/vmstate-if.h"
#include "qemu/compiler.h"

typedef struct VMStateInfo VMStateInfo;
typedef struct VMStateField VMStateField;

/*
 * How one kind of value is moved. Both return 0 or a negative errno value
 * after a message; they may leave errors of the stream to the caller, who asks
 * qemu_file_get_error(). @pv is the value (or what points to the list, tree...
 * that is moved), @size its size in bytes, or what the field says. @field is
 * for kinds that need more than that. put() may describe what it writes in
 * @vmdesc, which may be NULL. Whatever get() reads may be hostile.
 */
struct VMStateInfo {
    const char *name; /* for the description of the stream */
    int coroutine_mixed_fn (*get)(QEMUFile *f, void *pv, size_t size,
                                  const VMStateField *field);
    int coroutine_mixed_fn (*put)(QEMUFile *f, void *pv, size_t size,
                                  const VMStateField *field,
                                  JSONWriter *vmdesc);
};

/* What a field is; the macros set them. Numbers are in the host's order. */
enum VMStateFlags {
    /* One value: for the reader only. */
    VMS_SINGLE = 0x001,
    /* The member points at the value, or at the first of an array. */
    VMS_POINTER = 0x002,
    /* An array of VMStateField.num elements. */
    VMS_ARRAY = 0x004,
    /* Each element is a struct with the description VMStateField.vmsd. */
    VMS_STRUCT = 0x008,
    /* An array; an int32_t at num_offset counts the elements. */
    VMS_VARRAY_INT32 = 0x010,
    /* Bytes: for the reader only. */
    VMS_BUFFER = 0x020,
    /* Elements are pointers; NULL is kept. With one of the array flags. */
    VMS_ARRAY_OF_POINTER = 0x040,
    /* An array; a uint16_t at num_offset counts the elements. */
    VMS_VARRAY_UINT16 = 0x080,
    /* An int32_t at size_offset has the size of an element. */
    VMS_VBUFFER = 0x100,
    /* With VMS_VBUFFER: that number times VMStateField.size. */
    VMS_MULTIPLY = 0x200,
    /* An array; a uint8_t at num_offset counts the elements. */
    VMS_VARRAY_UINT8 = 0x400,
    /* An array; a uint32_t at num_offset counts the elements. */
    VMS_VARRAY_UINT32 = 0x800,
    /* field_exists() must return true: it checks the state. */
    VMS_MUST_EXIST = 0x1000,
    /* With VMS_POINTER: loading allocates the memory, which is the struct's. */
    VMS_ALLOC = 0x2000,
    /* With a VMS_VARRAY_*: VMStateField.num times as many elements. */
    VMS_MULTIPLY_ELEMENTS = 0x4000,
    /* As VMS_STRUCT, in the version VMStateField.struct_version_id. */
    VMS_VSTRUCT = 0x8000,
    /* The end of the list of fields. */
    VMS_END = 0x10000
};

/*
 * In which order entries are saved and loaded: the highest first, those of one
 * priority as they were registered.
 */
typedef enum {
    MIG_PRI_DEFAULT = 0,
    MIG_PRI_IOMMU,      /* before PCI devices, which use it */
    MIG_PRI_PCI_BUS,    /* before the IOMMU */
    MIG_PRI_VIRTIO_MEM, /* before the IOMMU */
    MIG_PRI_GICV3_ITS,  /* before PCI devices */
    MIG_PRI_GICV3,      /* before the ITS */
    MIG_PRI_PLACEMENT,  /* ours: where memory is, before its content */
    MIG_PRI_MAX,
} MigrationPriority;

/* One entry of a description; use the macros below. */
struct VMStateField {
    const char *name;     /* the member; NULL at the end of the list */
    const char *err_hint; /* more to say when a value is refused */
    size_t offset;        /* where the member is in the struct */
    size_t size;          /* of an element */
    size_t start;         /* lists: offset of the link; trees: size of keys */
    int num;              /* elements, or a factor */
    size_t num_offset;    /* where the number of elements is in the struct */
    size_t size_offset;   /* where the size of an element is in the struct */
    const VMStateInfo *info;
    enum VMStateFlags flags;
    const VMStateDescription *vmsd;
    int version_id;        /* the first version that has the field */
    int struct_version_id; /* see VMS_VSTRUCT */
    /* If set, it alone decides, whatever version_id says. */
    bool (*field_exists)(void *opaque, int version_id);
};

/*
 * A description. @opaque of all callbacks is the struct. Those that return an
 * int return 0, or a negative errno value, which ends saving or loading. All
 * run with the big lock, unless the caller of the walk does without.
 */
struct VMStateDescription {
    const char *name; /* a subsection's: "NAME-OF-THE-PARENT/..." */
    /* The device cannot be migrated; see vmstate_check_only_migratable(). */
    bool unmigratable;
    /* Sent while the guest still runs, before everything else. */
    bool early_setup;
    int version_id;         /* the version that is saved */
    int minimum_version_id; /* the oldest that can be loaded */
    MigrationPriority priority;
    int (*pre_load)(void *opaque);
    /* After fields and subsections: recompute, check what was read. */
    int (*post_load)(void *opaque, int version_id);
    int (*pre_save)(void *opaque);
    /* Called whenever pre_save() succeeded, also when saving failed then. */
    int (*post_save)(void *opaque);
    /* Subsections and top-level entries: left out when it returns false. */
    bool (*needed)(void *opaque);
    bool (*dev_unplug_pending)(void *opaque);

    const VMStateField *fields;                     /* to VMS_END */
    const VMStateDescription *const *subsections;   /* to NULL, or NULL */
};

/*** The kinds of values. ***/

extern const VMStateInfo vmstate_info_bool;

extern const VMStateInfo vmstate_info_int8;
extern const VMStateInfo vmstate_info_int16;
extern const VMStateInfo vmstate_info_int32;
extern const VMStateInfo vmstate_info_int64;

extern const VMStateInfo vmstate_info_uint8;
extern const VMStateInfo vmstate_info_uint16;
extern const VMStateInfo vmstate_info_uint32;
extern const VMStateInfo vmstate_info_uint64;

/* Loading fails unless the value in the stream is the one that is there. */
extern const VMStateInfo vmstate_info_uint8_equal;
extern const VMStateInfo vmstate_info_uint16_equal;
extern const VMStateInfo vmstate_info_int32_equal;
extern const VMStateInfo vmstate_info_uint32_equal;
extern const VMStateInfo vmstate_info_uint64_equal;
/* Loading fails unless 0 <= value in the stream <= the one that is there. */
extern const VMStateInfo vmstate_info_int32_le;

/* A file descriptor, over a channel that can pass them (unix sockets). */
extern const VMStateInfo vmstate_info_fd;

/* What stands in the stream for a NULL in an array of pointers. */
#define VMS_NULLPTR_MARKER (0x30U) /* '0' */
extern const VMStateInfo vmstate_info_nullptr;

extern const VMStateInfo vmstate_info_cpudouble; /* CPU_DoubleU */
extern const VMStateInfo vmstate_info_timer;     /* QEMUTimer: its expiry */
extern const VMStateInfo vmstate_info_buffer;    /* bytes */
extern const VMStateInfo vmstate_info_unused_buffer;
extern const VMStateInfo vmstate_info_tmp;       /* VMSTATE_WITH_TMP() */
extern const VMStateInfo vmstate_info_bitmap;    /* the size is in bits */
extern const VMStateInfo vmstate_info_qtailq;
extern const VMStateInfo vmstate_info_gtree;
extern const VMStateInfo vmstate_info_qlist;

/*** Where a member is, and that it has the type that a macro moves. ***/

/* 0, or an error if pointers of these types cannot be subtracted. */
#define vms_same_type_(p1, p2) (sizeof((p1)64 - (p2)64) * 0)

#define type_check_2darray(t1, t2, n, m) vms_same_type_(t1(*)[n][m], t2 *)
#define type_check_array(t1, t2, n) vms_same_type_(t1(*)[n], t2 *)
#define type_check_pointer(t1, t2) vms_same_type_(t1 **, t2 *)
/* An element's type; the field is an array or a pointer. */
#define typeof_elt_of_field(type, field) __typeof__(((type *)0)->field[0])
/* That @f is an array, of any length, of @t1. */
#define type_check_varray(t1, t2, f)                                     \
    (vms_same_type_(t1 *, typeof_elt_of_field(t2, f) *) +                \
     QEMU_BUILD_BUG_ON_ZERO(__builtin_types_compatible_p(                \
         typeof_field(t2, f), typeof_elt_of_field(t2, f) *)))

#define vmstate_offset_value(_state, _field, _type)                      \
    (offsetof(_state, _field) +                                          \
     vms_same_type_(_type *, typeof_field(_state, _field) *))
#define vmstate_offset_pointer(_state, _field, _type)                    \
    (offsetof(_state, _field) +                                          \
     type_check_pointer(_type, typeof_field(_state, _field)))
#define vmstate_offset_array(_state, _field, _type, _num)                \
    (offsetof(_state, _field) +                                          \
     type_check_array(_type, typeof_field(_state, _field), _num))
#define vmstate_offset_2darray(_state, _field, _type, _n1, _n2)          \
    (offsetof(_state, _field) +                                          \
     type_check_2darray(_type, typeof_field(_state, _field), _n1, _n2))
#define vmstate_offset_sub_array(_state, _field, _type, _start)          \
    vmstate_offset_value(_state, _field[_start], _type)
#define vmstate_offset_buffer(_state, _field)                            \
    vmstate_offset_array(_state, _field, uint8_t,                        \
                         sizeof(typeof_field(_state, _field)))
#define vmstate_offset_varray(_state, _field, _type)                     \
    (offsetof(_state, _field) + type_check_varray(_type, _state, _field))

/*** The two forms that the macros below have: a kind, or a struct. ***/

/* The rest of the arguments sets more members. */
#define VMS_INFO_(_flags, _name, _offset, _size, _version, _info, ...)   \
    {                                                                    \
        .name = (stringify(_name)), .flags = (_flags),                   \
        .offset = (_offset), .size = (_size),                            \
        .version_id = (_version), .info = &(_info), ##__VA_ARGS__        \
    }
#define VMS_STRUCT_(_flags, _name, _offset, _size, _version, _vmsd, ...) \
    {                                                                    \
        .name = (stringify(_name)), .flags = (_flags),                   \
        .offset = (_offset), .size = (_size),                            \
        .version_id = (_version), .vmsd = &(_vmsd), ##__VA_ARGS__        \
    }

/*
 * Macros: what the arguments are.
 *   _field, _f    the member           _info   how a value is moved
 *   _state, _s    the struct           _type   the type of a value
 *   _test, _t     field_exists()       _vmsd   the description of a struct
 *   _num, _n      elements             _field_num   the member that counts
 *   _version, _v  the first version that has the field. This does not choose
 *                 the version of a struct inside, which is always the one that
 *                 its description names; VMSTATE_VSTRUCT() chooses it.
 *
 * A name with _UNSAFE does not check types; _ALLOC allocates when loading; _V
 * takes a version and _TEST a test where the plain name has none. Without
 * _ALLOC there must be memory for what comes: a count that was loaded has to
 * be checked first (VMSTATE_INT32_POSITIVE_LE(), VMSTATE_VALIDATE()).
 */

/*** Any kind: one value, what a pointer points at, a check. ***/

#define VMSTATE_SINGLE_TEST(_field, _state, _test, _version, _info, _type) \
    VMSTATE_SINGLE_FULL(_field, _state, _test, _version, _info, _type, NULL)
#define VMSTATE_SINGLE_FULL(_field, _state, _test, _version, _info,      \
                            _type, _err_hint)                            \
    VMS_INFO_(VMS_SINGLE, _field,                                        \
              vmstate_offset_value(_state, _field, _type), sizeof(_type), \
              _version, _info, .field_exists = (_test),                  \
              .err_hint = (_err_hint))
#define VMSTATE_SINGLE(_field, _state, _version, _info, _type)           \
    VMSTATE_SINGLE_TEST(_field, _state, NULL, _version, _info, _type)

/* Moves nothing; saving and loading fail when _test returns false. */
#define VMSTATE_VALIDATE(_name, _test)                                   \
    {                                                                    \
        .name = (_name), .field_exists = (_test), .num = 0,              \
        .flags = VMS_ARRAY | VMS_MUST_EXIST,                             \
    }

/* _type is the pointer's. */
#define VMSTATE_POINTER(_field, _state, _version, _info, _type)          \
    VMS_INFO_(VMS_SINGLE | VMS_POINTER, _field,                          \
              vmstate_offset_value(_state, _field, _type),               \
              sizeof(_type), _version, _info)
#define VMSTATE_POINTER_TEST(_field, _state, _test, _info, _type)        \
    VMS_INFO_(VMS_SINGLE | VMS_POINTER, _field,                          \
              vmstate_offset_value(_state, _field, _type),               \
              sizeof(_type), 0, _info, .field_exists = (_test))

/*** Any kind: arrays in the struct. ***/

#define VMSTATE_ARRAY(_field, _state, _num, _version, _info, _type)      \
    VMS_INFO_(VMS_ARRAY, _field,                                         \
              vmstate_offset_array(_state, _field, _type, _num),         \
              sizeof(_type), _version, _info, .num = (_num))
#define VMSTATE_2DARRAY(_field, _state, _n1, _n2, _version, _info, _type) \
    VMS_INFO_(VMS_ARRAY, _field,                                         \
              vmstate_offset_2darray(_state, _field, _type, _n1, _n2),   \
              sizeof(_type), _version, _info, .num = (_n1) * (_n2))
/* _num elements from _start on. */
#define VMSTATE_SUB_ARRAY(_field, _state, _start, _num, _version, _info, \
                          _type)                                         \
    VMS_INFO_(VMS_ARRAY, _field,                                         \
              vmstate_offset_sub_array(_state, _field, _type, _start),   \
              sizeof(_type), _version, _info, .num = (_num))
/* _multiply elements for each that _field_num, a uint32_t, counts. */
#define VMSTATE_VARRAY_MULTIPLY(_field, _state, _field_num, _multiply,   \
                                _info, _type)                            \
    VMS_INFO_(VMS_VARRAY_UINT32 | VMS_MULTIPLY_ELEMENTS, _field,         \
              vmstate_offset_varray(_state, _field, _type),              \
              sizeof(_type), 0, _info, .num = (_multiply),               \
              .num_offset = vmstate_offset_value(_state, _field_num,     \
                                                 uint32_t))
#define VMSTATE_ARRAY_INT32_UNSAFE(_field, _state, _field_num, _info,    \
                                   _type)                                \
    VMS_INFO_(VMS_VARRAY_INT32, _field,                                  \
              vmstate_offset_varray(_state, _field, _type),              \
              sizeof(_type), 0, _info,                                   \
              .num_offset = vmstate_offset_value(_state, _field_num,     \
                                                 int32_t))
#define VMSTATE_VARRAY_UINT16_UNSAFE(_field, _state, _field_num,         \
                                     _version, _info, _type)             \
    VMS_INFO_(VMS_VARRAY_UINT16, _field,                                 \
              vmstate_offset_varray(_state, _field, _type),              \
              sizeof(_type), _version, _info,                            \
              .num_offset = vmstate_offset_value(_state, _field_num,     \
                                                 uint16_t))
/* Pointers in the struct; _type is a pointer's. */
#define VMSTATE_ARRAY_OF_POINTER(_field, _state, _num, _version, _info,  \
                                 _type)                                  \
    VMS_INFO_(VMS_ARRAY | VMS_ARRAY_OF_POINTER, _field,                  \
              vmstate_offset_array(_state, _field, _type, _num),         \
              sizeof(_type), _version, _info, .num = (_num))

/*** Any kind: arrays that the struct points at. ***/

#define VMS_VARRAY_(_flags, _field, _state, _field_num, _num_type,       \
                    _version, _info, _type)                              \
    VMS_INFO_((_flags) | VMS_POINTER, _field,                            \
              vmstate_offset_pointer(_state, _field, _type),             \
              sizeof(_type), _version, _info,                            \
              .num_offset = vmstate_offset_value(_state, _field_num,     \
                                                 _num_type))
#define VMSTATE_VARRAY_INT32(_field, _state, _field_num, _version,       \
                             _info, _type)                               \
    VMS_VARRAY_(VMS_VARRAY_INT32, _field, _state, _field_num, int32_t,   \
                _version, _info, _type)
#define VMSTATE_VARRAY_UINT32(_field, _state, _field_num, _version,      \
                              _info, _type)                              \
    VMS_VARRAY_(VMS_VARRAY_UINT32, _field, _state, _field_num, uint32_t, \
                _version, _info, _type)
#define VMSTATE_VARRAY_UINT32_ALLOC(_field, _state, _field_num,          \
                                    _version, _info, _type)              \
    VMS_VARRAY_(VMS_VARRAY_UINT32 | VMS_ALLOC, _field, _state,           \
                _field_num, uint32_t, _version, _info, _type)
#define VMSTATE_VARRAY_UINT16_ALLOC(_field, _state, _field_num,          \
                                    _version, _info, _type)              \
    VMS_VARRAY_(VMS_VARRAY_UINT16 | VMS_ALLOC, _field, _state,           \
                _field_num, uint16_t, _version, _info, _type)

/*** Structs: one. ***/

#define VMSTATE_STRUCT_TEST(_field, _state, _test, _version, _vmsd, _type) \
    VMS_STRUCT_(VMS_STRUCT, _field,                                      \
                vmstate_offset_value(_state, _field, _type),             \
                sizeof(_type), _version, _vmsd, .field_exists = (_test))
#define VMSTATE_STRUCT(_field, _state, _version, _vmsd, _type)           \
    VMSTATE_STRUCT_TEST(_field, _state, NULL, _version, _vmsd, _type)

/* In the version _struct_version of its description. */
#define VMSTATE_VSTRUCT_TEST(_field, _state, _test, _version, _vmsd,     \
                             _type, _struct_version)                     \
    VMS_STRUCT_(VMS_VSTRUCT, _field,                                     \
                vmstate_offset_value(_state, _field, _type),             \
                sizeof(_type), _version, _vmsd, .field_exists = (_test), \
                .struct_version_id = (_struct_version))
#define VMSTATE_VSTRUCT(_field, _state, _vmsd, _type, _struct_version)   \
    VMSTATE_VSTRUCT_TEST(_field, _state, NULL, 0, _vmsd, _type,          \
                         _struct_version)
#define VMSTATE_VSTRUCT_V(_field, _state, _version, _vmsd, _type,        \
                          _struct_version)                               \
    VMSTATE_VSTRUCT_TEST(_field, _state, NULL, _version, _vmsd, _type,   \
                         _struct_version)

/* What a pointer points at; _type is the struct's. */
#define VMSTATE_STRUCT_POINTER_TEST_V(_field, _state, _test, _version,   \
                                      _vmsd, _type)                      \
    VMS_STRUCT_(VMS_STRUCT | VMS_POINTER, _field,                        \
                vmstate_offset_pointer(_state, _field, _type),           \
                sizeof(_type *), _version, _vmsd, .field_exists = (_test))
#define VMSTATE_STRUCT_POINTER_V(_field, _state, _version, _vmsd, _type) \
    VMSTATE_STRUCT_POINTER_TEST_V(_field, _state, NULL, _version, _vmsd, \
                                  _type)
#define VMSTATE_STRUCT_POINTER(_field, _state, _vmsd, _type)             \
    VMSTATE_STRUCT_POINTER_V(_field, _state, 0, _vmsd, _type)
#define VMSTATE_STRUCT_POINTER_TEST(_field, _state, _test, _vmsd, _type) \
    VMSTATE_STRUCT_POINTER_TEST_V(_field, _state, _test, 0, _vmsd, _type)

/*** Structs: arrays in the struct. ***/

#define VMSTATE_STRUCT_ARRAY_TEST(_field, _state, _num, _test, _version, \
                                  _vmsd, _type)                          \
    VMS_STRUCT_(VMS_STRUCT | VMS_ARRAY, _field,                          \
                vmstate_offset_array(_state, _field, _type, _num),       \
                sizeof(_type), _version, _vmsd, .field_exists = (_test), \
                .num = (_num))
#define VMSTATE_STRUCT_ARRAY(_field, _state, _num, _version, _vmsd, _type) \
    VMSTATE_STRUCT_ARRAY_TEST(_field, _state, _num, NULL, _version, _vmsd, \
                              _type)
#define VMSTATE_STRUCT_2DARRAY_TEST(_field, _state, _n1, _n2, _test,     \
                                    _version, _vmsd, _type)              \
    VMS_STRUCT_(VMS_STRUCT | VMS_ARRAY, _field,                          \
                vmstate_offset_2darray(_state, _field, _type, _n1, _n2), \
                sizeof(_type), _version, _vmsd, .field_exists = (_test), \
                .num = (_n1) * (_n2))
#define VMSTATE_STRUCT_2DARRAY(_field, _state, _n1, _n2, _version,       \
                               _vmsd, _type)                             \
    VMSTATE_STRUCT_2DARRAY_TEST(_field, _state, _n1, _n2, NULL,          \
                                _version, _vmsd, _type)
#define VMSTATE_STRUCT_SUB_ARRAY(_field, _state, _start, _num, _version, \
                                 _vmsd, _type)                           \
    VMS_STRUCT_(VMS_STRUCT | VMS_ARRAY, _field,                          \
                vmstate_offset_sub_array(_state, _field, _type, _start), \
                sizeof(_type), _version, _vmsd, .num = (_num))

#define VMS_STRUCT_VARRAY_(_flags, _field, _state, _field_num, _num_type, \
                           _version, _vmsd, _type)                       \
    VMS_STRUCT_(VMS_STRUCT | (_flags), _field,                           \
                vmstate_offset_varray(_state, _field, _type),            \
                sizeof(_type), _version, _vmsd,                          \
                .num_offset = vmstate_offset_value(_state, _field_num,   \
                                                   _num_type))
#define VMSTATE_STRUCT_VARRAY_UINT8(_field, _state, _field_num,          \
                                    _version, _vmsd, _type)              \
    VMS_STRUCT_VARRAY_(VMS_VARRAY_UINT8, _field, _state, _field_num,     \
                       uint8_t, _version, _vmsd, _type)
#define VMSTATE_STRUCT_VARRAY_INT32(_field, _state, _field_num,          \
                                    _version, _vmsd, _type)              \
    VMS_STRUCT_VARRAY_(VMS_VARRAY_INT32, _field, _state, _field_num,     \
                       int32_t, _version, _vmsd, _type)
#define VMSTATE_STRUCT_VARRAY_UINT32(_field, _state, _field_num,         \
                                     _version, _vmsd, _type)             \
    VMS_STRUCT_VARRAY_(VMS_VARRAY_UINT32, _field, _state, _field_num,    \
                       uint32_t, _version, _vmsd, _type)

/* Pointers in the struct; _type is the struct's that they point at. */
#define VMSTATE_ARRAY_OF_POINTER_TO_STRUCT(_f, _s, _n, _v, _vmsd, _type) \
    VMS_STRUCT_(VMS_ARRAY | VMS_STRUCT | VMS_ARRAY_OF_POINTER, _f,       \
                vmstate_offset_array(_s, _f, _type *, _n),               \
                sizeof(_type *), _v, _vmsd, .num = (_n))

/*** Structs: arrays that the struct points at. ***/

/* The length is known, so no member has it. */
#define VMSTATE_STRUCT_VARRAY_POINTER_KNOWN(_field, _state, _num,        \
                                            _version, _vmsd, _type)      \
    VMS_STRUCT_(VMS_STRUCT | VMS_ARRAY | VMS_POINTER, _field,            \
                offsetof(_state, _field), sizeof(_type), _version,       \
                _vmsd, .num = (_num))

#define VMS_STRUCT_VARRAY_POINTER_(_flags, _field, _state, _field_num,   \
                                   _num_type, _version, _vmsd, _type)    \
    VMS_STRUCT_(VMS_STRUCT | VMS_POINTER | (_flags), _field,             \
                vmstate_offset_pointer(_state, _field, _type),           \
                sizeof(_type), _version, _vmsd,                          \
                .num_offset = vmstate_offset_value(_state, _field_num,   \
                                                   _num_type))
#define VMSTATE_STRUCT_VARRAY_POINTER_INT32(_field, _state, _field_num,  \
                                            _vmsd, _type)                \
    VMS_STRUCT_VARRAY_POINTER_(VMS_VARRAY_INT32, _field, _state,         \
                               _field_num, int32_t, 0, _vmsd, _type)
#define VMSTATE_STRUCT_VARRAY_POINTER_UINT32(_field, _state, _field_num, \
                                             _vmsd, _type)               \
    VMS_STRUCT_VARRAY_POINTER_(VMS_VARRAY_UINT32, _field, _state,        \
                               _field_num, uint32_t, 0, _vmsd, _type)
#define VMSTATE_STRUCT_VARRAY_POINTER_UINT16(_field, _state, _field_num, \
                                             _vmsd, _type)               \
    VMS_STRUCT_VARRAY_POINTER_(VMS_VARRAY_UINT16, _field, _state,        \
                               _field_num, uint16_t, 0, _vmsd, _type)
#define VMSTATE_STRUCT_VARRAY_ALLOC(_field, _state, _field_num,          \
                                    _version, _vmsd, _type)              \
    VMS_STRUCT_VARRAY_POINTER_(VMS_VARRAY_INT32 | VMS_ALLOC, _field,     \
                               _state, _field_num, int32_t, _version,    \
                               _vmsd, _type)

/*** Bytes. ***/

/* The bytes from _start up to _size of an array of uint8_t. */
#define VMSTATE_STATIC_BUFFER(_field, _state, _version, _test, _start,   \
                              _size)                                     \
    VMS_INFO_(VMS_BUFFER, _field,                                        \
              vmstate_offset_buffer(_state, _field) + (_start),          \
              (_size) - (_start), _version, vmstate_info_buffer,         \
              .field_exists = (_test))
#define VMSTATE_BUFFER_V(_f, _s, _v)                                     \
    VMSTATE_STATIC_BUFFER(_f, _s, _v, NULL, 0,                           \
                          sizeof(typeof_field(_s, _f)))
#define VMSTATE_BUFFER(_f, _s) VMSTATE_BUFFER_V(_f, _s, 0)
#define VMSTATE_BUFFER_TEST(_f, _s, _test)                               \
    VMSTATE_STATIC_BUFFER(_f, _s, 0, _test, 0,                           \
                          sizeof(typeof_field(_s, _f)))
#define VMSTATE_PARTIAL_BUFFER(_f, _s, _size)                            \
    VMSTATE_STATIC_BUFFER(_f, _s, 0, NULL, 0, _size)
#define VMSTATE_BUFFER_START_MIDDLE_V(_f, _s, _start, _v)                \
    VMSTATE_STATIC_BUFFER(_f, _s, _v, NULL, _start,                      \
                          sizeof(typeof_field(_s, _f)))
#define VMSTATE_BUFFER_START_MIDDLE(_f, _s, _start)                      \
    VMSTATE_BUFFER_START_MIDDLE_V(_f, _s, _start, 0)

/* What the struct points at, of a size that a member has. */
#define VMS_VBUFFER_(_flags, _field, _state, _version, _test,            \
                     _field_size, _size_type, _multiply)                 \
    VMS_INFO_(VMS_VBUFFER | VMS_POINTER | (_flags), _field,              \
              offsetof(_state, _field), _multiply, _version,             \
              vmstate_info_buffer, .field_exists = (_test),              \
              .size_offset = vmstate_offset_value(_state, _field_size,   \
                                                  _size_type))
#define VMSTATE_VBUFFER_MULTIPLY(_field, _state, _version, _test,        \
                                 _field_size, _multiply)                 \
    VMS_VBUFFER_(VMS_MULTIPLY, _field, _state, _version, _test,          \
                 _field_size, uint32_t, _multiply)
#define VMSTATE_VBUFFER(_field, _state, _version, _test, _field_size)    \
    VMS_VBUFFER_(0, _field, _state, _version, _test, _field_size,        \
                 int32_t, 0)
#define VMSTATE_VBUFFER_UINT32(_field, _state, _version, _test,          \
                               _field_size)                              \
    VMS_VBUFFER_(0, _field, _state, _version, _test, _field_size,        \
                 uint32_t, 0)
#define VMSTATE_VBUFFER_ALLOC_UINT32(_field, _state, _version, _test,    \
                                     _field_size)                        \
    VMS_VBUFFER_(VMS_ALLOC, _field, _state, _version, _test,             \
                 _field_size, uint32_t, 0)
#define VMSTATE_PARTIAL_VBUFFER(_f, _s, _size)                           \
    VMSTATE_VBUFFER(_f, _s, 0, NULL, _size)
#define VMSTATE_PARTIAL_VBUFFER_UINT32(_f, _s, _size)                    \
    VMSTATE_VBUFFER_UINT32(_f, _s, 0, NULL, _size)

/* _size bytes at the member, or of any kind that takes a size. */
#define VMSTATE_BUFFER_UNSAFE_INFO_TEST(_field, _state, _test, _version, \
                                        _info, _size)                    \
    VMS_INFO_(VMS_BUFFER, _field, offsetof(_state, _field), _size,       \
              _version, _info, .field_exists = (_test))
#define VMSTATE_BUFFER_UNSAFE_INFO(_field, _state, _version, _info,      \
                                   _size)                                \
    VMSTATE_BUFFER_UNSAFE_INFO_TEST(_field, _state, NULL, _version,      \
                                    _info, _size)
#define VMSTATE_BUFFER_UNSAFE(_field, _state, _version, _size)           \
    VMSTATE_BUFFER_UNSAFE_INFO(_field, _state, _version,                 \
                               vmstate_info_buffer, _size)
/* _size bytes at what the member points at. */
#define VMSTATE_BUFFER_POINTER_UNSAFE(_field, _state, _version, _size)   \
    VMS_INFO_(VMS_BUFFER | VMS_POINTER, _field,                          \
              offsetof(_state, _field), _size, _version,                 \
              vmstate_info_buffer)

/*
 * Bytes that stand where a field was that is gone: zero when saved, ignored
 * when loaded. The size is what the field took in the stream (a bool: 1).
 */
#define VMSTATE_UNUSED_BUFFER(_test, _version, _size)                    \
    VMS_INFO_(VMS_BUFFER, unused, 0, _size, _version,                    \
              vmstate_info_unused_buffer, .field_exists = (_test))
#define VMSTATE_UNUSED_V(_v, _size) VMSTATE_UNUSED_BUFFER(NULL, _v, _size)
#define VMSTATE_UNUSED(_size) VMSTATE_UNUSED_V(0, _size)
#define VMSTATE_UNUSED_TEST(_test, _size)                                \
    VMSTATE_UNUSED_BUFFER(_test, 0, _size)
/* _size bytes for each that _field_num, a uint32_t, counts. */
#define VMSTATE_UNUSED_VARRAY_UINT32(_state, _test, _version,            \
                                     _field_num, _size)                  \
    VMS_INFO_(VMS_VARRAY_UINT32 | VMS_BUFFER, unused, 0, _size,          \
              _version, vmstate_info_unused_buffer,                      \
              .field_exists = (_test),                                   \
              .num_offset = vmstate_offset_value(_state, _field_num,     \
                                                 uint32_t))

/*** What computes, and containers. ***/

/*
 * State that is not in the struct as the stream has it. A _tmp_type is
 * allocated, zero but for its first member `parent`, which points at the whole
 * _state, and is moved with _vmsd: its pre_save() computes the temporary's
 * members, its post_load() puts them back into the parent.
 */
#define VMSTATE_WITH_TMP_TEST(_state, _test, _tmp_type, _vmsd)           \
    {                                                                    \
        .name = "tmp", .field_exists = (_test),                          \
        .size = sizeof(_tmp_type) +                                      \
                QEMU_BUILD_BUG_ON_ZERO(offsetof(_tmp_type, parent) != 0) + \
                type_check_pointer(_state,                               \
                                   typeof_field(_tmp_type, parent)),     \
        .vmsd = &(_vmsd), .info = &vmstate_info_tmp,                     \
    }
#define VMSTATE_WITH_TMP(_state, _tmp_type, _vmsd)                       \
    VMSTATE_WITH_TMP_TEST(_state, NULL, _tmp_type, _vmsd)

/* A bitmap that the struct points at; _field_size, an int32_t: its bits. */
#define VMSTATE_BITMAP_TEST(_field, _state, _test, _version, _field_size) \
    VMS_INFO_(VMS_VBUFFER | VMS_POINTER, _field,                         \
              offsetof(_state, _field), 0, _version, vmstate_info_bitmap, \
              .field_exists = (_test),                                   \
              .size_offset = vmstate_offset_value(_state, _field_size,   \
                                                  int32_t))
#define VMSTATE_BITMAP(_field, _state, _version, _field_size)            \
    VMSTATE_BITMAP_TEST(_field, _state, NULL, _version, _field_size)

/*
 * Lists and trees, whose heads must be initialized before loading (which adds
 * to what is there). Elements are allocated zeroed with g_malloc() when
 * loading, and belong to the list from then on; _next is the link in them.
 */
#define VMS_LIST_(_field, _state, _version, _vmsd, _type, _next, _info)  \
    VMS_STRUCT_(0, _field, offsetof(_state, _field), sizeof(_type),      \
                _version, _vmsd, .info = &(_info),                       \
                .start = offsetof(_type, _next))
#define VMSTATE_QTAILQ_V(_field, _state, _version, _vmsd, _type, _next)  \
    VMS_LIST_(_field, _state, _version, _vmsd, _type, _next,             \
              vmstate_info_qtailq)
#define VMSTATE_QLIST_V(_field, _state, _version, _vmsd, _type, _next)   \
    VMS_LIST_(_field, _state, _version, _vmsd, _type, _next,             \
              vmstate_info_qlist)

/*
 * A GTree of values of type _val_type. _vmsd is an array of two descriptions,
 * of values and of keys, in this order. Keys with a description are allocated
 * as well; a direct key is a number in the pointer, and _vmsd has one element.
 */
#define VMSTATE_GTREE_V(_field, _state, _version, _vmsd, _key_type,      \
                        _val_type)                                       \
    VMS_STRUCT_(0, _field, offsetof(_state, _field), sizeof(_val_type),  \
                _version, (_vmsd)[0], .info = &vmstate_info_gtree,       \
                .start = sizeof(_key_type))
#define VMSTATE_GTREE_DIRECT_KEY_V(_field, _state, _version, _vmsd,      \
                                   _val_type)                            \
    VMS_STRUCT_(0, _field, offsetof(_state, _field), sizeof(_val_type),  \
                _version, (_vmsd)[0], .info = &vmstate_info_gtree,       \
                .start = 0)

/*** Numbers and other kinds, by name: one value. ***/

#define VMSTATE_BOOL_V(_f, _s, _v)                                       \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_bool, bool)
#define VMSTATE_INT8_V(_f, _s, _v)                                       \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_int8, int8_t)
#define VMSTATE_INT16_V(_f, _s, _v)                                      \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_int16, int16_t)
#define VMSTATE_INT32_V(_f, _s, _v)                                      \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_int32, int32_t)
#define VMSTATE_INT64_V(_f, _s, _v)                                      \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_int64, int64_t)
#define VMSTATE_UINT8_V(_f, _s, _v)                                      \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uint8, uint8_t)
#define VMSTATE_UINT16_V(_f, _s, _v)                                     \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uint16, uint16_t)
#define VMSTATE_UINT32_V(_f, _s, _v)                                     \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uint32, uint32_t)
#define VMSTATE_UINT64_V(_f, _s, _v)                                     \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uint64, uint64_t)
#define VMSTATE_FD_V(_f, _s, _v)                                         \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_fd, int32_t)

#define VMSTATE_BOOL(_f, _s)   VMSTATE_BOOL_V(_f, _s, 0)
#define VMSTATE_INT8(_f, _s)   VMSTATE_INT8_V(_f, _s, 0)
#define VMSTATE_INT16(_f, _s)  VMSTATE_INT16_V(_f, _s, 0)
#define VMSTATE_INT32(_f, _s)  VMSTATE_INT32_V(_f, _s, 0)
#define VMSTATE_INT64(_f, _s)  VMSTATE_INT64_V(_f, _s, 0)
#define VMSTATE_UINT8(_f, _s)  VMSTATE_UINT8_V(_f, _s, 0)
#define VMSTATE_UINT16(_f, _s) VMSTATE_UINT16_V(_f, _s, 0)
#define VMSTATE_UINT32(_f, _s) VMSTATE_UINT32_V(_f, _s, 0)
#define VMSTATE_UINT64(_f, _s) VMSTATE_UINT64_V(_f, _s, 0)
#define VMSTATE_FD(_f, _s)     VMSTATE_FD_V(_f, _s, 0)

#ifdef CONFIG_LINUX
/* Members of the kernel's types. */
#define VMSTATE_U8_V(_f, _s, _v)                                         \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uint8, __u8)
#define VMSTATE_U16_V(_f, _s, _v)                                        \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uint16, __u16)
#define VMSTATE_U32_V(_f, _s, _v)                                        \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uint32, __u32)
#define VMSTATE_U64_V(_f, _s, _v)                                        \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uint64, __u64)
#define VMSTATE_U8(_f, _s)  VMSTATE_U8_V(_f, _s, 0)
#define VMSTATE_U16(_f, _s) VMSTATE_U16_V(_f, _s, 0)
#define VMSTATE_U32(_f, _s) VMSTATE_U32_V(_f, _s, 0)
#define VMSTATE_U64(_f, _s) VMSTATE_U64_V(_f, _s, 0)
#endif

#define VMSTATE_BOOL_TEST(_f, _s, _t)                                    \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_bool, bool)
#define VMSTATE_INT8_TEST(_f, _s, _t)                                    \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_int8, int8_t)
#define VMSTATE_INT16_TEST(_f, _s, _t)                                   \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_int16, int16_t)
#define VMSTATE_INT32_TEST(_f, _s, _t)                                   \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_int32, int32_t)
#define VMSTATE_INT64_TEST(_f, _s, _t)                                   \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_int64, int64_t)
#define VMSTATE_UINT8_TEST(_f, _s, _t)                                   \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_uint8, uint8_t)
#define VMSTATE_UINT16_TEST(_f, _s, _t)                                  \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_uint16, uint16_t)
#define VMSTATE_UINT32_TEST(_f, _s, _t)                                  \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_uint32, uint32_t)
#define VMSTATE_UINT64_TEST(_f, _s, _t)                                  \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_uint64, uint64_t)
#define VMSTATE_FD_TEST(_f, _s, _t)                                      \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_fd, int32_t)

/* Loading fails when the value differs from the one that is there. */
#define VMSTATE_UINT8_EQUAL(_f, _s, _err_hint)                           \
    VMSTATE_SINGLE_FULL(_f, _s, NULL, 0, vmstate_info_uint8_equal,       \
                        uint8_t, _err_hint)
#define VMSTATE_UINT16_EQUAL_V(_f, _s, _v, _err_hint)                    \
    VMSTATE_SINGLE_FULL(_f, _s, NULL, _v, vmstate_info_uint16_equal,     \
                        uint16_t, _err_hint)
#define VMSTATE_UINT16_EQUAL(_f, _s, _err_hint)                          \
    VMSTATE_UINT16_EQUAL_V(_f, _s, 0, _err_hint)
#define VMSTATE_INT32_EQUAL(_f, _s, _err_hint)                           \
    VMSTATE_SINGLE_FULL(_f, _s, NULL, 0, vmstate_info_int32_equal,       \
                        int32_t, _err_hint)
#define VMSTATE_UINT32_EQUAL_V(_f, _s, _v, _err_hint)                    \
    VMSTATE_SINGLE_FULL(_f, _s, NULL, _v, vmstate_info_uint32_equal,     \
                        uint32_t, _err_hint)
#define VMSTATE_UINT32_EQUAL(_f, _s, _err_hint)                          \
    VMSTATE_UINT32_EQUAL_V(_f, _s, 0, _err_hint)
#define VMSTATE_UINT64_EQUAL_V(_f, _s, _v, _err_hint)                    \
    VMSTATE_SINGLE_FULL(_f, _s, NULL, _v, vmstate_info_uint64_equal,     \
                        uint64_t, _err_hint)
#define VMSTATE_UINT64_EQUAL(_f, _s, _err_hint)                          \
    VMSTATE_UINT64_EQUAL_V(_f, _s, 0, _err_hint)
/* Loading fails unless the value is in 0 .. the one that is there. */
#define VMSTATE_INT32_POSITIVE_LE(_f, _s)                                \
    VMSTATE_SINGLE(_f, _s, 0, vmstate_info_int32_le, int32_t)

/* When a timer fires, if it is set; of its clock, which must exist. */
#define VMSTATE_TIMER_TEST(_f, _s, _test)                                \
    VMSTATE_SINGLE_TEST(_f, _s, _test, 0, vmstate_info_timer, QEMUTimer)
#define VMSTATE_TIMER_V(_f, _s, _v)                                      \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_timer, QEMUTimer)
#define VMSTATE_TIMER(_f, _s) VMSTATE_TIMER_V(_f, _s, 0)
#define VMSTATE_TIMER_ARRAY(_f, _s, _n)                                  \
    VMSTATE_ARRAY(_f, _s, _n, 0, vmstate_info_timer, QEMUTimer)
#define VMSTATE_TIMER_PTR_TEST(_f, _s, _test)                            \
    VMSTATE_POINTER_TEST(_f, _s, _test, vmstate_info_timer, QEMUTimer *)
#define VMSTATE_TIMER_PTR_V(_f, _s, _v)                                  \
    VMSTATE_POINTER(_f, _s, _v, vmstate_info_timer, QEMUTimer *)
#define VMSTATE_TIMER_PTR(_f, _s) VMSTATE_TIMER_PTR_V(_f, _s, 0)
#define VMSTATE_TIMER_PTR_ARRAY(_f, _s, _n)                              \
    VMSTATE_ARRAY_OF_POINTER(_f, _s, _n, 0, vmstate_info_timer, QEMUTimer *)

/*** Numbers and other kinds, by name: arrays. ***/

#define VMSTATE_BOOL_ARRAY_V(_f, _s, _n, _v)                             \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_bool, bool)
#define VMSTATE_UINT8_ARRAY_V(_f, _s, _n, _v)                            \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_uint8, uint8_t)
#define VMSTATE_UINT16_ARRAY_V(_f, _s, _n, _v)                           \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_uint16, uint16_t)
#define VMSTATE_UINT32_ARRAY_V(_f, _s, _n, _v)                           \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_uint32, uint32_t)
#define VMSTATE_UINT64_ARRAY_V(_f, _s, _n, _v)                           \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_uint64, uint64_t)
#define VMSTATE_INT16_ARRAY_V(_f, _s, _n, _v)                            \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_int16, int16_t)
#define VMSTATE_INT32_ARRAY_V(_f, _s, _n, _v)                            \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_int32, int32_t)
#define VMSTATE_INT64_ARRAY_V(_f, _s, _n, _v)                            \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_int64, int64_t)
#define VMSTATE_CPUDOUBLE_ARRAY_V(_f, _s, _n, _v)                        \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_cpudouble, CPU_DoubleU)

#define VMSTATE_BOOL_ARRAY(_f, _s, _n)   VMSTATE_BOOL_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_UINT8_ARRAY(_f, _s, _n)  VMSTATE_UINT8_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_UINT16_ARRAY(_f, _s, _n) VMSTATE_UINT16_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_UINT32_ARRAY(_f, _s, _n) VMSTATE_UINT32_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_UINT64_ARRAY(_f, _s, _n) VMSTATE_UINT64_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_INT16_ARRAY(_f, _s, _n)  VMSTATE_INT16_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_INT32_ARRAY(_f, _s, _n)  VMSTATE_INT32_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_INT64_ARRAY(_f, _s, _n)  VMSTATE_INT64_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_CPUDOUBLE_ARRAY(_f, _s, _n)                              \
    VMSTATE_CPUDOUBLE_ARRAY_V(_f, _s, _n, 0)

#define VMSTATE_UINT8_2DARRAY_V(_f, _s, _n1, _n2, _v)                    \
    VMSTATE_2DARRAY(_f, _s, _n1, _n2, _v, vmstate_info_uint8, uint8_t)
#define VMSTATE_UINT16_2DARRAY_V(_f, _s, _n1, _n2, _v)                   \
    VMSTATE_2DARRAY(_f, _s, _n1, _n2, _v, vmstate_info_uint16, uint16_t)
#define VMSTATE_UINT32_2DARRAY_V(_f, _s, _n1, _n2, _v)                   \
    VMSTATE_2DARRAY(_f, _s, _n1, _n2, _v, vmstate_info_uint32, uint32_t)
#define VMSTATE_UINT64_2DARRAY_V(_f, _s, _n1, _n2, _v)                   \
    VMSTATE_2DARRAY(_f, _s, _n1, _n2, _v, vmstate_info_uint64, uint64_t)
#define VMSTATE_UINT8_2DARRAY(_f, _s, _n1, _n2)                          \
    VMSTATE_UINT8_2DARRAY_V(_f, _s, _n1, _n2, 0)
#define VMSTATE_UINT16_2DARRAY(_f, _s, _n1, _n2)                         \
    VMSTATE_UINT16_2DARRAY_V(_f, _s, _n1, _n2, 0)
#define VMSTATE_UINT32_2DARRAY(_f, _s, _n1, _n2)                         \
    VMSTATE_UINT32_2DARRAY_V(_f, _s, _n1, _n2, 0)
#define VMSTATE_UINT64_2DARRAY(_f, _s, _n1, _n2)                         \
    VMSTATE_UINT64_2DARRAY_V(_f, _s, _n1, _n2, 0)

#define VMSTATE_BOOL_SUB_ARRAY(_f, _s, _start, _num)                     \
    VMSTATE_SUB_ARRAY(_f, _s, _start, _num, 0, vmstate_info_bool, bool)
#define VMSTATE_UINT8_SUB_ARRAY(_f, _s, _start, _num)                    \
    VMSTATE_SUB_ARRAY(_f, _s, _start, _num, 0, vmstate_info_uint8, uint8_t)
#define VMSTATE_UINT16_SUB_ARRAY(_f, _s, _start, _num)                   \
    VMSTATE_SUB_ARRAY(_f, _s, _start, _num, 0, vmstate_info_uint16,      \
                      uint16_t)
#define VMSTATE_UINT32_SUB_ARRAY(_f, _s, _start, _num)                   \
    VMSTATE_SUB_ARRAY(_f, _s, _start, _num, 0, vmstate_info_uint32,      \
                      uint32_t)
#define VMSTATE_UINT64_SUB_ARRAY(_f, _s, _start, _num)                   \
    VMSTATE_SUB_ARRAY(_f, _s, _start, _num, 0, vmstate_info_uint64,      \
                      uint64_t)

/* Every list of fields ends with it. */
#define VMSTATE_END_OF_LIST()                                            \
    {                                                                    \
        .flags = VMS_END,                                                \
    }

/*** Saving and loading. ***/

/*
 * Loads @opaque from @f, which has it in version @version_id. Returns 0 or a
 * negative errno value: then a message has been reported, @f has the error,
 * and @opaque is in a state that only allows to finalize it. An error of the
 * stream that comes after the last field is left in @f.
 */
int vmstate_load_state(QEMUFile *f, const VMStateDescription *vmsd,
                       void *opaque, int version_id);

/*
 * Save @opaque, in the description's version or in @version_id. @vmdesc (may
 * be NULL) is told what is written, as members of the object that is open in
 * it. They return 0 or a negative errno value; only the forms with @errp say
 * why. Errors of the stream are left in @f.
 */
int vmstate_save_state(QEMUFile *f, const VMStateDescription *vmsd,
                       void *opaque, JSONWriter *vmdesc);
int vmstate_save_state_with_err(QEMUFile *f, const VMStateDescription *vmsd,
                                void *opaque, JSONWriter *vmdesc,
                                Error **errp);
int vmstate_save_state_v(QEMUFile *f, const VMStateDescription *vmsd,
                         void *opaque, JSONWriter *vmdesc, int version_id,
                         Error **errp);

/* Whether @opaque is to be saved at all: what needed() says, or true. */
bool vmstate_section_needed(const VMStateDescription *vmsd, void *opaque);

/*** The list of what is saved. The big lock is held. ***/

/* Let vmstate_register() choose a number that is free. */
#define VMSTATE_INSTANCE_ID_ANY -1

/*
 * Adds @base, described by @vmsd. The stream names an entry by the
 * description's name, with the id of @obj and a slash before it if it has one,
 * and a number, which tells entries of one name apart (one with an id gets 0).
 * If @alias_id is not -1, streams that have that number are accepted, too, as
 * programs up to version @required_for_version wrote. Returns 0, or -1 with
 * @errp set: the name is too long, or name and number are taken.
 */
int vmstate_register_with_alias_id(VMStateIf *obj, uint32_t instance_id,
                                   const VMStateDescription *vmsd, void *base,
                                   int alias_id, int required_for_version,
                                   Error **errp);

/* The same without an alias; an error is reported. Devices set dc->vmsd. */
static inline int vmstate_register(VMStateIf *obj, int instance_id,
                                   const VMStateDescription *vmsd,
                                   void *opaque)
{
    return vmstate_register_with_alias_id(obj, instance_id, vmsd, opaque, -1,
                                          0, NULL);
}

/* The same with a number that is free. */
static inline int vmstate_register_any(VMStateIf *obj,
                                       const VMStateDescription *vmsd,
                                       void *opaque)
{
    return vmstate_register(obj, VMSTATE_INSTANCE_ID_ANY, vmsd, opaque);
}

/* Removes what was registered with @vmsd and @opaque; nothing is no error. */
void vmstate_unregister(VMStateIf *obj, const VMStateDescription *vmsd,
                        void *opaque);

/* Only for boards that register a description in another's place. */
int vmstate_replace_hack_for_ppc(VMStateIf *obj, int instance_id,
                                 const VMStateDescription *vmsd,
                                 void *opaque);

/*
 * False if a device with this description (or NULL) must be refused, since
 * the user wants only devices that can be migrated (-only-migratable).
 */
bool vmstate_check_only_migratable(const VMStateDescription *vmsd);

/* vmstate_register_ram() and the like: memory/ram.h. */

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terms of AML but for resources: each is its opcode and its operands. */
#include "qemu/osdep.h"
#include "aml-internal.h"
#include "qemu/bswap.h"
#include "qemu/uuid.h"

/* Opcodes (20.2 and 20.3); EXT: behind ExtOpPrefix. */
enum {
    OP_ALIAS = 0x06,
    OP_NAME = 0x08,
    OP_DWORD = 0x0c,
    OP_STRING = 0x0d,
    OP_SCOPE = 0x10,
    OP_BUFFER = 0x11,
    OP_PACKAGE = 0x12,
    OP_VARPACKAGE = 0x13,
    OP_METHOD = 0x14,
    OP_EXT = 0x5b,
    OP_LOCAL0 = 0x60,
    OP_ARG0 = 0x68,
    OP_STORE = 0x70,
    OP_REFOF = 0x71,
    OP_ADD = 0x72,
    OP_CONCAT = 0x73,
    OP_SUBTRACT = 0x74,
    OP_INCREMENT = 0x75,
    OP_DECREMENT = 0x76,
    OP_SHIFTLEFT = 0x79,
    OP_SHIFTRIGHT = 0x7a,
    OP_AND = 0x7b,
    OP_OR = 0x7d,
    OP_DEREFOF = 0x83,
    OP_NOTIFY = 0x86,
    OP_SIZEOF = 0x87,
    OP_INDEX = 0x88,
    OP_DWORD_FIELD = 0x8a,
    OP_OBJECT_TYPE = 0x8e,
    OP_QWORD_FIELD = 0x8f,
    OP_LAND = 0x90,
    OP_LOR = 0x91,
    OP_LNOT = 0x92,
    OP_LEQUAL = 0x93,
    OP_LGREATER = 0x94,
    OP_LLESS = 0x95,
    OP_TO_BUFFER = 0x96,
    OP_TO_DECIMAL = 0x97,
    OP_TO_HEX = 0x98,
    OP_TO_INTEGER = 0x99,
    OP_IF = 0xa0,
    OP_ELSE = 0xa1,
    OP_WHILE = 0xa2,
    OP_RETURN = 0xa4,
    OP_BREAK = 0xa5,

    EXT_MUTEX = 0x01,
    EXT_CREATE_FIELD = 0x13,
    EXT_SLEEP = 0x22,
    EXT_ACQUIRE = 0x23,
    EXT_RELEASE = 0x27,
    EXT_DEBUG = 0x31,
    EXT_OP_REGION = 0x80,
    EXT_FIELD = 0x81,
    EXT_DEVICE = 0x82,
    EXT_PROCESSOR = 0x83,
};

#define LOCALS 8
#define ARGS   7

/* ---- operands ------------------------------------------------------------ */

/* An opcode with two bytes. */
static Aml *ext_op(uint8_t op)
{
    Aml *piece = aml_piece(OP_EXT, AML_OPCODE);

    aml_byte(piece->buf, op);
    return piece;
}

/* NULL: NullName, no target. */
static void append_target(Aml *piece, Aml *target)
{
    if (target) {
        aml_append(piece, target);
    } else {
        aml_byte(piece->buf, 0);
    }
}

static Aml *unary(uint8_t op, Aml *arg)
{
    Aml *piece = aml_piece(op, AML_OPCODE);

    aml_append(piece, arg);
    return piece;
}

static Aml *binary(uint8_t op, Aml *arg1, Aml *arg2)
{
    Aml *piece = unary(op, arg1);

    aml_append(piece, arg2);
    return piece;
}

static Aml *unary_to(uint8_t op, Aml *arg, Aml *target)
{
    Aml *piece = unary(op, arg);

    append_target(piece, target);
    return piece;
}

static Aml *binary_to(uint8_t op, Aml *arg1, Aml *arg2, Aml *target)
{
    Aml *piece = binary(op, arg1, arg2);

    append_target(piece, target);
    return piece;
}

static Aml *named(uint8_t op, AmlBlockFlags flags, const char *name)
{
    Aml *piece = aml_piece(op, flags);

    aml_append_path(piece->buf, name);
    return piece;
}

static Aml *named_v(uint8_t op, AmlBlockFlags flags, const char *format,
                    va_list ap)
{
    g_autofree char *name = g_strdup_vprintf(format, ap);

    return named(op, flags, name);
}

/* ---- names and values ---------------------------------------------------- */

Aml *aml_name(const char *name_format, ...)
{
    va_list ap;
    Aml *piece;

    va_start(ap, name_format);
    piece = named_v(0, AML_NO_OPCODE, name_format, ap);
    va_end(ap);
    return piece;
}

Aml *aml_name_decl(const char *name, Aml *val)
{
    Aml *piece = named(OP_NAME, AML_OPCODE, name);

    aml_append(piece, val);
    return piece;
}

Aml *aml_alias(const char *source_object, const char *alias_object)
{
    Aml *piece = named(OP_ALIAS, AML_OPCODE, source_object);

    aml_append_path(piece->buf, alias_object);
    return piece;
}

Aml *aml_string(const char *name_format, ...)
{
    g_autofree char *text = NULL;
    Aml *piece = aml_piece(OP_STRING, AML_OPCODE);
    va_list ap;

    va_start(ap, name_format);
    text = g_strdup_vprintf(name_format, ap);
    va_end(ap);
    g_array_append_vals(piece->buf, text, strlen(text) + 1);
    return piece;
}

Aml *aml_unicode(const char *str)
{
    Aml *piece = aml_piece(OP_BUFFER, AML_BUFFER);
    size_t len = strlen(str) + 1;

    for (size_t i = 0; i < len; i++) {
        build_append_int_noprefix(piece->buf, (uint8_t)str[i], 2);
    }
    return piece;
}

/* Three letters of 5 bits each and four hexadecimal digits, the other way. */
Aml *aml_eisaid(const char *str)
{
    Aml *piece = aml_piece(OP_DWORD, AML_OPCODE);
    uint32_t id = 0;

    assert(strlen(str) == 7);
    for (int i = 0; i < 3; i++) {
        id = id << 5 | ((str[i] - 0x40) & 0x1f);
    }
    for (int i = 3; i < 7; i++) {
        id = id << 4 | g_ascii_xdigit_value(str[i]);
    }
    build_append_int_noprefix(piece->buf, bswap32(id), 4);
    return piece;
}

/* The first three parts are numbers, in little endian (19.6.142). */
Aml *aml_touuid(const char *uuid)
{
    Aml *piece = aml_piece(OP_BUFFER, AML_BUFFER);
    QemuUUID id;
    int bad = qemu_uuid_parse(uuid, &id);

    assert(!bad);
    id = qemu_uuid_bswap(id);
    g_array_append_vals(piece->buf, id.data, sizeof(id.data));
    return piece;
}

Aml *aml_buffer(int buffer_size, uint8_t *byte_list)
{
    Aml *piece = aml_piece(OP_BUFFER, AML_BUFFER);

    if (byte_list) {
        g_array_append_vals(piece->buf, byte_list, buffer_size);
    } else {
        g_array_set_size(piece->buf, buffer_size);
    }
    return piece;
}

Aml *aml_package(uint8_t num_elements)
{
    Aml *piece = aml_piece(OP_PACKAGE, AML_PACKAGE);

    aml_byte(piece->buf, num_elements);
    return piece;
}

Aml *aml_varpackage(uint32_t num_elements)
{
    Aml *piece = aml_piece(OP_VARPACKAGE, AML_PACKAGE);

    aml_append(piece, aml_int(num_elements));
    return piece;
}

Aml *aml_arg(int pos)
{
    assert(pos >= 0 && pos < ARGS);
    return aml_piece(OP_ARG0 + pos, AML_OPCODE);
}

Aml *aml_local(int num)
{
    assert(num >= 0 && num < LOCALS);
    return aml_piece(OP_LOCAL0 + num, AML_OPCODE);
}

Aml *aml_debug(void)
{
    return ext_op(EXT_DEBUG);
}

/* ---- blocks -------------------------------------------------------------- */

Aml *aml_scope(const char *name_format, ...)
{
    va_list ap;
    Aml *piece;

    va_start(ap, name_format);
    piece = named_v(OP_SCOPE, AML_PACKAGE, name_format, ap);
    va_end(ap);
    return piece;
}

Aml *aml_device(const char *name_format, ...)
{
    va_list ap;
    Aml *piece;

    va_start(ap, name_format);
    piece = named_v(EXT_DEVICE, AML_EXT_PACKAGE, name_format, ap);
    va_end(ap);
    return piece;
}

Aml *aml_processor(uint8_t proc_id, uint32_t pblk_addr, uint8_t pblk_len,
                   const char *name_format, ...)
{
    va_list ap;
    Aml *piece;

    va_start(ap, name_format);
    piece = named_v(EXT_PROCESSOR, AML_EXT_PACKAGE, name_format, ap);
    va_end(ap);
    build_append_int_noprefix(piece->buf, proc_id, 1);
    build_append_int_noprefix(piece->buf, pblk_addr, 4);
    build_append_int_noprefix(piece->buf, pblk_len, 1);
    return piece;
}

Aml *aml_method(const char *name, int arg_count, AmlSerializeFlag sflag)
{
    Aml *piece = named(OP_METHOD, AML_PACKAGE, name);

    assert(arg_count >= 0 && arg_count <= ARGS);
    aml_byte(piece->buf, arg_count | sflag << 3);
    return piece;
}

static Aml *conditional(uint8_t op, Aml *predicate)
{
    Aml *piece = aml_piece(op, AML_PACKAGE);

    aml_append(piece, predicate);
    return piece;
}

Aml *aml_if(Aml *predicate)
{
    return conditional(OP_IF, predicate);
}

Aml *aml_else(void)
{
    return aml_piece(OP_ELSE, AML_PACKAGE);
}

Aml *aml_while(Aml *predicate)
{
    return conditional(OP_WHILE, predicate);
}

Aml *aml_break(void)
{
    return aml_piece(OP_BREAK, AML_OPCODE);
}

Aml *aml_return(Aml *val)
{
    return unary(OP_RETURN, val);
}

/* ---- operators ----------------------------------------------------------- */

Aml *aml_store(Aml *val, Aml *target)
{
    return unary_to(OP_STORE, val, target);
}

Aml *aml_and(Aml *arg1, Aml *arg2, Aml *dst)
{
    return binary_to(OP_AND, arg1, arg2, dst);
}

Aml *aml_or(Aml *arg1, Aml *arg2, Aml *dst)
{
    return binary_to(OP_OR, arg1, arg2, dst);
}

Aml *aml_land(Aml *arg1, Aml *arg2)
{
    return binary(OP_LAND, arg1, arg2);
}

Aml *aml_lor(Aml *arg1, Aml *arg2)
{
    return binary(OP_LOR, arg1, arg2);
}

Aml *aml_lnot(Aml *arg)
{
    return unary(OP_LNOT, arg);
}

Aml *aml_equal(Aml *arg1, Aml *arg2)
{
    return binary(OP_LEQUAL, arg1, arg2);
}

Aml *aml_lless(Aml *arg1, Aml *arg2)
{
    return binary(OP_LLESS, arg1, arg2);
}

Aml *aml_lgreater(Aml *arg1, Aml *arg2)
{
    return binary(OP_LGREATER, arg1, arg2);
}

/* Not less: that is how the language has it. */
Aml *aml_lgreater_equal(Aml *arg1, Aml *arg2)
{
    return aml_lnot(aml_lless(arg1, arg2));
}

Aml *aml_shiftleft(Aml *arg1, Aml *count)
{
    return binary_to(OP_SHIFTLEFT, arg1, count, NULL);
}

Aml *aml_shiftright(Aml *arg1, Aml *count, Aml *dst)
{
    return binary_to(OP_SHIFTRIGHT, arg1, count, dst);
}

Aml *aml_add(Aml *arg1, Aml *arg2, Aml *dst)
{
    return binary_to(OP_ADD, arg1, arg2, dst);
}

Aml *aml_subtract(Aml *arg1, Aml *arg2, Aml *dst)
{
    return binary_to(OP_SUBTRACT, arg1, arg2, dst);
}

Aml *aml_increment(Aml *arg)
{
    return unary(OP_INCREMENT, arg);
}

Aml *aml_decrement(Aml *arg)
{
    return unary(OP_DECREMENT, arg);
}

Aml *aml_index(Aml *arg1, Aml *idx)
{
    return binary_to(OP_INDEX, arg1, idx, NULL);
}

Aml *aml_refof(Aml *arg)
{
    return unary(OP_REFOF, arg);
}

Aml *aml_derefof(Aml *arg)
{
    return unary(OP_DEREFOF, arg);
}

Aml *aml_sizeof(Aml *arg)
{
    return unary(OP_SIZEOF, arg);
}

Aml *aml_object_type(Aml *object)
{
    return unary(OP_OBJECT_TYPE, object);
}

Aml *aml_concatenate(Aml *source1, Aml *source2, Aml *target)
{
    return binary_to(OP_CONCAT, source1, source2, target);
}

Aml *aml_to_integer(Aml *arg)
{
    return unary_to(OP_TO_INTEGER, arg, NULL);
}

Aml *aml_to_hexstring(Aml *src, Aml *dst)
{
    return unary_to(OP_TO_HEX, src, dst);
}

Aml *aml_to_decimalstring(Aml *src, Aml *dst)
{
    return unary_to(OP_TO_DECIMAL, src, dst);
}

Aml *aml_to_buffer(Aml *src, Aml *dst)
{
    return unary_to(OP_TO_BUFFER, src, dst);
}

Aml *aml_notify(Aml *arg1, Aml *arg2)
{
    return binary(OP_NOTIFY, arg1, arg2);
}

Aml *aml_sleep(uint64_t msec)
{
    Aml *piece = ext_op(EXT_SLEEP);

    aml_append(piece, aml_int(msec));
    return piece;
}

Aml *aml_mutex(const char *name, uint8_t sync_level)
{
    Aml *piece = ext_op(EXT_MUTEX);

    assert(sync_level < 16);
    aml_append_path(piece->buf, name);
    aml_byte(piece->buf, sync_level);
    return piece;
}

Aml *aml_acquire(Aml *mutex, uint16_t timeout)
{
    Aml *piece = ext_op(EXT_ACQUIRE);

    aml_append(piece, mutex);
    build_append_int_noprefix(piece->buf, timeout, 2);
    return piece;
}

Aml *aml_release(Aml *mutex)
{
    Aml *piece = ext_op(EXT_RELEASE);

    aml_append(piece, mutex);
    return piece;
}

static Aml *call(const char *method, Aml *args[], int count)
{
    Aml *piece = named(0, AML_NO_OPCODE, method);

    for (int i = 0; i < count; i++) {
        aml_append(piece, args[i]);
    }
    return piece;
}

#define CALL(_method, ...)                                                     \
    ({                                                                         \
        Aml *_args[] = { __VA_ARGS__ };                                        \
        call(_method, _args, ARRAY_SIZE(_args));                               \
    })

Aml *aml_call0(const char *method)
{
    return call(method, NULL, 0);
}

Aml *aml_call1(const char *method, Aml *arg1)
{
    return CALL(method, arg1);
}

Aml *aml_call2(const char *method, Aml *arg1, Aml *arg2)
{
    return CALL(method, arg1, arg2);
}

Aml *aml_call3(const char *method, Aml *arg1, Aml *arg2, Aml *arg3)
{
    return CALL(method, arg1, arg2, arg3);
}

Aml *aml_call4(const char *method, Aml *arg1, Aml *arg2, Aml *arg3, Aml *arg4)
{
    return CALL(method, arg1, arg2, arg3, arg4);
}

Aml *aml_call5(const char *method, Aml *arg1, Aml *arg2, Aml *arg3, Aml *arg4,
               Aml *arg5)
{
    return CALL(method, arg1, arg2, arg3, arg4, arg5);
}

Aml *aml_call6(const char *method, Aml *arg1, Aml *arg2, Aml *arg3, Aml *arg4,
               Aml *arg5, Aml *arg6)
{
    return CALL(method, arg1, arg2, arg3, arg4, arg5, arg6);
}

/* ---- fields -------------------------------------------------------------- */

Aml *aml_operation_region(const char *name, AmlRegionSpace rs, Aml *offset,
                          uint32_t len)
{
    Aml *piece = ext_op(EXT_OP_REGION);

    aml_append_path(piece->buf, name);
    aml_byte(piece->buf, rs);
    aml_append(piece, offset);
    aml_append(piece, aml_int(len));
    return piece;
}

Aml *aml_field(const char *name, AmlAccessType type, AmlLockRule lock,
               AmlUpdateRule rule)
{
    Aml *piece = named(EXT_FIELD, AML_EXT_PACKAGE, name);

    aml_byte(piece->buf, rule << 5 | lock << 4 | type);
    return piece;
}

Aml *aml_named_field(const char *name, unsigned length)
{
    Aml *piece = named(0, AML_NO_OPCODE, name);

    aml_append_length(piece->buf, length, false);
    return piece;
}

Aml *aml_reserved_field(unsigned length)
{
    Aml *piece = aml_piece(0, AML_NO_OPCODE);

    aml_byte(piece->buf, 0);
    aml_append_length(piece->buf, length, false);
    return piece;
}

Aml *aml_create_field(Aml *srcbuf, Aml *bit_index, Aml *num_bits,
                      const char *name)
{
    Aml *piece = ext_op(EXT_CREATE_FIELD);

    aml_append(piece, srcbuf);
    aml_append(piece, bit_index);
    aml_append(piece, num_bits);
    aml_append_path(piece->buf, name);
    return piece;
}

static Aml *create_field(uint8_t op, Aml *srcbuf, Aml *index, const char *name)
{
    Aml *piece = binary(op, srcbuf, index);

    aml_append_path(piece->buf, name);
    return piece;
}

Aml *aml_create_dword_field(Aml *srcbuf, Aml *index, const char *name)
{
    return create_field(OP_DWORD_FIELD, srcbuf, index, name);
}

Aml *aml_create_qword_field(Aml *srcbuf, Aml *index, const char *name)
{
    return create_field(OP_QWORD_FIELD, srcbuf, index, name);
}

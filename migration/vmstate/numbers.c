/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of values that are numbers. */
#include "qemu/osdep.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"
#include "qemu/cpu-float.h"
#include "qemu/error-report.h"

/* get_NAME() and put_NAME(): qemu_get_MOVE(f, ctype *) and the opposite. */
#define MOVERS(name_, ctype, move)                                             \
    static int get_##name_(QEMUFile *f, void *pv, size_t size,                 \
                           const VMStateField *field)                          \
    {                                                                          \
        qemu_get_##move(f, (ctype *)pv);                                       \
        return 0;                                                              \
    }                                                                          \
    static int put_##name_(QEMUFile *f, void *pv, size_t size,                 \
                           const VMStateField *field, JSONWriter *vmdesc)      \
    {                                                                          \
        qemu_put_##move(f, (const ctype *)pv);                                 \
        return 0;                                                              \
    }

#define NUMBER(name_, ctype, move)                                             \
    MOVERS(name_, ctype, move)                                                 \
    const VMStateInfo vmstate_info_##name_ = {                                 \
        .name = #name_,                                                        \
        .get = get_##name_,                                                    \
        .put = put_##name_,                                                    \
    };

NUMBER(int8, int8_t, s8s)
NUMBER(int16, int16_t, sbe16s)
NUMBER(int32, int32_t, sbe32s)
NUMBER(int64, int64_t, sbe64s)
NUMBER(uint8, uint8_t, 8s)
NUMBER(uint16, uint16_t, be16s)
NUMBER(uint32, uint32_t, be32s)
NUMBER(uint64, uint64_t, be64s)

/*** What must be there already. ***/

/* @text: what was found, as "1 != 2" */
static int refuse(const VMStateField *field, const char *text)
{
    error_report("%s", text);
    if (field->err_hint) {
        error_printf("%s\n", field->err_hint);
    }
    return -EINVAL;
}

/* A stream that has ended has no value to compare; its error is enough. */
#define NUMBER_EQUAL(name_, ctype, move, format, label)                        \
    static int get_##name_##_equal(QEMUFile *f, void *pv, size_t size,         \
                                   const VMStateField *field)                  \
    {                                                                          \
        ctype here = *(const ctype *)pv, there;                                \
                                                                               \
        qemu_get_##move(f, &there);                                            \
        if (here != there && !qemu_file_get_error(f)) {                        \
            g_autofree char *text =                                            \
                g_strdup_printf(format " != " format, here, there);            \
            return refuse(field, text);                                        \
        }                                                                      \
        return 0;                                                              \
    }                                                                          \
    const VMStateInfo vmstate_info_##name_##_equal = {                         \
        .name = label,                                                         \
        .get = get_##name_##_equal,                                            \
        .put = put_##name_,                                                    \
    };

NUMBER_EQUAL(uint8, uint8_t, 8s, "%x", "uint8 equal")
NUMBER_EQUAL(uint16, uint16_t, be16s, "%x", "uint16 equal")
NUMBER_EQUAL(int32, int32_t, sbe32s, "%" PRIx32, "int32 equal")
NUMBER_EQUAL(uint32, uint32_t, be32s, "%" PRIx32, "uint32 equal")
/* The label is QEMU's; it is part of the description of a stream. */
NUMBER_EQUAL(uint64, uint64_t, be64s, "%" PRIx64, "int64 equal")

static int get_int32_le(QEMUFile *f, void *pv, size_t size,
                        const VMStateField *field)
{
    int32_t *limit = pv;
    int32_t value = qemu_get_sbe32(f);

    if (qemu_file_get_error(f)) {
        return 0;
    }
    if (value < 0 || value > *limit) {
        error_report("Invalid value %" PRId32
                     " expecting positive value <= %" PRId32,
                     value, *limit);
        return -EINVAL;
    }
    *limit = value;
    return 0;
}

const VMStateInfo vmstate_info_int32_le = {
    .name = "int32 le",
    .get = get_int32_le,
    .put = put_int32,
};

/*** Not quite integers. ***/

static int get_bool(QEMUFile *f, void *pv, size_t size,
                    const VMStateField *field)
{
    *(bool *)pv = qemu_get_byte(f) != 0;
    return 0;
}

static int put_bool(QEMUFile *f, void *pv, size_t size,
                    const VMStateField *field, JSONWriter *vmdesc)
{
    qemu_put_byte(f, *(const bool *)pv);
    return 0;
}

const VMStateInfo vmstate_info_bool = {
    .name = "bool",
    .get = get_bool,
    .put = put_bool,
};

static int get_cpudouble(QEMUFile *f, void *pv, size_t size,
                         const VMStateField *field)
{
    ((CPU_DoubleU *)pv)->ll = qemu_get_be64(f);
    return 0;
}

static int put_cpudouble(QEMUFile *f, void *pv, size_t size,
                         const VMStateField *field, JSONWriter *vmdesc)
{
    qemu_put_be64(f, ((const CPU_DoubleU *)pv)->ll);
    return 0;
}

const VMStateInfo vmstate_info_cpudouble = {
    .name = "CPU_Double_U",
    .get = get_cpudouble,
    .put = put_cpudouble,
};

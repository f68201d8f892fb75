/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State of a guest CPU: numbers as wide as its registers (target_ulong), for
 * sources that are compiled for one target.
 */
#ifndef MIGRATION_CPU_H
#define MIGRATION_CPU_H

#include "exec/cpu-defs.h"
#include "migration/qemu-file-types.h"
#include "migration/vmstate.h"

#if TARGET_LONG_BITS == 64
#define MIGRATION_TL_(name64, name32) name64
#else
#define MIGRATION_TL_(name64, name32) name32
#endif

#define qemu_put_betl   MIGRATION_TL_(qemu_put_be64, qemu_put_be32)
#define qemu_get_betl   MIGRATION_TL_(qemu_get_be64, qemu_get_be32)
#define qemu_put_betls  MIGRATION_TL_(qemu_put_be64s, qemu_put_be32s)
#define qemu_get_betls  MIGRATION_TL_(qemu_get_be64s, qemu_get_be32s)
#define qemu_put_sbetl  MIGRATION_TL_(qemu_put_sbe64, qemu_put_sbe32)
#define qemu_get_sbetl  MIGRATION_TL_(qemu_get_sbe64, qemu_get_sbe32)
#define qemu_put_sbetls MIGRATION_TL_(qemu_put_sbe64s, qemu_put_sbe32s)
#define qemu_get_sbetls MIGRATION_TL_(qemu_get_sbe64s, qemu_get_sbe32s)

#define vmstate_info_uinttl                                              \
    MIGRATION_TL_(vmstate_info_uint64, vmstate_info_uint32)

/* As the macros of this form for uint64_t or uint32_t. */
#define VMSTATE_UINTTL_V(_f, _s, _v)                                     \
    VMSTATE_SINGLE(_f, _s, _v, vmstate_info_uinttl, target_ulong)
#define VMSTATE_UINTTL(_f, _s) VMSTATE_UINTTL_V(_f, _s, 0)
#define VMSTATE_UINTTL_TEST(_f, _s, _t)                                  \
    VMSTATE_SINGLE_TEST(_f, _s, _t, 0, vmstate_info_uinttl, target_ulong)
#define VMSTATE_UINTTL_EQUAL_V(_f, _s, _v)                               \
    VMSTATE_SINGLE_FULL(_f, _s, NULL, _v,                                \
                        MIGRATION_TL_(vmstate_info_uint64_equal,         \
                                      vmstate_info_uint32_equal),        \
                        target_ulong, NULL)
#define VMSTATE_UINTTL_EQUAL(_f, _s) VMSTATE_UINTTL_EQUAL_V(_f, _s, 0)
#define VMSTATE_UINTTL_ARRAY_V(_f, _s, _n, _v)                           \
    VMSTATE_ARRAY(_f, _s, _n, _v, vmstate_info_uinttl, target_ulong)
#define VMSTATE_UINTTL_ARRAY(_f, _s, _n)                                 \
    VMSTATE_UINTTL_ARRAY_V(_f, _s, _n, 0)
#define VMSTATE_UINTTL_2DARRAY_V(_f, _s, _n1, _n2, _v)                   \
    VMSTATE_2DARRAY(_f, _s, _n1, _n2, _v, vmstate_info_uinttl,           \
                    target_ulong)
#define VMSTATE_UINTTL_2DARRAY(_f, _s, _n1, _n2)                         \
    VMSTATE_UINTTL_2DARRAY_V(_f, _s, _n1, _n2, 0)

#endif

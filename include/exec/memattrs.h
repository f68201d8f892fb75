/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What travels with an access to memory besides its address and data, and how
 * the access ended. Passed by value: it fits a register.
 */
#ifndef MEMATTRS_H
#define MEMATTRS_H

#include "qemu/compiler.h"

typedef struct MemTxAttrs {
    /* Arm: Secure; x86: system management mode. */
    unsigned int secure : 1;
    /* Arm: the ArmSecuritySpace, where one needs more than secure. */
    unsigned int space : 2;
    /* By unprivileged code. */
    unsigned int user : 1;
    /* Must reach memory: a device answers MEMTX_ACCESS_ERROR instead. */
    unsigned int memory : 1;
    /* By a debugger: may write to ROM. */
    unsigned int debug : 1;
    /* Which master asks, e.g. a PCI function's bus/device/function. */
    unsigned int requester_id : 16;
    /* The address space within that master (PCI PASID). */
    unsigned int pid : 8;
    /* The master says nothing about all the above (but debug). */
    bool unspecified;
    uint8_t _reserved1;
    uint16_t _reserved2;
} MemTxAttrs;

QEMU_BUILD_BUG_ON(sizeof(MemTxAttrs) > 8);

/* For masters that have nothing to say; tells this from "all clear". */
#define MEMTXATTRS_UNSPECIFIED ((MemTxAttrs){ .unspecified = true })

/* The OR of the results of all parts of an access: 0 if all went well. */
typedef uint32_t MemTxResult;

#define MEMTX_OK 0
#define MEMTX_ERROR             (1U << 0) /* the device refused */
#define MEMTX_DECODE_ERROR      (1U << 1) /* nothing there */
#define MEMTX_ACCESS_ERROR      (1U << 2) /* not allowed */

#endif

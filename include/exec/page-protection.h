/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest page allows and what is known about it: bits that are ORed.
 */
#ifndef EXEC_PAGE_PROT_COMMON_H
#define EXEC_PAGE_PROT_COMMON_H

#define PAGE_READ        0x0001
#define PAGE_WRITE       0x0002
#define PAGE_EXEC        0x0004
#define PAGE_RWX         (PAGE_READ | PAGE_WRITE | PAGE_EXEC)
#define PAGE_VALID       0x0008
/* It was writable before it was write-protected to notice changes of code. */
#define PAGE_WRITE_ORG   0x0010
/* A write drops what is cached of the page's translation. */
#define PAGE_WRITE_INV   0x0020
#define PAGE_RESET       0x0040
#define PAGE_ANON        0x0080
/* For the target's own use. */
#define PAGE_TARGET_1    0x0200
#define PAGE_TARGET_2    0x0400
#define PAGE_PASSTHROUGH 0x0800

#endif

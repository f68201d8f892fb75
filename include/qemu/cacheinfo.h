/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lengths of the host's cache lines and their logarithms to base 2. */
#ifndef QEMU_CACHEINFO_H
#define QEMU_CACHEINFO_H

extern int qemu_icache_linesize;
extern int qemu_icache_linesize_log;
extern int qemu_dcache_linesize;
extern int qemu_dcache_linesize_log;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message signalled interrupts: a device writes a word to memory instead of
 * raising a line. An interrupt controller that takes such words says so here,
 * in its class or when it is realized; devices offer MSI only then.
 */
#ifndef QEMU_MSI_H
#define QEMU_MSI_H

extern bool msi_nonbroken;

#endif

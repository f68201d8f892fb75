/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PCI Express host bridge of the board "virt". */
#include "qemu/osdep.h"
#include "virt-internal.h"

bool virt_have_pci(void)
{
    return false;
}

void virt_create_pci(RISCVVirtState *s)
{
}

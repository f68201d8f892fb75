/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The board "virt" where no PCI Express host bridge is built in. */
#include "qemu/osdep.h"
#include "virt-internal.h"

bool virt_have_pci(void)
{
    return false;
}

void virt_create_pci(RISCVVirtState *s)
{
}

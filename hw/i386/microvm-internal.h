/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the board "microvm". */
#ifndef HW_I386_MICROVM_INTERNAL_H
#define HW_I386_MICROVM_INTERNAL_H

#include "hw/i386/microvm.h"

/* Says in mms->gpex where the bridge's windows are; sizes of 0: no bridge. */
void microvm_pci_layout(MicrovmMachineState *mms);
/* Makes the bridge, if it is wanted, with the lines from pcie_irq_base on. */
void microvm_create_pci(MicrovmMachineState *mms);

#endif

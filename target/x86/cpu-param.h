/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the rest of the emulator must know of a 64-bit x86 target. */
#ifndef I386_CPU_PARAM_H
#define I386_CPU_PARAM_H

#ifndef TARGET_X86_64
#define TARGET_X86_64 1
#define TARGET_I386   1
#endif

#define TARGET_PHYS_ADDR_SPACE_BITS 52
#define TARGET_VIRT_ADDR_SPACE_BITS 47

#include "exec/target_page.h"

#endif

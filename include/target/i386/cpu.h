/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device sources ask for the CPU under QEMU's path. */
#include "target/x86/cpu.h"

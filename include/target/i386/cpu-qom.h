/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device sources ask for the CPU's types under QEMU's path. */
#include "target/x86/cpu-qom.h"

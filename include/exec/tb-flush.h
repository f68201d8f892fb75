/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dropping pre-decoded code. */
#ifndef EXEC_TB_FLUSH_H
#define EXEC_TB_FLUSH_H

#include "qemu/typedefs.h"

/* All of it, of all CPUs, before any of them next enters the guest. */
void tb_flush(CPUState *cs);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For a target's sources: looking at guest memory through the software TLB, as
 * an instruction does, without accessing it.
 *
 * @ra is GETPC() when called for the running instruction, whose pc is then
 * restored before an exception, or 0 when the pc is exact.
 */
#ifndef EXEC_ALL_H
#define EXEC_ALL_H

#include "accel/tcg/getpc.h"
#include "cpu.h"
#include "exec/cputlb.h"
#include "exec/mmu-access-type.h"
#include "exec/probe-access.h"

#endif

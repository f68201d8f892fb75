/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "The pc is that of the instruction whose handler runs": what a helper passes
 * as @ra. Only whether it is zero counts.
 */
#ifndef ACCEL_TCG_GETPC_H
#define ACCEL_TCG_GETPC_H

#define GETPC() ((uintptr_t)__builtin_return_address(0))

#endif

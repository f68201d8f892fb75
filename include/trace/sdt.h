/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * USDT probes with semaphores: a tracer that attaches to a probe raises its
 * semaphore, by which code knows that somebody listens.
 */
#ifndef TRACE_SDT_H
#define TRACE_SDT_H

#define _SDT_HAS_SEMAPHORES 1
#include <sys/sdt.h>

#endif

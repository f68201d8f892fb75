/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QOM types of x86 CPUs, for code that does not need the CPU's state. A
 * model "NAME" is the type "NAME-x86_64-cpu".
 */
#ifndef QEMU_I386_CPU_QOM_H
#define QEMU_I386_CPU_QOM_H

#include "hw/core/cpu.h"

#define TYPE_X86_CPU "x86_64-cpu"

#define X86_CPU_TYPE_SUFFIX     "-" TYPE_X86_CPU
#define X86_CPU_TYPE_NAME(name) (name X86_CPU_TYPE_SUFFIX)

OBJECT_DECLARE_CPU_TYPE(X86CPU, X86CPUClass, X86_CPU)

#endif

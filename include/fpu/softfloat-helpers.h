/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Access to a float_status. No locking: a status belongs to one thread.
 */
#ifndef FPU_SOFTFLOAT_HELPERS_H
#define FPU_SOFTFLOAT_HELPERS_H

#include "fpu/softfloat-types.h"

/* float_tininess_before_rounding or _after_rounding */
static inline void set_float_detect_tininess(bool val, float_status *status)
{
    status->tininess_before_rounding = val;
}

static inline bool get_float_detect_tininess(const float_status *status)
{
    return status->tininess_before_rounding;
}

static inline void set_float_rounding_mode(FloatRoundMode val,
                                           float_status *status)
{
    status->float_rounding_mode = val;
}

static inline FloatRoundMode get_float_rounding_mode(const float_status *status)
{
    return status->float_rounding_mode;
}

/* Replaces the collected exceptions; float_raise() adds. */
static inline void set_float_exception_flags(int val, float_status *status)
{
    status->float_exception_flags = val;
}

static inline int get_float_exception_flags(const float_status *status)
{
    return status->float_exception_flags;
}

static inline void set_default_nan_mode(bool val, float_status *status)
{
    status->default_nan_mode = val;
}

static inline bool get_default_nan_mode(const float_status *status)
{
    return status->default_nan_mode;
}

/* See float_status.default_nan_pattern. */
static inline void set_float_default_nan_pattern(uint8_t dnan_pattern,
                                                 float_status *status)
{
    status->default_nan_pattern = dnan_pattern;
}

static inline uint8_t get_float_default_nan_pattern(const float_status *status)
{
    return status->default_nan_pattern;
}

#endif

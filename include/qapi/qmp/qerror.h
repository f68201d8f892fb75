/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error texts that are the same wherever they occur; printf() formats for
 * error_setg().
 */
#ifndef QERROR_H
#define QERROR_H

#define QERR_INVALID_PARAMETER_VALUE "Parameter '%s' expects %s"
#define QERR_MISSING_PARAMETER       "Parameter '%s' is missing"

#endif

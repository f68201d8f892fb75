/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors as objects: what went wrong, handed up through a last parameter
 * "Error **errp" of the function that failed.
 *
 * The caller says with @errp what shall happen with an error:
 *   NULL           it is dropped
 *   &err           it is stored there (err must be NULL before); caller frees
 *   &error_warn    it is printed as a warning, and dropped
 *   &error_fatal   it is printed, and the process exits with status 1
 *   &error_abort   it is printed with the place it was set, and abort()
 * A function that fails sets one error and returns a value that says so
 * (false, NULL, -1). A function that only hands @errp down need not look at
 * it. One that reads *errp, prepends to it or adds a hint starts with
 * ERRP_GUARD().
 *
 * An Error belongs to one owner at a time and has no lock.
 */
#ifndef ERROR_H
#define ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <glib.h>
#include "qemu/typedefs.h"

/* The kinds that a QMP client can tell apart; new errors are GENERIC. */
typedef enum ErrorClass {
    ERROR_CLASS_GENERIC_ERROR = 0,
    ERROR_CLASS_COMMAND_NOT_FOUND = 1,
    ERROR_CLASS_DEVICE_NOT_ACTIVE = 2,
    ERROR_CLASS_DEVICE_NOT_FOUND = 3,
    ERROR_CLASS_KVM_MISSING_CAP = 4,
} ErrorClass;

/* The special destinations. Their addresses matter, never their values. */
extern Error *error_warn;
extern Error *error_abort;
extern Error *error_fatal;

/*
 * Sets an error of the generic class with a message made as by printf().
 * The message is one phrase without a full stop or newline at its end.
 * errno is left as it was; so it is with all the setters below.
 */
#define error_setg(errp, fmt, ...)                                       \
    error_setg_internal((errp), __FILE__, __LINE__, __func__, (fmt),     \
                        ##__VA_ARGS__)
void error_setg_internal(Error **errp, const char *src, int line,
                         const char *func, const char *fmt, ...)
    G_GNUC_PRINTF(5, 6);

/* The same with ": " and the system's text for @os_error, unless that is 0. */
#define error_setg_errno(errp, os_error, fmt, ...)                       \
    error_setg_errno_internal((errp), __FILE__, __LINE__, __func__,      \
                              (os_error), (fmt), ##__VA_ARGS__)
void error_setg_errno_internal(Error **errp, const char *fname, int line,
                               const char *func, int os_error,
                               const char *fmt, ...) G_GNUC_PRINTF(6, 7);

/* The error of an open() that failed: names the file. */
#define error_setg_file_open(errp, os_errno, filename)                   \
    error_setg_file_open_internal((errp), __FILE__, __LINE__, __func__,  \
                                  (os_errno), (filename))
void error_setg_file_open_internal(Error **errp, const char *src, int line,
                                   const char *func, int os_errno,
                                   const char *filename);

/* error_setg() with a class; only where QEMU's clients expect one. */
#define error_set(errp, err_class, fmt, ...)                             \
    error_set_internal((errp), __FILE__, __LINE__, __func__,             \
                       (err_class), (fmt), ##__VA_ARGS__)
void error_set_internal(Error **errp, const char *src, int line,
                        const char *func, ErrorClass err_class,
                        const char *fmt, ...) G_GNUC_PRINTF(6, 7);

/* The message, owned by @err; and its class. */
const char *error_get_pretty(const Error *err);
ErrorClass error_get_class(const Error *err);
/* Ours: the hint, with its newlines, owned by @err; NULL without one. */
const char *error_get_hint(const Error *err);

/*
 * Hands @local_err (NULL: nothing happens) to @dst_errp, as if it were set
 * there. If *dst_errp already holds one, the older stays and @local_err is
 * freed. @local_err is not the caller's any more.
 */
void error_propagate(Error **dst_errp, Error *local_err);

/* error_prepend() to @local_err, then error_propagate(). */
void error_propagate_prepend(Error **dst_errp, Error *local_err,
                             const char *fmt, ...) G_GNUC_PRINTF(3, 4);

/* Puts text before the message of *errp. Nothing when @errp is NULL. */
void error_vprepend(Error *const *errp, const char *fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);
void error_prepend(Error *const *errp, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/*
 * Adds help for a human, shown below the message where an error is printed
 * and never sent to a QMP client. Full lines, each with its newline; several
 * calls add up. @errp may be NULL; it must not be &error_fatal or
 * &error_abort (see ERRP_GUARD()).
 */
void error_append_hint(Error *const *errp, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* A copy of message, class, hint and origin; the caller frees it. */
Error *error_copy(const Error *err);
/* @err may be NULL. */
void error_free(Error *err);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Error, error_free)
/* For tests: *errp must hold an error; it is freed and set to NULL. */
void error_free_or_abort(Error **errp);

/*
 * Print and free @err: as an error or as a warning, with its hints, the
 * f-variants with text prepended, see error_report() and warn_report().
 */
void error_report_err(Error *err);
void warn_report_err(Error *err);
void error_reportf_err(Error *err, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
void warn_reportf_err(Error *err, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* Warns unless *printed, which it sets; frees @err; true when it printed. */
bool warn_report_err_once_cond(bool *printed, Error *err);
/* Warns the first time this line of code is reached. */
#define warn_report_err_once(err)                                        \
    ({                                                                   \
        static bool print_once_;                                         \
        warn_report_err_once_cond(&print_once_, err);                    \
    })

/* What ERRP_GUARD() keeps until its function returns. */
typedef struct ErrorPropagator {
    Error *local_err;
    Error **errp;
} ErrorPropagator;

static inline void error_propagator_cleanup(ErrorPropagator *prop)
{
    error_propagate(prop->errp, prop->local_err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ErrorPropagator, error_propagator_cleanup);

/*
 * First statement of a function with a parameter "Error **errp" that reads
 * *errp, prepends or adds a hint: makes @errp point at a real variable where
 * it is NULL or special, handed on when the function returns. &error_abort stays as it is, so that
 * abort() still happens where the error is set.
 */
#define ERRP_GUARD()                                                     \
    g_auto(ErrorPropagator) _auto_errp_prop = { .errp = errp };          \
    do {                                                                 \
        if (errp == NULL || errp == &error_fatal ||                      \
            errp == &error_warn) {                                       \
            errp = &_auto_errp_prop.local_err;                           \
        }                                                                \
    } while (0)

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small qtest client: starts the emulator with a test in the place of its
 * CPUs, and does accesses, interrupts and time for it. The functions have the
 * names that they have in QEMU's libqtest, where there are such.
 *
 * All functions abort the test when the connection breaks, when nothing comes
 * for 30 seconds, or, unless they say otherwise, when the answer is not OK.
 */
#ifndef TESTS_QTEST_LIBQTEST_H
#define TESTS_QTEST_LIBQTEST_H

#include "qobject/qdict.h"

#include "libqmp.h"

typedef struct QTestState QTestState;

/*
 * Starts $PLATEAU_BINARY with -accel qtest, a QMP monitor and @extra_args (a
 * shell-like string; formatted by the second). The caller ends it with
 * qtest_quit(), which also checks that its exit status is 0.
 */
QTestState *qtest_init(const char *extra_args);
QTestState *qtest_initf(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
/* Ours: with another accelerator, NULL for none. */
QTestState *qtest_init_accel(const char *accel, const char *extra_args);
void qtest_quit(QTestState *s);
/* Waits until it ends by itself: what waitpid() says. Frees @s. */
int qtest_wait(QTestState *s);
pid_t qtest_pid(QTestState *s);

/* ---- the protocol as it is ----------------------------------------------- */

/* Sends bytes as they are. */
void qtest_send_bytes(QTestState *s, const void *buf, size_t len);
/*
 * The next line that is not about an interrupt (those are noted), without the
 * newline; g_free().
 */
char *qtest_receive_line(QTestState *s);
/* Sends a line (the newline is added) and returns the answer, be it FAIL. */
char *qtest_command(QTestState *s, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
/* Checks that the answer to @line is @answer. */
void qtest_assert_answer(QTestState *s, const char *line, const char *answer);

/* ---- memory and ports ---------------------------------------------------- */

void qtest_outb(QTestState *s, uint16_t addr, uint8_t value);
void qtest_outw(QTestState *s, uint16_t addr, uint16_t value);
void qtest_outl(QTestState *s, uint16_t addr, uint32_t value);
uint8_t qtest_inb(QTestState *s, uint16_t addr);
uint16_t qtest_inw(QTestState *s, uint16_t addr);
uint32_t qtest_inl(QTestState *s, uint16_t addr);

void qtest_writeb(QTestState *s, uint64_t addr, uint8_t value);
void qtest_writew(QTestState *s, uint64_t addr, uint16_t value);
void qtest_writel(QTestState *s, uint64_t addr, uint32_t value);
void qtest_writeq(QTestState *s, uint64_t addr, uint64_t value);
uint8_t qtest_readb(QTestState *s, uint64_t addr);
uint16_t qtest_readw(QTestState *s, uint64_t addr);
uint32_t qtest_readl(QTestState *s, uint64_t addr);
uint64_t qtest_readq(QTestState *s, uint64_t addr);

/* Many bytes: as hex digits (mem), as base64 (buf). */
void qtest_memread(QTestState *s, uint64_t addr, void *data, size_t size);
void qtest_memwrite(QTestState *s, uint64_t addr, const void *data,
                    size_t size);
void qtest_bufread(QTestState *s, uint64_t addr, void *data, size_t size);
void qtest_bufwrite(QTestState *s, uint64_t addr, const void *data,
                    size_t size);
void qtest_memset(QTestState *s, uint64_t addr, uint8_t patt, size_t size);
bool qtest_big_endian(QTestState *s);

/* ---- time ---------------------------------------------------------------- */

/* To the next deadline; on by @step ns; to @val. All return the new time. */
int64_t qtest_clock_step_next(QTestState *s);
int64_t qtest_clock_step(QTestState *s, int64_t step);
int64_t qtest_clock_set(QTestState *s, int64_t val);

/* ---- interrupts ---------------------------------------------------------- */

/* Hear of the unnamed inputs or outputs, or those @name, of a device. */
void qtest_irq_intercept_in(QTestState *s, const char *qom_path);
void qtest_irq_intercept_out(QTestState *s, const char *qom_path);
void qtest_irq_intercept_out_named(QTestState *s, const char *qom_path,
                                   const char *name);
/* Whether intercepted line @num (below 1024) is high, as last heard. */
bool qtest_get_irq(QTestState *s, int num);
/* @name NULL: the unnamed ones. */
void qtest_set_irq_in(QTestState *s, const char *qom_path, const char *name,
                      int num, int level);

/* ---- QMP and HMP --------------------------------------------------------- */

/* The QMP client, for libqmp.h. */
QmpClient *qtest_qmp_client(QTestState *s);
/* Sends a command; the response, be it an error, is the caller's. */
QDict *qtest_qmp(QTestState *s, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
void qtest_qmp_assert_success(QTestState *s, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);
char *qtest_hmp(QTestState *s, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

#endif

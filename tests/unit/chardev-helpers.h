/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of character devices share: a front end that remembers all. */
#ifndef TESTS_CHARDEV_HELPERS_H
#define TESTS_CHARDEV_HELPERS_H

#include "chardev/char-fe.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/main-loop.h"
#include "qemu/option.h"

typedef struct {
    CharBackend be;
    GString *in;
    int room; /* what it takes at a time */
    int opened, closed, breaks, mux_in, mux_out;
    int change_result, changes;
} Fe;

static inline int fe_can_read(void *opaque)
{
    return ((Fe *)opaque)->room;
}

static inline void fe_read(void *opaque, const uint8_t *buf, int size)
{
    Fe *fe = opaque;

    g_assert_cmpint(size, <=, fe->room);
    g_string_append_len(fe->in, (const char *)buf, size);
}

static inline void fe_event(void *opaque, QEMUChrEvent event)
{
    Fe *fe = opaque;

    fe->opened += event == CHR_EVENT_OPENED;
    fe->closed += event == CHR_EVENT_CLOSED;
    fe->breaks += event == CHR_EVENT_BREAK;
    fe->mux_in += event == CHR_EVENT_MUX_IN;
    fe->mux_out += event == CHR_EVENT_MUX_OUT;
}

static inline int fe_change(void *opaque)
{
    Fe *fe = opaque;

    fe->changes++;
    if (fe->change_result == 0) {
        qemu_chr_fe_set_handlers(&fe->be, fe_can_read, fe_read, fe_event,
                                 fe_change, fe, NULL, true);
    }
    return fe->change_result;
}

static inline Fe *fe_new(Chardev *chr)
{
    Fe *fe = g_new0(Fe, 1);

    fe->in = g_string_new(NULL);
    fe->room = 4096;
    g_assert_true(qemu_chr_fe_init(&fe->be, chr, &error_abort));
    qemu_chr_fe_set_handlers(&fe->be, fe_can_read, fe_read, fe_event, fe_change,
                             fe, NULL, true);
    return fe;
}

static inline void fe_free(Fe *fe, bool del)
{
    qemu_chr_fe_deinit(&fe->be, del);
    g_string_free(fe->in, TRUE);
    g_free(fe);
}

static inline void fe_write(Fe *fe, const char *text)
{
    int len = strlen(text);

    g_assert_cmpint(qemu_chr_fe_write(&fe->be, (const uint8_t *)text, len), ==,
                    len);
}

/* Runs the main loop until @cond, for ten seconds at most. */
#define wait_for(cond)                                                         \
    do {                                                                       \
        gint64 end_ = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;            \
        while (!(cond)) {                                                      \
            g_assert_cmpint(g_get_monotonic_time(), <, end_);                  \
            main_loop_wait(true);                                              \
            g_usleep(200);                                                     \
        }                                                                      \
    } while (0)

static inline void run_a_little(void)
{
    for (int i = 0; i < 20; i++) {
        main_loop_wait(true);
        g_usleep(500);
    }
}

static inline Chardev *chr_try(const char *params, Error **errp)
{
    QemuOpts *opts =
        qemu_opts_parse(qemu_find_opts("chardev"), params, true, errp);
    Chardev *chr;

    if (!opts) {
        return NULL;
    }
    chr = qemu_chr_new_from_opts(opts, NULL, errp);
    qemu_opts_del(opts);
    return chr;
}

static inline Chardev *chr_new(const char *params)
{
    Chardev *chr = chr_try(params, &error_abort);

    g_assert_nonnull(chr);
    return chr;
}

static inline char *tmp_dir(void)
{
    char *dir = g_dir_make_tmp("test-chardev-XXXXXX", NULL);

    g_assert_nonnull(dir);
    return dir;
}

#endif

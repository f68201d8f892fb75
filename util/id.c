/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ids: see include/qemu/id.h. */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/id.h"

bool id_wellformed(const char *id)
{
    return g_ascii_isalpha(id[0]) &&
           id[strspn(id, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._")] ==
               '\0';
}

char *id_generate(IdSubSystems id)
{
    static const char *const names[ID_MAX] = {
        [ID_QDEV] = "qdev",
        [ID_BLOCK] = "block",
        [ID_CHR] = "chr",
        [ID_NET] = "net",
    };
    static unsigned int counters[ID_MAX];

    if ((unsigned int)id >= ID_MAX) {
        return NULL;
    }
    /* The random digits keep users from relying on the number. */
    return g_strdup_printf("#%s%u%02d", names[id],
                           qatomic_fetch_inc(&counters[id]),
                           g_random_int_range(0, 100));
}

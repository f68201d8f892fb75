/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `info irq' and `info pic': what interrupt controllers tell of themselves. */
#include "qemu/osdep.h"
#include "hw/intc/intc.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/type-helpers.h"

typedef void ShowController(InterruptStatsProvider *intc, GString *buf);

typedef struct Listing {
    ShowController *show;
    GString *buf;
} Listing;

static int list_one(Object *obj, void *opaque)
{
    Listing *l = opaque;

    if (object_dynamic_cast(obj, TYPE_INTERRUPT_STATS_PROVIDER)) {
        l->show(INTERRUPT_STATS_PROVIDER(obj), l->buf);
    }
    return 0;
}

static HumanReadableText *list_all(ShowController *show)
{
    g_autoptr(GString) buf = g_string_new("");
    Listing l = { show, buf };

    object_child_foreach_recursive(object_get_root(), list_one, &l);
    return human_readable_text_from_str(buf);
}

static void show_counts(InterruptStatsProvider *intc, GString *buf)
{
    InterruptStatsProviderClass *k = INTERRUPT_STATS_PROVIDER_GET_CLASS(intc);
    const char *type = object_get_typename(OBJECT(intc));
    uint64_t *counts;
    unsigned n;

    if (!k->get_statistics || !k->get_statistics(intc, &counts, &n)) {
        g_string_append_printf(buf, "IRQ statistics not available for %s.\n",
                               type);
        return;
    }
    if (n) {
        g_string_append_printf(buf, "IRQ statistics for %s:\n", type);
    }
    for (unsigned i = 0; i < n; i++) {
        if (counts[i]) {
            g_string_append_printf(buf, "%2d: %" PRId64 "\n", i, counts[i]);
        }
    }
}

HumanReadableText *qmp_x_query_irq(Error **errp)
{
    return list_all(show_counts);
}

static void show_state(InterruptStatsProvider *intc, GString *buf)
{
    InterruptStatsProviderClass *k = INTERRUPT_STATS_PROVIDER_GET_CLASS(intc);

    if (k->print_info) {
        k->print_info(intc, buf);
    } else {
        g_string_append_printf(
            buf, "Interrupt controller information not available for %s.\n",
            object_get_typename(OBJECT(intc)));
    }
}

HumanReadableText *qmp_x_query_interrupt_controllers(Error **errp)
{
    return list_all(show_state);
}

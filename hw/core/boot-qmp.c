/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The QMP commands that show what a machine starts from. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/type-helpers.h"
#include "system/device_tree.h"

HumanReadableText *qmp_x_query_roms(Error **errp)
{
    g_autoptr(GString) buf = g_string_new(NULL);

    rom_list_info(buf);
    return human_readable_text_from_str(buf);
}

void qmp_dumpdtb(const char *filename, Error **errp)
{
    if (!current_machine->fdt) {
        error_setg(errp, "This machine doesn't have an FDT");
        return;
    }
    device_tree_dump(current_machine->fdt, filename, errp);
}

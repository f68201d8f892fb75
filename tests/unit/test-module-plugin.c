/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What test-module loads. It adds a line to a list of the program's. */
#include "qemu/osdep.h"
#include "qemu/module.h"

extern void test_module_note(const char *what);

static void early(void)
{
    test_module_note("plugin opts");
}
opts_init(early)

    static void types(void)
{
    test_module_note("plugin qom");
}
type_init(types)

module_obj("plugin-type");
module_dep("other");

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of what listeners hear: the scene is an empty address space, and
 * what is heard goes into a log, which assert_heard() asks for.
 */
#ifndef TESTS_MEMORY_SCENE_H
#define TESTS_MEMORY_SCENE_H

#include "memory-helpers.h"

static GString *heard;
static AddressSpace space;

/* What was heard since the last time. */
static void assert_heard_at(int line, const char *expected)
{
    if (strcmp(heard->str, expected)) {
        g_error("line %d: heard:\n%sexpected:\n%s", line, heard->str, expected);
    }
    g_string_set_size(heard, 0);
}

#define assert_heard(expected) assert_heard_at(__LINE__, expected)

static MemoryRegion *begin_scene(void)
{
    MemoryRegion *root = new_container("root", UINT64_MAX);

    heard = g_string_new("");
    address_space_init(&space, root, "scene");
    return root;
}

static void end_scene(void)
{
    free_space(&space);
    free_regions();
    g_string_free(heard, true);
}

#endif

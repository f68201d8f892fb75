/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM of which ranges are hidden or made read-only, and device memory that is
 * mapped by descriptor and taken out again.
 */
#include "qemu/osdep.h"
#include "memory/device-memory.h"
#include "memory/ram-visibility.h"
#include "qemu/memfd.h"
#include "qemu/units.h"
#include "memory-helpers.h"

/*** Visibility. ***/

typedef struct Scene {
    MemoryRegion *ram, *root;
    RamVisibilityControl *ctl;
    AddressSpace as;
} Scene;

static void scene_begin(Scene *s, uint64_t size)
{
    s->ram = new_region();
    memory_region_init_ram_nomigrate(s->ram, NULL, NULL, size, &error_abort);
    s->ram->name = g_strdup("ram");
    s->root = new_container("root", UINT64_MAX);
    s->ctl = ram_visibility_new_x86(s->ram, &error_abort);
    object_property_add_child(object_get_root(), "ctl", OBJECT(s->ctl));
    object_unref(OBJECT(s->ctl));
    memory_region_add_subregion(s->root, 0, ram_visibility_get_memory(s->ctl));
    address_space_init(&s->as, s->root, "as");
}

static void scene_end(Scene *s)
{
    memory_region_del_subregion(s->root, ram_visibility_get_memory(s->ctl));
    object_unparent(OBJECT(s->ctl));
    address_space_destroy(&s->as);
    free_regions();
}

static void set(Scene *s, hwaddr first, hwaddr last, RamVisibility v)
{
    RamVisibility now;

    g_assert_true(ram_visibility_set(s->ctl, first, last, v, &error_abort));
    g_assert_true(ram_visibility_get(s->ctl, first, last, &now, &error_abort));
    g_assert_cmpint(now, ==, v);
}

static void test_states(void)
{
    Scene s;

    scene_begin(&s, 2 * MiB);
    assert_view(&s.as, "0-1fffff ram\n");
    set(&s, 0xa0000, 0xbffff, RAM_VISIBILITY_UNMAPPED);
    assert_view(&s.as, "0-9ffff ram\n"
                       "c0000-1fffff ram@c0000\n");
    set(&s, 0xc0000, 0xc3fff, RAM_VISIBILITY_READ_ONLY);
    set(&s, 0xc4000, 0xc7fff, RAM_VISIBILITY_READ_ONLY);
    set(&s, 0xf0000, 0xfffff, RAM_VISIBILITY_READ_ONLY);
    assert_view(&s.as, "0-9ffff ram\n"
                       "c0000-c7fff ram@c0000 r\n"
                       "c8000-effff ram@c8000\n"
                       "f0000-fffff ram@f0000 r\n"
                       "100000-1fffff ram@100000\n");
    set(&s, 0xc0000, 0xc3fff, RAM_VISIBILITY_UNMAPPED);
    set(&s, 0xc4000, 0xc7fff, RAM_VISIBILITY_READ_WRITE);
    set(&s, 0xa0000, 0xbffff, RAM_VISIBILITY_READ_WRITE);
    set(&s, 0xf0000, 0xfffff, RAM_VISIBILITY_READ_WRITE);
    assert_view(&s.as, "0-bffff ram\n"
                       "c4000-1fffff ram@c4000\n");
    set(&s, 0xc0000, 0xc3fff, RAM_VISIBILITY_READ_WRITE);
    assert_view(&s.as, "0-1fffff ram\n");
    scene_end(&s);
}

/* What is hidden is hidden from what lies below. */
static void test_below(void)
{
    Scene s;
    MemoryRegion *vga;

    scene_begin(&s, 1 * MiB);
    vga = new_io("vga", 0x20000);
    memory_region_add_subregion_overlap(s.root, 0xa0000, vga, -1);
    assert_view(&s.as, "0-fffff ram\n");
    set(&s, 0xa0000, 0xbffff, RAM_VISIBILITY_UNMAPPED);
    assert_view(&s.as, "0-9ffff ram\n"
                       "a0000-bffff vga\n"
                       "c0000-fffff ram@c0000\n");
    scene_end(&s);
}

static void expect(Error **err, const char *text)
{
    g_assert_nonnull(*err);
    g_assert_nonnull(strstr(error_get_pretty(*err), text));
    error_free(*err);
    *err = NULL;
}

static void test_not_controllable(void)
{
    static const RamVisibilityRange wrong[] = {
        { 0, 0x9ffff },
        { 0xa0000, 0xaffff },
        { 0xa0000, 0xc3fff },
        { 0xc0001, 0xc3fff },
        { 0xf0000, 0xf3fff },
        { 0x100000, 0x1fffff },
        { 5, 4 },
        { 0, UINT64_MAX },
    };
    Error *err = NULL;
    Scene s;

    scene_begin(&s, 2 * MiB);
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        g_autofree char *text = g_strdup_printf(
            "0x%" PRIx64 "-0x%" PRIx64 " is not a controllable range of RAM",
            wrong[i].first, wrong[i].last);

        g_assert_false(ram_visibility_set(s.ctl, wrong[i].first, wrong[i].last,
                                          RAM_VISIBILITY_UNMAPPED, &err));
        expect(&err, text);
    }
    assert_view(&s.as, "0-1fffff ram\n");
    scene_end(&s);
}

static void test_properties(void)
{
    Error *err = NULL;
    char *value;
    Scene s;

    scene_begin(&s, 1 * MiB);
    object_property_set_str(OBJECT(s.ctl), "0xe0000-0xe3fff", "read-only",
                            &error_abort);
    assert_view(&s.as, "0-dffff ram\n"
                       "e0000-e3fff ram@e0000 r\n"
                       "e4000-fffff ram@e4000\n");
    value =
        object_property_get_str(OBJECT(s.ctl), "0xe0000-0xe3fff", &error_abort);
    g_assert_cmpstr(value, ==, "read-only");
    g_free(value);
    g_assert_false(object_property_set_str(OBJECT(s.ctl), "0xe0000-0xe3fff",
                                           "gone", &err));
    expect(&err, "gone");
    scene_end(&s);
}

static void test_bad_ranges(void)
{
    static const RamVisibilityRange beyond[] = { { 0x10000, 0x20000 } };
    static const RamVisibilityRange reversed[] = { { 2, 1 } };
    static const RamVisibilityRange overlap[] = { { 0, 0xfff },
                                                  { 0xfff, 0x1fff } };
    MemoryRegion *ram = new_container("ram", 0x20000);
    Error *err = NULL;

    g_assert_null(ram_visibility_new(ram, beyond, 1, &err));
    expect(&err, "range 0x10000-0x20000 is not within 'ram' of 0x20000 bytes");
    g_assert_null(ram_visibility_new(ram, reversed, 1, &err));
    expect(&err, "range 0x2-0x1 is not within 'ram'");
    g_assert_null(ram_visibility_new(ram, overlap, 2, &err));
    expect(&err, "ranges 0x0-0xfff and 0xfff-0x1fff overlap");
    g_assert_null(ram_visibility_new_x86(ram, &err));
    expect(&err, "a PC's low memory needs RAM that starts at 0 and has at "
                 "least 1 MiB, not 0x20000 bytes");
    free_regions();
}

/*** Device memory. ***/

static bool is_mapped(void *ptr)
{
    unsigned char vec;

    return mincore(ptr, 1, &vec) == 0;
}

static void test_device_memory(void)
{
    MemoryRegion *root = new_container("root", 1 * MiB);
    int fd = qemu_memfd_create("bar", 64 * KiB, false, 0, 0, &error_abort);
    char *p = mmap(NULL, 64 * KiB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    MemoryRegionSection section;
    AddressSpace as;
    void *host;

    address_space_init(&as, root, "as");
    p[0x1000] = 42;
    g_assert_true(memory_device_map(root, 0x2000, fd, 0x1000, 0x3000, true,
                                    &error_abort));
    g_assert_true(
        memory_device_map(root, 0x8000, fd, 0, 0x1000, false, &error_abort));
    close(fd);
    assert_view(&as, "2000-4fff device-memory\n"
                     "8000-8fff device-memory r\n");
    g_assert_cmpint(
        address_space_ldub(&as, 0x2000, MEMTXATTRS_UNSPECIFIED, NULL), ==, 42);
    address_space_stl_le(&as, 0x2ffe, 0x01020304, MEMTXATTRS_UNSPECIFIED, NULL);
    g_assert_cmpint(p[0x1ffe], ==, 4);
    g_assert_cmpint(p[0x2001], ==, 1);
    address_space_stb(&as, 0x8000, 7, MEMTXATTRS_UNSPECIFIED, NULL);
    g_assert_cmpint(p[0], ==, 0);

    /* Who still looks at it keeps it. */
    section = memory_region_find(root, 0x2000, 1);
    host = memory_region_get_ram_ptr(section.mr);
    g_assert_true(memory_region_is_ram_device(section.mr));
    g_assert_true(memory_device_unmap(root, 0x2000, 0x3000, &error_abort));
    assert_view(&as, "8000-8fff device-memory r\n");
    drain_call_rcu();
    flatview_reap();
    g_assert_true(is_mapped(host));
    memory_region_unref(section.mr);
    drain_call_rcu();
    flatview_reap();
    g_assert_false(is_mapped(host));

    g_assert_true(memory_device_unmap(root, 0x8000, 0x1000, &error_abort));
    assert_view(&as, "");
    address_space_destroy(&as);
    free_regions();
    munmap(p, 64 * KiB);
}

static void test_device_memory_refused(void)
{
    MemoryRegion *root = new_container("root", 64 * KiB);
    int fd = qemu_memfd_create("bar", 16 * KiB, false, 0, 0, &error_abort);
    int null = open("/dev/null", O_RDWR);
    int dir = open("/", O_RDONLY);
    const struct {
        uint64_t offset, fd_offset, len;
        int fd;
        const char *text;
    } t[] = {
        { 0, 0, 0, fd, "is not of whole pages" },
        { 0, 0, 1, fd, "is not of whole pages" },
        { 0, 1, 4096, fd, "is not of whole pages" },
        { 1, 0, 4096, fd, "is not of whole pages" },
        { 0xf000, 0, 0x2000, fd, "is not within 'root'" },
        { 0, 0, UINT64_MAX - 4095, fd, "is not within 'root'" },
        { UINT64_MAX - 4095, 0, 8192, fd, "is not within 'root'" },
        { 0, 0, 0x5000, fd, "too few" },
        { 0, 0x4000, 0x1000, fd, "too few" },
        { 0, UINT64_MAX - 4095, 0x1000, fd, "too few" },
        { 0, 0, 0x1000, null, "cannot map device memory" },
        { 0, 0, 0x1000, dir, "is a directory; it must be" },
        { 0, 0, 0x1000, 999, "cannot look at device memory's fd 999" },
        { 0x6000, 0, 0x2000, fd, "overlaps 0x7000-0x7fff" },
        { 0x7000, 0, 0x1000, fd, "overlaps 0x7000-0x7fff" },
    };
    Error *err = NULL;

    memory_device_map(root, 0x7000, fd, 0, 0x1000, true, &error_abort);
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        g_assert_false(memory_device_map(root, t[i].offset, t[i].fd,
                                         t[i].fd_offset, t[i].len, true, &err));
        expect(&err, t[i].text);
    }
    g_assert_false(memory_device_unmap(root, 0, 0x1000, &err));
    expect(&err, "no device memory of 0x1000 bytes is mapped at 0x0 of 'root'");
    g_assert_false(memory_device_unmap(root, 0x7000, 0x2000, &err));
    expect(&err, "no device memory of 0x2000 bytes");
    g_assert_false(memory_device_unmap(root, 0x7000, 0, &err));
    expect(&err, "no device memory");
    memory_device_unmap(root, 0x7000, 0x1000, &error_abort);
    close(fd);
    close(null);
    close(dir);
    free_regions();
}

int main(int argc, char **argv)
{
    memory_test_init(&argc, &argv);
    g_test_add_func("/ram-visibility/states", test_states);
    g_test_add_func("/ram-visibility/below", test_below);
    g_test_add_func("/ram-visibility/not-controllable", test_not_controllable);
    g_test_add_func("/ram-visibility/properties", test_properties);
    g_test_add_func("/ram-visibility/bad-ranges", test_bad_ranges);
    g_test_add_func("/device-memory/map", test_device_memory);
    g_test_add_func("/device-memory/refused", test_device_memory_refused);
    return g_test_run();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `info mtree` of trees built by hand, in all its forms, byte by byte; who lies
 * at an address, checked against the flat view at random; the picture.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "qapi/error.h"
#include "qapi/qapi-types-memory-map.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qemu/units.h"

static const MemoryRegionOps no_ops;

/* All that a test makes: regions go with the owner, after the address space. */
typedef struct Fixture {
    Object *owner;
    AddressSpace *as;
    GPtrArray *regions;
} Fixture;

static MemoryRegion *new_region(Fixture *f)
{
    MemoryRegion *mr = g_new0(MemoryRegion, 1);

    g_ptr_array_add(f->regions, mr);
    return mr;
}

static MemoryRegion *box(Fixture *f, const char *name, uint64_t size)
{
    MemoryRegion *mr = new_region(f);

    memory_region_init(mr, f->owner, name, size);
    return mr;
}

static MemoryRegion *io(Fixture *f, const char *name, uint64_t size)
{
    MemoryRegion *mr = new_region(f);

    memory_region_init_io(mr, f->owner, &no_ops, NULL, name, size);
    return mr;
}

static MemoryRegion *ram(Fixture *f, const char *name, uint64_t size)
{
    MemoryRegion *mr = new_region(f);

    memory_region_init_ram(mr, f->owner, name, size, &error_abort);
    return mr;
}

static MemoryRegion *alias(Fixture *f, const char *name, MemoryRegion *of,
                           hwaddr offset, uint64_t size)
{
    MemoryRegion *mr = new_region(f);

    memory_region_init_alias(mr, f->owner, name, of, offset, size);
    return mr;
}

static void setup(Fixture *f, const char *name, MemoryRegion *root)
{
    f->as = g_new0(AddressSpace, 1);
    address_space_init(f->as, root, name);
}

static void begin(Fixture *f)
{
    *f = (Fixture){ .regions = g_ptr_array_new(),
                    .owner = object_new(TYPE_CONTAINER) };
    object_property_add_child(object_get_root(), "owner", f->owner);
}

static void end(Fixture *f)
{
    if (f->as) {
        address_space_destroy(f->as);
    }
    for (unsigned i = 0; i < f->regions->len; i++) {
        MemoryRegion *mr = g_ptr_array_index(f->regions, i);

        if (mr->container) {
            memory_region_del_subregion(mr->container, mr);
        }
    }
    object_unparent(f->owner);
    object_unref(f->owner);
    drain_call_rcu();
    for (unsigned i = 0; i < f->regions->len; i++) {
        g_free(g_ptr_array_index(f->regions, i));
    }
    g_ptr_array_unref(f->regions);
    g_free(f->as);
}

static void expect(MtreeOptions options, const char *expected)
{
    g_autoptr(GString) out = g_string_new(NULL);

    mtree_print(out, options);
    g_assert_cmpstr(out->str, ==, expected);
}

/* ---- the formats --------------------------------------------------------- */

static void test_none(void)
{
    expect((MtreeOptions){ 0 }, "");
    expect((MtreeOptions){ .flatview = true }, "");
}

/*
 * A root with RAM, a device over it, an alias into a second tree, and more of
 * the same: each line of the format once.
 */
static void build_board(Fixture *f)
{
    MemoryRegion *root, *pci, *bar, *rom, *off;

    begin(f);
    root = box(f, "system", UINT64_MAX);
    pci = box(f, "pci", UINT64_MAX);
    bar = io(f, "bar", 64 * KiB);
    rom = ram(f, "rom", 64 * KiB);
    off = io(f, "off", 4096);
    memory_region_set_readonly(rom, true);
    memory_region_add_subregion(root, 0x80000000, ram(f, "ram", 1 * MiB));
    memory_region_add_subregion_overlap(root, 0x80000000,
                                        io(f, "low device", 4096), -1);
    memory_region_add_subregion_overlap(root, 0x80001000, off, 5);
    memory_region_set_enabled(off, false);
    memory_region_add_subregion(root, 0x1000, rom);
    memory_region_add_subregion(
        root, 0x40000000, alias(f, "pci-hole", pci, 0x40000000, 0x1000000));
    memory_region_add_subregion(pci, 0x40100000, bar);
    memory_region_add_subregion_overlap(root, 0x80000000, io(f, "device", 4096),
                                        1);
    setup(f, "memory", root);
}

static void test_board(void)
{
    Fixture f;

    build_board(&f);
    expect((MtreeOptions){ 0 },
           "address-space: memory\n"
           "  0000000000000000-ffffffffffffffff (prio 0, container): system\n"
           "    0000000000001000-0000000000010fff (prio 0, rom): rom\n"
           "    0000000040000000-0000000040ffffff (prio 0, container): alias "
           "pci-hole @pci 0000000040000000-0000000040ffffff\n"
           "    0000000080000000-0000000080000fff (prio 1, i/o): device\n"
           "    0000000080000000-00000000800fffff (prio 0, ram): ram\n"
           "    0000000080000000-0000000080000fff (prio -1, i/o): "
           "low device\n"
           "\n"
           "memory-region: pci\n"
           "  0000000000000000-ffffffffffffffff (prio 0, container): pci\n"
           "    0000000040100000-000000004010ffff (prio 0, i/o): bar\n"
           "\n");
    expect((MtreeOptions){ .flatview = true },
           "FlatView #0\n"
           " AS \"memory\", root: system\n"
           " Root memory region: system\n"
           "  0000000000001000-0000000000010fff (prio 0, rom): rom\n"
           "  0000000040100000-000000004010ffff (prio 0, i/o): bar\n"
           "  0000000080000000-0000000080000fff (prio 1, i/o): device\n"
           "  0000000080001000-00000000800fffff (prio 0, ram): ram "
           "@0000000000001000\n"
           "\n");
    end(&f);
}

static void test_disabled_and_owners(void)
{
    Fixture f;

    build_board(&f);
    expect((MtreeOptions){ .disabled = true, .owner = true },
           "address-space: memory\n"
           "  0000000000000000-ffffffffffffffff (prio 0, container): system "
           "owner:{obj path=/owner}\n"
           "    0000000000001000-0000000000010fff (prio 0, rom): rom "
           "owner:{obj path=/owner}\n"
           "    0000000040000000-0000000040ffffff (prio 0, container): alias "
           "pci-hole @pci 0000000040000000-0000000040ffffff "
           "owner:{obj path=/owner}\n"
           "    0000000080000000-0000000080000fff (prio 1, i/o): device "
           "owner:{obj path=/owner}\n"
           "    0000000080000000-00000000800fffff (prio 0, ram): ram "
           "owner:{obj path=/owner}\n"
           "    0000000080000000-0000000080000fff (prio -1, i/o): low device "
           "owner:{obj path=/owner}\n"
           "    0000000080001000-0000000080001fff (prio 5, i/o): off "
           "[disabled] owner:{obj path=/owner}\n"
           "\n"
           "memory-region: pci\n"
           "  0000000000000000-ffffffffffffffff (prio 0, container): pci "
           "owner:{obj path=/owner}\n"
           "    0000000040100000-000000004010ffff (prio 0, i/o): bar "
           "owner:{obj path=/owner}\n"
           "\n");
    end(&f);
}

static bool accel_has(AddressSpace *as, hwaddr start, hwaddr size)
{
    return start == 0x80001000 && size == 0xff000;
}

static void test_dispatch_and_accel(void)
{
    Fixture f;

    build_board(&f);
    memory_set_accel_hook("KVM", accel_has, NULL);
    expect((MtreeOptions){ .flatview = true, .dispatch_tree = true },
           "FlatView #0\n"
           " AS \"memory\", root: system\n"
           " Root memory region: system\n"
           "  0000000000001000-0000000000010fff (prio 0, rom): rom\n"
           "  0000000040100000-000000004010ffff (prio 0, i/o): bar\n"
           "  0000000080000000-0000000080000fff (prio 1, i/o): device\n"
           "  0000000080001000-00000000800fffff (prio 0, ram): ram "
           "@0000000000001000 KVM\n"
           "  Dispatch\n"
           "    B+tree of height 1: 4 ranges in 1 leaf, 0 inner nodes, 1 KiB\n"
           "    Leaves are 22% full; the emptiest has 4 of 18 ranges\n"
           "\n");
    memory_set_accel_hook(NULL, NULL, NULL);
    end(&f);
}

/* Address spaces that share a root, or only what it shows. */
static void test_shared(void)
{
    Fixture f;
    AddressSpace *same = g_new0(AddressSpace, 1);
    AddressSpace *other = g_new0(AddressSpace, 1);
    AddressSpace *empty = g_new0(AddressSpace, 1);
    MemoryRegion *root, *wrap;

    begin(&f);
    root = box(&f, "system", UINT64_MAX);
    wrap = box(&f, "bus", UINT64_MAX);
    memory_region_add_subregion(root, 0, ram(&f, "ram", 1 * MiB));
    memory_region_add_subregion(root, 1 * MiB, io(&f, "io", 4096));
    memory_region_add_subregion(wrap, 0, alias(&f, "all", root, 0, UINT64_MAX));
    setup(&f, "memory", root);
    address_space_init(same, root, "cpu");
    address_space_init(other, wrap, "dma");
    address_space_init(empty, box(&f, "nothing", 4096), "empty");
    expect((MtreeOptions){ .flatview = true },
           "FlatView #0\n"
           " AS \"memory\", root: system\n"
           " AS \"cpu\", root: system\n"
           " AS \"dma\", root: bus\n"
           " Root memory region: system\n"
           "  0000000000000000-00000000000fffff (prio 0, ram): ram\n"
           "  0000000000100000-0000000000100fff (prio 0, i/o): io\n"
           "\n"
           "FlatView #1\n"
           " AS \"empty\", root: nothing\n"
           " Root memory region: (none)\n"
           "  No rendered FlatView\n\n");
    expect((MtreeOptions){ 0 },
           "address-space: empty\n"
           "  0000000000000000-0000000000000fff (prio 0, container): nothing\n"
           "\n"
           "address-space: dma\n"
           "  0000000000000000-ffffffffffffffff (prio 0, container): bus\n"
           "    0000000000000000-ffffffffffffffff (prio 0, container): alias "
           "all @system 0000000000000000-ffffffffffffffff\n"
           "\n"
           "address-space: cpu\n"
           "address-space: memory\n"
           "  0000000000000000-ffffffffffffffff (prio 0, container): system\n"
           "    0000000000000000-00000000000fffff (prio 0, ram): ram\n"
           "    0000000000100000-0000000000100fff (prio 0, i/o): io\n"
           "\n"
           "memory-region: system\n"
           "  0000000000000000-ffffffffffffffff (prio 0, container): system\n"
           "    0000000000000000-00000000000fffff (prio 0, ram): ram\n"
           "    0000000000100000-0000000000100fff (prio 0, i/o): io\n"
           "\n");
    address_space_destroy_free(same);
    address_space_destroy_free(other);
    address_space_destroy_free(empty);
    end(&f);
}

/* Wide and deep trees take no stack and no square time. */
static void test_large(void)
{
    enum { WIDE = 20000, DEEP = 2000 };
    g_autoptr(GString) out = g_string_new(NULL);
    MemoryRegion *root, *in;
    Fixture f;

    begin(&f);
    root = box(&f, "root", UINT64_MAX);
    memory_region_transaction_begin();
    for (int i = WIDE; i-- > 0;) {
        memory_region_add_subregion(root, i * 4096ull, io(&f, "d", 4096));
    }
    in = root;
    for (int i = 0; i < DEEP; i++) {
        MemoryRegion *next = box(&f, "level", UINT64_MAX);

        memory_region_add_subregion_overlap(in, 0, next, -1);
        in = next;
    }
    memory_region_transaction_commit();
    setup(&f, "memory", root);
    mtree_print(out, (MtreeOptions){ 0 });
    g_assert_cmpuint(out->len, >, (WIDE + DEEP) * 40);
    end(&f);
}

/* ---- one address --------------------------------------------------------- */

static void expect_at(hwaddr addr, const char *expected)
{
    MemoryAtList *list = memory_query_at(NULL, addr, &error_abort);
    g_autoptr(GString) out = g_string_new(NULL);

    memory_at_print(out, list);
    g_assert_cmpstr(out->str, ==, expected);
    qapi_free_MemoryAtList(list);
}

static void test_at(void)
{
    Error *err = NULL;
    Fixture f;

    build_board(&f);
    expect_at(0x80000004,
              "address-space: memory\n"
              "  0000000080000004: device @4, accesses go to /owner\n"
              "\n"
              "  -> 0000000080000000-0000000080000fff (prio 1, i/o): device "
              "@4\n"
              "       system > device\n"
              "     0000000080000000-00000000800fffff (prio 0, ram): ram @4\n"
              "       system > ram\n"
              "       hidden: in \"system\", \"ram\" has priority 0, and "
              "\"device\" 1\n"
              "     0000000080000000-0000000080000fff (prio -1, i/o): "
              "low device @4\n"
              "       system > low device\n"
              "       hidden: in \"system\", \"low device\" has priority -1, "
              "and \"device\" 1\n"
              "\n");
    expect_at(0x80001010,
              "address-space: memory\n"
              "  0000000080001010: ram @1010, accesses go to memory\n"
              "\n"
              "  -> 0000000080000000-00000000800fffff (prio 0, ram): ram "
              "@1010\n"
              "       system > ram\n"
              "     0000000080001000-0000000080001fff (prio 5, i/o): off @10\n"
              "       system > off\n"
              "       disabled: it is disabled\n"
              "\n");
    expect_at(0x40100008,
              "address-space: memory\n"
              "  0000000040100008: bar @8, accesses go to /owner\n"
              "\n"
              "  -> 0000000040100000-000000004010ffff (prio 0, i/o): bar @8\n"
              "       system > pci-hole > pci > bar\n"
              "\n");
    expect_at(0x40000000,
              "address-space: memory\n"
              "  0000000040000000: nothing is there: an access is an error\n"
              "\n"
              "     0000000040000000-0000000040ffffff (prio 0, container): "
              "pci @40000000\n"
              "       system > pci-hole > pci\n"
              "       empty: nothing in it is there\n"
              "\n");
    g_assert_null(memory_query_at("other", 0, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Address space 'other' not found");
    error_free(err);
    end(&f);
}

/* Same priority; a region with children of its own; an alias that is short. */
static void test_at_reasons(void)
{
    MemoryRegion *root, *dev;
    Fixture f;

    begin(&f);
    root = box(&f, "root", 1 * MiB);
    dev = io(&f, "dev", 8192);
    memory_region_add_subregion_overlap(root, 0, io(&f, "first", 4096), 0);
    memory_region_add_subregion_overlap(root, 0, dev, 0);
    memory_region_add_subregion(dev, 0, io(&f, "part", 16));
    memory_region_add_subregion_overlap(
        root, 0, alias(&f, "short", io(&f, "target", 4), 2, 4096), 9);
    setup(&f, "memory", root);
    expect_at(8, "address-space: memory\n"
                 "  0000000000000008: part @8, accesses go to /owner\n"
                 "\n"
                 "  -> 0000000000000000-000000000000000f (prio 0, i/o): part "
                 "@8\n"
                 "       root > dev > part\n"
                 "     0000000000000000-0000000000000fff (prio 9, container): "
                 "short @8\n"
                 "       root > short\n"
                 "       empty: \"target\", of which it is an alias, ends "
                 "before\n"
                 "     0000000000000000-0000000000001fff (prio 0, i/o): dev "
                 "@8\n"
                 "       root > dev\n"
                 "       hidden: \"part\" in it is there\n"
                 "     0000000000000000-0000000000000fff (prio 0, i/o): first "
                 "@8\n"
                 "       root > first\n"
                 "       hidden: in \"root\", \"dev\" was added later than "
                 "\"first\"; both have priority 0\n"
                 "\n");
    end(&f);
}

static MemoryRegion *random_region(Fixture *f, GPtrArray *in)
{
    static unsigned number;
    g_autofree char *name = g_strdup_printf("r%u", number++);
    g_autofree char *below = g_strdup_printf("%s-target", name);
    uint64_t size = g_test_rand_int_range(1, 100);
    MemoryRegion *mr, *target;

    switch (g_test_rand_int_range(0, 4)) {
    case 0:
        mr = box(f, name, size);
        g_ptr_array_add(in, mr);
        return mr;
    case 1:
        target = g_test_rand_bit() ? box(f, below, size) : io(f, below, size);
        mr = io(f, "in-target", size);
        memory_region_add_subregion(target, g_test_rand_int_range(0, 50), mr);
        return alias(f, name, target, g_test_rand_int_range(0, 50),
                     g_test_rand_int_range(1, 100));
    default:
        mr = io(f, name, size);
        g_ptr_array_add(in, mr);
        return mr;
    }
}

static void random_tree(Fixture *f)
{
    g_autoptr(GPtrArray) in = g_ptr_array_new();
    MemoryRegion *root;

    begin(f);
    root = box(f, "root", 256);
    g_ptr_array_add(in, root);
    for (int i = g_test_rand_int_range(1, 14); i > 0; i--) {
        MemoryRegion *c = in->pdata[g_test_rand_int_range(0, in->len)];
        MemoryRegion *mr = random_region(f, in);

        memory_region_add_subregion_overlap(c, g_test_rand_int_range(0, 200),
                                            mr, g_test_rand_int_range(-2, 3));
        memory_region_set_enabled(mr, g_test_rand_int_range(0, 8) > 0);
    }
    setup(f, "memory", root);
}

/* The walk's winner is the flat view's. */
static void check_winner(const MemoryAt *at)
{
    const MemoryAtRegion *r = at->regions ? at->regions->value : NULL;
    bool won = r && r->state == MEMORY_AT_STATE_WINS;

    g_assert_cmpint(won, ==, at->region != NULL);
    if (won) {
        g_assert_cmpstr(r->region, ==, at->region);
        g_assert_cmphex(r->offset, ==, at->offset);
        g_assert_cmphex(r->start, <=, at->start);
        g_assert_cmphex(r->end, >=, at->end);
    }
}

static bool on_path(const strList *path, const char *name)
{
    for (; path && strcmp(path->value, name); path = path->next) {
        ;
    }
    return path;
}

/* Who wins if the region called @name, which has a unique name, is not there. */
static const MemoryAtRegion *next_after(const MemoryAt *at, const char *name)
{
    for (MemoryAtRegionList *r = at->regions; r; r = r->next) {
        if (r->value->state == MEMORY_AT_STATE_HIDDEN &&
            !on_path(r->value->path, name)) {
            return r->value;
        }
    }
    return NULL;
}

/* Without the winner, the next in the list wins. */
static void check_order(Fixture *f, hwaddr addr, const MemoryAt *at)
{
    const MemoryAtRegion *next;
    MemoryAtList *list;
    MemoryRegion *mr = NULL;

    for (unsigned i = 0; at->region && i < f->regions->len; i++) {
        MemoryRegion *other = f->regions->pdata[i];

        if (other->name[0] == 'r' && !strcmp(other->name, at->region)) {
            mr = other;
        }
    }
    if (!mr) {
        return;
    }
    next = next_after(at, at->region);
    memory_region_set_enabled(mr, false);
    list = memory_query_at("memory", addr, &error_abort);
    check_winner(list->value);
    g_assert_cmpstr(list->value->region, ==, next ? next->region : NULL);
    qapi_free_MemoryAtList(list);
    memory_region_set_enabled(mr, true);
}

static void test_at_random(void)
{
    for (int round = 0; round < 150; round++) {
        Fixture f;

        random_tree(&f);
        for (hwaddr addr = 0; addr < 260; addr++) {
            MemoryAtList *list = memory_query_at("memory", addr, &error_abort);

            check_winner(list->value);
            if (addr % 7 == 0) {
                check_order(&f, addr, list->value);
            }
            qapi_free_MemoryAtList(list);
        }
        end(&f);
    }
}

/* Each level shows the next twice: 2^40 ways to the bottom. */
static void test_at_many_paths(void)
{
    MemoryRegion *inner, *root = NULL;
    MemoryAtList *list;
    Fixture f;

    begin(&f);
    inner = io(&f, "inner", 4096);
    for (int i = 0; i < 40; i++) {
        root = box(&f, "level", 4096);
        memory_region_add_subregion(root, 0, alias(&f, "one", inner, 0, 4096));
        memory_region_add_subregion_overlap(
            root, 0, alias(&f, "two", inner, 0, 4096), 1);
        inner = root;
    }
    setup(&f, "memory", root);
    list = memory_query_at("memory", 5, &error_abort);
    g_assert_true(list->value->truncated);
    g_assert_cmpstr(list->value->region, ==, "inner");
    check_winner(list->value);
    qapi_free_MemoryAtList(list);
    end(&f);
}

/* ---- the picture --------------------------------------------------------- */

static void check_svg(AddressSpace *as, const char *const *has)
{
    g_autoptr(GString) svg = memory_svg(as, g_test_rand_bit());
    GMarkupParser parser = { 0 };
    GMarkupParseContext *ctx =
        g_markup_parse_context_new(&parser, 0, NULL, NULL);
    g_autoptr(GError) err = NULL;

    g_markup_parse_context_parse(ctx, svg->str, svg->len, &err);
    g_assert_no_error(err);
    g_markup_parse_context_end_parse(ctx, &err);
    g_assert_no_error(err);
    g_markup_parse_context_free(ctx);
    for (; *has; has++) {
        if (!strstr(svg->str, *has)) {
            g_error("the picture lacks %s:\n%s", *has, svg->str);
        }
    }
}

static void test_svg(void)
{
    Fixture f;

    build_board(&f);
    check_svg(f.as, (const char *const[]){
                        "device (prio 1, i/o)\n0x80000000-0x80000fff (4 KiB)",
                        "alias of pci from 0x40000000 on",
                        "ram (ram)\n0x80001000-0x800fffff (1020 KiB)\n"
                        "from 0x1000 of it on",
                        "</svg>", NULL });
    end(&f);

    begin(&f);
    setup(&f, "<&\">", box(&f, "\"quoted\" & <odd>", 4096));
    check_svg(f.as, (const char *const[]){ "&lt;odd&gt;", NULL });
    end(&f);

    begin(&f);
    setup(&f, "large", box(&f, "large", UINT64_MAX - 4095));
    check_svg(f.as,
              (const char *const[]){ "(16 EiB \xe2\x88\x92 4 KiB)", NULL });
    /* A root without a size is nowhere. */
    memory_region_set_size(f.as->root, 0);
    g_assert_null(memory_query_at(NULL, 0, &error_abort));
    check_svg(f.as, (const char *const[]){ "</svg>", NULL });
    end(&f);
}

static void accel_slots(AddressSpace *as, GArray *slots)
{
    const MemoryAccelSlot held[] = {
        { .start = 0x1000, .last = 0x10fff, .number = 7, .readonly = true },
        { .start = 0x80001000, .last = 0x800fffff, .number = 8 },
    };

    g_array_append_vals(slots, held, G_N_ELEMENTS(held));
}

static void test_svg_slots(void)
{
    Fixture f;

    build_board(&f);
    memory_set_accel_hook("KVM", accel_has, accel_slots);
    check_svg(f.as, (const char *const[]){
                        "and under it the slots of KVM",
                        "slot 7, read only of KVM\n0x1000-0x10fff (64 KiB)",
                        "slot 8 of KVM\n0x80001000-0x800fffff (1020 KiB)",
                        ">KVM's</text>", NULL });
    memory_set_accel_hook(NULL, NULL, NULL);
    end(&f);
}

static void test_svg_random(void)
{
    for (int round = 0; round < 50; round++) {
        Fixture f;

        random_tree(&f);
        check_svg(f.as, (const char *const[]){ "</svg>", NULL });
        end(&f);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    g_test_add_func("/mtree/none", test_none);
    g_test_add_func("/mtree/board", test_board);
    g_test_add_func("/mtree/disabled-and-owners", test_disabled_and_owners);
    g_test_add_func("/mtree/dispatch-and-accel", test_dispatch_and_accel);
    g_test_add_func("/mtree/shared", test_shared);
    g_test_add_func("/mtree/large", test_large);
    g_test_add_func("/mtree/at", test_at);
    g_test_add_func("/mtree/at-reasons", test_at_reasons);
    g_test_add_func("/mtree/at-random", test_at_random);
    g_test_add_func("/mtree/at-many-paths", test_at_many_paths);
    g_test_add_func("/mtree/svg", test_svg);
    g_test_add_func("/mtree/svg-slots", test_svg_slots);
    g_test_add_func("/mtree/svg-random", test_svg_random);
    return g_test_run();
}

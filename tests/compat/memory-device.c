/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One long fixed sequence of calls of the memory API, as a device. It keeps to
 * what QEMU 10.0 offers to devices, so the same file runs in both emulators;
 * memory-device.py compares what it prints.
 *
 * After each stage it prints what the listeners have heard, and "info mtree"
 * and "info mtree -f". Then it prints how accesses reach its callbacks.
 *
 *     -M none -device memory-compat
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/event_notifier.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "system/runstate.h"

#define TYPE_MEMORY_COMPAT "memory-compat"
OBJECT_DECLARE_SIMPLE_TYPE(MemoryCompat, MEMORY_COMPAT)

#define PAGE (4 * KiB)

enum { NR_IO = 24, NR_ALIAS = 12, NR_BOX = 6, NR_SPACES = 3 };

/* Who hears what of one address space. */
typedef struct Ear {
    MemoryListener listener;
    AddressSpace as;
    MemoryRegion root;
    GString *heard;
} Ear;

struct MemoryCompat {
    DeviceState parent_obj;

    QEMUTimer *start;
    Ear ear[NR_SPACES];
    MemoryRegion io[NR_IO];
    MemoryRegion ram, other_ram, romd;
    MemoryRegion alias[NR_ALIAS];
    MemoryRegion box[NR_BOX];
    EventNotifier notifier;
    GString *calls; /* of callbacks */
    uint64_t registers[2];
    uint64_t random;
};

/* ---- listening ----------------------------------------------------------- */

static void G_GNUC_PRINTF(2, 3) hear(MemoryListener *l, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_string_append_vprintf(container_of(l, Ear, listener)->heard, fmt, ap);
    va_end(ap);
}

/* In 64 bits, as memory_region_size() has it. */
static uint64_t size_of(Int128 size)
{
    return int128_eq(size, int128_2_64()) ? UINT64_MAX : int128_get64(size);
}

static void hear_section(MemoryListener *l, const char *what,
                         MemoryRegionSection *s)
{
    hear(l, "  %s %016" PRIx64 "+%" PRIx64 " %s @%" PRIx64 "%s%s%s\n", what,
         (uint64_t)s->offset_within_address_space, size_of(s->size),
         memory_region_name(s->mr), (uint64_t)s->offset_within_region,
         s->readonly ? " ro" : "", s->nonvolatile ? " nv" : "",
         s->unmergeable ? " um" : "");
}

/* Of these events a listener is told where, not of which region. */
static void hear_range(MemoryListener *l, const char *what,
                       MemoryRegionSection *s)
{
    hear(l, "  %s %016" PRIx64 "+%" PRIx64 "\n", what,
         (uint64_t)s->offset_within_address_space, size_of(s->size));
}

static void hear_add(MemoryListener *l, MemoryRegionSection *s)
{
    hear_section(l, "add", s);
}

static void hear_del(MemoryListener *l, MemoryRegionSection *s)
{
    hear_section(l, "del", s);
}

/* Who translates code tracks RAM for that as well, all the time. */
static void hear_mask(MemoryListener *l, int old, int new)
{
    int vga = 1 << DIRTY_MEMORY_VGA;

    hear(l, "    %d -> %d\n", old & vga, new &vga);
}

static void hear_log_start(MemoryListener *l, MemoryRegionSection *s, int old,
                           int new)
{
    hear_section(l, "log_start", s);
    hear_mask(l, old, new);
}

static void hear_log_stop(MemoryListener *l, MemoryRegionSection *s, int old,
                          int new)
{
    hear_section(l, "log_stop", s);
    hear_mask(l, old, new);
}

static void hear_eventfd_add(MemoryListener *l, MemoryRegionSection *s,
                             bool match, uint64_t data, EventNotifier *e)
{
    hear_range(l, "eventfd_add", s);
    hear(l, "    match %d data %" PRIx64 "\n", match, data);
}

static void hear_eventfd_del(MemoryListener *l, MemoryRegionSection *s,
                             bool match, uint64_t data, EventNotifier *e)
{
    hear_range(l, "eventfd_del", s);
    hear(l, "    match %d data %" PRIx64 "\n", match, data);
}

static void hear_coalesced_add(MemoryListener *l, MemoryRegionSection *s,
                               hwaddr addr, hwaddr len)
{
    hear_range(l, "coalesced_add", s);
    hear(l, "    %" PRIx64 "+%" PRIx64 "\n", (uint64_t)addr, (uint64_t)len);
}

static void hear_coalesced_del(MemoryListener *l, MemoryRegionSection *s,
                               hwaddr addr, hwaddr len)
{
    hear_range(l, "coalesced_del", s);
    hear(l, "    %" PRIx64 "+%" PRIx64 "\n", (uint64_t)addr, (uint64_t)len);
}

static void ear_init(MemoryCompat *s, int i)
{
    g_autofree char *name = g_strdup_printf("space%d", i);
    Ear *ear = &s->ear[i];

    memory_region_init(&ear->root, OBJECT(s), name, UINT64_MAX);
    address_space_init(&ear->as, &ear->root, name);
    ear->heard = g_string_new(NULL);
    ear->listener = (MemoryListener){
        .region_add = hear_add,
        .region_del = hear_del,
        .log_start = hear_log_start,
        .log_stop = hear_log_stop,
        .eventfd_add = hear_eventfd_add,
        .eventfd_del = hear_eventfd_del,
        .coalesced_io_add = hear_coalesced_add,
        .coalesced_io_del = hear_coalesced_del,
        .name = "compat",
    };
    memory_listener_register(&ear->listener, &ear->as);
}

/* ---- printing ------------------------------------------------------------ */

static void show(MemoryCompat *s, const char *name, bool tree)
{
    printf("==== %s\n", name);
    for (int i = 0; i < NR_SPACES; i++) {
        Ear *ear = &s->ear[i];

        if (ear->heard->len) {
            printf("-- space%d heard\n%s", i, ear->heard->str);
            g_string_truncate(ear->heard, 0);
        }
    }
    if (tree) {
        printf("-- tree\n");
        mtree_info(false, false, false, false);
    }
    printf("-- flat\n");
    mtree_info(true, false, false, false);
    fflush(stdout);
}

static void stage(MemoryCompat *s, const char *name)
{
    show(s, name, true);
}

/* ---- what is there ------------------------------------------------------- */

static uint64_t reg_read(void *opaque, hwaddr addr, unsigned size)
{
    MemoryCompat *s = opaque;
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++) {
        value |= (uint64_t)((addr + i) * 0x11 & 0xff) << (i * 8);
    }
    g_string_append_printf(s->calls, " r%u@%" PRIx64, size, (uint64_t)addr);
    return value;
}

static void reg_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    MemoryCompat *s = opaque;

    g_string_append_printf(s->calls, " w%u@%" PRIx64 "=%" PRIx64, size,
                           (uint64_t)addr, value);
}

static const MemoryRegionOps plain_ops = {
    .read = reg_read,
    .write = reg_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void make_regions(MemoryCompat *s)
{
    Object *o = OBJECT(s);

    for (int i = 0; i < NR_SPACES; i++) {
        ear_init(s, i);
    }
    for (int i = 0; i < NR_IO; i++) {
        g_autofree char *name = g_strdup_printf("io%02d", i);

        memory_region_init_io(&s->io[i], o, &plain_ops, s, name,
                              (i % 4 + 1) * PAGE);
    }
    for (int i = 0; i < NR_BOX; i++) {
        g_autofree char *name = g_strdup_printf("box%d", i);

        memory_region_init(&s->box[i], o, name, 64 * KiB);
    }
    memory_region_init_ram_nomigrate(&s->ram, o, "ram", MiB, &error_fatal);
    memory_region_init_ram_nomigrate(&s->other_ram, o, "other-ram", 64 * KiB,
                                     &error_fatal);
    memory_region_init_rom_device_nomigrate(&s->romd, o, &plain_ops, s, "romd",
                                            16 * KiB, &error_fatal);
    for (int i = 0; i < NR_ALIAS; i++) {
        g_autofree char *name = g_strdup_printf("alias%02d", i);
        MemoryRegion *target = i < 6    ? &s->ram
                               : i < 8  ? &s->other_ram
                               : i == 8 ? &s->alias[0]
                                        : &s->box[i - 9];

        memory_region_init_alias(&s->alias[i], o, name, target,
                                 i < 6 ? i * 64 * KiB : 0, 64 * KiB);
    }
    event_notifier_init(&s->notifier, 0);
}

static MemoryRegion *root(MemoryCompat *s)
{
    return &s->ear[0].root;
}

static void put(MemoryRegion *in, hwaddr addr, MemoryRegion *mr, int priority)
{
    memory_region_add_subregion_overlap(in, addr, mr, priority);
}

static void take(MemoryRegion *mr)
{
    if (mr->container) {
        memory_region_del_subregion(mr->container, mr);
    }
}

static void take_all(MemoryCompat *s)
{
    memory_region_transaction_begin();
    for (int i = 0; i < NR_IO; i++) {
        take(&s->io[i]);
        memory_region_set_enabled(&s->io[i], true);
        memory_region_set_size(&s->io[i], (i % 4 + 1) * PAGE);
    }
    for (int i = 0; i < NR_ALIAS; i++) {
        take(&s->alias[i]);
        memory_region_set_enabled(&s->alias[i], true);
        memory_region_set_unmergeable(&s->alias[i], false);
        memory_region_set_readonly(&s->alias[i], false);
        memory_region_set_alias_offset(&s->alias[i], i < 6 ? i * 64 * KiB : 0);
    }
    for (int i = 0; i < NR_BOX; i++) {
        take(&s->box[i]);
        memory_region_set_enabled(&s->box[i], true);
    }
    take(&s->ram);
    take(&s->other_ram);
    take(&s->romd);
    memory_region_transaction_commit();
}

/* ---- stages -------------------------------------------------------------- */

static void overlaps(MemoryCompat *s)
{
    stage(s, "nothing");
    put(root(s), 0, &s->io[0], 0);
    stage(s, "one");
    put(root(s), PAGE, &s->io[3], 0);
    stage(s, "two, side by side");
    put(root(s), PAGE / 2, &s->io[1], 0);
    stage(s, "the last added is seen");
    put(root(s), 2 * PAGE, &s->io[2], 1);
    put(root(s), 0, &s->io[7], -1);
    stage(s, "priorities");
    memory_region_set_address(&s->io[3], 2 * PAGE);
    stage(s, "moved");
    memory_region_set_address(&s->io[0], PAGE);
    memory_region_set_address(&s->io[0], 0);
    stage(s, "there and back: now the last one");
    memory_region_set_enabled(&s->io[2], false);
    memory_region_set_enabled(&s->io[1], false);
    memory_region_set_enabled(&s->io[1], true);
    stage(s, "disabled, and disabled for a while");
    memory_region_set_size(&s->io[0], 3 * PAGE);
    stage(s, "larger");
    memory_region_set_size(&s->io[0], 0);
    stage(s, "of no size");
    memory_region_set_size(&s->io[0], UINT64_MAX);
    stage(s, "as large as all");
    memory_region_del_subregion(root(s), &s->io[0]);
    stage(s, "gone");
    take_all(s);
    stage(s, "all gone");
}

static void transactions(MemoryCompat *s)
{
    memory_region_transaction_begin();
    put(root(s), 0, &s->io[4], 0);
    memory_region_transaction_begin();
    put(root(s), 8 * PAGE, &s->io[5], 0);
    memory_region_set_address(&s->io[4], 16 * PAGE);
    memory_region_transaction_commit();
    memory_region_set_enabled(&s->io[5], false);
    memory_region_transaction_commit();
    stage(s, "nested transactions");

    memory_region_transaction_begin();
    memory_region_set_enabled(&s->io[5], true);
    memory_region_set_enabled(&s->io[5], false);
    memory_region_set_address(&s->io[4], 0);
    memory_region_set_address(&s->io[4], 16 * PAGE);
    memory_region_transaction_commit();
    stage(s, "nothing, in several steps");

    memory_region_transaction_begin();
    memory_region_del_subregion(root(s), &s->io[4]);
    put(root(s), 16 * PAGE, &s->io[8], 0);
    put(root(s), 16 * PAGE, &s->io[4], -5);
    memory_region_transaction_commit();
    stage(s, "one for another");
    take_all(s);
}

static void containers(MemoryCompat *s)
{
    put(root(s), MiB, &s->box[0], 0);
    put(&s->box[0], 0, &s->box[1], 0);
    put(&s->box[1], 4 * PAGE, &s->io[0], 0);
    put(&s->box[0], 4 * PAGE, &s->box[2], 1);
    put(&s->box[2], PAGE, &s->io[3], 0);
    stage(s, "containers in containers");
    put(&s->box[0], 15 * PAGE, &s->io[7], 0);
    stage(s, "cut by its container");
    memory_region_set_size(&s->box[0], 8 * PAGE);
    stage(s, "the container is cut");
    memory_region_set_size(&s->box[0], 64 * KiB);
    memory_region_set_address(&s->box[0], UINT64_MAX - 32 * KiB + 1);
    stage(s, "at the end of all addresses");
    memory_region_set_address(&s->box[0], 0);
    memory_region_set_enabled(&s->box[1], false);
    stage(s, "a box is disabled");
    memory_region_set_enabled(&s->box[1], true);
    take(&s->io[0]);
    put(&s->io[7], PAGE, &s->io[0], 0);
    stage(s, "a child of a region that answers itself");
    memory_region_set_readonly(&s->io[7], true);
    memory_region_set_readonly(&s->io[7], false);
    take_all(s);
    stage(s, "all gone again");
}

static void aliases(MemoryCompat *s)
{
    for (int i = 0; i < 6; i++) {
        put(root(s), i * 64 * KiB, &s->alias[i], 0);
    }
    stage(s, "aliases that join");
    memory_region_set_unmergeable(&s->alias[2], true);
    stage(s, "one does not merge");
    memory_region_set_unmergeable(&s->alias[3], true);
    memory_region_set_unmergeable(&s->alias[4], true);
    stage(s, "three do not");
    put(root(s), 64 * KiB + PAGE, &s->io[3], 0);
    put(root(s), 3 * 64 * KiB - PAGE, &s->io[1], 0);
    stage(s, "cut");
    take(&s->io[1]);
    take(&s->io[3]);
    stage(s, "whole again");
    memory_region_set_readonly(&s->alias[1], true);
    memory_region_set_nonvolatile(&s->alias[5], true);
    stage(s, "read-only, non-volatile");
    memory_region_set_alias_offset(&s->alias[5], 0);
    memory_region_set_alias_offset(&s->alias[0], MiB - 32 * KiB);
    stage(s, "offsets");
    memory_region_set_enabled(&s->ram, false);
    stage(s, "the target is disabled");
    memory_region_set_enabled(&s->ram, true);
    memory_region_set_nonvolatile(&s->alias[5], false);
    take_all(s);

    put(root(s), 0, &s->alias[8], 0);
    put(root(s), MiB, &s->alias[9], 0);
    put(&s->box[0], 0, &s->io[0], 0);
    put(&s->box[0], 2 * PAGE, &s->alias[6], -1);
    stage(s, "of an alias, of a box");
    put(root(s), 2 * MiB, &s->box[0], 0);
    memory_region_set_address(&s->io[0], 4 * PAGE);
    stage(s, "the box is there itself");
    memory_region_set_enabled(&s->box[0], false);
    stage(s, "and not any more");
    memory_region_set_enabled(&s->box[0], true);
    take_all(s);
}

static void kinds(MemoryCompat *s)
{
    put(root(s), 0, &s->romd, 0);
    put(root(s), 16 * KiB, &s->other_ram, 0);
    stage(s, "ROM device");
    memory_region_rom_device_set_romd(&s->romd, false);
    stage(s, "as registers");
    memory_region_rom_device_set_romd(&s->romd, true);
    memory_region_set_readonly(&s->other_ram, true);
    stage(s, "RAM as ROM");
    memory_region_set_readonly(&s->other_ram, false);
    memory_region_set_log(&s->other_ram, true, DIRTY_MEMORY_VGA);
    stage(s, "logging");
    put(root(s), 20 * KiB, &s->io[0], 1);
    stage(s, "logging in two pieces");
    memory_region_set_log(&s->other_ram, false, DIRTY_MEMORY_VGA);
    stage(s, "not logging");
    take_all(s);
}

static void eventfds(MemoryCompat *s)
{
    put(root(s), 0, &s->io[3], 0);
    memory_region_add_eventfd(&s->io[3], 0, 4, true, 1, &s->notifier);
    memory_region_add_eventfd(&s->io[3], PAGE, 2, false, 0, &s->notifier);
    memory_region_add_eventfd(&s->io[3], 2 * PAGE + 8, 0, false, 0,
                              &s->notifier);
    stage(s, "eventfds");
    put(root(s), PAGE, &s->io[0], 0);
    stage(s, "one is hidden");
    memory_region_set_address(&s->io[3], 64 * KiB);
    stage(s, "moved with their region");
    memory_region_del_eventfd(&s->io[3], 0, 4, true, 1, &s->notifier);
    memory_region_del_eventfd(&s->io[3], PAGE, 2, false, 0, &s->notifier);
    stage(s, "two are gone");
    memory_region_del_eventfd(&s->io[3], 2 * PAGE + 8, 0, false, 0,
                              &s->notifier);
    stage(s, "all are gone");
    memory_region_add_coalescing(&s->io[3], 0, PAGE);
    memory_region_add_coalescing(&s->io[3], 2 * PAGE, PAGE);
    stage(s, "coalesced");
    put(root(s), 64 * KiB + PAGE / 2, &s->io[4], 1);
    stage(s, "coalesced and cut");
    memory_region_clear_coalescing(&s->io[3]);
    stage(s, "not coalesced");
    take_all(s);
}

/* Several address spaces see the same: through an alias, and directly. */
static void spaces(MemoryCompat *s)
{
    put(root(s), 0, &s->box[0], 0);
    put(&s->box[0], PAGE, &s->io[2], 0);
    put(&s->ear[1].root, 0, &s->alias[9], 0);
    put(&s->ear[2].root, MiB, &s->alias[10], 0);
    put(&s->box[1], 0, &s->alias[11], 0);
    put(&s->box[2], PAGE, &s->io[5], 0);
    stage(s, "three spaces");
    memory_region_set_address(&s->io[2], 2 * PAGE);
    memory_region_set_size(&s->io[5], 8 * PAGE);
    stage(s, "a change in each");
    memory_region_set_enabled(&s->alias[9], false);
    stage(s, "one is blind");
    memory_region_set_enabled(&s->alias[9], true);
    stage(s, "and sees again");
    take_all(s);
    stage(s, "the end of spaces");
}

/* ---- a fixed run of random changes --------------------------------------- */

static unsigned draw(MemoryCompat *s, unsigned below)
{
    s->random = s->random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (s->random >> 33) % below;
}

static MemoryRegion *any_region(MemoryCompat *s)
{
    unsigned n = draw(s, NR_IO + NR_ALIAS + NR_BOX);

    if (n < NR_IO) {
        return &s->io[n];
    }
    n -= NR_IO;
    return n < NR_ALIAS ? &s->alias[n] : &s->box[n - NR_ALIAS];
}

/* Boxes contain only later boxes, and aliases of boxes are in the root only. */
static MemoryRegion *any_parent(MemoryCompat *s, MemoryRegion *mr)
{
    int first = 0;

    if (mr->alias && mr->alias >= s->box && mr->alias < s->box + NR_BOX) {
        return root(s);
    }
    if (mr >= s->box && mr < s->box + NR_BOX) {
        first = NR_BOX - (mr - s->box);
    }
    if (first >= NR_BOX || draw(s, 3) == 0) {
        return root(s);
    }
    return &s->box[NR_BOX - 1 - first - draw(s, NR_BOX - first)];
}

static void random_step(MemoryCompat *s)
{
    MemoryRegion *mr = any_region(s);
    hwaddr addr = draw(s, 32) * PAGE;
    bool on = draw(s, 4);

    switch (draw(s, 8)) {
    case 0:
    case 1:
    case 2:
        take(mr);
        put(any_parent(s, mr), addr, mr, (int)draw(s, 5) - 2);
        break;
    case 3:
        take(mr);
        break;
    case 4:
        memory_region_set_enabled(mr, on);
        break;
    case 5:
        memory_region_set_address(mr, addr);
        break;
    case 6:
        if (mr->alias) {
            memory_region_set_alias_offset(mr, addr);
        } else {
            memory_region_set_size(mr, addr);
        }
        break;
    case 7:
        memory_region_set_readonly(mr, !on);
        memory_region_set_unmergeable(mr, mr->alias && on);
        break;
    }
}

static void random_run(MemoryCompat *s)
{
    s->random = 42;
    for (int i = 0; i < 60; i++) {
        g_autofree char *name = g_strdup_printf("random %d", i);

        for (int n = draw(s, 6); n >= 0; n--) {
            random_step(s);
        }
        memory_region_transaction_begin();
        for (int n = draw(s, 10); n > 0; n--) {
            random_step(s);
        }
        memory_region_transaction_commit();
        show(s, name, i % 10 == 9);
    }
    take_all(s);
    for (int i = 0; i < NR_BOX; i++) {
        memory_region_set_size(&s->box[i], 64 * KiB);
        memory_region_set_readonly(&s->box[i], false);
    }
    for (int i = 0; i < NR_IO; i++) {
        memory_region_set_readonly(&s->io[i], false);
    }
}

/* ---- accesses ------------------------------------------------------------ */

static const struct {
    const char *name;
    MemoryRegionOps ops;
} variants[] = {
    { "default", { .endianness = DEVICE_LITTLE_ENDIAN } },
    { "big", { .endianness = DEVICE_BIG_ENDIAN } },
    { "valid 4",
      { .endianness = DEVICE_LITTLE_ENDIAN,
        .valid = { .min_access_size = 4, .max_access_size = 4 } } },
    { "valid 1 to 8",
      { .endianness = DEVICE_LITTLE_ENDIAN,
        .valid = { .min_access_size = 1, .max_access_size = 8 },
        .impl = { .min_access_size = 1, .max_access_size = 8 } } },
    { "unaligned",
      { .endianness = DEVICE_LITTLE_ENDIAN,
        .valid = { .min_access_size = 1,
                   .max_access_size = 8,
                   .unaligned = true },
        .impl = { .min_access_size = 1,
                  .max_access_size = 8,
                  .unaligned = true } } },
    { "impl 1",
      { .endianness = DEVICE_LITTLE_ENDIAN,
        .impl = { .min_access_size = 1, .max_access_size = 1 } } },
    { "impl 4",
      { .endianness = DEVICE_LITTLE_ENDIAN,
        .impl = { .min_access_size = 4, .max_access_size = 4 } } },
    { "impl 2, big",
      { .endianness = DEVICE_BIG_ENDIAN,
        .impl = { .min_access_size = 2, .max_access_size = 2 } } },
    { "impl 8, valid 8",
      { .endianness = DEVICE_LITTLE_ENDIAN,
        .valid = { .min_access_size = 1, .max_access_size = 8 },
        .impl = { .min_access_size = 8, .max_access_size = 8 } } },
};

static void one_access(MemoryCompat *s, AddressSpace *as, hwaddr addr,
                       unsigned size, bool is_write)
{
    uint8_t buf[16] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                        0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe };
    MemTxResult res;

    g_string_truncate(s->calls, 0);
    res =
        address_space_rw(as, addr, MEMTXATTRS_UNSPECIFIED, buf, size, is_write);
    printf("  %s %u@%" PRIx64 ": %u", is_write ? "write" : "read", size,
           (uint64_t)addr, res);
    for (unsigned i = 0; !is_write && i < size; i++) {
        printf("%s%02x", i ? "" : " ", buf[i]);
    }
    printf("%s\n", s->calls->str);
}

static void one_value(MemoryCompat *s, AddressSpace *as, hwaddr addr)
{
    MemTxResult res;
    uint64_t value;

    g_string_truncate(s->calls, 0);
    value = address_space_ldl_be(as, addr, MEMTXATTRS_UNSPECIFIED, &res);
    printf("  ldl_be @%" PRIx64 ": %u %" PRIx64 "%s\n", (uint64_t)addr, res,
           value, s->calls->str);
    g_string_truncate(s->calls, 0);
    value = address_space_lduw_le(as, addr, MEMTXATTRS_UNSPECIFIED, &res);
    printf("  lduw_le @%" PRIx64 ": %u %" PRIx64 "%s\n", (uint64_t)addr, res,
           value, s->calls->str);
    g_string_truncate(s->calls, 0);
    address_space_stq_be(as, addr, 0x0123456789abcdef, MEMTXATTRS_UNSPECIFIED,
                         &res);
    printf("  stq_be @%" PRIx64 ": %u%s\n", (uint64_t)addr, res, s->calls->str);
}

static void accesses(MemoryCompat *s)
{
    static const unsigned sizes[] = { 1, 2, 3, 4, 5, 8, 12 };
    static MemoryRegionOps ops[ARRAY_SIZE(variants)];
    static MemoryRegion mr[ARRAY_SIZE(variants)];
    AddressSpace *as = &s->ear[0].as;

    for (int v = 0; v < ARRAY_SIZE(variants); v++) {
        ops[v] = variants[v].ops;
        ops[v].read = reg_read;
        ops[v].write = reg_write;
        memory_region_init_io(&mr[v], OBJECT(s), &ops[v], s, variants[v].name,
                              32);
        put(root(s), 0, &mr[v], 0);
        printf("==== accesses: %s\n", variants[v].name);
        for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
            for (hwaddr addr = 0; addr < 5; addr++) {
                one_access(s, as, addr, sizes[i], false);
                one_access(s, as, addr, sizes[i], true);
            }
        }
        one_access(s, as, 30, 4, false);
        one_access(s, as, 40, 4, true);
        one_value(s, as, 0);
        one_value(s, as, 8);
        one_value(s, as, 2);
        memory_region_del_subregion(root(s), &mr[v]);
    }
}

static void lookups(MemoryCompat *s)
{
    AddressSpace *as = &s->ear[0].as;
    static const hwaddr at[] = { 0,        PAGE - 1, PAGE,
                                 3 * PAGE, 64 * KiB, UINT64_MAX };

    put(root(s), 0, &s->other_ram, 0);
    put(root(s), PAGE, &s->io[1], 1);
    put(root(s), 64 * KiB, &s->romd, 0);
    printf("==== lookups\n");
    for (int i = 0; i < ARRAY_SIZE(at); i++) {
        MemoryRegionSection found =
            memory_region_find(root(s), at[i], 2 * PAGE);
        hwaddr len = 16 * KiB;
        void *p;

        printf("  find %" PRIx64 ": ", (uint64_t)at[i]);
        if (found.mr) {
            printf("%s @%" PRIx64 " at %" PRIx64 "+%" PRIx64 "%s\n",
                   memory_region_name(found.mr),
                   (uint64_t)found.offset_within_region,
                   (uint64_t)found.offset_within_address_space,
                   size_of(found.size), found.readonly ? " ro" : "");
            memory_region_unref(found.mr);
        } else {
            printf("nothing\n");
        }
        printf("  valid: read %d write %d\n",
               address_space_access_valid(as, at[i], 4, false,
                                          MEMTXATTRS_UNSPECIFIED),
               address_space_access_valid(as, at[i], 4, true,
                                          MEMTXATTRS_UNSPECIFIED));
        p = address_space_map(as, at[i], &len, false, MEMTXATTRS_UNSPECIFIED);
        printf("  map: %d %" PRIx64 "\n", !!p, (uint64_t)len);
        if (p) {
            address_space_unmap(as, p, len, false, 0);
        }
    }
    take_all(s);
}

/* ---- the device ---------------------------------------------------------- */

static void compat_run(void *opaque)
{
    MemoryCompat *s = opaque;

    s->calls = g_string_new(NULL);
    make_regions(s);
    overlaps(s);
    transactions(s);
    containers(s);
    aliases(s);
    kinds(s);
    eventfds(s);
    spaces(s);
    random_run(s);
    accesses(s);
    lookups(s);
    printf("==== done\n");
    fflush(stdout);
    for (int i = 0; i < NR_SPACES; i++) {
        memory_listener_unregister(&s->ear[i].listener);
        address_space_destroy(&s->ear[i].as);
        g_string_free(s->ear[i].heard, true);
    }
    event_notifier_cleanup(&s->notifier);
    g_string_free(s->calls, true);
    qemu_system_shutdown_request(SHUTDOWN_CAUSE_HOST_QMP_QUIT);
}

static void compat_realize(DeviceState *dev, Error **errp)
{
    MemoryCompat *s = MEMORY_COMPAT(dev);

    s->start = timer_new_ns(QEMU_CLOCK_REALTIME, compat_run, s);
    timer_mod(s->start, qemu_clock_get_ns(QEMU_CLOCK_REALTIME));
}

static void compat_unrealize(DeviceState *dev)
{
    timer_free(MEMORY_COMPAT(dev)->start);
}

static void compat_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "a fixed sequence of calls of the memory API";
    dc->realize = compat_realize;
    dc->unrealize = compat_unrealize;
}

static const TypeInfo compat_types[] = {
    {
        .name = TYPE_MEMORY_COMPAT,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(MemoryCompat),
        .class_init = compat_class_init,
    },
};

DEFINE_TYPES(compat_types)

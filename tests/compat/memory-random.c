/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory-script: a device that does the same random things to trees of memory
 * regions wherever it is compiled in, and prints `info mtree -f` after each, so
 * that two emulators with QEMU 10.0's device API can be compared.
 *
 *     -M none -device memory-script,seed=1,steps=200
 *
 * Regions are numbered. A container takes only children with higher numbers and
 * an alias points only at higher numbers, so that there are no cycles.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/qemu-print.h"
#include "qemu/units.h"

#define TYPE_MEMORY_SCRIPT "memory-script"
OBJECT_DECLARE_SIMPLE_TYPE(MemoryScript, MEMORY_SCRIPT)

#define PAGE 0x1000
#define ROOTS 4
#define REGIONS 32
#define TOP (0 - (uint64_t)16 * PAGE)

typedef enum Kind {
    CONTAINER, IO, RAM, ROM, ROMD, ALIAS, KINDS
} Kind;

struct MemoryScript {
    DeviceState parent_obj;

    uint32_t seed;
    uint32_t steps;

    uint64_t state; /* of the generator */
    AddressSpace as[ROOTS];
    MemoryRegion mr[REGIONS];
    Kind kind[REGIONS];
    int target[REGIONS]; /* of aliases */
};

/* The same numbers everywhere: xorshift64*, from its author's description. */
static unsigned draw(MemoryScript *s, unsigned below)
{
    s->state ^= s->state >> 12;
    s->state ^= s->state << 25;
    s->state ^= s->state >> 27;
    return (s->state * 0x2545f4914f6cdd1dULL >> 33) % below;
}

static uint64_t reg_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void reg_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
}

static const MemoryRegionOps reg_ops = {
    .read = reg_read,
    .write = reg_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static uint64_t draw_size(MemoryScript *s)
{
    return draw(s, 12) ? (1 + draw(s, 16)) * (uint64_t)PAGE
           : draw(s, 2) ? UINT64_MAX : 16 * GiB;
}

static hwaddr draw_address(MemoryScript *s)
{
    return (draw(s, 8) ? 0 : TOP) + draw(s, 16) * (uint64_t)PAGE;
}

static void make_region(MemoryScript *s, int i)
{
    static const char *const names[KINDS] = {
        "container", "io", "ram", "rom", "romd", "alias"
    };
    g_autofree char *name = NULL;
    MemoryRegion *mr = &s->mr[i];
    Object *owner = OBJECT(s);
    uint64_t pages = (1 + draw(s, 8)) * PAGE;

    s->kind[i] = i < ROOTS ? CONTAINER : draw(s, KINDS);
    if (i == REGIONS - 1 && s->kind[i] == ALIAS) {
        s->kind[i] = IO;
    }
    name = g_strdup_printf("%s%d", names[s->kind[i]], i);
    switch (s->kind[i]) {
    case CONTAINER:
        memory_region_init(mr, owner, name, draw_size(s));
        break;
    case IO:
        memory_region_init_io(mr, owner, &reg_ops, s, name, draw_size(s));
        break;
    case RAM:
        memory_region_init_ram_nomigrate(mr, owner, name, pages, &error_fatal);
        break;
    case ROM:
        memory_region_init_rom_nomigrate(mr, owner, name, pages, &error_fatal);
        break;
    case ROMD:
        memory_region_init_rom_device_nomigrate(mr, owner, &reg_ops, s, name,
                                                pages, &error_fatal);
        break;
    default:
        s->target[i] = i + 1 + draw(s, REGIONS - i - 1);
        memory_region_init_alias(mr, owner, name, &s->mr[s->target[i]],
                                 draw(s, 4) * PAGE, draw_size(s));
        break;
    }
}

static void attach(MemoryScript *s, int i)
{
    int parent = draw(s, i);

    if (s->kind[parent] == CONTAINER || s->kind[parent] == IO) {
        memory_region_add_subregion_overlap(&s->mr[parent], draw_address(s),
                                            &s->mr[i], draw(s, 4));
    }
}

static void step_attributes(MemoryScript *s, int i)
{
    MemoryRegion *mr = &s->mr[i];
    bool on = draw(s, 2);

    switch (draw(s, 4)) {
    case 0:
        memory_region_set_readonly(mr, on);
        break;
    case 1:
        memory_region_set_nonvolatile(mr, on);
        break;
    case 2:
        memory_region_set_unmergeable(mr, on);
        break;
    default:
        if (s->kind[i] == ROMD) {
            memory_region_rom_device_set_romd(mr, on);
        }
        break;
    }
}

static void step(MemoryScript *s)
{
    int i = ROOTS + draw(s, REGIONS - ROOTS);
    MemoryRegion *mr = &s->mr[i];

    switch (draw(s, 8)) {
    case 0:
    case 1:
        if (!mr->container) {
            attach(s, i);
        } else if (draw(s, 3) == 0) {
            memory_region_del_subregion(mr->container, mr);
        }
        break;
    case 2:
        memory_region_set_enabled(mr, draw(s, 4));
        break;
    case 3:
        memory_region_set_address(mr, draw_address(s));
        break;
    case 4:
        if (s->kind[i] == CONTAINER || s->kind[i] == ALIAS) {
            memory_region_set_size(mr, draw_size(s));
        }
        break;
    case 5:
        if (s->kind[i] == ALIAS) {
            memory_region_set_alias_offset(mr, draw(s, 8) * PAGE);
        }
        break;
    default:
        step_attributes(s, i);
        break;
    }
}

static void memory_script_realize(DeviceState *dev, Error **errp)
{
    MemoryScript *s = MEMORY_SCRIPT(dev);

    s->state = s->seed + 0x9e3779b97f4a7c15ULL;
    for (int i = REGIONS - 1; i >= 0; i--) {
        make_region(s, i);
    }
    for (int i = 0; i < ROOTS; i++) {
        g_autofree char *name = g_strdup_printf("space%d", i);

        address_space_init(&s->as[i], &s->mr[i], name);
    }
    for (int i = ROOTS; i < REGIONS; i++) {
        attach(s, i);
    }
    for (unsigned i = 0; i < s->steps; i++) {
        unsigned together = draw(s, 4) ? 1 : 1 + draw(s, 6);

        memory_region_transaction_begin();
        while (together--) {
            step(s);
        }
        memory_region_transaction_commit();
        qemu_printf("== step %u\n", i);
        mtree_info(true, false, false, false);
    }
    qemu_printf("== the trees at last\n");
    mtree_info(false, false, false, true);
    fflush(stdout);
    exit(0);
}

static const Property memory_script_properties[] = {
    DEFINE_PROP_UINT32("seed", MemoryScript, seed, 1),
    DEFINE_PROP_UINT32("steps", MemoryScript, steps, 200),
};

static void memory_script_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "random changes of memory regions, and what they show";
    dc->realize = memory_script_realize;
    device_class_set_props(dc, memory_script_properties);
}

static const TypeInfo memory_script_types[] = {
    {
        .name = TYPE_MEMORY_SCRIPT,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(MemoryScript),
        .class_init = memory_script_class_init,
    },
};

DEFINE_TYPES(memory_script_types)

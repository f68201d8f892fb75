/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "-device loader". */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/core/cpu.h"
#include "hw/core/generic-loader.h"
#include "hw/loader.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "system/dma.h"
#include "system/reset.h"

#define CPU_NONE UINT32_MAX

static AddressSpace *loader_space(const GenericLoaderState *s)
{
    return s->cpu && s->cpu->as ? s->cpu->as : &address_space_memory;
}

static void generic_loader_reset(void *opaque)
{
    GenericLoaderState *s = opaque;

    if (s->set_pc) {
        cpu_reset(s->cpu);
        cpu_set_pc(s->cpu, s->addr);
    }
    if (s->data_len &&
        dma_memory_write(loader_space(s), s->addr, &s->data, s->data_len,
                         MEMTXATTRS_UNSPECIFIED) != MEMTX_OK) {
        warn_report("loader: nothing takes the %u bytes at 0x%" PRIx64,
                    s->data_len, s->addr);
    }
}

/* ---- what was asked for -------------------------------------------------- */

static bool check_data(const GenericLoaderState *s, Error **errp)
{
    if (s->file) {
        error_setg(errp, "Specifying a file is not supported when loading "
                         "memory values");
    } else if (s->force_raw) {
        error_setg(errp, "Specifying force-raw is not supported when "
                         "loading memory values");
    } else if (!s->data_len) {
        error_setg(errp, "Both data and data-len must be specified");
    } else if (s->data_len > sizeof(s->data)) {
        error_setg(errp, "data-len cannot be greater then 8 bytes");
    } else {
        return true;
    }
    return false;
}

static bool check_properties(GenericLoaderState *s, Error **errp)
{
    bool names_cpu = s->cpu_num != CPU_NONE;

    if (s->data || s->data_len || s->data_be) {
        return check_data(s, errp);
    }
    s->set_pc = names_cpu;
    if (s->file) {
        return true;
    }
    if (s->force_raw) {
        error_setg(errp, "force-raw needs a file");
    } else if (s->addr && !names_cpu) {
        error_setg(errp, "cpu_num must be specified when setting a "
                         "program counter");
    } else if (!s->addr) {
        error_setg(errp, "please include valid arguments");
    } else {
        return true;
    }
    return false;
}

static bool find_cpu(GenericLoaderState *s, Error **errp)
{
    if (s->cpu_num == CPU_NONE) {
        s->cpu = first_cpu;
        return true;
    }
    s->cpu = qemu_get_cpu(s->cpu_num);
    if (!s->cpu) {
        error_setg(errp, "Specified boot CPU#%u is nonexistent", s->cpu_num);
        return false;
    }
    return true;
}

/* ---- files --------------------------------------------------------------- */

/* In a format that says where it goes: sets addr to the entry point. */
static bool load_format(GenericLoaderState *s, bool *done, Error **errp)
{
    AddressSpace *as = loader_space(s);
    hwaddr entry;
    ssize_t size;

    size = load_elf_as(s->file, NULL, NULL, NULL, &entry, NULL, NULL, NULL,
                       ELFDATANONE, EM_NONE, 0, 0, as);
    if (size < 0 && size != ELF_LOAD_NOT_ELF && size != ELF_LOAD_FAILED) {
        error_setg(errp, "Cannot load specified image %s: %s", s->file,
                   load_elf_strerror(size));
        return false;
    }
    if (size < 0) {
        size = load_uimage_as(s->file, &entry, NULL, NULL, NULL, NULL, as);
    }
    if (size < 0) {
        size = load_targphys_hex_as(s->file, &entry, as);
    }
    *done = size >= 0;
    if (*done) {
        s->addr = entry;
    }
    return true;
}

static bool load_file(GenericLoaderState *s, Error **errp)
{
    ERRP_GUARD();
    bool done = false;

    if (!s->force_raw && !load_format(s, &done, errp)) {
        return false;
    }
    if (!done &&
        load_image_or_error("file", s->file, s->addr, current_machine->ram_size,
                            loader_space(s), errp) < 0) {
        error_prepend(errp, "Cannot load specified image %s: ", s->file);
        return false;
    }
    return true;
}

/* ---- the device ---------------------------------------------------------- */

static void generic_loader_realize(DeviceState *dev, Error **errp)
{
    GenericLoaderState *s = GENERIC_LOADER(dev);

    if (!check_properties(s, errp) || !find_cpu(s, errp) ||
        (s->file && !load_file(s, errp))) {
        return;
    }
    /* A number of data_len bytes, in the order of its place. */
    if (s->data_be) {
        stq_be_p(&s->data, s->data_len ? s->data << (64 - 8 * s->data_len) : 0);
    } else {
        s->data = cpu_to_le64(s->data);
    }
    qemu_register_reset(generic_loader_reset, s);
}

static void generic_loader_unrealize(DeviceState *dev)
{
    qemu_unregister_reset(generic_loader_reset, dev);
}

static const Property generic_loader_props[] = {
    DEFINE_PROP_UINT64("addr", GenericLoaderState, addr, 0),
    DEFINE_PROP_UINT64("data", GenericLoaderState, data, 0),
    DEFINE_PROP_UINT8("data-len", GenericLoaderState, data_len, 0),
    DEFINE_PROP_BOOL("data-be", GenericLoaderState, data_be, false),
    DEFINE_PROP_UINT32("cpu-num", GenericLoaderState, cpu_num, CPU_NONE),
    DEFINE_PROP_BOOL("force-raw", GenericLoaderState, force_raw, false),
    DEFINE_PROP_STRING("file", GenericLoaderState, file),
};

static void generic_loader_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = generic_loader_realize;
    dc->unrealize = generic_loader_unrealize;
    device_class_set_props(dc, generic_loader_props);
    dc->desc = "Generic Loader";
    dc->hotpluggable = false; /* ROMs are fixed once the machine is built */
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo generic_loader_types[] = {
    {
        .name = TYPE_GENERIC_LOADER,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(GenericLoaderState),
        .class_init = generic_loader_class_init,
    },
};

DEFINE_TYPES(generic_loader_types)

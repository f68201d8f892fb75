/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ramfb: see include/hw/display/ramfb.h. The surface is the guest's memory
 * itself; the log of dirty pages says which rows listeners have to look at.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/display/bochs-vbe.h"
#include "hw/display/ramfb.h"
#include "hw/nvram/fw_cfg.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "ui/console.h"
#include "ramfb-internal.h"

/* The sizes that QEMU takes. */
#define MIN_SIZE   16
#define MAX_WIDTH  VBE_DISPI_MAX_XRES
#define MAX_HEIGHT VBE_DISPI_MAX_YRES
/* pixman counts the words of an image in an int. */
#define MAX_BYTES (1u << 31)

/* The file etc/ramfb, big endian. */
struct QEMU_PACKED RAMFBCfg {
    uint64_t addr;
    uint32_t fourcc; /* a format code of DRM */
    uint32_t flags;
    uint32_t width;
    uint32_t height;
    uint32_t stride; /* 0: rows follow each other */
};

struct RAMFBState {
    struct RAMFBCfg cfg;
    uint32_t width, height, stride;
    MemoryRegionSection section; /* mr NULL: nothing to show */
    DisplaySurface *pending;     /* to be shown at the next update */
};

static void forget_region(pixman_image_t *image, void *opaque)
{
    memory_region_unref(opaque);
}

static bool check_config(const struct RAMFBCfg *cfg, uint32_t width,
                         uint32_t height, uint32_t stride, uint32_t row)
{
    if (width < MIN_SIZE || width > MAX_WIDTH || height < MIN_SIZE ||
        height > MAX_HEIGHT) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "ramfb: %ux%u is no size of a screen here\n", width,
                      height);
        return false;
    }
    if (!row) {
        qemu_log_mask(LOG_GUEST_ERROR, "ramfb: unknown format 0x%08x\n",
                      be32_to_cpu(cfg->fourcc));
        return false;
    }
    if (stride < row || stride % sizeof(uint32_t) ||
        (uint64_t)stride * height > MAX_BYTES) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "ramfb: rows of %u bytes cannot be %u bytes apart\n", row,
                      stride);
        return false;
    }
    return true;
}

/* The guest has written the file: what it was before stays if it is wrong. */
static void ramfb_configure(void *opaque, off_t start, size_t len)
{
    RAMFBState *s = opaque;
    uint32_t width = be32_to_cpu(s->cfg.width);
    uint32_t height = be32_to_cpu(s->cfg.height);
    uint32_t stride = be32_to_cpu(s->cfg.stride);
    uint64_t addr = be64_to_cpu(s->cfg.addr);
    pixman_format_code_t format =
        qemu_drm_format_to_pixman(be32_to_cpu(s->cfg.fourcc));
    uint32_t row = MIN(width, MAX_WIDTH) * (PIXMAN_FORMAT_BPP(format) / 8);
    MemoryRegionSection section;
    uint64_t size;

    stride = stride ?: row;
    if (!check_config(&s->cfg, width, height, stride, row)) {
        return;
    }
    size = (uint64_t)stride * (height - 1) + row;
    section = memory_region_find(get_system_memory(), addr, size);
    if (!section.mr || !memory_region_is_ram(section.mr) ||
        int128_lt(section.size, int128_make64(size))) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "ramfb: no RAM of 0x%" PRIx64 " bytes at 0x%" PRIx64 "\n",
                      size, addr);
        if (section.mr) {
            memory_region_unref(section.mr);
        }
        return;
    }
    ramfb_forget(s);
    s->section = section;
    s->width = width;
    s->height = height;
    s->stride = stride;
    memory_region_set_log(section.mr, true, DIRTY_MEMORY_VGA);
    s->pending = qemu_create_displaysurface_from(
        width, height, format, stride,
        (uint8_t *)memory_region_get_ram_ptr(section.mr) +
            section.offset_within_region);
    memory_region_ref(section.mr); /* the surface's */
    pixman_image_set_destroy_function(s->pending->image, forget_region,
                                      section.mr);
}

void ramfb_forget(RAMFBState *s)
{
    qemu_free_displaysurface(s->pending);
    s->pending = NULL;
    if (s->section.mr) {
        memory_region_set_log(s->section.mr, false, DIRTY_MEMORY_VGA);
        memory_region_unref(s->section.mr);
        s->section.mr = NULL;
    }
}

void ramfb_reset(QemuConsole *con, RAMFBState *s)
{
    if (s->section.mr) {
        ramfb_forget(s);
        dpy_gfx_replace_surface(con, NULL);
    }
    memset(&s->cfg, 0, sizeof(s->cfg));
}

/*
 * Tells of each run of rows that has changed. Taking the snapshot may let a CPU
 * in, which configures another screen: this is of the surface that is shown,
 * which keeps its region.
 */
static void tell_dirty_rows(QemuConsole *con, RAMFBState *s)
{
    MemoryRegion *mr = s->section.mr;
    hwaddr base = s->section.offset_within_region;
    uint32_t width = s->width, height = s->height, stride = s->stride;
    uint32_t row_bytes =
        width * surface_bytes_per_pixel(qemu_console_surface(con));
    DirtyBitmapSnapshot *snapshot = memory_region_snapshot_and_clear_dirty(
        mr, base, (hwaddr)stride * (height - 1) + row_bytes, DIRTY_MEMORY_VGA);
    int first = -1;

    for (int row = 0; row <= height; row++) {
        bool dirty = row < height &&
                     memory_region_snapshot_get_dirty(
                         mr, snapshot, base + (hwaddr)row * stride, row_bytes);

        if (dirty && first < 0) {
            first = row;
        } else if (!dirty && first >= 0) {
            dpy_gfx_update(con, 0, first, width, row - first);
            first = -1;
        }
    }
    g_free(snapshot);
}

void ramfb_display_update(QemuConsole *con, RAMFBState *s)
{
    if (!s->section.mr) {
        return;
    }
    if (s->pending) {
        DisplaySurface *surface = s->pending;

        s->pending = NULL;
        memory_region_reset_dirty(
            s->section.mr, s->section.offset_within_region,
            (hwaddr)s->stride * s->height, DIRTY_MEMORY_VGA);
        dpy_gfx_replace_surface(con, surface); /* tells of all of it */
        return;
    }
    tell_dirty_rows(con, s);
}

static int ramfb_post_load(void *opaque, int version_id)
{
    RAMFBState *s = opaque;

    ramfb_forget(s);
    if (s->cfg.width) {
        ramfb_configure(s, 0, sizeof(s->cfg));
    }
    return 0;
}

const VMStateDescription ramfb_vmstate = {
    .name = "ramfb",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = ramfb_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_BUFFER_UNSAFE(cfg, RAMFBState, 0, sizeof(struct RAMFBCfg)),
            VMSTATE_END_OF_LIST() },
};

RAMFBState *ramfb_setup(Error **errp)
{
    FWCfgState *fw_cfg = fw_cfg_find();
    RAMFBState *s;

    if (!fw_cfg || !fw_cfg_dma_enabled(fw_cfg)) {
        error_setg(errp, "ramfb device requires fw_cfg with DMA");
        return NULL;
    }
    s = g_new0(RAMFBState, 1);
    fw_cfg_add_file_callback(fw_cfg, "etc/ramfb", NULL, ramfb_configure, s,
                             &s->cfg, sizeof(s->cfg), false);
    return s;
}

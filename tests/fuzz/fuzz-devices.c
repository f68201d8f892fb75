/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as accesses to the devices of the board `virt', in this process:
 * reads and writes of all sizes in and around each device's registers, DMA by
 * fw_cfg and PCI, the clock, lines, resets. Nothing may crash, leak or hang.
 *
 * PLATEAU_FUZZ_AIA names the interrupt controllers, as -machine aia= does.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/core/cpu.h"
#include "hw/misc/unimp.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "system/runstate.h"
#include "system/system.h"
#include "fuzz-input.h"

#define UNIMP    0x11000000
#define RAM      0x80000000
#define MAX_OPS  400
#define MAX_STEP (10 * NANOSECONDS_PER_SECOND)

/* Where something is, and how far apart its registers are. */
static const struct {
    hwaddr base;
    hwaddr size;
    hwaddr stride;
} places[] = {
    { 0x0, 0x10000, 4 },             /* debug, boot ROM */
    { 0x100000, 0x1000, 1 },         /* test finisher */
    { 0x101000, 0x1000, 1 },         /* RTC */
    { 0x2000000, 0x10000, 4 },       /* mswi, mtimer */
    { 0x200bff0, 0x10, 1 },          /* mtime */
    { 0x2f00000, 0x4000, 4 },        /* sswi */
    { 0x3000000, 0x10000, 1 },       /* PCI ports */
    { 0xc000000, 0x8000, 4 },        /* PLIC, or APLIC of M mode */
    { 0xc200000, 0x400000, 0x1000 }, /* PLIC contexts */
    { 0xc200004, 0x400000, 0x1000 }, /* claim, complete */
    { 0xd000000, 0x8000, 4 },        /* APLIC of S mode */
    { 0x10000000, 0x100, 1 },        /* UART */
    { 0x10001000, 0x8000, 4 },       /* virtio-mmio */
    { 0x10100000, 0x18, 1 },         /* fw_cfg */
    { UNIMP, 0x1000, 1 },
    { 0x20000000, 0x4000000, 0x555 }, /* flash, by its command addresses */
    { 0x22000000, 0x2000, 1 },        /* second flash */
    { 0x24000000, 0x4000, 4 },        /* IMSIC */
    { 0x28000000, 0x4000, 4 },
    { 0x30000000, 0x8000, 1 }, /* configuration space */
    { 0x30000000, 0x10000000, 0x8004 },
    { 0x40000000, 0x100000, 4 }, /* PCI memory */
    { 0x400000000, 0x100000, 4 },
    { RAM, 0x4000, 1 }, /* what DMA descriptors are made of */
};

static void access_place(Bytes *bytes, bool write)
{
    uint8_t what = draw(bytes, 1);
    unsigned size = 1 << (what >> 6);
    unsigned i = what & 63;
    uint8_t buf[8];
    hwaddr at;

    if (i >= ARRAY_SIZE(places)) {
        /* Any address, for what lies between. */
        at = draw(bytes, 5);
        if (at < RAM && at >= 0x100000 && at < 0x101000) {
            return;
        }
    } else {
        at = draw(bytes, 2) * places[i].stride;
        /* At times just behind the end. */
        at = places[i].base + at % (places[i].size + 8);
    }
    if (write) {
        stq_le_p(buf, draw(bytes, size));
    }
    address_space_rw(&address_space_memory, at, MEMTXATTRS_UNSPECIFIED, buf,
                     size, write);
}

static void step(Bytes *bytes)
{
    uint8_t op = draw(bytes, 1);

    switch (op & 31) {
    case 0:
        qemu_clock_advance_virtual_time(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                                        MIN(draw(bytes, 5), MAX_STEP));
        break;
    case 1:
        main_loop_wait(true);
        break;
    case 2:
        if (op & 0x80) {
            qemu_system_reset(SHUTDOWN_CAUSE_GUEST_RESET);
        }
        break;
    case 3 ... 14:
        access_place(bytes, false);
        break;
    default:
        access_place(bytes, true);
        break;
    }
}

/* Back to the beginning, whatever the guest has asked for. */
static void start_over(void)
{
    int status;

    main_loop_wait(true);
    main_loop_should_exit(&status);
    if (!runstate_is_running()) {
        vm_start();
    }
    qemu_system_reset(SHUTDOWN_CAUSE_NONE);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *aia = getenv("PLATEAU_FUZZ_AIA") ?: "none";
    g_autofree char *machine =
        g_strdup_printf("virt,aclint=on,aia=%s,aia-guests=1", aia);
    char *args[] = {
        (*argv)[0],
        (char *)"-machine",
        machine,
        (char *)"-accel",
        (char *)"qtest",
        (char *)"-m",
        (char *)"16M",
        (char *)"-smp",
        (char *)"2",
        (char *)"-nodefaults",
        (char *)"-display",
        (char *)"none",
        (char *)"-bios",
        (char *)"none",
        (char *)"-serial",
        (char *)"null",
        (char *)"-no-shutdown",
        (char *)"-device",
        (char *)"edu",
        NULL,
    };

    qemu_init(ARRAY_SIZE(args) - 1, args);
    create_unimplemented_device("fuzz", UNIMP, 0x1000);
    start_over();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes bytes = { data, size };

    for (int i = 0; i < MAX_OPS && bytes.left; i++) {
        step(&bytes);
    }
    start_over();
    return 0;
}

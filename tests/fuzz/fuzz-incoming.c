/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a stream of migration, loaded by the machine `virt' with many
 * devices, in this process. What is accepted is then used: registers are read
 * and written, queues notified, timers run, the state saved again. Nothing may
 * crash, leak, hang, or take memory that did not come.
 *
 * An input of up to 16 bytes is a recipe: its bytes are a seed, from which the
 * machine gets a state, whose stream must load; that stream is changed in a few
 * ways, and each loaded. So the seeds are as new as the program, and the tests
 * of builds without libFuzzer fuzz a little, too.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "hw/boards.h"
#include "hw/pci/pci_device.h"
#include "hw/virtio/virtio.h"
#include "hw/virtio/virtio-mem.h"
#include "qemu/bswap.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_mem.h"
#include "system/runstate.h"
#include "system/system.h"
#include "../../migration/global-state.h"
#include "../unit/migration-fixture.h"
#include "fuzz-input.h"
#include "stream-mutate.h"

#define RAM          0x80000000
#define RAM_SIZE     (2 * MiB)
#define PATTERN_SIZE 0xc000
#define IDLE_RINGS   (RAM + 0x20000)  /* zeros: nothing is asked for, yet */
#define RINGS        (RAM + 0x100000) /* of the queue of virtio-mem */
#define MAX_STREAM   (1 * MiB)
#define RECIPE       16
#define CHANGES      40

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
    __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
                               unsigned seed);

static GPtrArray *vdevs, *pci_devices;
static FILE *messages;
static GByteArray *good; /* a stream that loads */
static uint8_t *pattern; /* what RAM begins with: descriptors of a kind */

/* ---- the machine --------------------------------------------------------- */

static uint8_t *ram(void)
{
    return memory_region_get_ram_ptr(current_machine->ram);
}

/*
 * A machine whose stream could not be loaded is thrown away; this one goes on.
 * All but what a reset keeps must be right again, even so.
 */
static void restore_virtio_mem(bool after_reset)
{
    for (guint i = 0; i < vdevs->len; i++) {
        VirtIOMEM *vmem = (VirtIOMEM *)object_dynamic_cast(
            g_ptr_array_index(vdevs, i), TYPE_VIRTIO_MEM);

        if (vmem && after_reset) {
            vmem->size = 0;
            bitmap_zero(vmem->bitmap, vmem->bitmap_size);
        } else if (vmem) {
            vmem->requested_size = vmem->usable_region_size = 16 * MiB;
        }
    }
}

/* Back to the beginning, whatever the stream has made of it. */
static void start_over(void)
{
    int status;

    main_loop_wait(true);
    main_loop_should_exit(&status);
    if (!runstate_is_running()) {
        vm_start();
    }
    restore_virtio_mem(false);
    qemu_system_reset(SHUTDOWN_CAUSE_NONE);
    restore_virtio_mem(true);
    memcpy(ram(), pattern, RAM_SIZE);
}

static void make_pattern(void)
{
    GRand *rand = g_rand_new_with_seed(1);

    pattern = g_malloc0(RAM_SIZE);
    for (size_t i = 0; i < PATTERN_SIZE; i += 16) {
        stq_le_p(pattern + i,
                 RAM + g_rand_int_range(rand, 0, 2 * PATTERN_SIZE));
        stl_le_p(pattern + i + 8,
                 g_rand_int(rand) >> g_rand_int_range(rand, 0, 32));
        stw_le_p(pattern + i + 12, g_rand_int_range(rand, 0, 8));
        stw_le_p(pattern + i + 14, g_rand_int_range(rand, 0, 64));
    }
    g_rand_free(rand);
}

static int find_device(Object *obj, void *opaque)
{
    if (object_dynamic_cast(obj, TYPE_VIRTIO_DEVICE)) {
        g_ptr_array_add(vdevs, obj);
    } else if (object_dynamic_cast(obj, TYPE_PCI_DEVICE)) {
        g_ptr_array_add(pci_devices, obj);
    }
    return 0;
}

/* Blocks that are long and dull. */
static void leave_flash_out(void)
{
    static const char *const names[] = { "virt.flash0", "virt.flash1" };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        RAMBlock *rb = qemu_ram_block_by_name(names[i]);

        g_assert(rb);
        qemu_ram_unset_migratable(rb);
    }
}

static const char *const arguments[] = {
    "-machine",
    "virt,aclint=on,suppress-vmdesc=on",
    "-accel",
    "qtest",
    "-m",
    "2M,maxmem=2G",
    "-smp",
    "2",
    "-nodefaults",
    "-display",
    "none",
    "-bios",
    "none",
    "-serial",
    "null",
    "-no-shutdown",
    "-global",
    "virtio-mmio.force-legacy=off",
    "-object",
    "memory-backend-ram,id=m0,size=64M,reserve=off",
    "-object",
    "memory-backend-ram,id=m1,size=64M,reserve=off",
    "-object",
    "memory-backend-ram,id=p0,size=2M,reserve=off",
    "-device",
    "virtio-mem,id=vm0,memdev=m0,requested-size=32M,block-size=2M",
    "-device",
    ("virtio-mem-pci,id=vm1,memdev=m1,requested-size=16M,"
     "block-size=4M,x-early-migration=off"),
    "-device",
    "virtio-pmem-pci,memdev=p0,id=pm0",
    "-blockdev",
    "driver=null-co,node-name=n1,size=1048576,read-zeroes=on",
    "-chardev",
    "null,id=c0",
    "-chardev",
    "null,id=c1",
    "-device",
    "virtio-blk-pci,drive=n1,num-queues=2,packed=on",
    "-device",
    "virtio-balloon-pci",
    "-device",
    "virtio-serial-pci,id=vs0",
    "-device",
    "virtconsole,bus=vs0.0,chardev=c0",
    "-device",
    "virtserialport,bus=vs0.0,chardev=c1,name=x",
    "-device",
    "pcie-root-port,id=rp0,chassis=1,slot=1",
    "-device",
    "virtio-rng-pci,bus=rp0",
    "-device",
    "edu",
};

/* ---- a state worth to be saved ------------------------------------------- */

static void poke(GRand *rand)
{
    static const struct {
        hwaddr base, size;
        unsigned step;
    } places[] = {
        { 0x101000, 0x40, 4 },         { 0x2000000, 0x10, 4 },
        { 0x2004000, 0x20, 8 },        { 0x2f00000, 0x10, 4 },
        { 0xc000000, 0x100, 4 },       { 0xc200000, 0x4000, 0x1000 },
        { 0xc200004, 0x4000, 0x1000 }, { 0x10000000, 8, 1 },
        { 0x10001000, 0x8000, 4 },     { 0x10100000, 0x18, 1 },
        { 0x20000000, 0x2000, 1 },     { 0x30000000, 0x10000, 4 },
    };
    int i = g_rand_int_range(rand, 0, ARRAY_SIZE(places));
    hwaddr at = places[i].base + (hwaddr)g_rand_int_range(
                                     rand, 0, places[i].size / places[i].step) *
                                     places[i].step;
    uint64_t value = g_rand_int(rand) >> g_rand_int_range(rand, 0, 32);

    address_space_rw(&address_space_memory, at, MEMTXATTRS_UNSPECIFIED, &value,
                     1 << g_rand_int_range(rand, 0, 4),
                     g_rand_int_range(rand, 0, 3));
}

static unsigned idle_rings;

static void set_up_queues(VirtIODevice *vdev, GRand *rand)
{
    virtio_set_status(vdev,
                      VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
    virtio_set_features(vdev, BIT_ULL(VIRTIO_F_VERSION_1));
    virtio_set_status(vdev, VIRTIO_CONFIG_S_ACKNOWLEDGE |
                                VIRTIO_CONFIG_S_DRIVER |
                                VIRTIO_CONFIG_S_FEATURES_OK);
    for (int n = 0; n < virtio_get_num_queues(vdev); n++) {
        hwaddr rings = IDLE_RINGS + 0x2000 * idle_rings++;

        g_assert(rings + 0x2000 <= RINGS);
        virtio_queue_set_num(vdev, n, 1 << g_rand_int_range(rand, 1, 7));
        virtio_queue_set_rings(vdev, n,
                               RAM + 0x1000 * g_rand_int_range(rand, 0, 8),
                               rings, rings + 0x1000);
    }
    virtio_set_status(
        vdev, VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
                  VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_DRIVER_OK);
}

/* The driver of virtio-mem plugs @count blocks at its beginning. */
static void plug(VirtIODevice *vdev, unsigned count)
{
    struct virtio_mem_req req = {
        .type = cpu_to_le16(VIRTIO_MEM_REQ_PLUG),
        .u.plug.addr = cpu_to_le64(VIRTIO_MEM(vdev)->addr),
        .u.plug.nb_blocks = cpu_to_le16(count),
    };
    const struct {
        uint64_t addr;
        uint32_t len;
        uint16_t flags, next;
    } desc[2] = {
        { cpu_to_le64(RINGS + 0x800), cpu_to_le32(sizeof(req)), cpu_to_le16(1),
          cpu_to_le16(1) },
        { cpu_to_le64(RINGS + 0x900), cpu_to_le32(10), cpu_to_le16(2), 0 },
    };
    uint8_t *rings = ram() + (RINGS - RAM);

    memset(rings, 0, 0x3000);
    memcpy(rings, desc, sizeof(desc));
    memcpy(rings + 0x800, &req, sizeof(req));
    stw_le_p(rings + 0x1002, 1);
    virtio_queue_set_num(vdev, 0, 2);
    virtio_queue_set_rings(vdev, 0, RINGS, RINGS + 0x1000, RINGS + 0x2000);
    virtio_queue_notify(vdev, 0);
}

/* With @wild, also what no driver would do, and no destination take. */
static void make_state(GRand *rand, bool wild)
{
    idle_rings = 0;
    for (guint i = 0; i < vdevs->len; i++) {
        VirtIODevice *vdev = g_ptr_array_index(vdevs, i);

        if (g_rand_int_range(rand, 0, 3)) {
            set_up_queues(vdev, rand);
            if (object_dynamic_cast(OBJECT(vdev), TYPE_VIRTIO_MEM)) {
                plug(vdev, g_rand_int_range(rand, 1, 5));
            }
        }
    }
    for (int i = wild ? g_rand_int_range(rand, 0, 60) : 0; i; i--) {
        poke(rand);
    }
}

static GByteArray *stream_of(uint32_t seed, bool wild)
{
    GRand *rand = g_rand_new_with_seed(seed);
    GByteArray *bytes;
    Saving s;

    start_over();
    make_state(rand, wild);
    g_rand_free(rand);
    global_state_store();
    vm_stop(RUN_STATE_FINISH_MIGRATE);
    saving_begin(&s);
    bytes = saving_end(&s);
    start_over();
    return bytes;
}

/* ---- loading, and what a guest might do then ----------------------------- */

/* Saved again, which computes from what was loaded. */
static void save_again(void)
{
    Error *err = NULL;
    Saving s;

    vm_stop(RUN_STATE_FINISH_MIGRATE);
    s.buf = qio_channel_buffer_new(0);
    s.f = qemu_file_new_output(QIO_CHANNEL(s.buf));
    s.vm = savevm_new(s.f);
    if (savevm_prepare(&err)) {
        savevm_put_header(s.vm);
        if (savevm_setup(s.vm, &err) && savevm_complete_to_end(s.vm, &err)) {
            savevm_put_end(s.vm, &err);
        }
        savevm_cleanup();
    }
    error_free(err);
    savevm_free(s.vm);
    qemu_fclose(s.f);
    object_unref(OBJECT(s.buf));
}

static void use(uint32_t seed)
{
    GRand *rand = g_rand_new_with_seed(seed);

    vm_start();
    for (guint i = 0; i < vdevs->len; i++) {
        VirtIODevice *vdev = g_ptr_array_index(vdevs, i);

        for (int n = 0; n < virtio_get_num_queues(vdev); n++) {
            virtio_queue_notify(vdev, n);
        }
    }
    for (guint i = 0; i < pci_devices->len; i++) {
        PCIDevice *d = g_ptr_array_index(pci_devices, i);
        const PCIIORegion *r = &d->io_regions[g_rand_int_range(rand, 0, 6)];
        uint32_t value = g_rand_int(rand);

        if (r->size && r->addr != PCI_BAR_UNMAPPED) {
            address_space_rw(
                &address_space_memory, r->addr + g_rand_int(rand) % r->size,
                MEMTXATTRS_UNSPECIFIED, &value, 4, g_rand_boolean(rand));
        }
    }
    for (int i = 0; i < 24; i++) {
        poke(rand);
    }
    for (int i = 0; i < 3; i++) {
        qemu_clock_advance_virtual_time(
            qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
            (NANOSECONDS_PER_SECOND >> g_rand_int_range(rand, 0, 30)));
        main_loop_wait(true);
    }
    if (g_rand_int_range(rand, 0, 16) == 0 && runstate_is_running()) {
        save_again();
    }
    g_rand_free(rand);
}

static bool load(const uint8_t *data, size_t size, Error **errp)
{
    bool ok;

    vm_stop(RUN_STATE_RESTORE_VM);
    ok = load_bytes(data, size, errp);
    if (ok) {
        use(size * 2654435761u);
    }
    start_over();
    return ok;
}

/* What came before must not change that. */
static void load_good(const uint8_t *data, size_t size)
{
    FILE *nowhere = stderr;
    Error *err = NULL;

    stderr = messages;
    if (!load(data, size, &err)) {
        printf("a good stream: %s\n", error_get_pretty(err));
        fflush(stdout);
        abort();
    }
    stderr = nowhere;
}

static void follow_recipe(const uint8_t *data, size_t size)
{
    Bytes bytes = { data, size };
    uint32_t seed = draw(&bytes, 4);
    g_autoptr(GByteArray) other = stream_of(seed, false);
    g_autofree uint8_t *changed = g_malloc(MAX_STREAM);

    load_good(other->data, other->len);
    memcpy(changed, other->data, other->len);
    load_good(changed, stream_thin(changed, other->len, seed));
    /* libFuzzer has its own way to go on from here. */
    for (unsigned i = 0; i < CHANGES && !LLVMFuzzerMutate; i++) {
        g_autofree uint8_t *copy = NULL;
        size_t now = other->len;

        memcpy(changed, other->data, now);
        now = stream_mutate(changed, now, MAX_STREAM, seed + i, good);
        /* Its own size, so that ASan sees an overrun. */
        copy = g_memdup2(changed, now);
        load(copy, now, NULL);
    }
}

/* ---- what libFuzzer calls ------------------------------------------------ */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    g_autofree char **args = g_new0(char *, ARRAY_SIZE(arguments) + 2);

    args[0] = (*argv)[0];
    for (size_t i = 0; i < ARRAY_SIZE(arguments); i++) {
        args[i + 1] = (char *)arguments[i];
    }
    qemu_init(ARRAY_SIZE(arguments) + 1, args);
    vdevs = g_ptr_array_new();
    pci_devices = g_ptr_array_new();
    object_child_foreach_recursive(OBJECT(current_machine), find_device, NULL);
    g_assert(vdevs->len >= 7 && pci_devices->len >= 7);
    leave_flash_out();
    make_pattern();
    good = stream_of(0, false);
    g_assert(good->len < MAX_STREAM / 2);
    /* Each refusal has its message; the sanitizers write past this. */
    messages = stderr;
    stderr = fopen("/dev/null", "w");
    load_good(good->data, good->len);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
                               unsigned seed)
{
    if (size <= RECIPE || seed % 100 == 0) {
        g_autoptr(GByteArray) fresh = stream_of(seed, seed % 200);

        fresh->len = stream_thin(fresh->data, fresh->len, seed);
        if (fresh->len > max) {
            return size;
        }
        memcpy(data, fresh->data, fresh->len);
        return fresh->len;
    }
    if (seed % 10 == 1 && LLVMFuzzerMutate) {
        return LLVMFuzzerMutate(data, size, max);
    }
    return stream_mutate(data, size, max, seed, good);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size <= RECIPE) {
        follow_recipe(data, size);
    } else {
        load(data, size, NULL);
    }
    return 0;
}

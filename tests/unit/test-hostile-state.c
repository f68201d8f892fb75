/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests/fuzz/fuzz-incoming found: one wrong value in the state of a device
 * of the machine `virt'. It is saved with that value, and put right again; then
 * the stream is refused with a reason, or what it brings does no harm. A good
 * one loads all the same.
 */
#include "qemu/osdep.h"
#include "exec/ram_addr.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_device.h"
#include "hw/virtio/virtio-mem.h"
#include "migration-fixture.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "system/runstate.h"
#include "system/system.h"
#include "target/riscv/cpu.h"
#include "../../migration/global-state.h"

#define RAM_BLOCK "riscv_virt_board.ram"

static const char *const arguments[] = {
    "test",
    "-machine",
    "virt,suppress-vmdesc=on",
    "-accel",
    "qtest",
    "-m",
    "2M,maxmem=1G",
    "-smp",
    "2",
    "-nodefaults",
    "-display",
    "none",
    "-bios",
    "none",
    "-S",
    "-object",
    "memory-backend-ram,id=m0,size=64M,reserve=off",
    "-device",
    "virtio-mem-pci,id=vm0,memdev=m0,requested-size=16M,block-size=4M",
    "-device",
    "edu,id=edu0",
};

static PCIDevice *edu(void)
{
    return PCI_DEVICE(qdev_find_recursive(sysbus_get_default(), "edu0"));
}

static VirtIOMEM *vmem(void)
{
    return VIRTIO_MEM(
        object_resolve_type_unambiguous(TYPE_VIRTIO_MEM, &error_abort));
}

/* ---- values, and where they are ------------------------------------------ */

static uint64_t swap64(uint64_t *at, uint64_t value)
{
    uint64_t old = *at;

    *at = value;
    return old;
}

static uint64_t requested_size(uint64_t value)
{
    return swap64(&vmem()->requested_size, value);
}

static uint64_t usable_size(uint64_t value)
{
    return swap64(&vmem()->usable_region_size, value);
}

static uint64_t plugged_size(uint64_t value)
{
    return swap64(&vmem()->size, value);
}

static uint64_t hart_id(uint64_t value)
{
    RISCVCPU *cpu = RISCV_CPU(qemu_get_cpu(1));
    uint64_t old = cpu->env.mhartid;

    cpu->env.mhartid = value;
    return old;
}

static uint64_t rounding_mode(uint64_t value)
{
    RISCVCPU *cpu = RISCV_CPU(qemu_get_cpu(1));
    uint64_t old = cpu->env.frm;

    cpu->env.frm = value;
    return old;
}

static uint64_t privileged_version(uint64_t value)
{
    RISCVCPU *cpu = RISCV_CPU(qemu_get_cpu(1));
    uint64_t old = cpu->env.priv_ver;

    cpu->env.priv_ver = value;
    return old;
}

static uint64_t selected_item(uint64_t value)
{
    FWCfgState *s = fw_cfg_find();
    uint64_t old = s->cur_entry;

    s->cur_entry = value;
    return old;
}

static uint64_t interrupt_pin(uint64_t value)
{
    uint8_t *pin = &edu()->config[PCI_INTERRUPT_PIN];
    uint64_t old = *pin;

    *pin = value;
    return old;
}

static uint64_t device_id(uint64_t value)
{
    uint8_t *id = &edu()->config[PCI_DEVICE_ID];
    uint64_t old = lduw_le_p(id);

    stw_le_p(id, value);
    return old;
}

static uint64_t irq_count(uint64_t value)
{
    int *count = &pci_get_bus(edu())->irq_count[2];
    uint64_t old = *count;

    *count = value;
    return old;
}

static uint64_t pci_version(uint64_t value)
{
    uint64_t old = edu()->version_id;

    edu()->version_id = value;
    return old;
}

/* ---- and in streams ------------------------------------------------------ */

static uint8_t *find(GByteArray *bytes, const void *what, size_t size)
{
    uint8_t *at = memmem(bytes->data, bytes->len, what, size);

    g_assert_nonnull(at);
    return at;
}

static void edit_block_size(GByteArray *bytes, uint64_t value)
{
    uint8_t *size =
        find(bytes, RAM_BLOCK, strlen(RAM_BLOCK)) + strlen(RAM_BLOCK);

    g_assert_cmpuint(ldq_be_p(size), ==, 2 * MiB);
    stq_be_p(size, value);
}

/* Its lines follow the device's configuration. */
static void edit_line(GByteArray *bytes, uint64_t value)
{
    uint8_t *config = find(bytes, edu()->config, 4);

    g_assert_cmpmem(config, 64, edu()->config, 64);
    stl_be_p(config + pci_config_size(edu()) + 4, value);
}

/* ---- there and back ------------------------------------------------------ */

static GByteArray *save(void)
{
    Saving s;

    global_state_store();
    saving_begin(&s);
    return saving_end(&s);
}

/* What is said goes into *@said, which is the caller's. */
static bool load(const GByteArray *bytes, char **said)
{
    Error *err = NULL;
    FILE *real = stderr;
    size_t size;
    bool ok;

    stderr = open_memstream(said, &size);
    g_assert_nonnull(stderr);
    ok = load_bytes(bytes->data, bytes->len, &err);
    if (err) {
        fputs(error_get_pretty(err), stderr);
        error_free(err);
    }
    fclose(stderr);
    stderr = real;
    return ok;
}

static const struct {
    const char *name;
    uint64_t (*set)(uint64_t value); /* returns what it was */
    void (*edit)(GByteArray *bytes, uint64_t value);
    uint64_t value;
    const char *text; /* NULL: it is taken */
} rows[] = {
    { "block/part-of-page", NULL, edit_block_size, 2 * MiB + 512,
      "Size mismatch: " RAM_BLOCK ": 0x200200 != 0x200000" },
    { "block/smaller", NULL, edit_block_size, MiB, "Size mismatch" },
    { "block/zero", NULL, edit_block_size, 0, "has 0x0 bytes" },
    { "hart/id", hart_id, NULL, 0, "mhartid" },
    { "hart/rounding", rounding_mode, NULL, 8, "device 'cpu'" },
    { "hart/privileged-version", privileged_version, NULL, 99, "device 'cpu'" },
    { "fw-cfg/item", selected_item, NULL, 0x3ffe, NULL },
    { "pci/pin", interrupt_pin, NULL, 4, "interrupt pin 4, device: 1" },
    { "pci/no-pin", interrupt_pin, NULL, 0, "interrupt pin 0, device: 1" },
    { "pci/pin-255", interrupt_pin, NULL, 255, "interrupt pin 255" },
    { "pci/device-id", device_id, NULL, 0x11e9, "Bad config data: i=0x2" },
    { "pci/line", NULL, edit_line, 2, "line 1 has level 2" },
    { "pci/line-negative", NULL, edit_line, -1, "line 1 has level 4294967295" },
    { "pci/count", irq_count, NULL, 5, NULL },
    { "pci/count-negative", irq_count, NULL, -1, NULL },
    { "pci/version", pci_version, NULL, 1, NULL },
    { "pci/version-large", pci_version, NULL, 0x7fffffff, "PCIDevice" },
    { "virtio-mem/requested-part", requested_size, NULL, 5 * MiB,
      "a requested size of 0x500000 bytes is not of blocks" },
    { "virtio-mem/requested-more", requested_size, NULL, 68 * MiB,
      "a requested size of 0x4400000 bytes is not of blocks, or more" },
    { "virtio-mem/usable-part", usable_size, NULL, MiB,
      "a usable region of 0x100000 bytes is not of blocks" },
    { "virtio-mem/usable-more", usable_size, NULL, 128 * MiB,
      "a usable region of 0x8000000 bytes is not of blocks, or not within" },
    { "virtio-mem/plugged", plugged_size, NULL, 4 * MiB,
      "0x0 bytes of blocks are plugged, but the size is 0x400000" },
};

static GByteArray *bad_stream(int row)
{
    uint64_t old = rows[row].set ? rows[row].set(rows[row].value) : 0;
    GByteArray *bytes = save();

    if (rows[row].set) {
        rows[row].set(old);
    }
    if (rows[row].edit) {
        rows[row].edit(bytes, rows[row].value);
    }
    return bytes;
}

static void test_row(gconstpointer data)
{
    int row = GPOINTER_TO_INT(data);
    g_autoptr(GByteArray) good = save();
    g_autoptr(GByteArray) bad = bad_stream(row);
    char *said;
    bool ok;

    ok = load(bad, &said);
    if (ok != !rows[row].text || (!ok && !strstr(said, rows[row].text))) {
        g_test_message("%s: got %s", ok ? "taken" : "refused", said);
        g_test_fail();
    }
    free(said);
    g_assert_cmpuint(fw_cfg_find()->cur_entry & FW_CFG_ENTRY_MASK, !=, 0x3ffe);
    /* Whatever has come must be harmless here, and gone after it. */
    qemu_system_reset(SHUTDOWN_CAUSE_NONE);
    g_assert_cmpuint(irq_count(0), ==, 0);
    g_assert_cmpuint(pci_version(2), ==, 2);
    vmem()->requested_size = 16 * MiB;
    ok = load(good, &said);
    if (!ok) {
        g_error("a good stream is refused: %s", said);
    }
    free(said);
}

/* A machine that has refused a stream is one that can be moved itself. */
static void test_afterwards(gconstpointer data)
{
    g_autoptr(GByteArray) bad = bad_stream(GPOINTER_TO_INT(data));
    g_autoptr(GByteArray) own = NULL;
    char *said;

    g_assert_false(load(bad, &said));
    free(said);
    qemu_system_reset(SHUTDOWN_CAUSE_NONE);
    own = save();
    if (!load(own, &said)) {
        g_error("its own stream is refused: %s", said);
    }
    free(said);
}

int main(int argc, char **argv)
{
    char *args[ARRAY_SIZE(arguments) + 1] = { NULL };

    g_test_init(&argc, &argv, NULL);
    memcpy(args, arguments, sizeof(arguments));
    qemu_init(ARRAY_SIZE(arguments), args);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        g_autofree char *path =
            g_strconcat("/hostile-state/", rows[i].name, NULL);

        g_test_add_data_func(path, GINT_TO_POINTER(i), test_row);
        if (g_str_has_prefix(rows[i].name, "hart/")) {
            g_autofree char *after = g_strconcat(path, "/afterwards", NULL);

            g_test_add_data_func(after, GINT_TO_POINTER(i), test_afterwards);
        }
    }
    return g_test_run();
}

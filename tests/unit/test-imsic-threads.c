/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IMSICs of four harts, which read and claim in their own threads what
 * others send: a ring of MSIs, while devices' wires go through the APLIC and
 * the monitor looks on.
 */
#include "qemu/osdep.h"
#include "soft-fixture.h"
#include "hw/intc/intc.h"
#include "hw/irq.h"
#include "hw/riscv/virt.h"

#define HARTS   4
#define PROGRAM RAM_BASE
#define IMSIC_M UINT64_C(0x24000000)
#define APLIC_M UINT64_C(0xc000000)

#define CSR_MISELECT_NR 0x350
#define CSR_MIREG_NR    0x351
#define CSR_MTOPEI_NR   0x35c

enum { TOKEN = 3, WIRE = 9 };

static const int rounds = 500;

static void put_indirect(Code *c, int number, int64_t value)
{
    put32(c, ADDI(t0, zero, number));
    put32(c, CSRW(CSR_MISELECT_NR, t0));
    put32(c, ADDI(t0, zero, value));
    put32(c, CSRW(CSR_MIREG_NR, t0));
}

/*
 * a0 is the hart's number, a1 how many tokens to pass on, s0 the next hart's
 * file. Other identities are only claimed; a4 counts them.
 */
static void write_program(void)
{
    Code c = { PROGRAM };
    hwaddr loop, not_token;

    put_indirect(&c, 0x70, 1);  /* eidelivery */
    put_indirect(&c, 0x72, 0);  /* eithreshold */
    put_indirect(&c, 0xc0, -1); /* eie0 */
    put32(&c, ADDI(a2, zero, TOKEN));
    put32(&c, LUI(a5, 1));
    put32(&c, SRLI(a5, a5, 1)); /* MEIE is bit 11 */
    put32(&c, CSRW(0x304, a5));
    put32(&c, SD(a2, s1, 0)); /* ready */
    loop = c.at;
    put32(&c, WFI);
    put32(&c, CSRRW(a3, CSR_MTOPEI_NR, zero));
    put32(&c, SRLI(a3, a3, 16));
    put32(&c, BEQ(a3, zero, loop - c.at));
    not_token = c.at;
    put32(&c, BEQ(a3, a2, 12));
    put32(&c, ADDI(a4, a4, 1));
    put32(&c, JAL(zero, loop - c.at));
    g_assert_cmphex(c.at, ==, not_token + 12);
    put32(&c, SW(a2, s0, 0));
    put32(&c, ADDI(a1, a1, -1));
    put32(&c, BNE(a1, zero, loop - c.at));
    put_report(&c, a0);
}

static int print_one(Object *obj, void *opaque)
{
    if (object_dynamic_cast(obj, TYPE_INTERRUPT_STATS_PROVIDER)) {
        InterruptStatsProvider *p = INTERRUPT_STATS_PROVIDER(obj);

        INTERRUPT_STATS_PROVIDER_GET_CLASS(p)->print_info(p, opaque);
    }
    return 0;
}

/* Wires of edge-triggered sources, and "info pic". */
static void disturb(unsigned turn)
{
    DeviceState *aplic = RISCV_VIRT_MACHINE(current_machine)->irqchip[0];
    g_autoptr(GString) text = g_string_new(NULL);

    qemu_set_irq(qdev_get_gpio_in(aplic, WIRE), turn & 1);
    if (turn % 8 == 0) {
        object_child_foreach_recursive(object_get_root(), print_one, text);
        g_assert_nonnull(strstr(text->str, "IMSIC"));
    }
}

static void aplic_write(hwaddr offset, uint32_t value)
{
    address_space_stl_le(&address_space_memory, APLIC_M + offset, value,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

static void test_ring(void)
{
    uint64_t others = 0;

    write_program();
    idle_harts();
    for (unsigned i = 0; i < HARTS; i++) {
        hart_start_at(i, PROGRAM);
        hart_env(i)->gpr[a0] = i;
        hart_env(i)->gpr[a1] = rounds;
        hart_env(i)->gpr[s0] = IMSIC_M + (i + 1) % HARTS * 0x1000;
        hart_env(i)->gpr[s1] = REPORT;
    }
    /* Source WIRE goes as identity WIRE to hart 2. */
    aplic_write(0x1bc0, IMSIC_M >> 12);
    aplic_write(0x1bc4, 2 << 12);
    aplic_write(4 * WIRE, 4);
    aplic_write(0x3000 + 4 * WIRE, 2 << 18 | WIRE);
    aplic_write(0x1edc, WIRE);
    aplic_write(0, 1 << 8);

    qatomic_set(&reports, 0);
    vm_start();
    wait_reports(HARTS);
    qatomic_set(&reports, 0);
    address_space_stl_le(&address_space_memory, IMSIC_M, TOKEN,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    for (unsigned turn = 0; qatomic_read(&reports) < HARTS; turn++) {
        g_assert_cmpuint(turn, <, 600000);
        disturb(turn);
        bql_unlock();
        g_usleep(100);
        bql_lock();
    }
    vm_stop(RUN_STATE_PAUSED);
    for (unsigned i = 0; i < HARTS; i++) {
        others += hart_env(i)->gpr[a4];
        g_assert_cmpuint(hart_env(i)->gpr[a1], ==, 0);
        g_assert_cmpuint(hart_env(i)->gpr[a4] != 0, ==, i == 2);
    }
    g_test_message("%" PRIu64 " interrupts of the wire", others);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    machine_start_as("virt,aia=aplic-imsic", "4");
    g_test_add_func("/imsic-threads/ring", test_ring);
    status = g_test_run();
    machine_end();
    return status;
}

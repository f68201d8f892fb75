/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many writes to a device a second KVM's CPU thread handles, from the
 * guest's kernel and from its user mode, beside a loop in the same thread that
 * only goes into the guest again. Both in turns, each with all of its exits
 * counted; medians.
 *
 *     bench-kvm-exits [ROUNDS]
 */
#include "qemu/osdep.h"
#include "../unit/kvm-guest.h"
#include "accel/kvm/kvm-internal.h"
#include "exec/address-spaces.h"
#include "qapi/error.h"
#include "qemu/timer.h"

#define WRITES 2000

static unsigned rounds = 51;
static MemoryRegion sink;
static unsigned written;

static void count(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    written++;
}

static const MemoryRegionOps sink_ops = {
    .write = count,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* Nanoseconds a write. */
static int64_t time_thread(void)
{
    int64_t begin = get_clock(), end;

    written = 0;
    kg_run_list();
    end = get_clock();
    g_assert_cmpuint(written, ==, WRITES);
    return (end - begin) / WRITES;
}

/* Into the guest until there is another exit than for a kick. */
static uint32_t next_exit(CPUState *cs)
{
    int ret;

    while ((ret = kvm_raw_ioctl(cs->kvm_fd, KVM_RUN, NULL)) == -EINTR) {
        cs->kvm_run->immediate_exit = 0;
    }
    g_assert_cmpint(ret, ==, 0);
    return cs->kvm_run->exit_reason;
}

static void run_bare(CPUState *cs, run_on_cpu_data data)
{
    int64_t *ns = data.host_ptr, begin = get_clock();
    unsigned exits = 0;
    uint32_t reason;

    kvm_arch_put_registers(cs, KVM_PUT_RUNTIME_STATE, &error_abort);
    while ((reason = next_exit(cs)) == KVM_EXIT_MMIO) {
        exits++;
    }
    *ns = (get_clock() - begin) / WRITES;
    g_assert_cmpuint(exits, ==, WRITES);
    /* The list ends with a write to a port, which is still to be completed. */
    g_assert_cmpuint(reason, ==, KVM_EXIT_IO);
    cs->kvm_run->immediate_exit = 1;
    g_assert_cmpint(kvm_raw_ioctl(cs->kvm_fd, KVM_RUN, NULL), ==, -EINTR);
    cs->kvm_run->immediate_exit = 0;
}

static int64_t time_bare(void)
{
    int64_t ns;

    run_on_cpu(kg_cpu, run_bare, RUN_ON_CPU_HOST_PTR(&ns));
    return ns;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static double median_rate(int64_t *times)
{
    qsort(times, rounds, sizeof(*times), compare);
    return 1e9 / MAX(1, times[rounds / 2]);
}

int main(int argc, char **argv)
{
    char *none[] = { argv[0], NULL };
    char **args = none;
    int nr_args = 1;
    g_autofree int64_t *bare = NULL, *thread = NULL;

    if (argc > 1) {
        rounds = MAX(1, atoi(argv[1]));
    }
    if (fake_no_kvm()) {
        printf("no KVM here: %s\n", fake_no_kvm());
        return 0;
    }
    fake_setup(&nr_args, &args);
    kg_make_world();
    memory_region_init_io(&sink, NULL, &sink_ops, NULL, "sink", PAGE);
    memory_region_enable_lockless_io(&sink);
    memory_region_add_subregion(get_system_memory(), MMIO + PAGE, &sink);
    if (!kg_begin(kg_bitmaps)) {
        return 0;
    }
    kvm_ioctl_hook = NULL;
    bare = g_new(int64_t, rounds);
    thread = g_new(int64_t, rounds);
    printf("writes to a device a second, through KVM\n"
           "ring     bare   thread   ratio\n");
    for (kg_cpl = 0; kg_cpl <= 3; kg_cpl += 3) {
        double a, b;

        kg_put(0, STORM, MMIO + PAGE, 1, WRITES);
        for (unsigned i = 0; i < rounds; i++) {
            bare[i] = time_bare();
            thread[i] = time_thread();
        }
        a = median_rate(bare);
        b = median_rate(thread);
        printf("%4d %8.0f %8.0f %7.3f\n", kg_cpl, a, b, b / a);
        fflush(stdout);
    }
    _exit(0);
}

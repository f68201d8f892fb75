/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's part of a CPU. The kernel cannot delete one while the machine
 * lives: what a CPU that was unplugged leaves is parked, by its number, for the
 * next one of that number.
 */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include "kvm-internal.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

void kvm_park_vcpu(CPUState *cpu)
{
    KVMParkedVcpu *p = g_new(KVMParkedVcpu, 1);

    *p = (KVMParkedVcpu){
        .vcpu_id = kvm_arch_vcpu_id(cpu),
        .kvm_fd = cpu->kvm_fd,
        .fetch_index = cpu->kvm_fetch_index,
    };
    QLIST_INSERT_HEAD(&kvm_state->kvm_parked_vcpus, p, node);
    cpu->kvm_fd = -1;
}

/* Its fd, and where its ring goes on. */
static int unpark(KVMState *s, unsigned long id, uint32_t *fetch_index)
{
    KVMParkedVcpu *p;

    QLIST_FOREACH(p, &s->kvm_parked_vcpus, node) {
        if (p->vcpu_id == id) {
            int fd = p->kvm_fd;

            *fetch_index = p->fetch_index;
            QLIST_REMOVE(p, node);
            g_free(p);
            return fd;
        }
    }
    return -ENOENT;
}

int kvm_unpark_vcpu(KVMState *s, unsigned long vcpu_id)
{
    uint32_t fetch_index;

    return unpark(s, vcpu_id, &fetch_index);
}

void kvm_close_parked(KVMState *s)
{
    KVMParkedVcpu *p;

    while ((p = QLIST_FIRST(&s->kvm_parked_vcpus))) {
        QLIST_REMOVE(p, node);
        close(p->kvm_fd);
        g_free(p);
    }
}

bool kvm_vcpu_id_is_valid(int vcpu_id)
{
    KVMState *s = kvm_state;
    int most;

    if (!s) {
        return false;
    }
    most = kvm_check_extension(s, KVM_CAP_MAX_VCPU_ID)
               ?: kvm_check_extension(s, KVM_CAP_MAX_VCPUS)
               ?: kvm_check_extension(s, KVM_CAP_NR_VCPUS);
    return vcpu_id >= 0 && vcpu_id < (most ?: 4);
}

int kvm_create_vcpu(CPUState *cpu)
{
    unsigned long id = kvm_arch_vcpu_id(cpu);
    KVMState *s = kvm_state;
    uint32_t fetch_index = 0;
    int fd = unpark(s, id, &fetch_index);

    if (fd < 0) {
        fd = kvm_vm_ioctl(s, KVM_CREATE_VCPU, (void *)id);
        if (fd < 0) {
            return fd;
        }
    }
    cpu->kvm_fd = fd;
    cpu->kvm_state = s;
    cpu->kvm_fetch_index = fetch_index;
    cpu->kvm_vcpu_stats_fd = -1;
    cpu->vcpu_dirty = !s->guest_state_protected;
    cpu->dirty_pages = 0;
    return 0;
}

int kvm_create_and_park_vcpu(CPUState *cpu)
{
    int ret = kvm_create_vcpu(cpu);

    if (ret == 0) {
        kvm_park_vcpu(cpu);
    }
    return ret;
}

/* ---- what the kernel shares with us -------------------------------------- */

static size_t run_size(KVMState *s)
{
    int size = kvm_ioctl(s, KVM_GET_VCPU_MMAP_SIZE, 0);

    return size > 0 ? size : 0;
}

/* The ring of queued writes is the machine's, but seen through a CPU. */
static void find_coalesced_ring(KVMState *s)
{
    CPUState *cpu;

    if (!s->coalesced_mmio || s->coalesced_mmio_ring) {
        return;
    }
    CPU_FOREACH(cpu)
    {
        if (cpu->kvm_run) {
            s->coalesced_mmio_ring =
                (void *)((char *)cpu->kvm_run +
                         s->coalesced_mmio * qemu_real_host_page_size());
            return;
        }
    }
}

static void unmap_run(KVMState *s, CPUState *cpu)
{
    size_t size = run_size(s);
    char *run = (char *)cpu->kvm_run, *ring = (char *)s->coalesced_mmio_ring;

    if (!run) {
        return;
    }
    cpu->kvm_run = NULL;
    if (ring >= run && ring < run + size) {
        s->coalesced_mmio_ring = NULL;
        find_coalesced_ring(s);
    }
    munmap(run, size);
}

static int map_run(KVMState *s, CPUState *cpu, Error **errp)
{
    size_t size = run_size(s);
    void *run;

    if (!size) {
        error_setg(errp, "KVM does not tell the size of a CPU's shared page");
        return -EINVAL;
    }
    run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, cpu->kvm_fd, 0);
    if (run == MAP_FAILED) {
        int err = errno;

        error_setg_errno(errp, err, "cannot map KVM's page of CPU %lu",
                         kvm_arch_vcpu_id(cpu));
        return -err;
    }
    cpu->kvm_run = run;
    find_coalesced_ring(s);
    return 0;
}

int kvm_init_vcpu(CPUState *cpu, Error **errp)
{
    KVMState *s = kvm_state;
    int ret = kvm_create_vcpu(cpu);

    if (ret < 0) {
        error_setg_errno(errp, -ret, "KVM cannot make CPU %lu",
                         kvm_arch_vcpu_id(cpu));
        return ret;
    }
    ret = map_run(s, cpu, errp);
    if (ret == 0) {
        ret = kvm_dirty_ring_map(s, cpu, errp);
    }
    if (ret == 0) {
        ret = kvm_arch_init_vcpu(cpu);
        if (ret < 0) {
            error_setg_errno(errp, -ret, "KVM cannot set CPU %lu up",
                             kvm_arch_vcpu_id(cpu));
        }
    }
    if (ret < 0) {
        kvm_dirty_ring_unmap(s, cpu);
        unmap_run(s, cpu);
        kvm_park_vcpu(cpu);
        return ret;
    }
    kvm_stats_open_vcpu(s, cpu);
    return 0;
}

void kvm_destroy_vcpu(CPUState *cpu)
{
    KVMState *s = kvm_state;

    if (cpu->kvm_fd < 0) {
        return;
    }
    if (kvm_arch_destroy_vcpu(cpu) < 0) {
        error_report("KVM's part of CPU %lu could not be cleaned up",
                     kvm_arch_vcpu_id(cpu));
    }
    qemu_mutex_lock(&s->slots_lock);
    if (s->kvm_dirty_ring_size) {
        kvm_dirty_ring_reap(s, cpu);
    }
    kvm_dirty_ring_unmap(s, cpu);
    qemu_mutex_unlock(&s->slots_lock);
    kvm_flush_coalesced_mmio_buffer();
    kvm_stats_close_vcpu(cpu);
    unmap_run(s, cpu);
    kvm_park_vcpu(cpu);
}

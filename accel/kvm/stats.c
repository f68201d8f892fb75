/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's statistics, of the machine and of each CPU: a file has a header,
 * descriptors and values (Linux: virt/kvm/api.rst, KVM_GET_STATS_FD). What is
 * described in a way that we do not know is left out.
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "kvm-internal.h"
#include "qapi/error.h"
#include "system/stats.h"

#define MAX_DESCRIPTORS 4096
#define MAX_NAME        1024

typedef struct StatsFile {
    struct kvm_stats_header head;
    uint8_t *descs; /* head.num_desc of them */
    size_t desc_size;
} StatsFile;

static bool read_part(int fd, void *to, size_t size, uint64_t at,
                      const char *what, Error **errp)
{
    ssize_t done = pread(fd, to, size, at);

    if (done != (ssize_t)size) {
        error_setg(errp,
                   "KVM stats: failed to read %s: expected %zu actual %zd",
                   what, size, done);
    }
    return done == (ssize_t)size;
}

static void close_stats(StatsFile *f)
{
    g_clear_pointer(&f->descs, g_free);
}

static bool open_stats(StatsFile *f, int fd, Error **errp)
{
    size_t size;

    *f = (StatsFile){ 0 };
    if (!read_part(fd, &f->head, sizeof(f->head), 0, "stats header", errp)) {
        return false;
    }
    if (f->head.num_desc > MAX_DESCRIPTORS || f->head.name_size > MAX_NAME ||
        !f->head.name_size) {
        error_setg(errp,
                   "KVM stats: %u statistics with names of %u bytes are not "
                   "what a kernel has",
                   f->head.num_desc, f->head.name_size);
        return false;
    }
    f->desc_size = sizeof(struct kvm_stats_desc) + f->head.name_size;
    size = f->desc_size * f->head.num_desc;
    f->descs = g_malloc0(size);
    if (!read_part(fd, f->descs, size, f->head.desc_offset, "stats descriptors",
                   errp)) {
        close_stats(f);
        return false;
    }
    for (uint32_t i = 0; i < f->head.num_desc; i++) {
        f->descs[(i + 1) * f->desc_size - 1] = '\0'; /* the end of a name */
    }
    return true;
}

static const struct kvm_stats_desc *descriptor(const StatsFile *f, uint32_t i)
{
    return (const void *)(f->descs + i * f->desc_size);
}

/* ---- what they mean ------------------------------------------------------ */

static bool type_of(const struct kvm_stats_desc *d, StatsType *type)
{
    switch (d->flags & KVM_STATS_TYPE_MASK) {
    case KVM_STATS_TYPE_CUMULATIVE:
        *type = STATS_TYPE_CUMULATIVE;
        return true;
    case KVM_STATS_TYPE_INSTANT:
        *type = STATS_TYPE_INSTANT;
        return true;
    case KVM_STATS_TYPE_PEAK:
        *type = STATS_TYPE_PEAK;
        return true;
    case KVM_STATS_TYPE_LINEAR_HIST:
        *type = STATS_TYPE_LINEAR_HISTOGRAM;
        return true;
    case KVM_STATS_TYPE_LOG_HIST:
        *type = STATS_TYPE_LOG2_HISTOGRAM;
        return true;
    }
    return false;
}

static bool unit_of(const struct kvm_stats_desc *d, bool *has_unit,
                    StatsUnit *unit)
{
    *has_unit = true;
    switch (d->flags & KVM_STATS_UNIT_MASK) {
    case KVM_STATS_UNIT_NONE:
        *has_unit = false;
        return true;
    case KVM_STATS_UNIT_BYTES:
        *unit = STATS_UNIT_BYTES;
        return true;
    case KVM_STATS_UNIT_SECONDS:
        *unit = STATS_UNIT_SECONDS;
        return true;
    case KVM_STATS_UNIT_CYCLES:
        *unit = STATS_UNIT_CYCLES;
        return true;
    case KVM_STATS_UNIT_BOOLEAN:
        *unit = STATS_UNIT_BOOLEAN;
        return true;
    }
    return false;
}

static int base_of(const struct kvm_stats_desc *d)
{
    switch (d->flags & KVM_STATS_BASE_MASK) {
    case KVM_STATS_BASE_POW10:
        return 10;
    case KVM_STATS_BASE_POW2:
        return 2;
    }
    return 0;
}

/* NULL: nobody knows what it is. */
static StatsSchemaValue *meaning(const struct kvm_stats_desc *d)
{
    StatsSchemaValue v = { .exponent = d->exponent };

    if (!type_of(d, &v.type) || !unit_of(d, &v.has_unit, &v.unit) ||
        !base_of(d)) {
        return NULL;
    }
    v.has_base = d->exponent != 0;
    v.base = base_of(d);
    v.has_bucket_size = v.type == STATS_TYPE_LINEAR_HISTOGRAM;
    v.bucket_size = d->bucket_size;
    v.name = g_strdup(d->name);
    return g_memdup2(&v, sizeof(v));
}

static void add_schema(StatsSchemaList **result, StatsTarget target, int fd,
                       Error **errp)
{
    StatsSchemaValueList *list = NULL;
    StatsFile f;

    if (!open_stats(&f, fd, errp)) {
        return;
    }
    for (uint32_t i = 0; i < f.head.num_desc; i++) {
        StatsSchemaValue *v = meaning(descriptor(&f, i));

        if (v) {
            QAPI_LIST_PREPEND(list, v);
        }
    }
    close_stats(&f);
    add_stats_schema(result, STATS_PROVIDER_KVM, target, list);
}

/* ---- their values -------------------------------------------------------- */

static StatsValue *value_of(const struct kvm_stats_desc *d,
                            const uint64_t *data)
{
    StatsValue *v = g_new0(StatsValue, 1);

    if ((d->flags & KVM_STATS_UNIT_MASK) == KVM_STATS_UNIT_BOOLEAN) {
        v->type = QTYPE_QBOOL;
        v->u.boolean = *data;
    } else if (d->size == 1) {
        v->type = QTYPE_QNUM;
        v->u.scalar = *data;
    } else {
        v->type = QTYPE_QLIST;
        for (int i = d->size; i-- > 0;) {
            QAPI_LIST_PREPEND(v->u.list, data[i]);
        }
    }
    return v;
}

/* Adds one to @list, or says why it cannot. */
static bool add_value(StatsList **list, const StatsFile *f,
                      const struct kvm_stats_desc *d, int fd, Error **errp)
{
    g_autofree uint64_t *data = g_new(uint64_t, MAX(d->size, 1));
    bool has_unit;
    StatsType type;
    StatsUnit unit;
    Stats *stat;

    if (!d->size || !type_of(d, &type) || !unit_of(d, &has_unit, &unit) ||
        !base_of(d)) {
        return true;
    }
    if (!read_part(fd, data, d->size * sizeof(*data),
                   (uint64_t)f->head.data_offset + d->offset, "data", errp)) {
        return false;
    }
    stat = g_new0(Stats, 1);
    stat->name = g_strdup(d->name);
    stat->value = value_of(d, data);
    QAPI_LIST_PREPEND(*list, stat);
    return true;
}

static void add_values(StatsResultList **result, const char *path, int fd,
                       strList *names, Error **errp)
{
    StatsList *list = NULL;
    bool ok = true;
    StatsFile f;

    if (!open_stats(&f, fd, errp)) {
        return;
    }
    for (uint32_t i = 0; ok && i < f.head.num_desc; i++) {
        const struct kvm_stats_desc *d = descriptor(&f, i);

        if (apply_str_list_filter(d->name, names)) {
            ok = add_value(&list, &f, d, fd, errp);
        }
    }
    close_stats(&f);
    if (!ok) {
        qapi_free_StatsList(list);
    } else if (list) {
        add_stats_entry(result, STATS_PROVIDER_KVM, path, list);
    }
}

/* ---- asking -------------------------------------------------------------- */

static int machine_fd(Error **errp)
{
    int fd = kvm_vm_ioctl(kvm_state, KVM_GET_STATS_FD, NULL);

    if (fd < 0) {
        error_setg_errno(errp, -fd, "KVM stats: ioctl failed");
    }
    return fd;
}

/* A CPU that runs holds off all of its ioctls: the file was got before. */
static int cpu_fd(CPUState *cpu, Error **errp)
{
    if (cpu->kvm_vcpu_stats_fd < 0) {
        error_setg(errp, "KVM stats: the kernel has not given those of CPU %d",
                   cpu->cpu_index);
    }
    return cpu->kvm_vcpu_stats_fd;
}

static void cpu_values(StatsResultList **result, strList *names,
                       strList *targets, Error **errp)
{
    ERRP_GUARD();
    CPUState *cpu;

    CPU_FOREACH(cpu)
    {
        g_autofree char *path = object_get_canonical_path(OBJECT(cpu));
        int fd;

        if (!apply_str_list_filter(path, targets)) {
            continue;
        }
        fd = cpu_fd(cpu, errp);
        if (fd >= 0) {
            add_values(result, path, fd, names, errp);
        }
        if (*errp) {
            return;
        }
    }
}

static void get_values(StatsResultList **result, StatsTarget target,
                       strList *names, strList *targets, Error **errp)
{
    int fd;

    if (!kvm_state) {
        return;
    }
    if (target == STATS_TARGET_VCPU) {
        cpu_values(result, names, targets, errp);
    } else if (target == STATS_TARGET_VM) {
        fd = machine_fd(errp);
        if (fd >= 0) {
            add_values(result, NULL, fd, names, errp);
            close(fd);
        }
    }
}

static void get_schemas(StatsSchemaList **result, Error **errp)
{
    ERRP_GUARD();
    int fd;

    if (!kvm_state) {
        return;
    }
    fd = machine_fd(errp);
    if (fd >= 0) {
        add_schema(result, STATS_TARGET_VM, fd, errp);
        close(fd);
    }
    if (!*errp && first_cpu) {
        fd = cpu_fd(first_cpu, errp);
        if (fd >= 0) {
            add_schema(result, STATS_TARGET_VCPU, fd, errp);
        }
    }
}

void kvm_stats_init(KVMState *s)
{
    static bool done;

    s->has_stats = kvm_check_extension(s, KVM_CAP_BINARY_STATS_FD) > 0;
    if (s->has_stats && !done) {
        done = true;
        add_stats_callbacks(STATS_PROVIDER_KVM, get_values, get_schemas);
    }
}

void kvm_stats_open_vcpu(KVMState *s, CPUState *cpu)
{
    cpu->kvm_vcpu_stats_fd =
        s->has_stats ? kvm_vcpu_ioctl(cpu, KVM_GET_STATS_FD, NULL) : -1;
}

void kvm_stats_close_vcpu(CPUState *cpu)
{
    if (cpu->kvm_vcpu_stats_fd >= 0) {
        close(cpu->kvm_vcpu_stats_fd);
        cpu->kvm_vcpu_stats_fd = -1;
    }
}

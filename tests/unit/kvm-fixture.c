/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "kvm-fixture.h"
#include "accel/kvm/kvm-internal.h"
#include "exec/address-spaces.h"
#include "hw/target.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "system/accel-blocker.h"

FakeKVM fake;

static bool real_kernel;
static AccelState *accel;
static MachineState *machine;

/* Of what each thread's calls count, and of what rings and slots have. */
static QemuMutex counts_lock, table_lock;
static struct {
    unsigned n, times, seen;
    int err;
    unsigned long type;
    bool failed;
} fault;

/* ---- slots by the kernel's rules ----------------------------------------- */

static int set_region(const struct kvm_userspace_memory_region2 *r)
{
    unsigned as = r->slot >> 16, id = r->slot & 0xffff;
    FakeSlot *slot;

    QEMU_LOCK_GUARD(&table_lock);
    if (as >= FAKE_SPACES || id >= (fake.limit ?: FAKE_SLOTS)) {
        return -EINVAL;
    }
    slot = &fake.slot[as][id];
    if ((r->memory_size | r->guest_phys_addr | r->userspace_addr) & 0xfff) {
        return -EINVAL;
    }
    if (!r->memory_size) {
        if (!slot->size) {
            return -EINVAL;
        }
        if (fake.absent && !slot->fresh && !accel_ioctl_inhibited()) {
            FakeAbsent gone = { .as_id = as, .slot = *slot };

            g_array_append_val(fake.absent, gone);
        }
        if (fake.on_gap && slot->dirty && !accel_ioctl_inhibited()) {
            fake.on_gap(slot);
        }
        g_free(slot->dirty);
        *slot = (FakeSlot){ 0 };
        return 0;
    }
    if (slot->size) {
        if (slot->size != r->memory_size || slot->ram != r->userspace_addr ||
            (slot->flags ^ r->flags) & KVM_MEM_READONLY) {
            return -EINVAL;
        }
        g_assert_cmphex(slot->start, ==, r->guest_phys_addr);
    } else {
        for (unsigned i = 0; i < fake.top[as]; i++) {
            FakeSlot *o = &fake.slot[as][i];

            if (o->size && o->start < r->guest_phys_addr + r->memory_size &&
                r->guest_phys_addr < o->start + o->size) {
                return -EEXIST;
            }
        }
    }
    if (!(r->flags & KVM_MEM_LOG_DIRTY_PAGES)) {
        g_clear_pointer(&slot->dirty, g_free);
    } else if (!slot->dirty) {
        slot->dirty = bitmap_new(ROUND_UP(r->memory_size >> 12, 64));
        if (kvm_state->manual_dirty_log_protect & KVM_DIRTY_LOG_INITIALLY_SET) {
            bitmap_set(slot->dirty, 0, r->memory_size >> 12);
        }
    }
    fake.top[as] = MAX(fake.top[as], id + 1);
    slot->fresh |= !slot->size;
    slot->start = r->guest_phys_addr;
    slot->size = r->memory_size;
    slot->ram = r->userspace_addr;
    slot->flags = r->flags;
    if (r->flags & KVM_MEM_GUEST_MEMFD) {
        slot->memfd = r->guest_memfd;
        slot->memfd_offset = r->guest_memfd_offset;
    }
    return 0;
}

FakeSlot *fake_slot_at(unsigned as_id, hwaddr addr)
{
    for (unsigned i = 0; i < fake.top[as_id]; i++) {
        FakeSlot *slot = &fake.slot[as_id][i];

        if (slot->size && addr - slot->start < slot->size) {
            return slot;
        }
    }
    return NULL;
}

unsigned fake_used(unsigned as_id)
{
    unsigned n = 0;

    for (unsigned i = 0; i < fake.top[as_id]; i++) {
        n += fake.slot[as_id][i].size != 0;
    }
    return n;
}

/* ---- a ring -------------------------------------------------------------- */

/* The one CPU's: entries [reset, next) are dirty, or handed back. */
static struct {
    char *shared; /* as the CPU's file has it */
    size_t size;
    uint32_t next, reset;
} ring;

static size_t ring_offset(void)
{
    return qemu_real_host_page_size() * KVM_DIRTY_LOG_PAGE_OFFSET;
}

static struct kvm_dirty_gfn *ring_entry(uint32_t index)
{
    return (struct kvm_dirty_gfn *)(ring.shared + ring_offset()) +
           index % kvm_state->kvm_dirty_ring_size;
}

static size_t shared_size(void)
{
    return ring_offset() + kvm_state->kvm_dirty_ring_bytes;
}

static int create_vcpu(void)
{
    int fd = memfd_create("cpu", MFD_CLOEXEC);

    g_assert_cmpint(ftruncate(fd, shared_size()), ==, 0);
    ring.shared =
        mmap(NULL, shared_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    g_assert(ring.shared != MAP_FAILED);
    ring.size = shared_size();
    ring.next = ring.reset = 0;
    return fd;
}

static void note_in_ring(const FakeSlot *slot, uint64_t page)
{
    struct kvm_dirty_gfn *entry = ring_entry(ring.next++);

    g_assert_cmpuint(ring.next - ring.reset, <=,
                     kvm_state->kvm_dirty_ring_size);
    g_assert_cmpuint(entry->flags, ==, 0);
    entry->slot = slot - &fake.slot[0][0];
    entry->offset = page;
    qatomic_store_release(&entry->flags, KVM_DIRTY_GFN_F_DIRTY);
}

/* What was handed back, in its order, is watched again. */
static int reset_ring(void)
{
    int n = 0;

    QEMU_LOCK_GUARD(&table_lock);
    for (; ring.reset != ring.next; ring.reset++, n++) {
        struct kvm_dirty_gfn *entry = ring_entry(ring.reset);
        FakeSlot *slot = &fake.slot[0][entry->slot];

        if (qatomic_load_acquire(&entry->flags) != KVM_DIRTY_GFN_F_RESET) {
            break;
        }
        if (slot->dirty && entry->offset < slot->size >> 12) {
            clear_bit(entry->offset, slot->dirty);
        }
        entry->flags = 0;
    }
    return n;
}

static bool ring_is_full(void)
{
    QEMU_LOCK_GUARD(&table_lock);
    return ring.next - ring.reset >=
           kvm_state->kvm_dirty_ring_size - FAKE_RESERVED;
}

static int run_vcpu(void)
{
    struct kvm_run *run = (struct kvm_run *)ring.shared;

    do {
        if (qatomic_read(&run->immediate_exit)) {
            return -EINTR;
        }
        if (ring_is_full()) {
            qatomic_inc(&fake.full_exits);
            run->exit_reason = KVM_EXIT_DIRTY_RING_FULL;
            return 0;
        }
    } while (!fake.step(run));
    return 0;
}

bool fake_guest_write(unsigned as_id, hwaddr addr)
{
    FakeSlot *slot;
    uint64_t page;

    QEMU_LOCK_GUARD(&table_lock);
    slot = fake_slot_at(as_id, addr);
    if (!slot || slot->flags & KVM_MEM_READONLY) {
        return false;
    }
    page = (addr - slot->start) >> 12;
    if (slot->dirty && !test_and_set_bit(page, slot->dirty) && ring.shared) {
        note_in_ring(slot, page);
    }
    return true;
}

/* ---- dirty logs ---------------------------------------------------------- */

static int get_log(const struct kvm_dirty_log *log)
{
    FakeSlot *slot = &fake.slot[log->slot >> 16][log->slot & 0xffff];
    unsigned long pages = slot->size >> 12;

    if (!slot->dirty) {
        return -ENOENT;
    }
    memcpy(log->dirty_bitmap, slot->dirty, ROUND_UP(pages, 64) / 8);
    if (!kvm_state->manual_dirty_log_protect) {
        bitmap_clear(slot->dirty, 0, pages);
    }
    return 0;
}

static int clear_log(const struct kvm_clear_dirty_log *log)
{
    FakeSlot *slot = &fake.slot[log->slot >> 16][log->slot & 0xffff];
    unsigned long pages = slot->size >> 12;

    if (!slot->dirty) {
        return -ENOENT;
    }
    if (log->first_page & 63 || log->first_page > pages ||
        log->num_pages > pages - log->first_page ||
        (log->num_pages < pages - log->first_page && log->num_pages & 63)) {
        return -EINVAL;
    }
    for (unsigned long i = 0; i < log->num_pages; i++) {
        if (test_bit(i, log->dirty_bitmap)) {
            clear_bit(log->first_page + i, slot->dirty);
        }
    }
    return 0;
}

/* ---- everything else ----------------------------------------------------- */

static int extension(uintptr_t cap)
{
    switch (cap) {
    case KVM_CAP_NR_MEMSLOTS:
        return fake.limit ?: FAKE_SLOTS;
    case KVM_CAP_MULTI_ADDRESS_SPACE:
        return FAKE_SPACES;
    case KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2:
        return fake.no_manual ? 0 : fake.no_initial ? 1 : 3;
    case KVM_CAP_DIRTY_LOG_RING:
    case KVM_CAP_DIRTY_LOG_RING_ACQ_REL:
        return fake.ring ? 65536 * 16 : 0;
    case KVM_CAP_IRQ_ROUTING:
        return 64;
    case KVM_CAP_NR_VCPUS:
    case KVM_CAP_MAX_VCPUS:
        return 16;
    case KVM_CAP_GUEST_MEMFD:
        return fake.memfd;
    case KVM_CAP_MEMORY_ATTRIBUTES:
        return fake.memfd ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0;
    case KVM_CAP_BINARY_STATS_FD:
        return fake.stats_file != NULL;
    case KVM_CAP_SIGNAL_MSI:
        return 0;
    default:
        return 1;
    }
}

static void note_routes(const struct kvm_irq_routing *routes)
{
    g_free(fake.routes);
    fake.routes = g_memdup2(
        routes, sizeof(*routes) + routes->nr * sizeof(routes->entries[0]));
    fake.commits++;
}

static int set_attributes(const struct kvm_memory_attributes *a)
{
    if ((a->address | a->size) & 0xfff || !a->size) {
        return -EINVAL;
    }
    if (!fake.private) {
        fake.private = g_hash_table_new(NULL, NULL);
    }
    for (uint64_t i = 0; i < a->size >> 12; i++) {
        gpointer page = (gpointer)(uintptr_t)((a->address >> 12) + i);

        if (a->attributes) {
            g_hash_table_add(fake.private, page);
        } else {
            g_hash_table_remove(fake.private, page);
        }
    }
    return 0;
}

static int answer(unsigned long type, void *arg)
{
    switch (type) {
    case KVM_GET_API_VERSION:
        return KVM_API_VERSION;
    case KVM_CREATE_VM:
        return qemu_open_old("/dev/null", O_RDWR);
    case KVM_CHECK_EXTENSION:
        return extension((uintptr_t)arg);
    case KVM_SET_USER_MEMORY_REGION:
    case KVM_SET_USER_MEMORY_REGION2:
        return set_region(arg);
    case KVM_CREATE_VCPU:
        return create_vcpu();
    case KVM_GET_VCPU_MMAP_SIZE:
        return 3 * qemu_real_host_page_size(); /* the third is unused */
    case KVM_RUN:
        return run_vcpu();
    case KVM_RESET_DIRTY_RINGS:
        return reset_ring();
    case KVM_CREATE_GUEST_MEMFD:
        return memfd_create("guest", MFD_CLOEXEC);
    case KVM_SET_MEMORY_ATTRIBUTES:
        return set_attributes(arg);
    case KVM_GET_DIRTY_LOG:
        return get_log(arg);
    case KVM_CLEAR_DIRTY_LOG:
        return clear_log(arg);
    case KVM_GET_STATS_FD:
        return fake.stats_file();
    case KVM_SET_GSI_ROUTING:
        note_routes(arg);
        return 0;
    default:
        return 0;
    }
}

static bool must_fail(unsigned long type, int *ret)
{
    if (!fault.n || (fault.type && fault.type != type)) {
        return false;
    }
    fault.seen++;
    if (fault.seen < fault.n || fault.seen >= fault.n + fault.times) {
        return false;
    }
    fault.failed = true;
    *ret = -fault.err;
    return true;
}

static bool hook(int fd, unsigned long type, void *arg, int *ret)
{
    bool region = type == KVM_SET_USER_MEMORY_REGION ||
                  type == KVM_SET_USER_MEMORY_REGION2;
    bool fails;

    if (fake.before) {
        fake.before(type);
    }
    qemu_mutex_lock(&counts_lock);
    fake.calls++;
    fake.set_calls += region;
    fails = must_fail(type, ret);
    qemu_mutex_unlock(&counts_lock);
    if (fails) {
        return true;
    }
    if (!real_kernel) {
        *ret = answer(type, arg);
        return true;
    }
    if (region) {
        const struct kvm_userspace_memory_region2 *r = arg;

        *ret = set_region(arg);
        /* Hosts differ in how wide an address of a guest may be. */
        if (r->guest_phys_addr < 1ull << 35) {
            int got = ioctl(fd, type, arg) < 0 ? -errno : 0;

            g_assert_cmpint(*ret, ==, got);
        }
        return true;
    }
    return false;
}

void fake_fail(unsigned n, int err, unsigned long type, unsigned times)
{
    QEMU_LOCK_GUARD(&counts_lock);
    fake.calls = 0;
    fake.set_calls = 0;
    fault.n = n;
    fault.err = err;
    fault.type = type;
    fault.times = times;
    fault.seen = 0;
    fault.failed = false;
}

bool fake_failed(void)
{
    QEMU_LOCK_GUARD(&counts_lock);
    return fault.failed;
}

void fake_watch(void)
{
    if (!fake.absent) {
        fake.absent = g_array_new(false, false, sizeof(FakeAbsent));
    }
    g_array_set_size(fake.absent, 0);
    for (unsigned as = 0; as < FAKE_SPACES; as++) {
        for (unsigned i = 0; i < fake.top[as]; i++) {
            fake.slot[as][i].fresh = false;
        }
    }
}

static const FakeSlot *mapped_again(const FakeAbsent *gone)
{
    const FakeSlot *was = &gone->slot;

    for (unsigned i = 0; i < fake.top[gone->as_id]; i++) {
        const FakeSlot *is = &fake.slot[gone->as_id][i];

        if (is->size && is->start < was->start + was->size &&
            was->start < is->start + is->size) {
            return is;
        }
    }
    return NULL;
}

char *fake_find_absent(void)
{
    char *text = NULL;

    for (guint i = 0; i < fake.absent->len && !text; i++) {
        const FakeAbsent *gone = &g_array_index(fake.absent, FakeAbsent, i);
        const FakeSlot *is = mapped_again(gone);

        if (is) {
            text = g_strdup_printf("0x%" PRIx64 "+0x%" PRIx64 " was absent, "
                                   "before 0x%" PRIx64 "+0x%" PRIx64,
                                   gone->slot.start, gone->slot.size, is->start,
                                   is->size);
        }
    }
    fake_watch();
    return text;
}

/* ---- starting ------------------------------------------------------------ */

static void test_machine_class_init(ObjectClass *oc, void *data)
{
    MACHINE_CLASS(oc)->desc = "for KVM's tests";
    MACHINE_CLASS(oc)->max_cpus = 8;
}

static const TypeInfo test_machine = {
    .name = MACHINE_TYPE_NAME("kvmtest"),
    .parent = TYPE_MACHINE,
    .class_init = test_machine_class_init,
};

void fake_setup(int *argc, char ***argv)
{
    g_test_init(argc, argv, NULL);
    qemu_mutex_init(&counts_lock);
    qemu_mutex_init(&table_lock);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    type_register_static(&test_machine);
    memory_map_init();
    machine = machine_create(
        MACHINE_CLASS(object_class_by_name(MACHINE_TYPE_NAME("kvmtest"))));
}

const char *fake_no_kvm(void)
{
    int fd = qemu_open_old("/dev/kvm", O_RDWR);
    int vm;

    if (fd < 0) {
        return g_intern_string(g_strerror(errno));
    }
    vm = ioctl(fd, KVM_CREATE_VM, 0);
    close(fd);
    if (vm < 0) {
        return g_intern_string(g_strerror(errno));
    }
    close(vm);
    return NULL;
}

int fake_start(bool real, const char *const *props)
{
    int ret;

    real_kernel = real;
    kvm_ioctl_hook = hook;
    accel = ACCEL(object_new(TYPE_KVM_ACCEL));
    object_property_set_str(OBJECT(accel), "device",
                            real ? "/dev/kvm" : "/dev/null", &error_abort);
    for (; props && *props; props += 2) {
        object_property_parse(OBJECT(accel), props[0], props[1], &error_abort);
    }
    ret = accel_init_machine(accel, machine);
    if (ret < 0) {
        g_assert_null(kvm_state);
        g_assert_false(kvm_enabled());
        object_unref(OBJECT(accel));
        accel = NULL;
    }
    return ret;
}

void fake_stop(void)
{
    machine->accelerator = NULL;
    object_unref(OBJECT(accel));
    accel = NULL;
    kvm_allowed = false;
    g_assert_null(kvm_state);
    for (unsigned i = 0; i < FAKE_SPACES; i++) {
        g_assert_cmpuint(fake_used(i), ==, 0);
    }
    g_clear_pointer(&fake.routes, g_free);
    g_clear_pointer(&fake.private, g_hash_table_unref);
    if (ring.shared) {
        munmap(ring.shared, ring.size);
        ring.shared = NULL;
    }
    kvm_ioctl_hook = NULL;
}

/* ---- the architecture ---------------------------------------------------- */

int kvm_arch_init(MachineState *ms, KVMState *s)
{
    return 0;
}

void kvm_arch_init_irq_routing(KVMState *s)
{
    kvm_gsi_routing_allowed = true;
    kvm_msi_via_irqfd_allowed = true;
}

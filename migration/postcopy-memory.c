/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Postcopy at the destination: memory that is watched. A thread reads who waits
 * for which page and asks the source for it; others put pages in their places.
 */
#include "qemu/osdep.h"
#include <poll.h>
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "migration/misc.h"
#include "migration/qemu-file.h"
#include "options.h"
#include "postcopy.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/event_notifier.h"
#include "qemu/lockable.h"
#include "qemu/madvise.h"
#include "qemu/mmap-alloc.h"
#include "qemu/rcu.h"
#include "qemu/userfaultfd.h"
#include "received.h"
#include "trace.h"

#define EVENTS        16 /* read at once */
#define POLL_AGAIN_US 100000

struct PostcopyBlock {
    RAMBlock *rb; /* held by its region */
    uint64_t length;
    size_t page_size;
    bool has_zeropage; /* atomically */
    bool registered;
    bool whole;            /* no part of it may be discarded */
    unsigned long *wanted; /* host pages that somebody waits for; the lock */
};

static struct {
    GArray *blocks; /* PostcopyBlock; does not change while it is watched */
    int fd;
    bool watching;   /* the big lock, or the thread that ends it */
    bool no_discard; /* RAM discards are disabled */
    uint8_t *zeros;  /* the largest page */
    QemuThread thread;
    EventNotifier quit;

    QemuMutex lock; /* wanted pages, what is received; never while sending */

    QemuMutex ask_lock; /* the rest; taken before the other */
    bool serve;
    const PostcopyBlock *asked; /* the source knows its name */
} mem = { .fd = -1 };

static void __attribute__((constructor)) init_lock(void)
{
    qemu_mutex_init(&mem.lock);
    qemu_mutex_init(&mem.ask_lock);
}

/* ---- whether it is possible ---------------------------------------------- */

static bool check_block(RAMBlock *rb, Error **errp)
{
    size_t page = qemu_ram_pagesize(rb);

    if (rb->used_length % page) {
        error_setg(errp,
                   "Postcopy requires RAM blocks to be a page size multiple, "
                   "block %s is 0x" RAM_ADDR_FMT " bytes with a page size of "
                   "0x%zx",
                   rb->idstr, rb->used_length, page);
        return false;
    }
    if (rb->fd >= 0 && qemu_fd_getfs(rb->fd) != QEMU_FS_TYPE_TMPFS &&
        qemu_fd_getfs(rb->fd) != QEMU_FS_TYPE_HUGETLBFS) {
        error_setg(errp, "Host backend files need to be TMPFS or HUGETLBFS "
                         "only");
        return false;
    }
    if (rb->flags & RAM_READONLY) {
        error_setg(errp,
                   "Postcopy cannot fill RAM block %s, which is "
                   "read-only",
                   rb->idstr);
        return false;
    }
    return true;
}

static uint64_t wanted_features(uint64_t offered)
{
    return offered & UFFD_FEATURE_THREAD_ID;
}

static bool check_host(Error **errp)
{
    const uint64_t needed = BIT_ULL(_UFFDIO_WAKE) | BIT_ULL(_UFFDIO_COPY) |
                            BIT_ULL(_UFFDIO_ZEROPAGE);
    size_t page = qemu_real_host_page_size();
    uint64_t offered, ioctls = 0;
    int ret = uffd_query_features(&offered), fd;
    void *area;

    if (ret < 0) {
        error_setg(errp, "Userfaultfd not available: %s", strerror(-ret));
        return false;
    }
    if (qemu_ram_pagesize_largest() > page &&
        !(offered & UFFD_FEATURE_MISSING_HUGETLBFS)) {
        error_setg(errp, "Userfault on this host does not support huge pages");
        return false;
    }
    fd = uffd_create_fd(wanted_features(offered), true);
    if (fd < 0) {
        error_setg(errp, "Userfaultfd not available: %s", strerror(-fd));
        return false;
    }
    area = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0);
    ret = area == MAP_FAILED
              ? -errno
              : uffd_register_memory(fd, area, page,
                                     UFFDIO_REGISTER_MODE_MISSING, &ioctls);
    if (area != MAP_FAILED) {
        munmap(area, page);
    }
    uffd_close_fd(fd);
    if (ret < 0) {
        error_setg(errp, "UFFDIO_REGISTER failed: %s", strerror(-ret));
        return false;
    }
    if ((ioctls & needed) != needed) {
        error_setg(errp, "Missing userfault map features: %" PRIx64,
                   ~ioctls & needed);
        return false;
    }
    return true;
}

bool postcopy_ram_supported_by_host(MigrationIncomingState *mis, Error **errp)
{
    RAMBlock *rb;

    if (TARGET_PAGE_SIZE > qemu_real_host_page_size()) {
        error_setg(errp, "Target page size bigger than host page size");
        return false;
    }
    RCU_READ_LOCK_GUARD();
    INTERNAL_RAMBLOCK_FOREACH(rb)
    {
        if (!check_block(rb, errp)) {
            return false;
        }
    }
    return check_host(errp);
}

/* ---- before it is watched ------------------------------------------------ */

static PostcopyBlock *nth(guint i)
{
    return &g_array_index(mem.blocks, PostcopyBlock, i);
}

static void collect_blocks(void)
{
    RAMBlock *rb;

    mem.blocks = g_array_new(false, false, sizeof(PostcopyBlock));
    RCU_READ_LOCK_GUARD();
    INTERNAL_RAMBLOCK_FOREACH(rb)
    {
        if (!migrate_ram_is_ignored(rb)) {
            PostcopyBlock b = { .rb = rb, .page_size = qemu_ram_pagesize(rb) };

            memory_region_ref(rb->mr);
            rb->receivedmap = bitmap_new(rb->max_length >> TARGET_PAGE_BITS);
            g_array_append_val(mem.blocks, b);
        }
    }
}

bool postcopy_memory_prepare(Error **errp)
{
    collect_blocks();
    for (guint i = 0; i < mem.blocks->len; i++) {
        RAMBlock *rb = nth(i)->rb;

        /* A huge page would fill what is not there yet. */
        qemu_madvise(rb->host, rb->max_length, QEMU_MADV_NOHUGEPAGE);
        if (ram_block_discard_range(rb, 0, rb->used_length)) {
            error_setg(errp, "RAM block '%s' cannot be emptied", rb->idstr);
            return false;
        }
    }
    return true;
}

bool postcopy_memory_discard(const char *name, uint64_t start, uint64_t length,
                             Error **errp)
{
    PostcopyBlock *b = postcopy_block(name);

    if (!b) {
        error_setg(errp, "CMD_POSTCOPY_RAM_DISCARD: no RAM block '%s'", name);
        return false;
    }
    if (!length || start % b->page_size || length % b->page_size ||
        start >= b->rb->used_length || length > b->rb->used_length - start) {
        error_setg(errp,
                   "CMD_POSTCOPY_RAM_DISCARD: 0x%" PRIx64 " bytes at 0x%" PRIx64
                   " are not pages of RAM block '%s'",
                   length, start, name);
        return false;
    }
    trace_postcopy_ram_discard_range(name, start, length);
    bitmap_clear(b->rb->receivedmap, start >> TARGET_PAGE_BITS,
                 length >> TARGET_PAGE_BITS);
    if (ram_block_discard_range(b->rb, start, length)) {
        error_setg(errp, "RAM block '%s' cannot be emptied at 0x%" PRIx64, name,
                   start);
        return false;
    }
    return true;
}

/* ---- blocks -------------------------------------------------------------- */

PostcopyBlock *postcopy_block(const char *name)
{
    for (guint i = 0; mem.blocks && i < mem.blocks->len; i++) {
        if (!strcmp(nth(i)->rb->idstr, name)) {
            return nth(i);
        }
    }
    return NULL;
}

uint64_t postcopy_block_length(const PostcopyBlock *b)
{
    return b->length;
}

size_t postcopy_block_page_size(const PostcopyBlock *b)
{
    return b->page_size;
}

const char *postcopy_block_name(const PostcopyBlock *b)
{
    return b->rb->idstr;
}

size_t postcopy_largest_page(void)
{
    size_t largest = qemu_real_host_page_size();

    for (guint i = 0; mem.blocks && i < mem.blocks->len; i++) {
        largest = MAX(largest, nth(i)->page_size);
    }
    return largest;
}

/* ---- asking -------------------------------------------------------------- */

/* With the ask_lock. A failure is noticed by who reads from the source. */
static void ask(PostcopyBlock *b, uint64_t offset)
{
    ReturnMessage m = {
        .kind = b == mem.asked ? MIG_RP_MSG_REQ_PAGES : MIG_RP_MSG_REQ_PAGES_ID,
        .start = offset,
        .length = b->page_size,
    };

    if (!mem.serve) {
        return;
    }
    if (b != mem.asked) {
        pstrcpy(m.block, sizeof(m.block), b->rb->idstr);
        mem.asked = b;
    }
    trace_postcopy_request_page(b->rb->idstr, offset);
    migration_incoming_answer(&m);
}

static bool is_received(const PostcopyBlock *b, uint64_t offset)
{
    return test_bit(offset >> TARGET_PAGE_BITS, b->rb->receivedmap);
}

/* What no device has plugged does not come. */
static bool is_discarded(PostcopyBlock *b, uint64_t offset)
{
    MemoryRegionSection section = {
        .mr = b->rb->mr,
        .offset_within_region = offset,
        .size = int128_make64(b->page_size),
    };
    RamDiscardManager *rdm = memory_region_get_ram_discard_manager(b->rb->mr);

    return rdm && !ram_discard_manager_is_populated(rdm, &section);
}

static void want(PostcopyBlock *b, uint64_t offset)
{
    WITH_QEMU_LOCK_GUARD(&mem.lock) {
        if (is_received(b, offset) ||
            test_and_set_bit(offset / b->page_size, b->wanted)) {
            return;
        }
    }
    QEMU_LOCK_GUARD(&mem.ask_lock);
    ask(b, offset);
}

/* Whether it was there before, or is there now, it may go on. */
static void wake(PostcopyBlock *b, uint64_t offset)
{
    uffd_wakeup(mem.fd, b->rb->host + offset, b->page_size);
}

static PostcopyBlock *block_of(uint64_t addr)
{
    for (guint i = 0; i < mem.blocks->len; i++) {
        uint64_t host = (uintptr_t)nth(i)->rb->host;

        if (addr >= host && addr - host < nth(i)->length) {
            return nth(i);
        }
    }
    return NULL;
}

static void fault(const struct uffd_msg *msg)
{
    uint64_t addr = msg->arg.pagefault.address;
    PostcopyBlock *b = block_of(addr);
    Error *err = NULL;
    uint64_t offset;

    if (msg->event != UFFD_EVENT_PAGEFAULT || !b) {
        error_report("userfaultfd tells of event %u at 0x%" PRIx64
                     ", which is in no RAM block",
                     msg->event, addr);
        return;
    }
    offset = QEMU_ALIGN_DOWN(addr - (uintptr_t)b->rb->host, b->page_size);
    addr = (uintptr_t)b->rb->host + offset;
    trace_postcopy_fault(b->rb->idstr, offset, msg->arg.pagefault.feat.ptid);
    if (is_discarded(b, offset)) {
        if (!postcopy_place_page(b, offset, NULL, &err)) {
            error_report_err(err);
        }
        return;
    }
    postcopy_blocktime_begin(addr, msg->arg.pagefault.feat.ptid);
    want(b, offset);
    WITH_QEMU_LOCK_GUARD(&mem.lock) {
        if (is_received(b, offset)) {
            postcopy_blocktime_end(addr);
            wake(b, offset);
        }
    }
}

static void *fault_thread(void *opaque)
{
    struct pollfd fds[] = {
        { .fd = mem.fd, .events = POLLIN },
        { .fd = event_notifier_get_fd(&mem.quit), .events = POLLIN },
    };
    struct uffd_msg msgs[EVENTS];

    rcu_register_thread();
    while (!fds[1].revents) {
        int n;

        if (RETRY_ON_EINTR(poll(fds, ARRAY_SIZE(fds), -1)) < 0) {
            /* Without this thread, who waits for a page would for ever. */
            error_report_once("userfaultfd cannot be polled: %s; it is tried "
                              "again",
                              strerror(errno));
            g_usleep(POLL_AGAIN_US);
            continue;
        }
        n = uffd_read_events(mem.fd, msgs, EVENTS);
        for (int i = 0; i < n; i++) {
            fault(&msgs[i]);
        }
    }
    rcu_unregister_thread();
    return NULL;
}

static unsigned long next_wanted(PostcopyBlock *b, unsigned long from)
{
    QEMU_LOCK_GUARD(&mem.lock);
    return find_next_bit(b->wanted, b->length / b->page_size, from);
}

void postcopy_memory_serve(bool serve)
{
    QEMU_LOCK_GUARD(&mem.ask_lock);
    mem.serve = serve;
    mem.asked = NULL;
    for (guint i = 0; serve && i < mem.blocks->len; i++) {
        PostcopyBlock *b = nth(i);

        for (unsigned long page = next_wanted(b, 0);
             page < b->length / b->page_size; page = next_wanted(b, page + 1)) {
            ask(b, page * b->page_size);
        }
    }
}

/* Nobody waits for it yet, but who comes would find zeros. */
static bool is_missing(const PostcopyBlock *b, unsigned long *page)
{
    unsigned long pages = b->length >> TARGET_PAGE_BITS;

    if (!b->whole) {
        return false;
    }
    QEMU_LOCK_GUARD(&mem.lock);
    *page = find_next_zero_bit(b->rb->receivedmap, pages, 0) /
            (b->page_size >> TARGET_PAGE_BITS);
    return *page < b->length / b->page_size;
}

bool postcopy_memory_lacks_page(Error **errp)
{
    for (guint i = 0; i < mem.blocks->len; i++) {
        PostcopyBlock *b = nth(i);
        unsigned long page = next_wanted(b, 0);

        if (page < b->length / b->page_size || is_missing(b, &page)) {
            error_setg(errp,
                       "a page is missing, of RAM block '%s' at 0x%" PRIx64,
                       b->rb->idstr, (uint64_t)page * b->page_size);
            return true;
        }
    }
    return false;
}

/* ---- watching ------------------------------------------------------------ */

/* What the thread for faults looks at, of any block, as soon as it is there. */
static void set_up_blocks(void)
{
    for (guint i = 0; i < mem.blocks->len; i++) {
        PostcopyBlock *b = nth(i);

        b->length = b->rb->used_length;
        b->whole = !memory_region_get_ram_discard_manager(b->rb->mr);
        b->rb->postcopy_length = b->length;
        b->wanted = bitmap_new(b->length / b->page_size);
    }
}

static bool watch_block(PostcopyBlock *b, Error **errp)
{
    uint64_t ioctls = 0;
    int ret;

    ret = uffd_register_memory(mem.fd, b->rb->host, b->length,
                               UFFDIO_REGISTER_MODE_MISSING, &ioctls);
    if (ret < 0) {
        error_setg(errp, "RAM block '%s' cannot be watched by userfaultfd: %s",
                   b->rb->idstr, strerror(-ret));
        return false;
    }
    b->registered = true;
    if (!(ioctls & BIT_ULL(_UFFDIO_COPY))) {
        error_setg(errp,
                   "pages of RAM block '%s' cannot be placed by "
                   "userfaultfd",
                   b->rb->idstr);
        return false;
    }
    qatomic_set(&b->has_zeropage, ioctls & BIT_ULL(_UFFDIO_ZEROPAGE));
    return true;
}

bool postcopy_memory_watch(Error **errp)
{
    uint64_t offered = 0;
    int ret = uffd_query_features(&offered);

    mem.fd = ret < 0 ? ret : uffd_create_fd(wanted_features(offered), true);
    if (mem.fd < 0) {
        error_setg(errp, "Userfaultfd not available: %s", strerror(-mem.fd));
        return false;
    }
    mem.watching = true;
    ret = ram_block_uncoordinated_discard_disable(true);
    if (ret) {
        error_setg(errp, "RAM must not be discarded in postcopy, but a device "
                         "needs that");
        postcopy_memory_unwatch();
        return false;
    }
    mem.no_discard = true;
    ret = event_notifier_init(&mem.quit, false);
    if (ret) {
        error_setg_errno(errp, -ret, "no event for a thread");
        postcopy_memory_unwatch();
        return false;
    }
    mem.zeros = qemu_anon_ram_alloc(postcopy_largest_page(), NULL, false, true);
    postcopy_blocktime_init();
    mem.serve = true;
    mem.asked = NULL;
    set_up_blocks();
    qemu_thread_create(&mem.thread, "mig/dst/fault", fault_thread, NULL,
                       QEMU_THREAD_JOINABLE);
    for (guint i = 0; i < mem.blocks->len; i++) {
        if (!watch_block(nth(i), errp)) {
            postcopy_memory_unwatch();
            return false;
        }
    }
    return true;
}

void postcopy_memory_unwatch(void)
{
    if (!mem.watching) {
        return;
    }
    mem.watching = false;
    for (guint i = 0; i < mem.blocks->len; i++) {
        PostcopyBlock *b = nth(i);

        if (b->registered) {
            uffd_unregister_memory(mem.fd, b->rb->host, b->length);
            b->registered = false;
        }
    }
    if (mem.zeros) {
        event_notifier_set(&mem.quit);
        qemu_thread_join(&mem.thread);
        event_notifier_cleanup(&mem.quit);
        qemu_anon_ram_free(g_steal_pointer(&mem.zeros),
                           postcopy_largest_page());
    }
    uffd_close_fd(mem.fd);
    mem.fd = -1;
    if (mem.no_discard) {
        mem.no_discard = false;
        ram_block_uncoordinated_discard_disable(false);
    }
}

void postcopy_memory_free(void)
{
    if (!mem.blocks) {
        return;
    }
    for (guint i = 0; i < mem.blocks->len; i++) {
        PostcopyBlock *b = nth(i);

        g_free(b->wanted);
        g_free(g_steal_pointer(&b->rb->receivedmap));
        qemu_madvise(b->rb->host, b->rb->max_length, QEMU_MADV_HUGEPAGE);
        memory_region_unref(b->rb->mr);
    }
    g_array_free(g_steal_pointer(&mem.blocks), true);
}

/* ---- pages --------------------------------------------------------------- */

static int place(PostcopyBlock *b, uint64_t offset, const void *page)
{
    void *to = b->rb->host + offset;
    int ret;

    do {
        if (!page && qatomic_read(&b->has_zeropage)) {
            ret = uffd_zero_page(mem.fd, to, b->page_size, false);
        } else {
            ret = uffd_copy_page(mem.fd, to, page ? (void *)page : mem.zeros,
                                 b->page_size, false);
        }
    } while (ret == -EAGAIN);
    return ret;
}

bool postcopy_place_page(PostcopyBlock *b, uint64_t offset, const void *page,
                         Error **errp)
{
    int ret = place(b, offset, page);

    /* One that is there has been written since, maybe. */
    if (ret < 0 && ret != -EEXIST) {
        error_setg(errp,
                   "a page cannot be placed in RAM block '%s' at 0x%" PRIx64
                   ": %s",
                   b->rb->idstr, offset, strerror(-ret));
        return false;
    }
    WITH_QEMU_LOCK_GUARD(&mem.lock) {
        bitmap_set(b->rb->receivedmap, offset >> TARGET_PAGE_BITS,
                   b->page_size >> TARGET_PAGE_BITS);
        clear_bit(offset / b->page_size, b->wanted);
    }
    if (ret == -EEXIST) {
        wake(b, offset);
    }
    postcopy_blocktime_end((uintptr_t)b->rb->host + offset);
    return true;
}

int postcopy_memory_put_received(const char *name, QEMUFile *f)
{
    PostcopyBlock *b = postcopy_block(name);
    g_autofree unsigned long *map = NULL;
    uint64_t pages;

    if (!b) {
        return -ENOENT;
    }
    pages = b->length >> TARGET_PAGE_BITS;
    map = bitmap_new(pages);
    WITH_QEMU_LOCK_GUARD(&mem.lock) {
        bitmap_copy(map, b->rb->receivedmap, pages);
    }
    return received_put(f, map, pages);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump-guest-memory: the guest is stopped, and its memory and registers are
 * written to a file, at once or by a thread.
 */
#include "qemu/osdep.h"
#include <poll.h>
#include "dump.h"
#include "hw/core/cpu.h"
#include "hw/core/sysemu-cpu-ops.h"
#include "hw/misc/vmcoreinfo.h"
#include "migration/blocker.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-dump.h"
#include "qapi/qapi-events-dump.h"
#include "qapi/qmp/qerror.h"
#include "qapi/util.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/event_notifier.h"
#include "qemu/main-loop.h"
#include "qemu/stats64.h"
#include "qemu/thread.h"
#include "system/address-spaces.h"
#include "system/hw_accel.h"
#include "system/cpus.h"
#include "system/runstate.h"

#define MAX_GUEST_NOTE (1 << 20)
#define PIECE          (1 << 20)
/* A pipe that takes something takes that much. */
#define STALLING_PIECE 4096

/* With the big lock, except where something else is said. */
static struct {
    int status; /* DumpStatus, atomically */
    Stat64 written, total;
    bool resume;
    int fd;
    bool may_stall; /* writing may wait for whoever reads */
    QemuThread thread;
    bool has_thread;
    bool quit;          /* atomically, then the next */
    EventNotifier wake; /* while there is a thread */
    GArray *blocks;
    GByteArray *header;
    Error *blocker;
} dump;

bool qemu_system_dump_in_progress(void)
{
    return qatomic_read(&dump.status) == DUMP_STATUS_ACTIVE;
}

/* ---- notes --------------------------------------------------------------- */

static int add_note(const void *buf, size_t size, void *opaque)
{
    DumpState *s = opaque;

    g_byte_array_append(s->notes, buf, size);
    return 0;
}

/* First the registers of all, for gdb, then what only QEMU's tools know. */
static bool add_cpu_notes(DumpState *s, Error **errp)
{
    bool wide = s->dump_info.d_class == ELFCLASS64;
    CPUState *cpu;

    CPU_FOREACH(cpu)
    {
        int id = cpu->cpu_index + 1;

        if ((wide ? cpu_write_elf64_note(add_note, cpu, id, s)
                  : cpu_write_elf32_note(add_note, cpu, id, s)) < 0) {
            error_setg(errp, "dump: failed to write elf notes");
            return false;
        }
    }
    CPU_FOREACH(cpu)
    {
        const SysemuCPUOps *ops = cpu->cc->sysemu_ops;
        typeof(ops->write_elf64_qemunote) write =
            wide ? ops->write_elf64_qemunote : ops->write_elf32_qemunote;

        if (write && write(add_note, cpu, s) < 0) {
            error_setg(errp, "dump: failed to write CPU status");
            return false;
        }
    }
    return true;
}

/* The guest says where it is and what it holds: nothing of it is believed. */
static void add_guest_note(DumpState *s)
{
    VMCoreInfoState *vmci = vmcoreinfo_find();
    g_autofree uint8_t *note = NULL;
    uint32_t size, name_size, desc_size;
    uint64_t needed;

    if (!vmci) {
        return;
    }
    size = le32_to_cpu(vmci->vmcoreinfo.size);
    if (!vmci->has_vmcoreinfo) {
        warn_report("guest note is not present");
        return;
    }
    if (size < sizeof(Elf64_Nhdr) || size > MAX_GUEST_NOTE) {
        warn_report("guest note size is invalid: %" PRIu32, size);
        return;
    }
    if (le16_to_cpu(vmci->vmcoreinfo.guest_format) !=
        FW_CFG_VMCOREINFO_FORMAT_ELF) {
        warn_report("guest note format is unsupported: %" PRIu16,
                    le16_to_cpu(vmci->vmcoreinfo.guest_format));
        return;
    }
    note = g_malloc(size);
    cpu_physical_memory_read(le64_to_cpu(vmci->vmcoreinfo.paddr), note, size);
    memcpy(&name_size, note, sizeof(name_size));
    memcpy(&desc_size, note + 4, sizeof(desc_size));
    name_size = cpu_to_dump32(s, name_size);
    desc_size = cpu_to_dump32(s, desc_size);
    needed = sizeof(Elf64_Nhdr) + ROUND_UP((uint64_t)name_size, 4) +
             ROUND_UP((uint64_t)desc_size, 4);
    if (needed > size) {
        warn_report("Invalid guest note header");
        return;
    }
    g_byte_array_append(s->notes, note, needed);
}

/* ---- writing ------------------------------------------------------------- */

/* Until something can be written; false if the process ends. */
static bool wait_for_reader(void)
{
    struct pollfd fds[] = {
        { .fd = dump.fd, .events = POLLOUT },
        { .fd = event_notifier_get_fd(&dump.wake), .events = POLLIN },
    };

    RETRY_ON_EINTR(poll(fds, ARRAY_SIZE(fds), -1));
    return !qatomic_read(&dump.quit);
}

static bool put(const uint8_t *data, uint64_t size, bool count, Error **errp)
{
    bool stalls = dump.has_thread && dump.may_stall;

    while (size) {
        size_t piece = MIN(size, stalls ? STALLING_PIECE : PIECE);

        if (qatomic_read(&dump.quit) || (stalls && !wait_for_reader())) {
            error_setg(errp, "dump: the process ends");
            return false;
        }
        if (qemu_write_full(dump.fd, data, piece) != piece) {
            error_setg_errno(errp, errno, "dump: failed to save memory");
            return false;
        }
        if (count) {
            stat64_add(&dump.written, piece);
        }
        data += piece;
        size -= piece;
    }
    return true;
}

/* Any thread, without the big lock. */
static bool put_all(Error **errp)
{
    if (!put(dump.header->data, dump.header->len, false, errp)) {
        return false;
    }
    for (guint i = 0; i < dump.blocks->len; i++) {
        GuestPhysBlock *b = &g_array_index(dump.blocks, GuestPhysBlock, i);

        if (!put(b->host, b->size, true, errp)) {
            return false;
        }
    }
    return true;
}

/* With the big lock. */
static void end_dump(bool ok)
{
    if (dump.fd >= 0) {
        close(dump.fd);
        dump.fd = -1;
    }
    g_clear_pointer(&dump.blocks, guest_phys_free);
    if (dump.header) {
        g_byte_array_free(g_steal_pointer(&dump.header), true);
    }
    migrate_del_blocker(&dump.blocker);
    qatomic_set(&dump.status, ok ? DUMP_STATUS_COMPLETED : DUMP_STATUS_FAILED);
    if (dump.resume) {
        dump.resume = false;
        vm_start();
    }
}

static void *dump_thread(void *opaque)
{
    g_autoptr(DumpQueryResult) result = NULL;
    Error *err = NULL;
    bool ok = put_all(&err);

    bql_lock();
    end_dump(ok);
    result = qmp_query_dump(NULL);
    qapi_event_send_dump_completed(result, err ? error_get_pretty(err) : NULL);
    error_free(err);
    bql_unlock();
    return NULL;
}

/* That of the last one, which has ended or soon will. With the big lock. */
static void join_thread(void)
{
    if (dump.has_thread) {
        bql_unlock();
        qemu_thread_join(&dump.thread);
        bql_lock();
        dump.has_thread = false;
        event_notifier_cleanup(&dump.wake);
    }
}

void dump_shutdown(void)
{
    if (dump.has_thread) {
        dump.resume = false;
        qatomic_set(&dump.quit, true);
        event_notifier_set(&dump.wake);
        join_thread();
    }
}

static bool start_thread(Error **errp)
{
    int ret = event_notifier_init(&dump.wake, false);

    if (ret) {
        error_setg_errno(errp, -ret, "dump: no event for a thread");
        return false;
    }
    dump.has_thread = true;
    qemu_thread_create(&dump.thread, "dump_thread", dump_thread, NULL,
                       QEMU_THREAD_JOINABLE);
    return true;
}

/* ---- beginning ----------------------------------------------------------- */

static bool collect(bool has_filter, uint64_t begin, uint64_t length,
                    Error **errp)
{
    DumpState s = { .dump_info = { .d_machine = EM_NONE } };
    const SysemuCPUOps *ops = first_cpu ? first_cpu->cc->sysemu_ops : NULL;
    uint64_t total = 0, end = 0;
    bool ok;

    cpu_synchronize_all_states();
    dump.blocks = guest_phys_blocks();
    for (guint i = 0; i < dump.blocks->len; i++) {
        GuestPhysBlock *b = &g_array_index(dump.blocks, GuestPhysBlock, i);

        end = MAX(end, b->start + b->size);
    }
    if (has_filter) {
        guest_phys_filter(dump.blocks, begin, length);
    }
    for (guint i = 0; i < dump.blocks->len; i++) {
        total += g_array_index(dump.blocks, GuestPhysBlock, i).size;
    }
    stat64_set(&dump.total, total);
    if (!total) {
        error_setg(errp, "dump: no guest memory to dump");
        return false;
    }
    if (!ops || !ops->get_dump_info) {
        error_setg(errp,
                   "dumping guest memory is not supported on this target");
        return false;
    }
    ops->get_dump_info(first_cpu, end, &s.dump_info);
    s.notes = g_byte_array_new();
    ok = add_cpu_notes(&s, errp);
    if (ok) {
        add_guest_note(&s);
        dump.header = dump_elf_header(&s, dump.blocks, s.notes);
    }
    g_byte_array_free(s.notes, true);
    return ok;
}

/* What has no code behind it, and what does not go together. */
static bool check(bool paging, bool has_begin, bool has_length, int64_t length,
                  DumpGuestMemoryFormat format, Error **errp)
{
    if (runstate_check(RUN_STATE_INMIGRATE)) {
        error_setg(errp, "Dump not allowed during incoming migration.");
    } else if (qemu_system_dump_in_progress()) {
        error_setg(errp, "There is a dump in process, please wait.");
    } else if (format != DUMP_GUEST_MEMORY_FORMAT_ELF &&
               (paging || has_begin || has_length)) {
        error_setg(errp, "kdump-compressed format doesn't support paging or "
                         "filter");
    } else if (has_begin && !has_length) {
        error_setg(errp, QERR_MISSING_PARAMETER, "length");
    } else if (!has_begin && has_length) {
        error_setg(errp, QERR_MISSING_PARAMETER, "begin");
    } else if (has_length && !length) {
        error_setg(errp, "parameter 'length' expects a non-zero size");
    } else if (format != DUMP_GUEST_MEMORY_FORMAT_ELF) {
        error_setg(errp, "%s is not available now",
                   DumpGuestMemoryFormat_str(format));
    } else if (paging && first_cpu && cpu_paging_enabled(first_cpu)) {
        /* The addresses of the guest's page tables. */
        error_setg(errp,
                   "Obtaining memory mappings is unsupported on this CPU.");
    } else {
        return true;
    }
    return false;
}

/* What is in a file stays there until all is known that could go wrong. */
static int open_protocol(const char *protocol, Error **errp)
{
    const char *rest;

    if (strstart(protocol, "fd:", &rest)) {
        return monitor_get_fd(monitor_cur(), rest, errp);
    }
    if (strstart(protocol, "file:", &rest)) {
        return qemu_create(rest, O_WRONLY, S_IRUSR, errp);
    }
    error_setg(errp, "parameter 'protocol' must start with 'file:' or 'fd:'");
    return -1;
}

/* Devices and pipes have no length. */
static bool empty_file(const char *protocol, Error **errp)
{
    if (strstart(protocol, "file:", NULL) && ftruncate(dump.fd, 0) &&
        errno != EINVAL) {
        error_setg_errno(errp, errno, "dump: '%s' cannot be truncated",
                         protocol);
        return false;
    }
    return true;
}

static bool is_regular(int fd)
{
    struct stat st;

    return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

void qmp_dump_guest_memory(bool paging, const char *protocol, bool has_detach,
                           bool detach, bool has_begin, int64_t begin,
                           bool has_length, int64_t length, bool has_format,
                           DumpGuestMemoryFormat format, Error **errp)
{
    int fd;
    bool ok;

    if (!check(paging, has_begin, has_length, length,
               has_format ? format : DUMP_GUEST_MEMORY_FORMAT_ELF, errp)) {
        return;
    }
    fd = open_protocol(protocol, errp);
    if (fd < 0) {
        return;
    }
    error_setg(&dump.blocker,
               "Live migration disabled: dump-guest-memory in progress");
    if (migrate_add_blocker_internal(&dump.blocker, errp) < 0) {
        close(fd);
        return;
    }
    join_thread();
    dump.fd = fd;
    dump.may_stall = !is_regular(fd);
    stat64_set(&dump.written, 0);
    stat64_set(&dump.total, 0);
    qatomic_set(&dump.status, DUMP_STATUS_ACTIVE);
    dump.resume = runstate_is_running();
    if (dump.resume) {
        vm_stop(RUN_STATE_SAVE_VM);
    }
    ok = collect(has_begin, begin, length, errp) && empty_file(protocol, errp);
    if (ok && has_detach && detach) {
        ok = start_thread(errp);
        if (ok) {
            return;
        }
    }
    ok = ok && put_all(errp);
    end_dump(ok);
}

/* ---- asking -------------------------------------------------------------- */

DumpQueryResult *qmp_query_dump(Error **errp)
{
    DumpQueryResult *result = g_new0(DumpQueryResult, 1);

    result->status = qatomic_read(&dump.status);
    result->completed = stat64_get(&dump.written);
    result->total = stat64_get(&dump.total);
    return result;
}

DumpGuestMemoryCapability *qmp_query_dump_guest_memory_capability(Error **errp)
{
    DumpGuestMemoryCapability *cap = g_new0(DumpGuestMemoryCapability, 1);

    QAPI_LIST_PREPEND(cap->formats, DUMP_GUEST_MEMORY_FORMAT_ELF);
    return cap;
}

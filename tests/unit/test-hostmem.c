/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory backends and thread contexts: properties, what clashes with what, the
 * texts of errors, and what becomes of the memory.
 */
#include "qemu/osdep.h"
#include "qapi/string-output-visitor.h"
#include "qemu/memfd.h"
#include "qemu/units.h"
#include "qom/object_interfaces.h"
#include "system/hostmem.h"
#include "ram-helpers.h"

static Object *find(const char *id)
{
    return object_resolve_path_component(object_get_objects_root(), id);
}

static HostMemoryBackend *backend(const char *id)
{
    return MEMORY_BACKEND(find(id));
}

static void add(const char *options)
{
    user_creatable_add_from_str(options, &error_abort);
}

static void del(const char *id)
{
    user_creatable_del(id, &error_abort);
    drain_call_rcu();
}

/* That an object cannot be made, and why. */
static void refuse(const char *options, const char *text)
{
    Error *err = NULL;

    g_test_message("%s", options);
    user_creatable_add_from_str(options, &err);
    expect_error(err, text);
    drain_call_rcu();
    g_assert_null(find("x"));
    g_assert_true(QLIST_EMPTY(&ram_list.blocks));
    g_assert_false(ram_block_discard_is_disabled());
    g_assert_false(ram_block_discard_is_required());
}

/*** What every kind has. ***/

static void check_defaults(const char *type, bool share)
{
    g_autofree char *options = g_strdup_printf("%s,id=m,size=2M", type);
    HostMemoryBackend *m;
    MemoryRegion *mr;
    char *name;

    add(options);
    m = backend("m");
    mr = host_memory_backend_get_memory(m);
    g_assert_nonnull(mr);
    g_assert_cmpint(memory_region_size(mr), ==, 2 * MiB);
    g_assert_true(m->merge && m->dump && m->reserve);
    g_assert_false(m->prealloc || m->prefault || m->pin || m->decommit);
    g_assert_cmpint(m->share, ==, share);
    g_assert_cmpint(m->prealloc_threads, ==, 1);
    g_assert_cmpint(host_memory_backend_pagesize(m), ==,
                    qemu_real_host_page_size());
    name = host_memory_backend_get_name(m);
    g_assert_cmpstr(name, ==, "m");
    g_free(name);
    ((char *)memory_region_get_ram_ptr(mr))[2 * MiB - 1] = 1;
    del("m");
    g_assert_true(QLIST_EMPTY(&ram_list.blocks));
}

static void test_defaults(void)
{
    check_defaults("memory-backend-ram", false);
    check_defaults("memory-backend-memfd", true);
    check_defaults("memory-backend-shm", true);
    check_defaults("memory-backend-file,mem-path=/dev/shm", false);
}

static void test_name(void)
{
    char *name;

    add("memory-backend-ram,id=m,size=64k,"
        "x-use-canonical-path-for-ramblock-id=on");
    name = host_memory_backend_get_name(backend("m"));
    g_assert_cmpstr(name, ==, "/objects/m");
    g_free(name);
    del("m");
}

static void test_refused(void)
{
    static const struct {
        const char *options, *text;
    } t[] = {
        { "ram,id=x", "can't create backend with size 0" },
        { "memfd,id=x", "can't create backend with size 0" },
        { "shm,id=x", "can't create shm backend with size 0" },
        { "file,id=x,mem-path=/dev/shm", "can't create backend with size 0" },
        { "ram,id=x,size=0", "property 'size' of memory-backend-ram doesn't "
                             "take value '0'" },
        { "ram,id=x,size=1M,prealloc-threads=0",
          "property 'prealloc-threads' of memory-backend-ram doesn't take "
          "value '0'" },
        { "ram,id=x,size=1M,prealloc=on,reserve=off",
          "'prealloc=on' and 'reserve=off' are incompatible" },
        { "ram,id=x,size=1M,reserve=off,prealloc=on",
          "'prealloc=on' and 'reserve=off' are incompatible" },
        { "ram,id=x,size=1M,host-nodes=0",
          "host-nodes must be empty for policy default, or you should "
          "explicitly specify a policy other than default" },
        { "ram,id=x,size=1M,policy=bind",
          "host-nodes must be set for policy bind" },
        { "ram,id=x,size=1M,policy=bind,host-nodes=128",
          "Invalid host-nodes value: 128" },
        { "ram,id=x,size=1M,policy=bind,host-nodes=127",
          "cannot bind memory to host NUMA nodes" },
        { "ram,id=x,size=1M,policy=foo", "policy" },
        { "ram,id=x,size=1M,prealloc-context=nobody", "nobody" },
        { "ram,id=x,size=1M,guest-memfd=on", "KVM" },
        { "memfd,id=x,size=1M,hugetlbsize=0",
          "Property 'memory-backend-memfd.hugetlbsize' doesn't take value "
          "'0'" },
        { "shm,id=x,size=1M,share=off",
          "can't create shm backend with `share=off`" },
        { "memfd,id=x,size=4097",
          "backend 'memory-backend-memfd' memory size must be multiple of 4" },
        { "memfd,id=x,size=4M,hugetlb=on,hugetlbsize=1G",
          "backend 'memory-backend-memfd' memory size must be multiple of 1 G" },
        { "shm,id=x,size=4097",
          "backend 'memory-backend-shm' memory size must be multiple of 4" },
        { "file,id=x,size=1M", "mem-path property not set" },
        { "file,id=x,size=1M,mem-path=/dev/shm,rom=on",
          "property 'rom' = 'on' is not supported with 'readonly' = 'off'" },
        { "file,id=x,size=1M,mem-path=/dev/shm,rom=off,readonly=on,share=on",
          "property 'rom' = 'off' is incompatible with 'readonly' = 'on' and "
          "'share' = 'on'" },
        { "file,id=x,size=1M,mem-path=/dev/shm,size=1000",
          "backend 'memory-backend-file' memory size must be multiple of 4" },
        { "file,id=x,size=1M,mem-path=/nonexistent/file", "/nonexistent/file" },
        /* Ours. */
        { "ram,id=x,size=1M,thp=on,share=on",
          "'thp=on' and 'share=on' are incompatible" },
        { "memfd,id=x,size=1M,thp=on",
          "'thp=on' and 'memory-backend-memfd' are incompatible" },
        { "file,id=x,size=1M,mem-path=/dev/shm,thp=on",
          "'thp=on' and 'memory-backend-file' are incompatible" },
        { "ram,id=x,size=1M,pin=on,decommit=on",
          "'pin=on' and 'decommit=on' are incompatible" },
        { "ram,id=x,size=1M,pin=on,reserve=off",
          "'pin=on' and 'reserve=off' are incompatible" },
        { "ram,id=x,size=1M,pin=on,guest-memfd=on",
          "'pin=on' and 'guest-memfd=on' are incompatible" },
        { "ram,id=x,size=1M,prefault=on,prealloc=on",
          "'prefault=on' and 'prealloc=on' are incompatible" },
        { "memfd,id=x,size=1M,decommit=on,share=off",
          "'decommit=on' and 'share=off' are incompatible" },
        { "file,id=x,size=1M,mem-path=/dev/shm,decommit=on,share=on,"
          "readonly=on",
          "'decommit=on' and 'readonly=on' are incompatible" },
        { "fd,id=x,size=1M", "fd property not set" },
        { "fd,id=x,size=1M,fd=name",
          "File descriptor named 'name' has not been found" },
        { "fd,id=x,size=1M,fd=1x", "Invalid file descriptor number '1x'" },
        { "fd,id=x,size=1M,fd=999",
          "Cannot use file descriptor 999: Bad file descriptor" },
        { "fd,id=x,size=1M,fd=0,decommit=on,readonly=on",
          "'decommit=on' and 'readonly=on' are incompatible" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        g_autofree char *options =
            g_strdup_printf("memory-backend-%s", t[i].options);

        refuse(options, t[i].text);
    }
}

/*** While it is there. ***/

static void test_fixed(void)
{
    static const struct {
        const char *name, *value, *text;
    } t[] = {
        { "size", "1", "cannot change property size of memory-backend-file " },
        { "share", "off", "cannot change property value" },
        { "reserve", "on", "cannot change property value" },
        { "thp", "on", "cannot change property value" },
        { "pin", "on", "cannot change property value" },
        { "mem-path", "/", "cannot change property 'mem-path' of memory-" },
        { "align", "0", "cannot change property 'align' of memory-" },
        { "offset", "0", "cannot change property 'offset' of memory-" },
        { "readonly", "on", "cannot change property 'readonly' of memory-" },
        { "rom", "on", "cannot change property 'rom' of memory-" },
        { "pmem", "on", "cannot change property 'pmem' of memory-" },
    };

    add("memory-backend-file,id=m,size=1M,mem-path=/dev/shm,discard-data=on,"
        "share=on");
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        Error *err = NULL;

        g_assert_false(
            object_property_parse(find("m"), t[i].name, t[i].value, &err));
        expect_error(err, t[i].text);
    }
    del("m");
}

static void test_change(void)
{
    HostMemoryBackend *m;
    Error *err = NULL;
    void *ptr;

    add("memory-backend-ram,id=m,size=1M,merge=off,dump=off");
    m = backend("m");
    ptr = memory_region_get_ram_ptr(&m->mr);
    g_assert_cmpint(resident_pages(ptr, 1 * MiB), ==, 0);
    for (int i = 0; i < 2; i++) {
        object_property_set_bool(OBJECT(m), "merge", !m->merge, &error_abort);
        object_property_set_bool(OBJECT(m), "dump", !m->dump, &error_abort);
    }
    object_property_set_bool(OBJECT(m), "prealloc", true, &error_abort);
    g_assert_cmpint(resident_pages(ptr, 1 * MiB), ==, 256);
    g_assert_true(m->prealloc);

    /* In use it stays. */
    host_memory_backend_set_mapped(m, true);
    g_assert_false(user_creatable_del("m", &err));
    expect_error(err, "object 'm' is in use, can not be deleted");
    host_memory_backend_set_mapped(m, false);
    del("m");
}

static void test_populated(void)
{
    static const char *const how[] = {
        "ram,prealloc=on",
        "ram,prefault=on",
        "memfd,prealloc=on",
        "memfd,prefault=on",
        "memfd,share=off,prefault=on",
        "shm,prealloc=on,prealloc-threads=3",
    };

    for (size_t i = 0; i < ARRAY_SIZE(how); i++) {
        g_autofree char *options =
            g_strdup_printf("memory-backend-%s,id=m,size=1M", how[i]);

        g_test_message("%s", options);
        add(options);
        g_assert_cmpint(
            resident_pages(memory_region_get_ram_ptr(&backend("m")->mr),
                           1 * MiB),
            ==, 256);
        del("m");
    }
}

static void test_async(void)
{
    host_memory_backends_begin_async();
    add("thread-context,id=tc");
    add("memory-backend-ram,id=m0,size=1M,prealloc=on,prealloc-context=tc");
    add("memory-backend-ram,id=m1,size=1M,prealloc=on,prealloc-context=tc");
    host_memory_backends_end_async(&error_abort);
    for (int i = 0; i < 2; i++) {
        g_autofree char *id = g_strdup_printf("m%d", i);
        void *ptr = memory_region_get_ram_ptr(&backend(id)->mr);

        g_assert_cmpint(resident_pages(ptr, 1 * MiB), ==, 256);
        del(id);
    }
    del("tc");
}

static void test_page_sizes(void)
{
    g_assert_cmpint(qemu_minrampagesize(), ==, qemu_real_host_page_size());
    add("memory-backend-ram,id=m,size=1M");
    g_assert_cmpint(qemu_maxrampagesize(), ==, qemu_real_host_page_size());
    host_memory_backend_set_mapped(backend("m"), true);
    g_assert_cmpint(qemu_minrampagesize(), ==, qemu_real_host_page_size());
    host_memory_backend_set_mapped(backend("m"), false);
    del("m");
}

/*** Memory that exists already. ***/

static void test_fd(void)
{
    int fd = qemu_memfd_create("test", 1 * MiB, false, 0, 0, &error_abort);
    int pipe_fds[2], ro, path_fd;
    g_autofree char *file = temp_file(1 * MiB, NULL);
    char *p = mmap(NULL, 1 * MiB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *guest;

    ro = open(file, O_RDONLY);
    path_fd = open(file, O_PATH);
    g_assert_cmpint(pipe(pipe_fds), ==, 0);
    p[0x10000] = 42;

    for (int i = 0; i < 2; i++) { /* the number can be used again */
        g_autofree char *good = g_strdup_printf(
            "memory-backend-fd,id=m,size=64k,offset=64k,fd=%d", fd);

        add(good);
        guest = memory_region_get_ram_ptr(&backend("m")->mr);
        g_assert_cmpint(guest[0], ==, 42);
        guest[1] = 43 + i;
        g_assert_cmpint(p[0x10001], ==, 43 + i);
        del("m");
    }
    {
        g_autofree char *s = g_strdup_printf(
            "memory-backend-fd,id=m,size=1M,readonly=on,fd=%d", ro);

        add(s);
        g_assert_true(memory_region_is_rom(&backend("m")->mr));
        del("m");
    }

    const struct {
        int fd;
        const char *more, *text;
    } t[] = {
        { fd, "size=2M",
          "holds 0x100000 bytes: too few for offset 0x0 and "
          "size 0x200000" },
        { fd, "size=1M,offset=4k", "too few for offset 0x1000" },
        { fd, "size=64k,offset=1", "is not a multiple of its page size" },
        { fd, "size=64k,offset=16E", "" },
        { ro, "size=1M",
          "are incompatible: the descriptor is open for "
          "reading only" },
        { path_fd, "size=1M", "is not open for reading" },
        { pipe_fds[0], "size=1M", "is a pipe; it must be a file" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        g_autofree char *s = g_strdup_printf("memory-backend-fd,id=x,fd=%d,%s",
                                             t[i].fd, t[i].more);

        refuse(s, t[i].text);
    }
    munmap(p, 1 * MiB);
    close(fd);
    close(ro);
    close(path_fd);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    unlink(file);
}

/*** Pages that stay, and pages that go. ***/

static void test_discard(void)
{
    static const char *const how[] = { "ram,decommit=on", "memfd,decommit=on",
                                       "ram" };
    Error *err = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(how); i++) {
        g_autofree char *options = g_strdup_printf(
            "memory-backend-%s,id=m,size=1M,prealloc=on", how[i]);
        HostMemoryBackend *m;
        char *ptr;

        add(options);
        m = backend("m");
        ptr = memory_region_get_ram_ptr(&m->mr);
        memset(ptr, 1, 1 * MiB);
        g_assert_true(
            host_memory_backend_discard(m, 0x10000, 0x20000, &error_abort));
        g_assert_cmpint(resident_pages(ptr, 1 * MiB), ==, 256 - 32);
        g_assert_cmpint(ptr[0xffff] + ptr[0x30000], ==, 2);
        g_assert_cmpint(ptr[0x10000] + ptr[0x2ffff], ==, 0);
        g_assert_true(host_memory_backend_discard(m, 0, 0, &error_abort));

        g_assert_false(host_memory_backend_discard(m, 1, 4096, &err));
        expect_error(err, "is not of whole pages of memory backend 'm'");
        err = NULL;
        g_assert_false(host_memory_backend_discard(m, 4096, 1 * MiB, &err));
        expect_error(err, "is not within memory backend 'm' of 0x100000 bytes");
        err = NULL;
        g_assert_false(
            host_memory_backend_discard(m, 4096, UINT64_MAX - 4095, &err));
        expect_error(err, "is not within");
        err = NULL;
        del("m");
    }
    g_assert_false(ram_block_discard_is_required());
}

static void test_pin(void)
{
    Error *err = NULL;

    if (!user_creatable_add_from_str("memory-backend-ram,id=m,size=64k,pin=on",
                                     &err)) {
        g_test_skip(error_get_pretty(err));
        error_free(err);
        return;
    }
    g_assert_true(ram_block_discard_is_disabled());
    g_assert_false(host_memory_backend_discard(backend("m"), 0, 4096, &err));
    expect_error(err, "memory of 'm' cannot be given back: it clashes with "
                      "'pin=on' of memory backend 'm'");
    err = NULL;
    user_creatable_add_from_str("memory-backend-ram,id=d,size=64k,decommit=on",
                                &err);
    expect_error(err, "'decommit=on' of memory backend 'd' clashes with "
                      "'pin=on' of memory backend 'm'");
    err = NULL;
    del("m");
    g_assert_false(ram_block_discard_is_disabled());

    add("memory-backend-ram,id=d,size=64k,decommit=on");
    user_creatable_add_from_str("memory-backend-ram,id=m,size=64k,pin=on",
                                &err);
    expect_error(err, "'pin=on' of memory backend 'm' clashes with "
                      "'decommit=on' of memory backend 'd'");
    del("d");

    host_memory_backends_set_locked(true);
    refuse("memory-backend-ram,id=x,size=64k,decommit=on",
           "'decommit=on' and '-overcommit mem-lock=on' are incompatible");
    host_memory_backends_set_locked(false);
}

static void test_thp(void)
{
    Error *err = NULL;

    add("memory-backend-ram,id=m,size=4M,thp=off");
    del("m");
    add("memory-backend-memfd,id=m,size=4M,thp=off");
    del("m");
    if (user_creatable_add_from_str("memory-backend-ram,id=m,size=4M,thp=on",
                                    &err)) {
        del("m");
    } else {
        expect_error(err, "'thp=on' cannot work: this host has");
    }
}

/*** Thread contexts. ***/

static void *note_cpus(void *opaque)
{
    unsigned long **cpus = opaque;
    unsigned long nbits;
    QemuThread self;

    qemu_thread_get_self(&self);
    g_assert_cmpint(qemu_thread_get_affinity(&self, cpus, &nbits), ==, 0);
    return NULL;
}

static void test_thread_context(void)
{
    unsigned long *cpus = NULL;
    QemuThread thread;
    char *text;
    Visitor *v;

    add("thread-context,id=tc,cpu-affinity=0");
    v = string_output_visitor_new(false, &text);
    object_property_get(find("tc"), "cpu-affinity", v, &error_abort);
    visit_complete(v, &text);
    visit_free(v);
    g_assert_cmpstr(text, ==, "0");
    g_free(text);
    g_assert_cmpint(
        object_property_get_int(find("tc"), "thread-id", &error_abort), !=,
        getpid());

    thread_context_create_thread(THREAD_CONTEXT(find("tc")), &thread, "t",
                                 note_cpus, &cpus, QEMU_THREAD_JOINABLE);
    qemu_thread_join(&thread);
    g_assert_cmpint(cpus[0], ==, 1);
    g_free(cpus);

    /* It holds the context. */
    add("memory-backend-ram,id=m,size=1M,prealloc=on,prealloc-context=tc");
    del("m");
    del("tc");
    if (g_file_test("/sys/devices/system/node/node0/cpulist",
                    G_FILE_TEST_EXISTS)) {
        add("thread-context,id=tc,node-affinity=0");
        del("tc");
    }

    refuse("thread-context,id=x,cpu-affinity=0,node-affinity=0",
           "Mixing CPU and node affinity not supported");
    refuse("thread-context,id=x,node-affinity=65535",
           "The nodes select no CPUs");
    refuse("thread-context,id=x,cpu-affinity=65535",
           "Setting CPU affinity failed: ");
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    ram_helpers_init();
    g_test_add_func("/hostmem/defaults", test_defaults);
    g_test_add_func("/hostmem/name", test_name);
    g_test_add_func("/hostmem/refused", test_refused);
    g_test_add_func("/hostmem/fixed", test_fixed);
    g_test_add_func("/hostmem/change", test_change);
    g_test_add_func("/hostmem/populated", test_populated);
    g_test_add_func("/hostmem/async", test_async);
    g_test_add_func("/hostmem/page-sizes", test_page_sizes);
    g_test_add_func("/hostmem/fd", test_fd);
    g_test_add_func("/hostmem/discard", test_discard);
    g_test_add_func("/hostmem/pin", test_pin);
    g_test_add_func("/hostmem/thp", test_thp);
    g_test_add_func("/hostmem/thread-context", test_thread_context);
    ret = g_test_run();
    user_creatable_cleanup();
    object_unref(owner);
    return ret;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's statistics: what query-stats makes of a file that tells them. */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include "kvm-fixture.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-stats.h"
#include "qapi/qapi-types-stats.h"

#define NAME_SIZE 16

/* struct kvm_stats_desc, with room for a name */
typedef struct Desc {
    uint32_t flags;
    int16_t exponent;
    uint16_t size;
    uint32_t offset;
    uint32_t bucket_size;
    char name[NAME_SIZE];
} Desc;
G_STATIC_ASSERT(offsetof(Desc, name) == sizeof(struct kvm_stats_desc));

static const Desc descs[] = {
    { .flags = KVM_STATS_TYPE_CUMULATIVE | KVM_STATS_UNIT_NONE |
               KVM_STATS_BASE_POW10,
      .size = 1,
      .offset = 0,
      .name = "exits" },
    { .flags = KVM_STATS_TYPE_INSTANT | KVM_STATS_UNIT_BOOLEAN |
               KVM_STATS_BASE_POW10,
      .size = 1,
      .offset = 8,
      .name = "blocking" },
    { .flags = KVM_STATS_TYPE_LINEAR_HIST | KVM_STATS_UNIT_SECONDS |
               KVM_STATS_BASE_POW10,
      .exponent = -9,
      .size = 3,
      .offset = 16,
      .bucket_size = 5,
      .name = "waits" },
    { .flags = KVM_STATS_TYPE_PEAK | KVM_STATS_UNIT_BYTES | KVM_STATS_BASE_POW2,
      .exponent = 10,
      .size = 1,
      .offset = 40,
      .name = "memory" },
    /* Types, units and bases of the future. */
    { .flags = 0xf, .size = 1, .offset = 0, .name = "new type" },
    { .flags = 0xf0, .size = 1, .offset = 0, .name = "new unit" },
    { .flags = 0xf00, .size = 1, .offset = 0, .name = "new base" },
    /* No zero ends this one. */
    { .flags = KVM_STATS_TYPE_LOG_HIST | KVM_STATS_UNIT_CYCLES |
               KVM_STATS_BASE_POW10,
      .size = 2,
      .offset = 48,
      .name = "0123456789abcde" },
};
static const uint64_t values[] = { 7, 1, 10, 20, 30, 64, 1, 2 };

static struct kvm_stats_header head;

static int make_file(void)
{
    int fd = memfd_create("stats", MFD_CLOEXEC);

    g_assert_cmpint(pwrite(fd, &head, sizeof(head), 0), ==, sizeof(head));
    g_assert_cmpint(pwrite(fd, descs, sizeof(descs), 256), ==, sizeof(descs));
    g_assert_cmpint(pwrite(fd, values, sizeof(values), 2048), ==,
                    sizeof(values));
    return fd;
}

static void sound_head(void)
{
    head = (struct kvm_stats_header){
        .name_size = NAME_SIZE,
        .num_desc = ARRAY_SIZE(descs),
        .desc_offset = 256,
        .data_offset = 2048,
    };
}

static StatsResultList *query(const char *name, Error **errp)
{
    strList names = { .value = (char *)name };
    StatsRequest request = { STATS_PROVIDER_KVM, true, name ? &names : NULL };
    StatsRequestList requests = { .value = &request };
    StatsFilter filter = {
        .target = STATS_TARGET_VM,
        .has_providers = name,
        .providers = &requests,
    };

    return qmp_query_stats(&filter, errp);
}

static void test_values(void)
{
    g_autoptr(StatsResultList) all = query(NULL, &error_abort);
    g_autoptr(StatsResultList) one = query("waits", &error_abort);
    g_autoptr(StatsResultList) none = query("nothing", &error_abort);
    StatsList *l = all->value->stats;

    g_assert_null(all->next);
    g_assert_null(all->value->qom_path);
    /* The last comes first. */
    g_assert_cmpstr(l->value->name, ==, "0123456789abcde");
    g_assert_cmpint(l->value->value->type, ==, QTYPE_QLIST);
    g_assert_cmpuint(l->value->value->u.list->next->value, ==, 2);
    l = l->next;
    g_assert_cmpstr(l->value->name, ==, "memory");
    g_assert_cmpuint(l->value->value->u.scalar, ==, 64);
    l = l->next->next;
    g_assert_cmpstr(l->value->name, ==, "blocking");
    g_assert_true(l->value->value->u.boolean);
    l = l->next;
    g_assert_cmpuint(l->value->value->u.scalar, ==, 7);
    g_assert_null(l->next);

    g_assert_null(one->value->stats->next);
    g_assert_cmpuint(one->value->stats->value->value->u.list->value, ==, 10);
    g_assert_null(none);
}

static void test_schemas(void)
{
    g_autoptr(StatsSchemaList) all =
        qmp_query_stats_schemas(true, STATS_PROVIDER_KVM, &error_abort);
    StatsSchemaValueList *l = all->value->stats->next;

    g_assert_null(
        qmp_query_stats_schemas(true, STATS_PROVIDER_CRYPTODEV, &error_abort));
    g_assert_cmpint(all->value->target, ==, STATS_TARGET_VM);
    g_assert_cmpint(l->value->type, ==, STATS_TYPE_PEAK);
    g_assert_cmpint(l->value->unit, ==, STATS_UNIT_BYTES);
    g_assert_cmpint(l->value->base, ==, 2);
    g_assert_cmpint(l->value->exponent, ==, 10);
    l = l->next;
    g_assert_cmpint(l->value->type, ==, STATS_TYPE_LINEAR_HISTOGRAM);
    g_assert_cmpuint(l->value->bucket_size, ==, 5);
    g_assert_cmpint(l->value->exponent, ==, -9);
    l = l->next->next;
    g_assert_false(l->value->has_unit);
    g_assert_false(l->value->has_base);
}

static void refused(const char *text)
{
    Error *err = NULL;

    g_assert_null(query(NULL, &err));
    g_assert_nonnull(strstr(error_get_pretty(err), text));
    error_free(err);
    sound_head();
}

static void test_broken_files(void)
{
    head.num_desc = UINT32_MAX;
    refused("are not what a kernel has");
    head.name_size = 0;
    refused("are not what a kernel has");
    head.desc_offset = 1 << 20;
    refused("failed to read stats descriptors");
    head.data_offset = 1 << 20;
    refused("failed to read data");
    fake_fail(1, EMFILE, KVM_GET_STATS_FD, 1);
    refused("KVM stats: ioctl failed");
    fake_fail(0, 0, 0, 0);
}

int main(int argc, char **argv)
{
    int ret;

    fake_setup(&argc, &argv);
    fake.stats_file = make_file;
    sound_head();
    g_assert_cmpint(fake_start(false, NULL), ==, 0);
    g_test_add_func("/kvm/stats/values", test_values);
    g_test_add_func("/kvm/stats/schemas", test_schemas);
    g_test_add_func("/kvm/stats/broken", test_broken_files);
    ret = g_test_run();
    fake_stop();
    return ret;
}

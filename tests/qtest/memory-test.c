/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory as a guest sees it, by real accesses to a playground: kinds of regions,
 * overlaps, aliases, moves, refusals. What is random is compared with a model
 * that looks at every byte.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"
#include "libqtest.h"

static void set_int(QTestState *s, const char *id, const char *prop,
                    uint64_t value)
{
    g_autofree char *path = g_strdup_printf("/objects/%s", id);

    qtest_qmp_assert_success(s,
                             "{'execute': 'qom-set', 'arguments': {'path': %s,"
                             " 'property': %s, 'value': %" PRIu64 "}}",
                             path, prop, value);
}

static void set_bool(QTestState *s, const char *id, const char *prop, bool on)
{
    g_autofree char *path = g_strdup_printf("/objects/%s", id);

    qtest_qmp_assert_success(s,
                             "{'execute': 'qom-set', 'arguments': {'path': %s,"
                             " 'property': %s, 'value': %i}}",
                             path, prop, on);
}

static void set_str(QTestState *s, const char *id, const char *prop,
                    const char *value)
{
    g_autofree char *path = g_strdup_printf("/objects/%s", id);

    qtest_qmp_assert_success(s,
                             "{'execute': 'qom-set', 'arguments': {'path': %s,"
                             " 'property': %s, 'value': %s}}",
                             path, prop, value);
}

static QObject *get(QTestState *s, const char *id, const char *prop)
{
    g_autofree char *path = g_strdup_printf("/objects/%s", id);

    return qmp_client_return(qtest_qmp_client(s),
                             "{'execute': 'qom-get', 'arguments':"
                             " {'path': %s, 'property': %s}}",
                             path, prop);
}

/* A command that is not a format. */
static QDict *qmp_text(QTestState *s, const char *json)
{
    return qmp_client_command(qtest_qmp_client(s), "%p",
                              qobject_from_json(json, &error_abort));
}

static void refused(QTestState *s, const char *id, const char *prop,
                    const char *json_value, const char *desc)
{
    g_autofree char *path = g_strdup_printf("/objects/%s", id);
    g_autofree char *fmt =
        g_strdup_printf("{'execute': 'qom-set', 'arguments': {'path': '%s',"
                        " 'property': '%s', 'value': %s}}",
                        path, prop, json_value);
    g_autoptr(QDict) rsp = qmp_text(s, fmt);
    QDict *error = qdict_get_qdict(rsp, "error");

    g_assert_nonnull(error);
    if (!strstr(qdict_get_str(error, "desc"), desc)) {
        g_error("'%s' lacks '%s'", qdict_get_str(error, "desc"), desc);
    }
}

/* Checks the list of strings that a property is, and empties it. */
static void expect_list(QTestState *s, const char *id, const char *prop,
                        const char *lines)
{
    g_autofree char *path = g_strdup_printf("/objects/%s", id);
    g_autoptr(GString) text = g_string_new(NULL);
    QObject *list = get(s, id, prop);
    const QListEntry *e;

    QLIST_FOREACH_ENTRY(qobject_to(QList, list), e) {
        g_string_append_printf(
            text, "%s\n",
            qstring_get_str(qobject_to(QString, qlist_entry_obj(e))));
    }
    g_assert_cmpstr(text->str, ==, lines);
    qobject_unref(list);
    qtest_qmp_assert_success(s,
                             "{'execute': 'qom-set', 'arguments': {'path': %s,"
                             " 'property': %s, 'value': []}}",
                             path, prop);
}

/*** Kinds. ***/

static void test_ram(void)
{
    QTestState *s = qtest_init(
        "-M none"
        " -object playground-ram,id=a,size=8K,parent=system,addr=4K,fill=0x11"
        " -object "
        "playground-ram,id=b,size=4K,parent=system,addr=12K,fill=0x22");
    uint8_t page[4096];

    g_assert_cmphex(qtest_readl(s, 0x1000), ==, 0x11111111);
    g_assert_cmphex(qtest_readl(s, 0xffe), ==, 0x11110000);
    /* Across two regions, and across the end. */
    g_assert_cmphex(qtest_readq(s, 0x2ffc), ==, 0x2222222211111111);
    qtest_writeq(s, 0x2ffd, 0x8877665544332211);
    g_assert_cmphex(qtest_readq(s, 0x2ffd), ==, 0x8877665544332211);
    qtest_writeq(s, 0x3ffc, UINT64_MAX);
    g_assert_cmphex(qtest_readq(s, 0x3ffc), ==, 0xffffffff);
    qtest_memset(s, 0, 0x77, 0x8000);
    qtest_memread(s, 0x3000, page, sizeof(page));
    for (int i = 0; i < sizeof(page); i++) {
        g_assert_cmphex(page[i], ==, 0x77);
    }
    g_assert_cmphex(qtest_readb(s, 0x4000), ==, 0);
    g_assert_cmphex(qtest_readb(s, 0xfff), ==, 0);
    qtest_quit(s);
}

static void test_rom(void)
{
    QTestState *s = qtest_init(
        "-M none -object playground-rom,id=rom,size=4K,parent=system,fill=0x5a"
        " -object playground-ram,id=ram,size=4K,parent=system,addr=4K");

    qtest_writel(s, 0, 0);
    qtest_memset(s, 0, 0, 4096);
    g_assert_cmphex(qtest_readl(s, 0), ==, 0x5a5a5a5a);
    /* Half of it goes to RAM. */
    qtest_writeq(s, 0xffc, UINT64_MAX);
    g_assert_cmphex(qtest_readq(s, 0xffc), ==, 0xffffffff5a5a5a5a);
    set_bool(s, "rom", "readonly", false);
    qtest_writel(s, 0, 0x12345678);
    set_bool(s, "rom", "readonly", true);
    qtest_writel(s, 0, 0);
    g_assert_cmphex(qtest_readl(s, 0), ==, 0x12345678);
    set_bool(s, "ram", "readonly", true);
    qtest_writel(s, 4096, 1);
    g_assert_cmphex(qtest_readl(s, 4096), ==, 0xffffffff);
    qtest_quit(s);
}

static void test_io(void)
{
    QTestState *s = qtest_init(
        "-M none"
        " -object playground-io,id=a,size=4K,parent=system,behaviour=offset"
        " -object playground-io,id=b,size=4K,parent=system,addr=4K,fill=0x33,"
        "impl-max=2"
        " -object playground-io,id=c,size=4K,parent=system,addr=8K,"
        "behaviour=counter,impl-min=4"
        " -object playground-io,id=d,size=4K,parent=system,addr=12K,"
        "behaviour=written,valid-min=4,valid-max=4");

    g_assert_cmphex(qtest_readw(s, 0x10), ==, 0x10);
    qtest_writel(s, 0x20, 0xabcd);
    expect_list(s, "a", "accesses", "read 0x10 2 0x10\nwrite 0x20 4 0xabcd\n");

    g_assert_cmphex(qtest_readl(s, 0x1004), ==, 0x33333333);
    qtest_writel(s, 0x1008, 0x11112222);
    expect_list(s, "b", "accesses",
                "read 0x4 2 0x3333\nread 0x6 2 0x3333\n"
                "write 0x8 2 0x2222\nwrite 0xa 2 0x1111\n");

    g_assert_cmphex(qtest_readb(s, 0x2000), ==, 0);
    g_assert_cmphex(qtest_readb(s, 0x2000), ==, 1);
    g_assert_cmphex(qtest_readl(s, 0x2000), ==, 2);
    expect_list(s, "c", "accesses",
                "read 0x0 4 0x0\nread 0x0 4 0x1\nread 0x0 4 0x2\n");

    qtest_writel(s, 0x3000, 7);
    g_assert_cmphex(qtest_readl(s, 0x3ffc), ==, 7);
    /* Not a size that it knows. */
    qtest_writeb(s, 0x3000, 9);
    g_assert_cmphex(qtest_readb(s, 0x3000), ==, 0);
    qtest_writeq(s, 0x3000, 0x100000002);
    expect_list(s, "d", "accesses",
                "write 0x0 4 0x7\nread 0xffc 4 0x7\n"
                "write 0x0 4 0x2\nwrite 0x4 4 0x1\n");
    qtest_quit(s);
}

/*** Overlaps. ***/

static void test_overlap(void)
{
    QTestState *s = qtest_init(
        "-M none"
        " -object playground-container,id=c,size=64K,parent=system,addr=1M"
        " -object playground-io,id=low,size=64K,parent=c,priority=-1,fill=1"
        " -object playground-io,id=mid,size=32K,parent=c,addr=16K,fill=2"
        " -object playground-io,id=top,size=8K,parent=c,addr=24K,priority=1,"
        "fill=3"
        " -object playground-io,id=late,size=4K,parent=c,addr=44K,fill=4");
    const uint64_t base = 0x100000;

    g_assert_cmphex(qtest_readb(s, base), ==, 1);
    g_assert_cmphex(qtest_readb(s, base + 0x3fff), ==, 1);
    g_assert_cmphex(qtest_readb(s, base + 0x4000), ==, 2);
    g_assert_cmphex(qtest_readb(s, base + 0x6000), ==, 3);
    g_assert_cmphex(qtest_readb(s, base + 0x8000), ==, 2);
    g_assert_cmphex(qtest_readb(s, base + 0xb000), ==, 4);
    g_assert_cmphex(qtest_readb(s, base + 0xc000), ==, 1);
    g_assert_cmphex(qtest_readb(s, base + 0xffff), ==, 1);
    g_assert_cmphex(qtest_readb(s, base + 0x10000), ==, 0);

    set_int(s, "top", "addr", 0);
    g_assert_cmphex(qtest_readb(s, base), ==, 3);
    g_assert_cmphex(qtest_readb(s, base + 0x6000), ==, 2);
    set_int(s, "mid", "priority", 1);
    set_int(s, "mid", "addr", 0);
    /* The one that moved last. */
    g_assert_cmphex(qtest_readb(s, base), ==, 2);
    set_bool(s, "mid", "enabled", false);
    g_assert_cmphex(qtest_readb(s, base), ==, 3);
    g_assert_cmphex(qtest_readb(s, base + 0x3000), ==, 1);
    set_int(s, "c", "addr", 0x200000);
    g_assert_cmphex(qtest_readb(s, base), ==, 0);
    g_assert_cmphex(qtest_readb(s, 0x200000), ==, 3);
    set_int(s, "c", "size", 0x1000);
    g_assert_cmphex(qtest_readb(s, 0x200fff), ==, 3);
    g_assert_cmphex(qtest_readb(s, 0x201000), ==, 0);
    qtest_quit(s);
}

/* A region that answers by itself is seen in the holes of its children. */
static void test_nested(void)
{
    QTestState *s = qtest_init(
        "-M none"
        " -object playground-io,id=outer,size=16K,parent=system,fill=1"
        " -object playground-ram,id=inner,size=4K,parent=outer,addr=4K,fill=2"
        " -object "
        "playground-container,id=hole,size=4K,parent=system,priority=5");

    g_assert_cmphex(qtest_readb(s, 0), ==, 1);
    g_assert_cmphex(qtest_readb(s, 0x1000), ==, 2);
    g_assert_cmphex(qtest_readb(s, 0x2000), ==, 1);
    set_bool(s, "outer", "enabled", false);
    g_assert_cmphex(qtest_readb(s, 0x1000), ==, 0);
    qtest_quit(s);
}

static void test_alias(void)
{
    QTestState *s = qtest_init(
        "-M none"
        " -object playground-ram,id=ram,size=64K"
        " -object playground-alias,id=a,target=ram,size=16K,parent=system"
        " -object playground-alias,id=b,target=ram,size=16K,offset=8K,"
        "parent=system,addr=1M"
        " -object playground-alias,id=c,target=a,size=4K,offset=4K,"
        "parent=system,addr=2M,readonly=on"
        " -object playground-ram,id=other,size=64K,fill=0x99");

    qtest_writel(s, 0x2000, 0x12345678);
    g_assert_cmphex(qtest_readl(s, 0x100000), ==, 0x12345678);
    qtest_writel(s, 0x100004, 0xaabbccdd);
    g_assert_cmphex(qtest_readl(s, 0x2004), ==, 0xaabbccdd);
    qtest_writel(s, 0x1000, 5);
    g_assert_cmphex(qtest_readl(s, 0x200000), ==, 5);
    qtest_writel(s, 0x200000, 6);
    g_assert_cmphex(qtest_readl(s, 0x1000), ==, 5);
    set_int(s, "c", "offset", 0x2000);
    g_assert_cmphex(qtest_readl(s, 0x200000), ==, 0x12345678);
    /* An alias shows what its target shows, at the moment. */
    set_str(s, "b", "target", "other");
    g_assert_cmphex(qtest_readl(s, 0x100000), ==, 0x99999999);
    refused(s, "a", "target", "'other'", "while others use the alias");
    set_bool(s, "ram", "enabled", false);
    g_assert_cmphex(qtest_readl(s, 0x2000), ==, 0);
    g_assert_cmphex(qtest_readl(s, 0x100000), ==, 0x99999999);
    qtest_quit(s);
}

/* The end of the address space is an address like any other. */
static void test_end(void)
{
    QTestState *s = qtest_init(
        "-M none"
        " -object playground-io,id=all,size=0xffffffffffffffff,parent=system,"
        "priority=-1,fill=1"
        " -object playground-ram,id=last,size=4K,parent=system,"
        "addr=0xfffffffffffff000,fill=2");

    g_assert_cmphex(qtest_readb(s, UINT64_MAX), ==, 2);
    g_assert_cmphex(qtest_readb(s, UINT64_MAX - 4096), ==, 1);
    qtest_writeb(s, UINT64_MAX, 3);
    g_assert_cmphex(qtest_readb(s, UINT64_MAX), ==, 3);
    g_assert_cmphex(qtest_readq(s, UINT64_MAX - 7), ==, 0x0302020202020202);
    set_bool(s, "last", "enabled", false);
    g_assert_cmphex(qtest_readb(s, UINT64_MAX), ==, 1);
    qtest_quit(s);
}

/*** Random layers against a model. ***/

enum { LAYERS = 24, SPACE = 64 }; /* of 4 KiB */

typedef struct Layer {
    unsigned addr, size;
    int priority;
    bool enabled;
    unsigned turn; /* when it was last put where it is */
} Layer;

static unsigned model_read(const Layer *layers, unsigned page)
{
    int best = -1;

    for (int i = 0; i < LAYERS; i++) {
        const Layer *l = &layers[i];

        if (!l->enabled || page < l->addr || page >= l->addr + l->size) {
            continue;
        }
        if (best < 0 || l->priority > layers[best].priority ||
            (l->priority == layers[best].priority &&
             l->turn > layers[best].turn)) {
            best = i;
        }
    }
    return best + 1;
}

static void change_layer(QTestState *s, Layer *layers, unsigned turn)
{
    int i = g_test_rand_int_range(0, LAYERS);
    g_autofree char *id = g_strdup_printf("l%d", i);
    g_autofree char *path = g_strdup_printf("/objects/%s", id);
    Layer *l = &layers[i];
    unsigned addr = g_test_rand_int_range(0, SPACE);
    int priority = g_test_rand_int_range(-2, 3);

    switch (g_test_rand_int_range(0, 4)) {
    case 0:
        set_int(s, id, "addr", addr * 4096);
        l->turn = addr == l->addr ? l->turn : turn;
        l->addr = addr;
        break;
    case 1:
        l->size = g_test_rand_int_range(1, SPACE / 2);
        set_int(s, id, "size", l->size * 4096);
        break;
    case 2:
        l->enabled = g_test_rand_bit();
        set_bool(s, id, "enabled", l->enabled);
        break;
    case 3:
        qtest_qmp_assert_success(
            s,
            "{'execute': 'qom-set', 'arguments': {'path': %s,"
            " 'property': 'priority', 'value': %d}}",
            path, priority);
        l->turn = priority == l->priority ? l->turn : turn;
        l->priority = priority;
        break;
    }
}

static void test_random(void)
{
    g_autoptr(GString) args = g_string_new("-M none");
    Layer layers[LAYERS];
    QTestState *s;

    for (int i = 0; i < LAYERS; i++) {
        Layer *l = &layers[i];

        *l = (Layer){ .addr = g_test_rand_int_range(0, SPACE),
                      .size = g_test_rand_int_range(1, SPACE / 2),
                      .priority = g_test_rand_int_range(-2, 3),
                      .enabled = true,
                      .turn = i };
        g_string_append_printf(
            args,
            " -object playground-io,id=l%d,parent=system,addr=%u,size=%u,"
            "priority=%d,fill=%d",
            i, l->addr * 4096, l->size * 4096, l->priority, i + 1);
    }
    s = qtest_init(args->str);
    for (unsigned turn = 0; turn < 300; turn++) {
        unsigned page = g_test_rand_int_range(0, SPACE);

        change_layer(s, layers, LAYERS + turn);
        if (turn % 30 == 0) {
            for (page = 0; page < SPACE + SPACE / 2; page++) {
                g_assert_cmpuint(qtest_readb(s, page * 4096), ==,
                                 model_read(layers, page));
            }
        }
        g_assert_cmpuint(qtest_readb(s, page * 4096 + 4095), ==,
                         model_read(layers, page));
    }
    qtest_quit(s);
}

/*** Listeners. ***/

static void test_events(void)
{
    QTestState *s = qtest_init(
        "-M none"
        " -object playground-container,id=root,size=1M"
        " -object playground-io,id=a,size=8K,parent=root"
        " -object playground-io,id=b,size=4K,parent=root,addr=4K,priority=1,"
        "enabled=off"
        " -object playground-space,id=sp,root=root"
        " -object playground-listener,id=l,space=sp,nops=on");

    expect_list(s, "l", "events",
                "begin\n"
                "add 0000000000000000-0000000000001fff a @0000000000000000\n"
                "commit\n");
    set_bool(s, "b", "enabled", true);
    expect_list(s, "l", "events",
                "prepare 2 1\n"
                "begin\n"
                "del 0000000000000000-0000000000001fff a @0000000000000000\n"
                "add 0000000000000000-0000000000000fff a @0000000000000000\n"
                "add 0000000000001000-0000000000001fff b @0000000000000000\n"
                "commit\n");
    set_int(s, "b", "addr", 0x2000);
    /* The view of another address space: not a word. */
    set_str(s, "a", "parent", "system");
    qtest_quit(s);
}

/* The third of five refuses: the command fails and nothing is different. */
static void test_refusal(void)
{
    g_autoptr(GString) args = g_string_new(
        "-M none"
        " -object playground-io,id=a,size=8K,parent=system,fill=1"
        " -object playground-io,id=b,size=4K,parent=system,addr=64K,fill=2");
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    QObject *addr;
    QTestState *s;

    for (int i = 1; i <= 5; i++) {
        g_string_append_printf(
            args, " -object playground-listener,id=l%d,priority=%d", i, i);
    }
    s = qtest_init(args->str);
    for (int i = 1; i <= 5; i++) {
        g_autofree char *id = g_strdup_printf("l%d", i);
        g_autofree char *path = g_strdup_printf("/objects/%s", id);

        qtest_qmp_assert_success(
            s,
            "{'execute': 'qom-set', 'arguments': {'path': %s,"
            " 'property': 'events', 'value': []}}",
            path);
    }
    before = qtest_hmp(s, "info mtree");
    set_bool(s, "l3", "refuse", true);
    refused(s, "b", "addr", "4096", "Listener 'l3' refuses");
    expect_list(s, "l1", "events", "prepare 2 2\ncancel\n");
    expect_list(s, "l2", "events", "prepare 2 2\ncancel\n");
    expect_list(s, "l3", "events", "prepare 2 2\n");
    expect_list(s, "l4", "events", "");
    expect_list(s, "l5", "events", "");
    after = qtest_hmp(s, "info mtree");
    g_assert_cmpstr(before, ==, after);
    g_assert_cmphex(qtest_readb(s, 0x1000), ==, 1);
    g_assert_cmphex(qtest_readb(s, 0x10000), ==, 2);
    addr = get(s, "b", "addr");
    g_assert_cmpint(qnum_get_uint(qobject_to(QNum, addr)), ==, 0x10000);
    qobject_unref(addr);

    set_bool(s, "l3", "refuse", false);
    set_int(s, "b", "addr", 0x1000);
    g_assert_cmphex(qtest_readb(s, 0x1000), ==, 2);
    qtest_quit(s);
}

/*** Nonsense. ***/

static const struct {
    const char *props;
    const char *desc;
} wrong[] = {
    { "'qom-type': 'playground-ram'", "Property 'size' of 'x' is needed" },
    { "'qom-type': 'playground-io', 'size': 0", "is needed, and not 0" },
    { "'qom-type': 'playground-io', 'size': 1, 'parent': 'foo'",
      "there is no region 'foo'" },
    { "'qom-type': 'playground-io', 'size': 1, 'parent': 'x'",
      "there is no region 'x'" },
    { "'qom-type': 'playground-io', 'size': 1, 'parent': 'alias'",
      "'alias': that is an alias" },
    { "'qom-type': 'playground-io', 'size': 4096, 'parent': 'system',"
      " 'addr': 18446744073709551615",
      "end beyond 2^64" },
    { "'qom-type': 'playground-alias', 'size': 1",
      "Property 'target' of 'x' is needed" },
    { "'qom-type': 'playground-alias', 'size': 1, 'target': 'c',"
      " 'parent': 'c'",
      "in which it would be seen" },
    { "'qom-type': 'playground-alias', 'size': 1, 'target': 'system',"
      " 'parent': 'inner'",
      "in which it would be seen" },
    { "'qom-type': 'playground-alias', 'size': 4096, 'target': 'c',"
      " 'offset': 18446744073709551615",
      "end beyond 2^64" },
    { "'qom-type': 'playground-io', 'size': 1, 'impl-max': 3",
      "is 1, 2, 4 or 8, not 3" },
    { "'qom-type': 'playground-io', 'size': 1, 'valid-min': 8,"
      " 'valid-max': 4",
      "valid-min, 8, is more than valid-max, 4" },
    { "'qom-type': 'playground-io', 'size': 1, 'behaviour': 'x'", "behaviour" },
    { "'qom-type': 'playground-space'", "Property 'root' of 'x' is needed" },
    { "'qom-type': 'playground-space', 'root': 'foo'",
      "there is no region 'foo'" },
    { "'qom-type': 'playground-listener', 'space': 'c'",
      "there is no space 'c'" },
    { "'qom-type': 'playground-region', 'size': 1", "abstract" },
    { "'qom-type': 'playground-ram', 'size': 9223372036854775807", "" },
};

static void test_wrong(void)
{
    QTestState *s = qtest_init(
        "-M none"
        " -object playground-container,id=c,size=1M,parent=system"
        " -object playground-container,id=inner,size=1M,parent=c"
        " -object playground-ram,id=ram,size=4K,parent=inner"
        " -object playground-alias,id=alias,target=ram,size=4K"
        " -object playground-alias,id=seen,target=inner,size=4K,parent=system,"
        "addr=2M"
        " -object playground-space,id=sp,root=alias"
        " -object playground-listener,id=l,space=sp");
    g_autofree char *before = qtest_hmp(s, "info mtree");
    g_autofree char *after = NULL;
    static const char *const used[] = { "c", "inner", "ram", "alias", "sp" };

    for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
        g_autofree char *cmd = g_strdup_printf(
            "{'execute': 'object-add', 'arguments': {'id': 'x', %s}}",
            wrong[i].props);
        g_autoptr(QDict) rsp = qmp_text(s, cmd);
        QDict *error = qdict_get_qdict(rsp, "error");

        if (!error || !strstr(qdict_get_str(error, "desc"), wrong[i].desc)) {
            g_error("%s: '%s' lacks '%s'", wrong[i].props,
                    error ? qdict_get_str(error, "desc") : "success",
                    wrong[i].desc);
        }
    }
    for (int i = 0; i < ARRAY_SIZE(used); i++) {
        g_autoptr(QDict) rsp = qtest_qmp(
            s, "{'execute': 'object-del', 'arguments': {'id': %s}}", used[i]);

        g_assert_true(qdict_haskey(rsp, "error"));
    }
    refused(s, "c", "parent", "'inner'", "which is seen in 'c' itself");
    refused(s, "c", "parent", "'c'", "which is seen in 'c' itself");
    refused(s, "inner", "parent", "'ram'", "which is seen in 'inner' itself");
    refused(s, "seen", "target", "'system'", "in which it is seen");
    refused(s, "seen", "parent", "'inner'", "which is seen in 'seen' itself");
    refused(s, "seen", "target", "'seen'", "in which it is seen");
    refused(s, "ram", "size", "8192", "The size of 'ram' cannot change");
    refused(s, "ram", "fill", "1", "write to the memory instead");
    refused(s, "c", "size", "0", "is needed, and not 0");
    refused(s, "c", "addr", "18446744073709551615", "end beyond 2^64");
    refused(s, "c", "priority", "2147483648", "priority");
    refused(s, "c", "parent", "'alias'", "that is an alias");
    refused(s, "seen", "target", "''", "is needed");
    refused(s, "sp", "root", "'ram'", "can not be set now");
    refused(s, "l", "space", "'system'", "can not be set now");
    refused(s, "l", "events", "['x']", "an empty list");
    after = qtest_hmp(s, "info mtree");
    g_assert_cmpstr(before, ==, after);
    qtest_quit(s);
}

/* Deleting in the right order leaves nothing; the same ids can come again. */
static void test_delete(void)
{
    static const char *const ids[] = { "l", "sp", "alias", "io", "c" };
    QTestState *s = qtest_init("-M none");
    g_autofree char *before = qtest_hmp(s, "info mtree");

    for (int round = 0; round < 20; round++) {
        g_autofree char *after = NULL;

        qtest_qmp_assert_success(
            s, "{'execute': 'object-add', 'arguments': {'qom-type':"
               " 'playground-container', 'id': 'c', 'size': 65536,"
               " 'parent': 'system'}}");
        qtest_qmp_assert_success(
            s, "{'execute': 'object-add', 'arguments': {'qom-type':"
               " 'playground-io', 'id': 'io', 'size': 4096, 'fill': 7,"
               " 'parent': 'c'}}");
        qtest_qmp_assert_success(
            s, "{'execute': 'object-add', 'arguments': {'qom-type':"
               " 'playground-alias', 'id': 'alias', 'size': 4096,"
               " 'target': 'c', 'parent': 'system', 'addr': 65536}}");
        qtest_qmp_assert_success(
            s, "{'execute': 'object-add', 'arguments': {'qom-type':"
               " 'playground-space', 'id': 'sp', 'root': 'alias'}}");
        qtest_qmp_assert_success(
            s, "{'execute': 'object-add', 'arguments': {'qom-type':"
               " 'playground-listener', 'id': 'l', 'space': 'sp'}}");
        g_assert_cmphex(qtest_readb(s, 0x10000), ==, 7);
        for (int i = 0; i < ARRAY_SIZE(ids); i++) {
            qtest_qmp_assert_success(
                s, "{'execute': 'object-del', 'arguments': {'id': %s}}",
                ids[i]);
        }
        g_assert_cmphex(qtest_readb(s, 0x10000), ==, 0);
        after = qtest_hmp(s, "info mtree");
        g_assert_cmpstr(before, ==, after);
    }
    qtest_quit(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory/ram", test_ram);
    g_test_add_func("/memory/rom", test_rom);
    g_test_add_func("/memory/io", test_io);
    g_test_add_func("/memory/overlap", test_overlap);
    g_test_add_func("/memory/nested", test_nested);
    g_test_add_func("/memory/alias", test_alias);
    g_test_add_func("/memory/end", test_end);
    g_test_add_func("/memory/random", test_random);
    g_test_add_func("/memory/events", test_events);
    g_test_add_func("/memory/refusal", test_refusal);
    g_test_add_func("/memory/wrong", test_wrong);
    g_test_add_func("/memory/delete", test_delete);
    return g_test_run();
}

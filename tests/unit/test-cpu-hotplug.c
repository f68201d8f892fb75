/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine with slots for CPUs, two sockets of two cores: device_add into
 * them, device_del, what QMP shows of them, and their NUMA nodes.
 */
#include "qemu/osdep.h"
#include "cpu-fixture.h"
#include "exec/cpu-common.h"
#include "hw/boards.h"
#include "hw/hotplug.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-commands-qdev.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qemu/thread.h"
#include "qobject/qdict.h"
#include "system/cpus.h"
#include "system/numa.h"
#include "system/runstate.h"

#define NR_SLOTS 4

static const CPUArchIdList *slots_of(MachineState *ms)
{
    if (!ms->possible_cpus) {
        ms->possible_cpus =
            g_malloc0(sizeof(CPUArchIdList) + NR_SLOTS * sizeof(CPUArchId));
        ms->possible_cpus->len = NR_SLOTS;
        for (int i = 0; i < NR_SLOTS; i++) {
            CPUArchId *slot = &ms->possible_cpus->cpus[i];

            slot->type = TOY_CPU_MODEL;
            slot->arch_id = i;
            slot->vcpus_count = 1;
            slot->props.has_socket_id = true;
            slot->props.socket_id = i / 2;
            slot->props.has_core_id = true;
            slot->props.core_id = i % 2;
        }
    }
    return ms->possible_cpus;
}

static CpuInstanceProperties props_of(MachineState *ms, unsigned index)
{
    return slots_of(ms)->cpus[index].props;
}

static int64_t default_node(const MachineState *ms, int index)
{
    return 0;
}

static CPUArchId *slot_of(ToyCPU *cpu)
{
    for (int i = 0; i < NR_SLOTS; i++) {
        CPUArchId *slot = &current_machine->possible_cpus->cpus[i];

        if (slot->props.socket_id == cpu->socket_id &&
            slot->props.core_id == cpu->core_id) {
            return slot;
        }
    }
    return NULL;
}

static void slots_pre_plug(HotplugHandler *hh, DeviceState *dev, Error **errp)
{
    CPUArchId *slot = slot_of(TOY_CPU(dev));

    if (!slot) {
        error_setg(errp, "there is no such slot");
    } else if (slot->cpu) {
        error_setg(errp, "the slot is taken");
    } else {
        CPU(dev)->cpu_index = slot->arch_id;
        numa_cpu_pre_plug(slot, dev, errp);
    }
}

static void slots_plug(HotplugHandler *hh, DeviceState *dev, Error **errp)
{
    slot_of(TOY_CPU(dev))->cpu = CPU(dev);
}

static void slots_unplug_request(HotplugHandler *hh, DeviceState *dev,
                                 Error **errp)
{
    hotplug_handler_unplug(hh, dev, errp);
    object_unparent(OBJECT(dev));
}

static void slots_unplug(HotplugHandler *hh, DeviceState *dev, Error **errp)
{
    slot_of(TOY_CPU(dev))->cpu = NULL;
    qdev_unrealize(dev);
}

static HotplugHandler *slots_handler(MachineState *ms, DeviceState *dev)
{
    return object_dynamic_cast(OBJECT(dev), TYPE_CPU) ? HOTPLUG_HANDLER(ms)
                                                      : NULL;
}

static void slots_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    mc->max_cpus = mc->default_cpus = NR_SLOTS;
    mc->default_cpu_type = TOY_CPU_MODEL;
    mc->has_hotpluggable_cpus = true;
    mc->auto_enable_numa = true;
    mc->possible_cpu_arch_ids = slots_of;
    mc->cpu_index_to_instance_props = props_of;
    mc->get_default_cpu_node_id = default_node;
    mc->get_hotplug_handler = slots_handler;
    hc->pre_plug = slots_pre_plug;
    hc->plug = slots_plug;
    hc->unplug_request = slots_unplug_request;
    hc->unplug = slots_unplug;
}

static const TypeInfo slots_type = {
    .name = MACHINE_TYPE_NAME("slots"),
    .parent = TYPE_MACHINE,
    .class_init = slots_class_init,
    .interfaces = (InterfaceInfo[]){ { TYPE_HOTPLUG_HANDLER }, {} },
};

/* "OK", or the message. */
static const char *add(const char *id, int socket, int core, int node)
{
    g_autoptr(QDict) opts = qdict_new();
    static char message[200];
    Error *err = NULL;
    DeviceState *dev;

    qdict_put_str(opts, "driver", TOY_CPU_MODEL);
    qdict_put_str(opts, "id", id);
    qdict_put_int(opts, "socket-id", socket);
    qdict_put_int(opts, "core-id", core);
    if (node >= 0) {
        qdict_put_int(opts, "node-id", node);
    }
    dev = qdev_device_add_from_qdict(opts, true, &err);
    if (!dev) {
        g_strlcpy(message, error_get_pretty(err), sizeof(message));
        error_free(err);
        return message;
    }
    object_unref(OBJECT(dev));
    return "OK";
}

static ToyCPU *find(const char *id)
{
    g_autofree char *path = g_strdup_printf("/machine/peripheral/%s", id);

    return TOY_CPU(object_resolve_path(path, NULL));
}

/* Which slots are taken: a mask; and what QMP says of each is true. */
static int check_slots(void)
{
    HotpluggableCPUList *list = qmp_query_hotpluggable_cpus(&error_abort);
    int taken = 0, n = NR_SLOTS;

    for (HotpluggableCPUList *l = list; l; l = l->next) {
        CPUArchId *slot = &current_machine->possible_cpus->cpus[--n];

        g_assert_cmpstr(l->value->type, ==, TOY_CPU_MODEL);
        g_assert_cmpint(l->value->vcpus_count, ==, 1);
        g_assert_cmpint(l->value->props->socket_id, ==, n / 2);
        g_assert_cmpint(l->value->props->core_id, ==, n % 2);
        g_assert_true(!l->value->qom_path == !slot->cpu);
        if (slot->cpu) {
            g_autofree char *path =
                object_get_canonical_path(OBJECT(slot->cpu));

            g_assert_cmpstr(path, ==, l->value->qom_path);
            taken |= 1 << n;
        }
    }
    g_assert_cmpint(n, ==, 0);
    qapi_free_HotpluggableCPUList(list);
    return taken;
}

static void test_add(void)
{
    CpuInfoFastList *cpus;

    g_assert_cmpint(check_slots(), ==, 0);
    g_assert_cmpstr(add("c1", 0, 1, -1), ==, "OK");
    g_assert_cmpint(check_slots(), ==, 2);
    g_assert_true(CPU(find("c1"))->created);
    g_assert_cmpint(CPU(find("c1"))->cpu_index, ==, 1);

    g_assert_cmpstr(add("x", 0, 1, -1), ==, "the slot is taken");
    g_assert_cmpstr(add("x", 0, 2, -1), ==, "there is no such slot");
    g_assert_cmpstr(add("c1", 0, 0, -1), ==, "Duplicate device ID 'c1'");
    g_assert_cmpint(check_slots(), ==, 2);
    g_assert_null(find("x"));

    /* A slot's node comes by itself, or must be right. */
    g_assert_cmpint(find("c1")->node_id, ==, 0);
    g_assert_cmpstr(add("c2", 1, 0, 1), ==, "invalid node-id, must be 0");
    g_assert_cmpstr(add("c2", 1, 0, 0), ==, "OK");
    g_assert_cmpint(check_slots(), ==, 6);

    cpus = qmp_query_cpus_fast(&error_abort);
    g_assert_cmpint(cpus->value->cpu_index, ==, 1);
    g_assert_cmpint(cpus->value->props->core_id, ==, 1);
    g_assert_cmpstr(cpus->next->value->qom_path, ==, "/machine/peripheral/c2");
    g_assert_cmpint(cpus->next->value->props->socket_id, ==, 1);
    g_assert_cmpint(cpus->next->value->props->node_id, ==, 0);
    g_assert_null(cpus->next->next);
    qapi_free_CpuInfoFastList(cpus);
}

static void test_del(void)
{
    qmp_device_del("c1", &error_abort);
    g_assert_cmpint(check_slots(), ==, 4);
    g_assert_null(qemu_get_cpu(1));
    g_assert_null(find("c1"));
    /* And again into the same slot. */
    g_assert_cmpstr(add("c3", 0, 1, -1), ==, "OK");
    g_assert_cmpint(CPU(find("c3"))->cpu_index, ==, 1);
    g_assert_cmpint(check_slots(), ==, 6);
}

/* Looks at CPU 0, which is taken away meanwhile. */
static void *look_at_cpu(void *opaque)
{
    QemuEvent *looking = opaque;
    CPUState *cpu;

    rcu_register_thread();
    rcu_read_lock();
    cpu = qemu_get_cpu(0);
    g_assert_nonnull(cpu);
    qemu_event_set(looking);
    for (int i = 0; i < 100; i++) {
        g_usleep(1000);
        g_assert_nonnull(qatomic_read(&cpu->cc));
    }
    rcu_read_unlock();
    rcu_unregister_thread();
    return NULL;
}

static void test_found(void)
{
    QemuEvent looking;
    QemuThread thread;

    g_assert_cmpstr(add("new", 0, 0, -1), ==, "OK");
    qemu_event_init(&looking, false);
    qemu_thread_create(&thread, "looker", look_at_cpu, &looking,
                       QEMU_THREAD_JOINABLE);
    qemu_event_wait(&looking);
    qmp_device_del("new", &error_abort);
    g_assert_null(qemu_get_cpu(0));
    bql_unlock();
    qemu_thread_join(&thread);
    bql_lock();
    drain_call_rcu();
    while (aio_poll(qemu_get_aio_context(), false)) {
    }
    qemu_event_destroy(&looking);
}

/* CPUs that come and go while the machine runs. */
static void test_running(void)
{
    vm_start();
    for (int i = 0; i < 10; i++) {
        uint64_t before;

        g_assert_cmpstr(add("new", 0, 0, -1), ==, "OK");
        g_assert_cmpint(check_slots(), ==, 7);
        before = qatomic_read(&find("new")->counter);
        for (int n = 0; n < 5000; n++) {
            bql_unlock();
            g_usleep(200);
            bql_lock();
            if (qatomic_read(&find("new")->counter) != before) {
                break;
            }
        }
        g_assert_cmpuint(qatomic_read(&find("new")->counter), !=, before);
        if (i % 2) {
            vm_stop(RUN_STATE_PAUSED);
            vm_start();
        }
        qmp_device_del("new", &error_abort);
        g_assert_cmpint(check_slots(), ==, 6);
    }
    vm_stop(RUN_STATE_PAUSED);
    qmp_device_del("c2", &error_abort);
    qmp_device_del("c3", &error_abort);
    g_assert_cmpint(check_slots(), ==, 0);
    g_assert_null(first_cpu);
}

static void register_types(void)
{
    type_register_static(&slots_type);
}

type_init(register_types)

int main(int argc, char **argv)
{
    toy_machine = "slots";
    toy_init(&argc, &argv);
    toy_use_accel();
    qdev_machine_creation_done();
    g_test_add_func("/cpu-hotplug/add", test_add);
    g_test_add_func("/cpu-hotplug/del", test_del);
    g_test_add_func("/cpu-hotplug/found", test_found);
    g_test_add_func("/cpu-hotplug/running", test_running);
    return g_test_run();
}

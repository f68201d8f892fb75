/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "info memdev", "info memory_size_summary" and "info memory-devices".
 */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-commands-memory-backend.h"
#include "qapi/string-output-visitor.h"

static char *nodes_to_string(uint16List *nodes)
{
    char *text;
    Visitor *v = string_output_visitor_new(false, &text);

    visit_type_uint16List(v, NULL, &nodes, &error_abort);
    visit_complete(v, &text);
    visit_free(v);
    return text;
}

static const char *yes_no(bool value)
{
    return value ? "true" : "false";
}

void hmp_info_memdev(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    MemdevList *list = qmp_query_memdev(&err);

    for (MemdevList *l = list; l; l = l->next) {
        const Memdev *m = l->value;
        g_autofree char *nodes = nodes_to_string(m->host_nodes);

        monitor_printf(mon, "memory backend: %s\n", m->id);
        monitor_printf(mon, "  size:  %" PRIu64 "\n", m->size);
        monitor_printf(mon, "  merge: %s\n", yes_no(m->merge));
        monitor_printf(mon, "  dump: %s\n", yes_no(m->dump));
        monitor_printf(mon, "  prealloc: %s\n", yes_no(m->prealloc));
        monitor_printf(mon, "  share: %s\n", yes_no(m->share));
        if (m->has_reserve) {
            monitor_printf(mon, "  reserve: %s\n", yes_no(m->reserve));
        }
        monitor_printf(mon, "  policy: %s\n", HostMemPolicy_str(m->policy));
        monitor_printf(mon, "  host nodes: %s\n", nodes);
    }
    monitor_printf(mon, "\n");
    qapi_free_MemdevList(list);
    hmp_handle_error(mon, err);
}

void hmp_info_memory_size_summary(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    MemoryInfo *info = qmp_query_memory_size_summary(&err);

    if (info) {
        monitor_printf(mon, "base memory: %" PRIu64 "\n", info->base_memory);
        if (info->has_plugged_memory) {
            monitor_printf(mon, "plugged memory: %" PRIu64 "\n",
                           info->plugged_memory);
        }
        qapi_free_MemoryInfo(info);
    }
    hmp_handle_error(mon, err);
}

/* ---- memory devices ------------------------------------------------------ */

static void print_title(Monitor *mon, const MemoryDeviceInfo *info,
                        const char *id)
{
    monitor_printf(mon, "Memory device [%s]: \"%s\"\n",
                   MemoryDeviceInfoKind_str(info->type), id ?: "");
}

static void print_dimm(Monitor *mon, const MemoryDeviceInfo *info,
                       const PCDIMMDeviceInfo *di)
{
    print_title(mon, info, di->id);
    monitor_printf(mon, "  addr: 0x%" PRIx64 "\n", di->addr);
    monitor_printf(mon, "  slot: %" PRId64 "\n", di->slot);
    monitor_printf(mon, "  node: %" PRId64 "\n", di->node);
    monitor_printf(mon, "  size: %" PRIu64 "\n", di->size);
    monitor_printf(mon, "  memdev: %s\n", di->memdev);
    monitor_printf(mon, "  hotplugged: %s\n", yes_no(di->hotplugged));
    monitor_printf(mon, "  hotpluggable: %s\n", yes_no(di->hotpluggable));
}

static void print_virtio_mem(Monitor *mon, const MemoryDeviceInfo *info,
                             const VirtioMEMDeviceInfo *vmi)
{
    print_title(mon, info, vmi->id);
    monitor_printf(mon, "  memaddr: 0x%" PRIx64 "\n", vmi->memaddr);
    monitor_printf(mon, "  node: %" PRId64 "\n", vmi->node);
    monitor_printf(mon, "  requested-size: %" PRIu64 "\n", vmi->requested_size);
    monitor_printf(mon, "  size: %" PRIu64 "\n", vmi->size);
    monitor_printf(mon, "  max-size: %" PRIu64 "\n", vmi->max_size);
    monitor_printf(mon, "  block-size: %" PRIu64 "\n", vmi->block_size);
    monitor_printf(mon, "  memdev: %s\n", vmi->memdev);
}

static void print_virtio_pmem(Monitor *mon, const MemoryDeviceInfo *info,
                              const VirtioPMEMDeviceInfo *vpi)
{
    print_title(mon, info, vpi->id);
    monitor_printf(mon, "  memaddr: 0x%" PRIx64 "\n", vpi->memaddr);
    monitor_printf(mon, "  size: %" PRIu64 "\n", vpi->size);
    monitor_printf(mon, "  memdev: %s\n", vpi->memdev);
}

static void print_sgx_epc(Monitor *mon, const MemoryDeviceInfo *info,
                          const SgxEPCDeviceInfo *se)
{
    print_title(mon, info, se->id);
    monitor_printf(mon, "  memaddr: 0x%" PRIx64 "\n", se->memaddr);
    monitor_printf(mon, "  size: %" PRIu64 "\n", se->size);
    monitor_printf(mon, "  node: %" PRId64 "\n", se->node);
    monitor_printf(mon, "  memdev: %s\n", se->memdev);
}

static void print_hv_balloon(Monitor *mon, const MemoryDeviceInfo *info,
                             const HvBalloonDeviceInfo *hi)
{
    print_title(mon, info, hi->id);
    if (hi->has_memaddr) {
        monitor_printf(mon, "  memaddr: 0x%" PRIx64 "\n", hi->memaddr);
    }
    monitor_printf(mon, "  max-size: %" PRIu64 "\n", hi->max_size);
    if (hi->memdev) {
        monitor_printf(mon, "  memdev: %s\n", hi->memdev);
    }
}

static void print_memory_device(Monitor *mon, const MemoryDeviceInfo *info)
{
    switch (info->type) {
    case MEMORY_DEVICE_INFO_KIND_DIMM:
        print_dimm(mon, info, info->u.dimm.data);
        break;
    case MEMORY_DEVICE_INFO_KIND_NVDIMM:
        print_dimm(mon, info, info->u.nvdimm.data);
        break;
    case MEMORY_DEVICE_INFO_KIND_VIRTIO_PMEM:
        print_virtio_pmem(mon, info, info->u.virtio_pmem.data);
        break;
    case MEMORY_DEVICE_INFO_KIND_VIRTIO_MEM:
        print_virtio_mem(mon, info, info->u.virtio_mem.data);
        break;
    case MEMORY_DEVICE_INFO_KIND_SGX_EPC:
        print_sgx_epc(mon, info, info->u.sgx_epc.data);
        break;
    case MEMORY_DEVICE_INFO_KIND_HV_BALLOON:
        print_hv_balloon(mon, info, info->u.hv_balloon.data);
        break;
    case MEMORY_DEVICE_INFO_KIND__MAX:
        break;
    }
}

void hmp_info_memory_devices(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    MemoryDeviceInfoList *list = qmp_query_memory_devices(&err);

    for (MemoryDeviceInfoList *i = list; i; i = i->next) {
        print_memory_device(mon, i->value);
    }
    qapi_free_MemoryDeviceInfoList(list);
    hmp_handle_error(mon, err);
}

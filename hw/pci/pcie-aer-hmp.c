/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcie_aer_inject_error: a link that goes wrong, for drivers that must cope. */
#include "qemu/osdep.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_device.h"
#include "hw/pci/pcie.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qobject/qdict.h"

static const struct {
    const char *name;
    uint32_t status;
    bool correctable;
} errors[] = {
    { "DLP", PCI_ERR_UNC_DLP },
    { "SDN", PCI_ERR_UNC_SDN },
    { "POISON_TLP", PCI_ERR_UNC_POISON_TLP },
    { "FCP", PCI_ERR_UNC_FCP },
    { "COMP_TIME", PCI_ERR_UNC_COMP_TIME },
    { "COMP_ABORT", PCI_ERR_UNC_COMP_ABORT },
    { "UNX_COMP", PCI_ERR_UNC_UNX_COMP },
    { "RX_OVER", PCI_ERR_UNC_RX_OVER },
    { "MALF_TLP", PCI_ERR_UNC_MALF_TLP },
    { "ECRC", PCI_ERR_UNC_ECRC },
    { "UNSUP", PCI_ERR_UNC_UNSUP },
    { "ACSV", PCI_ERR_UNC_ACSV },
    { "INTN", PCI_ERR_UNC_INTN },
    { "MCBTLP", PCI_ERR_UNC_MCBTLP },
    { "ATOP_EBLOCKED", PCI_ERR_UNC_ATOP_EBLOCKED },
    { "TLP_PRF_BLOCKED", PCI_ERR_UNC_TLP_PRF_BLOCKED },
    { "RCVR", PCI_ERR_COR_RCVR, true },
    { "BAD_TLP", PCI_ERR_COR_BAD_TLP, true },
    { "BAD_DLLP", PCI_ERR_COR_BAD_DLLP, true },
    { "REP_ROLL", PCI_ERR_COR_REP_ROLL, true },
    { "REP_TIMER", PCI_ERR_COR_REP_TIMER, true },
    { "ADV_NONFATAL", PCI_ERR_COR_ADV_NONFATAL, true },
    { "INTERNAL", PCI_ERR_COR_INTERNAL, true },
    { "HL_OVERFLOW", PCI_ERR_COR_HL_OVERFLOW, true },
};

static PCIDevice *find_device(const char *id, Error **errp)
{
    PCIDevice *d = NULL;
    int ret = pci_qdev_find_device(id, &d);

    if (ret == -ENODEV) {
        error_setg(errp, "device '%s' not found", id);
    } else if (ret < 0 || !pci_is_express(d)) {
        error_setg(errp, "device '%s' is not a PCIe device", id);
        d = NULL;
    }
    return d;
}

/* A name, which says of which kind it is; or a number, and -c. */
static bool parse_status(const QDict *qdict, PCIEAERErr *err, Error **errp)
{
    const char *text = qdict_get_str(qdict, "error_status");
    bool correctable = qdict_get_try_bool(qdict, "correctable", false);
    unsigned number;

    for (int i = 0; i < ARRAY_SIZE(errors); i++) {
        if (!strcmp(text, errors[i].name)) {
            if (correctable) {
                error_setg(errp, "-c is only valid with numeric error status");
                return false;
            }
            err->status = errors[i].status;
            err->flags =
                errors[i].correctable ? PCIE_AER_ERR_IS_CORRECTABLE : 0;
            return true;
        }
    }
    if (qemu_strtoui(text, NULL, 0, &number) < 0) {
        error_setg(errp, "invalid error status value '%s'", text);
        return false;
    }
    err->status = number;
    err->flags = correctable ? PCIE_AER_ERR_IS_CORRECTABLE : 0;
    return true;
}

/* Up to four words, NAME0 to NAME3; false if there is none. */
static bool get_words(const QDict *qdict, const char *name, uint32_t *words)
{
    for (int i = 0; i < 4; i++) {
        g_autofree char *key = g_strdup_printf("%s%d", name, i);

        words[i] = qdict_get_try_int(qdict, key, 0);
        if (i == 0 && !qdict_haskey(qdict, key)) {
            return false;
        }
    }
    return true;
}

static bool inject(PCIDevice *d, const QDict *qdict, Error **errp)
{
    PCIEAERErr err = { .source_id = pci_requester_id(d) };
    int ret;

    if (!parse_status(qdict, &err, errp)) {
        return false;
    }
    if (qdict_get_try_bool(qdict, "advisory_non_fatal", false)) {
        err.flags |= PCIE_AER_ERR_MAYBE_ADVISORY;
    }
    if (get_words(qdict, "header", err.header)) {
        err.flags |= PCIE_AER_ERR_HEADER_VALID;
    }
    if (get_words(qdict, "prefix", err.prefix)) {
        err.flags |= PCIE_AER_ERR_TLP_PREFIX_PRESENT;
    }
    ret = pcie_aer_inject_error(d, &err);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "failed to inject error");
        return false;
    }
    return true;
}

void hmp_pcie_aer_inject_error(Monitor *mon, const QDict *qdict)
{
    const char *id = qdict_get_str(qdict, "id");
    Error *err = NULL;
    PCIDevice *d = find_device(id, &err);

    if (!d || !inject(d, qdict, &err)) {
        hmp_handle_error(mon, err);
        return;
    }
    monitor_printf(mon, "OK id: %s root bus: %s, bus: %x devfn: %x.%x\n", id,
                   pci_root_bus_path(d), pci_dev_bus_num(d), PCI_SLOT(d->devfn),
                   PCI_FUNC(d->devfn));
}

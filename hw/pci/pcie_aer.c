/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advanced error reporting (PCI Express Base Specification, 6.2): recording an
 * error at the function that has it, the message up to the root port, and the
 * interrupt there.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pcie_aer.h"
#include "migration/vmstate.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/range.h"

static uint8_t *aer_reg(PCIDevice *d, int reg)
{
    return d->config + d->exp.aer_cap + reg;
}

static uint32_t aer_get(PCIDevice *d, int reg)
{
    return pci_get_long(aer_reg(d, reg));
}

/* ---- the registers ------------------------------------------------------- */

int pcie_aer_init(PCIDevice *d, uint8_t cap_ver, uint16_t offset, uint16_t size,
                  Error **errp)
{
    PCIEAERLog *log = &d->exp.aer_log;
    uint8_t *wmask = d->wmask + offset, *w1cmask = d->w1cmask + offset;
    uint32_t cap = PCI_ERR_CAP_ECRC_GENC | PCI_ERR_CAP_ECRC_CHKC;
    uint32_t enable = PCI_ERR_CAP_ECRC_GENE | PCI_ERR_CAP_ECRC_CHKE;
    uint8_t type;

    if (log->log_max > PCIE_AER_LOG_MAX_LIMIT) {
        error_setg(errp,
                   "Invalid aer_log_max %d. The max number of aer log is %d",
                   log->log_max, PCIE_AER_LOG_MAX_LIMIT);
        return -EINVAL;
    }
    pcie_add_capability(d, PCI_EXT_CAP_ID_ERR, cap_ver, offset, size);
    d->exp.aer_cap = offset;
    log->log_num = 0;
    log->log = g_new0(PCIEAERErr, log->log_max);

    pci_set_long(w1cmask + PCI_ERR_UNCOR_STATUS, PCI_ERR_UNC_SUPPORTED);
    if (d->cap_present & QEMU_PCIE_ERR_UNC_MASK) {
        pci_set_long(aer_reg(d, PCI_ERR_UNCOR_MASK), PCI_ERR_UNC_MASK_DEFAULT);
        pci_set_long(wmask + PCI_ERR_UNCOR_MASK, PCI_ERR_UNC_SUPPORTED);
    }
    pci_set_long(aer_reg(d, PCI_ERR_UNCOR_SEVER), PCI_ERR_UNC_SEVERITY_DEFAULT);
    pci_set_long(wmask + PCI_ERR_UNCOR_SEVER, PCI_ERR_UNC_SUPPORTED);
    pci_long_test_and_set_mask(w1cmask + PCI_ERR_COR_STATUS,
                               PCI_ERR_COR_SUPPORTED);
    pci_set_long(aer_reg(d, PCI_ERR_COR_MASK), PCI_ERR_COR_MASK_DEFAULT);
    pci_set_long(wmask + PCI_ERR_COR_MASK, PCI_ERR_COR_SUPPORTED);
    if (log->log_max) {
        cap |= PCI_ERR_CAP_MHRC;
        enable |= PCI_ERR_CAP_MHRE;
    }
    pci_set_long(aer_reg(d, PCI_ERR_CAP), cap);
    pci_set_long(wmask + PCI_ERR_CAP, enable);

    type = pcie_cap_get_type(d);
    if (type == PCI_EXP_TYPE_ROOT_PORT || type == PCI_EXP_TYPE_UPSTREAM ||
        type == PCI_EXP_TYPE_DOWNSTREAM) {
        pci_word_test_and_set_mask(d->wmask + PCI_BRIDGE_CONTROL,
                                   PCI_BRIDGE_CTL_SERR);
        pci_word_test_and_set_mask(d->w1cmask + PCI_STATUS,
                                   PCI_STATUS_SIG_SYSTEM_ERROR);
        pci_word_test_and_set_mask(d->w1cmask + PCI_SEC_STATUS,
                                   PCI_SEC_STATUS_RCV_SYSTEM_ERROR);
    }
    return 0;
}

void pcie_aer_exit(PCIDevice *d)
{
    g_clear_pointer(&d->exp.aer_log.log, g_free);
    d->exp.aer_log.log_num = 0;
}

/* ---- the log ------------------------------------------------------------- */

/* The registers show one error: its bit, header and prefix. */
static void show_error(PCIDevice *d, const PCIEAERErr *err)
{
    uint8_t *cap = aer_reg(d, PCI_ERR_CAP);
    uint32_t val =
        pci_get_long(cap) & ~(PCI_ERR_CAP_FEP_MASK | PCI_ERR_CAP_TLP);

    val |= ctz32(err->status);
    for (int i = 0; i < 4; i++) {
        bool header = err->flags & PCIE_AER_ERR_HEADER_VALID;

        /* As the link has them: the first byte in the highest bits. */
        stl_be_p(aer_reg(d, PCI_ERR_HEADER_LOG) + 4 * i,
                 header ? err->header[i] : 0);
    }
    if ((err->flags & PCIE_AER_ERR_TLP_PREFIX_PRESENT) &&
        (pci_get_long(d->config + d->exp.exp_cap + PCI_EXP_DEVCAP2) &
         PCI_EXP_DEVCAP2_EETLPP)) {
        for (int i = 0; i < 4; i++) {
            stl_be_p(aer_reg(d, PCI_ERR_TLP_PREFIX_LOG) + 4 * i,
                     err->prefix[i]);
        }
        val |= PCI_ERR_CAP_TLP;
    } else {
        memset(aer_reg(d, PCI_ERR_TLP_PREFIX_LOG), 0,
               PCI_ERR_TLP_PREFIX_LOG_SIZE);
    }
    pci_set_long(cap, val);
}

static void show_none(PCIDevice *d)
{
    pci_long_test_and_clear_mask(aer_reg(d, PCI_ERR_CAP),
                                 PCI_ERR_CAP_FEP_MASK | PCI_ERR_CAP_TLP);
    memset(aer_reg(d, PCI_ERR_HEADER_LOG), 0, PCI_ERR_HEADER_LOG_SIZE);
    memset(aer_reg(d, PCI_ERR_TLP_PREFIX_LOG), 0, PCI_ERR_TLP_PREFIX_LOG_SIZE);
}

/* Whether the error that is shown has not been acknowledged. */
static bool shows_error(PCIDevice *d)
{
    uint32_t status = aer_get(d, PCI_ERR_UNCOR_STATUS);

    return status & (1u << PCI_ERR_CAP_FEP(aer_get(d, PCI_ERR_CAP)));
}

static bool records_several(PCIDevice *d)
{
    return aer_get(d, PCI_ERR_CAP) & PCI_ERR_CAP_MHRE;
}

/* True: there was no room for it. */
static bool record(PCIDevice *d, const PCIEAERErr *err)
{
    PCIEAERLog *log = &d->exp.aer_log;

    if (!shows_error(d)) {
        show_error(d, err);
        return false;
    }
    if (!records_several(d) || log->log_num == log->log_max) {
        return true;
    }
    log->log[log->log_num++] = *err;
    return false;
}

static void show_next(PCIDevice *d)
{
    PCIEAERLog *log = &d->exp.aer_log;

    if (!log->log_num) {
        show_none(d);
        return;
    }
    show_error(d, &log->log[0]);
    log->log_num--;
    memmove(&log->log[0], &log->log[1], log->log_num * sizeof(log->log[0]));
}

void pcie_aer_write_config(PCIDevice *d, uint32_t addr, uint32_t val, int len)
{
    PCIEAERLog *log = &d->exp.aer_log;
    bool acknowledged;

    if (!d->exp.aer_cap) {
        return;
    }
    acknowledged = !shows_error(d);
    if (!records_several(d)) {
        log->log_num = 0;
    }
    /* What waits is pending, of the same kind as what is shown or not. */
    for (int i = 0; i < log->log_num; i++) {
        pci_long_test_and_set_mask(aer_reg(d, PCI_ERR_UNCOR_STATUS),
                                   log->log[i].status);
    }
    if (acknowledged) {
        show_next(d);
    }
}

/* ---- the root port ------------------------------------------------------- */

void pcie_aer_root_set_vector(PCIDevice *d, unsigned int vector)
{
    assert(vector < PCI_ERR_ROOT_IRQ_MAX);
    pci_long_test_and_clear_mask(aer_reg(d, PCI_ERR_ROOT_STATUS),
                                 PCI_ERR_ROOT_IRQ);
    pci_long_test_and_set_mask(aer_reg(d, PCI_ERR_ROOT_STATUS),
                               vector << PCI_ERR_ROOT_IRQ_SHIFT);
}

static unsigned root_vector(PCIDevice *d)
{
    return (aer_get(d, PCI_ERR_ROOT_STATUS) & PCI_ERR_ROOT_IRQ) >>
           PCI_ERR_ROOT_IRQ_SHIFT;
}

void pcie_aer_root_init(PCIDevice *d)
{
    pci_set_long(d->wmask + d->exp.aer_cap + PCI_ERR_ROOT_COMMAND,
                 PCI_ERR_ROOT_CMD_EN_MASK);
    pci_set_long(d->w1cmask + d->exp.aer_cap + PCI_ERR_ROOT_STATUS,
                 PCI_ERR_ROOT_STATUS_REPORT_MASK);
    /* Streams of another version have another vector. */
    pci_set_long(d->cmask + d->exp.aer_cap + PCI_ERR_ROOT_STATUS,
                 ~PCI_ERR_ROOT_IRQ);
}

void pcie_aer_root_reset(PCIDevice *d)
{
    pci_set_long(aer_reg(d, PCI_ERR_ROOT_COMMAND), 0);
    /* The vector is the model's. */
}

/* Whether some error that is there is of a kind that interrupts. */
static bool root_interrupts(uint32_t status, uint32_t cmd)
{
    return ((status & PCI_ERR_ROOT_COR_RCV) &&
            (cmd & PCI_ERR_ROOT_CMD_COR_EN)) ||
           ((status & PCI_ERR_ROOT_NONFATAL_RCV) &&
            (cmd & PCI_ERR_ROOT_CMD_NONFATAL_EN)) ||
           ((status & PCI_ERR_ROOT_FATAL_RCV) &&
            (cmd & PCI_ERR_ROOT_CMD_FATAL_EN));
}

static void root_notify(PCIDevice *d)
{
    if (msix_enabled(d)) {
        msix_notify(d, root_vector(d));
    } else if (msi_enabled(d)) {
        msi_notify(d, root_vector(d));
    } else if (pci_intx(d) != -1) {
        pci_irq_assert(d);
    }
}

void pcie_aer_root_write_config(PCIDevice *d, uint32_t addr, uint32_t val,
                                int len, uint32_t root_cmd_prev)
{
    uint32_t status = aer_get(d, PCI_ERR_ROOT_STATUS);
    uint32_t cmd = aer_get(d, PCI_ERR_ROOT_COMMAND);
    bool before = root_interrupts(status, root_cmd_prev);
    bool now = root_interrupts(status, cmd);

    if (!msix_enabled(d) && !msi_enabled(d)) {
        if (pci_intx(d) != -1 &&
            ranges_overlap(addr, len, d->exp.aer_cap + PCI_ERR_ROOT_COMMAND,
                           8)) {
            pci_set_irq(d, now);
        }
    } else if (now && !before) {
        root_notify(d);
    }
}

/* A message has come: 6.2.4.1.2, 7.8.4.10. */
static void root_receive(PCIDevice *d, const PCIEAERMsg *msg)
{
    uint8_t *status = aer_reg(d, PCI_ERR_ROOT_STATUS);
    uint8_t *source = aer_reg(d, PCI_ERR_ROOT_ERR_SRC);
    uint32_t cmd = aer_get(d, PCI_ERR_ROOT_COMMAND);
    uint32_t before = pci_get_long(status), now = before;

    if (!d->exp.aer_cap) {
        return;
    }
    if (!pcie_aer_msg_is_uncor(msg)) {
        if (now & PCI_ERR_ROOT_COR_RCV) {
            now |= PCI_ERR_ROOT_MULTI_COR_RCV;
        } else {
            pci_set_word(source, msg->source_id);
        }
        now |= PCI_ERR_ROOT_COR_RCV;
    } else {
        bool fatal = msg->severity == PCI_ERR_ROOT_CMD_FATAL_EN;

        if (now & PCI_ERR_ROOT_UNCOR_RCV) {
            now |= PCI_ERR_ROOT_MULTI_UNCOR_RCV;
        } else {
            pci_set_word(source + 2, msg->source_id);
            now |= fatal ? PCI_ERR_ROOT_FIRST_FATAL : 0;
        }
        now |= PCI_ERR_ROOT_UNCOR_RCV |
               (fatal ? PCI_ERR_ROOT_FATAL_RCV : PCI_ERR_ROOT_NONFATAL_RCV);
    }
    pci_set_long(status, now);
    if ((cmd & msg->severity) && !root_interrupts(before, cmd)) {
        root_notify(d);
    }
}

/* ---- messages ------------------------------------------------------------ */

/* The bits of the device's control register are those of severities. */
static bool may_send(PCIDevice *d, const PCIEAERMsg *msg)
{
    uint16_t devctl = pci_get_word(d->config + d->exp.exp_cap + PCI_EXP_DEVCTL);

    if (pcie_aer_msg_is_uncor(msg) &&
        (pci_get_word(d->config + PCI_COMMAND) & PCI_COMMAND_SERR)) {
        pci_word_test_and_set_mask(d->config + PCI_STATUS,
                                   PCI_STATUS_SIG_SYSTEM_ERROR);
        return true;
    }
    return msg->severity & devctl;
}

/* A bridge that passes on what came from below (6.2.5). */
static bool may_forward(PCIDevice *d, const PCIEAERMsg *msg)
{
    uint16_t control = pci_get_word(d->config + PCI_BRIDGE_CONTROL);

    if (pcie_aer_msg_is_uncor(msg)) {
        pci_word_test_and_set_mask(d->config + PCI_SEC_STATUS,
                                   PCI_SEC_STATUS_RCV_SYSTEM_ERROR);
    }
    return control & PCI_BRIDGE_CTL_SERR;
}

static void send_up(PCIDevice *d, const PCIEAERMsg *msg)
{
    bool from_below = false;

    while (d && pci_is_express(d) && d->exp.exp_cap) {
        if (from_below && !may_forward(d, msg)) {
            return;
        }
        if (!may_send(d, msg)) {
            return;
        }
        if (pcie_cap_get_type(d) == PCI_EXP_TYPE_ROOT_PORT) {
            root_receive(d, msg);
            return;
        }
        from_below = true;
        d = pci_bridge_get_device(pci_get_bus(d));
    }
}

/* ---- an error ------------------------------------------------------------ */

static bool is_unsupported_request(const PCIEAERErr *err)
{
    return !(err->flags & PCIE_AER_ERR_IS_CORRECTABLE) &&
           err->status == PCI_ERR_UNC_UNSUP;
}

static void set_detected(PCIDevice *d, const PCIEAERErr *err, uint16_t bits)
{
    if (is_unsupported_request(err)) {
        bits |= PCI_EXP_DEVSTA_URD;
    }
    pci_word_test_and_set_mask(d->config + d->exp.exp_cap + PCI_EXP_DEVSTA,
                               bits);
}

/* Requests that are not supported are told only if software wants that, too. */
static bool may_tell(PCIDevice *d, const PCIEAERErr *err, uint32_t severity)
{
    uint16_t devctl = pci_get_word(d->config + d->exp.exp_cap + PCI_EXP_DEVCTL);
    uint16_t command = pci_get_word(d->config + PCI_COMMAND);

    return !is_unsupported_request(err) || (devctl & PCI_EXP_DEVCTL_URRE) ||
           (severity != PCI_ERR_ROOT_CMD_COR_EN &&
            (command & PCI_COMMAND_SERR));
}

/* False: it is masked. */
static bool set_correctable(PCIDevice *d, uint32_t status)
{
    if (!d->exp.aer_cap) {
        return true;
    }
    pci_long_test_and_set_mask(aer_reg(d, PCI_ERR_COR_STATUS), status);
    return !(aer_get(d, PCI_ERR_COR_MASK) & status);
}

/* False: it is masked. */
static bool set_uncorrectable(PCIDevice *d, const PCIEAERErr *err,
                              bool *overflow)
{
    bool masked;

    if (!d->exp.aer_cap) {
        return true;
    }
    masked = aer_get(d, PCI_ERR_UNCOR_MASK) & err->status;
    if (!masked) {
        *overflow = record(d, err);
    }
    pci_long_test_and_set_mask(aer_reg(d, PCI_ERR_UNCOR_STATUS), err->status);
    return !masked;
}

/*
 * What the device itself remembers (figure 6-2). False: nobody is told.
 * @advisory: one who may try again has it as a correctable one (6.2.3.2.4).
 */
static bool note(PCIDevice *d, const PCIEAERErr *err, uint32_t severity,
                 bool advisory, bool *overflow)
{
    /* The bits of the device's status register are those of severities. */
    set_detected(d, err, advisory ? PCI_EXP_DEVSTA_CED : severity);
    if (advisory) {
        if (!set_correctable(d, PCI_ERR_COR_ADV_NONFATAL)) {
            return false;
        }
        set_uncorrectable(d, err, overflow);
        return true;
    }
    return severity == PCI_ERR_ROOT_CMD_COR_EN
               ? set_correctable(d, err->status)
               : set_uncorrectable(d, err, overflow);
}

static uint32_t severity_of(PCIDevice *d, const PCIEAERErr *err)
{
    uint32_t fatal = d->exp.aer_cap ? aer_get(d, PCI_ERR_UNCOR_SEVER)
                                    : PCI_ERR_UNC_SEVERITY_DEFAULT;

    if (err->flags & PCIE_AER_ERR_IS_CORRECTABLE) {
        return PCI_ERR_ROOT_CMD_COR_EN;
    }
    return err->status & fatal ? PCI_ERR_ROOT_CMD_FATAL_EN
                               : PCI_ERR_ROOT_CMD_NONFATAL_EN;
}

int pcie_aer_inject_error(PCIDevice *d, const PCIEAERErr *err)
{
    PCIEAERMsg msg = { .source_id = err->source_id };
    bool advisory, overflow = false;

    if (!pci_is_express(d) || !d->exp.exp_cap) {
        return -ENOSYS;
    }
    if (!is_power_of_2(err->status) ||
        !(err->status &
          (err->flags & PCIE_AER_ERR_IS_CORRECTABLE ? PCI_ERR_COR_SUPPORTED
                                                    : PCI_ERR_UNC_SUPPORTED))) {
        return -EINVAL;
    }
    msg.severity = severity_of(d, err);
    advisory = msg.severity == PCI_ERR_ROOT_CMD_NONFATAL_EN &&
               (err->flags & PCIE_AER_ERR_MAYBE_ADVISORY);
    if (note(d, err, msg.severity, advisory, &overflow)) {
        if (advisory) {
            msg.severity = PCI_ERR_ROOT_CMD_COR_EN;
        }
        if (may_tell(d, err, msg.severity)) {
            send_up(d, &msg);
        }
    }
    if (overflow) {
        PCIEAERErr lost = {
            .status = PCI_ERR_COR_HL_OVERFLOW,
            .source_id = err->source_id,
            .flags = PCIE_AER_ERR_IS_CORRECTABLE,
        };

        pcie_aer_inject_error(d, &lost);
    }
    return 0;
}

/* ---- migration ----------------------------------------------------------- */

static const VMStateDescription vmstate_pcie_aer_err = {
    .name = "PCIE_AER_ERROR",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(status, PCIEAERErr),
            VMSTATE_UINT16(source_id, PCIEAERErr),
            VMSTATE_UINT16(flags, PCIEAERErr),
            VMSTATE_UINT32_ARRAY(header, PCIEAERErr, 4),
            VMSTATE_UINT32_ARRAY(prefix, PCIEAERErr, 4),
            VMSTATE_END_OF_LIST(),
        },
};

static bool log_fits(void *opaque, int version_id)
{
    PCIEAERLog *log = opaque;

    return log->log_num <= log->log_max;
}

const VMStateDescription vmstate_pcie_aer_log = {
    .name = "PCIE_AER_ERROR_LOG",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT16(log_num, PCIEAERLog),
            VMSTATE_UINT16_EQUAL(log_max, PCIEAERLog, NULL),
            VMSTATE_VALIDATE("log_num <= log_max", log_fits),
            VMSTATE_STRUCT_VARRAY_POINTER_UINT16(
                log, PCIEAERLog, log_num, vmstate_pcie_aer_err, PCIEAERErr),
            VMSTATE_END_OF_LIST(),
        },
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The capability of PCI Express (Base Specification, 7.5.3) but for slots, and
 * the list of extended capabilities (7.6).
 */
#include "qemu/osdep.h"
#include "hw/pci/pcie_port.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/range.h"

static uint8_t *exp_reg(const PCIDevice *d, int reg)
{
    return d->config + d->exp.exp_cap + reg;
}

/* ---- links --------------------------------------------------------------- */

/* All speeds up to @speed, as the second register of capabilities has them. */
static uint32_t speeds_up_to(PCIExpLinkSpeed speed)
{
    return ((1u << speed) - 1) << 1;
}

static void fill_link(PCIDevice *d, PCIExpLinkWidth width,
                      PCIExpLinkSpeed speed)
{
    uint8_t *cap = exp_reg(d, PCI_EXP_LNKCAP);

    pci_long_test_and_clear_mask(cap, PCI_EXP_LNKCAP_MLW | PCI_EXP_LNKCAP_SLS);
    pci_long_test_and_set_mask(cap, QEMU_PCI_EXP_LNKCAP_MLW(width) |
                                        QEMU_PCI_EXP_LNKCAP_MLS(speed));
    if (speed > QEMU_PCI_EXP_LNK_2_5GT) {
        /* Software may ask for less; at first it is the best. */
        pci_set_word(exp_reg(d, PCI_EXP_LNKCTL2), speed);
    }
    if (speed > QEMU_PCI_EXP_LNK_5GT) {
        /* Before, the one number said all. */
        pci_long_test_and_set_mask(exp_reg(d, PCI_EXP_LNKCAP2),
                                   speeds_up_to(speed));
    }
}

/* Downstream it is a property (a switch has none: zero); and more to report. */
static void fill_slot_link(PCIDevice *d)
{
    PCIESlot *s = (PCIESlot *)object_dynamic_cast(OBJECT(d), TYPE_PCIE_SLOT);

    if (!s) {
        return;
    }
    fill_link(d, s->width, s->speed);
    if (s->width > QEMU_PCI_EXP_LNK_X1 || s->speed > QEMU_PCI_EXP_LNK_2_5GT) {
        pci_long_test_and_set_mask(exp_reg(d, PCI_EXP_LNKCAP),
                                   PCI_EXP_LNKCAP_LBNC);
    }
    if (s->speed > QEMU_PCI_EXP_LNK_2_5GT) {
        pci_long_test_and_set_mask(exp_reg(d, PCI_EXP_LNKCAP),
                                   PCI_EXP_LNKCAP_DLLLARC);
    }
}

void pcie_cap_fill_link_ep_usp(PCIDevice *d, PCIExpLinkWidth width,
                               PCIExpLinkSpeed speed)
{
    fill_link(d, width, speed);
    pci_word_test_and_clear_mask(exp_reg(d, PCI_EXP_LNKSTA),
                                 PCI_EXP_LNKSTA_NLW | PCI_EXP_LNKSTA_CLS);
    pci_word_test_and_set_mask(exp_reg(d, PCI_EXP_LNKSTA),
                               QEMU_PCI_EXP_LNKSTA_NLW(width) |
                                   QEMU_PCI_EXP_LNKSTA_CLS(speed));
}

/* The lesser of what the device has and the port can, but not nothing. */
static uint16_t limit_field(uint16_t sta, uint32_t cap, uint16_t mask,
                            uint16_t least)
{
    uint16_t value = MIN(sta & mask, cap & mask);

    return value ?: least;
}

void pcie_sync_bridge_lnk(PCIDevice *port)
{
    PCIBus *bus = pci_bridge_get_sec_bus(PCI_BRIDGE(port));
    PCIDevice *target = bus->devices[0];
    uint32_t cap = pci_get_long(exp_reg(port, PCI_EXP_LNKCAP));
    /* Nothing, or what is not Express: as good as the port can. */
    uint16_t sta = cap;

    if (target && target->exp.exp_cap) {
        sta = pci_get_word(exp_reg(target, PCI_EXP_LNKSTA));
    }
    sta = limit_field(sta, cap, PCI_EXP_LNKSTA_NLW,
                      QEMU_PCI_EXP_LNKSTA_NLW(QEMU_PCI_EXP_LNK_X1)) |
          limit_field(sta, cap, PCI_EXP_LNKSTA_CLS,
                      QEMU_PCI_EXP_LNKSTA_CLS(QEMU_PCI_EXP_LNK_2_5GT));
    pci_word_test_and_clear_mask(exp_reg(port, PCI_EXP_LNKSTA),
                                 PCI_EXP_LNKSTA_NLW | PCI_EXP_LNKSTA_CLS);
    pci_word_test_and_set_mask(exp_reg(port, PCI_EXP_LNKSTA), sta);
}

/* ---- the capability ------------------------------------------------------ */

static void fill_v1(PCIDevice *d, uint8_t port, uint8_t type, uint8_t version)
{
    uint32_t devcap = PCI_EXP_DEVCAP_RBER;

    if (d->cap_present & QEMU_PCIE_EXT_TAG) {
        devcap |= PCI_EXP_DEVCAP_EXT_TAG;
    }
    pci_set_word(exp_reg(d, PCI_EXP_FLAGS),
                 ((type << PCI_EXP_FLAGS_TYPE_SHIFT) & PCI_EXP_FLAGS_TYPE) |
                     version);
    pci_set_long(exp_reg(d, PCI_EXP_DEVCAP), devcap);
    pci_set_long(exp_reg(d, PCI_EXP_LNKCAP),
                 (port << PCI_EXP_LNKCAP_PN_SHIFT) | PCI_EXP_LNKCAP_ASPMS_0S |
                     QEMU_PCI_EXP_LNKCAP_MLW(QEMU_PCI_EXP_LNK_X1) |
                     QEMU_PCI_EXP_LNKCAP_MLS(QEMU_PCI_EXP_LNK_2_5GT));
    pci_set_word(exp_reg(d, PCI_EXP_LNKSTA),
                 QEMU_PCI_EXP_LNKSTA_NLW(QEMU_PCI_EXP_LNK_X1) |
                     QEMU_PCI_EXP_LNKSTA_CLS(QEMU_PCI_EXP_LNK_2_5GT));
}

int pcie_cap_init(PCIDevice *d, uint8_t offset, uint8_t type, uint8_t port,
                  Error **errp)
{
    int pos;

    assert(pci_is_express(d));
    pos = pci_add_capability(d, PCI_CAP_ID_EXP, offset, PCI_EXP_VER2_SIZEOF,
                             errp);
    if (pos < 0) {
        return pos;
    }
    d->exp.exp_cap = pos;
    fill_v1(d, port, type, PCI_EXP_FLAGS_VER2);
    fill_slot_link(d);
    pci_set_long(exp_reg(d, PCI_EXP_DEVCAP2),
                 PCI_EXP_DEVCAP2_EFF | PCI_EXP_DEVCAP2_EETLPP);
    pci_set_word(d->wmask + pos + PCI_EXP_DEVCTL2, PCI_EXP_DEVCTL2_EETLPPB);
    if (d->cap_present & QEMU_PCIE_EXTCAP_INIT) {
        /* Until there is one, the guest cannot make one. */
        pci_set_long(d->wmask + PCI_CONFIG_SPACE_SIZE, 0);
    }
    return pos;
}

int pcie_cap_v1_init(PCIDevice *d, uint8_t offset, uint8_t type, uint8_t port)
{
    Error *err = NULL;
    int pos;

    assert(pci_is_express(d));
    pos = pci_add_capability(d, PCI_CAP_ID_EXP, offset, PCI_EXP_VER1_SIZEOF,
                             &err);
    if (pos < 0) {
        error_report_err(err);
        return pos;
    }
    d->exp.exp_cap = pos;
    fill_v1(d, port, type, PCI_EXP_FLAGS_VER1);
    return pos;
}

/*
 * One on a root bus is part of the root complex: 7.5.3.2. On a conventional bus
 * it is an endpoint behind a bridge that nobody sees.
 */
static uint8_t endpoint_type(PCIDevice *d)
{
    PCIBus *bus = pci_get_bus(d);

    return pci_bus_is_express(bus) && pci_bus_is_root(bus)
               ? PCI_EXP_TYPE_RC_END
               : PCI_EXP_TYPE_ENDPOINT;
}

int pcie_endpoint_cap_init(PCIDevice *d, uint8_t offset)
{
    Error *err = NULL;
    int pos = pcie_cap_init(d, offset, endpoint_type(d), 0, &err);

    if (err) {
        error_report_err(err);
    }
    return pos;
}

int pcie_endpoint_cap_v1_init(PCIDevice *d, uint8_t offset)
{
    return pcie_cap_v1_init(d, offset, endpoint_type(d), 0);
}

void pcie_cap_exit(PCIDevice *d)
{
    pci_del_capability(d, PCI_CAP_ID_EXP, PCI_EXP_VER2_SIZEOF);
    d->exp.exp_cap = 0;
}

void pcie_cap_v1_exit(PCIDevice *d)
{
    pci_del_capability(d, PCI_CAP_ID_EXP, PCI_EXP_VER1_SIZEOF);
    d->exp.exp_cap = 0;
}

uint8_t pcie_cap_get_type(const PCIDevice *d)
{
    assert(d->exp.exp_cap);
    return (pci_get_word(exp_reg(d, PCI_EXP_FLAGS)) & PCI_EXP_FLAGS_TYPE) >>
           PCI_EXP_FLAGS_TYPE_SHIFT;
}

uint8_t pcie_cap_get_version(const PCIDevice *d)
{
    assert(d->exp.exp_cap);
    return pci_get_word(exp_reg(d, PCI_EXP_FLAGS)) & PCI_EXP_FLAGS_VERS;
}

void pcie_cap_flags_set_vector(PCIDevice *d, uint8_t vector)
{
    assert(d->exp.exp_cap && vector < 32);
    pci_set_word_by_mask(exp_reg(d, PCI_EXP_FLAGS), PCI_EXP_FLAGS_IRQ, vector);
}

uint8_t pcie_cap_flags_get_vector(PCIDevice *d)
{
    return (pci_get_word(exp_reg(d, PCI_EXP_FLAGS)) & PCI_EXP_FLAGS_IRQ) >>
           PCI_EXP_FLAGS_IRQ_SHIFT;
}

/* ---- its parts ----------------------------------------------------------- */

#define ERRORS_ENABLED                                                         \
    (PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE | PCI_EXP_DEVCTL_FERE |        \
     PCI_EXP_DEVCTL_URRE)

void pcie_cap_deverr_init(PCIDevice *d)
{
    pci_long_test_and_set_mask(exp_reg(d, PCI_EXP_DEVCAP), PCI_EXP_DEVCAP_RBER);
    pci_word_test_and_set_mask(d->wmask + d->exp.exp_cap + PCI_EXP_DEVCTL,
                               ERRORS_ENABLED);
    pci_word_test_and_set_mask(d->w1cmask + d->exp.exp_cap + PCI_EXP_DEVSTA,
                               PCI_EXP_DEVSTA_CED | PCI_EXP_DEVSTA_NFED |
                                   PCI_EXP_DEVSTA_FED | PCI_EXP_DEVSTA_URD);
}

void pcie_cap_deverr_reset(PCIDevice *d)
{
    pci_word_test_and_clear_mask(exp_reg(d, PCI_EXP_DEVCTL), ERRORS_ENABLED);
}

void pcie_cap_lnkctl_init(PCIDevice *d)
{
    pci_word_test_and_set_mask(d->wmask + d->exp.exp_cap + PCI_EXP_LNKCTL,
                               PCI_EXP_LNKCTL_CCC | PCI_EXP_LNKCTL_ES);
}

void pcie_cap_lnkctl_reset(PCIDevice *d)
{
    pci_word_test_and_clear_mask(exp_reg(d, PCI_EXP_LNKCTL),
                                 PCI_EXP_LNKCTL_CCC | PCI_EXP_LNKCTL_ES);
}

void pcie_cap_flr_init(PCIDevice *d)
{
    pci_long_test_and_set_mask(exp_reg(d, PCI_EXP_DEVCAP), PCI_EXP_DEVCAP_FLR);
    pci_word_test_and_set_mask(d->wmask + d->exp.exp_cap + PCI_EXP_DEVCTL,
                               PCI_EXP_DEVCTL_BCR_FLR);
}

void pcie_cap_flr_write_config(PCIDevice *d, uint32_t addr, uint32_t val,
                               int len)
{
    /* Set during the reset, so that the model can tell which one it is. */
    if (pci_get_word(exp_reg(d, PCI_EXP_DEVCTL)) & PCI_EXP_DEVCTL_BCR_FLR) {
        pci_device_reset(d);
        pci_word_test_and_clear_mask(exp_reg(d, PCI_EXP_DEVCTL),
                                     PCI_EXP_DEVCTL_BCR_FLR);
    }
}

void pcie_cap_root_init(PCIDevice *d)
{
    pci_set_word(d->wmask + d->exp.exp_cap + PCI_EXP_RTCTL,
                 PCI_EXP_RTCTL_SECEE | PCI_EXP_RTCTL_SENFEE |
                     PCI_EXP_RTCTL_SEFEE);
}

void pcie_cap_root_reset(PCIDevice *d)
{
    pci_set_word(exp_reg(d, PCI_EXP_RTCTL), 0);
}

void pcie_cap_arifwd_init(PCIDevice *d)
{
    pci_long_test_and_set_mask(exp_reg(d, PCI_EXP_DEVCAP2),
                               PCI_EXP_DEVCAP2_ARI);
    pci_word_test_and_set_mask(d->wmask + d->exp.exp_cap + PCI_EXP_DEVCTL2,
                               PCI_EXP_DEVCTL2_ARI);
}

void pcie_cap_arifwd_reset(PCIDevice *d)
{
    pci_word_test_and_clear_mask(exp_reg(d, PCI_EXP_DEVCTL2),
                                 PCI_EXP_DEVCTL2_ARI);
}

bool pcie_cap_is_arifwd_enabled(const PCIDevice *d)
{
    return pci_is_express(d) && d->exp.exp_cap &&
           (pci_get_word(exp_reg(d, PCI_EXP_DEVCTL2)) & PCI_EXP_DEVCTL2_ARI);
}

/* ---- extended capabilities ----------------------------------------------- */

/*
 * Where @cap_id is; *@prev is the one before, or the last one if it is not
 * there. 0: the list is empty.
 */
static uint16_t find_extended(PCIDevice *d, uint16_t cap_id, uint16_t *prev)
{
    uint16_t at = PCI_CONFIG_SPACE_SIZE;

    *prev = 0;
    if (!pci_get_long(d->config + at)) {
        return 0;
    }
    /* A list of more than there is room for is a ring. */
    for (int n = 0; at && n < PCIE_CONFIG_SPACE_SIZE / 8; n++) {
        uint32_t header = pci_get_long(d->config + at);

        if (PCI_EXT_CAP_ID(header) == cap_id) {
            return at;
        }
        *prev = at;
        at = PCI_EXT_CAP_NEXT(header);
    }
    return 0;
}

uint16_t pcie_find_capability(PCIDevice *d, uint16_t cap_id)
{
    uint16_t prev;

    return find_extended(d, cap_id, &prev);
}

void pcie_add_capability(PCIDevice *d, uint16_t cap_id, uint8_t cap_ver,
                         uint16_t offset, uint16_t size)
{
    uint16_t prev;

    assert(offset >= PCI_CONFIG_SPACE_SIZE && size >= 8 &&
           offset + size <= PCIE_CONFIG_SPACE_SIZE && !(offset & 3));
    if (offset != PCI_CONFIG_SPACE_SIZE) {
        uint8_t *last;

        /* No id has all bits: what is found is the last one. */
        find_extended(d, 0xffff, &prev);
        assert(prev >= PCI_CONFIG_SPACE_SIZE);
        last = d->config + prev;
        pci_set_long(last, (pci_get_long(last) & ~PCI_EXT_CAP_NEXT_MASK) |
                               ((uint32_t)offset << PCI_EXT_CAP_NEXT_SHIFT));
    }
    pci_set_long(d->config + offset, PCI_EXT_CAP(cap_id, cap_ver, 0));
    memset(d->wmask + offset, 0, size);
    memset(d->w1cmask + offset, 0, size);
    memset(d->cmask + offset, 0xff, size);
}

void pcie_ari_init(PCIDevice *d, uint16_t offset)
{
    int next = d->cap_present & QEMU_PCIE_ARI_NEXTFN_1 ? 1 : 0;

    pcie_add_capability(d, PCI_EXT_CAP_ID_ARI, PCI_ARI_VER, offset,
                        PCI_ARI_SIZEOF);
    pci_set_long(d->config + offset + PCI_ARI_CAP, next << 8);
}

void pcie_dev_ser_num_init(PCIDevice *d, uint16_t offset, uint64_t ser_num)
{
    pcie_add_capability(d, PCI_EXT_CAP_ID_DSN, 1, offset, 12);
    pci_set_quad(d->config + offset + 4, ser_num);
}

void pcie_ats_init(PCIDevice *d, uint16_t offset, bool aligned)
{
    pcie_add_capability(d, PCI_EXT_CAP_ID_ATS, 1, offset,
                        PCI_EXT_CAP_ATS_SIZEOF);
    d->exp.ats_cap = offset;
    pci_set_word(d->config + offset + PCI_ATS_CAP,
                 aligned ? PCI_ATS_CAP_PAGE_ALIGNED : 0);
    /* Enable, and the smallest unit. */
    pci_set_word(d->wmask + offset + PCI_ATS_CTRL, 0x800f);
}

/*
 * A port forwards requests up, or blocks what has another's number; a function
 * of several without peer to peer has none of the rights to give (7.7.8).
 */
void pcie_acs_init(PCIDevice *d, uint16_t offset)
{
    uint16_t cap = 0;

    pcie_add_capability(d, PCI_EXT_CAP_ID_ACS, PCI_ACS_VER, offset,
                        PCI_ACS_SIZEOF);
    d->exp.acs_cap = offset;
    if (pci_is_express_downstream_port(d)) {
        cap = PCI_ACS_SV | PCI_ACS_TB | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF |
              PCI_ACS_DT;
    }
    pci_set_word(d->config + offset + PCI_ACS_CAP, cap);
    pci_set_word(d->wmask + offset + PCI_ACS_CTRL, cap);
}

void pcie_acs_reset(PCIDevice *d)
{
    if (d->exp.acs_cap) {
        pci_set_word(d->config + d->exp.acs_cap + PCI_ACS_CTRL, 0);
    }
}

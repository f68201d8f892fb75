/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 16550A UART (National Semiconductor's data sheet PC16550D). Sending takes
 * no time: a byte leaves when the character device takes it. Only what waits
 * for silence, the receiver's timeout, uses the time of a character.
 */
#include "qemu/osdep.h"
#include "hw/char/serial.h"
#include "chardev/char-serial.h"
#include "hw/qdev-properties-system.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "system/reset.h"
#include "system/runstate.h"
#include "trace/trace-hw_char.h"

enum {
    REG_DATA = 0, /* RBR, THR, DLL */
    REG_IER = 1,  /* and DLM */
    REG_IIR = 2,  /* read */
    REG_FCR = 2,  /* written */
    REG_LCR = 3,
    REG_MCR = 4,
    REG_LSR = 5,
    REG_MSR = 6,
    REG_SCR = 7,

    IER_RECEIVED = 0x01,
    IER_EMPTY = 0x02, /* the transmitter's register, not all of it */
    IER_LINE = 0x04,
    IER_MODEM = 0x08,

    /* The sources, the most urgent last */
    IIR_MODEM = 0x00,
    IIR_NONE = 0x01,
    IIR_EMPTY = 0x02,
    IIR_RECEIVED = 0x04,
    IIR_LINE = 0x06,
    IIR_TIMEOUT = 0x0c,
    IIR_SOURCE = 0x06,
    IIR_FIFOS = 0xc0,

    FCR_ENABLE = 0x01,
    FCR_CLEAR_RECV = 0x02,
    FCR_CLEAR_XMIT = 0x04,
    FCR_KEPT = 0xc9,

    LCR_DLAB = 0x80,
    LCR_BREAK = 0x40,

    MCR_DTR = 0x01,
    MCR_RTS = 0x02,
    MCR_OUT1 = 0x04,
    MCR_OUT2 = 0x08,
    MCR_LOOP = 0x10,

    LSR_READY = 0x01, /* to be read */
    LSR_OVERRUN = 0x02,
    LSR_BREAK = 0x10,
    LSR_EMPTY = 0x20, /* the transmitter's register */
    LSR_IDLE = 0x40,  /* the transmitter */
    LSR_ERRORS = 0x1e,

    /* The low half of MSR says which bits of the high half have changed. */
    MSR_CTS = 0x10,
    MSR_DSR = 0x20,
    MSR_RI = 0x40,
    MSR_DCD = 0x80,
    MSR_RI_ENDED = 0x04,
    MSR_CHANGES = 0x0f,
};

/* So often a byte waits for the character device before it is dropped. */
#define MAX_RETRIES 4
/* Modem lines are looked at as often as this. */
#define MODEM_POLL_NS (10 * SCALE_MS)

static void transmit(SerialState *s);

static int64_t now_ns(void)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

static bool fifos_on(const SerialState *s)
{
    return s->fcr & FCR_ENABLE;
}

/*** The interrupt. ***/

static bool receiver_full(SerialState *s)
{
    return (s->lsr & LSR_READY) &&
           (!fifos_on(s) || s->recv_fifo.num >= s->recv_fifo_itl);
}

static unsigned interrupt_source(SerialState *s)
{
    if ((s->ier & IER_LINE) && (s->lsr & LSR_ERRORS)) {
        return IIR_LINE;
    }
    if ((s->ier & IER_RECEIVED) && s->timeout_ipending) {
        /* Even below the trigger level: that is what it is for. */
        return IIR_TIMEOUT;
    }
    if ((s->ier & IER_RECEIVED) && receiver_full(s)) {
        return IIR_RECEIVED;
    }
    if ((s->ier & IER_EMPTY) && s->thr_ipending) {
        return IIR_EMPTY;
    }
    if ((s->ier & IER_MODEM) && (s->msr & MSR_CHANGES)) {
        return IIR_MODEM;
    }
    return IIR_NONE;
}

static void update_irq(SerialState *s)
{
    unsigned source = interrupt_source(s);

    s->iir = (s->iir & 0xf0) | source;
    qemu_set_irq(s->irq, source != IIR_NONE);
}

/*** The line: its parameters, and what the modem says. ***/

static void update_parameters(SerialState *s)
{
    QEMUSerialSetParams p = {
        .parity = !(s->lcr & 0x08) ? 'N'
                  : s->lcr & 0x10  ? 'E'
                                   : 'O',
        .stop_bits = s->lcr & 0x04 ? 2 : 1,
        .data_bits = 5 + (s->lcr & 3),
    };
    int frame = 1 + p.data_bits + (p.parity != 'N') + p.stop_bits;

    if (!s->divider || s->divider > s->baudbase) {
        return; /* no rate at all; the old one stays */
    }
    p.speed = s->baudbase / s->divider;
    s->char_transmit_time = NANOSECONDS_PER_SECOND / p.speed * frame;
    qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_SET_PARAMS, &p);
    trace_serial_update_parameters(p.speed, p.parity, p.data_bits, p.stop_bits);
}

static void send_break(SerialState *s, int on)
{
    if (on != s->last_break_enable) {
        s->last_break_enable = on;
        qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_SET_BREAK,
                          &s->last_break_enable);
    }
}

/* The lines as MSR has them. */
static uint8_t modem_lines(int tiocm)
{
    return (tiocm & CHR_TIOCM_CTS ? MSR_CTS : 0) |
           (tiocm & CHR_TIOCM_DSR ? MSR_DSR : 0) |
           (tiocm & CHR_TIOCM_CAR ? MSR_DCD : 0) |
           (tiocm & CHR_TIOCM_RI ? MSR_RI : 0);
}

static void set_modem_lines(SerialState *s, uint8_t lines)
{
    uint8_t changed = (s->msr ^ lines) & 0xf0;

    if (!changed) {
        return;
    }
    if (lines & MSR_RI) {
        changed &= ~MSR_RI; /* counts when it ends */
    }
    s->msr = lines | (s->msr & MSR_CHANGES) | changed >> 4;
    update_irq(s);
}

/* Also the timer's callback, for as long as poll_msl is 1. */
static void poll_modem(void *opaque)
{
    SerialState *s = opaque;
    int tiocm;

    timer_del(s->modem_status_poll);
    if (qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_GET_TIOCM, &tiocm) ==
        -ENOTSUP) {
        s->poll_msl = -1;
        return;
    }
    set_modem_lines(s, modem_lines(tiocm));
    if (s->poll_msl) {
        timer_mod(s->modem_status_poll, now_ns() + MODEM_POLL_NS);
    }
}

static void update_modem_control(SerialState *s)
{
    int tiocm = 0;

    qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_GET_TIOCM, &tiocm);
    tiocm &= ~(CHR_TIOCM_RTS | CHR_TIOCM_DTR);
    tiocm |= s->mcr & MCR_RTS ? CHR_TIOCM_RTS : 0;
    tiocm |= s->mcr & MCR_DTR ? CHR_TIOCM_DTR : 0;
    qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_SET_TIOCM, &tiocm);
    /* The other end may answer: look as soon as it can have. */
    timer_mod(s->modem_status_poll, now_ns() + s->char_transmit_time);
}

/*** Receiving. ***/

static void recv_push(SerialState *s, uint8_t byte)
{
    if (fifo8_is_full(&s->recv_fifo)) {
        s->lsr |= LSR_OVERRUN; /* and the byte is lost, not an older one */
    } else {
        fifo8_push(&s->recv_fifo, byte);
    }
}

static void start_recv_timeout(SerialState *s)
{
    timer_mod(s->fifo_timeout_timer, now_ns() + s->char_transmit_time * 4);
}

static void recv_timeout(void *opaque)
{
    SerialState *s = opaque;

    if (!fifo8_is_empty(&s->recv_fifo)) {
        s->timeout_ipending = 1;
        update_irq(s);
    }
}

/*
 * Up to the trigger level all at once, then one by one: the guest is to see
 * its interrupt before the FIFO is full.
 */
static int serial_can_receive(void *opaque)
{
    SerialState *s = opaque;
    uint32_t used = s->recv_fifo.num;

    if (!fifos_on(s)) {
        return !(s->lsr & LSR_READY);
    }
    if (used >= UART_FIFO_LENGTH) {
        return 0;
    }
    return used <= s->recv_fifo_itl ? s->recv_fifo_itl - used : 1;
}

static void serial_receive(void *opaque, const uint8_t *buf, int size)
{
    SerialState *s = opaque;

    if (s->wakeup) {
        qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, NULL);
    }
    if (fifos_on(s)) {
        for (int i = 0; i < size; i++) {
            recv_push(s, buf[i]);
        }
        start_recv_timeout(s);
    } else {
        if (s->lsr & LSR_READY) {
            s->lsr |= LSR_OVERRUN;
        }
        s->rbr = buf[0];
    }
    s->lsr |= LSR_READY;
    update_irq(s);
}

static void serial_event(void *opaque, QEMUChrEvent event)
{
    SerialState *s = opaque;

    if (event == CHR_EVENT_BREAK) {
        /* A break is a zero that lasts longer than a character. */
        s->rbr = 0;
        recv_push(s, 0);
        s->lsr |= LSR_BREAK | LSR_READY;
        update_irq(s);
    }
}

static void clear_recv_fifo(SerialState *s)
{
    timer_del(s->fifo_timeout_timer);
    s->timeout_ipending = 0;
    s->lsr &= ~(LSR_READY | LSR_BREAK);
    fifo8_reset(&s->recv_fifo);
}

static uint8_t read_received(SerialState *s)
{
    uint8_t byte = s->rbr;

    if (fifos_on(s)) {
        byte = fifo8_is_empty(&s->recv_fifo) ? 0 : fifo8_pop(&s->recv_fifo);
        s->timeout_ipending = 0;
    }
    if (fifos_on(s) && !fifo8_is_empty(&s->recv_fifo)) {
        start_recv_timeout(s);
    } else {
        s->lsr &= ~(LSR_READY | LSR_BREAK);
    }
    update_irq(s);
    if (!(s->mcr & MCR_LOOP)) {
        qemu_chr_fe_accept_input(&s->chr); /* there is room again */
    }
    return byte;
}

/*** Sending. ***/

static gboolean transmit_again(void *do_not_use, GIOCondition cond,
                               void *opaque)
{
    SerialState *s = opaque;

    s->watch_tag = 0;
    transmit(s);
    return G_SOURCE_REMOVE;
}

/* True when the byte in tsr is gone; false when it is to be tried again. */
static bool send_byte(SerialState *s)
{
    int ret;

    if (s->mcr & MCR_LOOP) {
        serial_receive(s, &s->tsr, 1);
        return true;
    }
    ret = qemu_chr_fe_write(&s->chr, &s->tsr, 1);
    if (ret > 0 || (ret < 0 && errno != EAGAIN) ||
        s->tsr_retry >= MAX_RETRIES) {
        return true;
    }
    if (!s->watch_tag) {
        s->watch_tag = qemu_chr_fe_add_watch(&s->chr, G_IO_OUT | G_IO_HUP,
                                             transmit_again, s);
    }
    return s->watch_tag == 0;
}

/* Moves the next byte to tsr. */
static void load_tsr(SerialState *s)
{
    s->tsr = fifos_on(s) && !fifo8_is_empty(&s->xmit_fifo)
                 ? fifo8_pop(&s->xmit_fifo)
                 : s->thr;
    if (!fifos_on(s) || fifo8_is_empty(&s->xmit_fifo)) {
        s->lsr |= LSR_EMPTY;
        if (!s->thr_ipending) {
            s->thr_ipending = 1;
            update_irq(s);
        }
    }
}

/* Sends what there is, or as much of it as the character device takes. */
static void transmit(SerialState *s)
{
    do {
        if (s->tsr_retry == 0) {
            load_tsr(s);
        }
        if (!send_byte(s)) {
            s->tsr_retry++;
            return;
        }
        s->tsr_retry = 0;
    } while (!(s->lsr & LSR_EMPTY));
    s->last_xmit_ts = now_ns();
    s->lsr |= LSR_IDLE;
}

static void write_data(SerialState *s, uint8_t byte)
{
    s->thr = byte;
    if (fifos_on(s)) {
        if (fifo8_is_full(&s->xmit_fifo)) {
            fifo8_pop(&s->xmit_fifo); /* the guest did not wait for it */
        }
        fifo8_push(&s->xmit_fifo, byte);
    }
    s->thr_ipending = 0;
    s->lsr &= ~(LSR_EMPTY | LSR_IDLE);
    update_irq(s);
    if (s->tsr_retry == 0) {
        transmit(s);
    }
}

/*** Registers. ***/

static void write_ier(SerialState *s, uint8_t value)
{
    uint8_t changed = (s->ier ^ value) & 0x0f;

    s->ier = value & 0x0f;
    if ((changed & IER_MODEM) && s->poll_msl >= 0) {
        s->poll_msl = !!(s->ier & IER_MODEM);
        if (s->poll_msl) {
            poll_modem(s);
        } else {
            timer_del(s->modem_status_poll);
        }
    }
    if (changed & IER_EMPTY) {
        /* Enabling it interrupts at once, when there is nothing to send. */
        s->thr_ipending = (s->ier & IER_EMPTY) && (s->lsr & LSR_EMPTY);
    }
    if (changed) {
        update_irq(s);
    }
}

/* What is left of FCR when its pulses are over. */
static void set_fcr(SerialState *s, uint8_t value)
{
    static const uint8_t levels[] = { 1, 4, 8, 14 };

    s->fcr = value;
    s->iir &= ~IIR_FIFOS;
    if (fifos_on(s)) {
        s->iir |= IIR_FIFOS;
        s->recv_fifo_itl = levels[value >> 6];
    }
}

static void write_fcr(SerialState *s, uint8_t value)
{
    if ((value ^ s->fcr) & FCR_ENABLE) {
        value |= FCR_CLEAR_RECV | FCR_CLEAR_XMIT;
    }
    if (value & FCR_CLEAR_RECV) {
        clear_recv_fifo(s);
    }
    if (value & FCR_CLEAR_XMIT) {
        s->lsr |= LSR_EMPTY;
        s->thr_ipending = 1;
        fifo8_reset(&s->xmit_fifo);
    }
    set_fcr(s, value & FCR_KEPT);
    update_irq(s);
}

static void write_lcr(SerialState *s, uint8_t value)
{
    s->lcr = value;
    update_parameters(s);
    send_break(s, !!(value & LCR_BREAK));
}

static void write_mcr(SerialState *s, uint8_t value)
{
    uint8_t old = s->mcr;

    s->mcr = value & 0x1f;
    if (!(s->mcr & MCR_LOOP) && s->poll_msl >= 0 && s->mcr != old) {
        update_modem_control(s);
    }
}

static void write_divider(SerialState *s, unsigned shift, uint8_t value)
{
    s->divider = deposit32(s->divider, shift, 8, value);
    update_parameters(s);
}

static void serial_write(void *opaque, hwaddr addr, uint64_t value,
                         unsigned size)
{
    SerialState *s = opaque;
    bool dlab = s->lcr & LCR_DLAB;
    unsigned reg = addr & 7;

    trace_serial_write(reg, value);
    switch (reg) {
    case REG_DATA:
    case REG_IER:
        if (dlab) {
            write_divider(s, 8 * reg, value);
        } else if (reg == REG_DATA) {
            write_data(s, value);
        } else {
            write_ier(s, value);
        }
        break;
    case REG_FCR:
        write_fcr(s, value);
        break;
    case REG_LCR:
        write_lcr(s, value);
        break;
    case REG_MCR:
        write_mcr(s, value);
        break;
    case REG_SCR:
        s->scr = value;
        break;
    }
}

static uint8_t read_iir(SerialState *s)
{
    uint8_t value = s->iir;

    if ((value & IIR_SOURCE) == IIR_EMPTY) {
        s->thr_ipending = 0; /* told once */
        update_irq(s);
    }
    return value;
}

static uint8_t read_lsr(SerialState *s)
{
    uint8_t value = s->lsr;

    if (value & (LSR_BREAK | LSR_OVERRUN)) {
        s->lsr &= ~(LSR_BREAK | LSR_OVERRUN);
        update_irq(s);
    }
    return value;
}

static uint8_t read_msr(SerialState *s)
{
    uint8_t value;

    if (s->mcr & MCR_LOOP) {
        /* The four outputs come in as the four inputs. */
        return (s->mcr & (MCR_OUT1 | MCR_OUT2)) << 4 | (s->mcr & MCR_RTS) << 3 |
               (s->mcr & MCR_DTR) << 5;
    }
    if (s->poll_msl >= 0) {
        poll_modem(s);
    }
    value = s->msr;
    if (value & MSR_CHANGES) {
        s->msr &= ~MSR_CHANGES;
        update_irq(s);
    }
    return value;
}

static uint8_t read_register(SerialState *s, unsigned reg)
{
    bool dlab = s->lcr & LCR_DLAB;

    switch (reg) {
    case REG_DATA:
        return dlab ? s->divider : read_received(s);
    case REG_IER:
        return dlab ? s->divider >> 8 : s->ier;
    case REG_IIR:
        return read_iir(s);
    case REG_LCR:
        return s->lcr;
    case REG_MCR:
        return s->mcr;
    case REG_LSR:
        return read_lsr(s);
    case REG_MSR:
        return read_msr(s);
    default:
        return s->scr;
    }
}

static uint64_t serial_read(void *opaque, hwaddr addr, unsigned size)
{
    uint8_t value = read_register(opaque, addr & 7);

    trace_serial_read(addr & 7, value);
    return value;
}

const MemoryRegionOps serial_io_ops = {
    .read = serial_read,
    .write = serial_write,
    .valid = { .unaligned = 1 },
    .impl = { .min_access_size = 1, .max_access_size = 1 },
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/*** Migration. ***/

static int serial_pre_save(void *opaque)
{
    SerialState *s = opaque;

    s->fcr_vmstate = s->fcr;
    return 0;
}

/* What an older stream has not is found out afterwards. */
static int serial_pre_load(void *opaque)
{
    SerialState *s = opaque;

    s->thr_ipending = -1;
    s->poll_msl = -1;
    return 0;
}

/* A byte waits, or the transmitter is idle. */
static bool transmitter_is_sane(const SerialState *s)
{
    bool waits = s->tsr_retry > 0;

    if (waits == !(s->lsr & LSR_IDLE)) {
        return true;
    }
    error_report("inconsistent state in serial device (tsr %s, tsr_retry=%u)",
                 waits ? "empty" : "not empty", s->tsr_retry);
    return false;
}

static int serial_post_load(void *opaque, int version_id)
{
    SerialState *s = opaque;

    if (!transmitter_is_sane(s)) {
        return -EINVAL;
    }
    if (s->thr_ipending == -1) {
        s->thr_ipending = (s->iir & IIR_SOURCE) == IIR_EMPTY;
    }
    if (s->tsr_retry > 0) {
        s->tsr_retry = MIN(s->tsr_retry, MAX_RETRIES);
        if (!s->watch_tag) {
            s->watch_tag = qemu_chr_fe_add_watch(&s->chr, G_IO_OUT | G_IO_HUP,
                                                 transmit_again, s);
        }
    }
    s->last_break_enable = !!(s->lcr & LCR_BREAK);
    set_fcr(s, version_id < 3 ? 0 : s->fcr_vmstate);
    update_parameters(s);
    return 0;
}

/* Only a guest that has the interrupt on can tell, if IIR does not. */
static bool thr_ipending_needed(void *opaque)
{
    SerialState *s = opaque;
    bool told = (s->iir & IIR_SOURCE) == IIR_EMPTY;

    return (s->ier & IER_EMPTY) && s->thr_ipending != told;
}

static bool tsr_needed(void *opaque)
{
    return ((SerialState *)opaque)->tsr_retry != 0;
}

static bool recv_fifo_needed(void *opaque)
{
    return !fifo8_is_empty(&((SerialState *)opaque)->recv_fifo);
}

static bool xmit_fifo_needed(void *opaque)
{
    return !fifo8_is_empty(&((SerialState *)opaque)->xmit_fifo);
}

static bool fifo_timeout_needed(void *opaque)
{
    return timer_pending(((SerialState *)opaque)->fifo_timeout_timer);
}

static bool timeout_ipending_needed(void *opaque)
{
    return ((SerialState *)opaque)->timeout_ipending != 0;
}

static bool poll_needed(void *opaque)
{
    return ((SerialState *)opaque)->poll_msl >= 0;
}

#define SUBSECTION(_name, _needed, ...)                                        \
    {                                                                          \
        .name = "serial/" _name, .version_id = 1, .minimum_version_id = 1,     \
        .needed = _needed,                                                     \
        .fields =                                                              \
            (const VMStateField[]){ __VA_ARGS__, VMSTATE_END_OF_LIST() },      \
    }

static const VMStateDescription subsections[] = {
    SUBSECTION("thr_ipending", thr_ipending_needed,
               VMSTATE_INT32(thr_ipending, SerialState)),
    SUBSECTION("tsr", tsr_needed, VMSTATE_UINT32(tsr_retry, SerialState),
               VMSTATE_UINT8(thr, SerialState),
               VMSTATE_UINT8(tsr, SerialState)),
    SUBSECTION("recv_fifo", recv_fifo_needed,
               VMSTATE_STRUCT(recv_fifo, SerialState, 1, vmstate_fifo8, Fifo8)),
    SUBSECTION("xmit_fifo", xmit_fifo_needed,
               VMSTATE_STRUCT(xmit_fifo, SerialState, 1, vmstate_fifo8, Fifo8)),
    SUBSECTION("fifo_timeout_timer", fifo_timeout_needed,
               VMSTATE_TIMER_PTR(fifo_timeout_timer, SerialState)),
    SUBSECTION("timeout_ipending", timeout_ipending_needed,
               VMSTATE_INT32(timeout_ipending, SerialState)),
    SUBSECTION("poll", poll_needed, VMSTATE_INT32(poll_msl, SerialState),
               VMSTATE_TIMER_PTR(modem_status_poll, SerialState)),
};

const VMStateDescription vmstate_serial = {
    .name = "serial",
    .version_id = 3,
    .minimum_version_id = 2,
    .pre_save = serial_pre_save,
    .pre_load = serial_pre_load,
    .post_load = serial_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT16_V(divider, SerialState, 2),
            VMSTATE_UINT8(rbr, SerialState),
            VMSTATE_UINT8(ier, SerialState),
            VMSTATE_UINT8(iir, SerialState),
            VMSTATE_UINT8(lcr, SerialState),
            VMSTATE_UINT8(mcr, SerialState),
            VMSTATE_UINT8(lsr, SerialState),
            VMSTATE_UINT8(msr, SerialState),
            VMSTATE_UINT8(scr, SerialState),
            VMSTATE_UINT8_V(fcr_vmstate, SerialState, 3),
            VMSTATE_END_OF_LIST(),
        },
    .subsections =
        (const VMStateDescription *const[]){
            &subsections[0],
            &subsections[1],
            &subsections[2],
            &subsections[3],
            &subsections[4],
            &subsections[5],
            &subsections[6],
            NULL,
        },
};

/*** The type. ***/

/* It is on no bus, so it hears of a reset by itself. */
static void serial_reset(void *opaque)
{
    SerialState *s = opaque;

    if (s->watch_tag) {
        g_source_remove(s->watch_tag);
        s->watch_tag = 0;
    }
    clear_recv_fifo(s);
    fifo8_reset(&s->xmit_fifo);
    timer_del(s->modem_status_poll);

    s->rbr = s->thr = s->tsr = 0;
    s->ier = s->lcr = s->scr = 0;
    s->fcr = 0;
    s->iir = IIR_NONE;
    s->lsr = LSR_IDLE | LSR_EMPTY;
    s->msr = MSR_DCD | MSR_DSR | MSR_CTS;
    s->mcr = MCR_OUT2; /* as PC firmware leaves it */
    s->divider = 12;   /* 9600 bits per second, of 115200 */
    s->char_transmit_time = NANOSECONDS_PER_SECOND / 9600 * 10;
    s->tsr_retry = 0;
    s->thr_ipending = 0;
    s->last_break_enable = 0;
    s->last_xmit_ts = now_ns();
    qemu_irq_lower(s->irq);

    s->poll_msl = 0;
    poll_modem(s);
    s->msr &= ~MSR_CHANGES;
}

/* Another character device: it is told what the first one was. */
static int serial_be_change(void *opaque)
{
    SerialState *s = opaque;

    qemu_chr_fe_set_handlers(&s->chr, serial_can_receive, serial_receive,
                             serial_event, serial_be_change, s, NULL, true);
    update_parameters(s);
    qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_SET_BREAK,
                      &s->last_break_enable);
    s->poll_msl = !!(s->ier & IER_MODEM);
    poll_modem(s);
    if (s->poll_msl >= 0 && !(s->mcr & MCR_LOOP)) {
        update_modem_control(s);
    }
    if (s->watch_tag) {
        g_source_remove(s->watch_tag);
        s->watch_tag = qemu_chr_fe_add_watch(&s->chr, G_IO_OUT | G_IO_HUP,
                                             transmit_again, s);
    }
    return 0;
}

static void serial_realize(DeviceState *dev, Error **errp)
{
    SerialState *s = SERIAL(dev);

    s->modem_status_poll = timer_new_ns(QEMU_CLOCK_VIRTUAL, poll_modem, s);
    s->fifo_timeout_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, recv_timeout, s);
    fifo8_create(&s->recv_fifo, UART_FIFO_LENGTH);
    fifo8_create(&s->xmit_fifo, UART_FIFO_LENGTH);
    s->recv_fifo_itl = 1;
    qemu_chr_fe_set_handlers(&s->chr, serial_can_receive, serial_receive,
                             serial_event, serial_be_change, s, NULL, true);
    qemu_register_reset(serial_reset, s);
    serial_reset(s);
}

static void serial_unrealize(DeviceState *dev)
{
    SerialState *s = SERIAL(dev);

    qemu_unregister_reset(serial_reset, s);
    if (s->watch_tag) {
        g_source_remove(s->watch_tag);
        s->watch_tag = 0;
    }
    qemu_chr_fe_deinit(&s->chr, false);
    timer_free(s->modem_status_poll);
    timer_free(s->fifo_timeout_timer);
    fifo8_destroy(&s->recv_fifo);
    fifo8_destroy(&s->xmit_fifo);
}

static const Property serial_properties[] = {
    DEFINE_PROP_CHR("chardev", SerialState, chr),
    DEFINE_PROP_UINT32("baudbase", SerialState, baudbase, 115200),
    DEFINE_PROP_BOOL("wakeup", SerialState, wakeup, false),
};

static void serial_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->user_creatable = false;
    dc->realize = serial_realize;
    dc->unrealize = serial_unrealize;
    device_class_set_props(dc, serial_properties);
}

static const TypeInfo serial_types[] = {
    {
        .name = TYPE_SERIAL,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(SerialState),
        .class_init = serial_class_init,
    },
};

DEFINE_TYPES(serial_types)

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of the gdb stub.
 *
 * server.c has the connection: bytes become packets (packet.c), packets become
 * commands (commands.c), a machine that stops becomes a stop reply. What moves
 * the machine on is in resume.c; breakpoints.c and registers.c do what their
 * names say; query.c answers the q packets. One connection at a time; all of it
 * runs in the main loop, with the BQL.
 *
 * The protocol is gdb's "Remote Serial Protocol" (Debugging with GDB, app. E).
 */
#ifndef GDBSTUB_INTERNALS_H
#define GDBSTUB_INTERNALS_H

#include "chardev/char-fe.h"
#include "exec/gdbstub.h"
#include "hw/core/cpu.h"

/* The longest packet that is taken; told to gdb. */
#define GDB_MAX_PACKET 4096

/* gdb's own numbers of signals */
enum {
    GDB_SIGNAL_0 = 0,
    GDB_SIGNAL_INT = 2,
    GDB_SIGNAL_QUIT = 3,
    GDB_SIGNAL_TRAP = 5,
    GDB_SIGNAL_ABRT = 6,
    GDB_SIGNAL_ALRM = 14,
    GDB_SIGNAL_IO = 23,
    GDB_SIGNAL_XCPU = 24,
    GDB_SIGNAL_UNKNOWN = 143,
};

/* Bytes that come in, until they are a packet */
typedef struct GdbReader {
    enum {
        GDB_IDLE,
        GDB_BODY,
        GDB_ESCAPE,
        GDB_REPEAT,
        GDB_SUM_HIGH,
        GDB_SUM_LOW,
    } state;
    GByteArray *packet; /* a NUL follows, which its length does not count */
    uint8_t sum;        /* of what has come */
    uint8_t told;       /* what the sender says it is */
    bool too_long;
} GdbReader;

typedef enum {
    GDB_MORE,      /* nothing yet */
    GDB_PACKET,    /* reader->packet is one */
    GDB_BAD,       /* one that must be sent again */
    GDB_ACK,       /* the other side has our last packet */
    GDB_NACK,      /* ... has not */
    GDB_INTERRUPT, /* stop the machine */
} GdbRead;

typedef struct GdbServer {
    CharBackend chr;
    bool active; /* there is a character device */
    bool attached;
    bool no_ack;
    bool multiprocess; /* thread ids with process ids */
    bool physical;     /* addresses of m and M are */
    bool awaited;      /* gdb waits for the machine to stop */
    int step_flags;    /* SSTEP_* */
    CPUState *c_cpu;   /* for c and s */
    CPUState *g_cpu;   /* for registers and memory */
    CPUState *stop_cpu;
    CPUState *listed; /* the next of qsThreadInfo */
    GdbReader reader;
    GByteArray *last; /* what was sent last, until it is acknowledged */
} GdbServer;

extern GdbServer gdb_server;

/* server.c */
/* Sends a packet of bytes as they are (escaped where needed), or of text. */
void gdb_put_packet(const void *data, size_t len);
void gdb_put_text(const char *text);
void gdb_put_format(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* packet.c */
void gdb_reader_init(GdbReader *reader);
void gdb_reader_clear(GdbReader *reader);
/* The next byte. After GDB_PACKET, gdb_reader_begin() before the next. */
GdbRead gdb_reader_take(GdbReader *reader, uint8_t byte);
void gdb_reader_begin(GdbReader *reader);
/* "$...#xx" around @data, with what must be escaped escaped. */
GByteArray *gdb_frame(const void *data, size_t len);
void gdb_append_hex(GString *out, const void *data, size_t len);
/* 2 * @len hex digits to bytes; false if they are none. */
bool gdb_parse_hex(const char *text, size_t len, uint8_t *data);
/* A hex number; @text moves behind it. False if there is none. */
bool gdb_parse_number(const char **text, uint64_t *value);

/* commands.c */
void gdb_handle_packet(const char *packet, size_t len);

/* query.c */
void gdb_handle_query(const char *packet);
void gdb_handle_set(const char *packet);

/* registers.c */
/* Writes register @reg of @cpu from @buf; its size, 0 if there is none. */
int gdb_write_register(CPUState *cpu, uint8_t *buf, int reg);
/* The description that qXfer:features:read asks for, or NULL. */
char *gdb_feature_text(CPUState *cpu, const char *name, size_t len);

/* breakpoints.c */
/* 0, -EINVAL for what cannot be, -ENOSYS for what is not supported */
int gdb_breakpoint_insert(int type, vaddr addr, vaddr len);
int gdb_breakpoint_remove(int type, vaddr addr, vaddr len);
void gdb_breakpoints_clear(void);

/* resume.c */
/* Goes on, all of the machine. */
void gdb_continue(void);
/* One instruction of @cpu. */
void gdb_step(CPUState *cpu);
/* The actions of vCont; false when they are malformed. */
bool gdb_resume_actions(const char *actions);
/* Ends what single steps were asked for. */
void gdb_steps_clear(void);

/* threads.c */
/* "p01.02" or "02" */
char *gdb_thread_id(CPUState *cpu);
int gdb_cpu_number(CPUState *cpu);
/* A thread id; @text moves behind it. 0 (any) and -1 (all) give NULL and set
 * @every. False if it is none, or of a thread that does not exist. */
bool gdb_parse_thread(const char **text, CPUState **cpu, bool *every);

#endif

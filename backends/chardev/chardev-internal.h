/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sources in this folder share, and nobody else sees. */
#ifndef CHARDEV_INTERNAL_H
#define CHARDEV_INTERNAL_H

#include "chardev/char.h"
#include "chardev/char-fe.h"
#include "qom/object.h"

#define MAX_HUB 4
#define MAX_MUX 4
#define MUX_BUFFER_SIZE 32

/* One device, shared by front ends of which one at a time has the input. */
struct MuxChardev {
    Chardev parent;
    CharBackend *backends[MAX_MUX]; /* the front ends; NULL: free */
    CharBackend chr;                /* the device below */
    unsigned long mux_bitset;       /* which of backends[] are taken */
    int focus;                      /* who gets the input; -1: nobody yet */
    bool held;              /* waits for resume_mux_open() */
    GSource *open_source;   /* ends that, in another context */
    bool term_got_escape;
    /*
     * Input that the front end had no room for: escape sequences are seen
     * even while it takes nothing, until MUX_BUFFER_SIZE bytes wait. It can
     * be more when the focus moves in the middle of a larger read.
     */
    GByteArray *waiting[MAX_MUX];
    int timestamps;

    /* Protected by chr_write_lock */
    bool linestart;
    int64_t timestamps_start; /* ms; -1: at the next line */
};
typedef struct MuxChardev MuxChardev;
typedef struct HubChardev HubChardev;
typedef struct HubCharBackend HubCharBackend;

/* One of a hub's devices. */
struct HubCharBackend {
    HubChardev *hub;
    CharBackend be;
    unsigned int be_ind; /* its index in hub->backends */
};

/* Several devices that all get the output of one front end, and feed it. */
struct HubChardev {
    Chardev parent;
    HubCharBackend backends[MAX_HUB];
    unsigned int be_cnt;              /* only grows */
    unsigned int be_event_opened_cnt; /* how many are open */
    /* Bytes of the output that each has, and that all of them have. */
    unsigned int be_written[MAX_HUB];
    unsigned int be_min_written;
    int be_eagain_ind; /* who had no room at the last write; -1: all had */
};

DECLARE_INSTANCE_CHECKER(MuxChardev, MUX_CHARDEV, TYPE_CHARDEV_MUX)
DECLARE_INSTANCE_CHECKER(HubChardev, HUB_CHARDEV, TYPE_CHARDEV_HUB)

#define CHARDEV_IS_MUX(chr) object_dynamic_cast(OBJECT(chr), TYPE_CHARDEV_MUX)
#define CHARDEV_IS_HUB(chr) object_dynamic_cast(OBJECT(chr), TYPE_CHARDEV_HUB)

/* Gives @b a place in the mux; false with @errp set when it is full. */
bool mux_chr_attach_frontend(MuxChardev *d, CharBackend *b, unsigned int *tag,
                             Error **errp);
bool mux_chr_detach_frontend(MuxChardev *d, unsigned int tag);
void mux_set_focus(Chardev *chr, unsigned int focus);
void mux_chr_send_all_event(Chardev *chr, QEMUChrEvent event);

/* Where the chardevs are: /chardevs. */
Object *get_chardevs_root(void);

/* The class of a kind, by its name; NULL with @errp set. */
const ChardevClass *char_get_class(const char *driver, Error **errp);
/* Has it users? */
bool qemu_chr_is_busy(Chardev *s);
/*
 * Makes and opens a chardev that is in no tree yet. The caller owns the
 * reference. NULL with @errp set.
 */
Chardev *chardev_new(const char *id, const char *typename,
                     ChardevBackend *backend, GMainContext *gcontext,
                     Error **errp);
/* The names of all kinds that users can create, sorted; g_strfreev(). */
char **chardev_kinds(void);
/* Attaches a monitor to @chr; false with @errp set. */
bool chardev_mux_monitor(Chardev *chr, Error **errp);

#endif

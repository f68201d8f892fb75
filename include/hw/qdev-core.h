/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices and buses.
 *
 * A device is made in two steps. object creation (instance_init) never fails
 * and makes an object that can be asked for its properties; realize, with the
 * properties set, builds what the guest sees and can fail. The step is the
 * property "realized"; qdev_realize() sets it and plugs the device into a bus.
 *
 * Devices hang on buses, buses hang on devices: that tree orders reset and
 * realize, and is what "info qtree" shows. In the QOM tree every realized
 * device also has a parent, from which it gets its path. A device drives and
 * receives GPIO lines (interrupts are such lines) and clocks (hw/qdev-clock.h).
 *
 * Everything here needs the big lock, except where it says otherwise.
 */
#ifndef QDEV_CORE_H
#define QDEV_CORE_H

#include "qemu/reentrancy-guard.h"
#include "qemu/atomic.h"
#include "qemu/queue.h"
#include "qemu/bitmap.h"
#include "qemu/rcu.h"
#include "qemu/rcu_queue.h"
#include "qom/global-property.h"
#include "qom/object.h"
#include "hw/hotplug.h"
#include "hw/resettable.h"

enum {
    DEV_NVECTORS_UNSPECIFIED = -1,
};

#define TYPE_DEVICE "device"
OBJECT_DECLARE_TYPE(DeviceState, DeviceClass, DEVICE)

/* The chapters of "-device help". */
typedef enum DeviceCategory {
    DEVICE_CATEGORY_BRIDGE,
    DEVICE_CATEGORY_USB,
    DEVICE_CATEGORY_STORAGE,
    DEVICE_CATEGORY_NETWORK,
    DEVICE_CATEGORY_INPUT,
    DEVICE_CATEGORY_DISPLAY,
    DEVICE_CATEGORY_SOUND,
    DEVICE_CATEGORY_MISC,
    DEVICE_CATEGORY_CPU,
    DEVICE_CATEGORY_WATCHDOG,
    DEVICE_CATEGORY_MAX
} DeviceCategory;

typedef void (*DeviceRealize)(DeviceState *dev, Error **errp);
typedef void (*DeviceUnrealize)(DeviceState *dev);
typedef void (*DeviceReset)(DeviceState *dev);
typedef void (*BusRealize)(BusState *bus, Error **errp);
typedef void (*BusUnrealize)(BusState *bus);
typedef int (*DeviceSyncConfig)(DeviceState *dev, Error **errp);

struct DeviceClass {
    ObjectClass parent_class;

    DECLARE_BITMAP(categories, DEVICE_CATEGORY_MAX);
    const char *fw_name; /* node name for firmware; NULL: the type's name */
    const char *desc;    /* one line for "-device help" */

    /* The properties of this class; set by device_class_set_props() only. */
    const Property *props_;
    uint16_t props_count_;

    /*
     * May be made with -device and device_add. A class that clears it says
     * why in a comment.
     */
    bool user_creatable;
    bool hotpluggable;

    /* Set by device_class_set_legacy_reset(); new code implements phases. */
    DeviceReset legacy_reset;
    DeviceRealize realize;     /* NULL: nothing to do */
    DeviceUnrealize unrealize; /* cannot fail */
    /* Brings a changed host configuration to the guest; device-sync-config */
    DeviceSyncConfig sync_config;

    const VMStateDescription *vmsd; /* migration state, if there is any */

    const char *bus_type; /* the type of bus it plugs into; NULL: none */
};

typedef struct NamedGPIOList NamedGPIOList;

/* The lines of one name (NULL: the unnamed ones), in and out. */
struct NamedGPIOList {
    char *name;
    qemu_irq *in;
    int num_in;
    int num_out;
    QLIST_ENTRY(NamedGPIOList) node;
};

typedef struct Clock Clock;
typedef struct NamedClockList NamedClockList;

struct NamedClockList {
    char *name;
    Clock *clock;
    bool output;
    bool alias; /* the clock belongs to another device */
    QLIST_ENTRY(NamedClockList) node;
};

typedef QLIST_HEAD(, NamedGPIOList) NamedGPIOListHead;
typedef QLIST_HEAD(, NamedClockList) NamedClockListHead;
typedef QLIST_HEAD(, BusState) BusStateHead;

/* Embedded first in each device's own state. Read through the functions. */
struct DeviceState {
    Object parent_obj;

    char *id;             /* the user's name for it, or NULL */
    char *canonical_path; /* valid once realized, even after leaving the tree */
    bool realized;
    bool pending_deleted_event;         /* unplug was asked for */
    int64_t pending_deleted_expires_ms; /* when asking again is allowed */
    int hotplugged;       /* made after the machine was ready */
    bool allow_unplug_during_migration;
    BusState *parent_bus; /* holds a reference */
    NamedGPIOListHead gpios;
    NamedClockListHead clocks;
    BusStateHead child_bus;
    int num_child_bus;
    int instance_id_alias; /* for old migration streams; -1: none */
    int alias_required_for_version;
    ResettableState reset;
    GSList *unplug_blockers; /* of Error, why it must stay */
    MemReentrancyGuard mem_reentrancy_guard;
};

/*
 * Hears of every device that is realized and unrealized. hide_device is asked
 * before a device is made from the user's options: true puts it off (the
 * listener may keep @device_opts and add it later); on an error it returns
 * false and sets @errp.
 */
typedef struct DeviceListener DeviceListener;
struct DeviceListener {
    void (*realize)(DeviceListener *listener, DeviceState *dev);
    void (*unrealize)(DeviceListener *listener, DeviceState *dev);
    bool (*hide_device)(DeviceListener *listener, const QDict *device_opts,
                        bool from_json, Error **errp);
    QTAILQ_ENTRY(DeviceListener) link;
};

#define TYPE_BUS "bus"
DECLARE_OBJ_CHECKERS(BusState, BusClass, BUS, TYPE_BUS)

struct BusClass {
    ObjectClass parent_class;

    /* Adds lines about @dev to "info qtree" on @mon */
    void (*print_dev)(Monitor *mon, DeviceState *dev, int indent);
    /* New string: the address of @dev, unique on its bus; may be NULL */
    char *(*get_dev_path)(DeviceState *dev);
    /* New string: the Open Firmware node of @dev */
    char *(*get_fw_dev_path)(DeviceState *dev);
    /* Whether the address set in @dev's properties is free on @bus */
    bool (*check_address)(BusState *bus, DeviceState *dev, Error **errp);

    BusRealize realize;
    BusUnrealize unrealize;

    int max_dev;       /* 0: no limit */
    int automatic_ids; /* the next number for a bus without a name */

    /* Ours: as print_dev, for buses that know nothing of monitors */
    void (*describe_dev)(GString *out, DeviceState *dev, int indent);
};

typedef struct BusChild {
    struct rcu_head rcu;
    DeviceState *child;
    int index;
    QTAILQ_ENTRY(BusChild) sibling;
} BusChild;

#define QDEV_HOTPLUG_HANDLER_PROPERTY "hotplug-handler"

typedef QTAILQ_HEAD(, BusChild) BusChildHead;
typedef QLIST_ENTRY(BusState) BusStateEntry;

struct BusState {
    Object obj;

    DeviceState *parent; /* NULL for the system bus */
    char *name;
    HotplugHandler *hotplug_handler; /* a link, see the property above */
    int max_index;    /* the number of the next child's "child[n]" link */
    bool realized;
    bool full;        /* takes no device of the user's */
    int num_children; /* devices on it */
    /* Newest first. Readers hold RCU or the big lock, writers the latter. */
    BusChildHead children;
    BusStateEntry sibling;
    ResettableState reset;
};

/* Appends @nelem properties to a list such as MachineClass.compat_props. */
static inline void compat_props_add(GPtrArray *arr, GlobalProperty props[],
                                    size_t nelem)
{
    for (size_t i = 0; i < nelem; i++) {
        g_ptr_array_add(arr, &props[i]);
    }
}

/*** Making devices. ***/

/*
 * A new device of type @name, not realized, with one reference that is the
 * caller's. An unknown type is a bug for qdev_new() and NULL for
 * qdev_try_new().
 */
DeviceState *qdev_new(const char *name);
DeviceState *qdev_try_new(const char *name);

/* May be asked without the big lock. */
static inline bool qdev_is_realized(DeviceState *dev)
{
    return qatomic_load_acquire(&dev->realized);
}

/*
 * Plugs @dev into @bus (NULL: a device without a bus) and realizes it. On an
 * error it is as before, also off the bus. A device that nobody has put into
 * the QOM tree goes to /machine/unattached. The second form also drops the
 * caller's reference, in either case: for a device from qdev_new(), which the
 * bus or its parent keeps. Returns whether it succeeded.
 */
bool qdev_realize(DeviceState *dev, BusState *bus, Error **errp);
bool qdev_realize_and_unref(DeviceState *dev, BusState *bus, Error **errp);

/*
 * Undoes the realization of @dev and of all below it; the device stays in the
 * tree. Note that object_unparent() does this, too.
 */
void qdev_unrealize(DeviceState *dev);

/* For old migration streams that call the instance @alias_id. */
void qdev_set_legacy_instance_id(DeviceState *dev, int alias_id,
                                 int required_for_version);

/*** Plugging and unplugging at run time. ***/

/* The handler of @dev's bus, or of the machine, or the one that counts: */
HotplugHandler *qdev_get_bus_hotplug_handler(DeviceState *dev);
HotplugHandler *qdev_get_machine_hotplug_handler(DeviceState *dev);
/* the machine's if it claims the device, else the bus's; may be NULL. */
HotplugHandler *qdev_get_hotplug_handler(DeviceState *dev);

/* Whether @dev may be plugged into @bus (or NULL) now, and unplugged. */
bool qdev_hotplug_allowed(DeviceState *dev, BusState *bus, Error **errp);
bool qdev_hotunplug_allowed(DeviceState *dev, Error **errp);

/*
 * Asks for @dev to be unplugged: the handler either lets it go at once or
 * begins to ask the guest.
 */
void qdev_unplug(DeviceState *dev, Error **errp);
/* Calls sync_config; -ENOTSUP with @errp when the class has none. */
int qdev_sync_config(DeviceState *dev, Error **errp);
/* An unplug method that just unrealizes the device. */
void qdev_simple_device_unplug_cb(HotplugHandler *hotplug_dev,
                                  DeviceState *dev, Error **errp);

/* The machine is complete: from now on devices are hotplugged. */
void qdev_machine_creation_done(void);
/* Whether the user has plugged devices in or out since then. */
bool qdev_machine_modified(void);

/*
 * Keeps @dev from being unplugged until the same @reason (which stays the
 * caller's) is removed again. qdev_unplug_blocked() says whether there is any
 * and puts the newest one to @errp.
 */
void qdev_add_unplug_blocker(DeviceState *dev, Error *reason);
void qdev_del_unplug_blocker(DeviceState *dev, Error *reason);
bool qdev_unplug_blocked(DeviceState *dev, Error **errp);

/*** GPIO lines. ***/

typedef enum {
    GPIO_POLARITY_ACTIVE_LOW,
    GPIO_POLARITY_ACTIVE_HIGH
} GpioPolarity;

/*
 * For the device, in instance_init or realize: declares @n more inputs, whose
 * levels go to @handler, or @n more outputs, whose receivers will be stored to
 * @pins (an array in the device's state). Names keep groups apart; NULL is the
 * group of the unnamed. A handler gets the device as its opaque, unless one is
 * given. In the QOM tree an input is a child "NAME[i]" ("unnamed-gpio-in[i]"),
 * an output a link "NAME[i]" ("unnamed-gpio-out[i]").
 */
void qdev_init_gpio_in(DeviceState *dev, qemu_irq_handler handler, int n);
void qdev_init_gpio_out(DeviceState *dev, qemu_irq *pins, int n);
void qdev_init_gpio_out_named(DeviceState *dev, qemu_irq *pins,
                              const char *name, int n);
void qdev_init_gpio_in_named_with_opaque(DeviceState *dev,
                                         qemu_irq_handler handler,
                                         void *opaque, const char *name,
                                         int n);

static inline void qdev_init_gpio_in_named(DeviceState *dev,
                                           qemu_irq_handler handler,
                                           const char *name, int n)
{
    qdev_init_gpio_in_named_with_opaque(dev, handler, dev, name, n);
}

/* For the board: input @n of @dev. It must exist. */
qemu_irq qdev_get_gpio_in(DeviceState *dev, int n);
qemu_irq qdev_get_gpio_in_named(DeviceState *dev, const char *name, int n);

/* For the board: output @n of @dev (which must exist) now drives @pin. */
void qdev_connect_gpio_out(DeviceState *dev, int n, qemu_irq pin);
void qdev_connect_gpio_out_named(DeviceState *dev, const char *name, int n,
                                 qemu_irq input_pin);

/* What output @n of @dev drives now; NULL when it is not connected. */
qemu_irq qdev_get_gpio_out_connector(DeviceState *dev, const char *name, int n);

/*
 * Puts @icpt in the place of what output @n drives, and returns that. For
 * qtest.
 */
qemu_irq qdev_intercept_gpio_out(DeviceState *dev, qemu_irq icpt,
                                 const char *name, int n);

/*
 * Makes the lines called @name of the inner device @dev, in and out, lines of
 * @container, too.
 */
void qdev_pass_gpios(DeviceState *dev, DeviceState *container,
                     const char *name);

/* The bus below @dev of that name, or NULL. */
BusState *qdev_get_child_bus(DeviceState *dev, const char *name);
BusState *qdev_get_parent_bus(const DeviceState *dev);

/*** Buses. ***/

/* The device with that id on @bus or below it, or NULL. */
DeviceState *qdev_find_recursive(BusState *bus, const char *id);

/* Returns 0 to go on, > 0 to leave out what is below, < 0 to stop. */
typedef int(qbus_walkerfn)(BusState *bus, void *opaque);
typedef int(qdev_walkerfn)(DeviceState *dev, void *opaque);

/*
 * Makes a bus below @parent (NULL: the system bus) in memory of the caller's,
 * or on the heap with the reference owned by @parent. Without a @name it is
 * called after the device's id ("ID.0"), else after the bus type, in lower
 * case ("pci.0").
 */
void qbus_init(void *bus, size_t size, const char *typename,
               DeviceState *parent, const char *name);
BusState *qbus_new(const char *typename, DeviceState *parent, const char *name);
/* Realizing a device realizes its buses; these are for the rest. */
bool qbus_realize(BusState *bus, Error **errp);
void qbus_unrealize(BusState *bus);

/*
 * Walks what is below, calling the pre functions on the way down and the post
 * functions on the way up; each may be NULL. Returns the first negative value,
 * else a positive one if anything was left out at the top, else 0.
 */
int qbus_walk_children(BusState *bus, qdev_walkerfn *pre_devfn,
                       qbus_walkerfn *pre_busfn, qdev_walkerfn *post_devfn,
                       qbus_walkerfn *post_busfn, void *opaque);
int qdev_walk_children(DeviceState *dev, qdev_walkerfn *pre_devfn,
                       qbus_walkerfn *pre_busfn, qdev_walkerfn *post_devfn,
                       qbus_walkerfn *post_busfn, void *opaque);

/* Power-cycle a device or a bus, with all that is below it. */
void device_cold_reset(DeviceState *dev);
void bus_cold_reset(BusState *bus);
bool device_is_in_reset(DeviceState *dev);
bool bus_is_in_reset(BusState *bus);

/* The bus at the root of everything; made at the first call. */
BusState *sysbus_get_default(void);

/* New strings: the path, and the last node, that firmware uses for @dev. */
char *qdev_get_fw_dev_path(DeviceState *dev);
char *qdev_get_own_fw_dev_path_from_handler(BusState *bus, DeviceState *dev);

/*** Classes. ***/

/*
 * In class_init: adds the properties of the array @props, which must be a true
 * array that lives on, without an end mark.
 */
#define device_class_set_props(dc, props)                                 \
    do {                                                                  \
        size_t props_nelem_ = ARRAY_SIZE(props);                          \
        QEMU_BUILD_BUG_ON(sizeof(props) == 0);                            \
        if ((props)[props_nelem_ - 1].name == NULL) {                     \
            qemu_build_not_reached();                                     \
        }                                                                 \
        device_class_set_props_n((dc), (props), props_nelem_);            \
    } while (0)

void device_class_set_props_n(DeviceClass *dc, const Property *props, size_t n);

/* In class_init: replaces realize, and tells the one to chain up to. */
void device_class_set_parent_realize(DeviceClass *dc,
                                     DeviceRealize dev_realize,
                                     DeviceRealize *parent_realize);
void device_class_set_parent_unrealize(DeviceClass *dc,
                                       DeviceUnrealize dev_unrealize,
                                       DeviceUnrealize *parent_unrealize);

/* In class_init: a reset function of one phase, called in hold. */
void device_class_set_legacy_reset(DeviceClass *dc, DeviceReset dev_reset);

const VMStateDescription *qdev_get_vmsd(DeviceState *dev);

/* The name of @dev's type for firmware. */
const char *qdev_fw_name(DeviceState *dev);

/* For the end of machine creation: everything on the bus tree is realized. */
void qdev_assert_realized_properly(void);

/* The machine (/machine), or NULL before there is one. */
Object *qdev_get_machine(void);
/* For programs without a machine: a container in its place. */
void qdev_create_fake_machine(void);
/* The container /machine/@name, which must exist. */
Object *machine_get_container(const char *name);

/* New string for messages: the id, or else the canonical path. */
char *qdev_get_human_name(DeviceState *dev);

/*
 * Moves @dev to @bus, from whichever bus it is on; its reset state follows.
 * Fails, and nothing has changed, when the bus refuses the device's address.
 */
bool qdev_set_parent_bus(DeviceState *dev, BusState *bus, Error **errp);

extern bool qdev_hot_removed;

/*
 * New string: the path of @dev for migration, made of the addresses on its
 * buses; NULL when there is none.
 */
char *qdev_get_dev_path(DeviceState *dev);

/* Who plugs devices into @bus; the second form: the bus itself. */
void qbus_set_hotplug_handler(BusState *bus, Object *handler);
void qbus_set_bus_hotplug_handler(BusState *bus);

static inline bool qbus_is_hotpluggable(BusState *bus)
{
    HotplugHandlerClass *hc;

    if (!bus->hotplug_handler) {
        return false;
    }
    hc = HOTPLUG_HANDLER_GET_CLASS(bus->hotplug_handler);
    return hc->is_hotpluggable_bus
               ? hc->is_hotpluggable_bus(bus->hotplug_handler, bus)
               : true;
}

/*
 * Keeps the user's devices away from @bus, for one that is soldered full;
 * another bus of the same type will take them.
 */
static inline void qbus_mark_full(BusState *bus)
{
    bus->full = true;
}

/* A listener hears of what happens from then on; it is the caller's. */
void device_listener_register(DeviceListener *listener);
void device_listener_unregister(DeviceListener *listener);

/* Asks the listeners, see there. */
bool qdev_should_hide_device(const QDict *opts, bool from_json, Error **errp);

/*** How far the machine has come. ***/

typedef enum MachineInitPhase {
    PHASE_NO_MACHINE,            /* nothing yet */
    PHASE_MACHINE_CREATED,       /* the object is there, its accelerator not */
    PHASE_ACCEL_CREATED,         /* but its properties are not checked */
    PHASE_LATE_BACKENDS_CREATED, /* all -object objects are there */
    PHASE_MACHINE_INITIALIZED,   /* the board's devices are there */
    PHASE_MACHINE_READY,         /* complete: further devices are hotplugged */
} MachineInitPhase;

/* Whether the machine has reached @phase. */
bool phase_check(MachineInitPhase phase);
/* Goes to @phase, which must be the one after the current. */
void phase_advance(MachineInitPhase phase);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console device (virtio 1.2, section 5.3) and the bus that its ports sit
 * on. Queues 0 and 1 are port 0's, 2 and 3 for control messages; port N has
 * 2N + 2 and 2N + 3. Port 0 is kept for a console, since drivers without
 * VIRTIO_CONSOLE_F_MULTIPORT know no other.
 */
#include "qemu/osdep.h"
#include "hw/hotplug.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-access.h"
#include "migration/vmstate.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "virtio-serial-internal.h"

/* All devices: a port's name is unique in the machine. */
static QLIST_HEAD(, VirtIOSerial) devices = QLIST_HEAD_INITIALIZER(devices);

/*** Looking for ports. ***/

VirtIOSerialPort *virtio_serial_find_port(VirtIOSerial *vser, uint32_t id)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        if (port->id == id) {
            return port;
        }
    }
    return NULL;
}

static VirtIOSerialPort *find_name(const char *name)
{
    VirtIOSerialPort *port;
    VirtIOSerial *vser;

    QLIST_FOREACH(vser, &devices, next) {
        QTAILQ_FOREACH(port, &vser->ports, next) {
            if (port->name && !strcmp(port->name, name)) {
                return port;
            }
        }
    }
    return NULL;
}

static VirtIOSerialPort *find_connected_console(VirtIOSerial *vser)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        if (VIRTIO_SERIAL_PORT_GET_CLASS(port)->is_console &&
            port->host_connected) {
            return port;
        }
    }
    return NULL;
}

static uint32_t find_free_id(VirtIOSerial *vser)
{
    for (uint32_t id = 0; id < vser->serial.max_virtserial_ports; id++) {
        if (!(vser->ports_map[id / 32] & (1u << id % 32))) {
            return id;
        }
    }
    return VIRTIO_CONSOLE_BAD_ID;
}

bool virtio_serial_is_multiport(VirtIOSerial *vser)
{
    return virtio_vdev_has_feature(VIRTIO_DEVICE(vser),
                                   VIRTIO_CONSOLE_F_MULTIPORT);
}

/*** The host's side of a port. ***/

int virtio_serial_open(VirtIOSerialPort *port)
{
    if (!port->host_connected) {
        port->host_connected = true;
        virtio_serial_send_event(port->vser, port->id,
                                 VIRTIO_CONSOLE_PORT_OPEN, 1);
    }
    return 0;
}

int virtio_serial_close(VirtIOSerialPort *port)
{
    port->host_connected = false;
    port->throttled = false;
    virtio_serial_drop_output(port);
    virtio_serial_send_event(port->vser, port->id, VIRTIO_CONSOLE_PORT_OPEN,
                             0);
    return 0;
}

/*** Ports come and go. ***/

/* Chooses the port's id, or checks the one that the user chose. */
static bool choose_id(VirtIOSerial *vser, VirtIOSerialPort *port, Error **errp)
{
    bool is_console = VIRTIO_SERIAL_PORT_GET_CLASS(port)->is_console;
    uint32_t max = vser->serial.max_virtserial_ports;

    if (virtio_serial_find_port(vser, port->id)) {
        error_setg(errp, "virtio-serial-bus: A port already exists at id %u",
                   port->id);
        return false;
    }
    if (port->id == VIRTIO_CONSOLE_BAD_ID) {
        if (is_console && !virtio_serial_find_port(vser, 0)) {
            port->id = 0;
        } else {
            port->id = find_free_id(vser);
        }
        if (port->id == VIRTIO_CONSOLE_BAD_ID) {
            error_setg(errp, "virtio-serial-bus: Maximum port limit for this "
                             "device reached");
            return false;
        }
    }
    if (port->id >= max) {
        error_setg(errp, "virtio-serial-bus: Out-of-range port id specified, "
                         "max. allowed: %u", max - 1);
        return false;
    }
    return true;
}

static void port_realize(DeviceState *dev, Error **errp)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);
    VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);
    Error *err = NULL;

    port->vser = VIRTIO_SERIAL_BUS(qdev_get_parent_bus(dev))->vser;
    if (port->name && find_name(port->name)) {
        error_setg(errp, "virtio-serial-bus: A port already exists by name %s",
                   port->name);
        return;
    }
    if (!choose_id(port->vser, port, errp)) {
        return;
    }
    vsc->realize(dev, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    port->bh = virtio_bh_new_guarded(dev, virtio_serial_flush_port, port);
}

/* A HotplugHandler: the port has been realized. */
static void port_plug(HotplugHandler *handler, DeviceState *dev, Error **errp)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);
    VirtIOSerial *vser = port->vser;

    QTAILQ_INSERT_TAIL(&vser->ports, port, next);
    port->ivq = vser->ivqs[port->id];
    port->ovq = vser->ovqs[port->id];
    vser->ports_map[port->id / 32] |= 1u << port->id % 32;
    virtio_serial_send_event(vser, port->id, VIRTIO_CONSOLE_PORT_ADD, 1);
    virtio_notify_config(VIRTIO_DEVICE(handler));
}

static void port_unrealize(DeviceState *dev)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);
    VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);
    VirtIOSerial *vser = port->vser;

    g_clear_pointer(&port->bh, qemu_bh_delete);
    /* Nothing is in the list whose plugging has failed. */
    if (port->ivq) {
        virtio_serial_drop_output(port);
        if (port->id) {
            vser->ports_map[port->id / 32] &= ~(1u << port->id % 32);
        }
        virtio_serial_send_event(vser, port->id, VIRTIO_CONSOLE_PORT_REMOVE,
                                 1);
        virtio_serial_end_post_load(vser);
        QTAILQ_REMOVE(&vser->ports, port, next);
        port->ivq = port->ovq = NULL;
    }
    if (vsc->unrealize) {
        vsc->unrealize(dev);
    }
}

static const Property port_properties[] = {
    DEFINE_PROP_UINT32("nr", VirtIOSerialPort, id, VIRTIO_CONSOLE_BAD_ID),
    DEFINE_PROP_STRING("name", VirtIOSerialPort, name),
};

static void port_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
    dc->bus_type = TYPE_VIRTIO_SERIAL_BUS;
    dc->realize = port_realize;
    dc->unrealize = port_unrealize;
    device_class_set_props(dc, port_properties);
}

/*** The bus. ***/

static void bus_print_port(Monitor *mon, DeviceState *dev, int indent)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);

    monitor_printf(mon, "%*sport %d, guest %s, host %s, throttle %s\n",
                   indent, "", port->id, port->guest_connected ? "on" : "off",
                   port->host_connected ? "on" : "off",
                   port->throttled ? "on" : "off");
}

static void bus_class_init(ObjectClass *klass, void *data)
{
    BUS_CLASS(klass)->print_dev = bus_print_port;
}

/*** The device's features and configuration: 5.3.3 and 5.3.4. ***/

static uint64_t serial_get_features(VirtIODevice *vdev, uint64_t features,
                                    Error **errp)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);

    features |= vser->host_features;
    if (vser->bus.max_nr_ports > 1) {
        virtio_add_feature(&features, VIRTIO_CONSOLE_F_MULTIPORT);
    }
    return features;
}

static bool has_emergency_write(const VirtIOSerial *vser)
{
    return virtio_has_feature(vser->host_features,
                              VIRTIO_CONSOLE_F_EMERG_WRITE);
}

static size_t config_size(const VirtIOSerial *vser)
{
    return has_emergency_write(vser)
               ? sizeof(struct virtio_console_config)
               : offsetof(struct virtio_console_config, emerg_wr);
}

static void serial_get_config(VirtIODevice *vdev, uint8_t *data)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    struct virtio_console_config config = {
        .max_nr_ports = virtio_tswap32(vdev,
                                       vser->serial.max_virtserial_ports),
    };

    memcpy(data, &config, config_size(vser));
}

/* A character by way of the configuration, before there are any queues. */
static void serial_set_config(VirtIODevice *vdev, const uint8_t *data)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    struct virtio_console_config *config = (void *)data;
    VirtIOSerialPort *port = find_connected_console(vser);
    uint8_t c;

    if (!has_emergency_write(vser) || !config->emerg_wr) {
        return;
    }
    c = le32_to_cpu(config->emerg_wr);
    /* The next write may be of another field, and comes with all of them. */
    config->emerg_wr = 0;
    if (port) {
        VIRTIO_SERIAL_PORT_GET_CLASS(port)->have_data(port, &c, 1);
    }
}

/*** The device's life. ***/

static void driver_is_gone(VirtIOSerial *vser)
{
    VirtIOSerialPort *port;

    QTAILQ_FOREACH(port, &vser->ports, next) {
        VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);

        virtio_serial_drop_element(port);
        if (port->guest_connected) {
            port->guest_connected = false;
            if (vsc->set_guest_connected) {
                vsc->set_guest_connected(port, false);
            }
        }
    }
    virtio_serial_drop_control(vser);
}

static void serial_reset(VirtIODevice *vdev)
{
    driver_is_gone(VIRTIO_SERIAL(vdev));
}

static void serial_set_status(VirtIODevice *vdev, uint8_t status)
{
    VirtIOSerial *vser = VIRTIO_SERIAL(vdev);
    VirtIOSerialPort *port = virtio_serial_find_port(vser, 0);

    if (!(status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        driver_is_gone(vser);
    } else if (port && !virtio_serial_is_multiport(vser)) {
        /* This driver cannot tell. */
        port->guest_connected = true;
    }
    QTAILQ_FOREACH(port, &vser->ports, next) {
        VirtIOSerialPortClass *vsc = VIRTIO_SERIAL_PORT_GET_CLASS(port);

        if (vsc->enable_backend) {
            vsc->enable_backend(port, vdev->vm_running);
        }
    }
}

static void add_queues(VirtIOSerial *vser)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(vser);
    uint32_t ports = vser->serial.max_virtserial_ports;

    vser->ivqs = g_new(VirtQueue *, ports);
    vser->ovqs = g_new(VirtQueue *, ports);
    for (uint32_t i = 0; i < ports; i++) {
        vser->ivqs[i] = virtio_add_queue(vdev, 128,
                                         virtio_serial_handle_input);
        vser->ovqs[i] = virtio_add_queue(vdev, 128,
                                         virtio_serial_handle_output);
        if (i == 0) {
            vser->c_ivq = virtio_add_queue(vdev, 32, virtio_serial_control_in);
            vser->c_ovq = virtio_add_queue(vdev, 32,
                                           virtio_serial_control_out);
        }
    }
}

static void serial_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOSerial *vser = VIRTIO_SERIAL(dev);
    /* Two queues for each port, and two for control messages. */
    uint32_t max = VIRTIO_QUEUE_MAX / 2 - 1;
    uint32_t ports = vser->serial.max_virtserial_ports;

    if (!ports) {
        error_setg(errp, "Maximum number of serial ports not specified");
        return;
    }
    if (ports > max) {
        error_setg(errp, "maximum ports supported: %u", max);
        return;
    }
    virtio_init(vdev, VIRTIO_ID_CONSOLE, config_size(vser));
    qbus_init(&vser->bus, sizeof(vser->bus), TYPE_VIRTIO_SERIAL_BUS, dev,
              vdev->bus_name);
    qbus_set_hotplug_handler(BUS(&vser->bus), OBJECT(vser));
    vser->bus.vser = vser;
    vser->bus.max_nr_ports = ports;
    QTAILQ_INIT(&vser->ports);
    g_queue_init(&vser->control_out);
    vser->ports_map = g_new0(uint32_t, DIV_ROUND_UP(ports, 32));
    vser->ports_map[0] = 1;
    add_queues(vser);
    QLIST_INSERT_HEAD(&devices, vser, next);
}

static void serial_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOSerial *vser = VIRTIO_SERIAL(dev);

    QLIST_REMOVE(vser, next);
    virtio_delete_queue(vser->c_ivq);
    virtio_delete_queue(vser->c_ovq);
    for (uint32_t i = 0; i < vser->bus.max_nr_ports; i++) {
        virtio_delete_queue(vser->ivqs[i]);
        virtio_delete_queue(vser->ovqs[i]);
    }
    g_clear_pointer(&vser->ivqs, g_free);
    g_clear_pointer(&vser->ovqs, g_free);
    g_clear_pointer(&vser->ports_map, g_free);
    virtio_serial_end_post_load(vser);
    virtio_serial_drop_control(vser);
    qbus_set_hotplug_handler(BUS(&vser->bus), NULL);
    virtio_cleanup(vdev);
}

/* The version is of a time before the description of the core. */
static const VMStateDescription vmstate_virtio_console = {
    .name = "virtio-console",
    .minimum_version_id = 3,
    .version_id = 3,
    .fields = (const VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

static const Property serial_properties[] = {
    DEFINE_PROP_UINT32("max_ports", VirtIOSerial, serial.max_virtserial_ports,
                       31),
    DEFINE_PROP_BIT64("emergency-write", VirtIOSerial, host_features,
                      VIRTIO_CONSOLE_F_EMERG_WRITE, true),
};

static void serial_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    device_class_set_props(dc, serial_properties);
    dc->vmsd = &vmstate_virtio_console;
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
    HOTPLUG_HANDLER_CLASS(klass)->plug = port_plug;
    HOTPLUG_HANDLER_CLASS(klass)->unplug = qdev_simple_device_unplug_cb;
    vdc->realize = serial_realize;
    vdc->unrealize = serial_unrealize;
    vdc->get_features = serial_get_features;
    vdc->get_config = serial_get_config;
    vdc->set_config = serial_set_config;
    vdc->set_status = serial_set_status;
    vdc->reset = serial_reset;
    vdc->save = virtio_serial_save_ports;
    vdc->load = virtio_serial_load_ports;
}

static const TypeInfo virtio_serial_types[] = {
    {
        .name = TYPE_VIRTIO_SERIAL_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(VirtIOSerialBus),
        .class_init = bus_class_init,
    },
    {
        .name = TYPE_VIRTIO_SERIAL_PORT,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(VirtIOSerialPort),
        .abstract = true,
        .class_size = sizeof(VirtIOSerialPortClass),
        .class_init = port_class_init,
    },
    {
        .name = TYPE_VIRTIO_SERIAL,
        .parent = TYPE_VIRTIO_DEVICE,
        .instance_size = sizeof(VirtIOSerial),
        .class_init = serial_class_init,
        .interfaces = (InterfaceInfo[]) {
            { TYPE_HOTPLUG_HANDLER },
            { }
        },
    },
};

DEFINE_TYPES(virtio_serial_types)

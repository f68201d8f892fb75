#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices come to and leave a running Linux by PCIe ports: pci_hotplug.py
EMULATOR [WORD-OF-THE-EMULATOR'S-COMMAND]...

Debian's riscv64 kernel is built without its hotplug driver, so this test does
in the guest what that does, with the ports' own registers: it sees that a
device is there, puts power on, lets Linux look; after the button was pressed it
lets Linux remove the device and takes the power away.
"""
import hashlib
import pathlib
import random
import struct
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "guest"))
from guest import run_tap  # noqa: E402
from memory import GIB, MIB, MemoryGuest, folder  # noqa: E402

PORTS = 3
CAPABILITY = 0x10
# In the capability (PCIe, 7.5.3): slot capabilities, control and status.
SLTCAP, SLTCTL, SLTSTA = 0x14, 0x18, 0x1a
BUTTON, CHANGED, PRESENT = 1, 8, 0x40
LAMP_ON, LAMP_OFF, POWER_OFF = 0x100, 0x300, 0x400
LAMP = 0x300

guest = None
tmp = tempfile.TemporaryDirectory(prefix="plateau-hotplug-")


class Port:
    """The root port rpN as its driver sees it, through sysfs."""

    def __init__(self, number):
        self.bus = f"rp{number}"
        self.config = f"/sys/bus/pci/devices/0000:00:{number + 2:02x}.0/config"
        self.child = f"0000:{number + 1:02x}:00.0"
        self.at = self.read(0x34, 1)
        while self.read(self.at, 1) != CAPABILITY:
            self.at = self.read(self.at + 1, 1)
            assert self.at

    def read(self, offset, size=2):
        return int(guest.shell(f"od -An -tx{size} -j{offset} -N{size} "
                               f"{self.config}"), 16)

    def write(self, register, value):
        data = "".join(f"\\x{b:02x}" for b in struct.pack("<H", value))
        guest.shell(f"printf '{data}' | dd of={self.config} bs=2 count=1 "
                    f"conv=notrunc seek={(self.at + register) // 2} "
                    "2>/dev/null")

    def status(self):
        """What there is of it; what has changed is acknowledged."""
        value = self.read(self.at + SLTSTA)
        self.write(SLTSTA, value)
        return value

    def power(self, on):
        control = self.read(self.at + SLTCTL) & ~(LAMP | POWER_OFF)
        self.write(SLTCTL, control | (LAMP_ON if on else
                                      LAMP_OFF | POWER_OFF))

    def add(self, driver, **props):
        assert not self.status() & PRESENT
        answer = guest.command("device_add", driver=driver, bus=self.bus,
                               **props)
        assert answer == {}, answer
        status = self.status()
        assert status & PRESENT and status & CHANGED, hex(status)
        assert not devices(self.child), "seen before there was power"
        self.power(True)
        guest.shell("echo 1 > /sys/bus/pci/rescan")
        assert devices(self.child)

    def remove(self, name, meanwhile=lambda: None):
        """Asked for by device_del; gone when Linux has let it go."""
        assert guest.command("device_del", id=name) == {}
        assert self.status() & BUTTON
        again = guest.command("device_del", id=name)
        assert again["error"]["desc"] == (
            f"Device {name} is already in the process of unplug"), again
        assert "error" not in guest.command(
            "qom-list", path=f"/machine/peripheral/{name}")
        meanwhile()
        guest.shell(f"echo 1 > /sys/bus/pci/devices/{self.child}/remove")
        self.power(False)
        while guest.event("DEVICE_DELETED").get("device") != name:
            pass
        assert not self.status() & PRESENT
        guest.shell("echo 1 > /sys/bus/pci/rescan")
        assert not devices(self.child)
        assert "error" in guest.command(
            "qom-list", path=f"/machine/peripheral/{name}")


def devices(address):
    return address in guest.shell("ls /sys/bus/pci/devices")


def boots():
    global guest
    ports = [w for i in range(PORTS) for w in (
        "-device", f"pcie-root-port,id=rp{i},chassis={i + 1},slot={i + 1},"
        f"addr={i + 2}")]
    guest = MemoryGuest(sys.argv[1:], *ports)


def random_numbers():
    port = Port(0)
    for round_ in range(2):
        port.add("virtio-rng-pci", id=f"rng{round_}")
        answer = guest.command("device_add", driver="virtio-rng-pci",
                               bus=port.bus)
        assert answer["error"]["desc"] == (
            "PCI: slot 0 function 0 already occupied by virtio-rng-pci, new "
            "func virtio-rng-pci cannot be exposed to guest."), answer
        assert "virtio_rng" in guest.shell(
            "cat /sys/class/misc/hw_random/rng_available")
        assert guest.shell("dd if=/dev/hwrng bs=64 count=4 2>/dev/null | wc -c"
                           ) == "256"
        port.remove(f"rng{round_}")
        assert "virtio_rng" not in guest.shell(
            "cat /sys/class/misc/hw_random/rng_available")


def a_disk():
    port = Port(1)
    data = random.Random(5).randbytes(2 * MIB)
    path = pathlib.Path(tmp.name, "disk")
    for round_ in range(2):
        path.write_bytes(data)
        answer = guest.command("blockdev-add", driver="file",
                               filename=str(path), **{"node-name": "disk"})
        assert answer == {}, answer
        port.add("virtio-blk-pci", id=f"blk{round_}", drive="disk")
        answer = guest.command("device_add", driver="virtio-blk-pci", id="two",
                               bus="rp0", drive="disk")
        assert answer["error"]["desc"] == (
            "Permission conflict on node 'disk': permissions 'write' are both "
            f"required by block device '/machine/peripheral/blk{round_}/virtio-"
            "backend' (uses node 'disk' as 'root' child) and unshared by block "
            "device '/machine/peripheral/two/virtio-backend' (uses node 'disk' "
            "as 'root' child)."), answer
        assert not Port(0).status() & PRESENT
        got = guest.shell("sha256sum < /dev/vda")
        assert hashlib.sha256(data).hexdigest() in got, got
        guest.shell("dd if=/dev/urandom of=/dev/vda bs=64k count=8 "
                    "conv=notrunc,fsync 2>/dev/null")
        got = guest.shell("sha256sum < /dev/vda").split()[0]
        port.remove(f"blk{round_}")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == got
        answer = guest.command("blockdev-del", **{"node-name": "disk"})
        assert answer == {}, answer


def memory():
    """It stays as long as it has something plugged, or is wanted to."""
    def refused():
        answer = guest.command("device_del", id="vm0")
        return answer["error"]["desc"].removeprefix(
            "virtio-mem device cannot get unplugged while ")

    def stays_empty():
        answer = guest.try_request(2 * MIB)
        assert answer["error"]["desc"] == (
            "'requested-size' cannot be changed if the device is in the "
            "process of unplug"), answer

    port = Port(2)
    before = guest.total()
    answer = guest.command("object-add", id="mem0", size=GIB,
                           **{"qom-type": "memory-backend-ram"})
    assert answer == {}, answer
    for round_ in range(2):
        port.add("virtio-mem-pci", id="vm0", memdev="mem0")
        guest.resize(256 * MIB)
        guest.settles_at(before + 256)
        guest.start_load(3, round_)
        guest.end_load()
        assert guest.resident(GIB) > 0
        assert refused() == "some of its memory is still plugged"
        guest.resize(0)
        assert guest.resident(GIB) == 0
        guest.driver_leaves()
        guest.request(256 * MIB)
        assert refused() == "'requested-size' != '0'"
        guest.request(0)
        guest.shell("insmod /lib/*-virtio_mem.ko")
        answer = guest.command("object-del", id="mem0")
        assert answer["error"]["desc"] == (
            "object 'mem0' is in use, can not be deleted"), answer
        port.remove("vm0", stays_empty)
        assert guest.command("query-memory-devices") == []
        guest.settles_at(before)
    assert guest.command("object-del", id="mem0") == {}


def memory_that_cannot():
    """QEMU's words for what does not fit."""
    def refused(size, **props):
        made = guest.command("object-add", id="mem1", size=size, reserve=False,
                             **{"qom-type": "memory-backend-ram"})
        assert made == {}, made
        answer = guest.command("device_add", driver="virtio-mem-pci",
                               bus="rp2", id="vm1", memdev="mem1", **props)
        assert guest.command("object-del", id="mem1") == {}
        return answer["error"]["desc"]

    window = 0x3e0000000
    got = refused(32 * GIB)
    assert got == ("not enough space, currently 0x0 in use of total space for "
                   f"memory devices 0x{window:x}"), got
    got = refused(GIB, **{"requested-size": MIB})
    assert got == ("'requested-size' property has to be multiples of "
                   "'block-size' (0x200000)"), got
    got = refused(GIB + MIB)
    assert got == "backend memory size must be multiple of 0x200000", got
    got = refused(GIB, node=1)
    assert got == ("'node' property has value '1', which exceedsthe number of "
                   "numa nodes: 1"), got
    got = refused(GIB, memaddr=0x80000000)
    assert got.startswith("can't add memory device [0x80000000:0x40000000], "
                          "usable range for memory devices [0xc0000000:"), got
    assert guest.command("query-memory-devices") == []
    assert not Port(2).status() & PRESENT


def memory_that_stays():
    """A guest that may read what is not plugged may do so at any time."""
    assert guest.command("object-add", id="mem2", size=GIB, **{
        "qom-type": "memory-backend-ram"}) == {}
    Port(2).add("virtio-mem-pci", id="vm2", memdev="mem2",
                **{"unplugged-inaccessible": "off"})
    guest.resize(128 * MIB, "vm2")
    guest.resize(0, "vm2")
    answer = guest.command("device_del", id="vm2")
    assert answer["error"]["desc"] == (
        "virtio-mem device cannot get unplugged while "
        "'unplugged-inaccessible' != 'on'"), answer


def powers_off():
    guest.type("poweroff -f\n")
    assert guest.wait() == 0


if __name__ == "__main__":
    folder()
    try:
        sys.exit(run_tap([boots, random_numbers, a_disk, memory,
                          memory_that_cannot, memory_that_stays,
                          powers_off]))
    finally:
        if guest:
            guest.close()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux's virtio_mem: memory is plugged and unplugged by qom-set; what the
guest sees, what the monitor says, what the host has. Under a load; on two
nodes and on PCI; slots mapped on demand; memory that is not plugged is read;
the driver leaves and returns; a kernel starts another; resets; what is refused.

    virtio_mem.py [--short] EMULATOR [WORD-OF-THE-EMULATOR'S-COMMAND]...

PLATEAU_MODEL_SEED is the seed of the random steps; `tests/guest/memory-soak`
makes them for a long time.
"""
import os
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "guest"))
from guest import PROMPT, run_tap  # noqa: E402
from memory import (GIB, MIB, MemoryGuest, folder,  # noqa: E402
                    random_steps)

SHORT = sys.argv[1] == "--short"
COMMAND = sys.argv[2:] if SHORT else sys.argv[1:]


def device(number, size, rest="", driver="virtio-mem"):
    return ["-object", f"memory-backend-ram,id=mem{number},size={size}",
            "-device", f"{driver},id=vm{number},memdev=mem{number}{rest}"]


def start(*args):
    return MemoryGuest(COMMAND, *args)


def error(answer):
    return answer["error"]["desc"]


def plug_and_unplug():
    with start(*device(0, 2 * GIB)) as guest:
        before = guest.total()
        plug = guest.resize(GIB)
        guest.settles_at(before + 1024)
        summary = guest.command("query-memory-size-summary")
        assert summary == {"base-memory": 512 * MIB,
                           "plugged-memory": GIB}, summary
        guest.command("query-status")
        sizes = [e["data"] for e in guest.qmp.events
                 if e["event"] == "MEMORY_DEVICE_SIZE_CHANGE"]
        assert sizes and sizes[0]["id"] == "vm0", f"events {guest.qmp.events}"
        assert sizes[0]["qom-path"] == "/machine/peripheral/vm0", sizes
        text = guest.hmp("info memory-devices").splitlines()
        assert [line.strip() for line in text] == [
            'Memory device [virtio-mem]: "vm0"', "memaddr: 0xc0000000",
            "node: 0", f"requested-size: {GIB}", f"size: {GIB}",
            f"max-size: {2 * GIB}", "block-size: 2097152",
            "memdev: /objects/mem0"], f"info {text}"
        guest.shell("mkdir -p /m; mount -t tmpfs -o size=900m none /m; "
                    "dd if=/dev/zero of=/m/a bs=1M count=700 2>/dev/null")
        assert guest.resident(2 * GIB) > 300 * MIB
        guest.shell("umount /m")
        unplug = guest.resize(0)
        assert guest.resident(2 * GIB) == 0
        guest.settles_at(before)
        refusals(guest)
        return f"plug {plug * 1000:.0f} ms, unplug {unplug * 1000:.0f} ms"


def refusals(guest):
    assert error(guest.try_request(MIB)) == (
        "'requested-size' has to be multiples of 'block-size' (0x200000)")
    assert error(guest.try_request(2 * GIB + 2 * MIB)) == (
        "'requested-size' cannot exceed the memory backend size(0x80000000)")
    assert guest.info()["requested-size"] == 0
    assert error(guest.command("qom-set", path="/machine/peripheral/vm0",
                               property="block-size", value=4 * MIB)) == (
        "'block-size' cannot be changed")
    assert error(guest.command("device_del", id="vm0")) == (
        "Bus 'virtio-mmio-bus.7' does not support hotplugging")


def under_load():
    """With dynamic slots too; a word that is wrong in the guest is an error."""
    seed = int(os.environ.get("PLATEAU_MODEL_SEED")
               or random.randrange(1 << 31))
    sizes = [GIB, GIB + 256 * MIB]
    print(f"# PLATEAU_MODEL_SEED={seed}", flush=True)
    with start(*device(0, sizes[0]),
               *device(1, sizes[1], ",dynamic-memslots=on"),
               "-smp", "2") as guest:
        return random_steps(guest, sizes, 15, seed)


def nodes(guest):
    """MemTotal of each node, in MiB."""
    lines = guest.shell("grep -h MemTotal /sys/devices/system/node/node*/"
                        "meminfo").split("\n")
    return [int(line.split()[3]) // 1024 for line in lines]


def two_nodes():
    """One on virtio-mmio, one on PCI; only their own nodes grow."""
    with start("-smp", "2", *[w for i in range(2) for w in (
            "-object", f"memory-backend-ram,id=ram{i},size=256M",
            "-numa", f"node,nodeid={i},memdev=ram{i},cpus={i}")],
               *device(0, GIB, ",node=1"),
               *device(1, 2 * GIB, ",node=0", "virtio-mem-pci")) as guest:
        before = nodes(guest)
        guest.resize(256 * MIB)
        guest.settles(lambda: nodes(guest), [before[0], before[1] + 256])
        guest.resize(640 * MIB, "vm1")
        guest.settles(lambda: nodes(guest), [before[0] + 640, before[1] + 256])
        text = guest.hmp("info numa")
        for line in ("node 0 size: 896 MB", "node 0 plugged: 640 MB",
                     "node 1 size: 512 MB", "node 1 plugged: 256 MB"):
            assert line in text, text
        guest.start_load(5, 1)
        load = guest.end_load()
        assert guest.resident(GIB) + guest.resident(2 * GIB) > 0
        guest.resize(0, "vm1")
        assert guest.resident(2 * GIB) == 0
        guest.settles(lambda: nodes(guest), [before[0], before[1] + 256])
        guest.resize(0)
        assert guest.resident(GIB) == 0
        guest.settles(lambda: nodes(guest), before)
        return load


# ---- one boot ---------------------------------------------------------------

GUEST = None
SIZES = (GIB, 2 * GIB, 4 * GIB)


def slots_on_demand():
    global GUEST
    image, initrd = (os.path.realpath(folder() / name)
                     for name in ("Image", "initramfs.cpio.gz"))
    GUEST = start(*device(0, SIZES[0], ",unplugged-inaccessible=on"),
                  *device(1, SIZES[1], ",unplugged-inaccessible=off"),
                  *device(2, SIZES[2], ",dynamic-memslots=on"),
                  *[w for file in (image, initrd) for w in (
                      "-drive", f"if=none,id={pathlib.Path(file).stem},"
                      f"format=raw,readonly=on,file={file}", "-device",
                      f"virtio-blk-device,drive={pathlib.Path(file).stem}")])
    slots = "(prio 0, ram): mem2"
    assert slots not in GUEST.hmp("info mtree -f")
    GUEST.resize(GIB + 128 * MIB, "vm2")
    assert GUEST.hmp("info mtree -f").count("mem2") >= 2
    GUEST.resize(0, "vm2")
    assert slots not in GUEST.hmp("info mtree -f")


def peek(address):
    return GUEST.shell(f"devmem {address:#x} 64")


def what_is_not_plugged_is_read():
    """Zeroes that take no memory; what is not mapped is a fault of the guest's
    program. The driver is gone: it keeps everybody from its memory."""
    GUEST.driver_leaves()
    for number, size in enumerate(SIZES):
        at = GUEST.info(f"vm{number}")["memaddr"]
        for address in (at, at + 200 * MIB + 8, at + size - 8):
            got = peek(address)
            expected = "fault" if number == 2 else "0x0000000000000000"
            assert got.endswith(expected), (number, got)
        assert GUEST.resident(size) == 0
    # What a guest has written where it must not is gone when it is unplugged.
    for number in range(2):
        at = GUEST.info(f"vm{number}")["memaddr"]
        GUEST.shell(f"devmem {at + 8:#x} 64 0x1234")
        assert peek(at + 8) == "0x0000000000001234"
        assert GUEST.resident(SIZES[number]) > 0
    GUEST.shell("insmod /lib/*-virtio_mem.ko")
    for number in range(2):
        GUEST.resize(256 * MIB, f"vm{number}")
        GUEST.resize(0, f"vm{number}")
        assert GUEST.resident(SIZES[number]) == 0


def the_driver_leaves_and_returns():
    for _ in range(2):
        GUEST.driver_leaves()
        GUEST.shell("insmod /lib/*-virtio_mem.ko")
        for number in range(3):
            GUEST.resize(256 * MIB, f"vm{number}")
        for number in range(3):
            GUEST.resize(0, f"vm{number}")


def a_kernel_starts_another():
    """No reset of the machine: the new driver finds memory that is plugged,
    and gives it back before it asks for some."""
    plugged = (128 * MIB, 384 * MIB, GIB + 2 * MIB)
    for number, size in enumerate(plugged):
        GUEST.resize(size, f"vm{number}")
    GUEST.start_load(4, 2)
    GUEST.end_load()
    held = [GUEST.resident(size) for size in SIZES]
    assert sum(held) > 0
    old = GUEST.total()
    disks = GUEST.shell("cat /sys/block/vda/size /sys/block/vdb/size").split()
    kernel, initrd = sorted("ab", key=lambda c: -int(disks["ab".index(c)]))
    at = int(GUEST.shell("od -An -tx1 /proc/device-tree/chosen/"
                         "linux,initrd-start").replace(" ", ""), 16)
    GUEST.type(f"kexec /dev/vd{kernel} {0x80200000} /dev/vd{initrd} {at} "
               f"/sys/firmware/fdt {0x8a000000}\n")
    GUEST.expect("guest: userspace after")
    GUEST.expect(PROMPT)
    log = GUEST.shell("dmesg | grep -c 'unplugging all memory is required'")
    assert log == "3", log
    for number, size in enumerate(plugged):
        GUEST.wait_for(size, f"vm{number}")
    GUEST.settles_at(old)
    GUEST.start_load(4, 3)
    load = GUEST.end_load()
    for number, size in enumerate(SIZES):
        GUEST.resize(0, f"vm{number}")
        assert GUEST.resident(size) == 0
    GUEST.close()
    return load


def a_reset():
    """All memory is unplugged, and plugged again by the next kernel; so after a
    driver has left its memory behind, which Linux lets none take over."""
    with start(*device(0, GIB)) as guest:
        before = guest.total()
        guest.resize(512 * MIB)
        guest.settles_at(before + 512)
        guest.shell("rmmod virtio_mem; insmod /lib/*-virtio_mem.ko")
        assert guest.shell("dmesg | grep -c 'reloading the driver is not'") \
            == "1"
        assert guest.total() == before + 512
        guest.start_load(3, 4)
        load = guest.end_load()
        assert guest.resident(GIB) > 0
        assert guest.info()["size"] == 512 * MIB
        guest.request(256 * MIB)
        guest.type("reboot -f\n")
        guest.expect(PROMPT)
        guest.wait_for(256 * MIB)
        guest.settles_at(before + 256)
        assert guest.resident(GIB) <= 256 * MIB
        guest.resize(0)
        assert guest.resident(GIB) == 0
        guest.settles_at(before)
        return load


if __name__ == "__main__":
    folder()
    try:
        sys.exit(run_tap([plug_and_unplug] if SHORT else [
            plug_and_unplug, under_load, two_nodes, slots_on_demand,
            what_is_not_plugged_is_read, the_driver_leaves_and_returns,
            a_kernel_starts_another, a_reset]))
    finally:
        if GUEST:
            GUEST.close()

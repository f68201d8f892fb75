#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux's virtio_mem on virtio-mmio: memory is plugged and unplugged by
qom-set; what the guest sees, what the monitor says, what the host has; two
devices, slots mapped on demand, a reset, the driver unbound; what is refused.

    virtio_mem.py [--short] EMULATOR [WORD-OF-THE-EMULATOR'S-COMMAND]...
"""
import pathlib
import random
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "guest"))
from guest import (PROMPT, Guest, GuestError, deadline, images,  # noqa: E402
                   linux, run_tap)

SHORT = sys.argv[1] == "--short"
COMMAND = sys.argv[2:] if SHORT else sys.argv[1:]
MODULES = "virtio_mmio,virtio_mem"
MIB = 1 << 20
GIB = 1 << 30


def start(*args, devices=1, size="2G", props=""):
    folder = images(MODULES)
    extra = []
    for i in range(devices):
        extra += ["-object", f"memory-backend-ram,id=mem{i},size={size}",
                  "-device", f"virtio-mem,id=vm{i},memdev=mem{i}{props}"]
    guest = Guest(COMMAND,
                  *linux("quiet memhp_default_state=online_movable", folder),
                  "-m", "512M,maxmem=8G", "-global",
                  "virtio-mmio.force-legacy=off", *extra, *args)
    guest.expect(PROMPT)
    return guest


def request(guest, size, device="vm0"):
    answer = guest.command("qom-set", path=f"/machine/peripheral/{device}",
                           property="requested-size", value=size)
    assert answer == {}, answer


def info(guest, device="vm0"):
    for entry in guest.command("query-memory-devices"):
        if entry["data"]["id"] == device:
            return entry["data"]
    raise GuestError(f"no {device}")


def wait_for(guest, size, device="vm0", timeout=60):
    """Until that much is plugged; the seconds it took."""
    begin = time.monotonic()
    end = deadline(timeout)
    while info(guest, device)["size"] != size:
        if time.monotonic() > end:
            raise GuestError(f"{info(guest, device)}; {guest.tail()}")
        time.sleep(0.005)
    return time.monotonic() - begin


def resize(guest, size, device="vm0"):
    begin = time.monotonic()
    request(guest, size, device)
    wait_for(guest, size, device)
    return time.monotonic() - begin


def total(guest):
    """MemTotal in MiB."""
    return int(guest.shell("awk '/MemTotal/ {print $2}' /proc/meminfo")) // 1024


def resident(guest, size):
    """Of mappings of at least that size but for the guest's first RAM: KiB."""
    found = []
    with open(f"/proc/{guest.process.pid}/smaps", encoding="ascii") as smaps:
        for line in smaps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line)
            if match:
                length = int(match[2], 16) - int(match[1], 16)
            elif line.startswith("Rss:") and length == size:
                found.append(int(line.split()[1]))
    return found


def plug_and_unplug():
    with start() as guest:
        before = total(guest)
        plug = resize(guest, GIB)
        time.sleep(0.2)
        with_it = total(guest)
        assert with_it - before == 1024, (before, with_it)
        summary = guest.command("query-memory-size-summary")
        assert summary == {"base-memory": 512 * MIB,
                           "plugged-memory": GIB}, summary
        guest.command("query-status")
        sizes = [e["data"] for e in guest.events
                 if e["event"] == "MEMORY_DEVICE_SIZE_CHANGE"]
        assert sizes and sizes[0]["id"] == "vm0", guest.events
        assert sizes[0]["qom-path"] == "/machine/peripheral/vm0", sizes
        text = guest.hmp("info memory-devices").splitlines()
        assert [line.strip() for line in text] == [
            'Memory device [virtio-mem]: "vm0"', "memaddr: 0xc0000000",
            "node: 0", f"requested-size: {GIB}", f"size: {GIB}",
            f"max-size: {2 * GIB}", "block-size: 2097152",
            "memdev: /objects/mem0"], text
        guest.shell("mkdir -p /m; mount -t tmpfs -o size=900m none /m; "
                    "dd if=/dev/zero of=/m/a bs=1M count=700 2>/dev/null")
        assert sum(resident(guest, 2 * GIB)) > 300 * 1024
        guest.shell("umount /m")
        unplug = resize(guest, 0)
        assert sum(resident(guest, 2 * GIB)) == 0, resident(guest, 2 * GIB)
        assert total(guest) == before
        return f"plug {plug * 1000:.0f} ms, unplug {unplug * 1000:.0f} ms"


def in_random_steps():
    rand = random.Random(1)
    with start(devices=2) as guest:
        before = total(guest)
        for _ in range(12):
            sizes = [rand.randrange(0, 9) * 128 * MIB for _ in range(2)]
            for i, size in enumerate(sizes):
                request(guest, size, f"vm{i}")
            for i, size in enumerate(sizes):
                wait_for(guest, size, f"vm{i}")
            assert total(guest) == before + sum(sizes) // MIB, sizes
        for i in range(2):
            resize(guest, 0, f"vm{i}")
        assert sum(resident(guest, 2 * GIB)) == 0


def slots_on_demand():
    with start(size="4G", props=",dynamic-memslots=on") as guest:
        assert "memslot-" not in guest.hmp("info mtree -f")
        resize(guest, GIB + 128 * MIB)
        flat = guest.hmp("info mtree -f")
        assert flat.count("mem0") >= 2, flat
        resize(guest, 0)
        assert "(prio 0, ram): mem0" not in guest.hmp("info mtree -f")


def a_reset():
    """All memory is unplugged, and plugged again by the next kernel."""
    with start() as guest:
        before = total(guest)
        resize(guest, 512 * MIB)
        guest.command("system_reset")
        guest.expect(PROMPT)
        wait_for(guest, 512 * MIB)
        assert total(guest) == before + 512
        request(guest, 0)
        wait_for(guest, 0)


def the_driver_leaves_and_returns():
    driver = "/sys/bus/virtio/drivers/virtio_mem"
    with start() as guest:
        resize(guest, 256 * MIB)
        resize(guest, 0)
        name = guest.shell(f"cd {driver}; ls -d virtio*; cd /").split()[0]
        for _ in range(2):
            guest.shell(f"echo {name} > {driver}/unbind")
            guest.shell(f"echo {name} > {driver}/bind")
            resize(guest, 256 * MIB)
            resize(guest, 0)


def refusals():
    def refused(value):
        answer = guest.command("qom-set", path="/machine/peripheral/vm0",
                               property="requested-size", value=value)
        return answer["error"]["desc"]

    with start() as guest:
        assert refused(MIB) == ("'requested-size' has to be multiples of "
                                "'block-size' (0x200000)")
        assert refused(3 * GIB) == ("'requested-size' cannot exceed the memory"
                                    " backend size(0x80000000)")
        answer = guest.command("device_del", id="vm0")
        assert "error" in answer, answer


if __name__ == "__main__":
    images(MODULES)
    run_tap([plug_and_unplug] if SHORT else
            [plug_and_unplug, in_random_steps, slots_on_demand, a_reset,
             the_driver_leaves_and_returns, refusals])

# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux guest whose memory grows and shrinks by virtio-mem, for tests.

Devices are vm0, vm1, ... with the backends mem0, mem1, ...; each backend has a
size of its own, by which its mapping is found in /proc/PID/smaps.
"""
import random
import re
import time

from guest import PROMPT, Guest, GuestError, deadline, images, linux

MODULES = "virtio_mmio,pxm_nodes,virtio_mem,virtio_rng,virtio_blk"
PROGRAMS = "memload,kexec"
MIB = 1 << 20
GIB = 1 << 30
# What is wanted again makes a driver that waits after a failure try again.
PATIENCE = 2


def folder():
    return images(MODULES, PROGRAMS)


def resident(pid, size):
    """Of the only mapping of that size, in bytes."""
    found = []
    with open(f"/proc/{pid}/smaps", encoding="ascii") as maps:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line)
            if match:
                length = int(match[2], 16) - int(match[1], 16)
            elif line.startswith("Rss:") and length == size:
                found.append(int(line.split()[1]) << 10)
    assert len(found) == 1, found
    return found[0]


class MemoryGuest(Guest):
    def __init__(self, command, *args, append=""):
        append = f"quiet memhp_default_state=online_movable {append}"
        super().__init__(command, *linux(append, folder()),
                         "-m", "512M,maxmem=16G", "-global",
                         "virtio-mmio.force-legacy=off", *args)
        try:
            self.expect(PROMPT)
        except Exception:
            self.close()
            raise

    def try_request(self, size, device="vm0"):
        """{}, or what QMP says against it."""
        return self.command("qom-set", path=f"/machine/peripheral/{device}",
                            property="requested-size", value=size)

    def request(self, size, device="vm0"):
        answer = self.try_request(size, device)
        assert answer == {}, answer

    def info(self, device="vm0"):
        for entry in self.command("query-memory-devices"):
            if entry["data"]["id"] == device:
                return entry["data"]
        raise GuestError(f"no {device}")

    def wait_for(self, size, device="vm0", timeout=60):
        """Until that much is plugged."""
        end = deadline(timeout)
        again = time.monotonic() + PATIENCE
        while self.info(device)["size"] != size:
            now = time.monotonic()
            if now > end:
                raise GuestError(f"{self.info(device)}; {self.tail()}")
            if now > again:
                self.request(self.info(device)["requested-size"], device)
                again = now + PATIENCE
            time.sleep(0.005)

    def resize(self, size, device="vm0", timeout=60):
        """Wants it and waits; the seconds it took."""
        begin = time.monotonic()
        self.request(size, device)
        self.wait_for(size, device, timeout)
        return time.monotonic() - begin

    def total(self):
        """MemTotal in MiB."""
        return int(self.shell("awk '/MemTotal/ {print $2}' /proc/meminfo")
                   ) // 1024

    def settles(self, what, expected, timeout=20):
        """Asserts that what() becomes `expected`. The device knows first what
        is plugged: Linux adds memory to itself after it has plugged it, and
        removes it after it has unplugged it."""
        end = deadline(timeout)
        while (got := what()) != expected:
            assert time.monotonic() < end, (got, expected)
            time.sleep(0.05)

    def settles_at(self, total):
        """MemTotal in MiB."""
        self.settles(self.total, total)

    def driver_leaves(self):
        """rmmod, when Linux has removed all that the driver has added: one that
        leaves earlier cannot return, and keeps everybody from its memory and
        from that of the device below."""
        self.settles(lambda: self.shell(
            "grep -c 'System RAM (virtio_mem)' /proc/iomem"), "0")
        self.shell("rmmod virtio_mem")
        assert self.shell("grep -c virtio_mem /proc/modules") == "0"

    def resident(self, size):
        return resident(self.process.pid, size)

    def start_load(self, seconds, seed, keep=96):
        self.shell(f"memload {seconds} {seed} {keep} > /tmp/load &")

    def end_load(self, timeout=120):
        """What the load says of itself; an error if it found a wrong word."""
        out = self.shell("wait; cat /tmp/load", timeout)
        assert "memload: good=1" in out, f"{out}; {self.tail()}"
        return out.split("good=1, ")[1].split("\n")[0].strip()


def random_steps(guest, sizes, seconds, seed, say=lambda text: None):
    """Plugs and unplugs, with a load in the guest; `sizes` of the backends.

    After every step as much is plugged as was wanted, and never more of the
    backend is resident than is plugged; at the end nothing is. What was done.
    """
    rand = random.Random(seed)
    begin = time.monotonic()
    before = guest.total()
    steps = shrunk = highest = 0
    guest.start_load(int(seconds), rand.randrange(1 << 31))
    while time.monotonic() < begin + seconds:
        wanted = {f"vm{i}": pick(rand, size) for i, size in enumerate(sizes)}
        for device, size in wanted.items():
            shrunk += size < guest.info(device)["size"]
            guest.request(size, device)
        for (device, size), backend in zip(wanted.items(), sizes):
            guest.wait_for(size, device, 300)
            resident = guest.resident(backend)
            highest = max(highest, resident)
            assert resident <= size, (device, resident, size)
        steps += 1
        say(f"step {steps}, {time.monotonic() - begin:.0f} s: " + ", ".join(
            f"{device} {size // MIB} MiB" for device, size in wanted.items()))
        time.sleep(rand.random())
    load = guest.end_load(300)
    for device, backend in enumerate(sizes):
        guest.resize(0, f"vm{device}", 300)
        assert guest.resident(backend) == 0
    guest.settles_at(before)
    assert highest > 0
    return (f"{steps} steps, {shrunk} to less, at most {highest // MIB} MiB "
            f"resident; {load}")


def pick(rand, size):
    """Nothing, everything, whole pieces of Linux's, or any blocks."""
    kind = rand.randrange(8)
    if kind == 0:
        return 0
    if kind == 1:
        return size
    if kind < 5:
        return rand.randrange(size // (128 * MIB) + 1) * 128 * MIB
    return rand.randrange(size // (2 * MIB) + 1) * 2 * MIB

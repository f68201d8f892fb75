#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each call into KVM fails, in turn, while a machine starts, works and ends:
there is an error, or what failed is done without; never a crash, a hang, a
leak or a slot that shows other memory. The same with few memory slots.

    kvm_faults.py [--short | --all] EMULATOR

EMULATOR is faulty-kvm. Of calls that differ in nothing but the time the first
and one other fail, by chance (PLATEAU_FAULTS_SEED). --short: one only; --all:
each call with each errno.
"""
from concurrent.futures import ThreadPoolExecutor
import errno
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "guest")]
from guest import deadline  # noqa: E402
from qmp import Failed, Qmp  # noqa: E402
from tap import run_tap  # noqa: E402
import x86  # noqa: E402

MODE = sys.argv[1] if sys.argv[1].startswith("--") else ""
EMULATOR = sys.argv[-1]
ERRNOS = [errno.EINVAL, errno.ENOMEM, errno.EIO]
TMP = tempfile.TemporaryDirectory(prefix="plateau-faults-")
SLOW = float(os.environ.get("PLATEAU_TEST_SLOWNESS", "1"))
SEED = int(os.environ.get("PLATEAU_FAULTS_SEED", random.randrange(1 << 32)))
JOBS = 6   # guests that do not answer take most of the time

SET_REGION = "0x4020ae46"
ROUTES = "0x4008ae6a"
# A loss that nobody needs to hear of: the rest of the machine does without.
QUIET = {
    "0xae03": "what a host cannot do is not used",
    "0xaea3": "the TSC's frequency: the guest's is the host's",
    "0xaead": "the guest's watchdogs: it may have no clock to tell",
    "0xaece": "statistics: query-stats says so",
    SET_REGION: "a slot: it was tried again, or else would be missing",
    "0xc004ae02": "the MSRs' number: the list is asked for with it",
}


class Run:
    """A machine at work, with a call that fails."""
    window = False       # only calls after arm() count

    def __init__(self, fail="", slots="", args=(), smm=False,
                 poison="", accel="kvm"):
        self.folder = tempfile.mkdtemp(dir=TMP.name)
        self.log = f"{self.folder}/log"
        env = dict(os.environ, FAULTY_KVM_LOG=self.log)
        self.armed = f"{self.folder}/armed"
        if self.window:
            env["FAULTY_KVM_ARM"] = self.armed
        if fail:
            env["FAULTY_KVM_FAIL"] = fail
        if slots:
            env["FAULTY_KVM_SLOTS"] = str(slots)
        if poison:
            env["FAULTY_KVM_POISON"] = poison
        if smm:
            env["FAULTY_KVM_SMM"] = "1"
        self.told = []       # what QMP refused
        self.mute = False    # the guest did not answer
        self.alive = False   # it has worked to the end
        self.serial, serial = socket.socketpair()
        self.monitor, monitor = socket.socketpair()
        self.errors = open(f"{self.folder}/stderr", "w+")
        self.more, more = socket.socketpair()
        fds = [serial.fileno(), monitor.fileno(), more.fileno()]
        self.process = subprocess.Popen(
            [EMULATOR, "-M", "microvm", "-accel", accel, "-cpu", "host",
             "-nodefaults", "-display", "none", "-bios", f"{TMP.name}/bios.rom",
             "-chardev", f"socket,id=s,fd={fds[0]}", "-serial", "chardev:s",
             "-chardev", f"socket,id=m,fd={fds[1]}", "-mon",
             "m,mode=control", *(arg.replace("MORE", f"fd={fds[2]}")
                                 for arg in args)], env=env, pass_fds=fds,
            stdin=subprocess.DEVNULL, stdout=self.errors, stderr=self.errors)
        for ours in (serial, monitor, more):
            ours.close()
        self.end = deadline(60)
        try:
            self.work()
            self.status = self.process.wait(60 * SLOW)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.errors.seek(0)
            self.stderr = self.errors.read()
            self.errors.close()
            self.more.close()
            self.serial.close()
            self.monitor.close()

    def qmp(self, name, **arguments):
        try:
            return self.client.command(name, **arguments)
        except Failed as error:
            self.told.append(str(error))
        return None

    def running(self):
        status = self.qmp("query-status")
        return status and status["running"]

    def echo(self, byte):
        """Whether the guest answers."""
        if byte:
            self.serial.sendall(byte)
        self.serial.settimeout(2 * SLOW)
        try:
            self.mute |= self.serial.recv(1) != (byte or b"A")
        except (TimeoutError, socket.timeout):
            self.mute = True

    def migrate(self):
        """It completes, or says why it does not; then the guest goes on."""
        ran = self.running()
        if self.qmp("migrate", uri="exec:cat > /dev/null") is None:
            return
        end = deadline(30)
        while (now := self.qmp("query-migrate"))["status"] not in (
                "completed", "failed"):
            assert time.monotonic() < end, "the migration does not end"
            time.sleep(0.005)
        if now["status"] == "failed":
            self.told.append(now["error-desc"])
            assert self.running() == ran, now

    def work(self):
        self.monitor.settimeout(60 * SLOW)
        try:
            self.client = Qmp(self.monitor.makefile("rwb"))
            if self.running():
                self.echo(b"")
            if self.running() and not self.mute:
                self.echo(b"x")
            for line in ("info registers", "info lapic", "info pic",
                         "info irq"):
                text = self.client.hmp(line)
                if "failed" in text:
                    self.told.append(text)
            self.qmp("stop")
            self.qmp("cont")
            self.migrate()
            self.qmp("cont")
            if self.running() and not self.mute:
                self.echo(b"y")
            self.qmp("system_reset")
            if self.running() and not self.mute:
                self.echo(b"")
            self.alive = self.running()
            self.qmp("quit")
        except (EOFError, ConnectionError):
            pass

    def arm(self):
        """Calls are counted from here on."""
        pathlib.Path(self.armed).touch()

    def calls(self):
        """[(ioctl, argument)], as they came."""
        return [tuple(line.split()[1:3])
                for line in pathlib.Path(self.log).read_text().splitlines()]

    def check(self, what):
        text = f"{what}: status {self.status}, stderr: {self.stderr}"
        assert self.status in (0, 1), text
        assert not re.search("Sanitizer|runtime error|assert", self.stderr), \
            text
        if self.status == 1:
            assert self.stderr.strip(), text
        return text


def starts():
    run = Run()
    assert run.status == 0 and run.alive and not run.mute, run.__dict__
    assert not run.stderr and not run.told, run.__dict__
    return f"{len(run.calls())} calls"


def management_mode():
    """Where the host has it, a second address space has the same memory."""
    for args in ([], ["-machine", "smm=on"]):
        run = Run(smm=True, args=args)
        text = run.check(f"smm: {args}")
        assert run.status == 0 and run.alive and not run.stderr, text
    # Its events are without SMM, which this host does not take.
    run = Run(smm=True, args=["-machine", "smm=off"])
    assert "Failed to set vcpu events" in run.stderr, run.stderr


# ---- calls that fail --------------------------------------------------------

def side_by_side(function, items):
    """What it returns of each."""
    with ThreadPoolExecutor(JOBS) as pool:
        return list(pool.map(function, items))


def chosen(calls):
    """The numbers of those that are to fail."""
    alike = {}
    for n, call in enumerate(calls, 1):
        alike.setdefault(call, []).append(n)
    if MODE == "--all":
        return range(1, len(calls) + 1)
    chance = random.Random(SEED)
    picked = {chance.choice(numbers) for numbers in alike.values()}
    if MODE != "--short":
        picked.update(numbers[0] for numbers in alike.values())
    return sorted(picked)


def fail_each(slots="", args=(), only=()):
    calls = Run(slots=slots, args=args).calls()
    picked = [n for n, (ioctl, _) in enumerate(calls, 1) if ioctl in only]

    def fail(one):
        n, err = one
        run = Run(f"{n}:{err}", slots, args)
        made = run.calls()
        if len(made) < n:
            return False     # the guest was faster this time
        kind = made[n - 1]
        text = run.check(f"call {n} {kind} with {errno.errorcode[err]}")
        said = run.stderr.strip() or run.told
        assert said or kind[0] in QUIET, f"nothing was said of {text}"
        # Who goes on without the guest has said so.
        assert said or run.alive, text
        return True

    runs = side_by_side(fail, [
        (n, err) for n in picked or chosen(calls)
        for err in (ERRNOS if MODE == "--all" else [ERRNOS[n % len(ERRNOS)]])])
    return f"{sum(runs)} runs"


# ---- what else a machine does ----------------------------------------------

def fail_window(kind, each=(), **more):
    """Calls in the part that @kind marks: as fail_each(); all of ioctls @each.
    """
    right = kind(**more)
    text = right.check("no fault")
    assert right.alive and not right.told and not right.stderr, \
        f"{text} {right.told}"
    calls = right.calls()[:right.last]
    picked = [(calls[n - 1][0], n, "") for n in chosen(calls)
              if calls[n - 1][0] not in each]
    for ioctl in each:
        count = sum(call[0] == ioctl for call in calls)
        assert count, ioctl
        picked += [(ioctl, n, f":{ioctl}") for n in range(1, count + 1)]

    def fail(one):
        ioctl, n, kind_only = one
        run = kind(f"{n}:{ERRNOS[n % len(ERRNOS)]}{kind_only}", **more)
        made = run.calls()
        if kind_only:
            made = [call for call in made if call[0] == ioctl]
        if len(made) < n:
            return False
        call = made[n - 1]
        text = run.check(f"call {n} {call}: {run.told}")
        assert run.told or run.stderr.strip() or call[0] in QUIET, text
        # Refused is refused: the guest has not noticed.
        assert run.alive or run.stderr.strip(), text
        return bool(run.told)

    refused = sum(side_by_side(fail, picked))
    return f"{len(calls)} calls, {len(picked)} failed, {refused} refused"


class Plugged(Run):
    """Memory devices are plugged; what fails is tried again."""
    window = True
    tries = 2

    def plug(self, name, **device):
        for _ in range(self.tries):
            before = len(self.told)
            if self.qmp("device_add", id=name, **device) is not None:
                return
            # The slots are looked at when it stops.
            assert len(self.told) > before
            self.qmp("stop")
            self.qmp("cont")

    def act(self):
        for name in ("a", "b"):
            self.qmp("object-add", **{"qom-type": "memory-backend-ram"},
                     id=f"m{name}", size=128 << 20)
            self.plug(name, driver="pc-dimm", memdev=f"m{name}")
        taken = self.qmp("query-memory-devices")
        self.plugged = [one["data"]["id"] for one in taken]

    def work(self):
        self.monitor.settimeout(60 * SLOW)
        self.plugged = None
        self.last = 0
        try:
            self.client = Qmp(self.monitor.makefile("rwb"))
            self.echo(b"")
            self.arm()
            self.act()
            self.last = len(self.calls())
            if self.running():
                self.echo(b"x")
            self.qmp("stop")
            self.qmp("cont")
            self.alive = self.running() and not self.mute
            self.qmp("quit")
        except (EOFError, ConnectionError):
            pass


def plugged_memory():
    return fail_window(Plugged, args=["-m", "64M,slots=4,maxmem=2G"])


class Transport(Plugged):
    """A device on virtio-mmio is driven: its queue has an eventfd."""

    def tell(self, line):
        self.more.sendall(f"{line}\n".encode())
        answer = b""
        while not answer.endswith(b"\n"):
            answer += self.more.recv(100)
        assert answer.startswith(b"OK"), answer
        return int((answer.split() + [b"0"])[1], 0)

    def transport(self):
        """Where the first with a device is."""
        self.more.settimeout(30 * SLOW)
        return next(at for at in range(0xfeb00000, 0xfeb03000, 512)
                    if self.tell(f"readl {at + 8:#x}"))

    def act(self):
        base = self.transport()
        assert self.tell(f"readl {base + 4:#x}") == 1
        for offset, value in (
                (0x70, 0), (0x70, 1), (0x70, 3), (0x28, 4096), (0x30, 0),
                (0x38, 8), (0x3c, 4096), (0x40, 0x10), (0x70, 7), (0x50, 0),
                (0x70, 0)):
            self.tell(f"writel {base + offset:#x} {value:#x}")


DRIVER = ["-chardev", "socket,id=q,MORE",
          "-object", "qtest,id=q0,chardev=q,log=/dev/null"]


def driven_transport():
    return fail_window(Transport,
                       args=["-device", "virtio-rng-device", *DRIVER])


class DynamicMemory(Transport):
    """virtio-mem's blocks come and go; its memory slots with them."""
    DESC, AVAIL, USED, REQUEST, RESPONSE = range(0x200000, 0x205000, 0x1000)
    BLOCK = 512 << 20   # half a slot

    def request(self, kind, block, number):
        """The response's type."""
        self.tell(f"writew {self.REQUEST:#x} {kind}")
        self.tell(f"writeq {self.REQUEST + 8:#x} "
                  f"{self.window + block * self.BLOCK:#x}")
        self.tell(f"writew {self.REQUEST + 16:#x} {number}")
        self.tell(f"writew {self.AVAIL + 4 + 2 * (self.sent % 8):#x} 0")
        self.sent += 1
        self.tell(f"writew {self.AVAIL + 2:#x} {self.sent}")
        self.tell(f"writel {self.base + 0x50:#x} 0")
        end = deadline(30)
        while self.tell(f"readw {self.USED + 2:#x}") != self.sent:
            assert time.monotonic() < end, "no response"
        return self.tell(f"readw {self.RESPONSE:#x}")

    def drive(self):
        """The device's queue is the guest's."""
        self.base = self.transport()
        self.sent = 0
        for offset, value in (
                (0x70, 0), (0x70, 1), (0x70, 3), (0x24, 0), (0x20, 2),
                (0x24, 1), (0x20, 1), (0x70, 11), (0x30, 0), (0x38, 8),
                (0x80, self.DESC), (0x90, self.AVAIL), (0xa0, self.USED),
                (0x44, 1), (0x70, 15)):
            self.tell(f"writel {self.base + offset:#x} {value:#x}")
        for at, (addr, size, flags) in enumerate(
                ((self.REQUEST, 24, 1), (self.RESPONSE, 10, 2))):
            self.tell(f"writeq {self.DESC + 16 * at:#x} {addr:#x}")
            self.tell(f"writeq {self.DESC + 16 * at + 8:#x} "
                      f"{size | flags << 32 | 1 << 48:#x}")
        self.window = (self.tell(f"readl {self.base + 0x110:#x}") |
                       self.tell(f"readl {self.base + 0x114:#x}") << 32)

    def act(self):
        self.drive()
        plugged = 0
        for kind, block, number in (
                (0, 0, 1), (0, 1, 2), (0, 5, 3), (1, 0, 1), (1, 1, 2),
                (0, 3, 1), (2, 0, 0)):
            for _ in range(self.tries):
                answer = self.request(kind, block, number)
                assert answer in (0, 2, 3), answer
                if answer == 0:
                    plugged = (0 if kind == 2 else
                               plugged + (number, -number)[kind])
                    break
                self.told.append(f"request {kind}: {answer}")
            assert self.tell(f"readl {self.base + 0x128:#x}") == \
                plugged * self.BLOCK, plugged


def dynamic_memory():
    return fail_window(DynamicMemory, args=[
        "-M", "pit=off", "-m", "64M,maxmem=5G", "-object",
        "memory-backend-ram,id=m0,size=4G,reserve=off", "-device",
        "virtio-mem,memdev=m0,requested-size=4G,block-size=512M,"
        "dynamic-memslots=on", "-global", "virtio-mmio.force-legacy=off",
        *DRIVER], each=[SET_REGION])


class PciFunctions(Transport):
    """MSI, pins of an I/O APIC, and a BAR that is memory."""
    ECAM, BAR, ROM, IOAPIC = 0xe0000000, 0xc0000000, 0xc1000000, 0xfec00000

    def pin(self, at, low):
        for reg, value in ((at + 1, 0), (at, low)):
            self.tell(f"writel {self.IOAPIC:#x} {reg:#x}")
            self.tell(f"writel {self.IOAPIC + 16:#x} {value:#x}")

    def act(self):
        self.more.settimeout(30 * SLOW)
        function = self.ECAM + (1 << 15)
        assert self.tell(f"readl {function:#x}") == 0x11e81234
        for offset, value in ((0x10, self.BAR), (4, 6), (0x30, self.ROM | 1),
                              (0x44, 0xfee00000), (0x48, 0), (0x4c, 0x51),
                              (0x40, 0x810005)):
            self.tell(f"writel {function + offset:#x} {value:#x}")
        self.first = self.tell(f"readl {self.ROM:#x}")
        # An MSI, then the pin, whose route comes and goes
        for value in (0x810005, 0x800005):
            self.tell(f"writel {function + 0x40:#x} {value:#x}")
            self.pin(0x10 + 2 * 13, 0xa052)
            self.tell(f"writel {self.BAR + 0x60:#x} 1")
            self.tell(f"writel {self.BAR + 0x64:#x} 1")
            self.pin(0x10 + 2 * 13, 0x1a052)
        self.tell(f"writel {function + 0x30:#x} 0")


def functions(irqchip="on"):
    """Arguments of Run()."""
    rom = pathlib.Path(TMP.name, "option.rom")
    rom.write_bytes(b"\x55\xaa\x08" + bytes(4093))
    return {"accel": f"kvm,kernel-irqchip={irqchip}",
            "args": ["-M", "pcie=on,ioapic2=off,pit=off",
                     "-device", f"edu,addr=1,romfile={rom}", *DRIVER]}


def pci_functions():
    return fail_window(PciFunctions, [ROUTES], **functions("split"))


def no_slot_for_a_bar():
    """It is logged, and what is in it can be had all the same."""
    def limited(limit):
        run = PciFunctions(slots=limit, **functions())
        text = run.check(f"{limit} slots")
        assert run.alive and run.first == 0x8aa55, text
        assert not run.stderr or re.search(
            "no memory slot left for '.*rom'", run.stderr), text
        return "logged" if run.stderr else "enough"

    results = side_by_side(limited, range(4, 8))
    assert set(results) == {"logged", "enough"}, results
    return ", ".join(results)


class Incoming(Plugged):
    """The other end of a migration."""

    def echo(self, byte):
        if byte:
            super().echo(byte)   # it prints A at the source

    def act(self):
        self.qmp("migrate-incoming", uri=f"exec:cat {TMP.name}/stream")
        end = deadline(30)
        while (status := self.qmp("query-migrate").get("status")) not in (
                "completed", "failed"):
            assert time.monotonic() < end, status
            time.sleep(0.005)


class Outgoing(Run):
    """Makes the stream."""

    def migrate(self):
        self.qmp("migrate", uri=f"exec:cat > {TMP.name}/stream")
        end = deadline(30)
        while self.qmp("query-migrate")["status"] != "completed":
            assert time.monotonic() < end
            time.sleep(0.005)


def incoming():
    run = Outgoing()
    text = run.check("no fault")
    assert run.alive and not run.told, text
    return fail_window(Incoming, args=["-incoming", "defer"])


class Debugged(Plugged):
    """Breakpoints come and go."""

    def act(self):
        self.more.settimeout(30 * SLOW)
        refused = {}
        for packet in (b"?", b"Z0,f0000,1", b"Z1,f0010,1", b"z1,f0010,1",
                       b"z0,f0000,1", b"D"):
            self.more.sendall(b"$%s#%02x" % (packet, sum(packet) & 255))
            answer = b""
            while not re.search(rb"\$.*#..", answer):
                answer += self.more.recv(1000)
            self.more.sendall(b"+")
            if b"$E" in answer:
                self.told.append(f"{packet}: {answer}")
            # What could not be set is not there.
            if packet[:1] == b"Z":
                refused[packet[1:]] = b"$E" in answer
            elif refused.get(packet[1:]):
                assert b"$E" in answer, (packet, answer)
        self.qmp("cont")


def debugged():
    return fail_window(Debugged, args=["-chardev", "socket,id=g,MORE",
                                       "-gdb", "chardev:g"])


class TooMany(Plugged):
    """As many as there are slots for."""
    tries = 1

    def act(self):
        for i in range(600):
            self.qmp("object-add", **{"qom-type": "memory-backend-ram"},
                     id=f"m{i}", size=2 << 20)
            self.plug(f"d{i}", driver="pc-dimm", memdev=f"m{i}")
            if self.told:
                break
        self.number = i
        # It can be had once another has gone.
        self.refusal, self.told = self.told, []


def too_many():
    """The one memory device too many is refused, and nothing else is."""
    notes = []
    # Half of 509 wait for a device's blocks. DIMMs come beside it, most of
    # them before the start, which is faster.
    many = ["-m", "64M,slots=256,maxmem=261696M", "-global",
            "virtio-mmio.force-legacy=off", "-object",
            "memory-backend-ram,id=h,size=255G,reserve=off", "-device",
            "virtio-mem,memdev=h,dynamic-memslots=on,memaddr=0x140000000"]
    for i in range(245):
        many += ["-object", f"memory-backend-ram,id=c{i},size=2M",
                 "-device", f"pc-dimm,memdev=c{i}"]
    few = ["-m", "64M,slots=256,maxmem=4G"]
    for limit, args in ((8, few), (32, few), (509, many)):
        run = TooMany(slots=limit, args=args)
        text = run.check(f"{limit} slots: {run.refusal}")
        assert run.alive and not run.told and not run.stderr, text
        assert len(run.refusal) == 1, text
        assert "not enough free memory slots" in run.refusal[0], text
        assert 0 < run.number < limit, text
        notes.append(f"{limit}: {run.number}")
    return ", ".join(notes)


class PluggedCpu(Run):
    """A CPU is plugged, used by nobody, and unplugged."""
    window = True

    def work(self):
        self.monitor.settimeout(60 * SLOW)
        try:
            self.client = Qmp(self.monitor.makefile("rwb"))
            self.echo(b"")
            self.arm()
            self.qmp("device_add", driver="host-x86_64-cpu", id="c",
                     **{"socket-id": 1, "core-id": 0, "thread-id": 0})
            self.last = len(self.calls())
            self.refused = bool(self.told)
            if not self.refused:
                self.qmp("device_del", id="c")
            # It has come to an end that is as it should be, or fails no more.
            if self.qmp("query-status")["running"]:
                self.echo(b"x")
            self.alive = self.running()
            self.qmp("quit")
        except (EOFError, ConnectionError):
            pass


def plugged_cpu():
    """Each call of a CPU's that comes fails: the command does, or the machine
    stops and says why; who is refused leaves nothing behind."""
    args = ["-smp", "1,sockets=2,maxcpus=2"]
    right = PluggedCpu(args=args)
    text = right.check("no fault")
    assert right.alive and not right.told and not right.mute, text

    def fail(n):
        run = PluggedCpu(f"{n}:{ERRNOS[n % len(ERRNOS)]}", args=args)
        if len(run.calls()) < n:
            return False
        kind = run.calls()[n - 1]
        text = run.check(f"call {n} {kind}: {run.told}")
        assert run.status == 0, text
        assert run.told or run.stderr or kind[0] in QUIET, text
        assert not run.refused or run.alive and not run.mute, text
        return run.refused

    refused = sum(side_by_side(fail, range(1, right.last + 1)))
    assert refused >= 3, refused
    return f"{right.last} calls, {refused} commands refused"


def lost_pages():
    """The guest hears of a page that the host has lost; CPUs of Intel's all."""
    # VAL UC EN MISCV ADDRV S AR, and what failed was a load
    first = "MCE bank 9 status 0xbd80000000000134 at 0x5000"
    for cpu, others in (("qemu64", 0), ("Skylake-Server", 1)):
        run = Run(args=["-cpu", cpu, "-smp", "2"], poison="0x5000")
        text = run.check(cpu)
        assert run.status == 0 and run.alive and not run.mute, text
        assert run.stderr.count(first) == 1, text
        assert run.stderr.count("MCE bank 1 ") == others, text
        assert "BUS_MCEERR_AR injected" in run.stderr, text
    # Two have touched it, and tell each other.
    run = Run(args=["-cpu", "Skylake-Server", "-smp", "2"], poison="0x5000:2")
    text = run.check("two CPUs")
    assert run.status == 0 and run.alive and not run.mute, text
    assert run.stderr.count(first) == 2, text
    assert run.stderr.count("MCE bank 1 ") == 2, text
    # Nothing is there: not the guest's memory.
    run = Run(poison="0xd0000000")
    text = run.check("no memory")
    assert run.status == 1 and "Hardware memory error!" in run.stderr, text


def each_call():
    return fail_each()


def few_slots():
    """A memory device more than there are slots for is refused by name."""
    def devices(n):
        return ["-m", "64M,maxmem=2G", *sum(
            (["-object", f"memory-backend-ram,id=m{i},size=128M", "-device",
              f"virtio-mem,id=v{i},memdev=m{i},requested-size=64M"]
             for i in range(n)), [])]

    for limit in (8, 32, 509):
        for number in (1, 4, 8):
            run = Run(slots=limit, args=devices(number))
            text = run.check(f"{limit} slots, {number} devices")
            if number == 8 and limit == 8:
                assert run.status == 1 and "free memory slots" in run.stderr, \
                    text
            else:
                assert run.status == 0 and run.alive and not run.stderr, text
    notes = [fail_each(limit, devices(1),
                       [SET_REGION])
             for limit in (8, 509)]
    return ", ".join(notes)


if __name__ == "__main__":
    reason = x86.missing()
    if reason:
        print(f"1..0 # SKIP {reason}")
        sys.exit(0)
    print(f"# PLATEAU_FAULTS_SEED={SEED}")
    x86.firmware(TMP.name, x86.ECHO)
    sys.exit(run_tap([starts, management_mode, lost_pages, plugged_cpu,
                      plugged_memory, driven_transport, dynamic_memory,
                      pci_functions, no_slot_for_a_bar, incoming, debugged,
                      too_many, each_call, few_slots]))

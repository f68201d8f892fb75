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

def fail_window(kind, **more):
    """Each call in the part that @kind marks: as fail_each()."""
    right = kind(**more)
    text = right.check("no fault")
    assert right.alive and not right.told and not right.stderr, \
        f"{text} {right.told}"
    calls = right.calls()[:right.last]
    numbers = chosen(calls)

    def fail(n):
        run = kind(f"{n}:{ERRNOS[n % len(ERRNOS)]}", **more)
        if len(run.calls()) < n:
            return False
        call = run.calls()[n - 1]
        text = run.check(f"call {n} {call}: {run.told}")
        assert run.told or run.stderr.strip() or call[0] in QUIET, text
        # Refused is refused: the guest has not noticed.
        assert run.alive or run.stderr.strip(), text
        return bool(run.told)

    refused = sum(side_by_side(fail, numbers))
    return f"{len(calls)} calls, {len(numbers)} failed, {refused} refused"


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

    def act(self):
        self.more.settimeout(30 * SLOW)
        base = next(at for at in range(0xfeb00000, 0xfeb03000, 512)
                    if self.tell(f"readl {at + 8:#x}"))
        assert self.tell(f"readl {base + 4:#x}") == 1
        for offset, value in (
                (0x70, 0), (0x70, 1), (0x70, 3), (0x28, 4096), (0x30, 0),
                (0x38, 8), (0x3c, 4096), (0x40, 0x10), (0x70, 7), (0x50, 0),
                (0x70, 0)):
            self.tell(f"writel {base + offset:#x} {value:#x}")


def driven_transport():
    return fail_window(Transport, args=[
        "-device", "virtio-rng-device", "-chardev", "socket,id=q,MORE",
        "-object", "qtest,id=q0,chardev=q,log=/dev/null"])


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
    for limit in (8, 32):
        run = TooMany(slots=limit, args=["-m", "64M,slots=256,maxmem=4G"])
        text = run.check(f"{limit} slots: {run.refusal}")
        assert run.alive and not run.told and not run.stderr, text
        assert len(run.refusal) == 1, text
        assert re.search("slot", run.refusal[0]), text
        assert 0 < run.number < limit, text
        notes.append(f"{limit}: {run.number} ({run.refusal[0]})")
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
             for limit in (8, 32, 509)]
    return ", ".join(notes)


if __name__ == "__main__":
    reason = x86.missing()
    if reason:
        print(f"1..0 # SKIP {reason}")
        sys.exit(0)
    print(f"# PLATEAU_FAULTS_SEED={SEED}")
    x86.firmware(TMP.name, x86.ECHO)
    sys.exit(run_tap([starts, management_mode, lost_pages, plugged_cpu,
                      plugged_memory, driven_transport, incoming, debugged,
                      too_many, each_call, few_slots]))

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""CPUs from outside: QMP and HMP commands about them, stopping, resetting and
ending a guest that runs, by command and by the guest itself: cpus.py BINARY."""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from qmp import Failed, Qmp  # noqa: E402
from tap import run_tap, tests_of  # noqa: E402

BINARY = sys.argv[1]
TIMEOUT = 60
RAM = 0x80000000
TRAMPOLINE = 0x1000


def loader(*words, addr=RAM):
    """Instructions, at an address."""
    args = []
    for i, word in enumerate(words):
        args += ["-device", f"loader,addr={addr + 4 * i:#x},data={word:#x},"
                            "data-len=4"]
    return args


SPIN = 0x0000006f                       # j .
COUNT = [0x00130313, 0xffdff06f]        # addi t1, t1, 1; j -4


def finisher(upper, lower):
    """Stores a number in the test finisher's register, and spins."""
    return [0x001002b7,                 # lui t0, 0x100
            0x337 | upper << 12,        # lui t1, upper
            0x30313 | lower << 20,      # addi t1, t1, lower
            0x0062a023, SPIN]           # sw t1, (t0)


POWEROFF = finisher(5, 0x555)
REBOOT = finisher(7, 0x777)
FAIL = finisher(0x73, 0x333)            # status 7


class Emulator:
    """A machine with QMP on its standard input and output."""

    def __init__(self, *args, machine="virt", status=0):
        # pylint: disable=consider-using-with
        self.status = status
        self.process = subprocess.Popen(
            [BINARY, "-M", machine, "-nodefaults", "-display", "none", "-bios",
             "none", "-qmp", "stdio", *args], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)

    def __enter__(self):
        self.monitor = Qmp(self.process.stdout, self.process.stdin)
        self.qmp, self.hmp = self.monitor.command, self.monitor.hmp
        self.event = self.monitor.event
        return self

    def __exit__(self, *exc):
        if exc[0] is None and self.status == 0 and self.process.poll() is None:
            self.monitor.send("quit")
        elif exc[0]:
            self.process.kill()
        self.process.communicate(timeout=TIMEOUT)
        if exc[0] is None:
            assert self.process.returncode == self.status, \
                self.process.returncode

    def pc(self, cpu=0):
        text = self.hmp("info registers", **{"cpu-index": cpu})
        return int(re.search(r"^ pc +(\w+)", text, re.M)[1], 16)

    def wait_pc(self, *values):
        for _ in range(200):
            if self.pc() in values:
                return
            time.sleep(0.02)
        raise AssertionError(f"pc {self.pc():#x}, not {values}")


def expect(text, function, *args, **kwargs):
    """A call that fails with this text."""
    try:
        function(*args, **kwargs)
    except Failed as error:
        assert text in str(error), error
        return
    raise AssertionError(f"no error: {text}")


def test_list():
    """Which CPUs there are, and which a monitor means."""
    with Emulator("-smp", "3", "-S") as e:
        cpus = e.qmp("query-cpus-fast")
        assert [c["cpu-index"] for c in cpus] == [0, 1, 2]
        assert {c["target"] for c in cpus} == {"riscv64"}
        assert len({c["thread-id"] for c in cpus}) == 3
        assert cpus[1]["props"] == {"core-id": 1}
        for cpu in cpus:
            assert e.qmp("qom-get", path=cpu["qom-path"],
                         property="type") == "rv64-riscv-cpu"
        want = "".join(f"{'*' if i == 0 else ' '} CPU #{i}: "
                       f"thread_id={cpus[i]['thread-id']}\n" for i in range(3))
        assert e.hmp("info cpus") == want
        assert "* CPU #2" in e.hmp("info cpus", **{"cpu-index": 2})
        expect("Parameter 'cpu-index' expects a CPU number", e.hmp,
               "info cpus", **{"cpu-index": 3})
        assert e.hmp("info registers").startswith("\nCPU#0\n")
        assert e.hmp("info registers 2").startswith("\nCPU#2\n")
        assert e.hmp("info registers 3") == "CPU#3 not available\n"
        assert re.findall(r"CPU#\d", e.hmp("info registers -a")) == \
            ["CPU#0", "CPU#1", "CPU#2"]
        assert e.hmp("cpu 1") == ""
        assert e.hmp("cpu 3") == "invalid CPU index\n"
        expect("machine does not support hot-plugging CPUs", e.qmp,
               "query-hotpluggable-cpus")
        expect("machine does not provide NMIs", e.qmp, "inject-nmi")
        models = {m["name"]: m for m in e.qmp("query-cpu-definitions")}
        assert models["rv64"]["typename"] == "rv64-riscv-cpu"
        assert "max" in models
        assert e.qmp("query-current-machine") == \
            {"wakeup-suspend-support": False}


def test_monitor_cpu():
    """A monitor keeps its CPU."""
    out = subprocess.run(
        [BINARY, "-M", "virt", "-smp", "2", "-S", "-nodefaults", "-display",
         "none", "-bios", "none", "-monitor", "stdio"],
        input="cpu 1\ninfo cpus\ninfo registers\nquit\n", text=True,
        stdout=subprocess.PIPE, check=True, timeout=TIMEOUT).stdout
    assert "* CPU #1" in out and "  CPU #0" in out
    assert "CPU#1" in out and "CPU#0" not in out


def test_memory():
    """x, $pc, gva2gpa, memsave."""
    with Emulator("-smp", "2", *loader(*COUNT)) as e:
        e.wait_pc(RAM, RAM + 4)
        e.qmp("stop")
        assert e.pc() in (RAM, RAM + 4)
        first = "0000000080000000: 0x00130313 0xffdff06f\n"
        assert e.hmp("x /2xw 0x80000000") == first
        assert e.hmp("xp /2xw 0x80000000") == first
        code = e.hmp("x /2i 0x80000000")
        assert re.match(r"0x80000000:  00130313 +addi +t1,t1,1\n"
                        r"0x80000004:  ffdff06f +j ", code), code
        assert "addi" in e.hmp("xp /1i 0x80000000")
        assert e.hmp("one-insn-per-tb on") == ""
        assert e.hmp("one-insn-per-tb off") == ""
        assert e.hmp("one-insn-per-tb 1") == "unexpected option 1\n"
        assert f"{e.pc():#x}:" in e.hmp("x /1i $pc")
        assert e.hmp("p /x $pc & ~7") == "0x80000000\n"
        assert e.hmp("p $nosuch").startswith("unknown register\n")
        assert e.hmp("gva2gpa 0x80000004") == "gpa: 0x80000004\n"
        assert "Cannot access memory" in e.hmp("x /1xw 0x3f00000000000000")
        with tempfile.TemporaryDirectory() as tmp:
            path = pathlib.Path(tmp) / "code"
            e.qmp("memsave", val=RAM, size=8, filename=str(path))
            assert path.read_bytes() == struct.pack("<2I", *COUNT)
            e.hmp(f'memsave 0x80000004 4 "{path}"')
            assert path.read_bytes() == struct.pack("<I", COUNT[1])
            expect("Invalid addr 0x3f00000000000000/size 8 specified", e.qmp,
                   "memsave", val=0x3f << 56, size=8, filename=str(path))
            expect("Parameter 'cpu-index' expects a CPU number", e.qmp,
                   "memsave", val=0, size=8, filename=str(path),
                   **{"cpu-index": 2})
            expect("/no/such", e.qmp, "memsave", val=RAM, size=8,
                   filename="/no/such/file")
            expect("writing memory to '/dev/full' failed", e.qmp, "memsave",
                   val=RAM, size=65536, filename="/dev/full")


def t1(e, cpu=0):
    text = e.hmp("info registers", **{"cpu-index": cpu})
    return int(re.search(r"x6/t1 +(\w+)", text)[1], 16)


def test_stop():
    """A stopped guest does not move; a started one does."""
    with Emulator("-smp", "2", "-S", *loader(*COUNT)) as e:
        assert e.qmp("query-status") == {"running": False,
                                         "status": "prelaunch"}
        assert e.pc() == e.pc(1) == TRAMPOLINE
        for _ in range(10):
            e.qmp("cont")
            e.event("RESUME")
            assert e.qmp("query-status")["running"]
            before = [t1(e), t1(e, 1)]
            while t1(e) == before[0] or t1(e, 1) == before[1]:
                time.sleep(0.01)
            e.qmp("stop")
            e.event("STOP")
            assert e.qmp("query-status")["status"] == "paused"
            before = [t1(e), t1(e, 1)]
            time.sleep(0.01)
            assert [t1(e), t1(e, 1)] == before


def test_reset():
    """By command, of a guest that runs and of one that is stopped."""
    with Emulator("-smp", "2", *loader(*COUNT)) as e:
        for _ in range(10):
            e.qmp("system_reset")
            assert e.event("RESET") == {"guest": False,
                                        "reason": "host-qmp-system-reset"}
            assert e.qmp("query-status")["status"] == "running"
        while t1(e) == 0:
            time.sleep(0.01)
        e.qmp("stop")
        e.qmp("system_reset")
        e.event("RESET")
        assert e.qmp("query-status")["status"] == "prelaunch"
        assert e.pc() == e.pc(1) == TRAMPOLINE
        assert e.hmp("x /1xw 0x80000000").endswith(f"{COUNT[0]:#010x}\n")
        e.qmp("cont")
        while t1(e, 1) == 0:
            time.sleep(0.01)


def test_guest_poweroff():
    """The guest ends the machine, or only stops it."""
    with Emulator("-smp", "2", "-S", *loader(*POWEROFF)) as e:
        e.monitor.send("cont")
        assert e.event("SHUTDOWN") == {"guest": True,
                                       "reason": "guest-shutdown"}
        assert e.process.wait(TIMEOUT) == 0
    with Emulator("-S", *loader(*FAIL), status=7) as e:
        e.monitor.send("cont")
        e.event("SHUTDOWN")
    with Emulator("-S", "-no-shutdown", *loader(*POWEROFF)) as e:
        e.qmp("cont")
        e.event("SHUTDOWN")
        e.event("STOP")
        assert e.qmp("query-status")["status"] == "shutdown"
        expect("Resetting the Virtual Machine is required", e.qmp, "cont")
        e.qmp("system_reset")
        e.event("RESET")
        assert e.qmp("query-status")["status"] == "prelaunch"
        e.qmp("cont")
        e.event("SHUTDOWN")


def test_guest_reset():
    """The guest starts the machine again, and again; or ends it."""
    with Emulator("-smp", "2", "-S", *loader(*REBOOT)) as e:
        e.qmp("cont")
        for _ in range(20):
            assert e.event("RESET") == {"guest": True, "reason": "guest-reset"}
        e.qmp("stop")
        e.event("STOP")
    with Emulator("-S", "-no-reboot", *loader(*REBOOT)) as e:
        e.monitor.send("cont")
        assert e.event("SHUTDOWN") == {"guest": True, "reason": "guest-reset"}
        assert e.process.wait(TIMEOUT) == 0
    with Emulator("-S", *loader(*REBOOT)) as e:
        e.qmp("set-action", reboot="shutdown")
        e.monitor.send("cont")
        assert e.event("SHUTDOWN")["reason"] == "guest-reset"
        assert e.process.wait(TIMEOUT) == 0


def test_race():
    """Commands one after the other while four CPUs run."""
    with Emulator("-smp", "4", *loader(*COUNT)) as e:
        for i in range(60):
            e.qmp(["stop", "cont", "system_reset", "query-cpus-fast"][i % 4])
            e.hmp("info registers -a")
            if i % 7 == 0:
                e.qmp("qom-set", path="/machine", property="dump-guest-core",
                      value=bool(i % 2))
        e.qmp("cont")
        before = [t1(e, i) for i in range(4)]
        for cpu in range(4):
            while t1(e, cpu) == before[cpu]:
                time.sleep(0.01)


def test_qtest():
    """CPUs that are there and do not run."""
    with Emulator("-accel", "qtest", "-smp", "2", *loader(*COUNT)) as e:
        assert len(e.qmp("query-cpus-fast")) == 2
        assert e.qmp("query-status")["running"]
        assert "does not support" in e.hmp("one-insn-per-tb")
        time.sleep(0.05)
        assert e.pc() == e.pc(1) == TRAMPOLINE
        e.qmp("stop")
        e.qmp("cont")
        e.qmp("system_reset")
        e.event("RESET")


def test_numa():
    """Nodes with CPUs and memory."""
    memory = ["-m", "192M", "-object", "memory-backend-ram,id=m0,size=64M",
              "-object", "memory-backend-ram,id=m1,size=128M"]
    with Emulator(*memory, "-smp", "3", "-S",
                  "-numa", "node,memdev=m0,cpus=0",
                  "-numa", "node,memdev=m1,cpus=1-2",
                  "-numa", "dist,src=0,dst=1,val=30") as e:
        text = ("2 nodes\nnode 0 cpus: 0\nnode 0 size: 64 MB\n"
                "node 0 plugged: 0 MB\nnode 1 cpus: 1 2\n"
                "node 1 size: 128 MB\nnode 1 plugged: 0 MB\n")
        assert e.hmp("info numa") == text
        assert e.qmp("x-query-numa")["human-readable-text"] == text
        assert [c["props"] for c in e.qmp("query-cpus-fast")] == \
            [{"core-id": i, "node-id": int(i > 0)} for i in range(3)]
        tree = e.hmp("info mtree")
        assert re.search(r"0000000080000000-000000008bffffff .*riscv_virt_board"
                         r".ram\n.*0000000080000000-0000000083ffffff .*m0\n"
                         r".*0000000084000000-000000008bffffff .*m1\n", tree)
    with Emulator("-smp", "4", "-S", *memory, "-numa", "node,memdev=m0",
                  "-numa", "node,memdev=m1") as e:
        assert [c["props"]["node-id"] for c in e.qmp("query-cpus-fast")] == \
            [0, 0, 1, 1]
    with Emulator("-S") as e:
        assert e.hmp("info numa") == "0 nodes\n"


def test_many():
    """As many as the board takes."""
    with Emulator("-smp", "64", *loader(*COUNT)) as e:
        assert len(e.qmp("query-cpus-fast")) == 64
        e.qmp("stop")
        e.qmp("system_reset")
        e.event("RESET")
        assert e.pc(63) == TRAMPOLINE


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals())))

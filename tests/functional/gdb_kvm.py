#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The gdb server on a CPU in KVM: breakpoints, watchpoints, steps.

    gdb_kvm.py EMULATOR

A software KVM may run the guest by an emulator that knows breakpoints, but no
watchpoints, and gives INT3 to the guest: those tests skip then.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "guest")]
from gdb import Client  # noqa: E402
from guest import deadline  # noqa: E402
from tap import Skip, run_tap  # noqa: E402
import x86  # noqa: E402

TMP = tempfile.TemporaryDirectory(prefix="plateau-gdb-kvm-")
SLOW = float(os.environ.get("PLATEAU_TEST_SLOWNESS", "1"))
COUNTER = 0x1000
RIP = "p10"
RCX = "p2"

# CX counts, in memory too; `own` is an INT3 that the guest means.
PROGRAM = f"""
start:
    cli
    xor %ax, %ax
    mov %ax, %ds
    mov %ax, %ss
    mov $0x7000, %sp
    movw $handler, 12
    movw $0xf000, 14
    xor %cx, %cx
loop:
    inc %cx
    mov %cx, {COUNTER}
read:
    mov {COUNTER}, %bx
own:
    int3
after:
    jmp loop
handler:
    incw {COUNTER + 16}
    iret
"""


class Machine:
    """The guest at its first instruction, and the client."""

    def __init__(self):
        path = f"{TMP.name}/gdb-{time.monotonic_ns()}"
        self.path = path
        with open(f"{TMP.name}/stderr", "w", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                [sys.argv[1], "-M", "microvm", "-accel", "kvm", "-cpu", "host",
                 "-nodefaults", "-display", "none", "-m", "64M", "-smp", "2",
                 "-bios", f"{TMP.name}/bios.rom", "-S", "-chardev",
                 f"socket,id=g,path={path},server=on,wait=off", "-gdb",
                 "chardev:g"], stdin=subprocess.DEVNULL, stdout=errors,
                stderr=errors)
        end = deadline(30)
        while not pathlib.Path(path).exists():
            assert time.monotonic() < end and self.process.poll() is None, \
                pathlib.Path(f"{TMP.name}/stderr").read_text(encoding="utf-8")
            time.sleep(0.02)
        self.gdb = Client(self)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.process.kill()
        self.process.wait()

    def register(self, packet):
        text = self.gdb.ask(packet)
        return int.from_bytes(bytes.fromhex(text), "little")

    def at(self):
        """The label where it is."""
        rip = self.register(RIP) & 0xffff
        return next((n for n, where in LABELS.items() if where == rip),
                    hex(rip))

    def go(self):
        self.gdb.send("c")
        self.gdb.socket.settimeout(5 * SLOW)
        try:
            answer = self.gdb.receive()
        except TimeoutError:
            raise Skip("the host's KVM does not tell of this") from None
        finally:
            self.gdb.socket.settimeout(30 * SLOW)
        assert answer.startswith("T05thread:01;"), answer
        return answer.removeprefix("T05thread:01;")


def linear(label):
    return f"{0xf0000 + LABELS[label]:x}"


def software():
    with Machine() as m:
        assert m.gdb.ask(f"Z0,{linear('loop')},1") == "OK"
        for count in range(3):
            assert m.go() == "" and m.at() == "loop", m.at()
            assert m.register(RCX) & 0xffff == count
            # gdb itself steps over it.
            assert m.gdb.ask(f"z0,{linear('loop')},1") == "OK"
            assert m.gdb.ask("vCont;s:1").startswith("T05")
            assert m.gdb.ask(f"Z0,{linear('loop')},1") == "OK"
        # The guest's own went to the guest.
        assert m.gdb.ask(f"m{COUNTER + 16:x},1") == "02"
        assert m.gdb.ask("Z0,ffffffff0000,1").startswith("E")


def hardware():
    with Machine() as m:
        assert m.gdb.ask(f"Z1,{linear('read')},1") == "OK"
        for count in (1, 2, 3):
            assert m.go() == "" and m.at() == "read", m.at()
            assert m.register(RCX) & 0xffff == count
            assert m.gdb.ask(f"z1,{linear('read')},1") == "OK"
            assert m.gdb.ask("vCont;s:1").startswith("T05")
            assert m.at() == "own", m.at()
            assert m.gdb.ask(f"Z1,{linear('read')},1") == "OK"


def watchpoints():
    with Machine() as m:
        assert m.gdb.ask(f"Z2,{COUNTER:x},2") == "OK"
        # It stops behind the write, and the read is none.
        for count in (1, 2, 3):
            answer = m.go()
            assert answer == f"watch:{COUNTER:x};", answer
            assert m.at() == "read" and m.register(RCX) & 0xffff == count
        assert m.gdb.ask(f"z2,{COUNTER:x},2") == "OK"
        assert m.gdb.ask(f"Z4,{COUNTER:x},2") == "OK"
        for where in ("own", "read", "own"):
            answer = m.go()
            assert answer == f"awatch:{COUNTER:x};", answer
            assert m.at() == where, (m.at(), where)


def limits():
    with Machine() as m:
        # Reads alone, lengths and addresses that no register has
        assert m.gdb.ask(f"Z3,{COUNTER:x},2") == ""
        for what in ("1000,3", "1001,2", "1004,8", "1000,0"):
            assert m.gdb.ask(f"Z2,{what}").startswith("E"), what
        for i in range(4):
            assert m.gdb.ask(f"Z1,{i:x}00,1") == "OK"
        assert m.gdb.ask("Z1,5000,1").startswith("E")
        assert m.gdb.ask("Z2,1000,2").startswith("E")
        assert m.gdb.ask("z1,100,1") == "OK"
        assert m.gdb.ask("z1,100,1").startswith("E")
        assert m.gdb.ask("Z2,1000,2") == "OK"
        assert m.gdb.ask("D") == "OK"


def interrupts():
    with Machine() as m:
        for _ in range(3):
            m.gdb.send("c")
            time.sleep(0.05)
            m.gdb.socket.sendall(b"\x03")
            assert m.gdb.receive().startswith("T02")
        # All that a debugger set is gone with it.
        assert m.gdb.ask(f"Z0,{linear('loop')},1") == "OK"
        m.gdb.socket.close()
        again = Client(m)
        assert again.ask(f"m{linear('loop')},1") == "41"


if __name__ == "__main__":
    reason = x86.missing()
    if reason:
        print(f"1..0 # SKIP {reason}")
        sys.exit(0)
    LABELS = x86.firmware(TMP.name, PROGRAM)[1]
    sys.exit(run_tap([software, hardware, watchpoints, limits, interrupts]))

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The gdb server: packets by hand, and gdb-multiarch on a small program."""
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "guest"))
from guest import SKIP, deadline, run_tap  # noqa: E402

EMULATOR = sys.argv[1]
TMP = tempfile.TemporaryDirectory(prefix="plateau-gdb-")
RAM = 0x80000000

# Two harts: 0 counts at `counter`, 1 sleeps.
PROGRAM = """
    .globl _start
_start:
    csrr t0, mhartid
    bnez t0, sleep
    la s0, counter
    li s1, 0
loop:
    addi s1, s1, 1
    sd s1, 0(s0)
read:
    ld s2, 0(s0)
    j loop
sleep:
    wfi
    j sleep
    .balign 8
counter:
    .dword 0
"""


def build():
    """The program; its symbols."""
    tmp = TMP.name
    pathlib.Path(f"{tmp}/p.s").write_text(PROGRAM)
    for command in (["as", "-march=rv64gc", "-o", f"{tmp}/p.o", f"{tmp}/p.s"],
                    ["ld", "-N", "-Ttext", hex(RAM), "-o", f"{tmp}/p.elf",
                     f"{tmp}/p.o"]):
        subprocess.run(["riscv64-linux-gnu-" + command[0], *command[1:]],
                       check=True, capture_output=True)
    out = subprocess.run(["riscv64-linux-gnu-nm", f"{tmp}/p.elf"], text=True,
                         capture_output=True, check=True).stdout
    return {line.split()[2]: int(line.split()[0], 16)
            for line in out.splitlines()}


class Machine:
    """The emulator with the program, and where its gdb server listens."""

    def __init__(self, *args):
        self.path = f"{TMP.name}/gdb-{time.monotonic_ns()}"
        self.errors = open(f"{TMP.name}/stderr", "w+")
        self.process = subprocess.Popen(
            [EMULATOR, "-M", "virt", "-smp", "2", "-m", "64M", "-nodefaults",
             "-display", "none", "-bios", "none", "-kernel",
             f"{TMP.name}/p.elf", "-S", "-chardev",
             f"socket,id=g,path={self.path},server=on,wait=off",
             "-gdb", "chardev:g", *args],
            stdin=subprocess.DEVNULL, stdout=self.errors, stderr=self.errors)
        end = deadline(30)
        while not pathlib.Path(self.path).exists():
            assert time.monotonic() < end and self.process.poll() is None, \
                pathlib.Path(f"{TMP.name}/stderr").read_text()
            time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.errors.close()


class Client:
    """The protocol by hand."""

    def __init__(self, machine):
        self.socket = socket.socket(socket.AF_UNIX)
        end = deadline(30)
        while True:
            try:
                self.socket.connect(machine.path)
                break
            except ConnectionRefusedError:
                # Its name is there before it listens.
                assert time.monotonic() < end
                time.sleep(0.02)
        self.socket.settimeout(30)
        self.buffer = b""

    def byte(self):
        if not self.buffer:
            self.buffer = self.socket.recv(4096)
            assert self.buffer, "closed"
        first, self.buffer = self.buffer[:1], self.buffer[1:]
        return first

    def send(self, data):
        """Framed and acknowledged"""
        data = data if isinstance(data, bytes) else data.encode()
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) & 255))
        assert self.byte() == b"+"

    def receive(self):
        assert self.byte() == b"$"
        body = b""
        while (byte := self.byte()) != b"#":
            body += byte
        told = int(self.byte() + self.byte(), 16)
        assert told == sum(body) & 255
        self.socket.sendall(b"+")
        return body.decode()

    def ask(self, data):
        self.send(data)
        return self.receive()


def packets():
    with Machine() as machine:
        gdb = Client(machine)
        features = gdb.ask("qSupported:multiprocess+;swbreak+").split(";")
        assert "PacketSize=1000" in features, features
        assert "qXfer:features:read+" in features, features
        assert gdb.ask("?") == "T05thread:p01.01;"
        assert gdb.ask("qfThreadInfo") == "mp01.01"
        assert gdb.ask("qsThreadInfo") == "mp01.02"
        assert gdb.ask("qsThreadInfo") == "l"
        assert gdb.ask("Hgp1.2") == "OK"
        assert gdb.ask("qC") == "QCp01.02"
        assert gdb.ask("Hgp1.1") == "OK"
        assert gdb.ask("T3") == "E22"
        assert gdb.ask("p20") == "0010000000000000"     # pc, little endian
        assert len(gdb.ask("g")) == 33 * 16
        assert gdb.ask("P5=efcdab8967452301") == "OK"
        assert gdb.ask("p5") == "efcdab8967452301"
        assert gdb.ask("p0") == "0000000000000000"
        assert gdb.ask("p99999") == "E22"
        # Memory, and what is none
        assert gdb.ask("M80001000,4:01020304") == "OK"
        assert gdb.ask("m80001000,4") == "01020304"
        assert gdb.ask(b"X80001000,2:}\x03\x07") == "OK"
        assert gdb.ask("m80001000,4") == "23070304"
        assert gdb.ask("m50000000,4") in ("E14", "00000000", "ffffffff"), \
            gdb.ask("m50000000,4")
        assert gdb.ask("m80001000") == "E22"
        assert gdb.ask("M80001000,4:0102") == "E22"
        assert gdb.ask("mzz,4") == "E22"
        # What is not known is empty; what is broken is asked for again
        assert gdb.ask("qNoSuchThing") == ""
        assert gdb.ask("") == ""
        gdb.socket.sendall(b"$g#00")
        assert gdb.byte() == b"-"
        gdb.socket.sendall(b"$" + b"a" * 9000 + b"#00")
        assert gdb.byte() == b"-"
        # A run of 4 zeros: "0* " is "0000"
        assert gdb.ask(b"m8000100* ,4") in ("E14", "E22", "00000000")
        assert gdb.ask("qqemu.sstepbits") == "ENABLE=1,NOIRQ=2,NOTIMER=4"
        assert gdb.ask("Qqemu.PhyMemMode:1") == "OK"
        assert gdb.ask("qqemu.PhyMemMode") == "1"
        xml = gdb.ask("qXfer:features:read:target.xml:0,ffb")
        assert xml.startswith("l<?xml") and "riscv:rv64" in xml, xml
        # A command for the monitor: output packets, then OK
        reply = gdb.ask("qRcmd," + b"info status".hex())
        assert bytes.fromhex(reply[1:]) == b"VM status: paused (prelaunch)" \
            b"\r\n", reply
        assert gdb.receive() == "OK"
        assert gdb.ask("vCont?") == "vCont;c;C;s;S"
        assert gdb.ask("vCont;x") == "E22"
        assert gdb.ask("vCont;s:p1.1") == "T05thread:p01.01;"
        assert gdb.ask("p20") == "0410000000000000"


def random_bytes_do_no_harm():
    import random
    seed = time.time_ns()
    rng = random.Random(seed)
    kinds = [b"m", b"M", b"X", b"Z0,", b"z", b"H", b"P", b"p", b"G", b"T",
             b"vCont;", b"qXfer:features:read:", b"qRcmd,", b"Qqemu.sstep=",
             b"qThreadExtraInfo,", b"qSupported"]
    with Machine() as machine:
        for _ in range(20):
            gdb = Client(machine)
            for _ in range(50):
                body = rng.choice(kinds) + bytes(
                    rng.choice(b"0123456789abcdef,:;-.=p*}\xff\x00")
                    for _ in range(rng.randrange(20)))
                body = body.replace(b"#", b"").replace(b"$", b"")
                gdb.socket.sendall(b"$%s#%02x" % (body, sum(body) & 255))
            gdb.socket.sendall(rng.randbytes(200))
            gdb.socket.close()
        assert machine.process.poll() is None, f"seed {seed}"
        gdb = Client(machine)
        assert gdb.ask("?").startswith("T05"), f"seed {seed}"


def run_gdb(machine, *commands):
    out = subprocess.run(
        ["gdb-multiarch", "-q", "-nx", "-batch", "-ex",
         "set architecture riscv:rv64", "-ex", "set confirm off",
         "-ex", f"file {TMP.name}/p.elf",
         "-ex", f"target remote {machine.path}",
         *(part for c in commands for part in ("-ex", c))],
        text=True, capture_output=True, timeout=120, check=False)
    return out.stdout + out.stderr


def with_gdb():
    with Machine() as machine:
        out = run_gdb(
            machine, "info threads", "break *loop", "continue", "p/x $pc",
            "p $s1", "stepi", "stepi", "p $s1", "info registers pc",
            "delete", "watch *(long*)&counter", "continue", "continue",
            "p *(long*)&counter", "delete", "rwatch *(long*)&counter",
            "continue", "p $pc", "delete", "p/x $mstatus", "p $priv",
            "thread 2", "p/x $mhartid", "thread 1", "set var $s1 = 1000",
            "stepi", "p $fcsr", "hbreak *read", "continue", "p $s1 > 900",
            "monitor info cpus", "detach")
        for pattern in (r"Thread 1\.1 .*CPU#0", r"Thread 1\.2 .*CPU#1",
                        r"Breakpoint 1, .*loop", r"= 0\b", r"= 1\b",
                        r"Hardware watchpoint", r"New value = \d+",
                        r"Value = \d+", r"read", r"\* CPU #0", r"= 0x1\b"):
            assert re.search(pattern, out), f"no {pattern} in:\n{out}"


def interrupt_and_continue():
    with Machine() as machine:
        gdb = Client(machine)
        assert gdb.ask("?").startswith("T05")
        for _ in range(5):
            gdb.send("c")
            time.sleep(0.05)
            gdb.socket.sendall(b"\x03")
            assert gdb.receive().startswith("T02")
        # Only one hart goes on; the other stays.
        before = gdb.ask("p9")
        gdb.send("vCont;c:2")
        time.sleep(0.05)
        gdb.socket.sendall(b"\x03")
        gdb.receive()
        gdb.ask("Hg1")
        assert gdb.ask("p9") == before
        assert gdb.ask("D") == "OK"
        # Who goes on asking gets a machine that stands still.
        reply = gdb.ask("qRcmd," + b"info status".hex())
        assert b"paused" in bytes.fromhex(reply[1:]), reply
        assert gdb.receive() == "OK"
        gdb.socket.close()
        machine.process.terminate()
        assert machine.process.wait(30) == 0


def errors():
    for args, text in (
            (["-M", "none", "-gdb", "tcp::0"],
             "meaningless to attach gdb to a machine without any CPU"),
            (["-M", "virt", "-bios", "none", "-gdb", "no-such-thing"],
             "couldn't create chardev")):
        done = subprocess.run([EMULATOR, "-nodefaults", "-display", "none",
                               *args], capture_output=True, text=True,
                              timeout=60, check=False)
        assert done.returncode == 1 and text in done.stderr, done


if __name__ == "__main__":
    for tool in ("riscv64-linux-gnu-as", "gdb-multiarch"):
        if not shutil.which(tool):
            print(f"1..0 # SKIP no {tool}")
            sys.exit(0)
    build()
    sys.exit(run_tap([packets, random_bytes_do_no_harm, with_gdb,
                      interrupt_and_continue, errors]))

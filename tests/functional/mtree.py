#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Looking at memory from outside: info mtree in all its forms, xp, gpa2hva,
pmemsave, and what QMP has for them: mtree.py BINARY."""
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from qmp import Failed, Qmp  # noqa: E402
from tap import Skip, run_tap, tests_of  # noqa: E402

BINARY = sys.argv[1]
REFERENCE = (pathlib.Path(__file__).resolve().parents[3] /
             "shared/reference/riscv-none")
QEMU = pathlib.Path(__file__).resolve().parents[2] / "scripts/reference-qemu"
TIMEOUT = 60

# RAM with a device over its beginning, and a window into another tree.
BOARD = ["-object", "playground-ram,id=high,parent=system,addr=0x80000000,"
         "size=1M,fill=0x41",
         "-object", "playground-io,id=uart,parent=system,addr=0x80000000,"
         "size=4k,priority=1",
         "-object", "playground-container,id=pci,size=16M",
         "-object", "playground-io,id=bar,parent=pci,addr=1M,size=64k",
         "-object", "playground-alias,id=hole,parent=system,addr=0xe0000000,"
         "size=16M,target=pci"]


class Emulator:
    """The emulator with QMP on its standard input and output."""

    def __init__(self, *args, binary=BINARY):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [binary, "-M", "none", "-nodefaults", "-display", "none", "-qmp",
             "stdio", *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        self.monitor = Qmp(self.process.stdout, self.process.stdin)
        self.qmp, self.hmp = self.monitor.command, self.monitor.hmp
        return self

    def __exit__(self, *exc):
        self.monitor.send("quit")
        self.process.communicate(timeout=TIMEOUT)
        assert self.process.returncode == 0


def same(got, wanted):
    assert got == wanted, f"got:\n{got}\nwanted:\n{wanted}"


def expect(text, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except Failed as err:
        assert text in str(err), str(err)
    else:
        raise AssertionError(f"no error: {text}")


def test_reference():
    """An empty machine looks as the reference's does, byte by byte."""
    if not REFERENCE.exists():
        raise Skip("no reference outputs")
    with Emulator() as e:
        for name in "mtree", "mtree_D", "mtree_d", "mtree_f", "mtree_o", \
                    "ramblock":
            words = name.split("_")
            line = " ".join(["info", words[0]] + ["-" + w for w in words[1:]])
            wanted = (REFERENCE / f"hmp-info-{name}.txt").read_text("utf-8")
            same(e.hmp(line).rstrip("\n"), wanted.rstrip("\n"))



def test_trees():
    with Emulator("-m", "64M", *BOARD) as e:
        same(e.hmp("info mtree"), """\
address-space: I/O
  0000000000000000-000000000000ffff (prio 0, container): io

address-space: memory
  0000000000000000-ffffffffffffffff (prio 0, container): system
    0000000000000000-0000000003ffffff (prio 0, ram): ram
    0000000080000000-0000000080000fff (prio 1, i/o): uart
    0000000080000000-00000000800fffff (prio 0, ram): high
    00000000e0000000-00000000e0ffffff (prio 0, container): alias hole @pci \
0000000000000000-0000000000ffffff

memory-region: pci
  0000000000000000-0000000000ffffff (prio 0, container): pci
    0000000000100000-000000000010ffff (prio 0, i/o): bar

""")
        same(e.hmp("info mtree -f"), """\
FlatView #0
 AS "memory", root: system
 Root memory region: system
  0000000000000000-0000000003ffffff (prio 0, ram): ram
  0000000080000000-0000000080000fff (prio 1, i/o): uart
  0000000080001000-00000000800fffff (prio 0, ram): high @0000000000001000
  00000000e0100000-00000000e010ffff (prio 0, i/o): bar

FlatView #1
 AS "I/O", root: io
 Root memory region: io
  0000000000000000-000000000000ffff (prio 0, container): io

""")
        assert "uart owner:{obj path=/objects/uart}" in e.hmp("info mtree -o")
        e.qmp("qom-set", path="/objects/uart", property="enabled", value=False)
        assert "uart" not in e.hmp("info mtree")
        assert "uart [disabled]\n" in e.hmp("info mtree -D")
        assert re.search(r"B\+tree of height 1: 3 ranges in 1 leaf",
                         e.hmp("info mtree -f -d"))


def test_at():
    with Emulator("-m", "64M", *BOARD) as e:
        same(e.hmp("info mtree -p 0x80000004"), """\
address-space: memory
  0000000080000004: uart @4, accesses go to /objects/uart

  -> 0000000080000000-0000000080000fff (prio 1, i/o): uart @4
       system > uart
     0000000080000000-00000000800fffff (prio 0, ram): high @4
       system > high
       hidden: in "system", "high" has priority 0, and "uart" 1

""")
        (at,) = e.qmp("x-query-memory-at", address=0xe0100010)
        assert at["address-spaces"] == ["memory"]
        assert (at["region"], at["offset"]) == ("bar", 16)
        assert (at["start"], at["end"]) == (0xe0100000, 0xe010ffff)
        (bar,) = at["regions"]
        assert bar["path"] == ["system", "hole", "pci", "bar"]
        assert bar["state"] == "wins" and "reason" not in bar
        (at,) = e.qmp("x-query-memory-at",
                      **{"address": 0xe0000000, "address-space": "memory"})
        assert "region" not in at and at["regions"][0]["state"] == "empty"
        assert len(e.qmp("x-query-memory-at", address=0)) == 2
        # It follows what changes.
        e.qmp("qom-set", path="/objects/uart", property="priority", value=-1)
        (at,) = e.qmp("x-query-memory-at", address=0x80000004)
        assert at["region"] == "high" and at["effect"] == "accesses go to memory"
        expect("Address space 'x' not found", e.qmp, "x-query-memory-at",
               **{"address": 0, "address-space": "x"})


def test_picture():
    with tempfile.TemporaryDirectory() as tmp, \
            Emulator("-m", "64M", *BOARD) as e:
        e.hmp(f"info mtree -s {tmp}/hmp.svg")
        e.qmp("x-memory-map-svg", filename=f"{tmp}/qmp.svg")
        e.qmp("x-memory-map-svg",
              **{"filename": f"{tmp}/io.svg", "address-space": "I/O"})
        text = pathlib.Path(f"{tmp}/hmp.svg").read_text("utf-8")
        same(pathlib.Path(f"{tmp}/qmp.svg").read_text("utf-8"), text)
        for name in "hmp", "io":
            root = xml.etree.ElementTree.parse(f"{tmp}/{name}.svg").getroot()
            assert root.tag == "{http://www.w3.org/2000/svg}svg"
        titles = [t.text for t in
                  xml.etree.ElementTree.fromstring(text).iter(
                      "{http://www.w3.org/2000/svg}title")]
        assert "high (prio 0, ram)\n0x80000000-0x800fffff (1 MiB)" in titles
        assert ("high (ram)\n0x80001000-0x800fffff (1020 KiB)\n"
                "from 0x1000 of it on") in titles
        expect("/no/such", e.qmp, "x-memory-map-svg", filename="/no/such/f")


def test_xp():
    with Emulator("-m", "64M", *BOARD) as e:
        for line, wanted in (
                ("xp /4xw 0x80001000", "0000000080001000: 0x41414141 0x41414141"
                 " 0x41414141 0x41414141\n"),
                ("xp /9xb 0x80001000", "0000000080001000: 0x41 0x41 0x41 0x41 "
                 "0x41 0x41 0x41 0x41\n0000000080001008: 0x41\n"),
                ("xp /1dg 0x80001000",
                 "0000000080001000:  4702111234474983745\n"),
                ("xp /3uh 0x80001000", "0000000080001000: 16705 16705 16705\n"),
                ("xp /2ow 0x80001000",
                 "0000000080001000: 010120240501 010120240501\n"),
                ("xp /3cb 0x80001000", "0000000080001000: 'A' 'A' 'A'\n"),
                ("xp /1xw 0x3fffffe",
                 "0000000003fffffe: Cannot access memory\n"),
                ("xp /1xw 0x70000000",
                 "0000000070000000: Cannot access memory\n")):
            same(e.hmp(line), wanted)


def test_host_and_file():
    with tempfile.TemporaryDirectory() as tmp, \
            Emulator("-m", "64M", *BOARD) as e:
        assert re.fullmatch(r"Host virtual address for 0x1010 \(ram\) is "
                            r"0x[0-9a-f]+010\n", e.hmp("gpa2hva 0x1010"))
        same(e.hmp("gpa2hva 0x80000000"),
             "Memory at address 0x80000000 is not RAM\n")
        same(e.hmp("gpa2hva 0x70000000"),
             "No memory is mapped at address 0x70000000\n")
        path = pathlib.Path(f"{tmp}/saved")
        e.qmp("pmemsave", val=0x800ff000, size=0x2000, filename=str(path))
        assert path.read_bytes() == b"A" * 0x1000 + bytes(0x1000)
        e.hmp(f'pmemsave 0x80001000 200000 "{path}"')
        assert path.read_bytes() == b"A" * 200000
        e.qmp("pmemsave", val=0, size=0, filename=str(path))
        assert path.read_bytes() == b""
        expect("go beyond 2^64", e.qmp, "pmemsave", val=2**64 - 1, size=2,
               filename=str(path))


DUMPS = [f"xp /{count}{how}{size} 0x{addr:x}"
         for how in "xduoc" for size in "bhwg"
         for count, addr in ((1, 0), (9, 0xff8), (5, 0xfffec))]


def dumps(binary, file):
    """What a machine with FILE as its RAM prints of it."""
    with Emulator("-object", f"memory-backend-file,id=r,mem-path={file},"
                  "size=1M,share=on", "-machine", "memory-backend=r",
                  binary=binary) as e:
        return [f"{line}: {e.hmp(line)}" for line in
                [*DUMPS, "xp /2i 0", "i /b 1", "i /h 1", "i /w 1", "i /b 1.1",
                 "gpa2hva 0x100000"]]


def test_dumps_like_reference():
    probe = subprocess.run([QEMU, "--version"], capture_output=True,
                           check=False)
    if probe.returncode == 77:
        raise Skip("the reference is out of reach")
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(i * 37 & 0xff for i in range(1 << 20)))
        file.flush()
        same("".join(dumps(BINARY, file.name)),
             "".join(dumps(QEMU, file.name)))
    return None


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals())))

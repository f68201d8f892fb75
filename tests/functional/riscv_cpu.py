#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The RISC-V CPU from outside: registers and mappings in the monitor, models
and their extensions by QMP and on the command line: riscv_cpu.py BINARY."""
import pathlib
import re
import subprocess
import sys
import traceback

from cpus import BINARY, TIMEOUT, Emulator, expect, loader

REFERENCE = pathlib.Path(__file__).resolve().parents[3] / \
    "shared/reference/riscv-virt/hmp-info-registers.txt"

# satp = Sv39, table at 0x80001000; j .
PAGING = [0x00100293, 0x03f29293, 0x00080337, 0x00130313, 0x0062e2b3,
          0x18029073, 0x0000006f]
# 0x80000000 as itself: a gigabyte, rwx, accessed and dirty.
LEAF = ["-device", "loader,addr=0x80001010,data=0x200000cf,data-len=8"]
NEXT = ["-device", "loader,addr=0x80001018,data=0x300000cf,data-len=8"]
USER = ["-device", "loader,addr=0x80001ff8,data=0x00000057,data-len=8"]

WRONG = [
    ("rv64,h=on", "extension 'h' (Hypervisor) is not implemented"),
    ("rv64,v=on", "extension 'v' (Vector operations) is not implemented"),
    ("rv64,zvbb=on", "extension 'zvbb' is not implemented"),
    ("rv64,rva23u64=on", "profile rva23u64 is not implemented"),
    ("rv64,u=off", "Setting S extension without U extension is illegal"),
    ("rv64,zicsr=off", "F extension requires Zicsr"),
    ("rv64,sv64=on",
     "satp_mode sv64 is higher than hw max capability sv57"),
    ("rv64,priv_spec=v2", "Unsupported privilege spec version 'v2'"),
    ("sifive-u54,zba=on",
     "'sifive-u54' CPU does not allow enabling extensions"),
    ("rv64,no-such=on", "no-such"),
    ("no-such", "unable to find CPU model 'no-such'"),
]


def names(text):
    """What begins a line with a value."""
    return re.findall(r"^ (\S+) +(?=\w)", text, re.M)


def registers():
    """info registers: the reference's lines, in its order and form."""
    with Emulator("-S") as e:
        ours = e.hmp("info registers")
    assert " pc            0000000000001000\n" in ours
    assert " misa          800000000014112d\n" in ours
    assert " x8/s0    0000000000000000 x9/s1    0" in ours
    if not REFERENCE.exists():
        print("# no reference to compare with")
        return
    theirs = REFERENCE.read_text()
    known = [name for name in names(theirs) if name in names(ours)]
    assert known == names(ours), set(names(ours)) - set(known)
    lines = theirs.splitlines()
    for line in ours.splitlines():
        # Values that another configuration or the time changes.
        if not re.match(r" (misa|mideleg|menvcfg|mip|marchid|m?cycle|time|"
                        r"m?instret)\b", line):
            assert line.rstrip() in lines, line


def mappings():
    with Emulator(*loader(*PAGING), *LEAF, *NEXT, *USER, "-S") as e:
        assert e.hmp("info mem") == "No translation or protection\n"
        e.qmp("cont")
        e.wait_pc(0x80000018)
        assert e.hmp("info mem") == """\
vaddr            paddr            size             attr
---------------- ---------------- ---------------- -------
0000000080000000 0000000080000000 0000000080000000 rwx--ad
ffffffffc0000000 0000000000000000 0000000040000000 rw-u-a-
"""
        assert e.hmp("p/x $satp") == "0x8000000000080001\n"
        assert e.hmp("p/x $x5") == e.hmp("p/x $t0") == \
            "0x8000000000080001\n"
        assert e.hmp("p/x $pc") == "0x80000018\n"
        assert e.hmp("p $mhartid") == "0\n"
        assert "unknown register" in e.hmp("p $nosuch")
    with Emulator("-cpu", "rv64,mmu=off", "-S") as e:
        assert e.hmp("info mem") == "S-mode MMU unavailable\n"


def expansion():
    def expand(name, kind="full", **props):
        model = {"name": name}
        if props:
            model["props"] = props
        return e.qmp("query-cpu-model-expansion", type=kind,
                     model=model)["model"]["props"]

    with Emulator("-S") as e:
        props = expand("rv64", zacas=True, zba=False)
        assert props["zacas"] and not props["zba"] and props["zicsr"]
        assert props["mmu"] and props["pmp"] and not props["zvbb"]
        assert expand("rva22s64")["rva22s64"]
        assert not expand("rv64")["rva22s64"]
        expect("is not a known RISC-V CPU type", expand, "nosuch")
        expect("'v' (Vector operations) is not implemented", expand, "rv64",
               v=True)
        expect("expansion type is not supported", expand, "rv64", "static")
        expect("Property 'rv64-riscv-cpu.nosuch' not found", expand, "rv64",
               nosuch=1)
        expect("D extension requires F extension", expand, "rv64", f=False,
               zfa=False)
        expect("Invalid parameter type for 'model.props', expected: object",
               e.qmp, "query-cpu-model-expansion", type="full",
               model={"name": "rv64", "props": 5})
        models = {m["name"]: m for m in e.qmp("query-cpu-definitions")}
        assert models["rva22s64"]["static"] and not models["max"]["static"]


def wrong():
    for cpu, text in WRONG:
        done = subprocess.run([BINARY, "-M", "virt", "-display", "none", "-cpu",
                               cpu], stderr=subprocess.PIPE, text=True,
                              timeout=TIMEOUT, check=False)
        assert done.returncode == 1, (cpu, done)
        assert text in done.stderr, (cpu, done.stderr)


def old_names():
    done = subprocess.run(
        [BINARY, "-M", "virt", "-nodefaults", "-display", "none", "-bios",
         "none", "-S", "-cpu", "rv64,Zawrs=off", "-monitor", "stdio"],
        input="info registers\nquit\n", stderr=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, timeout=TIMEOUT, check=True)
    assert "CPU property 'Zawrs' is deprecated. Please use 'zawrs' instead" in \
        done.stderr, done.stderr


TESTS = [registers, mappings, expansion, wrong, old_names]


def main():
    failed = False
    print(f"1..{len(TESTS)}")
    for number, test in enumerate(TESTS, 1):
        try:
            test()
            print("ok", number, test.__name__, flush=True)
        except Exception:  # pylint: disable=broad-except
            failed = True
            print("#", traceback.format_exc().replace("\n", "\n# "))
            print("not ok", number, test.__name__, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""-preconfig: a machine that is described over QMP before it is made, and what
else the command line has to say before that: preconfig.py BINARY."""
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from qmp import Failed, Qmp  # noqa: E402

BINARY = sys.argv[1]
MEM = ("-m 128M -object memory-backend-ram,id=m0,size=64M "
       "-object memory-backend-ram,id=m1,size=64M").split()
BOARD = ["-M", "virt", "-nodefaults", "-display", "none", "-bios", "none"]


class Machine:
    """Its QMP is on its standard streams."""

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.process.kill()
        self.process.wait()

    def __init__(self, *args):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [BINARY, *BOARD, *args, "-qmp", "stdio"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.monitor = Qmp(self.process.stdout, self.process.stdin)

    def ask(self, command, **arguments):
        """What it returns, or what is wrong."""
        try:
            return self.monitor.command(command, **arguments)
        except Failed as error:
            return str(error)

    def hmp(self, line):
        text = self.ask("human-monitor-command", **{"command-line": line})
        return text.replace("\r\n", "\n")

    def end(self):
        self.ask("quit")
        assert self.process.wait(60) == 0


def nodes_of_cpus():
    with Machine("-smp", "2", *MEM, "-preconfig") as m:
        assert m.ask("query-status") == {"running": False, "status": "prelaunch"}
        assert "'cont'" in m.ask("cont")
        assert "only after machine init" in m.hmp("info status")
        for node, mem in enumerate(["m0", "m1"]):
            assert m.ask("set-numa-node", type="node", nodeid=node,
                         memdev=mem) == {}
            assert m.ask("set-numa-node", type="cpu", **{
                "node-id": node, "core-id": node}) == {}
        assert "Duplicate NUMA nodeid" in m.ask("set-numa-node", type="node",
                                                nodeid=0)
        assert m.ask("x-exit-preconfig") == {}
        assert m.ask("query-status")["running"]
        assert "only before" in m.ask("x-exit-preconfig")
        assert "only before" in m.ask("set-numa-node", type="node")
        assert "2 nodes" in m.hmp("info numa")
        cpus = m.ask("query-cpus-fast")
        assert [c["props"]["node-id"] for c in cpus] == [0, 1], cpus
        m.end()


def stopped():
    with Machine("-preconfig", "-S") as m:
        assert m.ask("x-exit-preconfig") == {}
        assert m.ask("query-status") == {"running": False, "status": "prelaunch"}
        assert m.ask("cont") == {}
        assert m.ask("query-status")["running"]
        m.end()


def from_hmp():
    done = subprocess.run(
        [BINARY, *BOARD, "-S", "-preconfig", "-monitor", "stdio"], text=True,
        input="info cpus\ninfo status\nexit_preconfig\ninfo cpus\nquit\n",
        capture_output=True, timeout=60, check=True)
    before, after = done.stdout.split("(qemu) exit_preconfig")
    assert "not available until machine initialization" in before, before
    assert "VM status: paused (prelaunch)" in before, before
    assert "* CPU #0" in after, after


def given_up():
    with Machine("-preconfig") as m:
        m.end()


def seed():
    """The same random numbers, and others."""
    with tempfile.TemporaryDirectory() as tmp:
        def tree(*args):
            path = pathlib.Path(tmp) / "dtb"
            subprocess.run([BINARY, *BOARD, "-machine", f"dumpdtb={path}",
                            *args], check=True, timeout=60)
            return path.read_bytes()
        assert tree("-seed", "7") == tree("-seed", "7") != tree("-seed", "8")
        assert tree() != tree()


def later_properties():
    """-set, for an option that stands before it."""
    with Machine("-device", "loader,id=l,addr=0x80000000,data=1,data-len=4",
                "-set", "device.l.data=77", "-S") as m:
        assert m.hmp("xp /1wd 0x80000000") == "0000000080000000:         77\n", \
            m.hmp("xp /1wd 0x80000000")
        m.end()


def sums():
    """sum is that of sum(1)."""
    with Machine("-S", "-device",
                "loader,addr=0x80000000,data=0x6f6c6c6568,data-len=8") as m:
        assert m.hmp("sum 0x80000000 5") == "08403\n", m.hmp("sum 0x80000000 5")
        m.end()


def main():
    cases = [nodes_of_cpus, stopped, from_hmp, given_up, seed, later_properties, sums]
    print(f"1..{len(cases)}")
    for number, case in enumerate(cases, 1):
        case()
        print(f"ok {number} {case.__name__}", flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that writes faster than it can be sent: auto-converge holds it back
until it can; how fast it writes, as calc-dirty-rate tells; and one that does not
write, which stops when little is left.

The guest writes a word to a page of 16 MiB, waits, goes on with the next page.
How long it waits follows the program: about 200 MiB in a second, or for ever.

    migration_load.py EMULATOR [TEST]...
"""
import pathlib
import re
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import migration  # noqa: E402
from migration import TIMEOUT, Machine  # noqa: E402
from tap import run_tap, tests_of  # noqa: E402

# auipc a0, 0x200; lui t3, 1; auipc a1, 0; lwu a1, 56(a1)
# outer: mv t0, a0; lui t1, 1
# inner: addi t4, t4, 1; sd t4, 0(t0); add t0, t0, t3
#        rdtime t5; add t5, t5, a1
# wait:  rdtime t6; bltu t6, t5, wait
#        addi t1, t1, -1; bnez t1, inner; j outer
PROGRAM = struct.pack(
    "<16I",
    0x00200517, 0x00001e37, 0x00000597, 0x0385e583, 0x00050293,
    0x00001337, 0x001e8e93, 0x01d2b023, 0x01c282b3, 0xc0102f73,
    0x00bf0f33, 0xc0102ff3, 0xffefeee3, 0xfff30313, 0xfe0310e3,
    0xfd5ff06f)
FAST = 200              # at 10 MHz: 50,000 pages in a second
FOR_EVER = 0xffffffff
SIZE = 16               # MiB that it writes to


def guest(tmp, *args, pause=FAST):
    migration.PROGRAM = PROGRAM + struct.pack("<I", pause)
    return Machine(tmp, *args)


def writes(machine, pages=SIZE * 256):
    """It is there, and has written to so many pages."""
    path = machine.base + ".word"
    end = time.monotonic() + TIMEOUT
    while True:
        machine.command("pmemsave", val=0x80200000 + (pages - 1) * 4096,
                        size=8, filename=path)
        if any(pathlib.Path(path).read_bytes()):
            return
        assert time.monotonic() < end
        time.sleep(0.01)


def wait(what):
    end = time.monotonic() + TIMEOUT
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def measure(machine, mode, milliseconds=1000):
    machine.command("calc-dirty-rate", **{
        "calc-time": milliseconds, "calc-time-unit": "millisecond",
        "mode": mode})
    assert machine.refused("calc-dirty-rate", **{"calc-time": 1}) == \
        "the dirty rate is already being measured."

    def info():
        return machine.command("query-dirty-rate",
                               **{"calc-time-unit": "millisecond"})
    assert "dirty-rate" not in info() or info()["status"] == "measured"
    wait(lambda: info()["status"] == "measured")
    assert info()["mode"] == mode and info()["calc-time"] >= milliseconds
    return info()["dirty-rate"]


def throttled(machine):
    return machine.command("query-migrate").get("cpu-throttle-percentage", 0)


# --- the switch-over ----------------------------------------------------------

def test_little_is_left(tmp):
    """After the first tenth of a second, all would fit into the downtime; for
    another second it goes while the guest still runs."""
    with guest(tmp, pause=FOR_EVER) as source, \
            guest(tmp, "-incoming", f"unix:{tmp}/s") as target:
        source.command("migrate-set-parameters", **{
            "avail-switchover-bandwidth": 1 << 40, "downtime-limit": 1000,
            "max-bandwidth": 64 << 20, "zero-page-detection": "none"})
        source.command("migrate", uri=f"unix:{tmp}/s")
        ram = source.wait_for("completed")["ram"]
        target.wait_for("completed")
        assert ram["downtime-bytes"] < ram["total"] - (20 << 20), ram


# --- auto-converge ------------------------------------------------------------

SLOW = {"max-bandwidth": 8 << 20, "downtime-limit": 1000}


def test_converges(tmp):
    with guest(tmp) as source, guest(tmp, "-incoming", "defer") as target:
        writes(source)
        source.enable("auto-converge", "return-path")
        target.enable("return-path")
        target.command("migrate-incoming", uri=f"unix:{tmp}/s")
        source.command("migrate-set-parameters", **SLOW, **{
            "cpu-throttle-initial": 98, "cpu-throttle-increment": 1})
        source.command("migrate", uri=f"unix:{tmp}/s")
        wait(lambda: throttled(source) in (98, 99) or
             source.command("query-migrate")["status"] == "completed")
        text = source.hmp("info migrate")
        assert re.search("cpu throttle percentage: 9[89]\n", text) or \
            "completed" in text, text
        info = source.wait_for("completed")
        assert "cpu-throttle-percentage" not in info, info
        target.wait_for("completed")
        # There it runs as ever.
        wait(lambda: measure(target, "dirty-bitmap") >= SIZE / 4)


def test_without_it_does_not(tmp):
    """The same guest, which is given so much time, does not get there."""
    with guest(tmp) as source, guest(tmp, "-incoming", f"unix:{tmp}/s"):
        writes(source)
        source.command("migrate-set-parameters", **{
            **SLOW, "downtime-limit": 0})
        source.command("migrate", uri=f"unix:{tmp}/s")
        wait(lambda: source.command("query-migrate").get("ram", {}).get(
            "dirty-sync-count", 0) >= 3)
        info = source.command("query-migrate")
        assert info["status"] == "active", info
        assert "cpu-throttle-percentage" not in info, info
        source.command("migrate_cancel")
        source.wait_for("cancelled")


def hold_back(tmp, source):
    """A migration that cannot end throttles its guest."""
    writes(source)
    source.enable("auto-converge")
    source.command("migrate-set-parameters", **{
        **SLOW, "downtime-limit": 0, "cpu-throttle-initial": 99})
    source.command("migrate", uri=f"unix:{tmp}/s")
    wait(lambda: throttled(source) == 99)


def test_cancelled(tmp):
    """Then the guest is as fast as before."""
    with guest(tmp) as source, guest(tmp, "-incoming", f"unix:{tmp}/s"):
        hold_back(tmp, source)
        source.command("migrate_cancel")
        source.wait_for("cancelled")
        assert "throttle" not in source.hmp("info migrate")
        wait(lambda: measure(source, "dirty-bitmap") >= SIZE / 4)


def test_stops_while_held_back(tmp):
    """Who stops the guest, or asks a CPU, does not wait for its sleep."""
    with guest(tmp) as source, guest(tmp, "-incoming", f"unix:{tmp}/s"):
        hold_back(tmp, source)
        for _ in range(5):
            source.command("stop")
            assert "pc " in source.hmp("info registers")
            source.command("cont")
        source.command("quit")
        assert source.process.wait(TIMEOUT) == 0


# --- how fast it writes -------------------------------------------------------

def test_dirty_rate(tmp):
    """16 MiB in less than a tenth of a second, again and again: in half a second
    that is 32 MiB a second, as no page counts twice."""
    with guest(tmp) as machine:
        writes(machine)
        info = machine.command("query-dirty-rate")
        assert info["status"] == "unstarted" and "dirty-rate" not in info
        assert "(not ready)" in machine.hmp("info dirty_rate")
        found = {}

        def right(mode):
            found[mode] = measure(machine, mode, 500)
            return SIZE / 2 <= found[mode] <= SIZE * 2 + 8
        wait(lambda: right("dirty-bitmap"))
        # 64 MiB have 32 samples, a quarter of them in what is written.
        machine.command("calc-dirty-rate", **{
            "calc-time": 500, "calc-time-unit": "millisecond",
            "sample-pages": 16384})
        wait(lambda: machine.command("query-dirty-rate")["status"] ==
             "measured")
        rate = machine.command("query-dirty-rate")
        assert rate["sample-pages"] == 16384, rate
        assert 2 <= rate["dirty-rate"] <= SIZE * 2 + 8, rate
        text = machine.hmp("calc_dirty_rate -b 1")
        assert "with period 1 seconds" in text, text
        wait(lambda: "Status: measured" in machine.hmp("info dirty_rate"))
        text = machine.hmp("info dirty_rate")
        assert "Mode: dirty-bitmap\nDirty rate: " in text, text
        assert "Either dirty ring" in machine.hmp("calc_dirty_rate -b -r 1")
        machine.quit()
        return f"{found}, sampled {rate['dirty-rate']} MiB/s"


def test_idle(tmp):
    """Nothing is written; and the process may end in the middle."""
    with guest(tmp, pause=FOR_EVER) as machine:
        writes(machine, 1)
        for mode in ("dirty-bitmap", "page-sampling"):
            assert measure(machine, mode, 200) == 0
        machine.command("calc-dirty-rate", **{"calc-time": 60})
        machine.quit()


def test_rate_while_migrating(tmp):
    """Both look at the same bitmap: neither takes the other's pages."""
    with guest(tmp) as source, guest(tmp, "-incoming", "defer") as target:
        writes(source)
        source.enable("return-path")
        target.enable("return-path")
        target.command("migrate-incoming", uri=f"unix:{tmp}/s")
        source.command("migrate-set-parameters", **{
            "max-bandwidth": 1 << 20, "downtime-limit": 100})
        source.command("migrate", uri=f"unix:{tmp}/s")
        wait(lambda: source.command("query-migrate")["status"] == "active")
        wait(lambda: measure(source, "dirty-bitmap", 500) >= SIZE / 4)
        source.command("migrate-set-parameters", **{
            "max-bandwidth": 0, "downtime-limit": 10000})
        source.wait_for("completed")
        target.wait_for("completed")
        # What it had written last is there.
        same = []
        target.command("stop")
        for machine in (source, target):
            path = machine.base + ".ram"
            machine.command("pmemsave", val=0x80200000, size=SIZE << 20,
                            filename=path)
            data = pathlib.Path(path).read_bytes()
            same.append([struct.unpack_from("<Q", data, at)[0]
                         for at in range(0, len(data), 4096)])
        assert all(b >= a for a, b in zip(*same))
        assert max(same[1]) - min(same[1]) < 4096, same[1]


def test_limits(tmp):
    with Machine(tmp, machine="none") as m:
        for arguments, text in (
                ({"calc-time": 61}, "out of range [50ms, 60000ms]"),
                ({"calc-time": 49, "calc-time-unit": "millisecond"},
                 "out of range"),
                ({"calc-time": -1}, "out of range"),
                ({"calc-time": 1 << 62}, "out of range"),
                ({"calc-time": 1, "sample-pages": 127},
                 "sample-pages is out of range[128, 16384]."),
                ({"calc-time": 1, "sample-pages": 512, "mode": "dirty-bitmap"},
                 "sample-pages is used only in page-sampling mode"),
                ({"calc-time": 1, "mode": "dirty-ring"},
                 "mode dirty-ring is not enabled, use other method instead.")):
            assert text in m.refused("calc-dirty-rate", **arguments)


if __name__ == "__main__":
    sys.exit(run_tap(tests_of(globals()), sys.argv[2:]))

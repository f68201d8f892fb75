#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernel on the board `virt`: to a shell, with 1, 2 and 4 harts; what
the guest and the monitor say; reboot and poweroff; U-Boot and OpenSBI.

    boot.py [--short] EMULATOR [WORD-OF-THE-EMULATOR'S-COMMAND]...

--short: two boots, for a build with sanitizers.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "guest"))
from guest import PROMPT, Guest, images, linux, run_tap  # noqa: E402

SHORT = sys.argv[1] == "--short"
COMMAND = sys.argv[2:] if SHORT else sys.argv[1:]


def to_a_shell(harts):
    with Guest(COMMAND, *linux("quiet"), "-smp", str(harts)) as guest:
        guest.expect(r"guest: userspace")
        guest.expect(PROMPT)
        assert guest.shell("nproc") == str(harts), guest.tail()
        assert guest.shell("echo $((6 * 7))") == "42"
        # The host bridge, and nothing else on its bus.
        assert guest.shell("ls /sys/bus/pci/devices") == "0000:00:00.0"
        cpus = guest.command("query-cpus-fast")
        assert len(cpus) == harts, cpus
        assert len({cpu["thread-id"] for cpu in cpus}) == harts, cpus
        guest.type("poweroff -f\n")
        assert guest.event("SHUTDOWN") == {
            "guest": True, "reason": "guest-shutdown"}
        assert guest.wait() == 0


def one_hart():
    to_a_shell(1)


def two_harts():
    to_a_shell(2)


def four_harts():
    to_a_shell(4)


def four_harts_under_load():
    with Guest(COMMAND, *linux("quiet guest.run=stress"),
               "-smp", "4") as guest:
        guest.expect(r"guest: stress good=1", 240)
        assert guest.wait() == 0


def reboot_comes_back():
    with Guest(COMMAND, *linux("quiet guest.run=reboot"),
               "-smp", "2") as guest:
        for _ in range(3):
            guest.expect(r"OpenSBI v")
            guest.expect(r"guest: harts 2")
        assert guest.event("RESET") == {
            "guest": True, "reason": "guest-reset"}


def no_reboot_ends():
    with Guest(COMMAND, *linux("quiet guest.run=reboot"),
               "-no-reboot") as guest:
        guest.expect(r"guest: harts 1")
        assert guest.wait() == 0


def stop_and_cont():
    with Guest(COMMAND, *linux("quiet"), "-smp", "2", "-S") as guest:
        assert guest.command("query-status")["status"] == "prelaunch"
        guest.command("cont")
        guest.expect(PROMPT)
        guest.command("stop")
        assert guest.command("query-status")["status"] == "paused"
        guest.type("echo still-$((40 + 2))\n")
        pc = re.findall(r" pc +([0-9a-f]+)", guest.hmp("info registers -a"))
        again = re.findall(r" pc +([0-9a-f]+)",
                           guest.hmp("info registers -a"))
        assert len(pc) == 2 and pc == again, (pc, again)
        guest.command("cont")
        guest.expect(r"still-42")
        guest.command("system_reset")
        guest.expect(r"OpenSBI v")
        guest.expect(PROMPT)
        guest.command("quit")
        assert guest.wait() == 0


def opensbi_tells_the_extensions():
    with Guest(COMMAND, *linux("quiet guest.run=poweroff")) as guest:
        base = guest.expect(r"Boot HART Base ISA +: (\w+)\r?\n").group(1).decode()
        extensions = guest.expect(
            r"Boot HART ISA Extensions +: ([\w,]+)\r?\n").group(1).decode()
        isa = guest.expect(r"guest: isa (\w+)\r?\n").group(1).decode()
        assert guest.wait() == 0
        assert base.startswith("rv64imafdc"), base
        for name in ("zicntr", "zihpm", "sstc", "zicboz", "zicbom"):
            assert name in extensions.split(","), extensions
        for name in ("zba", "zbb", "zbs", "zicntr", "zihpm", "zicsr",
                     "zifencei", "zawrs", "sstc"):
            assert name in isa.split("_"), isa
        return base + " " + extensions


def u_boot_from_kernel():
    folder = images()
    with Guest(COMMAND, "-M", "virt", "-m", "256M",
               "-bios", folder / "fw_dynamic.bin",
               "-kernel", folder / "u-boot-smode.bin") as guest:
        guest.expect(r"U-Boot 20\d\d")
        guest.expect(r"Hit any key")
        guest.type("\n")
        guest.expect(r"=> ")
        guest.type("bdinfo\n")
        guest.expect(r"-> size *= 0x0*10000000")
        guest.type("poweroff\n")
        assert guest.wait() == 0


def u_boot_as_firmware():
    """In M-mode, without OpenSBI."""
    with Guest(COMMAND, "-M", "virt", "-m", "256M",
               "-bios", images() / "u-boot.bin") as guest:
        guest.expect(r"U-Boot 20\d\d")
        guest.expect(r"Hit any key")
        guest.type("\n")
        guest.expect(r"=> ")
        guest.type("reset\n")
        guest.expect(r"U-Boot 20\d\d")


if __name__ == "__main__":
    images()
    if SHORT:
        sys.exit(run_tap([two_harts, u_boot_from_kernel]))
    sys.exit(run_tap([
        one_hart, two_harts, four_harts, four_harts_under_load,
        reboot_comes_back, no_reboot_ends, stop_and_cont,
        opensbi_tells_the_extensions, u_boot_from_kernel,
        u_boot_as_firmware]))

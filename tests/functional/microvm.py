#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux on the board microvm under KVM: it sees its virtio-mmio devices, plugs
and unplugs virtio-mem, halts; tiny guests migrate and power off by ACPI; and
what is refused.

    microvm.py [--short] EMULATOR...

The kernel is that of ../shared/guest-x86-kvm (its README says what the software
KVM of the project's machines can do), or $PLATEAU_X86_KERNEL, a PVH or bzImage
kernel with virtio-mmio built in. Skips without /dev/kvm, kernel or busybox.
"""
import lzma
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "guest"))
sys.path.insert(0, str(HERE.parent))
import x86  # noqa: E402
from guest import Guest, deadline, run_tap  # noqa: E402
from tap import Skip  # noqa: E402

SHORT = sys.argv[1] == "--short"
COMMAND = sys.argv[2:] if SHORT else sys.argv[1:]
ROOT = HERE.parents[1]
KERNEL = ROOT.parent / "shared" / "guest-x86-kvm" / "vmlinux-mmio.xz"
CPU = "host,-cx16,level=5,-rdtscp"
APPEND = ("console=ttyS0 clearcpuid=151,158 rodata=off tsc=reliable "
          "no_timer_check quiet")
MIB = 1 << 20
# A program without a C library, for a CPU that has nothing special.
FREESTANDING = ("-O2 -Wall -Wextra -Wno-unused-parameter -nostdlib -static "
                "-ffreestanding -fno-stack-protector -fno-pie -no-pie "
                "-mgeneral-regs-only -s").split()

INIT = b"""#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
for d in /sys/bus/virtio/devices/*; do
    read id < $d/device
    echo "guest: virtio $id"
done
echo "guest: init"
while :; do
    while read name kib rest; do
        [ $name = MemTotal: ] || continue
        [ "$kib" = "$last" ] || echo "guest: memory $kib"
        last=$kib
        break
    done < /proc/meminfo
    read -t 1 word && [ "$word" = off ] && echo "guest: off" &&
        /bin/busybox poweroff -f
done
"""


def skip(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


LACKING = r"(?:CPUID\.\w+:\w+|MSR\(\w+\))\.(\S+) \[bit"


class Cpio:
    """An initramfs, as Linux's initramfs-buffer-format.rst has it."""

    def __init__(self):
        self.data = b""
        self.inode = 0

    def add(self, name, mode, content=b"", device=(0, 0)):
        self.inode += 1
        fields = (self.inode, mode, 0, 0, 1, 0, len(content), 0, 0, *device,
                  len(name) + 1, 0)
        head = ("070701" + "".join(f"{f:08X}" for f in fields)
                + name + "\0").encode()
        for part in (head, content):
            self.data += part + b"\0" * (-len(part) % 4)


def busybox():
    done = subprocess.run(
        [ROOT / "scripts" / "debian-cache", "binary", "trixie",
         "busybox-static", "--arch", "amd64"],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        check=False)
    if done.returncode:
        raise Skip("busybox is out of reach")
    folder = pathlib.Path(done.stdout.strip().splitlines()[-1])
    return next(p for p in folder.rglob("busybox")
                if p.is_file() and os.access(p, os.X_OK)).read_bytes()


def prepare(folder, init=None):
    """The words that boot it; with `init`, that program is all there is."""
    kernel = pathlib.Path(os.environ.get("PLATEAU_X86_KERNEL", ""))
    if kernel == pathlib.Path():
        if not KERNEL.exists():
            raise Skip(f"no {KERNEL.name} in ../shared, nor $PLATEAU_X86_KERNEL")
        kernel = folder / "vmlinux"  # without ACPI
        kernel.write_bytes(lzma.decompress(KERNEL.read_bytes()))
    cpio = Cpio()
    for name in ("bin", "dev", "proc", "sys"):
        cpio.add(name, 0o40755)
    cpio.add("dev/console", 0o20600, device=(5, 1))
    if not init:
        cpio.add("bin/busybox", 0o100755, busybox())
    cpio.add("init", 0o100755, init or INIT)
    cpio.add("TRAILER!!!", 0)
    (folder / "initrd").write_bytes(cpio.data)
    return ["-kernel", kernel, "-initrd", folder / "initrd"]


def run(*args, **more):
    return subprocess.run([*COMMAND, "-display", "none", *args], text=True,
                          capture_output=True, timeout=60, check=False, **more)


def refused():
    cases = [
        (["-M", "microvm"], "cannot run x86 CPUs"),
        (["-M", "microvm,ioapic2=on", "-accel", "kvm"],
         "the end of an interrupt"),
        (["-M", "microvm,acpi=off", "-accel", "kvm", "-m", "64M,slots=1,"
          "maxmem=1G", "-object", "memory-backend-ram,id=m,size=128M",
          "-device", "pc-dimm,memdev=m"], "'pc-dimm' needs ACPI"),
        (["-M", "microvm", "-accel", "kvm", "-m", "64M,slots=257,maxmem=1G"],
         "tables are made for up to 256"),
        (["-M", "microvm,x-option-roms=on", "-accel", "kvm"],
         "has no option ROMs"),
        (["-M", "microvm", "-accel", "kvm", "-cpu", "qemu64,legacy-cache=off"],
         "CPU model 'qemu64' doesn't support legacy-cache=off"),
        (["-M", "microvm,smm=on", "-accel", "kvm"], "System Management Mode"),
        (["-M", "microvm", "-accel", "kvm", "-kernel", __file__],
         "neither an ELF file"),
        (["-M", "microvm", "-accel", "kvm", "-cpu", "host,vendor=me"],
         "12 characters"),
        (["-M", "microvm", "-accel", "kvm", "-bios", __file__],
         "could not load PC BIOS"),
        (["-M", "microvm", "-accel", "kvm", "-cpu",
          "qemu64,enforce,+3dnow"], "doesn't support requested features"),
        (["-M", "microvm", "-accel", "kvm", "-cpu", "host,level=0x1000"],
         "KVM_SET_CPUID2 failed"),
        # The kernel wants to have more than one page.
        (["-M", "microvm", "-accel", "kvm,kvm-shadow-mem=4096"],
         "kvm-shadow-mem"),
    ]
    for args, text in cases:
        done = run("-nodefaults", *args)
        assert done.returncode == 1, (args, done)
        assert text in done.stderr, (args, done.stderr)


def models(accel, *args):
    with Guest(COMMAND, "-M", "microvm", "-accel", accel, "-S",
               *args) as guest:
        return guest.command("query-cpu-definitions")


def models_and_this_host():
    """What a model lacks here is what a start with it warns of."""
    all_of_kvm = models("kvm")
    # Whoever only asks is not held to what CPUs of the machine are.
    assert models("kvm", "-cpu", "host", "-global",
                  "x86_64-cpu.enforce=on") == all_of_kvm
    for model in all_of_kvm:
        name = model["name"]
        done = run("-M", "microvm", "-accel", "kvm", "-cpu", name, "-S",
                   "-monitor", "stdio", input="quit\n")
        assert done.returncode == 0, done.stderr
        warned = re.findall(LACKING, done.stderr)
        assert model["unavailable-features"] == warned, (model, warned)
        assert model["migration-safe"] == (name not in ("host", "max")), model
    for model in models("qtest"):
        assert model["unavailable-features"] == ["kvm"], model


def shown(guest, words):
    """{name: value} by "info stats"."""
    text = guest.hmp(f"info stats {words}")
    lines = re.findall(r"^    (\S+) \((?:cumulative|instant|peak|"
                       r"linear-histogram|log2-histogram)(?:, [^)]+)?\): (.*)$",
                       text, re.M)
    assert len(lines) == text.count("    ") == len(dict(lines)), text
    return dict(lines)


def statistics():
    """QMP and the monitor tell the same, and only what was asked for."""
    with Guest(COMMAND, "-M", "microvm", "-accel", "kvm", "-smp", "2",
               "-S") as guest:
        schemas = {s["target"]: {v["name"] for v in s["stats"]}
                   for s in guest.command("query-stats-schemas")}
        if not schemas:
            raise Skip("the kernel has no statistics")
        for target, number in (("vm", 1), ("vcpu", 2)):
            results = guest.command("query-stats", target=target)
            assert len(results) == number, results
            for result in results:
                assert {s["name"] for s in result["stats"]} == schemas[target]
            # The monitor means one CPU.
            for words in ("", "*", "* kvm"):
                assert shown(guest, f"{target} {words}").keys() == \
                    schemas[target], words
            two = sorted(schemas[target])[:2]
            assert sorted(shown(guest, f"{target} {','.join(two)}")) == two
            for words in ("nothing", "* cryptodev"):
                assert guest.hmp(f"info stats {target} {words}") == ""
        path = results[0]["qom-path"]
        assert [r["qom-path"] for r in guest.command(
            "query-stats", target="vcpu", vcpus=[path])] == [path]
        for nothing in ({"target": "vcpu", "vcpus": []},
                        {"target": "vcpu", "vcpus": ["/machine"]},
                        {"target": "cryptodev"},
                        {"target": "vm", "providers": []},
                        {"target": "vm", "providers": [
                            {"provider": "kvm", "names": []}]},
                        {"target": "vm", "providers": [
                            {"provider": "cryptodev"}]}):
            assert guest.command("query-stats", **nothing) == [], nothing
        for wrong in ({}, {"target": "cpu"}, {"target": "vm", "vcpus": []},
                      {"target": "vm", "providers": [{"provider": "me"}]}):
            assert "error" in guest.command("query-stats", **wrong), wrong
        assert guest.hmp("info stats cpu") == "invalid stats target cpu\n"
        assert guest.hmp("info stats vm * me") == \
            "invalid stats provider me\n"


def bzimage(init_size, size):
    """The header of a kernel that begins with @init_size bytes of memory."""
    image = bytearray(size)
    image[0x1f1] = 4  # 2560 bytes of set-up
    image[0x202:0x208] = b"HdrS" + struct.pack("<H", 0x20f)
    image[0x22c:0x230] = struct.pack("<I", 0xffffffff)
    image[0x236] = 1
    image[0x260:0x264] = struct.pack("<I", init_size)
    return bytes(image)


def kernels_refused():
    cases = [
        # It says that it has set-up code, and ends before.
        (bzimage(MIB // 2, 1024), b"", "is cut off"),
        (bzimage(2 * MIB, 8192), b"", "needs memory up to 0x300000"),
        # It fits by bytes, but not from a page on.
        (bzimage(0, 3000), bytes(MIB - 3000), "give the machine more"),
        (bzimage(0x1000, 4096), bytes(MIB - 0x1000 + 1), "there are 1044480"),
    ]
    with tempfile.TemporaryDirectory() as tmp:
        kernel, initrd = pathlib.Path(tmp, "k"), pathlib.Path(tmp, "i")
        for image, disk, text in cases:
            kernel.write_bytes(image)
            initrd.write_bytes(disk)
            done = run("-nodefaults", "-M", "microvm", "-accel", "kvm", "-m",
                       "2M", "-kernel", kernel, "-initrd", initrd)
            assert done.returncode == 1, (text, done)
            assert text in done.stderr, (text, done.stderr)


def tiny_guest(folder, irqchip="on"):
    """Firmware that makes the UART interrupt at once, and halts:
    mov $0x3f9, %dx; mov $2, %al; out %al, %dx; hlt."""
    code = bytes.fromhex("baf903b002eef4ebfd")
    bios = pathlib.Path(folder, "bios")
    bios.write_bytes(code.ljust(16, b"\x90").rjust(64 << 10, b"\x90"))
    return ["-M", "microvm", "-accel", f"kvm,kernel-irqchip={irqchip}",
            "-cpu", "host", "-bios", bios, "-m", "64M"]


def wait_for(guest, command, pattern):
    limit = deadline(30)
    while not re.search(pattern, guest.hmp(command)):
        assert time.monotonic() < limit, guest.hmp(command)
        time.sleep(0.1)


def interrupts_are_counted():
    with tempfile.TemporaryDirectory() as tmp:
        with Guest(COMMAND, *tiny_guest(tmp, "on")) as guest:
            wait_for(guest, "info irq", r"kvm-i8259:\s+(0: \d+\s+)?4: 1\s")
            guest.command("quit")


# From the RSDP, whose address is in ESI, to the FADT, and from there to the
# register that powers off:
#     cmpl $0x20445352, (%esi); jne 1f
#     mov 24(%esi), %esi; mov 36(%esi), %esi
#     cmpl $0x50434146, (%esi); jne 1f
#     mov 248(%esi), %edi; movb $0x34, (%edi)
#  1: hlt; jmp 1b
POWER_OFF = bytes.fromhex("813e52534420 7517 8b7618 8b7624 813e46414350 7509"
                          "8bbef8000000 c60734 f4ebfd")


def pvh_kernel(code, text):
    """An ELF file with a PVH note, at 1 MiB."""
    at = 64 + 2 * 56
    note = struct.pack("<III", 4, 4, 18) + b"Xen\0" + struct.pack(
        "<I", MIB + at + 20)
    body = note + code + text
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 62, 1,
                       MIB + at + 20, 64, 0, 0, 64, 56, 2, 64, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 7, 0, MIB, MIB, at + len(body),
                       at + len(body), 0x1000)
    notes = struct.pack("<IIQQQQQQ", 4, 4, at, MIB + at, MIB + at, len(note),
                        len(note), 4)
    return head + load + notes + body


def kernels_power_off(tmp):
    """Without firmware they are told where the tables are."""
    rsi_from_zero_page = bytes.fromhex("488b7670")
    esi_from_start_info = bytes.fromhex("8b7320")
    kernels = [
        ("auto", pvh_kernel(esi_from_start_info + POWER_OFF, b"ACPI: ")),
        ("on", pvh_kernel(esi_from_start_info + POWER_OFF, b"")),
        ("auto", bzimage(MIB, 2560) + bytes(512) + rsi_from_zero_page
         + POWER_OFF),
    ]
    name = pathlib.Path(tmp, "kernel")
    for acpi, kernel in kernels:
        name.write_bytes(kernel)
        done = run("-M", f"microvm,acpi={acpi}", "-accel", "kvm", "-cpu",
                   "host", "-m", "64M", "-nodefaults", "-kernel", name)
        assert done.returncode == 0, (acpi, done)


def acpi_is_for_those_who_can(tmp):
    """acpi=auto: not for a kernel that has none in it."""
    name = pathlib.Path(tmp, "kernel")
    for text, there in ((b"ACPI: ", True), (b"", False)):
        name.write_bytes(pvh_kernel(b"\xf4", text))
        with Guest(COMMAND, "-M", "microvm", "-accel", "kvm", "-cpu", "host",
                   "-m", "64M", "-kernel", name) as guest:
            assert ("acpi-ged" in guest.hmp("info mtree")) == there
            guest.command("quit")


def state(guest):
    return "".join(map(guest.hmp,
                       ("info registers", "info pic", "info lapic")))


def migrates(irqchip):
    with tempfile.TemporaryDirectory() as tmp:
        args, stream = tiny_guest(tmp, irqchip), pathlib.Path(tmp, "stream")
        with Guest(COMMAND, *args) as guest:
            wait_for(guest, "info registers", r"EIP=0000fff7[^$]*HLT=1")
            guest.command("stop")
            before = state(guest)
            guest.command("migrate", uri=f"exec:cat > {stream}")
            wait_for(guest, "info migrate", r"status: completed")
            guest.command("quit")
        with Guest(COMMAND, *args, "-incoming",
                   f"exec:cat {stream}") as guest:
            wait_for(guest, "info status", r"status: paused$")
            assert state(guest) == before, (before, state(guest))
            guest.command("cont")
            wait_for(guest, "info registers", r"EIP=0000fff7[^$]*HLT=1")
            guest.command("quit")


def guest_migrates():
    migrates("on")


def guest_migrates_split():
    migrates("split")


def guest_migrates_off():
    migrates("off")


def program(folder, name):
    """tests/guest/x86/NAME.S as a kernel."""
    if not shutil.which("cc"):
        raise Skip("no compiler")
    return x86.kernel(folder, name)


def interrupts(irqchip):
    with tempfile.TemporaryDirectory() as tmp:
        args = ["-M", "microvm", "-accel", f"kvm,kernel-irqchip={irqchip}",
                "-cpu", "host", "-m", "64M", "-smp", "2",
                "-kernel", program(tmp, "irq")]
        with Guest(COMMAND, *args) as guest:
            for _ in range(3):
                for what in ("pic", "edge", "level", "ipi", "timer", "ap",
                             "done"):
                    guest.expect(what, 60)
                guest.command("system_reset")
            assert b"bad" not in guest.log, guest.tail()
            guest.command("quit")


def interrupts_on():
    interrupts("on")


def interrupts_split():
    interrupts("split")


def interrupts_off():
    interrupts("off")


def linux_boots_split():
    with tempfile.TemporaryDirectory() as tmp:
        args = [*prepare(pathlib.Path(tmp)), "-M", "microvm", "-accel",
                "kvm,kernel-irqchip=split", "-cpu", CPU, "-m", "64M",
                "-append", APPEND, "-device", "virtio-rng-device"]
        with Guest(COMMAND, *args) as guest:
            guest.expect(r"guest: init", 300)
            guest.type("off\n")
            guest.expect(r"guest: off", 60)
            guest.command("quit")


def plug(guest, name, socket, **more):
    return guest.command("device_add", driver="host-x86_64-cpu", id=name,
                         **{"socket-id": socket, "core-id": 0,
                            "thread-id": 0}, **more)


def taken(guest):
    """The sockets that have a CPU."""
    slots = guest.command("query-hotpluggable-cpus")
    return sorted(s["props"]["socket-id"] for s in slots if "qom-path" in s)


def plugging_guest(folder, irqchip="on"):
    """It starts the CPUs that have come, and ejects them."""
    return ["-M", "microvm,acpi=on", "-accel", f"kvm,kernel-irqchip={irqchip}",
            "-cpu", "host", "-m", "64M", "-smp", "1,sockets=3,maxcpus=3",
            "-kernel", program(folder, "cpuplug")]


def the_guest_plugs_cpus(irqchip):
    with tempfile.TemporaryDirectory() as tmp:
        args = plugging_guest(tmp, irqchip)
        with Guest(COMMAND, *args) as guest:
            guest.expect("ready", 60)
            assert taken(guest) == [0]
            for _ in range(3):    # from the second time on it was parked
                answer = plug(guest, "c2", 2)
                assert answer == {}, answer
                guest.expect("check", 60)
                guest.expect("up", 60)
                assert taken(guest) == [0, 2]
                assert guest.command("device_del", id="c2") == {}
                guest.expect("eject", 60)
                guest.expect("gone", 60)
                limit = deadline(60)
                while taken(guest) != [0]:
                    assert time.monotonic() < limit
                    time.sleep(0.1)
            # And both at once.
            assert plug(guest, "c1", 1) == {}
            assert plug(guest, "c2", 2) == {}
            guest.expect("up", 60)
            guest.expect("up", 60)
            guest.command("stop")
            guest.command("cont")
            assert len(guest.command("query-cpus-fast")) == 3
            guest.command("quit")


def cpus_by_acpi():
    the_guest_plugs_cpus("on")


def cpus_by_acpi_split():
    the_guest_plugs_cpus("split")


def cpus_by_acpi_off():
    the_guest_plugs_cpus("off")


def cpus_by_acpi_migrate():
    """One that runs, and one that the guest has not seen yet."""
    with tempfile.TemporaryDirectory() as tmp:
        args, stream = plugging_guest(tmp), pathlib.Path(tmp, "stream")
        with Guest(COMMAND, *args) as guest:
            guest.expect("ready", 60)
            assert plug(guest, "c2", 2) == {}
            guest.expect("up", 60)
            guest.command("stop")
            assert plug(guest, "c1", 1) == {}
            guest.command("migrate", uri=f"exec:cat > {stream}")
            wait_for(guest, "info migrate", r"status: completed")
            guest.command("quit")
        for n in (1, 2):
            args += ["-device", f"host-x86_64-cpu,id=c{n},socket-id={n},"
                     "core-id=0,thread-id=0"]
        with Guest(COMMAND, *args, "-incoming",
                   f"exec:cat {stream}") as guest:
            wait_for(guest, "info status", r"status: paused$")
            guest.command("cont")
            guest.expect("check", 60)
            guest.expect("up", 60)
            for name in ("c2", "c1"):
                assert guest.command("device_del", id=name) == {}
                guest.expect("eject", 60)
                guest.expect("gone", 60)
            guest.command("quit")


def cpus_come_and_go():
    def refused_with(text, answer):
        assert text in answer["error"]["desc"], answer

    with tempfile.TemporaryDirectory() as tmp:
        with Guest(COMMAND, *tiny_guest(tmp, "on"), "-M", "acpi=off",
                   "-smp", "1,sockets=3,maxcpus=3") as guest:
            wait_for(guest, "info irq", r"4: 1\s")
            assert taken(guest) == [0]
            for _ in range(3):    # from the second time on it was parked
                answer = plug(guest, "c1", 1)
                assert answer == {}, answer
                assert plug(guest, "c2", 2) == {}
                assert taken(guest) == [0, 1, 2]
                assert len(guest.command("query-cpus-fast")) == 3
                stats = guest.command("query-stats", target="vcpu")
                assert len(stats) in (0, 3), stats
                refused_with("exists", plug(guest, "x", 2))
                guest.command("stop")
                guest.command("cont")
                guest.command("system_reset")
                wait_for(guest, "info irq", r"4: \d\s")
                for name in ("c1", "c2"):
                    assert guest.command("device_del", id=name) == {}
                assert taken(guest) == [0]
            refused_with("must be in range 0:2", plug(guest, "x", 3))
            refused_with("doesn't match set apic-id",
                         plug(guest, "x", 1, **{"apic-id": 2}))
            refused_with("expected cpu type", guest.command(
                "device_add", driver="qemu64-x86_64-cpu", id="x"))
            refused_with("core-id is not set", guest.command(
                "device_add", driver="host-x86_64-cpu", id="x",
                **{"socket-id": 1}))
            boot = guest.command("query-cpus-fast")[0]["qom-path"]
            refused_with("Boot CPU is unpluggable",
                         guest.command("device_del", id=boot))
            guest.command("quit")
            assert guest.wait() == 0


def linux_plugs_memory():
    with tempfile.TemporaryDirectory() as tmp:
        files = prepare(pathlib.Path(tmp))
        args = [*files, "-M", "microvm", "-accel", "kvm", "-cpu", CPU,
                "-m", "64M,maxmem=1G", "-append", APPEND, "-no-reboot",
                "-object", "memory-backend-ram,id=mem,size=512M",
                "-device", "virtio-mem,id=vm,memdev=mem",
                "-device", "virtio-rng-device"]
        with Guest(COMMAND, *args) as guest:
            seen = set()
            while len(seen) < 2:
                seen.add(guest.expect(r"guest: virtio 0x0*([0-9a-f]+)\s",
                                      300)[1])
            assert seen == {b"4", b"18"}, seen
            guest.expect(r"guest: init", 60)
            before = int(guest.expect(r"guest: memory (\d+)\s")[1])
            regs = guest.hmp("info registers")
            assert re.search(r"CR0=8\w{7} CR2=", regs), regs
            assert "kvm support: enabled" in guest.hmp("info kvm")
            guest.command("qom-set", path="/machine/peripheral/vm",
                          property="requested-size", value=128 * MIB)
            after = int(guest.expect(r"guest: memory (\d+)\s", 300)[1])
            while after - before < 128 * 1024:
                after = int(guest.expect(r"guest: memory (\d+)\s", 300)[1])
            guest.command("qom-set", path="/machine/peripheral/vm",
                          property="requested-size", value=0)
            # A page of the kernel's may keep a block or two.
            while after - before > 16 * 1024:
                after = int(guest.expect(r"guest: memory (\d+)\s", 300)[1])
            guest.type("off\n")
            guest.expect(r"guest: off", 60)
            # Without ACPI the guest can only halt.
            if b"ACPI: " not in files[1].read_bytes():
                guest.command("quit")
            assert guest.wait(60) == 0


if __name__ == "__main__":
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        skip("no /dev/kvm, or no permission")
    tests = [refused, models_and_this_host, statistics, kernels_refused,
             interrupts_are_counted, interrupts_on, interrupts_split,
             interrupts_off, guest_migrates, guest_migrates_split,
             guest_migrates_off, kernels_power_off, acpi_is_for_those_who_can,
             cpus_come_and_go, cpus_by_acpi, cpus_by_acpi_split,
             cpus_by_acpi_off, cpus_by_acpi_migrate]
    sys.exit(run_tap(tests if SHORT else
                     [*tests, linux_boots_split, linux_plugs_memory]))

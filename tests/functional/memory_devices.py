#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory devices on the command line of `virt`: where they are put, what is
said about them, what the device tree has, and what is refused.

    memory_devices.py EMULATOR
"""
import re
import subprocess
import sys

EMULATOR = sys.argv[1]
MEM = ["-m", "512M,maxmem=4G,slots=2",
       "-object", "memory-backend-ram,id=m0,size=1G,reserve=off",
       "-object", "memory-backend-ram,id=m1,size=256M,reserve=off"]
VMEM = ["-device", "virtio-mem,id=v0,memdev=m0,block-size=2M"]


def start(*args):
    """What the monitor prints for two commands, and the errors."""
    done = subprocess.run(
        [EMULATOR, "-nodefaults", "-display", "none", "-bios", "none", "-S",
         "-monitor", "stdio", *args], text=True, check=False, timeout=120,
        input="info memory-devices\ninfo memory_size_summary\nquit\n",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.stdout, done.stderr


def devices(*args):
    """(kind, id, address) of each, and how much is plugged."""
    out, err = start("-M", "virt", *args)
    assert not err, err
    found = re.findall(r'Memory device \[(.*?)\]: "(.*?)"\n  (?:mem)?addr: '
                       r"(0x[0-9a-f]+)", out)
    return found, int(re.search(r"plugged memory: (\d+)", out)[1])


PLACED = [
    (["-m", "512M"], [], 0),
    ([*MEM, *VMEM], [("virtio-mem", "v0", "0xc0000000")], 0),
    ([*MEM, "-device", "pc-dimm,id=d0,memdev=m1", *VMEM],
     [("dimm", "d0", "0xc0000000"), ("virtio-mem", "v0", "0xd0000000")],
     256 << 20),
    ([*MEM, "-device", "virtio-mem-pci,id=v0,memdev=m0,block-size=2M",
      "-device", "virtio-pmem-pci,id=p0,memdev=m1"],
     [("virtio-mem", "v0", "0xc0000000"), ("virtio-pmem", "p0", "0x100000000")],
     256 << 20),
    # The lowest place that is free, whatever came first.
    ([*MEM, "-device", "virtio-mem,id=v0,memdev=m0,memaddr=0xd0000000",
      "-device", "virtio-pmem,id=p0,memdev=m1"],
     [("virtio-pmem", "p0", "0xc0000000"), ("virtio-mem", "v0", "0xd0000000")],
     256 << 20),
    (["-M", "virt,dimm-reserve=200M", *MEM, *VMEM,
      "-device", "pc-dimm,id=d0,memdev=m1"],
     [("dimm", "d0", "0xc0000000"), ("virtio-mem", "v0", "0xd0000000")],
     256 << 20),
    # Without a window: only what is no RAM for the guest.
    (["-m", "512M", *MEM[2:], "-device", "virtio-pmem,id=p0,memdev=m0"],
     [("virtio-pmem", "p0", "0x800000000")], 1 << 30),
    # ... or without room in it.
    (["-m", "512M,maxmem=1536M", *MEM[2:], *VMEM,
      "-device", "virtio-pmem,id=p0,memdev=m1"],
     [("virtio-mem", "v0", "0xc0000000"), ("virtio-pmem", "p0", "0x800000000")],
     256 << 20),
    # A fixed address may lie in what is reserved.
    (["-M", "virt,dimm-reserve=200M", *MEM, "-device",
      "virtio-mem,id=v0,memdev=m0,block-size=2M,memaddr=0xc0000000"],
     [("virtio-mem", "v0", "0xc0000000")], 0),
    (["-M", "virt,device-memory-size=1G", "-m", "512M", *MEM[2:], *VMEM],
     [("virtio-mem", "v0", "0xc0000000")], 0),
    ([*MEM, "-device", "nvdimm,id=n0,memdev=m1,label-size=128K"],
     [("nvdimm", "n0", "0xc0000000")], (256 << 20) - (2 << 20)),
]

NOT_PREPARED = ("the configuration is not prepared for memory devices (e.g., "
                "for memory hotplug), consider specifying the maxmem option")
REFUSED = [
    (["-m", "512M", *MEM[2:], *VMEM], NOT_PREPARED),
    (["-M", "virt,device-memory-size=0", *MEM, *VMEM], NOT_PREPARED),
    (["-M", "virt,device-memory-size=100P"], "is beyond 0xffffffffffffff, the "
     "last of the CPU's 56-bit physical addresses"),
    (["-M", "virt,device-memory-size=1000001"],
     "device-memory-size must be a multiple of 0x1000"),
    (["-M", "virt,dimm-reserve=8G", *MEM, *VMEM],
     "could not find position in guest address space for memory device"),
    (["-m", "512M,maxmem=1G", *MEM[2:], *VMEM],
     "not enough space, currently 0x0 in use of total space for memory devices "
     "0x20000000"),
    ([*MEM, "-device", "virtio-mem"], "'memdev' property must be set"),
    ([*MEM, *VMEM, "-device", "virtio-pmem,memdev=m0"],
     "can't use already busy memdev: m0"),
    ([*MEM, "-device", "virtio-mem,memdev=m0,requested-size=1000001"],
     "'requested-size' property has to be multiples of 'block-size'"),
    ([*MEM, "-device", "virtio-mem,memdev=m0,block-size=3M"],
     "'block-size' property has to be a power of two"),
    ([*MEM, "-device", "virtio-mem,memdev=m0,block-size=4K"],
     "'block-size' property has to be at least 0x100000"),
    ([*MEM, "-device", "virtio-mem,memdev=m0,node=2"],
     "'node' property has value '2', which exceedsthe number of numa nodes: 1"),
    ([*MEM, "-device", "virtio-mem,memdev=m0,memaddr=0xc0080000"],
     "address must be aligned to 0x"),
    ([*MEM, "-device", "virtio-mem,memdev=m0,memaddr=0x80000000"],
     "can't add memory device [0x80000000:0x40000000], usable range for memory "
     "devices [0xc0000000:0x160000000]"),
    ([*MEM, "-device", "virtio-mem,memdev=m0,dynamic-memslots=on,"
      "unplugged-inaccessible=off"],
     "'dynamic-memslots' property set to 'on' requires "
     "'unplugged-inaccessible' to be 'on'"),
    ([*MEM, "-overcommit", "mem-lock=on", *VMEM], "Incompatible with mlock"),
    ([*MEM, "-object", "memory-backend-ram,id=m2,size=2M,prealloc=on",
      "-device", "virtio-mem,memdev=m2"],
     "'memdev' property specifies a memdev with preallocation enabled: m2. "
     "Instead, specify 'prealloc=on' for the virtio-mem device."),
    ([*MEM, "-device", "pc-dimm"], "'memdev' property"),
    ([*MEM, "-device", "pc-dimm,memdev=m0,slot=2"],
     "invalid slot number 2, valid range is [0-1]"),
    ([*MEM, "-device", "pc-dimm,memdev=m0,slot=1",
      "-device", "pc-dimm,memdev=m1,slot=1"], "slot 1 is busy"),
    (["-m", "512M,maxmem=4G", *MEM[2:], "-device", "pc-dimm,memdev=m0"],
     "no slots where allocated, please specify the 'slots' option"),
    ([*MEM, "-device", "pc-dimm,memdev=m0,node=1"],
     "'DIMM property node has value 1' which exceeds the number of numa "
     "nodes: 1"),
    ([*MEM, "-device", "pc-dimm,id=d0,memdev=m1,addr=0xc0000000",
      "-device", "pc-dimm,memdev=m0,addr=0xc0000000"],
     "address range conflicts with memory device id='d0'"),
    ([*MEM, "-device", "nvdimm,memdev=m1,label-size=1K"],
     "Property 'nvdimm.label-size' (0x400) is required at least 0x20000"),
]


def main():
    print(f"1..{len(PLACED) + len(REFUSED)}")
    failed = number = 0
    for args, *expected in PLACED:
        number += 1
        try:
            found, plugged = devices(*args)
            ok = sorted(found) == sorted(expected[0]) and \
                abs(plugged - expected[1]) <= 2 << 20
        except AssertionError as err:
            found, plugged, ok = str(err), None, False
        failed += not ok
        print(f"{'' if ok else 'not '}ok {number} {' '.join(args[-2:])}")
        if not ok:
            print(f"# {args}: {found} {plugged}")
    for args, message in REFUSED:
        number += 1
        _, err = start("-M", "virt", *args)
        ok = message in err
        failed += not ok
        print(f"{'' if ok else 'not '}ok {number} {message[:50]}")
        if not ok:
            print(f"# {args}: {err}")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
